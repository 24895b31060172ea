"""The elimination of a network with loops as straight-line code, in complex numbers or in their parts.

    W = L U,   x = −U⁻¹ L⁻¹ f,   y = −(Wᵀ)⁻¹ g

Parts are taken where most of them are zero, as without detunings (`parts`). Every part of an unknown, of a right-hand
side and of an entry of W is then an array of its own, and the tables here say which is which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from networkx import DiGraph, descendants
from sympy import Expr, I, Matrix, Symbol, conjugate, preorder_traversal

from derive.kernel import conjugated, elimination_work, predicted_terms, straight_line
from derive.program.adjoint import transposed_program
from derive.program.lines import Program, straight
from derive.program.parts import Kind, entry_parts, in_parts, joined, kind_of, multiplied, output_kinds
from derive.program.source import RealPart

Places = tuple[tuple[int, int, int], ...]

# Multiplications of an elimination that is emitted line by line: 40 modes, all coupled, have 20 000 and would take
# 20 s and 1.5 MB of text. Above 6n² LAPACK, which pivots, is as quick, and above 11n²/3 where W is not symmetric, which
# takes twice as many: of modes that are all coupled, 19 have 2109 and 12 have 506. For 12 and 13 the elimination is
# 1.1 and 1.0 times as quick as LAPACK with matrices filled entry by entry, where `filling` is 1.1 times. Where no
# losses bound W⁻¹, another substitution tells singular points, and these are 4n² and 2n²: 13 and 7 such modes.
SPELLED_OUT = 8_000
QUICKER = (18, 11), (12, 6)  # thirds of n²: with losses that bound W⁻¹ and without, symmetric and not
# Modes whose elimination is a table whatever it takes: definitions that are hundreds deep are beyond Python's stack.
LARGE = 120


@dataclass(frozen=True)
class Direction:
    """Which parts the right-hand sides r and the unknowns x of A x = r have, and the products of A x.

    `right` and `left` are (mode, 0 for the real part or 1 for the imaginary one); `products` are (number in `right`,
    of the part of an entry, in `left`, sign).
    """

    right: tuple[tuple[int, int], ...]
    left: tuple[tuple[int, int], ...]
    products: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True)
class Elimination:
    """The programs of an elimination, and what the emitted code needs to know to check it.

    `factored` are the numbers of what `_factors` takes, `losses` those of real parts that bound W⁻¹, if there are any:
    of the W_ii, or of `further` real numbers behind all entries. Then, in parts, the numbers of each entry and of the
    force, and both directions.
    """

    programs: tuple[Program, ...]
    factored: tuple[int, ...]
    losses: tuple[int, ...] = ()
    further: tuple[Expr, ...] = ()
    entries: tuple[tuple[int, ...], ...] = ()
    force: tuple[int | None, ...] = ()
    forth: Direction | None = None
    back: Direction | None = None


def elimination(
    letters: Sequence[Symbol],
    entries: Sequence[Expr],
    system: Places,
    force: Places,
    modes: int,
    size: int,
    graph: DiGraph,
    losses: Sequence[Expr],
) -> Elimination | None:
    """The elimination of the generic matrix with these zeros and equalities: factors, and substitution.

    Nothing where it is too long to be spelled out. |W⁻¹| ≤ 1/min of the `losses`, if there are any.

    Raises:
        SingularMatrix: if the matrix is singular for all parameters.
    """
    actual, generic = ({(i, j): of[k] for i, j, k in system} for of in (entries, _letters("w", len(entries))))
    right = _letters("r", size)
    driven = {i for i, _, _ in force}
    reached = driven.union(*(descendants(graph, i) for i in sorted(driven) if i in graph))
    vector = Matrix(size, 1, [right[i] if i in reached else 0 for i in range(size)])
    # The generic matrix is regular if the network's is, but not the other way round.
    matrix = Matrix(size, size, lambda i, j: actual.get((i, j), 0))
    rows: list[set[int]] = [set() for _ in range(size)]
    for i, j, _ in system:
        rows[i].add(j)
    symmetric = all(generic[i, j] == generic.get((j, i)) for i, j in generic)
    quicker = QUICKER[not losses][not symmetric] * size**2 // 3
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
    own = {-entry_parts(entries[k])[0]: k for i, j, k in system if i == j}
    further = () if all(loss in own for loss in losses) else tuple(-loss for loss in losses)
    numbers = range(len(entries), len(entries) + len(losses)) if further else (own[loss] for loss in losses)
    code = Elimination((factors, substituted, turned), factored, tuple(numbers), further)
    return (_in_parts(code, letters, entries, system, force, modes, size) if force else None) or code


@dataclass(frozen=True)
class Filling:
    """What stands in t [W, −f], each number once, and which of them stands where in t [W, −f, r].

    Column by column, as LAPACK takes it, −1 is zero and −2 a rounding. With t = −1 the parts of the entries, the real
    before the imaginary one: losses and couplings then mostly are parameters themselves, and no array of points need be
    computed. Where most entries have complex letters (not `parted`), complex numbers with t = i, for the same reason:
    −iJ and −iJ* become J and J*, its conjugate, and −3 − k is the conjugate of number k. Behind these numbers come
    those that |W⁻¹| ≤ 1/min bounds W⁻¹ with, if there are any.
    """

    program: Program
    cells: tuple[int, ...]
    parted: bool
    numbers: int


def filling(
    letters: Sequence[Symbol], entries: Sequence[Expr], system: Places, force: Places, size: int, losses: Sequence[Expr]
) -> Filling:
    """The numbers that LAPACK's matrices are filled with; |W⁻¹| ≤ 1/min of the `losses`, if there are any."""
    turned = [-e for e in entries]
    parted = 2 * sum(any(part.has(RealPart) for part in entry_parts(e)) for e in turned) <= len(entries)
    if not parted:
        turned = [_turned(e) for e in entries]
    numbers: dict[Expr, int] = {}
    depth = 2 if parted else 1
    cells = [-1] * (depth * size * (size + 2))
    cells[depth * size * (size + 1) :: depth] = [-2] * size
    places = [*((i, j, turned[k]) for i, j, k in system), *((i, size, -turned[k]) for i, _, k in force)]
    for i, j, e in places:
        for part, value in enumerate(entry_parts(e) if parted else (e,)):
            if value == 0:
                continue
            other = value if parted or i == j or value in numbers else conjugated(value)
            turn = other in numbers or i > j and _conjugates(other) <= _conjugates(value)
            k = numbers.setdefault(other if turn else value, len(numbers))
            cells[depth * (j * size + i) + part] = -3 - k if turn and other != value else k
    return Filling(straight("_filling", letters, (*numbers, *losses)), tuple(cells), parted, len(numbers))


