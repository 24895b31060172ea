"""Network files: the contract's example, what is refused and how, and that what is written is read back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import QUICK, networks
from sympy import I, Integer, Rational, Symbol, cosh, exp, sinh

from derive import netfile
from derive.builders import (
    Scheme,
    aharonov_bohm_chain,
    aharonov_bohm_star,
    chain,
    complete,
    grid,
    positive,
    ring,
    star,
    tree,
)
from derive.expression import mistakable
from derive.netfile import NetfileError, decode, dumps, loads
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.toml"))


CONTRACT = """
title = "A charger and two batteries in a chain"
[modes.a]
loss  = "kappa_a"
drive = "epsilon"
[modes.b_1]
loss = "kappa_1"
detuning  = "Delta_1"
frequency = "omega"
[modes.b_2]
loss = "kappa_2"
[[couplings]]
between  = ["a", "b_1"]
strength = "J_1*exp(I*theta_1)"
[[couplings]]
between  = ["b_1", "b_2"]
strength = "I*Gamma_2/2"
[[squeezings]]
between  = ["b_1", "b_2"]
strength = "chi"
[[baths]]
rate = "Gamma_1"
jump = { a = "p_a", b_1 = "p_1" }
gain = { }
thermal = "n"
squeezing = "m"
[symbols]
theta_1 = "real"
p_a = "complex"
p_1 = "complex"
"""


def test_contract_example_is_the_network_it_draws() -> None:
    theta, p_a, p_1 = Symbol("theta_1", real=True), Symbol("p_a"), Symbol("p_1")
    assert loads(CONTRACT) == Network(
        modes=(Mode("a"), Mode("b_1", positive("Delta_1"), positive("omega")), Mode("b_2")),
        couplings=(
            Coupling("a", "b_1", positive("J_1") * exp(I * theta)),
            Coupling("b_1", "b_2", I * positive("Gamma_2") / 2),
        ),
        drives=(Drive("a", positive("epsilon")),),
        baths=(
            loss("a", positive("kappa_a")),
            loss("b_1", positive("kappa_1")),
            loss("b_2", positive("kappa_2")),
            Bath((("a", p_a), ("b_1", p_1)), positive("Gamma_1"), positive("n"), positive("m")),
        ),
        squeezings=(Squeezing("b_1", "b_2", positive("chi")),),
        title="A charger and two batteries in a chain",
    )


def test_exotic_files_are_valid() -> None:
    text = r"""
        title = "\"β\"\t\\"
        modes = { "b" = { loss = 3, drive = "I*epsilon*exp(x**2)" }, 'a' = { loss = 0.003, detuning = -1.5 } }
        [[couplings]]
        between = ["a", "b"]
        strength = 1
        [[couplings]]
        between = ["a", "b"]
        strength = '''
            lambda'''
        [[squeezings]]
        between = ["a", "a"]
        strength = 0x10
        [[baths]]
        rate = 1_000.5
        gain.a = 2
        [symbols]
        never_used = "real"
        x = "positive"
    """
    x, epsilon = positive("x"), positive("epsilon")
    assert loads(text) == Network(
        modes=(Mode("b"), Mode("a", Rational(-3, 2))),
        couplings=(Coupling("a", "b", Integer(1)), Coupling("a", "b", positive("lambda"))),
        drives=(Drive("b", I * epsilon * exp(x**2)),),
        baths=(
            loss("b", Integer(3)),
            loss("a", Rational(3, 1000)),
            Bath((), Rational(2001, 2), gain=(("a", Integer(2)),)),
        ),
        squeezings=(Squeezing("a", "a", Integer(16)),),
        title='"β"\t\\',
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_read_and_written(path: Path) -> None:
    net = loads(decode(path.read_bytes(), path.name), path.name)
    assert loads(dumps(net)) == net
    assert len(net.modes) > 1


def test_examples_cover_the_nouns() -> None:
    nets = [loads(path.read_text(encoding="utf-8")) for path in EXAMPLES]
    assert len(nets) >= 5
    assert any(net.squeezings for net in nets)
    assert any(bath.gain for net in nets for bath in net.baths)
    assert any(bath.squeezing != 0 for net in nets for bath in net.baths)
    assert any(len(bath.jump) == 3 for net in nets for bath in net.baths)


BUILT = {
    **{f"chain {scheme} {d}": chain(3, scheme, distinct=d) for scheme in get_args(Scheme) for d in (False, True)},
    "star": star(3, "general", distinct=True),
    "ring": ring(3, "general"),
    "tree": tree(2, 2, "nonreciprocal", distinct=True),
    "complete": complete(3, "general", distinct=True),
    "grid": grid(2, 3),
    "triangles": aharonov_bohm_chain(2, distinct=True),
    "triangle star": aharonov_bohm_star(2),
}


@pytest.mark.parametrize("name", BUILT)
def test_builders_networks_are_written_and_read_back(name: str) -> None:
    net = BUILT[name]
    text = dumps(net)
    assert loads(text) == net
    assert dumps(loads(text)) == text


@QUICK
@given(networks(titled=True))
def test_any_network_is_written_and_read_back(net: Network) -> None:
    text = dumps(net)
    assert loads(text) == net
    assert dumps(loads(text)) == text


@QUICK
@given(networks(max_modes=3), st.data())
def test_changed_network_is_written_differently(net: Network, data: st.DataObject) -> None:
    bath = Bath(((net.names[0], Integer(1)),), positive("extra"), Rational(1, 2))
    place = data.draw(st.integers(0, len(net.baths)))
    changed = replace(net, baths=(*net.baths[:place], bath, *net.baths[place:]))
    assert loads(dumps(changed)) == changed != net
    assert dumps(changed) != dumps(net)


@pytest.mark.parametrize("unused", ["Delta", "delta_1", "delta2", "d", "DELTA", "p"])
def test_declaration_of_a_letter_that_is_not_there_is_allowed_beside_others(unused: str) -> None:
    text = f"[modes.a]\nloss = 'delta'\ndrive = 'p_1'\n[symbols]\n{unused} = 'complex'"
    assert loads(text) == loads(text.split("[symbols]")[0])
    declared = "[modes.a]\ndrive = 'p_a'\n[symbols]\np_A = 'complex'\np_a = 'complex'"
    assert loads(declared).drives == (Drive("a", Symbol("p_a")),)


def test_thousands_of_declarations_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"[modes.m_{k}]\nloss = 'kappa_{k}'" for k in range(40)]
    looked: list[str] = []
    plain = netfile._plain
    monkeypatch.setattr(netfile, "_plain", lambda name: looked.append(name) or plain(name))
    loads("\n".join([*lines, "[symbols]", *(f"q_{k} = 'real'" for k in range(40))]))
    assert len(looked) <= 80


def test_letters_that_are_numbers_elsewhere_are_letters_of_which_is_said_so() -> None:
    i, j, e, phi = (Symbol(name, positive=True) for name in ("i", "j", "e", "phi"))
    said = {"i": "i is a letter; the imaginary unit is I.", "e": "e is a letter; the exponential function is exp."}
    for drive, value, what in (
        ("f*exp(i*phi)", Symbol("f", positive=True) * exp(i * phi), said["i"]),
        ("2*j", 2 * j, said["i"].replace("i", "j", 1)),
        ("e**(I*i)", e ** (I * i), f"{said['i']} {said['e']}"),
        ("e**2*I", e**2 * I, ""),
        ("exp(I*phi)", exp(I * phi), ""),
    ):
        net = loads(f"[modes.a]\ndrive = '{drive}'")
        assert net.drives[0].amplitude == value
        assert mistakable(net.expressions) == what
        assert loads(dumps(net)) == net


def test_written_form_is_canonical() -> None:
    r, omega = positive("r"), positive("omega")
    net = Network(
        modes=(Mode("a", Symbol("Delta", real=True), omega), Mode("b")),
        drives=(Drive("a", positive("epsilon")),),
        baths=(
            loss("b", positive("kappa")),
            loss("a", positive("gamma"), sinh(r) ** 2, sinh(r) * cosh(r)),
            loss("a", Rational(1, 3)),
            Bath((), positive("mu"), gain=(("b", 2 * I), ("a", Integer(1)))),
        ),
        title='A "title"\n',
    )
    assert (
        dumps(net)
        == r"""title = "A \"title\"\n"

