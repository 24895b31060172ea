"""The elimination of thousands of modes as tables of integers, which generated code runs as a loop over arrays.

    v_k = (v_single − Σ v_left v_right) / v_over

Every value of the elimination has a slot. Nodes that do not depend on each other form a level, which is one line of
array arithmetic. A chain has as many levels as modes, a random tree of 10⁴ modes some hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from derive.kernel import structure
from derive.kernel.place import TRIALS, BadPoint, Place, numbered
from derive.kernel.tape import Complement, Node, Product, Tape, eliminate

ZERO, ONE, FIRST = 0, 1, 2  # the slots of the numbers 0 and 1 and of the first entry


class Levels(NamedTuple):
    """The nodes of a sweep, v = (single − Σ left · right)/over, level by level, as columns of slots.

    `levels` holds (nodes, paired, products) of every level: how many nodes it has, how many of them have products
    (these come first), and how many products. `single` and `over` have a slot for every node, `left` and `right` one
    for every product, and `lengths` tells for every paired node how many of these are its own.
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


class Sweep(NamedTuple):
    """A substitution, done for every right-hand side: complement k is solved before the level `at[k]`."""

    levels: Levels
    complements: tuple[Complement, ...]
    at: tuple[int, ...]
    unknowns: tuple[int, ...]


class Tables(NamedTuple):
    """The solution of A x = b, and of Aᵀ y = b, for any b, which takes the slots after those of the entries of A.

    `factors` is what does not depend on b. Both sweeps take the slots after it; the complements of `transposed` are
    those of `substitution`, transposed. There are `slots` slots in all.
    """

    slots: int
    factors: Levels
    substitution: Sweep
    transposed: Sweep


def tabulated(rows: Sequence[Mapping[int, int]], entries: int, zero: int | None = None) -> Tables:
    """The elimination of a matrix whose element ij is the entry number `rows[i][j]`, one of `entries` entries.

    The matrix must be regular for some values of the entries. The order is chosen as if the entry number `zero`
    vanished: one that is good there is good elsewhere. What is dense is left to a solver.

    Raises:
        ValueError: if the matrix is singular for all values of its entries.
    """
    size = len(rows)
    matched = structure.matching(rows)
    if matched is None:
        raise ValueError("The matrix of a table must be regular.")
    full = [{**row, size: entries + i} for i, row in enumerate(rows)]
    blocks = structure.blocks(rows, matched)
    for trial in range(TRIALS):
        place = numbered("schedule", trial)
        tape = Tape(place.prime, _values(place, zero), dense=True)
        try:
            found = eliminate(full, matched, blocks, tape)
        except BadPoint:
            continue
        if found is not None:
            return _scheduled(tape, [found[column] for column in range(size)], entries, size)
    raise ValueError("The matrix of a table must be regular.")


def _values(place: Place, zero: int | None) -> Callable[[int], int]:
    """The values of the entries at a random point."""
    return lambda number: 0 if number == zero else place.random(str(number))


def _scheduled(tape: Tape, unknowns: Sequence[int], entries: int, size: int) -> Tables:
    """The record as tables, and the sweep for Aᵀ.

    The nodes that b enters, directly or by others, are those of the sweep, all others the factors.
    """
    late: set[int] = set()
    slots: dict[int, int] = {}
    for number, node in enumerate(tape.nodes):
        if isinstance(node.leaf, int):
            slots[number] = FIRST + node.leaf
        enters = node.leaf is not None and not (isinstance(node.leaf, int) and node.leaf < entries)
        if enters or any(k in late for k in _operands(node)):
            late.add(number)
    early = [number for number, node in enumerate(tape.nodes) if node.leaf is None and number not in late]
    factors, slots, free = _swept(tape, early, (), slots, FIRST + entries + size)
    substitution, _, end = _swept(tape, sorted(late), unknowns, slots, free)
    back, found = _backwards(tape, sorted(late, reverse=True), unknowns, slots, FIRST + entries)
    known = {k: node.leaf for k, node in enumerate(back.nodes) if isinstance(node.leaf, int)}
    transposed, _, last = _swept(back, range(len(back.nodes)), found, known, free)
    return Tables(max(end, last), factors.levels, substitution, transposed)


