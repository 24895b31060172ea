"""Zhao, Xie, Huang and Zhang 2025: the largest energies of nonreciprocal and reciprocal chains of odd N, Fig. 2(f).

In units of ωξ²/γ², with y = γ/(2g_b) and F_{n+1} = yF_n + F_{n−1} (F_0 = 0, F_1 = 1):

    E_nr = [8x/(1 + 2x)² · (4x/(1 + 4x))^{N−1}]², x = g_b/γ        E_r1 = [2y/F_{N+2}(y)]²

F of odd index is a polynomial in y² with positive coefficients, so convex: if F ≥ yF′ at some y₀, then F ≥ F′(y₀) y for
all y, and the largest E_r1 lies between [2y₀/F(y₀)]² and [2/F′(y₀)]². For rational y₀ these brackets are exact numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from sympy import Expr, Integer, Rational, S, Symbol, ceiling, cosh, diff, exp, floor, log

from derive.builders import positive, real
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.kernel import canonical
from derive.optimum import leading_order, maximum
from derive.papers.zhao2025_letters import SIZES, ZERO, N, cascaded, eq_3, g_b, occupation, without, γ, ξ

x, y, t = (positive(name) for name in ("x", "y", "t"))
v = real("v")
m = Symbol("m", nonnegative=True, integer=True)
ODD = range(1, 26, 2)
STEPS = 24  # halvings of the bracket
COEFFICIENT = Rational(62, 1000)
RATIO = Symbol("E_max^nr/E_max^r1")


def fibonacci(n: int) -> Expr:
    """F_n(y)."""
    before, now = S.Zero, S.One
    for _ in range(n - 1):
        before, now = now, (y * now + before).expand()
    return now


@cache
def best_nonreciprocal(size: Expr) -> Expr:
    """E_max^nr in units of ωξ²/γ², at the g_b that `maximum` finds."""
    return maximum(eq_3(size), g_b).value.subs({ξ: 1, γ: 1})


def bracket(size: int) -> tuple[Expr, Expr]:
    """Lower and upper bound on E_max^r1, both exact rationals."""
    y_0, f, slope = _near_the_peak(size)
    return (2 * y_0 / f) ** 2, (2 / slope) ** 2


@cache
def _near_the_peak(size: int) -> tuple[Expr, Expr, Expr]:
    """A rational y₀ just below the root of F = yF′, with F and F′ there."""
    low, high = Fraction(0), Fraction(2)
    for _ in range(STEPS):
        middle = (low + high) / 2
        f, slope = _value(size + 2, middle)
        low, high = (middle, high) if f >= middle * slope else (low, middle)
    f, slope = _value(size + 2, low)
    return tuple(Rational(e.numerator, e.denominator) for e in (low, f, slope))


def _value(n: int, at: Fraction) -> tuple[Fraction, Fraction]:
    """F_n and F_n′ at a rational y."""
    before, now, slope_before, slope = Fraction(0), Fraction(1), Fraction(0), Fraction(0)
    for _ in range(n - 1):
        before, now, slope_before, slope = now, at * now + before, slope, now + at * slope + slope_before
    return now, slope


def brackets() -> Iterator[Statement]:
    """E_r1 of built chains by F_{N+2}, and F(y) − F′(y₀)y ≥ 0: the tangent at y₀ below a convex F."""
    for size in SIZES:
        true = occupation(without(cascaded(size, ZERO)), size)
        printed = (2 * y / fibonacci(size + 2)).subs(y, γ / (2 * g_b)) ** 2 * (ξ / γ) ** 2
        yield Equal(Symbol("E_N^r1"), printed, true)
    name = Symbol("F")
    for size in ODD[1:]:
        f = fibonacci(size + 2)
        y_0, value, slope = _near_the_peak(size)
        yield Equal(name, value, f.subs(y, y_0))
        yield Equal(Symbol("F'"), slope, diff(f, y).subs(y, y_0))
        yield AtLeast(diff(f, y, 2), S.Zero, Equation(Symbol("F''"), S.Zero, "≥"))
        yield AtLeast(value, y_0 * slope, Equation(name, y * Symbol("F'"), "≥"))


# -- the fit ------------------------------------------------------------------------------------------------------


def ratios(size: int) -> tuple[Expr, Expr]:
    """Lower and upper bound on E_max^nr/E_max^r1."""
    low, high = bracket(size)
    top = best_nonreciprocal(Integer(size))
    return top / high, top / low


def fitted() -> Iterator[Statement]:
    """Least squares c = Σ(R_N − 1) ln N/Σ ln² N over N = 1, 3, …, 25 rounds to 0.062; no residual exceeds 0.0085."""
    low, high, norm = S.Zero, S.Zero, S.Zero
    shown = Equation(RATIO, 1 + COEFFICIENT * log(N), "≈")
    yield from brackets()
    for size in ODD[1:]:
        smallest, largest = ratios(size)
        weight = log(Integer(size))
        low, high, norm = low + weight * (smallest - 1), high + weight * (largest - 1), norm + weight**2
        law, most = 1 + COEFFICIENT * weight, Rational(85, 10000)
        yield AtLeast(law + most, largest, shown)
        yield AtLeast(smallest, law - most, shown)
    half = Rational(5, 10000)
    yield AtLeast(low, (COEFFICIENT - half) * norm, shown)
    yield AtLeast((COEFFICIENT + half) * norm, high, shown)


def growing() -> Iterator[Statement]:
    """R_{N+2} > R_N for N = 1, 3, …, 23."""
    shown = Equation(Symbol("R_(N+2)"), Symbol("R_N"), "≥")
    yield from brackets()
    yield AtLeast(ratios(3)[0], S.One, shown)
    yield from (AtLeast(ratios(size + 2)[0], ratios(size)[1], shown) for size in ODD[1:-1])


def differing(larger: bool) -> Iterator[Statement]:
    """E_max^nr − E_max^r1 grows with N, in units of ωξ²/γ² and to six digits, or falls from N = 3 on."""
    if not larger:
        yield from brackets()
    shown = Equation(Symbol("D_N"), Symbol("D_(N+2)"), "≤" if larger else "≥")
    for size in ODD[1:-1]:
        (low, _), (_, most) = (
            tuple(best_nonreciprocal(Integer(n)) - e for e in reversed(bracket(n))) for n in (size, size + 2)
        )
        pair = (ceiling(most * 10**6), floor(low * 10**6)) if larger else (low, most)
        yield AtLeast(pair[0] / 10**6, pair[1] / 10**6, shown) if larger else AtLeast(*pair, shown)


def saturating() -> Iterator[Statement]:
    """N²E_max^nr → 64e^{−2}, and N²E_max^r1 → 16 max_v (v/cosh v)² between 16 · 0.66274² and 16 · 0.66280².

    F_n(y) ≤ cosh(ny/2), since sinh φ = y/2 ≥ φ, is the lower bound at ny = 2 · 6/5. Above, with v = y√(n² − 1)/2 and
    all but four terms of F_n dropped, F_n ≥ 1 + v²/2 + (1 − 8/q)v⁴/24 + (1 − 8/q)(1 − 24/q)v⁶/720, q = n² − 1 → ∞,
    and v⁴ ≥ 2τ²v² − τ⁴, v⁶ ≥ 3τ⁴v² − 2τ⁶ leave a quadratic at τ = 6/5.
    """
    constant, power = leading_order(maximum(eq_3(N), g_b).value, N, large=True)
    c, τ = Rational(6628, 10000), Rational(6, 5)
    quadratic = 1 + v**2 / 2 + (2 * τ**2 * v**2 - τ**4) / 24 + (3 * τ**4 * v**2 - 2 * τ**6) / 720
    low, high = (4 * exp(-2) / e**2 for e in (c, Rational(66274, 100000)))
    limit = Equation(RATIO, Rational(12325, 10000), "→")
    yield from coefficients()
    yield Equal(Symbol("N^2 E_max^nr"), 64 * exp(-2) * ξ**2 / γ**2 * N**-2, constant * N**power)
    yield AtLeast(v**4, 2 * τ**2 * v**2 - τ**4, limit)
    yield AtLeast((v**2 - τ**2) ** 2 * (v**2 + 2 * τ**2), S.Zero, limit)
    yield Equal(v**6, v**6, (v**2 - τ**2) ** 2 * (v**2 + 2 * τ**2) + 3 * τ**4 * v**2 - 2 * τ**6)
    yield AtLeast(c * quadratic, v, limit)
    yield AtLeast(τ / cosh(τ), Rational(66274, 100000), limit)
    yield AtLeast(low, Rational(12322, 10000), limit)
    yield AtLeast(Rational(12325, 10000), high, limit)


# -- every odd N --------------------------------------------------------------------------------------------------


def coefficients() -> Iterator[Statement]:
    """F_n = 1 + c_1y² + c_2y⁴ + c_3y⁶ + … for odd n, by F_{n+2} = (2 + y²)F_n − F_{n−2} from F_{−1} = F_1 = 1.

    c_1 = (n² − 1)/8, c_2 = c_1(n² − 9)/48, c_3 = c_2(n² − 25)/120; all further ones are positive, as the recurrence
    F_{n+1} = yF_n + F_{n−1} only adds.
    """
    n = 2 * m + 1
    c_1 = (n**2 - 1) / 8
    c_2 = c_1 * (n**2 - 9) / 48
    table = [S.Zero, S.One, c_1, c_2, c_2 * (n**2 - 25) / 120]
    for k in range(1, 5):
        ahead, now, behind = (table[k].subs(m, at) if table[k].has(m) else table[k] for at in (m + 1, m, m - 1))
        yield Equal(Symbol(f"c_{k - 1}"), ahead, 2 * now - behind + table[k - 1])
        yield Equal(Symbol(f"c_{k - 1}(F_1)"), S.One if k == 1 else S.Zero, table[k].subs(m, 0))
        yield Equal(Symbol(f"c_{k - 1}(F_-1)"), S.One if k == 1 else S.Zero, table[k].subs(m, -1))


def ahead() -> Iterator[Statement]:
    """E_max^nr > E_max^r1 for every odd N ≥ 3, with μ = N + 1 and e² < 7.3891.

    √E_max^r1 ≤ 4c/√(μ(μ + 2)), c = 17/25: F_{N+2} ≥ 1 + v²/2 + (2/3)v⁴/24 as in `saturating`, 8/q ≤ 1/3 for N ≥ 3.
    √E_max^nr ≥ 8μ/(μ + 2)² · (1 + 1/μ)^{2−μ}, its value at g_b = μγ/4, and (1 + t)^{1/t} ≤ e(2 + t)/(2 + 2t) at
    t = 1/μ, because χ = t + t ln((2 + t)/(2 + 2t)) − ln(1 + t) has χ(0) = χ′(0) = 0 and χ″ ≥ 0. What remains is
    16(μ + 1)⁶ ≥ c²e²μ(μ + 2)³(2μ + 1)² at μ = 4 + j.
    """
    c, τ = Rational(17, 25), Rational(6, 5)
    quadratic = 1 + v**2 / 2 + Rational(2, 3) * (2 * τ**2 * v**2 - τ**4) / 24
    χ = t + t * log((2 + t) / (2 + 2 * t)) - log(1 + t)
    μ = N + 1
    at_trial = eq_3(N).subs({g_b: μ * γ / 4})
    trial = (8 * μ / (μ + 2) ** 2 * (μ / (μ + 1)) ** (μ - 2)) ** 2 * (ξ / γ) ** 2
    j = 4 + Symbol("j", nonnegative=True)
    left = 16 * (j + 1) ** 6 - c**2 * Rational(73891, 10000) * j * (j + 2) ** 3 * (2 * j + 1) ** 2
    shown = Equation(Symbol("E_max^nr"), Symbol("E_max^r1"), "≥")
    yield from coefficients()
    yield AtLeast(v**4, 2 * τ**2 * v**2 - τ**4, shown)
    yield AtLeast(c * quadratic, v, shown)
    yield Equal(Symbol("E_nr"), trial, at_trial)
    yield Equal(Symbol("chi(0)"), S.Zero, χ.subs(t, 0))
    yield Equal(Symbol("chi'(0)"), S.Zero, diff(χ, t).subs(t, 0))
    yield AtLeast(canonical(diff(χ, t, 2)), S.Zero, Equation(Symbol("chi''"), S.Zero, "≥"))
    yield AtLeast(Rational(73891, 10000), exp(2), Equation(exp(2), Rational(73891, 10000), "≤"))
    yield AtLeast(left, S.Zero, shown)


def equal_maxima() -> Iterator[Statement]:
    """N = 1: both energies are ξ²/γ² at g_b = γ/2 and never more."""
    for name, net in (("E_1^nr", cascaded(1)), ("E_1^r1", without(cascaded(1, ZERO)))):
        energy, most = occupation(net, 1), (ξ / γ) ** 2
        yield Equal(Symbol(name), most, energy.subs(g_b, γ / 2))
        yield AtLeast(most, energy, Equation(Symbol(name), most, "≤"))


CLAIMS = (
    Claim(
        "Below Eq. (3), odd N",
        "The largest nonreciprocal energy exceeds the largest reciprocal one for odd N",
        ahead,
        scope="all N",
        method="bound",
        because="For every odd N ≥ 3, each chain at its own optimum; for N = 1 they are equal.",
        form=Equation(Symbol("E_max^nr"), Symbol("E_max^r1"), ">"),
    ),
    Claim(
        "Below Eq. (3), N = 1",
        "Optimal nonreciprocal and reciprocal charging are equal",
        equal_maxima,
        scope="N = 1",
        method="bound",
        form=Equation(Symbol("E_max^nr"), Symbol("E_max^r1")),
    ),
    Claim(
        "Below Eq. (3), fit",
        "The ratio of the largest energies is fitted by 1 + 0.062 ln N",
        fitted,
        scope="N = 1, 3, ..., 25",
        method="numeric",
        because="Least squares over odd N from 1 to 25 give 0.0620, with residuals up to 0.0085 (up to N = 11 they "
        "give 0.0646). It is no law: the ratio does not grow as ln N but tends to 1.2325, see below.",
        form=Equation(RATIO, 1 + COEFFICIENT * log(N), "≈"),
        departure=Departure("fit", "odd N from 1 to 25"),
    ),
    Claim(
        "Below Eq. (3), growing ratio",
        "The ratio grows with the number of batteries",
        growing,
        scope="N = 1, 3, ..., 25",
        method="bound",
        form=Equation(Symbol("R_(N+2)"), Symbol("R_N"), ">"),
        because="R_N = E_max^nr/E_max^r1, which is one for N = 1.",
    ),
    Claim(
        "Below Eq. (3), difference",
        "The difference of the largest energies becomes larger with N",
        lambda: differing(True),
        lambda: differing(False),
        "D_N = E_max^nr − E_max^r1 is 0 for N = 1, 0.0209 for N = 3 in units of ωξ²/γ², and falls from there, to "
        "0.0018 for N = 25: both energies go as 1/N². It is their ratio that grows.",
        scope="N = 3, 5, ..., 25",
        method="bound",
        form=Equation(Symbol("D_N"), Symbol("D_(N+2)"), "≤"),
        corrected_form=Equation(Symbol("D_N"), Symbol("D_(N+2)"), "≥"),
        departure=Departure(
            "condition",
            "the difference is that of the ratio from one",
            ("E_max^nr − E_max^r1", "their ratio: holds, see Below Eq. (3), growing ratio"),
        ),
    ),
    Claim(
        "Below Eq. (3), asymptote",
        "Limit of the ratio for many batteries",
        saturating,
        scope="all N",
        method="limit",
        because="Not printed: 4/(e²λ²) = 1.2325 with λ = max v/cosh v = 0.66274, Laplace's limit. "
        "N²E_max^nr/E_1 tends to "
        "64e^{−2} and N²E_max^r1/E_1 to 16λ². The fit passes it at N = 43.",
        form=Equation(RATIO, 4 * exp(-2) / Symbol("lambda") ** 2, "→"),
    ),
)
