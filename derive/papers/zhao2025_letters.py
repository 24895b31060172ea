"""The letters of Zhao, Xie, Huang and Zhang 2025, and its networks with and without intermediate modes.

Rates are energy rates, ħ = 1; E/ω is the occupation of a mode. A superscript (k) is an index here: g_b^{(k)}
is g_b_k, γ_b^{(k)} is gamma_k, Γ_a^{(k)} is Gamma_k.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from sympy import Expr, I, Integer, Symbol, exp, pi, sqrt

from derive.builders import aharonov_bohm_chain, aharonov_bohm_star, positive, real
from derive.claims import Equal
from derive.eliminate import eliminate
from derive.evolution import steady_state
from derive.gaussian import GaussianState
from derive.langevin import langevin
from derive.latex import Notation
from derive.latex.notation import row_names
from derive.network import Network

ω, ξ, γ, Γ, g_b, g_1, g_2 = (positive(name) for name in ("omega", "xi", "gamma", "Gamma", "g_b", "g_1", "g_2"))
γ_c = positive("gamma_c")
N = Symbol("N", positive=True, integer=True)
SIZES = (1, 2, 3, 4, 5, 6)
UP_TO_6 = "N = 1..6"
BALANCED = sqrt(g_b * Γ / 2)

NOTATION = Notation(
    {
        **row_names("N"),
        **{f"g_b_{k}": f"g_b^{{({k})}}" for k in SIZES},
        **{f"g_1_{k}": f"g_1^{{({k})}}" for k in SIZES},
        **{f"g_2_{k}": f"g_2^{{({k})}}" for k in SIZES},
        **{f"gamma_{k}": rf"\gamma_b^{{({k})}}" for k in SIZES},
        **{f"Gamma_{k}": rf"\Gamma_a^{{({k})}}" for k in SIZES},
        "gamma_k": r"\gamma_b^{(k)}",
        "G_N1": "G_{N1}",
        "G_N2": "G_{N2}",
        "G_(N+1)1": "G_{(N+1)1}",
        "G_N1(oo)": r"G_{N1}(g_b \to \infty)",
        "d_next": "d_{N+1}",
        "E_(N+1)/E_N": r"\frac{E_{N+1}^{\mathrm{nr}}}{E_N^{\mathrm{nr}}}",
        "E_max^nr/E_max^r1": r"\frac{E_{\max}^{\mathrm{nr}}}{E_{\max}^{\mathrm{r1}}}",
        **{f"E_r{case}": rf"E_{{\mathrm{{r{case}}}}}" for case in (1, 2)},
        "D_(N+2)": "D_{N+2}",
        "R_(N+2)": "R_{N+2}",
        "eta_N1": r"\eta_{N1}",
        "eta_N2": r"\eta_{N2}",
        "eta_41": r"\eta_{41}",
        "eta_42": r"\eta_{42}",
        "W_bc": "W_{bc}",
        "W_cb": "W_{cb}",
    }
)



def theta(k: int | str) -> Symbol:
    """θ_k of the direct interaction."""
    return real(f"theta_{k}")


def gamma(k: int | str) -> Symbol:
    """γ_b^{(k)}."""
    return positive(f"gamma_{k}")


def intermediate(net: Network) -> tuple[str, ...]:
    """The names of the modes a_k."""
    return tuple(name for name in net.names if name.startswith("a_"))


def without(net: Network) -> Network:
    """Reciprocal case I: the same network with its intermediate modes taken away."""
    gone = intermediate(net)
    return replace(
        net,
        modes=tuple(mode for mode in net.modes if mode.name not in gone),
        couplings=tuple(c for c in net.couplings if c.a not in gone and c.b not in gone),
        baths=tuple(bath for bath in net.baths if not set(bath.legs) & set(gone)),
    )


def tuned(net: Network, phase: Expr | None = -pi / 2) -> Network:
    """g_1 = g_2 = √(g_b Γ/2) and θ_k = −π/2 (nonreciprocal), 0 (reciprocal case II) or, at None, free."""
    values: dict[Expr, Expr] = {g_1: BALANCED, g_2: BALANCED}
    if phase is not None:
        values |= {theta(k): phase for k in range(1, len(intermediate(net)) + 1)}
    return net.subs(values)


def cascaded(size: int, phase: Expr | None = -pi / 2) -> Network:
    """The tuned cascaded network: nonreciprocal at −π/2, reciprocal case II at 0."""
    return tuned(aharonov_bohm_chain(size), phase)


def parallel(size: int, phase: Expr | None = -pi / 2) -> Network:
    """The tuned parallel network with equal rates: nonreciprocal at −π/2, reciprocal case II at 0."""
    return tuned(aharonov_bohm_star(size), phase)


@cache
def turned(net: Network) -> Network:
    """The tuned network, its a_k eliminated, at θ_k = −π/2 + 2 arctan t_k."""
    free = tuned(net, None)
    reduced = eliminate(free, *intermediate(free))
    return reduced.subs({exp(I * theta(k)): turn(k) for k in range(1, len(intermediate(net)) + 1)})


def turn(k: int) -> Expr:
    """e^{iθ_k} as a rational function of t_k."""
    t = tangent(k)
    return -I * (1 + I * t) / (1 - I * t)


def tangent(k: int) -> Symbol:
    """t_k = tan((θ_k + π/2)/2)."""
    return real(f"t_{k}")


@cache
def state(net: Network) -> GaussianState:
    """The steady state."""
    return steady_state(langevin(net))


def occupation(net: Network, battery: int) -> Expr:
    """E_k/ω of a battery in the steady state."""
    return state(net).occupation(f"b_{battery}")


def stored(name: str, printed: Expr, net: Network, battery: int) -> Equal:
    """The printed E/ω of a battery, held against that of the network's steady state."""
    found = state(net)
    return Equal(Symbol(name) / ω, printed, found.occupation(f"b_{battery}"), dict(found.where))


def eq_3(size: Expr | int) -> Expr:
    """Right side of Eq. (3)."""
    return (2 ** (2 * size + 1) * g_b**size * ξ / ((2 * g_b + γ) ** 2 * (4 * g_b + γ) ** (size - 1))) ** 2


def eq_5(size: Expr | int, own: Expr = γ, charger: Expr = γ) -> Expr:
    """Right side of Eq. (5) for a battery of rate `own`."""
    return 64 * ξ**2 * g_b**2 / ((2 * g_b + own) ** 2 * (2 * size * g_b + charger) ** 2)


ZERO = Integer(0)
