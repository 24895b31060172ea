"""Sums of many terms as SymPy expressions, at the speed at which Python makes objects.

A monomial is one integer, its exponents side by side in fields. From it follows another integer with one bit for every
factor, whose descending order is SymPy's order of terms:

    number of factors (complemented) | number in front | i | letters | powers | sums and functions

Sorting a sum is then sorting integers. The integer of a term is cut into four words, each of which stands for some of
its factors; their tuples are looked up, or made when a word first occurs, and joined to the arguments of the term.
"""

from __future__ import annotations

import gc
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cmp_to_key
from math import gcd
from operator import itemgetter, neg
from typing import Any, NamedTuple

from sympy import Abs, Add, Expr, I, Integer, Matrix, Mul, Pow, Symbol, conjugate
from sympy.core.basic import Basic

in_order = cmp_to_key(Basic.compare)

ONE, TWO, MINUS_ONE = Integer(1), Integer(2), Integer(-1)
WORDS = 4  # words into which the integer of a term is cut
LEAST = 4  # factors of a word, at least
SHORT = 6  # factors of a word, at most, for which a table of all their products is made at once

Fields = Sequence[tuple[int, int]]  # offset and mask of each exponent
Power = tuple[Expr, int, int]  # base^exponent, the number of the base, the exponent
Bits = list[tuple[int, Expr]]  # the bit of each factor, the highest first


def arranged(expressions: Iterable[Expr], key: Callable[[Expr], Any] = in_order) -> list[Expr]:
    """The expressions, none of them a number, in SymPy's order; letters, which come first, without asking SymPy."""
    letters: list[tuple[tuple[Any, ...], Expr]] = []
    others: list[Expr] = []
    for e in expressions:
        if type(e) is Symbol:
            letters.append((e._hashable_content(), e))
        else:
            others.append(e)
    letters.sort(key=itemgetter(0))
    letters.sort(key=lambda one: len(one[0]))
    return [e for _, e in letters] + sorted(others, key=key)


def is_plain(e: Expr) -> bool:
    """Whether SymPy leaves products of positive powers of such expressions as they are."""
    if isinstance(e, conjugate):
        return isinstance(e.args[0], Symbol)
    if isinstance(e, Abs):
        return isinstance(e.args[0], Symbol) and e.args[0].is_extended_real is None
    return isinstance(e, Symbol | Add) and bool(e.is_commutative)


def made(kind: type[Expr], arguments: Iterable[Expr]) -> Expr:
    """A sum, product or power whose arguments are in SymPy's order already and which SymPy would leave as it is."""
    node: Expr = object.__new__(kind)
    node._assumptions = kind.default_assumptions
    node._mhash = None
    node._args = tuple(arguments)
    node.is_commutative = True
    return node


def power(base: Expr, exponent: int) -> Expr:
    """base^exponent, without asking SymPy for letters and for sums with letters, whose powers it leaves as they are."""
    if exponent == 1:
        return base
    number = TWO if exponent == 2 else MINUS_ONE if exponent == -1 else Integer(exponent)
    plain = type(base) is Symbol or is_symbolic_sum(base)
    return made(Pow, (base, number)) if plain else Pow(base, number)


def is_symbolic_sum(e: Expr) -> bool:
    """Whether it is a sum whose last term in SymPy's order, one of those with most factors, is no number."""
    if not e.is_Add:
        return False
    last = e.args[-1]
    return not (last.args[-1] if last.is_Mul else last).is_number


def filled(kind: type[Matrix], rows: int, columns: int, entries: dict[int, dict[int, Expr]]) -> Matrix:
    """The matrix with these elements, by row and column, and zeros elsewhere.

    SymPy's own constructors compare every element to zero first.
    """
    types = {type(e) for row in entries.values() for e in row.values()}
    return kind._fromrep(kind._dod_to_DomainMatrix(rows, columns, entries, types))


