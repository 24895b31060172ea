"""What the audit of Dias et al. refutes, by plain NumPy: a broad mode, a warm ladder, Bloch vectors."""

import numpy as np
from scipy.linalg import expm


def broad_mode(p):
    """γ↓ is the rate of amplitudes: the slow eigenvalue of a mode that leaks into a broad one, weakly."""
    weak = 1e-4
    matrix = np.array([[0, -1j * weak * p["lambda"]], [-1j * weak * p["lambda"], -p["kappa"] / 2]])
    slow = max(np.linalg.eigvals(matrix).real)
    return p["Gamma_0"], -slow / weak**2


def warm_ladders(p):
    """E_B of one battery spin and two charger spins after a long time, cold and at the occupation n."""

    def down(n):
        return np.diag(np.sqrt([(i + 1) * (n - i) for i in range(n)]), 1)

    q = np.kron(down(2), np.eye(2)) + np.kron(np.eye(3), down(1))
    number = np.kron(np.eye(3), np.diag([0, 1]))
    start = np.zeros((6, 6))
    start[4, 4] = 1
    one, found = np.eye(6), []
    for n in (0.0, p["n"]):
        generator = np.zeros((36, 36))
        for rate, z in ((n + 1, q), (n, q.T)):
            generator += rate * (np.kron(z, z) - np.kron(z.T @ z, one) / 2 - np.kron(one, (z.T @ z).T) / 2)
        rho = (expm(generator * 200) @ start.ravel()).reshape(6, 6)
        found.append(np.trace(number @ rho))
    return tuple(found)


def bloch(p):
    """dθ_B/dt of three half-full batteries (θ_B = 3π/2) once a large, pumped charger follows them."""
    down, n_b, n_c = p["gamma_down"], p["N_B"], 1e8 * p["N_B"]
    # j = ⟨J⁻⟩ and z of both; batteries are held, the charger relaxes: ż by the length
    z_b, j_b = n_b / 2 * np.cos(3 * np.pi / 2), n_b / 2 * np.sin(3 * np.pi / 2)
    j = 0.0
    for _ in range(200):
        z = -np.sqrt(n_c**2 / 4 - j**2)
        slope = 2 * down * z * (3 * (j + j_b)) - 2 * down * z * j
        j += slope / (4 * down * n_c)
    # d(j_B)/dt = (N_B/2) cos θ dθ/dt = 2γ z_B (j + j_B), and dz_B/dt = −2γ j_B(j + j_B)
    rate = 2 * down * j_b * (j + j_b) / (n_b / 2 * np.sin(3 * np.pi / 2))
    return 0, rate + 0 * z_b


ORACLES = {
    ("dias2024", "Below Eq. (2), gamma_down"): broad_mode,
    ("dias2024", "Below Eq. (3), temperature"): warm_ladders,
    ("dias2024", "Below Fig. 2, half excited"): bloch,
}
