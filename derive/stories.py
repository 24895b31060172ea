"""The stories that the repository tells: a network, the argument for it, and the closed forms its module offers.

Each story is the derivation of one paper's networks in the paper's own letters, from the Hamiltonian to the optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sympy import Add, Expr, I, Matrix, Rational, Symbol, diff, fraction, log, pi, sqrt

from derive.appendix import Letters, abbreviated, following, microscopic, motion, stationary
from derive.builders import Scheme, aharonov_bohm_chain, aharonov_bohm_star, chain, positive, star
from derive.derivation import Derivation, Equation, Step
from derive.eliminate import eliminate
from derive.evolution import steady_state
from derive.kernel import conjugated, factored
from derive.langevin import Langevin, langevin
from derive.network import Network
from derive.notation import Notation
from derive.papers.liu2026_letters import NOTATION as LIU
from derive.papers.zhao2025_letters import NOTATION as ZHAO
from derive.program import Program, straight
from derive.source import unicode_text

SIZES = range(1, 7)
N = Symbol("N", positive=True, integer=True)
OMEGA, EPSILON, KAPPA, GAMMA, J = (positive(name) for name in ("omega", "epsilon", "kappa", "Gamma", "J"))
XI, LOSS, LOSSY, DIRECT = (positive(name) for name in ("xi", "gamma", "Gamma", "g_b"))

GAMMA_LIU = positive("Gamma_L")  # Zhao's Γ is the loss of a lossy mode
DISPLAYED = MappingProxyType({GAMMA: "\\Gamma", DIRECT: "g_b"})


@dataclass(frozen=True)
class Story:
    """A network with its argument and its closed forms. `key` names its module, its LaTeX file and its anchors.

    `network` is the one the module computes, `picture` the smaller one that the argument is about.
    """

    key: str
    title: str
    reference: str
    notation: Notation
    network: Network
    picture: Network
    derivation: Callable[[], Derivation]
    closed_forms: tuple[Program, ...] = ()


# -- Liu et al.: cascaded and parallel networks ----------------------------------------------------------------


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


def at_every_size(
    label: str, name: str, formula: Expr, derived: Callable[[int], Expr], because: str, uses: tuple[str, ...]
) -> Step:
    """A formula in N, held against the derived energies of N = 1 … 6 batteries."""
    residual = Matrix([formula.subs(N, n) - derived(n) for n in SIZES])
    return Step(label, Equation(Symbol(name), formula), because, "uniform network", residual, uses)


def last_energy(build: Callable[..., Network], scheme: Scheme) -> Callable[[int], Expr]:
    """E of b_N in the uniform network of N batteries."""
    return lambda n: steady_state(langevin(build(n, scheme))).energy(f"b_{n}")


def stationary_point(
    energy: Expr, variable: Symbol, slope: Expr, optimum: tuple[str, Expr], at: Expr, uses: tuple[str, ...]
) -> tuple[Step, Step]:
    """∂ ln E/∂x = `slope`, whose numerator has one positive root, x = `at`; `optimum` is the coupling there."""
    derivative = diff(log(energy).expand(force=True), variable)
    name, value = optimum
    return (
        Step(
            "slope",
            Equation(Symbol("s"), slope),
            f"The energy rises and falls with `{variable}` as $s = \\partial\\ln E_N/\\partial {DISPLAYED[variable]}$ "
            "is positive or negative,",
            "optimum",
            derivative - slope,
            uses,
        ),
        Step(
            "optimum",
            Equation(Symbol(name), value),
            "It changes its sign once, from plus to minus, because the numerator has one positive root. "
            + ("With $J = \\Gamma/2$ the" if variable == GAMMA else "The")
            + " optimal coupling is",
            "optimum",
            fraction(slope)[0].subs(variable, at),
            ("slope",),
        ),
    )


CASCADED_ENERGY = (
    4 ** (N + 1)
    * OMEGA
    * EPSILON**2
    * GAMMA ** (2 * N)
    / ((GAMMA + KAPPA) ** 4 * (2 * GAMMA + KAPPA) ** (2 * N - 2))
)
PARALLEL_ENERGY = 16 * OMEGA * EPSILON**2 * GAMMA**2 / ((N * GAMMA + KAPPA) ** 2 * (GAMMA + KAPPA) ** 2)
RECIPROCAL_STAR_ENERGY = 16 * OMEGA * EPSILON**2 * J**2 / (4 * N * J**2 + KAPPA**2) ** 2
CASCADED_OPTIMUM = KAPPA * (N + sqrt(N**2 + 8 * N)) / 8
PARALLEL_OPTIMUM = KAPPA / (2 * sqrt(N))


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
    slope = (
        2
        * (N * KAPPA**2 + N * GAMMA * KAPPA - 2 * GAMMA**2)
        / (GAMMA * (GAMMA + KAPPA) * (2 * GAMMA + KAPPA))
    )
    optimum = stationary_point(
        CASCADED_ENERGY, GAMMA, slope, ("J_op", CASCADED_OPTIMUM), 2 * CASCADED_OPTIMUM, ("uniform",)
    )
    return nonreciprocal(chain, "Cascaded network with nonreciprocal couplings", (energy, *optimum))


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
    slope = 2 * (KAPPA**2 - N * GAMMA**2) / (GAMMA * (GAMMA + KAPPA) * (N * GAMMA + KAPPA))
    optimum = stationary_point(
        PARALLEL_ENERGY, GAMMA, slope, ("J_op", PARALLEL_OPTIMUM), 2 * PARALLEL_OPTIMUM, ("uniform",)
    )
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
                Matrix([ratio**2 - (1 + inside / (2 * (4 * N * J**2 + KAPPA**2))) ** 2]),
                ("uniform",),
            ),
        ),
    )


# -- Zhao et al.: Aharonov–Bohm triangles ----------------------------------------------------------------------

ZHAO_CASCADED = (
    OMEGA
    * (2 ** (2 * N + 1) * DIRECT**N * XI / ((2 * DIRECT + LOSS) ** 2 * (4 * DIRECT + LOSS) ** (N - 1))) ** 2
)
ZHAO_PARALLEL = 64 * OMEGA * XI**2 * DIRECT**2 / ((2 * DIRECT + LOSS) ** 2 * (2 * N * DIRECT + LOSS) ** 2)


def isolating(net: Network) -> Network:
    """θ_k = −π/2 and g_1 = g_2 = √(g_b Γ/2): no way back through any triangle (Zhao et al., below Eq. (2))."""
    phases = {s: -pi / 2 for s in net.symbols if s.name.startswith("theta")}
    return net.subs({**phases, **{positive(g): sqrt(DIRECT * LOSSY / 2) for g in ("g_1", "g_2")}})


def lossy_modes(net: Network) -> tuple[str, ...]:
    """The intermediate modes a_k of Zhao et al."""
    return tuple(name for name in net.names if name.startswith("a_"))


def eliminated_energy(build: Callable[[int], Network]) -> Callable[[int], Expr]:
    """E of b_N once the lossy modes of N isolating triangles are eliminated."""

    def energy(n: int) -> Expr:
        net = isolating(build(n))
        return steady_state(langevin(eliminate(net, *lossy_modes(net)))).energy(f"b_{n}")

    return energy


def triangles(
    build: Callable[[int], Network],
    title: str,
    formula: Expr,
    liu: Expr,
    slope: Expr,
    optimum: Expr,
    which: str,
) -> Derivation:
    """From two triangles with general phases through elimination to isolation, energies and optimum."""
    net = build(2)
    eq = langevin(net)
    reduced = eliminate(isolating(net), *lossy_modes(net))
    cut = langevin(reduced)
    lower = cut.drift.applyfunc(factored)
    isolation = Step(
        "isolated-drift",
        Equation(Symbol("W_eff"), lower),
        "For $\\theta_k = -\\pi/2$ and $g_1 = g_2 = \\sqrt{g_b\\Gamma/2}$ the two ways back through each triangle "
        "cancel: the "
        "effective drift is triangular and no longer depends on $\\Gamma$,",
        "nonreciprocity",
        lower - cut.drift,
        ("effective-drift",),
    )
    same = formula - liu.subs({GAMMA: 2 * DIRECT, KAPPA: LOSS, EPSILON: XI}, simultaneous=True)
    dictionary = Step(
        "dictionary",
        (Equation(GAMMA_LIU, 2 * DIRECT), Equation(KAPPA, LOSS), Equation(EPSILON, XI)),
        "This is the formula of Liu et al. for shared reservoirs of rate $\\Gamma_{\\rm L}$, by the dictionary",
        "dictionary",
        same,
        ("uniform",),
    )
    energy = at_every_size(
        "uniform",
        "E_N",
        formula,
        eliminated_energy(build),
        f"In a network of $N$ batteries {which} stores (derived for each $N = 1, \\dots, 6$)",
        ("energies",),
    )
    return Derivation(
        title,
        (
            *microscopic(net),
            *motion(net, eq),
            *following(net, lossy_modes(net)),
            isolation,
            *stationary(cut, steady_state(cut), cut.modes, after="isolated-drift"),
            energy,
            dictionary,
            *stationary_point(formula, DIRECT, slope, ("g_b^opt", optimum), optimum, ("uniform",)),
        ),
    )


def triangles_cascaded() -> Derivation:
    """Zhao Eqs. (1) → (3) → g_b^opt."""
    slope = (
        2
        * (N * LOSS**2 + 2 * N * DIRECT * LOSS - 8 * DIRECT**2)
        / (DIRECT * (2 * DIRECT + LOSS) * (4 * DIRECT + LOSS))
    )
    return triangles(
        aharonov_bohm_chain,
        "Cascaded Aharonov-Bohm triangles",
        ZHAO_CASCADED,
        CASCADED_ENERGY,
        slope,
        CASCADED_OPTIMUM.subs(KAPPA, LOSS),
        "the last",
    )


def triangles_parallel() -> Derivation:
    """Zhao's H_p → Eq. (5)."""
    slope = 2 * (LOSS**2 - 4 * N * DIRECT**2) / (DIRECT * (2 * DIRECT + LOSS) * (2 * N * DIRECT + LOSS))
    return triangles(
        aharonov_bohm_star,
        "Parallel Aharonov-Bohm triangles",
        ZHAO_PARALLEL,
        PARALLEL_ENERGY,
        slope,
        PARALLEL_OPTIMUM.subs(KAPPA, LOSS),
        "each",
    )


