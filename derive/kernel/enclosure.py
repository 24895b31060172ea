"""Maxima over time, enclosed between rational numbers and certified by ball arithmetic.

    a(t) = Σ_λ c_λ(t) e^{λt}   with the transform   ã(s) = N(s)/(s χ(s)) over Q(i),   P(t) = |a(t)|²/t

The poles and their multiplicities are exact; their positions are balls. A maximum at t* ∈ [low, high] is the only
largest one on (0, ∞) if E = |a|² has tE′ − E > 0 at `low`, < 0 at `high`, E″ < 0 around, and P below P(t*) elsewhere:
near 0 by a(t) = O(tᵈ), on a finite interval by Taylor enclosures, beyond by the decay of every term.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import ceil, factorial, floor, lcm
from typing import Any

from flint import acb, acb_poly, acb_series, arb, ctx, fmpq
from sympy import Expr, Matrix, Poly, Rational, Symbol
from sympy.polys.domains import QQ_I
from sympy.polys.matrices import DomainMatrix
from sympy.polys.polyerrors import CoercionFailed

from derive.errors import DeriveError
from derive.kernel.zero import Proved, Refuted, Unknown, Verdict

Ball = Any  # acb or arb: python-flint has no types
Wave = tuple[Ball, tuple[Ball, ...]]  # λ and the coefficients of 1, t, t², … in front of e^{λt}

ORDER = 5  # of the Taylor enclosures
PIECES = 20_000  # intervals that a proof may take
s = Symbol("s")


class NotAnExactNumber(DeriveError):
    """A number whose real and imaginary parts are not both rational."""


@dataclass(frozen=True)
class Transform:
    """ã(s) = N(s)/(s χ(s)) in lowest terms, χ by its square-free factors, and the order of the zero of a at t = 0."""

    numerator: Poly
    factors: tuple[tuple[Poly, int], ...]
    order: int


@dataclass(frozen=True)
class Peak:
    """A maximum in rational bounds (low, high): `time` encloses where it is, `value` how large it is."""

    time: tuple[Rational, Rational]
    value: tuple[Rational, Rational]


def _gaussian(e: Expr) -> bool:
    try:
        DomainMatrix.from_Matrix(Matrix([e])).convert_to(QQ_I)
    except CoercionFailed:
        return False
    return True


def transform(drift: Matrix, force: Matrix, mode: int) -> Transform | None:
    """The transform of a_i(t) with a′ = W a + f and a(0) = 0; None if a_i vanishes at all times.

    Raises:
        NotAnExactNumber: if an entry is no Gaussian rational.
    """
    w, f = (DomainMatrix.from_Matrix(Matrix(m)) for m in (drift, force))
    try:
        w, f = w.convert_to(QQ_I), f.convert_to(QQ_I)
    except CoercionFailed:
        odd = next(e for m in (drift, force) for e in m if not _gaussian(e))
        raise NotAnExactNumber(
            f"Enclosures need numbers with rational real and imaginary parts, but {odd} is not one; insert rational "
            "values for all letters, roots, and exponentials of numbers."
        ) from None
    n = drift.rows
    characteristic = w.charpoly()
    moments = [f]
    for _ in range(n - 1):
        moments.append(w * moments[-1])
    powers = [m[mode, 0].element for m in moments]  # (Wᵏ f)_i = a_i^{(k + 1)}(0)
    order = next((k + 1 for k, power in enumerate(powers) if power), 0)
    if not order:
        return None
    above = [sum((characteristic[l] * powers[k - l] for l in range(k + 1)), QQ_I.zero) for k in range(n)]
    top, bottom = (Poly.from_list(c, s, domain=QQ_I) for c in (above, characteristic))
    common = top.gcd(bottom)
    top, factors = top.quo(common), []
    unit, found = bottom.quo(common).sqf_list()
    for factor, multiplicity in found:
        # coefficients in Z[i] are exact as balls, so that roots can be refined without end
        scale = lcm(*(int(part.denominator) for c in factor.rep.to_list() for part in (c.x, c.y)))
        factors.append((factor * scale, multiplicity))
        top *= scale**multiplicity
    return Transform(top * (1 / unit), tuple(factors), order)


def peak(wave: Transform, digits: int) -> Peak | None:
    """The largest maximum of |a(t)|²/t that a scan finds, within `digits` digits; None if there is none or no decay.

    It is a candidate: `peak_verdict` proves or refutes it.
    """
    if not _settles(wave):
        return None
    with _precision(64 + 8 * digits + 16 * wave.order):
        waves = _waves(wave)
        if not _decays(waves):
            return None
        times = _scan(waves)
        powers = [_power(waves, t) for t in times]
        best = max(range(len(times)), key=lambda k: powers[k])
        if not 0 < best < len(times) - 1:
            return None
        low, high = times[best - 1], times[best + 1]
        while (high - low) * 10**digits > low:
            middle = (low + high) / 2
            if _rising(waves, _point(middle)) > 0:
                low = middle
            else:
                high = middle
        # outwards by half a step, so that the signs at the ends are certain
        low, high = _outward(low - (high - low) / 2, high + (high - low) / 2, digits + 1)
        value = _outward(*_enclosed(waves, low, high), digits + 1)
        return Peak((_rational(low), _rational(high)), (_rational(value[0]), _rational(value[1])))


def peak_verdict(wave: Transform, found: Peak) -> Verdict:
    """Whether |a(t)|²/t has its maximum over (0, ∞) inside `found.time`, there only, and inside `found.value`."""
    low, high = (Fraction(int(t.p), int(t.q)) for t in found.time)
    if not 0 < low < high:
        return Unknown("the interval of times is empty or begins before the charging")
    if not _settles(wave):
        return Unknown("an amplitude grows without end")
    verdict: Verdict = Unknown("")
    for bits in (128, 512):
        with _precision(bits + 16 * wave.order):
            verdict = _judged(wave, found, low, high)
        if not isinstance(verdict, Unknown):
            break
    return verdict


def _judged(wave: Transform, found: Peak, low: Fraction, high: Fraction) -> Verdict:
    """The verdict at one precision."""
    waves = _waves(wave)
    if not _decays(waves):
        return Unknown("an amplitude does not decay")
    if _rising(waves, _point(low)) < 0 or _rising(waves, _point(high)) > 0:
        return Refuted(((Symbol("t"), found.time[0]),), Rational(0))
    if not (_rising(waves, _point(low)) > 0 and _rising(waves, _point(high)) < 0):
        return Unknown("the sign of the slope at an end of the interval is not certain")
    bounds = _enclosed(waves, low, high)
    if bounds[1] < found.value[0] or found.value[1] < bounds[0]:
        return Refuted(((Symbol("t"), found.time[0]),), _rational(bounds[0]))
    if not (found.value[0] <= bounds[0] and bounds[1] <= found.value[1]):
        return Unknown("the maximum is not certain to lie between its bounds")
    least = _ball(bounds[0])
    if not least > 0:
        return Unknown("the maximum is not certainly larger than zero")
    around = _concave(waves, low, high)
    if around is None:
        return Unknown("the energy is not certainly concave around the maximum")
    early = _early(waves, wave.order, around[0], least)
    late = _late(waves, around[1], least)
    for piece in ((early, around[0]), (around[1], late)):
        verdict = _below(waves, *piece, least)
        if not isinstance(verdict, Proved):
            return verdict
    return Proved()


# -- the sum of exponentials ----------------------------------------------------------------------------------


@contextmanager
def _precision(bits: int) -> Iterator[None]:
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, max(before[1], 64)  # bits of a ball, terms of a series
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


def _waves(wave: Transform) -> list[Wave]:
    """λ and c_λ of every pole, the one at s = 0 first."""
    top = _polynomial(wave.numerator)
    factors = [(_polynomial(p), m) for p, m in wave.factors]
    bottom = acb_poly([1])
    for p, m in factors:
        bottom *= p**m
    found: list[Wave] = [(acb(0), (top(acb(0)) / bottom(acb(0)),))]
    for p, m in factors:
        for root in p.roots(tol=arb(2) ** -ctx.prec, maxprec=8 * ctx.prec):
            # ã(root + h) hᵐ to order m − 1: one zero of p cancels one h, m times
            below = acb_poly([root, 1])
            for q, k in factors:
                moved = q(acb_poly([root, 1]))
                below *= (acb_poly(moved.coeffs()[1:]) if q is p else moved) ** k
            head = acb_series(top(acb_poly([root, 1])).coeffs(), m) / acb_series(below.coeffs(), m)
            series = [head[r] for r in range(m)]
            found.append((root, tuple(series[m - 1 - k] / factorial(k) for k in range(m))))
    return found


def _settles(wave: Transform) -> bool:
    """Whether the amplitude has no pole at s = 0 but that of the constant force."""
    return all(p(0) != 0 for p, _ in wave.factors)


def _decays(waves: Sequence[Wave]) -> bool:
    """Whether every term but the constant one certainly decays."""
    return all(rate.real < 0 for rate, _ in waves[1:])


def _polynomial(p: Poly) -> Ball:
    return acb_poly([acb(_exact(c.x), _exact(c.y)) for c in reversed(p.rep.to_list())])


def _exact(value: Any) -> Ball:
    """A rational as a ball, without a radius if it is an integer."""
    top, bottom = int(value.numerator), int(value.denominator)
    return arb(top) if bottom == 1 else arb(fmpq(top, bottom))


def _derivatives(waves: Sequence[Wave], count: int) -> list[list[Wave]]:
    """The sum and its first derivatives: c → c′ + λc."""
    found = [list(waves)]
    for _ in range(count):
        later = []
        for rate, c in found[-1]:
            later.append(
                (rate, tuple(rate * c[k] + ((k + 1) * c[k + 1] if k + 1 < len(c) else 0) for k in range(len(c))))
            )
        found.append(later)
    return found


def _values(stack: Sequence[Sequence[Wave]], t: Ball) -> list[Ball]:
    """All the derivatives of `stack` at t, a point or an interval."""
    growth = [(rate * t).exp() for rate, _ in stack[0]]
    out = []
    for waves in stack:
        total = acb(0)
        for (_, c), g in zip(waves, growth, strict=True):
            factor = acb(0)
            for coefficient in reversed(c):
                factor = factor * t + coefficient
            total += factor * g
        out.append(total)
    return out


def _jet(stack: Sequence[Sequence[Wave]], low: Fraction, high: Fraction, count: int) -> list[Ball]:
    """The first `count` derivatives on [low, high] by Taylor's formula about the middle."""
    middle, half = (low + high) / 2, (high - low) / 2
    at, over = _values(stack, _point(middle)), _values(stack, acb(_between(low, high)))
    h, last = arb(0, _ball(half)), len(stack) - 1
    found = []
    for j in range(count):
        total, power = acb(0), arb(1)
        for i in range(j, last):
            total += at[i] * power / factorial(i - j)
            power *= h
        found.append(total + over[last] * power / factorial(last - j))
    return found


