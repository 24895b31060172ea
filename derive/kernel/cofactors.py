"""The determinant of a block and all numerators of Cramer's rule, in products that are not much longer than they are.

    leaf v of p:      a_pp ← a_pp a_vv − a_pv a_vp,   the other entries of row p ← a_vv times them
    what is left:     D_k = Σ_S ± F(S) G(the columns but k and those of S)

Modes that hang on one other are taken first: eliminating a leaf v and scaling the row of its neighbour p by a_vv leaves
the determinant as it is, so that nothing is divided. Of the core that is left, F(S) are the minors of the first rows
on the columns S and G those of the last rows; every maximal minor D_k of [A | b], which leaves column k out, is put
together where its column is open, that is, in the middle of the rows that hold it (Laplace 1772). So no state needs
to know which column will be missing.

The ring is anybody's: products take a sign, sums a list. Where all entries are independent nothing cancels, and no
product is longer than what it becomes a part of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import comb
from typing import Any, NamedTuple, Protocol

from derive.kernel import structure

Element = Any
Product = tuple[Element, Element, bool]
Row = Mapping[int, Element]
Step = Sequence[tuple[int, int, Element]]
# 1024 log₂ (r!)^(1/r), rounded up: a row of r entries multiplies a permanent by no more (Bregman 1973).
LOGARITHMS = (0, 0, 512, 883, 1174, 1415, 1620, 1800, 1959, 2102, 2232, 2351, 2461, 2563, 2659, 2748, 2833)
FEW = 6  # rows, whose order does not matter
ENOUGH = 10  # states of a sweep a row, as those of a ladder, for which no better order is looked for


class Ring(Protocol):
    """times(x, y, negative) is ± x y, total the sum of so many, at least one."""

    @property
    def one(self) -> Element: ...

    def times(self, x: Element, y: Element, negative: bool) -> Element: ...

    def total(self, found: Sequence[Product]) -> Element: ...


class Numbers(NamedTuple):
    """Numbers of terms, where nothing cancels."""

    one: int = 1

    def times(self, x: int, y: int, negative: bool) -> int:
        return x * y

    def total(self, found: Sequence[tuple[int, int, bool]]) -> int:
        return sum([x * y for x, y, _ in found])


class Shape(NamedTuple):
    """Leaves, each with the mode it hangs on and after all that hang on itself; the rows of the core in the order of
    the sweeps, and how many states these may have."""

    leaves: tuple[tuple[int, int], ...]
    core: tuple[int, ...]
    states: int


def shape(rows: Sequence[Row]) -> Shape:
    """What to take first in a block, whose right-hand side is the column behind its own."""
    size = len(rows)
    near: list[set[int]] = [set() for _ in rows]
    for i, row in enumerate(rows):
        for j in row:
            if i != j < size:
                near[i].add(j)
                near[j].add(i)
    free = [i in row and size not in row for i, row in enumerate(rows)]
    queue = [i for i, found in enumerate(near) if len(found) == 1 and free[i]]
    leaves: list[tuple[int, int]] = []
    left = set(range(size))
    for v in queue:
        if len(near[v]) != 1:
            continue
        (p,) = near[v]
        leaves.append((v, p))
        left.discard(v)
        near[p].discard(v)
        if len(near[p]) == 1 and free[p]:
            queue.append(p)
    if len(left) == 1:
        return Shape(tuple(leaves), tuple(left), 0)
    core = sorted(left)
    local = {v: k for k, v in enumerate(core)}
    local[size] = len(core)
    pattern = [[local[j] for j in rows[v] if j in local] for v in core]
    order, states = _order(pattern)
    return Shape(tuple(leaves), tuple(core[k] for k in order), states)


def bound(rows: Sequence[Row], found: Shape) -> int:
    """No minor has more terms: what leaves make of the diagonal of the core, times a bound of the core's permanent."""
    own, rest = [1] * len(rows), [1] * len(rows)
    length = list(map(len, rows))
    for v, p in found.leaves:
        own[p], rest[p] = own[p] * own[v] + rest[p] * rest[v], rest[p] * own[v]
        length[p] -= 1
    most, logarithm = 1, 0
    for v in found.core:
        most *= own[v]
        logarithm += LOGARITHMS[length[v]] if length[v] < len(LOGARITHMS) else 1024 * length[v].bit_length()
    return most * (1024 + logarithm % 1024) // 1024 + 1 << logarithm // 1024  # 2^x ≤ 1 + x


