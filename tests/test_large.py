"""Networks of hundreds of modes: the same answers as arithmetic modulo a prime, at a cost that the network explains."""

import importlib.util
import json
import random
import re
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
from flint import acb_mat, nmod_mat
from mpmath import mp
from netfiles import Drawn, arrays, number
from oracles import PRIME, executed, modulo
from scipy.linalg import expm
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu
from sympy import I, ImmutableSparseMatrix, Integer, Rational, Symbol

from derive.evolution import SingularDrift, steady_state
from derive.kernel import straight_line, tabulated
from derive.kernel.linear import TooLong
from derive.kernel.place import regular
from derive.langevin import langevin
from derive.modules import network_module
from derive.netfile import loads


def sparse(size, extra, seed):
    """A random tree with `extra` more edges."""
    graph = nx.random_labeled_tree(size, seed=seed)
    drawn = random.Random(seed)
    while graph.number_of_edges() < size - 1 + extra:
        graph.add_edge(*drawn.sample(range(size), 2))
    return graph


GRAPHS = {
    "chain": nx.path_graph(200),
    "ring": nx.cycle_graph(200),
    "tree": nx.random_labeled_tree(200, seed=3),
    "sparse": sparse(200, 40, 1),
    "grid": nx.convert_node_labels_to_integers(nx.grid_2d_graph(20, 10)),
}


def system(graph, reciprocal=True, driven=0):
    """A drift with a letter for every loss and every coupling, and the force of one driven mode."""
    size = graph.number_of_nodes()
    entries = {(i, i): -Symbol(f"kappa_{i}", positive=True) / 2 for i in range(size)}
    for i, j in sorted(tuple(sorted(edge)) for edge in graph.edges):
        entries[i, j] = entries[j, i] = -I * Symbol(f"J_{i}_{j}", positive=True)
        if not reciprocal:
            entries[j, i] = Symbol(f"g_{i}_{j}") - I * Symbol(f"J_{i}_{j}", positive=True)
    force = {(driven, 0): I * Symbol("epsilon", positive=True)}
    return ImmutableSparseMatrix(size, size, entries), ImmutableSparseMatrix(size, 1, force)


def remainder(A, b, solution, seed=1):
    """A x − b modulo the prime at random values of the letters, for the x of the program; and x by FLINT."""
    size = A.rows
    drawn = random.Random(seed)
    entries = {**A.todok(), **{(i, size): e for (i, _), e in b.todok().items()}}
    letters = sorted({s for e in entries.values() for s in e.free_symbols}, key=str)
    values = {s: drawn.randrange(1, PRIME) for s in letters}
    assert not set(values) & {s for s, _ in solution.where}
    numbers = {place: modulo(e, values) for place, e in entries.items()}
    for symbol, definition in solution.where:
        values[symbol] = modulo(definition, values)
    found = [modulo(e, values) for e in solution.values]
    matrix = nmod_mat(size, size, [numbers.get((i, j), 0) for i in range(size) for j in range(size)], PRIME)
    right = nmod_mat(size, 1, [numbers.get((i, size), 0) for i in range(size)], PRIME)
    exact = matrix.solve(right)
    return found, [int(exact[i, 0]) for i in range(size)]


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("reciprocal", [True, False], ids=["reciprocal", "one-sided"])
def test_programs_of_two_hundred_modes_are_solutions_modulo_a_prime(name, reciprocal):
    A, b = system(GRAPHS[name], reciprocal, driven=7)
    solution = straight_line(A, b)
    found, exact = remainder(A, b, solution)
    assert found == exact
    # one wrong operation shows
    symbol, definition = solution.where[-1]
    wrong = solution.where[:-1] + ((symbol, definition + 1),)
    assert remainder(A, b, type(solution)(solution.values, wrong, 0, "", ""))[0] != exact


