"""Hurwitz conditions, held to the roots of polynomials and to the eigenvalues of drift matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import moments
from strategies import QUICK
from sympy import I, Integer, Poly, Rational, Symbol, cosh, prod, sinh, sqrt, symbols, tanh

from derive.builders import chain, star
from derive.evolution import SingularDrift, steady_state
from derive.kernel import Proved, Refuted, conjugated, is_zero
from derive.langevin import langevin
from derive.network import Bath, Coupling, Mode, Network, Squeezing, loss
from derive.stability import (
    THRESHOLD,
    UNDAMPED,
    Unstable,
    caution,
    hurwitz,
    require_stable,
    stability,
    undamped,
)

kappa_a, kappa_b, delta, J = symbols("kappa_a kappa_b Delta J", positive=True)
chi, x = Symbol("chi"), Symbol("x")


@settings(QUICK, max_examples=60)
@given(st.lists(st.tuples(st.integers(-9, 3), st.integers(-9, 9)), min_size=1, max_size=4), st.booleans())
def test_roots_lie_in_the_left_half_plane_if_and_only_if_all_determinants_are_positive(pairs, real):
    roots = [Rational(a, 4) + I * Rational(b, 4) for a, b in pairs]
    roots = [*roots[:2], *(conjugated(z) for z in roots[:2])] if real else roots
    coefficients = Poly(prod(x - z for z in roots), x).all_coeffs()
    assert all(d > 0 for d in hurwitz(coefficients)) == all(z.as_real_imag()[0] < 0 for z in roots)


PAIRED = Network(
    (Mode("a"), Mode("b")), (), (), (loss("a", kappa_a), loss("b", kappa_b)), (Squeezing("a", "b", chi),)
)
DEGENERATE = Network((Mode("a", delta),), (), (), (loss("a", kappa_a),), (Squeezing("a", "a", chi),))


def test_pairing_of_two_modes_is_stable_below_the_geometric_mean_of_their_losses():
    last = stability(langevin(PAIRED))[-1]
    assert last.modes == ("a", "b")
    expected = (kappa_a + kappa_b) * (kappa_a * kappa_b - 4 * chi * conjugated(chi)) / 8
    assert isinstance(is_zero(last.value - expected), Proved)
    assert isinstance(is_zero(last.value - expected * Rational(8, 7)), Refuted)


def test_detuning_protects_a_degenerate_amplifier():
    first, last = stability(langevin(DEGENERATE))
    assert first.value == kappa_a
    expected = kappa_a * (kappa_a**2 / 4 + delta**2 - 4 * chi * conjugated(chi))
    assert isinstance(is_zero(last.value - expected), Proved)


@pytest.mark.parametrize("net", [chain(3, "nonreciprocal"), star(3, "nonreciprocal")], ids=lambda net: net.title)
def test_modes_that_nothing_feeds_back_to_are_blocks_of_their_own(net):
    eq = langevin(net)
    conditions = stability(eq)
    assert [c.modes for c in conditions] == [(mode,) for mode in eq.modes]
    assert all(isinstance(is_zero(c.value + eq.drift[k, k]), Proved) for k, c in enumerate(conditions))


@settings(QUICK, max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 9))
def test_conditions_of_a_paired_chain_agree_with_its_eigenvalues(seed, strength):
    random = np.random.default_rng(seed)
    rates = [Rational(int(v), 5) for v in random.integers(1, 9, 3)]
    net = Network(
        (Mode("a", Rational(1, 3)), Mode("b"), Mode("c")),
        (Coupling("a", "b", Rational(int(random.integers(1, 9)), 7) * (1 + I)),),
        (),
        (*(loss(m, k) for m, k in zip("abc", rates, strict=True)), Bath((), Rational(1, 9), gain=(("c", Integer(1)),))),
        (Squeezing("b", "c", Rational(strength, 8)),),
    )
    largest = np.linalg.eigvals(moments(net, {}).matrix).real.max()
    assert all(c.value > 0 for c in stability(langevin(net))) == (largest < 0)


def test_a_network_beyond_threshold_has_no_steady_state():
    above = PAIRED.subs({kappa_a: 1, kappa_b: 1, chi: Rational(3, 5)})
    with pytest.raises(Unstable, match=r"modes a, b the condition -11/100 > 0 does not hold; raise their losses"):
        steady_state(langevin(above))
    below = PAIRED.subs({kappa_a: 1, kappa_b: 1, chi: Rational(2, 5)})
    assert steady_state(langevin(below)).number[0, 0] > 0
    amplifier = Network((Mode("a"),), (), (), (loss("a", kappa_a), Bath((), 2 * kappa_a, gain=(("a", Integer(1)),))))
    with pytest.raises(Unstable, match="mode a the condition -kappa_a/2 > 0 never holds; raise its losses"):
        steady_state(langevin(amplifier))


def test_three_modes_of_which_one_is_pumped_and_none_is_damped_have_no_steady_state():
    """Their second moments solve the Lyapunov equation with N = −1. A loss of one of them may be large enough."""
    links = tuple(Coupling(x, y, Symbol(f"J_{x}")) for x, y in ("ab", "bc", "ca"))
    pumped = Network(tuple(map(Mode, "abc")), links, (), (Bath((), J, gain=(("b", Integer(1)),)),))
    for values in ({"J_a": 1, "J_b": 2 + I, "J_c": 3 * I, "J": 1}, {"J_a": 5, "J_b": 2, "J_c": I, "J": 7}):
        numbers = {symbol: values[symbol.name] for symbol in pumped.symbols}
        assert np.linalg.eigvals(moments(pumped, numbers).matrix).real.max() > 0
    with pytest.raises(Unstable, match="modes a, b, c the condition -J/2 > 0 never holds"):
        steady_state(langevin(pumped))
    require_stable(langevin(replace(pumped, baths=(*pumped.baths, loss("a", kappa_a)))))


@pytest.mark.parametrize(
    "net",
    [
        Network((Mode("a"), Mode("b", delta)), baths=(loss("a", kappa_a, 1),)),
        Network((Mode("a", delta),), squeezings=(Squeezing("a", "a", chi),)),
    ],
    ids=["warm beside an idle mode", "paired without a loss"],
)
def test_what_is_neither_damped_nor_amplified_is_not_called_unstable(net):
    assert 0 in [condition.value for condition in stability(langevin(net))]
    with pytest.raises(SingularDrift, match="give every mode a loss"):
        steady_state(langevin(net))


def test_conditions_of_many_terms_are_not_written_out_before_a_steady_state(monkeypatch):
    names = ("w", "x", "y", "z", "k", "p", "q", "s", "n")
    w, x, y, z, k, p, q, s, n = symbols(names, positive=True)
    real, turned = Symbol("g", real=True), Symbol("u")
    net = Network(
        (Mode("a"), Mode("b")),
        (Coupling("a", "b", Rational(1, 2) - I / 3 + real * tanh(p)),),
        (),
        (
            loss("a", w),
            loss("b", x),
            Bath((("a", y),), z, n, gain=(("a", turned),)),
            Bath((("b", k * tanh(q)),), s, Rational(1, 2), Rational(1, 4) - 2 * I / 5),
            Bath((("b", sqrt(2) / 2), ("a", p)), q, sinh(k) ** 2, sinh(k) * cosh(k)),
        ),
    )
    monkeypatch.setitem(require_stable.__globals__, "hurwitz", lambda _: pytest.fail("written out"))
    require_stable(langevin(net))


@settings(QUICK, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4),
    st.lists(st.integers(0, 4), max_size=3),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=1),
)
def test_a_superposition_that_no_loss_reaches_keeps_its_quanta_for_ever(links, lossy, shared):
    """Held to the eigenvalues of the drift: one is imaginary. Detunings repeat, so that modes can be dark together."""
    names = [f"m{k}" for k in range(5)]
    net = Network(
        tuple(Mode(name, Integer(k % 2)) for k, name in enumerate(names)),
        tuple(Coupling(names[i], names[j], I * Rational(i + 2, 3)) for i, j in links if i != j),
        (),
        (
            *(loss(names[k], Integer(2)) for k in lossy),
            *(Bath({names[i]: 1, names[j]: I}, Integer(1)) for i, j in shared if i != j),
        ),
    )
    drift = np.array(langevin(net).drift.tolist(), complex)
    kept = bool(np.abs(np.linalg.eigvals(drift).real).min() < 1e-9)
    assert undamped(langevin(net).drift) == kept
    assert caution(net, langevin(net)) == (UNDAMPED if kept else "")


@settings(QUICK, max_examples=40)
@given(
    st.lists(st.integers(0, 4), min_size=3, max_size=3),
    st.lists(st.lists(st.sampled_from([0, 1, -1, I]), min_size=3, max_size=3), min_size=1, max_size=3),
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.integers(1, 4),
)
def test_what_grows_is_not_shown_without_a_caution(losses, weights, gains, scale):
    """Held to the eigenvalues of the drift at κ = 1; gain may reach superpositions that no loss does."""
    names = "abc"
    baths = [loss(name, rate * kappa_a) for name, rate in zip(names, losses, strict=True)]
    for row, gain in zip(weights, gains, strict=False):
        legs = {name: weight for name, weight in zip(names, row, strict=True) if weight != 0}
        if legs:
            baths.append(Bath((), scale * kappa_a / 3, gain=legs) if gain else Bath(legs, scale * kappa_a))
    net = Network(tuple(Mode(name) for name in names), (), (), tuple(baths))
    eq = langevin(net)
    drift = np.array(eq.drift.subs(kappa_a, 1).tolist(), complex)
    grows = np.linalg.eigvals(drift).real.max() > 1e-9
    assert not grows or caution(net, eq) == f"Gain and pairing {THRESHOLD}"
