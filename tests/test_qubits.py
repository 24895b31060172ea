"""Two spins in time: closed forms against QuTiP and matrix exponentials, proofs against wrong copies of themselves."""

from collections import Counter
from functools import cache

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import array
from scipy.linalg import expm
from strategies import QUICK
from sympy import I, ImmutableMatrix, Integer, Matrix, Rational, Symbol, diag, eye, pi, zeros

from derive import Proved, Refuted, TwoQubits, evolve_qubits, is_zero, qubits_residual
from derive.builders import positive, real
from derive.errors import WrongKind
from derive.network import NetworkError
from derive.propagator import ComplexTime
from derive.qubits import (
    QubitError,
    direction,
    flow_of,
    hamiltonian,
    jumps,
    liouvillian,
    product_state,
    unitary,
)
from derive.spectrum import NoClosedForm

t = real("t")
ω_b, ω_c, J = (positive(name) for name in ("omega_b", "omega_c", "J_1"))
J_2, δ = real("J_2"), real("delta")
γ = [positive(f"gamma_{k}") for k in range(4)]
UP, DOWN = (0, 0, -1), (0, 0, 1)  # Bloch vectors of |1⟩ and |0⟩
ANGLES = direction(real("a"), real("b")), direction(real("c"), real("d"))
BALLS = [real(f"r_{k}") for k in range(3)], [real(f"s_{k}") for k in range(3)]
DETUNED = TwoQubits(ω_b, ω_c, J, J_2)
CLOSED = {
    "pure": (DETUNED, product_state(*ANGLES)),
    "mixed": (DETUNED, product_state(*BALLS)),
    "resonant": (TwoQubits(ω_b, ω_b, J, J_2), product_state(*BALLS)),
    "no exchange": (TwoQubits(ω_b, ω_c, 0, J_2), product_state(*BALLS)),
    "no Rabi frequency": (TwoQubits(ω_b, ω_b, 0, J_2), product_state(*BALLS)),
    "any state": (DETUNED, ImmutableMatrix(4, 4, lambda i, j: Symbol(f"rho_{i}{j}"))),
}
DAMPED = {
    "lossy battery": (TwoQubits(ω_b, ω_b - δ, J, J_2, relaxation=(γ[0], 0)), product_state(DOWN, UP)),
    "different losses": (TwoQubits(ω_b, ω_b - δ, J, J_2, relaxation=tuple(γ[:2])), product_state(DOWN, UP)),
    "losses on resonance": (TwoQubits(ω_b, ω_b, J, relaxation=tuple(γ[:2])), product_state(DOWN, (0, 0, real("z")))),
    "exceptional point": (TwoQubits(ω_b, ω_b, J, relaxation=(4 * J, 0)), product_state(DOWN, UP)),
    "equal warm baths": (
        TwoQubits(ω_b, ω_b, J, J_2, relaxation=(γ[0], γ[0]), excitation=(γ[1], γ[1])),
        product_state((0, 0, real("z")), UP),
    ),
    "warm battery, cold charger": (
        TwoQubits(ω_b, ω_b, J, J_2, relaxation=(γ[0], γ[0]), excitation=(γ[1], 0)),
        product_state(UP, DOWN),
    ),
}
ALL = CLOSED | DAMPED
RATIONAL = st.fractions(min_value=-3, max_value=3, max_denominator=4)
RATE = st.fractions(min_value=0, max_value=2, max_denominator=4)


@cache
def evolved(name):
    pair, initial = ALL[name]
    return evolve_qubits(pair, initial, t)


# -- the equations ------------------------------------------------------------------------------------------


def qutip_pair(pair):
    """Hamiltonian and collapse operators by QuTiP: σ_+ = |0⟩⟨1|."""
    one, z = qutip.qeye(2), qutip.sigmaz()
    b, c = (lambda o: qutip.tensor(o, one)), (lambda o: qutip.tensor(one, o))
    down, up = qutip.sigmap(), qutip.sigmam()
    w_b, w_c, j_1, j_2 = (float(x) for x in (pair.battery, pair.charger, pair.exchange, pair.ising))
    h = -w_b * b(z) - w_c * c(z) + j_1 * (b(down) * c(up) + b(up) * c(down)) + j_2 * b(z) * c(z)
    collapse = [
        np.sqrt(float(rate)) * on(o)
        for rates, o in ((pair.relaxation, down), (pair.excitation, up), (pair.dephasing, z / np.sqrt(2)))
        for rate, on in zip(rates, (b, c), strict=True)
    ]
    return h, collapse