# -- the closed forms of the modules ---------------------------------------------------------------------------
# Powers of ratios below one neither overflow nor lose digits at large N, where Γ^{2N}/(2Γ + κ)^{2N−2} does.

CASCADED_STABLE = (
    OMEGA * (4 * EPSILON * GAMMA / (GAMMA + KAPPA) ** 2 * (2 * GAMMA / (2 * GAMMA + KAPPA)) ** (N - 1)) ** 2
)
ZHAO_CASCADED_STABLE = (
    OMEGA * (8 * XI * DIRECT / (2 * DIRECT + LOSS) ** 2 * (4 * DIRECT / (4 * DIRECT + LOSS)) ** (N - 1)) ** 2
)


BROADCAST = (
    "Numbers or arrays, broadcast together: N a positive integer, rates and drive in one unit of rate, ω in\n"
    "one of energy. "
    "Derived from the network for N = 1, …, 6."
)


def terminal_energy(formula: Expr, about: str) -> Program:
    """The stored energy as a function of the integer N."""
    return _of_n("terminal_energy", f"{about}\n\n    E = {unicode_text(formula)}", formula)


def optimal_coupling(formula: Expr, about: str) -> Program:
    """The coupling at which the stored energy is largest, as a function of the integer N."""
    return _of_n("optimal_coupling", f"{about}\n\n    {unicode_text(formula)}", formula)


