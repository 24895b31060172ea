"""Steady states of trees without cancellation: the engine's closed forms, and exact numbers at extreme parameters."""

import re

import mpmath
import numpy as np
import pytest
from oracles import moments
from sympy import Abs, I, Rational, Symbol, conjugate, exp, pi, sqrt
from test_module import cascade, chain, keywords, module

from derive import langevin, star, steady_state
from derive.kernel import Proved, Refuted, is_zero
from derive.modules.driven import outward_links, phase_free, steady_programs
from derive.network import Bath, Coupling, Drive, Mode, Network, loss


def letter(name, kind="positive"):
    return Symbol(name, **({} if kind == "complex" else {kind: True}))


def tree(detuned=False):
    """A fork with a complex coupling, a phase, a nonreciprocal link with weights and unequal frequencies."""
    J, theta, p, q, g = (
        letter("J"),
        letter("theta", "real"),
        letter("p", "complex"),
        letter("q", "complex"),
        letter("g"),
    )
    modes = tuple(
        Mode(name, letter(f"Delta_{name}", "real") if detuned else 0, letter(f"omega_{name}"))
        for name in "abcd"
    )
    couplings = (
        Coupling("a", "b", J * exp(I * theta)),
        Coupling("b", "c", letter("z", "complex")),
        Coupling("b", "d", I * g * conjugate(p) * q / 2),
    )
    baths = (*(loss(name, letter(f"kappa_{name}")) for name in "abcd"), Bath((("b", p), ("d", q)), g))
    return Network(modes, couplings, (Drive("a", letter("epsilon", "complex")),), baths)


def programs(net):
    eq = langevin(net)
    entries: dict = {}

    def places(matrix):
        return [(i, j, entries.setdefault(e, len(entries))) for (i, j), e in sorted(matrix.todok().items()) if e != 0]

    system, force = places(eq.drift), places(eq.force)
    links, rates = outward_links(system, force)
    return steady_programs(eq, net.symbols, tuple(entries), links, rates), phase_free(tuple(entries), links, rates)


def written_out(program):
    where = {}
    for symbol, value in program.body:
        where[symbol] = value.xreplace(where)
    return [output.xreplace(where) for output in program.outputs]


@pytest.mark.parametrize(
    "net", [chain(4), cascade(4), tree(), tree(detuned=True)], ids=["chain", "cascade", "tree", "detuned"]
)
def test_the_programs_of_a_tree_are_the_steady_state(net):
    (amplitudes, energies), real = programs(net)
    state = steady_state(langevin(net))
    assert real == (not any(mode.detuning for mode in net.modes))
    for k, mode in enumerate(net.modes):
        amplitude, energy = written_out(amplitudes)[k], written_out(energies)[k]
        assert isinstance(is_zero(amplitude - state.amplitude(mode.name), dict(state.where)), Proved)
        assert isinstance(is_zero(energy - state.energy(mode.name), dict(state.where)), Proved)
        assert isinstance(is_zero(energy * Rational(8, 7) - state.energy(mode.name), dict(state.where)), Refuted)


def test_energies_of_powers_are_their_squared_moduli():
    kappa, x, r, z = letter("kappa"), letter("x"), letter("r", "real"), letter("z", "complex")
    values = {"kappa": 1.0, "x": 0.3, "r": -0.6, "z": 0.5 - 0.7j}
    powers = {
        x**z: 0.3 ** (0.5 - 0.7j), z**z: (0.5 - 0.7j) ** (0.5 - 0.7j), sqrt(r): 0.6**0.5, r**r: 0.6**-0.6,
        sqrt(-1 - x): 1.3**0.5, (-8) ** Rational(1, 3) * x: 0.6, Abs(r) ** z * r: 0.6**1.5,
        I**z: abs(1j ** (0.5 - 0.7j)), exp(I * r) * (x - 1) ** Rational(1, 3): 0.7 ** (1 / 3),
        2**I * pi ** (I * z): np.pi**0.7, exp(sqrt(r)): 1,
        exp(sqrt(z)): abs(np.exp((0.5 - 0.7j) ** 0.5)), exp(x): np.exp(0.3),
    }  # fmt: skip
    for drive, value in powers.items():
        net = Network((Mode("a"),), (), (Drive("a", drive),), (loss("a", kappa),))
        assert programs(net)[0]
        found = module(net)
        given = {name: values[name] for name in found.PARAMETERS}
        assert abs(found.energies(**given)[0] - 4 * abs(value) ** 2) < 1e-13
        assert abs(abs(found.amplitudes(**given)[0]) - 2 * abs(value)) < 1e-13


