"""Decay rates by NumPy and an overshoot by SciPy: drift matrices written down from the papers' texts."""

from __future__ import annotations

import numpy as np
from oracles import linked
from scipy.linalg import expm


def slowest(size: int, loss: float, cascaded: bool) -> float:
    """The smallest decay rate, at a coupling that must not matter."""
    return float(min(-np.linalg.eigvals(linked(size, cascaded, -0.7j, -0.7j, 0, loss)).real))


def overshoot(p: dict[str, float]) -> float:
    """E_b(π/g_b)/E_b(∞) of one battery."""
    drift = linked(1, True, -1j * p["g_b"], -1j * p["g_b"], 0, p["gamma"])
    steady = np.linalg.solve(drift, np.array([1j, 0]))
    moved = steady - expm(drift * np.pi / p["g_b"]) @ steady
    return float(abs(moved[1] / steady[1]) ** 2)


def star_on_its_way(size: int, time: float) -> float:
    """E_N(t)/E_N of the nonreciprocal star at Γ = κ/√N, κ = 1."""
    rate = 1 / np.sqrt(size)
    drift = linked(size, False, -rate, 0, rate / 2).real
    steady = np.linalg.solve(drift, np.eye(size + 1)[0])
    moved = steady - expm(drift * time) @ steady
    return float((moved[-1] / steady[-1]) ** 2)


ORACLES = {
    ("liu2026", "Sec. III, relaxation at J_op, parallel"): lambda _: (star_on_its_way(2, 1.5 * np.pi), 0.9),
    ("liu2026", "Sec. III, relaxation of the reciprocal chain"): lambda p: (
        slowest(1, p["kappa"], True) / p["N"],
        slowest(int(p["N"]), p["kappa"], True),
    ),
    ("liu2026", "Sec. III, star against chain"): lambda p: (
        1 / slowest(4, p["kappa"], True) / 2,
        1 / slowest(4, p["kappa"], False),
    ),
    ("zhao2025", "Charging power, maximum at the steady state"): lambda p: (1, overshoot(p)),
}
