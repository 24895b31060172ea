"""A slip of the pen in a displayed formula is refuted by the residual of its step.

The source is run with one displayed formula changed and nothing else: a residual that does not contain what is
displayed would vanish all the same.
"""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from sympy import zeros

from derive import Refuted, closed_form, families, is_zero, langevin
from derive.builders import chain, mediated_chain, positive, star

BATHS = tuple(replace(bath, thermal=positive("n"), squeezing=positive("m")) for bath in chain(1).baths)
SQUEEZED = replace(chain(1), baths=BATHS)
LINKED = chain(2, distinct=True)
WARM = replace(LINKED, baths=(replace(LINKED.baths[0], thermal=positive("n")), *LINKED.baths[1:]))


def solved(name, scheme="reciprocal"):
    return closed_form(getattr(families, name)(scheme=scheme))


# The module, the formula in its source, what is put in its place, the steps to make, and the label of the one it is in.
SLIPS = {
    "force in the equations of motion": (
        "appendix", "            eq.force[i],", "            2 * eq.force[i],",
        lambda m: m.motion(chain(1), m.langevin(chain(1))), "motion",
    ),
    "effective drift": (
        "appendix", "drift = langevin(reduced)", "drift = 2 * langevin(reduced)",
        lambda m: m.following(mediated_chain(1), ("c_1",)), "effective-drift",
    ),
    "squeezing in a master equation": (
        "appendix", 'Dissipator(q_dagger, "L\'")', "Dissipator(q_dagger)", lambda m: m.microscopic(SQUEEZED), "master",
    ),
    "denominators of second moments": (
        "resting", "    signs = {sign * sum_: sign", "    signs = {sign * sum_: 2 * sign",
        lambda m: m.resting(langevin(WARM), WARM.names, zeros(1)), "moments",
    ),
    "drive in the rows": (
        "induction", "v * first, -I", "v * first, I", lambda m: [m.rows(solved("chain"), "So", ())], "rows",
    ),
    "force on a cell": (
        "induction", "after, Integer(0)", "after, Integer(1)", lambda m: [m.rows(solved("chain"), "So", ())], "rows",
    ),
    "drive of a star": (
        "induction", "v * leaf, -I", "v * leaf, I", lambda m: [m.leaves(solved("star"), "So", ())], "rows",
    ),
    "determinant of one cell": (
        "induction", ", rec.last\n", ", 2 * rec.last\n", lambda m: [m.recurrence(solved("chain"), "So")], "recurrence",
    ),
    "charger's amplitude": (
        "induction", "charged = force *", "charged = 2 * force *", lambda m: [m.along(solved("chain"), "So")], "along",
    ),
    "charger's energy before the links": (
        "cascades", 'energy = any_4("n", N)', 'energy = 2 * any_4("n", N)', lambda m: [m.every_link_different()],
        "different",
    ),
    "sign of the sum in time": (
        "cascades", "shown = any_3(-1)", "shown = any_3(1)", lambda m: [m.in_time_along_the_chain()],
        "different-in-time",
    ),
    "charger's rate with every branch": (
        "cascades", "rate = loss_rate(0)", "rate = 2 * loss_rate(0)", lambda m: [m.every_branch_different()],
        "different",
    ),
    "loss in an angle": (
        "cascades", "4 * J * sinh(ETA)", "2 * J * sinh(ETA)", lambda m: m.odd_and_even(solved("chain")), "angle",
    ),
    "isolating coupling": (
        "cascades", "strength=Rational(1, 2)", "strength=Rational(1, 3)", lambda m: m.parallel().steps, "isolation",
    ),
    "thermal ergotropy": (
        "fluctuations", "shown_passive = OMEGA", "shown_passive = 2 * OMEGA", lambda m: m.limits(star), "thermal",
    ),
    "one temperature": (
        "fluctuations", "(value * eye", "(2 * value * eye",
        lambda m: m.fluctuating(m.reservoirs(chain(1, "nonreciprocal"))), "balance",
    ),
    "dictionary": (
        "triangles", "GAMMA_LIU: 2 *", "GAMMA_LIU: 3 *", lambda m: m.parallel().steps, "dictionary",
    ),
    "isolation": (
        "mediators", "strength, remaining = found.strength", "strength, remaining = found.amplitude",
        lambda m: m.isolating(m.mediated_chain(1), "a", "b_1", "c_1"), "isolation",
    ),
    "leak": (
        "mediators", "*gone).leading", "*gone).ratio", lambda m: m.isolating(m.mediated_chain(1), "a", "b_1", "c_1"),
        "leakage",
    ),
    "leaves of a tree": (
        "growth", "BRANCHING**DEPTH\n", "BRANCHING ** (DEPTH + 1)\n", lambda m: [m.tree_as_chain(solved("tree"))],
        "scaling",
    ),
    "length of a spin": (
        "superradiance", "CHARGER * (CHARGER + 2) / 4", "CHARGER * (CHARGER + 1) / 4",
        lambda m: [m.length(m.closed_moments(m.spin_star(), 2, {"B": m.COPIES}))], "length",
    ),
    "rate of a pulse": (
        "superradiance", "factored(pulse_rate())", "2 * factored(pulse_rate())", lambda m: m.pulse(), "growth",
    ),
    "drift of a plateau": (
        "superradiance", "-factored(drift_rate())", "factored(drift_rate())", lambda m: [m.later()], "drift",
    ),
    "worst battery of every graph": (
        "matching", "LARGEST_WORST = OMEGA", "LARGEST_WORST = 2 * OMEGA", lambda m: m.any_number(), "every-graph",
    ),
    "rate of a one-way link": ("matching", "(2 * j_1 *", "(3 * j_1 *", lambda m: m.reached(), "one-way"),
    "weight of a one-way link": ("matching", ", R_A / R_1,", ", R_1 / R_A,", lambda m: m.reached(), "one-way"),
    "concurrence": (
        "tradeoffs", "double_area = 2 *", "double_area = 3 *", lambda m: m.every_pure_state(), "capacity",
    ),
    "Rabi frequency": (
        "pairs", "rabi = OMEGA_B - OMEGA_C, sqrt", "rabi = OMEGA_B - OMEGA_C, 2 * sqrt",
        lambda m: m.evolution(), "block",
    ),
    "charging power": ("pairs", "charging = 2 *", "charging = 3 *", lambda m: m.on_the_way(), "power"),
    "texture": ("pairs", "(4 * TEXTURE**2", "(2 * TEXTURE**2", lambda m: m.on_the_way(), "texture"),
    "fallen population": (
        "pairs", "fallen, excited = 1", "fallen, excited = 2", lambda m: m.with_relaxation(), "relaxation",
    ),
    "energy at the best coupling": (
        "directed", "largest = maximum(phased, J), ω", "largest = maximum(phased, J), 2 * ω",
        lambda m: m.best_coupling(), "coupling",
    ),
    "best rate": ("directed", "Γ), sqrt(κ_a * κ_b)", "Γ), 2 * sqrt(κ_a * κ_b)", lambda m: m.best_rate(), "rate"),
}  # fmt: skip


def slipped(name, right, wrong):
    """A module with a formula in its source changed."""
    module = import_module(f"derive.{name}" if name in ("appendix", "resting") else f"derive.stories.{name}")
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert source.count(right) == 1
    space = ModuleType(module.__name__)
    exec(compile(source.replace(right, wrong), module.__file__, "exec"), space.__dict__)  # noqa: S102
    return space


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_what_is_displayed_is_refuted(slip):
    name, right, wrong, steps, label = SLIPS[slip]
    residuals = [step.residual for step in steps(slipped(name, right, wrong)) if step.label == label]
    assert [type(is_zero(residual)) for residual in residuals] == [Refuted]
