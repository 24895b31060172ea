"""Energies of families in the form that code evaluates: a factor times an exponential, at any count without overflow.

    E = factor · e^exponent

Along a row amplitudes fall off as a power of a ratio below one, which is e^{−(L−1) ln(1 + x)} with a small x where
nothing flows back, and e^{−(L+1)η}/h_L times powers of s where the links are reciprocal: with s = √(−w),
z = 2s sinh η,

    y_n = s^n e^{(n+1)η} h_n/cosh η,   h_n = ½(1 + e^{−2(n+1)η}) · (1 for even n, tanh (n+1)η for odd n) ≤ 1

No difference of large numbers is taken, the rounding error of the exponent is that of the logarithm of the energy,
and ln E stays finite where E itself is smaller than any double. ln(1 + x) is written asinh(x(2 + x)/(2 + 2x)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer, Mul, Pow, Symbol, asinh, cosh, exp, fraction, log, sqrt, tanh

from derive.counts import POSITION, FamilyState, Row, squared_modulus
from derive.kernel import Proved, canonical, factored, is_zero
from derive.program import Program, straight
from derive.recurrence import ANGLE, INDEX, SCALE, FormError

HYPERBOLIC = Symbol("eta", positive=True)


@dataclass(frozen=True)
class Stable:
    """E = `factor` · e^`exponent`, with letters that `where` defines."""

    factor: Expr
    exponent: Expr
    where: tuple[tuple[Symbol, Expr], ...] = ()


def stable_energy(state: FamilyState) -> Stable:
    """The energy of the last battery of the first branch, and of what hangs there, for every count.

    Raises:
        FormError: if a row of symbolic length is neither one-way nor reciprocal, or ends otherwise than it goes on.
    """
    first, *others = state.rows
    own = state.own - Add(*(row.feedback for row in others))
    found = _reached(first, own)
    rows: Sequence[Row] = (*first.sides, *first.ends)
    factor, exponent, where = found.factor, found.exponent, found.where
    while rows:
        row = rows[0]
        below = _reached(row, None)
        factor, exponent, where = factor * below.factor, exponent + below.exponent, where + below.where
        rows = (*row.sides, *row.ends)
    energy = state.family.frequency * state.family.drive**2 * factor**2
    return Stable(energy, 2 * exponent, tuple(dict.fromkeys(where)))


def stable_position(state: FamilyState) -> Stable:
    """The energy of the k-th battery of the first branch: 1 ≤ k ≤ L of a reciprocal row, 1 ≤ k < L of a one-way one.

    Raises:
        FormError: if a row of symbolic length is neither one-way nor reciprocal, or ends otherwise than it goes on.
    """
    row, *others = state.rows
    drive = state.family.frequency * state.family.drive**2
    u = _size(row)
    if row.form is not None and row.form.form == "product":
        own = state.own - Add(*(other.feedback for other in others))
        return Stable(drive / own**2, -2 * POSITION * log1p(canonical((row.recurrence.rate - u) / u)))
    end = stable_energy(replace(state, rows=(replace(row, sides=(), ends=()), *others)))
    if row.form is None:
        raise FormError("Positions along a row need a row of symbolic length; this one has one cell.")
    left, s = row.branch.length - POSITION, dict(row.form.where)[SCALE]
    # y_{L−k} in place of y_0: u^k s^{L−k} e^{(L−k+1)η} h_{L−k}/cosh η over u^L
    factor = (_half(left) / cosh(HYPERBOLIC)) ** 2
    exponent = 2 * ((left + 1) * HYPERBOLIC + left * log(canonical(s / u)))
    # Multiplied out, L cancels in the exponent: −2kη.
    return Stable(end.factor * factor, (end.exponent + exponent).expand(), end.where)


def stable_energy_residual(state: FamilyState, stable: Stable) -> Expr:
    """E − factor · e^exponent, which vanishes identically in the letters of the hyperbolic form.

    `state` must be in the form "alternating" where nothing is a product (`closed_form`).
    """
    first, *others = state.rows
    own = state.own - Add(*(row.feedback for row in others))
    amplitude = Pow(_size(first), first.branch.length) / (
        own * _in_letters(first, first.branch.length) - first.loops * _in_letters(first, first.branch.length - 1)
    )
    rows: Sequence[Row] = (*first.sides, *first.ends)
    while rows:
        row = rows[0]
        amplitude *= Pow(_size(row), row.branch.length) / _in_letters(row, row.branch.length)
        rows = (*row.sides, *row.ends)
    energy = state.family.frequency * state.family.drive**2 * amplitude**2
    return energy - stable.factor * _power_of(stable.exponent)


def energy_programs(stable: Stable, about: str, name: str = "terminal_energy") -> tuple[Program, Program]:
    """An energy and its logarithm, `log_…`, as functions of the counts and the rates."""
    letters = stable.factor.free_symbols | stable.exponent.free_symbols
    letters = letters.union(*(e.free_symbols for _, e in stable.where)) - {s for s, _ in stable.where}
    inputs = sorted(letters, key=str)
    # The denominator is seen to be nonnegative, its inverse is not seen to be finite: two logarithms.
    above, below = fraction(stable.factor)
    energy = stable.factor * exp(stable.exponent)
    smallest = f"\n\nZero below the smallest double, where log_{name} is finite."
    doc = f"{about}{smallest}" if stable.exponent != 0 else about
    return (
        straight(name, inputs, (energy,), stable.where, doc),
        straight(
            f"log_{name}",
            inputs,
            (log(above) - log(below) + stable.exponent,),
            stable.where,
            f"The natural logarithm of {name}.\n\n{about}",
        ),
    )


# -- rows ----------------------------------------------------------------------------------------------------


def _reached(row: Row, own: Expr | None) -> Stable:
    """|u|^L/|own y_L − loops y_{L−1}|, or |u|^L/|y_L| where `own` is None, as factor and exponent."""
    length, u = row.branch.length, _size(row)
    rec = row.recurrence
    if row.form is None:
        below = row.whole if own is None else own * row.whole - row.loops * row.y(length - 1)
        return Stable(u**length / canonical(below), Integer(0))
    if row.form.form == "product":
        x = canonical((rec.rate - u) / u)
        start = u / rec.last if own is None else u / (own * rec.last)
        return Stable(start, -(length - 1) * log1p(x))
    if row.form.form != "alternating" or not isinstance(is_zero(rec.last - rec.rate), Proved):
        raise FormError(
            "A stable form is known for one-way rows and for reciprocal ones that end as they go on, but this row has "
            f"the form {row.form.form!r}; solve the family with closed_form(family, 'alternating')."
        )
    where = dict(row.form.where)
    s = where[SCALE]
    ratio = canonical(s / u)
    # y_L in units of s^L e^{(L+1)η}/cosh η
    inside = _half(length)
    if own is not None:
        inside = own * _half(length) + canonical(-row.loops / s) * exp(-HYPERBOLIC) * _half(length - 1)
    exponent = -(length + 1) * HYPERBOLIC - length * log(ratio)
    return Stable(cosh(HYPERBOLIC) / inside, exponent, ((HYPERBOLIC, where[ANGLE]),))


def _half(n: Expr) -> Expr:
    """h_n of the module's formula."""
    x = (n + 1) * HYPERBOLIC
    # One of the two numbers is 0 and the other 1; their squares show that the sum is positive.
    even, odd = (1 + (-1) ** n) / 2, (1 - (-1) ** n) / 2
    return (1 + exp(-2 * x)) / 2 * (even**2 + odd**2 * tanh(x))


