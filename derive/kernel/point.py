"""Exact points for a zero test: rational values that assumptions allow, phases with rational sine and cosine.

Values are Gaussian rationals wherever all generators have such values at the point, and balls of certified arithmetic
elsewhere; a ball that contains zero decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from math import lcm
from random import Random

from flint import acb, arb, ctx as working, fmpq, fmpq_mpoly
from sympy import Add, Expr, I, Integer, Mul, Pow, Rational, S, Symbol, atan, conjugate, exp, log

from derive.kernel.ring import Ring, substituted

PRECISION = 333  # bits: a hundred decimal digits
Point = tuple[tuple[Symbol, Expr], ...]
Gaussian = tuple[fmpq, fmpq]


class Undecided(ArithmeticError):
    """A value that is not exact and whose ball contains zero, or that cannot be computed."""


def points(symbols: Iterable[Symbol], e: Expr, tries: int) -> Iterator[Point]:
    """Points that respect the assumptions, the same at every run: small integers first, then fractions."""
    letters = sorted(symbols, key=lambda s: (s.name, s.sort_key()))
    turning = _phases(e)
    for attempt in range(tries):
        # a seed by name, so that a letter's value does not depend on which others occur
        yield tuple((s, _value(s, Random(f"{s.name} {attempt}"), attempt, turning.get(s, 0))) for s in letters)


def _phases(e: Expr) -> dict[Symbol, int]:
    """Letters θ that occur in exponents as rational multiples of iθ only, with the multiples' common denominator."""
    found: dict[Symbol, int] = {}
    for node in e.atoms(exp):
        for term in Add.make_args(node.args[0]):
            c, rest = term.as_coeff_Mul(rational=True)
            if isinstance(rest / I, Symbol):
                letter = rest / I
                found[letter] = lcm(found.get(letter, 1), int(c.q))
    return found


def _value(symbol: Symbol, random: Random, attempt: int, phase: int) -> Expr:
    if symbol.is_integer:
        low = 1 if symbol.is_positive else 0 if symbol.is_nonnegative else -6
        value: Expr = Integer(random.randint(low, 6))
        if symbol.is_negative or symbol.is_nonpositive:
            value = Integer(-random.randint(1, 6))
        if symbol.is_even or symbol.is_odd:
            value = 2 * value + (1 if symbol.is_odd else 0)
        return value if value or not symbol.is_nonzero else S.One
    if phase and symbol.is_real and not symbol.is_positive and not symbol.is_negative:
        return 2 * phase * atan(Rational(random.randint(1, 5), random.randint(1, 5)))
    bottom = 1 if attempt < 2 else random.randint(1, 5)
    top = Rational(random.randint(1, 9), bottom)
    if symbol.is_positive:
        return top
    if symbol.is_negative:
        return -top
    signed = top if random.randint(0, 1) else -top
    if symbol.is_real:
        return signed
    if symbol.is_imaginary:
        return signed * I
    return signed + Rational(random.randint(-9, 9) or 1, bottom) * I


def value(ring: Ring, polynomial: fmpq_mpoly, point: Point) -> Gaussian | acb | int:
    """A polynomial's value at a point: 0 only if it is exactly zero.

    Raises:
        Undecided: if the value is a ball around zero.
    """
    exact = [gaussian(substituted(g.stands_for, dict(point))) for g in ring.generators]
    if None not in exact:
        total = _sum(polynomial, exact)  # type: ignore[arg-type]
        return 0 if total == (0, 0) else total
    ball = _ball_of(ring, polynomial, point, exact)
    if ball.contains(0):
        raise Undecided
    return ball


def sign(ring: Ring, polynomial: fmpq_mpoly, point: Point) -> int:
    """The sign of a real polynomial's value at a point."""
    found = value(ring, polynomial, point)
    real = found.real if isinstance(found, acb) else found[0] if isinstance(found, tuple) else 0
    return int(real > 0) - int(real < 0)


