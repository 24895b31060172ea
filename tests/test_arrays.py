"""Emitted functions keep the precision and the array library of what they are given."""

import sys

import array_api_strict as strict
import dask.array as da
import numpy as np
import pytest
from oracles import executed
from scipy.linalg.lapack import cgesv
from sympy import Symbol, log, sqrt
from test_module import chain, keywords, module, positive, random_network

from derive.network import Coupling, Drive, Mode, Network, loss
from derive.program import numpy_source, straight


def complete(n):
    """All modes coupled: nineteen are spelled out, more are LAPACK's."""
    names = [f"m_{k}" for k in range(n)]
    couplings = [Coupling(names[i], names[j], positive(f"J_{i}_{j}")) for i in range(n) for j in range(i)]
    baths = tuple(loss(name, positive(f"kappa_{k}")) for k, name in enumerate(names))
    return Network(tuple(map(Mode, names)), tuple(couplings), (Drive("m_0", positive("epsilon")),), baths)


NETWORKS = {
    "tree": lambda: chain(4),
    "loops": lambda: random_network(3, n=5)[0],
    "many loops": lambda: complete(12),
    "dense": lambda: complete(20),
    "thermal": lambda: random_network(2, n=3, thermal=True)[0],
    "pairs": lambda: random_network(2, n=3, pairs=True)[0],
}
every_network = pytest.mark.parametrize("key", NETWORKS)


def points(net, shape=(7,), ratio=1.0):
    rng = np.random.default_rng(8)
    return {
        s: rng.uniform(0.5, 2, shape)
        * (ratio if s.name[0] == "J" else 1)
        * (1 if s.is_real else np.exp(0.3j))
        for s in net.symbols
    }


def functions(m):
    names = "drift_matrix amplitudes energies occupations anomalous ergotropies amplitudes_at energies_at".split()
    for name in names:
        if hasattr(m, name):
            yield name, getattr(m, name), (3.0,) if name.endswith("_at") else ()


@every_network
@pytest.mark.parametrize("given", [np.asarray, strict.asarray, da.from_array, list])
def test_a_real_parameter_has_no_imaginary_part(key, given):
    """Its conjugate is not taken: energies would come out as those of no network. Complex kinds alone are welcome."""
    net = NETWORKS[key]()
    m, values = module(net), keywords(points(net, (2,)))
    letter = next(s.name for s in reversed(net.symbols) if s.is_real)
    for name, function, times in functions(m):
        found = function(*times, **values | {letter: given(values[letter] + 0j)})
        assert np.allclose(np.asarray(found), function(*times, **values), 1e-12, 1e-12, True), name
        with pytest.raises(ValueError, match=f"{letter} must be real, but is complex"):
            np.asarray(function(*times, **values | {letter: given(values[letter] + np.array([0, 1e-3j]))}))


@every_network
def test_an_array_library_gets_arrays_of_its_own(key):
    net = NETWORKS[key]()
    m, values = module(net), keywords(points(net))
    foreign = {name: strict.asarray(v) for name, v in values.items()}
    for name, function, times in functions(m):
        found, expected = function(*times, **foreign), function(*times, **values)
        assert isinstance(found, type(strict.asarray(1.0))), name
        assert found.shape == expected.shape
        assert np.dtype(str(found.dtype).rpartition(".")[2]) == expected.dtype
        close(np.from_dlpack(found), expected, 1e-12)
    mixed = {name: v if k else strict.asarray(values[name]) for k, (name, v) in enumerate(values.items())}
    close(np.from_dlpack(m.amplitudes(**mixed)), m.amplitudes(**values), 1e-12)


