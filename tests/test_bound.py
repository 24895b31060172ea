"""Bounds on adiabatic elimination: certified identities, and random networks that never exceed them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracles import moments
from scipy.linalg import expm, solve_continuous_lyapunov
from sympy import Expr, I, Rational, eye, sqrt, symbols
from test_eliminate import NETWORKS
from test_slow import TWO, faster, random_network, rate

from derive.bound import NotPassive, elimination_bound, elimination_bound_residual
from derive.eliminate import NotEliminable, eliminate, schur
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin
from derive.network import Bath, Drive, Mode, Network, Squeezing, loss

omega = symbols("omega", positive=True)
PASSIVE = ["vacuum", "thermal", "driven", "leg of a reservoir", "two at once, coupled"]


@pytest.mark.parametrize("name", PASSIVE)
def test_identities_behind_the_bounds_are_proved(name: str) -> None:
    net, gone = NETWORKS[name]
    assert isinstance(is_zero(elimination_bound_residual(net, omega, *gone)), Proved)


def test_the_identity_of_the_responses_is_one_of_its_factors() -> None:
    """χ_ss − χ′ = −iω χ_ss B D⁻¹(−iω − D)⁻¹ C χ′ by hand, and with another factor in front."""
    net = TWO.subs({s: Rational(k, 7) for k, s in enumerate(TWO.symbols, start=2)})
    w = langevin(net).drift
    s, c, one = [0, 1], [2], eye(2)
    whole = (-I * omega * eye(3) - w).inv()[:2, :2]
    after = (-I * omega * one - schur(langevin(net), "c").drift).inv()
    lag = whole * w[s, c] * w[c, s] * after / (w[2, 2] * (-I * omega - w[2, 2]))
    assert isinstance(is_zero(whole - after + I * omega * lag), Proved)
    assert isinstance(is_zero(whole - after + I * omega * lag * Rational(8, 7)), Refuted)


def norm_of(force: np.ndarray) -> Expr:
    return Rational(float(np.linalg.norm(force))) + Rational(1, 10**12)


def norm(matrix: np.ndarray) -> float:
    return float(np.linalg.norm(matrix, 2))


@pytest.mark.parametrize("seed", range(12))
def test_no_random_network_exceeds_the_bounds(seed: int) -> None:
    """Exact and eliminated amplitudes in time, responses, steady occupations: SciPy on equations by plain loops."""
    net, fast = random_network(seed, gone=1 + seed % 2, hot=True)
    net = crossed(net, (("a_0", Rational(1)), (fast[-1], 2 * I), ("a_1", 1 - I))) if seed % 4 == 2 else net
    net = faster(net, (1, 4, 16)[seed % 3], *fast)
    if seed % 4 == 3:
        net = replace(net, drives=(*net.drives, Drive(fast[0], Rational(5))))
    bound = elimination_bound(net, *fast)
    full, less = moments(net, {}), moments(eliminate(net, *fast), {})
    assert (bound.start == 0) == np.allclose(full.force[2:], 0)
    n = len(full.drift)

    def amplitudes(eq, t):  # type: ignore[no-untyped-def]
        one = np.eye(len(eq.drift))
        return np.linalg.solve(eq.drift, (expm(eq.drift * t) - one) @ eq.force)[:2]

    for t in (Rational(1, 50), Rational(1, 4), Rational(2), Rational(10), Rational(60)):
        error = np.linalg.norm(amplitudes(full, float(t)) - amplitudes(less, float(t)))
        limit = float(bound.amplitudes(norm_of(full.force), t))
        assert error <= limit <= float(bound.amplitudes(norm_of(full.force)))
    for w in (Rational(1, 10), Rational(1), Rational(7)):
        one = 1j * float(w)
        exact = np.linalg.inv(-one * np.eye(n) - full.drift)[:2, :2]
        assert norm(exact - np.linalg.inv(-one * np.eye(2) - less.drift)) <= float(bound.response(w))
    # from vacuum nothing is wrong at first
    begun = float(bound.amplitudes(norm_of(full.force), Rational(1, 10**9)))
    assert 0 < begun < 1e-6 * float(bound.amplitudes(norm_of(full.force)))
    occupations = [float(bath.thermal) for bath in net.baths]
    exact = solve_continuous_lyapunov(full.drift, -full.noise.T)[:2, :2]
    error = norm(exact - solve_continuous_lyapunov(less.drift, -less.noise.T))
    assert 0 < error <= float(bound.moments(1)) * (max(occupations) - min(occupations))


def test_bounds_are_of_the_order_of_the_error() -> None:
    """A bound that is infinite holds as well: the ratio to the true error stays within two decades as Γ grows."""
    net, fast = random_network(3)
    ratios = []
    for speed in (10, 100, 1000):
        quick = faster(net, speed, *fast)
        bound = elimination_bound(quick, *fast)
        full, less = moments(quick, {}), moments(eliminate(quick, *fast), {})
        errors = []
        for t in np.linspace(0.05, 12, 60):
            exact, mine = (
                np.linalg.solve(eq.drift, (expm(eq.drift * t) - np.eye(len(eq.drift))) @ eq.force)[:2]
                for eq in (full, less)
            )
            errors.append(np.linalg.norm(exact - mine))
        ratios.append(float(bound.amplitudes(1)) * np.linalg.norm(full.force) / max(errors))
    assert all(1 < ratio < 100 for ratio in ratios), ratios
    assert ratios[2] == pytest.approx(ratios[1], rel=0.2)


def crossed(net: Network, legs: tuple[tuple[str, Expr], ...]) -> Network:
    """With a warm reservoir more."""
    return replace(net, baths=(*net.baths, Bath(legs, Rational(3, 2), Rational(1, 3))))


@pytest.mark.parametrize("seed", range(4))
def test_the_bounds_are_what_norms_of_numbers_give(seed: int) -> None:
    """Of the responses ω ‖B‖‖D⁻¹C‖/(slow kept fast); of the moments an estimate of ∫ e^{W′t} R e^{W′†t} dt.

    R = W′ S_sc (B D⁻¹)† + h.c., and S_sc is at most ½ spread (‖B‖ + ‖C‖ + ‖G_c‖‖G_s‖)/(kept + fast): S − n̄ is at most
    half the spread, and the crossing noise and drifts feed it.
    """
    net, fast = random_network(seed, gone=1 + seed % 2, hot=True)
    net = crossed(net, ((fast[0], 1 + I), ("a_1", Rational(2)))) if seed > 1 else net
    full, less = moments(net, {}), moments(eliminate(net, *fast), {})
    b, c, d = full.drift[:2, 2:], full.drift[2:, :2], full.drift[2:, 2:]
    losses = {bath.jump[0][0]: float(bath.rate) for bath in net.baths if len(bath.jump) == 1}
    kept, quick = (min(losses[name] for name in losses if (name in fast) == gone) / 2 for gone in (False, True))
    shared = 1.5 * np.sqrt(2) * 2 if seed > 1 else 0
    across = 0.5 * (np.linalg.norm(b) + np.linalg.norm(c) + shared) / (kept + quick)
    source = np.linalg.norm(less.drift) * across * np.linalg.norm(b @ np.linalg.inv(d))
    bound = elimination_bound(net, *fast)
    assert float(bound.moments(3)) == pytest.approx(3 * 2 * source / (2 * kept))
    lag = np.linalg.norm(b) * np.linalg.norm(np.linalg.inv(d) @ c)
    assert float(bound.response(Rational(7, 2))) == pytest.approx(3.5 * lag / (min(kept, quick) * kept * quick))


@pytest.mark.parametrize("seed", range(3))
def test_elimination_is_exact_at_one_temperature(seed: int) -> None:
    net, fast = random_network(seed)
    warm = replace(net, baths=tuple(replace(bath, thermal=Rational(2, 3)) for bath in net.baths))
    less = moments(eliminate(warm, *fast), {})
    assert np.allclose(solve_continuous_lyapunov(less.drift, -less.noise.T), 2 / 3 * np.eye(2))
    assert elimination_bound(warm, *fast).moments(0) == 0


def test_norms_and_rates_of_letters_are_those_of_the_couplings() -> None:
    bound = elimination_bound(TWO, "c")
    f, g = symbols("f g")
    both: Expr = sqrt(f * f.conjugate() + g * g.conjugate())
    assert isinstance(is_zero(bound.out - both), Proved)
    assert isinstance(is_zero(bound.follow - 2 * both / rate), Proved)
    assert isinstance(is_zero(bound.fast - rate / 2), Proved)
    assert bound.amplitudes(1).has(rate)
    assert bound.shared == 0


def test_networks_that_may_grow_have_no_bound() -> None:
    paired = Network(TWO.modes, TWO.couplings, TWO.drives, TWO.baths, (Squeezing("a", "b", rate),))
    amplified = replace(TWO, baths=(*TWO.baths, Bath((), rate, gain=(("a", Rational(1)),))))
    for net in (paired, amplified):
        with pytest.raises(NotPassive, match="only lose"):
            elimination_bound(net, "c")


def test_a_mode_that_neither_decays_nor_turns_is_refused_by_name() -> None:
    idle = Network((Mode("a"), Mode("c")), drives=(Drive("a", rate),), baths=(loss("a", rate),))
    with pytest.raises(NotEliminable, match="the drift of c is singular"):
        elimination_bound(idle, "c")
    with pytest.raises(NotEliminable, match="the drift of c is singular"):
        elimination_bound_residual(idle, omega, "c")
