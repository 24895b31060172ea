"""Zhao, Xie, Huang and Zhang 2025: its claims in the order of its pages; its networks in Liu's letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Expr, ImmutableMatrix, Integer, Symbol

from derive.builders import Build, aharonov_bohm_chain, chain, positive, star
from derive.claims import ALL, Claim, Equal, Paper, Statement
from derive.derivation import Equation
from derive.eliminate import eliminate
from derive.langevin import langevin
from derive.network import Network
from derive.papers.zhao2025_cascaded import CLAIMS as CASCADED
from derive.papers.zhao2025_counts import one_link
from derive.papers.zhao2025_curves import CLAIMS as CURVES
from derive.papers.zhao2025_curves import PARALLEL as PARALLEL_CURVES
from derive.papers.zhao2025_distance import CLAIMS as DISTANCE
from derive.papers.zhao2025_dynamics import CLAIMS as DYNAMICS
from derive.papers.zhao2025_gains import CASCADED as CASCADED_GAINS
from derive.papers.zhao2025_gains import PARALLEL as PARALLEL_GAINS
from derive.papers.zhao2025_letters import (
    NOTATION,
    SIZES,
    UP_TO_6,
    Γ,
    N,
    cascaded,
    eq_3,
    eq_5,
    g_b,
    intermediate,
    parallel,
    state,
    γ,
    ξ,
    ω,
)
from derive.papers.zhao2025_maxima import CLAIMS as MAXIMA
from derive.papers.zhao2025_nonreciprocity import CLAIMS as NONRECIPROCITY
from derive.papers.zhao2025_parallel import CLAIMS as PARALLEL
from derive.papers.zhao2025_power import CASCADED as CASCADED_POWER
from derive.papers.zhao2025_power import PARALLEL as PARALLEL_POWER
from derive.reading import dictionary


def one_network(reduced: Network, theirs: Network, book: dict[Symbol, Expr]) -> Equal:
    """Liu's equations of motion, by the dictionary, against those of the eliminated triangles."""
    mine, other = langevin(reduced), langevin(theirs.subs(book))
    sides = (ImmutableMatrix(eq.drift.row_join(eq.force)) for eq in (other, mine))
    return Equal(Symbol("W"), *sides)


def triangles_are_reservoirs() -> Iterator[Statement]:
    """All distinct, p_a = 1: Γ_k p_{k−1}² = 4(g_1^{(k)})²/Γ_a^{(k)} and p_k = p_{k−1} g_2^{(k)}/g_1^{(k)}."""
    for size in SIZES:
        net = aharonov_bohm_chain(size, distinct=True)
        reduced = eliminate(net, *intermediate(net))
        theirs = chain(size, "general", distinct=True).subs({Symbol("p_a"): 1})
        book = dictionary(reduced, theirs)
        yield one_network(reduced, theirs, book)
        weight: Expr = Integer(1)
        for k in range(1, size + 1):
            first, second, rate = (positive(f"{name}_{k}") for name in ("g_1", "g_2", "Gamma"))
            yield Equal(Symbol("Gamma_Liu"), 4 * first**2 / (rate * weight**2), book[rate])
            weight *= second / first
            yield Equal(Symbol("p_Liu"), weight, book[Symbol(f"p_{k}")])


def one_formula(
    name: str, ours: Callable[[int], Network], build: Build, printed: Callable[[int], Expr]
) -> Iterator[Statement]:
    """A printed energy against Liu's network by the dictionary that is found: Γ = 2g_b, κ = γ, ε = ξ."""
    for size in SIZES:
        net, theirs = ours(size), build(size, "nonreciprocal")
        reduced = eliminate(net, *intermediate(net))
        book = dictionary(reduced, theirs)
        energy = state(theirs).occupation(f"b_{size}").subs(book, simultaneous=True)
        yield one_network(reduced, theirs, book)
        yield Equal(Symbol("Gamma_Liu"), 2 * g_b, book[Γ])
        yield Equal(Symbol("kappa_Liu"), γ, book[positive("kappa")])
        yield Equal(Symbol("epsilon_Liu"), ξ, book[positive("epsilon")])
        yield Equal(Symbol(name) / ω, printed(size), energy)


CASCADED_IN_LIU = (
    Claim(
        "Eq. (1) = Liu Eq. (2)",
        "Zhao's triangles are Liu's shared reservoirs",
        triangles_are_reservoirs,
        scope=UP_TO_6,
        form=Equation(Symbol("Gamma_Liu"), 4 * positive("g_1_1") ** 2 / positive("Gamma_1")),
        because=(
            "With p_a = 1, Γ_1 = 4(g_1^(1))²/Γ_a^(1), p_{b_1} = g_2^(1)/g_1^(1), …, and J_k = g_b^(k), θ_k → "
            "−θ_k, found by the elimination, which is exact in the steady state."
        ),
    ),
    Claim(
        "Eq. (3) = Liu Eq. (5)",
        "One formula in two alphabets",
        lambda: (*one_formula("E_N^nr", cascaded, chain, eq_3), *one_link()),
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_N^nr") / ω, eq_3(N)),
        because="Γ = 2g_b, κ = γ, ε = ξ and θ = −θ_k, found by the elimination.",
    ),
)

PARALLEL_IN_LIU = (
    Claim(
        "Eq. (5) = Liu Eq. (9)",
        "One formula in two alphabets",
        lambda: (*one_formula("E_k^nr", parallel, star, eq_5), *one_link()),
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_k^nr") / ω, eq_5(N)),
        because="Γ = 2g_b, κ = γ, ε = ξ and θ = −θ_k, found by the elimination.",
    ),
)

ZHAO = Paper(
    "zhao2025",
    "H.-W. Zhao, Y. Xie, X. Huang and G.-F. Zhang, Enhanced charging in multibattery systems by "
    "nonreciprocity, Phys. Rev. A 112, 022214 (2025)",
    NOTATION,
    (
        *DISTANCE,
        *NONRECIPROCITY,
        *CASCADED,
        *CASCADED_IN_LIU,
        *CURVES,
        *CASCADED_GAINS,
        *MAXIMA,
        *PARALLEL,
        *PARALLEL_IN_LIU,
        *PARALLEL_CURVES,
        *PARALLEL_GAINS,
        *DYNAMICS,
        *CASCADED_POWER,
        *PARALLEL_POWER,
    ),
)
