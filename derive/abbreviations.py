"""Abbreviations of a paper in equations of motion, and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, ImmutableMatrix, Matrix, Mul, Symbol

from derive.derivation import Equation, Step
from derive.kernel import conjugated
from derive.langevin import Langevin


@dataclass(frozen=True)
class Letters:
    """Abbreviations of a paper, as Λ_0 = Γ_1|p_a|² + κ_a: each letter with what it stands for."""

    table: tuple[tuple[Symbol, Expr], ...] = ()

    def written_out(self, e: Expr | Matrix) -> Expr | Matrix:
        """`e` with every abbreviation replaced by what it stands for."""
        both = dict(self.table) | {conjugated(s): conjugated(x) for s, x in self.table}
        return e.xreplace(both)

    def step(self, because: str) -> Step:
        """The definitions, displayed; a wrong one is refuted by the steps in which its letter is written out."""
        residual = [self.written_out(s) - x for s, x in self.table]
        return Step("letters", tuple(Equation(s, x) for s, x in self.table), because, "definition", residual)


def abbreviated(eq: Langevin, letters: Letters) -> Langevin:
    """The equations of motion in a paper's letters: −Λ_k/2 on the diagonal, products of weights as μ_k."""
    diagonal = {i: -s / 2 for i in range(len(eq.modes)) for s, x in letters.table if _same(-2 * eq.drift[i, i], x)}

    def entry(i: int, j: int) -> Expr:
        if i == j and i in diagonal:
            return diagonal[i]
        e = eq.drift[i, j]
        for s, x in letters.table:
            e = e.subs(x, s).subs(conjugated(x), conjugated(s)) if isinstance(x, Mul) else e
        return e

    n = len(eq.modes)
    return Langevin(
        eq.modes, eq.frequencies, ImmutableMatrix(n, n, entry), eq.pairing, eq.force, eq.noise, eq.squeezing
    )


def _same(a: Expr, b: Expr) -> bool:
    return (a - b).expand() == 0
