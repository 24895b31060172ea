"""Divided differences of the exponential: what a path through decaying modes contributes.

    exp[x_0, …, x_n] = Σ over residues of e^{zt}/Π(z − x_k),
    d/dt exp[x_0, …, x_n] = x_n exp[x_0, …, x_n] + exp[x_0, …, x_{n−1}]

They are regular where nodes meet; the plain formula Σ e^{x_p t}/Π(x_p − x_q) is 0/0 there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sympy import Add, Expr, Mul, S, binomial, exp, factorial

from derive.checks import checked
from derive.kernel import Proved, Unknown, factored, is_zero
from derive.spectrum import NoClosedForm

Times = tuple[int, ...]  # the number of times that each different node occurs


@checked
def divided_differences(nodes: Sequence[Expr], t: Expr) -> tuple[Expr, ...]:
    """The divided differences exp[x_0], exp[x_0, x_1], …, exp[x_0, …, x_n] of e^{xt}, exact where nodes are equal.

    exp[x_0, …, x_n] = Σ over residues of e^{zt}/Π(z − x_k):  e^{xt}t^n/n! if all are equal, Σ e^{x_p t}/Π(x_p − x_q)
    if all are different. Nodes are equal if `is_zero` proves it, and different if it refutes it; the result has a
    pole where different nodes happen to meet.

    Raises:
        NoClosedForm: if it cannot be decided whether two nodes are equal.
    """
    told = Nodes(nodes, t)
    return tuple(told.difference(told.count(range(k + 1))) for k in range(len(nodes)))


class Nodes:
    """Nodes with the equal ones found, and the divided differences of e^{xt} on any of them."""

    def __init__(self, nodes: Sequence[Expr], t: Expr) -> None:
        self.t = t
        self.different: list[Expr] = []
        self.place = [self._find(x) for x in nodes]
        self.known: dict[Times, Expr] = {}
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

    def count(self, nodes: Sequence[int]) -> Times:
        """How often each different node occurs among some of them."""
        found = Counter(self.place[k] for k in nodes)
        return tuple(found[k] for k in range(len(self.different)))

    def difference(self, times: Times) -> Expr:
        """exp[…] on each different node, repeated as often as `times` says."""
        if times not in self.known:
            self.known[times] = Add(*(self._residue(p, times) for p, m in enumerate(times) if m))
        return self.known[times]

    def _residue(self, p: int, times: Times) -> Expr:
        """The residue of e^{zt}/Π(z − x_q)^{m_q} at x_p.

        e^{x_p t} Σ_s t^{m−1−s}/(m−1−s)! times the coefficient of h^s in Π(x_p − x_q + h)^{−m_q}, q ≠ p.
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
