"""Exact ladders and moment equations of spins against QuTiP, whole spin-½ spaces and independent algebra."""

from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
import qutip
from scipy.integrate import solve_ivp
from scipy.sparse import csc_matrix
from sympy import Add, I, Integer, Matrix, Rational, Symbol

from derive import (
    Bath,
    Coupling,
    Drive,
    Mode,
    Network,
    Proved,
    Refuted,
    Spins,
    closed_moments,
    generator,
    is_zero,
    langevin,
    moments_residual,
    spin_star,
    steady_spins,
    steady_spins_residual,
)
from derive.netfile import dumps
from derive.network import NetworkError, Squeezing
from derive.spins.algebra import commutator, letter, times
from derive.spins.cumulants import NotClosed, initial_values
from derive.spins.ladders import NotALadder, norm

M, GAMMA = Symbol("M", positive=True), Symbol("gamma", positive=True)
DIAS = spin_star()


def numeric(net):
    """The emitted generator as a sparse matrix, and the positions of the populations."""
    gen = generator(net)
    rows, columns, values = zip(*((i, j, float(x)) for i, j, x in gen.entries), strict=True)
    size = len(gen.states)
    return gen, csc_matrix((values, (rows, columns)), (size, size))


def evolved(net, level, times_):
    """The vector of ρ at some times, from a state with given numbers of excited spins."""
    gen, matrix = numeric(net)
    start = np.array([float(state == (level, level)) for state in gen.states])
    options = {"method": "Radau", "rtol": 1e-9, "atol": 1e-12, "jac": matrix, "t_eval": times_}
    return gen, solve_ivp(lambda t, y: matrix @ y, (0, times_[-1]), start, **options).y


def excitations(gen, states, k):
    """⟨S^z⟩ + N/2 of node k."""
    weights = np.array([ket[k] if ket == bra else 0 for ket, bra in gen.states])
    return weights @ states


def ladders(numbers, up, down=1.0):
    """The paper's generator from QuTiP's angular momenta, with its 2ORO† − …; S⁻ of every node."""
    lowering = []
    for k in range(len(numbers)):
        parts = [qutip.jmat(n / 2, "-") if j == k else qutip.qeye(n + 1) for j, n in enumerate(numbers)]
        lowering.append(qutip.tensor(parts))
    jumps = [np.sqrt(2 * down) * (lowering[0] + b) for b in lowering[1:]]
    return lowering, [*jumps, np.sqrt(2 * up) * lowering[0].dag()]


CASES = [(1, 3, 2, 0), (1, 2, 2, "1/2"), (1, 6, 1, 1), (2, 3, 1, 0), (2, 4, 1, 1), (2, 2, 2, 2), (3, 2, 1, 2)]


@pytest.mark.parametrize(("batteries", "n_c", "n_b", "up"), CASES)
def test_exact_energies_in_time_are_those_of_qutip(batteries, n_c, n_b, up):
    numbers, times_ = (n_c, *[n_b] * batteries), np.linspace(0, 1.5, 7)
    net = spin_star(batteries, n_c, n_b, 1, Rational(up))
    gen, states = evolved(net, (n_c, *[0] * batteries), times_)
    lowering, jumps = ladders(numbers, float(Rational(up)))
    start = qutip.tensor([qutip.fock_dm(n + 1, 0 if k == 0 else n) for k, n in enumerate(numbers)])
    observed = [b.dag() * b - b * b.dag() for b in lowering]
    options = {"rtol": 1e-9, "atol": 1e-11, "nsteps": 10**5}
    result = qutip.mesolve(0 * observed[0], start, times_, jumps, e_ops=observed, options=options)
    for k, n in enumerate(numbers):
        # [S⁺, S⁻] = 2S^z
        true = np.real(result.expect[k]) / 2 + n / 2
        assert np.allclose(excitations(gen, states, k), true, atol=1e-6)


