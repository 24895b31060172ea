"""Zhao, Xie, Huang and Zhang 2025: its claims in the order of its pages; its networks in Liu's letters."""

from __future__ import annotations

from sympy import (
    ImmutableMatrix,
    Symbol,
)

from derive.builders import aharonov_bohm_chain, chain, star
from derive.claims import Claim, Equal, Paper, Statement
from derive.eliminate import eliminate
from derive.langevin import langevin
from derive.network import Network
from derive.papers.zhao2025_cascaded import CLAIMS as CASCADED
from derive.papers.zhao2025_gains import CASCADED as CASCADED_GAINS
from derive.papers.zhao2025_gains import PARALLEL as PARALLEL_GAINS
from derive.papers.zhao2025_letters import (
    NOTATION,
    SIZES,
    UP_TO_6,
    Γ,
    cascaded,
    eq_3,
    eq_5,
    g_b,
    intermediate,
    parallel,
    state,
    ω,
)
from derive.papers.zhao2025_parallel import CLAIMS as PARALLEL
from derive.reading import dictionary

# -- the same in the letters of Liu et al. 2026 -------------------------------------------------------------


def triangles_are_reservoirs() -> tuple[Statement, ...]:
    """The eliminated triangles against Liu's general chain with p_a = 1, all parameters distinct."""
    found: list[Statement] = []
    for size in SIZES:
        net = aharonov_bohm_chain(size, distinct=True)
        reduced = eliminate(net, *intermediate(net))
        theirs = chain(size, "general", distinct=True).subs({Symbol("p_a"): 1})
        found.append(_one_network(reduced, theirs))
    return tuple(found)


def _one_network(reduced: Network, theirs: Network) -> Equal:
    book = dictionary(reduced, theirs)
    mine, other = langevin(reduced), langevin(theirs.subs(book))
    return Equal(
        Symbol("W"),
        ImmutableMatrix(other.drift.row_join(other.force)),
        ImmutableMatrix(mine.drift.row_join(mine.force)),
    )


def cascaded_formula() -> tuple[Statement, ...]:
    """Eq. (3) against Liu's network in the letters that the elimination finds: Γ = 2g_b, κ = γ, ε = ξ."""
    found: list[Statement] = []
    for size in SIZES:
        net, theirs = cascaded(size), chain(size, "nonreciprocal")
        reduced = eliminate(net, *intermediate(net))
        book = dictionary(reduced, theirs)
        found += [_one_network(reduced, theirs), Equal(Symbol("Gamma_Liu"), 2 * g_b, book[Γ])]
        energy = state(theirs).occupation(f"b_{size}").subs(book, simultaneous=True)
        found.append(Equal(Symbol("E_N^nr") / ω, eq_3(size), energy))
    return tuple(found)


def parallel_formula() -> tuple[Statement, ...]:
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


CASCADED_IN_LIU = (
    Claim(
        "Eq. (1) = Liu Eq. (2)",
        "Zhao's triangles are Liu's shared reservoirs",
        triangles_are_reservoirs,
        scope=UP_TO_6,
        because=(
            "With p_a = 1, Γ_1 = 4(g_1^(1))²/Γ_a^(1), p_{b_1} = g_2^(1)/g_1^(1), …, and J_k = g_b^(k), θ_k → "
            "−θ_k, found by the elimination, which is exact in the steady state."
        ),
    ),
    Claim(
        "Eq. (3) = Liu Eq. (5)",
        "One formula in two alphabets",
        cascaded_formula,
        scope=UP_TO_6,
        because="Γ = 2g_b, κ = γ, ε = ξ and θ = −θ_k, found by the elimination.",
    ),
)

PARALLEL_IN_LIU = (
    Claim(
        "Eq. (5) = Liu Eq. (9)",
        "One formula in two alphabets",
        parallel_formula,
        scope=UP_TO_6,
        because="Γ = 2g_b, κ = γ, ε = ξ and θ = −θ_k, found by the elimination.",
    ),
)

ZHAO = Paper(
    "zhao2025",
    "H.-W. Zhao, Y. Xie, X. Huang and G.-F. Zhang, Enhanced charging in multibattery systems by "
    "nonreciprocity, Phys. Rev. A 112, 022214 (2025)",
    NOTATION,
    (*CASCADED, *CASCADED_IN_LIU, *CASCADED_GAINS, *PARALLEL, *PARALLEL_IN_LIU, *PARALLEL_GAINS),
)