def test_what_could_cancel_is_not_a_tree():
    ring = Network(
        tuple(map(Mode, "abc")),
        tuple(Coupling(a, b, letter("J")) for a, b in ("ab", "bc", "ca")),
        (Drive("a", 1),),
        tuple(loss(name, letter("kappa")) for name in "abc"),
    )
    assert programs(ring)[0] == ()
    gains = (Bath((), letter("G"), 0, 0, (("a", 1),)), loss("a", letter("kappa")), loss("b", 1))
    amplifier = Network(tuple(map(Mode, "ab")), (Coupling("a", "b", 1),), (Drive("a", 1),), gains)
    assert programs(amplifier)[0] == ()
    # W_ab W_ba = Γ²/4 > 0 of a shared reservoir is subtracted from the rates.
    shared = (loss("a", 1), loss("b", 1), Bath((("a", 1), ("b", 1)), letter("Gamma")))
    assert programs(Network(tuple(map(Mode, "ab")), (), (Drive("a", 1),), shared))[0] == ()
    twice = Network(tuple(map(Mode, "ab")), (Coupling("a", "b", 1),), (Drive("a", 1), Drive("b", 1)), shared[:2])
    assert programs(twice)[0] == ()
    text = "".join(
        str(value)
        for program in programs(tree())[0]
        for value in (*dict(program.body).values(), *program.outputs)
    )
    assert text
    assert not re.search(r"[\w)] - ", text)


@pytest.mark.parametrize("net", [chain(9), cascade(9), tree()], ids=["chain", "cascade", "tree"])
@pytest.mark.parametrize("ratio", [1e-6, 1.0, 1e6])
def test_every_digit_of_a_tree_is_right_at_any_ratio_of_coupling_to_loss(net, ratio):
    rng = np.random.default_rng(3)
    for _ in range(3):
        values = {
            s: rng.uniform(0.5, 2) * (ratio if s.name[0] in "JGgz" else 1) * (1 if s.is_real else np.exp(1j))
            for s in net.symbols
        }
        found = module(net).amplitudes(**keywords(values))
        numbers = moments(net, values)
        with mpmath.workdps(120):
            x = mpmath.lu_solve(mpmath.matrix(numbers.drift.tolist()), -mpmath.matrix(numbers.force.tolist()))
            exact = np.array([complex(v) for v in x])
        assert np.all(np.abs(found - exact) <= 4 * len(net.modes) * 2.0**-52 * np.abs(exact))


def test_an_arm_of_a_star_costs_five_operations_and_a_cascaded_one_nine():
    # J/κ, J J/κ, one more in the sum, (J/κ)², its product with what all arms share; and Γ in the charger's sum, two of
    # |p|², Γ|p|², κ + …, Γ/(…), three products.
    def operations(arms, scheme):
        return module(star(arms, scheme, distinct=True)).OPERATIONS["tree_energies"]

    for scheme, each in (("reciprocal", 5), ("nonreciprocal", 9)):
        assert [operations(n + 1, scheme) - operations(n, scheme) for n in range(3, 8)] == [each] * 5


@pytest.mark.parametrize("scheme", ["reciprocal", "nonreciprocal"])
def test_what_only_numbers_enter_is_computed_once_and_not_for_every_point(scheme):
    m, points = module(star(12, scheme, distinct=True)), np.linspace(0.5, 2, 50)
    values = dict.fromkeys(m.PARAMETERS, 1.0) | {"epsilon": points}
    made = []

    class Counted(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            made.append(ufunc)
            arrays = [x.view(np.ndarray) if isinstance(x, Counted) else x for x in inputs]
            return getattr(ufunc, method)(*arrays, **keywords).view(Counted)

    one = np.ones(1)
    arrays = [np.full(1, v) if np.ndim(v) == 0 else v.view(Counted) for v in values.values()]
    m.energies.__globals__["_tree_energies"](np, one, *arrays)
    # The charger's step, its square with ω and what the arms share, and one product for each of them.
    assert len(made) <= 12 + 6


def test_a_resonance_of_detuned_modes_is_as_accurate_as_lapack():
    net = tree(detuned=True)
    rng = np.random.default_rng(4)
    for _ in range(20):
        values = {s: rng.uniform(0.5, 2) * (1 if s.is_real else np.exp(1j)) for s in net.symbols}
        # Δ_a (Δ_b − …) = J²: the driven mode of a lossless pair would have no steady state.
        values |= {letter(f"kappa_{name}"): 1e-7 for name in "abcd"} | {
            letter("g"): 1e-9,
            letter("z", "complex"): 1e-3,
        }
        values[letter("Delta_a", "real")] = values[letter("J")] ** 2 / values[letter("Delta_b", "real")]
        numbers = moments(net, values)
        with mpmath.workdps(60):
            x = mpmath.lu_solve(mpmath.matrix(numbers.drift.tolist()), -mpmath.matrix(numbers.force.tolist()))
            exact = np.array([complex(v) for v in x])
        found, lapack = module(net).amplitudes(**keywords(values)), np.linalg.solve(numbers.drift, -numbers.force)
        error, theirs = (np.max(np.abs(y - exact) / np.abs(exact)) for y in (found, lapack))
        assert error <= 10 * max(theirs, 2.0**-52)
