"""Zhao, Xie, Huang and Zhang 2025: the steady curves of Figs. 2(b), 2(c) and 3(b), and where they cross.

In units of ωξ²/γ², x = g_b/γ. Reciprocal case II, which is drawn without a formula, is E^nr/G_{N2}.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from sympy import Expr, Integer, Rational, Symbol, diff

from derive.builders import Build, positive
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.kernel import canonical
from derive.papers.zhao2025_gains import first, parallel_gain, second
from derive.papers.zhao2025_letters import (
    ZERO,
    N,
    cascaded,
    eq_3,
    eq_5,
    g_b,
    occupation,
    parallel,
    without,
    γ,
)

x, s = positive("x"), positive("s")
ONE, HALF = Integer(1), Rational(1, 2)


def curves(build: Build, size: int, top: Expr, gains: tuple[Expr, Expr]) -> Iterator[Statement]:
    """The three curves against their networks."""
    nets = (build(size), without(build(size, ZERO)), build(size, ZERO))
    energies = (top, *(top / gain.subs(x, g_b / γ) for gain in gains))
    names = (Symbol(f"E_{size}^{kind}") for kind in ("nr", "r1", "r2"))
    yield from (
        Equal(name, energy, occupation(net, size))
        for name, energy, net in zip(names, energies, nets, strict=True)
    )


def between(larger: Expr, smaller: Expr, low: Expr, high: Expr | None, names: str) -> AtLeast:
    """One gain is at least another, or one, for every x from `low` to `high`, or beyond `low`."""
    left, right = (Symbol(f"E_{name}") for name in names.split())
    place = (low + s * high) / (1 + s) if high else low + s
    return AtLeast(larger, smaller, Equation(left, right, "≥"), {x: place})


def crossing(digits: int, first_gain: Expr, second_gain: Expr) -> Iterator[Statement]:
    """Case II stores more than case I up to x = digits/10⁴, and less beyond the next such number."""
    yield between(first_gain, second_gain, ZERO, Rational(digits, 10**4), "r2 r1")
    yield between(second_gain, first_gain, Rational(digits + 1, 10**4), None, "r1 r2")


def three() -> Iterator[Statement]:
    """N = 3: E^nr is the largest at every x, by √G_{31} ≥ 1 piece by piece."""
    amplitude, other = first(3), second(3)
    ends = (ZERO, HALF, ONE, 3 * ONE)
    yield from curves(cascaded, 3, eq_3(3), (amplitude**2, other))
    yield from (between(amplitude, ONE, low, high, "nr r1") for low, high in zip_longest(ends, ends[1:]))
    yield between(other, 8 * ONE, ZERO, None, "nr r2")
    yield from crossing(1162, amplitude**2, other)


def four() -> Iterator[Statement]:
    """N = 4: E^nr is the largest up to x = 0.7676, E^r1 from 0.7677 on."""
    gain, other = first(4) ** 2, second(4)
    yield from curves(cascaded, 4, eq_3(4), (gain, other))
    yield between(gain, ONE, ZERO, Rational(7676, 10**4), "nr r1")
    yield between(ONE, gain, Rational(7677, 10**4), None, "r1 nr")
    yield between(other, 16 * ONE, ZERO, None, "nr r2")
    yield from crossing(1175, gain, other)


def two_in_parallel() -> Iterator[Statement]:
    """Two batteries in parallel: E^r1 exceeds E^nr for 1/4 < x < 1/2."""
    gain, other = (parallel_gain(case).subs(N, 2) for case in (1, 2))
    yield from curves(parallel, 2, eq_5(2), (gain, other))
    yield between(gain, ONE, ZERO, HALF / 2, "nr r1")
    yield between(ONE, gain, HALF / 2, HALF, "r1 nr")
    yield between(gain, ONE, HALF, None, "nr r1")
    yield between(other, 2 * ONE, ZERO, None, "nr r2")


def gain_of_all() -> Iterator[Statement]:
    """G_{N1} of parallel charging is that of one battery, as read."""
    gain = parallel_gain(1)
    yield Equal(Symbol("G_N1"), gain.subs(N, 1), gain)


def gain_in_the_limit() -> Iterator[Statement]:
    """It is so at g_b → 0, 4 and 2 at every N; beyond, G_{N1} = 4[(1 + 4Nx²)/(1 + (2N + 2)x + 4Nx²)]²."""
    first_gain, second_gain = (parallel_gain(case) for case in (1, 2))
    yield Equal(Symbol("G_N1"), WITH_N, first_gain)
    yield Equal(
        Symbol("dln G_N1/dN"),
        4 * x * (4 * x**2 - 1) / ((1 + 4 * N * x**2) * (1 + (2 * N + 2) * x + 4 * N * x**2)),
        canonical(diff(first_gain, N) / first_gain),
    )
    yield Equal(Symbol("G_N1(0)"), Integer(4), first_gain.subs(x, 0))
    yield Equal(Symbol("G_N2(0)"), Integer(2), second_gain.subs(x, 0))


WITH_N = 4 * ((1 + 4 * N * x**2) / (1 + (2 * N + 2) * x + 4 * N * x**2)) ** 2

CLAIMS = (
    Claim(
        "Fig. 2(b)",
        "The steady curves of N = 3: in weak interaction E^nr exceeds both reciprocal cases",
        three,
        scope="N = 3",
        method="bound",
        form=Equation(Symbol("E_3^nr"), Symbol("E_3^r1"), "≥"),
        because="E^nr is the largest at every g_b. E^r2, drawn without a formula, is E^nr/G_{32}; case I "
        "overtakes it between g_b/γ = 0.1162 and 0.1163.",
    ),
    Claim(
        "Fig. 2(c)",
        "The steady curves of N = 4: in weak interaction E^nr exceeds both reciprocal cases",
        four,
        scope="N = 4",
        method="bound",
        form=Equation(Symbol("E_4^nr"), Symbol("E_4^r1"), "≥"),
        because="E^nr is the largest up to g_b/γ = 0.7676; from 0.7677 on E^r1 is, which an even chain does not lose "
        "again. It overtakes E^r2 between 0.1175 and 0.1176.",
    ),
)
PARALLEL = (
    Claim(
        "Fig. 3(b)",
        "The steady curves of N = 2 in parallel: in weak interaction E^nr exceeds both reciprocal cases",
        two_in_parallel,
        scope="N = 2",
        method="bound",
        form=Equation(Symbol("E_2^nr"), Symbol("E_2^r1"), "≥"),
        because="Up to g_b/γ = 1/4. Then E^r1 is the largest up to 1/2, where both are alike, and E^nr "
        "again: the window of Liu et al., Eq. (14).",
    ),
    Claim(
        "Below Fig. 3, same gain",
        "All batteries in parallel share the same charging gain, regardless of the value of N",
        gain_of_all,
        gain_in_the_limit,
        "All batteries of one network do. But at a given g_b the gain changes with N: it falls with N up to g_b = γ/2, "
        "as in the paper's own approximation, and grows beyond. 4 and 2 are its values for every N at g_b → 0 only. "
        "Here x = g_b/γ.",
        scope="all N",
        form=Equation(Symbol("G_N1"), WITH_N.subs(N, 1)),
        corrected_form=Equation(Symbol("G_N1"), WITH_N),
        departure=Departure(
            "condition",
            "g_b → 0",
            (
                "whatever the number of batteries",
                "whichever battery of one network: holds, see Below Eq. (5), E_k = E_N",
            ),
        ),
    ),
)
