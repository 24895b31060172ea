"""Beyond the papers: stars of chains, combs and balanced trees, with reciprocal and with one-way links.

Each argument goes from the Hamiltonian to the energy of the last battery for every value of the counts, to the
coupling at which one-way links store most, and to how that coupling grows.
"""

from __future__ import annotations

from sympy import Add, Expr, Mul, Pow, Symbol, cosh, diff, fraction, sinh, sqrt

from derive import families
from derive.appendix import microscopic, motion
from derive.builders import positive
from derive.counts import FamilyState, closed_form, squared_modulus
from derive.derivation import Derivation, Equation, Step
from derive.families import ARMS, BRANCHING, COUNT, DEPTH, LENGTH, build
from derive.kernel import factored
from derive.langevin import langevin
from derive.network import Network
from derive.optimum import coefficients, logarithmic_slope, logarithmic_slope_residual, sign, split_residual
from derive.recurrence import ANGLE, INDEX, SCALE, closed
from derive.stories.formulas import EPSILON, GAMMA, KAPPA, OMEGA, J
from derive.stories.induction import along, determinants, one_way, rows, stored, stored_by_determinant

ETA = positive("eta")
PREFIX = "one-way-"


def arms() -> Derivation:
    """M arms of length L on one charger."""
    two_ways, forward = (closed_form(families.arms(scheme=s)) for s in ("reciprocal", "nonreciprocal"))
    net = build(two_ways.family, {ARMS: 2, LENGTH: 2})
    return Derivation(
        "Stars of chains",
        (
            *_microscopic(net),
            *_reciprocal(two_ways, "$M$ arms of $L$ batteries carry equal amplitudes, which obey"),
            *arms_by_parity(two_ways),
            *_nonreciprocal(forward),
            *optimum(forward, KAPPA * (LENGTH - 1) / 4, KAPPA * (LENGTH + 2) / 4),
            *worst(forward),
            _weak(two_ways, forward, 4**LENGTH),
        ),
    )


def combs() -> Derivation:
    """A chain with a leaf on each of its N + 1 nodes."""
    two_ways, forward = (closed_form(families.comb(scheme=s)) for s in ("reciprocal", "nonreciprocal"))
    net = build(two_ways.family, {COUNT: 1})
    return Derivation(
        "Combs",
        (
            *_microscopic(net),
            *_reciprocal(
                two_ways,
                "With the leaves eliminated, each by its own row, the charger and the $N$ batteries of the spine obey",
                "The leaf of the last battery of the spine, which has $D_0 = 1$, stores",
            ),
            *_nonreciprocal(forward, "leaf of the last battery of the spine"),
            *optimum(forward, KAPPA * (COUNT + 1) / 6, KAPPA * (COUNT + 4) / 6),
            *worst(forward),
            _weak(two_ways, forward, 4 ** (COUNT + 1)),
        ),
    )


def trees() -> Derivation:
    """A balanced tree of branching b and depth d."""
    two_ways, forward = (closed_form(families.tree(scheme=s)) for s in ("reciprocal", "nonreciprocal"))
    net = build(two_ways.family, {BRANCHING: 2, DEPTH: 2})
    return Derivation(
        "Balanced trees",
        (
            *_microscopic(net),
            *_reciprocal(two_ways, "The nodes of one level of a balanced tree carry equal amplitudes, which obey"),
            tree_as_chain(two_ways),
            *_nonreciprocal(forward),
            *optimum(
                forward,
                KAPPA * (DEPTH - 1) / (2 * (BRANCHING + 1)),
                KAPPA * (DEPTH + BRANCHING + 1) / (2 * (BRANCHING + 1)),
            ),
            *worst(forward),
            _weak(two_ways, forward, 4**DEPTH),
        ),
    )


# -- reciprocal links ----------------------------------------------------------------------------------------


def _microscopic(net: Network) -> tuple[Step, ...]:
    return (*microscopic(net), *motion(net, langevin(net)))


def _reciprocal(
    state: FamilyState, because: str, last: str = "The last battery has $D_0 = 1$ and stores"
) -> tuple[Step, ...]:
    length = state.rows[0].branch.length
    return (
        rows(state, f"{because}, with $b_0 = a$ and $1 \\leq k < {length}$,", ("drift",)),
        *determinants(state),
        along(
            state,
            "Put into these rows, the recurrence of the determinants makes them zero at every $k$, so that for all "
            "counts",
        ),
        stored_by_determinant(state, "E_rc", last),
    )


