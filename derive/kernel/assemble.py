"""From polynomials in generic entries back to expressions in the parameters.

SymPy orders arguments by comparing expressions and hashes every sum that it sees; for answers of 10⁴ terms that takes
longer than solving. Here the few different factors are sorted once and the terms as integers (`packing`); tests hold
the result to what SymPy would have built.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import reduce
from math import lcm
from operator import mul, or_
from typing import Any, NamedTuple

from flint import fmpz_mpoly, fmpz_mpoly_ctx
from sympy import Add, Expr, I, Integer, Mul, Pow, Rational, Symbol, exp

from derive.kernel.entries import Generator, Generic
from derive.kernel.gaussian import gaussian, in_parts
from derive.kernel.minors import Fractions
from derive.kernel.packing import (
    ONE,
    Coefficient,
    Packing,
    arranged,
    in_order,
    is_plain,
    is_symbolic_sum,
    made,
    power,
)

SHORT = 8  # terms of a polynomial that is put together product by product


class Factored(NamedTuple):
    """ratio · i^phase · Π base^exponent · total: bases by number; `total` is 1 or a sum without a common factor."""

    ratio: int
    phase: int
    factors: tuple[tuple[int, int], ...]
    total: Expr


class _Quotient(NamedTuple):
    """ratio · i^phase · Π base^exponent · Π sum^exponent: bases by number, and a phase of 0 or 1."""

    ratio: Rational
    phase: int
    exponents: dict[int, int]
    sums: list[tuple[Expr, int]]


class _Read(NamedTuple):
    """A common factor ratio · i^phase · Π base^exponent, and the terms without it as `Packing` takes them."""

    ratio: int
    phase: int
    factors: tuple[tuple[int, int], ...]
    keys: Sequence[int]
    marks: Sequence[Hashable]
    values: Mapping[Any, Coefficient]


class Assembler:
    """Expressions of fractions in the generators of a system; every polynomial is converted once."""

    def __init__(self, generics: Generic, fractions: Fractions) -> None:
        polynomials = {id(p): p for top, bottoms in fractions.values() for p in (top, *bottoms.values())}
        refined = Refined(generics.generators)
        images = [refined.image(polynomial) for polynomial in polynomials.values()]
        reader = _Reader(refined, images)
        read = [reader.read(image) for image in images]
        self.bases = [*reader.bases, *(exp(sign * wave) for wave in refined.waves for sign in (1, -1))]
        self.simple = [is_plain(base) for base in self.bases]
        self.gaussian = {k for k, base in enumerate(self.bases) if gaussian(base)}
        self.powers: dict[tuple[int, int], Expr] = {}
        found = {value.factor for one in read for value in one.values.values()}
        more = sorted((e for e in found if e is not None), key=in_order)
        used = reduce(or_, (key for found in read for key in found.keys), 0)
        terms = sum(len(found.keys) for found in read)
        packing = Packing(reader.bases, reader.fields, reader.degrees, used, terms, more, refined.quick)
        self.done: dict[int, Factored] = {}
        for name, (ratio, phase, factors, keys, marks, values) in zip(polynomials, read, strict=True):
            content, first, total = packing.total(keys, marks, values)
            self.done[name] = Factored(ratio * content, phase + first, factors, total)

    def quotient(self, top: fmpz_mpoly, bottoms: Mapping[int, fmpz_mpoly]) -> Expr:
        """The expression top / Π bottom; 0 where the generic terms of the top cancel in the actual factors.

        `Mul` is asked only about factors that it might rewrite; letters, and the sums, which have nothing in common,
        are put in their places.
        """
        if not self.done[id(top)].ratio:
            return Integer(0)
        ratio, phase, exponents, sums = self._collected(top, bottoms)
        numbers = [(total, e) for total, e in sums if gaussian(total)]
        numbers += [(self.bases[base], exponents.pop(base)) for base in self.gaussian & exponents.keys()]
        if numbers:
            sums = [(total, e) for total, e in sums if not gaussian(total)]
            ratio, phase, number = in_parts(Mul(*(Pow(base, e) for base, e in numbers), ratio, I**phase))
            sums += [(number, 1)] if number is not ONE else []
        letters: list[Expr] = [I] if phase else []
        powers: list[Expr] = []
        others: list[Expr] = []
        quick = all(self.simple[base] for base in exponents)
        if quick:
            for base in sorted(exponents):
                e = exponents[base]
                if e == 1:
                    factor = self.bases[base]
                    (letters if type(factor) is Symbol else others).append(factor)
                elif e:
                    powers.append(self.power(base, e))
        if not quick or len(others) == 1 and not letters and not powers:
            head = Mul(ratio, I**phase, *(self.bases[base] ** e for base, e in exponents.items()))
            ratio, rest = head.as_coeff_Mul()
            letters, powers, others = [], [], list(Mul.make_args(rest) if rest is not ONE else ())
        alone = len(sums) == 1 and not letters and not powers and not others and ratio is not ONE
        if alone or not all(is_symbolic_sum(total) for total, _ in sums):
            return Mul(ratio, *letters, *powers, *others, *(Pow(total, e) for total, e in sums))
        for total, e in sums:
            if e == 1:
                insort(others, total, key=in_order)
            else:
                insort(powers, power(total, e), key=in_order)
        arguments = [*letters, *powers, *others]
        if not quick:
            arguments.sort(key=in_order)
        if ratio is not ONE or not arguments:
            arguments.insert(0, ratio)
        return made(Mul, arguments) if len(arguments) > 1 else arguments[0]

    def _collected(self, top: fmpz_mpoly, bottoms: Mapping[int, fmpz_mpoly]) -> _Quotient:
        """The factors of top / Π bottom, those of equal determinants counted."""
        number, phase, factors, total = self.done[id(top)]
        below, exponents = 1, dict(factors)
        sums: list[tuple[Expr, int]] = [] if total is ONE else [(total, 1)]
        for polynomial, times in _counted(bottoms.values()):
            bottom = self.done[id(polynomial)]
            below *= bottom.ratio**times
            phase -= bottom.phase * times
            for base, e in bottom.factors:
                exponents[base] = exponents.get(base, 0) - e * times
            if bottom.total is not ONE:
                sums.append((bottom.total, -times))
        return _Quotient(Rational(-number if phase & 2 else number, below), phase & 1, exponents, sums)

    def power(self, base: int, exponent: int) -> Expr:
        """bases[base]^exponent, made once."""
        found = self.powers.get((base, exponent))
        if found is None:
            found = self.powers[base, exponent] = power(self.bases[base], exponent)
        return found


def _counted(polynomials: Iterable[fmpz_mpoly]) -> list[tuple[fmpz_mpoly, int]]:
    """The different polynomials, and how often each comes; FLINT's have no hash, so that they are compared in pairs."""
    found: list[tuple[fmpz_mpoly, int]] = []
    for polynomial in polynomials:
        same = next((k for k, (p, _) in enumerate(found) if p is polynomial or p == polynomial), None)
        if same is None:
            found.append((polynomial, 1))
        else:
            found[same] = (found[same][0], found[same][1] + 1)
    return found


