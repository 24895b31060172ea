"""The argument for the pair of Ahmadi et al. 2024: a charger and a battery in one reservoir, one way and both ways."""

from __future__ import annotations

from sympy import Add, Expr, I, Matrix, Symbol, cos, exp, pi, sin, sqrt

from derive.appendix import microscopic, motion
from derive.derivation import Derivation, Equation, Step, mean
from derive.evolution import steady_state
from derive.gaussian import vacuum
from derive.kernel import canonical, conjugated
from derive.langevin import langevin
from derive.motion import evolve
from derive.network import Network
from derive.optimum import maximum, maximum_residual
from derive.papers.ahmadi2024 import GAINED
from derive.papers.ahmadi2024_charging import cell, together
from derive.papers.ahmadi2024_letters import (
    E_NR,
    E_R,
    GAIN,
    Γ,
    J,
    chiral,
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
    κ,
    κ_a,
    κ_b,
    ω,
)
from derive.papers.ahmadi2024_optimum import BOUND, ISOLATED_AT_BEST
from derive.program import Program, straight
from derive.program.source import unicode_text
from derive.resting import steady_steps
from derive.stories.mediators import isolating
from derive.stories.transients import TIME, in_time

KEY = "directed_pair"
TITLE = "A charger and a battery in one reservoir"
REFERENCE = "Ahmadi et al. 2024, abstract"
N, n = (Symbol(name, positive=True, integer=True) for name in "Nn")
BOTH = (Γ + κ_a) * (Γ + κ_b)
BEST_COUPLING = (sqrt(BOTH) - Γ) / 2
CELL = cell(n)
CELLS = together(N)


def argument() -> Derivation:
    """From the Hamiltonian to isolation, the gain and where it is one, the optima, charging in time, and many cells."""
    net = pair()
    cut = langevin(one_way())
    return Derivation(
        TITLE,
        (
            *microscopic(net),
            *motion(net, langevin(net)),
            *isolating(net, "a", "b"),
            *steady_steps(cut, steady_state(cut), ("a", "b"), "isolation"),
            *compared(),
            *best_coupling(),
            *best_rate(),
            *in_time(langevin(one_way()), "isolation"),
            *equally_lossy(),
            *cells(),
        ),
    )


def compared() -> tuple[Step, ...]:
    """The pair without its reservoir, the gain, and where it is more than one."""
    one, other = energies()
    conventional_energy = 4 * ω * ε**2 * Γ**2 / (Γ**2 + κ_a * κ_b) ** 2
    moduli = -I * state(even(one_way())).amplitude("b"), -state(conventional(Γ / 2)).amplitude("b")
    below = (Γ**2 + κ_a * κ_b) * (Γ + κ_a) * (Γ + κ_b)
    difference = 2 * ε * Γ * (Γ - κ_a) * (Γ - κ_b) / below
    root = 2 - 2 * Γ * (κ_a + κ_b) / BOTH
    return (
        Step(
            "conventional",
            Equation(E_R, conventional_energy),
            "A conventional pair has the same coupling $J$, drive and losses, but no shared reservoir. With $J = "
            "\\Gamma/2$, which isolates for the weights $p_a = p_b = 1$, its battery stores",
            "steady state",
            conventional_energy - other,
            ("motion",),
        ),
        Step(
            "gain",
            (Equation(GAIN, GAINED), Equation(sqrt(GAIN), root)),
            "Isolation multiplies this by the gain $G = E_b^{\\rm nr}/E_b^{\\rm r}$, here for those weights. It "
            "is below four, which it approaches for $\\Gamma \\to 0$ and for $\\Gamma \\to \\infty$,",
            "energy",
            [GAINED - one / other, root**2 - GAINED, (2 - root) * BOTH - 2 * Γ * (κ_a + κ_b)],
            ("energies", "conventional"),
        ),
        Step(
            "window",
            Equation(Symbol("B_nr") - Symbol("B_r"), difference),
            "More is stored than without the reservoir for every $\\Gamma$ that is not between the two losses, "
            "and less between them: with $B$ for $|\\langle b\\rangle|$,",
            "energy",
            [difference - (moduli[0] - moduli[1])],
            ("gain",),
        ),
    )


