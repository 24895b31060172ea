"""Characteristic polynomials, and whether two spectra touch."""

from __future__ import annotations

from flint import nmod_mat
from sympy import Expr, Matrix

from derive.kernel.normal import canonical
from derive.kernel.place import Place, at_points


def charpoly(A: Matrix) -> tuple[Expr, ...]:
    """1, c_1, …, c_n of det(λ − A) = λⁿ + c_1 λⁿ⁻¹ + … + c_n, in normal form (Le Verrier 1840, Newton's identities).

    k c_k = −Σ_{j=1}^{k} c_{k−j} tr Aʲ: divisions by integers only, so that no pole appears that A does not have.
    """
    power, traces, coefficients = A, [], [A.one]
    for k in range(1, A.rows + 1):
        traces.append(power.trace())
        coefficients.append(canonical(-sum(c * s for c, s in zip(coefficients[::-1], traces, strict=False)) / k))
        power = power * A if k < A.rows else power
    return tuple(coefficients)


def touching(A: Matrix, B: Matrix) -> bool:
    """Whether A and −B share an eigenvalue for all values of the parameters: then A X + X B = C has no unique X."""

    def apart(place: Place) -> bool:
        first, second = (nmod_mat(m.rows, m.rows, [place(e) for e in m], place.prime).charpoly() for m in (A, -B))
        return bool(first.gcd(second).degree() == 0)

    return not at_points(apart)
