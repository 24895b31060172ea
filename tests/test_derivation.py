"""An argument is an ordered chain of steps, each believed only if its residual is proved to vanish."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from sympy import I, Integer, Matrix, Symbol

from derive.derivation import Derivation, DerivationError, Dissipator, Equation, Operators, Step, flow, mean
from derive.kernel import Proved, Refuted

KAPPA, J, A = Symbol("kappa", positive=True), Symbol("J", positive=True), Symbol("A")
ENERGY = J**2 / (J + KAPPA)


def step(label, printed=ENERGY, uses=()):
    return Step(label, (A, printed), "The energy is", "solve", printed * (J + KAPPA) - J**2, uses)


def test_a_faithful_step_is_proved_and_a_misprinted_one_refuted():
    verdicts = Derivation("Energy", (step("right"), step("wrong", ENERGY + KAPPA))).check()
    assert list(verdicts) == ["right", "wrong"]
    assert isinstance(verdicts["right"], Proved)
    assert isinstance(verdicts["wrong"], Refuted)


def test_several_expressions_vanish_only_if_each_of_them_does():
    right = Step("right", (A, ENERGY), "The energy is", "solve", (ENERGY * (J + KAPPA) - J**2, J - J))
    assert right == replace(right, residual=Matrix(right.residual))
    assert isinstance(Derivation("Energy", (right,)).check()["right"], Proved)
    wrong = replace(right, residual=[*right.residual, KAPPA])
    assert isinstance(Derivation("Energy", (wrong,)).check()["right"], Refuted)


def test_an_argument_of_steps_that_rest_on_earlier_ones_does_not_change():
    argument = Derivation("Energy", [step("one"), step("two", uses=("one",)), step("three", uses=("one", "two"))])
    assert [s.label for s in argument.steps] == ["one", "two", "three"]
    assert argument == Derivation("Energy", argument.steps)
    with pytest.raises(FrozenInstanceError):
        argument.title = "other"


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((step("one"), step("one")), "'one' is used twice"),
        ((step("one", uses=("two",)), step("two")), r"earlier steps \(there are none\), but uses 'two'"),
        ((step("one"), step("two", uses=("two",))), r"earlier steps \(one\), but uses 'two'"),
    ],
)
def test_a_circular_or_ambiguous_argument_is_refused(steps, message):
    with pytest.raises(DerivationError, match=message):
        Derivation("Energy", steps)


@pytest.mark.parametrize("label", ["", "a b", "a{b}", "-a", "a\\b", "a-", "é"])
def test_a_label_must_be_fit_for_an_anchor(label):
    with pytest.raises(DerivationError, match="label"):
        step(label)


def test_a_step_says_one_equation_or_a_group():
    matrix = Matrix([[1, J], [0, 1]])
    assert step("pair").equations == (Equation(A, ENERGY),)
    assert Step("m", (Symbol("W"), matrix), "", "", Integer(0)).equations == (Equation(Symbol("W"), matrix),)
    group = ((flow("a"), -KAPPA * mean("a")), Equation(mean("b"), J, "≤"))
    assert Step("g", group, "", "", Integer(0)).equations == (
        Equation(flow("a"), -KAPPA * mean("a")),
        Equation(mean("b"), J, "≤"),
    )


def test_a_relation_is_known_and_orders_no_matrices():
    with pytest.raises(DerivationError, match="but is '~'"):
        Step("x", Equation(A, J, "~"), "", "", Integer(0))
    with pytest.raises(DerivationError, match="must be =, but is '<'"):
        Step("x", Equation(A, Matrix([[J]]), "<"), "", "", Integer(0))


def test_operators_keep_the_order_of_their_letters():
    number = Operators(((J, ("a†", "a")),)).expression()
    reverse = Operators(((J, ("a", "a†")),)).expression()
    assert number != reverse
    assert Operators(((J, ("<a>",)), (-I, ()))).expression() == J * mean("a") - I
    assert Operators(adjoint=((J, ("a",)),)).expression() - Operators(((J, ("a",)),)).expression() == Symbol("h.c.")
    one, two = (Dissipator(Operators(((weight, ("a",)),))) for weight in (J, KAPPA))
    assert Operators(((J, (one, "ρ")),)).expression() != Operators(((J, (two, "ρ")),)).expression()
