"""The argument of Liu et al. 2026, Sec. IV: what thermal and squeezed reservoirs do to the work in a battery."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, I, Rational, Symbol, cosh, diff, exp, eye, sinh, sqrt

from derive.appendix import microscopic, motion
from derive.builders import Build, chain, positive, real, star
from derive.derivation import Derivation, Equation, Step, mean
from derive.ergotropy import ergotropy, passive_energy, symplectic_eigenvalues
from derive.evolution import steady_state, steady_state_residual
from derive.gaussian import GaussianState
from derive.kernel import conjugated, factored
from derive.langevin import langevin
from derive.lyapunov import balance_residual
from derive.network import Network
from derive.papers.liu2026_reservoirs import bathed, last, recipe

HALF = Rational(1, 2)
OMEGA, N_LOCAL, N_SHARED, OCCUPATION = (positive(name) for name in ("omega", "n_kappa", "n_Gamma", "n"))
M_LOCAL, M_SHARED, SQUEEZING, WEIGHT = (Symbol(name) for name in ("m_kappa", "m_Gamma", "m", "w"))
R, ANGLE = positive("r"), real("theta_r")
NU, EVERY_NUMBER, EVERY_PAIR = positive("nu"), Symbol("N"), Symbol("M")


def reservoirs(net: Network) -> Network:
    """A network whose local baths have occupation n_κ and squeezing m_κ, its shared ones n_Γ and m_Γ."""
    baths = (
        replace(bath, thermal=N_LOCAL, squeezing=M_LOCAL)
        if len(bath.legs) == 1
        else replace(bath, thermal=N_SHARED, squeezing=M_SHARED)
        for bath in net.baths
    )
    return replace(net, baths=tuple(baths))


def cascaded() -> Derivation:
    """Liu Eqs. (15), (16) and Fig. 6(c): two batteries in series."""
    return _derivation(chain, "Cascaded network in thermal and squeezed reservoirs")


def parallel() -> Derivation:
    """Liu Eqs. (15), (16) and Fig. 6(d): two batteries side by side."""
    return _derivation(star, "Parallel network in thermal and squeezed reservoirs")


def _derivation(build: Build, title: str) -> Derivation:
    net = replace(reservoirs(recipe(build, 2)), title=title)
    return Derivation(
        title,
        (
            *microscopic(net),
            *motion(net, langevin(net)),
            *fluctuating(net),
            *working(build),
            *limits(build),
            _other(build),
        ),
    )


def enhancement(build: Build) -> Expr:
    """ℰ^sq/ℰ of the last of two batteries, every reservoir squeezed, θ = π/2 and μ = 1 (Liu Figs. 6(c), (d))."""
    (mode,) = (state := last(recipe(build, 2))).modes
    return 1 + sinh(R) ** 2 / factored(state.occupation(mode))


def fluctuating(net: Network) -> tuple[Step, ...]:
    """Moments of the last battery: means of the reservoirs' moments, all with one weight."""
    eq = langevin(net)
    state, name = steady_state(eq), net.names[-1]
    number, pair = state.number[-1, -1], state.anomalous[-1, -1]
    weight = factored(diff(number.expand(), N_SHARED))
    mixed = {
        Symbol(f"N_{name}"): (WEIGHT * N_SHARED + (1 - WEIGHT) * N_LOCAL, number),
        Symbol(f"M_{name}"): (WEIGHT * M_SHARED + (1 - WEIGHT) * M_LOCAL, pair),
    }
    equal = {N_LOCAL: OCCUPATION, N_SHARED: OCCUPATION, M_LOCAL: SQUEEZING, M_SHARED: SQUEEZING}
    balanced = langevin(net.subs(equal))
    found = steady_state(balanced)
    every_number, every_pair = (value * eye(len(eq.modes)) for value in (OCCUPATION, SQUEEZING))
    return (
        Step(
            "weight",
            Equation(WEIGHT, weight),
            "The modes fluctuate around their amplitudes. How much of the shared reservoirs the last battery sees, "
            "directly and along the network, is told by the weight",
            "Lyapunov equation",
            [weight - diff(number, N_SHARED), *steady_state_residual(eq, state)[:, 1:]],
            ("drift",),
        ),
        Step(
            "moments",
            tuple(Equation(symbol, shown) for symbol, (shown, _) in mixed.items()),
            "Its centred moments $N = \\langle b^\\dagger b\\rangle - |\\langle b\\rangle|^2$ and $M = \\langle "
            "bb\\rangle - \\langle b\\rangle^2$ are means of those of the reservoirs,",
            "Lyapunov equation",
            [shown.subs(WEIGHT, weight) - true for shown, true in mixed.values()],
            ("weight",),
        ),
        Step(
            "balance",
            (Equation(EVERY_NUMBER, every_number), Equation(EVERY_PAIR, every_pair)),
            "With one occupation and one squeezing, $n_\\kappa = n_\\Gamma = n$ and $m_\\kappa = m_\\Gamma = m$, "
            "fluctuation balances dissipation channel by channel, because the drift obeys $W + W^\\dagger = "
            "-\\sum\\gamma u^* u^T$ and, with real weights and imaginary couplings, $W + W^T$ equals the same sum. "
            "All modes then carry the moments of the reservoirs and no correlations,",
            "fluctuation and dissipation",
            [
                *balance_residual(balanced, OCCUPATION, SQUEEZING),
                *(found.number - every_number),
                *(found.anomalous - every_pair),
            ],
            ("moments",),
        ),
    )


