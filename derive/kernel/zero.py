"""One question, is this zero?, and three answers: `Proved`, `Refuted` at an exact point, `Unknown`.

The finder of a closed form may be clever; only this room may call it proved. Undecided is not false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import gcd, lcm
from operator import mul

from flint import fmpq, fmpq_mpoly
from sympy import Add, Expr, I, MatrixBase, Mul, Pow, Rational, S, Symbol

from derive.kernel.point import Undecided, gaussian, points, sign, value
from derive.kernel.ring import NotRational, Quotient, Ring, conjugated, positive, rewritten, substituted

TRIES = 24


@dataclass(frozen=True)
class Proved:
    """It is zero, wherever the denominators `provided` are not."""

    provided: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Refuted:
    """It is `value` ≠ 0 at `point`, an exact point that the symbols' assumptions allow."""

    point: tuple[tuple[Symbol, Expr], ...]
    value: Expr


@dataclass(frozen=True)
class Unknown:
    """Neither could be shown, and why."""

    reason: str


Verdict = Proved | Refuted | Unknown


def is_zero(residual: Expr | MatrixBase, where: Mapping[Expr, Expr] = {}) -> Verdict:  # noqa: B006 (never written to)
    """Whether an expression, or every entry of a matrix, vanishes identically once `where` is substituted.

    Sound and one-sided: the residual is written as a quotient of polynomials in generators without hidden relations; a
    numerator that reduces to zero is a proof, a point where it does not vanish is a refutation.
    """
    entries = list(residual) if isinstance(residual, MatrixBase) else [residual]
    provided: dict[Expr, None] = {}
    unknown: Unknown | None = None
    for entry in entries:
        verdict = _is_zero(substituted(entry, where) if where else entry)
        if isinstance(verdict, Refuted):
            return verdict
        if isinstance(verdict, Unknown):
            unknown = unknown or verdict
        else:
            provided |= dict.fromkeys(verdict.provided)
    return unknown or Proved(tuple(sorted(provided, key=lambda e: e.sort_key())))


def _is_zero(residual: Expr) -> Verdict:
    if residual.is_Rational:
        return Refuted((), residual) if residual else Proved()
    if residual.has(S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity):
        return Unknown(f"{residual} is not finite")
    e = rewritten(residual)
    ring = Ring(e)
    try:
        above = ring.reduced(ring.quotient(e).above)
    except NotRational as error:
        return Unknown(str(error))
    if above.is_zero():
        return Proved(_assumed(ring))
    for point in points(residual.free_symbols, e, TRIES):
        try:
            if any(value(ring, f, point) == 0 for f in ring.factors):
                continue
            if value(ring, above, point) != 0:
                return Refuted(point, at(residual, dict(point)))
        except Undecided:
            continue
    return Unknown("its numerator does not reduce to zero, but vanishes or cannot be decided at every point tried")


def _assumed(ring: Ring) -> tuple[Expr, ...]:
    """The denominators met on the way that the symbols' assumptions do not make nonzero."""
    found = {}
    for factor in ring.factors:
        e = ring.expression(factor)
        if e.free_symbols and not e.is_nonzero and not positive(e) and not positive(-e):
            found[e if not e.could_extract_minus_sign() else -e] = None
    return tuple(found)


def is_nonnegative(e: Expr) -> Verdict:
    """Whether a real expression is ≥ 0 for all values that its symbols' assumptions allow.

    Proved if every factor of its numerator and denominator is a square, a modulus, a sum of positive terms, or a
    quadratic in one letter with positive leading coefficient and a discriminant that is never positive.
    """
    difference = is_zero(e - conjugated(e))
    if not isinstance(difference, Proved):
        return difference if isinstance(difference, Unknown) else Refuted(difference.point, at(e, dict(difference.point)))
    form = rewritten(e)
    ring = Ring(form)
    try:
        quotient = ring.quotient(form)
    except NotRational as error:
        return Unknown(str(error))
    product = reduce(mul, (ring.factors[f] ** (n % 2) for f, n in quotient.below.items()), ring.reduced(quotient.above))
    if _nonnegative(ring, product):
        return Proved(_assumed(ring))
    for point in points(e.free_symbols, form, 8 * TRIES):
        try:
            if any(value(ring, f, point) == 0 for f in ring.factors):
                continue
            if sign(ring, product, point) < 0:
                return Refuted(point, at(e, dict(point)))
        except Undecided:
            continue
    return Unknown("no factorisation into manifestly nonnegative factors was found")


