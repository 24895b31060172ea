"""What a physicist confuses is named in one line: what must hold, what was given, what to do."""

import pytest
from sympy import Eq, Matrix, symbols

from derive import (
    Bath,
    Coupling,
    Drive,
    Mode,
    Network,
    Proved,
    Squeezing,
    charging_power,
    closed_form,
    coherent_ergotropy,
    eliminate,
    ergotropy,
    evolution_residual,
    evolve,
    is_zero,
    langevin,
    logarithmic_negativity,
    loss,
    propagator,
    propagator_residual,
    purity,
    schur,
    stability,
    steady_state,
    steady_state_residual,
    vacuum,
)
from derive.appendix import appendix
from derive.errors import DeriveError
from derive.families import chain
from derive.figure import svg
from derive.kernel import factored, is_nonnegative
from derive.netfile import dumps, loads
from derive.qubits import unitary
from derive.response import susceptibility
from derive.spectrum import roots

J, kappa, epsilon, t = symbols("J kappa epsilon t", positive=True)
MODES = (Mode("a"), Mode("b"))
NET = Network(MODES, (Coupling("a", "b", J),), (Drive("a", epsilon),), (loss("a", kappa), loss("b", kappa)))
EQ = langevin(NET)
STATE = steady_state(EQ)
EQUATIONS = "equations of motion must be of the kind Langevin, but a value of the kind Network was given; pass langevin"
STATES = "state must be of the kind GaussianState, but .* was given; pass steady_state"
NAME = "must be of the kind str, but a value of the kind Mode was given; write the mode's name"

CONFUSED = {
    "steady_state": (lambda: steady_state(NET), EQUATIONS),
    "steady_state_residual": (lambda: steady_state_residual(NET, STATE), EQUATIONS),
    "residual of equations": (lambda: steady_state_residual(EQ, EQ), STATES),
    "evolve": (lambda: evolve(NET, STATE, t), EQUATIONS),
    "evolve without a state": (lambda: evolve(EQ, None, t), STATES),
    "evolve to a float": (lambda: evolve(EQ, vacuum(EQ), 1.5), "argument t of .* must be exact"),
    "evolve to a text": (lambda: evolve(EQ, vacuum(EQ), "t"), "argument t of .* must be exact"),
    "evolution_residual": (lambda: evolution_residual(NET, STATE, t, STATE), EQUATIONS),
    "propagator": (lambda: propagator(NET, t), EQUATIONS),
    "propagator at a float": (lambda: propagator(EQ, 0.1), "argument t of .* must be exact"),
    "propagator_residual": (lambda: propagator_residual(NET, t, Matrix([0])), EQUATIONS),
    "stability": (lambda: stability(NET), EQUATIONS),
    "schur": (lambda: schur(NET, "b"), EQUATIONS),
    "susceptibility": (lambda: susceptibility(NET, J), EQUATIONS),
    "roots": (lambda: roots(NET), EQUATIONS),
    "vacuum": (lambda: vacuum(NET), EQUATIONS),
    "ergotropy of equations": (lambda: ergotropy(EQ, "a"), STATES),
    "coherent ergotropy": (lambda: coherent_ergotropy(NET), STATES),
    "purity": (lambda: purity(NET), STATES),
    "negativity": (lambda: logarithmic_negativity(NET, "a", "b"), STATES),
    "power": (lambda: charging_power(NET, "a", t), STATES),
    "langevin of equations": (lambda: langevin(EQ), "must be of the kind Network, but a value of the kind Langevin"),
    "langevin of a path": (lambda: langevin("net.toml"), "must be of the kind Network, but 'net.toml' was given"),
    "eliminate": (lambda: eliminate(EQ, "b"), "must be of the kind Network"),
    "one mode": (lambda: Network(Mode("a")), "modes of a network must stand in a tuple"),
    "names of modes": (lambda: Network(("a", "b")), "must be of the kind Mode or Spins, but 'a' was given"),
    "a text": (lambda: Network("ab"), "modes of a network must stand in a tuple"),
    "one coupling": (lambda: Network(MODES, Coupling("a", "b", J)), "couplings of a network must stand in a tuple"),
    "no couplings": (lambda: Network(MODES, None), "couplings of a network must stand in a tuple"),
    "drives for couplings": (lambda: Network(MODES, (Drive("a", J),)), "kind Coupling, .* Drive .* order is modes,"),
    "baths for drives": (lambda: Network(MODES, (), (loss("a", J),)), "kind Drive, but a value of the kind Bath"),
    "modes that are joined": (lambda: Coupling(*MODES, J), NAME),
    "modes that are squeezed": (lambda: Squeezing(*MODES, J), NAME),
    "a mode that is driven": (lambda: Drive(Mode("a"), J), NAME),
    "a mode that is lossy": (lambda: loss(Mode("a"), J), NAME),
    "legs without weights": (lambda: Bath(["a", "b"], J), "pairs of a mode's name and a weight, .* write {'a': 1}"),
    "a leg": (lambda: Bath("a", J), "pairs of a mode's name and a weight"),
    "a picture of equations": (lambda: svg(EQ), "must be of the kind Network, but a value of the kind Langevin"),
    "a file of nothing": (lambda: loads(None), "argument text of loads must be of the kind str, but None was given"),
    "the text of equations": (lambda: dumps(EQ), "must be of the kind Network"),
    "an appendix of equations": (lambda: appendix(EQ), "must be of the kind Network"),
    "modes in a list": (lambda: STATE.reduced(["a"]), "kind str, but a value of the kind list was given"),
    "values in a list": (lambda: NET.subs([(J, 1)]), "The values of letters must be of the kind Mapping"),
    "a place without a branch": (lambda: closed_form(chain()).energy(3), "kind Iterable, but 3 was given"),
    "a network of spins' pair": (lambda: unitary(NET, t), "pair of unitary must be of the kind TwoQubits"),
    "zero of a text": (lambda: is_zero("J - J"), "of the kind Expr or MatrixBase or int, but 'J - J' was given"),
    "zero of an equation": (lambda: is_zero(Eq(J, kappa)), "of an equation, left − right"),
    "zero of a float": (lambda: is_zero(0.0), "but 0.0 was given"),
    "zero of a truth": (lambda: is_zero(True), "but True was given"),
    "definitions in a list": (lambda: is_zero(J, [(J, kappa)]), "kind Mapping, but a value of the kind list"),
    "definitions by name": (lambda: is_zero(J, {"J": kappa}), "kind Expr, but .J. was given; write {letter: "),
    "the sign of a comparison": (lambda: is_nonnegative(J < kappa), "of a < b, pass b − a"),
    "a matrix in factors": (lambda: factored(Matrix([J])), "kind Expr, but .* of a matrix, write matrix.applyfunc"),
    "zero of a list": (lambda: is_zero([J - J]), "kind list was given"),
}


@pytest.mark.parametrize("what", CONFUSED)
def test_a_value_of_another_kind_is_named(what):
    call, words = CONFUSED[what]
    with pytest.raises(DeriveError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_times_and_zeros_may_be_whole_numbers():
    assert is_zero(0) == Proved()
    assert evolve(EQ, vacuum(EQ), 0).mean.subs(J, 1).is_zero_matrix
    assert propagator(EQ, 0) == Matrix([[1, 0], [0, 1]])
