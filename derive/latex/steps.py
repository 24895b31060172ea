r"""Derivations as LaTeX that a RevTeX paper can \input: every step labelled, cross-referenced and broken to the column.

The lines hold what `derive.latex.printer` prints; nothing here knows what the formulas mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sympy import Abs, Add, Expr, I, MatrixBase, Mul, Pow, Symbol, conjugate, exp, fraction
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from derive.derivation import Derivation, Equation, Operators, Side, Step
from derive.kernel import (
    Proved,
    Verdict,
    canonical,
    conjugated,
    factored,
    is_zero,
    length,
    open_factors,
    written_out,
)
from derive.latex.linebreak import broken, indent
from derive.latex.matrices import matrix_text, matrix_width
from derive.latex.measure import RELATION, width
from derive.latex.notation import Notation
from derive.latex.printer import Laid, Piece, Printer, line

__all__ = ["ONE_COLUMN", "TWO_COLUMNS", "Notation", "display", "displayed", "expression", "typeset"]

# Thousandths of an em.
POLE = 180  # characters of a denominator that is said to be nonzero
SQUARED = 1000  # terms of |e|² that is looked for among the denominators
MANY, QUAD = 10, 1_500  # equations of a display above which short ones share a line; what separates them
VECTOR = 4  # entries of a vector that is displayed as one even if most of them vanish
ONE_COLUMN, TWO_COLUMNS = 47_000, 24_600
TAG = 3_400
RELATIONS = MappingProxyType(
    {"=": "=", "≠": r"\neq", "<": "<", "≤": r"\leq", ">": ">", "≥": r"\geq", "→": r"\to", "≈": r"\approx"}
)


@dataclass(frozen=True)
class Row:
    """One equation, set: its left side, its relation and the lines of its right side.

    Where the left side is long all of it is in the lines, and both others are empty.
    """

    lhs: str
    relation: str
    lines: tuple[str, ...]


def expression(e: Expr | Operators, notation: Notation = Notation()) -> str:
    """An expression, or a sum of operators, in a paper's letters, on one line."""
    printer = Printer(notation, room=10**9)
    return (printer.operators(e) if isinstance(e, Operators) else printer.expression(e)).tex


def typeset(
    d: Derivation,
    notation: Notation,
    width: int = ONE_COLUMN,
    prefix: str = "",
    verdicts: Mapping[str, Verdict] | None = None,
) -> str:
    r"""A derivation as a \section of LaTeX without preamble, for a column of `width` thousandths of an em.

    Labels are eq:`prefix`:`label`. In the text of a step, `name` in backticks is set in the notation and
    @label refers to an earlier step; steps that are used and not named are cited at the end of the sentence.
    With the `verdicts` of `Derivation.check` the denominators that a proof assumed to be nonzero, and that may vanish,
    are printed with the first step that needs them.
    """
    anchor = f"{prefix}:" if prefix else ""
    parts = [rf"\section{{{_prose(d.title, notation, anchor)}}}" + (rf"\label{{sec:{prefix}}}" if prefix else "")]
    before, conditions = "", _Conditions(notation)
    order = {step.label: place for place, step in enumerate(d.steps)}
    for step, following in zip(d.steps, [*d.steps[1:], None], strict=True):
        verdict = (verdicts or {}).get(step.label)
        rows = _gathered(_rows(displayed(step.equations, notation, width), notation, width), width - TAG)
        new = conditions.of(step, verdict)
        unsaid = _left_out(step.equations, notation, width)
        goes_on = following is not None and _continues(following) and not new and not unsaid
        text = _cited(replace(step, uses=tuple(sorted(step.uses, key=order.__getitem__))), notation, anchor, before)
        shown = _display(rows, f"eq:{anchor}{step.label}", "," if goes_on else ".")
        after = "".join(f"\n{told}" for told in (unsaid, f"This holds {_where(new)}." if new else "") if told)
        if _continues(step) and len(parts) > 1:
            parts[-1] += f"\n{text}\n{shown}{after}"
        else:
            parts.append(f"{text}\n{shown}{after}")
        before = step.label
    return "\n\n".join(parts) + "\n"


