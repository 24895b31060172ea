"""What Jupyter shows in place of constructors: networks drawn, equations and arguments typeset, verdicts in words.

    %load_ext derive            in Jupyter, or, in the letters of a paper,    in_letters(STORIES["cascaded"].notation)

IPython's own formatters are told; importing this room does not need IPython, and a terminal shows what it always did.
What is too long to be read, or cannot be printed, is shown as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from decimal import ROUND_HALF_UP, Context
from numbers import Integral
from typing import Any

from sympy import Expr, ImmutableMatrix, Integer, MatrixBase, Symbol

from derive.appendix import equations_of_motion
from derive.balance import Balance
from derive.claims import Finding
from derive.derivation import Derivation, Equation, Operators, Side, Step, mean
from derive.dressed import Dressed
from derive.errors import DeriveError
from derive.figure import svg
from derive.gaussian import GaussianState
from derive.kernel import Proved, Refuted, Solution, Unknown, vanishes
from derive.langevin import Langevin
from derive.latex import Notation
from derive.latex.letters import told_apart
from derive.latex.markdown import aligned, markdown, step_markdown, verdict_markdown
from derive.network import Network
from derive.nonreciprocity import Isolation, Leakage, Loop
from derive.optimum import Maximum, Turn, Window
from derive.program import Program
from derive.program.lines import public_source
from derive.report import finding_markdown
from derive.response import Scattering
from derive.resting import shorter
from derive.slow import Recovered
from derive.spins.cumulants import Moments
from derive.stability import Condition

SVG, MARKDOWN, LATEX = "image/svg+xml", "text/markdown", "text/latex"
READABLE, ROWS = 1000, 40  # operations of what is shown of a value, and modes or definitions, each a row
PARTS = (
    Balance, Condition, Dressed, Isolation, Leakage, Loop, Maximum, Recovered, Scattering, Solution, Turn, Window,
)  # fmt: skip


class NoNotebook(DeriveError):
    """Letters are chosen for a notebook, from within it."""


def load_ipython_extension(shell: Any, notation: Notation = Notation()) -> None:
    """Tell IPython's `shell` how to show the values of derive; `%load_ext derive` calls this."""
    told: list[tuple[str, type, Callable[[Any, Notation], str]]] = [
        (SVG, Network, _picture),
        (MARKDOWN, Derivation, markdown),
        (MARKDOWN, Step, step_markdown),
        (MARKDOWN, Finding, finding_markdown),
        (MARKDOWN, Program, _program),
        *((MARKDOWN, kind, verdict_markdown) for kind in (Proved, Refuted, Unknown)),
        (LATEX, Equation, _typeset(_itself)),
        (LATEX, Langevin, _typeset(_motion)),
        (LATEX, GaussianState, _typeset(_moments)),
        (LATEX, Moments, _typeset(_closed)),
        *((LATEX, kind, _typeset(_parts)) for kind in PARTS),
    ]
    for mime, kind, tell in told:
        shell.display_formatter.formatters[mime].for_type(kind, _shown(tell, notation))


def in_letters(notation: Notation) -> None:
    """Show values in these letters from here on, in the notebook that calls this.

    Raises:
        NoNotebook: if IPython does not run.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise NoNotebook("Letters must be chosen in a notebook, but IPython does not run; print with derive.latex.")
    load_ipython_extension(shell, notation)


def multiple(name: str, factor: Any, unit: str) -> str:
    """The words of a legend for a letter's value: δ = 0, δ = J_1, δ = 2 J_1."""
    shown = "0" if factor == 0 else unit if factor == 1 else rf"{factor:g}\,{unit}"
    return f"${name} = {shown}$"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], digits: int = 4) -> None:
    """Show a table in a notebook, `tabulated`."""
    from IPython.display import Markdown, display

    display(Markdown(tabulated(head, rows, digits)))