class Refined:
    """Polynomials in generators that are products, as polynomials in the factors of these.

    The new generators are the factors, i, and for every one of the `waves` z_1, z_2, … the two phases e^{z_k} and
    e^{−z_k}, of which all phases are products. Without a `context` nothing had to be taken apart.
    """

    def __init__(self, generators: Sequence[Generator]) -> None:
        self.generators = tuple(generators)
        self.context: fmpz_mpoly_ctx | None = None
        self.images: list[fmpz_mpoly] = []
        self.waves: list[Expr] = []
        split = [_atoms(generator.primitive) for generator in generators]
        self.quick = all(is_plain(atom) and n > 0 or _is_wave(atom) for atoms in split for atom, n in atoms)
        if self.quick and any(
            atoms != ((g.primitive, 1),) and g.primitive is not ONE or _is_wave(g.primitive)
            for atoms, g in zip(split, generators, strict=True)
        ):
            self._refine(split)

    def _refine(self, split: Sequence[Sequence[tuple[Expr, int]]]) -> None:
        atoms = arranged({atom: None for found in split for atom, _ in found})
        numbers = [atom for atom in atoms if gaussian(atom) and all(part.is_Integer for part in atom.as_real_imag())]
        simple = [atom for atom in atoms if not _is_wave(atom) and atom not in numbers]
        shares: dict[Expr, int] = {}
        for atom in atoms:
            if _is_wave(atom):
                ratio, rest = atom.args[0].as_coeff_Mul(rational=True)
                shares[rest] = lcm(shares.get(rest, 1), int(ratio.q))
        self.waves = [rest / share for rest, share in shares.items()]
        size = len(simple) + 2 * len(self.waves)
        self.context = fmpz_mpoly_ctx.get([f"f{k}" for k in range(size)] + ["i"], "lex")
        gens = self.context.gens()
        image_of = {atom: gens[k] for k, atom in enumerate(simple)}
        for atom in numbers:
            real, imaginary = atom.as_real_imag()
            image_of[atom] = int(real) + int(imaginary) * gens[-1]
        for k, (rest, share) in enumerate(shares.items()):
            for atom in atoms:
                if _is_wave(atom) and atom.args[0].as_coeff_Mul(rational=True)[1] == rest:
                    times = int(atom.args[0].as_coeff_Mul(rational=True)[0] * share)
                    image_of[atom] = gens[len(simple) + 2 * k + (times < 0)] ** abs(times)
        for generator, found in zip(self.generators, split, strict=True):
            image = gens[-1] if generator.imaginary else self.context.constant(1)
            for atom, n in found:
                image = image * image_of[atom] ** n
            self.images.append(image)
        phases = [Generator(exp(sign * wave), False) for wave in self.waves for sign in (1, -1)]
        self.generators = (*(Generator(atom, False) for atom in simple), *phases, Generator(ONE, True))

    def image(self, polynomial: fmpz_mpoly) -> fmpz_mpoly:
        """The polynomial in the refined generators.

        `compose` looks at all generators, of which second moments have hundreds, also for a short polynomial.
        """
        if self.context is None:
            return polynomial
        if len(polynomial) > SHORT:
            return polynomial.compose(*self.images, ctx=self.context)
        image = self.context.constant(0)
        for monom, c in polynomial.terms():
            powers = (self.images[k] ** int(e) for k, e in enumerate(monom) if e)
            image = image + reduce(mul, powers, self.context.constant(int(c)))
        return image


