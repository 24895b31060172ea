"""Amplitudes of networks that fall apart where single modes are cut, by the determinants of their branches.

    x_j = s · Π(−A along the path from the driven mode to j) · Π det(branches beside the path) / det

with s the source. A branch of a chain is a shorter chain, D_k = a_k D_{k−1} − A_{k,k−1} A_{k−1,k} D_{k−2}, a
continuant; in a tree every branch that hangs on the mode gives such a term. Modes that no single mode separates form a
part: a link, a triangle. A part hangs on its mode v by two determinants of at most SMALL rows,

    det(branch of v) = a_v W_1 W_2 … + T_1 W_2 W_3 … + W_1 T_2 W_3 … + …,

W_p of the part without v and T_p of the part with v but without a_v, both with all that hangs on the other modes u of
the part: D_u = det(branch of u) on the diagonal and A_uw Q_u beside it, Q_u = det(branch of u without u). No
definition divides, and n modes need of the order of n of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sympy import Add, Expr, I, Integer, Mul, Pow, Symbol

from derive.kernel import structure
from derive.kernel.components import biconnected
from derive.kernel.entries import summands
from derive.kernel.packing import ONE
from derive.kernel.program import Names
from derive.kernel.quick import Quick

SMALL = 4  # modes of a part that is written out: a triangle, a square
MANY = 3  # terms of one definition; further branches are hung on the mode one after the other
NONE = Integer(0)

Row = dict[int, Expr]
Blocks = list[tuple[tuple[int, ...], list[tuple[int, ...]]]]  # the modes of each, and its biconnected components


class Factored(NamedTuple):
    """Values in the letters of `where`, whose definitions use earlier ones only and do not divide."""

    values: tuple[Expr, ...]
    where: tuple[tuple[Symbol, Expr], ...]


def factored(entries: Sequence[Mapping[int, Expr]], names: Collection[str], limit: int) -> Factored | None:
    """x with A x = b, in products of the determinants of branches, where column n of `entries` is b.

    None if a block that b reaches has a larger part, or the numerators more than `limit` factors. No definition has
    one of the `names`.
    """
    size = len(entries)
    inside = [[column for column in row if column < size] for row in entries]
    blocks = _reached(entries, inside)
    if any(len(part) > SMALL for _, parted in blocks for part in parted):
        return None
    if any(_distances(entries, modes, inside) > (SMALL - 1) * limit for modes, _ in blocks):
        return None
    letters = _Letters(names)
    rows = _written(entries, letters)
    tops: dict[int, Expr] = {}
    below: dict[int, frozenset[int]] = {}
    bottoms: list[Expr] = []
    for modes, parted in blocks:
        feeding = [(row, k) for row in modes for k in inside[row] if k in tops]
        under = frozenset[int]().union(*(below[k] for _, k in feeding))
        sources: dict[int, list[Expr]] = {}
        for row in modes:
            if size in rows[row]:
                sources[row] = [Mul(rows[row][size], *(bottoms[l] for l in sorted(under)))]
        for row, k in feeding:
            missing = (bottoms[l] for l in sorted(under - below[k]))
            sources.setdefault(row, []).append(Mul(-rows[row][k], letters.named(tops[k]), *missing))
        block = _Block(rows, modes, parted, letters)
        found: dict[int, list[Expr]] = {}
        for root, terms in sorted(sources.items()):
            for mode, top in block.numerators(root, letters.named(Add(*terms))):
                limit -= len(Mul.make_args(top))
                if limit < 0:
                    return None
                found.setdefault(mode, []).append(top)
        bottoms.append(block.branch(min(sources), None)[0])
        tops.update((mode, Add(*terms)) for mode, terms in found.items())
        below.update(dict.fromkeys(found, under | {len(bottoms) - 1}))
    values = [
        Mul(tops[k], *(Pow(bottoms[l], -1) for l in sorted(below[k]))) if k in tops else NONE
        for k in range(size)
    ]
    return Factored(tuple(values), tuple(letters.where.items()))


def _reached(entries: Sequence[Mapping[int, Expr]], inside: Sequence[Sequence[int]]) -> Blocks:
    """The blocks that b reaches, and the biconnected components of each."""
    size = len(entries)
    reached: set[int] = set()
    blocks: Blocks = []
    for modes in structure.blocks(inside, range(size)):
        if any(size in entries[row] or reached.intersection(inside[row]) for row in modes):
            reached.update(modes)
            local = {mode: k for k, mode in enumerate(modes)}
            near: list[dict[int, None]] = [{} for _ in modes]
            for row, k in local.items():
                for column in inside[row]:
                    if column in local and column != row:
                        near[k][local[column]] = near[local[column]][k] = None
            parts = [tuple(sorted([modes[k] for k in (stem, *others)])) for stem, others in biconnected(near, 0)]
            blocks.append((modes, sorted(parts)))
    return blocks


def _distances(entries: Sequence[Mapping[int, Expr]], block: Collection[int], inside: Sequence[Sequence[int]]) -> int:
    """The sum of the distances from the only driven mode of a block to its others; 0 if it has several sources.

    A factor of a numerator spans at most SMALL − 1 of these steps, so that this bounds the number of factors from
    below.
    """
    members = set(block)
    fed: dict[int, list[int]] = {mode: [] for mode in members}
    for row in sorted(members):
        for column in inside[row]:
            if column in members:
                fed[column].append(row)
    reached = [row for row in sorted(members) if len(entries) in entries[row]]
    if len(reached) != 1 or any(column not in members for row in members for column in inside[row]):
        return 0
    distance = dict.fromkeys(reached, 0)
    for mode in reached:
        for other in fed[mode]:
            if other not in distance:
                distance[other] = distance[mode] + 1
                reached.append(other)
    return sum(distance.values())


class _Letters:
    """Names for sums, each once: D_1, D_2, … for determinants, x_1, x_2, … for the rest."""

    def __init__(self, taken: Collection[str]) -> None:
        self.determinants, self.others = Names(taken, "DFGK"), Names(taken)  # E are energies
        self.known: dict[Expr, Symbol] = {}
        self.where: dict[Symbol, Expr] = {}

    def named(self, e: Expr, determinant: bool = False) -> Expr:
        """The expression, or a letter for it if it is a sum."""
        if not e.is_Add:
            return e
        if e not in self.known:
            # energies are shorter if determinants are known to be their own conjugates
            kind = {"positive": True} if e.is_positive else {"real": True} if e.is_real else {}
            self.known[e] = (self.determinants if determinant else self.others).next(**kind)
            self.where[self.known[e]] = e
        return self.known[e]


def _written(entries: Sequence[Mapping[int, Expr]], letters: _Letters) -> list[Row]:
    """The rows with letters for sums, and every mode's own entry without a minus sign."""
    quick = Quick()
    known: dict[Expr, Expr] = {}
    for entry in dict.fromkeys(entry for row in entries for entry in row.values()):
        terms = (Mul(ratio, I**phase, letters.named(e)) for ratio, phase, e in summands(entry, quick))
        known[entry] = letters.named(Add(*terms))
    rows = []
    for mode, row in enumerate(entries):
        sign = -1 if mode in row and row[mode].could_extract_minus_sign() else 1
        rows.append({k: sign * known[entry] for k, entry in row.items()})
    return rows


