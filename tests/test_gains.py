"""The gains and maxima of Zhao et al. for many N, by plain NumPy and 30-digit arithmetic on the full networks."""

import mpmath
import numpy as np
import pytest
from scipy.optimize import brentq
from sympy import Rational

from derive.papers.zhao2025_gains import family, first, second, x
from derive.papers.zhao2025_maxima import ODD, bracket, ratios

PHASES = {"nr": -np.pi / 2, "r2": 0.0}


def amplitude(size, g, phase=None, star=False):
    """|b_N| at γ = ξ = Γ = 1: the full network, lossy modes and all; without them at phase None."""
    modes = 1 + size + (0 if phase is None else size)
    w = -np.eye(modes, dtype=complex) / 2
    side = np.sqrt(g / 2)
    for k in range(1, size + 1):
        source = 0 if star else k - 1
        direct = g * np.exp(1j * (phase or 0))
        w[k, source] += -1j * direct
        w[source, k] += -1j * np.conj(direct)
        if phase is not None:
            for i, j in ((size + k, source), (k, size + k)):
                w[i, j] += -1j * side
                w[j, i] += -1j * side
    force = np.zeros(modes, complex)
    force[0] = -1j
    return abs(np.linalg.solve(w, -force)[size])


def gains(size, g, star=False):
    nr, r1, r2 = (amplitude(size, g, phase, star) for phase in (PHASES["nr"], None, PHASES["r2"]))
    return (nr / r1) ** 2, (nr / r2) ** 2


@pytest.mark.parametrize("size", range(1, 13))
def test_closed_gains_are_those_of_the_full_network(size):
    for g in ("1/100", "1/10", "1/2", "3"):
        at = {x: Rational(g)}
        found = float(first(size).subs(at) ** 2), float(second(size).subs(at))
        assert found == pytest.approx(gains(size, float(Rational(g))), rel=1e-8)


@pytest.mark.parametrize("size", [1, 2, 3, 8, 15])
def test_gains_keep_their_bounds_at_every_coupling(size):
    for g in np.geomspace(1e-3, 30, 80):
        one, two = gains(size, g)
        assert one < 4**size
        assert two > 2**size
        assert one > two or g > 0.1
        one, two = gains(size, g, star=True)
        assert one < 4
        assert 2 < two < 10


@pytest.mark.parametrize("size", [7, 12, 20])
def test_the_gains_cross_above_a_tenth_for_long_chains_too(size):
    edge = brentq(lambda g: np.subtract(*gains(size, g)), 0.05, 0.3)
    assert 0.1 < edge < 0.13


@pytest.mark.parametrize("phase", [-np.pi / 2, 0.0, None])
@pytest.mark.parametrize("star", [False, True])
def test_families_of_triangles_are_the_full_network(phase, star):
    exact = {None: None, 0.0: 0, -np.pi / 2: -Rational(1, 2)}[phase]
    from sympy import pi

    state = family(exact if exact is None else exact * pi, in_series=not star)
    energy = state.energy(*state.terminal)
    for size in (1, 2, 5):
        values = {s: Rational(7, 10) if s.name == "g_b" else 1 for s in energy.free_symbols}
        values |= {s: size for s in energy.free_symbols if s.name == "N"}
        at = complex(energy.subs(values).evalf(20)).real
        assert at == pytest.approx(amplitude(size, 0.7, phase, star) ** 2, rel=1e-9)


def peak(size):
    """E_max^r1 in units of ξ²/γ² at 30 digits, from y/F_{N+2}(y) by its trigonometric form."""
    n = size + 2

    def root(u):
        return 2 - n * mpmath.tanh(n * u) * mpmath.tanh(2 * u)

    u = mpmath.findroot(root, (mpmath.mpf(1) / n, mpmath.mpf(2) / n), solver="anderson", tol=1e-50)
    return (2 * mpmath.sinh(2 * u) / mpmath.cosh(n * u)) ** 2


def largest(size):
    g = (size + mpmath.sqrt(size**2 + 8 * size)) / 8
    return (8 * g / (1 + 2 * g) ** 2 * (4 * g / (1 + 4 * g)) ** (size - 1)) ** 2


def test_brackets_hold_the_peak():
    with mpmath.workdps(30):
        for size in ODD[1:]:
            low, high = (mpmath.mpf(e.p) / e.q for e in bracket(size))
            assert low <= peak(size) <= high
            assert high / low - 1 < 1e-5
            smallest, most = (mpmath.mpf(str(e.evalf(25))) for e in ratios(size))
            assert smallest <= largest(size) / peak(size) <= most


def test_the_fit_and_its_asymptote_are_what_30_digit_arithmetic_finds():
    with mpmath.workdps(30):
        for top, coefficient in ((25, "0.0620"), (11, "0.0646")):
            sizes = range(3, top + 1, 2)
            logs = [mpmath.log(n) for n in sizes]
            off = [largest(n) / peak(n) - 1 for n in sizes]
            c = sum(a * b for a, b in zip(logs, off, strict=True)) / sum(a * a for a in logs)
            assert mpmath.nstr(c, 3) == mpmath.nstr(mpmath.mpf(coefficient), 3)
            assert max(abs(b - mpmath.mpf("0.062") * a) for a, b in zip(logs, off, strict=True)) < 0.0085
        ratio = largest(100001) / peak(100001)
        assert abs(ratio - mpmath.mpf("1.2325")) < 1e-4
        u = mpmath.findroot(lambda v: v * mpmath.tanh(v) - 1, 1.2)
        assert abs(4 / mpmath.exp(2) / (u**2 - 1) - ratio) < 1e-4
        sizes = range(1, 202, 2)
        every = [largest(n) / (peak(n) if n > 1 else 1) for n in sizes]
        assert all(b > a for a, b in zip(every, every[1:], strict=False))
