"""The gains and maxima of Zhao et al. for many N, by plain NumPy and 30-digit arithmetic on the full networks."""

import re

import mpmath
import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import brentq, minimize, minimize_scalar
from sympy import Rational

from derive.papers.zhao2025 import ZHAO
from derive.papers.zhao2025_gains import family, first, second, x
from derive.papers.zhao2025_maxima import ODD, bracket, ratios

TOLD = {claim.label: claim.because for claim in ZHAO.claims}
PHASES = {"nr": -np.pi / 2, "r2": 0.0}


def drift(size, g, phase=None, star=False, lossy=1.0):
    """The full network at γ = 1, its lossy modes at Γ = `lossy`; without them at phase None."""
    kept = 0 if phase is None else size
    w = -np.diag([*[1.0 + 0j] * (1 + size), *[lossy] * kept]) / 2
    side = np.sqrt(g * lossy / 2)
    for k in range(1, size + 1):
        source = 0 if star else k - 1
        direct = g * np.exp(1j * (phase or 0))
        w[k, source] += -1j * direct
        w[source, k] += -1j * np.conj(direct)
        if phase is not None:
            for i, j in ((size + k, source), (k, size + k)):
                w[i, j] += -1j * side
                w[j, i] += -1j * side
    return w


def amplitude(size, g, phase=None, star=False):
    """|b_N| at γ = ξ = Γ = 1."""
    w = drift(size, g, phase, star)
    return abs(np.linalg.solve(w, np.eye(len(w))[0])[size])


def filling(size, w):
    """E_N(t)/E_N(∞) and E_N(∞), from vacuum."""
    steady = np.linalg.solve(w, np.eye(len(w))[0])
    return lambda t: abs(1 - (expm(w * t) @ steady)[size] / steady[size]) ** 2, abs(steady[size]) ** 2


def largest_power(size, g, phase, star=False, lossy=1.0):
    """max E_N(t)/t from vacuum; it comes before t = 30/γ."""
    part, steady = filling(size, drift(size, g, phase, star, lossy))
    return -minimize_scalar(lambda t: -part(t) / t, bounds=(0.5, 30), method="bounded").fun * steady


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


def isolated(g, s):
    """E_N/ω at γ = ξ = Γ = 1 of the full chain, g_1^(k) = √(g/2) s_k and g_2^(k) = √(g/2)/s_k, θ_k = −π/2."""
    size = len(s)
    h = np.zeros((2 * size + 1, 2 * size + 1), complex)
    for k in range(1, size + 1):
        h[k, k - 1], h[size + k, k - 1], h[k, size + k] = -1j * g, np.sqrt(g / 2) * s[k - 1], np.sqrt(g / 2) / s[k - 1]
    w = -1j * (h + h.conj().T) - np.eye(2 * size + 1) / 2
    return abs(np.linalg.solve(w, np.eye(2 * size + 1)[0])[size]) ** 2


def test_isolating_pairs_store_most_where_they_are_said_to():
    """Zhao below Eq. (2): alike in every triangle at g_1 = g_2; two that differ at √(1 + x²) − x, by what is quoted."""
    told = TOLD["Below Eq. (2), g_1 = g_2"]
    assert "g_1^(1)/g_2^(1) = g_2^(2)/g_1^(2) = √(1 + x²) − x" in told
    quoted = re.search(r"([\d.]+)% more at x = ([\d.]+), ([\d.]+)% at x = ([\d.]+)", told)
    for percent, at in (quoted.groups()[:2], quoted.groups()[2:]):
        g = float(at)

        def minus(logs, g=g):
            return -np.log(isolated(g, np.exp(logs)))

        both = minimize(minus, np.zeros(2), tol=1e-13)
        ratio = np.sqrt(1 + g**2) - g
        assert np.exp(2 * both.x) == pytest.approx([ratio, 1 / ratio], rel=1e-4)
        more = 100 * (np.exp(-both.fun) / isolated(g, [1, 1]) - 1)
        assert float(percent) == round(more, len(percent.partition(".")[2]))
        for size in (2, 3, 4):
            alike = minimize(lambda log, size=size: minus(np.full(size, log[0])), [0.3], tol=1e-13)
            assert alike.x == pytest.approx(0, abs=1e-4)
            assert minimize(minus, np.zeros(size), tol=1e-13).fun < alike.fun


def test_reciprocal_chains_exceed_their_steady_energy_by_what_is_quoted():
    told = TOLD["Charging power, maximum at the steady state, two"]
    told = re.search(r"three and four .* at g_b = γ/2 by ([\d.]+)% and ([\d.]+)%", told)
    for size, percent in zip((3, 4), told.groups(), strict=True):
        part, _ = filling(size, drift(size, 0.5))
        assert float(percent) == round(100 * (max(map(part, np.linspace(8, 12, 201))) - 1), 1)
    part, _ = filling(2, drift(2, 0.5))
    assert max(map(part, np.linspace(0, 40, 201))) < 1


def test_parallel_batteries_of_fig_3d_are_full_when_it_is_said():
    told = re.search(r"energy take ([\d.]+)/γ, in case I ([\d.]+)/γ", TOLD["Fig. 3(d)"])
    for phase, time in zip((PHASES["nr"], None), told.groups(), strict=True):
        part, _ = filling(4, drift(4, 0.01, phase, star=True))
        assert float(time) == round(brentq(lambda t, part=part: part(t) - 0.9, 1, 20), 1)


@pytest.mark.parametrize("star", [False, True])
@pytest.mark.parametrize("lossy", [2000.0, 1e7])
def test_gains_of_power_are_those_quoted_with_lossy_modes_kept_or_nearly_eliminated(star, lossy):
    label = "Fig. 4(b), (d), η_41" if star else "Fig. 4(a), (c), η_41"
    told = re.search(r"η_41 = ([\d., ]+) at g_b/γ = 1/10, 1/20, 1/100, .* Γ = 2000γ", TOLD[label])[1].split(", ")
    for g, quoted in zip((0.1, 0.05, 0.01), told, strict=True):
        gain = largest_power(4, g, PHASES["nr"], star, lossy) / largest_power(4, g, None, star)
        assert float(quoted) == round(gain, len(quoted.partition(".")[2]))


@pytest.mark.parametrize("star", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_power_gains_more_than_steady_energy_over_case_one_and_less_over_case_two(size, star):
    for g in (0.003, 0.02, 0.07, 0.1):
        top, *rivals = (largest_power(size, g, phase, star, 1e7) for phase in (PHASES["nr"], None, PHASES["r2"]))
        one, two = gains(size, g, star)
        assert 1 < one < top / rivals[0]
        assert top / rivals[1] < two


@pytest.mark.parametrize("size", [1, 2, 5])
def test_without_lossy_modes_nonreciprocal_batteries_only_grow(size):
    """|⟨b_k⟩(t)| of chain and star, drift matrices written down; kept, the lossy modes let a chain of two overshoot."""
    g, times = 0.7, np.linspace(0, 8, 41)
    for star in (False, True):
        w = -np.eye(size + 1) / 2
        for k in range(1, size + 1):
            source = 0 if star else k - 1
            w[k, source] = -2 * g
            w[source, source] -= g
            w[k, k] -= g
        steady = np.linalg.solve(w, np.eye(size + 1)[0])
        held = np.array([abs(steady - expm(w * t) @ steady)[1:] for t in times])
        assert (np.diff(held, axis=0) > 0).all()
    part, _ = filling(2, drift(2, 0.5, PHASES["nr"]))
    assert max(map(part, times)) > 1
