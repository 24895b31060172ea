"""Emitted functions of the counts against the recurrence run at 50 digits, from weak to strong coupling."""

import mpmath
import numpy as np
import pytest
from oracles import executed

from derive import Proved, Refuted, closed_form, families, is_zero
from derive.modules.stable import Stable, energy_programs, stable_energy, stable_energy_residual
from derive.program import numpy_source
from derive.recurrence import FormError

NAMES = ("chain", "star", "arms", "comb", "tree")
KEYS = [(name, scheme) for name in NAMES for scheme in ("reciprocal", "nonreciprocal")]
every_family = pytest.mark.parametrize(("name", "scheme"), KEYS)
COUPLINGS = (1e-6, 1e-3, 0.1, 0.5, 7.3, 1e3, 1e6)
SIZES = (1, 2, 3, 4, 51, 100, 10_000)
SMALLEST = 2.3e-308


def solved(name, scheme):
    return closed_form(getattr(families, name)(scheme=scheme), "alternating")


def functions(name, scheme):
    """The emitted module, run."""
    stable = stable_energy(solved(name, scheme))
    return executed(numpy_source(*energy_programs(stable, "E"), header="energies"))


def amplitude(name, scheme, coupling, size, width):
    """|⟨a⟩|/ε of the last battery from the far end of the network, κ = 1, by 50-digit sums of positive terms."""
    j, half = mpmath.mpf(coupling), mpmath.mpf(1) / 2
    u, share, loop = (j, mpmath.mpf(0), j * j) if scheme == "reciprocal" else (2 * j, j, mpmath.mpf(0))
    if name == "star":
        return u / ((half + size * share) * (half + share) + size * loop)
    copies, fan = (width if name in ("arms", "tree") else 1), (width if name == "tree" else 1)
    leaf, hanging = mpmath.mpf(1), mpmath.mpf(0)
    if name == "comb":
        leaf, hanging = u / (half + share), share + loop / (half + share)
    before, now = mpmath.mpf(1), half + share + hanging
    for _ in range(size - 1):
        before, now = now, (half + share + fan * share + hanging) * now + fan * loop * before
    return leaf * u**size / ((half + copies * share + hanging) * now + copies * loop * before)


def arguments(name, scheme, coupling, size, width):
    letter = {"J": coupling} if scheme == "reciprocal" else {"Gamma": 2 * coupling}
    counts = {"arms": {"M": width, "L": size}, "tree": {"b": width, "d": size}}.get(name, {"N": size})
    return {**letter, **counts, "kappa": 1.0, "epsilon": 0.3, "omega": 1.5}


@every_family
def test_energies_have_twelve_digits_up_to_ten_thousand_batteries(name, scheme):
    emitted = functions(name, scheme)
    widths = (1, 3) if name in ("arms", "tree") else (1,)
    cases = [(x, n, w) for x in COUPLINGS for n in SIZES for w in widths if n < 1000 or x in (1e-6, 7.3, 1e6)]
    with mpmath.workdps(50):
        for case in cases:
            given = arguments(name, scheme, *case)
            true = mpmath.mpf(1.5) * (mpmath.mpf(0.3) * amplitude(name, scheme, *case)) ** 2
            found = float(emitted["log_terminal_energy"](**given))
            assert abs(found - mpmath.log(true)) <= 1e-15 * max(10, abs(mpmath.log(true)))
            energy = float(emitted["terminal_energy"](**given))
            assert energy == pytest.approx(float(true), rel=1e-12) if true > SMALLEST else energy < SMALLEST


@every_family
def test_the_stable_form_is_the_closed_form(name, scheme):
    state = solved(name, scheme)
    stable = stable_energy(state)
    assert isinstance(is_zero(stable_energy_residual(state, stable)), Proved)
    wrong = Stable(stable.factor * 8 / 7, stable.exponent, stable.where)
    assert isinstance(is_zero(stable_energy_residual(state, wrong)), Refuted)


def test_functions_of_counts_broadcast():
    emitted = functions("arms", "reciprocal")
    copies, lengths = np.arange(1, 4)[:, None], np.arange(1, 6)
    rates = {"J": 0.4, "kappa": 0.3, "epsilon": 0.2, "omega": 1.5}
    table = emitted["terminal_energy"](M=copies, L=lengths, **rates)
    assert table.shape == (3, 5)
    assert table[1, 3] == pytest.approx(float(emitted["terminal_energy"](M=2, L=4, **rates)), rel=1e-15)


def test_the_logarithm_goes_on_where_the_energy_is_no_double():
    emitted = functions("chain", "nonreciprocal")
    given = arguments("chain", "nonreciprocal", 1e-6, 10_000, 1)
    assert emitted["terminal_energy"](**given) == 0
    assert -280_000 < emitted["log_terminal_energy"](**given) < -240_000


def test_rows_without_a_stable_form_say_so():
    with pytest.raises(FormError, match="one-way"):
        stable_energy(closed_form(families.chain(scheme="general")))
