"""The NumPy module of a network: what the appendix says, as numbers.

    W⟨a⟩ + Q⟨a⟩* + f = 0,   ⟨a⟩(t) = ∫₀ᵗ exp(W s) f ds,   energy = ω⟨a†a⟩

The steady state is the straight-line elimination of the generic matrix with this network's zeros, with the
network's entries; time is scaling and squaring, in real numbers where the links form a tree. The text is complete: it
imports NumPy and nothing else.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import NamedTuple

from networkx import DiGraph, all_pairs_shortest_path_length, is_directed_acyclic_graph
from sympy import Expr, Matrix, Symbol

from derive.evolution import singular_drift
from derive.kernel import SingularMatrix, conjugated
from derive.langevin import Langevin, langevin
from derive.modules.driven import Link, outward_links, phase_free, steady_programs
from derive.modules.large import DENSE, large_module
from derive.modules.templates import filled, strings_text, tuple_text
from derive.network import Network, TooManyModes
from derive.program import Program, gradient_program, straight
from derive.program.adjoint import unused
from derive.program.elimination import LARGE, Direction, Elimination, Filling, Places, elimination, filling
from derive.program.lines import function_source, public_source
from derive.program.points import ABS2, BLOCK, NUMBERS, POINTS, REAL
from derive.program.source import WIDTH, quotable, safe_names, unicode_name, unicode_text, wrapped

# With a norm of at most 1/4, 13 terms beyond the first nonzero one leave 1e-18 of it.
TERMS = 13


def network_module(
    net: Network,
    source: str,
    title: str = "",
    story: str = "",
    reference: str = "",
    extras: Sequence[Program] = (),
) -> str:
    """The text of a module that imports NumPy only and computes this network's steady state and evolution.

    `source` is the story or file it is from, `story` the paragraphs of its docstring, `reference` a paper's
    equations. `extras` are closed forms that become public functions of the module.

    Raises:
        SingularDrift: if the drift is singular for all parameters, so that there is no steady state.
        TooManyModes: if there is noise or pairing, and the matrices of its second moments would be too large.
    """
    eq = langevin(net)
    try:
        return _text(net, eq, source, title or net.title, story, reference, extras)
    except SingularMatrix:
        raise singular_drift(eq) from None


def _text(
    net: Network, eq: Langevin, source: str, title: str, story: str, reference: str, extras: Sequence[Program]
) -> str:
    coherent = all(m.is_zero_matrix for m in (eq.pairing, eq.noise, eq.squeezing))
    if len(eq.modes) > LARGE and coherent and not extras:
        return large_module(net, eq, source, title)
    size = len(eq.modes) * (1 if eq.pairing.is_zero_matrix else 2)
    if size > DENSE and not coherent:
        raise TooManyModes(
            f"A module with noise or pairing must have at most {DENSE} amplitudes (two a mode with pairing), since its "
            f"second moments are dense matrices, but this has {size}; leave noise out, or take a part of the network."
        )
    parts = _parts(net, eq)
    known: dict[str, object] = {
        "title": quotable(title) or f"A network of {len(net.modes)} mode{'s' * (len(net.modes) > 1)}",
        "source": quotable(source),
        "story": story.strip(),
        "reference": reference,
        "equations": equations_text(eq),
        "n": len(eq.modes),
        "modes": strings_text(eq.modes, "MODES = ("),
        **_sentences(parts),
        **_signatures(tuple(parts.names.values()), all(s.is_real for s in parts.names)),
        **_choices(parts),
        **_tables(parts),
        **_elimination_tables(parts),
        **_code(parts, extras),
    }
    known["kernel"] = filled("kernel.py.j2", **known).rstrip("\n")
    return filled("network.py.j2", **known)


def _signatures(letters: Sequence[str], real: bool) -> dict[str, object]:
    """The parameters: how public functions take them, and how they hand them on to those that see arrays of points."""

    def define(name: str, first: Sequence[str]) -> str:
        return wrapped(f"def {name}(", [*first, *(["*", *letters] if letters else [])], "):")

    def apply(call: str, block: str | None = None, *first: str) -> str:
        return wrapped(f"    return _over_points({call}, [", [*first, *letters], f"], {block})" if block else "])")

    return {
        "parameters": strings_text(letters, "PARAMETERS = ("),
        "letters": len(letters),
        "complex_letters": not real,
        "define": define,
        "apply": apply,
    }


def _choices(parts: _Parts) -> dict[str, object]:
    """Which of its branches the template takes, and how many points it sees at a time."""
    noisy = bool(parts.sources)
    straight_line = any(program.name in ("_factors", "_tree_energies") for program in parts.programs)
    return {
        "paired": bool(parts.patterns["pairing"]),
        "squeezed": bool(parts.patterns["anomalous"]),
        "noisy": noisy,
        "tree": bool(parts.ends),
        "refined": parts.refined,
        "parted": bool(parts.elimination and parts.elimination.forth),
        "filled_by_parts": bool(parts.filling and parts.filling.parted),
        "block": parts.block,
        "steadily": "_MATRICES" if noisy else None if straight_line else "_BLOCK",
        "matrices": min(max(2**16 // (parts.size + 1) ** 2, 2**8), 2**11),
        # A megabyte of matrices: what LAPACK copies is still in the second-level cache.
        "cached": max(2**16 // (parts.size * (parts.size + 1)), 1),
    }


def _tables(parts: _Parts) -> dict[str, object]:
    """Sizes, and which entries are where."""
    code = parts.elimination or parts.filling
    return {
        "size": parts.size,
        "terms": parts.terms,
        "sources": parts.sources,
        "entries": parts.entries,
        "forced": len(parts.patterns["force"]),
        "bound": 2 * (isqrt(parts.size * len(parts.patterns["system"])) + 1),
        "conjugated": tuple_text(parts.conjugated),
        "links": tuple_text(parts.links) if parts.links else "",
        "rates": tuple_text(parts.rates),
        "ends": tuple_text(parts.ends),
        "cells": tuple_text(parts.filling.cells) if parts.filling else "",
        "losses": tuple_text(code.losses) if code and code.losses else "",
        **{f"{name}_pattern": tuple_text(places) for name, places in parts.patterns.items()},
    }


def _elimination_tables(parts: _Parts) -> dict[str, object]:
    """What the emitted code knows of its elimination; nothing where LAPACK or a tree's formulas take its place."""
    code = parts.elimination
    if code is None:
        return {"factored": "", "entry_parts": "", "force_parts": "", "forth": {}, "back": {}}
    return {
        "factored": tuple_text(code.factored),
        "entry_parts": tuple_text(code.entries),
        "force_parts": tuple_text(code.force),
        "forth": _direction(code.forth) if code.forth else {},
        "back": _direction(code.back) if code.back else {},
    }


