"""The largest charging power: enclosures against 50-digit roots, dense scans of SciPy's expm, and Lambert's W."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from scipy.linalg import expm
from sympy import I, Integer, LambertW, Matrix, Rational, Symbol, exp, sqrt

from derive.builders import aharonov_bohm_chain, chain, positive, star
from derive.evolution import steady_state
from derive.gaussian import UnknownMode, vacuum
from derive.kernel import NotAnExactNumber, Peak, Proved, Refuted, Unknown, peak, peak_verdict, transform
from derive.langevin import langevin
from derive.motion import evolve
from derive.network import Bath, Drive, Mode, Network, loss
from derive.power import NoMaximalPower, charging_power, maximal_power, maximal_power_verdict

PHASE = Symbol("theta", real=True)


def numbers(net, **values):
    return langevin(net.subs({s: values.get(s.name, Integer(1)) for s in net.symbols}))


def equal_rates(batteries):
    """A one-way chain whose modes all decay at rate 2: the κ_k are what the reservoirs leave."""
    shared = Rational(1, 2)
    values = {f"kappa_{k}": 2 - shared * (1 if k in ("a", batteries) else 2) for k in ("a", *range(1, batteries + 1))}
    values |= {f"Gamma_{k}": shared for k in range(1, batteries + 1)}
    return numbers(chain(batteries, "nonreciprocal", distinct=True), **values)


def amplitudes(eq):
    """W, f and a function of t that gives |⟨a⟩|², by SciPy."""
    drift, force = (np.array(m.tolist(), complex) for m in (eq.drift, eq.force))
    big = np.block([[drift, force], [np.zeros((1, len(drift) + 1))]])
    return lambda t: np.abs(expm(big * t)[:-1, -1]) ** 2


CASES = {
    "one-way chain": (numbers(chain(3, "nonreciprocal"), Gamma=Rational(2, 5)), "b_3"),
    "equal rates": (equal_rates(4), "b_4"),
    "weak reciprocal chain": (numbers(chain(3), J=Rational(1, 10)), "b_3"),
    "strong reciprocal chain": (numbers(chain(4), J=Integer(6)), "b_4"),
    "star": (numbers(star(5), J=Rational(3, 4)), "b_2"),
    "exceptional point": (numbers(chain(1, distinct=True), J_1=Rational(1, 4), kappa_1=Integer(2)), "b_1"),
    "triangle": (
        numbers(aharonov_bohm_chain(2), Gamma=Integer(40), g_1=2, g_2=2, g_b=Rational(1, 5), theta_1=0, theta_2=0),
        "b_2",
    ),
    "detuned general chain": (numbers(chain(2, "general").subs({exp(I * PHASE): I}), J=Rational(1, 2)), "b_2"),
}


@pytest.mark.parametrize("label", CASES)
def test_no_time_of_a_dense_scan_has_more_power(label):
    eq, mode = CASES[label]
    found = maximal_power(eq, mode)
    (low, high), (least, most) = ([float(x) for x in pair] for pair in (found.time, found.value))
    assert 0 < high - low < 1e-9 * high
    assert 0 < most - least < 1e-8 * most
    energies, place = amplitudes(eq), eq.modes.index(mode)
    assert energies(low)[place] / low == pytest.approx(least, rel=1e-8)
    scan = np.concatenate([np.geomspace(low / 50, 50 * low, 400), low * np.linspace(0.5, 2, 100)])
    assert max(energies(t)[place] / t for t in scan) <= most


def test_a_driven_mode_has_its_largest_power_at_a_value_of_lamberts_w():
    """E ∝ (1 − e^{−x})², x = κt/2: 2x + 1 = eˣ, x = −½ − W₋₁(−e^{−1/2}/2)."""
    net = Network((Mode("a"),), (), (Drive("a", 1),), (loss("a", 2),))
    eq = langevin(net)
    found = maximal_power(eq, "a", digits=30)
    root = -Rational(1, 2) - LambertW(-exp(-Rational(1, 2)) / 2, -1)
    with mpmath.workdps(50):
        x = mpmath.mpf(-0.5) - mpmath.lambertw(-mpmath.exp(mpmath.mpf(-0.5)) / 2, -1).real
        power = (1 - mpmath.exp(-x)) ** 2 / x
        for inside, (low, high) in ((x, found.time), (power, found.value)):
            assert mpmath.mpf(low.p) / low.q < inside < mpmath.mpf(high.p) / high.q
    assert found.time[0] < root.evalf(40) < found.time[1]


@pytest.mark.parametrize("batteries", [1, 2, 3, 5, 10])
def test_equal_rates_make_the_time_of_the_largest_power_a_root_of_one_equation(batteries):
    """E ∝ P(N + 1, x)²: 2 x^{N+1}/N! = eˣ − Σ_{k ≤ N} xᵏ/k!, x = Λt/2; no Lambert W for N ≥ 1."""
    found = maximal_power(equal_rates(batteries), f"b_{batteries}", digits=20)
    with mpmath.workdps(50):

        def equation(x):
            series = mpmath.fsum(x**k / mpmath.factorial(k) for k in range(batteries + 1))
            return 2 * x ** (batteries + 1) / mpmath.factorial(batteries) - mpmath.exp(x) + series

        low, high = (mpmath.mpf(t.p) / t.q for t in found.time)
        assert equation(low) > 0 > equation(high)


def test_the_power_in_closed_form_is_stationary_inside_the_enclosure():
    t = positive("t")
    eq = numbers(chain(2, "nonreciprocal"))
    found = maximal_power(eq, "b_2")
    slope = charging_power(evolve(eq, vacuum(eq), t), "b_2", t).diff(t)
    low, high = found.time
    assert slope.subs(t, low).evalf(40) > 0 > slope.subs(t, high).evalf(40)


def test_power_scales_with_drive_rate_and_frequency():
    plain = maximal_power(numbers(chain(2)), "b_2")
    scaled = numbers(chain(2), J=3, kappa=3, epsilon=Integer(6), omega=Integer(5))
    found = maximal_power(scaled, "b_2")
    # ε²/κ² ωκ: 4 · 5 · 3
    assert found.time[0] * 3 <= plain.time[1]
    assert plain.time[0] <= found.time[1] * 3
    assert found.value[0] <= 60 * plain.value[1]
    assert 60 * plain.value[0] <= found.value[1]


def test_wrong_enclosures_are_refuted():
    eq, mode = CASES["one-way chain"]
    found = maximal_power(eq, mode)
    assert isinstance(maximal_power_verdict(eq, mode, found), Proved)
    later = Peak(tuple(t * Rational(8, 7) for t in found.time), found.value)
    more = Peak(found.time, tuple(p * Rational(8, 7) for p in found.value))
    earlier = Peak((found.time[0] / 2, found.time[0]), found.value)
    for wrong in (later, more, earlier):
        assert isinstance(maximal_power_verdict(eq, mode, wrong), Refuted)
    empty = Peak(found.time[::-1], found.value)
    assert isinstance(maximal_power_verdict(eq, mode, empty), Unknown)


@pytest.mark.parametrize(
    ("rate", "share"),
    [(Rational(1, 2**500), Integer(2) ** 260), (Integer(2) ** 300, Rational(1, 2**110))],
    ids=["after more than 400 doublings", "before more than 200 halvings"],
)
def test_a_larger_maximum_hundreds_of_octaves_away_is_found(rate, share):
    """a(t) = (1 − e^{−t}) + c(1 − e^{−λt}): the power is about max(1, c²λ) at 1/λ; without c it is proved."""

    def shares(c):
        both, alone = Matrix([[-1, 0], [rate - 1, -rate]]), Matrix([1, 1 + c * rate])
        return transform(both, alone, 1)

    found = peak(transform(Matrix([[-1]]), Matrix([1]), 0), 4)
    (time, (least, most)) = found.time, found.value
    wide = Peak(time, (least * Rational(999, 1000), most * Rational(1001, 1000)))
    verdict = peak_verdict(shares(share), wide)
    assert isinstance(verdict, Refuted)
    with mpmath.workdps(400):
        t, decay, c, top = (mpmath.mpf(x.p) / x.q for x in (verdict.point[0][1], rate, share, most))
        assert (1 - mpmath.exp(-t) + c * (1 - mpmath.exp(-decay * t))) ** 2 / t > top
    assert isinstance(peak_verdict(shares(share / 2**300), wide), Proved)


def test_a_smaller_maximum_is_not_taken_for_the_largest():
    """The second swing of an almost lossless pair is a maximum of P, but not the largest."""
    eq = numbers(chain(1), J=Integer(10), kappa=Rational(1, 100))
    found = maximal_power(eq, "b_1", digits=6)
    energies = amplitudes(eq)

    def rising(t):
        step = 1e-6
        return energies(t + step)[1] / (t + step) > energies(t)[1] / t

    centre = next(t for t in np.arange(0.5, 1.5, 0.002) if rising(t) and not rising(t + 0.002)) + 0.001
    assert centre > 2 * float(found.time[1])
    box = (Fraction(centre) - Fraction(1, 100), Fraction(centre) + Fraction(1, 100))
    wrong = Peak(tuple(Rational(x.numerator, x.denominator) for x in box), (Integer(0), Integer(1)))
    assert not isinstance(maximal_power_verdict(eq, "b_1", wrong), Proved)


def test_networks_without_a_largest_power_say_why():
    a, hot = chain(1), Network((Mode("a"),), (), (Drive("a", 1),), (Bath((("a", 1),), 1, thermal=1),))
    cases = (
        (numbers(a), "c", UnknownMode, "must be one of"),
        (langevin(hot), "a", NoMaximalPower, "zero temperature"),
        (langevin(a), "b_1", NoMaximalPower, "positive rational"),
        (langevin(a.subs({positive("omega"): 1})), "b_1", NotAnExactNumber, "rational"),
        (numbers(a, J=sqrt(2)), "b_1", NotAnExactNumber, "rational"),
        (numbers(a, J=sqrt(2)), "b_1", NotAnExactNumber, r"but -sqrt\(2\)\*I is not one; insert rational values"),
        (numbers(a, J=exp(I / 3)), "b_1", NotAnExactNumber, r"but -I\*exp\(I/3\) is not one; insert rational values"),
        (numbers(a, J=Integer(0)), "b_1", NoMaximalPower, "no drive reaches"),
        (langevin(Network((Mode("a"),), (), (Drive("a", 1),))), "a", NoMaximalPower, "loss"),
        (langevin(Network((Mode("a", 1),), (), (Drive("a", 1),))), "a", NoMaximalPower, "loss"),
        (numbers(a, kappa=Integer(0)), "b_1", NoMaximalPower, "loss"),
    )
    for eq, mode, error, words in cases:
        with pytest.raises(error, match=words):
            maximal_power(eq, mode)


def test_a_power_at_time_t_is_the_energy_over_t():
    eq, t = numbers(chain(1)), positive("t")
    state = steady_state(eq)
    assert charging_power(state, "b_1", t) == state.energy("b_1") / t
