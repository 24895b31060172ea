"""Exact points for a zero test, and the values of expressions there.

Points are rational values that assumptions allow, and phases with rational sine and cosine. Values are
Gaussian rationals where everything is rational, and balls of certified arithmetic elsewhere; a ball that
contains zero decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from math import comb, lcm
from operator import add, mul
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from flint import acb, acb_poly, arb, fmpq
from flint import ctx as working
from sympy import (
    Abs,
    Add,
    Expr,
    I,
    Integer,
    Mul,
    Number,
    Pow,
    Rational,
    S,
    Symbol,
    atan,
    binomial,
    conjugate,
    exp,
    im,
    log,
    pi,
    re,
)
from sympy.core.basic import Basic
from sympy.core.numbers import ImaginaryUnit

from derive.kernel.conjugation import TRIGONOMETRIC

ANGULAR = (exp, *TRIGONOMETRIC)
FREE = tuple(Symbol("x", **{kind: True} if kind else {}).assumptions0 for kind in ("", "real", "positive"))
PRECISION = 333  # bits: a hundred decimal digits
Point = tuple[tuple[Symbol, Expr], ...]
Gaussian = tuple[fmpq, fmpq]
Value = Gaussian | acb


class Undecided(ArithmeticError):
    """A value that has a pole, or that cannot be computed with certainty."""


class Survey(NamedTuple):
    """What occurs in some expressions: symbols, exponentials and functions of angles.

    `finite` tells whether everything is finite and exact, `rational` whether it is so in symbols, their conjugates
    and i.
    """

    symbols: frozenset[Symbol]
    angles: tuple[Expr, ...]
    finite: bool
    rational: bool


def survey(expressions: Iterable[Expr]) -> Survey:
    """Survey the parts of expressions, shared ones once.

    The residual of a linear system has the same determinant in every term.
    """
    symbols: dict[Symbol, None] = {}
    angles: dict[Expr, None] = {}
    bound: set[Basic] = set()
    finite = rational = True
    queue: list[Basic] = list(expressions)
    seen: dict[int, Basic] = {id(e): e for e in queue}
    for e in queue:
        if isinstance(e, Symbol):
            symbols[e] = None
            continue
        if isinstance(e, Number):
            finite = finite and isinstance(e, Rational)
            continue
        if not (
            isinstance(e, Add | Mul | ImaginaryUnit)
            or isinstance(e, Pow) and isinstance(e.exp, Integer)
            or isinstance(e, conjugate) and isinstance(e.args[0], Symbol)
        ):
            rational = False
            finite = finite and e is not S.ComplexInfinity
            bound.update(getattr(e, "bound_symbols", ()))
            if isinstance(e, ANGULAR):
                angles[e] = None
        for part in e.args:
            if id(part) not in seen:
                seen[id(part)] = part
                queue.append(part)
    return Survey(frozenset(symbols) - bound, tuple(angles), finite, rational)


def points(symbols: Iterable[Symbol], angles: Iterable[Expr], tries: int) -> Iterator[Point]:
    """Points that respect the assumptions, the same at every run: small integers first, then fractions.

    Letters in the `angles` have rational sines and cosines.
    """
    # sort_key tells letters apart by their names alone
    letters = sorted(symbols, key=lambda s: (s.name, str(s._hashable_content())))
    turning, alike = _phases(angles), Counter[str]()
    seeds: dict[Symbol, str] = {}
    for s in letters:
        # by name, so that a letter's value does not depend on which others occur; letters of one name differ
        seeds[s] = s.name + "'" * alike[s.name]
        alike[s.name] += 1
    for attempt in range(tries if letters else 1):
        point = tuple(
            (s, _sample(s, Random(f"{seed} {attempt}"), attempt, turning.get(s, 0))) for s, seed in seeds.items()
        )
        if all(allowed(s, x) for s, x in point):
            yield point


def allowed(symbol: Symbol, value: Expr) -> bool:
    """Whether a number is known to satisfy everything that its letter assumes."""
    return all(getattr(value, f"is_{name}") is told for name, told in symbol.assumptions0.items())


def dense(letter: Expr) -> bool:
    """Whether it is i, a complex, real or positive symbol, or its conjugate.

    A polynomial in such letters, with i² = −1, that vanishes for all their values is zero.
    """
    symbol = letter.args[0] if isinstance(letter, conjugate) else letter
    return letter is S.ImaginaryUnit or isinstance(symbol, Symbol) and symbol.assumptions0 in FREE


def _phases(angles: Iterable[Expr]) -> dict[Symbol, int]:
    """Letters θ that occur in phases e^{ikθ} with rational k, and the common denominator of the k."""
    found: dict[Symbol, int] = {}
    for node in sorted(angles, key=lambda e: e.sort_key()):
        for term in Add.make_args((node.exp / I if isinstance(node, exp) else node.args[0]).expand()):
            c, letter = term.as_coeff_Mul(rational=True)
            if isinstance(letter, Symbol):
                found[letter] = lcm(found.get(letter, 1), int(c.q))
    return found


def _sample(symbol: Symbol, random: Random, attempt: int, phase: int) -> Expr:
    if symbol.is_zero:
        return S.Zero
    if symbol.is_integer:
        low = 1 if symbol.is_positive else 0 if symbol.is_nonnegative else -6
        value: Expr = Integer(random.randint(low, 6))
        if symbol.is_negative or symbol.is_nonpositive:
            value = Integer(-random.randint(1, 6))
        if symbol.is_even or symbol.is_odd:
            value = 2 * value + (1 if symbol.is_odd else 0)
        return value if value or not symbol.is_nonzero else 2 * S.One
    if phase and symbol.is_real and not symbol.is_positive and not symbol.is_negative:
        return 2 * phase * atan(Rational(random.randint(1, 5), random.randint(1, 5)))
    bottom = 1 if attempt < 2 else random.randint(1, 5)
    top = Rational(random.randint(1, 9), bottom)
    if symbol.is_nonnegative:
        return top
    if symbol.is_nonpositive:
        return -top
    signed = top if random.randint(0, 1) else -top
    if symbol.is_real or symbol.is_real is None and attempt % 4 == 3:
        # a complex letter may lie on the branch cut of its root
        return signed
    if symbol.is_imaginary:
        return signed * I
    return signed + Rational(random.randint(-9, 9) or 1, bottom) * I


def is_zero_value(value: Value) -> bool:
    """Whether a value is exactly zero.

    Raises:
        Undecided: if it is a ball around zero.
    """
    if isinstance(value, tuple):
        return value[0] == 0 and value[1] == 0
    if value.contains(0):
        raise Undecided
    return False


def sign(value: Value) -> int:
    """The sign of a real number's value.

    Raises:
        Undecided: if it is a ball around zero.
    """
    if is_zero_value(value):
        return 0
    real = value[0] if isinstance(value, tuple) else value.real
    return 1 if real > 0 else -1 if real < 0 else 0


def number(value: Value) -> Expr | None:
    """A Gaussian rational as an expression; None for a ball."""
    if not isinstance(value, tuple):
        return None
    real, imaginary = (Rational(int(x.p), int(x.q)) for x in value)
    return real + imaginary * I


class Values:
    """The values of expressions at one point; each part is computed once.

    `roots` are letters x with x^d = a polynomial in x, whose values are enclosed.
    """

    def __init__(
        self, point: Mapping[Symbol, Expr], roots: Mapping[Symbol, tuple[int, Expr]] = MappingProxyType({})
    ) -> None:
        self.point = dict(point)
        self.roots = roots
        self.known: dict[Expr, Value] = {}
        self.same: dict[int, Value] = {}

    def __call__(self, e: Expr) -> Value:
        """The value of an expression.

        Raises:
            Undecided: if it has a pole here, or a part without certified arithmetic.
        """
        with working.workprec(PRECISION):
            return self._value(e)

    def _value(self, e: Expr) -> Value:
        known = self.known.get(e)
        if known is None:
            known = self.known[e] = self._node(e)
            self.same[id(e)] = known  # e lives on as a key of `known`, and needs no hash to be found again
        return known

    def _node(self, e: Expr) -> Value:
        if e.is_Rational:
            return fmpq(int(e.p), int(e.q)), fmpq(0)
        if e is S.ImaginaryUnit:
            return fmpq(0), fmpq(1)
        if isinstance(e, Symbol) and e in self.point:
            return self._value(self.point[e])
        if isinstance(e, Symbol) and e in self.roots:
            return self._root(e, *self.roots[e])
        if e is S.Pi:
            return acb(arb.pi())
        if e is S.Exp1:
            return acb(1).exp()
        if isinstance(e, Add | Mul):
            known = self.same.get
            values = [known(id(part)) or self._value(part) for part in e.args]
            return _total(values) if isinstance(e, Add) else _whole(values)
        if isinstance(e, exp):
            return self._exponential(e.exp)
        if isinstance(e, Pow):
            return _power(self._value(e.base), self._value(e.exp))
        if isinstance(e, TRIGONOMETRIC):
            written = e.rewrite(exp)
            return self._value(written) if not isinstance(written, TRIGONOMETRIC) else self._function(e)
        if isinstance(e, conjugate):
            return _star(self._value(e.args[0]))
        return self._function(e)

    def _root(self, x: Symbol, degree: int, relation: Expr) -> Value:
        """The first root of x^degree = relation."""
        terms = [relation.expand().coeff(x, k) for k in range(degree)]
        polynomial = acb_poly([*(-_ball(self._value(c)) for c in terms), acb(1)])
        try:
            return polynomial.roots()[0]
        except ValueError:
            raise Undecided from None

    def _exponential(self, exponent: Expr) -> Value:
        """e^x with e^{iπ/2} = i and e^{2i atan r} = (1 + ir)²/(1 + r²) exact."""
        value: Value = (fmpq(1), fmpq(0))
        for term in Add.make_args(exponent.expand()):
            turn = _turn(term.xreplace(self.point))
            value = _times(value, turn if turn is not None else _ball(self._value(term)).exp())
        return value

    def _function(self, e: Expr) -> Value:
        if isinstance(e, binomial):
            return _choose(*(self._value(x) for x in e.args))
        x = self._value(e.args[0]) if len(e.args) == 1 else None
        if x is None:
            raise Undecided
        if isinstance(e, Abs):
            square = _times(x, _star(x))
            return _power(square if isinstance(square, tuple) else acb(square.real), (fmpq(1, 2), fmpq(0)))
        if isinstance(e, re | im):
            part = 0 if isinstance(e, re) else 1
            return (x[part], fmpq(0)) if isinstance(x, tuple) else acb((x.real, x.imag)[part])
        if isinstance(e, log):
            return (fmpq(0), fmpq(0)) if x == (1, 0) else _ball(x).log()
        if isinstance(e, atan) and isinstance(x, tuple) and x[1] == 0:
            return _ball(x).atan()
        raise Undecided


def evaluated(expressions: Iterable[Expr], where: Sequence[tuple[Symbol, Expr]]) -> tuple[Expr, ...]:
    """The Gaussian rationals that some expressions are, whose letters are defined one after the other in `where`.

    Raises:
        Undecided: if one of them has a pole, or is irrational.
    """
    values = Values(dict(where))
    for letter, _ in where:  # in this order no definition waits for another
        values(letter)
    found = [number(values(e)) for e in expressions]
    if None in found:
        raise Undecided("a value is irrational")
    return tuple(e for e in found if e is not None)


def _choose(n: Value, k: Value) -> Value:
    """C(n, k) of whole numbers n ≥ 0 and k; 0 unless 0 ≤ k ≤ n."""
    if isinstance(n, tuple) and isinstance(k, tuple) and n[1] == k[1] == 0 and n[0].q == k[0].q == 1 and n[0] >= 0:
        return fmpq(comb(int(n[0].p), int(k[0].p))) if k[0] >= 0 else fmpq(0), fmpq(0)
    raise Undecided


def _turn(term: Expr) -> Gaussian | None:
    """A term's exponential where it is e^{iπk/2} or e^{2ik atan r} with whole k."""
    c, rest = (term / I).as_coeff_Mul(rational=True)
    if rest == pi and (2 * c).is_Integer:
        return _raised((fmpq(0), fmpq(1)), int(2 * c) % 4)
    if isinstance(rest, atan) and (c / 2).is_Integer and rest.args[0].is_Rational:
        r = fmpq(int(rest.args[0].p), int(rest.args[0].q))
        return _raised(((1 - r * r) / (1 + r * r), 2 * r / (1 + r * r)), int(c / 2))
    return None


