"""What an appendix says is what NumPy finds for the network file, equation by equation, at numbers for its letters.

A file is written by plain string formatting and solved by loops (`netfiles`); its appendix is read back from the LaTeX
that `derive appendix` writes (`latex_reader`), with numbers in place of names: ⟨a⟩, N, M and E are those of NumPy, and
Z and its like what the display says that defines them. The Hamiltonian and the master equation are not numbers.
"""

import re

import numpy as np
import pytest
from latex_reader import displays, read, squeezed
from netfiles import Drawn, drawn, equations, solution
from scipy.linalg import solve_continuous_lyapunov
from sympy import MatrixBase, sympify

from derive import netfile
from derive.cli import main
from derive.latex.letters import told_apart

DEFINING = ("letters", "denominator", "denominators")
ENTRY = re.compile(r"([A-Za-z])_\{?(\d)(\d?)\}?\Z")
WARM = Drawn({"a": {"drive": "1/2"}, "b": {}, "c": {}}, [("a", "b", "J"), ("b", "c", "2*J")])
WARM.values = {"n": 0.6, "J": 0.7}
WARM.baths = [{"rate": rate, "jump": {"c": "1"}, "thermal": n} for rate, n in (("3", "n"), ("3", "1/3"))]
TURNED = Drawn({"a": {"drive": "epsilon"}, "b": {"detuning": "Delta"}}, kinds={"Delta": "real"})
TURNED.couplings = [("a", "b", "J + I*Gamma/2")]
TURNED.baths = [{"rate": "Gamma", "jump": {"a": "1", "b": "tanh(r)"}}]
TURNED.baths += [{"rate": "k", "jump": {"b": "I"}, "thermal": "n"}]
TURNED.values = {"epsilon": 0.9, "Delta": -0.4, "J": 1.1, "Gamma": 0.6, "r": 0.8, "k": 1.3, "n": 0.4}
NETWORKS = {"warm": WARM, "turned": TURNED} | {f"seed {seed}": drawn(seed, 3, quantum=True) for seed in range(5)}


def truth(net, modes):
    """Numbers for what an appendix may display, by the name that it prints; `modes` are those of the modes."""
    n, found = len(modes), solution(net, net.values, 0)
    drift, force, noise = equations(net, net.values)
    moments = solve_continuous_lyapunov(drift, -noise)
    w, q, number, pairs = drift[:n, :n], drift[:n, n:], moments[:n, :n].T - np.eye(n) / 2, moments[:n, n:]
    hot = -w.conj() @ number - number @ w.T - q.conj() @ pairs - pairs.conj() @ q.T
    squeezed = -w @ pairs - pairs @ w.T - q @ number - number.T @ q.T
    known = {"W": w, "Q": q, "f": force[:n, None], "N": number, "M": pairs, "D": hot, "S": squeezed}
    for k, mode in enumerate(modes):
        fluctuation = number[k, k]
        known |= {rf"\langle {mode}\rangle": found["amplitudes"][k], f"E_{{{mode}}}": found["energies"][k]}
        known |= {f"N_{{{k + 1}{k + 1}}}": fluctuation, f"N_{{{mode}}}": fluctuation}
    return known


def told(text, letters, known, modes):
    """Both sides of every equation of an appendix, as arrays, with the label and the left side as printed."""
    rates = [1, 1j] @ np.random.default_rng(0).normal(size=(2, len(modes)))
    moving = {rf"\langle {mode}\rangle": x for mode, x in zip(modes, rates, strict=True)}
    flows = known["W"] @ rates + known["Q"] @ rates.conj() + known["f"][:, 0]
    moving |= {rf"\frac{{d\langle {mode}\rangle }}{{dt}}": x for mode, x in zip(modes, flows, strict=True)}
    known = {squeezed(name): value for name, value in known.items()}
    for display in displays(text):
        step = display.label.split(":")[-1]
        if step in ("hamiltonian", "master"):
            continue
        values = letters | (moving if step == "motion" else {k: x for k, x in known.items() if np.ndim(x) == 0})
        names = {name: sympify(complex(x)) for name, x in values.items()}
        right = _array(read(display.rhs, names, len(modes)))
        name, entry = squeezed(display.lhs), ENTRY.match(display.lhs)
        if step in DEFINING:
            assert name not in known, f"{name} is told twice"
            known[name] = right[0, 0]
        elif name in known:
            yield step, name, known[name], right
        elif entry and step in ("drift", "moments", "lyapunov"):
            yield step, name, known[entry[1]][int(entry[2]) - 1, int(entry[3] or 1) - 1], right
        else:
            yield step, name, _array(read(display.lhs, names, len(modes))), right


def _array(value):
    return np.array(value.tolist() if isinstance(value, MatrixBase) else [[value]], complex)


def misses(net, tmp_path, change=lambda tex: tex):
    """The steps and left sides of equations that do not hold in numbers, and the steps that were looked at."""
    file, printed = tmp_path / "net.toml", tmp_path / "net.tex"
    file.write_text(net.toml(), encoding="utf-8")
    assert main(["appendix", str(file), "--latex", str(printed)]) == 0
    shown, notation = told_apart(netfile.loads(net.toml()).nonzero)
    modes = [notation.latex(mode) for mode in shown.names]
    typed = {s: re.sub(r"\\mathsf\{(.*)\}", lambda m: m[1].replace(r"\_", "_"), s.name) for s in shown.symbols}
    letters = {notation.latex(s.name): net.values[typed[s]] for s in shown.symbols}
    found, seen = [], set()
    for step, left, true, other in told(change(printed.read_text(encoding="utf-8")), letters, truth(net, modes), modes):
        seen.add(step)
        true = np.atleast_2d(true)
        other = np.zeros_like(true) if np.all(other == 0) else other  # a matrix that vanishes is told as 0
        if true.shape != other.shape or not np.allclose(other, true, rtol=1e-7, atol=1e-9):
            found.append((step, left))
    return found, seen


@pytest.mark.parametrize("name", NETWORKS)
def test_every_equation_of_an_appendix_holds_in_numbers(name, tmp_path):
    found, seen = misses(NETWORKS[name], tmp_path)
    assert found == []
    assert {"motion", "drift", "amplitudes"} <= seen


@pytest.mark.parametrize(
    ("right", "wrong", "step"),
    [
        (r"\langle b\rangle", r"\langle a\rangle", "motion"),
        ("W &= -", "W &= ", "drift"),
        (r"(3 n + 1) \mathbf{1}", r"3 n + 1 \mathbf{1}", "moments"),
        ("E_b", "E_c", "energies"),
    ],
)
def test_an_equation_that_does_not_hold_is_found(right, wrong, step, tmp_path):
    def change(tex):
        assert right in tex
        start = tex.index(right, tex.index(r"\frac{d\langle a"))
        return tex[:start] + tex[start:].replace(right, wrong, 1)

    found, _ = misses(WARM, tmp_path, change)
    assert {label for label, _ in found} == {step}
