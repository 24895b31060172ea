"""The arguments of Liu et al. 2026: cascaded and parallel networks, nonreciprocal and reciprocal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from sympy import Add, Expr, I, Rational, Sum, Symbol, cosh, sinh, sqrt

from derive import families
from derive.abbreviations import Letters, abbreviated
from derive.appendix import microscopic, motion
from derive.builders import Build, chain, positive, star
from derive.claims import Statement
from derive.counts import FamilyState, closed_form
from derive.derivation import Derivation, Equation, Step
from derive.evolution import steady_state
from derive.kernel import abs_squared, conjugated
from derive.langevin import Langevin, langevin
from derive.network import Network
from derive.papers.liu2026_counts import along_the_chain, around_the_charger
from derive.papers.liu2026_dynamics import any_3, as_displayed, first_battery, one_battery_more
from derive.papers.liu2026_letters import any_4, damping, loss_rate, mu, shared_rate, weight
from derive.recurrence import ANGLE, INDEX, SCALE, closed, closed_residual
from derive.resting import steady_steps
from derive.stories.formulas import (
    CASCADED_ENERGY,
    CASCADED_STABLE,
    EPSILON,
    GAMMA,
    KAPPA,
    OMEGA,
    PARALLEL_ENERGY,
    RECIPROCAL_STAR_ENERGY,
    J,
    N,
    link_by_link,
    stationary_point,
)  # fmt: skip
from derive.stories.induction import (
    NOW,
    along,
    determinants,
    leaves,
    one_way,
    rows,
    stored,
    stored_by_determinant,
)
from derive.stories.transients import in_time, star_in_time, where_rates_meet

ETA = positive("eta")


def liu_letters(eq: Langevin, net: Network) -> Letters:
    """Λ_k = −2 Re W_kk and μ_k = p_i* p_k of every link, as below Liu Eqs. (3) and (7)."""
    rates = [(positive(f"Lambda_{k}"), summed(-2 * eq.drift[k, k])) for k in range(len(eq.modes))]
    weights = [dict(bath.jump) for bath in net.baths if len(bath.jump) == 2]
    products = []
    for k, legs in enumerate(weights, start=1):
        first, second = legs.values()
        products.append((Symbol(f"mu_{k}"), conjugated(first) * second))
    return Letters((*rates, *products))


def summed(e: Expr) -> Expr:
    """A sum whose terms carry their numbers themselves, as Γ_1|p_a|² + κ_a: no number in front of a bracket."""
    return Add(*(term for part in Add.make_args(e) for term in Add.make_args(part.expand())))


def nonreciprocal(build: Build, title: str, uniform: Sequence[Step]) -> Derivation:
    """From the master equation of two batteries with general couplings to isolation, energies and optimum."""
    general, isolated = build(2, "general", distinct=True), build(2, "nonreciprocal", distinct=True)
    eq = langevin(general)
    letters = liu_letters(eq, general)
    short = abbreviated(eq, letters)
    steps = [
        *microscopic(general),
        letters.step(
            "Every mode decays at the total rate $\\Lambda_k$, and every link carries the product $\\mu_k$ of its "
            "weights,"
        ),
        *motion(general, short, letters),
    ]
    cut = langevin(isolated)
    lower = abbreviated(cut, letters)
    chosen = [
        replace(c, strength=Rational(1, 2) * I * positive(f"Gamma_{k}") * Symbol(f"mu_{k}"))
        for k, c in enumerate(general.couplings, start=1)
    ]
    drift = letters.written_out(langevin(replace(general, couplings=tuple(chosen))).drift)
    steps.append(
        Step(
            "isolation",
            tuple(Equation(c.strength, new.strength) for c, new in zip(general.couplings, chosen, strict=True)),
            "Nothing flows back along a link if its upper entry of the drift matrix vanishes, that is for",
            "nonreciprocity",
            [*(drift[i, j] for i in range(drift.rows) for j in range(i + 1, drift.cols)), *(drift - cut.drift)],
            ("drift",),
        )
    )
    steps.append(
        Step(
            "lower-drift",
            Equation(Symbol("W"), lower.drift),
            "This is $\\theta_k = \\pi/2$, $\\mu_k = 1$ and $J_k = \\Gamma_k/2$, for example. "
            "The drift matrix is then triangular,",
            "nonreciprocity",
            letters.written_out(lower.drift) - cut.drift,
            ("isolation",),
        )
    )
    steps += in_time(lower, after="lower-drift")
    # the reduced equations have no noise in a vacuum, so that the abbreviated drift is all that the steady state needs
    steps += steady_steps(lower, steady_state(lower), lower.modes, after="lower-drift")
    return Derivation(title, (*steps, *uniform))


def written_out(statements: Iterable[Statement]) -> list[Expr]:
    """Printed minus derived side of every statement, its definitions put in: zero if it holds."""
    return [(s.sides[0] - s.sides[1]).subs(s.where, simultaneous=True) for s in statements]


def every_link_different() -> Step:
    """Liu Eq. (4) for every N: a product over the links, by induction along them."""
    statements = tuple(along_the_chain(last=True))
    energy = any_4("n", N)
    charger, first = (energy.subs(N, n).doit() for n in (0, 1))
    _, zeroth, ratio = statements
    return Step(
        "different",
        Equation(Symbol("E_N"), energy),
        "For any number of batteries each follows the one before it, since nothing flows back, and by induction along "
        "the chain the last one, with all parameters different, stores",
        "induction",
        [charger - zeroth.sides[0], first / charger - ratio.sides[0], *written_out(statements)],
        ("energies",),
    )


def in_time_along_the_chain() -> Step:
    """Liu Eq. (3), with the right sign, for every N: by induction along the links from the first battery on."""
    shown = any_3(-1)
    return Step(
        "different-in-time",
        Equation(Symbol("E_n"), shown),
        "By the same induction, with all rates different, battery $n$ of any number $N$ has in time, with its steady "
        "energy $\\mathcal{A}_n$, the product $V_n$ of all $\\Lambda_m - \\Lambda_j$ for $m < j \\leq n$, "
        "$V_n^{(p)}$ the same without $\\Lambda_p$, and $\\Pi_n = \\Lambda_0 \\Lambda_1 \\cdots \\Lambda_n$,",
        "induction",
        written_out((*islice(as_displayed(shown), 2), first_battery(shown), *one_battery_more())),
        ("energies-in-time", "different"),
    )


def every_branch_different() -> Step:
    """Liu Eq. (8) for every N: the charger's rate is a sum over the branches, by induction over their number."""
    index = Symbol("m", positive=True, integer=True)
    energy = 16 * OMEGA * EPSILON**2 * abs_squared(mu("n")) * shared_rate("n") ** 2 / (damping(0) * damping("n")) ** 2
    statements = around_the_charger(lambda n, charger: energy)
    branches = Sum(shared_rate("m"), (index, 1, N))
    rate = loss_rate(0) + abs_squared(weight(0)) * branches
    two = langevin(star(2, "nonreciprocal", distinct=True))
    return Step(
        "different",
        (Equation(damping(0), rate), Equation(Symbol("E_n"), energy)),
        "For any number of batteries every branch adds its rate to the charger's and takes nothing from it, so that "
        "with all parameters different",
        "induction",
        [*written_out(statements), rate.subs(branches, shared_rate(1) + shared_rate(2)) + 2 * two.drift[0, 0]],
        ("energies",),
    )


