"""Spins become modes: the limit commutes with the equations of motion, and is reached by exact ladders."""

import numpy as np
import pytest
from sympy import I, Integer, Matrix, Rational, Symbol
from test_spins import evolved, excitations

from derive import (
    Bath,
    Coupling,
    Drive,
    Mode,
    Network,
    Proved,
    Refuted,
    Spins,
    bosonic_limit,
    bosonic_limit_residual,
    is_zero,
    langevin,
    spin_star,
    vacuum,
)
from derive.network import loss
from derive.spins.cumulants import NotClosed

ONE = Integer(1)
N_A, N_D = (Symbol(name, positive=True, integer=True) for name in ("N_A", "N_D"))
J, G, E, DELTA = Symbol("J"), Symbol("G", positive=True), Symbol("epsilon"), Symbol("Delta", real=True)
DRIVEN = Network(  # fmt: skip
    (Spins("A", N_A, detuning=DELTA), Spins("D", N_D), Mode("m", DELTA)),
    (Coupling("A", "D", J), Coupling("m", "A", I * J)),
    (Drive("A", E), Drive("m", E)),
    (Bath((("A", J), ("D", ONE)), G, Symbol("n", positive=True)), Bath((("D", J),), G, gain=(("A", ONE),)),
     loss("m", G)),
)
CASES = [(spin_star(2), ()), (spin_star(2), ("C",)), (spin_star(1), ("C", "B_1")), (DRIVEN, ()), (DRIVEN, ("A",)),
         (DRIVEN, ("A", "D"))]  # fmt: skip


@pytest.mark.parametrize(("net", "full"), CASES)
def test_the_bosonic_limit_commutes_with_the_equations_of_motion(net, full):
    residual = bosonic_limit_residual(net, full)
    assert isinstance(is_zero(residual), Proved)
    assert isinstance(is_zero(residual + Matrix([ONE, *[0] * (len(residual) - 1)])), Refuted)
    if full:
        wrong = langevin(bosonic_limit(net)).drift - langevin(bosonic_limit(net, full)).drift
        assert isinstance(is_zero(wrong), Refuted)


def test_a_full_charger_is_an_unstable_mode_that_pairs_with_its_battery():
    eq = langevin(bosonic_limit(spin_star(1), ("C",)))
    assert not eq.pairing.is_zero_matrix
    assert langevin(bosonic_limit(spin_star(1))).pairing.is_zero_matrix


@pytest.mark.parametrize("up", [0, Rational(1, 2)])
def test_large_ensembles_with_few_excitations_evolve_as_modes(up):
    """Two excited spins of a charger; γN is kept as N grows."""
    times = np.linspace(0, 1, 6)
    distance = []
    for n in (8, 32):
        net = spin_star(1, n, 4, Rational(1, n), Rational(up) / n)
        gen, states = evolved(net, (2, 0), times)
        exact = np.array([excitations(gen, states, k) for k in range(2)])
        eq = langevin(bosonic_limit(net))
        drift = np.array(eq.drift.tolist(), dtype=complex)
        noise = np.array(eq.noise.tolist(), dtype=complex)
        number, step = np.diag([2.0 + 0j, 0]), times[1] / 400
        modes = [np.diag(number).real]
        for k in range(1, 2001):
            middle = number + step / 2 * (drift.conj() @ number + number @ drift.T + noise)
            number = number + step * (drift.conj() @ middle + middle @ drift.T + noise)
            if k % 400 == 0:
                modes.append(np.diag(number).real)
        distance.append(np.abs(np.array(modes).T - exact).max())
    assert distance[1] < 0.3 * distance[0]
    assert vacuum(eq).number.is_zero_matrix


def test_only_spins_can_be_full():
    with pytest.raises(NotClosed, match="is not"):
        bosonic_limit(DRIVEN, ("m",))
