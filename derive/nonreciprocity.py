"""Nonreciprocity as algebra: what cuts one way of a link, what is left of the other, and how much leaks back.

    W_ts = −iJ + r = 0   ⟺   J = −ir,    W_st = −(KK†)_st,    r the rest of the effective drift

for H ∋ J a_t†a_s: coherent exchange and everything else (shared reservoirs, eliminated modes) interfere. What is left
the other way does not depend on J, because W + W† = −KK† does not. A reservoir with the jump p_t a_t + p_s a_s gives
J = iΓ p_t* p_s/2, that is |J| = Γ|p_t p_s|/2 and the flux π/2 through the loop s → t → reservoir → s (Metelmann and
Clerk 2015; Liu et al. 2026, below Eq. (2), with θ = π/2, μ = 1 or θ = 0, μ = −i, which are two gauges of it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, I, Integer, Matrix, Mul, Symbol, arg, ceiling, diff, exp, pi, sqrt

from derive.checks import checked
from derive.eliminate import eliminate, schur
from derive.errors import DeriveError
from derive.kernel import abs_squared, canonical, conjugated, factored
from derive.langevin import langevin
from derive.network import Coupling, Network
from derive.response import ports


class NotIsolable(DeriveError):
    """A link that cannot be one-way: of one mode, of one that is eliminated, cut both ways, or a coupling alone."""


@dataclass(frozen=True)
class Isolation:
    """The direct coupling that isolates `target` from `source`: H ∋ strength·a_target†a_source + h.c.

    `amplitude` and `phase` are |strength| and strength/|strength|; `remaining` is the entry of the effective drift
    with which `target` still drives `source`.
    """

    target: str
    source: str
    strength: Expr
    amplitude: Expr
    phase: Expr
    remaining: Expr


@dataclass(frozen=True)
class Leakage:
    """|W_ts/W_st|² of a link whose coupling misses the condition by a factor (1 + δ)e^{iφ}.

    `ratio` is exact, `leading` its lowest order (δ² + φ²)|J|²/|W_st|², which is (δ² + φ²)/4 for resonant reservoirs.
    """

    ratio: Expr
    leading: Expr


@dataclass(frozen=True)
class Loop:
    """A loop through modes and shared reservoirs, and the product of the amplitudes along it.

    No redefinition of the modes' phases changes `circulation`; `flux` is its argument, up to 2π.
    """

    nodes: tuple[str, ...]
    circulation: Expr

    @property
    def flux(self) -> Expr:
        """The phase that is collected on the way around, a real expression; a number is between −π and π."""
        total = Add(*(_argument(factor) for factor in Mul.make_args(self.circulation)))
        return total - 2 * pi * ceiling((total - pi) / (2 * pi)) if total.is_number else total


@checked
def isolation(net: Network, target: str, source: str, *gone: str) -> Isolation:
    """The direct coupling at which `target` no longer feels `source` once the modes `gone` follow adiabatically.

    Any direct coupling that the network has between the two is replaced. Conditions on different pairs of modes do not
    depend on each other, so that they may be asked for one by one.

    Raises:
        NotIsolable: if the modes are the same, or not among those that stay.
        NotEliminable: as in `eliminate`.
    """
    bare = _coupled(net, target, source, Integer(0), gone)
    eq = schur(langevin(bare), *gone) if gone else langevin(bare)
    t, s = eq.modes.index(target), eq.modes.index(source)
    strength = factored(-I * eq.drift[t, s])
    size = factored(abs_squared(strength))
    amplitude = sqrt(size)
    return Isolation(
        target,
        source,
        strength,
        amplitude,
        factored(strength / amplitude) if size != 0 else Integer(1),
        factored(eq.drift[s, t] - I * conjugated(strength)),
    )


@checked
def isolation_residual(net: Network, target: str, source: str, *gone: str) -> Matrix:
    """W_ts, W_st − remaining and |J|phase − J of the network with that coupling, by its equations of motion: 3×1."""
    found = isolation(net, target, source, *gone)
    back, forth = _entries(net, target, source, found.strength, gone)
    return Matrix([back, forth - found.remaining, found.amplitude * found.phase - found.strength])


@checked
def isolated(net: Network, *pairs: tuple[str, str], gone: Sequence[str] = ()) -> Network:
    """The network whose direct couplings isolate the first of each of `pairs` from the second: W_ts = 0.

    W is the drift once the modes `gone` follow adiabatically; see `isolation` for a single pair (target, source).

    Raises:
        NotIsolable: if both ways of a pair are to be cut: then nothing would be left of the link, W_st = −(KK†)_st.
    """
    for target, source in pairs:
        if (source, target) in pairs:
            raise NotIsolable(
                f"One way of a link can be cut, but both are asked for between {target!r} and {source!r}; what is left "
                "of the other does not depend on their coupling."
            )
        net = _coupled(net, target, source, isolation(net, target, source, *gone).strength, tuple(gone))
    return net


@checked
def leakage(net: Network, target: str, source: str, delta: Expr, phi: Expr, *gone: str) -> Leakage:
    """What flows back through a link that misses its condition by (1 + δ)e^{iφ}, relative to what flows forward.

    Raises:
        NotIsolable, NotEliminable: as in `isolation`, and if at isolation nothing flows forward either.
    """
    found = isolation(net, target, source, *gone)
    if found.remaining == 0:
        raise NotIsolable(
            f"A link that leaks must lead from {target!r} to {source!r}, but nothing but their coupling joins them; "
            "add a shared reservoir or a lossy mode."
        )
    missed = (1 + delta) * exp(I * phi)
    back = -I * found.strength * (missed - 1)
    forth = found.remaining - I * conjugated(found.strength) * (conjugated(missed) - 1)
    ratio = canonical(abs_squared(back) / abs_squared(forth))
    leading = factored(abs_squared(found.strength) / abs_squared(found.remaining)) * (delta**2 + phi**2)
    return Leakage(ratio, leading)


@checked
def leakage_residual(net: Network, target: str, source: str, delta: Symbol, phi: Symbol, *gone: str) -> Matrix:
    """ratio·|W_st|² − |W_ts|² of the mistuned network and, up to second order in δ and φ, leading·|W_st|² − |W_ts|².

    7×1. All are zero; only the first has denominators that can vanish where the link leads forward at isolation.
    """
    found = leakage(net, target, source, delta, phi, *gone)
    strength = isolation(net, target, source, *gone).strength * (1 + delta) * exp(I * phi)
    back, forth = map(abs_squared, _entries(net, target, source, strength, gone))
    away = found.leading * forth - back
    orders = (away, diff(away, delta), diff(away, phi))
    seconds = (diff(away, delta, 2), diff(away, phi, 2), diff(away, delta, phi))
    return Matrix([found.ratio * forth - back, *(e.subs({delta: 0, phi: 0}) for e in (*orders, *seconds))])


@checked
def loops(net: Network) -> tuple[Loop, ...]:
    """A basis of the loops of a network, through modes and shared reservoirs, each from its first mode on.

    The amplitude from mode i to mode j is the coefficient of a_j†a_i in H, that from i to a reservoir √γ u_i, and
    back √γ u_i*. Detunings, pairing and gain legs are no part of a loop.
    """
    from networkx import Graph, cycle_basis

    strengths: dict[tuple[str, str], Expr] = {}

    def add(i: str, j: str, amplitude: Expr) -> None:
        strengths[i, j] = strengths.get((i, j), Integer(0)) + amplitude
        strengths[j, i] = strengths.get((j, i), Integer(0)) + conjugated(amplitude)

    for coupling in net.couplings:
        add(coupling.b, coupling.a, coupling.strength)
    names = list(net.names)
    for name, bath in zip(ports(net), net.baths, strict=True):
        if len(bath.jump) > 1:
            names.append(name)
            for mode, weight in bath.jump:
                add(mode, name, sqrt(bath.rate) * weight)
    graph = Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from(link for link, amplitude in strengths.items() if amplitude != 0)
    found = []
    for cycle in cycle_basis(graph, names[0]):
        first = min(range(len(cycle)), key=lambda k: names.index(cycle[k]))
        nodes = cycle[first:] + cycle[:first]
        if names.index(nodes[-1]) < names.index(nodes[1]):
            nodes = [nodes[0], *nodes[:0:-1]]
        steps = zip(nodes, [*nodes[1:], nodes[0]], strict=True)
        found.append(Loop(tuple(nodes), factored(Mul(*(strengths[step] for step in steps)))))
    return tuple(sorted(found, key=lambda loop: [names.index(node) for node in loop.nodes]))


@checked
def regauged(net: Network, phases: Mapping[str, Expr]) -> Network:
    """The same network after the change of phases a → e^{iχ}a: strengths and weights turn, nothing else does.

    Raises:
        NotIsolable: if the network has pairing, gain or squeezed baths, whose phases turn as well, or if a phase is
            that of no mode or not real.
    """
    for name, phase in phases.items():
        if name not in net.names or not phase.is_real:
            raise NotIsolable(
                f"Phases that turn must be real, of one of the modes {', '.join(net.names)}, but {name!r} has {phase}."
            )
    if net.squeezings or any(bath.gain or bath.squeezing != 0 for bath in net.baths):
        raise NotIsolable(
            "Phases of the modes are free in a network without pairing, gain and squeezing, but this one has some; "
            "turn their phases by hand."
        )
    turn = {name: exp(I * phases.get(name, Integer(0))) for name in net.names}
    return replace(
        net,
        couplings=tuple(replace(c, strength=c.strength * turn[c.b] / turn[c.a]) for c in net.couplings),
        drives=tuple(replace(d, amplitude=d.amplitude / turn[d.mode]) for d in net.drives),
        baths=tuple(replace(b, jump=tuple((m, w * turn[m]) for m, w in b.jump)) for b in net.baths),
    )


def _coupled(net: Network, target: str, source: str, strength: Expr, gone: Sequence[str]) -> Network:
    """The network with this direct coupling between two modes and no other."""
    stay = [name for name in net.names if name not in gone]
    if target == source or not {target, source} <= set(stay):
        raise NotIsolable(
            f"A link joins two of the modes that stay, {', '.join(stay)}, but {target!r} and {source!r} were given."
        )
    others = tuple(c for c in net.couplings if {c.a, c.b} != {target, source})
    return replace(net, couplings=(*others, Coupling(target, source, strength)) if strength != 0 else others)


def _entries(net: Network, target: str, source: str, strength: Expr, gone: Sequence[str]) -> tuple[Expr, Expr]:
    """W_ts and W_st of the network with this direct coupling, eliminated in the picture."""
    coupled = _coupled(net, target, source, strength, gone)
    eq = langevin(eliminate(coupled, *gone) if gone else coupled)
    t, s = eq.modes.index(target), eq.modes.index(source)
    return eq.drift[t, s], eq.drift[s, t]


def _argument(factor: Expr) -> Expr:
    base, power = factor.as_base_exp()
    if isinstance(factor, exp):
        base, power = factor, Integer(1)
        turned = -I * factor.exp
        if turned.is_real:
            return turned
    star = conjugated(base)
    if base.is_Symbol or star.is_Symbol:
        return Integer(0) if base.is_positive else power * (arg(base) if base.is_Symbol else -arg(star))
    return power * arg(base)
