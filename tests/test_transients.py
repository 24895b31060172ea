"""What the appendices say about time, against matrix exponentials, and refuted where a display is wrong."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm
from sympy import Add, Mul, Rational, exp

from derive import closed_form, families, langevin, star
from derive.builders import chain
from derive.derivation import Equation
from derive.kernel import Proved, Refuted, is_zero
from derive.stories.cascades import cascaded, parallel, reciprocal_star
from derive.stories.formulas import EPSILON, KAPPA, J, N
from derive.stories.transients import TIME, in_time, star_in_time, where_rates_meet

STEPS = ("propagator", "amplitudes-in-time", "energies-in-time")


@pytest.mark.parametrize("story", [cascaded, parallel, reciprocal_star])
def test_every_step_about_time_is_proved(story):
    verdicts = story().check()
    told = [label for label in (*STEPS, "meeting-rates") if label in verdicts]
    assert "amplitudes-in-time" in told
    assert all(isinstance(verdicts[label], Proved) for label in told)


@pytest.mark.parametrize("build", [chain, star])
def test_a_step_about_another_network_is_refuted(build):
    """The display of one network, held to the equations of motion of another."""
    eq = langevin(build(2, "nonreciprocal", distinct=True))
    other = replace(eq, drift=eq.drift * Rational(8, 7))
    for mine, theirs in zip(in_time(eq, "drift"), in_time(other, "drift"), strict=True):
        assert isinstance(is_zero(mine.residual), Proved)
        shown = [(a.rhs, b.rhs) for a, b in zip(mine.equations, theirs.equations, strict=True)]
        assert any(isinstance(is_zero(a - b), Refuted) for a, b in shown)


def test_the_star_of_the_appendix_moves_as_its_matrix_exponential():
    step = star_in_time(closed_form(families.star()))
    assert all(isinstance(equation, Equation) for equation in step.equations)
    values = {J: Rational(3, 4), KAPPA: Rational(1, 2), EPSILON: Rational(2)}
    for size in (1, 3, 7):
        eq = langevin(star(size))
        w, f = (np.array(m.subs(values).evalf().tolist(), complex) for m in (eq.drift, eq.force))
        for time in (0.25, 3.5):
            expected = np.linalg.solve(w, (expm(w * time) - np.eye(size + 1)) @ f)[:, 0]
            found = [
                complex(e.rhs.subs(values | {N: size, TIME: Rational(str(time))}).evalf(30))
                for e in step.equations
            ]
            assert np.allclose([expected[0], expected[-1]], found, rtol=1e-12)


@pytest.mark.parametrize(
    "step",
    [in_time(langevin(chain(2, "nonreciprocal", distinct=True)), "drift")[-1], where_rates_meet(chain, 2, "Here")],
    ids=lambda step: step.label,
)
def test_energies_in_time_have_one_term_for_every_exponential(step):
    (sum_,) = [s for s in step.equations[-1].rhs.atoms(Add) if s.has(exp)]
    decays = [tuple(x for x in Mul.make_args(term) if isinstance(x, exp)) for term in sum_.args]
    assert len(set(decays)) == len(decays) == (4 if step.label == "energies-in-time" else 3)


def test_where_rates_meet_nothing_is_divided_by_their_difference():
    step = where_rates_meet(chain, 2, "Here")
    verdict = is_zero(step.residual)
    assert verdict == Proved()
