"""The base of every error that a user's input can cause."""


class DeriveError(ValueError):
    """A statement of what must hold, what was given, and what to do, in one line."""
