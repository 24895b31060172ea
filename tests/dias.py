"""What the audit of Dias et al. refutes, by plain NumPy: a broad mode, a warm ladder, Bloch vectors."""

from functools import reduce

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm


def lower(n):
    """J⁻ of n spins in their Dicke states, (n + 1)×(n + 1)."""
    return np.diag(np.sqrt([(i + 1) * (n - i) for i in range(n)]), 1)


def emission(p):
    """⟨down, 1|H|up, 0⟩ of one spin and one mode, H = λ J⁺a + λ* J⁻a†, beside λ."""
    down = np.array([[0, 1], [0, 0]])  # up to down, and a of 1 to 0
    h = p["lambda_k"] * np.kron(down.T, down)
    h = h + h.conj().T
    return p["lambda_k"], h[1, 2]


def broad_mode(p):
    """γ↓ is the rate of amplitudes: the slow eigenvalue of a mode that leaks into a broad one, weakly."""
    weak = 1e-4
    matrix = np.array([[0, -1j * weak * p["lambda"]], [-1j * weak * p["lambda"], -p["kappa"] / 2]])
    slow = max(np.linalg.eigvals(matrix).real)
    return p["Gamma_0"], -slow / weak**2


def warm_ladders(p):
    """E_B of one battery spin and two charger spins after a long time, cold and at the occupation n."""
    q = np.kron(lower(2), np.eye(2)) + np.kron(np.eye(3), lower(1))
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


def pulses(p):
    """Twice the growth of a small ⟨J_C⁻⟩ of the full charger of Fig. 2(f), and the growth without a pump."""
    j = 1e-9 * p["N_C"]
    z = np.sqrt(p["N_C"] ** 2 / 4 - j**2)
    pumped, bare = (2 * p["gamma_down"] * z * (3 - pump) * j / j for pump in (2, 0))
    return 2 * pumped, bare


def driven(p):
    """dθ_B/dt of a small battery beside a driven charger at rest: Bloch vectors, N_C = 10⁶, γ↓ = 1."""
    n_c, j = 1e6, 0.0
    for _ in range(400):
        z = -np.sqrt(n_c**2 / 4 - j**2)
        j += (2 * p["M"] * z * j - p["Omega"] * z) / (2 * p["M"] * n_c)
    return 0, 2 * j


def star(charger, batteries, pump):
    """J⁻ of the charger and of its batteries, one spin each, and the generator of Eq. (4); γ↓ = 1."""

    def of(k, operator):
        parts = [operator if j == k else np.eye(n + 1) for j, n in enumerate(sizes)]
        return reduce(np.kron, parts)

    sizes = [charger, *[1] * batteries]
    own = [of(k, lower(n)) for k, n in enumerate(sizes)]
    jumps = [(1, own[0] + battery) for battery in own[1:]] + [(pump, own[0].T)]
    size = len(own[0])
    one, generator = np.eye(size), np.zeros((size**2, size**2))
    for rate, z in jumps:
        generator += rate * (2 * np.kron(z, z) - np.kron(z.T @ z, one) - np.kron(one, z.T @ z))
    return own, generator


def negativity(batteries, pump, charger=6):
    """The largest negativity between a full charger and its batteries on the way."""
    own, generator = star(charger, batteries, pump)
    size, rest = len(own[0]), 2**batteries
    rho = np.zeros(size**2)
    rho[charger * rest * (size + 1)] = 1
    step, found = expm(generator * 0.02), []
    for _ in range(120):
        rho = step @ rho
        turned = rho.reshape(charger + 1, rest, charger + 1, rest).transpose(2, 1, 0, 3).reshape(size, size)
        found.append(-np.minimum(np.linalg.eigvalsh(turned), 0).sum())
    return max(found)


def stored_late(charger, excited, times):
    """E_B of two batteries under the pump of Fig. 2(c), from a charger with `excited` of its spins up."""
    own, generator = star(charger, 2, 1)
    size = len(own[0])
    rho = np.zeros(size**2)
    rho[excited * 4 * (size + 1)] = 1
    number = own[1].T @ own[1]
    return [np.trace(number @ (expm(generator * t) @ rho).reshape(size, size)) for t in times]


def pulse_of_a_driven_charger(batteries=3, drive=0.3, size=1e4):
    """The largest E_B of batteries that are too small to act back, from plain angles; drive in units of Mγ↓N_C."""
    charger, battery, best, step = 0.0, np.pi, 0.0, 1e-3 / size
    for _ in range(60_000):
        slope = batteries * size * (np.sin(charger) + drive)
        middle = charger + step / 2 * slope
        charger += step * batteries * size * (np.sin(middle) + drive)
        battery += step * size * np.sin(middle)
        best = max(best, (1 + np.cos(battery)) / 2)
    return best


def half_full():
    """E_B of two battery spins that lose alone and are pumped together, from the null space of their generator."""
    down, one = np.array([[0.0, 1.0], [0.0, 0.0]]), np.eye(4)
    first, second = np.kron(down, np.eye(2)), np.kron(np.eye(2), down)
    generator = np.zeros((16, 16))
    for z in (first, second, first.T + second.T):
        generator += np.kron(z, z) - np.kron(z.T @ z, one) / 2 - np.kron(one, (z.T @ z).T) / 2
    rho = np.linalg.svd(generator)[2][-1].reshape(4, 4)
    return np.trace(first.T @ first @ rho) / np.trace(rho)


def turned(batteries, pump, n_b, angles, until):
    """E of the batteries at times `until`, from angles about π and a tilted full charger; N_C = 10⁵, γ↓ = 1."""
    n_c = 1e5

    def slope(_, y):
        each = n_c * np.sin(y[0]) + n_b * np.sin(y[1:])
        return np.r_[each.sum() - pump * n_c * np.sin(y[0]), each]

    start = np.r_[2 / np.sqrt(n_c), np.pi + np.asarray(angles)]
    found = solve_ivp(slope, (0, max(until)), start, "LSODA", t_eval=until, rtol=1e-10, atol=1e-12)
    return (1 + np.cos(found.y[1:])) / 2


ORACLES = {
    ("dias2024", "Below Eq. (1), lambda_k"): emission,
    ("dias2024", "Below Eq. (2), gamma_down"): broad_mode,
    ("dias2024", "Below Eq. (3), temperature"): warm_ladders,
    ("dias2024", "Below Fig. 2, coherent pump"): driven,
    ("dias2024", "Below Fig. 2, half excited"): bloch,
    ("dias2024", "Below Fig. 2, slightly slower"): pulses,
}
