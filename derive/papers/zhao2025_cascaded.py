"""Zhao, Xie, Huang and Zhang 2025, cascaded charging: Eqs. (1)–(3), the optimal g_1, g_2 and θ_k."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, I, ImmutableMatrix, Symbol, diff, exp, pi, sqrt

from derive.builders import aharonov_bohm_chain, positive, real
from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation, mean
from derive.eliminate import eliminate
from derive.kernel import abs_squared, canonical, conjugated
from derive.langevin import langevin
from derive.network import Network
from derive.papers.zhao2025_counts import EQ_2, no_parity, nonreciprocal_chain, reciprocal_chain
from derive.papers.zhao2025_letters import (
    BALANCED,
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
    intermediate,
    occupation,
    stored,
    tangent,
    theta,
    turned,
    γ,
    ξ,
    ω,
)
from derive.reading import hamiltonian, written

s = positive("s")


# -- the triangle and the Hamiltonian, Fig. 1(a) and Eq. (1) ------------------------------------------------


def directed() -> Iterator[Statement]:
    """|W_bc|² ≥ |W_cb|² for any g_1, g_2 and −π < θ < 0, θ = −2 arctan s."""
    net = aharonov_bohm_chain(1)
    turn = (1 - I * s) / (1 + I * s)
    drift = langevin(eliminate(net, "a_1").subs({exp(I * theta(1)): turn})).drift
    there, back = abs_squared(drift[1, 0]), abs_squared(drift[0, 1])
    yield AtLeast(there, back, Equation(abs_squared(Symbol("W_bc")), abs_squared(Symbol("W_cb")), "≥"))


def eq_1(size: int) -> Expr:
    """Eq. (1) in the amplitudes."""

    def link(name: str, k: int, source: str, target: str) -> Expr:
        return positive(f"{name}_{k}") * mean(source) * conjugated(mean(target))

    sources = ["c", *(f"b_{k}" for k in range(1, size))]
    terms = [ξ * mean("c")]
    for k, source in enumerate(sources, start=1):
        terms.append(exp(I * theta(k)) * link("g_b", k, source, f"b_{k}"))
        terms += [link("g_1", k, source, f"a_{k}"), link("g_2", k, f"a_{k}", f"b_{k}")]
    return Add(*terms, *map(conjugated, terms))


def hamiltonians() -> Iterator[Statement]:
    """Eq. (1) against the network, all parameters distinct."""
    for size in SIZES:
        yield Equal(Symbol("H_c"), eq_1(size), hamiltonian(aharonov_bohm_chain(size, distinct=True)))


# -- reciprocal case I, Eq. (2) -----------------------------------------------------------------------------


# -- optimal g_1 = g_2 --------------------------------------------------------------------------------------


def directed_chain(size: int) -> Network:
    """θ_k = −π/2 with g_1 and g_2 free."""
    return aharonov_bohm_chain(size).subs({theta(k): -pi / 2 for k in range(1, size + 1)})


def stationary() -> Iterator[Statement]:
    """∂E_N/∂g_1 = 0 at g_1 = g_2 = √(g_b Γ/2); by reflection of the chain ∂E_N/∂g_2 is the same."""
    for size in SIZES:
        energy = occupation(directed_chain(size), size)
        change = diff(energy, g_1).subs({g_1: BALANCED, g_2: BALANCED}, simultaneous=True)
        yield Equal(Symbol("∂E_N/∂g_1"), ZERO, change)


def isolated_and_balanced() -> Iterator[Statement]:
    """No flow back at g_1 g_2 = g_b Γ/2; the best of these, g_1 = √(g_b Γ/2) s, g_2 = √(g_b Γ/2)/s, has s = 1.

    That is with one s for all triangles. For N = 1 the energy never falls as x grows in g_1 = g_2 = √(xΓ/2).
    """
    x = positive("x")
    wider = occupation(directed_chain(1).subs({g_1: sqrt(x * Γ / 2), g_2: sqrt(x * Γ / 2)}), 1)
    grows = Equation(Symbol("∂E_1/∂x"), ZERO, "≥")
    yield AtLeast(diff(canonical(wider), x), ZERO, grows)
    for size in SIZES:
        net = directed_chain(size).subs({g_1: BALANCED * s, g_2: BALANCED / s})
        drift = langevin(eliminate(net, *intermediate(net))).drift
        yield from (Equal(Symbol("W_cb"), ZERO, drift[k, k + 1]) for k in range(size))
        energy = occupation(net, size)
        yield AtLeast(energy.subs(s, 1), energy, Equation(Symbol("E_N(1)"), Symbol("E_N(s)"), "≥"))


def isolated_one_by_one() -> Iterator[Statement]:
    """Two triangles that isolate with an s each store more than Eq. (3) at s_1 = 1/z and s_2 = z, z² = x + √(1 + x²).

    √E_2 is 4g_b²ξ over a sum of products of powers of s_1 and s_2, all positive: over its logarithms that is
    convex, so that where E_2 is stationary it is largest.
    """
    values: dict[Expr, Expr] = {positive("gamma_c"): γ}
    ratios = positive("s_1"), positive("s_2")
    for k, ratio in enumerate(ratios, start=1):
        values |= {theta(k): -pi / 2, positive(f"g_b_{k}"): g_b}
        values |= {positive(f"gamma_{k}"): γ, positive(f"Gamma_{k}"): Γ}
        values |= {positive(f"g_1_{k}"): BALANCED * ratio, positive(f"g_2_{k}"): BALANCED / ratio}
    energy = occupation(aharonov_bohm_chain(2, distinct=True).subs(values), 2)
    z = 1 + s
    there, best = {g_b: γ * (z**2 - z**-2) / 2}, dict(zip(ratios, (1 / z, z), strict=True))
    for ratio in ratios:
        change = diff(energy, ratio).subs(best, simultaneous=True)
        yield Equal(Symbol("∂E_2/∂s_k"), ZERO, canonical(change.subs(there)))
    shown = Equation(Symbol("E_2"), Symbol("E_2^nr"), "≥")
    yield AtLeast(energy.subs(best, simultaneous=True), eq_3(2), shown, there, strict=True)


# -- optimal phases, Fig. 2(a) ------------------------------------------------------------------------------


def best_of_two() -> Iterator[Statement]:
    """1/E_2 ≥ (1 + t_1²)(1 + t_2²)/E_2^nr ≥ 1/E_2^nr at θ_k = −π/2 + 2 arctan t_k, equal at t = 0."""
    energy = occupation(turned(aharonov_bohm_chain(2)), 2)
    t_1, t_2 = tangent(1), tangent(2)
    shown = Equation(Symbol("E_2") / ω, eq_3(2), "≤")
    yield Equal(Symbol("E_2") / ω, eq_3(2), energy.subs({t_1: 0, t_2: 0}))
    yield AtLeast(1 / energy, (1 + t_1**2) * (1 + t_2**2) / eq_3(2), shown)
    yield AtLeast((1 + t_1**2) * (1 + t_2**2) / eq_3(2), 1 / eq_3(2), shown)


def best_phases() -> Iterator[Statement]:
    """θ_k = −π/2 is a global maximum of E_N for every N, by induction along the chain.

    With c² = 1/(1 + t²), the modes' rates e = γ/2 + g_b at the ends and d = γ/2 + 2g_b between, the leading minors of
    −W obey D_{k+1} = d D_k − 4ig_b²t/(1 + t²) D_{k−1}, the last one with e, and E_N = ξ² Π 4g_b²c_k²/|D_{N+1}|². The
    potential V(X, Y) = |X|² − |dY − X|² of (X, Y) = (D_k, D_{k−1}) is d²e² after the first link, grows by at least d²c²
    along every inner one and bounds |D_{N+1}|² ≥ e²c² V at the last, so that |D_{N+1}|² ≥ e⁴ d^{2(N−1)} Π c_k².
    """
    t, x, y = real("t"), Symbol("X"), Symbol("Y")
    e, d = γ / 2 + g_b, γ / 2 + 2 * g_b
    back = 4 * I * g_b**2 * t / (1 + t**2)

    def potential(now: Expr, before: Expr) -> Expr:
        return abs_squared(now) - abs_squared(d * before - now)

    inner, last = potential(d * x - back * y, x), abs_squared(e * x - back * y)
    tail = abs_squared(x - (1 + 4 * I * g_b**2 * t / (e * d)) / (1 + t**2) * d * y)
    yield from (_links(size, e, d) for size in SIZES)
    yield Equal(Symbol("|D_2|^2"), e**4 + abs_squared(back), abs_squared(e * e - back))
    yield Equal(Symbol("V_2"), (d * e) ** 2, potential(d * e - back, e))
    yield Equal(
        Symbol("V_next"),
        (
            d**2 * potential(x, y)
            + abs_squared(d * (x - d * y) - 4 * I * g_b**2 * t * x / d)
            + t**2 * (d**2 - 16 * g_b**4 / d**2) * abs_squared(x)
        )
        / (1 + t**2),
        inner,
    )
    yield AtLeast(d**4, 16 * g_b**4, Equation(d**4, 16 * g_b**4, "≥"))
    yield Equal(
        Symbol("|D_last|^2"),
        (e**2 * potential(x, y) + e**2 * d**2 * t**2 / (1 + t**2) * abs_squared(y)) / (1 + t**2)
        + e**2 * tail,
        last,
    )


def _links(size: int, e: Expr, d: Expr) -> Statement:
    """What the induction takes from the network: a tridiagonal drift with these rates and flows."""
    drift = langevin(turned(aharonov_bohm_chain(size))).drift
    there = [4 * g_b**2 / (1 + tangent(k) ** 2) for k in range(1, size + 1)]
    loops = [4 * I * g_b**2 * tangent(k) / (1 + tangent(k) ** 2) for k in range(1, size + 1)]
    rates = [-e, *[-d] * (size - 1), -e]
    far = [drift[i, j] for i in range(size + 1) for j in range(size + 1) if abs(i - j) > 1]
    pairs = [
        *zip(rates, (drift[k, k] for k in range(size + 1)), strict=True),
        *zip(there, (abs_squared(drift[k, k - 1]) for k in range(1, size + 1)), strict=True),
        *zip(loops, (drift[k, k - 1] * drift[k - 1, k] for k in range(1, size + 1)), strict=True),
        *((ZERO, entry) for entry in far),
    ]
    printed, true = (ImmutableMatrix(side) for side in zip(*pairs, strict=True))
    return Equal(Symbol("W"), printed, true)


CLAIMS = (
    Claim(
        "Fig. 1(a)",
        "A triangle carries more from c to b than back for −π < θ < 0",
        directed,
        method="bound",
        because="The braces {−π, 0} are read as the interval; at its ends the triangle is reciprocal.",
    ),
    Claim(
        "Eq. (1)",
        "Hamiltonian of cascaded charging",
        hamiltonians,
        scope=UP_TO_6,
        form=written("H_c", eq_1(2), aharonov_bohm_chain(2).names),
    ),
    Claim(
        "Eq. (2)",
        "Reciprocal case I: the form for odd and for even N, with its constants a(j) and b(j)",
        reciprocal_chain,
        scope=ALL,
        method="induction",
        form=EQ_2,
        because="The constants are derived here, for any phases θ_k, and put in; shown is odd N.",
    ),
    Claim(
        "Below Eq. (2), g_1 = g_2",
        "g_1 = g_2 = √(g_b Γ/2) optimizes E_N",
        stationary,
        lambda: (*isolated_and_balanced(), *isolated_one_by_one()),
        "E_N is not stationary there: for N = 1 it only grows with g_1 = g_2. What holds: g_1 g_2 = g_b Γ/2 "
        "is the condition of perfect isolation, and of such pairs, alike in every triangle, g_1 = g_2 stores most. "
        "With a pair for each, N = 2 stores most at g_1^(1)/g_2^(1) = g_2^(2)/g_1^(2) = √(1 + x²) − x, x = g_b/γ: "
        "0.5% more at x = 0.1, 60% at x = 1.",
        scope=UP_TO_6,
        form=Equation(Symbol("∂E_N/∂g_1"), ZERO),
        corrected_form=Equation(g_1 * g_2, g_b * Γ / 2),
        departure=Departure(
            "condition", "g_1 g_2 = g_b Γ/2, alike in every triangle",
            ("of all couplings", "of all that isolate perfectly, alike in every triangle: holds"),
        ),
    ),
    Claim("Fig. 2(a)", "E_2 is largest at θ_1 = θ_2 = −π/2", best_of_two, scope="N = 2", method="bound"),
    Claim(
        "Below Eq. (2), theta_k",
        "E_N is largest at θ_k = −π/2",
        best_phases,
        scope="all N",
        method="induction",
        form=Equation(theta("k"), -pi / 2),
    ),
    Claim(
        "Eq. (3)",
        "Nonreciprocal cascaded charging",
        lambda: (*(stored("E_N^nr", eq_3(size), cascaded(size), size) for size in SIZES), *nonreciprocal_chain()),
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_N^nr") / ω, eq_3(N)),
    ),
    Claim(
        "Below Eq. (3), parity",
        "Nonreciprocity disrupts the pattern dictated by the parity of the number of batteries",
        no_parity,
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_(N+1)/E_N"), (4 * g_b / (4 * g_b + γ)) ** 2),
        because="Every further battery, odd or even, takes the same part of the energy.",
    ),
)
