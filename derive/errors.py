"""The base of every error that a user's input can cause."""


class DeriveError(ValueError):
    """A statement of what must hold, what was given, and what to do, in one line.

    `status` is the exit status of the command line: 2 for bad input, 1 for a check that did not hold.
    """

    status = 2