def _in_vacuum(build: Build) -> tuple[GaussianState, Expr, dict[Expr, Expr]]:
    """The last of two batteries in a vacuum, |⟨b⟩|² as it is displayed, and the amplitude that it stands for."""
    cold = last(recipe(build, 2))
    amplitude, true = mean(*cold.modes), cold.mean[0]
    return cold, amplitude * conjugated(amplitude), {amplitude: true, conjugated(amplitude): conjugated(true)}


def working(build: Build) -> tuple[Step, ...]:
    """Energy, symplectic eigenvalue and ergotropy of the last battery, all reservoirs thermal and squeezed alike."""
    cold, square, means = _in_vacuum(build)
    (name,) = cold.modes
    both, quanta = last(bathed(recipe(build, 2), OCCUPATION, SQUEEZING)), factored(cold.occupation(name))
    nu = sqrt((OCCUPATION + HALF) ** 2 - SQUEEZING * conjugated(SQUEEZING))
    shown_energy = OMEGA * (square + OCCUPATION)
    shown_work = OMEGA * (square + OCCUPATION + HALF - NU)
    return (
        Step(
            "energy",
            (Equation(square, quanta), Equation(Symbol(f"E_{name}"), shown_energy)),
            "The amplitude is that of a vacuum, and every quantum of the reservoirs adds $\\omega$ to the energy,",
            "energy",
            [quanta - square.xreplace(means), shown_energy.xreplace(means) - both.energy(name)],
            ("balance",),
        ),
        Step(
            "symplectic",
            Equation(NU, nu),
            "What no unitary can extract is the energy of a thermal state of the same entropy, which the symplectic "
            "eigenvalue tells,",
            "symplectic eigenvalue",
            [nu - symplectic_eigenvalues(both)[0], OMEGA * (nu - HALF) - passive_energy(both)],
            ("balance",),
        ),
        Step(
            "ergotropy",
            Equation(Symbol(f"Erg_{name}"), shown_work),
            "The ergotropy is what lies above it,",
            "ergotropy",
            shown_work.subs(NU, nu).xreplace(means) - ergotropy(both),
            ("energy", "symplectic"),
        ),
    )


def limits(build: Build) -> tuple[Step, ...]:
    """What thermal and what squeezed reservoirs add to the ergotropy of the last battery in a vacuum."""
    cold, square, means = _in_vacuum(build)
    (name,), first = cold.modes, recipe(build, 2)
    hot = last(bathed(first, OCCUPATION))
    squeezed = last(bathed(first, sinh(R) ** 2, sinh(R) * cosh(R) * exp(I * ANGLE)))
    passive, work, work_sq = (Symbol(text) for text in (f"E_{name}^pass", f"Erg_{name}", f"Erg_{name}^sq"))
    shown_cold, shown_passive = OMEGA * square, OMEGA * OCCUPATION
    shown_squeezed = OMEGA * (square + sinh(R) ** 2)
    ratio = enhancement(build)
    return (
        Step(
            "thermal",
            (Equation(work, shown_cold), Equation(passive, shown_passive)),
            "In thermal reservoirs, $m = 0$, it is that of a vacuum at every temperature: heat adds "
            "passive energy only,",
            "thermal reservoirs",
            [shown_cold.xreplace(means) - ergotropy(hot), shown_passive - passive_energy(hot)],
            ("ergotropy",),
        ),
        Step(
            "squeezed",
            (Equation(NU, HALF), Equation(work_sq, shown_squeezed)),
            "In a squeezed vacuum, $n = \\sinh^2 r$ and $m = \\sinh r\\cosh r\\, e^{i\\theta_r}$, "
            "every mode is pure, and all of its energy can be extracted,",
            "squeezed reservoirs",
            [
                symplectic_eigenvalues(squeezed)[0] - HALF,
                shown_squeezed.xreplace(means) - ergotropy(squeezed),
                ergotropy(squeezed) - squeezed.energy(name),
            ],
            ("ergotropy",),
        ),
        Step(
            "enhancement",
            Equation(work_sq / work, ratio),
            "The enhancement over a vacuum is",
            "squeezed reservoirs",
            ratio * ergotropy(cold) - ergotropy(squeezed),
            ("squeezed", "thermal"),
        ),
    )


def _other(build: Build) -> Step:
    """The second recipe of Appendix A: the same energies, another squeezing."""
    net = bathed(recipe(build, 2, second=True), OCCUPATION, SQUEEZING)
    state = last(net)
    (name,) = state.modes
    pair = factored(state.anomalous[0, 0])
    first = last(bathed(recipe(build, 2), OCCUPATION, SQUEEZING))
    weights = "$p_{b_1} = 1$, $p_{b_2} = -i$" if build is chain else "$p_{b_1} = p_{b_2} = 1$"
    return Step(
        "other-recipe",
        Equation(Symbol(f"M_{name}"), pair),
        f"With $\\theta = 0$, $p_a = i$ and {weights}, $\\mu = -i$, in place of $\\theta = \\pi/2$ and equal weights "
        "nothing changes in the energies, but some local reservoirs work against the shared ones, and the same "
        "reservoirs leave the battery with",
        "other recipe",
        [pair - state.anomalous[0, 0], state.energy(name) - first.energy(name)],
        ("balance",),
    )