@pytest.mark.parametrize("size", [60, 500])
@pytest.mark.parametrize("shape", ["chain", "star", "tree"])
def test_trees_cost_six_operations_a_mode(size, shape):
    graph = {
        "chain": nx.path_graph(size),
        "star": nx.star_graph(size - 1),
        "tree": nx.random_labeled_tree(size, seed=2),
    }[shape]
    solution = straight_line(*system(graph))
    # κ/2, iJ, a multiplier, its product and sum, and the product of the way back; the driven mode has no link above
    assert solution.note == f"Straight-line program of {6 * size - 3} operations."


def test_what_the_drive_does_not_reach_costs_nothing():
    graph = nx.disjoint_union(nx.path_graph(50), nx.path_graph(400))
    A, b = system(graph)
    solution = straight_line(A, b)
    assert not any(solution.values[50:])
    assert all(solution.values[:50])
    assert f"{6 * 50 - 3} operations" in solution.note
    # one way only: the second half is fed by the first one, which does not know
    one_way = A + ImmutableSparseMatrix(450, 450, {(50, 49): Symbol("J")})
    assert all(straight_line(one_way, b).values)
    found, exact = remainder(one_way, b, straight_line(one_way, b))
    assert found == exact


def test_sparse_regularity_agrees_with_a_dense_determinant():
    drawn, singular = random.Random(5), 0
    for _ in range(600):
        size, density = drawn.randint(1, 40), drawn.random() / 2
        rows = [{j: drawn.randint(-1, 1) % PRIME for j in range(size) if drawn.random() < density} for _ in range(size)]
        if drawn.random() < 0.5:
            for i in range(size):
                rows[i][i] = drawn.randint(1, 3)
        dense = nmod_mat(size, size, [row.get(j, 0) for row in rows for j in range(size)], PRIME)
        singular += int(dense.det()) == 0
        assert regular(rows, PRIME) == (int(dense.det()) != 0)
    assert 100 < singular < 500


def test_rational_numbers_are_part_of_large_programs():
    graph = sparse(120, 20, 4)
    A, b = system(graph)
    A = A + ImmutableSparseMatrix(120, 120, {(i, i): -I * Rational(i, 7) for i in range(0, 120, 3)})
    A = A + ImmutableSparseMatrix(120, 120, {(0, 5): Integer(3)})
    found, exact = remainder(A, b, straight_line(A, b))
    assert found == exact


# -- tables ----------------------------------------------------------------------------------------------------


def run(levels, v, node, complements=()):
    """A table executed modulo the prime, with every complement solved by FLINT before its level."""
    pairs = paired = first = 0
    for level, (nodes, summed, products) in enumerate((*levels.levels, (0, 0, 0))):
        for at, left in complements:
            if at == level:
                width = len(left.unknowns)
                dense = nmod_mat(width, width, [0] * width**2, PRIME)
                for i, j, slot in left.cells:
                    dense[i, j] = v[slot]
                found = dense.solve(nmod_mat(width, 1, [v[slot] for slot in left.sources], PRIME))
                v.update((slot, int(found[k, 0])) for k, slot in enumerate(left.unknowns))
        new, done = {}, 0
        for k in range(nodes):
            value = v[levels.single[first + k]]
            if k < summed:
                for _ in range(levels.lengths[paired + k]):
                    value -= v[levels.left[pairs + done]] * v[levels.right[pairs + done]]
                    done += 1
            new[node + k] = value * pow(v[levels.over[first + k]], -1, PRIME) % PRIME
        assert done == products
        assert not set(new) & set(v)
        v.update(new)
        node, first, paired, pairs = node + nodes, first + nodes, paired + summed, pairs + products
    return node


