"""Numerators and determinants of a linear system as polynomials in its generic entries.

    x_j = N_j / Π D_l,      D_l the determinants of the irreducible blocks that x_j depends on

Over the polynomial ring of the generic entries nothing is ever divided: the numerators of a block and its determinant
are the maximal minors of one sweep (`structure.sweep`). Their number of terms is counted before anything is expanded;
above a limit the answer stays a straight-line program (`program`).

Numerator and denominator have no common factor as polynomials in the entries:

Lemma. Let A have an independent diagonal d_1 … d_n over a domain K with its other entries in K, and let, for every
split of the modes in two, a pair i, j across it have A_ij A_ji ≠ 0. Then det A is irreducible in K[d]: it is linear in
every d_i, so that a factorisation splits the modes; no term lacks exactly one d_i, so that comparing coefficients of
all d but d_i d_j gives A_ij A_ji = 0 for all pairs across. Π d_i has coefficient 1 and the numerators have a lower
degree in d, so they are coprime to det A. If all entries are independent but for A_ij = A_ji, this extends to all
blocks and to numerators that depend on several: every path of modes is a term of its own. Elsewhere the gcd is
computed, over the integers: (a − ib)/(a² + b²) stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from math import prod
from typing import Any, NamedTuple

from flint import fmpz_mpoly
from sympy import Expr

from derive.kernel import pencil, structure
from derive.kernel.entries import Generic, ring

Polynomial = Any  # FLINT's, or `terms.Terms` where all entries are independent letters
# By column, for every unknown that is not zero: its numerator, and the determinants that divide it by block.
Fractions = dict[int, tuple[Polynomial, dict[int, Polynomial]]]

# Counting the terms of a sweep stops after this many products, about 0.1 s.
PRODUCTS = 60_000
# Fraction-free elimination needs width³ products; with polynomials this short they beat a longer sweep.
FEW = 200
# More letters have more monomials than any answer that is written out.
LETTERS = 12
# Over so few rows a sweep takes no time. Minors from numbers whose `pencil.work` is less than this take 0.2 s, and no
# sweep is looked for.
NARROW, QUICK = 8, 2 * 10**8
# Where only fraction-free elimination is left, longer polynomials or more rows than this would take seconds.
MANY, DENSE = 1000, 40


class Pencil(NamedTuple):
    """Σ m_l A_l: the monomials m_l, and for every row the integers (A_l)_ij by column j."""

    letters: tuple[tuple[int, ...], ...]
    rows: tuple[Mapping[int, Sequence[int]], ...]
    work: int


class Block(NamedTuple):
    """An irreducible block: rows, columns, the blocks in its denominators, and the plan of its sweep.

    `pencil` is its pencil, if it has so few letters that its minors are found from numbers.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    below: frozenset[int]
    plan: structure.Plan | None
    pencil: Pencil | None


class System(NamedTuple):
    """A regular system: nonzero entries (column n is b), a column for every row, blocks in order."""

    rows: tuple[Mapping[int, Expr], ...]
    matched: tuple[int, ...]
    blocks: tuple[tuple[int, ...], ...]


def predict(system: System, generics: Generic) -> tuple[list[Block], int, bool]:
    """The blocks that b reaches with their plans, the number of terms, and whether they can be expanded."""
    size = len(system.rows)
    mixed = any(len(found) != 1 for row in generics.rows for entry in row.values() for _, found in entry)
    few = (mixed or max(generics.uses, default=0) > 1) and len(generics.generators) <= LETTERS
    planned: list[Block] = []
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
        counted = _counted(generics, rows, local, home, below, determinants)
        largest = _largest(generics, rows, columns, mixed, counted) if few else None
        sweep, numbers = _cheapest(generics, rows, columns, counted, largest)
        bottom, tops = _sizes(counted, sweep, largest)
        if sweep is None and numbers is None:
            feasible = feasible and max(bottom, *tops) < MANY and len(rows) <= DENSE
        home.update((column, (below | {len(planned)}, top)) for column, top in zip(columns, tops, strict=True) if top)
        planned.append(Block(rows, columns, below, sweep, numbers))
        determinants.append(bottom)
        total += bottom + sum(tops)
    return planned, total, feasible


