"""Characteristic polynomials, whether two spectra touch, and whether all of one is seen."""

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
        if k < A.rows:
            # products of complex numbers that are not multiplied out double with every power
            power = (power * A).applyfunc(lambda e: canonical(e) if e.is_number else e)
    return tuple(coefficients)


def touching(A: Matrix, B: Matrix) -> bool:
    """Whether A and −B share an eigenvalue for all values of the parameters: then A X + X B = C has no unique X."""

    def apart(place: Place) -> bool:
        first, second = (nmod_mat(m.rows, m.rows, [place(e) for e in m], place.prime).charpoly() for m in (A, -B))
        return bool(first.gcd(second).degree() == 0)

    return not at_points(apart)


def observable(A: Matrix, C: Matrix) -> bool:
    """Whether C v ≠ 0 for every eigenvector v of A, for some values of the parameters.

    The rows of C, C A, C A², … span everything then, and only then (Kalman, Hautus); they grow until no new one comes.
    """

    def seen(place: Place) -> bool:
        size = A.rows
        step, known = (nmod_mat(m.rows, size, [place(e) for e in m], place.prime) for m in (A, C))
        before = 0
        while True:
            reduced, rank = known.rref()
            if rank in (before, size):
                return bool(rank == size)
            rows = nmod_mat(rank, size, reduced.entries()[: rank * size], place.prime)
            known = nmod_mat(2 * rank, size, [*rows.entries(), *(rows * step).entries()], place.prime)
            step, before = step * step, rank

    return at_points(seen)
