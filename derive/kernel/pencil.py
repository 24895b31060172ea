"""Dense blocks of few letters: their minors from numbers, by evaluation, interpolation and Chinese remainders.

    A = m_0 A_0 + m_1 A_1 + …, integer matrices A_l:    det A and its cofactors are homogeneous in the m_l

A network of equal modes has two letters, its loss and its coupling, so that a minor of n rows has n + 1 coefficients
where a sweep would visit 2ⁿ sets of columns. With m_0 = 1 and m_l = t^{(n+1)^(l−1)} (Kronecker) they are the
coefficients of one polynomial in t. It is evaluated modulo primes of 62 bits at the points of a coset of the roots of
unity and transformed back; Hadamard's inequality on |m_l| = 1 bounds every coefficient, so that the result is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from math import isqrt, prod

from flint import fmpz, nmod_mat

Minor = dict[tuple[int, ...], int]

# The largest number of points: a power of two that divides p − 1 for all primes p = 2⁶² + 1 − k POINTS that are used.
POINTS = 1 << 10
FIRST = 1 << 62
SHIFT = 10**9 + 7  # any large power, so that no small number is a point: those are eigenvalues of graphs
# Products of two words: 3 s.
WORK = 3 * 10**9


def work(rows: Sequence[Mapping[int, Sequence[int]]], letters: int) -> int | None:
    """About how many products of words `minors` takes; None if that is more than seconds."""
    points = _points(len(rows), letters)
    words = 1 + _bound(rows).bit_length() // 61
    total = words * points * (len(rows) ** 3 + points * (len(rows) + 500))  # elimination, and transform
    return total if points <= POINTS and total <= WORK else None


def minors(
    rows: Sequence[Mapping[int, Sequence[int]]], letters: int, driven: Sequence[int]
) -> tuple[Minor, dict[int, list[Minor]]]:
    """The determinant of Σ m_l A_l and, for every driven row, the n entries of its column of the adjugate.

    rows[i][j] are the coefficients of the m_l in the entry i, j; a minor is {exponents of the m_l: coefficient}. The
    determinant must not vanish.
    """
    size, points = len(rows), _points(len(rows), letters)
    bound = 2 * _bound(rows)
    modulus, known = 1, [0] * (points * (1 + size * len(driven)))
    for prime in _primes():
        found = _modulo(rows, letters, driven, points, prime)
        if found is None:
            continue
        inverse = pow(modulus, -1, prime)
        known = [
            old + modulus * ((new - old) * inverse % prime) if new != old else old
            for old, new in zip(known, found, strict=True)
        ]
        modulus *= prime
        if modulus > bound:
            break
    half, width = modulus >> 1, 1 + size * len(driven)
    signed = [c - modulus if c > half else c for c in known]
    columns = [_named(signed[column::width], size - (column > 0), size + 1, letters) for column in range(width)]
    return columns[0], {
        row: [columns[1 + k * len(driven) + number] for k in range(size)] for number, row in enumerate(driven)
    }


def _modulo(
    rows: Sequence[Mapping[int, Sequence[int]]], letters: int, driven: Sequence[int], points: int, prime: int
) -> list[int] | None:
    """The coefficients modulo a prime, power by power of t; None if the matrix is singular at a point."""
    size = len(rows)
    flat = [[0] * (size * size) for _ in range(letters)]
    for i, row in enumerate(rows):
        for j, entry in row.items():
            for letter, c in enumerate(entry):
                flat[letter][i * size + j] = c
    parts = [nmod_mat(size, size, part, prime) for part in flat]
    right = nmod_mat(size, len(driven), [int(i == row) for i in range(size) for row in driven], prime)
    generator = next(g for g in range(3, 1000) if pow(g, (prime - 1) // 2, prime) != 1)
    root, shift = pow(generator, (prime - 1) // points, prime), pow(generator, SHIFT, prime)
    values: list[int] = []
    powers = [1]
    for _ in range(points - 1):
        powers.append(powers[-1] * root % prime)
    for power in powers:
        matrix, t = parts[0], power * shift % prime
        for part in parts[1:]:
            matrix, t = matrix + part * t, pow(t, size + 1, prime)
        determinant = int(matrix.det())
        if not determinant:
            return None
        values += [determinant, *map(int, (matrix.solve(right) * determinant).entries())]
    # c_k = shift^{−k}/N Σ_j root^{−jk} value_j
    scale, back = pow(points, -1, prime), pow(shift, -1, prime)
    transform: list[int] = []
    for k in range(points):
        transform += [powers[-j * k % points] * scale % prime for j in range(points)]
        scale = scale * back % prime
    found = nmod_mat(points, points, transform, prime) * nmod_mat(points, len(values) // points, values, prime)
    return [int(c) for c in found.entries()]


def _named(coefficients: Sequence[int], degree: int, base: int, letters: int) -> Minor:
    """Powers of t as exponents of the letters."""
    minor: Minor = {}
    for power, c in enumerate(coefficients):
        if c:
            others = [power // base**letter % base for letter in range(letters - 1)]
            minor[degree - sum(others), *others] = c
    return minor


def _points(size: int, letters: int) -> int:
    """A power of two above the degree in t."""
    return 1 << (size * sum((size + 1) ** letter for letter in range(letters - 1))).bit_length()


def _bound(rows: Sequence[Mapping[int, Sequence[int]]]) -> int:
    """An upper bound of all coefficients (Hadamard): the product of the rows' lengths on |m_l| = 1, rounded up."""
    return prod(1 + isqrt(sum(sum(map(abs, entry)) ** 2 for entry in row.values())) for row in rows)


def _primes() -> Iterator[int]:
    return (p for p in (FIRST + 1 - k * POINTS for k in count(1)) if fmpz(p).is_prime())
