"""Zhao, Xie, Huang and Zhang 2025: the gains over reciprocal charging for every N, and the optimal interaction.

With x = g_b/γ, and rates in units of γ/2, the three chains have the determinants of rows of equal cells

    nr   e²d^{N−1}                                     e = 1 + 2x at the ends, d = 1 + 4x between
    r1   d_{N+1},  d_{n+1} = d_n + 4x²d_{n−1}          d_0 = d_1 = 1
    r2   D_{N+1},  D_{n+1} = dD_n − 8ix²D_{n−1}        D_0 = 1, D_1 = e, and e for d in the last step

so that G_{N1} = [2^N d_{N+1}/(e²d^{N−1})]² and G_{N2} = 2^N |D_{N+1}|²/(e⁴d^{2N−2}), exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from sympy import Expr, I, Integer, Rational, S, Symbol, diff, expand_log, log, pi, sqrt

from derive.builders import positive, real
from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement
from derive.counts import FamilyState, closed_form
from derive.derivation import Equation
from derive.families import Branch, Family, Node, triangle
from derive.families import chain as liu_chain
from derive.families import star as liu_star
from derive.kernel import abs_squared, canonical, conjugated
from derive.optimum import from_one, leading_order, maximum, maximum_residual
from derive.papers.zhao2025_letters import (
    BALANCED,
    SIZES,
    ZERO,
    N,
    cascaded,
    eq_3,
    eq_5,
    g_1,
    g_2,
    g_b,
    occupation,
    without,
    γ,
    ξ,
)

x, s, t, u = (positive(name) for name in ("x", "s", "t", "u"))
n = Symbol("n", nonnegative=True, integer=True)
END, INNER, LOOP = 1 + 2 * x, 1 + 4 * x, 8 * x**2
TENTH = MappingProxyType({x: s / (10 * (1 + s))})  # every x < 1/10


# -- the families, for every N -----------------------------------------------------------------------------------


def family(phase: Expr | None, in_series: bool) -> FamilyState:
    """The tuned triangles at one phase, or at None reciprocal case I, for every N."""
    if phase is None:
        book = {positive("J"): g_b, positive("kappa"): γ, positive("epsilon"): ξ}
        plain = (liu_chain if in_series else liu_star)(N)
        (branch,) = plain.root.branches
        link = replace(branch.link, net=branch.link.net.subs(book))
        branch = replace(branch, link=link, cell=Node(γ))
        return closed_form(replace(plain, root=Node(γ, (branch,)), drive=ξ))
    link = triangle()
    link = replace(link, net=link.net.subs({g_1: BALANCED, g_2: BALANCED, real("theta"): phase}))
    length, copies = (N, S.One) if in_series else (S.One, N)
    branch = Branch(link, Node(γ), length=length, copies=copies)
    return closed_form(Family(Node(γ, (branch,)), "Tuned triangles", "c", ξ))


def determinants() -> Iterator[Statement]:
    """Rates, loops and ways onward of the three rows are those of the first lines of this module."""
    half, at = γ / 2, {x: g_b / γ}
    for name, phase, end, inner, loop, onward in (
        ("nr", -pi / 2, END, INNER, S.Zero, 4 * g_b**2),
        ("r1", None, S.One, S.One, -4 * x**2, g_b**2),
        ("r2", S.Zero, END, INNER, I * LOOP, 2 * g_b**2),
    ):
        state = family(phase, in_series=True)
        (row,) = state.rows
        for what, printed, true in (
            ("end", half * end, row.recurrence.last),
            ("charger", half * end, state.own),
            ("inner", half * inner, row.recurrence.rate),
            ("loop", half**2 * loop, row.recurrence.loop),
            ("onward", onward, abs_squared(row.entries.onward)),
        ):
            yield Equal(Symbol(f"{what}_{name}"), printed.subs(at), true)


def first(size: int) -> Expr:
    """√G_{N1} = 2^N d_{N+1}/(e²d^{N−1})."""
    before, now = S.One, S.One
    for _ in range(size):
        before, now = now, (now + 4 * x**2 * before).expand()
    return 2**size * now / (END**2 * INNER ** (size - 1))


def second(size: int) -> Expr:
    """G_{N2} = 2^N |D_{N+1}|²/(e⁴d^{2N−2})."""
    before, now = S.One, END
    for k in range(1, size + 1):
        before, now = now, ((END if k == size else INNER) * now - I * LOOP * before).expand()
    return 2**size * abs_squared(now) / (END**4 * INNER ** (2 * size - 2))


def exact() -> Iterator[Statement]:
    """Both gains against those of built networks of one to six batteries."""
    yield from determinants()
    for size in SIZES:
        top = occupation(cascaded(size), size)
        for name, gain, rival in (
            ("G_N1", first(size) ** 2, without(cascaded(size, ZERO))),
            ("G_N2", second(size), cascaded(size, ZERO)),
        ):
            true = canonical(top / occupation(rival, size))
            yield Equal(Symbol(name), gain.subs(x, g_b / γ), true)


# -- cascaded gains ------------------------------------------------------------------------------------------------


def weak_gain() -> Iterator[Statement]:
    """ln G_{N1} = 2N ln 2 − 8Nx + (24N − 8)x² + …, against 2N ln 2 − 8Nx + 16N²x² of [2^N/(4Nx + 1)]².

    d_n = 1 + 4(n − 1)x² + O(x⁴) for n ≥ 1, by the recurrence; the odd powers of x come from e and d alone.
    """
    short = 1 + 4 * (n + 1) * x**2  # d_{n+2} from d_{n+1}, d_n, up to x²
    step = (1 + 4 * n * x**2 + 4 * x**2 * (1 + 4 * (n - 1) * x**2)).expand()
    even = 1 + 4 * N * x**2
    true = expand_log(log(4**N * even**2 / (END**4 * INNER ** (2 * N - 2))), force=True)
    printed = expand_log(log((2**N / (4 * N * x + 1)) ** 2), force=True)
    name = Symbol("ln G_N1")
    yield from determinants()
    yield Equal(Symbol("d_(n+2)"), short, step.coeff(x, 0) + step.coeff(x, 2) * x**2)
    yield Equal(name, printed.subs(x, 0), true.subs(x, 0))
    yield Equal(Symbol("dln G_N1/dx"), diff(printed, x).subs(x, 0), diff(true, x).subs(x, 0))
    yield Equal(Symbol("d^2 ln G_N1/dx^2"), 48 * N - 16, diff(true, x, 2).subs(x, 0))


def falling_gain() -> Iterator[Statement]:
    """∂ ln √G_{N1}/∂x < 0 at x < 1/4: d_{N+1} = R_1 … R_N with R_n = 1 + 4x²/R_{n−1} ≥ 1 gives Σ R_n′/R_n ≤ 8Nx.

    R_n′ = 8x/R_{n−1} − 4x²R_{n−1}′/R_{n−1}² with 0 ≤ R_{n−1}′ ≤ 8x lies in the same range. Against it stand
    4/(1 + 2x) + 4(N − 1)/(1 + 4x).
    """
    mean, slope = 1 + u, 8 * x * t / (1 + t)
    shown = Equation(Symbol("dG_N1/dx"), S.Zero, "≤")
    next_slope = 8 * x / mean - 4 * x**2 * slope / mean**2
    quarter = {x: s / (4 * (1 + s))}
    rest = from_one(4 / END + 4 * (N - 1) / INNER - 8 * N * x)
    yield from determinants()
    yield AtLeast(8 * x, next_slope, shown)
    yield AtLeast(next_slope, S.Zero, shown, quarter)
    yield AtLeast(rest, S.Zero, shown, quarter)


def strong_gain() -> Iterator[Statement]:
    """d_{2k} ~ (4x²)^k and d_{2k+1} ~ (k + 1)(4x²)^k at large x: G_{N1} → 4 for odd N, ~ [(N + 2)/(2x)]² for even N."""
    k = Symbol("k", nonnegative=True, integer=True)
    four = 4 * x**2
    top = (4 * x) ** (N - 1) * four
    even_top = (N / 2 + 1) * (2 * x) ** N
    yield from determinants()
    yield Equal(Symbol("d_(2k+1)"), (k + 1) * four**k, four**k + four * k * four ** (k - 1))
    yield Equal(Symbol("d_(2k+2)"), four ** (k + 1), four * four**k)
    yield Equal(Symbol("G_N1(odd)"), Integer(4), (2**N * (2 * x) ** (N + 1) / top) ** 2)
    yield Equal(Symbol("G_N1(even)"), ((N + 2) / (2 * x)) ** 2, (2**N * even_top / top) ** 2)
    yield from (
        Equal(Symbol("G_N1"), S(4) if size % 2 else ((S(size) + 2) / (2 * x)) ** 2, _far(first(size)) ** 2)
        for size in SIZES
    )


def _far(e: Expr) -> Expr:
    constant, power = leading_order(e, x, large=True)
    return constant * x**power


def largest_gain() -> Iterator[Statement]:
    """d_n ≤ (1 + 2x)ⁿ by induction, and 1 + 2x ≤ 1 + 4x: √G_{N1} ≤ 2^N, and 2^N at x = 0 where all are one."""
    bound = Equation(Symbol("d_(n+1)"), END ** (n + 1), "≤")
    yield from determinants()
    yield AtLeast(END, S.One, bound)
    yield AtLeast(END ** (n + 2), END ** (n + 1) + 4 * x**2 * END**n, bound)
    yield AtLeast(INNER, END, Equation(INNER, END, "≥"))
    yield from (Equal(Symbol("G_N1"), Integer(4) ** size, first(size).subs(x, 0) ** 2) for size in SIZES)


def ratios(rate: Expr) -> Expr:
    """r_n = rate − 8ix²/r_{n−1} with r_{n−1} = e + u − iv, 0 ≤ v ≤ 8x²/e: every value that it can have."""
    before = END + u - I * LOOP / END * t / (1 + t)
    return rate - I * LOOP / before


def second_gain() -> Iterator[Statement]:
    """r_n = D_{n+1}/D_n has Re r_n ≥ its rate and −8x²/e ≤ Im r_n ≤ 0, by induction: |D_{N+1}| ≥ e²d^{N−1}."""
    yield from determinants()
    for rate in (INNER, END):
        r = ratios(rate)
        real_part, below = (r + conjugated(r)) / 2, I * (r - conjugated(r)) / 2
        yield AtLeast(real_part, rate, Equation(Symbol("Re r_n"), rate, "≥"))
        yield AtLeast(below, S.Zero, Equation(Symbol("Im r_n"), S.Zero, "≤"))
        yield AtLeast(LOOP / END, below, Equation(Symbol("Im r_n"), -LOOP / END, "≥"))
        yield AtLeast(abs_squared(r), rate**2, Equation(Symbol("G_N2"), 2**N, "≥"))
    yield from (Equal(Symbol("G_N2"), Integer(2) ** size, second(size).subs(x, 0)) for size in SIZES)


def compared(limit: Expr) -> Iterator[Statement]:
    """G_{N1} ≥ G_{N2}, that is E^r2 ≥ E^r1, for the chains of one to six at every x = limit s/(1 + s)."""
    shown = Equation(Symbol("G_N1"), Symbol("G_N2"), "≥")
    yield from (AtLeast(first(k) ** 2, second(k), shown, {x: limit * s / (1 + s)}) for k in SIZES)


def below_a_tenth() -> Iterator[Statement]:
    """|D_{N+1}|² ≤ 2^N d_{N+1}² at x < 1/10 for every N, factor by factor.

    D_{N+1} = e r_1 … r_{N−1} r_N and d_{N+1} = R_0R_1 … R_N with R_0 = 1 and R_n = 1 + 4x²/R_{n−1} between
    l = 1 + 4x²/(1 + 4x²) and 1 + 4x² for n ≥ 1. Then |r_n|² ≤ d² + 2dw²/e³ + w²/e² ≤ 2l² for the inner ones, w = 8x²,
    and e²|r_N|² ≤ e⁴ + 3w² ≤ 2l² for the ends.
    """
    low, w = 1 + 4 * x**2 / (1 + 4 * x**2), LOOP
    shown = Equation(Symbol("G_N1"), Symbol("G_N2"), "≥")
    largest = [INNER**2 + 2 * INNER * w**2 / END**3 + w**2 / END**2, END**2 + 3 * w**2 / END**2]
    mean = 1 + 4 * x**2 / (1 + 4 * x**2 * t / (1 + t))
    yield from second_gain()
    yield AtLeast(1 + 4 * x**2, mean, Equation(Symbol("R_n"), 1 + 4 * x**2, "≤"))
    yield AtLeast(mean, low, Equation(Symbol("R_n"), low, "≥"))
    yield AtLeast(largest[0], abs_squared(ratios(INNER)), Equation(Symbol("|r_n|^2"), largest[0], "≤"))
    yield AtLeast(largest[1], abs_squared(ratios(END)), Equation(Symbol("|r_N|^2"), largest[1], "≤"))
    yield AtLeast(2 * low**2, largest[0], shown, TENTH)
    yield AtLeast(2 * low**2, END**2 * largest[1], shown, TENTH)


def from_ten_on() -> Iterator[Statement]:
    """G_{N1} ≥ G_{N2} at x < 3/25 for every N ≥ 10, from N to N + 1; up to N = 9 it fails before x = 3/25.

    G_{N1}/G_{N2} grows by 2R²_{N+1}/|r_N ρ|² with ρ = (r_{N+1} − 2x)/(r_N − 2x). From n = 3 on r_n lies in a box of
    width Δ = w/d + w²/d³ beside d, w = 8x²; r_{n+1} − r_n = iw(r_n − r_{n−1})/(r_n r_{n−1}) is at most w/d² times the
    difference before it, and |r_N − 2x| ≥ e, so that |ρ| ≤ 1 + w²Δ/(d⁴e).
    """
    d, w, shown = INNER, LOOP, Equation(Symbol("G_N1"), Symbol("G_N2"), "≥")
    below = {x: 3 * s / (25 * (1 + s))}
    low, far, deep = 1 + 4 * x**2 / (1 + 4 * x**2), d + w**2 / d**3, w / d
    yield from below_a_tenth()  # R_n ≥ low, Re r_n ≥ e in the last step
    for before in (d - I * w / END, d + u - I * deep * t / (1 + t)):  # r_1, and what lies in the box
        r = d - I * w / before
        real_part, depth = (r + conjugated(r)) / 2, I * (r - conjugated(r)) / 2
        yield AtLeast(real_part, d, shown)
        yield AtLeast(depth, S.Zero, shown)
        yield AtLeast(deep, depth, shown)
    yield AtLeast(far, real_part, shown)
    step = 1 + (w / d**2) ** 2 * (deep + far - d) / END
    yield AtLeast(2 * low**2, (far**2 + deep**2) * step**2, shown, below)
    yield AtLeast(first(10) ** 2, second(10), shown, below)
    at, short = {x: Rational(3, 25)}, Equation(Symbol("G_N1"), Symbol("G_N2"), "≤")
    yield from (AtLeast(second(k).subs(at), (first(k) ** 2).subs(at), short) for k in range(1, 10))


# -- optimal interaction ------------------------------------------------------------------------------------------

OPTIMUM = (N + sqrt(N * (8 + N))) * γ / 8


def best_interaction() -> Iterator[Statement]:
    """g_b^opt is the one maximum of Eq. (3), found for every N, and E_N^nr is Eq. (3) for every N."""
    state = family(-pi / 2, in_series=True)
    found = maximum(eq_3(N), g_b)
    yield Equal(Symbol("E_N^nr"), eq_3(N), state.energy(*state.terminal) / state.family.frequency)
    yield Equal(Symbol("g_b^opt"), OPTIMUM, found.point)
    yield from (Equal(Symbol("s"), S.Zero, row) for row in maximum_residual(eq_3(N), found))


# -- parallel gains -----------------------------------------------------------------------------------------------


def parallel_gain(case: int) -> Expr:
    """G_{N1} or G_{N2} of parallel charging for every N, as a rational function of N and x = g_b/γ."""
    top, rival = (family(phase, in_series=False) for phase in (-pi / 2, None if case == 1 else S.Zero))
    return canonical((top.energy(*top.terminal) / rival.energy(*rival.terminal)).subs(g_b, x * γ))


def parallel_weak_gain() -> Iterator[Statement]:
    """G_{N1} = 4[(1 + 4Nx²)/(1 + (2N + 2)x + 4Nx²)]²: value and slope at x = 0 are those of the printed form."""
    true, printed = parallel_gain(1), (2 / ((2 * N + 2) * x + 1)) ** 2
    whole = 4 * ((1 + 4 * N * x**2) / (1 + (2 * N + 2) * x + 4 * N * x**2)) ** 2
    yield Equal(Symbol("G_N1"), whole, true)
    yield Equal(Symbol("G_N1(0)"), printed.subs(x, 0), true.subs(x, 0))
    yield Equal(Symbol("dG_N1/dx"), diff(printed, x).subs(x, 0), diff(true, x).subs(x, 0))


def parallel_largest_gain() -> Iterator[Statement]:
    """G_{N1} ≤ 4, reached at x → 0 and at x → ∞."""
    true, four = parallel_gain(1), Integer(4)
    far = canonical(true.subs(x, 1 / t)).subs(t, 0)
    yield AtLeast(four, true, Equation(Symbol("G_N1"), four, "≤"))
    yield Equal(Symbol("G_N1(0)"), four, true.subs(x, 0))
    yield Equal(Symbol("G_N1(oo)"), four, far)


def parallel_second_gain(upper: bool) -> Iterator[Statement]:
    """G_{N2} → 2 as g_b → 0, and 2 as an upper bound (printed) or a lower one; 10 at strong coupling."""
    true, two = parallel_gain(2), Integer(2)
    pair, relation = ((two, true), "≤") if upper else ((true, two), "≥")
    yield AtLeast(*pair, Equation(Symbol("G_N2"), two, relation))
    if not upper:
        far = canonical(true.subs(x, 1 / t)).subs(t, 0)
        yield AtLeast(Integer(10), true, Equation(Symbol("G_N2"), Integer(10), "≤"))
        yield Equal(Symbol("G_N2(oo)"), Integer(10), far)
    yield Equal(Symbol("G_N2(0)"), two, true.subs(x, 0))


def parallel_energies() -> Iterator[Statement]:
    """Eq. (5) with equal rates for every N."""
    state = family(-pi / 2, in_series=False)
    yield Equal(Symbol("E_k^nr"), eq_5(N), state.energy(*state.terminal) / state.family.frequency)


CASCADED = (
    Claim(
        "Below Eq. (3), G_N1 and G_N2",
        "Both gains in closed form",
        exact,
        scope=ALL,
        method="induction",
        because="G_{N1} = [2^N d_{N+1}/((1 + 2x)²(1 + 4x)^{N−1})]² and G_{N2} = 2^N|D_{N+1}|²/((1 + 2x)⁴"
        "(1 + 4x)^{2N−2}), x = g_b/γ, with the determinants d and D of rows of equal cells.",
        form=Equation(Symbol("G_N1"), (2**N * Symbol("d_next") / ((1 + 2 * x) ** 2 * (1 + 4 * x) ** (N - 1))) ** 2),
    ),
    Claim(
        "Below Eq. (3), G_N1",
        "Gain over case I to first order in g_b/γ",
        weak_gain,
        form=Equation(Symbol("G_N1"), (2**N / (4 * N * g_b / γ + 1)) ** 2, "≈"),
        scope=ALL,
        method="limit",
        because="To first order: ln G_{N1} = 2N ln 2 − 8Nx + (24N − 8)x², x = g_b/γ; the printed form has 16N²x².",
    ),
    Claim(
        "Below Eq. (3), decreasing g_b",
        "G_{N1} is enhanced when g_b decreases, from γ/4 on",
        falling_gain,
        scope=ALL,
        method="induction",
        because="For every N; beyond γ/2 that of N = 1 rises again, to 4.",
        form=Equation(Symbol("dG_N1/dg_b"), ZERO, "<"),
    ),
    Claim(
        "Below Eq. (3), strong coupling",
        "Far beyond the weak regime G_{N1} tends to 4 for odd N, and vanishes for even N",
        strong_gain,
        scope=ALL,
        method="limit",
        because="Not printed. For even N as [(N + 2)γ/(2g_b)]².",
        form=Equation(Symbol("G_N1"), Integer(4), "→"),
    ),
    Claim(
        "Below Eq. (3), 2^2N",
        "G_{N1} is at most 2^{2N}, its value at g_b → 0",
        largest_gain,
        form=Equation(Symbol("G_N1"), 2 ** (2 * N), "≤"),
        scope=ALL,
        method="induction",
    ),
    Claim(
        "Below Eq. (3), G_N2",
        "G_{N2} is at least 2^N, its value at g_b → 0",
        second_gain,
        form=Equation(Symbol("G_N2"), 2**N, "≥"),
        scope=ALL,
        method="induction",
    ),
    Claim(
        "Below Eq. (3), weak interaction",
        "E_N^nr > E_N^r1 and E_N^nr > E_N^r2 where g_b is much smaller than γ",
        below_a_tenth,
        form=Equation(Symbol("E_nr"), Symbol("E_r1"), ">"),
        scope=ALL,
        method="induction",
        because="By a factor of 2^N at least at g_b < γ/10, where G_{N1} > G_{N2} ≥ 2^N.",
    ),
    Claim(
        "Below Eq. (3), G_N1 > G_N2",
        "G_{N1} > G_{N2} for g_b/γ < 0.12",
        lambda: compared(Rational(3, 25)),
        from_ten_on,
        "The range ends at 0.116 and 0.118 for the N = 3 and 4 of the figure (rounded up in print), at 0.108 for "
        "N = 1, before 0.12 for all up to N = 9, and beyond it for all from N = 10 on. G_{N1} > G_{N2} is the same "
        "as E_N^r1 < E_N^r2, for which the text gives g_b/γ < 0.1: that holds for every N. Here x = g_b/γ.",
        scope=ALL,
        method="induction",
        form=Equation(g_b / γ, Rational(3, 25), "<"),
        corrected_form=Equation(g_b / γ, Rational(1, 10), "<"),
        departure=Departure("condition", "g_b/γ < 0.1, or N ≥ 10, or to two digits for N = 3, 4"),
    ),
    Claim(
        "Below Eq. (3), g_b^opt",
        "Optimal interaction of Eq. (3)",
        best_interaction,
        form=Equation(Symbol("g_b^opt"), OPTIMUM),
        scope=ALL,
    ),
)

PARALLEL = (
    Claim("Eq. (5), equal rates", "Nonreciprocal parallel charging", parallel_energies, scope=ALL),
    Claim(
        "Below Fig. 3, G_N1",
        "Gain over case I to first order in g_b/γ",
        parallel_weak_gain,
        form=Equation(Symbol("G_N1"), (2 / ((2 * N + 2) * g_b / γ + 1)) ** 2, "≈"),
        scope=ALL,
        method="limit",
        because="G_{N1} = 4[(1 + 4Nx²)/(1 + (2N + 2)x + 4Nx²)]² exactly, x = g_b/γ: the printed form drops 4Nx².",
    ),
    Claim(
        "Below Fig. 3, gain of 4",
        "G_{N1} is at most 4",
        parallel_largest_gain,
        scope=ALL,
        method="bound",
        form=Equation(Symbol("G_N1"), Integer(4), "≤"),
        because="Its value at g_b → 0 and again at g_b → ∞.",
    ),
    Claim(
        "Below Fig. 3, G_N2",
        "G_{N2} is at most 2, its value at g_b → 0",
        lambda: parallel_second_gain(True),
        lambda: parallel_second_gain(False),
        "2 is the value at g_b → 0 but a lower bound: |W_bc|² is half that of nonreciprocal charging, and "
        "the flow back only takes more away as g_b grows, up to G_{N2} = 10. Here x = g_b/γ.",
        scope=ALL,
        method="bound",
        departure=Departure("error", "G_{N2} ≥ 2^N of cascaded networks, below Eq. (3)"),
    ),
)