def gaussian(e: Expr) -> Gaussian | None:
    """A number as a Gaussian rational, if it is built from them by + · and integer powers, and phases e^{2ik atan r}."""
    if e.is_Rational:
        return fmpq(int(e.p), int(e.q)), fmpq(0)
    if e is S.ImaginaryUnit:
        return fmpq(0), fmpq(1)
    if isinstance(e, conjugate):
        inner = gaussian(e.args[0])
        return inner and (inner[0], -inner[1])
    if isinstance(e, Pow) and e.exp.is_Integer:
        base = gaussian(e.base)
        return base and _raised(base, int(e.exp))
    if isinstance(e, exp):
        parts = [_unit_phase(term) for term in Add.make_args(e.args[0])]
        return None if None in parts else reduce(_times, parts)  # type: ignore[arg-type]
    if isinstance(e, Add | Mul):
        parts = [gaussian(x) for x in e.args]
        if None in parts:
            return None
        return reduce(_plus if isinstance(e, Add) else _times, parts)  # type: ignore[arg-type]
    return None


def _unit_phase(term: Expr) -> Gaussian | None:
    """e^{2ik atan r} = ((1 + ir)²/(1 + r²))^k."""
    c, rest = term.as_coeff_Mul(rational=True)
    turn = rest / I
    if not isinstance(turn, atan) or not (c / 2).is_Integer or not turn.args[0].is_Rational:
        return None
    r = fmpq(int(turn.args[0].p), int(turn.args[0].q))
    return _raised(((1 - r * r) / (1 + r * r), 2 * r / (1 + r * r)), int(c / 2))


def _raised(base: Gaussian, n: int) -> Gaussian | None:
    if n < 0:
        size = base[0] ** 2 + base[1] ** 2
        return None if size == 0 else _raised((base[0] / size, -base[1] / size), -n)
    if n == 0:
        return fmpq(1), fmpq(0)
    half = _raised(_times(base, base), n // 2)
    return _times(half, base) if n % 2 and half else half


def _plus(a: Gaussian, b: Gaussian) -> Gaussian:
    return a[0] + b[0], a[1] + b[1]


def _sum(polynomial: fmpq_mpoly, at: list[Gaussian]) -> Gaussian:
    powers: dict[tuple[int, int], Gaussian] = {}

    def power(k: int, n: int) -> Gaussian:
        if n == 1:
            return at[k]
        if (k, n) not in powers:
            half = power(k, n // 2)
            square = _times(half, half)
            powers[k, n] = _times(square, at[k]) if n % 2 else square
        return powers[k, n]

    real = imaginary = fmpq(0)
    for monomial, c in polynomial.to_dict().items():
        term = (c, fmpq(0))
        for k, n in enumerate(monomial):
            if n:
                term = _times(term, power(k, n))
        real, imaginary = real + term[0], imaginary + term[1]
    return real, imaginary


def _times(a: Gaussian, b: Gaussian) -> Gaussian:
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def _ball_of(ring: Ring, polynomial: fmpq_mpoly, point: Point, exact: list[Gaussian | None]) -> acb:
    before = working.prec
    working.prec = PRECISION
    try:
        at = [
            acb(arb(x[0]), arb(x[1])) if x is not None else ball(substituted(g.stands_for, dict(point)))
            for g, x in zip(ring.generators, exact, strict=True)
        ]
        total = acb(0)
        for monomial, c in polynomial.to_dict().items():
            term = acb(arb(c))
            for k, n in enumerate(monomial):
                if n:
                    term *= at[k] ** n
            total += term
        return total
    finally:
        working.prec = before


def ball(e: Expr) -> acb:
    """A number as a ball that contains it.

    Raises:
        Undecided: if it is built from something that has no certified arithmetic here.
    """
    if e.is_Rational:
        return acb(arb(fmpq(int(e.p), int(e.q))))
    if e is S.ImaginaryUnit:
        return acb(0, 1)
    if e is S.Pi:
        return acb(arb.pi())
    if e is S.Exp1:
        return acb(1).exp()
    if isinstance(e, Add):
        return sum((ball(x) for x in e.args), acb(0))
    if isinstance(e, Mul):
        product = acb(1)
        for x in e.args:
            product *= ball(x)
        return product
    if isinstance(e, Pow):
        return ball(e.base) ** int(e.exp) if e.exp.is_Integer else ball(e.base).pow(ball(e.exp))
    if isinstance(e, exp):
        return ball(e.args[0]).exp()
    if isinstance(e, log):
        return ball(e.args[0]).log()
    if isinstance(e, atan):
        return ball(e.args[0]).atan()
    if isinstance(e, conjugate):
        return ball(e.args[0]).conjugate()
    raise Undecided
