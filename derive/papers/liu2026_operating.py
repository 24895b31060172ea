"""Liu, Chen, Wu, Chen and Su 2026: what its sentences say of networks below, at and beyond J_op, Secs. II and III.

With Γ = 2J. At J_op the coupling of a network of N is a root; below, N is written as the number of batteries whose
optimum is at a given Γ_0: N = 2Γ_0²/(κ(Γ_0 + κ)) for a chain, N = (κ/Γ_0)² for a star, so that signs can be read off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sympy import Add, Expr, Integer, Symbol, diff, expand_log, log, sqrt

from derive.builders import chain, positive, star
from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement
from derive.counts import closed_form
from derive.derivation import Equation
from derive.evolution import steady_state
from derive.families import chain as chains
from derive.families import star as stars
from derive.kernel import canonical
from derive.langevin import langevin
from derive.optimum import maximum
from derive.papers.liu2026_letters import SIZES, Γ, J, N, eq_5, eq_9, ε, κ, ω
from derive.papers.liu2026_optimum import OPTIMUM_C, OPTIMUM_P, eq_13
from derive.papers.liu2026_parity import LONGER, SHORTER, compared, fibonacci, solved

s, g = positive("s"), positive("g")
m = Symbol("m", nonnegative=True, integer=True)
NC, RC, CHARGER, BATTERY = (Symbol(name) for name in ("E_nr", "E_rc", "E_a", "E_n"))
SAME = Equation(CHARGER, BATTERY, "≥")
IN_CHAIN, IN_STAR = 2 * g**2 / (κ * (g + κ)), (κ / g) ** 2  # the N of an optimum at Γ = g
SHOWN = tuple(range(1, 13))
UP_TO_12 = "N = 1..12"


# -- energies of both topologies for every N ----------------------------------------------------------------


def one_way() -> Iterator[Statement]:
    """E_a = 4ωε²/Λ_0², and the last battery's energy by Eqs. (5) and (9), from the families."""
    for family, last, rate in ((chains, eq_5(N), Γ + κ), (stars, eq_9(N), N * Γ + κ)):
        state = closed_form(family(scheme="nonreciprocal"))
        yield Equal(CHARGER, 4 * ω * ε**2 / rate**2, state.energy())
        yield Equal(Symbol("E_N^ss"), last, state.energy(*state.terminal))


def rise(energy: Expr) -> Expr:
    """d ln E/dΓ."""
    return canonical(diff(expand_log(log(energy), force=True), Γ))


# -- beside the optimum -------------------------------------------------------------------------------------


def trade_off() -> Iterator[Statement]:
    """E rises with J up to J_op and falls beyond, while the slowest rate (Γ + κ)/2, the last battery's, only rises."""
    name = Symbol("dE/dJ")
    falls, rises = Equation(name, Integer(0), "≤"), Equation(name, Integer(0), "≥")
    yield from one_way()
    for energy, count in ((eq_5(N), IN_CHAIN), (eq_9(N), IN_STAR)):
        yield AtLeast(Integer(0), rise(energy).subs({N: count, Γ: g + s}, simultaneous=True), falls)
        yield AtLeast(rise(energy).subs({N: count.subs(g, Γ + s)}), Integer(0), rises)
    for build in (chain, star):
        for size in SIZES[:3]:
            rate = -langevin(build(size, "nonreciprocal")).drift[size, size]
            yield Equal(1 / Symbol("T"), (Γ + κ) / 2, rate)


