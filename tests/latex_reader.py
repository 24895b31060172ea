r"""Reads displayed equations back from LaTeX, by SymPy's ANTLR grammar and no code of `derive.latex.printer`.

Names are found by their shape (a letter, what hangs below it, an upright label above it) and replaced by ϖ_k before the
grammar sees them; stars, moduli, amplitudes and operator words are read here, all arithmetic is read by the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from antlr4 import CommonTokenStream, InputStream, PredictionMode
from sympy import Abs, E, Expr, I, ImmutableMatrix, MatrixBase, Mul, Pow, Symbol, conjugate, pi
from sympy.parsing.latex import LaTeXParsingError, parse_latex
from sympy.parsing.latex import _parse_latex_antlr as grammar

from derive.derivation import Derivation, Dissipator, Equation, Operators
from derive.kernel import Proved, is_zero
from derive.latex import Notation
from derive.latex.steps import ONE_COLUMN, displayed

DISPLAY = re.compile(r"\\begin\{(equation|align)\}(.*?)\\end\{\1\}", re.DOTALL)
MATRIX = re.compile(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", re.DOTALL)
RELATION = re.compile(r"&?\s*(=|\\neq|\\leq|\\geq|\\to|\\approx|<|>)(?![A-Za-z])")
NO_NAMES = (
    "sinh cosh tanh sin cos tan ln exp sqrt frac cdot times mathrm mathsf mathcal langle rangle left right "
    "sum prod binom lfloor rfloor lvert rvert"
).split()
FUNCTION = rf"\\(?:{'|'.join(NO_NAMES)})(?![A-Za-z])"
BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
BELOW = rf"_(?:{BRACES}|\\[A-Za-z]+|[A-Za-z0-9])"
LETTER = rf"(?:(?!{FUNCTION})\\[A-Za-z]+|(?<![\\A-Za-z])[A-Za-z]|\\math(?:rm|sf|cal){BRACES})"
MEAN = r"\\langle(?:(?!\\rangle).)*\\rangle"
FREE = rf"(?:\\[A-Za-z]+|[A-Za-z]|\\mathrm{BRACES})(?:{BELOW})?(?:\^{BRACES})?"
NAME = re.compile(
    rf"\\frac\{{(?:d|\\partial)\s*(?:{MEAN}|{FREE})\s*\}}\{{(?:d|\\partial)\s*{FREE}\s*\}}|{MEAN}"
    rf"|{LETTER}(?:{BELOW})?(?:\^\{{\\mathrm{BRACES}\}}|\^\\dagger|\^\{{\\dagger\}}|\^\{{\(\w\)\}}|\^[-+z](?![A-Za-z]))?'*"
)
BRACKET = re.compile(r"\[[^][]*, [^][]*\]|\\\{(?:(?!\\\}).)*, (?:(?!\\\}).)*\\\}")
NOT_A_NAME = re.compile(r"(?:[ie]|\\pi|\\varpi.*)\Z")
STAR = r"\s*\^(?:\*|\{\*\})"


@dataclass(frozen=True)
class Display:
    """One equation as it stands in the text."""

    label: str
    lhs: str
    relation: str
    rhs: str


class Unreadable(ValueError):
    """LaTeX that is not a formula of this project."""


def displays(text: str) -> list[Display]:
    """Every displayed equation of a text, in order, as LaTeX without layout."""
    found = []
    for environment in DISPLAY.finditer(text):
        body = environment[2]
        labels = re.findall(r"\\label\{([^}]*)\}", body)
        if len(labels) != 1:
            raise Unreadable(f"A display has one label, but {body!r} has {len(labels)}.")
        held = [m[0] for m in MATRIX.finditer(body)]
        body = re.sub(r"\\label\{[^}]*\}|\\notag", "", body)
        for k, matrix in enumerate(held):
            body = body.replace(matrix, f"@{k}@", 1)
        for equation in _equations(body, environment[1] == "equation"):
            relation = RELATION.search(equation)
            if not relation:
                raise Unreadable(f"An equation has a relation, but this one has none: {equation!r}.")
            sides = [_plain(equation[: relation.start()]), _plain(equation[relation.end() :])]
            for k, matrix in enumerate(held):
                sides = [side.replace(f"@{k}@", matrix) for side in sides]
            found.append(Display(labels[0], sides[0].strip(), relation[1], sides[1].strip()))
    return found


def _equations(body: str, single: bool) -> list[str]:
    """The rows of a display joined where an equation goes on."""
    found: list[str] = []
    for row in re.split(r"\\\\(?:\[[^]]*\])?", body):
        before, _, after = row.partition("&")
        if single or before.strip() or not re.match(r"\s*\\q+uad", after):
            found += re.split(r",\s*\\quad(?![A-Za-z])", row)
        elif found:
            found[-1] += " " + row
        else:
            raise Unreadable(f"The first row of a display must have a relation, but is {row!r}.")
    return found


def _plain(tex: str) -> str:
    """Without alignment, space, size and the punctuation that ends a display."""
    tex = re.sub(r"(?<![_^])\{-\}", "-", tex.replace("&", " "))
    tex = re.sub(r"\\(?:q?quad|,|;|!| )(?![A-Za-z])", " ", tex)
    tex = re.sub(r"\\([bB]igg?|left|right)[lrm]?(?![A-Za-z])", "", tex)
    return re.sub(r"[,.]\s*\Z", "", tex.strip()) if not tex.strip().endswith("h.c.}") else tex.strip()


def read(tex: str, letters: Mapping[str, Expr], rows: int = 1) -> Expr | MatrixBase:
    """The value of LaTeX. `letters` maps names, as they are printed, to symbols; noncommuting ones are operators.

    `rows` are those of an identity matrix, which does not tell them.
    """
    sized = re.sub(r"\\bigg[lr]", "", tex)
    if found := re.fullmatch(r"(.*?)(?:\\mathrm\{diag\}\((.*)\)|\\mathbf\{1\})", sized.strip(), re.DOTALL):
        factor = found[1].strip()
        factor = read(factor + "1" if factor in ("", "-") else factor, letters)
        if found[2] is None:
            return factor * ImmutableMatrix.eye(rows)
        return factor * ImmutableMatrix.diag(*(read(entry, letters) for entry in found[2].split(",")))
    if found := MATRIX.search(tex):
        factor, after = _plain(tex[: found.start()]), _plain(tex[found.end() :])
        if after:
            raise Unreadable(f"Nothing may follow a matrix, but {after!r} does.")
        rows = [row.split("&") for row in re.split(r"\\\\(?:\[[^]]*\])?", found[1])]
        entries = ImmutableMatrix([[read(entry, letters) for entry in row] for row in rows])
        return entries * (read(factor + "1" if factor in ("", "-") else factor, letters))
    values: list[Expr] = []

    def keep(value: Expr) -> str:
        values.append(value)
        return rf" \varpi_{{{len(values) - 1}}} "

    table = {squeezed(name): symbol for name, symbol in letters.items()}
    tex = _dissipators(_plain(tex), letters, keep)
    tex = BRACKET.sub(lambda m: keep(_known(m[0], table)), tex)
    tex = NAME.sub(lambda m: m[0] if NOT_A_NAME.match(m[0]) else keep(_known(m[0], table)), tex)
    tex = re.sub(rf"\\varpi_\{{(\d+)\}}{STAR}", lambda m: keep(conjugate(values[int(m[1])])), tex)
    while found := re.search(rf"\){STAR}", tex):
        start = _opening(tex, found.start())
        inner = keep(conjugate(_parsed(tex[start + 1 : found.start()], values)))
        tex = tex[:start] + inner + tex[found.end() :]
    while found := re.search(r"\\lvert((?:(?!\\[lr]vert).)*)\\rvert", tex, re.DOTALL):
        inner = keep(Abs(_parsed(_words(found[1], values, keep), values)))
        tex = tex[: found.start()] + inner + tex[found.end() :]
    return _parsed(_words(tex, values, keep), values)


def _opening(tex: str, closing: int) -> int:
    """Where the parenthesis opens that closes here."""
    depth = 0
    for k in range(closing, -1, -1):
        depth += {")": 1, "(": -1}.get(tex[k], 0)
        if depth == 0:
            return k
    raise Unreadable(f"A parenthesis closes that was never opened, in {tex!r}.")


def _parsed(tex: str, values: list[Expr]) -> Expr:
    """Arithmetic by the grammar, which takes a bracket after a letter for the argument of a function."""
    functions = r"(\\(?:sinh|cosh|tanh|sin|cos|tan|ln|exp)(?:\^(?:\w|\{\w+\}))?)"
    for bracket, parenthesis in (("[", "("), ("]", ")"), (r"\{", "("), (r"\}", ")"), (r"\times", r"\cdot")):
        tex = tex.replace(bracket, parenthesis)
    tex = re.sub(functions + r"\s*(\\varpi_\{\d+\})", r"\1(\2)", tex)
    tex = re.sub(r"(?<=[\w})])\s*(?=\()", r" \\cdot ", tex)
    tex = re.sub(functions + r" \\cdot \(", r"\1(", tex)
    tex = re.sub(rf"(\\(?:sum|prod)_{BRACES}\^(?:{BRACES}|\w)\s*)\\cdot", r"\1", tex)
    tex = re.sub(r"\)\s*(?=[\w\\|])", r") \\cdot ", tex)
    tex = re.sub(r"(?:\\cdot\s*){2,}", r"\\cdot ", tex)
    return _valued(_grammatical(tex.strip()), values)


@cache
def _grammatical(tex: str) -> Expr:
    """What SymPy's grammar reads, first without the context of its rules (SLL): the same tree or an error, faster."""
    listener = grammar.MathErrorListener(tex)
    lexer = grammar.LaTeXLexer(InputStream(tex))
    parser = grammar.LaTeXParser(CommonTokenStream(lexer))
    parser._interp.predictionMode = PredictionMode.SLL
    for part in (lexer, parser):
        part.removeErrorListeners()
        part.addErrorListener(listener)
    try:
        tree = parser.math().relation()
    except LaTeXParsingError:
        tree = None
    if tree is None or (tree.start.start, tree.stop.stop) != (0, len(tex) - 1):
        return parse_latex(tex, backend="antlr", strict=True)
    return grammar.convert_relation(tree)


