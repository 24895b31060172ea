"""Liu, Chen, Wu, Chen and Su 2026, Sec. IV: thermal reservoirs, Eq. (15) and Fig. 5, ergotropy.

Both recipes for nonreciprocity of Appendix A are built: θ = π/2 with every p = 1, so that μ = 1, and θ = 0 with p_a = i
and p_k = (−i)^{k−1} in a chain, p_k = 1 in a star, so that μ = −i. The paper's ergotropy is that of one battery.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from sympy import (
    Expr,
    I,
    ImmutableMatrix,
    Integer,
    Matrix,
    Pow,
    Rational,
    S,
    Symbol,
    diff,
    eye,
    kronecker_product,
    pi,
    sqrt,
)

from derive.builders import Build, chain, positive, star
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation, mean
from derive.ergotropy import ergotropy, passive_energy, purity, symplectic_eigenvalues
from derive.evolution import steady_state
from derive.gaussian import GaussianState, vacuum
from derive.kernel import conjugated, solve
from derive.langevin import langevin
from derive.motion import evolve
from derive.network import Drive, Mode, Network, loss
from derive.papers.liu2026_letters import (
    SIZES,
    UP_TO_6,
    Γ,
    loss_rate,
    mode,
    phase,
    shared_rate,
    strength,
    weight,
    ε,
    κ,
    ω,
)
from derive.papers.liu2026_master import in_baths

TOPOLOGIES: tuple[Build, ...] = (chain, star)
FEW = (1, 2, 3)
UP_TO_3 = "N = 1..3"

n_th, extra, t = positive("n_th"), positive("x"), positive("t")
m, n, α = Symbol("m"), positive("n"), Symbol("<b>")
HALF = Rational(1, 2)
ENERGY, HOT, WORK, WORK_HOT = (Symbol(name) for name in ("E_N^ss", "E_N^ss'", "Erg_N", "Erg_N^th"))


def bathed(net: Network, occupation: Expr, squeezing: Expr = S.Zero) -> Network:
    """Every channel, local or shared, at one occupation and one squeezing, as in Eqs. (15) and (16)."""
    return replace(net, baths=tuple(replace(b, thermal=occupation, squeezing=squeezing) for b in net.baths))


def recipe(build: Build, size: int, *, second: bool = False, charger: Expr = I) -> Network:
    """A uniform nonreciprocal network, J = Γ/2: θ = π/2 and every p = 1, or θ = 0, μ = −i and p_a = `charger`."""
    values: dict[Expr, Expr] = {weight(0): charger if second else Integer(1), loss_rate(0): κ}
    for k in range(1, size + 1):
        turned = charger * Pow(-I, k if build is chain else 1)
        values |= {
            weight(k): turned if second else Integer(1),
            phase(k): Integer(0) if second else pi / 2,
            strength(k): Γ / 2,
            shared_rate(k): Γ,
            loss_rate(k): κ,
        }
    return build(size, "general", distinct=True).subs(values)


def last(net: Network) -> GaussianState:
    """The steady state of the last battery alone."""
    return steady_state(langevin(net)).reduced(net.names[-1])


def uniform(build: Build, size: int) -> Network:
    """The uniform nonreciprocal network of the figures."""
    return build(size, "nonreciprocal")


# -- thermal reservoirs --------------------------------------------------------------------------------------------


def printed_15() -> Iterator[Statement]:
    """Eq. (15) as printed, for the chain, by normal ordering."""
    for size in (1, 2):
        yield from in_baths(bathed(chain(size, "general", distinct=True), n_th), size, n_th, S.Zero)


def eq_15() -> Iterator[Statement]:
    """Without a drive, every mode takes the bath's occupation, whatever the rates, weights and topology."""
    for build, size in product(TOPOLOGIES, FEW):
        net = replace(bathed(build(size, "general", distinct=True), n_th), drives=())
        state = steady_state(langevin(net))
        yield from (Equal(Symbol(f"n_{k}"), n_th, state.occupation(mode(k))) for k in range(size + 1))


