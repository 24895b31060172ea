"""Evolution in closed form where energy flows one way only.

    dE/dt = W E,  E(0) = 1;   ⟨a⟩(t) = E⟨a⟩(0) + ∫₀ᵗ E(s) f ds,   N(t) = E* N(0) Eᵀ,   M(t) = E M(0) Eᵀ

Where some order of the modes makes the drift W triangular, its diagonal entries x_k are its eigenvalues, and

    E_ij = Σ over paths j = k_0 → k_1 → … → k_m = i  of  W_{k_1 k_0} ⋯ W_{k_m k_{m−1}} exp[x_{k_0}, …, x_{k_m}],

with the divided differences of x ↦ e^{xt}. They are regular where rates meet; the plain formula
Σ e^{x_p t}/Π(x_p − x_q) is 0/0 there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sympy import Add, Expr, ImmutableMatrix, Integer, Matrix, Mul, S, binomial, diff, exp, eye, factorial

from derive.errors import DeriveError
from derive.evolution import steady_state_residual
from derive.gaussian import GaussianState, UnknownMode
from derive.kernel import Proved, Unknown, canonical, conjugated, factored, is_zero
from derive.langevin import Langevin

Nodes = tuple[int, ...]  # the number of times that each different rate occurs
Flow = dict[Nodes, list[Expr]]  # the products of couplings along the paths that visit such rates


class NoClosedForm(DeriveError):
    """The motion of a network is not one that this room writes in exponentials and powers of time."""


class ComplexTime(DeriveError):
    """A time that is not real."""


# -- divided differences ------------------------------------------------------------------------------------


def divided_differences(nodes: Sequence[Expr], t: Expr) -> tuple[Expr, ...]:
    """The divided differences exp[x_0], exp[x_0, x_1], …, exp[x_0, …, x_n] of e^{xt}, exact where nodes are equal.

    exp[x_0, …, x_n] = Σ over residues of e^{zt}/Π(z − x_k):  e^{xt}t^n/n! if all are equal, Σ e^{x_p t}/Π(x_p − x_q)
    if all are different. Nodes are equal if `is_zero` proves it, and different if it refutes it; the result has a
    pole where different nodes happen to meet.

    Raises:
        NoClosedForm: if it cannot be decided whether two nodes are equal.
    """
    spectrum = _Spectrum(nodes, t)
    return tuple(spectrum.difference(spectrum.count(range(k + 1))) for k in range(len(nodes)))


class _Spectrum:
    """Nodes with the equal ones found, and the divided differences of e^{xt} on any of them."""

    def __init__(self, nodes: Sequence[Expr], t: Expr) -> None:
        self.t = t
        self.different: list[Expr] = []
        self.place = [self._find(x) for x in nodes]
        self.known: dict[Nodes, Expr] = {}
        self.gaps: dict[tuple[int, int], Expr] = {}

    def _find(self, x: Expr) -> int:
        for k, y in enumerate(self.different):
            verdict = is_zero(x - y) if x != y else Proved()
            if isinstance(verdict, Unknown):
                raise NoClosedForm(
                    f"A closed form needs to know which rates are equal, but {x} = {y} cannot be decided "
                    f"({verdict.reason}); write the rates with fewer functions, or insert values."
                )
            if isinstance(verdict, Proved):
                return k
        self.different.append(x)
        return len(self.different) - 1

    def count(self, nodes: Sequence[int]) -> Nodes:
        """How often each different rate occurs among some nodes."""
        found = Counter(self.place[k] for k in nodes)
        return tuple(found[k] for k in range(len(self.different)))

    def difference(self, times: Nodes) -> Expr:
        """exp[…] on each different rate, repeated as often as `times` says."""
        if times not in self.known:
            self.known[times] = Add(*(self._residue(p, times) for p, m in enumerate(times) if m))
        return self.known[times]

    def _residue(self, p: int, times: Nodes) -> Expr:
        """The residue of e^{zt}/Π(z − x_q)^{m_q} at x_p: e^{x_p t} Σ_s t^{m−1−s}/(m−1−s)! times the coefficient of
        h^s in Π(x_p − x_q + h)^{−m_q}.
        """
        order = times[p]
        series: list[Expr] = [S.One] + [S.Zero] * (order - 1)
        for q, m in enumerate(times):
            if m and q != p:
                gap = self._gap(p, q)
                other = [binomial(-m, r) * gap ** (-m - r) for r in range(order)]
                series = [Add(*(series[r] * other[s - r] for r in range(s + 1))) for s in range(order)]
        powers = (self.t ** (order - 1 - s) / factorial(order - 1 - s) for s in range(order))
        polynomial = Add(*(Mul(c, power) for c, power in zip(series, powers, strict=True)))
        return Mul(exp(self.different[p] * self.t), polynomial)

    def _gap(self, p: int, q: int) -> Expr:
        if p > q:
            return -self._gap(q, p)
        if (p, q) not in self.gaps:
            self.gaps[p, q] = factored(self.different[p] - self.different[q])
        return self.gaps[p, q]


# -- paths --------------------------------------------------------------------------------------------------


def _links(eq: Langevin) -> list[dict[int, Expr]]:
    """The entries W_ij of every mode i that do not vanish, without the diagonal."""
    n = len(eq.modes)
    return [
        {
            j: eq.drift[i, j]
            for j in range(n)
            if j != i and eq.drift[i, j] != 0 and not isinstance(is_zero(eq.drift[i, j]), Proved)
        }
        for i in range(n)
    ]


def _downstream(eq: Langevin, links: list[dict[int, Expr]]) -> list[int]:
    """The modes in an order in which every mode is fed by earlier ones only.

    Raises:
        NoClosedForm: if some modes feed each other, or pairing couples ⟨a⟩ to ⟨a⟩*.
    """
    if not eq.pairing.is_zero_matrix:
        raise NoClosedForm(
            "A closed form in time needs amplitudes that do not couple to their conjugates, but the network has "
            "pairing (squeezing terms, or baths with gain); only its emitted module computes its evolution."
        )
    order: list[int] = []
    left = list(range(len(links)))
    while left:
        ready = [i for i in left if not any(j in left for j in links[i])]
        if not ready:
            # what is fed from the loops, but feeds none, is not to blame
            while ends := [j for j in left if not any(j in links[i] for i in left)]:
                left = [i for i in left if i not in ends]
            raise NoClosedForm(
                "A closed form in time needs a drift matrix that is triangular in some order of the modes, but "
                f"{', '.join(eq.modes[i] for i in left)} feed each other; make every link nonreciprocal "
                "(W_ij = 0 or W_ji = 0, no closed loops), or use the emitted module."
            )
        order += ready
        left = [i for i in left if i not in ready]
    return order


class _Paths:
    """All paths of a one-way network, by the rates they visit."""

    def __init__(self, eq: Langevin, t: Expr) -> None:
        self.size = len(eq.modes)
        self.links = _links(eq)
        self.order = _downstream(eq, self.links)
        # the last node, zero, turns the propagator into its integral over time
        self.spectrum = _Spectrum([*(canonical(eq.drift[k, k]) for k in range(self.size)), Integer(0)], t)

    def column(self, source: int) -> list[Flow]:
        """The paths from one mode to every other."""
        found: list[Flow] = [{} for _ in range(self.size)]
        found[source] = {self.spectrum.count([source]): [S.One]}
        for i in self.order:
            own = self.spectrum.place[i]
            for j, coupling in self.links[i].items():
                for times, products in found[j].items():
                    visited = tuple(m + (k == own) for k, m in enumerate(times))
                    found[i].setdefault(visited, []).extend(Mul(coupling, product) for product in products)
        return found

    def summed(self, flow: Flow, integrated: bool = False) -> Expr:
        """Σ couplings · exp[rates], or its integral from 0 to t, which has one more node at zero."""
        zero = self.spectrum.place[-1]
        terms = []
        for times, products in flow.items():
            nodes = tuple(m + (integrated and k == zero) for k, m in enumerate(times))
            terms.append(Mul(Add(*products), self.spectrum.difference(nodes)))
        return Add(*terms)


# -- evolution ----------------------------------------------------------------------------------------------


def propagator(eq: Langevin, t: Expr) -> ImmutableMatrix:
    """E(t) = exp(W t), n×n, in exponentials and powers of the time `t`, exact where rates are equal.

    Raises:
        NoClosedForm: if no order of the modes makes the drift triangular, if there is pairing, or if it cannot be
            decided which rates are equal.
    """
    paths = _Paths(eq, t)
    columns = [[paths.summed(flow) for flow in paths.column(j)] for j in range(paths.size)]
    return ImmutableMatrix(paths.size, paths.size, lambda i, j: columns[j][i])


def propagator_residual(eq: Langevin, propagated: Matrix, t: Expr) -> Matrix:
    """E′ − W E beside E(0) − 1: n×2n, zero if E = exp(W t). `t` is a symbol."""
    start = propagated.subs(t, 0)
    return Matrix.hstack(diff(propagated, t) - eq.drift * propagated, start - eye(len(eq.modes)))


def evolve(eq: Langevin, initial: GaussianState, t: Expr) -> GaussianState:
    """The Gaussian state at time t, from `initial` at t = 0, for vacuum baths and one-way networks.

    ⟨a⟩(t) = E⟨a⟩(0) + ∫₀ᵗ E(s) f ds,  N(t) = E* N(0) Eᵀ,  M(t) = E M(0) Eᵀ;  under the integral every
    exp[x_0, …, x_m] becomes exp[0, x_0, …, x_m].

    Raises:
        NoClosedForm: as `propagator` does, or if the baths are hot, squeezed, or have gain.
        ComplexTime: if `t` is not real.
        UnknownMode: if the initial state is one of other modes.
    """
    if not t.is_real:
        raise ComplexTime(f"A time must be real, but {t} is not known to be; declare it real or positive.")
    if initial.modes != eq.modes:
        raise UnknownMode(
            f"The initial state must have the modes {', '.join(eq.modes)}, but has {', '.join(initial.modes)}."
        )
    paths = _Paths(eq, t)
    if not (eq.noise.is_zero_matrix and eq.squeezing.is_zero_matrix):
        raise NoClosedForm(
            "A closed form in time needs baths at zero temperature, but a bath of the network is hot, squeezed "
            "or has gain; the emitted module computes its second moments."
        )
    n = paths.size
    second = not (initial.number.is_zero_matrix and initial.anomalous.is_zero_matrix)
    columns = [
        paths.column(j) if second or initial.mean[j] != 0 or eq.force[j] != 0 else [] for j in range(n)
    ]
    sums: list[list[Expr]] = [[] for _ in range(n)]
    for j, column in enumerate(columns):
        for terms, flow in zip(sums, column, strict=False):
            terms.append(initial.mean[j] * paths.summed(flow) if initial.mean[j] != 0 else S.Zero)
            terms.append(eq.force[j] * paths.summed(flow, True) if eq.force[j] != 0 else S.Zero)
    number, anomalous = initial.number, initial.anomalous
    if second:
        e = ImmutableMatrix(n, n, lambda i, j: paths.summed(columns[j][i]))
        number, anomalous = e.applyfunc(conjugated) * number * e.T, e * anomalous * e.T
    mean = ImmutableMatrix(n, 1, lambda i, _: Add(*sums[i]))
    return GaussianState(eq.modes, eq.frequencies, mean, number, anomalous, initial.where, initial.note)


def evolution_residual(eq: Langevin, initial: GaussianState, state: GaussianState, t: Expr) -> Matrix:
    """The equations of motion and the initial condition: n×(4n + 2), zero if `state` is that at time `t`.

    d/dt of ⟨a⟩, N and M minus their equations of motion, beside their differences from `initial` at t = 0. `t` is a
    real symbol.
    """
    pairs = [(state.mean, initial.mean), (state.number, initial.number), (state.anomalous, initial.anomalous)]
    motion = Matrix.hstack(*(diff(later, t) for later, _ in pairs)) - steady_state_residual(eq, state)
    return Matrix.hstack(motion, *(later.subs(t, 0) - first for later, first in pairs))
