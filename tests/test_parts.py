"""Eliminations in real numbers: the parts against the complex code, and emitted modules against exact numbers."""

import mpmath
import numpy as np
import pytest
from oracles import gaussian, moments
from sympy import I, Rational, Symbol, conjugate, symbols
from test_driven import written_out
from test_module import exact_amplitudes, keywords, module, positive

from derive import ring
from derive.kernel import Proved, Refuted, is_zero
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss
from derive.program import straight
from derive.program.parts import entry_parts, in_parts, output_kinds
from derive.program.source import RealPart


def joined(parts):
    return parts[0] + I * parts[1]


def test_the_parts_of_a_program_are_those_of_its_values():
    x, y, z, w = symbols("x y z w")
    outputs = (1 / (x + y * z), z * y**2 / x - 3 * w, x * y * z * w, -y / (z + w) ** 2, y + 0 * x)
    program = straight("f", (x, y, z, w), outputs)
    kinds = {x: (True, False), y: (False, True), z: (True, True), w: (True, False)}
    split, found = in_parts(program, kinds)
    assert found == output_kinds(program, kinds)
    assert found == ((True, True), (True, True), (True, True), (True, True), (False, True))
    assert all(s.is_real for s in split.inputs)
    a, b, c, d, e = split.inputs
    at = {x: a, y: I * b, z: c + I * d, w: e}
    parts = iter(written_out(split))
    for e, kind in zip(outputs, found, strict=True):
        value = joined([next(parts) if there else 0 for there in kind])
        assert isinstance(is_zero(value - e.xreplace(at)), Proved)
        assert isinstance(is_zero(value * Rational(8, 7) - e.xreplace(at)), Refuted)


def test_the_parts_of_an_entry_are_real_and_make_it_up():
    J, p, delta = positive("J"), Symbol("p"), Symbol("Delta", real=True)
    real = -J * p * conjugate(p) / 2
    for e in (-J / 2, -I * J, -I * delta - J / 2, real, I * J * (p + conjugate(p)), J * p - I * delta):
        parts = [part.replace(RealPart, lambda z: (z + conjugate(z)) / 2) for part in entry_parts(e)]
        assert isinstance(is_zero(joined(parts) - e), Proved)
        for part in parts:
            assert isinstance(is_zero(part - conjugate(part)), Proved)


def looped(n, weighted=False):
    """A ring without detunings; weighted: with a shared reservoir of complex weights and a complex drive beside."""
    net = ring(n - 1, distinct=True)
    if not weighted:
        return net
    a, b = (mode.name for mode in net.modes[:2])
    bath = Bath(((a, Symbol("p_0")), (b, 1)), positive("G"))
    return Network(net.modes, net.couplings, (Drive(a, Symbol("z")),), (*net.baths, bath))


def woven(n):
    """All modes coupled, all with one reservoir of complex weights, and each with a loss of its own."""
    names = [f"m_{k}" for k in range(n)]
    couplings = tuple(Coupling(names[i], names[j], Symbol(f"J_{j}_{i}")) for i in range(n) for j in range(i))
    shared = Bath(tuple((name, Symbol(f"p_{k}")) for k, name in enumerate(names)), positive("G"))
    own = tuple(loss(name, positive(f"kappa_{k}")) for k, name in enumerate(names))
    return Network(tuple(map(Mode, names)), couplings, (Drive(names[1], positive("epsilon")),), (shared, *own))


def paired(n):
    net = looped(n)
    squeezing = Squeezing(net.modes[0].name, net.modes[1].name, positive("chi"))
    return Network(net.modes, net.couplings, net.drives, net.baths, (squeezing,))


def test_a_ring_is_real_where_it_is_even_and_complex_where_it_is_detuned():
    assert len(module(looped(6))._LEFT) == 6
    assert 5 < len(module(looped(5))._LEFT) <= 10
    names = "abc"
    detuned = Network(
        tuple(Mode(name, Symbol(f"Delta_{name}", real=True)) for name in names),
        tuple(Coupling(*pair, positive(f"J_{pair}")) for pair in ("ab", "bc", "ca")),
        (Drive("a", positive("epsilon")),),
        tuple(loss(name, positive(f"kappa_{name}")) for name in names),
    )
    assert not hasattr(module(detuned), "_LEFT")


@pytest.mark.parametrize("net", [looped(3), looped(4), looped(5), looped(4, weighted=True), paired(4)])
def test_parts_of_exact_numbers_are_exact(net):
    values = {
        s: Rational(3 + k, 7 + k % 3) + (0 if s.is_real else I * Rational(2, 3 + k)) for k, s in enumerate(net.symbols)
    }
    found = module(net).amplitudes(**{s.name: gaussian(v) for s, v in values.items()})
    assert list(found) == exact_amplitudes(net, values)


