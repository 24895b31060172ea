"""Ahmadi et al. 2024 without the engine: drift matrices and a master equation written down from the model."""

from pathlib import Path

import numpy as np
import pytest
import qutip
from oracles import executed
from scipy.linalg import expm
from scipy.optimize import minimize_scalar
from sympy import lambdify, pi, sqrt

from derive import Proved, aharonov_bohm_chain, chain, is_zero, langevin, netfile, steady_state
from derive.build import story_files
from derive.papers.ahmadi2024 import GAINED
from derive.papers.ahmadi2024_charging import cell
from derive.papers.ahmadi2024_letters import Γ, J, energies, equal_losses, p_b, pair, ε, θ, κ, κ_a, κ_b, ω
from derive.stories import STORIES

EXAMPLE = Path(__file__).parents[1] / "examples" / "ahmadi2024.toml"
LOSSES = [(0.3, 0.5), (1.0, 1.0), (0.2, 3.0), (2.5, 0.1)]


def drift(coupling, rate, losses, weights=(1.0, 1.0)):
    """W of charger and battery: H ∋ coupling a†b + h.c., a shared reservoir of this rate, a loss each."""
    p = np.asarray(weights, dtype=complex)
    w = -np.diag(losses).astype(complex) / 2 - rate / 2 * np.outer(p.conj(), p)
    return w + np.array([[0, -1j * coupling], [-1j * np.conj(coupling), 0]])


def held(*args):
    """|⟨a⟩|², |⟨b⟩|² in the steady state at a drive of one."""
    return abs(np.linalg.solve(drift(*args), [1j, 0])) ** 2


def one_way(rate, losses):
    return held(1j * rate / 2, rate, losses)


def both_ways(coupling, losses):
    return held(coupling, 0, losses)


def largest(f):
    """The largest value of f over positive numbers, and where."""
    best = minimize_scalar(lambda x: -f(np.exp(x)), bounds=(-7, 5), method="bounded", options={"xatol": 1e-10})
    return -best.fun, np.exp(best.x)


# -- at the counterexamples of the audit -------------------------------------------------------------------------


def increase(p):
    losses, scale = (p["kappa_a"], p["kappa_b"]), p["omega"] * p["epsilon"] ** 2
    return scale * one_way(p["Gamma"], losses)[1], scale * both_ways(p["Gamma"] / 2, losses)[1]


def no_oscillation(p):
    """The same with κ_b = κ_a + 2Γ + s: the conventional drift has real eigenvalues."""
    losses = p["kappa_a"], p["kappa_a"] + 2 * p["Gamma"] + p["s"]
    assert np.ptp(np.linalg.eigvals(drift(p["Gamma"] / 2, 0, losses)).imag) < 1e-9
    scale = p["omega"] * p["epsilon"] ** 2
    return scale * one_way(p["Gamma"], losses)[1], scale * both_ways(p["Gamma"] / 2, losses)[1]


def at_best(p):
    losses, scale = (p["kappa_a"], p["kappa_b"]), p["omega"] * p["epsilon"] ** 2
    curves = (lambda x: one_way(x, losses)[1], lambda x: both_ways(x, losses)[1])
    return tuple(scale * largest(curve)[0] for curve in curves)


def efficiency(p):
    losses = 1.0, p["kappa_b"]
    pairs = one_way(p["Gamma"], losses), both_ways(p["Gamma"] / 2, losses)
    return tuple(b / (a + b) for a, b in pairs)


ORACLES = {
    "Abstract, substantial increase": increase,
    "Abstract, optimal condition, elevated": at_best,
    "Abstract, overdamped coupling, no oscillation": no_oscillation,
    "Abstract, charging efficiency": efficiency,
}


# -- the model ---------------------------------------------------------------------------------------------------


def test_the_example_is_the_papers_network():
    assert netfile.loads(EXAMPLE.read_text(encoding="utf-8")) == pair()


