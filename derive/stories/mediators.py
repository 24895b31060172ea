"""The argument under Liu et al. 2026, Eq. (2): shared reservoirs are lossy modes, eliminated; how well that holds."""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, I, Matrix, Symbol, exp, eye

from derive.abbreviations import Letters
from derive.appendix import following, microscopic, motion
from derive.bound import elimination_bound, elimination_bound_residual
from derive.builders import chain, mediated_chain, positive, real
from derive.derivation import Derivation, Equation, Step, mean
from derive.eliminate import eliminate, schur
from derive.evolution import steady_state
from derive.kernel import abs_squared, conjugated, factored
from derive.langevin import langevin
from derive.modules import network_module
from derive.network import Coupling, Network
from derive.nonreciprocity import isolation, isolation_residual, leakage, leakage_residual
from derive.program import Program, straight
from derive.response import (
    dissipation_residual,
    low_frequency_residual,
    scattering,
    scattering_residual,
    susceptibility,
    unitarity_residual,
)
from derive.resting import denominator, written
from derive.slow import corrections, corrections_residual, recovered, recovered_residual
from derive.stories.formulas import EPSILON, KAPPA

KEY = "elimination"
TITLE = "Shared reservoirs from lossy modes"
REFERENCE = "Liu et al. 2026, Eq. (2) and Sec. V"
NU = real("nu")
GONE = "c_1"
WEIGHTS = Letters(
    (
        (Symbol("p_a"), 2 * I * Symbol("g_1") / positive("Gamma_1")),
        (Symbol("p_1"), 2 * I * Symbol("f_1") / positive("Gamma_1")),
    )
)


def elimination() -> Derivation:
    """From two modes and a lossy one to the master equation with a shared reservoir, with what it neglects."""
    net = mediated_chain(1)
    eq = langevin(net)
    return Derivation(
        TITLE,
        (
            *microscopic(net),
            *motion(net, eq),
            *following(net, (GONE,)),
            *_reservoir(net),
            *_exact(net),
            *_beyond(net),
            *isolating(net, "a", "b_1", GONE),
        ),
    )


def _reservoir(net: Network) -> tuple[Step, ...]:
    """Eq. (2) of Liu et al. in its own letters, operator by operator, and the way back to the lossy mode."""
    theirs, reduced = chain(1, "general", distinct=True), eliminate(net, GONE)
    master = microscopic(theirs)[1]
    pairs = [(c.strength, d.strength) for c, d in zip(theirs.couplings, reduced.couplings, strict=True)]
    pairs += [(x.amplitude, y.amplitude) for x, y in zip(theirs.drives, reduced.drives, strict=True)]
    for mine, other in zip(theirs.baths, reduced.baths, strict=True):
        pairs += [(mine.rate, other.rate)]
        pairs += [(u, v) for (_, u), (_, v) in zip(mine.jump, other.jump, strict=True)]
    way = recovered(net, GONE)
    followed = way.amplitudes(Matrix([mean(name) for name in way.kept]))[0]
    return (
        WEIGHTS.step("With the weights"),
        Step(
            "shared",
            master.equations[0],
            "this is the master equation of Liu et al., Eq. (2), whose reservoir of rate $\\Gamma_1$ both modes share,",
            "dictionary",
            [*master.residual, *(WEIGHTS.written_out(a) - b for a, b in pairs)],
            ("eliminated", "letters"),
        ),
        Step(
            "recovered",
            Equation(mean(GONE), followed),
            "The lossy mode has not gone: its amplitude follows the others,",
            "back-substitution",
            [followed - _followed(net), *recovered_residual(net, GONE)],
            ("drift",),
        ),
    )


def _followed(net: Network) -> Expr:
    """⟨c⟩ from 0 = W_cs⟨a_s⟩ + W_cc⟨c⟩."""
    w = langevin(net).drift
    return -(w[2, 0] * mean("a") + w[2, 1] * mean("b_1")) / w[2, 2]


