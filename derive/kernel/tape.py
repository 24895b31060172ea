"""Elimination of a sparse system, recorded operation by operation.

    u_ij = a_ij − Σ_k m_ik u_kj,    m_ik = u_ik / u_kk,    x_j = (c_j − Σ_k u_jk x_k) / u_jj

Blocks come in order of dependence. Inside a block pivots are taken by minimum degree (Markowitz 1957), rows with a
source last. A pivot must be nonzero as a function of the parameters: its value at a random point in a finite field
says so, also after cancellations (lossless resonant modes, numbers that repeat).

Where the Schur complement that is left of a block is dense, the record can stop and leave it to a solver, as a whole:
of 10⁴ modes with 1.5 links a mode about 1300 are left, whose elimination would be 10⁹ operations. No other order that
was tried avoids them: minimum degree was within 5% of the best orders of SuperLU and METIS on such networks, and on 10³
modes of that of minimum fill.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import Any, NamedTuple

from derive.kernel.place import BadPoint

Product = tuple[int, tuple[int, ...]]

# A dense Schur complement is at least a tenth full, and each of its modes has at least so many links.
FULL, LINKS = 10, 12
# Products recorded before what is left counts as dense, if that has at most so many modes; and in any case.
RECORDED, MODES, AT_MOST = 300_000, 1500, 1_500_000


class Node(NamedTuple):
    """Σ ± products of earlier nodes, over another node; or a `leaf`, an entry of A or b or a complement's unknown."""

    leaf: Any
    terms: tuple[Product, ...] = ()
    over: int | None = None


class Complement(NamedTuple):
    """A dense Schur complement that is left to a solver.

    Its entries are (row, column, node), `sources` the nodes of its right-hand side and `unknowns` those of its
    solution.
    """

    cells: tuple[tuple[int, int, int], ...]
    sources: tuple[int | None, ...]
    unknowns: tuple[int, ...]


class Cell:
    """A matrix element during elimination: a sum that has no node yet, and its value at the random point."""

    def __init__(self, terms: list[Product], value: int) -> None:
        self.terms = terms
        self.value = value


class Tape:
    """The record: nodes in order of creation, equal ones once, and their values modulo `prime`.

    `value` gives that of an entry; `dense` tells whether the record may stop at dense Schur complements. `products`
    counts products so far.
    """

    def __init__(self, prime: int, value: Callable[[Any], int], dense: bool) -> None:
        self.prime, self.value, self.dense = prime, value, dense
        self.products = 0
        self.complements: list[Complement] = []
        self.nodes: list[Node] = []
        self.values: list[int] = []
        self.known: dict[Node, int] = {}

    def add(self, node: Node, value: int) -> int:
        """The number of a node, which is added to the record unless it is there already."""
        if node not in self.known:
            self.known[node] = len(self.nodes)
            self.nodes.append(node)
            self.values.append(value % self.prime)
        return self.known[node]

    def entry(self, e: Any) -> Cell:
        """An entry of the matrix."""
        value = self.value(e)
        return Cell([(1, (self.add(Node(e), value),))], value)

    def name(self, cell: Cell) -> int:
        """The number of the node that an element is; one that is a sum or product so far becomes a node."""
        sign, factors = cell.terms[0]
        if len(cell.terms) > 1 or sign < 0 or len(factors) > 1:
            cell.terms = [(1, (self.add(Node(None, tuple(cell.terms)), cell.value),))]
        return cell.terms[0][1][0]

    def ratio(self, cell: Cell, pivot: int) -> int:
        """The node of element/pivot.

        Raises:
            BadPoint: if the pivot vanishes at the random point.
        """
        if not self.values[pivot]:
            raise BadPoint
        value = cell.value * pow(self.values[pivot], -1, self.prime)
        return self.add(Node(None, tuple(cell.terms), pivot), value)

    def subtract(self, cell: Cell, a: int, b: int) -> None:
        """element ← element − a b."""
        self.products += 1
        cell.terms.append((-1, (a, b) if a < b else (b, a)))
        cell.value = (cell.value - self.values[a] * self.values[b]) % self.prime


