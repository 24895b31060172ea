"""The steady state as lines of text, in the language of network files.

    <a> = …,   E(a) = …

A short one is written out, with numbers where a network has no letters; a long one is a program, whose lines use those
above them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sympy import Expr, Symbol

from derive.errors import DeriveError
from derive.evolution import in_numbers, rational, steady_state
from derive.expression import mistakable, print_expressions
from derive.gaussian import GaussianState
from derive.kernel import canonical, shorter
from derive.langevin import Langevin, langevin
from derive.language import NetfileError
from derive.network import Network
from derive.stability import caution

WRITTEN_OUT = 200  # terms of a steady state as text; longer ones are given as a program
DEFINITIONS = 10_000  # lines of that program: hot baths on a chain of 20 modes take 6433, in a few seconds
ENTRIES = 1000  # of the drift; elimination alone takes seconds beyond
NUMBER = 400  # signs of a number of which a shorter form is looked for, in tenths of a second


def listing(net: Network, modes: Sequence[str]) -> list[str]:
    """Amplitudes and energies of some modes, a line each, below what is to be said of them.

    Raises:
        DeriveError: if the program is too long to be read.
    """
    eq = langevin(net)
    entries = len(eq.drift.todok()) + len(eq.pairing.todok())
    if entries > ENTRIES:
        raise _unreadable(f"a drift matrix of at most {ENTRIES} entries", str(entries))
    numbers = _written(eq, modes, WRITTEN_OUT, known=True) if rational(eq) else None
    written = numbers or _written(eq, modes, WRITTEN_OUT) or _written(eq, modes, 0)
    if written is None:
        raise _unreadable("expressions that a network file can hold", "others")
    return [f"# {text}" for text in (mistakable(net.expressions), caution(net, eq)) if text] + written


def _unreadable(must: str, given: str) -> DeriveError:
    return DeriveError(
        f"What is solved as text must have {must}, but this has {given}; write it with --numpy FILE."
    )


def _written(eq: Langevin, modes: Sequence[str], limit: int, known: bool = False) -> list[str] | None:
    """The lines of the steady state, as a program above `limit` terms, or numbers; None if one is too long."""
    if not eq.paired:  # energies need ⟨a†a⟩ alone, which does not know of ⟨aa⟩
        eq = replace(eq, squeezing=type(eq.squeezing).zeros(*eq.squeezing.shape))
    state = steady_state(eq, limit)
    state = in_numbers(state) if known else replace(state, mean=type(state.mean)(*state.mean.shape, _brief(state.mean)))
    wanted = [(f"<{name}>", state.amplitude(name)) for name in modes]
    wanted += [(f"E({name})", state.energy(name)) for name in modes]
    if known:
        wanted = [(name, canonical(value)) for name, value in wanted]
    elif not state.where:
        wanted = list(zip([name for name, _ in wanted], _brief([value for _, value in wanted]), strict=True))
    needed = _needed(state, [value for _, value in wanted])
    if len(needed) > DEFINITIONS:
        raise _unreadable(f"a solution of at most {DEFINITIONS} lines", str(len(needed)))
    note = state.note if limit else "Written out, no network file could hold this; each line uses those above it."
    lines = [f"# {note}"] if note and needed else []
    try:
        named = [*((symbol.name, value) for symbol, value in needed), *wanted]
        texts = print_expressions(value for _, value in named)
        return lines + [f"{name} = {text}" for (name, _), text in zip(named, texts, strict=True)]
    except NetfileError:
        return None


def _brief(values: Iterable[Expr]) -> list[Expr]:
    """The shorter form of values; a number has no denominators where that is shorter, as 3/1552 for 9/|…|²."""
    found = list(values)
    lettered = iter(shorter([e for e in found if e.free_symbols]))
    return [next(lettered) if e.free_symbols else _plain(e) for e in found]


def _plain(number: Expr) -> Expr:
    return number if len(str(number)) > NUMBER else min(number, canonical(number), key=lambda e: len(str(e)))


def _needed(state: GaussianState, values: Sequence[Expr]) -> list[tuple[Symbol, Expr]]:
    """The definitions that `values` depend on, in order."""
    letters: set[Symbol] = set().union(*(value.free_symbols for value in values))
    found = []
    for symbol, value in reversed(state.where):
        if symbol in letters:
            found.append((symbol, value))
            letters |= value.free_symbols
    return found[::-1]
