"""Zhao, Xie, Huang and Zhang 2025: charging power, its maximum and the gains η_{N1}, η_{N2} of Fig. 4.

The largest powers are enclosed between rationals and proved (`maximal_power`), at unit γ and ξ, with the intermediate
modes eliminated, so that Γ and γ/Γ do not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product

from sympy import Expr, Integer, Rational, Symbol

from derive.builders import Build, positive
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.eliminate import eliminate
from derive.kernel import abs_squared, canonical
from derive.langevin import langevin
from derive.network import Network
from derive.papers.zhao2025_gains import first, parallel_gain, second, second_gain
from derive.papers.zhao2025_letters import (
    SIZES,
    UP_TO_6,
    ZERO,
    N,
    cascaded,
    g_b,
    intermediate,
    parallel,
    state,
    without,
    γ,
    ξ,
    ω,
)
from derive.power import maximal_power

s = positive("s")
G_RATIO = positive("x")  # g_b/γ, as the gains have it
COUPLINGS = (Rational(1, 10), Rational(1, 20), Rational(1, 100))  # g_b/γ
AT_POINTS = "N = 1..4, g_b/γ = 1/100, 1/20, 1/10"
η_1, η_2 = Symbol("eta_N1"), Symbol("eta_N2")


def scheme(build: Build, size: int, case: int) -> Network:
    """Nonreciprocal (case 0), or reciprocal case I or II, with the intermediate modes eliminated."""
    if case == 1:
        return without(build(size, ZERO))
    net = build(size, ZERO) if case == 2 else build(size)
    return eliminate(net, *intermediate(net))


@cache
def largest(build: Build, size: int, case: int, coupling: Expr) -> tuple[Expr, Expr]:
    """Proved bounds of P_max of the last battery at g_b/γ = `coupling`, in units of ωξ²/γ."""
    net = scheme(build, size, case).subs({g_b: coupling * γ}).subs({γ: 1, ξ: 1, ω: 1})
    return maximal_power(langevin(net), f"b_{size}", digits=10).value


def gain(build: Build, size: int, case: int, coupling: Expr) -> tuple[Expr, Expr]:
    """Proved bounds of η = P_max^nr/P_max^r."""
    low, high = largest(build, size, 0, coupling)
    least, most = largest(build, size, case, coupling)
    return low / most, high / least


def weak_limit(build: Build, base: int, case: int) -> Iterator[Statement]:
    """|ã^nr/ã^r|² at g_b → 0 and any s, where ã(s) is s times the transform of ⟨b_N⟩(t).

    It is the steady amplitude with every loss raised by 2s. If the ratio is a constant c for every s, the two ⟨b_N⟩(t)
    have the same time dependence to leading order in g_b, hence maxima of P at one time, and η → c.
    """
    for size in SIZES:
        nets = (scheme(build, size, k).subs({γ: γ + 2 * s}) for k in (0, case))
        above, below = (abs_squared(state(net).amplitude(f"b_{size}")) for net in nets)
        ratio = canonical(canonical(above) / canonical(below))
        links = size if build is cascaded else 1  # from the charger to the last battery
        yield Equal(η_1 if case == 1 else η_2, Integer(base) ** links, ratio.subs(g_b, 0))


def at_most(build: Build, bound: Callable[[int], Expr], case: int) -> Iterator[Statement]:
    """η ≤ bound at the couplings, N = 1 to 4."""
    shown = Equation(η_1 if case == 1 else η_2, bound(1), "≤")
    for size, x in product((4, 3, 2, 1), COUPLINGS):
        yield AtLeast(bound(size), gain(build, size, case, x)[1 if case == 1 else 0], shown)


def at_least(build: Build, bound: Callable[[int], Expr]) -> Iterator[Statement]:
    """η_{N2} ≥ bound at the couplings, N = 1 to 4."""
    for size, x in product((4, 3, 2, 1), COUPLINGS):
        yield AtLeast(gain(build, size, 2, x)[0], bound(size), Equation(η_2, bound(1), "≥"))


def largest_steady_gain() -> Iterator[Statement]:
    """G_{N2} ≤ 2^N in the steady state of cascaded networks, at every g_b."""
    shown = Equation(Symbol("G_N2"), 2**N, "≤")
    yield from (AtLeast(Integer(2) ** size, second(size), shown) for size in SIZES)


def hardly_changes(build: Build, limit: int) -> Iterator[Statement]:
    """0 ≤ η_42/limit − 1 ≤ 1 % up to g_b/γ = 1/10."""
    for x in COUPLINGS:
        low, high = gain(build, 4, 2, x)
        yield AtLeast(Rational(101, 100) * limit, high, Equation(Symbol("eta_42"), Rational(101, 100) * limit, "≤"))
        yield AtLeast(low, Integer(limit), Equation(Symbol("eta_42"), Integer(limit), "≥"))


def grows_as_weaker(build: Build) -> Iterator[Statement]:
    """1 < η_41(1/10) < η_41(1/20) < η_41(1/100), and η_42 > 1."""
    shown, name = Equation(Symbol("eta_41"), Integer(1), ">"), Symbol("deta_41/dg_b")
    largest_before: Expr = Integer(1)
    for x in COUPLINGS:
        low, high = gain(build, 4, 1, x)
        yield AtLeast(low, largest_before, shown if largest_before == 1 else Equation(name, Integer(0), "≤"))
        yield AtLeast(gain(build, 4, 2, x)[0], Integer(1), Equation(Symbol("eta_42"), Integer(1), ">"))
        largest_before = high


def as_of_energy(case: int) -> Iterator[tuple[Expr, Expr, Expr]]:
    """Bounds of η_N1 or η_N2, and the gain of the steady energy at the same coupling, of both topologies."""
    for size, at in product((4, 3, 2, 1), COUPLINGS):
        chains = (first(size) ** 2, second(size))[case - 1]
        for build, steady in ((cascaded, chains), (parallel, parallel_gain(case).subs(N, size))):
            yield (*gain(build, size, case, at), steady.subs(G_RATIO, at))


def same_gain() -> Iterator[Statement]:
    """η_N1 = G_N1 at the couplings, as read."""
    for low, high, steady in as_of_energy(1):
        yield AtLeast(steady, low, SAME)
        yield AtLeast(high, steady, SAME)


def apart() -> Iterator[Statement]:
    """η_N1 > G_N1 and η_N2 < G_N2 at the couplings."""
    above, below = (Equation(η, Symbol(f"G_N{k}"), sign) for η, k, sign in ((η_1, 1, "≥"), (η_2, 2, "≤")))
    yield from (AtLeast(low, steady, above) for low, _, steady in as_of_energy(1))
    yield from (AtLeast(steady, high, below) for _, high, steady in as_of_energy(2))


SAME = Equation(η_1, Symbol("G_N1"))


EXCEEDED = (
    "It is the limit g_b → 0, and the smallest value: at every coupling of the figure that was enclosed (lossy modes "
    "eliminated) η_{N2} is "
    "larger, as G_{N2} is. For N = 4 it grows by half a percent (cascaded) and 0.06% (parallel) up to g_b = γ/10."
)

AT_COUPLINGS = "g_b/γ = 1/100, 1/20, 1/10"

CASCADED = (
    Claim(
        "Fig. 4(a), (c), η_41",
        "Nonreciprocity raises the largest power: η_41, η_42 > 1 up to g_b/γ = 1/10, and η_41 grows as g_b falls",
        lambda: grows_as_weaker(cascaded),
        form=Equation(Symbol("eta_41"), Integer(1), ">"),
        scope=AT_COUPLINGS,
        method="bound",
        because="η_41 = 27.2, 72.0, 193.3 at g_b/γ = 1/10, 1/20, 1/100, against the limit 2^8 = 256, with the lossy "
        "modes eliminated or kept at the Γ = 2000γ of the figure.",
    ),
    Claim(
        "Below Fig. 4, η_N1",
        "η_{N1} → 2^{2N} as g_b → 0",
        lambda: weak_limit(cascaded, 4, 1),
        form=Equation(η_1, 2 ** (2 * N)),
        because=(
            "To leading order all schemes charge by one function of time, so that their powers are largest at one time."
        ),
        scope=UP_TO_6,
        method="limit",
    ),
    Claim(
        "Below Fig. 4, η_N1 ≤ 2^2N",
        "η_{N1} is at most 2^{2N}",
        lambda: at_most(cascaded, lambda size: Integer(4) ** size, 1),
        form=Equation(η_1, 2 ** (2 * N), "≤"),
        scope=AT_POINTS,
        method="bound",
    ),
    Claim(
        "Below Fig. 4, η_N2",
        "2^N is the upper bound of η_{N2}",
        lambda: at_most(cascaded, lambda size: Integer(2) ** size, 2),
        lambda: (*at_least(cascaded, lambda size: Integer(2) ** size), *weak_limit(cascaded, 2, 2)),
        EXCEEDED,
        scope=AT_POINTS,
        method="bound",
        form=Equation(η_2, 2**N, "≤"),
        corrected_form=Equation(η_2, 2**N, "≥"),
        departure=Departure("error"),
    ),
    Claim(
        "Below Fig. 4, maximum of G_N2",
        "2^N is the maximum of G_{N2} in cascaded networks",
        largest_steady_gain,
        second_gain,
        "It is the minimum, as the paper says below Eq. (3): G_{N2} ≥ 2^N. Here x = g_b/γ.",
        scope="all N",
        method="induction",
        form=Equation(Symbol("G_N2"), 2**N, "≤"),
        corrected_form=Equation(Symbol("G_N2"), 2**N, "≥"),
        departure=Departure("error", "G_{N2} ≥ 2^N below Eq. (3)"),
    ),
    Claim(
        "Fig. 4(c), η_42",
        "η_{42} ≈ 2^4 for g_b/γ up to 1/10",
        lambda: hardly_changes(cascaded, 16),
        form=Equation(Symbol("eta_42"), Integer(16), "≈"),
        scope=AT_COUPLINGS,
        method="bound",
    ),
)

PARALLEL = (
    Claim(
        "Fig. 4(b), (d), η_41",
        "The same of the parallel network",
        lambda: grows_as_weaker(parallel),
        form=Equation(Symbol("eta_41"), Integer(1), ">"),
        scope=AT_COUPLINGS,
        method="bound",
        because="η_41 = 1.42, 2.16, 3.46 at g_b/γ = 1/10, 1/20, 1/100, against the limit 4, with the lossy modes "
        "eliminated or kept at the Γ = 2000γ of the figure.",
    ),
    Claim(
        "Below Fig. 4, parallel η_N1",
        "η_{N1} → 4 as g_b → 0, for every N",
        lambda: weak_limit(parallel, 4, 1),
        form=Equation(η_1, Integer(4)),
        scope=UP_TO_6,
        method="limit",
    ),
    Claim(
        "Below Fig. 4, parallel η_N1 ≤ 4",
        "η_{N1} is at most 4",
        lambda: at_most(parallel, lambda size: Integer(4), 1),
        form=Equation(η_1, Integer(4), "≤"),
        scope=AT_POINTS,
        method="bound",
    ),
    Claim(
        "Below Fig. 4, parallel η_N2",
        "η_{N2} is at most 2",
        lambda: at_most(parallel, lambda size: Integer(2), 2),
        lambda: (*at_least(parallel, lambda size: Integer(2)), *weak_limit(parallel, 2, 2)),
        EXCEEDED,
        scope=AT_POINTS,
        method="bound",
        form=Equation(η_2, Integer(2), "≤"),
        corrected_form=Equation(η_2, Integer(2), "≥"),
        departure=Departure("error"),
    ),
    Claim(
        "Fig. 4(d), η_42",
        "η_{42} ≈ 2 for g_b/γ up to 1/10",
        lambda: hardly_changes(parallel, 2),
        form=Equation(Symbol("eta_42"), Integer(2), "≈"),
        scope=AT_COUPLINGS,
        method="bound",
    ),
    Claim(
        "Below Fig. 4, same enhancement",
        "The same enhancement of stored energy and power, read as: at equal coupling (also in the conclusion)",
        same_gain,
        apart,
        "At g_b = γ/10 and N = 4 the largest power gains 27.2 over case I, the steady energy 22.2 (1.42 and 1.15 in "
        "parallel); over case II it is 16.1 and 16.3 (2.00 and 2.04). What is the same is their limit.",
        scope=AT_POINTS,
        method="bound",
        form=SAME,
        corrected_form=Equation(η_1, Symbol("G_N1"), "≥"),
        departure=Departure(
            "condition",
            "g_b → 0",
            ("at equal coupling", "in the limit of weak coupling: holds, see Below Fig. 4, η_N1"),
        ),
    ),
)
