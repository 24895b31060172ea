"""Residuals read as sums of monomials, against SymPy's expansion; what a verdict looks at, counted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import QUICK
from sympy import (
    Add,
    Expr,
    I,
    Integer,
    Matrix,
    Mul,
    Pow,
    Rational,
    S,
    Symbol,
    conjugate,
    fraction,
    sqrt,
    symbols,
)
from sympy.core.basic import Basic
from sympy.core.cache import clear_cache

from benchmarks.networks import FAMILIES
from derive.kernel import Proved, Refuted, is_zero, residual, solve
from derive.kernel.point import dense
from derive.kernel.ring import Ring
from derive.kernel.sums import NotSums, Sums

x, y = symbols("x y", positive=True)
a = Symbol("a", real=True)
z, w = symbols("z w")
ATOMS = (x, y, a, z, conjugate(z), I, S.One, Integer(-2), Rational(1, 3), x**2, 1 / y, 1 / z, a**3)

products = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=4).map(lambda factors: Mul(*factors))
sums = st.lists(products, min_size=1, max_size=4).map(lambda terms: Add(*terms))
powers = st.tuples(sums.filter(lambda e: e != 0), st.sampled_from((1, 1, 2, -1, -2))).map(lambda p: p[0] ** p[1])
rationals = st.lists(st.lists(powers, min_size=1, max_size=3).map(lambda f: Mul(*f)), min_size=1, max_size=3).map(
    lambda terms: Add(*terms)
)


def expanded(e: Expr) -> Expr:
    """The numerator, expanded by SymPy."""
    return fraction(e.together())[0].expand()


def judged(e: Expr, abbreviating: bool = False) -> bool | None:
    try:
        return Sums(abbreviating).vanishing([e])[0]
    except NotSums:
        return None


@settings(QUICK, max_examples=50)
@given(rationals, rationals)
def test_what_vanishes_is_what_sympy_expands_to_nothing(e: Expr, f: Expr) -> None:
    for question in (e, e - e.expand(), Add(e, -e, f, evaluate=False)):
        found = judged(question)
        if found is not None:
            assert found == (expanded(question) == 0), question


@settings(QUICK, max_examples=50)
@given(st.lists(sums, min_size=4, max_size=4), st.sampled_from((1, -2, I, I / 3)))
def test_what_vanishes_for_all_values_of_abbreviations_vanishes(parts: list[Expr], number: Expr) -> None:
    f, g, h, k = parts
    turned = Add(*(number * term for term in Add.make_args(f)))
    inner = f * g + h * k
    for true in (turned * inner - turned * f * g - turned * h * k, f * (g * inner + h) - f * g * inner - h * f):
        assert isinstance(is_zero(true), Proved)
        wrong = true + f * g - g * h
        assert not judged(wrong, abbreviating=True) or expanded(wrong) == 0


def test_a_short_sum_is_one_letter_wherever_it_stands_and_however_it_is_scaled() -> None:
    """Three links and three losses, which need not be multiplied out."""
    links = [x * symbols(f"p_{k}") - 2 * I * symbols(f"J_{k}") for k in range(3)]
    losses = [x + symbols(f"kappa_{k}", positive=True) * z * conjugate(z) for k in range(3)]
    bottom = Mul(*links) + Mul(*losses)
    scaled = [Add(*(I * term / 7 for term in link.args)) for link in links]
    e = Mul(*scaled) / bottom - Mul(I**3, Rational(1, 343)) * (1 - Mul(*losses) / bottom)
    found = Sums(abbreviating=True)
    assert found.vanishing([e]) == [True]
    assert len(found.abbreviated) == 6
    written_out = Sums()
    assert written_out.vanishing([e]) == [True]
    assert 3 * found.products < written_out.products
    assert isinstance(is_zero(e), Proved)
    assert isinstance(is_zero(e - 1 / bottom), Refuted)


def test_abbreviations_in_a_denominator_are_positive_only_if_their_letters_are() -> None:
    for first, provided in ((x + 1, 0), (-x - 1, 0), (a + 1, 1), (x - 1, 1), (z + 1, 1)):
        inner = first * (x + 2 * y)
        bottom = inner + (5 if first != -x - 1 else -5)
        question = inner / bottom + (bottom - inner) / bottom - 1
        assert judged(question, abbreviating=True) is True
        verdict = is_zero(question)
        assert isinstance(verdict, Proved)
        assert len(verdict.provided) == provided


def test_a_denominator_that_vanishes_once_its_abbreviations_are_written_out_proves_nothing() -> None:
    bottom = (x + y) * (x - y) * z - x**2 * z + y**2 * z
    product = Mul(Add(*symbols("c_:8")), Add(*symbols("d_:8")), Add(*symbols("e_:4")))
    long = product - product.expand()
    for e in (bottom, long):
        question = (w + 1) * x / e - w * x / e - x / e
        assert judged(question, abbreviating=True) is True
        assert not isinstance(is_zero(question), Proved)


def test_what_is_judged_here_is_not_little() -> None:
    assert judged((x + I * y) * (x - I * y) - x**2 - y**2) is True
    assert judged((x + z) / (y * (x + y)) - x / (x * y + y**2) - z / (x + y) / y) is True
    assert judged((x + conjugate(z)) ** 3 / (x + y) ** 2 - 1) is False
    assert judged(x / (x + y) + y / (x + y) - 1) is True
    assert judged(I**3 * x + I * x) is True


def test_factors_in_any_order_and_written_twice_count() -> None:
    """What SymPy would have collected: a number behind letters, equal letters, a number in two places."""
    for e in (
        Mul(x, 2, evaluate=False) - x,
        Mul(2, x, 2, evaluate=False) - 2 * x,
        Add(Mul(x, 3, evaluate=False), Mul(2, x, evaluate=False), -3 * x, evaluate=False),
        Add(2, x, 2, -x, -2, evaluate=False),
        Add(Pow(I, -1, evaluate=False), I / x, evaluate=False),
    ):
        assert judged(e) is not True
        assert isinstance(is_zero(e), Refuted)
    assert judged(Add(Mul(x, 2, x, evaluate=False), -2 * x**2, evaluate=False)) is True
    assert judged(Add(x, x, -2 * x, evaluate=False)) is True


@pytest.mark.parametrize("power", [2**14, 2**15, 2**16, 2**16 + 1, 2**31, 2**32])
def test_high_powers_of_a_letter_are_no_other_letters(power: int) -> None:
    """Exponents stand side by side in one integer: those that would reach their neighbour are refused."""
    for e in (x**power - y, y**power - x, x * y - x ** (power + 1), x**-power - y, I * x**power + y):
        assert not judged(e)
    letters = symbols("p q r s", positive=True)
    for p, q in ((p, q) for p in letters for q in letters):
        assert not judged(Add(x, y, *letters) - Add(x, y, *letters) + p**power - q)
    high = x ** min(power // 4, 2**14)
    assert not judged((high + z) ** 4 - Add(*(c * high**k * z ** (4 - k) for k, c in enumerate((1, 4, 6, 4)))) - y)


def test_exponents_add_up_through_all_levels_of_an_expression() -> None:
    inner = (x**2**11 + 1) * (x**2**11 - 1) + y
    assert judged((inner**2 + 1) ** 2 - inner**4 - 2 * inner**2 - 1) is True
    with pytest.raises(NotSums, match="exponents"):
        Sums().vanishes((inner**2 + 1) ** 4 + 1)


def test_a_power_that_would_reach_its_neighbour_is_refuted() -> None:
    for e in (x**2**16 - y, y**2**16 - x, (x**2**14 + 1) ** 4 - (x**2**14 + 1) ** 3 * (x**2**14 + 2) + y - x**2**16):
        assert isinstance(is_zero(e), Refuted)


def test_what_is_not_rational_or_takes_long_products_is_left_to_others() -> None:
    letters = symbols("c_:12", positive=True)
    long = Add(*letters)
    products = long**3 - long**2 * long.subs(letters[0], x)
    nested = x / (1 + 1 / y), 1 / (1 + 1 / (x + y)) - 1
    for e in (sqrt(x) - 1, x**a, Symbol("k", integer=True) ** y, products, S.NaN, *nested):
        with pytest.raises(NotSums):
            Sums().vanishes(e)


def test_denominators_are_told_in_factors_unless_they_have_a_sign() -> None:
    def assumed(e: Expr) -> set[Expr]:
        found = Sums()
        found.vanishing([e])
        return {e for factor in found.assumed() for e in (factor, -factor)}

    assert not assumed(z / (x + y) - x / (x * y + I * a + I * y))
    assert assumed(1 / z + 1 / a) == {z, -z, a, -a}
    assert assumed(x / (a**2 - y**2)) == {e for f in (a - y, a + y) for e in (f, -f)}
    assert assumed(x / (x - y) + 1 / (z + 1)) == {x - y, y - x, z + 1, -z - 1}
    question = x / (x**2 - 2 * y**2 * I - z) / (x + a) + 1 / w
    ring = Ring(question)
    ring.quotient(question)
    assert assumed(question) == {e for factor in ring.assumed() for e in (factor, -factor)}


def test_a_letter_that_is_zero_or_nothing_divides_in_vain() -> None:
    """Only letters whose values no polynomial but zero vanishes at need no point at which a denominator does not."""
    nothing, even = Symbol("z", zero=True), Symbol("k", even=True)
    assert all(map(dense, (x, a, z, conjugate(z), I)))
    assert not dense(nothing)
    assert not isinstance(is_zero(x / nothing - x / nothing * (a + 1) + x * a / nothing), Proved)
    assert is_zero(x / (even - 1) - (x * even - x) / (even - 1) ** 2) == Proved((even - 1,))


SYSTEMS = {
    "chain 16": ("chain", 16), "random sparse 12": ("random sparse", 12), "ladder 12": ("ladder", 12),
    "complete 7": ("complete", 7), "general chain 7": ("general chain", 7), "star 12": ("star", 12),
    "ring 12": ("ring", 12), "triangles 9": ("triangles", 9),
}  # fmt: skip


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_verdict_reads_every_sum_of_an_answer_once(name: str) -> None:
    """All rows divide by the determinant, and each numerator stands in every row of its column's entries.

    What a verdict looks at is therefore no more than the answer has factors, the rows' own apart; and it makes one
    product for every term of a numerator in every row that it stands in.
    """
    family, size = SYSTEMS[name]
    A, b = FAMILIES[family].matrices(size)
    rows = residual(A, solve(A, b).values, b)
    found = Sums(abbreviating=True)
    assert all(found.vanishing(rows.flat()))
    terms = [term for sum_ in _sums(rows) for term in Add.make_args(sum_)]
    own = [term for row in rows for term in Add.make_args(row)]
    assert found.read <= sum(len(Mul.make_args(term)) for term in (*terms, *own))
    assert found.products <= len(terms) * max(len(A.row(i).todok()) for i in range(size)) + len(own)
    wrong = solve(A, b).values.as_mutable()
    wrong[0] *= 2
    assert isinstance(is_zero(residual(A, wrong, b)), Refuted)
    assert isinstance(is_zero(residual(A, solve(A, b).values, b)), Proved)


@pytest.mark.parametrize(
    ("family", "size"),
    [("general chain", 3), ("general chain", 5), ("general chain", 10), ("random sparse", 6), ("complete", 5)],
)
def test_a_proof_lets_sympy_build_next_to_nothing(family: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """SymPy takes longer to build a denominator's terms, one by one, than reading the whole answer takes."""
    A, b = FAMILIES[family].matrices(size)
    rows = residual(A, solve(A, b).values, b)
    built: list[list[Expr]] = []
    for kind in (Add, Mul):

        def flatten(cls: type[Expr], seq: list[Expr], flatten: Any = kind.flatten.__func__) -> Any:
            built.append(seq)
            return flatten(cls, seq)

        monkeypatch.setattr(kind, "flatten", classmethod(flatten))
    clear_cache()
    verdict = is_zero(rows)
    assert isinstance(verdict, Proved)
    assert verdict.provided
    assert len(built) < 10


def _sums(rows: Matrix) -> list[Expr]:
    """The sums under the rows' own, as objects: two of them may be equal."""
    found: dict[int, Expr] = {}
    queue: list[Basic] = [term for row in rows for term in Add.make_args(row)]
    while queue:
        e = queue.pop()
        if isinstance(e, Add):
            found[id(e)] = e
        queue += e.args
    return list(found.values())