class _Conditions:
    """The denominators that steps have said not to vanish, and the letters that they have defined, so far."""

    def __init__(self, notation: Notation) -> None:
        self.notation = notation
        self.stated: list[Expr] = []
        self.named: dict[Expr, Symbol] = {}
        self.where: dict[Symbol, Expr] = {}
        self.seen: set[Symbol] = set()
        self.apart: set[Symbol] = set()  # letters that a left side told, or that were below a line before

    def of(self, step: Step, verdict: Verdict | None) -> list[str]:
        """What the next step, if it is proved, says of the denominators that it assumes not to vanish, if none has yet.

        The proof does not see a letter that cancels where the answer is put into its equation.
        """
        divisors = _divisors(step)
        cancelled = [x for x in divisors if x in self.seen and x not in self.apart]
        provided = (*verdict.provided, *cancelled) if isinstance(verdict, Proved) else ()
        self.apart |= {*divisors, *(e.lhs for e in step.equations if isinstance(e.lhs, Symbol))}
        self.named |= _definitions(step)
        self.where |= {letter: e for letter, e in _letters(step).items() if letter not in self.seen}
        self.seen |= {s for e in step.equations for side in (e.lhs, e.rhs) for s in _symbols(side)}
        poles = [
            pole
            for e in provided
            if e.free_symbols and not e.is_nonzero
            for pole in _conditions(e, self.named, tuple(self.where.items()), step.nonzero)
        ]
        new = _unstated(poles, self.stated)
        self.stated += new
        return list(dict.fromkeys(_told(pole, self.named, self.notation) for pole in _as_displayed(new, step)))


def _definitions(step: Step) -> dict[Expr, Symbol]:
    """The letters that a step defines as sums, by the condition (`_pole`) that a division by such a sum brings.

    A proof may have multiplied the sum out, with cosh r in exponentials.
    """
    return {
        _pole(whole): e.lhs
        for e in step.equations
        if isinstance(e.lhs, Symbol) and isinstance(e.rhs, Add) and e.relation == "=" and "<" not in e.lhs.name
        for whole in (e.rhs, fraction(canonical(e.rhs))[0])
    }


def _symbols(side: Side) -> set[Symbol]:
    return _plain(side).free_symbols


def _plain(side: Side) -> Expr | MatrixBase:
    return side.expression() if isinstance(side, Operators) else side


def _divisors(step: Step) -> list[Symbol]:
    """The letters that may vanish and that stand alone below a line in what a step displays."""
    letters = {base.args[0] if isinstance(base, conjugate | Abs) else base for base in _below(step)}
    return sorted((x for x in letters if isinstance(x, Symbol) and not x.is_nonzero), key=str)


def _below(step: Step) -> set[Expr]:
    """What stands below a line in what a step displays, without its powers."""
    sides = [_plain(side) for e in step.equations for side in (e.lhs, e.rhs)]
    return {p.base for side in sides for p in side.atoms(Pow) if p.exp.could_extract_minus_sign()}


def _as_displayed(poles: Sequence[Expr], step: Step) -> list[Expr]:
    """Conditions in the functions that a step displays below a line: sin θ for e^{iθ} − 1 and e^{iθ} + 1."""
    left = list(poles)
    for base in sorted(_below(step), key=str):
        if base.has(TrigonometricFunction, HyperbolicFunction):
            factors = [_pole(f) for f in open_factors(fraction(canonical(base))[0])]
            alike = [pole for pole in left if any(pole in _alike(f) for f in factors)]
            if factors and len(alike) == len(factors):
                left = [*(pole for pole in left if pole not in alike), base]
    return left


def _letters(step: Step) -> dict[Symbol, Expr]:
    """What the letters that a step displays are equal to; a definition if they were not displayed before."""
    pairs = [(e.lhs, e.rhs) for e in step.equations if e.relation == "="]
    return {x: e for x, e in pairs if isinstance(x, Symbol) and isinstance(e, Expr) and x not in e.free_symbols}


