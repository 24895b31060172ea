"""Exact spins: Dicke ladders of conserved length, N + 1 states for N spins, and sparse generators over them.

    S⁻ |e_i) = |e_{i−1}),   S⁺ |e_i) = (i+1)(N−i) |e_{i+1}),   S^z |e_i) = (i − N/2) |e_i),   i = 0, …, N

The states |e_i) are those of J = N/2, m = i − N/2, with squared norm (e_i|e_i) = (N−i)!/(N! i!). In this basis every
matrix of the master equation is rational; populations are the same as in the normalised one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, permutations, product
from math import factorial, prod

from sympy import Add, Expr, I, ImmutableMatrix, Integer, Matrix, Rational, SparseMatrix, Symbol, eye

from derive.checks import checked
from derive.errors import DeriveError
from derive.kernel import SingularMatrix, solve
from derive.network import Bath, Network, Spins, renamed
from derive.spins.algebra import (
    HEIGHT,
    LOWER,
    RAISE,
    Polynomial,
    Word,
    adjoint,
    hamiltonian,
    jumps,
    legs,
    parts,
    reversed_word,
)
from derive.spins.cumulants import Moments, copy, numbered

Level = tuple[int, ...]
Amplitudes = dict[Level, Expr]


class NotALadder(DeriveError):
    """Spins without a definite number, modes among them, or a drive that mixes the numbers of quanta."""


@dataclass(frozen=True)
class Generator:
    """dρ/dt = Lρ on the coherences between states with equally many excited spins.

    `states` are the (ket, bra) of ρ = Σ ρ_kb |e_k)(e^b|, each a tuple of excited spins by node; (e^b| is dual to |e_b).
    `entries` are the (row, column, rate) of L, sorted. A normalised matrix element is ρ_kb √(norm(k)/norm(b)).
    """

    nodes: tuple[str, ...]
    numbers: tuple[int, ...]
    states: tuple[tuple[Level, Level], ...]
    entries: tuple[tuple[int, int, Expr], ...]

    def matrix(self) -> SparseMatrix:
        """L."""
        return SparseMatrix(len(self.states), len(self.states), {(i, j): x for i, j, x in self.entries})

    def trace(self) -> ImmutableMatrix:
        """The row that sums the populations."""
        return ImmutableMatrix([[Integer(ket == bra) for ket, bra in self.states]])


@dataclass(frozen=True)
class DickeState:
    """Populations and coherences of a state with no coherence between different numbers of excited spins.

    A state too large to be written out uses letters that are defined in `where`.
    """

    generator: Generator
    values: ImmutableMatrix
    where: tuple[tuple[Symbol, Expr], ...] = ()

    def population(self, level: Level) -> Expr:
        """The probability of a state with given numbers of excited spins.

        Raises:
            NotALadder: if there is no such state.
        """
        states = self.generator.states
        if (level, level) not in states:
            raise NotALadder(f"A level must be one of the ladders' as {states[-1][0]}, but is {level!r}.")
        return self.values[states.index((level, level))]

    def excitation(self, node: str) -> Expr:
        """The mean number of excited spins of a node, ⟨S^z⟩ + N/2.

        Raises:
            NotALadder: if there is no such node.
        """
        if node not in self.generator.nodes:
            raise NotALadder(f"A node must be one of {', '.join(self.generator.nodes)}, but is {node!r}.")
        k = self.generator.nodes.index(node)
        pairs = zip(self.generator.states, self.values, strict=True)
        return Add(*(ket[k] * x for (ket, bra), x in pairs if ket == bra))


def norm(level: Level, numbers: Sequence[int]) -> Rational:
    """(e|e) = Π (N−i)!/(N! i!)."""
    top = prod(factorial(n - i) for i, n in zip(level, numbers, strict=True))
    return Rational(top, prod(factorial(n) * factorial(i) for i, n in zip(level, numbers, strict=True)))


def lengths(net: Network) -> tuple[int, ...]:
    """The numbers of spins of all nodes.

    Raises:
        NotALadder: if a node is a mode or its number is a letter.
    """
    found = []
    for node in net.modes:
        if not isinstance(node, Spins) or not node.number.is_Integer:
            what = f"{node.number} spins" if isinstance(node, Spins) else "a mode"
            raise NotALadder(f"Every node must be a definite number of spins, but {node.name!r} has {what}.")
        found.append(int(node.number))
    return tuple(found)


@checked
def generator(net: Network) -> Generator:
    """The sparse generator of a network's master equation in its Dicke ladders.

    dρ/dt = −i[H, ρ] + Σ γ{(n+1)D[q] + nD[q†]}ρ. `moments_residual` moves operators instead of states.

    Raises:
        NotALadder: if a node is no ladder, or the network mixes different numbers of excited spins (a drive).
        NetworkError: if a bath is squeezed, or spins are paired.
    """
    numbers = lengths(net)
    levels = tuple(product(*(range(n + 1) for n in numbers)))
    states = tuple((ket, bra) for ket in levels for bra in levels if sum(ket) == sum(bra))
    number = {state: k for k, state in enumerate(states)}
    entries: dict[tuple[int, int], Expr] = {}
    for weight, left, right in (move for part in parts(net) for move in _moves(part)):
        kets = {level: acted(net.names, left, level, numbers) for level in levels}
        # (e^b| R = Σ_a (e^b|R|e_a) (e^a|, so that a bra needs the rows of R
        rows: dict[Level, Amplitudes] = {level: {} for level in levels}
        for a in levels:
            for b, x in acted(net.names, right, a, numbers).items():
                rows[b][a] = x
        for ket, bra in states:
            for k, x in kets[ket].items():
                for b, y in rows[bra].items():
                    if (k, b) not in number:
                        raise NotALadder(
                            "A master equation of ladders must conserve or shift the number of excited spins, but "
                            f"{net.title or 'this network'} is driven."
                        )
                    at = number[k, b], number[ket, bra]
                    entries[at] = entries.get(at, Integer(0)) + weight * x * y
    found = []
    for (i, j), x in sorted(entries.items()):
        multiplied = x.expand()
        if multiplied != 0:
            # (1 + i)(2 − i) is one number to whatever solves L ρ = 0
            found.append((i, j, multiplied if x.is_number else x))
    return Generator(net.names, numbers, states, tuple(found))


Move = tuple[Expr, tuple[Polynomial, ...], tuple[Polynomial, ...]]


def _moves(part: object) -> Iterable[Move]:
    """What a part adds to dρ/dt as Σ weight · L ρ R and to dO/dt as Σ weight · R O L.

    L and R are products of polynomials, applied from the right.
    """
    if isinstance(part, Bath):
        for rate, z in jumps(part):
            both = (adjoint(z), z)
            yield rate, both[1:], both[:1]
            yield -rate / 2, both, ()
            yield -rate / 2, (), both
    else:
        energy = hamiltonian(part)
        yield -I, (energy,), ()
        yield I, (), (energy,)


def acted(names: Sequence[str], factors: Sequence[Polynomial], level: Level, numbers: Sequence[int]) -> Amplitudes:
    """A product of polynomials on |e_level)."""
    state: Amplitudes = {level: Integer(1)}
    for polynomial in reversed(factors):
        moved: Amplitudes = {}
        for at, x in state.items():
            for word, weight in polynomial.items():
                for to, y in _word(names, word, at, numbers).items():
                    moved[to] = moved.get(to, Integer(0)) + x * weight * y
        state = moved
    return {at: x for at, x in state.items() if x != 0}


def _word(names: Sequence[str], word: Word, level: Level, numbers: Sequence[int]) -> Amplitudes:
    at, weight = list(level), Rational(1)
    for node, sign in reversed(word):
        k = names.index(node)
        i, n = at[k], numbers[k]
        if sign == LOWER:
            if i == 0:
                return {}
            at[k] = i - 1
        elif sign == RAISE:
            if i == n:
                return {}
            weight, at[k] = weight * (i + 1) * (n - i), i + 1
        elif sign == HEIGHT:
            weight *= Rational(2 * i - n, 2)
    return {tuple(at): weight} if weight else {}


@checked
def steady_spins(gen: Generator) -> DickeState:
    """The steady state where it is unique: Lρ = 0 and tr ρ = 1; `steady_spins_residual` checks it.

    Raises:
        NotALadder: if there are several, as without pumping, where dark states keep what they have.
    """
    matrix = Matrix(gen.matrix())
    matrix[-1, :] = Matrix(gen.trace())  # the rows of L add up to zero over the populations: one is to spare
    right = Matrix([0] * (len(gen.states) - 1) + [1])
    try:
        solution = solve(matrix, right)
        return DickeState(gen, ImmutableMatrix(solution.values), solution.where)
    except SingularMatrix:
        raise NotALadder("The steady state must be unique, but dark states make it many; use final_state.") from None


@checked
def steady_spins_residual(gen: Generator, state: DickeState) -> Matrix:
    """Lρ above tr ρ − 1: a column, zero in the steady state, in the letters that `state.where` defines."""
    values = Matrix(state.values)
    return Matrix(gen.matrix() * values).col_join(Matrix(gen.trace() * values) - eye(1))


@checked
def moments_residual(moments: Moments, numbers: Mapping[str, int]) -> Matrix:
    """A column: zero if the equations before closure hold as operators, for definite numbers of spins and copies.

    Every operator is a matrix on the ladders, moved by q†Oq − ½{q†q, O} without any commutation relation; operators
    of identical copies, and adjoint ones of real moments, are added up on both sides. `numbers` gives the spins of
    every node and how many copies there are of those that have any, as {"C": 2, "B": 1, "copies of B": 3}.

    Raises:
        NotALadder: if a number is missing, or there are fewer copies than a moment has.
    """
    for name in (*moments.net.names, *(f"copies of {name}" for name, _ in moments.copies)):
        if name not in numbers:
            raise NotALadder(f"There must be numbers of all spins and copies, but none of {name!r}; add one.")
    counts = {name: numbers[f"copies of {name}"] for name, _ in moments.copies}
    for node in (node for word in moments.words for node, _ in word):
        name, k = numbered(node)
        if name in counts and k > counts[name]:
            raise NotALadder(f"There must be at least {k} copies of {name!r}, but there are {counts[name]}.")
    values = {c: Integer(counts[name]) for name, c in moments.copies if c.free_symbols}
    names, sizes, acting = _written_out(moments.net, counts, numbers)
    levels = tuple(product(*(range(n + 1) for n in sizes)))
    relabelings = list(_relabelings(counts))
    left: list[Expr] = []
    for word, equation in zip(moments.words, moments.exact, strict=True):
        found: dict[tuple[Level, Level], Expr] = {}

        def add(weight: Expr, factors: Sequence[Polynomial], found: dict[tuple[Level, Level], Expr] = found) -> None:
            for level in levels:
                for to, x in acted(names, factors, level, sizes).items():
                    found[to, level] = found.get((to, level), Integer(0)) + weight * x

        for table in relabelings:
            for each in _alike(word, table, moments.real):
                for weight, before, after in acting:
                    add(weight, (*before, {each: Integer(1)}, *after))
            for x, w in equation:
                for each in _alike(w, table, moments.real):
                    add(-x.subs(values), ({each: Integer(1)},))
        left += [x.subs(values).expand() for _, x in sorted(found.items())]
    return Matrix(left)


def _alike(word: Word, table: Mapping[str, str], real: bool) -> list[Word]:
    """A word with its copies renamed and, where moments are real, its adjoint."""
    moved = tuple((table.get(node, node), sign) for node, sign in word)
    return [moved, reversed_word(moved)] if real else [moved, moved]


def _relabelings(counts: Mapping[str, int]) -> Iterable[dict[str, str]]:
    """Every way to exchange copies among themselves: new names by old."""
    names = [[copy(name, k + 1) for k in range(count)] for name, count in counts.items()]
    for orders in product(*map(permutations, names)):
        yield dict(zip(chain(*names), chain(*orders), strict=True))


def _written_out(
    net: Network, counts: Mapping[str, int], numbers: Mapping[str, int]
) -> tuple[tuple[str, ...], tuple[int, ...], list[Move]]:
    """All nodes with every copy, their numbers of spins, and the adjoint master equation as Σ weight · L O R."""
    names = tuple(
        name
        for node in net.modes
        for name in ([copy(node.name, k + 1) for k in range(counts[node.name])] if node.name in counts else [node.name])
    )
    origin = {copy(name, k + 1): name for name in counts for k in range(counts[name])}
    sizes = tuple(numbers[origin.get(name, name)] for name in names)
    acting: list[Move] = []
    for part in parts(net):
        copied = next((name for name in legs(part) if name in counts), "")
        every = [renamed(part, {copied: copy(copied, k + 1)}) for k in range(counts[copied])] if copied else [part]
        acting += [(weight, right, left) for each in every for weight, left, right in _moves(each)]
    return names, sizes, acting
