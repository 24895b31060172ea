"""The arguments of Liu et al. 2026: cascaded and parallel networks, nonreciprocal and reciprocal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Add, Expr, I, Matrix, Rational, Symbol, sqrt

from derive.appendix import Letters, abbreviated, microscopic, motion, stationary
from derive.builders import chain, positive, star
from derive.derivation import Derivation, Equation, Step
from derive.evolution import steady_state
from derive.formulas import (
    CASCADED_ENERGY,
    CASCADED_STABLE,
    GAMMA,
    KAPPA,
    PARALLEL_ENERGY,
    RECIPROCAL_STAR_ENERGY,
    SIZES,
    J,
    N,
    at_every_size,
    last_energy,
    link_by_link,
    stationary_point,
)  # fmt: skip
from derive.kernel import conjugated, factored
from derive.langevin import Langevin, langevin
from derive.network import Network


def liu_letters(eq: Langevin, net: Network) -> Letters:
    """Λ_k = −2 Re W_kk and μ_k = p_i* p_k of every link, as below Liu Eqs. (3) and (7)."""
    rates = [(positive(f"Lambda_{k}"), factored_sum(-2 * eq.drift[k, k])) for k in range(len(eq.modes))]
    weights = [dict(bath.jump) for bath in net.baths if len(bath.jump) == 2]
    products = []
    for k, legs in enumerate(weights, start=1):
        first, second = legs.values()
        products.append((Symbol(f"mu_{k}"), conjugated(first) * second))
    return Letters((*rates, *products))


def factored_sum(e: Expr) -> Expr:
    """A sum with its numerical factor multiplied out, as Γ_1|p_a|² + κ_a."""
    return Add(*(term for part in Add.make_args(e) for term in Add.make_args(part.expand())))


def nonreciprocal(build: Callable[..., Network], title: str, uniform: Sequence[Step]) -> Derivation:
    """From the master equation of two batteries with general couplings to isolation, energies and optimum."""
    general, isolated = build(2, "general", distinct=True), build(2, "nonreciprocal", distinct=True)
    eq = langevin(general)
    letters = liu_letters(eq, general)
    short = abbreviated(eq, letters)
    steps = [
        *microscopic(general),
        letters.step("Every mode decays at the total rate and every link carries the product"),
        *motion(general, short, letters),
    ]
    cut = langevin(isolated)
    lower = abbreviated(cut, letters)
    matched = [(c.strength, x.strength) for c, x in zip(general.couplings, isolated.couplings, strict=True)]
    in_mu = [
        Rational(1, 2) * I * positive(f"Gamma_{k}") * Symbol(f"mu_{k}") for k in range(1, len(matched) + 1)
    ]
    steps.append(
        Step(
            "isolation",
            tuple(Equation(old, new) for (old, _), new in zip(matched, in_mu, strict=True)),
            "Nothing flows back along a link if its upper entry of the drift matrix vanishes, that is for",
            "nonreciprocity",
            Matrix([letters.written_out(a) - x for a, (_, x) in zip(in_mu, matched, strict=True)]),
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
    # the reduced equations have no noise in a vacuum, so that the abbreviated drift is all that the steady state needs
    steps += stationary(lower, steady_state(lower), lower.modes, after="lower-drift")
    return Derivation(title, (*steps, *uniform))


def cascaded() -> Derivation:
    """Liu Eqs. (A1) → (4) → (5) → (A9) → (10)."""
    energy = at_every_size(
        "uniform",
        "E_N",
        CASCADED_ENERGY,
        last_energy(chain, "nonreciprocal"),
        "With equal rates $\\Gamma_k = \\Gamma$, $\\kappa_k = \\kappa$ and $\\mu_k = 1$ the last of $N$ batteries "
        "stores "
        "(derived for each $N = 1, \\dots, 6$)",
        ("energies",),
    )
    optimum = stationary_point(CASCADED_ENERGY, GAMMA, "J_op", ("uniform",))
    links = link_by_link(CASCADED_ENERGY, CASCADED_STABLE)
    return nonreciprocal(chain, "Cascaded network with nonreciprocal couplings", (energy, links, *optimum))


def parallel() -> Derivation:
    """Liu Eqs. (A5) → (8) → (9) → (A10) → (10)."""
    energy = at_every_size(
        "uniform",
        "E_N",
        PARALLEL_ENERGY,
        last_energy(star, "nonreciprocal"),
        "With equal rates $\\Gamma_k = \\Gamma$, $\\kappa_k = \\kappa$ and $\\mu_k = 1$ each of $N$ batteries stores "
        "(derived for each $N = 1, \\dots, 6$)",
        ("energies",),
    )
    optimum = stationary_point(PARALLEL_ENERGY, GAMMA, "J_op", ("uniform",))
    return nonreciprocal(star, "Parallel network with nonreciprocal couplings", (energy, *optimum))


def reciprocal_chain() -> Derivation:
    """Liu Eqs. (B1)–(B4) for three batteries, then the energies (11), (12) of N = 1 … 6."""
    net = chain(3)
    eq = langevin(net)
    energies = [(n, factored(last_energy(chain, "reciprocal")(n))) for n in SIZES]
    return Derivation(
        "Cascaded network with reciprocal couplings",
        (
            *microscopic(net),
            *motion(net, eq),
            *stationary(eq, steady_state(eq), eq.modes),
            Step(
                "parity",
                tuple(Equation(Symbol(f"E_{n}"), e) for n, e in energies),
                "The last battery of chains of one to six batteries stores",
                "steady state",
                Matrix([e - last_energy(chain, "reciprocal")(n) for n, e in energies]),
                ("drift",),
            ),
        ),
    )


def reciprocal_star() -> Derivation:
    """Liu Eq. (13) and the window (14)."""
    net = star(2)
    eq = langevin(net)
    above, below = Symbol("E_rc"), Symbol("E_nc")
    inside = (2 * N * J - KAPPA) * (KAPPA - 2 * J)
    ratio = sqrt(RECIPROCAL_STAR_ENERGY / PARALLEL_ENERGY.subs(GAMMA, 2 * J))
    return Derivation(
        "Parallel network with reciprocal couplings",
        (
            *microscopic(net),
            *motion(net, eq),
            *stationary(eq, steady_state(eq), eq.modes),
            at_every_size(
                "uniform",
                "E_N",
                RECIPROCAL_STAR_ENERGY,
                last_energy(star, "reciprocal"),
                "Each of $N$ equal batteries stores (derived for each $N = 1, \\dots, 6$)",
                ("energies",),
            ),
            Step(
                "window",
                Equation(sqrt(above / below) - 1, inside / (2 * (4 * N * J**2 + KAPPA**2))),
                "Beside the nonreciprocal network at the same coupling, $\\Gamma = 2J$,",
                "comparison",
                ratio - 1 - inside / (2 * (4 * N * J**2 + KAPPA**2)),
                ("uniform",),
            ),
        ),
    )
