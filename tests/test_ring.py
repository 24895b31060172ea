"""Normal forms equal what they were made from, and print as a physicist writes them."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import QUICK
from sympy import (
    Add,
    Expr,
    Float,
    I,
    Integer,
    Mul,
    Rational,
    Symbol,
    conjugate,
    cosh,
    exp,
    log,
    nan,
    sin,
    sinh,
    sqrt,
    symbols,
    tanh,
    zoo,
)
from trees import DIGITS, POINTS, Pole, Tree, environments, exact, trees

from derive.kernel import Refuted, at, canonical, conjugated, factored, is_zero, substituted
from derive.kernel.conjugation import nonnegative, nonzero, positive
from derive.kernel.ring import Ring, split_base

x, y = symbols("x y", positive=True)
a, b = symbols("a b", real=True)
z, w = symbols("z w")
n = Symbol("n", integer=True)


def holds_numerically(form: Expr, tree: Tree, star: bool = False) -> None:
    assert not form.has(Float)
    with mpmath.workdps(DIGITS):
        for point, numbers in zip(POINTS, environments(), strict=True):
            try:
                expected = tree.at(numbers)
            except (Pole, ZeroDivisionError, OverflowError):
                continue
            expected = mpmath.conj(expected) if star else expected
            found = form.xreplace(point)
            if found.has(zoo, nan):
                continue
            try:
                value = exact(found)
            except Pole:
                continue
            assert abs(value - expected) <= 1e-25 * max(1, abs(expected)), (tree.expr, form, point)


@settings(QUICK, max_examples=60)
@given(trees)
def test_normal_forms_are_equal_to_what_they_were_made_from(tree: Tree) -> None:
    for form in (canonical(tree.expr), factored(tree.expr)):
        assert not isinstance(is_zero(form - tree.expr), Refuted)
        holds_numerically(form, tree)
        assert canonical(form) == canonical(tree.expr)


@settings(QUICK, max_examples=60)
@given(trees)
def test_conjugation_is_an_involution_and_is_right_on_branch_cuts(tree: Tree) -> None:
    holds_numerically(conjugated(tree.expr), tree, star=True)
    assert not isinstance(is_zero(conjugated(conjugated(tree.expr)) - tree.expr), Refuted)


@pytest.mark.slow
@settings(QUICK, max_examples=400)
@given(trees)
def test_normal_forms_are_equal_to_what_they_were_made_from_at_length(tree: Tree) -> None:
    for form in (canonical(tree.expr), factored(tree.expr)):
        holds_numerically(form, tree)
    holds_numerically(conjugated(tree.expr), tree, star=True)


PRINTED = {
    -2 * I * x / (y * (1 + I)): ("-(x + I*x)/y", "-x*(1 + I)/y"),
    1 / (1 + 1 / (x + 1 / y)): ("(x*y + 1)/(x*y + y + 1)", "(x*y + 1)/(x*y + y + 1)"),
    x / 2 + y / 3: ("(3*x + 2*y)/6", "(3*x + 2*y)/6"),
    (3 * x + 6) / (9 * y - 3): ("(x + 2)/(3*y - 1)", "(x + 2)/(3*y - 1)"),
    I / (I * x + 2 * I): ("1/(x + 2)", "1/(x + 2)"),
    1 / (x - y) + 1 / (y - x): ("0", "0"),
    x / (y - x): ("-x/(x - y)", "-x/(x - y)"),
    (x**2 - y**2) / (x - y): ("x + y", "x + y"),
    (x**2 + y**2) / (x + I * y): ("x - I*y", "x - I*y"),
    x**2 - 2 * x * y + y**2: ("x**2 - 2*x*y + y**2", "(x - y)**2"),
    -x - y: ("-x - y", "-x - y"),
    I * (x + y) / 2 - I * x: ("-I*(x - y)/2", "-I*(x - y)/2"),
    1 / (sqrt(2) - 1): ("1 + sqrt(2)", "1 + sqrt(2)"),
    1 / (2 + I): ("2/5 - I/5", "2/5 - I/5"),
    (sqrt(x) + sqrt(y)) * (sqrt(x) - sqrt(y)): ("x - y", "x - y"),
    x * exp(I * a) * conjugate(z * exp(I * a)): ("x*conjugate(z)", "x*conjugate(z)"),
}


@pytest.mark.parametrize("e", PRINTED, ids=str)
def test_a_normal_form_is_one_fraction_with_whole_coefficients_and_i_in_front(e: Expr) -> None:
    assert (str(canonical(e)), str(factored(e))) == PRINTED[e]


def test_the_fewest_terms_carry_a_phase() -> None:
    turn = exp(I * a)
    loop = x * y * turn + x * turn + y**2 * turn + z * turn**2 + w
    assert factored(x / loop * turn) == x / (x * y + x + y**2 + z * turn + w / turn)
    assert factored((x + z * turn) / loop) == (x / turn + z) / (x * y + x + y**2 + z * turn + w / turn)
    assert factored((x + z * turn) / turn) == x / turn + z
    assert factored(x * turn + y * turn + z) == x * turn + y * turn + z
    assert factored(1 + turn) == 1 + turn
    assert factored((x + z * turn) / (y * turn)) == (x / turn + z) / y


def test_equal_rational_functions_have_one_canonical_form() -> None:
    e = (z * conjugate(w) + x) / (x - y) - a / (z + I * a)
    others = (e.expand(), e.together(), -((-e).together()).expand(), e.factor())
    assert {canonical(other) for other in others} == {canonical(e)}
    assert {factored(other) for other in others} == {factored(e)}


def test_a_value_is_exact() -> None:
    point = {x: Rational(1, 3), z: 1 + 2 * I}
    assert at(x * z * conjugate(z) + I / x, point) == Rational(5, 3) + 3 * I
    assert at(sqrt(x), {x: Integer(12)}) == 2 * sqrt(3)
    assert at(1 / z, {z: 3 + 4 * I}) == (3 - 4 * I) / 25


def test_letters_are_replaced_all_at_once_with_their_conjugates() -> None:
    assert substituted(z * conjugate(z) + x, {z: I * w, x: y, y: x}) == w * conjugate(w) + y
    assert substituted(x + y, {x: y, y: x}) == x + y
    assert substituted(conjugate(z), {z: x * exp(I * a)}) == x * exp(-I * a)


def test_conjugation_stops_at_a_branch_cut() -> None:
    assert conjugated(sqrt(z)) == conjugate(sqrt(z))
    assert conjugated(sqrt(x) * z) == sqrt(x) * conjugate(z)
    assert conjugated(sqrt(z * conjugate(z) + x) * I) == -I * sqrt(z * conjugate(z) + x)
    assert conjugated(z**n) == conjugate(z) ** n
    assert conjugated(log(x) ** (I * a)) == conjugate(log(x) ** (I * a))


@pytest.mark.parametrize(
    "e",
    [x**z, (-x) ** z, z ** (-2), z**a, sqrt(x + I * a), sqrt(z), log(x + 1), log(z), sin(z * y), cosh(sqrt(a)),
     sinh(sqrt(a)) / sqrt(a), sqrt(2 - 3 * I) * z, exp(I * z)],
    ids=str,
)  # fmt: skip
def test_conjugates_are_those_of_the_values(e: Expr) -> None:
    for point in ({x: 1.5, y: 0.4, a: -1.25, z: -0.5 - 0.3j}, {x: 0.4, y: 2.0, a: 1.75, z: -3 + 0.2j}):
        stars = {conjugate(letter): value.conjugate() for letter, value in point.items() if letter == z}
        told = complex(conjugated(e).xreplace(stars).xreplace(point).evalf())
        assert told == pytest.approx(complex(e.xreplace(point).evalf()).conjugate())


def test_signs_are_manifest_only_where_assumptions_make_them_so() -> None:
    assert positive(x + y * z * conjugate(z) + a**2)
    assert not positive(z * conjugate(z))
    assert nonnegative(z * conjugate(z))
    assert not nonnegative(sqrt(z) * sqrt(conjugate(z)))
    assert not nonnegative(x - y)
    assert not nonnegative(a * b)
    assert nonzero(x + I * a)
    assert nonzero(a + I * x)
    assert not nonzero(a + I * b)
    assert not nonzero(z + x)
    assert nonzero(x + z * conjugate(z) * y + I * a * (a + I * b) * (a - I * b))
    assert nonzero(x * z**2 * conjugate(z) ** 2 + y)
    assert not nonzero(x + z * y)
    assert not nonzero(x + conjugate(z) * y)
    assert not nonzero(x + y * (a + I * b) * (a - 2 * I * b))
    assert nonzero(I * x + (a + I * z) * (a - I * conjugate(z)) * I)
    assert not nonzero(x + y * (I * a + I * b))
    assert nonzero(a * b - I * x - I * y * z * conjugate(z))
    assert nonzero(a + I * (a + x) - I * a)
    assert not nonzero(x - y + I * a * b)


def test_a_base_is_split_as_far_as_its_assumptions_allow() -> None:
    assert split_base(12 * x * z, False).factors == ((2, 2), (3, 1), (x, 1), (z, 1))
    assert split_base(a * b, False).factors == ((a * b, 1),)
    assert split_base(a * b, True).factors == ((a, 1), (b, 1))
    assert split_base(z * conjugate(z) * w, False).factors == ((w, 1), (z * conjugate(z), 1))
    assert split_base(-(a**2) * x, False).factors == ((-1, 1), (a**2, 1), (x, 1))
    assert split_base((z**2 - w**2) / (w - z), False).assumed == (z - w,)


def test_the_conjugate_of_a_complex_letter_is_a_letter_of_its_own() -> None:
    ring = Ring(z * conjugate(z) + x + a)
    assert {g.stands_for for g in ring.generators} == {z, conjugate(z), x, a}


exponents = st.lists(st.integers(0, 2), min_size=7, max_size=7)


@QUICK
@given(st.dictionaries(exponents.map(tuple), st.fractions(-3, 3, max_denominator=4), min_size=1, max_size=6))
def test_polynomials_become_the_sums_that_sympy_would_build(terms: dict[tuple[int, ...], Fraction]) -> None:
    ring = Ring(x, a, z, conjugate(z), I, sqrt(y))
    polynomial = ring.context.from_dict({m: fmpq(c.numerator, c.denominator) for m, c in terms.items()})
    letters = [g.stands_for for g in ring.generators]
    assert ring.expression(polynomial) == Add(
        *(
            Mul(Rational(c.numerator, c.denominator), *(e**n for e, n in zip(letters, m, strict=True)))
            for m, c in terms.items()
        )
    )


def test_numbers_in_nested_functions_are_left_as_they_are() -> None:
    """SymPy takes 8 s to write √cosh(tanh z) at a complex number in exponentials."""
    z = Symbol("z")
    assert canonical(sqrt(cosh(tanh(z))).subs(z, Rational(1, 2) + I)) == sqrt(cosh(tanh(Rational(1, 2) + I)))
    verdict = is_zero(sqrt(cosh(tanh(z))))
    assert isinstance(verdict, Refuted)
    assert verdict.value == sqrt(cosh(tanh(z))).subs(dict(verdict.point))


def test_a_logarithm_of_one_and_more_is_not_negative() -> None:
    size = z * conjugate(z)
    assert nonnegative(log(1 + size))
    assert not nonnegative(log(size))
    assert not positive(log(1 + size))  # it vanishes with z
    assert conjugated(log(1 + log(1 + size))) == log(1 + log(1 + size))
    assert conjugated(log(log(size))) != log(log(size))