def _direction(direction: Direction) -> dict[str, str]:
    return {name: tuple_text(getattr(direction, name)) for name in ("products", "right", "left")}


def _code(parts: _Parts, extras: Sequence[Program]) -> dict[str, object]:
    """The straight-line programs, and what stands between them and their user."""
    return {
        "operations": [(program.name.strip("_"), program.operations) for program in (*parts.programs, *extras)],
        "programs": "\n\n".join(function_source(program, "xp") for program in parts.programs).rstrip(),
        "extras": "\n\n\n".join(public_source(program).rstrip() for program in extras),
        "points": POINTS.rstrip(),
        "numbers": NUMBERS.rstrip(),
        "abs2": ABS2.rstrip(),
        "real": REAL.rstrip(),
    }


def equations_text(eq: Langevin) -> str:
    """The equations of motion of the amplitudes in Unicode, one paragraph a mode, indented by four spaces."""
    lines = []
    for i, mode in enumerate(eq.modes):
        terms = [
            (entry, f"⟨{unicode_name(eq.modes[j])}⟩{star}")
            for matrix, star in ((eq.drift, ""), (eq.pairing, "*"))
            for j, entry in enumerate(matrix[i, :])
            if entry != 0
        ]
        text = ""
        for entry, moment in [*terms, (eq.force[i], "")]:
            term = unicode_text(entry)
            if entry.is_Add and moment:
                term = f"({term})"
            if entry != 0:
                sign, term = (" - ", term[1:]) if term[0] == "-" else (" + ", term)
                text += sign + f"{term} {moment}".strip()
        text = (
            text.removeprefix(" + ").replace(" - ", "-", 1)
            if text.startswith(" - ")
            else text.removeprefix(" + ")
        )
        lines += textwrap.wrap(
            f"d⟨{unicode_name(mode)}⟩/dt = {text or '0'}",
            WIDTH,
            initial_indent="    ",
            subsequent_indent="        ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _parameter_docs(names: Mapping[Symbol, str]) -> str:
    """What each keyword means, by its assumption."""
    kinds: dict[str, list[str]] = {}
    for symbol, name in names.items():
        kind = "positive" if symbol.is_positive else "real" if symbol.is_real else "complex"
        kinds.setdefault(kind, []).append(name)
    if not kinds:
        return "    The network has no parameters."
    text = "; ".join(
        f"{', '.join(kinds[kind])} {kind}" for kind in ("positive", "real", "complex") if kind in kinds
    )
    return "\n".join(
        textwrap.wrap(
            f"Keywords, numbers or arrays, broadcast together, rates and frequencies in one unit: {text}.",
            WIDTH,
            initial_indent="    ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _sentences(parts: _Parts) -> dict[str, str]:
    """The formulas and the ranges of validity that the docstrings state."""
    paired, noisy = bool(parts.patterns["pairing"]), bool(parts.sources)
    pairing = " + Q⟨a⟩*" if paired else ""
    a = "[[W, Q], [Q*, W*]]" if paired else "W"
    stable = f"The state is reached if all eigenvalues of {a} have negative real parts."
    number = "dN/dt = W* N + N Wᵀ + noise" if not paired else "dN/dt = W* N + N Wᵀ + Q* M + M* Qᵀ + noise"
    pair = "dM/dt = W M + M Wᵀ" + (" + Q N + Nᵀ Qᵀ" if paired else "") + " + squeezing"
    return {
        "equation_of_motion": f"d⟨a⟩/dt = W⟨a⟩{pairing} + f. Rates are energy rates: a loss κ adds −κ/2.",
        "steady_equation": f"W⟨a⟩{pairing} + f = 0.",
        "steady_validity": stable,
        "energy_equation": "E_k = ω_k ⟨a_k†a_k⟩"
        + (" = ω_k (|⟨a_k⟩|² + N_kk)." if noisy else " = ω_k |⟨a_k⟩|²."),
        "evolution_equation": "⟨a⟩(t) = ∫₀ᵗ exp(W s) f ds"
        + (f" with W → {a} and f → (f, f*)." if paired else "."),
        "moment_equation": f"{number} = 0, N_ij = ⟨a_i†a_j⟩ and M_ij = ⟨a_i a_j⟩ centred.",
        "anomalous_equation": f"{pair} = 0, N_ij = ⟨a_i†a_j⟩ and M_ij = ⟨a_i a_j⟩ centred.",
        "moment_validity": stable,
        "parameter_docs": _parameter_docs(parts.names),
        "doubles": "Computed by NumPy in double precision; returned in the arrays' library, precision and device.",
    }


class _Table:
    """The distinct nonzero entries of matrices, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self.numbers: dict[Expr, int] = {}

    def number(self, entry: Expr) -> int:
        return self.numbers.setdefault(entry, len(self.numbers))

    def places(self, matrix: Matrix) -> Places:
        """(row, column, number) of the nonzero entries of a matrix, row by row."""
        return tuple(
            (i, j, self.number(entry)) for (i, j), entry in sorted(matrix.todok().items()) if entry != 0
        )


@dataclass(frozen=True)
class _Parts:
    """What the template needs of a network.

    `patterns` are the places of entries by matrix, `size` the rows of the system, 2n with pairing; `entries` counts
    its distinct entries, and `conjugated` are the numbers of those whose conjugates it has in addition. `links`,
    `rates` and `ends` describe a driven tree (`driven`), `filling` how matrices are filled for LAPACK. `terms` are
    those of the exponential series, `sources` counts the distinct sources of noise, `block` the points at a time, and
    `refined` tells whether the system has loops, so that its elimination may need a step of refinement.
    """

    names: Mapping[Symbol, str]
    size: int
    terms: int
    refined: bool
    patterns: Mapping[str, Places]
    conjugated: tuple[int, ...]
    programs: tuple[Program, ...]
    links: tuple[Link, ...]
    rates: tuple[tuple[int, int], ...]
    ends: tuple[int, ...]
    block: int
    sources: int
    elimination: Elimination | None
    filling: Filling | None
    entries: int


def _parts(net: Network, eq: Langevin) -> _Parts:
    names = safe_names(net.symbols)
    letters = tuple(names)
    n = len(eq.modes)
    found = _numbered(eq)
    given, entries, sources, patterns = found.given, found.entries, found.sources, found.patterns
    size = 2 * n if patterns["pairing"] else n
    graph = DiGraph((j, i) for i, j, _ in patterns["system"] if i != j)
    depth = max((max(lengths.values()) for _, lengths in all_pairs_shortest_path_length(graph)), default=0)
    links: tuple[Link, ...] = ()
    rates: dict[int, int] = {}
    if not patterns["pairing"]:
        links, rates = outward_links(patterns["system"], patterns["force"])
    tree = () if sources else steady_programs(eq, letters, entries, links, rates)
    ends = tuple(sorted({i for i, *_ in links} - {j for _, j, *_ in links})) if tree else ()
    solved = None if tree else elimination(letters, entries, patterns["system"], patterns["force"], n, size, graph)
    steady = tree or (solved.programs if solved else ())
    matrices = None if steady else filling(letters, entries, patterns["system"], patterns["force"], size)
    programs = [
        straight("_equations", letters, given),
        *steady,
        *([matrices.program] if matrices else []),
        straight("_frequencies", letters, eq.frequencies),
    ]
    if sources:
        programs.append(straight("_noise", letters, sources))
    if tree:
        seeds = unused("weight", n, letters, real=True)
        programs.append(gradient_program(programs[2], "_tree_gradient", seeds))
    outputs = (*given, *eq.frequencies, *sources)
    seeds = unused("slope", len(outputs), letters, complex=True)
    whole = straight("_sensitivities", letters, outputs)
    programs.append(gradient_program(whole, "_sensitivities", seeds, values=False))
    if sources or not phase_free(entries, links, rates):
        links, rates = (), {}
    return _Parts(
        names=names,
        size=size,
        terms=-(-(depth + 1 + TERMS) // 4) * 4,
        refined=not is_directed_acyclic_graph(graph),
        patterns=patterns,
        conjugated=found.conjugated,
        programs=tuple(programs),
        links=links,
        rates=tuple(rates.items()),
        ends=ends,
        block=_points_at_a_time(size, bool(tree), steady),
        sources=len(sources),
        elimination=solved,
        filling=matrices,
        entries=len(entries),
    )


def _points_at_a_time(size: int, tree: bool, steady: Sequence[Program]) -> int:
    """So many that what is between stays in the cache: fewer arrays may be longer."""
    if not steady:
        # Every point is a matrix, and those of a block have eight megabytes. An odd number of points: rows of a table
        # that are a power of two apart are in each other's way in the cache.
        return min(max(2**19 // size**2, 2**6), BLOCK) | 1
    arrays = size if tree else len(steady[-3].outputs)
    return 2 * BLOCK if arrays < 16 else BLOCK if arrays < 150 else BLOCK // 2


class _Numbered(NamedTuple):
    """The distinct entries of the equations of motion and where they stand.

    `given` are those of W, Q and f; `entries` in addition their conjugates, where pairing couples ⟨a⟩ to ⟨a⟩*, and
    `conjugated` the numbers of those whose conjugate is another entry. `sources` are those of the noise.
    """

    given: tuple[Expr, ...]
    entries: tuple[Expr, ...]
    conjugated: tuple[int, ...]
    sources: tuple[Expr, ...]
    patterns: Mapping[str, Places]


def _numbered(eq: Langevin) -> _Numbered:
    """The entries of W x + f = 0, or with pairing of [[W, Q], [Q*, W*]] (x, x*) + (f, f*) = 0, and of the noise."""
    n = len(eq.modes)
    table, noise = _Table(), _Table()
    drift, pairing, force = table.places(eq.drift), table.places(eq.pairing), table.places(eq.force)
    given = tuple(table.numbers)
    if not pairing:
        hot, squeezed = noise.places(eq.noise.T), noise.places(eq.squeezing)
        patterns = {
            "drift": drift, "pairing": pairing, "system": drift, "force": force, "noise": hot, "anomalous": squeezed
        }  # fmt: skip
        return _Numbered(given, given, (), tuple(noise.numbers), patterns)
    star = [table.number(conjugated(entry)) for entry in given]
    system = sorted(
        [(i, j, k) for i, j, k in drift]
        + [(i + n, j + n, star[k]) for i, j, k in drift]
        + [(i, j + n, k) for i, j, k in pairing]
        + [(i + n, j, star[k]) for i, j, k in pairing]
    )
    rows = Matrix.hstack(eq.noise.T, eq.squeezing), Matrix.hstack(eq.squeezing.applyfunc(conjugated), eq.noise)
    patterns = {
        "drift": drift,
        "pairing": pairing,
        "system": tuple(system),
        "force": force + tuple((i + n, 0, star[k]) for i, _, k in force),
        "noise": noise.places(Matrix.vstack(*rows)),
        "anomalous": (),
    }
    others = tuple(k for k, number in enumerate(star) if number >= len(given))
    return _Numbered(given, tuple(table.numbers), others, tuple(noise.numbers), patterns)
