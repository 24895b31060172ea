"""What modules of large networks do beyond a steady state; small modules tell if it is right."""

import random
from types import SimpleNamespace

import array_api_strict as strict
import networkx as nx
import numpy as np
import pytest
from flint import acb, acb_mat, ctx
from netfiles import number
from oracles import executed, gaussian
from scipy.linalg import solve_continuous_lyapunov
from sympy import I, Rational
from test_adjoint import slope
from test_arrays import complete, points
from test_driven import tree
from test_large import direct, drawing, sparse
from test_module import cascade, chain, exact_network, keywords, module, random_network

from derive import ring as liu_ring
from derive.evolution import steady_state
from derive.kernel import at
from derive.langevin import langevin
from derive.modules import network_module
from derive.netfile import loads
from derive.network import TooManyModes


@pytest.fixture
def tables(monkeypatch):
    """A network's module with tables, whatever its size."""

    def made(net):
        with monkeypatch.context() as patch:
            patch.setattr("derive.modules.network.LARGE", 0)
            names = executed(network_module(net, "here"))
        assert "_TRANSPOSED" in names
        return SimpleNamespace(**names)

    return made


SMALL = {
    "chain": lambda: chain(4),
    "cascade": lambda: cascade(3),
    "tree": lambda: tree(detuned=True),
    "loops": lambda: random_network(1, n=4)[0],
    "complex": lambda: random_network(4, n=5)[0],
    "uniform": lambda: liu_ring(6),
    "dense": lambda: complete(14),
}


@pytest.mark.parametrize("key", SMALL)
def test_tables_and_lines_have_the_same_gradients(tables, key):
    net = SMALL[key]()
    small, large = module(net), tables(net)
    values = keywords(points(net, (3,)))
    # lossless modes, whose pivots vanish in a fixed order
    for name in [name for name in values if name.startswith("kappa")][1:2]:
        values[name] = values[name] * [1, 0, 1]
    for mode in (small.MODES[-1], np.linspace(-1, 2, len(small.MODES))):
        expected, found = (m.energies_and_gradient(mode, **values) for m in (small, large))
        for a, b in zip(expected, found, strict=True):
            assert a.dtype == b.dtype
            assert a.shape == b.shape
            assert np.isfinite(a).all()
            assert np.abs(a - b).max() <= 1e-11 * np.abs(a).max()
    assert np.count_nonzero(expected[1]) > expected[1].size / 2


def test_the_gradient_by_tables_on_exact_rationals_is_the_exact_derivative(tables):
    net = exact_network(False)
    values = {
        s: Rational(3 + k, 7 + k % 3) + (I * Rational(2, 3 + k) if not s.is_real else 0)
        for k, s in enumerate(net.symbols)
    }
    numbers = {s.name: gaussian(v) for s, v in values.items()}
    state, m = steady_state(langevin(net)), tables(net)
    assert not state.where
    for mode in m.MODES:
        energies, gradient = m.energies_and_gradient(mode, **numbers)
        closed = state.energy(mode)
        assert energies[m.MODES.index(mode)] == gaussian(at(closed, values))
        for s, found in zip(net.symbols, gradient, strict=True):
            assert found == gaussian(at(slope(closed, s), values)), (mode, s)


def test_an_undriven_large_network_stays_empty():
    net = drawing(nx.star_graph(125), [])
    names = executed(network_module(loads(net.toml()), "star"))
    for name, times in (("amplitudes", ()), ("energies", ()), ("amplitudes_at", (2.0,)), ("energies_at", (2.0,))):
        assert not names[name](*times, **net.values).any()
    assert not any(a.any() for a in names["energies_and_gradient"]("b_7", **net.values))


