"""kernel.solve against exact linear algebra of numbers at random points, which shares nothing with it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from fractions import Fraction
from functools import cmp_to_key
from random import Random

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Add,
    Dummy,
    Expr,
    Float,
    I,
    ImmutableMatrix,
    ImmutableSparseMatrix,
    Integer,
    Matrix,
    Mul,
    Poly,
    Pow,
    Rational,
    Symbol,
    conjugate,
    cos,
    exp,
    eye,
    factorial,
    fraction,
    gcd,
    nan,
    oo,
    sin,
    sqrt,
    symbols,
    together,
    zeros,
    zoo,
)
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.kernel import Proved, Refuted, conjugated, is_zero, packing
from derive.kernel.linear import (
    SingularMatrix,
    Solution,
    predicted_terms,
    require_regular,
    solve,
    straight_line,
)
from derive.kernel.program import operations

Gaussian = tuple[Fraction, Fraction]


def times(x: Gaussian, y: Gaussian) -> Gaussian:
    return x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]


def inverse(x: Gaussian) -> Gaussian:
    square = x[0] ** 2 + x[1] ** 2
    return x[0] / square, -x[1] / square


def evaluate(e: Expr, point: dict[Expr, Gaussian]) -> Gaussian:
    """The value of a rational expression at a point of the Gaussian rationals."""
    if e in point:
        return point[e]
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q)), Fraction(0)
    if e == I:
        return Fraction(0), Fraction(1)
    if isinstance(e, Add):
        values = [evaluate(term, point) for term in e.args]
        return sum((v[0] for v in values), Fraction(0)), sum((v[1] for v in values), Fraction(0))
    if isinstance(e, Mul):
        product = Fraction(1), Fraction(0)
        for factor in e.args:
            product = times(product, evaluate(factor, point))
        return product
    assert isinstance(e, Pow), e
    assert e.exp.is_Integer, e
    base = evaluate(e.base, point)
    base, product = inverse(base) if e.exp < 0 else base, (Fraction(1), Fraction(0))
    for _ in range(abs(int(e.exp))):
        product = times(product, base)
    return product


def random_point(A: Matrix, b: Matrix, seed: int) -> dict[Expr, Gaussian]:
    rng = Random(seed)
    point: dict[Expr, Gaussian] = {}
    for letter in sorted(A.free_symbols | b.free_symbols, key=str):
        value = Fraction(rng.randint(1, 99), rng.randint(1, 99))
        imaginary = Fraction(0) if letter.is_real else Fraction(rng.randint(1, 99), rng.randint(1, 9))
        point[letter] = value, imaginary
        if not letter.is_real:
            point[conjugate(letter)] = value, -imaginary
    return point


def solved_numbers(A: Matrix, b: Matrix, point: dict[Expr, Gaussian]) -> list[Gaussian]:
    """x at the point from FLINT's rational solver of [[Re, −Im], [Im, Re]]."""
    n = A.rows
    left = [[evaluate(A[i, j], point) for j in range(n)] for i in range(n)]
    right = [evaluate(b[i], point) for i in range(n)]
    rational = lambda x: fmpq(x.numerator, x.denominator)  # noqa: E731
    top = [[rational(v[0]) for v in row] + [rational(-v[1]) for v in row] for row in left]
    bottom = [[rational(v[1]) for v in row] + [rational(v[0]) for v in row] for row in left]
    x = fmpq_mat(top + bottom).solve(fmpq_mat([[rational(v[k])] for k in (0, 1) for v in right]))
    numbers = [Fraction(int(x[i, 0].p), int(x[i, 0].q)) for i in range(2 * n)]
    return list(zip(numbers[:n], numbers[n:], strict=True))


def value_of(solution: Solution, point: dict[Expr, Gaussian]) -> list[Gaussian]:
    known = dict(point)
    for symbol, definition in solution.where:
        assert symbol not in known
        known[symbol] = evaluate(definition, known)
    return [evaluate(value, known) for value in solution.values]


def agree(A: Matrix, b: Matrix, solution: Solution, seed: int = 1) -> bool:
    point = random_point(A, b, seed)
    return value_of(solution, point) == solved_numbers(A, b, point)


def coprime(top: Expr, bottom: Expr) -> bool:
    """Whether the gcd is constant in every letter at some values of the other letters: then it is 1."""
    rng = Random(7)
    letters = sorted(top.free_symbols | bottom.free_symbols, key=str)
    point = {letter: Integer(rng.randint(2, 10**6)) for letter in letters}
    for letter in letters:
        others = {s: v for s, v in point.items() if s != letter}
        polynomials = [Poly(e.xreplace(others), letter, domain="QQ_I") for e in (top, bottom)]
        if gcd(*polynomials).degree() > 0:
            return False
    return True


LETTERS = [
    Symbol("x"),
    *(Symbol(f"{name}{k}", positive=True) for name in "ax" for k in (1, 2, 10)),
    Symbol("x", real=True),
    Symbol("x", positive=True),
    Dummy("x"),
    conjugate(Symbol("x")),
    Abs(Symbol("x")),
    Symbol("x") + Symbol("y"),
    Symbol("x") + 2 * Symbol("y") + 1,
    Symbol("x") ** 2,
]


