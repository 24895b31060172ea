"""Angles, plateaus and the emitted moment equations, against trajectories, exact ladders and the whole network."""

from types import SimpleNamespace

import numpy as np
import pytest
from dias import pulse_of_a_driven_charger
from oracles import executed, gaussian
from scipy.integrate import solve_ivp
from sympy import Integer, Matrix, Poly, Rational, Symbol, cos, diff, sin
from test_spins import evolved, excitations, numeric

from derive import (
    Bath,
    Coupling,
    Network,
    Proved,
    Refuted,
    Spins,
    closed_moments,
    generator,
    is_zero,
    spin_star,
    steady_spins,
)
from derive.builders import positive
from derive.kernel import at
from derive.modules.spins import scaled_rates, spin_module
from derive.papers.dias2024_letters import NOTATION
from derive.spins.cumulants import initial_values
from derive.spins.dark import final_energies
from derive.spins.plateaus import (
    BATTERY,
    CHARGER,
    COPIES,
    DOWN,
    OMEGA,
    UP,
    NotTurning,
    back_action,
    battery_turn,
    drift_rate,
    driven_turn,
    filling_pump,
    first_correction,
    plateau,
    pulse_rate,
    seed,
    turning,
    turning_residual,
)
from derive.spins.standstill import empty_charger, half_full_pump, imbalance
from derive.stories.superradiance import derivation, module


@pytest.fixture(scope="module")
def emitted():
    return SimpleNamespace(**executed(module()))


def charged(made, batteries, up, n_c=1e7, n_b=1e2, full=1.0, time=None, method="LSODA", points=400, **keywords):
    """Times, energies and evaluated right-hand sides of an integration of the emitted equations, γ↓ = 1."""
    values = {"gamma_down": 1.0, "gamma_up": up, "M": batteries, "N_C": n_c, "N_B": n_b, **keywords}
    start = made.initial(excited_C=full * n_c, excited_B=0, N_C=n_c, N_B=n_b)
    last = time or 3 * np.log(n_c) / (batteries - up) / n_c
    # SciPy's BDF subtracts differences that it has not written yet
    with np.errstate(invalid="ignore" if method == "BDF" else "warn"):
        result = solve_ivp(
            lambda t, y: made.rates(t, y, **values), (0, last), start, method=method, rtol=1e-8, atol=1e-12,
            jac=lambda t, y: made.jacobian(t, y, **values), t_eval=np.linspace(0, last, points),
        )  # fmt: skip
    assert result.success
    return result.t, made.energies(result.y), result.nfev


FIGURE = [(1, 0, 1), (2, 0, 1 / 2), (2, 1, 1), (3, 0, 1 / 4), (3, 1, 1 / 2), (3, 2, 1)]


@pytest.mark.parametrize(("batteries", "up", "stop"), FIGURE)
def test_all_panels_of_figure_2_reach_their_plateaus(emitted, batteries, up, stop):
    t, (charger, battery), evaluations = charged(emitted, batteries, up)
    assert battery[-1] == pytest.approx(stop, abs=1e-3)
    assert battery.max() <= stop + 1e-6
    assert abs(charger[-1]) < 1e-5
    assert float(emitted.plateau(M=batteries, gamma_down=1, gamma_up=up)) == pytest.approx(stop, abs=1e-12)
    half = t[np.abs(charger - 0.5).argmin()]
    told = emitted.charging_time(M=batteries, N_C=1e7, gamma_down=1, gamma_up=up)
    assert half == pytest.approx(float(told), rel=0.02)
    assert evaluations < 2000


def test_a_charger_that_begins_empty_charges_nothing(emitted):
    _, (charger, battery), _ = charged(emitted, 3, 2, full=0, time=1e-5)
    assert battery.max() < 1e-4
    assert charger.max() < 1e-6


@pytest.mark.parametrize("method", ["BDF", "Radau", "LSODA"])
def test_fifty_reservoirs_are_charged_within_few_evaluations_by_every_stiff_solver(emitted, method):
    _, (_, battery), evaluations = charged(emitted, 50, 49, method=method)
    assert battery.max() > 0.999
    assert evaluations < 10_000


