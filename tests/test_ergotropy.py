"""Ergotropy, purity and entanglement of Gaussian states, beside density matrices and minima found by search."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import qutip
from fock import lapack_steady_state
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.optimize import minimize
from strategies import QUICK
from sympy import (
    I,
    ImmutableMatrix,
    Integer,
    Matrix,
    Max,
    Rational,
    lambdify,
    log,
    sinh,
    sqrt,
    symbols,
    zeros,
)

from derive.builders import chain
from derive.ergotropy import (
    LONG,
    NoClosedWork,
    coherent_ergotropy,
    ergotropy,
    logarithmic_negativity,
    passive_energy,
    purity,
    symplectic_eigenvalues,
    symplectic_residual,
)
from derive.evolution import steady_state
from derive.gaussian import GaussianState, UnknownMode
from derive.kernel import Proved, Refuted, conjugated, factored, is_zero
from derive.langevin import langevin
from derive.netfile import loads
from derive.papers.liu2026_reservoirs import recipe

n, omega, r = symbols("n omega r", positive=True)
m, alpha = symbols("m alpha")


def state(mean, number, anomalous, frequencies):
    names = tuple(f"b_{k}" for k in range(1, len(frequencies) + 1))
    moments = (ImmutableMatrix(x) for x in (mean, number, anomalous))
    return GaussianState(names, tuple(Integer(1) * w for w in frequencies), *moments)


# -- random states with known symplectic eigenvalues, in rational numbers ------------------------------------------

PHASES = tuple((Rational(a, c), Rational(b, c)) for a, b, c in ((3, 4, 5), (5, -12, 13), (-8, 15, 17), (1, 0, 1)))


def passive(modes, angle, phase, pair):
    """A beam splitter on two modes, or a phase on one, as a unitary of rational numbers."""
    (c, s), (x, y) = PHASES[angle], PHASES[phase]
    u = Matrix.eye(modes)
    i, j = pair
    if i == j:
        u[i, i] = x + I * y
    else:
        u[i, i], u[j, j], u[i, j], u[j, i] = c, c, s * (x + I * y), -s * (x - I * y)
    return u


def transformed(number, anomalous, u, v):
    """N and M after a → U a + V a†."""
    half = Matrix.eye(u.rows) / 2
    a = number.T + half
    new_a = u * a * u.H + u * anomalous * v.H + v * anomalous.applyfunc(conjugated) * u.H + v * a.T * v.H
    new_m = u * a * v.T + u * anomalous * u.T + v * anomalous.applyfunc(conjugated) * v.T + v * a.T * u.T
    return (new_a - half).applyfunc(lambda e: e.expand()).T, new_m.applyfunc(lambda e: e.expand())


@st.composite
def states(draw, modes=None):
    """A displaced state S diag(ν) Sᴴ of one or two modes with its ν, quadratures squeezed by 1, 2 or 3/2."""
    k = draw(st.integers(1, 2) if modes is None else modes)
    nu = [Rational(1, 2) + draw(st.sampled_from([0, Rational(1, 3), 1, 2])) for _ in range(k)]
    number, anomalous = Matrix.diag(*(x - Rational(1, 2) for x in nu)), zeros(k, k)
    steps = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, k - 1), st.integers(0, k - 1))
    for angle, phase, i, j in draw(st.lists(steps, min_size=1, max_size=3)):
        t = draw(st.sampled_from([Rational(1), Rational(2), Rational(3, 2)]))
        squeeze = Matrix.eye(k), zeros(k, k)
        squeeze[0][i, i], squeeze[1][i, i] = (t + 1 / t) / 2, (t - 1 / t) / 2
        number, anomalous = transformed(number, anomalous, *squeeze)
        number, anomalous = transformed(number, anomalous, passive(k, angle, phase, (i, j)), zeros(k, k))
    mean = Matrix([Rational(draw(st.integers(-2, 2)), 3) + I * Rational(draw(st.integers(-2, 2)), 3) for _ in range(k)])
    frequencies = [Rational(draw(st.integers(1, 3)), 2) for _ in range(k)]
    return state(mean, number, anomalous, frequencies), sorted(nu)


def quadratures(s):
    """The covariance of (x_1 … x_n, p_1 … p_n), vacuum ½, and diag(ω) twice, as floats."""
    number, anomalous = (np.array(x.tolist(), complex) for x in (s.number, s.anomalous))
    xx, pp = (number + number.T).real / 2 + anomalous.real, (number + number.T).real / 2 - anomalous.real
    xp = anomalous.imag + number.imag
    size = len(s.modes)
    return np.block([[xx, xp], [xp.T, pp]]) + np.eye(2 * size) / 2, np.diag(2 * [float(w) for w in s.frequencies])


def least_energy(s, seed):
    """min over symplectic S of ½Tr(ω S σ Sᵀ) − ½Σω, by search over S = exp(Ω·symmetric), from two starts."""
    sigma, weights = quadratures(s)
    size = len(sigma)
    form = np.kron([[0, 1], [-1, 0]], np.eye(size // 2))
    upper = np.triu_indices(size)

    def energy(x):
        b = np.zeros((size, size))
        b[upper] = x
        s_ = expm(form @ (b + b.T))
        return np.trace(weights @ s_ @ sigma @ s_.T) / 2

    random = np.random.default_rng(seed)
    starts = [random.normal(size=len(upper[0])) / 5 for _ in range(3)]
    found = min((minimize(energy, x, method="BFGS", options={"gtol": 1e-9}) for x in starts), key=lambda f: f.fun)
    return found.fun - np.trace(weights) / 4


@settings(QUICK, max_examples=25)
@given(states())
def test_symplectic_eigenvalues_are_those_the_state_was_made_of(made):
    s, nu = made
    found = symplectic_eigenvalues(s)
    assert np.allclose(sorted(float(x) for x in found), [float(x) for x in nu], rtol=1e-12)
    assert isinstance(is_zero(symplectic_residual(s, found)), Proved)
    assert isinstance(is_zero(symplectic_residual(s, [found[0] + Rational(1, 7), *found[1:]])), Refuted)
    assert float(purity(s)) == pytest.approx(float(1 / np.prod([2 * float(x) for x in nu])), rel=1e-12)


@settings(QUICK, max_examples=15)
@given(states())
def test_ergotropy_is_the_energy_above_the_least_that_symplectic_transformations_reach(made):
    s, _ = made
    energy = float(sum(s.energy(mode) for mode in s.modes))
    work = float(ergotropy(s))
    assert work >= -1e-12
    assert work == pytest.approx(energy - least_energy(s, 1), abs=2e-6)
    assert work >= float(coherent_ergotropy(s)) - 1e-12


@settings(QUICK, max_examples=6)
@given(states(st.just(2)), st.integers(0, 3), st.integers(0, 3))
def test_passive_unitaries_between_equal_frequencies_change_no_ergotropy(made, angle, phase):
    s, _ = made
    u = passive(2, angle, phase, (0, 1))
    equal = state(s.mean, s.number, s.anomalous, [Integer(1), Integer(1)])
    number, anomalous = transformed(Matrix(s.number), Matrix(s.anomalous), u, zeros(2, 2))
    turned = state(u * s.mean, number, anomalous, [Integer(1), Integer(1)])
    assert float(ergotropy(turned)) == pytest.approx(float(ergotropy(equal)), abs=1e-12)
    # of each mode alone it may change: what is one mode's squeezing becomes a correlation of two
    assert float(ergotropy(equal)) >= float(sum(ergotropy(equal, mode) for mode in equal.modes)) - 1e-12


def test_a_passive_unitary_moves_ergotropy_of_single_modes_into_correlations():
    squeezed = state([0, 0], Matrix.diag(Rational(9, 16), 0), Matrix.diag(Rational(15, 16), 0), [1, 1])
    (c, s), half = PHASES[0], Rational(1, 2)
    splitter = Matrix([[c, s], [-s, c]])
    number, anomalous = transformed(Matrix(squeezed.number), Matrix(squeezed.anomalous), splitter, zeros(2, 2))
    mixed = state([0, 0], number, anomalous, [1, 1])
    assert ergotropy(mixed) == ergotropy(squeezed) == Rational(9, 16)
    assert float(sum(ergotropy(mixed, mode) for mode in mixed.modes)) < 9 / 16 - 0.1
    assert purity(mixed, "b_1") < 1 == purity(mixed)
    assert half < symplectic_eigenvalues(mixed, "b_1")[0]


# -- letters -------------------------------------------------------------------------------------------------------

SINGLE = state([alpha], [[n]], [[m]], [omega])


def test_the_ergotropy_of_one_mode_is_what_lies_above_its_symplectic_eigenvalue():
    nu = sqrt((n + Rational(1, 2)) ** 2 - m * conjugated(m))
    expected = omega * (alpha * conjugated(alpha) + n + Rational(1, 2) - nu)
    assert isinstance(is_zero(ergotropy(SINGLE) - expected), Proved)
    assert isinstance(is_zero(ergotropy(SINGLE) - expected - omega / 7), Refuted)
    assert isinstance(is_zero(passive_energy(SINGLE) - omega * (nu - Rational(1, 2))), Proved)
    assert coherent_ergotropy(SINGLE) == omega * alpha * conjugated(alpha)


def test_displacement_extracts_the_same_work_from_a_thermal_state_of_any_temperature():
    hot = state([alpha], [[n]], [[0]], [omega])
    assert isinstance(is_zero(ergotropy(hot) - omega * alpha * conjugated(alpha)), Proved)
    assert isinstance(is_zero(passive_energy(hot) - omega * n), Proved)
    assert isinstance(is_zero(purity(hot) - 1 / (2 * n + 1)), Proved)


def test_thermal_states_of_several_modes_hold_no_work_if_the_colder_are_the_faster():
    cold = state([0, 0], Matrix.diag(2, 1), zeros(2, 2), [1, 2])
    inverted = state([0, 0], Matrix.diag(1, 2), zeros(2, 2), [1, 2])
    assert ergotropy(cold) == 0
    assert ergotropy(inverted) == 1


def test_order_of_frequencies_that_is_not_known_is_asked_for():
    s = state([0, 0], Matrix.diag(n, 2 * n), zeros(2, 2), [omega, r])
    with pytest.raises(NoClosedWork, match="order of"):
        passive_energy(s)


def test_a_mode_is_named_once_and_is_one_of_the_states():
    with pytest.raises(UnknownMode, match="once"):
        ergotropy(SINGLE, "b_1", "b_1")
    with pytest.raises(UnknownMode, match="must be one of b_1"):
        purity(SINGLE, "c")


def test_two_mode_squeezed_vacuum_is_pure_and_entangled_with_twice_its_squeezing():
    t = Rational(3, 2)
    c, s = (t + 1 / t) / 2, (t - 1 / t) / 2
    pair = state([0, 0], Matrix.diag(s**2, s**2), [[0, c * s], [c * s, 0]], [1, 1])
    assert purity(pair) == 1
    assert float(logarithmic_negativity(pair, "b_1", "b_2")) == pytest.approx(2 * np.log(1.5), rel=1e-12)
    separable = state([0, 0], Matrix.diag(n, n), zeros(2, 2), [1, 1])
    assert logarithmic_negativity(separable, "b_1", "b_2") == Max(0, -log((2 * n + 1) ** 2) / 2)
    assert ergotropy(pair) == 2 * s**2
    assert ergotropy(pair, "b_1") == 0


@settings(QUICK, max_examples=20)
@given(states(st.just(2)))
def test_logarithmic_negativity_is_that_of_the_transposed_covariance(made):
    s, _ = made
    sigma, _ = quadratures(s)
    flipped = np.diag([1, 1, 1, -1]) @ sigma @ np.diag([1, 1, 1, -1])
    form = np.block([[np.zeros((2, 2)), np.eye(2)], [-np.eye(2), np.zeros((2, 2))]])
    smallest = np.abs(np.linalg.eigvals(1j * form @ flipped)).min()
    assert float(logarithmic_negativity(s, "b_1", "b_2")) == pytest.approx(max(0, -np.log(2 * smallest)), abs=1e-9)


def test_three_correlated_modes_have_roots_where_their_polynomial_factors():
    u = passive(3, 0, 1, (0, 1)) * passive(3, 1, 0, (1, 2))
    number, anomalous = transformed(Matrix.diag(n, 2 * n, 3 * n), zeros(3, 3), u, zeros(3, 3))
    s = state([0, 0, 0], number, anomalous, [1, 1, 1])
    found = symplectic_eigenvalues(s)
    assert isinstance(is_zero(symplectic_residual(s, found)), Proved)
    assert isinstance(is_zero(sum(found) - 6 * n - Rational(3, 2)), Proved)
    assert isinstance(is_zero(ergotropy(s)), Proved)


# -- density matrices ----------------------------------------------------------------------------------------------


def spectral_work(rho, energies):
    """Energy minus the energy of the spectrum sorted against the levels: the ergotropy of a density matrix.

    A vector stands for the diagonal of a diagonal one.
    """
    diagonal, spectrum = (rho, rho) if rho.ndim == 1 else (np.diag(rho).real, np.linalg.eigvalsh(rho))
    return diagonal @ energies - np.sort(spectrum)[::-1] @ np.sort(energies)


@pytest.mark.parametrize(("occupation", "t", "amplitude"), [(0, 1.3, 0.4j), (0.5, 1.4, 0.3), (1.2, 1, -0.7)])
def test_ergotropy_of_one_mode_is_that_of_its_density_matrix(occupation, t, amplitude):
    levels = 90
    a = qutip.destroy(levels)
    squeeze = qutip.squeeze(levels, np.log(t))
    displace = qutip.displace(levels, amplitude)
    rho = displace * squeeze * qutip.thermal_dm(levels, occupation) * squeeze.dag() * displace.dag()
    number = qutip.expect(a.dag() * a, rho) - abs(amplitude) ** 2
    pair = qutip.expect(a * a, rho) - amplitude**2
    exact = [Rational(Fraction(float(x)).limit_denominator(10**9)) for x in (number, pair.real, pair.imag)]
    s = state([Rational(str(complex(amplitude).real)) + I * Rational(str(complex(amplitude).imag))],
              [[exact[0]]], [[exact[1] + I * exact[2]]], [1])  # fmt: skip
    assert float(ergotropy(s)) == pytest.approx(spectral_work(rho.full(), np.arange(levels)), abs=1e-6)
    assert float(purity(s)) == pytest.approx(np.trace(rho.full() @ rho.full()).real, rel=1e-6)


def test_two_modes_of_one_frequency_and_two_temperatures_hold_work_that_no_gaussian_unitary_extracts():
    s = state([0, 0], Matrix.diag(2, Rational(1, 5)), zeros(2, 2), [1, 1])
    levels = 60
    populations = [qutip.thermal_dm(levels, x).diag().real for x in (2, 0.2)]
    energies = np.add.outer(np.arange(levels), np.arange(levels)).ravel()
    work = spectral_work(np.outer(*populations).ravel(), energies)
    assert ergotropy(s) == 0
    assert work > 0.1


def test_equal_symplectic_eigenvalues_leave_nothing_to_other_unitaries():
    levels = 40
    populations = qutip.thermal_dm(levels, 0.7).diag().real
    energies = np.add.outer(np.arange(levels), np.arange(levels)).ravel()
    assert spectral_work(np.outer(populations, populations).ravel(), energies) == pytest.approx(0, abs=1e-9)


def test_a_pure_squeezed_bath_hands_all_its_energy_to_work():
    t = symbols("t", positive=True)
    s = state([0], [[(t - 1 / t) ** 2 / 4]], [[(t**2 - 1 / t**2) / 4]], [omega])
    assert isinstance(is_zero(ergotropy(s) - omega * (t - 1 / t) ** 2 / 4), Proved)
    hyperbolic = state([0], [[sinh(r) ** 2]], [[sinh(2 * r) / 2]], [omega])
    assert isinstance(is_zero(ergotropy(hyperbolic) - omega * sinh(r) ** 2), Proved)


def test_entanglement_of_a_steady_state_is_that_of_its_density_matrix():
    """A shared squeezed reservoir entangles charger and battery: ln ‖ρ^T‖₁ of QuTiP's steady state."""
    occupation, squeezing = Rational(81, 1600), Rational(369, 1600)  # e^r = 5/4
    net = recipe(chain, 1).subs(dict.fromkeys(recipe(chain, 1).symbols, 1))
    shared = replace(net.baths[-1], thermal=occupation, squeezing=squeezing)
    net = replace(net, drives=(), baths=(*net.baths[:-1], shared))
    mine = float(logarithmic_negativity(steady_state(langevin(net)), "a", "b_1"))
    levels = 7
    a, one = qutip.destroy(levels), qutip.qeye(levels)
    a, b = qutip.tensor(a, one), qutip.tensor(one, a)
    link, (c, s) = 0.5j * a.dag() * b, (41 / 40, 9 / 40)
    squeezed = c * (a + b) - s * (a + b).dag()  # cosh r q − sinh r q†: D of it is the squeezed bath of q
    rho = qutip.steadystate(link + link.dag(), [a, b, squeezed])
    transposed = qutip.partial_transpose(rho, [0, 1]).full()
    assert mine == pytest.approx(np.log(np.abs(np.linalg.eigvalsh(transposed)).sum()), rel=1e-3)
    assert mine > 0.09


