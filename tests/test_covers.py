"""kernel.covers against determinants of integers, sweeps, and numbers that are known otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import reduce
from math import prod
from operator import and_
from random import Random
from typing import Any

import pytest
from flint import fmpz_mat
from sympy import I, Matrix, Symbol, zeros

from benchmarks.networks import FAMILIES
from derive.kernel import covers, independent, linear, solve
from derive.kernel.cofactors import solved
from derive.kernel.components import shape
from derive.kernel.entries import generic
from derive.kernel.terms import Terms, listed

Monomial = tuple[int, ...]
# Symmetric determinants of 0, 1, 2, … rows have so many different terms (OEIS A002135, Muir and Cayley).
SYMMETRIC = (1, 1, 2, 5, 17, 73, 388, 2461, 18155)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Covers also where there are few links."""
    monkeypatch.setattr(covers, "FEW", 0)


def network(rng: Random, size: int, drives: int) -> tuple[Matrix, Matrix]:
    """A core of reciprocal links with trees, loops and cores that hang on it; every letter is one of its own."""
    core = rng.randint(3, size)
    links = {(rng.randrange(i), i) for i in range(1, size)}
    links |= {(i, j) for j in range(core) for i in range(j) if rng.random() < 0.6}
    links |= {(i, j) for j in range(core, size) for i in range(max(0, core - 1), j) if rng.random() < 0.3}
    order = rng.sample(range(size), size)
    A, b = zeros(size, size), zeros(size, 1)
    share = rng.choice((1, 2))
    for i in range(size):
        A[i, i] = -Symbol(f"d_{i}") / share
    for i, j in sorted(links):
        i, j = order[i], order[j]
        A[i, j] = A[j, i] = rng.choice((I, 1, 3)) * Symbol(f"J_{min(i, j)}_{max(i, j)}")
    for i in rng.sample(range(size), drives):
        b[i] = Symbol(f"f_{i}")
    return A, b


def terms(found: Terms) -> list[tuple[Monomial, int, int]]:
    """Exponents, and the number and the power of i in front, of every term as it was formed."""
    layout, listed = found.layout, []
    for key in found.keys:
        whole = key + found.shift
        number, phase, _ = layout.value(whole >> layout.bits)
        listed.append((tuple(whole >> offset & mask for offset, mask in layout.fields), number, phase))
    return listed


def polynomial(found: Terms) -> dict[tuple[Monomial, int], int]:
    """The coefficients of monomials, real and imaginary ones."""
    total: Counter[tuple[Monomial, int]] = Counter()
    for monomial, number, phase in terms(found):
        total[monomial, phase & 1] += -number if phase & 2 else number
    return total


def undivided(found: Terms) -> bool:
    """Whether no letter divides all terms but for what stands before them."""
    common = reduce(and_, [key | (key & found.layout.squares) >> 1 for key in found.keys])
    return not common & (1 << found.layout.bits) - 1


def fractions(A: Matrix, b: Matrix) -> dict[int, list[Terms]]:
    """Numerator and determinants of every unknown."""
    system = linear._system(A, b)
    generics = generic(system.rows)
    assert independent.independent(generics, system)
    found = independent.expanded(system, generics, independent.predict(system)[0])
    return {column: [top, *bottoms.values()] for column, (top, bottoms) in found.items()}


def test_covers_are_the_terms_of_sweeps_and_each_comes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, both_ways = Random(1), 0
    for _ in range(120):
        A, b = network(rng, rng.randint(4, 7), rng.choice((1, 1, 1, 2, 3)))
        monkeypatch.setattr(covers, "FEW", 0)
        once = fractions(A, b)
        monkeypatch.setattr(covers, "FEW", 100)
        swept = fractions(A, b)
        assert once.keys() == swept.keys()
        for column, found in once.items():
            for p, q in zip(found, swept[column], strict=True):
                assert not p.layout.repeats
                assert undivided(p)
                assert len({monomial for monomial, _, _ in terms(p)}) == len(p) == len(p.keys) == len(q)
                assert polynomial(p) == polynomial(q)
                both_ways += len(q) < len(q.keys)
    assert both_ways > 300


def point(rng: Random, A: Matrix, b: Matrix) -> dict[Symbol, int]:
    return {letter: rng.randint(-99, 99) for letter in sorted(A.free_symbols | b.free_symbols, key=str)}


def minor(matrix: list[dict[int, int]], replaced: int | None = None) -> int:
    columns = [len(matrix) if j == replaced else j for j in range(len(matrix))]
    return int(fmpz_mat([[row.get(j, 0) for j in columns] for row in matrix]).det())


