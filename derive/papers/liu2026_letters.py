"""The letters of Liu, Chen, Wu, Chen and Su 2026, its definitions of Λ_k and μ_k, and the formulas it uses twice.

Rates are energy rates and L[o]ρ = oρo† − ½{o†o, ρ}, as here. The κ_{b_k} of the paper's Λ_k is the κ_k of its
Eq. (2); index 0 stands for the charger a.
"""

from __future__ import annotations

from sympy import Add, Expr, Mul, Product, Symbol

from derive.builders import positive, real
from derive.claims import Equal
from derive.evolution import steady_state
from derive.kernel import abs_squared, conjugated
from derive.langevin import langevin
from derive.latex import Notation
from derive.latex.notation import row_names
from derive.network import Network

ω, ε, κ, Γ, J = (positive(name) for name in ("omega", "epsilon", "kappa", "Gamma", "J"))
N = Symbol("N", positive=True, integer=True)
SIZES = (1, 2, 3, 4, 5, 6)
UP_TO_6 = "N = 1..6"

NOTATION = Notation(
    {
        **row_names("N"),
        **{f"p_{k}": f"p_{{b_{k}}}" for k in (*SIZES, "n")},
        "kappa_n": r"\kappa_{b_n}",
        "Gamma_next": r"\Gamma_{n+1}",
        "G_n0": "G_{n0}",
        "Erg": r"\mathcal{E}",
        "A_n": r"\mathcal{A}_n",
        "V_n^(p)": r"V_n^{(p)}",
        "purity": r"\operatorname{Tr}\rho^2",
        "n_min": r"\min_U \langle b^\dagger b\rangle",
        "Liouvillian": r"-i[H, \rho] + \kappa_a\mathcal{L}[a]\rho "
        r"+ \sum_{i=1}^N\left(\kappa_i\mathcal{L}[b_i]\rho + \mathcal{L}[q_i]\rho\right)",
        "P_NC": r"P_{\max}^{\mathrm{NC}}",
        "P_RC": r"P_{\max}^{\mathrm{RC}}",
        **{f"|b_{k}|": f"|b_{k}|" for k in (1, 2, "N")},
        "|b_(N-1)|": "|b_{N-1}|",
        "|M_N|^2": "|M_N|^2",
        "E_(N+1)/E_N": r"\frac{E_{N+1}}{E_N}",
        "|b_(N+1)|": "|b_{N+1}|",
        **{f"E_2k^{kind}": rf"E_{{2k}}^{{\mathrm{{{kind}}}}}" for kind in ("nr", "rc")},
        "d(P_q/P_in)/dJ": r"\frac{d}{dJ}\frac{P_q}{P_{\mathrm{in}}}",
        "d(yF' - F)/dy": r"\frac{d}{dy}\left(yF' - F\right)",
        **{f"psi_k({n})": rf"\psi_k({n})" for n in ("0", "i", "j", "n", "N")},
        "projector": r"|\psi_k\rangle\langle\psi_k|",
        "G_ij": "G_{ij}",
        "in the window": r"J < \frac{\kappa}{2}",
        "sin(pi k L/(L + 1))": r"\sin\frac{\pi k L}{L + 1}",
        "E_(N/2+1)": "E_{N/2 + 1}",
        "E_(N-1)": "E_{N-1}",
        "E_near": r"E_{\mathrm{near}}",
        **{f"J_op({n})": rf"J_{{\mathrm{{op}}}}({n})" for n in (1, 4)},
        "det H_0": r"\det H_0",
        "G_k + G_(L+1-k)": "G_k + G_{L + 1 - k}",
    }
)


def suffix(k: int) -> str:
    """The index of a mode's letters: a for the charger, k for battery b_k."""
    return str(k) if k else "a"


def mode(k: int) -> str:
    """The name of a mode: a, b_1, b_2, …"""
    return f"b_{k}" if k else "a"


