"""From polynomials in generic entries back to expressions in the parameters, bottom-up.

SymPy orders arguments by comparing expressions and hashes every sum that it sees; for answers of 10⁴ terms
that takes longer than solving. Here the few different factors are sorted once and the terms by integers;
tests hold the result to what SymPy would have built.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import compress
from math import lcm
from operator import getitem, mul
from typing import NamedTuple

from flint import fmpz_mpoly, fmpz_mpoly_ctx
from sympy import Abs, Add, Expr, I, Integer, Mul, Pow, Symbol, conjugate, exp

from derive.kernel.entries import ONE, Generator
from derive.kernel.packing import Packing, in_order

SHORT = 8  # terms of a polynomial that is put together product by product


class Factored(NamedTuple):
    """ratio · i^phase · Π factors · total, where `total` is 1 or a sum without a common factor."""

    ratio: Integer
    phase: int
    factors: tuple[Expr, ...]
    total: Expr


class Assembler:
    """Expressions of some polynomials in `generators`; the same polynomial is converted once."""

    def __init__(self, generators: Sequence[Generator], polynomials: Sequence[fmpz_mpoly]) -> None:
        self.generators = tuple(generators)
        self.images: list[fmpz_mpoly] = []
        self.context: fmpz_mpoly_ctx | None = None
        self.waves: list[Expr] = []
        self.refined: dict[int, tuple[fmpz_mpoly, fmpz_mpoly]] = {}
        self.simple = 0
        split = [_atoms(generator.core) for generator in generators]
        self.plain = all(
            _is_plain(atom) and power > 0 or _is_wave(atom) for atoms in split for atom, power in atoms
        )
        if self.plain and not all(
            len(atoms) == 1 and atoms[0] == (g.core, 1) and not _is_wave(g.core) or g.core is ONE
            for atoms, g in zip(split, generators, strict=True)
        ):
            self._refine(split)
        imaginary = (k for k, generator in enumerate(self.generators) if generator.imaginary)
        self.split = next(imaginary, len(self.generators))
        self.bare = any(generator.core is ONE for generator in self.generators)
        self.done: dict[int, tuple[fmpz_mpoly, Factored]] = {}
        self.packing: Packing | None = None
        if self.plain and not self.waves and polynomials:
            self._pack(polynomials)

    def _pack(self, polynomials: Sequence[fmpz_mpoly]) -> None:
        """Prepare for the quick way, which needs to know all exponents."""
        degrees = [max(found) for found in zip(*(self._image(p).degrees() for p in polynomials), strict=True)]
        cores = [None if generator.core is ONE else generator.core for generator in self.generators]
        if all(core is None for core in cores):
            return  # numbers have no words
        self.packing = Packing(cores, [generator.imaginary for generator in self.generators], degrees)

    def _refine(self, split: Sequence[Sequence[tuple[Expr, int]]]) -> None:
        """Replace generators that are products by their factors, phases e^{±z} by one letter each, and i."""
        atoms = sorted({atom for found in split for atom, _ in found}, key=in_order)
        simple = [atom for atom in atoms if not _is_wave(atom)]
        shares: dict[Expr, int] = {}
        for atom in atoms:
            if _is_wave(atom):
                ratio, rest = atom.args[0].as_coeff_Mul(rational=True)
                shares[rest] = lcm(shares.get(rest, 1), int(ratio.q))
        self.simple = len(simple)
        self.waves = [rest / share for rest, share in shares.items()]
        size = self.simple + 2 * len(self.waves)
        self.context = fmpz_mpoly_ctx.get([f"f{k}" for k in range(size)] + ["i"], "lex")
        gens = self.context.gens()
        image_of = {atom: gens[k] for k, atom in enumerate(simple)}
        for k, (rest, share) in enumerate(shares.items()):
            for atom in atoms:
                if _is_wave(atom) and atom.args[0].as_coeff_Mul(rational=True)[1] == rest:
                    times = int(atom.args[0].as_coeff_Mul(rational=True)[0] * share)
                    image_of[atom] = gens[self.simple + 2 * k + (times < 0)] ** abs(times)
        for generator, found in zip(self.generators, split, strict=True):
            image = gens[-1] if generator.imaginary else self.context.constant(1)
            for atom, power in found:
                image = image * image_of[atom] ** power
            self.images.append(image)
        phases = [Generator(exp(sign * wave), False) for wave in self.waves for sign in (1, -1)]
        self.generators = (*(Generator(atom, False) for atom in simple), *phases, Generator(ONE, True))

    def _merged(
        self, monoms: Sequence[Sequence[int]], coefficients: Sequence[int]
    ) -> tuple[list[tuple[int, ...]], list[int], list[int], list[Expr]]:
        """The terms with i² = −1 and e^{z}e^{−z} = 1, and for each the position of its phase factor."""
        simple, none = self.simple, (0,) * (2 * len(self.waves))
        merged: dict[tuple[tuple[int, ...], tuple[int, ...], int], int] = {}
        for monom, c in zip(monoms, coefficients, strict=True):
            net = tuple(p - q for p, q in zip(monom[simple:-1:2], monom[simple + 1 : -1 : 2], strict=True))
            key = tuple(monom[:simple]), net, monom[-1] & 1
            merged[key] = merged.get(key, 0) + (-c if monom[-1] & 2 else c)
        merged = {key: c for key, c in merged.items() if c}
        number = {(0,) * len(self.waves): 0}
        for _, net, _ in merged:
            number.setdefault(net, len(number))
        phases = [exp(Add(*(n * wave for n, wave in zip(net, self.waves, strict=True)))) for net in number]
        kept = [(*powers, *none, unit) for powers, _, unit in merged]
        return kept, list(merged.values()), [number[net] for _, net, _ in merged], phases

    def __call__(self, polynomial: fmpz_mpoly) -> Factored:
        if id(polynomial) not in self.done:
            self.done[id(polynomial)] = polynomial, self._factored(polynomial)
        return self.done[id(polynomial)][1]

    def _factored(self, polynomial: fmpz_mpoly) -> Factored:
        polynomial = self._image(polynomial)
        if not polynomial:
            return Factored(Integer(0), 0, (), ONE)
        common = polynomial.term_content()
        exponents = common.monoms()[0]
        factors = tuple(
            self._power(k, e) for k, e in enumerate(exponents) if e and self.generators[k].core is not ONE
        )
        rest = polynomial / common
        total, phase = (ONE, 0) if rest.is_one() else self._sum(rest)
        phase = (phase + sum(exponents[self.split :])) & 3
        return Factored(Integer(int(common.coeffs()[0])), phase, factors, total)

    def _image(self, polynomial: fmpz_mpoly) -> fmpz_mpoly:
        """The polynomial in the refined generators, each once.

        `compose` looks at all generators, of which second moments have hundreds, also for a short polynomial.
        """
        if self.context is None:
            return polynomial
        if id(polynomial) not in self.refined:
            if len(polynomial) > SHORT:
                image = polynomial.compose(*self.images, ctx=self.context)
            else:
                image = self.context.constant(0)
                for monom, c in polynomial.terms():
                    powers = (self.images[k] ** int(e) for k, e in enumerate(monom) if e)
                    image = image + reduce(mul, powers, self.context.constant(int(c)))
            self.refined[id(polynomial)] = polynomial, image
        return self.refined[id(polynomial)][1]

    def _power(self, k: int, exponent: int) -> Expr:
        return Pow(self.generators[k].core, exponent)

    def _sum(self, polynomial: fmpz_mpoly) -> tuple[Expr, int]:
        """The sum of the terms divided by i^phase, with the phase for which most signs are plus."""
        if self.packing is not None:
            packed = self.packing.pack(polynomial)
            keys, phases = self.packing.read(packed)
            first, coefficients, imaginary = _turned(phases, list(map(int, packed.coeffs())))
            total = self.packing.sum(keys, coefficients, imaginary)
            if total is not None:
                return total, first
        monoms, coefficients = polynomial.monoms(), list(map(int, polynomial.coeffs()))
        waves: Sequence[int] = ()
        phase_factors: Sequence[Expr] = ()
        if self.waves:
            monoms, coefficients, waves, phase_factors = self._merged(monoms, coefficients)
            if not monoms:
                return Integer(0), 0
        first, coefficients, imaginary = _turned(
            [sum(monom[self.split :]) & 3 for monom in monoms] if self.split < len(self.generators) else (),
            coefficients,
        )
        degrees = polynomial.degrees()
        if self.plain and self.waves:
            total = self._ordered(monoms, coefficients, imaginary, degrees, waves, phase_factors)
            if total is not None:
                return total, first
        powers = [
            [self._power(k, e) for e in range(degree + 1)] if degree else () for k, degree in enumerate(degrees)
        ]
        terms = [
            Mul(c, *map(getitem, compress(powers, monom), filter(None, monom)))
            for monom, c in zip(monoms, coefficients, strict=True)
        ]
        if imaginary:
            terms = [I * term if odd else term for term, odd in zip(terms, imaginary, strict=True)]
        if waves:
            terms = [term * phase_factors[wave] for term, wave in zip(terms, waves, strict=True)]
        return Add(*terms), first

    def _ordered(
        self,
        monoms: Sequence[Sequence[int]],
        coefficients: Sequence[int],
        imaginary: Sequence[int],
        degrees: Sequence[int],
        waves: Sequence[int],
        phase_factors: Sequence[Expr],
    ) -> Expr | None:
        """The sum with terms and factors in SymPy's order; None if SymPy would rewrite one of its terms."""
        factors: list[tuple[Expr, int, int]] = [
            (self._power(k, e), k, e)
            for k, degree in enumerate(degrees)
            if self.generators[k].core is not ONE
            for e in range(1, degree + 1)
        ]
        numbers = [(Integer(c), -1, c) for c in sorted(set(coefficients)) if c != 1]
        phases = [(factor, -3, wave) for wave, factor in enumerate(phase_factors) if wave]
        ranked = sorted([*factors, *numbers, *phases, (I, -2, 0)], key=lambda found: in_order(found[0]))
        values = [value for value, _, _ in ranked]
        ranks = [[-1] * (degree + 1) for degree in degrees]
        number_ranks: dict[int, int] = {}
        phase_ranks = [-1] * len(phase_factors)
        unit = -1
        for rank, (_, k, e) in enumerate(ranked):
            if k >= 0:
                ranks[k][e] = rank
            elif k == -1:
                number_ranks[e] = rank
            elif k == -3:
                phase_ranks[e] = rank
            else:
                unit = rank
        keyed = [sorted(map(getitem, compress(ranks, monom), filter(None, monom))) for monom in monoms]
        if self.bare:
            keyed = [[rank for rank in found if rank >= 0] for found in keyed]
        if imaginary:
            keyed = [
                sorted((*found, unit)) if odd else found for found, odd in zip(keyed, imaginary, strict=True)
            ]
        if waves:
            keyed = [
                sorted((*found, phase_ranks[wave])) if wave else found
                for found, wave in zip(keyed, waves, strict=True)
            ]
        if any(len(found) == 1 and isinstance(values[found[0]], Add) for found in keyed):
            return None
        if number_ranks:
            keyed = [
                found if c == 1 else [number_ranks[c], *found]
                for found, c in zip(keyed, coefficients, strict=True)
            ]
        if min(map(len, keyed)) < 2:
            return None
        keyed.sort()
        keyed.sort(key=len)
        if any(map(list.__eq__, keyed, keyed[1:])):
            return None
        return Add._from_args(
            [Mul._from_args([values[rank] for rank in found], True) for found in keyed], True
        )


