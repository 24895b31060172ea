"""Solutions whose entries are independent letters, as SymPy expressions.

    x_j = number · i^phase · Π letter^e · N_j / Π D_l

The letters that divide all terms of a polynomial, N_j or D_l, are bits of one integer (`terms`). N_j and the D_l are
coprime, so that no letter stands both above and below the line: the factors above are read off one integer and those
below off another one, both in SymPy's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import NamedTuple

from sympy import Add, Expr, I, Integer, Mul, Rational, Symbol

from derive.kernel.entries import Generic
from derive.kernel.minors import Fractions
from derive.kernel.packing import ONE, Bits, Memo, Packing, by_word, in_order, made, power
from derive.kernel.terms import Monomial, Several, Terms


class Below(NamedTuple):
    """A product of determinants as number · i^phase · common, where `factors` are those of 1/common in SymPy's order.

    `common` has a bit for every letter in it, and above those a bit for every sum.
    """

    number: int
    phase: int
    common: int
    factors: tuple[Expr, ...]


class Letters:
    """Expressions of fractions in the letters of a system; every polynomial is converted once.

    A letter that divides a polynomial does so once, and needs one bit. Only that of a reciprocal link, A_ij = A_ji, can
    occur squared, where both directions are taken; but the determinant has the term Π A_ii without any link, and a
    numerator a term that uses the links of one path, each once, and the A_ii of all other modes.

    Factors are looked up by their bits: `letters` and `others` (sums and functions) above the line, `inverses` below.
    """

    def __init__(self, generics: Generic, fractions: Fractions) -> None:
        tops: list[Terms] = [top for top, _ in fractions.values()]
        bottoms: dict[int, Terms] = {}
        for _, found in fractions.values():
            bottoms.update(found)
        layout = tops[0].layout
        bases = [generics.generators[k].primitive for k in generics.order]
        values = Memo(layout.value)
        read = {id(p): p.read(values) for p in (*tops, *bottoms.values())}
        keys = [found.keys for found in read.values() if isinstance(found, Several)]
        used = reduce(or_, [reduce(or_, found) for found in keys], 0)
        degrees = [generics.uses[k] for k in generics.order]
        packing = Packing(bases, layout.fields, degrees, used, sum(map(len, keys)))
        self.known = {
            p: found if isinstance(found, Monomial) else _written(found, packing) for p, found in read.items()
        }
        self.bottoms = {number: self.known[id(p)] for number, p in bottoms.items()}
        above = reduce(or_, [self.known[id(top)].common for top in tops])
        below = reduce(or_, [found.common for found in self.bottoms.values()])
        letters: Bits = []
        self.others: Bits = []
        self.inverses: Bits = []
        rest: Bits = []
        for base, (offset, _) in zip(bases, layout.fields, strict=True):
            bit, letter = 1 << offset, type(base) is Symbol
            if above & bit:
                (letters if letter else self.others).append((bit, base))
            if below & bit:
                (self.inverses if letter else rest).append((bit, power(base, -1)))
        self.letters = by_word(letters, len(tops))
        self.bits = (1 << layout.bits) - 1
        sums = [number for number, bottom in self.bottoms.items() if bottom.total is not ONE]
        for k, number in enumerate(sums):
            bottom, bit = self.bottoms[number], 1 << layout.bits + k
            rest.append((bit, power(bottom.total, -1)))
            self.bottoms[number] = bottom._replace(common=bottom.common | bit)
        if sums and len(rest) > 1:
            rest.sort(key=lambda one: in_order(one[1]))
        self.inverses += rest
        self.products: dict[tuple[int, ...], Below] = {}
        self.ratios: dict[tuple[int, int], Rational] = {}

    def quotient(self, top: Terms, bottoms: Mapping[int, Terms]) -> Expr:
        """The expression top / Π bottom."""
        number, phase, common, total = self.known[id(top)]
        below = self._below(tuple(bottoms))
        phase -= below.phase
        (i, a, first), (j, b, second), (k, c, third), (l, d, fourth) = self.letters
        arguments = first[common >> i & a] + second[common >> j & b] + third[common >> k & c] + fourth[common >> l & d]
        if phase & 1:
            arguments = (I, *arguments)
        others = [other for bit, other in self.others if common & bit]
        ratio = self._ratio(-number if phase & 2 else number, below.number)
        if ratio is not ONE:
            if len(others) == 1 and type(others[0]) is Add and not arguments and not below.common & self.bits:
                others = [Mul(ratio, others[0])]  # SymPy multiplies a number into a sum that stands alone
            else:
                arguments = (ratio, *arguments)
        if total is not ONE:
            others.append(total)
            others.sort(key=in_order)
        return made(Mul, arguments + below.factors + tuple(others))

    def _below(self, numbers: tuple[int, ...]) -> Below:
        """The product of these determinants, from that of all but the last where it is known, as it often is."""
        found = self.products.get(numbers)
        if found is None:
            before = self.products.get(numbers[:-1])
            number, phase, common, _ = before or (1, 0, 0, ())
            for n in numbers[-1:] if before else numbers:
                own = self.bottoms[n]
                number, phase, common = number * own.number, phase + own.phase, common + own.common
            factors = tuple([inverse for bit, inverse in self.inverses if common & bit])
            found = self.products[numbers] = Below(number, phase, common, factors)
        return found

    def _ratio(self, above: int, below: int) -> Rational:
        found = self.ratios.get((above, below))
        if found is None:
            found = self.ratios[above, below] = Rational(above, below) if above % below else Integer(above // below)
        return found


def _written(found: Several, packing: Packing) -> Monomial:
    """The polynomial with its sum as an expression."""
    content, phase, total = packing.total(found.keys, found.marks, found.values)
    return Monomial(content, found.phase + phase, found.common, total)
