"""Gradients by reverse accumulation against SymPy's derivatives of closed forms, and against many digits."""

from dataclasses import replace

import array_api_strict as strict
import mpmath
import numpy as np
import pytest
from oracles import gaussian, moments
from scipy.linalg import solve_continuous_lyapunov
from scipy.optimize import minimize, root
from sympy import Expr, I, Matrix, Rational, Symbol, conjugate, cos, exp, im, lambdify, log, re, sqrt, symbols
from test_driven import programs, tree, written_out
from test_module import cascade, chain, exact_network, frequencies, keywords, module, random_network

from derive import chain as liu_chain
from derive import langevin, star, steady_state
from derive.kernel import Proved, Refuted, at, is_zero
from derive.program import gradient_program, straight
from derive.program.adjoint import transposed_program
from derive.program.source import RealPart


def slope(e: Expr, p: Symbol) -> Expr:
    """2 ∂e/∂p* with p and p* as two letters; ∂e/∂p for a real p."""
    if p.is_real:
        return e.diff(p)
    star_letter = Symbol("star")
    return 2 * e.subs(conjugate(p), star_letter).diff(star_letter).subs(star_letter, conjugate(p))


def without_real_parts(e: Expr) -> Expr:
    return e.replace(RealPart, lambda z: (z + conjugate(z)) / 2)


@pytest.mark.parametrize("net", [chain(3), cascade(3), tree()], ids=["chain", "cascade", "tree"])
def test_the_gradient_of_a_tree_is_the_derivative_of_the_closed_form(net):
    energies = programs(net)[0][1]
    weights = symbols(f"c_:{len(net.modes)}", real=True)
    outputs = written_out(gradient_program(energies, "f", weights))
    state = steady_state(langevin(net))
    assert not state.where
    last = {c: int(k == len(weights) - 1) for k, c in enumerate(weights)}
    closed = state.energy(net.modes[-1].name)
    for p, output in zip(energies.inputs, outputs[len(weights) :], strict=True):
        found = without_real_parts(output.subs(last))
        assert isinstance(is_zero(found - slope(closed, p)), Proved)
        if closed.has(p) and p.name[0] != "t":
            assert isinstance(is_zero(found * Rational(8, 7) - slope(closed, p)), Refuted)


def test_every_operation_hands_on_what_wirtinger_says():
    x, y = symbols("x y", positive=True)
    a, z, w = Symbol("a", real=True), *symbols("z w")
    seed = (Symbol("s", real=True),)
    for e in (
        z * conjugate(z) * x / (x + y) ** 2,
        (z + conjugate(z)) * w * conjugate(w) ** 2 * z**2 + conjugate(w * z**2) * w**2 * (z + conjugate(z)),
        log(x + sqrt(y)) * cos(a) * x ** Rational(-3, 2),
        exp(I * a) * z * x + exp(-I * a) * conjugate(z) * x,
        1 / (x + z * conjugate(z)) + 1 / (w * conjugate(w)) ** 2,
        1 / (w * (z + x) ** 3) + 1 / (conjugate(w) * (conjugate(z) + x) ** 3),
        x**a * (x * y + a) ** 3,
    ):
        letters = tuple(sorted(e.free_symbols, key=lambda s: s.name))
        program = gradient_program(straight("f", letters, (e,)), "g", seed)
        assert isinstance(is_zero(written_out(program)[0] - e), Proved)
        for p, output in zip(letters, written_out(program)[1:], strict=True):
            point = {s: Rational(3, 4) + Rational(k, 3) + (0 if s.is_real else I / 5) for k, s in enumerate(letters)}
            found, expected = (v.subs(point | {seed[0]: 1}) for v in (without_real_parts(output), slope(e, p)))
            assert abs(complex((found - expected).evalf(30))) < 1e-20, (e, p)


