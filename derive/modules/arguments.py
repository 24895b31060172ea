"""Arguments of an emitted function from letters without an index: equal parts, and links that are switched off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from derive.errors import DeriveError


class MissingArgument(DeriveError):
    """A parameter of an emitted function for which no value is given."""


def uniform(
    parameters: Iterable[str], values: Mapping[str, Any], links: Collection[str] = (), length: int | None = None
) -> dict[str, Any]:
    """A value for every parameter: that of its name, `kappa_2`, or else of its stem, `kappa`.

    The parameters whose stem is one of `links` and whose index is beyond `length` are 0, so that a module of six
    batteries computes two: `cascaded.energies(**uniform(cascaded.PARAMETERS, values, ("Gamma",), 2))`.

    Raises:
        MissingArgument: if a parameter has neither.
    """
    found = {}
    for name in parameters:
        stem, _, index = name.rpartition("_")
        if length is not None and stem in links and index.isdigit() and int(index) > length:
            found[name] = 0
            continue
        given = next((key for key in (name, stem) if key in values), None)
        if given is None:
            raise MissingArgument(
                f"Every parameter needs a value, of its name or of its stem, but {name!r} has none among "
                f"{', '.join(values) or 'no values'}."
            )
        found[name] = values[given]
    return found
