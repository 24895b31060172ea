"""Complex conjugation, manifest signs and substitution of letters: what holds by the symbols' assumptions alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import (
    Abs,
    Add,
    Expr,
    I,
    MatrixBase,
    Mul,
    Pow,
    S,
    Symbol,
    conjugate,
    cos,
    cosh,
    cot,
    coth,
    csc,
    csch,
    exp,
    log,
    sec,
    sech,
    sin,
    sinh,
    tan,
    tanh,
)  # fmt: skip

from derive.kernel.gaussian import gathered, gaussian

TRIGONOMETRIC = (sin, cos, tan, cot, sec, csc, sinh, cosh, tanh, coth, sech, csch)
ANALYTIC = (*TRIGONOMETRIC, exp)
MINUS_I = -I


def conjugated(e: Expr | MatrixBase) -> Expr | MatrixBase:
    """The complex conjugate, of a matrix entry by entry, pushed down to complex symbols: (2iJ z)* = −2iJ z*, J > 0.

    Roots and logarithms are conjugated under the sign where their argument is real and positive, else kept as
    `conjugate(…)`: on the branch cut of a root, conjugate(√z) is not √(z*).
    """
    if isinstance(e, Symbol):
        return e if e.is_real else conjugate(e)
    if isinstance(e, MatrixBase):
        return e.applyfunc(conjugated)
    if e is I:
        return MINUS_I
    if e.is_Rational:
        return e
    if isinstance(e, conjugate):
        return e.args[0]
    if isinstance(e, Add | Mul):
        real = _real_together(e.args) if isinstance(e, Mul) else ()
        args = tuple(x if x in real else conjugated(x) for x in e.args)
        return e if args == e.args else e.func(*args)
    if isinstance(e, cosh | cos) and _radicand(e.args[0]) is not None:
        return e
    if isinstance(e, Pow) and (e.exp.is_integer or e.base.is_positive):
        return Pow(conjugated(e.base), conjugated(e.exp))
    if isinstance(e, Pow | log) and off_the_cut(e.args[0]):
        return e.func(*map(conjugated, e.args))
    if e.is_real:
        return e
    if isinstance(e, Pow) and nonnegative(e.base):
        return Pow(e.base, conjugated(e.exp))
    if isinstance(e, Pow) and e.base.is_negative:
        # (−κ)^z = e^{iπz} κ^z
        return Pow(-1, -conjugated(e.exp)) * Pow(-e.base, conjugated(e.exp))
    if isinstance(e, log) and nonnegative(e.args[0]):
        return e
    if isinstance(e, ANALYTIC):
        return e.func(conjugated(e.args[0]))
    return conjugate(e)


def abs_squared(z: Expr) -> Expr:
    """|z|² = z z*, in which Gaussian rationals are one number: |(2 − i) k|² = 5 k² for k > 0."""
    z = gathered(z)
    factors = Mul.make_args(z)
    number = next(filter(gaussian, factors), None)
    if number is None:
        return z * conjugated(z)
    rest = Mul(*(x for x in factors if x is not number))
    return Add(*(part**2 for part in number.as_real_imag())) * rest * conjugated(rest)


def _radicand(e: Expr) -> Expr | None:
    """D of c√D with real c and a real D of unknown sign, which is real or imaginary."""
    roots = [x for x in Mul.make_args(e) if not x.is_real]
    alone = roots[0] if len(roots) == 1 else S.Zero
    return alone.base if alone.is_Pow and alone.exp == S.Half and alone.base.is_real else None


def _real_together(factors: Sequence[Expr]) -> list[Expr]:
    """Factors as sinh(√D t) and 1/√D, an even number of them for each real D: their product is real."""
    odd: dict[Expr, list[Expr]] = {}
    for x in factors:
        half = x.is_Pow and x.exp.is_Rational and x.exp.q == 2 and x.base.is_real and not x.is_real
        base = x.base if half else _radicand(x.args[0]) if isinstance(x, sinh | sin) else None
        if base is not None:
            odd.setdefault(base, []).append(x)
    return [x for same in odd.values() if len(same) % 2 == 0 for x in same]


def positive(e: Expr) -> bool:
    """Whether a sum is manifestly positive: no term negative and one positive, as κ + Γ|p|² for positive κ, Γ."""
    terms = Add.make_args(e)
    return all(_nonnegative_term(term, False) for term in terms) and any(
        _nonnegative_term(term, True) for term in terms
    )


def nonnegative(e: Expr) -> bool:
    """Whether a sum is manifestly nonnegative: no term is negative, or none is once κ cos θ is replaced by −κ."""
    if all(_nonnegative_term(term, False) for term in Add.make_args(e)):
        return True
    if not e.is_Add:  # a single term is bounded by what is not positive
        return False
    least = lowest(e)
    return least is not e and all(_nonnegative_term(term, False) for term in Add.make_args(least))


def lowest(e: Expr) -> Expr:
    """A lower bound of a real sum: the sum with −κ for every κ cos θ, κ ≥ 0, or itself where it has no such terms."""
    least = {term: _least(term) for term in Add.make_args(e) if any(map(_wave, Mul.make_args(term)))}
    if all(term is low for term, low in least.items()) or any(t.has(exp) for t in least) and conjugated(e) != e:
        return e
    return Add(*(least.get(term, term) for term in Add.make_args(e)))


def _least(term: Expr) -> Expr:
    """A lower bound of a term: −κ for ±κ cos θ, κ ≥ 0; itself where it is nonnegative, or the sign of κ is open."""
    size = Mul(*(x for x in Mul.make_args(term) if not _wave(x)))
    low = next((-sign * size for sign in (1, -1) if _nonnegative_term(sign * size, False)), term)
    return term if _nonnegative_term(term, False) else low


def _wave(factor: Expr) -> bool:
    """Whether |factor| ≤ 1: for powers of sin, cos and tanh of real arguments, phases, and e⁻ᵏ with Re k ≥ 0."""
    if isinstance(factor, exp):
        return nonnegative(-factor.args[0] - conjugated(factor.args[0]))
    base, n = factor.as_base_exp()
    return isinstance(base, sin | cos | tanh) and bool(base.args[0].is_real) and n.is_Integer and n > 0


def nonzero(e: Expr) -> bool:
    """Whether a number's real or imaginary part manifestly has a sign, as in κ/2 + iΔ."""
    if not e.is_Add:
        return bool(e.is_nonzero)
    if any(map(_is_alone, e.args)):
        return False
    parts: tuple[list[Expr], list[Expr]] = [], []
    for term in e.args:
        if all(map(_is_plain, Mul.make_args(term))):
            real = I not in Mul.make_args(term)
        else:
            star = conjugated(term)
            real = star == term
            if not real and star != -term:
                return False
        parts[0 if real else 1].append(term)
    for unit, terms in zip((S.One, -I), parts, strict=True):
        factors = [x for term in terms for x in Mul.make_args(term)]
        if not terms or any(map(_is_open, factors)) and not any(isinstance(x, Add) for x in factors):
            continue
        part = Add(*(unit * term for term in terms))
        if positive(part) or positive(-part):
            return True
    return False


