r"""LaTeX labels as SVG text: Greek letters, nested sub- and superscripts as tspans, letters italic, the rest upright.
"""

from __future__ import annotations

import re
from html import escape
from types import MappingProxyType

SIGNS = MappingProxyType({
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "dagger": "†", "infty": "∞", "hbar": "ℏ", "cdot": "·",
    "times": "×", "langle": "⟨", "rangle": "⟩", ",": " ", "{": "{", "}": "}",
    "_": "_",
})  # fmt: skip
FUNCTIONS = ("sinh", "cosh", "tanh", "sin", "cos", "tan", "ln", "exp")
SHIFT = MappingProxyType({1: 5, 2: 3})

_TOKEN = re.compile(r"\\([A-Za-z]+|.)|(\s+)|(.)", re.DOTALL)


def svg_text(tex: str) -> str:
    r"""The tspans of a label. \frac and matrices are not for labels."""
    runs: list[tuple[str, bool, int, int]] = []
    _read([m[0] for m in _TOKEN.finditer(tex)], 0, 0, 0, False, runs)
    found, height = [], 0
    for text, upright, level, at in _merged(runs):
        kinds = [
            name
            for name, present in (("upright", upright), ("script", level == 1), ("small", level > 1))
            if present
        ]
        attributes = f' class="{" ".join(kinds)}"' if kinds else ""
        if at != height:
            attributes += f' dy="{at - height}"'
            height = at
        escaped = escape(text, quote=False)
        found.append(f"<tspan{attributes}>{escaped}</tspan>" if attributes else escaped)
    return "".join(found)


def _read(
    tokens: list[str], at: int, level: int, height: int, upright: bool, runs: list[tuple[str, bool, int, int]]
) -> int:
    """Read up to a closing brace into runs of (text, upright, level, height below the line); the place behind it."""
    while at < len(tokens) and tokens[at] != "}":
        at = _one(tokens, at, level, height, upright, runs)
    return at + 1


def _one(
    tokens: list[str], at: int, level: int, height: int, upright: bool, runs: list[tuple[str, bool, int, int]]
) -> int:
    token = tokens[at]
    if token in "_^" and at + 1 < len(tokens):
        shift = SHIFT.get(level + 1, 2)
        return _one(tokens, at + 1, level + 1, height + (shift if token == "_" else -shift - 2), upright, runs)
    if token == "{":
        return _read(tokens, at + 1, level, height, upright, runs)
    name = token[1:]
    if name in ("mathrm", "mathsf", "mathcal", "operatorname"):
        return _one(tokens, at + 1, level, height, name != "mathcal", runs)
    if name == "sqrt":
        runs.append(("√(", True, level, height))
        at = _one(tokens, at + 1, level, height, upright, runs)
        runs.append((")", True, level, height))
        return at
    if token.isspace():
        return at + 1
    if name in FUNCTIONS:
        return _function(tokens, at, level, height, runs)
    if token in "+-":
        text = (" " if level == 0 and runs else "") + token.replace("-", "−") + (" " if level == 0 and runs else "")
        runs.append((text, True, level, height))
    elif token.startswith("\\"):
        runs.append((SIGNS.get(name, ""), name[:1].isupper() or not name.isalpha(), level, height))
    elif token == "," and level == 0:
        runs.append((", ", True, level, height))
    else:
        runs.append((token.replace("*", "∗"), upright or not token.isalpha(), level, height))
    return at + 1


def _function(tokens: list[str], at: int, level: int, height: int, runs: list[tuple[str, bool, int, int]]) -> int:
    """A function's name and its power, apart from the factor before and the argument behind: r sinh²x cosh x."""
    before = runs[-1][0][-1:] if runs else ""
    runs.append((" " * (before.isalnum() or before == ")") + tokens[at][1:], True, level, height))
    at += 1
    while at < len(tokens) and (tokens[at] == "^" or tokens[at].isspace()):
        at = _one(tokens, at, level, height, True, runs)
    if at < len(tokens) and tokens[at] not in "()}":
        runs.append((" ", True, level, height))
    return at


def _merged(runs: list[tuple[str, bool, int, int]]) -> list[tuple[str, bool, int, int]]:
    """Neighbours of one style joined."""
    found: list[tuple[str, bool, int, int]] = []
    for run in runs:
        if found and found[-1][1:] == run[1:]:
            found[-1] = (found[-1][0] + run[0], *run[1:])
        elif run[0]:
            found.append(run)
    return found
