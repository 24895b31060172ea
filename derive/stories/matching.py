"""The argument on what no passive network exceeds, and on the networks that reach it, for any number of batteries."""

from __future__ import annotations

import networkx as nx
from sympy import Add, I, Integer, Matrix, Symbol, sqrt

from derive.appendix import microscopic, motion
from derive.balance import EPSILON, OMEGA, every_graph_residual, matched, matched_residual
from derive.builders import chain, positive
from derive.derivation import Derivation, Equation, Step, mean
from derive.kernel import abs_squared, conjugated
from derive.langevin import langevin
from derive.network import Network
from derive.stories.formulas import KAPPA, RECIPROCAL_STAR_ENERGY, J, N

LARGEST_WORST = OMEGA * EPSILON**2 / (N * KAPPA**2)
STAR_COUPLING = KAPPA / (2 * sqrt(N))
INDEX = Symbol("k", positive=True, integer=True)
R_A, R_1, R_2, KAPPA_A, KAPPA_1, KAPPA_2 = (
    positive(n) for n in ("r_a", "r_1", "r_2", "kappa_a", "kappa_1", "kappa_2")
)


def matching() -> Derivation:
    """From the balance of two batteries with general links to the bound, and to couplings that reach it."""
    net = chain(2, "general", distinct=True)
    eq = langevin(net)
    return Derivation(
        "What no passive network exceeds",
        (*microscopic(net), *motion(net, eq), *bound(net), *reached(), every_tree(), *any_number()),
    )


def bound(net: Network) -> tuple[Step, ...]:
    """Energy balance, completed square, and the bound, in the amplitudes of a network with one drive."""
    eq = langevin(net)
    alpha = Matrix([mean(name) for name in eq.modes])
    a, kappa_a = mean("a"), positive("kappa_a")
    moving = eq.drift * alpha + eq.force
    gained = Add(*(conjugated(x) * v + x * conjugated(v) for x, v in zip(alpha, moving, strict=True)))
    local = {bath.jump[0][0]: bath.rate for bath in net.baths if len(bath.jump) == 1}
    shared = Add(
        *(
            bath.rate * abs_squared(Add(*(u * mean(x) for x, u in bath.jump)))
            for bath in net.baths
            if len(bath.jump) > 1
        )
    )
    lost = Add(*(rate * abs_squared(mean(name)) for name, rate in local.items())) + shared
    work = I * EPSILON * a - I * EPSILON * conjugated(a)
    batteries = [name for name in eq.modes if name != "a"]
    kept = Add(*(local[name] * abs_squared(mean(name)) for name in batteries))
    missed = kappa_a * abs_squared(a + I * EPSILON / kappa_a)
    most, spent = EPSILON**2 / kappa_a, kept + missed + shared
    stored = Add(*(local[name] * positive(f"E_{name[2:]}") for name in batteries))
    energies = {positive(f"E_{name[2:]}"): OMEGA * abs_squared(mean(name)) for name in batteries}
    return (
        Step(
            "balance",
            Equation(lost, work),
            "Multiplied by the conjugate amplitudes and added up, the couplings drop out: in the steady state all "
            "reservoirs together take what the drive gives,",
            "energy balance",
            (gained + lost - work).expand(),
            ("motion",),
        ),
        Step(
            "square",
            Equation(most, spent),
            "Completing the square in the charger's amplitude turns this into",
            "completed square",
            (most - spent - (work - lost)).expand(),
            ("balance",),
        ),
        Step(
            "bound",
            Equation(stored, OMEGA * most, "≤"),
            "where no term is negative. Whatever the couplings, phases and reservoirs, the batteries' energies obey",
            "bound",
            (OMEGA * most - stored.subs(energies) - OMEGA * (missed + shared + work - lost)).expand(),
            ("square",),
        ),
    )


