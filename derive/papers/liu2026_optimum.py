"""Liu, Chen, Wu, Chen and Su 2026: optimal couplings and reciprocal networks, Eqs. (10)–(14)."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Integer, Symbol, sqrt

from derive.builders import positive, star
from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement
from derive.counts import closed_form
from derive.derivation import Equation
from derive.families import star as family
from derive.optimum import from_one, leading_order, maximum, maximum_residual, window_residual
from derive.optimum import window as edges
from derive.papers.liu2026_counts import odd_and_even, shown, uniform
from derive.papers.liu2026_letters import SIZES, Γ, J, N, eq_5, eq_9, stored, ε, κ, ω

# -- the optimal coupling, Eq. (10) -------------------------------------------------------------------------


def optimum_c(size: Expr, root: Expr) -> Expr:
    """J_op^c of Eq. (10) with root = √(N² + 8N)."""
    return κ / 8 * (size + root)


def optimum_p(root: Expr) -> Expr:
    """J_op^p of Eq. (10) with root = √N."""
    return κ / (2 * root)


OPTIMUM_C, OPTIMUM_P = optimum_c(N, sqrt(N**2 + 8 * N)), optimum_p(sqrt(N))
r, s = positive("r"), positive("s")
m = Symbol("m", nonnegative=True, integer=True)
# With N = 8/(r(r + 2)) the root of Eq. (10) is rational, so that signs can be read off.
SIZE_C, ROOT_C = 8 / (r * (r + 2)), 8 * (1 + r) / (r * (r + 2))


def optimum() -> Iterator[Statement]:
    """The one maximum of Eqs. (5) and (9) with Γ = 2J, found from ∂ ln E/∂J for every N."""
    for name, energy, printed in (("J_op^c", eq_5(N), OPTIMUM_C), ("J_op^p", eq_9(N), OPTIMUM_P)):
        curve = energy.subs(Γ, 2 * J)
        best = maximum(curve, J)
        yield Equal(Symbol(name), printed, best.point)
        yield from (Equal(Symbol("0"), Integer(0), row) for row in maximum_residual(curve, best))


def scaling() -> Iterator[Statement]:
    """J_op^c/N → κ/4, from between κN/4 and κ(N + 2)/4, and J_op^p √N = κ/2 at every N."""
    optimal, name = optimum_c(SIZE_C, ROOT_C), Symbol("J_op^c")
    yield Equal(name, κ / 4 * N, _leading(OPTIMUM_C))
    yield Equal(Symbol("J_op^p"), κ / (2 * sqrt(N)), _leading(OPTIMUM_P))
    yield Equal(N**2 + 8 * N, ROOT_C**2, SIZE_C**2 + 8 * SIZE_C)
    yield AtLeast(optimal, κ * SIZE_C / 4, Equation(name, κ * N / 4, "≥"))
    yield AtLeast(κ * (SIZE_C + 2) / 4, optimal, Equation(name, κ * (N + 2) / 4, "≤"))
    yield Equal(Symbol("J_op^p") * sqrt(N), κ / 2, OPTIMUM_P * sqrt(N))


LAST_AHEAD, CHECKED = 15, 48  # chain before star for N = 2 … 15; both compared in numbers up to 48


def crossing() -> Iterator[Statement]:
    """The last battery of a chain against each of a star, each network at its own optimum.

    In numbers up to N = 48. Beyond, with κ = 1: 4Γ/(Γ + 1)² ≤ 8N/(N + 2)² and (1 + 1/(2Γ))^{N−1} ≥ Σ_{j≤4} C(N−1, j)
    /(N + 2)^j, because N/2 ≤ Γ ≤ N/2 + 1 at the chain's optimum; and the star has 4/(1 + √N)².
    """
    chain_max, star_max = Symbol("E_c^max"), Symbol("E_p^max")
    more, less = (Equation(chain_max, star_max, relation) for relation in ("≥", "≤"))
    letters = {κ: 1, ε: 1, ω: 1}
    best = [maximum(e, Γ).value.subs(letters) for e in (eq_5(N), eq_9(N))]
    yield from scaling()
    for size in range(2, CHECKED + 1):
        one, other = (e.subs(N, size) for e in best)
        yield AtLeast(one, other, more) if size <= LAST_AHEAD else AtLeast(other, one, less)
    size = (7 + s) ** 2
    terms, binomial = [Integer(1)], Integer(1)
    for j in range(1, 5):
        binomial *= (size - j) / j / (size + 2)
        terms.append(binomial)
    g = N / 2 + r
    first = 8 * N / (N + 2) ** 2
    yield AtLeast(from_one((first - 4 * g / (g + 1) ** 2).subs(N, N + 1)), Integer(0), less)
    yield AtLeast(Add(*terms), 2 * size * (8 + s) ** 2 / (size + 2) ** 2, less)


def _leading(e: Expr) -> Expr:
    constant, power = leading_order(e, N, large=True)
    return constant * N**power


# -- reciprocal networks, Eqs. (11)–(14) --------------------------------------------------------------------


def eq_13(above: Expr) -> Expr:
    """Eq. (13) with Γ² or what belongs in its place."""
    return 4 * above * ω * ε**2 / (4 * N * J**2 + κ**2) ** 2


def reciprocal_star(above: Expr) -> Iterator[Statement]:
    """Eq. (13) against the last battery of the reciprocal star, N = 1 to 6 and every N."""
    yield from (stored("E_N^ss", eq_13(above).subs(N, size), star(size), size) for size in SIZES)
    yield from uniform("E_N^ss", family(), eq_13(above))


def window() -> Iterator[Statement]:
    """Eq. (14): reciprocal wins inside, nonreciprocal outside, at Γ = 2J, for every N = 1 + m; N = 1 has no inside."""
    rc, nc = eq_13(4 * J**2), eq_9(N).subs(Γ, 2 * J)
    found = edges(rc, nc, J)
    low, high = κ / (2 * N), κ / 2
    more, less = (Equation(Symbol("E_rc^ss"), Symbol("E_nc^ss"), relation) for relation in ("≥", "≤"))
    outside = ((low / (1 + s)), high * (1 + s))
    yield from star_energies()
    yield from (Equal(Symbol("J"), printed, true) for printed, true in zip((low, high), found.edges, strict=True))
    yield from (Equal(Symbol("E_rc^ss"), Integer(0), row) for row in window_residual(rc, nc, found))
    yield from (AtLeast(from_one((nc - rc).subs(J, at)), Integer(0), less) for at in outside)
    yield AtLeast(from_one((rc - nc).subs(J, (low + s * high) / (1 + s))), Integer(0), more)


def narrow(printed: bool) -> Iterator[Statement]:
    """The width of the window against J_op^p, N = 3 + m; the ratio of its ends, and what the width cannot exceed."""
    low, high, width = κ / (2 * N), κ / 2, Symbol("J_2") - Symbol("J_1")
    optimal, wide, three = OPTIMUM_P**2, (high - low) ** 2, {N: 3 + m}
    if printed:
        yield AtLeast(optimal, wide, Equation(width, Symbol("J_op^p"), "≤"), three)
    else:
        yield AtLeast(wide, optimal, Equation(width, Symbol("J_op^p"), "≥"), three)
        yield Equal(Symbol("J_2") / Symbol("J_1"), N, high / low)
        yield Equal(Symbol("J_op^p") ** 2, low * high, OPTIMUM_P**2)
        yield AtLeast(κ / 2, high - low, Equation(width, κ / 2, "<"), strict=True)


def weak_regime(printed: bool) -> Iterator[Statement]:
    """J = κ/10, the end of the weak regime of Ref. [65], above J_op^c; or below it, as below J_op^p for N ≤ 25."""
    weak, name = κ / 10, Symbol("J_op^c")
    if printed:
        yield from (AtLeast(weak, OPTIMUM_C.subs(N, size), Equation(J, name, ">")) for size in SIZES)
    else:
        below, star_name = {r: 2 / (1 + s)}, Symbol("J_op^p")  # every N ≥ 1
        yield Equal(N**2 + 8 * N, ROOT_C**2, SIZE_C**2 + 8 * SIZE_C)
        yield AtLeast(optimum_c(SIZE_C, ROOT_C), κ / 2, Equation(name, κ / 2, "≥"), below)
        yield AtLeast(optimum_p(sqrt(N)), weak, Equation(star_name, weak, "≥"), {N: (5 / (1 + s)) ** 2})


def star_energies() -> Iterator[Statement]:
    """Both stars for every N, by the family with a symbolic number of branches."""
    for name, printed, branches in (
        ("E_rc^ss", eq_13(4 * J**2), family(N)),
        ("E_nc^ss", eq_9(N), family(N, "nonreciprocal")),
    ):
        state = closed_form(branches)
        yield Equal(Symbol(name), printed, state.energy(*state.terminal))


CONSTANTS = (
    "Ref. [65] has the same form and leaves the constants to a supplement, which was not at hand. They are derived "
    "here and put in: binomial coefficients times powers of 4."
)

CLAIMS = (
    Claim(
        "Eq. (10)",
        "Optimal couplings, from Eqs. (5) and (9) with J = Γ/2",
        optimum,
        scope="all N",
        form=Equation(Symbol("J_op^c"), OPTIMUM_C),
    ),
    Claim(
        "Below Eq. (10), scaling",
        "J_op^c grows as N, J_op^p falls as 1/√N",
        scaling,
        scope="all N",
        method="limit",
        because="J_op^c → κN/4, and always between κN/4 and κ(N + 2)/4; J_op^p √N = κ/2 at every N, large or not.",
        form=Equation(Symbol("J_op^c"), κ * N / 4, "→"),
    ),
    Claim(
        "Eq. (11)",
        "Reciprocal chain, N odd: the form, with its constants a(j)",
        lambda: odd_and_even(1),
        scope=ALL,
        method="induction",
        form=shown(1),
        because=CONSTANTS,
    ),
    Claim(
        "Eq. (12)",
        "Reciprocal chain, N even: the form, with its constants b(j)",
        lambda: odd_and_even(0),
        scope=ALL,
        method="induction",
        form=shown(0),
        because=CONSTANTS,
    ),
    Claim(
        "Eq. (13)",
        "Reciprocal parallel network",
        lambda: reciprocal_star(Γ**2),
        lambda: reciprocal_star(4 * J**2),
        "A reciprocal network has no Γ: the numerator is 16J²ωε². The printed 4Γ²ωε² is the same only with Γ "
        "= 2J of the nonreciprocal network put in.",
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_N^ss"), eq_13(Γ**2)),
        corrected_form=Equation(Symbol("E_N^ss"), eq_13(4 * J**2)),
        departure=Departure(
            "condition", "Γ = 2J",
            (
                "Γ is a rate of its own",
                "Γ = 2J, as in the nonreciprocal network it is compared with: holds, see Eq. (13), Gamma = 2J",
            ),
        ),
    ),
    Claim(
        "Eq. (13), Gamma = 2J",
        "Reciprocal parallel network, Γ read as 2J",
        lambda: reciprocal_star((2 * J) ** 2),
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_N^ss"), eq_13((2 * J) ** 2)),
    ),
    Claim(
        "Fig. 1(c, d), crossing",
        "At its optimum a chain's last battery stores more than each of a star for 2 ≤ N ≤ 15, and less from 16 on",
        crossing,
        scope="all N",
        method="bound",
        because="Not printed. The chain is ahead by at most 14% (N = 4), the star in the end by e²/4 = 1.85.",
        form=Equation(Symbol("E_c^max"), Symbol("E_p^max"), ">"),
    ),
    Claim(
        "Eq. (14)",
        "Window in which the reciprocal parallel network stores more, at equal J = Γ/2",
        window,
        scope="all N",
        method="bound",
        form=Equation(κ / (2 * N), Symbol("in the window"), "<"),
        because=(
            "κ/(2N) < J < κ/2 is (2NJ − κ)(κ − 2J) > 0; outside the nonreciprocal network stores more, at "
            "the ends both store the same, and for N = 1 the window is empty."
        ),
    ),
    Claim(
        "Below Eq. (14), relatively narrow",
        "The window of Eq. (14) is relatively narrow, read as: not wider than J_op^p",
        lambda: narrow(True),
        lambda: narrow(False),
        "Its ends are in the ratio N. From N = 3 on it is wider than J_op^p, which lies inside as their geometric "
        "mean; with N it grows towards 0 < J < κ/2. In Figs. 3(d) and (f) it is 0.0010ω and 0.0011ω wide.",
        scope="all N ≥ 3",
        method="bound",
        form=Equation((N - 1) * κ / (2 * N), Symbol("J_op^p"), "≤"),
        corrected_form=Equation((N - 1) * κ / (2 * N), κ / 2, "<"),
        departure=Departure(
            "condition",
            "it is compared with κ/2",
            ("against J_op^p", "against κ/2: holds for every N"),
        ),
    ),
)
INTRODUCTION = (
    Claim(
        "Introduction, Refs. [63, 65]",
        "The regimes of Refs. [63, 65] are below and above J_op, respectively: J > J_op in Ref. [65]",
        lambda: weak_regime(True),
        lambda: weak_regime(False),
        "Ref. [65] stresses weak interaction, g_b/γ ≪ 1, with J = g_b and κ = γ: its powers are for g_b/γ up to 0.1. "
        "That is below J_op: κ/2 at least for a chain, and κ/10 at least in parallel up to N = 25. Its largest "
        "energies are those at g_b^opt, which is J_op^c. Of Ref. [63] only the abstract was at hand: overdamped "
        "coupling, which is below, too.",
        scope=ALL,
        method="bound",
        form=Equation(J, Symbol("J_op^c"), ">"),
        corrected_form=Equation(J, Symbol("J_op^c"), "<"),
        departure=Departure(
            "error",
            "the weak interaction regime of Ref. [65]",
            ("[63] below and [65] above", "in the other order, [65] below: holds of [65]"),
        ),
    ),
)