def _order(rows: Sequence[Sequence[int]]) -> tuple[Sequence[int], int]:
    """The order as it is given if it has few states, or no other can have far fewer; else the best of a search."""
    size = len(rows)
    best: Sequence[int] = range(size)
    if size < FEW:
        return best, 2 << size
    states = _states(rows, best)
    narrowest = min([len(row) - (size in row) for row in rows])
    if states > max(ENOUGH * size, 4 * comb(narrowest, narrowest // 2)):
        for order in structure.orders([dict.fromkeys(row) for row in rows], size):
            found = _states(rows, order)
            if found < states:
                best, states = order, found
            if states <= ENOUGH * size:
                break
    return best, states


def _spans(rows: Sequence[Iterable[int]], order: Sequence[int]) -> tuple[list[int], list[int]]:
    """The steps at which every column is met first and last."""
    first, last = [-1] * (len(rows) + 1), [-1] * (len(rows) + 1)
    for step, row in enumerate(order):
        for column in rows[row]:
            last[column] = step
            if first[column] < 0:
                first[column] = step
    return first, last


def _states(rows: Sequence[Iterable[int]], order: Sequence[int]) -> int:
    """At most so many sets of columns occur, without b: closed ones are used, and of the open ones as many as rows are
    left."""
    size = len(rows)
    first, last = _spans(rows, order)
    opened, closed = [0] * size, [0] * size
    for k in range(size):
        opened[first[k]] += 1
        closed[last[k]] += 1
    total = wide = 0
    used = 0
    for step in range(size - 1):
        used += closed[step]
        wide += opened[step] - closed[step]
        total += comb(wide, step + 1 - used) if used <= step + 1 else 0
    return total


def solved(rows: Sequence[Row], found: Shape, ring: Ring) -> tuple[Element, dict[int, Element]]:
    """The determinant, and the numerators that are not zero. Row i is {column: entry}, with b behind the columns."""
    times = ring.times
    size = len(rows)
    branches: dict[int, list[int]] = {}
    own: dict[int, Element] = {}
    rest: dict[int, Element] = {}
    stems: dict[int, tuple[Element, Element]] = {}
    for v, p in found.leaves:
        own[v] = _hung(rows, v, branches[v], own, rest, stems, ring) if v in branches else rows[v][v]
        branches.setdefault(p, []).append(v)
    for v in found.core:
        own[v] = _hung(rows, v, branches[v], own, rest, stems, ring) if v in branches else rows[v].get(v)
    tops: dict[int, Element] = {}
    bare: dict[int, Element] = {}
    if len(found.core) == 1:
        (v,) = found.core
        determinant = own[v]
        bare[v] = rows[v][size]
        tops[v] = times(bare[v], rest[v], False) if v in rest else bare[v]
    else:
        determinant = _met(rows, found.core, own, rest, ring, tops, bare)
    for v, p in reversed(found.leaves):
        if p in bare:
            stem, whole = stems[v]
            tops[v] = times(whole, bare[p], True)
            bare[v] = times(stem, bare[p], True) if v in rest else tops[v]
    return determinant, tops


def _hung(
    rows: Sequence[Row],
    v: int,
    branches: Sequence[int],
    own: Mapping[int, Element],
    rest: dict[int, Element],
    stems: dict[int, tuple[Element, Element]],
    ring: Ring,
) -> Element:
    """The determinant of a mode with all that hangs on it; `rest` is that without the mode itself.

    The stem of a branch u is A_uv times the other branches, alone and with what hangs on u.
    """
    row = rows[v]
    one, times, total = ring.one, ring.times, ring.total
    beside: dict[int, Element] = {}
    product = own[branches[0]]
    if len(branches) > 1:
        product = one
        for u in reversed(branches):
            beside[u] = product
            product = times(product, own[u], False)
        product = one
        for u in branches:
            beside[u] = times(beside[u], product, False)
            product = times(product, own[u], False)
    rest[v] = product
    summands = [(row[v], product, False)] if v in row else []
    for u in branches:
        stem = times(rows[u][v], beside[u], False) if beside else rows[u][v]
        whole = times(stem, rest[u], False) if u in rest else stem
        stems[u] = stem, whole
        summands.append((row[u], whole, True))
    return total(summands)


def _met(
    rows: Sequence[Row],
    order: Sequence[int],
    own: Mapping[int, Element | None],
    rest: Mapping[int, Element],
    ring: Ring,
    tops: dict[int, Element],
    bare: dict[int, Element],
) -> Element:
    """The determinant of the core; numerators go to `tops`, and `bare` without what hangs on their mode."""
    times, total = ring.times, ring.total
    size = len(order)
    plain: Sequence[Row] = rows
    matrix: list[Row] = list(rows)
    if size < len(rows) or rest or list(order) != list(range(size)):
        local = {v: k for k, v in enumerate(order)}
        local[len(rows)] = size
        plain = [{local[j]: entry for j, entry in rows[v].items() if j in local} for v in order]
        matrix = list(plain)
        for k, v in enumerate(order):
            if v in rest:
                scaled = {j: times(rest[v], entry, False) for j, entry in plain[k].items() if j != k}
                matrix[k] = scaled if own[v] is None else {**scaled, k: own[v]}
    first, last = _spans(matrix, range(size))
    middle = first[size] + 1
    # where a minor is put together: between two rows that hold its column, or else at its only row
    cuts: dict[int, list[int]] = {}
    inserted: list[tuple[int, int, Row]] = []
    low, high = size, 0
    for k in range(size + 1):
        if k < size and order[k] in rest:
            cut = k
            inserted.append((k, cut, plain[k]))
        elif first[k] == last[k]:
            cut = first[k]
            inserted.append((k, cut, matrix[cut]))
        else:
            cut = max(first[k] + 1, min(middle, last[k]))
            cuts.setdefault(cut, []).append(k)
            low = min(low, cut)
        low, high = min(low, cut + 1), max(high, cut)
    steps = [[(1 << column, column, entry) for column, entry in row.items()] for row in matrix]
    before = _forwards(steps, last, high, ring)
    after = _backwards(steps, first, low, ring)
    full = (2 << size) - 1
    found: dict[int, list[Product]] = {}
    for cut, columns in cuts.items():
        left, right = before[cut], after[cut]
        for k in columns:
            others = full ^ 1 << k
            uneven, turned = _uneven(full, k, size, cut)
            summands = found[k] = []
            for mask, minor in left.items():
                other = others ^ mask
                if other in right and other | mask == others:
                    odd = (mask & uneven).bit_count() + turned & 1
                    summands.append((minor, right[other], odd == 1))
    for k, step, row in inserted:
        left, right = before[step], after[step + 1]
        uneven, turned = _uneven(full, k, size, step + 1)
        summands = found[k] = []
        for column, entry in row.items():
            if column == k:
                continue
            bit = 1 << column
            others = full ^ 1 << k ^ bit
            for mask, minor in left.items():
                other = others ^ mask
                if other in right and other | mask == others:
                    odd = ((mask | bit) & uneven).bit_count() + (mask >> column).bit_count() + turned & 1
                    summands.append((times(entry, minor, odd == 1), right[other], False))
    determinant = total(found.pop(size))
    for k, summands in found.items():
        if not summands:
            continue
        v = order[k]
        bare[v] = total(summands)
        tops[v] = times(bare[v], rest[v], False) if v in rest else bare[v]
    return determinant


def _uneven(full: int, k: int, size: int, taken: int) -> tuple[int, int]:
    """What tells the sign of a minor without column k from the columns S of its first `taken` rows.

    Putting S before the others passes by Σ rank(s) − |S|(|S| − 1)/2 columns, rank(s) of those but k lying below s. In
    numerators b takes the place of column k.
    """
    odd = (full if size & 1 else full >> 1) // 3 << 1
    below = (1 << k) - 1
    uneven = odd & below | full & ~(odd | below | 1 << k)
    return uneven, taken * (taken - 1) // 2 + (size - k - 1 if k < size else 0)


def _forwards(steps: Sequence[Step], last: Sequence[int], high: int, ring: Ring) -> list[dict[int, Element]]:
    """The minors of the first 0, 1, 2, … rows whose closed columns are all used, by the bit masks of their columns."""
    found = [{0: ring.one}]
    closed = 0
    for step in range(high):
        entries = steps[step]
        for bit, column, _ in entries:
            if last[column] == step:
                closed |= bit
        grown: dict[int, list[Product]] = {}
        for mask, minor in found[step].items():
            for bit, column, entry in entries:
                union = mask | bit
                if union != mask and not closed & ~union:
                    term = entry, minor, (mask >> column).bit_count() & 1 == 1
                    if union in grown:
                        grown[union].append(term)
                    else:
                        grown[union] = [term]
        found.append(_added(grown, ring))
    return found


def _backwards(
    steps: Sequence[Step], first: Sequence[int], low: int, ring: Ring
) -> dict[int, dict[int, Element]]:
    """The minors of the rows from a step on that use all columns that no row before them has."""
    size = len(steps)
    found = {size: {0: ring.one}}
    needed = 0
    for step in range(size - 1, low - 1, -1):
        entries = steps[step]
        for bit, column, _ in entries:
            if first[column] == step:
                needed |= bit
        grown: dict[int, list[Product]] = {}
        for mask, minor in found[step + 1].items():
            for bit, _, entry in entries:
                union = mask | bit
                if union != mask and not needed & ~union:
                    term = entry, minor, (mask & bit - 1).bit_count() & 1 == 1
                    if union in grown:
                        grown[union].append(term)
                    else:
                        grown[union] = [term]
        found[step] = _added(grown, ring)
    return found


def _added(grown: Mapping[int, Sequence[Product]], ring: Ring) -> dict[int, Element]:
    times, total = ring.times, ring.total
    return {
        mask: total(found) if len(found) > 1 else times(*found[0]) for mask, found in grown.items()
    }