def test_negativity_of_many_letters_is_found_without_seeking_its_sign(monkeypatch):
    """A chain of three modes, all rates different, charged from a hot and squeezed reservoir: 10⁵ operations."""
    net = chain(2, distinct=True)
    net = replace(net, baths=(replace(net.baths[0], thermal=n, squeezing=m), *net.baths[1:]))
    state = steady_state(langevin(net))
    with monkeypatch.context() as patched:  # SymPy took two minutes to find no sign
        patched.setattr(log, "eval", lambda *_: pytest.fail("the sign of a logarithm is sought"))
        value = logarithmic_negativity(state, "a", "b_1")
    point = {symbol: Rational(k + 2, 3) for k, symbol in enumerate(sorted(net.symbols, key=str))}
    point |= {n: Rational(1, 8), m: Rational(3, 8)}  # a pure bath, which entangles
    inserted = logarithmic_negativity(steady_state(langevin(net.subs(point))), "a", "b_1")
    assert float(value.xreplace(point)) == pytest.approx(float(inserted), rel=1e-9)
    assert inserted > 0.001


def battery_in_truncated_space(levels, occupation):
    """Energy and ergotropy of Liu's single battery at J_op (Γ = κ = 3ε) from the master equation on some levels."""
    a = qutip.tensor(qutip.destroy(levels), qutip.qeye(levels))
    b = qutip.tensor(qutip.qeye(levels), qutip.destroy(levels))
    link = 0.5j * a.dag() * b
    jumps = [x for z in (a, b, a + b) for x in (np.sqrt(occupation + 1) * z, np.sqrt(occupation) * z.dag())]
    rho = qutip.steadystate(link + link.dag() + (a + a.dag()) / 3, [z for z in jumps if z.norm() > 0])
    reduced, energies = rho.ptrace(1).full(), np.arange(levels)
    return np.diag(reduced).real @ energies, spectral_work(reduced, energies)


