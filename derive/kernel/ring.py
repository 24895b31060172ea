"""Expressions as quotients of polynomials in generators that have no hidden relation.

Algebraic generators carry their relation (i² = −1, √x² = x), by which numerators are reduced; a numerator that reduces
to zero is zero.

What divides is remembered: `Ring.assumed` lists every denominator and every base of a split power that was
taken to be nonzero. What SymPy cancels while it builds an expression (x/x, x·(1/x), 0·(1/x)) never arrives
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from math import prod
from operator import mul
from types import MappingProxyType
from typing import NamedTuple

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz_poly
from sympy import Add, Expr, Integer, Mul, Pow, Rational, S, Symbol, conjugate

from derive.kernel.conjugation import conjugated, nonzero, positive
from derive.kernel.generators import Finder, Split
from derive.kernel.place import prime_powers
from derive.kernel.polynomials import has_one_sign, is_irreducible
from derive.kernel.quick import Linear, Quick

LONG = 200  # terms of a denominator that is not written anew in its normal form

Monomial = tuple[int, ...]


class NotRational(ValueError):
    """A division by something that is identically zero."""


class Quotient(NamedTuple):
    """numerator / Π factor^power; the factors are irreducible and named by their place in `Ring.factors`."""

    above: fmpq_mpoly
    below: dict[int, int]


class Ring:
    """The polynomials in everything that some expressions contain; `factors` are all denominators met on the way."""

    def __init__(self, *expressions: Expr, roots: Mapping[Symbol, tuple[int, Expr]] = MappingProxyType({})) -> None:
        found = Finder(expressions, split_base, roots)
        self.generators = tuple(reversed(found.generators.values()))
        self.split = found.assumed
        self.units = found.units
        names = [f"g{k}" for k in range(len(self.generators))] or ["g0"]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self.gens = self.context.gens()
        self.number = {g.stands_for: k for k, g in enumerate(self.generators)}
        self.quick = Quick()
        self.factors: list[fmpq_mpoly] = []
        self.written: list[Expr | None] = []
        self.places: dict[Monomial, list[int]] = {}
        self.values: dict[Expr, Quotient] = {}
        self.powers: dict[Expr, tuple[int, int]] = {}
        self.relations: list[fmpq_mpoly] = []
        # a relation only involves generators found before its own, which come later here: one pass is a
        # normal form
        for g, generator in zip(self.gens, self.generators, strict=False):
            if generator.unity:
                # g^n = 1 alone would leave identities such as Σ cos(2πk/7) = −1/2 undecided
                cyclotomic = list(fmpz_poly.cyclotomic(generator.unity))
                self.relations.append(sum((g**k * c for k, c in enumerate(cyclotomic)), self.context.constant(0)))
                continue
            power = self.quotient(generator.relation) if generator.degree else self.constant(0)
            if generator.degree and not power.below:
                self.relations.append(g**generator.degree - power.above)

    def constant(self, value: int | fmpq) -> Quotient:
        return Quotient(self.context.constant(value), {})

    def assumed(self) -> tuple[Expr, ...]:
        """Everything that was taken to be nonzero so far, save for what manifestly is."""
        found = [e for e in self.split if not nonzero(e)]
        unit = self.number.get(S.ImaginaryUnit)
        letters = {k for k, g in enumerate(self.generators) if g.stands_for.is_positive or k == unit}
        for f, written in zip(self.factors, self.written, strict=True):
            simple = letters.issuperset(k for k, degree in enumerate(f.degrees()) if degree)
            if simple and has_one_sign(f, unit):
                continue
            e = self.expression(f) if written is None else written
            if simple or not nonzero(e):
                found.append(e)
        return tuple(found)

    def quotient(self, e: Expr) -> Quotient:
        """An expression as a quotient; its numerator is not reduced by the relations."""
        known = self.values.get(e)
        if known is None:
            known = self.values[e] = self._quotient(e)
        return known

    def reduced(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """The normal form of a polynomial under the relations of its algebraic generators."""
        for relation in self.relations:
            polynomial = divmod(polynomial, relation)[1]
        return polynomial

    def _quotient(self, e: Expr) -> Quotient:
        if e in self.number:
            return Quotient(self.gens[self.number[e]], {})
        if e.is_Rational:
            return self.constant(fmpq(int(e.p), int(e.q)))
        if isinstance(e, Add):
            return self._sum(e.args)
        if isinstance(e, Mul):
            return reduce(self.product, (self.quotient(x) for x in e.args))
        if isinstance(e, Pow) and e.exp.is_Integer:
            return self.power(self.quotient(e.base), int(e.exp), e.base)
        return reduce(self.product, (self.power(self.quotient(g), n) for g, n in self.units[e]), self.constant(1))

    def product(self, a: Quotient, b: Quotient) -> Quotient:
        below = dict(a.below)
        for factor, power in b.below.items():
            below[factor] = below.get(factor, 0) + power
        return Quotient(a.above * b.above, below)

    def _sum(self, terms: Iterable[Expr]) -> Quotient:
        """Monomials are collected in a table, fractions by denominator: each product is made once."""
        monomials: dict[Monomial, fmpq] = {}
        groups: dict[frozenset[tuple[int, int]], fmpq_mpoly] = {}
        for term in terms:
            found = self._monomial(term)
            if found:
                monomials[found[0]] = monomials.get(found[0], fmpq(0)) + found[1]
                continue
            value = self.quotient(term)
            key = frozenset(value.below.items())
            groups[key] = groups[key] + value.above if key in groups else value.above
        whole: frozenset[tuple[int, int]] = frozenset()
        groups[whole] = groups.get(whole, self.context.constant(0)) + self.context.from_dict(monomials)
        common: dict[int, int] = {}
        for key in groups:
            for factor, power in key:
                common[factor] = max(common.get(factor, 0), power)
        above = self.context.constant(0)
        for key, top in groups.items():
            below = dict(key)
            missing = ((f, p - below.get(f, 0)) for f, p in sorted(common.items()))
            above += reduce(mul, (self.factors[f] ** p for f, p in missing if p), top)
        return Quotient(above, common)

    def _monomial(self, term: Expr) -> tuple[Monomial, fmpq] | None:
        powers, coefficient = [0] * max(1, len(self.generators)), fmpq(1)
        for x in term.args if term.is_Mul else (term,):
            found = self.powers.get(x)
            if found is None:
                if x.is_Rational:
                    coefficient *= fmpq(int(x.p), int(x.q))
                    continue
                power = x.is_Pow and x.exp.is_Integer and x not in self.number
                base, n = (x.base, int(x.exp)) if power else (x, 1)
                if base not in self.number or n < 0:
                    return None
                found = self.powers[x] = self.number[base], n
            powers[found[0]] += found[1]
        return tuple(powers), coefficient

    def power(self, a: Quotient, n: int, written: Expr | None = None) -> Quotient:
        """a^n; long irreducible denominators are remembered as they are `written`."""
        if n >= 0:
            return Quotient(a.above**n, {f: p * n for f, p in a.below.items() if n})
        above = self.reduced(a.above)
        if above.is_zero():
            raise NotRational("a denominator is identically zero")
        content, factors = (fmpq(1), [(above, 1)]) if is_irreducible(above) else above.factor()
        if len(factors) > 1 or len(above) < LONG:
            written = None
        below: dict[int, int] = {}
        inverse = reduce(mul, (self.factors[f] ** (p * -n) for f, p in a.below.items()), self.context.constant(1))
        for f, p in factors:
            number = self.inverse(f)
            if number is not None:
                inverse *= number ** (p * -n)
                continue
            lead = f.leading_coefficient()
            f, content = f / lead, content * lead**p
            below[self._place(f, written)] = p * -n
        return Quotient(inverse * (1 / content) ** -n, below)

    def inverse(self, f: fmpq_mpoly) -> fmpq_mpoly | None:
        """1/f for a number f in square roots, as 1/(1 + i) = (1 − i)/2."""
        if f.is_constant():
            return self.context.constant(1 / f.leading_coefficient())
        used = [k for k, degree in enumerate(f.degrees()) if degree]
        if any(self.generators[k].degree != 2 or self.generators[k].stands_for.free_symbols for k in used):
            return None
        turned = self.turned(f, used[0])
        norm = self.reduced(f * turned)
        rest = None if norm.is_zero() or norm.degrees()[used[0]] else self.inverse(norm)
        return None if rest is None else self.reduced(turned * rest)

    def turned(self, f: fmpq_mpoly, k: int) -> fmpq_mpoly:
        """f with the sign of its k-th generator turned: a + b√2 ↦ a − b√2."""
        return self.context.from_dict({m: -c if m[k] % 2 else c for m, c in f.to_dict().items()})

    def divided(self, above: fmpq_mpoly, f: fmpq_mpoly) -> fmpq_mpoly | None:
        """above/f if it is a polynomial once the relations are used, as (x² + y²)/(x + iy) = x − iy; else None."""
        whole, rest = divmod(above, f)
        if self.reduced(rest).is_zero():
            return self.reduced(whole)
        k = self.number.get(S.ImaginaryUnit)
        if k is None or not f.degrees()[k]:
            return None
        turned = self.turned(f, k)
        whole, rest = divmod(self.reduced(above * turned), self.reduced(f * turned))
        return whole if rest.is_zero() else None

    def _place(self, factor: fmpq_mpoly, written: Expr | None) -> int:
        """The place of an irreducible denominator in `factors`; polynomials have no hash, but degrees."""
        alike = self.places.setdefault(tuple(factor.degrees()), [])
        for place in alike:
            if self.factors[place] == factor:
                return place
        alike.append(len(self.factors))
        self.factors.append(factor)
        self.written.append(written)
        return alike[-1]

    def expression(self, polynomial: fmpq_mpoly) -> Expr:
        """A polynomial as a SymPy expression."""
        found = [g.stands_for for g in self.generators]
        used = [(e, n) for e, n in zip(found, polynomial.degrees(), strict=False) if n]
        if not all(n == 1 if e is S.ImaginaryUnit else is_letter(e) for e, n in used):
            terms = []
            for monomial, c in polynomial.to_dict().items():
                powers = (Pow(e, n) for e, n in zip(found, monomial, strict=False) if n)
                terms.append(Mul(Rational(int(c.p), int(c.q)), *powers))
            return Add(*terms)
        order, power = self.quick.order.__getitem__, self.quick.power
        linear: Linear = {}
        for monomial, c in polynomial.to_dict().items():
            factors = [e if n == 1 else power(e, n) for e, n in zip(found, monomial, strict=False) if n]
            factors.sort(key=order)
            linear[tuple(factors)] = int(c.p), int(c.q)
        return self.quick.expression(linear)


def split_base(base: Expr, integer_exponent: bool) -> Split:
    """The base of a power in primes and irreducible polynomials, as far as (xy)^a = x^a y^a allows.

    That is for integer exponents, and for nonnegative factors always: κ, f² of real f, |f|²; what is left
    stays one factor.
    """
    if base.is_Symbol:
        return Split(((base, 1),), {})
    ring = Ring(base)
    quotient = ring.quotient(base)
    above = ring.reduced(quotient.above)
    if above.is_zero():
        return Split(((S.Zero, 1),), {})
    content, factors = above.factor()
    number = Rational(int(content.p), int(content.q))
    found: list[tuple[Expr, int]] = []
    left: dict[Expr, int] = {}
    for f, power in (*factors, *((ring.factors[f], -p) for f, p in quotient.below.items())):
        e = ring.expression(f)
        if positive(-e) or not positive(e) and e.could_extract_minus_sign():
            e, number = -e, number * (-1) ** abs(power)
        if isinstance(e, Pow) and e.base.is_positive and e.exp.is_Rational:
            found.append((e.base, e.exp * power))
        elif integer_exponent or positive(e):
            found.append((e, power))
        else:
            left[e] = left.get(e, 0) + power
    number *= _moduli(left, found)
    rest = Mul(*(e**n for e, n in left.items()))
    below = Mul(*(e**-n for e, n in left.items() if n < 0))
    if number < 0 and integer_exponent or rest == 1 and number < 0:
        found.append((S.NegativeOne, 1))
    elif number < 0:
        rest = -rest
    found += [(Integer(prime), n) for prime, n in prime_powers(abs(number.p))]
    found += [(Integer(prime), -n) for prime, n in prime_powers(number.q)]
    if rest != 1:
        found.append((rest, 1))
    ordered = tuple(sorted(found, key=lambda item: item[0].sort_key()))
    return Split(ordered, {rest: below} if below != 1 else {}, ring.assumed())


def is_letter(e: Expr) -> bool:
    """Whether it is a symbol or the conjugate of one."""
    return isinstance(e.args[0] if isinstance(e, conjugate) else e, Symbol)


def length(e: Expr) -> int:
    """The number of terms of a polynomial that is written out, at most; LONG or more for all that are long."""
    if isinstance(e, Add):
        total = 0
        for term in e.args if len(e.args) < LONG else ():
            total += length(term)
            if total >= LONG:
                break
        return total or LONG
    if isinstance(e, Mul):
        return prod(length(x) for x in e.args if x.args)
    return length(e.base) ** abs(int(e.exp)) if isinstance(e, Pow) and e.exp.is_Integer else 1


def _moduli(left: dict[Expr, int], found: list[tuple[Expr, int]]) -> int:
    """Move f² of real f and f f* of complex f from `left` to `found`; the sign that f* = −f̃ leaves behind."""
    sign = 1
    for e in list(left):
        n = left.get(e, 0)
        star = conjugated(e)
        if star == e and e.is_real and abs(n) > 1:
            pairs = abs(n) // 2 * (1 if n > 0 else -1)
            found.append((e**2, pairs))
            left[e] = n - 2 * pairs
            continue
        for partner, turn in ((star, 1), (-star, -1)):
            m = left.get(partner, 0)
            if partner != e and n * m > 0:
                pairs = min(abs(n), abs(m)) * (1 if n > 0 else -1)
                found.append((e * partner * turn, pairs))
                left[e], left[partner] = n - pairs, m - pairs
                sign *= turn ** abs(pairs)
                break
    for e in [e for e, n in left.items() if n == 0]:
        del left[e]
    return sign
