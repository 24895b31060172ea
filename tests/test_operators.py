"""The operator algebra: its laws, its action on states, and the adjoint master equation as it is defined."""

from __future__ import annotations

from functools import reduce
from itertools import product

import fock
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, I, Integer, Matrix, Poly, Rational, Symbol, cosh, exp, factorial, sinh, symbols

from derive.builders import chain, ring
from derive.kernel import Proved, Refuted, Verdict, conjugated, is_zero
from derive.network import Bath, Coupling, Drive, Mode, Network, NetworkError, Squeezing, loss
from derive.operators import (
    Operator,
    adjoint,
    annihilate,
    commutator,
    create,
    hamiltonian,
    heisenberg,
    jump,
)

MODES = ("a", "b")
ONE = Operator((((), Integer(1)),))
z, w = symbols("z w")
x = Symbol("x", positive=True)


def power(operator: Operator, k: int) -> Operator:
    return reduce(lambda left, _: left * operator, range(k), ONE)


def monomial(powers: tuple[int, int, int, int]) -> Operator:
    c, d, e, f = powers
    return power(create("a"), c) * power(create("b"), e) * power(annihilate("a"), d) * power(annihilate("b"), f)


COEFFICIENTS = st.sampled_from([Integer(1), Rational(-2, 3), I, 1 + 2 * I, z, conjugated(z), x * w, z - I * x])
POWERS = st.tuples(*[st.integers(0, 2)] * 4)
OPERATORS = st.lists(st.tuples(COEFFICIENTS, POWERS), min_size=1, max_size=3).map(
    lambda terms: reduce(Operator.__add__, (c * monomial(p) for c, p in terms))
)


def vanishes(operator: Operator) -> Verdict:
    return is_zero(Matrix([c for _, c in operator.terms] or [0]))


def same(left: Operator, right: Operator) -> bool:
    return isinstance(vanishes(left - right), Proved)


@given(OPERATORS, OPERATORS, OPERATORS)
@settings(max_examples=30, deadline=None)
def test_product_is_associative_and_distributes_over_sums(left: Operator, middle: Operator, right: Operator) -> None:
    assert same((left * middle) * right, left * (middle * right))
    assert same(left * (middle + right), left * middle + left * right)
    assert isinstance(vanishes((left * middle) * right - left * (middle * right) + ONE), Refuted)


@given(OPERATORS, OPERATORS)
@settings(max_examples=30, deadline=None)
def test_adjoint_reverses_products(left: Operator, right: Operator) -> None:
    assert same(adjoint(left * right), adjoint(right) * adjoint(left))
    assert adjoint(adjoint(left)) == left


def test_adjoint_of_product_in_the_wrong_order_is_refuted() -> None:
    left, right = z * create("a"), annihilate("a") * annihilate("b")
    assert isinstance(vanishes(adjoint(left * right) - adjoint(left) * adjoint(right)), Refuted)


@given(OPERATORS, OPERATORS, OPERATORS)
@settings(max_examples=30, deadline=None)
def test_commutator_is_a_derivation_with_jacobi_identity(left: Operator, middle: Operator, right: Operator) -> None:
    assert same(commutator(left, middle), left * middle - middle * left)
    assert same(commutator(left, middle * right), commutator(left, middle) * right + middle * commutator(left, right))
    cycle = [(left, middle, right), (middle, right, left), (right, left, middle)]
    assert same(reduce(Operator.__add__, (commutator(p, commutator(q, r)) for p, q, r in cycle)), 0 * ONE)


@pytest.mark.parametrize("k", range(1, 7))
def test_commutators_with_powers_are_derivatives(k: int) -> None:
    a, dag = annihilate("a"), create("a")
    assert commutator(a, power(dag, k)) == k * power(dag, k - 1)
    assert commutator(power(a, k), dag) == k * power(a, k - 1)
    assert commutator(dag * a, power(dag, k)) == k * power(dag, k)
    assert commutator(power(a, k), power(create("b"), k)).terms == ()
    # the vacuum expectation ⟨a^k a†^k⟩ is the norm of k quanta
    assert (power(a, k) * power(dag, k)).coefficient(()) == factorial(k)