def exactly(net, values):
    """Amplitudes and the adjoint for the last mode by FLINT in 200 bits, of the drift that `direct` fills."""
    w = direct(net, values, np.inf)["drift_matrix"]
    size = len(w)
    force = [[-1j * number(entries.get("drive", "0"), values)] for entries in net.modes.values()]
    with ctx.workprec(200):
        matrix = acb_mat([list(row) for row in w.tolist()])
        x = matrix.solve(-acb_mat(force))
        pull = acb_mat(size, 1)
        pull[size - 1, 0] = 2 * number(list(net.modes.values())[-1]["frequency"], values) * x[size - 1, 0].conjugate()
        y = matrix.transpose().solve(-pull)
        return np.array([complex(v) for v in x.entries()]), np.array([complex(v) for v in y.entries()])


def test_gradients_of_large_networks_agree_with_many_digits_over_eight_decades():
    """∂E/∂κ_k = −Re y_k x_k/2 and ∂E/∂J_ij = Im(y_i x_j + y_j x_i): of all losses and couplings."""
    graph, drawn = sparse(125, 60, 6), random.Random(4)
    net = drawing(graph, [3])
    names = executed(network_module(loads(net.toml()), "here"))
    wide = {k: v * 10 ** drawn.uniform(-4, 4) if k[0] in "kJ" else v for k, v in net.values.items()}
    # what grows is not on the left of a contour
    fast = {k: v * 1000 if k[0] == "k" else v for k, v in net.values.items()}
    for gain in (fast, fast | {"kappa_3": -60.0}):
        grown = direct(net, gain, 1.0)["amplitudes_at"]
        assert np.linalg.norm(names["amplitudes_at"](1.0, **gain) - grown) <= 1e-9 * np.linalg.norm(grown)
    for values in (net.values, wide, wide | {f"kappa_{k}": 0.0 for k in range(1, 60, 8)}):
        x, y = exactly(net, values)
        at = {mode: k for k, mode in enumerate(net.modes)}
        known = {f"kappa_{k}": -(y[at[f"b_{k}"]] * x[at[f"b_{k}"]]).real / 2 for k in range(125)}
        for a, b, J in net.couplings:
            known[J] = (y[at[a]] * x[at[b]] + y[at[b]] * x[at[a]]).imag
        energies, gradient = names["energies_and_gradient"](names["MODES"][-1], **values)
        found = dict(zip(names["PARAMETERS"], gradient, strict=True))
        frequency = number(list(net.modes.values())[-1]["frequency"], values)
        assert energies[-1] == pytest.approx(abs(x[-1]) ** 2 * frequency)
        # p ∂E/∂p in units of E: how many per cent of E a per cent of p is
        error = max(abs(found[p] - known[p]) * values[p] for p in known) / energies[-1]
        assert error <= 1e-10 * max(1, max(abs(known[p]) * values[p] for p in known) / energies[-1])


@pytest.mark.parametrize("key", ["loops", "complex"])
def test_tables_keep_the_library_and_the_precision(tables, key):
    net = SMALL[key]()
    m, values = tables(net), keywords(points(net, (2, 3)))
    values[m.PARAMETERS[0]] = values[m.PARAMETERS[0]][0]
    foreign = {name: strict.asarray(v) for name, v in values.items()}
    short = {k: v.astype(np.complex64 if np.iscomplexobj(v) else np.float32) for k, v in values.items()}
    double = {k: v.astype(np.result_type(v, np.float64)) for k, v in short.items()}
    mode = m.MODES[-1]
    for name, first in (
        ("drift_matrix", ()), ("amplitudes", ()), ("energies", ()), ("energies_and_gradient", (mode,)),
        ("amplitudes_at", (0.7,)), ("energies_at", (0.7,)),
    ):  # fmt: skip
        call = getattr(m, name)
        found = [call(*first, **words) for words in (values, foreign, double, short)]
        for known, theirs, exact, single in zip(*(r if isinstance(r, tuple) else (r,) for r in found), strict=True):
            assert isinstance(theirs, type(strict.asarray(1.0))), name
            assert np.array_equal(np.from_dlpack(theirs), known)
            assert single.dtype == (np.complex64 if np.iscomplexobj(exact) else np.float32)
            assert np.array_equal(single, exact.astype(single.dtype))


