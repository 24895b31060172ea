"""Liu, Chen, Wu, Chen and Su 2026: its claims in the order of its pages, and Eqs. (1)–(9) as printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sympy import Add, Expr, I, Integer, Symbol, exp, pi

from derive import families
from derive.builders import Build, chain, positive, real, star
from derive.claims import ALL, Claim, Departure, Equal, Paper, Statement
from derive.derivation import Equation, mean
from derive.kernel import abs_squared, conjugated
from derive.langevin import langevin
from derive.network import Network
from derive.papers.liu2026_appendix import CLAIMS as APPENDIX
from derive.papers.liu2026_counts import along_the_chain, around_the_charger
from derive.papers.liu2026_counts import uniform as every_count
from derive.papers.liu2026_delivery import SECTION_II as DELIVERY
from derive.papers.liu2026_delivery import SECTION_III as SIMULTANEOUS
from derive.papers.liu2026_dynamics import CASCADED, PARALLEL
from derive.papers.liu2026_green import CLAIMS as GREEN
from derive.papers.liu2026_letters import (
    NOTATION,
    SIZES,
    UP_TO_6,
    N,
    any_4,
    cascaded,
    damping,
    eq_4,
    eq_5,
    eq_9,
    loss_rate,
    mode,
    mu,
    parallel,
    phase,
    shared_rate,
    stored,
    strength,
    weight,
    ε,
    ω,
)
from derive.papers.liu2026_master import EQ_2, LAMBDA_C, LAMBDA_P
from derive.papers.liu2026_nonreciprocity import CLAIMS as NONRECIPROCITY
from derive.papers.liu2026_operating import SECTION_II as OPERATING
from derive.papers.liu2026_operating import SECTION_III as AT_OPTIMUM
from derive.papers.liu2026_optimum import CLAIMS as OPTIMUM
from derive.papers.liu2026_optimum import INTRODUCTION
from derive.papers.liu2026_parity import B_16, SECTION_III
from derive.papers.liu2026_power import CLAIMS as POWER
from derive.papers.liu2026_relaxation import CLAIMS as RELAXATION
from derive.papers.liu2026_reservoirs import CLAIMS as RESERVOIRS
from derive.papers.liu2026_squeezing import CLAIMS as SQUEEZING
from derive.reading import hamiltonian, written

Link = tuple[int, int, int]  # the k-th link, and the two modes it joins
Links = Callable[[int], list[Link]]


# -- Hamiltonians, Eqs. (1) and (6) -------------------------------------------------------------------------


def eq_1(size: int) -> list[Link]:
    """Eq. (1) as printed: J_1 from a to b_1, then J_i for every pair i < j."""
    return [(1, 0, 1), *((i, i, j) for j in range(1, size + 1) for i in range(1, j))]


def in_series(size: int) -> list[Link]:
    """J_k between b_{k−1} and b_k, as in Eqs. (2), (A1) and (A3)."""
    return [(k, k - 1, k) for k in range(1, size + 1)]


def in_parallel(size: int) -> list[Link]:
    """Eq. (6): J_k between a and b_k."""
    return [(k, 0, k) for k in range(1, size + 1)]


def exchange(links: Iterable[Link]) -> Expr:
    """Σ J_k e^{iθ_k} ⟨a_i⟩*⟨a_j⟩ + c.c. over links (k, i, j): H as a function of the amplitudes."""
    terms = [strength(k) * exp(I * phase(k)) * conjugated(mean(mode(i))) * mean(mode(j)) for k, i, j in links]
    return Add(*terms, *(conjugated(term) for term in terms))


def interaction(build: Build, links: Links) -> Iterator[Statement]:
    """The printed Hamiltonian against that of the network with all parameters distinct."""
    for size in SIZES:
        net, h = build(size, "general", distinct=True), exchange(links(size))
        yield Equal(Symbol("H_I"), h, hamiltonian(net, drives=False), shown=written("H_I", h, net.names))


# -- isolation: no flow back along a link -------------------------------------------------------------------

BACKFLOW = I * positive("J_n") * exp(I * real("theta_n")) + mu("n") * shared_rate("n") / 2
RECIPES = ((pi / 2, Integer(1)), (Integer(0), -I))  # (θ_k, μ_k), each with J_k = Γ_k/2


def isolated(build: Build, links: Links, partner: Callable[[int, Expr], Expr]) -> Iterator[Statement]:
    """Both recipes, general weights: `partner` solves the printed definition of the k-th μ_k for p_j."""
    for recipe in RECIPES:
        for size in SIZES:
            net = _prepared(build(size, "general", distinct=True), links(size), recipe, partner)
            drift = langevin(net).drift
            yield from (Equal(BACKFLOW, Integer(0), -drift[i, j]) for _, i, j in links(size))


def _prepared(
    net: Network, links: list[Link], recipe: tuple[Expr, Expr], partner: Callable[[int, Expr], Expr]
) -> Network:
    θ, m = recipe
    weights: dict[int, Expr] = {0: weight(0)}
    for k, i, j in links:
        weights[j] = m * partner(k, weights[i])
    values: dict[Expr, Expr] = {weight(k): p for k, p in weights.items() if k}
    for k, _, _ in links:
        values |= {phase(k): θ, strength(k): shared_rate(k) / 2}
    return net.subs(values)


def starred(k: int, p: Expr) -> Expr:
    """p_j / μ_k from μ_k = p_i* p_j."""
    return 1 / conjugated(p)


def first_bare(k: int, p: Expr) -> Expr:
    """p_j / μ_k from the main text's μ_1 = p_a p_{b_1} and μ_i = p_{b_{i−1}}* p_{b_i}."""
    return 1 / p if k == 1 else 1 / conjugated(p)


