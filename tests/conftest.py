"""Every run tries the same examples, so that a red test is the change's doing; derandomize=False searches further."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
