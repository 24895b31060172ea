"""Generic entries: a linear system over ℤ[generators], and the way back to expressions.

Every entry is a rational number times 1 or i times its *primitive part*: a letter, or an expression that is taken as a
whole. Every primitive part becomes one generator of a polynomial ring; if it occurs with a factor i only, as J in −iJ,
the generator is iJ. So J and −J share a generator, and equal entries are seen to be equal. Rows are scaled to integer
coefficients. At the end the generators are replaced by the expressions that they stand for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from math import gcd, lcm
from typing import NamedTuple

from flint import fmpz_mpoly, fmpz_mpoly_ctx
from sympy import Add, Expr, I, Integer, Mul, Pow, Rational, Symbol, conjugate

from derive.kernel.gaussian import gathered
from derive.kernel.packing import ONE, arranged, made
from derive.kernel.quick import Quick, has_letters

Monomial = tuple[int, ...]  # the numbers of the generators whose product it is
Monomials = tuple[tuple[int, Monomial], ...]  # with their coefficients
Summand = tuple[Rational, int, Expr]  # rational · i^phase · primitive part
Term = tuple[int, int, int, int]  # the same as numerator, denominator, phase, and the place of the primitive part

REAL, IMAGINARY = 1, 2  # how a primitive part occurs: without i, with i, or (1 | 2) both ways


class Generator(NamedTuple):
    """A generator of the ring: `primitive`, or i times `primitive`, which is 1 for the imaginary unit by itself."""

    primitive: Expr
    imaginary: bool


class Generic(NamedTuple):
    """A x = b with integer combinations of monomials in `generators` as entries; column n of `rows` is b.

    `uses[k]` counts the entries in which generator k stands. `order` lists the generators' numbers as SymPy sorts their
    primitive parts, with i itself first.
    """

    generators: tuple[Generator, ...]
    rows: tuple[Mapping[int, Monomials], ...]
    uses: tuple[int, ...]
    order: tuple[int, ...]

    @property
    def unit(self) -> int | None:
        """The number of the generator that is i itself, if there is one."""
        for number, generator in enumerate(self.generators):
            if generator.primitive is ONE:
                return number
        return None


def summands(entry: Expr, quick: Quick) -> tuple[Summand, ...]:
    """The entry as a sum of rational · i^phase · primitive part; one summand, or two for a complex number."""
    kind = type(entry)
    if kind is Symbol:
        return ((ONE, 0, entry),)
    if kind is Mul:  # most of what a network has: i, a number or both before a letter
        front, *turned, letter = entry.args
        if type(letter) is Symbol:
            if isinstance(front, Rational):
                if not turned or turned == [I]:
                    return ((front, len(turned), letter),)
            elif front is I and not turned:
                return ((ONE, 1, letter),)
    if isinstance(entry, Rational):
        return ((entry, 0, ONE),)
    if isinstance(entry, Add):
        if not has_letters(entry):
            found = [summand for term in entry.args for summand in summands(term, quick)]
            if len(found) == len(entry.args) and all(primitive is ONE for _, _, primitive in found):
                return tuple(found)
        return (_sum(entry, quick),)
    content, rest = gathered(entry).as_coeff_Mul(rational=True)
    factors = Mul.make_args(rest)
    bare = [factor for factor in factors if factor is not I]
    phase = len(factors) - len(bare)
    if phase > 1:  # SymPy was told not to multiply them
        return summands(Mul(*entry.args), quick)
    primitive = bare[0] if len(bare) == 1 else Mul(*bare) if phase else rest
    if type(primitive) is not Symbol and primitive.could_extract_minus_sign():
        content, primitive = -content, -primitive
    return ((content, phase, primitive),)


def _sum(entry: Expr, quick: Quick) -> Summand:
    """rational · i^phase · primitive part for a sum: coprime integers as coefficients, most of them positive."""
    front, *others = [term.args[0] if type(term) is Mul else None for term in entry.args]
    if isinstance(front, Rational) and all(other == front for other in others):
        rests = [term.args[1:] for term in entry.args]
        turned = all(rest[0] is I for rest in rests)
        rests = [rest[1:] for rest in rests] if turned else rests
        if all(rest and type(rest[0]) is Symbol for rest in rests):
            # letters stand behind i, and terms that lose the same number keep their order
            return front, int(turned), made(Add, [made(Mul, rest) if len(rest) > 1 else rest[0] for rest in rests])
    terms = quick.read(entry)
    phase = int(all(I in rest for rest in terms))
    above, below = gcd(*(p for p, _ in terms.values())), lcm(*(q for _, q in terms.values()))
    negative = sum(p < 0 for p, _ in terms.values())
    undecided = 2 * negative == len(terms)
    if all(len(rest) > 1 + phase or rest and rest[-1].is_Symbol for rest in terms):
        if 2 * negative > len(terms):
            above = -above
        primitive = entry
        if phase or above != 1 or below != 1:
            primitive = quick.expression(
                {
                    tuple([e for e in rest if e is not I]) if phase else rest: (p // above * (below // q), 1)
                    for rest, (p, q) in terms.items()
                }
            )
    else:
        pairs = (term.as_coeff_Mul(rational=True) for term in entry.args)
        primitive = Add(*(c * below / above * rest / I**phase for c, rest in pairs))
        undecided = True
    content = Rational(above, below)
    if undecided and primitive.could_extract_minus_sign():
        content, primitive = -content, -primitive
    return content, phase, primitive


def monomials(e: Expr) -> list[set[Expr]] | None:
    """The set of letters of every term of a sum.

    None if a term is not a product of letters (and i, and a number), or if two terms differ by a number only.
    """
    found: list[set[Expr]] = []
    different: set[Expr | frozenset[Expr]] = set()
    for term in Add.make_args(e):
        factors = term.args if type(term) is Mul else (term,)
        letter = factors[-1]
        if type(letter) is Symbol and (len(factors) == 1 or len(factors) == 2 and isinstance(factors[0], Rational)):
            different.add(letter)
            found.append({letter})
            continue
        rest = [factor for factor in factors if not isinstance(factor, Rational)]
        different.add(frozenset(rest))
        found.append(set())
        for factor in rest:
            if type(factor) is Pow and isinstance(factor.args[1], Integer):
                factor = factor.args[0]
            if type(factor) is Symbol or type(factor) is conjugate and type(factor.args[0]) is Symbol:
                found[-1].add(factor)
            elif factor is not I:
                return None
    return found if len(different) == len(found) else None


def algebraically_independent(expressions: Collection[Expr]) -> bool:
    """Whether each is a letter, or a sum with a term that is a letter which occurs nowhere else.

    A sufficient condition: no polynomial in such expressions vanishes identically, as each of them can be given any
    value by the choice of its own letter.
    """
    sums: list[list[set[Expr]]] = []
    for e in expressions:
        if type(e) is not Symbol:
            terms = monomials(e) if type(e) is Add else None
            if terms is None:
                return False
            sums.append(terms)
    if not sums:
        return True
    count = Counter([e for e in expressions if type(e) is Symbol])
    for terms in sums:
        for letter in set().union(*terms):
            count[letter] += 1
    return all(_stands_alone(terms, count) for terms in sums)


def _stands_alone(terms: Sequence[set[Expr]], count: Mapping[Expr, int]) -> bool:
    """Whether a sum with these terms has a letter for a term that is in no other term and in no other expression.

    `count` says in how many expressions each letter occurs.
    """
    for term in terms:
        if len(term) == 1:
            (letter,) = term
            if count[letter] == 1 and sum([letter in other for other in terms]) == 1:
                return True
    return False


def generic(rows: Sequence[Mapping[int, Expr]]) -> Generic:
    """A x = b, given as rows {column: entry} with b as column n, in generators of a polynomial ring over ℤ.

    Every row is scaled such that its coefficients are coprime integers.
    """
    quick = Quick()
    read, places, kinds = _read(rows, quick)
    generators, order, images = _generators(places, kinds, quick)
    uses = [0] * len(generators)
    scaled: list[dict[int, Monomials]] = []
    for row, entries in zip(rows, read, strict=True):
        below = lcm(*[q for entry in entries for _, q, _, _ in entry])
        above = gcd(*[p * (below // q) for entry in entries for p, q, _, _ in entry]) or 1
        own: dict[int, Monomials] = {}
        for column, entry in zip(row, entries, strict=True):
            terms: Monomials = ()
            for p, q, phase, place in entry:
                monomial = images[phase][place]
                terms += ((p * (below // q) // above, monomial),)
                for k in monomial:
                    uses[k] += 1
            own[column] = terms
        scaled.append(own)
    return Generic(generators, tuple(scaled), tuple(uses), order)


def _read(
    rows: Sequence[Mapping[int, Expr]], quick: Quick
) -> tuple[list[list[list[Term]]], dict[Expr, int], list[int]]:
    """The terms of every entry, the place of every primitive part (0 for the number 1), and how it occurs, by place."""
    known: dict[int, list[Term]] = {}
    places: dict[Expr, int] = {ONE: 0}
    kinds = [0]
    read: list[list[list[Term]]] = []
    for row in rows:
        entries = []
        for entry in row.values():
            found = known.get(id(entry))
            if found is None:
                known[id(entry)] = found = []
                for ratio, phase, primitive in summands(entry, quick):
                    place = places.setdefault(primitive, len(kinds))
                    if place == len(kinds):
                        kinds.append(0)
                    kinds[place] |= REAL if phase == 0 else IMAGINARY
                    found.append((ratio.p, ratio.q, phase, place))
            entries.append(found)
        read.append(entries)
    return read, places, kinds


def _generators(
    places: Mapping[Expr, int], kinds: Sequence[int], quick: Quick
) -> tuple[tuple[Generator, ...], tuple[int, ...], tuple[Sequence[Monomial], Sequence[Monomial]]]:
    """The generators, their `order`, and for every place the primitive part as a monomial, and i times it."""
    primitives = [e for e in places if e is not ONE]
    ordered = [(places[e], e) for e in arranged(primitives, quick.order.__getitem__)]
    generators: list[Generator] = []
    plain: list[Monomial] = [()] * len(kinds)
    for imaginary in (False, True):
        for place, primitive in ordered:
            if (kinds[place] == IMAGINARY) == imaginary:
                plain[place] = (len(generators),)
                generators.append(Generator(primitive, imaginary))
    order = [plain[place][0] for place, _ in ordered]
    turned = plain
    if REAL | IMAGINARY in kinds or kinds[0] & IMAGINARY:
        unit = len(generators)
        turned = [own if kind == IMAGINARY and own else (unit, *own) for kind, own in zip(kinds, plain, strict=True)]
        generators.append(Generator(ONE, True))
        order.insert(0, unit)
    return tuple(generators), tuple(order), (plain, turned)


def ring(system: Generic) -> tuple[tuple[dict[int, fmpz_mpoly], ...], fmpz_mpoly, fmpz_mpoly]:
    """The rows of a system in its polynomial ring, and 0 and 1."""
    context = fmpz_mpoly_ctx.get([f"g{k}" for k in range(len(system.generators))], "lex")
    gens = context.gens()

    def polynomial(terms: Monomials) -> fmpz_mpoly:
        total = context.constant(0)
        for coefficient, found in terms:
            term = context.constant(coefficient)
            for k in found:
                term = term * gens[k]
            total = total + term
        return total

    rows = tuple({c: polynomial(terms) for c, terms in row.items()} for row in system.rows)
    return rows, context.constant(0), context.constant(1)
