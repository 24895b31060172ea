"""Reciprocal and nonreciprocal networks at given couplings by NumPy: drift matrices written down from the text."""

from __future__ import annotations

import numpy as np


def energies(size: int, coupling: float, loss: float, drive: float, cascaded: bool, one_way: bool) -> np.ndarray:
    """|⟨a⟩|² of charger and batteries; a one-way link has 2J onward and adds J to the rate of both its ends."""
    drift = -loss / 2 * np.eye(size + 1, dtype=complex)
    for k in range(1, size + 1):
        i = k - 1 if cascaded else 0
        if one_way:
            drift[k, i] = -2 * coupling
            drift[k, k] -= coupling
            drift[i, i] -= coupling
        else:
            drift[i, k] = drift[k, i] = -1j * coupling
    force = np.zeros(size + 1, dtype=complex)
    force[0] = 1j * drive
    return np.abs(np.linalg.solve(drift, force)) ** 2


def together(p: dict[str, float]) -> tuple[float, float]:
    """Charger and all batteries of a star of (2 + s)² at J = J_op g/(1 + g)."""
    size = round((2 + p["s"]) ** 2)
    coupling = p["kappa"] / (2 * np.sqrt(size)) * p["g"] / (1 + p["g"])
    found = p["omega"] * energies(size, coupling, p["kappa"], p["epsilon"], False, True)
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


ORACLES = {
    ("liu2026", "Below Eq. (10), J < J_op, together"): together,
    ("liu2026", "Sec. III, terminal energy, parallel"): stars,
    ("liu2026", "Sec. III, terminal energy, cascaded"): chains,
    ("liu2026", "Fig. 3(a), odd and even"): two_and_one,
}
