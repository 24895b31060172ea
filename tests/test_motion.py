"""Gaussian states in time with hot and squeezed baths and with pairing, against the Lyapunov equation integrated."""

import numpy as np
import pytest
from scipy.linalg import expm
from sympy import I, Integer, Rational, Symbol, cosh, exp, eye, sinh

from derive import (
    Bath,
    Coupling,
    Drive,
    Mode,
    Network,
    Squeezing,
    chain,
    coherent,
    evolution_residual,
    evolve,
    langevin,
    loss,
    propagator,
    ring,
    roots,
    star,
    steady_state,
    thermal,
    vacuum,
)
from derive.kernel import Proved, Refuted, conjugated, is_zero
from tests.oracles import moments

t = Symbol("t", positive=True)
KAPPA, RATE, J, CHI, N, R = (Symbol(name, positive=True) for name in ("kappa", "K", "J", "chi", "n", "r"))
DELTA = Symbol("Delta", real=True)
ALPHA, Z = Symbol("alpha"), Symbol("z")


def heated(net, thermal=N, squeezing=0, only=None):
    """The same network with warmer baths, or with one of them."""
    baths = [
        Bath(b.jump, b.rate, thermal, Integer(0) + squeezing) if only in (None, k) else b
        for k, b in enumerate(net.baths)
    ]
    return Network(net.modes, net.couplings, net.drives, tuple(baths))


def modes(*detunings):
    return tuple(Mode(name, x) for name, x in zip("abcd", detunings, strict=False))


DRIVE = (Drive("a", ALPHA),)
PURE = {"thermal": sinh(R) ** 2, "squeezing": sinh(R) * cosh(R) * exp(I * DELTA)}
NETWORKS = {
    "hot cascade": heated(chain(2, "nonreciprocal"), only=0),
    "hot cascade, distinct": heated(chain(2, "nonreciprocal", distinct=True), only=1),
    "squeezed cascade": heated(chain(2, "nonreciprocal"), **PURE),
    "squeezed star": heated(star(3, "nonreciprocal"), **PURE),
    "hot chain": heated(chain(2), only=0),
    "hot ring": heated(ring(2), only=1),
    "hot star": heated(star(4), only=0),
    "squeezed pair": heated(chain(1, distinct=True), **PURE),
    "parametric amplifier": Network(
        modes(DELTA), (), DRIVE, (loss("a", KAPPA, thermal=N),), (Squeezing("a", "a", CHI),)
    ),
    "complex pump": Network(modes(0), (), DRIVE, (loss("a", KAPPA),), (Squeezing("a", "a", Z),)),
    "two-mode squeezing": Network(
        modes(0, 0), (), DRIVE, (loss("a", KAPPA), loss("b", RATE)), (Squeezing("a", "b", CHI),)
    ),
    "gain": Network(
        modes(0, 0),
        (Coupling("a", "b", J),),
        DRIVE,
        (Bath((), RATE, gain=(("a", Integer(1)),)), loss("b", KAPPA)),
    ),
    "lossless": Network(modes(0, 0), (Coupling("a", "b", J),), DRIVE, ()),
    "lossless beside hot": Network(modes(0, 0), (), (*DRIVE, Drive("b", Integer(1))), (loss("a", KAPPA, thermal=N),)),
    "gain equals loss": Network(
        modes(0, 0),
        (Coupling("a", "b", I * J),),
        DRIVE,
        (Bath((), KAPPA, gain=(("a", Integer(1)),)), loss("a", KAPPA)),
    ),
    "undamped pump": Network(modes(0), (), DRIVE, (), (Squeezing("a", "a", CHI),)),
}
LONG = ("squeezed pair", "hot star", "hot chain", "gain", "two-mode squeezing", "hot ring", "squeezed star")
everywhere = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in NETWORKS]
)


def beginnings(eq):
    return (vacuum(eq), coherent(eq, {eq.modes[-1]: Symbol("beta")}), thermal(eq, {eq.modes[0]: Rational(3, 2)}))


@everywhere
def test_evolved_states_are_proved_and_perturbed_ones_refuted(name):
    eq = langevin(NETWORKS[name])
    for initial in beginnings(eq):
        state = evolve(eq, initial, t)
        assert isinstance(is_zero(evolution_residual(eq, initial, t, state), roots(eq)), Proved)
    late = evolve(eq, initial, 2 * t)
    assert isinstance(is_zero(evolution_residual(eq, initial, t, late), roots(eq)), Refuted)
    assert isinstance(is_zero(evolution_residual(eq, vacuum(eq), t, state), roots(eq)), Refuted)


