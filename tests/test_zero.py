"""Is it zero? Proofs are checked by 50-digit arithmetic, refutations at their own points."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from math import prod

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import QUICK
from sympy import (
    Abs,
    Add,
    Dummy,
    E,
    Expr,
    Float,
    I,
    Integer,
    Matrix,
    Mul,
    Rational,
    Symbol,
    conjugate,
    cos,
    cosh,
    exp,
    im,
    log,
    nan,
    pi,
    re,
    sin,
    sinh,
    sqrt,
    symbols,
    tan,
    tanh,
)  # fmt: skip
from trees import DIGITS, Environment, Pole, Tree, environments, exact, questions

from derive.kernel import Proved, Refuted, Unknown, Verdict, conjugated, is_nonnegative, is_zero
from derive.kernel.place import prime_powers
from derive.kernel.point import Undecided, Values, evaluated

x, y = symbols("x y", positive=True)
a, b = symbols("a b", real=True)
z, w = symbols("z w")
n = Symbol("n", integer=True)
m = Symbol("m", integer=True, positive=True)
q, r = symbols("q r", commutative=False)


def proved(e: Expr, **given: Expr) -> Proved:
    verdict = is_zero(e)
    assert isinstance(verdict, Proved), verdict
    return verdict


def both(f: Tree, g: Tree, at: Environment) -> tuple[mpmath.mpc, mpmath.mpc] | None:
    try:
        return f.at(at), g.at(at)
    except (Pole, ZeroDivisionError, OverflowError):
        return None


def judge_as_numbers_do(sides: tuple[Tree, Tree]) -> None:
    left, right = sides
    verdict = is_zero(left.expr - right.expr)
    with mpmath.workdps(DIGITS):
        if isinstance(verdict, Proved):
            for values in filter(None, (both(left, right, at) for at in environments())):
                assert abs(values[0] - values[1]) <= 1e-30 * max(1, *map(abs, values)), (left.expr, right.expr)
    if isinstance(verdict, Refuted):
        # what differs by less than 1e-30 of its size may still differ: look at a witness with more digits
        with mpmath.workdps(3 * DIGITS):
            assert all(respects(s, value) for s, value in verdict.point)
            values = both(left, right, environments()[0] | {s: exact(value) for s, value in verdict.point})
            if values:
                difference, told = values[0] - values[1], exact(verdict.value)
                assert abs(difference - told) <= 1e-100 * max(map(abs, values))
                assert abs(difference) > 1e-90 * max(map(abs, values))


def respects(symbol: Symbol, value: Expr) -> bool:
    return all(getattr(value, f"is_{k}") == v for k, v in symbol.assumptions0.items() if k != "commutative")


@settings(QUICK, max_examples=120)
@given(questions())
def test_verdicts_agree_with_fifty_digits(sides: tuple[Tree, Tree]) -> None:
    judge_as_numbers_do(sides)


@pytest.mark.slow
@settings(QUICK, max_examples=600)
@given(questions())
def test_verdicts_agree_with_fifty_digits_at_length(sides: tuple[Tree, Tree]) -> None:
    judge_as_numbers_do(sides)


TRUE = {
    "a seventh of a turn": cos(pi / 7) - cos(2 * pi / 7) + cos(3 * pi / 7) - Rational(1, 2),
    "a ninth of a turn": cos(pi / 9) * cos(2 * pi / 9) * cos(4 * pi / 9) - Rational(1, 8),
    "modes of a chain of six": Add(*(1 / (x - 2 * y * cos(pi * k / 7)) for k in range(1, 7)))
    - (6 * x**5 - 20 * x**3 * y**2 + 12 * x * y**4) / (x**6 - 5 * x**4 * y**2 + 6 * x**2 * y**4 - y**6),
    "roots of positive factors": sqrt(x * z) - sqrt(x) * sqrt(z),
    "a root that reduces": sqrt(sin(a) ** 2 + cos(a) ** 2) - 1,
    "root of a square of a sum": (x - y) / (sqrt(x) - sqrt(y)) - sqrt(x) - sqrt(y),
    "root of a quotient": (z / w) ** Rational(3, 2) - z / w * sqrt(z / w),
    "cube of a cube root": ((z**2) ** Rational(1, 3)) ** 3 - z**2,
    "a half and a third": (sqrt(x) - x ** Rational(1, 3)) / (x ** Rational(1, 6) - 1) - x ** Rational(1, 3),
    "powers of minus one": (-1) ** (2 * n + 1) + 1,
    "even powers of minus two": (-2) ** (2 * n) - 4**n,
    "powers of i": I ** (2 * n) - (-1) ** n,
    "whole turns": exp(2 * pi * I * n) - 1,
    "sine at multiples of pi": sin(pi * n),
    "roots of unity": exp(I * pi / 3) - (-1) ** Rational(1, 3),
    "i in a denominator": (1 + I) / (1 - I) - I,
    "logarithm of positive factors": log(4 * x * y) - 2 * log(2) - log(x) - log(y),
    "logarithm of a power": log(x**-2) - 2 * log(1 / x),
    "modulus of a product": Abs(z * w) - Abs(z) * Abs(w),
    "modulus of a real part": Abs(a * z) - Abs(a) * Abs(z),
    "modulus of a root": Abs(sqrt(z)) ** 2 - Abs(z),
    "modulus of a phase": Abs(exp(I * a)) - 1,
    "modulus of an exponential": Abs(exp(z)) - exp(re(z)),
    "modulus squared": Abs(z + x) ** 2 - (z + x) * (conjugate(z) + x),
    "parts": re(z) ** 2 + im(z) ** 2 - Abs(z) ** 2,
    "hyperbolic": cosh(z) ** 2 - sinh(z) ** 2 - 1,
    "half angles": tan(a / 2) - sin(a) / (1 + cos(a)),
    "phases": Abs(exp(I * a) + 1) ** 2 - 2 - 2 * cos(a),
    "conjugated phase": conjugate(exp(I * a) * z) - exp(-I * a) * conjugate(z),
    "split exponents": 2 * x ** (n + 1) / (x + y) - 2 * x * x**n / (x + y),
    "powers of two": 4**n - 2 ** (2 * n),
    "e": E * exp(Rational(1, 3)) - exp(Rational(4, 3)),
    "words": (x + y) * q * r - x * q * r - y * q * r,
}
FALSE = {
    "e and a fraction": E - Rational(193, 71),
    "roots of real factors": sqrt(a) * sqrt(b) - sqrt(a * b),
    "root of a complex square": sqrt(z**2) - z,
    "half-odd powers of real factors": (a * b) ** (m + Rational(1, 2)) - sqrt(a) * sqrt(b) * a**m * b**m,
    "root of a real square": sqrt(a**2) - a,
    "conjugated root, wrong only on the cut": conjugate(sqrt(z)) - sqrt(conjugate(z)),
    "conjugated logarithm, wrong only on the cut": conjugate(log(z)) - log(conjugate(z)),
    "logarithm of complex factors": log(z * w) - log(z) - log(w),
    "logarithm of an exponential": log(exp(z * 5)) - 5 * z,
    "complex cube root": (z**2) ** Rational(1, 3) - z ** Rational(2, 3),
    "a letter is not its conjugate": z - conjugate(z),
    "zero to a power": Integer(0) ** (n + 1),
    "minus one to a power": (-1) ** n - 1,
    "quarter turns": exp(I * pi * n / 2) - 1,
    "modulus of a real letter": Abs(a) - a,
    "real power of a product": (a * b) ** x - a**x * b**x,
    "one term missing": (x + y) ** 5 - x**5 - y**5 - 5 * x * y * (x**3 + y**3) - 10 * x**2 * y**3,
}


@pytest.mark.parametrize("e", TRUE.values(), ids=TRUE.keys())
def test_true_identities_are_proved_and_their_twins_are_not(e: Expr) -> None:
    proved(e)
    wrong = is_zero(e + Rational(1, 10**9) * x)
    assert isinstance(wrong, Unknown if e.has(q) else Refuted)


@pytest.mark.parametrize("e", FALSE.values(), ids=FALSE.keys())
def test_false_identities_are_refuted(e: Expr) -> None:
    verdict = is_zero(e)
    assert isinstance(verdict, Refuted), verdict
    assert all(respects(s, value) for s, value in verdict.point)
    assert verdict.value != 0


OPEN = {
    "nothing relates words": q * r - r * q,
    "an unknown root before a word": (sqrt(3 + 2 * sqrt(2)) - 1 - sqrt(2)) * q,
    "a denominator that vanishes": 1 / (sin(a) ** 2 + cos(a) ** 2 - 1),
    "such a pole in a sum": x - y + (x - sqrt(x**2) + z) / ((z + 1) ** 2 - z**2 - 2 * z - 1),
    "nan": nan,
    "floats": Float("0.1") * x - y / 10,
    "infinite": Symbol("i", infinite=True) - 1,
    "an irrational letter": Symbol("i", irrational=True) - 1,
    "an unknown function": Mul(2, sqrt(3 + 2 * sqrt(2))) - 2 - 2 * sqrt(2),
}  # fmt: skip


@pytest.mark.parametrize("e", OPEN.values(), ids=OPEN.keys())
def test_what_cannot_be_decided_is_unknown(e: Expr) -> None:
    assert isinstance(is_zero(e), Unknown), is_zero(e)


def test_only_roots_off_their_cut_are_conjugated_letter_by_letter() -> None:
    """√(x + z) has a sign on both sides of real z < −x, √(x + ia) none."""
    for e, proof in ((z, False), (x + z, False), (x + a, False), (x + I * a + z * conjugate(z), True)):
        verdict = is_zero(conjugate(sqrt(e)) - sqrt(conjugated(e)))
        assert isinstance(verdict, Proved) == proof, (e, verdict)


def test_a_denominator_that_is_zero_by_a_hidden_relation_proves_nothing() -> None:
    nested = sqrt(3 + 2 * sqrt(2)) - 1 - sqrt(2)
    verdict = is_zero((sqrt(4 * x) * sqrt(x) - 2 * x + sin(a) ** 2 + cos(a) ** 2 - 1) / nested)
    assert isinstance(verdict, Unknown)


def test_every_denominator_is_provided_unless_assumptions_make_it_nonzero() -> None:
    assert proved((a**2 - b**2) / (a - b) - a - b).provided == (a - b,)
    assert proved((x**2 - y**2) / (x + y) - x + y).provided == ()
    assert proved((z * w + w) / (z + 1) - w).provided == (z + 1,)
    assert proved((1 + x**2) / (x + I * a) - (1 + x**2) * (x - I * a) / (x**2 + a**2)).provided == ()
    assert proved(2 * z ** (n + 1) - 2 * z**n * z + w - w).provided == (z,)
    assert proved(tan(a) - sin(a) / cos(a)).provided == (exp(2 * I * a) + 1,)
    assert proved(sqrt((z**2 - w**2) / (z - w)) - sqrt(z + w)).provided == (w - z,)
    letters, few = symbols("x_:240", positive=True), symbols("a_:240", real=True)
    for signed, provided in ((Add(*letters), False), (Add(-I, *(-I * e for e in letters)), False), (Add(*few), True)):
        assert bool(proved((signed * z + signed * w) / signed - z - w).provided) == provided


def test_a_pole_that_cancels_in_a_definition_is_provided() -> None:
    verdict = is_zero(z * (a - b) - 1, {z: 1 / (a - b)})
    assert verdict == Proved((a - b,))
    assert isinstance(is_zero(z * (a - b) - 2, {z: 1 / (a - b)}), Refuted)
    assert isinstance(is_zero(z * (a - b), {z: 1 / (sin(a) ** 2 + cos(a) ** 2 - 1)}), Unknown)


def test_definitions_may_use_each_other_in_any_order_and_hold_for_conjugates() -> None:
    s, t = symbols("s t", positive=True)
    assert isinstance(is_zero(s - x - 1, {s: t + 1, t: x}), Proved)
    assert isinstance(is_zero(s - x - 1, {t: x, s: t + 1}), Proved)
    assert isinstance(is_zero(z * conjugate(z) - x**2, {z: x * exp(I * a)}), Proved)
    assert isinstance(is_zero(conjugate(w) - z - I, {conjugate(w): z + I}), Proved)
    assert isinstance(is_zero(w - conjugate(z) + I, {conjugate(w): z + I}), Proved)
    assert isinstance(is_zero(s - x, {s: t, t: s + 1}), Unknown)


def test_larger_parts_may_be_abbreviated_by_a_letter() -> None:
    s = Symbol("s", positive=True)
    assert isinstance(is_zero(s**2 - z**2 * conjugate(z) ** 2, {z * conjugate(z): s}), Proved)
    assert isinstance(is_zero(x**3 - x * s, {x**2: s}), Proved)
    twin = is_zero(x**3 - 2 * x * s, {x**2: s})
    assert isinstance(twin, Refuted)
    assert twin.value == -(dict(twin.point)[x] ** 3)


def test_a_relation_between_larger_parts_refutes_only_where_it_holds() -> None:
    assert isinstance(is_zero(x**2 + y**2 - 4, {x**2: 4 - y**2}), Proved)
    assert isinstance(is_zero(x**3 - 4 * x + x * y**2, {x**2: 4 - y**2}), Unknown | Proved)


def test_a_witness_keeps_the_promises_of_defined_letters() -> None:
    gap = Symbol("Delta", positive=True)
    verdict = is_zero(gap - Abs(a - b) + 1, {gap: a - b})
    assert isinstance(verdict, Refuted)
    point = dict(verdict.point)
    assert point[a] > point[b]
    assert isinstance(is_zero(x - 1, {x: -y}), Unknown)


@pytest.mark.parametrize("f", [log, Abs, re, im, sqrt, exp, cosh, conjugate, lambda e: e ** Rational(1, 3)])
def test_functions_have_their_values_at_units_and_on_the_cut(f: Callable[[Expr], Expr]) -> None:
    for point in (Integer(1), Integer(-1), I, -I, 1 + I, Rational(-3, 4)):
        value = Values({z: point})(f(z))
        found = complex(*(int(x.p) / int(x.q) for x in value)) if isinstance(value, tuple) else complex(value)
        assert found == pytest.approx(complex(f(point).evalf(30)), abs=1e-12), point


def test_integer_recurrences_are_refuted_at_integers_only() -> None:
    e = (m**2 - m) / 2 - Add(*range(3)) * (m - 1) * (m - 2) / 2
    verdict = is_zero(e)
    assert isinstance(verdict, Refuted)
    assert dict(verdict.point)[m].is_integer
    assert dict(verdict.point)[m] > 0
    assert isinstance(is_zero(sin(pi * m) + (-1) ** (2 * m) - 1), Proved)
    even = Symbol("k", even=True)
    assert isinstance(is_zero((-1) ** even - 1), Proved)
    assert dict(is_zero(even - 2).point)[even] % 2 == 0


@pytest.mark.parametrize("kinds", [({}, {}), ({}, {"real": True}), ({"real": True}, {"positive": True})])
def test_letters_of_one_name_are_different_letters(kinds: tuple[dict[str, bool], ...]) -> None:
    first, second = (Dummy("x", **kind) for kind in kinds)
    refuted = is_zero(first - second)
    assert isinstance(refuted, Refuted)
    assert dict(refuted.point)[first] - dict(refuted.point)[second] == refuted.value != 0
    assert is_zero((first - second) * (first + second) - first**2 + second**2) == Proved()


def test_a_matrix_is_zero_if_all_its_entries_are() -> None:
    assert is_zero(Matrix([[0, (a**2 - 1) / (a - 1) - a - 1], [sqrt(x) ** 2 - x, 0]])) == Proved((a - 1,))
    assert isinstance(is_zero(Matrix([[q * r - r * q, 0], [x, 0]])), Refuted)
    assert isinstance(is_zero(Matrix([[q * r - r * q, 0], [x - x, 0]])), Unknown)
    assert isinstance(is_zero(Matrix([[log(z**2) - 2 * log(z), nan], [0, 0]])), Unknown)
    assert isinstance(is_zero(Matrix([[0, x], [0, 0]])), Refuted)


def test_an_open_coefficient_of_a_word_leaves_a_matrix_open() -> None:
    nested = sqrt(3 + 2 * sqrt(2)) - 1 - sqrt(2)
    known = (x + y) ** 2 - x**2 - 2 * x * y - y**2
    assert isinstance(is_zero(Matrix([known, known * q])), Proved)
    for entries in ([known, nested * q], [nested, known * q], [nested, nested * q]):
        assert isinstance(is_zero(Matrix(entries)), Unknown)


def test_the_numbers_of_a_refutation_are_exact() -> None:
    verdict = is_zero(z * exp(I * a) - x)
    assert isinstance(verdict, Refuted)
    assert not any(value.has(Float) for _, value in verdict.point)
    assert not verdict.value.has(Float)


def vandermonde(size: int) -> Expr:
    """The divided difference of an exponential on Λ_0 … Λ_n minus its recursion."""
    nodes = symbols(f"Lambda_:{size + 1}", positive=True)
    t = Symbol("t", positive=True)

    def divided(over: tuple[Symbol, ...]) -> Expr:
        return Add(*(exp(-k * t / 2) / Mul(*(j - k for j in over if j != k)) for k in over))

    return divided(nodes) * (nodes[-1] - nodes[0]) - divided(nodes[:-1]) + divided(nodes[1:])


def test_the_transient_of_seven_decay_rates_obeys_its_recursion() -> None:
    verdict = is_zero(vandermonde(6))
    assert isinstance(verdict, Proved)
    assert len(verdict.provided) == 21
    assert isinstance(is_zero(vandermonde(6) + exp(-Symbol("Lambda_0", positive=True))), Refuted)


def test_fractions_with_thousands_of_terms_are_compared() -> None:
    letters = symbols("x_:8", positive=True)
    top, bottom = Add(*letters), letters[0] + 2 * letters[1] + letters[2] * letters[3]
    e = (top**6).expand() / (bottom**4).expand() - top**6 / bottom**4
    assert is_zero(e) == Proved()
    assert isinstance(is_zero(e + letters[0] / 10**6), Refuted)


NONNEGATIVE = {
    "difference squared": x**2 - 2 * x * y + y**2,
    "definite quadratic": a**2 - a * b + b**2,
    "over a sum": (a - b) ** 2 / (x + a**2),
    "modulus": z * conjugate(z),
    "modulus of a sum": (z + w) * (conjugate(z) + conjugate(w)),
    "complex denominators": (x**2 - y**2 + 2 * I * x * y) / (x + I * y) ** 2,
    "odd power": (x + y) ** 3 / x,
    "difference of moduli": (x + a**2) * (y + z * conjugate(z)) - x * y,
    "zero": x - sqrt(x) ** 2,
    "number": sqrt(2) - Rational(7, 5),
    "squares of functions": x * sin(a) ** 2 + cos(a) ** 4 + tanh(x - y) ** 2,
    "waves above zero": x * (1 + cos(a)) / y + 2 - sin(a + b) - cos(b),
    "waves of an amplitude": x * (y - y * cos(a) * sin(b)) + Abs(z) - Abs(z) * cos(a) ** 2 * tanh(b),
    "phases above zero": (exp(I * a) + 2 + exp(-I * a)) * sin(b) ** 2 * Abs(z),
    "decay from one": (1 - exp(-x - a**2)) * log(1 + y) * (1 - tanh(a)),
    "waves above a square": x**2 + y**2 - 2 * x * y * cos(a),
    "modulus of a function": tan(z) * tan(conjugate(z)),
    "root of a modulus": sqrt(z * conjugate(z)) + Abs(z - w) * sin(a) ** 2,
    "odd power of a negative letter": -(Symbol("u", negative=True) ** 3) * (a**2 - a * b + b**2),
}
NEGATIVE_SOMEWHERE = {
    "difference": x - y,
    "indefinite quadratic": a**2 - 3 * a * b + b**2,
    "minus a modulus": -z * conjugate(z),
    "complex": z,
    "odd": a**3,
    "a wave below zero": x * (1 + 2 * cos(a)),
    "a wave of any amplitude": x + a * cos(b),
    "two waves over the square of their sum": x**2 + y**2 + 3 * x * y * cos(a),
    "waves with amplitudes that cancel": a * cos(b) - a,
    "growth from one": 1 - exp(a),
    "phases that are not conjugate": 2 + exp(I * a) + exp(-I * b),
    "imaginary": I * x,
    "number": sqrt(2) - Rational(3, 2),
    "imaginary number": I,
    "complex number": 2 + I * sqrt(2),
    "roots that pair up only off the cut": sqrt(z) * sqrt(conjugate(z)),
}


@pytest.mark.parametrize("e", NONNEGATIVE.values(), ids=NONNEGATIVE.keys())
def test_squares_moduli_and_sums_are_nonnegative(e: Expr) -> None:
    assert isinstance(is_nonnegative(e), Proved), is_nonnegative(e)
    assert isinstance(is_nonnegative(-e), Refuted if e.expand() != 0 and is_zero(e) != Proved() else Proved)


@pytest.mark.parametrize("e", NEGATIVE_SOMEWHERE.values(), ids=NEGATIVE_SOMEWHERE.keys())
def test_what_is_negative_somewhere_is_refuted_there(e: Expr) -> None:
    verdict = is_nonnegative(e)
    assert isinstance(verdict, Refuted), verdict
    assert not verdict.value.is_nonnegative


@pytest.mark.parametrize("scale", [1, y, y / 7, 7 * a])
def test_what_is_negative_in_a_sliver_is_not_proved_nonnegative(scale: Expr) -> None:
    """x² − 2rxs + (r² ∓ δ)s² has roots s(r ± √δ): between them it is negative, though no small point lies there."""
    middle, width = Rational(355, 113), Rational(1, 10**9)
    square = (x - middle * scale) ** 2
    for e in (square - width * scale**2, (x + 1) * (square - width * scale**2)):
        assert not isinstance(is_nonnegative(e.expand()), Proved), e
    assert isinstance(is_nonnegative((square + width * scale**2).expand()), Proved)


PROGRAM = """
from sympy import symbols, exp, I, conjugate, sqrt, Abs
from derive.kernel import is_zero, canonical, factored, is_nonnegative
x, y = symbols("x y", positive=True); z, w = symbols("z w"); a = symbols("a", real=True)
e = (z * conjugate(w) + I * x * exp(I * a)) / (x - y) + w / (z + sqrt(x * y + 1)) - Abs(z) ** 2 / (a - z)
print(is_zero(e), is_zero(e - e.expand() + z / (w + z) + w / (w + z) - 1))
print(canonical(e), factored(e), is_nonnegative(x - y))
"""


def test_answers_do_not_depend_on_the_hash_seed() -> None:
    answers = {
        subprocess.run([sys.executable, "-c", PROGRAM], env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True,
                       text=True, check=True).stdout
        for seed in ("0", "1", "4711")
    }  # fmt: skip
    assert len(answers) == 1
    assert "Proved" in answers.pop()


def verdicts(*entries: Expr) -> list[Verdict]:
    return [is_zero(e) for e in entries]


def test_the_order_of_questions_does_not_change_an_answer() -> None:
    questions = (sqrt(a) * sqrt(b) - sqrt(a * b), z - conjugate(z), (x + y) ** 2 - x**2)
    assert verdicts(*questions) == verdicts(*reversed(questions))[::-1]


def test_definitions_of_numbers_are_evaluated_one_after_the_other() -> None:
    """However many there are, without nesting; Fibonacci's numbers by matrices."""
    letters = symbols("F_0:5000")
    where = [(letters[0], Integer(0)), (letters[1], I)]
    where += [(c, a + b) for a, b, c in zip(letters, letters[1:], letters[2:], strict=False)]
    (found,) = evaluated([letters[-1] / 2], where)
    assert found == I * (Matrix([[1, 1], [1, 0]]) ** 4998)[0, 0] / 2
    with pytest.raises(Undecided):
        evaluated([sqrt(2)], ())


