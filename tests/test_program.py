"""Straight-line programs over several fields, and their NumPy text, against SymPy's own evaluation."""

import ast
import cmath
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import GaussianRational, executed, gaussian
from strategies import QUICK
from strategies import expressions as anything
from sympy import Abs, I, Rational, Symbol, conjugate, cos, exp, factorial, log, pi, sqrt, symbols, tanh

from derive.builders import chain, ring
from derive.kernel import straight_line
from derive.langevin import langevin
from derive.program import Program, ProgramError, numpy_source, straight
from derive.program.lines import function_source
from derive.program.source import (
    known_nonnegative,
    known_positive,
    known_real,
    safe_names,
    unicode_name,
    unicode_text,
)

J, kappa, gamma = symbols("J kappa Gamma_1", positive=True)
theta = Symbol("theta", real=True)
z, p = symbols("z p_1")
LETTERS = (J, kappa, gamma, theta, z, p)
VALUES = {J: 1.25, kappa: 0.75, gamma: 2.5, theta: -0.625, z: 0.5 - 1.25j, p: -1.5 + 0.25j}

RATIONAL = (
    -kappa / 2 - gamma * p * conjugate(p) / 2,
    (J + kappa) ** 3 / (J * (kappa + 1 / gamma)) ** 2,
    Rational(1, 3) + z * (J + Rational(2, 7)) - I * z**5 / 3,
    Rational(-2, 3),
    I / 3,
    -I * conjugate(z) * J + z**2 * conjugate(z) ** 3,
    1 / (z - I) ** 4 - (theta - z) ** 2 + Abs(p) ** 4,
)
ANALYTIC = (
    exp(I * theta) * J + exp(-I * theta) * sqrt(J * kappa),
    cos(theta) * tanh(J) + log(gamma) * pi,
    sqrt(theta) + z ** Rational(3, 2) + kappa ** (-Rational(5, 2)),
    J**theta + 2**theta + Abs(theta) + J ** Rational(1, 3),
)


def run(source, name, **words):
    return executed(source)[name](**words)


def test_programs_over_the_gaussian_rationals_are_exact():
    program = straight("f", LETTERS, RATIONAL)
    table = {s: Rational(v.real) + I * Rational(v.imag) for s, v in VALUES.items()}
    expected = [gaussian(e.xreplace(table).doit()) for e in RATIONAL]
    numbers = {s: gaussian(v) for s, v in table.items()}
    one, i = GaussianRational.of(1), GaussianRational.of(1j)
    assert list(program(numbers, one, {"I": i})) == expected
    source = numpy_source(program, header="exact")
    words = {s.name: numbers[s] for s in LETTERS}
    assert list(run(source, "f", **words)) == expected
    words["J"] = np.array([numbers[J], numbers[kappa]], dtype=object)
    assert list(run(source, "f", **words)[:, 0]) == expected


def test_programs_over_floats_and_many_digits_agree_with_evalf():
    outputs = RATIONAL + ANALYTIC
    program = straight("f", LETTERS, outputs)
    expected = np.array([complex(e.evalf(30, subs=VALUES)) for e in outputs])
    functions = {name: getattr(cmath, name) for name in ("exp", "sqrt", "cos", "tanh", "log", "pi")}
    found = np.array(program(VALUES, 1.0, functions | {"I": 1j, "Abs": abs}))
    assert np.all(np.abs(found - expected) <= 1e-14 * np.abs(expected))
    many = {name: getattr(mpmath, name) for name in ("exp", "sqrt", "cos", "tanh", "log", "pi")}
    with mpmath.workdps(40):
        values = {s: mpmath.mpmathify(v) for s, v in VALUES.items()}
        precise = program(values, mpmath.mpf(1), many | {"I": mpmath.mpc(0, 1), "Abs": abs})
        for value, e in zip(precise, outputs, strict=True):
            exact = e.evalf(40, subs={s: Rational(v.real) + I * Rational(v.imag) for s, v in VALUES.items()})
            assert abs(value - mpmath.mpmathify(exact)) < mpmath.mpf(10) ** -35
    emitted = run(numpy_source(program, header="floats"), "f", **{s.name: v for s, v in VALUES.items()})
    assert np.all(np.abs(emitted - expected) <= 1e-14 * np.abs(expected))