def _exact(net: Network) -> tuple[Step, ...]:
    """The exact response at a frequency, its value at zero, and the steady state."""
    eq, reduced = langevin(net), langevin(eliminate(net, GONE))
    w, s, c = eq.drift, [0, 1], [2]
    at = w[s, s] + 2 * w[s, c] * w[c, s] / (-2 * I * NU - 2 * w[2, 2])
    whole = susceptibility(eq, NU)
    ports = scattering(net, NU)
    state = steady_state(reduced)
    full = steady_state(eq)
    shared = denominator(reduced, state, reduced.modes)
    turned = {sign * sum_: sign * letter for letter, sum_ in shared.table for sign in (1, -1)}
    shown = {name: value.xreplace(turned) for name, value in written(state, reduced.modes).items()}
    decaying = (w + I * NU * eye(3)).det()  # all modes lose
    return (
        Step(
            "frequency",
            Equation(Symbol("W_nu"), at),
            "Nothing was neglected at zero frequency. A force that oscillates as $e^{-i\\nu t}$ on $a$ and $b_1$ "
            "moves them by $(-i\\nu - W_\\nu)^{-1}$, exactly, with",
            "response",
            [
                *((-I * NU * eye(2) - at) * whole[:2, :2] - eye(2)),
                *(at.subs(NU, 0) - reduced.drift),
                *scattering_residual(net, NU, ports),
                *unitarity_residual(ports),
            ],
            ("drift",),
            (decaying,),
        ),
        Step(
            "steady",
            (
                *(Equation(letter, sum_) for letter, sum_ in shared.table),
                *(Equation(mean(name), value) for name, value in shown.items()),
            ),
            "At $\\nu = 0$ this is $W_{\\rm eff}$. Elimination therefore leaves the steady amplitudes as they are, "
            "with one denominator $Z$,",
            "steady state",
            [
                *(shared.written_out(value) - full.amplitude(name) for name, value in shown.items()),
                *low_frequency_residual(net, GONE),
            ],
            ("effective-drift", "frequency"),
            (decaying.subs(NU, 0),),
        ),
    )


def _beyond(net: Network) -> tuple[Step, ...]:
    """The next order, why the first one is a master equation, and a bound."""
    first, second = corrections(net, GONE), corrections(net, GONE, order=2)
    change = (second.drift - first.drift).applyfunc(factored)
    reduced = eliminate(net, GONE)
    lost = (-(first.drift + first.drift.H)).applyfunc(factored)
    equal = net.subs({positive(f"kappa_{k}"): KAPPA for k in ("a", "1")})
    idle = replace(net, baths=tuple(bath for bath in net.baths if bath.legs == (GONE,)))
    worse = corrections(idle, GONE, order=2).drift
    g, f, j, theta = Symbol("g_1"), Symbol("f_1"), positive("J_1"), real("theta_1")
    unequal = Letters(((Symbol("z"), f**2 - g**2 * exp(2 * I * theta)),))
    determinant = -16 * j**2 * Symbol("z") * conjugated(Symbol("z")) / positive("Gamma_1") ** 4
    most = factored(elimination_bound(equal, GONE).amplitudes(EPSILON))
    return (
        Step(
            "second-order",
            Equation(Symbol("W_2"), change),
            "In time, the lossy mode lags behind by $2/\\Gamma_1$. The next order in the inverse lifetime adds to "
            "$W_{\\rm eff}$ the matrix $-W_{s\\ell}W_{\\ell\\ell}^{-2}W_{\\ell s}W_{ss}$,",
            "slow manifold",
            [*(first.drift + change - second.drift), *corrections_residual(net, GONE, order=2)],
            ("effective-drift",),
        ),
        Step(
            "losses",
            Equation(Symbol("L"), lost),
            "The first order alone is a master equation whatever the parameters: its loss matrix "
            "$L = -(W_{\\rm eff} + W_{\\rm eff}^\\dagger)$ is a sum of jumps,",
            "complete positivity",
            [*(lost + first.drift + first.drift.H), *dissipation_residual(reduced)],
            ("effective-drift",),
        ),
        Step(
            "indefinite",
            (*(Equation(letter, value) for letter, value in unequal.table), Equation(Symbol("d_2"), determinant)),
            "The second order need not be one. For modes without losses of their own, $\\kappa_a = \\kappa_1 = 0$, its "
            "loss matrix is no sum of jumps, because its determinant $d_2$ is negative,",
            "complete positivity",
            unequal.written_out(determinant) - (worse + worse.H).det(),
            ("second-order",),
        ),
        Step(
            "bound",
            Equation(Symbol("Delta_max"), most),
            "Everything decays, $W + W^\\dagger \\le 0$. From the vacuum and with equal losses $\\kappa$ the distance "
            "of the eliminated amplitudes from the exact ones therefore never exceeds "
            "$4\\,\\|W_{s\\ell}\\|\\,\\|W_{\\ell\\ell}^{-1}W_{\\ell s}\\|\\,\\|f\\|/(\\kappa\\Gamma_1)$,",
            "bound",
            [
                most - elimination_bound(equal, GONE).amplitudes(EPSILON),
                *elimination_bound_residual(equal, positive("nu"), GONE),
            ],
            ("steady",),
            tuple(
                (langevin(n).drift + I * positive("nu") * eye(len(n.modes))).det()
                for n in (equal, eliminate(equal, GONE))
            ),
        ),
    )