def tabulated(head: Sequence[str], rows: Iterable[Sequence[Any]], digits: int = 4) -> str:
    """A table as Markdown: texts, with formulas between dollars, and numbers, to so many digits."""
    cells = [[_cell(x, digits) for x in row] for row in (head, *rows)]
    lines = [cells[0], ["---"] * len(head), *cells[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(x: Any, digits: int) -> str:
    if isinstance(x, str | Integral):
        return str(x).replace("|", r"\vert ")  # which would end the cell
    if 0 < abs(x) * 10**14 < 1:
        return r"$\leq 10^{-14}$"  # what rounding leaves
    # A zero loses its sign, and a half goes up whatever the last digits of a double are, which are the processor's.
    nearest = Context(digits, ROUND_HALF_UP).create_decimal(f"{float(x) + 0:.13e}")
    text = f"{float(nearest):.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    if exponent and 0 < int(exponent) < 6:
        text = f"{float(text):.0f}"
    elif exponent:
        factor = "" if mantissa == "1" else rf"{mantissa} \times "
        text = f"${factor}10^{{{int(exponent)}}}$"
    return text if "$" in text else text.replace("-", "−")


def _shown(told: Callable[[Any, Notation], str], notation: Notation) -> Callable[[Any], str | None]:
    """A formatter of IPython: what is told of a value, or None where that cannot be printed."""

    def shown(value: Any) -> str | None:
        try:
            return told(value, notation) or None
        except DeriveError:
            return None

    return shown


def _picture(net: Network, notation: Notation) -> str:
    return svg(*told_apart(net, notation, pictured=True))


def _program(program: Program, _: Notation) -> str:
    return f"```python\n{public_source(program).strip()}\n```" if program.operations <= READABLE else ""


def _typeset(equations: Callable[[Any], Iterable[Equation]]) -> Callable[[Any, Notation], str]:
    """Equations between dollars, unless there is more than anyone would read."""

    def typeset(value: Any, notation: Notation) -> str:
        shown = tuple(equations(value))
        length = sum(_length(side) for each in shown for side in (each.lhs, each.rhs))
        return f"$${aligned(shown, notation)}$$" if 0 < length <= READABLE else ""

    return typeset


def _length(side: Side) -> int:
    if isinstance(side, MatrixBase):
        size = side.rows * side.cols
        return size + (sum(e.count_ops() for e in side) if size <= READABLE else 0)
    return 1 + int((side.expression() if isinstance(side, Operators) else side).count_ops())


def _itself(equation: Equation) -> Iterable[Equation]:
    yield equation


def _motion(eq: Langevin) -> Iterable[Equation]:
    """The amplitudes' equations of motion, and the sources of what fluctuates around them."""
    if len(eq.modes) <= ROWS:
        yield from equations_of_motion(eq)
        yield from (Equation(Symbol(name), m) for name, m in (("D", eq.noise), ("S", eq.squeezing)) if not vanishes(m))


def _moments(state: GaussianState) -> Iterable[Equation]:
    """The amplitudes, and N and M around them where they do not vanish."""
    if len(state.modes) <= ROWS and len(state.where) <= ROWS:
        yield from (Equation(letter, e) for letter, e in state.where)
        yield from (Equation(mean(name), shorter(state.amplitude(name))) for name in state.modes)
        for letter, m in (("N", state.number), ("M", state.anomalous)):
            if not vanishes(m):
                yield Equation(Symbol(letter), m.applyfunc(shorter))


def _closed(moments: Moments) -> Iterable[Equation]:
    """The closed equations of spins."""
    for symbol, rate in zip(moments.symbols, moments.rates, strict=True):
        yield Equation(Symbol(f"d{symbol.name}/dt"), rate)


def _parts(value: Any) -> Iterable[Equation]:
    """The parts of a value that are expressions, matrices, or names and numbers in a row, each by its name."""
    for field in fields(value):
        part = getattr(value, field.name)
        if field.name == "where":
            yield from (Equation(letter, e) for letter, e in part)
        elif isinstance(part, Expr | MatrixBase | int):
            yield Equation(Symbol(field.name), Integer(part) if isinstance(part, int) else part)
        elif isinstance(part, tuple) and part:
            row = [Symbol(e) if isinstance(e, str) else Integer(e) if isinstance(e, int) else e for e in part]
            yield Equation(Symbol(field.name), ImmutableMatrix([row]))
