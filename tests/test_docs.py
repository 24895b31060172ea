"""The pages under docs/ show what happens, and their links lead somewhere."""

import doctest
import inspect
import re
from pathlib import Path

import pytest

import derive
from derive import cli, language, netfile

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
            asked = inspect.signature(getattr(derive, name)).parameters
            given = [argument.strip(" *").partition("=")[0] for argument in arguments.split(",")]
            assert given == [argument for argument in asked if argument in given], name
            named = {argument for argument in given if asked[argument].kind is inspect.Parameter.KEYWORD_ONLY}
            assert "*" in arguments or all(f"{argument}=" in arguments for argument in named), name


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


def test_network_files_on_their_page_have_the_states_that_are_shown(tmp_path, capsys):
    shown = re.findall(r"```toml\n(.*?)```\n\n```text\n(.*?)```", page("network-files"), re.DOTALL)
    assert len(shown) > 5
    for text, told in shown:
        path = tmp_path / "net.toml"
        path.write_text(text, encoding="utf-8")
        assert cli.main(["solve", str(path)]) == 0
        assert capsys.readouterr().out == told


def test_the_page_of_network_files_has_every_key_function_and_limit():
    text = page("network-files")
    rows = re.findall(r"^\| (?:`\[{0,2}([\w.]+)\]{0,2}`)?[^|]*\| (?:`(\w+)`)?", text, re.MULTILINE)
    tables = dict.fromkeys(name.removesuffix(".NAME") for name, _ in rows if name)
    assert set(tables) == set(netfile.TABLES)
    links = netfile.LINK_KEYS
    assert [key for _, key in rows if key] == [*netfile.MODE_KEYS, *links, *links, *netfile.BATH_KEYS]
    assert re.search(r"\*\*Functions\*\* are `([^`]*)`", text)[1].split() == list(language.FUNCTIONS)
    assert all(f'`"{word}"`' in text for word in language.ASSUMPTIONS)
    told = re.findall(r"(\d[\d ]*)\s+(?:characters|of a name|digits|modes)", text)
    limits = [language.LENGTH, language.NAME, language.DIGITS, netfile.MODES]
    assert [int(number.replace(" ", "")) for number in told] == limits