def vanishes(found: Matrix) -> bool:
    """Whether a matrix is zero; SymPy asks every element, also those that it does not keep."""
    return next(iter(found.iter_items()), None) is None or bool(found.is_zero_matrix)


@contextmanager
def uncollected() -> Iterator[None]:
    """Switch the search for cyclic garbage off while many objects are made of which none is garbage.

    The search would take half of the time.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class Coefficient(NamedTuple):
    """The coefficient of a term: number · i^phase · factor, where the factor is a phase e^{…} or None."""

    number: int
    phase: int
    factor: Expr | None = None


class Memo(dict[int, Any]):
    """A function of integers that remembers its values."""

    def __init__(self, function: Callable[[int], Any]) -> None:
        super().__init__()
        self.function = function

    def __missing__(self, word: int) -> Any:
        self[word] = found = self.function(word)
        return found


class Copies(NamedTuple):
    """The factors of a term as bits of its key, where no exponent exceeds 2: one bit is the base, the next its square.

    Copies of the key stand side by side, each kept by its mask and moved up by its shift, so that the bits are in the
    order of the factors.
    """

    copies: Sequence[tuple[int, int]]

    def read(self, keys: Sequence[int]) -> list[int]:
        """The factors of every term, one bit each."""
        if not self.copies:
            return [0] * len(keys)
        (a, _), *others = self.copies
        if not others:
            return [key & a for key in keys]
        (b, m), *last = others
        if not last:
            return [key & a | (key & b) << m for key in keys]
        ((c, n),) = last
        return [key & a | (key & b) << m | (key & c) << n for key in keys]


class Images(NamedTuple):
    """The factors of a term by the words of its key: place and mask of each, and the bits that it stands for."""

    words: Sequence[tuple[int, int, Memo]]

    def read(self, keys: Sequence[int]) -> list[int]:
        """The factors of every term, one bit each."""
        columns = [[image[key >> low & mask] for key in keys] for low, mask, image in self.words]
        return list(map(sum, zip(*columns, strict=True))) if columns else [0] * len(keys)


class Packing:
    """Sums of products of powers of `bases`, which are in SymPy's order.

    `fields` tells offset and mask of every exponent in a key, the first base's highest, and `degrees` bounds it;
    `used` has all bits that occur in keys, of which all sums together have `terms`. `more` are factors that terms may
    have in addition. If not `quick`, the bases are not all plain (`is_plain`), and SymPy builds the sums.
    """

    def __init__(
        self,
        bases: Sequence[Expr],
        fields: Fields,
        degrees: Sequence[int],
        used: int,
        terms: int,
        more: Sequence[Expr] = (),
        quick: bool = True,
    ) -> None:
        self.quick = quick
        groups = _powers(bases, fields, degrees, used)
        self.keys: Copies | Images
        if not more and max(degrees, default=0) <= 2:
            self.keys, bits = _copied(groups, fields)
        else:
            self.keys, bits = _imaged(groups, fields, more)
        extra = set(more)
        self.more = {factor: bit for bit, factor in bits if factor in extra} if extra else {}
        self.span = bits[0][0].bit_length() if bits else 0
        self.most = len(bits) + 3  # factors of a term, with a number and i
        self.words = by_word(bits, terms)

    def total(
        self, keys: Sequence[int], marks: Sequence[Hashable], values: Mapping[Any, Coefficient]
    ) -> tuple[int, int, Expr]:
        """The sum of the terms as (number, phase, sum) of number · i^phase · sum, where most signs of the sum are plus.

        Term k has the exponents `keys[k]` and the coefficient `values[marks[k]]`.
        """
        if not keys:
            return 0, 0, ONE
        masks = self.keys.read(keys)
        if masks == [0] and values[marks[0]].factor is None:
            number, phase, _ = values[marks[0]]
            return abs(number), phase + 2 * (number < 0), ONE
        kinds = dict.fromkeys(marks)
        content = gcd(*[values[mark].number for mark in kinds])
        first = 1
        for mark in kinds:
            first &= values[mark].phase
        turned: dict[Hashable, tuple[int, int]] = {}
        for mark in kinds:
            number, phase, _ = values[mark]
            turned[mark] = (-number if phase - first & 2 else number) // content, phase - first & 1
        minus = {mark for mark, (c, _) in turned.items() if c < 0}
        if minus and 2 * sum(map(minus.__contains__, marks)) > len(keys):
            first += 2
            turned = {mark: (-c, odd) for mark, (c, odd) in turned.items()}
        numbers = sorted({c for c, _ in turned.values()} - {1}, key=lambda c: (c != -1, c))
        width = len(numbers).bit_length()
        above = self.span + 1 + width
        fronts: dict[Hashable, int] = {}
        for mark, (c, odd) in turned.items():
            front = (odd << self.span) + (self.most - odd << above)
            if c != 1:
                front += (len(numbers) - numbers.index(c) << self.span + 1) - (1 << above)
            factor = values[mark].factor
            if factor is not None:
                front += self.more[factor] - (1 << above)
            fronts[mark] = front
        rows = [
            fronts[mark] - (mask.bit_count() << above) + mask for mark, mask in zip(marks, masks, strict=True)
        ]
        rows.sort(reverse=True)
        return content, first, self._sum(rows, numbers, (1 << width) - 1)

    def _sum(self, rows: Sequence[int], numbers: Sequence[int], mask: int) -> Expr:
        """The sum of the terms of these integers, which are in descending order."""
        (i, a, first), (j, b, second), (k, c, third), (l, d, fourth) = self.words
        new, assumptions, terms = object.__new__, Mul.default_assumptions, []
        start, span = 0, self.span
        while start < len(rows):
            top = rows[start] >> span
            number = top >> 1 & mask
            front = (Integer(numbers[-number]),) if number else ()
            if top & 1:
                front = (*front, I)
            end = bisect_right(rows, -(top << span), start, key=neg)
            for row in rows[start:end]:
                term = new(Mul)
                term._assumptions = assumptions
                term._mhash = None
                term._args = (
                    front
                    + first[row >> i & a]
                    + second[row >> j & b]
                    + third[row >> k & c]
                    + fourth[row >> l & d]
                )
                term.is_commutative = True
                terms.append(term)
            start = end
        quick = self.quick
        for place, term in enumerate(terms):
            found = term.args
            if len(found) > 2:
                break
            if len(found) < 2:
                terms[place] = found[0] if found else ONE
                quick = quick and (terms[place].is_number or type(terms[place]) in (Symbol, Pow))
            else:
                quick = quick and not (found[0].is_Number and found[1].is_Add)
        if not quick:
            return Add(*(Mul(*term.args) if term.is_Mul else term for term in terms))
        return made(Add, terms) if len(terms) > 1 else terms[0]


def _powers(
    bases: Sequence[Expr], fields: Fields, degrees: Sequence[int], used: int
) -> tuple[list[Power], list[Power], list[Power]]:
    """The powers that may occur, in SymPy's order: letters, higher powers, and other bases."""
    letters: list[Power] = []
    higher: list[Power] = []
    others: list[Power] = []
    for k, (base, (offset, mask)) in enumerate(zip(bases, fields, strict=True)):
        bits = used >> offset & mask
        if bits & 1:
            (letters if type(base) is Symbol else others).append((base, k, 1))
        for e in range(2, degrees[k] + 1 if bits > 1 else 0):
            if e | bits == bits:
                higher.append((power(base, e), k, e))
    return letters, higher, others


