"""kernel.cofactors and kernel.independent against determinants of integers and permanents, computed elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from math import factorial, prod
from random import Random

import networkx as nx
import pytest
from flint import fmpz_mat
from sympy import Matrix, Rational, Symbol, zeros

from benchmarks.networks import FAMILIES
from derive.kernel import independent, linear, solve
from derive.kernel.cofactors import Numbers, Product, solved
from derive.kernel.components import Part, Shape, biconnected, bound, shape
from derive.kernel.entries import generic
from derive.kernel.minors import System

Rows = list[dict[int, int]]


class Integers:
    one = 1

    def times(self, x: int, y: int, negative: bool = False) -> int:
        return -x * y if negative else x * y

    def total(self, found: Sequence[Product]) -> int:
        return sum(self.times(*summand) for summand in found)

    def both(self, x: int, y: int) -> Sequence[int]:
        return x, y


def network(rng: Random, size: int, density: float, drives: int, lossless: float) -> Rows:
    """A random tree with further links at random, one way and both ways."""
    rows: Rows = [{} for _ in range(size)]
    for i in range(1, size):
        j = rng.randrange(i)
        rows[i][j], rows[j][i] = rng.randint(1, 99), rng.randint(1, 99)
    for i in range(size):
        for j in range(size):
            if rng.random() < (1 - lossless if i == j else density):
                rows[i][j] = rng.randint(1, 99)
    for i in rng.sample(range(size), min(drives, size)):
        rows[i][size] = rng.randint(1, 99)
    return rows


def determinant(rows: Rows, replaced: int | None = None) -> int:
    size = len(rows)
    columns = [size if j == replaced else j for j in range(size)]
    return int(fmpz_mat([[row.get(j, 0) for j in columns] for row in rows]).det())


@pytest.mark.parametrize("density", [0.0, 0.05, 0.2, 0.6])
def test_determinant_and_numerators_are_those_of_integer_matrices(density: float) -> None:
    rng, checked = Random(5), 0
    for trial in range(250):
        rows = network(rng, rng.randint(1, 9), density, rng.choice((1, 1, 2, 4)), 0.15 * (trial % 2))
        if determinant(rows) == 0:
            continue
        bottom, tops = solved(rows, shape(rows), Integers())
        assert bottom == determinant(rows)
        assert [tops.get(k, 0) for k in range(len(rows))] == [determinant(rows, k) for k in range(len(rows))]
        checked += 1
    assert checked > 150


def test_any_order_of_a_swept_part_gives_the_same() -> None:
    rows = network(Random(3), 5, 0.5, 2, 0.2)
    expected = determinant(rows), {k: determinant(rows, k) for k in range(5)}
    for order in permutations(range(5)):
        assert solved(rows, Shape((Part(5, order, False, 0),), 5), Integers()) == expected


def cactus(rng: Random, size: int) -> list[list[tuple[int, int]]]:
    """Links and loops of a random network in which no two loops share a link; any of them may hang on any mode."""
    found, met = [], 1
    while met < size:
        new = [rng.randrange(met), *range(met, met + rng.choice((1, 2, 2, 3)))]
        met = new[-1] + 1
        found.append([*zip(new, new[1:], strict=False), *([(new[-1], new[0])] if len(new) > 2 else [])])
    return found


def test_loops_that_hang_on_modes_are_solved_without_sweeps() -> None:
    """Also loops that have a link of one way."""
    rng = Random(11)
    for _ in range(150):
        loops = cactus(rng, 7)
        size = 1 + max(max(link) for links in loops for link in links)
        rows: Rows = [{i: rng.randint(1, 99)} for i in range(size)]
        for links in loops:
            for i, j in links:
                rows[i][j], rows[j][i] = rng.randint(1, 99), rng.randint(1, 99)
            if len(links) > 1 and rng.random() < 0.3:
                i, j = rng.choice(links)
                del rows[i][j]
        rows[rng.randrange(len(rows))][len(rows)] = rng.randint(1, 99)
        found = shape(rows)
        assert all(part.loop for part in found.parts if len(part.modes) > 1)
        bottom, tops = solved(rows, found, Integers())
        assert bottom == determinant(rows)
        assert [tops.get(k, 0) for k in range(len(rows))] == [determinant(rows, k) for k in range(len(rows))]


def test_a_loop_that_is_run_through_both_ways_is_one_term() -> None:
    rng = Random(2)
    for _ in range(6):
        links = [link for loop in cactus(rng, 5) for link in loop]
        size = 1 + max(map(max, links))
        A, b = zeros(size, size), Matrix([Symbol("f"), *[0] * (size - 1)])
        names: list[dict[int, str]] = [{i: f"d_{i}"} for i in range(size)]
        for i, j in links:
            names[i][j] = names[j][i] = f"J_{min(i, j)}_{max(i, j)}"
        for i, row in enumerate(names):
            for j, name in row.items():
                A[i, j] = Symbol(name) * (2 if i == j else 1)
        covers = {
            tuple(sorted(row[j] for row, j in zip(names, order, strict=True)))
            for order in permutations(range(size))
            if all(j in row for row, j in zip(names, order, strict=True))
        }
        point = {letter: Rational(rng.randint(1, 99)) for letter in sorted(A.free_symbols | {b[0]}, key=str)}
        x = solve(A, b).values
        assert A.subs(point) * x.subs(point) == b.subs(point)
        (below,) = [f.base for f in x[0].args if f.is_Pow and f.base.is_Add]
        assert len(below.args) == len(set(below.args)) == len(covers)


def test_networks_are_taken_apart_from_the_driven_mode() -> None:
    for family, size, parts in (
        ("chain", 9, [1] * 8),
        ("star", 9, [1] * 8),
        ("binary tree", 15, [1] * 14),
        ("triangles", 9, [2] * 4),
        ("ring", 7, [6]),
    ):
        found = shape(linear._system(*FAMILIES[family].matrices(size)).rows)
        assert (found.root, [len(part.modes) for part in found.parts]) == (0, parts)
        assert all(part.loop == (len(part.modes) > 1) for part in found.parts)
    (part,) = shape(linear._system(*FAMILIES["complete"].matrices(5)).rows).parts
    assert (part.stem, sorted(part.modes), part.loop) == (0, [1, 2, 3, 4], False)


def test_biconnected_components_are_those_of_networkx() -> None:
    rng = Random(4)
    for _ in range(200):
        rows = network(rng, rng.randint(1, 12), rng.choice((0.0, 0.05, 0.2)), 0, 0.0)
        graph = nx.Graph((i, j) for i, row in enumerate(rows) for j in row if i != j)
        near = [dict.fromkeys(sorted(graph[i])) if i in graph else {} for i in range(len(rows))]
        found = sorted(sorted((stem, *modes)) for stem, modes in biconnected(near, rng.randrange(len(rows))))
        assert found == sorted(map(sorted, nx.biconnected_components(graph)))


def test_driven_and_lossless_modes_stay_together() -> None:
    chain: Rows = [{0: 1, 1: 1}, {0: 1, 1: 1, 2: 1}, {1: 1, 2: 1}]
    driven = [dict(row) for row in chain]
    driven[0][3] = driven[2][3] = 1
    lossless = [dict(row) for row in chain]
    del lossless[2][2]
    lossless[0][3] = 1
    for rows in (driven, lossless):
        assert [(part.stem, part.modes, part.loop) for part in shape(rows).parts] == [(3, (0, 1, 2), False)]


@pytest.mark.parametrize(
    ("family", "size"),
    [("chain", 6), ("ring", 6), ("ladder", 6), ("open cascade", 5), ("triangles", 5), ("complete", 5)],
)
def test_counted_terms_are_permanents_and_bounded_beforehand(family: str, size: int) -> None:
    """Nothing cancels: a minor has as many terms as permutations that meet no zero."""
    system = linear._system(*FAMILIES[family].matrices(size))
    if len(system.blocks) == 1:
        expected = sum(
            prod(int((size if j == k else j) in row) for row, j in zip(system.rows, order, strict=True))
            for k in range(size + 1)
            for order in permutations(range(size))
        )
    else:  # determinants of one mode, and a numerator for each path
        expected = size + sum(2 ** max(0, j - 1) for j in range(size))
    _, terms, feasible = independent.predict(system)
    assert (terms, feasible) == (expected, True)
    _, bound, _ = independent.predict(system, 10**9)
    assert terms <= bound < 100 * terms


def test_no_determinant_and_no_numerator_has_more_terms_than_its_bound() -> None:
    """Also in a wheel, whose hub has more entries than the table of Bregman's factors."""
    rng = Random(8)
    networks = [network(rng, rng.randint(2, 9), rng.choice((0.0, 0.1, 0.3)), 1, 0.0) for _ in range(150)]
    wheel = [{0: 1, **dict.fromkeys(range(1, 19), 1), 19: 1}]
    wheel += [{0: 1, k: 1, 1 + k % 18: 1, 1 + (k - 2) % 18: 1} for k in range(1, 19)]
    for rows in (*networks, wheel):
        found = shape(rows)
        bottom, tops = solved([dict.fromkeys(row, 1) for row in rows], found, Numbers())
        assert max(bottom, *tops.values()) <= bound(rows, found)


