"""Exponents as sums of monomials, and the relations of letters and nodes that are roots."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, I, Mul, Pow, Rational, S, Symbol, conjugate, pi

from derive.kernel.conjugation import conjugated


def turning(base: Expr, monomial: Expr, coefficient: Rational) -> tuple[tuple[Expr, Expr], Rational]:
    """(−1)^x is e^{iπx} and i^x is e^{iπx/2}, also where x is no integer."""
    if base is S.ImaginaryUnit:
        base, coefficient = S.NegativeOne, coefficient / 2
    return ((S.Exp1, I * pi * monomial) if base == -1 and monomial != 1 else (base, monomial)), coefficient


def composite(e: Expr) -> bool:
    """Whether a node is a sum, a product or a power with an integer exponent."""
    return isinstance(e, Add | Mul) or isinstance(e, Pow) and e.exp.is_Integer


def terms_of(exponent: Expr) -> list[tuple[Expr, Rational]]:
    """An exponent as a sum of rational multiples of monomials."""
    found: dict[Expr, Rational] = {}
    for term in Add.make_args(exponent.expand()):
        c, m = term.as_coeff_Mul(rational=True)
        found[m] = found.get(m, S.Zero) + c
    return [(m, c) for m, c in found.items() if c]


def root_relation(e: Expr, roots: Mapping[Symbol, tuple[int, Expr]]) -> tuple[int, Expr]:
    """The degree d and the right side of e^d = … for a letter that is a root, its conjugate, or conjugate(√x).

    The square of conjugate(√x) is x*, whatever the branch.
    """
    if e in roots:
        return roots[e]
    if isinstance(e, conjugate):
        inner = e.args[0]
        if inner in roots:
            degree, relation = roots[inner]
            return degree, conjugated(relation)
        if isinstance(inner, Pow) and inner.exp == Rational(1, 2):
            return 2, conjugated(inner.base)
    return 0, S.Zero
