"""The language of network files: what it means, what it refuses, and that it prints what it reads."""

from __future__ import annotations

import re

import mpmath
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from strategies import COMPLEX, POSITIVE, QUICK, REAL, expressions, texts
from sympy import (
    Add,
    Expr,
    Function,
    I,
    Integer,
    Mul,
    Rational,
    Symbol,
    bottom_up,
    conjugate,
    exp,
    gamma,
    lambdify,
    oo,
    pi,
    sinh,
    sqrt,
)

from derive.expression import parse_expression, print_expression, print_expressions
from derive.language import FUNCTIONS, NetfileError

SYMBOLS = {symbol.name: symbol for symbol in POSITIVE + REAL + COMPLEX}
x, y = Symbol("x", positive=True), Symbol("y", positive=True)
z = Symbol("z")


def read(text: str) -> Expr:
    return parse_expression(text, SYMBOLS, "net.toml, [modes.a] loss")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-x**2", -(x**2)),
        ("2**-1", Rational(1, 2)),
        ("2**3**2", Integer(512)),
        ("x - -y", x + y),
        ("8/2/2", Integer(2)),
        ("1/2*x", x / 2),
        ("0.003", Rational(3, 1000)),
        ("1e-3*x", x / 1000),
        (".5 + 5.", Rational(11, 2)),
        ("1/(2*(x + y))", 1 / (x + y) / 2),
        ("(x*y)*2*(x + y)", 2 * x * y * (x + y)),
        ("I*pi", I * pi),
        ("J*exp(I*theta_1)", SYMBOLS["J"] * exp(I * SYMBOLS["theta_1"])),
        ("conjugate(theta_1)", SYMBOLS["theta_1"]),
        ("conjugate(z)*z", z * conjugate(z)),
        ("Abs(exp(z))", exp(z / 2 + conjugate(z) / 2)),
        ("lambda", Symbol("lambda", positive=True)),
        ("  sinh( x )\n** 2", sinh(x) ** 2),
        ("exp(1)**2", exp(2)),
        ("-" * 9001 + "x", -x),
    ],
)
def test_text_has_the_value_that_algebra_gives_it(text: str, value: Expr) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (I * Symbol("Gamma_2", positive=True) / 2, "I*Gamma_2/2"),
        (1 / (x + y) / 2, "1/(2*(x + y))"),
        (x**-2 * y, "y/x**2"),
        (y - x, "y - x"),
        (-x - y, "-x - y"),
        (x - 1, "x - 1"),
        (1 / sqrt(x), "1/sqrt(x)"),
        ((x + 1) ** y**z, "(x + 1)**y**z"),
        (x ** (-y), "x**(-y)"),
        (x ** (y / 2), "x**(y/2)"),
        (x ** (1 / y), "x**(1/y)"),
        (-I / 2, "-I/2"),
        (exp(1), "exp(1)"),
        (sqrt(2) * x / 3, "sqrt(2)*x/3"),
        (conjugate(z) ** 2 * x, "x*conjugate(z)**2"),
        ((1 + I) * (1 - I) * x, "2*x"),  # Gaussian numbers are read as one, and so they are written
        (x + sqrt(2) * (1 - I) * (1 + 2 * I) / y, "x + sqrt(2)*(3 + I)/y"),
        ((1 + I) ** 3, "2*I - 2"),
    ],
)
def test_value_is_printed_with_the_fewest_brackets(value: Expr, text: str) -> None:
    assert print_expression(value) == text


@settings(QUICK, max_examples=300)
@given(expressions())
def test_printed_value_is_read_back_exactly(value: Expr) -> None:
    assume(bottom_up(value, lambda part: part, atoms=True) == value)
    try:
        text = print_expression(value)
    except NetfileError:
        assume(False)
    assert parse_expression(text, {s.name: s for s in value.free_symbols}) == value
    assert print_expression(parse_expression(text, {s.name: s for s in value.free_symbols})) == text


@settings(QUICK, max_examples=100)
@given(st.lists(expressions(), min_size=2, max_size=6))
def test_values_printed_together_are_printed_as_each_alone(values: list[Expr]) -> None:
    texts = []
    for value in values:
        try:
            texts.append(print_expression(value))
        except NetfileError:
            assume(False)
    assert print_expressions([*values, *values]) == texts + texts


