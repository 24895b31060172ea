"""Random expressions that are built twice, by SymPy and for 50-digit arithmetic, and identities that tempt.

A `Tree` is a SymPy expression beside the function that computes it from letters; the function knows nothing of what
SymPy or the kernel does with the expression. `questions()` are the two sides of an identity, true or false.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
from hypothesis import strategies as st
from sympy import (
    Abs,
    E,
    Expr,
    I,
    Integer,
    Rational,
    Symbol,
    atan,
    conjugate,
    cos,
    cosh,
    exp,
    im,
    log,
    pi,
    re,
    sin,
    sinh,
    sqrt,
    tanh,
)

DIGITS = 50
X, Y = Symbol("x", positive=True), Symbol("y", positive=True)
A, B = Symbol("a", real=True), Symbol("b", real=True)
Z, W = Symbol("z"), Symbol("w")
N = Symbol("n", integer=True)

Environment = dict[Symbol, Any]


class Pole(ArithmeticError):
    """A point at which a part has no value, or is too close to one to be trusted."""


@dataclass(frozen=True)
class Tree:
    expr: Expr
    at: Callable[[Environment], Any]


def safe(value: Any) -> Any:
    value = mpmath.mpc(value)
    if not mpmath.isfinite(value) or abs(value) > mpmath.mpf(10) ** 20:
        raise Pole
    return value


def invert(value: Any) -> Any:
    if abs(value) < mpmath.mpf(10) ** -30:
        raise Pole
    return 1 / value


def on_sheet(value: Any) -> Any:
    """A value on the branch cut up to rounding is on the cut: its principal root is the one from above."""
    if value.real < 0 and abs(value.imag) < mpmath.mpf(10) ** (10 - mpmath.mp.dps) * abs(value.real):
        return mpmath.mpc(value.real, 0)
    return value


def raised(base: Any, exponent: Any) -> Any:
    if exponent == int(exponent.real) >= 0:
        return base ** int(exponent.real)
    if abs(base) < mpmath.mpf(10) ** -30:
        raise Pole
    if exponent == int(exponent.real):
        return base ** int(exponent.real)
    return mpmath.exp(exponent * mpmath.log(on_sheet(base)))


def letter(symbol: Symbol) -> Tree:
    return Tree(symbol, lambda at: mpmath.mpc(at[symbol]))


def number(p: int, q: int = 1, imaginary: int = 0) -> Tree:
    return Tree(Rational(p, q) + imaginary * I, lambda at: mpmath.mpc(mpmath.mpf(p) / q, imaginary))


def add(a: Tree, b: Tree) -> Tree:
    return Tree(a.expr + b.expr, lambda at: a.at(at) + b.at(at))


def times(a: Tree, b: Tree) -> Tree:
    return Tree(a.expr * b.expr, lambda at: safe(a.at(at) * b.at(at)))


def over(a: Tree, b: Tree) -> Tree:
    return Tree(a.expr / b.expr, lambda at: safe(a.at(at) * invert(b.at(at))))


def power(a: Tree, b: Tree) -> Tree:
    return Tree(a.expr**b.expr, lambda at: safe(raised(a.at(at), b.at(at))))


def apply(f: Callable[[Expr], Expr], g: Callable[[Any], Any], a: Tree) -> Tree:
    return Tree(f(a.expr), lambda at: safe(g(a.at(at))))


def root(a: Tree) -> Tree:
    return apply(sqrt, lambda v: mpmath.sqrt(on_sheet(v)), a)


def logarithm(a: Tree) -> Tree:
    def value(v: Any) -> Any:
        if abs(v) < mpmath.mpf(10) ** -30:
            raise Pole
        return mpmath.log(on_sheet(v))

    return apply(log, value, a)


def star(a: Tree) -> Tree:
    return apply(conjugate, mpmath.conj, a)


def modulus(a: Tree) -> Tree:
    return apply(Abs, abs, a)


def exponential(a: Tree) -> Tree:
    return apply(exp, mpmath.exp, a)


def sine(a: Tree) -> Tree:
    return apply(sin, mpmath.sin, a)


def cosine(a: Tree) -> Tree:
    return apply(cos, mpmath.cos, a)


def hyperbolic(a: Tree) -> Tree:
    return apply(tanh, mpmath.tanh, a)


ONE, TWO, MINUS = number(1), number(2), number(-1)
HALF, THIRD = number(1, 2), number(1, 3)
INTEGER = letter(N)

# Identities of one or two parts: some always hold, some only for some letters, some never.
IDENTITIES: tuple[Callable[[Tree, Tree], tuple[Tree, Tree]], ...] = (
    lambda a, b: (root(times(a, b)), times(root(a), root(b))),
    lambda a, b: (root(over(a, b)), over(root(a), root(b))),
    lambda a, b: (power(power(a, TWO), HALF), a),
    lambda a, b: (power(power(a, TWO), THIRD), power(a, number(2, 3))),
    lambda a, b: (power(power(a, THIRD), number(3)), a),
    lambda a, b: (power(root(a), number(3)), times(a, root(a))),
    lambda a, b: (modulus(times(a, b)), times(modulus(a), modulus(b))),
    lambda a, b: (times(modulus(a), modulus(a)), times(a, star(a))),
    lambda a, b: (modulus(a), root(times(a, star(a)))),
    lambda a, b: (star(root(a)), root(star(a))),
    lambda a, b: (star(logarithm(a)), logarithm(star(a))),
    lambda a, b: (star(exponential(times(a, b))), exponential(times(star(a), star(b)))),
    lambda a, b: (star(over(a, b)), over(star(a), star(b))),
    lambda a, b: (star(a), a),
    lambda a, b: (exponential(add(a, b)), times(exponential(a), exponential(b))),
    lambda a, b: (exponential(logarithm(a)), a),
    lambda a, b: (logarithm(exponential(a)), a),
    lambda a, b: (logarithm(times(a, b)), add(logarithm(a), logarithm(b))),
    lambda a, b: (logarithm(power(a, TWO)), times(TWO, logarithm(a))),
    lambda a, b: (power(times(a, b), INTEGER), times(power(a, INTEGER), power(b, INTEGER))),
    lambda a, b: (power(a, add(INTEGER, ONE)), times(a, power(a, INTEGER))),
    lambda a, b: (power(times(MINUS, a), INTEGER), times(power(MINUS, INTEGER), power(a, INTEGER))),
    lambda a, b: (power(a, times(TWO, INTEGER)), power(times(a, a), INTEGER)),
    lambda a, b: (power(MINUS, times(TWO, INTEGER)), ONE),
    lambda a, b: (power(a, add(a, HALF)), times(root(a), power(a, a))),
    lambda a, b: (power(times(a, b), a), times(power(a, a), power(b, a))),
    lambda a, b: (add(power(sine(a), TWO), power(cosine(a), TWO)), ONE),
    lambda a, b: (over(sine(times(TWO, a)), sine(a)), times(TWO, cosine(a))),
    lambda a, b: (hyperbolic(a), over(add(exponential(a), times(MINUS, exponential(times(MINUS, a)))),
                                      add(exponential(a), exponential(times(MINUS, a))))),
    lambda a, b: (over(ONE, add(over(ONE, a), over(ONE, b))), over(times(a, b), add(a, b))),
    lambda a, b: (over(add(times(a, a), times(MINUS, times(b, b))), add(a, times(MINUS, b))), add(a, b)),
    lambda a, b: (power(add(a, b), TWO), add(times(a, a), times(b, add(times(TWO, a), b)))),
    lambda a, b: (times(add(a, b), over(ONE, a)), add(ONE, over(b, a))),
    lambda a, b: (a, b),
)  # fmt: skip

atoms = st.one_of(
    st.sampled_from([X, Y, A, B, Z, W, Z]).map(letter),
    st.sampled_from([number(2), number(-1), number(-4), number(1, 3), number(0, 1, 1), number(1, 1, -2)]),
)


def _larger(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.builds(add, parts, parts),
        st.builds(times, parts, parts),
        st.builds(over, parts, parts),
        st.builds(power, parts, st.sampled_from([TWO, number(-1), HALF, THIRD, number(-3, 2), INTEGER])),
        st.builds(lambda f, a: f(a), st.sampled_from([star, modulus, exponential, root, sine]), parts),
    )


trees = st.recursive(atoms, _larger, max_leaves=4)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Tree, Tree]:
    """Left and right of an identity, possibly inside another, multiplied by or divided by something."""
    left, right = draw(st.sampled_from(IDENTITIES))(draw(trees), draw(trees))
    if draw(st.booleans()):
        other = draw(st.sampled_from([letter(X), letter(A), letter(Z), number(0, 1, 1)]))
        left, right = draw(
            st.sampled_from(
                [
                    (times(left, other), times(other, right)),
                    (over(left, other), over(right, other)),
                    (add(left, other), add(right, other)),
                    (over(other, left), over(other, right)),
                    (root(left), root(right)),
                    (star(left), star(right)),
                ]
            )
        )
    return left, right


def _point(x: Expr, y: Expr, a: Expr, b: Expr, z: Expr, w: Expr, n: int) -> dict[Symbol, Expr]:
    return {X: x, Y: y, A: a, B: b, Z: z, W: w, N: Integer(n)}


# Points that the letters' assumptions allow, on and off the branch cuts.
Q = Rational
POINTS = (
    _point(Q(2), Q(7, 3), Q(3, 2), Q(5), 1 + 2 * I, -3 + I, 2),
    _point(Q(1, 3), Q(5), Q(-4), Q(-2, 7), -2 - 3 * I, -1 - 2 * I, -3),
    _point(Q(4), Q(1, 9), Q(-1, 5), Q(6), Q(-5), 2 - 7 * I, 5),
    _point(Q(11, 7), Q(3), Q(2), Q(-3), -2 * I, Q(-3), -1),
    _point(Q(9), Q(2, 5), Q(-7, 3), Q(-5), -1 + 4 * I, 3 * I, 0),
    _point(Q(1), Q(1), Q(1), Q(-1), Q(-1), Q(-1), 1),
)


def environments() -> tuple[Environment, ...]:
    """The points with 50 digits."""
    return tuple({s: exact(value) for s, value in point.items()} for point in POINTS)


FUNCTIONS: dict[Any, Callable[[Any], Any]] = {
    exp: mpmath.exp,
    log: lambda v: mpmath.log(on_sheet(v)),
    conjugate: mpmath.conj,
    Abs: abs,
    sin: mpmath.sin,
    cos: mpmath.cos,
    sinh: mpmath.sinh,
    cosh: mpmath.cosh,
    tanh: mpmath.tanh,
    atan: mpmath.atan,
    re: mpmath.re,
    im: mpmath.im,
}


def exact(value: Expr, at: Environment | None = None) -> Any:
    """An exact number with all digits, its roots on the right side of their branch cuts; letters are looked up."""
    if value.is_Symbol and at:
        return mpmath.mpc(at[value])
    if value.is_Rational:
        return mpmath.mpc(mpmath.mpf(int(value.p)) / int(value.q))
    if value in (I, pi, E):
        return mpmath.mpc({I: mpmath.mpc(0, 1), pi: mpmath.pi, E: mpmath.e}[value])
    parts = [exact(part, at) for part in value.args]
    if value.is_Add:
        return mpmath.fsum(parts)
    if value.is_Mul:
        return mpmath.fprod(parts)
    if value.func in FUNCTIONS:
        return FUNCTIONS[value.func](parts[0])
    if value.is_Pow:
        return raised(*parts)
    raise Pole
