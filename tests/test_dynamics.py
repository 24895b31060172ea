"""Energies in time of emitted modules: against balls of more than 50 digits, and against QuTiP's master equation."""

from functools import cache
from itertools import product
from types import SimpleNamespace

import fock
import numpy as np
import pytest
import qutip
from flint import acb, acb_mat, arb, ctx
from networkx import Graph
from oracles import executed
from sympy import I, Rational, Symbol, exp, pi

from benchmarks import dynamics
from derive.builders import chain, complete, grid, positive, ring, star
from derive.modules import network_module
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss

TIMES = np.array([1e-6, 1e-5, 1e-3, 0.03, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1e3, 1e4])
GAPS = (1.0, 2.0**-10, 2.0**-27, 0.0)  # 1, 1e-3, 1e-8 and 0, with sums that doubles hold exactly
BUILDERS = {"chain": chain, "star": star}


@cache
def module(net):
    return SimpleNamespace(**executed(network_module(net, "a test")))


def precise(drift, force, t):
    """|⟨a_k⟩|² at time t as balls, from the exponential of [[W, f], [0, 0]] t with exact entries."""
    n = len(force)
    rows = [[*row, f] for row, f in zip(drift, force, strict=True)] + [[0] * (n + 1)]
    before, ctx.prec = ctx.prec, 900  # entries of 1e-145 included
    try:
        entries = [acb(complex(z).real, complex(z).imag) * arb(float(t)) for row in rows for z in row]
        column = acb_mat(n + 1, n + 1, entries).exp()
        parts = [(column[i, n].real, column[i, n].imag) for i in range(n)]
        energies = [x * x + y * y for x, y in parts]
        assert all(e.rel_accuracy_bits() > 170 for e in energies)  # 50 digits
        return energies
    finally:
        ctx.prec = before


def worst_error(found, drift, force, times):
    """The largest relative error of energies of shape (modes, times)."""
    errors = []
    for column, t in zip(found.T, times, strict=True):
        for value, true in zip(column, precise(drift, force, t), strict=True):
            errors.append(float(abs(arb(float(value)) / true - 1)))
    return max(errors)


def rates(size, seed):
    """Decay rates whose successive gaps are 1, 1e-3, 1e-8 and 0 in a random pattern, or all the same gap."""
    random = np.random.default_rng(seed)
    steps = random.choice(GAPS, size - 1) * random.choice((-1, 1), size - 1)
    if seed < len(GAPS):
        steps = np.full(size - 1, GAPS[seed])
    found = np.concatenate([[0], np.cumsum(steps)])
    return found - found.min() + 1


def one_way(kind, decay, shared):
    """Keywords, drift and force of a nonreciprocal chain or star whose modes decay at the rates `decay`."""
    size = len(decay)
    links = [(k - 1 if kind == "chain" else 0, k) for k in range(1, size)]
    kappa, drift = decay.copy(), np.diag(-decay / 2)
    for (i, j), rate in zip(links, shared, strict=True):
        kappa[i] -= rate
        kappa[j] -= rate
        drift[j, i] = -rate
    words = {"epsilon": 1.0, "omega": 1.0, "kappa_a": kappa[0], "p_a": 1.0}
    words |= {f"kappa_{k}": kappa[k] for k in range(1, size)} | {f"p_{k}": 1.0 for k in range(1, size)}
    return words | {f"Gamma_{k}": rate for k, rate in enumerate(shared, 1)}, drift


def both_ways(kind, decay, strengths):
    """The same for a reciprocal chain or star with losses `decay`."""
    drift = np.diag(-decay / 2).astype(complex)
    for k, strength in enumerate(strengths, 1):
        i = k - 1 if kind == "chain" else 0
        drift[i, k] = drift[k, i] = -1j * strength
    words = {"epsilon": 1.0, "omega": 1.0, "kappa_a": decay[0]}
    words |= {f"kappa_{k}": decay[k] for k in range(1, len(decay))}
    return words | {f"J_{k}": strength for k, strength in enumerate(strengths, 1)}, drift


