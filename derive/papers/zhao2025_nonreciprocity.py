"""Zhao, Xie, Huang and Zhang 2025: the flux of a triangle, where it isolates, and what larger g_1, g_2 do."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, I, Rational, Symbol, exp, pi, sqrt

from derive.builders import aharonov_bohm_chain, aharonov_bohm_star, positive
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.eliminate import eliminate
from derive.kernel import abs_squared, canonical
from derive.langevin import langevin
from derive.nonreciprocity import isolation, loops
from derive.papers.zhao2025_letters import (
    SIZES,
    UP_TO_6,
    ZERO,
    Γ,
    N,
    cascaded,
    eq_3,
    g_1,
    g_2,
    g_b,
    occupation,
    tangent,
    theta,
    turn,
    γ,
    ξ,
    ω,
)

s, x, y = positive("s"), positive("x"), positive("y")
WEAK = Rational(1, 10)  # g_b/γ of Fig. 2(a)


def flows(phase: Expr | None) -> tuple[Expr, Expr]:
    """W_bc and W_cb of one triangle with the tuned g_1 = g_2, its lossy mode eliminated."""
    drift = langevin(eliminate(cascaded(1, phase), "a_1")).drift
    return drift[1, 0], drift[0, 1]


def cut_at_the_ends() -> Iterator[Statement]:
    """W_cb = 0 at θ = −π and at θ = 0."""
    yield from (Equal(Symbol("W_cb"), ZERO, flows(end)[1]) for end in (-pi, ZERO))


def cut_in_the_middle() -> Iterator[Statement]:
    """W_cb = 0 at −π/2, |W_bc| = |W_cb| at the ends, and for all θ = −π/2 + 2 arctan t and all g_1, g_2

    |W_cb|² = (g_b − 2g_1g_2/Γ)² + 8g_b g_1g_2 t²/(Γ(1 + t²)), which vanishes at t = 0, g_1g_2 = g_bΓ/2 only.
    """
    net, t = aharonov_bohm_chain(1), tangent(1)
    drift = langevin(eliminate(net, "a_1").subs({exp(I * theta(1)): turn(1)})).drift
    indirect = 2 * g_1 * g_2 / Γ
    law = (g_b - indirect) ** 2 + 4 * g_b * indirect * t**2 / (1 + t**2)
    found = isolation(net, "c", "b_1", "a_1")
    yield Equal(Symbol("W_cb"), ZERO, flows(-pi / 2)[1])
    for end in (-pi, ZERO):
        there, back = flows(end)
        yield Equal(abs_squared(Symbol("W_cb")), abs_squared(there), abs_squared(back))
    yield Equal(abs_squared(Symbol("W_cb")), law, abs_squared(drift[0, 1]))
    # the coupling of H ∋ J c†b is g_b e^{−iθ}
    yield Equal(g_b * exp(-I * theta(1)), I * indirect, found.strength)


def flux() -> Iterator[Statement]:
    """The flux through every triangle, from its first mode to its battery and back through the lossy mode."""
    for build in (aharonov_bohm_chain, aharonov_bohm_star):
        for size in SIZES:
            triangles = loops(build(size, distinct=True))
            yield from (Equal(Symbol(f"Phi_{k}"), theta(k), loop.flux) for k, loop in enumerate(triangles, start=1))


def stronger(size: int, twice_squared: Expr) -> Expr:
    """E_N/ω at θ_k = −π/2 with g_1 = g_2 = √(xΓ/2), for x = `twice_squared`; exact, although the a_k are eliminated."""
    net = aharonov_bohm_chain(size)
    reduced = eliminate(net, *(f"a_{k}" for k in range(1, size + 1)))
    values: dict[Expr, Expr] = {theta(k): -pi / 2 for k in range(1, size + 1)}
    equal = sqrt(twice_squared * Γ / 2)
    return occupation(reduced.subs({**values, g_1: equal, g_2: equal}), size)


def never_beaten() -> Iterator[Statement]:
    """E_N at g_1 = g_2 = √(g_bΓ/2) is not exceeded for other g_1 = g_2, at g_b = γ/10."""
    shown = Equation(Symbol("E_N^nr"), Symbol("E_N"), "≥")
    yield from (
        AtLeast(eq_3(size).subs(g_b, WEAK * γ), stronger(size, x).subs(g_b, WEAK * γ), shown)
        for size in (2, 3, 4)
    )


def dark() -> Iterator[Statement]:
    """E_N → 4ωξ²/((N + 1)γ)² as g_1 = g_2 → ∞: more than Eq. (3) for every g_b ≤ γ/10, for N = 1 … 6."""
    for size in SIZES:
        limit = 4 * ξ**2 / ((size + 1) ** 2 * γ**2)
        yield Equal(Symbol("E_N") / ω, limit, canonical(stronger(size, 1 / y)).subs(y, 0))
        shown = Equation(Symbol("E_N"), Symbol("E_N^nr"), "≥")
        yield AtLeast(limit, eq_3(size), shown, {g_b: WEAK * γ * s / (1 + s)})


CLAIMS = (
    Claim(
        "Introduction, {-pi, 0}",
        "Destructive interference for backward transfer at θ ∈ {−π, 0}",
        cut_at_the_ends,
        cut_in_the_middle,
        "The interval is meant, for which it holds, see Fig. 1(a). As a set, these are the two phases at which "
        "the triangle is reciprocal, |W_bc| = |W_cb|. Between them the way back is "
        "suppressed, and it vanishes at one point only: θ = −π/2 and g_1 g_2 = g_b Γ/2.",
        form=Equation(Symbol("W_cb"), ZERO),
        corrected_form=Equation(theta("k"), -pi / 2),
        departure=Departure(
            "misprint", "θ_k = −π/2 above Eqs. (3) and (5)",
            ("the set of two phases", "the interval between them: holds, see Fig. 1(a)"),
            scan="The scan has braces here and in Fig. 1(a); parentheses that it misread "
            "cannot be excluded.",
        ),
    ),
    Claim(
        "Introduction, flux",
        "The phase of the direct interaction is the synthetic flux through the triangle",
        flux,
        scope=UP_TO_6,
        form=Equation(Symbol("Phi_k"), theta("k")),
        because="It is the gauge-invariant phase of the loop c → b → a → c, for every triangle of chains and stars.",
    ),
    Claim(
        "Fig. 2, g_1 = g_2",
        "g_1 = g_2 = √(g_b Γ/2) optimizes E_N in weak interaction, g_b/γ = 0.1",
        never_beaten,
        dark,
        "Stronger lossy modes store more: as g_1 = g_2 grow, the superposition c − b_1 + b_2 − … that no a_k "
        "couples to is all that is left, and fills every battery with 4ωξ²/((N + 1)γ)², whatever g_b. For N = 2 and "
        "g_b/γ = 0.1 that is 17.6 times Eq. (3). The chosen g_1, g_2 isolate; they do not maximise. "
        "Here g_1 = g_2 = √(xΓ/2).",
        scope=UP_TO_6,
        method="limit",
        form=Equation(Symbol("E_N^nr"), Symbol("E_N"), "≥"),
        corrected_form=Equation(Symbol("E_N") / ω, 4 * ξ**2 / ((N + 1) * γ) ** 2, "→"),
        departure=Departure(
            "condition", "g_1 g_2 = g_b Γ/2, alike in every triangle",
            (
                "of all couplings",
                "of all that isolate perfectly, alike in every triangle: holds, see Below Eq. (2), g_1 = g_2",
            ),
        ),
    ),
)
