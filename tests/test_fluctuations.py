"""The argument on reservoirs: wrong displays are refuted, and its formulas are those of drift matrices by LAPACK."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracles import executed, moments
from reservoirs import battery, work
from scipy.linalg import solve_continuous_lyapunov
from scipy.optimize import brentq
from sympy import Rational, sinh

from derive.builders import chain, star
from derive.evolution import steady_state
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin
from derive.modules import network_module
from derive.papers.liu2026_reservoirs import bathed, recipe
from derive.stories import fluctuations

VALUES = {"Gamma": 0.8, "kappa": 0.3, "epsilon": 0.2, "omega": 1.4}
both = pytest.mark.parametrize("build", [chain, star])


def numbers(net, **more):
    """⟨b⟩, N and M of the last battery by LAPACK."""
    given = {**VALUES, **more}
    eq = moments(net, {s: complex(given[s.name]) for s in net.symbols})
    spread, size = solve_continuous_lyapunov(eq.matrix, -eq.source), len(net.names)
    mean = np.linalg.solve(eq.drift, -eq.force)[-1]
    return mean, spread[size - 1, size - 1].real, spread[size - 1, 2 * size - 1]


@both
@pytest.mark.parametrize("second", [False, True])
def test_weights_of_the_reservoirs_lie_between_zero_and_one(build, second):
    net = fluctuations.reservoirs(recipe(build, 2, second=second))
    _, shared, _ = numbers(net, n_Gamma=1, n_kappa=0, m_Gamma=0, m_kappa=0)
    _, local, _ = numbers(net, n_Gamma=0, n_kappa=1, m_Gamma=0, m_kappa=0)
    assert 0 < shared < 1
    assert shared + local == pytest.approx(1, rel=1e-12)
    state = steady_state(langevin(net))
    weight = state.number[-1, -1].expand().coeff(fluctuations.N_SHARED)
    assert float(weight.subs({s: VALUES[s.name] for s in weight.free_symbols})) == pytest.approx(shared, rel=1e-12)


@both
def test_enhancement_is_that_of_the_moments(build):
    r = 0.7
    given = {"n": np.sinh(r) ** 2, "m": np.sinh(r) * np.cosh(r)}
    cold = work(1, *numbers(bathed(recipe(build, 2), fluctuations.OCCUPATION), n=0))
    squeezed = bathed(recipe(build, 2), fluctuations.OCCUPATION, fluctuations.SQUEEZING)
    ratio = work(1, *numbers(squeezed, **given)) / cold
    formula = fluctuations.enhancement(build)
    assert float(formula.subs({s: {**VALUES, "r": r}[s.name] for s in formula.free_symbols})) == pytest.approx(ratio)
    assert ratio > 2


def test_what_is_kept_of_the_squeezing_with_the_weights_of_appendix_a_is_what_the_audit_quotes():
    """At least 11/27 of one battery, 1/2 of it at Γ = κ, and nothing of a chain of two at J = 0.976κ."""
    one = {x: battery({"Gamma": x, "kappa": 1, "epsilon": 1}, 0, 1, (1j, 1))[2] for x in (0.2, 1, 1.9, 2, 2.1, 9)}
    assert one[2] == pytest.approx(11 / 27)
    assert one[1] == pytest.approx(1 / 2)
    assert all(abs(x) >= 11 / 27 - 1e-12 for x in one.values())
    net = bathed(recipe(chain, 2, second=True), fluctuations.OCCUPATION, fluctuations.SQUEEZING)
    none = brentq(lambda x: numbers(net, Gamma=x, kappa=1, n=0, m=1)[2].real, 1, 3)
    assert round(none / 2, 3) == 0.976


@both
def test_a_wrong_enhancement_is_refuted(build):
    derivation = fluctuations.cascaded() if build is chain else fluctuations.parallel()
    verdicts = derivation.check()
    assert all(isinstance(verdict, Proved) for verdict in verdicts.values())
    (step,) = (s for s in derivation.steps if s.label == "enhancement")
    assert isinstance(is_zero(step.residual + Rational(1, 7) * sinh(fluctuations.R) ** 2), Refuted)
    wrong = recipe(build, 2)
    baths = (*wrong.baths[:-1], replace(wrong.baths[-1], thermal=fluctuations.OCCUPATION))
    steps = {step.label: step for step in fluctuations.fluctuating(replace(wrong, baths=baths))}
    assert isinstance(is_zero(steps["moments"].residual), Refuted)


def test_emitted_ergotropies_relax_to_what_the_argument_displays():
    space = executed(network_module(fluctuations.reservoirs(recipe(chain, 2)), "test"))
    r = 0.6
    p, q = np.sinh(r) ** 2, np.sinh(r) * np.cosh(r)
    found = space["ergotropies_at"](1e3, n_kappa=p, n_Gamma=p, m_kappa=q, m_Gamma=q, **VALUES)[2]
    amplitude = space["amplitudes"](n_kappa=p, n_Gamma=p, m_kappa=q, m_Gamma=q, **VALUES)[2]
    assert found == pytest.approx(VALUES["omega"] * (abs(amplitude) ** 2 + p), rel=1e-9)
    assert space["occupations_at"](1e3, n_kappa=p, n_Gamma=p, m_kappa=0, m_Gamma=0, **VALUES)[2] == pytest.approx(
        abs(amplitude) ** 2 + p, rel=1e-9
    )