def _conditions(
    pole: Expr, named: Mapping[Expr, Symbol], where: Sequence[tuple[Symbol, Expr]], known: Sequence[Expr]
) -> list[Expr]:
    """The factors of a denominator that may vanish; the whole of it, if that is defined as a letter (`named`)."""
    whole = _pole(pole)
    parts = (whole,) if any(e in named for e in _alike(whole)) else map(_pole, open_factors(pole, known))
    open_ = [part for part in parts if open_factors(written_out(part, where), known)]
    return [whole if part in _alike(whole) else part for part in open_]


def _unstated(poles: Sequence[Expr], stated: Sequence[Expr]) -> list[Expr]:
    """The denominators whose zeros are not `stated` yet: one of e, −e, e* and −e*, and no |e|² beside it."""
    short = [e for e in (*stated, *poles) if length(e) ** 2 <= SQUARED]
    known = {x for e in stated for x in _alike(e)}
    known |= {sign * (e * conjugated(e)).expand() for e in short if conjugated(e) != e for sign in (1, -1)}
    found = (min((p for p in poles if p in _alike(pole)), key=_minus_signs) for pole in poles)
    new = [pole for pole in dict.fromkeys(found) if pole not in known]
    return [pole for pole in new if length(pole) > SQUARED or pole.expand() not in known]


def _minus_signs(e: Expr) -> int:
    return sum(term.could_extract_minus_sign() for term in Add.make_args(e))


def _alike(pole: Expr) -> tuple[Expr, ...]:
    return pole, -pole, conjugated(pole), -conjugated(pole)


def _told(pole: Expr, named: Mapping[Expr, Symbol], notation: Notation) -> str:
    """That a denominator does not vanish, by the letter of it or of its conjugate, if there is one."""
    name = next((named[e] for e in _alike(pole) if e in named), pole)
    return f"${expression(name, notation)} \\neq 0$"


def _pole(e: Expr) -> Expr:
    """What must not be zero of a denominator: the denominator without numbers and phases in front; p for p p*."""
    turned = factored(e) if any(phase.args[0].has(I) for phase in e.atoms(exp)) else e
    factors = [f for f in Mul.make_args(turned.primitive()[1]) if not f.is_Number and not isinstance(f, exp)]
    alone = len(factors) == 2 and conjugated(factors[0]) == factors[1] and factors[0].is_Symbol
    if len(factors) == 1 and isinstance(factors[0], conjugate):
        return factors[0].args[0]
    return factors[0] if alone else Mul(*factors)


def _continues(step: Step) -> bool:
    """Whether the text of a step goes on with the sentence of the step before."""
    return step.because.strip()[:1].islower()


# -- text ----------------------------------------------------------------------------------------------------


def _cited(step: Step, notation: Notation, anchor: str, before: str) -> str:
    """The reason of a step, in which every step it uses is cited, unless that is only the one just `before`."""
    text = step.because.strip()
    unnamed = [label for label in step.uses if not re.search(rf"@{re.escape(label)}(?![A-Za-z0-9_-])", text)]
    prose = _prose(text, notation, anchor)
    if unnamed and unnamed != [before]:
        word = "Eqs." if len(unnamed) > 1 else "Eq."
        cited = f" [{word}~{listed([_reference(label, anchor) for label in unnamed])}]"
        end = prose[-1] if prose[-1:] in (".", ":", ",") else ""
        prose = prose[: len(prose) - len(end)] + cited + end
    return prose


def _reference(label: str, anchor: str) -> str:
    return rf"\eqref{{eq:{anchor}{label}}}"


def _where(poles: Sequence[str]) -> str:
    """The denominators that a proof assumed to be nonzero; the longest are only pointed at."""
    short = [pole for pole in poles if len(pole) <= POLE]
    more = ["where the denominators do not vanish"] if len(short) < len(poles) else []
    return " and ".join(([f"for {listed(short)}"] if short else []) + more)


def listed(items: Sequence[str]) -> str:
    """One, two and three, or fewer, as a sentence lists them."""
    *others, last = items
    return ", ".join(others) + (", and " if len(others) > 1 else " and ") + last if others else last


