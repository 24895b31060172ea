"""How a block of a network is taken apart: leaves, loops, and parts that are swept.

The parts are the biconnected components of the network (Hopcroft and Tarjan 1973), found from the driven mode. Each
part hangs on a single mode, its only link to the driven one, so that the parts form a tree. It is solved by itself,
with the column of the mode it hangs on as its right-hand side (`cofactors`). A leaf is a part of one mode, a loop has
a formula of its own, and any other part is swept row by row, for which an order of its rows is chosen; the order is
that of its modes where it is solved by covers instead (`covers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import comb, prod
from typing import Any, NamedTuple

from derive.kernel import structure

Row = Mapping[int, Any]
# 1024 log₂ (r!)^(1/r), rounded up
LOGARITHMS = (0, 0, 512, 883, 1174, 1415, 1620, 1800, 1959, 2102, 2232, 2351, 2461, 2563, 2659, 2748, 2833)
FEW = 6  # rows below which their order is left as it is
ENOUGH = 10  # states for every row, as a ladder has, at which a sweep is short enough and no better order is looked for


class Part(NamedTuple):
    """The modes of a part but `stem`, the one on which it hangs.

    Those of a loop stand in its order, those of any other part in the order of its sweeps, which visit at most `states`
    sets of columns.
    """

    stem: int
    modes: tuple[int, ...]
    loop: bool
    states: int


class Shape(NamedTuple):
    """The parts of a block, each after those that hang on its modes, and the `root` on which all hang.

    The root is the driven mode; if several modes are driven or one has no entry of its own, it is the column of b.
    """

    parts: tuple[Part, ...]
    root: int

    @property
    def states(self) -> int:
        return max([part.states for part in self.parts], default=0)


def shape(rows: Sequence[Row]) -> Shape:
    """How to take a block of n modes apart: rows[i] = {column: entry} with b as column n."""
    size = len(rows)
    near: list[dict[int, None]] = [{} for _ in range(size + 1)]
    lossless = False
    for i, row in enumerate(rows):
        lossless = lossless or i not in row
        for j in row:
            if i != j:
                near[i][j] = None
                near[j][i] = None
    if lossless:  # the determinant of a part might vanish
        return Shape((_swept(rows, size, range(size)),), size)
    root = size
    if len(near[size]) == 1:
        (root,) = near[size]
        del near[root][size]
    parts: list[Part] = []
    for stem, modes in biconnected(near, root):
        if len(modes) == 1:
            parts.append(Part(stem, modes, False, 0))
            continue
        own = {stem, *modes}
        if stem < size and all(len(near[u].keys() & own) == 2 for u in modes):
            parts.append(Part(stem, modes, True, 0))
        else:
            parts.append(_swept(rows, stem, sorted(modes)))
    return Shape(tuple(parts), root)


def biconnected(near: Sequence[Mapping[int, None]], root: int) -> list[tuple[int, tuple[int, ...]]]:
    """The biconnected components as (the mode next to the root, the others), each after those that hang on it.

    By one depth-first search (Hopcroft and Tarjan 1973): low[v] is the earliest mode that v and what is found from it
    have a link to.
    """
    number = [-1] * len(near)
    low, place = [0] * len(near), [0] * len(near)
    number[root], met = 0, 1
    waiting: list[int] = []
    parts: list[tuple[int, tuple[int, ...]]] = []
    calls = [(root, iter(near[root]))]
    while calls:
        v, others = calls[-1]
        for u in others:
            if number[u] < 0:
                if len(near[u]) == 1:
                    parts.append((v, (u,)))
                    continue
                number[u] = low[u] = met
                place[u] = len(waiting)
                met += 1
                waiting.append(u)
                calls.append((u, iter(near[u])))
                break
            if number[u] < low[v]:
                low[v] = number[u]
        else:
            calls.pop()
            if not calls:
                break
            p = calls[-1][0]
            if low[v] < number[p]:
                low[p] = min(low[p], low[v])
                continue
            parts.append((p, tuple(waiting[place[v] :])))
            del waiting[place[v] :]
    return parts


def _swept(rows: Sequence[Row], stem: int, modes: Sequence[int]) -> Part:
    """A part that is neither a leaf nor a loop, with an order of its rows."""
    local = {v: k for k, v in enumerate(modes)}
    local[stem] = len(modes)
    order, states = _order([[local[j] for j in rows[v] if j in local] for v in modes])
    return Part(stem, tuple([modes[k] for k in order]), False, states)


def bound(rows: Sequence[Row], found: Shape) -> int:
    """An upper bound on the number of terms of the determinant and of every numerator.

    Where all parts are leaves and loops whose links go both ways, it is the number of terms of the determinant. Other
    parts contribute Bregman's bound on a permanent (1973).
    """
    own, rest = [1] * (len(rows) + 1), [1] * (len(rows) + 1)
    for stem, modes, loop, _ in found.parts:
        if len(modes) == 1:
            (v,) = modes
            own[stem], rest[stem] = own[stem] * own[v] + rest[stem] * rest[v], rest[stem] * own[v]
        elif loop:
            turns = 2 * prod([rest[v] for v in modes])
            for order in (modes, modes[::-1]):
                a, b = 1, own[order[0]]
                for u, v in zip(order, order[1:], strict=False):
                    a, b = b, own[v] * b + rest[u] * rest[v] * a
                turns += rest[order[-1]] * a
            own[stem], rest[stem] = own[stem] * b + rest[stem] * turns, rest[stem] * b
        else:
            members = {stem, *modes}
            logarithm = sum([_logarithm(len(members.intersection(rows[v]))) for v in (stem, *modes) if v < len(rows)])
            most = prod([own[v] for v in modes])
            most = most * (1024 + logarithm % 1024) // 1024 + 1 << logarithm // 1024  # 2^x ≤ 1 + x
            own[stem], rest[stem] = own[stem] * most, rest[stem] * most
    return own[found.root]


def _logarithm(entries: int) -> int:
    """An upper bound on 1024 log₂ (r!)^(1/r): a row of r entries multiplies a permanent by no more (Bregman 1973)."""
    return LOGARITHMS[entries] if entries < len(LOGARITHMS) else 1024 * entries.bit_length()


def _order(rows: Sequence[Sequence[int]]) -> tuple[Sequence[int], int]:
    """A good order of the rows for a sweep, and its number of states; the given one, if a search can gain little."""
    size = len(rows)
    best: Sequence[int] = range(size)
    if size < FEW:
        return best, 2 << size
    states = _states(rows, best)
    narrowest = min([len(row) - (size in row) for row in rows])
    # rows of d entries have about C(d, d/2) states in any order (`structure.plan`)
    if states > max(ENOUGH * size, 4 * comb(narrowest, narrowest // 2)):
        for order in structure.orders([dict.fromkeys(row) for row in rows], size):
            found = _states(rows, order)
            if found < states:
                best, states = order, found
            if states <= ENOUGH * size:
                break
    return best, states


def spans(rows: Sequence[Iterable[int]], order: Sequence[int]) -> tuple[list[int], list[int]]:
    """The first and the last step, by column, whose row has an entry there; −1 for a column without entries."""
    first, last = [-1] * (len(rows) + 1), [-1] * (len(rows) + 1)
    for step, row in enumerate(order):
        for column in rows[row]:
            last[column] = step
            if first[column] < 0:
                first[column] = step
    return first, last


def _states(rows: Sequence[Iterable[int]], order: Sequence[int]) -> int:
    """An upper bound on the number of sets of columns that a sweep visits, without b.

    After k rows a set has k columns: all those that no later row holds, and any of the open ones.
    """
    size = len(rows)
    first, last = spans(rows, order)
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