def heated(quantum: Expr) -> Iterator[Statement]:
    """E′ = E + n_th · quantum, for cascaded and parallel networks."""
    for build, size in product(TOPOLOGIES, SIZES):
        net = uniform(build, size)
        cold, hot = last(net), last(bathed(net, n_th))
        yield Equal(HOT, cold.energy(mode(size)) + n_th * quantum, hot.energy(mode(size)))


def defined(unit: Expr) -> Iterator[Statement]:
    """ℰ = ⟨b†b⟩ − min⟨Ub†bU†⟩ in the given unit, which at zero temperature is to be the energy."""
    state = last(uniform(chain, 1))
    quanta = state.occupation("b_1") - passive_energy(state) / ω
    yield Equal(WORK, unit * quanta, state.energy("b_1"))


def pure() -> Iterator[Statement]:
    """Tr ρ² = 1 at every time from vacuum, vacuum baths."""
    for build, size in product(TOPOLOGIES, FEW):
        eq = langevin(build(size, "nonreciprocal", distinct=True))
        yield Equal(Symbol("purity"), Integer(1), purity(evolve(eq, vacuum(eq), t)))


def all_work() -> Iterator[Statement]:
    """ℰ = E for vacuum baths."""
    states = (last(uniform(build, size)) for build in TOPOLOGIES for size in SIZES)
    yield from (Equal(WORK, state.energy(state.modes[0]), ergotropy(state)) for state in states)


def mixed() -> Iterator[Statement]:
    """The hot state's purity is below one."""
    shown = Equation(Symbol("purity"), Integer(1), "<")
    states = (steady_state(langevin(bathed(uniform(build, k), n_th))) for build in TOPOLOGIES for k in FEW)
    yield from (AtLeast(Integer(1), purity(state), shown, strict=True) for state in states)


def hot_passive() -> Iterator[Statement]:
    """The passive energy of every battery is ω n_th, no less and no more."""
    states = (last(bathed(uniform(build, size), n_th)) for build in TOPOLOGIES for size in SIZES)
    yield from (Equal(Symbol("E_N^pass"), ω * n_th, passive_energy(state)) for state in states)


def hot_work() -> tuple[tuple[Expr, Expr], ...]:
    """(vacuum, hot) ergotropies of the last battery."""
    nets = [uniform(build, size) for build in TOPOLOGIES for size in SIZES]
    return tuple((ergotropy(last(net)), ergotropy(last(bathed(net, n_th)))) for net in nets)


def figs_5() -> Iterator[Statement]:
    """The ergotropy in a hot reservoir is lower than in vacuum."""
    shown = Equation(WORK_HOT, WORK, "<")
    yield from (AtLeast(cold, hot, shown, strict=True) for cold, hot in hot_work())


def figs_5_corrected() -> Iterator[Statement]:
    """It is the same; any state without squeezing yields ω|⟨b⟩|², and heat squeezes nothing and moves no ⟨b⟩, ever."""
    state = GaussianState(("b",), (ω,), *(ImmutableMatrix([[x]]) for x in (α, n, Integer(0))))
    yield from (Equal(WORK_HOT, cold, hot) for cold, hot in hot_work())
    yield Equal(WORK_HOT, ω * α * conjugated(α), ergotropy(state))
    for build, size in product(TOPOLOGIES, (1, 2)):
        cold, hot = (langevin(x) for net in (uniform(build, size),) for x in (net, bathed(net, n_th)))
        early, late = (evolve(eq, vacuum(eq), t) for eq in (cold, hot))
        yield Equal(Symbol("M_N"), Integer(0), late.anomalous[-1, -1])
        yield Equal(mean(mode(size)), early.mean[-1], late.mean[-1])


