"""Where the modes of a network stand on paper, and where its labels have room: integers only, the same every time.

Energy flows from left to right: modes are layered by their distance from the driven ones. A chain lies on a
line, a tree fans out, a loop is a polygon, and a mode that only bridges a link (Zhao et al.'s lossy modes)
stands beside that link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import isqrt
from typing import Any

from sympy import Integer, Rational, cos, floor, pi, sin

from derive.network import Network

Point = tuple[int, int]
Box = tuple[int, int, int, int]

# Hundredths of a centimetre.
RADIUS, STEP, RISE, APEX, CLEAR = 34, 280, 210, 190, 6
ROW = 8  # modes of a chain on a line; a longer one is folded, or its letters would be too small to be read
COMPASS: tuple[Point, ...] = (
    (0, -1000), (1000, 0), (0, 1000), (-1000, 0), (707, -707), (707, 707), (-707, 707), (-707, -707),
    (383, -924), (924, -383), (924, 383), (383, 924), (-383, 924), (-924, 383), (-924, -383), (-383, -924),
)  # fmt: skip


# -- geometry ------------------------------------------------------------------------------------------------


def along(a: Point, b: Point, part: Rational) -> Point:
    """The point at a fraction of the way from a to b."""
    p, q = int(part.p), int(part.q)
    return a[0] + (b[0] - a[0]) * p // q, a[1] + (b[1] - a[1]) * p // q


def towards(a: Point, direction: Point, length: int) -> Point:
    """The point at a distance from a in a direction of any length."""
    size = max(isqrt(direction[0] ** 2 + direction[1] ** 2), 1)
    return a[0] + _nearest(direction[0] * length, size), a[1] + _nearest(direction[1] * length, size)


def _nearest(p: int, q: int) -> int:
    return (2 * p + q) // (2 * q)


def box(center: Point, width: int, height: int) -> Box:
    """The rectangle around a point."""
    x, y = center
    return x - width // 2, y - height // 2, x + (width + 1) // 2, y + (height + 1) // 2


def edge(center: Point, size: Point, end: Point) -> Point:
    """Where the line from the centre of a rectangle to `end` leaves it."""
    x, y = end[0] - center[0], end[1] - center[1]
    w, h = size[0] // 2, size[1] // 2
    if abs(x) * size[1] >= abs(y) * size[0]:
        return center[0] + (w if x > 0 else -w), center[1] + y * w // max(abs(x), 1)
    return center[0] + x * h // max(abs(y), 1), center[1] + (h if y > 0 else -h)


def overlap(a: Box, b: Box) -> bool:
    """Whether two rectangles touch."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def cuts(a: Point, b: Point, r: Box) -> bool:
    """Whether the segment from a to b passes through a rectangle."""
    if max(a[0], b[0]) <= r[0] or min(a[0], b[0]) >= r[2] or max(a[1], b[1]) <= r[1] or min(a[1], b[1]) >= r[3]:
        return False
    sides = [(b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) for x in (r[0], r[2]) for y in (r[1], r[3])]
    return min(sides) < 0 < max(sides)


def cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two segments cross between their ends."""

    def side(p: Point, q: Point, r: Point) -> int:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def spread(at: Mapping[str, Point], apart: int) -> dict[str, Point]:
    """The same picture, so large that no two places are nearer than `apart`."""
    gaps = [isqrt((x - p) ** 2 + (y - q) ** 2) for (x, y), (p, q) in combinations(at.values(), 2)]
    nearest = min(gaps, default=apart)
    if not 0 < nearest < apart:
        return dict(at)
    return {name: (x * apart // nearest, y * apart // nearest) for name, (x, y) in at.items()}


# -- room ----------------------------------------------------------------------------------------------------


class Sheet:
    """What is drawn so far: rectangles that must stay free of others, and lines."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self.boxes: list[Box] = list(boxes)
        self.lines: list[tuple[Point, Point]] = []

    def cost(self, boxes: Sequence[Box], lines: Sequence[tuple[Point, Point]] = ()) -> int:
        """How badly new rectangles and lines would overlap what is there."""
        hits = sum(overlap(new, old) for new in boxes for old in self.boxes)
        struck = sum(cuts(a, b, new) for new in boxes for a, b in self.lines)
        through = sum(cuts(a, b, old) for a, b in lines for old in self.boxes)
        crossed = sum(cross(a, b, c, d) for a, b in lines for c, d in self.lines)
        return 1_000 * hits + 600 * struck + 500 * through + 120 * crossed

    def add(self, boxes: Iterable[Box], lines: Iterable[tuple[Point, Point]] = ()) -> None:
        """Take up room."""
        self.boxes.extend(boxes)
        self.lines.extend(lines)