@pytest.mark.parametrize("n", [3, 4, 7, 10])
@pytest.mark.parametrize("ratio", [1e-6, 1.0, 1e6])
def test_loops_are_as_accurate_as_lapack_at_any_ratio_of_coupling_to_loss(n, ratio):
    net = looped(n)
    rng = np.random.default_rng(n)
    points = {s: rng.uniform(0.5, 2, 40) * (ratio if s.name[0] == "J" else 1) for s in net.symbols}
    found = module(net).amplitudes(**keywords(points))
    errors = []
    for k in range(40):
        numbers = moments(net, {s: v[k] for s, v in points.items()})
        with mpmath.workdps(60):
            x = mpmath.lu_solve(mpmath.matrix(numbers.drift.tolist()), -mpmath.matrix(numbers.force.tolist()))
            exact = np.array([complex(v) for v in x])
        lapack = np.linalg.solve(numbers.drift, -numbers.force)
        errors.append([np.max(np.abs(y - exact) / np.abs(exact)) for y in (found[:, k], lapack)])
    ours, theirs = np.max(errors, axis=0)
    assert ours <= 10 * max(theirs, 2.0**-52)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_loss_that_is_nearly_nothing_leaves_a_regular_loop_its_digits(kind):
    """Elimination begins at the loss: its quotients are wrong by far, and no measure of what mends them."""
    D, J = (Symbol(name, real=True) for name in "DJ")
    links = tuple(Coupling(a, b, J) for a, b in ("ab", "bc", "ca"))
    nearly = (loss("a", positive("kappa")),)
    m = module(Network((Mode("a"), Mode("b", D), Mode("c", D)), links, (Drive("a", positive("epsilon")),), nearly))
    rng, eps = np.random.default_rng(5), np.finfo(kind).eps
    kappa, d, j = 10.0 ** rng.uniform(2 * np.log10(eps), -2, 2000), *rng.uniform(-1, 1, (2, 2000))
    values = {"kappa": kappa, "D": d, "J": j, "epsilon": np.full(2000, 0.3)}
    values = {name: v.astype(kind) for name, v in values.items()}
    kappa, d, j = (values[name].astype(float) for name in ("kappa", "D", "J"))
    found = m.amplitudes(**values)
    assert found.dtype == np.result_type(kind, np.complex64)
    for k in range(2000):
        drift = -1j * np.array([[kappa[k] / 2j, j[k], j[k]], [j[k], d[k], j[k]], [j[k], j[k], d[k]]])
        expected = np.linalg.solve(drift, [1j * float(values["epsilon"][k]), 0, 0])
        error = np.max(np.abs(found[:, k] - expected)) / np.max(np.abs(expected))
        assert error <= 40 * eps * np.linalg.cond(drift), (kappa[k], d[k], j[k])


def test_lossless_loops_without_a_steady_state_are_nan_among_others():
    net = looped(4)
    values = {s: np.full(9, 1.0) for s in net.symbols}
    for s in values:
        if s.name.startswith("kappa"):
            values[s][4] = 0.0
    found = module(net).energies(**keywords(values))
    assert np.isnan(found[:, 4]).all()
    assert np.isfinite(np.delete(found, 4, axis=1)).all()


def without(net, *lossless):
    """The network without what these modes lose by themselves."""
    own = [(net.names[k],) for k in lossless]
    return Network(net.modes, net.couplings, net.drives, tuple(bath for bath in net.baths if bath.legs not in own))


def sided(n, m):
    """Modes of two kinds, every one coupled to all of the other: without losses m − n are free of the drive."""
    names, others = [f"a_{i}" for i in range(n)], [f"b_{j}" for j in range(m)]
    couplings = tuple(Coupling(a, b, positive(f"J_{a}_{b}")) for a in names for b in others)
    own = tuple(loss(name, positive(f"kappa_{name}")) for name in (*names, *others))
    return Network(tuple(map(Mode, (*names, *others))), couplings, (Drive("a_0", positive("epsilon")),), own)


def bounded(m, words):
    """The points at which losses alone tell that no rounding moves x far, and the drift matrices there."""
    asked, space = [], m.energies.__globals__
    moved = space["_moved"]
    space["_moved"] = lambda *given: asked.append(given) or moved(*given)
    w = np.moveaxis(m.drift_matrix(**words), -1, 0)
    for k in range(len(w)):
        asked.clear()
        x = m.amplitudes(**{name: v[k] for name, v in words.items()})
        if not asked:
            yield k, w[k], x


LOSSY = {"local": looped(5), "in parts": looped(5, weighted=True), "all shared": woven(5)}