def test_the_loss_of_ergotropy_to_heat_is_one_to_the_cutoff():
    """Liu Figs. 5(d)-(f): moments give ω(ε/κ)² at every temperature, few levels much less, more levels more of it."""
    exact = {x: ergotropy(state([Rational(1, 3)], [[x]], [[0]], [1])) for x in (0, 1, 2)}
    assert set(exact.values()) == {Rational(1, 9)}
    found = {(levels, x): battery_in_truncated_space(levels, x) for levels in (4, 6, 8) for x in (0, 1)}
    assert found[6, 0] == pytest.approx((1 / 9, 1 / 9), rel=1e-3)
    work = [found[levels, 1][1] for levels in (4, 6, 8)]
    energy = [found[levels, 1][0] for levels in (4, 6, 8)]
    assert work == pytest.approx([0.0043, 0.0254, 0.0584], abs=1e-4)
    assert energy == pytest.approx([0.743, 0.941, 1.036], abs=1e-3)
    assert max(energy) < 1 + 1 / 9


SQUEEZED = """
[modes.a]
loss = "kappa"
drive = "epsilon"
detuning = "Delta"
[modes.b]
loss = "kappa_b"
[[couplings]]
between = ["a", "b"]
strength = "g*exp(I*phi)"
[[baths]]
rate = "Gamma"
jump = { a = "1", b = "p" }
thermal = "n"
squeezing = "m"
[symbols]
Delta = "real"
m = "complex"
p = "complex"
phi = "real"
"""


