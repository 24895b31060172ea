"""The NumPy module of spins: the closed moment equations as a right-hand side and its Jacobian for stiff solvers.

    y_w = ⟨w⟩/Π N,   dy/dt = rates(t, y),   ∂(dy/dt)/∂y = jacobian(t, y)

Moments are divided by the numbers of spins of their letters, so that all are of order one however large the ensembles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from types import MappingProxyType

from sympy import Expr, Mul, Rational, Symbol, diff

from derive.kernel import factored
from derive.modules.templates import filled, strings_text
from derive.network import Spins
from derive.program import Program, straight
from derive.program.lines import function_source, points_text, public_source
from derive.program.source import paragraph, quotable, safe_names, unicode_text
from derive.spins.algebra import HEIGHT, LOWER, RAISE, Word
from derive.spins.cumulants import Moments, initial_values, numbered

SIGNS = MappingProxyType({RAISE: "⁺", HEIGHT: "ᶻ", LOWER: "⁻"})


def spin_module(
    moments: Moments, source: str, title: str, reference: str = "", extras: Sequence[Program] = ()
) -> str:
    """The text of a module that imports NumPy only and gives SciPy's solvers these moment equations.

    `source` is the story it is from, `reference` a paper's equations; `extras` are closed forms that become public
    functions. The module offers PARAMETERS, NODES, MOMENTS, `rates`, `jacobian`, `initial` and `energies`.
    """
    rates, y = scaled_rates(moments)
    counts = set().union(*(count.free_symbols for _, count in moments.copies))
    used = set().union(*(rate.free_symbols for rate in rates))
    parameters = tuple(sorted({*moments.net.symbols, *counts} & used - set(y), key=attrgetter("name")))
    numbers = tuple(sorted(set().union(*(s.number.free_symbols for s in moments.net.spins)), key=attrgetter("name")))
    names = safe_names(sorted({*parameters, *numbers}, key=attrgetter("name")))
    programs = [
        _named(straight("_rates", (*y, *parameters), rates), "d"),
        _named(straight("_jacobian", (*y, *parameters), [diff(rate, x) for rate in rates for x in y]), "j"),
    ]
    excited = {node.name: Symbol(f"excited_{node.name}", nonnegative=True) for node in moments.net.modes}
    values = initial_values(moments, excited)
    start = [_per_spin(moments, word, x) for word, x in zip(moments.words, values, strict=True)]
    programs.append(straight("_initial", (*excited.values(), *numbers), start))
    shown = {symbol: Symbol(f"⟨{_plain(word)}⟩") for symbol, word in zip(moments.symbols, moments.words, strict=True)}
    heights = [moments.words.index(_height(moments, node)) for node in moments.net.spins]
    return filled(
        "spins.py.j2",
        title=quotable(title),
        source=quotable(source),
        reference=reference,
        order=moments.order,
        equations=[
            paragraph(f"d⟨{_plain(word)}⟩/dt = {unicode_text(factored(rate.xreplace(shown)))}", later="        ")
            for word, rate in zip(moments.words, moments.rates, strict=True)
        ],
        parameters=strings_text(names.values(), "PARAMETERS = ("),
        nodes=strings_text((node.name for node in moments.net.spins), "NODES = ("),
        moments=strings_text(map(_plain, moments.words), "MOMENTS = ("),
        rate_letters=[names[s] for s in parameters],
        number_letters=[names[s] for s in numbers],
        excited=[x.name for x in excited.values()],
        heights=heights,
        size=len(moments.words),
        programs="\n\n".join(function_source(program) for program in programs).rstrip(),
        extras=[public_source(program).rstrip() for program in extras],
        operations=[(program.name.strip("_"), program.operations) for program in (*programs, *extras)],
        points=points_text(extras).rstrip() if extras else "",
    )


def scaled_rates(moments: Moments) -> tuple[tuple[Expr, ...], tuple[Symbol, ...]]:
    """dy/dt of y_w = ⟨w⟩/Π N, and the letters y_0, y_1, …."""
    y = tuple(Symbol(f"y_{k}", real=True) for k in range(len(moments.words)))
    table = {
        symbol: letter / _per_spin(moments, word, Rational(1))
        for symbol, word, letter in zip(moments.symbols, moments.words, y, strict=True)
    }
    rates = (
        factored(_per_spin(moments, word, rate.xreplace(table)))
        for word, rate in zip(moments.words, moments.rates, strict=True)
    )
    return tuple(rates), y


def _named(program: Program, prefix: str) -> Program:
    """The same program with its long outputs on lines of their own."""
    long = {e: Symbol(f"{prefix}{k}") for k, e in enumerate(program.outputs) if e.is_Add and len(e.args) > 2}
    body = (*program.body, *((symbol, e) for e, symbol in long.items()))
    return replace(program, body=body, outputs=tuple(long.get(e, e) for e in program.outputs))


def _per_spin(moments: Moments, word: Word, value: Expr) -> Expr:
    """Over the numbers of spins of a word's letters."""
    number = {node.name: node.number for node in moments.net.spins}
    sizes = [number.get(node, number.get(numbered(node)[0], Rational(1))) for node, _ in word]
    return value / Mul(*sizes)


def _height(moments: Moments, node: Spins) -> Word:
    copied = node.name in dict(moments.copies)
    return ((f"{node.name}_1" if copied else node.name, HEIGHT),)


def _plain(word: Word) -> str:
    """J⁺(C)J⁻(B1) of a word, for docstrings."""
    return "".join(f"J{SIGNS[sign]}({node})" for node, sign in word)
