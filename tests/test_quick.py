"""Products and sums of letters are those that SymPy builds, argument by argument."""

from __future__ import annotations

from functools import cmp_to_key

from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Add, Expr, I, Integer, Matrix, Mul, Pow, Rational, Symbol, conjugate, cos, exp, sqrt
from sympy.core.basic import Basic

from derive.kernel import Quick, abs_squared, added
from derive.kernel.entries import algebraically_independent, monomials
from derive.kernel.gaussian import gathered
from derive.kernel.quick import Order, negative
from tests.strategies import COMPLEX, POSITIVE, QUICK, REAL

LETTERS = (*POSITIVE, *REAL, *COMPLEX, *map(conjugate, COMPLEX))
NUMBERS = st.builds(Rational, st.integers(-4, 4), st.integers(1, 4)) | st.just(I)
ATOMS = NUMBERS | st.sampled_from(LETTERS) | st.builds(Pow, st.sampled_from(LETTERS), st.integers(-2, 3))
STRANGE = st.sampled_from(
    (sqrt(2), sqrt(POSITIVE[0]), exp(I * REAL[0]), cos(REAL[1]), Abs(COMPLEX[0]), conjugate(sqrt(COMPLEX[1])))
)
TERMS = st.lists(ATOMS, min_size=1, max_size=4).map(lambda factors: Mul(*factors))
SUMS = st.lists(TERMS, min_size=1, max_size=4).map(lambda terms: Add(*terms))
POWERS = st.builds(Pow, SUMS.filter(lambda e: e != 0), st.sampled_from((-2, -1, 2)))
PRODUCTS = st.lists(SUMS | STRANGE | ATOMS, max_size=3).map(lambda factors: Mul(*factors))
EXPRESSIONS = POWERS | ATOMS | TERMS | SUMS | STRANGE | PRODUCTS


@QUICK
@given(st.lists(EXPRESSIONS, max_size=5))
def test_products_are_those_of_sympy(factors: list[Expr]) -> None:
    quick = Quick()
    assert quick.expression(quick.product(*factors)) == Mul(*factors)


@QUICK
@given(st.lists(EXPRESSIONS, max_size=3), EXPRESSIONS.filter(lambda e: e.is_zero is not True))
def test_quotients_are_those_of_sympy(factors: list[Expr], over: Expr) -> None:
    quick = Quick()
    assert quick.expression(quick.product(*factors, over=over)) == Mul(*factors, 1 / over)


@QUICK
@given(st.lists(st.lists(EXPRESSIONS, min_size=1, max_size=2), max_size=5))
def test_sums_of_products_are_those_of_sympy(terms: list[list[Expr]]) -> None:
    quick, total = Quick(), {}
    for factors in terms:
        added(total, quick.product(*factors))
    assert quick.expression(total) == Add(*(Mul(*factors) for factors in terms))


@QUICK
@given(st.lists(EXPRESSIONS, min_size=2, max_size=8))
def test_keys_sort_as_sympy_compares(expressions: list[Expr]) -> None:
    assert sorted(expressions, key=Order().__getitem__) == sorted(expressions, key=cmp_to_key(Basic.compare))


@settings(QUICK, max_examples=200)
@given(EXPRESSIONS | st.lists(TERMS, min_size=2, max_size=6).map(lambda terms: Add(*terms)))
def test_a_sign_is_turned_when_and_as_sympy_would(e: Expr) -> None:
    assert negative(e) == bool(e.could_extract_minus_sign())
    assert Quick().minus(e) == -e


def test_what_cancels_is_gone_and_a_number_is_multiplied_into_a_sum_alone() -> None:
    quick, (a, b) = Quick(), (Symbol("a"), Symbol("b"))
    assert quick.product(Integer(0), a) == quick.product(Integer(0), a + b) == {}
    total = quick.product(Rational(1, 2), a + b)
    assert total == {(a,): (1, 2), (b,): (1, 2)}
    added(total, quick.product(Rational(-1, 2), a))
    assert quick.expression(total) == b / 2
    assert quick.product(Integer(2), a + b, a, over=a) == {(a,): (2, 1), (b,): (2, 1)}
    assert list(quick.product(Integer(2), I, a + b).values()) == [(2, 1)]


@QUICK
@given(st.lists(EXPRESSIONS, max_size=4).map(lambda terms: Add(*terms, evaluate=False)))
def test_a_sum_of_different_monomials_does_not_vanish(e: Expr) -> None:
    if e.is_Add and monomials(e) is not None:
        assert e.doit().expand() != 0


def test_a_sum_that_may_vanish_is_not_called_different_monomials() -> None:
    a, b, z = (*POSITIVE[:2], COMPLEX[0])
    for terms in ((a, -a), (a * b, -2 * a * b, a * b), (a + b, -a, -b), (z * conjugate(z), -Abs(z) ** 2)):
        assert monomials(Add(*terms, evaluate=False)) is None
    assert monomials(a + I * a + z * conjugate(z)) == [{a}, {a}, {z, conjugate(z)}]


FEW = (*POSITIVE[:3], COMPLEX[0])
FEW_TERMS = st.lists(st.sampled_from(FEW), min_size=1, max_size=2).map(lambda factors: Mul(*factors))


@QUICK
@given(st.lists(st.lists(FEW_TERMS, min_size=1, max_size=3).map(lambda terms: Add(*terms)), min_size=2, max_size=3))
def test_expressions_that_are_called_independent_have_a_jacobian_of_full_rank(found: list[Expr]) -> None:
    found = list(dict.fromkeys(found))
    if algebraically_independent(found):
        jacobian = Matrix([[e.diff(x) for x in FEW] for e in found])
        assert jacobian.subs(dict(zip(FEW, (2, 3, 5, 7), strict=True))).rank() == len(found)


def test_a_sum_with_a_letter_of_its_own_is_independent_of_the_others() -> None:
    a, b, c, z = (*POSITIVE[:3], COMPLEX[0])
    assert algebraically_independent([a, a + b, 2 * I * c + a * z * conjugate(z)])
    assert not algebraically_independent([a, b, a + b])
    assert not algebraically_independent([a + b, a - b])
    assert not algebraically_independent([a * b + c, b * c, c])
    assert not algebraically_independent([a + a * b, b])
    assert not algebraically_independent([a, sqrt(a) + b])


WHOLE = st.integers(-5, 5)
NUMBERS = st.tuples(WHOLE, WHOLE, st.integers(1, 3), st.sampled_from((-2, -1, 1, 2))).filter(lambda n: any(n[:2]))


@QUICK
@given(st.lists(NUMBERS, min_size=1, max_size=4), st.lists(st.sampled_from(FEW), max_size=2))
def test_a_product_has_one_complex_number(found: list[tuple[int, int, int, int]], letters: list[Expr]) -> None:
    e = Mul(*(Pow(Rational(p, d) + I * Rational(q, d), n) for p, q, d, n in found), *letters)
    one = gathered(e)
    at = dict(zip(FEW, (2, 3, 5, 7 + I), strict=True))
    assert (one.subs(at) - e.subs(at)).expand(complex=True) == 0
    numbers = [x for x in Mul.make_args(one) if not x.free_symbols and not x.is_Rational and x is not I]
    assert len(numbers) <= 1
    assert not any(x.is_Pow for x in numbers)
    square = abs_squared(e)
    assert (square.subs(at) - abs(complex(e.subs(at))) ** 2).evalf() < 1e-9 * (1 + abs(complex(square.subs(at))))
    assert not square.has(I)
