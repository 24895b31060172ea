"""Liu's batteries in thermal and squeezed reservoirs by NumPy and SciPy.

Moments from drift matrices written down from the paper's text, ergotropies from populations of density matrices.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_sylvester


def battery(p, n: float, m: complex, u: tuple[complex, complex] = (1, 1)) -> tuple[complex, float, complex]:
    """⟨b⟩, N and M of the one battery of a chain with the weights u: μ = 1 and θ = π/2, or μ = −i and θ = 0."""
    u = np.array(u)
    h = p["Gamma"] / 2 * (1 if np.conj(u[0]) * u[1] == -1j else 1j)
    shared = p["Gamma"] * np.outer(u.conj(), u)
    w = -1j * np.array([[0, h], [np.conj(h), 0]]) - (p["kappa"] * np.eye(2) + shared) / 2
    mean = np.linalg.solve(w, [1j * p["epsilon"], 0])
    noise = n * (p["kappa"] * np.eye(2) + shared.conj())
    squeezing = m * (p["kappa"] * np.eye(2) + p["Gamma"] * np.outer(u.conj(), u.conj()))
    number, anomalous = solve_sylvester(w.conj(), w.T, -noise), solve_sylvester(w, w.T, -squeezing)
    return mean[1], number[1, 1].real, anomalous[1, 1]


def work(omega: float, mean: complex, number: float, anomalous: complex) -> float:
    """Mean energy above that of a thermal state of the same entropy, from the variances of the two quadratures."""
    turned = abs(anomalous)
    wide, narrow = number + 0.5 + turned, number + 0.5 - turned
    return omega * (abs(mean) ** 2 + (wide + narrow) / 2 - np.sqrt(wide * narrow))


def squeezed(p) -> tuple[float, complex]:
    """P and Q* of Eq. (16)."""
    r = p["r"]
    return np.sinh(r) ** 2, np.sinh(r) * np.cosh(r) * np.exp(1j * p.get("theta_r", 0.0))


def energy(p):
    mean, number, _ = battery(p, p["n_th"], 0)
    return p["omega"] * abs(mean) ** 2 + p["n_th"], p["omega"] * (abs(mean) ** 2 + number)


def definition(p):
    mean, _, _ = battery(p, 0, 0)
    return abs(mean) ** 2, p["omega"] * abs(mean) ** 2


def hot(p):
    return work(p["omega"], *battery(p, 0, 0)), work(p["omega"], *battery(p, p["n_th"], 0))


def recipes(p):
    return tuple(abs(battery(p, *squeezed(p), u)[2]) ** 2 for u in ((1, 1), (1j, 1)))


def optimum(p):
    q = type(p)(p)
    q["Gamma"] = p["kappa"]
    return work(p["omega"], *battery(q, *squeezed(p), (1, -1j))), work(p["omega"], *battery(q, 0, 0))


def fraction(p):
    q = type(p)(Gamma=0.7, kappa=0.4, epsilon=0.3, omega=1.0, r=0.8)
    found = []
    for n, m in (squeezed(q), (0, 0)):
        mean, number, anomalous = battery(q, n, m)
        found.append(work(1.0, mean, number, anomalous) / (abs(mean) ** 2 + number))
    return tuple(found)


def two_levels(p):
    """⟨σ⟩ of a driven two-level system in a bath of occupation 0 and n_th: the null vector of its Lindbladian."""
    a, one, found = np.array([[0, 1], [0, 0]]), np.eye(2), []
    for n in (0.0, p["n_th"]):
        h = p["epsilon"] * (a + a.T)
        generator = -1j * (np.kron(h, one) - np.kron(one, h.T))
        for rate, z in ((p["kappa"] * (n + 1), a), (p["kappa"] * n, a.T)):
            generator = generator + rate * (np.kron(z, z) - np.kron(z.T @ z, one) / 2 - np.kron(one, z.T @ z) / 2)
        values, vectors = np.linalg.eig(generator)
        rho = vectors[:, np.argmin(abs(values))].reshape(2, 2)
        found.append(np.trace(a @ rho) / np.trace(rho))
    return tuple(found)


ORACLES = {
    ("liu2026", "Below Eq. (15), truncation"): two_levels,
    ("liu2026", "Below Eq. (15), E′"): energy,
    ("liu2026", "Below Eq. (15), definition of ergotropy"): definition,
    ("liu2026", "Below Eq. (15), reduced"): hot,
    ("liu2026", "Below Eq. (15), Figs. 5(d)-(f)"): hot,
    ("liu2026", "Fig. 6, recipes and squeezing"): recipes,
    ("liu2026", "Below Eq. (16), at the optimum"): optimum,
    ("liu2026", "Below Eq. (16), useful fraction"): fraction,
}