# -- positions -----------------------------------------------------------------------------------------------


def links(net: Network) -> tuple[tuple[str, str], ...]:
    """Pairs of modes that exchange energy, directly or through a shared reservoir, each once, in order."""
    order = {name: k for k, name in enumerate(net.names)}
    pairs = [(c.a, c.b) for c in net.couplings] + [(s.a, s.b) for s in net.squeezings if s.a != s.b]
    pairs += [pair for bath in net.baths for pair in combinations(bath.legs, 2)]
    return tuple(dict.fromkeys((a, b) if order[a] < order[b] else (b, a) for a, b in pairs))


def positions(net: Network, step: int) -> dict[str, Point]:
    """The place of every mode; `step` is the distance of neighbours along the flow."""
    near: dict[str, list[str]] = {name: [] for name in net.names}
    for a, b in links(net):
        near[a].append(b)
        near[b].append(a)
    driven = [drive.mode for drive in net.drives] or [net.names[0]]
    bridges = _bridges(net, near, driven)
    base = {name: [n for n in near[name] if n not in bridges] for name in net.names if name not in bridges}
    layer = _layers(base, [name for name in driven if name in base])
    beside = len(bridges) + sum(len(bath.legs) == 2 for bath in net.baths)
    rise = RISE * 2 if bridges else RISE * 6 // 5 if beside else RISE
    at = None
    if _is_loop(base):
        at = _polygon(base, driven, step)
    elif _is_forest(base):
        single = len(base) == len(set(layer.values()))
        at = _folded(layer, step, rise) if single and len(base) > ROW else _tree(base, layer, step, rise)
    if at is None:
        at = _layered(base, layer, step)
        if _obstructed(at, base):
            at = _polygon(base, driven, step)
    _bridged(at, base, bridges)
    return {name: at[name] for name in net.names}


