"""Collective spins that turn as one: the large-N mean field of charger and batteries, in angles.

    ⟨J_k^+⟩ = (N_k/2) sin θ_k,   ⟨J_k^z⟩ = (N_k/2) cos θ_k,   E_k = (1 + cos θ_k)/2
    dθ_C/dt = (Mγ↓ − γ↑) N_C sin θ_C + Mγ↓ N_B sin θ_B,   dθ_B/dt = γ↓ (N_C sin θ_C + N_B sin θ_B)

θ = 0 is full and θ = π empty. All is found from the moment equations: the rates of the angles, the integral that fixes
where the batteries stop, how long a pulse takes, and what moves afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Add, Expr, I, Integer, Matrix, Mul, Symbol, chebyshevu, cos, diff, exp, log, pi, sin, tan

from derive.builders import integer, positive, real, spin_star
from derive.errors import DeriveError
from derive.kernel import canonical, factored
from derive.network import Drive, Network, Number
from derive.spins.algebra import HEIGHT, LOWER, RAISE
from derive.spins.cumulants import Moments, closed_moments

DOWN, UP, CHARGER, BATTERY = positive("gamma_down"), positive("gamma_up"), integer("N_C"), integer("N_B")
COPIES, OMEGA = positive("M"), positive("Omega")
THETA_C, THETA_B, PHI, TIME, START = real("theta_C"), real("theta_B"), real("phi"), positive("t"), positive("theta_0")


class NotTurning(DeriveError):
    """Amplitudes that do not turn in one plane: a network whose mean field is not a common rotation."""


@dataclass(frozen=True)
class Turning:
    """dθ/dt of every ensemble at large N, from the mean field; `numbers` are the N of the nodes."""

    nodes: tuple[str, ...]
    numbers: tuple[Expr, ...]
    angles: tuple[Symbol, ...]
    rates: tuple[Expr, ...]


def turning(net: Network, copies: Mapping[str, Number] | None = None) -> Turning:
    """The mean field of a network of spins as rotations in one plane, to leading order in N.

    Terms that are linear in the moments come from the order of operators, and are smaller by 1/N. `turning_residual`
    puts the angles back into both equations of every node.

    Raises:
        NotTurning: if the amplitudes do not stay real.
    """
    moments = closed_moments(net, 1, copies, coherent=True)
    if not moments.real:
        raise NotTurning("The mean field must keep real amplitudes, but a coupling or a detuning turns their phase.")
    nodes = tuple(word[0][0] for word in moments.words if word[0][1] == HEIGHT)
    origin = {name: name for name in net.names} | {f"{name}_1": name for name in copies or {}}
    numbers = tuple(next(s.number for s in net.spins if s.name == origin[node]) for node in nodes)
    angles = tuple(real(f"theta_{origin[node]}") for node in nodes)
    value = _values(moments, nodes, numbers, angles)
    rates = []
    for node, number, angle in zip(nodes, numbers, angles, strict=True):
        height = leading(moments, moments.rates[moments.words.index(((node, HEIGHT),))]).xreplace(value)
        rates.append((-2 * height / (number * sin(angle))).expand())
    return Turning(tuple(origin[node] for node in nodes), numbers, angles, tuple(rates))


def turning_residual(net: Network, copies: Mapping[str, Number] | None = None) -> Matrix:
    """d⟨J^z⟩/dt + (N/2) sin θ dθ/dt and d⟨J^+⟩/dt − (N/2) cos θ dθ/dt of every node."""
    moments, found = closed_moments(net, 1, copies, coherent=True), turning(net, copies)
    nodes = tuple(word[0][0] for word in moments.words if word[0][1] == HEIGHT)
    value = _values(moments, nodes, found.numbers, found.angles)
    left = []
    for node, number, angle, rate in zip(nodes, found.numbers, found.angles, found.rates, strict=True):
        for sign, slope in ((HEIGHT, -sin(angle)), (RAISE, cos(angle))):
            moved = leading(moments, moments.rates[moments.words.index(((node, sign),))]).xreplace(value)
            left.append(moved - number * slope * rate / 2)
    return Matrix(left)


def leading(moments: Moments, rate: Expr) -> Expr:
    """The terms of a rate that are bilinear in the moments; a drive counts as one, ε ∝ N."""
    letters = {*moments.symbols, *(s for drive in moments.net.drives for s in drive.amplitude.free_symbols)}

    def degree(term: Expr) -> int:
        powers = (factor.as_base_exp() for factor in Mul.make_args(term))
        return sum(int(power) for base, power in powers if base in letters)

    return Add(*(term for term in Add.make_args(rate.expand()) if degree(term) == 2))


def _values(
    moments: Moments, nodes: tuple[str, ...], numbers: tuple[Expr, ...], angles: tuple[Symbol, ...]
) -> dict[Expr, Expr]:
    found: dict[Expr, Expr] = {}
    for node, number, angle in zip(nodes, numbers, angles, strict=True):
        found[moments.symbol(((node, HEIGHT),))] = number * cos(angle) / 2
        found[moments.symbol(((node, RAISE),))] = number * sin(angle) / 2
    return found


# -- a charger and M batteries -------------------------------------------------------------------------------


def star_turning() -> Turning:
    """Charger and M identical batteries, each with a reservoir of its own, and the pump (Dias et al., Eq. (4))."""
    return turning(spin_star(), {"B": COPIES})


def density(angle: Expr) -> Expr:
    """E/(ħωN) = (1 + cos θ)/2."""
    return (1 + cos(angle)) / 2


def battery_turn(net: Network, copies: Mapping[str, Number] | None, battery: str) -> Expr:
    """By how much a battery turns, in units of the charger's turn, while it is too small to act back: N_B/N_C → 0.

    Both rates are then proportional to sin θ_C, so that θ_B − (ratio) θ_C is conserved.

    Raises:
        NotTurning: if the ratio of the rates depends on the angles.
    """
    found = turning(net, copies)
    small = dict.fromkeys((found.numbers[found.nodes.index(n)] for n in found.nodes if n != "C"), Integer(0))
    charger, other = (found.rates[found.nodes.index(name)].subs(small).expand() for name in ("C", battery))
    ratio = canonical(other / charger)
    if ratio.has(*found.angles):
        raise NotTurning(f"Charger and battery must turn in proportion, but their ratio is {ratio}.")
    return ratio


def plateau(copies: Number = COPIES, down: Number = DOWN, up: Number = UP) -> Expr:
    """Where M batteries stop after the pulse of a large charger: E_B = sin²(πγ↓/(2(Mγ↓ − γ↑))).

    The charger turns from 0 to π, the next zero of its rate; the batteries start at π. Dias et al. find 1/2 and 1/4
    for M = 2 and 3 without a pump by numerical exploration.
    """
    turn = battery_turn(spin_star(), {"B": COPIES}, "B")
    e = density(pi + pi * turn)
    return e.subs({COPIES: copies, DOWN: down, UP: up}, simultaneous=True)


def filling_pump() -> Expr:
    """The pump at which the batteries make half a turn as the charger does, and are full: γ↑ = (M − 1)γ↓."""
    turn = battery_turn(spin_star(), {"B": COPIES}, "B")
    top, bottom = canonical(turn).as_numer_denom()
    unknown = (bottom - top).expand()
    return canonical(UP - unknown / unknown.coeff(UP))


def pulse_rate() -> Expr:
    """ν in tan(θ_C/2) = tan(θ_0/2) e^{νt}, the rate of the superradiant pulse: ν = (Mγ↓ − γ↑)N_C."""
    found = star_turning()
    rate = found.rates[found.nodes.index("C")].subs(BATTERY, 0)
    return canonical(rate / sin(THETA_C))


def seed() -> Expr:
    """x in tan²(θ_0/2) = x/N_C, with which the pulse of a full charger begins: Mγ↓/(Mγ↓ − γ↑).

    With ⟨J_C^+J_C^-⟩ = N_C y and J_C^z at N_C/2 the second-order equations are dy/dt = 2νy + 2γ↑N_C to leading order in
    N_C, and y begins at 1: what grows is y + γ↑N_C/ν, the first quantum and the noise of the pump.
    """
    moments = closed_moments(spin_star(), 2, {"B": COPIES})
    up, z, down = ("C", RAISE), ("C", HEIGHT), ("C", LOWER)
    pair = moments.symbol((up, down))
    full = {moments.symbol((z,)): CHARGER / 2, moments.symbol((z, z)): CHARGER**2 / 4}
    rest = {s: Integer(0) for s in moments.symbols if s != pair and s not in full}
    rate = moments.rates[moments.words.index((up, down))].subs({**full, **rest}).expand()
    growth, source = rate.coeff(pair).coeff(CHARGER), rate.coeff(pair, 0).coeff(CHARGER, 2)
    return canonical(1 + source / growth)


def charging_time() -> Expr:
    """When the charger is half empty: tan(θ_0/2) = √(x/N_C) has grown to one."""
    return log(CHARGER / factored(seed())) / (2 * factored(pulse_rate()))


def drift_rate() -> Expr:
    """λ in tan(φ/2) ∝ e^{λt}, φ = θ_B − π, with which a plateau moves on when the charger follows its batteries.

    The charger's rate vanishes at sin θ_C = −Mγ↓N_B sin θ_B/((Mγ↓ − γ↑)N_C); what is left of the batteries' is
    λ = γ↑γ↓N_B/(Mγ↓ − γ↑). Without a pump nothing is left: S_C + S_B = 0 is dark for every reservoir.
    """
    found = star_turning()
    charger, battery = (found.rates[found.nodes.index(name)] for name in ("C", "B"))
    slope = charger.coeff(sin(THETA_C))
    followed = -(charger - slope * sin(THETA_C)) / slope
    return canonical(-battery.subs(sin(THETA_C), followed) / sin(THETA_B))


def back_action(copies: int) -> tuple[Expr, Expr]:
    """Without a pump, at any N_B/N_C: the condition on φ = θ_B − π for the plateau, as (left, right) of an equation.

    θ_C − Mθ_B is conserved, so that θ_C = Mφ, and the rates vanish where N_C sin Mφ = N_B sin φ, which for φ ≠ 0 is
    U_{M−1}(cos φ) = N_B/N_C with the Chebyshev polynomial of the second kind.
    """
    return chebyshevu(copies - 1, cos(PHI)), BATTERY / CHARGER


def first_correction() -> Expr:
    """The plateau without a pump to first order in N_B/N_C, from the slope of its condition sin Mφ = (N_B/N_C) sin φ.

    sin²(π/2M) − (N_B/2MN_C) sin²(π/M)
    """
    ratio = Symbol("x", positive=True)
    condition = sin(COPIES * PHI) - ratio * sin(PHI)
    slope = -diff(condition, ratio) / diff(condition, PHI)
    e = density(pi + PHI)
    return plateau(COPIES, DOWN, 0) + BATTERY / CHARGER * (diff(e, PHI) * slope).subs(ratio, 0).subs(PHI, pi / COPIES)


def driven_turn() -> Expr:
    """dθ_B/dt of small batteries whose charger is driven, H ∋ (iΩ/2)(J_C⁺ − J_C⁻), instead of pumped: it never stops.

    The charger comes to rest where the drive balances the loss, sin θ_C = Ω/(Mγ↓N_C), and goes on turning the
    batteries.
    """
    net = replace(spin_star(up=0), drives=(Drive("C", I * OMEGA / 2),))
    found = turning(net, {"B": COPIES})
    charger, battery = (found.rates[found.nodes.index(name)].subs(BATTERY, 0) for name in ("C", "B"))
    slope = charger.coeff(sin(THETA_C))
    return canonical(battery.subs(sin(THETA_C), -(charger - slope * sin(THETA_C)) / slope))


def grown(rate: Expr) -> Expr:
    """tan(θ/2) = tan(θ_0/2) e^{rate t} as sin θ, which solves dθ/dt = rate sin θ."""
    x = tan(START / 2) * exp(rate * TIME)
    return 2 * x / (1 + x**2)
