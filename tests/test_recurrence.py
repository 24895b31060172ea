"""Every closed form of a recurrence against the recurrence run in exact and in 50-digit arithmetic."""

from dataclasses import replace
from math import comb

import mpmath
import pytest
from sympy import I, Integer, Rational, Sum, Symbol, binomial, exp, symbols

from derive import Proved, Refuted, Unknown, is_zero
from derive.kernel import factored
from derive.recurrence import FormError, Recurrence, closed, closed_residual, natural_form, pascal

J, KAPPA, GAMMA = symbols("J kappa Gamma", positive=True)
THETA = Symbol("theta", real=True)
HALF = GAMMA / 2
RECURRENCES = {
    "reciprocal chain": Recurrence(KAPPA / 2, -(J**2), KAPPA / 2),
    "general chain": Recurrence(
        KAPPA / 2 + GAMMA, (I * J * exp(-I * THETA) + HALF) * (I * J * exp(I * THETA) + HALF), KAPPA / 2 + HALF
    ),
    "one-way chain": Recurrence(KAPPA / 2 + GAMMA, Integer(0), KAPPA / 2 + HALF),
    "double root": Recurrence(KAPPA, KAPPA**2 / 4, J),
    "two decays": Recurrence(KAPPA + J, KAPPA * J / 5, KAPPA),
}
FORMS = {
    "reciprocal chain": ("powers", "binomial", "alternating", "hyperbolic", "trigonometric"),
    "general chain": ("powers", "binomial", "alternating", "hyperbolic", "trigonometric"),
    "one-way chain": ("product", "powers", "binomial"),
    "double root": ("double", "binomial"),
    "two decays": ("powers", "binomial", "alternating", "hyperbolic", "trigonometric"),
}
PAIRS = [(name, form) for name, forms in FORMS.items() for form in forms]
every_form = pytest.mark.parametrize(("name", "form"), PAIRS)
POINT = {"J": Rational(7, 5), "kappa": Rational(3, 4), "Gamma": Rational(2, 3), "theta": Rational(1, 3)}


def number(e):
    """50 digits of an expression in the letters, sums done."""
    value = e.doit().xreplace({s: POINT[s.name] for s in e.free_symbols}).evalf(60)
    real, imaginary = value.as_real_imag()
    return mpmath.mpc(str(real), str(imaginary))


@every_form
def test_a_closed_form_is_proved_for_every_n_and_its_twin_refuted(name, form):
    found = closed(RECURRENCES[name], form)
    assert isinstance(is_zero(closed_residual(found)), Proved)
    twin = replace(found, value=found.value * Rational(8, 7))
    assert isinstance(is_zero(closed_residual(twin)), Refuted)


@every_form
def test_a_closed_form_has_the_values_of_its_recurrence(name, form):
    found = closed(RECURRENCES[name], form)
    with mpmath.workdps(50):
        rate, loop, last = (number(e) for e in (found.recurrence.rate, found.recurrence.loop, found.recurrence.last))
        before, now = mpmath.mpf(1), last
        for n in range(1, 13):
            assert mpmath.almosteq(number(found.at(n)), now, rel_eps=mpmath.mpf(10) ** -45)
            before, now = now, rate * now - loop * before


def test_the_first_form_is_the_one_the_roots_ask_for():
    assert {name: natural_form(rec) for name, rec in RECURRENCES.items()} == {
        "reciprocal chain": "powers",
        "general chain": "powers",
        "one-way chain": "product",
        "double root": "double",
        "two decays": "powers",
    }


@pytest.mark.parametrize(("name", "form"), [("reciprocal chain", "product"), ("reciprocal chain", "double")])
def test_a_form_that_a_recurrence_does_not_have_is_an_error(name, form):
    with pytest.raises(FormError):
        closed(RECURRENCES[name], form)
    with pytest.raises(FormError, match="binomial"):
        closed(RECURRENCES[name], "elliptic")


def test_a_binomial_sum_with_a_wrong_summand_breaks_pascals_rule():
    found = closed(RECURRENCES["reciprocal chain"], "binomial")
    (sum_,) = found.value.atoms(Sum)
    j = sum_.limits[0][0]
    for wrong in (sum_.function * (1 + j), sum_.function.subs(J, 2 * J)):
        assert any(isinstance(is_zero(e), Refuted) for e in pascal(wrong, found.recurrence))


n, k = symbols("n k", positive=True, integer=True)


@pytest.mark.parametrize(
    "identity",
    [
        binomial(n + k + 1, k) - binomial(n + k, k) - binomial(n + k, k - 1),
        binomial(n + k + 2, k) * (n + 2) * (n + 1) - binomial(n + k, k) * (n + k + 1) * (n + k + 2),
        k * binomial(n + k, k) - (n + k) * binomial(n + k - 1, k - 1),
        binomial(n + k, n) - binomial(n + k, k),
        binomial(n + k, 2 * k) - binomial(n + k, n - k),
    ],
)
def test_identities_of_binomials_are_proved_and_their_twins_refuted(identity):
    assert isinstance(is_zero(identity), Proved)
    assert isinstance(is_zero(identity + binomial(n + k, k) / 7), Refuted)


@pytest.mark.parametrize("up", range(-2, 3))
@pytest.mark.parametrize("along", range(-2, 3))
def test_shifted_binomials_are_what_counting_gives(up, along):
    """C(n + i, k + j) over C(n, k) at n = 9, k = 4, where the identity of the two is a number."""
    ratio = factored(binomial(n + k + up, k + along) / binomial(n + k, k))
    assert not ratio.has(binomial)
    assert ratio.subs({n: 5, k: 4}) == Rational(comb(9 + up, 4 + along), comb(9, 4))


def test_what_a_binomial_is_at_negative_numbers_is_not_guessed():
    """C(−1, −2) has several conventions: no shift is used, and no point is tried, where n may be negative."""
    whole = Symbol("m", integer=True)
    assert isinstance(is_zero(binomial(whole + 1, k) - binomial(whole, k) - binomial(whole, k - 1)), Unknown)