def test_one_name_is_one_letter_in_all_values_printed_together() -> None:
    with pytest.raises(NetfileError, match="must read as it is written"):
        print_expressions([x + 1, Symbol("x", real=True) + y])


def test_products_and_sums_that_were_not_evaluated_are_printed_as_they_are_read() -> None:
    assert print_expression(Add(x, x, evaluate=False)) == "2*x"
    assert print_expression(Add(y, Mul(y, 2, x, x, evaluate=False), evaluate=False)) == "y + 2*x**2*y"


def test_thousands_of_lines_are_read_back_without_asking_sympy_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [Symbol(f"x_{k}") for k in range(60)]
    values = [letters[0], *(Add(*(a * b for a in letters[k : k + 12])) for k, b in enumerate(letters))]
    asked = []
    flatten = Mul.flatten
    monkeypatch.setattr(Mul, "flatten", classmethod(lambda _, sequence: asked.append(1) or flatten(sequence)))
    print_expressions(values)
    assert len(asked) < len(values)


POINT = {
    symbol.name: mpmath.mpc(3 * k + 1, 2 * k - 5) / 7 if symbol in COMPLEX else mpmath.mpf(3 * k + 2) / 11
    for k, symbol in enumerate(POSITIVE + REAL + COMPLEX)
}


def python_value(text: str) -> mpmath.mpc:
    """What Python's own grammar and 60-digit arithmetic make of the text."""
    wrapped = re.sub(r"(?<![\w.])((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", r"mpf('\1')", text)
    functions = {name: getattr(mpmath, name, None) for name in FUNCTIONS}
    functions |= {"conjugate": mpmath.conj, "Abs": abs, "mpf": mpmath.mpf, "I": mpmath.mpc(0, 1), "pi": mpmath.pi}
    return eval(wrapped, {"__builtins__": {}}, functions | POINT)  # noqa: S307


@settings(QUICK, max_examples=300)
@given(texts())
# what SymPy makes of a function by itself: |e^z| = e^(Re z), |e^(iz)| = e^(−Im z), cotangents of a shifted argument
@example("Abs(exp(I*z))")
@example("Abs(exp(z/3 + I*z**2))")
@example("tan(theta_1 + pi/2)")
@example("tanh(x + I*pi/2)")
def test_text_means_what_it_means_in_python(text: str) -> None:
    with mpmath.workdps(60):
        try:
            expected = python_value(text)
        except (ZeroDivisionError, OverflowError, ValueError):
            assume(False)
        assume(mpmath.isfinite(expected) and abs(expected) < 1e12)
        try:
            value = read(text)
        except NetfileError:
            assume(False)
        names = sorted(symbol.name for symbol in value.free_symbols)
        found = lambdify([SYMBOLS[name] for name in names], value, "mpmath")(*(POINT[name] for name in names))
        assert abs(found - expected) <= mpmath.mpf(10) ** -30 * (1 + abs(expected))


