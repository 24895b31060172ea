"""Sparse elimination as a straight-line program, for answers too large to expand and for generated code.

    u_ij = a_ij − Σ_k m_ik u_kj,    m_ik = u_ik / u_kk,    x_j = (c_j − Σ_k u_jk x_k) / u_jj

Blocks come in order of dependence, pivots inside a block by minimum degree (Markowitz 1957), rows with a
source last. A pivot must be nonzero as a function of the parameters: its value at a random point in a finite
field says so, also after cancellations (lossless resonant modes, numbers that repeat).
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from itertools import count
from operator import attrgetter
from typing import NamedTuple

from sympy import Add, Expr, Function, I, Integer, Mul, Number, Pow, S, Symbol, cse

from derive.kernel.packing import in_order, made
from derive.kernel.place import Place

Product = tuple[int, tuple[int, ...]]


class Program(NamedTuple):
    """Values in the symbols of `where`, whose definitions use earlier ones only, and their operations."""

    values: tuple[Expr, ...]
    where: tuple[tuple[Symbol, Expr], ...]
    operations: int


class _Node(NamedTuple):
    """An entry of the matrix, or Σ ± products of earlier nodes, over another node."""

    leaf: Expr | None
    terms: tuple[Product, ...] = ()
    over: int | None = None


class _Cell:
    """A matrix element during elimination: a sum not yet named, and its value at the random point."""

    def __init__(self, terms: list[Product], value: int) -> None:
        self.terms = terms
        self.value = value


class _Tape:
    """The nodes in order of creation, equal ones once."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.nodes: list[_Node] = []
        self.values: list[int] = []
        self.known: dict[_Node, int] = {}

    def add(self, node: _Node, value: int) -> int:
        if node not in self.known:
            self.known[node] = len(self.nodes)
            self.nodes.append(node)
            self.values.append(value % self.place.prime)
        return self.known[node]

    def entry(self, e: Expr) -> _Cell:
        value = self.place(e)
        return _Cell([(1, (self.add(_Node(e), value),))], value)

    def name(self, cell: _Cell) -> int:
        sign, factors = cell.terms[0]
        if len(cell.terms) > 1 or sign < 0 or len(factors) > 1:
            cell.terms = [(1, (self.add(_Node(None, tuple(cell.terms)), cell.value),))]
        return cell.terms[0][1][0]

    def ratio(self, cell: _Cell, pivot: int) -> int:
        value = cell.value * self.place.inverse(self.values[pivot])
        if len(cell.terms) > 1 or cell.terms[0][0] < 0:
            return self.add(_Node(None, tuple(cell.terms), pivot), value)
        return self.add(_Node(None, ((1, cell.terms[0][1]),), pivot), value)

    def subtract(self, cell: _Cell, *factors: int) -> None:
        product = 1
        for factor in factors:
            product = product * self.values[factor] % self.place.prime
        cell.terms.append((-1, tuple(sorted(factors))))
        cell.value = (cell.value - product) % self.place.prime


def eliminated(
    rows: Sequence[Mapping[int, Expr]],
    matched: Sequence[int],
    blocks: Sequence[Sequence[int]],
    place: Place,
    taken: Collection[str] = (),
) -> Program | None:
    """The program of A x = b, where column n of `rows` is b; None if det A vanishes at the random point.

    No definition has a name that is `taken`.
    """
    size = len(rows)
    tape = _Tape(place)
    unknowns: dict[int, int] = {}
    for block in blocks:
        inside = {matched[row] for row in block}
        cells: dict[int, dict[int, _Cell]] = {}
        sources: dict[int, _Cell] = {}
        for row in block:
            cells[row] = {
                column: tape.entry(e) for column, e in sorted(rows[row].items()) if column in inside
            }
            terms = [tape.entry(rows[row][size])] if size in rows[row] else []
            source = terms[0] if terms else _Cell([], 0)
            for column, e in sorted(rows[row].items()):
                if column in unknowns:
                    tape.subtract(source, tape.name(tape.entry(e)), unknowns[column])
            if source.terms:
                sources[row] = source
        if sources and not _solve_block(tape, block, matched, cells, sources, unknowns):
            return None
    return _emitted(tape, [unknowns.get(column) for column in range(size)], rows, taken)


