"""Ahmadi, Mazurek, Horodecki and Barzanjeh 2024: the optimal condition and the charging efficiency of its abstract."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, I, Symbol, sqrt

from derive.balance import energy_balance, largest_worst
from derive.builders import positive, real
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.kernel import canonical
from derive.optimum import maximum
from derive.papers.ahmadi2024_letters import (
    E_NR,
    E_R,
    MORE,
    Γ,
    J,
    conventional,
    energies,
    equal_losses,
    even,
    one_way,
    p_a,
    p_b,
    pair,
    state,
    ε,
    κ,
    κ_a,
    κ_b,
    ω,
)

BEST, ETA_NR, ETA_R = (Symbol(name) for name in ("J_opt", "eta^nr", "eta^r"))
BOUND = ω * ε**2 / (κ_a * κ_b)
ISOLATED_AT_BEST = 16 * ω * ε**2 / (sqrt(κ_a) + sqrt(κ_b)) ** 4

# -- the optimal condition ---------------------------------------------------------------------------------------


def best_phase() -> Iterator[Statement]:
    """E_b at θ = π/2 is the largest, for any J and Γ; every other phase is e^{iθ} = i(1 − ir)/(1 + ir), r real."""
    r = real("r")
    turn = I * (1 - I * r) / (1 + I * r)
    at_best, elsewhere = (state(even(pair(J * phase))).energy("b") for phase in (I, turn))
    yield AtLeast(at_best, elsewhere, Equation(Symbol("E_b(pi/2)"), Symbol("E_b(theta)"), "≥"))


def phased() -> Expr:
    """E_b of the pair with its reservoir at θ = π/2 and any J."""
    return state(even(pair(I * J))).energy("b")


def best_coupling() -> Iterator[Statement]:
    """J_opt = (√((Γ + κ_a)(Γ + κ_b)) − Γ)/2, for equal losses κ/2 whatever Γ, and the energy there."""
    found, same = maximum(phased(), J), maximum(phased().subs(equal_losses()), J)
    root = sqrt((Γ + κ_a) * (Γ + κ_b))
    yield Equal(BEST, (root - Γ) / 2, found.point)
    yield Equal(Symbol("E_b"), ω * ε**2 / (root - Γ) ** 2, found.value)
    yield Equal(BEST, κ / 2, same.point)
    yield Equal(Symbol("E_b"), ω * ε**2 / κ**2, same.value)


def roots() -> dict[Expr, Expr]:
    """Losses by their roots, for the kernel to see squares."""
    p, q = positive("p"), positive("q")
    return {sqrt(κ_a): p, sqrt(κ_b): q, κ_a: p**2, κ_b: q**2}


def both_at_best() -> tuple[Expr, Expr]:
    """The largest E_b of the isolated pair over Γ, and of the conventional pair over J."""
    return maximum(energies()[0], Γ).value, maximum(state(conventional()).energy("b"), J).value


def elevated() -> Iterator[Statement]:
    """Each at its own optimum, the isolated pair stores more: as read."""
    yield AtLeast(*both_at_best(), MORE, strict=True)


def not_elevated() -> Iterator[Statement]:
    """The conventional pair reaches what no passive network exceeds; the isolated one does for equal losses only."""
    one, other = both_at_best()
    balance = energy_balance(pair())
    yield Equal(E_NR, ISOLATED_AT_BEST, one)
    yield Equal(E_R, BOUND, other)
    yield Equal(E_R, BOUND, ω * largest_worst(pair()))
    yield Equal(Symbol("P"), balance.delivered + balance.mismatch + balance.shared, balance.most)
    yield AtLeast(other.subs(roots()), one.subs(roots()), Equation(E_R, E_NR, "≥"))
    yield Equal(Symbol("Gamma_opt"), sqrt(κ_a * κ_b), maximum(energies()[0], Γ).point)


def matched_weights() -> Iterator[Statement]:
    """With p_a² : p_b² = κ_a : κ_b never less at equal J; the bound is reached at 2J = √(κ_aκ_b), by both."""
    net = one_way().subs({p_a: sqrt(κ_a / κ_b), p_b: 1})
    one = state(net).energy("b")
    other = state(conventional(Γ * sqrt(κ_a / κ_b) / 2)).energy("b")
    found = maximum(one, Γ)
    yield AtLeast(one.subs(roots()), other.subs(roots()), MORE)
    yield Equal(Symbol("Gamma_opt"), κ_b, found.point)
    yield Equal(E_NR, BOUND, found.value)


# -- efficiency --------------------------------------------------------------------------------------------------


def shares() -> tuple[Expr, Expr]:
    """E_b/(E_a + E_b) of both pairs."""
    found = (state(even(one_way())), state(conventional(Γ / 2)))
    one, other = (canonical(x.energy("b") / (x.energy("a") + x.energy("b"))) for x in found)
    return one, other


def more_efficient() -> Iterator[Statement]:
    """The larger share of what is stored is in the battery: as read."""
    yield AtLeast(*shares(), Equation(ETA_NR, ETA_R, "≥"))


def more_efficient_below() -> Iterator[Statement]:
    """1/η^r − 1/η^nr = (κ_b − Γ)(3κ_b + Γ)/(4Γ²): for Γ ≤ κ_b, and for no other."""
    one, other = shares()
    yield Equal(1 / ETA_R - 1 / ETA_NR, (κ_b - Γ) * (3 * κ_b + Γ) / (4 * Γ**2), 1 / other - 1 / one)
    yield Equal(ETA_NR, 4 * Γ**2 / (4 * Γ**2 + (Γ + κ_b) ** 2), one)
    yield Equal(ETA_R, Γ**2 / (Γ**2 + κ_b**2), other)


CLAIMS = (
    Claim(
        "Abstract, optimal condition, phase",
        "The phase that isolates is the phase at which most is stored, at any coupling and rate",
        best_phase,
        method="bound",
    ),
    Claim(
        "Abstract, optimal condition, coupling",
        "The condition at which most is stored at a given rate, as it follows: isolation is not always part of it",
        best_coupling,
        form=Equation(BEST, (sqrt((Γ + κ_a) * (Γ + κ_b)) - Γ) / 2),
        because="The formula is derived here. It is isolation, J = Γ/2, only where (Γ + κ_a)(Γ + κ_b) = 4Γ². For "
        "equal losses J = κ/2 stores ωε²/κ² whatever Γ, and isolation is part of it at Γ = κ alone, where the "
        "reservoir gains nothing.",
    ),
    Claim(
        "Abstract, optimal condition, elevated",
        "At its optimum the isolated pair stores more, read as: than the conventional pair at its own",
        elevated,
        not_elevated,
        "The conventional pair at 2J = √(κ_aκ_b) is matched and stores the most that any passive network can. The "
        "isolated pair at its best rate, Γ = √(κ_aκ_b), stores the same for equal losses and less for others.",
        method="bound",
        form=Equation(E_NR, E_R, ">"),
        corrected_form=Equation(E_NR / E_R, 16 * κ_a * κ_b / (sqrt(κ_a) + sqrt(κ_b)) ** 4),
        departure=Departure(
            "condition",
            "both have one coupling and |p_a|² : |p_b|² = κ_a : κ_b",
            readings=(
                "each pair at its own optimum",
                "both at one coupling: holds, see Abstract, optimal condition, weights",
            ),
        ),
    ),
    Claim(
        "Abstract, optimal condition, weights",
        "A shared reservoir can be such that isolation never stores less at equal coupling, drive and losses",
        matched_weights,
        method="bound",
        form=MORE,
        because="With weights as the losses, |p_a|² : |p_b|² = κ_a : κ_b, at every rate; it is equality at the optimum "
        "2J = √(κ_aκ_b), where both pairs reach the bound.",
    ),
    Claim(
        "Abstract, charging efficiency",
        "A larger share of the stored energy in the battery, read as: at equal coupling and losses, for all of them",
        more_efficient,
        more_efficient_below,
        "With η = E_b/(E_a + E_b) it is so up to Γ = κ_b and not beyond: the isolated battery never holds more than "
        "four fifths, the conventional one all but a part κ_b²/(Γ² + κ_b²).",
        method="bound",
        form=Equation(ETA_NR, ETA_R, "≥"),
        departure=Departure("condition", "Γ ≤ κ_b"),
    ),
)
