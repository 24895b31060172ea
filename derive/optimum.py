"""Optima, windows and leading orders of energies in a coupling, found with symbolic counts and proved by signs.

An energy E is a product of powers whose exponents may hold a count N. Its logarithmic slope ∂ ln E/∂x is then a ratio
of polynomials in x, with coefficients in N and the rates. A factor whose coefficients change sign once, in the order
of the powers of x, has exactly one positive root (Descartes), and its quotient by x₀ − x has coefficients of one sign:
existence, uniqueness and the turn at the root are read off the signs, which `derive.kernel` proves for every N ≥ 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from sympy import Add, Expr, Integer, Matrix, Mul, Pow, S, Symbol, diff, exp, expand_log, fraction, log, sqrt

from derive.checks import checked
from derive.errors import DeriveError
from derive.kernel import Proved, Refuted, canonical, factored, is_nonnegative, is_zero

HALVINGS = 14  # of x > 0 before a polynomial that comes down to zero, or nearly, is given up


class OptimumError(DeriveError):
    """A curve whose rises and falls cannot be read off the signs of its coefficients."""

    status = 1


@dataclass(frozen=True)
class Turn:
    """A positive x at which the curve changes from rising to falling (`sense` −1) or back (+1).

    `factor` is the factor of the slope's numerator that vanishes there and nowhere else at x > 0; `point` is its root
    in radicals, or None if it has none of degree one, two, or two in x².
    """

    point: Expr | None
    factor: Expr
    sense: int


@dataclass(frozen=True)
class Maximum:
    """The one place `point` at which a positive curve is largest, its `value`, and its logarithmic `slope`."""

    variable: Symbol
    point: Expr
    value: Expr
    slope: Expr
    factor: Expr


@dataclass(frozen=True)
class Window:
    """Where one curve lies above another: `edges` in rising order and the sign between them, from x → 0 on."""

    variable: Symbol
    edges: tuple[Expr, ...]
    signs: tuple[int, ...]
    difference: Expr


# -- signs for every count ------------------------------------------------------------------------------------


def from_one(e: Expr) -> Expr:
    """The same expression with every positive integer n written as 1 + m, m = 0, 1, 2, …"""
    counts = sorted((s for s in e.free_symbols if s.is_integer and s.is_positive), key=lambda s: s.name)
    above = {n: 1 + Symbol(f"{n.name}-1", integer=True, nonnegative=True) for n in counts}
    return e.subs(above, simultaneous=True) if above else e


def sign(e: Expr) -> int | None:
    """+1, −1 or 0 if e has this sign for all values that its letters' assumptions allow, else None."""
    if isinstance(is_zero(e), Proved):
        return 0
    for s in (1, -1):
        one_sided = from_one(s * e)
        terms = Add.make_args(canonical(one_sided).expand())
        strict = e.is_number or any(t.is_positive for t in terms) and all(t.is_nonnegative for t in terms)
        if strict and isinstance(is_nonnegative(one_sided), Proved):
            return s
    return None


def coefficients(polynomial: Expr, x: Symbol) -> tuple[Expr, ...]:
    """c_0, …, c_n of c_0 + c_1 x + … + c_n xⁿ.

    Raises:
        OptimumError: if a term is not a power of x times something without x.
    """
    found: dict[int, Expr] = {}
    for term in Add.make_args(polynomial.expand()):
        c, power = term.as_independent(x, as_Add=False)
        base, n = power.as_base_exp() if power != 1 else (x, S.Zero)
        if base != x or not (n.is_Integer and n >= 0):
            raise OptimumError(f"A polynomial in {x} is needed, but one term is {term}; clear its denominators.")
        found[int(n)] = found.get(int(n), S.Zero) + c
    return tuple(found.get(k, S.Zero) for k in range(max(found) + 1))


