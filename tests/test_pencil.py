"""Minors of blocks with few letters, and networks of equal modes, against numbers at random points."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import PRIME, modulo
from sympy import I, Matrix, Symbol, fraction, zeros
from test_linear import coprime

from derive.builders import chain, complete, from_graph, grid, ring, star, tree
from derive.evolution import steady_state
from derive.kernel import Solution, predicted_terms, solve
from derive.kernel.pencil import minors, work
from derive.langevin import langevin
from derive.network import Network

J, E = (Symbol(name, positive=True) for name in ("J", "epsilon"))


def value(minor: dict[tuple[int, ...], int], point: tuple[int, ...]) -> int:
    total = 0
    for exponents, c in minor.items():
        for base, exponent in zip(point, exponents, strict=True):
            c *= base**exponent
        total += c
    return total


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_minors_are_determinants_at_every_point(data: st.DataObject) -> None:
    """The determinant and the adjugate of Σ m_l A_l at integers m, by FLINT's determinants of integers."""
    n, letters = data.draw(st.integers(1, 7)), data.draw(st.integers(1, 3))
    numbers = st.integers(-2, 2) | st.integers(-(10**30), 10**30)
    rows: list[dict[int, list[int]]] = []
    for i in range(n):
        columns = data.draw(st.sets(st.integers(0, n - 1), max_size=4)) | {i}
        rows.append({j: [data.draw(numbers) for _ in range(letters)] for j in sorted(columns)})
        rows[i][i][0] += 10**40 * (i + 1)  # regular, whatever the others are
    driven = sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=2)))
    determinant, adjugate = minors(rows, letters, driven)
    for point in ((1, 1, 1)[:letters], (3, -7, 11)[:letters]):
        matrix = [
            [sum(c * m for c, m in zip(row.get(j, [0] * letters), point, strict=True)) for j in range(n)]
            for row in rows
        ]
        assert value(determinant, point) == fmpz_mat(matrix).det()
        for row in driven:
            for k in range(n):
                cut = [[x for j, x in enumerate(line) if j != k] for i, line in enumerate(matrix) if i != row]
                cofactor = (-1) ** (row + k) * (fmpz_mat(cut).det() if cut else 1)
                assert value(adjugate[row][k], point) == cofactor


def test_blocks_of_many_letters_or_rows_are_out_of_reach() -> None:
    rows = [{j: [1] * 4 for j in range(30)} for _ in range(30)]
    assert work(rows, 4) is None
    assert work([{j: [1, 1] for j in range(400)} for _ in range(400)], 2) is None
    assert work([{j: [1, 1] for j in range(30)} for _ in range(30)], 2) is not None


def graph(given: nx.Graph, loss: Callable[[int], str], strength: Callable[[int, int], str]) -> Network:
    """Letters that many modes share."""
    given = nx.convert_node_labels_to_integers(given)
    nx.set_node_attributes(given, {k: loss(k) for k in given}, "loss")
    nx.set_edge_attributes(given, {(i, j): strength(i, j) for i, j in given.edges}, "strength")
    return from_graph(given)


def uniform(given: nx.Graph) -> Network:
    return graph(given, lambda _: "kappa", lambda *_: "J")


def dimers(given: nx.Graph) -> Network:
    """A charger with a loss of its own, couplings of two strengths."""
    return graph(given, lambda k: "kappa" if k else "kappa_a", lambda i, j: f"J_{1 + i * j % 2}")


SPARSE = nx.compose(nx.random_labeled_tree(30, seed=3), nx.gnm_random_graph(30, 12, seed=4))
NETWORKS = {
    "chain 100": chain(99), "star 200": star(199), "cascade 200": chain(199, "nonreciprocal"),
    "tree 63": tree(2, 5), "tree 255": tree(2, 7), "general chain 60": chain(59, "general"),
    "general tree 127": tree(2, 6, "general"), "ring 60": ring(59), "general ring 30": ring(29, "general"),
    "ladder 30": grid(2, 15), "general ladder 30": grid(2, 15, "general"), "grid 30": grid(5, 6),
    "grid 49": grid(7, 7), "complete 60": complete(59), "general complete 20": complete(19, "general"),
    "sparse 30": uniform(SPARSE), "dimers in a ring 30": dimers(nx.cycle_graph(30)),
    "dimers in a grid 20": dimers(nx.grid_2d_graph(4, 5)), "dimers, sparse 30": dimers(SPARSE),
}  # fmt: skip


def solves(A: Matrix, b: Matrix, solution: Solution) -> bool:
    """A x = b at a point modulo a prime; small denominators would take most of the time with fractions."""
    letters = sorted(A.free_symbols | b.free_symbols, key=str)
    point = {s: pow(5, 1000 + k, PRIME) for k, s in enumerate(letters)}
    for symbol, definition in solution.where:
        point[symbol] = modulo(definition, point)
    x = [modulo(value, point) for value in solution.values]
    left = [-modulo(entry, point) for entry in b]
    for (i, j), entry in A.todok().items():
        left[i] += modulo(entry, point) * x[j]
    return not any(total % PRIME for total in left)


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_of_few_letters_are_never_given_as_programs(name: str) -> None:
    """Written out or in factors, through the steady state of the network, and right at a point."""
    eq = langevin(NETWORKS[name])
    state = steady_state(eq)
    assert "program" not in state.note
    form = "factored" if state.where else "expanded"
    assert solves(eq.drift, -eq.force, Solution(state.mean, state.where, 0, form, state.note))
    assert all(value != 0 for value in state.mean)


@pytest.mark.parametrize("name", ["ring 60", "general ladder 30", "sparse 30", "dimers in a grid 20"])
def test_predicted_terms_of_few_letters_are_bounds(name: str) -> None:
    eq = langevin(NETWORKS[name])
    assert solve(eq.drift, -eq.force).terms <= predicted_terms(eq.drift, -eq.force)


@pytest.mark.parametrize("name", ["complete 60", "grid 30", "dimers in a ring 30"])
def test_networks_of_few_letters_are_reduced(name: str) -> None:
    eq = langevin(NETWORKS[name])
    for amplitude in solve(eq.drift, -eq.force).values[:3]:
        assert coprime(*fraction(amplitude))


def test_numbers_for_letters_are_solved_too() -> None:
    """Losses 1, couplings of strength 2 and a lossless mode: letters may be numbers, and i may stand alone."""
    A = zeros(12, 12)
    for i in range(12):
        A[i, i] = -1 if i else 0
        A[i, (i + 1) % 12] = A[(i + 1) % 12, i] = -2 * I
        A[i, (i + 5) % 12] = -J
    b = zeros(12, 1)
    b[0] = E
    assert solves(A, b, solve(A, b))
