"""The same expression in exponentials, roots and letters: what the polynomial ring understands."""

from __future__ import annotations

from sympy import (
    Abs,
    Add,
    Expr,
    I,
    Mul,
    Pow,
    Rational,
    binomial,
    conjugate,
    cos,
    default_sort_key,
    exp,
    im,
    log,
    pi,
    re,
    sin,
)  # fmt: skip

from derive.kernel.conjugation import TRIGONOMETRIC, conjugated, nonnegative, nonzero, positive
from derive.kernel.ring import split_base


def rewritten(e: Expr) -> Expr:
    """An expression in exponentials, roots and letters: what the functions of a paper are short for.

    sin, cosh, …, Re z and Im z are written out, conjugates pushed down, |z| is √(z z*), logarithms of products are
    split, and C(n + 1, k) is written by C(n, k).
    """
    return _Rewriting().of(e)


class _Rewriting:
    """One pass over an expression; parts that occur often are rewritten once."""

    def __init__(self) -> None:
        self.known: dict[Expr, Expr] = {}

    def of(self, e: Expr) -> Expr:
        if e.is_Atom:
            return e
        if e not in self.known:
            self.known[e] = self._node(e)
        return self.known[e]

    def _node(self, e: Expr) -> Expr:
        """One node, its parts rewritten first; what a rule writes anew is rewritten again."""
        if isinstance(e, conjugate):
            inner = self.of(e.args[0])
            half = isinstance(inner, Pow) and inner.exp.is_Rational and inner.exp.q == 2
            if half and inner.exp.p != 1:
                return self.of(conjugate(Pow(inner.base, Rational(1, 2)))) ** inner.exp.p
            pushed = conjugated(inner)
            return (
                pushed
                if not isinstance(pushed, conjugate) or pushed.args[0].is_Atom
                else conjugate(pushed.args[0])
            )
        if not all(isinstance(x, Expr) for x in e.args):
            return e
        args = tuple(self.of(x) for x in e.args)
        if isinstance(e, TRIGONOMETRIC):
            written = e.func(*args).rewrite(exp)
            return self.of(written) if not isinstance(written, TRIGONOMETRIC) else written
        if isinstance(e, Abs):
            return _modulus(args[0])
        if isinstance(e, re):
            return (args[0] + conjugated(args[0])) / 2
        if isinstance(e, im):
            return (args[0] - conjugated(args[0])) / (2 * I)
        if isinstance(e, log):
            return _logarithm(args[0])
        if isinstance(e, exp):
            return _exponential(self.of(e.exp))
        if isinstance(e, binomial):
            return _choose(*args)
        if isinstance(e, Pow) and args[0] in (-1, I) and args[1].is_Rational:
            turns = args[1] if args[0] == -1 else args[1] / 2
            return _turned(turns) or Pow(-1, turns)
        if isinstance(e, Pow) and not _counted(args[1]) and (phase := _quarters(args[0])):
            turns, modulus = args[1] * phase / 2, Pow(args[0] / I**phase, args[1])
            return self.of(Pow(-1, turns) if turns.is_Rational else exp(I * pi * turns)) * self.of(modulus)
        if isinstance(e, Pow) and not _counted(args[1]) and below(args[0]):
            upper = conjugated(args[0])
            return Pow((args[0] * upper).expand(), args[1]) / self.of(Pow(upper, args[1]))
        if isinstance(e, Pow) and args[1].is_Rational and args[1].q == 2:
            paired = _paired(args[0])
            return paired ** args[1].p if paired is not None else e.func(*args)
        return e.func(*args) if args != e.args else e


def _modulus(x: Expr) -> Expr:
    """|z| = √(z z*), factor by factor; |z^r| = |z|^r for real r."""
    if isinstance(x, Mul):
        return Mul(*(_modulus(factor) for factor in x.args))
    if nonnegative(x):
        return x
    if isinstance(x, exp):
        return exp((x.exp + conjugated(x.exp)) / 2)
    if isinstance(x, Pow) and x.exp.is_real:
        return Pow(_modulus(x.base), x.exp)
    return Pow(x * conjugated(x), Rational(1, 2))


