"""A picture shows every part of a network once, along the flow, and nothing on top of anything else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise

import networkx as nx
import pytest
from sympy import I, Rational, Symbol, cosh, exp, pi, sinh

from derive import tex
from derive.builders import (
    aharonov_bohm_chain,
    aharonov_bohm_star,
    chain,
    complete,
    from_graph,
    grid,
    positive,
    ring,
    spin_star,
    star,
    tree,
)
from derive.figure import legend, svg, tikz
from derive.figure.drawing import WIDE
from derive.figure.layout import box, cuts, overlap
from derive.figure.markup import svg_text
from derive.figure.scene import one_way, scene
from derive.latex import Notation
from derive.latex.document import document
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss

PICTURES = {
    **{f"chain-{n}": chain(n, "reciprocal", distinct=True) for n in range(1, 7)},
    "chain-19": chain(19, "reciprocal", distinct=True),
    "cascade-3": chain(3, "nonreciprocal", distinct=True),
    "cascade-11": chain(11, "nonreciprocal", distinct=True),
    "cascade-6": chain(6, "nonreciprocal"),
    "general-4": chain(4, "general", distinct=True),
    **{f"star-{n}": star(n, "general", distinct=True) for n in (2, 4, 6)},
    "star-6-reciprocal": star(6, "reciprocal", distinct=True),
    "triangles-2": aharonov_bohm_chain(2, distinct=True),
    "triangles-3": aharonov_bohm_chain(3),
    "triangles-10": aharonov_bohm_chain(10),
    "fan-2": aharonov_bohm_star(2),
    "fan-3": aharonov_bohm_star(3),
    "ring-4": ring(4, "reciprocal", distinct=True),
    "ring-5": ring(5, "general", distinct=True),
    "tree": tree(2, 2, "nonreciprocal"),
    "grid": grid(2, 3, "reciprocal", distinct=True),
    "complete": complete(3, "reciprocal", distinct=True),
    "random-8": from_graph(nx.gnm_random_graph(8, 11, seed=3)),
}
every_picture = pytest.mark.parametrize("net", PICTURES.values(), ids=PICTURES)


def shown(label):
    """How many signs of a label take up room on the line."""
    return len(re.sub(r"[{}_^ ]", "", re.sub(r"\\[A-Za-z]+", "x", label)))


def taken(drawn):
    """The rectangles of all modes, reservoirs and labels, measured anew from what is drawn."""
    nodes = [(node.tex, box(node.at, *node.size)) for node in drawn.nodes]
    return nodes + [(label.tex, box(label.at, 14 * shown(label.tex), 26)) for label in drawn.labels]


@every_picture
def test_nothing_lies_on_anything_else(net):
    for (one, a), (other, b) in combinations(taken(scene(net)), 2):
        assert not overlap(a, b), f"{one} lies on {other}"


def crowded() -> dict[str, Network]:
    """Networks whose labels have no room at the usual distances."""
    J, y, z = positive("J"), positive("y"), Symbol("z")
    r, theta = Symbol("r", real=True), Symbol("theta", real=True)
    sides = {
        ("b", "b_10"): 2 * J * exp(I * theta), ("b", "A"): (J - I * y) / 2, ("b_10", "A"): 3 * I / 10,
        ("b_2", "b"): exp(I * theta) / 20, ("b_10", "b_2"): z,
    }  # fmt: skip
    drives = {"b": exp(I * pi / 3) / 7, "b_10": z, "A": 5 * I / 2, "b_2": Rational(2)}
    kite = Network(
        tuple(map(Mode, drives)),
        tuple(Coupling(*pair, J) for pair, J in sides.items()),
        tuple(Drive(*drive) for drive in drives.items()),
        (*(loss(name, J) for name in drives), Bath(dict.fromkeys(("b", "b_2", "A"), 1), J)),
    )
    squeezed = sinh(r) ** 2, exp(I * theta) * sinh(r) * cosh(r)
    warm = Network(
        (Mode("b_1"), Mode("A")),
        (Coupling("A", "b_1", Rational(1, 20)),),
        (Drive("b_1", 1 - I / 40), Drive("A", Rational(-1, 20))),
        (Bath({"A": 1, "b_1": 1}, Rational(5, 2), *squeezed), loss("b_1", Rational(3, 10)), loss("A", 1)),
        (Squeezing("A", "A", Rational(1, 2)),),
    )
    kappa, w, x = map(positive, ("kappa", "w", "x"))
    thrice = Network(
        (Mode("c"), Mode("lambda")),
        (Coupling("c", "lambda", 5 * kappa * exp(I * pi / 3) / 2), Coupling("lambda", "c", -w)),
        baths=(loss("c", Rational(3, 10)), loss("lambda", x)),
        squeezings=(Squeezing("lambda", "c", (2 - I * w) / 10), Squeezing("lambda", "lambda", (2 - 5 * I) / 20)),
    )
    return {"kite": kite, "warm": warm, "thrice": thrice}


@pytest.mark.parametrize("name", crowded())
def test_a_crowded_picture_is_drawn_so_large_that_its_labels_have_room(name):
    drawn = scene(crowded()[name])
    for (one, a), (other, b) in combinations(taken(drawn), 2):
        assert not overlap(a, b), f"{one} lies on {other}"
    for label in drawn.labels:
        size = 12 * shown(label.tex), 20
        struck = [(a.kind, a.start) for a in drawn.lines if cuts(a.start, a.end, box(label.at, *size))]
        assert struck == [], label.tex


@pytest.mark.parametrize("length", [8, 12, 30])
def test_modes_of_long_names_do_not_lie_on_each_other(length):
    names = [f"{'m' * length}{k}" for k in range(6)]
    kappa, J = Symbol("kappa", positive=True), Symbol("J", positive=True)
    links = ((0, 1), (0, 2), (0, 3)), ()
    for pairs in links:
        couplings = tuple(Coupling(names[i], names[j], J) for i, j in pairs)
        net = Network(tuple(Mode(name) for name in names), couplings, (), (loss(names[0], kappa),))
        circles = [(node.at, node.size[0]) for node in scene(net).nodes if node.kind == "mode"]
        assert len(circles) == 6
        for ((x, y), wide), ((p, q), _) in combinations(circles, 2):
            assert (x - p) ** 2 + (y - q) ** 2 > wide**2


@every_picture
def test_no_link_runs_through_a_foreign_mode(net):
    drawn = scene(net)
    modes = [node for node in drawn.nodes if node.kind != "reservoir"]
    for link in drawn.lines:
        if link.kind == "link":
            struck = [node.tex for node in modes if cuts(link.start, link.end, box(node.at, 30, 30))]
            assert struck == []


@pytest.mark.parametrize("name", [name for name in PICTURES if name not in ("random-8", "complete")])
def test_no_line_strikes_a_label(name):
    drawn = scene(PICTURES[name])
    for label in drawn.labels:
        size = 12 * shown(label.tex), 20
        struck = [(a.kind, a.start) for a in drawn.lines if cuts(a.start, a.end, box(label.at, *size))]
        assert struck == [], label.tex


def test_a_wide_label_begins_where_its_arrow_ends():
    r, theta = Symbol("r", real=True), Symbol("theta", real=True)
    squeezed = Bath({"a": 1}, positive("Gamma"), sinh(r) ** 2, exp(I * theta) * sinh(r) * cosh(r))
    net = Network(
        (Mode("a"), Mode("b")),
        (Coupling("a", "b", positive("g")),),
        (Drive("a", positive("epsilon")),),
        (loss("a", positive("kappa")), loss("b", positive("gamma")), squeezed),
    )
    drawn = scene(net)
    for line in (line for line in drawn.lines if line.kind == "loss"):
        x, y = line.end
        gaps = []
        for label in drawn.labels:
            left, low, right, high = box(label.at, 14 * shown(label.tex), 26)
            gaps.append(max(left - x, x - right, low - y, y - high))
        assert min(gaps) < 20, line


@every_picture
def test_every_part_is_drawn_once(net):
    drawn = scene(net)
    kinds = [node.kind for node in drawn.nodes]
    assert kinds.count("mode") + kinds.count("charger") == len(net.modes)
    assert kinds.count("charger") == len({drive.mode for drive in net.drives})
    shared = [bath for bath in net.baths if len(bath.legs) > 1]
    assert kinds.count("reservoir") == len(shared)
    lines = [line.kind for line in drawn.lines]
    assert lines.count("link") == len(net.couplings)
    assert lines.count("leg") == sum(len(bath.legs) for bath in shared)
    assert lines.count("loss") == len(net.baths) - len(shared)
    assert lines.count("drive") == len(net.drives)
    assert len(drawn.labels) == len(net.couplings) + len(net.drives) + len(net.baths) - len(shared)


@pytest.mark.parametrize("name", ["chain-6", "cascade-3", "triangles-3"])
def test_a_chain_lies_on_a_line_and_flows_to_the_right(name):
    at = {node.tex: node.at for node in scene(PICTURES[name]).nodes}
    places = [at[tex_] for tex_ in at if re.fullmatch(r"[abc]|b_\d", tex_)]
    first = [p for p in places if p[1] == places[0][1]]
    assert len(first) >= 4
    assert first == sorted(first)


@pytest.mark.parametrize("name", ["chain-19", "cascade-11", "triangles-10"])
def test_a_long_chain_is_folded_so_that_its_letters_can_be_read(name):
    """Neighbours are as near as on a line or from row to row, and a page shows at least half the picture's size."""
    drawn = scene(PICTURES[name])
    at = {node.tex: node.at for node in drawn.nodes}
    row = [next(at[tex_] for tex_ in at if tex_ in ("a", "c")), *(at[t] for t in at if re.fullmatch(r"b_\{?\d+\}?", t))]
    ways = [(abs(x - u), abs(y - v)) for (x, y), (u, v) in pairwise(row)]
    (along,) = {x for x, y in ways if y == 0}
    (down,) = {y for x, y in ways if x == 0}
    assert {(x, y) for x, y in ways} == {(along, 0), (0, down)}
    left, _, right, _ = drawn.frame
    assert right - left < 2 * WIDE