@every_network
def test_arrays_stay_on_their_device_and_what_numpy_computes_says_so(key):
    net, device = NETWORKS[key](), strict.Device("device1")
    m, values = module(net), keywords(points(net, (3,)))
    foreign = {name: strict.asarray(v, device=device) for name, v in values.items()}
    for name, function, times in functions(m):
        assert function(*times, **foreign).device == device, name
        eliminated = name == "amplitudes" and key != "dense"
        coherent = name == "energies" and key in ("tree", "loops", "many loops")
        follows = name == "drift_matrix" or eliminated or coherent
        assert ("Computed by NumPy in double precision" in function.__doc__) != follows, name


@every_network
def test_gradients_keep_the_library_and_the_precision(key):
    net = NETWORKS[key]()
    m, values = module(net), keywords(points(net, (4,)))
    mode = m.MODES[-1]
    expected = m.energies_and_gradient(mode, **values)
    foreign = m.energies_and_gradient(mode, **{name: strict.asarray(v) for name, v in values.items()})
    first = m.PARAMETERS[0]
    lazy = m.energies_and_gradient(mode, **values | {first: da.from_array(values[first], chunks=2)})
    single = m.energies_and_gradient(
        mode, **{k: v.astype(np.complex64 if np.iscomplexobj(v) else np.float32) for k, v in values.items()}
    )
    for found, later, short, known in zip(foreign, lazy, single, expected, strict=True):
        close(np.from_dlpack(found), known, 1e-12)
        assert isinstance(later, da.Array)
        close(later.compute(scheduler="synchronous"), known, 1e-12)
        assert short.dtype == (np.complex64 if np.iscomplexobj(known) else np.float32)
        close(short, known, 1e-3)


def close(found, expected, tolerance):
    assert np.all(np.isnan(found) == np.isnan(expected))
    size = np.abs(expected).max(initial=0, where=~np.isnan(expected))
    assert np.all(np.abs(found - expected)[~np.isnan(expected)] <= tolerance * size)


@pytest.mark.parametrize("key", ["tree", "dense"])
def test_points_without_a_pivot_are_solved_in_the_library_itself(key):
    net = NETWORKS[key]()
    m, values = module(net), keywords(points(net))
    kappas = [name for name in values if name.startswith("kappa")]
    for k, name in enumerate(kappas):
        values[name][3] = 0.0
        if k == len(kappas) - 2:
            values[name][5] = 0.0
    if key == "dense":
        # Identical lossless modes: the dark superposition has no steady state.
        for name in values:
            if name.startswith(("J_", "kappa")) and any(f"_{a}" in name for a in (12, 13)):
                values[name][2] = 0.0
    for name in ("amplitudes", "energies"):
        expected = getattr(m, name)(**values)
        found = getattr(m, name)(**{name: strict.asarray(v) for name, v in values.items()})
        close(np.from_dlpack(found), expected, 1e-12)
        assert np.isfinite(expected[:, [0, 1, 5]]).all()
        assert np.isnan(expected[:, 2]).all() == (key == "dense")


@pytest.mark.parametrize("key", ["tree", "loops", "dense", "pairs"])
def test_dask_is_lazy_and_its_blocks_are_numpys(key, monkeypatch):
    net = NETWORKS[key]()
    m, values = module(net), keywords(points(net, (2, 6)))
    # Of a module that can be imported, dask hashes the names of functions, not all that they call.
    monkeypatch.setitem(sys.modules, m.__name__, m)
    values |= {name: v.flat[0] for name, v in list(values.items())[3:]}
    asked = []
    first, second, third = list(values)[:3]
    lazy = values | {
        name: da.from_array(values[name], chunks=cut).map_blocks(
            lambda a: asked.append(1) or a, meta=values[name][:0]
        )
        for name, cut in ((first, (1, 6)), (second, (2, 4)))
    }
    values[third] = lazy[third] = values[third][0]  # in memory, of fewer dimensions
    for name, function, times in functions(m):
        found, expected = function(*times, **lazy), function(*times, **values)
        assert isinstance(found, da.Array)
        assert not asked, name
        assert found.shape == expected.shape
        assert found.dtype == expected.dtype
        assert len(found.chunks[-1]) > 1
        close(found.compute(scheduler="synchronous"), expected, 1e-12)
        asked.clear()


