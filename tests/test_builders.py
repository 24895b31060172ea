"""Builders draw the networks they name: their drift equals one that is filled in entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import get_args

import networkx as nx
import numpy as np
import pytest
from oracles import moments
from sympy import Expr, I, Rational, Symbol, conjugate, exp

from derive.builders import (
    Scheme,
    aharonov_bohm_chain,
    aharonov_bohm_star,
    chain,
    complete,
    from_graph,
    grid,
    ring,
    star,
    tree,
)
from derive.errors import WrongKind
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin
from derive.network import Network, NetworkError, TooManyModes

Links = list[tuple[int, int]]


def path(n: int) -> Links:
    return [(k, k + 1) for k in range(n)]


LINKS: dict[str, tuple[Callable[..., Network], tuple[int, ...], int, Links]] = {
    "chain": (chain, (4,), 5, path(4)),
    "star": (star, (4,), 5, [(0, k) for k in range(1, 5)]),
    "ring": (ring, (3,), 4, [*path(3), (3, 0)]),
    "tree": (tree, (2, 2), 7, [(0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (2, 6)]),
    "complete": (complete, (3,), 4, list(combinations(range(4), 2))),
    "grid": (grid, (2, 3), 6, [(0, 3), (0, 1), (1, 4), (1, 2), (2, 5), (3, 4), (4, 5)]),
}
every_family = pytest.mark.parametrize("name", LINKS)
every_scheme = pytest.mark.parametrize("scheme", get_args(Scheme))


def numbers(net: Network) -> dict[str, complex]:
    random = np.random.default_rng(3)
    return {
        s.name: complex(random.uniform(0.3, 1.4), 0 if s.is_real else random.uniform(0.3, 1.4))
        for s in net.symbols
    }


def drift(net: Network, at: dict[str, complex]) -> np.ndarray:
    return moments(net, {s: at[s.name] for s in net.symbols}).drift


@every_family
@every_scheme
def test_the_drift_of_distinct_networks_is_that_of_their_links(name: str, scheme: str) -> None:
    build, sizes, modes, links = LINKS[name]
    net = build(*sizes, scheme, distinct=True)
    at = numbers(net)
    names = ["a", *(str(k) for k in range(1, modes))]
    expected = np.diag([-at[f"kappa_{x}"] / 2 for x in names]).astype(complex)
    for k, (i, j) in enumerate(links, start=1):
        if scheme == "reciprocal":
            strength: complex = at[f"J_{k}"]
            rate, u, v = 0j, 0j, 0j
        else:
            rate, u, v = at[f"Gamma_{k}"], at[f"p_{names[i]}"], at[f"p_{names[j]}"]
            strength = (
                1j * rate * np.conj(u) * v / 2
                if scheme == "nonreciprocal"
                else at[f"J_{k}"] * np.exp(1j * at[f"theta_{k}"])
            )
        expected[i, j] += -1j * strength - rate * np.conj(u) * v / 2
        expected[j, i] += -1j * np.conj(strength) - rate * np.conj(v) * u / 2
        expected[i, i] -= rate * abs(u) ** 2 / 2
        expected[j, j] -= rate * abs(v) ** 2 / 2
    assert net.names == ("a", *(f"b_{k}" for k in range(1, modes)))
    assert sorted(sorted(pair) for pair in links) == sorted(
        sorted((net.names.index(c.a), net.names.index(c.b))) for c in net.couplings
    )
    assert np.allclose(drift(net, at), expected)


@every_family
@every_scheme
def test_uniform_networks_are_distinct_ones_with_equal_letters(name: str, scheme: str) -> None:
    build, sizes, _, _ = LINKS[name]
    distinct, uniform = build(*sizes, scheme, distinct=True), build(*sizes, scheme)
    values: dict[Expr, Expr] = {}
    for s in distinct.symbols:
        stem = s.name.split("_")[0]
        if stem == "p":
            values[s] = Rational(1)
        elif stem in {"kappa", "J", "Gamma", "theta"}:
            values[s] = Symbol(stem, **({"real": True} if stem == "theta" else {"positive": True}))
    assert uniform.subs({}) == uniform
    assert langevin(distinct.subs(values)) == langevin(uniform)


@every_family
def test_energy_flows_one_way_through_nonreciprocal_links(name: str) -> None:
    build, sizes, _, links = LINKS[name]
    eq = langevin(build(*sizes, "nonreciprocal", distinct=True))
    for coupling in build(*sizes, "nonreciprocal", distinct=True).couplings:
        i, j = eq.modes.index(coupling.a), eq.modes.index(coupling.b)
        assert isinstance(is_zero(eq.drift[i, j]), Proved)
        assert isinstance(is_zero(eq.drift[j, i]), Refuted)
    assert len(links) == len(build(*sizes, "nonreciprocal").couplings)


def test_every_network_is_driven_at_its_first_mode() -> None:
    for build, sizes, _, _ in LINKS.values():
        (drive,) = build(*sizes).drives
        assert (drive.mode, drive.amplitude) == ("a", Symbol("epsilon", positive=True))


@pytest.mark.parametrize(("build", "sources"), [(aharonov_bohm_chain, (0, 1, 2)), (aharonov_bohm_star, (0, 0, 0))])
@pytest.mark.parametrize("distinct", [True, False])
def test_triangles_have_the_drift_of_zhao(
    build: Callable[..., Network], sources: tuple[int, ...], distinct: bool
) -> None:
    net = build(3, distinct=distinct)
    at = numbers(net)

    def value(name: str, k: int) -> complex:
        return at[f"{name}_{k}" if distinct else name]

    # modes c, b_1, b_2, b_3, a_1, a_2, a_3
    rates = [at["gamma_c" if distinct else "gamma"]]
    rates += [value("gamma", k) for k in (1, 2, 3)] + [value("Gamma", k) for k in (1, 2, 3)]
    expected = np.diag([-rate / 2 for rate in rates]).astype(complex)
    for k, source in enumerate(sources, start=1):
        forward = value("g_b", k) * np.exp(1j * at[f"theta_{k}"])
        expected[k, source] += -1j * forward
        expected[source, k] += -1j * np.conj(forward)
        for i, j, g in ((3 + k, source, value("g_1", k)), (k, 3 + k, value("g_2", k))):
            expected[i, j] += -1j * g
            expected[j, i] += -1j * g
    assert net.names == ("c", "b_1", "b_2", "b_3", "a_1", "a_2", "a_3")
    assert np.allclose(drift(net, at), expected)
    assert [d.mode for d in net.drives] == ["c"]


def test_a_graph_becomes_a_network_with_its_attributes() -> None:
    graph = nx.Graph()
    graph.add_node("a", loss="kappa", drive=Symbol("xi"), frequency=2)
    graph.add_node("hub", detuning=Symbol("Delta", real=True))
    graph.add_node((1, 2), drive="epsilon")
    graph.add_edge("a", "hub", strength="g")
    graph.add_edge("hub", (1, 2), strength=I * Symbol("J_9", positive=True))
    net = from_graph(graph, "A graph")
    assert net.title == "A graph"
    assert net.names == ("a", "hub", "b_1_2")
    assert [(d.mode, str(d.amplitude)) for d in net.drives] == [("a", "xi"), ("b_1_2", "epsilon")]
    assert [str(c.strength) for c in net.couplings] == ["g", "I*J_9"]
    assert [str(b.rate) for b in net.baths] == ["kappa", "kappa_hub", "kappa_1_2"]
    assert [str(m.frequency) for m in net.modes] == ["2", "omega", "omega"]
    eq = langevin(net)
    assert isinstance(is_zero(eq.drift[1, 0] + I * Symbol("g", positive=True)), Proved)
    assert isinstance(is_zero(eq.drift[1, 2] - Symbol("J_9", positive=True)), Proved)


def test_directed_edges_are_nonreciprocal_links_from_tail_to_head() -> None:
    graph = nx.DiGraph([("a", 1), (1, 2), ("a", 2)])
    graph.edges[1, 2]["rate"] = "Gamma"
    net = from_graph(graph)
    eq = langevin(net)
    rates = {b.legs: b.rate for b in net.baths if len(b.legs) == 2}
    assert {legs: str(rate) for legs, rate in rates.items()} == {
        ("a", "b_1"): "Gamma_1", ("a", "b_2"): "Gamma_2", ("b_1", "b_2"): "Gamma",
    }  # fmt: skip
    for (tail, head), rate in rates.items():
        i, j = net.names.index(tail), net.names.index(head)
        assert isinstance(is_zero(eq.drift[i, j]), Proved)
        assert isinstance(is_zero(eq.drift[j, i] + rate), Proved)
    assert [d.mode for d in net.drives] == ["a"]


def test_a_graph_of_any_library_generator_is_accepted() -> None:
    net = from_graph(nx.petersen_graph())
    assert len(net.modes) == 10
    assert len(net.couplings) == 15
    assert all(drift(net, numbers(net))[i, i] != 0 for i in range(10))


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no battery": (lambda: chain(0), "at least 1"),
    "a fraction of a battery": (lambda: star(Rational(3, 2)), "must be of the kind int"),  # type: ignore[arg-type]
    "a truth value": (lambda: complete(True), "must be of the kind int"),
    "a ring of two modes": (lambda: ring(1), "at least 2"),
    "no branches": (lambda: tree(0, 2), "at least 1"),
    "no columns": (lambda: grid(2, 0), "at least"),
    "unknown scheme": (lambda: chain(2, "one-way"), "reciprocal, nonreciprocal, general"),  # type: ignore[arg-type]
    "a million batteries": (lambda: chain(10**6), "at most 500000"),
    "a tree like a forest": (lambda: tree(10**5, 10**5), "at most 500000"),
    "a grid of a continent": (lambda: grid(10**4, 10**4), "at most 500000"),
    "too many links": (lambda: complete(1500), "at most 500000"),
    "no triangles": (lambda: aharonov_bohm_chain(0), "at least 1"),
    "an empty graph": (lambda: from_graph(nx.Graph()), "at least one mode"),
    "a loop": (lambda: from_graph(nx.Graph([("a", "a")])), "itself"),
    "parallel edges": (lambda: from_graph(nx.MultiGraph([("a", "b"), ("a", "b")])), "parallel"),
    "unknown attribute": (lambda: from_graph(weighted(weight=2)), "'weight'"),
    "inexact attribute": (lambda: from_graph(weighted(strength=0.5)), "exact"),
    "attribute that is no letter": (lambda: from_graph(weighted(strength="1/2")), "'1/2'"),
    "rate of an undirected edge": (lambda: from_graph(weighted(rate="Gamma")), "'rate'"),
    "a node without a name": (lambda: from_graph(nx.Graph([("a", "b c")])), "'b c'"),
    "two nodes of one name": (lambda: from_graph(nx.Graph([("b_1", 1)])), "both called 'b_1'"),
}


def weighted(**attributes: object) -> nx.Graph:
    graph = nx.Graph()
    graph.add_edge("a", "b", **attributes)
    return graph


@pytest.mark.parametrize(("build", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_network_is_refused_with_a_reason(build: Callable[[], object], says: str) -> None:
    with pytest.raises((NetworkError, TooManyModes, WrongKind), match=says):
        build()


def test_weights_of_reservoirs_are_complex_and_conjugated_once() -> None:
    net = chain(1, "nonreciprocal", distinct=True)
    p_a, p_1 = Symbol("p_a"), Symbol("p_1")
    gamma = Symbol("Gamma_1", positive=True)
    assert isinstance(is_zero(net.couplings[0].strength - I * gamma * conjugate(p_a) * p_1 / 2), Proved)
    assert isinstance(is_zero(langevin(net).drift[1, 0] + gamma * conjugate(p_1) * p_a), Proved)
    assert isinstance(is_zero(langevin(net).drift[1, 0] + gamma * conjugate(p_a) * p_1), Refuted)
    phase = chain(1, "general").couplings[0].strength
    assert phase == Symbol("J", positive=True) * exp(I * Symbol("theta", real=True))