def below(x: Expr) -> bool:
    """Whether x = p − iq with rational p and q > 0: x^r = |x|^{2r}/(x*)^r, so that of both powers one is a letter."""
    p, rest = x.as_coeff_Add()
    q = I * rest
    return bool(p.is_Rational and q.is_Rational and q.is_positive)


def _counted(x: Expr) -> bool:
    """Whether x may be a whole number that is counted, as N or N/2."""
    return bool(x.is_Integer or any(letter.is_integer for letter in x.free_symbols))


def _quarters(x: Expr) -> int:
    """The quarters of a turn from a positive number to x: 2 to −κ, 1 to iκ, −1 to −iκ; 0 where nothing tells."""
    return 2 if x.is_negative else next((sign for sign in (1, -1) if (x / (sign * I)).is_positive), 0)


def _paired(x: Expr) -> Expr | None:
    """√(p − q√m) = √(p² − q²m)/√(p + q√m): of two such square roots, as of sin π/8 and cos π/8, one is a letter."""
    p, rest = x.as_coeff_Add()
    q, root = rest.as_coeff_Mul()
    if not (p.is_positive and q.is_negative and root.is_Pow and root.exp == Rational(1, 2) and root.base.is_Integer):
        return None
    norm = p**2 - q**2 * root.base
    return Pow(norm, Rational(1, 2)) / Pow(p - rest, Rational(1, 2)) if norm.is_positive else None


def _logarithm(x: Expr) -> Expr:
    """log(κ^n z) = n log κ + log z for positive κ; the branch of log z is left alone."""
    if x.is_number and not x.is_Rational or x.is_Symbol or x.is_zero:
        return log(x)
    found = split_base(x, False)
    if not all(nonzero(e) for e in found.assumed):
        return log(x)
    outside = [(base, n) for base, n in found.factors if positive(base)]
    inside = Mul(*(base**n for base, n in found.factors if not positive(base)))
    return Add(log(inside), *(n * log(base) for base, n in outside))


def _choose(n: Expr, k: Expr) -> Expr:
    """C(n, k) by C(m, l), with m and l those parts of n and k that are no numbers: Pascal's rule becomes rational.

    C(n, k) = C(n, n − k) for every whole n ≥ 0; the shifts by whole numbers hold where no denominator vanishes.
    """
    (more, m), (above, l) = (x.expand().as_coeff_Add(rational=True) for x in (n, k))
    if not (m.is_nonnegative and m.is_integer and l.is_integer and more.is_Integer and above.is_Integer):
        return binomial(n, k)
    if more == 0 and above == 0 or not (l.is_nonnegative and (m - l).is_nonnegative):
        k = min(k, (n - k).expand(), key=default_sort_key) if n.is_nonnegative and k.is_integer else k
        return binomial(n, k)
    ratio = _rising(m, more) / (_rising(l, above) * _rising(m - l, more - above))
    return ratio * _choose(m, l)


def _rising(x: Expr, steps: Rational) -> Expr:
    """(x + steps)!/x! as a product or its inverse."""
    if steps >= 0:
        return Mul(*(x + i for i in range(1, int(steps) + 1)))
    return 1 / Mul(*(x - i for i in range(-int(steps))))


def _exponential(x: Expr) -> Expr:
    """e^x with the rational multiples of iπ in its exponent as roots of unity."""
    x = x.expand()
    turns = Add(*(c for c in (term / (I * pi) for term in Add.make_args(x) if term.has(pi)) if c.is_Rational))
    root = _turned(turns) if turns != 0 else None
    return root * exp(x - I * pi * turns) if root is not None else exp(x)


def _turned(turns: Rational) -> Expr | None:
    """e^{iπ·turns} in square roots of integers, or None if it has none: roots of roots would hide relations."""
    root = cos(pi * turns) + I * sin(pi * turns)
    return None if root.has(cos, sin) or any(not x.base.is_Integer for x in root.atoms(Pow)) else root
