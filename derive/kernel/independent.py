"""Systems whose entries are all independent: nothing cancels in them.

    x_j = N_j / Π D_l,      D_l the determinants of the irreducible blocks that x_j depends on

No numerator shares a factor with what is below it (the lemma in `minors`). Blocks are solved one after the other, each
by its parts (`components`, `cofactors`). The same steps with numbers of terms in place of polynomials say beforehand
how long the answer will be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from flint import fmpz_mpoly
from sympy import Symbol

from derive.kernel.cofactors import Element, Hung, Numbers, Product, Ring, solved, swept
from derive.kernel.components import Row, Shape, bound, shape
from derive.kernel.covers import covered, reciprocal
from derive.kernel.entries import Generic, ring
from derive.kernel.minors import Fractions, System, bounds, linked
from derive.kernel.packing import ONE, is_plain
from derive.kernel.terms import listed

# Products in the sweeps of a block, 0.1 s, up to which its terms are counted; beyond, they are only bounded.
STEPS = 60_000
# What a row receives from outside of its block: the row, a numerator with the sign that it has on the right-hand side,
# and the determinants below it.
Source = tuple[int, Element, Mapping[int, Any]]
Solver = Callable[[int, Sequence[Row]], tuple[Element, dict[int, Element]]]


class Flint(NamedTuple):
    """The ring of FLINT's polynomials."""

    one: fmpz_mpoly

    def times(self, x: fmpz_mpoly, y: fmpz_mpoly, negative: bool = False) -> fmpz_mpoly:
        return -x * y if negative else x * y

    def total(self, found: Sequence[tuple[fmpz_mpoly, fmpz_mpoly, bool]]) -> fmpz_mpoly:
        return reduce(add, [self.times(*product) for product in found])

    def both(self, x: fmpz_mpoly, y: fmpz_mpoly) -> Sequence[fmpz_mpoly]:
        return x, y

    def polynomial(self, x: fmpz_mpoly) -> fmpz_mpoly:
        return x


def independent(generics: Generic, system: System) -> bool:
    """Whether all entries are independent, but for A_ij = A_ji inside a block: the second case of `minors`' lemma."""
    rows, uses = generics.rows, generics.uses
    size = len(rows)
    pairs, shared, one_way = 0, 0, False
    try:
        for i, row in enumerate(rows):
            for j, entry in row.items():
                ((_, (k,)),) = entry
                times = uses[k]
                if times == 1:
                    one_way = one_way or j != i
                elif times > 2:
                    return False
                else:
                    shared += 1
                    if j < i and rows[j].get(i) == entry:
                        pairs += 1
    except ValueError:  # an entry of several terms or letters, or of none
        return False
    if shared != 2 * pairs:
        return False
    if not pairs:
        return True
    if system.matched != tuple(range(size)):
        return False
    # every row is matched to its own column, so that the modes of a pair, which feed each other, are in one block
    return not one_way or all(linked(block, system) for block in system.blocks)


def predict(system: System, enough: int = 0) -> tuple[dict[int, Shape], int, bool]:
    """How the blocks are taken apart, the number of terms, and whether they can be expanded.

    The number is an upper bound if it is at most `enough`, and also if a block has too many states to count them.
    """
    size = len(system.rows)
    shapes: dict[int, Shape] = {}
    most, minors = 1, size + 1
    crowded = False
    for number, rows in enumerate(system.blocks):
        if len(rows) == 1:
            most *= max(1, len(system.rows[rows[0]]) - 1)
            continue
        pattern = _inside(system.rows, system, rows)
        if len(rows) < size:
            for row, inside in zip(rows, pattern, strict=True):
                if len(system.rows[row]) > len(inside):
                    inside[len(rows)] = ONE  # from other blocks, or from b
        shapes[number] = found = shape(pattern)
        most *= bound(pattern, found)
        if len(rows) == size and found.root < size:
            # b_p det A = Σ_j a_pj N_j: together the N_j of links to the driven mode p have no more terms than det A
            minors = size + 3 - len(pattern[found.root])
        crowded = crowded or _crowded(found, pattern)
    most *= minors
    if most <= enough:
        return shapes, most, not crowded

    def counted(number: int, rows: Sequence[Row]) -> tuple[int, dict[int, int]]:
        if _crowded(shapes[number], rows):
            bottom, top = bounds(rows)
            return bottom, dict.fromkeys(range(len(rows)), top)
        return solved(rows, shapes[number], Numbers())

    entries = [dict.fromkeys(row, 1) for row in system.rows]
    fractions, determinants = _through(system, entries, Numbers(), counted)
    return shapes, sum(top for top, _ in fractions.values()) + sum(determinants.values()), not crowded


def _crowded(found: Shape, rows: Sequence[Row]) -> bool:
    """Whether the sweeps of a block may make more than `STEPS` products, one for each state and entry of a row."""
    return found.states * sum(map(len, rows)) > STEPS * len(rows)


