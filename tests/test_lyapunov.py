"""Second moments: balanced ones, large ones, and all of them against master equations in a growing Fock space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fock import lapack_steady_state, qutip_steady_state
from hypothesis import assume, given, settings
from oracles import executed, moments
from scipy.linalg import solve_continuous_lyapunov
from strategies import QUICK, networks
from sympy import I, Integer, Matrix, Rational, S, Symbol, exp, eye, symbols

from derive.builders import chain, complete, grid, ring, star
from derive.evolution import SingularDrift, steady_state, steady_state_residual
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin
from derive.lyapunov import TooManyMoments, balance_residual, balanced_occupation, balanced_squeezing
from derive.modules import network_module
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss

n, kappa, Gamma, J = symbols("n kappa Gamma J", positive=True)
m = Symbol("m")


def at_one_temperature(net, squeezing=S.Zero):
    return replace(net, baths=tuple(replace(bath, thermal=n, squeezing=squeezing) for bath in net.baths))


# -- balance of fluctuation and dissipation ------------------------------------------------------------------------


@settings(QUICK, max_examples=30)
@given(networks(quantum=False))
def test_one_occupation_on_every_channel_balances_fluctuation_and_dissipation(net):
    eq = langevin(at_one_temperature(net))
    assert isinstance(is_zero(Matrix(balance_residual(eq, n, Integer(0)))), Proved)
    assume(not eq.noise.is_zero_matrix)
    assert isinstance(is_zero(Matrix(balance_residual(eq, 2 * n, Integer(0)))), Refuted)


@pytest.mark.parametrize("build", [chain, star, ring])
def test_one_squeezing_on_every_channel_is_that_of_every_mode_if_couplings_turn_by_a_quarter(build):
    eq = langevin(at_one_temperature(build(2, "nonreciprocal"), m))
    state = steady_state(eq)
    assert balanced_occupation(eq) == n
    assert balanced_squeezing(eq) == m
    assert isinstance(is_zero(Matrix(balance_residual(eq, n, m))), Proved)
    assert isinstance(is_zero(Matrix(balance_residual(eq, n, 2 * m))), Refuted)
    assert isinstance(is_zero(steady_state_residual(eq, state)[:, 1:]), Proved)
    reciprocal = langevin(at_one_temperature(build(2), m))
    assert balanced_occupation(reciprocal) == n
    assert balanced_squeezing(reciprocal) is None
    assert isinstance(is_zero(steady_state(reciprocal).anomalous - m * eye(3)), Refuted)


def test_one_hotter_channel_is_enough_to_leave_balance():
    net = at_one_temperature(chain(2, "nonreciprocal", distinct=True))
    hotter = replace(net, baths=(*net.baths[:-1], replace(net.baths[-1], thermal=2 * n)))
    assert balanced_occupation(langevin(net)) == n
    assert balanced_occupation(langevin(hotter)) is None
    assert isinstance(is_zero(steady_state(langevin(hotter)).number - n * eye(3)), Refuted)


def test_a_motion_that_nothing_damps_is_not_balanced_by_fiat():
    net = Network((Mode("a", Symbol("Delta", positive=True)), Mode("b")), (), (), (loss("b", kappa, n),))
    assert balanced_occupation(langevin(net)) is None
    with pytest.raises(SingularDrift, match="that of the second moments of the mode a is singular"):
        steady_state(langevin(net))


def test_balanced_moments_are_those_that_the_lyapunov_equation_gives():
    net = at_one_temperature(ring(2, "general", distinct=True))
    values = {s: complex(Rational(k + 2, 7)) for k, s in enumerate(sorted(net.symbols, key=str))}
    numbers = moments(net, values)
    spread = solve_continuous_lyapunov(numbers.matrix, -numbers.source)
    assert np.allclose(spread[:3, :3], values[n] * np.eye(3), atol=1e-12)
    assert steady_state(langevin(net)).number == n * eye(3)


# -- large networks ------------------------------------------------------------------------------------------------


def unequal(net):
    baths = (
        replace(bath, thermal=Symbol(f"n_{k}", positive=True), squeezing=Symbol(f"m_{k}"))
        for k, bath in enumerate(net.baths)
    )
    return replace(net, baths=tuple(baths))


def agrees(state, net, seed=3):
    """Second moments of a program at random numbers beside LAPACK's."""
    random = np.random.default_rng(seed)
    values = {s: complex(random.uniform(0.4, 1.2)) for s in net.symbols}
    known = dict(values)
    for symbol, definition in state.where:
        known[symbol] = value(definition, known)
    numbers = moments(net, values)
    spread = solve_continuous_lyapunov(numbers.matrix, -numbers.source)
    size = len(state.modes)
    for found, true in ((state.number, spread[:size, :size].T), (state.anomalous, spread[:size, size:])):
        mine = np.array([[value(e, known) for e in row] for row in found.tolist()])
        assert np.abs(mine - true).max() <= 1e-9 * np.abs(true).max()