def _known(name: str, table: Mapping[str, Expr]) -> Expr:
    if squeezed(name) not in table:
        raise Unreadable(f"A name in a display must be a letter of the derivation, but {name!r} is not.")
    return table[squeezed(name)]


def squeezed(name: str) -> str:
    """A name without what does not show: spaces, and braces around one character."""
    name = re.sub(r"\{(\\[A-Za-z]+|[A-Za-z0-9*])\}", r"\1", name)
    return re.sub(r"\s+", "", name)


def _dissipators(tex: str, letters: Mapping[str, Expr], keep: object) -> str:
    while found := re.search(r"\\mathcal(?:\{(\w)\}|\s*(\w))('?)\[", tex):
        depth, at = 1, found.end()
        while depth:
            depth += {"[": 1, "]": -1}.get(tex[at], 0)
            at += 1
        inner = read(tex[found.end() : at - 1], letters)
        symbol = Symbol(f"{letters[found[0][:-1]]}[{inner}]", commutative=False)
        tex = tex[: found.start()] + keep(symbol) + tex[at:]  # type: ignore[operator]
    return tex


def _words(tex: str, values: list[Expr], keep: object) -> str:
    """Neighbouring operators become one letter, so that their order is kept."""

    def word(match: re.Match[str]) -> str:
        factors = [values[int(k)] for k in re.findall(r"varpi_\{(\d+)\}", match[0])]
        plain = [f for f in factors if f.is_commutative]
        found = [f for f in factors if not f.is_commutative]
        return "".join(keep(f) for f in plain) + (keep(Mul(*found)) if found else "")  # type: ignore[operator]

    return re.sub(r"\\varpi_\{\d+\}(?:\s*\\varpi_\{\d+\})+(?!\s*\^)", word, tex)


