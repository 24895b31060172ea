"""Random network files, written by plain string formatting, and their solution by NumPy and SciPy alone.

Nothing of derive is used: expressions are evaluated by Python, matrices are filled by loops, and second moments are
those of input-output theory in symmetric order,

    do/dt = -[o, q†](γ/2 q + √γ b) + (γ/2 q† + √γ b†)[o, q],    ⟨b†b⟩ = n, ⟨bb⟩ = m,    ξ = (a, a†)

so that dξ/dt = A ξ + F + B and A V + V A† + D = 0 with V = ½⟨{δξ, δξ†}⟩, D = ½⟨{B, B†}⟩.
"""

import re
from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import expm, solve_continuous_lyapunov

FUNCTIONS = {"exp": np.exp, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tan": np.tan, "sinh": np.sinh}
FUNCTIONS |= {"cosh": np.cosh, "tanh": np.tanh, "log": np.log, "conjugate": np.conjugate, "Abs": np.abs}


@dataclass
class Drawn:
    """A network file: modes' tables, links and baths as they are written, symbols with their kinds and values."""

    modes: dict = field(default_factory=dict)
    couplings: list = field(default_factory=list)
    squeezings: list = field(default_factory=list)
    baths: list = field(default_factory=list)
    kinds: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)

    def toml(self):
        lines = []
        for name, table in self.modes.items():
            lines += [f"[modes.{name}]", *(f'{key} = "{value}"' for key, value in table.items())]
        for kind in ("couplings", "squeezings"):
            for a, b, strength in getattr(self, kind):
                lines += [f"[[{kind}]]", f'between = ["{a}", "{b}"]', f'strength = "{strength}"']
        for bath in self.baths:
            lines.append("[[baths]]")
            for key, value in bath.items():
                legs = isinstance(value, dict) and ", ".join(f'{mode} = "{w}"' for mode, w in value.items())
                lines.append(f"{key} = {{ {legs} }}" if legs else f'{key} = "{value}"')
        declared = [f'{name} = "{kind}"' for name, kind in self.kinds.items() if kind != "positive"]
        return "\n".join([*lines, *(["[symbols]", *declared] if declared else [])]) + "\n"


def arrays(path):
    """What `numpy.savez` wrote, by name, with the file closed."""
    with np.load(path) as found:
        return dict(found)


def number(text, values):
    """The value of an expression as Python computes it."""
    names = {("λ" if name == "lambda" else name): value for name, value in values.items()}
    return eval(re.sub(r"\blambda\b", "λ", text), {"I": 1j, "pi": np.pi, **FUNCTIONS, **names})  # noqa: S307


def equations(net, values):
    """A, F and D of dξ/dt = A ξ + F + B."""
    names = list(net.modes)
    n = len(names)
    at = {name: k for k, name in enumerate(names)}
    drift, force, noise = (
        np.zeros((2 * n, 2 * n), complex),
        np.zeros(2 * n, complex),
        np.zeros((2 * n, 2 * n), complex),
    )
    h, s = np.zeros((n, n), complex), np.zeros((n, n), complex)
    baths = list(net.baths)
    for name, table in net.modes.items():
        h[at[name], at[name]] += number(table.get("detuning", "0"), values)
        force[at[name]] += -1j * number(table.get("drive", "0"), values)
        if "loss" in table:
            baths.append({"rate": table["loss"], "jump": {name: "1"}})
    for a, b, strength in net.couplings:
        h[at[a], at[b]] += number(strength, values)
        h[at[b], at[a]] += np.conjugate(number(strength, values))
    for a, b, strength in net.squeezings:
        s[at[a], at[b]] += number(strength, values)
        s[at[b], at[a]] += number(strength, values)
    drift[:n, :n], drift[:n, n:] = -1j * h, -1j * s
    for bath in baths:
        rate, thermal, m = (number(bath.get(key, "0"), values) for key in ("rate", "thermal", "squeezing"))
        u, v = np.zeros(n, complex), np.zeros(n, complex)
        for legs, weights in ((bath.get("jump", {}), u), (bath.get("gain", {}), v)):
            for mode, weight in legs.items():
                weights[at[mode]] = number(weight, values)
        c, d = np.concatenate([-u.conj(), v.conj()]), np.concatenate([v, -u])
        for i in range(2 * n):
            for j in range(n):
                drift[i, j] += rate / 2 * (c[i] * u[j] + d[i] * v[j].conj()) * (i < n)
                drift[i, j + n] += rate / 2 * (c[i] * v[j] + d[i] * u[j].conj()) * (i < n)
            for j in range(2 * n):
                noise[i, j] += rate * (thermal + 0.5) * (c[i] * c[j].conj() + d[i] * d[j].conj())
                noise[i, j] += rate * (m * c[i] * d[j].conj() + np.conjugate(m) * d[i] * c[j].conj())
    drift[n:, n:], drift[n:, :n] = drift[:n, :n].conj(), drift[:n, n:].conj()
    force[n:] = force[:n].conj()
    return drift, force, noise


