"""Products and sums of letters, exactly as SymPy would build them, in a fraction of its time.

Rational numbers, i, symbols, their conjugates and whole powers, and sums meet few of SymPy's rules: factors are
counted, coefficients added up as pairs of integers, and arguments sorted. Whatever else there is, SymPy is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd

from sympy import Add, Expr, I, Integer, Mul, Pow, Rational, Symbol, conjugate
from sympy.core.basic import Basic, ordering_of_classes

from derive.kernel.packing import made, power

Rest = tuple[Expr, ...]
Linear = dict[Rest, tuple[int, int]]  # factors of a term in SymPy's order, but for its number → that as a fraction


class Order(dict[Basic, tuple[object, ...]]):
    """Keys that sort expressions as `Basic.compare` does, each made once."""

    def __init__(self) -> None:
        super().__init__()
        self.ranks = {name: rank for rank, name in enumerate(ordering_of_classes)}

    def __missing__(self, e: Basic) -> tuple[object, ...]:
        name, content = type(e).__name__, e._hashable_content()
        rank = self.ranks.get(name)
        front = (len(self.ranks), name) if rank is None else (rank, "")
        found = (*front, len(content), *[self[x] if isinstance(x, Basic) else x for x in content])
        self[e] = found
        return found


class Quick:
    """Linear combinations of products of commuting factors; `order` remembers the keys of what was sorted."""

    def __init__(self) -> None:
        self.order = Order()
        self.numbers: dict[tuple[int, int], Rational] = {}

    def product(self, *factors: Expr) -> Linear:
        """The terms of Mul(*factors)."""
        above, below, turns = 1, 1, 0
        powers: dict[Expr, int] = {}
        queue = list(factors)
        for e in queue:
            kind = type(e)
            if kind is Symbol or kind is conjugate and type(e.args[0]) is Symbol:
                powers[e] = powers.get(e, 0) + 1
            elif e is I:
                turns += 1
            elif isinstance(e, Rational):
                above, below = above * e.p, below * e.q
            elif kind is Mul and not (len(e.args) == 2 and type(e.args[1]) is Add and e.args[0].is_Number):
                queue += e.args
            elif kind is Pow and type(e.args[0]) is Symbol and isinstance(e.args[1], Integer):
                powers[e.args[0]] = powers.get(e.args[0], 0) + e.args[1].p
            elif kind is Add and e not in powers:
                powers[e] = 1
            else:
                return self.read(Mul(*factors))
        if not above:
            return {}
        if turns & 2:
            above = -above
        if turns & 1:
            powers[I] = 1
        elif len(powers) == 1:
            ((e, n),) = powers.items()
            if type(e) is Add and n == 1:
                return {rest: _ratio(above * p, below * q) for rest, (p, q) in self.read(e).items()}
        arguments = [power(e, n) for e, n in powers.items() if n]
        if len(arguments) > 1:
            arguments.sort(key=self.order.__getitem__)
        return {tuple(arguments): _ratio(above, below)}

    def read(self, e: Expr) -> Linear:
        """The terms of an expression."""
        found: Linear = {}
        for term in e.args if type(e) is Add else (e,):
            rest: Rest = (term,)
            ratio = (1, 1)
            if type(term) is Mul:
                rest = term.args
                if isinstance(rest[0], Rational):
                    ratio, rest = (rest[0].p, rest[0].q), rest[1:]
            elif isinstance(term, Rational):
                ratio, rest = (term.p, term.q), ()
            found[rest] = ratio
        return found

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
            arguments.sort(key=self.order.__getitem__)
        if number is not None:
            arguments.insert(0, number)
        if len(arguments) > 1:
            return made(Add, arguments)
        return arguments[0] if arguments else Integer(0)

    def number(self, ratio: tuple[int, int]) -> Rational:
        found = self.numbers.get(ratio)
        if found is None:
            found = self.numbers[ratio] = Rational(*ratio)
        return found


def added(total: Linear, terms: Mapping[Rest, tuple[int, int]]) -> None:
    """Add terms to a sum."""
    for rest, ratio in terms.items():
        if rest in total:
            (a, b), (c, d) = total[rest], ratio
            ratio = _ratio(a + c, b) if b == d else _ratio(a * d + b * c, b * d)
        total[rest] = ratio


def _ratio(above: int, below: int) -> tuple[int, int]:
    common = gcd(above, below)
    return above // common, below // common
