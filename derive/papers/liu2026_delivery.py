"""Liu, Chen, Wu, Chen and Su 2026: how the energy is delivered and where it is lost, Sec. II and Fig. 2.

What the drive injects leaves through the losses, P = 2ω Re Σ f*⟨a⟩ = ω Σ γ|⟨q⟩|² over all channels, jumps q of rate γ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType

from sympy import Add, Expr, I, Integer, Pow, Rational, S, Symbol, diff, exp, factorial, sqrt

from derive.balance import energy_balance, local_losses
from derive.builders import Build, chain, positive, star
from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement
from derive.counts import closed_form
from derive.derivation import Equation, mean
from derive.evolution import steady_state
from derive.families import star as stars
from derive.gaussian import vacuum
from derive.kernel import canonical, conjugated
from derive.langevin import langevin
from derive.motion import evolve
from derive.network import Network
from derive.papers.liu2026_dynamics import charger, eq_7, uniform
from derive.papers.liu2026_letters import (
    SIZES,
    UP_TO_6,
    Γ,
    N,
    damping,
    eq_5,
    eq_9,
    mode,
    mu,
    shared_rate,
    ε,
    κ,
    ω,
)
from derive.papers.liu2026_optimum import OPTIMUM_C, OPTIMUM_P

g, s, t = positive("g"), positive("s"), positive("t")
place = Symbol("n", positive=True, integer=True)
INJECTED, SHARED = Symbol("P_in"), Symbol("P_q")


# -- one after the other, and all at once ------------------------------------------------------------------------


def onsets(net: Network, name: str, order: int) -> tuple[Expr, ...]:
    """The first derivatives of an amplitude at t = 0, from vacuum: f, W f, W²f, …"""
    eq = langevin(net)
    place, vector, found = eq.modes.index(name), eq.force, []
    for _ in range(order):
        found.append(vector[place])
        vector = eq.drift * vector
    return tuple(found)


def delivered(build: Build, order: Callable[[int], int]) -> Iterator[Statement]:
    """⟨b_n⟩ starts as −iε ΠW t^{order}/order!, W_{kj} = −Γ_k for equal weights: nothing before."""
    for size in SIZES:
        net = build(size, "nonreciprocal")
        for n in range(1, size + 1):
            links = order(n) - 1
            *none, first = onsets(net, mode(n), order(n))
            name = mean(mode(n))
            yield from (Equal(name, S.Zero, early) for early in none)
            power = t ** order(n) / factorial(order(n))
            yield Equal(name, -I * ε * Pow(-Γ, links) * power, first * power)


def farther() -> Iterator[Statement]:
    """A battery more leaves (2Γ/(2Γ + κ))² of the terminal energy at a fixed coupling; J_op^c grows, J_op^p falls."""
    grows = Equation(Symbol("dJ_op/dN"), S.Zero, "≥")
    yield Equal(Symbol("E_(N+1)/E_N"), (2 * Γ / (2 * Γ + κ)) ** 2, canonical(eq_5(N + 1) / eq_5(N)))
    yield AtLeast(S.One, 2 * Γ / (2 * Γ + κ), Equation(Symbol("E_(N+1)/E_N"), S.One, "<"), strict=True)
    yield AtLeast(diff(OPTIMUM_C, N), S.Zero, grows, strict=True)
    yield AtLeast(S.Zero, diff(OPTIMUM_P, N), Equation(Symbol("dJ_op/dN"), S.Zero, "≤"), strict=True)


def neighbours(size: int) -> tuple[Expr, Expr]:
    """E_N/E_{N−1} of a chain, and E_{N−1}/E_{N−2}."""
    state = steady_state(langevin(chain(size, "nonreciprocal")))
    energies = [state.energy(mode(size - back)) for back in range(3)]
    return canonical(energies[0] / energies[1]), canonical(energies[1] / energies[2])


LAST_TWO = Symbol("E_N") / Symbol("E_(N-1)")


def along_chain() -> Iterator[Statement]:
    """The last battery holds less than the one before it, at J_op, as read."""
    at_best = {size: {Γ: 2 * OPTIMUM_C.subs(N, size)} for size in SIZES[1:]}
    shown = Equation(LAST_TWO, S.One, "≤")
    yield from (AtLeast(S.One, canonical(neighbours(size)[0].subs(at)), shown) for size, at in at_best.items())


def not_at_its_end() -> Iterator[Statement]:
    """It holds (2Γ/(Γ + κ))² of it, more at every J > κ/2, which is below J_op for N ≥ 2; inner ones hold less."""
    last, inner = (2 * Γ / (Γ + κ)) ** 2, (2 * Γ / (2 * Γ + κ)) ** 2
    for size in SIZES[1:]:
        yield from (
            Equal(name, printed, true)
            for name, printed, true in zip((LAST_TWO, Symbol("E_n")), (last, inner), neighbours(size), strict=True)
        )
        best = 2 * OPTIMUM_C.subs({N: size, κ: 1})
        yield AtLeast(best, S.One, Equation(2 * Symbol("J_op"), κ, ">"), strict=True)
    more, less = (Equation(LAST_TWO, S.One, relation) for relation in (">", "<"))
    yield AtLeast(last.subs(Γ, κ + s), S.One, more, strict=True)
    yield AtLeast(S.One, last.subs(Γ, κ / (1 + s)), less, strict=True)


# -- where the energy goes ---------------------------------------------------------------------------------------


def injected(net: Network) -> Expr:
    """The power of the drive in the steady state, in units of ω."""
    eq = langevin(net)
    power = Add(*(conjugated(f) * a for f, a in zip(eq.force, steady_state(eq).mean, strict=True)))
    return canonical(power + conjugated(power))


def shared(net: Network) -> Expr:
    """The power that leaves through the shared reservoirs, in units of ω."""
    return canonical(energy_balance(net).shared)


STAR_FRACTION = N * Γ / (N * Γ + κ) * ((Γ - κ) / (Γ + κ)) ** 2


def balanced(build: Build) -> Iterator[Statement]:
    """What is injected leaves, through the shared or the local reservoirs."""
    for size in SIZES:
        net = build(size, "nonreciprocal")
        state = steady_state(langevin(net))
        local = Add(*(rate * state.occupation(name) for name, rate in local_losses(net).items()))
        yield Equal(INJECTED, shared(net) + local, injected(net))


def amplified_in_star() -> Iterator[Statement]:
    """The share of what is injected that leaves through the shared reservoirs grows with J beyond J_op, as read."""
    shown = Equation(SHARED / INJECTED, STAR_FRACTION, "≥")
    root = 1 + Symbol("m", positive=True, integer=True)  # √N
    beyond, at_best = (STAR_FRACTION.subs(Γ, at) for at in (κ, 2 * OPTIMUM_P))
    yield AtLeast(beyond, at_best, shown, {N: root**2})


def dark_in_star() -> Iterator[Statement]:
    """It falls from J_op to zero at J = κ/2, where ⟨a⟩ + ⟨b_k⟩ = 0, and only then grows; N = (κ/Γ_op)²."""
    yield from balanced(star)
    for size in SIZES:
        net = star(size, "nonreciprocal")
        yield Equal(SHARED / INJECTED, STAR_FRACTION.subs(N, size), shared(net) / injected(net))
    slope = canonical(diff(STAR_FRACTION, Γ) / STAR_FRACTION * (Γ - κ))
    between = {Γ: (g + s * κ) / (1 + s), N: (κ / g) ** 2}  # from Γ_op = g to κ = g + u
    u = positive("u")
    yield AtLeast(slope.subs(between, simultaneous=True).subs(κ, g + u), S.Zero, Equation(SHARED, S.Zero, "≤"))
    yield AtLeast(slope.subs(Γ, κ + s), S.Zero, Equation(SHARED, S.Zero, "≥"))


BELOW = tuple(Rational(x, 100) for x in (100, 160, 215, 270, 320, 375))  # just below 2J_op/κ of N = 1, …, 6


def amplified_in_chain() -> Iterator[Statement]:
    """The same share of a chain rises with J at every Γ above a rational just below 2J_op, κ = 1."""
    yield from balanced(chain)
    shown = Equation(Symbol("d(P_q/P_in)/dJ"), S.Zero, "≥")
    for size, low in zip(SIZES, BELOW, strict=True):
        net = chain(size, "nonreciprocal").subs({κ: 1, ε: 1, ω: 1})
        share = canonical(shared(net) / injected(net))
        best = 2 * OPTIMUM_C.subs({N: size, κ: 1})
        near = Equation(2 * Symbol("J_op"), low, "≥")
        yield AtLeast(best, low, near) if size > 1 else Equal(near.lhs, low, best)
        yield AtLeast(diff(share, Γ).subs(Γ, low + s), S.Zero, shown)


DRIVEN = 4 * ω * ε**2 / (N * Γ + κ)  # by the drive
FED = (Γ + κ) * eq_9(N)  # into each battery: what it loses
TURNS = κ * (1 + sqrt(1 + 8 * N)) / (2 * N)


def injection() -> Iterator[Statement]:
    """Stronger coupling enhances the injection by the drive, as read."""
    yield AtLeast(diff(DRIVEN, Γ), S.Zero, Equation(Symbol("dP_in/dJ"), S.Zero, "≥"))


def injection_corrected() -> Iterator[Statement]:
    """That falls at every J; what every battery is fed rises up to Γ = κ(1 + √(1 + 8N))/(2N) > 2J_op, and falls beyond.

    With N = κ(2κ + Γ_t)/Γ_t² the turn is at a given Γ_t = g.
    """
    state = closed_form(stars(scheme="nonreciprocal"))
    power = canonical(2 * I * ε * ω * state.amplitude())
    rise = canonical(diff(FED, Γ) / FED)
    count = κ * (2 * κ + g) / g**2
    up, down = (Equation(Symbol("dP_n/dJ"), S.Zero, relation) for relation in ("≥", "≤"))
    yield from (Equal(INJECTED, DRIVEN.subs(N, size), ω * injected(star(size, "nonreciprocal"))) for size in SIZES)
    yield Equal(INJECTED, DRIVEN, power)
    yield Equal(Symbol("P_n"), FED, (Γ + κ) * state.energy(*state.terminal))
    yield AtLeast(S.Zero, diff(DRIVEN, Γ), Equation(Symbol("dP_in/dJ"), S.Zero, "<"), strict=True)
    yield Equal(Symbol("Gamma_t"), g, TURNS.subs(N, count))
    yield AtLeast(rise.subs({N: count, Γ: g / (1 + s)}, simultaneous=True), S.Zero, up)
    yield AtLeast(S.Zero, rise.subs({N: count, Γ: g + s}, simultaneous=True), down)
    yield AtLeast(1 + 8 * N, 4 * N, Equation(Symbol("Gamma_t"), 2 * Symbol("J_op"), ">"), strict=True)


# -- Fig. 2 -------------------------------------------------------------------------------------------------------

FIGURE = MappingProxyType({ω: Integer(1), κ: Rational(3, 1000), ε: Rational(1, 100), N: Integer(2)})


def figure_2() -> Iterator[Statement]:
    """Eqs. (A2), its 0/0 as a limit, and (A6) against the equations of motion, at every J; for t → ∞ in numbers."""
    for build, best, rates, last in (
        (chain, OPTIMUM_C, (Γ + κ, 2 * Γ + κ), uniform(2)),
        (star, OPTIMUM_P, (2 * Γ + κ, Γ + κ), None),
    ):
        book = {damping(0): rates[0], damping(1): rates[1], shared_rate(1): Γ, mu(1): S.One}
        second = eq_7(1, 1, 0).subs(book, simultaneous=True)
        eq = langevin(build(2, "nonreciprocal"))
        state = evolve(eq, vacuum(eq), t)
        curves = (charger().subs(book), second, last or second)
        yield from (Equal(Symbol(f"E_{k or 'a'}"), curve, state.energy(mode(k))) for k, curve in enumerate(curves))
        for coupling in (Rational(1, 1000), best, Rational(1, 100)):
            at = {Γ: 2 * coupling.subs(FIGURE), **FIGURE}
            held = steady_state(langevin(build(2, "nonreciprocal").subs(at)))
            yield from (
                Equal(Symbol(f"E_{k or 'a'}"), _late(curve).subs(at), held.energy(mode(k)))
                for k, curve in enumerate(curves)
            )


def _late(curve: Expr) -> Expr:
    """A curve for t → ∞: without its exponentials, all of which decay."""
    return curve.xreplace(dict.fromkeys(curve.atoms(exp), S.Zero))


SECTION_II = (
    Claim(
        "Below Eq. (4), sequential",
        "Energy propagates sequentially from the charger toward the end of the chain",
        lambda: delivered(chain, lambda n: n + 1),
        scope=UP_TO_6,
        method="limit",
        form=Equation(
            Symbol("E_n"), ω * ε**2 * Γ ** (2 * place) * t ** (2 * place + 2) / factorial(place + 1) ** 2, "→"
        ),
        because="As t → 0 battery n has ωε²Γ^{2n}t^{2n+2}/(n + 1)!²: none of the derivatives before.",
    ),
    Claim(
        "Below Eq. (10), attenuation",
        "A longer chain attenuates more and needs a larger coupling; more batteries in parallel need a smaller one",
        farther,
        scope=ALL,
        form=Equation(Symbol("E_(N+1)/E_N"), (2 * Γ / (2 * Γ + κ)) ** 2),
        because="At a fixed coupling every battery more leaves (2Γ/(2Γ + κ))² of the terminal energy; J_op^c "
        "grows and J_op^p falls with every N, not for large N only.",
    ),
    Claim(
        "Below Eq. (10), attenuation along the chain",
        "The energy attenuates along the chain, read as: at J_op every battery holds less than the one before it",
        along_chain,
        not_at_its_end,
        "So do inner ones, by (2Γ/(2Γ + κ))². The last one has no battery to feed and holds (2Γ/(Γ + κ))² of the one "
        "before it, which is more than one at every J > κ/2, and so at J_op for N ≥ 2: 5.78ω against 3.78ω "
        "in Fig. 2(b).",
        scope="N = 2..6",
        method="bound",
        form=Equation(LAST_TWO, Integer(1), "≤"),
        corrected_form=Equation(LAST_TWO, (2 * Γ / (Γ + κ)) ** 2),
        departure=Departure(
            "condition",
            "the battery is not the last one, or J < κ/2",
            (
                "from one battery to the next",
                "from the last battery of a chain to that of a longer one: holds, see Below Eq. (10), attenuation",
            ),
        ),
    ),
    Claim(
        "Below Eq. (10), injection",
        "Increasing the coupling strength enhances the energy injection (parallel)",
        injection,
        injection_corrected,
        "What the drive injects, P_in, falls at every J, as the charger is damped more. What each battery is fed "
        "rises up to J = κ(1 + √(1 + 8N))/(4N), beyond J_op, and falls then.",
        scope=ALL,
        method="bound",
        form=Equation(Symbol("dP_in/dJ"), Integer(0), "≥"),
        corrected_form=Equation(INJECTED, DRIVEN),
        departure=Departure(
            "condition",
            "what the batteries are fed is meant, and J < κ(1 + √(1 + 8N))/(4N)",
            ("injected by the drive", "fed to the batteries: holds up to that J"),
        ),
    ),
    Claim(
        "Fig. 2, agreement",
        "The analytical results of Fig. 2 agree with numerical calculations",
        figure_2,
        scope="N = 2",
        form=Equation(Symbol("E_2"), uniform(2)),
        because="They agree to all digits, at every J and t: the equations of motion are solved exactly. At "
        "the equal "
        "rates of the figure E_{b_2} of Eq. (A2) reads 0/0 and its limit is meant, displayed; Eqs. (3) and (7) as "
        "printed do not agree. For t → ∞ charger, first and second battery hold, in units of ω, 16.00, 5.22, "
        "3.34 (a), "
        "6.48, 3.78, 5.78 (b), 0.76, 0.65, 1.98 (c), 8.16, 5.22, 5.22 (d), 7.63, 5.23, 5.23 (e), 0.22, 0.65, "
        "0.65 (f).",
    ),
    Claim(
        "Below Fig. 2, cooperative loss, cascaded",
        "Beyond J_op stronger coupling amplifies the cooperative dissipation: its share of what is injected",
        amplified_in_chain,
        scope=UP_TO_6,
        method="bound",
        form=Equation(Symbol("d(P_q/P_in)/dJ"), Integer(0), "≥"),
        because="In the end all energy leaves through the shared reservoirs.",
    ),
    Claim(
        "Below Fig. 2, cooperative loss, parallel",
        "The same of the parallel network",
        amplified_in_star,
        dark_in_star,
        "For N ≥ 2 their part P_q of the injected P_in falls from J_op on, to zero at J = κ/2, where ⟨a⟩ + ⟨b_k⟩ = 0 "
        "is dark to every shared reservoir, and grows only beyond. That is the upper end of the window of Eq. (14).",
        scope=UP_TO_6,
        method="bound",
        form=Equation(Symbol("d(P_q/P_in)/dJ"), Integer(0), "≥"),
        corrected_form=Equation(SHARED / INJECTED, STAR_FRACTION),
        departure=Departure(
            "condition", "J > κ/2",
            ("its share of what is injected", "the rates Γ of the shared reservoirs: they grow, as J = Γ/2"),
        ),
    ),
)
SECTION_III = (
    Claim(
        "Sec. III, simultaneous",
        "In the parallel configuration the charger injects energy into all batteries simultaneously",
        lambda: delivered(star, lambda n: 2),
        scope=UP_TO_6,
        method="limit",
        form=Equation(Symbol("E_n"), ω * ε**2 * Γ**2 * t**4 / 4, "→"),
    ),
)
