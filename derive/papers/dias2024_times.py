"""Dias et al. 2024: how long charging takes, in the mean field, and what is entangled meanwhile, of a few spins.

With one reservoir and no pump θ_C = φ and θ_B = π + φ: the battery fills as the charger empties.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from types import MappingProxyType

from sympy import Expr, Integer, Matrix, Rational, Symbol, diff, expand_trig, log, pi, sin, sqrt, tanh

from derive.builders import positive, spin_star
from derive.claims import AtLeast, Claim, Equal, Statement
from derive.derivation import Equation
from derive.kernel import canonical
from derive.spins import generator, steady_spins
from derive.spins.dark import final_state
from derive.spins.ladders import DickeState, Level, norm
from derive.spins.plateaus import (
    BATTERY,
    CHARGER,
    COPIES,
    DOWN,
    PHI,
    THETA_B,
    THETA_C,
    TIME,
    UP,
    charging_time,
    filling_pump,
    pulse_rate,
    star_turning,
)

ONE, HALF = Integer(1), Rational(1, 2)
s, k = positive("s"), positive("k")
SMALL = "mean field, N_B/N_C → 0"
SINGLE = MappingProxyType({COPIES: ONE, UP: Integer(0)})  # one battery, no pump


# -- times -------------------------------------------------------------------------------------------------------


def superradiant() -> Iterator[Statement]:
    """E_B = ½(1 + tanh ν(t − t_D)) with ν = γ⇓N_C and t_D = ln N_C/(2ν): dE_B/dt = 2νE_B(1 − E_B), and E_B = ½ at t_D.

    With E_B = (1 − cos φ)/2 that is dφ/dt = ν sin φ.
    """
    rate, delay = pulse_rate().subs(SINGLE), charging_time().subs(SINGLE)
    own = DOWN * CHARGER
    energy = (1 + tanh(own * (TIME - log(CHARGER) / (2 * own)))) / 2
    rates = star_turning()
    battery = rates.rates[rates.nodes.index("B")].subs({BATTERY: 0, THETA_C: PHI})
    yield Equal(Symbol("nu"), own, rate)
    yield Equal(Symbol("t_D"), log(CHARGER) / (2 * own), delay)
    yield Equal(Symbol("dphi/dt"), own * sin(PHI), battery)
    yield Equal(Symbol("dE_B/dt"), 2 * own * energy * (1 - energy), diff(energy, TIME))
    yield Equal(Symbol("E_B"), HALF, energy.subs(TIME, delay))


def superextensive() -> Iterator[Statement]:
    """dφ/dt = γ⇓(N_C − N_B) sin φ: with both numbers k times as large the power N_B dE_B/dt is k² times as large."""
    found = star_turning()
    turned = {THETA_C: PHI, THETA_B: pi + PHI}
    charger, battery = (
        expand_trig(found.rates[found.nodes.index(node)].subs(SINGLE).subs(turned)) for node in ("C", "B")
    )
    power = BATTERY * sin(PHI) * battery / 2
    larger = power.subs({BATTERY: k * BATTERY, CHARGER: k * CHARGER}, simultaneous=True)
    yield Equal(Symbol("dphi/dt"), DOWN * (CHARGER - BATTERY) * sin(PHI), battery)
    yield Equal(Symbol("dphi/dt"), battery, charger)
    yield Equal(Symbol("P_B"), DOWN * BATTERY * (CHARGER - BATTERY) * sin(PHI) ** 2 / 2, power)
    yield Equal(Symbol("P_B(k)") / Symbol("P_B"), k**2, canonical(larger / power))


def with_the_pump() -> Iterator[Statement]:
    """With the pump that fills, ν = γ⇓N_C whatever M, and t_D = ln(N_C/M)/(2ν); without, ν = Mγ⇓N_C."""
    at = {UP: filling_pump()}
    own = DOWN * CHARGER
    yield Equal(Symbol("nu"), own, canonical(pulse_rate().subs(at)))
    yield Equal(Symbol("t_D"), log(CHARGER / COPIES) / (2 * own), charging_time().subs(at))
    yield Equal(Symbol("nu_0"), COPIES * own, pulse_rate().subs(UP, 0))


def individual() -> Iterator[Statement]:
    """t_D γ_1 = ln N_C/N_C ≤ 2/√N_C → 0 for the rate γ_1 = 2γ⇓ of one spin: 2√N − ln N is 2 at N = 1, and grows."""
    delay, alone = charging_time().subs(SINGLE), 2 * pulse_rate().subs(SINGLE).subs(CHARGER, 1)
    x = positive("x")
    excess = 2 * sqrt(x) - log(x)
    shown = Equation(Symbol("t_D") * Symbol("gamma_1"), 2 / sqrt(CHARGER), "≤")
    yield Equal(Symbol("t_D") * Symbol("gamma_1"), log(CHARGER) / CHARGER, canonical(delay * alone))
    yield AtLeast(excess.subs(x, 1), Integer(0), shown, strict=True)
    yield AtLeast(diff(excess, x).subs(x, (1 + s) ** 2), Integer(0), shown, strict=True)


# -- entanglement ------------------------------------------------------------------------------------------------


def element(state: DickeState, ket: Level, bra: Level) -> Expr:
    """An element of ρ times the norm of its ket: those of D ρ D with a diagonal D, in which no root is left."""
    known = dict(zip(state.generator.states, state.values, strict=True))
    return known.get((ket, bra), Integer(0)) * norm(ket, state.generator.numbers)


def transposed(state: DickeState) -> Matrix:
    """D ρ^T D with the partial transpose over the charger."""
    levels = sorted({ket for ket, _ in state.generator.states})
    return Matrix(
        len(levels),
        len(levels),
        lambda i, j: element(state, (levels[j][0], *levels[i][1:]), (levels[i][0], *levels[j][1:])),
    )


def entangled() -> Iterator[Statement]:
    """|c|² > p p′ for the coherence c of |k, 0⟩ and |k − 1, 1⟩ in the final state without a pump, k = min(N_C, N_B).

    p is of |k, 1⟩, which no dark state reaches, and p′ of |k − 1, 0⟩: a separable state has |c|² ≤ p p′.
    """
    shown = Equation(Symbol("|c|^2"), Symbol("p") * Symbol("p'"), ">")
    for n_c, n_b in product(range(1, 7), (1, 2)):
        state, top = final_state(spin_star(1, n_c, n_b, 1, 0), (n_c, 0)), min(n_c, n_b)
        coherence = element(state, (top, 0), (top - 1, 1)) * element(state, (top - 1, 1), (top, 0))
        full, empty = (element(state, level, level) for level in ((top, 1), (top - 1, 0)))
        yield Equal(Symbol("p"), Integer(0), full)
        yield AtLeast(coherence, full * empty, shown, strict=True)


def separable() -> Iterator[Statement]:
    """The partial transpose over the charger is positive in the steady state with the pump (M − 1)γ⇓, by its pivots."""
    shown = Equation(Symbol("rho^T"), Integer(0), "≥")
    for copies, n_c in product((2, 3), (1, 2)):
        matrix = transposed(steady_spins(generator(spin_star(copies, n_c, 1, 1, copies - 1))))
        yield from (AtLeast(pivot, Integer(0), shown, strict=True) for pivot in pivots(matrix))


def pivots(matrix: Matrix) -> list[Expr]:
    """The pivots of a symmetric matrix without exchanges: it is positive definite if all are positive."""
    rest, found = matrix.copy(), []
    while rest.rows:
        found.append(rest[0, 0])
        rest = (rest - rest[:, 0] * rest[0, :] / rest[0, 0])[1:, 1:]
    return found


ABSTRACT = (
    Claim(
        "Abstract, super-extensive",
        "Charging is super-extensive: the power grows as the square of the numbers of spins",
        superextensive,
        scope="mean field",
        form=Equation(Symbol("P_B"), DOWN * BATTERY * (CHARGER - BATTERY) * sin(PHI) ** 2 / 2),
        because="In units of ħω_0, one reservoir, N_B < N_C; φ from 0 to π is the turn of both.",
    ),
)
MODEL = (
    Claim(
        "Below Eq. (3), entanglement",
        "Without a pump charger and battery get entangled",
        entangled,
        scope="N_C = 1..6, N_B = 1, 2",
        method="bound",
        form=Equation(Symbol("|c|^2"), Symbol("p") * Symbol("p'"), ">"),
        because="The final state is: its dark states hold at most N_B excitations, coherently distributed.",
    ),
)
RESULTS = (
    Claim(
        "Fig. 2(a), time scale",
        "The battery is charged on a superradiant time scale, faster the more spins there are",
        superradiant,
        scope=SMALL,
        form=Equation(Symbol("E_B"), (1 + tanh(DOWN * CHARGER * (TIME - Symbol("t_D")))) / 2),
        because="From 10% to 90% in ln 9/(γ⇓N_C), after t_D = ln N_C/(2γ⇓N_C): 2.2 and 8.1 times 10^{−7}/γ⇓ for the "
        "10^7 spins of the figure, against 1/(2γ⇓) of a single one.",
    ),
    Claim(
        "Below Fig. 2, collective time scale",
        "With the pump charging still occurs on the time scale of collective effects",
        with_the_pump,
        scope=SMALL,
        form=Equation(Symbol("t_D"), log(CHARGER / COPIES) / (2 * DOWN * CHARGER)),
        because="The pump that fills M batteries leaves the rate γ⇓N_C of a single one.",
    ),
    Claim(
        "Below Fig. 2, entanglement under pumping",
        "With collective pumping there is little to no entanglement between the batteries and the charger",
        separable,
        scope="M = 2, 3, N_C = 1, 2, N_B = 1",
        method="bound",
        form=Equation(Symbol("rho^T"), Integer(0), "≥"),
        because="In the steady state with the pump of Fig. 2(c) and (f) none that a partial transpose over the charger "
        "shows. The pulse leaves a little on the way: for M = 2, N_C = 6, N_B = 1 a negativity of at most 0.033, "
        "0.044 without a pump, and 0.237 with one battery and no pump.",
    ),
    Claim(
        "Below Fig. 2, individual decay",
        "Individual decay is much slower than collective effects for large ensembles",
        individual,
        scope=SMALL,
        method="bound",
        form=Equation(Symbol("t_D") * Symbol("gamma_1"), log(CHARGER) / CHARGER),
        because="For a spin's own rate γ_1 = 2γ⇓, that of one spin in the same reservoir: 1.6·10^{−6} of it by t_D for "
        "N_C = 10^7. Charging, that is; what is stored then is dark to the reservoirs and not to individual decay.",
    ),
)