@given(st.lists(RATIONAL, min_size=4, max_size=4), st.lists(RATE, min_size=6, max_size=6))
@settings(QUICK, max_examples=20)
def test_hamiltonian_and_liouvillian_are_those_of_qutip(energies, rates):
    pair = TwoQubits(*energies, relaxation=rates[:2], excitation=rates[2:4], dephasing=rates[4:])
    h, collapse = qutip_pair(pair)
    assert np.allclose(array(hamiltonian(pair)), h.full())
    # QuTiP stacks the columns of ρ
    swap = np.arange(16).reshape(4, 4).T.ravel()
    theirs = qutip.liouvillian(h, collapse).full()[np.ix_(swap, swap)]
    assert np.allclose(array(liouvillian(pair)), theirs)


def test_liouvillian_is_the_flow_of_every_state():
    rates = {name: (positive(f"{name}_b"), positive(f"{name}_c")) for name in ("relaxation", "excitation", "dephasing")}
    pair = TwoQubits(ω_b, ω_c, J, J_2, **rates)
    assert len(jumps(pair)) == 6
    rho = ImmutableMatrix(4, 4, lambda i, j: Symbol(f"rho_{i}{j}"))
    product = (liouvillian(pair) * rho.reshape(16, 1)).reshape(4, 4)
    assert isinstance(is_zero(product - flow_of(pair, rho)), Proved)
    other = TwoQubits(ω_b, ω_c, J, J_2, **{**rates, "dephasing": (0, positive("dephasing_c"))})
    assert isinstance(is_zero(product - flow_of(other, rho)), Refuted)
    assert (flow_of(pair, rho)).trace().expand() == 0


def test_excitations_are_conserved_in_blocks_one_two_one():
    h, total = hamiltonian(DETUNED), ImmutableMatrix([[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 2]])
    assert h * total == total * h
    for energy in (J_2 - ω_b - ω_c, J_2 + ω_b + ω_c, -J_2 - DETUNED.rabi, -J_2 + DETUNED.rabi):
        assert isinstance(is_zero((h - energy * eye(4)).det(method="berkowitz")), Proved)