def _prose(text: str, notation: Notation, anchor: str) -> str:
    """Plain text for LaTeX: `name` as a formula, @label as a reference, $…$ as it is, special characters escaped."""
    found = []
    for part in re.split(r"(\$[^$]*\$|`[^`]*`|@[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)", text):
        if part.startswith("$") and len(part) > 1:
            found.append(part)
        elif part.startswith("`") and len(part) > 1:
            found.append(f"${notation.latex(part[1:-1]).strip()}$")
        elif part.startswith("@"):
            found.append(f"Eq.~{_reference(part[1:], anchor)}")
        else:
            found.append(re.sub(r"[%&#_]", r"\\\g<0>", part))
    return "".join(found)


# -- displays ------------------------------------------------------------------------------------------------


def displayed(equations: Sequence[Equation], notation: Notation, column: int = ONE_COLUMN) -> tuple[Equation, ...]:
    """What is printed for these equations: themselves, but the entries of matrices too wide for the column.

    A matrix that vanishes is 0, and one of a single entry is that entry.
    """
    found: list[Equation] = []
    for equation in equations:
        name, matrix = equation.lhs, equation.rhs
        if isinstance(name, Symbol) and isinstance(matrix, MatrixBase):
            if matrix.is_zero_matrix or matrix.shape == (1, 1):
                found.append(Equation(name, matrix[0, 0]))
                continue
            if _spelled_out(name, matrix, notation, column):
                found.extend(_entries(name.name, matrix))
                continue
        found.append(equation)
    return tuple(found)


def _spelled_out(name: Symbol, matrix: MatrixBase, notation: Notation, column: int) -> bool:
    """Whether a matrix is told by its entries: one too wide for the column, or a long vector of few."""
    rows, columns = matrix.shape
    if columns == 1:
        return bool(rows > VECTOR and 2 * sum(e != 0 for e in matrix) < rows)
    room = column - TAG - width(notation.latex(name.name)) - RELATION
    return columns > 10 or matrix_width(matrix, notation) > room


def _entries(name: str, matrix: MatrixBase) -> list[Equation]:
    """The entries W_jk of a matrix that do not vanish, counted from one; of a symmetric or Hermitian one, half."""
    rows, columns = matrix.shape
    comma = "_" if max(rows, columns) > 9 else ""
    half = _mirror(matrix) is not None
    return [
        Equation(Symbol(f"{name}_{j + 1}{comma}{k + 1}" if columns > 1 else f"{name}_{j + 1}"), matrix[j, k])
        for j in range(rows)
        for k in range(j if half else 0, columns)
        if matrix[j, k] != 0
    ]


def _mirror(matrix: MatrixBase) -> str | None:
    """What W_ij needs to be W_ji: "" in a symmetric matrix, "^*" in a Hermitian one; None if neither is proved."""
    if not matrix.is_square:
        return None
    pairs = [(matrix[j, k], matrix[k, j]) for j in range(matrix.rows) for k in range(j)]
    pairs = [pair for pair in pairs if pair != (0, 0)]
    for star, others in (("", [y for _, y in pairs]), ("^*", [conjugated(y) for _, y in pairs])):
        if pairs and all(
            x == y or isinstance(is_zero(x - y), Proved) for (x, _), y in zip(pairs, others, strict=True)
        ):
            return star
    return None


def _left_out(equations: Sequence[Equation], notation: Notation, column: int) -> str:
    """A sentence about entries that are not displayed; empty if all are."""
    mirrored, vanishing = [], []
    for equation in equations:
        name, matrix = equation.lhs, equation.rhs
        if isinstance(name, Symbol) and isinstance(matrix, MatrixBase) and not matrix.is_zero_matrix:
            if matrix.shape == (1, 1) or not _spelled_out(name, matrix, notation, column):
                continue
            letter, star = notation.latex(name.name), _mirror(matrix)
            if star is not None:
                one = f"({letter})" if "_" in letter else letter
                mirrored.append(f"${one}_{{ji}} = {one}_{{ij}}{star}$")
            if any(e == 0 for e in matrix):
                vanishing.append(f"${letter}$")
    if mirrored:
        return f"The other entries follow from {listed(mirrored)}{' or vanish' if vanishing else ''}."
    return f"All other entries of {listed(vanishing)} vanish." if vanishing else ""


