"""The stories that the repository tells: a network, the argument for it, and the closed forms its module offers.

Each story is the derivation of one paper's networks in the paper's own letters, from the Hamiltonian to the optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from types import MappingProxyType

from sympy import Expr

from derive import families
from derive.builders import (
    aharonov_bohm_chain,
    aharonov_bohm_star,
    chain,
    mediated_chain,
    spin_star,
    star,
    tree,
)
from derive.counts import closed_form
from derive.derivation import Derivation
from derive.families import Family
from derive.latex import Notation
from derive.latex.notation import row_names
from derive.modules.stable import energy_programs, stable_energy, stable_position
from derive.network import Network
from derive.papers.ahmadi2024_letters import NOTATION as AHMADI
from derive.papers.ahmadi2024_letters import pair
from derive.papers.dias2024_letters import NOTATION as DIAS
from derive.papers.liu2026_letters import NOTATION as LIU
from derive.papers.wang2026_letters import NOTATION as WANG
from derive.papers.zhao2025_letters import NOTATION as ZHAO
from derive.program import Program, straight
from derive.program.source import unicode_text
from derive.stories import (
    cascades,
    directed,
    fluctuations,
    growth,
    matching,
    mediators,
    pairs,
    superradiance,
    triangles,
)
from derive.stories.formulas import (
    CASCADED_OPTIMUM,
    CASCADED_STABLE,
    KAPPA,
    LOSS,
    PARALLEL_ENERGY,
    PARALLEL_OPTIMUM,
    RECIPROCAL_STAR_ENERGY,
    ZHAO_CASCADED_STABLE,
    ZHAO_PARALLEL,
)  # fmt: skip


@dataclass(frozen=True)
class Story:
    """A network with its argument and its closed forms. `key` names its module, its LaTeX file and its anchors.

    `network` is the one the module computes, `picture` the smaller one that the argument is about. `module` gives the
    text of the module where it is not `network_module` of the network, `closed_forms` the functions of counts that it
    offers, solved for when they are asked for.
    """

    key: str
    title: str
    reference: str
    notation: Notation
    _: KW_ONLY
    network: Network
    picture: Network
    derivation: Callable[[], Derivation]
    closed_forms: Callable[[], tuple[Program, ...]] = tuple
    module: Callable[[], str] | None = None


# -- the closed forms of the modules ---------------------------------------------------------------------------

BROADCAST = (
    "Numbers or arrays, broadcast together: counts positive integers, rates and drive in one unit of rate, ω in\n"
    "one of energy. Proved for every count."
)


def energies(family: Family, about: str, formula: Expr | str) -> tuple[Program, Program]:
    """The energy of the last battery and its logarithm as functions of the counts; `formula` is for the reader."""
    shown = formula if isinstance(formula, str) else unicode_text(formula)
    doc = f"{about}\n\n    E = {shown}\n\n{BROADCAST}"
    return energy_programs(stable_energy(closed_form(family, "alternating")), doc)


def beyond(
    two_ways: Family, forward: Family, length: str, last: str, formulas: tuple[str, str]
) -> tuple[Program, ...]:
    """Energies of the last battery and along the row, with reciprocal and with one-way links."""
    found: list[Program] = []
    for family, links, name, end, formula in (
        (two_ways, "Reciprocal links", "", length, formulas[0]),
        (forward, "One-way links, J = Γ/2", "one_way_", f"{length} − 1", formulas[1]),
    ):
        state = closed_form(family, "alternating")
        doc = f"{links}: energy of {last}.\n\n    E = {formula}\n\n{BROADCAST}"
        found += energy_programs(stable_energy(state), doc, f"{name}terminal_energy")
        doc = f"{links}: energy of the k-th battery along the row, k = 1, …, {end}.\n\n{BROADCAST}"
        found += energy_programs(stable_position(state), doc, f"{name}battery_energy")
    return tuple(found)


# sinh where N is even, cosh where it is odd
ARMS_BY_PARITY = (
    "ω (ε cosh η/(J (2 sinh η cosh (L + 1)η + M sinh Lη)))² for even L, with sinh and cosh of (L + 1)η and Lη\n"
    "    exchanged for odd L, η = asinh(κ/(4J))"
)
BY_PARITY = "ω (ε cosh η/(J sinh (N + 2)η))² for even N, with cosh (N + 2)η for odd N, η = asinh(κ/(4J))"


def terminal_energy(formula: Expr, about: str) -> Program:
    """An energy that is no solution of a family but a formula in N, such as a bound."""
    return _of_n("terminal_energy", f"{about}\n\n    E = {unicode_text(formula)}", formula)


def optimal_coupling(formula: Expr, about: str) -> Program:
    """The coupling at which the stored energy is largest, as a function of the integer N."""
    return _of_n("optimal_coupling", f"{about}\n\n    {unicode_text(formula)}", formula)


def _of_n(name: str, about: str, formula: Expr) -> Program:
    return straight(name, sorted(formula.free_symbols, key=str), (formula,), doc=f"{about}\n\n{BROADCAST}")


def enhancement(formula: Expr, figure: str) -> Program:
    """ℰ^sq/ℰ of the last of two equal batteries."""
    about = (
        f"Ergotropy of the last of two equal batteries in squeezed reservoirs, over that in a vacuum, {figure}.\n\n"
        f"    {unicode_text(formula)}\n\n"
        "Numbers or arrays, broadcast together; nonreciprocal with θ = π/2 and μ = 1, every reservoir squeezed by r."
    )
    return straight("enhancement", sorted(formula.free_symbols, key=str), (formula,), doc=about)


STORIES: Mapping[str, Story] = MappingProxyType(
    {
        story.key: story
        for story in (
            Story(
                "cascaded",
                "Cascaded network with nonreciprocal couplings",
                "Liu et al. 2026, Eqs. (1)-(5), (10), (A1)",
                LIU,
                network=chain(6, "nonreciprocal", distinct=True),
                picture=chain(2, "general", distinct=True),
                derivation=cascades.cascaded,
                closed_forms=lambda: (
                    *energies(
                        families.chain(scheme="nonreciprocal"),
                        "Energy of the last of N equal batteries, Liu et al. 2026, Eq. (5).",
                        CASCADED_STABLE,
                    ),
                    optimal_coupling(
                        CASCADED_OPTIMUM,
                        "Coupling J = Γ/2 of the largest terminal energy, Liu et al. 2026, Eq. (10).",
                    ),
                ),
            ),
            Story(
                "parallel",
                "Parallel network with nonreciprocal couplings",
                "Liu et al. 2026, Eqs. (6)-(10), (A5)",
                LIU,
                network=star(6, "nonreciprocal", distinct=True),
                picture=star(2, "general", distinct=True),
                derivation=cascades.parallel,
                closed_forms=lambda: (
                    *energies(
                        families.star(scheme="nonreciprocal"),
                        "Energy of each of N equal batteries, Liu et al. 2026, Eq. (9).",
                        PARALLEL_ENERGY,
                    ),
                    optimal_coupling(
                        PARALLEL_OPTIMUM, "Coupling J = Γ/2 of the largest energy, Liu et al. 2026, Eq. (10)."
                    ),
                ),
            ),
            Story(
                "reciprocal_chain",
                "Cascaded network with reciprocal couplings",
                "Liu et al. 2026, Eqs. (11), (12), (B1)-(B4)",
                LIU,
                network=chain(12, distinct=True),
                picture=chain(3),
                derivation=cascades.reciprocal_chain,
                closed_forms=lambda: energies(
                    families.chain(),
                    "Energy of the last of N equal batteries, Liu et al. 2026, Eqs. (11), (12).",
                    BY_PARITY,
                ),
            ),
            Story(
                "reciprocal_star",
                "Parallel network with reciprocal couplings",
                "Liu et al. 2026, Eqs. (13), (14)",
                LIU,
                network=star(6, distinct=True),
                picture=star(2),
                derivation=cascades.reciprocal_star,
                closed_forms=lambda: energies(
                    families.star(),
                    "Energy of each of N equal batteries, Liu et al. 2026, Eq. (13).",
                    RECIPROCAL_STAR_ENERGY,
                ),
            ),
            Story(
                "reservoirs_cascaded",
                "Cascaded network in thermal and squeezed reservoirs",
                "Liu et al. 2026, Eqs. (15), (16), Figs. 5, 6",
                LIU,
                network=fluctuations.reservoirs(chain(2, "general", distinct=True)),
                picture=fluctuations.reservoirs(chain(2, "nonreciprocal")),
                derivation=fluctuations.cascaded,
                closed_forms=lambda: (enhancement(fluctuations.enhancement(chain), "Liu et al. 2026, Fig. 6(c)"),),
            ),
            Story(
                "reservoirs_parallel",
                "Parallel network in thermal and squeezed reservoirs",
                "Liu et al. 2026, Eqs. (15), (16), Figs. 5, 6",
                LIU,
                network=fluctuations.reservoirs(star(2, "general", distinct=True)),
                picture=fluctuations.reservoirs(star(2, "nonreciprocal")),
                derivation=fluctuations.parallel,
                closed_forms=lambda: (enhancement(fluctuations.enhancement(star), "Liu et al. 2026, Fig. 6(d)"),),
            ),
            Story(
                "triangles_cascaded",
                "Cascaded Aharonov-Bohm triangles",
                "Zhao et al. 2025, Eqs. (1)-(3)",
                ZHAO,
                network=aharonov_bohm_chain(4, distinct=True),
                picture=aharonov_bohm_chain(2),
                derivation=triangles.cascaded,
                closed_forms=lambda: (
                    *energies(
                        triangles.isolated(families.triangle_chain()),
                        "Energy of the last of N equal batteries, Zhao et al. 2025, Eq. (3).",
                        ZHAO_CASCADED_STABLE,
                    ),
                    optimal_coupling(
                        CASCADED_OPTIMUM.subs(KAPPA, LOSS),
                        "g_b of the largest terminal energy, Zhao et al. 2025.",
                    ),
                ),
            ),
            Story(
                "triangles_parallel",
                "Parallel Aharonov-Bohm triangles",
                "Zhao et al. 2025, Eqs. (4), (5)",
                ZHAO,
                network=aharonov_bohm_star(4, distinct=True),
                picture=aharonov_bohm_star(2),
                derivation=triangles.parallel,
                closed_forms=lambda: energies(
                    triangles.isolated(families.triangle_star()),
                    "Energy of each of N equal batteries, Zhao et al. 2025, Eq. (5).",
                    ZHAO_PARALLEL,
                ),
            ),
            Story(
                "arms",
                "Stars of chains",
                "beyond the papers: M arms of L batteries, reciprocal and one-way",
                Notation(row_names("L")),
                network=families.build(families.arms(), {families.ARMS: 2, families.LENGTH: 2}),
                picture=families.build(families.arms(), {families.ARMS: 2, families.LENGTH: 2}),
                derivation=growth.arms,
                closed_forms=lambda: beyond(
                    families.arms(),
                    families.arms(scheme="nonreciprocal"),
                    "L",
                    "the last battery of each of M arms of length L",
                    (ARMS_BY_PARITY, "4^{L+1} ω ε² Γ^{2L}/((MΓ + κ)² (Γ + κ)² (2Γ + κ)^{2L−2})"),
                ),
            ),
            Story(
                "combs",
                "Combs",
                "beyond the papers: a chain of N batteries with a leaf on each of its N + 1 nodes",
                Notation(row_names("N")),
                network=families.build(families.comb(), {families.COUNT: 2}),
                picture=families.build(families.comb(), {families.COUNT: 1}),
                derivation=growth.combs,
                closed_forms=lambda: beyond(
                    families.comb(),
                    families.comb(scheme="nonreciprocal"),
                    "N",
                    "the leaf of the last battery of the spine",
                    (
                        "ω (2J/κ)² (ε J^N/D_{N+1})², D_{n+1} = (κ/2 + 2J²/κ) D_n + J² D_{n−1}, D_0 = 1",
                        "4^{N+2} ω ε² Γ^{2N+2}/((Γ + κ)² (2Γ + κ)⁴ (3Γ + κ)^{2N−2})",
                    ),
                ),
            ),
            Story(
                "trees",
                "Balanced trees",
                "beyond the papers: branching b and depth d, reciprocal and one-way",
                Notation(row_names("d")),
                network=families.build(families.tree(), {families.BRANCHING: 2, families.DEPTH: 2}),
                picture=families.build(families.tree(), {families.BRANCHING: 2, families.DEPTH: 2}),
                derivation=growth.trees,
                closed_forms=lambda: beyond(
                    families.tree(),
                    families.tree(scheme="nonreciprocal"),
                    "d",
                    "each of the b^d leaves",
                    (
                        "b^{−d} that of a chain of d batteries at the coupling √b J",
                        "4^{d+1} ω ε² Γ^{2d}/((bΓ + κ)² (Γ + κ)² ((b + 1)Γ + κ)^{2d−2})",
                    ),
                ),
            ),
            Story(
                pairs.KEY,
                pairs.TITLE,
                pairs.REFERENCE,
                WANG,
                network=pairs.PICTURE,
                picture=pairs.PICTURE,
                derivation=pairs.argument,
                module=pairs.module,
            ),
            Story(
                "matched_tree",
                "What no passive network exceeds",
                "energy balance; networks that reach it on any tree",
                LIU,
                network=tree(2, 2, distinct=True),
                picture=chain(2, "general", distinct=True),
                derivation=matching.matching,
                closed_forms=lambda: (
                    terminal_energy(matching.LARGEST_WORST, "The most that the worst of N equal batteries can store."),
                    optimal_coupling(matching.STAR_COUPLING, "Coupling J at which the reciprocal star stores it."),
                ),
            ),
            Story(
                "collective_spins",
                superradiance.TITLE,
                "Dias et al. 2024, Eqs. (2)-(4), Fig. 2",
                DIAS,
                network=spin_star(3),
                picture=spin_star(3),
                derivation=superradiance.derivation,
                module=superradiance.module,
            ),
            Story(
                mediators.KEY,
                mediators.TITLE,
                mediators.REFERENCE,
                replace(LIU, names=dict(LIU.names) | {f"W_nu_{k}": rf"W_{{\nu,{k}}}" for k in (11, 12, 21, 22)}),
                network=mediated_chain(1),
                picture=mediated_chain(1),
                derivation=mediators.elimination,
                module=mediators.module,
            ),
            Story(
                directed.KEY,
                directed.TITLE,
                directed.REFERENCE,
                AHMADI,
                network=pair(),
                picture=pair(),
                derivation=directed.argument,
                closed_forms=directed.functions,
            ),
        )
    }
)
