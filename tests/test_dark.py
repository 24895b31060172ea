"""Dark states and final energies against long integrations, ranks and QuTiP's Clebsch-Gordan coefficients."""

from dataclasses import replace

import numpy as np
import pytest
import qutip
from scipy.linalg import expm
from sympy import I, Integer, Matrix, Rational, Symbol

from derive import Proved, Refuted, generator, is_zero, spin_star
from derive.claims import AtLeast
from derive.kernel import at
from derive.network import Bath, Network
from derive.papers.dias2024 import DIAS
from derive.spins.dark import (
    dark_residual,
    dark_state,
    final_energies,
    final_energies_residual,
    final_state,
    ladder_weight,
)
from derive.spins.ladders import NotALadder


def lowered(numbers):
    """The jumps of all reservoirs as dense matrices, from QuTiP's angular momenta."""
    own = [
        qutip.tensor([qutip.jmat(n / 2, "-") if j == k else qutip.qeye(n + 1) for j, n in enumerate(numbers)]).full()
        for k in range(len(numbers))
    ]
    return [(own[0] + b).real for b in own[1:]]


@pytest.mark.parametrize("numbers", [(3, 2), (2, 3), (4, 1, 1), (3, 2, 2), (2, 2, 3), (1, 2, 2), (3, 1, 2, 1)])
def test_there_is_one_dark_state_for_each_number_of_excitations(numbers):
    jumps = np.vstack(lowered(numbers))
    assert jumps.shape[1] - np.linalg.matrix_rank(jumps) == min(numbers) + 1


@pytest.mark.parametrize(("batteries", "n_c", "n_b"), [(1, 3, 2), (1, 2, 3), (2, 3, 2), (3, 2, 1)])
def test_dark_states_are_dark(batteries, n_c, n_b):
    net = spin_star(batteries, n_c, n_b, up=0)
    for k in range(min(n_c, n_b) + 1):
        assert isinstance(is_zero(dark_residual(net, k)), Proved)
    pumped = spin_star(batteries, n_c, n_b)
    assert isinstance(is_zero(dark_residual(pumped, 1)), Refuted)
    with pytest.raises(NotALadder, match="at most as many"):
        dark_state((n_c, *[n_b] * batteries), min(n_c, n_b) + 1)


@pytest.mark.parametrize(("n_c", "n_b"), [(1, 1), (3, 2), (2, 4), (6, 3)])
def test_the_weights_of_ladders_are_clebsch_gordan_coefficients(n_c, n_b):
    for step in range(min(n_c, n_b) + 1):
        j = (n_c + n_b) / 2 - step
        true = qutip.clebsch(n_c / 2, n_b / 2, j, n_c / 2, -n_b / 2, (n_c - n_b) / 2) ** 2
        assert float(ladder_weight(Rational(n_c), n_b, step)) == pytest.approx(true, abs=1e-12)


@pytest.mark.parametrize(("n_c", "n_b"), [(1, 1), (1, 2), (2, 1), (3, 2), (2, 3), (5, 2)])
def test_final_energies_in_closed_form_are_those_of_the_master_equation(n_c, n_b):
    assert isinstance(is_zero(final_energies_residual(n_c, n_b)), Proved)
    wrong = Matrix(final_energies(n_c, n_b)) - Matrix(final_energies(n_c + 1, n_b))
    assert isinstance(is_zero(wrong), Refuted)


def integrated(net, level, time=400.0):
    """Energies after a long time, by the exponential of the generator."""
    gen = generator(net)
    matrix = np.array(gen.matrix().tolist(), dtype=float)
    final = expm(matrix * time) @ np.array([float(state == (level, level)) for state in gen.states])
    weights = [[ket[k] if ket == bra else 0 for ket, bra in gen.states] for k in range(len(gen.nodes))]
    return np.array(weights) @ final / np.array(gen.numbers)


@pytest.mark.parametrize("n", [Rational(1, 3), Rational(2)])
@pytest.mark.parametrize(("n_c", "n_b"), [(2, 1), (2, 2), (3, 2)])
def test_final_energies_at_a_temperature_are_those_of_the_master_equation(n_c, n_b, n):
    cold = spin_star(1, n_c, n_b, 1, 0)
    net = Network(cold.modes, baths=(Bath(cold.baths[0].jump, cold.baths[0].rate, n),))
    assert np.allclose(integrated(net, (n_c, 0)), [float(e) for e in final_energies(n_c, n_b, n)], atol=1e-9)


@pytest.mark.parametrize(("batteries", "n_c", "n_b"), [(1, 3, 1), (2, 2, 1), (2, 2, 2), (3, 2, 1)])
def test_final_states_of_any_number_of_reservoirs_are_those_of_the_master_equation(batteries, n_c, n_b):
    net = spin_star(batteries, n_c, n_b, 1, 0)
    level = (n_c, *[0] * batteries)
    state = final_state(net, level)
    assert isinstance(is_zero(Matrix(generator(net).matrix() * state.values)), Proved)
    found = [float(state.excitation(name)) for name in net.names]
    assert np.allclose(integrated(net, level) * np.array(state.generator.numbers), found, atol=1e-9)
    levels = {ket for ket, _ in state.generator.states}
    likely = {level: float(state.population(level)) for level in sorted(levels)}
    assert sum(likely.values()) == pytest.approx(1, abs=1e-12)
    assert np.allclose(sum(p * np.array(level) for level, p in likely.items()), found, atol=1e-12)