def _valued(e: Expr, values: list[Expr]) -> Expr:
    """The parsed expression with its names put back, i and e understood, |p|² as p p*."""
    if isinstance(e, Symbol):
        if e.name in ("i", "e", "pi"):
            return {"i": I, "e": E, "pi": pi}[e.name]
        found = re.fullmatch(r"\\?varpi_\{(\d+)\}", e.name)
        if not found:
            raise Unreadable(f"The grammar found a letter {e.name!r} that no name stands for.")
        return values[int(found[1])]
    if not e.args:
        return e
    if isinstance(e, Pow) and isinstance(e.base, Abs) and e.exp.is_Integer and e.exp % 2 == 0:
        inner = _valued(e.base.args[0], values)
        return (inner * conjugate(inner)) ** (e.exp / 2)
    return e.func(*(_valued(arg, values) for arg in e.args))


# -- comparison with what was meant --------------------------------------------------------------------------


def letters(equation: Equation, notation: Notation) -> dict[str, Expr]:
    """Every letter of an equation under the name it is printed with."""
    found: dict[str, Expr] = {r"\mathcal{D}": Symbol("D"), r"\mathcal{D}'": Symbol("L'")}
    for key in ("D", "L'"):
        if key in dict(notation.names):
            found[dict(notation.names)[key]] = Symbol(key)
    for symbol in _symbols((equation.lhs, equation.rhs)):
        name = notation.latex(symbol.name)
        if squeezed(name) in map(squeezed, found) and found.get(name, symbol) != symbol:
            raise Unreadable(f"One name is one letter, but {name!r} stands for {symbol!r} and {found.get(name)!r}.")
        found[name] = symbol
    return found


