"""Rational expressions as sums of monomials over shared denominators, each part read once.

The residual of a linear system is Σ_j A_ij N_j/D − b_i: long sums N_j that several rows share, times short entries,
over one determinant. A monomial is one integer here, the exponents of its letters side by side, negative ones too;
multiplying adds integers, and a numerator vanishes if nothing is left of its table. That is exact, and takes less time
than entering the same terms into a polynomial ring. Where long sums are multiplied with each other, it is not tried.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import itemgetter, or_
from typing import NamedTuple

from flint import fmpq
from sympy import Add, Expr, Integer, Mul, Pow, Rational, S, Symbol, conjugate

from derive.kernel.conjugation import nonzero
from derive.kernel.ring import Quotient, Ring

WIDTH = 16  # bits of an exponent, of which one is its sign
LEAST, MOST = 1_000, 2  # products that may be made in any case, and more of them for every factor that was read
MASK, LARGEST = (1 << WIDTH) - 1, (1 << WIDTH - 1) - 1

Coefficient = int | fmpq
Terms = dict[int, Coefficient]
Below = tuple[tuple[int, int], ...]


class NotSums(ValueError):
    """Something that is not rational, or that takes long products."""


class Value(NamedTuple):
    """Σ terms / Π divisor^power, a table of terms for every product of divisors that divides, each named by its place
    in `Sums.divisors`. No letter has an exponent above `degree`.
    """

    groups: dict[Below, Terms]
    degree: int


class Sums:
    """What was read: letters, of which i is the first, and divisors. It must not outlive its expressions, whose parts
    are known by identity.
    """

    def __init__(self) -> None:
        self.letters: dict[Expr, int] = {S.ImaginaryUnit: 0}
        self.codes: dict[int, int] = {}
        self.numbers: dict[int, Coefficient] = {}
        self.values: dict[int, Value] = {}
        self.places: dict[Expr, int] = {}
        self.divisors: list[Value] = []
        self.divided: dict[Expr, None] = {}
        self.highest = 1
        self.read = self.products = 0

    def vanishes(self, e: Expr) -> bool:
        """Whether an expression is zero as a rational function.

        Raises:
            NotSums: if that is not seen here.
        """
        value = self.value(e)
        groups = {key: left for key, terms in value.groups.items() if (left := _left(terms))}
        if len(groups) < 2:
            return not groups
        common: dict[int, int] = {}
        for key in groups:
            for place, power in key:
                common[place] = max(common.get(place, 0), power)
        _bounded(value.degree + sum(power * self.divisors[place].degree for place, power in common.items()))
        total: Terms = {}
        for key, terms in groups.items():
            below = dict(key)
            missing = [self.divisors[f].groups[()] for f, p in common.items() for _ in range(p - below.get(f, 0))]
            *factors, last = sorted((terms, *missing), key=len)
            top: Terms = {0: 1}
            for factor in factors:
                top = self._added({}, top, factor)
            self._added(total, top, last)
        return not _left(total)

    def value(self, e: Expr) -> Value:
        """An expression as sums over divisors.

        Raises:
            NotSums: if it is not rational, or takes long products.
        """
        known = self.values.get(id(e))
        if known is None:
            known = self.values[id(e)] = self._sum(e.args if isinstance(e, Add) else (e,))
        return known

    def _sum(self, terms: Iterable[Expr]) -> Value:
        groups: dict[Below, Terms] = {(): {}}
        whole, code, number = groups[()], self.codes.__getitem__, self.numbers.get
        longest = degree = 0
        for term in terms:
            factors = term.args if isinstance(term, Mul) else (term,)
            size = len(factors)
            self.read += size
            c = number(id(factors[0]))
            try:
                m = sum(map(code, map(id, factors if c is None else factors[1:])))
            except KeyError:
                degree = max(degree, self._product(groups, factors))
                continue
            whole[m] = whole.get(m, 0) + (1 if c is None else c)
            if size > longest:
                longest = size
        return Value(groups, _bounded(max(degree, longest * self.highest)))

    def _product(self, groups: dict[Below, Terms], factors: Sequence[Expr]) -> int:
        """Add a product to sums over divisors; a bound of its exponents."""
        monomial = degree = 0
        coefficient: Coefficient = 1
        below: dict[int, int] = {}
        parts: list[Value] = []
        for x in factors:
            letter = self._letter(x)
            if letter is not None:
                monomial, degree = monomial + letter, degree + self.highest
            elif isinstance(x, Rational):
                self.numbers[id(x)] = int(x.p) if x.q == 1 else fmpq(int(x.p), int(x.q))
                coefficient = coefficient * self.numbers[id(x)]
            elif isinstance(x, Add | Mul):
                parts.append(self.value(x))
            elif isinstance(x, Pow) and isinstance(x.exp, Integer) and x.exp > 0:
                parts += [self.value(x.base)] * int(x.exp)
            elif isinstance(x, Pow) and isinstance(x.exp, Integer):
                place = self._place(x.base)
                below[place] = below.get(place, 0) - int(x.exp)
            else:
                raise NotSums(f"{x.func} is not rational")
        product: dict[Below, Terms] = {tuple(sorted(below.items())): {monomial: coefficient}}
        parts.sort(key=lambda part: sum(map(len, part.groups.values())))
        for part in parts[:-1]:
            degree += part.degree
            product = self._multiplied({}, product, part.groups)
        last = parts[-1] if parts else Value({(): {0: 1}}, 0)
        self._multiplied(groups, product, last.groups)
        return _bounded(degree + last.degree)

    def _letter(self, x: Expr) -> int | None:
        """The code of a letter or its power; None for anything else."""
        known = self.codes.get(id(x))
        if known is not None:
            return known
        base, n = (x.base, int(x.exp)) if isinstance(x, Pow) and isinstance(x.exp, Integer) else (x, 1)
        if not (
            isinstance(base, Symbol)
            or base is S.ImaginaryUnit
            or isinstance(base, conjugate)
            and isinstance(base.args[0], Symbol)
        ):
            return None
        if n < 0:
            if base is S.ImaginaryUnit:
                raise NotSums("i divides")
            self.divided[base] = None
        self.highest = _bounded(max(self.highest, abs(n)))
        place = self.letters.setdefault(base, len(self.letters))
        self.codes[id(x)] = n << WIDTH * place
        return self.codes[id(x)]

    def _place(self, base: Expr) -> int:
        """The place of a polynomial that divides."""
        if base not in self.places:
            value = self.value(base)
            left = _left(value.groups[()])
            if not left or len(value.groups) > 1 or self.divided and not all(map(self._whole, left)):
                raise NotSums("a denominator is zero or a fraction")
            self.places[base] = len(self.divisors)
            self.divisors.append(Value({(): left}, value.degree))
        return self.places[base]

    def _exponents(self, monomial: int) -> tuple[int, ...]:
        """The exponents of a monomial none of which is negative."""
        return struct.unpack(f"<{len(self.letters)}H", monomial.to_bytes(2 * len(self.letters), "little"))

    def _whole(self, monomial: int) -> bool:
        """Whether no exponent is negative: the lowest that is makes its field large."""
        return monomial >= 0 and max(self._exponents(monomial)) <= LARGEST

    def _multiplied(
        self, total: dict[Below, Terms], first: dict[Below, Terms], second: dict[Below, Terms]
    ) -> dict[Below, Terms]:
        for key, a in first.items():
            for other, b in second.items():
                below = dict(key)
                for place, power in other:
                    below[place] = below.get(place, 0) + power
                self._added(total.setdefault(tuple(sorted(below.items())), {}), a, b)
        return total

    def _added(self, total: Terms, a: Terms, b: Terms) -> Terms:
        """Add the product of two sums to a third."""
        self.products += len(a) * len(b)
        if self.products > LEAST + MOST * self.read:
            raise NotSums("long sums are multiplied")
        if len(a) > len(b):
            a, b = b, a
        for m, c in a.items():
            for n, d in b.items():
                n += m
                total[n] = total.get(n, 0) + c * d
        return total

    def assumed(self) -> tuple[Expr, ...]:
        """Everything that divides, in irreducible factors, save for what manifestly is not zero."""
        found = [letter for letter in self.divided if not nonzero(letter)]
        open_ = [e for e, place in self.places.items() if not self._has_sign(self.divisors[place].groups[()])]
        if not open_:
            return tuple(found)
        ring = Ring(*self.letters)
        order = itemgetter(*(self.letters[g.stands_for] for g in ring.generators))
        for e in open_:
            terms = self.divisors[self.places[e]].groups[()]
            table = {order(self._exponents(m)): c for m, c in terms.items()}
            ring.power(Quotient(ring.context.from_dict(table), {}), -1, e)
        return (*found, *ring.assumed())

    def _has_sign(self, terms: Terms) -> bool:
        """Whether the real or the imaginary part is a sum of positive letters whose coefficients have one sign."""
        used = self._exponents(reduce(or_, terms))
        if any(n and e is not S.ImaginaryUnit and not e.is_positive for n, e in zip(used, self.letters, strict=True)):
            return False
        parts: tuple[list[Coefficient], list[Coefficient]] = [], []
        for m, c in terms.items():
            parts[m & 1].append(c)
        return any(part and (min(part) > 0 or max(part) < 0) for part in parts)


def _left(terms: Terms) -> Terms:
    """What is left of a sum, with i² = −1."""
    left = {m: c for m, c in terms.items() if c}
    if not any(m & MASK > 1 for m in left):
        return left
    found: Terms = {}
    for m, c in left.items():
        turns = m & MASK
        m -= turns & ~1
        found[m] = found.get(m, 0) + (-c if turns & 2 else c)
    return {m: c for m, c in found.items() if c}


def _bounded(degree: int) -> int:
    if degree > LARGEST:
        raise NotSums("exponents are large")
    return degree