def test_a_picture_taller_than_a_page_shrinks_to_it():
    assert r"\resizebox{!}{0.75\textheight}" in tikz(star(16))
    assert r"\resizebox{\linewidth}{!}" in tikz(chain(7))
    assert "resizebox" not in tikz(star(3))


def test_a_lossy_mode_stands_beside_its_link():
    at = {node.tex: node.at for node in scene(aharonov_bohm_chain(2)).nodes}
    assert at["a_1"][0] == (at["c"][0] + at["b_1"][0]) // 2
    assert at["a_1"][1] > at["b_1"][1]


def test_an_arrow_shows_where_amplitudes_flow_one_way():
    assert one_way(chain(3, "nonreciprocal", distinct=True)) == {("a", "b_1"), ("b_1", "b_2"), ("b_2", "b_3")}
    assert one_way(chain(3, "general", distinct=True)) == frozenset()
    net = chain(1, "nonreciprocal")
    spoiled = Network(
        net.modes, (Coupling("a", "b_1", Rational(1, 3) * I * positive("Gamma")),), net.drives, net.baths
    )
    assert one_way(spoiled) == frozenset()
    for picture, arrows in ((net, [True]), (spoiled, [False])):
        assert [line.arrow for line in scene(picture).lines if line.kind == "link"] == arrows


