"""Dressed modes: a master equation at every order, against invariant subspaces by LAPACK."""

from __future__ import annotations

import numpy as np
import pytest
from oracles import array, moments
from scipy.linalg import eig, solve_continuous_lyapunov
from sympy import Integer, Matrix, Rational
from test_eliminate import NETWORKS
from test_slow import TWO, faster, kappa_a, kappa_b, random_network, rate

from derive.bound import NotPassive
from derive.dressed import dressed, dressed_residual
from derive.eliminate import NotEliminable
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin
from derive.slow import NoSuchOrder, completely_positive, corrections


@pytest.mark.parametrize(
    ("name", "order"), [("vacuum", 1), ("vacuum", 2), ("thermal", 1), ("driven", 1), ("two at once, coupled", 1)]
)
def test_dressed_modes_lose_what_their_commutators_lose(name: str, order: int) -> None:
    net, gone = NETWORKS[name]
    assert isinstance(is_zero(dressed_residual(net, *gone, order=order)), Proved)


def test_bare_modes_are_not_dressed() -> None:
    net = TWO.subs({s: Rational(k, 7) for k, s in enumerate(TWO.symbols, start=2)})
    found = dressed(net, "c", order=2)
    w = langevin(net).drift
    lost = found.drift * found.commutators
    assert isinstance(is_zero(lost + lost.H + found.inputs * found.inputs.H), Proved)
    bare = corrections(net, "c", order=2).drift
    assert isinstance(is_zero(bare + bare.H + found.inputs * found.inputs.H), Refuted)
    assert isinstance(is_zero(found.weights - Matrix([[-w[0, 2] / w[2, 2]], [-w[1, 2] / w[2, 2]]])), Refuted)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_dressed_modes_are_a_master_equation_where_the_bare_ones_are_not(order: int) -> None:
    quiet = TWO.subs({kappa_a: 0, kappa_b: 0})
    at = {s: Rational(k, 3) for k, s in enumerate(quiet.symbols, start=2)} | {rate: Integer(20)}
    net = quiet.subs(at)
    found = dressed(net, "c", order=order)
    lost = array(found.drift * found.commutators)
    assert np.linalg.eigvalsh(-(lost + lost.conj().T)).min() > -1e-12
    verdict = completely_positive(corrections(net, "c", order=order))
    assert isinstance(verdict, Proved if order == 1 else Refuted)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("gone", [1, 2])
def test_dressing_and_rates_converge_to_those_of_the_slow_subspace(order: int, gone: int) -> None:
    net, fast = random_network(order + 10 * gone, gone=gone, hot=True)
    errors = []
    for speed in (16, 32):
        quick = faster(net, speed, *fast)
        eq = moments(quick, {})
        values, left = eig(eq.drift.T)
        slow = np.argsort(-values.real)[:2]
        rows = left[:, slow].T
        exact = (np.linalg.inv(rows[:, :2]) @ rows)[:, 2:]
        found = dressed(quick, *fast, order=order)
        w, z = array(found.drift), array(found.weights)
        mine = np.linalg.eigvals(w)
        gap = min(abs(np.array(mine) - values[s]).max() for s in (slow, slow[::-1]))
        dressing = np.hstack([np.eye(2), z])
        whole = solve_continuous_lyapunov(eq.drift, -eq.noise.T)
        moment = solve_continuous_lyapunov(w, -array(found.noise).T)
        errors.append((abs(z - exact).max(), gap, abs(moment - dressing @ whole @ dressing.conj().T).max()))
    falls = -np.diff(np.log2(np.array(errors)), axis=0)[0]
    assert (falls > order + 0.8).all(), falls


def test_what_cannot_be_dressed_is_refused() -> None:
    net, gone = NETWORKS["paired with one that stays"]
    with pytest.raises(NotPassive, match="only loses"):
        dressed(net, *gone)
    with pytest.raises(NotEliminable, match="give them a loss"):
        dressed(TWO.subs({rate: 0}), "c")
    with pytest.raises(NoSuchOrder):
        dressed(TWO, "c", order=0)
