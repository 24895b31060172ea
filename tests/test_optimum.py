"""Optima, windows and leading orders with a symbolic count, held against 50-digit arithmetic and built networks."""

from dataclasses import replace
from itertools import pairwise

import mpmath
import pytest
from sympy import E, Integer, Matrix, Rational, Symbol, exp, lambdify, log, sqrt

from derive import Proved, Refuted, chain, is_zero, langevin, star, steady_state
from derive.builders import positive
from derive.errors import WrongKind
from derive.optimum import (
    OptimumError,
    from_one,
    leading_order,
    logarithmic_slope,
    maximum,
    maximum_residual,
    nonnegative_pieces,
    sign,
    stationary_points,
    turn,
    window,
    window_residual,
)
from derive.stories.formulas import (
    CASCADED_STABLE,
    DIRECT,
    GAMMA,
    KAPPA,
    LOSS,
    OMEGA,
    PARALLEL_ENERGY,
    RECIPROCAL_STAR_ENERGY,
    ZHAO_CASCADED_STABLE,
    ZHAO_PARALLEL,
    J,
    N,
)

x, a, b = positive("x"), positive("a"), positive("b")
CURVES = {
    "chain": (CASCADED_STABLE, GAMMA, KAPPA * (N + sqrt(N**2 + 8 * N)) / 4),
    "star": (PARALLEL_ENERGY, GAMMA, KAPPA / sqrt(N)),
    "reciprocal star": (RECIPROCAL_STAR_ENERGY, J, KAPPA / (2 * sqrt(N))),
    "triangles in series": (ZHAO_CASCADED_STABLE, DIRECT, LOSS * (N + sqrt(N**2 + 8 * N)) / 8),
    "triangles in parallel": (ZHAO_PARALLEL, DIRECT, LOSS / (2 * sqrt(N))),
}
every_curve = pytest.mark.parametrize("name", CURVES)


def numbers(e, variable, size):
    """A function of one variable at 50 digits, every other letter a fixed rational."""
    rest = sorted(e.free_symbols - {variable, N}, key=lambda s: s.name)
    values = {s: Rational(k + 3, 2 * k + 5) for k, s in enumerate(rest)}
    return lambdify(variable, e.subs({**values, N: Integer(size)}), "mpmath"), values


@every_curve
def test_the_optimum_of_a_paper_is_found(name):
    curve, variable, best = CURVES[name]
    found = maximum(curve, variable)
    assert isinstance(is_zero(found.point - best), Proved)
    assert isinstance(is_zero(maximum_residual(curve, found)), Proved)


@every_curve
def test_the_optimum_is_where_50_digit_arithmetic_puts_it(name):
    curve, variable, _ = CURVES[name]
    found = maximum(curve, variable)
    with mpmath.workdps(50):
        for size in (1, 2, 3, 7, 40):
            energy, values = numbers(curve, variable, size)
            best = found.point.subs({**values, N: size})
            at = mpmath.mpf(str(best.evalf(60)))
            near = mpmath.mpf(10) ** -18
            beside = (mpmath.mpf(1) / 100, mpmath.mpf(9) / 10, 1 - near, 1 + near, mpmath.mpf(11) / 10, 100)
            assert energy(at) > max(energy(at * f) for f in beside)
            assert abs(mpmath.mpf(str(found.value.subs({**values, N: size}).evalf(60))) / energy(at) - 1) < 1e-40


@every_curve
def test_a_wrong_optimum_is_refuted(name):
    curve, variable, _ = CURVES[name]
    found = maximum(curve, variable)
    other = found.point * Rational(8, 7)
    for wrong in (
        replace(found, point=other),
        replace(found, point=other, factor=variable - other, value=curve.subs(variable, other)),
        replace(found, value=found.value * Rational(8, 7)),
        replace(found, slope=-found.slope),
    ):
        assert isinstance(is_zero(maximum_residual(curve, wrong)), Refuted)


