"""Exact solution of A x = b for networks: generic entries first, structure next, physics last.

    x_j = N_j / Π D_l,      D_l the determinants of the irreducible blocks that x_j depends on

Over the polynomial ring of the generic entries nothing is ever divided: the numerators of a block and its
determinant are the maximal minors of one sweep (`structure.sweep`). Their number of terms is counted before
anything is expanded; above a limit the answer stays a straight-line program (`program.straight_line`).

Numerator and denominator have no common factor as polynomials in the entries:

Lemma. Let A have an independent diagonal d_1 … d_n over a domain K with its other entries in K, and let, for
every split of the modes in two, a pair i, j across it have A_ij A_ji ≠ 0. Then det A is irreducible in K[d]:
it is linear in every d_i, so that a factorisation splits the modes; no term lacks exactly one d_i, so that
comparing coefficients of all d but d_i d_j gives A_ij A_ji = 0 for all pairs across. Π d_i has coefficient 1
and the numerators have a lower degree in d, so they are coprime to det A. If all entries are independent but
for A_ij = A_ji, this extends to all blocks and to numerators that depend on several: every path of modes is a
term of its own. Elsewhere the gcd is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, prod
from typing import NamedTuple

from flint import fmpz_mpoly, fmpz_mpoly_ctx, nmod_mat
from sympy import Expr, ImmutableMatrix, Integer, Matrix, Symbol

from derive.errors import DeriveError
from derive.kernel import structure
from derive.kernel.assemble import Assembler, quotient
from derive.kernel.entries import Generic, generic, ring
from derive.kernel.place import PRIMES, BadPoint, Place, at_points
from derive.kernel.program import eliminated

# Counting stops at this many states, after about 0.1 s.
STATES = 60_000
# Counts are upper bounds where entries repeat (a loop in both directions is one term): up to this factor
# above the limit the polynomials, which cost little, are computed and counted before expressions, which cost
# much, are built.
SLACK = 4
# Fraction-free elimination needs width³ products; with polynomials this short they beat a sweep of more
# states.
FEW = 200
# Where only fraction-free elimination is left, longer polynomials than this would take seconds.
MANY = 1000


class SingularMatrix(DeriveError):
    """A linear system without a unique solution: no steady state, or one that depends on the past."""


@dataclass(frozen=True)
class Solution:
    """x with A x = b.

    `values` is n×1. If `form` is 'expanded', `where` is empty and `terms` is the number of terms of all
    numerators and determinants, each determinant counted once. If it is 'program', `values` uses the symbols
    defined in `where`, each definition uses earlier symbols only, `terms` is the predicted number of terms of
    the expanded answer (an upper bound if entries repeat) and `note` says why.
    """

    values: ImmutableMatrix
    where: tuple[tuple[Symbol, Expr], ...]
    terms: int
    form: str
    note: str


class _Block(NamedTuple):
    """An irreducible block: rows, columns, the blocks in its denominators and the plan of its sweep."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    below: frozenset[int]
    plan: structure.Plan | None


class _System(NamedTuple):
    """A regular system: nonzero entries (column n is b), a column for every row, blocks in order."""

    rows: tuple[Mapping[int, Expr], ...]
    matched: tuple[int, ...]
    blocks: tuple[tuple[int, ...], ...]


def solve(A: Matrix, b: Matrix, limit: int = 50_000) -> Solution:
    """The steady amplitudes of a network: x with A x = b, exactly.

    A is n×n and b is n×1. x_j = N_j / Π D_l with coprime numerators and denominators as long as they have at
    most `limit` terms together, and a straight-line program otherwise. Modes that b does not reach are
    exactly zero.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    system = _system(A, b)
    size = len(system.rows)
    generics = generic(system.rows)
    planned, terms, feasible = _predict(system, generics)
    shared = max(generics.uses, default=0) > 1
    if not feasible or terms > limit * (SLACK if shared else 1):
        return _program(system, terms, limit)
    context, rows = ring(generics)
    numerators: dict[int, tuple[fmpz_mpoly, dict[int, fmpz_mpoly]]] = {}
    determinants: list[fmpz_mpoly] = []
    always_coprime = _independent(generics, system)
    for number, block in enumerate(planned):
        determinant, found = _solve_block(block, rows, numerators, determinants, context, generics.unit)
        determinants.append(determinant)
        regular = always_coprime or not block.below and _regular(generics, block, system)
        for column, numerator in found.items():
            bottoms = {l: determinants[l] for l in sorted({number, *block.below})}
            numerators[column] = (numerator, bottoms) if regular else _coprime(numerator, bottoms)
    shown: list[fmpz_mpoly] = []
    powers: dict[int, dict[int, int]] = {}
    for column, (_, bottoms) in numerators.items():
        powers[column] = {}
        for bottom in bottoms.values():
            position = next((k for k, p in enumerate(shown) if p is bottom or p == bottom), len(shown))
            if position == len(shown):
                shown.append(bottom)
            powers[column][position] = powers[column].get(position, 0) + 1
    terms = sum(map(len, shown)) + sum(len(numerator) for numerator, _ in numerators.values())
    if terms > limit:
        return _program(system, terms, limit)
    assembler = Assembler(generics.generators)
    values: list[Expr] = [Integer(0)] * size
    for column, (numerator, _) in numerators.items():
        below = [(assembler(shown[k]), power) for k, power in powers[column].items()]
        values[column] = quotient(assembler(numerator), below)
    return Solution(ImmutableMatrix(size, 1, values), (), terms, "expanded", "")


def straight_line(A: Matrix, b: Matrix) -> Solution:
    """The steady amplitudes as a straight-line program: entries, multipliers, pivots and unknowns, each once.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    system = _system(A, b)
    return _program(system, _predict(system, generic(system.rows))[1], None)