def loss_rate(k: int) -> Symbol:
    """κ_a, κ_1, κ_2, …"""
    return positive(f"kappa_{suffix(k)}")


def weight(k: int) -> Symbol:
    """p_a, p_{b_1}, …: complex weights in the jumps of the shared reservoirs."""
    return Symbol(f"p_{suffix(k)}")


def shared_rate(k: int | str) -> Symbol:
    """Γ_k of the k-th shared reservoir."""
    return positive(f"Gamma_{k}")


def strength(k: int | str) -> Symbol:
    """J_k of the k-th link."""
    return positive(f"J_{k}")


def phase(k: int | str) -> Symbol:
    """θ_k of the k-th link."""
    return real(f"theta_{k}")


def mu(k: int | str) -> Symbol:
    """μ_k, complex."""
    return Symbol(f"mu_{k}")


def damping(k: int | str) -> Symbol:
    """Λ_k, the total energy rate of a mode."""
    return positive(f"Lambda_{k}")


def cascaded(size: int) -> dict[Expr, Expr]:
    """Λ_k and μ_k of the cascaded network as defined below Eq. (3) for n = N, and with Eq. (A1)."""
    found: dict[Expr, Expr] = {damping(0): shared_rate(1) * abs_squared(weight(0)) + loss_rate(0)}
    for k in range(1, size):
        found[damping(k)] = (shared_rate(k) + shared_rate(k + 1)) * abs_squared(weight(k)) + loss_rate(k)
    found[damping(size)] = shared_rate(size) * abs_squared(weight(size)) + loss_rate(size)
    return {**found, **{mu(k): conjugated(weight(k - 1)) * weight(k) for k in range(1, size + 1)}}


def parallel(size: int) -> dict[Expr, Expr]:
    """Λ_k and μ_k of the parallel network as defined below Eq. (7) for n = N, and with Eq. (A5)."""
    batteries = range(1, size + 1)
    found: dict[Expr, Expr] = {
        damping(0): Add(*(shared_rate(k) for k in batteries)) * abs_squared(weight(0)) + loss_rate(0),
        **{damping(k): shared_rate(k) * abs_squared(weight(k)) + loss_rate(k) for k in batteries},
    }
    return {**found, **{mu(k): conjugated(weight(0)) * weight(k) for k in batteries}}


def eq_4(n: int) -> Expr:
    """Right side of Eq. (4) in Λ_0 … Λ_n and μ_1 … μ_n."""
    above = Mul(*(abs_squared(mu(m)) * shared_rate(m) ** 2 for m in range(1, n + 1)))
    return 4 ** (n + 1) * ω * ε**2 * above / Mul(*(damping(m) ** 2 for m in range(n + 1)))


def any_4(index: str, last: Expr) -> Expr:
    """Eq. (4) for every n, a product over the links up to the `last`, whose letters carry the `index`."""
    term = 4 * abs_squared(mu(index)) * shared_rate(index) ** 2 / damping(index) ** 2
    place = Symbol(index, positive=True, integer=True)
    return 4 * ω * ε**2 / damping(0) ** 2 * Product(term, (place, 1, last))


def eq_5(size: Expr | int) -> Expr:
    """Right side of Eq. (5)."""
    return 4 ** (size + 1) * ω * ε**2 * Γ ** (2 * size) / ((Γ + κ) ** 4 * (2 * Γ + κ) ** (2 * size - 2))


def eq_9(size: Expr | int) -> Expr:
    """Right side of Eq. (9)."""
    return 4**2 * ω * ε**2 * Γ**2 / ((size * Γ + κ) ** 2 * (Γ + κ) ** 2)


def stored(name: str, printed: Expr, net: Network, battery: int, where: dict[Expr, Expr] | None = None) -> Equal:
    """The printed energy of a battery, held against that of the network's steady state."""
    state = steady_state(langevin(net))
    return Equal(Symbol(name), printed, state.energy(mode(battery)), {**dict(state.where), **(where or {})})
