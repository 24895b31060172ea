"""The eigenvalues of equations of motion, known by structure or in radicals, and functions of their matrix.

    W = c + s A,      Π f(A)^e = 0,      exp(W t) = Σ over factors f of  exp(W t) P_f

The minimal polynomial of A splits into factors f that are irreducible over the letters of the network; P_f, a
polynomial in A, projects on the motion whose eigenvalues are the roots of f. On it, with n = f(A) nilpotent,

    one root y       exp = e^{xt} Σ_k (W − x)^k t^k/k!,   x = c + s y
    two roots y ± d  exp = e^{xt} Σ_k (C_k + S_k (A − y)) n^k/k!,   C_0 = cosh(s d t), S_0 = sinh(s d t)/d,
                     both regular in d², C_{k+1} = ∂C_k/∂d²
    any roots y_k    exp = Σ_k exp[x_0, …, x_k] s^k Π_{j<k} (A − y_j), with divided differences of e^{xt}

Identical branches of a network give one factor that occurs many times, so that chains, stars, rings, trees and
complete networks of equal modes have factors of low degree however large they are. Three or four roots are letters
x_1, x_2, … with x_1³ = … (`roots`), and in radicals by Cardano and Ferrari (`radicals`); the angles of chains and
rings are cosines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import (
    Add,
    Expr,
    I,
    ImmutableMatrix,
    Matrix,
    MatrixBase,
    Mul,
    Pow,
    Rational,
    S,
    Symbol,
    eye,
    fraction,
    sqrt,
    zeros,
)

from derive.checks import checked
from derive.errors import DeriveError
from derive.kernel import NotFactored, angular_roots, canonical, characteristic, conjugated, solve
from derive.langevin import Langevin, amplitude_system

Factor = tuple[tuple[Expr, ...], int]  # monic coefficients, c_0 first, and the power in the minimal polynomial
CUBE = (S.One, (-1 + sqrt(3) * I) / 2, (-1 - sqrt(3) * I) / 2)  # the cube roots of one


# Operations in the coefficients of a cubic and a quartic whose roots take seconds to write down, not minutes.
WRITABLE = (2000, 400)


class NoClosedForm(DeriveError):
    """The motion of a network is not one that is written in exponentials, roots and powers of time."""


@dataclass(frozen=True)
class Part:
    """An irreducible factor f = Σ c_k y^k of the minimal polynomial, its power there, and its roots y.

    `roots` is empty where they have no name here; where they are x/b with letters x and the common denominator b of
    the c_k, the letters have the `relations` x^d = ….
    """

    factor: tuple[Expr, ...]
    power: int
    roots: tuple[Expr, ...]
    relations: tuple[tuple[Expr, Expr], ...] = ()

    @property
    def degree(self) -> int:
        """The number of roots."""
        return len(self.factor) - 1

    @property
    def whole(self) -> list[Expr]:
        """The coefficients of f^power."""
        product: list[Expr] = [S.One]
        for _ in range(self.power):
            product = _times(product, self.factor)
        return product


@dataclass(frozen=True)
class Spectrum:
    """W = center + scale · matrix with the parts of the minimal polynomial of the matrix."""

    center: Expr
    scale: Expr
    matrix: ImmutableMatrix
    parts: tuple[Part, ...]

    @cached_property
    def relations(self) -> dict[Expr, Expr]:
        """x^d = … for every letter that stands for a root."""
        return dict(pair for part in self.parts for pair in part.relations)

    def within(self, places: list[int]) -> Spectrum:
        """The same for modes that feed no others: the parts that occur among them, with the same letters."""
        inner = ImmutableMatrix(self.matrix.extract(places, places))
        factors = {factor for factor, _ in characteristic(inner)}
        squares = {(-(f[0] ** 2), S.Zero, S.One) for f in factors if len(f) == 2}
        return replace(
            self, matrix=inner, parts=tuple(part for part in self.parts if part.factor in factors | squares)
        )

    def projected(self, part: Part, columns: Matrix) -> Matrix:
        """P_f · columns."""
        others: list[Expr] = [S.One]
        for other in self.parts:
            if other is not part:
                others = _times(others, other.whole)
        if len(others) == 1:
            return columns
        modulus = part.whole
        size = len(modulus) - 1
        rows = [_remainder([S.Zero] * k + others, modulus) for k in range(size)]
        inverse = solve(Matrix(size, size, lambda i, j: rows[j][i]), Matrix([1] + [0] * (size - 1))).values
        return self.polynomial(_times(others, list(inverse)), columns)

    def polynomial(self, coefficients: Sequence[Expr], columns: Matrix) -> Matrix:
        """Σ c_k A^k · columns."""
        value = zeros(*columns.shape)
        for c in reversed(coefficients):
            value = (self.matrix * value + c * columns).applyfunc(canonical)
        return value


@checked
def spectrum(matrix: MatrixBase) -> Spectrum:
    """The eigenvalues of a matrix, by the irreducible factors of its minimal polynomial.

    Raises:
        NoClosedForm: if the coefficients of the characteristic polynomial contain roots of letters.
    """
    diagonal = [canonical(e) for e in matrix.diagonal()]
    center = diagonal[0] if len(set(diagonal)) == 1 else S.Zero
    shifted = (matrix - center * eye(matrix.rows)).applyfunc(canonical)
    scale = next((e for e in shifted if e != 0), S.One)
    scaled = (shifted / scale).applyfunc(canonical)
    if not all(e.is_Rational for e in scaled):
        scale, scaled = S.One, shifted
    try:
        factors = list(characteristic(scaled))
    except NotFactored:
        raise NoClosedForm(
            "A closed form in time needs a characteristic polynomial with rational coefficients in the network's "
            "letters, but roots of letters remain; name them by letters of their own, or use the resolvent."
        ) from None
    factors = _opposite(factors, scale)
    used = {s.name for s in matrix.free_symbols}
    parts: list[Part] = []
    for factor, power in factors:
        parts.append(_part(factor, power, used))
        used |= {s.name for relation in parts[-1].relations for s in relation[0].free_symbols}
    return Spectrum(center, scale, ImmutableMatrix(scaled), tuple(parts))


def _opposite(factors: Sequence[Factor], scale: Expr) -> list[Factor]:
    """Imaginary rates r and −r of the same power together, so that coherent couplings give sines and cosines."""
    left = dict(factors)
    found = []
    for factor, power in factors:
        rate = scale * factor[0]
        opposite = (-factor[0], S.One)
        imaginary = len(factor) == 2 and factor[0] != 0 and conjugated(rate) == -rate
        if imaginary and factor in left and left.get(opposite) == power:
            del left[opposite], left[factor]
            found.append(((-(factor[0] ** 2), S.Zero, S.One), power))
    return found + list(left.items())


@checked
def spectrum_residual(matrix: MatrixBase, found: Spectrum) -> Matrix:
    """W − c − s A beside Π f(A)^e: n×2n, zero if the factors annihilate the matrix."""
    product: Matrix = eye(matrix.rows)
    for part in found.parts:
        product = found.polynomial(part.whole, product)
    return Matrix.hstack(matrix - found.center * eye(matrix.rows) - found.scale * found.matrix, product)


@checked
def roots(eq: Langevin) -> dict[Expr, Expr]:
    """The equations x_1³ = …, x_2² = … of the letters x_k, eigenvalues in a propagator or an evolved state.

    This is what `is_zero` needs to know of them; it is empty where all eigenvalues are written out.
    """
    return spectrum(amplitude_system(eq)[0]).relations


@checked
def radicals(eq: Langevin) -> dict[Symbol, Expr]:
    """The letters of `roots` in square and cube roots, by Cardano and Ferrari.

    Right for all complex parameters at which no denominator vanishes.
    """
    return dict(pair for part in spectrum(amplitude_system(eq)[0]).parts for pair in named(part))


def named(part: Part) -> tuple[tuple[Symbol, Expr], ...]:
    """The letters of a part's roots with the radicals they stand for."""
    if not part.relations:
        return ()
    written = _quartic(part.factor) if part.degree == 4 else _cubic(part.factor)
    letters = (next(iter(left.free_symbols)) for left, _ in part.relations)
    below = _common(part.factor)
    return tuple((x, below * root) for x, root in zip(letters, written, strict=True))


