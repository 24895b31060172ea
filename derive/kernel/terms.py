"""Polynomials whose generators are independent entries, as lists of integers.

In a network whose entries are independent letters every term of a minor comes from one permutation: sums never cancel,
and two permutations give the same monomial only if a reciprocal loop is run through both ways. A polynomial is then a
list of integers, one for each term: the exponents of its letters side by side, and above them its coefficient, also by
exponents, those of the few numbers that stand before entries (12 as 3 · 4), and of i. To multiply by a monomial is to
add one integer to all of the list, to add polynomials is to join lists: a chain of 20 modes, whose minors have 28 656
terms, is swept in a millisecond.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sympy import Expr

from derive.kernel.cofactors import Product
from derive.kernel.entries import Generic
from derive.kernel.packing import ONE, Coefficient

Keys = list[int]
Element = tuple[Keys, int]  # the keys of the terms, and a shift that is added to all of them


class Layout(NamedTuple):
    """Where the fields of a monomial are.

    `fields` are offset and mask of each generator's exponent, which is at most 2; `squares` are the upper bits of
    these fields and `imaginary` the lower bits of those generators that have a factor i. From the bit `bits` on come
    the exponents of `numbers`, `width` bits each, and above them all, from the bit `turns` on, the power of i.
    `repeats` tells whether a monomial may come twice.
    """

    fields: tuple[tuple[int, int], ...]
    bits: int
    squares: int
    imaginary: int
    numbers: tuple[int, ...]
    width: int
    repeats: bool

    @property
    def turns(self) -> int:
        """The place of the power of i."""
        return self.bits + len(self.numbers) * self.width

    def phase(self, monomial: int) -> int:
        """The power of i that a monomial's letters bring with them (those of `imaginary`)."""
        squares = (monomial & self.squares) >> 1
        return (monomial & self.imaginary).bit_count() + 2 * (squares & self.imaginary).bit_count()

    def value(self, mark: int, times: int = 1) -> Coefficient:
        """`times` the coefficient whose exponents are `mark`: Π numbers[k]^(field k) · i^(what is above)."""
        mask = (1 << self.width) - 1
        for number in self.numbers:
            times *= number ** (mark & mask)
            mark >>= self.width
        return Coefficient(times, mark & 3)


class Monomial(NamedTuple):
    """A polynomial as number · i^phase · common · total.

    `common` is a product of letters, their exponents side by side (`Layout`); `total` is 1 or a sum.
    """

    number: int
    phase: int
    common: int
    total: Expr = ONE


class Several(NamedTuple):
    """A polynomial of several terms as i^phase · common · sum, as integers.

    `common` and the `keys` of the terms of the sum are products of letters, exponents side by side (`Layout`). Term k
    has the coefficient `values[marks[k]]`.
    """

    phase: int
    common: int
    keys: Sequence[int]
    marks: Sequence[int]
    values: Mapping[int, Coefficient]


class Terms:
    """A polynomial: the sum of the monomials `keys`, which have no letter in common, times the monomial `shift`."""

    __slots__ = ("counted", "keys", "layout", "shift")

    def __init__(self, layout: Layout, keys: Keys, shift: int) -> None:
        self.layout, self.keys, self.shift = layout, keys, shift
        self.counted: dict[int, int] | None = None

    def counts(self) -> dict[int, int]:
        """How often each of the keys occurs, with the power of i taken modulo 4."""
        if self.counted is None:
            mask = (4 << self.layout.turns) - 1
            self.counted = Counter([key & mask for key in self.keys])
        return self.counted

    def __len__(self) -> int:
        return len(self.counts()) if self.layout.repeats else len(self.keys)

    def read(self, values: Mapping[int, Coefficient]) -> Monomial | Several:
        """The polynomial with what all terms have in common taken out; `values` is `layout.value` with a memory."""
        layout, bits = self.layout, self.layout.bits
        common = self.shift & (1 << bits) - 1
        front = self.shift >> bits
        if not layout.repeats:
            if len(self.keys) == 1:
                number, phase, _ = values[front]
                return Monomial(number, phase, common)
            turned = layout.phase(common)
            front -= turned << layout.turns - bits
            marks = [key >> bits for key in self.keys]
            return Several(turned, common, self.keys, marks, {m: values[m + front] for m in set(marks)})
        top = layout.turns - bits + 2
        counts = self.counts()
        below = (1 << top) - 1
        turned = layout.phase(common)
        front -= turned << layout.turns - bits
        marks = [(key >> bits) + (n << top) for key, n in counts.items()]
        own = {mark: layout.value((mark & below) + front, mark >> top) for mark in set(marks)}
        if len(counts) == 1:
            ((number, phase, _),) = own.values()
            return Monomial(number, phase + turned, common)
        return Several(turned, common, list(counts), marks, own)