def turn(factor: Expr, x: Symbol) -> Turn | None:
    """The one positive root of a polynomial, or None if it has no root at x > 0.

    Raises:
        OptimumError: if the sign of a coefficient depends on the letters, or the signs change more than once.
    """
    signs = [sign(c) for c in coefficients(factor, x)]
    if None in signs:
        raise OptimumError(
            f"The signs of the powers of {x} must not depend on the other letters, but they do in {factor}."
        )
    kept = [s for s in signs if s]
    changes = [(a, b) for a, b in pairwise(kept) if a != b]
    if len(changes) > 1:
        raise OptimumError(
            f"The coefficients must change sign at most once in the powers of {x}, but those of {factor} do "
            f"{len(changes)} times; cut the range of {x} into pieces."
        )
    return Turn(_root(factor, x), factor, int(changes[0][1])) if changes else None


def _root(factor: Expr, x: Symbol) -> Expr | None:
    """The positive root in radicals of a polynomial whose coefficients change sign once."""
    c = list(coefficients(factor, x))
    while c and isinstance(is_zero(c[0]), Proved):
        del c[0]
    if len(c) == 2:
        return canonical(-c[0] / c[1])
    squares = len(c) == 5 and all(isinstance(is_zero(c[k]), Proved) for k in (1, 3))
    if not squares and len(c) != 3:
        return None
    c_0, c_1, c_2 = c[::2] if squares else c
    # Which of the two is positive depends on the sign of c_2 only, because c_0 c_2 < 0.
    c_0, c_1, c_2 = (e if sign(c_2) == 1 else -e for e in (c_0, c_1, c_2))
    outside, inside = _square_root(c_1**2 - 4 * c_0 * c_2)
    root = Symbol("root", positive=True)
    whole = factored((outside * root - c_1) / (2 * c_2)).subs(root, sqrt(inside))
    if not squares:
        return whole
    outside, inside = _square_root(whole)
    return outside * sqrt(inside)