def test_ladders_are_whole_spin_half_spaces():
    net, times_ = spin_star(2, 3, 1, 1, 1), np.linspace(0, 1, 5)
    gen, states = evolved(net, (3, 0, 0), times_)
    sigma = [qutip.tensor([qutip.sigmam() if j == k else qutip.qeye(2) for j in range(5)]) for k in range(5)]
    charger = sigma[0] + sigma[1] + sigma[2]
    jumps = [np.sqrt(2) * (charger + sigma[3]), np.sqrt(2) * (charger + sigma[4]), np.sqrt(2) * charger.dag()]
    start = qutip.tensor([qutip.fock_dm(2, 0 if k < 3 else 1) for k in range(5)])
    full = [sum(s.dag() * s for s in sigma[:3]), sigma[3].dag() * sigma[3]]
    result = qutip.mesolve(0 * full[0], start, times_, jumps, e_ops=full, options={"rtol": 1e-9, "atol": 1e-11})
    for k in range(2):
        assert np.allclose(excitations(gen, states, k), np.real(result.expect[k]), atol=1e-6)


@pytest.mark.parametrize(("batteries", "n_c", "n_b", "up"), [(1, 4, 2, 0), (2, 3, 2, 1)])
def test_trace_hermiticity_and_positivity_hold_at_all_times(batteries, n_c, n_b, up):
    net = spin_star(batteries, n_c, n_b, 1, up)
    gen, states = evolved(net, (n_c, *[0] * batteries), np.geomspace(1e-3, 10, 9))
    levels = sorted({ket for ket, _ in gen.states})
    weight = {level: float(norm(level, gen.numbers)) for level in levels}
    at = {level: k for k, level in enumerate(levels)}
    for column in states.T:
        rho = np.zeros((len(levels), len(levels)))
        for (ket, bra), x in zip(gen.states, column, strict=True):
            rho[at[ket], at[bra]] = x * np.sqrt(weight[ket] / weight[bra])
        assert np.trace(rho) == pytest.approx(1, abs=1e-8)
        assert np.allclose(rho, rho.T, atol=1e-7)
        assert np.linalg.eigvalsh(rho).min() > -1e-7


def test_the_generator_conserves_probability_symbolically():
    gen = generator(spin_star(2, 2, 1))
    assert is_zero(gen.trace() * gen.matrix()) == Proved()


@pytest.mark.parametrize(("batteries", "n_c", "n_b"), [(1, 1, 1), (1, 2, 1)])
def test_the_unique_steady_state_is_proved_for_all_rates(batteries, n_c, n_b):
    gen = generator(spin_star(batteries, n_c, n_b))
    state = steady_spins(gen)
    assert isinstance(is_zero(steady_spins_residual(gen, state), dict(state.where)), Proved)


@pytest.mark.parametrize(("batteries", "n_c", "n_b"), [(1, 2, 2), (2, 1, 1), (2, 2, 1), (3, 1, 1)])
def test_the_unique_steady_state_is_that_of_qutip(batteries, n_c, n_b):
    gen = generator(spin_star(batteries, n_c, n_b, 1, Rational(3, 2)))
    state = steady_spins(gen)
    assert isinstance(is_zero(steady_spins_residual(gen, state)), Proved)
    numbers = (n_c, *[n_b] * batteries)
    lowering, jumps = ladders(numbers, 1.5)
    rho = qutip.steadystate(0 * jumps[0], jumps)
    for k, name in enumerate(gen.nodes):
        height = (lowering[k].dag() * lowering[k] - lowering[k] * lowering[k].dag()) / 2
        assert float(state.excitation(name)) == pytest.approx(qutip.expect(height, rho) + numbers[k] / 2, abs=1e-8)


def test_a_steady_state_of_other_rates_is_refuted():
    gen, other = generator(spin_star(1, 2, 1, 1, 1)), generator(spin_star(1, 2, 1, 1, 2))
    assert isinstance(is_zero(Matrix(gen.matrix() * steady_spins(other).values)), Refuted)


def test_without_a_pump_there_are_many_steady_states():
    with pytest.raises(NotALadder, match="final_state"):
        steady_spins(generator(spin_star(1, 2, 1, 1, 0)))


# -- the algebra and the moment equations --------------------------------------------------------------------


def matrices(n):
    """S⁺, S^z, S⁻ of n spins as dense matrices."""
    down = np.diag(np.sqrt([(i + 1) * (n - i) for i in range(n)]), 1)
    return {"-": down, "+": down.T, "z": np.diag(np.arange(n + 1) - n / 2)}