def test_the_value_at_the_optimum_is_what_the_network_stores():
    for size in (1, 2, 3, 5):
        for build, curve, last in ((chain, CASCADED_STABLE, f"b_{size}"), (star, PARALLEL_ENERGY, "b_1")):
            found = maximum(curve, GAMMA)
            energy = steady_state(langevin(build(size, "nonreciprocal"))).energy(last)
            here = {N: Integer(size)}
            assert isinstance(is_zero(energy.subs(GAMMA, found.point.subs(here)) - found.value.subs(here)), Proved)


def test_the_window_of_liu_14_has_both_edges_for_every_count():
    other = PARALLEL_ENERGY.subs(GAMMA, 2 * J)
    found = window(RECIPROCAL_STAR_ENERGY, other, J)
    assert found.edges == (KAPPA / (2 * N), KAPPA / 2)
    assert found.signs == (-1, 1, -1)
    assert isinstance(is_zero(window_residual(RECIPROCAL_STAR_ENERGY, other, found)), Proved)
    for wrong in (
        replace(found, edges=(KAPPA / (3 * N), KAPPA / 2)),
        replace(found, difference=2 * found.difference),
    ):
        assert isinstance(is_zero(window_residual(RECIPROCAL_STAR_ENERGY, other, wrong)), Refuted)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_the_signs_of_a_window_are_those_of_built_networks(size):
    found = window(RECIPROCAL_STAR_ENERGY, PARALLEL_ENERGY.subs(GAMMA, 2 * J), J)
    rc, nc = (steady_state(langevin(star(size, scheme))).energy("b_1") for scheme in ("reciprocal", "nonreciprocal"))
    low, high = (edge.subs(N, size) for edge in found.edges)
    for at, s in zip((low / 2, (low + high) / 2, 2 * high), found.signs, strict=True):
        difference = (rc - nc.subs(GAMMA, 2 * J)).subs(J, at)
        assert sign(difference) == s


def test_several_turns_are_put_in_order_with_their_senses():
    curve = x * (x - 2 * a) ** 2 / (x + a) ** 6
    turns = stationary_points((x**2 + a**2) / (x + a) ** 4 * x, x)
    assert [t.sense for t in turns] in ([-1], [-1, 1, -1])
    with pytest.raises(OptimumError, match="finite"):
        stationary_points(curve, x)
    ordered = window(x**2 + 2 * a**2, 3 * a * x, x)
    assert ordered.edges == (a, 2 * a)
    assert ordered.signs == (1, -1, 1)


def test_a_root_needs_a_sign_change_that_no_letter_can_move():
    assert turn(x**2 + a * x + b, x) is None
    assert turn(b - x**3 - a * x, x).point is None
    assert turn(x**4 - a**4 * N**2, x).point == a * sqrt(N)
    with pytest.raises(OptimumError, match="sign"):
        turn(x - (a - b), x)
    with pytest.raises(OptimumError, match="at most once"):
        turn(x**2 - 3 * a * x + a**2, x)
    with pytest.raises(OptimumError, match="rise to one"):
        maximum(x / (1 + x), x)


def test_signs_hold_for_every_count_or_are_not_given():
    assert sign(N * a + b) == 1
    assert sign((N - 1) * a + b) == 1
    assert sign(-a - N) == -1
    assert sign(N - 1) is None  # zero at N = 1
    assert sign(a - b) is None
    assert sign(a - a) == 0
    assert not from_one(N - 1).has(N)