@pytest.mark.parametrize("name", [*GRAPHS, "complete", "cascade", "very sparse"])
@pytest.mark.parametrize("reciprocal", [True, False], ids=["reciprocal", "one-sided"])
def test_tables_solve_any_right_hand_side_modulo_a_prime(name, reciprocal):
    more = {"complete": nx.complete_graph(40), "cascade": nx.path_graph(90), "very sparse": sparse(400, 200, 3)}
    graph = {**GRAPHS, **more}[name]
    size = graph.number_of_nodes()
    rows = [{i: i} for i in range(size)]
    entries = size
    for i, j in graph.edges:
        if name == "cascade" and j % 30 == 0:
            rows[max(i, j)][min(i, j)] = entries  # three chains, each feeding the next one
        else:
            rows[i][j], rows[j][i] = entries, entries + (not reciprocal)
        entries += 2
    tables = tabulated(rows, entries)
    drawn = random.Random(2)
    v = {0: 0, 1: 1} | {2 + k: drawn.randrange(1, PRIME) for k in range(entries + size)}
    matrix = nmod_mat(size, size, [v[2 + row[j]] if j in row else 0 for row in rows for j in range(size)], PRIME)
    right = nmod_mat(size, 1, [v[2 + entries + i] for i in range(size)], PRIME)
    node = run(tables.factors, v, 2 + entries + size)
    cells = [left.cells for left in tables.substitution.complements]
    flipped = [tuple((j, i, slot) for i, j, slot in left) for left in cells]
    for sweep, kept, a in ((tables.substitution, cells, matrix), (tables.transposed, flipped, matrix.transpose())):
        w = dict(v)
        complements = [left._replace(cells=k) for k, left in zip(kept, sweep.complements, strict=True)]
        run(sweep.levels, w, node, tuple(zip(sweep.at, complements, strict=True)))
        exact = a.solve(right)
        assert [w[slot] for slot in sweep.unknowns] == [int(exact[i, 0]) for i in range(size)]
        assert max(w) < tables.slots
    assert bool(cells) == (name in ("complete", "very sparse", "grid"))


def test_a_diagonal_that_is_zero_is_no_pivot_and_stays_good_where_it_is_none():
    """Lossless modes on resonance, and the same with a shift of all modes."""
    graph = sparse(300, 90, 2)
    rows, entries = pattern(graph)
    zero = entries
    for i in range(0, 300, 4):
        rows[i][i] = zero
    tables = tabulated(rows, entries + 1, zero)
    for value in (0, 12345):
        drawn = random.Random(3)
        v = {0: 0, 1: 1} | {2 + k: drawn.randrange(1, PRIME) for k in range(entries + 301)}
        v[2 + zero] = value
        matrix = nmod_mat(300, 300, [v[2 + row[j]] if j in row else 0 for row in rows for j in range(300)], PRIME)
        right = nmod_mat(300, 1, [v[3 + entries + i] for i in range(300)], PRIME)
        node = run(tables.factors, v, 3 + entries + 300)
        sweep = tables.substitution
        run(sweep.levels, v, node, tuple(zip(sweep.at, sweep.complements, strict=True)))
        exact = matrix.solve(right)
        assert [v[slot] for slot in sweep.unknowns] == [int(exact[i, 0]) for i in range(300)]


def test_a_tree_is_as_deep_as_it_is_and_a_dense_complement_ends_the_work():
    deep, flat = (tabulated(*pattern(graph)) for graph in (nx.path_graph(300), nx.star_graph(299)))
    assert (len(deep.factors.levels), len(flat.factors.levels)) == (598, 4)
    assert deep.factors.operations == flat.factors.operations == 3 * 299
    whole = sparse(1000, 501, 1)
    dense = tabulated(*pattern(whole))
    assert len(dense.substitution.complements[0].unknowns) < 180
    # the transposed sweep has the same multiplications
    assert dense.transposed.levels.operations == dense.substitution.levels.operations
    assert dense.factors.operations < 20_000


def pattern(graph):
    size = graph.number_of_nodes()
    rows = [{i: i} for i in range(size)]
    for k, (i, j) in enumerate(graph.edges, start=size):
        rows[i][j] = rows[j][i] = k
    return rows, size + graph.number_of_edges()


# -- modules ---------------------------------------------------------------------------------------------------