def reached() -> tuple[Step, ...]:
    """Couplings at which two batteries in series hold r_1², r_2² with κ_1r_1² + κ_2r_2² = ε²/κ_a, both ways."""
    graph = nx.DiGraph([("a", "b_1"), ("b_1", "b_2")])
    for name, rate in (("a", KAPPA_A), ("b_1", KAPPA_1), ("b_2", KAPPA_2)):
        graph.nodes[name]["loss"] = rate
    r = {"b_1": R_1, "b_2": R_2}
    on_it = {EPSILON: sqrt(KAPPA_A * (KAPPA_1 * R_1**2 + KAPPA_2 * R_2**2))}
    at_root = {R_A: EPSILON / KAPPA_A}
    flows = (KAPPA_2 * R_2**2 / 2, (KAPPA_1 * R_1**2 + KAPPA_2 * R_2**2) / 2)
    strengths = (flows[1] / (R_A * R_1), flows[0] / (R_1 * R_2))
    both, one_way = (matched(graph, r, one_way=way) for way in (False, True))
    held = [matched_residual(net, r).subs(on_it) for net in (both, one_way)]
    told = [s.subs(at_root) - c.strength for s, c in zip(strengths, both.couplings, strict=True)]
    turned = [I * s.subs(at_root) - c.strength for s, c in zip(strengths, one_way.couplings, strict=True)]
    back = [langevin(one_way).drift[k, k + 1] for k in range(2)]
    j_1, j_2 = letters = positive("J_1"), positive("J_2")
    rates = (2 * j_1 * R_1 / R_A, 2 * j_2 * R_1 * R_2 / R_A**2)
    weights = (Integer(1), R_A / R_1, R_A / R_2)
    in_strengths = dict(zip(letters, strengths, strict=True))
    # `matched` has other weights, √(r_child/r_parent) and its inverse: Γ|p|² of every leg is the same
    shared = []
    for k, bath in enumerate(bath for bath in one_way.baths if len(bath.jump) == 2):
        for (_, u), weight in zip(bath.jump, weights[k : k + 2], strict=True):
            shared.append((rates[k] * weight**2).subs(in_strengths).subs(at_root) - bath.rate * u**2)
    return (
        Step(
            "flows",
            tuple(Equation(letter, s) for letter, s in in_strengths.items()),
            "It is an equality if the charger is matched, $\\langle a\\rangle = -i\\epsilon/\\kappa_a$, and the shared "
            "reservoirs are dark. Without reservoirs every link must carry what is lost beyond it. For any moduli "
            "$r_k$ of the batteries' amplitudes with $\\kappa_1 r_1^2 + \\kappa_2 r_2^2 = \\epsilon^2/\\kappa_a$, and "
            "$r_a = \\epsilon/\\kappa_a$, this is",
            "matching",
            [*held[0], *told],
            ("bound",),
        ),
        Step(
            "one-way",
            (
                *(Equation(positive(f"Gamma_{k}"), rate) for k, rate in enumerate(rates, 1)),
                *(Equation(Symbol(f"p_{k}"), weight) for k, weight in enumerate(weights[1:], 1)),
            ),
            "The same couplings with the phase $\\pi/2$, and reservoirs on which the amplitudes of their two modes "
            "cancel, store as much and let nothing flow back: isolation need not cost anything. With $p_a = 1$ this is",
            "matching",
            [*held[1], *turned, *back, *shared],
            ("flows",),
        ),
    )


def every_tree() -> Step:
    """Row by row: the charger's, and that of any mode v that u feeds and that feeds others, Σ below v = `fed`."""
    kappa, r_u, r_v, strength = (positive(name) for name in ("kappa_v", "r_u", "r_v", "J_v"))
    flow, fed = positive("Phi_v"), positive("Phi_below")
    into, coupling = kappa * r_v**2 / 2 + fed, flow / (r_u * r_v)
    row = -kappa * r_v / 2 + coupling.subs(flow, into) * r_u - fed / r_v
    r_a, whole = EPSILON / KAPPA_A, EPSILON**2 / (2 * KAPPA_A)
    charger = EPSILON - KAPPA_A * r_a / 2 - whole / r_a
    return Step(
        "every-tree",
        (Equation(flow, into), Equation(strength, coupling)),
        "The number of batteries and the tree that they form do not matter. With $\\Phi_v$ for what flows into a mode "
        "$v$ from the mode $u$ that feeds it, and $\\Phi_{\\rm below}$ for all that flows on from $v$, every row is "
        "solved by",
        "matching",
        [row, charger],
        ("flows",),
    )


def any_number() -> tuple[Step, ...]:
    """The bound for every graph, and two families of any number of equal batteries that reach it."""
    worst, star = LARGEST_WORST, STAR_COUPLING
    first, inner = sqrt(N) * KAPPA / 2, (N - INDEX + 1) * KAPPA / 2
    r_0, r = EPSILON / KAPPA, EPSILON / (sqrt(N) * KAPPA)
    last = inner.subs(INDEX, N)
    rows = (
        EPSILON - KAPPA * r_0 / 2 - first * r,
        first * r_0 - KAPPA * r / 2 - inner.subs(INDEX, 2) * r,
        inner - KAPPA / 2 - inner.subs(INDEX, INDEX + 1),
        last - KAPPA / 2,
        OMEGA * r**2 - worst,
    )
    return (
        Step(
            "every-graph",
            Equation(Symbol("E_min"), worst, "≤"),
            "The argument needs no more of a network than $W + W^\\dagger = -D$ with positive losses $D$: it holds for "
            "any graph and any number of modes. Of $N$ batteries that lose as much as the charger, the worst never "
            "stores more than",
            "every graph",
            [*every_graph_residual(), N * KAPPA * worst - OMEGA * EPSILON**2 / KAPPA],
            ("bound",),
        ),
        Step(
            "star",
            Equation(J, star),
            "The reciprocal star reaches it with equal couplings,",
            "matching",
            RECIPROCAL_STAR_ENERGY.subs(J, star) - worst,
            ("every-graph",),
        ),
        Step(
            "tapered-chain",
            (Equation(positive("J_1"), first), Equation(positive("J_k"), inner)),
            "A chain reaches it with couplings that fall towards its end: the amplitudes $-i\\epsilon/\\kappa$ of the "
            "charger and $(-i)^{k+1}\\epsilon/(\\sqrt N\\kappa)$ of the batteries solve all its rows if, with "
            "$k \\geq 2$ below,",
            "matching",
            rows,
            ("every-graph", "flows"),
        ),
    )