class Lists(NamedTuple):
    """The ring of these elements, as `cofactors.Ring` asks for it.

    `letters` are the bits of all exponents, `squares` the upper ones of each field. A term times −1 = i² has a key that
    is larger by `minus`, a term times 2 one that is larger by `double`.
    """

    layout: Layout
    one: Element
    squares: int
    letters: int
    minus: int
    double: int

    def times(self, x: Element, y: Element, negative: bool = False) -> Element:
        (a, shift), (b, other) = x, y
        shift += other + self.minus if negative else other
        if len(b) == 1:
            return a, shift
        return b if len(a) == 1 else [key + other for key in a for other in b], shift

    def total(self, found: Sequence[Product]) -> Element:
        if len(found) == 1:
            return self.times(*found[0])
        _, _, squares, common, minus, _ = self
        summands: list[tuple[Keys, Keys, int]] = []
        for (a, shift), (b, other), negative in found:
            shift += other + minus if negative else other
            common &= shift | (shift & squares) >> 1
            summands.append((a, b, shift) if len(a) < len(b) else (b, a, shift))
        common -= (common & squares) >> 1
        keys: Keys = []
        for a, b, shift in summands:
            shift -= common
            if len(b) == 1:
                keys.append(shift)
            elif len(a) == 1:
                keys += [key + shift for key in b] if shift else b
            else:
                keys += [key + other for other in [key + shift for key in a] for key in b]
        return keys, common

    def common(self, shifts: Iterable[int]) -> int:
        """The product of the letters that divide all of these monomials."""
        common = self.letters
        for shift in shifts:
            common &= shift | (shift & self.squares) >> 1
        return common - ((common & self.squares) >> 1)

    def element(self, keys: Keys, shift: int) -> Element:
        """The sum of the terms `keys` times `shift`; the terms have no letter in common, unless there is only one."""
        return (keys, shift) if len(keys) > 1 else ([0], keys[0] + shift)

    def both(self, x: Element, y: Element) -> Sequence[Element]:
        """The summands of x + y for the two directions of a loop: 2x, if both have the same monomials."""
        return [(x[0], x[1] + self.double)] if x[1] == y[1] else (x, y)

    def polynomial(self, x: Element) -> Terms:
        """The element as a polynomial of this layout."""
        return Terms(self.layout, *x)


def keyed(x: Element) -> Keys:
    """The terms of an element."""
    keys, shift = x
    return [key + shift for key in keys]


def listed(generics: Generic, loops: int, repeats: bool) -> tuple[list[dict[int, Element]], Lists]:
    """The rows of a system, each of whose entries is a letter with a number in front, and their ring.

    A term has at most `loops` factors 2 from loops whose two directions are one term. `repeats` tells whether there are
    also loops whose two directions give one monomial twice.
    """
    uses, generators = generics.uses, generics.generators
    fronts = [0] * len(generators)  # an independent letter has the same number wherever it stands
    for row in generics.rows:
        for ((c, (k,)),) in row.values():
            fronts[k] = c
    offset = squares = 0
    images = [0] * len(generators)
    fields = []
    for k in reversed(generics.order):
        images[k] = 1 << offset
        if uses[k] == 1:
            fields.append((offset, 1))
            offset += 1
        else:
            fields.append((offset, 3))
            squares |= 2 << offset
            offset += 2
    fields.reverse()
    found = set(map(abs, fronts))
    if loops:
        found.add(2)
    numbers = sorted(found - {1})
    width = (len(generics.rows) + loops).bit_length()
    imaginary = sum([image for image, generator in zip(images, generators, strict=True) if generator.imaginary])
    layout = Layout(tuple(fields), offset, squares, imaginary, tuple(numbers), width, repeats)
    turns = layout.turns
    powers = {1: 0, -1: 2 << turns}
    for k, n in enumerate(numbers):
        powers[n] = 1 << offset + k * width
        powers[-n] = powers[n] + powers[-1]
    unit = [0]
    elements = [
        (unit, image + powers[c] + (generator.imaginary << turns))
        for image, c, generator in zip(images, fronts, generators, strict=True)
    ]
    rows = [{column: elements[k] for column, ((_, (k,)),) in row.items()} for row in generics.rows]
    return rows, Lists(layout, (unit, 0), squares, (1 << offset) - 1, powers[-1], powers.get(2, 0))
