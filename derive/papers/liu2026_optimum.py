"""Liu, Chen, Wu, Chen and Su 2026: optimal couplings and reciprocal networks, Eqs. (10)–(14)."""

from __future__ import annotations

from sympy import Add, Expr, I, Integer, Symbol, diff, expand, expand_log, log, sqrt

from derive.builders import chain, positive, star
from derive.claims import AtLeast, Claim, Equal, Statement
from derive.derivation import Equation
from derive.evolution import steady_state
from derive.kernel import canonical
from derive.langevin import langevin
from derive.papers.liu2026_letters import (
    SIZES,
    UP_TO_6,
    Γ,
    J,
    N,
    eq_5,
    eq_9,
    mode,
    stored,
    ε,
    κ,
    ω,
)

# -- the optimal coupling, Eq. (10) -------------------------------------------------------------------------


def optimum_c(size: Expr, root: Expr) -> Expr:
    """J_op^c of Eq. (10) with root = √(N² + 8N)."""
    return κ / 8 * (size + root)


def optimum_p(root: Expr) -> Expr:
    """J_op^p of Eq. (10) with root = √N."""
    return κ / (2 * root)


OPTIMUM_C, OPTIMUM_P = optimum_c(N, sqrt(N**2 + 8 * N)), optimum_p(sqrt(N))
r, s = positive("r"), positive("s")
# With N = 8/(r(r + 2)) or N = r² the roots of Eq. (10) are rational, so that signs can be read off.
SIZE_C, ROOT_C = 8 / (r * (r + 2)), 8 * (1 + r) / (r * (r + 2))


def slope(energy: Expr) -> Expr:
    """∂ ln E/∂J at Γ = 2J."""
    return diff(expand_log(log(energy.subs(Γ, 2 * J)), force=True), J)


def optimum() -> tuple[Statement, ...]:
    """∂E/∂J vanishes at J_op, is positive at J_op/(1 + s) and negative at J_op (1 + s)."""
    found: list[Statement] = [Equal(N**2 + 8 * N, ROOT_C**2, SIZE_C**2 + 8 * SIZE_C)]
    for name, energy, optimal, at, size in (
        ("E_c^ss", eq_5(N), OPTIMUM_C, optimum_c(SIZE_C, ROOT_C), SIZE_C),
        ("E_p^ss", eq_9(N), OPTIMUM_P, optimum_p(r), r**2),
    ):
        rises, rate = Symbol(f"∂{name}/∂J"), slope(energy)
        below, above = (rate.subs({N: size, J: at * x}, simultaneous=True) for x in (1 / (1 + s), 1 + s))
        found.append(Equal(rises, Integer(0), rate.subs(J, optimal)))
        found.append(AtLeast(below, Integer(0), Equation(rises, Integer(0), "≥")))
        found.append(AtLeast(Integer(0), above, Equation(rises, Integer(0), "≤")))
    return tuple(found)


def scaling() -> tuple[Statement, ...]:
    """κN/4 ≤ J_op^c ≤ κ(N + 2)/4, so that J_op^c/N → κ/4, and J_op^p √N = κ/2."""
    optimal, name = optimum_c(SIZE_C, ROOT_C), Symbol("J_op^c")
    return (
        AtLeast(optimal, κ * SIZE_C / 4, Equation(name, κ * N / 4, "≥")),
        AtLeast(κ * (SIZE_C + 2) / 4, optimal, Equation(name, κ * (N + 2) / 4, "≤")),
        Equal(Symbol("J_op^p") * sqrt(N), κ / 2, OPTIMUM_P * sqrt(N)),
    )


# -- reciprocal networks, Eqs. (11)–(14) --------------------------------------------------------------------


