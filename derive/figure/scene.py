"""What surrounds the modes of a network on paper: links, reservoirs, drives, losses and labels, where there is room.

Everything is placed one after the other, each where it costs least: not on what is there, not across a line.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import isqrt
from operator import itemgetter

from sympy import Expr, Rational

from derive.figure.layout import (
    CLEAR,
    COMPASS,
    RADIUS,
    STEP,
    Box,
    Point,
    Sheet,
    along,
    box,
    edge,
    links,
    positions,
    spread,
    towards,
)  # fmt: skip
from derive.kernel import Proved, is_zero
from derive.langevin import langevin
from derive.latex import Notation
from derive.latex.measure import width
from derive.latex.printer import Printer
from derive.network import Bath, Network, TooManyModes

TAIL, DRIVE, TALL, FAR = 62, 66, 36, 600
ASIDE = 13  # a coupling and a pairing of the same modes stand so far from the line between them
SHOWN = 300  # modes of a picture, ten seconds
SCALES = tuple(Rational(p, 4) for p in (4, 5, 6, 7))  # of a picture in which something lies on something else
REPEATED = 10  # modes of a picture that is composed anew; beyond, lines cross whatever their length
PARTS = tuple(Rational(p, q) for p, q in ((1, 2), (2, 5), (3, 5), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (4, 5)))


@dataclass(frozen=True)
class Node:
    """A mode, an ensemble of spins or a shared reservoir, with its LaTeX.

    `kind` is "mode", "spins", "charger" for either of them if it is driven or pumped, or "reservoir".
    """

    kind: str
    at: Point
    size: Point
    tex: str


@dataclass(frozen=True)
class Line:
    """A line of kind "link", "pair", "leg", "lift", "loss", "gain" or "drive"; `arrow` tells whether its end is a tip.

    A lift is the leg of a reservoir in whose jump the mode has a creation operator.
    """

    kind: str
    start: Point
    end: Point
    arrow: bool = False


@dataclass(frozen=True)
class Label:
    """LaTeX beside a line."""

    at: Point
    tex: str


@dataclass(frozen=True)
class Scene:
    """All that is drawn, in hundredths of a centimetre, y upwards."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]

    @property
    def frame(self) -> Box:
        """The rectangle around everything."""
        boxes = [box(node.at, *node.size) for node in self.nodes] + [
            _label_box(label.at, label.tex) for label in self.labels
        ]
        boxes += [
            (min(a, c), min(b, d), max(a, c), max(b, d))
            for (a, b), (c, d) in ((s.start, s.end) for s in self.lines)
        ]
        left, low, right, high = (pick(b[k] for b in boxes) for k, pick in enumerate((min, min, max, max)))
        return left - 10, low - 10, right + 10, high + 10


# -- composition ---------------------------------------------------------------------------------------------


def scene(net: Network, notation: Notation = Notation()) -> Scene:
    """Where everything stands: modes by `layout.positions`, then all else where there is room.

    Raises:
        TooManyModes: if there are more modes than a page can show.
    """
    if len(net.modes) > SHOWN:
        raise TooManyModes(
            f"A picture can show at most {SHOWN} modes, but this network has {len(net.modes)}; draw a part of it."
        )
    tried: list[tuple[int, Scene]] = []
    for scale in SCALES if len(net.modes) <= REPEATED else SCALES[:1]:
        composer = _Composer(net, notation, scale)
        drawn = composer.scene()
        tried.append((composer.flaws, drawn))
        if not composer.flaws:
            break
    return min(tried, key=itemgetter(0))[1]


