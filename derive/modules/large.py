"""The NumPy module of a network of hundreds or thousands of modes, whose elimination is a loop over tables.

    W⟨a⟩ + f = 0,   ⟨a⟩(t) = ∫₀ᵗ exp(W s) f ds,   energy = ω⟨a†a⟩

A line for every operation would be a text that Python compiles for minutes. Here entries of one form, as −κ/2 or −iJ,
are one function of arrays of letters, and the elimination is the table of `derive.kernel.tabulated`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from networkx import DiGraph, descendants
from sympy import Expr, Integer, Symbol

from derive.kernel import Levels, Tables, require_regular, tabulated
from derive.langevin import Langevin
from derive.modules.templates import filled
from derive.network import Network
from derive.program import Program, gradient_program
from derive.program.adjoint import unused
from derive.program.lines import function_source
from derive.program.points import ABS2, REAL
from derive.program.source import Printer, output_text, paragraph, quotable, safe_names

# Modes of a point that LAPACK solves where the elimination, which does not know the sizes, fails: 1 s.
# Also modes that may have noise, whose second moments take a minute.
DENSE = 1000


class Form(NamedTuple):
    """Entries that differ by their letters only: their function of p_0, p_1, …, their numbers, and their letters."""

    function: Expr
    inputs: tuple[Symbol, ...]
    numbers: list[int]
    letters: list[tuple[int, ...]]


def large_module(net: Network, eq: Langevin, source: str, title: str) -> str:
    """The text of a module with the amplitudes and energies of a network without noise and pairing.

    Parameters are keywords, as everywhere, but the functions take them as `**parameters`.

    Raises:
        SingularMatrix: if the drift is singular for all parameters, so that there is no steady state.
    """
    require_regular(eq.drift, -eq.force)
    letters = net.symbols
    system = _numbered(net, eq)
    zero = system.diagonal.get(system.table.get(Integer(0), -1))
    found = tabulated(system.rows, len(system.table) + len(system.diagonal), zero)
    forms = entry_forms(list(system.table), {letter: k for k, letter in enumerate(letters)})
    widest = max((len(row) for row in (*system.rows, *_columns_of(system.rows))), default=0)
    known: dict[str, object] = {
        "title": quotable(title) or f"A network of {len(eq.modes)} modes",
        "source": quotable(source),
        "equation_of_motion": "d⟨a⟩/dt = W⟨a⟩ + f. Rates are energy rates: a loss κ adds −κ/2.",
        "n": len(eq.modes),
        "letters": len(letters),
        "complex_letters": not all(s.is_real for s in letters),
        "parameters": _in_lines(safe_names(letters).values()),
        "complex_parameters": _in_lines(name for s, name in safe_names(letters).items() if not s.is_real),
        "modes": _in_lines(eq.modes),
        **_places(system),
        **_code(forms, found, len(system.drift)),
        **_elimination(found),
        "dense": DENSE,
        "tolerance": 64 + 16 * widest,
        "abs2": ABS2.rstrip(),
        "real": REAL.rstrip(),
    }
    known["kernel"] = filled("largekernel.py.j2", **known).rstrip("\n")
    return filled("large.py.j2", **known)


class _System(NamedTuple):
    """The distinct entries of a network by number, in the order of `table`, and where they stand.

    `drift` and `force` are (place, number) of the nonzero elements; `frequency` are the numbers of the frequencies,
    `rates` those of the baths' rates. `reached` are the modes that the drive feeds, `rows` their elements of W by
    column, and `own` the numbers of their diagonal elements. Those are entries of their own in `rows`, also where they
    are zero, so that they can be shifted: `diagonal` tells which.
    """

    table: Mapping[Expr, int]
    drift: Sequence[tuple[tuple[int, int], int]]
    force: Sequence[tuple[int, int]]
    frequency: Sequence[int]
    rates: Sequence[int]
    reached: Sequence[int]
    own: Sequence[int]
    diagonal: Mapping[int, int]
    rows: Sequence[Mapping[int, int]]


def _numbered(net: Network, eq: Langevin) -> _System:
    """Number the entries in the order in which they are met."""
    table: dict[Expr, int] = {}

    def number(e: Expr) -> int:
        return table.setdefault(e, len(table))

    drift = [(place, number(e)) for place, e in sorted(eq.drift.todok().items()) if e != 0]
    force = [(i, number(e)) for (i, _), e in sorted(eq.force.todok().items()) if e != 0]
    frequency = [number(e) for e in eq.frequencies]
    rates = sorted({number(bath.rate) for bath in net.baths})
    reached = _reached([place for place, _ in drift], [i for i, _ in force])
    at = {mode: k for k, mode in enumerate(reached)}
    entry = dict(drift)
    own = [entry[i, i] if (i, i) in entry else number(Integer(0)) for i in reached]
    diagonal = {k: len(table) + j for j, k in enumerate(dict.fromkeys(own))}
    rows: list[dict[int, int]] = [{k: diagonal[own[k]]} for k in range(len(reached))]
    for (i, j), k in entry.items():
        if i in at and j in at and i != j:
            rows[at[i]][at[j]] = k
    return _System(table, drift, force, frequency, rates, reached, own, diagonal, rows)


def _places(system: _System) -> dict[str, object]:
    """Which entries are where."""
    return {
        "links": len(system.drift),
        "row": _in_lines(i for (i, _), _ in system.drift),
        "column": _in_lines(j for (_, j), _ in system.drift),
        "number": _in_lines(k for _, k in system.drift),
        "driven": " ".join(str(i) for i, _ in system.force),
        "force": " ".join(str(k) for _, k in system.force),
        "frequency": _in_lines(system.frequency),
        "rates": _in_lines(system.rates),
        "reached": _in_lines(system.reached),
        "diagonal": _in_lines(system.diagonal),
        "own": _in_lines(system.diagonal[k] for k in system.own),
        "entries": len(system.table),
    }


def _code(forms: Sequence[Form], found: Tables, links: int) -> dict[str, object]:
    """The functions of the forms and their derivatives, and the operations of everything that is run."""
    programs = [Program(f"_form_{k}", form.inputs, (), (form.function,)) for k, form in enumerate(forms)]
    slopes = [
        gradient_program(program, f"_slope_{k}", unused("slope", 1, program.inputs, complex=True), values=False)
        for k, program in enumerate(programs)
    ]
    return {
        "operations": [
            ("entries", _each(forms, programs)),
            ("factors", found.factors.operations),
            ("substitution", found.substitution.levels.operations),
            ("transposed", found.transposed.levels.operations),
            ("slopes", _each(forms, slopes) + 8 * links),
        ],
        "functions": [
            function_source(program, "xp").rstrip()
            for form, *both in zip(forms, programs, slopes, strict=True)
            for program in both[: 1 + bool(form.inputs)]
        ],
        "forms": [
            (
                f"_form_{k}",
                f"_slope_{k}" if form.inputs else "None",
                _in_lines(form.numbers),
                [_in_lines(column) for column in zip(*form.letters, strict=True)],
            )
            for k, form in enumerate(forms)
        ],
    }


def _elimination(found: Tables) -> dict[str, object]:
    """The tables of the elimination, and of the matrices that it leaves to a solver of dense systems."""
    return {
        "slots": found.slots,
        "factors": _columns(found.factors),
        "sweeps": [
            (
                name,
                _columns(sweep.levels),
                [
                    (at, _in_lines(left.sources), _in_lines(left.unknowns))
                    for at, left in zip(sweep.at, sweep.complements, strict=True)
                ],
                _in_lines(sweep.unknowns),
            )
            for name, sweep in (("_SUBSTITUTION", found.substitution), ("_TRANSPOSED", found.transposed))
        ],
        "complements": [
            (len(left.unknowns), [_in_lines(column) for column in zip(*left.cells, strict=True)])
            for left in found.substitution.complements
        ],
    }


def _columns_of(rows: Sequence[Mapping[int, int]]) -> list[list[int]]:
    columns: list[list[int]] = [[] for _ in rows]
    for i, row in enumerate(rows):
        for j in row:
            columns[j].append(i)
    return columns


def _reached(places: Iterable[tuple[int, int]], driven: Sequence[int]) -> list[int]:
    """The modes that the drive feeds, in order."""
    graph = DiGraph((j, i) for i, j in places)
    graph.add_edges_from((-1, i) for i in driven)
    return sorted(descendants(graph, -1)) if driven else []


def entry_forms(entries: Sequence[Expr], at: Mapping[Symbol, int]) -> list[Form]:
    """The forms of the entries; `at` is the number of a letter."""
    forms: dict[tuple[str, tuple[bool, ...]], Form] = {}
    for number, entry in enumerate(entries):
        letters = tuple(_letters(entry))
        text = output_text(Printer({letter: f"p_{k}" for k, letter in enumerate(letters)}), entry)
        # equal texts are equal functions, whatever the letters are called; their slopes know what is real
        kind = text, tuple(bool(letter.is_real) for letter in letters)
        if kind not in forms:
            inputs = tuple(Symbol(f"p_{k}", **letter.assumptions0) for k, letter in enumerate(letters))
            forms[kind] = Form(entry.xreplace(dict(zip(letters, inputs, strict=True))), inputs, [], [])
        forms[kind].numbers.append(number)
        forms[kind].letters.append(tuple(at[letter] for letter in letters))
    return list(forms.values())


def _letters(e: Expr) -> dict[Symbol, None]:
    """The letters of an expression in the order in which they stand."""
    if e.is_Symbol:
        return {e: None}
    found: dict[Symbol, None] = {}
    for part in e.args:
        found |= _letters(part)
    return found


def _each(forms: Sequence[Form], programs: Sequence[Program]) -> int:
    return sum(len(form.numbers) * program.operations for form, program in zip(forms, programs, strict=True))


def _columns(levels: Levels) -> list[str]:
    flat = [number for sizes in levels.levels for number in sizes]
    return [_in_lines(column) for column in (flat, *levels[1:])]


def _in_lines(words: Iterable[object]) -> str:
    """Words in lines of the width of the text."""
    return paragraph(" ".join(map(str, words)), "", "")