def _copied(groups: Sequence[Sequence[Power]], fields: Fields) -> tuple[Copies, Bits]:
    """The bits of exponents in place, the last group lowest, and every group above those behind it."""
    copies: list[tuple[int, int]] = []
    bits: Bits = []
    for group in reversed(groups):
        own = [(e << fields[k][0], factor) for factor, k, e in group]
        if own:
            below = bits[0][0].bit_length() if bits else 0
            shift = max(0, below - (own[-1][0].bit_length() - 1))
            copies.append((sum([bit for bit, _ in own]), shift))
            bits[:0] = [(bit << shift, factor) for bit, factor in own]
    return Copies(copies), bits


def _imaged(groups: Sequence[Sequence[Power]], fields: Fields, more: Sequence[Expr]) -> tuple[Images, Bits]:
    """A bit for every power and every factor in addition; images of some exponents at once are read when they occur."""
    found = [one for group in groups for one in group]
    if more:
        found += [(factor, -1, 0) for factor in more]
        found.sort(key=lambda one: in_order(one[0]))
    bits = [(1 << len(found) - 1 - rank, factor) for rank, (factor, _, _) in enumerate(found)]
    images: list[dict[int, int]] = [{0: 0} for _ in fields]
    for (bit, _), (_, k, e) in zip(bits, found, strict=True):
        if e:
            images[k][e] = bit
    words: list[tuple[int, int, Memo]] = []
    for start in range(0, len(fields), WORDS):
        some = fields[start : start + WORDS]
        low = some[-1][0]
        image = _image([(offset - low, mask, images[start + k]) for k, (offset, mask) in enumerate(some)])
        words.append((low, sum(mask << offset - low for offset, mask in some), Memo(image)))
    return Images(words), bits