def test_no_answer_has_more_terms_than_its_bound() -> None:
    """The numerators of all modes linked to the driven one have no more terms together than the determinant."""
    rng = Random(9)
    for _ in range(150):
        size = rng.randint(2, 9)
        rows = network(rng, size, rng.choice((0.0, 0.1, 0.4)), rng.choice((1, 1, 1, 2)), 0.0)
        system = System(tuple(rows), tuple(range(size)), (tuple(range(size)),))
        assert independent.predict(system)[1] <= independent.predict(system, 10**18)[1]
    system = linear._system(*FAMILIES["complete"].matrices(8))
    counted, most = (independent.predict(system, enough)[1] for enough in (0, 10**18))
    assert counted == 2 * factorial(8) <= most < 4 * factorial(8)


def test_dense_systems_are_bounded_not_counted() -> None:
    system = linear._system(*FAMILIES["complete"].matrices(30))
    _, terms, feasible = independent.predict(system)
    assert not feasible
    assert terms >= 2 * prod(range(1, 31))


def test_independence_is_lost_with_one_letter_used_again() -> None:
    A, b = FAMILIES["ring"].matrices(5)

    def free(A: Matrix, b: Matrix) -> bool:
        system = linear._system(A, b)
        return independent.independent(generic(system.rows), system)

    assert free(A, b)
    once, again, sums = A.copy(), A.copy(), A.copy()
    once[0, 1] = Symbol("other")
    assert free(once, b)
    again[0, 0] = again[1, 1]
    assert not free(again, b)
    sums[0, 1] = 2 * sums[1, 0]
    assert not free(sums, b)
    one_way = zeros(4, 4)
    for i in range(4):
        one_way[i, i] = Symbol(f"d_{i}")
    one_way[1, 0] = one_way[2, 1] = one_way[3, 2] = Symbol("g")
    assert not free(one_way, Matrix([1, 0, 0, 0]))
