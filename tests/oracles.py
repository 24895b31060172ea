"""Independent ways to the numbers: Gaussian rationals, a field of a prime, equations of motion by plain loops."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Expr, I, MatrixBase, Rational, Symbol, exp

from derive.network import Network


@dataclass(frozen=True)
class GaussianRational:
    """re + i im with exact arithmetic; floats and complex numbers enter with their exact dyadic value."""

    real: Fraction
    imag: Fraction = Fraction(0)

    @staticmethod
    def of(value: Any) -> GaussianRational:
        if isinstance(value, GaussianRational):
            return value
        if isinstance(value, complex | np.complexfloating):
            return GaussianRational(Fraction(float(value.real)), Fraction(float(value.imag)))
        if isinstance(value, float | np.floating):
            return GaussianRational(Fraction(float(value)))
        if isinstance(value, np.integer):
            value = int(value)
        return GaussianRational(Fraction(value))

    def __add__(self, other: Any) -> GaussianRational:
        if isinstance(other, np.ndarray):
            return NotImplemented
        other = GaussianRational.of(other)
        return GaussianRational(self.real + other.real, self.imag + other.imag)

    def __neg__(self) -> GaussianRational:
        return GaussianRational(-self.real, -self.imag)

    def __sub__(self, other: Any) -> GaussianRational:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return self + -GaussianRational.of(other)

    def __rsub__(self, other: Any) -> GaussianRational:
        return GaussianRational.of(other) - self

    def __mul__(self, other: Any) -> GaussianRational:
        if isinstance(other, np.ndarray):
            return NotImplemented
        other = GaussianRational.of(other)
        return GaussianRational(
            self.real * other.real - self.imag * other.imag, self.real * other.imag + self.imag * other.real
        )

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> GaussianRational:
        if isinstance(other, np.ndarray):
            return NotImplemented
        other = GaussianRational.of(other)
        norm = other.real**2 + other.imag**2
        return self * GaussianRational(other.real / norm, -other.imag / norm)

    def __rtruediv__(self, other: Any) -> GaussianRational:
        return GaussianRational.of(other) / self

    def __pow__(self, exponent: int) -> GaussianRational:
        result = GaussianRational(Fraction(1))
        for _ in range(abs(exponent)):
            result = result * self
        return result if exponent >= 0 else 1 / result

    def __eq__(self, other: object) -> bool:
        other = GaussianRational.of(other)
        return (self.real, self.imag) == (other.real, other.imag)

    def __hash__(self) -> int:
        return hash((self.real, self.imag))

    def __complex__(self) -> complex:
        return complex(float(self.real), float(self.imag))

    def conjugate(self) -> GaussianRational:
        return GaussianRational(self.real, -self.imag)


def gaussian(value: Expr) -> GaussianRational:
    """The Gaussian rational that a SymPy number is."""
    real, imag = value.expand(complex=True).as_real_imag()
    assert isinstance(real, Rational), value
    assert isinstance(imag, Rational), value
    return GaussianRational(Fraction(real.p, real.q), Fraction(imag.p, imag.q))


@dataclass(frozen=True)
class Moments:
    """Numbers of d(α, α*)/dt = A (α, α*) + b and dS/dt = A S + S Aᴴ + C with S = ⟨:δψ δψ†:⟩, ψ = (a, a†)."""

    drift: np.ndarray
    pairing: np.ndarray
    force: np.ndarray
    noise: np.ndarray
    squeezing: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        return np.block([[self.drift, self.pairing], [self.pairing.conj(), self.drift.conj()]])

    @property
    def vector(self) -> np.ndarray:
        return np.concatenate([self.force, self.force.conj()])

    @property
    def source(self) -> np.ndarray:
        return np.block([[self.noise.T, self.squeezing], [self.squeezing.conj(), self.noise]])


def moments(net: Network, values: dict[Symbol, complex]) -> Moments:
    """The equations of motion at numerical parameters, entry by entry from the picture."""

    def number(e: Expr) -> complex:
        return complex(e.evalf(30, subs=values))

    n = len(net.modes)
    at = {mode.name: i for i, mode in enumerate(net.modes)}
    h, s = np.zeros((n, n), complex), np.zeros((n, n), complex)
    f = np.zeros(n, complex)
    for mode in net.modes:
        h[at[mode.name], at[mode.name]] += number(mode.detuning)
    for coupling in net.couplings:
        h[at[coupling.a], at[coupling.b]] += number(coupling.strength)
        h[at[coupling.b], at[coupling.a]] += number(coupling.strength).conjugate()
    for pair in net.squeezings:
        s[at[pair.a], at[pair.b]] += number(pair.strength)
        s[at[pair.b], at[pair.a]] += number(pair.strength)
    for drive in net.drives:
        f[at[drive.mode]] -= 1j * number(drive.amplitude)
    w, q, noise, squeezing = -1j * h, -1j * s, np.zeros((n, n), complex), -1j * s
    for bath in net.baths:
        g, thermal, m = number(bath.rate), number(bath.thermal), number(bath.squeezing)
        u, v = np.zeros(n, complex), np.zeros(n, complex)
        for name, weight in bath.jump:
            u[at[name]] = number(weight)
        for name, weight in bath.gain:
            v[at[name]] = number(weight)
        for i in range(n):
            for j in range(n):
                w[i, j] += g / 2 * (v[i] * v[j].conj() - u[i].conj() * u[j])
                q[i, j] += g / 2 * (v[i] * u[j].conj() - u[i].conj() * v[j])
                noise[i, j] += g * (
                    (thermal + 1) * v[i].conj() * v[j]
                    + thermal * u[i] * u[j].conj()
                    - m * v[i].conj() * u[j].conj()
                    - m.conjugate() * u[i] * v[j]
                )
                squeezing[i, j] += g * (
                    -(thermal + 0.5) * (u[i].conj() * v[j] + v[i] * u[j].conj())
                    + m * u[i].conj() * u[j].conj()
                    + m.conjugate() * v[i] * v[j]
                )
    return Moments(w, q, f, noise, squeezing)


def array(matrix: MatrixBase) -> np.ndarray:
    """A SymPy matrix of numbers as floating-point numbers."""
    return np.array(matrix.evalf(30).tolist(), dtype=complex)


PRIME = 998244353
UNIT = pow(3, (PRIME - 1) // 4, PRIME)  # i² = −1


def modulo(e: Expr, point: dict[Symbol, int]) -> int:
    """The value of a rational expression at a point of the integers modulo a prime; phases are zero."""
    if e.is_Symbol:
        return point[e]
    if e.is_Rational:
        return int(e.p) * pow(int(e.q), -1, PRIME) % PRIME
    if e == I:
        return UNIT
    if isinstance(e, exp):
        return 1
    if e.is_Add:
        return sum(modulo(term, point) for term in e.args) % PRIME
    if e.is_Mul:
        product = 1
        for factor in e.args:
            product = product * modulo(factor, point) % PRIME
        return product
    assert e.is_Pow
    assert e.exp.is_Integer
    return pow(modulo(e.base, point), int(e.exp), PRIME)


def executed(source: str, name: str = "emitted") -> dict[str, Any]:
    """What emitted code defines, by name."""
    names: dict[str, Any] = {"__name__": name}
    exec(compile(source, name, "exec"), names)  # noqa: S102
    return names


def ends(size: int, cascaded: bool) -> list[tuple[int, int]]:
    """(from, to) of the links of a chain or a star; 0 is the charger."""
    return [(k - 1 if cascaded else 0, k) for k in range(1, size + 1)]


def linked(size: int, cascaded: bool, onward: complex, back: complex, rate: float, loss: float = 1.0) -> np.ndarray:
    """The drift of a chain or a star of modes that lose `loss`: every link adds 2`rate` to the losses of both ends."""
    drift = -loss / 2 * np.eye(size + 1, dtype=complex)
    for i, k in ends(size, cascaded):
        drift[k, i], drift[i, k] = onward, back
        drift[i, i] -= rate
        drift[k, k] -= rate
    return drift


def slope(f, x, h=1e-3):
    """f′(x), the central difference of sixth order."""
    return sum(c * (f(x + k * h) - f(x - k * h)) for k, c in ((1, 45), (2, -9), (3, 1))) / (60 * h)