def best_coupling() -> tuple[Step, Step]:
    """The battery's energy at any phase and coupling, the best phase, and the best coupling at a given rate."""
    eq = langevin(even(pair()))
    forth, det = eq.drift[1, 0], eq.drift.det()
    by_cramer = eq.drift * Matrix([eq.drift[1, 1], -forth]) * I * ε + eq.force * det
    phased = state(even(pair(I * J))).energy("b")
    middle = 4 * J**2 + Γ * κ_a + Γ * κ_b + κ_a * κ_b
    top = 4 * J**2 + 4 * J * Γ * sin(θ) + Γ**2
    shown = 4 * ω * ε**2 * top / (middle**2 + 16 * J**2 * Γ**2 * cos(θ) ** 2)
    found, largest = maximum(phased, J), ω * ε**2 / (sqrt(BOTH) - Γ) ** 2
    return (
        Step(
            "phase",
            Equation(Symbol("E_b"), shown),
            "At any other phase and coupling the battery stores, for $p_a = p_b = 1$,",
            "energy",
            [*by_cramer, shown * det * conjugated(det) - ω * ε**2 * forth * conjugated(forth)],
            ("drift",),
        ),
        Step(
            "coupling",
            (Equation(Symbol("J_opt"), BEST_COUPLING), Equation(Symbol("E_b"), largest)),
            "The numerator is largest and the denominator smallest at $\\theta = \\pi/2$, the phase of isolation, "
            "whatever $J$ and $\\Gamma$. At this phase and a given $\\Gamma$ most is stored with",
            "stationary point",
            [*maximum_residual(phased, found), BEST_COUPLING - found.point, largest - found.value],
            ("phase",),
        ),
    )


def best_rate() -> tuple[Step, Step]:
    """The best rate of the isolated pair, and where either pair stores what no passive network exceeds."""
    isolated, _ = energies()
    found, rate = maximum(isolated, Γ), sqrt(κ_a * κ_b)
    matched = maximum(state(one_way().subs({p_a: sqrt(κ_a / κ_b), p_b: 1})).energy("b"), Γ)
    both_ways = maximum(state(conventional()).energy("b"), J)
    return (
        Step(
            "rate",
            (Equation(Symbol("Gamma_opt"), rate), Equation(E_NR, ISOLATED_AT_BEST)),
            "This is isolation, $J = \\Gamma/2$, only if $(\\Gamma + \\kappa_a)(\\Gamma + \\kappa_b) = "
            "4\\Gamma^2$. The isolated battery holds most at",
            "stationary point",
            [*maximum_residual(isolated, found), rate - found.point, ISOLATED_AT_BEST - found.value],
            ("energies",),
        ),
        Step(
            "bound",
            (Equation(E_R, BOUND), Equation(E_NR, BOUND)),
            "No passive network stores more than $\\omega\\epsilon^2/(\\kappa_a\\kappa_b)$ in the battery. The "
            "conventional pair stores it, with $2J = \\sqrt{\\kappa_a\\kappa_b}$, and so does the isolated one at the "
            "same coupling if its weights match the losses, $|p_a|^2 : |p_b|^2 = \\kappa_a : \\kappa_b$,",
            "stationary point",
            [BOUND - both_ways.value, rate / 2 - both_ways.point, BOUND - matched.value],
            ("rate",),
        ),
    )


def equally_lossy() -> tuple[Step, ...]:
    """Both batteries in time for equal losses: the isolated one rises, the conventional one overshoots."""
    rate = Γ + κ
    up = 4 * I * ε * Γ / rate**2 * (1 - (1 + rate * TIME / 2) * exp(-rate * TIME / 2))
    damped = exp(-κ * TIME / 2) * (cos(J * TIME) + κ / (2 * J) * sin(J * TIME))
    resting = -4 * ε * J / (4 * J**2 + κ**2)
    both = resting * (1 - damped)
    kept = (1 + exp(-pi * κ / (2 * J))) ** 2
    return (
        Step(
            "equal-losses",
            Equation(mean("b"), up),
            "For equal losses $\\kappa$, and $p_a = p_b = 1$, the isolated battery has at the time $t$ the amplitude",
            "divided differences",
            [canonical(up - charged(even(one_way())))],
            ("isolation",),
        ),
        Step(
            "overshoot",
            (Equation(mean("b"), both), Equation(Symbol("Q"), kept)),
            "The conventional battery goes beyond its stationary energy and comes back, for equal losses and any "
            "$J$. At $t = \\pi/J$ it holds $Q$ times what it keeps,",
            "normal modes",
            [canonical(both - charged(conventional())), canonical((both.subs(TIME, pi / J) / resting) ** 2 - kept)],
            ("conventional",),
        ),
    )