def test_with_a_pump_the_plateau_moves_on_at_the_rate_that_is_told(emitted):
    rate = float(emitted.drift_rate(M=3, N_B=100, gamma_down=1, gamma_up=1))
    t, (_, battery), _ = charged(emitted, 3, 1, time=1.2 / rate, points=31)
    tangent = np.log(np.sqrt(battery[1:] / (1 - battery[1:])))
    assert np.allclose(np.diff(tangent) / np.diff(t[1:]), rate, rtol=6e-2)
    assert battery[1] < 0.56
    assert battery[-1] > 0.9
    _, (_, still), _ = charged(emitted, 3, 0, time=1.2 / rate, points=31)
    assert np.ptp(still[1:]) < 1e-4


def test_the_emitted_equations_are_the_symbolic_ones_on_exact_numbers(emitted):
    moments = closed_moments(spin_star(), 2, {"B": COPIES})
    rates, y = scaled_rates(moments)
    point = {letter: Rational(k + 2, 3 * k + 7) for k, letter in enumerate(y)}
    given = {CHARGER: Rational(9), BATTERY: Rational(4), COPIES: Rational(3), DOWN: Rational(2, 3), UP: Rational(1, 5)}
    keywords = {s.name: gaussian(x).real for s, x in given.items()}
    state = [gaussian(point[letter]).real for letter in y]
    made = emitted._rates(gaussian(Rational(1)).real, *state, *(keywords[k] for k in emitted.PARAMETERS))
    slopes = emitted._jacobian(gaussian(Rational(1)).real, *state, *(keywords[k] for k in emitted.PARAMETERS))
    true = [at(rate, {**point, **given}) for rate in rates]
    assert list(made) == [gaussian(x).real for x in true]
    true = [at(diff(rate, letter), {**point, **given}) for rate in rates for letter in y]
    assert list(slopes) == [gaussian(x).real for x in true]


def test_initial_values_are_those_of_ladders():
    moments = closed_moments(spin_star(), 2, {"B": COPIES})
    values = dict(zip(moments.words, initial_values(moments, {"C": 3, "B": 1}), strict=True))
    point = {CHARGER: Rational(5), BATTERY: Rational(2)}
    for word, x in values.items():
        true = 1.0
        for node, n, size in (("C", 3, 5), ("B_1", 1, 2), ("B_2", 1, 2)):
            down = np.diag([np.sqrt((i + 1) * (size - i)) for i in range(size)], 1)
            own = {"-": down, "+": down.T, "z": np.diag(np.arange(size + 1) - size / 2)}
            matrix = np.eye(size + 1)
            for other, sign in word:
                matrix = matrix @ own[sign] if other == node else matrix
            true *= matrix[n, n]
        assert float(at(x, point)) == pytest.approx(true)


def test_exact_pulses_are_mean_fields_with_a_random_seed(emitted):
    """tan²(θ_0/2) = x/N_C with x exponentially distributed, which no single trajectory can replace."""
    far, near = [], []
    for n_c in (10, 100):
        last = 1.5 * np.log(n_c) / n_c
        t, (approximate, _), _ = charged(emitted, 1, 0, n_c, 1, time=last, points=41)
        gen, states = evolved(spin_star(1, n_c, 1, 1, 0), (n_c, 0), t)
        exact = excitations(gen, states, 0) / n_c
        x, weight = np.polynomial.laguerre.laggauss(60)
        seeds = weight @ (1 / (1 + x[:, None] / n_c * np.exp(2 * n_c * t)))
        far.append(np.abs(exact - approximate).max())
        near.append(np.abs(exact - seeds).max())
    assert near[1] < 0.2 * near[0]
    assert near[1] < 0.02
    assert far[1] > 0.1


@pytest.mark.parametrize("n_b", [1, 2])
def test_exact_final_energies_approach_the_plateau_of_one_reservoir(n_b):
    distance = [1 - final_energies(Integer(n_c), n_b)[1] for n_c in (10, 100, 1000)]
    assert all(0 < b < a * Rational(12, 100) for a, b in zip(distance, distance[1:], strict=False))