def driven(size):
    return np.array([-1j] + [0] * (size - 1))


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("size", [2, 3, 5, 8, 12])
def test_one_way_energies_keep_12_digits_for_all_patterns_of_gaps(kind, size):
    m = module(BUILDERS[kind](size - 1, "nonreciprocal", distinct=True))
    for seed in range(7):
        # the loss that is left is positive
        shared = np.random.default_rng(seed).integers(1, 16, size - 1) / 32 / (1 if kind == "chain" else size)
        words, drift = one_way(kind, rates(size, seed), np.ldexp(np.round(np.ldexp(shared, 20)), -20))
        found = m.energies_at(TIMES, **words)
        assert worst_error(found, drift, driven(size), TIMES) < 1e-14, (kind, size, seed)


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("size", [2, 3, 5, 8, 12])
def test_reciprocal_energies_keep_12_digits_for_all_patterns_of_gaps(kind, size):
    m = module(BUILDERS[kind](size - 1, distinct=True))
    for seed, strength in enumerate((1 / 64, 1 / 4, 2.0**-10, 2.0**-14, 1.0, 4.0, 1 / 8)):
        words, drift = both_ways(kind, rates(size, seed), np.full(size - 1, strength))
        found = m.energies_at(TIMES, **words)
        assert worst_error(found, drift, driven(size), TIMES) < 1e-12, (kind, size, seed)


@pytest.mark.parametrize(("kind", "size", "strength"), [("chain", 2, 10.0), ("star", 5, 10.0), ("star", 12, 4.0)])
def test_near_a_zero_of_an_oscillation_the_error_is_that_of_the_earlier_amplitude(kind, size, strength):
    """δ√E ≤ 3e-14 √(largest E so far): no more can be had, for a rounding of J moves the zero."""
    times = np.linspace(0.02, 6, 25)
    words, drift = both_ways(kind, rates(size, 3), np.full(size - 1, strength))
    found = module(BUILDERS[kind](size - 1, distinct=True)).energies_at(times, **words)
    largest = np.maximum.accumulate(found, axis=1)
    for k, t in enumerate(times):
        for value, most, true in zip(found[:, k], largest[:, k], precise(drift, driven(size), t), strict=True):
            assert abs(arb(float(value)) / true - 1) * np.sqrt(value / most) < 6e-14


@pytest.mark.parametrize("gap", GAPS)
def test_a_reciprocal_chain_whose_twelve_eigenvalues_meet_keeps_12_digits(gap):
    """κ_k = 1 + k and J_k = √(k(12 − k))/4 √(1 − gap²) make W similar to −κ̄/2 + gap S_z/2, spin 11/2."""
    size = 12
    links = np.arange(1, size)
    strengths = np.sqrt(links * (size - links) * (1 - gap**2)) / 4
    words, drift = both_ways("chain", 1.0 + np.arange(size), strengths)
    spacing = np.diff(np.sort(np.linalg.eigvals(drift).real)).mean()
    assert abs(spacing - gap / 2) < 0.2  # rounding alone moves a twelvefold eigenvalue by 0.1
    found = module(chain(size - 1, distinct=True)).energies_at(TIMES, **words)
    assert worst_error(found, drift, driven(size), TIMES) < 1e-12


def test_no_doubling_of_the_time_and_no_meeting_of_rates_is_visible():
    """Relative errors of a few ulps on both sides of every change of the number of steps."""
    m = module(chain(4, "nonreciprocal", distinct=True))
    words, drift = one_way("chain", np.ones(5), np.full(4, 0.25))
    times = np.sort(np.concatenate([2.0 ** np.arange(-4, 5) * (1 + s * 1e-9) for s in (-1, 0, 1)]))
    assert worst_error(m.energies_at(times, **words), drift, driven(5), times) < 1e-14
    for gap in (-1e-3, -1e-7, -1e-12, 0.0, 1e-15, 1e-9, 1e-5):
        words, drift = one_way("chain", np.array([1, 1 + gap, 1, 1, 1]), np.full(4, 0.25))
        drift[1, 1] = -(words["kappa_1"] + 0.5) / 2
        assert worst_error(m.energies_at(TIMES, **words), drift, driven(5), TIMES) < 1e-14


