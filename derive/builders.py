"""Networks that papers draw: chains, stars, rings, trees, grids, graphs, and Aharonov–Bohm triangles.

A link between two modes comes in three schemes (Liu et al. 2026, Eqs. (1), (2), (6)):

    reciprocal      H ∋ J a†b + h.c.
    general         H ∋ J e^{iθ} a†b + h.c. and a shared reservoir Γ D[p_a a + p_b b]
    nonreciprocal   the general link with J e^{iθ} = iΓ p_a* p_b/2, so that energy flows from a to b only:
                    W_ab = −i J e^{iθ} − Γ p_a* p_b/2 = 0, W_ba = −Γ p_a p_b*

All builders use the letters of Liu et al. (a, b_k, J, Γ, κ, ε, θ, p), `aharonov_bohm_*` those of Zhao et al. 2025, and
refuse counts that are too small (`NetworkError`), or larger than anyone can wait for (`TooManyModes`). With
`distinct=False` all links and losses are equal, every reservoir's legs have weight 1, and θ is one phase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sympy import Expr, I, Integer, Symbol, exp

from derive.checks import checked
from derive.kernel import conjugated
from derive.network import (
    MODE_NAME,
    Bath,
    Coupling,
    Drive,
    Mode,
    Network,
    NetworkError,
    Number,
    Spins,
    TooManyModes,
    exact,
    loss,
)

if TYPE_CHECKING:
    import networkx as nx

Scheme = Literal["reciprocal", "nonreciprocal", "general"]
LARGEST = 500_000  # modes or links: a chain of so many takes a minute and two gigabytes
Build: TypeAlias = Callable[..., Network]  # chain, star, … of a number of batteries


def positive(name: str) -> Symbol:
    """A rate, strength or frequency: a positive symbol."""
    return Symbol(name, positive=True)


def real(name: str) -> Symbol:
    """A phase or detuning: a real symbol."""
    return Symbol(name, real=True)


@checked
def spin_star(
    batteries: int | None = None,
    charger: Number | None = None,
    battery: Number | None = None,
    down: Number | None = None,
    up: Number | None = None,
) -> Network:
    """A charger C of spins and batteries B_1 … B_M, each with a reservoir of its own, and a pump on the charger.

    Reservoir m has the jump S_C⁻ + S_{B_m}⁻ and the pump S_C⁺ (Dias et al. Fig. 1 and Eq. (4)). Their L[O] is 2D[O],
    so that the rates are 2γ↓ and 2γ↑ in their letters. Without `batteries` there is one, B, that stands for all
    (`closed_moments(net, copies={"B": M})`). `up=0` leaves the pump away.
    """
    _count(1 if batteries is None else batteries, "A star", 1)
    number_c, number_b = (
        integer(name) if number is None else number for name, number in (("N_C", charger), ("N_B", battery))
    )
    rates = [positive(name) if rate is None else rate for name, rate in (("gamma_down", down), ("gamma_up", up))]
    names = ["B"] if batteries is None else [f"B_{k}" for k in range(1, batteries + 1)]
    omega, one = positive("omega"), Integer(1)
    nodes = (Spins("C", number_c, frequency=omega), *(Spins(name, number_b, frequency=omega) for name in names))
    shared = [Bath((("C", one), (name, one)), 2 * rates[0]) for name in names]
    pump = [Bath((), 2 * rates[1], gain=(("C", one),))] if rates[1] != 0 else []
    return Network(nodes, baths=(*shared, *pump), title="Charger and batteries of spins with a reservoir each")


def integer(name: str) -> Symbol:
    """A number of spins: a positive integer."""
    return Symbol(name, positive=True, integer=True)


@checked
def chain(batteries: int, scheme: Scheme = "reciprocal", *, distinct: bool = False) -> Network:
    """A charger a and batteries b_1 … b_N in series, each coupled to the next (cascaded, Liu et al. Fig. 1(a)).

    `scheme` is what links two neighbours: a coupling J ("reciprocal"), a coupling J e^{iθ} and a shared reservoir of
    rate Γ ("general"), or these with J e^{iθ} = iΓ/2, so that energy flows from the first to the second only
    ("nonreciprocal"). All modes have the frequency ω and the loss κ; ε drives the charger. θ is real, all other letters
    are positive. With `distinct` every link has its own J_k, Γ_k and θ_k, and every mode its own loss κ_a, κ_1, … and a
    complex weight p_a, p_1, … in the jumps of reservoirs, which is 1 otherwise (J e^{iθ} = iΓ p_a* p_1/2).

    Raises:
        NetworkError: if there are too few batteries.
        TooManyModes: if there are more than anyone can wait for.
        WrongKind: if `scheme` is none of the three.
    """
    _count(batteries, "A chain", 1)
    names = _names(batteries)
    return _linked(names, pairwise(names), scheme, distinct, f"Chain of {batteries} batteries")


@checked
def star(batteries: int, scheme: Scheme = "reciprocal", *, distinct: bool = False) -> Network:
    """A charger a that is coupled to each of b_1 … b_N (parallel, Liu et al. Fig. 1(b)).

    Modes, letters, `scheme`, `distinct` and errors are those of `chain`.
    """
    _count(batteries, "A star", 1)
    names = _names(batteries)
    return _linked(names, [("a", b) for b in names[1:]], scheme, distinct, f"Star of {batteries} batteries")


@checked
def ring(batteries: int, scheme: Scheme = "reciprocal", *, distinct: bool = False) -> Network:
    """A charger and N ≥ 2 batteries in a closed loop; the last link returns to the charger.

    Modes, letters, `scheme`, `distinct` and errors are those of `chain`.
    """
    _count(batteries, "A ring", 2)
    names = _names(batteries)
    return _linked(names, pairwise([*names, "a"]), scheme, distinct, f"Ring of {batteries} batteries")


@checked
def tree(branching: int, depth: int, scheme: Scheme = "reciprocal", *, distinct: bool = False) -> Network:
    """A balanced tree: the charger is the root, every mode feeds `branching` others, `depth` times one below the other.

    Modes, letters, `scheme`, `distinct` and errors are those of `chain`.
    """
    _count(branching, "A tree's branching", 1)
    _count(depth, "A tree's depth", 1)
    _count(depth if branching == 1 else branching ** min(depth, LARGEST.bit_length()), "A tree's last level", 1)
    # NetworkX takes a tenth of a second to import, and most networks come without a graph.
    from networkx import DiGraph, balanced_tree

    graph = balanced_tree(branching, depth, create_using=DiGraph)
    title = f"Balanced tree of branching {branching} and depth {depth}"
    return _on_graph(graph, scheme, distinct, title)


@checked
def complete(batteries: int, scheme: Scheme = "reciprocal", *, distinct: bool = False) -> Network:
    """A charger and N batteries, every two of them coupled.

    Modes, letters, `scheme`, `distinct` and errors are those of `chain`.
    """
    _count(batteries, "A complete network", 1)
    _count(batteries * (batteries + 1) // 2, "The links of a complete network", 1)
    from networkx import complete_graph

    return _on_graph(complete_graph(batteries + 1), scheme, distinct, f"Complete network of {batteries} batteries")


@checked
def grid(rows: int, columns: int, scheme: Scheme = "reciprocal", *, distinct: bool = False) -> Network:
    """A rectangular array of modes, each coupled to its neighbours, with the charger in the first corner.

    Modes, letters, `scheme`, `distinct` and errors are those of `chain`.
    """
    _count(rows, "A grid's rows", 1)
    _count(columns, "A grid's columns", 2 if rows == 1 else 1)
    _count(rows * columns, "A grid", 2)
    from networkx import grid_2d_graph

    return _on_graph(grid_2d_graph(rows, columns), scheme, distinct, f"Grid of {rows} by {columns} modes")


@checked
def from_graph(graph: nx.Graph, title: str = "") -> Network:
    """Any NetworkX graph as a network; a directed edge means a nonreciprocal link from its tail to its head.

    Node attributes: `loss`, `detuning`, `frequency`, `drive`. Edge attributes: `strength` J of an undirected edge,
    `rate` Γ of a directed one. An attribute is an exact value or the name of a positive letter. What is not given gets
    its own letter: κ_node, J_k, Γ_k with k counting the edges; without any `drive` the first node is driven by ε.

    Raises:
        NetworkError: if the graph is empty, has a self-loop or parallel edges, or an attribute is not known.
    """
    if graph.is_multigraph():
        raise NetworkError("A network's graph has at most one edge per pair and direction; add parallel edges up.")
    name = {node: _node_name(node) for node in graph.nodes}
    owner = {called: node for node, called in name.items()}
    for node, called in name.items():
        if owner[called] != node:
            raise NetworkError(
                f"Each node has a name of its own, but {node!r} and {owner[called]!r} are both called {called!r}; "
                "rename one of them."
            )
    modes, drives, baths, couplings = [], [], [], []
    for node, given in graph.nodes(data=True):
        _known(given, {"loss", "detuning", "frequency", "drive"}, f"node {node!r}")
        value = _Attributes(given, f"node {node!r}")
        modes.append(Mode(name[node], value.get("detuning", Integer(0)), value.get("frequency", positive("omega"))))
        baths.append(loss(name[node], value.get("loss", positive(f"kappa_{_suffix(name[node])}"))))
        if "drive" in given:
            drives.append(Drive(name[node], value.get("drive", Integer(0))))
    if modes and not drives:
        drives = [Drive(modes[0].name, positive("epsilon"))]
    for k, (tail, head, given) in enumerate(graph.edges(data=True), start=1):
        value = _Attributes(given, f"edge {tail!r}–{head!r}")
        a, b = name[tail], name[head]
        if graph.is_directed():
            _known(given, {"rate"}, f"directed edge {tail!r} → {head!r}")
            rate = value.get("rate", positive(f"Gamma_{k}"))
            couplings.append(Coupling(a, b, I * rate / 2))
            baths.append(Bath(((a, Integer(1)), (b, Integer(1))), rate))
        else:
            _known(given, {"strength"}, f"edge {tail!r} – {head!r}")
            couplings.append(Coupling(a, b, value.get("strength", positive(f"J_{k}"))))
    return Network(tuple(modes), tuple(couplings), tuple(drives), tuple(baths), title=title)


@checked
def aharonov_bohm_chain(batteries: int, *, distinct: bool = False) -> Network:
    """Zhao et al. Eq. (1): a charger c and batteries b_k in series, a lossy mode a_k beside every link.

    H ∋ g_b e^{iθ_k} b_k† b_{k−1} + g_1 a_k† b_{k−1} + g_2 b_k† a_k + h.c. with b_0 = c; a_k decays at Γ, c and the b_k
    at γ, and ξ drives c. With `distinct` g_b, g_1, g_2, Γ and γ have the index k as well, and c decays at γ_c.

    Raises:
        NetworkError: if there is no battery.
        TooManyModes: if there are more than anyone can wait for.
    """
    _count(batteries, "A chain of triangles", 1)
    links = [("c" if k == 1 else f"b_{k - 1}", k) for k in range(1, batteries + 1)]
    return _triangles(batteries, links, distinct, f"Chain of {batteries} Aharonov–Bohm triangles")


@checked
def aharonov_bohm_star(batteries: int, *, distinct: bool = False) -> Network:
    """Zhao et al., parallel charging H_p: a charger c and batteries b_k, a lossy mode a_k beside every link c–b_k.

    Letters, `distinct` and errors are those of `aharonov_bohm_chain`.
    """
    _count(batteries, "A star of triangles", 1)
    links = [("c", k) for k in range(1, batteries + 1)]
    return _triangles(batteries, links, distinct, f"Star of {batteries} Aharonov–Bohm triangles")


@checked
def mediated_chain(batteries: int) -> Network:
    """The general chain of Liu et al. before elimination: every shared reservoir is a lossy mode c_k.

    H ∋ J_k e^{iθ_k} b_{k−1}†b_k + c_k†(g_k b_{k−1} + f_k b_k) + h.c. with b_0 = a and complex g_k, f_k; c_k decays at
    Γ_k. Eliminating the c_k gives Liu et al. 2026, Eq. (2), with p = 2ig/Γ.
    """
    _count(batteries, "A chain", 1)
    names = _names(batteries)
    couplings, modes = [], [Mode(name, frequency=positive("omega")) for name in names]
    losses = [loss(name, positive(f"kappa_{_suffix(name)}")) for name in names]
    for k, (a, b) in enumerate(pairwise(names), start=1):
        modes.append(Mode(f"c_{k}", frequency=positive("omega")))
        couplings.append(Coupling(a, b, positive(f"J_{k}") * exp(I * real(f"theta_{k}"))))
        couplings.append(Coupling(f"c_{k}", a, Symbol(f"g_{k}")))
        couplings.append(Coupling(f"c_{k}", b, Symbol(f"f_{k}")))
        losses.append(loss(f"c_{k}", positive(f"Gamma_{k}")))
    title = f"Chain of {batteries} batteries with lossy modes"
    return Network(tuple(modes), tuple(couplings), (Drive("a", positive("epsilon")),), tuple(losses), title=title)


def _triangles(batteries: int, links: list[tuple[str, int]], distinct: bool, title: str) -> Network:
    def letter(name: str, k: int) -> Symbol:
        return positive(f"{name}_{k}" if distinct else name)

    omega, indices = positive("omega"), range(1, batteries + 1)
    names = ("c", *(f"b_{k}" for k in indices), *(f"a_{k}" for k in indices))
    baths = [loss("c", positive("gamma_c" if distinct else "gamma"))]
    baths += [loss(f"b_{k}", letter("gamma", k)) for k in indices]
    baths += [loss(f"a_{k}", letter("Gamma", k)) for k in indices]
    couplings = []
    for source, k in links:
        couplings.append(Coupling(f"b_{k}", source, letter("g_b", k) * exp(I * real(f"theta_{k}"))))
        couplings.append(Coupling(f"a_{k}", source, letter("g_1", k)))
        couplings.append(Coupling(f"b_{k}", f"a_{k}", letter("g_2", k)))
    drives = (Drive("c", positive("xi")),)
    modes = tuple(Mode(name, frequency=omega) for name in names)
    return Network(modes, tuple(couplings), drives, tuple(baths), title=title)


@dataclass(frozen=True)
class _Attributes:
    """Attributes of a node or an edge as exact values; a string is the name of a positive letter."""

    given: dict[str, Any]
    what: str

    def get(self, key: str, default: Expr) -> Expr:
        value = self.given.get(key, default)
        if isinstance(value, str):
            if not MODE_NAME.match(value):
                raise NetworkError(
                    f"A letter is letters, digits and underscores, but {key} of {self.what} is {value!r}."
                )
            return positive(value)
        return exact(value, f"{key} of {self.what}")


def _known(given: dict[str, Any], keys: set[str], what: str) -> None:
    for key in given:
        if key not in keys:
            raise NetworkError(f"Attributes of {what} must be among {', '.join(sorted(keys))}, but one is {key!r}.")


def _node_name(node: Any) -> str:
    name = (
        node
        if isinstance(node, str)
        else "b_" + "_".join(str(i) for i in (node if isinstance(node, tuple) else (node,)))
    )
    if not MODE_NAME.match(name):
        raise NetworkError(f"A node must be named by a word, an integer or a tuple of integers, but one is {node!r}.")
    return name


def _count(value: int, what: str, least: int) -> None:
    if value < least:
        raise NetworkError(f"{what} must count at least {least}, but {value} was given.")
    if value > LARGEST:
        raise TooManyModes(f"{what} must count at most {LARGEST}, but more were asked for; use `derive.families`.")


def _names(batteries: int) -> list[str]:
    return ["a", *(f"b_{k}" for k in range(1, batteries + 1))]


def _suffix(name: str) -> str:
    return name.removeprefix("b_")


def _on_graph(graph: nx.Graph, scheme: Scheme, distinct: bool, title: str) -> Network:
    names = dict(zip(graph.nodes, _names(len(graph) - 1), strict=True))
    links = [(names[u], names[v]) for u, v in graph.edges]
    return _linked(list(names.values()), links, scheme, distinct, title)


def _linked(
    names: list[str], links: Iterable[tuple[str, str]], scheme: Scheme, distinct: bool, title: str
) -> Network:
    """Modes `names` with one link per pair, in the letters of Liu et al."""
    def letter(name: str, index: object) -> Symbol:
        return positive(f"{name}_{index}" if distinct else name)

    def weight(mode: str) -> Expr:
        return Symbol(f"p_{_suffix(mode)}") if distinct else Integer(1)

    couplings, shared = [], []
    for k, (a, b) in enumerate(links, start=1):
        gamma = letter("Gamma", k)
        strength: Expr = letter("J", k)
        if scheme == "nonreciprocal":
            strength = I * gamma * conjugated(weight(a)) * weight(b) / 2
        elif scheme == "general":
            strength = strength * exp(I * real(f"theta_{k}" if distinct else "theta"))
        couplings.append(Coupling(a, b, strength))
        if scheme != "reciprocal":
            shared.append(Bath(((a, weight(a)), (b, weight(b))), gamma))
    losses = [loss(name, letter("kappa", _suffix(name))) for name in names]
    modes = tuple(Mode(name, frequency=positive("omega")) for name in names)
    drives = (Drive(names[0], positive("epsilon")),)
    return Network(modes, tuple(couplings), drives, (*losses, *shared), title=f"{title}, {scheme}")
