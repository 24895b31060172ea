"""Sums of many terms, written at the speed at which Python makes objects.

A polynomial in dozens of generators spends its time on tuples of exponents. Here a dozen exponents share one machine
word; every word that occurs is read once, as strings whose characters are the factors' ranks in SymPy's order. A
term's factors are the strings of its words one after the other, and the order of terms is the order of strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from operator import eq
from typing import NamedTuple

from flint import fmpz_mpoly, fmpz_mpoly_ctx
from sympy import Add, Expr, I, Integer, Mul, Pow
from sympy.core.basic import Basic

in_order = cmp_to_key(Basic.compare)

# Exponents in one word: longer words are fewer in a term, but more of them differ. Measured: 6 to 10 are alike.
TOGETHER = 8
BITS = 60  # of a word, which FLINT keeps in a register
UNIT = chr(0)  # the rank of i, which stands before all letters


class Word(NamedTuple):
    """Some factors of a term, by rank: those that stand before powers in SymPy's order, powers, those after."""

    before: str
    powers: str
    after: str
    phase: int


class Packing:
    """Polynomials whose generators are letters, sums, conjugates or moduli, with their powers ranked once.

    `cores` are the generators without their factor i, which `imaginary` tells; a core of None is i itself. `degrees`
    bounds the exponents.
    """

    def __init__(
        self, cores: Sequence[Expr | None], imaginary: Sequence[bool], degrees: Sequence[int]
    ) -> None:
        powers = [
            (Pow(core, e), k, e)
            for k, core in enumerate(cores)
            if core is not None
            for e in range(1, degrees[k] + 1)
        ]
        powers.sort(key=lambda found: in_order(found[0]))
        self.factor: dict[str, Expr] = {UNIT: I} | {chr(r): e for r, (e, _, _) in enumerate(powers, start=1)}
        rank = {(k, e): chr(r) for r, (_, k, e) in enumerate(powers, start=1)}
        raised = [r for (_, e), r in rank.items() if e > 1] or [chr(len(powers) + 1)]
        between = min(raised), max(raised)
        order = sorted(range(len(cores)), key=lambda k: rank.get((k, 1), UNIT))
        bits = max(degrees, default=0).bit_length() or 1
        together = max(1, min(TOGETHER, BITS // bits))
        groups = [order[k : k + together] for k in range(0, len(order), together)]
        single = [r for (_, e), r in rank.items() if e == 1]
        self.parts = [
            k
            for k, found in enumerate(
                (True, max(raised) in self.factor, max(single, default="") > between[1])
            )
            if found
        ]
        self.phased = any(imaginary)
        self.words = [_Words([(rank, k, imaginary[k]) for k in group], bits, between) for group in groups]
        self.context = fmpz_mpoly_ctx.get([f"w{k}" for k in range(len(groups))], "lex")
        images: dict[int, fmpz_mpoly] = {}
        for word, group in zip(self.context.gens(), groups, strict=True):
            images.update((k, word ** (1 << bits * place)) for place, k in enumerate(group))
        self.images = [images[k] for k in range(len(cores))]

    def pack(self, polynomial: fmpz_mpoly) -> fmpz_mpoly:
        """The same polynomial in words."""
        return polynomial.compose(*self.images, ctx=self.context)

    def read(self, packed: fmpz_mpoly) -> tuple[list[str], list[int]]:
        """The factors of every term as ranks in ascending order, and its power of i."""
        columns = [
            list(map(table.__getitem__, column))
            for table, column in zip(self.words, zip(*packed.monoms(), strict=True), strict=True)
        ]
        parts = [[word[part] for word in column] for part in self.parts for column in columns]
        keys = list(map("".join, zip(*parts, strict=True)))
        if not self.phased:
            return keys, []
        return keys, list(
            map(sum, zip(*([word.phase for word in column] for column in columns), strict=True))
        )

    def sum(self, keys: Sequence[str], coefficients: Sequence[int], imaginary: Sequence[int]) -> Expr | None:
        """The sum of the terms in SymPy's order; None if SymPy would rewrite one of them."""
        if imaginary:
            keys = [UNIT + key if odd else key for key, odd in zip(keys, imaginary, strict=True)]
        numbers = sorted(set(coefficients) - {1}, key=lambda c: in_order(Integer(c)))
        ranks = {c: r for r, c in enumerate(numbers)} | {1: len(numbers)}
        prefix: list[tuple[Expr, ...]] = [*((Integer(c),) for c in numbers), ()]
        factor = self.factor
        if any(len(key) == 1 and factor[key].is_Add for key in keys):
            return None
        rows = sorted((len(key) + (c != 1), ranks[c], key) for key, c in zip(keys, coefficients, strict=True))
        if rows[0][0] < 2 or any(map(eq, rows, rows[1:])):
            return None
        return made(Add, [made(Mul, [*prefix[rank], *map(factor.__getitem__, key)]) for _, rank, key in rows])


def made(kind: type[Add] | type[Mul] | type[Pow], arguments: Sequence[Expr]) -> Expr:
    """A sum, product or power of arguments that are in SymPy's order and meet none of its rules."""
    made: Expr = Basic.__new__(kind, *arguments)
    made.is_commutative = True
    return made


class _Words(dict[int, Word]):
    """The words of some generators, each read when it is first met."""

    def __init__(
        self,
        generators: Sequence[tuple[dict[tuple[int, int], str], int, bool]],
        bits: int,
        between: tuple[str, str],
    ) -> None:
        super().__init__()
        self.generators, self.bits, self.between = generators, bits, between

    def __missing__(self, word: int) -> Word:
        first, last = self.between
        before, powers, after, phase = "", "", "", 0
        rest, mask = word, (1 << self.bits) - 1
        for rank, k, imaginary in self.generators:
            exponent, rest = rest & mask, rest >> self.bits
            if exponent:
                phase += exponent * imaginary
                found = rank.get((k, exponent), "")  # none for i itself
                if found < first:
                    before += found
                elif found > last:
                    after += found
                else:
                    powers += found
        self[word] = Word(before, powers, after, phase & 3)
        return self[word]