def value(e, known):
    """A float by walking the tree: programs of 10⁵ operations are too long for SymPy's own evaluation."""
    if e in known:
        return known[e]
    if e.is_Add:
        return sum(value(x, known) for x in e.args)
    if e.is_Mul:
        return np.prod([value(x, known) for x in e.args])
    if e.is_Pow:
        return value(e.base, known) ** int(e.exp)
    return np.conj(value(e.args[0], known)) if e.args else complex(e)


@pytest.mark.parametrize("net", [chain(6, "nonreciprocal"), star(6, "nonreciprocal")], ids=lambda net: net.title)
def test_uniform_networks_of_six_batteries_have_closed_second_moments(net):
    hot = unequal(net)
    state = steady_state(langevin(hot))
    assert not state.where
    agrees(state, hot)


@pytest.mark.parametrize("net", [chain(6), star(6)], ids=lambda net: net.title)
def test_reciprocal_networks_of_six_equal_batteries_have_closed_second_moments(net):
    hot = at_one_temperature(net, m)
    state = steady_state(langevin(hot))
    assert not state.where
    agrees(state, hot)


def test_cascaded_pair_with_all_parameters_distinct_has_closed_second_moments():
    hot = unequal(chain(2, "nonreciprocal", distinct=True))
    eq = langevin(hot)
    state = steady_state(eq)
    assert not state.where
    assert isinstance(is_zero(steady_state_residual(eq, state)), Proved)


@pytest.mark.parametrize("letters", ["x y z", "z x y", "y z x"])
def test_programs_define_no_letter_of_the_network_wherever_it_stands(letters):
    frequency, force, warmth = (Symbol(f"{letter}_1", positive=True) for letter in letters.split())
    net = unequal(chain(2, distinct=True))
    net = replace(
        net,
        modes=tuple(replace(mode, frequency=frequency) for mode in net.modes),
        drives=tuple(replace(drive, amplitude=force) for drive in net.drives),
        baths=(replace(net.baths[0], thermal=warmth), *net.baths[1:]),
    )
    state = steady_state(langevin(net), 0)
    assert state.where
    assert not {symbol.name for symbol, _ in state.where} & {symbol.name for symbol in net.symbols}
    agrees(state, net)


def test_longer_one_way_networks_are_programs_without_a_name_used_twice():
    hot = unequal(chain(14, "nonreciprocal", distinct=True))
    state = steady_state(langevin(hot))
    assert state.where
    assert len({symbol.name for symbol, _ in state.where}) == len(state.where)
    agrees(state, hot)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["nonreciprocal", "reciprocal"])
def test_chains_of_thirty_modes_are_programs(scheme):
    hot = unequal(chain(29, scheme, distinct=True))
    agrees(steady_state(langevin(hot)), hot)


def test_a_dense_network_says_what_computes_its_moments():
    with pytest.raises(TooManyMoments, match="derive solve --numpy"):
        steady_state(langevin(unequal(complete(29))))
    assert steady_state(langevin(at_one_temperature(complete(29)))).number == n * eye(30)