def reduced() -> Iterator[Statement]:
    """∂ℰ/∂n = ω(1 − (n + ½)/ν) with ν ≤ n + ½, for a battery of occupation n and squeezing m; m = 0 for Eq. (15)."""
    state = GaussianState(("b",), (ω,), *(ImmutableMatrix([[x]]) for x in (α, n, m)))
    (nu,) = symplectic_eigenvalues(state)
    slope = ω * (1 - (n + HALF) / nu)
    yield Equal(Symbol("∂Erg/∂n"), slope, diff(ergotropy(state), n))
    yield AtLeast((n + HALF) ** 2, nu**2, Equation(Symbol("nu"), n + HALF, "≤"), strict=True)
    yield from (Equal(WORK_HOT, cold, hot) for cold, hot in hot_work())


def fraction(net: Network) -> Expr:
    """ℰ/E of the last battery."""
    state = last(net)
    return ergotropy(state) / state.energy(state.modes[0])


def favourable() -> Iterator[Statement]:
    """The extractable fraction falls with temperature."""
    shown = Equation(Symbol("∂F/∂n_th"), Integer(0), "<")
    nets = [uniform(build, size) for build in TOPOLOGIES for size in FEW]
    yield from (
        AtLeast(fraction(bathed(net, n_th)), fraction(bathed(net, n_th + extra)), shown, strict=True)
        for net in nets
    )


def truncated_amplitude(levels: int) -> Expr:
    """Steady ⟨a⟩ of one driven mode, H = ε(a + a†), in a thermal bath, by its master equation on so many levels."""
    a = Matrix(levels, levels, lambda i, j: sqrt(j) if j == i + 1 else 0)
    one, h = eye(levels), ε * (a + a.T)

    def both(left: Matrix, right: Matrix) -> Matrix:
        """ρ ↦ left ρ right, on ρ row by row."""
        return Matrix(kronecker_product(left, right.T))

    generator = -I * (both(h, one) - both(one, h))
    for rate, z in ((κ * (n_th + 1), a), (κ * n_th, a.T)):
        generator += rate * (both(z, z.T) - both(z.T * z, one) / 2 - both(one, z.T * z) / 2)
    generator[0, :] = Matrix(one).reshape(1, levels**2)
    right = Matrix([1] + [0] * (levels**2 - 1))
    rho = Matrix(levels, levels, list(solve(generator, right).values))
    return (a * rho).trace()


def truncation() -> Iterator[Statement]:
    """On two or three levels, too, the amplitude does not depend on the temperature."""
    for levels in (2, 3):
        amplitude = truncated_amplitude(levels)
        yield Equal(mean("a"), amplitude.subs(n_th, 0), amplitude)


def no_truncation() -> Iterator[Statement]:
    """Without a cut-off it does not."""
    net = Network((Mode("a", frequency=ω),), drives=(Drive("a", ε),), baths=(loss("a", κ),))
    cold, hot = (steady_state(langevin(x)).mean[0] for x in (net, bathed(net, n_th)))
    yield Equal(mean("a"), cold, hot)