def test_work_of_a_shared_squeezed_reservoir_is_said_in_its_moments_where_these_are_long(monkeypatch):
    found = steady_state(langevin(loads(SQUEEZED)))
    assert min(e.count_ops() for e in (*found.number, *found.anomalous)) > LONG / 8

    def short(e, *_):
        assert e.count_ops() < LONG, "multiplied out"
        return factored(e)

    monkeypatch.setattr(sys.modules["derive.ergotropy"], "factored", short)
    values = {"kappa": 0.7, "epsilon": 0.4, "Delta": 0.2, "kappa_b": 0.9, "g": 0.6, "phi": 0.9}
    values |= {"Gamma": 1 / 3, "n": 0.3, "p": 0.3 - 0.5j, "m": 0.2 + 0.3j}

    def at(e):
        letters = sorted(e.free_symbols, key=str)
        return complex(lambdify(letters, e, "numpy", cse=True)(*(values[s.name] + 0j for s in letters)))

    mean, number, anomalous = (
        np.array(matrix.applyfunc(at).tolist(), complex) for matrix in (found.mean, found.number, found.anomalous)
    )
    one = abs(mean[1, 0]) ** 2 + number[1, 1] + 0.5 - np.sqrt((number[1, 1] + 0.5) ** 2 - abs(anomalous[1, 1]) ** 2)
    assert abs(at(ergotropy(found, "b")) - one) < 1e-12
    covariance = np.block([[number.T + np.eye(2) / 2, anomalous], [anomalous.conj(), number + np.eye(2) / 2]])
    eigenvalues = np.sort(np.linalg.eigvals(np.diag([1, 1, -1, -1]) @ covariance).real)[:1:-1]
    assert np.allclose([at(nu) for nu in symplectic_eigenvalues(found)], eigenvalues, rtol=0, atol=1e-12)
    assert abs(at(purity(found)) * np.prod(2 * eigenvalues) - 1) < 1e-12
    total = np.sum(np.abs(mean) ** 2) + np.trace(number) + 1 - eigenvalues.sum()
    assert abs(at(ergotropy(found)) - total) < 1e-12
    turn = np.eye(4)[[0, 3, 2, 1]]  # transposing b exchanges b and b†
    transposed = np.abs(np.linalg.eigvals(np.diag([1, 1, -1, -1]) @ turn @ covariance @ turn.T))
    assert abs(at(logarithmic_negativity(found, "a", "b")) - max(0, -np.log(2 * transposed.min()))) < 1e-10


