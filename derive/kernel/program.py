"""Sparse elimination as a straight-line program, for answers too large to expand and for generated code.

The record of `tape` in SymPy's expressions: every entry that is used twice, multiplier, pivot and unknown has one
name.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import count
from operator import attrgetter
from typing import NamedTuple

from sympy import Add, Expr, Function, I, Integer, Mul, Number, Pow, S, Symbol

from derive.kernel.packing import in_order, made
from derive.kernel.place import Place
from derive.kernel.quick import Linear, Quick, added
from derive.kernel.shared import shared
from derive.kernel.tape import Node, Tape, eliminate


class StraightLine(NamedTuple):
    """Values in the symbols of `where`, whose definitions use earlier ones only, and their operations."""

    values: tuple[Expr, ...]
    where: tuple[tuple[Symbol, Expr], ...]
    operations: int


def eliminated(
    rows: Sequence[Mapping[int, Expr]],
    matched: Sequence[int],
    blocks: Sequence[Sequence[int]],
    place: Place,
    taken: Collection[str] = (),
) -> StraightLine | None:
    """The program of A x = b, where column n of `rows` is b; None if det A vanishes at the random point.

    No definition has a name that is `taken`.
    """
    tape = Tape(place.prime, place, dense=False)
    unknowns = eliminate(rows, matched, blocks, tape)
    if unknowns is None:
        return None
    return _emitted(tape, [unknowns.get(column) for column in range(len(rows))], rows, taken)


def _emitted(
    tape: Tape, results: Sequence[int | None], rows: Sequence[Mapping[int, Expr]], taken: Collection[str]
) -> StraightLine:
    """The program of those nodes that the results need."""
    uses = _uses(tape.nodes, results)
    names = Names(letters_of(rows) | set(taken))
    quick = Quick()
    expressions: dict[int, Expr] = {}
    leaves = [number for number, node in enumerate(tape.nodes) if node.leaf is not None and uses[number]]
    named = [number for number in leaves if _defined(tape.nodes[number].leaf, uses[number])]
    expressions.update({number: tape.nodes[number].leaf for number in leaves})
    where, reduced = _shared([tape.nodes[number].leaf for number in named], names, quick)
    for number, expression in zip(named, reduced, strict=True):
        if isinstance(expression, Symbol):
            expressions[number] = expression
            continue
        expressions[number] = names.next()
        where.append((expressions[number], expression))
    labels = [_label(expressions[number]) if number in expressions else "" for number in range(len(uses))]
    total = sum(operations(definition) for _, definition in where)
    for number, node in enumerate(tape.nodes):
        if node.leaf is None and uses[number]:
            found = _sum(node, expressions, labels, quick) if len(node.terms) > 1 else None
            expression = found[0] if found else _written(node, expressions, quick)
            if uses[number] > 1 or len(node.terms) > 1:
                total += found[1] if found else operations(expression)
                where.append((names.next(), expression))
                expression = where[-1][0]
            expressions[number], labels[number] = expression, _label(expression)
    values = tuple(Integer(0) if result is None else expressions[result] for result in results)
    return StraightLine(values, tuple(where), total)


def _uses(nodes: Sequence[Node], results: Sequence[int | None]) -> list[int]:
    """How often nodes are used by those that the results need; a result twice, so that it has a name."""
    uses = [0] * len(nodes)
    for result in results:
        if result is not None:
            uses[result] += 2
    for number in range(len(nodes) - 1, -1, -1):
        if uses[number]:
            for _, factors in nodes[number].terms:
                for factor in factors:
                    uses[factor] += 1
            over = nodes[number].over
            if over is not None:
                uses[over] += 1
    return uses


def _label(e: Expr) -> str:
    """The name of a symbol, ended such that products sort by the names of their factors; nothing for anything else."""
    return f"{e.name}\0" if e.is_Symbol else ""


def _shared(leaves: Sequence[Expr], names: Names, quick: Quick) -> tuple[list[tuple[Symbol, Expr]], list[Expr]]:
    """Definitions of what several entries have in common, and the entries with them; κ/2 and iJ have nothing in
    common.
    """
    letters = Counter(letter for leaf in leaves for letter in leaf.free_symbols)
    mixed = [
        k
        for k, leaf in enumerate(leaves)
        if not (leaf.is_Mul and max(map(letters.__getitem__, leaf.free_symbols), default=2) == 1)
        or not (leaf.args[-1].is_Symbol and (len(leaf.args) == 2 or leaf.args[:-1] == (S.NegativeOne, I)))
    ]
    if not mixed:
        return [], list(leaves)
    definitions, reduced = shared([leaves[k] for k in mixed], names, quick)
    found = list(leaves)
    for k, expression in zip(mixed, reduced, strict=True):
        found[k] = expression
    return definitions, found


def _written(node: Node, expressions: Mapping[int, Expr], quick: Quick) -> Expr:
    """A node as an expression."""
    over = None if node.over is None else expressions[node.over]
    if len(node.terms) == 1:
        product = _product(node, expressions)
        if product is not None:
            return product
        ((sign, numbers),) = node.terms
        factors = [expressions[f] for f in numbers]
        if not any(type(e) is Add for e in factors):
            return quick.expression(quick.product(*factors, Integer(sign), over=over))
    total: Linear = {}
    for sign, numbers in node.terms:
        added(total, quick.product(*[expressions[f] for f in numbers], Integer(sign)))
    found = quick.expression(total)
    return found if over is None else quick.expression(quick.product(found, over=over))


def _product(node: Node, expressions: Mapping[int, Expr]) -> Expr | None:
    """A signed product of different symbols and at most one entry, over a symbol; None if it is not."""
    (sign, numbers), *_ = node.terms
    numeric: list[Expr] = []
    letters: list[Expr] = []
    for number in numbers:
        factor = expressions[number]
        for part in factor.args if factor.is_Mul else (factor,):
            (letters if part.is_Symbol else numeric).append(part)
    below = [] if node.over is None else [expressions[node.over]]
    if len({*letters, *below}) < len(letters) + len(below) or not all(e.is_Symbol for e in below):
        return None
    if sign < 0:
        numeric = numeric[1:] if numeric[:1] == [S.NegativeOne] else [S.NegativeOne, *numeric]
    if len(letters) + len(below) < 1 or numeric not in ([], [S.NegativeOne], [I], [S.NegativeOne, I]):
        return None
    letters.sort(key=attrgetter("name"))
    arguments = [*numeric, *letters, *(made(Pow, [e, S.NegativeOne]) for e in below)]
    return made(Mul, arguments) if len(arguments) > 1 else arguments[0]


def _sum(node: Node, expressions: Mapping[int, Expr], labels: Sequence[str], quick: Quick) -> tuple[Expr, int] | None:
    """A sum of different letters a, products −ab and at most one entry, in SymPy's order, and its operations.

    None if the node is not such a sum. `labels` are those of symbols. Most of the time goes here: a sparse network of
    1000 modes has 4 · 10⁵ of these products.
    """
    pairs: dict[str, tuple[int, int]] = {}
    letters: dict[str, Expr] = {}
    entries: list[Expr] = []
    for sign, numbers in node.terms:
        if sign < 0 and len(numbers) == 2:
            f, g = numbers
            a, b = labels[f], labels[g]
            if a and b:
                if a < b:
                    pairs[a + b] = f, g
                elif a > b:
                    pairs[b + a] = g, f
                else:
                    return None
                continue
        if not all(labels[f] for f in numbers):
            entries.append(quick.expression(quick.product(*[expressions[f] for f in numbers], Integer(sign))))
        elif sign > 0 and len(numbers) == 1:
            letters[labels[numbers[0]]] = expressions[numbers[0]]
        else:
            return None
    different = len(pairs) + len(letters)
    if not different or different + len(entries) < len(node.terms) or len(entries) > 1:
        return None
    terms = [letters[name] for name in sorted(letters)]  # which stand before products
    for name in sorted(pairs):
        f, g = pairs[name]
        terms.append(made(Mul, (S.NegativeOne, expressions[f], expressions[g])))
    work = len(pairs) + len(terms) - 1
    if entries:
        if not entries[0].is_Mul or any(factor.is_Add for factor in entries[0].args):
            return None
        insort(terms, entries[0], key=in_order)
        work += 1 + operations(entries[0])
    total = made(Add, terms)
    if node.over is None:
        return total, work
    below = expressions[node.over]
    return made(Mul, [made(Pow, [below, S.NegativeOne]), total]), work + 1 + operations(below)


def letters_of(rows: Sequence[Mapping[int, Expr]]) -> set[str]:
    """The names of all symbols of a system."""
    return {symbol.name for row in rows for entry in row.values() for symbol in entry.free_symbols}


def _defined(leaf: Expr, uses: int) -> bool:
    """Whether an entry gets a name."""
    return not leaf.is_Atom and (uses > 1 or isinstance(leaf, Add))


class Names:
    """Names x_1, x_2, …, or with another of the letters, if one of the names `taken` begins with x_."""

    def __init__(self, taken: Collection[str], letters: str = "xyzwuv") -> None:
        found = (letter * times for times in count(1) for letter in letters)
        self.letter = next(s for s in found if not any(name.startswith(f"{s}_") for name in taken))
        self.used = 0

    def next(self, **assumptions: bool) -> Symbol:
        self.used += 1
        return Symbol(f"{self.letter}_{self.used}", **assumptions)

    def __iter__(self) -> Names:
        return self

    __next__ = next


def operations(e: Expr) -> int:
    """Number of additions, multiplications, divisions, powers and function calls; a sign is free."""
    if isinstance(e, Add):
        return sum(operations(term) for term in e.args) + len(e.args) - 1
    if isinstance(e, Mul):
        if not any(factor.args for factor in e.args):
            return len(e.args) - 1 - (e.args[0] is S.NegativeOne)
        factors = [factor for factor in e.args if factor != -1]
        inverse = all(isinstance(f, Pow) and f.exp == -1 for f in factors)
        inner = sum(operations(f.base) if isinstance(f, Pow) and f.exp == -1 else operations(f) for f in factors)
        return inner + len(factors) - (not inverse)
    if isinstance(e, Number):
        return 0
    return (1 if isinstance(e, Pow | Function) else 0) + sum(operations(part) for part in e.args)