def _symbols(sides: Iterable[object]) -> list[Symbol]:
    found: list[Symbol] = []
    for side in sides:
        if isinstance(side, Operators):
            for coefficient, word in side.terms + side.adjoint:
                found += _symbols([coefficient, *word])
            found += [Symbol("h.c.")] * bool(side.adjoint)
        elif isinstance(side, Dissipator):
            found += _symbols([side.jump])
        elif isinstance(side, str):
            found.append(Symbol(side, commutative="<" in side))
        else:
            found += sorted(side.atoms(Symbol), key=str)  # type: ignore[attr-defined]
    return found


def meant(side: object) -> Expr | MatrixBase:
    """What a side of an equation stands for, in the terms of `read`."""
    return side.expression() if isinstance(side, Operators) else side  # type: ignore[return-value]


def misprints(
    derivation: Derivation, notation: Notation, text: str, prefix: str = "", width: int = ONE_COLUMN
) -> list[str]:
    """What the text of a derivation displays other than what its steps say; nothing if it is faithful."""
    printed = displays(text)
    expected = [
        (f"eq:{prefix}:{step.label}" if prefix else f"eq:{step.label}", equation)
        for step in derivation.steps
        for equation in displayed(step.equations, notation, width)
    ]
    if [d.label for d in printed] != [label for label, _ in expected]:
        return [f"The labels {[d.label for d in printed]} are not {[label for label, _ in expected]}."]
    found = []
    for display, (label, equation) in zip(printed, expected, strict=True):
        names = letters(equation, notation)
        for tex, side in ((display.lhs, equation.lhs), (display.rhs, equation.rhs)):
            try:
                rows = side.rows if isinstance(side, MatrixBase) else 1
                faithful = same(read(tex, names, rows), meant(side))
            except (Unreadable, LaTeXParsingError) as error:
                found.append(f"{label}: {error}")
            else:
                found += [] if faithful else [f"{label}: {tex}"]
    return found


def same(one: Expr | MatrixBase, other: Expr | MatrixBase) -> bool:
    """Whether two values are equal, exactly."""
    if isinstance(one, MatrixBase) != isinstance(other, MatrixBase):
        return False
    difference = one - other
    if not isinstance(difference, MatrixBase) and not difference.is_commutative:
        return difference.expand() == 0
    return isinstance(is_zero(difference), Proved)