@pytest.mark.parametrize("net", LOSSY.values(), ids=LOSSY)
def test_what_each_mode_loses_by_itself_bounds_what_a_rounding_does(net):
    """|W⁻¹| ≤ 2/min κ, whatever the modes lose to reservoirs that they share."""
    rng = np.random.default_rng(2)
    values = {
        s: rng.uniform(0.5, 2, 400) * (10 ** rng.uniform(-16, 0, 400) if s.name.startswith("kappa") else 1)
        for s in net.symbols
    }
    values = {s: v if s.is_real else v * np.exp(2j * rng.uniform(0, np.pi, 400)) for s, v in values.items()}
    force = np.zeros((400, 5))
    force[:, net.names.index(net.drives[0].mode)] = np.abs(values[net.drives[0].amplitude])
    known = [*bounded(module(net), keywords(values))]
    assert 30 < len(known) < 200
    for k, w, x in known:
        error = 2.0**-52 * np.abs(np.linalg.inv(w)) @ (np.abs(w) @ np.abs(x) + force[k])
        assert error.max() <= 1e-3 * np.abs(x).max()
    # A shared reservoir has modes that it does not damp, whatever it does to each by itself.
    assert not hasattr(module(without(net, 2, 3)), "_LOSSES")


def test_a_mode_without_loss_is_bounded_by_what_it_loses_through_its_couplings():
    """|W⁻¹| ≤ 8 |W|²/(|w|² min κ): without losses a mode that is nearly the lossless one would be at rest."""
    net = without(sided(2, 3), 4)
    m = module(net)
    rng = np.random.default_rng(2)
    sizes = {s: -9 if s.name.startswith("kappa") else -7 if s.name.endswith("b_2") else 0 for s in net.symbols}
    values = {s: rng.uniform(0.5, 2, 400) * 10 ** rng.uniform(size, 0, 400) for s, size in sizes.items()}
    known = [*bounded(m, keywords(values))]
    assert 30 < len(known) < 200
    for _, w, _ in known:
        # what a rounding of every entry moves x by, in Euclid's norm
        assert 2.0**-52 * np.sqrt(5) * np.linalg.norm(w) <= 1e-3 * np.linalg.svd(w, compute_uv=False)[-1]


def test_nothing_bounds_what_a_rounding_does_where_a_shared_rate_may_be_negative():
    """At Γ = −κ/2 nothing damps a + b, although each mode has a loss of its own."""
    modes, drive = (Mode("a"), Mode("b")), (Drive("a", positive("epsilon")),)
    own = tuple(loss(name, positive("kappa")) for name in "ab")
    link = (Coupling("a", "b", Symbol("J")),)
    for rate in (Symbol("Gamma", real=True), positive("Gamma")):
        m = module(Network(modes, link, drive, (Bath((("a", 1), ("b", 1)), rate), *own)))
        assert hasattr(m, "_LOSSES") == (rate.is_positive is True)


def test_nothing_bounds_what_a_rounding_does_where_modes_gain_together():
    net = looped(5, weighted=True)
    both = Bath((), positive("g"), gain=((net.names[3], 1), (net.names[4], 1)))
    assert not hasattr(module(Network(net.modes, net.couplings, net.drives, (*net.baths, both))), "_LOSSES")


@pytest.mark.parametrize("small", [0.0, 1e-17, 1e-16])
def test_equal_modes_that_no_loss_tells_apart_are_not_a_number(small):
    m = module(looped(4))
    words = {name: np.array([1, 1 / 3, 0.7, 0.1]) for name in m.PARAMETERS}
    # b_1 − b_3 is lost at a rate that is less than a rounding of its coupling, to either side of the ring.
    found = m.amplitudes(**words | {"kappa_1": small, "kappa_3": small})
    assert np.isnan(found[[1, 3]]).all()
    assert np.isfinite(m.amplitudes(**words | {"kappa_1": 1e-9, "kappa_3": 1e-9})).all()


def coupled(n, letter, shared=True):
    """All modes coupled, with a detuning and a shared reservoir of complex weights: too many for an elimination."""
    names = [f"m_{k}" for k in range(n)]
    couplings = [Coupling(names[i], names[j], letter(f"J_{j}_{i}")) for i in range(n) for j in range(i)]
    baths = [loss(name, positive(f"kappa_{k}")) for k, name in enumerate(names)]
    if shared:
        baths.append(Bath(((names[0], Symbol("p")), (names[1], 1)), positive("G")))
    modes = (Mode(names[0], Symbol("Delta", real=True)), *map(Mode, names[1:]))
    return Network(modes, tuple(couplings), (Drive(names[3], Symbol("z")),), tuple(baths))


