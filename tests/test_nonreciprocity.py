"""Isolation, leakage and flux: conditions that hold in emitted equations of motion, and in no gauge less."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from fock import value
from hypothesis import assume, given, settings
from oracles import moments
from strategies import QUICK, networks
from sympy import I, Integer, Matrix, Rational, Symbol, exp, pi, symbols
from test_response import PASSIVE, numerical

from derive.builders import aharonov_bohm_chain, aharonov_bohm_star, chain, grid, ring, star
from derive.eliminate import eliminate
from derive.evolution import steady_state
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin
from derive.network import Bath, Coupling, Mode, Network, Squeezing, loss
from derive.nonreciprocity import (
    Loop,
    NotIsolable,
    isolated,
    isolation,
    isolation_residual,
    leakage,
    leakage_residual,
    loops,
    regauged,
)

delta, phi = symbols("delta phi", real=True)
CASES = {
    "chain": (chain(2, "general", distinct=True), "a", "b_1", ()),
    "backwards": (chain(1, "general", distinct=True), "b_1", "a", ()),
    "triangle": (aharonov_bohm_chain(2, distinct=True), "c", "b_1", ("a_1", "a_2")),
    "star of triangles": (aharonov_bohm_star(2, distinct=True), "c", "b_2", ("a_1", "a_2")),
    "detuned": (PASSIVE, "a", "b", ("c",)),
}
every_case = pytest.mark.parametrize(("net", "target", "source", "gone"), CASES.values(), ids=CASES)


@every_case
def test_the_condition_cuts_one_way_and_leaves_the_other(
    net: Network, target: str, source: str, gone: tuple[str, ...]
) -> None:
    assert isinstance(is_zero(isolation_residual(net, target, source, *gone)), Proved)
    cut = isolated(net, (target, source), gone=gone)
    drift = langevin(eliminate(cut, *gone) if gone else cut).drift
    names = [name for name in net.names if name not in gone]
    t, s = names.index(target), names.index(source)
    assert isinstance(is_zero(drift[t, s]), Proved)
    assert isinstance(is_zero(drift[s, t]), Refuted)


def test_the_condition_is_that_of_liu_and_of_zhao() -> None:
    """J e^{iθ} = iΓ p_a* p_b/2, and g_b e^{iθ} = −2i g_1 g_2/Γ, that is θ = −π/2 and g_1 g_2 = g_b Γ/2."""
    gamma, p, q = Symbol("Gamma_1", positive=True), Symbol("p_a"), Symbol("p_1")
    liu = isolation(chain(1, "general", distinct=True), "a", "b_1")
    assert isinstance(is_zero(liu.strength - I * gamma * p.conjugate() * q / 2), Proved)
    assert isinstance(is_zero(liu.remaining + gamma * p * q.conjugate()), Proved)
    g_1, g_2, lossy = symbols("g_1 g_2 Gamma", positive=True)
    zhao = isolation(aharonov_bohm_chain(1), "c", "b_1", "a_1")
    assert isinstance(is_zero(zhao.strength - 2 * I * g_1 * g_2 / lossy), Proved)
    assert (zhao.amplitude, zhao.phase) == (2 * g_1 * g_2 / lossy, I)


@given(networks(max_modes=4, quantum=False))
@settings(QUICK, max_examples=25)
def test_a_link_of_any_network_can_be_cut_one_way(net: Network) -> None:
    assume(len(net.modes) > 1)
    target, source = net.names[:2]
    found = isolation(net, target, source)
    cut = isolated(net, (target, source))
    random = Random(1)
    values = {s: value(s, random) for s in net.symbols}
    drift = moments(cut, {s: complex(v) for s, v in values.items()}).drift
    scale = abs(drift).max() + 1
    assert abs(drift[0, 1]) < 1e-12 * scale
    left = complex(found.remaining.evalf(30, subs=values))
    assert abs(drift[1, 0] - left) < 1e-12 * scale
    # what is left is the loss that both modes share, whatever the coupling was
    assert abs(drift[1, 0] - (drift + drift.conj().T)[1, 0]) < 1e-12 * scale


def test_conditions_on_several_links_hold_together() -> None:
    net = isolated(ring(3, "general", distinct=True), ("a", "b_1"), ("b_1", "b_2"), ("b_2", "b_3"), ("b_3", "a"))
    drift = langevin(net).drift
    for t, s in ((0, 1), (1, 2), (2, 3), (3, 0)):
        assert isinstance(is_zero(drift[t, s]), Proved)
        assert isinstance(is_zero(drift[s, t]), Refuted)


@every_case
def test_leakage_is_that_of_the_mistuned_network(
    net: Network, target: str, source: str, gone: tuple[str, ...]
) -> None:
    assert isinstance(is_zero(leakage_residual(net, target, source, delta, phi, *gone)), Proved)


def test_leakage_through_resonant_reservoirs_is_the_same_for_all() -> None:
    for name in ("chain", "backwards", "triangle", "star of triangles"):
        net, target, source, gone = CASES[name]
        found = leakage(net, target, source, delta, phi, *gone)
        assert isinstance(is_zero(found.leading - (delta**2 + phi**2) / 4), Proved)
        assert isinstance(is_zero(found.leading - (delta**2 + 2 * phi**2) / 4), Refuted)
    missed = aharonov_bohm_chain(1).subs(
        {Symbol("theta_1", real=True): -pi / 2 + Rational(1, 50), Symbol("g_b", positive=True): Rational(101, 100),
         **{Symbol(x, positive=True): Integer(1) for x in ("g_1", "g_2", "omega", "xi", "gamma")},
         Symbol("Gamma", positive=True): Integer(2)}
    )  # fmt: skip
    drift = moments(eliminate(missed, "a_1"), {}).drift
    law = complex(found.leading.subs({delta: Rational(1, 100), phi: Rational(1, 50)})).real
    assert abs(drift[0, 1] / drift[1, 0]) ** 2 == pytest.approx(law, rel=0.02)


# -- flux ----------------------------------------------------------------------------------------------------


def test_every_loop_of_a_network_is_counted_once() -> None:
    for net, count in (
        (chain(3), 0), (ring(3), 1), (grid(3, 3), 4), (chain(3, "general"), 3), (star(4, "general"), 4),
        (aharonov_bohm_chain(4), 4), (ring(3, "general"), 5),
    ):  # fmt: skip
        assert len(loops(net)) == count
    assert [loop.nodes for loop in loops(aharonov_bohm_chain(2))] == [("c", "b_1", "a_1"), ("b_1", "b_2", "a_2")]


def test_flux_is_the_phase_of_zhao_and_the_balance_of_liu() -> None:
    theta = Symbol("theta_1", real=True)
    assert loops(aharonov_bohm_chain(1))[0].flux == theta
    for net in (chain(2, "nonreciprocal"), star(2, "nonreciprocal"), chain(2, "nonreciprocal", distinct=True)):
        assert [loop.flux for loop in loops(net)] == [-pi / 2, -pi / 2]


def test_two_recipes_of_liu_are_one_network_in_two_gauges() -> None:
    gamma = Symbol("Gamma_1", positive=True)
    net = chain(1, "general", distinct=True).subs({Symbol("J_1", positive=True): gamma / 2, Symbol("p_a"): 1})
    first = net.subs({Symbol("theta_1", real=True): pi / 2, Symbol("p_1"): 1})
    second = net.subs({Symbol("theta_1", real=True): 0, Symbol("p_1"): -I})
    wrong = net.subs({Symbol("theta_1", real=True): 0, Symbol("p_1"): I})
    assert loops(first)[0].flux == loops(second)[0].flux == -pi / 2
    assert loops(wrong)[0].flux == pi / 2
    turned = regauged(second, {"b_1": pi / 2})
    mine, other = langevin(turned), langevin(first)
    assert isinstance(is_zero(Matrix.hstack(mine.drift - other.drift, mine.force - other.force)), Proved)
    assert isinstance(is_zero(langevin(second).drift - other.drift), Refuted)


@pytest.mark.parametrize("power", range(-9, 10))
def test_a_flux_that_is_a_number_lies_between_minus_pi_and_pi(power: int) -> None:
    flux, turned = Loop(("a", "b", "c"), 3 * (1 + I) ** power).flux, (1 + 1j) ** power
    assert -pi < flux <= pi
    assert np.exp(1j * float(flux)) == pytest.approx(turned / abs(turned))


@every_case
def test_circulations_and_energies_do_not_depend_on_the_gauge(
    net: Network, target: str, source: str, gone: tuple[str, ...]
) -> None:
    phases = {name: Symbol(f"chi_{name}", real=True) for name in net.names}
    turned = regauged(net, phases)
    for one, other in zip(loops(net), loops(turned), strict=True):
        assert one.nodes == other.nodes
        assert isinstance(is_zero(one.circulation - other.circulation), Proved)
        assert isinstance(is_zero(one.circulation * exp(I * phi) - other.circulation), Refuted)
    if len(net.modes) < 4:
        states = [steady_state(langevin(n)) for n in (net, turned)]
        for name in net.names:
            assert isinstance(is_zero(states[0].occupation(name) - states[1].occupation(name)), Proved)
            back = exp(I * phases[name]) * states[1].amplitude(name)  # drives turn with their modes
            assert isinstance(is_zero(states[0].amplitude(name) - back), Proved)


def test_circulation_is_the_product_of_what_the_modes_exchange() -> None:
    """Against the product of entries of the full single-particle Hamiltonian, modes and reservoirs as nodes."""
    net = ring(2, "general", distinct=True)
    random = Random(4)
    values = {s: value(s, random) for s in net.symbols}
    names = [*net.names, "a+b_1", "b_1+b_2", "b_2+a"]
    h = np.zeros((6, 6), complex)
    for c in net.couplings:
        h[names.index(c.a), names.index(c.b)] += complex(c.strength.evalf(30, subs=values))
    for bath in net.baths:
        if len(bath.jump) > 1:
            for mode, weight in bath.jump:
                amplitude = complex((weight * bath.rate ** Rational(1, 2)).evalf(30, subs=values))
                h[names.index("+".join(bath.legs)), names.index(mode)] += amplitude
    h = h + h.conj().T
    for loop in loops(net):
        at = [names.index(node) for node in loop.nodes]
        product = np.prod([h[j, i] for i, j in zip(at, [*at[1:], at[0]], strict=True)])
        assert complex(loop.circulation.evalf(30, subs=values)) == pytest.approx(product)
        flux = float(loop.flux.evalf(20, subs=values))
        assert np.exp(1j * flux) == pytest.approx(product / abs(product))


# -- errors --------------------------------------------------------------------------------------------------


def test_what_cannot_be_cut_is_said() -> None:
    net = aharonov_bohm_chain(1)
    for target, source in (("c", "c"), ("c", "a_1"), ("c", "z")):
        with pytest.raises(NotIsolable, match="two of the modes that stay"):
            isolation(net, target, source, "a_1")
    with pytest.raises(NotIsolable, match="both are asked for"):
        isolated(chain(1, "general"), ("a", "b_1"), ("b_1", "a"))
    kappa = Symbol("kappa", positive=True)
    paired = Network((Mode("a"), Mode("b")), (), (), (loss("a", kappa),), (Squeezing("a", "b", kappa),))
    squeezed = Network((Mode("a"),), baths=(Bath((("a", Integer(1)),), kappa, Integer(1), Integer(1)),))
    for other in (paired, squeezed):
        with pytest.raises(NotIsolable, match="by hand"):
            regauged(other, {"a": phi})


def test_links_without_a_common_reservoir_are_cut_by_taking_them_away() -> None:
    net = chain(1)
    found = isolation(net, "a", "b_1")
    assert (found.strength, found.amplitude, found.remaining) == (0, 0, 0)
    assert not isolated(net, ("a", "b_1")).couplings
    with pytest.raises(NotIsolable, match="nothing but their coupling"):
        leakage(net, "a", "b_1", delta, phi)
    assert replace(net, couplings=(Coupling("a", "b_1", Integer(0)),)).couplings != net.couplings
    assert numerical(Matrix([[found.strength]])) == 0
