"""Jupyter shows pictures, formulas that read back as the values, and verdicts; what it cannot show stays as it was."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from latex_reader import displays as read_displays
from latex_reader import read, same
from oracles import executed
from sympy import ImmutableMatrix, Integer, Symbol

from derive import (
    chain,
    closed_moments,
    is_zero,
    isolation,
    langevin,
    load_ipython_extension,
    ring,
    scattering,
    spin_star,
    steady_state,
    window,
)
from derive.appendix import appendix
from derive.claims import judge
from derive.derivation import Derivation, NotProved, Step
from derive.display import NoNotebook, in_letters, tabulated
from derive.latex import Notation, displays
from derive.pages import notebooks, web
from derive.papers import PAPERS
from derive.program import straight
from derive.stories.fluctuations import reservoirs

J, KAPPA, ENERGY = Symbol("J", positive=True), Symbol("kappa", positive=True), Symbol("E")
NET = chain(1, "general", distinct=True)
WARM = reservoirs(chain(1, "nonreciprocal"))
WRONG = Step("wrong_one", (ENERGY, J), "For $J = 1$ and with {}_{} & 5 %, Eq. @right gives", "guess", J - 1, ("right",))
RIGHT = Step("right", (ENERGY, J), "The energy is", "definition", J - J)


def shown(value: object, notation: Notation = Notation()) -> dict[str, Any]:
    """What IPython sends to a notebook for a value, by kind."""
    formatter = DisplayFormatter()
    load_ipython_extension(SimpleNamespace(display_formatter=formatter), notation)
    data, _ = formatter.format(value)
    assert data.pop("text/plain") == repr(value) or len(repr(value)) > 79  # a terminal shows what it always did
    return data


def equations(tex: str, symbols: set[Symbol]) -> dict[str, Any]:
    """The equations of a display between dollars, read back from LaTeX: the values by their names."""
    body = re.fullmatch(r"\$\$\\begin\{aligned\}(.*)\\end\{aligned\}\$\$", tex, re.DOTALL)
    assert body
    names = {symbol.name: symbol for symbol in symbols}
    letters = {Notation().latex(name): symbol for name, symbol in names.items()}
    found = read_displays(rf"\begin{{align}}{body[1]}\label{{it}}\end{{align}}")
    return {each.lhs: read(each.rhs, letters) for each in found}


def free(*values: Any) -> set[Symbol]:
    return set().union(*(value.free_symbols for value in values))


def test_a_network_is_drawn():
    (kind, picture), *others = shown(NET).items()
    assert kind == "image/svg+xml"
    assert not others
    assert "".join(xml.fromstring(picture).itertext()).count("κ") == 2


def test_a_state_is_its_amplitudes_and_the_moments_around_them():
    state = steady_state(langevin(WARM))
    found = equations(shown(state)["text/latex"], free(state.mean, state.number, state.anomalous))
    for name, tex in zip(state.modes, (r"\langle a\rangle", r"\langle b_1\rangle"), strict=True):
        assert same(found[tex], state.amplitude(name))
    for letter, matrix in (("N", state.number), ("M", state.anomalous)):
        for j, k in ((0, 0), (0, 1), (1, 1)):  # below the diagonal follows from above
            whole = found.get(letter)  # or its entries, where it is wider than the page
            entry = whole[j, k] if whole else found[f"{letter}_{{{j + 1}{k + 1}}}"]
            assert same(entry, matrix[j, k])
    cold = equations(shown(replace(state, number=0 * state.number))["text/latex"], free(state.mean, state.anomalous))
    assert {lhs[0] for lhs in cold} == {"\\", "M"}  # amplitudes begin with a command


def test_equations_of_motion_are_written_mode_by_mode():
    eq = langevin(WARM)
    means = {name: Symbol(f"<{name}>") for name in eq.modes}
    letters = free(eq.drift, eq.force, eq.noise, eq.squeezing) | set(means.values())
    found = equations(shown(eq)["text/latex"], letters)
    rates = eq.drift * ImmutableMatrix(list(means.values())) + eq.force
    assert same(found[r"\frac{d\langle a\rangle}{dt}"], rates[0])
    assert same(found[r"\frac{d\langle b_1\rangle}{dt}"], rates[1])
    assert same(found["D"], eq.noise)
    assert same(found["S"], eq.squeezing)


def test_closed_equations_of_spins_are_written_moment_by_moment():
    moments = closed_moments(spin_star(1))
    found = equations(shown(moments)["text/latex"], free(*moments.rates) | set(moments.symbols))
    assert len(found) == len(moments.symbols)
    for symbol, rate in zip(moments.symbols, moments.rates, strict=True):
        assert same(found[Notation().latex(f"d{symbol.name}/dt")], rate)


def test_other_values_show_their_parts_by_name():
    link = isolation(NET, "a", "b_1")
    found = equations(shown(link)["text/latex"], free(link.strength, link.amplitude, link.phase, link.remaining))
    for name in ("strength", "remaining"):
        assert same(found[rf"\mathrm{{{name}}}"], getattr(link, name))
    edges = equations(shown(window(J**2 + 2 * KAPPA**2, 3 * J * KAPPA, J))["text/latex"], {J, KAPPA})
    assert edges[r"\mathrm{edges}"] == ImmutableMatrix([[KAPPA, 2 * KAPPA]])
    assert edges[r"\mathrm{signs}"] == ImmutableMatrix([[1, -1, 1]])
    nu = Symbol("nu", real=True)
    found = scattering(chain(1), nu)
    ports = equations(shown(found)["text/latex"], {J, KAPPA, nu, *map(Symbol, found.ports)})
    assert [str(port) for port in ports[r"\mathrm{ports}"]] == list(found.ports)
    assert same(ports[r"\mathrm{matrix}"], found.matrix)


def test_an_argument_is_typeset_by_katex_and_a_false_step_says_so():
    typeset = web.typesetter()
    for argument in (appendix(NET), appendix(WARM), Derivation("Both", (RIGHT, WRONG))):
        text = shown(argument)["text/markdown"]
        assert text.startswith("#### ")
        formulas = re.findall(r"\$\$(.*?)\$\$|\$(.*?)\$", text, re.DOTALL)
        assert sum(bool(display) for display, _ in formulas) == len(argument.steps)
        assert all(typeset(display or inline, bool(display)) for display, inline in formulas)
        assert "eqref" not in text
        assert text.count("Refuted") == sum(step is WRONG for step in argument.steps)
    assert "Eq.\u00a0(right)" in text
    assert r"\tag{wrong-one}" in text


def test_no_display_is_handed_out_of_an_argument_that_is_not_proved():
    assert displays(Derivation("One", (RIGHT,))) == {"right": r"\begin{aligned} E = J \end{aligned}"}
    with pytest.raises(NotProved, match="wrong_one"):
        displays(Derivation("Both", (RIGHT, WRONG)))


def test_a_step_is_shown_without_those_that_it_uses():
    text = shown(WRONG)["text/markdown"]
    assert text.startswith("For $J = 1$")
    assert "**Refuted**" in text
    assert "Refuted" not in shown(RIGHT)["text/markdown"]


def test_verdicts_are_words():
    assert shown(is_zero(Integer(0)))["text/markdown"] == "**Proved**."
    assert shown(is_zero(J / (J - 1) - J / (J - 1)))["text/markdown"].startswith("**Proved**")
    assert r"**Proved** for $" in shown(is_zero((J**2 - 1) / (J - 1) - J - 1))["text/markdown"]
    refuted = is_zero(J - KAPPA)
    point = dict(refuted.point)
    assert f"$J = {point[J]}$" in shown(refuted)["text/markdown"]
    assert f"${refuted.value}$" in shown(refuted)["text/markdown"]


def test_a_finding_says_what_is_printed_and_what_is_proved():
    liu = next(paper for paper in PAPERS if paper.key == "liu2026")
    claim = next(claim for claim in liu.claims if claim.corrected)
    text = shown(judge(liu.key, claim), liu.notation)["text/markdown"]
    assert claim.label in text.splitlines()[0]
    assert "(corrected)" in text.splitlines()[0]
    assert text.index("Printed:") < text.index("Proved instead:")


def test_a_program_is_shown_as_code_that_computes_it():
    text = shown(straight("double", (J,), (2 * J,)))["text/markdown"]
    fence, *code, end = text.splitlines()
    assert (fence, end) == ("```python", "```")
    assert executed("\n".join(code))["_double"](np, 1.0, 1.5) == (3.0,)


@pytest.mark.parametrize(
    "value",
    [langevin(chain(60)), steady_state(langevin(ring(12, distinct=True)), 10), 3],
    ids=["many modes", "many definitions", "not ours"],
)
def test_what_is_too_long_or_not_ours_is_shown_as_ever(value):
    assert shown(value) == {}


def test_tables_hold_texts_formulas_and_numbers():
    rows = [("a", 2), (np.int64(3), -0.0), (Integer(1) / 3, np.float64(-1e-3)), (1e3 + 1e-9, 1e-15), (8.3e7, -1e-8)]
    head, rule, *lines = tabulated(["$|S|$", "x"], rows).splitlines()
    assert head == r"| $\vert S\vert $ | x |"
    assert rule == "| --- | --- |"
    assert lines == [
        "| a | 2 |",
        "| 3 | 0 |",
        "| 0.3333 | −0.001 |",
        r"| 1000 | $\leq 10^{-14}$ |",
        r"| $8.3 \times 10^{7}$ | $-1 \times 10^{-8}$ |",
    ]


def test_tables_are_the_same_whatever_the_last_digits_of_a_number_are():
    for x, text in ((1.5625, "1.563"), (-0.25 / 8, "−0.03125"), (12345.0, "12350")):
        for y in (np.nextafter(x, -np.inf), x, np.nextafter(x, np.inf)):
            assert tabulated(["x"], [(y,)]).splitlines()[2] == f"| {text} |"


def test_letters_are_those_of_the_notebook(tmp_path):
    cells = (
        "%load_ext derive\nfrom derive import Mode, Network, langevin, loss\nfrom sympy import Symbol",
        "net = Network((Mode('a'),), baths=(loss('a', Symbol('kappa', positive=True)),)); langevin(net)",
        "from derive.display import in_letters\nfrom derive.latex import Notation\n"
        "in_letters(Notation({'kappa': 'K'}))",
        "langevin(net)",
        "net",
    )
    path = tmp_path / "shown.py"
    path.write_text("".join(f"# %%\n{cell}\n\n".replace("\n%", "\n# %") for cell in cells), encoding="utf-8")
    executed = [cell["outputs"] for cell in json.loads(notebooks.execute(path, tmp_path).text)["cells"]]
    assert [len(outputs) for outputs in executed] == [0, 1, 0, 1, 1]
    data = [{kind: "".join(text) for kind, text in o["data"].items()} for outputs in executed for o in outputs]
    assert r"\frac{\kappa}{2} \langle a\rangle" in data[0]["text/latex"]
    assert r"\frac{K}{2} \langle a\rangle" in data[1]["text/latex"]
    assert ">K</text>" in data[2]["image/svg+xml"]


def test_letters_need_a_notebook():
    with pytest.raises(NoNotebook, match="IPython does not run"):
        in_letters(Notation())


def test_derive_does_not_need_ipython():
    code = "import sys; sys.modules['IPython'] = None; import derive; derive.load_ipython_extension"
    subprocess.run([sys.executable, "-c", code], check=True)
