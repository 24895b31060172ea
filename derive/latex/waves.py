"""Sums in which a phase meets its conjugate, or the square of a sine that of its cosine."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, I, Mul, cos, exp, sin


def gathered(e: Add) -> Expr:
    """A sum with c e^{iθ} + c e^{−iθ} as 2c cos θ, with c e^{iθ} − c e^{−iθ} as 2ic sin θ, and c sin²θ + c cos²θ as c.

    One that would be no sum any more stays as it is.
    """
    left, found = dict.fromkeys(e.args), []
    for term in e.args:
        for other, whole in _partners(term):
            if term in left and other in left:
                del left[term], left[other]
                found.append(whole)
    shorter = Add(*left, *found)
    return shorter if isinstance(shorter, Add) else e


def _partners(term: Expr) -> Iterator[tuple[Expr, Expr]]:
    """The terms that make one with this one, each with what they make."""
    for factor in Mul.make_args(term):
        if isinstance(factor, exp) and factor.args[0].has(I):
            angle = (-I * factor.args[0]).expand()
            if angle.is_real and not angle.could_extract_minus_sign():
                c, mirror = term / factor, term / factor**2
                yield mirror, 2 * c * cos(angle)
                yield -mirror, 2 * I * c * sin(angle)
        elif factor.is_Pow and factor.exp == 2 and isinstance(factor.base, sin):
            yield term / factor * cos(*factor.base.args) ** 2, term / factor
