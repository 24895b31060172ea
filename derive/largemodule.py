"""The NumPy module of a network of hundreds or thousands of modes, whose elimination is a loop over tables.

    W⟨a⟩ + f = 0,   ⟨a⟩(t) = ∫₀ᵗ exp(W s) f ds,   energy = ω⟨a†a⟩

A line for every operation would be a text that Python compiles for minutes. Here entries of one form, as −κ/2 or −iJ,
are one function of arrays of letters, and the elimination is the table of `derive.kernel.tabulated`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from jinja2 import Environment
from networkx import DiGraph, descendants
from sympy import Expr, Symbol

from derive.kernel import Levels, require_regular, tabulated
from derive.langevin import Langevin
from derive.points import ABS2
from derive.program import Program
from derive.source import WIDTH, Printer, output_text, quotable, safe_names, wrapped

DENSE = 1000  # modes of a point that LAPACK solves where the elimination, which does not know the sizes, fails: 1 s


class Form(NamedTuple):
    """Entries that differ by their letters only: their numbers, and the letters at each place of one of them."""

    example: Expr
    names: Mapping[Symbol, str]
    numbers: list[int]
    letters: list[tuple[int, ...]]


def large_module(
    eq: Langevin, letters: Sequence[Symbol], environment: Environment, source: str, title: str
) -> str:
    """The text of a module with the amplitudes and energies of a network without noise and pairing.

    Parameters are keywords, as everywhere, but the functions take them as `**parameters`.

    Raises:
        SingularMatrix: if the drift is singular for all parameters, so that there is no steady state.
    """
    require_regular(eq.drift, -eq.force)
    drift = sorted((place, e) for place, e in eq.drift.todok().items() if e != 0)
    force = sorted((i, e) for (i, _), e in eq.force.todok().items() if e != 0)
    table: dict[Expr, int] = {}

    def number(e: Expr) -> int:
        return table.setdefault(e, len(table))

    numbers = [number(e) for _, e in drift]
    forces = [number(e) for _, e in force]
    frequency = [number(e) for e in eq.frequencies]
    reached = _reached([place for place, _ in drift], [i for i, _ in force])
    at = {mode: k for k, mode in enumerate(reached)}
    rows: list[dict[int, int]] = [{} for _ in reached]
    for ((i, j), _), k in zip(drift, numbers, strict=True):
        if i in at and j in at:
            rows[at[i]][at[j]] = k
    found = tabulated(rows, len(table))
    names = safe_names(letters)
    forms = entry_forms(list(table), {letter: k for k, letter in enumerate(names)})
    known = {
        "title": quotable(title) or f"A network of {len(eq.modes)} modes",
        "source": quotable(source),
        "equation_of_motion": "d⟨a⟩/dt = W⟨a⟩ + f. Rates are energy rates: a loss κ adds −κ/2.",
        "n": len(eq.modes),
        "links": len(drift),
        "letters": len(names),
        "parameters": _filled(names.values()),
        "modes": _filled(eq.modes),
        "operations": [
            ("entries", sum(len(form.numbers) * _operations(form.example) for form in forms)),
            ("factors", found.factors.operations),
            ("substitution", found.substitution.operations),
        ],
        "functions": [_function(k, form) for k, form in enumerate(forms)],
        "forms": [
            (f"_form_{k}", _filled(form.numbers), [_filled(column) for column in zip(*form.letters, strict=True)])
            for k, form in enumerate(forms)
        ],
        "row": _filled(i for (i, _), _ in drift),
        "column": _filled(j for (_, j), _ in drift),
        "number": _filled(numbers),
        "driven": " ".join(str(i) for i, _ in force),
        "force": " ".join(map(str, forces)),
        "frequency": _filled(frequency),
        "reached": _filled(reached),
        "entries": len(table),
        "slots": found.slots,
        "factors": _columns(found.factors),
        "substitution": _columns(found.substitution),
        "unknowns": _filled(found.unknowns),
        "cores": [
            (at, [_filled(column) for column in (*zip(*core.cells, strict=True), core.sources, core.unknowns)])
            for at, core in zip(found.at, found.cores, strict=True)
        ],
        "dense": DENSE,
        "tolerance": 64 + 16 * max(map(len, rows), default=0),
        "abs2": ABS2.rstrip(),
    }
    return environment.get_template("large.py.j2").render(known)


def _reached(places: Iterable[tuple[int, int]], driven: Sequence[int]) -> list[int]:
    """The modes that the drive feeds, in order."""
    graph = DiGraph((j, i) for i, j in places)
    graph.add_edges_from((-1, i) for i in driven)
    return sorted(descendants(graph, -1)) if driven else []


def entry_forms(entries: Sequence[Expr], at: Mapping[Symbol, int]) -> list[Form]:
    """The forms of the entries; `at` is the number of a letter."""
    forms: dict[str, Form] = {}
    for number, entry in enumerate(entries):
        letters = tuple(_letters(entry))
        names = {letter: f"p_{k}" for k, letter in enumerate(letters)}
        # equal texts are equal functions, whatever the letters are called
        text = output_text(Printer(names), entry)
        form = forms.setdefault(text, Form(entry, names, [], []))
        form.numbers.append(number)
        form.letters.append(tuple(at[letter] for letter in letters))
    return list(forms.values())


def _letters(e: Expr) -> dict[Symbol, None]:
    """The letters of an expression in the order in which they stand."""
    if e.is_Symbol:
        return {e: None}
    found: dict[Symbol, None] = {}
    for part in e.args:
        found |= _letters(part)
    return found


def _function(number: int, form: Form) -> str:
    head = wrapped(f"def _form_{number}(", ["xp", "one", *form.names.values()], "):")
    return f"{head}\n    return {output_text(Printer(form.names), form.example)}"


def _operations(e: Expr) -> int:
    return Program("entry", tuple(_letters(e)), (), (e,)).operations


def _columns(levels: Levels) -> list[str]:
    flat = [number for sizes in levels.levels for number in sizes]
    return [_filled(column) for column in (flat, *levels[1:])]


def _filled(words: Iterable[object]) -> str:
    """Words in lines."""
    return "\n".join(textwrap.wrap(" ".join(map(str, words)), WIDTH, break_long_words=False, break_on_hyphens=False))