def cascaded() -> Derivation:
    """Liu Eqs. (A1) → (4) → (5) → (A9) → (10)."""
    state = closed_form(families.chain(scheme="nonreciprocal"))
    steps = (
        every_link_different(),
        in_time_along_the_chain(),
        rows(
            state,
            "With equal rates $\\Gamma_k = \\Gamma$, $\\kappa_k = \\kappa$ and $\\mu_k = 1$ the amplitudes of any "
            "number $N$ of batteries obey, with $b_0 = a$ and $1 \\leq k < N$,",
            ("lower-drift",),
        ),
        one_way(state, "Row by row from the charger, by induction over $k$,"),
        stored(state, "E_N", CASCADED_ENERGY, "For every $N$ the last battery therefore stores", ("along",)),
    )
    optimum = stationary_point(CASCADED_ENERGY, GAMMA, "J_op")
    links = link_by_link(CASCADED_ENERGY, CASCADED_STABLE)
    together = where_rates_meet(
        chain,
        2,
        "Equal batteries have equal rates: in the form above their energies in time are $0/0$. Divided differences are "
        "regular there; the last of two equal batteries holds",
    )
    return nonreciprocal(chain, "Cascaded network with nonreciprocal couplings", (*steps, links, together, *optimum))


def parallel() -> Derivation:
    """Liu Eqs. (A5) → (8) → (9) → (A10) → (10)."""
    state = closed_form(families.star(scheme="nonreciprocal"))
    steps = (
        every_branch_different(),
        leaves(
            state,
            "With equal rates $\\Gamma_k = \\Gamma$, $\\kappa_k = \\kappa$ and $\\mu_k = 1$ any number $N$ of "
            "batteries has one and the same amplitude,",
            ("lower-drift",),
        ),
        stored(state, "E_N", PARALLEL_ENERGY, "For every $N$ each battery therefore stores", ("rows",)),
    )
    optimum = stationary_point(PARALLEL_ENERGY, GAMMA, "J_op")
    return nonreciprocal(star, "Parallel network with nonreciprocal couplings", (*steps, *optimum))


