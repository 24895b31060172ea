"""From the master equation of spins to closed moment equations, by normal ordering and cumulants.

    d⟨O⟩/dt = Σ c_k ⟨w_k⟩,   ⟨w⟩ → Σ_{partitions π of w, |π| > 1} (−1)^{|π|} (|π| − 1)! Π_{blocks} ⟨block⟩

for words longer than the order: their joint cumulant is dropped. Order 1 is the mean field of amplitudes, order 2
keeps all pair correlations. Identical parts may come in a symbolic number: a node that is a copy stands for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial

from sympy import Add, Expr, Integer, Mul, Symbol

from derive.checks import checked
from derive.errors import DeriveError
from derive.kernel import factored
from derive.network import Mode, Network, Number, Spins, exact, renamed
from derive.spins.algebra import (
    HEIGHT,
    LOWER,
    RAISE,
    Word,
    arranged,
    charge,
    heisenberg,
    legs,
    parts,
    reversed_word,
)


class NotClosed(DeriveError):
    """Moments that do not close: no order, copies that touch each other, or a drive without amplitudes."""


@dataclass(frozen=True)
class Moments:
    """Closed equations of motion of the moments ⟨w⟩ of a network: d symbols/dt = rates.

    `exact` are the equations before closure, as (coefficient, word) of each moment; `order` is the longest word
    that is kept; `copies` are the nodes that stand for several, with their number. Moments are real if `real`, and
    then w stands for w† as well; otherwise each symbol is complex. `coherent` tells whether amplitudes are kept.
    """

    net: Network
    order: int
    copies: tuple[tuple[str, Expr], ...]
    coherent: bool
    real: bool
    words: tuple[Word, ...]
    symbols: tuple[Symbol, ...]
    rates: tuple[Expr, ...]
    exact: tuple[tuple[tuple[Expr, Word], ...], ...]

    def symbol(self, word: Word) -> Symbol:
        """The symbol of the moment that a word belongs to, its copies in any order."""
        return self.symbols[self.words.index(_representative(word, dict(self.copies), self.real))]


@checked
def closed_moments(
    net: Network, order: int = 2, copies: Mapping[str, Number] | None = None, *, coherent: bool = False
) -> Moments:
    """Closed equations of motion of the moments of up to `order` operators, by a cumulant expansion.

    The moments are those that ⟨S^z⟩ of every ensemble and ⟨a†a⟩ of every mode lead to. `copies` maps a node to how many
    there are, each with its own couplings, drives and baths as drawn for the one; the number may be a letter. Without
    `coherent` the state has no phase: moments that change the number of quanta vanish, which the equations of motion
    preserve if nothing drives the network. N enters through the initial values only: nothing in an equation of motion
    depends on the length of a spin. `moments_residual` derives the equations before closure from exact matrices.

    Raises:
        NotClosed: if the order is not positive, copies are unknown, joined to each other or named as another node, or a
            network is driven and its amplitudes are dropped.
        NetworkError: if a bath of spins is squeezed.
    """
    if order < 1:
        raise NotClosed(f"The order of a cumulant expansion must be at least 1, but is {order!r}.")
    counts: Mapping[str, Expr] = copies or {}
    for name, count in counts.items():
        if count.is_integer is False or count.is_positive is False:
            raise NotClosed(f"A node must have one copy or more, or a letter's, but {name!r} has {count}.")
        if name not in net.names:
            raise NotClosed(f"A node with copies must be one of {', '.join(net.names)}, but is {name!r}.")
        if clash := next((other for other in net.names if re.fullmatch(rf"{re.escape(name)}_\d+", other)), None):
            raise NotClosed(f"Copies of {name!r} are named {name}_1, {name}_2, …, but {clash!r} is a node; rename it.")
    table = _Table(net, counts, order)
    for real in (True, False):
        found = _closure(table, coherent, real)
        if not real or all(x.is_real for _, equation, _ in found for x, _ in equation):
            break
    words = tuple(word for word, _, _ in found)
    letters = table.symbols(words, real)
    value = dict(zip(words, letters, strict=True))
    rates = tuple(_rate(closed, value) for _, _, closed in found)
    exact_ = tuple(equation for _, equation, _ in found)
    return Moments(net, order, tuple(counts.items()), coherent, real, words, letters, rates, exact_)


Products = dict[tuple[Word, ...], Expr]


def _closure(table: _Table, coherent: bool, real: bool) -> list[tuple[Word, tuple[tuple[Expr, Word], ...], Products]]:
    """Every moment that the heights lead to, with its equation before and after closure."""
    queue = [table.representative(word, real) for word in table.seeds(coherent)]
    found: dict[Word, tuple[tuple[tuple[Expr, Word], ...], Products]] = {}
    while queue:
        word = queue.pop(0)
        if word in found:
            continue
        equation = table.moved(word)
        if not coherent and (leak := next((w for w in equation if charge(w)), None)):
            raise NotClosed(
                "Without amplitudes nothing must drive the network, but the equation of "
                f"{spelled(word)} contains {spelled(leak)}; pass coherent=True."
            )
        closed: Products = {}
        for w, x in equation.items():
            for blocks, weight in _closed(w, table.order, coherent).items():
                key = tuple(sorted(table.representative(block, real) for block in blocks))
                closed[key] = closed.get(key, Integer(0)) + x * weight
        closed = {key: factored(x) for key, x in closed.items() if x.expand() != 0}
        found[word] = tuple((x, table.representative(w, real)) for w, x in equation.items()), closed
        queue += [block for key in closed for block in key if block not in found]
    order_of = sorted(found, key=lambda w: (len(w), w))
    return [(word, *found[word]) for word in order_of]


def _closed(word: Word, order: int, coherent: bool) -> Mapping[tuple[Word, ...], int]:
    """A moment as a sum of products of moments of at most `order` letters."""
    if charge(word) and not coherent:
        return {}
    if len(word) <= order:
        return {(word,) if word else (): 1}
    found: dict[tuple[Word, ...], int] = {}
    for blocks in _partitions(word):
        if len(blocks) == 1:
            continue
        sign = (-1) ** len(blocks) * factorial(len(blocks) - 1)
        terms: dict[tuple[Word, ...], int] = {(): sign}
        for block in blocks:
            inner = _closed(block, order, coherent)
            terms = _products(terms, inner)
        for key, weight in terms.items():
            found[key] = found.get(key, 0) + weight
    return {key: weight for key, weight in found.items() if weight}


def _products(
    left: Mapping[tuple[Word, ...], int], right: Mapping[tuple[Word, ...], int]
) -> dict[tuple[Word, ...], int]:
    found: dict[tuple[Word, ...], int] = {}
    for x, m in left.items():
        for y, n in right.items():
            key = tuple(sorted(x + y))
            found[key] = found.get(key, 0) + m * n
    return found


def _partitions(word: Word) -> Iterable[list[Word]]:
    """All ways to deal the letters of a word into blocks, each in the word's order."""
    if not word:
        yield []
        return
    *rest, last = word
    for blocks in _partitions(tuple(rest)):
        for k, block in enumerate(blocks):
            yield [*blocks[:k], (*block, last), *blocks[k + 1 :]]
        yield [*blocks, (last,)]


