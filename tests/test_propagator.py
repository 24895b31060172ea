"""Evolution in closed form against matrix exponentials: SciPy's, mpmath's with 50 digits, and emitted code."""

from itertools import combinations

import mpmath
import numpy as np
import pytest
from oracles import executed
from scipy.linalg import expm
from sympy import I, Integer, Mul, Product, Rational, Symbol, diff, exp, eye, factorial, integrate, symbols

from derive import (
    Bath,
    Coupling,
    Drive,
    Mode,
    Network,
    Squeezing,
    chain,
    coherent,
    divided_differences,
    evolution_residual,
    evolve,
    langevin,
    loss,
    propagator,
    propagator_residual,
    star,
    steady_state,
    thermal,
    tree,
    vacuum,
)
from derive.gaussian import UnknownMode
from derive.kernel import Proved, Refuted, is_zero
from derive.modules import network_module
from derive.papers.liu2026_dynamics import any_3, eq_3, eq_7, member, uniform
from derive.papers.liu2026_letters import Γ, any_4, damping, eq_4, mu, shared_rate, ε, κ, ω
from derive.propagator import ComplexTime
from derive.spectrum import NoClosedForm

t = Symbol("t", positive=True)
KAPPAS = symbols("kappa_0:5", positive=True)
DELTA = Symbol("Delta", real=True)
ALPHA, BETA = symbols("alpha beta")

# Which of five modes share a rate.
PATTERNS = ("abcde", "aaaaa", "abbba", "ababa", "aabbc", "abcba", "aaaab")


def directed(pattern, edges, **extra):
    """Modes whose total rates follow a pattern, fed one way along edges with complex strengths."""
    size = len(pattern)
    rates = [KAPPAS[ord(c) - ord("a")] for c in pattern]
    fed = [sum(1 for edge in edges if k in edge) for k in range(size)]
    names = [f"m_{k}" for k in range(size)]
    couplings = [Coupling(names[i], names[j], I / 2) for i, j in edges]
    baths = [Bath(((names[i], Integer(1)), (names[j], Integer(1))), Integer(1)) for i, j in edges]
    # every shared reservoir of rate one adds one to the loss of both its modes
    local = [loss(name, rate + size - n) for name, rate, n in zip(names, rates, fed, strict=True)]
    modes = tuple(Mode(name, extra.get("detuning", Integer(0))) for name in names)
    drives = (Drive("m_0", ALPHA), Drive("m_1", Integer(2)))
    return Network(modes, tuple(couplings), drives, (*local, *baths))


CHAIN = ((0, 1), (1, 2), (2, 3), (3, 4))
EVERY = tuple(combinations(range(5), 2))
FORK = ((0, 2), (1, 2), (2, 4), (2, 3))
GRAPHS = {"chain": CHAIN, "every": EVERY, "fork": FORK}


def numbers(eq, values):
    w, f = (np.array(m.subs(values).evalf(30).tolist(), complex) for m in (eq.drift, eq.force))
    return w, f


def precise(matrix, time):
    """exp(matrix · time) with 50 digits beyond what cancels, entries rational or Gaussian."""
    with mpmath.workdps(70):
        big = mpmath.matrix([[mpmath.mpmathify(x.evalf(70)) for x in row] for row in matrix.tolist()])
        return mpmath.expm(big * mpmath.mpmathify(time.evalf(70)), method="taylor")


# -- divided differences -------------------------------------------------------------------------------------


def test_divided_differences_of_equal_nodes_are_derivatives():
    x = Symbol("x")
    found = divided_differences((x,) * 5, t)
    for k, e in enumerate(found):
        assert isinstance(is_zero(e - diff(found[0], x, k) / factorial(k)), Proved)


