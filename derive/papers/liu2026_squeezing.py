"""Liu, Chen, Wu, Chen and Su 2026, Sec. IV: squeezed reservoirs, Eq. (16) and Fig. 6.

Q = sinh r cosh r e^{−iθ_r} multiplies L′[o], so that Q* is the m of a `Bath`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from sympy import Add, Expr, I, ImmutableMatrix, Integer, Pow, Symbol, cosh, diag, diff, exp, eye, sinh, sqrt

from derive.builders import chain, positive, real, star
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation, mean
from derive.ergotropy import ergotropy, purity, symplectic_eigenvalues
from derive.evolution import steady_state
from derive.gaussian import GaussianState, vacuum
from derive.kernel import canonical, conjugated
from derive.langevin import langevin
from derive.motion import evolve
from derive.network import Mode, Network, loss
from derive.operators import Operator, annihilate, create
from derive.papers.liu2026_letters import Γ, N, mode, κ, ω
from derive.papers.liu2026_master import in_baths
from derive.papers.liu2026_reservoirs import (
    ENERGY,
    FEW,
    HALF,
    TOPOLOGIES,
    UP_TO_3,
    WORK,
    bathed,
    fraction,
    last,
    m,
    n,
    n_th,
    recipe,
    t,
    uniform,
    α,
)

r, s, θ_r = positive("r"), positive("s"), real("theta_r")
P, Q = sinh(r) ** 2, sinh(r) * cosh(r) * exp(-I * θ_r)
# e^r as 1 + s: inequalities of hyperbolic functions become those of polynomials with positive coefficients
GROWN = 1 + s
P_S, Q_S = (GROWN - 1 / GROWN) ** 2 / 4, (GROWN**2 - 1 / GROWN**2) / 4
WORK_SQ = Symbol("Erg_N^sq")


def printed_source(operator: Operator) -> Expr:
    """The number in d⟨O⟩/dt that the terms −Q L′[b] − Q* L′[b†] of Eq. (16) leave, by normal ordering.

    L′†[z]O = zOz − ½{zz, O}.
    """
    found: list[Expr] = []
    for factor, z in ((-Q, annihilate("b")), (-conjugated(Q), create("b"))):
        moved = z * operator * z - HALF * (z * z * operator + operator * z * z)
        found.append(factor * moved.coefficient(()))
    return Add(*found)


def printed_16() -> Iterator[Statement]:
    """Eq. (16) as printed, for the chain, by normal ordering: Q* is the m of every bath."""
    for size in (1, 2):
        yield from in_baths(bathed(chain(size, "general", distinct=True), n, m), size, n, conjugated(m))


def eq_16() -> Iterator[Statement]:
    """One mode: the source of ⟨bb⟩ is κQ*, the steady ⟨bb⟩ is Q*, and the bath is pure, |Q|² = P(P + 1)."""
    net = Network((Mode("b", frequency=ω),), baths=(loss("b", κ, P, conjugated(Q)),))
    b, state = annihilate("b"), steady_state(langevin(net))
    name = Symbol("<b b>")
    yield Equal(Symbol("Q"), κ * printed_source(b * b), langevin(net).squeezing[0, 0])
    yield Equal(name, conjugated(Q), state.anomalous[0, 0])
    yield Equal(Symbol("<b† b>"), P, state.number[0, 0])
    yield Equal(Symbol("P"), P * (P + 1), Q * conjugated(Q))
    yield Equal(Symbol("purity"), Integer(1), purity(state))


def both_recipes(squeezing: bool) -> Iterator[Statement]:
    """Energies, or |⟨bb⟩ − ⟨b⟩²|², of the last battery of the second recipe against the first."""
    for build, size in product(TOPOLOGIES, FEW):
        first, second = (last(bathed(recipe(build, size, second=other), P, conjugated(Q))) for other in (False, True))
        if squeezing:
            mine, other = (x.anomalous[0, 0] * conjugated(x.anomalous[0, 0]) for x in (first, second))
            yield Equal(Symbol("|M_N|^2"), mine, other)
        else:
            yield Equal(ENERGY, first.energy(mode(size)), second.energy(mode(size)))


def two_photons() -> Iterator[Statement]:
    """θ = π/2: the fluctuations of all modes are P and Q* within a mode and nothing between two, and |Q| > P."""
    for build, size in product(TOPOLOGIES, FEW):
        state = steady_state(langevin(bathed(recipe(build, size), P, conjugated(Q))))
        one = ImmutableMatrix(eye(size + 1))
        yield Equal(Symbol("M"), conjugated(Q) * one, state.anomalous)
        yield Equal(Symbol("N"), P * one, state.number)
    shown = Equation(Symbol("|<b b>|"), Symbol("<b† b>"), ">")
    yield AtLeast(Q_S**2, P_S**2, shown, strict=True)


def gauge() -> Iterator[Statement]:
    """The equations of motion of both recipes are one, p_a = i or 1, up to the phase of the drive.

    p_k b_k → b_k turns the second recipe into the first, its shared reservoirs into themselves, and the squeezing of
    the local bath of b_k by p_k².
    """
    for build in TOPOLOGIES:
        for size, charger in product(FEW, (I, Integer(1))):
            turns = [conjugated(charger) * Pow(I, k if build is chain else min(k, 1)) for k in range(size + 1)]
            second = langevin(bathed(recipe(build, size, second=True, charger=charger), n_th, m))
            first = recipe(build, size)
            baths = tuple(
                replace(b, thermal=n_th, squeezing=m / turns[first.names.index(b.legs[0])] ** 2)
                if len(b.legs) == 1
                else replace(b, thermal=n_th, squeezing=m)
                for b in first.baths
            )
            eq, u = langevin(replace(first, baths=baths)), diag(*turns)
            for name, mine, other in (
                ("W", second.drift, u * eq.drift * u.H),
                ("N", second.noise, conjugated(u) * eq.noise * u),
                ("M", second.squeezing, u * eq.squeezing * u),
            ):
                yield Equal(Symbol(name), ImmutableMatrix(other), ImmutableMatrix(mine))


def kept(size: Expr | int) -> Expr:
    """What a star's battery keeps of m in the second recipe; a chain of one is a star of one."""
    return 1 - 8 * Γ**2 * κ / ((size * Γ + κ) * ((size + 1) * Γ + 2 * κ) * (Γ + κ))


