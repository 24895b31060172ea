"""Normal-ordered operators of bosonic modes: the oracle under the equations of motion.

    a a† = a†a + 1,      a^d a†^c = Σ_k k! C(d, k) C(c, k) a†^(c−k) a^(d−k)        (Wick)

From the Hamiltonian and the jumps of a network, and nothing else, follow

    dO/dt = i[H, O] + Σ γ{(n+1) D†[q]O + n D†[q†]O − m L′†[q†]O − m* L′†[q]O}
    D†[z]O = z†Oz − ½{z†z, O} = ½(z†[O, z] + [z†, O]z)
    L′†[z]O = zOz − ½{zz, O} = ½[z, [O, z]]

The forms with commutators are used: they touch only the modes that O and z share, and the products of four
operators, which cancel, are never written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import comb, factorial

from sympy import Add, Expr, I, ImmutableMatrix, Integer, Matrix, Mul, Rational, zeros

from derive.checks import checked
from derive.kernel import conjugated
from derive.network import Bath, Network, NetworkError, Number, exact, only_modes

Monomial = tuple[tuple[str, int, int], ...]  # Π a†^c a^d as (mode, c, d), sorted by mode; () is the identity


@dataclass(frozen=True)
class Operator:
    """A normal-ordered polynomial Σ coefficient · Π a†^c a^d, sorted by monomial, without structural zeros.

    Equality is that of the written coefficients.
    """

    terms: tuple[tuple[Monomial, Expr], ...]

    def coefficient(self, monomial: Monomial) -> Expr:
        """The coefficient of a normal-ordered monomial."""
        return dict(self.terms).get(monomial, Integer(0))

    def __add__(self, other: Operator) -> Operator:
        return _collected((*self.terms, *other.terms))

    def __neg__(self) -> Operator:
        return -1 * self

    def __sub__(self, other: Operator) -> Operator:
        return self + -other

    def __mul__(self, other: Operator) -> Operator:
        return _collected(
            (monomial, Mul(count, x, y))
            for (left, x), (right, y) in product(self.terms, other.terms)
            for monomial, count in _wick(left, right)
        )

    def __rmul__(self, factor: Number) -> Operator:
        weight = exact(factor, "a coefficient of an operator")
        return _collected((monomial, Mul(weight, x)) for monomial, x in self.terms)


def annihilate(mode: str) -> Operator:
    """a of a mode."""
    return Operator(((((mode, 0, 1),), Integer(1)),))


def create(mode: str) -> Operator:
    """a† of a mode."""
    return Operator(((((mode, 1, 0),), Integer(1)),))


def adjoint(operator: Operator) -> Operator:
    """O†: coefficients conjugated, creation and annihilation exchanged."""
    return _collected(
        (tuple((mode, d, c) for mode, c, d in monomial), conjugated(x)) for monomial, x in operator.terms
    )


def commutator(left: Operator, right: Operator) -> Operator:
    """[A, B] = AB − BA, from contracted terms only: what is not contracted is the same in AB and BA."""
    found: list[tuple[Monomial, Expr]] = []
    for (x, a), (y, b) in product(left.terms, right.terms):
        if {mode for mode, _, _ in x}.isdisjoint(mode for mode, _, _ in y):
            continue
        found += ((monomial, Mul(count, a, b)) for monomial, count in _contracted(x, y))
        found += ((monomial, Mul(-count, a, b)) for monomial, count in _contracted(y, x))
    return _collected(found)


@checked
def hamiltonian(net: Network) -> Operator:
    """H = Σ Δ a†a + Σ (J a†b + h.c.) + Σ (χ a†b† + h.c.) + Σ (ε a† + h.c.).

    Raises:
        NetworkError: if a node is an ensemble of spins.
    """
    only_modes(net, "a network of bosonic operators")
    upper = [c.strength * (create(c.a) * annihilate(c.b)) for c in net.couplings]
    upper += [s.strength * (create(s.a) * create(s.b)) for s in net.squeezings]
    upper += [d.amplitude * create(d.mode) for d in net.drives]
    own = [mode.detuning * (create(mode.name) * annihilate(mode.name)) for mode in net.modes]
    return _sum((*own, *upper, *(adjoint(term) for term in upper)))


def jump(bath: Bath) -> Operator:
    """q = Σ u_i a_i + Σ v_i a_i†, the operator that a reservoir acts with."""
    legs = [weight * annihilate(mode) for mode, weight in bath.jump]
    return _sum((*legs, *(weight * create(mode) for mode, weight in bath.gain)))


def heisenberg(net: Network, operator: Operator) -> Operator:
    """dO/dt of the adjoint master equation, normal-ordered: d⟨O⟩/dt = ⟨heisenberg(net, O)⟩ in every state.

    Raises:
        NetworkError: if the operator acts on a mode that is not in the network.
    """
    for mode in _modes(_monomials(operator)):
        if mode not in net.names:
            raise NetworkError(
                f"An operator must act on the network's modes, {', '.join(net.names)}, but acts on {mode!r}."
            )
    return _heisenberg(hamiltonian(net), _reservoirs(net), operator)


@dataclass(frozen=True)
class MomentEquations:
    """dO/dt for all a_i (`first`), a_i†a_j (`number`) and a_i a_j (`anomalous`), normal-ordered."""

    modes: tuple[str, ...]
    first: tuple[Operator, ...]
    number: tuple[tuple[Operator, ...], ...]
    anomalous: tuple[tuple[Operator, ...], ...]


def moment_equations(net: Network) -> MomentEquations:
    """Equations of motion of all first and second moments of a network, from its master equation."""
    derivative, _ = _adjoint_generator(net)
    n = len(net.names)
    a = tuple(annihilate(name) for name in net.names)
    a_dagger = tuple(create(name) for name in net.names)
    pairs = {(i, j): derivative(a[i] * a[j]) for i in range(n) for j in range(i, n)}
    return MomentEquations(
        net.names,
        tuple(derivative(x) for x in a),
        tuple(tuple(derivative(x * y) for y in a) for x in a_dagger),
        tuple(tuple(pairs[min(i, j), max(i, j)] for j in range(n)) for i in range(n)),
    )


def _adjoint_generator(net: Network) -> tuple[Callable[[Operator], Operator], frozenset[tuple[str, str]]]:
    """dO/dt of operators that act on few modes, and the pairs of modes on which a term or a jump acts together.

    What acts on other modes commutes: operators are moved by their own terms and reservoirs, not by all.
    """
    energy, reservoirs = hamiltonian(net), _reservoirs(net)
    acted = [_modes([monomial]) for monomial in _monomials(energy)]
    reached = [_modes(_monomials(q)) for _, q, _ in reservoirs]
    terms, baths = _by_mode(acted), _by_mode(reached)

    def derivative(operator: Operator) -> Operator:
        modes = _modes(_monomials(operator))
        near = sorted({k for mode in modes for k in terms.get(mode, ())})
        coupled = sorted({k for mode in modes for k in baths.get(mode, ())})
        return _heisenberg(Operator(tuple(energy.terms[k] for k in near)), [reservoirs[k] for k in coupled], operator)

    together = frozenset((x, y) for modes in (*acted, *reached) for x in modes for y in modes)
    return derivative, together


def _monomials(operator: Operator) -> tuple[Monomial, ...]:
    return tuple(monomial for monomial, _ in operator.terms)


def _modes(monomials: Iterable[Monomial]) -> list[str]:
    return sorted({mode for monomial in monomials for mode, _, _ in monomial})


def _by_mode(parts: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """The numbers of the parts that act on each mode."""
    found: dict[str, list[int]] = {}
    for k, modes in enumerate(parts):
        for mode in modes:
            found.setdefault(mode, []).append(k)
    return found


@checked
def equations(
    net: Network,
) -> tuple[ImmutableMatrix, ImmutableMatrix, ImmutableMatrix, ImmutableMatrix, ImmutableMatrix]:
    """Drift W, pairing Q, force f, noise and squeezing of a network, read off its moment equations.

    da_i/dt = Σ_j (W_ij a_j + Q_ij a_j†) + f_i; noise_ij and squeezing_ij are the numbers in the
    normal-ordered d(a_i†a_j)/dt and d(a_i a_j)/dt. They are the sources of the centred moments because
    everything else there is the product rule of first moments (`closure_residual`). Of two modes on which nothing acts
    together there is no number: what moves one of them leaves the other as a factor.
    """
    (derivative, together), names, n = _adjoint_generator(net), net.names, len(net.names)
    first = [derivative(annihilate(name)) for name in names]

    def number(x: Callable[[str], Operator], i: int, j: int) -> Expr:
        if i != j and (names[i], names[j]) not in together:
            return Integer(0)
        return derivative(x(names[i]) * annihilate(names[j])).coefficient(())

    return (
        ImmutableMatrix(n, n, lambda i, j: first[i].coefficient(((names[j], 0, 1),))),
        ImmutableMatrix(n, n, lambda i, j: first[i].coefficient(((names[j], 1, 0),))),
        ImmutableMatrix(n, 1, lambda i, _: first[i].coefficient(())),
        ImmutableMatrix(n, n, lambda i, j: number(create, i, j)),
        ImmutableMatrix(n, n, lambda i, j: number(annihilate, min(i, j), max(i, j))),
    )


def closure_residual(net: Network) -> Matrix:
    """Zero if the moments of a network close: d(xy)/dt = :ẋy: + :xẏ: + number for all x, y among a_i, a_i†.

    A column of all coefficients that are neither in the normal-ordered product rule nor numbers; with it,
    dN/dt = W*N + NWᵀ + Q*M + M*Qᵀ + noise and dM/dt = WM + MWᵀ + QN + NᵀQᵀ + squeezing for centred moments.
    """
    moments = moment_equations(net)
    left: list[Expr] = []
    for (i, x), (j, y) in product(enumerate(moments.modes), repeat=2):
        rule = _ordered(adjoint(moments.first[i]), annihilate(y)) + _ordered(create(x), moments.first[j])
        left += _beyond_numbers(moments.number[i][j] - rule)
        if i <= j:
            rule = _ordered(moments.first[i], annihilate(y)) + _ordered(annihilate(x), moments.first[j])
            left += _beyond_numbers(moments.anomalous[i][j] - rule)
    return Matrix(left) if left else zeros(1, 1)


Reservoir = tuple[Bath, Operator, Operator]  # a bath with its jump q and q†


def _reservoirs(net: Network) -> tuple[Reservoir, ...]:
    return tuple((bath, q, adjoint(q)) for bath in net.baths for q in (jump(bath),))


def _heisenberg(energy: Operator, reservoirs: Iterable[Reservoir], operator: Operator) -> Operator:
    parts = [I * commutator(energy, operator)]
    half = Rational(1, 2)
    for bath, q, q_dagger in reservoirs:
        down, up = commutator(operator, q), commutator(operator, q_dagger)
        if not down.terms and not up.terms:
            continue
        emitted = q_dagger * down - up * q
        absorbed = q * up - down * q_dagger
        # n multiplies D[q] + D[q†] as a whole, so that what it cannot change cancels term by term
        parts.append(half * bath.rate * emitted)
        parts.append(half * bath.rate * bath.thermal * (emitted + absorbed))
        if bath.squeezing != 0:
            parts.append(-half * bath.rate * bath.squeezing * commutator(q_dagger, up))
            parts.append(-half * bath.rate * conjugated(bath.squeezing) * commutator(q, down))
    return _sum(parts)


def _wick(left: Monomial, right: Monomial) -> Iterator[tuple[Monomial, int]]:
    """The normal-ordered terms of a product of normal-ordered monomials, with their integer coefficients."""
    x = {mode: (c, d) for mode, c, d in left}
    y = {mode: (c, d) for mode, c, d in right}
    modes = sorted(x.keys() | y.keys())
    powers = [(*x.get(mode, (0, 0)), *y.get(mode, (0, 0))) for mode in modes]
    for contractions in product(*(range(min(d, e) + 1) for _, d, e, _ in powers)):
        count, factors = 1, []
        for k, mode, (c, d, e, f) in zip(contractions, modes, powers, strict=True):
            count *= factorial(k) * comb(d, k) * comb(e, k)
            if c + e > k or d + f > k:
                factors.append((mode, c + e - k, d + f - k))
        yield tuple(factors), count


def _contracted(left: Monomial, right: Monomial) -> Iterator[tuple[Monomial, int]]:
    """The terms of `_wick` with at least one contraction; the first one has none."""
    terms = _wick(left, right)
    next(terms)
    return terms


def _ordered(left: Operator, right: Operator) -> Operator:
    """:AB:, the product without contractions."""
    return _collected(
        (next(_wick(x, y))[0], Mul(a, b)) for (x, a), (y, b) in product(left.terms, right.terms)
    )


def _beyond_numbers(operator: Operator) -> list[Expr]:
    return [x for monomial, x in operator.terms if monomial]


def _sum(operators: Iterable[Operator]) -> Operator:
    return _collected(term for operator in operators for term in operator.terms)


def _collected(terms: Iterable[tuple[Monomial, Expr]]) -> Operator:
    found: dict[Monomial, list[Expr]] = {}
    for monomial, x in terms:
        found.setdefault(monomial, []).append(x)
    added = ((monomial, Add(*summands)) for monomial, summands in sorted(found.items()))
    return Operator(tuple((monomial, x) for monomial, x in added if x != 0))
