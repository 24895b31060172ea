r"""The width of a formula, estimated from its LaTeX in thousandths of an em of Computer Modern at ten points.

Letters have the widths of cmmi10, digits and delimiters those of cmr10, cmsy10 and cmex10. Against TeX's own
boxes the estimate is within 2 % on the formulas of the tests.
"""

from __future__ import annotations

import re
from types import MappingProxyType

ITALIC = MappingProxyType(dict(zip("abcdefghijklmnopqrstuvwxyz", (
    529, 429, 433, 520, 466, 490, 477, 576, 345, 412, 521, 298, 878, 600, 485, 503, 446, 451, 469,
    361, 572, 485, 716, 572, 490, 465,
), strict=True)) | dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
    750, 759, 715, 828, 738, 643, 786, 831, 440, 555, 849, 681, 970, 803, 763, 642, 791, 759, 613,
    584, 683, 583, 944, 828, 581, 683,
), strict=True)))  # fmt: skip
MACROS = MappingProxyType({
    "Gamma": 625, "Delta": 833, "Theta": 778, "Lambda": 694, "Xi": 667, "Pi": 750, "Sigma": 722, "Upsilon": 778,
    "Phi": 722, "Psi": 778, "Omega": 722, "alpha": 640, "beta": 566, "gamma": 518, "delta": 444, "epsilon": 406,
    "zeta": 438, "eta": 497, "theta": 469, "iota": 354, "kappa": 576, "lambda": 583, "mu": 603, "nu": 494,
    "xi": 438, "pi": 570, "rho": 517, "sigma": 571, "tau": 437, "upsilon": 540, "phi": 596, "chi": 626, "psi": 651,
    "omega": 622, "varepsilon": 466, "vartheta": 591, "varphi": 654, "varrho": 517, "varsigma": 363, "infty": 1000,
    "hbar": 500, "ell": 417, "partial": 531, "langle": 389, "rangle": 389, "dagger": 444, "ast": 500, "{": 500,
    "}": 500, "quad": 1000, "qquad": 2000, ",": 167, "!": -167, ";": 278, "sum": 1444, "prod": 1278, "cdots": 1172,
    "vdots": 278, "dots": 1172, "ldots": 1172, "cdot": 722, "lfloor": 444, "rfloor": 444, "lvert": 278,
    "rvert": 278,
})  # fmt: skip
SIGNS = MappingProxyType({
    "(": 389, ")": 389, "[": 278, "]": 278, "|": 278, "/": 500, "!": 278, ",": 445, ".": 278, "'": 250,
})  # fmt: skip
UPRIGHT = MappingProxyType(dict(zip("abcdefghijklmnopqrstuvwxyz", (
    500, 556, 444, 556, 444, 306, 500, 556, 278, 306, 528, 278, 833, 556, 500, 556, 528, 392, 394,
    389, 556, 528, 722, 528, 528, 444,
), strict=True)))  # fmt: skip
# A letter leans out of its box by its italic correction, which TeX adds unless a subscript follows.
LEAN = MappingProxyType({
    "beta": 53, "gamma": 56, "delta": 38, "zeta": 74, "eta": 36, "theta": 28, "nu": 64, "xi": 46, "pi": 36,
    "sigma": 36, "tau": 113, "upsilon": 36, "psi": 36, "omega": 36, "varsigma": 80, "B": 50, "C": 72, "D": 28,
    "E": 58, "F": 139, "H": 81, "I": 78, "J": 96, "K": 72, "M": 109, "N": 109, "O": 28, "P": 139, "R": 8, "S": 58,
    "T": 139, "U": 109, "V": 222, "W": 139, "X": 78, "Y": 222, "Z": 72, "f": 108, "g": 36, "j": 57, "k": 31,
    "l": 20, "q": 36, "r": 28, "v": 36, "w": 27, "y": 36, "z": 44,
})  # fmt: skip
BINARY, RELATION, OPERATOR, ROOT, SMALL_ROOT, FRACTION = 1222, 1333, 167, 1000, 833, 240
RELATIONS = ("=", "<", ">", "ne", "neq", "le", "leq", "ge", "geq", "to", "approx", "equiv")
FUNCTIONS = ("sinh", "cosh", "tanh", "sin", "cos", "tan", "ln", "log", "exp", "arctan")
DELIMITERS = MappingProxyType({
    "big": (458, 417, 583), "Big": (597, 472, 667), "bigg": (736, 528, 750), "Bigg": (792, 583, 806),
})  # fmt: skip
SCRIPT, SCRIPTSCRIPT = 820, 830

_TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}^_&])|([^\s])|\s+", re.DOTALL)


def width(tex: str) -> int:
    r"""The width of LaTeX without alignment or line breaks, in thousandths of an em.

    Raises:
        ValueError: if a brace is closed that was not opened.
    """
    tokens = [m for m in (_symbol(found) for found in _TOKEN.finditer(tex)) if m]
    total, at = _run(tokens, 0, 0)
    if at < len(tokens):
        raise ValueError(f"A formula's braces must match, but {tex!r} closes one too many.")
    return total


def _symbol(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else (found[2] or found[3] or "")


def _run(tokens: list[str], at: int, level: int) -> tuple[int, int]:
    """The width of a list of atoms up to a closing brace or the end, and where it stopped."""
    total, first = 0, True
    while at < len(tokens) and tokens[at] != "}":
        token = tokens[at]
        if token in "^_":
            scripts = 0
            while at < len(tokens) and tokens[at] in "^_":
                script, at = _argument(tokens, at + 1, level + 1)
                scripts = max(scripts, script)
            total += scripts + (50 if level == 0 else 30)
            continue
        size, at, opens = _atom(tokens, at, level, first)
        total += size
        first = opens
    return total, at


def _argument(tokens: list[str], at: int, level: int) -> tuple[int, int]:
    if at >= len(tokens):
        return 0, at
    if tokens[at] == "{":
        total, at = _run(tokens, at + 1, level)
        return total, at + 1
    size, at, _ = _atom(tokens, at, level, True)
    return size, at


def _atom(tokens: list[str], at: int, level: int, first: bool) -> tuple[int, int, bool]:
    """Width of one atom, the next place, and whether a sign that follows is unary."""
    token, name = tokens[at], tokens[at][1:]
    size = 0
    if token == "{":
        size, at = _argument(tokens, at, level)
        return size, at, False
    if token == "\\frac":
        above, at = _argument(tokens, at + 1, level)
        below, at = _argument(tokens, at, level)
        return max(above, below) + FRACTION, at, False
    if token == "\\binom":
        above, at = _argument(tokens, at + 1, level)
        below, at = _argument(tokens, at, level)
        return max(above, below) + 2 * DELIMITERS["bigg"][0], at, False
    if token == "\\sqrt":
        start = at
        inner, at = _argument(tokens, at + 1, level)
        return inner + _scaled(ROOT if "^" in tokens[start:at] else SMALL_ROOT, level), at, False
    if token in ("\\mathrm", "\\mathsf", "\\mathcal", "\\mathbf", "\\operatorname", "\\text"):
        letters, at = _letters(tokens, at + 1)
        return sum(_scaled(UPRIGHT.get(c, ITALIC.get(c, 500)), level) for c in letters), at, False
    for large, widths in DELIMITERS.items():
        if name in (large, f"{large}l", f"{large}r") and at + 1 < len(tokens):
            kind = {"(": 0, ")": 0, "[": 1, "]": 1}.get(tokens[at + 1], 2)
            return widths[kind], at + 2, name.endswith("l")
    if token in "+-" or name == "times":
        binary = BINARY if not first and level == 0 else 778
        return _scaled(binary, level), at + 1, True
    if token in RELATIONS or name in RELATIONS:
        return _scaled(RELATION if level == 0 else 778, level), at + 1, True
    if name in FUNCTIONS:
        return _scaled(sum(UPRIGHT[c] for c in name) + 2 * OPERATOR, level), at + 1, False
    size = MACROS.get(name, 0) if token.startswith("\\") else ITALIC.get(token, SIGNS.get(token, 500))
    if at + 1 == len(tokens) or tokens[at + 1] != "_":
        size += LEAN.get(name if token.startswith("\\") else token, 0)
    return _scaled(size, level), at + 1, token in "([" or name in ("{", "quad", "qquad")


def _letters(tokens: list[str], at: int) -> tuple[str, int]:
    if at < len(tokens) and tokens[at] != "{":
        return tokens[at], at + 1
    letters, at = "", at + 1
    while at < len(tokens) and tokens[at] != "}":
        letters += tokens[at]
        at += 1
    return letters, at + 1


def _scaled(size: int, level: int) -> int:
    """Scripts are set in seven and five points, whose letters are relatively wider."""
    for factor in (SCRIPT, SCRIPTSCRIPT)[:level]:
        size = size * factor // 1000
    return size
