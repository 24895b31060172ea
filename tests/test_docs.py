"""The pages under docs/ show what happens, and their links lead somewhere."""

import doctest
import inspect
import re
from pathlib import Path

import pytest

import derive

PAGES = sorted((Path(__file__).parents[1] / "docs").glob("*.md"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def page(stem):
    return next(path for path in PAGES if path.stem == stem).read_text(encoding="utf-8")


def test_the_vocabulary_is_all_that_the_package_offers_with_the_arguments_that_it_takes():
    told = re.findall(r"`(\w+)(?:\(([^)`]*)\))?`", page("vocabulary"))
    assert {name for name, _ in told if hasattr(derive, name)} == set(derive.__all__)
    for name, arguments in told:
        if arguments:
            asked = list(inspect.signature(getattr(derive, name)).parameters)
            given = [argument.strip(" *") for argument in arguments.split(",")]
            assert given == [argument for argument in asked if argument in given], name


@pytest.mark.parametrize(("stem", "least"), [("how-it-solves", 20), ("vocabulary", 4)])
def test_examples_print_what_is_shown(stem, least):
    shown = "\n".join(re.findall(r"```python\n(.*?)```", page(stem), re.DOTALL))
    examples = doctest.DocTestParser().get_doctest(shown, {}, stem, None, None)
    assert len(examples.examples) > least
    out = []
    assert doctest.DocTestRunner(verbose=False).run(examples, out=out.append).failed == 0, "".join(out)


@pytest.mark.slow
def test_examples_of_optimum_couplings_print_what_is_shown(capsys):
    text = page("optimum-couplings")
    exec("\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), {})  # noqa: S102
    assert capsys.readouterr().out == "".join(re.findall(r"```text\n(.*?)```", text, re.DOTALL))
