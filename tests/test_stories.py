"""The emitted modules know every number of batteries, by formulas in N and by networks with links switched off."""

from importlib import import_module

import numpy as np
import pytest
from oracles import moments
from sympy import sqrt

from derive.builders import aharonov_bohm_chain, aharonov_bohm_star, chain, star

LIU = {"Gamma": 0.7, "J": 0.4, "kappa": 0.3, "epsilon": 0.2, "omega": 1.5}
RATES = {**LIU, "g_b": 0.35, "gamma": 0.2, "xi": 0.6}
BALANCED = float(sqrt(RATES["g_b"] * RATES["Gamma"] / 2))


def stored(net, battery, **more):
    """E of a battery, from equations of motion assembled entry by entry and solved by LAPACK."""
    given = {**RATES, "g_1": BALANCED, "g_2": BALANCED, **more}
    eq = moments(net, {s: given["theta" if s.name.startswith("theta") else s.name] for s in net.symbols})
    return RATES["omega"] * abs(np.linalg.solve(eq.drift, -eq.force)[net.names.index(f"b_{battery}")]) ** 2


FAMILIES = {
    "cascaded": (lambda n: chain(n, "nonreciprocal"), ("Gamma", "kappa", "epsilon", "omega")),
    "parallel": (lambda n: star(n, "nonreciprocal"), ("Gamma", "kappa", "epsilon", "omega")),
    "reciprocal_star": (star, ("J", "kappa", "epsilon", "omega")),
    "triangles_cascaded": (aharonov_bohm_chain, ("g_b", "gamma", "xi", "omega")),
    "triangles_parallel": (aharonov_bohm_star, ("g_b", "gamma", "xi", "omega")),
}


@pytest.mark.parametrize("key", FAMILIES)
@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_energy_as_a_function_of_n_is_that_of_the_network_lossy_modes_and_all(key, n):
    family, letters = FAMILIES[key]
    formula = import_module(f"generated.{key}").terminal_energy
    values = {letter: RATES[letter] for letter in letters}
    true = stored(family(n), n, theta=-np.pi / 2)
    assert formula(N=n, **values) == pytest.approx(true, rel=1e-12)
    assert formula(N=n + 1, **values) != pytest.approx(true, rel=1e-2)


def test_energy_of_triangles_holds_at_isolation_only():
    formula = import_module("generated.triangles_cascaded").terminal_energy
    energy = formula(N=3, **{letter: RATES[letter] for letter in ("g_b", "gamma", "xi", "omega")})
    net = aharonov_bohm_chain(3)
    assert stored(net, 3, theta=-np.pi / 2) == pytest.approx(energy, rel=1e-12)
    assert stored(net, 3, theta=-np.pi / 2, g_1=1.1 * BALANCED) != pytest.approx(energy, rel=1e-2)
    assert stored(net, 3, theta=-1.4) != pytest.approx(energy, rel=1e-3)


LONG = {
    "cascaded": (lambda n: chain(n, "nonreciprocal"), ("Gamma",), 6),
    "parallel": (lambda n: star(n, "nonreciprocal"), ("Gamma",), 6),
    "reciprocal_chain": (chain, ("J",), 12),
    "reciprocal_star": (star, ("J",), 6),
    "triangles_cascaded": (aharonov_bohm_chain, ("g_b", "g_1", "g_2"), 4),
    "triangles_parallel": (aharonov_bohm_star, ("g_b", "g_1", "g_2"), 4),
}


@pytest.mark.parametrize("key", LONG)
def test_a_long_network_with_its_later_links_switched_off_is_the_short_one(key):
    family, links, longest = LONG[key]
    module, given = import_module(f"generated.{key}"), {**RATES, "g_1": 0.5, "g_2": 0.4, "theta": 0.3, "p": 1}
    for n in range(1, longest + 1):
        values = {}
        for name in module.PARAMETERS:
            stem, _, index = name.rpartition("_")
            off = stem in links and index.isdigit() and int(index) > n
            values[name] = 0 if off else given[name] if name in given else given[stem]
        energies = dict(zip(module.MODES, module.energies(**values), strict=True))
        true = stored(family(n), n, g_1=0.5, g_2=0.4, theta=0.3)
        assert energies[f"b_{n}"] == pytest.approx(true, rel=1e-12)
        assert all(energies[f"b_{k}"] == 0 for k in range(n + 1, longest + 1))


@pytest.mark.parametrize("batteries", [1, 2, 5, 12])
def test_each_paper_is_the_other_in_its_own_letters(batteries):
    common = {"N": batteries, "omega": 1.5}
    for topology in ("cascaded", "parallel"):
        liu = import_module(f"generated.{topology}").terminal_energy
        zhao = import_module(f"generated.triangles_{topology}").terminal_energy
        energy = liu(Gamma=0.7, kappa=0.3, epsilon=0.2, **common)
        assert zhao(g_b=0.35, gamma=0.3, xi=0.2, **common) == pytest.approx(energy, rel=1e-13)
        assert zhao(g_b=0.1, gamma=0.3, xi=0.2, **common) != pytest.approx(energy, rel=1e-2)