def solution(net, values, t):
    """Everything that a generated module offers, at one point and one time."""
    n = len(net.modes)
    drift, force, noise = equations(net, values)
    frequency = np.array([number(table.get("frequency", "1"), values) for table in net.modes.values()])
    mean = -np.linalg.solve(drift, force)
    # A mode without loss keeps the vacuum that it starts from.
    lossy = np.linalg.eigvals(drift).real.max() < -1e-9
    moments = solve_continuous_lyapunov(drift, -noise) if lossy else np.eye(2 * n) / 2
    grown = expm(np.block([[drift, force[:, None]], [np.zeros((1, 2 * n + 1))]]) * t)
    early = grown[: 2 * n, 2 * n]
    then = moments + grown[: 2 * n, : 2 * n] @ (np.eye(2 * n) / 2 - moments) @ grown[: 2 * n, : 2 * n].conj().T
    occupied, pairs = np.diagonal(moments)[:n].real - 0.5, np.diagonal(moments[:n, n:])
    passive = np.sqrt(np.maximum((occupied + 0.5) ** 2 - np.abs(pairs) ** 2, 0)) - 0.5
    number_of = np.abs(mean[:n]) ** 2 + occupied
    return {
        "drift_matrix": drift[:n, :n],
        "amplitudes": mean[:n],
        "energies": frequency * number_of,
        "amplitudes_at": early[:n],
        "energies_at": frequency * (np.abs(early[:n]) ** 2 + np.diagonal(then)[:n].real - 0.5),
        "occupations": number_of,
        "anomalous": mean[:n] ** 2 + pairs,
        "ergotropies": frequency * (number_of - passive),
    }


def stable(net, values):
    return np.linalg.eigvals(equations(net, values)[0]).real.max() < -0.02


def drawn(seed, most=8, quantum=False):
    """A random connected network; `quantum` adds thermal and squeezed baths, gain legs and pairing below threshold."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, most + 1))
    names = [
        str(name)
        for name in rng.permutation(["a", "b_1", "b_2", "c", "Q9_", "lambda", "mode_x", "E", "I2"])[:n]
    ]
    net = Drawn()

    def letter(name, kind="positive", low=0.3, high=1.7):
        net.kinds[name] = kind
        size = rng.uniform(low, high)
        if kind == "complex":
            size = complex(size * np.exp(2j * np.pi * rng.uniform()))
        net.values[name] = size if kind != "real" else float(size * rng.choice([-1, 1]))
        return name

    def weight(name):
        styles = (
            lambda: letter(name, "complex"),
            lambda: f"{letter(name)}*exp(I*{letter(f'phi_{name}', 'real')})",
            lambda: f"conjugate({letter(name, 'complex')})/2",
            lambda: str(rng.choice(["1", "-I", "3/4", "1/2 - I/3", "0.35 + 1.5*I", "sqrt(2)/2"])),
        )
        return styles[int(rng.integers(len(styles)))]()

    shared_rate = letter("kappa")
    for k, name in enumerate(names):
        table = {"loss": rng.choice([f"{letter(f'kappa_{k}')}", "kappa", "2*kappa/3", "1.25"])}
        if rng.uniform() < 0.3 and k:
            del table["loss"]
        if rng.uniform() < 0.6:
            table["detuning"] = rng.choice([letter(f"Delta_{k}", "real"), "-0.3", f"{shared_rate} - 1/3"])
        if rng.uniform() < 0.5:
            table["frequency"] = rng.choice([letter(f"omega_{k}"), "2", "1.5e-1"])
        if k == 0 or rng.uniform() < 0.3:
            table["drive"] = weight(f"epsilon_{k}")
        net.modes[name] = {key: str(value) for key, value in table.items()}
    links = [(names[int(rng.integers(k))], names[k]) for k in range(1, n)]
    links += [tuple(str(x) for x in rng.choice(names, 2, replace=False)) for _ in range(n // 2) if n > 1]
    for k, link in enumerate(links):
        net.couplings.append((*(link if rng.uniform() < 0.5 else link[::-1]), weight(f"J_{k}")))
    for k in range(int(rng.integers(0, 3)) if n > 1 else 0):
        legs = [str(leg) for leg in rng.choice(names, min(n, 3), replace=False)]
        bath = {"rate": letter(f"Gamma_{k}"), "jump": {leg: weight(f"p_{k}{j}") for j, leg in enumerate(legs)}}
        net.baths.append(bath)
    if quantum:
        _quantum(net, rng, names, letter, weight)
    for name in names:
        if "loss" not in net.modes[name] and not stable(net, net.values):
            net.modes[name]["loss"] = "kappa"
    while not stable(net, net.values):
        net.modes[names[0]]["loss"] = net.modes[names[0]].get("loss", "0") + " + 2"
        for name in names[1:]:
            net.modes[name]["loss"] = net.modes[name].get("loss", "0") + " + 1"
    used = net.toml()
    for name in [*net.values]:
        if not re.search(rf'"[^"\n]*\b{name}\b', used.split("[symbols]")[0].replace("modes.", "")):
            del net.values[name], net.kinds[name]
    return net


def _quantum(net, rng, names, letter, weight):
    hot = letter("nbar")
    for k, name in enumerate(names):
        kind = int(rng.integers(5))
        bath = {"rate": letter(f"g_{k}", low=0.2, high=0.8), "jump": {name: weight(f"w_{k}")}}
        if kind == 0:
            bath |= {"thermal": hot}
        elif kind == 1:
            r = letter(f"r_{k}")
            phase = letter(f"psi_{k}", "real")
            bath |= {"thermal": f"sinh({r})**2", "squeezing": f"exp(I*{phase})*sinh({r})*cosh({r})"}
        elif kind == 2:
            bath |= {"thermal": "1/2", "squeezing": "1/4 - 2*I/5"}
        elif kind == 3:
            bath |= {"gain": {str(rng.choice(names)): letter(f"v_{k}", "complex", 0.05, 0.3)}, "thermal": hot}
        if kind < 4 or not net.baths:
            net.baths.append(bath)
    if rng.uniform() < 0.5:
        pair = [str(name) for name in rng.choice(names, 2)]
        net.squeezings.append((*pair, letter("chi", "complex", 0.05, 0.2)))
