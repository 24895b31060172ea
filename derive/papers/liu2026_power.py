"""Liu, Chen, Wu, Chen and Su 2026: the sentence on transport power at the end of Sec. III.

P_max is the largest E_N(t)/t over all times, enclosed between rationals and proved (`maximal_power`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isqrt

from sympy import Expr, Integer, Rational, Symbol

from derive.builders import Build, chain, positive, star
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.evolution import steady_state
from derive.kernel import canonical, conjugated
from derive.langevin import langevin
from derive.papers.liu2026_letters import SIZES, UP_TO_6, Γ, J, N, mode, ε, κ, ω
from derive.power import maximal_power

s = positive("s")
NC, RC = Symbol("P_NC"), Symbol("P_RC")
DIGITS = 12


def root(value: int) -> Expr:
    """√value, rounded down to 12 digits after the point."""
    return Rational(isqrt(value * 10 ** (2 * DIGITS)), 10**DIGITS)


def optimum_c(size: int) -> Expr:
    """J_op^c/κ of Eq. (10), rounded."""
    return (size + root(size * (size + 8))) / 8


def optimum_p(size: int) -> Expr:
    """J_op^p/κ of Eq. (10), rounded."""
    return root(size) / (2 * size)


def largest(build: Build, size: int, coupling: Expr, nonreciprocal: bool) -> tuple[Expr, Expr]:
    """Proved bounds of P_max of the last battery at J/κ = `coupling`, in units of ωε²/κ."""
    net = build(size, "nonreciprocal") if nonreciprocal else build(size)
    numbers = net.subs({Γ: 2 * coupling * κ, J: coupling * κ}).subs({κ: 1, ε: 1, ω: 1})
    return maximal_power(langevin(numbers), str(mode(size)), digits=10).value


def compared(optimum: Callable[[int], Expr], build: Build, nonreciprocal_wins: bool) -> Iterator[Statement]:
    """P_max with nonreciprocal coupling (Γ = 2J) against P_max with reciprocal coupling, both at J_op."""
    for size in SIZES:
        pair = tuple(largest(build, size, optimum(size), forward) for forward in (True, False))
        larger, smaller = pair if nonreciprocal_wins else pair[::-1]
        shown = Equation(NC, RC, "≥" if nonreciprocal_wins else "≤")
        # refuted by the largest that the one and the smallest that the other can be, proved the other way round
        outer = nonreciprocal_wins
        yield AtLeast(larger[1] if outer else larger[0], smaller[0] if outer else smaller[1], shown)


def weak_limit() -> Iterator[Statement]:
    """|ã^NC/ã^RC|² as J → 0 at any s, ã(s) being s times the transform of ⟨b_N⟩(t): a number, 4^N or 4.

    It is the steady amplitude with every loss raised by 2s. To leading order in J both ⟨b_N⟩(t) are then one function
    of time, and their largest powers are in that ratio.
    """
    for build, links in ((chain, SIZES), (star, (1,) * len(SIZES))):
        for size, link in zip(SIZES, links, strict=True):
            nets = build(size, "nonreciprocal").subs({Γ: 2 * J}), build(size)
            amplitudes = (steady_state(langevin(net.subs({κ: κ + 2 * s}))).amplitude(f"b_{size}") for net in nets)
            above, below = (canonical(a * conjugated(a)) for a in amplitudes)
            yield Equal(NC / RC, Integer(4) ** link, canonical(above / below).subs(J, 0))


def claim(topology: str, build: Build, optimum: Callable[[int], Expr], numbers: str) -> Claim:
    """The sentence, for one topology."""
    return Claim(
        f"Sec. III, transport power, {topology}",
        f"The nonreciprocal network improves the transport power ({topology}, J = J_op)",
        lambda: compared(optimum, build, True),
        lambda: compared(optimum, build, False),
        "At J = J_op, where Fig. 4 is drawn, the reciprocal network has the larger E_N(t)/t for every N that was "
        f"enclosed: P_NC/P_RC is {numbers} for N = 1, …, 6. In the limit of weak coupling the sentence holds, with the "
        "same gain as that of the energy (J_op to 12 digits).",
        scope=UP_TO_6,
        method="bound",
        form=Equation(NC, RC, "≥"),
        corrected_form=Equation(NC, RC, "≤"),
        departure=Departure(
            "condition",
            "the coupling is weak",
            (
                "at J = J_op, where Fig. 4 is drawn",
                "at weak coupling: holds, see Sec. III, transport power, weak coupling",
            ),
        ),
    )


CLAIMS = (
    Claim(
        "Sec. III, transport power, weak coupling",
        "At weak coupling the nonreciprocal network improves the transport power",
        weak_limit,
        scope=UP_TO_6,
        method="limit",
        form=Equation(NC / RC, Integer(4) ** N, "→"),
        because="In a chain, displayed; fourfold in parallel.",
    ),
    claim("cascaded", chain, optimum_c, "0.985, 0.842, 0.773, 0.731, 0.703, 0.683"),
    claim("parallel", star, optimum_p, "0.985, 0.927, 0.847, 0.775, 0.715, 0.663"),
)
