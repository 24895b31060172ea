"""The NumPy module of a network: what the appendix says, as numbers.

    W⟨a⟩ + Q⟨a⟩* + f = 0,   ⟨a⟩(t) = ∫₀ᵗ exp(W s) f ds,   energy = ω⟨a†a⟩

The steady state is the straight-line elimination of the generic matrix with this network's zeros, with the
network's entries; time is scaling and squaring, in real numbers where the links form a tree. The text is complete: it
imports NumPy and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import NamedTuple

from networkx import all_pairs_shortest_path_length, is_directed_acyclic_graph
from sympy import Add, Expr, Matrix, S, Symbol

from derive.evolution import singular_drift
from derive.kernel import SingularMatrix, abs_squared, conjugated
from derive.langevin import Langevin, langevin, second_moment_matrix
from derive.modules.driven import Link, outward_links, phase_free, steady_programs
from derive.modules.large import DENSE, large_module
from derive.modules.sentences import equations_text, sentences
from derive.modules.templates import filled, strings_text, tuple_text
from derive.network import Network, TooManyModes
from derive.program import Program, gradient_program, straight
from derive.program.adjoint import unused
from derive.program.elimination import (
    FEW,
    LARGE,
    Direction,
    Elimination,
    Filling,
    Places,
    System,
    elimination,
    filling,
)
from derive.program.lines import function_source, public_source
from derive.program.points import ABS2, BLOCK, NUMBERS, POINTS, REAL
from derive.program.source import quotable, safe_names, wrapped

# With a norm of at most 1/4, 13 terms beyond the first nonzero one leave 1e-18 of it.
TERMS = 13


def network_module(
    net: Network,
    source: str,
    title: str = "",
    reference: str = "",
    extras: Sequence[Program] = (),
) -> str:
    """The text of a module that imports NumPy only and computes this network's steady state and evolution.

    `source` is the story or file it is from, `reference` a paper's equations. `extras` are closed forms that become
    public functions of the module.

    Raises:
        SingularDrift: if the drift is singular for all parameters, so that there is no steady state.
        TooManyModes: if there is noise or pairing, and the matrices of its second moments would be too large.
    """
    eq = langevin(net)
    try:
        return _text(net, eq, source, title or net.title, reference, extras)
    except SingularMatrix:
        raise singular_drift(eq) from None


def _text(
    net: Network, eq: Langevin, source: str, title: str, reference: str, extras: Sequence[Program]
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
    contents = _contents(net, eq)
    known: dict[str, object] = {
        "title": quotable(title) or f"A network of {len(net.modes)} mode{'s' * (len(net.modes) > 1)}",
        "source": quotable(source),
        "reference": reference,
        "equations": equations_text(eq),
        "n": len(eq.modes),
        "modes": strings_text(eq.modes, "MODES = ("),
        **sentences(contents.names, bool(contents.found.patterns["pairing"]), bool(contents.found.sources)),
        **_signatures(contents.names),
        **_choices(contents),
        **_tables(contents),
        **_elimination_tables(contents),
        **_code(contents, extras),
    }
    known["kernel"] = filled("kernel.py.j2", **known).rstrip("\n")
    return filled("network.py.j2", **known)


def _signatures(names: Mapping[Symbol, str]) -> dict[str, object]:
    """The parameters: how public functions take them, and how they hand them on to those that see arrays of points."""
    letters, real = tuple(names.values()), [name if letter.is_real else "" for letter, name in names.items()]
    known = ", real=_REAL" if any(real) else ""  # a parameter may be called PARAMETERS

    def define(name: str, first: Sequence[str]) -> str:
        return wrapped(f"def {name}(", [*first, *(["*", *letters] if letters else [])], "):")

    def apply(call: str, block: str | None = None, *first: str) -> str:
        more = f", {block}{known}" if block else known
        return wrapped(f"    return _over_points({call}, [", [*first, *letters], f"]{more})")

    return {
        "parameters": strings_text(letters, "PARAMETERS = ("),
        "letters": len(letters),
        "complex_letters": not all(real),
        "real_letters": any(real) and ("_REAL = PARAMETERS" if all(real) else strings_text(real, "_REAL = (")),
        "define": define,
        "apply": apply,
    }


def _choices(contents: _Contents) -> dict[str, object]:
    """Which of its branches the template takes, and how many points it sees at a time."""
    found, steady = contents.found, contents.steady
    straight_line = any(program.name in ("_factors", "_tree_energies") for program in contents.programs)
    return {
        "paired": bool(found.patterns["pairing"]),
        "squeezed": bool(found.patterns["anomalous"]),
        "noisy": bool(found.sources),
        "tree": bool(steady.ends),
        "refined": contents.refined,
        "parted": bool(steady.elimination and steady.elimination.forth),
        "filled_by_parts": bool(steady.filling and steady.filling.parted),
        "filled_by_pairs": bool(steady.filling and min(steady.filling.cells) < -2),
        "block": _points_at_a_time(contents.size, steady),
        "steadily": "_MATRICES" if found.sources else None if straight_line else "_BLOCK",
        "matrices": min(max(2**16 // (contents.size + 1) ** 2, 2**8), 2**11),
        "few": contents.size <= FEW,
        # A megabyte of matrices, which LAPACK still finds in the cache; two where Python's loop fills them.
        "cached": max(2 ** (17 if contents.size <= FEW else 16) // (contents.size * (contents.size + 1)), 1),
    }


def _tables(contents: _Contents) -> dict[str, object]:
    """Sizes, and which entries are where."""
    found, steady = contents.found, contents.steady
    return {
        "size": contents.size,
        "terms": contents.terms,
        "sources": len(found.sources),
        "entries": len(found.entries),
        "forced": len(found.patterns["force"]),
        "nonzero": len(found.patterns["system"]),
        "bound": 2 * (isqrt(contents.size * len(found.patterns["system"])) + 1),
        "conjugated": tuple_text(found.conjugated),
        "links": tuple_text(contents.links) if contents.links else "",
        "rates": tuple_text(tuple(contents.rates.items())),
        "ends": tuple_text(steady.ends),
        "cells": tuple_text(steady.filling.cells) if steady.filling else "",
        "filled_numbers": steady.filling.numbers if steady.filling else 0,
        "losses": tuple_text(steady.elimination.losses) if steady.elimination else "",
        "bounded": _bounded(steady),
        "lossless": steady.lossless,
        "further": bool(steady.elimination and steady.elimination.further),
        **{f"{name}_pattern": tuple_text(places) for name, places in found.patterns.items()},
    }


def _bounded(steady: _Steady) -> bool:
    """Whether losses bound W⁻¹."""
    if steady.elimination:
        return bool(steady.elimination.losses)
    return steady.filling is not None and len(steady.filling.program.outputs) > steady.filling.numbers


def _elimination_tables(contents: _Contents) -> dict[str, object]:
    """What the emitted code knows of its elimination; nothing where LAPACK or a tree's formulas take its place."""
    code = contents.steady.elimination
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