def _part(factor: tuple[Expr, ...], repeated: int, used: set[str]) -> Part:
    degree = len(factor) - 1
    if degree == 1:
        return Part(factor, repeated, (canonical(-factor[0]),))
    if degree == 2:
        middle, square = halves(factor)
        return Part(factor, repeated, (middle + sqrt(square), middle - sqrt(square)))
    angles = angular_roots(factor)
    if angles:
        return Part(factor, repeated, angles)
    if degree > 4 or sum(c.count_ops() for c in factor) > WRITABLE[degree - 3]:
        return Part(factor, repeated, ())
    free = (Symbol(f"x_{k}") for k in range(1, 100) if f"x_{k}" not in used)
    names = [next(free) for _ in range(degree)]
    below = _common(factor)
    relations, left = [], [canonical(c * below ** (degree - place)) for place, c in enumerate(factor)]
    for x in names:
        # f[x_1, …, x_k, y] = 0 has one root less each time
        last = len(left) - 1
        relations.append((x**last, -Add(*(c * x**place for place, c in enumerate(left[:-1])))))
        quotient: list[Expr] = [S.One]
        for c in reversed(left[1:-1]):
            quotient.append(c + x * quotient[-1])
        left = quotient[::-1]
    return Part(factor, repeated, tuple(x / below for x in names), tuple(relations))


