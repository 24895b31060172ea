"""Zhao, Xie, Huang and Zhang 2025: its equations and sentences on parallel charging as printed, and what holds instead."""

from __future__ import annotations

from sympy import Add, Expr, I, ImmutableMatrix, Integer, Mul, Symbol, diff, exp, pi

from derive.builders import aharonov_bohm_star, positive, star
from derive.claims import AtLeast, Claim, Equal, Statement
from derive.derivation import Equation, mean
from derive.eliminate import eliminate
from derive.kernel import canonical, conjugated
from derive.langevin import langevin
from derive.network import Network
from derive.papers.zhao2025_letters import (
    BALANCED,
    SIZES,
    ZERO,
    Γ,
    eq_5,
    g_b,
    gamma,
    intermediate,
    occupation,
    state,
    stored,
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
from derive.reading import dictionary, hamiltonian

UP_TO_6 = "N = 1..6"


def parallel(size: int, phase: Expr | None = -pi / 2) -> Network:
    """The tuned parallel network with equal rates: nonreciprocal at −π/2, reciprocal case II at 0."""
    return tuned(aharonov_bohm_star(size), phase)


def unequal(size: int) -> Network:
    """The parallel network with the rates γ_c and γ_b^{(k)} all different, equal g_b and Γ, g_1 = g_2 = √(g_b Γ/2)."""
    values: dict[Expr, Expr] = {}
    for k in range(1, size + 1):
        values |= {positive(f"g_b_{k}"): g_b, positive(f"Gamma_{k}"): Γ}
        values |= {positive(f"{g}_{k}"): BALANCED for g in ("g_1", "g_2")}
    return aharonov_bohm_star(size, distinct=True).subs(values)


def at_phase(net: Network, phase: Expr) -> Network:
    return net.subs({theta(k): phase for k in range(1, len(intermediate(net)) + 1)})


def h_p(size: int) -> Expr:
    """H_p in the amplitudes."""
    terms = [ξ * mean("c")]
    for k in range(1, size + 1):
        direct, first, second = (positive(f"{g}_{k}") for g in ("g_b", "g_1", "g_2"))
        terms.append(direct * exp(I * theta(k)) * mean("c") * conjugated(mean(f"b_{k}")))
        terms.append(first * mean("c") * conjugated(mean(f"a_{k}")))
        terms.append(second * mean(f"a_{k}") * conjugated(mean(f"b_{k}")))
    return Add(*terms, *map(conjugated, terms))


def hamiltonians() -> tuple[Statement, ...]:
    nets = ((size, aharonov_bohm_star(size, distinct=True)) for size in SIZES)
    return tuple(Equal(Symbol("H_p"), h_p(size), hamiltonian(net)) for size, net in nets)


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


def reciprocal(corrected: bool) -> tuple[Statement, ...]:
    printed = eq_4_corrected if corrected else eq_4
    return tuple(
        stored(f"E_{k}^r1", printed(size, k), without(unequal(size)), k)
        for size in SIZES
        for k in range(1, size + 1)
    )


# -- nonreciprocal, Eq. (5) ---------------------------------------------------------------------------------


def nonreciprocal() -> tuple[Statement, ...]:
    found: list[Statement] = []
    for size in SIZES:
        net = at_phase(unequal(size), -pi / 2)
        found += [stored(f"E_{k}^nr", eq_5(size, gamma(k), γ_c), net, k) for k in range(1, size + 1)]
    return tuple(found)


def independent() -> tuple[Statement, ...]:
    """∂E_j^nr/∂γ_b^{(k)} = 0 for j ≠ k."""
    found: list[Statement] = []
    for size in SIZES[1:]:
        found_state = state(at_phase(unequal(size), -pi / 2))
        for j in range(1, size + 1):
            energy = found_state.occupation(f"b_{j}")
            others = [k for k in range(1, size + 1) if k != j]
            found += [Equal(Symbol(f"∂E_{j}^nr/∂γ_{k}"), ZERO, diff(energy, gamma(k))) for k in others]
    return tuple(found)


def alike() -> tuple[Statement, ...]:
    """E_k = E_N for equal rates, reciprocal and nonreciprocal."""
    found: list[Statement] = []
    for size in SIZES[1:]:
        for name, net in (("r1", without(parallel(size, ZERO))), ("nr", parallel(size))):
            found_state = state(net)
            last = found_state.occupation(f"b_{size}")
            found += [
                Equal(Symbol(f"E_{k}^{name}"), last, found_state.occupation(f"b_{k}")) for k in range(1, size)
            ]
    return tuple(found)


# -- optimal phases, Fig. 3(a) ------------------------------------------------------------------------------


def best_of_two() -> tuple[Statement, ...]:
    """E_2 at θ_k = −π/2 + 2 arctan t_k never exceeds Eq. (5), and reaches it at θ_2 = −π/2 with θ_1 = ±π/2."""
    energy = occupation(turned(aharonov_bohm_star(2)), 2)
    best = eq_5(2)
    reached = (
        tuned(aharonov_bohm_star(2), None).subs({theta(1): θ, theta(2): -pi / 2}) for θ in (pi / 2, -pi / 2)
    )
    return (
        *(Equal(Symbol("E_2") / ω, best, occupation(net, 2)) for net in reached),
        AtLeast(best, energy, Equation(Symbol("E_2") / ω, best, "≤")),
    )


def best_phases() -> tuple[Statement, ...]:
    """E_k = E_k^nr/[(1 + t_k²)(1 + S²)] with S = 4g_b²/((γ/2 + Ng_b)(γ/2 + g_b)) Σ t_j/(1 + t_j²): largest at t = 0."""
    found: list[Statement] = []
    for size in SIZES:
        turned_state = state(turned(aharonov_bohm_star(size)))
        t = [tangent(k) for k in range(1, size + 1)]
        spread = Add(*(x / (1 + x**2) for x in t)) * 4 * g_b**2 / ((γ / 2 + size * g_b) * (γ / 2 + g_b))
        for k in range(1, size + 1):
            printed = eq_5(size) / ((1 + t[k - 1] ** 2) * (1 + spread**2))
            found.append(Equal(Symbol(f"E_{k}") / ω, printed, turned_state.occupation(f"b_{k}")))
    x, y = tangent(1), tangent(2)
    below = Symbol("E_k") / Symbol("E_k^nr")
    return (*found, AtLeast(Integer(1), 1 / ((1 + x**2) * (1 + y**2)), Equation(below, Integer(1), "≤")))


# -- gains --------------------------------------------------------------------------------------------------


def gain(size: int, case: int) -> Expr:
    """G_{N1} or G_{N2} of parallel charging as a rational function of g_b and γ."""
    rival = without(parallel(size, ZERO)) if case == 1 else parallel(size, ZERO)
    return canonical(occupation(parallel(size), size) / occupation(rival, size))


def weak_gain() -> tuple[Statement, ...]:
    """Value and slope of G_{N1} at g_b = 0 against those of [2/((2N + 2)g_b/γ + 1)]²."""
    found: list[Statement] = []
    for size in SIZES:
        true, printed = gain(size, 1), (2 / ((2 * size + 2) * g_b / γ + 1)) ** 2
        found.append(Equal(Symbol("G_N1"), printed.subs(g_b, 0), true.subs(g_b, 0)))
        found.append(
            Equal(Symbol("∂G_N1/∂g_b"), diff(printed, g_b).subs(g_b, 0), diff(true, g_b).subs(g_b, 0))
        )
    return tuple(found)


def largest_gain() -> tuple[Statement, ...]:
    four = Integer(4)
    return tuple(AtLeast(four, gain(size, 1), Equation(Symbol("G_N1"), four, "≤")) for size in SIZES)


def second_gain(upper: bool) -> tuple[Statement, ...]:
    """G_{N2} → 2 as g_b → 0, and 2 as an upper bound (printed) or a lower one."""
    found: list[Statement] = []
    for size in SIZES:
        two, true = Integer(2), gain(size, 2)
        pair, relation = ((two, true), "≤") if upper else ((true, two), "≥")
        found += [
            AtLeast(*pair, Equation(Symbol("G_N2"), two, relation)),
            Equal(Symbol("G_N2"), two, true.subs(g_b, 0)),
        ]
    return tuple(found)


# -- the same in the letters of Liu et al. 2026 -------------------------------------------------------------


def one_formula() -> tuple[Statement, ...]:
    """Eq. (5) against Liu's network in the letters that the elimination finds: Γ = 2g_b, κ = γ, ε = ξ."""
    found: list[Statement] = []
    for size in SIZES:
        net, theirs = parallel(size), star(size, "nonreciprocal")
        reduced = eliminate(net, *intermediate(net))
        book = dictionary(reduced, theirs)
        mine, other = langevin(reduced), langevin(theirs.subs(book))
        found.append(Equal(Symbol("W"), ImmutableMatrix(other.drift), mine.drift))
        found.append(Equal(Symbol("Gamma_Liu"), 2 * g_b, book[Γ]))
        energy = state(theirs).occupation(f"b_{size}").subs(book, simultaneous=True)
        found.append(Equal(Symbol("E_k^nr") / ω, eq_5(size), energy))
    return tuple(found)


CLAIMS = (
    Claim("Above Eq. (4), H_p", "Hamiltonian of parallel charging", hamiltonians, scope=UP_TO_6),
    Claim(
        "Eq. (4)",
        "Reciprocal case I, parallel, all rates different",
        lambda: reciprocal(False),
        lambda: reciprocal(True),
        "With {γ} = γ_c Π γ_b^(k) the two terms of the denominator differ in dimension: γ_c must stand in the last term only, "
        "{γ} = Π γ_b^(k) and 4g_b² Σ {γ}/γ_b^(k) + γ_c{γ}.",
        UP_TO_6,
    ),
    Claim(
        "Fig. 3(a)", "E_2 is largest at θ_2 = −π/2, θ_1 = ±π/2", best_of_two, scope="N = 2", method="bound"
    ),
    Claim(
        "Above Eq. (5), theta_k",
        "All batteries are optimal at θ_k = −π/2",
        best_phases,
        scope=UP_TO_6,
        method="bound",
        form=Equation(theta("k"), -pi / 2),
    ),
    Claim("Eq. (5)", "Nonreciprocal parallel charging, all rates different", nonreciprocal, scope=UP_TO_6),
    Claim(
        "Below Eq. (5), independence",
        "The rate of one battery does not affect the others",
        independent,
        scope="N = 2..6",
    ),
    Claim("Below Eq. (5), E_k = E_N", "Equal rates: all batteries store the same", alike, scope="N = 2..6"),
    Claim(
        "Eq. (5) = Liu Eq. (9)",
        "One formula in two alphabets",
        one_formula,
        scope=UP_TO_6,
        because="Γ = 2g_b, κ = γ, ε = ξ and θ = −θ_k, found by the elimination.",
    ),
    Claim(
        "Below Fig. 3, G_N1",
        "Gain over case I to first order in g_b/γ",
        weak_gain,
        scope=UP_TO_6,
        method="limit",
    ),
    Claim("Below Fig. 3, gain of 4", "G_{N1} is at most 4", largest_gain, scope=UP_TO_6, method="bound"),
    Claim(
        "Below Fig. 3, G_N2",
        "G_{N2} is at most 2, its value at g_b → 0",
        lambda: second_gain(True),
        lambda: second_gain(False),
        "2 is the value at g_b → 0 but a lower bound: |W_bc|² is half that of nonreciprocal charging, and the flow back only "
        "takes more away as g_b grows.",
        UP_TO_6,
        "bound",
    ),
)
