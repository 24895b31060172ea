"""Liu, Chen, Wu, Chen and Su 2026: Eqs. (4), (5), (8), (9), (11)–(13) for every number of batteries.

Uniform networks are families whose closed forms the engine finds; its proof substitutes them into the rows of the
drift matrix at a symbolic position. With all parameters distinct the proof is by induction along the links: each link
adds the entries u and v off the diagonal of −W and a rate to each of its two ends, which are read off a network of
two modes with the letters of a general index, and a row of −W is the sum of what its links add.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Add, Expr, ImmutableMatrix, Integer, Sum, Symbol, binomial

from derive import families
from derive.builders import chain, positive
from derive.claims import Equal, Statement
from derive.counts import FamilyState, closed_form, closed_form_residual, network_residual, squared_modulus
from derive.derivation import Equation
from derive.families import COUNT, Entries, Family
from derive.kernel import abs_squared
from derive.papers.liu2026_letters import (
    SIZES,
    J,
    damping,
    eq_4,
    loss_rate,
    mu,
    shared_rate,
    stored,
    weight,
    ε,
    κ,
    ω,
)
from derive.recurrence import LOOPS, SUMMED

m = Symbol("m", positive=True, integer=True)


# -- uniform networks ----------------------------------------------------------------------------------------


def solved(state: FamilyState) -> Iterator[Statement]:
    """The closed forms of a family: substituted into its rows for all counts, and into networks of one to three."""
    name = Symbol("W") * Symbol("<a>") + Symbol("f")
    for residual in (closed_form_residual(state), *(network_residual(state, {COUNT: n}) for n in (1, 2, 3))):
        yield Equal(name, ImmutableMatrix.zeros(*residual.shape), ImmutableMatrix(residual))


def uniform(name: str, family: Family, printed: Expr) -> Iterator[Statement]:
    """The printed energy of the last battery for every N."""
    state = closed_form(family)
    energy = state.energy(*state.terminal)
    yield from solved(state)
    yield from (Equal(Symbol(name), printed.subs(COUNT, n), energy.subs(COUNT, n)) for n in SIZES)
    yield Equal(Symbol(name), printed, energy)


# -- all parameters distinct, Eqs. (4) and (8) ---------------------------------------------------------------


def link(tail: str | int, head: str | int) -> Entries:
    """What the link from one mode to another adds to −W, with the letters of their indices; Γ has that of the head."""
    net = chain(1, "nonreciprocal", distinct=True).subs(
        {weight(0): _weight(tail), weight(1): _weight(head), shared_rate(1): shared_rate(head)}
    )
    kept = tuple(bath for bath in net.baths if len(bath.legs) == 2)
    return families.Link(type(net)(net.modes, net.couplings, (), kept), "a", "b_1").entries()


def _weight(index: str | int) -> Symbol:
    return weight(index) if isinstance(index, int) else Symbol(f"p_{index}")


def _ratio(before: str | int, rate: Expr) -> Expr:
    """|⟨b_n⟩|²/|⟨b_before⟩|² from row n: u⟨b_before⟩ + rate ⟨b_n⟩ = 0 with what b_n itself loses at `rate`."""
    return squared_modulus(link(before, "n").onward / rate)


def along_the_chain(last: bool) -> Iterator[Statement]:
    """Eq. (4) from n − 1 to n: isolation, the charger's energy, and the ratio of neighbours, for any Γ, κ and p."""
    inner, onward = link("before", "n"), link("n", "next")
    own = positive("kappa_n") / 2 + inner.head + (Integer(0) if last else onward.tail)
    defined = {mu("n"): _weight("before").conjugate() * _weight("n"), damping("n"): _printed_rate(last)}
    charger = loss_rate(0) / 2 + link(0, "n").tail
    lambda_0 = {damping(0): shared_rate("n") * abs_squared(weight(0)) + loss_rate(0)}
    printed = eq_4(3) / eq_4(2)
    general = {mu(3): mu("n"), shared_rate(3): shared_rate("n"), damping(3): damping("n")}
    general |= {mu(3).conjugate(): mu("n").conjugate()}
    yield Equal(Symbol("W_(n-1,n)"), Integer(0), inner.back)
    yield Equal(Symbol("E_0^ss"), eq_4(0), ω * squared_modulus(ε / charger), lambda_0)
    yield Equal(Symbol("E_n^ss") / Symbol("E_before"), printed.xreplace(general), _ratio("before", own), defined)


