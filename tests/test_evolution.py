"""Steady states: exact, and equal to an independent numerical solution of the same equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from oracles import Moments, moments
from scipy.linalg import solve_continuous_lyapunov
from strategies import QUICK, networks
from sympy import Expr, I, Integer, Matrix, Rational, Symbol, conjugate, exp, eye, symbols
from trees import exact

from derive.builders import chain, complete, ring, star
from derive.evolution import SingularDrift, steady_state, steady_state_residual
from derive.gaussian import GaussianState, UnknownMode
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss

kappa_a, kappa_b, n, J, eps, omega, Gamma = symbols("kappa_a kappa_b n J epsilon omega Gamma", positive=True)
delta, theta = symbols("Delta theta", real=True)
chi, m, p, xi = symbols("chi m p xi")

NETWORKS = {
    "driven": Network((Mode("a", delta, omega),), (), (Drive("a", xi),), (loss("a", kappa_a),)),
    "thermal": Network(
        (Mode("a", delta), Mode("b")),
        (Coupling("a", "b", J),),
        (),
        (loss("a", kappa_a, n), loss("b", kappa_b)),
    ),
    "squeezed": Network((Mode("a", delta),), (), (Drive("a", eps),), (loss("a", kappa_a, n, m),)),
    "squeezed, coupled": Network(
        (Mode("a"), Mode("b")),
        (Coupling("a", "b", J * exp(I * theta)),),
        (),
        (loss("a", kappa_a, n, m), loss("b", kappa_b)),
    ),
    "shared": Network(
        (Mode("a"), Mode("b")),
        (),
        (Drive("a", eps),),
        (loss("a", kappa_a), Bath((("a", Integer(1)), ("b", p)), Gamma, n)),
    ),
    "degenerate pairing": Network(
        (Mode("a", delta),), (), (Drive("a", xi),), (loss("a", kappa_a),), (Squeezing("a", "a", chi),)
    ),
    "pairing": Network(
        (Mode("a"), Mode("b")),
        (),
        (Drive("a", eps),),
        (loss("a", kappa_a), loss("b", kappa_b)),
        (Squeezing("a", "b", chi),),
    ),
    "gain leg": Network(
        (Mode("a"),),
        (),
        (Drive("a", eps),),
        (loss("a", kappa_a), Bath((("a", Integer(1)),), Gamma, gain=(("a", p),))),
    ),
    "lost by one mode and gained by the other": Network(
        (Mode("a"), Mode("b", Rational(1, 3))),
        (Coupling("a", "b", 1 + I),),
        (Drive("a", Integer(1)),),
        (loss("a", 5), loss("b", 4, Rational(1, 2)), Bath((("a", Integer(1)),), 1, gain=(("b", I),))),
    ),
}
every_network = pytest.mark.parametrize("net", NETWORKS.values(), ids=NETWORKS.keys())


@every_network
def test_moments_of_the_steady_state_do_not_change(net: Network) -> None:
    eq = langevin(net)
    state = steady_state(eq)
    assert isinstance(is_zero(steady_state_residual(eq, state)), Proved)


@every_network
def test_moments_of_another_state_change(net: Network) -> None:
    eq = langevin(net)
    state = steady_state(eq)
    more = Matrix(eye(len(net.modes)) / 100)
    for wrong in (
        GaussianState(
            state.modes, state.frequencies, state.mean, (state.number + more).as_immutable(), state.anomalous
        ),
        GaussianState(
            state.modes,
            state.frequencies,
            state.mean,
            state.number,
            (state.anomalous + I * more).as_immutable(),
        ),
        GaussianState(
            state.modes,
            state.frequencies,
            (state.mean + more[:, :1]).as_immutable(),
            state.number,
            state.anomalous,
        ),
    ):
        assert isinstance(is_zero(steady_state_residual(eq, wrong)), Refuted)


def numbers(letters: list[Symbol], seed: int = 7) -> dict[Symbol, complex]:
    random = np.random.default_rng(seed)
    found: dict[Symbol, complex] = {}
    for letter in sorted(letters, key=lambda s: s.name):
        size = random.uniform(0.2, 1.2)
        turn = random.uniform(0, 2 * np.pi)
        found[letter] = size if letter.is_real else size * np.exp(1j * turn) / 3
    return found


def number(e: Expr, values: dict[Symbol, complex]) -> complex:
    return complex(exact(e, values))


def evaluated(state: GaussianState, values: dict[Symbol, complex]) -> list[np.ndarray]:
    """The moments at numerical parameters, definitions first."""
    known = dict(values)
    for symbol, definition in state.where:
        known[symbol] = number(definition, known)
    return [np.array([[number(e, known) for e in row] for row in part.tolist()]) for part in
            (state.mean, state.number, state.anomalous)]  # fmt: skip


def agree(state: GaussianState, at: Moments, values: dict[Symbol, complex]) -> None:
    size = len(state.modes)
    amplitudes = np.linalg.solve(at.matrix, -at.vector)[:size]
    second = solve_continuous_lyapunov(at.matrix, -at.source)
    mean, occupations, anomalous = evaluated(state, values)
    assert np.allclose(mean[:, 0], amplitudes, rtol=1e-9, atol=1e-9 * abs(amplitudes).max(initial=1))
    assert np.allclose(occupations, second[:size, :size].T, rtol=1e-9, atol=1e-9)
    assert np.allclose(anomalous, second[:size, size:], rtol=1e-9, atol=1e-9)


@every_network
def test_steady_states_agree_with_a_numerical_lyapunov_solution(net: Network) -> None:
    values = numbers(list(net.symbols))
    agree(steady_state(langevin(net)), moments(net, values), values)


@settings(QUICK, max_examples=20)
@given(networks(max_modes=3))
def test_steady_states_of_random_networks_agree_with_numerics(net: Network) -> None:
    damped = Network(
        net.modes,
        net.couplings,
        net.drives,
        (*net.baths, *(loss(name, Integer(9)) for name in net.names)),
        net.squeezings,
    )
    values = numbers(list(damped.symbols))
    at = moments(damped, values)
    spectrum = np.linalg.eigvals(at.matrix)
    assume(min(abs(x + y) for x in spectrum for y in spectrum) > 1e-3)
    agree(steady_state(langevin(damped), limit=500), at, values)


@pytest.mark.parametrize(
    "net",
    [chain(9, "general", distinct=True), complete(6, "general", distinct=True), ring(8, "general", distinct=True)],
)
def test_programs_of_larger_networks_agree_with_numerics(net: Network) -> None:
    state = steady_state(langevin(net), limit=100)
    assert state.where
    assert "(limit 100); it is given as" in state.note
    defined = set()
    for symbol, definition in state.where:
        assert definition.free_symbols <= set(net.symbols) | defined
        defined.add(symbol)
    values = numbers(list(net.symbols))
    agree(state, moments(net, values), values)


def test_programs_of_both_moments_do_not_share_names() -> None:
    hot = Network(
        (Mode("a"), Mode("b"), Mode("c")),
        (Coupling("a", "b", p), Coupling("b", "c", xi), Coupling("a", "c", J)),
        (Drive("a", eps),),
        (loss("a", kappa_a, n), loss("b", kappa_b), loss("c", Gamma)),
    )
    state = steady_state(langevin(hot), limit=1)
    names = [symbol.name for symbol, _ in state.where]
    assert len(names) == len(set(names)) > 10
    values = numbers(list(hot.symbols))
    agree(state, moments(hot, values), values)


@pytest.mark.slow
@pytest.mark.parametrize(
    "net", [chain(6, "general", distinct=True), complete(5, "reciprocal", distinct=True)], ids=lambda net: net.title
)
def test_amplitudes_of_larger_networks_are_stationary(net: Network) -> None:
    eq = langevin(net)
    alpha = steady_state(eq).mean
    assert isinstance(is_zero(eq.drift * alpha + eq.force), Proved)
    assert isinstance(is_zero(eq.drift * alpha * Rational(8, 7) + eq.force), Refuted)


@pytest.mark.parametrize(
    "net", [chain(2), star(2, "nonreciprocal"), ring(2, "general")], ids=lambda net: net.title
)
def test_one_temperature_everywhere_gives_that_temperature_to_every_mode(net: Network) -> None:
    hot = Network(net.modes, net.couplings, net.drives, tuple(Bath(bath.jump, bath.rate, n) for bath in net.baths))
    state = steady_state(langevin(hot))
    size = len(hot.modes)
    assert isinstance(is_zero(state.number - n * eye(size)), Proved)
    assert isinstance(is_zero(Matrix(state.anomalous)), Proved)


def test_a_single_mode_relaxes_to_the_occupation_and_squeezing_of_its_bath() -> None:
    state = steady_state(langevin(Network((Mode("a"),), (), (), (loss("a", kappa_a, n, m),))))
    assert (state.mean[0], state.number[0], state.anomalous[0]) == (0, n, m)


def test_a_driven_mode_stores_four_times_its_drive_over_its_rate() -> None:
    state = steady_state(langevin(Network((Mode("a", 0, omega),), (), (Drive("a", eps),), (loss("a", kappa_a, n),))))
    assert isinstance(is_zero(state.amplitude("a") + 2 * I * eps / kappa_a), Proved)
    assert isinstance(is_zero(state.occupation("a") - 4 * eps**2 / kappa_a**2 - n), Proved)
    assert isinstance(is_zero(state.energy("a") - omega * (4 * eps**2 / kappa_a**2 + n)), Proved)
    assert isinstance(is_zero(state.energy("a") - omega * 4 * eps**2 / kappa_a**2), Refuted)


def test_nothing_moves_without_a_drive() -> None:
    state = steady_state(
        langevin(Network((Mode("a"), Mode("b")), (Coupling("a", "b", chi),), (), (loss("a", kappa_a),)))
    )
    assert state.mean.is_zero_matrix
    assert state.number.is_zero_matrix
    assert state.anomalous.is_zero_matrix


def test_only_modes_of_the_state_have_moments() -> None:
    state = steady_state(langevin(NETWORKS["pairing"]))
    with pytest.raises(UnknownMode, match="a, b, but is 'c'"):
        state.energy("c")


UNDAMPED = {
    "a dark mode": Network(
        (Mode("a"), Mode("b"), Mode("c")),
        (Coupling("a", "b", J), Coupling("a", "c", J)),
        (Drive("b", eps),),
        (loss("a", kappa_a),),
    ),
    "gain balances loss": Network(
        (Mode("a"),),
        (),
        (Drive("a", eps),),
        (loss("a", kappa_a), Bath((), kappa_a, gain=(("a", Integer(1)),))),
    ),
}


@pytest.mark.parametrize(("case", "named"), [("a dark mode", "modes a, b, c"), ("gain balances loss", "mode a")])
def test_a_motion_without_damping_has_no_steady_state(case: str, named: str) -> None:
    with pytest.raises(SingularDrift, match=f"amplitudes of the {named} is singular .*give every mode a loss"):
        steady_state(langevin(UNDAMPED[case]))


def test_a_reduced_state_keeps_the_energies_of_its_modes_in_any_order() -> None:
    modes = (Mode("a", 0, omega), Mode("b", 0, 2), Mode("c", 0, 3 * omega))
    couplings = (Coupling("a", "b", 1 + I), Coupling("b", "c", I))
    net = Network(modes, couplings, (Drive("a", Integer(1)),), (loss("a", 1), loss("b", 2, 1), loss("c", 3)))
    state = steady_state(langevin(net))
    found = state.reduced("c", "a")
    assert found.modes == ("c", "a")
    assert [found.energy(mode) for mode in "ac"] == [state.energy(mode) for mode in "ac"]
    assert found.covariance() == state.covariance().extract([2, 0, 5, 3], [2, 0, 5, 3])


def test_the_part_without_damping_is_named_beside_pairs() -> None:
    """Of d and e in one reservoir, the sum is dark."""
    baths = (loss("a", 3), loss("b", 3), loss("c", 1), Bath({"d": Integer(1), "e": Integer(-1)}, 1))
    net = Network(tuple(map(Mode, "abcde")), (), (), baths, (Squeezing("a", "b", Integer(1)),))
    with pytest.raises(SingularDrift, match="amplitudes of the modes d, e is singular"):
        steady_state(langevin(net))


@pytest.mark.parametrize("pairs", [(), (Squeezing("a", "b", Rational(1, 3)),)], ids=["heat", "pairs"])
def test_the_part_whose_second_moments_are_not_damped_is_named(pairs: tuple[Squeezing, ...]) -> None:
    """The detuned c oscillates beside what is hot; its amplitude rests, and the others have a steady state."""
    net = Network(
        (Mode("a"), Mode("b"), Mode("c", delta)), (), (), (loss("a", 3, kappa_a), loss("b", 3)), pairs
    )
    with pytest.raises(SingularDrift, match="second moments of the mode c is singular"):
        steady_state(langevin(net))
    assert steady_state(langevin(replace(net, modes=net.modes[:2]))).number[0, 0] != 0


@pytest.mark.parametrize("strength", [Rational(3, 4), kappa_a / 4], ids=["numbers", "letters"])
def test_what_is_at_threshold_is_told_to_leave_it(strength: Expr) -> None:
    """A degenerate amplifier of loss 4χ has all the loss that it could be given."""
    net = Network((Mode("a"),), (), (), (loss("a", 4 * strength),), (Squeezing("a", "a", strength),))
    with pytest.raises(SingularDrift, match="of the mode a is singular .*keep gain and pairing off their threshold"):
        steady_state(langevin(net))


TOGETHER = (("a", Integer(1)), ("b", Integer(1)))


@pytest.mark.parametrize(("amplified", "modes", "baths", "more"), [
    (False, Integer(1), (loss("a", kappa_a, Rational(1, 2)),), {}),
    (False, delta, (Bath(TOGETHER, kappa_a, 1),), {}),
    (False, 0, (Bath(TOGETHER, kappa_a, 1, 1),), {}),
    (False, delta, (loss("a", 2),), {"squeezings": (Squeezing("a", "a", Rational(1, 3)),)}),
    (True, delta, (loss("b", 1), loss("a", kappa_a, 1), Bath((), kappa_a, gain={"a": 1})), {}),
    (True, 0, (loss("a", 2 * Gamma), loss("b", 2 * Gamma), Bath((), Gamma, gain=TOGETHER)), {}),
    (True, 0, (loss("a", Gamma), Bath((), Gamma, gain={"b": 1})), {"couplings": (Coupling("a", "b", Gamma / 2),)}),
])
def test_no_heat_is_told_to_leave_a_threshold(amplified, modes, baths, more):
    """Loss of a + b leaves a − b undamped, as gain of a + b does that is as large as its loss; but gain is noise."""
    with pytest.raises(SingularDrift) as refused:
        steady_state(langevin(Network((Mode("a", modes), Mode("b", modes)), baths=baths, **more)))
    said = "couple it to one that has, and keep gain and pairing off their threshold."
    assert str(refused.value).endswith(said if amplified else "couple it to one that has.")


def test_detuned_modes_need_no_loss_for_steady_amplitudes() -> None:
    net = Network((Mode("a", delta),), (), (Drive("a", conjugate(xi)),))
    assert isinstance(is_zero(steady_state(langevin(net)).amplitude("a") + conjugate(xi) / delta), Proved)


def test_definitions_are_called_neither_as_modes_nor_as_energies_are():
    net = chain(5, distinct=True)
    for modes in ({}, {"b_1": "x_1", "b_2": "D_1"}, {"a": "x_12", "b_3": "y_1", "b_5": "D_4", "b_4": "F_1"}):
        called = {name: modes.get(name, name) for name in net.names}
        named = Network(
            tuple(Mode(called[mode.name], mode.detuning, mode.frequency) for mode in net.modes),
            tuple(Coupling(called[c.a], called[c.b], c.strength) for c in net.couplings),
            tuple(Drive(called[drive.mode], drive.amplitude) for drive in net.drives),
            tuple(Bath({called[name]: weight for name, weight in bath.jump}, bath.rate) for bath in net.baths),
        )
        for drawn in (named, named.subs({Symbol("kappa_2", positive=True): Symbol("D_2", positive=True)})):
            found = steady_state(langevin(drawn), limit=0)
            heads = {symbol.name.partition("_")[0] for symbol, _ in found.where}
            assert heads
            taken = {name.partition("_")[0] for name in (*modes.values(), *map(str, drawn.symbols))}
            assert not heads & {"E", *taken}