def all_bare(k: int, p: Expr) -> Expr:
    """p_j / μ_k from the main text's μ_i = p_a p_{b_i}."""
    return 1 / p


# -- steady states, Eqs. (4), (5), (8), (9) -----------------------------------------------------------------


def cascade(inner: bool, as_last: bool = False) -> Iterator[Statement]:
    """Eq. (4) for n = N, or for every inner n < N, there with the Λ_n of a last battery if so printed."""
    for size in SIZES:
        net = chain(size, "nonreciprocal", distinct=True)
        for n in range(1, size) if inner else [size]:
            where = cascaded(size)
            if as_last:
                where[damping(n)] = shared_rate(n) * abs_squared(weight(n)) + loss_rate(n)
            yield stored(f"E_{n}^ss", eq_4(n), net, n, where)


def eq_8(n: int | str, charger: int) -> Expr:
    """Right side of Eq. (8); it prints Λ_1 where the charger's Λ_0 belongs."""
    return 4**2 * ω * ε**2 * abs_squared(mu(n)) * shared_rate(n) ** 2 / (damping(charger) ** 2 * damping(n) ** 2)


def charger_rate(reservoirs: int) -> Expr:
    """Λ_0 = Σ Γ_i |p_a|² + κ_a over the first reservoirs, as defined below Eq. (7)."""
    return Add(*(shared_rate(i) for i in range(1, reservoirs + 1))) * abs_squared(weight(0)) + loss_rate(0)


def parallel_energies(charger: int, up_to_n: bool = False) -> Iterator[Statement]:
    """Eq. (8) for all batteries n, with Λ_0 as a sum up to N or, as printed, up to n."""
    for size in SIZES:
        net = star(size, "nonreciprocal", distinct=True)
        for n in range(1, size + 1):
            where = {**parallel(size), damping(0): charger_rate(n if up_to_n else size)}
            yield stored(f"E_{n}^ss", eq_8(n, charger), net, n, where)