def each_below() -> Iterator[Statement]:
    """E_n ≤ E_a up to J_op.

    Inner batteries of a chain have E_n/E_a = (2Γ/(2Γ + κ))^{2n}. For the last one (2Γ)^N ≤ (Γ + κ)(2Γ + κ)^{N−1} where
    (1 + κ/2Γ)^{N−1} ≥ 1 + (N − 1)κ/2Γ ≥ 2Γ/(Γ + κ), at the Γ ≥ κ of the optimum; below, E_N/E_a is less, as it rises
    with Γ.
    """
    ratio = eq_5(N) * (Γ + κ) ** 2 / (4 * ω * ε**2)
    at_best = 1 + (IN_CHAIN - 1) * κ / (2 * g) - 2 * g / (g + κ)
    star_ratio = eq_9(N) * (N * Γ + κ) ** 2 / (4 * ω * ε**2)
    yield from one_way()
    yield AtLeast(1, 2 * Γ / (2 * Γ + κ), SAME)
    yield AtLeast(rise(ratio).subs(N, 1 + m), Integer(0), Equation(Symbol("d(E_N/E_a)/dJ"), Integer(0), "≥"))
    yield AtLeast(at_best.subs(g, κ + s), Integer(0), SAME)
    yield AtLeast(Integer(1), star_ratio.subs(Γ, κ / (1 + s)), SAME)


def together(count: Expr, coupling: Expr) -> tuple[Expr, Expr]:
    """E_a and N E_n of a star of `count` at a Γ."""
    book = {N: count, Γ: coupling}
    one, other = 4 * ω * ε**2 / (N * Γ + κ) ** 2, N * eq_9(N)
    return one.subs(book), other.subs(book)


def all_below() -> Iterator[Statement]:
    """As a part of all energy: E_a ≥ N E_n at every J < J_op of a star, √N = 2 + s."""
    root = 2 + s
    any_below = {N: root**2, J: κ / (2 * root) * g / (1 + g)}
    yield AtLeast(*together(N, 2 * J), Equation(CHARGER, N * BATTERY, "≥"), any_below)


def all_below_half() -> Iterator[Statement]:
    """It is so up to Γ = κ/(2√N − 1), and not beyond."""
    root = 1 + m
    edge = κ / (2 * root - 1)
    shown = Equation(CHARGER, N * BATTERY, "≥")
    inside, beyond = together(root**2, edge / (1 + s)), together(root**2, edge * (1 + s))
    yield from one_way()
    yield AtLeast(*inside, shown)
    yield AtLeast(*beyond[::-1], Equation(CHARGER, N * BATTERY, "≤"))


def in_chain(size: int) -> tuple[Expr, Expr]:
    """E_a of a nonreciprocal chain, and the energy of all its batteries."""
    state = steady_state(langevin(chain(size, "nonreciprocal")))
    return state.energy("a"), Add(*(state.energy(f"b_{k}") for k in range(1, size + 1)))


def all_below_in_chain() -> Iterator[Statement]:
    """E_a ≥ Σ E_n at every J < J_op of a chain of two or more."""
    shown = Equation(CHARGER, Symbol("E_all"), "≥")
    for size in SIZES[1:]:
        charger, batteries = (canonical(e.subs(Γ, 2 * J)) for e in in_chain(size))
        yield AtLeast(charger, batteries, shown, {J: OPTIMUM_C.subs(N, size) * g / (1 + g)})


def all_below_in_chain_up_to() -> Iterator[Statement]:
    """It is so up to J = κ/2, for every N.

    With x = (2Γ/(2Γ + κ))² ≤ ½ and y = (2Γ/(Γ + κ))² ≤ 1 there, S_N = x + … + x^{N−1} + x^{N−1}y of E_a are in the
    batteries, and with y = 1 S_{N+1} − S_N = x^{N−1}(2x − 1) ≤ 0 from S_1 = 1.
    """
    x, y = ((2 * Γ / (k * Γ + κ)) ** 2 for k in (2, 1))
    here, shown = {Γ: κ / (1 + s)}, Equation(CHARGER, Symbol("E_all"), "≥")
    share = Symbol("x", positive=True)
    most = (share - share**N) / (1 - share) + share ** (N - 1)
    yield from one_way()
    yield Equal(Symbol("E_N^ss"), x ** (N - 1) * y * 4 * ω * ε**2 / (Γ + κ) ** 2, eq_5(N))
    yield Equal(Symbol("S_1"), Integer(1), most.subs(N, 1))
    yield Equal(Symbol("S_(N+1) - S_N"), share ** (N - 1) * (2 * share - 1), most.subs(N, N + 1) - most)
    yield AtLeast(Integer(1), canonical(2 * x.subs(here)), shown)
    yield AtLeast(Integer(1), canonical(y.subs(here)), shown)
    for size in SIZES:
        charger, batteries = in_chain(size)
        sum_ = Add(*(x**k for k in range(1, size)), x ** (size - 1) * y)
        yield Equal(Symbol("E_all"), sum_ * charger, batteries)
        yield AtLeast(canonical(charger.subs(here)), canonical(batteries.subs(here)), shown)


