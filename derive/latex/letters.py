r"""Names that would be printed alike, told apart: `kappa1` beside `kappa_1`, a letter `a` beside a mode a.

A letter that prints as another one, as a mode, or as what an appendix calls H, W, Q, f, N, M, ρ, π, E_a or, where modes
fluctuate, D, S, N_a and the entries N_12, M_12 itself, is printed as it is typed, without serifs: \mathsf{kappa\_1}.
Modes that print as other modes stand as \mathrm{a\_1}.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from sympy import Symbol

from derive.latex.notation import Notation
from derive.network import Network

OWN = ("H", "W", "Q", "f", "N", "M", "rho", "pi")
SOURCES = ("D", "S")  # of the Lyapunov equations of N and M


def told_apart(net: Network, notation: Notation = Notation()) -> tuple[Network, Notation]:
    """The network with its clashing letters renamed for print, and the notation that prints its modes apart."""
    modes = _alike(net.names, notation)
    typed = {name: _typed(name, "mathrm") for name in modes}
    typed |= {f"{of}_{name}": f"{of}_{{{text}}}" for of in "EN" for name, text in typed.items()}
    notation = replace(notation, names=dict(notation.names) | typed)
    letters = [symbol.name for symbol in net.symbols]
    words = [*OWN, *net.names, *(f"E_{name}" for name in net.names)]
    if net.squeezings or any(bath.thermal != 0 or bath.squeezing != 0 or bath.gain for bath in net.baths):
        places = range(1, len(net.names) + 1 if len(net.names) < 10 else 1)  # of which two digits say the entry
        words += [*SOURCES, *(f"N_{name}" for name in net.names)]
        words += [f"{of}_{i}{j}" for of, i, j in product("NM", places, places)]
    own = {notation.latex(name) for name in words}
    clashing = {*_alike(letters, notation), *(name for name in letters if notation.latex(name) in own)}
    table = {s: Symbol(_typed(s.name, "mathsf"), **s.assumptions0) for s in net.symbols if s.name in clashing}
    return (net.subs(table) if table else net), notation


def _alike(names: Sequence[str], notation: Notation) -> list[str]:
    counts = Counter(notation.latex(name) for name in names)
    return [name for name in names if counts[notation.latex(name)] > 1]


def _typed(name: str, face: str) -> str:
    underscore = r"\_"
    return rf"\{face}{{{name.replace('_', underscore)}}}"
