"""The texts of derive/templates with their values filled in."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def filled(template: str, /, **values: object) -> str:
    """The text of a template, by its file's name; a value that it asks for and is not given is an error."""
    environment = Environment(
        loader=PackageLoader("derive"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    return environment.get_template(template).render(values)