MAIN = (
    Claim(
        "Eq. (1)",
        "Hamiltonian of the cascaded network",
        lambda: interaction(chain, eq_1),
        lambda: interaction(chain, in_series),
        "The sum over i < j couples every pair of batteries, and its J_i would put J_1 between b_1 and b_2; "
        "the chain of Fig. 1(a) and Eqs. (2), (A1), (A3) have J_i between neighbours b_{i−1} and b_i only.",
        scope=UP_TO_6,
        departure=Departure("misprint", "Eqs. (2), (A1) and (A3)"),
    ),
    EQ_2,
    Claim(
        "Below Eq. (2), nonreciprocity",
        "No flow back if θ_i = π/2, μ_i = 1 or θ_i = 0, μ_i = −i, with J_i = Γ_i/2",
        lambda: isolated(chain, in_series, starred),
        scope=UP_TO_6,
        form=Equation(BACKFLOW, Integer(0)),
        because="With μ_i = p_{b_{i−1}}* p_{b_i} for every i, b_0 = a.",
    ),
    Claim(
        "Below Eq. (2), mu_1",
        "Nonreciprocity with the main text's μ_1",
        lambda: isolated(chain, in_series, first_bare),
        lambda: isolated(chain, in_series, starred),
        "The main text drops the conjugation of p_a that Appendix A has; with complex p_a the recipe then "
        "leaves a flow from b_1 back to a (for p_a = −i, p_{b_1} = 1, θ_1 = 0 it even reverses "
        "the direction).",
        scope=UP_TO_6,
        form=Equation(mu(1), weight(0) * weight(1)),
        corrected_form=Equation(mu(1), conjugated(weight(0)) * weight(1)),
        departure=Departure(
            "misprint", "μ_1 = p_a* p_b below Eqs. (A1) and (A3)",
            scan="A star can get lost in a scan; here it would have been lost twice, also "
            "below Eq. (6), and kept in μ_i of the same sentence.",
        ),
    ),
    *CASCADED,
    LAMBDA_C,
    Claim(
        "Eq. (4)",
        "Energy of the last battery of a cascaded network, n = N",
        lambda: (*cascade(inner=False), *along_the_chain(last=True)),
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_N^ss"), any_4("n", N)),
        because="For weights p of any modulus, with J_i e^{iθ_i} = iμ_iΓ_i/2.",
    ),
    Claim(
        "Eq. (4), n < N",
        "Energy of an inner battery, with Λ_n as defined below Eq. (3)",
        lambda: cascade(inner=True, as_last=True),
        lambda: (*cascade(inner=True), *along_the_chain(last=False)),
        "Battery n < N also feeds the reservoir that it shares with b_{n+1}: the special case of Λ belongs "
        "to n = N, not to the battery whose energy is asked for. Read with n for the number of batteries, "
        "Eq. (4) holds.",
        scope=ALL,
        method="induction",
        form=Equation(damping("n"), shared_rate("n") * abs_squared(Symbol("p_n")) + positive("kappa_n")),
        corrected_form=Equation(
            damping("n"),
            (shared_rate("n") + shared_rate("next")) * abs_squared(Symbol("p_n")) + positive("kappa_n"),
        ),
        departure=Departure(
            "misprint", "Λ_1 and Λ_2 below Eq. (A3)",
            ("n is the battery whose energy is asked for", "n is the number of batteries: holds, see Eq. (4)"),
            scan="A capital N that the scan gives as n cannot be excluded.",
        ),
    ),
    Claim(
        "Eq. (5)",
        "Energy of the last battery of a uniform cascaded network",
        lambda: every_count("E_c^ss", families.chain(scheme="nonreciprocal"), eq_5(N)),
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_c^ss"), eq_5(N)),
        because="It is consistent with Ref. [65], as the sentence below it says: Eq. (3) there, Γ = 2g_b and κ = γ.",
    ),
    Claim(
        "Eq. (6)",
        "Hamiltonian of the parallel network",
        lambda: interaction(star, in_parallel),
        scope=UP_TO_6,
        form=written("H_I", exchange(in_parallel(2)), ("a", "b_1", "b_2")),
    ),
    Claim(
        "Below Eq. (6), mu_i",
        "Nonreciprocity with the main text's μ_i",
        lambda: isolated(star, in_parallel, all_bare),
        lambda: isolated(star, in_parallel, starred),
        "As for μ_1 of the cascaded network: μ_i = p_a* p_{b_i}, as Eqs. (A5) and (A7) have it.",
        scope=UP_TO_6,
        form=Equation(mu("n"), weight(0) * Symbol("p_n")),
        corrected_form=Equation(mu("n"), conjugated(weight(0)) * Symbol("p_n")),
        departure=Departure(
            "misprint", "μ_1 = p_a* p_{b_1} below Eqs. (A5) and (A7)",
            scan="A star can get lost in a scan; here it would have been lost twice, also "
            "below Eq. (2).",
        ),
    ),
    *PARALLEL,
    LAMBDA_P,
    Claim(
        "Eq. (8)",
        "Energy of a battery of a parallel network",
        lambda: parallel_energies(1),
        lambda: (*parallel_energies(0), *around_the_charger(eq_8)),
        "Λ_1² in the denominator must be Λ_0², as in the long-time limit of Eqs. (7) and (A6); Λ_0 is read "
        "as a sum over all N reservoirs.",
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_n^ss"), eq_8("n", 1)),
        corrected_form=Equation(Symbol("E_n^ss"), eq_8("n", 0)),
        departure=Departure("misprint", "Eqs. (9) and (A6)", scan="A 0 that the scan gives as 1 cannot be excluded."),
    ),
    Claim(
        "Below Eq. (7), Lambda_0",
        "The charger's rate as a sum up to the battery n that is asked for",
        lambda: parallel_energies(0, up_to_n=True),
        lambda: parallel_energies(0),
        "The charger feeds all N shared reservoirs, so Λ_0 sums Γ_1 … Γ_N, as in Eqs. (A5) and (A7); the "
        "printed upper limit n is right only for n = N. (Displayed for n = 1, N = 2.)",
        scope=UP_TO_6,
        form=Equation(damping(0), charger_rate(1)),
        corrected_form=Equation(damping(0), charger_rate(2)),
        departure=Departure(
            "misprint", "Eq. (9) and Λ_0 below Eqs. (A5) and (A7)",
            ("n is the battery whose energy is asked for", "n is the number of batteries: holds, see Eq. (9)"),
            scan="A capital N that the scan gives as n cannot be excluded.",
        ),
    ),
    Claim(
        "Eq. (9)",
        "Energy of a battery of a uniform parallel network",
        lambda: every_count("E_p^ss", families.star(scheme="nonreciprocal"), eq_9(N)),
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_p^ss"), eq_9(N)),
    ),
)


LIU = Paper(
    "liu2026",
    "B.-B. Liu, R. Chen, J.-L. Wu, G. Chen and S.-L. Su, Connection-topology-dependent energy transport and "
    "ergotropy in quantum battery networks with reciprocal and nonreciprocal couplings (2026)",
    NOTATION,
    (
        *MAIN,
        *NONRECIPROCITY,
        *INTRODUCTION,
        *DELIVERY,
        *OPTIMUM,
        *OPERATING,
        *SECTION_III,
        *AT_OPTIMUM,
        *SIMULTANEOUS,
        *RELAXATION,
        *POWER,
        *RESERVOIRS,
        *SQUEEZING,
        *APPENDIX,
        *GREEN,
        *B_16,
    ),
)
