"""Generic entries: a linear system over Z[generators], and the way back to expressions.

Every entry is a rational number times 1 or i times a core, and every core (with its i) is one generator, so that
J and −J share a generator and a uniform network collapses by itself. Rows are scaled to integer coefficients. What
the core is made of is put back at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from itertools import compress
from math import gcd, lcm
from typing import NamedTuple

from flint import fmpz_mpoly, fmpz_mpoly_ctx
from sympy import Abs, Add, Expr, I, Integer, Mul, Pow, Rational, Symbol, conjugate
from sympy.core.basic import Basic

Monomials = tuple[tuple[int, tuple[int, ...]], ...]
Part = tuple[Rational, int, Expr]
ONE = Integer(1)


class Generator(NamedTuple):
    """A ring generator: `core`, or i times `core`. The imaginary unit itself has core 1."""

    core: Expr
    imaginary: bool


class Generic(NamedTuple):
    """A x = b with integer combinations of monomials in `generators` as entries; column n of `rows` is b.

    `uses` counts the entries that each generator stands in.
    """

    generators: tuple[Generator, ...]
    rows: tuple[Mapping[int, Monomials], ...]
    uses: tuple[int, ...]

    @property
    def unit(self) -> int | None:
        """The number of the generator that is i itself, if there is one."""
        for number, generator in enumerate(self.generators):
            if generator.core is ONE:
                return number
        return None


def parts(entry: Expr) -> tuple[Part, ...]:
    """The entry as a sum of rational · i^phase · core; one summand, or two for a complex number."""
    if isinstance(entry, Rational):
        return ((entry, 0, ONE),)
    if isinstance(entry, Add):
        summands = [part for term in entry.args for part in (parts(term) if not term.free_symbols else ())]
        if len(summands) == len(entry.args) and all(core is ONE for _, _, core in summands):
            return tuple(summands)
        content, core = entry.primitive()
        phase = 0
        if all(I in Mul.make_args(term) for term in core.args):
            core, phase = Add(*(-I * term for term in core.args)), 1
    else:
        content, rest = entry.as_coeff_Mul(rational=True)
        factors = Mul.make_args(rest)
        phase = int(I in factors)
        core = Mul(*(factor for factor in factors if factor != I)) if phase else rest
    if core.could_extract_minus_sign():
        content, core = -content, -core
    return ((content, phase, core),)


def generic(rows: Sequence[Mapping[int, Expr]]) -> Generic:
    """The system with one generator for each core (equal up to a rational factor and, if always imaginary, i)."""
    known: dict[Expr, tuple[Part, ...]] = {}
    for row in rows:
        for entry in row.values():
            if entry not in known:
                known[entry] = parts(entry)
    phases: dict[Expr, set[int]] = {}
    for summands in known.values():
        for _, phase, core in summands:
            phases.setdefault(core, set()).add(phase)
    cores = sorted((core for core in phases if core is not ONE), key=cmp_to_key(Basic.compare))
    generators = [Generator(core, False) for core in cores if 0 in phases[core]]
    generators += [Generator(core, True) for core in cores if 0 not in phases[core]]
    if any(len(found) > 1 for found in phases.values()) or 1 in phases.get(ONE, ()):
        generators.append(Generator(ONE, True))
    number = {generator: k for k, generator in enumerate(generators)}
    unit = Generator(ONE, True)

    def monomial(phase: int, core: Expr) -> tuple[int, ...]:
        if phase and (opaque := Generator(core, True)) in number:
            return (number[opaque],)
        start = (number[unit],) if phase else ()
        return start if core is ONE else (*start, number[Generator(core, False)])

    uses = [0] * len(generators)
    scaled: list[dict[int, Monomials]] = []
    for row in rows:
        ratios = [ratio for entry in row.values() for ratio, _, _ in known[entry]]
        common = lcm(*(int(r.q) for r in ratios))
        common_numerator = gcd(*(int(r.p) * (common // int(r.q)) for r in ratios)) or 1
        scaled.append({})
        for column, entry in row.items():
            terms = []
            for ratio, phase, core in known[entry]:
                found = monomial(phase, core)
                terms.append((int(ratio.p) * (common // int(ratio.q)) // common_numerator, found))
                for k in found:
                    uses[k] += 1
            scaled[-1][column] = tuple(terms)
    return Generic(tuple(generators), tuple(scaled), tuple(uses))


def ring(system: Generic) -> tuple[fmpz_mpoly_ctx, tuple[dict[int, fmpz_mpoly], ...]]:
    """The polynomial ring of a system and its rows in it."""
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

    return context, tuple({c: polynomial(terms) for c, terms in row.items()} for row in system.rows)


class Factored(NamedTuple):
    """ratio · i^phase · Π factor · total, where `total` is 1 or a primitive sum."""

    ratio: Rational
    phase: int
    factors: tuple[Expr, ...]
    total: Expr


def _plain(core: Expr) -> bool:
    """Whether powers of the core in a product meet no rewriting rule of SymPy."""
    if isinstance(core, conjugate):
        return isinstance(core.args[0], Symbol)
    if isinstance(core, Abs):
        return isinstance(core.args[0], Symbol) and core.args[0].is_extended_real is None
    return isinstance(core, Symbol | Add) and bool(core.is_commutative)


class Assembler:
    """Builds expressions from polynomials bottom-up, in SymPy's own order of arguments.

    Sorting the factors once and the terms by integers instead of letting `Add` and `Mul` compare expressions makes
    this about ten times faster; tests hold it to the same result.
    """

    def __init__(self, generators: Sequence[Generator]) -> None:
        self.generators = generators
        self.split = next((k for k, g in enumerate(generators) if g.imaginary), len(generators))
        self.plain = all(g.core is ONE or _plain(g.core) for g in generators)
        self.done: dict[int, tuple[fmpz_mpoly, Factored]] = {}

    def __call__(self, polynomial: fmpz_mpoly) -> Factored:
        if id(polynomial) not in self.done:
            self.done[id(polynomial)] = polynomial, self._factored(polynomial)
        return self.done[id(polynomial)][1]

    def power(self, k: int, exponent: int) -> Expr:
        return Pow(self.generators[k].core, exponent)

    def _phase(self, exponents: Sequence[int]) -> int:
        return sum(exponents[self.split :]) & 3

    def _factored(self, polynomial: fmpz_mpoly) -> Factored:
        common = polynomial.term_content()
        exponents = common.monoms()[0]
        content = int(common.coeffs()[0])
        phase = self._phase(exponents)
        factors = tuple(self.power(k, e) for k, e in enumerate(exponents) if e and self.generators[k].core is not ONE)
        rest = polynomial / common
        total, unit = (ONE, 0) if rest.is_one() else self._sum(rest)
        return Factored(Integer(content), (phase + unit) & 3, factors, total)

    def _sum(self, polynomial: fmpz_mpoly) -> tuple[Expr, int]:
        """The sum of a polynomial's terms divided by i^phase, and the phase, such that most signs are plus."""
        monoms, coefficients = polynomial.monoms(), [int(c) for c in polynomial.coeffs()]
        if self.split < len(self.generators):
            units = [self._phase(m) for m in monoms]
        else:
            units = [0] * len(monoms)
        first = min(units) & 1 if len({u & 1 for u in units}) == 1 else 0
        units = [(u - first) & 3 for u in units]
        coefficients = [-c if u & 2 else c for c, u in zip(coefficients, units, strict=True)]
        if 2 * sum(c < 0 for c in coefficients) > len(coefficients):
            first += 2
            coefficients = [-c for c in coefficients]
        imaginary = [u & 1 for u in units]
        if self.plain and (total := self._sorted_sum(monoms, coefficients, imaginary)) is not None:
            return total, first
        terms = []
        powers: dict[tuple[int, int], Expr] = {}
        for monom, c, i in zip(monoms, coefficients, imaginary, strict=True):
            factors = []
            for k, e in enumerate(monom):
                if e:
                    if (k, e) not in powers:
                        powers[k, e] = self.power(k, e)
                    factors.append(powers[k, e])
            terms.append(Mul(c, *factors, *((I,) if i else ())))
        return Add(*terms), first

    def _sorted_sum(
        self, monoms: Sequence[Sequence[int]], coefficients: Sequence[int], imaginary: Sequence[int]
    ) -> Expr | None:
        """The sum in SymPy's order; None if a term is no plain product, so that SymPy has to see it."""
        size = len(self.generators)
        degrees = [max(column) for column in zip(*monoms, strict=True)]
        atoms: list[tuple[Expr, int, int]] = [
            (self.power(k, e), k, e)
            for k, degree in enumerate(degrees)
            if self.generators[k].core is not ONE
            for e in range(1, degree + 1)
        ]
        numbers = [(Integer(c), -1, c) for c in sorted(set(coefficients)) if c != 1]
        units = [(I, -2, 0)] if any(imaginary) else []
        ranked = sorted(atoms + numbers + units, key=cmp_to_key(lambda x, y: Basic.compare(x[0], y[0])))
        rank_of = {(k, e): rank for rank, (_, k, e) in enumerate(ranked)}
        value = [entry[0] for entry in ranked]
        single = [rank_of.get((k, 1), -1) for k in range(size)]
        flat = max(degrees) == 1
        bare = [k for k in range(size) if self.generators[k].core is ONE]
        keyed = []
        for monom, c, i in zip(monoms, coefficients, imaginary, strict=True):
            if flat:
                ranks = list(compress(single, monom))
            else:
                ranks = [rank_of.get((k, e), -1) for k, e in enumerate(monom) if e]
            if bare:
                ranks = [rank for rank in ranks if rank >= 0]
            if i:
                ranks.append(rank_of[-2, 0])
            ranks.sort()
            if c != 1:
                ranks.insert(0, rank_of[-1, c])
            if len(ranks) < 2 or len(ranks) == 2 and c != 1 and isinstance(value[ranks[1]], Add):
                return None
            keyed.append((len(ranks), ranks))
        keyed.sort()
        if any(a == b for a, b in zip(keyed, keyed[1:], strict=False)):
            return None
        terms = [Mul._from_args([value[rank] for rank in ranks], True) for _, ranks in keyed]
        return Add._from_args(terms, True)


def quotient(top: Factored, bottoms: Sequence[tuple[Factored, int]]) -> Expr:
    """The expression top / Π bottom^power."""
    ratio, phase = top.ratio, top.phase
    factors = [*top.factors, top.total]
    for bottom, power in bottoms:
        ratio = ratio / bottom.ratio**power
        phase -= bottom.phase * power
        factors += [Pow(factor, -power) for factor in (*bottom.factors, bottom.total)]
    return Mul(ratio, I ** (phase % 4), *factors)