def _nonnegative(ring: Ring, polynomial: fmpq_mpoly) -> bool:
    if polynomial.is_zero():
        return True
    content, factors = polynomial.factor()
    negative = content < 0
    odd = []
    for f, n in factors:
        e = ring.expression(f)
        if n % 2 == 0 and isinstance(is_zero(e - conjugated(e)), Proved):
            continue
        if positive(-e) and n % 2:
            negative = not negative
        elif not positive(e):
            odd += [f] * (n if not e.is_real else 1)
    if not odd:
        return not negative
    left = reduce(mul, odd)
    left = -left if negative else left
    e = ring.expression(left)
    return positive(e) or _quadratic(ring, left)


def _quadratic(ring: Ring, polynomial: fmpq_mpoly) -> bool:
    """a x² + b x + c with a > 0 and b² ≤ 4ac for a real letter x."""
    for k, (g, degree) in enumerate(zip(ring.generators, polynomial.degrees(), strict=False)):
        if degree != 2 or not g.stands_for.is_real:
            continue
        parts = {0: ring.constant(0), 1: ring.constant(0), 2: ring.constant(0)}
        for monomial, c in polynomial.to_dict().items():
            rest = tuple(0 if j == k else n for j, n in enumerate(monomial))
            parts[monomial[k]] += ring.context.from_dict({rest: c})
        if positive(ring.expression(parts[2])) and _nonnegative(ring, 4 * parts[2] * parts[0] - parts[1] ** 2):
            return True
    return False


def canonical(e: Expr) -> Expr:
    """Numerator over denominator without common factor, each expanded, with integer coefficients."""
    return _displayed(e, False)


def factored(e: Expr) -> Expr:
    """Numerator over denominator without common factor, each a product of irreducible polynomials."""
    return _displayed(e, True)


def at(e: Expr, point: Mapping[Symbol, Expr]) -> Expr:
    """The exact value of an expression at a point."""
    return canonical(substituted(e, point))


def _displayed(e: Expr, factor: bool) -> Expr:
    if e.is_Atom:
        return e
    form = rewritten(e)
    ring = Ring(form)
    try:
        quotient = ring.quotient(form)
    except NotRational:
        return e
    above = ring.reduced(quotient.above)
    if above.is_zero():
        return S.Zero
    above, below = _cancelled(ring, above, quotient)
    content, numerators = _content(above)
    denominators = []
    for f, n in below:
        c, g = _content(f)
        content /= c**n
        denominators.append((ring.expression(g), n))
    tops = [(numerators, 1)]
    if factor:
        c, found = numerators.factor()
        content *= Rational(int(c.p), int(c.q))
        tops = found
    unit = S.One
    top = []
    for f, n in tops:
        g_content, g = _content(f)
        content *= g_content**n
        expression = ring.expression(g)
        if expression.is_Add and all(I in Mul.make_args(term) for term in expression.args):
            unit, expression = unit * I**n, Add(*(-I * term for term in expression.args))
        top.append(Pow(expression, n))
    bottom = []
    for expression, n in denominators:
        if expression.is_Add and all(I in Mul.make_args(term) for term in expression.args):
            unit, expression = unit * (-I) ** n, Add(*(-I * term for term in expression.args))
        elif not expression.free_symbols and gaussian(expression):
            modulus = (expression * conjugated(expression)).expand()
            unit, expression = (unit * (conjugated(expression) / modulus) ** n).expand(), S.One
        bottom.append(Pow(expression, -n))
    return _signed(content, unit, [*top, *bottom])


def _signed(content: Rational, unit: Expr, factors: list[Expr]) -> Expr:
    """content · unit · Π factors; a number in front of one sum is not multiplied into it."""
    number = content * unit
    if len([f for f in factors if f != 1]) == 1 and factors[0].is_Add and number.is_Rational and number != 1:
        return Mul(number, *factors, evaluate=False) if number != -1 else -Mul(*factors)
    return Mul(number, *factors)


def _cancelled(ring: Ring, above: fmpq_mpoly, quotient: Quotient) -> tuple[fmpq_mpoly, list[tuple[fmpq_mpoly, int]]]:
    below = []
    for place, n in quotient.below.items():
        f = ring.factors[place]
        while n:
            whole, rest = divmod(above, f)
            if not rest.is_zero():
                break
            above, n = whole, n - 1
        if n:
            below.append((f, n))
    return above, below


def _content(polynomial: fmpq_mpoly) -> tuple[Rational, fmpq_mpoly]:
    """A polynomial as rational content times a primitive one with positive leading coefficient."""
    coefficients = polynomial.coeffs()
    content = Rational(gcd(*(int(c.p) for c in coefficients)), lcm(*(int(c.q) for c in coefficients)))
    if polynomial.leading_coefficient() < 0:
        content = -content
    return content, polynomial * fmpq(int(content.q), int(content.p))