def _rows(equations: Sequence[Equation], notation: Notation, column: int) -> list[Row]:
    """The equations of a display, aligned at their relations if that leaves room behind them."""
    lefts = [_side(equation.lhs, notation, column - TAG) for equation in equations]
    room = column - TAG - RELATION - max(width(left.tex) for left in lefts)
    aligned, flush = [], []
    for left, equation in zip(lefts, equations, strict=True):
        relation = RELATIONS[equation.relation]
        right = _side(equation.rhs, notation, max(room, column // 3))
        aligned.append(Row(left.tex, relation, tuple(_lines(right.pieces, room))))
        first, *rest = right.pieces
        whole = (_signed(left.pieces[0]), *left.pieces[1:], replace(first, lead=relation), *rest)
        flush.append(Row("", "", tuple(_lines(whole, column - TAG))))
    cramped = room < column // 3 and any(width(text) > room for row in aligned for text in row.lines)
    return flush if cramped or room < 0 else aligned


def _gathered(rows: Sequence[Row], room: int) -> list[Row]:
    """The short ones among many equations side by side, as far as a line holds them."""
    if len(rows) <= MANY:
        return list(rows)
    found: list[Row] = []
    lefts = [width(row.lhs) for row in rows]
    used = room = room - max(lefts) + min(lefts)  # the relations of all lines stand under each other
    for row in rows:
        text = f"{row.lhs} {row.relation} {row.lines[0]}"
        size = width(text) + QUAD if row.lhs and len(row.lines) == 1 else room
        if used + size <= room and 3 * size <= room:
            found[-1] = replace(found[-1], lines=(rf"{found[-1].lines[0]}, \quad {text}",))
            used += size
        else:
            found.append(row)
            used = size if 3 * size <= room else room
    return found


def _signed(piece: Piece) -> Piece:
    """A piece that begins a line behind an alignment, where TeX would take its sign for a difference."""
    return replace(piece, tex="{-}" + piece.tex[1:]) if piece.tex.startswith("-") else piece


def _side(side: Side, notation: Notation, room: int) -> Laid:
    if isinstance(side, MatrixBase):
        return Laid((Piece(matrix_text(side, notation)),))
    printer = Printer(notation, room)
    return printer.operators(side) if isinstance(side, Operators) else printer.expression(side)


def _lines(pieces: Sequence[Piece], room: int) -> list[str]:
    lines = broken(pieces, room)
    found = [line(lines[0])]
    for more in lines[1:]:
        space = {1: r"\quad", 2: r"\qquad"}.get(indent(more[0]) // 1_000, r"\qquad\quad")
        found.append(f"{space} {line(more, starts=True)}")
    return found


def display(
    equations: Sequence[Equation], notation: Notation, label: str, end: str = ".", width: int = ONE_COLUMN
) -> str:
    """Equations as one display with one number, broken where they are wider than the column."""
    return _display(_rows(displayed(equations, notation, width), notation, width), label, end)


def _display(rows: Sequence[Row], label: str, end: str) -> str:
    if len(rows) == 1 and len(rows[0].lines) == 1:
        row = rows[0]
        body = _ended(f"{row.lhs} {row.relation} {row.lines[0]}".strip(), end)
        return f"\\begin{{equation}}\n  {body}\n  \\label{{{label}}}\n\\end{{equation}}"
    printed = []
    for k, row in enumerate(rows):
        first, *rest = row.lines
        lines = [f"{row.lhs} &{row.relation} {first}".strip(), *(f"&{more}" for more in rest)]
        last = k == len(rows) - 1
        lines[-1] = _ended(lines[-1], end if last else ",")
        space = "[3pt]" if r"\frac" in row.lhs + row.lines[-1] else ""
        printed += [rf"{line_} \notag \\" for line_ in lines[:-1]]
        printed.append(lines[-1] if last else rf"{lines[-1]} \notag \\{space}")
    body = "\n  ".join(printed)
    return f"\\begin{{align}}\n  {body}\n  \\label{{{label}}}\n\\end{{align}}"


def _ended(formula: str, sign: str) -> str:
    """A display with its comma or full stop, unless an abbreviation has brought one."""
    return formula if sign == "." and formula.endswith(".}") else formula + sign