def test_an_arrow_points_from_source_to_target():
    (link,) = [line for line in scene(chain(1, "nonreciprocal")).lines if line.kind == "link"]
    at = {node.tex: node.at for node in scene(chain(1, "nonreciprocal")).nodes}
    assert abs(link.start[0] - at["a"][0]) < abs(link.end[0] - at["a"][0])


def everything() -> Network:
    """A network with every noun: pairing, degenerate pairing, gain, temperature, three legs, a mode alone."""
    modes = tuple(Mode(name) for name in ("a", "b_1", "b_2", "x"))
    gain = Bath((), positive("eta"), gain=(("b_2", Rational(1)),))
    three = Bath(
        (("a", Rational(1)), ("b_1", Symbol("p")), ("b_2", I)), positive("Gamma"), positive("n"), Symbol("m")
    )
    pairs = (Squeezing("a", "b_2", Symbol("chi")), Squeezing("b_1", "b_1", Symbol("chi_1")))
    drives = (Drive("a", positive("epsilon")), Drive("x", Symbol("zeta")))
    baths = (gain, three, loss("a", positive("kappa_a")), loss("a", positive("kappa"), positive("n")))
    return Network(modes, (Coupling("a", "b_1", positive("J")),), drives, baths, pairs, 'Every <noun> & "more"')


def test_every_noun_has_a_sign():
    drawn = scene(everything())
    assert {line.kind for line in drawn.lines} == {"link", "pair", "leg", "loss", "gain", "drive"}
    assert sum(line.kind == "leg" for line in drawn.lines) == 3
    assert r"\Gamma, n, m" in [node.tex for node in drawn.nodes]
    assert r"\kappa, n" in [label.tex for label in drawn.labels]
    ElementTree.fromstring(svg(everything()))


def test_a_coupling_and_a_pairing_of_the_same_modes_stand_beside_each_other():
    """Each with its label on its own side, whichever of its modes it names first."""
    modes, coupling = (Mode("a"), Mode("b")), Coupling("a", "b", positive("J"))
    for ends in (("a", "b"), ("b", "a")):
        drawn = scene(Network(modes, (coupling,), squeezings=(Squeezing(*ends, positive("chi")),)))
        height = {line.kind: line.start[1] for line in drawn.lines}
        assert [line.start[1] == line.end[1] for line in drawn.lines] == [True, True]
        named = {label.tex: label.at[1] for label in drawn.labels}
        assert named["J"] < height["link"] < 0 < height["pair"] < named[r"\chi"]
        assert height["pair"] - height["link"] > 20