def test_a_gradient_by_tables_costs_at_most_five_values(tables):
    # of a dense network no operation is in the tables
    for key in (name for name in SMALL if name != "dense"):
        cost = tables(SMALL[key]()).OPERATIONS
        # a substitution, one that refines and one that judges
        value = cost["entries"] + cost["factors"] + 3 * cost["substitution"]
        assert value + 3 * cost["transposed"] + cost["slopes"] <= 5 * value, key
    with pytest.raises(ValueError, match="one of MODES, or a weight"):
        tables(chain(3)).energies_and_gradient("b_7", **dict.fromkeys(module(chain(3)).PARAMETERS, 1.0))


def in_time(m, values, t):
    """∫₀ᵗ exp(W s) f ds from the exponential of [[W, f], [0, 0]]t in 500 bits."""
    rows, columns, entries = m.drift_entries(**values)
    size = len(m.MODES)
    with ctx.workprec(500):
        a = acb_mat(size + 1, size + 1)
        for i, j, v in zip(rows, columns, entries, strict=True):
            a[int(i), int(j)] = complex(v) * acb(t)
        a[0, size] = -1j * values["epsilon_0"] * acb(t)
        grown = a.exp()
        return np.array([complex(grown[i, size]) for i in range(size)])


def slow_and_fast(tables):
    """Twenty modes with loops, and losses that differ by twelve decades; two modes have none."""
    net = drawing(sparse(20, 8, 6), [0])
    m, drawn = tables(loads(net.toml())), random.Random(5)
    wide = {k: v * 10 ** drawn.uniform(-6, 6) if k[0] == "k" else v for k, v in net.values.items()}
    return m, net.values, wide | {"kappa_3": 0.0, "kappa_7": 0.0}


def test_amplitudes_in_time_agree_with_many_digits_whatever_the_losses(tables):
    m, plain, wide = slow_and_fast(tables)
    for values in (plain, wide):
        for t in (1e-3, 0.5, 20.0, 3e3):
            expected, found = in_time(m, values, t), m.amplitudes_at(t, **values)
            assert np.linalg.norm(found - expected) <= 1e-10 * np.linalg.norm(expected), t
            p = np.array([values[name] for name in m.PARAMETERS])[:, None]
            w, at = m._values(p), np.array([t])
            if t <= 20:
                x, good = m._around(w, m._force(w), at, *m._band(w))
                assert good.all()
                assert 0 < np.linalg.norm(x[:, 0] - expected) <= 1e-10 * np.linalg.norm(expected)
    # many points at once, those of each way among them, and with loss that is gain
    times = np.array([1e-3, 0.5, np.inf, 20.0, 0.0])
    gains = np.array([[1.0], [-4.0]])
    many = m.amplitudes_at(times, **plain | {"kappa_5": gains})
    for i, j in ((0, 0), (0, 1), (0, 3), (1, 1), (1, 3)):
        one = in_time(m, plain | {"kappa_5": gains[i, 0]}, times[j])
        assert np.linalg.norm(many[:, i, j] - one) <= 1e-10 * np.linalg.norm(one)
    assert np.array_equal(many[:, :, 2], m.amplitudes(**plain | {"kappa_5": gains[:, 0]}))
    assert not many[:, :, 4].any()


def test_the_work_for_a_time_does_not_grow_with_the_losses(tables):
    m, plain, _ = slow_and_fast(tables)
    names, work, counts = m._charged.__globals__, [], []
    solved = names["_solved"]
    names |= {"_solved": lambda w, f: work.append(f.shape[1]) or solved(w, f), "_stepped": None, "_doubled": None}
    for factor in (1e7, 1e9, 1e12):
        fast = {k: v * factor if k[0] == "k" and int(k.split("_")[1]) % 3 == 1 else v for k, v in plain.items()}
        work.clear()
        found = m.amplitudes_at(1.0, **fast)
        counts.append(sum(work))
        expected = in_time(m, fast, 1.0)
        assert np.linalg.norm(found - expected) <= 1e-10 * np.linalg.norm(expected)
    assert 70 <= counts[0] == counts[1] == counts[2] < 100