def _rate(closed: Products, value: Mapping[Word, Symbol]) -> Expr:
    return Add(*(Mul(x, *(value[block] for block in key)) for key, x in closed.items()))


@dataclass(frozen=True)
class _Table:
    """A network whose copied nodes are numbered as they are needed: one for each of `order` letters and a fresh one."""

    net: Network
    counts: Mapping[str, Expr]
    order: int

    @property
    def modes(self) -> frozenset[str]:
        """Every bosonic node, under all names that a copy may have."""
        plain = [node.name for node in self.net.modes if isinstance(node, Mode)]
        numbered = range(1, self.order + 2)
        return frozenset(plain) | {copy(name, k) for name in plain if name in self.counts for k in numbered}

    def seeds(self, coherent: bool) -> list[Word]:
        """The heights of all nodes and, with amplitudes, those."""
        found: list[Word] = []
        for node in self.net.modes:
            name = copy(node.name, 1) if node.name in self.counts else node.name
            boson = isinstance(node, Mode)
            if not boson or self.order > 1:
                found.append(((name, RAISE), (name, LOWER)) if boson else ((name, HEIGHT),))
            if coherent:
                found.append(((name, LOWER),))
        return found

    def representative(self, word: Word, real: bool) -> Word:
        return _representative(word, self.counts, real)

    def moved(self, word: Word) -> dict[Word, Expr]:
        """dO/dt of a word, as an expectation: each copy that it does not touch acts as every other one."""
        found: dict[Word, Expr] = {}
        for part in parts(self.net):
            touched = [name for name in legs(part) if name in self.counts]
            if len(touched) > 1:
                raise NotClosed(f"Copies must not be joined to each other, but {' and '.join(touched)} are.")
            for acting, weight in self._copies(part, touched[0] if touched else "", word):
                for w, x in heisenberg(acting, {word: Integer(1)}, self.modes).items():
                    w = self.representative(w, False)
                    found[w] = found.get(w, Integer(0)) + weight * x
        return {w: factored(x) for w, x in sorted(found.items()) if x.expand() != 0}

    def _copies(self, part: object, name: str, word: Word) -> Iterable[tuple[object, Expr]]:
        if not name:
            yield part, Integer(1)
            return
        numbers = sorted({numbered(node)[1] for node, _ in word if numbered(node)[0] == name})
        for k in numbers:
            yield renamed(part, {name: copy(name, k)}), Integer(1)
        fresh = max(numbers, default=0) + 1
        yield renamed(part, {name: copy(name, fresh)}), self.counts[name] - len(numbers)

    def symbols(self, words: Sequence[Word], real: bool) -> tuple[Symbol, ...]:
        assumptions = {"real": True} if real else {}
        return tuple(Symbol(spelled(word, self.modes), **assumptions) for word in words)


