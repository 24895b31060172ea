"""Zhao, Xie, Huang and Zhang 2025 in time: Fig. 3(d), the steady state as a maximum, and the lossy modes kept.

All energies are in units of ω, from vacuum, with g_1 = g_2 = √(g_b Γ/2). "Kept" is the network with its intermediate
modes a_k, "eliminated" the one without, whose steady amplitudes are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from sympy import (
    Expr,
    I,
    ImmutableMatrix,
    Integer,
    Matrix,
    Rational,
    S,
    Symbol,
    diff,
    exp,
    eye,
    pi,
    sin,
    sqrt,
    zeros,
)

from derive.builders import positive
from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.eliminate import eliminate
from derive.evolution import steady_state
from derive.gaussian import vacuum
from derive.kernel import canonical, conjugated, solve
from derive.langevin import Langevin, langevin
from derive.motion import evolve
from derive.network import Network
from derive.papers.zhao2025_counts import tuned
from derive.papers.zhao2025_letters import SIZES, Γ, N, cascaded, g_b, intermediate, parallel, without, γ, ξ

t, z = positive("t"), positive("z")
EARLY = SIZES[:4]
FREQUENCY = sqrt(N) * g_b


@cache
def reduced(net: Network) -> Network:
    """A network without its lossy modes."""
    return eliminate(net, *intermediate(net))


def onset(eq: Langevin, mode: str, order: int) -> Expr:
    """The coefficient of t^order/order! in ⟨b⟩ from vacuum: W^{order−1} f."""
    vector = eq.force
    for _ in range(order - 1):
        vector = eq.drift * vector
    return canonical(vector[eq.modes.index(mode)])


def quanta(amplitude: Expr) -> Expr:
    """|⟨b⟩|²."""
    return canonical(amplitude * conjugated(amplitude))


# -- Fig. 3(d): how fast nonreciprocal charging is ------------------------------------------------------------


def earliest(net: Callable[[int], Network], size: int, order: int) -> Expr:
    """The first coefficient of E_N/ω in time, as a multiple of t^{2 order}/order!²."""
    return quanta(onset(langevin(net(size)), f"b_{size}", order))


def early_gains() -> Iterator[Statement]:
    """E^nr/E^r1 → 4 and E^nr/E^r2 → 2 as t → 0 in parallel networks, at every g_b and Γ once the a_k are gone."""
    for size in EARLY:
        nonreciprocal = earliest(lambda n: reduced(parallel(n)), size, 2)
        first = earliest(lambda n: without(parallel(n)), size, 2)
        second = earliest(lambda n: reduced(parallel(n, S.Zero)), size, 2)
        yield Equal(Symbol("E_nr/E_r1"), Integer(4), nonreciprocal / first)
        yield Equal(Symbol("E_nr/E_r2"), Integer(2), nonreciprocal / second)


def early_gains_in_series() -> Iterator[Statement]:
    """E^nr/E^r1 → 4^N and E^nr/E^r2 → 2^N as t → 0 in cascaded networks."""
    for size in EARLY:
        nonreciprocal = earliest(lambda n: reduced(cascaded(n)), size, size + 1)
        first = earliest(lambda n: without(cascaded(n)), size, size + 1)
        second = earliest(lambda n: reduced(cascaded(n, S.Zero)), size, size + 1)
        yield Equal(Symbol("E_nr/E_r1"), Integer(4) ** size, nonreciprocal / first)
        yield Equal(Symbol("E_nr/E_r2"), Integer(2) ** size, nonreciprocal / second)


def rates() -> Iterator[Statement]:
    """The slowest rates (2g_b + γ)/2 and γ/2 of the parallel networks, with and without nonreciprocity."""
    for size in EARLY:
        diagonal = langevin(reduced(parallel(size))).drift.diagonal()
        battery, charger = -diagonal[-1], -diagonal[0]
        yield Equal(Symbol("r"), (2 * g_b + γ) / 2, battery)
        yield Equal(Symbol("r"), (2 * size * g_b + γ) / 2, charger)


# -- is the steady state the maximum? -------------------------------------------------------------------------


def overshoot() -> Iterator[Statement]:
    """At t = π/(√N g_b) reciprocal case I holds (1 + e^{−γt/2})² times its steady energy.

    Any N batteries are one, Σb_k/√N, that the charger fills at the coupling √N g_b, and no other is filled.
    """
    turn = pi / FREQUENCY
    stars = [(size, without(parallel(size))) for size in EARLY]
    for size, net in (*stars, (N, without(parallel(1)).subs({g_b: FREQUENCY}))):
        eq = langevin(net)
        last = eq.modes[-1]
        once = evolve(eq, vacuum(eq), t).occupation(last).subs(t, turn.subs(N, size))
        ratio = (1 + exp(-γ * turn / 2)) ** 2
        yield Equal(
            Symbol("E_max") / Symbol("E_ss"), ratio.subs(N, size), once / steady_state(eq).occupation(last)
        )


def only_growing() -> Iterator[Statement]:
    """In nonreciprocal networks all |⟨b_k⟩| grow for ever, for any N: nothing comes back, and −2g_b is what goes on.

    So d⟨c⟩/dt = −iξe^{−rt}, and each d⟨b_k⟩/dt is −2g_b times the one before it, folded with a decaying exponential.
    """
    link = tuned(-pi / 2).entries()
    yield Equal(Symbol("W_cb"), S.Zero, link.back)
    yield Equal(Symbol("W_bc"), -2 * g_b, -link.onward)


def steady_is_largest() -> Iterator[Statement]:
    """The printed sentence for reciprocal case I at t = π/(√N g_b)."""
    yield Equal(Symbol("E_max") / Symbol("E_ss"), S.One, next(overshoot()).sides[1])


def never_beyond() -> Iterator[Statement]:
    """d|⟨b_2⟩|/dt = ξe^{−γt/2} sin²(g_b t/√2) of a chain of two in case I, ⟨b_2⟩ = i|⟨b_2⟩|: never negative."""
    eq = langevin(without(cascaded(2, S.Zero)))
    slope = ξ * exp(-γ * t / 2) * sin(g_b * t / sqrt(2)) ** 2
    yield Equal(Symbol("b_2'"), I * slope, diff(evolve(eq, vacuum(eq), t).amplitude("b_2"), t))
    yield AtLeast(slope, S.Zero, Equation(Symbol("dE_2/dt"), S.Zero, "≥"))


def fading() -> Iterator[Statement]:
    """tP = E/ω without its decaying exponentials, against the steady state, of nonreciprocal networks and of case I."""
    for size in EARLY[:3]:
        for net in (reduced(cascaded(size)), reduced(parallel(size)), without(parallel(size, S.Zero))):
            eq = langevin(net)
            energy = evolve(eq, vacuum(eq), t).occupation(f"b_{size}")
            decays = sorted(energy.atoms(exp), key=lambda e: e.sort_key())
            for x in (canonical(e.args[0] / t) for e in decays):
                slower = Equation(Symbol("Re(x)"), S.Zero, "<")
                yield AtLeast(S.Zero, canonical((x + conjugated(x)) / 2), slower, strict=True)
            late = energy.xreplace(dict.fromkeys(decays, S.Zero))
            yield Equal(t * Symbol("P"), steady_state(eq).occupation(f"b_{size}"), late)


# -- the lossy modes kept -------------------------------------------------------------------------------------


def one_triangle_onset() -> Iterator[Statement]:
    """E_b kept over E_b eliminated as t → 0: only the direct link acts before the lossy mode has answered."""
    kept, gone = (quanta(onset(langevin(net), "b_1", 2)) for net in (cascaded(1), reduced(cascaded(1))))
    yield Equal(Symbol("E_kept/E_elim"), Rational(1, 4), kept / gone)


def first_correction() -> Expr:
    """Γ(⟨b⟩ kept − ⟨b⟩ eliminated) of one triangle as Γ → ∞."""
    return -2 * I * ξ * g_b * exp(-(g_b + γ / 2) * t) * (t - 2 * g_b * t**2 + 2 * g_b**2 * t**3 / 3)


def corrected() -> Langevin:
    """The eliminated triangle s and its first correction r: s′ = W s + f, r′ = W r + 2g_b K s′, K = ((1, 1), (1, 1)).

    Between the kept modes a lossy one acts as −g_b/(1 + 2z/Γ) = −g_b + 2g_b z/Γ − … at the rate z.
    """
    eq = langevin(reduced(cascaded(1)))
    both = 2 * g_b * Matrix([[1, 1], [1, 1]])
    drift = Matrix.vstack(Matrix.hstack(eq.drift, zeros(2, 2)), Matrix.hstack(both * eq.drift, eq.drift))
    force = Matrix.vstack(eq.force, both * eq.force)
    empty = ImmutableMatrix(zeros(4, 4))
    names = ("c", "b_1", "r_c", "r_b")
    return Langevin(names, eq.frequencies * 2, ImmutableMatrix(drift), empty, ImmutableMatrix(force), empty, empty)


def transformed(eq: Langevin, mode: str) -> Expr:
    """The Laplace transform ∫ e^{−zt} ⟨b⟩ dt = [(z − W)⁻¹ f]_b/z of an amplitude from vacuum."""
    amplitudes = solve(z * eye(len(eq.modes)) - eq.drift, Matrix(eq.force)).values
    return canonical(amplitudes[eq.modes.index(mode)] / z)


def error_of_elimination() -> Iterator[Statement]:
    """The transform of ⟨b⟩ with the lossy mode, its value and slope at η = 1/Γ = 0, and the slope in time."""
    η, eq = positive("eta"), corrected()
    full = canonical(transformed(langevin(cascaded(1)), "b_1").subs(Γ, 1 / η))
    initial = vacuum(eq)
    yield Equal(Symbol("b"), transformed(eq, "b_1"), full.subs(η, 0))
    yield Equal(Symbol("db/deta"), transformed(eq, "r_b"), canonical(diff(full, η)).subs(η, 0))
    yield Equal(Symbol("r_b"), first_correction(), evolve(eq, initial, t).amplitude("r_b"))


def steady_amplitudes() -> Iterator[Statement]:
    """Kept and eliminated networks have the same steady energies."""
    for size in EARLY:
        for build in (cascaded, parallel):
            kept, gone = (
                steady_state(langevin(net)).occupation(f"b_{size}")
                for net in (build(size), reduced(build(size)))
            )
            yield Equal(Symbol("E_kept"), gone, kept)


CLAIMS = (
    Claim(
        "Fig. 3(d)",
        "Nonreciprocal energy increases much faster (parallel)",
        lambda: (*early_gains(), *rates()),
        scope="N = 1..4",
        method="limit",
        form=Equation(Symbol("E_nr") / Symbol("E_r1"), Integer(4), "→"),
        because="With the lossy modes eliminated, fourfold from the first instant (twofold against reciprocal case "
        "II), whatever g_b; the rates of the approach hardly differ: (2g_b + γ)/2 and (2N g_b + γ)/2 beside γ/2, at "
        "g_b = γ/100 by 2% and 2N%. With them, at the Γ = γ of the figure, the gain begins at one: it is 1.34 at t = "
        "1/γ, 2.00 at 3/γ and 3.31 in the end. It is no sooner full: nine tenths of its own steady energy take 10.3/γ, "
        "in case I 9.4/γ.",
    ),
    Claim(
        "Fig. 3(d), cascaded",
        "The same for the last battery of a cascaded network",
        early_gains_in_series,
        scope="N = 1..4",
        method="limit",
        form=Equation(Symbol("E_nr") / Symbol("E_r1"), 4**N, "→"),
        because="With the lossy modes eliminated, 4^N against reciprocal case I and 2^N against case II as t → 0, the "
        "gains that hold as g_b → 0.",
    ),
    Claim(
        "Charging power, long times",
        "The charging power approaches 0 in the long-time limit",
        fading,
        scope="N = 1..3",
        method="limit",
        form=Equation(t * Symbol("P"), Symbol("E_ss"), "→"),
        because="As E_ss/t; all exponents are negative.",
    ),
    Claim(
        "Charging power, maximum at the steady state",
        "The stored energy reaches its maximum in the steady state (reciprocal case I, parallel)",
        steady_is_largest,
        lambda: (*only_growing(), *overshoot()),
        "True of nonreciprocal networks without their lossy modes, whose energies only grow; with them, a chain of two "
        "exceeds its steady energy by 3% at Γ = γ, g_b = γ/2. Reciprocal stars overshoot, whatever the coupling: "
        "at t = π/(√N g_b) every battery holds (1 + e^{−γt/2})² times its steady energy. A reciprocal chain of two "
        "never does, see below.",
        scope=ALL,
        form=Equation(Symbol("E_max") / Symbol("E_ss"), S.One),
        corrected_form=Equation(Symbol("E_max") / Symbol("E_ss"), (1 + exp(-γ * pi / (2 * FREQUENCY))) ** 2),
        departure=Departure("condition", "the network is nonreciprocal, its lossy modes eliminated"),
    ),
    Claim(
        "Charging power, maximum at the steady state, two",
        "The stored energy reaches its maximum in the steady state (reciprocal case I, chain of two)",
        never_beyond,
        scope="N = 2",
        method="bound",
        form=Equation(Symbol("E_max") / Symbol("E_ss"), S.One),
        because="At any coupling: |⟨b_2⟩| grows at the rate ξe^{−γt/2} sin²(g_b t/√2), at times zero, never negative. "
        "Chains of three and four exceed their steady energy, at g_b = γ/2 by 2.8% and 0.7%.",
    ),
    Claim(
        "Below Eq. (1), elimination of a_k",
        "Energies with the lossy modes kept are those without, in the steady state",
        steady_amplitudes,
        scope="N = 1..4",
        form=Equation(Symbol("E_kept"), Symbol("E_elim")),
        because="Exact at every Γ: at zero frequency elimination is exact.",
    ),
    Claim(
        "Below Eq. (1), elimination at early times",
        "What elimination gets wrong before a lossy mode has answered (one triangle)",
        one_triangle_onset,
        scope="N = 1",
        method="limit",
        form=Equation(Symbol("E_kept") / Symbol("E_elim"), Rational(1, 4), "→"),
        because="As t → 0 at any Γ: only the direct link acts, so that nonreciprocity and its gain set in after a "
        "time 1/Γ.",
    ),
    Claim(
        "Below Eq. (1), error of elimination",
        "Leading error of elimination in 1/Γ at every time (one triangle)",
        error_of_elimination,
        scope="N = 1",
        method="limit",
        form=Equation(Symbol("D_b"), first_correction() / Γ),
        because="Γ(⟨b⟩ kept − ⟨b⟩ eliminated) as Γ → ∞; it vanishes at both ends. Elimination is good where Γ exceeds "
        "both g_b and 1/t.",
    ),
)
