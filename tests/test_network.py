"""The door: what is not a network is refused, with what must hold and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction

import pytest
from hypothesis import given
from strategies import QUICK, networks
from sympy import (
    Abs,
    Expr,
    Float,
    Function,
    I,
    Integer,
    Rational,
    Symbol,
    conjugate,
    cos,
    cosh,
    exp,
    oo,
    sin,
    sinh,
    sqrt,
    symbols,
    tanh,
)

from derive.builders import chain
from derive.gaussian import thermal
from derive.langevin import langevin
from derive.network import Bath, Coupling, Drive, Mode, Network, NetworkError, Squeezing, exact, loss, renamed

kappa, n, J, r = symbols("kappa n J r", positive=True)
delta, phi = symbols("Delta phi", real=True)
z, w = symbols("z w")

AB = (Mode("a"), Mode("b"))

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no modes": (lambda: Network(()), "at least one mode"),
    "a mode twice": (lambda: Network((Mode("a"), Mode("b"), Mode("a"))), "'a' is declared again"),
    "a name with a blank": (lambda: Mode("a b"), "'a b'"),
    "an empty name": (lambda: Mode(""), "letter"),
    "a name with a line break": (lambda: Mode("a\n"), "letter"),
    "a number for a name": (lambda: Mode(1), "letter"),  # type: ignore[arg-type]
    "a complex detuning": (lambda: Mode("a", z), "detuning of mode 'a' must be real"),
    "an imaginary frequency": (lambda: Mode("a", Integer(0), I * kappa), "frequency of mode 'a' must be real"),
    "a float": (lambda: Coupling("a", "b", 0.5), "must be exact"),  # type: ignore[arg-type]
    "a hidden float": (lambda: Coupling("a", "b", Float("0.5") * J), "must be exact"),
    "an infinite strength": (lambda: Drive("a", oo), "must be exact and finite"),
    "letters that do not commute": (lambda: Drive("a", Symbol("A", commutative=False)), "A, which does not commute"),
    "a division by zero in disguise": (
        lambda: Drive("a", J / (sin(phi) ** 2 + cos(phi) ** 2 - 1)),
        r"divides by sin\(phi\)\*\*2 \+ cos\(phi\)\*\*2 - 1, which is zero",
    ),
    "a hidden division by zero": (lambda: loss("a", exp(1 / ((J + 1) ** 2 - J**2 - 2 * J - 1))), "which is zero"),
    "a text": (lambda: Drive("a", "epsilon"), "must be exact"),  # type: ignore[arg-type]
    "a truth value": (lambda: Drive("a", True), "must be exact"),  # type: ignore[arg-type]
    "an unknown function": (lambda: Drive("a", Function("f")(J)), "known functions"),
    "a coupling to itself": (lambda: Coupling("a", "a", J), "use a detuning"),
    "a coupling to nobody": (lambda: Network(AB, (Coupling("a", "c", J),)), "'c', which is not one of a, b"),
    "a drive of nobody": (lambda: Network(AB, drives=(Drive("c", J),)), "Drive acts on mode 'c'"),
    "a loss of nobody": (lambda: Network(AB, baths=(loss("c", kappa),)), "Bath acts on mode 'c'"),
    "a pair with nobody": (lambda: Network(AB, squeezings=(Squeezing("a", "c", J),)), "Squeezing acts on mode 'c'"),
    "a negative rate": (lambda: loss("a", -kappa), "rate of the bath on 'a' must not be negative"),
    "a negative number": (lambda: loss("a", Rational(7, 5) - sqrt(2)), "must not be negative"),
    "a rate below zero": (lambda: loss("a", tanh(kappa) - 1), r"must not be negative, but is tanh\(kappa\) - 1"),
    "minus a modulus": (lambda: loss("a", kappa, -Abs(Symbol("z"))), r"must not be negative, but is -Abs\(z\)"),
    "a complex rate": (lambda: loss("a", z), "must be real"),
    "a negative temperature": (lambda: loss("a", kappa, -1), "thermal occupation of the bath on 'a'"),
    "a complex temperature": (lambda: loss("a", kappa, z), "must be real"),
    "squeezing of the vacuum": (lambda: loss("a", kappa, 0, Rational(1, 10)), r"\|m\|² ≤ n\(n\+1\)"),
    "too much squeezing": (lambda: loss("a", kappa, 1, Rational(3, 2) * I), r"\|m\|² ≤ n\(n\+1\)"),
    "too much squeezing of every heat": (lambda: loss("a", kappa, n, (n + 1) * exp(I * phi)), r"\|m\|² ≤ n\(n\+1\)"),
    "no legs": (lambda: Bath((), kappa), "at least one leg"),
    "a leg twice": (lambda: Bath((("a", J), ("a", z)), kappa), "'a' has 2"),
    "two meanings of a letter": (
        lambda: Network(AB, (Coupling("a", "b", Symbol("kappa")),), baths=(loss("a", kappa),)),
        "'kappa' is used with two assumptions .*complex.*positive",
    ),
}


@pytest.mark.parametrize(("build", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_network_is_refused_with_a_reason(build: Callable[[], object], says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        build()


ACCEPTED: dict[str, Callable[[], object]] = {
    "a real expression of complex letters": lambda: Mode("a", z + conjugate(z)),
    "a denominator that is zero on one sheet of a root": lambda: Drive("a", 1 / (sqrt(z**2) - z)),
    "a denominator that is zero for one sign of a root": lambda: Drive("a", 1 / (sqrt(z * w) - sqrt(z) * sqrt(w))),
    "a denominator that is zero for no angle": lambda: Drive("a", 1 / (sin(phi) ** 2 + cos(phi) ** 2 + 1)),
    "a modulus as a rate": lambda: loss("a", kappa * z * conjugate(z)),
    "a rate that is only real": lambda: loss("a", delta),
    "no rate": lambda: loss("a", 0),
    "pure squeezing": lambda: loss("a", kappa, sinh(r) ** 2, exp(I * phi) * sinh(r) * cosh(r)),
    "as much squeezing as allowed": lambda: loss("a", kappa, 1, sqrt(2) * I),
    "symbolic squeezing": lambda: loss("a", kappa, n, z),
    "squeezing that is allowed at some heat only": lambda: loss("a", kappa, n, sqrt(n * (n + 1) + (n - kappa) ** 2)),
    "degenerate pairing": lambda: Network(AB, squeezings=(Squeezing("a", "a", z),)),
    "gain alone": lambda: Bath((), kappa, gain=(("a", Integer(1)),)),
    "a leg that loses and gains": lambda: Bath((("a", J),), kappa, gain=(("a", z),)),
}


@pytest.mark.parametrize("build", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_every_physical_value_is_accepted(build: Callable[[], object]) -> None:
    assert build() == build()
    assert hash(build()) == hash(build())


def test_numbers_of_python_become_exact() -> None:
    assert exact(3, "x") == 3
    assert exact(Fraction(1, 3), "x") == Rational(1, 3)
    assert Bath({"a": 1, "b": Fraction(1, 2)}, 2).jump == (("a", 1), ("b", Rational(1, 2)))  # type: ignore[arg-type]


def test_a_network_is_a_value() -> None:
    net = chain(2, "general", distinct=True)
    assert net == chain(2, "general", distinct=True)
    assert hash(net) == hash(chain(2, "general", distinct=True))
    assert net != chain(2, "general")
    with pytest.raises(FrozenInstanceError):
        net.title = "another"  # type: ignore[misc]


def test_lists_become_tuples() -> None:
    net = Network(list(AB), [Coupling("a", "b", J)])  # type: ignore[arg-type]
    assert net == Network(AB, (Coupling("a", "b", J),))
    assert hash(net)


def test_letters_are_sorted_by_name() -> None:
    net = Network((Mode("a", delta, n),), drives=(Drive("a", z),), baths=(loss("a", kappa),))
    assert [s.name for s in net.symbols] == ["Delta", "kappa", "n", "z"]
    assert net.names == ("a",)
    assert set(net.expressions) >= {delta, n, z, kappa}


def test_letters_are_replaced_everywhere_and_all_at_once() -> None:
    net = Network(
        (Mode("a", delta), Mode("b")),
        (Coupling("a", "b", J * z),),
        (Drive("b", conjugate(z)),),
        (Bath((("a", z), ("b", J)), kappa, n, gain=(("b", z),)),),
        (Squeezing("a", "b", J),),
        "swapped",
    )
    new = net.subs({J: kappa, kappa: J, z: I * n, delta: 2})
    assert new.couplings[0].strength == I * kappa * n
    assert new.drives[0].amplitude == -I * n
    assert new.baths[0] == Bath((("a", I * n), ("b", kappa)), J, n, gain=(("b", I * n),))
    assert (new.modes[0].detuning, new.squeezings[0].strength, new.title) == (2, kappa, "swapped")


@QUICK
@given(networks())
def test_renamed_modes_move_as_before(net: Network) -> None:
    net = replace(net, title=net.names[0])
    first, last = net.names[0], net.names[-1]
    new = renamed(net, {first: last, last: first})
    assert new.title == net.title
    assert set(new.names) == set(net.names)
    assert new.names[0] == last
    before, after = langevin(net), langevin(new)
    assert (after.drift, after.pairing, after.force) == (before.drift, before.pairing, before.force)
    assert (after.noise, after.squeezing) == (before.noise, before.squeezing)


def test_larger_parts_are_replaced_too() -> None:
    net = Network(AB, (Coupling("a", "b", J * exp(I * phi)),))
    assert net.subs({J * exp(I * phi): z}).couplings[0].strength == z


@pytest.mark.parametrize(("value", "says"), [(0.5, "exact"), (-1, "negative"), (z, "real"), ("x", "exact")])
def test_a_value_that_makes_no_network_is_refused(value: Expr, says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        Network((Mode("a"),), baths=(loss("a", kappa),)).subs({kappa: value})


@pytest.mark.parametrize("letter", ["kappa", Symbol("kappa"), Symbol("kappa", real=True)])
def test_a_letter_that_only_sounds_like_the_pictures_is_refused(letter: Expr | str) -> None:
    net = Network((Mode("a"),), baths=(loss("a", kappa),))
    with pytest.raises(NetworkError, match=r"'kappa' is .*the picture's is positive; take it from network.symbols"):
        net.subs({letter: 2})
    assert net.subs({Symbol("other"): 2}) == net
    assert net.subs({kappa: 2}).baths[0].rate == 2


@pytest.mark.parametrize(("occupation", "says"), [(-1, "negative"), (0.5, "exact"), (I, "real")])
def test_a_thermal_state_has_no_fewer_quanta_than_none(occupation: Expr, says: str) -> None:
    eq = langevin(Network((Mode("a"),), baths=(loss("a", kappa),)))
    what = "(occupation of 'a'|of 'a' in the argument occupations of thermal)"
    with pytest.raises(NetworkError, match=f"{what} must .*{says}"):
        thermal(eq, {"a": occupation})
    assert thermal(eq, {"a": n}).number[0, 0] == n


@QUICK
@given(networks())
def test_substitution_commutes_with_equations_of_motion(net: Network) -> None:
    values = {s: Rational(k + 2, 3) * (1 if s.is_real else 1 + 2 * I) for k, s in enumerate(net.symbols)}
    squeezed = [bath for bath in net.baths if bath.squeezing != 0]
    special = net.subs({} if squeezed else values)
    known = values | {conjugate(s): x.conjugate() for s, x in values.items()}
    for part in ("drift", "force"):
        one, other = getattr(langevin(special), part), getattr(langevin(net), part)
        assert (
            (one - other)
            .xreplace(known)
            .applyfunc(lambda e: e.expand(complex=True).evalf(20).round(9))
            .is_zero_matrix
        )