@pytest.mark.parametrize("scheme", ["reciprocal", "nonreciprocal", "general"])
def test_times_and_rates_at_their_limits_are_clean(scheme):
    m = module(chain(3, scheme, distinct=True))
    ones = dict.fromkeys(m.PARAMETERS, 1.0)
    assert np.all(m.energies_at(0.0, **ones) == 0)
    late = m.energies_at(np.array([1e4, 1e15, 1e100, 1e308, np.inf]), **ones)
    np.testing.assert_allclose(late, np.tile(m.energies(**ones)[:, None], 5), rtol=1e-13)
    assert np.isnan(m.energies_at(np.nan, **ones)).all()
    tiny = m.energies_at(np.array([1e-100, 1e-300]), **ones)
    np.testing.assert_allclose(tiny[0], [1e-200, 0], rtol=1e-14)
    assert m.energies_at(np.zeros((2, 0)), **ones).shape == (4, 2, 0)
    # no losses, no links, no drive: amplitudes grow as t, stay empty, stay zero
    still = ones | {name: 0.0 for name in m.PARAMETERS if name[0] in "kGJ"}
    np.testing.assert_allclose(m.energies_at(3.0, **still), [9.0, 0, 0, 0], rtol=1e-15)
    assert np.all(m.energies_at(3.0, **ones | {"epsilon": 0.0}) == 0)
    for name, value in product(m.PARAMETERS, (0.0, np.inf, -np.inf, np.nan, 1e308, 5e-324)):
        m.energies_at(np.array([0.0, 1.0, 1e6, np.inf]), **ones | {name: value})


def test_a_broken_link_leaves_what_follows_empty_and_the_rest_alone():
    m = module(chain(4, distinct=True))
    words = dict.fromkeys(m.PARAMETERS, 1.0)
    cut = m.energies_at(2.0, **words | {"J_3": 0.0})
    assert np.all(cut[3:] == 0)
    short = module(chain(2, distinct=True)).energies_at(2.0, **{k: 1.0 for k in words if k[-1] not in "34"})
    np.testing.assert_allclose(cut[:3], short, rtol=1e-14)


def test_phases_that_no_loop_holds_come_back_with_the_amplitudes():
    """Complex couplings and weights on a tree: the emitted real matrix against the complex exponential."""
    a, b, c, d = "abcd"
    graph = (Coupling(a, b, Symbol("J")), Coupling(b, c, Symbol("K")), Coupling(b, d, I * positive("Gamma") / 2))
    baths = (*(loss(name, positive(f"kappa_{name}")) for name in "abcd"), Bath(((b, 1), (d, 1)), positive("Gamma")))
    net = Network(tuple(Mode(name) for name in "abcd"), graph, (Drive(a, Symbol("epsilon")),), baths)
    m = module(net)
    assert hasattr(m, "_LINKS")
    words = {"J": 0.7 - 0.4j, "K": -0.3j, "epsilon": 0.5 + 1j, "Gamma": 0.5}
    words |= {"kappa_a": 0.4, "kappa_b": 1.0, "kappa_c": 0.25, "kappa_d": 0.75}
    drift = m.drift_matrix(**words)
    force = np.array([-1j * words["epsilon"], 0, 0, 0])
    for t in (1e-3, 1.0, 20.0):
        size = np.linalg.norm(drift, np.inf) * t
        big = np.block([[drift, force[:, None]], [np.zeros((1, 5))]]) * t / 2 ** int(np.ceil(np.log2(size + 1)) + 8)
        exponential = np.eye(5) + big @ (np.eye(5) + big / 2 @ (np.eye(5) + big / 3 @ (np.eye(5) + big / 4)))
        for _ in range(int(np.ceil(np.log2(size + 1)) + 8)):
            exponential = exponential @ exponential
        np.testing.assert_allclose(m.amplitudes_at(t, **words), exponential[:4, 4], rtol=1e-9)
        assert worst_error(m.energies_at(np.array([t]), **words), drift, force, [t]) < 1e-13


@pytest.mark.parametrize(
    ("net", "real"),
    [
        (chain(3, "nonreciprocal", distinct=True), True),
        (star(3, "nonreciprocal", distinct=True), True),
        (chain(3, distinct=True), True),
        (chain(3, "general"), False),
        (ring(3), False),
        (complete(3, "nonreciprocal"), False),
    ],
    ids=["one-way chain", "one-way star", "reciprocal chain", "general chain", "ring", "one-way loops"],
)
def test_the_evolution_is_real_where_links_form_a_tree_with_real_round_trips(net, real):
    assert hasattr(module(net), "_LINKS") == real


@pytest.mark.parametrize("case", dynamics.CASES[::4], ids=lambda case: case.name)
def test_scipy_and_numpy_agree_where_they_can(case):
    """Later than a lifetime, rates apart: the peers of the benchmark, on its own points."""
    m, random = dynamics.emitted(case.network), np.random.default_rng(5)
    values = dynamics.parameters(m.PARAMETERS, 40, random)
    values |= {name: v + random.uniform(0, 0.5, 40) for name, v in values.items() if name[:5] in ("kappa", "gamma")}
    times = random.uniform(2, 20, 40)
    drift, force = dynamics.drift_and_force(m, values)
    found = m.energies_at(times, **values)[case.terminal]
    for peer in (dynamics.by_expm, dynamics.by_eigenvectors):
        np.testing.assert_allclose(peer(drift, force, times, case.terminal), found, rtol=1e-7)