# -- angles --------------------------------------------------------------------------------------------------


def test_the_mean_field_is_a_rotation():
    net, copies = spin_star(), {"B": COPIES}
    assert isinstance(is_zero(turning_residual(net, copies)), Proved)
    assert isinstance(is_zero(turning_residual(net, copies) + Matrix([BATTERY, 0, 0, 0])), Refuted)
    spin = Spins("C", CHARGER)
    turned = Network((spin, Spins("B", BATTERY)), (Coupling("C", "B", Integer(1)),))
    with pytest.raises(NotTurning, match="phase"):
        turning(turned)


@pytest.mark.parametrize(("batteries", "up", "stop"), FIGURE)
def test_plateaus_of_the_angles_are_those_of_their_trajectories(batteries, up, stop):
    assert plateau(batteries, 1, up) == Rational(stop)
    numbers = {CHARGER: 1e4, BATTERY: 1.0, COPIES: batteries, DOWN: 1.0, UP: up}
    found = turning(spin_star(), {"B": COPIES})
    slopes = [float(rate.coeff(sin(angle)).subs(numbers)) for rate in found.rates for angle in found.angles]
    matrix = np.array(slopes).reshape(2, 2)
    last = 30 / ((batteries - up) * 1e4)
    start = [np.pi, 1e-4]
    result = solve_ivp(lambda t, y: matrix @ np.sin(y), (0, last), start, rtol=1e-9, atol=1e-12, method="LSODA")
    assert (1 + np.cos(result.y[0, -1])) / 2 == pytest.approx(stop, abs=5e-3)


def test_the_pump_that_fills_depends_on_the_reservoirs_as_m_minus_one():
    assert isinstance(is_zero(filling_pump() - (COPIES - 1) * DOWN), Proved)
    assert isinstance(is_zero(plateau(COPIES, DOWN, filling_pump()) - 1), Proved)
    assert isinstance(is_zero(plateau(COPIES, DOWN, filling_pump() / 2) - 1), Refuted)


@pytest.mark.parametrize("batteries", [2, 3, 4, 7])
def test_back_action_lowers_the_plateau_as_told(batteries):
    ratio = 0.02
    left, _ = back_action(batteries)
    first = np.arccos(np.real(np.roots(_coefficients(left, ratio)))).min()
    assert np.isclose(np.sin(batteries * first), ratio * np.sin(first))
    point = {CHARGER: Rational(50), BATTERY: Rational(1), COPIES: Rational(batteries)}
    told = float(first_correction().subs(point))
    assert (1 - np.cos(first)) / 2 == pytest.approx(told, abs=ratio**2)


def _coefficients(left, ratio):
    """Polynomial coefficients in cos φ of left − ratio."""
    x = Symbol("x")
    angle = next(iter(left.free_symbols))
    found = [float(c) for c in Poly(left.subs(cos(angle), x), x).all_coeffs()]
    found[-1] -= ratio
    return found


def test_batteries_in_one_reservoir_are_filled_without_a_pump():
    one = Integer(1)
    batteries = [Spins(f"B_{k}", BATTERY) for k in (1, 2, 3)]
    legs = tuple((node.name, one) for node in (Spins("C", CHARGER), *batteries))
    net = Network((Spins("C", CHARGER), *batteries), baths=(Bath(legs, 2 * DOWN),))
    assert isinstance(is_zero(turning_residual(net)), Proved)
    assert turning(net).nodes == ("B_1", "B_2", "B_3", "C")
    assert all(battery_turn(net, None, node.name) == 1 for node in batteries)


def test_a_driven_charger_turns_its_batteries_for_ever():
    assert isinstance(is_zero(driven_turn() - OMEGA / COPIES), Proved)
    assert isinstance(is_zero(driven_turn()), Refuted)
    assert pulse_of_a_driven_charger() > 0.999