@pytest.mark.parametrize("n", [1, 2, 5])
def test_normal_ordering_is_the_multiplication_of_matrices(n):
    own = matrices(n)

    def value(polynomial):
        total = np.zeros((n + 1, n + 1))
        for word, x in polynomial.items():
            matrix = np.eye(n + 1)
            for _, sign in word:
                matrix = matrix @ own[sign]
            total += float(x) * matrix
        return total

    for signs in product("+z-", repeat=3):
        made, true = {(): Integer(1)}, np.eye(n + 1)
        for sign in signs:
            made, true = times(made, letter("C", sign)), true @ own[sign]
        assert np.allclose(value(made), true)
        assert all("+z-".index(a[1]) <= "+z-".index(b[1]) for w in made for a, b in zip(w, w[1:], strict=False))
    assert commutator(letter("C", "+"), letter("C", "-")) == {(("C", "z"),): Integer(2)}


@pytest.mark.parametrize("order", [1, 2, pytest.param(3, marks=pytest.mark.slow)])
def test_moment_equations_before_closure_are_operator_identities(order):
    moments = closed_moments(DIAS, order, {"B": M})
    numbers = {"C": 2, "B": 1, "copies of B": min(order + 1, 3)}
    assert isinstance(is_zero(moments_residual(moments, numbers)), Proved)


def test_a_wrong_moment_equation_is_refuted():
    moments = closed_moments(DIAS, 2, {"B": M})
    wrong = [list(equation) for equation in moments.exact]
    weight, word = wrong[1][0]
    wrong[1][0] = weight * Rational(8, 7), word
    numbers = {"C": 1, "B": 1, "copies of B": 2}
    assert isinstance(is_zero(moments_residual(replace(moments, exact=tuple(map(tuple, wrong))), numbers)), Refuted)


JAYNES = Network((Mode("a", Integer(1)), Spins("S", 2)), (Coupling("a", "S", 1 + I),), (Drive("a", Integer(1)),),
                 (Bath((("a", Integer(1)),), Integer(1)), Bath((("S", Integer(1)),), Integer(2))))  # fmt: skip


def test_moment_equations_are_those_of_a_master_equation_in_matrices():
    """tr(O dρ/dt) = Σ c tr(w ρ) for a random ρ, with complex couplings and drives, detunings, heat, gain and a mode."""
    nodes = (Mode("a", Rational(2, 3)), Spins("S", 2, detuning=Rational(1, 2)), Spins("T", 1))
    couplings = (Coupling("a", "S", (1 + 2 * I) / 3), Coupling("S", "T", (1 - I) / 2))
    drives = (Drive("a", (1 + I) / 4), Drive("S", I / 2))
    baths = (Bath({"a": 1, "S": 1 + I}, 1, Rational(1, 2)), Bath({"T": 1}, 2, 0, 0, {"S": I / 3}))
    moments = closed_moments(Network(nodes, couplings, drives, baths), 1, coherent=True)
    size = {"a": 9, "S": 3, "T": 2}
    own = {"a": {"-": np.diag(np.sqrt(np.arange(1, 9)), 1)}, "S": matrices(2), "T": matrices(1)}
    own["a"]["+"] = own["a"]["-"].T

    def matrix(word):
        factors = {node: np.eye(size[node], dtype=complex) for node in size}
        for node, sign in word:
            factors[node] = factors[node] @ own[node][sign]
        return np.kron(np.kron(factors["a"], factors["S"]), factors["T"])

    up, down, z = ({node: matrix([(node, sign)]) for node in size if sign in own[node]} for sign in "+-z")
    upper = sum(complex(c.strength) * up[c.a] @ down[c.b] for c in couplings)
    upper = upper + sum(complex(d.amplitude) * up[d.mode] for d in drives)
    h = upper + upper.conj().T + 2 / 3 * up["a"] @ down["a"] + 1 / 2 * z["S"]
    warm = down["a"] + (1 + 1j) * down["S"]
    random = np.random.default_rng(3)
    ket = random.normal(size=(54, 54)) + 1j * random.normal(size=(54, 54))
    ket[:, 18:] = 0  # at most two quanta, so that nine levels hold all that is asked
    rho = ket.conj().T @ ket / np.trace(ket.conj().T @ ket)
    moved = -1j * (h @ rho - rho @ h)
    for rate, q in ((1.5, warm), (0.5, warm.conj().T), (2, down["T"] + 1j / 3 * up["S"])):
        moved += rate * (q @ rho @ q.conj().T - (q.conj().T @ q @ rho + rho @ q.conj().T @ q) / 2)
    assert len(moments.words) == 8
    for word, equation in zip(moments.words, moments.exact, strict=True):
        told = sum(complex(x) * np.trace(matrix(w) @ rho) for x, w in equation)
        assert told == pytest.approx(np.trace(matrix(word) @ moved), abs=1e-12), word


