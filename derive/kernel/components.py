"""What a block of a network is made of: modes that hang on others, loops, and cores.

The biconnected components of a network (Hopcroft and Tarjan 1973), found from the driven mode, hang on single modes
and on each other like leaves on a tree: what is behind a mode takes no part in what is before it. So a component is
solved by itself, with the column of the mode it hangs on as its right-hand side (`cofactors`). A leaf is a component
of one mode more, a loop needs no sweep, and what else there is, a core, gets an order of its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import comb, prod
from typing import Any, NamedTuple

from derive.kernel import structure

Row = Mapping[int, Any]
# 1024 log₂ (r!)^(1/r), rounded up: a row of r entries multiplies a permanent by no more (Bregman 1973).
LOGARITHMS = (0, 0, 512, 883, 1174, 1415, 1620, 1800, 1959, 2102, 2232, 2351, 2461, 2563, 2659, 2748, 2833)
FEW = 6  # rows, whose order does not matter
ENOUGH = 10  # states of a sweep a row, as those of a ladder, for which no better order is looked for


class Part(NamedTuple):
    """Modes that one mode, `stem`, cuts off from the driven one and from the other parts.

    A leaf, the rest of a loop in its order, or a core, in the order of its sweeps, which may have so many states.
    """

    stem: int
    modes: tuple[int, ...]
    loop: bool
    states: int


class Shape(NamedTuple):
    """The parts of a block, each after those that hang on its modes, and the `root` on which all hang.

    That is the driven mode, or if there are several, the column of b.
    """

    parts: tuple[Part, ...]
    root: int

    @property
    def states(self) -> int:
        return max([part.states for part in self.parts], default=0)


def shape(rows: Sequence[Row]) -> Shape:
    """How to take a block apart, whose right-hand side is the column behind its own.

    Its parts are the biconnected components of the network (Hopcroft and Tarjan 1973), found from the driven mode.
    """
    size = len(rows)
    near: list[dict[int, None]] = [{} for _ in range(size + 1)]
    lossless = False
    for i, row in enumerate(rows):
        lossless = lossless or i not in row
        for j in row:
            if i != j:
                near[i][j] = None
                near[j][i] = None
    root = size
    if len(near[size]) == 1:
        (root,) = near[size]
        del near[root][size]
    if lossless:  # the determinant of a part might vanish
        return Shape((_core(rows, size, range(size)),), size)
    number = [-1] * (size + 1)
    low, place = [0] * (size + 1), [0] * (size + 1)
    number[root], met = 0, 1
    waiting: list[int] = []
    calls = [(root, iter(near[root]))]
    parts: list[Part] = []
    while calls:
        v, others = calls[-1]
        for u in others:
            if number[u] < 0:
                if len(near[u]) == 1:
                    parts.append(Part(v, (u,), False, 0))
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
            found = waiting[place[v] :]
            del waiting[place[v] :]
            if len(found) == 1:
                parts.append(Part(p, (v,), False, 0))
                continue
            own = {p, *found}
            if p < size and all(len(near[u].keys() & own) == 2 for u in found):
                parts.append(Part(p, tuple(found), True, 0))
            else:
                parts.append(_core(rows, p, sorted(found)))
    return Shape(tuple(parts), root)


def _core(rows: Sequence[Row], stem: int, modes: Sequence[int]) -> Part:
    local = {v: k for k, v in enumerate(modes)}
    local[stem] = len(modes)
    order, states = _order([[local[j] for j in rows[v] if j in local] for v in modes])
    return Part(stem, tuple([modes[k] for k in order]), False, states)


def bound(rows: Sequence[Row], found: Shape) -> int:
    """No minor has more terms: those of leaves and loops, times bounds of the permanents of cores (Bregman 1973)."""
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
            logarithm = LOGARITHMS[min(len(modes) + 1, len(LOGARITHMS) - 1)]
            members = {stem, *modes}
            for v in modes:
                length = len(members.intersection(rows[v]))
                logarithm += LOGARITHMS[length] if length < len(LOGARITHMS) else 1024 * length.bit_length()
            most = prod([own[v] for v in modes])
            most = most * (1024 + logarithm % 1024) // 1024 + 1 << logarithm // 1024  # 2^x ≤ 1 + x
            own[stem], rest[stem] = own[stem] * most, rest[stem] * most
    return own[found.root]


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


def spans(rows: Sequence[Iterable[int]], order: Sequence[int]) -> tuple[list[int], list[int]]:
    """The steps at which every column is met first and last."""
    first, last = [-1] * (len(rows) + 1), [-1] * (len(rows) + 1)
    for step, row in enumerate(order):
        for column in rows[row]:
            last[column] = step
            if first[column] < 0:
                first[column] = step
    return first, last


def _states(rows: Sequence[Iterable[int]], order: Sequence[int]) -> int:
    """At most so many sets of columns occur in a sweep, without b.

    Closed columns are used, and of the open ones as many as rows are left.
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