def no_parity() -> Iterator[Statement]:
    """E_{N+1}/E_N is one number for the nonreciprocal chain; for both stars it is below one and rises with N."""
    cascade = closed_form(chains(scheme="nonreciprocal"))
    energy = cascade.energy(*cascade.terminal)
    yield Equal(Symbol("E_(N+1)/E_N"), (2 * Γ / (2 * Γ + κ)) ** 2, canonical(energy.subs(N, N + 1) / energy))
    for family in (stars(scheme="nonreciprocal"), stars()):
        state = closed_form(family)
        e = [state.energy(*state.terminal).subs(N, 1 + m + k) for k in range(3)]
        yield AtLeast(e[0], e[1], Equation(Symbol("E_N"), Symbol("E_(N+1)"), "≥"))
        yield AtLeast(
            canonical(e[2] / e[1]),
            canonical(e[1] / e[0]),
            Equation(Symbol("E_(N+2)/E_(N+1)"), Symbol("E_(N+1)/E_N"), "≥"),
        )


def best_of_reciprocal_star() -> Iterator[Statement]:
    """Its energy for every N, and the coupling at which that is largest, which is J_op^p, too."""
    reciprocal = closed_form(stars())
    yield Equal(RC, eq_13(4 * J**2), reciprocal.energy(*reciprocal.terminal))
    yield Equal(Symbol("J_op"), OPTIMUM_P, maximum(eq_13(4 * J**2), J).point)


def without_the_condition(right: bool) -> Iterator[Statement]:
    """J_op of the reciprocal star does not decrease from one battery to four; corrected: it is κ/(2√N), too."""
    if right:
        yield from best_of_reciprocal_star()
    else:
        four, one = (OPTIMUM_P.subs(N, size) for size in (4, 1))
        yield AtLeast(four, one, Equation(Symbol("J_op(4)"), Symbol("J_op(1)"), "≥"))


# -- at the optimum -----------------------------------------------------------------------------------------


def stars_at_best(right: bool) -> Iterator[Statement]:
    """E of the two stars at J_op^p, N = (1 + s)²; corrected: J_op^p is the reciprocal star's own optimum, too.

    It is the geometric mean of the ends of the window of Eq. (14), and E_rc/E_nr = (1 + √N)⁴/(16N) there.
    """
    at = {J: OPTIMUM_P, Γ: 2 * OPTIMUM_P}
    nc, rc = eq_9(N).subs(at), eq_13(4 * J**2).subs(at)
    if right:
        yield from one_way()
        yield from best_of_reciprocal_star()
        yield Equal(Symbol("J_op") ** 2, κ / (2 * N) * κ / 2, OPTIMUM_P**2)
        yield Equal(RC / NC, (1 + sqrt(N)) ** 4 / (16 * N), canonical(rc / nc))
    pair = (rc, nc) if right else (nc, rc)
    yield AtLeast(*pair, Equation(NC, RC, "≤" if right else "≥"), {N: (1 + s) ** 2})


