"""Zhao, Xie, Huang and Zhang 2025: Eqs. (2)–(5) for every number of batteries.

Rows of −W are sums of what the links add, read off a triangle with its lossy mode eliminated, which is exact in the
steady state. Uniform networks are families whose closed forms the engine finds and proves at a symbolic position.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, ImmutableMatrix, Sum, Symbol, binomial, pi, sqrt

from derive import families
from derive.builders import positive, real
from derive.claims import Equal, Statement
from derive.counts import FamilyState, closed_form, closed_form_residual, network_residual, squared_modulus
from derive.derivation import Equation
from derive.families import COUNT, Branch, Entries, Family, Link, Node
from derive.kernel import canonical
from derive.network import Network
from derive.papers.zhao2025_letters import SIZES, ZERO, Γ, eq_3, eq_5, g_b, gamma, γ, γ_c, ξ
from derive.recurrence import LOOPS, SUMMED

m = Symbol("m", positive=True, integer=True)


def tuned(phase: Expr) -> Link:
    """The triangle with g_1 = g_2 = √(g_b Γ/2) at a phase θ."""
    found = families.triangle()
    balanced = {positive(g): sqrt(g_b * Γ / 2) for g in ("g_1", "g_2")}
    return Link(found.net.subs({real("theta"): phase, **balanced}), found.tail, found.head)


def direct(phase: Expr) -> Link:
    """Reciprocal case I: the direct interaction alone."""
    found = families.triangle()
    (alone,) = (c for c in found.net.couplings if found.between[0] not in (c.a, c.b))
    ends = tuple(mode for mode in found.net.modes if mode.name not in found.between)
    return Link(Network(ends, (alone,)).subs({real("theta"): phase}), found.tail, found.head)


def in_series(link: Link) -> FamilyState:
    """N batteries in series, in closed form."""
    return closed_form(Family(Node(γ, (Branch(link, Node(γ), length=COUNT),)), "Chain", "c", ξ))


def solved(state: FamilyState) -> Iterator[Statement]:
    """The closed forms of a family: substituted into its rows for all counts, and into networks of one and two."""
    name = Symbol("W") * Symbol("<b>") + Symbol("f")
    for residual in (closed_form_residual(state), *(network_residual(state, {COUNT: n}) for n in (1, 2))):
        yield Equal(name, ImmutableMatrix.zeros(*residual.shape), ImmutableMatrix(residual))


def stored(state: FamilyState) -> Expr:
    """E_N/ω of the last battery."""
    return state.energy(*state.terminal) / state.family.frequency


# -- cascaded, Eqs. (2) and (3) ------------------------------------------------------------------------------


def nonreciprocal_chain() -> Iterator[Statement]:
    """Eq. (3) for every N."""
    state = in_series(tuned(-pi / 2))
    name = Symbol("E_N^nr") / Symbol("omega")
    yield from solved(state)
    yield from (Equal(name, eq_3(n), stored(state).subs(COUNT, n)) for n in SIZES)
    yield Equal(name, eq_3(COUNT), stored(state))


def no_parity() -> Iterator[Statement]:
    """E_{N+1}/E_N of Eq. (3) is one number, for every N."""
    state = in_series(tuned(-pi / 2))
    found = canonical(stored(state).subs(COUNT, COUNT + 1) / stored(state))
    yield from solved(state)
    yield Equal(Symbol("E_(N+1)/E_N"), (4 * g_b / (4 * g_b + γ)) ** 2, found)


def constant(odd: int, half: Expr, j: Expr) -> Expr:
    """a(j) for N = 2`half` − 1 (odd = 1) or b(j) for N = 2`half` (odd = 0)."""
    if odd:
        return 4 ** (half - j) * binomial(half + j, 2 * j)
    return 4 ** (half - j) * binomial(half + 1 + j, 2 * j + 1)


def reciprocal_chain() -> Iterator[Statement]:
    """Eq. (2) for every N and any phases, with its constants.

    Phases leave uv of a link and |u| alone, and so all that the recurrence and the energies are made of.
    """
    theta = real("theta")
    free, fixed = direct(theta).entries(), direct(ZERO).entries()
    state = closed_form(in_series(direct(ZERO)).family, "binomial")
    (sum_,) = stored(state).atoms(Sum)
    whole = Symbol("D", positive=True)
    yield from solved(state)
    yield Equal(Symbol("uv"), fixed.loop, free.loop)
    yield Equal(Symbol("|u|^2"), squared_modulus(fixed.onward), squared_modulus(free.onward))
    yield Equal(Symbol("E_N^r1"), (g_b**COUNT * ξ / whole) ** 2, stored(state).xreplace({sum_: whole}))
    for odd in (1, 0):
        n = 2 * m + 1 - odd  # N + 1
        summand = sum_.function.xreplace({COUNT: n - 1, SUMMED: m - LOOPS})
        printed = constant(odd, m, LOOPS) * g_b ** (2 * (m - LOOPS)) * γ ** (2 * LOOPS + 1 - odd)
        yield Equal(Symbol("D_j"), printed, 2**n * summand)


HALF = (COUNT + 1) / 2
TERM = constant(1, HALF, LOOPS) * g_b ** (2 * (HALF - LOOPS)) * γ ** (2 * LOOPS)
EQ_2 = Equation(  # of odd N, with its constants a(j) put in
    Symbol("E_N^r1") / Symbol("omega"), (2 ** (COUNT + 1) * g_b**COUNT * ξ / Sum(TERM, (LOOPS, 0, HALF))) ** 2
)


# -- parallel, Eqs. (4) and (5) ------------------------------------------------------------------------------


def branch(link: Link) -> tuple[Entries, Expr]:
    """What a link adds, and |⟨b_k⟩/⟨c⟩|² of a battery with a rate of its own where nothing else hangs on it."""
    entries = link.entries()
    return entries, squared_modulus(entries.onward / (gamma("k") / 2 + entries.head))


def reciprocal_star() -> Iterator[Statement]:
    """Eq. (4), corrected, for every N: P = Π γ_b and Q = Σ P/γ_b under one more battery, and E_k from S = Q/P.

    A battery takes 2uv/γ_b^(k) off the charger's rate, so that it is γ_c/2 + 2g_b²S with S = Σ 1/γ_b.
    """
    entries, followed = branch(direct(ZERO))
    p, q = positive("P"), positive("Q")
    own = gamma("k")
    rate = γ_c / 2 - entries.loop * 2 * q / p
    yield Equal(Symbol("Q/P"), (q * own + p) / (p * own), q / p + 1 / own)
    yield Equal(Symbol("W_cc"), ZERO, entries.tail)
    yield Equal(
        Symbol("E_k^r1"),
        16 * ξ**2 * g_b**2 * (p / own) ** 2 / (4 * g_b**2 * q + γ_c * p) ** 2,
        (ξ / rate) ** 2 * followed,
    )


def nonreciprocal_star() -> Iterator[Statement]:
    """Eq. (5) for every N: nothing flows back, so every battery adds its rate and takes nothing off."""
    entries, followed = branch(tuned(-pi / 2))
    rate = γ_c / 2 + COUNT * entries.tail
    yield Equal(Symbol("W_cb"), ZERO, entries.back)
    yield Equal(Symbol("E_k^nr"), eq_5(COUNT, gamma("k"), γ_c), (ξ / rate) ** 2 * followed)


# -- one link in two alphabets -------------------------------------------------------------------------------


def one_link() -> Iterator[Statement]:
    """The isolating triangle adds to every row what Liu's nonreciprocal link does, with Γ = 2g_b: so for every N."""
    theirs = families.link("nonreciprocal").entries()
    mine, book = tuned(-pi / 2).entries(), {Γ: 2 * g_b}
    yield from (
        Equal(Symbol(name), getattr(theirs, field).subs(book), getattr(mine, field))
        for name, field in (("W_bc", "onward"), ("W_cb", "back"), ("W_cc", "tail"), ("W_bb", "head"))
    )