def _of_n(name: str, about: str, formula: Expr) -> Program:
    return straight(name, sorted(formula.free_symbols, key=str), (formula,), doc=f"{about}\n\n{BROADCAST}")


STORIES: Mapping[str, Story] = MappingProxyType(
    {
        story.key: story
        for story in (
            Story(
                "cascaded",
                "Cascaded network with nonreciprocal couplings",
                "Liu et al. 2026, Eqs. (1)-(5), (10), (A1)",
                LIU,
                chain(6, "nonreciprocal", distinct=True),
                chain(2, "general", distinct=True),
                cascaded,
                (
                    terminal_energy(
                        CASCADED_STABLE, "Energy of the last of N equal batteries, Liu et al. 2026, Eq. (5)."
                    ),
                    optimal_coupling(
                        CASCADED_OPTIMUM,
                        "Coupling J = Γ/2 of the largest terminal energy, Liu et al. 2026, Eq. (10).",
                    ),
                ),
            ),
            Story(
                "parallel",
                "Parallel network with nonreciprocal couplings",
                "Liu et al. 2026, Eqs. (6)-(10), (A5)",
                LIU,
                star(6, "nonreciprocal", distinct=True),
                star(2, "general", distinct=True),
                parallel,
                (
                    terminal_energy(
                        PARALLEL_ENERGY, "Energy of each of N equal batteries, Liu et al. 2026, Eq. (9)."
                    ),
                    optimal_coupling(
                        PARALLEL_OPTIMUM, "Coupling J = Γ/2 of the largest energy, Liu et al. 2026, Eq. (10)."
                    ),
                ),
            ),
            Story(
                "reciprocal_chain",
                "Cascaded network with reciprocal couplings",
                "Liu et al. 2026, Eqs. (11), (12), (B1)-(B4)",
                LIU,
                chain(12, distinct=True),
                chain(3),
                reciprocal_chain,
            ),
            Story(
                "reciprocal_star",
                "Parallel network with reciprocal couplings",
                "Liu et al. 2026, Eqs. (13), (14)",
                LIU,
                star(6, distinct=True),
                star(2),
                reciprocal_star,
                (
                    terminal_energy(
                        RECIPROCAL_STAR_ENERGY,
                        "Energy of each of N equal batteries, Liu et al. 2026, Eq. (13).",
                    ),
                ),
            ),
            Story(
                "triangles_cascaded",
                "Cascaded Aharonov-Bohm triangles",
                "Zhao et al. 2025, Eqs. (1)-(3)",
                ZHAO,
                aharonov_bohm_chain(4, distinct=True),
                aharonov_bohm_chain(2),
                triangles_cascaded,
                (
                    terminal_energy(
                        ZHAO_CASCADED_STABLE,
                        "Energy of the last of N equal batteries, Zhao et al. 2025, Eq. (3).",
                    ),
                    optimal_coupling(
                        CASCADED_OPTIMUM.subs(KAPPA, LOSS),
                        "g_b of the largest terminal energy, Zhao et al. 2025.",
                    ),
                ),
            ),
            Story(
                "triangles_parallel",
                "Parallel Aharonov-Bohm triangles",
                "Zhao et al. 2025, Eqs. (4), (5)",
                ZHAO,
                aharonov_bohm_star(4, distinct=True),
                aharonov_bohm_star(2),
                triangles_parallel,
                (
                    terminal_energy(
                        ZHAO_PARALLEL, "Energy of each of N equal batteries, Zhao et al. 2025, Eq. (5)."
                    ),
                ),
            ),
        )
    }
)