def chains_at_best(size: int) -> tuple[Expr, Expr]:
    """E of the nonreciprocal and of the reciprocal chain at J_op^c, in units of ωε²/κ²."""
    units = {κ: 1, ε: 1, ω: 1}
    best = OPTIMUM_C.subs({N: size, κ: 1})
    nc = eq_5(size).subs({Γ: 2 * best, **units})
    return nc, (1 / best / fibonacci(size + 2, 1 / (2 * best))) ** 2


def chains_compared(right: bool) -> Iterator[Statement]:
    """E_nr ≥ E_rc at J_op^c; corrected: for odd N only, and E_rc ≥ E_nr for even N."""
    if right:
        yield from (*solved(), *compared())
    for size in SHOWN[1:]:
        nc, rc = chains_at_best(size)
        ahead = size % 2 == 1 or not right
        pair = (nc, rc) if ahead else (rc, nc)
        yield AtLeast(*pair, Equation(NC, RC, "≥" if ahead else "≤"))


def odd_and_even(right: bool) -> Iterator[Statement]:
    """|b_N| of the reciprocal chain of even N at its J_op^c against that of N − 1 at its own."""
    if right:
        yield from solved()
    for size in SHOWN[1::2]:
        own, shorter = (chains_at_best(n)[1] for n in (size, size - 1))
        ahead = size > 2 or not right
        pair = (own, shorter) if ahead else (shorter, own)
        yield AtLeast(*pair, Equation(LONGER, SHORTER, "≥" if ahead else "≤"))


def claim(
    label: str,
    title: str,
    statements: Callable[[bool], Iterable[Statement]],
    because: str,
    scope: str,
    condition: str,
    other: str,
    instead: Equation,
) -> Claim:
    """What is said of both networks at J_op, and the other way round."""
    return Claim(
        label,
        title,
        lambda: statements(False),
        lambda: statements(True),
        because,
        scope=scope,
        method="bound",
        form=Equation(NC, RC, "≥"),
        corrected_form=instead,
        departure=Departure("condition", condition, ("at J = J_op, where Fig. 3 is drawn", other)),
    )