def second_recipe() -> Iterator[Statement]:
    """⟨bb⟩ − ⟨b⟩² of the last battery in the second recipe: one battery, stars, the chain of two, p_a = i or 1."""
    other = (κ - Γ) / (κ + Γ)
    top = (-18, 13, 13, 27, 49, 24, 4)
    chain_2 = Add(*(c * Γ ** (6 - k) * κ**k for k, c in enumerate(top)))
    chain_2 /= (Γ + κ) ** 3 * (2 * Γ + κ) * (3 * Γ + 2 * κ) ** 2
    found = [(star, size, I, kept(size)) for size in FEW] + [(chain, 1, I, kept(1)), (chain, 2, I, chain_2)]
    found += [(star, size, Integer(1), other) for size in FEW] + [(chain, 1, Integer(1), other)]
    yield from (
        Equal(Symbol("M_N"), factor * m, last(bathed(net, n, m)).anomalous[0, 0])
        for build, size, charger, factor in found
        for net in (recipe(build, size, second=True, charger=charger),)
    )


def second_enhanced() -> Iterator[Statement]:
    """θ = 0 and the weights of Appendix A: ν² = (P + ½)² − c²|Q|² with c > 0, so that ν < P + ½ and ℰ^sq > ℰ."""
    for build, size in [(chain, 1)] + [(star, size) for size in FEW]:
        (nu,) = symplectic_eigenvalues(last(bathed(recipe(build, size, second=True), P_S, Q_S)))
        yield Equal(Symbol("nu") ** 2, (P_S + HALF) ** 2 - (kept(size) * Q_S) ** 2, nu**2)
        for rate in (κ / (1 + s), κ * (1 + s)):  # below and above κ
            c = canonical(kept(size).subs(Γ, rate))
            yield AtLeast(c, Integer(0), Equation(Symbol("c"), Integer(0), ">"), strict=True)


