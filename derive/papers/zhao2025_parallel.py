"""Zhao, Xie, Huang and Zhang 2025, parallel charging: H_p, Eqs. (4) and (5), and the optimal θ_k."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sympy import Add, Expr, I, ImmutableMatrix, Integer, Mul, Symbol, diff, exp, pi

from derive.builders import aharonov_bohm_star, positive, real
from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation, mean
from derive.kernel import abs_squared, canonical, conjugated
from derive.langevin import langevin
from derive.network import Network
from derive.papers.zhao2025_counts import nonreciprocal_star, reciprocal_star
from derive.papers.zhao2025_letters import (
    BALANCED,
    SIZES,
    UP_TO_6,
    ZERO,
    Γ,
    N,
    eq_5,
    g_b,
    gamma,
    intermediate,
    occupation,
    parallel,
    state,
    tangent,
    theta,
    tuned,
    turned,
    without,
    γ,
    γ_c,
    ξ,
    ω,
)
from derive.reading import hamiltonian, written


def unequal(size: int) -> Network:
    """The tuned parallel network with γ_c and γ_b^{(k)} all different, and equal g_b and Γ."""
    values: dict[Expr, Expr] = {}
    for k in range(1, size + 1):
        values |= {positive(f"g_b_{k}"): g_b, positive(f"Gamma_{k}"): Γ}
        values |= {positive(f"{g}_{k}"): BALANCED for g in ("g_1", "g_2")}
    return aharonov_bohm_star(size, distinct=True).subs(values)


def one_way(size: int) -> Network:
    """The same with all θ_k = −π/2, so that nothing flows back."""
    return unequal(size).subs({theta(k): -pi / 2 for k in range(1, size + 1)})


def h_p(size: int) -> Expr:
    """H_p in the amplitudes."""
    terms = [ξ * mean("c")]
    for k in range(1, size + 1):
        direct, first, second = (positive(f"{g}_{k}") for g in ("g_b", "g_1", "g_2"))
        terms.append(direct * exp(I * theta(k)) * mean("c") * conjugated(mean(f"b_{k}")))
        terms.append(first * mean("c") * conjugated(mean(f"a_{k}")))
        terms.append(second * mean(f"a_{k}") * conjugated(mean(f"b_{k}")))
    return Add(*terms, *map(conjugated, terms))


def hamiltonians() -> Iterator[Statement]:
    """H_p against the network, all parameters distinct."""
    for size in SIZES:
        yield Equal(Symbol("H_p"), h_p(size), hamiltonian(aharonov_bohm_star(size, distinct=True)))


# -- reciprocal case I, Eq. (4) -----------------------------------------------------------------------------


def eq_4(size: int, k: int) -> Expr:
    """Right side of Eq. (4) as printed, with {γ} = γ_c Π γ_b^{(k)}."""
    every = γ_c * Mul(*(gamma(j) for j in range(1, size + 1)))
    below = 4 * g_b**2 * Add(*(every / gamma(j) for j in range(1, size + 1))) + every
    return 16 * ξ**2 * g_b**2 * (every / gamma(k)) ** 2 / below**2


def eq_4_corrected(size: int, k: int) -> Expr:
    """Eq. (4) with {γ} = Π γ_b^{(k)}, and γ_c only in the last term."""
    every = Mul(*(gamma(j) for j in range(1, size + 1)))
    below = 4 * g_b**2 * Add(*(every / gamma(j) for j in range(1, size + 1))) + γ_c * every
    return 16 * ξ**2 * g_b**2 * (every / gamma(k)) ** 2 / below**2


def energies(name: str, net: Network, printed: Callable[[int], Expr]) -> Iterator[Statement]:
    """The printed E_k/ω of every battery, held against the steady state."""
    found = state(net)
    for k in range(1, len(found.modes) - len(intermediate(net))):
        yield Equal(Symbol(f"E_{k}^{name}") / ω, printed(k), found.occupation(f"b_{k}"), dict(found.where))


def reciprocal(printed: Callable[[int, int], Expr]) -> Iterator[Statement]:
    """Eq. (4) as `printed` for every battery of networks without intermediate modes."""
    for size in SIZES:
        yield from energies("r1", without(unequal(size)), partial(printed, size))


# -- nonreciprocal, Eq. (5) ---------------------------------------------------------------------------------


def eq_5_unequal(size: int, k: int) -> Expr:
    """Right side of Eq. (5)."""
    return eq_5(size, gamma(k), γ_c)


def nonreciprocal() -> Iterator[Statement]:
    """Eq. (5) for every battery."""
    for size in SIZES:
        yield from energies("nr", one_way(size), partial(eq_5_unequal, size))


def independent() -> Iterator[Statement]:
    """∂E_j^nr/∂γ_b^{(k)} = 0 for j ≠ k."""
    for size in SIZES[1:]:
        found_state = state(one_way(size))
        for j in range(1, size + 1):
            energy = canonical(found_state.occupation(f"b_{j}"))
            others = [k for k in range(1, size + 1) if k != j]
            yield from (Equal(Symbol(f"∂E_{j}^nr/∂gamma_{k}"), ZERO, diff(energy, gamma(k))) for k in others)


def alike() -> Iterator[Statement]:
    """E_k = E_N for equal rates, reciprocal and nonreciprocal."""
    for size in SIZES[1:]:
        for name, net in (("r1", without(parallel(size, ZERO))), ("nr", parallel(size))):
            found_state = state(net)
            last = found_state.occupation(f"b_{size}")
            yield from (
                Equal(Symbol(f"E_{k}^{name}"), last, found_state.occupation(f"b_{k}")) for k in range(1, size)
            )


# -- optimal phases, Fig. 3(a) ------------------------------------------------------------------------------


def best_of_two() -> Iterator[Statement]:
    """E_2 reaches Eq. (5) at θ_2 = −π/2, θ_1 = ±π/2; 1/E_2 ≥ (1 + t_2²)/E_2^nr ≥ 1/E_2^nr elsewhere."""
    energy = occupation(turned(aharonov_bohm_star(2)), 2)
    best, t_2 = eq_5(2), tangent(2)
    reached = (tuned(aharonov_bohm_star(2), None).subs({theta(1): θ, theta(2): -pi / 2}) for θ in (pi / 2, -pi / 2))
    shown = Equation(Symbol("E_2") / ω, best, "≤")
    yield from (Equal(Symbol("E_2") / ω, best, occupation(net, 2)) for net in reached)
    yield AtLeast(1 / energy, (1 + t_2**2) / best, shown)
    yield AtLeast((1 + t_2**2) / best, 1 / best, shown)


def best_phases() -> Iterator[Statement]:
    """E_k = E_k^nr/[(1 + t_k²)(1 + S²)] with a real S for every N, so that all E_k are largest at t = 0 at once.

    A battery feels the charger only: ⟨b_k⟩ = W_kc⟨c⟩/e, and ⟨c⟩(−r + Σ_j W_cj W_jc/e) = iξ with e = γ/2 + g_b and
    r = γ/2 + Ng_b, so that S = 4g_b² Σ_j t_j/(1 + t_j²)/(re), θ_k = −π/2 + 2 arctan t_k.
    """
    yield from (_links(size) for size in SIZES)
    x, spread = real("t_k"), real("x")
    e, r = γ / 2 + g_b, γ / 2 + N * g_b
    s = 4 * g_b**2 * spread / (r * e)
    charger = I * ξ / (-r + 4 * I * g_b**2 * spread / e)
    energy = 4 * g_b**2 / (1 + x**2) * abs_squared(charger) / e**2
    shown = Equation(Symbol("E_k") / Symbol("E_k^nr"), Integer(1), "≤")
    yield Equal(Symbol("E_k") / ω, eq_5(N) / ((1 + x**2) * (1 + s**2)), energy)
    yield AtLeast((1 + x**2) * (1 + s**2), Integer(1), shown)


def _links(size: int) -> Statement:
    """What this takes from the network: a star with these rates, flows forward and loops."""
    drift = langevin(turned(aharonov_bohm_star(size))).drift
    t = [tangent(k) for k in range(1, size + 1)]
    pairs = [(-γ / 2 - size * g_b, drift[0, 0])]
    for k, x in enumerate(t, start=1):
        pairs.append((-γ / 2 - g_b, drift[k, k]))
        pairs.append((4 * g_b**2 / (1 + x**2), abs_squared(drift[k, 0])))
        pairs.append((4 * I * g_b**2 * x / (1 + x**2), drift[k, 0] * drift[0, k]))
        pairs += [(ZERO, drift[k, j]) for j in range(1, size + 1) if j != k]
    printed, true = (ImmutableMatrix(side) for side in zip(*pairs, strict=True))
    return Equal(Symbol("W"), printed, true)


CLAIMS = (
    Claim(
        "Above Eq. (4), H_p",
        "Hamiltonian of parallel charging",
        hamiltonians,
        scope=UP_TO_6,
        form=written("H_p", h_p(2), aharonov_bohm_star(2).names),
    ),
    Claim(
        "Eq. (4)",
        "Reciprocal case I, parallel, all rates different",
        lambda: reciprocal(eq_4),
        lambda: (*reciprocal(eq_4_corrected), *reciprocal_star()),
        "With {γ} = γ_c Π γ_b^(k) the two terms of the denominator differ in dimension: γ_c must stand in "
        "the last term only, {γ} = Π γ_b^(k) and 4g_b² Σ {γ}/γ_b^(k) + γ_c{γ}.",
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_1^r1") / ω, eq_4(2, 1)),
        corrected_form=Equation(Symbol("E_1^r1") / ω, eq_4_corrected(2, 1)),
        departure=Departure("misprint", "G_{N1} → 4 below Fig. 3, from Eqs. (4) and (5)"),
    ),
    Claim("Fig. 3(a)", "E_2 is largest at θ_2 = −π/2, θ_1 = ±π/2", best_of_two, scope="N = 2", method="bound"),
    Claim(
        "Above Eq. (5), theta_k",
        "All batteries are optimal at θ_k = −π/2",
        best_phases,
        scope=ALL,
        method="bound",
        form=Equation(theta("k"), -pi / 2),
    ),
    Claim(
        "Eq. (5)",
        "Nonreciprocal parallel charging, all rates different",
        lambda: (*nonreciprocal(), *nonreciprocal_star()),
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_k^nr") / ω, eq_5(N, gamma("k"), γ_c)),
    ),
    Claim(
        "Below Eq. (5), independence",
        "The rate of one battery does not affect the others",
        independent,
        form=Equation(Symbol("∂E_j^nr/∂gamma_k"), ZERO),
        scope="N = 2..6",
    ),
    Claim(
        "Below Eq. (5), E_k = E_N",
        "Equal rates: all batteries store the same",
        alike,
        scope="N = 2..6",
        form=Equation(Symbol("E_k^nr"), Symbol("E_N^nr")),
    ),
)