@pytest.mark.parametrize("pattern", [*PATTERNS, "abacab", "aabbcc"])
def test_divided_differences_satisfy_their_recurrence_in_every_pattern(pattern):
    """(x_n − x_0) exp[x_0, …, x_n] = exp[x_1, …, x_n] − exp[x_0, …, x_{n−1}], and d/dt where x_n = x_0."""
    letters = dict(zip("abcde", symbols("x:5"), strict=True))
    nodes = [letters[c] for c in pattern]
    *_, before, whole = divided_differences(nodes, t)
    after = divided_differences(nodes[1:], t)[-1]
    assert isinstance(is_zero((nodes[-1] - nodes[0]) * whole - after + before), Proved)
    # (d/dt − x_n) exp[x_0, …, x_n] = exp[x_0, …, x_{n−1}]
    assert isinstance(is_zero(diff(whole, t) - nodes[-1] * whole - before), Proved)
    assert isinstance(is_zero(whole.subs(t, 0)), Proved)
    assert isinstance(is_zero((nodes[-1] - nodes[0] + 1) * whole - after + before), Refuted)


def test_equal_nodes_are_recognised_however_they_are_written():
    x, y = symbols("x y")
    written = ((x + y) ** 2, x**2 + 2 * x * y + y**2)
    first, second = divided_differences(written, t)
    assert isinstance(is_zero(second - t * first), Proved)


@pytest.mark.parametrize("pattern", ["abcd", "aaaa", "abba"])
def test_integral_of_a_divided_difference_has_a_node_at_zero(pattern):
    s = Symbol("s", positive=True)
    values = dict(zip("abcd", map(Integer, (-1, -2, -4, -7)), strict=True))
    nodes = [values[c] for c in pattern]
    whole = integrate(divided_differences(nodes, s)[-1].expand(), (s, 0, t))
    assert isinstance(is_zero(divided_differences([Integer(0), *nodes], t)[-1] - whole), Proved)


# -- residuals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_propagator_satisfies_its_equation_in_generic_and_confluent_patterns(graph, pattern):
    eq = langevin(directed(pattern, GRAPHS[graph]))
    e = propagator(eq, t)
    assert len(e.atoms(exp)) == len(set(pattern))
    assert isinstance(is_zero(propagator_residual(eq, t, e)), Proved)
    for wrong in (e * Rational(8, 7), e + t * eye(5) / 7, e.subs(t, 2 * t)):
        assert isinstance(is_zero(propagator_residual(eq, t, wrong)), Refuted)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_evolved_states_satisfy_their_equations_and_perturbed_ones_do_not(pattern):
    eq = langevin(directed(pattern, FORK, detuning=DELTA))
    n = Symbol("n", nonnegative=True)
    for initial in (
        vacuum(eq),
        coherent(eq, {"m_1": ALPHA, "m_2": BETA}),
        thermal(eq, {"m_0": n, "m_3": Rational(1, 3)}),
    ):
        state = evolve(eq, initial, t)
        assert isinstance(is_zero(evolution_residual(eq, initial, t, state)), Proved)
    wrong = evolve(eq, thermal(eq, {"m_0": n + 1}), t)
    assert isinstance(is_zero(evolution_residual(eq, thermal(eq, {"m_0": n}), t, wrong)), Refuted)
    later = evolve(eq, vacuum(eq), 2 * t)
    assert isinstance(is_zero(evolution_residual(eq, vacuum(eq), t, later)), Refuted)


@pytest.mark.parametrize("batteries", range(1, 7))
@pytest.mark.parametrize("build", [chain, star])
def test_uniform_networks_have_a_regular_closed_form(build, batteries):
    """Λ_0 = Λ_N and Λ_1 = … = Λ_{N−1}: what Eq. (3) of Liu et al. cannot say."""
    eq = langevin(build(batteries, "nonreciprocal"))
    assert is_zero(propagator_residual(eq, t, propagator(eq, t))) == Proved()
    state = evolve(eq, vacuum(eq), t)
    assert is_zero(evolution_residual(eq, vacuum(eq), t, state)) == Proved()


@pytest.mark.parametrize("build", [chain, star])
def test_networks_of_general_weights_are_proved(build):
    eq = langevin(build(3, "nonreciprocal", distinct=True))
    initial = coherent(eq, {"b_1": BETA})
    state = evolve(eq, initial, t)
    assert isinstance(is_zero(evolution_residual(eq, initial, t, state)), Proved)