def rising() -> Iterator[Statement]:
    """∂ℰ^sq/∂r > 0 in the first recipe, with e^r = 1 + s and θ_r = 0."""
    shown = Equation(Symbol("∂Erg_N^sq/∂r"), Integer(0), ">")
    for build, size in product(TOPOLOGIES, FEW):
        work = ergotropy(last(bathed(recipe(build, size), P_S, Q_S)))
        yield AtLeast(diff(work, s), Integer(0), shown, strict=True)


def enhanced() -> Iterator[Statement]:
    """ℰ^sq > ℰ in the first recipe, by ω sinh² r."""
    for build, size in product(TOPOLOGIES, FEW):
        vacuum_work = ergotropy(last(uniform(build, size)))
        work = ergotropy(last(bathed(recipe(build, size), P, conjugated(Q))))
        yield Equal(WORK_SQ, vacuum_work + ω * P, work)


def on_the_way() -> Iterator[Statement]:
    """From vacuum, first recipe: N = nX and M = mX of one X, 1 − X being what vacuum baths leave of a quantum a mode.

    Populations, both are between 0 and 1. A squeezed bath of P adds ω(PX + ½ − ν) to ω|⟨b⟩|², with ν² = ¼ + PX(1 − X)
    ≤ (PX + ½)², and more of it for more P: the slope in P is ω(X − X(1 − X)/(2ν)) ≥ ωX², as ν ≥ ½. ℰ/E is below one
    for ν > ½.
    """
    p, part = positive("P"), Symbol("X")
    for build, size in product(TOPOLOGIES, (1, 2)):
        cold = langevin(recipe(build, size))
        eq = langevin(bathed(recipe(build, size), n, m))
        state, vacuum_state = evolve(eq, vacuum(eq), t), evolve(cold, vacuum(cold), t)
        one = replace(vacuum(cold), number=ImmutableMatrix(eye(size + 1)))
        left = evolve(cold, one, t).number[size, size]
        where = {part: state.number[size, size] / n}
        yield Equal(Symbol("M_N"), m * part, state.anomalous[size, size], where)
        yield Equal(1 - part, left, 1 - part, where)
        yield Equal(mean(mode(size)), vacuum_state.mean[size], state.mean[size])
    x = s / (1 + s)  # any X
    square = HALF**2 + p * x * (1 - x)
    squeezed = tuple(ImmutableMatrix([[e]]) for e in (α, p * x, sqrt(p * (p + 1)) * x))
    work = ω * α * conjugated(α) + ω * (p * x + HALF - sqrt(square))
    yield Equal(WORK_SQ, work, ergotropy(GaussianState(("b",), (ω,), *squeezed)))
    yield AtLeast((p * x + HALF) ** 2, square, Equation(WORK_SQ, WORK, ">"), strict=True)
    yield AtLeast(square, HALF**2, Equation(Symbol("nu"), HALF, "≥"), strict=True)
    yield AtLeast(x - x * (1 - x), Integer(0), Equation(Symbol("∂Erg_N^sq/∂P"), Integer(0), ">"), strict=True)


def at_optimum(strict: bool) -> Iterator[Statement]:
    """θ = 0, p_a = 1 and p_{b_1} = −i at the optimal coupling of one battery, Γ = κ: is ℰ^sq above ℰ?"""
    net = recipe(chain, 1, second=True, charger=Integer(1)).subs({Γ: κ})
    cold, squeezed = ergotropy(last(net)), ergotropy(last(bathed(net, P, conjugated(Q))))
    if strict:
        yield AtLeast(squeezed, cold, Equation(WORK_SQ, WORK, ">"), strict=True)
    else:
        yield Equal(WORK_SQ, cold, squeezed)


