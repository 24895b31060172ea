"""Closed forms of the recurrence that a row of identical cells obeys, each proved by induction.

    y_{n+1} = z y_n − w y_{n−1},   y_0 = 1,   y_1 = z_1

z is the rate of an inner cell, w the product of the two entries of a link, z_1 the rate of the last cell: y_n is
the determinant of the last n cells (a continuant). With the fundamental solution U (U_0 = 1, U_1 = z) it is
y_n = U_n + (z_1 − z)U_{n−1}. U is a power where w = 0, powers of the two roots of λ² = zλ − w, a power times n + 1
where they coincide, a binomial sum, and a hyperbolic or trigonometric function of n + 1 times an angle.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sympy import (
    Expr,
    Integer,
    Matrix,
    Sum,
    Symbol,
    acos,
    acosh,
    asinh,
    binomial,
    cos,
    cosh,
    exp,
    floor,
    sin,
    sinh,
    sqrt,
)  # fmt: skip

from derive.errors import DeriveError
from derive.kernel import Proved, canonical, is_zero

Form = Literal["product", "powers", "double", "binomial", "hyperbolic", "alternating", "trigonometric"]

INDEX = Symbol("n", nonnegative=True, integer=True)
STEPS, LOOPS = (Symbol(name, positive=True, integer=True) for name in ("m", "j"))
SUMMED = Symbol("j", integer=True)
FIRST_ROOT, SECOND_ROOT, ROOT = (Symbol(name) for name in ("lambda_1", "lambda_2", "lambda"))
SCALE, ANGLE, PHASE = Symbol("s"), Symbol("eta"), Symbol("phi")

# z and w in the letters of each form, and the fundamental solution U_n.
FUNDAMENTAL = MappingProxyType({
    "powers": (
        FIRST_ROOT + SECOND_ROOT,
        FIRST_ROOT * SECOND_ROOT,
        (FIRST_ROOT ** (INDEX + 1) - SECOND_ROOT ** (INDEX + 1)) / (FIRST_ROOT - SECOND_ROOT),
    ),
    "double": (2 * ROOT, ROOT**2, (INDEX + 1) * ROOT**INDEX),
    "hyperbolic": (2 * SCALE * cosh(ANGLE), SCALE**2, SCALE**INDEX * sinh((INDEX + 1) * ANGLE) / sinh(ANGLE)),
    "alternating": (
        2 * SCALE * sinh(ANGLE),
        -(SCALE**2),
        SCALE**INDEX
        * (exp((INDEX + 1) * ANGLE) + (-1) ** INDEX * exp(-(INDEX + 1) * ANGLE))
        / (2 * cosh(ANGLE)),
    ),
    "trigonometric": (2 * SCALE * cos(PHASE), SCALE**2, SCALE**INDEX * sin((INDEX + 1) * PHASE) / sin(PHASE)),
})  # fmt: skip


class FormError(DeriveError):
    """A closed form that a recurrence does not have: a product with a way back, a double root with two roots."""


@dataclass(frozen=True)
class Recurrence:
    """y_{n+1} = `rate` y_n − `loop` y_{n−1} with y_0 = 1 and y_1 = `last`.

    `rate` and `last` are rates, `loop` is a product of two.
    """

    rate: Expr
    loop: Expr
    last: Expr

    def term(self, n: int) -> Expr:
        """y_n by running the recurrence, which every closed form is held against."""
        before, now = Integer(0), Integer(1)
        for k in range(n):
            before, now = now, self.last if k == 0 else canonical(self.rate * now - self.loop * before)
        return now


@dataclass(frozen=True)
class ClosedForm:
    """y_n = `value` in the letter n and in letters that `where` defines, for n ≥ `first`."""

    recurrence: Recurrence
    form: Form
    value: Expr
    where: tuple[tuple[Symbol, Expr], ...] = ()
    first: int = 0

    def at(self, n: Expr | int) -> Expr:
        """y_n for an integer or a symbolic n, the letters written out."""
        if n in (0, 1):
            return Integer(1) if n == 0 else self.recurrence.last
        return _shifted(self.value, n).xreplace(dict(self.where))


def closed(recurrence: Recurrence, form: Form) -> ClosedForm:
    """y_n in closed form; `closed_residual` proves it for every n.

        product         w = 0: y_n = z_1 z^{n−1}, n ≥ 1
        powers          U_n = (λ₁^{n+1} − λ₂^{n+1})/(λ₁ − λ₂), λ = (z ± √(z² − 4w))/2
        double          z² = 4w: U_n = (n + 1)(z/2)^n
        binomial        U_n = Σ_j C(n − j, j) z^{n−2j} (−w)^j
        hyperbolic      U_n = s^n sinh((n + 1)η)/sinh η, s = √w, z = 2s cosh η
        alternating     U_n = s^n (e^{(n+1)η} + (−1)^n e^{−(n+1)η})/(2 cosh η), s = √(−w), z = 2s sinh η
        trigonometric   U_n = s^n sin((n + 1)φ)/sin φ, s = √w, z = 2s cos φ

    Raises:
        FormError: if the recurrence has no such form.
    """
    z, w, last = recurrence.rate, recurrence.loop, recurrence.last
    if form == "product":
        _must(w, "A product needs links without a way back, w = 0")
        return ClosedForm(recurrence, form, last * z ** (INDEX - 1), first=1)
    if form == "binomial":
        term = binomial(INDEX - SUMMED, SUMMED) * z ** (INDEX - 2 * SUMMED) * (-w) ** SUMMED
        fundamental: Expr = Sum(term, (SUMMED, 0, floor(INDEX / 2)))
        return ClosedForm(recurrence, form, _from_fundamental(fundamental, last, z))
    if form not in FUNDAMENTAL:
        raise FormError(f"A closed form is product, binomial or one of {', '.join(FUNDAMENTAL)}, but is {form!r}.")
    if form == "double":
        _must(z**2 - 4 * w, "A double root needs z² = 4w")
    rate, _, fundamental = FUNDAMENTAL[form]
    return ClosedForm(recurrence, form, _from_fundamental(fundamental, last, z, rate), _letters(form, z, w))


def natural_form(recurrence: Recurrence) -> Form:
    """The form in which a recurrence is told first: a product, a double root, or two roots."""
    if isinstance(is_zero(recurrence.loop), Proved):
        return "product"
    if isinstance(is_zero(recurrence.rate**2 - 4 * recurrence.loop), Proved):
        return "double"
    return "powers"


def closed_residual(form: ClosedForm) -> Matrix:
    """Zero if the closed form is y_n for every n: its letters, its first two values, and the step n → n + 1.

    Of a binomial sum the step is taken term by term: what multiplies z^m (−w)^j with m + 2j = n + 1 is
    C(m + j, j) − C(m + j − 1, j) − C(m + j − 1, j − 1), for m = 0 or j = 0 without what is not there.
    """
    rec, y = form.recurrence, form.value
    if form.form == "product":
        return Matrix([rec.loop, _shifted(y, 1) - rec.last, _shifted(y, INDEX + 1) - rec.rate * y])
    if form.form == "binomial":
        base = [_shifted(y, n).doit() - rec.term(n) for n in range(3)]
        fundamental = max(y.atoms(Sum), key=lambda e: e.limits[0][2].subs(INDEX, 8))
        told = y - _from_fundamental(fundamental, rec.last, rec.rate)
        return Matrix([*base, told, *pascal(fundamental.function, rec)])
    rate, loop, _ = FUNDAMENTAL[form.form]
    where = dict(form.where)
    letters = [rate.xreplace(where) - rec.rate, loop.xreplace(where) - rec.loop]
    last = rate if isinstance(is_zero(rec.last - rec.rate), Proved) else rec.last
    base = [_shifted(y, 0) - 1, _shifted(y, 1) - last]
    step = _shifted(y, INDEX + 2) - rate * _shifted(y, INDEX + 1) + loop * y
    return Matrix([*letters, *base, step])


def pascal(summand: Expr, recurrence: Recurrence) -> tuple[Expr, Expr, Expr]:
    """T_{n+1}(j) − zT_n(j) + wT_{n−1}(j − 1) of a sum Σ_j T_n(j), n + 1 = m + 2j: for m, j ≥ 1, m = 0 and j = 0."""
    z, w = recurrence.rate, recurrence.loop

    def term(n: Expr, j: Expr | int) -> Expr:
        return summand.xreplace({INDEX: n, SUMMED: Integer(j) if isinstance(j, int) else j})

    n = STEPS + 2 * LOOPS - 1
    return (
        term(n + 1, LOOPS) - z * term(n, LOOPS) + w * term(n - 1, LOOPS - 1),
        term(2 * LOOPS, LOOPS) + w * term(2 * LOOPS - 2, LOOPS - 1),
        term(STEPS, 0) - z * term(STEPS - 1, 0),
    )


def _letters(form: Form, z: Expr, w: Expr) -> tuple[tuple[Symbol, Expr], ...]:
    if form == "double":
        return ((ROOT, z / 2),)
    if form == "powers":
        root = sqrt(canonical(z**2 - 4 * w))
        return ((FIRST_ROOT, (z + root) / 2), (SECOND_ROOT, (z - root) / 2))
    s = sqrt(canonical(-w if form == "alternating" else w))
    angle = {"hyperbolic": acosh, "alternating": asinh, "trigonometric": acos}[form](canonical(z / (2 * s)))
    return ((SCALE, s), (PHASE if form == "trigonometric" else ANGLE, angle))


def _from_fundamental(fundamental: Expr, last: Expr, z: Expr, rate: Expr | None = None) -> Expr:
    """U_n + (z_1 − z)U_{n−1}, with z in the letters of the form."""
    if isinstance(is_zero(last - z), Proved):
        return fundamental
    return fundamental + (last - (z if rate is None else rate)) * _shifted(fundamental, INDEX - 1)


def _shifted(e: Expr, n: Expr | int) -> Expr:
    return e.subs(INDEX, n)


def _must(e: Expr, what: str) -> None:
    if not isinstance(is_zero(e), Proved):
        raise FormError(f"{what}, but what must vanish is {e}; choose another form.")