def eliminate(
    rows: Sequence[Mapping[int, Any]],
    matched: Sequence[int],
    blocks: Sequence[Sequence[int]],
    tape: Tape,
) -> dict[int, int] | None:
    """The nodes of the unknowns of A x = b that are not zero, where column n of `rows` is b.

    None if det A vanishes at the random point.
    """
    size = len(rows)
    unknowns: dict[int, int] = {}
    for block in blocks:
        inside = {matched[row] for row in block}
        cells: dict[int, dict[int, Cell]] = {}
        sources: dict[int, Cell] = {}
        for row in block:
            cells[row] = {column: tape.entry(e) for column, e in sorted(rows[row].items()) if column in inside}
            terms = [tape.entry(rows[row][size])] if size in rows[row] else []
            source = terms[0] if terms else Cell([], 0)
            for column, e in sorted(rows[row].items()):
                if column in unknowns:
                    tape.subtract(source, tape.name(tape.entry(e)), unknowns[column])
            if source.terms:
                sources[row] = source
        if sources and not _solve_block(tape, block, matched, cells, sources, unknowns):
            return None
    return unknowns


class _Pivot(NamedTuple):
    """A step of the elimination: an unknown x, the node of its pivot u, the factors of other unknowns, its source c.

    x = (c − Σ factor · unknown)/u; where the factors are `divided` by u already, x = c/u − Σ factor · unknown.
    """

    column: int
    node: int
    factors: Mapping[int, int]
    source: int | None
    divided: bool


def _solve_block(
    tape: Tape,
    block: Sequence[int],
    matched: Sequence[int],
    cells: dict[int, dict[int, Cell]],
    sources: dict[int, Cell],
    unknowns: dict[int, int],
) -> bool:
    """Elimination and back substitution of a block; False if it is singular at the random point."""
    symmetric = _is_symmetric(block, matched, cells)
    if symmetric:
        # One cell for both halves: a Schur complement of a symmetric matrix is symmetric, half the work.
        for row in block:
            cells[row] = {column: cells[min(row, column)][max(row, column)] for column in cells[row]}
    active = set(block)
    fill = _Fill(block, matched, cells, set(sources))
    done: list[_Pivot] = []
    while active:
        chosen = fill.least(active)
        if chosen is None:
            return False
        row, column = chosen
        if tape.dense and _is_dense(fill.of(row, column)[0], len(active), tape.products):
            _leave(tape, sorted(active), matched, cells, sources, unknowns)
            break
        if symmetric and row != column:
            symmetric = False
            for other in active:
                cells[other] = {c: Cell([*cell.terms], cell.value) for c, cell in cells[other].items()}
        active.remove(row)
        below = sorted(other for other in fill.holders[column] if other != row)
        done.append(_eliminated(tape, row, column, below, cells, sources, symmetric))
        fill.eliminated(row, column, below)
    _substituted(tape, done, unknowns)
    return True


def _is_symmetric(block: Sequence[int], matched: Sequence[int], cells: Mapping[int, Mapping[int, Cell]]) -> bool:
    return all(matched[row] == row for row in block) and all(
        row in cells.get(column, {}) and cells[column][row].terms == cell.terms
        for row in block
        for column, cell in cells[row].items()
    )


def _eliminated(
    tape: Tape,
    row: int,
    column: int,
    below: Sequence[int],
    cells: Mapping[int, dict[int, Cell]],
    sources: dict[int, Cell],
    symmetric: bool,
) -> _Pivot:
    """Take multiples of a pivot's row from the rows `below`, all others that hold its column."""
    values, prime = tape.values, tape.prime
    pivot = tape.name(cells[row][column])
    source = tape.name(sources[row]) if row in sources else None
    upper = {c: tape.name(cell) for c, cell in cells[row].items() if c != column}
    multipliers: dict[int, int] = {}
    for other in below:
        multiplied = cells[other].pop(column)
        if not upper and source is None:
            continue
        multiplier = multipliers[other] = tape.ratio(multiplied, pivot)
        left = cells[other]
        for c, factor in upper.items():
            if symmetric and c < other:
                continue  # the cell is that of (c, other), which came before
            cell = left.get(c)
            if cell is None:
                cell = left[c] = Cell([], 0)
                if symmetric:
                    cells[c][other] = cell
            cell.terms.append((-1, (multiplier, factor) if multiplier < factor else (factor, multiplier)))
            cell.value = (cell.value - values[multiplier] * values[factor]) % prime
        if source is not None:
            tape.subtract(sources.setdefault(other, Cell([], 0)), multiplier, source)
    tape.products += len(upper) * (len(upper) + 1 if symmetric else 2 * len(multipliers)) // 2
    # Of a symmetric matrix m_kj = u_jk/u_jj, and x_j = c_j/u_jj − Σ m_kj x_k divides only if c_j ≠ 0.
    return _Pivot(column, pivot, multipliers if symmetric else upper, source, symmetric)


