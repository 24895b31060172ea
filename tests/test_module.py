"""The emitted modules against plain numerical solutions of the same network."""

import warnings
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from oracles import GaussianRational, gaussian, moments
from scipy.integrate import solve_ivp
from scipy.linalg import expm, solve_continuous_lyapunov
from sympy import I, Matrix, Rational, Symbol, exp, symbols

from derive.module import network_module
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss


def module(net, **words):
    return _module(net, tuple(sorted(words.items())))


@cache
def _module(net, words):
    names = {}
    exec(compile(network_module(net, "a test", **dict(words)), "emitted", "exec"), names)  # noqa: S102
    return SimpleNamespace(**names)


def positive(letters):
    return symbols(letters, positive=True)


def random_network(seed, n=None, thermal=False, pairs=False):
    """Connected, complex weights, detunings, drives, shared reservoirs of three legs; and values of its symbols."""
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
    assert not hasattr(m, "occupations") and not hasattr(m, "pairing_matrix")