def initial_values(moments: Moments, excited: Mapping[str, Number]) -> tuple[Expr, ...]:
    """The moments in a product of Dicke states with definite numbers of excited spins (quanta of a mode).

    ⟨S^{+a} (S^z)^b S^{−a}⟩ = (n − a − N/2)^b Π_{k<a} (n − k)(N − n + k + 1) for n of N spins.
    """
    value = {name: exact(n, f"the excitation of {name!r}") for name, n in excited.items()}
    nodes = {node.name: node for node in moments.net.modes}
    for name, _ in moments.copies:
        for node in sorted({node for word in moments.words for node, _ in word if numbered(node)[0] == name}):
            nodes[node], value[node] = nodes[name], value[name]
    return tuple(dicke_value(word, nodes, value) for word in moments.words)


def dicke_value(word: Word, nodes: Mapping[str, Mode | Spins], excited: Mapping[str, Expr]) -> Expr:
    """⟨w⟩ in a product of Dicke states with definite numbers of excited spins."""
    factors = []
    for name in sorted({name for name, _ in word}):
        signs = [sign for other, sign in word if other == name]
        counts = signs.count(RAISE), signs.count(HEIGHT), signs.count(LOWER)
        factors.append(_dicke(nodes[name], excited[name], *counts))
    return Mul(*factors)


def _dicke(node: Mode | Spins, n: Expr, up: int, heights: int, down: int) -> Expr:
    if up != down:
        return Integer(0)
    if isinstance(node, Mode):
        return Mul(*(n - k for k in range(up)))
    steps = Mul(*((n - k) * (node.number - n + k + 1) for k in range(up)))
    return steps * (n - up - node.number / 2) ** heights


def copy(name: str, k: int) -> str:
    """The name of a copy: B → B_1."""
    return f"{name}_{k}"


def numbered(node: str) -> tuple[str, int]:
    """What a copy is one of, and which: B_1 → (B, 1). B_x is no copy, but a name of its own: ("", 0)."""
    name, _, k = node.rpartition("_")
    return (name, int(k)) if k.isdecimal() else ("", 0)


def _representative(word: Word, copied: Iterable[str], real: bool) -> Word:
    """The first, in order, of all words that identical copies (and, if real, the adjoint) make of this one."""
    found = [word, reversed_word(word)] if real else [word]
    for name in copied:
        found = [w for each in found for w in _relabelled(each, name)]
    return min(found)


def _relabelled(word: Word, name: str) -> Iterable[Word]:
    used = sorted({node for node, _ in word if numbered(node)[0] == name})
    for order in permutations(range(1, len(used) + 1)):
        table = dict(zip(used, (copy(name, k) for k in order), strict=True))
        yield arranged((table.get(node, node), sign) for node, sign in word)


def spelled(word: Word, modes: frozenset[str] = frozenset()) -> str:
    """The name of a moment, <J_C^+ J_B_1^-> for spins and <a† a> for modes."""
    return f"<{' '.join(_spelled(node, sign, node in modes) for node, sign in word)}>"


def _spelled(node: str, sign: str, boson: bool) -> str:
    if boson:
        return f"{node}†" if sign == RAISE else node
    return f"J_{node}^{sign}"
