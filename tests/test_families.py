"""Closed forms in symbolic counts against steady states of the networks they stand for, and against rows of W."""

from dataclasses import replace
from fractions import Fraction

import pytest
from oracles import gaussian
from sympy import I, Integer, Rational, Symbol, pi, sqrt

from derive import (
    Branch,
    Family,
    Node,
    Proved,
    Refuted,
    closed_form,
    closed_form_residual,
    families,
    is_zero,
    langevin,
    steady_state,
)
from derive.counts import POSITION, network_residual
from derive.errors import WrongKind
from derive.families import ARMS, BRANCHING, COUNT, DEPTH, KAPPA, LENGTH, FamilyError, build, built, link
from derive.kernel import at

SCHEMES = ("reciprocal", "nonreciprocal", "general")
EACH = [(n,) for n in range(1, 13)]
PAIRS = [(n, 1) for n in range(1, 13)] + [(1, n) for n in range(2, 13)]
COUNTED = {
    "chain": ((COUNT,), EACH),
    "star": ((COUNT,), EACH),
    "comb": ((COUNT,), EACH),
    "ladder": ((COUNT,), EACH),
    "arms": ((ARMS, LENGTH), [(2, 1), *PAIRS, (2, 3), (3, 4), (4, 3), (2, 12)]),
    "tree": ((BRANCHING, DEPTH), [(2, 2), *PAIRS, (2, 3), (2, 4), (3, 2), (3, 3)]),
}
STATES = {(name, scheme): closed_form(getattr(families, name)(scheme=scheme)) for name in COUNTED for scheme in SCHEMES}
TRIANGLES = {name: closed_form(getattr(families, name)()) for name in ("triangle_chain", "triangle_star")}
every_family = pytest.mark.parametrize("key", STATES, ids=" ".join)
at_length = pytest.mark.parametrize(
    "key",
    [pytest.param(key, marks=[pytest.mark.slow] if key[1] == "general" else [], id=" ".join(key)) for key in STATES],
)


def cases(key):
    symbols, values = COUNTED[key[0]]
    values = values[:4] if key[1] == "general" else values
    return [dict(zip(symbols, value, strict=True)) for value in values]


def rates(symbols):
    """Exact values of the letters, the phase turned so that its cosine is rational."""
    return {s: Rational(2 * k + 3, k + 2) for k, s in enumerate(sorted(symbols, key=str))}


def concrete(e, counts, point):
    """The exact value of a closed form: phases are 0 here, where the general link is not yet nonreciprocal."""
    return gaussian(at(e.subs(counts).doit(), point))


@every_family
def test_closed_forms_solve_the_rows_of_the_drift_at_symbolic_positions_and_counts(key):
    assert isinstance(is_zero(closed_form_residual(STATES[key])), Proved)


@pytest.mark.parametrize("name", TRIANGLES)
def test_closed_forms_of_triangles_hold_with_their_lossy_modes(name):
    state = TRIANGLES[name]
    assert isinstance(is_zero(closed_form_residual(state)), Proved)
    for n in (1, 2):
        assert isinstance(is_zero(network_residual(state, {COUNT: n})), Proved)


@at_length
def test_a_wrong_rate_a_wrong_form_and_a_wrong_link_are_refuted(key):
    state = STATES[key]
    row = state.rows[0]
    wrong = [replace(row, recurrence=replace(row.recurrence, last=row.recurrence.last * Rational(8, 7)))]
    wrong.append(replace(row, entries=replace(row.entries, onward=row.entries.onward * Rational(8, 7))))
    if row.form:
        wrong.append(replace(row, form=replace(row.form, value=row.form.value * Rational(8, 7))))
    for other in wrong:
        twin = replace(state, rows=(other, *state.rows[1:]))
        assert isinstance(is_zero(closed_form_residual(twin)), Refuted)


@at_length
def test_amplitudes_are_those_of_the_steady_state_of_the_network_that_is_built(key):
    state = STATES[key]
    for counts in cases(key):
        net = built(state.family, counts)
        point = rates(net.network.symbols) | {s: Integer(0) for s in net.network.symbols if s.name == "theta"}
        solved = steady_state(langevin(net.network.subs(point)))
        last_of_each = {name: place for name, place in net.places if _last(state, place, counts)}
        for name, place in last_of_each.items():
            true = gaussian(solved.amplitude(name))
            found = concrete(state.amplitude(*_symbolic(state, place)), counts, point)
            assert (found.real, found.imag) == (true.real, true.imag)
        true = gaussian(solved.amplitude("a"))
        found = concrete(state.amplitude(), counts, point)
        assert (found.real, found.imag) == (true.real, true.imag)


def _rows(state, place):
    rows = state.rows
    for number, k in place:
        row = rows[number]
        yield row, k
        rows = (*row.sides, *row.ends)


def _last(state, place, counts):
    return all(k == row.branch.length.subs(counts) for row, k in _rows(state, place))


def _symbolic(state, place):
    return [(number, row.branch.length) for (number, _), (row, _) in zip(place, _rows(state, place), strict=True)]


@pytest.mark.parametrize("name", ["chain", "star"])
@pytest.mark.parametrize("scheme", SCHEMES[:2])
def test_energies_of_chains_and_stars_equal_the_symbolic_steady_state_for_n_up_to_12(name, scheme):
    state = STATES[name, scheme]
    energy = state.energy(*state.terminal)
    for n in range(1, 13):
        true = steady_state(langevin(build(state.family, {COUNT: n}))).energy(f"b_{n}")
        assert isinstance(is_zero(energy.subs(COUNT, n) - true), Proved)
        if n > 1:
            assert isinstance(is_zero(energy.subs(COUNT, n - 1) - true), Refuted)