def expanded(system: System, generics: Generic, shapes: Mapping[int, Shape]) -> Fractions:
    """For every unknown that is not zero: its numerator and the determinants below, by block."""
    rows: Sequence[Row]
    elements: Ring
    other: Callable[..., Hung] = swept
    if all(type(e) is Symbol or e is not ONE and is_plain(e) for e, _ in generics.generators):
        loops, repeats = _once(system, generics, shapes)
        rows, elements = listed(generics, loops, repeats and _loops(generics))
        other = covered
    else:
        rows, _, one = ring(generics)
        elements = Flint(one)

    def block(number: int, rows: Sequence[Row]) -> tuple[Element, dict[int, Element]]:
        return solved(rows, shapes[number], elements, other)

    fractions, _ = _through(system, rows, elements, block)
    return {column: (elements.polynomial(top), bottoms) for column, (top, bottoms) in fractions.items()}


def _once(system: System, generics: Generic, shapes: Mapping[int, Shape]) -> tuple[int, bool]:
    """How many factors 2 a term may have, and whether there are parts where a monomial comes twice instead.

    Both directions of a reciprocal loop give one monomial. Loops and reciprocal parts (`covers`) write it once, with a
    factor 2; in other parts each direction is a term of its own.
    """
    loops, repeats = 0, False
    for number, found in shapes.items():
        rows = _inside(generics.rows, system, system.blocks[number])
        for stem, modes, loop, _ in found.parts:
            if loop:
                loops += 1
            elif len(modes) > 1:
                if reciprocal(rows, stem, modes):
                    loops += (len(modes) + 1) // 3
                else:
                    repeats = True
    return loops, repeats


def _through(
    system: System, entries: Sequence[Row], elements: Ring, solver: Solver
) -> tuple[dict[int, tuple[Element, dict[int, Any]]], dict[int, Element]]:
    """The numerators, each with the determinants below it as polynomials by block, and the determinants by block.

    Blocks are solved in order; `solver` gives the determinant and the numerators of one of several modes.
    """
    size = len(entries)
    fractions: dict[int, tuple[Element, dict[int, Any]]] = {}
    determinants: dict[int, Element] = {}
    for number, rows in enumerate(system.blocks):
        fed: list[Source] = []
        for row in rows:
            for column, entry in entries[row].items():
                if column == size:
                    fed.append((row, entry, {}))
                elif column in fractions:
                    top, over = fractions[column]
                    fed.append((row, elements.times(entry, top, negative=True), over))
        if not fed:
            continue
        below: Mapping[int, Any] = {}
        if len(rows) == len(fed) == 1:
            ((row, source, below),) = fed
            column = system.matched[row]
            determinants[number] = determinant = entries[row][column]
            fractions[column] = source, {**below, number: elements.polynomial(determinant)}
            continue
        columns = [system.matched[row] for row in rows]
        if len(rows) == size:
            determinant, tops = solver(number, _inside(entries, system, rows))
        else:
            below, sources = _over_one_denominator(fed, determinants, elements)
            if len(rows) == 1:
                determinant, tops = entries[rows[0]][columns[0]], {0: sources[rows[0]]}
            else:
                matrix = _inside(entries, system, rows)
                for k, row in enumerate(rows):
                    if row in sources:
                        matrix[k][len(rows)] = sources[row]
                determinant, tops = solver(number, matrix)
        determinants[number] = determinant
        bottoms = {**below, number: elements.polynomial(determinant)}
        for k, top in tops.items():
            fractions[columns[k]] = top, bottoms
    return fractions, determinants


def _over_one_denominator(
    fed: Sequence[Source], determinants: Mapping[int, Element], elements: Ring
) -> tuple[Mapping[int, Any], dict[int, Element]]:
    """The determinants below all sources of a block, and the sum of the sources of every row over their product."""
    below: dict[int, Any] = {}
    for _, _, over in fed:
        below.update(over)
    below = {l: below[l] for l in sorted(below)}
    sources: dict[int, list[Product]] = {}
    for row, source, over in fed:
        for l in below:
            if l not in over:
                source = elements.times(source, determinants[l])
        sources.setdefault(row, []).append((source, elements.one, False))
    return below, {row: elements.total(found) for row, found in sources.items()}


def _inside(entries: Sequence[Row], system: System, rows: Sequence[int]) -> Sequence[dict[int, Any]]:
    """The rows of a block, columns numbered as the rows that they are matched to; with b if it is the only block."""
    if len(rows) == len(entries) and system.matched == rows:
        return entries  # type: ignore[return-value]
    local = {system.matched[row]: k for k, row in enumerate(rows)}
    if len(rows) == len(entries):
        local[len(rows)] = len(rows)
    return [{local[column]: e for column, e in entries[row].items() if column in local} for row in rows]


def _loops(generics: Generic) -> bool:
    """Whether some loop can be run through both ways: whether the links with A_ij = A_ji are not a forest."""
    root = list(range(len(generics.rows)))

    def top(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    for i, row in enumerate(generics.rows):
        for j, entry in row.items():
            if j < i and generics.rows[j].get(i) == entry:
                if top(i) == top(j):
                    return True
                root[top(i)] = top(j)
    return False
