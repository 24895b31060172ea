"""Conditions: what a denominator must not be is told only where it may be."""

import re
from math import prod

import pytest
from sympy import Add, I, Integer, Pow, Symbol, conjugate, exp, sqrt, symbols

from derive import langevin
from derive.appendix import appendix
from derive.build import body
from derive.builders import positive, real
from derive.derivation import Derivation, Step
from derive.kernel import Proved, open_factors, poles
from derive.latex import Notation, typeset
from derive.netfile import loads
from derive.stability import caution, damped

G, J, k, ka = map(positive, ("Gamma", "J", "kappa", "kappa_a"))
theta, nu = real("theta"), real("nu")
f, g = symbols("f g")
N, L, M = symbols("N L M", positive=True, integer=True)
PHASES = 4 * G * J * (exp(I * theta) + exp(-I * theta))


@pytest.mark.parametrize(
    "pole",
    [
        G - 2 * I * nu,
        sqrt(16 * J**2 + k**2) / 2,
        G - sqrt((G + ka) * (G + k)),  # a root that exceeds the other term
        2 * N - 1 + sqrt(4 * N**2 + 20 * N + 1),
        PHASES + 8 * G * J + k**2,  # phases that the positive terms outweigh
        2 - exp(I * theta),
        2 + exp(nu),
        exp(I * theta) * (k + f * conjugate(f)) - I * J * (g * exp(2 * I * theta) + conjugate(g)),
    ],
)
def test_what_vanishes_nowhere_is_no_condition(pole):
    assert open_factors(pole) == ()


@pytest.mark.parametrize(
    "pole",
    [
        G - k,
        J + f,
        G - sqrt(G * k),
        PHASES + 7 * G * J,
        N - 3,
        G + nu,
        2 - exp(nu),  # no phase, whose modulus would be one
        1 - exp(I * theta),
    ],
)
def test_a_factor_that_may_vanish_is_a_condition(pole):
    assert open_factors(pole) != ()


def test_a_denominator_of_many_terms_is_not_multiplied_out():
    long = sum(prod(G - x for x in symbols(f"x_{k}:{k + 12}")) for k in range(3))
    assert open_factors(long) == (long,)


def test_signs_are_looked_at_in_few_turns_where_terms_and_phases_are_many(monkeypatch):
    waves = sum(exp(I * real(f"theta_{k}")) for k in range(40))
    assert open_factors(41 + waves) == ()
    looked = []
    monkeypatch.setattr(poles, "_least", lambda real: looked.extend(Add.make_args(real)) or Integer(-1))
    assert open_factors(39 + waves) == (39 + waves,)
    assert 0 < len(looked) <= 2000


def test_no_norm_of_many_terms_is_multiplied_out():
    text = """
    modes.N = {loss = "cosh(kappa)", drive = "u", detuning = "u + conjugate(u)"}
    modes.D = {loss = "sqrt(k*l)", drive = "l*exp(I*theta)", detuning = "-1/d"}
    couplings = [{between = ["N", "D"], strength = "k"}]
    baths = [{rate = "n**theta", jump = {D = "-d"}, thermal = "sinh(r)**2"}]
    symbols = {theta = "real", u = "complex"}
    """
    moments = appendix(loads(text)).proved()["moments"]
    assert any(e.atoms(Pow) & {sqrt(positive("k")), sqrt(positive("l"))} for e in moments.provided)
    for pole in moments.provided:
        assert open_factors(pole) != ()


def test_a_root_leaves_the_plainer_condition_and_conjugates_leave_one():
    root = L * M - 2 * M + sqrt(M * (L**2 * M - 4 * L * M + 8 * L + 4 * M - 8))
    assert open_factors(root) == (L - 1,)
    assert open_factors(root, (L - 1,)) == ()
    assert open_factors(f * conjugate(f)) == (f,)
    assert open_factors((f + J) * exp(I * theta), ((J + conjugate(f)) * (k - G),)) == ()


def _told(*steps, provided):
    made = [Step(x, (Symbol(x), y), "So", "", Integer(0), nonzero=never) for x, y, never in steps]
    text = typeset(Derivation("Poles", tuple(made)), Notation(), verdicts={steps[-1][0]: Proved(provided)})
    return re.findall("This holds .*", text)


def test_letters_are_read_as_they_were_defined_and_not_as_they_were_chosen():
    y, z = symbols("y z")
    difference = ("x", 1 / (y - z), ())
    assert _told(("y", k + sqrt(J), ()), ("z", k - sqrt(J), ()), difference, provided=(y - z,)) == []
    assert _told(difference, provided=(y - z,)) == ["This holds for $y - z \\neq 0$."]
    # κ was there before a step sets it to 2Γ: what needs κ ≠ Γ in general needs it still
    later = ("x", k / (G - k), ()), ("kappa", 2 * G, ()), ("y", 1 / (G - k), ())
    assert _told(*later, provided=(G - k,)) == ["This holds for $\\Gamma - \\kappa \\neq 0$."]
    assert _told(("x", 1 / (G - k), (G - k,)), provided=(G - k,)) == []


def test_the_square_of_few_terms_that_are_long_products_is_not_multiplied_out():
    long = prod(Add(*symbols(f"z_{k}:{k + 5}")) for k in range(0, 60, 5)) + f
    assert _told(("x", 1 / long, ()), provided=(long,)) != []


LOSSY = """
[modes.a]
loss = "kappa_a"
drive = "epsilon"
[modes.b]
{loss}
[[couplings]]
between = ["a", "b"]
strength = "J*exp(I*theta)"
[[baths]]
rate = "Gamma"
jump = {{ a = "p", b = "q" }}
[symbols]
p = "complex"
q = "complex"
theta = "real"
"""


def test_a_network_whose_modes_all_lose_has_an_inverse_drift():
    assert damped(langevin(loads(LOSSY.format(loss='loss = "kappa_b"'))))
    assert not damped(langevin(loads(LOSSY.format(loss=""))))  # p = 0 leaves b without a loss


def test_a_network_with_a_mode_without_loss_is_not_called_damped():
    """The determinant of what the modes lose is zero, whatever the letters are: there is a pole that may vanish."""
    for modes in ("ab", "ba"):
        lossless = {"a": "detuning = 'Delta'", "b": "loss = 'kappa'"}
        text = "".join(f"[modes.{name}]\ndrive = 'epsilon'\n{lossless[name]}\n" for name in modes)
        link = "[[couplings]]\nbetween = ['a', 'b']\nstrength = 'z'\n[symbols]\nDelta = 'real'\nz = 'complex'\n"
        net = loads(text + link)
        assert not damped(langevin(net))
        told = body(appendix(net), Notation(), "x")
        pumped = loads(text + "[[baths]]\nrate = 'P'\ngain = { b = 1 }\n" + link)
        assert "only below threshold" in caution(pumped, langevin(pumped))
        assert "This holds for $i \\kappa \\Delta + 2 |z|^2 \\neq 0$" in told, told


@pytest.mark.parametrize(
    ("drive", "told"),
    [("epsilon", ["This holds for $\\Delta \\neq 0$."]), ("epsilon/Delta", [])],
    ids=["told", "given"],
)
def test_a_letter_that_cancels_where_an_answer_is_put_into_its_equation_is_a_condition(drive, told):
    """−ε/Δ of an undamped mode; what the network itself is divided by is none."""
    net = loads(f"[modes.a]\ndrive = '{drive}'\ndetuning = 'Delta'\n[symbols]\nDelta = 'real'\n")
    assert re.findall("This holds.*", body(appendix(net), Notation(), "x")) == told
