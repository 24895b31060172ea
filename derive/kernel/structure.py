"""The zero pattern of a linear system: solvable or not, blocks, orders of elimination, predicted size.

Everything here depends only on which entries are nonzero.

    rows[i] = {column: entry},     A x = b with b as the column numbered n

A matching gives every row a column of its own (the structural rank); the strongly connected components of the matched
pattern are its finest block-triangular form (Dulmage and Mendelsohn, 1958), in which every diagonal block is fully
indecomposable. Inside a block the maximal minors of [A | b] follow from a sweep over the rows that remembers only
which columns are taken: no division, no greatest common divisor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from math import comb, factorial
from typing import Any, NamedTuple

from sympy import integer_nthroot

Rows = Sequence[Mapping[int, Any]]
Largest = tuple[Sequence[int], Sequence[int]]  # bounds of the monomials in minors of 1, 2, … rows: without b, with b

# Rows above which no greedy orders are tried: they take a time of rows². A sweep over so many rows is worth while only
# if few columns are open at a time, and then breadth-first search finds a good order as well.
WIDE = 150
# The cost of a product, in terms of minors: it takes 2 µs and 0.03 µs a term, and a term of a minor is in about three
# products.
PRODUCT = 20


class Plan(NamedTuple):
    """An order of the rows for `sweep`, and what the sweep will cost.

    `products` is how many products it makes, `work` how many terms all minors on the way have, and `terms` how many
    terms each maximal minor has, by the bit mask of its columns.
    """

    order: tuple[int, ...]
    products: int
    work: int
    terms: Mapping[int, int]

    @property
    def cost(self) -> int:
        """The time that the sweep takes, in units of the time for one term."""
        return self.work + PRODUCT * self.products


def matching(rows: Sequence[Collection[int]]) -> tuple[int, ...] | None:
    """A column for every row, the row's own wherever possible; None if the structural rank is too small."""
    owner: dict[int, int] = {i: i for i, row in enumerate(rows) if i in row}
    for start in range(len(rows)):
        if start in rows[start]:
            continue
        reached: dict[int, int] = {}
        queue, free = [start], -1
        while queue and free < 0:
            row = queue.pop(0)
            for column in sorted(rows[row]):
                if column in reached:
                    continue
                reached[column] = row
                if column not in owner:
                    free = column
                    break
                queue.append(owner[column])
        if free < 0:
            return None
        taken = {row: column for column, row in owner.items()}
        while free >= 0:
            row = reached[free]
            owner[free], free = row, taken.get(row, -1)
    columns = {row: column for column, row in owner.items()}
    return tuple(columns[row] for row in range(len(rows)))


