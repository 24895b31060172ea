"""The closed forms that the modules of stories offer: energies and optimum couplings as functions of counts."""

from __future__ import annotations

from sympy import Expr

from derive.counts import closed_form
from derive.families import Family
from derive.modules.stable import energy_programs, stable_energy, stable_position
from derive.program import Program, straight
from derive.program.source import unicode_text

BROADCAST = (
    "Numbers or arrays, broadcast together: counts positive integers, rates and drive in one unit of rate, ω in\n"
    "one of energy. Proved for every count."
)


def energies(family: Family, about: str, formula: Expr | str) -> tuple[Program, Program]:
    """The energy of the last battery and its logarithm as functions of the counts; `formula` is for the reader."""
    shown = formula if isinstance(formula, str) else unicode_text(formula)
    doc = f"{about}\n\n    E = {shown}\n\n{BROADCAST}"
    return energy_programs(stable_energy(closed_form(family, "alternating")), doc)


def beyond(
    two_ways: Family, forward: Family, length: str, last: str, formulas: tuple[str, str]
) -> tuple[Program, ...]:
    """Energies of the last battery and along the row, with reciprocal and with one-way links."""
    found: list[Program] = []
    for family, links, name, end, formula in (
        (two_ways, "Reciprocal links", "", length, formulas[0]),
        (forward, "One-way links, J = Γ/2", "one_way_", f"{length} − 1", formulas[1]),
    ):
        state = closed_form(family, "alternating")
        doc = f"{links}: energy of {last}.\n\n    E = {formula}\n\n{BROADCAST}"
        found += energy_programs(stable_energy(state), doc, f"{name}terminal_energy")
        doc = f"{links}: energy of the k-th battery along the row, k = 1, …, {end}.\n\n{BROADCAST}"
        found += energy_programs(stable_position(state), doc, f"{name}battery_energy")
    return tuple(found)


# sinh where N is even, cosh where it is odd
ARMS_BY_PARITY = (
    "ω (ε cosh η/(J (2 sinh η cosh (L + 1)η + M sinh Lη)))² for even L, with sinh and cosh of (L + 1)η and Lη\n"
    "    exchanged for odd L, η = asinh(κ/(4J))"
)
BY_PARITY = "ω (ε cosh η/(J sinh (N + 2)η))² for even N, with cosh (N + 2)η for odd N, η = asinh(κ/(4J))"


def terminal_energy(formula: Expr, about: str) -> Program:
    """An energy that is no solution of a family but a formula in N, such as a bound."""
    return _of_n("terminal_energy", f"{about}\n\n    E = {unicode_text(formula)}", formula)


def optimal_coupling(formula: Expr, about: str) -> Program:
    """The coupling at which the stored energy is largest, as a function of the integer N."""
    return _of_n("optimal_coupling", f"{about}\n\n    {unicode_text(formula)}", formula)


def _of_n(name: str, about: str, formula: Expr) -> Program:
    return straight(name, sorted(formula.free_symbols, key=str), (formula,), doc=f"{about}\n\n{BROADCAST}")


def enhancement(formula: Expr, figure: str) -> Program:
    """ℰ^sq/ℰ of the last of two equal batteries."""
    about = (
        f"Ergotropy of the last of two equal batteries in squeezed reservoirs, over that in a vacuum, {figure}.\n\n"
        f"    {unicode_text(formula)}\n\n"
        "Numbers or arrays, broadcast together; nonreciprocal with θ = π/2 and μ = 1, every reservoir squeezed by r."
    )
    return straight("enhancement", sorted(formula.free_symbols, key=str), (formula,), doc=about)
