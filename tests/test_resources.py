"""Measures of a state against eigenvalues, QuTiP and optimisation; identities of pure states, and where they end."""

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import array
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation
from strategies import QUICK
from sympy import I, ImmutableMatrix, Integer, Matrix, Rational, Symbol, expand, symbols

from derive import Proved, Refuted, is_zero
from derive.builders import positive, real
from derive.qubits import PAULI, direction, product_state
from derive.resources import (
    StateError,
    bloch,
    capacity,
    coherence,
    concurrence,
    correlations,
    entanglement,
    ergotropy,
    imaginarity,
    length,
    nonlocality,
    partial_transpose,
    pure_state,
    pure_texture,
    reduced,
    residual_capacity,
    spectral_capacity,
    spin_texture,
    squared_norm,
    steering,
)

ω = positive("omega")
Z = symbols("z_00 z_01 z_10 z_11")
PURE = pure_state(Z)
SPIN = reduced(PURE, "b")
INTEGER = st.integers(min_value=-4, max_value=4)
GAUSSIAN = st.builds(lambda x, y: x + y * I, INTEGER, INTEGER)
AMPLITUDES = st.lists(GAUSSIAN, min_size=4, max_size=4).filter(any)


@st.composite
def mixed_states(draw):
    """A mixture of up to three pure states, with rational entries."""
    parts = [pure_state(draw(AMPLITUDES)) for _ in range(draw(st.integers(1, 3)))]
    return ImmutableMatrix(sum(parts[1:], parts[0]) / len(parts)).applyfunc(expand)


@st.composite
def x_states(draw):
    """A state with entries on the two diagonals only."""
    inner, outer = (draw(st.lists(GAUSSIAN, min_size=4, max_size=4).filter(any)) for _ in range(2))
    a, b = Matrix(2, 2, outer), Matrix(2, 2, inner)
    a, b = a * a.H, b * b.H
    total = a.trace() + b.trace()
    return ImmutableMatrix(
        [[a[0, 0], 0, 0, a[0, 1]], [0, b[0, 0], b[0, 1], 0], [0, b[1, 0], b[1, 1], 0], [a[1, 0], 0, 0, a[1, 1]]]
    ).applyfunc(lambda x: expand(x / total))


def by_qutip(state):
    return qutip.Qobj(array(state), dims=[[2, 2], [2, 2]])


def from_uniform(state):
    """½ Tr|ρ − f| by eigenvalues."""
    return np.abs(np.linalg.eigvalsh(array(state) - 1 / state.rows)).sum() / 2


FEW = settings(QUICK, max_examples=12)


# -- numbers against other ways to them ---------------------------------------------------------------------


@given(mixed_states())
@FEW
def test_parts_and_moments_are_those_of_qutip(state):
    rho = by_qutip(state)
    for place, spin in enumerate("bc"):
        assert np.allclose(array(reduced(state, spin)), rho.ptrace(place).full())
    assert np.allclose(array(partial_transpose(state)), qutip.partial_transpose(rho, [0, 1]).full())
    sigma = [qutip.sigmax(), qutip.sigmay(), qutip.sigmaz()]
    for i, a in enumerate(sigma):
        assert complex(bloch(reduced(state, "b"))[i]) == pytest.approx(qutip.expect(a, rho.ptrace(0)), abs=1e-12)
        for j, b in enumerate(sigma):
            true = qutip.expect(qutip.tensor(a, b), rho)
            assert complex(correlations(state)[i, j]) == pytest.approx(true, abs=1e-12)


@given(mixed_states())
@FEW
def test_capacity_is_ergotropy_and_antiergotropy_and_the_sum_over_the_spectrum(state):
    spin = reduced(state, "b")
    levels, frequency = np.array([-1.5, 1.5]), Rational(3, 2)
    populations = np.linalg.eigvalsh(array(spin))
    energy = np.trace(array(spin) @ np.diag([-1.5, 1.5])).real
    taken, given_ = energy - levels @ populations[::-1], levels @ populations - energy
    assert float(ergotropy(spin, frequency)) == pytest.approx(taken, abs=1e-12)
    assert float(capacity(spin, frequency) - ergotropy(spin, frequency)) == pytest.approx(given_, abs=1e-12)
    assert float(capacity(spin, frequency)) == pytest.approx(taken + given_, abs=1e-12)
    total = spectral_capacity([-frequency, frequency], list(populations))
    assert float(total) == pytest.approx(taken + given_, abs=1e-12)


@given(mixed_states())
@FEW
def test_entanglement_coherence_imaginarity_and_texture_are_their_definitions(state):
    rho = by_qutip(state)
    entries = array(state)
    off = entries - np.diag(np.diag(entries))
    linear = qutip.entropy_linear(rho.ptrace(0))
    assert float(entanglement(state) ** 2) == pytest.approx(2 * linear, abs=1e-12)
    assert float(coherence(state).evalf()) == pytest.approx(np.abs(off).sum(), abs=1e-12)
    assert float(imaginarity(state).evalf()) == pytest.approx(np.abs(off.imag).sum(), abs=1e-12)
    spin = reduced(state, "b")
    assert float(spin_texture(spin).evalf()) == pytest.approx(from_uniform(spin), abs=1e-7)


@given(AMPLITUDES)
@FEW
def test_a_pure_state_has_the_trace_distance_of_its_overlap(amplitudes):
    state = pure_state(amplitudes)
    assert abs(complex(pure_texture(state).evalf())) == pytest.approx(from_uniform(state), abs=1e-7)


