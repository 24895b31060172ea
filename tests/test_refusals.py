"""What the functions of the front door cannot answer is refused with what must hold, not answered wrongly."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sympy import Float, I, ImmutableMatrix, Integer, Rational, Symbol, symbols

import derive
from derive.errors import DeriveError, WrongKind
from derive.kernel import Proved, is_zero
from derive.network import Bath, Coupling, Drive, Mode, Network, loss
from derive.qubits import direction, product_state

kappa, x, t = symbols("kappa x t", positive=True)
z, phi = Symbol("z"), Symbol("phi", real=True)
TWO = Network(
    (Mode("a"), Mode("b")),
    (Coupling("a", "b", Integer(1)),),
    (Drive("a", Integer(1)),),
    (loss("a", kappa), loss("b", 1), Bath({"a": 1, "b": 1}, 2)),
)
EQ = derive.langevin(TWO)
STATE = derive.steady_state(EQ)
NUMBERS = derive.langevin(TWO.subs({kappa: 1}))
SPINS = derive.spin_star(1, 2, 1, 1, 0)
PUMPED = derive.steady_spins(derive.generator(derive.spin_star(1, 1, 1, 1, 1)))
PAIR = derive.TwoQubits(1, 2, 3, 1, (0, 0), (0, 0), (0, 0))  # type: ignore[arg-type]

NO_NETWORK: dict[str, Callable[..., object]] = {
    "dressed": lambda net: derive.dressed(net, "b"),
    "elimination_bound": lambda net: derive.elimination_bound(net, "b"),
    "energy_balance": derive.energy_balance,
    "largest_worst": derive.largest_worst,
    "matched_residual": derive.matched_residual,
    "isolation": lambda net: derive.isolation(net, "b", "a"),
    "isolated": lambda net: derive.isolated(net, ("b", "a")),
    "leakage": lambda net: derive.leakage(net, "b", "a", x, phi),
    "loops": derive.loops,
    "regauged": lambda net: derive.regauged(net, {"a": phi}),
    "ports": derive.ports,
    "scattering": lambda net: derive.scattering(net, phi),
    "closed_moments": derive.closed_moments,
    "generator": derive.generator,
    "bosonic_limit": derive.bosonic_limit,
    "dark_residual": lambda net: derive.dark_residual(net, 1),
    "final_state": lambda net: derive.final_state(net, (2, 0)),
}
NO_EQUATIONS: dict[str, Callable[..., object]] = {
    "kossakowski": derive.kossakowski,
    "completely_positive": derive.completely_positive,
    "stability": derive.stability,
}

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a matrix for a strength": (lambda: Coupling("a", "b", ImmutableMatrix([[1]])), "must be exact"),
    "a level with more spins than there are": (lambda: derive.final_state(SPINS, (3, 0)), r"2, 1 spins of C, B_1"),
    "a level of another network": (lambda: derive.final_state(SPINS, (2,)), "A level must tell"),
    "a level below the lowest": (lambda: derive.final_state(SPINS, (-1, 0)), "A level must tell"),
    "a charger without spins": (lambda: derive.final_energies(0, 2), "one spin or more"),
    "a battery without spins": (lambda: derive.final_energies(2, 0), "one spin or more"),
    "half a spin": (lambda: derive.final_energies(Rational(1, 2), 2), "one spin or more"),
    "fewer spins than none": (lambda: derive.final_energies(2, -1), "must not be negative"),
    "a negative temperature of spins": (lambda: derive.final_energies(2, 2, -1), "must not be negative"),
    "complex numbers of spins": (lambda: derive.final_energies(z, 2), "must be real"),
    "dark states of nobody": (lambda: derive.dark_state((), 0), "no numbers of spins"),
    "a population of no level": (lambda: PUMPED.population((5, 5)), r"one of the ladders' as \(1, 1\)"),
    "an excitation of nobody": (lambda: PUMPED.excitation("X"), "one of C, B_1, but is 'X'"),
    "fewer copies than one": (lambda: derive.closed_moments(derive.spin_star(), 1, {"B": 0}), "one copy or more"),
    "half a copy": (lambda: derive.closed_moments(derive.spin_star(), 1, {"B": Rational(1, 2)}), "one copy or more"),
    "half an order": (lambda: derive.closed_moments(SPINS, Rational(3, 2)), "kind int, .* whole number"),  # type: ignore[arg-type]
    "a phase of nobody": (lambda: derive.regauged(TWO, {"q": phi}), "of one of the modes a, b, but 'q'"),
    "a phase that is not real": (lambda: derive.regauged(TWO, {"a": z}), "must be real"),
    "a float for an error of a link": (lambda: derive.leakage(TWO, "b", "a", Float("0.5"), phi), "exact"),
    "power at once": (lambda: derive.charging_power(STATE, "b", Integer(0)), "after 0"),
    "power before the start": (lambda: derive.charging_power(STATE, "b", Integer(-1)), "after 0"),
    "power at a complex time": (lambda: derive.charging_power(STATE, "b", z), "real time"),
    "no digits": (lambda: derive.maximal_power(NUMBERS, "b", -3), "digits"),
    "a float for a time of spins": (
        lambda: derive.evolve_qubits(PAIR, product_state(direction(0), direction(0)), Float("0.5")),
        "exact",
    ),
    "the largest of negative values": (lambda: derive.maximum(-x / (1 + x) ** 2, x), "positive at every x > 0"),
    "the largest of values of any sign": (lambda: derive.maximum(phi * x / (1 + x) ** 2, x), "positive at every x > 0"),
    "the largest of complex values": (lambda: derive.maximum(I * x / (1 + x) ** 2, x), "positive at every x > 0"),
    "a curve of floats": (lambda: derive.maximum(Float("0.5") * x / (1 + x) ** 2, x), "exact"),
}


@pytest.mark.parametrize("given", [EQ, STATE, None, "a"], ids=["equations", "a state", "nothing", "text"])
@pytest.mark.parametrize("name", NO_NETWORK)
def test_what_is_no_network_is_refused_everywhere(name: str, given: object) -> None:
    with pytest.raises(WrongKind, match="must be of the kind Network"):
        NO_NETWORK[name](given)


@pytest.mark.parametrize("given", [TWO, STATE, None], ids=["a network", "a state", "nothing"])
@pytest.mark.parametrize("name", NO_EQUATIONS)
def test_what_are_no_equations_is_refused_everywhere(name: str, given: object) -> None:
    with pytest.raises(WrongKind, match="must be of the kind Langevin"):
        NO_EQUATIONS[name](given)


@pytest.mark.parametrize(("ask", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_a_question_without_an_answer_is_refused(ask: Callable[[], object], says: str) -> None:
    with pytest.raises(DeriveError, match=says):
        ask()


def test_what_lies_just_inside_the_limits_is_answered() -> None:
    final = derive.final_state(SPINS, (2, 0))
    assert sum(value for (ket, bra), value in zip(final.generator.states, final.values, strict=True) if ket == bra) == 1
    assert derive.final_energies(2, 1) == (final.excitation("C") / 2, final.excitation("B_1"))
    assert derive.maximum(x / (1 + x) ** 2, x).point == 1
    assert derive.maximum(phi**2 / (1 + phi**2) ** 2, phi).point == 1
    assert derive.regauged(TWO, {"a": phi}) != TWO
    assert derive.charging_power(STATE, "b", t) == STATE.energy("b") / t
    state = derive.evolve_qubits(PAIR, product_state(direction(0), direction(0)), 1)  # type: ignore[arg-type]
    assert isinstance(is_zero(state.trace() - 1), Proved)
