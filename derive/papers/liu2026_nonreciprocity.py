"""Liu, Chen, Wu, Chen and Su 2026: nonreciprocity as a balance, as a flux, and from lossy modes."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, I, ImmutableMatrix, Integer, Symbol, exp, pi

from derive.builders import chain, mediated_chain, real, star
from derive.claims import Claim, Equal, Statement
from derive.derivation import Equation
from derive.eliminate import eliminate
from derive.kernel import abs_squared, conjugated
from derive.langevin import langevin
from derive.nonreciprocity import isolated, isolation, loops
from derive.papers.liu2026_letters import SIZES, UP_TO_6, mode, mu, phase, shared_rate, strength, weight
from derive.response import scattering


def balance() -> Iterator[Statement]:
    """J_k e^{iθ_k} = iΓ_k μ_k/2 is the one coupling that cuts the way back along a link; −Γ_k μ_k* is left."""
    for build, source in ((chain, lambda k: k - 1), (star, lambda k: 0)):
        for size in SIZES:
            net = build(size, "general", distinct=True)
            for k in range(1, size + 1):
                link = isolation(net, mode(source(k)), mode(k))
                where: dict[Expr, Expr] = {mu(k): conjugated(weight(source(k))) * weight(k)}
                rate = shared_rate(k)
                yield Equal(strength(k) * exp(I * phase(k)), I * rate * mu(k) / 2, link.strength, where)
                yield Equal(Symbol("W_forward"), -rate * conjugated(mu(k)), link.remaining, where)


def one_flux() -> Iterator[Statement]:
    """Φ = −π/2 through every link and its reservoir, for both recipes of the main text and of Appendix A."""
    turned = {chain: lambda k: (-I) ** (k - 1), star: lambda k: Integer(1)}
    for build, weights in turned.items():
        for size in SIZES:
            net = build(size, "general", distinct=True)
            equal = {strength(k): shared_rate(k) / 2 for k in range(1, size + 1)}
            first = {weight(k): Integer(1) for k in range(size + 1)} | {phase(k): pi / 2 for k in range(1, size + 1)}
            second = {weight(0): I} | {weight(k): weights(k) for k in range(1, size + 1)}
            second |= {phase(k): Integer(0) for k in range(1, size + 1)}
            for recipe in (first, second):
                yield from (Equal(Symbol("Phi_n"), -pi / 2, loop.flux) for loop in loops(net.subs(equal | recipe)))


def from_lossy_modes() -> Iterator[Statement]:
    """The equations of motion of Eq. (2), from a lossy mode beside every link with g = −iΓp/2, all different."""
    for size in SIZES[:4]:
        net = mediated_chain(size)
        couplings: dict[Expr, Expr] = {}
        for k in range(1, size + 1):
            for letter, p in ((f"g_{k}", weight(k - 1)), (f"f_{k}", weight(k))):
                couplings[Symbol(letter)] = -I * shared_rate(k) * p / 2
        mine = langevin(eliminate(net.subs(couplings), *(f"c_{k}" for k in range(1, size + 1))))
        printed = langevin(chain(size, "general", distinct=True))
        sides = (ImmutableMatrix(eq.drift.row_join(eq.force)) for eq in (printed, mine))
        yield Equal(Symbol("W"), *sides)


def broadband() -> Iterator[Statement]:
    """S_ab(ν) = 0 at every ν for Eq. (2); with the lossy mode (rate Γ) under it |S_ab/S_ba|² = (ν/Γ)²/(1 + (ν/Γ)²)."""
    nu, rate, p, q = real("nu"), shared_rate(1), weight(0), weight(1)
    shared = scattering(chain(1, "nonreciprocal", distinct=True), nu)
    links: dict[Expr, Expr] = {Symbol("g_1"): -I * rate * p / 2, Symbol("f_1"): -I * rate * q / 2}
    coupling = I * rate * conjugated(p) * q / 2
    lossy = isolated(mediated_chain(1).subs(links), ("a", "b_1"), gone=("c_1",))
    (found,) = (c.strength for c in lossy.couplings if {c.a, c.b} == {"a", "b_1"})
    inside = scattering(lossy, nu)
    back, forth = inside.between("b_1", "a"), inside.between("a", "b_1")
    yield Equal(Symbol("S_ab"), Integer(0), shared.between("b_1", "a"))
    yield Equal(Symbol("J"), coupling, found)
    yield Equal(Symbol("R"), nu**2 / (rate**2 + nu**2), abs_squared(back) / abs_squared(forth))


CLAIMS = (
    Claim(
        "Introduction, broadband",
        "Cooperative dissipation transports one way over a broad band",
        broadband,
        form=Equation(Symbol("S_ab"), Integer(0)),
        because="In Eq. (2) the way back is cut at every frequency ν from the drive. The band is that of the "
        "reservoir: with the lossy mode of rate Γ under it, back to forward is ν²/(Γ² + ν²), whatever the coupling.",
    ),
    Claim(
        "Below Eq. (2), balance",
        "Nonreciprocity balances the dissipative and the coherent coupling",
        balance,
        scope=UP_TO_6,
        form=Equation(strength("n") * exp(I * phase("n")), I * shared_rate("n") * mu("n") / 2),
        because="It is necessary and sufficient, and leaves −Γ_n μ_n* the other way, for any weights. A miss by a "
        "factor (1 + δ)e^{iφ} lets |W_back/W_forward|² ≈ (δ² + φ²)/4 through.",
    ),
    Claim(
        "Below Eq. (2), or",
        "θ_i = π/2, μ_i = 1 or θ_i = 0, μ_i = −i: one network in two gauges",
        one_flux,
        scope=UP_TO_6,
        form=Equation(Symbol("Phi_n"), -pi / 2),
        because="The flux arg μ_i − θ_i through a link and its reservoir is the same, and no other phase has a part in "
        "energies in thermal baths; squeezed baths have a phase of their own, which the gauge turns.",
    ),
    Claim(
        "Sec. V, auxiliary modes",
        "Strongly damped auxiliary modes, eliminated, are the shared reservoirs of Eq. (2)",
        from_lossy_modes,
        scope="N = 1..4",
        form=Equation(Symbol("p"), 2 * I * Symbol("g") / Symbol("Gamma", positive=True)),
        because="With p = 2ig/Γ for complex couplings g to a mode of rate Γ; the steady amplitudes are exact.",
    ),
)