def _printed_rate(last: bool) -> Expr:
    shared = shared_rate("n") if last else shared_rate("n") + shared_rate("next")
    return shared * abs_squared(_weight("n")) + positive("kappa_n")


def around_the_charger(printed: Callable[[int | str, int], Expr]) -> Iterator[Statement]:
    """Eq. (8) for any N: Λ_0 grows by Γ|p_a|² with every branch, and a battery follows the charger at its own Λ_n."""
    branch = link(0, "n")
    own = positive("kappa_n") / 2 + branch.head
    before, after = (positive(f"Lambda_{x}") for x in ("before", "after"))
    defined = {
        mu("n"): weight(0).conjugate() * _weight("n"),
        damping("n"): shared_rate("n") * abs_squared(_weight("n")) + positive("kappa_n"),
    }
    energy = ω * squared_modulus(2 * ε / damping(0)) * squared_modulus(branch.onward / own)
    yield Equal(Symbol("W_0n"), Integer(0), branch.back)
    yield Equal(after, before + shared_rate("n") * abs_squared(weight(0)), 2 * (before / 2 + branch.tail))
    yield Equal(Symbol("E_n^ss"), printed("n", 0), energy, defined)


# -- the reciprocal chain, Eqs. (11) and (12) ----------------------------------------------------------------


def constant(odd: int, half: Expr | int, j: Expr | int) -> Expr:
    """a(j) for N = 2`half` − 1 (odd = 1) or b(j) for N = 2`half` (odd = 0): 4^{half−j} times a binomial coefficient."""
    if odd:
        return 4 ** (half - j) * binomial(half + j, 2 * j)
    return 4 ** (half - j) * binomial(half + 1 + j, 2 * j + 1)


def eq_11(size: int) -> Expr:
    """Eqs. (11) (odd N) and (12) (even N) with the constants that the engine finds."""
    odd, half = size % 2, (size + 1) // 2
    terms = (constant(odd, half, j) * J ** (2 * (half - j)) * κ ** (2 * j + 1 - odd) for j in range(half + 1))
    return ω * (2 ** (size + 1) * J**size * ε / Add(*terms)) ** 2


def odd_and_even(odd: int) -> Iterator[Statement]:
    """Eq. (11) or (12) for every odd or even N.

    D_{N+1} is a sum of binomials by induction (Pascal's rule), E_N = ω(J^N ε/D_{N+1})², and 2^{N+1}D_{N+1} has the
    printed terms, counted from the other end.
    """
    state = closed_form(families.chain(), "binomial")
    energy = state.energy(*state.terminal)
    (sum_,) = energy.atoms(Sum)
    whole = Symbol("D", positive=True)
    n = 2 * m if odd else 2 * m + 1  # N + 1
    summand = sum_.function.xreplace({COUNT: n - 1, SUMMED: m - LOOPS})
    printed = constant(odd, m, LOOPS) * J ** (2 * (m - LOOPS)) * κ ** (2 * LOOPS + 1 - odd)
    sizes = (size for size in SIZES if size % 2 == odd)
    yield from solved(state)
    yield Equal(Symbol("E_N^ss"), ω * (J**COUNT * ε / whole) ** 2, energy.xreplace({sum_: whole}))
    yield Equal(Symbol("D_j"), printed, 2**n * summand)
    yield from (stored("E_N^ss", eq_11(size), chain(size), size) for size in sizes)


def shown(odd: int) -> Equation:
    """Eq. (11) or (12) with the constants a(j) or b(j), which the paper does not print, put in."""
    half = (COUNT + 1) / 2 if odd else COUNT / 2
    term = constant(odd, half, LOOPS) * J ** (2 * (half - LOOPS)) * κ ** (2 * LOOPS + 1 - odd)
    whole = Sum(term, (LOOPS, 0, half))
    return Equation(Symbol("E_N^ss"), ω * (2 ** (COUNT + 1) * J**COUNT * ε / whole) ** 2)
