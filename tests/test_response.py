"""Response and scattering: what enters leaves, and elimination is the response at zero frequency."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from fock import value
from hypothesis import assume, given, settings
from oracles import moments
from scipy.integrate import quad_vec
from scipy.linalg import expm
from strategies import QUICK, networks
from sympy import I, Integer, Matrix, Rational, Symbol, symbols

from derive import aharonov_bohm_chain, chain
from derive.eliminate import NotEliminable, eliminate, schur
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss
from derive.response import (
    NoResponse,
    UnknownPort,
    dissipation_residual,
    low_frequency_residual,
    ports,
    scattering,
    scattering_residual,
    susceptibility,
    susceptibility_residual,
    unitarity_residual,
)

kappa_a, kappa_b, rate, shared = symbols("kappa_a kappa_b Gamma Gamma_1", positive=True)
omega, delta = symbols("omega Delta", real=True)
g, f, p, q, chi = symbols("g f p q chi")

PASSIVE = Network(
    (Mode("a"), Mode("b", delta), Mode("c")),
    (Coupling("a", "c", g), Coupling("c", "b", f)),
    (Drive("a", Integer(1)),),
    (loss("a", kappa_a), loss("b", kappa_b), loss("c", rate), Bath((("a", p), ("c", q)), shared)),
)
PAIRED = Network(
    (Mode("a"), Mode("c")),
    (Coupling("a", "c", g),),
    (),
    (loss("a", kappa_a), loss("c", rate), Bath((), shared, gain=(("a", (3 + 4 * I) / 5),))),
    (Squeezing("a", "c", chi),),
)
every_network = pytest.mark.parametrize("net", [PASSIVE, PAIRED], ids=["passive", "paired"])


def numbers_of(net: Network, seed: int) -> dict[Symbol, complex]:
    random = Random(seed)
    return {s: value(s, random) for s in net.symbols}


def numerical(matrix: Matrix) -> np.ndarray:
    return np.array([[complex(x.evalf(30)) for x in matrix.row(i)] for i in range(matrix.rows)])


# -- susceptibility ------------------------------------------------------------------------------------------


@every_network
def test_susceptibility_inverts_the_motion(net: Network) -> None:
    eq = langevin(net)
    found = susceptibility(eq, omega)
    assert isinstance(is_zero(susceptibility_residual(eq, omega, found)), Proved)
    assert isinstance(is_zero(susceptibility_residual(eq, omega + 1, found)), Refuted)


def test_susceptibility_is_the_transform_of_the_decaying_propagator() -> None:
    values = numbers_of(PASSIVE, 1)
    w = moments(PASSIVE, values).drift
    found = numerical(susceptibility(langevin(PASSIVE.subs(values)), Rational(3, 5)))
    true, _ = quad_vec(lambda t: expm((w + 0.6j * np.eye(3)) * t), 0, 120, epsabs=1e-9)
    assert np.allclose(found, true, atol=1e-6)


def test_an_undamped_resonance_answers_without_limit() -> None:
    alone = langevin(Network((Mode("a", delta),)))
    with pytest.raises(NoResponse, match="give every mode a loss"):
        susceptibility(alone, delta)
    assert is_zero(susceptibility(alone, omega)[0] - I / (omega - delta)) == Proved((delta - omega,))


# -- scattering ----------------------------------------------------------------------------------------------


@every_network
def test_scattering_obeys_the_boundary_conditions_and_keeps_the_commutators(net: Network) -> None:
    found = scattering(net, omega)
    assert isinstance(is_zero(scattering_residual(net, omega, found)), Proved)
    assert isinstance(is_zero(unitarity_residual(found)), Proved)
    wrong = Matrix(found.matrix)
    wrong[0, 1] *= Rational(8, 7)
    other = replace(found, matrix=wrong.as_immutable())
    assert isinstance(is_zero(scattering_residual(net, omega, other)), Refuted)
    assert isinstance(is_zero(unitarity_residual(other)), Refuted)


@given(networks(max_modes=3))
@settings(QUICK, max_examples=15)
def test_every_loss_and_gain_goes_to_a_port(net: Network) -> None:
    assert isinstance(is_zero(dissipation_residual(net)), Proved)


def test_a_network_that_forgets_a_port_is_not_unitary() -> None:
    found = scattering(PASSIVE, omega)
    partial = replace(found, matrix=found.matrix[:3, :3], metric=found.metric[:3, :3])
    assert isinstance(is_zero(unitarity_residual(partial)), Refuted)


@pytest.mark.parametrize(
    "net", [PASSIVE, chain(2, "general", distinct=True), aharonov_bohm_chain(1)], ids=["a", "b", "c"]
)
def test_transmitted_power_is_what_the_reservoirs_take_from_the_driven_modes(net: Network) -> None:
    """|S_ij|² against γ_i|u_i·a|² of the modes driven through the first port, by plain NumPy."""
    phases = {s: Rational(0) for s in net.symbols if s.name.startswith("theta")}
    net = net.subs(phases)
    net = net.subs(numbers_of(net, 3))
    w = moments(net, {}).drift
    frequency = 0.4
    found = numerical(scattering(net, Rational(2, 5)).matrix)
    at = {name: i for i, name in enumerate(net.names)}
    jumps = np.zeros((len(net.baths), len(net.modes)), complex)
    for k, bath in enumerate(net.baths):
        for name, weight in bath.jump:
            jumps[k, at[name]] = complex(weight) * float(bath.rate) ** 0.5
    amplitudes = np.linalg.solve(-1j * frequency * np.eye(len(w)) - w, -jumps[0].conj())
    absorbed = abs(jumps @ amplitudes) ** 2
    assert np.allclose(abs(found[1:, 0]) ** 2, absorbed[1:], rtol=1e-9, atol=1e-12)
    assert abs(found[0, 0]) ** 2 + absorbed[1:].sum() == pytest.approx(1)


def test_a_nonreciprocal_link_transmits_one_way_at_every_frequency() -> None:
    found = scattering(chain(1, "nonreciprocal", distinct=True), omega)
    assert isinstance(is_zero(found.between("b_1", "a")), Proved)
    assert isinstance(is_zero(found.between("a", "b_1")), Refuted)
    reciprocal = scattering(chain(1, distinct=True), omega)
    assert isinstance(is_zero(reciprocal.between("a", "b_1") - reciprocal.between("b_1", "a")), Proved)


def test_a_resonant_mode_with_one_port_reflects_with_a_sign() -> None:
    found = scattering(Network((Mode("a"),), baths=(loss("a", kappa_a),)), 0)
    assert found.matrix == Matrix([[-1]])


def test_ports_are_named_by_their_modes() -> None:
    assert ports(PASSIVE) == ("a", "b", "c", "a+c")
    assert ports(replace(PASSIVE, baths=(loss("a", rate), loss("a", kappa_a)))) == ("a", "a:2")
    assert scattering(PAIRED, 0).ports == ("a", "c", "a:2", "a†", "c†", "a:2†")
    with pytest.raises(UnknownPort, match="a, b, c"):
        scattering(PASSIVE, 0).between("a", "z")


# -- elimination is the response at zero frequency -----------------------------------------------------------


@pytest.mark.parametrize(
    ("net", "gone"),
    [(PASSIVE, ("c",)), (PASSIVE, ("b", "c")), (PAIRED, ("c",)), (aharonov_bohm_chain(2), ("a_1", "a_2"))],
    ids=["one", "two", "paired", "triangles"],
)
def test_elimination_is_the_response_at_zero_frequency(net: Network, gone: tuple[str, ...]) -> None:
    assert isinstance(is_zero(low_frequency_residual(net, *gone)), Proved)


@given(networks(max_modes=3))
@settings(QUICK, max_examples=10)
def test_steady_amplitudes_of_random_networks_survive_elimination(net: Network) -> None:
    """Pairing, gain and drives included: the steady state of plain NumPy before and after."""
    assume(len(net.modes) > 1)
    random = Random(2)
    values = {s: complex(value(s, random)) for s in net.symbols}
    full = moments(net, values)
    n = len(net.modes)
    go = [n - 1, 2 * n - 1]
    assume(np.linalg.cond(full.matrix) < 1e6)
    assume(np.linalg.cond(full.matrix[np.ix_(go, go)]) < 1e6)
    less = moments(eliminate(net, net.names[-1]), values)
    exact = np.linalg.solve(full.matrix, full.vector)[: n - 1]
    mine = np.linalg.solve(less.matrix, less.vector)[: n - 1]
    assert np.allclose(mine, exact, rtol=1e-7, atol=1e-9 * (1 + abs(exact).max()))


def test_elimination_is_not_the_response_at_another_frequency() -> None:
    """A detuning of all modes is a frequency of the probe: the square does not commute for modes that go detuned."""
    eq, shifted = langevin(PASSIVE), langevin(
        replace(PASSIVE, modes=tuple(replace(m, detuning=m.detuning - omega) for m in PASSIVE.modes))
    )
    there = susceptibility(eq, omega)
    assert isinstance(is_zero(there - susceptibility(shifted, 0)), Proved)
    slow = susceptibility(schur(eq, "c"), omega)
    assert isinstance(is_zero(there[:2, :2] - slow), Refuted)
    assert isinstance(is_zero((there[:2, :2] - slow).subs(omega, 0)), Proved)


def test_what_cannot_be_eliminated_has_no_low_frequency_limit() -> None:
    with pytest.raises(NotEliminable):
        low_frequency_residual(PASSIVE, "z")
