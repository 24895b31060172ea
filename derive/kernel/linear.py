"""Exact solution of A x = b for networks: generic entries first, structure next, physics last.

    x_j = N_j / Π D_l,      D_l the determinants of the irreducible blocks that x_j depends on

Over the polynomial ring of the generic entries nothing is ever divided: the numerators of a block and its determinant
are the maximal minors of one sweep (`structure.sweep`). Their number of terms is counted before anything is expanded;
above a limit the answer stays a straight-line program (`program.straight_line`).

Numerator and denominator have no common factor as polynomials in the entries:

Lemma. Let block A have off-diagonal entries from a domain K, and for every split of its modes in two a pair i, j across
it with A_ij A_ji ≠ 0. If its diagonal d_1 … d_n is independent over K, det A is irreducible in K[d] up to units:
det A is linear in every d_i, so a factorisation F G splits the modes; no term lacks exactly one d_i, so comparing the
coefficients of all d but d_i d_j gives A_ij A_ji = 0 for all pairs across. As Π d_i has coefficient 1 and the numerators are of lower
degree in d, they are coprime to it. If all entries are independent but for A_ij = A_ji, this extends to all blocks and to
numerators that depend on several of them (every path of modes is a term of its own). Elsewhere the gcd is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import NamedTuple

from flint import fmpz_mpoly, fmpz_mpoly_ctx, nmod_mat
from sympy import Expr, ImmutableMatrix, Integer, Matrix, Symbol

from derive.errors import DeriveError
from derive.kernel import structure
from derive.kernel.assemble import Assembler, quotient
from derive.kernel.entries import Generic, generic, ring
from derive.kernel.place import PRIMES, BadPoint, Place, at_points
from derive.kernel.program import eliminated

# Above this many states a sweep would take longer than 0.1 s to count.
STATES = 60_000
# Fraction-free elimination needs width³ products; with polynomials this short they beat a sweep of more states.
FEW = 200


class SingularMatrix(DeriveError):
    """A linear system without a unique solution: a steady state that does not exist or depends on the past."""


@dataclass(frozen=True)
class Solution:
    """x with A x = b.

    `values` is n×1. If `form` is 'expanded', `where` is empty and `terms` is the number of terms of all numerators and
    determinants, each determinant counted once. If it is 'program', `values` uses the symbols defined in `where`, each
    definition uses earlier symbols only, `terms` is the predicted number of terms of the expanded answer (an upper
    bound if entries repeat) and `note` says why.
    """

    values: ImmutableMatrix
    where: tuple[tuple[Symbol, Expr], ...]
    terms: int
    form: str
    note: str


class _Block(NamedTuple):
    """An irreducible block: its rows, its columns, the blocks in its denominators and the plan of its sweep."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    below: frozenset[int]
    plan: structure.Plan | None


class _System(NamedTuple):
    """A regular system: its nonzero entries (column n is b), the matched columns and the blocks that b reaches."""

    rows: tuple[Mapping[int, Expr], ...]
    matched: tuple[int, ...]
    blocks: tuple[tuple[int, ...], ...]


def solve(A: Matrix, b: Matrix, limit: int = 50_000) -> Solution:
    """The steady amplitudes of a network: x with A x = b, exactly.

    A is n×n and b is n×1. x_j = N_j / Π D_l with coprime numerators and denominators as long as they have at most
    `limit` terms together, and a straight-line program otherwise. Modes that b does not reach are exactly zero.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    system = _system(A, b)
    size = len(system.rows)
    generics = generic(system.rows)
    planned, terms = _predict(system, generics)
    if terms is None or terms > limit:
        return _program(system, _bound(system) if terms is None else terms, limit)
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
    assembler = Assembler(generics.generators)
    values: list[Expr] = [Integer(0)] * size
    shown: list[fmpz_mpoly] = []
    for column, (numerator, bottoms) in sorted(numerators.items()):
        powers: dict[int, int] = {}
        for bottom in bottoms.values():
            position = next((k for k, p in enumerate(shown) if p is bottom or p == bottom), len(shown))
            if position == len(shown):
                shown.append(bottom)
            powers[position] = powers.get(position, 0) + 1
        values[column] = quotient(assembler(numerator), [(assembler(shown[k]), power) for k, power in powers.items()])
    total = sum(map(len, shown)) + sum(len(numerator) for numerator, _ in numerators.values())
    return Solution(ImmutableMatrix(size, 1, values), (), total, "expanded", "")


def straight_line(A: Matrix, b: Matrix) -> Solution:
    """The steady amplitudes as a straight-line program: every entry, multiplier, pivot and unknown defined once.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    system = _system(A, b)
    terms = _predict(system, generic(system.rows))[1]
    return _program(system, _bound(system) if terms is None else terms, None)


