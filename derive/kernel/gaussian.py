"""Gaussian rationals p + q i as numbers; SymPy leaves their products as they are, (2 − i)(2 + i) for 5."""

from __future__ import annotations

from sympy import Expr, I, Mul, Rational, igcd

from derive.kernel.packing import ONE


def gaussian(e: Expr) -> bool:
    """Whether it is p + q i with rational p and q, neither of them zero."""
    return e.is_Add and len(e.args) == 2 and e.args[0].is_Rational and (e.args[1] / I).is_Rational


def gathered(e: Expr) -> Expr:
    """A product with its Gaussian rationals, and their powers, as one: (2 − i)(2 + i) k i = 5 i k."""
    factors = Mul.make_args(e)
    numbers = [x for x in factors if gaussian(x.base if x.is_Pow and x.exp.is_Integer else x)]
    if not numbers:
        return e
    rest = [x for x in factors if x is not I and not x.is_Rational and x not in numbers]
    ratio, phase, number = in_parts(Mul(*(x for x in factors if x not in rest)))
    return Mul(ratio, I**phase, number, *rest)


def in_parts(number: Expr) -> tuple[Rational, int, Expr]:
    """A product of Gaussian rationals as ratio · i^phase · (p + q i) with coprime integers p > 0 and q, or · 1."""
    real, imaginary = number.expand().as_real_imag()
    if not real or not imaginary:
        return real or imaginary, int(not real), ONE
    ratio = Rational(igcd(real.p * imaginary.q, imaginary.p * real.q), real.q * imaginary.q)
    ratio = ratio if real.p > 0 else -ratio
    return ratio, 0, real / ratio + I * imaginary / ratio
