"""Systems whose entries are all independent: nothing cancels in them, and no numerator shares a factor with what is
below it (the lemma in `minors`).

    x_j = N_j / Π D_l,      D_l the determinants of the irreducible blocks that x_j depends on

Blocks are gone through one after the other, each by its leaves and two sweeps (`cofactors`); with numbers of terms in
place of polynomials the same way says how long they will be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from sympy import Symbol

from derive.kernel.cofactors import NUMBERS, Element, Product, Ring, Row, Shape, shape, solved
from derive.kernel.entries import Generic, ring
from derive.kernel.minors import Fractions, System, bounds, linked
from derive.kernel.packing import ONE, is_letter
from derive.kernel.terms import Terms, monomials

# Steps of the sweeps of a block, which take a tenth of a second with numbers; beyond them a bound is all that is known.
STEPS = 60_000
# 1024 log₂ (r!)^(1/r), rounded up: a row of r entries multiplies a permanent by no more (Bregman 1973).
LOGARITHMS = (0, 0, 512, 883, 1174, 1415, 1620, 1800, 1959, 2102, 2232, 2351, 2461, 2563, 2659, 2748, 2833)
Solver = Callable[[int, Sequence[Row]], tuple[Element, dict[int, Element]]]


def independent(generics: Generic, system: System) -> bool:
    """Whether all entries are independent but for A_ij = A_ji inside a block (the lemma's second case)."""
    uses = generics.uses
    met: dict[int, tuple[int, int, Any]] = {}
    pairs = 0
    home: dict[int, int] = {}
    for i, row in enumerate(generics.rows):
        for j, entry in row.items():
            if len(entry) != 1 or len(entry[0][1]) != 1:
                return False
            k = entry[0][1][0]
            if uses[k] == 1:
                continue
            if uses[k] > 2:
                return False
            if k not in met:
                met[k] = i, j, entry
            elif met[k] == (j, i, entry):
                home = home or {row: number for number, block in enumerate(system.blocks) for row in block}
                if home[i] != home[j]:
                    return False
                pairs += 1
            else:
                return False
    if not pairs:
        return True
    return system.matched == tuple(range(len(system.rows))) and all(
        linked(block, system) for block in system.blocks
    )


def predict(system: System, enough: int = 0) -> tuple[dict[int, Shape], int, bool]:
    """How the blocks that b reaches are taken apart, the number of terms, and whether they can be expanded.

    The number is an upper bound if it is at most `enough`, and if a block has too many states to count them.
    """
    shapes: dict[int, Shape] = {}
    if max(map(len, system.rows)) < len(LOGARITHMS):
        most = len(system.rows) + 1 << sum([LOGARITHMS[len(row)] for row in system.rows]) // 1024 + 1
        if most <= enough:
            return shapes, most, True
    crowded: list[int] = []

    def counted(number: int, rows: Sequence[Row]) -> tuple[int, dict[int, int]]:
        found = shapes[number] = shape(rows)
        if found.states * sum(map(len, rows)) > STEPS * len(rows):
            crowded.append(number)
            bottom, top = bounds(rows)
            return bottom, dict.fromkeys(range(len(rows)), top)
        return solved(rows, found, NUMBERS)

    entries = [dict.fromkeys(row, 1) for row in system.rows]
    fractions, determinants = _through(system, entries, NUMBERS, counted, int)
    return shapes, sum(top for top, _ in fractions.values()) + sum(determinants.values()), not crowded


def expanded(system: System, generics: Generic, shapes: Mapping[int, Shape]) -> Fractions:
    """For every unknown that is not zero: its numerator and the determinants below, by block."""
    rows: Sequence[Row]
    wrapped: Callable[[Element], Any]
    if all(type(core) is Symbol or core is not ONE and is_letter(core) for core, _ in generics.generators):
        repeats = any(len(block) > 2 for block in system.blocks) and _loops(generics)
        rows, elements, layout = monomials(generics, repeats)
        wrapped = lambda found: Terms(layout, *found)  # noqa: E731
    else:
        rows, zero, one = ring(generics)
        times = lambda x, y, negative: -x * y if negative else x * y  # noqa: E731
        elements = Ring(one, times, lambda found: reduce(add, [times(*product) for product in found]))
        wrapped = lambda found: found  # noqa: E731

    def block(number: int, rows: Sequence[Row]) -> tuple[Element, dict[int, Element]]:
        return solved(rows, shapes.get(number) or shape(rows), elements)

    fractions, _ = _through(system, rows, elements, block, wrapped)
    return {column: (wrapped(top), bottoms) for column, (top, bottoms) in fractions.items()}


def _through(
    system: System, entries: Sequence[Row], elements: Ring, solver: Solver, wrapped: Callable[[Element], Any]
) -> tuple[dict[int, tuple[Element, dict[int, Any]]], dict[int, Element]]:
    """Numerators with the determinants below, wrapped, and the determinants; every block after those it depends on."""
    one, times, total = elements
    size = len(entries)
    fractions: dict[int, tuple[Element, dict[int, Any]]] = {}
    determinants: dict[int, Element] = {}
    for number, rows in enumerate(system.blocks):
        fed: list[tuple[int, Element, dict[int, Any]]] = []
        for row in rows:
            for column, entry in entries[row].items():
                if column == size:
                    fed.append((row, entry, {}))
                elif column in fractions:
                    top, over = fractions[column]
                    fed.append((row, times(entry, top, True), over))
        if not fed:
            continue
        below = fed[0][2]
        if len(fed) > 1:
            together: dict[int, Any] = {}
            for _, _, over in fed:
                together.update(over)
            below = {l: together[l] for l in sorted(together)}
        sources: dict[int, list[Product]] = {}
        for row, source, over in fed:
            if len(over) < len(below):
                for l in below:
                    if l not in over:
                        source = times(source, determinants[l], False)
            sources.setdefault(row, []).append((source, one, False))
        columns = [system.matched[row] for row in rows]
        if len(rows) == 1:
            determinant, tops = entries[rows[0]][columns[0]], {0: total(sources[rows[0]])}
        else:
            local = {column: k for k, column in enumerate(columns)}
            matrix = []
            for row in rows:
                matrix.append({local[column]: e for column, e in entries[row].items() if column in local})
                if row in sources:
                    matrix[-1][len(rows)] = total(sources[row])
            determinant, tops = solver(number, matrix)
        determinants[number] = determinant
        bottoms = {**below, number: wrapped(determinant)}
        for k, top in tops.items():
            fractions[columns[k]] = top, bottoms
    return fractions, determinants


def _loops(generics: Generic) -> bool:
    """Whether a loop can be run through both ways: the pairs A_ij = A_ji are no forest."""
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
