"""Emitted functions called with letters without an index: equal parts, and links that are switched off."""

import numpy as np
import pytest
from oracles import executed

from derive.builders import chain
from derive.modules import network_module
from derive.modules.arguments import MissingArgument, uniform


@pytest.fixture(scope="module")
def emitted():
    def module(size):
        net = chain(size, "nonreciprocal", distinct=True)
        return executed(network_module(net, f"chain {size}", title="A chain"))

    return {size: module(size) for size in (2, 4)}


VALUES = {"kappa": 0.3, "Gamma": 0.7, "p": 1, "epsilon": 1, "omega": 2}


def test_a_long_chain_whose_later_links_are_off_is_a_short_one(emitted):
    short, long = emitted[2], emitted[4]
    ours = long["energies"](**uniform(long["PARAMETERS"], VALUES, ("Gamma",), 2))
    theirs = short["energies"](**uniform(short["PARAMETERS"], VALUES))
    assert np.allclose(ours[:3], theirs, rtol=1e-14)
    assert not ours[3:].any()
    assert not np.allclose(long["energies"](**uniform(long["PARAMETERS"], VALUES))[:3], theirs)


def test_a_whole_name_goes_before_its_stem():
    found = uniform(("kappa_a", "kappa_1", "kappa_2"), {"kappa": 1, "kappa_2": 5})
    assert found == {"kappa_a": 1, "kappa_1": 1, "kappa_2": 5}
    assert uniform(("J_1", "J_2"), {"J": 3}, ("J",), 1) == {"J_1": 3, "J_2": 0}
    assert uniform(("J_1", "J_2"), {"J": 3}, ("J",)) == {"J_1": 3, "J_2": 3}


def test_a_parameter_without_a_value_is_named():
    with pytest.raises(MissingArgument, match="'Gamma_1' has none among kappa"):
        uniform(("kappa_1", "Gamma_1"), {"kappa": 1})
