"""Two spins by plain NumPy: what the audit of Wang et al. 2026 says of its counterexamples, computed another way."""

import numpy as np
from oracles import slope
from scipy.linalg import expm

X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
DOWN = (X + 1j * Y) / 2
EMPTY_AND_FULL = np.diag([0, 1, 0, 0]).astype(complex)


def hamiltonian(p, detuning):
    """H with ω_c = ω_b − δ and J_2 = 0.3, which must not matter."""
    flip = np.kron(DOWN, DOWN.T)
    local = -p["omega_b"] * np.kron(Z, np.eye(2)) - (p["omega_b"] - detuning) * np.kron(np.eye(2), Z)
    return local + p["J_1"] * (flip + flip.T) + 0.3 * np.kron(Z, Z)


def state(p, t, detuning=None):
    """The state at t from the empty battery and the full charger."""
    u = expm(-1j * hamiltonian(p, p["delta"] if detuning is None else detuning) * t)
    return u @ EMPTY_AND_FULL @ u.conj().T


def battery(rho):
    return np.einsum("ikjk->ij", rho.reshape(2, 2, 2, 2))


def capacity(rho, frequency):
    """Highest less lowest mean energy over all unitaries of the battery, by its spectrum."""
    low, high = np.linalg.eigvalsh(battery(rho))
    return 2 * frequency * (high - low)


def entanglement(rho):
    spin = battery(rho)
    return np.sqrt(2 * (1 - np.trace(spin @ spin).real))


def imaginarity(rho):
    return np.abs(rho.imag).sum()


def texture(rho):
    """½ Tr|ρ − f| by eigenvalues."""
    return np.abs(np.linalg.eigvalsh(rho - 1 / len(rho))).sum() / 2


def when(p, divisor, detuning=None):
    """The time π/(divisor R)."""
    return np.pi / divisor / np.hypot(p["J_1"], p["delta"] if detuning is None else detuning)


def slopes(p, measure, divisor):
    """(dC²/dt)(dX²/dt) at π/(divisor R)."""
    t = when(p, divisor)
    held = slope(lambda s: capacity(state(p, s), p["omega_b"]) ** 2, t)
    return held * slope(lambda s: measure(state(p, s)) ** 2, t)


def coherence(p):
    plus = np.full((4, 4), 0.25)
    total = np.abs(plus).sum() - 1
    return 4 * p["omega_b"] ** 2 * (1 - total**2), capacity(plus, p["omega_b"]) ** 2


def mixed(p):
    return 2 * p["omega_b"], capacity(np.kron(np.eye(2) / 2, np.diag([1, 0])), p["omega_b"])


def correlated(p):
    """The residual capacity of an even mixture of |01⟩ and |10⟩: of both spins by sorting, less that of each."""
    rho = np.diag([0, 0.5, 0.5, 0])
    levels = np.sort(np.diag(-p["omega_b"] * np.kron(Z, np.eye(2)) - p["omega_c"] * np.kron(np.eye(2), Z)))
    populations = np.linalg.eigvalsh(rho)
    return 0, levels @ populations - levels @ populations[::-1] - capacity(rho, p["omega_b"])


def imaginary(p):
    return -slopes(p, imaginarity, 3), 0


def growing(p):
    def gap(d):
        return 2 * p["omega_b"] - capacity(state(p, when(p, 2, d), d), p["omega_b"])

    return slope(gap, p["J_1"] + p["eta"]), 0


def texture_against_imaginarity(p):
    """−(dT_b²/dt)(dI²/dt) at sin²Rt = 3/4."""
    t = when(p, 3)
    spin = slope(lambda s: texture(battery(state(p, s))) ** 2, t)
    return -spin * slope(lambda s: imaginarity(state(p, s)) ** 2, t), 0


def textured(p):
    return slopes(p, texture, 4), 0


def transfer(p):
    """P² by E and by the slope of the battery's energy."""
    t = when(p, 4)
    energy = slope(lambda s: -p["omega_b"] * np.trace(battery(state(p, s)) @ Z).real, t)
    return (2 * p["omega_b"] * p["J_1"] * entanglement(state(p, t))) ** 2, energy**2


def decaying(p):
    """A battery that decays alone, at half its energy: a diagonal state without concurrence."""
    rates = np.array([[0, p["gamma"]], [0, -p["gamma"]]])
    populations = expm(rates * np.log(2) / p["gamma"]) @ [0, 1]
    return 4 * p["omega_b"] ** 2, capacity(np.kron(np.diag(populations), np.diag([1, 0])), p["omega_b"]) ** 2


ORACLES = {
    ("wang2026", "Coherence, every pure state"): coherence,
    ("wang2026", "Maximum, mixed states"): mixed,
    ("wang2026", "Residual capacity, mixed states"): correlated,
    ("wang2026", "Imaginarity, detuned"): imaginary,
    ("wang2026", "Imaginarity, growing"): growing,
    ("wang2026", "State texture, imaginarity"): texture_against_imaginarity,
    ("wang2026", "State texture, both spins"): textured,
    ("wang2026", "Entanglement aids transfer"): transfer,
    ("wang2026", "Trade-off, with baths"): decaying,
}