def _bridges(net: Network, near: Mapping[str, list[str]], driven: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Modes that only bridge two linked modes, the last declared first."""
    found: dict[str, tuple[str, str]] = {}
    for name in reversed(net.names):
        if len(near[name]) == 2 and name not in driven and not any(n in found for n in near[name]):
            a, b = near[name]
            if b in near[a] and (a, b) not in found.values():
                found[name] = (a, b)
    return {name: found[name] for name in net.names if name in found}


def _layers(near: Mapping[str, Sequence[str]], sources: Sequence[str]) -> dict[str, int]:
    """The distance of every mode from the driven ones; parts without a drive begin at their first mode."""
    layer: dict[str, int] = {}
    for start in [list(sources), *([name] for name in near)]:
        frontier = [name for name in start if name not in layer]
        depth = 0
        while frontier:
            layer.update(dict.fromkeys(frontier, depth))
            depth += 1
            frontier = list(dict.fromkeys(n for name in frontier for n in near[name] if n not in layer))
    return layer


def _is_loop(near: Mapping[str, Sequence[str]]) -> bool:
    return (
        len(near) > 3
        and all(len(n) == 2 for n in near.values())
        and len(_reached(near, next(iter(near)))) == len(near)
    )


def _is_forest(near: Mapping[str, Sequence[str]]) -> bool:
    edges, parts, seen = sum(map(len, near.values())) // 2, 0, set[str]()
    for name in near:
        if name not in seen:
            parts += 1
            seen |= _reached(near, name)
    return edges == len(near) - parts


def _reached(near: Mapping[str, Sequence[str]], start: str) -> set[str]:
    seen, frontier = {start}, [start]
    while frontier:
        frontier = [n for name in frontier for n in near[name] if n not in seen]
        seen.update(frontier)
    return seen


def _tree(near: Mapping[str, Sequence[str]], layer: Mapping[str, int], step: int, rise: int) -> dict[str, Point]:
    """Leaves one below the other, every other mode beside the middle of those it feeds."""
    at: dict[str, Point] = {}
    rows = [0]

    def place(name: str, parent: str | None, depth: int) -> int:
        heights = [place(n, name, depth + 1) for n in near[name] if n != parent]
        if not heights:
            heights = [rows[0]]
            rows[0] -= rise
        at[name] = depth * step, (heights[0] + heights[-1]) // 2
        return at[name][1]

    for name in near:
        if layer[name] == 0 and name not in at:
            place(name, None, 0)
    widest = max(sum(1 for n in near if layer[n] == k) for k in range(max(layer.values()) + 1))
    if widest > 2:
        # A wide fan needs longer lines, or the links at its rim would run into each other near the charger.
        at = {name: (x * (3 + widest) * rise // (5 * RISE), y) for name, (x, y) in at.items()}
    return at


def _folded(layer: Mapping[str, int], step: int, rise: int) -> dict[str, Point]:
    """A chain in rows of equal length, one below the other, from left to right and back."""
    rows = -(-len(layer) // ROW)
    width = -(-len(layer) // rows)

    def place(k: int) -> Point:
        row, column = divmod(k, width)
        return (width - 1 - column if row % 2 else column) * step, -row * rise * 6 // 5

    return {name: place(k) for name, k in layer.items()}


def _layered(near: Mapping[str, Sequence[str]], layer: Mapping[str, int], step: int) -> dict[str, Point]:
    """Layers as columns, ordered so that links cross little."""
    columns = [[name for name in near if layer[name] == k] for k in range(max(layer.values()) + 1)]
    height = {name: 2 * k - len(column) for column in columns for k, name in enumerate(column)}
    for _ in range(4):
        for column in columns[1:]:
            key = {
                name: (Rational(sum(height[n] for n in near[name]), max(len(near[name]), 1)), height[name])
                for name in column
            }
            column.sort(key=key.__getitem__)
            height.update({name: 2 * k - len(column) for k, name in enumerate(column)})
    return {
        name: (k * step, (len(column) - 1 - 2 * j) * RISE * 3 // 5)
        for k, column in enumerate(columns)
        for j, name in enumerate(column)
    }


def _polygon(near: Mapping[str, Sequence[str]], driven: Sequence[str], step: int) -> dict[str, Point]:
    """A closed loop with the driven mode at the left; other graphs get their modes on the same circle."""
    start = next((name for name in driven if name in near), next(iter(near)))
    order, count = [start], len(near)
    while len(order) < count:
        here = order[-1]
        fresh = [n for n in near[here] if n not in order] or [n for n in near if n not in order]
        order.append(fresh[0])
    radius = max(step * count // 6, step * 3 // 4)

    def part(turn: Any, k: int) -> int:
        return int(floor(radius * turn(pi - 2 * pi * Integer(k) / count) + Rational(1, 2)))

    return {name: (part(cos, k), part(sin, k)) for k, name in enumerate(order)}


def _obstructed(at: Mapping[str, Point], near: Mapping[str, Sequence[str]]) -> bool:
    """Whether a link passes through a mode that it does not join."""
    size = 2 * RADIUS + 30
    return any(
        cuts(at[a], at[b], box(at[other], size, size))
        for a in near
        for b in near[a]
        if a < b
        for other in near
        if other not in (a, b)
    )


def _bridged(at: dict[str, Point], base: Mapping[str, Sequence[str]], bridges: Mapping[str, tuple[str, str]]) -> None:
    """Places every bridging mode beside the middle of its link, above it if that side is free."""
    size = 2 * RADIUS + 8
    sheet = Sheet([box(p, size + 20, size + 20) for p in at.values()])
    sheet.add((), [(at[a], at[b]) for a in base for b in base[a] if a < b])
    for name, (a, b) in bridges.items():
        if (at[a][0], at[a][1]) > (at[b][0], at[b][1]):
            a, b = b, a
        x, y = at[b][0] - at[a][0], at[b][1] - at[a][1]
        height = min(APEX, isqrt(x * x + y * y) * 2 // 3)
        places = [
            towards(along(at[a], at[b], part), (-sign * y, sign * x), height - less)
            for less in (0, 40, 80)
            for part in (Rational(1, 2), Rational(3, 5), Rational(2, 3))
            for sign in (1, -1)
        ]

        def cost(
            p: Point, ends: tuple[Point, Point] = (at[a], at[b]), places: Sequence[Point] = tuple(places)
        ) -> int:
            legs = [(edge(end, (size + 20, size + 20), p), edge(p, (size, size), end)) for end in ends]
            return sheet.cost([box(p, size + 50, size + 50)], legs) + places.index(p)

        at[name] = min(places, key=cost)
        sheet.add([box(at[name], size + 20, size + 20)], [(at[a], at[name]), (at[b], at[name])])