def test_the_pair_is_a_chain_of_one_battery_and_a_triangle():
    """The networks of Liu et al. and of Zhao et al. with one battery; the triangle with its lossy mode, isolating."""
    theirs = chain(1, "general", distinct=True)
    book = {"J_1": J, "theta_1": θ, "Gamma_1": Γ, "kappa_1": κ_b}
    letters = {x: book[x.name] for x in theirs.symbols if x.name in book}
    letters |= {x: p_b for x in theirs.symbols if x.name == "p_1"}
    mine, liu = langevin(pair()), langevin(theirs.subs(letters))
    assert (mine.drift, mine.force) == (liu.drift, liu.force)
    triangle = aharonov_bohm_chain(1)
    book = {
        "g_b": Γ / 2,
        "gamma": κ,
        "xi": ε,
        "theta_1": -pi / 2,
        "Gamma": 5,
        "g_1": sqrt(5 * Γ / 4),
        "g_2": sqrt(5 * Γ / 4),
    }
    zhao = steady_state(langevin(triangle.subs({x: book[x.name] for x in triangle.symbols if x.name in book})))
    isolated = energies()[0].subs(equal_losses())
    assert isinstance(is_zero(zhao.energy("b_1") - isolated), Proved)


@pytest.mark.parametrize("losses", LOSSES)
def test_energies_are_those_of_the_master_equation(losses):
    """QuTiP's steady state of the density matrix, seven levels a mode, at a weak drive."""
    levels, rate, drive = 7, 0.8, 0.08
    lower, one = qutip.destroy(levels), qutip.qeye(levels)
    a, b = qutip.tensor(lower, one), qutip.tensor(one, lower)
    local = [np.sqrt(losses[0]) * a, np.sqrt(losses[1]) * b]
    given = {ω: 1.0, ε: drive, Γ: rate, κ_a: losses[0], κ_b: losses[1]}
    for exact, strength, jumps in zip(
        energies(), (1j * rate / 2, rate / 2), ([*local, np.sqrt(rate) * (a + b)], local), strict=True
    ):
        upper = strength * a.dag() * b + drive * a.dag()
        rho = qutip.steadystate(upper + upper.dag(), jumps)
        formula = lambdify(list(given), exact)(*given.values())
        assert qutip.expect(b.dag() * b, rho) == pytest.approx(formula, rel=1e-4)


def test_noise_of_the_battery_reaches_a_conventional_charger_only():
    """QuTiP's steady state without a drive, local reservoirs at 0 and 0.05 quanta."""
    levels, rate, losses, hot = 5, 0.8, (0.3, 0.5), 0.05
    lower, one = qutip.destroy(levels), qutip.qeye(levels)
    a, b = qutip.tensor(lower, one), qutip.tensor(one, lower)
    local = [np.sqrt(losses[0]) * a, np.sqrt(losses[1] * (1 + hot)) * b, np.sqrt(losses[1] * hot) * b.dag()]
    held = []
    for strength, jumps in ((1j * rate / 2, [*local, np.sqrt(rate) * (a + b)]), (rate / 2, local)):
        upper = strength * a.dag() * b
        held.append(qutip.expect(a.dag() * a, qutip.steadystate(upper + upper.dag(), jumps)))
    assert held[0] == pytest.approx(0, abs=1e-9)
    leaked = rate**2 * losses[1] * hot / ((rate**2 + np.prod(losses)) * sum(losses))
    assert held[1] == pytest.approx(leaked, rel=1e-3)


# -- the sentences -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("losses", LOSSES)
def test_the_gain_is_below_four_and_below_one_between_the_losses(losses):
    formula = lambdify((Γ, κ_a, κ_b), GAINED)
    for rate in np.geomspace(1e-4, 1e4, 60):
        gain = one_way(rate, losses)[1] / both_ways(rate / 2, losses)[1]
        assert gain == pytest.approx(formula(rate, *losses), rel=1e-9)
        assert gain < 4
        assert (gain < 1) == (min(losses) < rate < max(losses))
    assert formula(1e-4, *losses) == pytest.approx(4, rel=5e-3)
    assert formula(1e4, *losses) == pytest.approx(4, rel=5e-3)


@pytest.mark.parametrize("losses", LOSSES)
def test_no_phase_and_weight_beats_the_gain_of_four_or_the_bound(losses):
    rng = np.random.default_rng(5)
    for _ in range(200):
        rate, weights = rng.exponential(2), rng.exponential(1, 2)
        strength = rate * weights.prod() / 2
        isolated = held(1j * strength, rate, losses, weights)[1]
        assert isolated < 4 * both_ways(strength, losses)[1]
        assert isolated <= (1 + 1e-9) / np.prod(losses)
        turned = held(strength * np.exp(1j * rng.uniform(0, 7)), rate, losses, weights)[1]
        assert turned <= isolated * (1 + 1e-9)
        matched = np.sqrt(losses)
        strength = rate * matched.prod() / 2
        least = both_ways(strength, losses)[1]
        assert held(1j * strength, rate, losses, matched)[1] >= least * (1 - 1e-9)