@pytest.mark.slow
@pytest.mark.parametrize("build", [lambda: complete(29), lambda: ring(29), lambda: grid(5, 6), lambda: chain(29)])
@pytest.mark.parametrize("paired", [False, True])
def test_the_emitted_module_has_the_moments_of_any_thirty_modes(build, paired):
    hot = unequal(build())
    weak = tuple(Squeezing(a, b, Rational(1, 20)) for a, b in zip(hot.names, hot.names[1:], strict=False))
    hot = replace(hot, squeezings=weak) if paired else hot
    space = executed(network_module(hot, "test"))
    random = np.random.default_rng(5)
    values = {s: random.uniform(0.4, 1.2) for s in hot.symbols}
    numbers = moments(hot, {s: complex(x) for s, x in values.items()})
    spread, size = solve_continuous_lyapunov(numbers.matrix, -numbers.source), len(hot.names)
    mean = np.linalg.solve(numbers.matrix, -numbers.vector)[:size]
    words = {s.name: x for s, x in values.items()}
    assert np.allclose(space["occupations"](**words), np.abs(mean) ** 2 + np.diag(spread)[:size].real, rtol=1e-9)
    assert np.allclose(space["anomalous"](**words), mean**2 + np.diag(spread[:size, size:]), rtol=1e-9, atol=1e-9)


# -- master equations ----------------------------------------------------------------------------------------------

TENTH = Rational(1, 10)


def pair(*baths, **more):
    return Network((Mode("a", TENTH), Mode("b")), drives=(Drive("a", Rational(1, 5)),), baths=baths, **more)


def shared(weight, thermal=0, squeezing=0):
    return Bath((("a", Integer(1)), ("b", weight)), Rational(4, 5), Integer(1) * thermal, Integer(1) * squeezing)


# a pure squeezed bath with e^r = 5/4
SINH2, SQUEEZED = Rational(81, 1600), Rational(369, 1600)
QUARTER, THETA = Rational(2, 5) * I, exp(I * Rational(2, 3))
FOCK = {
    "squeezed mode": (
        Network((Mode("a", TENTH),), (), (Drive("a", TENTH),), (loss("a", 1, Rational(1, 4), Rational(1, 2) * THETA),)),
        (12, 20, 28),
    ),
    "unequal temperatures, one way": (
        pair(loss("a", 1, TENTH), loss("b", Rational(3, 5), Rational(1, 20)), shared(Integer(1), Rational(1, 5)),
             couplings=(Coupling("a", "b", QUARTER),)),
        (5, 7, 9),
    ),
    "shared reservoir squeezed": (
        pair(loss("a", 1), loss("b", 1), shared(Integer(1), SINH2, SQUEEZED * THETA),
             couplings=(Coupling("a", "b", QUARTER),)),
        (4, 6, 8),
    ),
    "other recipe, losses squeezed": (
        pair(loss("a", 1, SINH2, SQUEEZED), loss("b", 1, SINH2, SQUEEZED), shared(-I),
             couplings=(Coupling("a", "b", Rational(2, 5)),)),
        (4, 6, 8),
    ),
    "parametric pairing, thermal": (
        pair(loss("a", 1, TENTH), loss("b", Rational(6, 5)), squeezings=(Squeezing("a", "b", Rational(1, 8) * THETA),)),
        (5, 7, 9),
    ),
    "gain leg, squeezed loss": (
        pair(loss("a", 1, Rational(1, 8), Rational(1, 4)), loss("b", 1),
             Bath((("a", Integer(1)),), Rational(1, 2), gain=(("b", Rational(1, 4)),)),
             couplings=(Coupling("a", "b", Rational(1, 2)),)),
        (4, 6, 8),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FOCK)
def test_second_moments_are_those_that_the_master_equation_converges_to(name):
    net, cutoffs = FOCK[name]
    eq = langevin(net)
    state = steady_state(eq)
    mine = [np.array(x.evalf(20).tolist(), complex) for x in (state.mean[:, 0], state.number, state.anomalous)]
    lapack = lapack_steady_state(eq)
    assert all(np.allclose(x.reshape(y.shape), y, atol=1e-12) for x, y in zip(mine, lapack, strict=True))
    errors = []
    for levels in cutoffs:
        found = qutip_steady_state(net, levels)
        errors.append(max(np.abs(x.reshape(y.shape) - y).max() for x, y in zip(mine, found, strict=True)))
    assert errors[2] < errors[1] / 3 < errors[0] / 9, errors
    assert errors[2] < 1e-3, errors
