"""Energies in time for every N and their approach to the steady state, against matrix exponentials."""

import mpmath
import numpy as np
import pytest
from scipy.linalg import expm
from sympy import Rational

from derive import chain, langevin, star
from derive.papers import liu2026_relaxation, zhao2025_dynamics
from derive.papers.liu2026_dynamics import t, uniform
from derive.papers.liu2026_letters import Γ, J, N, ε, κ, ω
from derive.papers.zhao2025_letters import Γ as LOSSY
from derive.papers.zhao2025_letters import cascaded, g_b, γ, ξ


def driven(net, values, time, digits=50):
    """⟨a⟩(t) from vacuum by an augmented exponential with the digits asked for."""
    eq = langevin(net)
    with mpmath.workdps(digits + 40):
        n = len(eq.modes)
        big = mpmath.matrix(n + 1, n + 1)
        for i in range(n):
            for j in range(n):
                big[i, j] = mpmath.mpmathify(eq.drift[i, j].subs(values).evalf(digits + 30))
            big[i, n] = mpmath.mpmathify(eq.force[i].subs(values).evalf(digits + 30))
        whole = mpmath.expm(big * mpmath.mpf(time.p) / time.q, method="taylor")
        return [whole[i, n] for i in range(n)]


@pytest.mark.parametrize("size", [1, 2, 5, 9])
@pytest.mark.parametrize("time", [Rational(1, 10), Rational(6)])
def test_the_regular_form_of_equation_3_has_fifty_digits_at_any_count(size, time):
    values = {Γ: Rational(3, 2), κ: Rational(2, 5), ε: Rational(1), ω: Rational(1)}
    found = uniform(size).subs(values | {t: time}).evalf(60, maxn=600)
    expected = driven(chain(size, "nonreciprocal"), values, time)[-1]
    with mpmath.workdps(60):
        assert abs(mpmath.mpmathify(found) / abs(expected) ** 2 - 1) < mpmath.mpf(10) ** -45


@pytest.mark.parametrize("size", [2, 7, 12])
def test_reciprocal_chains_and_stars_in_time_are_their_matrix_exponentials(size):
    values = {J: Rational(4, 5), κ: Rational(1, 3), ε: Rational(2)}
    for build, formula in (
        (chain, liu2026_relaxation.chain_amplitude(size)),
        (star, liu2026_relaxation.star_amplitude(N).subs(N, size)),
    ):
        for time in (0.3, 4.0, 25.0):
            eq = langevin(build(size))
            w, f = (np.array(m.subs(values).evalf().tolist(), complex) for m in (eq.drift, eq.force))
            expected = np.linalg.solve(w, (expm(w * time) - np.eye(size + 1)) @ f)[-1, 0]
            found = complex(formula.subs(values | {t: Rational(str(time))}).evalf(30))
            assert abs(found - expected) < 1e-12


def test_the_error_of_elimination_is_its_leading_order():
    """Γ (b kept − b eliminated) tends to the formula as 1/Γ: a hundredfold Γ leaves a hundredth."""
    values = {g_b: Rational(1, 2), γ: Rational(1), ξ: Rational(3)}
    time = zhao2025_dynamics.t
    for at in (Rational(1), Rational(5)):
        formula = mpmath.mpmathify(zhao2025_dynamics.first_correction().subs(values | {time: at}).evalf(40))
        gone = driven(zhao2025_dynamics.reduced(cascaded(1)), values, at, 30)[1]
        errors = []
        for loss in (200, 20000):
            kept = driven(cascaded(1), values | {LOSSY: loss}, at, 30)[1]
            errors.append(abs(loss * (kept - gone) - formula))
        assert errors[1] < errors[0] / 50
        assert errors[1] < abs(formula) / 100


def test_an_eliminated_battery_holds_four_times_too_much_at_first():
    values = {g_b: Rational(1, 2), γ: Rational(1), ξ: Rational(3)}
    kept = driven(cascaded(1), values | {LOSSY: 10}, Rational(1, 10**4))[1]
    gone = driven(zhao2025_dynamics.reduced(cascaded(1)), values, Rational(1, 10**4))[1]
    assert abs(abs(gone / kept) ** 2 - 4) < 1e-2
