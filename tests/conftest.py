"""Every run tries the same examples, so that a red test is the change's doing; derandomize=False searches further."""

import os

import pytest
from hypothesis import settings

from derive.tex import TexMissing

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Skip what typesets where no TeX does: none is installed, or the set-up found an engine but not its files."""
    try:
        return (yield)
    except TexMissing as lacking:
        if item.get_closest_marker("tex") is None or "CI" in os.environ:
            raise
        pytest.skip(str(lacking))
