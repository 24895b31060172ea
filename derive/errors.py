"""The base of every error that a user's input can cause."""


class DeriveError(ValueError):
    """A statement of what must hold, what was given, and what to do, in one line.

    `status` is the exit status of the command line: 2 for bad input, 1 for a check that did not hold.
    """

    status = 2


class WrongKind(DeriveError):
    """A value of another kind than is needed, as a network in place of its equations of motion."""


def capital(sentence: str) -> str:
    """A sentence that begins with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def expect(value: object, kinds: type | tuple[type, ...], what: str, do: str) -> None:
    """Refuse a value that is none of the `kinds`: `what` must be one of them, and what to `do`.

    Raises:
        WrongKind: if it is not.
    """
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(value, kinds) or isinstance(value, bool) and bool not in kinds:
        names = " or ".join(kind.__name__ for kind in kinds)
        plain = isinstance(value, str | int | float | None)
        given = repr(value)[:100] if plain else f"a value of the kind {type(value).__name__}"
        raise WrongKind(f"{capital(what)} must be of the kind {names}, but {given} was given; {do}.")
