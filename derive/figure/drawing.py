"""The picture of a network, as TikZ for papers and as SVG for screens, from one layout.

Circles are modes (violet ones spins), lines are coherent couplings (with an arrow where the amplitudes flow one way
only), rounded boxes with dashed legs, red ones of creation operators, are shared reservoirs, wavy arrows are local
losses, thick arrows are drives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from types import MappingProxyType

from sympy import Rational

from derive.checks import checked
from derive.errors import capital
from derive.figure.layout import Point, along, towards
from derive.figure.markup import svg_text
from derive.figure.scene import Line, Node, minus, scene
from derive.latex import Notation
from derive.network import Network

# What the signs of a picture mean, by the kinds of its nodes and lines, in the order in which they are told.
MEANING = MappingProxyType({
    "mode": "circles are modes",
    "charger": "orange circles are driven or pumped",
    "spins": "double circles are ensembles of spins",
    "link": "lines are coherent couplings",
    "pair": "double lines are pairings",
    "reservoir": "boxes are reservoirs that the modes at their dashed legs share",
    "lift": "red dashed legs stand for creation operators in a jump",
    "loss": "wavy arrows are losses",
    "gain": "red wavy arrows are gains",
    "drive": "thick arrows are drives",
})  # fmt: skip
BEHIND = MappingProxyType({
    "thermal": "behind a rate stands the occupation of a warm reservoir",
    "squeezing": "behind a rate stand the occupation of a reservoir and, if it is squeezed, its squeezing",
})  # fmt: skip


def legend(net: Network) -> str:
    """What the signs in the picture of a network mean, in a sentence; those that it has."""
    drawn = scene(net)
    kinds = {node.kind for node in drawn.nodes} | {line.kind for line in drawn.lines}
    told = [MEANING[kind] for kind in MEANING if kind in kinds]
    if any(line.kind == "link" and line.arrow for line in drawn.lines):
        told[told.index(MEANING["link"])] += ", with a tip where amplitudes flow one way only"
    behind = [told for kind, told in BEHIND.items() if any(getattr(bath, kind) != 0 for bath in net.baths)]
    told += behind[-1:]
    return capital("; ".join(told)) + "."


# -- TikZ ----------------------------------------------------------------------------------------------------

WIDE, TALL = 1600, 1700  # hundredths of a centimetre of a page that are left for a picture

TIKZ_STYLES = r"""  every node/.style={font=\small},
  mode/.style={circle, draw=blue!55!black, fill=blue!7, thick, inner sep=0pt},
  spins/.style={circle, draw=violet!70!black, fill=violet!8, double, thick, inner sep=0pt},
  charger/.style={circle, draw=orange!75!black, fill=orange!14, thick, inner sep=0pt},
  reservoir/.style={rectangle, rounded corners=6pt, draw=teal!70!black, fill=teal!8, inner sep=0pt},
  link/.style={thick}, pair/.style={thick, double, double distance=1.4pt},
  leg/.style={teal!70!black, densely dashed},
  lift/.style={leg, red!60!black},
  loss/.style={black!55, decorate, decoration={snake, amplitude=1.1pt, segment length=5pt, post length=4pt}},
  gain/.style={loss, red!60!black}, drive/.style={very thick, orange!75!black},
  named/.style={fill=white, inner sep=0.4pt},"""


@checked
def tikz(net: Network, notation: Notation = Notation()) -> str:
    r"""A tikzpicture; it needs the TikZ libraries arrows.meta and decorations.pathmorphing."""
    drawn = scene(net, notation)
    left, low, right, high = drawn.frame
    lines = [r"\begin{tikzpicture}[>={Stealth[length=5pt]},", TIKZ_STYLES, "]"]
    for item in drawn.lines:
        tip = ", ->" if item.arrow else ""
        lines.append(rf"  \draw[{item.kind}{tip}] {_cm(item.start)} -- {_cm(item.end)};")
    for node in drawn.nodes:
        w, h = (_number(s) for s in node.size)
        lines.append(
            rf"  \node[{node.kind}, minimum width={w}cm, minimum height={h}cm] "
            rf"at {_cm(node.at)} {{${node.tex}$}};"
        )
    lines += [rf"  \node[named] at {_cm(label.at)} {{${label.tex}$}};" for label in drawn.labels]
    lines.append(r"\end{tikzpicture}")
    text = "\n".join(lines)
    if right - left > WIDE or high - low > TALL:
        size = r"{\linewidth}{!}" if (right - left) * TALL >= (high - low) * WIDE else r"{!}{0.75\textheight}"
        text = f"\\resizebox{size}{{%\n{text}%\n}}"
    return text + "\n"


def _number(hundredths: int) -> str:
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def _cm(point: Point) -> str:
    return f"({_number(point[0])}, {_number(point[1])})"


# -- SVG -----------------------------------------------------------------------------------------------------

SVG_STYLES = """
  text { font: italic 17px 'STIX Two Text', 'Latin Modern Roman', 'Times New Roman', Times, serif; }
  text { fill: #1f2328; text-anchor: middle; }
  .upright { font-style: normal; }
  .script { font-size: 12px; }
  .small { font-size: 9px; }
  .link { stroke: #1f2328; stroke-width: 2; fill: none; }
  .pair { stroke: #1f2328; stroke-width: 1.4; fill: none; }
  .leg { stroke: #1a7f7a; stroke-width: 1.6; stroke-dasharray: 5 4; fill: none; }
  .lift { stroke: #cf4a3f; stroke-width: 1.6; stroke-dasharray: 5 4; fill: none; }
  .loss { stroke: #818b98; stroke-width: 1.6; fill: none; }
  .gain { stroke: #cf4a3f; stroke-width: 1.6; fill: none; }
  .drive { stroke: #d9730d; stroke-width: 3; fill: none; }
  .mode { stroke: #3b6fd4; stroke-width: 2; fill: #e7edfa; }
  .spins { stroke: #8250df; stroke-width: 3; fill: #f0eafb; }
  .charger { stroke: #d9730d; stroke-width: 2; fill: #f9e8d8; }
  .reservoir { stroke: #1a7f7a; stroke-width: 1.6; fill: #e3f0ef; }
  .tip { stroke: none; }
  .tip.link { fill: #1f2328; } .tip.loss { fill: #818b98; }
  .tip.gain { fill: #cf4a3f; } .tip.drive { fill: #d9730d; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .link, .pair { stroke: #e6edf3; }
    .tip.link { fill: #e6edf3; }
    .mode { fill: #131c2e; } .spins { fill: #1b192f; }
    .charger { fill: #2e2115; } .reservoir { fill: #0f1e23; }
  }
"""


@checked
def svg(net: Network, notation: Notation = Notation()) -> str:
    """A standalone SVG picture that reads on light and on dark pages and needs no font from elsewhere."""
    drawn = scene(net, notation)
    left, low, right, high = drawn.frame
    scale = _Scale(left, high)
    wide, tall = scale.length(right - left), scale.length(high - low)
    title = f"  <title>{_escaped(net.title)}</title>\n" if net.title else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" '
        f'width="{wide}" height="{tall}" role="img">\n'
        f"{title}  <style>{SVG_STYLES}  </style>"
    ]
    for item in drawn.lines:
        parts += scale.line(item)
    for node in drawn.nodes:
        parts.append(scale.node(node))
    for node in drawn.nodes:
        parts.append(scale.text(node.at, node.tex))
    for label in drawn.labels:
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
            place = f'x="{x - w // 2}" y="{y - h // 2}" width="{w}" height="{h}" rx="{h // 3}"'
            return f'  <rect class="{node.kind}" {place}/>'
        return f'  <circle class="{node.kind}" cx="{x}" cy="{y}" r="{w // 2}"/>'

    def line(self, item: Line) -> Iterable[str]:
        a, b = self.at(item.start), self.at(item.end)
        direction = minus(b, a)
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
            corners = "L".join(f"{x} {y}" for x, y in (b, left, right))
            yield f'  <path class="tip {item.kind}" d="M{corners}Z"/>'

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
    line = "".join(c if c.isprintable() else " " for c in text)  # XML has no control characters
    return escape(line, quote=False)