def test_a_leg_of_creation_operators_looks_unlike_the_others():
    legs = (("a", 1),), (("b", 1),)
    baths = (Bath(legs[0], positive("Gamma"), gain=legs[1]), Bath((*legs[0], *legs[1]), positive("gamma")))
    net = Network((Mode("a"), Mode("b")), baths=baths)
    assert [line.kind for line in scene(net).lines] == ["leg", "lift", "leg", "leg"]
    assert "red dashed legs stand for creation operators in a jump" in legend(net)
    assert "red" not in legend(Network(net.modes, baths=baths[1:]))


def test_no_line_shows_through_a_mode_or_a_reservoir():
    """On light and on dark pages: six digits of a colour have no transparency, and every kind of box has both."""
    for page in svg(everything()).split("@media"):
        fills = {kind: re.search(rf"\.{kind} {{[^}}]*fill: (#\w+)", page) for kind in ("mode", "charger", "reservoir")}
        assert all(fill and len(fill[1]) == 7 for fill in fills.values()), fills


@every_picture
def test_svg_is_well_formed_and_self_contained(net):
    text = svg(net)
    root = ElementTree.fromstring(text)
    width, height = (int(size) for size in root.attrib["viewBox"].split()[2:])
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 < int(element.attrib["x"]) < width
        assert 0 < int(element.attrib["y"]) <= height
    assert text.count("http") == 1, "nothing is fetched from elsewhere"
    assert "prefers-color-scheme: dark" in text
    assert svg(net) == text


def test_the_legend_tells_of_the_signs_that_a_picture_has_and_of_no_others():
    one_way = legend(chain(2, "nonreciprocal"))
    assert one_way == (
        "Circles are modes; orange circles are driven or pumped; lines are coherent couplings, with a tip where "
        "amplitudes flow one way only; boxes are reservoirs that the modes at their dashed legs share; wavy arrows are "
        "losses; thick arrows are drives."
    )
    assert "tip" not in legend(chain(2))
    assert "boxes" not in legend(chain(2))
    assert "double circles are ensembles of spins" in legend(spin_star(3))
    paired = Network((Mode("a"), Mode("b")), squeezings=(Squeezing("a", "b", positive("chi")),))
    assert legend(paired) == "Circles are modes; double lines are pairings."
    n, rate = positive("n"), positive("kappa")
    for bath, told in (
        (loss("a", rate), "losses."),
        (loss("a", rate, n), "losses; behind a rate stands the occupation of a warm reservoir."),
        (loss("a", rate, n, n), "of a reservoir and, if it is squeezed, its squeezing."),
    ):
        assert legend(Network((Mode("a"),), baths=(bath,))).endswith(told)


@every_picture
def test_tikz_draws_every_mode_and_line(net):
    text, drawn = tikz(net), scene(net)
    assert text.count(r"\draw") == len(drawn.lines)
    assert text.count(r"\node") == len(drawn.nodes) + len(drawn.labels)
    assert not re.search(r"\d\.\d{3}|nan|None", text)


def test_a_picture_uses_the_papers_letters():
    paper = Notation({"kappa": r"\gamma", "b_1": "b"})
    text = tikz(chain(1), paper)
    assert r"{$\gamma$}" in text
    assert "{$b$}" in text
    assert r"\kappa" not in text


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        (r"\Gamma", '<tspan class="upright">Γ</tspan>'),
        ("b_1", 'b<tspan class="upright script" dy="5">1</tspan>'),
        (r"e^{i \theta_1}", 'e<tspan class="script" dy="-7">iθ</tspan><tspan class="upright small" dy="3">1</tspan>'),
        ("p_a^*", 'p<tspan class="script" dy="5">a</tspan><tspan class="upright script" dy="-12">∗</tspan>'),
        (
            r"w, \sinh^2 r, \sinh r \cosh r \, e",
            'w<tspan class="upright">, sinh</tspan><tspan class="upright script" dy="-7">2</tspan>'
            '<tspan class="upright" dy="7"> </tspan>r<tspan class="upright">, sinh </tspan>r'
            '<tspan class="upright"> cosh </tspan>r<tspan class="upright"> </tspan>e',
        ),
        (r"2\sin(\theta)", '<tspan class="upright">2 sin(</tspan>θ<tspan class="upright">)</tspan>'),
        (r"b_{1,2}", 'b<tspan class="upright script" dy="5">1,2</tspan>'),
        ("x < y", 'x<tspan class="upright">&lt;</tspan>y'),
    ],
)
def test_labels_become_svg_text(label, printed):
    assert svg_text(label) == printed


@pytest.mark.slow
@pytest.mark.tex
def test_every_picture_compiles():
    body = "\n\n".join(rf"\begin{{center}}{tikz(net)}\end{{center}}" for net in (*PICTURES.values(), everything()))
    assert tex.compile_pdf(document(body, "Pictures")).overfull == ()