def expressions():
    leaves = st.sampled_from([*LETTERS, Rational(1, 3), Rational(-5, 2), I, conjugate(z), J / 2])
    joined = lambda inner: st.one_of(  # noqa: E731
        st.tuples(inner, inner).map(lambda ab: ab[0] + ab[1]),
        st.tuples(inner, inner).map(lambda ab: ab[0] * ab[1]),
        st.tuples(inner, st.integers(2, 4)).map(lambda an: an[0] ** an[1]),
        inner.map(lambda a: -a),
        inner.map(conjugate),
    )
    return st.recursive(leaves, joined, max_leaves=12)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(expressions(), min_size=1, max_size=3))
def test_sharing_never_changes_a_value(outputs):
    table = {s: Rational(v.real) + I * Rational(v.imag) for s, v in VALUES.items()}
    expected = [gaussian(e.xreplace(table).doit()) for e in outputs]
    program = straight("f", LETTERS, outputs)
    numbers = {s: gaussian(v) for s, v in table.items()}
    assert list(program(numbers, GaussianRational.of(1), {"I": GaussianRational.of(1j)})) == expected
    found = run(numpy_source(program, header="x"), "f", **{s.name: numbers[s] for s in LETTERS})
    assert list(np.atleast_1d(found)) == expected
    early, late = program.split((J, z), "early", "e")
    between = early(numbers, GaussianRational.of(1), {"I": GaussianRational.of(1j)})
    rest = dict(zip(late.inputs, between, strict=False)) | {s: numbers[s] for s in (J, z)}
    assert list(late(rest, GaussianRational.of(1), {"I": GaussianRational.of(1j)})) == expected


def test_common_subexpressions_are_computed_once_and_counted():
    pivot = kappa + J**2 / gamma
    once = straight("once", (J, kappa, gamma), (1 / pivot,))
    twice = straight("twice", (J, kappa, gamma), (1 / pivot, J / pivot))
    assert once.operations == 4
    assert twice.operations == 5
    assert [value for _, value in twice.body] == [1 / pivot]
    # A sign is no operation, and −x shares x.
    assert straight("sign", (J, kappa), (J * kappa, -J * kappa)).operations == 1
    unused = straight("unused", (J,), (J,), where=((kappa, J**5),))
    assert (unused.body, unused.operations) == ((), 0)


@pytest.mark.parametrize("net", [chain(4, "general", distinct=True), ring(4, distinct=True)], ids=lambda net: net.title)
def test_operations_are_those_of_the_emitted_text(net):
    eq = langevin(net)
    found = straight_line(eq.drift, -eq.force)
    cubed = (*found.values, (J + kappa) ** 13 + sqrt(J))
    program = straight("f", (*net.symbols, *{J, kappa} - set(net.symbols)), cubed, found.where)
    count = 0
    for node in ast.walk(ast.parse(function_source(program))):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            n = node.right.value
            count += n.bit_length() + n.bit_count() - 2  # by repeated squaring
        else:
            count += isinstance(node, ast.BinOp | ast.Call)
    assert program.operations == count


def test_definitions_are_kept_in_order_and_staged_by_what_they_depend_on():
    x, y = symbols("x y")
    program = straight("f", (J, kappa, z), (x * y + kappa * J * z, x), where=((x, J + kappa), (y, x**2 + z)))
    assert program({J: Fraction(1), kappa: Fraction(2), z: Fraction(5)}) == (52, 3)
    first, second = program.split((z,), "first", "l")
    assert first.inputs == (J, kappa)
    assert z in second.inputs
    assert second.operations < program.operations


def test_straight_line_code_is_checked():
    with pytest.raises(ProgramError, match="kappa is not defined"):
        Program("f", (J,), (), (J + kappa,))
    with pytest.raises(ProgramError, match="define J once"):
        Program("f", (J, kappa), ((J, kappa),), (J,))
    with pytest.raises(ProgramError, match="'exp'"):
        straight("f", (J,), (exp(J),))({J: Fraction(1)})
    with pytest.raises(ProgramError, match="not of factorial"):
        numpy_source(straight("f", (J,), (factorial(J),)), header="")


def test_names_are_python_names_and_distinct():
    letters = ["lambda", "np", "κ_1", "kappa_1", "Γ", "b'", "b_", "1x", "t", "x y", "å", "one"]
    names = safe_names(Symbol(letter) for letter in letters)
    assert list(names.values()) == [
        "lambda_",
        "np_",
        "kappa_1",
        "kappa_1_",
        "Gamma",
        "b_",
        "b__",
        "x1x",
        "t_",
        "x_y",
        "a",
        "one_",
    ]
    assert all(name.isidentifier() and name.isascii() for name in names.values())
    program = straight("f", tuple(names), (sum(names),))
    words = {name: float(k) for k, name in enumerate(names.values())}
    assert run(numpy_source(program, header="x"), "f", **words) == sum(words.values())