@pytest.mark.parametrize(
    ("net", "order", "coherent"),
    [(DIAS, 1, True), (DIAS, 2, True), (DIAS, 2, False), (DIAS, 3, False), (JAYNES, 1, True), (JAYNES, 2, True)],
)
def test_moments_beyond_the_order_are_those_without_longer_cumulants(net, order, coherent):
    """m(w) = Σ κ(first letter and some others) m(the rest), for random moments up to the order and κ = 0 above it."""
    moments, random = closed_moments(net, order, {"B": M} if net is DIAS else None, coherent=coherent), Random(order)
    value = {symbol: Rational(random.randint(-9, 9), 7) for symbol in moments.symbols}

    def moment(word):
        if sum({"+": 1, "-": -1}.get(sign, 0) for _, sign in word) and not coherent or not word:
            return Integer(not word)
        if len(word) <= order:
            return value[moments.symbol(word)]
        return sum(cumulant(first) * moment(rest) for first, rest in cut(word) if len(first) <= order)

    def cumulant(word):
        return moment(word) - sum(cumulant(first) * moment(rest) for first, rest in cut(word) if rest)

    def cut(word):
        for taken in product((True, False), repeat=len(word) - 1):
            sides = list(zip((True, *taken), word, strict=True))
            yield tuple(x for side, x in sides if side), tuple(x for side, x in sides if not side)

    assert max(len(word) for equation in moments.exact for _, word in equation) > order
    for rate, equation in zip(moments.rates, moments.exact, strict=True):
        assert (rate - Add(*(x * moment(word) for x, word in equation))).subs(value).expand() == 0


def coupled(*batteries, flipped=False):
    """Detuned and driven batteries that lose on their own and exchange quanta with the charger coherently."""
    ends = [(name, "C") if flipped else ("C", name) for name in batteries]
    losses = tuple(Bath({name: Integer(1)}, GAMMA) for name in ("C", *batteries))
    nodes = (Spins("C"), *(Spins(name, detuning=Rational(1, 3)) for name in batteries))
    drives = tuple(Drive(name, I) for name in batteries)
    return Network(nodes, tuple(Coupling(*pair, 1 + I) for pair in ends), drives, losses)


@pytest.mark.parametrize("batteries", [1, 2, 3])
@pytest.mark.parametrize("kind", ["reservoirs", "couplings", "couplings from the battery"])
def test_copies_are_the_network_written_out(batteries, kind):
    if kind == "reservoirs":
        one, all_of_them = DIAS, spin_star(batteries)
    else:
        names = [f"B_{k + 1}" for k in range(batteries)]
        one, all_of_them = (coupled(*found, flipped="from" in kind) for found in (["B"], names))
    short = closed_moments(one, 2, {"B": Integer(batteries)}, coherent=one is not DIAS)
    whole = closed_moments(all_of_them, 2, coherent=one is not DIAS)
    names = {symbol: short.symbol(word) for word, symbol in zip(whole.words, whole.symbols, strict=True)}
    for word, rate in zip(short.words, short.rates, strict=True):
        true = whole.rates[whole.words.index(word)].xreplace(names)
        assert isinstance(is_zero(rate - true), Proved)