def _energy(jet: Sequence[Ball]) -> tuple[Ball, Ball, Ball]:
    """E, E′, E″ of E = |a|² from a, a′, a″."""
    a, b, c = ((z.real, z.imag) for z in jet)
    size, slope, bend = (x[0] * y[0] + x[1] * y[1] for x, y in ((a, a), (a, b), (a, c)))
    return size, 2 * slope, 2 * (b[0] * b[0] + b[1] * b[1] + bend)


def _rising(waves: Sequence[Wave], t: Ball) -> Ball:
    """tE′ − E, which has the sign of P′."""
    energy, slope, _ = _energy(_values(_derivatives(waves, 2), t))
    return t.real * slope - energy


def _power(waves: Sequence[Wave], t: Fraction) -> Fraction:
    """About P(t)."""
    (a,) = _values([waves], _point(t))
    power = ((a.real * a.real + a.imag * a.imag) / _ball(t)).mid()
    return _fraction(power)


def _enclosed(waves: Sequence[Wave], low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Bounds of the maximum of P over an interval that contains its maximiser: P at the middle, and above all P."""
    energy, *_ = _energy(_jet(_derivatives(waves, ORDER), low, high, 3))
    (middle,) = _values([waves], _point((low + high) / 2))
    least = (middle.real * middle.real + middle.imag * middle.imag) / _ball((low + high) / 2)
    most = energy / _between(low, high)
    return _fraction(least.lower()), _fraction(most.upper())


# -- the proof, piece by piece --------------------------------------------------------------------------------


def _concave(waves: Sequence[Wave], low: Fraction, high: Fraction) -> tuple[Fraction, Fraction] | None:
    """An interval around [low, high] on which E″ < 0, as wide as is quickly shown."""
    stack = _derivatives(waves, ORDER)
    for part in (4, 8, 16, 32, 64, 1024, 2**20):
        start, end = low - low / part, high + high / part
        pieces = [(start, end)]
        for _ in range(256):
            if not pieces:
                break
            a, b = pieces.pop()
            if not _energy(_jet(stack, a, b, 3))[2] < 0:
                pieces += [(a, (a + b) / 2), ((a + b) / 2, b)]
        if not pieces:
            return start, end
    return None


def _early(waves: Sequence[Wave], order: int, start: Fraction, least: Ball) -> Fraction:
    """A time before which P < least: |a(t)| ≤ tᵈ/d! max|a^{(d)}| for a zero of order d at t = 0.

    Halving ends, as the bound of P falls with t²ᵈ⁻¹ to zero and `least` is larger.
    """
    stack = _derivatives(waves, order + ORDER)[order:]
    end = start / 2
    while True:
        cuts = [end * k / 16 for k in range(17)]
        jets = [_jet(stack, a, b, 1)[0] for a, b in pairwise(cuts)]
        most = reduce(arb.max, (z.abs_upper() for z in jets))  # as balls: exponents of early bounds have many digits
        if (most / factorial(order)) ** 2 * _ball(end) ** (2 * order - 1) < least:
            return end
        end = end / 2


def _late(waves: Sequence[Wave], end: Fraction, least: Ball) -> Fraction:
    """A time after which P < least, because every tʲe^{λt} falls.

    Doubling ends, as all terms but the constant one decay, so that the bound of P falls to zero and `least` is larger.
    """
    time = end
    while True:
        t = _ball(time)
        most, falling = arb(0), True
        for rate, c in waves:
            falling = falling and (len(c) == 1 or bool(-rate.real * t > len(c) - 1))
            most += sum((abs(z) * t**k for k, z in enumerate(c)), arb(0)) * (rate.real * t).exp()
        if falling and most * most / t < least:
            return time
        time = 2 * time


def _below(waves: Sequence[Wave], start: Fraction, end: Fraction, least: Ball) -> Verdict:
    """Whether P < least on all of [start, end], by halving; refuted by a time at which P is larger."""
    stack = _derivatives(waves, ORDER)
    pieces = [(start, end)]
    for _ in range(PIECES):
        if not pieces:
            return Proved()
        a, b = pieces.pop()
        energy, *_ = _energy(_jet(stack, a, b, 3))
        if not energy / _between(a, b) < least:
            middle = (a + b) / 2
            (z,) = _values([waves], _point(middle))
            excess = (z.real * z.real + z.imag * z.imag) / _ball(middle) - least
            if excess > 0:
                return Refuted(((Symbol("t"), _rational(middle)),), _rational(_fraction(excess.mid())))
            pieces += [(a, middle), (middle, b)]
    return Unknown(f"the power is not certainly smaller for t between {start} and {end}")


# -- numbers --------------------------------------------------------------------------------------------------


def _scan(waves: Sequence[Wave]) -> list[Fraction]:
    """Times from well before the fastest motion to well after the slowest, 24 in every octave."""
    sizes = [_fraction(abs(rate).mid()) for rate, _ in waves[1:]]
    slow = [_fraction(abs(rate.real).mid()) for rate, _ in waves[1:]]
    time, end, found = 1 / (16 * max(sizes)), 64 / min(slow), []
    while time < end:
        found += [time * (24 + k) / 24 for k in range(24)]
        time *= 2
    return found


def _ball(x: Fraction | Rational) -> Ball:
    return arb(fmpq(int(x.numerator), int(x.denominator)))


def _point(x: Fraction) -> Ball:
    return acb(_ball(x))


def _between(low: Fraction, high: Fraction) -> Ball:
    return _ball(low).union(_ball(high))


def _fraction(x: Ball) -> Fraction:
    mantissa, exponent = x.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _outward(low: Fraction, high: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    """Rounded down and up to `digits` decimal digits of the larger one."""
    size = len(str(int(high))) if high >= 1 else 1 - len(str(int(1 / high)))
    unit = Fraction(10) ** (size - digits)
    return floor(low / unit) * unit, ceil(high / unit) * unit


def _rational(x: Fraction) -> Rational:
    return Rational(x.numerator, x.denominator)