def value(found: Terms, letters: list[int]) -> int:
    """The value of a polynomial without i."""
    return sum(
        (-1) ** (phase // 2) * number * prod(letter**e for letter, e in zip(letters, monomial, strict=True))
        for monomial, number, phase in terms(found)
    )


def test_determinant_and_numerators_are_those_of_integer_matrices() -> None:
    """Up to nine modes; and slips are seen: a loop that counts once, links without their sign."""
    rng, checked = Random(2), 0
    for _ in range(60):
        size = rng.randint(4, 9)
        A, b = network(rng, size, rng.choice((1, 1, 2, 3)))
        system = linear._system(A.subs(I, 1), b)
        generics = generic(system.rows)
        assert independent.independent(generics, system)
        if independent.predict(system)[1] > 60_000:
            continue
        rows, ring = listed(generics, size // 3, False)
        found = shape(rows)
        letters = [rng.randint(1, 99) for _ in generics.generators]
        matrix = [{column: c * letters[k] for column, ((c, (k,)),) in row.items()} for row in generics.rows]
        truth = [minor(matrix, k) for k in (None, *range(size))]
        alike = []
        for elements in (ring, ring._replace(double=0), ring._replace(minus=0)):
            bottom, tops = solved(rows, found, elements, covers.covered)
            polynomials = [ring.polynomial(x) for x in (bottom, *(tops[k] for k in range(size)))]
            alike.append([value(p, [letters[k] for k in generics.order]) for p in polynomials] == truth)
        without_loops = sum(map(len, matrix)) - len(b.free_symbols) == size + 2 * (size - 1)
        assert alike == [True, without_loops, False]
        checked += 1
    assert checked > 40


def test_complete_networks_have_as_many_terms_as_symmetric_determinants() -> None:
    """All of their minors that leave out a row and another column have the same number of terms."""
    for size in range(4, 8):
        A, b = FAMILIES["complete"].matrices(size)
        found = fractions(A, b)
        determinant = found[0][1]
        assert len(determinant.keys) == SYMMETRIC[size]
        assert len(found[0][0].keys) == SYMMETRIC[size - 1]
        others = {len(found[k][0].keys) for k in range(1, size)}
        assert len(others) == 1
        assert solve(A, b).terms == SYMMETRIC[size] + SYMMETRIC[size - 1] + (size - 1) * others.pop()


def test_what_all_sources_of_a_reciprocal_part_have_in_common_stands_before_its_numerators() -> None:
    rng = Random(3)
    for drives in (1, 2):
        A, b = zeros(7, 7), zeros(7, 1)
        for i in range(7):
            A[i, i] = Symbol(f"d_{i}")
        for i, j in [(0, 1), (2, 3), (3, 4), (4, 5), (5, 2), (2, 4), (3, 5), (5, 6)]:
            A[i, j] = A[j, i] = Symbol(f"J_{i}_{j}")
        A[2, 0], A[4, 1] = Symbol("x"), Symbol("y")
        for k in range(drives):
            b[k] = Symbol(f"f_{k}")
        assert all(undivided(top) for top, *_ in fractions(A, b).values())
        values = point(rng, A, b)
        assert A.subs(values) * solve(A, b).values.subs(values) == b.subs(values)


@pytest.mark.parametrize("change", ["one way", "not reciprocal", "lossless"])
def test_a_part_that_covers_do_not_apply_to_is_swept(change: str) -> None:
    size = 5
    rows = [{j: (min(i, j), max(i, j)) for j in range(size)} for i in range(size)]
    rows[0][size] = (0, size)
    modes = range(1, size)
    assert covers.reciprocal(rows, 0, modes)
    if change == "one way":
        del rows[2][3]
    elif change == "not reciprocal":
        rows[0][2] = (2, 0)
    else:
        del rows[3][3]
    assert not covers.reciprocal(rows, 0, modes)
    A = Matrix(size, size, lambda i, j: Symbol("a_{}_{}".format(*rows[i][j])) if j in rows[i] else 0)
    b = Matrix([Symbol("f"), *[0] * (size - 1)])
    x = solve(A, b).values
    values = point(Random(4), A, b)
    assert A.subs(values) * x.subs(values) == b.subs(values)


def test_a_part_of_few_links_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    cases = (("complete", 6, False), ("complete", 7, True), ("ladder", 10, False), ("ladder", 16, True))
    for family, size, many in cases:
        rows = linear._system(*FAMILIES[family].matrices(size)).rows
        (part,) = shape(rows).parts
        assert covers.reciprocal(rows, part.stem, part.modes) == many


@pytest.mark.parametrize(("family", "size"), [("complete", 7), ("complete", 8), ("ladder", 16), ("random sparse", 14)])
def test_on_the_way_half_as_many_terms_are_formed_as_are_kept(
    family: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    formed: list[int] = []

    def counting(joined: Callable[[Any], list[int]]) -> Callable[[Any], list[int]]:
        def counted(found: Any) -> list[int]:
            formed.append(len(joined(found)))
            return joined(found)

        return counted

    for name in ("_total", "_longer"):
        monkeypatch.setattr(covers, name, counting(getattr(covers, name)))
    kept = {id(p): len(p) for found in fractions(*FAMILIES[family].matrices(size)).values() for p in found}
    assert 2 * sum(formed) < 3 * sum(kept.values())