def bargmann(operator: Operator, polynomial: Expr, variables: dict[str, Symbol]) -> Expr:
    """The operator on a state as a polynomial: a† multiplies by its variable, a differentiates."""
    total: Expr = Integer(0)
    for factors, coefficient in operator.terms:
        image = polynomial
        for mode, c, d in factors:
            for _ in range(d):  # SymPy leaves the second derivative of β z* + 1 unevaluated
                image = image.diff(variables[mode])
            image = image * variables[mode] ** c
        total += coefficient * image
    return total


@given(OPERATORS, OPERATORS, st.tuples(st.integers(0, 4), st.integers(0, 4)))
@settings(max_examples=40, deadline=None)
def test_products_act_on_states_one_after_the_other(left: Operator, right: Operator, quanta: tuple[int, int]) -> None:
    alpha, beta = symbols("alpha beta")
    variables = {"a": alpha, "b": beta}
    start = alpha ** quanta[0] * beta ** quanta[1]
    together = bargmann(left * right, start, variables)
    in_turn = bargmann(left, bargmann(right, start, variables), variables)
    assert Poly((together - in_turn).expand(), alpha, beta).is_zero


def general_network() -> Network:
    """Three modes with every noun: complex couplings, both squeezings, a shared reservoir of six legs."""
    weights = symbols("u1:4"), symbols("v1:4")
    jump_legs, gain_legs = (tuple(zip("abc", side, strict=True)) for side in weights)
    thermal, rate = symbols("n gamma", positive=True)
    return Network(
        (Mode("a", Symbol("Delta", real=True)), Mode("b"), Mode("c")),
        (Coupling("a", "b", z), Coupling("c", "b", w)),
        (Drive("a", Symbol("epsilon")),),
        (Bath(jump_legs, rate, thermal, Symbol("m"), gain_legs), loss("b", x)),
        (Squeezing("a", "a", Symbol("chi")), Squeezing("a", "c", Symbol("eta"))),
    )


def defining_form(net: Network, operator: Operator) -> Operator:
    """i[H, O] + Σ γ{(n+1) D†[q]O + n D†[q†]O − m L′†[q†]O − m* L′†[q]O} by products of four."""
    half = Rational(1, 2)

    def sandwich(left: Operator, right: Operator) -> Operator:
        return left * operator * right - half * (left * right * operator + operator * (left * right))

    energy = hamiltonian(net)
    total = I * (energy * operator - operator * energy)
    for bath in net.baths:
        q = jump(bath)
        dag, n, m = adjoint(q), bath.thermal, bath.squeezing
        parts = (n + 1) * sandwich(dag, q) + n * sandwich(q, dag)
        parts = parts - m * sandwich(dag, dag) - conjugated(m) * sandwich(q, q)
        total = total + bath.rate * parts
    return total


@pytest.mark.parametrize(
    "operator",
    [annihilate("a"), create("a") * annihilate("c"), annihilate("b") * annihilate("b"), monomial((1, 1, 0, 1))],
    ids=["a", "a†c", "bb", "a†ab"],
)
def test_commutator_form_equals_adjoint_master_equation(operator: Operator) -> None:
    net = general_network()
    assert same(heisenberg(net, operator), defining_form(net, operator))
    assert isinstance(vanishes(heisenberg(net, operator) - defining_form(net, operator) + z * ONE), Refuted)


def test_probability_is_conserved() -> None:
    assert heisenberg(general_network(), ONE).terms == ()


@pytest.mark.parametrize("operator", [annihilate("a"), create("b") * annihilate("a"), annihilate("a") * create("c")])
def test_equation_of_the_adjoint_is_the_adjoint_equation(operator: Operator) -> None:
    net = general_network()
    assert same(heisenberg(net, adjoint(operator)), adjoint(heisenberg(net, operator)))


def test_hamiltonian_is_hermitian() -> None:
    energy = hamiltonian(general_network())
    assert same(energy, adjoint(energy))
    assert isinstance(vanishes(I * energy - adjoint(I * energy)), Refuted)


