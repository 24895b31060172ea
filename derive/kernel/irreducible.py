"""The irreducible factors of a characteristic polynomial, and how often each occurs in the minimal polynomial.

    det(y − A) = Π f(y)^m,      Π f(A)^e = 0 with e ≤ m as small as it goes

Modes that feed each other form one irreducible block of A; the others only multiply the polynomials of the blocks.
Identical branches show as factors of low degree that occur often: those of an equitable partition's quotient among
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import gcd
from operator import mul

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpz_poly, nmod_mat
from sympy import (
    Add,
    Dummy,
    Expr,
    I,
    Matrix,
    MatrixBase,
    Mul,
    Poly,
    Rational,
    S,
    conjugate,
    cos,
    exp,
    pi,
    prime,
)

from derive.kernel import structure
from derive.kernel.normal import canonical
from derive.kernel.place import Place, at_points
from derive.kernel.rewriting import rewritten
from derive.kernel.ring import Ring

Factor = tuple[tuple[Expr, ...], int]  # monic coefficients, c_0 first, and the power in the minimal polynomial
TRIALS = 3  # sets of numbers for letters
LARGEST_ANGLE = 200  # 2 cos(2πk/n) and e^{2πik/n} are recognised up to this n


class NotFactored(ArithmeticError):
    """A characteristic polynomial whose coefficients are no quotients of polynomials with Gaussian coefficients."""


def characteristic(A: MatrixBase) -> tuple[Factor, ...]:
    """The factors of det(y − A), irreducible over the letters of A, with their powers in the minimal polynomial.

    Raises:
        NotFactored: if roots of letters remain in the coefficients.
    """
    found: dict[tuple[Expr, ...], int] = {}
    for block in irreducible_blocks(A):
        for factor, times in _of_block(A.extract(block, block)):
            found[factor] = found.get(factor, 0) + times
    return tuple((factor, _least_power(A, factor, times)) for factor, times in found.items())


def irreducible_blocks(A: MatrixBase) -> list[tuple[int, ...]]:
    """The places of every irreducible diagonal block, in order: those that feed each other, directly or by others."""
    rows: list[list[int]] = [[] for _ in range(A.rows)]
    for i, j in A.todok():
        rows[i].append(j)
    return sorted(structure.blocks(rows, range(A.rows)))


def _of_block(block: Matrix) -> list[tuple[tuple[Expr, ...], int]]:
    if all(e.is_Rational for e in block):
        numbers = fmpq_mat(block.rows, block.cols, [fmpq(int(e.p), int(e.q)) for e in block])
        return [
            (tuple(Rational(int(c.p), int(c.q)) for c in (f / f.leading_coefficient()).coeffs()), n)
            for f, n in numbers.charpoly().factor()[1]
        ]
    letters = _turned_letters(block)
    table = {s: -I * d for s, d in letters.items()}
    y = Dummy("y")
    forms = [rewritten(e.xreplace(table)) for e in block]
    ring = Ring(y, *forms)
    place = ring.number[y]
    matrix, below = _cleared(ring, forms, block.rows)
    whole = _leverrier(ring, matrix, ring.gens[place])
    if not _algebraic(ring, whole):
        factors = [(ring.expression(f), n) for f, n in whole.factor()[1]]
    elif block.rows > 2:
        factors = _over_gaussian(ring, whole, place)
    else:
        # for two modes a discriminant of zero is all that matters; factors in many letters can take minutes
        e = ring.expression(whole)
        root = -e.expand().coeff(y, 1) / 2
        double = canonical(e - (y - root) ** 2) == 0
        factors = [(y - root, 2)] if double else [(e, 1)]
    back = {d: I * s for s, d in letters.items()}
    scale = ring.expression(below)
    found = []
    for f, n in factors:
        coefficients = list(reversed(Poly(f, y).all_coeffs()))
        degree = len(coefficients) - 1
        if degree:
            monic = (c / (coefficients[-1] * scale ** (degree - k)) for k, c in enumerate(coefficients))
            found.append((tuple(canonical(c.xreplace(back)) for c in monic), n))
    return found


def _turned_letters(block: Matrix) -> dict[Expr, Dummy]:
    """Letters that occur to first order beside i and nowhere else, one a term, as J in −iJ.

    With −iJ for a letter, i is not in the way of factors.
    """
    terms = [Mul.make_args(term) for e in block for term in Add.make_args(rewritten(e).expand())]
    bare = {x for term in terms if I not in term for part in term for x in _letters(part)}
    beside = [[x for x in term if x in _letters(x)] for term in terms if I in term]
    odd = {x: None for term in beside for x in term if x not in bare}
    odd = {x: None for x in odd if all(sum(y in odd for y in term) == 1 for term in beside if x in term)}
    hidden = {x for term in terms for part in term if part not in odd for x in _letters(part)}
    return {x: Dummy("J") for x in odd if x not in hidden}


def _letters(e: Expr) -> set[Expr]:
    """Symbols, and conjugates of symbols for themselves."""
    stars = e.atoms(conjugate)
    return stars | e.xreplace(dict.fromkeys(stars, S.One)).free_symbols


def _cleared(ring: Ring, forms: Sequence[Expr], size: int) -> tuple[list[list[fmpq_mpoly]], fmpq_mpoly]:
    """The entries times their common denominator, and that denominator."""
    quotients = [ring.quotient(form) for form in forms]
    common: dict[int, int] = {}
    for q in quotients:
        for factor, power in q.below.items():
            common[factor] = max(common.get(factor, 0), power)

    def over(below: dict[int, int]) -> fmpq_mpoly:
        missing = (ring.factors[f] ** (p - below.get(f, 0)) for f, p in sorted(common.items()))
        return reduce(mul, missing, ring.context.constant(1))

    entries = [ring.reduced(q.above * over(q.below)) for q in quotients]
    return [entries[i * size : (i + 1) * size] for i in range(size)], over({})


def _leverrier(ring: Ring, matrix: list[list[fmpq_mpoly]], y: fmpq_mpoly) -> fmpq_mpoly:
    """det(y − A) by Faddeev and LeVerrier: no division but by integers."""
    size = len(matrix)
    one, zero = ring.context.constant(1), ring.context.constant(0)
    adjoint = [[one if i == j else zero for j in range(size)] for i in range(size)]
    whole = y**size
    for k in range(1, size + 1):
        product = [
            [ring.reduced(sum((a * adjoint[m][j] for m, a in enumerate(row) if a), zero)) for j in range(size)]
            for row in matrix
        ]
        c = -sum((product[i][i] for i in range(size)), zero) / k
        whole += ring.reduced(c) * y ** (size - k)
        adjoint = [[product[i][j] + (c if i == j else zero) for j in range(size)] for i in range(size)]
    return whole


def _algebraic(ring: Ring, polynomial: fmpq_mpoly) -> bool:
    """Whether i occurs.

    Raises:
        NotFactored: if another root does.
    """
    used = [ring.generators[k] for k, degree in enumerate(polynomial.degrees()) if degree]
    if any((g.degree or g.unity) and g.stands_for is not I for g in used):
        raise NotFactored
    return any(g.stands_for is I for g in used)


def _over_gaussian(ring: Ring, polynomial: fmpq_mpoly, place: int) -> list[tuple[Expr, int]]:
    """Factors with Gaussian coefficients; every generator but i is taken for a letter.

    Factoring in many letters can take minutes. A monic polynomial that is irreducible with numbers for letters is so
    with letters, and most that are irreducible are so with any numbers.
    """
    names = [I if g.stands_for is I else Dummy(f"g{k}") for k, g in enumerate(ring.generators)]
    terms = (
        Mul(Rational(int(c.p), int(c.q)), *(x**n for x, n in zip(names, monomial, strict=False)))
        for monomial, c in polynomial.to_dict().items()
    )
    y, whole = names[place], Add(*terms)
    letters = [x for x in names if x not in (I, y)]
    for start in range(TRIALS):
        numbers = {x: Rational(prime(start + 2 * k + 2), k + 2) for k, x in enumerate(letters)}
        if Poly(whole.xreplace(numbers), y, extension=I).is_irreducible:
            return [(ring.expression(polynomial), 1)]
    _, factors = Poly(whole, y, *letters, extension=I).factor_list()
    back = {x: g.stands_for for x, g in zip(names, ring.generators, strict=True) if x is not I}
    return [(f.as_expr().xreplace(back), n) for f, n in factors if f.has(y)]


def _least_power(A: MatrixBase, factor: Sequence[Expr], times: int) -> int:
    """The smallest e for which f(A)^e kills all that f(A)^times does, at random points of finite fields.

    It can only come out too small, and then what is built on it does not satisfy its equation.
    """
    if times == 1:
        return 1
    whole = (len(factor) - 1) * times

    def enough(power: int) -> bool:
        return at_points(lambda place: _nullity(A, factor, power, place) == whole)

    return next(power for power in range(1, times + 1) if power == times or enough(power))


def _nullity(A: MatrixBase, factor: Sequence[Expr], power: int, place: Place) -> int:
    size = A.rows
    unit = nmod_mat(size, size, [int(i == j) for i in range(size) for j in range(size)], place.prime)
    return size - int(_applied(A, [factor] * power, unit, place).rank())


def _applied(A: MatrixBase, factors: Sequence[Sequence[Expr]], columns: nmod_mat, place: Place) -> nmod_mat:
    """Π f(A) · columns at a point of a finite field."""
    matrix = nmod_mat(A.rows, A.rows, [place(e) for e in A], place.prime)
    for factor in factors:
        value = columns * 0
        for c in reversed(factor):
            value = matrix * value + columns * place(c)
        columns = value
    return columns


def vanishing(A: MatrixBase, factors: Sequence[Sequence[Expr]], columns: MatrixBase) -> bool:
    """Whether Π f(A) · columns = 0, at random points of finite fields."""

    def some(place: Place) -> bool:
        numbers = nmod_mat(columns.rows, columns.cols, [place(e) for e in columns], place.prime)
        return any(int(x) for x in _applied(A, factors, numbers, place).entries())

    return not at_points(some)


def angular_roots(factor: Sequence[Expr]) -> tuple[Expr, ...] | None:
    """The roots of a monic rational polynomial that are all 2 cos(2πk/n), or all e^{2πik/n}; None otherwise."""
    if not all(c.is_Rational for c in factor):
        return None
    degree = len(factor) - 1
    for n in range(1, LARGEST_ANGLE + 1):
        units = [k for k in range(1, n + 1) if gcd(k, n) == 1]
        if len(units) == degree and _same(factor, fmpz_poly.cyclotomic(n)):
            return tuple(exp(2 * I * pi * k / n) for k in units)
        if len(units) == 2 * degree and _same(factor, fmpz_poly.cos_minpoly(n)):
            return tuple(2 * cos(2 * pi * k / n) for k in units if 2 * k < n)
    return None


def _same(factor: Sequence[Expr], polynomial: fmpz_poly) -> bool:
    return [int(c) for c in polynomial] == list(factor)
