"""The conditions that a denominator brings: its factors must not vanish, and those that vanish nowhere are left out.

A factor vanishes nowhere if, turned by a phase, its real part is a sum of positive terms that no other terms outweigh;
a + b√c, if a² − b²c does not. What is left is a sufficient condition, and often a plainer one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from sympy import Abs, Add, Expr, I, Mul, Pow, Rational, S, Symbol, conjugate, default_sort_key, exp, fraction

from derive.kernel.conjugation import conjugated, nonnegative, nonzero, positive
from derive.kernel.normal import factored

LONG = 300  # terms, multiplied out, of a denominator that is not taken apart
TURNED = 1000  # terms, of all turns together, whose signs are looked at: 6500 of one denominator took 30 s
ROOTS = 2  # roots that are multiplied away


def open_factors(pole: Expr, known: Sequence[Expr] = ()) -> tuple[Expr, ...]:
    """The factors of a denominator that may vanish, one of each two that are conjugate.

    What divides an expression that is `known` not to vanish does not vanish either, and is left out. Zero always does.
    """
    if pole == 0 or _terms(pole) > LONG:
        return (pole,)
    found: list[Expr] = []
    for f in _factors(pole):
        found += [e for e in _open(f, known, ROOTS) if e not in found and conjugated(e) not in found]
    return tuple(found)


def _terms(e: Expr) -> int:
    """About how many terms a sum has once it is multiplied out."""
    if e.is_Add:
        return sum(map(_terms, e.args))
    if e.is_Pow and e.exp.is_Integer:
        return _terms(e.base) ** min(abs(int(e.exp)), 99)
    return prod(map(_terms, e.args)) if e.is_Mul else 1


def _factors(e: Expr) -> tuple[Expr, ...]:
    """The factors of an expression without their powers, none twice, numbers and phases apart."""
    parts = [p.args[0] if isinstance(p, Pow) and not isinstance(p, exp) else p for p in Mul.make_args(factored(e))]
    return tuple(dict.fromkeys(p for p in parts if not (p.is_number or isinstance(p, exp))))


def _open(f: Expr, known: Sequence[Expr], roots: int) -> tuple[Expr, ...]:
    if nonzero(f) or any(_divides(f, e) for e in known):
        return ()
    if _outweighed(f):
        return ()
    root = min((p for p in f.atoms(Pow) if p.exp == S.Half), key=default_sort_key, default=None)
    if root is None or not roots or _terms(f) ** 2 > LONG:
        return (f,)
    norm = (f * f.xreplace({root: -root})).expand()
    left = [e for part in _factors(norm) for e in _open(part, known, roots - 1)]
    return tuple(left) if sum(e.count_ops() for e in left) < f.count_ops() else (f,)


def _divides(f: Expr, e: Expr) -> bool:
    """Whether e, or its conjugate, is a multiple of f, over what vanishes nowhere."""
    return any(all(map(nonzero, _factors(fraction(factored(x / f))[1]))) for x in dict.fromkeys((e, conjugated(e))))


def _outweighed(f: Expr) -> bool:
    """Whether the real part of f, turned by the phase of one of its terms, is positive whatever the letters are."""
    e = f.expand()
    phases = [x for term in e.args for x in Mul.make_args(term) if isinstance(x, exp) and x.args[0].has(I)]
    turns = sorted({S.One, -S.One, *(1 / x for x in phases), *(-1 / x for x in phases)}, key=default_sort_key)
    for turn in turns[: TURNED // max(1, len(e.args))]:
        turned = Add(*(term * turn for term in Add.make_args(e)))
        if positive(_least(turned + conjugated(turned))):
            return True
    return False


def _least(real: Expr) -> Expr:
    """A lower bound of a real sum, or at once a negative part of one.

    Terms are bounded by their moduli if they are manifestly nonnegative, else by minus that; those of the same modulus,
    but for a number, are looked at together.
    """
    alike: dict[Expr, list[tuple[Expr, Expr]]] = {}
    for term in Add.make_args(real):
        number, size = Mul(*map(_size, Mul.make_args(term))).as_coeff_Mul()
        alike.setdefault(size, []).append((number, term))
    least: list[Expr] = []
    for size, terms in alike.items():
        total = Add(*(number if nonnegative(term) else -number for number, term in terms))
        least.append(total * size)
        if total.is_negative:
            return least[-1]
    return Add(*least)


def _size(x: Expr) -> Expr:
    """The modulus of a factor."""
    if x is I or isinstance(x, exp) and conjugated(x.args[0]) == -x.args[0]:
        return S.One
    if isinstance(x, Rational):
        return abs(x)
    if isinstance(x, conjugate):
        return _size(x.args[0])
    if isinstance(x, Pow) and x.exp.is_Integer and x.exp > 0:
        return _size(x.base) ** x.exp
    return x if x.is_nonnegative else Symbol(f"|{x}|", nonnegative=True) if isinstance(x, Symbol) else Abs(x)
