"""The emitted modules against plain numerical solutions of the same network."""

import ast
import cmath
import os
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from oracles import GaussianRational, executed, gaussian, moments
from scipy.integrate import solve_ivp
from scipy.linalg import expm, solve_continuous_lyapunov
from sympy import Add, I, Rational, Symbol, conjugate, exp, log, sqrt, symbols

from derive.langevin import langevin
from derive.modules import network_module
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss


def module(net, **words):
    return _module(net, tuple(sorted(words.items())))


@cache
def _module(net, words):
    return SimpleNamespace(**executed(network_module(net, "a test", **dict(words))))


def positive(letters):
    return symbols(letters, positive=True)


def random_network(seed, n=None, thermal=False, pairs=False):
    """Connected, complex weights, detunings, drives, shared reservoirs of three legs; and its values."""
    rng = np.random.default_rng(seed)
    n = n or int(rng.integers(2, 9))
    values = {}

    def letter(name, low=0.2, high=2.0, kind="positive"):
        symbol = Symbol(name, **({} if kind == "complex" else {kind: True}))
        size = rng.uniform(low, high)
        phase = {"positive": 1.0, "real": rng.choice([-1.0, 1.0]), "complex": np.exp(2j * np.pi * rng.uniform())}
        values[symbol] = size * phase[kind]
        return symbol

    names = [f"m_{k}" for k in range(n)]
    modes = [Mode(name, letter(f"Delta_{k}", kind="real"), letter(f"omega_{k}")) for k, name in enumerate(names)]
    couplings = []
    for k in range(1, n):
        strength = letter(f"J_{k}") * exp(I * letter(f"theta_{k}", kind="real"))
        couplings.append(Coupling(names[int(rng.integers(k))], names[k], strength))
    for k in range(n // 2):
        a, b = (int(v) for v in rng.choice(n, 2, replace=False))
        couplings.append(Coupling(names[a], names[b], letter(f"g_{k}", kind="complex")))
    drives = [Drive(names[k], letter(f"epsilon_{k}", kind="complex")) for k in range(0, n, 2)]
    baths = []
    for k, name in enumerate(names):
        n_k = letter(f"n_{k}") if thermal else 0
        m_k = n_k * exp(I * letter(f"phi_{k}", kind="real")) / 2 if thermal and k % 2 else 0
        baths.append(loss(name, letter(f"kappa_{k}"), n_k, m_k))
    for k in range(2 if n > 2 else 0):
        legs = [names[int(v)] for v in rng.choice(n, 3, replace=False)]
        jump = [(leg, letter(f"p_{k}_{leg}", kind="complex")) for leg in legs[: 2 if pairs else 3]]
        gain = [(legs[2], letter(f"v_{k}", 0.05, 0.1, "complex"))] if pairs else []
        baths.append(Bath(tuple(jump), letter(f"Gamma_{k}"), letter(f"N_{k}") if thermal else 0, 0, tuple(gain)))
    squeezings = []
    if pairs:
        squeezings = [
            Squeezing(names[0], names[1], letter("chi", 0.02, 0.05, "complex")),
            Squeezing(names[0], names[0], letter("xi", 0.02, 0.05, "complex")),
        ]
    net = Network(tuple(modes), tuple(couplings), tuple(drives), tuple(baths), tuple(squeezings))
    return net, values


def keywords(values):
    return {symbol.name: value for symbol, value in values.items()}


def frequencies(net, values):
    return np.array([complex(mode.frequency.evalf(30, subs=values)).real for mode in net.modes])


def close(found, expected, tolerance=1e-10):
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    assert np.all(np.abs(found - expected) <= tolerance * np.abs(expected).max()), (found, expected)


@pytest.mark.parametrize("seed", range(12))
def test_random_networks_agree_with_a_direct_numerical_solution(seed):
    net, values = random_network(seed)
    m, numbers = module(net), moments(net, values)
    n = len(net.modes)
    steady = -np.linalg.solve(numbers.drift, numbers.force)
    close(m.drift_matrix(**keywords(values)), numbers.drift, 1e-14)
    close(m.amplitudes(**keywords(values)), steady, 1e-12)
    close(m.energies(**keywords(values)), frequencies(net, values) * np.abs(steady) ** 2, 1e-12)
    for t in (0.01, 1.0, 30.0):
        big = np.zeros((n + 1, n + 1), complex)
        big[:n, :n], big[:n, n] = numbers.drift, numbers.force
        expected = expm(big * t)[:n, n]
        close(m.amplitudes_at(t, **keywords(values)), expected)
        close(m.energies_at(t, **keywords(values)), frequencies(net, values) * np.abs(expected) ** 2)
    assert not hasattr(m, "occupations")
    assert not hasattr(m, "pairing_matrix")


@pytest.mark.parametrize(("seed", "pairs"), [(s, p) for s in range(4) for p in (False, True)])
def test_second_moments_agree_with_the_lyapunov_equation(seed, pairs):
    net, values = random_network(seed, n=2 + seed, thermal=True, pairs=pairs)
    m, numbers = module(net), moments(net, values)
    n = len(net.modes)
    a = numbers.matrix
    assert np.linalg.eigvals(a).real.max() < 0
    mean = np.linalg.solve(a, -numbers.vector)[:n]
    spread = solve_continuous_lyapunov(a, -numbers.source)
    number, pair = np.diag(spread)[:n].real, np.diag(spread[:n, n:])
    omega = frequencies(net, values)
    close(m.amplitudes(**keywords(values)), mean)
    close(m.occupations(**keywords(values)), np.abs(mean) ** 2 + number)
    close(m.anomalous(**keywords(values)), mean**2 + pair)
    close(m.energies(**keywords(values)), omega * (np.abs(mean) ** 2 + number))
    passive = np.sqrt((number + 0.5) ** 2 - np.abs(pair) ** 2) - 0.5
    close(m.ergotropies(**keywords(values)), omega * (np.abs(mean) ** 2 + number - passive))
    if pairs:
        close(m.pairing_matrix(**keywords(values)), numbers.pairing, 1e-13)


@pytest.mark.parametrize("pairs", [False, True])
def test_energies_in_time_agree_with_integrated_moments(pairs):
    net, values = random_network(7, n=3, thermal=True, pairs=pairs)
    m, numbers = module(net), moments(net, values)
    a, b, c, size = numbers.matrix, numbers.vector, numbers.source, 6

    def slope(_, y):
        s = y[size:].reshape(size, size)
        return np.concatenate([a @ y[:size] + b, (a @ s + s @ a.conj().T + c).ravel()])

    times = np.array([0.0, 0.3, 2.0, 9.0])
    y = solve_ivp(
        slope,
        (0, 9),
        np.zeros(size + size**2, complex),
        t_eval=times,
        rtol=1e-12,
        atol=1e-13,
        method="DOP853",
    ).y
    energy = frequencies(net, values)[:, None] * (np.abs(y[:3]) ** 2 + y[size :: size + 1][:3].real)
    found = m.energies_at(times, **keywords(values))
    close(found, energy, 1e-9)
    mean, number = y[:3], y[size :: size + 1][:3].real
    anomalous = y[[size + 3 + k * (size + 1) for k in range(3)]]
    close(m.occupations_at(times, **keywords(values)), np.abs(mean) ** 2 + number, 1e-9)
    close(m.anomalous_at(times, **keywords(values)), mean**2 + anomalous, 1e-9)
    passive = np.sqrt((number + 0.5) ** 2 - np.abs(anomalous) ** 2) - 0.5
    work = frequencies(net, values)[:, None] * (np.abs(mean) ** 2 + number - passive)
    close(m.ergotropies_at(times, **keywords(values)), work, 1e-9)
    close(m.ergotropies_at(1e4, **keywords(values)), m.ergotropies(**keywords(values)))
    assert np.all(found[:, 0] == 0)
    close(m.energies_at(1e4, **keywords(values)), m.energies(**keywords(values)))


def cascade(n, phases=False):
    """Mode k drives mode k+1 and not the other way round: the two couplings cancel backwards."""
    names = [f"b_{k}" for k in range(n)]
    couplings, baths = [], [loss(name, positive(f"kappa_{k}")) for k, name in enumerate(names)]
    for k in range(n - 1):
        gamma = positive(f"Gamma_{k}")
        couplings.append(Coupling(names[k], names[k + 1], I * gamma / 2))
        baths.append(Bath(((names[k], 1), (names[k + 1], 1)), gamma))
    return Network(
        tuple(Mode(name) for name in names),
        tuple(couplings),
        (Drive("b_0", positive("epsilon")),),
        tuple(baths),
    )


def chain(n, **words):
    names = [f"b_{k}" for k in range(n)]
    couplings = tuple(
        Coupling(a, b, positive(f"J_{k}")) for k, (a, b) in enumerate(zip(names, names[1:], strict=False))
    )
    baths = tuple(loss(name, positive(f"kappa_{k}")) for k, name in enumerate(names))
    return Network(
        tuple(Mode(name) for name in names), couplings, (Drive("b_0", positive("epsilon")),), baths, **words
    )


def precise(drift, force, t):
    """x(t) with 60 digits, from the power series of the exponential at t/2^40 and exact doubling."""
    with mpmath.workdps(60):
        n = len(force)
        big = mpmath.zeros(n + 1)
        for i in range(n):
            big[i, n] = mpmath.mpmathify(complex(force[i]))
            for j in range(n):
                big[i, j] = mpmath.mpmathify(complex(drift[i, j]))
        x = mpmath.expm(big * mpmath.mpf(t))
        return np.array([complex(x[i, n]) for i in range(n)])


@pytest.mark.parametrize("net", [cascade(6), chain(6)], ids=["cascade", "chain"])
def test_early_amplitudes_of_the_far_end_keep_their_digits(net):
    values = {s.name: 1.0 + 0.3 * k for k, s in enumerate(net.symbols)}
    m = module(net)
    force = np.array([-1j * values["epsilon"], 0, 0, 0, 0, 0])
    for t in (1e-8, 1e-3, 0.1, 1.0, 10.0):
        found, expected = m.amplitudes_at(t, **values), precise(m.drift_matrix(**values), force, t)
        tolerance = 1e-13 if net == cascade(6) or t <= 1 else 1e-12
        assert np.all(np.abs(found - expected) <= tolerance * np.abs(expected)), (t, found, expected)


def test_coinciding_and_distant_rates_are_not_special():
    net = cascade(5)
    m = module(net)
    force = np.array([-1j, 0, 0, 0, 0])
    for kappas in ([1.0] * 5, [1.0, 1.0 + 1e-9, 1.0, 1.0 - 1e-9, 1.0], [1e-3, 1e6, 1.0, 1e3, 1.0]):
        values = {"epsilon": 1.0} | {f"Gamma_{k}": 1.0 for k in range(4)}
        values |= {f"kappa_{k}": v for k, v in enumerate(kappas)}
        for t in (0.02, 3.0, 50.0):
            expected = precise(m.drift_matrix(**values), force, t)
            found = m.amplitudes_at(t, **values)
            assert np.all(np.abs(found - expected) <= 1e-12 * np.abs(expected)), (kappas, t, found / expected - 1)


def test_evolution_begins_at_vacuum_and_ends_in_the_steady_state():
    net, values = random_network(3, n=5)
    m = module(net)
    times = np.array([0.0, 1e4])
    found = m.amplitudes_at(times, **keywords(values))
    assert np.all(found[:, 0] == 0)
    close(found[:, 1], m.amplitudes(**keywords(values)), 1e-11)


def exact_amplitudes(net, values):
    """Gauss–Jordan elimination of [[W, Q], [Q*, W*]] x = −(f, f*) over the Gaussian rationals."""
    eq = langevin(net)
    w, q, f = (
        [[gaussian(e.xreplace(values)) for e in matrix[i, :]] for i in range(matrix.rows)]
        for matrix in (eq.drift, eq.pairing, eq.force)
    )
    rows = [[*w[i], *q[i], -f[i][0]] for i in range(len(w))]
    rows += [[z.conjugate() for z in (*q[i], *w[i], -f[i][0])] for i in range(len(w))]
    for k in range(len(rows)):
        pivot = next(i for i in range(k, len(rows)) if rows[i][k] != 0)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [z / rows[k][k] for z in rows[k]]
        for i in range(len(rows)):
            if i != k:
                rows[i] = [z - rows[i][k] * y for z, y in zip(rows[i], rows[k], strict=True)]
    return [row[-1] for row in rows[: len(w)]]


def exact_network(pairs):
    J, kappa, gamma = positive("J kappa Gamma")
    z, p = symbols("z p")
    modes = (Mode("a", Rational(1, 3), Rational(2, 7)), Mode("b", Symbol("Delta", real=True)), Mode("c"))
    couplings = (Coupling("a", "b", z), Coupling("b", "c", J), Coupling("c", "a", I * J / 3))
    baths = (loss("a", kappa), loss("b", Rational(1, 3)), loss("c", 1), Bath((("a", p), ("b", 1), ("c", z)), gamma))
    squeezings = (Squeezing("a", "b", z / 5), Squeezing("c", "c", Rational(1, 7))) if pairs else ()
    return Network(modes, couplings, (Drive("a", p), Drive("c", Rational(1, 7))), baths, squeezings)


@pytest.mark.parametrize("pairs", [False, True])
def test_emitted_text_on_exact_rationals_equals_the_symbolic_solution(pairs):
    net = exact_network(pairs)
    m = module(net)
    values = {
        s: Rational(3 + k, 7 - k) + (I * Rational(2, 3 + k) if not s.is_real else 0)
        for k, s in enumerate(net.symbols)
    }
    parameters = {s.name: gaussian(v) for s, v in values.items()}
    expected = exact_amplitudes(net, values)
    found = m.amplitudes(**parameters)
    assert found.shape == (3,)
    assert found.dtype == object
    assert list(found) == expected
    array = dict(parameters, J=np.array([parameters["J"]] * 2, dtype=object))
    assert [list(row) for row in m.amplitudes(**array)] == [[x, x] for x in expected]
    if not pairs:
        energies = [x * x.conjugate() for x in expected]
        assert list(m.energies(**parameters)) == [energies[0] * 2 / 7, *energies[1:]]
    assert found[0] != found[0] + GaussianRational.of(2.0**-60)
    close(m.amplitudes(**{k: complex(v) for k, v in parameters.items()}), [complex(x) for x in expected], 1e-14)


def test_arrays_are_scalars_point_by_point():
    net, values = random_network(5, n=4, thermal=True)
    m = module(net)
    rng = np.random.default_rng(0)
    words = keywords(values)
    j, kappa, t = rng.uniform(0.1, 2, (3, 1)), rng.uniform(0.1, 2, (2, 1, 5)), rng.uniform(0, 9, 5)
    words |= {"J_1": j, "kappa_0": kappa}
    shape = (2, 3, 5)
    calls = dict.fromkeys(("drift_matrix", "amplitudes", "energies", "occupations", "anomalous", "ergotropies"), ())
    for name, times in (calls | {"amplitudes_at": (t,), "energies_at": (t,)}).items():
        found = getattr(m, name)(*times, **words)
        head = (4, 4) if name == "drift_matrix" else (4,)
        assert found.shape == head + shape
        assert found.dtype == (
            complex if name in ("drift_matrix", "amplitudes", "amplitudes_at", "anomalous") else float
        )
        for at in ((0, 0, 0), (1, 2, 4)):
            one = dict(words, J_1=j[at[1], 0], kappa_0=kappa[at[0], 0, at[2]])
            close(found[(..., *at)], getattr(m, name)(*(v[at[2]] for v in times), **one), 1e-13)
    empty = m.amplitudes_at(np.zeros((0, 3)), **keywords(values))
    assert empty.shape == (4, 0, 3)
    assert m.energies(**keywords(values) | {"J_1": np.zeros((2, 0))}).shape == (4, 2, 0)
    blocks = m.amplitudes(**words | {"J_1": np.linspace(0.1, 2, 10_001), "kappa_0": 1.0})
    close(blocks[:, -1], m.amplitudes(**words | {"J_1": 2.0, "kappa_0": 1.0}), 1e-14)


def test_numbers_of_every_kind_are_welcome():
    m = module(chain(3))
    words = dict.fromkeys(m.PARAMETERS, 1)
    expected = m.amplitudes(**dict.fromkeys(m.PARAMETERS, 1.0))
    for kind in (int, np.int8, complex, lambda v: [[v]], np.bool_):
        found = m.amplitudes(**{name: kind(v) for name, v in words.items()})
        assert found.dtype == complex
        close(found.reshape(3), expected, 1e-15)


def test_a_vanishing_pivot_is_solved_with_pivoting_and_a_singular_drift_is_not_a_number():
    m = module(chain(5))
    words = dict.fromkeys(m.PARAMETERS, 1.0)
    kappa = np.array([1.0, 0.0])
    lossless = dict(words, kappa_0=kappa, kappa_2=kappa, kappa_3=kappa)
    found = m.amplitudes(**lossless)
    for k in range(2):
        point = {name: np.broadcast_to(v, 2)[k] for name, v in lossless.items()}
        force = np.array([-1j, 0, 0, 0, 0])
        close(found[:, k], -np.linalg.solve(m.drift_matrix(**point), force), 1e-13)
    dead = dict(lossless, kappa_1=kappa, kappa_4=kappa)
    found = m.amplitudes(**dead)
    assert np.isfinite(found[:, 0]).all()
    assert np.isnan(found[:, 1]).all()
    assert np.isnan(m.energies(**dead)[:, 1]).all()


@pytest.mark.parametrize("n", [4, 5])
def test_small_pivots_are_noticed_where_there_are_loops(n):
    names = [f"b_{k}" for k in range(n)]
    links = tuple(Coupling(a, names[k - 1], positive(f"J_{k}")) for k, a in enumerate(names))
    baths = tuple(loss(name, positive(f"kappa_{k}")) for k, name in enumerate(names))
    net = Network(tuple(map(Mode, names)), links, (Drive("b_1", 1),), baths)
    rng = np.random.default_rng(6)
    values = {s: rng.uniform(0.5, 2, 300) for s in net.symbols}
    for s in net.symbols:
        if s.name.startswith("kappa"):
            values[s] = values[s] * rng.choice([0, 1e-18, 1e-14, 1e-10, 1e-5, 1], 300)
    found = module(net).amplitudes(**keywords(values))
    w = np.moveaxis(module(net).drift_matrix(**keywords(values)), -1, 0)
    force = np.zeros((300, n, 1), complex)
    force[:, 1] = -1j
    lapack = np.linalg.solve(w, -force)[..., 0].T
    lost = 0
    for k in range(300):
        with mpmath.workdps(60):
            x = mpmath.lu_solve(mpmath.matrix(w[k].tolist()), -mpmath.matrix(force[k].tolist()))
            exact = np.array([complex(v) for v in x])
        error, theirs = (np.abs(y[:, k] - exact).max() / np.abs(exact).max() for y in (found, lapack))
        # What one rounding of every entry does (Skeel); nothing is said where that is a tenth.
        a, size = np.abs(w[k]), np.abs(exact)
        one = 2.0**-52 * np.max(np.abs(np.linalg.inv(w[k])) @ (a @ size + np.abs(force[k, :, 0]))) / size.max()
        lost += np.isnan(error)
        assert error <= 10 * max(theirs, one) or np.isnan(error) and one > 0.01, (k, error, theirs, one)
    assert lost < 100


@pytest.mark.parametrize("both", [False, True])
def test_a_drift_that_is_singular_but_for_rounding_is_not_a_number(both):
    kappa, p, q = positive("kappa"), *symbols("p q")
    drives = (Drive("a", conjugate(p)), *((Drive("b", conjugate(q)),) if both else ()))
    baths = (loss("a", kappa), loss("b", kappa), Bath((("a", p), ("b", q)), 1))
    m = module(Network((Mode("a"), Mode("b")), (), drives, baths))
    rng = np.random.default_rng(1)
    p, q = rng.normal(size=(2, 200)) + 1j * rng.normal(size=(2, 200))
    # The dark superposition of a and b is lost at the rate kappa alone.
    assert np.isnan(m.amplitudes(kappa=0.0, p=p, q=q)).all()
    found = m.amplitudes(kappa=1e-9, p=p, q=q)
    strength = np.abs(p) ** 2 + np.abs(q) ** 2
    assert np.isfinite(found).all()
    if both:
        bright = -2j * np.array([p, q]).conj() / (strength + 1e-9)
        assert np.all(np.abs(found - bright) < 1e-4 * np.abs(bright))


def test_no_input_causes_a_warning():
    values = np.array([0.0, 1.0, np.inf, np.nan, 1e308, 1e-308, -1.0])
    for net in (chain(3), cascade(3), random_network(2, n=3, thermal=True)[0], random_network(2, n=3, pairs=True)[0]):
        m = module(net)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for name in m.PARAMETERS:
                words = dict.fromkeys(m.PARAMETERS, 1.0) | {name: values}
                for function in ("drift_matrix", "amplitudes", "energies", "ergotropies"):
                    if hasattr(m, function):
                        getattr(m, function)(**words)
                m.energies_at(values[:, None], **words)


def test_an_unstable_network_has_no_occupation():
    gain, loss_rate = positive("G kappa")
    net = Network((Mode("a"),), (), (Drive("a", 1),), (loss("a", loss_rate), Bath((), gain, 0, 0, (("a", 1),))))
    m = module(net)
    found = m.occupations(G=np.array([0.5, 1.0, 2.0]), kappa=1.0)[0]
    close(found[:1], [4.0 / 0.25 + 1.0], 1e-13)
    assert np.isnan(found[1:]).all()


def test_names_that_python_keeps_for_itself_get_an_underscore():
    words = ["lambda", "t", "np", "one", "s0", "w0", "r0", "x_1", "energies", "E", "abs", "Gamma'"]
    words += ["mode", "weights", "both", "name", "MODES", "isinstance", "ValueError"]
    losses = [loss(f"m{k}", Symbol(word, positive=True)) for k, word in enumerate(words)]
    modes = tuple(Mode(f"m{k}") for k in range(len(words)))
    couplings = tuple(Coupling("m0", mode.name, 1) for mode in modes[1:])
    net = Network(modes, couplings, (Drive("m0", 1),), tuple(losses))
    m = module(net)
    assert sorted(m.PARAMETERS) == sorted(
        ["lambda_", "t_", "np_", "one_", "s0", "w0", "r0", "x_1", "energies", "E", "abs_", "Gamma_"]
        + ["mode_", "weights", "both", "name", "MODES", "isinstance", "ValueError"]
    )
    values = {s: 1.0 + k for k, s in enumerate(net.symbols)}
    numbers = moments(net, values)
    given = dict(zip(m.PARAMETERS, values.values(), strict=True))
    found = m.amplitudes(**given)
    close(found, -np.linalg.solve(numbers.drift, numbers.force), 1e-13)
    energies, gradient = m.energies_and_gradient("m5", **given)
    close(energies, m.energies(**given), 1e-13)
    for k, name in enumerate(m.PARAMETERS):
        up, down = (m.energies(**{**given, name: given[name] * (1 + h)})[5] for h in (1e-4, -1e-4))
        assert abs((up - down) / (2e-4 * given[name]) - gradient[k]) < 1e-6 * np.abs(gradient).max(), name


def test_powers_of_what_may_be_negative_are_the_principal_ones():
    kappa, x, r, z = Symbol("kappa", positive=True), Symbol("x", positive=True), Symbol("r", real=True), Symbol("z")
    third, five = Rational(1, 3), Rational(5, 7)
    drive = Add(
        (-2) ** third * x, (-3) ** r, (-1) ** five, (x - 1) ** third, sqrt(x - 2), r**third, sqrt(z), z**r, log(r)
    )
    values = {"kappa": 1.0, "x": 0.3, "r": -0.4, "z": -2.0}
    found = module(Network((Mode("a"),), (), (Drive("a", drive),), (loss("a", kappa),))).amplitudes(**values)
    terms = (-2 + 0j) ** (1 / 3) * 0.3, (-3 + 0j) ** -0.4, (-1 + 0j) ** (5 / 7), (-0.7 + 0j) ** (1 / 3)
    more = (-1.7 + 0j) ** 0.5, (-0.4 + 0j) ** (1 / 3), (-2 + 0j) ** 0.5, (-2 + 0j) ** -0.4, cmath.log(-0.4)
    close(found, np.array([-2j * sum(terms + more)]), 1e-14)


def test_networks_without_parameters_drives_or_losses_on_every_mode_have_modules():
    plain = Network((Mode("a"), Mode("b")), (Coupling("a", "b", Rational(1, 3)),), (Drive("a", 1),), (loss("b", 2),))
    m = module(plain)
    assert m.PARAMETERS == ()
    assert m.MODES == ("a", "b")
    close(m.amplitudes(), [-9j, -3], 1e-14)
    assert m.amplitudes_at(np.zeros((2, 3))).shape == (2, 2, 3)
    single = module(Network((Mode("a"),), (), (), (loss("a", positive("kappa"), Symbol("n", positive=True)),)))
    assert np.all(single.amplitudes(kappa=1.0, n=2.0) == 0)
    close(single.occupations(kappa=1.0, n=[2.0, 1e-9]), [[2.0, 1e-9]], 1e-13)
    close(single.energies_at(1e-9, kappa=1.0, n=2.0), [2e-9], 1e-8)
    assert np.all(single.anomalous(kappa=1.0, n=2.0) == 0)
    assert np.all(single.ergotropies(kappa=1.0, n=2.0) == 0)


def test_small_squeezing_keeps_its_digits():
    net = Network((Mode("a"),), (), (), (loss("a", positive("kappa"), positive("n"), positive("m")),))
    m = module(net)
    words = {"kappa": 1.0, "n": 1e-12, "m": 1e-9}
    close(m.ergotropies(**words), [1e-18 / (1 + 2e-12)], 1e-13)


@pytest.mark.parametrize("n", [4, 7])
@pytest.mark.parametrize("ratio", [1e-6, 1.0, 1e6])
def test_weak_and_strong_coupling_are_as_accurate_as_lapack(n, ratio):
    names = [f"m_{k}" for k in range(n)]
    couplings = [
        Coupling(names[i], names[j], positive(f"J_{i}_{j}"))
        for i in range(n)
        for j in range(i)
        if (i + j) % 3 or i == j + 1
    ]
    baths = tuple(loss(name, positive(f"kappa_{k}")) for k, name in enumerate(names))
    net = Network(tuple(Mode(name) for name in names), tuple(couplings), (Drive("m_0", 1),), baths)
    rng = np.random.default_rng(n)
    for _ in range(3):
        values = {s: rng.uniform(0.5, 2) * (ratio if s.name[0] == "J" else 1) for s in net.symbols}
        numbers = moments(net, values)
        with mpmath.workdps(50):
            a, b = mpmath.matrix(numbers.drift.tolist()), mpmath.matrix(numbers.force.tolist())
            exact = np.array([complex(v) for v in mpmath.lu_solve(a, -b)])
        found = module(net).amplitudes(**keywords(values))
        lapack = -np.linalg.solve(numbers.drift, numbers.force)
        error, theirs = (np.max(np.abs(x - exact) / np.abs(exact)) for x in (found, lapack))
        assert error <= 10 * max(theirs, 2.0**-52)


def every_kind():
    return "".join(network_module(random_network(s, thermal=s > 1, pairs=s > 2)[0], "x") for s in range(4))


def test_the_text_is_the_same_for_every_hash_seed_and_imports_numpy_only():
    here = Path(__file__).parent
    found = {every_kind()}
    for seed in ("1", "77"):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join([str(here.parent), str(here)]),
        }
        code = "from test_module import *\nprint(every_kind(), end='')"
        found.add(
            subprocess.run(
                [sys.executable, "-c", code],
                env=environment,
                capture_output=True,
                check=True,
                encoding="utf-8",
            ).stdout
        )
    assert len(found) == 1
    tree = ast.parse(network_module(random_network(2, thermal=True, pairs=True)[0], "x"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [alias.name for node in imports for alias in node.names] == ["numpy"]
    documented = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]
    assert documented
    assert all(ast.get_docstring(node) for node in documented)
