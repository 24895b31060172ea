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

from flint import fmpz, nmod_mat, nmod_poly
from sympy import (
    Abs,
    Add,
    E,
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
    integer_nthroot,
    pi,
    re,
)
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

ROOTS = 720720
SMOOTH, FACTORED = 32, 166  # bits of primes that are found in milliseconds, and of numbers factored in a second
# Primes p just under 2⁶¹ with p ≡ 1 modulo 8 · 720720, so that i, the roots of unity up to the 16th and the square
# roots of 2, 3, 5, 7, 11, 13 exist. A square root of another number, as √(−6 + 5i), exists in half of them, a cube root
# in a third: so many, that all three square roots of a network do in one of them but for a chance of 10⁻³.
PRIMES = tuple(
    8 * ROOTS * (2**61 // (8 * ROOTS) - k) + 1
    for k in (
        3, 5, 11, 12, 20, 37, 44, 47, 48, 57, 62, 79, 80, 81, 94, 108, 131, 136, 138, 146, 150, 152, 156, 171, 175, 181,
        186, 197, 205, 218, 226, 227, 234, 239, 251, 252, 253, 273, 284, 298, 309, 318, 324, 329, 332, 333, 341, 346,
    )
)  # fmt: skip
TRIALS = 300  # points, of which some lie on poles or lack a root
# Values of symbols are 12th powers, so that their roots of the degrees 2, 3, 4, 6 and 12 exist.
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
        self.owners: dict[str, object] = {}
        self.unity = dict(UNITY)[prime]
        self.i = pow(self.unity, ROOTS, prime)

    def random(self, name: str, owner: object = None) -> int:
        """A nonzero number drawn by a name; of two owners of one name, as x > 0 and a complex x, each has its own."""
        owner = name if owner is None else owner
        while self.owners.setdefault(name, owner) != owner:
            name += "'"
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
            return pow(self.random(e.name, e), POWER, self.prime)
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
            return self._exponential(e.args[0])
        if isinstance(e, Pow):
            return self._power(e.base, e.exp)
        return self._function(e)

    def _function(self, e: Expr) -> int:
        """|z| = √(z z*) with z* chosen as z times a square; functions of angles through exponentials."""
        z = e.args[0] if e.args else e
        if isinstance(z, Symbol):
            if isinstance(e, conjugate):
                return self(z) * pow(self.random(f"arg {z.name}", z), 2, self.prime)
            if isinstance(e, Abs) and z.is_extended_real is None:
                return self(z) * self.random(f"arg {z.name}", z)
            if isinstance(e, re):
                return self((z + conjugate(z)) / 2)
            if isinstance(e, im):
                return self((z - conjugate(z)) / (2 * I))
        if isinstance(e, TrigonometricFunction | HyperbolicFunction):
            return self(e.rewrite(exp))
        return self.random(str(e), e)

    def _power(self, base: Expr, exponent: Expr) -> int:
        """base^(x+y) = base^x base^y for the terms of an exponent."""
        if isinstance(exponent, Integer):
            value = self(base)
            return pow(value if exponent >= 0 else self.inverse(value), abs(int(exponent)), self.prime)
        product = 1
        for term in Add.make_args(exponent.expand()):
            ratio, rest = term.as_coeff_Mul()
            factor = self._rational(base, ratio) if rest == 1 else self._character(base, ratio, rest)
            product = product * factor % self.prime
        return product

    def _exponential(self, exponent: Expr) -> int:
        """e^(x+y) = e^x e^y, where e^{iπ/n} is a root of unity."""
        product = 1
        for term in Add.make_args(exponent.expand()):
            ratio, rest = term.as_coeff_Mul()
            turns = 2 * ROOTS * ratio
            if rest == I * pi and isinstance(turns, Integer):
                factor = pow(self.unity, int(turns) % (self.prime - 1), self.prime)
            else:
                factor = self._character(E, ratio, rest)
            product = product * factor % self.prime
        return product

    def _character(self, base: Expr, ratio: Rational, rest: Expr) -> int:
        """base^(ratio · rest) as a power of a random base^(rest/720720)."""
        share = ROOTS * ratio
        if not isinstance(share, Integer):
            rest, share = ratio * rest, Integer(1)
        value = self.random(f"{base} to the {rest}", (base, rest))
        return pow(value, int(share) % (self.prime - 1), self.prime)

    def _rational(self, base: Expr, exponent: Rational) -> int:
        """base^(p/q) by partial fractions of p/q, so that all powers of a base agree: x^(1/6) = x^(1/2) x^(2/3)/x."""
        factors = prime_powers(abs(int(base))) if isinstance(base, Integer) else ()
        if isinstance(base, Integer) and factors != ((int(base), 1),):
            product = self._exponential(I * pi * exponent) if base < 0 else 1
            for factor, times in factors:
                product = product * self._rational(Integer(factor), times * exponent) % self.prime
            return product
        if self(base) == 0:
            if exponent < 0:
                raise BadPoint
            return 0
        product = 1
        for degree, times in sorted(factorint(int(exponent.q)).items()):
            part = degree**times
            above = int(exponent.p) * pow(int(exponent.q) // part, -1, part) % part
            product = product * pow(self._root(base, degree, times), above, self.prime) % self.prime
            exponent -= Rational(above, part)
        return product * self._power(base, exponent) % self.prime

    def _root(self, base: Expr, degree: int, times: int) -> int:
        """base^(1/degree^times) for a prime degree."""
        value, power = (self.random(base.name, base), POWER) if isinstance(base, Symbol) else (self(base), 1)
        for _ in range(times):
            if power % degree:
                value, power = _root(pow(value, power, self.prime), degree, self.prime), 1
            else:
                power //= degree
        return pow(value, power, self.prime)


def prime_powers(number: int) -> tuple[tuple[int, int], ...]:
    """The primes of a positive integer and their powers, in order.

    What has more than `FACTORED` bits left without the primes of up to `SMOOTH` bits stays whole, unless it is a power:
    nobody can factor numbers of a hundred digits, and no relation between the roots of what they are made of is seen.
    """
    found: dict[int, int] = {}
    for factor, times in fmpz(number).factor_smooth(SMOOTH) if number > 1 else ():
        part = int(factor)
        for n in range(part.bit_length() // SMOOTH, 1, -1):
            root, whole = integer_nthroot(part, n)
            if whole:
                part, times = int(root), times * n
                break
        inside = fmpz(part).factor() if part.bit_length() <= FACTORED else ((part, 1),)
        for prime, power in inside:
            found[int(prime)] = found.get(int(prime), 0) + int(power) * int(times)
    return tuple(sorted(found.items()))


def _root(value: int, degree: int, prime: int) -> int:
    """The least root of x^degree = value modulo the prime."""
    roots = nmod_poly([-value % prime, *[0] * (degree - 1), 1], prime).roots()
    if not roots:
        raise BadPoint
    return min(int(root) for root, _ in roots)


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


def numbered(purpose: str, trial: int) -> Place:
    """A random point for every trial: a number as √(1 − 2i) may have no root in one field, wherever the point."""
    return Place(PRIMES[trial % len(PRIMES)], f"{purpose} {trial}")


def at_points(question: Callable[[Place], bool], points: int = 3, places: list[Place] | None = None) -> bool:
    """Whether `question` is true at one of a few random points; at each of them, false is wrong once in 2⁵⁰ times.

    Questions that are given the same list of `places` share the values that were computed there.

    Raises:
        BadPoint: if no point at all could be used.
    """
    places = [] if places is None else places
    used = 0
    for trial in range(TRIALS):
        if trial == len(places):
            places.append(numbered("point", trial))
        try:
            if question(places[trial]):
                return True
        except BadPoint:
            continue
        used += 1
        if used == points:
            return False
    raise BadPoint
