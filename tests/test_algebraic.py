"""Letters that are roots of polynomials, conjugates of roots, and nested roots, against numbers."""

import pytest
from sympy import I, Integer, Rational, conjugate, cos, cosh, exp, log, pi, sin, sinh, sqrt, symbols

from derive.kernel import Proved, Refuted, conjugated, is_zero

a, b, t = symbols("a b t", positive=True)
x, y, z = symbols("x y z")
CUBIC = {x**3: a * x + b}
BOTH = {**CUBIC, y**2: -x * y - x**2 + a}


def test_a_letter_reduces_by_the_equation_whose_root_it_is():
    assert isinstance(is_zero(x**4 - a * x**2 - b * x, CUBIC), Proved)
    assert isinstance(is_zero(x**4 - a * x**2, CUBIC), Refuted)
    assert isinstance(is_zero(1 / x - (x**2 - a) / b, CUBIC), Proved)


def test_two_roots_of_one_equation_are_different_letters():
    assert isinstance(is_zero(y**3 - a * y - b, BOTH), Proved)
    third = -x - y
    assert isinstance(is_zero(third**3 - a * third - b, BOTH), Proved)
    assert isinstance(is_zero(x * y * third - b, BOTH), Proved)
    assert isinstance(is_zero(x - y, BOTH), Refuted)
    assert is_zero(1 / (x - y) + 1 / (y - x), BOTH) == Proved((x - y,))


def test_the_conjugate_of_a_root_is_a_root_of_the_conjugate_equation():
    where = {x**2: z * x + 1}
    star = conjugate(x)
    assert isinstance(is_zero(star**2 - conjugate(z) * star - 1, where), Proved)
    assert isinstance(is_zero(star**2 - z * star - 1, where), Refuted)


def test_the_conjugate_of_a_square_root_squares_to_the_conjugate():
    assert is_zero(conjugate(sqrt(z)) ** 2 - conjugate(z)) == Proved()
    assert isinstance(is_zero(conjugate(1 / sqrt(z)) * conjugate(sqrt(z)) - 1), Proved)
    assert isinstance(is_zero(conjugate(sqrt(z)) - sqrt(conjugate(z))), Refuted)  # on the branch cut


@pytest.mark.parametrize("number", [2 - 3 * I, 1 + I, -2 + Rational(5, 3) * I, -1 - I / 7, I, -I, -3 * I], ids=str)
def test_roots_and_logarithms_of_complex_numbers_are_conjugated_below_their_sign(number):
    for n in (2, 3):
        root = number ** Rational(1, n)
        star = conjugated(root)
        assert star == conjugated(number) ** Rational(1, n)
        assert abs(complex(star) - complex(root).conjugate()) < 1e-15
        size = number.as_real_imag()[0] ** 2 + number.as_real_imag()[1] ** 2
        assert is_zero(root * star - size ** Rational(1, n)) == Proved()
        assert is_zero((a * root * star) ** 2 - a**2 * abs(root) ** 4) == Proved()
        assert isinstance(is_zero(root * star + size ** Rational(1, n)), Refuted)
        assert isinstance(is_zero(root - star), Refuted)
    assert conjugated(log(number)) == log(conjugated(number))
    assert conjugated(log(-a)) != log(-a)  # on the branch cut


@pytest.mark.parametrize(
    "base", [Integer(-1), Integer(-2), Rational(-3, 7), -a, -a - b, I, 2 * I, -I, -3 * I * a], ids=str
)
@pytest.mark.parametrize("power", [Rational(1, 3), Rational(-2, 5), I, a * I, b, sqrt(2), x], ids=str)
def test_powers_of_negative_and_imaginary_numbers_turn_by_their_logarithm(base, power):
    value, point = base**power, {a: Rational(2, 3), b: Rational(5, 7), x: 1 - I / 3}
    star = conjugated(value)
    assert abs(complex(star.subs(point)) - complex(value.subs(point)).conjugate()) < 1e-14
    assert conjugated(star) - value == 0 or isinstance(is_zero(conjugated(star) - value), Proved)
    size = abs(base) ** (power + conjugated(power)) * exp((power - conjugated(power)) * log(base / abs(base)))
    assert isinstance(is_zero(value * star - size), Proved)
    assert isinstance(is_zero(value * star - 2 * size), Refuted)


def test_cosh_of_a_real_or_imaginary_root_is_real():
    root = sqrt(a - b)
    for e in (cosh(root * t), sinh(root * t) / root, root * sinh(root * t), root * sin(root * t), cos(root * t)):
        assert conjugated(e) == e
        assert conjugated(z * e) == conjugate(z) * e
        for value in (1, 3):
            number = e.subs({a: value, b: 2, t: Rational(7, 5)})
            assert abs(complex(number).imag) < 1e-14
    assert conjugated(sinh(root * t)) != sinh(root * t)
    assert conjugated(cosh(sqrt(z) * t)) != cosh(sqrt(z) * t)


@pytest.mark.parametrize("n", [5, 8, 10])
def test_sines_and_cosines_of_small_angles_have_no_hidden_relations(n):
    for j in range(1, n):
        assert is_zero(sin(j * pi / n) ** 2 + cos(j * pi / n) ** 2 - 1) == Proved()
        assert (
            is_zero(2 * sin(pi / n) * sin(j * pi / n) - cos((j - 1) * pi / n) + cos((j + 1) * pi / n))
            == Proved()
        )
        assert is_zero(exp(2 * I * pi * j / n) ** n - 1) == Proved()
    assert isinstance(is_zero(sin(pi / n) - cos(pi / n) * Rational(1, 3)), Refuted)