def useful() -> Iterator[Statement]:
    """Squeezing raises ℰ/E above its value in vacuum."""
    shown = Equation(Symbol("F_N^sq"), Symbol("F_N"), ">")
    for build, size in product(TOPOLOGIES, FEW):
        squeezed, cold = bathed(recipe(build, size), P, conjugated(Q)), uniform(build, size)
        yield AtLeast(fraction(squeezed), fraction(cold), shown, strict=True)


def useful_corrected() -> Iterator[Statement]:
    """In the first recipe F = 1 for every r, in the second F < 1 for r > 0; a thermal bath of the same P has less."""
    for build, size in product(TOPOLOGIES, FEW):
        first = recipe(build, size)
        yield Equal(Symbol("F_N^sq"), Integer(1), fraction(bathed(first, P, conjugated(Q))))
    below = Equation(Symbol("nu"), HALF, "≥")
    for build, size in ((chain, 1), (star, 2)):
        (nu,) = symplectic_eigenvalues(last(bathed(recipe(build, size, second=True), P_S, Q_S)))
        yield AtLeast(nu**2, HALF**2, below, strict=True)
    squeezed, thermal = (last(bathed(recipe(chain, 1), P_S, x)) for x in (Q_S, Integer(0)))
    shown = Equation(Symbol("F_N^sq"), Symbol("F_N^th"), ">")
    yield AtLeast(ergotropy(squeezed), ergotropy(thermal), shown, strict=True)


