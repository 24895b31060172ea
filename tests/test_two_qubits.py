"""The emitted module of two spins: states against matrix exponentials and QuTiP, measures against definitions."""

from itertools import product
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
import qutip
from oracles import executed
from scipy.linalg import expm
from sympy import I, Integer, Matrix, Rational

from derive import Proved, Refuted, TwoQubits, evolve_qubits, is_zero
from derive.qubits import hamiltonian, liouvillian, product_state
from derive.resources import entanglement, nonlocality, pure_state, spin_texture, steering
from derive.stories.pairs import DAMPED, argument, module

two = SimpleNamespace(**executed(module()))

ENERGIES = {"omega_b": 1.3, "omega_c": 0.8, "J_1": 0.6, "J_2": -0.4}
RATES = {"gamma_b": 0.3, "gamma_c": 0.2, "Gamma_b": 0.1, "Gamma_c": 0.05, "eta_b": 0.25, "eta_c": 0.15}
SYMBOLS = (DAMPED.battery, DAMPED.charger, DAMPED.exchange, DAMPED.ising)
SYMBOLS += (*DAMPED.relaxation, *DAMPED.excitation, *DAMPED.dephasing)


def random_states(count, seed=0, pure=False):
    """Density matrices of shape (4, 4, count) of every rank."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(count):
        a = rng.normal(size=(4, 1 if pure else 1 + k % 4, 2)) @ [1, 1j]
        found.append(a @ a.conj().T / np.vdot(a, a).real)
    return np.moveaxis(np.array(found), 0, -1)


def each(states):
    return [qutip.Qobj(states[..., k], dims=[[2, 2], [2, 2]]) for k in range(states.shape[2])]


# -- the argument and the text ------------------------------------------------------------------------------


def test_every_step_of_the_argument_is_refuted_if_it_is_slightly_wrong():
    for step in argument().steps:
        residual = Matrix([step.residual]) if not hasattr(step.residual, "shape") else Matrix(step.residual)
        assert isinstance(is_zero(residual), Proved), step.label
        wrong = residual + Rational(1, 7) * Matrix(*residual.shape, lambda i, j: int(i == j == 0))
        assert isinstance(is_zero(wrong), Refuted), step.label


def test_the_module_needs_numpy_only_and_names_its_parameters():
    assert [line for line in module().splitlines() if line.startswith(("import", "from"))] == ["import numpy as np"]
    assert [symbol.name for symbol in SYMBOLS] == list(two.PARAMETERS)
    assert set(ENERGIES | RATES) == set(two.PARAMETERS)
    assert max(map(len, module().splitlines())) <= 120


def test_matrices_are_the_symbolic_ones_in_every_shape():
    values = {**ENERGIES, **RATES}
    point = {symbol: Rational(str(values[symbol.name])) for symbol in SYMBOLS}
    for emitted, symbolic in (
        (two.hamiltonian(**ENERGIES), hamiltonian(DAMPED)),
        (two.liouvillian(**values), liouvillian(DAMPED)),
    ):
        assert np.allclose(emitted, np.array(symbolic.subs(point).evalf().tolist(), dtype=complex), atol=1e-15)
    many = two.liouvillian(**{**values, "J_1": np.array([0.6, 0.1])[:, None], "eta_b": np.array([0.25, 0, 1])})
    assert many.shape == (16, 16, 2, 3)
    assert np.array_equal(many[..., 0, 0], two.liouvillian(**values))


# -- evolution ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rates", [{}, RATES, {"eta_b": 0.7}, {"gamma_c": 1.5}], ids=["closed", "all", "eta", "gamma"])
def test_states_in_time_are_the_exponential_of_the_liouvillian(rates):
    states, times = random_states(5), np.linspace(0, 7, 5)
    found = two.state_at(times[:, None], states[:, :, None, :], **ENERGIES, **rates)
    assert found.shape == (4, 4, 5, 5)
    generator = two.liouvillian(**ENERGIES, **rates)
    for (i, t), k in product(enumerate(times), range(5)):
        true = (expm(generator * t) @ states[..., k].ravel()).reshape(4, 4)
        assert np.allclose(found[..., i, k], true, atol=1e-13)
        assert np.linalg.eigvalsh(found[..., i, k]).min() > -1e-13


def test_states_in_time_are_those_of_mesolve():
    down, up, z, one = qutip.sigmap(), qutip.sigmam(), qutip.sigmaz(), qutip.qeye(2)
    b, c = (lambda o: qutip.tensor(o, one)), (lambda o: qutip.tensor(one, o))
    h = -1.3 * b(z) - 0.8 * c(z) + 0.6 * (b(down) * c(up) + b(up) * c(down)) - 0.4 * b(z) * c(z)
    jumps = {"gamma": down, "Gamma": up, "eta": z / np.sqrt(2)}
    collapse = [np.sqrt(RATES[f"{name}_{s}"]) * on(o) for name, o in jumps.items() for s, on in (("b", b), ("c", c))]
    start = two.product_state(theta_b=0.4, phi_b=1.0, theta_c=2.0, phi_c=-0.3, r_c=0.8)
    times = np.linspace(0, 5, 6)
    options = {"atol": 1e-12, "rtol": 1e-11}
    states = qutip.mesolve(h, qutip.Qobj(start, dims=[[2, 2], [2, 2]]), times, collapse, options=options).states
    found = two.state_at(times, start, **ENERGIES, **RATES)
    for k, state in enumerate(states):
        assert np.allclose(found[..., k], state.full(), atol=1e-9)


def test_long_times_cost_no_more_digits_than_they_must():
    """A pair of frequency 1 and R = 1/5 after 10⁶ radians, against the closed form at fifty digits."""
    exact = [Rational(7, 5), Rational(6, 5), Rational(1, 1000), Integer(0)]
    loss = (Rational(1, 10**6), Rational(3, 10**6))
    t = Integer(10**6)
    numbers = dict(zip(("omega_b", "omega_c", "J_1", "J_2"), map(float, exact), strict=True))
    damped = {"gamma_b": float(loss[0]), "gamma_c": float(loss[1])}
    for rates, kwargs, digits in (((0, 0), {}, 1e-12), (loss, damped, 2e-10)):
        state = evolve_qubits(TwoQubits(*exact, relaxation=rates), product_state((0, 0, 1), (0, 0, -1)), t)
        with mpmath.workdps(50):
            true = np.array([[complex(state[i, j].evalf(50)) for j in range(4)] for i in range(4)])
        assert np.allclose(two.state_at(1e6, **numbers, **kwargs), true, atol=digits)


def test_product_states_broadcast_and_default_to_an_empty_battery_and_a_full_charger():
    assert np.allclose(two.product_state(), np.diag([0, 1, 0, 0]), atol=1e-16)
    many = two.product_state(theta_b=np.linspace(0, 3, 4), r_c=np.array([[0.2], [1.0]]))
    assert many.shape == (4, 4, 2, 4)
    assert np.allclose(np.trace(many), 1)
    symbolic = product_state((0, 0, 1), (0, 0, Rational(-1, 5)))
    assert np.allclose(many[..., 0, 0], np.array(symbolic.tolist(), dtype=complex))


def test_no_time_is_no_state():
    assert two.state_at(np.zeros((0, 3)), **ENERGIES).shape == (4, 4, 0, 3)
    assert two.state_at(np.zeros(0), **ENERGIES, gamma_b=0.1).shape == (4, 4, 0)


@pytest.mark.parametrize("energies", [ENERGIES, {**ENERGIES, "omega_c": 1.3}, {**ENERGIES, "omega_c": 1.3, "J_1": 0.0}])
def test_closed_forms_are_what_the_states_say(energies):
    t = np.linspace(0, 9, 40)
    state = two.state_at(t, **energies)
    pair = {name: energies[name] for name in ("omega_b", "omega_c", "J_1")}
    ω = energies["omega_b"]
    assert np.allclose(two.excitation_at(t, **pair), two.reduced(state, "b")[1, 1].real, atol=1e-14)
    assert np.allclose(two.capacity_at(t, **pair), two.capacity(state, omega_b=ω), atol=1e-14)
    assert np.allclose(two.imaginarity_at(t, **pair), two.imaginarity(state), atol=1e-14)
    h = 1e-4
    later, sooner = (two.energy(two.state_at(t + x, **energies), omega_b=ω) for x in (h, -h))
    assert np.allclose(two.power_at(t, **pair), (later - sooner) / (2 * h), atol=1e-6)


# -- measures -----------------------------------------------------------------------------------------------


def test_entanglement_measures_are_those_of_qutip():
    states = np.concatenate([random_states(12), random_states(4, 1, pure=True)], axis=2)
    for k, rho in enumerate(each(states)):
        assert two.concurrence(states)[k] == pytest.approx(qutip.concurrence(rho), abs=1e-6)
        assert two.negativity(states)[k] == pytest.approx(qutip.negativity(rho, 0), abs=1e-12)
        assert two.entanglement(states)[k] ** 2 == pytest.approx(2 * qutip.entropy_linear(rho.ptrace(0)), abs=1e-12)


def test_energies_are_those_of_the_spectra():
    states = random_states(12)
    ω, levels = 1.3, np.sort([-1.3 - 0.8, -1.3 + 0.8, 1.3 - 0.8, 1.3 + 0.8])
    for k, rho in enumerate(each(states)):
        p = np.linalg.eigvalsh(rho.ptrace(0).full())
        energy = qutip.expect(-ω * qutip.sigmaz(), rho.ptrace(0))
        out, in_ = two.ergotropy(states, omega_b=ω)[k], two.antiergotropy(states, omega_b=ω)[k]
        assert out == pytest.approx(energy - ω * (p[0] - p[1]), abs=1e-12)
        assert in_ == pytest.approx(ω * (p[1] - p[0]) - energy, abs=1e-12)
        assert two.capacity(states, omega_b=ω)[k] == pytest.approx(out + in_, abs=1e-12)
        both = rho.eigenenergies()
        total = levels @ both - levels @ both[::-1]
        assert two.total_capacity(states, omega_b=1.3, omega_c=0.8)[k] == pytest.approx(total, abs=1e-12)
        charger = np.ptp(np.linalg.eigvalsh(rho.ptrace(1).full())) * 2 * 0.8
        rest = total - two.capacity(states, omega_b=ω)[k] - charger
        assert two.residual_capacity(states, omega_b=1.3, omega_c=0.8)[k] == pytest.approx(rest, abs=1e-12)


def test_correlations_coherence_and_texture_are_their_definitions():
    states = random_states(8)
    sigma = [qutip.sigmax(), qutip.sigmay(), qutip.sigmaz()]
    for k, rho in enumerate(each(states)):
        t = np.array([[qutip.expect(qutip.tensor(a, b), rho) for b in sigma] for a in sigma])
        assert np.allclose(two.correlations(states)[..., k], t)
        s = np.linalg.svd(t, compute_uv=False)
        assert two.steering(states)[k] == pytest.approx(np.linalg.norm(t), abs=1e-12)
        assert two.nonlocality(states)[k] == pytest.approx(2 * np.hypot(s[0], s[1]), abs=1e-12)
        off = states[..., k] - np.diag(np.diag(states[..., k]))
        assert two.coherence(states)[k] == pytest.approx(np.abs(off).sum(), abs=1e-12)
        assert two.imaginarity(states)[k] == pytest.approx(np.abs(off.imag).sum(), abs=1e-12)
        flat = qutip.Qobj(np.full((4, 4), 0.25), dims=rho.dims)
        assert two.texture(states)[k] == pytest.approx(qutip.tracedist(rho, flat), abs=1e-6)
        assert two.battery_texture(states)[k] == pytest.approx(qutip.tracedist(rho.ptrace(0), flat.ptrace(0)), abs=1e-6)


def test_chsh_is_the_largest_over_settings():
    """B of a state against a search over the four directions of a CHSH experiment."""
    states = random_states(3, pure=True)
    rng = np.random.default_rng(5)
    for k in range(3):
        t = two.correlations(states)[..., k]
        best = 0.0
        for _ in range(20):
            b = rng.normal(size=(2, 3))
            for _ in range(200):
                b /= np.linalg.norm(b, axis=1, keepdims=True)
                a = np.array([t @ (b[0] + b[1]), t @ (b[0] - b[1])])
                a /= np.linalg.norm(a, axis=1, keepdims=True)
                b = np.array([(a[0] + a[1]) @ t, (a[0] - a[1]) @ t])
            best = max(best, np.linalg.norm(b, axis=1).sum())
        assert two.nonlocality(states)[k] == pytest.approx(best, abs=1e-6)


def test_measures_are_the_symbolic_ones():
    state = pure_state([0, 2, 1 + I, 0])
    numbers = np.array(state.evalf().tolist(), dtype=complex)
    for emitted, symbolic in (
        (two.entanglement, entanglement(state)),
        (two.steering, steering(state)),
        (two.nonlocality, nonlocality(state)),
        (two.battery_texture, spin_texture(state[0:4:2, 0:4:2] + state[1:4:2, 1:4:2])),
    ):
        assert emitted(numbers) == pytest.approx(abs(complex(symbolic.evalf())), abs=1e-14)


def test_trade_offs_of_pure_states_hold_in_numbers():
    states = random_states(50, 3, pure=True)
    c, e = two.capacity(states, omega_b=0.5), two.entanglement(states)
    assert np.allclose(c**2, 1 - e**2)
    assert np.allclose(two.concurrence(states), e)
    assert np.allclose(two.negativity(states), e / 2)
    assert np.allclose(two.steering(states) ** 2, 1 + 2 * e**2)
    assert np.allclose(two.nonlocality(states) ** 2, 4 + 4 * e**2)
    assert (two.coherence(states) >= e - 1e-12).all()
    assert np.allclose(two.residual_capacity(states, omega_b=0.5, omega_c=0.25), 1.5 * (1 - c))
    mixed = random_states(60)
    assert (two.capacity(mixed, omega_b=0.5) ** 2 <= 1 - two.concurrence(mixed) ** 2 + 1e-9).all()