def _largest(
    generics: Generic, rows: Sequence[int], columns: Collection[int], mixed: bool, counted: Sequence[Mapping[int, int]]
) -> structure.Largest:
    """Upper bounds of the numbers of monomials in minors of 1, 2, … rows of a block, without and with b."""
    most = _monomials(generics, rows, columns, mixed)
    sources = sum(row.get(len(rows), 0) for row in counted)
    return most[1:], [sources * monomials for monomials in most]


def _cheapest(
    generics: Generic,
    rows: Sequence[int],
    columns: Sequence[int],
    counted: Sequence[Mapping[int, int]],
    largest: structure.Largest | None,
) -> tuple[structure.Plan | None, Pencil | None]:
    """The plan of a sweep, None if all are too long, and a pencil, None if minors from numbers would take longer."""
    numbers = _pencil(generics, rows, columns) if largest and len(rows) > NARROW else None
    if numbers and numbers.work <= QUICK:
        return None, numbers
    sweep = structure.plan(counted, len(rows), largest, PRODUCTS)
    return sweep, None if sweep and sweep.products < 2 * len(rows) ** 3 else numbers


def _sizes(
    counted: Sequence[Mapping[int, int]], sweep: structure.Plan | None, largest: structure.Largest | None
) -> tuple[int, list[int]]:
    """The terms of a block's determinant and of its numerators, column by column, or upper bounds of them."""
    width = len(counted)
    if sweep:
        full = (1 << width + 1) - 1
        return sweep.terms.get(full >> 1, 0), [sweep.terms.get(full ^ (1 << k), 0) for k in range(width)]
    bottom, top = bounds(counted)
    if largest:
        bottom, top = min(bottom, largest[0][-1]), min(top, largest[1][-1])
    return bottom, [top] * width


def _counted(
    generics: Generic,
    rows: Sequence[int],
    local: Mapping[int, int],
    home: Mapping[int, tuple[frozenset[int], int]],
    below: frozenset[int],
    determinants: Sequence[int],
) -> list[dict[int, int]]:
    """The numbers of terms of the entries of a block, row by row, and of its right-hand side as the column behind them.

    For the unknowns of earlier blocks, by column, `home` tells the blocks whose determinants are below them, and the
    terms of their numerators. The right-hand side is over the determinants of all blocks `below`.
    """
    size = len(generics.rows)
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
    return counted


