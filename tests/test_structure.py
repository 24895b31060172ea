"""kernel.structure against brute force over permutations and against NetworkX."""

from __future__ import annotations

from itertools import permutations
from random import Random

import networkx as nx
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.kernel import structure


@st.composite
def patterns(draw: st.DrawFn, largest: int = 6) -> list[list[int]]:
    n = draw(st.integers(1, largest))
    return [sorted(draw(st.sets(st.integers(0, n - 1), max_size=n))) for _ in range(n)]


@settings(max_examples=300, deadline=None)
@given(patterns())
def test_matching_exists_exactly_if_some_permutation_avoids_the_zeros(rows: list[list[int]]) -> None:
    n = len(rows)
    found = structure.matching(rows)
    exists = any(all(column in rows[row] for row, column in enumerate(p)) for p in permutations(range(n)))
    assert (found is not None) == exists
    if found is not None:
        assert sorted(found) == list(range(n))
        assert all(column in rows[row] for row, column in enumerate(found))


def test_matching_keeps_the_diagonal_where_it_can() -> None:
    assert structure.matching([[0, 1], [0, 1]]) == (0, 1)
    assert structure.matching([[1], [0, 1]]) == (1, 0)


@settings(max_examples=300, deadline=None)
@given(patterns())
def test_blocks_are_strong_components_in_order_of_dependence(rows: list[list[int]]) -> None:
    matched = structure.matching(rows)
    if matched is None:
        return
    row_of = {column: row for row, column in enumerate(matched)}
    graph = nx.DiGraph([(row, row_of[column]) for row, columns in enumerate(rows) for column in columns])
    blocks = structure.blocks(rows, matched)
    assert sorted(blocks) == sorted(tuple(sorted(part)) for part in nx.strongly_connected_components(graph))
    place = {row: number for number, block in enumerate(blocks) for row in block}
    assert all(place[target] <= place[row] for row, target in graph.edges)


def bordered(rows: list[list[int]], seed: int) -> list[dict[int, int]]:
    """Random numbers in the pattern and a right-hand side with at least one entry, as column n."""
    rng = Random(seed)
    n = len(rows)
    filled = [{column: rng.randint(1, 9) for column in row} for row in rows]
    for row in {rng.randrange(n), rng.randrange(n)}:
        filled[row][n] = rng.randint(1, 9)
    return filled


@settings(max_examples=300, deadline=None)
@given(patterns(), st.integers(0, 10**6))
def test_sweep_gives_all_maximal_minors(rows: list[list[int]], seed: int) -> None:
    n = len(rows)
    matrix = bordered(rows, seed)
    order = Random(seed).sample(range(n), n)
    minors = structure.sweep(matrix, order)
    full = (1 << n + 1) - 1
    for missing in range(n + 1):
        kept = [column for column in range(n + 1) if column != missing]
        expected = fmpz_mat([[matrix[row].get(column, 0) for column in kept] for row in order]).det()
        assert minors.get(full ^ (1 << missing), 0) == expected
    assert all(mask.bit_count() == n for mask in minors)


@settings(max_examples=200, deadline=None)
@given(patterns(5), st.integers(0, 10**6))
def test_count_is_the_number_of_permutations_of_each_minor(rows: list[list[int]], seed: int) -> None:
    n = len(rows)
    matrix = [dict.fromkeys(row, 1) for row in bordered(rows, seed)]
    found = structure.plan(matrix, n, None, 10**6)
    assert found is not None
    assert sorted(found.order) == list(range(n))
    full = (1 << n + 1) - 1
    for missing in range(n + 1):
        kept = [column for column in range(n + 1) if column != missing]
        expected = sum(all(c in matrix[row] for row, c in enumerate(p)) for p in permutations(kept))
        assert found.terms.get(full ^ (1 << missing), 0) == expected


@settings(max_examples=200, deadline=None)
@given(patterns())
def test_permanent_bound_holds(rows: list[list[int]]) -> None:
    permanent = sum(all(c in rows[row] for row, c in enumerate(p)) for p in permutations(range(len(rows))))
    assert permanent <= structure.permanent_bound(map(len, rows))


def test_permanent_bound_is_exact_for_a_complete_graph() -> None:
    assert structure.permanent_bound([5] * 5) == 120


def chain(n: int) -> list[dict[int, int]]:
    rows = [{j: 1 for j in (i - 1, i, i + 1) if 0 <= j < n} for i in range(n)]
    rows[0][n] = 1
    return rows


def test_sweep_of_a_chain_visits_a_quadratic_number_of_states() -> None:
    """Far end first, so that every unknown is one state of the frontier: about n²/2, not 2ⁿ."""
    for n in (5, 10, 20, 40):
        found = structure.plan(chain(n), n, None, 10**6)
        assert found is not None
        assert found.products <= n * n


def test_counting_stops_at_its_cap() -> None:
    complete = [dict.fromkeys(range(31), 1) for _ in range(30)]
    assert structure.plan(complete, 30, None, 10_000) is None