def _common(factor: Sequence[Expr]) -> Expr:
    """A common denominator of coefficients, e^{iθ} for e^{−iθ} among them; numbers do not count."""
    found: dict[Expr, int] = {}
    for c in factor:
        for x in Mul.make_args(fraction(c)[1]):
            base, power = (x.base, int(x.exp)) if x.is_Pow and x.exp.is_Integer else (x, 1)
            if base.free_symbols:
                found[base] = max(found.get(base, 0), power)
    return Mul(*(base**power for base, power in found.items()))


def halves(factor: Sequence[Expr]) -> tuple[Expr, Expr]:
    """y₀ and d² of y² + c₁y + c₀ = (y − y₀)² − d²."""
    return canonical(-factor[1] / 2), canonical(factor[1] ** 2 / 4 - factor[0])


def _cubic(factor: Sequence[Expr]) -> tuple[Expr, ...]:
    """The roots of y³ + c₂y² + c₁y + c₀ by Cardano: y = −c₂/3 + u − p/(3u), u³ = −q/2 + √(q²/4 + p³/27)."""
    c_0, c_1, c_2, _ = factor
    p, q = canonical(c_1 - c_2**2 / 3), canonical(2 * c_2**3 / 27 - c_1 * c_2 / 3 + c_0)
    cube = -q if p == 0 else -q / 2 + sqrt(canonical(q**2 / 4 + p**3 / 27))
    u = Pow(cube, Rational(1, 3))
    return tuple(-c_2 / 3 + w * u - p / (3 * w * u) for w in CUBE)


def _quartic(factor: Sequence[Expr]) -> tuple[Expr, ...]:
    """The roots of y⁴ + … by Ferrari: with y = z − c₃/4, z⁴ + pz² + qz + r = (z² + p/2 + m)² − 2m(z − q/(4m))²."""
    c_0, c_1, c_2, c_3, _ = factor
    p = canonical(c_2 - 3 * c_3**2 / 8)
    q = canonical(c_1 - c_2 * c_3 / 2 + c_3**3 / 8)
    r = canonical(c_0 - c_1 * c_3 / 4 + c_2 * c_3**2 / 16 - 3 * c_3**4 / 256)
    if q == 0:
        inner = sqrt(canonical(p**2 / 4 - r))
        return tuple(-c_3 / 4 + a * sqrt(-p / 2 + b * inner) for b in (1, -1) for a in (1, -1))
    m = _cubic((canonical(-(q**2) / 8), canonical(p**2 / 4 - r), p, S.One))[0]
    w = sqrt(2 * m)
    return tuple(-c_3 / 4 + (a * w + b * sqrt(-2 * p - 2 * m - a * 2 * q / w)) / 2 for a in (1, -1) for b in (1, -1))


def _times(a: Sequence[Expr], b: Sequence[Expr]) -> list[Expr]:
    product: list[list[Expr]] = [[] for _ in range(len(a) + len(b) - 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j].append(Mul(x, y))
    return [canonical(Add(*terms)) for terms in product]


def _remainder(a: Sequence[Expr], modulus: Sequence[Expr]) -> list[Expr]:
    """a modulo a monic polynomial."""
    left, size = list(a), len(modulus) - 1
    while len(left) > size:
        top = left.pop()
        for k in range(1, size + 1):
            left[-k] = canonical(left[-k] - top * modulus[size - k])
    return left + [S.Zero] * (size - len(left))
