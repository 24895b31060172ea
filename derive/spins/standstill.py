"""Batteries of spins once their charger is empty: it follows them, and what is left acts on the batteries alone.

    γ_m, q_m → J_{B_m}⁻ − γ↓ Σ_k J_{B_k}⁻/(Mγ↓ − γ↑),   pump → γ↓ Σ_k J_{B_k}⁺/(Mγ↓ − γ↑)

A large charger near its ground state is a mode, and its elimination is that of any lossy mode: the batteries enter it
as a force, so that they need not be modes themselves.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, sqrt

from derive.builders import spin_star
from derive.eliminate import eliminate
from derive.kernel import canonical
from derive.network import Bath, Network, Number
from derive.spins.algebra import HEIGHT, Word, adjoint, commutator, jump, scaled, total
from derive.spins.bosonic import bosonic_limit


def empty_charger(
    batteries: int, battery: Number | None = None, down: Number | None = None, up: Number | None = None
) -> Network:
    """The network of the batteries of `spin_star` once the charger, N_C → ∞, is empty and follows them.

    It does not depend on N_C. `tests` hold it against exact ladders with a charger.
    """
    net = spin_star(batteries, None, battery, down, up)
    reduced = eliminate(bosonic_limit(net), "C")
    nodes = tuple(node for node in net.spins if node.name != "C")
    root = sqrt(nodes[0].number)

    def legs(found: tuple[tuple[str, Expr], ...], sign: int) -> tuple[tuple[str, Expr], ...]:
        weights = ((name, canonical(sign * w / root)) for name, w in found)
        return tuple((name, w) for name, w in weights if w != 0)

    baths = []
    for bath in reduced.baths:
        # the sign of a jump does not matter: where all legs are alike it becomes plus
        sign = -1 if _all_alike(bath) else 1
        baths.append(replace(bath, jump=legs(bath.jump, sign), gain=legs(bath.gain, sign)))
    return Network(nodes, baths=tuple(baths), title="Batteries of spins that an empty charger follows")


def _all_alike(bath: Bath) -> bool:
    weights = {canonical(w) for _, w in (*bath.jump, *bath.gain)} - {Integer(0)}
    return len(weights) == 1


def imbalance(net: Network) -> dict[Word, Expr]:
    """Σ γ[q, q†] over the reservoirs: zero if the state of equal populations of all ladders is stationary.

    It is a sum of heights: negative coefficients for more loss than gain.
    """
    found = []
    for bath in net.baths:
        q = jump(bath)
        found.append(scaled(bath.rate, commutator(q, adjoint(q))))
    return {word: canonical(x) for word, x in total(found).items() if canonical(x) != 0}


def half_full_pump(batteries: int) -> Expr:
    """The pump at which the batteries rest half full, however many spins they have: γ↑ = (M − 1)γ↓.

    The coefficient of every height in Σ γ[q, q†] is −4γ↓((M − 1)γ↓ − γ↑)/(Mγ↓ − γ↑), which vanishes there: it is the
    pump that fills them in the pulse.
    """
    found = imbalance(empty_charger(batteries))
    top, _ = found[(("B_1", HEIGHT),)].as_numer_denom()
    pump = next(s for s in top.free_symbols if s.name == "gamma_up")
    return canonical(pump - top.expand() / top.expand().coeff(pump))