@pytest.mark.parametrize(("e", "variable", "large", "c", "p"), [
    (maximum(CASCADED_STABLE, GAMMA).point / 2, N, True, KAPPA / 4, 1),
    (maximum(PARALLEL_ENERGY, GAMMA).point / 2, N, True, KAPPA / 2, -Rational(1, 2)),
    (maximum(CASCADED_STABLE, GAMMA).value, N, True, 64 * exp(-2) * OMEGA * positive("epsilon") ** 2 / KAPPA**2, -2),
    (maximum(PARALLEL_ENERGY, GAMMA).value, N, True, 16 * OMEGA * positive("epsilon") ** 2 / KAPPA**2, -2),
    ((1 + a / x) ** (2 * x + 3), x, True, exp(2 * a), 0),
    ((x + a) / (x**2 + b), x, False, a / b, 0),
    ((x + a) / (x**2 + b), x, True, 1, -1),
    (sqrt(x**2 + a * x), x, False, sqrt(a), Rational(1, 2)),
])  # fmt: skip
def test_leading_orders_are_exact(e, variable, large, c, p):
    found = leading_order(e, variable, large=large)
    assert isinstance(is_zero(Matrix([found[0] - c, found[1] - p])), Proved)
    assert isinstance(is_zero(found[0] * Rational(8, 7) - c), Refuted)
    rest = {s: Rational(k + 3, 2 * k + 5) for k, s in enumerate(sorted(e.free_symbols - {variable}, key=str))}
    with mpmath.workdps(80):
        far = mpmath.mpf(10) ** (40 if large else -40)
        value = lambdify(variable, e.subs(rest), "mpmath")(far)
        limit = lambdify(variable, (c * variable**p * Integer(1)).subs(rest), "mpmath")(far)
        assert abs(value / limit - 1) < mpmath.mpf(10) ** -15


def test_a_power_that_grows_or_vanishes_has_no_leading_order():
    with pytest.raises(OptimumError, match="growing power"):
        leading_order((1 + a) ** x / x, x, large=True)
    with pytest.raises(OptimumError, match="exponent"):
        leading_order((1 + 1 / x) ** (x**2), x, large=True)
    with pytest.raises(OptimumError, match="leading order"):
        leading_order(log(x), x, large=True)


def test_saturation_is_the_value_far_out():
    assert leading_order(3 * x / (x + a), x, large=True) == (3, 0)
    assert leading_order(x / (x + a) ** 2, x, large=True) == (1, -1)


def test_the_slope_of_a_symbolic_power_is_rational():
    slope = logarithmic_slope((x / (x + a)) ** N, x)
    assert isinstance(is_zero(slope - N * a / (x * (x + a))), Proved)
    assert Symbol("N") not in slope.free_symbols
    assert E not in slope.atoms()


def test_chain_and_star_cross_between_fifteen_and_sixteen_batteries():
    """The claim on Liu Fig. 1: 30 digits, as the two differ by four parts in 10⁵ at N = 16."""
    with mpmath.workdps(30):
        for size in (*range(2, 120), 10**4, 10**8):
            g = (size + mpmath.sqrt(mpmath.mpf(size) ** 2 + 8 * size)) / 4
            last = 4 * g / (g + 1) ** 2 * (2 * g / (2 * g + 1)) ** (size - 1)
            each = 4 / (1 + mpmath.sqrt(size)) ** 2
            assert (last > each) == (size <= 15)


def test_a_polynomial_is_shown_to_be_positive_piece_by_piece():
    e = x**4 - 3 * x**3 + 4 * x**2 - 3 * x + Rational(11, 10)
    pieces = nonnegative_pieces(e, x)
    ends = sorted((a, b) for a, b in pieces if b is not None)
    assert ends[0][0] == 0
    assert all(one[1] == other[0] for one, other in pairwise(ends))
    assert [a for a, b in pieces if b is None] == [ends[-1][1]]
    with pytest.raises(OptimumError, match="nonnegative at every"):
        nonnegative_pieces(e - Rational(1, 5), x)
    with pytest.raises(OptimumError, match="nonnegative at every"):
        nonnegative_pieces((x - sqrt(2)) * (x - sqrt(2) - Rational(1, 1000)), x)


@pytest.mark.parametrize(
    ("letter", "error", "says"),
    [(Symbol("x"), OptimumError, "its assumptions included"), ("x", WrongKind, "kind Symbol, but 'x'")],
)
def test_a_letter_that_only_reads_like_that_of_the_curve_is_refused(letter, error, says):
    curve = x / (x + a) ** 2
    assert maximum(curve, x).point == a
    for asked in (maximum, stationary_points, leading_order, lambda e, s: window(e, a, s)):
        with pytest.raises(error, match=says):
            asked(curve, letter)