def test_a_node_whose_name_goes_on_after_that_of_copies_is_none_of_them():
    """B_x beside M copies of B, in the same equations as a battery Bx beside them."""

    def star(other):
        one = Integer(1)
        baths = (Bath((("C", one), ("B", one)), 2), Bath((("C", one), (other, 2 * one)), 3))
        return closed_moments(Network((Spins("C"), Spins("B"), Spins(other)), baths=baths), 2, {"B": M})

    found, true = star("B_x"), star("Bx")
    names = {symbol: Symbol(symbol.name.replace("B_x", "Bx"), real=True) for symbol in found.symbols}
    assert {*names.values()} == {*true.symbols}
    rates = dict(zip(true.symbols, true.rates, strict=True))
    for symbol, rate in zip(found.symbols, found.rates, strict=True):
        assert isinstance(is_zero(rate.xreplace(names) - rates[names[symbol]]), Proved)
    numbers = {"C": 1, "B": 1, "B_x": 1, "copies of B": 2}
    assert isinstance(is_zero(moments_residual(found, numbers)), Proved)
    start = dict(zip(found.words, initial_values(found, {"C": 1, "B": 0, "B_x": 1}), strict=True))
    assert (start[(("B_1", "z"),)], start[(("B_x", "z"),)]) == (-Rational(1, 2), Rational(1, 2))


def test_no_moment_leaks_and_the_length_of_the_charger_is_conserved():
    for order in (1, 2, 3):
        moments = closed_moments(DIAS, order, {"B": M})
        assert set().union(*(rate.free_symbols for rate in moments.rates)) <= {*moments.symbols, *DIAS.symbols, M}
    moments = closed_moments(DIAS, 2, {"B": M})
    rate = dict(zip(moments.words, moments.rates, strict=True))
    up, z, down = ("C", "+"), ("C", "z"), ("C", "-")
    # S⁺S⁻ + (S^z)² − S^z = J(J + 1)
    assert isinstance(is_zero(rate[up, down] + rate[z, z] - rate[(z,)]), Proved)
    assert isinstance(is_zero(rate[up, down] + rate[z, z] + rate[(z,)]), Refuted)


def test_order_one_without_a_phase_does_not_move_a_network_without_a_pump():
    assert all(rate == 0 for rate in closed_moments(spin_star(up=0), 1, {"B": M}).rates)
    assert not all(rate == 0 for rate in closed_moments(spin_star(up=0), 2, {"B": M}).rates)


def test_a_mode_among_spins_is_a_mode():
    omega, g, k = (Symbol(s, positive=True) for s in ("omega", "g", "kappa"))
    one = Integer(1)
    net = Network((Mode("a", omega), Spins("S", Symbol("N", positive=True, integer=True))),
                  (Coupling("a", "S", g),), baths=(Bath((("a", one),), k),))  # fmt: skip
    moments = closed_moments(net, 2)
    assert not moments.real
    number = moments.rates[moments.words.index((("a", "+"), ("a", "-")))]
    height = moments.rates[moments.words.index((("S", "z"),))]
    photons = moments.symbol((("a", "+"), ("a", "-")))
    # the coupling takes from the spins what it gives to the mode
    assert isinstance(is_zero(number + height + k * photons), Proved)


def test_spins_take_by_name_what_stands_elsewhere_in_a_mode():
    assert Spins("C", 2, detuning=3, frequency=5).detuning == Mode("a", 3, 5).detuning
    with pytest.raises(TypeError, match="positional"):
        Spins("C", 2, 3)


def test_what_spins_cannot_do_is_refused_in_words():
    with pytest.raises(NetworkError, match=r"bosonic modes only, but 'C' is an ensemble of spins"):
        langevin(DIAS)
    with pytest.raises(NetworkError, match="network file"):
        dumps(DIAS)
    with pytest.raises(NetworkError, match="positive integer or a letter"):
        Spins("C", Rational(1, 2))
    with pytest.raises(NetworkError, match="must not be squeezed"):
        closed_moments(Network((Spins("C"),), baths=(Bath((("C", Integer(1)),), Integer(1), Integer(1), Integer(1)),)))
    with pytest.raises(NotClosed, match="coherent=True"):
        closed_moments(Network((Spins("C"),), drives=(Drive("C", Integer(1)),)))
    with pytest.raises(NotClosed, match="at least 1"):
        closed_moments(DIAS, 0)
    twins = Network((Spins("B"), Spins("B_1")), baths=(Bath((("B", Integer(1)), ("B_1", Integer(1))), Integer(1)),))
    with pytest.raises(NotClosed, match="'B_1' is a node"):
        closed_moments(twins, 2, {"B": Symbol("M", positive=True)})
    with pytest.raises(NetworkError, match="couplings, drives and baths only"):
        generator(replace(twins, squeezings=(Squeezing("B", "B_1", Integer(1)),)))
    with pytest.raises(NetworkError, match="must not be squeezed"):
        generator(replace(twins, baths=(replace(twins.baths[0], thermal=Integer(1), squeezing=Integer(1)),)))
    with pytest.raises(NotALadder, match="definite number of spins"):
        generator(DIAS)
    with pytest.raises(NotALadder, match="driven"):
        generator(Network((Spins("C"),), drives=(Drive("C", Integer(1)),)))


