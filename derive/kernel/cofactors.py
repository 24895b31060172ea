"""The determinant of a block and all numerators of Cramer's rule, in products that are not much longer than they are.

    a part U on p:    a_pp ← a_pp det A_U − Σ_k a_pk N_k,   A_U N / det A_U what U answers to column p
    of a core:        D_k = Σ_S ± F(S) G(the columns but k and those of S)

What hangs on a mode p (`components`) is eliminated without a division: the other entries of row p are multiplied by
det A_U, so that the determinant stays what it is. From the driven mode, which all others hang on, numerators follow
outwards. Of a core, F(S) are the minors of the first rows on the columns S and G those of the last rows; every maximal
minor D_k of [A | b], which leaves column k out, is put together where its column is open, that is, in the middle of
the rows that hold it (Laplace 1772). So no state needs to know which column will be missing.

The ring is anybody's: products take a sign, sums a list. Where all entries are independent nothing cancels, and no
product is longer than what it becomes a part of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from derive.kernel.components import Row, Shape, spans

Element = Any
Product = tuple[Element, Element, bool]
Step = Sequence[tuple[int, int, Element]]


class Ring(Protocol):
    """What polynomials and their numbers of terms have in common.

    times(x, y, negative) is ± x y, total the sum of so many, at least one; both has one summand or two for what runs
    through a loop both ways.
    """

    @property
    def one(self) -> Element: ...

    def times(self, x: Element, y: Element, negative: bool) -> Element: ...

    def total(self, found: Sequence[Product]) -> Element: ...

    def both(self, x: Element, y: Element) -> Sequence[Element]: ...


class Numbers(NamedTuple):
    """Numbers of terms, where nothing cancels."""

    one: int = 1

    def times(self, x: int, y: int, negative: bool) -> int:
        return x * y

    def total(self, found: Sequence[tuple[int, int, bool]]) -> int:
        return sum([x * y for x, y, _ in found])

    def both(self, x: int, y: int) -> Sequence[int]:
        return x, y


# What hangs on a mode p by one part: its determinant; its modes, with their numerators where column p is b, with and
# without what hangs on themselves; for a loop, what it adds to the determinant of p with all that hangs on it.
Hung = tuple[Element, Sequence[tuple[int, Element, Element]], Sequence[Product] | None]


def solved(rows: Sequence[Row], found: Shape, ring: Ring) -> tuple[Element, dict[int, Element]]:
    """The determinant, and the numerators that are not zero. Row i is {column: entry}, with b behind the columns."""
    times = ring.times
    size, root = len(rows), found.root
    own: dict[int, Element] = {}
    rest: dict[int, Element] = {}
    hung: dict[int, list[Hung]] = {}
    for p, modes, loop, _ in found.parts:
        piece: Hung
        if len(modes) == 1:
            (v,) = modes
            entry = top = rows[v][p]
            if v in hung:
                determinant = _with_hung(rows[v], v, hung[v], rest, ring)
                top = times(entry, rest[v], False)
            else:
                determinant = rows[v][v]
            piece = determinant, ((v, top, entry),), None
        else:
            for v in modes:
                own[v] = _with_hung(rows[v], v, hung[v], rest, ring) if v in hung else rows[v].get(v)
            piece = (_around if loop else _met)(rows, p, modes, own, rest, ring)
        if p in hung:
            hung[p].append(piece)
        else:
            hung[p] = [piece]
    tops: dict[int, Element] = {}
    bare: dict[int, Element] = {}
    if root == size:
        ((determinant, numerators, _),) = hung[size]
        for v, top, stem in numerators:
            tops[v], bare[v] = top, stem
    else:
        determinant, tops[root], bare[root] = rows[root][root], rows[root][size], rows[root][size]
        if root in hung:
            determinant = _with_hung(rows[root], root, hung[root], rest, ring)
            tops[root] = times(bare[root], rest[root], False)
    for p in reversed(rest):
        if p in bare:
            above = bare[p]
            for _, numerators, _ in hung[p]:
                for v, top, stem in numerators:
                    tops[v] = times(top, above, True)
                    if v in hung:
                        bare[v] = times(stem, above, True)
    return determinant, tops


def _with_hung(row: Row, v: int, pieces: list[Hung], rest: dict[int, Element], ring: Ring) -> Element:
    """The determinant of a mode with all that hangs on it; `rest` is that without the mode itself.

    What comes with one part is multiplied by the determinants of the others.
    """
    times = ring.times
    product = pieces[0][0]
    if len(pieces) > 1:
        product = ring.one
        after: list[Element] = []
        for piece in reversed(pieces):
            after.append(product)
            product = times(product, piece[0], False)
        product = ring.one
        for k, (determinant, numerators, turns) in enumerate(pieces):
            beside = times(after.pop(), product, False)
            product = times(product, determinant, False)
            found = []
            for u, top, stem in numerators:
                whole = times(top, beside, False)
                found.append((u, whole, whole if stem is top else times(stem, beside, False)))
            if turns is not None:
                turns = [(x, times(y, beside, False), odd) for x, y, odd in turns]
            pieces[k] = determinant, found, turns
    rest[v] = product
    summands = [(row[v], product, False)] if v in row else []
    for _, numerators, turns in pieces:
        if turns is None:
            for u, top, _ in numerators:
                if u in row:
                    summands.append((row[u], top, True))
        else:
            summands += turns
    return ring.total(summands)


def _around(
    rows: Sequence[Row],
    p: int,
    modes: Sequence[int],
    own: Mapping[int, Element],
    rest: Mapping[int, Element],
    ring: Ring,
) -> Hung:
    """A loop through p, by the determinants of the chains that it is cut into.

    N_k = ± A_1p A_21 … A_k,k−1 D(k+1 … m) ± A_mp A_m−1,m … A_k,k+1 D(1 … k−1)
    """
    one, times, total = ring.one, ring.times, ring.total
    size = len(modes)

    def chains(order: Sequence[int]) -> list[Element]:
        """The determinants of the first 0, 1, 2, … of the modes."""
        found = [one, own[order[0]]]
        for u, v in zip(order, order[1:], strict=False):
            summands = [(own[v], found[-1], False)]
            if u in rows[v] and v in rows[u]:
                entry = times(rows[v][u], rows[u][v], False)
                for w in (u, v):
                    if w in rest:
                        entry = times(entry, rest[w], False)
                summands.append((entry, found[-2], True))
            found.append(total(summands))
        return found

    def paths(order: Sequence[int]) -> list[Element | None]:
        """What leads from p to the modes, with what hangs on those between."""
        found = [rows[order[0]].get(p)]
        for u, v in zip(order, order[1:], strict=False):
            entry = found[-1]
            if entry is None or u not in rows[v]:
                return found + [None] * (size - len(found))
            entry = times(entry, rows[v][u], True)
            found.append(times(entry, rest[u], False) if u in rest else entry)
        return found

    back = modes[::-1]
    before, after = chains(modes), chains(back)[::-1]
    up, down = paths(modes), paths(back)[::-1]
    tops: list[tuple[int, Element, Element]] = []
    for k, v in enumerate(modes):
        found = [(e, d, False) for e, d in ((up[k], after[k + 1]), (down[k], before[k])) if e is not None]
        if found:
            bare = total(found)
            tops.append((v, times(bare, rest[v], False) if v in rest else bare, bare))
    turns: list[Product] = []
    row = rows[p]
    rounds: list[Element] = []
    for v, there, left, entry in (
        (modes[0], up[0], after[1], down[0]),
        (modes[-1], down[-1], before[-2], up[-1]),
    ):
        if v in row:
            last = times(row[v], rest[v], False) if v in rest else row[v]
            if there is not None:
                turns.append((times(last, there, False), left, True))
            if entry is not None:
                rounds.append(times(last, entry, False))
    turns += [(e, one, True) for e in (ring.both(*rounds) if len(rounds) == 2 else rounds)]
    return before[-1], tops, turns


def _met(
    rows: Sequence[Row],
    source: int,
    order: Sequence[int],
    own: Mapping[int, Element | None],
    rest: Mapping[int, Element],
    ring: Ring,
) -> Hung:
    """A core, by sweeps from both ends; column `source` is its right-hand side."""
    times, total = ring.times, ring.total
    size = len(order)
    local = {v: k for k, v in enumerate(order)}
    local[source] = size
    plain = [{local[j]: entry for j, entry in rows[v].items() if j in local} for v in order]
    matrix: list[Row] = list(plain)
    for k, v in enumerate(order):
        if v in rest:
            scaled = {j: times(rest[v], entry, False) for j, entry in plain[k].items() if j != k}
            matrix[k] = scaled if own[v] is None else {**scaled, k: own[v]}
    first, last = spans(matrix, range(size))
    middle = first[size] + 1
    # where a minor is put together: between two rows that hold its column, or else at its only row
    cuts: dict[int, list[int]] = {}
    inserted: list[tuple[int, int, Row]] = []
    low, high = size, 0
    for k in range(size + 1):
        if k < size and order[k] in rest:
            cut = k
            inserted.append((k, cut, plain[k]))
        elif first[k] == last[k]:
            cut = first[k]
            inserted.append((k, cut, matrix[cut]))
        else:
            cut = max(first[k] + 1, min(middle, last[k]))
            cuts.setdefault(cut, []).append(k)
            low = min(low, cut)
        low, high = min(low, cut + 1), max(high, cut)
    steps = [[(1 << column, column, entry) for column, entry in row.items()] for row in matrix]
    before = _forwards(steps, last, high, ring)
    after = _backwards(steps, first, low, ring)
    full = (2 << size) - 1
    found: dict[int, list[Product]] = {}
    for cut, columns in cuts.items():
        left, right = before[cut], after[cut]
        for k in columns:
            others = full ^ 1 << k
            uneven, turned = _uneven(full, k, size, cut)
            summands = found[k] = []
            for mask, minor in left.items():
                other = others ^ mask
                if other in right and other | mask == others:
                    odd = (mask & uneven).bit_count() + turned & 1
                    summands.append((minor, right[other], odd == 1))
    for k, step, row in inserted:
        left, right = before[step], after[step + 1]
        uneven, turned = _uneven(full, k, size, step + 1)
        summands = found[k] = []
        for column, entry in row.items():
            if column == k:
                continue
            bit = 1 << column
            others = full ^ 1 << k ^ bit
            for mask, minor in left.items():
                other = others ^ mask
                if other in right and other | mask == others:
                    odd = ((mask | bit) & uneven).bit_count() + (mask >> column).bit_count() + turned & 1
                    summands.append((times(entry, minor, odd == 1), right[other], False))
    determinant = total(found.pop(size))
    tops: list[tuple[int, Element, Element]] = []
    for k, summands in found.items():
        if summands:
            v, bare = order[k], total(summands)
            tops.append((v, times(bare, rest[v], False) if v in rest else bare, bare))
    return determinant, tops, None


def _uneven(full: int, k: int, size: int, taken: int) -> tuple[int, int]:
    """What tells the sign of a minor without column k from the columns S of its first `taken` rows.

    Putting S before the others passes by Σ rank(s) − |S|(|S| − 1)/2 columns, rank(s) of those but k lying below s. In
    numerators b takes the place of column k.
    """
    odd = (full if size & 1 else full >> 1) // 3 << 1
    below = (1 << k) - 1
    uneven = odd & below | full & ~(odd | below | 1 << k)
    return uneven, taken * (taken - 1) // 2 + (size - k - 1 if k < size else 0)


def _forwards(steps: Sequence[Step], last: Sequence[int], high: int, ring: Ring) -> list[dict[int, Element]]:
    """The minors of the first 0, 1, 2, … rows whose closed columns are all used, by the bit masks of their columns."""
    found = [{0: ring.one}]
    closed = 0
    for step in range(high):
        entries = steps[step]
        for bit, column, _ in entries:
            if last[column] == step:
                closed |= bit
        grown: dict[int, list[Product]] = {}
        for mask, minor in found[step].items():
            for bit, column, entry in entries:
                union = mask | bit
                if union != mask and not closed & ~union:
                    term = entry, minor, (mask >> column).bit_count() & 1 == 1
                    if union in grown:
                        grown[union].append(term)
                    else:
                        grown[union] = [term]
        found.append(_added(grown, ring))
    return found


def _backwards(
    steps: Sequence[Step], first: Sequence[int], low: int, ring: Ring
) -> dict[int, dict[int, Element]]:
    """The minors of the rows from a step on that use all columns that no row before them has."""
    size = len(steps)
    found = {size: {0: ring.one}}
    needed = 0
    for step in range(size - 1, low - 1, -1):
        entries = steps[step]
        for bit, column, _ in entries:
            if first[column] == step:
                needed |= bit
        grown: dict[int, list[Product]] = {}
        for mask, minor in found[step + 1].items():
            for bit, _, entry in entries:
                union = mask | bit
                if union != mask and not needed & ~union:
                    term = entry, minor, (mask & bit - 1).bit_count() & 1 == 1
                    if union in grown:
                        grown[union].append(term)
                    else:
                        grown[union] = [term]
        found[step] = _added(grown, ring)
    return found


def _added(grown: Mapping[int, Sequence[Product]], ring: Ring) -> dict[int, Element]:
    times, total = ring.times, ring.total
    return {mask: total(found) if len(found) > 1 else times(*found[0]) for mask, found in grown.items()}