def test_baths_keep_coherences_between_excitations_apart():
    rates = {name: (positive(f"{name}_b"), positive(f"{name}_c")) for name in ("relaxation", "excitation", "dephasing")}
    generator = liouvillian(TwoQubits(ω_b, ω_c, J, J_2, **rates))
    excitations = (0, 1, 1, 2)
    between = [excitations[k // 4] - excitations[k % 4] for k in range(16)]
    assert Counter(between) == {0: 6, 1: 4, -1: 4, 2: 1, -2: 1}
    assert all(between[i] == between[j] for i, j in generator.todok())


# -- proofs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_closed_form_solves_the_master_equation_from_its_initial_state(name):
    pair, initial = ALL[name]
    assert isinstance(is_zero(qubits_residual(pair, initial, t, evolved(name))), Proved)


@pytest.mark.parametrize("name", ALL)
def test_a_slightly_wrong_state_is_refuted(name):
    pair, initial = ALL[name]
    wrong = evolved(name) + Rational(1, 7) * t * Matrix(4, 4, lambda i, j: int(i == j == 1) - int(i == j == 2))
    assert isinstance(is_zero(qubits_residual(pair, initial, t, wrong)), Refuted)
    assert isinstance(is_zero(qubits_residual(pair, initial + eye(4) / 9, t, evolved(name))), Refuted)


def test_the_evolution_of_a_closed_pair_is_a_group_in_time():
    u = unitary(DETUNED, t)
    assert isinstance(is_zero(u * unitary(DETUNED, -t) - eye(4)), Proved)
    s = real("s")
    assert isinstance(is_zero(unitary(DETUNED, t) * unitary(DETUNED, s) - unitary(DETUNED, s + t)), Proved)
    assert isinstance(is_zero(u * unitary(DETUNED, t) - eye(4)), Refuted)


def test_on_resonance_the_charger_empties_into_the_battery():
    pair = TwoQubits(ω_b, ω_b, J)
    state = evolve_qubits(pair, product_state(DOWN, UP), pi / (2 * J))
    assert isinstance(is_zero(state - product_state(UP, DOWN)), Proved)


def test_ising_coupling_drops_out_between_excitations_but_not_of_superpositions():
    state = evolve_qubits(DETUNED, product_state(DOWN, UP), t)
    assert J_2 not in state.free_symbols
    plus = product_state((1, 0, 0), (1, 0, 0))
    moved = evolve_qubits(DETUNED, plus, t) - evolve_qubits(TwoQubits(ω_b, ω_c, J), plus, t)
    assert isinstance(is_zero(moved), Refuted)


# -- numbers ------------------------------------------------------------------------------------------------

POINT = {ω_b: Rational(5, 4), ω_c: Rational(2, 3), J: Rational(3, 5), J_2: Rational(-1, 3), δ: Rational(4, 7)}
POINT |= dict(zip(γ, (Rational(1, 3), Rational(1, 5), Rational(1, 4), Rational(2, 7)), strict=True))
POINT |= {real(name): Rational(k + 1, 9) for k, name in enumerate("r_0 r_1 r_2 s_0 s_1 s_2 z a b c d".split())}


@pytest.mark.parametrize("name", [name for name in ALL if name != "any state"])
@pytest.mark.parametrize("time", [Rational(1, 3), Rational(7, 2)])
def test_state_in_time_is_the_exponential_of_the_liouvillian(name, time):
    pair, initial = ALL[name]
    values = POINT | {t: time}
    true = expm(array(liouvillian(pair).subs(values)) * float(time)) @ array(initial.subs(values)).ravel()
    ours = array(evolved(name).xreplace(values))
    assert np.allclose(ours, true.reshape(4, 4), atol=1e-13)
    assert np.allclose(ours, ours.conj().T, atol=1e-14)
    assert np.trace(ours) == pytest.approx(1, abs=1e-14)
    assert np.linalg.eigvalsh(ours).min() > -1e-14


def test_state_in_time_is_that_of_mesolve():
    pair, initial = DAMPED["warm battery, cold charger"]
    h, collapse = qutip_pair(
        TwoQubits(
            *(x.subs(POINT) for x in (pair.battery, pair.charger, pair.exchange, pair.ising)),
            relaxation=[x.subs(POINT) for x in pair.relaxation],
            excitation=[x.subs(POINT) for x in pair.excitation],
        )
    )
    start = qutip.Qobj(array(initial), dims=[[2, 2], [2, 2]])
    times = np.linspace(0, 4, 5)
    states = qutip.mesolve(h, start, times, collapse, options={"atol": 1e-11, "rtol": 1e-11}).states
    for k, state in enumerate(states):
        ours = array(evolved("warm battery, cold charger").subs(POINT | {t: Integer(k)}))
        assert np.allclose(ours, state.full(), atol=1e-9)


# -- the door -----------------------------------------------------------------------------------------------


def test_no_closed_form_is_claimed_where_there_is_none():
    dephased = TwoQubits(ω_b, ω_c, J, dephasing=(γ[0], 0))
    lossy = TwoQubits(ω_b, ω_c, J, relaxation=(γ[0], 0))
    with pytest.raises(NoClosedForm, match="do not dephase"):
        evolve_qubits(dephased, product_state(DOWN, UP), t)
    with pytest.raises(NoClosedForm, match="diagonal in energy"):
        evolve_qubits(lossy, product_state((1, 0, 0), DOWN), t)
    with pytest.raises(NoClosedForm, match="diagonal in energy"):
        evolve_qubits(lossy, ImmutableMatrix(4, 4, lambda i, j: Rational(int(i == j and i in (0, 3)), 2)), t)
    with pytest.raises(NoClosedForm, match="product"):
        evolve_qubits(lossy, ImmutableMatrix(4, 4, lambda i, j: Rational(int(i == j and i in (1, 2)), 2)), t)


@pytest.mark.parametrize(("make", "says"), [
    (lambda: TwoQubits(I, 1, 1), "must be real"),
    (lambda: TwoQubits(Symbol("z"), 1, 1), "declare z positive or real"),
    (lambda: TwoQubits(1, 1, 1, relaxation=(-1, 0)), "must not be negative"),
    (lambda: TwoQubits(1, 1, 1, relaxation=(1,)), "relaxation of TwoQubits must have 2 parts, but has 1"),
    (lambda: product_state((1, 0), (0, 0, 1)), "three components"),
    (lambda: product_state((1, 0, 1), (0, 0, 1)), "no longer than one"),
    (lambda: product_state((I, 0, 0), (0, 0, 1)), "must be real"),
    (lambda: evolve_qubits(TwoQubits(1, 1, 1), zeros(2), t), "4×4"),
    (lambda: evolve_qubits(TwoQubits(1, 1, 1), zeros(4), t), "of trace one"),
    (lambda: evolve_qubits(TwoQubits(1, 1, 1), diag(2, -1, 0, 0), t), "without negative eigenvalues"),
    (lambda: evolve_qubits(TwoQubits(1, 1, 1), diag(1, Matrix([[0, 1], [0, 0]]), 0), t), "Hermitian"),
])  # fmt: skip
def test_what_is_no_pair_of_spins_is_refused_at_the_door(make, says):
    with pytest.raises((QubitError, NetworkError, WrongKind), match=says):
        make()


def test_a_complex_time_is_refused():
    with pytest.raises(ComplexTime):
        evolve_qubits(DETUNED, product_state(DOWN, UP), Symbol("t"))


def test_floats_are_refused():
    with pytest.raises(NetworkError, match="must be exact"):
        TwoQubits(1.5, 1, 1)
