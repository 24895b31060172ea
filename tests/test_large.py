"""Networks of hundreds of modes: the same answers as arithmetic modulo a prime, at a cost that the network explains."""

import random
from math import comb

import networkx as nx
import pytest
from flint import nmod_mat
from sympy import Add, I, ImmutableSparseMatrix, Integer, Mul, Pow, Rational, Symbol

from derive.kernel import straight_line
from derive.kernel.minors import _monomials
from derive.kernel.place import PRIMES, regular

PRIME = PRIMES[1]
UNIT = pow(next(r for r in range(2, 99) if pow(r, PRIME // 2, PRIME) != 1), PRIME // 4, PRIME)


def sparse(size, extra, seed):
    """A random tree with `extra` more edges."""
    graph = nx.random_labeled_tree(size, seed=seed)
    drawn = random.Random(seed)
    while graph.number_of_edges() < size - 1 + extra:
        graph.add_edge(*drawn.sample(range(size), 2))
    return graph


GRAPHS = {
    "chain": nx.path_graph(200),
    "ring": nx.cycle_graph(200),
    "tree": nx.random_labeled_tree(200, seed=3),
    "sparse": sparse(200, 40, 1),
    "grid": nx.convert_node_labels_to_integers(nx.grid_2d_graph(20, 10)),
}


def system(graph, reciprocal=True, driven=0):
    """A drift with a letter for every loss and every coupling, and the force of one driven mode."""
    size = graph.number_of_nodes()
    entries = {(i, i): -Symbol(f"kappa_{i}", positive=True) / 2 for i in range(size)}
    for i, j in sorted(tuple(sorted(edge)) for edge in graph.edges):
        entries[i, j] = entries[j, i] = -I * Symbol(f"J_{i}_{j}", positive=True)
        if not reciprocal:
            entries[j, i] = Symbol(f"g_{i}_{j}") - I * Symbol(f"J_{i}_{j}", positive=True)
    force = {(driven, 0): I * Symbol("epsilon", positive=True)}
    return ImmutableSparseMatrix(size, size, entries), ImmutableSparseMatrix(size, 1, force)


def modulo(e, values):
    """The value of an expression modulo the prime: +, *, integer powers, rational numbers and i with i² = −1."""
    if e in values:
        return values[e]
    if e.is_Rational:
        return int(e.p) * pow(int(e.q), -1, PRIME) % PRIME
    if e == I:
        return UNIT
    parts = [modulo(a, values) for a in e.args]
    if isinstance(e, Add):
        return sum(parts) % PRIME
    if isinstance(e, Mul):
        product = 1
        for part in parts:
            product = product * part % PRIME
        return product
    assert isinstance(e, Pow)
    assert e.exp.is_Integer
    return pow(modulo(e.base, values), int(e.exp), PRIME)


def remainder(A, b, solution, seed=1):
    """A x − b modulo the prime at random values of the letters, for the x of the program; and x by FLINT."""
    size = A.rows
    drawn = random.Random(seed)
    entries = {**A.todok(), **{(i, size): e for (i, _), e in b.todok().items()}}
    letters = sorted({s for e in entries.values() for s in e.free_symbols}, key=str)
    values = {s: drawn.randrange(1, PRIME) for s in letters}
    assert not set(values) & {s for s, _ in solution.where}
    numbers = {place: modulo(e, values) for place, e in entries.items()}
    for symbol, definition in solution.where:
        values[symbol] = modulo(definition, values)
    found = [modulo(e, values) for e in solution.values]
    matrix = nmod_mat(size, size, [numbers.get((i, j), 0) for i in range(size) for j in range(size)], PRIME)
    right = nmod_mat(size, 1, [numbers.get((i, size), 0) for i in range(size)], PRIME)
    exact = matrix.solve(right)
    return found, [int(exact[i, 0]) for i in range(size)]


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("reciprocal", [True, False], ids=["reciprocal", "one-sided"])
def test_programs_of_two_hundred_modes_are_solutions_modulo_a_prime(name, reciprocal):
    A, b = system(GRAPHS[name], reciprocal, driven=7)
    solution = straight_line(A, b)
    found, exact = remainder(A, b, solution)
    assert found == exact
    # one wrong operation shows
    symbol, definition = solution.where[-1]
    wrong = solution.where[:-1] + ((symbol, definition + 1),)
    assert remainder(A, b, type(solution)(solution.values, wrong, 0, "", ""))[0] != exact


@pytest.mark.parametrize("size", [60, 500])
@pytest.mark.parametrize("shape", ["chain", "star", "tree"])
def test_trees_cost_six_operations_a_mode(size, shape):
    graph = {
        "chain": nx.path_graph(size),
        "star": nx.star_graph(size - 1),
        "tree": nx.random_labeled_tree(size, seed=2),
    }[shape]
    solution = straight_line(*system(graph))
    # κ/2, iJ, a multiplier, its product and sum, and the product of the way back; the driven mode has no link above
    assert solution.note == f"Straight-line program of {6 * size - 3} operations."


def test_what_the_drive_does_not_reach_costs_nothing():
    graph = nx.disjoint_union(nx.path_graph(50), nx.path_graph(400))
    A, b = system(graph)
    solution = straight_line(A, b)
    assert not any(solution.values[50:])
    assert all(solution.values[:50])
    assert f"{6 * 50 - 3} operations" in solution.note
    # one way only: the second half is fed by the first one, which does not know
    one_way = A + ImmutableSparseMatrix(450, 450, {(50, 49): Symbol("J")})
    assert all(straight_line(one_way, b).values)
    found, exact = remainder(one_way, b, straight_line(one_way, b))
    assert found == exact


def test_sparse_regularity_agrees_with_a_dense_determinant():
    drawn, singular = random.Random(5), 0
    for _ in range(600):
        size, density = drawn.randint(1, 40), drawn.random() / 2
        rows = [{j: drawn.randint(-1, 1) % PRIME for j in range(size) if drawn.random() < density} for _ in range(size)]
        if drawn.random() < 0.5:
            for i in range(size):
                rows[i][i] = drawn.randint(1, 3)
        dense = nmod_mat(size, size, [row.get(j, 0) for row in rows for j in range(size)], PRIME)
        singular += int(dense.det()) == 0
        assert regular(rows, PRIME) == (int(dense.det()) != 0)
    assert 100 < singular < 500


@pytest.mark.parametrize("mixed", [False, True])
def test_monomials_are_counted_by_binomials(mixed):
    for letters in (1, 2, 5, 30):
        degrees = range(3, 12)
        counted = [comb(letters + d - (not mixed), d) for d in degrees]
        assert _monomials(letters, 3, len(degrees), mixed) == counted


def test_rational_numbers_are_part_of_large_programs():
    graph = sparse(120, 20, 4)
    A, b = system(graph)
    A = A + ImmutableSparseMatrix(120, 120, {(i, i): -I * Rational(i, 7) for i in range(0, 120, 3)})
    A = A + ImmutableSparseMatrix(120, 120, {(0, 5): Integer(3)})
    found, exact = remainder(A, b, straight_line(A, b))
    assert found == exact