CLAIMS = (
    Claim(
        "Eq. (16)",
        "Squeezed reservoirs: sign and phase of Q",
        lambda: (*printed_16(), *eq_16()),
        form=Equation(Symbol("<b b>"), sinh(r) * cosh(r) * exp(I * θ_r)),
        because="One undriven mode takes ⟨bb⟩ = Q*, not Q. L[L_{q_i}] is read as L[q_i]. θ_r is the phase "
        "in the frame of the drive: the reservoirs must be squeezed about its frequency.",
    ),
    Claim(
        "Fig. 6, recipes and energies",
        "Both recipes for nonreciprocity store the same energy, also with squeezed reservoirs",
        lambda: both_recipes(squeezing=False),
        scope=UP_TO_3,
        because="Without pairing, N does not know of the squeezing.",
        form=Equation(Symbol("E_N^first"), Symbol("E_N^second")),
    ),
    Claim(
        "Fig. 6, recipes and squeezing",
        "Both recipes, offered below Eq. (2) as alternatives, give a battery the same squeezing",
        lambda: both_recipes(squeezing=True),
        lambda: (*gauge(), *second_recipe()),
        "p_k b_k → b_k maps one recipe to the other, but turns the squeezing of the local bath of b_k by p_k² against "
        "that of the shared ones. With θ = π/2, p = 1, M = ⟨bb⟩ − ⟨b⟩² is m for every battery. With θ = 0 and the "
        "weights of Appendix A, p_a = i, p_{b_k} = (−i)^{k−1} or 1, it is displayed for parallel batteries and for N "
        "= 1; the chain of two is proved beside it. The weights matter, not μ alone: p_a = 1, p_{b_1} = −i have μ = "
        "−i, too, and M = m(κ − Γ)/(κ + Γ).",
        scope=UP_TO_3,
        form=Equation(Symbol("M_N"), m),
        corrected_form=Equation(Symbol("M_N"), m * kept(N)),
        departure=Departure(
            "condition", "θ_i = π/2, and the weights are 1",
            (
                "both recipes give the same state",
                "both recipes isolate and store the same energy: holds, see Fig. 6, recipes and energies",
            ),
        ),
    ),
    Claim(
        "Below Eq. (16), two-photon processes",
        "Squeezed reservoirs introduce quantum correlations through two-photon processes",
        two_photons,
        scope=UP_TO_3,
        because="With θ = π/2, p = 1: between the photons of one mode, |⟨bb⟩| = sinh r cosh r > ⟨b†b⟩ = sinh² r of the "
        "fluctuations. Between two modes there are none, not even classical ones.",
        form=Equation(Symbol("M"), sinh(r) * cosh(r) * exp(I * θ_r)),
    ),
    Claim(
        "Below Eq. (16), ergotropy rises",
        "Squeezed reservoirs enhance the ergotropy",
        enhanced,
        scope=UP_TO_3,
        because="With θ = π/2, p = 1. For θ = 0 see below.",
        form=Equation(WORK_SQ, WORK + ω * sinh(r) ** 2),
    ),
    Claim(
        "Below Eq. (16), ergotropy rises with r",
        "The extractable work increases with the squeezing strength",
        rising,
        scope=UP_TO_3,
        because="With θ = π/2, p = 1.",
    ),
    Claim(
        "Fig. 6(a, b), on the way",
        "Squeezing enhances the ergotropy at every time, and the more the stronger it is",
        on_the_way,
        scope="N = 1, 2",
        method="bound",
        because="With θ = π/2, p = 1, from vacuum. On the way N and M are one part X of those of the reservoirs, and "
        "the state is mixed, ν² = 1/4 + X(1 − X) sinh² r: there the useful fraction is less than in a vacuum.",
        form=Equation(WORK_SQ, WORK + ω * (Symbol("X") * sinh(r) ** 2 + HALF - Symbol("nu"))),
    ),
    Claim(
        "Below Eq. (16), theta = 0",
        "The same with θ = 0 and the weights of Appendix A, for one battery and for parallel ones",
        second_enhanced,
        scope=UP_TO_3,
        because="ν² = (P + ½)² − c²|Q|², and squeezing adds ω(P + ½ − ν) to the ergotropy. For N = 1 "
        "c is at least 11/27, and 1/2 at J_op. A chain of two has c = 0 at one coupling, J = 0.976κ.",
        form=Equation(Symbol("c"), kept(N)),
    ),
    Claim(
        "Below Eq. (16), at the optimum",
        "The same with θ = 0, μ = −i and any weights that have this μ, for one battery at J = J_op",
        lambda: at_optimum(strict=True),
        lambda: at_optimum(strict=False),
        "With p_a = 1, p_{b_1} = −i the local and the shared bath of the battery cancel each other's squeezing exactly "
        "at Γ = κ: what the reservoirs add is thermal noise. The main text fixes μ only.",
        scope="N = 1",
        form=Equation(WORK_SQ, WORK, ">"),
        corrected_form=Equation(WORK_SQ, WORK),
        departure=Departure(
            "condition", "the weights are those of Appendix A, or J ≠ J_op",
            (
                "any weights, as p_a = 1, p_{b_1} = −i",
                "those of Appendix A, p_a = i, p_{b_1} = 1: holds, see Below Eq. (16), theta = 0",
            ),
        ),
    ),
    Claim(
        "Below Eq. (16), useful fraction",
        "Stronger squeezing not only increases the stored energy but also enhances the useful "
        "fraction (also in the abstract)",
        useful,
        useful_corrected,
        "The fraction ℰ/E cannot rise: it is 1 in a vacuum. With θ = π/2, p = 1 it stays 1 for every r, because all "
        "modes keep the bath's purity; with θ = 0 the symplectic eigenvalue is ν > ½ and it falls. It is larger than "
        "in a thermal bath of the same occupation.",
        scope=UP_TO_3,
        form=Equation(Symbol("F_N^sq"), Symbol("F_N"), ">"),
        corrected_form=Equation(Symbol("F_N^sq"), Integer(1)),
        departure=Departure(
            "error", "",
            (
                "the fraction is compared with that in a vacuum",
                "it is compared with that in a thermal bath of the same occupation: larger",
            ),
        ),
    ),
)