def arms_by_parity(state: FamilyState) -> tuple[Step, Step]:
    """Arms of even length approach an energy as J grows, arms of odd length have a peak; κ = 4J sinh η."""
    form = closed(state.rows[0].form.recurrence, "alternating")  # type: ignore[union-attr]
    value = form.value.xreplace({SCALE: J}).subs(ANGLE, ETA)
    half, kappa = Symbol("m", positive=True, integer=True), 4 * J * sinh(ETA)
    shown, residual = [Equation(KAPPA, kappa)], [value.subs(INDEX, 1) - form.recurrence.last.subs(KAPPA, kappa)]
    below: list[Expr] = []
    for name, n, first, second in (("E_even", 2 * half, cosh, sinh), ("E_odd", 2 * half - 1, sinh, cosh)):
        whole = 2 * sinh(ETA) * first((LENGTH + 1) * ETA) + ARMS * second(LENGTH * ETA)
        displayed = OMEGA * (EPSILON * cosh(ETA) / (J * whole)) ** 2
        own, loops = state.own.subs(KAPPA, kappa), state.rows[0].loops
        d = own * value.subs(INDEX, LENGTH) - loops * value.subs(INDEX, LENGTH - 1)
        residual.append((d - J ** (LENGTH + 1) * whole / cosh(ETA)).subs(LENGTH, n))
        residual.append(displayed * (J * whole) ** 2 - OMEGA * (EPSILON * cosh(ETA)) ** 2)
        shown.append(Equation(Symbol(name), displayed))
        below.append(whole)
    # J → ∞ is η → 0 with J sinh η = κ/4: both sinh η cosh η and what divides it vanish there.
    limit = OMEGA * (4 * EPSILON / (KAPPA * (ARMS * LENGTH + 2))) ** 2
    ratio = diff(sinh(ETA) * cosh(ETA), ETA).subs(ETA, 0) / diff(below[0], ETA).subs(ETA, 0)
    saturated = [limit - OMEGA * (4 * EPSILON / KAPPA * ratio) ** 2, below[0].subs(ETA, 0)]
    return (
        Step(
            "parity",
            tuple(shown),
            "With an angle $\\eta$ in place of $\\kappa/J$ the energy for even and for odd $L$ is",
            "hyperbolic functions",
            residual,
            ("closed", "energy"),
        ),
        Step(
            "saturation",
            Equation(Symbol("E_even"), limit, "→"),
            "As $J$ grows, $\\eta$ vanishes with $J \\sinh\\eta = \\kappa/4$, and arms of even length approach",
            "limit",
            saturated,
            ("parity",),
        ),
    )


def tree_as_chain(state: FamilyState) -> Step:
    """E of a tree of branching b at J is b^{−d} that of a chain of length d at √b J."""
    chain, there = closed_form(families.chain(DEPTH)), J * sqrt(BRANCHING)
    # E is ω(ε u^d/D)² of both: the powers of u and the determinants D are compared.
    determinants_agree = chain.below(0).subs(J, there) - state.below(0)
    sharing = BRANCHING**DEPTH
    power = (there**2) ** DEPTH / sharing - J ** (2 * DEPTH)
    return Step(
        "scaling",
        Equation(Symbol("E_rc"), Symbol("E_chain") / sharing),
        "All $b^d$ leaves share what the last battery of a chain of length $d$ stores at the coupling $\\sqrt{b} J$,",
        "equitable partition",
        [power, determinants_agree],
        ("energy",),
    )


# -- one-way links -------------------------------------------------------------------------------------------


def _nonreciprocal(state: FamilyState, last: str = "last battery") -> tuple[Step, ...]:
    energy = state.energy(*state.terminal)
    return (
        rows(
            state,
            "With $J = \\Gamma/2$ and a shared reservoir of rate $\\Gamma$ along every link nothing flows back, and",
            (),
            PREFIX,
        ),
        one_way(state, "Row by row from the charger, by induction over $k$,", PREFIX),
        stored(
            state,
            "E_nc",
            factored(energy),
            f"For all counts the {last} therefore stores",
            (f"{PREFIX}along",),
            f"{PREFIX}energy",
        ),
    )


def optimum(state: FamilyState, low: Expr, high: Expr) -> tuple[Step, Step]:
    """∂ ln E/∂Γ changes its sign once, from plus to minus, at a Γ = 2J between 2·low and 2·high."""
    energy = state.energy(*state.terminal)
    slope = logarithmic_slope(energy, GAMMA)
    above = fraction(slope)[0]
    found = coefficients(above.expand(), GAMMA)
    return (
        Step(
            f"{PREFIX}slope",
            Equation(Symbol("s"), _in_powers(slope)),
            "The energy rises and falls with $\\Gamma$ as $s = \\partial\\ln E_{\\mathrm{nc}}/\\partial\\Gamma$ is "
            "positive or negative,",
            "optimum",
            logarithmic_slope_residual(energy, GAMMA, _in_powers(slope)),
            (f"{PREFIX}energy",),
        ),
        Step(
            f"{PREFIX}optimum",
            (Equation(low, Symbol("J_op"), "≤"), Equation(Symbol("J_op"), high, "≤")),
            "In the powers of $\\Gamma$ the coefficients of the numerator change their sign once, whatever the sign of "
            "that of $\\Gamma^2$, so that there is one optimum. The numerator is positive at the lower and negative at "
            "the upper of these ends for all counts,",
            "optimum",
            _signs(found, above, 2 * low, 2 * high),
            (f"{PREFIX}slope",),
        ),
    )