def test_closed_forms_of_time_say_what_the_pump_costs():
    slower = pulse_rate().subs({COPIES: 3, UP: 0}) / pulse_rate().subs({COPIES: 3, UP: 2 * DOWN})
    assert isinstance(is_zero(seed().subs(UP, 0) - 1), Proved)
    assert isinstance(is_zero(slower - 3), Proved)
    assert isinstance(is_zero(drift_rate().subs(UP, 0)), Proved)
    assert isinstance(is_zero(drift_rate() - UP * DOWN * BATTERY / (COPIES * DOWN - UP)), Proved)


# -- afterwards ----------------------------------------------------------------------------------------------


def rest(net):
    """The excitation of the first battery in the steady state, by LAPACK."""
    gen, matrix = numeric(net)
    dense = matrix.toarray()
    dense[-1] = [ket == bra for ket, bra in gen.states]
    rho = np.linalg.solve(dense, np.eye(len(dense))[-1])
    return excitations(gen, rho, gen.nodes.index("B_1"))


@pytest.mark.parametrize(("batteries", "up"), [(2, Rational(1, 2)), (2, 1), (2, Rational(3, 2)), (3, 1)])
def test_an_empty_charger_can_be_eliminated(batteries, up):
    """The exact steady state with a charger comes closer to that without as the charger grows."""
    limit = rest(empty_charger(batteries, 1, 1, up))
    sizes = (4, 12, 36) if batteries == 2 else (2, 6)
    distance = [abs(rest(spin_star(batteries, size, 1, 1, up)) - limit) for size in sizes]
    assert all(b < 0.6 * a for a, b in zip(distance, distance[1:], strict=False))


def test_without_a_pump_two_battery_spins_keep_half_of_their_plateau():
    """1/4 for N_C → ∞: of two states on the equator, what is symmetric in one excitation stays."""
    distance = []
    for size in (10, 40):
        gen, states = evolved(spin_star(2, size, 1, 1, 0), (size, 0, 0), np.array([0, 20.0]))
        distance.append(0.25 - excitations(gen, states, 1)[-1])
    assert 0 < distance[1] < 0.4 * distance[0] < 0.02


@pytest.mark.parametrize("batteries", [2, 3, 4])
def test_the_pump_that_fills_in_the_pulse_leaves_half_in_the_end(batteries):
    assert isinstance(is_zero(half_full_pump(batteries) - filling_pump().subs(COPIES, batteries)), Proved)
    assert imbalance(empty_charger(batteries, up=(batteries - 1) * DOWN)) == {}
    assert imbalance(empty_charger(batteries, up=DOWN / 2)) != {}


@pytest.mark.parametrize(("batteries", "n_b"), [(2, 1), (2, 2), (3, 1), (3, 2)])
def test_batteries_end_half_full_at_any_size(batteries, n_b):
    state = steady_spins(generator(empty_charger(batteries, n_b, 1, batteries - 1)))
    assert state.excitation("B_1") == Rational(n_b, 2)
    less = steady_spins(generator(empty_charger(batteries, n_b, 1, Rational(1, 2))))
    assert less.excitation("B_1") < Rational(n_b, 2)


def slopes_at_rest(batteries, up, n_c, n_b):
    """The Jacobian of Bloch vectors near the ground state, γ↓ = 1: ⟨J⁻⟩ of the charger, then of every battery."""
    j = -np.diag([(batteries - up) * n_c, *[n_b] * batteries]).astype(float)
    j[0, 1:], j[1:, 0] = -n_c, -n_b  # d⟨J_C⁻⟩/dt = 2⟨J_C^z⟩(… + ⟨J_B⁻⟩), and the same of a battery
    return j


def integrated(batteries, up, n_c, n_b, start, times):
    """θ_C and θ_B of the mean field, γ↓ = 1."""

    def rates(_, y):
        field = n_c * np.sin(y[0]) + n_b * np.sin(y[1])
        return [batteries * field - up * n_c * np.sin(y[0]), field]

    return solve_ivp(rates, (0, times[-1]), start, t_eval=times, method="LSODA", rtol=1e-10, atol=1e-13).y