@pytest.mark.parametrize(("n", "letter"), [(20, positive), (14, Symbol)], ids=["real", "complex"])
def test_a_dense_network_is_solved_in_pieces_and_is_nan_where_it_is_singular(n, letter):
    points = 1300
    m, net = module(coupled(n, letter)), coupled(n, letter)
    assert 1 < m._CACHED < points / 2
    assert len(m._CELLS) == n * (n + 2) * (2 if letter is positive else 1)
    rng = np.random.default_rng(3)
    sizes = {s: rng.uniform(0.5, 2, points) for s in net.symbols}
    words = keywords({s: v if s.is_real else v * np.exp(2j * rng.uniform(size=points)) for s, v in sizes.items()})
    words["kappa_4"] = 1.5  # a number among arrays
    words["J_5_6"] = words["J_5_6"] + 0j  # real, but not so to NumPy
    words = {name: np.broadcast_to(v, points).copy() for name, v in words.items()} | {"kappa_4": np.array(1.5)}
    # No drive reaches (m_7 − m_8)/√2 and nothing damps it: W is singular but for rounding, or exactly.
    for at, size in ((40, 1 / 3), (750, 0)):
        words["kappa_7"][at] = words["kappa_8"][at] = words["J_7_8"][at] = 0
        for j in (*range(7), *range(9, n)):
            for k in (7, 8):
                words["J_{}_{}".format(*sorted((j, k)))][at] = size * (1 + 0.3 * j)
    found = m.amplitudes(**words)
    w = np.moveaxis(m.drift_matrix(**words), -1, 0)
    force = np.zeros((points, n, 1), complex)
    force[:, 3, 0] = -1j * words["z"]
    lone = [40, 750]
    assert np.isnan(found[:, lone]).all()
    assert np.isnan(m.energies(**words)[:, lone]).all()
    others = np.delete(np.arange(points), lone)
    expected = np.linalg.solve(w[others], -force[others])[..., 0].T
    assert np.max(np.abs(found[:, others] - expected)) < 1e-12 * np.max(np.abs(expected))


@pytest.mark.parametrize(
    ("n", "letter", "lossless"),
    [(20, positive, ()), (14, Symbol, ()), (14, Symbol, (7,))],
    ids=["real", "complex", "one without loss"],
)
@pytest.mark.parametrize("shared", [False, True], ids=["local", "shared"])
def test_a_dense_network_whose_losses_bound_its_inverse_is_not_asked_for_singular_points(
    n, letter, shared, lossless, monkeypatch
):
    net, points = without(coupled(n, letter, shared), *lossless), 300
    m = module(net)
    rng = np.random.default_rng(5)
    sizes = {s: rng.uniform(0.5, 2, points) for s in net.symbols}
    words = keywords({s: v if s.is_real else v * np.exp(2j * rng.uniform(size=points)) for s, v in sizes.items()})
    w = np.moveaxis(m.drift_matrix(**words), -1, 0)
    force = np.zeros((points, n, 1), complex)
    force[:, 3, 0] = -1j * words["z"]
    expected = np.linalg.solve(w, -force)[..., 0].T
    asked, inverted = [], m._inverted
    monkeypatch.setitem(
        m.amplitudes.__globals__, "_inverted", lambda xp, a, b: asked.append(b.shape[2] > 1) or inverted(xp, a, b)
    )
    found = m.amplitudes(**words)
    assert asked
    assert not any(asked)
    assert np.max(np.abs(found - expected)) < 1e-12 * np.max(np.abs(expected))
    # (m_7 − m_8)/√2, which no drive reaches, is lost at a rate that is less than a rounding.
    for k in {7, 8} - {*lossless}:
        words[f"kappa_{k}"][40] = 1e-17
    words["J_7_8"][40] = 0
    for j in (*range(7), *range(9, n)):
        for k in (7, 8):
            words["J_{}_{}".format(*sorted((j, k)))][40] = (1 + 0.3 * j) / 3
    found = m.amplitudes(**words)
    assert any(asked)
    assert np.isnan(found[:, 40]).all()
    others = np.delete(np.arange(points), 40)
    assert np.max(np.abs(found - expected)[:, others]) < 1e-12 * np.max(np.abs(expected))


def test_a_mode_without_loss_that_nothing_couples_is_not_a_number():
    net, points = without(coupled(14, Symbol), 7), 300
    rng = np.random.default_rng(6)
    words = keywords({s: rng.uniform(0.5, 2, points) for s in net.symbols})
    for at, size in ((40, 0), (41, 1e-14), (42, 1e-3)):
        for j in (*range(7), *range(8, 14)):
            words["J_{}_{}".format(*sorted((j, 7)))][at] *= size
    found = module(net).amplitudes(**words)
    assert np.isnan(found[:, 40]).all()
    assert np.isfinite(np.delete(found, 40, axis=1)).all()