def _size(row: Row) -> Expr:
    """|u|."""
    return sqrt(factored(squared_modulus(row.entries.onward)))


def log1p(x: Expr) -> Expr:
    """ln(1 + x) without loss of digits at small x: sinh ln(1 + x) = x(2 + x)/(2 + 2x)."""
    return asinh(factored(x * (2 + x) / (2 + 2 * x)))


def _in_letters(row: Row, n: Expr | int) -> Expr:
    """y_n with η a letter, and s and the rates written out."""
    if row.form is None or row.form.form == "product":
        return row.y(n)
    s = dict(row.form.where)[SCALE]
    return row.form.value.subs(INDEX, n).xreplace({SCALE: s, ANGLE: HYPERBOLIC})


def _power_of(exponent: Expr) -> Expr:
    """e^exponent, with e^{a ln b} as b^a and asinh of log1p undone."""
    found: list[Expr] = []
    for term in Add.make_args(exponent.expand()):
        logs = [f for f in Mul.make_args(term) if isinstance(f, log | asinh)]
        rest = Mul(*(f for f in Mul.make_args(term) if f not in logs))
        if not logs:
            found.append(exp(term))
        else:
            inner = logs[0].args[0]
            base = inner if isinstance(logs[0], log) else inner + sqrt(factored(1 + inner**2))
            found.append(Pow(canonical(base), rest))
    return Mul(*found)
