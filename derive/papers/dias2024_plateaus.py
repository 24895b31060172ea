"""Dias et al. 2024, the results: the plateaus of Fig. 2, their pump, their time, and whether they are steady."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sympy import Expr, Integer, Matrix, Rational, Symbol, cos, expand_trig, pi, sin, sqrt

from derive.builders import positive, spin_star
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.kernel import factored
from derive.papers.dias2024_model import one_for_all
from derive.spins import generator, steady_spins
from derive.spins.plateaus import (
    BATTERY,
    CHARGER,
    COPIES,
    DOWN,
    OMEGA,
    PHI,
    THETA_B,
    THETA_C,
    UP,
    battery_turn,
    density,
    drift_rate,
    driven_turn,
    filling_pump,
    plateau,
    pulse_rate,
    star_turning,
    turning,
)
from derive.spins.standstill import empty_charger, half_full_pump

s = positive("s")
E_B, ONE, ZERO, HALF = Symbol("E_B"), Integer(1), Integer(0), Rational(1, 2)
MEAN_FIELD = "mean field, N_B/N_C → 0"


def stops(*cases: tuple[int, int, Expr]) -> Iterator[Statement]:
    """The printed plateau of M batteries with a pump of r γ⇓."""
    yield from (Equal(E_B, value, plateau(m, DOWN, r * DOWN)) for m, r, value in cases)


def single_reservoir() -> Iterator[Statement]:
    """Three batteries that share one reservoir with the charger end full, without a pump."""
    net = one_for_all()
    yield from (Equal(E_B, ONE, density(pi + pi * battery_turn(net, None, f"B_{k}"))) for k in (1, 2, 3))


def limit_not_passed() -> Iterator[Statement]:
    """E_B = 1/2 − N_B/(4N_C) of two batteries at any N_B ≤ 2N_C.

    Without a pump dθ_C = M dθ_B: θ_B = π + φ, θ_C = Mφ. For M = 2, dφ/dt = γ⇓ sin φ (2N_C cos φ − N_B) stops at
    cos φ = N_B/(2N_C), where E_B = (1 − cos φ)/2.
    """
    found = star_turning()
    charger, battery = (found.rates[found.nodes.index(node)].subs(UP, 0) for node in ("C", "B"))
    on_the_way = expand_trig(battery.subs({THETA_C: 2 * PHI, THETA_B: pi + PHI}))
    ratio = BATTERY / (2 * CHARGER)
    energy = density(pi + PHI).subs(cos(PHI), ratio)
    yield Equal(Symbol("dtheta_C/dt"), COPIES * battery, charger)
    yield Equal(Symbol("dtheta_B/dt"), ZERO, on_the_way.subs(cos(PHI), ratio))
    yield Equal(E_B, HALF - BATTERY / (4 * CHARGER), energy)
    yield AtLeast(HALF, energy, Equation(E_B, HALF, "≤"))


def lower_limit_not_passed() -> Iterator[Statement]:
    """E_B = 1/2 − √(1 + N_B/N_C)/4 of three batteries at any N_B ≤ 3N_C, where θ_C = 3φ; N_B = N_C((1 + s)² − 1)."""
    found = star_turning()
    battery = found.rates[found.nodes.index("B")]
    on_the_way = expand_trig(battery.subs({THETA_C: 3 * PHI, THETA_B: pi + PHI}))
    there = sqrt(1 + BATTERY / CHARGER) / 2
    energy, quarter = HALF - sqrt(1 + BATTERY / CHARGER) / 4, Rational(1, 4)
    yield Equal(Symbol("dtheta_B/dt"), ZERO, on_the_way.subs({cos(PHI): there, sin(PHI): sqrt(1 - there**2)}))
    yield Equal(E_B, energy, density(pi + PHI).subs(cos(PHI), there))
    yield AtLeast(quarter, energy, Equation(E_B, quarter, "≤"), {BATTERY: CHARGER * ((1 + s) ** 2 - 1)})


def slower() -> Iterator[Statement]:
    """The rate of the pulse falls with the pump: (Mγ⇓ − γ⇑)N_C."""
    rate = pulse_rate()
    shown = Equation(Symbol("nu"), Symbol("nu_0"), "<")
    bare = rate.subs(UP, 0)
    yield AtLeast(bare, rate, shown)
    yield Equal(Symbol("nu_c"), HALF, (rate / bare).subs(UP, DOWN).subs(COPIES, 2))
    yield Equal(Symbol("nu_f"), Rational(1, 3), (rate / bare).subs(UP, 2 * DOWN).subs(COPIES, 3))


def slightly(right: bool) -> Iterator[Statement]:
    """1/ν < 2/ν_0 with the pump of Fig. 2(c) and (f); corrected: ν_0/ν = Mγ⇓/(Mγ⇓ − γ⇑), less than 2 for γ⇑ < Mγ⇓/2."""
    rate, bare = pulse_rate(), pulse_rate().subs(UP, 0)
    shown = Equation(1 / Symbol("nu"), 2 / Symbol("nu_0"), "<")
    if right:
        ratio, weak = Symbol("nu_0") / Symbol("nu"), {UP: COPIES * DOWN / (2 + positive("x"))}
        yield Equal(ratio, COPIES * DOWN / (COPIES * DOWN - UP), bare / rate)
        yield Equal(ratio, COPIES, (bare / rate).subs(UP, filling_pump()))
        yield AtLeast(2 * rate.subs(weak), bare, shown, strict=True)
    else:
        for at in ({COPIES: 3, UP: 2 * DOWN}, {COPIES: 2, UP: DOWN}):  # (f) and (c)
            yield AtLeast(2 * rate.subs(at), bare.subs(at), shown, strict=True)


def more_pump() -> Iterator[Statement]:
    """The pump that fills, (M − 1)γ⇓, grows by γ⇓ with every reservoir."""
    best = filling_pump()
    yield Equal(UP, (COPIES - 1) * DOWN, best)
    yield AtLeast(best.subs(COPIES, COPIES + 1), best, Equation(Symbol("gamma_up"), ZERO, ">"))


def at_rest() -> Iterator[Statement]:
    """An empty charger with empty batteries does not move in the mean field, and what starts there starts slowly.

    Below γ⇑ = Mγ⇓ the two rates of small angles have a negative sum, and a negative product: one of them is positive,
    but z at most where det(z − W) ≥ 0, as at z = γ⇑γ⇓N_B/(Mγ⇓ − γ⇑), which knows no N_C.
    """
    found = star_turning()
    there = {THETA_C: pi, THETA_B: pi}
    yield from (Equal(Symbol("nu"), ZERO, rate.subs(there)) for rate in found.rates)
    slopes = Matrix(2, 2, lambda i, j: found.rates[i].diff(found.angles[j]).subs(there))
    most, weak = drift_rate(), {UP: COPIES * DOWN * s / (1 + s)}
    shown = Equation(Symbol("nu"), most, "≤")
    yield AtLeast(-slopes.trace(), ZERO, shown, weak, strict=True)
    yield AtLeast(-slopes.det(), ZERO, shown, weak, strict=True)
    yield AtLeast((most * Matrix.eye(2) - slopes).det(), ZERO, shown, weak, strict=True)


def steady(value: Expr) -> Iterator[Statement]:
    """dθ_B/dt at a half-excited plateau (θ_B = 3π/2) with M = 3 and γ⇑ = γ⇓, the charger following."""
    lhs = Symbol("dtheta_B/dt")
    derived = -drift_rate().subs({COPIES: 3, UP: DOWN}) * sin(3 * pi / 2)
    yield Equal(lhs, value, derived)


def steady_without_pump() -> Iterator[Statement]:
    """Without a pump N_C sin θ_C = −N_B sin θ_B is a fixed point of the mean field, at any N_B/N_C."""
    found, followed = star_turning(), {sin(THETA_C): -BATTERY / CHARGER * sin(THETA_B)}
    for node, rate in zip(found.nodes, found.rates, strict=True):
        yield Equal(Symbol(f"dtheta_{node}/dt"), ZERO, rate.subs(UP, 0).subs(followed))


def driven(value: Expr) -> Iterator[Statement]:
    """dθ_B/dt of small batteries whose charger is driven and at rest."""
    yield Equal(Symbol("dtheta_B/dt"), value, driven_turn())


def in_the_end(value: Expr) -> Iterator[Statement]:
    """E_B for t → ∞ with the pump that fills M batteries in the pulse, N_C → ∞; the steady state is unique."""
    for m, n_b in product((2, 3), (1, 2)):
        energy = steady_spins(generator(empty_charger(m, n_b, 1, m - 1))).excitation("B_1") / n_b
        yield Equal(E_B, value, energy)


def set_apart() -> Statement:
    """d(θ_1 − θ_2)/dt = γ⇓N_B(sin θ_1 − sin θ_2) of two batteries in the mean field, whatever the charger does."""
    found = turning(spin_star(2))
    (one, rate), (other, second) = (
        (found.angles[k], found.rates[k]) for k in (found.nodes.index(f"B_{m}") for m in (1, 2))
    )
    return Equal(Symbol("ddelta/dt"), DOWN * BATTERY * (sin(one) - sin(other)), rate - second)


def half_in_the_end() -> Iterator[Statement]:
    """Half for N_C → ∞ at the pump (M − 1)γ⇓, and less for smaller chargers."""
    yield from in_the_end(HALF)
    yield from (Equal(UP, (m - 1) * DOWN, half_full_pump(m)) for m in (2, 3, 4))
    yield set_apart()
    for m, n_c, n_b, r in ((2, 1, 1, 1), (2, 2, 1, 1), (2, 3, 1, 1), (3, 1, 1, 2)):
        state = steady_spins(generator(spin_star(m, n_c, n_b, 1, r)))
        energy = state.excitation("B_1") / n_b
        yield AtLeast(HALF, energy, Equation(E_B, HALF, "<"))


CLAIMS = (
    Claim(
        "Fig. 2(a)",
        "One reservoir: E_B → 1 on the superradiant time scale",
        lambda: stops((1, 0, ONE)),
        scope=MEAN_FIELD,
        form=Equation(E_B, ONE),
    ),
    Claim(
        "Below Eq. (4), two reservoirs",
        "E_B → 1/2 cannot be surpassed without a pump",
        lambda: (*stops((2, 0, HALF)), *limit_not_passed()),
        scope="mean field, N_B ≤ 2N_C",
        form=Equation(E_B, HALF),
        because="sin²(π/2M) for M reservoirs, N_B/N_C → 0. For two it is 1/2 − N_B/(4N_C) at any N_B ≤ 2N_C, and so "
        "never more than 1/2.",
    ),
    Claim(
        "Below Eq. (4), three reservoirs",
        "E_B → 1/4 cannot be surpassed without a pump",
        lambda: (*stops((3, 0, Rational(1, 4))), *lower_limit_not_passed()),
        scope="mean field, N_B ≤ 3N_C",
        form=Equation(E_B, Rational(1, 4)),
        because="For N_B/N_C → 0; at any N_B ≤ 3N_C it is 1/2 − √(1 + N_B/N_C)/4, and so never more than 1/4.",
    ),
    Claim(
        "Below Eq. (4), one reservoir for all",
        "Three batteries in the charger's reservoir are charged",
        single_reservoir,
        scope=MEAN_FIELD,
        form=Equation(E_B, ONE),
    ),
    Claim(
        "Fig. 2(b), (d), steady states",
        "The plateaus without a pump stand still",
        steady_without_pump,
        scope="mean field",
        form=Equation(Symbol("dtheta_B/dt"), ZERO),
        because="J_C⁻ + J_B⁻ = 0 is dark for every reservoir. Of finite spins only what overlaps with the "
        "dark states stays: at most N_B excitations, which M batteries share.",
    ),
    Claim(
        "Fig. 2(c)",
        "Two reservoirs with γ⇑ = γ⇓: E_B → 1",
        lambda: stops((2, 1, ONE)),
        scope=MEAN_FIELD,
        form=Equation(E_B, ONE),
    ),
    Claim(
        "Fig. 2(e)",
        "Three reservoirs with γ⇑ = γ⇓: E_B → 1/2",
        lambda: stops((3, 1, HALF)),
        scope=MEAN_FIELD,
        form=Equation(E_B, HALF),
    ),
    Claim(
        "Fig. 2(f)",
        "Three reservoirs with γ⇑ = 2γ⇓: E_B → 1",
        lambda: stops((3, 2, ONE)),
        scope=MEAN_FIELD,
        form=Equation(E_B, ONE),
    ),
    Claim(
        "Below Fig. 2, half excited",
        "γ⇑ = γ⇓ can only half excite three batteries",
        lambda: steady(ZERO),
        lambda: steady(BATTERY * DOWN / 2),
        "Half full is where the pulse leaves them. The empty charger then follows its batteries, and the pump turns "
        "them on at λ = γ⇑γ⇓N_B/(Mγ⇓ − γ⇑), N_C/N_B times more slowly: the mean field of equal batteries fills them at "
        "any 0 < γ⇑ < Mγ⇓.",
        scope=MEAN_FIELD,
        form=Equation(Symbol("dtheta_B/dt"), ZERO),
        corrected_form=Equation(Symbol("dtheta_B/dt"), factored(-drift_rate()) * sin(THETA_B)),
        departure=Departure(
            "condition", "the time is within that of the collective decay",
            ("half full is where they stay", "half full is where the pulse leaves them: holds, see Fig. 2(e)"),
        ),
    ),
    Claim(
        "Below Fig. 2, fully charged",
        "What is left for t → ∞ of batteries that the pump of Fig. 2(c) and (f) has filled",
        half_in_the_end,
        scope="M = 2, 3, N_B = 1, 2",
        form=Equation(E_B, HALF, "→"),
        because="Not printed. The pulse fills them, and in the mean field they stay full while they are alike: two "
        "full ones part as e^{γ⇓N_B t}. Of finite spins that lasts for about 1/(γ⇓N_B): a pump leaves nothing dark, "
        "the steady state is unique, and at γ⇑ = (M − 1)γ⇓ and N_C → ∞ it is half full, whatever N_B.",
    ),
    Claim(
        "Below Fig. 2, coherent pump",
        "Nothing of this is seen if the charger is pumped coherently",
        lambda: driven(ZERO),
        lambda: driven(OMEGA / COPIES),
        "With H ∋ (iΩ/2)(J_C⁺ − J_C⁻), Ω < Mγ⇓N_C, the charger comes to rest where the drive balances its loss, and "
        "turns the batteries for ever: they are full once in 2πM/Ω. They only do not stay so.",
        scope=MEAN_FIELD,
        form=Equation(Symbol("dtheta_B/dt"), ZERO),
        departure=Departure(
            "condition", "the batteries are to stay full",
            ("they are never full", "they do not stay full: holds"),
        ),
    ),
    Claim(
        "Below Fig. 2, slower",
        "The pump slows the superradiant decay",
        slower,
        scope=MEAN_FIELD,
        form=Equation(Symbol("nu"), factored(pulse_rate())),
    ),
    Claim(
        "Below Fig. 2, slightly slower",
        "It slows it slightly, read as: by less than a factor of 2",
        lambda: slightly(False),
        lambda: slightly(True),
        "By M/(M − γ⇑/γ⇓), which is M for the pump that fills: twofold from (b) to (c), threefold from (d) to (f).",
        scope=MEAN_FIELD,
        form=Equation(1 / Symbol("nu"), 2 / Symbol("nu_0"), "<"),
        corrected_form=Equation(Symbol("nu_0") / Symbol("nu"), COPIES * DOWN / (COPIES * DOWN - UP)),
        departure=Departure(
            "condition", "γ⇑ < Mγ⇓/2, as in Fig. 2(e)",
            (
                "beside the time of the pulse without a pump",
                "beside that of a single spin, 10^7 times as slow: holds, see Below Fig. 2, collective time scale",
            ),
        ),
    ),
    Claim(
        "Below Fig. 2, more reservoirs",
        "More reservoirs need a stronger pump",
        more_pump,
        scope=MEAN_FIELD,
        form=Equation(Symbol("gamma_up"), (COPIES - 1) * DOWN),
        because="γ⇑ = (M − 1)γ⇓ fills M batteries; above Mγ⇓ the charger does not empty.",
    ),
    Claim(
        "Fig. 2(f), inset",
        "On comparable time scales an empty charger charges nothing",
        at_rest,
        scope="mean field",
        form=Equation(E_B, ZERO),
        because="Unless the pump exceeds Mγ⇓, what starts there grows at γ⇑γ⇓N_B/(Mγ⇓ − γ⇑) at most, N_C/N_B times "
        "more slowly than the pulse. On that scale the mean field of equal batteries fills them, and finite spins "
        "forget how the charger began: their batteries fill to a half, see Below Fig. 2, fully charged.",
    ),
)