def drawing(graph, driven, phases=0, one_way=()):
    """A network file with a letter for everything, and random values of the letters."""
    drawn, net = random.Random(9), Drawn()
    for i in graph:
        net.modes[f"b_{i}"] = {"loss": f"kappa_{i}", "frequency": f"omega_{i % 3}"}
    for k, i in enumerate(driven):
        net.modes[f"b_{i}"]["drive"] = f"epsilon_{k}"
    net.modes["b_2"]["detuning"] = "Delta/3 - 2"
    net.modes["b_4"]["detuning"] = "1/7"
    net.kinds["Delta"] = "real"
    for k, (i, j) in enumerate(sorted(tuple(sorted(edge)) for edge in graph.edges)):
        strength = f"J_{k}"
        if (i, j) in one_way:
            strength = f"I*Gamma_{k}/2"
        elif k < phases:
            strength += f"*exp(I*theta_{k})"
            net.kinds[f"theta_{k}"] = "real"
        if (i, j) in one_way:
            net.baths.append({"rate": f"Gamma_{k}", "jump": {f"b_{i}": "1", f"b_{j}": "1"}})
        net.couplings.append((f"b_{i}", f"b_{j}", strength))
    letters = set(re.findall(r"(?:kappa|omega|epsilon|J|theta|Gamma)_\d+|Delta", net.toml()))
    net.kinds |= dict.fromkeys(letters - set(net.kinds), "positive")
    net.values = {name: drawn.uniform(0.5, 2) for name in sorted(letters)}
    return net


def direct(net, values, t):
    """Drift, amplitudes and energies by filling matrices: NumPy's solver, SciPy's exponential."""
    at = {mode: k for k, mode in enumerate(net.modes)}
    w, f = np.zeros((len(at), len(at)), complex), np.zeros(len(at), complex)
    for mode, entries in net.modes.items():
        k = at[mode]
        w[k, k] = -1j * number(entries.get("detuning", "0"), values) - number(entries["loss"], values) / 2
        f[k] = -1j * number(entries.get("drive", "0"), values)
    for a, b, strength in net.couplings:
        w[at[a], at[b]] += -1j * number(strength, values)
        w[at[b], at[a]] += -1j * np.conj(number(strength, values))
    for bath in net.baths:
        for a in bath["jump"]:
            for b in bath["jump"]:
                w[at[a], at[b]] -= number(bath["rate"], values) / 2
    steady = np.linalg.solve(w, -f)
    charged = steady if t == np.inf else steady - expm(w * t) @ steady
    frequency = np.array([number(entries["frequency"], values) for entries in net.modes.values()])
    return {
        "drift_matrix": w,
        "amplitudes": steady,
        "energies": frequency * np.abs(steady) ** 2,
        "amplitudes_at": charged,
        "energies_at": frequency * np.abs(charged) ** 2,
    }


SCRIPT = """
import sys
sys.modules["sympy"] = sys.modules["derive"] = sys.modules["flint"] = sys.modules["scipy"] = None
import importlib, json
import numpy as np
folder = sys.argv[1]
sys.path.insert(0, folder)
found = {}
with open(folder + "/calls.json") as file:
    calls = json.load(file)
for name, (values, time) in calls.items():
    module = importlib.import_module(name)
    values = {key: np.array(value) for key, value in values.items()}
    for f in ("drift_matrix", "amplitudes", "energies"):
        found[f"{name}.{f}"] = getattr(module, f)(**values)
    for f in ("amplitudes_at", "energies_at"):
        found[f"{name}.{f}"] = getattr(module, f)(np.array(time), **values)
np.savez(folder + "/found.npz", **found)
"""


def computed(folder, cases):
    """The functions of modules, imported where there is NumPy and neither SymPy nor derive."""
    for name, (net, _, _) in cases.items():
        (folder / f"{name}.py").write_text(network_module(loads(net.toml()), name), encoding="utf-8")
    calls = {name: (values, time) for name, (_, values, time) in cases.items()}
    (folder / "calls.json").write_text(json.dumps(calls))
    subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT, str(folder)], check=True)
    return arrays(folder / "found.npz")


