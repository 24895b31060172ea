"""Common subexpressions of several sums of products, as SymPy's `cse` names them, in a third of its time.

The steps are those of `sympy.simplify.cse_main` for sums of products of letters; what `cse` would have SymPy build is
built by `Quick`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sympy import Add, Expr, I, Mul, Rational, S, Symbol, conjugate, cse, ordered

from derive.kernel.quick import Linear, Quick, added, negative


class Later:
    """A sum or product that SymPy has not built yet, as some of its arguments are still to be named.

    It is compared by identity.
    """

    def __init__(self, func: type[Expr], args: tuple[Any, ...]) -> None:
        self.func, self.args = func, args


Part = Any  # an Expr, whose classes SymPy does not annotate, or Later


def shared(
    leaves: Sequence[Expr], names: Iterator[Symbol], quick: Quick
) -> tuple[list[tuple[Symbol, Expr]], list[Expr]]:
    """cse(leaves, symbols=names): definitions, and the leaves in their letters."""
    if not all(_simple(leaf) for leaf in leaves):
        found, reduced = cse(leaves, symbols=names, order="canonical")
        return found, reduced
    return _named(leaves, names, _alternatives(leaves, quick), quick)


def _simple(e: Expr) -> bool:
    """Whether it is a sum or product of rational numbers, i, symbols and conjugates of symbols."""
    return all(
        type(f) is Symbol
        or f is I
        or isinstance(f, Rational)
        or type(f) is conjugate
        and type(f.args[0]) is Symbol
        for term in Add.make_args(e)
        for f in Mul.make_args(term)
    )


def _alternatives(leaves: Sequence[Expr], quick: Quick) -> dict[Part, Part]:
    """Other ways to write the nodes, in which they share more.

    A negative expression becomes −1 times a positive one, and nodes with several arguments in common become the
    product or sum of these with the rest.
    """
    found: dict[Part, Part] = {}
    seen: set[Expr] = set()
    sums: dict[Expr, None] = {}
    products: dict[Expr, None] = {}

    def visit(e: Expr) -> None:
        if e.is_Atom or e in seen:
            return
        seen.add(e)
        for part in e.args:
            visit(part)
        if negative(e):
            positive = quick.minus(e)
            if not positive.is_Atom:
                found[e] = Later(Mul, (S.NegativeOne, positive))
                seen.add(positive)
                e = positive
        if type(e) is Mul:
            products[e] = None
        elif type(e) is Add:
            sums[e] = None

    for leaf in leaves:
        visit(leaf)
    _match(Add, list(sums), found)
    _match(Mul, list(products), found)
    return found


def _match(func: type[Expr], nodes: list[Expr], found: dict[Part, Part]) -> None:
    """Two or more arguments that several nodes have in common become one argument of each; nodes of few arguments
    first.
    """
    nodes.sort(key=lambda node: len(node.args))
    table = _Arguments(nodes)
    changed: set[int] = set()
    for i, node in enumerate(nodes):
        candidates = table.sharing(i)
        while candidates:
            j = candidates.pop(0)
            common = table.of[i] & table.of[j]
            if len(common) < 2:  # what they shared has become one argument
                continue
            holding = [j, *(k for k in candidates if common <= table.of[k])]
            if common == table.of[i]:
                by = table.number(node)
            else:
                by = table.number(Later(func, table.values_of(common)))
                holding.append(i)
            for k in holding:
                table.replace(k, common, by)
            changed.update(holding)
        if i in changed:
            found[node] = Later(func, table.values_of(table.of[i]))
        table.leave_out(i)


class _Arguments:
    """The arguments `of` every node by number, and the nodes that hold each argument."""

    def __init__(self, nodes: Sequence[Expr]) -> None:
        self.values: list[Part] = []
        self.numbers: dict[Part, int] = {}
        self.holders: list[set[int]] = []
        self.of = [{self.number(part) for part in node.args} for node in nodes]
        for node, own in enumerate(self.of):
            for argument in own:
                self.holders[argument].add(node)

    def number(self, value: Part) -> int:
        """The number of an argument, which is new or known."""
        if value not in self.numbers:
            self.numbers[value] = len(self.values)
            self.values.append(value)
            self.holders.append(set())
        return self.numbers[value]

    def values_of(self, numbers: Collection[int]) -> tuple[Part, ...]:
        """Arguments in the order in which they were met."""
        return tuple(self.values[k] for k in sorted(numbers))

    def sharing(self, node: int) -> list[int]:
        """Later nodes with two or more of its arguments, those with the fewest first."""
        times: dict[int, int] = {}
        for argument in self.of[node]:
            for k in self.holders[argument]:
                if k > node:
                    times[k] = times.get(k, 0) + 1
        return sorted((k for k, n in times.items() if n > 1), key=lambda k: (times[k], k))

    def replace(self, node: int, common: set[int], by: int) -> None:
        """One argument of a node in place of several."""
        for argument in common:
            self.holders[argument].discard(node)
        self.of[node] = self.of[node] - common | {by}
        self.holders[by].add(node)

    def leave_out(self, node: int) -> None:
        """A node that is done shares nothing with those that follow."""
        for argument in self.of[node]:
            self.holders[argument].discard(node)


def _named(
    leaves: Sequence[Expr], names: Iterator[Symbol], alternatives: dict[Part, Part], quick: Quick
) -> tuple[list[tuple[Symbol, Expr]], list[Expr]]:
    """Definitions of what occurs more than once, inner parts first, and the leaves with their names."""
    often: set[Part] = set()
    seen: set[Part] = set()

    def count(e: Part) -> None:
        if not e.args:
            return
        if e in seen:
            often.add(e)
            return
        seen.add(e)
        chosen: Part = alternatives.get(e, e)
        for part in chosen.args:
            count(part)

    for leaf in leaves:
        count(leaf)
    where: list[tuple[Symbol, Expr]] = []
    known: dict[Part, Symbol] = {}

    def built(e: Part) -> Expr:
        if not e.args:
            return e
        if e in known:
            return known[e]
        chosen: Part = alternatives.get(e, e)
        if type(chosen) is conjugate:
            new = chosen
        else:
            parts = chosen.args
            if type(chosen) in (Mul, Add):
                parts = list(ordered(chosen.args_cnc()[0] if type(chosen) is Mul else parts))
            new = _combined(chosen.func, [built(part) for part in parts], quick)
        if e in often:
            known[e] = next(names)
            where.append((known[e], new))
            return known[e]
        return new

    return where, [built(leaf) for leaf in leaves]


def _combined(func: type[Expr], parts: Sequence[Expr], quick: Quick) -> Expr:
    """The product, if `func` is Mul, or the sum of the parts."""
    if func is Mul:
        return quick.expression(quick.product(*parts))
    total: Linear = {}
    for part in parts:
        added(total, quick.read(part))
    return quick.expression(total)