@everywhere
def test_second_moments_are_those_of_the_integrated_lyapunov_equation(name):
    """S(t) = e^{At} S(0) e^{A†t} + ∫ e^{As} C e^{A†s} ds, as an exponential of the vectorised equation."""
    net = NETWORKS[name]
    eq = langevin(net)
    values = {
        s: Rational(3 + 2 * k, 7) + (I / 3 if not s.is_real else 0)
        for k, s in enumerate(sorted(net.symbols, key=lambda s: s.name))
    }
    n, time = len(eq.modes), Rational(5, 4)
    state = evolve(eq, thermal(eq, {eq.modes[0]: Rational(3, 2)}), t)
    oracle = moments(net, {s: complex(x) for s, x in values.items()})
    a, c = oracle.matrix, oracle.source
    size = 2 * n
    unit = np.eye(size)
    lyapunov = np.kron(a, unit) + np.kron(unit, a.conj())
    first = np.zeros((size, size), complex)
    first[0, 0] = first[n, n] = 1.5
    big = np.zeros((size**2 + 1, size**2 + 1), complex)
    big[:-1, :-1], big[:-1, -1] = lyapunov, c.ravel()
    whole = (expm(big * float(time)) @ np.append(first.ravel(), 1))[:-1].reshape(size, size)
    drive = np.zeros((size + 1, size + 1), complex)
    drive[:-1, :-1], drive[:-1, -1] = a, oracle.vector
    mean = expm(drive * float(time))[:n, -1]

    def at(matrix):
        return np.array(matrix.subs(dict(state.where)).subs(values | {t: time}).evalf(30).tolist(), complex)

    scale = max(1, np.abs(whole).max())
    assert np.allclose(at(state.number), whole[n:, n:], rtol=1e-10, atol=1e-12 * scale)
    assert np.allclose(at(state.anomalous), whole[:n, n:], rtol=1e-10, atol=1e-12 * scale)
    assert np.allclose(at(state.mean)[:, 0], mean, rtol=1e-10, atol=1e-12 * max(1, np.abs(mean).max()))


def test_letters_of_roots_are_defined_where_they_stand_in_amplitudes_alone():
    """Three unlike modes have a cubic."""
    net = chain(2, distinct=True)
    eq = langevin(net.subs({s: k for k, s in enumerate(sorted(net.symbols, key=str), start=1)}))
    state = evolve(eq, vacuum(eq), t)
    assert {*dict(state.where)} == state.mean.free_symbols - {t} != set()
    w, f = (np.array(m.tolist(), complex) for m in (eq.drift, eq.force))
    true = np.linalg.solve(w, (expm(w * 1.25) - np.eye(3)) @ f)
    mean = state.mean.subs(dict(state.where)).subs(t, Rational(5, 4)).evalf(30)
    assert np.allclose(np.array(mean.tolist(), complex), true, atol=1e-12)


def test_one_temperature_everywhere_fills_every_mode_as_the_propagator_empties_it():
    """N(t) = n (1 − E* Eᵀ) from vacuum."""
    eq = langevin(heated(star(2)))
    state = evolve(eq, vacuum(eq), t)

    e = propagator(eq, t)
    assert isinstance(is_zero(state.number - N * (eye(3) - e.applyfunc(conjugated) * e.T)), Proved)


def test_long_evolution_ends_in_the_steady_state():
    eq = langevin(heated(chain(2, "nonreciprocal"), only=0))
    state = evolve(eq, thermal(eq, {"b_1": 4}), t)
    steady = steady_state(eq)
    values = {s: Rational(3, 2) for s in eq.drift.free_symbols | {N}} | {t: Integer(200)}
    for late, still in ((state.number, steady.number), (state.anomalous, steady.anomalous)):
        assert (late - still).subs(values).evalf(20).norm() < 1e-30


def test_energy_of_an_underdamped_or_overdamped_pair_is_one_formula():
    """κ_a − κ_b above and below 4J: cosh and sinh of √D with D of either sign, and a real energy."""
    eq = langevin(chain(1, distinct=True))
    energy = evolve(eq, coherent(eq, {"a": 1}), t).energy("b_1")
    names = {s.name: s for s in energy.free_symbols}
    for losses in ((9, 1), (2, 1)):
        at = {"kappa_a": losses[0], "kappa_1": losses[1], "J_1": 1, "omega": 1, "epsilon": 0, "t": Rational(3, 2)}
        found = complex(energy.subs({names[name]: x for name, x in at.items() if name in names}).evalf(30))
        e = expm(1.5 * np.array([[-losses[0] / 2, -1j], [-1j, -losses[1] / 2]]))
        assert abs(found - abs(e[1, 0]) ** 2) < 1e-12
