"""The stories that the repository tells: a network, the argument for it, and the closed forms its module offers.

Each story is the derivation of one paper's networks in the paper's own letters, from the Hamiltonian to the optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from types import MappingProxyType

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
from derive.derivation import Derivation
from derive.latex import Notation
from derive.latex.notation import row_names
from derive.network import Network
from derive.papers.ahmadi2024_letters import NOTATION as AHMADI
from derive.papers.ahmadi2024_letters import pair
from derive.papers.dias2024_letters import NOTATION as DIAS
from derive.papers.liu2026_letters import NOTATION as LIU
from derive.papers.wang2026_letters import NOTATION as WANG
from derive.papers.zhao2025_letters import NOTATION as ZHAO
from derive.program import Program
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
from derive.stories.closed_forms import (
    ARMS_BY_PARITY,
    BY_PARITY,
    beyond,
    energies,
    enhancement,
    optimal_coupling,
    terminal_energy,
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

    `about` says what is shown, and why, in a few sentences.
    `network` is the one the module computes, `picture` the smaller one that the argument is about. `module` gives the
    text of the module where it is not `network_module` of the network, `closed_forms` the functions of counts that it
    offers, solved for when they are asked for.
    """

    key: str
    title: str
    reference: str
    notation: Notation
    _: KW_ONLY
    about: str
    network: Network
    picture: Network
    derivation: Callable[[], Derivation]
    closed_forms: Callable[[], tuple[Program, ...]] = tuple
    module: Callable[[], str] | None = None


STORIES: Mapping[str, Story] = MappingProxyType(
    {
        story.key: story
        for story in (
            Story(
                "cascaded",
                "Cascaded network with nonreciprocal couplings",
                "Liu et al. 2026, Eqs. (1)–(5), (10), (A1)",
                LIU,
                about=(
                    "A driven charger feeds batteries one after another, and a reservoir that neighbours share makes "
                    "every link one-way. It is shown for two batteries in full and then for any number: the condition "
                    "of isolation, the energies in time and in the end, and the coupling at which the last battery "
                    "holds most."
                ),
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
                "Liu et al. 2026, Eqs. (6)–(10), (A5)",
                LIU,
                about=(
                    "The charger feeds all batteries at once, each over a link and a shared reservoir of its own. It "
                    "is shown for two batteries in full and then for any number: the condition of isolation, the "
                    "energies in time and in the end, and the coupling at which each battery holds most."
                ),
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
                "Liu et al. 2026, Eqs. (11), (12), (B1)–(B4)",
                LIU,
                about=(
                    "Without shared reservoirs energy runs back and forth along the chain. It is shown for three "
                    "batteries in full and then, by a recurrence, for any number: why the last battery of an even "
                    "chain differs from that of an odd one."
                ),
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
                about=(
                    "The star without shared reservoirs is the yardstick of the parallel network. It is shown for two "
                    "batteries in full and then for any number: the energies in the end and in time, and the window "
                    "of couplings in which it stores more than the nonreciprocal star."
                ),
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
                about=(
                    "What do hot and squeezed reservoirs do to a one-way chain of two batteries? It is shown for the "
                    "energy and for the ergotropy, the part of it that a unitary can extract."
                ),
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
                about=(
                    "What do hot and squeezed reservoirs do to two batteries side by side? It is shown for the energy "
                    "and for the ergotropy, the part of it that a unitary can extract."
                ),
                network=fluctuations.reservoirs(star(2, "general", distinct=True)),
                picture=fluctuations.reservoirs(star(2, "nonreciprocal")),
                derivation=fluctuations.parallel,
                closed_forms=lambda: (enhancement(fluctuations.enhancement(star), "Liu et al. 2026, Fig. 6(d)"),),
            ),
            Story(
                "triangles_cascaded",
                "Cascaded Aharonov–Bohm triangles",
                "Zhao et al. 2025, Eqs. (1)–(3)",
                ZHAO,
                about=(
                    "Reservoirs that two modes share can be made of lossy modes: in a triangle of two modes and a "
                    "lossy one the phase of the direct coupling directs the energy. It is shown that the lossy modes, "
                    "eliminated, are the reservoirs of Liu et al., and what the last of any number of batteries "
                    "holds."
                ),
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
                "Parallel Aharonov–Bohm triangles",
                "Zhao et al. 2025, Eqs. (4), (5)",
                ZHAO,
                about=(
                    "The triangles side by side: it is shown that the lossy modes, eliminated, are the reservoirs of "
                    "Liu et al., and what each of any number of batteries holds."
                ),
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
                about=(
                    "Several chains on one charger contain the chain and the star. It is shown for all numbers and "
                    "lengths of the arms what the last battery holds, with links both ways and one-way, and which "
                    "coupling is best for the last and for the worst battery."
                ),
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
                about=(
                    "A chain of modes with a battery on each: it is shown for any length what the leaf at the end "
                    "holds, with links both ways and one-way, and which coupling is best for the last and for the "
                    "worst battery."
                ),
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
                about=(
                    "Every battery feeds as many others. It is shown for any branching and depth what a leaf holds, "
                    "with links both ways and one-way, and which coupling is best for the leaves and for the worst "
                    "battery."
                ),
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
                about=(
                    "A battery spin and a charger spin exchange one excitation. It is shown how the capacity of the "
                    "battery, what can be charged and discharged by unitaries, depends on entanglement, steering, "
                    "nonlocality, coherence, imaginarity and texture: in every pure state, along the way, and with "
                    "baths."
                ),
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
                about=(
                    "How much can a network store at all? Energy balance bounds what the batteries of any passive "
                    "network hold; it is shown which couplings reach the bound on any tree, with links both ways and "
                    "one-way."
                ),
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
                "Dias et al. 2024, Eqs. (2)–(4), Fig. 2",
                DIAS,
                about=(
                    "A charger of many spins relaxes together with its batteries, and what it emits charges them on "
                    "the time scale of superradiance. It is shown how far they get, what a collective pump adds, and "
                    "what is left of it for finite spins."
                ),
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
                about=(
                    "Where do shared reservoirs come from? A lossy mode between charger and battery is eliminated "
                    "adiabatically. It is shown which master equation is left, what is exact in it, how large the "
                    "error is in time, and which coupling makes the link one-way."
                ),
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
                about=(
                    "A charger, a battery and one reservoir that both share. It is shown how much isolation gains "
                    "over a conventional pair, at equal coupling and with each pair at its best, in the end and in "
                    "time, and for a network of many cells."
                ),
                network=pair(),
                picture=pair(),
                derivation=directed.argument,
                closed_forms=directed.functions,
            ),
        )
    }
)