def _code(contents: _Contents, extras: Sequence[Program]) -> dict[str, object]:
    """The straight-line programs, and what stands between them and their user."""
    return {
        "operations": [(program.name.strip("_"), program.operations) for program in (*contents.programs, *extras)],
        "programs": "\n\n".join(function_source(program, "xp") for program in contents.programs).rstrip(),
        "extras": "\n\n\n".join(public_source(program).rstrip() for program in extras),
        "points": POINTS.rstrip(),
        "numbers": NUMBERS.rstrip(),
        "abs2": ABS2.rstrip(),
        "real": REAL.rstrip(),
    }


class _Table:
    """The distinct nonzero entries of matrices, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self.numbers: dict[Expr, int] = {}

    def number(self, entry: Expr) -> int:
        return self.numbers.setdefault(entry, len(self.numbers))

    def places(self, matrix: Matrix) -> Places:
        """(row, column, number) of the nonzero entries of a matrix, row by row."""
        return tuple((i, j, self.number(entry)) for (i, j), entry in sorted(matrix.todok().items()) if entry != 0)


@dataclass(frozen=True)
class _Contents:
    """What the template needs of a network.

    `size` counts the rows of the system, 2n with pairing. `links` and `rates` describe a driven tree (`driven`).
    `terms` are those of the exponential series, and `refined` tells whether the system has loops, so that its
    elimination may need a step of refinement.
    """

    names: Mapping[Symbol, str]
    size: int
    terms: int
    refined: bool
    found: _Numbered
    steady: _Steady
    programs: tuple[Program, ...]
    links: tuple[Link, ...]
    rates: Mapping[int, int]


def _contents(net: Network, eq: Langevin) -> _Contents:
    names = safe_names(net.symbols)
    letters = tuple(names)
    found = _numbered(eq)
    entries, patterns = found.entries, found.patterns
    size = (2 if patterns["pairing"] else 1) * len(eq.modes)
    system = System(letters, entries, patterns["system"], patterns["force"], len(eq.modes), size)
    graph = system.graph
    depth = max((max(lengths.values()) for _, lengths in all_pairs_shortest_path_length(graph)), default=0)
    links: tuple[Link, ...] = ()
    rates: dict[int, int] = {}
    if not patterns["pairing"]:
        links, rates = outward_links(patterns["system"], patterns["force"])
    steady = _steady(net, eq, found, system, links, rates)
    if found.sources or not phase_free(entries, links, rates):
        links, rates = (), {}
    return _Contents(
        names=names,
        size=size,
        terms=-(-(depth + 1 + TERMS) // 4) * 4,
        refined=not is_directed_acyclic_graph(graph),
        found=found,
        steady=steady,
        programs=_programs(eq, letters, found, steady),
        links=links,
        rates=rates,
    )


class _Steady(NamedTuple):
    """How the steady state is computed: by the formulas of a driven tree, by an elimination, or by LAPACK.

    `ends` are the modes of a tree that feed no others, `filling` says what LAPACK's matrices are filled with, and
    `lossless` is the mode, if there is one, that loses nothing by itself where the losses of all others bound W⁻¹.
    """

    programs: tuple[Program, ...]
    ends: tuple[int, ...] = ()
    elimination: Elimination | None = None
    filling: Filling | None = None
    lossless: int | None = None


def _steady(
    net: Network, eq: Langevin, found: _Numbered, system: System, links: Sequence[Link], rates: Mapping[int, int]
) -> _Steady:
    """The first of the three ways that the network allows."""
    tree = () if found.sources else steady_programs(eq, system.letters, system.entries, links, rates)
    if tree:
        return _Steady(tree, tuple(sorted({i for i, *_ in links} - {j for _, j, *_ in links})))
    losses, lossless = ((), None) if eq.paired else _own_losses(net)
    solved = elimination(system, losses, lossless)
    if solved:
        further = straight("_losses", system.letters, solved.further)
        parted = solved.forth or not solved.further
        programs = solved.programs if parted else (further, *solved.programs)
        return _Steady(programs, elimination=solved, lossless=lossless)
    if system.size > FEW and lossless is not None:  # where points are not judged apart
        losses, lossless = (), None
    matrices = filling(system, losses)
    return _Steady((matrices.program,), filling=matrices, lossless=lossless)


def _own_losses(net: Network) -> tuple[tuple[Expr, ...], int | None]:
    """The distinct κ/2 of what modes lose by themselves, and the mode that loses nothing, if these bound W⁻¹.

    They do where −W − W† = diag(κ) + Σ γ u u† over shared reservoirs with γ ≥ 0 for all parameters, where at most one
    mode has no loss of its own, and no shared reservoir brings gain: |W⁻¹| ≤ 2/min κ, and with a mode without loss
    |W⁻¹| ≤ 8 |W|²/(|w|² min κ) in Frobenius's norm, for its column w of W. For |Wx| = s and |x| = 1 leave Σ κ|x|² ≤ 2s
    to the other modes, and it has |w||x| ≤ s + |W − w| √(2s/κ).
    """
    own: dict[str, Expr] = dict.fromkeys(net.names, S.Zero)
    for bath in net.baths:
        if len(bath.legs) == 1:
            (mode,) = bath.legs
            u, v = (Add(*(weight for _, weight in legs)) for legs in (bath.jump, bath.gain))
            own[mode] += bath.rate * (abs_squared(u) - abs_squared(v)) / 2
        elif bath.gain or not bath.rate.is_nonnegative:
            return (), None
    lossless = [k for k, loss in enumerate(own.values()) if loss == 0]
    if len(lossless) > 1:
        return (), None
    return tuple(loss for loss in dict.fromkeys(own.values()) if loss != 0), lossless[0] if lossless else None


def _programs(eq: Langevin, letters: Sequence[Symbol], found: _Numbered, steady: _Steady) -> tuple[Program, ...]:
    """All programs of the module, and the gradients of a tree's energies and of the entries."""
    programs = [
        straight("_equations", letters, found.given),
        *steady.programs,
        straight("_frequencies", letters, eq.frequencies),
    ]
    if found.sources:
        programs.append(straight("_noise", letters, found.sources))
    if steady.ends:
        _, energies = steady.programs
        weights = unused("weight", len(eq.modes), letters, real=True)
        programs.append(gradient_program(energies, "_tree_gradient", weights))
    whole = straight("_sensitivities", letters, (*found.given, *eq.frequencies, *found.sources))
    slopes = unused("slope", len(whole.outputs), letters, complex=True)
    programs.append(gradient_program(whole, "_sensitivities", slopes, values=False))
    return tuple(programs)


def _points_at_a_time(size: int, steady: _Steady) -> int:
    """How many points are computed at a time, such that all intermediate arrays stay in the cache."""
    if steady.filling:
        # Half as many numbers as their matrices have entries: up to eight megabytes a block. An odd number of
        # points: rows of a table that are a power of two apart are in each other's way in the cache.
        return min(max(2**20 // size**2, 2**6), BLOCK) | 1
    arrays = size if steady.ends else len(steady.programs[-3].outputs)
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
        [
            *drift,
            *((i + n, j + n, star[k]) for i, j, k in drift),
            *((i, j + n, k) for i, j, k in pairing),
            *((i + n, j, star[k]) for i, j, k in pairing),
        ]
    )
    patterns = {
        "drift": drift,
        "pairing": pairing,
        "system": tuple(system),
        "force": force + tuple((i + n, 0, star[k]) for i, _, k in force),
        "noise": noise.places(second_moment_matrix(eq.noise, eq.squeezing)),
        "anomalous": (),
    }
    others = tuple(k for k, number in enumerate(star) if number >= len(given))
    return _Numbered(given, tuple(table.numbers), others, tuple(noise.numbers), patterns)