@every_network
@pytest.mark.parametrize("ratio", [1e-2, 1.0, 1e2])
def test_single_precision_stays_and_is_as_good_as_lapacks(key, ratio):
    net = NETWORKS[key]()
    m, exact = module(net), keywords(points(net, ratio=ratio))
    values = {name: v.astype(np.complex64 if np.iscomplexobj(v) else np.float32) for name, v in exact.items()}
    exact = {name: v.astype(np.result_type(v, np.float64)) for name, v in values.items()}
    for name, function, times in functions(m):
        found = function(*times, **values)
        assert found.dtype == (np.complex64 if np.iscomplexobj(function(*times, **exact)) else np.float32), name
    found, expected = m.amplitudes(**values), m.amplitudes(**exact)
    if hasattr(m, "pairing_matrix"):
        return
    w = np.moveaxis(m.drift_matrix(**exact), -1, 0)
    force = -(w @ expected.T[..., None])
    # NumPy solves single precision in double, and rounds.
    pairs = zip(w.astype(np.complex64), -force.astype(np.complex64), strict=True)
    theirs = np.array([cgesv(a, b)[2][:, 0] for a, b in pairs]).T
    error, bound = (np.abs(x - expected).max(axis=0) / np.abs(expected).max(axis=0) for x in (found, theirs))
    assert np.all(error <= 10 * np.maximum(bound, 2.0**-23))


def test_single_precision_beside_double_or_integers_is_double():
    m = module(chain(3))
    words = dict.fromkeys(m.PARAMETERS, np.float32(1.0))
    assert m.energies(**words).dtype == np.float32
    assert m.energies(**words | {"epsilon": 2}).dtype == np.float32
    assert m.energies(**words | {"epsilon": np.ones(3)}).dtype == np.float64
    assert m.energies(**words | {"epsilon": np.arange(3)}).dtype == np.float64


@every_network
def test_whole_numbers_that_64_bits_do_not_hold_are_doubles(key):
    """NumPy makes Python objects of them, of which it has no exponential."""
    net = NETWORKS[key]()
    m, values = module(net), keywords(points(net, ()))
    name = next(name for name in values if name[0] == "k")
    for whole in (10**30, 2**63, [10**30, 3]):
        for _, function, times in functions(m):
            found = function(*times, **values | {name: whole})
            expected = function(*times, **values | {name: np.asarray(whole, dtype=float)})
            assert found.dtype == expected.dtype != object
            assert np.array_equal(found, expected, equal_nan=True)


def test_closed_forms_take_every_library():
    kappa, N = positive("kappa"), Symbol("N", integer=True, positive=True)
    outputs = (kappa * (N + sqrt(N**2 + 8 * N)) / 8, log(2) * sqrt(2) ** N + kappa)
    programs = [straight("one", (kappa, N), outputs[:1]), straight("two", (kappa, N), outputs)]
    names = executed(numpy_source(*programs, header="x"))
    values = {"kappa": np.linspace(0.5, 2, 6)[:, None], "N": np.arange(1, 5)}
    for name, head in (("one", ()), ("two", (2,))):
        expected = names[name](**values)
        assert expected.shape == (*head, 6, 4)
        found = names[name](**{key: strict.asarray(v) for key, v in values.items()})
        close(np.from_dlpack(found), expected, 1e-15)
        lazy = names[name](kappa=da.from_array(values["kappa"], chunks=2), N=values["N"])
        assert lazy.shape == expected.shape
        close(lazy.compute(scheduler="synchronous"), expected, 1e-15)


def test_memory_is_that_of_the_result_and_a_block():
    import tracemalloc

    net = chain(30)
    m = module(net)
    rng = np.random.default_rng(0)
    values = {name: rng.uniform(0.5, 2, 200_000) for name in m.PARAMETERS}
    tracemalloc.start()
    found = m.energies(**values)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - found.nbytes < 12e6