def in_time(w, times):
    """|⟨b⟩|² from the vacuum."""
    steady = np.linalg.solve(w, [1j, 0])
    return np.array([abs(((np.eye(2) - expm(w * t)) @ steady)[1]) ** 2 for t in times])


@pytest.mark.parametrize("losses", LOSSES)
@pytest.mark.parametrize("rate", [0.1, 1.0, 20.0])
def test_the_isolated_battery_rises_and_the_conventional_one_overshoots(losses, rate):
    times = np.linspace(0, 40, 800)
    assert (np.diff(in_time(drift(1j * rate / 2, rate, losses), times)) >= -1e-12).all()
    kappa, j = losses[0], rate / 2
    (peak,) = in_time(drift(j, 0, (kappa, kappa)), [np.pi / j])
    assert peak == pytest.approx((1 + np.exp(-np.pi * kappa / rate)) ** 2 * both_ways(j, (kappa, kappa))[1], rel=1e-9)


@pytest.mark.parametrize("cells", [1, 2, 7, 20])
@pytest.mark.parametrize(("rate", "first", "other"), [(0.3, 0.5, 0.2), (0.5, 0.5, 0.2), (2.0, 0.1, 0.7)])
def test_cells_of_a_long_chiral_network_store_a_geometric_series(cells, rate, first, other):
    w = -np.diag([first, *[other] * cells]) / 2 - rate * (np.tri(cells + 1) - np.eye(cells + 1) / 2)
    found = abs(np.linalg.solve(w, [1, *[0] * cells])) ** 2
    given = {Γ: rate, κ_a: first, κ: other, ε: 1, ω: 1}
    for k in range(1, cells + 1):
        assert found[k] == pytest.approx(float(cell(k).subs(given)), rel=1e-9)
    bound = 1 / (first * other)
    assert found[1:].sum() < bound
    if rate == first:
        missing = ((first - other) / (first + other)) ** (2 * cells)
        assert found[1:].sum() == pytest.approx(bound * (1 - missing), rel=1e-9)


# -- the story's module ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def emitted():
    return executed(story_files(STORIES["directed_pair"])["generated/directed_pair.py"])


def test_the_emitted_module_computes_the_pair_at_any_phase_and_weights(emitted):
    rng = np.random.default_rng(11)
    for _ in range(20):
        losses, rate, strength, phase = rng.uniform(0.1, 2, 2), *rng.uniform(0.1, 3, 3)
        weights = rng.normal(size=2) + 1j * rng.normal(size=2)
        found = emitted["energies"](
            Gamma=rate, J=strength, theta=phase, kappa_a=losses[0], kappa_b=losses[1], epsilon=1.0, omega=1.0,
            p_a=weights[0], p_b=weights[1],
        )  # fmt: skip
        assert found == pytest.approx(held(strength * np.exp(1j * phase), rate, losses, weights), rel=1e-10)


@pytest.mark.parametrize("losses", LOSSES)
def test_the_emitted_functions_are_the_gain_the_best_coupling_and_the_cells(emitted, losses):
    rates = np.geomspace(0.05, 20, 7)
    given = dict(zip(("kappa_a", "kappa_b"), losses, strict=True))
    gains = [one_way(rate, losses)[1] / both_ways(rate / 2, losses)[1] for rate in rates]
    assert emitted["gain"](Gamma=rates, **given) == pytest.approx(gains, rel=1e-12)
    best = emitted["optimal_coupling"](Gamma=rates, **given)
    found = [largest(lambda x, g=rate: held(1j * x, g, losses)[1])[1] for rate in rates]
    assert best == pytest.approx(found, rel=1e-4)
    others = {"kappa_a": losses[0], "kappa": losses[1], "epsilon": 1.0, "omega": 1.0}
    numbers = np.arange(1, 9)
    cells = emitted["cell_energy"](n=numbers, Gamma=0.7, **others)
    w = -np.diag([losses[0], *[losses[1]] * 8]) / 2 - 0.7 * (np.tri(9) - np.eye(9) / 2)
    energies = abs(np.linalg.solve(w, [1, *[0] * 8])[1:]) ** 2
    assert cells == pytest.approx(energies, rel=1e-10)
    assert emitted["stored_energy"](N=numbers, Gamma=0.7, **others) == pytest.approx(np.cumsum(energies), rel=1e-10)
