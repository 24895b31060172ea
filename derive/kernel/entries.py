"""Generic entries: a linear system over Z[generators], and the way back to expressions.

Every entry is a rational number times 1 or i times a core, and every core (with its i) is one generator, so
that J and −J share a generator and a uniform network collapses by itself. Rows are scaled to integer
coefficients. What the core is made of is put back at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from math import gcd, lcm
from typing import NamedTuple

from flint import fmpz_mpoly, fmpz_mpoly_ctx
from sympy import Add, Expr, I, Integer, Mul, Rational
from sympy.core.basic import Basic

Monomials = tuple[tuple[int, tuple[int, ...]], ...]
Part = tuple[Rational, int, Expr]
ONE = Integer(1)


class Generator(NamedTuple):
    """A ring generator: `core`, or i times `core`. The imaginary unit itself has core 1."""

    core: Expr
    imaginary: bool


class Generic(NamedTuple):
    """A x = b with integer combinations of monomials in `generators` as entries; column n of `rows` is b.

    `uses` counts the entries that each generator stands in.
    """

    generators: tuple[Generator, ...]
    rows: tuple[Mapping[int, Monomials], ...]
    uses: tuple[int, ...]

    @property
    def unit(self) -> int | None:
        """The number of the generator that is i itself, if there is one."""
        for number, generator in enumerate(self.generators):
            if generator.core is ONE:
                return number
        return None


def parts(entry: Expr) -> tuple[Part, ...]:
    """The entry as a sum of rational · i^phase · core; one summand, or two for a complex number."""
    if isinstance(entry, Rational):
        return ((entry, 0, ONE),)
    if isinstance(entry, Add):
        summands = [part for term in entry.args for part in (parts(term) if not term.free_symbols else ())]
        if len(summands) == len(entry.args) and all(core is ONE for _, _, core in summands):
            return tuple(summands)
        content, core = entry.primitive()
        phase = 0
        if all(I in Mul.make_args(term) for term in core.args):
            core, phase = Add(*(-I * term for term in core.args)), 1
    else:
        content, rest = entry.as_coeff_Mul(rational=True)
        factors = Mul.make_args(rest)
        phase = int(I in factors)
        core = Mul(*(factor for factor in factors if factor != I)) if phase else rest
    if core.could_extract_minus_sign():
        content, core = -content, -core
    return ((content, phase, core),)


def generic(rows: Sequence[Mapping[int, Expr]]) -> Generic:
    """The system with one generator for each core, which includes i if the core never comes without it."""
    known: dict[Expr, tuple[Part, ...]] = {}
    for row in rows:
        for entry in row.values():
            if entry not in known:
                known[entry] = parts(entry)
    phases: dict[Expr, set[int]] = {}
    for summands in known.values():
        for _, phase, core in summands:
            phases.setdefault(core, set()).add(phase)
    cores = sorted((core for core in phases if core is not ONE), key=cmp_to_key(Basic.compare))
    generators = [Generator(core, False) for core in cores if 0 in phases[core]]
    generators += [Generator(core, True) for core in cores if 0 not in phases[core]]
    if any(len(found) > 1 for found in phases.values()) or 1 in phases.get(ONE, ()):
        generators.append(Generator(ONE, True))
    number = {generator: k for k, generator in enumerate(generators)}
    unit = Generator(ONE, True)

    def monomial(phase: int, core: Expr) -> tuple[int, ...]:
        if phase and (opaque := Generator(core, True)) in number:
            return (number[opaque],)
        start = (number[unit],) if phase else ()
        return start if core is ONE else (*start, number[Generator(core, False)])

    uses = [0] * len(generators)
    scaled: list[dict[int, Monomials]] = []
    for row in rows:
        ratios = [ratio for entry in row.values() for ratio, _, _ in known[entry]]
        common = lcm(*(int(r.q) for r in ratios))
        common_numerator = gcd(*(int(r.p) * (common // int(r.q)) for r in ratios)) or 1
        scaled.append({})
        for column, entry in row.items():
            terms = []
            for ratio, phase, core in known[entry]:
                found = monomial(phase, core)
                terms.append((int(ratio.p) * (common // int(ratio.q)) // common_numerator, found))
                for k in found:
                    uses[k] += 1
            scaled[-1][column] = tuple(terms)
    return Generic(tuple(generators), tuple(scaled), tuple(uses))


def ring(system: Generic) -> tuple[fmpz_mpoly_ctx, tuple[dict[int, fmpz_mpoly], ...]]:
    """The polynomial ring of a system and its rows in it."""
    context = fmpz_mpoly_ctx.get([f"g{k}" for k in range(len(system.generators))], "lex")
    gens = context.gens()

    def polynomial(terms: Monomials) -> fmpz_mpoly:
        total = context.constant(0)
        for coefficient, found in terms:
            term = context.constant(coefficient)
            for k in found:
                term = term * gens[k]
            total = total + term
        return total

    return context, tuple({c: polynomial(terms) for c, terms in row.items()} for row in system.rows)
