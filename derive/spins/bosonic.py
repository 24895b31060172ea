"""Spins with few excitations are modes: the limit of Holstein and Primakoff, as a square that commutes.

    S⁻ → √N a,  S^z → a†a − N/2  around the empty state;   S⁻ → √N a†,  S^z → N/2 − a†a  around the full one

A pump on full spins is a loss, a shared loss of full and empty ones pairs them. Every letter S^± takes a factor √N, so
that the limit N → ∞ keeps γN, √N ε and JN.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sympy import Add, Expr, Integer, Matrix, Mul, Symbol, sqrt

from derive.checks import checked
from derive.kernel import conjugated
from derive.langevin import langevin
from derive.network import Bath, Coupling, Drive, Mode, Network, Spins, Squeezing
from derive.spins.algebra import HEIGHT, LOWER, RAISE, Word, heisenberg, parts, times
from derive.spins.cumulants import NotClosed, dicke_value


@checked
def bosonic_limit(net: Network, full: Collection[str] = ()) -> Network:
    """Holstein–Primakoff, N → ∞: spins with few excitations, those of `full` with few missing, as modes.

    A mode of full spins counts what is missing: it has negative frequency and detuning. `bosonic_limit_residual` is the
    commuting square with `langevin`.

    Raises:
        NotClosed: if something full is no ensemble of spins of the network.
    """
    for name in full:
        if name not in {node.name for node in net.spins}:
            raise NotClosed(f"What is full must be spins of the network, but {name!r} is not.")
    size = {node.name: sqrt(node.number) if isinstance(node, Spins) else Integer(1) for node in net.modes}
    modes = tuple(_mode(node, node.name in full) for node in net.modes)
    couplings, squeezings = [], list(net.squeezings)
    for c in net.couplings:
        strength = c.strength * size[c.a] * size[c.b]
        if (c.a in full) == (c.b in full):
            couplings.append(Coupling(c.b, c.a, strength) if c.a in full else Coupling(c.a, c.b, strength))
        else:
            squeezings.append(Squeezing(c.a, c.b, conjugated(strength) if c.a in full else strength))
    drives = tuple(
        Drive(d.mode, size[d.mode] * (conjugated(d.amplitude) if d.mode in full else d.amplitude)) for d in net.drives
    )
    return Network(modes, tuple(couplings), drives, tuple(_bath(b, size, full) for b in net.baths), tuple(squeezings),
                   title=net.title)  # fmt: skip


def _mode(node: Mode | Spins, full: bool) -> Mode:
    sign = -1 if full else 1
    return node if isinstance(node, Mode) else Mode(node.name, sign * node.detuning, sign * node.frequency)


def _bath(bath: Bath, size: Mapping[str, Expr], full: Collection[str]) -> Bath:
    """Legs on full spins change sides: S⁻ creates what is missing."""
    jump = [(name, w * size[name]) for name, w in bath.jump if name not in full]
    jump += [(name, w * size[name]) for name, w in bath.gain if name in full]
    gain = [(name, w * size[name]) for name, w in bath.gain if name not in full]
    gain += [(name, w * size[name]) for name, w in bath.jump if name in full]
    return replace(bath, jump=tuple(jump), gain=tuple(gain))


@checked
def bosonic_limit_residual(net: Network, full: Collection[str] = ()) -> Matrix:
    """`langevin` of the limit less the spins' own equations for N → ∞: a column of all their entries.

    The spin side is d⟨a⟩/dt with S^z at ∓N/2, and d⟨a†a⟩/dt and d⟨aa⟩/dt of the empty and full Dicke state, from the
    master equation by the algebra of spins, with N/x in place of N and √x on every S^±, at x = 0.
    """
    found = langevin(bosonic_limit(net, full))
    x = Symbol("x", positive=True)
    large = _scaled(net, x)
    names = net.names
    modes = frozenset(node.name for node in net.modes if isinstance(node, Mode))
    node = {n.name: n for n in large.modes}
    lower = {name: RAISE if name in full else LOWER for name in names}
    upper = {name: LOWER if name in full else RAISE for name in names}
    root = {name: sqrt(n.number) if isinstance(n, Spins) else Integer(1) for name, n in node.items()}

    def moved(polynomial: Mapping[Word, Expr]) -> dict[Word, Expr]:
        total: dict[Word, Expr] = {}
        for part in parts(large):
            for word, weight in heisenberg(part, polynomial, modes).items():
                total[word] = total.get(word, Integer(0)) + weight
        return total

    def limit(e: Expr) -> Expr:
        return e.expand().subs(x, 0)

    def heights(word: Word) -> tuple[Expr, Word]:
        """S^z → ∓N/2, and the letters that are left."""
        z = [node[name].number / 2 * (1 if name in full else -1) for name, sign in word if sign == HEIGHT]  # type: ignore[union-attr]
        return Mul(*z), tuple(item for item in word if item[1] != HEIGHT)

    def value(word: Word) -> Expr:
        """In the state in which every mode of the limit is empty."""
        excited = {name: n.number if name in full and isinstance(n, Spins) else Integer(0) for name, n in node.items()}
        return dicke_value(word, node, excited)

    left: list[Expr] = []
    for i, a in enumerate(names):
        rates = [(heights(word), weight) for word, weight in moved({((a, lower[a]),): 1 / root[a]}).items()]
        for j, b in enumerate(names):
            for sign, true in ((lower, found.drift[i, j]), (upper, found.pairing[i, j])):
                terms = (z * w * root[b] for (z, rest), w in rates if rest == ((b, sign[b]),))
                left.append(limit(Add(*terms)) - true)
        left.append(limit(Add(*(z * w for (z, rest), w in rates if not rest))) - found.force[i])
        for j, b in enumerate(names):
            scale = 1 / (root[a] * root[b])
            for sign, true in ((upper, found.noise[i, j]), (lower, found.squeezing[i, j])):
                product = times({((a, sign[a]),): scale}, {((b, lower[b]),): Integer(1)}, modes)
                left.append(limit(Add(*(w * value(word) for word, w in moved(product).items()))) - true)
    return Matrix(left)


def _scaled(net: Network, x: Symbol) -> Network:
    """N/x spins in place of N, and √x on every S^±."""
    names = {node.name for node in net.spins}

    def weight(*nodes: str) -> Expr:
        return Mul(*(sqrt(x) for name in nodes if name in names))

    def legs(found: tuple[tuple[str, Expr], ...]) -> tuple[tuple[str, Expr], ...]:
        return tuple((name, w * weight(name)) for name, w in found)

    # the number of spins is no integer here, which nothing that follows asks for
    modes = tuple(replace(node, number=node.number / x) if isinstance(node, Spins) else node for node in net.modes)
    return Network(
        modes,
        tuple(replace(c, strength=c.strength * weight(c.a, c.b)) for c in net.couplings),
        tuple(replace(d, amplitude=d.amplitude * weight(d.mode)) for d in net.drives),
        tuple(replace(b, jump=legs(b.jump), gain=legs(b.gain)) for b in net.baths),
        net.squeezings,
    )