def test_modules_of_large_networks_agree_with_a_direct_solution(tmp_path):
    tree, loops = nx.random_labeled_tree(125, seed=8), sparse(125, 60, 6)
    one_way = sorted(tuple(sorted(edge)) for edge in tree.edges)[::4]
    nets = {
        "chain": drawing(nx.path_graph(121), [0]),
        "tree": drawing(tree, [3, 40], phases=5, one_way=one_way),
        "loops": drawing(loops, [0], phases=30),
        "apart": drawing(nx.disjoint_union(nx.path_graph(100), nx.cycle_graph(25)), [110]),
    }
    cases = {name: (net, net.values, 1.5) for name, net in nets.items()}
    # arrays of parameters and times are broadcast
    swept = nets["loops"].values | {"kappa_0": [[0.5], [1.0]], "theta_3": [0.1, 0.2, 0.3]}
    cases["swept"] = (nets["loops"], swept, [0.5, 4.0, np.inf])
    # modes without loss: pivots in the order of elimination that vanish
    lossless = nets["loops"].values | {f"kappa_{k}": 0.0 for k in range(1, 60, 8)}
    cases["lossless"] = (nets["loops"], lossless, 0.3)
    found = computed(tmp_path, cases)
    for name, (net, values, time) in cases.items():
        points = [((), values, time)]
        if name == "swept":
            points = [
                ((i, j), values | {"kappa_0": values["kappa_0"][i][0], "theta_3": values["theta_3"][j]}, time[j])
                for i in range(2)
                for j in range(3)
            ]
        for at, point, t in points:
            expected = direct(net, point, t)
            for key in expected:
                value = found[f"{name}.{key}"][(..., *at)]
                assert value.shape == expected[key].shape
                scale = np.abs(expected[key]).max()
                assert np.abs(value - expected[key]).max() <= 1e-10 * scale, (name, key)
    # the far end of a chain has all its digits, though it is 1e-14 of the near one
    exact = direct(nets["chain"], nets["chain"].values, 1.0)["amplitudes"]
    assert np.abs(exact).min() < 1e-14
    assert np.allclose(found["chain.amplitudes"], exact, rtol=1e-9, atol=0)


@pytest.mark.parametrize("shape", ["tree", "loops"])
def test_large_modules_solve_rates_that_differ_by_eight_decades(shape):
    graph = nx.random_labeled_tree(125, seed=8) if shape == "tree" else sparse(125, 60, 6)
    net, drawn = drawing(graph, [3]), random.Random(4)
    names = executed(network_module(loads(net.toml()), shape))
    wide = {k: v * 10 ** drawn.uniform(-4, 4) if k[0] in "kJ" else v for k, v in net.values.items()}
    lossless = {f"kappa_{k}": 0.0 for k in range(1, 60, 8)} if shape == "loops" else {}
    for values in (wide, wide | lossless):
        expected = direct(net, values, np.inf)
        system = acb_mat([list(row) for row in expected["drift_matrix"].tolist()])
        right = acb_mat([[1j * number(entries.get("drive", "0"), values)] for entries in net.modes.values()])
        x = np.array([complex(v) for v in system.solve(right).entries()])
        assert np.abs(names["amplitudes"](**values) - x).max() < 1e-12 * np.abs(x).max()