def test_the_modulus_below_a_fraction_hands_on_the_real_part_of_its_share():
    (x, y, u, v), (z, w, s) = symbols("x y u v", real=True), symbols("z w s")
    seed = Rational(4, 5) - I * Rational(3, 7)
    point = {x: Rational(3, 5), y: Rational(7, 9), u: Rational(-2, 5), v: Rational(1, 3)}
    both = {z: x + I * y, w: u + I * v}
    at_a_point = {letter: parts.subs(point) for letter, parts in both.items()} | {s: seed}
    for e in (1 / abs(z), w / abs(z), w * conjugate(z) + 1 / abs(z), w / abs(z) ** 3, w * sqrt(abs(z))):
        loss = re(conjugate(seed) * e.subs(both).subs(abs(x + I * y), sqrt(x**2 + y**2)).expand())
        program = gradient_program(straight("f", (z, w), (e,)), "g", (s,), values=False)
        for (first, second), output in zip(((x, y), (u, v)), written_out(program), strict=True):
            expected = (loss.diff(first) + I * loss.diff(second)).subs(point)
            found = without_real_parts(output).subs(at_a_point)
            assert abs(complex((found - expected).evalf(30))) < 1e-20, (e, output)


def test_the_parts_of_a_complex_letter_hand_on_their_share():
    x, z, s = Symbol("x", positive=True), Symbol("z"), Symbol("s", real=True)
    e = x ** re(z) * exp(re(z)) + cos(im(z)) * x
    assert abs(exp(z)) == exp(re(z))  # as SymPy writes the square of a drive exp(z)
    found = written_out(gradient_program(straight("f", (x, z), (e,)), "f", (s,)))[-1]
    said = {re(z): (z + conjugate(z)) / 2, im(z): (z - conjugate(z)) / (2 * I), s: 1}
    expected = slope(e.subs(said), z)
    at_a_point = {x: Rational(7, 10), z: Rational(3, 10) - Rational(2, 5) * I}
    assert abs((found.subs(said).subs(at_a_point) - expected.subs(at_a_point)).evalf()) < 1e-12
    assert abs(expected.subs(at_a_point).evalf()) > 0.1


def test_the_sweep_without_conjugation_transposes():
    m, r, g = symbols("m_:6"), symbols("r_:3"), symbols("g_:3")
    matrix = Matrix(3, 3, [m[0], m[1] * m[2], 0, 1 / m[3], m[0] + m[4], m[5], 0, 1, m[5] ** 2])
    program = transposed_program(straight("f", (*m, *r), tuple(matrix * Matrix(r))), "t", r, g)
    assert program.inputs == (*m, *g)
    for found, expected in zip(written_out(program), matrix.T * Matrix(g), strict=True):
        assert isinstance(is_zero(found - expected), Proved)


@pytest.mark.parametrize("kind", ["loops", "tree"])
def test_the_emitted_gradient_on_exact_rationals_is_the_exact_derivative(kind):
    net = exact_network(False) if kind == "loops" else tree(detuned=True)
    values = {
        s: Rational(3 + k, 7 + k % 3) + (I * Rational(2, 3 + k) if not s.is_real else 0)
        for k, s in enumerate(s for s in net.symbols if s.name != "theta")
    } | ({Symbol("theta", real=True): 0} if kind == "tree" else {})
    state = steady_state(langevin(net))
    assert not state.where
    m = module(net)
    if kind == "tree":
        m = module(without_phase(net))
    for mode in m.MODES:
        energies, gradient = m.energies_and_gradient(
            mode, **{s.name: gaussian(v) for s, v in values.items() if s.name in m.PARAMETERS}
        )
        closed = state.energy(mode)
        assert energies[m.MODES.index(mode)] == gaussian(at(closed, values))
        for name, found in zip(m.PARAMETERS, gradient, strict=True):
            p = next(s for s in net.symbols if s.name == name)
            assert found == gaussian(at(slope(closed, p), values)), (mode, name)


def without_phase(net):
    couplings = tuple(replace(c, strength=c.strength.subs(Symbol("theta", real=True), 0)) for c in net.couplings)
    return replace(net, couplings=couplings)