def isolating(net: Network, target: str, source: str, *gone: str) -> tuple[Step, ...]:
    """The coupling that keeps `target` from feeling `source`, what is left the other way, and what a miss lets through.

    For any network whose steps `master` and, with modes that are `gone`, `effective-drift` have been made before.
    """
    found = isolation(net, target, source, *gone)
    strength, remaining = found.strength, found.remaining
    others = tuple(c for c in net.couplings if {c.a, c.b} != {target, source})
    cut = langevin(replace(net, couplings=(*others, Coupling(target, source, strength))))
    effective = schur(cut, *gone) if gone else cut
    t, s = effective.modes.index(target), effective.modes.index(source)
    delta, phi = real("delta"), real("phi")
    through = leakage(net, target, source, delta, phi, *gone).leading
    ours = [c.strength for c in net.couplings if (c.a, c.b) == (target, source)]
    theirs = [conjugated(c.strength) for c in net.couplings if (c.b, c.a) == (target, source)]
    coupling = Add(*ours, *theirs) if ours or theirs else Symbol("J")
    return (
        Step(
            "isolation",
            (Equation(coupling, strength), Equation(Symbol("W_forward"), remaining)),
            f"Nothing flows back from ${source}$ to ${target}$ if the direct coupling and the other ways cancel; the "
            f"other entry of the {'effective ' if gone else ''}drift is then what both modes lose together,",
            "nonreciprocity",
            [
                effective.drift[t, s],
                effective.drift[s, t] - remaining,
                *isolation_residual(net, target, source, *gone)[:2],
            ],
            ("effective-drift",) if gone else ("drift",),
        ),
        Step(
            "leakage",
            Equation(Symbol("R"), through, "≈"),
            "A coupling that misses this by a factor $(1 + \\delta)e^{i\\phi}$ lets the fraction "
            "$R = |W_{\\rm back}/W_{\\rm forward}|^2$ through, to second order in $\\delta$ and $\\phi$,",
            "nonreciprocity",
            [
                *leakage_residual(net, target, source, delta, phi, *gone)[1:],  # all but the exact ratio
                *isolation_residual(net, target, source, *gone)[2:],  # the phase of a coupling that is not zero
                through - (delta**2 + phi**2) * abs_squared(strength) / abs_squared(remaining),
            ],
            ("isolation",),
        ),
    )


def module() -> str:
    """The story's NumPy module, with the scattering matrix of the network and its lossy mode."""
    return network_module(
        mediated_chain(1), f"story {KEY}", title=TITLE, reference=REFERENCE, extras=(scattering_program(),)
    )


def scattering_program() -> Program:
    """S(ν) of the network with its lossy mode, nine entries row by row; proved where W_ν is displayed."""
    found = scattering(mediated_chain(1), NU)
    letters = sorted(found.matrix.free_symbols, key=str)
    return straight(
        "scattering",
        letters,
        tuple(found.matrix),
        doc="The scattering matrix S(ν) = 1 − K†(−iν − W)⁻¹K at a frequency ν from that of the drive.\n\n"
        "Nine complex numbers S_11, S_12, …, S_33, row by row, for the ports by which a, b_1 and c_1 lose: |S_ij|² of\n"
        "the power that enters by port j leaves by port i. Numbers or arrays, broadcast together.",
    )