BUILT = [("chain", "reciprocal"), ("comb", "nonreciprocal"), ("tree", "reciprocal")]


@pytest.mark.parametrize("key", BUILT, ids=" ".join)
def test_inner_amplitudes_hold_in_the_built_network(key):
    state = STATES[key]
    for counts in cases(key)[:4]:
        assert isinstance(is_zero(network_residual(state, counts)), Proved)
    branch, *more = state.family.root.branches
    lossier = replace(branch, cell=replace(branch.cell, loss=2 * KAPPA))
    other = closed_form(replace(state.family, root=replace(state.family.root, branches=(lossier, *more))))
    wrong = replace(other, family=state.family)
    assert isinstance(is_zero(network_residual(wrong, cases(key)[2])), Refuted)


@at_length
def test_determinants_are_those_of_the_drift_matrix(key):
    state = STATES[key]
    for counts in cases(key)[:6]:
        drift = langevin(build(state.family, counts)).drift
        if drift.rows > 13:
            continue
        point = rates(drift.free_symbols) | {s: Integer(0) for s in drift.free_symbols if s.name == "theta"}
        true = gaussian((-drift).subs(point).det())
        found = concrete(state.determinant, counts, point)
        assert (found.real, found.imag) == (true.real, true.imag)


@pytest.mark.parametrize("n", [1, 2])
def test_determinants_of_triangles_count_their_lossy_modes(n):
    for state in TRIANGLES.values():
        drift = langevin(build(state.family, {COUNT: n})).drift
        point = rates(drift.free_symbols) | {s: Integer(0) for s in drift.free_symbols if s.name == "theta"}
        true = gaussian((-drift).subs(point).det())
        found = concrete(state.determinant, {COUNT: n}, point)
        assert (found.real, found.imag) == (true.real, true.imag)


def test_triangles_are_isolated_at_zhaos_tuning_for_every_n():
    """θ = −π/2 and g_1 = g_2 = √(g_b Γ/2) leave Eq. (3) of Zhao et al."""
    triangle = families.triangle()
    values = {s.name: s for s in triangle.net.symbols}
    g, loss = values["g_b"], values["Gamma"]
    tuned = replace(
        triangle,
        net=triangle.net.subs(
            {values["theta"]: -pi / 2, values["g_1"]: sqrt(g * loss / 2), values["g_2"]: sqrt(g * loss / 2)}
        ),
    )
    gamma, xi = Symbol("gamma", positive=True), Symbol("xi", positive=True)
    state = closed_form(Family(Node(gamma, (Branch(tuned, Node(gamma), length=COUNT),)), "Isolated", "c", xi))
    printed = (2 ** (2 * COUNT + 1) * g**COUNT * xi / ((2 * g + gamma) ** 2 * (4 * g + gamma) ** (COUNT - 1))) ** 2
    energy = state.energy(*state.terminal) / state.family.frequency
    assert isinstance(is_zero(energy - printed), Proved)
    assert isinstance(is_zero(energy - printed * Rational(8, 7)), Refuted)


def test_free_nesting_is_solved_too():
    """A row of three cells, each with two rows of N hanging on it, that ends in a star of M."""
    hanging = Branch(link(), length=COUNT, copies=Integer(2), name="c")
    ending = Branch(link("nonreciprocal"), copies=ARMS, name="d")
    row = Branch(link(), Node(KAPPA, (hanging,)), length=Integer(3), end=(ending,))
    state = closed_form(Family(Node(KAPPA, (row,)), "Nested"))
    assert state.family.counts == (ARMS, COUNT)
    assert isinstance(is_zero(closed_form_residual(state)), Proved)
    net = built(state.family, {COUNT: 2, ARMS: 2})
    point = rates(net.network.symbols)
    solved = steady_state(langevin(net.network.subs(point)))
    counts = {COUNT: 2, ARMS: 2}
    for name, place in (("c_2_1_2", ((0, 2), (0, COUNT))), ("d_3_2", ((0, Integer(3)), (1, Integer(1))))):
        found, true = concrete(state.amplitude(*place), counts, point), gaussian(solved.amplitude(name))
        assert (found.real, found.imag) == (true.real, true.imag)


def test_inner_cells_have_amplitudes_at_symbolic_positions():
    state = STATES["chain", "nonreciprocal"]
    inner = state.energy((0, POSITION)).subs({POSITION: 2, COUNT: 4})
    true = steady_state(langevin(build(state.family, {COUNT: 4}))).energy("b_2")
    assert isinstance(is_zero(inner - true), Proved)


@pytest.mark.parametrize("wrong", [0, -1, Symbol("n"), Rational(1, 2), I])
def test_a_count_is_a_positive_integer(wrong):
    with pytest.raises(FamilyError, match="positive integer"):
        Branch(link(), length=wrong)


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({}, FamilyError, "positive integer"),
        ({COUNT: 0}, FamilyError, "positive integer"),
        ({COUNT: Fraction(1, 2)}, WrongKind, "write a whole number"),
        ({COUNT: True}, WrongKind, "write a whole number"),
    ],
)
def test_a_network_is_built_at_positive_counts(wrong, error, says):
    with pytest.raises(error, match=says):
        build(families.chain(), wrong)


def test_a_place_that_is_not_there_is_an_error():
    with pytest.raises(FamilyError, match="branches"):
        STATES["chain", "reciprocal"].amplitude((1, COUNT))
