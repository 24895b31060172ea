"""Networks that a drive feeds along a tree: steady amplitudes and energies in which nothing cancels.

    u_i = −c_i W_ii − Σ_k c_i W_ik W_ki c_k/u_k,   x_i = c_i W_ij x_j/u_i,   E_i = ω_i |x_i|²

k are the modes that i feeds, j the one that feeds i: −1, with W_{i,−1} = f_i and x_{−1} = 1, is the drive; c_i is 2, 1
or ½, so that few halves and twos are left to multiply by (`_scales`). Where every −Re W_ii and −W_ik W_ki is
nonnegative, sums have terms of one sign: all digits are right for any parameters, without pivoting, refinement or a
residual. On a tree the roundings of complex −W_ii + … are relative changes of the entries as well, so that x is the
exact solution for entries that are changed in their last digits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from networkx import DiGraph, Graph, bfs_edges, descendants, is_tree
from sympy import Abs, Add, Expr, I, Integer, Mul, Pow, Rational, Symbol, exp

from derive.kernel import Proved, conjugated, is_nonnegative
from derive.langevin import Langevin
from derive.program import Program, straight
from derive.program.elimination import Places
from derive.program.parts import is_real

Link = tuple[int, int, int, int | None]


def outward_links(system: Places, force: Places) -> tuple[tuple[Link, ...], dict[int, int]]:
    """(mode, the one that feeds it, number of the entry, number of the way back) from the drive on, and the rates.

    Nothing where the links from the drive on form a loop. The drive counts as a mode, numbered −1, that feeds
    others; the rates are the numbers of W_ii by mode, of driven modes that have one.
    """
    places = [*system, *((i, -1, k) for i, _, k in force)]
    graph = DiGraph((j, i) for i, j, _ in places if i != j)
    driven = {-1, *descendants(graph, -1)} if -1 in graph else {-1}
    at = {(i, j): k for i, j, k in places if j in driven}
    if not at or not is_tree(Graph(place for place in at if place[0] != place[1])):
        return (), {}
    links = tuple((i, j, at[i, j], at.get((j, i))) for j, i in bfs_edges(graph, -1))
    return links, {i: k for (i, j), k in at.items() if i == j}


def phase_free(entries: Sequence[Expr], links: Sequence[Link], rates: Mapping[int, int]) -> bool:
    """Whether phases make the drift of the driven modes real: no detuning, and W_ij W_ji real for every link."""
    return all(is_real(entries[k]) for k in rates.values()) and all(
        back is None or is_real(entries[k] * entries[back]) for _, _, k, back in links
    )


def steady_programs(
    eq: Langevin, letters: Sequence[Symbol], entries: Sequence[Expr], links: Sequence[Link], rates: Mapping[int, int]
) -> tuple[Program, ...]:
    """The steady amplitudes and energies as programs; none where a sum of the elimination may cancel."""
    returns = {i: -entries[k] * entries[back] for i, _, k, back in links if back is not None}
    fed = [i for i, *_ in links]
    if sorted(fed) != sorted(rates) or len(fed) < len(eq.modes):
        return ()
    forks = _forks(links)
    scale = _scales(links, {i for i, k in rates.items() if entries[k].is_Add})
    # Modes whose c_i is taken once for all that one mode feeds; of a way back it has to leave nothing.
    apart = {i for i, j, *_ in links if j in forks and (i not in returns or scale[i] * scale[j] == 1)}
    decays = {i: _grouped(-scale[i] * entries[k]) for i, k in rates.items()}
    for decay in (*(e + conjugated(e) for e in decays.values()), *returns.values()):
        if not isinstance(is_nonnegative(decay), Proved):
            return ()
    names = _Letters(letters)
    sums = {i: names("a", i, decay) for i, decay in decays.items()}
    steps: dict[int, Expr] = {}
    phases: dict[int, Expr] = {-1: Integer(1)}
    for i, j, k, _ in reversed(links):
        pivot = names("u", i, sums[i])
        size, phases[i] = _polar(entries[k])
        steps[i] = names("t", i, size / pivot * (1 if i in apart else scale[i]))
        if i in returns:
            # Of a reciprocal link the way back is as strong as the way on.
            strength = size if returns[i] == size**2 else returns[i] / size
            back = names("g", i, strength * (1 if i in apart else scale[j]))
            sums[j] += back * steps[i] if back.is_polynomial() else scale[i] * scale[j] * returns[i] / pivot
    equal = len(set(eq.frequencies)) == 1
    amplitude: dict[int, Expr] = {-1: Integer(1)}
    strengths = {i: _squared(phase) for i, phase in phases.items()}
    outside = {i: scale[i] if i in apart else Integer(1) for i in rates}
    for i, j, *_ in links:
        if strengths[i] == 1:
            phases[i] *= phases[j]
            amplitude[i] = names("x", i, steps[i] * names("y", i, outside[i] * amplitude[j]))
        else:
            amplitude[i] = names("x", i, outside[i] * steps[i] * phases[i] * amplitude[j])
            phases[i] = phases[j]
    gains = {i: _squared(outside[i] * steps[i]) * strengths[i] for i in rates}
    number = _numbers(links, forks, gains, eq.frequencies[0] if equal else Integer(1), names)
    modes = range(len(eq.modes))
    amplitudes = [amplitude[i] * phases[i] for i in modes]
    energies = [number[i] * (1 if equal else eq.frequencies[i]) for i in modes]
    return (
        straight("_tree_amplitudes", letters, amplitudes, names.where),
        straight("_tree_energies", letters, energies, names.where),
    )


def _numbers(
    links: Sequence[Link], forks: Mapping[int, list[int]], gains: Mapping[int, Expr], first: Expr, names: _Letters
) -> dict[int, Expr]:
    """`first` times the gains on the way from the drive to each mode; what modes at a fork share is multiplied once."""
    common = {j: Mul(*set.intersection(*(set(Mul.make_args(gains[i])) for i in some))) for j, some in forks.items()}
    number = {-1: first}
    for i, j, *_ in links:
        if j in forks:
            number[i] = names("n", i, gains[i] / common[j] * names("m", j, common[j] * number[j]))
        else:
            number[i] = names("n", i, gains[i] * number[j])
    return number


def _forks(links: Sequence[Link]) -> dict[int, list[int]]:
    """What each mode feeds that feeds several; the drive, which has no amplitude of its own, is none of them."""
    fed: dict[int, list[int]] = {}
    for i, j, *_ in links:
        fed.setdefault(j, []).append(i)
    return {j: some for j, some in fed.items() if len(some) > 1 and j >= 0}


def _scales(links: Sequence[Link], sums: Collection[int]) -> dict[int, Expr]:
    """The c_i. The modes `sums` are those whose W_ii is a sum.

    2 where W_ii is a sum or all of u_i, so that its halves are gone; ½ where the ways back from three modes and more
    bring a 2 each; else 1.
    """
    scale: dict[int, Expr] = {-1: Integer(1)}
    back: dict[int, list[Expr]] = {}
    for i, j, _, way_back in reversed(links):
        behind = back.get(i, [])
        scale[i] = Integer(2 if i in sums or not behind else 1)
        if len(behind) > 2 and set(behind) == {2}:
            scale[i] = Rational(1, 2)
        if way_back is not None:
            back.setdefault(j, []).append(scale[i])
    return scale


class _Letters:
    """A letter for every expression once, as u_3 for one of mode 3; no parameter has its name."""

    def __init__(self, taken: Sequence[Symbol]) -> None:
        self.taken = {s.name for s in taken}
        self.known: dict[Expr, Symbol] = {}

    @property
    def where(self) -> list[tuple[Symbol, Expr]]:
        return [(letter, e) for e, letter in self.known.items()]

    def __call__(self, prefix: str, mode: int, e: Expr) -> Expr:
        if e.is_Atom:
            return e
        if e not in self.known:
            name = f"{prefix}_{mode}"
            while name in self.taken:
                name += "_"
            kind = "positive" if e.is_extended_positive else "real" if e.is_extended_real or is_real(e) else "complex"
            self.known[e] = Symbol(name, **{kind: True})
        return self.known[e]


def _grouped(e: Expr) -> Expr:
    """Γ₁|p|² + Γ₂|p|² as (Γ₁ + Γ₂)|p|²: terms that differ in their real factors alone are multiplied once."""
    groups: dict[Expr, Expr] = {}
    for term in Add.make_args(e):
        factors = Mul.make_args(term)
        weight = Mul(*(a for a in factors if not a.is_real))
        groups[weight] = groups.get(weight, 0) + Mul(*(a for a in factors if a.is_real))
    return Add(*(Mul(weight, rate) for weight, rate in groups.items()))


def _polar(e: Expr) -> tuple[Expr, Expr]:
    """The real factors of an entry without their sign, and what remains: a phase, or complex letters."""
    size = Mul(*(abs(a) if a.is_number else a for a in Mul.make_args(e) if a.is_real))
    return size, e / size


def _squared(e: Expr) -> Expr:
    """|e|², with real factors squared and phases left out."""
    factors = []
    for a in Mul.make_args(e):
        base, power = a.as_base_exp() if a.is_Pow else (a, Integer(1))
        phase = base is I or isinstance(base, exp) and (base.args[0] / I).is_real
        if not power.is_real or isinstance(base, exp) and not phase:
            # |x^z|² is x^(z + z*), not |x|^2z; SymPy writes |exp(√z)| with the real part of √z
            factors.append(a * conjugated(a))
        elif base.is_real and (power.is_integer or base.is_nonnegative):
            factors.append(Pow(base, 2 * power))
        elif not phase:
            factors.append(Pow(Abs(base), 2 * power))
    return Mul(*factors)