def test_a_lossless_mode_grows_without_bound_but_has_a_closed_form():
    net = Network((Mode("a"), Mode("b", DELTA)), (), (Drive("a", Integer(1)), Drive("b", ALPHA)), ())
    eq = langevin(net)
    state = evolve(eq, vacuum(eq), t)
    assert state.amplitude("a") == -I * t
    assert isinstance(is_zero(evolution_residual(eq, vacuum(eq), t, state)), Proved)


def test_evolution_begins_at_the_initial_state_and_ends_in_the_steady_state():
    eq = langevin(tree(2, 2, "nonreciprocal", distinct=True))
    initial = coherent(eq, {"b_1": ALPHA})
    state = evolve(eq, initial, t)
    assert isinstance(is_zero(state.mean.subs(t, 0) - initial.mean), Proved)
    late = state.mean.replace(exp, lambda _: Integer(0))
    assert isinstance(is_zero(late - steady_state(eq).mean), Proved)


# -- numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", GRAPHS)
def test_propagator_is_scipys_where_rates_are_well_separated(graph):
    eq = langevin(directed("abcde", GRAPHS[graph], detuning=DELTA))
    values = dict(zip(KAPPAS, (1, 3, 5, 8, 12), strict=True)) | {DELTA: Rational(2, 3), ALPHA: 1 + 2 * I}
    e = propagator(eq, t)
    w, _ = numbers(eq, values)
    for time in (Rational(1, 2), Integer(2)):
        found = np.array(e.subs(values | {t: time}).evalf(30).tolist(), complex)
        expected = expm(w * float(time))
        assert np.all(np.abs(found - expected) <= 1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_propagator_has_fifty_digits_in_every_pattern(graph, pattern):
    eq = langevin(directed(pattern, GRAPHS[graph]))
    # rates a hair apart are different rates
    values = dict(zip(KAPPAS, (1, 2, 2 + Rational(1, 10**8), 5, 7), strict=True))
    e, w = propagator(eq, t).subs(values), eq.drift.subs(values)
    for time in (Rational(1, 100), Integer(3)):
        expected = precise(w, time)
        with mpmath.workdps(70):
            for i in range(5):
                for j in range(5):
                    found = mpmath.mpmathify(e[i, j].subs(t, time).evalf(60, maxn=400))
                    assert abs(found - expected[i, j]) <= mpmath.mpf(10) ** -50 * abs(expected[i, j]), (i, j)


@pytest.mark.parametrize(
    "net",
    [chain(3, "nonreciprocal"), star(3, "nonreciprocal", distinct=True), tree(2, 2, "nonreciprocal")],
    ids=["uniform chain", "star", "tree"],
)
def test_emitted_amplitudes_agree_with_the_closed_form(net):
    names = executed(network_module(net, "a test"))
    eq = langevin(net)
    state = evolve(eq, vacuum(eq), t)
    values = {
        s: Rational(7 + 3 * k, 5) + (I * Rational(k, 3) if not s.is_real else 0)
        for k, s in enumerate(net.symbols)
    }
    given = {s.name: complex(x) if not s.is_real else float(x) for s, x in values.items()}
    for time in (Rational(1, 8), Integer(1), Integer(9)):
        exact = state.mean.subs(values | {t: time}).evalf(40, maxn=400)
        found, expected = names["amplitudes_at"](float(time), **given), np.array(exact.tolist(), complex)[:, 0]
        assert np.all(np.abs(found - expected) <= 1e-12 * np.abs(expected))


def test_second_moments_of_a_thermal_battery_are_carried_by_the_propagator():
    eq = langevin(directed("abbca", FORK))
    values = dict(zip(KAPPAS, (1, 2, 4, 5, 7), strict=True)) | {ALPHA: Integer(1)}
    state = evolve(eq, thermal(eq, {"m_0": 3, "m_2": Rational(1, 2)}), t)
    w, _ = numbers(eq, values)
    e = expm(w * 0.5)
    expected = e.conj() @ np.diag([3, 0, 0.5, 0, 0]) @ e.T
    found = np.array(state.number.subs(values | {t: Rational(1, 2)}).evalf(30).tolist(), complex)
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-14)