def _substituted(tape: Tape, done: Sequence[_Pivot], unknowns: dict[int, int]) -> None:
    """The nodes of the unknowns that are not zero, the last one first."""
    for column, pivot, factors, source, divided in reversed(done):
        cell = Cell([(1, (source,))], tape.values[source]) if source is not None else Cell([], 0)
        if divided and cell.terms:
            ratio = tape.ratio(cell, pivot)
            cell = Cell([(1, (ratio,))], tape.values[ratio])
        for c, factor in factors.items():
            if c in unknowns:
                tape.subtract(cell, factor, unknowns[c])
        if cell.terms:
            unknowns[column] = tape.name(cell) if divided else tape.ratio(cell, pivot)


def _is_dense(fill: int, left: int, products: int) -> bool:
    """Whether what is left of a block is solved as a whole, by its least fill-in, its modes and the products so far."""
    full = fill >= LINKS**2 and fill * FULL**2 > left**2
    return full or products > RECORDED and left <= MODES or products > AT_MOST


def _leave(
    tape: Tape,
    rows: Sequence[int],
    matched: Sequence[int],
    cells: Mapping[int, Mapping[int, Cell]],
    sources: Mapping[int, Cell],
    unknowns: dict[int, int],
) -> None:
    """Leave these rows to a solver of dense systems, if one of them has a source."""
    at = {matched[row]: k for k, row in enumerate(rows)}
    names = [
        (i, at[column], tape.name(cell)) for i, row in enumerate(rows) for column, cell in sorted(cells[row].items())
    ]
    right = [tape.name(sources[row]) if row in sources else None for row in rows]
    if any(source is not None for source in right):
        found = [tape.add(Node(("complement", len(tape.complements), k)), 0) for k in range(len(rows))]
        tape.complements.append(Complement(tuple(names), tuple(right), tuple(found)))
        unknowns.update((column, found[k]) for column, k in at.items())


class _Fill:
    """The fill-in of every pivot, kept current.

    `holders` are the rows that hold a column, `driven` those that had a source at first: they come last among equals.
    """

    def __init__(
        self,
        block: Sequence[int],
        matched: Sequence[int],
        cells: Mapping[int, Mapping[int, Cell]],
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

    def of(self, row: int, column: int) -> tuple[int, bool, int, int]:
        """The key by which pivots are ordered: Markowitz' count of new entries, whether the row was driven, its place.
        """
        return (len(self.cells[row]) - 1) * (len(self.holders[column]) - 1), row in self.driven, row, column

    def _update(self, rows: Iterable[int]) -> None:
        for row in rows:
            column = self.matched[row]
            cell = self.cells[row].get(column)
            if cell is None or not cell.value:
                self.current.pop(row, None)
            elif self.current.get(row) != (found := self.of(row, column)):
                self.current[row] = found
                heappush(self.queue, found)

    def least(self, active: Collection[int]) -> tuple[int, int] | None:
        """The row and column of least fill-in, on the matched diagonal if it is not all zero at the point."""
        while self.queue:
            found = self.queue[0]
            if self.current.get(found[2]) == found:
                return found[2:]
            heappop(self.queue)
        anywhere = [self.of(r, c) for r in sorted(active) for c, cell in self.cells[r].items() if cell.value]
        return min(anywhere)[2:] if anywhere else None

    def eliminated(self, row: int, column: int, below: Sequence[int]) -> None:
        """A pivot is done, and the rows below it have changed."""
        for c in self.cells[row]:
            self.holders[c].discard(row)
        self.holders.pop(column)
        self.current.pop(row, None)
        for c in self.cells[row]:
            if c != column:
                self.holders[c].update(below)  # which have filled in
        touched = {self.owner[c] for c in self.cells[row]} | set(below)
        self._update(sorted(r for r in touched if r != row and r not in self.gone))
        self.gone.add(row)
