"""A random exact point in a finite field, for questions that one value answers.

A polynomial or rational expression that is nonzero at one point is not identically zero; one that vanishes at
random points of fields of 2⁶¹ elements is identically zero but for a chance of about degree/2⁶¹ a point
(Schwartz 1980, Zippel 1979). Relations between the parts of an expression are kept: i² = −1, e^{x}e^{y} =
e^{x+y}, √x√x = x, |z|² = z z*, cos² + sin² = 1; conjugates of complex symbols are independent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from heapq import heapify, heappop, heappush

from flint import nmod_mat
from sympy import (
    Abs,
    Add,
    Expr,
    I,
    Integer,
    Mul,
    Pow,
    Rational,
    Symbol,
    conjugate,
    exp,
    factorint,
    im,
    pi,
    re,
)
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

ROOTS = 720720
# Primes p just under 2⁶¹ with p ≡ 1 modulo 8 · 720720, so that i, the roots of unity up to the 16th and the square
# roots of 2, 3, 5, 7, 11, 13 exist. Each root of another number, as √(−6 + 5i), exists in half of them: so many, that
# all three roots of a network do in one of them but for a chance of 10⁻³.
PRIMES = tuple(
    8 * ROOTS * (2**61 // (8 * ROOTS) - k) + 1
    for k in (
        3, 5, 11, 12, 20, 37, 44, 47, 48, 57, 62, 79, 80, 81, 94, 108, 131, 136, 138, 146, 150, 152, 156, 171, 175, 181,
        186, 197, 205, 218, 226, 227, 234, 239, 251, 252, 253, 273, 284, 298, 309, 318, 324, 329, 332, 333, 341, 346,
    )
)  # fmt: skip
# Values of symbols are 12th powers, exponents of e multiples of 1/720720, so that their roots exist.
POWER = 12
# Python eliminates sparse rows as quickly as FLINT dense ones until about a tenth of what is left is no zero.
DENSE = 10


def _unity(prime: int) -> int:
    """A root of unity of order 4 · 720720."""
    root = next(r for r in range(2, 1000) if pow(r, (prime - 1) // 2, prime) != 1)
    return pow(root, (prime - 1) // (4 * ROOTS), prime)


UNITY = tuple((prime, _unity(prime)) for prime in PRIMES)


class BadPoint(ArithmeticError):
    """The point lies on a pole, or a root is not in the field: take another point."""


class Place:
    """Values of expressions at one random point of the integers modulo `prime`, each computed once."""

    def __init__(self, prime: int, seed: str) -> None:
        self.prime = prime
        self.seed = seed
        self.known: dict[Expr, int] = {}
        self.unity = dict(UNITY)[prime]
        self.i = pow(self.unity, ROOTS, prime)

    def random(self, name: str) -> int:
        digest = blake2b(f"{self.seed}:{name}".encode(), digest_size=16).digest()
        return 1 + int.from_bytes(digest) % (self.prime - 1)

    def inverse(self, value: int) -> int:
        if value == 0:
            raise BadPoint
        return pow(value, -1, self.prime)

    def __call__(self, e: Expr) -> int:
        if e not in self.known:
            self.known[e] = self._value(e) % self.prime
        return self.known[e]

    def _value(self, e: Expr) -> int:
        if isinstance(e, Symbol):
            return pow(self.random(e.name), POWER, self.prime)
        if isinstance(e, Rational):
            return int(e.p) * self.inverse(int(e.q) % self.prime)
        if e == I:
            return self.i
        if isinstance(e, Add):
            return sum(self(term) for term in e.args)
        if isinstance(e, Mul):
            product = 1
            for factor in e.args:
                product = product * self(factor) % self.prime
            return product
        if isinstance(e, exp):
            return self._exponential("e", e.args[0], ROOTS)
        if isinstance(e, Pow):
            return self._power(e.base, e.exp)
        return self._function(e)

    def _function(self, e: Expr) -> int:
        """|z| = √(z z*) with z* chosen as z times a square; functions of angles through exponentials."""
        z = e.args[0] if e.args else e
        if isinstance(z, Symbol):
            if isinstance(e, conjugate):
                return self(z) * pow(self.random(f"arg {z.name}"), 2, self.prime)
            if isinstance(e, Abs) and z.is_extended_real is None:
                return self(z) * self.random(f"arg {z.name}")
            if isinstance(e, re):
                return self((z + conjugate(z)) / 2)
            if isinstance(e, im):
                return self((z - conjugate(z)) / (2 * I))
        if isinstance(e, TrigonometricFunction | HyperbolicFunction):
            return self(e.rewrite(exp))
        return self.random(str(e))

    def _power(self, base: Expr, exponent: Expr) -> int:
        if isinstance(exponent, Integer):
            value = self(base)
            return pow(value if exponent >= 0 else self.inverse(value), abs(int(exponent)), self.prime)
        if isinstance(exponent, Rational):
            return pow(self._root(base, int(exponent.q)), int(exponent.p) % (self.prime - 1), self.prime)
        if isinstance(base, Symbol):
            return self._exponential(base.name, exponent, POWER)
        return self.random(f"{base} to the {exponent}")

    def _root(self, base: Expr, degree: int) -> int:
        if isinstance(base, Symbol) and POWER % degree == 0:
            return pow(self.random(base.name), POWER // degree, self.prime)
        if isinstance(base, Integer) and degree == 2:
            root = self.i if base < 0 else 1
            for prime, times in sorted(factorint(abs(int(base))).items()):
                root = root * pow(_square_root(prime, self.prime), times, self.prime) % self.prime
            return root
        if degree != 2:
            return self.random(f"{base} root {degree}")
        return _square_root(self(base), self.prime)

    def _exponential(self, name: str, exponent: Expr, parts: int) -> int:
        """name^exponent as a character of the exponent's terms: name^(x+y) = name^x name^y."""
        product = 1
        for term in Add.make_args(exponent.expand()):
            ratio, rest = term.as_coeff_Mul()
            if name == "e" and rest == I * pi:
                base, share = self.unity, 2 * ROOTS * ratio
            elif rest == 1 and name != "e":
                base, share = self.random(name), POWER * ratio
            else:
                base, share = self.random(f"{name} to the {rest}"), parts * ratio
            if not isinstance(share, Integer):
                base, share = self.random(f"{name} to the {term}"), Integer(1)
            product = product * pow(base, int(share) % (self.prime - 1), self.prime) % self.prime
        return product