def charged(net: Network) -> Expr:
    """The battery's amplitude in time, from the vacuum, for equal losses."""
    eq = langevin(net.subs(equal_losses()))
    return evolve(eq, vacuum(eq), TIME).amplitude("b")


def cells() -> tuple[Step, ...]:
    """A chiral network of any number of cells: the rows at a symbolic position, solved; energies and their sum."""
    a, q = mean("a"), (κ - Γ) / (κ + Γ)
    before = a * q ** (n - 1)  # ⟨a⟩ + Σ_{k<n} ⟨b_k⟩
    inside = -2 * Γ / (Γ + κ) * before
    charger = -2 * I * ε / (Γ + κ_a)
    rows = [-(Γ + κ) / 2 * inside - Γ * before, before.subs(n, n + 1) - before - inside, before.subs(n, 1) - a]
    for size in (1, 2, 3):
        held = steady_state(langevin(chiral(size)))
        rows += [held.amplitude(f"b_{k}") - inside.subs({a: charger, n: k}) for k in range(1, size + 1)]
        rows.append(Add(*(held.energy(f"b_{k}") for k in range(1, size + 1))) - CELLS.subs(N, size))
    full = ω * ε**2 / (κ_a * κ) * (1 - ((κ_a - κ) / (κ_a + κ)) ** (2 * N))
    return (
        Step(
            "cells",
            Equation(mean("b_n"), inside),
            "A chiral network of $N$ equal batteries has one reservoir with the jump $a + b_1 + \\dots + b_N$, "
            "and every link isolated, so that $b_n$ is moved by $\\langle a\\rangle + \\langle b_1\\rangle + "
            "\\dots + \\langle b_{n-1}\\rangle$ at the rate $\\Gamma$ and damped at $(\\Gamma + \\kappa)/2$. All "
            "rows are solved by",
            "induction",
            rows,
            ("isolation",),
        ),
        Step(
            "cell-energies",
            (Equation(Symbol("E_n"), CELL), Equation(Symbol("S_N"), CELLS)),
            "With $\\langle a\\rangle = -2i\\epsilon/(\\Gamma + \\kappa_a)$, each cell and all $N$ of them store",
            "geometric series",
            [
                CELL - ω * 4 * ε**2 / (Γ + κ_a) ** 2 * (2 * Γ / (Γ + κ)) ** 2 * q ** (2 * n - 2),
                CELLS.subs(N, 1) - CELL.subs(n, 1),
                CELLS.subs(N, N + 1) - CELLS - CELL.subs(n, N + 1),
            ],
            ("cells",),
        ),
        Step(
            "capacity",
            Equation(Symbol("S_N"), full),
            "which rises with $N$. At $\\Gamma = \\kappa_a$ it tends to all that a passive network can deliver,",
            "substitution",
            [full - CELLS.subs(Γ, κ_a)],
            ("cell-energies", "bound"),
        ),
    )


def functions() -> tuple[Program, ...]:
    """What the module offers beside the network: the gain, the best coupling, and the cells of a chiral network."""
    told = {
        "gain": (GAINED, "E_b of the isolated pair over that of the conventional one, J = Γ/2, p_a = p_b = 1"),
        "optimal_coupling": (BEST_COUPLING, "J of the largest E_b at θ = π/2 and a given Γ, p_a = p_b = 1"),
        "cell_energy": (CELL, "Energy of the nth battery of a chiral network"),
        "stored_energy": (CELLS, "Energy of all N batteries of a chiral network"),
    }
    return tuple(_function(name, *what) for name, what in told.items())


def _function(name: str, formula: Expr, about: str) -> Program:
    doc = (
        f"{about}.\n\n    {unicode_text(formula)}\n\n"
        "Numbers or arrays, broadcast together: n and N positive integers, rates and drive in one unit of rate, ω "
        "in one\nof energy."
    )
    return straight(name, sorted(formula.free_symbols, key=str), (formula,), doc=doc)