FIRST, SECOND = 10**49 + 12369, 3 * 10**49 + 923  # primes of fifty digits


@pytest.mark.parametrize("number", [FIRST * SECOND, 12 * (FIRST * SECOND) ** 3], ids=["whole", "powers"])
def test_roots_of_numbers_that_nobody_can_factor_are_roots(number: int) -> None:
    """SymPy would have them in primes, which takes years."""
    root = sqrt(number)
    proved((x + root) ** 2 - x**2 - 2 * x * root - number)
    assert isinstance(is_zero((x + root) ** 2 - x**2 - 2 * x * root - 2 * number), Refuted)
    assert isinstance(is_nonnegative(root - x / (x + 1)), Proved | Unknown)


@settings(QUICK, max_examples=40)
@given(
    st.dictionaries(st.sampled_from([2, 3, 97, 65537, 4294967291, 1000000000039, 2**61 - 1]), st.integers(1, 4)),
    st.integers(0, 3),
)
def test_numbers_are_read_in_primes_and_what_is_too_long_for_that_in_powers(
    powers: dict[int, int], times: int
) -> None:
    number = prod(p**n for p, n in powers.items())
    found = dict(prime_powers(number * (FIRST * SECOND) ** times))
    assert prod(p**n for p, n in found.items()) == number * (FIRST * SECOND) ** times
    if times == 0:
        assert found == powers
    if set(powers) <= {2, 3, 97, 65537}:
        assert found == powers | ({FIRST * SECOND: times} if times else {})
