"""Ahmadi, Mazurek, Horodecki and Barzanjeh 2024: the sentences of its abstract and its synopsis.

Several of them compare, and do not say with what, or at which rates. Each reading is a claim of its own, and its title
says what is held equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, I, Integer, Symbol, exp, pi

from derive.builders import positive
from derive.claims import AtLeast, Claim, Departure, Equal, Paper, Statement
from derive.derivation import Equation
from derive.kernel import canonical, conjugated
from derive.langevin import langevin
from derive.network import Network
from derive.nonreciprocity import isolation, loops
from derive.optimum import leading_order
from derive.papers.ahmadi2024_charging import CLAIMS as CHARGING
from derive.papers.ahmadi2024_letters import (
    E_A,
    E_NR,
    GAIN,
    MORE,
    NOTATION,
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
    θ,
    κ_a,
    κ_b,
)
from derive.papers.ahmadi2024_optimum import CLAIMS as OPTIMUM

n_a, n_b = positive("n_a"), positive("n_b")
p, q = positive("p"), positive("q")  # p_a and p_b where they are positive
GAINED = 4 * ((Γ**2 + κ_a * κ_b) / ((Γ + κ_a) * (Γ + κ_b))) ** 2

# -- one way ---------------------------------------------------------------------------------------------------


def directed() -> Iterator[Statement]:
    """J e^{iθ} = iΓ p_a* p_b/2 cuts the way from the battery to the charger; −Γ p_a p_b* is left of the other."""
    link = isolation(pair(), "a", "b")
    drift = langevin(one_way()).drift
    yield Equal(Symbol("W_ab"), Integer(0), drift[0, 1])
    yield Equal(Symbol("W_ba"), -Γ * p_a * conjugated(p_b), drift[1, 0])
    yield Equal(J * exp(I * θ), I * Γ * conjugated(p_a) * p_b / 2, link.strength)


def interference() -> Iterator[Statement]:
    """|W_ab| = |W_ba| with the coupling alone or the reservoir alone; together 0 and Γ, at the flux −π/2."""
    for net, size in ((conventional(), J), (even(pair(Integer(0))), Γ / 2)):
        drift = langevin(net).drift
        for entry in (drift[0, 1], drift[1, 0]):
            yield Equal(Symbol("|W_ab|") ** 2, size**2, entry * conjugated(entry))
    (loop,) = loops(even(one_way()))
    yield Equal(Symbol("Phi"), -pi / 2, loop.flux)


def quiet() -> Iterator[Statement]:
    """Noise of the charger with local reservoirs at n_a, n_b: none from the battery's where it is isolated."""
    noise = κ_a * n_a / (Γ + κ_a)
    one, other = (state(warm(net)).number[0, 0] for net in (even(one_way()), conventional(Γ / 2)))
    from_battery = Γ**2 * κ_b * n_b / ((Γ**2 + κ_a * κ_b) * (κ_a + κ_b))
    yield Equal(Symbol("N_a^r") - Symbol("N_a^r0"), from_battery, other - other.subs(n_b, 0))
    yield Equal(Symbol("N_a^nr"), noise, one)


def warm(net: Network) -> Network:
    """The network with its local reservoirs at occupations n_a, n_b; the shared one is cold."""
    occupations: dict[tuple[str, ...], Expr] = {("a",): n_a, ("b",): n_b}
    return replace(net, baths=tuple(replace(b, thermal=occupations.get(b.legs, b.thermal)) for b in net.baths))


# -- how much more ---------------------------------------------------------------------------------------------


def gain(net: Network, other: Network) -> Expr:
    """E_b of one network over that of another."""
    return canonical(state(net).energy("b") / state(other).energy("b"))


def fourfold() -> Iterator[Statement]:
    """G < 4 at equal J for all weights, and G → 4 as Γ → 0 and as Γ → ∞."""
    even_gain = gain(even(one_way()), conventional(Γ / 2))
    weighted = gain(one_way().subs({p_a: p, p_b: q}), conventional(Γ * p * q / 2))
    limits = (*leading_order(even_gain, Γ), *leading_order(even_gain, Γ, large=True))
    yield Equal(GAIN, GAINED, even_gain)
    yield from (Equal(GAIN, value, found) for value, found in zip((4, 0, 4, 0), limits, strict=True))
    yield AtLeast(Integer(4), weighted, Equation(GAIN, Integer(4), "<"), strict=True)


def fourfold_lost_alike() -> Iterator[Statement]:
    """4 ≤ G ≤ 16 against a pair that loses Γ as well, but to two reservoirs, one for each mode."""
    more = {κ_a: κ_a + Γ, κ_b: κ_b + Γ}
    found = gain(even(one_way()), conventional(Γ / 2).subs(more))
    yield Equal(GAIN, 4 * (1 + Γ**2 / ((Γ + κ_a) * (Γ + κ_b))) ** 2, found)
    yield AtLeast(Integer(16), found, Equation(GAIN, Integer(16), "≤"))
    yield AtLeast(found, Integer(4), Equation(GAIN, Integer(4), "≥"))


