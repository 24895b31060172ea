"""What no passive network exceeds: the identity on random graphs, the bound by NumPy, and networks that reach it."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from strategies import QUICK, networks
from sympy import I, Integer, Rational, Symbol, sqrt

from derive import (
    Bath,
    Coupling,
    Drive,
    Mode,
    Network,
    Proved,
    Refuted,
    Squeezing,
    chain,
    complete,
    energy_balance,
    energy_balance_residual,
    is_zero,
    langevin,
    largest_worst,
    loss,
    matched,
    matched_residual,
    ring,
    star,
    steady_state,
    tree,
)
from derive.balance import EPSILON, BoundError, every_graph_residual, most
from derive.builders import positive
from derive.network import NetworkError
from derive.stories.formulas import RECIPROCAL_STAR_ENERGY, J
from derive.stories.matching import LARGEST_WORST, STAR_COUPLING, matching

KAPPA = positive("kappa")
NETWORKS = {
    "chain": chain(3),
    "general chain": chain(2, "general", distinct=True),
    "general triangle": complete(2, "general", distinct=True),
    "nonreciprocal star": star(3, "nonreciprocal"),
    "ring": ring(3),
    "tree": tree(2, 2),
    "weighted losses": replace(chain(2), baths=[Bath({name: Symbol(f"p_{name}")}, KAPPA) for name in chain(2).names]),
}
TREES = {
    "chain": [("a", "b_1"), ("b_1", "b_2"), ("b_2", "b_3")],
    "star": [("a", "b_1"), ("a", "b_2"), ("a", "b_3")],
    "arms": [("a", "b_1"), ("b_1", "b_2"), ("a", "b_3"), ("b_3", "b_4")],
    "fork": [("a", "b_1"), ("b_1", "b_2"), ("b_1", "b_3"), ("b_3", "b_4")],
}
every_tree = pytest.mark.parametrize("edges", TREES.values(), ids=TREES)
both_ways = pytest.mark.parametrize("one_way", [False, True])


def test_the_argument_holds_for_any_number_of_modes():
    lines = every_graph_residual()
    assert isinstance(is_zero(lines), Proved)
    a, d = Symbol("a", commutative=False), Symbol("D", commutative=False)
    assert not isinstance(is_zero(lines[1] + a * d), Proved)
    assert isinstance(is_zero(lines[2] + Rational(1, 7) * EPSILON), Refuted)


@pytest.mark.parametrize("net", NETWORKS.values(), ids=NETWORKS)
def test_the_balance_is_an_identity_in_all_letters(net):
    assert isinstance(is_zero(energy_balance_residual(net)), Proved)
    found = energy_balance(net)
    assert isinstance(is_zero(found.most - found.delivered - found.mismatch * Rational(8, 7) - found.shared), Refuted)


def random_network(rng, size, links):
    """Numbers: drift, force, losses, drive and reservoirs of a passive network on a random graph."""
    kappa = rng.uniform(0.1, 2, size)
    w = -np.diag(kappa).astype(complex) / 2 - 1j * np.diag(rng.normal(size=size))
    for _ in range(links):
        i, j = rng.choice(size, 2, replace=False)
        h = rng.normal() + 1j * rng.normal()
        w[i, j] -= 1j * h
        w[j, i] -= 1j * np.conj(h)
    reservoirs = [rng.normal(size=size) + 1j * rng.normal(size=size) for _ in range(rng.integers(0, 3))]
    for u in reservoirs:
        w -= np.outer(u.conj(), u) / 2
    return w, kappa, reservoirs


@pytest.mark.parametrize("seed", range(30))
def test_no_random_passive_network_beats_the_bound(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 8))
    w, kappa, reservoirs = random_network(rng, size, 2 * size)
    epsilon = rng.uniform(0.1, 3)
    a = np.linalg.solve(w, 1j * epsilon * np.eye(size)[0])
    bound = epsilon**2 / kappa[0]
    held = kappa[1:] @ abs(a[1:]) ** 2
    rest = kappa[0] * abs(a[0] + 1j * epsilon / kappa[0]) ** 2 + sum(abs(u @ a) ** 2 for u in reservoirs)
    assert held + rest == pytest.approx(bound)
    assert min(abs(a[1:]) ** 2) <= bound / kappa[1:].sum() * (1 + 1e-12)


@given(networks(max_modes=3))
@settings(QUICK, max_examples=15)
def test_the_balance_holds_on_random_exact_networks(net):
    passive = Network(
        tuple(Mode(n.name) for n in net.modes),
        tuple(net.couplings),
        (Drive(net.names[0], Integer(1)),),
        (*(loss(n, Integer(1)) for n in net.names), *(Bath(b.jump, b.rate) for b in net.baths if len(b.jump) > 1)),
    )
    assert isinstance(is_zero(energy_balance_residual(passive)), Proved)


@every_tree
@both_ways
def test_every_tree_can_be_matched(edges, one_way):
    net = matched(nx.DiGraph(edges), one_way=one_way)
    batteries = len(net.names) - 1
    assert largest_worst(net) == EPSILON**2 / (batteries * KAPPA**2)
    assert isinstance(is_zero(matched_residual(net)), Proved)
    stronger = Coupling("a", "b_1", 2 * net.couplings[0].strength)
    wrong = Network(net.modes, (stronger, *net.couplings[1:]), net.drives, net.baths)
    assert isinstance(is_zero(matched_residual(wrong)), Refuted)
    w = langevin(net).drift
    back = [w[net.names.index(i), net.names.index(j)] for i, j in edges]
    assert all(e == 0 for e in back) == one_way


@both_ways
def test_any_energies_on_the_ellipsoid_can_be_had(one_way):
    graph = nx.DiGraph(TREES["fork"])
    for k, node in enumerate(graph):
        graph.nodes[node]["loss"] = Integer(k + 1)
    # Σ κ_w r_w² = ε²/κ_a = ε²: 2 · 1/8 + 3 · 1/12 + 4 · 1/16 + 5 · 1/20 = 1
    r = {name: EPSILON / sqrt(Integer(n)) for name, n in (("b_1", 8), ("b_2", 12), ("b_3", 16), ("b_4", 20))}
    net = matched(graph, r, one_way=one_way)
    assert isinstance(is_zero(matched_residual(net, r)), Proved)
    assert isinstance(is_zero(matched_residual(net, {**r, "b_2": r["b_2"] * Rational(8, 7)})), Refuted)


def test_the_uniform_reciprocal_star_reaches_the_bound_and_the_uniform_chain_does_not():
    for size in (1, 2, 5):
        net = star(size).subs({positive("J"): KAPPA / (2 * sqrt(Integer(size)))})
        assert isinstance(is_zero(matched_residual(net)), Proved)
    grid = np.geomspace(0.02, 50, 2000)
    for size in (2, 3, 6):
        held = []
        for coupling in grid:
            w = -np.eye(size + 1, dtype=complex) / 2
            for k in range(size):
                w[k, k + 1] = w[k + 1, k] = -1j * coupling
            held.append(min(abs(np.linalg.solve(w, np.eye(size + 1)[0])[1:]) ** 2))
        assert max(held) < 0.9 / size


def test_what_is_no_passive_network_is_refused():
    a, b = Mode("a"), Mode("b")
    pairs = Network((a, b), (), (Drive("a", 1),), (loss("a", 1), loss("b", 1)), squeezings=(Squeezing("a", "b", 1),))
    with pytest.raises(BoundError, match="squeezing or gain"):
        energy_balance(pairs)
    gain = Network((a,), (), (Drive("a", 1),), (loss("a", 2), Bath((), 1, gain=(("a", 1),))))
    with pytest.raises(BoundError, match="squeezing or gain"):
        most(gain)
    lossless = Network((a, b), (Coupling("a", "b", 1),), (Drive("a", 1),), (loss("b", 1),))
    for bound in (energy_balance, most, largest_worst):
        with pytest.raises(BoundError, match="loss of its own"):
            bound(lossless)
    # alone, a driven mode holds four times what the bound says of a battery
    with pytest.raises(BoundError, match="not driven, but 'a' is"):
        largest_worst(chain(2, "reciprocal"), ["a"])
    with pytest.raises(BoundError, match="losses of their own"):
        largest_worst(Network((a, b), (Coupling("a", "b", 1),), (Drive("a", 1),), (loss("a", 1),)))
    with pytest.raises(BoundError, match="among the modes a, b_1, b_2, but 'c' is not"):
        largest_worst(chain(2, "reciprocal"), ["c"])
    with pytest.raises(BoundError, match="needs a tree"):
        matched(nx.DiGraph([("a", "b"), ("b", "a")]))
    for amplitudes in ({"c": 1}, {"a": 1}, {"b": 0}):
        with pytest.raises(BoundError, match="those of batteries, and not zero"):
            matched(nx.DiGraph([("a", "b")]), amplitudes)
    worded = nx.DiGraph([("a", "b")])
    worded.nodes["a"]["loss"] = "kappa_a"
    with pytest.raises(NetworkError, match="loss of 'a' must be exact"):
        matched(worded)


def test_a_battery_that_is_named_twice_is_one():
    net = chain(2, "reciprocal")
    assert largest_worst(net, ["b_1", "b_1"]) == largest_worst(net, ["b_1"]) != largest_worst(net, ["b_1", "b_2"])


def test_several_drives_add_up():
    net = Network(
        tuple(Mode(name) for name in "abc"),
        (Coupling("a", "c", positive("J_1")), Coupling("b", "c", I * positive("J_2"))),
        (Drive("a", positive("x")), Drive("b", I * positive("y"))),
        (loss("a", 1), loss("b", 2), loss("c", 3)),
    )
    assert most(net) == positive("x") ** 2 + positive("y") ** 2 / 2
    assert isinstance(is_zero(energy_balance_residual(net)), Proved)
    assert isinstance(
        is_zero(steady_state(langevin(net)).occupation("c") * 3 - energy_balance(net).delivered), Proved
    )


def test_the_argument_is_proved_step_by_step_and_a_wrong_coupling_is_refuted():
    derivation = matching()
    assert all(isinstance(verdict, Proved) for verdict in derivation.check().values())
    assert [step.label for step in derivation.steps][-3:] == ["every-graph", "star", "tapered-chain"]
    for share, verdict in ((Integer(1), Proved), (Rational(8, 7), Refuted)):
        energy = RECIPROCAL_STAR_ENERGY.subs(J, share * STAR_COUPLING)
        assert isinstance(is_zero(energy - LARGEST_WORST), verdict)


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_a_tapered_chain_holds_the_same_in_every_battery(size):
    couplings = [np.sqrt(size) / 2, *((size - k + 1) / 2 for k in range(2, size + 1))]
    w = -np.eye(size + 1, dtype=complex) / 2
    for k, coupling in enumerate(couplings):
        w[k, k + 1] = w[k + 1, k] = -1j * coupling
    assert abs(np.linalg.solve(w, np.eye(size + 1)[0])[1:]) ** 2 == pytest.approx(np.full(size, 1 / size))