def test_coherent_exchange_conserves_the_number_of_quanta() -> None:
    net = ring(3, distinct=True)
    closed = Network(net.modes, net.couplings)
    total = reduce(Operator.__add__, (create(name) * annihilate(name) for name in net.names))
    assert heisenberg(closed, total).terms == ()
    assert isinstance(vanishes(heisenberg(net, total)), Refuted)


def test_one_mode_relaxes_to_the_moments_of_its_bath() -> None:
    n, gamma = symbols("n gamma", positive=True)
    net = Network((Mode("a"),), baths=(loss("a", gamma, n, z),))
    a, number = annihilate("a"), create("a") * annihilate("a")
    assert same(heisenberg(net, number), gamma * (n * ONE - number))
    assert same(heisenberg(net, a * a), gamma * (z * ONE - a * a))
    assert isinstance(vanishes(heisenberg(net, a * a) - gamma * (-z * ONE - a * a)), Refuted)


@pytest.mark.parametrize(
    "operator", [annihilate("a"), create("a") * annihilate("b"), annihilate("a") * annihilate("b")]
)
def test_pure_squeezed_bath_is_vacuum_bath_of_a_rotated_jump(operator: Operator) -> None:
    """n = sinh² r, m = e^{iφ} sinh r cosh r is D[cosh r q − e^{iφ} sinh r q†], here at tanh r = 3/5."""
    phase, gamma = exp(I * Symbol("phi", real=True)), Symbol("gamma", positive=True)
    c, s = Rational(5, 4), Rational(3, 4)
    legs = (("a", z), ("b", w))
    squeezed = Bath(legs, gamma, s**2, phase * s * c)
    rotated = Bath(
        tuple((i, c * u) for i, u in legs),
        gamma,
        gain=tuple((i, -phase * s * conjugated(u)) for i, u in legs),
    )
    opposite = Bath(legs, gamma, s**2, -phase * s * c)
    modes = (Mode("a"), Mode("b"))
    moved = [heisenberg(Network(modes, baths=(bath,)), operator) for bath in (squeezed, rotated, opposite)]
    assert same(moved[0], moved[1])
    if operator == annihilate("a") * annihilate("b"):
        assert isinstance(vanishes(moved[2] - moved[1]), Refuted)


def test_a_squeezed_vacuum_moves_moments_as_a_rotated_jump_does() -> None:
    r, gamma = symbols("r gamma", positive=True)
    squeezed = Bath((("a", Integer(1)),), gamma, sinh(r) ** 2, sinh(r) * cosh(r))
    rotated = Bath((("a", cosh(r)),), gamma, gain=(("a", -sinh(r)),))
    moved = [
        heisenberg(Network((Mode("a"),), baths=(bath,)), annihilate("a") * annihilate("a"))
        for bath in (squeezed, rotated)
    ]
    assert same(*moved)


THIRD_ORDER = [monomial(p) for p in product(range(3), repeat=4) if sum(p) == 3]


@pytest.mark.parametrize("seed", [1, 2])
def test_heisenberg_equals_fock_space_for_operators_of_third_order(seed: int) -> None:
    net = fock.numbers(general_network(), seed, {"n": Rational(2, 3), "m": (1 - 2 * I) / 4})
    a = fock.annihilators(net.names, levels=4)
    rho = fock.state(net.names, levels=4, quanta=1, seed=seed)
    change = fock.generator(net, a, rho)
    for operator in THIRD_ORDER[seed::3]:
        expected = fock.expectation(operator, a, change)
        np.testing.assert_allclose(fock.expectation(heisenberg(net, operator), a, rho), expected, atol=1e-11)


def test_operators_of_foreign_modes_and_inexact_coefficients_are_refused() -> None:
    with pytest.raises(NetworkError, match="acts on 'q'"):
        heisenberg(chain(1), annihilate("q"))
    with pytest.raises(NetworkError, match="must be exact"):
        0.5 * annihilate("a")  # type: ignore[operator]