def worst(state: FamilyState) -> tuple[Step, Step]:
    """The battery that feeds the last one stores less than it for Γ > κ, and most at a coupling in radicals.

    Along a one-way row each battery but the last stores less than the one before it. The ratio of the last two energies
    falls with Γ, so that the battery before the last one has its maximum at a smaller Γ.
    """
    *before, (branch, k) = state.terminal
    feeding = (*before, (branch, k - 1)) if k != 1 else tuple(before)
    last, less = state.energy(*state.terminal), state.energy(*feeding)
    ratio = ((GAMMA + KAPPA) / (2 * GAMMA)) ** 2
    row = state.rows[0]
    falls = (row.recurrence.rate**2 - squared_modulus(row.entries.onward), -logarithmic_slope(ratio, GAMMA))
    slope = logarithmic_slope(less, GAMMA)
    c_0, c_1, c_2 = coefficients(fraction(slope)[0].expand(), GAMMA)
    best = factored((c_1 + sqrt(factored(c_1**2 - 4 * c_0 * c_2))) / (-2 * c_2)) / 2
    return (
        Step(
            f"{PREFIX}worst",
            Equation(Symbol("E_feeding") / Symbol("E_nc"), ratio),
            "Amplitudes fall along one-way links, but not at the end, which leaks into one reservoir only. The "
            "battery that feeds the last one stores",
            "worst battery",
            [less - ratio * last, *(1 - (sign(e) or 0) for e in falls)],
            (f"{PREFIX}energy",),
        ),
        Step(
            f"{PREFIX}worst-optimum",
            (Equation(Symbol("s"), _in_powers(slope)), Equation(Symbol("J_feeding"), best)),
            "For $\\Gamma > \\kappa$ it is the worst of all (in rows of at least two), for $\\Gamma < \\kappa$ the "
            "last is. Its energy rises and falls with the sign of $s$ and is largest at the one positive root of the "
            "numerator, below $2 J_{\\mathrm{op}}$. The worst battery stores most there if this $J$ is at least "
            "$\\kappa/2$, at $J_{\\mathrm{op}}$ if that is at most $\\kappa/2$, and else at $\\kappa/2$,",
            "optimum",
            [
                logarithmic_slope_residual(less, GAMMA, _in_powers(slope)),
                split_residual(fraction(slope)[0].expand(), GAMMA, 2 * best),
                1 - (sign(c_0.subs(state.rows[0].branch.length, state.rows[0].branch.length + 1)) or 0),
                1 - (sign(-c_2) or 0),
            ],
            (f"{PREFIX}worst",),
            (state.rows[0].branch.length - 1,),  # in rows of at least two
        ),
    )


def _in_powers(slope: Expr) -> Expr:
    """A quotient whose numerator is collected in powers of Γ, with factored coefficients."""
    above, below = fraction(slope)
    return Add(*(factored(c) * GAMMA**k for k, c in enumerate(coefficients(above.expand(), GAMMA)))) / below


def _signs(found: tuple[Expr, ...], above: Expr, low: Expr, high: Expr) -> list[Expr]:
    """Zero if c_0, c_1, −c_3, the numerator `above` at Γ = low and minus it at Γ = high are proved positive."""
    wanted = (found[0], found[1], above.subs(GAMMA, low), -found[-1], -above.subs(GAMMA, high))
    return [1 - (sign(e) or 0) for e in wanted]


def _weak(two_ways: FamilyState, forward: FamilyState, gain: Expr) -> Step:
    """E_nc/E_rc → gain as J = Γ/2 → 0: both fall as the same power of J, with coefficients in this ratio."""
    power = 2 * Add(*(k for _, k in two_ways.terminal))
    found = [_weakest(state.energy(*state.terminal), x) for state, x in ((two_ways, J), (forward, GAMMA))]
    (first, weak), (second, stronger) = found
    return Step(
        f"{PREFIX}gain",
        Equation(Symbol("E_nc") / Symbol("E_rc"), gain, "→"),
        "At the same weak coupling $J = \\Gamma/2 \\to 0$ one-way links store more by",
        "limit",
        [first - power, second - power, 2**power * stronger - gain * weak],
        ("energy", f"{PREFIX}energy"),
    )


def _weakest(energy: Expr, x: Symbol) -> tuple[Expr, Expr]:
    """(p, c) with E = c x^p (1 + O(x)): the power of x in a product, and the rest of it at x = 0."""
    parts = [factor.as_base_exp() for factor in Mul.make_args(energy)]
    power = Add(*(exponent for base, exponent in parts if base == x))
    return power, Mul(*(Pow(*part) for part in parts if part[0] != x)).subs(x, 0)