def _ball(x: Value) -> acb:
    """A value as a ball."""
    return acb(arb(x[0]), arb(x[1])) if isinstance(x, tuple) else x


def _total(values: Sequence[Value]) -> Value:
    """The sum."""
    real = imaginary = fmpq(0)
    for value in values:
        if not isinstance(value, tuple):
            return reduce(add, map(_ball, values))
        real += value[0]
        if value[1]:
            imaginary += value[1]
    return real, imaginary


def _whole(values: Sequence[Value]) -> Value:
    """The product. Most factors are real: those are multiplied by themselves."""
    real, rest = fmpq(1), (fmpq(1), fmpq(0))
    for value in values:
        if not isinstance(value, tuple):
            return reduce(mul, map(_ball, values))
        if value[1]:
            rest = _product(rest, value)
        else:
            real *= value[0]
    return real * rest[0], real * rest[1]


def _times(a: Value, b: Value) -> Value:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return _product(a, b)
    return _ball(a) * _ball(b)


def _product(a: Gaussian, b: Gaussian) -> Gaussian:
    if not (a[1] or b[1]):
        return a[0] * b[0], a[1]
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def _star(a: Value) -> Value:
    return (a[0], -a[1]) if isinstance(a, tuple) else a.conjugate()


def _power(base: Value, n: Value) -> Value:
    """The principal value of base^n; 0^n is 0 for positive n, and 0^0 = 1 as in SymPy."""
    if isinstance(n, tuple) and n[1] == 0 and n[0].q == 1:
        power = int(n[0].p)
        if isinstance(base, tuple):
            return _raised(base, power)
        if power < 0 and base.contains(0):
            raise Undecided
        return base**power
    if isinstance(base, tuple) and is_zero_value(base):
        if isinstance(n, tuple) and n[0] > 0:
            return base
        raise Undecided
    if isinstance(base, tuple) and isinstance(n, tuple) and base[1] == n[1] == 0 and base[0] > 0:
        p, q = (Integer(int(x)) for x in (base[0].p, base[0].q))
        root = Pow(p / q, Rational(1, int(n[0].q)))
        if root.is_Rational:
            return _raised((fmpq(int(root.p), int(root.q)), fmpq(0)), int(n[0].p))
    return _ball(base).pow(_ball(n))


def _raised(base: Gaussian, n: int) -> Gaussian:
    if n < 0:
        size = base[0] ** 2 + base[1] ** 2
        if size == 0:
            raise Undecided
        base, n = (base[0] / size, -base[1] / size), -n
    power = (fmpq(1), fmpq(0))
    while n:
        power = _product(power, base) if n % 2 else power
        base, n = _product(base, base), n // 2
    return power