def predicted_terms(A: Matrix, b: Matrix) -> int:
    """Number of terms of the expanded solution, without expanding it; an upper bound if entries repeat.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    system = _system(A, b)
    return _predict(system, generic(system.rows))[1]


def _system(A: Matrix, b: Matrix) -> _System:
    """The nonzero entries of A x = b and its blocks, once det A is known not to vanish identically."""
    size = A.rows
    if A.shape != (size, size) or b.shape != (size, 1):
        raise DeriveError(
            f"A x = b needs an n×n matrix and an n×1 right-hand side, but got {A.shape} and {b.shape}."
        )
    rows: list[dict[int, Expr]] = [{} for _ in range(size)]
    for (i, j), entry in sorted(A.todok().items()):
        rows[i][j] = entry
    for (i, _), entry in sorted(b.todok().items()):
        rows[i][size] = entry
    zeros = {entry for row in rows for entry in row.values() if entry.is_Add and _vanishes(entry)}
    rows = [{column: entry for column, entry in row.items() if entry not in zeros} for row in rows]
    square = [[column for column in row if column < size] for row in rows]
    matched = structure.matching(square)
    if matched is None:
        raise SingularMatrix(
            f"A x = b needs a regular matrix, but the zeros of this {size}×{size} matrix alone make "
            "its determinant vanish; remove modes that nothing damps or couples."
        )
    if not at_points(lambda place: _determinant(square, rows, place) != 0):
        raise SingularMatrix(
            f"A x = b needs a regular matrix, but the determinant of this {size}×{size} matrix vanishes for "
            "all values of its parameters; add a loss or a detuning."
        )
    return _System(tuple(rows), matched, structure.blocks(square, matched))


def _vanishes(entry: Expr) -> bool:
    return not at_points(lambda place: place(entry) != 0) and entry.expand() == 0


def _determinant(square: Sequence[Sequence[int]], rows: Sequence[Mapping[int, Expr]], place: Place) -> int:
    size = len(rows)
    values = [[0] * size for _ in range(size)]
    for i, row in enumerate(square):
        for j in row:
            values[i][j] = place(rows[i][j])
    return int(nmod_mat(size, size, [v for line in values for v in line], place.prime).det())


def _predict(system: _System, generics: Generic) -> tuple[list[_Block], int, bool]:
    """The blocks that b reaches with their plans, the number of terms, and whether they can be expanded."""
    size = len(system.rows)
    mixed = any(len(found) != 1 for row in generics.rows for entry in row.values() for _, found in entry)
    shared = mixed or max(generics.uses, default=0) > 1
    planned: list[_Block] = []
    degrees: list[int] = []
    determinants: list[int] = []
    home: dict[int, tuple[frozenset[int], int]] = {}
    total, feasible = 0, True
    for rows in system.blocks:
        columns = tuple(sorted(system.matched[row] for row in rows))
        outer = [column for row in rows for column in system.rows[row] if column in home]
        if not outer and not any(size in system.rows[row] for row in rows):
            continue
        below = frozenset[int]().union(*(home[column][0] for column in outer))
        local = {column: k for k, column in enumerate(columns)}
        counted: list[dict[int, int]] = []
        for row in rows:
            counted.append({local[c]: len(entry) for c, entry in generics.rows[row].items() if c in local})
            source = 0
            for column, entry in generics.rows[row].items():
                if column == size or column in home:
                    over, top = home.get(column, (frozenset[int](), 1))
                    source += len(entry) * top * prod(determinants[l] for l in below - over)
            if source:
                counted[-1][len(rows)] = source
        before = sum(degrees[l] for l in below) + 2
        largest: list[int] | None = None
        if shared:
            largest = [
                _monomials(len(generics.generators), before + step, mixed) for step in range(len(rows))
            ]
        plan = structure.plan(counted, len(rows), largest, STATES)
        full = (1 << len(rows) + 1) - 1
        if plan is None:
            bottom, top = _bounds(counted)
            if largest:
                bottom, top = min(bottom, largest[-1]), min(top, largest[-1])
            feasible = feasible and max(bottom, top) < MANY
            tops = dict.fromkeys(columns, top)
        else:
            tops = {column: plan.terms.get(full ^ (1 << k), 0) for column, k in local.items()}
            bottom = plan.terms.get(full >> 1, 0)
        home.update((column, (below | {len(planned)}, top)) for column, top in tops.items() if top)
        planned.append(_Block(rows, columns, below, plan))
        degrees.append(len(rows))
        determinants.append(bottom)
        total += bottom + sum(tops.values())
    return planned, total, feasible


def _bounds(counted: Sequence[Mapping[int, int]]) -> tuple[int, int]:
    """Upper bounds of the terms of a determinant and, on average, of a numerator, from the sizes of rows."""
    width = len(counted)
    sizes = [sum(column < width for column in row) for row in counted]
    tops = sum(
        row[width] * structure.permanent_bound((*sizes[:k], width, *sizes[k + 1 :]))
        for k, row in enumerate(counted)
        if width in row
    )
    return structure.permanent_bound(sizes), -(-tops // width)


def _monomials(variables: int, degree: int, mixed: bool) -> int:
    """Number of monomials of this degree, or up to it where entries are not homogeneous."""
    if mixed:
        return comb(variables + degree, degree)
    return comb(variables + degree - 1, degree) if variables else 1


def _solve_block(
    block: _Block,
    rows: Sequence[Mapping[int, fmpz_mpoly]],
    numerators: Mapping[int, tuple[fmpz_mpoly, Mapping[int, fmpz_mpoly]]],
    determinants: Sequence[fmpz_mpoly],
    context: fmpz_mpoly_ctx,
    unit: int | None,
) -> tuple[fmpz_mpoly, dict[int, fmpz_mpoly]]:
    """The determinant of a block and the numerators of its unknowns over it and the determinants below."""
    local = {column: k for k, column in enumerate(block.columns)}
    size, width = len(rows), len(block.rows)
    matrix: list[dict[int, fmpz_mpoly]] = []
    for row in block.rows:
        matrix.append({local[column]: entry for column, entry in rows[row].items() if column in local})
        source = context.constant(0)
        for column, entry in rows[row].items():
            if column == size:
                source = source + _over(entry, block.below, {}, determinants)
            elif column in numerators:
                top, over = numerators[column]
                source = source - _over(entry * top, block.below, over, determinants)
        if not source.is_zero():
            matrix[-1][width] = source
    if not any(width in entries for entries in matrix):
        return context.constant(1), {}
    plan = block.plan
    if plan is None or plan.states > 2 * width**3 and max(plan.terms.values()) < FEW:
        determinant, found = _fraction_free(matrix, context)
    else:
        minors = structure.sweep(matrix, plan.order)
        full = (1 << width + 1) - 1
        zero = context.constant(0)
        determinant = minors.get(full >> 1, zero)
        found = [minors.get(full ^ (1 << k), zero) * (-1) ** (width - 1 - k) for k in range(width)]
    if unit is not None:
        determinant, *found = (_reduced(p, unit, context) for p in (determinant, *found))
    return determinant, {column: found[k] for column, k in local.items() if not found[k].is_zero()}


def _over(
    top: fmpz_mpoly, below: frozenset[int], over: Mapping[int, fmpz_mpoly], determinants: Sequence[fmpz_mpoly]
) -> fmpz_mpoly:
    """The numerator of top / Π over, brought to the common denominator of the blocks below."""
    for number in sorted(below):
        if number not in over:
            top = top * determinants[number]
        elif over[number] is not determinants[number]:
            top = top * (determinants[number] / over[number])
    return top


def _fraction_free(
    matrix: Sequence[Mapping[int, fmpz_mpoly]], context: fmpz_mpoly_ctx
) -> tuple[fmpz_mpoly, list[fmpz_mpoly]]:
    """Determinant and numerators by fraction-free Gauss–Jordan elimination (Bareiss 1968)."""
    width = len(matrix)
    zero, previous = context.constant(0), context.constant(1)
    m = [[row.get(column, zero) for column in range(width + 1)] for row in matrix]
    for k in range(width):
        candidates = [i for i in range(k, width) if not m[i][k].is_zero()]
        if not candidates:
            return zero, [zero] * width
        best = min(candidates, key=lambda i: len(m[i][k]))
        m[k], m[best] = m[best], m[k]
        pivot = m[k][k]
        for i in range(width):
            if i != k:
                factor = m[i][k]
                m[i] = [
                    (pivot * m[i][j] - factor * m[k][j]) / previous if j > k else zero
                    for j in range(width + 1)
                ]
        previous = pivot
    return previous, [m[i][width] for i in range(width)]


def _reduced(polynomial: fmpz_mpoly, unit: int, context: fmpz_mpoly_ctx) -> fmpz_mpoly:
    """The polynomial with i² = −1, where generator number `unit` is i."""
    if polynomial.degrees()[unit] < 2:
        return polynomial
    terms: dict[tuple[int, ...], int] = {}
    for monom, coefficient in polynomial.terms():
        power = monom[unit]
        reduced = (*monom[:unit], power & 1, *monom[unit + 1 :])
        terms[reduced] = terms.get(reduced, 0) + int(coefficient) * (-1) ** (power >> 1)
    return context.from_dict({monom: c for monom, c in terms.items() if c})


def _coprime(top: fmpz_mpoly, bottoms: Mapping[int, fmpz_mpoly]) -> tuple[fmpz_mpoly, dict[int, fmpz_mpoly]]:
    """top / Π bottoms without common factors."""
    left: dict[int, fmpz_mpoly] = {}
    for number, bottom in bottoms.items():
        common = top.gcd(bottom)
        if common.is_constant():
            left[number] = bottom
        else:
            top = top / common
            if not (rest := bottom / common).is_constant() or not rest.is_one():
                left[number] = rest
    return top, left


def _independent(generics: Generic, system: _System) -> bool:
    """Whether all entries are independent but for A_ij = A_ji inside a block (the lemma's second case)."""
    home = {row: number for number, block in enumerate(system.blocks) for row in block}
    pairs = [0] * len(generics.generators)
    for i, row in enumerate(generics.rows):
        for j, entry in row.items():
            if len(entry) != 1 or len(entry[0][1]) != 1:
                return False
            if j < i and generics.rows[j].get(i) == entry and home[i] == home[j]:
                pairs[entry[0][1][0]] += 1
    if not any(pairs):
        return max(generics.uses) == 1
    return max(u - p for u, p in zip(generics.uses, pairs, strict=True)) == 1 and all(
        _linked(block, system) and system.matched[row] == row for block in system.blocks for row in block
    )


def _regular(generics: Generic, block: _Block, system: _System) -> bool:
    """Whether the lemma's first case holds for a block that depends on no other."""
    for row in block.rows:
        entry = generics.rows[row].get(row, ())
        if len(entry) != 1 or len(entry[0][1]) != 1 or generics.uses[entry[0][1][0]] > 1:
            return False
    return _linked(block.rows, system)


def _linked(rows: Sequence[int], system: _System) -> bool:
    """Whether the pairs with A_ij and A_ji both present connect the block."""
    reached, queue = {rows[0]}, [rows[0]]
    for row in queue:
        for other in sorted(system.rows[row]):
            if other in rows and other not in reached and row in system.rows[other]:
                reached.add(other)
                queue.append(other)
    return len(reached) == len(rows)


def _program(system: _System, terms: int, limit: int | None) -> Solution:
    """The straight-line program; with a limit, its note says that the expanded answer exceeds it."""
    for trial in range(300):
        try:
            found = eliminated(
                system.rows, system.matched, system.blocks, Place(PRIMES[0], f"pivots {trial}")
            )
        except BadPoint:
            continue
        if found is not None:
            break
    else:
        raise SingularMatrix(
            "A x = b needs a regular matrix, but no pivots could be found; simplify its entries."
        )
    note = f"Straight-line program of {found.operations} operations."
    if limit is not None:
        note = (
            f"The expanded solution would have about {_rounded(terms)} terms (limit {limit}); "
            f"it is given as a straight-line program of {found.operations} operations."
        )
    return Solution(ImmutableMatrix(len(found.values), 1, found.values), found.where, terms, "program", note)


def _rounded(number: int) -> str:
    """Two significant digits: 17321 as 1.7e4; small numbers in full."""
    digits = str(number)
    return digits if len(digits) < 6 else f"{digits[0]}.{digits[1]}e{len(digits) - 1}"
