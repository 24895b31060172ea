"""The elimination of a network with loops as straight-line code, in complex numbers or in their parts.

    W = L U,   x = −U⁻¹ L⁻¹ f,   y = −(Wᵀ)⁻¹ g

Parts are taken where most of them are zero, as without detunings (`parts`). Every part of an unknown, of a right-hand
side and of an entry of W is then an array of its own, and the tables here say which is which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from networkx import DiGraph, descendants
from sympy import Expr, I, Matrix, Symbol, conjugate, preorder_traversal

from derive.kernel import conjugated, elimination_work, predicted_terms, straight_line
from derive.program.adjoint import transposed_program
from derive.program.lines import Program, straight
from derive.program.parts import Kind, entry_parts, in_parts, joined, kind_of, multiplied, output_kinds
from derive.program.source import RealPart

Places = tuple[tuple[int, int, int], ...]

# The most multiplications (`elimination_work`) of an elimination that is emitted line by line. 40 modes, all coupled,
# have 20 000 and would take 20 s and 1.5 MB of text.
SPELLED_OUT = 8_000
# Above so many multiplications, in thirds of n², LAPACK is used: it pivots, and is as quick. The first pair is for
# losses of all modes, the second for others, where one more substitution has to find singular points, or where a mode
# without loss may cost so many digits that all points are refined. In each pair the first is for a symmetric W, the
# second for others, whose elimination makes twice as many as are counted. Of modes that are all coupled, 19 (2109
# multiplications) and 9 (204) are below the first two limits, 10 and 7 below the others.
QUICKER = (18, 8), (9, 6)
# Modes whose matrices are filled entry by entry: of more, Python's loop takes longer than gathering.
FEW = 15
# More modes are always eliminated by tables: nested definitions of that depth exceed Python's recursion limit.
LARGE = 120


@dataclass(frozen=True)
class System:
    """W x + f = 0 by its distinct `entries` in the parameters `letters`.

    `places` and `force` tell, as (row, column, number), where they stand in W (size × size) and in f. `modes` of the
    unknowns are amplitudes, the others their conjugates.
    """

    letters: Sequence[Symbol]
    entries: Sequence[Expr]
    places: Places
    force: Places
    modes: int
    size: int

    @cached_property
    def graph(self) -> DiGraph:
        """Which unknowns each one feeds."""
        return DiGraph((j, i) for i, j, _ in self.places if i != j)


@dataclass(frozen=True)
class Direction:
    """A x = r in real and imaginary parts: which parts r and x have, and the products that make up A x.

    `right` lists the parts of r and `left` those of x, as (mode, 0 for the real part or 1 for the imaginary one).
    A product (a, k, b, sign) adds sign · (part k of the entries) · (x at b of `left`) to A x at a of `right`.
    """

    right: tuple[tuple[int, int], ...]
    left: tuple[tuple[int, int], ...]
    products: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True)
class Elimination:
    """The programs of an elimination, and what the emitted code needs to know to check it.

    `factored` numbers the entries that the program `_factors` takes. If losses bound W⁻¹, `losses` numbers the real
    parts that do: those of the W_ii, or `further` real numbers that stand behind all entries. What follows is empty
    unless the elimination runs in parts: `entries` and `force` are the numbers of the parts of each, `forth` and `back`
    describe W x = r and its transposed.
    """

    programs: tuple[Program, ...]
    factored: tuple[int, ...]
    losses: tuple[int, ...]
    further: tuple[Expr, ...]
    entries: tuple[tuple[int, ...], ...] = ()
    force: tuple[int | None, ...] = ()
    forth: Direction | None = None
    back: Direction | None = None


def elimination(system: System, losses: Sequence[Expr], lossless: int | None) -> Elimination | None:
    """The elimination of a matrix with the zeros and equal elements of W and letters for them; None if LAPACK is used.

    The `losses` are those that bound W⁻¹, if there are any: of all modes but the `lossless` one.

    Raises:
        SingularMatrix: if the matrix is singular for all parameters.
    """
    entries, places, size, graph = system.entries, system.places, system.size, system.graph
    actual, generic = ({(i, j): of[k] for i, j, k in places} for of in (entries, _letters("w", len(entries))))
    right = _letters("r", size)
    driven = {i for i, _, _ in system.force}
    reached = driven.union(*(descendants(graph, i) for i in sorted(driven) if i in graph))
    vector = Matrix(size, 1, [right[i] if i in reached else 0 for i in range(size)])
    # The generic matrix is regular if the network's is, but not the other way round.
    matrix = Matrix(size, size, lambda i, j: actual.get((i, j), 0))
    rows: list[set[int]] = [set() for _ in range(size)]
    for i, j, _ in places:
        rows[i].add(j)
    symmetric = all(generic[i, j] == generic.get((j, i)) for i, j in generic)
    quicker = QUICKER[not losses or lossless is not None][not symmetric] * size**2 // 3
    if size > LARGE or elimination_work(rows, SPELLED_OUT) > min(SPELLED_OUT, quicker):
        predicted_terms(matrix, vector)
        return None
    straight_line(matrix, vector)
    solution = straight_line(Matrix(size, size, lambda i, j: generic.get((i, j), 0)), vector)
    inputs = (*dict.fromkeys(generic.values()), *right)
    whole = straight(
        "_substituted", inputs, solution.values, solution.where, "x from the factors and minus the force."
    )
    factors, substituted = whole.split(right, "_factors", "l")
    turned = transposed_program(substituted, "_transposed", right, _letters("g", size))
    factored = tuple(int(s.name[1:]) for s in factors.inputs)
    own = {-entry_parts(entries[k])[0]: k for i, j, k in places if i == j}
    further = () if all(loss in own for loss in losses) else tuple(-loss for loss in losses)
    numbers = range(len(entries), len(entries) + len(losses)) if further else (own[loss] for loss in losses)
    code = Elimination((factors, substituted, turned), factored, tuple(numbers), further)
    return (_in_parts(code, system) if system.force else None) or code


@dataclass(frozen=True)
class Filling:
    """How the matrices t [W, −f, r] that LAPACK solves are filled: the distinct numbers in them, and where each stands.

    `program` computes the `numbers` distinct numbers, and behind them the losses that bound W⁻¹, if there are any.
    `cells` tells for every place, column by column, the number that stands there; −1 is zero, −2 a rounding (the column
    r, by which singular points are found), and −3 − k the conjugate of number k. If `parted`, t = −1 and every place is
    a pair of real numbers; else, where most entries have complex letters, t = i and numbers are complex, or −1 where
    these are fewer, as of shared reservoirs. Either way most numbers are parameters themselves, as J of −iJ, and no
    array of points need be computed for them.
    """

    program: Program
    cells: tuple[int, ...]
    parted: bool
    numbers: int


def filling(system: System, losses: Sequence[Expr]) -> Filling:
    """The numbers that LAPACK's matrices are filled with, and the `losses` that bound W⁻¹, if there are any."""
    entries = system.entries
    real = [-e for e in entries]
    parted = 2 * sum(any(part.has(RealPart) for part in entry_parts(e)) for e in real) <= len(entries)
    ways = [real] if parted else [[_turned(e) for e in entries], real]
    numbers, cells = min((_numbered(system, way, parted) for way in ways), key=lambda found: len(found[0]))
    return Filling(straight("_filling", system.letters, (*numbers, *losses)), cells, parted, len(numbers))