def predicted_terms(A: Matrix, b: Matrix) -> int:
    """Number of terms of the expanded solution, without expanding it; an upper bound if entries repeat.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    system = _system(A, b)
    terms = _predict(system, generic(system.rows))[1]
    return _bound(system) if terms is None else terms


def _system(A: Matrix, b: Matrix) -> _System:
    """The nonzero entries of A x = b, its blocks in order of dependence, and the certainty that det A is not zero."""
    size = A.rows
    if A.shape != (size, size) or b.shape != (size, 1):
        raise DeriveError(f"A x = b needs an n×n matrix and an n×1 right-hand side, but got {A.shape} and {b.shape}.")
    rows: list[dict[int, Expr]] = [{} for _ in range(size)]
    for (i, j), entry in sorted(A.todok().items()):
        rows[i][j] = entry
    for (i, _), entry in sorted(b.todok().items()):
        rows[i][size] = entry
    zeros = {entry for entry in {e for row in rows for e in row.values() if e.is_Add} if _vanishes(entry)}
    rows = [{column: entry for column, entry in row.items() if entry not in zeros} for row in rows]
    square = [[column for column in row if column < size] for row in rows]
    matched = structure.matching(square)
    if matched is None:
        raise SingularMatrix(
            f"A x = b needs a regular matrix, but the zeros of this {size}×{size} matrix alone make its determinant "
            "vanish; remove modes that nothing damps or couples."
        )
    if not at_points(lambda place: _determinant(square, rows, place) != 0):
        raise SingularMatrix(
            f"A x = b needs a regular matrix, but the determinant of this {size}×{size} matrix vanishes for all "
            "values of its parameters; add a loss or a detuning."
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


def _predict(system: _System, generics: Generic) -> tuple[list[_Block], int | None]:
    """The blocks that the right-hand side reaches, with their plans, and the number of terms; None if beyond counting."""
    size = len(system.rows)
    variables = len(generics.generators)
    mixed = any(len(found) != 1 for row in generics.rows for entry in row.values() for _, found in entry)
    shared = mixed or max(generics.uses, default=0) > 1
    planned: list[_Block] = []
    degree: list[int] = []
    determinant_terms: list[int] = []
    home: dict[int, tuple[frozenset[int], int]] = {}
    total: int | None = 0
    for rows in system.blocks:
        columns = tuple(sorted(system.matched[row] for row in rows))
        inside = set(columns)
        outer = [c for row in rows for c in system.rows[row] if c in home]
        if not outer and not any(size in system.rows[row] for row in rows):
            continue
        below = frozenset().union(*(home[c][0] for c in outer))
        local = {column: k for k, column in enumerate(columns)}
        counted: list[dict[int, int]] = []
        for row in rows:
            entries: dict[int, int] = {}
            source = 0
            for column, entry in generics.rows[row].items():
                if column in inside:
                    entries[local[column]] = len(entry)
                elif column == size or column in home:
                    over, top = (frozenset[int](), 1) if column == size else home[column]
                    term = len(entry) * top
                    for l in below - over:
                        term *= determinant_terms[l]
                    source += term
            if source:
                entries[len(rows)] = source
            counted.append(entries)
        before = sum(degree[l] for l in below)
        largest = [
            _monomials(variables, before + step + 2, mixed) if shared else 1 << 10_000 for step in range(len(rows))
        ]
        plan = structure.plan(counted, len(rows), largest, STATES)
        number = len(planned)
        planned.append(_Block(rows, columns, below, plan))
        degree.append(len(rows))
        full = (1 << len(rows) + 1) - 1
        found = dict(plan.terms) if plan else {}
        ceiling = largest[-1] if shared else None
        determinant_terms.append(found.get(full >> 1, ceiling or 1))
        if plan is None and (ceiling is None or ceiling > 1000):
            total = None
        for column, k in local.items():
            top = found.get(full ^ (1 << k), 0) if plan else (ceiling or 1)
            if top:
                home[column] = (below | {number}, top)
        if total is not None:
            total += determinant_terms[-1] + sum(home[c][1] for c in columns if c in home)
    return planned, total


def _monomials(variables: int, degree: int, mixed: bool) -> int:
    """Number of monomials of this degree, or up to it where entries are not homogeneous."""
    if mixed:
        return comb(variables + degree, degree)
    return comb(variables + degree - 1, degree) if variables else 1


def _bound(system: _System) -> int:
    """Upper bound of the number of terms where counting them is too long itself."""
    size = len(system.rows)
    total = structure.permanent_bound(sum(column < size for column in row) for row in system.rows)
    return 2 * total


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
    """Determinant and numerators by fraction-free Gauss–Jordan elimination (Bareiss 1968): dense, few generators."""
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
                    (pivot * m[i][j] - factor * m[k][j]) / previous if j > k else zero for j in range(width + 1)
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


def _coprime(
    top: fmpz_mpoly, bottoms: Mapping[int, fmpz_mpoly]
) -> tuple[fmpz_mpoly, dict[int, fmpz_mpoly]]:
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
    """The straight-line program of a regular system; with a limit, the note says that the answer exceeds it."""
    for trial in range(60):
        try:
            found = eliminated(system.rows, system.matched, system.blocks, Place(PRIMES[0], f"pivots {trial}"))
        except BadPoint:
            continue
        if found is not None:
            break
    else:
        raise SingularMatrix("A x = b needs a regular matrix, but no pivots could be found; simplify its entries.")
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