SECTION_II = (
    Claim(
        "Abstract, parity elsewhere",
        "The parity effect is absent in nonreciprocal and in parallel networks",
        no_parity,
        scope=ALL,
        form=Equation(Symbol("E_(N+1)/E_N"), (2 * Γ / (2 * Γ + κ)) ** 2),
        because="At any fixed coupling: the displayed ratio of the nonreciprocal chain is the same for odd "
        "and even N; those of the two stars are below one and rise with N.",
    ),
    Claim(
        "Below Eq. (10), limitation",
        "J_op^p decreases with N due to the nonreciprocity condition, read as: without it, it would not",
        lambda: without_the_condition(False),
        lambda: without_the_condition(True),
        "The reciprocal star, which has no cooperative dissipation and no condition, has the same J_op = κ/(2√N): "
        "there its collective coupling √N J is κ/2, whatever N is.",
        scope=ALL,
        form=Equation(Symbol("J_op(4)"), Symbol("J_op(1)"), "≥"),
        corrected_form=Equation(Symbol("J_op"), OPTIMUM_P),
        departure=Departure(
            "error", "",
            ("the condition is the reason", "with the condition, J = Γ/2, it decreases: holds, see Eq. (10)"),
        ),
    ),
    Claim(
        "Below Eq. (10), J < J_op",
        "Below J_op the charger holds more than a battery",
        each_below,
        scope=ALL,
        method="bound",
        form=SAME,
        because="More than each battery of a chain or a star, up to J_op (for N = 1 equal there). As J → 0 the "
        "batteries' share vanishes as J². The other reading is below.",
    ),
    Claim(
        "Below Eq. (10), J < J_op, together",
        "Below J_op the injected energy is predominantly in the charger (parallel, all batteries together)",
        all_below,
        all_below_half,
        "For N ≥ 2 it is so only up to J = κ/(2(2√N − 1)), half of J_op for large N: at J_op the N batteries hold "
        "4/(1 + 1/√N)² times the energy of the charger. In Fig. 2(d) itself, at J < J_op, both hold 1.28 "
        "times as much as it.",
        scope=ALL,
        method="bound",
        form=Equation(J, κ / (2 * sqrt(N)), "<"),
        corrected_form=Equation(J, κ / (2 * (2 * sqrt(N) - 1)), "<"),
        departure=Departure(
            "condition", "N = 1, or J < κ/(2(2√N − 1))",
            (
                "the charger holds more than all batteries together",
                "the charger holds more than each battery: holds, see Below Eq. (10), J < J_op",
            ),
        ),
    ),
    Claim(
        "Below Eq. (10), J < J_op, together, cascaded",
        "The same of a chain: the injected energy is predominantly in the charger, all batteries together",
        all_below_in_chain,
        all_below_in_chain_up_to,
        "Up to J = κ/2, which is J_op of N = 1, for every N. J_op grows with N, and with it what the batteries hold "
        "there together: 1.48 times the energy of the charger for N = 2. In Fig. 2(a) it is 0.54 times.",
        scope=ALL,
        method="bound",
        form=Equation(J, OPTIMUM_C, "<"),
        corrected_form=Equation(J, κ / 2, "≤"),
        departure=Departure(
            "condition", "N = 1, or J ≤ κ/2",
            (
                "the charger holds more than all batteries together",
                "the charger holds more than each battery: holds, see Below Eq. (10), J < J_op",
            ),
        ),
    ),
    Claim(
        "Below Eq. (10), trade-off",
        "Beyond J_op the approach is faster and the steady energy smaller; there is always a peak",
        trade_off,
        scope=ALL,
        method="bound",
        form=Equation(Symbol("dE/dJ"), Integer(0), "≤"),
        because="dE/dJ ≥ 0 below J_op and ≤ 0 above, both topologies; the slowest rate is (Γ + κ)/2.",
    ),
)
SECTION_III = (
    claim(
        "Sec. III, terminal energy, parallel",
        "The nonreciprocal network improves the steady-state terminal energy (parallel, J = J_op)",
        stars_at_best,
        "At J_op, where Fig. 3(b) is drawn, the reciprocal star stores (1 + √N)⁴/(16N) times as much (equal for N = 1)."
        " J_op^p is the geometric mean of the ends of the window of Eq. (14), and the reciprocal star's own optimum: "
        "for N ≥ 2 the other reaches its energy at no coupling. Outside the window the sentence holds.",
        ALL,
        "J is outside the window of Eq. (14)",
        "outside that window: holds, see Eq. (14)",
        Equation(NC, RC, "≤"),
    ),
    claim(
        "Sec. III, terminal energy, cascaded",
        "The nonreciprocal network improves the steady-state terminal energy (cascaded, J = J_op)",
        chains_compared,
        "At J_op, where Fig. 3(a) is drawn, it does for odd N (by 9% for N = 3 to 20% for N = 11; equal for N = 1), "
        "and the reciprocal chain stores 35% to 42% more for even N, displayed. At weak coupling it holds for every N.",
        UP_TO_12,
        "N is odd, or the coupling is weak",
        "at weak coupling: holds, see Sec. III, weak coupling",
        Equation(Symbol("E_2k^nr"), Symbol("E_2k^rc"), "≤"),
    ),
    Claim(
        "Fig. 3(a), odd and even",
        "An even reciprocal chain stores more than the odd one before it, each at its own J_op",
        lambda: odd_and_even(False),
        lambda: odd_and_even(True),
        "From N = 4 on (up to 12). For N = 2 not: 0.705 of the energy of N = 1. See Eq. (B16) for equal couplings.",
        scope=UP_TO_12,
        method="bound",
        form=Equation(LONGER, SHORTER, "≥"),
        corrected_form=Equation(Symbol("|b_2|"), Symbol("|b_1|"), "≤"),
        departure=Departure("condition", "N ≥ 4"),
    ),
)
