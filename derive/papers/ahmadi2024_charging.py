"""Ahmadi, Mazurek, Horodecki and Barzanjeh 2024: charging in time and in chiral networks of many cells."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, I, Integer, Symbol, diff, exp, log, pi

from derive.balance import largest_worst
from derive.builders import positive
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.evolution import steady_state
from derive.gaussian import GaussianState, vacuum
from derive.kernel import canonical
from derive.langevin import langevin
from derive.motion import evolve
from derive.network import Network
from derive.optimum import leading_order
from derive.papers.ahmadi2024_letters import (
    E_NR,
    E_R,
    GAIN,
    MORE,
    Γ,
    J,
    chiral,
    conventional,
    energies,
    equal_losses,
    even,
    one_way,
    state,
    t,
    ε,
    κ,
    κ_a,
    κ_b,
    ω,
)

SIZES = (1, 2, 3, 4, 5, 6)
s, u = positive("s"), positive("u")
FIRST, TOTAL = Symbol("E_b^r(t_1)"), Symbol("S_N")
n = Symbol("n", positive=True, integer=True)

# -- in time -----------------------------------------------------------------------------------------------------


def charged(net: Network) -> GaussianState:
    """The state at t, from the vacuum."""
    eq = langevin(net)
    return evolve(eq, vacuum(eq), t)


def rises() -> Iterator[Statement]:
    """|⟨b⟩|(t) rises at all times up to its stationary value; κ_b = κ_a + s and e^{−st/2} = 1/(1 + u) cover κ_b > κ_a.

    By symmetry of the slope in κ_a, κ_b that is all; equal losses are a case of their own.
    """
    net = even(one_way())
    modulus = canonical(-I * charged(net).amplitude("b"))
    slope = canonical(diff(modulus, t))
    same = canonical(-I * charged(net.subs(equal_losses())).amplitude("b"))
    rate = Γ + κ
    falling = Equation(Symbol("dE_b/dt"), Integer(0), "≥")
    swapped = slope.subs({κ_a: κ_b, κ_b: κ_a}, simultaneous=True)
    yield Equal(Symbol("<b>"), 4 * ε * Γ / rate**2 * (1 - (1 + rate * t / 2) * exp(-rate * t / 2)), same)
    yield Equal(Symbol("d<b>/dt"), swapped, slope)
    yield AtLeast(canonical(slope.subs(κ_b, κ_a + s).subs(t, 2 * log(1 + u) / s)), Integer(0), falling)
    yield AtLeast(canonical(diff(same, t)), Integer(0), falling)


def overdamped() -> Iterator[Statement]:
    """Up to Γ = 2J = the smaller loss the isolated pair stores more, four times as much in the limit."""
    one, other = energies()
    limit, power = leading_order(canonical(one / other), Γ)
    smaller = [{x: Γ + s, y: Γ + s + u} for x, y in ((κ_a, κ_b), (κ_b, κ_a))]
    yield Equal(GAIN, 4, limit)
    yield Equal(Symbol("n"), 0, power)
    yield from (AtLeast(one.subs(case), other.subs(case), MORE) for case in smaller)


def without_oscillation() -> Iterator[Statement]:
    """E_b^nr ≥ E_b^r where 4J = 2Γ ≤ |κ_a − κ_b|, written κ_b = κ_a + 2Γ + s: as read."""
    one, other = (e.subs(κ_b, κ_a + 2 * Γ + s) for e in energies())
    yield AtLeast(one, other, MORE)


def below_the_smaller() -> Iterator[Statement]:
    """The same has the sign of κ_a − Γ, and eigenvalues of the conventional drift that are real at s = 0 and beyond."""
    unlike = {κ_b: κ_a + 2 * Γ + s}
    drift = langevin(conventional(Γ / 2)).drift.subs(unlike)
    mine = -I * state(even(one_way())).amplitude("b")
    theirs = -state(conventional(Γ / 2)).amplitude("b")
    below = (Γ + κ_a) * (3 * Γ + κ_a + s) * (Γ**2 + κ_a * (κ_a + 2 * Γ + s))
    yield Equal(
        Symbol("B_nr") - Symbol("B_r"),
        2 * ε * Γ * (κ_a - Γ) * (κ_a + Γ + s) / below,
        (mine - theirs).subs(unlike),
    )
    yield Equal(Symbol("delta"), s * (4 * Γ + s) / 4, drift.trace() ** 2 - 4 * drift.det())


def timing() -> Iterator[Statement]:
    """Equal losses: the conventional pair at t = π/J has more than it keeps, at Γ = κ more than the isolated."""
    net = conventional().subs(equal_losses())
    first, last = canonical(charged(net).energy("b").subs(t, pi / J)), state(net).energy("b")
    isolated = energies()[0].subs(equal_losses()).subs(Γ, κ)
    yield AtLeast(first.subs(J, κ / 2), isolated, Equation(FIRST, E_NR, ">"), strict=True)
    yield Equal(FIRST / E_R, (1 + exp(-pi * κ / (2 * J))) ** 2, canonical(first / last))


# -- many cells --------------------------------------------------------------------------------------------------


def cell(n: int | Expr) -> Expr:
    """E_n = E_1 ((Γ − κ)/(Γ + κ))^{2(n−1)}."""
    return 16 * ω * ε**2 * Γ**2 / ((Γ + κ_a) ** 2 * (Γ + κ) ** 2) * ((Γ - κ) / (Γ + κ)) ** (2 * (n - 1))


def together(cells: int | Expr) -> Expr:
    """The energy of all cells, S_N = Σ E_n."""
    whole = 4 * ω * ε**2 * Γ / ((Γ + κ_a) ** 2 * κ)
    return whole * (1 - ((Γ - κ) / (Γ + κ)) ** (2 * cells))


def every_cell() -> Iterator[Statement]:
    """E_n for every n: S = ⟨a⟩ + Σ_{k<n} ⟨b_k⟩ moves b_n, and is ⟨a⟩((κ − Γ)/(κ + Γ))^{n−1}, by induction.

    In networks of one to six cells every entry of the drift is one of the two of the last row, `own` and `from_each`.
    """
    own, from_each = (langevin(chiral(1)).drift[1, k] for k in (1, 0))
    for cells in SIZES:
        eq = langevin(chiral(cells))
        for i in range(1, cells + 1):
            yield Equal(Symbol(f"W_{i}{i}"), own, eq.drift[i, i])
            for j in range(i):
                yield Equal(Symbol(f"W_{i}{j}"), from_each, eq.drift[i, j])
                yield Equal(Symbol(f"W_{j}{i}"), Integer(0), eq.drift[j, i])
        yield Equal(Symbol("E_n"), cell(cells), steady_state(eq).energy(f"b_{cells}"))
    before = Symbol("S") * ((κ - Γ) / (κ + Γ)) ** (n - 1)
    inside = -from_each * before / own
    first = ω * (2 * ε / (Γ + κ_a)) ** 2  # |⟨a⟩|²
    yield Equal(Symbol("S"), before.subs(n, n + 1), before + inside)
    yield Equal(Symbol("E_n"), cell(n), first * (inside / Symbol("S")) ** 2)


def capacity() -> Iterator[Statement]:
    """S_N rises with N, and at Γ = κ_a towards the bound, of which 1 − ((κ_a − κ)/(κ_a + κ))^{2N} is reached."""
    most = ω * ε**2 / (κ_a * κ)
    missing = ((κ_a - κ) / (κ_a + κ)) ** (2 * n)
    yield from every_cell()
    yield Equal(Symbol("S_1"), together(1), cell(1))
    yield Equal(TOTAL, together(n), together(n - 1) + cell(n))
    yield Equal(TOTAL, most * (1 - missing), together(n).subs(Γ, κ_a))
    yield from (Equal(Symbol("E_worst"), most / k, ω * largest_worst(chiral(k))) for k in SIZES)
    yield AtLeast(cell(n), Integer(0), Equation(TOTAL, Symbol("S_(N-1)"), "≥"))


CLAIMS = (
    Claim(
        "Abstract, stationary limit",
        "The energy of the isolated battery rises at all times, so that the stationary limit is the most it holds",
        rises,
        method="bound",
        form=Equation(Symbol("dE_b/dt"), Integer(0), "≥"),
    ),
    Claim(
        "Abstract, overdamped coupling",
        "The increase remains in overdamped regimes, read as: for couplings 2J up to the smaller loss",
        overdamped,
        method="bound",
        form=MORE,
        because="Fourfold in the limit of weak coupling.",
    ),
    Claim(
        "Abstract, overdamped coupling, no oscillation",
        "The increase remains in overdamped regimes, read as: where the conventional pair does not oscillate",
        without_oscillation,
        below_the_smaller,
        "Unequal losses, κ_b = κ_a + 2Γ + s, can overdamp a coupling that is larger than the smaller loss. Then the "
        "conventional pair stores more.",
        method="bound",
        form=MORE,
        departure=Departure(
            "condition",
            "2J is not larger than the smaller loss",
            ("4J is less than |κ_a − κ_b|", "2J is less than both losses: holds, see Abstract, overdamped coupling"),
        ),
    ),
    Claim(
        "Abstract, precise temporal control",
        "A conventional pair must be stopped in time to hold its most, an isolated pair need not; equal losses",
        timing,
        method="bound",
        because="At t = π/J the conventional battery holds (1 + e^{−πκ/(2J)})² of its stationary energy. Stopped "
        "there, it can hold more than the isolated one ever does: at Γ = κ by the same factor.",
    ),
    Claim(
        "Abstract, chiral network",
        "A chiral network of N cells on one reservoir: every battery feeds those behind it only",
        every_cell,
        scope="all N",
        method="induction",
        form=Equation(Symbol("E_n"), cell(n)),
        because="At Γ = κ the first cell takes everything and the others stay empty.",
    ),
    Claim(
        "Abstract, storage capacity",
        "More cells of a chiral network store more together",
        capacity,
        scope="all N",
        method="induction",
        form=Equation(TOTAL, Symbol("S_(N-1)"), "≥"),
        because="At Γ = κ_a all cells together reach ωε²/(κ_aκ), the most that any passive network can deliver, but "
        "for a fraction ((κ_a − κ)/(κ_a + κ))^{2N}.",
    ),
)