def _turned(phases: Sequence[int], coefficients: list[int]) -> tuple[int, list[int], Sequence[int]]:
    """Terms c i^phase divided by i^first: `first`, the new c, and which terms keep an i (nothing if none does)."""
    first = 0
    imaginary: Sequence[int] = ()
    if phases:
        odd = [phase & 1 for phase in phases]
        first = int(all(odd))
        coefficients = [-c if (phase - first) & 2 else c for c, phase in zip(coefficients, phases, strict=True)]
        if not first and any(odd):
            imaginary = odd
    if 2 * sum(c < 0 for c in coefficients) > len(coefficients):
        first, coefficients = first + 2, [-c for c in coefficients]
    return first, coefficients, imaginary


def _atoms(core: Expr) -> tuple[tuple[Expr, int], ...]:
    """The core as a product of powers."""
    if core is ONE:
        return ()
    pairs = [
        factor.as_base_exp() if isinstance(factor, Pow) else (factor, ONE) for factor in Mul.make_args(core)
    ]
    return tuple((base, int(power)) if power.is_Integer else (base**power, 1) for base, power in pairs)


def _is_wave(atom: Expr) -> bool:
    return isinstance(atom, exp) and bool(atom.free_symbols)


def _is_plain(atom: Expr) -> bool:
    """Whether no product of positive powers of such atoms meets a rewriting rule of SymPy."""
    if isinstance(atom, conjugate):
        return isinstance(atom.args[0], Symbol)
    if isinstance(atom, Abs):
        return isinstance(atom.args[0], Symbol) and atom.args[0].is_extended_real is None
    return isinstance(atom, Symbol | Add) and bool(atom.is_commutative)