class _Composer:
    """Places what surrounds the modes, one thing after the other, on what is left of the sheet."""

    def __init__(self, net: Network, notation: Notation, scale: Rational) -> None:
        self.net, self.notation, self.printer = net, notation, Printer(notation, room=10**9)
        names = {mode.name: notation.latex(mode.name) for mode in net.modes}
        self.radius = max(RADIUS, *(_size(tex)[0] // 2 + 10 for tex in names.values()))
        longest = max([_size(self.printer.inline(c.strength))[0] for c in net.couplings], default=0)
        step = min(max(STEP, longest + 2 * self.radius + 30), FAR)
        places = {name: along((0, 0), place, scale) for name, place in positions(net, step).items()}
        self.at = spread(places, 2 * self.radius + CLEAR)
        driven = {drive.mode for drive in net.drives}
        driven |= {name for bath in net.baths if net.spins for name, _ in bath.gain}
        spins = {node.name for node in net.spins}
        kinds = {n: "charger" if n in driven else "spins" if n in spins else "mode" for n in names}
        size = 2 * self.radius, 2 * self.radius
        self.square = 2 * self.radius + 8, 2 * self.radius + 8
        self.nodes = [Node(kinds[name], self.at[name], size, names[name]) for name in names]
        self.lines: list[Line] = []
        self.labels: list[Label] = []
        self.flaws = 0
        self.sheet = Sheet([box(point, size[0] + 6, size[1] + 6) for point in self.at.values()])

    def scene(self) -> Scene:
        self._link()
        for drive in self.net.drives:
            self._ray(drive.mode, "drive", self.printer.inline(drive.amplitude), (3, 6, 7, 2, 0, 5, 4, 1))
        for bath in self.net.baths:
            if len(bath.legs) > 1:
                self._share(bath)
        self._lose([bath for bath in self.net.baths if len(bath.legs) == 1])
        for coupling in self.net.couplings:
            self._name(coupling.a, coupling.b, self.printer.inline(coupling.strength))
        for pair in self.net.squeezings:
            self._name(pair.a, pair.b, self.printer.inline(pair.strength))
        return Scene(tuple(self.nodes), tuple(self.lines), tuple(self.labels))

    def _take(self, taken: Box) -> None:
        """Put a label there; whatever it touches is a flaw."""
        self.flaws += self.sheet.cost([taken])
        self.sheet.add([taken])

    def _link(self) -> None:
        oneway = one_way(self.net)
        coupled, squeezed = ({frozenset((p.a, p.b)) for p in g} for g in (self.net.couplings, self.net.squeezings))
        for kind, pairs, side in (("link", self.net.couplings, ASIDE), ("pair", self.net.squeezings, -ASIDE)):
            for pair in pairs:
                a, b = (pair.b, pair.a) if (pair.b, pair.a) in oneway else (pair.a, pair.b)
                if a == b:
                    self._ray(a, kind, self.printer.inline(pair.strength), (2, 5, 6, 1, 3, 0))
                    continue
                start, end = (
                    towards(self.at[m], minus(self.at[n], self.at[m]), self.radius)
                    for m, n in ((a, b), (b, a))
                )
                if frozenset((a, b)) in coupled & squeezed:
                    normal = _below(minus(end, start))
                    start, end = towards(start, normal, side), towards(end, normal, side)
                self.lines.append(Line(kind, start, end, (a, b) in oneway))
                self.sheet.add((), [(start, end)])

    def _share(self, bath: Bath) -> None:
        """A reservoir stands near the middle of its legs, where its dashed lines cross least."""
        tex = self._rate(bath)
        wide, tall = _size(tex)
        size = max(wide + 24, 62), tall + 14
        ends = [self.at[name] for name in bath.legs]
        places = self._around(bath, ends)

        def legs(at: Point) -> list[tuple[Point, Point]]:
            return [(towards(end, minus(at, end), self.radius + 4), edge(at, size, end)) for end in ends]

        def cost(at: Point) -> int:
            free = [(edge(end, self.square, at), edge(at, size, end)) for end in ends]
            return self.sheet.cost([box(at, size[0] + 8, size[1] + 8)], free) + places.index(at)

        at = min(places, key=cost)
        kinds = ("lift" if name in dict(bath.gain) else "leg" for name in bath.legs)
        self.lines += [Line(kind, a, b) for kind, (a, b) in zip(kinds, legs(at), strict=True)]
        self.nodes.append(Node("reservoir", at, size, tex))
        self.flaws += self.sheet.cost([box(at, *size)])
        self.sheet.add([box(at, size[0] + 8, size[1] + 8)], legs(at))

    def _around(self, bath: Bath, ends: Sequence[Point]) -> list[Point]:
        """Where a reservoir with legs to these points may stand, the best place first."""
        middle = _center(ends)
        if len(ends) > 2:
            return [middle, *(towards(middle, way, far) for far in (60, 110, 160, 220) for way in COMPASS)]
        start, end = ends
        x, y = minus(end, start)
        outward = minus(middle, _center(self.at.values()))
        lean = outward[1] * x - outward[0] * y
        # Away from the centre of the picture, or upwards.
        normal = (-y, x) if lean > 0 or lean == 0 and (x, y) >= (0, 0) else (y, -x)
        fan = max(sum(name in pair for pair in links(self.net)) for name in bath.legs) > 3
        # In a fan there is room near its rim only.
        parts = ((2, 3), (3, 4), (3, 5)) if fan else ((1, 2), (3, 5), (2, 5))
        places = [] if bath.legs in _both_ways(self.net) else [middle]
        for p, q in parts:
            foot = along(start, end, Rational(p, q))
            for far in (66, 76, 90, 110) if fan else (90, 115, 145, 190, 240):
                places += [towards(foot, normal, far), towards(foot, (-normal[0], -normal[1]), far)]
        return places

    def _lose(self, baths: Sequence[Bath]) -> None:
        """Local losses all point down, or all up, where there is room for that; else each where it has most room."""
        free = [[self._ray_cost(bath.legs[0], self._rate(bath), way) < 100 for bath in baths] for way in (0, 2)]
        common = next((way for way, found in zip((0, 2), free, strict=True) if all(found) and _once(baths)), None)
        for bath in baths:
            mode = bath.legs[0]
            near = [b if a == mode else a for a, b in links(self.net) if mode in (a, b)]
            # A mode at the end of a line loses its energy ahead, others away from the centre of the picture.
            ahead = minus(self.at[mode], self.at[near[0]] if len(near) == 1 else _center(self.at.values()))
            order = sorted(range(len(COMPASS)), key=lambda k, ahead=ahead: -_aligned(COMPASS[k], ahead))  # type: ignore[misc]
            if len(near) != 1:
                order = [0, 2, *order]
            self._ray(mode, _direction(bath), self._rate(bath), (common,) if common is not None else tuple(order))

    def _ray_parts(self, mode: str, tex: str, way: int, length: int) -> tuple[Point, Point, Point]:
        near = towards(self.at[mode], COMPASS[way], self.radius + 4)
        far = towards(near, COMPASS[way], length)
        wide, tall = _size(tex)
        x, y = map(abs, COMPASS[way])
        # the label's box begins at the end of the ray, by its side or by its top or bottom
        beyond = min(1000 * size // (2 * part) for size, part in ((wide, x), (tall, y)) if part)
        return near, far, towards(far, COMPASS[way], beyond + CLEAR)

    def _ray_cost(self, mode: str, tex: str, way: int, length: int = TAIL) -> int:
        near, far, label = self._ray_parts(mode, tex, way, length)
        middle = towards(near, COMPASS[way], length // 2 + 8)
        around = box(middle, abs(near[0] - far[0]) - 4, abs(near[1] - far[1]) - 4)
        taken = [_label_box(label, tex)] if tex else []
        crowded = 0
        for a, b in self.sheet.lines:
            for here, there in ((a, b), (b, a)):
                if max(abs(here[0] - near[0]), abs(here[1] - near[1])) <= 2 * self.radius:
                    x, y = minus(there, here)
                    crowded += max(_aligned(COMPASS[way], (x, y)) - 700, 0)
        return self.sheet.cost([around, *taken], [(edge(self.at[mode], self.square, far), far)]) + crowded

    def _ray(self, mode: str, kind: str, tex: str, ways: Sequence[int]) -> None:
        """A short line that leaves a mode or, for a drive and a gain, enters it."""
        length = DRIVE if kind == "drive" else TAIL
        way = min(ways, key=lambda k: (self._ray_cost(mode, tex, k, length) // 100, ways.index(k)))
        near, far, label = self._ray_parts(mode, tex, way, length)
        start, end = (far, near) if kind in ("drive", "gain") else (near, far)
        self.lines.append(Line(kind, start, end, kind not in ("link", "pair")))
        self.sheet.add((), [(near, far)])
        if tex:
            self._take(_label_box(label, tex))
            self.labels.append(Label(label, tex))

    def _name(self, a: str, b: str, tex: str) -> None:
        """A label beside the line from a to b, where nothing is in its way."""
        start, end = self.at[a], self.at[b]
        wide, tall = _size(tex)
        if a == b:
            return
        normal = _below(minus(end, start))
        places = []
        length = isqrt(normal[0] ** 2 + normal[1] ** 2)
        for off in (CLEAR, 3 * CLEAR, 8 * CLEAR):  # the last is a second row
            for part in PARTS:
                for sign in (1, -1):
                    n = sign * normal[0], sign * normal[1]
                    gap = (abs(n[0]) * wide + abs(n[1]) * tall) // (2 * length) + off
                    places.append(towards(along(start, end, part), n, gap))
        at = min(places, key=lambda p: self.sheet.cost([_label_box(p, tex)]) + 3 * places.index(p))
        self.labels.append(Label(at, tex))
        self._take(_label_box(at, tex))

    def _rate(self, bath: Bath) -> str:
        parts = [bath.rate, *(e for e in (bath.thermal, bath.squeezing) if e != 0)]
        return ", ".join(self.printer.inline(e) for e in parts)


def one_way(net: Network) -> frozenset[tuple[str, str]]:
    """The pairs (a, b) of coupled modes in which a drives b and b does not drive a: W_ab = 0 ≠ W_ba.

    Spins have no drift matrix; their couplings are drawn without arrows.
    """
    if net.spins:
        return frozenset()
    drift, at = langevin(net).drift, {name: k for k, name in enumerate(net.names)}
    found = set()
    for c in net.couplings:
        for a, b in ((c.a, c.b), (c.b, c.a)):
            if _vanishes(drift[at[a], at[b]]) and not _vanishes(drift[at[b], at[a]]):
                found.add((a, b))
    return frozenset(found)


def _vanishes(e: Expr) -> bool:
    return isinstance(is_zero(e), Proved)


def _both_ways(net: Network) -> set[tuple[str, str]]:
    pairs = [(c.a, c.b) for c in net.couplings] + [(s.a, s.b) for s in net.squeezings]
    return {*pairs, *((b, a) for a, b in pairs)}


def _once(baths: Sequence[Bath]) -> bool:
    return len({bath.legs[0] for bath in baths}) == len(baths)


def _direction(bath: Bath) -> str:
    return "loss" if bath.jump else "gain"


def _center(points: Collection[Point]) -> Point:
    return sum(x for x, _ in points) // len(points), sum(y for _, y in points) // len(points)


def minus(a: Point, b: Point) -> Point:
    """The way from b to a."""
    return a[0] - b[0], a[1] - b[1]


def _below(way: Point) -> Point:
    """Across a way, downwards where it leads to the right."""
    x, y = way
    return (y, -x) if way >= (0, 0) else (-y, x)


def _aligned(u: Point, v: Point) -> int:
    """A thousand times the cosine of the angle between two directions."""
    unit = towards((0, 0), v, 1000)
    return (u[0] * unit[0] + u[1] * unit[1]) // 1000


def _size(tex: str) -> Point:
    """Width and height of a label set at nine points."""
    return width(tex) * 32 // 1000 + 8, TALL + 6 * ("^" in tex)


def _label_box(at: Point, tex: str) -> Box:
    return box(at, *_size(tex))