@pytest.mark.parametrize("t", [1e5, 1e7, 1e9, 1e12])
def test_late_times_have_many_digits_with_dark_modes_and_losses_over_twelve_decades(tables, t):
    m, plain, wide = slow_and_fast(tables)
    ends = {"kappa_0", "kappa_19"}
    kept = {k: v for k, v in plain.items() if k[0] != "k" or k in ends}
    none = {k: 0.0 for k in plain if k[0] == "k"}
    faint = {k: plain[k] * 1e-12 for k in none}
    names = m._charged.__globals__
    names["_stepped"] = names["_around"] = None  # neither may be needed
    for case, values in (("wide", wide), ("dark", none | kept), ("lossless", plain | none), ("faint", plain | faint)):
        expected = in_time(m, values, t)
        p = np.array([values[name] for name in m.PARAMETERS])[:, None]
        w = m._values(p)
        f = m._force(w)[m._REACHED]
        norm = m._residual(m._PART, np.abs(w), 0 * np.abs(f), np.ones(f.shape)).max(axis=0)
        found = m._doubled(w, f, np.array([t]), norm)[:, 0]
        assert np.linalg.norm(found - expected) <= 1e-10 * np.linalg.norm(expected), case
    # where nothing is lost there is no steady state to fall back to
    expected = in_time(m, plain | none, t)
    assert np.linalg.norm(m.amplitudes_at(t, **plain | none) - expected) <= 1e-10 * np.linalg.norm(expected)


def test_what_would_take_more_than_an_hour_is_refused_in_words(tables, monkeypatch):
    monkeypatch.setattr("derive.modules.large.DENSE", 10)
    net = drawing(nx.star_graph(20), [0])
    m = tables(loads(net.toml()))
    # what is steady early is so at any time
    assert np.array_equal(m.amplitudes_at(1e15, **net.values), m.amplitudes(**net.values))
    dark = net.values | {"kappa_8": 0.0, "kappa_9": 0.0}
    with pytest.raises(ValueError, match=r"an hour or less, but at t = 1e\+15.*hours. Give t up to about \de\+\d\d"):
        m.amplitudes_at(1e15, **dark)
    # up to as many modes as LAPACK takes there is a way
    monkeypatch.undo()
    expected = in_time(m, dark, 1e15)
    found = tables(loads(net.toml())).amplitudes_at(1e15, **dark)
    assert np.linalg.norm(found - expected) <= 1e-10 * np.linalg.norm(expected)


def with_noise(net, every=1):
    """The same with thermal losses at every so many modes."""
    for k, (name, entries) in enumerate(net.modes.items()):
        if k % every == 0:
            net.baths.append({"rate": entries.pop("loss"), "jump": {name: "1"}, "thermal": f"n_{k}"})
            net.values[f"n_{k}"] = net.values["kappa_1"] * (1 + k % 3)
            net.kinds[f"n_{k}"] = "positive"
    return net


def test_noise_above_a_hundred_modes_is_dense_and_above_a_thousand_is_refused():
    net = with_noise(drawing(sparse(125, 60, 6), [0]), 5)
    names = executed(network_module(loads(net.toml()), "noisy"))
    w = names["drift_matrix"](**net.values)
    source = np.zeros((125, 125))
    for k in range(0, 125, 5):
        source[k, k] = net.values[f"kappa_{k}"] * net.values[f"n_{k}"]
    spread = solve_continuous_lyapunov(w, -source).diagonal().real
    expected = np.abs(names["amplitudes"](**net.values)) ** 2 + spread
    assert np.allclose(names["occupations"](**net.values), expected, rtol=1e-10, atol=0)
    large = loads(with_noise(drawing(nx.path_graph(1001), [0]), 500).toml())
    with pytest.raises(TooManyModes, match="at most 1000 amplitudes.*but this has 1001"):
        network_module(large, "noisy")
