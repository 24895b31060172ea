"""Reciprocal and nonreciprocal networks at given couplings by NumPy: drift matrices written down from the text."""

from __future__ import annotations

import numpy as np
from oracles import ends, linked, slope
from scipy.optimize import brentq


def energies(size: int, coupling: float, loss: float, drive: float, cascaded: bool, one_way: bool) -> np.ndarray:
    """|⟨a⟩|² of charger and batteries; a one-way link has 2J onward and adds J to the rate of both its ends."""
    onward, back, rate = (-2 * coupling, 0, coupling) if one_way else (-1j * coupling, -1j * coupling, 0)
    drift = linked(size, cascaded, onward, back, rate, loss)
    return np.abs(np.linalg.solve(drift, drive * np.eye(size + 1)[0])) ** 2


def together(p: dict[str, float]) -> tuple[float, float]:
    """Charger and all batteries of a star of (2 + s)² at J = J_op g/(1 + g)."""
    size = round((2 + p["s"]) ** 2)
    coupling = p["kappa"] / (2 * np.sqrt(size)) * p["g"] / (1 + p["g"])
    found = p["omega"] * energies(size, coupling, p["kappa"], p["epsilon"], False, True)
    return found[0], found[1:].sum()


def together_in_chain(p: dict[str, float]) -> tuple[float, float]:
    """Charger and both batteries of a chain at J = J_op g/(1 + g)."""
    coupling = p["kappa"] * (1 + np.sqrt(5)) / 4 * p["g"] / (1 + p["g"])
    found = p["omega"] * energies(2, coupling, p["kappa"], p["epsilon"], True, True)
    return found[0], found[1:].sum()


def stars(p: dict[str, float]) -> tuple[float, float]:
    """A battery of the nonreciprocal and of the reciprocal star at J = κ/(2√N)."""
    size = round(p["N"])
    values = (size, p["kappa"] / (2 * np.sqrt(size)), p["kappa"], p["epsilon"], False)
    one_way, both = (p["omega"] * energies(*values, kind)[-1] for kind in (True, False))
    return one_way, both


def chains(_: dict[str, float]) -> tuple[float, float]:
    """The last of two batteries, nonreciprocal and reciprocal, at J_op = κ(1 + √5)/4."""
    one_way, both = (energies(2, (1 + np.sqrt(5)) / 4, 1.0, 1.0, True, kind)[-1] for kind in (True, False))
    return one_way, both


def two_and_one(_: dict[str, float]) -> tuple[float, float]:
    """The last battery of the reciprocal chains of two and of one, each at its own J_op."""
    two = energies(2, (1 + np.sqrt(5)) / 4, 1.0, 1.0, True, False)[-1]
    return two, energies(1, 0.5, 1.0, 1.0, True, False)[-1]


def at_zero(_: dict[str, float]) -> tuple[int, int]:
    """None, and the eigenvalues of the star of two that are zero."""
    star = 1j * linked(2, False, -1j, -1j, 0, 0)
    return 0, int(np.sum(np.abs(np.linalg.eigvals(star)) < 1e-12))


def powers(
    size: int, gamma: float, p: dict[str, float], cascaded: bool = False
) -> tuple[float, float, float, np.ndarray]:
    """Per ω: what the drive injects, what the shared reservoirs and the local ones take, and all |amplitudes|²."""
    drift = linked(size, cascaded, -gamma, 0, gamma / 2, p["kappa"]).real  # J = Γ/2, θ = π/2: nothing flows back
    source = p["epsilon"] * np.eye(size + 1)[0]
    amplitudes = np.linalg.solve(drift, -source)  # of i⟨a⟩
    shared = gamma * sum((amplitudes[i] + amplitudes[k]) ** 2 for i, k in ends(size, cascaded))
    return 2 * source @ amplitudes, shared, p["kappa"] * (amplitudes @ amplitudes), amplitudes**2


def cooperative(p: dict[str, float]) -> tuple[float, float]:
    """The share of the shared reservoirs at Γ = κ and at 2J_op = κ/√N, √N = 1 + m."""
    root = round(p["m"]) + 1
    unit = {"kappa": p["kappa"], "epsilon": 1.0}
    taken = [powers(root**2, gamma, unit) for gamma in (p["kappa"], p["kappa"] / root)]
    return tuple(shared / drive for drive, shared, _, _ in taken)


def injection(p: dict[str, float]) -> tuple[float, float]:
    """Slope of the injected power by Γ, and zero."""
    return slope(lambda gamma: p["omega"] * powers(round(p["N"]), gamma, p)[0], p["Gamma"]), 0.0


def last_two(p: dict[str, float]) -> tuple[float, float]:
    """One, and E_2/E_1 of two batteries in a chain at J_op."""
    held = powers(2, 2 * p["kappa"] * best(2, True), {"kappa": p["kappa"], "epsilon": 1.0}, True)[3]
    return 1.0, held[2] / held[1]


def best(size: int, cascaded: bool, loss: float = 1.0, one_way: bool = True) -> float:
    """J_op, where the slope of the terminal energy is zero."""

    def rise(x: float) -> float:
        return slope(lambda coupling: energies(size, coupling, loss, 1.0, cascaded, one_way)[-1], x, x / 1000)

    return brentq(rise, 0.01 * loss, size * loss, xtol=1e-15)


def narrow(p: dict[str, float]) -> tuple[float, float]:
    """J_op² against the squared width of the window in which the reciprocal star stores more, both by search."""
    size, loss = 3 + round(p["m"]), p["kappa"]

    def ahead(x: float) -> float:
        one_way, both = (energies(size, x, loss, 1.0, False, kind)[-1] for kind in (True, False))
        return both / one_way - 1

    optimal = best(size, False, loss)
    low, high = brentq(ahead, 1e-3 * loss, optimal), brentq(ahead, optimal, 2 * loss)
    return optimal**2, (high - low) ** 2


def weak_regime(p: dict[str, float]) -> tuple[float, float]:
    """κ/10 against the J_op of one battery."""
    return p["kappa"] / 10, p["kappa"] * best(1, True)


def without_condition(p: dict[str, float]) -> tuple[float, float]:
    """J_op of the reciprocal stars of four and of one."""
    four, one = (best(size, False, p["kappa"], False) for size in (4, 1))
    return four, one


ORACLES = {
    ("liu2026", "Sec. III, parallel spectrum"): at_zero,
    ("liu2026", "Below Eq. (10), limitation"): without_condition,
    ("liu2026", "Introduction, Refs. [63, 65]"): weak_regime,
    ("liu2026", "Below Eq. (10), attenuation along the chain"): last_two,
    ("liu2026", "Below Eq. (10), injection"): injection,
    ("liu2026", "Below Fig. 2, cooperative loss, parallel"): cooperative,
    ("liu2026", "Below Eq. (14), relatively narrow"): narrow,
    ("liu2026", "Below Eq. (10), J < J_op, together"): together,
    ("liu2026", "Below Eq. (10), J < J_op, together, cascaded"): together_in_chain,
    ("liu2026", "Sec. III, terminal energy, parallel"): stars,
    ("liu2026", "Sec. III, terminal energy, cascaded"): chains,
    ("liu2026", "Fig. 3(a), odd and even"): two_and_one,
}
