"""Closed forms in the number N of batteries of uniform networks, and the steps that hold them against networks."""

from __future__ import annotations

from types import MappingProxyType

from sympy import Expr, Symbol

from derive.builders import positive
from derive.derivation import Equation, Step
from derive.optimum import Maximum, logarithmic_slope_residual, maximum, stationary_residual

N = Symbol("N", positive=True, integer=True)
OMEGA, EPSILON, KAPPA, GAMMA, J = (positive(name) for name in ("omega", "epsilon", "kappa", "Gamma", "J"))
XI, LOSS, LOSSY, DIRECT = (positive(name) for name in ("xi", "gamma", "Gamma", "g_b"))

GAMMA_LIU = positive("Gamma_L")  # Zhao's Γ is the loss of a lossy mode
DISPLAYED = MappingProxyType({GAMMA: "\\Gamma", DIRECT: "g_b"})

CASCADED_ENERGY = (
    4 ** (N + 1)
    * OMEGA
    * EPSILON**2
    * GAMMA ** (2 * N)
    / ((GAMMA + KAPPA) ** 4 * (2 * GAMMA + KAPPA) ** (2 * N - 2))
)
PARALLEL_ENERGY = 16 * OMEGA * EPSILON**2 * GAMMA**2 / ((N * GAMMA + KAPPA) ** 2 * (GAMMA + KAPPA) ** 2)
RECIPROCAL_STAR_ENERGY = 16 * OMEGA * EPSILON**2 * J**2 / (4 * N * J**2 + KAPPA**2) ** 2
ZHAO_CASCADED = (
    OMEGA
    * (2 ** (2 * N + 1) * DIRECT**N * XI / ((2 * DIRECT + LOSS) ** 2 * (4 * DIRECT + LOSS) ** (N - 1))) ** 2
)
ZHAO_PARALLEL = 64 * OMEGA * XI**2 * DIRECT**2 / ((2 * DIRECT + LOSS) ** 2 * (2 * N * DIRECT + LOSS) ** 2)

# Powers of ratios below one neither overflow nor lose digits at large N, where Γ^{2N}/(2Γ + κ)^{2N−2} does.
CASCADED_STABLE = (
    OMEGA * (4 * EPSILON * GAMMA / (GAMMA + KAPPA) ** 2 * (2 * GAMMA / (2 * GAMMA + KAPPA)) ** (N - 1)) ** 2
)
ZHAO_CASCADED_STABLE = (
    OMEGA * (8 * XI * DIRECT / (2 * DIRECT + LOSS) ** 2 * (4 * DIRECT / (4 * DIRECT + LOSS)) ** (N - 1)) ** 2
)

# J = Γ/2 at the largest energy
CASCADED_OPTIMUM = maximum(CASCADED_STABLE, GAMMA).point / 2
PARALLEL_OPTIMUM = maximum(PARALLEL_ENERGY, GAMMA).point / 2


def link_by_link(formula: Expr, stable: Expr) -> Step:
    """The same energy as a product over the links, which is what the emitted code evaluates."""
    return Step(
        "links",
        Equation(Symbol("E_N"), stable),
        "Every further link multiplies the amplitude by one and the same ratio below one,",
        "rearrangement",
        formula - stable,
        ("uniform",),
    )


def stationary_point(energy: Expr, variable: Symbol, name: str) -> tuple[Step, Step]:
    """Where E is largest, found from ∂ ln E/∂x; `name` is the coupling there, which is Γ/2 where x = Γ."""
    return turning(energy, variable, maximum(energy, variable), name, ("uniform",))


def turning(energy: Expr, variable: Symbol, found: Maximum, name: str, uses: tuple[str, ...]) -> tuple[Step, Step]:
    """∂ ln E/∂x = c₂(x₀ − x)(x + c₀/(c₂x₀))/… with positive c₀, c₂: E is largest at x₀ and only there."""
    value = found.point / 2 if variable == GAMMA else found.point
    best = 2 * value if variable == GAMMA else value
    return (
        Step(
            "slope",
            Equation(Symbol("s"), found.slope),
            f"The energy rises and falls with `{variable}` as $s = \\partial\\ln E_N/\\partial {DISPLAYED[variable]}$ "
            "is positive or negative,",
            "optimum",
            logarithmic_slope_residual(energy, variable, found.slope),
            uses,
        ),
        Step(
            "optimum",
            Equation(Symbol(name), value),
            "It changes its sign once, from plus to minus, because the numerator has one positive root. "
            + ("With $J = \\Gamma/2$ the" if variable == GAMMA else "The")
            + " optimal coupling is",
            "optimum",
            stationary_residual(found.slope, found.factor, variable, best),
            ("slope",),
        ),
    )