def _numbered(system: System, entries: Sequence[Expr], parted: bool) -> tuple[dict[Expr, int], tuple[int, ...]]:
    """The distinct numbers that stand in the matrices, whose entries are these, and the `cells` of a `Filling`."""
    numbers: dict[Expr, int] = {}
    depth, size = 2 if parted else 1, system.size
    cells = [-1] * (depth * size * (size + 2))
    cells[depth * size * (size + 1) :: depth] = [-2] * size
    matrix = ((i, j, entries[k]) for i, j, k in system.places)
    for i, j, e in (*matrix, *((i, size, -entries[k]) for i, _, k in system.force)):
        for part, value in enumerate(entry_parts(e) if parted else (e,)):
            if value == 0:
                continue
            other = value if parted or i == j or value in numbers else conjugated(value)
            turn = other in numbers or i > j and _conjugates(other) <= _conjugates(value)
            k = numbers.setdefault(other if turn else value, len(numbers))
            cells[depth * (j * size + i) + part] = -3 - k if turn and other != value else k
    return numbers, tuple(cells)


def _turned(e: Expr) -> Expr:
    """i e, written by its real and imaginary part if these are known, so that −iJ becomes J; else multiplied out."""
    real, imaginary = entry_parts(e)
    return (I * e).expand() if real.has(RealPart) else I * real - imaginary


