"""Networks with a symbolic number of parts: rows of identical cells, bundles of identical branches, freely nested.

A `Family` is a charger with branches. A `Branch` is a link to a cell, the cell repeated `length` times in a row,
the whole `copies` times side by side, every cell of the row feeding `fan` next ones; cells carry branches of their
own. A chain is one branch of length N, a star one of N copies, M arms of length L a branch with both, a comb a row
of cells with a leaf each, a balanced tree of branching b and depth d a row of length d with copies and fan b.

Copies carry equal amplitudes, since the charger drives all of them alike (an equitable partition): M of them act
as one that is reached by the entry u of the drift matrix and feeds back M times the entry v. A row is a continuant
in its length (`derive.recurrence`). Both are exact for all values of the parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations

from sympy import Expr, I, Integer, Symbol

from derive.builders import Scheme, aharonov_bohm_chain, positive
from derive.builders import chain as concrete_chain
from derive.checks import checked, checked_fields
from derive.eliminate import eliminate
from derive.errors import DeriveError
from derive.kernel import canonical
from derive.langevin import langevin
from derive.network import Bath, Coupling, Drive, Mode, Network, Spins, loss, renamed

COUNT = Symbol("N", positive=True, integer=True)
ARMS, LENGTH, BRANCHING, DEPTH = (Symbol(name, positive=True, integer=True) for name in ("M", "L", "b", "d"))
OMEGA, EPSILON, KAPPA = (positive(name) for name in ("omega", "epsilon", "kappa"))


class FamilyError(DeriveError):
    """A family that is no network: a count that is not a positive integer, a place that it does not have."""


@dataclass(frozen=True)
class Entries:
    """What a link adds to −W: `onward` u and `back` v off the diagonal, `tail` and `head` on it."""

    onward: Expr
    back: Expr
    tail: Expr
    head: Expr

    @property
    def loop(self) -> Expr:
        """The product uv, which is zero where nothing flows back."""
        return canonical(self.onward * self.back)


@checked_fields
@dataclass(frozen=True)
class Link:
    """Two modes `tail` and `head` with what joins them: couplings, shared reservoirs, intermediate lossy modes.

    The losses of the two modes are not part of it.
    """

    net: Network
    tail: str
    head: str

    @property
    def between(self) -> tuple[str, ...]:
        """The intermediate modes."""
        return tuple(name for name in self.net.names if name not in (self.tail, self.head))

    def entries(self) -> Entries:
        """u, v and the two rates, read off the drift matrix; intermediate modes are eliminated, which is exact.

        (In the steady state; see `derive.eliminate`.)
        """
        eq = langevin(eliminate(self.net, *self.between) if self.between else self.net)
        i, j = eq.modes.index(self.tail), eq.modes.index(self.head)
        w = eq.drift.applyfunc(canonical)
        return Entries(-w[j, i], -w[i, j], -w[i, i], -w[j, j])

    def joining(self, tail: str, head: str) -> tuple[list[Mode | Spins], list[Coupling], list[Bath]]:
        """The link between two modes of a network; an intermediate mode x becomes x_head."""
        between = {x: f"{x.rstrip('_0123456789')}_{head}" for x in self.between}
        net = renamed(self.net, {self.tail: tail, self.head: head} | between)
        return [mode for mode in net.modes if mode.name in between.values()], list(net.couplings), list(net.baths)


@checked_fields
@dataclass(frozen=True)
class Node:
    """A mode: its energy loss rate, and the branches that hang on it."""

    loss: Expr = KAPPA
    branches: tuple[Branch, ...] = ()


@checked_fields
@dataclass(frozen=True)
class Branch:
    """`copies` equal rows of `length` cells; every cell feeds `fan` next ones, the last one carries `end` as well.

    `rung` is a coherent coupling between every two copies at the same place (two rails with rungs are a ladder).
    `name` begins the names of its modes.

    Raises:
        FamilyError: if a count is not a positive integer or a symbol for one.
    """

    link: Link
    cell: Node = field(default_factory=Node)
    length: Expr = Integer(1)
    copies: Expr = Integer(1)
    fan: Expr = Integer(1)
    end: tuple[Branch, ...] = ()
    rung: Expr = Integer(0)
    name: str = "b"

    def __post_init__(self) -> None:
        for what in ("length", "copies", "fan"):
            value = getattr(self, what)
            if not (value.is_integer and value.is_positive):
                raise FamilyError(
                    f"The {what} of a branch must be a positive integer or a symbol for one, but is {value}; "
                    "declare it as Symbol(…, positive=True, integer=True)."
                )


@checked_fields
@dataclass(frozen=True)
class Family:
    """A driven charger and its branches, with symbolic counts."""

    root: Node
    title: str
    charger: str = "a"
    drive: Expr = EPSILON
    frequency: Expr = OMEGA

    @property
    def counts(self) -> tuple[Symbol, ...]:
        """The symbols that count parts, by name."""
        found: set[Symbol] = set()
        for branch in _all_branches(self.root):
            found |= branch.length.free_symbols | branch.copies.free_symbols | branch.fan.free_symbols
        return tuple(sorted(found, key=lambda s: s.name))


def _all_branches(node: Node) -> Iterator[Branch]:
    for branch in node.branches:
        yield branch
        yield from _all_branches(branch.cell)
        yield from _all_branches(Node(branches=branch.end))


# -- links and families that papers draw ---------------------------------------------------------------------


def link(scheme: Scheme = "reciprocal") -> Link:
    """A link of `derive.builders` between two modes, in the letters of Liu et al.: J, Γ, θ, weights 1."""
    return _link(concrete_chain(1, scheme), "a", "b_1")


def triangle() -> Link:
    """An Aharonov–Bohm triangle of Zhao et al.: g_b e^{iθ} directly, g_1 and g_2 by way of a mode that decays at Γ."""
    net = aharonov_bohm_chain(1)
    phase = next(s for s in net.symbols if s.name == "theta_1")
    return _link(net.subs({phase: Symbol("theta", real=True)}), "c", "b_1")


def _link(net: Network, tail: str, head: str) -> Link:
    """A network of two ends without their local losses and without its drive."""
    kept = tuple(bath for bath in net.baths if bath.legs not in ((tail,), (head,)))
    return Link(replace(net, baths=kept, drives=()), tail, head)


def chain(count: Expr = COUNT, scheme: Scheme = "reciprocal") -> Family:
    """A charger and N batteries in series (Liu et al. Fig. 1(a)); schemes as in `derive.chain`."""
    return Family(Node(KAPPA, (Branch(link(scheme), length=count),)), f"Chain, {scheme}")


def star(count: Expr = COUNT, scheme: Scheme = "reciprocal") -> Family:
    """A charger and N batteries in parallel (Liu et al. Fig. 1(b))."""
    return Family(Node(KAPPA, (Branch(link(scheme), copies=count),)), f"Star, {scheme}")


def arms(copies: Expr = ARMS, length: Expr = LENGTH, scheme: Scheme = "reciprocal") -> Family:
    """A charger with M chains of L batteries each."""
    return Family(Node(KAPPA, (Branch(link(scheme), length=length, copies=copies),)), f"Star of chains, {scheme}")


def comb(count: Expr = COUNT, scheme: Scheme = "reciprocal") -> Family:
    """A charger and N batteries in series, each of the N + 1 nodes with one more battery as its leaf: 2N + 1."""
    leaf = Branch(link(scheme), name="c")
    spine = Branch(link(scheme), Node(KAPPA, (leaf,)), length=count)
    return Family(Node(KAPPA, (spine, leaf)), f"Comb, {scheme}")


def tree(branching: Expr = BRANCHING, depth: Expr = DEPTH, scheme: Scheme = "reciprocal") -> Family:
    """A balanced tree: the charger is the root, every node down to depth d feeds b others."""
    branch = Branch(link(scheme), length=depth, copies=branching, fan=branching)
    return Family(Node(KAPPA, (branch,)), f"Balanced tree, {scheme}")


def ladder(count: Expr = COUNT, scheme: Scheme = "reciprocal") -> Family:
    """A charger that feeds the first of N rungs; K is the coupling of a rung, the rails carry the links."""
    rails = Branch(link(scheme), length=count, copies=Integer(2), rung=positive("K"))
    return Family(Node(KAPPA, (rails,)), f"Ladder, {scheme}")


def triangle_chain(count: Expr = COUNT) -> Family:
    """Zhao et al. Eq. (1): a charger c and N batteries in series, a lossy mode beside every link, equal phases θ."""
    gamma = positive("gamma")
    return Family(
        Node(gamma, (Branch(triangle(), Node(gamma), length=count),)), "Chain of triangles", "c", positive("xi")
    )


def triangle_star(count: Expr = COUNT) -> Family:
    """Zhao et al., parallel charging: a charger c and N batteries, a lossy mode beside every link, equal phases θ."""
    gamma = positive("gamma")
    return Family(
        Node(gamma, (Branch(triangle(), Node(gamma), copies=count),)), "Star of triangles", "c", positive("xi")
    )


# -- the network at given counts -----------------------------------------------------------------------------

Place = tuple[tuple[int, int], ...]  # (branch, position) from the charger down: branch by branch, cells from 1


@dataclass(frozen=True)
class Built:
    """A network, and for each of its batteries the place of its orbit: copies of one cell have one place."""

    network: Network
    places: tuple[tuple[str, Place], ...]


def build(family: Family, counts: Mapping[Symbol, int]) -> Network:
    """The network at given counts.

    Names: b_k along a row, b_m among copies, b_m_k in both, and the indices of a fan one after another; what hangs
    on a cell takes the cell's indices.

    Raises:
        FamilyError: if a count is missing or not a positive integer.
    """
    return built(family, counts).network


@checked
def built(family: Family, counts: Mapping[Symbol, int]) -> Built:
    """The network at given counts, with the place of every battery.

    Raises:
        FamilyError: as `build` does.
    """
    for symbol in family.counts:
        if counts.get(symbol, 0) < 1:
            raise FamilyError(f"The count {symbol} must be given as a positive integer, but is {counts.get(symbol)}.")
    maker = _Maker({s: Integer(n) for s, n in counts.items()}, family.frequency)
    maker.node(family.root, family.charger, (), "")
    title = ", ".join([family.title, *(f"{s} = {counts[s]}" for s in family.counts)])
    drives = (Drive(family.charger, family.drive),)
    net = Network(tuple(maker.modes), tuple(maker.couplings), drives, tuple(maker.baths), title=title)
    return Built(net, tuple(maker.places))


class _Maker:
    """Walks through a family and writes down modes, couplings and baths."""

    def __init__(self, counts: Mapping[Symbol, Expr], frequency: Expr) -> None:
        self.counts, self.frequency = counts, frequency
        self.modes: list[Mode | Spins] = []
        self.couplings: list[Coupling] = []
        self.baths: list[Bath] = []
        self.places: list[tuple[str, Place]] = []

    def count(self, e: Expr) -> int:
        return int(e.xreplace(self.counts))

    def node(self, node: Node, name: str, place: Place, suffix: str, end: tuple[Branch, ...] = ()) -> None:
        self.modes.append(Mode(name, frequency=self.frequency))
        self.baths.append(loss(name, node.loss))
        if place:
            self.places.append((name, place))
        for number, branch in enumerate((*node.branches, *end)):
            self.branch(branch, name, place, number, suffix)

    def branch(self, branch: Branch, parent: str, place: Place, number: int, suffix: str) -> None:
        copies = self.count(branch.copies)
        found: list[list[str]] = []
        for m in range(1, copies + 1):
            first = len(self.places)
            index = suffix if branch.copies == 1 else f"{suffix}_{m}"
            self.row(branch, parent, place, number, 1, index)
            found.append([name for name, at in self.places[first:] if len(at) == len(place) + 1])
        for one, other in combinations(found, 2) if branch.rung != 0 else ():
            self.couplings += [Coupling(x, y, branch.rung) for x, y in zip(one, other, strict=True)]

    def row(self, branch: Branch, parent: str, place: Place, number: int, k: int, suffix: str) -> None:
        last = k == self.count(branch.length)
        named = suffix if branch.fan != 1 or branch.length == 1 else f"{suffix}_{k}"
        name = branch.name + named
        modes, couplings, baths = branch.link.joining(parent, name)
        end = branch.end if last else ()
        self.node(branch.cell, name, (*place, (number, k)), named, end)
        self.modes += modes
        self.couplings += couplings
        self.baths += baths
        for m in range(1, self.count(branch.fan) + 1) if not last else ():
            self.row(branch, name, place, number, k + 1, suffix if branch.fan == 1 else f"{suffix}_{m}")


def rung_shift(branch: Branch) -> Expr:
    """What the rungs add to −W of the symmetric mode of all copies: i(copies − 1) times their coupling."""
    return I * branch.rung * (branch.copies - 1)