def test_the_modulus_squared_is_real_and_text_has_no_inexact_number():
    outputs = (kappa * z * conjugate(z) / 3, kappa * Rational(3, 7) + Rational(1, 3))
    program = straight("f", (kappa, z), outputs)
    source = numpy_source(program, header="x")
    assert run(source, "f", kappa=1.0, z=1 + 2j).dtype == float
    assert "0.3" not in source
    assert "kappa*_abs2(z)/3" in source
    assert "kappa*3/7" in source


@pytest.mark.parametrize("q", [1, 2, 3, 4, 8, 10, 2**20])
@pytest.mark.parametrize("p", [1, -1, 3, -7])
def test_complex_arrays_are_not_divided_by_numbers_that_something_else_takes(p, q):
    """A complex array is divided by a number in five times the time of a product."""
    number = Rational(p, q)
    kappa_, z_ = np.array([0.3, 0.7]), np.array([1 + 2j, -0.4j])
    values = {I * kappa * z: 1j * kappa_ * z_, kappa * z: kappa_ * z_, I * conjugate(z): 1j * np.conj(z_), z: z_}
    for e, value in values.items():
        source = numpy_source(straight("f", (kappa, z), [number * e]), header="x")
        assert np.allclose(run(source, "f", kappa=kappa_, z=z_), value * p / q, rtol=1e-15)
        if e == I * kappa * z and q <= 8 and q != 3:
            assert f"{Fraction(abs(p), q) + 0.0}j*kappa*z".replace(".0j", "j") in source
        if e == kappa * z:
            assert "z/" not in source
            exact = run(source, "f", kappa=np.array([Fraction(2, 3)]), z=np.array([Fraction(5, 7)]))
            assert exact[0] == Fraction(10 * p, 21 * q)


def test_docstrings_read_as_physics():
    assert unicode_name("kappa_1") == "κ₁"
    assert unicode_name("lambda") == "λ"
    assert unicode_name("p_a") == "p_a"
    entry = -I * J * exp(I * theta) - gamma * p * conjugate(z) / 2
    assert unicode_text(entry) == "-i J exp(i θ) - Γ₁ p₁ z*/2"


@given(anything())
@settings(QUICK)
def test_what_is_known_of_an_expression_is_what_sympy_says_when_it_is_asked(e):
    assert known_real(e) == (e.is_extended_real is True)
    assert known_positive(e) == (e.is_extended_positive is True)
    assert known_nonnegative(e) == (e.is_extended_nonnegative is True)


def test_text_is_the_same_for_every_hash_seed():
    here = Path(__file__).parent
    code = (
        "from test_program import *\n"
        "print(numpy_source(straight('f', LETTERS, RATIONAL + ANALYTIC), header='x'))"
    )
    found = set()
    for seed in ("0", "1"):
        path = os.pathsep.join([str(here.parent), str(here)])
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        found.add(done.stdout)
    assert len(found) == 1


def test_a_product_of_several_exponentials_keeps_them_all():
    x, y, z = symbols("x y z", real=True)
    product = exp(I * x) * exp(-I * y) * exp(2 * z) * x
    program = straight("f", (x, y, z), (product, exp(I * x), exp(-I * y), exp(2 * z)))
    values = {x: 0.3, y: 1.1, z: -0.7}
    functions = {"I": 1j, "exp": cmath.exp}
    found = program(values, 1.0, functions)[0]
    assert abs(found - 0.3 * cmath.exp(0.3j - 1.1j - 1.4)) < 1e-15


def test_a_modulus_that_sympy_multiplies_out_stays_a_product():
    c = cos(exp(I * theta) + J)
    found = straight("f", LETTERS, (c * conjugate(c), c**2 * conjugate(c)))(
        VALUES, 1.0, {"I": 1j, "exp": cmath.exp, "cos": cmath.cos}
    )
    value = cmath.cos(cmath.exp(1j * VALUES[theta]) + VALUES[J])
    assert abs(found[0] - abs(value) ** 2) < 1e-14
    assert abs(found[1] - value * abs(value) ** 2) < 1e-14
