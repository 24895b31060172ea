"""What no exact arithmetic can use: floats, infinities, letters that do not commute, division by zero in disguise."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Add, Expr, I, Mul, Number, Pow, Rational, Symbol, zoo

from derive.kernel.entries import monomials
from derive.kernel.place import BadPoint, Place, at_points

POINTS = 20  # random points at which a denominator may vanish before it is taken to be zero


def flaw(entries: Iterable[object]) -> str:
    """Why an entry cannot be computed with, and what to do: "contains nan; use rational numbers"; "" if all can.

    Refused are floats, infinities, letters that do not commute, what is no expression, and denominators that are zero
    in disguise, as sin² x + cos² x − 1: those vanish at random points of finite fields (`place`).
    """
    seen = {id(e): e for e in entries}
    queue = list(seen.values())
    below: dict[Expr, None] = {}
    for e in queue:
        if isinstance(e, Symbol):
            if not e.is_commutative:
                return f"contains {e}, which does not commute; use Symbol(..., positive=True) or a complex letter"
            continue
        if isinstance(e, Mul):  # most of what a network has: i, a number or both before a letter
            front, *turned, letter = e.args
            plain = type(letter) is Symbol and letter.is_commutative and (not turned or turned == [I])
            if plain and (front is I or isinstance(front, Rational)):
                continue
        elif not isinstance(e, Add):
            if not isinstance(e, Expr):
                return f"contains {e}, which is no expression; use numbers and letters"
            if isinstance(e, Number) and not isinstance(e, Rational) or e is zoo:
                return f"contains {e}; use rational numbers"
            if isinstance(e, Pow) and e.exp.is_negative and not e.base.is_Atom:
                below[e.base] = None
        for part in e.args:
            if id(part) not in seen and isinstance(part, Expr):
                seen[id(part)] = part
                queue.append(part)
    places: list[Place] = []
    for e in below:
        if monomials(e) is None and not _nonzero(e, places):
            return f"divides by {e}, which is zero; remove it"
    return ""


def _nonzero(e: Expr, places: list[Place]) -> bool:
    """Whether a denominator has a nonzero value at one of `POINTS` random points, or no value at any of them.

    It has none where a denominator inside of it vanishes, which `flaw` asks about by itself. √(ab) − √a √b vanishes on
    one sheet of its roots only; the signs of roots are random, so that every second point shows that it is not zero.
    """
    try:
        return at_points(lambda place: place(e) != 0, POINTS, places)
    except BadPoint:
        return True
