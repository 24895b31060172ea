"""Products and sums of letters, exactly as SymPy would build them, in a fraction of its time.

Rational numbers, i, symbols, their conjugates and whole powers, and sums meet few of SymPy's rules: powers of equal
factors are counted, coefficients added up as pairs of integers, and arguments sorted. SymPy is asked for anything
else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd
from types import MappingProxyType

from sympy import Add, Expr, I, Integer, Mul, Pow, Rational, Symbol, conjugate
from sympy.core.basic import Basic, ordering_of_classes

from derive.kernel.gaussian import gathered
from derive.kernel.packing import ONE, made, power

Rest = tuple[Expr, ...]  # the factors of a term, without its number, in SymPy's order
Linear = dict[Rest, tuple[int, int]]  # a sum: the number of each term, as numerator and denominator

RANKS = MappingProxyType({name: rank for rank, name in enumerate(ordering_of_classes)})


class Order(dict[Basic, tuple[object, ...]]):
    """Keys that sort expressions as `Basic.compare` does, each made once."""

    def __missing__(self, e: Basic) -> tuple[object, ...]:
        name, content = type(e).__name__, e._hashable_content()
        rank = RANKS.get(name)
        front = (len(RANKS), name) if rank is None else (rank, "")
        inner = content if type(e) is Symbol else [self[x] if isinstance(x, Basic) else x for x in content]
        self[e] = found = (*front, len(content), *inner)
        return found

    def term(self, e: Expr) -> tuple[object, ...]:
        """The key of an expression that is sorted only once, so that it need not be remembered."""
        if type(e) is Mul:
            return (RANKS["Mul"], "", len(e.args), *[self[factor] for factor in e.args])
        return self[e]


class Quick:
    """Linear combinations of products of finite, commuting factors.

    Numbers, powers and the keys by which factors are sorted (`order`) are made once.
    """

    def __init__(self) -> None:
        self.order = Order()
        self.numbers: dict[tuple[int, int], Rational] = {}
        self.powers: dict[tuple[Expr, int], Expr] = {}

    def product(self, *factors: Expr, over: Expr | None = None) -> Linear:
        """The terms of Mul(*factors), or of Mul(*factors, 1/over)."""
        above, below, turns = 1, 1, 0
        powers: dict[Expr, int] = {}
        for sign, queue in ((1, list(factors)), (-1, [over])) if over is not None else ((1, list(factors)),):
            for e in queue:
                kind = type(e)
                if kind is Symbol:
                    powers[e] = powers.get(e, 0) + sign
                elif e is ONE:
                    pass
                elif e is I:
                    turns += sign
                elif isinstance(e, Rational) and e.p:
                    p, q = (e.p, e.q) if sign > 0 else (e.q, e.p)
                    above, below = above * p, below * q
                elif kind is Mul and not (len(e.args) == 2 and type(e.args[1]) is Add and e.args[0].is_Number):
                    queue += e.args
                else:
                    whole = kind is Pow and isinstance(e.args[1], Integer)
                    base, n = (e.args[0], e.args[1].p) if whole else (e, 1)
                    kind = type(base)
                    if not (
                        kind is Symbol
                        or kind is Add
                        and has_letters(base)
                        or kind is conjugate
                        and type(base.args[0]) is Symbol
                    ):
                        return self.read(_asked(factors, over))
                    powers[base] = powers.get(base, 0) + sign * n
        if turns & 2:
            above = -above
        arguments = [e if n == 1 else self.power(e, n) for e, n in powers.items() if n]
        if len(arguments) == 1 and not turns & 1 and type(arguments[0]) is Add:
            # a number is multiplied into a sum that stands alone
            return {rest: _ratio(above * p, below * q) for rest, (p, q) in self.read(arguments[0]).items()}
        if len(arguments) > 1:
            arguments.sort(key=self.order.__getitem__)
        return {(I, *arguments) if turns & 1 else tuple(arguments): _ratio(above, below)}

    def power(self, base: Expr, exponent: int) -> Expr:
        """base^exponent, made once."""
        found = self.powers.get((base, exponent))
        if found is None:
            found = self.powers[base, exponent] = power(base, exponent)
        return found

    def read(self, e: Expr) -> Linear:
        """The terms of an expression."""
        found: Linear = {}
        terms = e.args if type(e) is Add else (e,)
        for term in terms:
            rest: Rest = (term,)
            ratio = (1, 1)
            if type(term) is Mul:
                rest = term.args
                if isinstance(rest[0], Rational):
                    ratio, rest = (rest[0].p, rest[0].q), rest[1:]
            elif isinstance(term, Rational):
                ratio, rest = (term.p, term.q), ()
            if ratio[0]:
                found[rest] = ratio
        # two terms that differ by a number only: SymPy was told not to add them up
        return self.read(Add(*terms)) if len(found) < len(terms) > 1 else found

    def expression(self, terms: Mapping[Rest, tuple[int, int]]) -> Expr:
        """The sum of the terms."""
        arguments: list[Expr] = []
        number: Rational | None = None
        for rest, ratio in terms.items():
            if not ratio[0]:
                continue
            if not rest:
                number = self.number(ratio)
            elif ratio == (1, 1):
                arguments.append(made(Mul, rest) if len(rest) > 1 else rest[0])
            elif len(rest) > 1 or rest[0] is I or type(rest[0]) in (Symbol, Add):
                arguments.append(made(Mul, (self.number(ratio), *rest)))
            else:
                arguments.append(Mul(self.number(ratio), rest[0]))
        if len(arguments) > 1:
            arguments.sort(key=self.order.term)
        if number is not None:
            arguments.insert(0, number)
        if len(arguments) > 1:
            return made(Add, arguments)
        return arguments[0] if arguments else Integer(0)

    def minus(self, e: Expr) -> Expr:
        """−e."""
        return self.expression({rest: (-p, q) for rest, (p, q) in self.read(e).items()})

    def number(self, ratio: tuple[int, int]) -> Rational:
        """numerator/denominator."""
        found = self.numbers.get(ratio)
        if found is None:
            found = self.numbers[ratio] = Rational(*ratio)
        return found


def negative(e: Expr) -> bool:
    """e.could_extract_minus_sign(), in a fraction of its time."""
    if type(e) is Add:
        times = 2 * sum(map(negative, e.args))
        if times != len(e.args):
            return times > len(e.args)
        first = _first(e)
        return bool(e.could_extract_minus_sign()) if first is None else negative(first)
    front = e.args[0] if type(e) is Mul else e
    return isinstance(front, Rational) and front.p < 0


def _first(e: Add) -> Expr | None:
    """The first of e.as_ordered_terms(): highest powers of the first letter, then of the second.

    None if it is no sum of three or more products of powers of letters.
    """
    rows: list[tuple[dict[tuple[bool, str], int], bool, Expr]] = []
    letters: dict[tuple[bool, str], Symbol] = {}
    for term in e.args:
        powers: dict[tuple[bool, str], int] = {}
        for factor in Mul.make_args(term):
            if factor is I or isinstance(factor, Rational):
                continue
            base, n = factor.args if type(factor) is Pow else (factor, Integer(1))
            letter = base.args[0] if type(base) is conjugate else base
            if type(letter) is not Symbol or not isinstance(n, Integer) or n.p < 0:
                return None
            key = base is not letter, letter.name
            if letters.setdefault(key, letter) != letter:
                return None
            powers[key] = n.p
        rows.append((powers, I not in Mul.make_args(term), term))
    order = sorted(letters)
    best = max(rows, key=lambda row: ([row[0].get(key, 0) for key in order], row[1]))
    return best[2] if len(rows) > 2 else None


def has_letters(e: Expr) -> bool:
    """Whether it is no number."""
    last = e
    while last.is_Add or last.is_Mul or type(last) is conjugate:
        last = last.args[-1]
    return type(last) is Symbol or bool(e.free_symbols)


def _asked(factors: Sequence[Expr], over: Expr | None) -> Expr:
    """The product as SymPy builds it, its Gaussian rationals as one."""
    return gathered(Mul(*factors) if over is None else Mul(*factors, Pow(over, -1)))


def added(total: Linear, terms: Mapping[Rest, tuple[int, int]]) -> None:
    """Add terms to a sum."""
    for rest, ratio in terms.items():
        if rest in total:
            (a, b), (c, d) = total[rest], ratio
            ratio = _ratio(a + c, b) if b == d else _ratio(a * d + b * c, b * d)
        total[rest] = ratio


def _ratio(above: int, below: int) -> tuple[int, int]:
    """A fraction in lowest terms, with a positive denominator."""
    common = gcd(above, below) if below > 0 else -gcd(above, below)
    return above // common, below // common