def _image(fields: Sequence[tuple[int, int, Mapping[int, int]]]) -> Callable[[int], int]:
    return lambda word: sum(image[word >> offset & mask] for offset, mask, image in fields)


def by_word(bits: Bits, terms: int) -> list[tuple[int, int, dict[int, tuple[Expr, ...]]]]:
    """The words into which the bits of a term are cut: the place and the mask of each, and its tuples of factors.

    Tables of all tuples are made beforehand if they are together no larger than the number of terms.
    """
    length = max(LEAST, -(-len(bits) // WORDS))
    tabled, few = WORDS << length <= max(WORDS << LEAST, terms), terms < len(bits)
    words: list[tuple[int, int, dict[int, tuple[Expr, ...]]]] = []
    for start in range(0, len(bits), length):
        some = bits[start : start + length]
        low = some[-1][0].bit_length() - 1
        shifted = [(bit >> low, factor) for bit, factor in some]
        mask = sum([bit for bit, _ in shifted])
        found = _selections(shifted) if tabled else _chosen(shifted) if few else _remembered(shifted)
        words.append((low, mask, found))
    return words + [(0, 0, {0: ()})] * (WORDS - len(words))


def _chosen(bits: Bits) -> dict[int, tuple[Expr, ...]]:
    """The tuples of a word that few terms need, made as they occur.

    Those of a single factor, and of all but one, are made beforehand.
    """
    found = Memo(lambda word: tuple([factor for bit, factor in bits if word & bit]))
    every, mask = tuple([factor for _, factor in bits]), sum([bit for bit, _ in bits])
    for k, (bit, factor) in enumerate(bits):
        found[mask ^ bit] = every[:k] + every[k + 1 :]
        found[bit] = (factor,)
    return found


def _remembered(bits: Bits) -> dict[int, tuple[Expr, ...]]:
    """The tuples of a word, made as they occur from those of its two halves, and so on down to short ones."""
    if len(bits) <= SHORT:
        return _selections(bits)
    upper, lower = bits[: len(bits) // 2], bits[len(bits) // 2 :]
    first, second = _remembered(upper), _remembered(lower)
    a, b = sum([bit for bit, _ in upper]), sum([bit for bit, _ in lower])
    return Memo(lambda word: first[word & a] + second[word & b])


def _selections(bits: Sequence[tuple[int, Expr]]) -> dict[int, tuple[Expr, ...]]:
    """The tuples of all values of a word."""
    found: dict[int, tuple[Expr, ...]] = {0: ()}
    for bit, factor in reversed(bits):
        own = (factor,)
        for word in list(found):
            found[word | bit] = own + found[word]
    return found