class _Block:
    """A block of modes that feed each other.

    `parts` are its biconnected components, and `at` tells for every mode the numbers of the parts that it belongs to.
    """

    def __init__(
        self, rows: Sequence[Row], modes: Sequence[int], parts: Sequence[Sequence[int]], letters: _Letters
    ) -> None:
        self.rows, self.parts, self.letters = rows, parts, letters
        self.at: dict[int, list[int]] = {mode: [] for mode in modes}
        for number, part in enumerate(parts):
            for mode in part:
                self.at[mode].append(number)
        self.branches: dict[tuple[int, int | None], tuple[Expr, Expr]] = {}
        self.wholes: dict[tuple[int, int], Expr] = {}

    def numerators(self, root: int, source: Expr) -> Iterable[tuple[int, Expr]]:
        """det · x of every mode, if `root` alone is driven by `source`."""
        order: list[tuple[int, int | None]] = [(root, None)]
        for mode, back in order:
            order += [(k, part) for part in self.at[mode] if part != back for k in self.parts[part] if k != mode]
        for mode, back in reversed(order):
            self.branch(mode, back)
        path = {root: source}
        for mode, back in order:
            yield mode, path[mode] * self.branch(mode, back)[1]
            ahead = [part for part in self.at[mode] if part != back]
            for part in ahead:
                beside = [self.wholes[other, mode] for other in ahead if other != part]
                for k in self.parts[part]:
                    if k != mode:
                        path[k] = Mul(path[mode], *beside, self._across(part, mode, k))

    def branch(self, mode: int, back: int | None) -> tuple[Expr, Expr]:
        """The determinant of a mode with all that hangs on it but the part `back`, and the same without the mode."""
        if (mode, back) not in self.branches:
            terms, rest = [self.rows[mode].get(mode, NONE)], ONE
            for part in self.at[mode]:
                if part == back:
                    continue
                whole = self.wholes[part, mode] = self._determinant(part, mode)
                tied = Add(
                    *(
                        Mul(self.rows[mode][k], self.branch(k, part)[1], self._across(part, mode, k))
                        for k in self.parts[part]
                        if k in self.rows[mode] and k != mode
                    )
                )
                terms = [*(term * whole for term in terms), self.letters.named(tied) * rest]
                rest = rest * whole
                if len(terms) > MANY:
                    terms = [self._named(Add(*terms))]
            self.branches[mode, back] = self._named(Add(*terms)), rest
        return self.branches[mode, back]

    def _named(self, e: Expr) -> Expr:
        return self.letters.named(e, determinant=True)

    def _determinant(self, part: int, mode: int) -> Expr:
        """The determinant of a part without one of its modes, with all that hangs on the others."""
        minors, others = self._minors(part, mode, None)
        return self._named(minors.get((1 << len(others)) - 1, NONE))

    def _across(self, part: int, mode: int, target: int) -> Expr:
        """det · x_target/x_mode, with det the determinant of the part without the mode and all that hangs on it.

        The factor Q, the determinant of what hangs on the target, is left out.
        """
        minors, others = self._minors(part, mode, target)
        k = others.index(target)
        return self.letters.named((-1) ** (len(others) - k) * minors.get((2 << len(others)) - 1 ^ 1 << k, NONE))

    def _minors(self, part: int, mode: int, bare: int | None) -> tuple[dict[int, Expr], list[int]]:
        """Maximal minors of the rows of all modes of a part but `mode`, whose column is the last; and these modes.

        What hangs on them is included, but for the mode `bare`.
        """
        others = [k for k in self.parts[part] if k != mode]
        columns = {k: column for column, k in enumerate((*others, mode))}
        rows = []
        for k in others:
            own, rest = (NONE, ONE) if k == bare else self.branch(k, part)
            row = {columns[j]: rest * entry for j, entry in self.rows[k].items() if j in columns and j != k}
            rows.append(row | {columns[k]: own})
        return structure.sweep(rows, range(len(rows))), others