def _square_root(value: int, prime: int) -> int:
    """A root of x² = value modulo the prime (Cipolla 1903), the smaller one."""
    value %= prime
    if pow(value, (prime - 1) // 2, prime) not in (0, 1):
        raise BadPoint
    shift = next(a for a in range(1, 1000) if pow(a * a - value, (prime - 1) // 2, prime) == prime - 1)
    square = (shift * shift - value) % prime
    x, y, a, b, power = 1, 0, shift, 1, (prime + 1) // 2
    while power:
        if power & 1:
            x, y = (x * a + y * b * square) % prime, (x * b + y * a) % prime
        a, b, power = (a * a + b * b * square) % prime, 2 * a * b % prime, power >> 1
    return min(x, prime - x)


def regular(rows: Sequence[Mapping[int, int]], prime: int) -> bool:
    """Whether the square matrix with these entries has a determinant modulo the prime.

    Pivots that fill in least come first (Markowitz 1957), and what is left is FLINT's as soon as it is a tenth full.
    """
    left = {i: {j: v for j, v in row.items() if v} for i, row in enumerate(rows)}
    holders: dict[int, set[int]] = {j: set() for j in range(len(rows))}
    for i, row in left.items():
        for j in row:
            holders[j].add(i)
    queue = [(len(row), i) for i, row in left.items()]
    heapify(queue)
    while queue:
        length, i = heappop(queue)
        if i not in left or length != len(left[i]):
            continue
        if DENSE * length > len(left):
            break
        row = left.pop(i)
        for j in row:
            holders[j].discard(i)
        pivot = min(row, key=lambda j: (len(holders[j]), j), default=None)
        if pivot is None:
            return False
        inverse = pow(row.pop(pivot), -1, prime)
        for k in sorted(holders.pop(pivot)):
            other = left[k]
            factor = other.pop(pivot) * inverse % prime
            for j, v in row.items():
                found = (other.get(j, 0) - factor * v) % prime
                if found:
                    other[j] = found
                    holders[j].add(k)
                elif j in other:
                    del other[j]
                    holders[j].discard(k)
            heappush(queue, (len(other), k))
    columns = {j: c for c, j in enumerate(sorted(holders))}
    size = len(left)
    values = [0] * (size * size)
    for place, row in enumerate(left.values()):
        for j, v in row.items():
            values[place * size + columns[j]] = v
    return int(nmod_mat(size, size, values, prime).det()) != 0


def at_points(
    question: Callable[[Place], bool], points: int = 3, places: list[Place] | None = None
) -> bool:
    """Whether the question is answered yes at one of a few random points; a no errs with 2⁻⁵⁰ a point.

    Questions that are given the same list of `places` share what is known there.

    Raises:
        BadPoint: if no point at all could be used.
    """
    places = [] if places is None else places
    used = 0
    for trial in range(300):
        if trial == len(places):
            places.append(Place(PRIMES[trial % len(PRIMES)], f"point {trial}"))
        try:
            if question(places[trial]):
                return True
        except BadPoint:
            continue
        used += 1
        if used == points:
            return False
    raise BadPoint