@pytest.mark.parametrize(("batteries", "up"), [(3, 2.0), (2, 1.0), (3, 0.4), (5, 4.8)])
@pytest.mark.parametrize("ratio", [1e-7, 0.1, 2.0])
def test_what_starts_from_empty_spins_grows_at_most_at_the_rate_that_is_told(batteries, up, ratio):
    values = {COPIES: batteries, DOWN: 1, UP: Rational(up), BATTERY: Rational(ratio)}
    most = float(drift_rate().subs(values))
    growth = np.linalg.eigvals(slopes_at_rest(batteries, up, 1.0, ratio)).real
    assert sum(growth > 0) == 1
    assert 0 < growth.max() <= most * (1 + 1e-9)
    if ratio < 1e-3:
        assert growth.max() == pytest.approx(most, rel=1e-4)


def test_empty_batteries_of_the_inset_fill_late_in_the_mean_field():
    """M = 3, γ⇑ = 2γ⇓, N_B/N_C = 1/100, from 10⁻³ beside the ground state: nothing in ten pulses, all in the end."""
    n_c, n_b = 100.0, 1.0
    angles = integrated(3, 2.0, n_c, n_b, [np.pi, np.pi + 1e-3], [0.0, 10 / n_c, 10 / n_b])
    stored = (1 + np.cos(angles[1])) / 2
    assert stored[1] < 1e-5
    assert stored[2] > 0.999


def test_without_a_pump_batteries_rest_where_they_cancel_the_charger_at_any_size():
    for batteries, n_b in ((2, 5.0), (2, 50.0), (3, 20.0), (3, 90.0)):
        end = integrated(batteries, 0.0, 100.0, n_b, [1e-3, np.pi], [0.0, 2.0, 4.0])
        assert end[:, 1] == pytest.approx(end[:, 2], abs=1e-6)
        assert 100 * np.sin(end[0, 2]) == pytest.approx(-n_b * np.sin(end[1, 2]), abs=1e-4)


# -- modules -------------------------------------------------------------------------------------------------


def test_a_module_of_two_kinds_of_batteries_needs_numpy_only():
    omega, one = positive("omega"), Integer(1)
    nodes = (Spins("C", CHARGER, frequency=omega), Spins("B", BATTERY), Spins("D", positive("N_D")))
    baths = tuple(Bath((("C", one), (name, one)), 2 * DOWN) for name in ("B", "D"))
    net = Network(nodes, baths=(*baths, Bath((), 2 * UP, gain=(("C", one),))))
    moments = closed_moments(net, 2, {"B": positive("M"), "D": positive("K")})
    text = spin_module(moments, "test", "Two kinds")
    assert [line for line in text.splitlines() if line.startswith(("import", "from"))] == ["import numpy as np"]
    made = SimpleNamespace(**executed(text))
    assert made.NODES == ("C", "B", "D")
    numbers = {"N_C": 1e5, "N_B": 10.0, "N_D": 20.0}
    values = {**numbers, "gamma_down": 1.0, "gamma_up": 1.0, "M": 1.0, "K": 1.0}
    start = made.initial(excited_C=1e5, excited_B=0, excited_D=0, **numbers)
    given = {name: values[name] for name in made.PARAMETERS}
    result = solve_ivp(lambda t, y: made.rates(t, y, **given), (0, 4e-4), start, method="LSODA", rtol=1e-8, atol=1e-12)
    stop = np.array(made.energies(result.y)[1:, -1], dtype=float)
    assert np.allclose(stop, float(plateau(2, 1, 1)), atol=0.02)


def test_values_of_the_plateau_have_no_name_of_a_single_batterys_energy():
    told = [equation.lhs for step in derivation().steps for equation in step.equations]
    names = [NOTATION.latex(lhs.name) for lhs in told if isinstance(lhs, Symbol)]
    assert len(set(names)) > 10
    assert not set(names) & {NOTATION.latex(f"E_{battery}") for battery in spin_star(3).names}
