"""The pages under docs/ show what happens, and their links lead somewhere."""

import doctest
import re
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[1] / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_examples_of_how_it_solves_print_what_is_shown():
    text = next(page for page in PAGES if page.stem == "how-it-solves").read_text(encoding="utf-8")
    shown = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    examples = doctest.DocTestParser().get_doctest(shown, {}, "how-it-solves", None, None)
    assert len(examples.examples) > 20
    out = []
    assert doctest.DocTestRunner(verbose=False).run(examples, out=out.append).failed == 0, "".join(out)


@pytest.mark.slow
def test_examples_of_optimum_couplings_print_what_is_shown(capsys):
    text = next(page for page in PAGES if page.stem == "optimum-couplings").read_text(encoding="utf-8")
    exec("\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), {})  # noqa: S102
    assert capsys.readouterr().out == "".join(re.findall(r"```text\n(.*?)```", text, re.DOTALL))
