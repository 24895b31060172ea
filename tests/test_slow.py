"""Corrections to adiabatic elimination: against invariant subspaces by LAPACK, and complete positivity by QuTiP."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import qutip
from fock import annihilators, numbers
from oracles import array, moments
from scipy.linalg import eig, solve_continuous_lyapunov
from sympy import I, Integer, Matrix, Rational, symbols
from test_eliminate import NETWORKS, difference

from derive.eliminate import NotEliminable, schur
from derive.errors import DeriveError, WrongKind
from derive.evolution import steady_state
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import Langevin, doubled, langevin
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss
from derive.slow import (
    NoSuchOrder,
    completely_positive,
    corrections,
    corrections_residual,
    kossakowski,
    recovered,
    recovered_residual,
)

kappa_a, kappa_b, rate, n, J = symbols("kappa_a kappa_b Gamma n J", positive=True)
g, f = symbols("g f")
TWO = Network(
    (Mode("a"), Mode("b"), Mode("c")),
    (Coupling("a", "b", J), Coupling("a", "c", g), Coupling("c", "b", f)),
    (Drive("a", Integer(1)),),
    (loss("a", kappa_a), loss("b", kappa_b), loss("c", rate)),
)
ORDERS = [
    (name, order)
    for name, orders in {"vacuum": 3, "thermal": 2, "driven": 2, "leg of a reservoir": 1,
                         "paired with one that stays": 1}.items()
    for order in range(1, orders + 1)
]  # fmt: skip


def faster(net: Network, speed: int, *gone: str) -> Network:
    """A network of numbers in which the losses of some modes are larger by a factor."""
    more = [
        Bath(b.jump, b.rate * speed, b.thermal, b.squeezing, b.gain) if set(b.legs) <= set(gone) else b
        for b in net.baths
    ]
    return Network(net.modes, net.couplings, net.drives, tuple(more), net.squeezings)


def random_network(seed: int, kept: int = 2, gone: int = 1, hot: bool = False) -> tuple[Network, tuple[str, ...]]:
    """Numbers of order one for every coupling, loss and drive; one reservoir is shared by kept modes."""
    random = Random(seed)

    def some() -> Rational:
        return Rational(random.randint(1, 9), 8)

    fast = tuple(f"c_{k}" for k in range(gone))
    names = (*(f"a_{k}" for k in range(kept)), *fast)
    couplings = [
        Coupling(x, y, some() + I * some() * random.choice((-1, 1))) for i, x in enumerate(names) for y in names[:i]
    ]
    losses = [loss(name, some() * (40 if name in fast else 1), some() if hot else 0) for name in names]
    shared = [Bath(((names[0], some()), (names[1], some() * I)), some(), some() if hot else 0)]
    modes = tuple(Mode(name, some() - 1) for name in names)
    return Network(modes, tuple(couplings), (Drive(names[0], some()),), (*losses, *shared)), fast


# -- the expansion -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "order"), ORDERS)
def test_corrections_flow_on_the_slow_manifold_up_to_their_order(name: str, order: int) -> None:
    net, gone = NETWORKS[name]
    assert isinstance(is_zero(corrections_residual(net, *gone, order=order)), Proved)
    assert isinstance(is_zero(recovered_residual(net, *gone, order=order)), Proved)


def test_three_orders_of_a_warm_network_of_numbers_flow_on_the_slow_manifold() -> None:
    """From the third order on, the moments of the fast modes feed each other."""
    net, fast = random_network(7, hot=True)
    assert set(corrections_residual(net, *fast, order=3).expand()) == {0}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_first_order_is_adiabatic_elimination(name: str) -> None:
    net, gone = NETWORKS[name]
    eliminated = schur(langevin(net), *gone)
    assert isinstance(is_zero(difference(corrections(net, *gone), eliminated)), Proved)
    if name in ("vacuum", "squeezed"):
        second = corrections(net, *gone, order=2)
        assert isinstance(is_zero(difference(second, eliminated)), Refuted)


def test_the_second_order_is_the_known_correction() -> None:
    w = langevin(TWO).drift
    s, c = [0, 1], [2]
    a, b, up, d = w[s, s], w[s, c], w[c, s], w[c, c]
    printed = a - b * up / d[0] - b * up * a / d[0] ** 2
    assert isinstance(is_zero(corrections(TWO, "c", order=2).drift - printed), Proved)
    assert isinstance(is_zero(corrections(TWO, "c", order=2).drift - printed - b * up / 10**3), Refuted)


@pytest.mark.parametrize("gone", [1, 2])
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_drift_moments_and_way_back_converge_with_the_order(order: int, gone: int) -> None:
    """Exact slow manifold by eigenvectors, exact moments by SciPy: each error falls with the power it should."""
    net, fast = random_network(order + 10 * gone, gone=gone, hot=gone == 1)
    errors = []
    for speed in (16, 32) if order < 4 else (2, 4):
        quick = faster(net, speed, *fast)
        eq = moments(quick, {})
        values, vectors = eig(eq.drift)
        slow = np.argsort(-values.real)[:2]
        below = vectors[2:, slow] @ np.linalg.inv(vectors[:2, slow])
        exact = eq.drift[:2, :2] + eq.drift[:2, 2:] @ below
        found = corrections(quick, *fast, order=order)
        way = recovered(quick, *fast, order=order)
        true = solve_continuous_lyapunov(eq.drift, -eq.noise.T)[:2, :2]
        w, c = array(found.drift), array(found.noise.T)
        mine = solve_continuous_lyapunov(w, -c)
        steady = np.linalg.solve(eq.drift, -eq.force)
        amplitudes = np.linalg.solve(w, -array(found.force)[:, 0])
        back = array(way.amplitudes(Matrix(steady[:2])))[:, 0]
        errors.append(
            (
                abs(w - exact).max(),
                abs(array(way.onto) - below).max(),
                abs(mine - true).max(),
                abs(amplitudes - steady[:2]).max(),
                abs(back - steady[2:]).max(),
            )
        )
    falls = -np.diff(np.log2(np.maximum(np.array(errors), 1e-15)), axis=0)[0]
    assert (falls[:2] > order + 0.8).all(), falls
    if gone == 1:
        assert falls[2] > order + 0.8
    if order == 1:
        assert errors[0][3] < 1e-12  # elimination has the exact steady state
        assert errors[0][4] < 1e-12
    else:
        assert falls[3] > order + 0.8


def test_recovered_amplitudes_are_exact_in_the_steady_state() -> None:
    state = steady_state(langevin(TWO))
    found = recovered(TWO, "c")
    assert (found.modes, found.kept) == (("c",), ("a", "b"))
    assert isinstance(is_zero(found.amplitudes(state.mean[:2, :]) - state.mean[2:, :]), Proved)
    drives = (*TWO.drives, Drive("c", 1 - I))
    paired = Network(TWO.modes, TWO.couplings, drives, TWO.baths, (Squeezing("a", "c", I * g / 3),))
    paired = paired.subs({kappa_a: 3, kappa_b: 2, J: 1, f: 0, g: 1 + I, rate: 5})
    state, found = steady_state(langevin(paired)), recovered(paired, "c")
    assert isinstance(is_zero(found.amplitudes(state.mean[:2, :]) - state.mean[2:, :]), Proved)
    state = steady_state(langevin(TWO))
    second = recovered(TWO, "c", order=2)
    assert isinstance(is_zero(second.amplitudes(state.mean[:2, :]) - state.mean[2:, :]), Refuted)


# -- complete positivity -------------------------------------------------------------------------------------


def test_elimination_is_completely_positive_and_its_correction_need_not_be() -> None:
    quiet = TWO.subs({kappa_a: 0, kappa_b: 0})
    assert isinstance(completely_positive(corrections(quiet, "c")), Proved)
    verdict = completely_positive(corrections(quiet, "c", order=2))
    assert isinstance(verdict, Refuted)
    at = dict(verdict.point)
    rates = array(kossakowski(corrections(quiet, "c", order=2)).subs(at))
    assert np.linalg.eigvalsh(rates).min() < 0
    # two modes that lose enough on their own afford the correction
    lossy = TWO.subs({kappa_a: 1, kappa_b: 1, J: 1, g: 1, f: 1, rate: 10})
    assert isinstance(completely_positive(corrections(lossy, "c", order=2)), Proved)


@pytest.mark.parametrize("name", ["vacuum", "thermal", "driven"])
def test_every_elimination_is_a_master_equation(name: str) -> None:
    net, gone = NETWORKS[name]
    assert isinstance(completely_positive(schur(langevin(net), *gone)), Proved)


def choi(eq: Langevin, levels: int) -> np.ndarray:
    """Eigenvalues of the Choi matrix of exp(ℒ dt), ℒ = Σ L_ij (a_j ρ a_i† − ½{a_i†a_j, ρ}), by QuTiP."""
    jumps = [qutip.Qobj(a) for a in annihilators(eq.modes, levels).values()]
    rates = -array(eq.drift + eq.drift.H)
    out = 0
    for k in range(len(jumps)):
        for m in range(len(jumps)):
            out = out + rates[m, k] * (
                qutip.spre(jumps[k]) * qutip.spost(jumps[m].dag())
                - 0.5 * qutip.spre(jumps[m].dag() * jumps[k])
                - 0.5 * qutip.spost(jumps[m].dag() * jumps[k])
            )
    return np.linalg.eigvalsh(qutip.to_choi((out * 1e-3).expm()).full())


def test_qutip_agrees_on_what_is_completely_positive() -> None:
    given = {"kappa_a": Integer(0), "kappa_b": Integer(0), "J": Integer(1), "g": Integer(1), "f": I / 2}
    quiet = numbers(TWO, 5, {**given, "Gamma": Integer(6)})
    assert choi(corrections(quiet, "c"), 2).min() > -1e-9
    assert isinstance(completely_positive(corrections(quiet, "c")), Proved)
    second = corrections(quiet, "c", order=2)
    assert choi(second, 2).min() < -1e-6
    assert isinstance(completely_positive(second), Refuted)


def test_rates_of_a_network_are_its_losses_and_gains() -> None:
    net = Network((Mode("a"),), baths=(loss("a", rate, n), Bath((), kappa_a, gain=(("a", Integer(1)),))))
    assert isinstance(
        is_zero(kossakowski(langevin(net)) - Matrix([[rate * (n + 1), 0], [0, rate * n + kappa_a]])), Proved
    )


# -- errors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "error", "says"),
    [
        (0, NoSuchOrder, "1, 2, 3"),
        (-1, NoSuchOrder, "1, 2, 3"),
        (True, WrongKind, "write a whole number"),
        (Rational(3, 2), WrongKind, "write a whole number"),
    ],
)
def test_an_order_that_is_none_is_refused(order: object, error: type[DeriveError], says: str) -> None:
    with pytest.raises(error, match=says):
        corrections(TWO, "c", order=order)  # type: ignore[arg-type]


def test_what_cannot_follow_is_refused() -> None:
    lossless = TWO.subs({rate: 0})
    with pytest.raises(NotEliminable, match="give them a loss"):
        corrections(lossless, "c")
    with pytest.raises(NotEliminable, match="'z'"):
        recovered(TWO, "z")
    assert doubled(langevin(TWO))[0].rows == 6