def test_complex_numbers_are_multiplied_out_in_generators() -> None:
    net = Network(
        (Spins("C", 2), Spins("B", 1)),  # type: ignore[arg-type]
        (Coupling("C", "B", 1 + I / 2),),
        baths=(Bath({"C": Rational(3, 4) - 2 * I, "B": 1 + I}, 2, 1), Bath({"B": 1}, 1, 2)),
    )
    gen = generator(net)
    for _, _, rate in gen.entries:
        real, imaginary = rate.as_real_imag()
        assert real.is_Rational
        assert imaginary.is_Rational
        assert rate == real + I * imaginary
    state = steady_spins(gen)
    assert isinstance(is_zero(steady_spins_residual(gen, state)), Proved)
    assert is_zero(sum(state.population((c, b)) for c in range(3) for b in range(2)) - 1) == Proved()
    with pytest.raises(NotALadder, match="A level must be one"):
        state.population((3, 0))


def test_generators_with_couplings_and_detunings_are_a_master_equation_in_matrices():
    net = Network(
        (Spins("C", 2, detuning=Rational(2, 3)), Spins("B", 1)),
        (Coupling("C", "B", 1 + I / 2),),
        baths=(Bath({"C": Rational(3, 4) - 2 * I, "B": 1 + I}, 2, 1), Bath((), 3, gain={"C": 1, "B": I})),
    )
    gen = generator(net)
    up, z = np.kron(matrices(2)["+"], np.eye(2)), np.kron(matrices(2)["z"], np.eye(2))
    down, lower = up.T, np.kron(np.eye(3), matrices(1)["-"])
    h = (1 + 0.5j) * up @ lower
    h = h + h.conj().T + 2 / 3 * z
    loss, gain = (0.75 - 2j) * down + (1 + 1j) * lower, up + 1j * lower.T
    random = np.random.default_rng(5)
    values = random.normal(size=len(gen.states)) + 1j * random.normal(size=len(gen.states))

    def matrix(found):
        rho = np.zeros((6, 6), complex)
        for (ket, bra), x in zip(gen.states, found, strict=True):
            scale = norm(ket, gen.numbers) / norm(bra, gen.numbers)
            rho[2 * ket[0] + ket[1], 2 * bra[0] + bra[1]] = x * np.sqrt(float(scale))
        return rho

    rho = matrix(values)
    true = -1j * (h @ rho - rho @ h)
    for rate, q in ((4, loss), (2, loss.conj().T), (3, gain)):
        true += rate * (q @ rho @ q.conj().T - (q.conj().T @ q @ rho + rho @ q.conj().T @ q) / 2)
    assert np.allclose(matrix(np.array(gen.matrix().tolist(), complex) @ values), true)


def test_moments_of_coupled_and_detuned_spins_are_operator_identities():
    g, detuning = Symbol("g"), Symbol("Delta", real=True)
    nodes = (Spins("C", Symbol("N", positive=True), detuning=detuning), Spins("B"))
    net = Network(nodes, (Coupling("C", "B", g),), baths=(Bath({"C": 1, "B": I}, 1),))
    moments = closed_moments(net, 2)
    assert isinstance(is_zero(moments_residual(moments, {"C": 2, "B": 1})), Proved)
    wrong = closed_moments(net.subs({g: 2 * g}), 2)
    assert isinstance(is_zero(moments_residual(replace(wrong, net=net), {"C": 2, "B": 1})), Refuted)
