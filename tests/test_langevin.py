"""Equations of motion against the operator algebra, a truncated Fock space and QuTiP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from random import Random
from typing import get_args

import fock
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Expr, I, Integer, Matrix, Rational, Symbol, exp, pi

from derive import builders, operators
from derive.kernel import Proved, Refuted, conjugated, is_zero
from derive.langevin import Langevin, doubled, langevin, langevin_residual
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss
from derive.operators import annihilate, closure_residual, create, equations, heisenberg


def general_network() -> Network:
    """Three modes with every noun: detunings, both squeezings, drives, a shared reservoir of six legs."""
    letters = [[Symbol(f"{letter}_{k}") for k in "abc"] for letter in "uv"]
    jump, gain = (tuple(zip("abc", weights, strict=True)) for weights in letters)
    rate, n, kappa, m_b = (Symbol(s, positive=True) for s in ("gamma", "n", "kappa", "n_b"))
    return Network(
        tuple(Mode(k, Symbol(f"Delta_{k}", real=True)) for k in "abc"),
        (Coupling("a", "b", Symbol("J")), Coupling("c", "b", Symbol("K"))),
        (Drive("a", Symbol("epsilon_a")), Drive("c", Symbol("epsilon_c"))),
        (Bath(jump, rate, n, Symbol("m"), gain), loss("b", kappa, m_b, Symbol("m_b"))),
        (Squeezing("a", "a", Symbol("chi")), Squeezing("a", "c", Symbol("eta"))),
    )


def graph() -> nx.DiGraph:
    found = nx.DiGraph([("a", "b"), ("b", "c"), ("c", "a"), ("b", "d")])
    found.nodes["a"]["drive"] = "xi"
    return found


def pictures() -> dict[str, Callable[[], Network]]:
    found: dict[str, Callable[[], Network]] = {
        "general": general_network,
        "directed graph": lambda: builders.from_graph(graph()),
        "undirected graph": lambda: builders.from_graph(graph().to_undirected()),
    }
    linked = {
        "chain 6": partial(builders.chain, 6),
        "star 3": partial(builders.star, 3),
        "ring 3": partial(builders.ring, 3),
        "tree 2 2": partial(builders.tree, 2, 2),
        "complete 3": partial(builders.complete, 3),
        "grid 2 3": partial(builders.grid, 2, 3),
    }
    triangles = {
        "triangles in a chain": partial(builders.aharonov_bohm_chain, 4),
        "triangles in a star": partial(builders.aharonov_bohm_star, 4),
    }
    for distinct, letters in ((False, "uniform"), (True, "distinct")):
        for name, build in linked.items():
            for scheme in get_args(builders.Scheme):
                found[f"{name} {scheme} {letters}"] = partial(build, scheme, distinct=distinct)
        for name, build in triangles.items():
            found[f"{name} {letters}"] = partial(build, distinct=distinct)
    return found


NETWORKS = pictures()


@pytest.mark.parametrize("label", NETWORKS)
def test_equations_of_motion_are_those_of_the_master_equation(label: str) -> None:
    net = NETWORKS[label]()
    assert isinstance(is_zero(langevin_residual(net)), Proved)
    assert isinstance(is_zero(closure_residual(net)), Proved)


def changed(net: Network) -> dict[str, Network]:
    """Pictures that differ from `net` in one place each."""
    couplings, baths, drives, modes = net.couplings, net.baths, net.drives, net.modes
    first = couplings[0]
    shared = baths[-1]
    leg, weight = shared.jump[0]
    twins = {
        "coupling's phase": replace(net, couplings=(replace(first, strength=I * first.strength), *couplings[1:])),
        "detuning": replace(net, modes=(replace(modes[0], detuning=modes[0].detuning + 1), *modes[1:])),
        "drive's phase": replace(net, drives=(replace(drives[0], amplitude=-drives[0].amplitude), *drives[1:])),
        "rate": replace(net, baths=(*baths[:-1], replace(shared, rate=2 * shared.rate))),
        "thermal": replace(net, baths=(*baths[:-1], replace(shared, thermal=shared.thermal + 1))),
        "leg's phase": replace(net, baths=(*baths[:-1], replace(shared, jump=((leg, I * weight), *shared.jump[1:])))),
        "gain": replace(net, baths=(*baths[:-1], replace(shared, gain=((leg, Integer(1)),)))),
        "squeezing": replace(net, squeezings=(*net.squeezings, Squeezing(leg, leg, Integer(1)))),
    }
    if shared.squeezing != 0:
        twins["bath's squeezing"] = replace(net, baths=(*baths[:-1], replace(shared, squeezing=-shared.squeezing)))
    return twins


def difference(eq: Langevin, net: Network) -> Matrix:
    mine = (eq.drift, eq.pairing, eq.force, eq.noise, eq.squeezing)
    return Matrix.hstack(*(left - right for left, right in zip(mine, equations(net), strict=True)))


@pytest.mark.parametrize("label", ["general", "star 3 nonreciprocal uniform", "triangles in a chain distinct"])
def test_sources_of_all_pairs_are_those_of_the_whole_master_equation(label: str) -> None:
    net = NETWORKS[label]()
    *_, noise, squeezing = equations(net)
    for i, x in enumerate(net.names):
        for j, y in enumerate(net.names):
            assert noise[i, j] == heisenberg(net, create(x) * annihilate(y)).coefficient(())
            assert squeezing[i, j] == heisenberg(net, annihilate(x) * annihilate(y)).coefficient(())


def test_normal_ordering_of_a_chain_takes_as_long_as_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [0]

    def counted(left: operators.Operator, right: operators.Operator) -> operators.Operator:
        pairs[0] += len(left.terms) * len(right.terms)
        return commutator(left, right)

    commutator = operators.commutator
    monkeypatch.setattr(operators, "commutator", counted)
    spent = []
    for n in (10, 20):
        pairs[0] = 0
        equations(builders.chain(n, "reciprocal"))
        spent.append(pairs[0])
    assert 0 < spent[1] < 3 * spent[0]


@pytest.mark.parametrize("label", ["general", "chain 6 general distinct", "star 3 nonreciprocal uniform"])
def test_equations_of_motion_of_another_picture_are_refuted(label: str) -> None:
    net = NETWORKS[label]()
    if label == "general":
        net = replace(net, baths=(net.baths[1], net.baths[0]))
    eq = langevin(net)
    assert isinstance(is_zero(difference(eq, net)), Proved)
    for what, twin in changed(net).items():
        assert isinstance(is_zero(difference(eq, twin)), Refuted), what


def misread(eq: Langevin) -> dict[str, Langevin]:
    """The slips that formulas with stars and transposes invite."""
    return {
        "drift transposed": replace(eq, drift=eq.drift.T),
        "drift conjugated": replace(eq, drift=eq.drift.applyfunc(conjugated)),
        "pairing transposed": replace(eq, pairing=eq.pairing.T),
        "noise transposed": replace(eq, noise=eq.noise.T),
        "squeezing conjugated": replace(eq, squeezing=eq.squeezing.applyfunc(conjugated)),
        "rates halved": replace(eq, drift=eq.drift / 2),
    }


def test_complex_numbers_are_multiplied_out_in_equations_of_motion() -> None:
    """−iJ, γ u*v and |u|² of numbers are rational numbers beside i: a letter for each made solving take seconds."""
    u, v = 1 + I / 2, Rational(3, 4) - 2 * I
    net = Network(
        (Mode("a", Integer(1)), Mode("b")),
        (Coupling("a", "b", u),),
        (Drive("a", v),),
        (loss("a", 2), Bath((("a", u), ("b", v)), 3, 1, u, (("b", v / 9),))),
        (Squeezing("a", "b", u / 9),),
    )
    eq = langevin(net)
    for matrix in (eq.drift, eq.pairing, eq.force, eq.noise, eq.squeezing):
        for e in matrix:
            real, imaginary = e.as_real_imag()
            assert real.is_Rational
            assert imaginary.is_Rational
            assert e == real + I * imaginary
    assert isinstance(is_zero(langevin_residual(net)), Proved)


def test_a_coupling_that_a_reservoir_cancels_in_part_is_what_is_left_of_it() -> None:
    """−i(J + iΓ/2) − Γ/2 is −iJ one way, and −iJ − Γ the other way; −κ/2 − i(ω − ω_d) is shortest as it is."""
    coupling, gamma, kappa = (Symbol(x, positive=True) for x in ("J", "Gamma", "kappa"))
    turn = Symbol("omega", real=True) - Symbol("omega_d", real=True)
    shared = Bath((("a", Integer(1)), ("b", Integer(1))), gamma)
    link = Coupling("a", "b", coupling + I * gamma / 2)
    net = Network((Mode("a"), Mode("b", turn), Mode("c", turn)), (link,), (), (loss("c", kappa), shared))
    eq = langevin(net)
    assert (eq.drift[0, 1], eq.drift[1, 0]) == (-I * coupling, -I * coupling - gamma)
    assert eq.drift[2, 2] == -kappa / 2 - I * turn
    assert isinstance(is_zero(langevin_residual(net)), Proved)


def test_misread_formulas_are_refuted() -> None:
    net = general_network()
    for what, eq in misread(langevin(net)).items():
        assert isinstance(is_zero(difference(eq, net)), Refuted), what


# Letters of NETWORKS["general"] that a bath's positivity binds together.
PHYSICAL = {"n": Rational(2, 3), "m": (3 - 2 * I) / 5, "n_b": Rational(1, 3), "m_b": (1 + I) / 4}

SMALL: dict[str, tuple[Callable[[], Network], Mapping[str, Expr]]] = {
    "general": (general_network, PHYSICAL),
    "chain 2": (lambda: builders.chain(2, "general", distinct=True), {}),
    "ring 3": (lambda: builders.ring(2, "nonreciprocal", distinct=True), {}),
    "triangle": (lambda: builders.aharonov_bohm_chain(1, distinct=True), {}),
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("label", SMALL)
def test_moments_move_as_in_fock_space(label: str, seed: int) -> None:
    build, given_values = SMALL[label]
    assert_moments_move_as_in_fock_space(fock.numbers(build(), seed, given_values), seed)


def assert_moments_move_as_in_fock_space(net: Network, seed: int) -> None:
    """d/dt of ⟨a⟩, N and M in a random mixed state: exact, for the state is far below the cut-off."""
    quanta = 2 if len(net.names) < 3 else 1
    a = fock.annihilators(net.names, quanta + 3)
    rho = fock.state(net.names, quanta + 3, quanta, seed)
    first, number, anomalous = fock.moments(net.names, a, rho)
    d_first, d_number, d_anomalous = fock.moments(net.names, a, fock.generator(net, a, rho))
    d_number -= np.outer(d_first.conj(), first) + np.outer(first.conj(), d_first)
    d_anomalous -= np.outer(d_first, first) + np.outer(first, d_first)
    eq = langevin(net)
    mine = fock.derivatives(eq, *fock.centred(first, number, anomalous))
    for found, expected in zip(mine, (d_first, d_number, d_anomalous), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-10)
    drift, force = (fock.array(matrix) for matrix in doubled(eq))
    both = drift @ np.concatenate([first, first.conj()]) + force[:, 0]
    np.testing.assert_allclose(both, np.concatenate([d_first, d_first.conj()]), atol=1e-10)


def random_network(seed: int) -> Network:
    """Up to three modes with numbers for letters, and any of the nouns anywhere."""
    random = Random(seed)

    def real(least: int = -9) -> Expr:
        return Rational(random.randint(least, 9), random.randint(5, 9))

    def complex_() -> Expr:
        return (
            real() + I * real()
            if random.random() < 0.7
            else real(1) * exp(I * pi * Rational(random.randint(0, 7), 4))
        )

    names = tuple("abc"[: random.randint(1, 3)])
    pairs = [(i, j) for i in names for j in names if i < j]
    modes = tuple(Mode(name, real()) for name in names)
    couplings = tuple(
        Coupling(*pair[:: random.choice((1, -1))], complex_()) for pair in pairs if random.random() < 0.8
    )
    squeezings = tuple(
        Squeezing(*random.choice([*pairs, *((i, i) for i in names)]), complex_())
        for _ in range(random.randint(0, 2))
    )
    baths = []
    for _ in range(random.randint(1, 3)):
        n = real(0)
        # |m| = n/2 is less than a pure squeezed bath has
        m = n / 2 * exp(I * pi * Rational(random.randint(0, 7), 4))
        jump = {name: complex_() for name in names if random.random() < 0.8}
        gain = {name: complex_() for name in names if random.random() < 0.5 or not jump}
        baths.append(Bath(tuple(jump.items()), real(0), n, m, tuple(gain.items())))
    drives = tuple(Drive(name, complex_()) for name in names if random.random() < 0.6)
    return Network(modes, couplings, drives, tuple(baths), squeezings)


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_random_networks_move_as_the_conventions_say(seed: int) -> None:
    net = random_network(seed)
    assert isinstance(is_zero(langevin_residual(net)), Proved)
    assert_moments_move_as_in_fock_space(net, seed)


def small(*modes: Mode, **parts: object) -> Network:
    return Network(modes, **parts)  # type: ignore[arg-type]


DETUNED = (Mode("a", Rational(1, 3)), Mode("b", Rational(-1, 2)))
SHARED = Bath((("a", Integer(1)), ("b", (1 + I) / 2), ("c", Rational(2, 3) * I)), Rational(3, 2))
HOT_SHARED = replace(SHARED, thermal=Rational(1, 100), squeezing=(1 - I) / 20)

# Networks with few quanta in the steady state, and the levels per mode that hold them.
STEADY: dict[str, tuple[Network, int]] = {
    "chain of two, detuned, thermal": (
        small(
            *DETUNED,
            couplings=(Coupling("a", "b", (3 + 4 * I) / 10),),
            drives=(Drive("a", (2 - I) / 10),),
            baths=(loss("a", 1, Rational(1, 20)), loss("b", Rational(1, 2), Rational(1, 30))),
        ),
        7,
    ),
    "squeezed thermal bath and degenerate squeezing": (
        small(
            Mode("a", Rational(1, 5)),
            drives=(Drive("a", (1 + I) / 5),),
            baths=(loss("a", 1, Rational(1, 10), (1 + 2 * I) / 10),),
            squeezings=(Squeezing("a", "a", (1 - I) / 20),),
        ),
        20,
    ),
    "two-mode squeezing": (
        small(
            *DETUNED,
            couplings=(Coupling("b", "a", I / 5),),
            drives=(Drive("b", Rational(1, 10)),),
            baths=(loss("a", 1), loss("b", 1, Rational(1, 30), Rational(1, 20))),
            squeezings=(Squeezing("a", "b", (1 + 2 * I) / 20),),
        ),
        7,
    ),
    "gain leg below threshold": (
        small(
            *DETUNED,
            drives=(Drive("a", I / 10),),
            baths=(
                loss("a", 1),
                Bath((("a", Integer(1)), ("b", I)), Integer(1), gain=(("a", Rational(1, 8)), ("b", (1 + I) / 12))),
            ),
        ),
        7,
    ),
    "three legs on one reservoir": (
        small(
            *DETUNED,
            Mode("c"),
            couplings=(Coupling("a", "c", I / 4),),
            drives=(Drive("a", Rational(1, 8)),),
            baths=(SHARED, loss("a", 1), loss("b", 1), loss("c", 1)),
        ),
        4,
    ),
    "squeezed reservoir shared by two": (
        small(
            *DETUNED,
            drives=(Drive("b", I / 10),),
            baths=(replace(HOT_SHARED, jump=HOT_SHARED.jump[:2]), loss("a", 1), loss("b", 1)),
        ),
        6,
    ),
}


@pytest.mark.parametrize("label", STEADY)
def test_steady_state_is_that_of_qutip(label: str) -> None:
    net, levels = STEADY[label]
    mine = fock.lapack_steady_state(langevin(net))
    theirs = fock.qutip_steady_state(net, levels)
    for found, expected in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(found, expected, atol=2e-5)
    # the vacuum would be off by thousands of tolerances
    assert max(abs(entry).max() for entry in theirs) > 0.1


def test_a_rate_that_sympy_was_told_not_to_evaluate_has_its_value() -> None:
    kappa, gamma = (Symbol(name, positive=True) for name in ("kappa", "gamma"))
    for rate in (Add(kappa, kappa, evaluate=False), Add(kappa, -kappa, gamma, evaluate=False)):
        moving, true = (langevin(Network((Mode("a"),), baths=(loss("a", each),))) for each in (rate, rate.doit()))
        assert moving.drift == true.drift == Matrix([[-rate.doit() / 2]])
