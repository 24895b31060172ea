"""The determinant of a block and all numerators of Cramer's rule, without a division.

    a part U that hangs on p:   a_pp ← a_pp det A_U − Σ_k a_pk N_k,   with N_k the numerators of A_U y = (column p)
    a part that is swept:       D_k = Σ_S ± F(S) G(the columns but k and those of S)

Every part of a block (`components`) hangs on one mode p and is eliminated: the other entries of row p are multiplied by
det A_U in place of dividing a_pp, so that the determinant of the block stays what it was. The numerators are then
computed outwards from the driven mode, on which all others hang.

A part that is neither a leaf nor a loop is expanded by two sweeps over its rows, unless it is reciprocal and has many
links (`covers`). F(S) are the minors of the first rows on the columns S, G those of the last rows. The maximal minor
D_k of [A | b], which leaves column k out, is a sum over S (Laplace 1772) for any division into first and last rows. It
is divided between two rows that hold column k, so that neither F nor G has to use this column: then neither sweep has
to remember which column will be missing.

The entries may be of any ring. Where all of them are independent nothing cancels, and no product that is formed on the
way is longer than the result it becomes a part of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from derive.kernel.components import Row, Shape, spans

Element = Any
Product = tuple[Element, Element, bool]
Step = Sequence[tuple[int, int, Element]]


class Ring(Protocol):
    """What is asked of the entries: polynomials, or their numbers of terms.

    times(x, y, negative) is x y, or −x y; total(found) is the sum of at least one such product. both(x, y) are the
    summands of x + y for the two directions of a loop, one summand if they are equal. polynomial(x) is the form in
    which an element leaves the ring.
    """

    @property
    def one(self) -> Element: ...

    def times(self, x: Element, y: Element, negative: bool = False) -> Element: ...

    def total(self, found: Sequence[Product]) -> Element: ...

    def both(self, x: Element, y: Element) -> Sequence[Element]: ...

    def polynomial(self, x: Element) -> Any: ...


class Numbers(NamedTuple):
    """The ring of the numbers of terms of polynomials, of which none cancel."""

    one: int = 1

    def times(self, x: int, y: int, negative: bool = False) -> int:
        return x * y

    def total(self, found: Sequence[tuple[int, int, bool]]) -> int:
        return sum([x * y for x, y, _ in found])

    def both(self, x: int, y: int) -> Sequence[int]:
        return x, y

    def polynomial(self, x: int) -> int:
        return x


# A part U that hangs on a mode p: det A_U; (mode k, N_k, N_k without the determinants of what hangs on k) of its modes;
# for a loop, −Σ_k a_pk N_k as a list of products, in which its two directions are one.
Hung = tuple[Element, Sequence[tuple[int, Element, Element]], Sequence[Product] | None]


def solved(
    rows: Sequence[Row], found: Shape, ring: Ring, other: Callable[..., Hung] | None = None
) -> tuple[Element, dict[int, Element]]:
    """The determinant of a block, and its numerators that are not zero.

    Row i is {column: entry}, with b as column n; `found` tells how the block is taken apart. Parts that are neither
    leaves nor loops are swept, unless `other` tells another way.
    """
    times = ring.times
    size, root = len(rows), found.root
    own: dict[int, Element] = {}  # the determinant of a mode with all that hangs on it
    rest: dict[int, Element] = {}  # and without the mode
    hung: dict[int, list[Hung]] = {}
    for p, modes, loop, _ in found.parts:
        piece: Hung
        if len(modes) == 1:
            (v,) = modes
            entry = top = rows[v][p]
            if v in hung:
                determinant = _with_hung(rows[v], v, hung[v], rest, ring)
                top = times(entry, rest[v])
            else:
                determinant = rows[v][v]
            piece = determinant, ((v, top, entry),), None
        else:
            for v in modes:
                own[v] = _with_hung(rows[v], v, hung[v], rest, ring) if v in hung else rows[v].get(v)
            piece = (_loop if loop else other or swept)(rows, p, modes, own, rest, ring)
        if p in hung:
            hung[p].append(piece)
        else:
            hung[p] = [piece]
    tops: dict[int, Element] = {}
    bare: dict[int, Element] = {}  # the same without the determinants of what hangs on the mode
    if root == size:
        ((determinant, numerators, _),) = hung[size]
        for v, top, alone in numerators:
            tops[v], bare[v] = top, alone
    else:
        determinant, tops[root], bare[root] = rows[root][root], rows[root][size], rows[root][size]
        if root in hung:
            determinant = _with_hung(rows[root], root, hung[root], rest, ring)
            tops[root] = times(bare[root], rest[root])
    for p in reversed(rest):
        if p in bare:
            above = bare[p]
            for _, numerators, _ in hung[p]:
                for v, top, alone in numerators:
                    tops[v] = times(top, above, negative=True)
                    if v in hung:
                        bare[v] = times(alone, above, negative=True)
    return determinant, tops


def _with_hung(row: Row, v: int, pieces: list[Hung], rest: dict[int, Element], ring: Ring) -> Element:
    """The determinant of mode v with all that hangs on it; rest[v] becomes that of what hangs on it alone.

    In each of the `pieces` that hang on v, numerators are multiplied by the determinants of the other pieces.
    """
    times = ring.times
    product = pieces[0][0]
    if len(pieces) > 1:
        product = ring.one
        after: list[Element] = []
        for piece in reversed(pieces):
            after.append(product)
            product = times(product, piece[0])
        product = ring.one
        for k, (determinant, numerators, turns) in enumerate(pieces):
            beside = times(after.pop(), product)
            product = times(product, determinant)
            found = []
            for u, top, alone in numerators:
                whole = times(top, beside)
                found.append((u, whole, whole if alone is top else times(alone, beside)))
            if turns is not None:
                turns = [(x, times(y, beside), odd) for x, y, odd in turns]
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


def _loop(
    rows: Sequence[Row],
    p: int,
    modes: Sequence[int],
    own: Mapping[int, Element],
    rest: Mapping[int, Element],
    ring: Ring,
) -> Hung:
    """A loop p, 1, …, m, by the determinants D of the chains that it is cut into.

    N_k = ± A_1p A_21 … A_k,k−1 D(k+1 … m) ± A_mp A_m−1,m … A_k,k+1 D(1 … k−1)
    """
    one, times, total = ring.one, ring.times, ring.total
    back = modes[::-1]
    before, after = _chains(rows, modes, own, rest, ring), _chains(rows, back, own, rest, ring)[::-1]
    up, down = _paths(rows, p, modes, rest, ring), _paths(rows, p, back, rest, ring)[::-1]
    tops: list[tuple[int, Element, Element]] = []
    for k, v in enumerate(modes):
        found = [(e, d, False) for e, d in ((up[k], after[k + 1]), (down[k], before[k])) if e is not None]
        if found:
            bare = total(found)
            tops.append((v, times(bare, rest[v]) if v in rest else bare, bare))
    # what returns to p: to the first or the last mode and back over the same link, or around the loop, both ways
    returns: list[Product] = []
    row = rows[p]
    rounds: list[Element] = []
    for v, there, left, around in (
        (modes[0], up[0], after[1], down[0]),
        (modes[-1], down[-1], before[-2], up[-1]),
    ):
        if v in row:
            last = times(row[v], rest[v]) if v in rest else row[v]
            if there is not None:
                returns.append((times(last, there), left, True))
            if around is not None:
                rounds.append(times(last, around))
    returns += [(e, one, True) for e in (ring.both(*rounds) if len(rounds) == 2 else rounds)]
    return before[-1], tops, returns


def _chains(
    rows: Sequence[Row], order: Sequence[int], own: Mapping[int, Element], rest: Mapping[int, Element], ring: Ring
) -> list[Element]:
    """The determinants of the chains of the first 0, 1, 2, … modes: D_k = a_k D_k−1 − A_k,k−1 A_k−1,k D_k−2."""
    times = ring.times
    found = [ring.one, own[order[0]]]
    for u, v in zip(order, order[1:], strict=False):
        summands = [(own[v], found[-1], False)]
        if u in rows[v] and v in rows[u]:
            entry = times(rows[v][u], rows[u][v])
            for w in (u, v):
                if w in rest:
                    entry = times(entry, rest[w])
            summands.append((entry, found[-2], True))
        found.append(ring.total(summands))
    return found


def _paths(
    rows: Sequence[Row], p: int, order: Sequence[int], rest: Mapping[int, Element], ring: Ring
) -> list[Element | None]:
    """± the product of the links from p to each of the modes, and of what hangs on those between; None if one lacks."""
    times = ring.times
    found = [rows[order[0]].get(p)]
    for u, v in zip(order, order[1:], strict=False):
        entry = found[-1]
        if entry is None or u not in rows[v]:
            return found + [None] * (len(order) - len(found))
        entry = times(entry, rows[v][u], negative=True)
        found.append(times(entry, rest[u]) if u in rest else entry)
    return found


class Joints(NamedTuple):
    """Where the rows are divided for the minor without each column.

    `between` are the columns by the number of rows above the cut. `single` are (column, place of a row, its entries)
    where a row stands by itself between those above and those below: the only row of a column, and that of a mode on
    which others hang. There are cuts from `low` to `high`.
    """

    between: Mapping[int, Sequence[int]]
    single: Sequence[tuple[int, int, Row]]
    low: int
    high: int


def _joints(first: Sequence[int], last: Sequence[int], matrix: Sequence[Row], bare: Mapping[int, Row]) -> Joints:
    """A cut between two rows that hold the column, near the middle.

    `bare` are the rows of modes on which others hang, by place, not multiplied by the determinants of these.
    """
    size = len(matrix)
    middle = first[size] + 1
    between: dict[int, list[int]] = {}
    single: list[tuple[int, int, Row]] = []
    low, high = size, 0
    for k in range(size + 1):
        if k in bare:
            cut = k
            single.append((k, cut, bare[k]))
        elif first[k] == last[k]:
            cut = first[k]
            single.append((k, cut, matrix[cut]))
        else:
            cut = max(first[k] + 1, min(middle, last[k]))
            between.setdefault(cut, []).append(k)
            low = min(low, cut)
        low, high = min(low, cut + 1), max(high, cut)
    return Joints(between, single, low, high)


def swept(
    rows: Sequence[Row],
    stem: int,
    order: Sequence[int],
    own: Mapping[int, Element | None],
    rest: Mapping[int, Element],
    ring: Ring,
) -> Hung:
    """A part that is neither a leaf nor a loop, whose right-hand side is column `stem`.

    Its minors are those F of its first rows times those G of its last ones.
    """
    times, total = ring.times, ring.total
    size = len(order)
    local = {v: k for k, v in enumerate(order)}
    local[stem] = size
    matrix: list[Row] = [{local[j]: entry for j, entry in rows[v].items() if j in local} for v in order]
    bare = {k: matrix[k] for k, v in enumerate(order) if v in rest}
    for k, row in bare.items():
        v = order[k]
        scaled = {j: times(rest[v], entry) for j, entry in row.items() if j != k}
        matrix[k] = scaled if own[v] is None else {**scaled, k: own[v]}
    first, last = spans(matrix, range(size))
    joints = _joints(first, last, matrix, bare)
    steps = [[(1 << column, column, entry) for column, entry in row.items()] for row in matrix]
    above = _forwards(steps, last, joints.high, ring)
    below = _backwards(steps, first, joints.low, ring)
    found: dict[int, list[Product]] = {}
    for cut, columns in joints.between.items():
        for k in columns:
            found[k] = _across_a_cut(above[cut], below[cut], size, k, cut)
    for k, place, row in joints.single:
        found[k] = _across_a_row(above[place], row, below[place + 1], size, k, place, ring)
    determinant = total(found.pop(size))
    tops: list[tuple[int, Element, Element]] = []
    for k, summands in found.items():
        if summands:
            v, top = order[k], total(summands)
            tops.append((v, times(top, rest[v]) if v in rest else top, top))
    return determinant, tops, None


def _across_a_cut(
    above: Mapping[int, Element], below: Mapping[int, Element], size: int, k: int, taken: int
) -> list[Product]:
    """The minor without column k by those of the `taken` rows above a cut and those of the rows below it."""
    others = (2 << size) - 1 ^ 1 << k
    uneven, turned = _signs(size, k, taken)
    summands: list[Product] = []
    for mask, minor in above.items():
        other = others ^ mask
        if other in below and other | mask == others:
            summands.append((minor, below[other], (mask & uneven).bit_count() + turned & 1 == 1))
    return summands


def _across_a_row(
    above: Mapping[int, Element], row: Row, below: Mapping[int, Element], size: int, k: int, place: int, ring: Ring
) -> list[Product]:
    """The minor without column k by those of the rows above a row, its entries, and those of the rows below it."""
    times = ring.times
    uneven, turned = _signs(size, k, place + 1)
    summands: list[Product] = []
    for column, entry in row.items():
        if column == k:
            continue
        bit = 1 << column
        others = (2 << size) - 1 ^ 1 << k ^ bit
        for mask, minor in above.items():
            other = others ^ mask
            if other in below and other | mask == others:
                odd = ((mask | bit) & uneven).bit_count() + (mask >> column).bit_count() + turned & 1 == 1
                summands.append((times(entry, minor, odd), below[other], False))
    return summands


def _signs(size: int, k: int, taken: int) -> tuple[int, int]:
    """The sign of a minor without column k, by the columns S of its first `taken` rows: (−1)^(|S ∩ uneven| + turned).

    To put S before the other columns takes Σ rank(s) − |S|(|S| − 1)/2 exchanges of neighbours, where rank(s) is the
    number of columns before s, without k. In a numerator b takes the place of column k.
    """
    full = (2 << size) - 1
    odd = (full if size & 1 else full >> 1) // 3 << 1  # bits 1, 3, 5, …
    before = (1 << k) - 1
    uneven = odd & before | full & ~(odd | before | 1 << k)
    return uneven, taken * (taken - 1) // 2 + (size - k - 1 if k < size else 0)


def _forwards(steps: Sequence[Step], last: Sequence[int], high: int, ring: Ring) -> list[dict[int, Element]]:
    """The minors of the first 0, 1, 2, … `high` rows by the bit masks of their columns.

    Only those are kept that use every closed column, one that no later row holds.
    """
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
    """The minors of the rows from each step on, down to `low`, by the bit masks of their columns.

    Only those are kept that use every column that no row before the step holds.
    """
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
