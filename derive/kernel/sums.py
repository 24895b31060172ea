"""Rational expressions as sums of monomials over shared denominators, each part read once.

The residual of a linear system is Σ_j A_ij N_j/D − b_i: long sums N_j that several rows share, times short entries,
over one determinant. A monomial is one integer here, the exponents of its letters side by side, negative ones too, so
that multiplying adds integers. A sum is a table of coefficients by monomial, and vanishes if all of them do. That is
exact, and takes less time than entering the same terms into a polynomial ring. Where long sums are multiplied with
each other, it is not tried.

Links of several terms, as iJ + Γp*q/2, stand as factors in all numerators. Such a short sum may be abbreviated by a
letter: what vanishes for all values of the letter vanishes for that of the sum.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import reduce
from operator import or_
from typing import NamedTuple

from flint import fmpq
from sympy import Add, Expr, Integer, Mul, Pow, Rational, S, Symbol, conjugate

from derive.kernel.conjugation import nonzero, positive
from derive.kernel.place import BadPoint, numbered
from derive.kernel.ring import LONG, Ring, length

WIDTH = 16  # bits of an exponent, of which one is its sign
SHORT = 8  # terms of an abbreviated sum, at most
LEAST, MOST = 1_000, 2  # products that may be made in any case, and for every factor that was read
MASK, LARGEST = (1 << WIDTH) - 1, (1 << WIDTH - 1) - 1

Coefficient = int | fmpq
Terms = dict[int, Coefficient]  # a sum: the coefficient of every monomial, exponents side by side in one integer
Below = tuple[tuple[int, int], ...]  # a product of divisors: their places and powers
Alike = frozenset[tuple[int, Coefficient]]  # what sums that differ by a factor number · i^turns have in common
Shape = tuple[Alike, fmpq, int]  # a sum as that, and its factor: the number, and the turns


class NotSums(ValueError):
    """Something that is not rational, or that takes long products."""


class Value(NamedTuple):
    """Σ terms / Π divisor^power: a table of terms for every product of divisors that divides.

    Each divisor is named by its place in `Sums.divisors`. No letter has an exponent above `degree`.
    """

    groups: dict[Below, Terms]
    degree: int


class Abbreviation(NamedTuple):
    """A short sum as number · i^turns · letter.

    The letter is the first sum that was met of those that differ from it by such a factor, up to its sign.
    """

    place: int
    number: fmpq
    turns: int


class Sums:
    """A reader of expressions, with the letters (i is the first) and the divisors that it has met.

    With `abbreviating`, short sums inside of others become letters. Parts are remembered by identity, so that a reader
    must not outlive the expressions.
    """

    def __init__(self, abbreviating: bool = False) -> None:
        self.abbreviating, self.depth = abbreviating, 0
        self.abbreviated: dict[Alike, tuple[int, fmpq, int]] = {}
        self.known: dict[int, Shape | None] = {}
        self.first: dict[Expr, fmpq] = {}
        self.letters: dict[Expr, int] = {S.ImaginaryUnit: 0}
        self.codes: dict[int, int] = {}
        self.numbers: dict[int, Coefficient] = {}
        self.values: dict[int, Value] = {}
        self.places: dict[Expr, int] = {}
        self.divisors: list[Value] = []
        self.divided: dict[Expr, None] = {}
        self.highest = 1
        self.read = self.products = 0

    def vanishing(self, entries: Sequence[Expr]) -> list[bool]:
        """Which expressions are zero as rational functions.

        With `abbreviating`, True means zero for all values of the letters, also of those for sums; False is open.

        Raises:
            NotSums: if that cannot be told here.
        """
        if self.abbreviating:
            # a short sum is abbreviated once it is met inside of another
            self.depth = 1
            for x in (x for e in entries for term in Add.make_args(e) for x in Mul.make_args(term)):
                inner = x.base if isinstance(x, Pow) else x
                if isinstance(inner, Add):
                    self.value(inner)
            self.depth = 0
        return [self.vanishes(e) for e in entries]

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
            self.depth += 1
            known = self.values[id(e)] = self._sum(e.args if isinstance(e, Add) else (e,))
            self.depth -= 1
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
            elif isinstance(x, Add | Mul) or isinstance(x, Pow) and isinstance(x.exp, Integer) and x.exp > 0:
                inner, n = (x.base, int(x.exp)) if isinstance(x, Pow) else (x, 1)
                short = self._abbreviation(inner) if self.abbreviating else None
                if short is None:
                    parts += [self.value(inner)] * n
                else:
                    monomial += n * ((1 << WIDTH * short.place) + short.turns)
                    coefficient, degree = coefficient * short.number**n, degree + n
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

    def _abbreviation(self, e: Expr) -> Abbreviation | None:
        """A short sum of monomials as a letter, if one like it stands inside of another sum."""
        if id(e) not in self.known:
            self.known[id(e)] = self._shape(e)
        shape = self.known[id(e)]
        if shape is None or shape[0] not in self.abbreviated and self.depth < 2:
            return None
        alike, number, turns = shape
        new = len(self.letters), number if number > 0 else -number, turns
        place, size, before = self.abbreviated.setdefault(alike, new)
        short = Abbreviation(place, number / (size if turns >= before else -size), abs(turns - before))
        if place == len(self.letters):
            self.letters[e] = place
            self.first[e] = short.number
        if short.number == 1:
            self.codes[id(e)] = (1 << WIDTH * place) + short.turns
        return short

    def _shape(self, e: Expr) -> Shape | None:
        """A short sum of monomials as a factor number · i^turns and what is left; None for anything else."""
        if not isinstance(e, Add) or len(e.args) > SHORT:
            return None
        factors = (x for term in e.args for x in Mul.make_args(term))
        if any(isinstance(x, Add) or isinstance(x, Pow) and self._letter(x) is None for x in factors):
            return None
        terms = _left(self.value(e).groups[()])
        if len(terms) < 2:
            return None
        last = max(terms)
        turns, number = last & 1, fmpq(1) * terms[last]
        turned = _left({m + 3 * turns: c for m, c in terms.items()})
        return frozenset((m, c / number) for m, c in turned.items()), number, turns

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
        """Whether no exponent is negative: the lowest one that is would make its own field large."""
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
        """Everything that divides, save for what manifestly is not zero: in irreducible factors, unless it is long."""
        found = [letter for letter in self.divided if not nonzero(letter)]
        short = []
        for e, place in self.places.items():
            terms = self.divisors[place].groups[()]
            used = self._exponents(reduce(or_, terms))
            simple = all(self._positive(x) for n, x in zip(used[1:], [*self.letters][1:], strict=True) if n)
            if simple and _has_sign(terms):
                continue
            if length(e) < LONG:
                short.append(e)
            elif simple or not nonzero(e):
                found.append(e)
        if not short:
            return tuple(found)
        ring = Ring(*short)
        for e in short:
            ring.power(ring.quotient(e), -1, e)
        return (*found, *ring.assumed())

    def regular(self) -> bool:
        """Whether it is seen that no denominator is a polynomial that is zero, once `assumed` has told them.

        Without abbreviations they were seen to be none, and short ones were written out. Of the others it is enough
        that a value in a finite field is not zero.
        """
        place = numbered("denominators", 0)
        with suppress(BadPoint):
            return not self.abbreviated or all(place(e) for e in self.places if length(e) >= LONG)
        return False

    @property
    def symbols(self) -> list[Expr]:
        """The letters that abbreviate nothing."""
        return [letter for letter in self.letters if letter not in self.first]

    def _positive(self, letter: Expr) -> bool:
        sign = self.first.get(letter)
        return bool(letter.is_positive) if sign is None else positive(letter if sign > 0 else -letter)


def _has_sign(terms: Terms) -> bool:
    """Whether the coefficients of the real or the imaginary part have one sign."""
    parts: tuple[list[Coefficient], list[Coefficient]] = [], []
    for m, c in terms.items():
        parts[m & 1].append(c)
    return any(part and (min(part) > 0 or max(part) < 0) for part in parts)


def _left(terms: Terms) -> Terms:
    """The terms of a sum that do not cancel, with i² = −1."""
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