def bounds(counted: Sequence[Mapping[int, int]]) -> tuple[int, int]:
    """Upper bounds of the terms of a determinant and, on average, of a numerator, from the sizes of rows."""
    width = len(counted)
    sizes = [sum(column < width for column in row) for row in counted]
    tops = sum(
        row[width] * structure.permanent_bound((*sizes[:k], width, *sizes[k + 1 :]))
        for k, row in enumerate(counted)
        if width in row
    )
    return structure.permanent_bound(sizes), -(-tops // width)


def _monomials(generics: Generic, rows: Sequence[int], columns: Collection[int], mixed: bool) -> list[int]:
    """Upper bounds of the number of monomials in minors of 0, 1, 2, … rows of a block.

    A minor of k rows is a sum of products of k generators, none of which occurs more often than there are rows, or
    columns, that hold it. If entries are not homogeneous (`mixed`), products of fewer generators and powers of i are
    counted too.
    """
    held: dict[int, tuple[set[int], set[int]]] = {}
    for row in rows:
        for column, entry in generics.rows[row].items():
            for k in {k for _, found in entry for k in found} if column in columns else ():
                places = held.setdefault(k, (set(), set()))
                places[0].add(row)
                places[1].add(column)
    turns = mixed and held.pop(generics.unit, None) is not None  # type: ignore[arg-type]
    most = [1] + [0] * len(rows)
    for places in held.values():
        sums = [0, *accumulate(most)]
        times = min(map(len, places))
        most = [sums[k + 1] - sums[max(0, k - times)] for k in range(len(most))]
    return [total * (k + 1 if turns else 1) for k, total in enumerate(accumulate(most))] if mixed else most


def _pencil(generics: Generic, rows: Sequence[int], columns: Sequence[int]) -> Pencil | None:
    """The block as a pencil, if it has so few letters that its minors follow from numbers."""
    inside = [[generics.rows[row].get(column, ()) for column in columns] for row in rows]
    letters = sorted({found for row in inside for entry in row for _, found in entry})
    if len(letters) > 3:
        return None
    place = {found: k for k, found in enumerate(letters)}
    matrix: list[dict[int, list[int]]] = []
    for row in inside:
        matrix.append({})
        for column, entry in enumerate(row):
            for c, found in entry:
                matrix[-1].setdefault(column, [0] * len(letters))[place[found]] += c
    work = pencil.work(matrix, len(letters))
    return None if work is None else Pencil(tuple(letters), tuple(matrix), work)


def expanded(system: System, generics: Generic, planned: Sequence[Block]) -> Fractions:
    """For every unknown that is not zero: its numerator and the determinants below, by block."""
    rows, zero, one = ring(generics)
    fractions: Fractions = {}
    determinants: list[Polynomial] = []
    for number, block in enumerate(planned):
        determinant, found = _solve_block(block, rows, fractions, determinants, zero, one)
        if generics.unit is not None:
            determinant = _reduced(determinant, generics.unit)
            reduced = {column: _reduced(top, generics.unit) for column, top in found.items()}
            found = {column: top for column, top in reduced.items() if not top.is_zero()}
        determinants.append(determinant)
        regular = not block.below and _regular(generics, block, system)
        for column, top in found.items():
            bottoms = {l: determinants[l] for l in sorted({number, *block.below})}
            fractions[column] = (top, bottoms) if regular else _coprime(top, bottoms)
    return fractions


def _solve_block(
    block: Block,
    rows: Sequence[Mapping[int, Polynomial]],
    fractions: Fractions,
    determinants: Sequence[Polynomial],
    zero: Polynomial,
    one: Polynomial,
) -> tuple[Polynomial, dict[int, Polynomial]]:
    """The determinant of a block and the numerators of its unknowns over it and the determinants below."""
    local = {column: k for k, column in enumerate(block.columns)}
    size, width = len(rows), len(block.rows)
    matrix: list[dict[int, Polynomial]] = []
    for row in block.rows:
        matrix.append({local[column]: entry for column, entry in rows[row].items() if column in local})
        source = zero
        for column, entry in rows[row].items():
            if column == size:
                source = source + _over(entry, block.below, {}, determinants)
            elif column in fractions:
                top, over = fractions[column]
                source = source - _over(entry * top, block.below, over, determinants)
        if not source.is_zero():
            matrix[-1][width] = source
    if not any(width in entries for entries in matrix):
        return one, {}
    plan = block.plan
    determinant: Polynomial
    tops: list[Polynomial]
    if block.pencil:
        determinant, tops = _from_numbers(block.pencil, matrix)
    elif plan is None or plan.products > 2 * width**3 and max(plan.terms.values()) < FEW:
        determinant, tops = _fraction_free(matrix, zero, one)
    else:
        minors = structure.sweep(matrix, plan.order)
        full = (1 << width + 1) - 1
        determinant = minors.get(full >> 1, zero)
        tops = [minors.get(full ^ (1 << k), zero) for k in range(width)]
        tops = [top if (width - k) & 1 else -top for k, top in enumerate(tops)]
    return determinant, {column: tops[k] for column, k in local.items() if not tops[k].is_zero()}


def _from_numbers(block: Pencil, matrix: Sequence[Mapping[int, fmpz_mpoly]]) -> tuple[fmpz_mpoly, list[fmpz_mpoly]]:
    """Determinant and numerators of a block of few letters, whose sources stand behind its columns."""
    width = len(matrix)
    sources = {row: entries[width] for row, entries in enumerate(matrix) if width in entries}
    context = next(iter(sources.values())).context()

    def polynomial(minor: pencil.Minor) -> fmpz_mpoly:
        terms: dict[tuple[int, ...], int] = {}
        for exponents, c in minor.items():
            powers = [0] * context.nvars()
            for letter, exponent in zip(block.letters, exponents, strict=True):
                for k in letter:
                    powers[k] += exponent
            terms[*powers] = terms.get(tuple(powers), 0) + c
        return context.from_dict(terms)

    determinant, adjugate = pencil.minors(block.rows, len(block.letters), list(sources))
    found = [context.constant(0)] * width
    for row, source in sources.items():
        for k, minor in enumerate(adjugate[row]):
            found[k] = found[k] + polynomial(minor) * source
    return polynomial(determinant), found


def _over(
    top: Polynomial, below: frozenset[int], over: Mapping[int, Polynomial], determinants: Sequence[Polynomial]
) -> Polynomial:
    """The numerator of top / Π over, once it is brought to the common denominator of the blocks below."""
    for number in sorted(below):
        if number not in over:
            top = top * determinants[number]
        elif over[number] is not determinants[number]:
            top = top * (determinants[number] / over[number])
    return top


def _fraction_free(
    matrix: Sequence[Mapping[int, fmpz_mpoly]], zero: fmpz_mpoly, one: fmpz_mpoly
) -> tuple[fmpz_mpoly, list[fmpz_mpoly]]:
    """Determinant and numerators by fraction-free Gauss–Jordan elimination (Bareiss 1968) of a regular matrix."""
    width = len(matrix)
    previous = one
    m = [[row.get(column, zero) for column in range(width + 1)] for row in matrix]
    for k in range(width):
        best = min((i for i in range(k, width) if not m[i][k].is_zero()), key=lambda i: len(m[i][k]))
        m[k], m[best] = m[best], m[k]
        pivot = m[k][k]
        for i in range(width):
            if i != k:
                factor = m[i][k]
                m[i] = [(pivot * m[i][j] - factor * m[k][j]) / previous if j > k else zero for j in range(width + 1)]
        previous = pivot
    return previous, [m[i][width] for i in range(width)]


def _reduced(polynomial: fmpz_mpoly, unit: int) -> fmpz_mpoly:
    """The polynomial with i² = −1, where generator number `unit` is i."""
    if polynomial.degrees()[unit] < 2:
        return polynomial
    terms: dict[tuple[int, ...], int] = {}
    for monom, coefficient in polynomial.terms():
        power = monom[unit]
        reduced = (*monom[:unit], power & 1, *monom[unit + 1 :])
        terms[reduced] = terms.get(reduced, 0) + int(coefficient) * (-1) ** (power >> 1)
    return polynomial.context().from_dict({monom: c for monom, c in terms.items() if c})


def _coprime(top: fmpz_mpoly, bottoms: Mapping[int, fmpz_mpoly]) -> tuple[fmpz_mpoly, dict[int, fmpz_mpoly]]:
    """top / Π bottoms without common factors."""
    left: dict[int, fmpz_mpoly] = {}
    for number, bottom in bottoms.items():
        common = top.gcd(bottom)
        if common.is_constant():
            left[number] = bottom
        else:
            top, rest = top / common, bottom / common
            if rest.is_constant() and abs(int(rest.leading_coefficient())) == 1:
                top = top * rest
            else:
                left[number] = rest
    return top, left


def _regular(generics: Generic, block: Block, system: System) -> bool:
    """Whether the lemma's first case, an independent diagonal, holds for a block that depends on no other."""
    for row in block.rows:
        entry = generics.rows[row].get(row, ())
        if system.matched[row] != row:
            return False  # a block off the diagonal
        if len(entry) != 1 or len(entry[0][1]) != 1 or generics.uses[entry[0][1][0]] > 1:
            return False
    return linked(block.rows, system)


def linked(rows: Sequence[int], system: System) -> bool:
    """Whether the pairs with A_ij and A_ji both present connect the block."""
    left, queue = set(rows[1:]), [rows[0]]
    for row in queue:
        for other in system.rows[row]:
            if other in left and row in system.rows[other]:
                left.discard(other)
                queue.append(other)
    return not left
