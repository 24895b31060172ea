"""The texts of derive/templates with their values filled in, and tuples as Python writes them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from derive.program.source import wrapped


def filled(template: str, /, **values: object) -> str:
    """The text of a template, by its file's name; a value that it asks for and is not given is an error."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    """What keeps templates compiled: that takes six times as long as a small network does."""
    return Environment(
        loader=PackageLoader("derive"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip


def tuple_text(items: Iterable[object], before: str = "(") -> str:
    """A tuple as Python writes it, `before` being what stands up to its first item; one item has a comma behind it."""
    texts = [str(item) for item in items]
    return wrapped(before, [*texts, ""] if len(texts) == 1 else texts, ")")


def strings_text(words: Iterable[str], before: str) -> str:
    """A tuple of strings that need no escapes."""
    return tuple_text((f'"{word}"' for word in words), before)
