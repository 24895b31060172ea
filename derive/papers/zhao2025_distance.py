"""Zhao, Xie, Huang and Zhang 2025: how the gain of cascaded charging grows with the distance, as the abstract has it.

With √G_{N1} = 2^N d_{N+1}/(e²d^{N−1}), x = g_b/γ, see `zhao2025_gains`. The larger root of λ² = λ + 4x² gives
d_{N+1} ≥ λ^N; with z = 4x + √(1 + 16x²) it is λ = (z + 1)²/(4z), and 2λ = d + 1/z.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from sympy import Rational, S, Symbol, sqrt

from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.papers.zhao2025_gains import END, INNER, determinants, first, n, s, t, u, x
from derive.papers.zhao2025_letters import SIZES, N, g_b, γ

HALF = Rational(1, 2)
Z = 1 + s
ROOT = (Z + 1) ** 2 / (4 * Z)  # λ
IN_Z = MappingProxyType({x: (Z - 1 / Z) / 8})
GAIN, NEXT = Symbol("G_N1"), Symbol("G_(N+1)1")
LAW = Equation(GAIN, (INNER / END**2) ** 2 * ((1 + sqrt(1 + 16 * x**2)) / INNER) ** (2 * N), "≥")


def exponential() -> Iterator[Statement]:
    """d_n ≥ λ^{n−1} from d_0 = 1 ≥ 1/λ and d_1 = 1 by induction, here with λ = 1 + u; and 2λ > d at every coupling."""
    shown, root = Equation(Symbol("d_n"), Symbol("lambda") ** (n - 1), "≥"), 1 + u
    yield from determinants()
    yield Equal(Symbol("lambda") ** 2, ROOT + 4 * x**2, ROOT**2, IN_Z)
    yield AtLeast(S.One, 1 / root, shown)
    yield Equal(Symbol("lambda") ** (n + 1), root ** (n + 1), root**n + (root**2 - root) * root ** (n - 1))
    yield Equal(2 * Symbol("lambda"), INNER + 1 / Z, 2 * ROOT, IN_Z)
    yield AtLeast(2 * ROOT, INNER, LAW, IN_Z, strict=True)
    yield from (AtLeast(first(k), INNER / END**2 * (2 * ROOT / INNER) ** k, LAW, IN_Z) for k in SIZES)


def every_battery() -> Iterator[Statement]:
    """G_{(N+1)1} ≥ G_{N1} of one to six batteries, at any coupling."""
    shown = Equation(NEXT, GAIN, "≥")
    yield from (AtLeast(first(k + 1) ** 2, first(k) ** 2, shown) for k in SIZES[:-1])


def every_battery_up_to_half() -> Iterator[Statement]:
    """√(G_{(N+1)1}/G_{N1}) = 2R_N/d with R_N = d_{N+2}/d_{N+1} = 1 + 4x²/R_{N−1}, R_0 ≥ 1: so 1 ≤ R_n ≤ 1 + 4x² by
    induction, R_N ≥ 1 + 4x²/(1 + 4x²), and twice that is d at least up to x = 1/2. Beyond, G_21 < G_11.
    """
    shown, mean = Equation(NEXT, GAIN, "≥"), Symbol("R_n")
    before = 1 + 4 * x**2 * t / (1 + t)
    least = 1 + 4 * x**2 / (1 + 4 * x**2)
    within, beyond = {x: s / (2 * (1 + s))}, {x: HALF + s}
    yield from determinants()
    yield AtLeast(1 + 4 * x**2 / before, least, Equation(mean, least, "≥"))
    yield AtLeast(1 + 4 * x**2, 1 + 4 * x**2 / before, Equation(mean, 1 + 4 * x**2, "≤"))
    yield AtLeast(2 * least, INNER, shown, within)
    yield AtLeast(first(1) ** 2, first(2) ** 2, Equation(Symbol("G_21"), Symbol("G_11"), "≤"), beyond)


CLAIMS = (
    Claim(
        "Abstract, exponential gain",
        "The gain of cascaded charging increases exponentially with the charging distance: at every coupling",
        exponential,
        scope=ALL,
        method="induction",
        form=LAW,
        because="Over case I; over case II it is at least 2^N, see Below Eq. (3), G_N2. Its base, here squared, is 4 "
        "for g_b → 0 and above one whatever the coupling, but by γ²/(16g_b²) only at strong one. Here x = g_b/γ.",
    ),
    Claim(
        "Abstract, gain of every battery",
        "The gain over case I increases as the charging distance lengthens, read as: with every further battery",
        every_battery,
        every_battery_up_to_half,
        "Beyond g_b = γ/2 the gain falls from one battery to two: the reciprocal chain of two has its zero mode. At "
        "g_b = γ it is 1.23, 0.64, 1.06, 0.85 for N = 1 to 4, and it exceeds 1.23 for N = 10 and more, in numbers.",
        scope=ALL,
        method="induction",
        form=Equation(NEXT, GAIN, "≥"),
        corrected_form=Equation(g_b / γ, HALF, "≤"),
        departure=Departure(
            "condition", "g_b ≤ γ/2",
            ("with every further battery", "in long chains: holds, see Abstract, exponential gain"),
        ),
    ),
)
