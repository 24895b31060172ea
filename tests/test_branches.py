"""Answers in factors: determinants of branches against exact linear algebra of numbers at random points."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Expr, I, Matrix, Mul, Pow, Symbol, exp, zeros
from test_linear import (
    NETWORKS,
    cascade,
    chain,
    complete,
    ladder,
    network,
    random_point,
    ring,
    solved_numbers,
    straight_line,
    tree,
    triangles,
    value_of,
)

from derive.kernel.linear import SingularMatrix, Solution, solve

STAR_OF_CHAINS = network(
    31, [p for k in range(10) for p in ((0, 3 * k + 1), (3 * k + 1, 3 * k + 2), (3 * k + 2, 3 * k + 3))]
)
SQUARES = network(25, [p for k in range(0, 24, 3) for p in ((k, k + 1), (k + 1, k + 3), (k + 3, k + 2), (k, k + 2))])
PATH = [(i, i + 1) for i in range(39)]
CUT_AT_MODES = (
    "chain 7", "star 9", "complete 4", "tree 11", "triangles 7", "cascade 9", "nonreciprocal 5", "products 4",
    "two drives", "an undriven part",
)  # fmt: skip


def divides(e: Expr) -> bool:
    return any(power.exp.is_negative for power in e.atoms(Pow) if not isinstance(power, exp))


def factors(e: Expr) -> int:
    return sum(len(Mul.make_args(term)) for term in Add.make_args(e))


def holds(A: Matrix, b: Matrix, solution: Solution) -> bool:
    """In factors, each definition by earlier ones without a division, and the right numbers at two points."""
    if solution.form != "factored":
        return False
    known = A.free_symbols | b.free_symbols
    for symbol, definition in solution.where:
        assert definition.free_symbols <= known
        assert symbol not in known
        assert not divides(definition)
        known = known | {symbol}
    points = [random_point(A, b, seed) for seed in (1, 2)]
    return all(value_of(solution, point) == solved_numbers(A, b, point) for point in points)


@pytest.mark.parametrize("name", CUT_AT_MODES)
def test_branches_give_what_elimination_and_expansion_give(name: str) -> None:
    A, b = NETWORKS[name]
    solution = solve(A, b, limit=0)
    assert holds(A, b, solution)
    point = random_point(A, b, 3)
    assert value_of(solution, point) == value_of(solve(A, b), point) == value_of(straight_line(A, b), point)


def test_a_chain_is_written_in_continuants() -> None:
    """D_k = a_k D_(k−1) + J² D_(k−2), and x_j = path · D below j / D."""
    A, b = chain(5)
    solution = solve(A, b, limit=0)
    kappa = [Symbol(f"kappa_{k}", positive=True) for k in range(5)]
    J = [Symbol(f"J_{k}_{k + 1}", positive=True) for k in range(4)]
    (d1, e1), (d2, e2), (d3, e3), (d4, e4) = solution.where
    assert e1 == kappa[3] * kappa[4] / 4 + J[3] ** 2
    assert e2 == kappa[2] / 2 * d1 + J[2] ** 2 * kappa[4] / 2
    assert e3 == kappa[1] / 2 * d2 + J[1] ** 2 * d1
    assert e4 == kappa[0] / 2 * d3 + J[0] ** 2 * d2
    assert [d.name for d in (d1, d2, d3, d4)] == ["D_1", "D_2", "D_3", "D_4"]
    source = -I * Symbol("epsilon_0", positive=True)
    assert list(solution.values) == [
        source * d3 / d4,
        source * -I * J[0] * d2 / d4,
        -source * J[0] * J[1] * d1 / d4,
        source * I * J[0] * J[1] * J[2] * kappa[4] / 2 / d4,
        source * J[0] * J[1] * J[2] * J[3] / d4,
    ]


@pytest.mark.parametrize(
    "system",
    [chain(30), tree(31), triangles(21), STAR_OF_CHAINS, SQUARES, network(40, PATH, (3, 20))],
    ids=["chain 30", "tree 31", "triangles 21", "star of chains", "squares", "two drives"],
)
def test_long_answers_of_networks_cut_at_modes_are_given_in_factors(system: tuple[Matrix, Matrix]) -> None:
    A, b = system
    solution = solve(A, b)
    assert holds(A, b, solution)
    assert "(limit 50000); it is given as products of the determinants of its branches" in solution.note


@pytest.mark.parametrize("make", [chain, tree, triangles], ids=["chain", "tree", "triangles"])
def test_definitions_grow_linearly_with_the_network(make: object) -> None:
    sizes = []
    for n in (41, 81):
        solution = solve(*make(n))  # type: ignore[operator]
        sizes.append(sum(factors(definition) for _, definition in solution.where))
        assert all(factors(value) <= 2 * n + 4 for value in solution.values)
    assert sizes[1] <= 2 * sizes[0] + 12 <= 42 * 81


def test_a_hub_of_many_arms_is_hung_up_one_after_the_other() -> None:
    """30 arms of 3 modes: no definition has more than a few terms, though the hub has 30 branches."""
    pairs = [p for k in range(30) for p in ((0, 3 * k + 1), (3 * k + 1, 3 * k + 2), (3 * k + 2, 3 * k + 3))]
    A, b = network(91, pairs)
    solution = solve(A, b)
    assert holds(A, b, solution)
    assert max(len(Add.make_args(definition)) for _, definition in solution.where) <= 4


def test_what_no_mode_cuts_stays_a_program() -> None:
    for A, b in (ring(6), ladder(8), complete(5)):
        assert solve(A, b, limit=0).form == "program"


def test_a_complete_network_of_40_modes_is_a_program_before_anything_is_expanded() -> None:
    found = solve(*complete(40))
    assert found.form == "program"
    assert found.terms > 10**48  # predicted: nobody could have counted them


def test_lossless_modes_and_uniform_networks_are_given_in_factors() -> None:
    A, b = chain(6)
    for lossless in ((0, 1, 2, 3, 4, 5), (5,), (1, 3)):
        B = A - Matrix.diag(*(A[i, i] if i in lossless else 0 for i in range(6)))
        assert holds(B, b, solve(B, b, limit=0))
    A, b = chain(60)
    equal = {s: Symbol(s.name[0], positive=True) for s in A.free_symbols}
    assert holds(A.xreplace(equal), b, solve(A.xreplace(equal), b, limit=0))


def test_real_determinants_are_letters_that_are_their_own_conjugates() -> None:
    A, b = chain(4)
    assert all(symbol.is_positive for symbol, _ in solve(A, b, limit=0).where)
    A[3, 3] -= I * Symbol("Delta", real=True)
    assert not any(symbol.is_real for symbol, _ in solve(A, b, limit=0).where)


def test_definitions_avoid_the_names_of_the_system() -> None:
    A, b = chain(4)
    b[0] = Symbol("D_7", positive=True)
    solution = solve(A, b, limit=0, taken=("E_1",))
    assert holds(A, b, solution)
    assert {symbol.name[0] for symbol, _ in solution.where} == {"F"}


def test_open_cascades_of_trees_are_given_in_factors() -> None:
    A, b = cascade(4)
    big = zeros(12, 12)
    for k in range(4):
        small, _ = chain(3)
        rename = {s: Symbol(f"{s.name}_{k}", positive=True) for s in small.free_symbols}
        big[3 * k : 3 * k + 3, 3 * k : 3 * k + 3] = small.xreplace(rename)
        for j in range(k):
            big[3 * k, 3 * j + 2] = A[1, 0] * Symbol(f"g_{k}_{j}", positive=True)
    source = zeros(12, 1)
    source[0] = b[0]
    solution = solve(big, source, limit=50)
    assert holds(big, source, solution)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_random_forests_of_small_parts_and_one_way_links_are_solved_in_factors(data: st.DataObject) -> None:
    """Links, triangles and squares hung on each other, some modes lossless, one-way links anywhere, any drives."""
    A = zeros(1, 1)
    parts = data.draw(st.integers(1, 6))
    pairs: list[tuple[int, int]] = []
    size = 1
    for _ in range(parts):
        width = data.draw(st.integers(1, 4))  # 1: the next part is not attached
        first = data.draw(st.integers(0, size - 1)) if width > 1 else size
        modes = [first, *range(size, size + width - 1)]
        size += max(width - 1, 1)
        pairs += [(modes[k - 1], modes[k]) for k in range(1, width)]
        if width > 2:
            pairs.append((modes[0], modes[-1]))
    A, b = zeros(size, size), zeros(size, 1)
    for i in range(size):
        if data.draw(st.integers(0, 5)):
            A[i, i] = -Symbol(f"kappa_{i}", positive=True) / 2 - I * Symbol(f"Delta_{i % 2}", real=True)
    equal = data.draw(st.booleans())
    for i, j in pairs:
        A[i, j] = A[j, i] = -I * Symbol("J" if equal else f"J_{i}_{j}", positive=True)
        if data.draw(st.booleans()):
            A[j, i] = -I * Symbol(f"J_{i}_{j}", positive=True) - Symbol("Gamma", positive=True)
    for _ in range(data.draw(st.integers(0, 3))):
        i, j = sorted((data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))))
        if i != j and A[i, j] == 0:
            A[j, i] = -Symbol(f"Gamma_{i}", positive=True)
    for i in data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=3)):
        b[i] = I * Symbol(f"epsilon_{i}", positive=True)
    try:
        solution = solve(A, b, limit=0)
    except SingularMatrix:
        return
    if solution.form == "factored":
        assert holds(A, b, solution)
    else:
        # one-way links that close a loop may join parts
        point = random_point(A, b, 1)
        assert value_of(solution, point) == solved_numbers(A, b, point)
