"""Matrices, set: common factors in front, the diagonal of a diagonal one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd, lcm

from sympy import Add, Expr, ImmutableMatrix, Integer, MatrixBase, Mul, Rational, S

from derive.latex.measure import width
from derive.latex.notation import Notation
from derive.latex.printer import Laid, Printer

DECIMAL = 99  # beyond it a denominator comes from a decimal number, as 0.003, and stays with its entry
DIAGONAL = 3  # rows from which a diagonal matrix is written as one
COLUMN_GAP, PARENTHESES = 1_000, 1_750  # thousandths of an em


def matrix_text(matrix: MatrixBase, notation: Notation) -> str:
    """A matrix with what its entries have in common in front; a diagonal one by its diagonal."""
    head, entries = _prefactor(matrix, notation)
    if _is_diagonal(matrix):
        return head + _diagonal([row[k] for k, row in enumerate(entries)])
    texts = [[entry.tex for entry in row] for row in entries]
    space = "4pt" if any(r"\frac" in text for row in texts for text in row) else "2pt"
    body = f" \\\\[{space}]\n    ".join(" & ".join(row) for row in texts)
    return f"{head}\\begin{{pmatrix}}\n    {body}\n  \\end{{pmatrix}}"


def _is_diagonal(matrix: MatrixBase) -> bool:
    return bool(matrix.is_square and matrix.rows >= DIAGONAL and matrix.is_diagonal())


def _diagonal(diagonal: Sequence[Laid]) -> str:
    """A multiple of the identity, or diag(…)."""
    entries = [entry.tex for entry in diagonal]
    first, *others = entries
    if any(entry != first for entry in others):
        left, right = (r"\biggl(", r"\biggr)") if any(r"\frac" in entry for entry in entries) else "()"
        return rf"\mathrm{{diag}}{left}{', '.join(entries)}{right}"
    sum_ = any(piece.lead in ("+", "-") and not piece.depth for piece in diagonal[0].pieces)
    return rf"({first}) \mathbf{{1}}" if sum_ else rf"{first if first != '1' else ''} \mathbf{{1}}".strip()


def matrix_width(matrix: MatrixBase, notation: Notation) -> int:
    """How wide a matrix is, in thousandths of an em."""
    head, entries = _prefactor(matrix, notation)
    if _is_diagonal(matrix):
        return width(matrix_text(matrix, notation))
    columns = [max(width(row[k].tex) for row in entries) for k in range(len(entries[0]))]
    return width(head) + sum(columns) + COLUMN_GAP * (len(columns) - 1) + PARENTHESES


def _prefactor(matrix: MatrixBase, notation: Notation) -> tuple[str, list[list[Laid]]]:
    """A common number and sign in front, so that no entry holds a fraction that all share: W = −½(…).

    Where all entries are divided by one letter or sum, what they have in common stands in front with it, as does all of
    a single entry, and so does a phase or an exponential that all have.
    """
    printer = Printer(notation, room=10**9)
    shared = _shared([e for e in matrix if e != 0])
    matrix = matrix.applyfunc(lambda e: _without(e, shared))
    entries = [e for e in matrix if e != 0]
    contents = [e.as_content_primitive()[0] if not isinstance(e, Add) else e.primitive()[0] for e in entries]
    numbers = [c for c in contents if c.is_Rational]
    factor = Rational(1)
    if entries and len(numbers) == len(entries):
        bottom = _denominator([int(number.q) for number in numbers])
        top = gcd(*(int(number.p) for number in numbers))
        factor = Rational(top if bottom > 1 or shared else 1, bottom)
    scaled = ImmutableMatrix(matrix.applyfunc(lambda e: _divided(e, factor)))
    signs = [printer.expression(e).tex.startswith("-") for e in scaled if e != 0]
    negative = (len(signs) > 1 or bool(shared)) and all(signs)
    if negative:
        scaled = ImmutableMatrix(scaled.applyfunc(lambda e: _divided(e, Rational(-1))))
    front = Mul(-factor if negative else factor, *(base**n for base, n in shared.items()))
    head = "" if front == 1 else "-" if front == -1 else printer.expression(front).tex + " "
    return head, [
        [printer.expression(scaled[j, k]) for k in range(scaled.cols)] for j in range(scaled.rows)
    ]


def _denominator(denominators: Sequence[int]) -> int:
    """The number under a common prefactor: their least common multiple, of decimals what all entries share.

    What little more makes all entries whole is in it as well.
    """
    plain = [n for n in denominators if n <= DECIMAL]
    shared, whole = gcd(*denominators), lcm(*denominators)
    return lcm(*plain) if plain else whole if whole <= DECIMAL * shared else shared


def _divided(e: Expr, number: Rational) -> Expr:
    """e over a number, term by term."""
    return Add(*(term / number for term in Add.make_args(e)))


def _shared(entries: Sequence[Expr]) -> dict[Expr, Expr]:
    """The factors that all entries have in common, with their powers; none if none divides them all."""
    first, *others = [_powers(e) for e in entries] or [{}]
    found = {}
    alike = S.Exp1 in first and all(e.get(S.Exp1) == first[S.Exp1] for e in others)
    same = {S.Exp1: first[S.Exp1]} if alike else {}
    for base, n in first.items():
        powers = [n, *(table.get(base, Rational(0)) for table in others)]
        if not base.is_number and all(power.is_Integer and power * n > 0 for power in powers):
            found[base] = min(powers, key=abs)
    divided = any(n < 0 for n in found.values())
    return (found if divided else {}) | same if others or divided else {}


def _without(e: Expr, shared: Mapping[Expr, Expr]) -> Expr:
    """A product without the factors that it shares with others."""
    return Mul(*(base ** (n - shared.get(base, 0)) for base, n in _powers(e).items())) if shared and e != 0 else e


def _powers(e: Expr) -> dict[Expr, Expr]:
    """The factors of a product with their powers; a sum and its negative are one factor."""
    found: dict[Expr, Expr] = {}
    for base, n in e.as_powers_dict().items():
        turned = base.is_Add and n.is_Integer and base.could_extract_minus_sign()
        for factor, power in ((-base, n), (Integer(-1), n)) if turned else ((base, n),):
            found[factor] = found.get(factor, Rational(0)) + power
    return found