def four_times_the_charger() -> Iterator[Statement]:
    """E_b/E_a = 4Γ²/(Γ + κ_b)² of the isolated pair."""
    found = state(even(one_way()))
    ratio = canonical(found.energy("b") / found.energy("a"))
    yield Equal(E_NR / E_A, 4 * Γ**2 / (Γ + κ_b) ** 2, ratio)
    yield AtLeast(Integer(4), ratio, Equation(E_NR / E_A, Integer(4), "<"), strict=True)


def always_more() -> Iterator[Statement]:
    """E_b^nr ≥ E_b^r at every Γ, whatever the losses: as read."""
    yield AtLeast(*energies(), MORE)


def more_outside() -> Iterator[Statement]:
    """The difference of the amplitudes' moduli has the sign of (Γ − κ_a)(Γ − κ_b), a square if they are equal."""
    moduli = (-I * state(even(one_way())).amplitude("b"), -state(conventional(Γ / 2)).amplitude("b"))
    below = (Γ + κ_a) * (Γ + κ_b) * (Γ**2 + κ_a * κ_b)
    one, other = energies()
    yield Equal(Symbol("B_nr") - Symbol("B_r"), 2 * ε * Γ * (Γ - κ_a) * (Γ - κ_b) / below, moduli[0] - moduli[1])
    yield AtLeast(one.subs(equal_losses()), other.subs(equal_losses()), MORE)


DIRECTED = (
    Claim(
        "Abstract, directed flow",
        "Reservoir engineering makes energy flow from the charger to the battery only",
        directed,
        form=Equation(J * exp(I * θ), I * Γ * conjugated(p_a) * p_b / 2),
        because="One coupling, in strength and phase, for each choice of the reservoir's weights.",
    ),
    Claim(
        "Synopsis, interference",
        "The coherent coupling and the shared reservoir interfere: neither is nonreciprocal by itself",
        interference,
        form=Equation(Symbol("Phi"), -pi / 2),
        because="By itself either lets through as much backwards as forwards.",
    ),
    Claim(
        "Abstract, noise suppression",
        "Noise is suppressed, read as: the noise of the battery's reservoir does not reach the charger",
        quiet,
        form=Equation(Symbol("N_a^nr"), κ_a * n_a / (Γ + κ_a)),
        because="With local reservoirs of n_a and n_b quanta. The charger of a conventional pair has "
        "Γ²κ_b n_b/((Γ² + κ_aκ_b)(κ_a + κ_b)) quanta from the battery's.",
    ),
    Claim(
        "Abstract, fourfold",
        "Four times the conventional pair's energy, read as: at equal coupling, drive and losses, and at most",
        fourfold,
        method="bound",
        form=Equation(GAIN, GAINED),
        because="Four is never reached, for any weights: G tends to it for Γ much smaller than both losses, where "
        "little is stored, and for Γ much larger. Between them it falls to 1 at Γ = κ for equal losses.",
    ),
    Claim(
        "Abstract, fourfold, equal loss",
        "Four times the conventional pair's energy, read as: at equal coupling, drive and total loss, and at least",
        fourfold_lost_alike,
        method="bound",
        form=Equation(GAIN, 4 * (1 + Γ**2 / ((Γ + κ_a) * (Γ + κ_b))) ** 2),
        because="Against a pair that loses as much, but to two reservoirs: what the correlation alone does. It tends "
        "to 16 for Γ much larger than both losses.",
    ),
    Claim(
        "Abstract, fourfold, charger",
        "Four times the charger's energy, read as: of the isolated pair, and at most",
        four_times_the_charger,
        method="bound",
        form=Equation(E_NR / E_A, 4 * Γ**2 / (Γ + κ_b) ** 2),
        because="The battery holds more than the charger for Γ > κ_b.",
    ),
    Claim(
        "Abstract, substantial increase",
        "More energy than the conventional pair, read as: at equal coupling, drive and losses, for all of them",
        always_more,
        more_outside,
        "For equal losses it holds. For others the conventional pair stores more at every Γ between κ_a and κ_b.",
        method="bound",
        form=MORE,
        departure=Departure("condition", "Γ is not between κ_a and κ_b, as for equal losses"),
    ),
)

AHMADI = Paper(
    "ahmadi2024",
    "B. Ahmadi, P. Mazurek, P. Horodecki and S. Barzanjeh, Nonreciprocal quantum batteries, "
    "Phys. Rev. Lett. 132, 210402 (2024), by its abstract (arXiv:2401.05090v1) and synopsis (Physics 17, s58)",
    NOTATION,
    (*DIRECTED, *OPTIMUM, *CHARGING),
)
