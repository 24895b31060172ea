"""The arguments of Zhao et al. 2025: Aharonov–Bohm triangles, whose lossy modes become shared reservoirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sympy import Expr, Symbol, pi, sqrt

from derive import families
from derive.appendix import following, microscopic, motion
from derive.builders import aharonov_bohm_chain, aharonov_bohm_star, positive
from derive.counts import closed_form
from derive.derivation import Derivation, Equation, Step
from derive.eliminate import eliminate, schur
from derive.evolution import steady_state
from derive.families import Family
from derive.kernel import factored
from derive.langevin import langevin
from derive.network import Network
from derive.papers.zhao2025_letters import intermediate
from derive.resting import steady_steps
from derive.stories.formulas import (
    CASCADED_ENERGY,
    DIRECT,
    EPSILON,
    GAMMA,
    GAMMA_LIU,
    KAPPA,
    LOSS,
    LOSSY,
    PARALLEL_ENERGY,
    XI,
    ZHAO_CASCADED,
    ZHAO_CASCADED_STABLE,
    ZHAO_PARALLEL,
    link_by_link,
    stationary_point,
)  # fmt: skip
from derive.stories.induction import leaves, one_way, rows, stored


def isolating(net: Network) -> Network:
    """θ_k = −π/2 and g_1 = g_2 = √(g_b Γ/2): no way back through any triangle (Zhao et al., below Eq. (2))."""
    phases = {s: -pi / 2 for s in net.symbols if s.name.startswith("theta")}
    return net.subs({**phases, **{positive(g): sqrt(DIRECT * LOSSY / 2) for g in ("g_1", "g_2")}})


def isolated(family: Family) -> Family:
    """A family of triangles with every link isolating."""
    (branch,) = family.root.branches
    tuned = replace(branch.link, net=isolating(branch.link.net))
    return replace(family, root=replace(family.root, branches=(replace(branch, link=tuned),)))


def triangles(
    build: Callable[[int], Network],
    title: str,
    formula: Expr,
    liu: Expr,
    counted: tuple[Step, ...],
    more: tuple[Step, ...] = (),
) -> Derivation:
    """From two triangles with general phases through elimination to isolation, energies and optimum."""
    net = build(2)
    eq = langevin(net)
    reduced = eliminate(isolating(net), *intermediate(net))
    cut = langevin(reduced)
    lower = cut.drift.applyfunc(factored)
    isolation = Step(
        "isolated-drift",
        Equation(Symbol("W_eff"), lower),
        "For $\\theta_k = -\\pi/2$ and $g_1 = g_2 = \\sqrt{g_b\\Gamma/2}$ the two ways back through each triangle "
        "cancel: the effective drift is triangular and no longer depends on $\\Gamma$,",
        "nonreciprocity",
        lower - schur(langevin(isolating(net)), *intermediate(net)).drift,
        ("effective-drift",),
    )
    theirs = {GAMMA_LIU: 2 * DIRECT, KAPPA: LOSS, EPSILON: XI}
    dictionary = Step(
        "dictionary",
        tuple(Equation(letter, value) for letter, value in theirs.items()),
        "This is the formula of Liu et al. for shared reservoirs of rate $\\Gamma_L$, by the dictionary",
        "dictionary",
        formula - liu.subs({GAMMA: GAMMA_LIU}).subs(theirs, simultaneous=True),
        ("uniform",),
    )
    return Derivation(
        title,
        (
            *microscopic(net),
            *motion(net, eq),
            *following(net, intermediate(net)),
            isolation,
            *steady_steps(cut, steady_state(cut), cut.modes, after="isolated-drift"),
            *counted,
            dictionary,
            *more,
            *stationary_point(formula, DIRECT, "g_b^opt"),
        ),
    )


def cascaded() -> Derivation:
    """Zhao Eqs. (1) → (3) → g_b^opt."""
    state = closed_form(isolated(families.triangle_chain()))
    counted = (
        rows(
            state,
            "The amplitudes of any number $N$ of batteries obey, with $b_0 = c$ and $1 \\leq k < N$,",
            ("isolated-drift",),
        ),
        one_way(state, "Row by row from the charger, by induction over $k$,"),
        stored(state, "E_N", ZHAO_CASCADED, "For every $N$ the last battery therefore stores", ("along",)),
    )
    return triangles(
        aharonov_bohm_chain,
        "Cascaded Aharonov–Bohm triangles",
        ZHAO_CASCADED,
        CASCADED_ENERGY,
        counted,
        (link_by_link(ZHAO_CASCADED, ZHAO_CASCADED_STABLE),),
    )


def parallel() -> Derivation:
    """Zhao's H_p → Eq. (5)."""
    state = closed_form(isolated(families.triangle_star()))
    counted = (
        leaves(state, "Any number $N$ of batteries has one and the same amplitude,", ("isolated-drift",)),
        stored(state, "E_N", ZHAO_PARALLEL, "For every $N$ each battery therefore stores", ("rows",)),
    )
    return triangles(aharonov_bohm_star, "Parallel Aharonov–Bohm triangles", ZHAO_PARALLEL, PARALLEL_ENERGY, counted)