def _square_root(e: Expr) -> tuple[Expr, Expr]:
    """(f, g) with f √g = √e: squares of positive factors in front, the rest multiplied out under the root."""
    outside, inside = S.One, [S.One, S.One]
    for k, part in enumerate(fraction(factored(e))):
        for f in Mul.make_args(part):
            base, n = f.as_base_exp()
            if n.is_Integer and base.is_Integer and base.is_positive and sqrt(base).is_Integer:
                outside *= sqrt(base) ** (n if k == 0 else -n)
            elif n.is_Integer and sign(base) == 1:
                outside *= base ** (n // 2 if k == 0 else -(n // 2))
                inside[k] *= base ** (n % 2)
            else:
                inside[k] *= f
    return outside, inside[0].expand() / inside[1].expand()


# -- stationary points and the maximum ------------------------------------------------------------------------


def _require_letter(e: Expr, x: Symbol) -> None:
    """Refuse a symbol that only reads like a letter of e: Symbol("J") where J is positive there."""
    if any(s.name == x.name and s != x for s in e.free_symbols):
        raise OptimumError(f"The letter must be a symbol of the curve, its assumptions included, but {x!r} is not one.")


def logarithmic_slope(curve: Expr, x: Symbol) -> Expr:
    """∂ ln E/∂x as a ratio of products of polynomials; exponents may hold a symbolic count."""
    _require_letter(curve, x)
    return factored(diff(expand_log(log(curve), force=True), x))


def logarithmic_slope_residual(curve: Expr, x: Symbol, slope: Expr) -> Expr:
    """∂E/∂x − E·slope, which vanishes."""
    return diff(curve, x) / curve - slope


@checked
def stationary_points(curve: Expr, x: Symbol) -> tuple[Turn, ...]:
    """Every x > 0 at which a positive curve stops rising or falling.

    Each factor of the numerator of ∂ ln E/∂x is either of one sign or has one positive root.

    Raises:
        OptimumError: if neither can be proved, the slope has a pole at x > 0, or the curve is seen to be negative.
    """
    slope = logarithmic_slope(curve, x)
    verdict = is_nonnegative(curve.xreplace({x: Symbol(x.name, positive=True)}))
    if isinstance(verdict, Refuted):
        at_point = ", ".join(f"{letter} = {value}" for letter, value in verdict.point)
        raise OptimumError(f"A curve must be positive at every {x} > 0, but is {verdict.value} at {at_point}.")
    return _turns(slope, x)


def _turns(ratio: Expr, x: Symbol) -> tuple[Turn, ...]:
    """The changes of sign of a ratio of polynomials, each with the sense in which the whole ratio changes."""
    above, below = fraction(ratio)
    bases = (f.as_base_exp()[0] for f in Mul.make_args(below))
    if any(turn(base, x) for base in bases if x in base.free_symbols):
        raise OptimumError(f"The ratio must be finite at every {x} > 0, but {below} vanishes somewhere.")
    found = []
    for f in Mul.make_args(above):
        base, n = f.as_base_exp()
        if x in base.free_symbols and n % 2:
            change = turn(base, x)
            if change:
                found.append(change)
    if len(found) > 1 and any(t.point is None for t in found):
        raise OptimumError(f"Several turns must have roots in radicals, but these vanish: {[t.factor for t in found]}.")
    ordered: list[Turn] = []
    for change in found:
        at_place = next((k for k, t in enumerate(ordered) if _precedes(change, t)), len(ordered))
        ordered.insert(at_place, change)
    # far out the ratio has the sign of its leading coefficients, and it changes at every turn
    last = _sign_far_out(ratio, x)
    return tuple(Turn(t.point, t.factor, last * (-1) ** (len(ordered) - 1 - k)) for k, t in enumerate(ordered))


def _precedes(one: Turn, other: Turn) -> bool:
    """Whether the first root is the smaller one, for every count (they may coincide at N = 1)."""
    if one.point is None or other.point is None:
        return False
    if isinstance(is_nonnegative(from_one(other.point - one.point)), Proved):
        return True
    if isinstance(is_nonnegative(from_one(one.point - other.point)), Proved):
        return False
    raise OptimumError(f"Roots must have one order, but {one.point} and {other.point} change theirs with the letters.")


def _sign_far_out(ratio: Expr, x: Symbol) -> int:
    total = 1
    for part in fraction(ratio):
        for f in Mul.make_args(part):
            base, n = f.as_base_exp()
            leading = coefficients(base, x)[-1] if x in base.free_symbols else base
            s = sign(leading)
            if s is None:
                raise OptimumError(f"The sign of {leading} must not depend on the letters, but it does.")
            total *= s if n % 2 else 1
    return total


@checked
def maximum(curve: Expr, x: Symbol) -> Maximum:
    """The coupling at which a positive curve is largest, and its value there, for every count.

    Raises:
        OptimumError: if the curve does not rise up to one point in radicals and fall from there on.
    """
    turns = stationary_points(curve, x)
    if len(turns) != 1 or turns[0].sense != -1 or turns[0].point is None:
        raise OptimumError(
            f"A curve must rise to one {x} and fall from there on, but this one turns at "
            f"{[t.factor for t in turns] or 'no point'}."
        )
    best, factor = turns[0].point, turns[0].factor
    return Maximum(x, best, curve.subs(x, best), logarithmic_slope(curve, x), factor)


@checked
def maximum_residual(curve: Expr, found: Maximum) -> Matrix:
    """A column that vanishes at a maximum: the slope's form, its numerator there, a factor's split, the value."""
    x = found.variable
    return Matrix(
        [
            logarithmic_slope_residual(curve, x, found.slope),
            *stationary_residual(found.slope, found.factor, x, found.point),
            found.value - curve.subs(x, found.point),
        ]
    )


def stationary_residual(slope: Expr, factor: Expr, x: Symbol, point: Expr) -> Matrix:
    """The slope's numerator at the point above `split_residual` of the factor of it that vanishes there: zero."""
    return Matrix([fraction(slope)[0].subs(x, point), split_residual(factor, x, point)])


def split_residual(factor: Expr, x: Symbol, root: Expr) -> Expr:
    """Zero if a factor is c_1 (x − x₀), or c_2 (x − x₀)(x − c_0/(c_2 x₀)); of a higher degree, its value at x₀.

    c_0 and c_2 have opposite signs, so that the second bracket is positive at x > 0: the factor changes its sign at x₀
    and nowhere else.
    """
    c = coefficients(factor, x)
    if len(c) == 2:
        return factor - c[1] * (x - root)
    if len(c) == 3:
        return factor - c[2] * (x - root) * (x - c[0] / (c[2] * root))
    return factor.subs(x, root)


def nonnegative_pieces(e: Expr, x: Symbol) -> tuple[tuple[Expr, Expr | None], ...]:
    """Intervals (a, b) that cover x > 0, b = None for ∞, on each of which the kernel proves e ≥ 0.

    On (a, b) a polynomial is one in s > 0 by x = (a + bs)/(1 + s); where its coefficients are positive it is, and
    halving makes them so unless it comes down to zero.

    Raises:
        OptimumError: if e is negative somewhere, or an interval stays undecided.
    """
    s = Symbol("s", positive=True)
    found: list[tuple[Expr, Expr | None]] = []
    left: list[tuple[Expr, Expr | None, int]] = [(Integer(0), None, HALVINGS)]
    while left:
        a, b, more = left.pop()
        verdict = is_nonnegative(e.subs(x, on_piece(a, b, s)))
        if isinstance(verdict, Proved):
            found.append((a, b))
            continue
        if isinstance(verdict, Refuted) or more == 0:
            raise OptimumError(f"It must be nonnegative at every {x} > 0, but is not shown to be between {a} and {b}.")
        middle = (a + b) / 2 if b is not None else 2 * a if a != 0 else Integer(1)
        left += [(middle, b, more - 1), (a, middle, more - 1)]
    return tuple(found)


def on_piece(a: Expr, b: Expr | None, s: Symbol) -> Expr:
    """The points of (a, b) by s > 0."""
    return a + s if b is None else (a + b * s) / (1 + s)


# -- where one scheme beats another ---------------------------------------------------------------------------


@checked
def window(first: Expr, second: Expr, x: Symbol) -> Window:
    """Where `first` > `second` for x > 0: all edges, and the sign of first − second between them.

    The difference is factorised; every factor has one sign or one positive root, and the roots are put in order by
    the sign of their differences, for every count (edges may coincide at N = 1).

    Raises:
        OptimumError: if a root is not in radicals, or two roots change their order with the letters.
    """
    _require_letter(first - second, x)
    difference = factored(first - second)
    turns = _turns(difference, x)
    if any(t.point is None for t in turns):
        raise OptimumError(f"An edge must have a form in radicals, but {turns[0].factor} vanishes there.")
    edges = tuple(t.point for t in turns if t.point is not None)
    first_sign = -turns[0].sense if turns else _sign_far_out(difference, x)
    return Window(x, edges, tuple(first_sign * (-1) ** k for k in range(len(edges) + 1)), difference)


@checked
def window_residual(first: Expr, second: Expr, found: Window) -> Matrix:
    """A column that vanishes: the factorised difference less the true one, and the difference at every edge."""
    difference = first - second
    return Matrix([difference - found.difference, *(difference.subs(found.variable, e) for e in found.edges)])


# -- leading orders -------------------------------------------------------------------------------------------


@checked
def leading_order(e: Expr, x: Symbol, *, large: bool = False) -> tuple[Expr, Expr]:
    """(c, p) with e = c x^p (1 + o(1)) as x → 0, or as x → ∞ if `large`; exact, also for powers whose exponent grows.

    A product of powers bᵢ^{αᵢx + βᵢ}. In u = x (or 1/x) every base is u^{qᵢ}(kᵢ + O(u)), read off by substitution at
    u = 0, where it is continuous. A base in a growing power must tend to one, bᵢ = 1 + sᵢu + O(u²); its power tends to
    e^{αᵢsᵢ} by the derivative of ln bᵢ at u = 0.

    Raises:
        OptimumError: if a factor has no such form.
    """
    _require_letter(e, x)
    u = Symbol("u", positive=True)
    constant, power, growing = S.One, S.Zero, S.One
    for f in Mul.make_args(_product(e)):
        base, n = f.as_base_exp() if isinstance(f, Pow) and not isinstance(f, exp) else (f, S.One)
        base, n = (part.subs(x, 1 / u if large else u) for part in (base, n))
        alpha = (n * u).expand().subs(u, 0)
        beta = (n - alpha / u).expand()
        if beta.has(u) or not alpha.is_Rational:
            raise OptimumError(f"An exponent must be a multiple of {x} plus a constant, but one is {n.subs(u, x)}.")
        growing *= base**alpha
        order, value = _order(base, u)
        constant, power = constant * value**beta, power + beta * order
    if growing != 1:
        order, value = _order(growing, u)
        if order != 0 or not isinstance(is_zero(value - 1), Proved):
            raise OptimumError(f"What stands in a growing power must tend to one, but {growing} does not.")
        constant *= exp(canonical(diff(_cleared(growing, u), u).subs(u, 0)))
    return canonical(constant), (-power if large else power)


def _product(e: Expr) -> Expr:
    """Powers of products as products of powers."""
    found = []
    for f in Mul.make_args(e):
        base, n = f.as_base_exp() if isinstance(f, Pow) and not isinstance(f, exp) else (f, S.One)
        found += [g if n == 1 else Pow(g, n) for g in Mul.make_args(base)] if n != 1 else [base]
    # a power of a power, (b^m)^n with positive b, is b^{mn}
    nested = (isinstance(f, Pow) and isinstance(f.base, Pow) for f in found)
    flat = (Pow(f.base.base, f.base.exp * f.exp) if n else f for f, n in zip(found, nested, strict=True))
    return Mul(*flat, evaluate=False)


def _cleared(e: Expr, u: Symbol) -> Expr:
    """The same expression with √(a + b/u) as √(au + b)/√u, so that what is finite at u = 0 can be seen there."""
    return canonical(e.replace(_is_root, lambda f: _root_of_ratio(f, u)))


def _is_root(e: Expr) -> bool:
    return isinstance(e, Pow) and e.exp.is_Rational and not e.exp.is_Integer


def _root_of_ratio(e: Expr, u: Symbol) -> Expr:
    outside, inside = S.One, S.One
    for k, part in enumerate(fraction(factored(e.base))):
        for f in Mul.make_args(part):
            base, n = f.as_base_exp()
            n = n if k == 0 else -n
            if base == u:
                outside *= u ** (n * e.exp)
            elif k == 0:
                inside *= base**n
            else:
                outside *= (base**n) ** e.exp
    return inside.expand() ** e.exp * outside


def _order(e: Expr, u: Symbol) -> tuple[Expr, Expr]:
    """(q, k) with e = u^q (k + O(u)), k ≠ 0."""
    written = _cleared(e, u)
    above, below = (_lowest(part, u) for part in fraction(written))
    value = canonical(written * u ** (below - above)).subs(u, 0)
    if value.is_finite is not False and not value.has(S.NaN, S.ComplexInfinity) and sign(value) in (1, -1):
        return above - below, canonical(value)
    raise OptimumError(f"A leading order u^q is needed, but {e} has none that can be seen at u = 0.")


def _lowest(e: Expr, u: Symbol) -> Expr:
    """The lowest power of u among the terms of a sum."""
    powers = (dict(term.as_powers_dict()).get(u, S.Zero) for term in Add.make_args(e.expand()))
    return min(powers)
