r"""A paper's letters: how a name is written in LaTeX, and in which order factors and terms are printed.

A name is a stem and what hangs below it, `p_b_1` → p_{b_1}, `Gamma_12` → \Gamma_{12}, `E_b_1^ss` →
E_{b_1}^{\mathrm{ss}}; `<b_1>` is an amplitude ⟨b_1⟩, `d<b_1>/dt` its rate of change, `∂E/∂J` a derivative.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from derive.errors import DeriveError

GREEK = tuple(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi "
    "chi psi omega varepsilon vartheta varphi varrho varsigma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon "
    "Phi Psi Omega".split()
)
UNICODE = MappingProxyType({"ρ": r"\rho", "ħ": r"\hbar", "∞": r"\infty"})
PREFER = tuple("omega xi epsilon varepsilon J mu chi g Gamma p u v Lambda kappa gamma Delta n m r theta".split())
COUNTS = ("N", "L", "M", "b", "d", "k", "j", "l")

NEIGHBOURS = MappingProxyType({"before": -1, "short": -1, "after": 1, "next": 1})

_MEAN = re.compile(r"<(.+)>\Z")
_RATE = re.compile(r"([d∂])(.+)/\1(.+)\Z")
_COMMUTATOR = re.compile(r"([\[{])(.+), (.+)[\]}]\Z")
_PART = re.compile(r"([^\W\d_]+|\d+)")
_SPOKEN = re.compile(r"(?<=_)\d+(?:D|ph)(?=_|\Z)|[^\W\d_]+|\d+")  # Γ_1D of a waveguide, κ_2ph of two photons


class Unprintable(DeriveError):
    """What has no place in a paper: a float, an undefined function, a piecewise value, a sign that TeX's fonts lack."""


@dataclass(frozen=True)
class Notation:
    """A paper's letters, and the order in which it prints them.

    `names` maps a name, whole (`Gamma_12`) or its stem (`Gamma`), to LaTeX. A whole name wins over its stem.
    `prefer` lists stems in the order in which they stand in a product and, highest power first, in a sum;
    others follow alphabetically. The keys "D" and "L'" name the dissipators. `modes` lists those whose amplitudes
    stand in an order of their own, that of their network.
    """

    names: Mapping[str, str] | tuple[tuple[str, str], ...] = ()
    prefer: tuple[str, ...] = PREFER
    modes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        pairs = self.names.items() if isinstance(self.names, Mapping) else self.names
        object.__setattr__(self, "names", tuple(sorted(pairs)))
        object.__setattr__(self, "prefer", tuple(self.prefer))

    def latex(self, name: str) -> str:
        """The LaTeX of a symbol's or a mode's name."""
        names = dict(self.names)
        if name in names:
            return names[name]
        if name.startswith("\\"):
            return name
        if name in ("i", "e"):
            # A parameter of one's own that must not be read as √−1 or exp.
            return rf"\mathsf{{{name}}}"
        if found := _RATE.match(name):
            d = r"\partial " if found[1] == "∂" else "d"
            return rf"\frac{{{d}{self.latex(found[2]).strip()}}}{{{d}{self.latex(found[3])}}}"
        if found := _MEAN.match(name):
            return rf"\langle {' '.join(self.latex(letter) for letter in found[1].split())}\rangle "
        if found := _COMMUTATOR.match(name):
            left, right = (" ".join(self.latex(letter) for letter in part.split()) for part in found.group(2, 3))
            return rf"[{left}, {right}]" if found[1] == "[" else rf"\{{{left}, {right}\}}"
        if name == "h.c.":
            return r"\mathrm{h.c.}"
        if name.endswith("†"):
            return raised(self.latex(name[:-1]), r"\dagger")
        body, _, above = name.rstrip("_").partition("^")
        text = self._subscripted(_SPOKEN.findall(body)) if body not in names else names[body]
        return raised(text, _upright(above)) if above else text

    def _subscripted(self, parts: list[str]) -> str:
        names = dict(self.names)
        if not parts:
            return ""
        stem, below = parts[0], parts[1:]
        if stem.isdigit():
            return ",".join([stem, self._subscripted(below)] if below else [stem])
        if stem in names:
            text = names[stem]
        elif stem in GREEK:
            text = f"\\{stem}"
        else:
            text = UNICODE.get(stem, stem if len(stem) == 1 else _upright(stem))
        return text + (f"_{_braced(self._subscripted(below))}" if below else "")

    def rank(self, name: str) -> tuple[int, str, tuple[tuple[int, int, str], ...]]:
        """Where a letter stands among others: by stem, then by index, the charger's before the batteries'."""
        if (found := _MEAN.match(name)) and found[1] in self.modes:
            return self.modes.index(found[1]), "", ()
        parts = _PART.findall(name)
        stem = parts[0] if parts else name
        place = self.prefer.index(stem) if stem in self.prefer else len(self.prefer)
        return place, stem, natural(name)


def row_names(length: str) -> dict[str, str]:
    """Names of amplitudes b and determinants D along a row of `length` cells, whose indices are expressions."""
    indices = {"before": "k-1", "after": "k+1", "short": f"{length}-1"}
    names = {f"b_{name}": f"b_{{{index}}}" for name, index in indices.items()}
    determinants = {"next": "n+1", "before": "n-1", "short": f"{length}-1", "rest": f"{length}-k"}
    return names | {f"D_{name}": f"D_{{{index}}}" for name, index in determinants.items()}


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts names as people count: Λ_0, Λ_n, a, b_1, b_2, b_10 and, with `row_names`, b_{k−1}, b_k."""
    return tuple(
        (int(part) > 0, int(part), "") if part.isdigit() else (0, NEIGHBOURS.get(part, 0), part)
        for part in _PART.findall(name)
    )


def raised(text: str, exponent: str) -> str:
    """`text` to the power `exponent`, in parentheses where it carries a superscript already."""
    if "^" in re.sub(r"\{.*\}", "", text):
        text = f"({text})"
    return f"{text.rstrip()}^{_braced(exponent)}"


def _braced(text: str) -> str:
    return text if len(text) == 1 or re.fullmatch(r"\\[A-Za-z]+", text) else f"{{{text}}}"


def _upright(text: str) -> str:
    return text if len(text) <= 1 else rf"\mathrm{{{text}}}"