# -- what has no closed form here ----------------------------------------------------------------------------


def test_five_eigenvalues_that_belong_together_have_no_closed_form():
    eq = langevin(chain(4, distinct=True))
    with pytest.raises(
        NoClosedForm, match=r"a, b_1, b_2, b_3, b_4 move with 5 irreducible ones; use the exact suscep"
    ):
        propagator(eq, t)


def test_many_letters_are_neither_factored_nor_written_in_radicals_for_minutes():
    eq = langevin(chain(3, "general", distinct=True))
    with pytest.raises(NoClosedForm, match="a, b_1, b_2, b_3 move with 4 irreducible ones"):
        propagator(eq, t)


def test_pairing_moves_amplitudes_and_conjugates_together():
    eq = langevin(Network((Mode("a"),), (), (), (loss("a", κ),), (Squeezing("a", "a", Γ),)))
    with pytest.raises(NoClosedForm, match="evolve"):
        propagator(eq, t)


def test_complex_times_and_other_modes_are_refused():
    cold = langevin(chain(1, "nonreciprocal"))
    with pytest.raises(ComplexTime, match="must be real"):
        evolve(cold, vacuum(cold), Symbol("t"))
    with pytest.raises(UnknownMode, match="must have the modes a, b_1, but has a, b_1, b_2"):
        evolve(cold, vacuum(langevin(chain(2))), t)
    with pytest.raises(UnknownMode):
        coherent(cold, {"z": 1})


# -- Liu et al. ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_printed_equation_3_does_not_begin_at_zero(n):
    """E_n(0) = 4𝒜_n as printed, 0 with the right sign."""
    assert isinstance(is_zero(eq_3(n).subs(t, 0) - 4 * eq_4(n)), Proved)
    assert isinstance(is_zero(eq_3(n, -1).subs(t, 0)), Proved)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_displayed_forms_have_equations_3_and_4_for_members(n):
    place = Symbol("m", positive=True, integer=True)
    (links,) = any_4("m", Integer(n)).atoms(Product)
    letters = [{mu("m"): mu(k), shared_rate("m"): shared_rate(k), damping("m"): damping(k)} for k in range(1, n + 1)]
    written = any_4("m", Integer(n)).xreplace({links: Mul(*(links.function.subs(each) for each in letters))})
    assert place not in written.free_symbols
    assert isinstance(is_zero(written - eq_4(n)), Proved)
    for sign in (1, -1):
        assert isinstance(is_zero(member(any_3(sign), n) - eq_3(n, sign)), Proved)
        assert isinstance(is_zero(member(any_3(sign), n) - eq_3(n, -sign)), Refuted)


def test_printed_equation_7_begins_too_early():
    """E ∝ t² as printed, t⁴ in truth."""
    for printed, power in ((eq_7(1, 0, 1), 2), (eq_7(1, 1, 0), 4)):
        rate = [diff(printed, t, k).subs(t, 0) for k in range(power + 1)]
        assert all(isinstance(is_zero(e), Proved) for e in rate[:power])
        assert isinstance(is_zero(rate[power]), Refuted)


@pytest.mark.parametrize("n", range(1, 7))
def test_uniform_form_is_the_limit_of_equation_3(n):
    """The printed form a hair off the uniform parameters, with the digits it needs."""
    at = {Γ: Rational(3, 2), κ: Rational(2, 3), t: Rational(5, 4), ε: Integer(1), ω: Integer(1)}
    expected = uniform(n).subs(at).evalf(30)
    rates = [Γ + κ, *[2 * Γ + κ] * (n - 1), Γ + κ]
    near = {damping(k): rate.subs(at) + Rational(k, 10**30) for k, rate in enumerate(rates)}
    links = {mu(k): Integer(1) for k in range(1, n + 1)} | {shared_rate(k): at[Γ] for k in range(1, n + 1)}
    found = eq_3(n, -1).subs(at | near | links).evalf(30, maxn=3000)
    assert abs(complex(found) / complex(expected) - 1) < 1e-12
