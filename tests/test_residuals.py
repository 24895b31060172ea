"""Every residual can fail: a slip in any field of the answer is refuted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from typing import Any

import pytest
from sympy import Expr, I, Integer, Matrix, MatrixBase, Symbol, symbols

from derive.eliminate import elimination_residual
from derive.evolution import steady_state, steady_state_residual
from derive.gaussian import vacuum
from derive.kernel import Proved, Refuted, is_zero
from derive.langevin import langevin, langevin_residual
from derive.motion import evolution_residual, evolve
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss
from derive.propagator import propagator, propagator_residual
from derive.response import (
    dissipation_residual,
    scattering,
    scattering_residual,
    susceptibility,
    susceptibility_residual,
    unitarity_residual,
)

SLIP = Symbol("slip", positive=True)
# the front door has functions of the same names
balance, bound, dressed, nonreciprocity, slow = (
    import_module(f"derive.{room}") for room in ("balance", "bound", "dressed", "nonreciprocity", "slow")
)
kappa, gamma, rate, J, n, t = symbols("kappa gamma Gamma J n t", positive=True)
delta, phi, omega = symbols("delta phi omega", real=True)

COLD = Network(
    (Mode("a", delta), Mode("b"), Mode("c")),
    (Coupling("a", "b", J), Coupling("b", "c", Symbol("z")), Coupling("a", "c", Integer(1))),
    (Drive("a", Integer(1)), Drive("c", I)),
    (loss("a", kappa), loss("b", gamma), loss("c", rate), Bath({"a": 1, "c": I}, 1)),
)
TWO = Network(
    (Mode("a", delta), Mode("c")),
    (Coupling("a", "c", J),),
    (Drive("a", Integer(1)), Drive("c", I)),
    (loss("a", kappa), loss("c", rate)),
)
HOT = replace(TWO, baths=(loss("a", kappa, n), loss("c", rate, 2 * n)))
PAIRED = Network(
    (Mode("a"), Mode("c")),
    (Coupling("a", "c", Integer(1)),),
    (Drive("a", Integer(1)),),
    (loss("a", 5), loss("c", 7, 1, I)),
    (Squeezing("a", "c", Integer(1)),),
)
NUMBERS = TWO.subs({kappa: 3, rate: 5, J: 2, delta: 1})

# where a residual asks for the answer itself, the function whose answer slips
ASKING: dict[str, tuple[Any, str, Callable[[], Matrix]]] = {
    **{
        f"{name}, {kind}, order {order}": (
            slow,
            name,
            lambda name=name, net=net, order=order: getattr(slow, f"{name}_residual")(net, "c", order=order),
        )
        for name in ("corrections", "recovered")
        for kind, net in (("cold", TWO), ("hot", HOT), ("paired", PAIRED))
        for order in (1, 2)
    },
    "dressed, cold": (dressed, "dressed", lambda: dressed.dressed_residual(TWO, "c", order=2)),
    "dressed, hot": (dressed, "dressed", lambda: dressed.dressed_residual(HOT, "c")),
    "elimination_bound": (
        bound,
        "elimination_bound",
        lambda: bound.elimination_bound_residual(COLD.subs({delta: 1, J: 2}), omega, "c"),
    ),
    "isolation": (nonreciprocity, "isolation", lambda: nonreciprocity.isolation_residual(COLD, "b", "a", "c")),
    "leakage": (
        nonreciprocity,
        "leakage",
        lambda: nonreciprocity.leakage_residual(COLD.subs({delta: 0}), "b", "a", delta, phi, "c"),
    ),
    "energy_balance": (balance, "energy_balance", lambda: Matrix([balance.energy_balance_residual(TWO)])),
}
# where it is given the answer
GIVEN: dict[str, tuple[Callable[[], Any], Callable[[Any], Matrix]]] = {
    **{
        f"{name}, {kind}": (lambda f=f, net=net: f(net), lambda found, g=g, net=net: g(net, found))
        for kind, net in (("cold", TWO), ("hot", HOT), ("paired", PAIRED))
        for name, f, g in (
            (
                "steady_state",
                lambda net: steady_state(langevin(net)),
                lambda net, found: steady_state_residual(langevin(net), found),
            ),
            (
                "susceptibility",
                lambda net: susceptibility(langevin(net), omega),
                lambda net, found: susceptibility_residual(langevin(net), omega, found),
            ),
            (
                "scattering",
                lambda net: scattering(net, omega),
                lambda net, found: scattering_residual(net, omega, found),
            ),
        )
    },
    "propagator": (
        lambda: propagator(langevin(NUMBERS), t),
        lambda found: propagator_residual(langevin(NUMBERS), t, found),
    ),
    "evolve": (
        lambda: evolve(langevin(NUMBERS), vacuum(langevin(NUMBERS)), t),
        lambda found: evolution_residual(langevin(NUMBERS), vacuum(langevin(NUMBERS)), t, found),
    ),
}


def slipped(found: Any) -> Iterator[tuple[str, Any]]:
    """The answer with one of its expressions, or one of the corners of its matrices, off by a letter.

    Frequencies are handed on, and no residual asks for them.
    """
    if isinstance(found, MatrixBase):
        for i, j in dict.fromkeys((i, j) for i in (0, found.rows - 1) for j in (0, found.cols - 1)):
            other = found.as_mutable()
            other[i, j] += SLIP
            yield f"[{i}, {j}]", type(found)(other)
    elif is_dataclass(found):
        for field in fields(found):
            value = getattr(found, field.name)
            if isinstance(value, MatrixBase):
                for place, other in slipped(value):
                    yield field.name + place, replace(found, **{field.name: other})
            elif isinstance(value, Expr):
                yield field.name, replace(found, **{field.name: value + SLIP})


@pytest.mark.parametrize("name", ASKING)
def test_a_slip_in_what_a_function_returns_is_refuted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    room, function, residual = ASKING[name]
    found = []
    true = getattr(room, function)
    monkeypatch.setattr(room, function, lambda *given, **more: found.append(true(*given, **more)) or found[-1])
    assert isinstance(is_zero(residual()), Proved)
    for where, other in slipped(found[0]):
        monkeypatch.setattr(room, function, lambda *given, other=other, **more: other)
        assert isinstance(is_zero(residual()), Refuted), where


@pytest.mark.parametrize("name", GIVEN)
def test_a_slip_in_an_answer_is_refuted(name: str) -> None:
    answer, residual = GIVEN[name]
    found = answer()
    assert isinstance(is_zero(residual(found)), Proved)
    for where, other in slipped(found):
        assert isinstance(is_zero(residual(other)), Refuted), where


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_slip_in_any_order_of_a_dressing_is_refuted(order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    eq, rows = dressed._coefficients(TWO, ("c",), order)
    for k, row in enumerate(rows):
        for _, other in slipped(row):
            found = eq, [*rows[:k], other, *rows[k + 1 :]]
            monkeypatch.setattr(dressed, "_coefficients", lambda *_, found=found: found)
            assert isinstance(is_zero(dressed.dressed_residual(TWO, "c", order=order)), Refuted), k


@pytest.mark.parametrize("net", [TWO, HOT], ids=["cold", "hot"])
def test_a_slip_in_any_order_of_the_slow_manifold_is_refuted(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    true = slow._expanded(net, ("c",), 2)
    for name in ("x", "offset", "drift", "force", "source", "y_cs", "y_cc"):
        parts = getattr(true, name)
        for k, part in enumerate(parts):
            _, other = next(slipped(part))
            found = replace(true, **{name: [*parts[:k], other, *parts[k + 1 :]]})
            monkeypatch.setattr(slow, "_expanded", lambda *_, found=found: found)
            assert isinstance(is_zero(slow.corrections_residual(net, "c", order=2)), Refuted), (name, k)


def test_residuals_have_the_shapes_that_are_told() -> None:
    for net, twice in ((COLD, 1), (PAIRED, 2)):
        n, p, eq = len(net.modes), len(net.baths), langevin(net)
        kept = n - 1
        at = scattering(net, omega)
        assert langevin_residual(net).shape == (n, 4 * n + 1)
        assert steady_state_residual(eq, steady_state(eq)).shape == (n, 2 * n + 1)
        assert elimination_residual(net, "c").shape == (kept, 4 * kept + 1)
        assert susceptibility_residual(eq, omega, susceptibility(eq, omega)).shape == (twice * n, twice * n)
        assert scattering_residual(net, omega, at).shape == (twice * (n + 2 * p), twice * p)
        assert unitarity_residual(at).shape == (twice * p, twice * p)
        assert dissipation_residual(net).shape == (twice * n, twice * n)
    assert propagator_residual(langevin(NUMBERS), t, propagator(langevin(NUMBERS), t)).shape == (2, 4)
    assert nonreciprocity.isolation_residual(COLD, "b", "a").shape == (3, 1)
    still = COLD.subs({delta: 0})
    assert nonreciprocity.leakage_residual(still, "b", "a", delta, phi, "c").shape == (7, 1)
