r"""Names that would be printed alike, told apart: `kappa1` beside `kappa_1`, a letter `a` beside a mode a.

A letter that prints as another one, as a mode, or as what an appendix calls H, W, Q, f, N, M, ρ, π, E, E_a or, where
modes fluctuate, D, S, N_a itself, with the entries W_12, is printed as it is typed, without serifs:
\mathsf{kappa\_1}. Modes that print as other modes, as one of these or as such a letter stand as \mathrm{a\_1}.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from sympy import Symbol

from derive.latex.notation import Notation
from derive.network import Network, renamed

OWN = ("E", "H", "W", "Q", "f", "N", "M", "rho", "pi")
SOURCES = ("D", "S")  # of the Lyapunov equations of N and M


def told_apart(net: Network, notation: Notation = Notation(), pictured: bool = False) -> tuple[Network, Notation]:
    """The network with its clashing letters and modes renamed for print, and the notation that prints it in its order.

    If it is only `pictured`, names clash with one another, but with none of an appendix.
    """
    letters = [symbol.name for symbol in net.symbols]
    own = [] if pictured else [*_own(net), *(f"E_{name}" for name in net.names)]
    taken = {*(notation.latex(name) for name in own), *(_typed(name, "mathsf") for name in letters)}
    # a mode H must not be the Hamiltonian by its name either, which is what a notation knows of it
    fresh: dict[str, str] = {}
    for name in net.names:
        if notation.latex(name) in taken:
            fresh[name] = _fresh(name, (*net.names, *fresh.values()))
    typed = {name: _typed(name, "mathrm") for name in _alike(net.names, notation) if name not in fresh}
    typed |= {new: _typed(old, "mathrm") for old, new in fresh.items()}
    typed |= {f"{of}_{name}": f"{of}_{{{text}}}" for of in "EN" for name, text in typed.items()}
    net, notation = renamed(net, fresh) if fresh else net, replace(notation, names=dict(notation.names) | typed)
    stored = () if pictured else (f"E_{name}" for name in net.names)
    printed = {notation.latex(name) for name in (*own, *net.names, *stored)}
    clashing = {*_alike(letters, notation), *(name for name in letters if notation.latex(name) in printed)}
    table = {s: Symbol(_typed(s.name, "mathsf"), **s.assumptions0) for s in net.symbols if s.name in clashing}
    ordered = sorted(net.names, key=lambda name: notation.rank(f"<{name}>"))
    notation = notation if tuple(ordered) == net.names else replace(notation, modes=net.names)
    return (net.subs(table) if table else net), notation


def _own(net: Network) -> list[str]:
    """What an appendix calls its own."""
    places = range(1, len(net.names) + 1 if len(net.names) < 10 else 1)  # of which two digits say the entry
    words = [*OWN, *(f"f_{i}" for i in places)]
    if fluctuating := bool(net.squeezings) or any(b.thermal != 0 or b.squeezing != 0 or b.gain for b in net.baths):
        words += [*SOURCES, *(f"N_{name}" for name in net.names)]
    return words + [f"{of}_{i}{j}" for of, i, j in product("WQNMDS" if fluctuating else "W", places, places)]


def _fresh(name: str, names: Sequence[str]) -> str:
    """A name that is not among the `names`."""
    while name in names:
        name += "_"
    return name


def _alike(names: Sequence[str], notation: Notation) -> list[str]:
    counts = Counter(notation.latex(name) for name in names)
    return [name for name in names if counts[notation.latex(name)] > 1]


def _typed(name: str, face: str) -> str:
    underscore = r"\_"
    return rf"\{face}{{{name.replace('_', underscore)}}}"
