"""The steps of an induction: proved as they are, refuted when what they display or rest on is wrong."""

from dataclasses import replace

import numpy as np
import pytest
from oracles import executed, moments
from scipy.optimize import minimize_scalar
from sympy import Rational, Symbol

from derive import Proved, Refuted, closed_form, families, is_zero
from derive.families import ARMS, BRANCHING, COUNT, DEPTH, LENGTH, build
from derive.modules.stable import energy_programs, stable_energy, stable_position
from derive.program import numpy_source
from derive.stories import growth
from derive.stories.induction import along, determinants, leaves, one_way, rows, stored_by_determinant

NAMES = ("chain", "arms", "comb", "tree", "ladder")
COUNTS = {"chain": {COUNT: 4}, "arms": {ARMS: 3, LENGTH: 3}, "comb": {COUNT: 3}, "tree": {BRANCHING: 2, DEPTH: 3}}
RATES = {"J": 0.7, "kappa": 0.3, "epsilon": 0.2, "omega": 1.5, "Gamma": 0.9}


def state(name, scheme="reciprocal"):
    return closed_form(getattr(families, name)(scheme=scheme))


def wrong_rate(found):
    """The same family's solution with a cell rate that is not that of its drift matrix."""
    row = found.rows[0]
    rec = replace(row.recurrence, rate=row.recurrence.rate * Rational(8, 7))
    return replace(found, rows=(replace(row, recurrence=rec), *found.rows[1:]))


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_those_of_built_networks(name):
    for scheme in ("reciprocal", "nonreciprocal"):
        found = state(name, scheme)
        assert isinstance(is_zero(rows(found, "It obeys", ()).residual), Proved)
        assert isinstance(is_zero(rows(wrong_rate(found), "It obeys", ()).residual), Refuted)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_the_induction_is_proved_and_its_display_is_what_is_held(name):
    found = state(name)
    steps = (*determinants(found), along(found, "So"), stored_by_determinant(found, "E", "It stores"))
    assert [step.label for step in steps] == [
        "recurrence", "closed", "induction", "sum", "pascal", "along", "energy",
    ]  # fmt: skip
    assert all(isinstance(is_zero(step.residual), Proved) for step in steps)
    row = found.rows[0]
    loop = replace(row, recurrence=replace(row.recurrence, loop=row.recurrence.loop * Rational(8, 7)))
    assert isinstance(is_zero(along(replace(found, rows=(loop, *found.rows[1:])), "So").residual), Refuted)


def test_one_way_rows_that_flow_back_are_refuted():
    found = state("chain", "nonreciprocal")
    assert isinstance(is_zero(one_way(found, "So").residual), Proved)
    row = found.rows[0]
    leaky = replace(row, entries=replace(row.entries, back=Symbol("v")))
    assert isinstance(is_zero(one_way(replace(found, rows=(leaky,)), "So").residual), Refuted)
    slow = replace(row, recurrence=replace(row.recurrence, last=row.recurrence.last * Rational(8, 7)))
    assert isinstance(is_zero(leaves(state("star"), "Each obeys", ()).residual), Proved)
    wrong = replace(state("star"), rows=(replace(state("star").rows[0], recurrence=slow.recurrence),))
    assert isinstance(is_zero(leaves(wrong, "Each obeys", ()).residual), Refuted)


def test_a_wrong_bracket_of_an_optimum_is_refuted():
    found = state("arms", "nonreciprocal")
    kappa = Symbol("kappa", positive=True)
    for low, high, verdict in (
        (kappa * (LENGTH - 1) / 4, kappa * (LENGTH + 2) / 4, Proved),
        (kappa * (LENGTH + 1) / 4, kappa * (LENGTH + 2) / 4, Refuted),
        (kappa * (LENGTH - 1) / 4, kappa * LENGTH / 4, Refuted),
    ):
        assert isinstance(is_zero(growth.optimum(found, low, high)[1].residual), verdict)


def emitted(stable, name="terminal_energy"):
    return executed(numpy_source(*energy_programs(stable, "E", name), header="energies"))[name]


def solved(name, scheme, counts, **more):
    """Energies by name from equations of motion assembled entry by entry, solved by LAPACK."""
    net = build(getattr(families, name)(scheme=scheme), counts)
    values = {s: {**RATES, **more}[s.name] for s in net.symbols}
    eq = moments(net, values)
    return dict(zip(net.names, RATES["omega"] * abs(np.linalg.solve(eq.drift, -eq.force)) ** 2, strict=True))