def differences(net, values, mode, digits=80):
    """An energy and its gradient by central differences of a linear solve with many digits."""
    eq = langevin(net)
    n = len(net.modes)
    k = [x.name for x in net.modes].index(mode)
    numbers = lambdify(list(values), [*eq.drift, *eq.force, net.modes[k].frequency], "mpmath")

    def energy(point):
        *entries, frequency = numbers(*point)
        w = mpmath.matrix(n, n)
        for i in range(n * n):
            w[i // n, i % n] = entries[i]
        return frequency * abs(mpmath.lu_solve(w, mpmath.matrix([-f for f in entries[n * n :]]))[k]) ** 2

    with mpmath.workdps(digits):
        exact = [mpmath.mpmathify(complex(v)) if not s.is_real else mpmath.mpf(v) for s, v in values.items()]
        found = []
        for j, (s, v) in enumerate(zip(values, exact, strict=True)):
            slopes = []
            for step in [abs(v) / 10**20] if s.is_real else [abs(v) / 10**20, 1j * abs(v) / 10**20]:
                above, below = ([*exact[:j], v + e, *exact[j + 1 :]] for e in (step, -step))
                slopes.append((energy(above) - energy(below)) / (2 * abs(step)) * (step / abs(step)))
            found.append(complex(sum(slopes)))
        return float(energy(exact)), np.array(found)


@pytest.mark.parametrize("ratio", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("key", ["chain", "tree", "loops"])
def test_gradients_agree_with_many_digits_at_any_ratio_of_coupling_to_loss(key, ratio):
    net = {"chain": chain(4), "tree": tree(), "loops": random_network(1, n=3)[0]}[key]
    rng = np.random.default_rng(5)
    values = {
        s: rng.uniform(0.5, 2) * (ratio if s.name[0] in "Jgz" else 1) * (1 if s.is_real else np.exp(0.4j))
        for s in net.symbols
    }
    mode = net.modes[-1].name
    energy, expected = differences(net, values, mode)
    energies, found = module(net).energies_and_gradient(mode, **keywords(values))
    assert energies[-1] == pytest.approx(energy, rel=1e-12)
    # p ∂E/∂p in units of E: how many per cent of E a per cent of p is.
    weight = np.abs(np.array(list(values.values()))) / energy
    assert np.all(np.abs(found - expected) * weight <= 1e-12 * max(1, np.max(np.abs(expected) * weight)))


@pytest.mark.parametrize("lossless", [("kappa_3",), ("kappa_2",), ("kappa_0", "kappa_3"), ("kappa_1", "kappa_3")])
@pytest.mark.parametrize("library", [np, strict])
def test_the_gradient_of_a_tree_exists_where_a_pivot_vanishes(lossless, library):
    net = chain(4)
    m, closed = module(net), steady_state(langevin(net)).energy("b_3")
    values = {s: Rational(0 if s.name in lossless else 3 + k, 5) for k, s in enumerate(net.symbols)}
    points = {s.name: library.asarray([0.7, float(v), 1.3]) for s, v in values.items()}
    energies, gradient = (np.from_dlpack(found) for found in m.energies_and_gradient("b_3", **points))
    assert energies[-1, 1] == pytest.approx(float(at(closed, values)), rel=1e-13)
    expected = [float(at(slope(closed, s), values)) for s in net.symbols]
    assert gradient[:, 1] == pytest.approx(expected, rel=1e-12)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("pairs", [False, True])
def test_gradients_of_noise_agree_with_differences(pairs):
    net, values = random_network(2, n=3, thermal=True, pairs=pairs)
    m = module(net)
    mode = m.MODES[1]

    def energy(point):
        numbers = moments(net, point)
        x = np.linalg.solve(numbers.matrix, -numbers.vector)[1]
        spread = solve_continuous_lyapunov(numbers.matrix, -numbers.source)[1, 1].real
        return frequencies(net, point)[1] * (abs(x) ** 2 + spread)

    energies, found = m.energies_and_gradient(mode, **keywords(values))
    assert energies[1] == pytest.approx(energy(values), rel=1e-9)
    for s, g in zip(net.symbols, found, strict=True):
        h = 1e-5 * abs(values[s])
        sides = [
            (energy(values | {s: values[s] + h * i}) - energy(values | {s: values[s] - h * i})) / (2 * h)
            for i in ([1] if s.is_real else [1, 1j])
        ]
        assert g == pytest.approx(
            sum(d * i for d, i in zip(sides, (1, 1j), strict=False)), abs=1e-6 * abs(found).max()
        )


def test_shapes_weights_and_what_is_no_mode():
    m = module(chain(3))
    words = dict.fromkeys(m.PARAMETERS, 1.0) | {"J_0": np.ones((2, 1)), "kappa_1": np.linspace(1, 2, 3)}
    energies, gradient = m.energies_and_gradient("b_2", **words)
    assert energies.shape == (3, 2, 3)
    assert gradient.shape == (len(m.PARAMETERS), 2, 3)
    assert gradient.dtype == float
    each = [m.energies_and_gradient(mode, **words)[1] for mode in m.MODES]
    assert np.allclose(
        m.energies_and_gradient([1, 2, -3], **words)[1], each[0] + 2 * each[1] - 3 * each[2], rtol=1e-13
    )
    single = m.energies_and_gradient("b_2", **{name: np.float32(1) for name in m.PARAMETERS})
    assert {a.dtype for a in single} == {np.dtype(np.float32)}
    for wrong in ("b_3", [1.0, 2.0], 1, None, np.array(1.0), {"b_1": 1.0}):
        with pytest.raises(ValueError, match="one of .*or a weight for each"):
            m.energies_and_gradient(wrong, **words)


def test_a_gradient_costs_at_most_five_times_the_value():
    for net in (chain(2), chain(12), cascade(12), tree(), tree(detuned=True)):
        operations = module(net).OPERATIONS
        assert operations["tree_gradient"] <= 5 * operations["tree_energies"]
    for seed in range(2):
        cost = module(random_network(seed)[0]).OPERATIONS
        value = cost["equations"] + cost["factors"] + 3 * cost["substituted"]
        assert value + 3 * cost["transposed"] + cost["sensitivities"] <= 5 * value


def best(m, mode, free, **fixed):
    """Couplings that make the logarithm of a mode's energy stationary, from J = 1."""
    k = [m.PARAMETERS.index(name) for name in free]

    def cost(logarithms):
        values = dict(zip(free, np.exp(logarithms), strict=True))
        energies, gradient = m.energies_and_gradient(mode, **fixed, **values)
        energy = energies @ mode if not isinstance(mode, str) else energies[m.MODES.index(mode)]
        return -np.log(energy), -gradient[k] * np.exp(logarithms) / energy

    # Values tell an optimum to eight digits only, the gradient to all.
    near = minimize(cost, np.zeros(len(free)), jac=True, method="BFGS").x
    found = root(lambda logarithms: cost(logarithms)[1], near, tol=1e-14).x
    return np.exp(found), np.exp(-cost(found)[0])


@pytest.mark.parametrize("n", [1, 2, 5])
def test_an_optimiser_finds_the_optimum_couplings_of_liu_et_al(n):
    fixed = {"kappa": 0.7, "epsilon": 0.3, "omega": 1.3}
    m = module(liu_chain(n, "nonreciprocal"))
    [gamma], _ = best(m, f"b_{n}", ["Gamma"], **fixed)
    assert gamma / 2 == pytest.approx(0.7 * (n + np.sqrt(n * n + 8 * n)) / 8, rel=1e-11)
    m = module(star(n))
    [J], _ = best(m, f"b_{n}", ["J"], **fixed)
    assert J == pytest.approx(0.7 / (2 * np.sqrt(n)), rel=1e-11)


def test_an_optimiser_finds_what_no_passive_network_exceeds():
    net = liu_chain(4, distinct=True)
    m = module(net)
    kappas = {f"kappa_{k}": 0.5 + 0.2 * k for k in range(1, 5)} | {"kappa_a": 0.8}
    weights = np.array([0.0, *(kappas[f"kappa_{k}"] for k in range(1, 5))])
    couplings, most = best(m, weights, [f"J_{k}" for k in range(1, 5)], epsilon=0.3, omega=1.3, **kappas)
    assert most == pytest.approx(1.3 * 0.3**2 / 0.8, rel=1e-8)
    assert np.all(couplings > 0)