class _Reader:
    """Polynomials of FLINT as packed terms, with i² = −1 and e^{z}e^{−z} = 1."""

    def __init__(self, refined: Refined, polynomials: Sequence[fmpz_mpoly]) -> None:
        self.generators, self.waves = refined.generators, refined.waves
        degrees = [max(map(int, found)) for found in zip(*(p.degrees() for p in polynomials), strict=True)]
        first = len(self.generators) - 1 - 2 * len(self.waves) if self.waves else len(self.generators)
        number = {g.primitive: k for k, g in enumerate(self.generators[:first]) if g.primitive is not ONE}
        self.bases = arranged(number)
        self.places = {number[base]: place for place, base in enumerate(self.bases)}
        self.places |= {k: k - first + len(self.bases) for k in range(first, first + 2 * len(self.waves))}
        self.merges = refined.context is not None or any(g.primitive is ONE for g in self.generators)
        self.images = [0] * len(self.generators)
        place = 0
        offsets: dict[int, tuple[int, int]] = {}
        for k in (
            *(number[base] for base in reversed(self.bases)),
            *range(first, first + 2 * len(self.waves)),
        ):
            width = max(1, degrees[k].bit_length())
            offsets[k], self.images[k], place = (place, (1 << width) - 1), 1 << place, place + width
        self.degrees = [degrees[number[base]] for base in self.bases]
        self.fields = [offsets[number[base]] for base in self.bases]
        self.phases = [offsets[k] for k in range(first, first + 2 * len(self.waves))]
        self.bits = self.phases[0][0] if self.phases else place
        self.turns = place
        for k, generator in enumerate(self.generators):
            self.images[k] += generator.imaginary << place
        self.context = fmpz_mpoly_ctx.get(["w"], "lex")
        (gen,) = self.context.gens()
        self.powers = [gen**image for image in self.images]

    def read(self, polynomial: fmpz_mpoly) -> _Read:
        """The terms of a polynomial; those that i² = −1 and e^{z}e^{−z} = 1 make equal are added up."""
        if not polynomial:
            return _Read(0, 0, (), [], [], {})
        common = polynomial.term_content()
        rest = polynomial / common
        exponents = [(k, int(e)) for k, e in enumerate(common.monoms()[0]) if e]
        phase = sum(e for k, e in exponents if self.generators[k].imaginary)
        factors = tuple(sorted((self.places[k], e) for k, e in exponents if k in self.places))
        if len(rest) > SHORT:
            packed = rest.compose(*self.powers, ctx=self.context)
            keys = [int(key) for (key,) in packed.monoms()]
            numbers = [int(c) for c in packed.coeffs()]
        else:
            keys = [sum(i * int(e) for i, e in zip(self.images, m, strict=True) if e) for m in rest.monoms()]
            numbers = [int(c) for c in rest.coeffs()]
        heads = [key >> self.bits << self.bits for key in keys]
        if not self.merges:
            marks = list(zip(heads, numbers, strict=True))
            values = {(head, c): Coefficient(c, head >> self.turns) for head, c in set(marks)}
            return _Read(int(common.coeffs()[0]), phase, factors, keys, marks, values)
        meaning = {head: self._meaning(head) for head in set(heads)}
        merged: dict[tuple[int, tuple[int, tuple[int, ...]]], int] = {}
        for key, head, c in zip(keys, heads, numbers, strict=True):
            turns, net = meaning[head]
            term = key - head, (turns & 1, net)
            merged[term] = merged.get(term, 0) + (-c if turns & 2 else c)
        merged = {term: c for term, c in merged.items() if c}
        kinds = [(head, c) for (_, head), c in merged.items()]
        meant = {(head, c): Coefficient(c, head[0], self._wave(head[1])) for head, c in set(kinds)}
        return _Read(int(common.coeffs()[0]), phase, factors, [key for key, _ in merged], kinds, meant)

    def _meaning(self, head: int) -> tuple[int, tuple[int, ...]]:
        """The powers of i and of each e^{z} in a term, from the part of its key above its letters."""
        exponents = [head >> place & mask for place, mask in self.phases]
        net = tuple(p - q for p, q in zip(exponents[::2], exponents[1::2], strict=True))
        return head >> self.turns, net

    def _wave(self, net: Sequence[int]) -> Expr | None:
        """e^{Σ n z}; None for 1."""
        if not any(net):
            return None
        return exp(Add(*(n * wave for n, wave in zip(net, self.waves, strict=True))))


def _atoms(primitive: Expr) -> tuple[tuple[Expr, int], ...]:
    """A primitive part as a product of powers."""
    if primitive is ONE:
        return ()
    pairs = [
        factor.as_base_exp() if isinstance(factor, Pow) else (factor, ONE) for factor in Mul.make_args(primitive)
    ]
    return tuple((base, int(n)) if n.is_Integer else (base**n, 1) for base, n in pairs)


def _is_wave(atom: Expr) -> bool:
    """Whether it is e^{z} with letters in z."""
    return isinstance(atom, exp) and bool(atom.free_symbols)
