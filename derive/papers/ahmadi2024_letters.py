"""The letters of the pair of Ahmadi, Mazurek, Horodecki and Barzanjeh 2024, and its networks.

The claims are the sentences of the abstract and of the journal's synopsis. The formulas of the paper were not at hand
and none is held against anything here: every formula follows from the model that these sentences describe. A driven
charger a and a battery b, both with a loss of their own, exchange quanta at the strength J e^{iθ} and share a reservoir
with the jump p_a a + p_b b. Rates are energy rates, ħ = 1; the "conventional" pair is the same one without the
reservoir, J, drive and losses kept; unless a claim says otherwise both legs of the reservoir weigh the same, p_a = p_b
= 1, and the link is isolated, J e^{iθ} = iΓ/2.
"""

from __future__ import annotations

from sympy import Expr, I, Integer, Symbol, exp

from derive.builders import positive, real
from derive.derivation import Equation
from derive.evolution import steady_state
from derive.gaussian import GaussianState
from derive.langevin import langevin
from derive.latex import Notation
from derive.network import Bath, Coupling, Drive, Mode, Network, loss
from derive.nonreciprocity import isolated

ω, ε, J, Γ, κ, κ_a, κ_b, t = (
    positive(name) for name in ("omega", "epsilon", "J", "Gamma", "kappa", "kappa_a", "kappa_b", "t")
)
θ = real("theta")
p_a, p_b = Symbol("p_a"), Symbol("p_b")
E_NR, E_R, E_A, GAIN = Symbol("E_b^nr"), Symbol("E_b^r"), Symbol("E_a^nr"), Symbol("G")
MORE = Equation(E_NR, E_R, "≥")

NOTATION = Notation(
    {
        "E_b^r": r"E_b^{\mathrm{r}}",
        "E_b^r(t_1)": r"E_b^{\mathrm{r}}(\pi/J)",
        "E_b(pi/2)": r"E_b(\pi/2)",
        "E_b(theta)": r"E_b(\theta)",
        "eta^nr": r"\eta^{\mathrm{nr}}",
        "eta^r": r"\eta^{\mathrm{r}}",
        "N_a^r": r"N_a^{\mathrm{r}}",
        "N_a^r0": r"N_a^{\mathrm{r}}(n_b = 0)",
        "B_r": r"B_{\mathrm{r}}",
        "S_(N-1)": "S_{N-1}",
        "W_ab": "W_{ab}",
        "W_ba": "W_{ba}",
    }
)


def pair(strength: Expr | None = None, shared: bool = True) -> Network:
    """The charger and the battery at a coupling, J e^{iθ} unless given, with their reservoir or without it."""
    local = (loss("a", κ_a), loss("b", κ_b))
    return Network(
        (Mode("a", frequency=ω), Mode("b", frequency=ω)),
        (Coupling("a", "b", J * exp(I * θ) if strength is None else strength),),
        (Drive("a", ε),),
        (*local, Bath((("a", p_a), ("b", p_b)), Γ)) if shared else local,
        title="A charger and a battery in one reservoir",
    )


def even(net: Network) -> Network:
    """Both legs of the reservoir alike."""
    return net.subs({p_a: 1, p_b: 1})


def one_way() -> Network:
    """The pair whose battery does not act on the charger, for any weights."""
    return isolated(pair(), ("a", "b"))


def conventional(coupling: Expr = J) -> Network:
    """The pair without the reservoir."""
    return pair(coupling, shared=False)


def chiral(cells: int) -> Network:
    """A charger and N equal batteries on one reservoir, each link isolated: every mode feeds those behind it."""
    names = ("a", *(f"b_{k}" for k in range(1, cells + 1)))
    net = Network(
        tuple(Mode(name, frequency=ω) for name in names),
        drives=(Drive("a", ε),),
        baths=(
            loss("a", κ_a),
            *(loss(name, κ) for name in names[1:]),
            Bath(tuple((name, Integer(1)) for name in names), Γ),
        ),
        title=f"Chiral network of {cells} batteries",
    )
    return isolated(net, *((one, other) for k, one in enumerate(names) for other in names[k + 1 :]))


def state(net: Network) -> GaussianState:
    """The steady state."""
    return steady_state(langevin(net))


def energies() -> tuple[Expr, Expr]:
    """E_b of the isolated pair and of the conventional one at the same J = Γ/2."""
    return state(even(one_way())).energy("b"), state(conventional(Γ / 2)).energy("b")


def equal_losses() -> dict[Expr, Expr]:
    """κ_a = κ_b = κ."""
    return {κ_a: κ, κ_b: κ}