def _backwards(
    tape: Tape, late: Sequence[int], unknowns: Sequence[int], slots: Mapping[int, int], first: int
) -> tuple[Tape, list[int]]:
    """The sweep for Aᵀ, with slots as entries, by reverse accumulation through the nodes that b enters:

        v_k = (v_single − Σ e v_right) / e_over   hands   u_k = v̄_k / e_over   to v_single, and −e u_k to v_right.
    """
    back = Tape(tape.prime, lambda _: 0, tape.dense)
    back.complements = [Complement((), (), ()) for _ in tape.complements]
    shares: dict[int, list[Product]] = {number: [] for number in late}
    rights: list[list[int]] = [[] for _ in tape.complements]
    found = [0] * len(unknowns)

    def known(slot: int) -> int:
        return back.add(Node(slot), 0)

    for column, number in enumerate(unknowns):
        shares[number].append((1, (known(first + column),)))
    for number in late:
        node, terms = tape.nodes[number], shares.pop(number)
        over = None if node.over is None else known(slots[node.over])
        alone = over is None and len(terms) == 1 and len(terms[0][1]) == 1
        bar = terms[0][1][0] if alone else back.add(Node(None, tuple(terms), over), 0)
        if isinstance(node.leaf, int):
            found[FIRST + node.leaf - first] = bar
        elif node.leaf is not None:
            _, which, place = node.leaf
            rights[which].append(bar)
            if place == 0:
                made = [back.add(Node(("complement", which, k)), 0) for k in range(len(rights[which]))]
                back.complements[which] = Complement((), tuple(rights[which][::-1]), tuple(made))
                for k, source in zip(made, tape.complements[which].sources, strict=True):
                    if source is not None:
                        shares[source].append((1, (k,)))
        for _, factors in node.terms:
            [into] = [k for k in factors if k in shares]
            share = [known(slots[k]) for k in factors if k != into]
            shares[into].append((-1 if share else 1, (*share, bar)))
    return back, found


def _swept(
    tape: Tape, numbers: Sequence[int], unknowns: Sequence[int], known: Mapping[int, int], free: int
) -> tuple[Sweep, dict[int, int], int]:
    """These nodes in levels, with slots from `free` on; the slots of all nodes; and the first slot after them."""
    slots, depth, at = dict(known), dict.fromkeys(known, 0), [0] * len(tape.complements)
    levels: list[list[int]] = []
    for number in numbers:
        node = tape.nodes[number]
        if number in known:
            continue
        if node.leaf is not None:
            _, which, place = node.leaf
            if place == 0:
                at[which] = max(depth[k] for k in tape.complements[which].sources if k is not None)
            depth[number] = at[which]
            continue
        depth[number] = 1 + max((depth[k] for k in _operands(node)), default=0)
        levels += [[] for _ in range(depth[number] - len(levels))]
        levels[depth[number] - 1].append(number)
    for level in levels:
        level.sort(key=lambda number: not _pairs(tape.nodes[number]))
    inside = tape.complements if unknowns else []
    made = [*(k for level in levels for k in level), *(k for left in inside for k in left.unknowns)]
    slots.update(zip(made, count(free), strict=False))
    complements = [
        Complement(
            tuple((i, j, slots[k]) for i, j, k in left.cells),
            tuple(ZERO if k is None else slots[k] for k in left.sources),
            tuple(slots[k] for k in left.unknowns),
        )
        for left in inside
    ]
    found = Sweep(_levels(tape, levels, slots), tuple(complements), tuple(at), tuple(slots[k] for k in unknowns))
    return found, slots, free + len(made)


def _operands(node: Node) -> list[int]:
    """The nodes that a node is computed from."""
    over = [] if node.over is None else [node.over]
    return [factor for _, factors in node.terms for factor in factors] + over


def _pairs(node: Node) -> list[tuple[int, ...]]:
    """Its products of two factors."""
    return [factors for _, factors in node.terms if len(factors) == 2]


def _levels(tape: Tape, levels: Sequence[Sequence[int]], slots: Mapping[int, int]) -> Levels:
    """The columns of slots."""
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
