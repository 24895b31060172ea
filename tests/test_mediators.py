"""Lossy modes under Liu's Eq. (2): the argument, its perturbed twins, and the emitted scattering matrix."""

import numpy as np
import pytest
from oracles import executed
from sympy import Matrix, Rational, Symbol, conjugate

from derive.appendix import microscopic, motion
from derive.builders import chain, mediated_chain, positive
from derive.derivation import Derivation
from derive.eliminate import eliminate
from derive.kernel import Proved, Refuted, conjugated, is_zero
from derive.langevin import langevin
from derive.stories.mediators import WEIGHTS, elimination, isolating, module


@pytest.fixture(scope="module")
def argument() -> Derivation:
    return elimination()


@pytest.fixture(scope="module")
def emitted() -> dict[str, object]:
    return executed(module())


def test_every_step_is_proved(argument: Derivation) -> None:
    assert all(isinstance(verdict, Proved) for verdict in argument.check().values())


def test_a_displayed_matrix_with_a_wrong_entry_is_refuted(argument: Derivation) -> None:
    """What is displayed, read from the steps, against the network by another way; and slightly changed."""
    shown = {step.label: step.equations for step in argument.steps}
    net = mediated_chain(1)
    w = langevin(net).drift
    s, c = [0, 1], [2]
    effective = w[s, s] - w[s, c] * w[c, s] / w[2, 2]
    second = -w[s, c] * w[c, s] * w[s, s] / w[2, 2] ** 2
    for label, true in (("effective-drift", effective), ("second-order", second), ("losses", -effective - effective.H)):
        matrix = Matrix(shown[label][0].rhs)
        assert isinstance(is_zero(matrix - true), Proved)
        matrix[0, 1] *= Rational(8, 7)
        assert isinstance(is_zero(matrix - true), Refuted)
    lossless = second.subs({positive("kappa_a"): 0, positive("kappa_1"): 0}) + effective.subs(
        {positive("kappa_a"): 0, positive("kappa_1"): 0}
    )
    unequal, determinant = shown["indefinite"]
    value = determinant.rhs.subs({unequal.lhs: unequal.rhs, conjugate(unequal.lhs): conjugated(unequal.rhs)})
    assert isinstance(is_zero(value - (-lossless - lossless.H).det()), Proved)
    assert isinstance(is_zero(value * 2 - (-lossless - lossless.H).det()), Refuted)


def test_weights_of_another_phase_are_another_reservoir() -> None:
    """p → (1 + i)p leaves the relative weights and doubles the rate: the dictionary tells."""
    mine = langevin(eliminate(mediated_chain(1), "c_1")).drift
    for factor, verdict in ((1, Proved), (Rational(3, 2), Refuted)):
        theirs = WEIGHTS.written_out(langevin(chain(1, "general", distinct=True)).drift)
        turned = theirs.subs(Symbol("g_1"), factor * Symbol("g_1"))
        assert isinstance(is_zero(turned - mine), verdict)
    assert positive("Gamma_1") in mine.free_symbols


def test_the_condition_of_any_link_can_be_displayed() -> None:
    net = chain(2, "general", distinct=True)
    steps = isolating(net, "b_1", "b_2")
    derivation = Derivation("One way", (*microscopic(net), *motion(net, langevin(net)), *steps))
    assert all(isinstance(verdict, Proved) for verdict in derivation.check().values())
    assert steps[0].equations[0].lhs == net.couplings[1].strength
    backwards = isolating(net, "b_2", "b_1")[0].equations[0]
    assert isinstance(is_zero(backwards.lhs - conjugated(steps[0].equations[0].lhs)), Proved)
    assert isinstance(is_zero(backwards.rhs - conjugated(steps[0].equations[0].rhs)), Refuted)


VALUES = {"Gamma_1": 4.0, "J_1": 0.3, "f_1": 0.4 + 0.1j, "g_1": 0.5j, "kappa_1": 0.2, "kappa_a": 0.3, "theta_1": 0.7}


def test_what_leaks_back_is_told_under_no_condition_on_the_miss(argument: Derivation) -> None:
    step = next(step for step in argument.steps if step.label == "leakage")
    verdict = is_zero(step.residual)
    assert isinstance(verdict, Proved)
    assert not {"delta", "phi"} & {s.name for e in verdict.provided for s in e.free_symbols}


def test_emitted_scattering_matrix_is_that_of_numpy(emitted: dict[str, object]) -> None:
    nu = np.linspace(-3, 3, 7)
    found = emitted["scattering"](nu=nu, **VALUES).reshape(3, 3, -1)  # type: ignore[operator]
    J, g, f = VALUES["J_1"] * np.exp(1j * VALUES["theta_1"]), VALUES["g_1"], VALUES["f_1"]
    h = np.array([[0, J, np.conj(g)], [np.conj(J), 0, np.conj(f)], [g, f, 0]])
    k = np.diag(np.sqrt([VALUES["kappa_a"], VALUES["kappa_1"], VALUES["Gamma_1"]]))
    for at, x in enumerate(nu):
        true = np.eye(3) - k @ np.linalg.solve(1j * (h - x * np.eye(3)) + k @ k / 2, k)
        assert np.allclose(found[..., at], true, atol=1e-13)
        assert np.allclose(true @ true.conj().T, np.eye(3))
    assert abs(found[0, 1, 0]) != pytest.approx(abs(found[1, 0, 0]), rel=1e-2)