def quotient(top: Factored, bottoms: Sequence[tuple[Factored, int]]) -> Expr:
    """The expression top / Π bottom^power; 0 where the generic terms of the top cancel in the actual factors.

    Only its small factors are given to `Mul`; the sums, which have nothing in common, are put in their
    places.
    """
    ratio, phase = top.ratio, top.phase
    if ratio == 0:
        return Integer(0)
    factors = list(top.factors)
    sums: list[Expr] = [] if top.total is ONE else [top.total]
    for bottom, power in bottoms:
        ratio = ratio / bottom.ratio**power
        phase -= bottom.phase * power
        factors += [Pow(factor, -power) for factor in bottom.factors]
        if bottom.total is not ONE:
            sums.append(_reciprocal(bottom.total, power))
    head = Mul(ratio, I ** (phase % 4), *factors)
    if (
        not sums
        or head.is_Number
        and len(sums) == 1
        or not all(s.is_Add or s.is_Pow and s.base.is_Add for s in sums)
    ):
        return Mul(head, *sums)
    number, rest = head.as_coeff_Mul()
    arguments = sorted([*(Mul.make_args(rest) if rest is not ONE else ()), *sums], key=in_order)
    return Mul._from_args([*(() if number is ONE else (number,)), *arguments], True)


def _reciprocal(total: Expr, power: int) -> Expr:
    """total^(−power), without hashing the sum."""
    if not total.is_Add or total.is_number:
        return Pow(total, -power)
    reciprocal = Expr.__new__(Pow, total, Integer(-power))
    reciprocal.is_commutative = True
    return reciprocal