# -- QuTiP --------------------------------------------------------------------------------------------------


def tree_of_five():
    graph = Graph([("a", 1), ("a", 2), (1, 3), (1, 4)])
    names = ["a", "b_1", "b_2", "b_3", "b_4"]
    node = {"a": "a"} | {k: f"b_{k}" for k in range(1, 5)}
    couplings = [Coupling(node[u], node[v], positive("J") * exp(I * k)) for k, (u, v) in enumerate(graph.edges)]
    baths = [loss(name, positive(f"kappa_{name}")) for name in names]
    modes = tuple(Mode(name) for name in names)
    return Network(modes, tuple(couplings), (Drive("a", positive("epsilon")),), tuple(baths))


def shared_triangle():
    """Three modes that leak into one reservoir and into their own, one detuned."""
    names = ("a", "b_1", "b_2")
    everywhere = Bath((("a", 1), ("b_1", I), ("b_2", 1 + I)), positive("Gamma"))
    losses = tuple(loss(name, positive("kappa")) for name in names)
    modes = (Mode("a"), Mode("b_1", positive("Delta")), Mode("b_2"))
    couplings = (Coupling("a", "b_1", positive("J")), Coupling("b_1", "b_2", positive("J")))
    return Network(modes, couplings, (Drive("a", positive("epsilon")),), (*losses, everywhere))


def hot(net, occupation):
    baths = tuple(Bath(b.jump, b.rate, occupation, b.squeezing, b.gain) for b in net.baths)
    return Network(net.modes, net.couplings, net.drives, baths, net.squeezings)


def parametric_pair():
    """Two coupled modes whose quanta are created in pairs, one of them lossy through a squeezed bath."""
    modes = (Mode("a"), Mode("b"))
    squeezed = Bath((("a", 1),), positive("kappa"), Rational(1, 20), Rational(1, 10) * exp(I * pi / 3))
    return Network(
        modes,
        (Coupling("a", "b", positive("J")),),
        (Drive("a", positive("epsilon")),),
        (squeezed, loss("b", positive("kappa"))),
        (Squeezing("a", "b", Rational(1, 10)),),
    )


NETWORKS = {
    "ring": (ring(2, "general"), 5, 1e-7),
    "triangle with one reservoir": (shared_triangle(), 5, 1e-7),
    "tree": (tree_of_five(), 3, 1e-5),
    "one-way loops": (complete(2, "nonreciprocal", distinct=True), 5, 1e-7),
    "hot ring": (hot(ring(2, "general"), Rational(1, 20)), 6, 1e-5),
    "warm square": (hot(grid(2, 2), Rational(1, 500)), 3, 1e-4),
    "parametric pair": (parametric_pair(), 11, 1e-6),
}
VALUES = {"epsilon": 0.15, "p": 1.0, "kappa": 0.9, "Gamma": 0.6, "J": 0.8, "theta": 0.7, "Delta": 0.5, "omega": 1.25}


@pytest.mark.parametrize("label", NETWORKS)
def test_energies_in_time_are_those_of_qutips_master_equation(label):
    net, levels, tolerance = NETWORKS[label]
    words = {s.name: VALUES[s.name.split("_")[0]] for s in net.symbols}
    times = np.linspace(0, 4, 5)
    numbers = net.subs({s: Rational(words[s.name]).limit_denominator(1000) for s in net.symbols})
    a = fock.annihilators(net.names, levels)
    dims = [[levels] * len(net.names)] * 2
    number = [qutip.Qobj(a[name].conj().T @ a[name], dims=dims).to("csr") for name in net.names]
    hamiltonian, *lindblad = fock.lindblad(numbers, levels)
    vacuum = qutip.tensor([qutip.basis(levels, 0)] * len(net.names))
    solved = qutip.mesolve(
        hamiltonian,
        vacuum,
        times,
        lindblad,
        e_ops=number,
        options={"atol": 1e-12, "rtol": 1e-9, "nsteps": 10**4},
    )
    theirs = np.array(solved.expect) * np.array([float(mode.frequency) for mode in numbers.modes])[:, None]
    ours = module(net).energies_at(times, **words)
    assert np.median(ours[:, -1]) > 100 * tolerance
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance)