def _solve_block(
    tape: _Tape,
    block: Sequence[int],
    matched: Sequence[int],
    cells: dict[int, dict[int, _Cell]],
    sources: dict[int, _Cell],
    unknowns: dict[int, int],
) -> bool:
    """Elimination and back substitution of a block; False if it is singular at the random point."""
    symmetric = all(matched[row] == row for row in block) and all(
        row in cells.get(column, {}) and cells[column][row].terms == cell.terms
        for row in block
        for column, cell in cells[row].items()
    )
    if symmetric:
        # One cell for both halves: a Schur complement of a symmetric matrix is symmetric, half the work.
        for row in block:
            cells[row] = {column: cells[min(row, column)][max(row, column)] for column in cells[row]}
    driven = set(sources)
    active = set(block)
    fill = _Fill(block, matched, cells, driven)
    done: list[tuple[int, int, dict[int, int], int | None, bool]] = []
    while active:
        chosen = fill.least(active)
        if chosen is None:
            return False
        row, column = chosen
        if symmetric and row != column:
            symmetric = False
            for other in active:
                cells[other] = {c: _Cell([*cell.terms], cell.value) for c, cell in cells[other].items()}
        active.remove(row)
        pivot_row = cells[row]
        pivot = tape.name(pivot_row[column])
        source = tape.name(sources[row]) if row in sources else None
        below = sorted(other for other in fill.holders[column] if other != row)
        upper = {c: tape.name(cell) for c, cell in pivot_row.items() if c != column}
        multipliers: dict[int, int] = {}
        for other in below:
            multiplied = cells[other].pop(column)
            if not upper and source is None:
                continue
            multiplier = multipliers[other] = tape.ratio(multiplied, pivot)
            for c, factor in upper.items():
                if symmetric and c < other and other in cells[c]:
                    continue
                cell = cells[other].setdefault(c, _Cell([], 0))
                if symmetric:
                    cells[c][other] = cell
                tape.subtract(cell, multiplier, factor)
            if source is not None:
                tape.subtract(sources.setdefault(other, _Cell([], 0)), multiplier, source)
        fill.eliminated(row, column, below)
        # Of a symmetric matrix m_kj = u_jk/u_jj, and x_j = c_j/u_jj − Σ m_kj x_k divides only if c_j ≠ 0.
        done.append((column, pivot, multipliers if symmetric else upper, source, symmetric))
    for column, pivot, factors, source, divided in reversed(done):
        cell = _Cell([(1, (source,))], tape.values[source]) if source is not None else _Cell([], 0)
        if divided and cell.terms:
            ratio = tape.ratio(cell, pivot)
            cell = _Cell([(1, (ratio,))], tape.values[ratio])
        for c, factor in factors.items():
            if c in unknowns:
                tape.subtract(cell, factor, unknowns[c])
        if cell.terms:
            unknowns[column] = tape.name(cell) if divided else tape.ratio(cell, pivot)
    return True


class _Fill:
    """How much every pivot would fill in, kept current; `holders` are the rows that hold a column."""

    def __init__(
        self,
        block: Sequence[int],
        matched: Sequence[int],
        cells: Mapping[int, Mapping[int, _Cell]],
        driven: set[int],
    ) -> None:
        self.matched, self.cells, self.driven = matched, cells, driven
        self.owner = {matched[row]: row for row in block}
        self.holders: dict[int, set[int]] = {column: set() for column in self.owner}
        for row in block:
            for column in cells[row]:
                self.holders[column].add(row)
        self.gone: set[int] = set()
        self.current: dict[int, tuple[int, bool, int, int]] = {}
        self.queue: list[tuple[int, bool, int, int]] = []
        self._update(block)

    def _of(self, row: int, column: int) -> tuple[int, bool, int, int]:
        return (len(self.cells[row]) - 1) * (len(self.holders[column]) - 1), row in self.driven, row, column

    def _update(self, rows: Iterable[int]) -> None:
        for row in rows:
            column = self.matched[row]
            cell = self.cells[row].get(column)
            if cell is None or not cell.value:
                self.current.pop(row, None)
            elif self.current.get(row) != (found := self._of(row, column)):
                self.current[row] = found
                heappush(self.queue, found)

    def least(self, active: Collection[int]) -> tuple[int, int] | None:
        """The row and column of least fill-in, on the matched diagonal if it is not all zero at the point."""
        while self.queue:
            found = self.queue[0]
            if self.current.get(found[2]) == found:
                return found[2:]
            heappop(self.queue)
        anywhere = [self._of(r, c) for r in sorted(active) for c, cell in self.cells[r].items() if cell.value]
        return min(anywhere)[2:] if anywhere else None

    def eliminated(self, row: int, column: int, below: Sequence[int]) -> None:
        """A pivot is done, and the rows below it have changed."""
        for c in self.cells[row]:
            self.holders[c].discard(row)
        self.holders.pop(column)
        self.current.pop(row, None)
        for other in below:
            for c in self.cells[row]:
                if c in self.cells[other]:
                    self.holders[c].add(other)
        touched = {self.owner[c] for c in self.cells[row]} | set(below)
        self._update(sorted(r for r in touched if r != row and r not in self.gone))
        self.gone.add(row)