def reciprocal_chain() -> Derivation:
    """Liu Eqs. (B1)–(B4) for three batteries, then the energies (11), (12) of every N, in three forms."""
    net = chain(3)
    eq = langevin(net)
    state = closed_form(families.chain())
    return Derivation(
        "Cascaded network with reciprocal couplings",
        (
            *microscopic(net),
            *motion(net, eq),
            *steady_steps(eq, steady_state(eq), eq.modes),
            rows(state, "Any number $N$ of batteries obeys, with $b_0 = a$ and $1 \\leq k < N$,", ("drift",)),
            *determinants(state),
            along(
                state,
                "Put into these rows, the recurrence of the determinants makes them zero at every $k$, so that "
                "for every $N$, with $D = D_{N+1}$,",
            ),
            stored_by_determinant(state, "E_N", "The last battery has $D_0 = 1$ and stores"),
            *odd_and_even(state),
        ),
    )


def odd_and_even(state: FamilyState) -> tuple[Step, Step]:
    """Liu Eqs. (11) and (12) in hyperbolic functions: sinh for even N, cosh for odd N."""
    form = closed(state.rows[0].form.recurrence, "alternating")  # type: ignore[union-attr]
    value = form.value.xreplace({SCALE: J, ANGLE: ETA})
    half, kappa = Symbol("m", positive=True, integer=True), 4 * J * sinh(ETA)
    parities = []
    for name, n, turn in (("E_even", 2 * half, sinh), ("E_odd", 2 * half - 1, cosh)):
        below = J * turn((N + 2) * ETA)
        energy = OMEGA * (EPSILON * cosh(ETA) / below) ** 2
        whole = value.subs(INDEX, N + 1)
        # multiplied by denominators that are positive
        wrong = energy * (below * whole) ** 2 - OMEGA * (J**N * EPSILON * below) ** 2
        parities.append((Equation(Symbol(name), energy), wrong.subs(N, n)))
    return (
        Step(
            "angle",
            (Equation(KAPPA, kappa), Equation(NOW, value)),
            "With an angle $\\eta$ in place of $\\kappa/J$ the roots are $J e^{\\eta}$ and $-J e^{-\\eta}$,",
            "hyperbolic functions",
            [
                *(e.xreplace({ANGLE: ETA}) for e in closed_residual(form)),
                value.subs(INDEX, 1) - form.recurrence.last.subs(KAPPA, kappa),
            ],
            ("closed",),
        ),
        Step(
            "parity",
            tuple(equation for equation, _ in parities),
            "The signs of the second root make the last battery of an even chain differ from that of an odd one,",
            "parity",
            [residual for _, residual in parities],
            ("energy", "angle"),
        ),
    )


def reciprocal_star() -> Derivation:
    """Liu Eq. (13) and the window (14)."""
    net = star(2)
    eq = langevin(net)
    state = closed_form(families.star())
    above, below = Symbol("E_rc"), Symbol("E_nc")
    more = (2 * N * J - KAPPA) * (KAPPA - 2 * J) / (2 * (4 * N * J**2 + KAPPA**2))
    ratio = sqrt(RECIPROCAL_STAR_ENERGY / PARALLEL_ENERGY.subs(GAMMA, 2 * J))
    return Derivation(
        "Parallel network with reciprocal couplings",
        (
            *microscopic(net),
            *motion(net, eq),
            *steady_steps(eq, steady_state(eq), eq.modes),
            leaves(state, "Any number $N$ of equal batteries has one and the same amplitude,", ("drift",)),
            stored(state, "E_N", RECIPROCAL_STAR_ENERGY, "For every $N$ each battery therefore stores", ("rows",)),
            star_in_time(state),
            Step(
                "window",
                Equation(sqrt(above / below) - 1, more),
                "With $E_{\\rm rc}$ for this energy and $E_{\\rm nc}$ for that of the nonreciprocal network at the "
                "same coupling, $\\Gamma = 2J$, the reciprocal one stores more only for $\\kappa/(2N) < J < "
                "\\kappa/2$,",
                "comparison",
                ratio - 1 - more,
                ("uniform",),
            ),
        ),
    )
