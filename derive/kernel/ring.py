"""Expressions as quotients of polynomials in generators that have no hidden relation.

A generator is a symbol, the conjugate of a complex symbol (J and J* are two letters), i, an exponential e^{x/L}, a root
f^{1/L} of a prime or an irreducible polynomial, a power f^n with a symbolic exponent, or a node that is not understood.
Exponents are split, never combined: x^(n+1) is x^n · x. Algebraic generators carry their relation (i² = −1, √x² = x), by
which numerators are reduced; a numerator that reduces to zero is zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from math import lcm
from operator import mul

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from sympy import (
    Abs, Add, Expr, I, Integer, Mul, Pow, Rational, S, Symbol, conjugate, cos, cosh, cot, coth, csc, exp, im, log, pi, re, sec,
    sin, sinh, tan, tanh,
)  # fmt: skip
from sympy.core.function import Function

TRIGONOMETRIC = (sin, cos, tan, cot, sec, csc, sinh, cosh, tanh, coth)
ANALYTIC = (*TRIGONOMETRIC, exp)


class NotRational(ValueError):
    """A division by something that is identically zero."""


def conjugated(e: Expr) -> Expr:
    """The complex conjugate, pushed down to complex symbols: (2iJ z)* = −2iJ z* for positive J.

    Roots and logarithms are conjugated under the sign where their argument is real and positive, else kept as
    `conjugate(…)`.
    """
    if e.is_real:
        return e
    if e is S.ImaginaryUnit:
        return -I
    if isinstance(e, conjugate):
        return e.args[0]
    if isinstance(e, Add | Mul):
        return e.func(*(conjugated(x) for x in e.args))
    if isinstance(e, Pow) and (e.exp.is_integer or e.base.is_positive):
        return Pow(conjugated(e.base), conjugated(e.exp))
    if isinstance(e, ANALYTIC):
        return e.func(conjugated(e.args[0]))
    return conjugate(e)


@dataclass(frozen=True)
class Generator:
    """What one generator stands for. `degree` d > 0 with `relation`: g^d = relation."""

    stands_for: Expr
    degree: int = 0
    relation: Expr = S.Zero


@dataclass
class Quotient:
    """numerator / Π factor^power; the factors are irreducible and named by their place in `Ring.factors`."""

    above: fmpq_mpoly
    below: dict[int, int]


class Ring:
    """The polynomials in everything that some expressions contain. `factors` are all denominators met on the way."""

    def __init__(self, *expressions: Expr) -> None:
        found = _Finder()
        for e in expressions:
            found.walk(e)
        self.generators = tuple(reversed(found.generators.values()))
        self.unit = found.units
        names = [f"g{k}" for k in range(len(self.generators))] or ["g0"]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        gens = self.context.gens()
        self.at = {g.stands_for: gens[k] for k, g in enumerate(self.generators)}
        self.factors: list[fmpq_mpoly] = []
        self.places: dict[frozenset[tuple[tuple[int, ...], fmpq]], int] = {}
        self.values: dict[Expr, Quotient] = {}
        # later generators may occur in no earlier relation, so that one pass in this order is a normal form
        self.relations = [
            (gens[k], g.degree, gens[k] ** g.degree - self.quotient(g.relation).above)
            for k, g in enumerate(self.generators)
            if g.degree
        ]

    def constant(self, value: int | fmpq) -> fmpq_mpoly:
        return self.context.constant(value)

    def quotient(self, e: Expr) -> Quotient:
        """An expression as a quotient; its numerator is not reduced by the relations."""
        known = self.values.get(e)
        if known is None:
            known = self.values[e] = self._quotient(e)
        return known

    def reduced(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """The normal form of a polynomial under the relations of its algebraic generators."""
        for _, _, relation in self.relations:
            polynomial = divmod(polynomial, relation)[1]
        return polynomial

    def _quotient(self, e: Expr) -> Quotient:
        if e in self.at:
            return Quotient(self.at[e], {})
        if e.is_Rational:
            return Quotient(self.constant(fmpq(int(e.p), int(e.q))), {})
        if isinstance(e, Add):
            return self.sum([self.quotient(x) for x in e.args])
        if isinstance(e, Mul):
            return reduce(self.product, (self.quotient(x) for x in e.args))
        if isinstance(e, Pow) and e.exp.is_Integer:
            return self.power(self.quotient(e.base), int(e.exp))
        return reduce(self.product, (self.power(self.quotient(g), n) for g, n in self.unit[e]), self.one())

    def one(self) -> Quotient:
        return Quotient(self.constant(1), {})

    def product(self, a: Quotient, b: Quotient) -> Quotient:
        below = dict(a.below)
        for factor, power in b.below.items():
            below[factor] = below.get(factor, 0) + power
        return Quotient(a.above * b.above, below)

    def sum(self, terms: list[Quotient]) -> Quotient:
        common: dict[int, int] = {}
        for term in terms:
            for factor, power in term.below.items():
                common[factor] = max(common.get(factor, 0), power)
        above = self.constant(0)
        for term in terms:
            missing = ((f, p - term.below.get(f, 0)) for f, p in common.items())
            above += reduce(mul, (self.factors[f] ** p for f, p in missing if p), term.above)
        return Quotient(above, common)

    def power(self, a: Quotient, n: int) -> Quotient:
        if n >= 0:
            return Quotient(a.above**n, {f: p * n for f, p in a.below.items() if n})
        above = self.reduced(a.above)
        if above.is_zero():
            raise NotRational("a denominator is identically zero")
        content, factors = above.factor()
        below = {}
        for f, p in factors:
            lead = f.leading_coefficient()
            f, content = f / lead, content * lead**p
            below[self.place(f)] = p * -n
        inverse = reduce(mul, (self.factors[f] ** (p * -n) for f, p in a.below.items()), self.constant(1))
        return Quotient(inverse * (1 / content) ** -n, below)

    def place(self, factor: fmpq_mpoly) -> int:
        """The place of an irreducible denominator in `factors`; polynomials have no hash of their own."""
        key = frozenset(factor.to_dict().items())
        if key not in self.places:
            self.places[key] = len(self.factors)
            self.factors.append(factor)
        return self.places[key]

    def expression(self, polynomial: fmpq_mpoly) -> Expr:
        """A polynomial as a SymPy expression."""
        terms = []
        for monomial, c in polynomial.to_dict().items():
            powers = (Pow(g.stands_for, n) for g, n in zip(self.generators, monomial, strict=False) if n)
            terms.append(Mul(Rational(int(c.p), int(c.q)), *powers))
        return Add(*terms)


class _Finder:
    """Finds the generators of expressions, relations first, and writes every node that is none in terms of them."""

    def __init__(self) -> None:
        self.generators: dict[Expr, Generator] = {}
        self.units: dict[Expr, tuple[tuple[Expr, int], ...]] = {}
        self.seen: set[Expr] = set()
        self.parts: dict[Expr, int] = {}

    def walk(self, e: Expr) -> None:
        for node in _nodes(e):
            self._denominators(node)
        self._find(e)

    def _denominators(self, node: Expr) -> None:
        """Exponents of one base share a generator: collect the denominators of their coefficients first."""
        for key, coefficient in _exponents(node):
            self.parts[key] = lcm(self.parts.get(key, 1), int(coefficient.q))

    def _find(self, e: Expr) -> None:
        if e in self.seen:
            return
        self.seen.add(e)
        if e.is_Rational:
            return
        if e is S.ImaginaryUnit:
            self._add(e, Generator(e, 2, Integer(-1)))
        elif isinstance(e, Add | Mul) or isinstance(e, Pow) and e.exp.is_Integer:
            for x in e.args:
                self._find(x)
        else:
            self._node(e)

    def _node(self, e: Expr) -> None:
        found = _exponents(e)
        if not found:
            self._add(e, Generator(e))
            return
        units = []
        for (base, monomial), coefficient in found:
            parts = self.parts[base, monomial]
            if parts == 1 and monomial == 1 and base is not S.Exp1:
                self._find(base)
                units.append((base, int(coefficient)))
                continue
            stands_for = _raised(base, monomial, Rational(1, parts))
            if stands_for not in self.generators:
                self._add(stands_for, self._power_generator(stands_for, base, monomial, parts))
            units.append((stands_for, int(coefficient * parts)))
        self.units[e] = tuple(units)

    def _power_generator(self, stands_for: Expr, base: Expr, monomial: Expr, parts: int) -> Generator:
        if monomial == 1 and base is not S.Exp1 and not _has_denominator(base):
            self._find(base)
            return Generator(stands_for, parts, base)
        if base == -1 and monomial.is_integer:
            return Generator(stands_for, 2 * parts, S.One)
        return Generator(stands_for)

    def _add(self, key: Expr, generator: Generator) -> None:
        self.generators.setdefault(key, generator)
        self.seen.add(key)


def _has_denominator(e: Expr) -> bool:
    return any(isinstance(x, Pow) and x.exp.is_negative for x in Mul.make_args(e))


def _raised(base: Expr, monomial: Expr, part: Rational) -> Expr:
    return exp(monomial * part) if base is S.Exp1 else Pow(base, monomial * part)


def _nodes(e: Expr) -> Iterable[Expr]:
    seen, stack = set(), [e]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        if isinstance(node, Add | Mul) or isinstance(node, Pow) and node.exp.is_Integer:
            stack += node.args
        else:
            stack += [base for (base, _), _ in _exponents(node) if base is not S.Exp1]


def _exponents(e: Expr) -> tuple[tuple[tuple[Expr, Expr], Rational], ...]:
    """A power or exponential as Π base^(coefficient · monomial); () if it is a generator of its own."""
    if isinstance(e, exp):
        return tuple(((S.Exp1, m), c) for m, c in _terms(e.args[0]))
    if isinstance(e, Pow) and not e.exp.is_Integer:
        terms = _terms(e.exp)
        whole = all((m * c).is_integer for m, c in terms)
        return tuple(
            ((base, m), c * power) for base, power in split_base(e.base, whole) for m, c in terms
        )
    return ()


def _terms(exponent: Expr) -> list[tuple[Expr, Rational]]:
    """An exponent as a sum of rational multiples of monomials."""
    found: dict[Expr, Rational] = {}
    for term in Add.make_args(exponent.expand()):
        c, m = term.as_coeff_Mul(rational=True)
        found[m] = found.get(m, S.Zero) + c
    return [(m, c) for m, c in found.items() if c]


def split_base(base: Expr, integer_exponent: bool) -> tuple[tuple[Expr, int], ...]:
    """The base of a power as a product of primes and irreducible polynomials, as far as (xy)^a = x^a y^a allows.

    That is for integer exponents, and for positive factors always; what is left stays one factor.
    """
    ring = Ring(base)
    quotient = ring.quotient(base)
    above = ring.reduced(quotient.above)
    if above.is_zero():
        return ((S.Zero, 1),)
    content, factors = above.factor()
    number, rest, found = Rational(int(content.p), int(content.q)), S.One, []
    for f, power in (*factors, *((ring.factors[f], -p) for f, p in quotient.below.items())):
        e = ring.expression(f)
        if integer_exponent or positive(e):
            found.append((e, power))
        elif positive(-e):
            found.append((-e, power))
            number = number if power % 2 == 0 else -number
        else:
            rest = rest * e**power
    if number < 0:
        if integer_exponent:
            found.append((S.NegativeOne, 1))
        else:
            rest = -rest
        number = -number
    found += [(Integer(prime), n) for prime, n in number.factors().items() if prime != 1]
    if rest != 1:
        found.append((rest, 1))
    return tuple(sorted(found, key=lambda item: item[0].sort_key()))


def positive(e: Expr) -> bool:
    """Whether a sum is manifestly positive: no term negative and one positive, as κ + Γ|p|² for positive κ, Γ."""
    terms = Add.make_args(e)
    return all(_nonnegative_term(term, False) for term in terms) and any(_nonnegative_term(term, True) for term in terms)


def _nonnegative_term(term: Expr, strictly: bool) -> bool:
    """A product of positive letters, even powers of real ones and moduli |z|²; none of them zero if `strictly`."""
    if term.is_positive or term.is_zero and not strictly:
        return True
    powers = term.as_powers_dict()
    for base, n in powers.items():
        square = base.is_real and n.is_even or conjugated(base) != base and powers.get(conjugated(base), 0) == n
        if not base.is_positive and not (square and (base.is_nonzero or not strictly)):
            return False
    return True


def rewritten(e: Expr) -> Expr:
    """The same expression in exponentials and roots: sin, cosh, …, |z|, Re z and Im z written out, conjugates pushed down."""
    if e.is_Atom:
        return e
    if isinstance(e, conjugate):
        pushed = conjugated(rewritten(e.args[0]))
        return pushed if not isinstance(pushed, conjugate) or pushed.args[0].is_Atom else conjugate(pushed.args[0])
    args = tuple(rewritten(x) for x in e.args)
    if isinstance(e, TRIGONOMETRIC):
        return rewritten(e.func(*args).rewrite(exp)) if e.func(*args).rewrite(exp) != e else e
    if isinstance(e, Abs):
        return args[0] if args[0].is_nonnegative else Pow(args[0] * conjugated(args[0]), Rational(1, 2))
    if isinstance(e, re):
        return (args[0] + conjugated(args[0])) / 2
    if isinstance(e, im):
        return (args[0] - conjugated(args[0])) / (2 * I)
    if isinstance(e, log):
        return _logarithm(args[0])
    if isinstance(e, exp):
        return _exponential(args[0])
    if isinstance(e, Function):
        return e.func(*args)
    return e.func(*args) if args != e.args else e


def _logarithm(x: Expr) -> Expr:
    if not positive(x) and not x.is_positive:
        return log(x)
    if x.is_number and not x.is_Rational:
        return log(x)
    return Add(*(n * log(base) for base, n in split_base(x, False)))


def _exponential(x: Expr) -> Expr:
    """e^x with the rational multiples of iπ in its exponent as roots of unity."""
    x = x.expand()
    turns = x.coeff(I * pi) if x.has(pi) else S.Zero
    if not turns.is_Rational or turns == 0:
        return exp(x)
    root = cos(pi * turns) + I * sin(pi * turns)
    if root.has(cos, sin):
        return exp(x)
    return root * exp(x - I * pi * turns)


def substituted(e: Expr, table: Mapping[Expr, Expr]) -> Expr:
    """`e` with symbols (or larger parts) replaced, all at once, and their conjugates with them."""
    both = {**table, **{conjugate(s): conjugated(v) for s, v in table.items() if isinstance(s, Symbol) and not s.is_real}}
    return e.subs(both, simultaneous=True) if any(not isinstance(s, Symbol) for s in table) else e.xreplace(both)