def test_a_letter_for_the_charger_is_every_charger():
    n_c = Symbol("N_C", positive=True, integer=True)
    for n_b in (1, 2, 3):
        for size in range(n_b, 9):
            for letter, number in zip(final_energies(n_c, n_b), final_energies(size, n_b), strict=True):
                assert at(letter, {n_c: Rational(size)}) == number


def test_the_larger_ensemble_ends_lower():
    for n_c in range(1, 9):
        for n_b in range(1, 9):
            charger, battery = final_energies(n_c, n_b)
            assert (battery > charger) == (n_c > n_b)
            assert (battery < charger) == (n_c < n_b)


def test_the_phase_of_a_leg_changes_no_final_energy():
    net = spin_star(1, 2, 1, 1, 0)
    turned = replace(net, baths=tuple(replace(b, jump=(b.jump[0], ("B_1", I * b.jump[1][1]))) for b in net.baths))
    plain, phased = (final_state(each, (2, 0)) for each in (net, turned))
    assert isinstance(is_zero(Matrix(generator(turned).matrix() * phased.values)), Proved)
    assert [phased.excitation(name) for name in net.names] == [plain.excitation(name) for name in net.names]


def test_what_gives_energy_or_turns_dark_states_has_no_final_state_of_this_kind():
    with pytest.raises(NotALadder, match="only take"):
        final_state(spin_star(1, 2, 1, 1, 1), (2, 0))
    net = spin_star(1, 1, 1, 1, 0)
    detuned = replace(net, modes=(net.modes[0], replace(net.modes[1], detuning=Integer(1))))
    with pytest.raises(NotALadder, match="one detuning"):
        final_state(detuned, (1, 0))


def warm_energies(n_c, n_b, n):
    """(E_C, E_B) at the occupation n from J_C ⊗ J_B in its total spins: eigenvectors of J², Boltzmann in each J."""
    j_c, j_b = (
        [qutip.tensor(*parts) for parts in zip(own, one, strict=True)]
        for own, one in (
            (qutip.jmat(n_c / 2), [qutip.qeye(n_b + 1)] * 3), ([qutip.qeye(n_c + 1)] * 3, qutip.jmat(n_b / 2)),
        )
    )  # fmt: skip
    whole = [a + b for a, b in zip(j_c, j_b, strict=True)]
    squares, kets = np.linalg.eigh((sum(j * j for j in whole) + 1e-3 * whole[2]).full())
    heights = np.real(np.diag(kets.conj().T @ whole[2].full() @ kets))
    spins = np.round(np.sqrt(squares - 1e-3 * heights + 0.25) - 0.5, 6)
    start = abs(kets[n_b]) ** 2  # charger up, battery down
    boltzmann = (n / (n + 1)) ** (heights + spins)
    weight = np.array([start[spins == j].sum() / boltzmann[spins == j].sum() for j in spins]) * boltzmann
    return [
        float(weight @ np.real(np.diag(kets.conj().T @ spin[2].full() @ kets))) / size + 0.5
        for spin, size in ((j_c, n_c), (j_b, n_b))
    ]


@pytest.mark.parametrize("n_b", [1, 2, 3])
@pytest.mark.parametrize("more", [1, 2, 3])
def test_the_warmer_the_reservoir_the_less_it_charges_if_the_charger_has_two_spins_more(n_b, more):
    both = [warm_energies(n_b + more, n_b, n) for n in (1e-9, 0.1, 0.3, 1.0, 3.0, 10.0)]
    stored = [battery for _, battery in both]
    assert all(battery > charger for charger, battery in both)
    if more == 1:
        assert max(stored) < 1 / 2
        assert stored[-1] > stored[0]
    else:
        assert all(colder > warmer for colder, warmer in zip(stored, stored[1:], strict=False))
    exact = final_energies(n_b + more, n_b, Rational(3, 10))
    assert [float(e) for e in exact] == pytest.approx(both[2], abs=1e-9)


def test_any_larger_charger_fills_more_than_it_keeps():
    """Proved for every N_C > N_B with a letter, N_B = 1 to 5; here at some, by angular momenta of QuTiP."""
    (claim,) = (claim for claim in DIAS.claims if claim.label == "Below Eq. (3), N_C > N_B")
    proofs = [s for s in claim.says() if isinstance(s, AtLeast) and s.larger.free_symbols]
    for n_b, proof in enumerate(proofs, start=1):
        (letter,) = proof.larger.free_symbols
        for more in (0, 1, 7):
            charger, battery = warm_energies(n_b + 1 + more, n_b, 1e-12)
            found = [float(side.subs(letter, more)) for side in (proof.larger, proof.smaller)]
            assert found == pytest.approx([battery - 1e-4, charger], abs=1e-9)
    assert len(proofs) == 5


@pytest.mark.parametrize(
    ("label", "scope", "statements"),
    [
        ("Eq. (2)", "N_C, N_B = 1, 2", 4),
        ("Introduction, dark states", "N_C, N_B = 1..4", sum(min(c, b) + 1 for c in range(1, 5) for b in range(1, 5))),
        ("Below Eq. (3), entanglement", "N_C = 1..6, N_B = 1, 2", 2 * 12),
        ("Below Fig. 2, entanglement under pumping", "M = 2, 3, N_C = 1, 2, N_B = 1", 8 + 12 + 16 + 24),
    ],
)
def test_all_numbers_of_spins_that_a_scope_names_are_held_against_the_claim(label, scope, statements):
    (claim,) = (claim for claim in DIAS.claims if claim.label == label)
    assert claim.scope == scope
    assert len(list(claim.says())) == statements