def _emitted(
    tape: _Tape, results: Sequence[int | None], rows: Sequence[Mapping[int, Expr]], taken: Collection[str]
) -> Program:
    """Names and expressions for the nodes that the results need."""
    uses = [0] * len(tape.nodes)
    for result in results:
        if result is not None:
            uses[result] += 2
    for number in range(len(tape.nodes) - 1, -1, -1):
        if uses[number]:
            node = tape.nodes[number]
            for _, factors in node.terms:
                for factor in factors:
                    uses[factor] += 1
            if node.over is not None:
                uses[node.over] += 1
    names = Names(letters_of(rows) | set(taken))
    expressions: dict[int, Expr] = {}
    where: list[tuple[Symbol, Expr]] = []
    leaves = [number for number, node in enumerate(tape.nodes) if node.leaf is not None and uses[number]]
    named = [number for number in leaves if _defined(tape.nodes[number].leaf, uses[number])]
    expressions.update({number: tape.nodes[number].leaf for number in leaves})
    shared, reduced = _shared([tape.nodes[number].leaf for number in named], names)
    where += shared
    for number, expression in zip(named, reduced, strict=True):
        if isinstance(expression, Symbol):
            expressions[number] = expression
            continue
        expressions[number] = names.next()
        where.append((expressions[number], expression))
    for number, node in enumerate(tape.nodes):
        if node.leaf is None and uses[number]:
            expression = _quick(node, expressions) or _written(node, expressions)
            if uses[number] > 1 or len(node.terms) > 1:
                expressions[number] = names.next()
                where.append((expressions[number], expression))
            else:
                expressions[number] = expression
    values = tuple(Integer(0) if result is None else expressions[result] for result in results)
    return Program(values, tuple(where), sum(operations(definition) for _, definition in where))


def _shared(leaves: Sequence[Expr], names: Names) -> tuple[list[tuple[Symbol, Expr]], list[Expr]]:
    """What several entries have in common, and the entries with it; losses κ/2 and couplings iJ have nothing."""
    letters = Counter(letter for leaf in leaves for letter in leaf.free_symbols)
    mixed = [
        k
        for k, leaf in enumerate(leaves)
        if not (leaf.is_Mul and max(map(letters.__getitem__, leaf.free_symbols), default=2) == 1)
        or not (leaf.args[-1].is_Symbol and (len(leaf.args) == 2 or leaf.args[:-1] == (S.NegativeOne, I)))
    ]
    shared, reduced = cse([leaves[k] for k in mixed], symbols=iter(names), order="canonical")
    found = list(leaves)
    for k, expression in zip(mixed, reduced, strict=True):
        found[k] = expression
    return shared, found


def _written(node: _Node, expressions: Mapping[int, Expr]) -> Expr:
    total = Add(*(Mul(sign, *(expressions[f] for f in factors)) for sign, factors in node.terms))
    return total if node.over is None else total / expressions[node.over]


def _product(node: _Node, expressions: Mapping[int, Expr]) -> Expr | None:
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


def _quick(node: _Node, expressions: Mapping[int, Expr]) -> Expr | None:
    """A sum of different products of symbols and at most one entry, in SymPy's order; None if it is not.

    A dense network of 40 modes has 10⁴ such products, which SymPy would take 60 µs each to arrange.
    """
    if len(node.terms) == 1:
        return _product(node, expressions)
    rows: list[tuple[int, tuple[str, ...], Expr]] = []
    entries: list[Expr] = []
    for sign, numbers in node.terms:
        factors = [expressions[f] for f in numbers]
        if not all(f.is_Symbol for f in factors):
            entries.append(Mul(sign, *factors))
            continue
        factors.sort(key=attrgetter("name"))
        if len(set(factors)) < len(factors):
            return None
        # numbers stand before symbols, symbols before products, short products before long ones
        arguments = factors if sign > 0 else [S.NegativeOne, *factors]
        key = ("",) * (sign < 0) + tuple(f.name for f in factors)
        rows.append((len(arguments), key, made(Mul, arguments) if len(arguments) > 1 else factors[0]))
    rows.sort(key=lambda row: row[:2])
    letters = [key[key[0] == "" :] for _, key, _ in rows]
    if len(set(letters)) < len(letters) or not rows or len(entries) > 1:
        return None
    terms = [term for _, _, term in rows]
    if entries:
        if not entries[0].is_Mul or any(factor.is_Add for factor in entries[0].args):
            return None
        insort(terms, entries[0], key=in_order)
    total = made(Add, terms)
    return total if node.over is None else made(Mul, [1 / expressions[node.over], total])


def letters_of(rows: Sequence[Mapping[int, Expr]]) -> set[str]:
    """The names of all symbols of a system."""
    return {symbol.name for row in rows for entry in row.values() for symbol in entry.free_symbols}


def _defined(leaf: Expr, uses: int) -> bool:
    return not leaf.is_Atom and (uses > 1 or isinstance(leaf, Add))


class Names:
    """x_1, x_2, … or another of the letters if one of the names `taken` begins with x_."""

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
        inner = sum(
            operations(f.base) if isinstance(f, Pow) and f.exp == -1 else operations(f) for f in factors
        )
        return inner + len(factors) - (not inverse)
    if isinstance(e, Number):
        return 0
    return (1 if isinstance(e, Pow | Function) else 0) + sum(operations(part) for part in e.args)