CLAIMS = (
    Claim(
        "Eq. (15)",
        "Thermal reservoirs of one occupation: what they do to undriven modes",
        lambda: (*printed_15(), *eq_15()),
        scope=UP_TO_3,
        form=Equation(Symbol("<b_n† b_n>"), n_th),
        because="For all rates, weights, phases and couplings: W + W† = −Σ γ u* uᵀ balances the noise. "
        "L[L_{q_i}] is read as L[q_i]. With unequal occupations, ⟨b†b⟩ is their weighted mean.",
    ),
    Claim(
        "Below Eq. (15), E′",
        "Energy in a thermal environment, cascaded and parallel",
        lambda: heated(Integer(1)),
        lambda: heated(ω),
        "A quantum is worth ω: n_th is a number, E an energy; with E in units of ω it holds. The increase is linear in "
        "n_th and exact, for every network, if all channels have the same occupation.",
        scope=UP_TO_6,
        form=Equation(HOT, ENERGY + n_th),
        corrected_form=Equation(HOT, ENERGY + ω * n_th),
        departure=Departure(
            "condition", "energies are in units of ω", scan="An ω that the scan lost cannot be excluded."
        ),
    ),
    Claim(
        "Below Eq. (15), definition of ergotropy",
        "Ergotropy as a number of quanta, said to equal the energy in a vacuum",
        lambda: defined(Integer(1)),
        lambda: defined(ω),
        "The unit ω of energy is missing; in units of ω it holds.",
        scope="N = 1",
        form=Equation(WORK, mean("b† b") - Symbol("n_min")),
        corrected_form=Equation(WORK, ω * (mean("b† b") - Symbol("n_min"))),
        departure=Departure("condition", "energies are in units of ω"),
    ),
    Claim(
        "Below Eq. (15), pure",
        "At zero temperature the state remains pure throughout the evolution",
        pure,
        scope=UP_TO_3,
        because="Vacuum baths leave coherent states coherent, whatever the topology.",
    ),
    Claim(
        "Below Eq. (15), ergotropy is energy",
        "At zero temperature ergotropy equals energy",
        all_work,
        scope=UP_TO_6,
        form=Equation(WORK, ENERGY),
    ),
    Claim("Below Eq. (15), mixed", "A hot reservoir drives the system toward mixed states", mixed, scope=UP_TO_3),
    Claim(
        "Abstract, passive energy",
        "Thermal noise mainly increases passive energy",
        hot_passive,
        scope=UP_TO_6,
        form=Equation(Symbol("E_N^pass"), ω * n_th),
        because="Not mainly but only: the passive energy is ω n_th exactly, the rest is as in a vacuum.",
    ),
    Claim(
        "Below Eq. (15), reduced",
        "Ergotropy may even be reduced in the presence of thermal noise",
        figs_5,
        reduced,
        "It is for a squeezed battery, m ≠ 0, with the symplectic eigenvalue ν² = (n + ½)² − |m|². The batteries of "
        "Eq. (15) are not squeezed, and there nothing changes.",
        scope=UP_TO_6,
        form=Equation(WORK_HOT, WORK, "<"),
        corrected_form=Equation(Symbol("∂Erg/∂n"), ω * (1 - (n + HALF) / Symbol("nu"))),
        departure=Departure(
            "condition", "the battery is squeezed",
            ("of the batteries of Eq. (15)", "of any battery: holds of squeezed ones"),
        ),
    ),
    Claim(
        "Below Eq. (15), Figs. 5(d)-(f)",
        "The ergotropy in a hot reservoir is lower than in a vacuum, and decreases as the temperature rises",
        figs_5,
        figs_5_corrected,
        "It does not depend on the temperature: a displacement extracts ω|⟨b⟩|², steady or at any time, and thermal "
        "noise leaves ⟨b⟩ as it is. A decrease like that of the figure is found in a truncated Fock space, see below.",
        scope=UP_TO_6,
        form=Equation(WORK_HOT, WORK, "<"),
        corrected_form=Equation(WORK_HOT, WORK),
        departure=Departure("error"),
    ),
    Claim(
        "Below Eq. (15), truncation",
        "A truncated Fock space does not modify the qualitative behavior: the amplitude of a driven mode on few levels",
        truncation,
        no_truncation,
        "On few levels heat slows the drive down, and the work of the displacement falls with temperature; in the "
        "whole Fock space ⟨a⟩ = −2iε/κ at every temperature. With ε = κ/6, for the 0.111 quanta of Fig. 5's single "
        "battery, 10 levels leave an ergotropy of 0.111ω, 0.098ω, 0.050ω for n_th = 0, 1, 2; of 30 it is 0.111ω for "
        "all three.",
        scope="2 and 3 levels",
        form=Equation(mean("a"), Symbol("<a>_0")),
        corrected_form=Equation(mean("a"), -2 * I * ε / κ),
        departure=Departure("error"),
    ),
    Claim(
        "Below Eq. (15), extractable fraction",
        "Reservoirs of low temperature keep a larger extractable fraction",
        favourable,
        scope=UP_TO_3,
        because="F = ℰ/E. The fraction falls because E rises, not because ℰ falls.",
    ),
)