REFUSED = {
    "": "must not be empty",
    "x.y": '"." stands at column 2',
    "x[0]": "write brackets as ( )",
    "'x'": "stands at column 1",
    "x^2": "write powers with **",
    "x,y": "column 2",
    "x;y": "column 2",
    "x=1": "column 2",
    "x if y else z": "write * to multiply",
    "lambda x: x": "column 9",
    "__import__('os')": "column 1",
    "import os": "keyword",
    "True": "keyword",
    "κ": "write kappa",
    "\u0408 + 1": "it is CYRILLIC CAPITAL LETTER JE; write letters from A to Z",
    "λ": "write lambda",
    "Γ_1": "write Gamma",
    "ｘ": "column 1",
    "x − z": "write -.",
    "2·x": "write *.",
    "√x": "write sqrt(...)",
    "x²": "write powers with **",
    "x^*": "; write conjugate(...).",
    "x^{\\dagger}": "; write conjugate(...).",
    "x^{2}": "; write powers with **.",
    "x e^{I z}": "; write exp(...).",
    "e ^ (I*z)": "; write exp(...).",
    "kappa_e^2": "; write powers with **.",
    "\\kappa_b": "; write names without it, and",
    "\\frac{x}{2}": "; write names without it, and fractions and roots as x/y and sqrt(x).",
    "gamma_{12}": "; write subscripts without braces, as _12.",
    "gamma_{12": "; write brackets as ( ).",
    "{x + z}*2": "; write brackets as ( ).",
    "|x|": "; write Abs(...).",
    "x'": "; write names with letters, digits and underscores, as x_prime.",
    "np.exp(I*z)": "; call functions by their names alone, as exp(x) and conjugate(x).",
    "x.conjugate()": "; call functions by their names alone",
    "½*x": "; write fractions as x/y.",
    "ln(x)": "; did you mean 'log'.",
    "re(z)": "; write (x + conjugate(x))/2.",
    "Im(z)": "; write (x - conjugate(x))/(2*I).",
    "x\u200b": "'\\u200b' stands at column 2",
    "x\x00": "column 2",
    "2x": "write * to multiply",
    "1j": "the imaginary unit is I",
    "x(y)": "A function must be one of",
    "abs(x)": "; did you mean 'Abs'.",
    "gamma(x)": "A function must be one of",
    "sin": "write sin(...)",
    "sin()": "A value must stand here",
    "(x": "Every ( must be closed",
    "x)": "Every ) must close",
    "x +": "A value must stand here",
    "1.2.3": "joined by an operator",
    "1_000": "column 2",
    "0x10": "joined by an operator",
    "1/0": "A divisor must not be zero",
    "x/(y - y)": "A divisor must not be zero",
    "0**-1": "A divisor must not be zero",
    "0**z": "A divisor must not be zero",
    "log(0)": "A value must be finite, but this one is not at column 1 of \"log(0)\"; remove its pole",
    "tan(pi/2)": "A value must be finite",
    "9" * 400: "300 digits",
    "1e400": "300 digits",
    "1e-99999999999999999999": "300 digits",
    "10**10**10": "300 digits",
    "2**2**2**2**2**2": "300 digits",
    "(2*x)**1000": "exponent must be at most 100",
    "x**(10**9)": "exponent must be at most 100",
    "((x**100)**100)**100": "exponent must be at most 100",
    "x**(z + 2**90)": "exponent must be at most 1000",
    "*".join(["9**300"] * 1000): "digits",
    "+".join(f"({k}*x)**-100" for k in range(2, 700)): "digits in all",
    "+".join(f"1/{k}**{200 + k}" for k in range(3, 400, 2)): "digits",
    "exp(10**9)": "must be at most 1000",
    "exp(exp(exp(exp(5))))": "must be at most 1000",
    "Abs(exp(exp(exp(20))) - 1)": "must be at most 1000",
    "exp(exp(exp(exp(x))))": "nest at most 3",
    "x**x**x**x**x**x": "nest at most 3",
    "tanh(1/(z + p_a + 1)**4)": "at most 30 terms",
    "log(((1 + I)**100 + I)**100)": "terms",
    "Abs(sqrt(3 - (74 + I)**(1/3)))": "must be of a letter",
    "+".join(f"sqrt({k})" for k in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31)): "at most 20 terms",
    "(" * 4000 + "x" + ")" * 4000: "nest at most 30",
    "exp(" * 1500 + "x" + ")" * 1500: "nest at most 30",
    "x**" * 3000 + "x": "nest at most 30",
    "x" * 10**6: "at most 10000 characters, but this one has 1000000",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text)[:30])
def test_everything_else_is_refused_in_one_line_that_says_where(text: str) -> None:
    with pytest.raises(NetfileError) as caught:
        read(text)
    message = str(caught.value)
    assert REFUSED[text] in message
    assert message.startswith("net.toml, [modes.a] loss")
    assert message.isprintable()
    assert len(message) < 400


@QUICK
@given(st.text(alphabet="xzI0129.eE+-*/() \n", max_size=40) | st.text(max_size=40))
def test_garbage_is_refused_by_no_other_error(text: str) -> None:
    try:
        message = str(read(text))
    except NetfileError as error:
        message = str(error)
    assert message.isprintable()


@pytest.mark.parametrize("name", ["exp", "I", "pi", "conjugate", "if", "x y", "_x", "α"])
def test_symbol_that_the_language_cannot_name_is_not_written(name: str) -> None:
    with pytest.raises(NetfileError, match="symbol must"):
        print_expression(Symbol(name, positive=True) + 1)


def test_value_outside_the_language_is_not_written() -> None:
    for value in (gamma(x), Function("f")(x), oo, x**1000, Rational(1, 10**400), Symbol("n", integer=True)):
        with pytest.raises(NetfileError):
            print_expression(value)