@pytest.mark.parametrize("name", COUNTS)
def test_emitted_energies_along_a_row_are_those_of_the_network(name):
    found = closed_form(getattr(families, name)(), "alternating")
    function = emitted(stable_position(found), "battery_energy")
    counts = {s.name: n for s, n in COUNTS[name].items()}
    true = solved(name, "reciprocal", COUNTS[name])
    first = {"chain": "b_{k}", "comb": "b_{k}", "arms": "b_1_{k}", "tree": "b{ones}"}[name]
    for k in range(1, counts.get("N", counts.get("L", counts.get("d"))) + 1):
        energy = function(k=k, **counts, **{x: RATES[x] for x in ("J", "kappa", "epsilon", "omega")})
        assert float(energy) == pytest.approx(true[first.format(k=k, ones="_1" * k)], rel=1e-12)


def test_a_one_way_row_along_which_energies_rise_is_refuted():
    found = state("arms", "nonreciprocal")
    row = found.rows[0]
    slow = replace(row, recurrence=replace(row.recurrence, rate=row.recurrence.rate / 4))
    for held, verdict in ((row, Proved), (slow, Refuted)):
        assert isinstance(is_zero(growth.worst(replace(found, rows=(held,)))[0].residual), verdict)


@pytest.mark.parametrize(
    ("name", "counts", "low", "high"),
    [
        ("arms", {ARMS: 3, LENGTH: 4}, 3 / 4, 6 / 4),
        ("comb", {COUNT: 3}, 4 / 6, 7 / 6),
        ("tree", {BRANCHING: 3, DEPTH: 2}, 1 / 8, 6 / 8),
    ],
)
def test_the_optimum_of_one_way_links_lies_where_it_is_proved_to(name, counts, low, high):
    last = {"arms": "b_1_4", "comb": "c_3", "tree": "b_1_1"}[name]

    function = emitted(stable_energy(state(name, "nonreciprocal")))
    given = {s.name: n for s, n in counts.items()} | {"kappa": 1.0, "epsilon": 0.2, "omega": 1.5}

    def energy(coupling):
        return float(function(Gamma=2 * coupling, **given))

    best = minimize_scalar(lambda x: -np.log(energy(x)), bounds=(1e-3, 10), method="bounded").x
    assert low <= best <= high
    true = solved(name, "nonreciprocal", counts, kappa=1.0, Gamma=2 * best)[last]
    assert energy(best) == pytest.approx(true, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "counts", "best"),
    [
        ("arms", {ARMS: 2, LENGTH: 6}, (2 * 4 + np.sqrt(2) * np.sqrt(36 * 2 - 48 + 48 + 8 - 8)) / 16),
        ("comb", {COUNT: 1}, 0.5),
        ("comb", {COUNT: 3}, (5 + np.sqrt(36 + 60 + 1)) / 24),
        ("tree", {BRANCHING: 2, DEPTH: 2}, 0.5),
    ],
)
def test_the_worst_battery_of_one_way_links_stores_most_where_it_is_said_to(name, counts, best):
    """The end leaks into one reservoir only, so that for Γ > κ the battery before it is the worst."""

    def worst(coupling):
        energies = solved(name, "nonreciprocal", counts, kappa=1.0, Gamma=2 * coupling)
        return min(energy for battery, energy in energies.items() if battery != "a")

    there = worst(best)
    assert all(worst(best * factor) <= there for factor in (0.5, 0.9, 0.97, 0.99, 1.01, 1.03, 1.1, 2))


@pytest.mark.parametrize("name", ["chain", "comb", "arms"])
def test_emitted_energies_along_a_one_way_row_are_those_of_the_network(name):
    function = emitted(stable_position(state(name, "nonreciprocal")), "battery_energy")
    counts = {s.name: n for s, n in COUNTS[name].items()}
    true = solved(name, "nonreciprocal", COUNTS[name])
    first = "b_1_{k}" if name == "arms" else "b_{k}"
    given = {x: RATES[x] for x in ("Gamma", "kappa", "epsilon", "omega")} | ({"M": 3} if name == "arms" else {})
    for k in range(1, counts.get("N", counts.get("L"))):
        assert float(function(k=k, **given)) == pytest.approx(true[first.format(k=k)], rel=1e-12)


def test_arms_of_even_length_saturate():
    given = {"kappa": 0.3, "epsilon": 0.2, "omega": 1.5}
    function = emitted(stable_energy(closed_form(families.arms(), "alternating")))
    limit = 16 * 1.5 * 0.2**2 / (0.3 * (3 * 4 + 2)) ** 2
    rising = [float(function(M=3, L=4, J=j, **given)) for j in (0.1, 1, 10, 1e4)]
    assert rising == sorted(rising)
    assert rising[-1] == pytest.approx(limit, rel=1e-6)
    assert float(function(M=3, L=5, J=1e4, **given)) < 1e-6 * limit