[modes.a]
drive = "epsilon"
detuning = "Delta"
frequency = "omega"

[modes.b]
loss = "kappa"

[[baths]]
rate = "gamma"
jump = { a = "1" }
thermal = "sinh(r)**2"
squeezing = "sinh(r)*cosh(r)"

[[baths]]
rate = "1/3"
jump = { a = "1" }

[[baths]]
rate = "mu"
gain = { b = "2*I", a = "1" }

[symbols]
Delta = "real"
"""
    )


def test_drives_come_back_added_up_in_the_order_of_modes() -> None:
    x, y = positive("x"), positive("y")
    net = Network((Mode("a"), Mode("b")), drives=(Drive("b", x), Drive("a", y), Drive("b", I * y)))
    again = loads(dumps(net))
    assert again.drives == (Drive("a", y), Drive("b", x + I * y))
    assert dumps(again) == dumps(net)


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "from derive.builders import complete\nfrom derive.netfile import dumps\n"
        "print(dumps(complete(3, 'general', distinct=True)))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent.parent,
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert outputs.pop().strip()


def file(lines: str) -> str:
    return "[modes.a]\n[modes.b]\n" + lines


REFUSED = {
    "": "net.toml: A network must have at least one mode",
    "modes = {}": "net.toml: A network must have at least one mode",
    "x": "net.toml: A network file must be TOML",
    "[modes.a]\n[modes.a]": "must be TOML, but Cannot declare ('modes', 'a') twice (at line 2",
    "[modes.a]\nloss = 1\nloss = 2": "net.toml: A network file must be TOML, but Cannot overwrite a value",
    "x = " + "[" * 100_000: "nest too deeply",
    "a." * 10_000 + "a = 1": "A key must have at most 8 parts",
    "[modes.a]\nloss = " + "9" * 5000: "more digits than Python reads",
    "[modes.a]\nloss = 0x" + "f" * 5000: "[modes.a] loss: A number must have at most 300 digits",
    "#" * 3_000_000: "at most 2000000 characters, but has 3000000",
    "\n".join(f"[modes.a{k}]" for k in range(10_001)): "at most 10000 modes, but has 10001",
    "[mode.a]": "one is \"mode\" (did you mean 'modes'?)",
    "[modes.a]\nlosss = 1": "net.toml, [modes.a]: The keys must be among loss, drive, detuning, frequency",
    "modes = 3": "net.toml, [modes]: A table must stand here, but it is an integer",
    "modes.a = 3": "net.toml, [modes.a]: A table must stand here",
    "title = 3\n[modes.a]": "net.toml, title: A title must be text, but is an integer",
    "[modes.a]\nloss = true": "[modes.a] loss: A value must be a number or an expression in quotes",
    "[modes.a]\nloss = [1]": "in quotes, but is an array of length 1",
    "[modes.a]\nloss = 2020-01-01": "but is the date or time 2020-01-01",
    "[modes.a]\nloss = inf": "[modes.a] loss: A value must be finite, but is inf",
    "[modes.a]\nloss = -nan": "[modes.a] loss: A value must be finite, but is -nan",
    "[modes.a]\nloss = 1e999": "[modes.a] loss: A number must have at most 300 digits",
    "[modes.a]\nloss = -1": "[modes.a] loss: The rate of the bath on 'a' must not be negative, but is -1",
    "[[modes]]\nname = 'a'": "[modes]: A table must stand here, but it is an array of length 1; write [modes.a] above",
    "[modes.a]\nloss = 'I*k'": "[modes.a] loss: The rate of the bath on 'a' must be real",
    "[modes.a]\nloss = 'x.y'": "[modes.a] loss: An expression must be made of symbols, numbers, I, pi, "
    '+ - * / **, ( ) and functions, but "." stands at column 2 of "x.y"',
    "[modes.a]\nloss = 'x +\n'": "must be TOML",
    "[modes.a]\nloss = '''x +\n'''": "[modes.a] loss: A value must stand here, but there is none at column 5",
    "[modes.a]\ndrive = 'z*'": "[modes.a] drive: A value must stand here",
    "[modes.a]\nfrequency = 'I'": "The frequency of mode 'a' must be real",
    "[modes.'a b']": 'net.toml, [modes."a b"]: A mode\'s name must be a letter followed by',
    '[modes."a\\nb"]': "A mode's name must be",
    file(
        "[[couplings]]\nbetween = ['a', 'c']\nstrength = 1"
    ): '[[couplings]] no. 1 between: A mode must be one of a, b, but is "c"',
    file(
        "[[couplings]]\nbetween = ['a', 'a']\nstrength = 1"
    ): "[[couplings]] no. 1 between: A coupling joins two modes",
    file(
        "[[couplings]]\nbetween = ['a', 3]\nstrength = 1"
    ): "[[couplings]] no. 1 between: A mode must be one of a, b, but is an integer",
    file(
        "[[couplings]]\nbetween = 'ab'\nstrength = 1"
    ): 'A link must be between two modes, but is the text "ab"',
    file("[[couplings]]\nstrength = 1"): "no. 1: The key 'between' must be given, but there is only strength; add it",
    file("[[couplings]]"): "[[couplings]] no. 1: The key 'between' must be given, but the table is empty; add it",
    file("[[couplings]]\nbetween = ['a', 'b']"): "[[couplings]] no. 1: The key 'strength' must be given",
    file(
        "[[couplings]]\nbetween = ['a', 'b']\nstrength = 1\n[[couplings]]\nfrom = 1"
    ): "[[couplings]] no. 2: The keys must be among",
    file("[couplings]\nstrength = 1"): "[[couplings]]: Couplings must be an array of tables",
    file("couplings = 3"): "[modes.b]: The keys must be among",
    file("[[baths]]\nrate = 1"): "[[baths]] no. 1: A bath must act on a mode",
    file("[[baths]]\njump = { a = 1 }"): "[[baths]] no. 1: The key 'rate' must be given",
    file("[[baths]]\nrate = 1\njump = { d = 1 }"): "[[baths]] no. 1 jump: A mode must be one of a, b",
    file("[[baths]]\nrate = 1\njump = { a = '1/0' }"): "[[baths]] no. 1 jump.a: A divisor must not be zero",
    file("[[baths]]\nrate = 1\njump = ['a']"): "[[baths]] no. 1 jump: A table must stand here",
    file("[[baths]]\nrate = 1\njump = { a = 1 }\nsqueezing = 1"): "[[baths]] no. 1: A bath's squeezing m",
    file("[symbols]\nx = 'integer'"): "[symbols] x: A symbol must be positive, real or complex",
    file("[symbols]\nx = 3"): '[symbols] x: A symbol must be declared "positive", "real" or "complex"',
    file("[symbols]\nI = 'real'"): "[symbols] I: A symbol must not be called as a constant is",
    file("[symbols]\nexp = 'real'"): "[symbols] exp: A symbol must not be called as a function is",
    file("[symbols]\nif = 'real'"): "[symbols] if: A symbol must not be called as a keyword is",
    "[modes.a]\ndrive = 'p_a'\n[symbols]\np_A = 'complex'": "[symbols] p_A: A declaration must spell its symbol as "
    "the network does, but this one has 'p_A' and the network 'p_a'; make them one, or declare 'p_a' as well.",
    "[modes.a]\ndrive = 'p_12'\n[symbols]\np12 = 'complex'": "this one has 'p12' and the network 'p_12'",
    "[modes.a]\nloss = kappa": 'Invalid value (at line 2, column 8) of "loss = kappa"; put expressions in quotes, as',
    "[modes.a]\nloss = 2*kappa": "; put expressions in quotes, as",
    "[modes.a]\nloss = “kappa”": "; write straight quotes, as",
    "[modes.a]\n\x0b": r"(at line 2, column 1) of '\x0b'; correct",
    "[modes.a]\n\u2028\n": r"(at line 2, column 1) of '\u2028'; correct",
    "[modes.a]\n# mark\rloss = 1\n": r"of '# mark\rloss = 1'; correct",
    "[modes.a]\nloss: 'kappa'": '; write name = "value".',
    "[modes.a]\r\nloss = 'kappa',\r\n": """of "loss = 'kappa',"; write nothing after the value.""",
    file('[[couplings]]\nbetween = "a", "b"'): '; write several names in brackets, as ["a", "b"].',
    "[modes.a]\nloss = 1;": "; write nothing after the value.",
    '[modes.a]\nloss = "\\kappa"': "; write names without \\.",
    file("[[baths]]\nrate = 1\njump = { a = 1,\n b = 1 }"): "; write a table in braces on one line.",
    file("[[baths]]\nrate = 1\njump = { a = 1, }"): "; write nothing after the last value.",
    file("[[baths]]\nrate = 1\njump = { a: 1 }"): '; write name = "value".',
    file("[symbols]\n'x y' = 'real'"): '[symbols] "x y": A symbol must be a letter followed by',
    "\x00": "must be TOML",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text)[1:50])
def test_bad_file_is_refused_in_one_line_with_its_place(text: str) -> None:
    with pytest.raises(NetfileError) as caught:
        loads(text, "net.toml")
    message = str(caught.value)
    assert REFUSED[text] in message
    assert message.startswith("net.toml")
    assert message.isprintable()


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    with pytest.raises(
        NetfileError, match="net.toml: A network file must be UTF-8 text, but line 2 contains the byte 0xe9"
    ):
        decode(b"[modes.a]\ntitle = '\xe9'", "net.toml")
    assert decode(b"\xef\xbb\xbf[modes.a]") == "[modes.a]"


def test_title_that_is_no_text_is_not_written() -> None:
    with pytest.raises(NetfileError, match="half a character"):
        dumps(Network((Mode("a"),), title="\ud800"))


SOURCES = [CONTRACT, *(path.read_text(encoding="utf-8") for path in EXAMPLES)]


@settings(QUICK, max_examples=150)
@given(st.sampled_from(SOURCES), st.data())
def test_damaged_file_is_a_network_or_refused(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        stop = start + data.draw(st.integers(0, 12))
        other = data.draw(st.integers(0, len(text)))
        new = data.draw(
            st.sampled_from(
                [
                    "",
                    "]",
                    "[",
                    '"',
                    "=",
                    "**",
                    "(",
                    "\n",
                    "0",
                    "complex",
                    "\x7f",
                    "I",
                    text[other : other + 9],
                ]
            )
        )
        text = text[:start] + new + text[stop:]
    try:
        net = loads(text, "net.toml")
    except NetfileError as error:
        message = str(error)
    else:
        assert loads(dumps(net)) == net
        return
    assert message.startswith("net.toml")
    assert message.isprintable()