def constants(size: int) -> tuple[Expr, ...]:
    """a(0), a(1), … for odd N, b(0), b(1), … for even N: read off the amplitude of the last battery."""
    amplitude = steady_state(langevin(chain(size))).amplitude(mode(size))
    below = expand(canonical(2 ** (size + 1) * J**size * ε * (-I) ** (size + 1) / amplitude))
    odd = size % 2
    return tuple(
        below.coeff(J, size + odd - 2 * j).coeff(κ, 2 * j + 1 - odd) for j in range((size + odd) // 2 + 1)
    )


def eq_11(size: int) -> Expr:
    """Eqs. (11) (odd N) and (12) (even N) with their constants."""
    odd = size % 2
    terms = (a * J ** (size + odd - 2 * j) * κ ** (2 * j + 1 - odd) for j, a in enumerate(constants(size)))
    return ω * (2 ** (size + 1) * J**size * ε / Add(*terms)) ** 2


def eq_13(above: Expr) -> Expr:
    """Eq. (13) with Γ² or what belongs in its place."""
    return 4 * above * ω * ε**2 / (4 * N * J**2 + κ**2) ** 2


def reciprocal_star(above: Expr) -> tuple[Statement, ...]:
    """Eq. (13) against the last battery of the reciprocal star."""
    return tuple(stored("E_N^ss", eq_13(above).subs(N, size), star(size), size) for size in SIZES)


def window() -> tuple[Statement, ...]:
    """Eq. (14): reciprocal wins inside, nonreciprocal outside, at Γ = 2J; N = 1 has no inside."""
    found: list[Statement] = []
    for size in SIZES:
        states = (steady_state(langevin(star(size, scheme))) for scheme in ("reciprocal", "nonreciprocal"))
        rc, nc = (state.energy(mode(size)).subs(Γ, 2 * J) for state in states)
        more, less = (Equation(Symbol("E_rc^ss"), Symbol("E_nc^ss"), relation) for relation in ("≥", "≤"))
        low, high = κ / (2 * size), κ / 2
        found += [AtLeast(nc.subs(J, at), rc.subs(J, at), less) for at in (low / (1 + s), high * (1 + s))]
        found += [Equal(Symbol("E_rc^ss"), nc.subs(J, at), rc.subs(J, at)) for at in (low, high)]
        if size > 1:
            inside = (low + s * high) / (1 + s)
            found.append(AtLeast(rc.subs(J, inside), nc.subs(J, inside), more))
    return tuple(found)


def odd_and_even(odd: int) -> tuple[Statement, ...]:
    """Eq. (11) (odd = 1) or Eq. (12) (odd = 0) against the last battery of the reciprocal chain."""
    sizes = (size for size in SIZES if size % 2 == odd)
    return tuple(stored("E_N^ss", eq_11(size), chain(size), size) for size in sizes)


CLAIMS = (
    Claim(
        "Eq. (10)",
        "Optimal couplings, from Eqs. (5) and (9) with J = Γ/2",
        optimum,
        form=Equation(Symbol("J_op^c"), OPTIMUM_C),
    ),
    Claim("Below Eq. (10), scaling", "J_op^c grows as N, J_op^p falls as 1/√N", scaling, method="bound"),
    Claim(
        "Eq. (11)",
        "Reciprocal chain, N odd: the form, with its constants a(j)",
        lambda: odd_and_even(1),
        scope="N = 1, 3, 5",
    ),
    Claim(
        "Eq. (12)",
        "Reciprocal chain, N even: the form, with its constants b(j)",
        lambda: odd_and_even(0),
        scope="N = 2, 4, 6",
    ),
    Claim(
        "Eq. (13)",
        "Reciprocal parallel network",
        lambda: reciprocal_star(Γ**2),
        lambda: reciprocal_star(4 * J**2),
        "A reciprocal network has no Γ: the numerator is 16J²ωε². The printed 4Γ²ωε² is the same only with Γ "
        "= 2J of the nonreciprocal network put in.",
        UP_TO_6,
        form=Equation(Symbol("E_N^ss"), eq_13(Γ**2)),
        corrected_form=Equation(Symbol("E_N^ss"), eq_13(4 * J**2)),
    ),
    Claim(
        "Eq. (13), Gamma = 2J",
        "Reciprocal parallel network, Γ read as 2J",
        lambda: reciprocal_star((2 * J) ** 2),
        scope=UP_TO_6,
        form=Equation(Symbol("E_N^ss"), eq_13((2 * J) ** 2)),
    ),
    Claim(
        "Eq. (14)",
        "Window in which the reciprocal parallel network stores more, at equal J = Γ/2",
        window,
        scope=UP_TO_6,
        method="bound",
        form=Equation((2 * N * J - κ) * (κ - 2 * J), Integer(0), ">"),
        because=(
            "κ/(2N) < J < κ/2 is (2NJ − κ)(κ − 2J) > 0; outside the nonreciprocal network stores more, at "
            "the ends both store the same, and for N = 1 the window is empty."
        ),
    ),
)