def network(n: int, pairs: list[tuple[int, int]], driven: tuple[int, ...] = (0,)) -> tuple[Matrix, Matrix]:
    A, b = zeros(n, n), zeros(n, 1)
    for i in range(n):
        A[i, i] = -Symbol(f"kappa_{i}", positive=True) / 2
    for i, j in pairs:
        A[i, j] = A[j, i] = -I * Symbol(f"J_{i}_{j}", positive=True)
    for i in driven:
        b[i] = I * Symbol(f"epsilon_{i}", positive=True)
    return A, b


def chain(n: int) -> tuple[Matrix, Matrix]:
    return network(n, [(i, i + 1) for i in range(n - 1)])


def ring(n: int) -> tuple[Matrix, Matrix]:
    return network(n, [(i, (i + 1) % n) for i in range(n)])


def star(n: int) -> tuple[Matrix, Matrix]:
    return network(n, [(0, i) for i in range(1, n)])


def complete(n: int) -> tuple[Matrix, Matrix]:
    return network(n, [(i, j) for j in range(n) for i in range(j)])


def ladder(n: int) -> tuple[Matrix, Matrix]:
    rails = [(i, i + 2) for i in range(n - 2)]
    return network(n, rails + [(i, i + 1) for i in range(0, n, 2)])


