"""A paper that is begun: a module with a network, letters and one claim, a network file, a test, a catalogue entry."""

from __future__ import annotations

import re
from pathlib import Path

from derive.errors import DeriveError
from derive.modules.templates import filled

KEY = re.compile(r"[a-z]{2,30}[0-9]{4}\Z")
FILES = (
    ("paper.py.j2", "derive/papers/{}.py"),
    ("paper.toml.j2", "examples/{}.toml"),
    ("paper_test.py.j2", "tests/test_{}.py"),
)
CATALOGUE = "derive/papers/__init__.py"


class StarterError(DeriveError):
    """A key that names no paper or one that is there, or a folder that is not the project's root."""


def starter(key: str, root: Path) -> dict[str, str]:
    """The texts by path of a paper that is begun, and the catalogue with the paper in it. Nothing is written.

    Raises:
        StarterError: if the key is not an author and a year, if one of the files is there, or if `root` is not the
            project's root.
    """
    if not KEY.match(key):
        raise StarterError(
            f"A paper's key must be its first author and its year, as farina2019, but is {key!r}; choose such a key."
        )
    catalogue = root / CATALOGUE
    if not catalogue.is_file():
        raise StarterError(
            f"A paper is begun in the project's root, which has {CATALOGUE}, but {str(root)!r} has not; change to "
            "the root."
        )
    paths = [path.format(key) for _, path in FILES]
    taken = [path for path in paths if (root / path).exists()]
    if taken:
        raise StarterError(f"A paper that is begun must be new, but {taken[0]} is there; choose another key.")
    author = key.rstrip("0123456789")
    given = {"key": key, "name": key.upper(), "author": author.capitalize(), "year": key.removeprefix(author)}
    texts = {path: filled(template, **given) for (template, _), path in zip(FILES, paths, strict=True)}
    return texts | {CATALOGUE: _listed(catalogue.read_text(encoding="utf-8"), key)}


def _listed(catalogue: str, key: str) -> str:
    """The catalogue with one import more, in alphabetical order, and one paper of one's own more, at the end."""
    imports = re.findall(r"^from .*$", catalogue, flags=re.MULTILINE)
    own = re.findall(r"^OWN = \((.*)\)$", catalogue, flags=re.MULTILINE)
    if len(own) != 1:
        raise StarterError(
            f"{CATALOGUE} must list the papers of one's own on one line, OWN = (…), but does not; restore it."
        )
    tidy = "\n".join(sorted([*imports, f"from derive.papers.{key} import {key.upper()}"]))
    names = [*(name for name in re.split(r",\s*", own[0]) if name), key.upper()]
    listed = ", ".join(names) + ("," if len(names) == 1 else "")
    return catalogue.replace("\n".join(imports), tidy).replace(f"OWN = ({own[0]})", f"OWN = ({listed})")
