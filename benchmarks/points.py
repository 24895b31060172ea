"""One exact random point at which all answers must agree, and the same system in real letters.

In the drift matrices of `networks`, i stands with couplings and drives only: with letters x = iJ, x' = iJ*, x'' = iε
all entries have rational coefficients. Every solver but this package's own gets A x = b in these letters, which spares
it the Gaussian rationals; this package gets it as it is. Expected values are FLINT's, from the rational matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random

from flint import fmpq, fmpq_mat
from sympy import Add, Expr, I, Matrix, Mul, Pow, Symbol, conjugate

Gaussian = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Point:
    """A x = b in real letters, their random values, and those of the original letters (with J* beside J)."""

    A: Matrix
    b: Matrix
    letters: dict[Symbol, Fraction]
    original: dict[Expr, Gaussian]

    @property
    def known(self) -> dict[Expr, Gaussian]:
        """Values of the real letters, for `value`."""
        return {x: (v, Fraction(0)) for x, v in self.letters.items()}

    @property
    def expected(self) -> list[str]:
        """The solution at this point."""
        n, known = self.A.rows, self.known

        def number(e: Expr) -> fmpq:
            real = value(e, known)[0]
            return fmpq(real.numerator, real.denominator)

        left = fmpq_mat(n, n, [number(e) for e in self.A])
        x = left.solve(fmpq_mat(n, 1, [number(e) for e in self.b]))
        return [str(x[i, 0]) for i in range(n)]


def random_point(A: Matrix, b: Matrix) -> Point:
    rng = Random(1)
    found = A.atoms(Symbol, conjugate) | b.atoms(Symbol, conjugate)
    image: dict[Expr, Expr] = {}
    letters: dict[Symbol, Fraction] = {}
    original: dict[Expr, Gaussian] = {I: (Fraction(0), Fraction(1))}
    for k, e in enumerate(sorted(found, key=str)):
        x = Symbol(f"x{k}", positive=True)
        letters[x] = v = Fraction(rng.randint(2, 50), rng.randint(1, 9))
        turned = str(e).removeprefix("conjugate(").startswith(("J", "epsilon"))
        image[e] = -I * x if turned else x
        original[e] = (Fraction(0), -v) if turned else (v, Fraction(0))
    return Point(A.xreplace(image), b.xreplace(image), letters, original)


def times(x: Gaussian, y: Gaussian) -> Gaussian:
    return x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]


def value(e: Expr, known: dict[Expr, Gaussian]) -> Gaussian:
    """The exact value of a rational expression; remembers those of its parts."""
    if e in known:
        return known[e]
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q)), Fraction(0)
    result = Fraction(0), Fraction(0)
    if isinstance(e, Add):
        for term in e.args:
            summand = value(term, known)
            result = result[0] + summand[0], result[1] + summand[1]
    elif isinstance(e, Mul):
        result = Fraction(1), Fraction(0)
        for factor in e.args:
            result = times(result, value(factor, known))
    else:
        assert isinstance(e, Pow)
        base = value(e.base, known)
        if e.exp < 0:
            square = base[0] ** 2 + base[1] ** 2
            base = base[0] / square, -base[1] / square
        result = Fraction(1), Fraction(0)
        for _ in range(abs(int(e.exp))):
            result = times(result, base)
    known[e] = result
    return result


def printed(values: list[Expr], known: dict[Expr, Gaussian]) -> list[str]:
    """Values as `Point.expected` prints them."""
    found = [value(e, known) for e in values]
    return [str(real) if not imaginary else f"{real} + {imaginary} i" for real, imaginary in found]