NUMBERS = """
[modes.a]
loss = "8/9"
[modes.b]
loss = "2/3"
detuning = "1/7"
[modes.c]
loss = "9/5"
[modes.d]
loss = "8/7"
[[couplings]]
between = ["a", "b"]
strength = "-29/18 + I*7/6"
[[couplings]]
between = ["b", "c"]
strength = "1/5"
[[baths]]
rate = "6/7"
jump = { d = "5/8 + I", b = "-2/9 + I/3", c = "-9/8 + 3*I", a = "-3 + I/3" }
thermal = "5/9"
squeezing = "exp(I*pi/3)/3"
"""


@pytest.mark.parametrize("modes", ["ab", "abcd"])
def test_the_purity_of_numbers_is_a_number(modes):
    """Written out in numbers, which powers of a covariance of complex numbers would fill books with."""
    text = NUMBERS if len(modes) == 2 else NUMBERS.replace("exp(I*pi/3)/3", "I/3")
    eq = langevin(loads(text))
    found = purity(steady_state(eq), *modes)
    assert found.count_ops() < 20
    _, number, anomalous = lapack_steady_state(eq)
    k = len(modes)
    n, m = (matrix[:k, :k] for matrix in (number, anomalous))
    covariance = np.block([[n.T, m], [m.conj(), n]]) + np.eye(2 * k) / 2
    assert complex(found) == pytest.approx(np.linalg.det(2 * covariance).real ** -0.5, rel=1e-9)