def _conjugates(e: Expr) -> int:
    """How often a conjugate has to be taken."""
    return sum(1 for part in preorder_traversal(e) if isinstance(part, conjugate))


def _in_parts(code: Elimination, system: System) -> Elimination | None:
    """The same in real and imaginary parts; None if most factors have both, as complex products are quicker then."""
    parts = [entry_parts(e) for e in system.entries]
    kinds = [kind_of(both) for both in parts]
    flat = [part for both in parts for part in both if part != 0]
    starts = [sum(map(sum, kinds[:k])) for k in range(len(kinds))]
    factors, substituted, turned = code.programs
    given = {s: kinds[k] for s, k in zip(factors.inputs, code.factored, strict=True)}
    if 2 * sum(map(all, output_kinds(factors, given))) > len(factors.outputs):
        return None
    split, found = in_parts(factors, given)
    known = dict(zip(substituted.inputs[: len(found)], found, strict=True))
    of = {i: k for i, _, k in system.force}
    push = [kinds[of[i]] if i in of else (False, False) for i in range(system.size)]
    forward, rights, lefts = _closed(substituted, known, push, kinds, system.places)
    # The pull on an amplitude is its conjugate.
    back = tuple((j, i, k) for i, j, k in system.places)
    pull = [kind if i < system.modes else (False, False) for i, kind in enumerate(lefts)]
    backward, pulls, ends = _closed(turned, known, pull, kinds, back)
    forth = _direction(rights, lefts, kinds, starts, system.places)
    return Elimination(
        (straight("_parts", system.letters, (*flat, *code.further)), split, forward, backward),
        tuple(starts[k] + at for k in code.factored for at in range(sum(kinds[k]))),
        tuple(range(len(flat), len(flat) + len(code.further))) or tuple(starts[k] for k in code.losses),
        code.further,
        tuple(tuple(range(start, start + sum(kind))) for start, kind in zip(starts, kinds, strict=True)),
        tuple(
            starts[of[i]] + (part if kinds[of[i]][0] else 0) if i in of and kinds[of[i]][part] else None
            for i, part in forth.right
        ),
        forth,
        _direction(pulls, ends, kinds, starts, back),
    )


def _closed(
    program: Program, known: Mapping[Symbol, Kind], first: Sequence[Kind], entries: Sequence[Kind], places: Places
) -> tuple[Program, list[Kind], list[Kind]]:
    """The substitution in parts, and the kinds of its right-hand sides and of its unknowns.

    The right-hand sides have the parts `first`, and all that the residual of an answer can have: what is solved for in
    a step of refinement.
    """
    rights = list(first)
    right = program.inputs[-len(rights) :]
    while True:
        split, found = in_parts(program, {**known, **dict(zip(right, rights, strict=True))})
        sums = list(rights)
        for i, j, k in places:
            sums[i] = joined(sums[i], multiplied(entries[k], found[j]))
        if sums == rights:
            return split, rights, list(found)
        rights = sums


def _direction(
    rights: Sequence[Kind], lefts: Sequence[Kind], entries: Sequence[Kind], starts: Sequence[int], places: Places
) -> Direction:
    right, left = (
        tuple((i, part) for i, kind in enumerate(kinds) for part in (0, 1) if kind[part]) for kinds in (rights, lefts)
    )
    rows, columns = ({part: a for a, part in enumerate(parts)} for parts in (right, left))
    products = tuple(
        (rows[i, (a + b) % 2], starts[k] + (a if entries[k][0] else 0), columns[j, b], -1 if a and b else 1)
        for i, j, k in places
        for a in (0, 1)
        if entries[k][a]
        for b in (0, 1)
        if lefts[j][b]
    )
    return Direction(right, left, products)


def _letters(letter: str, count: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"{letter}{k}") for k in range(count))