@given(x_states())
@FEW
def test_concurrence_and_nonlocality_of_x_states_are_those_of_numbers(state):
    assert float(concurrence(state).evalf()) == pytest.approx(qutip.concurrence(by_qutip(state)), abs=1e-6)
    iota = np.linalg.svd(array(correlations(state)).real, compute_uv=False) ** 2
    assert float(nonlocality(state).evalf()) == pytest.approx(2 * np.sqrt(iota[0] + iota[1]), abs=1e-12)


def test_no_closed_form_is_claimed_outside_x_states():
    for off in ((0, 1), (0, 2), (1, 3), (2, 3)):
        state = Matrix.diag([Rational(1, 4)] * 4)
        state[off] = I / 8
        for measure in (concurrence, nonlocality):
            for each in (state, state.T):
                with pytest.raises(StateError, match="two diagonals"):
                    measure(each.as_immutable())
    with pytest.raises(StateError, match="as many eigenvalues"):
        spectral_capacity([0, 1], [1])


@pytest.mark.parametrize("amplitudes", [(1, 2, 3 * I, -1), (0, 1, 2, 0), (1, 1, 1, 1)])
@pytest.mark.parametrize("weight", [1, Rational(2, 3)])
def test_steering_is_the_largest_sum_over_orthogonal_settings(amplitudes, weight):
    state = weight * pure_state(amplitudes) + (1 - weight) * ImmutableMatrix.eye(4) / 4
    t = array(correlations(state)).real

    def negative(x):
        """Three orthogonal settings for the charger; for the battery, the best three directions."""
        return -np.sum(np.linalg.norm(t @ Rotation.from_rotvec(x).as_matrix(), axis=0)) / np.sqrt(3)

    rng = np.random.default_rng(1)
    best = max(-minimize(negative, rng.normal(size=3), method="BFGS").fun for _ in range(4))
    assert float(steering(state).evalf()) == pytest.approx(best, abs=1e-6)


# -- proofs for every pure state ----------------------------------------------------------------------------


def test_capacity_steering_and_entanglement_of_every_pure_state_are_one_number():
    e, c, f = entanglement(PURE) ** 2, capacity(SPIN, ω) ** 2, steering(PURE) ** 2
    assert isinstance(is_zero(c - 4 * ω**2 * (1 - e)), Proved)
    assert isinstance(is_zero(f - 1 - 2 * e), Proved)
    assert isinstance(is_zero(c - 4 * ω**2 * (1 - e / 2)), Refuted)
    assert isinstance(is_zero(f - 1 - e), Refuted)


def test_entanglement_of_every_pure_state_is_its_concurrence():
    d = Z[0] * Z[3] - Z[1] * Z[2]
    n = squared_norm(Z)
    square = 4 * squared_norm([d])
    assert isinstance(is_zero(entanglement(PURE) ** 2 - square / n**2), Proved)
    assert isinstance(is_zero(entanglement(PURE) ** 2 - square / n), Refuted)


def test_correlations_of_every_pure_state_have_singular_values_one_e_e():
    t = correlations(PURE)
    e = entanglement(PURE) ** 2
    k = t.T * t
    minors = (k.trace() ** 2 - (k * k).trace()) / 2
    assert isinstance(is_zero(k.trace() - (1 + 2 * e)), Proved)
    assert isinstance(is_zero(minors - (2 * e + e**2)), Proved)
    assert isinstance(is_zero(t.det() + e), Proved)
    assert isinstance(is_zero(t.det() - e), Refuted)


def test_capacity_holds_for_mixed_states_only_as_an_identity_of_the_reduced_state():
    """C² = 4ω²(1 − E²) is true of any 4×4 state, but E is then no entanglement: a maximally mixed product has E = 1."""
    state = ImmutableMatrix(4, 4, lambda i, j: (Symbol(f"x_{min(i, j)}{max(i, j)}", real=True) / 7))
    spin = reduced(state, "b")
    one = ImmutableMatrix.eye(4) / 4
    assert entanglement(one) == 1
    assert concurrence(one) == 0
    assert capacity(reduced(one, "b"), ω) == 0
    trace = spin.trace()
    difference = length(spin) ** 2 - (2 * (spin * spin).trace() - trace**2)
    assert isinstance(is_zero(difference), Proved)


def test_product_states_have_full_or_partial_capacity_and_no_resource_but_coherence():
    pure = product_state(direction(real("a"), real("b")), direction(real("c"), real("d")))
    assert isinstance(is_zero(capacity(reduced(pure, "b"), ω) ** 2 - 4 * ω**2), Proved)
    assert isinstance(is_zero(steering(pure) ** 2 - 1), Proved)
    plus = product_state((1, 0, 0), (1, 0, 0))
    assert coherence(plus) == 3
    assert imaginarity(plus) == 0
    assert spin_texture(reduced(plus, "b")) == 0
    assert pure_texture(plus) == 0


def test_residual_capacity_of_a_bell_state_is_all_there_is():
    bell = pure_state([0, 1, 1, 0])
    total = spectral_capacity([-3, -1, 1, 3], [0, 0, 0, 1])
    assert total == 6
    assert residual_capacity(total, bell, Integer(2), Integer(1)) == 6
    assert residual_capacity(total, product_state((0, 0, 1), (1, 0, 0)), Integer(2), Integer(1)) == 0


def test_paulis_are_paulis():
    x, y, z = PAULI
    assert x * y == I * z