def test_a_large_module_says_where_there_is_no_state_and_which_letter_is_missing(tmp_path):
    net = drawing(nx.star_graph(125), [0])
    (tmp_path / "star.py").write_text(network_module(loads(net.toml()), "star"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("star", tmp_path / "star.py")
    star = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(star)
    # two lossless modes at one hub: what they have together does not decay
    dark = net.values | {"kappa_8": np.array([0.0, 1.0, 0.0]), "kappa_9": np.array([0.0, 0.0, 1.0])}
    assert np.isnan(star.amplitudes(**dark)).all(axis=0).tolist() == [True, False, False]
    with pytest.raises(TypeError, match="kappa_1 is not"):
        star.amplitudes(**{name: v for name, v in net.values.items() if name != "kappa_1"})
    with pytest.raises(TypeError, match="mistake is not"):
        star.energies(**net.values, mistake=1)
    with pytest.raises(ValueError, match="kappa_1 must be real, but is complex"):
        star.energies(**net.values | {"kappa_1": np.array([1, 1e-3j])})
    # a point that is no number leaves the others alone
    mixed = net.values | {"kappa_8": np.array([1.0, np.nan, np.inf, 1.0, 1.0])}
    found = star.amplitudes_at(np.array([0.4, 0.4, 0.4, np.nan, 0.0]), **mixed)
    assert np.isnan(found).all(axis=0).tolist() == [False, True, True, True, False]
    one = star.amplitudes_at(0.4, **net.values | {"kappa_8": 1.0})
    assert np.abs(found[:, 0] - one).max() < 1e-15
    assert not found[:, 4].any()
    assert np.isnan(star.amplitudes(**mixed)).any(axis=0).tolist() == [False, True, True, False, False]
    rows, columns, values = star.drift_entries(**net.values)
    assert values.shape == rows.shape == (126 + 2 * 125,)
    assert np.array_equal(star.drift_matrix(**net.values)[rows, columns], values)
    # numbers of any precision stay what they are
    with mp.workdps(40):
        precise = {name: mp.mpf(value) for name, value in net.values.items()}
        x = star.amplitudes(**precise)
        w = np.full((126, 126), mp.mpf(0), object)
        w[rows, columns] = star.drift_entries(**precise)[2]
        force = np.zeros(126, object)
        force[0] = -1j * precise["epsilon_0"]
        assert max(abs(r) for r in w @ x + force) < mp.mpf(10) ** -35


def test_a_singular_large_network_is_refused():
    net = drawing(nx.star_graph(125), [0])
    for mode in ("b_8", "b_9"):
        net.modes[mode].pop("loss")
    with pytest.raises(SingularDrift, match="of the modes b_0, b_1, "):
        network_module(loads(net.toml()), "star")


def test_steady_states_of_hundreds_of_modes_have_no_second_moments():
    """Above 500 modes the matrices are sparse; a long chain is a program and not the 10⁵ factors of its numerators."""
    net = loads(drawing(nx.path_graph(520), [0]).toml())
    state = steady_state(langevin(net))
    assert state.number.is_zero_matrix
    assert state.anomalous.is_zero_matrix
    assert "straight-line program" in state.note
    definitions = dict(state.where)
    assert len(definitions) < 3 * 520 + 1000


def test_what_no_order_makes_short_is_refused_in_words():
    A, b = system(sparse(2000, 1000, 1))
    with pytest.raises(TooLong, match=r"at most 3000000 multiplications.*2000 unknowns.*--numpy"):
        straight_line(A, b)


def agreeing_with_superlu(folder, size, extra):
    """The module of a random network, whose amplitudes and gradient are those of SuperLU."""
    net = drawing(sparse(size, extra, 1), [0])
    (folder / "large.py").write_text(network_module(loads(net.toml()), "large"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("large", folder / "large.py")
    large = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(large)
    x = large.amplitudes(**net.values)
    rows, columns, values = large.drift_entries(**net.values)
    force = np.zeros(size, complex)
    force[0] = -1j * net.values["epsilon_0"]
    drift = csc_array((values, (rows, columns)))
    factors = splu(drift, permc_spec="MMD_AT_PLUS_A")
    expected = factors.solve(-force)
    assert np.abs(x - expected).max() <= 1e-12 * np.abs(expected).max()
    # ∂E/∂κ_k = −Re y_k x_k/2 of the driven mode, which has ω_0
    pull = np.zeros(size, complex)
    pull[0] = 2 * net.values["omega_0"] * np.conj(expected[0])
    slopes = -(factors.solve(-pull, trans="T") * expected).real / 2
    gradient = large.energies_and_gradient("b_0", **net.values)[1]
    at = {name: k for k, name in enumerate(large.PARAMETERS)}
    found = np.array([gradient[at[f"kappa_{k}"]] for k in range(size)])
    assert np.abs(found - slopes).max() <= 1e-12 * np.abs(slopes).max()
    return large


@pytest.mark.slow
@pytest.mark.parametrize("extra", [0, 1000, 5001], ids=["tree", "2.2 links", "3 links"])
def test_ten_thousand_modes_agree_with_superlu(tmp_path, extra):
    agreeing_with_superlu(tmp_path, 10_000, extra)


def test_modes_that_are_left_to_lapack_agree_with_superlu(tmp_path):
    assert agreeing_with_superlu(tmp_path, 600, 900)._COMPLEMENTS
