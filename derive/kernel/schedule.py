"""The elimination of thousands of modes as tables of integers, for a loop over arrays instead of a page a mode.

    v_k = (v_single − Σ v_left v_right) / v_over

Nodes that do not depend on each other are one level, and a level is one line of array arithmetic. A chain has as many
levels as modes, a random tree of 10⁴ modes some hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from derive.kernel import structure
from derive.kernel.place import PRIMES, BadPoint, Place
from derive.kernel.tape import Core, Node, Tape, eliminate

ZERO, ONE, FIRST = 0, 1, 2  # the slots of the numbers 0 and 1 and of the first entry


class Levels(NamedTuple):
    """Nodes in order: those of a level that have products, `paired` many, stand before its others.

    `levels` holds (nodes, paired, products) of every level, `lengths` the products of each paired node; the others
    hold slots.
    """

    levels: tuple[tuple[int, int, int], ...]
    single: tuple[int, ...]
    over: tuple[int, ...]
    lengths: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]

    @property
    def operations(self) -> int:
        """Subtractions, multiplications and divisions of one run; a sum's first product is subtracted from zero."""
        return 2 * len(self.left) + sum(slot != ONE for slot in self.over)


class Tables(NamedTuple):
    """The solution of A x = b for any b, which takes the slots after those of the entries of A.

    `factors` is what does not depend on b. A core is solved before the level of `substitution` that `at` tells.
    """

    slots: int
    factors: Levels
    substitution: Levels
    cores: tuple[Core, ...]
    at: tuple[int, ...]
    unknowns: tuple[int, ...]


def tabulated(rows: Sequence[Mapping[int, int]], entries: int) -> Tables:
    """The elimination of a matrix whose element ij is the entry number `rows[i][j]`, one of so many `entries`.

    The matrix must be regular for some values of the entries; what is dense in it is left as a core.
    """
    size = len(rows)
    matched = structure.matching(rows)
    if matched is None:
        raise ValueError("The matrix of a table must be regular.")
    full = [{**row, size: entries + i} for i, row in enumerate(rows)]
    blocks = structure.blocks(rows, matched)
    for trial in range(300):
        place = Place(PRIMES[0], f"schedule {trial}")
        tape = Tape(place.prime, _values(place), dense=True)
        try:
            found = eliminate(full, matched, blocks, tape)
        except BadPoint:
            continue
        if found is not None:
            return _scheduled(tape, [found[column] for column in range(size)], entries, size)
    raise ValueError("The matrix of a table must be regular.")


def _values(place: Place) -> Callable[[int], int]:
    return lambda number: place.random(str(number))


def _scheduled(tape: Tape, unknowns: Sequence[int], entries: int, size: int) -> Tables:
    """Slots and levels for the nodes."""
    depth: list[int] = []
    late: list[bool] = []
    slots: dict[int, int] = {}
    core_depth = [0] * len(tape.cores)
    for number, node in enumerate(tape.nodes):
        if isinstance(node.leaf, int):
            slots[number] = FIRST + node.leaf
            depth.append(0)
            late.append(node.leaf >= entries)
        elif node.leaf is not None:
            _, core, place = node.leaf
            if place == 0:
                core_depth[core] = max(depth[k] for k in tape.cores[core].sources if k is not None and late[k])
            depth.append(core_depth[core])
            late.append(True)
        else:
            operands = {factor for _, factors in node.terms for factor in factors}
            operands |= {node.over} if node.over is not None else set()
            late.append(any(late[k] for k in operands))
            # what the factors give is there before the substitution begins
            depth.append(1 + max((depth[k] for k in operands if late[k] == late[-1]), default=0))
    phases: list[list[list[int]]] = []
    free = FIRST + entries + size
    for phase in (False, True):
        count = max((d for d, l in zip(depth, late, strict=True) if l == phase), default=0)
        levels: list[list[int]] = [[] for _ in range(count)]
        for number, node in enumerate(tape.nodes):
            if node.leaf is None and late[number] == phase:
                levels[depth[number] - 1].append(number)
        for level in levels:
            level.sort(key=lambda number: not _pairs(tape.nodes[number]))
            for number in level:
                slots[number] = free
                free += 1
        phases.append(levels)
    for core in tape.cores:
        for number in core.unknowns:
            slots[number] = free
            free += 1
    cores = tuple(
        Core(
            tuple((i, j, slots[k]) for i, j, k in core.cells),
            tuple(ZERO if k is None else slots[k] for k in core.sources),
            tuple(slots[k] for k in core.unknowns),
        )
        for core in tape.cores
    )
    early, last = (_levels(tape, levels, slots) for levels in phases)
    return Tables(free, early, last, cores, tuple(core_depth), tuple(slots[k] for k in unknowns))


def _pairs(node: Node) -> list[tuple[int, ...]]:
    return [factors for _, factors in node.terms if len(factors) == 2]


def _levels(tape: Tape, levels: Sequence[Sequence[int]], slots: Mapping[int, int]) -> Levels:
    sizes: list[tuple[int, int, int]] = []
    single: list[int] = []
    over: list[int] = []
    lengths: list[int] = []
    left: list[int] = []
    right: list[int] = []
    for level in levels:
        paired, before = 0, len(left)
        for number in level:
            node = tape.nodes[number]
            pairs = _pairs(node)
            alone = [factors[0] for _, factors in node.terms if len(factors) == 1]
            single.append(slots[alone[0]] if alone else ZERO)
            over.append(ONE if node.over is None else slots[node.over])
            if pairs:
                paired += 1
                lengths.append(len(pairs))
                left += [slots[a] for a, _ in pairs]
                right += [slots[b] for _, b in pairs]
        sizes.append((len(level), paired, len(left) - before))
    return Levels(tuple(sizes), tuple(single), tuple(over), tuple(lengths), tuple(left), tuple(right))
