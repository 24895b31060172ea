"""Formulas read as in the papers, fit their column, and say exactly what was meant."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from latex_reader import LaTeXParsingError, displays, letters, meant, misprints, read, same
from strategies import QUICK
from sympy import (
    Abs,
    Add,
    Expr,
    I,
    ImmutableMatrix,
    Integer,
    Matrix,
    Mul,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    binomial,
    conjugate,
    cos,
    cosh,
    diag,
    exp,
    eye,
    floor,
    pi,
    prod,
    sin,
    sinh,
    sqrt,
    symbols,
)

from derive import netfile, tex
from derive.appendix import appendix, equations_of_motion
from derive.build import body
from derive.builders import aharonov_bohm_chain, chain, ring, star
from derive.derivation import Derivation, Dissipator, Equation, Operators, Step, flow, mean
from derive.evolution import steady_state
from derive.figure import svg, tikz
from derive.kernel import Proved
from derive.langevin import langevin
from derive.latex import Notation, expression, typeset
from derive.latex.document import document
from derive.latex.letters import told_apart
from derive.latex.linebreak import broken
from derive.latex.measure import width
from derive.latex.notation import Unprintable
from derive.latex.printer import Piece, Printer, line
from derive.latex.steps import ONE_COLUMN, TWO_COLUMNS

m = Symbol("m", integer=True)
N, J, G, k, ka, omega, epsilon, t = symbols("N J Gamma kappa kappa_a omega epsilon t", positive=True)
L = symbols("Lambda_0:4", positive=True)
G1, J1 = symbols("Gamma_1 J_1", positive=True)
theta, D = Symbol("theta_1", real=True), Symbol("Delta", real=True)
mu, pa, pb = symbols("mu_1 p_a p_b_1")
N_C = Symbol("N_C", integer=True, positive=True)


def energy_of_the_third_battery() -> Expr:
    """Liu et al. Eq. (A4), E_{b_3}(t)."""
    rates, weights = symbols("Gamma_1:4", positive=True), symbols("mu_1:4")
    head = 4**4 * omega * epsilon**2 * prod(m * conjugate(m) * g**2 for m, g in zip(weights, rates, strict=True))

    def differences(skipped: int) -> Expr:
        return prod(L[i] - L[j] for i in range(4) for j in range(i + 1, 4) if skipped not in (i, j))

    decays = [
        (-1) ** (3 + p) * prod(L[m] for m in range(4) if m != p) * differences(p) * exp(-L[p] * t / 2)
        for p in range(4)
    ]
    return head / prod(x**2 for x in L) / differences(9) ** 2 * (differences(9) + sum(decays)) ** 2


_ROW = r"J \langle b_{\mathrm{before}}\rangle + \kappa \langle b_k\rangle + J \langle b_{\mathrm{after}}\rangle"
_SHARED_ROW = _ROW.replace(r"\kappa", r"\frac{J^2 + \kappa}{\kappa}")


# What the papers print, typed from them.
PRINTED = [
    (G1 * pa * conjugate(pa) + ka, r"\Gamma_1 |p_a|^2 + \kappa_a"),
    (
        4 * omega * epsilon**2 * (1 - exp(-L[0] * t / 2)) ** 2 / L[0] ** 2,
        r"\frac{4 \omega \epsilon^2}{\Lambda_0^2} (1 - e^{-\Lambda_0 t/2})^2",
    ),
    (
        16 * omega * epsilon**2 * mu * conjugate(mu) * G1**2 / (L[0] * L[1] * (L[1] - L[0])) ** 2,
        r"\frac{16 \omega \epsilon^2 |\mu_1|^2 \Gamma_1^2}"
        r"{\Lambda_0^2 \Lambda_1^2 (\Lambda_0 - \Lambda_1)^2}",
    ),
    (
        4 ** (N + 1) * omega * epsilon**2 * G ** (2 * N) / ((G + k) ** 4 * (2 * G + k) ** (2 * N - 2)),
        r"\frac{4^{N + 1} \omega \epsilon^2 \Gamma^{2 N}}{(\Gamma + \kappa)^4 (2 \Gamma + \kappa)^{2 N - 2}}",
    ),
    (k / 8 * (N + sqrt(N**2 + 8 * N)), r"\frac{\kappa}{8} \bigl( N + \sqrt{N^2 + 8 N} \bigr)"),
    (k / (2 * sqrt(N)), r"\frac{\kappa}{2 \sqrt{N}}"),
    # counts, their sums and roots, π and binomials first, the time last
    ((N + 2) * k / 4, r"\frac{(N + 2) \kappa}{4}"),
    (k * sqrt(N) / 2, r"\frac{\sqrt{N} \kappa}{2}"),
    (exp(-pi * k / (2 * J)) - exp(-(G + k) * t / 2), r"e^{-\pi \kappa/(2 J)} - e^{-(\Gamma + \kappa) t/2}"),
    (G * (G + k) * t, r"\Gamma (\Gamma + \kappa) t"),
    (L[0] ** 2 * Symbol("Lambda_n"), r"\Lambda_0^2 \Lambda_n"),
    # brackets of a function's argument, and around functions that have some
    (sinh((N + 1) * J) ** 2, r"\sinh^2[(N + 1) J]"),
    ((G + cosh((N + 1) * J)) ** 2, r"\{\Gamma + \cosh[(N + 1) J]\}^2"),
    (J * ((-1) ** N + G), r"J [\Gamma + (-1)^N]"),
    # no polynomial, no sum begins with a minus sign; fractions stand behind what is none; 1 + x²
    (N * G * k - 2 * G**2 + N * k**2, r"N \kappa^2 + N \Gamma \kappa - 2 \Gamma^2"),
    (ka + k - G, r"\kappa + \kappa_a - \Gamma"),
    (4 * J**2 / G + ka, r"\kappa_a + \frac{4 J^2}{\Gamma}"),
    (sqrt(1 + 2 * J**2), r"\sqrt{1 + 2 J^2}"),
    (J**2 + J + 1, r"J^2 + J + 1"),
    (4 * (1 + 4 * J**2) ** 2 / (4 * J**2 + 4 * J + 1) ** 2, r"\frac{4 (4 J^2 + 1)^2}{(4 J^2 + 4 J + 1)^2}"),
    ((1 + J**2) * (1 + k + G), r"(\Gamma + \kappa + 1) (1 + J^2)"),
    (G / (J**2 - 4 * k**2 - k * ka), r"-\frac{\Gamma}{4 \kappa^2 + \kappa \kappa_a - J^2}"),
    (
        32 * omega * G * epsilon**2 * (k**2 - N * G**2) / (G + k) ** 3 / (N * G + k) ** 3,
        r"\frac{32 \omega \epsilon^2 \Gamma (\kappa^2 - N \Gamma^2)}"
        r"{(N \Gamma + \kappa)^3 (\Gamma + \kappa)^3}",
    ),
    (
        -I * J1 * exp(I * theta) - G1 * conjugate(pa) * pb / 2,
        r"-i J_1 e^{i \theta_1} - \frac{\Gamma_1 p_a^* p_{b_1}}{2}",
    ),
    (16 * J**4 + k**4 + 12 * J**2 * k**2, r"16 J^4 + 12 J^2 \kappa^2 + \kappa^4"),
    ((L[1] - L[0]) * (L[0] - L[1]), r"-(\Lambda_0 - \Lambda_1)^2"),
    (1 / (-L[0] - L[1]), r"-\frac{1}{\Lambda_0 + \Lambda_1}"),
    ((G + k) / 2, r"\frac{\Gamma + \kappa}{2}"),
    (pa * conjugate(pa) ** 2, r"|p_a|^2 p_a^*"),
    # rates of one weight in one bracket, where a sum is one of rates
    (G1 * pa * conjugate(pa) + G * pa * conjugate(pa) + ka, r"(\Gamma + \Gamma_1) |p_a|^2 + \kappa_a"),
    (-(G1 * abs(pa) ** 2 + G * abs(pa) ** 2 + ka) / 2, r"-\frac{(\Gamma + \Gamma_1) |p_a|^2 + \kappa_a}{2}"),
    (G1 * conjugate(pa) * pb + 2 * I * J1 + G * conjugate(pa) * pb, r"2 i J_1 + (\Gamma + \Gamma_1) p_a^* p_{b_1}"),
    (k * (G1 * abs(pa) ** 2 + G * abs(pa) ** 2 + ka), r"\kappa \bigl[ (\Gamma + \Gamma_1) |p_a|^2 + \kappa_a \bigr]"),
    ((G + k) * mean("a"), r"(\Gamma + \kappa) \langle a\rangle"),
    (G1 * k * abs(pa) ** 2 + G * k * abs(pa) ** 2, r"\Gamma |p_a|^2 \kappa + \Gamma_1 |p_a|^2 \kappa"),
    (sinh(J) ** 2 + sinh(J) * cosh(J), r"\sinh^2 J + \sinh J \cosh J"),
    (G / sqrt(2), r"\frac{\Gamma}{\sqrt{2}}"),
    (sqrt(pa * conjugate(pa)) + sqrt(-mu), r"\sqrt{-\mu_1} + |p_a|"),
    ((2 * G + 2 * k) * J, r"2 J (\Gamma + \kappa)"),
    (3 * 2**N, r"3 \cdot 2^N"),
    (Mul(-1, Add(G, k), evaluate=False), r"-(\Gamma + \kappa)"),
    (4**N * binomial(N + m, 2 * m) * J, r"4^N \binom{m + N}{2 m} J"),
    (1 / (1 + k * binomial(N, m)) ** 2, r"\frac{1}{(\binom{N}{m} \kappa + 1)^2}"),
    (
        Sum(J ** (2 * m) * binomial(N - m, m), (m, 0, floor(N / 2))),
        r"\sum_{m = 0}^{\lfloor N/2\rfloor} \binom{N - m}{m} J^{2 m}",
    ),
    (J * Sum(1 / (k + m), (m, 1, N)), r"J \sum_{m = 1}^{N} \frac{1}{\kappa + m}"),
    (G / Product(m * G + k, (m, 0, N)) ** 2, r"\frac{\Gamma}{(\prod_{m = 0}^{N} (m \Gamma + \kappa))^2}"),
    (Integer(0), "0"),
    (Rational(-3, 4) * I, r"-\frac{3 i}{4}"),
    # a wave and its conjugate are one wave, where other terms are left
    (
        J**2 * k - I * J * G * exp(I * theta) - I * J * G * exp(-I * theta) + k**3,
        r"J^2 \kappa - 2 i J \Gamma \cos \theta_1 + \kappa^3",
    ),
    (k + J * exp(2 * I * theta) / 2 - J * exp(-2 * I * theta) / 2, r"i J \sin(2 \theta_1) + \kappa"),
    (k + J * exp(I * theta) + G * exp(-I * theta), r"J e^{i \theta_1} + \Gamma e^{-i \theta_1} + \kappa"),
    (J * exp(-I * theta) + J * exp(I * theta), r"J e^{-i \theta_1} + J e^{i \theta_1}"),
    # and so are the squares of a sine and its cosine
    (-(G * sin(D) ** 2 + G * cos(D) ** 2 + k) / 2, r"-\frac{\Gamma + \kappa}{2}"),
    (G * sin(D) ** 2 + G * cos(D) ** 2, r"\Gamma \sin^2 \Delta + \Gamma \cos^2 \Delta"),
    # nothing runs into the argument of a function
    (sinh(J) * cosh(J) * exp(I * theta), r"\sinh J \cosh J \, e^{i \theta_1}"),
    (k * sinh(J) ** 2 * mean("a"), r"\kappa \sinh^2 J \, \langle a\rangle"),
    (G / (2 * sqrt(2)), r"\frac{\Gamma}{2 \sqrt{2}}"),
    ((-2 * G / (J + k)) ** N / k, r"\frac{1}{\kappa} \biggl( -\frac{2 \Gamma}{J + \kappa} \biggr)^N"),
    (G * flow("a") / (J - k), r"\frac{\Gamma}{J - \kappa} \frac{d\langle a\rangle}{dt}"),
    # a sum times its conjugate
    (4 * G / ((k + 2 * I * D) * (k - 2 * I * D)), r"\frac{4 \Gamma}{\kappa^2 + 4 \Delta^2}"),
    (-G / ((k + 2 * I * D) * (2 * I * D - k)) ** 3, r"\frac{\Gamma}{(\kappa^2 + 4 \Delta^2)^3}"),
    ((k + 2 * I * D) ** 2 * (k - 2 * I * D), r"(\kappa^2 + 4 \Delta^2) (\kappa + 2 i \Delta)"),
    (
        G / ((J**2 + k * (ka + 2 * I * D)) * (J**2 + k * (ka - 2 * I * D))),
        r"\frac{\Gamma}{\bigl\lvert J^2 + \kappa (\kappa_a + 2 i \Delta) \bigr\rvert^2}",
    ),
    (
        (pa + J) * (conjugate(pa) + J) * (J + k * pb) * (J - k * pb),
        r"(J - p_{b_1} \kappa) (J + p_{b_1} \kappa) \lvert J + p_a \rvert^2",
    ),
    # powers of one number are one power
    (12 * 2 ** (2 * N) * G, r"3 \cdot 2^{2 N + 2} \Gamma"),
    # roots are one root, unless two might be of negative numbers
    (sqrt(J) * sqrt(k) - sqrt(2) * sqrt(G + k), r"\sqrt{J \kappa} - \sqrt{2 (\Gamma + \kappa)}"),
    (G / (sqrt(2) * sqrt(J) * sqrt(k)), r"\frac{\Gamma}{\sqrt{2 J \kappa}}"),
    (sqrt(J) * sqrt(D - k), r"\sqrt{J (\Delta - \kappa)}"),
    (sqrt(D) * sqrt(D - k), r"\sqrt{\Delta} \sqrt{\Delta - \kappa}"),
    (2 * k * Abs(J + pa), r"2 \kappa \lvert J + p_a \rvert"),
    # nothing follows a sum
    (
        G * (k - Sum(J**m, (m, 0, N))) ** 2,
        r"\Gamma \biggl( \kappa - \sum_{m = 0}^{N} J^m \biggr)^2",
    ),
    (Sum(J**m, (m, 0, N)) - k, r"-\kappa + \sum_{m = 0}^{N} J^m"),
    (J / (sqrt(G + k) * sqrt(G + ka)), r"\frac{J}{\sqrt{(\Gamma + \kappa) (\Gamma + \kappa_a)}}"),
    (sqrt((2 * N + 1) ** 2 / 4 - J**2), r"\frac{\sqrt{(2 N + 1)^2 - 4 J^2}}{2}"),
    # what all terms are divided by stands under one line
    (
        ((4 * J**2 + k**2) / k + sqrt(J**2 + k**2) / k) / 4,
        r"\frac{4 J^2 + \kappa^2 + \sqrt{J^2 + \kappa^2}}{4 \kappa}",
    ),
    (G / J + k / J, r"\frac{\Gamma}{J} + \frac{\kappa}{J}"),
    # a row of a chain from left to right
    (mean("b_after") * J + mean("b_before") * J + mean("b_k") * k, _ROW),
    (mean("b_after") * J + mean("b_before") * J + mean("b_k") * (J**2 + k) / k, _SHARED_ROW),
    # what fluctuates is added to what does not, whatever letters that has
    (k * (Symbol("N_11") + 4 * J**2 / G), r"\kappa \biggl( \frac{4 J^2}{\Gamma} + N_{11} \biggr)"),
    (Symbol("N_11") + 4 * pa * conjugate(pa) / ka, r"\frac{4 |p_a|^2}{\kappa_a} + N_{11}"),
    (Symbol("N_a") + 4 * Symbol("a") ** 2 / (G + k), r"\frac{4 a^2}{\Gamma + \kappa} + N_a"),
    # the number of spins is no fluctuation N_a, a negativity N no count
    (N_C**2 + 3 * N_C + 4, "N_C^2 + 3 N_C + 4"),
    (2 * k * sqrt(1 - 4 * Symbol("N", real=True) ** 2), r"2 \kappa \sqrt{1 - 4 N^2}"),
    (4 * k * (1 - J - G), r"4 \kappa (1 - J - \Gamma)"),
    (J * (1 - (N + Rational(1, 2)) / k), r"J \biggl( 1 - \frac{2 N + 1}{2 \kappa} \biggr)"),
    # a number that divides one term of a bracket is pulled out of it
    (
        J * (1 - (G / 2 + k) * exp(-k * t)),
        r"\frac{J}{2} \bigl[ 2 - (\Gamma + 2 \kappa) e^{-\kappa t} \bigr]",
    ),
    (
        J / (J**2 + (G / 4 + k) ** 2),
        r"\frac{16 J}{16 J^2 + (\Gamma + 4 \kappa)^2}",
    ),
    # phases that are differences are gathered with those beside them
    (J * exp(I * (theta - k)) * exp(-I * k), r"J e^{i \theta_1 - 2 i \kappa}"),
    (J * exp(I * (theta - k)), r"J e^{i (\theta_1 - \kappa)}"),
    # a number times its conjugate is one with those beside it
    (Rational(3, 7) * J**2 * (1 + I) * (1 - I), r"\frac{6 J^2}{7}"),
    (sqrt(2) * J / ((2 + I) * (2 - I)), r"\frac{\sqrt{2} J}{5}"),
]


@pytest.mark.parametrize(("meaning", "printed"), PRINTED, ids=[p for _, p in PRINTED])
def test_formulas_are_printed_as_in_the_papers(meaning, printed):
    assert expression(meaning, Notation()) == printed


@pytest.mark.parametrize("meaning", [e for e, _ in PRINTED], ids=[p for _, p in PRINTED])
def test_what_is_printed_reads_back_as_what_was_meant(meaning):
    equation = Equation(Symbol("X"), meaning)
    assert same(read(expression(meaning, Notation()), letters(equation, Notation())), meaning)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("p_b_1", "p_{b_1}"),
        ("Gamma_12", r"\Gamma_{12}"),
        ("kappa_a", r"\kappa_a"),
        ("J", "J"),
        ("theta_1", r"\theta_1"),
        ("b_1_2", "b_{1,2}"),
        ("Gamma_1D", r"\Gamma_{\mathrm{1D}}"),
        ("kappa_2ph", r"\kappa_{\mathrm{2ph}}"),
        ("W_0n", "W_{0,n}"),
        ("E_b_1^ss", r"E_{b_1}^{\mathrm{ss}}"),
        ("n_th", r"n_{\mathrm{th}}"),
        ("lambda_", r"\lambda"),
        ("<b_1>", r"\langle b_1\rangle "),
        ("d<a>/dt", r"\frac{d\langle a\rangle}{dt}"),
        ("dρ/dt", r"\frac{d\rho}{dt}"),
        ("∂E/∂J", r"\frac{\partial E}{\partial J}"),
        ("b_1†", r"b_1^\dagger"),
        ("[H, ρ]", r"[H, \rho]"),
        ("{q† q, ρ}", r"\{q^\dagger q, \rho\}"),
        (r"\mathbf{a}", r"\mathbf{a}"),
        ("i", r"\mathsf{i}"),
        ("J12", "J_{12}"),
        ("rate_1", r"\mathrm{rate}_1"),
    ],
)
def test_names_become_letters_with_indices(name, printed):
    assert Notation().latex(name) == printed


def test_a_paper_has_its_own_letters_and_order():
    paper = Notation({"g_b_1": "g_b^{(1)}", "kappa": r"\gamma"}, prefer=("kappa", "J"))
    assert paper.latex("kappa_2") == r"\gamma_2"
    assert expression(J * k * G, paper) == r"\gamma J \Gamma"
    assert expression(J * k * G, Notation()) == r"J \Gamma \kappa"
    assert expression(Symbol("g_b_1") ** 2, paper) == "(g_b^{(1)})^2"
    assert hash(paper) == hash(Notation((("kappa", r"\gamma"), ("g_b_1", "g_b^{(1)}")), ("kappa", "J")))


def test_parameters_named_i_and_e_are_not_numbers():
    i, e = symbols("i e", positive=True)
    meaning = I * i * exp(-e * t) + symbols("x x_1", positive=True)[1] * Symbol("x")
    assert same(read(expression(meaning, Notation()), letters(Equation(J, meaning), Notation())), meaning)


def test_what_has_no_place_in_a_paper_is_refused():
    from sympy import Float, Function

    for bad in (Float("0.5") * J, Function("f")(J)):
        with pytest.raises(Unprintable, match="built from letters"):
            expression(bad, Notation())


# -- any expression ------------------------------------------------------------------------------------------

LEAVES = st.sampled_from(
    [
        G1,
        J1,
        k,
        ka,
        L[0],
        L[1],
        pa,
        pb,
        conjugate(pa),
        conjugate(pb),
        I,
        exp(I * theta),
        exp(-I * theta),
        exp(-L[0] * t / 2),
        mean("a"),
        sqrt(J),
        Integer(2),
        Integer(-1),
        Rational(1, 2),
        Rational(-3, 4),
        2**N,
        (-1) ** N,
    ]
)


def _has_root(e):
    return any(not power.exp.is_integer for power in e.atoms(Pow))


EXPRESSIONS = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.lists(part, min_size=2, max_size=4).map(lambda items: Add(*items)),
        st.lists(part, min_size=2, max_size=3).map(lambda items: Mul(*items)),
        part.map(lambda e: e**2),
        part.filter(lambda e: e != 0).map(lambda e: 1 / e),
        # of a root in a root the kernel must see that what stands below is positive, which is not the printer's matter
        part.map(lambda e: sqrt(L[2] + e * conjugate(e)) if not e.has(exp) and not _has_root(e) else e),
    ),
    max_leaves=7,
)


@settings(QUICK, max_examples=40)
@given(EXPRESSIONS)
def test_any_expression_reads_back_exactly(meaning):
    equation = Equation(Symbol("X"), meaning)
    for printed in {Printer(Notation(), room).expression(meaning).tex: None for room in (10**9, TWO_COLUMNS)}:
        assert "+ -" not in printed
        assert "--" not in printed
        assert not re.search(r"\d\.\d", printed)
        assert same(read(printed, letters(equation, Notation())), meaning)


@QUICK
@given(EXPRESSIONS, st.sampled_from([12_000, 20_000, 40_000]))
def test_lines_hold_every_piece_and_none_is_too_wide(meaning, room):
    pieces = Printer(Notation(), room).expression(meaning).pieces
    lines = broken(pieces, room)
    assert [piece for found in lines for piece in found] == list(pieces)
    assert all(width(line(found, starts=n > 0)) <= room or len(found) == 1 for n, found in enumerate(lines))


# -- widths --------------------------------------------------------------------------------------------------

# Widths of TeX's own boxes in points, RevTeX 4-2 at ten points.
BOXES = [
    (r"\Gamma_1 |p_a|^2 + \kappa_a", 53.47),
    (
        r"-\frac{\Lambda_0}{2} \langle a\rangle - \frac{1}{2} "
        r"\bigl( 2 i J_1 e^{i \theta_1} + \Gamma_1 p_a^* p_{b_1} \bigr) "
        r"\langle b_1\rangle - i \epsilon",
        179.69,
    ),
    (r"\frac{\kappa}{8} \bigl( N + \sqrt{N^2 + 8 N} \bigr)", 88.63),
    (r"16 J^4 + 12 J^2 \kappa^2 + \kappa^4", 86.93),
    (r"\sinh r \cosh r e^{-i \theta_r}", 73.43),
    (r"-i [H, \rho] + \kappa_a \mathcal{D}[a] \rho + \Gamma_1 \mathcal{D}[p_a a + p_{b_1} b_1] \rho", 172.57),
    (r"\biggl( i J_1 e^{i \theta_1} + \frac{\Gamma_1 p_a^* p_{b_1}}{2} \biggr) \langle b_1\rangle", 108.63),
    (
        r"\frac{4^{N + 1} \omega \epsilon^2 \Gamma^{2 N}}{(\Gamma + \kappa)^4 (2 \Gamma + \kappa)^{2 N - 2}}",
        97.72,
    ),
    (r"\frac{d\langle b_1\rangle}{dt}", 24.16),
    (r"E_{b_1}^{\mathrm{ss}}", 15.30),
]


@pytest.mark.parametrize(("formula", "points"), BOXES, ids=[f for f, _ in BOXES])
def test_measured_widths_are_those_of_tex(formula, points):
    assert abs(width(formula) / 100 - points) <= 0.02 * points


def test_a_long_energy_is_broken_at_its_terms():
    lines = broken(Printer(Notation(), ONE_COLUMN - 8_000).expression(energy_of_the_third_battery()).pieces, 39_000)
    starts = [line(found, starts=n > 0)[:8] for n, found in enumerate(lines)]
    assert [s.split()[0] for s in starts] == [starts[0].split()[0], r"\times", "+", "-", "+", "-"]


def test_a_break_inside_brackets_is_the_last_resort():
    pieces = [Piece("a" * 20), Piece("b" * 20, "+"), Piece("(c", "+"), Piece("d)", "+", 4)]
    assert [line(found) for found in broken(pieces, 20_000)] == ["a" * 20, "+ " + "b" * 20 + " + (c + d)"]


# -- derivations ---------------------------------------------------------------------------------------------


def story(net) -> Derivation:
    """The drift matrix, the equations of motion and the steady state of a network, as they are displayed."""
    eq = langevin(net)
    rows = []
    for i, mode in enumerate(eq.modes):
        terms = [(eq.drift[i, j], (f"<{other}>",)) for j, other in enumerate(eq.modes) if eq.drift[i, j] != 0]
        rows.append(Equation(flow(mode), Operators((*terms, *([(eq.force[i], ())] if eq.force[i] != 0 else [])))))
    state = steady_state(eq)
    means = tuple((mean(mode), state.mean[i]) for i, mode in enumerate(eq.modes))
    return Derivation(
        net.title,
        (
            Step("drift", (Symbol("W"), eq.drift), "The drift matrix is", "read off", Integer(0)),
            Step("motion", tuple(rows), "The amplitudes obey", "motion", Integer(0), ("drift",)),
            Step("steady", means, "They come to rest at", "solve", Integer(0), ("drift", "motion")),
        ),
    )


def operators() -> Derivation:
    """A Hamiltonian, a master equation, commutators and an energy in time."""
    q = Operators(((pa, ("a",)), (-pb, ("b_1",)), (I * G / 2, ("b_2†",))))
    energy = Operators(((k, ("a†", "a")),), ((J1 * exp(I * theta), ("a†", "b_1")), (epsilon, ("a†",))))
    master = Operators(((-I, ("[H, ρ]",)), (G1, (Dissipator(q), "ρ")), (-J, (Dissipator(q, "L'"), "ρ"))))
    form = Operators(((Integer(1), ("q", "ρ", "q†")), (Rational(-1, 2), ("{q† q, ρ}",))))
    one = Operators(((Integer(1), (Dissipator(Operators(((Integer(1), ("q",)),))), "ρ")),))
    return Derivation(
        "Operators",
        (
            Step("hamiltonian", (Symbol("H"), energy), "The charger `a` has", "model", Integer(0)),
            Step(
                "dissipator",
                (one, form),
                "With $q$ as a jump, 100% of the loss in @hamiltonian is",
                "model",
                Integer(0),
            ),
            Step(
                "master",
                (Symbol("dρ/dt"), master),
                "and hence",
                "model",
                Integer(0),
                ("hamiltonian", "dissipator"),
            ),
            Step(
                "energy",
                (Symbol("E_b_3"), energy_of_the_third_battery()),
                "So",
                "solve",
                Integer(0),
                ("hamiltonian",),
            ),
            Step("bound", Equation(J, G / 2, "≤"), "where", "bound", Integer(0), ("energy",)),
        ),
    )


DERIVATIONS = [
    operators(),
    *(
        story(net)
        for net in (
            chain(1, "general", distinct=True),
            chain(3, "nonreciprocal", distinct=True),
            star(3, "reciprocal", distinct=True),
            chain(2, "general", distinct=True),
            ring(2, "general"),
            aharonov_bohm_chain(2),
        )
    ),
]
every_derivation = pytest.mark.parametrize("derivation", DERIVATIONS, ids=[d.title for d in DERIVATIONS])


@pytest.mark.parametrize("derivation", DERIVATIONS[:4], ids=[d.title for d in DERIVATIONS[:4]])
def test_every_display_reads_back(derivation):
    assert misprints(derivation, Notation(), typeset(derivation, Notation(), prefix="story"), "story") == []


@pytest.mark.slow
@every_derivation
@pytest.mark.parametrize("column", [ONE_COLUMN, TWO_COLUMNS])
def test_every_display_of_larger_networks_reads_back(derivation, column):
    text = typeset(derivation, Notation(), column, "story")
    assert misprints(derivation, Notation(), text, "story", column) == []


def displays_of(text):
    """The bodies of the displays of a text, without labels."""
    bodies = re.findall(r"\\begin\{(?:align|equation)\}(.*?)\\end\{(?:align|equation)\}", text, re.DOTALL)
    return [re.sub(r"\\label\{.*?\}|\\notag", "", body) for body in bodies]


@every_derivation
@pytest.mark.parametrize("column", [ONE_COLUMN, TWO_COLUMNS])
def test_every_line_fits_its_column(derivation, column):
    for shown in displays_of(typeset(derivation, Notation(), column)):
        if "pmatrix" in shown:
            continue
        lines = [row.partition("&") for row in re.split(r"\\\\(?:\[.*?\])?", shown)]
        left = max(width(before) for before, _, _ in lines)
        assert left + max(width(after) for _, _, after in lines) <= column


MISPRINTS = [
    (r"p_a^* p_1}{2}", r"p_a p_1}{2}"),
    ("|p_a|^2", "|p_a|"),
    (r"e^{i \theta_1}", r"e^{-i \theta_1}"),
    (r"\kappa_a", r"\kappa_1"),
    ("i J_1", "J_1"),
    (r" - \biggl( i", r" + \biggl( i"),
    (r"\langle b_1\rangle", r"\langle a\rangle"),
    (" + ", " - "),
    ("{2}", "{3}"),
]


@pytest.mark.parametrize(("right", "wrong"), MISPRINTS, ids=[f"{a} as {b}" for a, b in MISPRINTS])
def test_a_misprint_is_found(right, wrong):
    everything = next(d for d in DERIVATIONS if d.title == "Chain of 1 batteries, general").steps[1]
    derivation = Derivation("Motion", (Step("motion", everything.says, "So", "", Integer(0)),))
    text = typeset(derivation, Notation(), prefix="story")
    assert right in text, "the test must change something"
    assert misprints(derivation, Notation(), text.replace(right, wrong, 1), "story")


def test_a_wrong_order_of_operators_or_a_foreign_letter_is_found():
    derivation = operators()
    text = typeset(derivation, Notation(), prefix="x")
    swapped = text.replace(r"q \rho q^\dagger", r"q^\dagger \rho q")
    assert swapped != text
    assert misprints(derivation, Notation(), swapped, "x")
    lost = text.replace(r"\label{eq:x:energy}", r"\label{eq:x:power}")
    assert misprints(derivation, Notation(), lost, "x")
    assert (
        "must be a letter of the derivation"
        in misprints(derivation, Notation(), text.replace("J_1", "J_7"), "x")[0]
    )


@pytest.mark.parametrize("tex", ["J_1 +", "J_1 + )", r"\frac{J_1}", "(J_1", "J_1 ; J_1"])
def test_what_is_no_formula_is_not_read(tex):
    with pytest.raises(LaTeXParsingError):
        read(tex, {"J_1": J})


def test_a_relation_is_read():
    found = [d.relation for d in displays(typeset(operators(), Notation())) if d.label == "eq:bound"]
    assert found == [r"\leq"]


@every_derivation
def test_references_point_to_labels_of_the_same_story(derivation):
    text = typeset(derivation, Notation(), prefix="tale")
    labels = re.findall(r"\\label\{(eq:.*?)\}", text)
    assert labels == [f"eq:tale:{step.label}" for step in derivation.steps]
    assert set(re.findall(r"\\eqref\{(.*?)\}", text)) <= set(labels)


def test_prose_is_set_in_the_notation_and_cites_what_it_uses():
    text = typeset(operators(), Notation({"a": r"\alpha"}), prefix="x")
    assert r"The charger $\alpha$ has" in text
    assert r"With $q$ as a jump, 100\% of the loss in Eq.~\eqref{eq:x:hamiltonian} is" in text
    assert r"and hence [Eqs.~\eqref{eq:x:hamiltonian} and \eqref{eq:x:dissipator}]" in text
    assert "So [Eq.~\\eqref{eq:x:hamiltonian}]" in text
    # The sentence goes on over the display: no paragraph, and a comma.
    assert re.search(r"q, \\rho\\\},\n  \\label\{eq:x:dissipator\}\n\\end\{equation\}\nand hence", text)
    # What stands just above needs no reference.
    assert "\nwhere\n" in text


def test_equations_are_cited_in_the_order_in_which_they_stand():
    first, second, third = (Step(x, (Symbol(x), Symbol("y")), "So", "", Integer(0)) for x in "pqr")
    last = Step("s", (Symbol("s"), Symbol("y")), "Hence", "", Integer(0), ("q", "p"))
    text = typeset(Derivation("Order", (first, second, third, last)), Notation())
    assert r"Hence [Eqs.~\eqref{eq:p} and \eqref{eq:q}]" in text


def test_poles_that_a_proof_assumed_are_printed():
    step = Step("e", (Symbol("E"), 1 / (L[0] - L[1])), "Hence", "solve", Integer(0))
    verdicts = {"e": Proved((L[0] - L[1], L[0] + L[1]))}
    text = typeset(Derivation("Pole", (step,)), Notation(), verdicts=verdicts)
    assert text.endswith("This holds for $\\Lambda_0 - \\Lambda_1 \\neq 0$.\n")
    verdicts = {"e": Proved((k**2 / 4 - J, pa * conjugate(pa)))}
    text = typeset(Derivation("Pole", (step,)), Notation(), verdicts=verdicts)
    assert text.endswith("This holds for $\\kappa^2 - 4 J \\neq 0$ and $p_a \\neq 0$.\n")


def test_of_a_pole_its_conjugate_and_the_square_of_its_modulus_the_plainest_is_told_once():
    pole = J * k + pa * G
    step = Step("x", (Symbol("x"), 1 / pole), "So", "", Integer(0))
    both = (-J * k - conjugate(pa) * G, pole, (pole * conjugate(pole)).expand(), J * k - pa * G)
    text = typeset(Derivation("Pole", (step,)), Notation(), verdicts={"x": Proved(both)})
    assert re.findall(r"\$([^$]*) \\neq 0", text) == [r"J \kappa + \Gamma p_a", r"J \kappa - \Gamma p_a"]


def test_brackets_around_a_diagonal_are_as_tall_as_its_fractions():
    plain, tall = (typeset(_diagonal(x), Notation()) for x in (J, J / (G + k)))
    assert r"\mathrm{diag}(J, \kappa, \Gamma)" in plain
    assert r"\mathrm{diag}\biggl(" in tall
    assert misprints(_diagonal(J / (G + k)), Notation(), tall) == []


def _diagonal(first):
    return Derivation("N", (Step("n", (Symbol("N"), Matrix.diag(first, k, G)), "So", "", Integer(0)),))


def test_a_matrix_has_its_common_factor_in_front_or_is_spelled_out():
    matrix = Matrix([[-(G + k) / 2, -I * J], [-I * J, -k / 2]])
    text = typeset(Derivation("W", (Step("w", (Symbol("W"), matrix), "So", "", Integer(0)),)), Notation())
    assert r"W = -\frac{1}{2} \begin{pmatrix}" in text
    assert r"2 i J & \kappa" in text
    large = langevin(chain(4, "general", distinct=True)).drift
    spelled = Derivation("W", (Step("w", (Symbol("W"), large), "So", "", Integer(0)),))
    text = typeset(spelled, Notation(), TWO_COLUMNS)
    assert "pmatrix" not in text
    assert r"W_{11} &= -\frac{\Gamma_1 |p_a|^2 + \kappa_a}{2}" in text
    assert len(displays(text)) == sum(e != 0 for e in large)
    assert misprints(spelled, Notation(), text, width=TWO_COLUMNS) == []


def _shown(matrix):
    text = typeset(Derivation("W", (Step("w", (Symbol("W"), matrix), "", "", Integer(0)),)), Notation())
    return displays(text)[0].rhs


def test_a_pole_is_told_without_its_phase():
    pole = 4 * J * exp(I * theta) + G * k * exp(I * theta) + ka**2 * exp(2 * I * theta)
    step = Step("x", (Symbol("x"), 1 / pole), "So", "", Integer(0))
    text = typeset(Derivation("Pole", (step,)), Notation(), verdicts={"x": Proved((pole,))})
    assert text.endswith("This holds for $4 J + \\Gamma \\kappa + \\kappa_a^2 e^{i \\theta_1} \\neq 0$.\n")


@pytest.mark.parametrize("pole", [J * k - G**2, 3 * G**2 - 3 * J * k])
def test_a_pole_that_was_given_a_letter_is_told_by_it(pole):
    letter = Step("z", (Symbol("Z"), J * k - G**2), "With", "", Integer(0))
    step = Step("x", (Symbol("x"), 1 / Symbol("Z")), "So", "", Integer(0))
    verdicts = {"x": Proved((pole, J * k + pa))}
    text = typeset(Derivation("Pole", (letter, step)), Notation(), verdicts=verdicts)
    assert text.endswith("This holds for $Z \\neq 0$ and $J \\kappa + p_a \\neq 0$.\n")
    bounded = replace(letter, says=Equation(Symbol("Z"), J * k - G**2, "<"))
    assert "$Z" not in typeset(Derivation("Pole", (bounded, step)), Notation(), verdicts=verdicts)


def test_a_pole_that_a_proof_has_multiplied_out_is_told_by_its_letter():
    """In a proof products are multiplied out, and cosh r stands in exponentials."""
    factors = J * (G + k) * cosh(ka) ** 2 - k * (G - pa)
    pole = ((factors * 4).rewrite(exp).expand() * exp(2 * ka)).expand()
    letter = Step("z", (Symbol("Z"), factors), "With", "", Integer(0))
    step = Step("x", (Symbol("x"), 1 / Symbol("Z")), "So", "", Integer(0))
    text = typeset(Derivation("Pole", (letter, step)), Notation(), verdicts={"x": Proved((pole,))})
    assert text.endswith("This holds for $Z \\neq 0$.\n")


def test_a_condition_is_told_in_the_functions_and_letters_that_stand_below_the_line():
    """In a proof sin θ is two factors, e^{iθ} − 1 and e^{iθ} + 1; of a letter and its conjugate the letter is told."""
    below = J * sin(theta) ** 2 - k * cosh(ka)
    for bottom, poles, told in (
        (below, (below.rewrite(exp) * exp(2 * I * theta) * exp(ka),), r"J \sin^2 \theta_1 - \kappa \cosh \kappa_a"),
        (sin(theta), (exp(I * theta) - 1, exp(I * theta) + 1), r"\sin \theta_1"),
        (conjugate(pa), (conjugate(pa),), "p_a"),
    ):
        step = Step("x", (Symbol("x"), 1 / bottom), "So", "", Integer(0))
        verdicts = {"x": Proved(tuple(pole.expand() for pole in poles))}
        text = typeset(Derivation("Pole", (step,)), Notation(), verdicts=verdicts)
        assert text.endswith(f"This holds for ${told} \\neq 0$.\n")


def test_the_conjugate_of_a_pole_that_has_a_letter_is_no_further_condition():
    steps = [Step(x, (Symbol(x), y), "So", "", Integer(0)) for x, y in (("Z", J + pa), ("x", J), ("y", J))]
    verdicts = {"x": Proved((J + pa,)), "y": Proved((-J - conjugate(pa),))}
    text = typeset(Derivation("Pole", tuple(steps)), Notation(), verdicts=verdicts)
    assert re.findall(r"This holds .*", text) == ["This holds for $Z \\neq 0$."]


def test_a_decimal_in_one_entry_is_no_prefactor_of_all():
    matrix = Matrix([[-(G + k) / 2, -I * J], [-I * J, -Rational(3, 2000) - G / 2]])
    one = Derivation("W", (Step("w", (Symbol("W"), matrix), "So", "", Integer(0)),))
    text = typeset(one, Notation())
    assert r"W = -\frac{1}{2} \begin{pmatrix}" in text
    assert r"2 i J & \Gamma + \frac{3}{1000}" in text
    assert misprints(one, Notation(), text) == []
    alike = Matrix([[Rational(3, 1000), J], [J, Rational(7, 1000)]])
    assert r"\frac{3}{1000} & J" in _shown(alike)
    assert _shown(Matrix([[J / 1000, G / 1000]])).startswith(r"\frac{1}{1000}")


def test_large_denominators_that_nearly_all_entries_share_stand_before_the_matrix():
    """9/5000 beside 7/2000 leave no fraction inside; 1/1000 beside 1/1001 stay what they are."""
    shown = _shown(Matrix([[Rational(9, 5000), Rational(7, 2000)], [Rational(1, 1000), Rational(3, 1000)]]))
    assert re.findall(r"\\frac\{.*?\}\{.*?\}|\d+(?= [&\\]|\n)", shown) == [r"\frac{1}{10000}", *"18 35 10 30".split()]
    assert _shown(Matrix([[Rational(1, 1000), Rational(1, 1001)]])).count(r"\frac") == 2


def test_a_denominator_that_all_entries_share_stands_before_the_matrix():
    below = (4 * J**2 + k * (k - G)) * (G - 2 * k)
    matrix = ImmutableMatrix([[4 * G * J**2 / below, 8 * I * J * G / -below], [0, 4 * G * k / (k * below)]])
    text = typeset(one := Derivation("N", (Step("n", (Symbol("N"), matrix), "So", "", Integer(0)),)), Notation())
    entries = text[text.index(r"\begin{pmatrix}") :]
    assert r"\frac" in text
    assert r"\frac" not in entries
    assert misprints(one, Notation(), text) == []
    letters_alone = Derivation("W", (Step("w", (Symbol("W"), Matrix([[J * k, J * G], [0, J]])), "", "", Integer(0)),))
    assert displays(typeset(letters_alone, Notation()))[0].rhs.startswith(r"\begin{pmatrix}")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_fraction_that_is_the_only_entry_stands_before_the_matrix(sign):
    """Inside it would be set in small type; a sign is told once."""
    for entry in (4 * G * J / (G - 2 * k), (G + J) / (J - k), I * J / (G + I * k)):
        matrix = ImmutableMatrix([[0, sign * entry], [0, 0]])
        text = typeset(one := Derivation("N", (Step("n", (Symbol("N"), matrix), "So", "", Integer(0)),)), Notation())
        assert r"\frac" not in text[text.index(r"\begin{pmatrix}") :]
        assert misprints(one, Notation(), text) == []
        assert "--" not in text
    assert "frac" not in _shown(Matrix([[0, -I * J], [0, 0]]))


@pytest.mark.parametrize(
    ("matrix", "shown"),
    [
        (eye(3) * G, r"\Gamma \mathbf{1}"),
        (eye(4) * (G + k) / 2, r"\frac{1}{2} (\Gamma + \kappa) \mathbf{1}"),
        (eye(3) * Mul(Rational(1, 4), 2 * G + 1, evaluate=False), r"\frac{1}{4} (2 \Gamma + 1) \mathbf{1}"),
        (eye(3) * (J * (G + k)), r"J (\Gamma + \kappa) \mathbf{1}"),
        (-eye(3), r"-\mathbf{1}"),
        (diag(0, G * k, J, 0), r"\mathrm{diag}(0, \Gamma \kappa, J, 0)"),
        (diag(G / 2, k / 2, J / 2), r"\frac{1}{2} \mathrm{diag}(\Gamma, \kappa, J)"),
    ],
    ids=str,
)
def test_a_diagonal_matrix_is_told_by_its_diagonal(matrix, shown):
    one = Derivation("N", (Step("n", (Symbol("N"), ImmutableMatrix(matrix)), "So", "", Integer(0)),))
    text = typeset(one, Notation())
    assert displays(text)[0].rhs == shown
    assert misprints(one, Notation(), text) == []
    two = Matrix([[G, 0], [0, k]])
    assert "pmatrix" in _shown(two)


def test_a_phase_that_all_entries_have_stands_before_the_matrix():
    phase = exp(I * theta)
    matrix = ImmutableMatrix([[(J + I * k) * phase, -I * G * phase], [-I * G * phase, (J - I * k) * phase]])
    one = Derivation("U", (Step("u", (Symbol("U"), matrix), "So", "", Integer(0)),))
    text = typeset(one, Notation())
    assert displays(text)[0].rhs.startswith(r"e^{i \theta_1} \begin{pmatrix}")
    assert misprints(one, Notation(), text) == []


def test_entries_that_follow_from_others_or_vanish_are_said_to_and_left_out():
    """Half of a Hermitian or symmetric matrix, and a long vector's few entries; a matrix that vanishes is 0."""
    rates = symbols("Gamma_1:5", positive=True)

    def matrix(sign):
        return ImmutableMatrix(4, 4, lambda j, k: rates[j] + 1 if j == k else (I * sign if j < k else I) * (j + k) * J)

    def told(*says):
        derivation = Derivation("N", (Step("n", says, "So", "", Integer(0)),))
        text = typeset(derivation, Notation(), TWO_COLUMNS // 2)
        assert misprints(derivation, Notation(), text, width=TWO_COLUMNS // 2) == []
        return len(displays(text)), text.rstrip().rpartition("\n")[2]

    assert told((Symbol("N"), matrix(-1))) == (10, "The other entries follow from $N_{ji} = N_{ij}^*$.")
    assert told((Symbol("M"), matrix(1))) == (10, "The other entries follow from $M_{ji} = M_{ij}$.")
    assert told((Symbol("W"), matrix(2))) == (16, "\\end{align}")
    assert told((Symbol("f"), Matrix([J, 0, 0, 0, 0]))) == (1, "All other entries of $f$ vanish.")
    assert told((Symbol("f"), Matrix([J, 0]))) == (1, "\\end{equation}")
    assert told((Symbol("M"), Matrix.zeros(3, 3))) == (1, "\\end{equation}")
    several = (Symbol("N"), matrix(-1)), (Symbol("M"), matrix(1).applyfunc(lambda e: e if e.has(J) else Integer(0)))
    assert told(*several) == (16, "The other entries follow from $N_{ji} = N_{ij}^*$ and $M_{ji} = M_{ij}$ or vanish.")


def test_operators_of_long_names_stand_apart():
    hopping = Operators(((J, ("charger†", "battery_1")), (J, ("a†", "b_1"))))
    derivation = Derivation("H", (Step("h", (Symbol("H"), hopping), "So", "", Integer(0)),))
    text = typeset(derivation, Notation())
    assert r"J \, \mathrm{charger}^\dagger \, \mathrm{battery}_1 + J a^\dagger b_1" in text
    assert misprints(derivation, Notation(), text) == []


def test_many_short_equations_share_lines():
    def told(count):
        says = tuple((Symbol(f"x_{n}"), L[n % 4] + 2 * I * D) for n in range(count))
        derivation = Derivation("Many", (Step("many", says, "With", "", Integer(0)),))
        text = typeset(derivation, Notation())
        assert misprints(derivation, Notation(), text) == []
        rows = re.split(r"\\\\(?:\[.*?\])?", displays_of(text)[0])
        assert max(width(row.replace("&", "")) for row in rows) <= ONE_COLUMN
        return len(displays(text)), len(rows)

    assert told(10) == (10, 10)
    assert told(25) == (25, 5)


def test_a_long_left_side_is_broken_too():
    left = Add(*(-Symbol(f"J_{k}") * mean(f"b_{k}") for k in range(1, 9)))
    says = ((left, I * epsilon), (left + k * mean("a"), Integer(0)))
    derivation = Derivation("System", (Step("system", says, "Solve", "", Integer(0)),))
    text = typeset(derivation, Notation(), TWO_COLUMNS)
    rows = [width(row.replace("&", "")) for row in re.split(r"\\\\(?:\[.*?\])?", displays_of(text)[0])]
    assert len(rows) > 2
    assert max(rows) <= TWO_COLUMNS - 3_000
    assert misprints(derivation, Notation(), text, width=TWO_COLUMNS) == []
    assert misprints(derivation, Notation(), text.replace("{-}", "", 1), width=TWO_COLUMNS)


def test_rows_with_fractions_on_either_side_stand_apart():
    system = tuple((mean(f"b_{n}") * k / 2, J) for n in range(3))
    for says in (system, [(right, left) for left, right in system]):
        text = typeset(Derivation("System", (Step("system", tuple(says), "Solve", "", Integer(0)),)), Notation())
        assert text.count("\\\\[3pt]") == 2


def test_a_side_of_an_equation_means_its_expression():
    assert meant(J) == J
    assert meant(Operators(((J, ()),))) == J


@pytest.mark.slow
@pytest.mark.tex
@pytest.mark.parametrize(("column", "layout"), [(ONE_COLUMN, "onecolumn"), (TWO_COLUMNS, "twocolumn")])
def test_nothing_overflows_on_paper(column, layout):
    body = "\n".join(typeset(d, Notation(), column, f"d{n}") for n, d in enumerate(DERIVATIONS))
    text = document(body, "Everything", tikz(chain(2, "nonreciprocal")), "A network.")
    assert tex.compile_pdf(text.replace("onecolumn", layout)).overfull == ()


CLASHING = """
[modes.a]
loss = "kappa1 + kappa_1"
drive = "t + t_"
detuning = "a"
[modes.a_1]
loss = "pi_ + f"
[modes.a1]
loss = "E_a + kappa_2"
[[couplings]]
between = ["a", "a_1"]
strength = "J*a1"
[[couplings]]
between = ["a_1", "a1"]
strength = "lambda*lambda_"
[symbols]
a = "real"
"""


def test_letters_and_modes_that_would_print_alike_are_printed_as_they_are_typed():
    drawn = netfile.loads(CLASHING)
    assert Notation().latex("kappa1") == Notation().latex("kappa_1")
    net, notation = told_apart(drawn)
    printed = [notation.latex(s.name) for s in net.symbols] + [notation.latex(name) for name in net.names]
    own = [r"\pi", "f", "W", *(notation.latex(f"{of}_{name}") for of in "EN" for name in net.names)]
    assert len({*printed, *own}) == len(printed) + len(own)
    assert notation.latex("kappa_2") == r"\kappa_2"
    assert r"\mathsf{kappa\_1}" in printed
    assert sorted(s.name for s in net.symbols if not s.is_positive) == [r"\mathsf{a}"]
    typed = {rf"\mathsf{{{s.name}}}".replace("_", r"\_"): s for s in drawn.symbols}
    assert net.subs({s: typed[s.name] for s in net.symbols if s.name in typed}) == drawn
    derivation = appendix(net)
    assert misprints(derivation, notation, body(derivation, notation, "x"), "x") == []
    picture = svg(net, notation)
    assert "kappa_1" in picture
    assert "kappa1" in picture


def test_modes_called_as_what_an_appendix_displays_are_printed_upright():
    names = ("H", "W", "Q", "f", "rho", "pi", "i", "a", "H_")
    letters = ("i", "a", "W_12", "f_8", "H", "kappa")
    modes = "".join(f'[modes.{name}]\nloss = "{letters[k % 6]}"\n' for k, name in enumerate(names))
    drawn = netfile.loads(modes + '[[couplings]]\nbetween = ["i", "H"]\nstrength = "i"\n')
    net, notation = told_apart(drawn)
    printed = [notation.latex(name) for name in (*net.names, *(s.name for s in net.symbols))]
    own = ["H", "W", "Q", "f", r"\rho", r"\pi", "W_{12}", "f_8", "i", "N", "M"]
    assert len({*printed, *own}) == len(printed) + len(own)
    called = dict(zip(drawn.names, net.names, strict=True))
    upright = [notation.latex(called[name]) for name in ("rho", "a", "W")]
    assert upright == [r"\mathrm{rho}", "a", r"\mathrm{W}"]
    assert notation.latex(f"E_{called['W']}") == r"E_{\mathrm{W}}"
    derivation = appendix(net)
    assert misprints(derivation, notation, body(derivation, notation, "x"), "x") == []
    warm = modes.replace("modes.a", "modes.S").replace("modes.f", "modes.N")
    bath = '[[baths]]\nrate = "D_11"\njump = { S = 1 }\nthermal = "S_12"\n'
    net, notation = told_apart(netfile.loads(warm + bath))
    assert [notation.latex(net.names[k]) for k in (3, 7)] == [r"\mathrm{N}", r"\mathrm{S}"]
    assert {r"\mathsf{D\_11}", r"\mathsf{S\_12}"} <= {s.name for s in net.symbols}


def test_a_letter_e_is_not_the_energy_of_the_text():
    net, notation = told_apart(netfile.loads('[modes.a]\nloss = "kappa"\ndrive = "E"\n[modes.E]\nloss = "E_0"\n'))
    assert [s.name for s in net.symbols] == ["E_0", r"\mathsf{E}", "kappa"]
    assert [notation.latex(name) for name in net.names] == ["a", r"\mathrm{E}"]
    derivation = appendix(net)
    assert misprints(derivation, notation, body(derivation, notation, "x"), "x") == []


def test_names_of_several_letters_do_not_run_together():
    gp, kab, J, x = symbols("gp kab J x", positive=True)
    for e, printed in (
        (2 * gp * kab, r"2 \mathrm{gp} \, \mathrm{kab}"),
        (I * gp * J * (J + x), r"i J \, \mathrm{gp} \, (J + x)"),
        (gp**2 * exp(-J), r"\mathrm{gp}^2 \, e^{-J}"),
        (exp(I * gp * x), r"e^{i \, \mathrm{gp} \, x}"),
        (gp * sinh(x), r"\mathrm{gp} \sinh x"),
        (J / gp, r"\frac{J}{\mathrm{gp}}"),
    ):
        assert Printer(Notation()).expression(e).tex == printed


def test_a_bracket_stays_apart_from_a_bare_argument_where_a_fraction_is_too_wide():
    x, r, *letters = symbols("x r y_1:20", positive=True)
    wide = Add(*(Mul(*letters[k : k + 4]) for k in range(14)))
    shown = Printer(Notation(), ONE_COLUMN).expression(x * sinh(r) ** 2 * Add(*letters) / wide).tex
    assert r"\sinh^2 r \, \bigl(" in shown or r"\sinh^2 r \, (" in shown
    assert r"\sinh^2 r (" not in shown


def test_names_that_print_apart_are_left_alone():
    net = chain(3, distinct=True)
    same, notation = told_apart(net)
    assert same is net
    assert notation == Notation()


def test_amplitudes_stand_in_the_order_of_the_modes_of_a_network():
    text = """
    modes.cav = {loss = "kappa", drive = "epsilon"}
    modes.mu = {loss = "kappa"}
    modes.bat = {loss = "kappa"}
    couplings = [{between = ["cav", "mu"], strength = "J"}, {between = ["mu", "bat"], strength = "g"}]
    squeezings = [{between = ["cav", "mu"], strength = "chi"}]
    """
    net, notation = told_apart(netfile.loads(text))
    rows = Derivation("Motion", (Step("motion", equations_of_motion(langevin(net)), "So", "", Integer(0)),))
    shown = typeset(rows, notation)
    assert misprints(rows, notation, shown) == []
    means = [notation.latex(f"<{name}>").strip() for name in net.names]
    for row in displays_of(shown)[0].split(r"\\"):
        _, _, right = row.partition("=")
        places = [right.index(tex_) for tex_ in means if tex_ in right]
        assert places == sorted(places)
        assert len(places) > 1


def test_a_picture_keeps_the_letters_that_an_appendix_keeps_for_itself():
    force, mode = (chain(1).subs({J: Symbol(name, positive=True)}) for name in ("f_1", "b_1"))
    assert told_apart(force)[0] != force
    assert told_apart(force, pictured=True) == (force, Notation())
    assert told_apart(mode, pictured=True)[0] == told_apart(mode)[0] != mode


def test_letters_of_the_lyapunov_equations_are_kept_for_them_where_modes_fluctuate():
    plain = chain(1, distinct=True)
    names = (f"N_{plain.names[0]}", "D", "N_11", "M_21", "N_13")
    net = plain.subs({s: Symbol(name, positive=True) for s, name in zip(plain.symbols[:5], names, strict=True)})
    assert told_apart(net) == (net, Notation())
    warm = replace(net, baths=tuple(replace(bath, thermal=J) for bath in net.baths))
    printed, _ = told_apart(warm)
    assert {s.name for s in printed.symbols} - {s.name for s in warm.symbols} == {
        r"\mathsf{D}",
        rf"\mathsf{{N\_{net.names[0]}}}",
        r"\mathsf{N\_11}",
        r"\mathsf{M\_21}",
    }