def _is_plain(factor: Expr) -> bool:
    """Whether it is a real number or letter, or i."""
    return factor is I or factor.is_Rational or isinstance(factor, Symbol) and bool(factor.is_real)


def _is_open(factor: Expr) -> bool:
    """Whether it is a real letter whose sign nothing tells, so that a product with it has none either."""
    if not (isinstance(factor, Symbol) and factor.is_real):
        return False
    return factor.is_nonnegative is None and factor.is_nonpositive is None


def _is_alone(term: Expr) -> bool:
    """Whether a complex letter or a sum is a factor and its conjugate is none: the term is not real nor imaginary."""
    factors = Mul.make_args(term)
    for f in factors:
        if isinstance(f, Symbol):
            if not (f.is_real or any(isinstance(g, conjugate) and g.args[0] == f for g in factors)):
                return True
        elif isinstance(f, conjugate):
            if f.args[0] not in factors:
                return True
        elif isinstance(f, Add) and conjugated(f) not in factors:
            return True
    return False


def off_the_cut(e: Expr) -> bool:
    """Whether a real part is manifestly positive or an imaginary part has a sign, as in κ + iΔ or 2 − 3i.

    There roots and logarithms are analytic. SymPy writes √(2 − 3i)* by the cosine and sine of atan(3/2)/2.
    """
    stars = {term: conjugated(term) for term in Add.make_args(e)}
    if e.is_real or any(star not in (term, -term) for term, star in stars.items()):
        return False
    across = Add(*(term for term, star in stars.items() if star == term))
    along = Add(*(-I * term for term, star in stars.items() if star != term))
    return positive(across) or positive(along) or positive(-along)


def _nonnegative_term(term: Expr, strictly: bool) -> bool:
    """A product of positive letters, even powers of real ones and moduli |z|²; none of them zero if `strictly`."""
    if term.is_positive or term.is_nonnegative and not strictly:
        return True
    powers = term.as_powers_dict()
    for base, n in powers.items():
        if n.is_real and (base.is_positive or base.is_Add and positive(base)):
            continue
        modulus = isinstance(base, Abs) or isinstance(base, Add | Mul) and nonnegative(base)
        modulus = modulus or isinstance(base, log) and nonnegative(base.args[0] - 1)
        if n.is_positive and not strictly and modulus:
            continue
        # (√z)(√z)* and √z √(z*) differ in sign on the branch cut: only integer powers pair up
        if not n.is_integer or strictly and not base.is_nonzero:
            return False
        star = conjugated(base)
        if not (star == base and base.is_real and n.is_even or star != base and powers.get(star, 0) == n):
            return False
    return True


def starred(table: Mapping[Symbol, Expr]) -> dict[Expr, Expr]:
    """A table of letters, with the conjugates of the complex ones beside them."""
    found: dict[Expr, Expr] = dict(table)
    for letter, value in table.items():
        if not letter.is_real:
            found[conjugate(letter)] = conjugated(value)
    return found


def substituted(e: Expr, table: Mapping[Symbol, Expr]) -> Expr:
    """`e` with letters replaced, all at once, and their conjugates with them."""
    return e.xreplace(starred(table)) if table and not e.free_symbols.isdisjoint(table) else e


def written_out(e: Expr | MatrixBase, where: Sequence[tuple[Symbol, Expr]]) -> Expr | MatrixBase:
    """`e` without the letters that `where` defines, each by earlier ones, and without their conjugates."""
    for letter, definition in reversed(where):
        e = e.xreplace(starred({letter: definition}))
    return e