def tree(n: int) -> tuple[Matrix, Matrix]:
    return network(n, [((i - 1) // 2, i) for i in range(1, n)])


def triangles(n: int) -> tuple[Matrix, Matrix]:
    ends = range(0, n - 2, 2)
    return network(n, [pair for i in ends for pair in ((i, i + 1), (i + 1, i + 2), (i, i + 2))])


def cascade(n: int) -> tuple[Matrix, Matrix]:
    A, b = network(n, [])
    for i in range(1, n):
        A[i, i - 1] = -Symbol(f"Gamma_{i}", positive=True)
    return A, b


def nonreciprocal(n: int) -> tuple[Matrix, Matrix]:
    """A chain of complex couplings and shared reservoirs: unequal off-diagonals, composite losses."""
    A, b = network(n, [])
    for i in range(1, n):
        J, p, q = Symbol(f"J_{i}"), Symbol(f"p_{i}"), Symbol(f"q_{i}")
        rate = Symbol(f"Gamma_{i}", positive=True)
        A[i, i] -= rate * q * conjugate(q) / 2
        A[i - 1, i - 1] -= rate * p * conjugate(p) / 2
        A[i - 1, i] = -I * J - rate * conjugate(p) * q / 2
        A[i, i - 1] = -I * conjugate(J) - rate * conjugate(q) * p / 2
    return A, b


def products(n: int) -> tuple[Matrix, Matrix]:
    """A ring whose couplings are products that share factors, as after the elimination of a mode."""
    A, b = network(n, [])
    for i in range(n):
        p, q = Symbol(f"p_{i}"), Symbol(f"p_{(i + 1) % n}")
        rate = Symbol("Gamma", positive=True)
        A[i, (i + 1) % n] -= rate * conjugate(p) * q
        A[(i + 1) % n, i] -= rate * conjugate(q) * p
    return A, b


def phased(n: int) -> tuple[Matrix, Matrix]:
    """A ring with a flux: couplings J e^{iθ} one way and J e^{−iθ} the other."""
    A, b = network(n, [])
    for i in range(n):
        J, theta = Symbol(f"J_{i}", positive=True), Symbol(f"theta_{i}", real=True)
        A[i, (i + 1) % n] -= I * J * exp(I * theta)
        A[(i + 1) % n, i] -= I * J * exp(-I * theta)
    return A, b


def equal_arms(size: int) -> tuple[Matrix, Matrix]:
    """A star all of whose arms are alike: −J m comes from every arm."""
    A, b = star(size)
    J, kappa = symbols("J kappa", positive=True)
    for i in range(1, size):
        A[0, i] = A[i, 0] = -I * J
        A[i, i] = -kappa / 2
    return A, b


NETWORKS = {
    "chain 1": chain(1),
    "chain 7": chain(7),
    "ring 5": ring(5),
    "ring 7": ring(7),
    "ring 8": ring(8),
    "star 9": star(9),
    "complete 4": complete(4),
    "complete 5": complete(5),
    "ladder 8": ladder(8),
    "tree 11": tree(11),
    "triangles 5": triangles(5),
    "triangles 7": triangles(7),
    "cascade 9": cascade(9),
    "nonreciprocal 5": nonreciprocal(5),
    "products 4": products(4),
    "two drives": network(6, [(i, i + 1) for i in range(5)], (0, 4)),
    "equal arms": equal_arms(5),
    "an undriven part": network(7, [(0, 1), (1, 2), (3, 4), (4, 5), (5, 6)], (1,)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_expanded_solution_equals_rational_arithmetic(name: str) -> None:
    A, b = NETWORKS[name]
    solution = solve(A, b)
    assert (solution.form, solution.where, solution.note) == ("expanded", (), "")
    assert agree(A, b, solution)


@pytest.mark.parametrize("name", NETWORKS)
def test_straight_line_program_equals_rational_arithmetic(name: str) -> None:
    A, b = NETWORKS[name]
    solution = straight_line(A, b)
    assert solution.form == "program"
    assert agree(A, b, solution)
    definitions = [definition for _, definition in solution.where]
    assert solution.note == f"Straight-line program of {sum(map(operations, definitions))} operations."
    for node in {node for e in definitions for node in e.atoms(Add, Mul, Pow)}:
        again = node.func(*node.args)
        assert (again, again.args) == (node, node.args)


@pytest.mark.parametrize("name", ["chain 7", "ring 7", "complete 5", "triangles 7", "tree 11", "cascade 9"])
def test_predicted_terms_bound_the_expanded_terms(name: str) -> None:
    A, b = NETWORKS[name]
    assert solve(A, b).terms <= predicted_terms(A, b)


def test_chain_has_a_fibonacci_number_of_terms() -> None:
    """Continuants: F(n+1) terms in the determinant, F(k+1) in the numerators, F(n+3) − 1 together."""
    fibonacci = [0, 1]
    while len(fibonacci) < 20:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    for n in range(1, 15):
        assert solve(*chain(n)).terms == predicted_terms(*chain(n)) == fibonacci[n + 3] - 1


@pytest.mark.parametrize("name", ["chain 7", "ring 7", "complete 5", "triangles 7", "two drives", "cascade 9"])
def test_numerators_and_denominators_are_coprime(name: str) -> None:
    for value in solve(*NETWORKS[name]).values:
        assert coprime(*fraction(value))


def test_lossless_modes_in_a_square_with_equal_couplings_are_reduced() -> None:
    """The drive cannot move the lossy modes; the block of the lossless ones lies off the diagonal."""
    d, e, g, h, m, f = symbols("d e g h m f", positive=True)
    A = Matrix([[d, g, m, h], [g, 0, h, 0], [m, h, e, g], [h, 0, g, 0]])
    assert list(solve(A, Matrix([f, 0, f, 0])).values) == [0, f / (g + h), 0, f / (g + h)]


def test_roots_of_complex_numbers_are_no_poles() -> None:
    """Modulo one prime half of the numbers have no square root; −6 + 5i has none modulo 3 of them, nor have pairs."""
    k, l, e = symbols("k l e", positive=True)
    numbers = [-2 + 5 * I / 3, *(Rational(p, 3) + I * Rational(q, 7) for p in range(-4, 5) for q in (1, 3, 4))]
    for first, second in zip(numbers, numbers[1:], strict=False):
        J, K = sqrt(first), sqrt(second)
        A, b = Matrix([[k, I * J, I * K], [I * conjugated(J), l, 0], [I * conjugated(K), 0, l]]), Matrix([e, 0, 0])
        point = {k: Rational(3, 2), l: Rational(5, 4), e: Rational(2, 3)}
        answer = solve(A, b).values.subs(point)
        residual = A.subs(point) * answer - b.subs(point)
        assert max(abs(complex(r.evalf(30))) for r in residual) < 1e-20, (first, second)


def test_random_patterns_have_coprime_fractions() -> None:
    """Distinct or shared letters, symmetric or not, with and without losses: where no gcd is computed, it is 1."""
    rng, checked = Random(3), 0
    for _ in range(120):
        n, reciprocal, letters = rng.randint(2, 4), rng.random() < 0.5, rng.choice((2, 100))
        numbers = [f"x_{rng.randrange(letters)}" for _ in range(n * (n + 1))]
        entries = [Symbol(name, positive=True) * int(rng.random() < 0.6) for name in numbers]
        A, b = Matrix(n, n, entries[: n * n]), Matrix(n, 1, entries[n * n :])
        for i in range(n):
            A[i, i] = Symbol(f"d_{rng.randrange(letters)}", positive=True) if rng.random() < 0.8 else Integer(0)
            for j in range(i):
                A[i, j] = A[j, i] if reciprocal else A[i, j]
        try:
            values = solve(A, b).values
        except SingularMatrix:
            continue
        for value in values:
            checked += bool(value.free_symbols)
            assert coprime(*fraction(value)), (A, b, value)
    assert checked > 150


@pytest.mark.parametrize(
    "name",
    ["chain 7", "ring 7", "ladder 8", "triangles 7", "complete 5", "nonreciprocal 5", "products 4", "flux 4"],
)
def test_assembled_sums_are_what_sympy_would_build(name: str) -> None:
    """Arguments are put in SymPy's order without asking SymPy: rebuilding every node changes nothing."""
    system = phased(4) if name == "flux 4" else NETWORKS[name]
    for value in solve(*system).values:
        for node in value.atoms(Add, Mul, Pow):
            assert node.func(*node.args) == node


def test_fractions_of_independent_letters_are_what_sympy_would_build() -> None:
    """Letters, conjugates and sums as entries, with numbers and i; links in one or both ways, modes without losses."""
    rng, seen, shapes = Random(5), 0, set()
    for trial in range(200):
        n, plain = rng.randint(1, 5), rng.random() < 0.3
        numbers = iter(rng.sample(range(100, 300), 100))

        def entry(plain: bool = plain, numbers: Iterator[int] = numbers) -> Expr:
            letter = Symbol(f"x_{next(numbers)}")
            kind = 0 if plain else rng.randrange(4)
            base = (letter, letter, conjugate(letter), letter + Symbol(f"y_{next(numbers)}", positive=True))[kind]
            return rng.choice((1, 1, -1, I, 2, -I / 2, Rational(2, 3))) * base

        A, b = zeros(n, n), zeros(n, 1)
        for i in range(n):
            A[i, i] = entry() if rng.random() < 0.85 else 0
            for j in range(i):
                if j == i - 1 or rng.random() < 0.2:
                    A[i, j] = entry()
                    A[j, i] = rng.choice((A[i, j], entry(), 0))
        for i in {0, rng.choice((0, 0, n - 1))}:
            b[i] = entry()
        try:
            solution = solve(A, b)
        except SingularMatrix:
            continue
        assert agree(A, b, solution, trial)
        for value in solution.values:
            for node in value.atoms(Add, Mul, Pow):
                again = node.func(*node.args)
                assert (again, again.args) == (node, node.args)
            seen += value != 0
            shapes |= {type(factor.base) for factor in Mul.make_args(value) if factor.is_Pow}
    assert seen > 200
    assert shapes >= {Symbol, Add, conjugate}


def test_a_number_is_multiplied_into_the_drive_where_no_letter_takes_it() -> None:
    A, x, y = chain(3)[0], *symbols("x y", positive=True)
    own, _, third = solve(A, Matrix([3 * x - 3 * y, 0, 0])).values
    assert 6 * y - 6 * x in own.args
    assert {Integer(24), x - y} <= {*third.args}
    (single,) = solve(Matrix([[-x / 2]]), Matrix([3 * x - 3 * y])).values
    assert {*single.args} == {Integer(-6), x - y, 1 / x}


def test_made_nodes_have_everything_that_sympy_puts_into_its_own() -> None:
    x, y = symbols("x y", positive=True)
    for kind, arguments in ((Mul, (x, y)), (Add, (x, y)), (Pow, (x, Integer(2)))):
        own, node = kind(*arguments), packing.made(kind, arguments)
        slots = [name for base in kind.__mro__ for name in getattr(base, "__slots__", ())]
        assert {"_args", "_mhash", "_assumptions", "is_commutative"} <= set(slots)
        assert all(getattr(node, name) == getattr(own, name) for name in ("_args", "is_commutative"))
        assert all(hasattr(node, name) for name in slots)
        assert (node, hash(node), node.assumptions0) == (own, hash(own), own.assumptions0)


@pytest.mark.parametrize("kind", [ImmutableMatrix, ImmutableSparseMatrix])
@pytest.mark.parametrize("value", [Integer(2), Rational(1, 2), Symbol("x"), I])
def test_filled_matrices_are_those_that_sympy_fills(kind: type[Matrix], value: Expr) -> None:
    for entries in ({}, {0: {2: value}}, {1: {0: value, 1: Integer(3)}, 0: {1: value}}):
        own = kind.from_dok(2, 3, {(i, j): e for i, row in entries.items() for j, e in row.items()})
        found = packing.filled(kind, 2, 3, entries)
        assert (found, hash(found), found._rep.domain, type(found)) == (own, hash(own), own._rep.domain, kind)
        assert packing.vanishes(found) == (not entries)
    assert packing.vanishes(kind(1, 1, [Symbol("zero", zero=True)]))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(LETTERS), unique=True))
def test_letters_are_arranged_as_sympy_arranges_them(letters: list[Expr]) -> None:
    assert packing.arranged(letters) == sorted(letters, key=cmp_to_key(Basic.compare))


def test_collection_of_garbage_goes_on_after_solving_and_after_refusals() -> None:
    solve(*chain(3))
    assert gc.isenabled()
    with pytest.raises(SingularMatrix):
        solve(zeros(2, 2), zeros(2, 1))
    assert gc.isenabled()
    gc.disable()
    try:
        solve(*chain(3))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_modes_that_the_drive_does_not_reach_stay_empty() -> None:
    A, b = NETWORKS["an undriven part"]
    for solution in (solve(A, b), straight_line(A, b)):
        assert list(solution.values[3:, 0]) == [0] * 4
        assert all(value != 0 for value in solution.values[:3, 0])
    downstream = cascade(4)
    upstream_drive = zeros(4, 1)
    upstream_drive[2] = Symbol("epsilon", positive=True)
    assert list(solve(downstream[0], upstream_drive).values[:2, 0]) == [0, 0]


@pytest.mark.parametrize("phase", [Integer(1), exp(I * Symbol("theta", real=True))])
def test_ways_that_interfere_away_leave_a_mode_empty(phase: Expr) -> None:
    a, f, g, h, J, k, p, q = symbols("a f g h J k p q", positive=True)
    matrix = Matrix([[a, 0, 0, 0], [q, g, 0, 0], [p * q * phase, p * g * phase, h, J], [0, 0, J, k]])
    right = Matrix([f, 0, 0, 0])
    direct, by_the_other = matrix[2, 0] / a, -matrix[2, 1] * q / (g * a)
    assert (direct + by_the_other).expand() == 0
    for limit in (50_000, 0):
        found = solve(matrix, right, limit)
        assert found.values[2:] == [0, 0], found.form
        assert found.values[1] == -f * q / (a * g)
    matrix[2, 0] *= 2
    assert all(solve(matrix, right).values)


def test_cascades_keep_their_denominators_factored() -> None:
    A, b = cascade(12)
    last = solve(A, b).values[11]
    assert len(last.atoms(Symbol)) == 24
    assert not last.atoms(Add)


def test_one_way_links_that_part_and_meet_have_the_determinants_of_both_ways_below() -> None:
    k, G = symbols("kappa_0:4", positive=True), symbols("G_1:5", positive=True)
    A, b = Matrix.diag(*k), Matrix([Symbol("epsilon"), 0, 0, 0])
    A[1, 0], A[2, 0], A[3, 1], A[3, 2] = G
    last = solve(A, b).values[3]
    assert last == b[0] * (G[0] * G[2] * k[2] + G[1] * G[3] * k[1]) / Mul(*k)


def test_no_drive_means_no_amplitude() -> None:
    assert list(solve(chain(3)[0], zeros(3, 1)).values) == [0, 0, 0]


def test_uniform_networks_are_reduced() -> None:
    """Equal rates make numerators and determinant share factors, which the gcd removes."""
    k, J, e = symbols("kappa J epsilon", positive=True)
    for make in (chain(5), ring(6), star(8), complete(7)):
        A = make[0].applyfunc(
            lambda x: x.replace(lambda s: isinstance(s, Symbol), lambda s: k if s.name[0] == "k" else J)
        )
        b = zeros(A.rows, 1)
        b[0] = e
        solution = solve(A, b)
        assert agree(A, b, solution)
        for value in solution.values:
            assert coprime(*fraction(value))


def test_a_uniform_complete_graph_of_40_modes_is_expanded_not_refused() -> None:
    k, J, e = symbols("kappa J epsilon", positive=True)
    A = -k / 2 * eye(40) - I * J * (Matrix.ones(40, 40) - eye(40))
    b = zeros(40, 1)
    b[0] = e
    solution = solve(A, b)
    assert solution.form == "expanded"
    assert solution.terms < 1000
    assert agree(A, b, solution)


@pytest.mark.parametrize("n", [8, 9])
@pytest.mark.parametrize("lossless", [False, True])
def test_a_complete_graph_of_equal_modes_but_two_is_solved_exactly(n: int, lossless: bool) -> None:
    """Four letters in a dense block: too many for numbers, and fewer terms than sets of columns.

    With S the sum of all unknowns, (d_j − iJ) x_j = b_j − iJS, which summed over j gives S.
    """
    J, k, g, h = symbols("J kappa g h", positive=True)
    rates = [k + g, k + h, *[0 if lossless and j < 4 else k for j in range(2, n)]]
    A = Matrix(n, n, lambda i, j: I * J if i != j else rates[i])
    b = Matrix(n, 1, lambda i, _: int(i == 2))
    solution = solve(A, b)
    assert solution.form == "expanded"
    hop = I * J
    weights = [1 / (rate - hop) for rate in rates]
    whole = sum(w * e for w, e in zip(weights, b, strict=True)) / (1 + hop * sum(weights))
    true = Matrix([w * (e - hop * whole) for w, e in zip(weights, b, strict=True)])
    assert isinstance(is_zero(solution.values - true), Proved)
    assert isinstance(is_zero(solution.values - true.subs(g, h)), Refuted)


def test_large_answers_stay_programs_and_say_so() -> None:
    """A complete graph of 40 modes: 40! terms in the determinant and as many in the numerators."""
    solution = solve(*complete(40))
    assert solution.form == "program"
    assert solution.terms == 2 * factorial(40)
    assert solution.note.startswith(
        "The expanded solution would have about 1.6e48 terms (limit 50000); it is given as a straight-line program of "
    )
    A, b = complete(12)
    assert agree(A, b, solve(A, b))


def test_limit_decides_between_the_forms() -> None:
    A, b = chain(6)
    assert solve(A, b, limit=33).form == "expanded"
    assert solve(A, b, limit=32).form == "factored"


@pytest.mark.parametrize("number", [-2 + I, -2 + 2 * I, Rational(1, 2) - I])
def test_a_root_that_one_field_lacks_is_found_in_another(number: Expr) -> None:
    root = sqrt(number)
    found = straight_line(Matrix([[2, root], [root, 3]]), Matrix([1, 0]))
    values = list(found.values)
    for symbol, value in reversed(found.where):
        values = [v.xreplace({symbol: value}) for v in values]
    for value, expected in zip(values, (3 / (6 - number), -root / (6 - number)), strict=True):
        assert abs(complex((value - expected).evalf(30))) < 1e-20


def test_definitions_use_earlier_ones_only_and_avoid_given_names() -> None:
    A, b = nonreciprocal(4)
    b[0] = Symbol("x_1", positive=True)
    solution = straight_line(A, b)
    known = A.free_symbols | b.free_symbols
    for symbol, definition in solution.where:
        assert definition.free_symbols <= known
        assert symbol not in known
        assert not symbol.name.startswith("x_")
        known = known | {symbol}
    assert agree(A, b, solution)


def test_lossless_resonant_modes_are_solved() -> None:
    """Zero diagonal entries: pivots come from the couplings."""
    for n in (2, 4, 6):
        A, b = chain(n)
        A = A - Matrix.diag(*(A[i, i] for i in range(n)))
        assert agree(A, b, solve(A, b))
        assert agree(A, b, straight_line(A, b))
    A, b = ring(5)
    for i in (1, 2, 3):
        A[i, i] = 0
    assert agree(A, b, solve(A, b))
    assert agree(A, b, straight_line(A, b))


def test_pivots_that_vanish_after_elimination_are_avoided() -> None:
    a, c, e = symbols("a c e", positive=True)
    A = Matrix([[1, 1, 0], [1, 1, c], [0, a, 1]])
    b = Matrix([e, 0, 0])
    assert agree(A, b, solve(A, b))
    assert agree(A, b, straight_line(A, b))
    assert A.det() == -a * c


THETA, K, N = Symbol("theta", real=True), Symbol("kappa", positive=True), Symbol("n", integer=True, positive=True)
SINGULAR = {
    "no entries": Matrix([[0, 0], [0, 0]]),
    "structural": chain(3)[0] - Matrix.diag(*(chain(3)[0][i, i] for i in range(3))),
    "uniform": Matrix([[1, 1], [1, 1]]) * Symbol("g", positive=True),
    "related entries": Matrix([[Symbol("a"), Symbol("a") * Symbol("b")], [1, Symbol("b")]]),
    "a row that is another times a sum": Matrix([[K, THETA], [K**2 + K * N, K * THETA + N * THETA]]),
    "a sum that cancels": Matrix([[Add(K, -K, evaluate=False)]]),
    "complex numbers": Matrix([[1, I], [I, -1]]),
    "root": Matrix([[sqrt(2), 2], [1, sqrt(2)]]),
    "phases": Matrix([[1, exp(I * THETA)], [exp(-I * THETA), 1]]),
    "half phases": Matrix([[exp(I * THETA / 2), exp(I * THETA)], [1, exp(I * THETA / 2)]]),
    "angles": Matrix([[1 - cos(THETA) ** 2, sin(THETA)], [sin(THETA), 1]]),
    "modulus": Matrix([[Abs(Symbol("z")), Symbol("z")], [conjugate(Symbol("z")), Abs(Symbol("z"))]]),
    "square roots": Matrix([[sqrt(K + 1), K + 1], [1, sqrt(K + 1)]]),
    "cube roots of numbers": Matrix([[2 ** Rational(1, 3), 2], [1, 2 ** Rational(2, 3)]]),
    "cube roots of unity": Matrix([[(-1) ** Rational(2, 3), (-1) ** Rational(1, 3) - 1], [1, 1]]),
    "cube roots of a sum": Matrix([[(K + 1) ** Rational(1, 3), K + 1], [1, (K + 1) ** Rational(2, 3)]]),
    "roots of different degrees": Matrix([[(K + 1) ** Rational(1, 6), sqrt(K + 1)], [1, (K + 1) ** Rational(1, 3)]]),
    "fifth roots": Matrix([[K ** Rational(1, 5), K], [1, K ** Rational(4, 5)]]),
    "roots of zero": Matrix([[sqrt(Symbol("a") * (K + 1) - K * Symbol("a") - Symbol("a")), 1], [0, 1]]),
    "powers of a sum": Matrix([[(K + 1) ** (N + 1), K + 1], [(K + 1) ** N, 1]]),
    "powers": Matrix([[K ** (2 * N), K**N], [K**N, 1]]),
    "an entry that is zero": Matrix([[(Symbol("a") + 1) ** 2 - Symbol("a") ** 2 - 2 * Symbol("a") - 1]]),
}


@pytest.mark.parametrize("drive", [Integer(1), Symbol("f")])
@pytest.mark.parametrize("name", SINGULAR)
def test_singular_matrices_are_refused(name: str, drive: Expr) -> None:
    A = SINGULAR[name]
    b = Matrix([drive] + [0] * (A.rows - 1))
    for question in (solve, straight_line, predicted_terms):
        with pytest.raises(SingularMatrix, match="regular matrix"):
            question(A, b)
        # The perturbed twin is regular.
        question(A + Symbol("delta", positive=True) * eye(A.rows), b)


@pytest.mark.parametrize("kinds", [({}, {"real": True}), ({"real": True}, {"positive": True})])
def test_symbols_of_one_name_and_different_assumptions_are_different(kinds: tuple[dict[str, bool], ...]) -> None:
    """[[x, 1], [x̃, 1]] is regular; it is singular if x̃ is x."""
    first, second = (Symbol("x", **kind) for kind in kinds)
    A, b = Matrix([[first, 1], [second, 1]]), Matrix([1, 0])
    expected = Matrix([1, -second]) / (first - second)
    for solution in (solve(A, b), straight_line(A, b)):
        table = dict(solution.where)
        for _ in table:
            table = {letter: e.xreplace(table) for letter, e in table.items()}
        assert all(together(x.xreplace(table) - y) == 0 for x, y in zip(solution.values, expected, strict=True))
    with pytest.raises(SingularMatrix):
        solve(Matrix([[first, 1], [first, 1]]), b)


def test_an_entry_with_a_pole_everywhere_is_refused() -> None:
    a = Symbol("a")
    pole = Pow(Add(a, -1) ** 2 - a**2 + 2 * a - 1, -1)
    with pytest.raises(DeriveError, match="finite"):
        solve(Matrix([[pole]]), Matrix([1]))


UNFIT: dict[str, tuple[object, str]] = {
    "no number": (nan, "contains nan"),
    "an infinity without direction": (zoo, "contains zoo"),
    "an infinity": (K + oo, "contains oo"),
    "a float": (0.5, "contains 0.5"),
    "a hidden float": (K + Float("0.5"), "contains 0.5"),
    "a letter that does not commute": (Symbol("A", commutative=False), "A, which does not commute"),
    "a division by zero in disguise": (1 / (sin(THETA) ** 2 + cos(THETA) ** 2 - 1), "which is zero"),
    "a division by zero inside of another": (1 / (K + 1 / (sin(THETA) ** 2 + cos(THETA) ** 2 - 1)), "by sin.* 1, w"),
    "a division by a sum that cancels": (Pow(Add(K, -K, evaluate=False), -1), "which is zero"),
    "nothing": (None, "None, which is no expression"),
}


@pytest.mark.filterwarnings("ignore:(?s).*non-Expr objects in a Matrix")
@pytest.mark.parametrize("name", UNFIT)
def test_what_is_not_exact_and_finite_is_refused_on_both_sides(name: str) -> None:
    entry, says = UNFIT[name]
    for question in (solve, straight_line, predicted_terms, require_regular):
        for A, b in ((Matrix([[entry]]), Matrix([1])), (Matrix([[K]]), Matrix([entry]))):
            with pytest.raises(DeriveError, match=f"exact and finite, but one .*{says}"):
                question(A, b)


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        (Add(K, K, evaluate=False), 2 * K),
        (Add(I * K, I * K, evaluate=False), 2 * I * K),
        (Add(K, -3 * K, THETA, evaluate=False), THETA - 2 * K),
        (Add(K, -K, THETA, evaluate=False), THETA),
        (Mul(I, I, K, evaluate=False), -K),
        (Mul(2, I, I, K, THETA, evaluate=False), -2 * K * THETA),
        (Mul(I, Add(K, K, evaluate=False), evaluate=False), 2 * I * K),
    ],
)
def test_entries_that_sympy_was_told_not_to_evaluate_have_their_values(entry: Expr, value: Expr) -> None:
    f = Symbol("f")
    point = {K: Integer(3), THETA: Integer(5), N: Integer(7), f: Integer(11)}
    for system in (
        lambda e: (Matrix([[e]]), Matrix([f])),
        lambda e: (Matrix([[e, 1], [1, N]]), Matrix([f, 0])),
        lambda e: (Matrix([[N]]), Matrix([e])),
    ):
        x = solve(*system(entry)).values.subs(point)
        A, b = (matrix.subs(point) for matrix in system(value))
        assert (A * x - b).expand() == zeros(*b.shape)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_reciprocal_links_of_modes_that_lose_nothing_are_solved(size: int) -> None:
    """No A_ii gives the determinant a term, so that a link can divide it, and links stand in it more than once."""
    A = Matrix(size, size, lambda i, j: Symbol(f"J_{min(i, j)}_{max(i, j)}") if i != j else 0)
    b = Matrix([Symbol("f"), *[0] * (size - 1)])
    rng = Random(size)
    point = {letter: Integer(rng.randint(2, 99)) for letter in sorted(A.free_symbols | b.free_symbols, key=str)}
    assert A.subs(point) * solve(A, b).values.subs(point) == b.subs(point)


def test_a_denominator_that_vanishes_for_one_choice_of_its_roots_is_accepted() -> None:
    for k in range(8):
        a, b = symbols(f"a_{k} b_{k}")
        below = sqrt(a * b) - sqrt(a) * sqrt(b)
        assert solve(Matrix([[K]]), Matrix([1 / below])).values[0] == 1 / (K * below)


def test_a_list_of_rows_is_no_matrix() -> None:
    with pytest.raises(DeriveError, match="matrix A .* must be of the kind MatrixBase"):
        solve([[K]], Matrix([1]))
    with pytest.raises(DeriveError, match="right-hand side b"):
        solve(Matrix([[K]]), [1])


def test_numbers_alone_are_solved() -> None:
    A = Matrix(3, 3, [Rational(1, 2), I, 0, 3, 1 + 2 * I, Rational(-2, 7), 0, 5, 4 - I])
    b = Matrix([1, I, 0])
    for solution in (solve(A, b), straight_line(A, b)):
        assert agree(A, b, solution)
    assert all(value.is_number for value in solve(A, b).values)


@pytest.mark.parametrize("seed", range(30))
def test_complex_numbers_of_a_solution_are_one_number_in_every_product(seed: int) -> None:
    random = Random(seed)
    letters = (*symbols("J kappa", positive=True), Integer(1))

    def entry() -> Expr:
        number = random.randint(1, 4) + I * random.choice((-3, -1, 1, 2)) / random.choice((1, 2))
        return number * random.choice(letters)

    A, b = Matrix(2, 2, lambda *_: entry()), Matrix(2, 1, lambda *_: entry())
    try:
        x = solve(A, b).values
    except SingularMatrix:
        return
    assert (A * x - b).applyfunc(lambda e: together(e.expand()).expand()).is_zero_matrix
    for value in x:
        for node in [value, *value.atoms(Mul)]:
            numbers = [f for f in Mul.make_args(node) if f.is_Add and not f.free_symbols]
            assert len(numbers) <= 1, value
            assert not (numbers and I in node.args), value



def test_solutions_do_not_depend_on_proper_names_of_generators() -> None:
    A, b = nonreciprocal(4)
    again = solve(A, b), straight_line(A, b)
    assert (solve(A, b), straight_line(A, b)) == again


ENTRIES = [
    Integer(0),
    Integer(0),
    Integer(0),
    *symbols("a b c", positive=True),
    *(s * t for s in symbols("d e") for t in (1, -I, Rational(1, 2))),
    conjugate(Symbol("d")),
    Integer(1),
    I,
    1 - 2 * I,
    Symbol("f", real=True) - I * Symbol("d"),
    Symbol("a", positive=True) * Symbol("d") * conjugate(Symbol("d")),
]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_random_systems_equal_rational_arithmetic(data: st.DataObject) -> None:
    """Any pattern, repeated entries, numbers: solved, or refused exactly if the determinant is zero."""
    n = data.draw(st.integers(1, 4))
    A = Matrix(n, n, data.draw(st.lists(st.sampled_from(ENTRIES), min_size=n * n, max_size=n * n)))
    b = Matrix(n, 1, data.draw(st.lists(st.sampled_from(ENTRIES), min_size=n, max_size=n)))
    try:
        solution, program = solve(A, b), straight_line(A, b)
    except SingularMatrix:
        assert A.det(method="berkowitz").expand() == 0
        return
    for seed in (1, 2):
        point = random_point(A, b, seed)
        expected = solved_numbers(A, b, point)
        assert value_of(solution, point) == expected
        assert value_of(program, point) == expected


RESIDUALS = {
    "chain 4": chain(4),
    "triangles 5": triangles(5),
    "cascade 4": cascade(4),
    "a flux through 3 modes": phased(3),
    "a flux through 4 modes": phased(4),
}


@pytest.mark.parametrize("name", RESIDUALS)
def test_residual_vanishes_identically(name: str) -> None:
    A, b = RESIDUALS[name]
    residual = A * solve(A, b).values - b
    assert all(fraction(e.together())[0].expand() == 0 for e in residual)
    twin = A * solve(A, 2 * b).values - b
    assert any(fraction(e.together())[0].expand() != 0 for e in twin)


def test_a_matrix_that_is_not_square_is_refused() -> None:
    for A, b in ((zeros(2, 3), zeros(2, 1)), (eye(2), zeros(3, 1)), (eye(2), zeros(2, 2))):
        with pytest.raises(DeriveError, match="n×n"):
            solve(A, b)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_random_networks_of_distinct_parameters_are_solved(data: st.DataObject) -> None:
    """Any couplings, some modes lossless, any drives; the predicted size is exact or a bound."""
    n = data.draw(st.integers(2, 7))
    kinds = st.sampled_from(("none", "none", "one way", "reciprocal", "both ways"))
    A, b = zeros(n, n), zeros(n, 1)
    for i in range(n):
        if data.draw(st.integers(0, 4)):
            A[i, i] = -Symbol(f"kappa_{i}", positive=True) / 2
        for j in range(i):
            kind = data.draw(kinds)
            if kind != "none":
                A[i, j] = -I * Symbol(f"J_{i}_{j}", positive=True)
            if kind == "reciprocal":
                A[j, i] = A[i, j]
            elif kind == "both ways":
                A[j, i] = -Symbol(f"Gamma_{i}_{j}", positive=True)
    for i in data.draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=3)):
        b[i] = I * Symbol(f"epsilon_{i}", positive=True)
    try:
        solution, program = solve(A, b), straight_line(A, b)
    except SingularMatrix:
        assert A.det(method="berkowitz").expand() == 0
        return
    point = random_point(A, b, 5)
    expected = solved_numbers(A, b, point)
    assert value_of(program, point) == expected
    if solution.form == "expanded":
        assert value_of(solution, point) == expected
        if all(A[i, i] != 0 for i in range(n)):
            assert solution.terms <= predicted_terms(A, b)
        if n < 5:
            assert all(coprime(*fraction(value)) for value in solution.values if value != 0)
            nodes = solution.values.atoms(Add, Mul, Pow)
            assert all(node.func(*node.args) == node for node in nodes)
    # Independent entries: the count is exact.
    if all(A[i, j] != A[j, i] or A[i, j] == 0 for i in range(n) for j in range(i)):
        assert solution.terms == predicted_terms(A, b)