def _turned(e: Expr) -> Expr:
    """i e, from its parts where these need not be taken: a loss is real until it is multiplied by i."""
    real, imaginary = entry_parts(e)
    return (I * e).expand() if real.has(RealPart) else I * real - imaginary


def _conjugates(e: Expr) -> int:
    """How often a conjugate has to be taken."""
    return sum(1 for part in preorder_traversal(e) if isinstance(part, conjugate))


def _in_parts(
    code: Elimination,
    letters: Sequence[Symbol],
    entries: Sequence[Expr],
    system: Places,
    force: Places,
    modes: int,
    size: int,
) -> Elimination | None:
    """The same in parts; nothing where most factors have two: a complex product is as quick as two real ones."""
    parts = [entry_parts(e) for e in entries]
    kinds = [kind_of(both) for both in parts]
    flat = [part for both in parts for part in both if part != 0]
    starts = [sum(map(sum, kinds[:k])) for k in range(len(kinds))]
    factors, substituted, turned = code.programs
    given = {s: kinds[k] for s, k in zip(factors.inputs, code.factored, strict=True)}
    if 2 * sum(map(all, output_kinds(factors, given))) > len(factors.outputs):
        return None
    split, found = in_parts(factors, given)
    known = dict(zip((s for s in substituted.inputs[: len(found)]), found, strict=True))
    of = {i: k for i, _, k in force}
    push = [kinds[of[i]] if i in of else (False, False) for i in range(size)]
    forward, rights, lefts = _closed(substituted, known, push, kinds, system)
    # The pull on an amplitude is its conjugate.
    back = tuple((j, i, k) for i, j, k in system)
    pull = [kind if i < modes else (False, False) for i, kind in enumerate(lefts)]
    backward, pulls, ends = _closed(turned, known, pull, kinds, back)
    forth = _direction(rights, lefts, kinds, starts, system)
    return Elimination(
        (straight("_parts", letters, (*flat, *code.further)), split, forward, backward),
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
    program: Program, known: Mapping[Symbol, Kind], first: Sequence[Kind], entries: Sequence[Kind], system: Places
) -> tuple[Program, list[Kind], list[Kind]]:
    """The substitution for right-hand sides that have the first parts and whatever a residual has, and their kinds."""
    rights = list(first)
    right = program.inputs[-len(rights) :]
    while True:
        split, found = in_parts(program, {**known, **dict(zip(right, rights, strict=True))})
        sums = list(rights)
        for i, j, k in system:
            sums[i] = joined(sums[i], multiplied(entries[k], found[j]))
        if sums == rights:
            return split, rights, list(found)
        rights = sums


def _direction(
    rights: Sequence[Kind], lefts: Sequence[Kind], entries: Sequence[Kind], starts: Sequence[int], system: Places
) -> Direction:
    right, left = (
        tuple((i, part) for i, kind in enumerate(kinds) for part in (0, 1) if kind[part]) for kinds in (rights, lefts)
    )
    rows, columns = ({place: a for a, place in enumerate(places)} for places in (right, left))
    products = tuple(
        (rows[i, (a + b) % 2], starts[k] + (a if entries[k][0] else 0), columns[j, b], -1 if a and b else 1)
        for i, j, k in system
        for a in (0, 1)
        if entries[k][a]
        for b in (0, 1)
        if lefts[j][b]
    )
    return Direction(right, left, products)


def _letters(letter: str, count: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"{letter}{k}") for k in range(count))