def blocks(rows: Sequence[Collection[int]], matched: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Rows of the irreducible diagonal blocks, each after the blocks that it depends on (Tarjan, 1972)."""
    row_of = {column: row for row, column in enumerate(matched)}
    near = [sorted(map(row_of.__getitem__, row)) for row in rows]
    done = len(rows) + 1  # the number of rows whose block is found; 0 is that of rows that are not met yet
    number, low = [0] * len(rows), [0] * len(rows)
    met = 0
    path: list[int] = []
    found: list[tuple[int, ...]] = []
    for root in range(len(rows)):
        if number[root]:
            continue
        calls = [(root, iter(near[root]))]
        met += 1
        number[root] = low[root] = met
        path.append(root)
        while calls:
            row, rest = calls[-1]
            for following in rest:
                if not number[following]:
                    met += 1
                    number[following] = low[following] = met
                    path.append(following)
                    calls.append((following, iter(near[following])))
                    break
                if number[following] < low[row]:
                    low[row] = number[following]
            else:
                calls.pop()
                if low[row] < number[row]:
                    above = calls[-1][0]
                    low[above] = min(low[above], low[row])
                    continue
                block: list[int] = []
                while not block or block[-1] != row:
                    block.append(path.pop())
                    number[block[-1]] = done
                found.append(tuple(sorted(block)))
    return tuple(found)


def sweep(rows: Rows, order: Sequence[int]) -> dict[int, Any]:
    """All maximal minors of a matrix with one column more than rows, by the bit mask of their columns.

    Laplace expansion row by row, min(S ∪ {c}) += ± a_c min(S), with equal sets S merged. A column whose last row has
    passed must be used, save the single one that a maximal minor leaves out: only the sets of columns that are still
    open are remembered. Division-free: a ladder of 16 modes takes 7 ms where fraction-free elimination with the
    shortest pivots first takes 4 s.
    """
    last = {column: step for step, row in enumerate(order) for column in rows[row]}
    minors: dict[int, Any] = {}
    closed = 0
    for step, row in enumerate(order):
        entries = [(1 << column, column + 1, entry) for column, entry in rows[row].items()]
        for column in rows[row]:
            if last[column] == step:
                closed |= 1 << column
        if step == 0:
            minors = {bit: entry for bit, _, entry in entries if _at_most_one(closed & ~bit)}
            continue
        grown: dict[int, Any] = {}
        for mask, minor in minors.items():
            for bit, above, entry in entries:
                if mask & bit:
                    continue
                union = mask | bit
                missing = closed & ~union
                if missing & (missing - 1):
                    continue
                term = entry * minor
                if (mask >> above).bit_count() & 1:
                    term = -term
                grown[union] = grown[union] + term if union in grown else term
        minors = grown
    return minors


def _at_most_one(bits: int) -> bool:
    return not bits & (bits - 1)


def count(rows: Rows, order: Sequence[int], largest: Largest | None, cap: int) -> Plan | None:
    """The plan of a sweep, by numbers of terms in place of the entries; None after `cap` products.

    Exact if all entries are independent; otherwise an upper bound, for which `largest[s][k]` is the number of
    different monomials that a minor of k + 1 rows can have, without (s = 0) and with (s = 1) the column of b.
    """
    last = {column: step for step, row in enumerate(order) for column in rows[row]}
    minors = {0: 1}
    closed = products = work = 0
    for step, row in enumerate(order):
        entries = [(1 << column, terms) for column, terms in rows[row].items()]
        for column in rows[row]:
            if last[column] == step:
                closed |= 1 << column
        grown: dict[int, int] = {}
        for mask, terms in minors.items():
            for bit, factor in entries:
                if mask & bit:
                    continue
                union = mask | bit
                missing = closed & ~union
                if missing & (missing - 1):
                    continue
                grown[union] = grown.get(union, 0) + terms * factor
                products += 1
            if products > cap:
                return None
        minors = grown
        if largest is not None:
            most = largest[0][step], largest[1][step]
            minors = {mask: min(terms, most[mask >> len(rows) & 1]) for mask, terms in grown.items()}
        work += sum(minors.values())
    return Plan(tuple(order), products, work, minors)


def plan(rows: Rows, forced: int, largest: Largest | None, cap: int) -> Plan | None:
    """The cheapest of several greedy row orders for `sweep`, or None if all of them exceed `cap` products.

    `forced` is the column of the right-hand side: rows that carry it are wanted last, because all minors
    without them are shared by all unknowns. The first order that is short enough is taken at once.
    """
    # k rows of at least d entries in columns of at least d can take C(d, k) sets of columns before one must be full
    heights = Counter(c for row in rows for c in row if c != forced)
    narrowest = min([*map(len, rows), *heights.values()])
    if comb(narrowest, narrowest // 2) > cap:
        return None
    best: Plan | None = None
    for order in orders(rows, forced):
        found = count(rows, order, largest, cap if best is None else min(cap, best.products))
        if found is None:
            continue
        if best is None or found.cost < best.cost:
            best = found
        # about linear in the size of the answer: other orders would save less than the search for them takes
        if best.products < 3 * len(rows) ** 2 and best.work < 3 * sum(best.terms.values()) + 10 * best.products:
            break
    return best


def orders(rows: Rows, forced: int) -> Iterable[list[int]]:
    """Different orders of the rows, some of which have few open columns at a time.

    By breadth-first search from the driven rows or from a row far away, and greedily unless there are more than `WIDE`
    rows.
    """
    size = len(rows)
    holders: dict[int, list[int]] = {}
    for row, entries in enumerate(rows):
        for column in entries:
            if column != forced:
                holders.setdefault(column, []).append(row)
    near = [sorted({other for c in rows[row] if c != forced for other in holders[c]} - {row}) for row in range(size)]
    driven = [row for row in range(size) if forced in rows[row]]
    tried: list[list[int]] = []

    def fresh(order: list[int]) -> Iterable[list[int]]:
        if order not in tried:
            tried.append(order)
            yield order

    from_driven = _breadth_first(near, driven)
    yield from fresh(from_driven[::-1])
    far = from_driven[-1]
    if size > WIDE:
        yield from fresh(_breadth_first(near, [far]))
        return
    columns = [sum([1 << column for column in row if column != forced]) for row in rows]
    masks = [sum([1 << row for row in holders.get(column, ())]) for column in range(size)]
    yield from fresh(_narrow(columns, masks, [], driven))
    yield from fresh(_narrow(columns, masks, [far], driven))
    yield from fresh(_narrow(columns, masks, [], ()))
    yield from fresh(_breadth_first(near, [far]))
    for start in sorted(range(size), key=lambda row: (len(near[row]), row))[:4]:
        yield from fresh(_narrow(columns, masks, [start], ()))


def _breadth_first(near: Sequence[Sequence[int]], roots: Sequence[int]) -> list[int]:
    """The order of Cuthill and McKee (1969): by distance from the roots, rows of few neighbours first."""
    order = list(roots)
    seen = set(order)
    for row in order:
        found = sorted((other for other in near[row] if other not in seen), key=lambda r: (len(near[r]), r))
        seen.update(found)
        order += found
    return order + [row for row in range(len(near)) if row not in seen]


def _narrow(columns: Sequence[int], holders: Sequence[int], first: Sequence[int], last: Collection[int]) -> list[int]:
    """Greedy: the next row is the one that leaves the fewest columns open; the rows of `last` come last.

    Columns of rows and rows of columns are bit masks.
    """
    opened = ending = 0  # columns, and those of them with a single row left
    early = [row for row in range(len(columns)) if row not in last]
    waiting = [group for group in (early, sorted(last)) if group]
    left = (1 << len(columns)) - 1
    for column, found in enumerate(holders):
        if found.bit_count() == 1:
            ending |= 1 << column
    order: list[int] = []
    while waiting:
        if len(order) < len(first):
            row = first[len(order)]
            group = next(group for group in waiting if row in group)
        else:
            group = waiting[0]
            best = None
            for candidate in group:
                new = (columns[candidate] & ~opened).bit_count()
                growth = new - (columns[candidate] & ending).bit_count(), new
                if best is None or growth < best:
                    best, row = growth, candidate
        group.remove(row)
        if not group:
            waiting.remove(group)
        order.append(row)
        left ^= 1 << row
        opened |= columns[row]
        rest = columns[row]
        while rest:
            bit = rest & -rest
            rest ^= bit
            found = holders[bit.bit_length() - 1] & left
            if not found & found - 1:
                ending = ending | bit if found else ending & ~bit
    return order


def elimination_work(rows: Sequence[Collection[int]], limit: int) -> int:
    """The multiplications of an elimination by minimum degree, as if A were symmetric; the count stops above `limit`.
    """
    size = len(rows)
    near: list[set[int]] = [set() for _ in range(size)]
    for i, row in enumerate(rows):
        for j in row:
            if i != j < size:
                near[i].add(j)
                near[j].add(i)
    queue = [(len(found), i) for i, found in enumerate(near)]
    heapify(queue)
    left, total = set(range(size)), 0
    while left and total <= limit:
        degree, k = heappop(queue)
        if k not in left or degree != len(near[k]):
            continue
        left.remove(k)
        total += degree**2
        for i in near[k]:
            near[i] |= near[k]
            near[i] -= {i, k}
            heappush(queue, (len(near[i]), i))
    return total


def permanent_bound(sizes: Iterable[int]) -> int:
    """Upper bound of the number of terms of a determinant whose rows have these many entries.

    perm ≤ Π (r_i!)^(1/r_i)   (Bregman 1973, conjectured by Minc); exact for a complete graph.
    """
    grouped: dict[int, int] = {}
    for size in sizes:
        grouped[size] = grouped.get(size, 0) + 1
    bound = 1
    for size, times in sorted(grouped.items()):
        if size == 0:
            return 0
        root, exact = integer_nthroot(factorial(size) ** times, size)
        bound *= int(root) + (not exact)
    return bound
