"""What no passive network can store, for every graph, and the networks that store it.

Passive means: couplings, losses and shared reservoirs that only take quanta out. Then W + W† = −D with
D = Σ_baths γ u*uᵀ, and a steady state a with Wa + f = 0 balances what is lost and what the drive does: a†Da = 2 Re a†f.
For f = −iε on modes that lose energy at κ_c of their own, completing the square gives an identity,

    Σ_c |ε_c|²/κ_c = Σ_b κ_b|a_b|² + Σ_c κ_c|a_c + iε_c/κ_c|² + Σ_shared γ|u·a|²        c driven, b not driven,

all of whose terms are ≥ 0. So the batteries together never hold more than Σ_b κ_bE_b ≤ ω|ε|²/κ_c, the worst of n equal
ones no more than ω|ε|²/(nκ_cκ), and no graph, coupling, detuning or shared reservoir gets around it. Equality needs
a matched charger and reservoirs that stay dark. `matched` builds such networks on any tree, without reservoirs or
one-way, for any energies that the bound allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sympy import Add, Expr, I, Integer, Matrix, Symbol, sqrt

from derive.builders import positive
from derive.checks import checked
from derive.errors import DeriveError
from derive.evolution import steady_state
from derive.kernel import abs_squared, canonical, conjugated, factored
from derive.langevin import langevin
from derive.network import Bath, Coupling, Drive, Mode, Network, exact, loss

if TYPE_CHECKING:
    import networkx as nx

OMEGA, EPSILON = positive("omega"), positive("epsilon")


class BoundError(DeriveError):
    """A network to which the energy balance of passive networks does not apply, or a tree that is none."""


@dataclass(frozen=True)
class Balance:
    """Where the largest power that a drive can give goes: `most` = `delivered` + `mismatch` + `shared`.

    `most` is Σ_c |ε_c|²/κ_c, `delivered` Σ_b κ_b|a_b|² into the losses of the modes that are not driven, `mismatch`
    Σ_c κ_c|a_c + iε_c/κ_c|² and `shared` Σ γ|u·a|² into reservoirs of more than one leg, in quanta per time.
    """

    most: Expr
    delivered: Expr
    mismatch: Expr
    shared: Expr


@checked
def energy_balance(net: Network) -> Balance:
    """The energy balance of a passive network in its steady state, at any couplings and detunings.

    Raises:
        BoundError: if the network makes quanta (pairs, gain), or a driven mode has no loss of its own.
    """
    losses, forces, whole = local_losses(net), _drives(net), most(net)
    a = dict(zip(net.names, steady_state(langevin(net)).mean, strict=True))
    lost = Add(*(losses[name] * abs_squared(a[name]) for name in net.names if name not in forces))
    missed = Add(*(losses[c] * abs_squared(a[c] + I * e / losses[c]) for c, e in forces.items()))
    shared = Add(
        *(b.rate * abs_squared(Add(*(u * a[name] for name, u in b.jump))) for b in net.baths if len(b.jump) > 1)
    )
    return Balance(whole, lost, missed, shared)


@checked
def energy_balance_residual(net: Network) -> Expr:
    """`most` − `delivered` − `mismatch` − `shared`, which vanishes for every passive network."""
    found = energy_balance(net)
    return found.most - found.delivered - found.mismatch - found.shared


def most(net: Network) -> Expr:
    """Σ_c |ε_c|²/κ_c: no passive network of these drives and losses delivers more to modes that are not driven.

    Raises:
        BoundError: if the network makes quanta (pairs, gain), or a driven mode has no loss of its own.
    """
    losses, forces = local_losses(net), _drives(net)
    for name in forces:
        if losses[name] == 0:
            raise BoundError(
                f"A driven mode must have a loss of its own, or its energy has no bound, but {name!r} has none; "
                f'add loss("{name}", rate).'
            )
    return Add(*(abs_squared(e) / losses[name] for name, e in forces.items()))


@checked
def largest_worst(net: Network, batteries: Sequence[str] = ()) -> Expr:
    """An upper bound on the smallest |⟨b⟩|² among the batteries, whatever links them: `most`/Σ_b κ_b.

    `batteries` are all modes that are not driven, or those of them that are given.

    Raises:
        BoundError: if one of them is driven or not in the network, or none of them has a loss of its own.
    """
    losses, forces = local_losses(net), _drives(net)
    names = tuple(dict.fromkeys(batteries)) or [name for name in net.names if name not in forces]
    for name in names:
        if name not in losses:
            raise BoundError(f"Batteries must be among the modes {', '.join(net.names)}, but {name!r} is not.")
        if name in forces:
            raise BoundError(f"The bound is on batteries that are not driven, but {name!r} is; leave it out.")
    lost = Add(*(losses[name] for name in names))
    if lost == 0:
        raise BoundError("Batteries must have losses of their own, or nothing bounds what they store; add some.")
    return most(net) / lost


def local_losses(net: Network) -> dict[str, Expr]:
    """The rate Σ γ|u|² of the one-legged baths of every mode.

    Raises:
        BoundError: if the network can make quanta.
    """
    if not net.passive:
        raise BoundError("A passive network has couplings and losses only, but this one has squeezing or gain.")
    found: dict[str, Expr] = {name: Integer(0) for name in net.names}
    for bath in net.baths:
        if len(bath.jump) == 1:
            ((name, u),) = bath.jump
            found[name] += bath.rate * abs_squared(u)
    return found


def _drives(net: Network) -> dict[str, Expr]:
    found: dict[str, Expr] = {}
    for drive in net.drives:
        found[drive.mode] = found.get(drive.mode, Integer(0)) + drive.amplitude
    return found


# -- networks that reach the bound ------------------------------------------------------------------------------


@checked
def matched(tree: nx.DiGraph, amplitudes: Mapping[str, Expr] | None = None, *, one_way: bool = False) -> Network:
    """A network on a directed tree whose batteries hold what the bound allows, with the charger at its root.

    Every link carries the quanta Φ_v = Σ κ_w r_w²/2 that are lost below it, where r_w > 0 are the moduli of the
    amplitudes: reciprocal links have J_v = Φ_v/(r_v r_parent). One-way links have a reservoir of rate Γ_v = 2J_v and
    weights √(r_v/r_parent), √(r_parent/r_v) on parent and child, which stays dark: isolation costs nothing.
    `amplitudes` gives r of the batteries, with Σ κ_w r_w² = ε²/κ_root; by default all are equal. Node attribute
    `loss` gives κ_node, by default κ for all.

    Raises:
        BoundError: if the graph is not a tree with edges from the root outwards, or an amplitude is that of no battery.
        NetworkError: if a loss is not exact.
    """
    from networkx import dfs_postorder_nodes, is_arborescence

    if len(tree) < 2 or not is_arborescence(tree):
        raise BoundError("A matched network needs a tree of two or more nodes, all edges leading away from its root.")
    root = next(node for node, degree in tree.in_degree if degree == 0)
    kappa: dict[str, Expr] = {
        node: exact(given.get("loss", positive("kappa")), f"the loss of {node!r}")
        for node, given in tree.nodes(data=True)
    }
    batteries = [node for node in tree if node != root]
    for node, value in (amplitudes or {}).items():
        if node not in batteries or value.is_zero:
            raise BoundError(f"Amplitudes must be those of batteries, and not zero, but {node!r} has {value}.")
    equal = EPSILON / sqrt(kappa[root] * Add(*(kappa[node] for node in batteries)))
    r = {node: (amplitudes or {}).get(node, equal) for node in batteries}
    r[root] = EPSILON / kappa[root]
    flow: dict[str, Expr] = {}
    for node in dfs_postorder_nodes(tree, root):
        flow[node] = kappa[node] * r[node] ** 2 / 2 + Add(*(flow[child] for child in tree.successors(node)))
    baths = [loss(node, kappa[node]) for node in tree]
    couplings = []
    for parent, child in tree.edges:
        strength = factored(flow[child] / (r[child] * r[parent]))
        ratio = canonical(r[child] / r[parent])
        couplings.append(Coupling(parent, child, I * strength if one_way else strength))
        if one_way:
            baths.append(Bath(((parent, sqrt(ratio)), (child, 1 / sqrt(ratio))), 2 * strength))
    modes = tuple(Mode(node, frequency=OMEGA) for node in tree)
    return Network(modes, tuple(couplings), (Drive(root, EPSILON),), tuple(baths), title="Matched tree")


@checked
def matched_residual(net: Network, amplitudes: Mapping[str, Expr] | None = None) -> Matrix:
    """A column that is zero if it delivers `most`, and its batteries have the moduli given or equal ones."""
    balance = energy_balance(net)
    state = steady_state(langevin(net))
    worst = largest_worst(net)
    given = amplitudes or {}
    batteries = [name for name in net.names if name not in _drives(net)]
    targets = [given[name] ** 2 if name in given else worst for name in batteries]
    held = [state.occupation(name) for name in batteries]
    return Matrix([balance.most - balance.delivered, *(x - y for x, y in zip(held, targets, strict=True))])


# -- the argument, for every graph ------------------------------------------------------------------------------


def every_graph_residual() -> Matrix:
    """Three lines that vanish for any number of modes; matrices and vectors are noncommuting letters.

    W = −ih − D/2 with Hermitian h and D: W + W† = −D; then (Wa + f)†a + a†(Wa + f) = a†f + f†a − a†Da, which is zero
    in a steady state; and with f = −iεe, x = e†a and D = κee† + B the square is completed,
    ε²/κ − κ|x + iε/κ|² = 2 Re x*(−iε) − κ|x|² = a†Ba.
    """
    a, h, d, f = (Symbol(name, commutative=False) for name in ("a", "h", "D", "f"))
    a_bar, f_bar = (Symbol(name, commutative=False) for name in ("a†", "f†"))
    kappa, x = positive("kappa"), Symbol("x")
    w, w_bar = -I * h - d / 2, I * h - d / 2
    moving = a_bar * (w * a + f) + (a_bar * w_bar + f_bar) * a
    work = -I * EPSILON * conjugated(x) + I * EPSILON * x
    missed = kappa * abs_squared(x + I * EPSILON / kappa)
    lines = (
        w + w_bar + d,
        moving - (a_bar * f + f_bar * a - a_bar * d * a),
        EPSILON**2 / kappa - missed - (work - kappa * abs_squared(x)),
    )
    return Matrix([line.expand() for line in lines])
