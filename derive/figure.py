"""The picture of a network, as TikZ for papers and as SVG for screens, from one layout.

Circles are modes, lines are coherent couplings (with an arrow where the amplitudes flow one way only), rounded boxes with
dashed legs are shared reservoirs, wavy arrows are local losses, thick arrows are drives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt

from sympy import Expr, Rational

from derive.kernel import Proved, is_zero
from derive.langevin import langevin
from derive.layout import (
    CLEAR, COMPASS, RADIUS, STEP, Box, Point, Sheet, along, box, edge, links, positions, towards,
)  # fmt: skip
from derive.markup import svg_text
from derive.measure import width
from derive.network import Bath, Network
from derive.notation import Notation
from derive.printer import Printer

TAIL, DRIVE, TALL, FAR = 62, 66, 36, 600
PARTS = (Rational(1, 2), Rational(2, 5), Rational(3, 5), Rational(1, 3), Rational(2, 3), Rational(1, 4), Rational(3, 4))


@dataclass(frozen=True)
class Node:
    """A mode (kind "mode", or "charger" if it is driven) or a shared reservoir ("reservoir"), with its LaTeX."""

    kind: str
    at: Point
    size: Point
    tex: str


@dataclass(frozen=True)
class Line:
    """A line of kind "link", "pair", "leg", "loss", "gain" or "drive"; `arrow` tells whether its end is a tip."""

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
        boxes = [box(node.at, *node.size) for node in self.nodes] + [_label_box(label.at, label.tex) for label in self.labels]
        boxes += [(min(a, c), min(b, d), max(a, c), max(b, d)) for (a, b), (c, d) in ((s.start, s.end) for s in self.lines)]
        left, low, right, high = (pick(b[k] for b in boxes) for k, pick in enumerate((min, min, max, max)))
        return left - 10, low - 10, right + 10, high + 10


# -- composition ----------------------------------------------------------------------------------------------------


def layout(net: Network, notation: Notation = Notation()) -> Scene:
    """Where everything stands: modes by `layout.positions`, then reservoirs, drives, losses and labels where there is room."""
    return _Composer(net, notation).scene()


class _Composer:
    """Places what surrounds the modes, one thing after the other, on what is left of the sheet."""

    def __init__(self, net: Network, notation: Notation) -> None:
        self.net, self.notation, self.printer = net, notation, Printer(notation, room=10**9)
        names = {mode.name: notation.latex(mode.name) for mode in net.modes}
        self.radius = max(RADIUS, *(_size(tex)[0] // 2 + 10 for tex in names.values()))
        longest = max([_size(self.printer.inline(c.strength))[0] for c in net.couplings], default=0)
        step = min(max(STEP, longest + 2 * self.radius + 30), FAR)
        self.at = positions(net, step)
        driven = {drive.mode for drive in net.drives}
        kinds = {name: "charger" if name in driven else "mode" for name in names}
        size = 2 * self.radius, 2 * self.radius
        self.square = 2 * self.radius + 8, 2 * self.radius + 8
        self.nodes = [Node(kinds[name], self.at[name], size, names[name]) for name in names]
        self.lines: list[Line] = []
        self.labels: list[Label] = []
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

    def _link(self) -> None:
        oneway = one_way(self.net)
        for kind, pairs in (("link", self.net.couplings), ("pair", self.net.squeezings)):
            for pair in pairs:
                a, b = (pair.b, pair.a) if (pair.b, pair.a) in oneway else (pair.a, pair.b)
                if a == b:
                    self._ray(a, kind, "", (2, 5, 6, 1, 3, 0))
                    continue
                start, end = (towards(self.at[m], _minus(self.at[n], self.at[m]), self.radius) for m, n in ((a, b), (b, a)))
                self.lines.append(Line(kind, start, end, (a, b) in oneway))
                self.sheet.add((), [(start, end)])

    def _share(self, bath: Bath) -> None:
        """A reservoir stands near the middle of its legs, where its dashed lines cross least."""
        tex = self._rate(bath)
        wide, tall = _size(tex)
        size = max(wide + 24, 62), tall + 14
        ends = [self.at[name] for name in bath.legs]
        middle = sum(x for x, _ in ends) // len(ends), sum(y for _, y in ends) // len(ends)
        places = [middle] if len(ends) > 2 else []
        fan = max(sum(name in pair for pair in links(self.net)) for name in bath.legs) > 3
        # In a fan there is room near its rim only.
        parts = (Rational(2, 3), Rational(3, 4), Rational(3, 5)) if fan else (Rational(1, 2), Rational(3, 5), Rational(2, 5))
        reach = (60, 110, 160, 220) if len(ends) > 2 else (66, 76, 90, 110) if fan else (90, 115, 145)
        if len(ends) == 2:
            x, y = _minus(ends[1], ends[0])
            outward = _minus(middle, self._center())
            lean = outward[1] * x - outward[0] * y
            # Away from the centre of the picture, or upwards.
            normal = (-y, x) if lean > 0 or lean == 0 and (x, y) >= (0, 0) else (y, -x)
            for part in parts:
                for far in reach:
                    foot = along(ends[0], ends[1], part)
                    places += [towards(foot, normal, far), towards(foot, (-normal[0], -normal[1]), far)]
            if tuple(bath.legs) not in _both_ways(self.net):
                places.insert(0, middle)
        else:
            places += [towards(middle, direction, far) for far in reach for direction in COMPASS]

        def legs(at: Point) -> list[tuple[Point, Point]]:
            return [(towards(end, _minus(at, end), self.radius + 4), edge(at, size, end)) for end in ends]

        def cost(at: Point) -> int:
            free = [(edge(end, self.square, at), edge(at, size, end)) for end in ends]
            return self.sheet.cost([box(at, size[0] + 8, size[1] + 8)], free) + places.index(at)

        at = min(places, key=cost)
        self.lines += [Line("leg", a, b) for a, b in legs(at)]
        self.nodes.append(Node("reservoir", at, size, tex))
        self.sheet.add([box(at, size[0] + 8, size[1] + 8)], legs(at))

    def _center(self) -> Point:
        points = list(self.at.values())
        return sum(x for x, _ in points) // len(points), sum(y for _, y in points) // len(points)

    def _lose(self, baths: Sequence[Bath]) -> None:
        """Local losses all point down, or all up, where there is room for that; else each where it has most room."""
        free = [[self._ray_cost(bath.legs[0], self._rate(bath), way) < 100 for bath in baths] for way in (0, 2)]
        common = next((way for way, found in zip((0, 2), free, strict=True) if all(found) and _once(baths)), None)
        for bath in baths:
            mode = bath.legs[0]
            near = [b if a == mode else a for a, b in links(self.net) if mode in (a, b)]
            # A mode at the end of a line loses its energy ahead, others away from the centre of the picture.
            ahead = _minus(self.at[mode], self.at[near[0]] if len(near) == 1 else self._center())
            order = sorted(range(len(COMPASS)), key=lambda k, ahead=ahead: -_aligned(COMPASS[k], ahead))  # type: ignore[misc]
            if len(near) != 1:
                order = [0, 2, *order]
            self._ray(mode, _direction(bath), self._rate(bath), (common,) if common is not None else tuple(order))

    def _ray_parts(self, mode: str, tex: str, way: int, length: int) -> tuple[Point, Point, Point]:
        near = towards(self.at[mode], COMPASS[way], self.radius + 4)
        far = towards(near, COMPASS[way], length)
        wide, tall = _size(tex)
        x, y = COMPASS[way]
        return near, far, towards(far, (x, y), (abs(x) * wide + abs(y) * tall) // 2000 + CLEAR)

    def _ray_cost(self, mode: str, tex: str, way: int, length: int = TAIL) -> int:
        near, far, label = self._ray_parts(mode, tex, way, length)
        middle = towards(near, COMPASS[way], length // 2 + 8)
        around = box(middle, abs(near[0] - far[0]) - 4, abs(near[1] - far[1]) - 4)
        taken = [_label_box(label, tex)] if tex else []
        crowded = 0
        for a, b in self.sheet.lines:
            for here, there in ((a, b), (b, a)):
                if max(abs(here[0] - near[0]), abs(here[1] - near[1])) <= 2 * self.radius:
                    x, y = _minus(there, here)
                    crowded += max(_aligned(COMPASS[way], (x, y)) - 700, 0)
        return self.sheet.cost([around, *taken], [(edge(self.at[mode], self.square, far), far)]) + crowded

    def _ray(self, mode: str, kind: str, tex: str, ways: Sequence[int]) -> None:
        """A short line that leaves a mode or, for a drive and a gain, enters it."""
        length = DRIVE if kind == "drive" else TAIL
        way = min(ways, key=lambda k: (self._ray_cost(mode, tex, k, length) // 100, ways.index(k)))
        near, far, label = self._ray_parts(mode, tex, way, length)
        start, end = (far, near) if kind in ("drive", "gain") else (near, far)
        self.lines.append(Line(kind, start, end, kind not in ("link", "pair")))
        self.sheet.add([_label_box(label, tex)] if tex else [], [(near, far)])
        if tex:
            self.labels.append(Label(label, tex))

    def _name(self, a: str, b: str, tex: str) -> None:
        """A label beside the line from a to b, where nothing is in its way."""
        start, end = self.at[a], self.at[b]
        wide, tall = _size(tex)
        x, y = _minus(end, start)
        normal = (y, -x) if (x, y) >= (0, 0) else (-y, x)
        if a == b:
            return
        places = []
        length = isqrt(x * x + y * y)
        for off in (CLEAR, 3 * CLEAR):
            for part in PARTS:
                for sign in (1, -1):
                    n = sign * normal[0], sign * normal[1]
                    gap = (abs(n[0]) * wide + abs(n[1]) * tall) // (2 * length) + off
                    places.append(towards(along(start, end, part), n, gap))
        at = min(places, key=lambda p: self.sheet.cost([_label_box(p, tex)]) + 3 * places.index(p))
        self.labels.append(Label(at, tex))
        self.sheet.add([_label_box(at, tex)])

    def _rate(self, bath: Bath) -> str:
        parts = [bath.rate, *(e for e in (bath.thermal, bath.squeezing) if e != 0)]
        return ", ".join(self.printer.inline(e) for e in parts)


def one_way(net: Network) -> frozenset[tuple[str, str]]:
    """The pairs (a, b) of coupled modes in which a drives b and b does not drive a: W_ab = 0 ≠ W_ba."""
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


def _minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1]


def _aligned(u: Point, v: Point) -> int:
    """A thousand times the cosine of the angle between two directions."""
    unit = towards((0, 0), v, 1000)
    return (u[0] * unit[0] + u[1] * unit[1]) // 1000


def _size(tex: str) -> Point:
    """Width and height of a label set at nine points."""
    return width(tex) * 32 // 1000 + 8, TALL + 6 * ("^" in tex)


def _label_box(at: Point, tex: str) -> Box:
    return box(at, *_size(tex))


# -- TikZ -----------------------------------------------------------------------------------------------------------

TIKZ_STYLES = r"""  every node/.style={font=\small},
  mode/.style={circle, draw=blue!55!black, fill=blue!7, thick, inner sep=0pt},
  charger/.style={circle, draw=orange!75!black, fill=orange!14, thick, inner sep=0pt},
  reservoir/.style={rectangle, rounded corners=6pt, draw=teal!70!black, fill=teal!8, inner sep=0pt},
  link/.style={thick}, pair/.style={thick, double, double distance=1.4pt}, leg/.style={teal!70!black, densely dashed},
  loss/.style={black!55, decorate, decoration={snake, amplitude=1.1pt, segment length=5pt, post length=4pt}},
  gain/.style={loss, red!60!black}, drive/.style={very thick, orange!75!black},"""


def tikz(net: Network, notation: Notation = Notation()) -> str:
    r"""A tikzpicture; it needs the TikZ libraries arrows.meta and decorations.pathmorphing."""
    scene = layout(net, notation)
    left, _, right, _ = scene.frame
    lines = [r"\begin{tikzpicture}[>={Stealth[length=5pt]},", TIKZ_STYLES, "]"]
    for item in scene.lines:
        tip = ", ->" if item.arrow else ""
        lines.append(rf"  \draw[{item.kind}{tip}] {_cm(item.start)} -- {_cm(item.end)};")
    for node in scene.nodes:
        w, h = (_number(s) for s in node.size)
        lines.append(rf"  \node[{node.kind}, minimum width={w}cm, minimum height={h}cm] at {_cm(node.at)} {{${node.tex}$}};")
    lines += [rf"  \node[inner sep=0pt] at {_cm(label.at)} {{${label.tex}$}};" for label in scene.labels]
    lines.append(r"\end{tikzpicture}")
    text = "\n".join(lines)
    if right - left > 1600:
        text = f"\\resizebox{{\\linewidth}}{{!}}{{%\n{text}%\n}}"
    return text + "\n"


def _number(hundredths: int) -> str:
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def _cm(point: Point) -> str:
    return f"({_number(point[0])}, {_number(point[1])})"


# -- SVG ------------------------------------------------------------------------------------------------------------

SVG_STYLES = """
  text { font: italic 17px "STIX Two Text", "Latin Modern Roman", "Times New Roman", Times, serif; fill: #1f2328; text-anchor: middle; }
  .upright { font-style: normal; }
  .script { font-size: 12px; }
  .small { font-size: 9px; }
  .link { stroke: #1f2328; stroke-width: 2; fill: none; }
  .pair { stroke: #1f2328; stroke-width: 1.4; fill: none; }
  .leg { stroke: #1a7f7a; stroke-width: 1.6; stroke-dasharray: 5 4; fill: none; }
  .loss { stroke: #818b98; stroke-width: 1.6; fill: none; }
  .gain { stroke: #cf4a3f; stroke-width: 1.6; fill: none; }
  .drive { stroke: #d9730d; stroke-width: 3; fill: none; }
  .mode { stroke: #3b6fd4; stroke-width: 2; fill: #3b6fd41f; }
  .charger { stroke: #d9730d; stroke-width: 2; fill: #d9730d29; }
  .reservoir { stroke: #1a7f7a; stroke-width: 1.6; fill: #1a7f7a1f; }
  .tip { stroke: none; }
  .tip.link { fill: #1f2328; } .tip.loss { fill: #818b98; } .tip.gain { fill: #cf4a3f; } .tip.drive { fill: #d9730d; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .link, .pair { stroke: #e6edf3; }
    .tip.link { fill: #e6edf3; }
  }
"""


def svg(net: Network, notation: Notation = Notation()) -> str:
    """A standalone SVG picture that reads on light and on dark pages and needs no font from elsewhere."""
    scene = layout(net, notation)
    left, low, right, high = scene.frame
    scale = _Scale(left, high)
    wide, tall = scale.length(right - left), scale.length(high - low)
    title = f"  <title>{_escaped(net.title)}</title>\n" if net.title else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}" role="img">\n'
        f"{title}  <style>{SVG_STYLES}  </style>"
    ]
    for item in scene.lines:
        parts += scale.line(item)
    for node in scene.nodes:
        parts.append(scale.node(node))
    for node in scene.nodes:
        parts.append(scale.text(node.at, node.tex))
    for label in scene.labels:
        parts.append(scale.text(label.at, label.tex))
    return "\n".join([*parts, "</svg>"]) + "\n"


@dataclass(frozen=True)
class _Scale:
    """From hundredths of a centimetre, y upwards, to pixels, y downwards."""

    left: int
    high: int

    def length(self, size: int) -> int:
        return size * 54 // 100

    def at(self, point: Point) -> Point:
        return self.length(point[0] - self.left), self.length(self.high - point[1])

    def node(self, node: Node) -> str:
        x, y = self.at(node.at)
        w, h = self.length(node.size[0]), self.length(node.size[1])
        if node.kind == "reservoir":
            return f'  <rect class="{node.kind}" x="{x - w // 2}" y="{y - h // 2}" width="{w}" height="{h}" rx="{h // 3}"/>'
        return f'  <circle class="{node.kind}" cx="{x}" cy="{y}" r="{w // 2}"/>'

    def line(self, item: Line) -> Iterable[str]:
        a, b = self.at(item.start), self.at(item.end)
        direction = _minus(b, a)
        shaft = towards(b, direction, -8) if item.arrow else b
        normal = -direction[1], direction[0]
        if item.kind in ("loss", "gain"):
            yield f'  <path class="{item.kind}" d="{self._wave(a, shaft, normal)}"/>'
        elif item.kind == "pair":
            for side in (2, -2):
                (x, y), (u, v) = towards(a, normal, side), towards(shaft, normal, side)
                yield f'  <path class="pair" d="M{x} {y}L{u} {v}"/>'
        else:
            yield f'  <path class="{item.kind}" d="M{a[0]} {a[1]}L{shaft[0]} {shaft[1]}"/>'
        if item.arrow:
            base = towards(b, direction, -11)
            left, right = towards(base, normal, 5), towards(base, normal, -5)
            yield f'  <path class="tip {item.kind}" d="M{b[0]} {b[1]}L{left[0]} {left[1]}L{right[0]} {right[1]}Z"/>'

    def _wave(self, a: Point, b: Point, normal: Point) -> str:
        knots = [along(a, b, Rational(k, 4)) for k in range(5)]
        path = f"M{a[0]} {a[1]}"
        for k, (here, there) in enumerate(pairwise(knots)):
            middle = towards(along(here, there, Rational(1, 2)), normal, 6 if k % 2 else -6)
            path += f"Q{middle[0]} {middle[1]} {there[0]} {there[1]}"
        return path

    def text(self, at: Point, tex: str) -> str:
        x, y = self.at(at)
        return f'  <text x="{x}" y="{y + 5}">{svg_text(tex)}</text>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
