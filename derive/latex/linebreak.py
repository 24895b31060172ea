r"""Lines of a display, broken at relations, signs and factors so that none is wider than the column.

Few lines win, but a line more is better than a break deep inside a bracket or between the factors of a term in one.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.latex.measure import width
from derive.latex.printer import INDENT, Piece, line

LINE, FACTOR, RAGGED, OVERFULL = 1_000, 150, 300, 100
RELATION = -200
INSIDE, DEEPER = (0, 300, 2_500), 2_000


def indent(piece: Piece) -> int:
    """How far a continued line that begins with this piece stands behind the relation, in thousandths of an em."""
    return min(1_000 * (piece.depth + 1), INDENT)


def broken(pieces: Sequence[Piece], room: int) -> list[list[Piece]]:
    """The pieces in lines no wider than `room` (thousandths of an em), by dynamic programming over the breaks.

    A single piece that is wider than the room stands on a line of its own.
    """
    places = [k for k, piece in enumerate(pieces) if k == 0 or piece.lead]
    ends = [*places[1:], len(pieces)]
    # best[k]: the cheapest way to set everything before place k, and where its last line began.
    best: dict[int, tuple[int, int]] = {0: (0, 0)}
    for end in ends:
        for start in reversed([place for place in places if place < end]):
            if start not in best:
                continue
            free = room - (indent(pieces[start]) if start else 0)
            size = width(line(pieces[start:end], starts=start > 0))
            if size > free and best.get(end):
                break
            ragged = 0 if end == len(pieces) else RAGGED * max(free - size, 0) // max(free, 1)
            cost = best[start][0] + LINE + _penalty(pieces[start], start) + ragged + OVERFULL * max(size - free, 0)
            if end not in best or cost < best[end][0]:
                best[end] = cost, start
    lines, end = [], len(pieces)
    while end > 0:
        start = best[end][1]
        lines.append(list(pieces[start:end]))
        end = start
    return lines[::-1]


def _penalty(piece: Piece, start: int) -> int:
    if start == 0:
        return 0
    if piece.lead not in ("+", "-", "*"):
        return RELATION
    if piece.lead == "*":
        return FACTOR if piece.depth == 0 else FACTOR + INSIDE[-1]
    return INSIDE[min(piece.depth, 2)] + DEEPER * max(piece.depth - 2, 0)
