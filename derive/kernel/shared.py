"""Common subexpressions of several sums of products, as SymPy's `cse` names them, in a third of its time.

The steps are those of `sympy.simplify.cse_main` for sums of products of letters; what `cse` would have SymPy build is
built by `Quick`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Add, Expr, I, Mul, Rational, S, Symbol, conjugate, cse, ordered

from derive.kernel.quick import Linear, Quick, added, negative


class Later:
    """A sum or product of which some arguments are still to be named; equal to itself only."""

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
    values: list[Part] = []
    numbers: dict[Part, int] = {}

    def number(value: Part) -> int:
        if value not in numbers:
            numbers[value] = len(values)
            values.append(value)
        return numbers[value]

    arguments = [{number(part) for part in node.args} for node in nodes]
    holders: list[set[int]] = [set() for _ in values]
    for k, own in enumerate(arguments):
        for argument in own:
            holders[argument].add(k)

    def replace(k: int, common: set[int], by: int) -> None:
        for argument in common:
            holders[argument].discard(k)
        arguments[k] = arguments[k] - common | {by}
        holders[by].add(k)
        changed.add(k)

    changed: set[int] = set()
    for i, node in enumerate(nodes):
        times: dict[int, int] = {}
        for argument in arguments[i]:
            for k in holders[argument]:
                if k > i:
                    times[k] = times.get(k, 0) + 1
        candidates = sorted((k for k, n in times.items() if n > 1), key=lambda k: (times[k], k))
        while candidates:
            j = candidates.pop(0)
            common = arguments[i] & arguments[j]
            if len(common) < 2:
                continue
            whole = common == arguments[i]
            by = number(node if whole else Later(func, tuple(values[k] for k in sorted(common))))
            if by == len(holders):
                holders.append(set())
            if not whole:
                replace(i, common, by)
            for k in (j, *(k for k in candidates if common <= arguments[k])):
                replace(k, common, by)
        if i in changed:
            found[node] = Later(func, tuple(values[k] for k in sorted(arguments[i])))
        for argument in arguments[i]:
            holders[argument].discard(i)


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
