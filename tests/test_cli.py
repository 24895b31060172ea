"""The command line as an outsider uses it: by its contract, with bad input, with files that resist."""

import json
import os
import re
import stat
import subprocess
import sys
import xml.etree.ElementTree as xml
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from latex_reader import read
from netfiles import Drawn, arrays, drawn, number, solution, stable
from sympy import Add, E, I, Symbol, sqrt

from derive import build, cli, files, papers
from derive.derivation import NotProved
from derive.kernel import shorter
from derive.program import elimination
from derive.stories import STORIES

ROOT = Path(__file__).parents[1]

PAIR = """\
[modes.a]
loss = "kappa_a"
drive = "epsilon"
[modes.b]
loss = "kappa_b"
[[couplings]]
between = ["a", "b"]
strength = "J"
"""
DARK = """\
[modes.a]
loss = "kappa"
drive = "epsilon"
[modes.b]
detuning = "D"
[modes.c]
detuning = "D"
[[couplings]]
between = ["a", "b"]
strength = "J"
[[couplings]]
between = ["a", "c"]
strength = "K"
"""


@pytest.fixture
def derive(tmp_path, monkeypatch, capsysbinary):
    """Run a command in an empty folder: status, standard output, the lines of standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = cli.main([str(argument) for argument in arguments])
        out, err = capsysbinary.readouterr()
        return SimpleNamespace(status=status, out=out.decode(), err=err.decode().splitlines())

    return run


def refused(ran, *words, status=2):
    """One line that names each of `words`; nothing was said on standard output."""
    assert ran.status == status, ran
    assert len(ran.err) == 1, ran.err
    assert ran.err[0].startswith("derive: "), ran.err
    assert ran.err[0].isprintable()
    assert ran.out == ""
    for word in words:
        assert word in ran.err[0]


def python(code, *paths, **environment):
    """Code in a fresh Python that can import NumPy, but neither SymPy nor derive."""
    blocked = "import sys; sys.modules['sympy'] = sys.modules['derive'] = sys.modules['flint'] = None\n"
    blocked += f"sys.path[:0] = {[str(path) for path in paths]!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", blocked + code],
        capture_output=True,
        env=os.environ | environment,
        cwd="/",
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


# -- networks that work ----------------------------------------------------------------------------------------

CALL = """
import importlib, json, numpy as np
for name, values, functions in json.load(open(sys.path[0] + "/calls.json")):
    module = importlib.import_module(name)
    values = {key: np.array(re) + 1j*np.array(im) if np.any(im) else np.array(re) for key, (re, im) in values.items()}
    t = values.pop("time")
    found = {f: getattr(module, f)(*([t] if f.endswith("_at") else []), **values) for f in functions}
    np.savez(sys.path[0] + f"/{name}.npz", **found)
"""


def numbers(value):
    return [np.asarray(part).tolist() for part in (np.real(value), np.imag(value))]


def called(folder, cases):
    """The functions of the modules of `cases`, called in a fresh Python without SymPy, at values and times."""
    calls = []
    for name, (values, time) in cases.items():
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        functions = set(re.findall(r"^def ([a-z]\w*)\(", text, re.MULTILINE)) & set(solution(*EMPTY))
        keywords = {key + "_" * (key == "lambda"): numbers(value) for key, value in values.items()}
        calls.append((name, {**keywords, "time": numbers(time)}, sorted(functions)))
    (folder / "calls.json").write_text(json.dumps(calls))
    python(CALL, folder)
    return {name: arrays(folder / f"{name}.npz") for name in cases}


EMPTY = (Drawn({"a": {"loss": "1"}}), {}, 1.0)


def agree(found, expected, at=()):
    """Relative to the largest entry of each array, to 1e-10."""
    for name in found:
        scale = np.abs(expected["energies" if name == "ergotropies" else name]).max() or 1.0
        value = found[name][(..., *at)]
        assert value.shape == expected[name].shape
        assert np.abs(value - expected[name]).max() <= 1e-10 * scale, (name, value, expected[name])


@pytest.mark.parametrize("quantum", [False, True], ids=["coherent", "quantum"])
def test_random_networks_agree_with_a_direct_solution_without_sympy(derive, tmp_path, quantum):
    nets = {f"net{seed}": drawn(seed, quantum=quantum) for seed in range(12)}
    for name, net in nets.items():
        Path(f"{name}.toml").write_text(net.toml())
        ran = derive("solve", f"{name}.toml", "--numpy", f"{name}.py")
        assert (ran.status, ran.out, ran.err) == (0, "", [])
    for name, found in called(tmp_path, {name: (net.values, 0.7) for name, net in nets.items()}).items():
        agree(found, solution(nets[name], nets[name].values, 0.7))
        assert len(found) == (8 if quantum else 5)


def test_arrays_of_parameters_and_times_broadcast(derive, tmp_path):
    nets = {"plain": drawn(8), "noisy": drawn(3, most=4, quantum=True)}
    cases, points = {}, {}
    for name, net in nets.items():
        (first, second) = [key for key, kind in net.kinds.items() if kind == "positive"][:2]
        values = net.values | {
            first: np.linspace(0.5, 1.5, 3)[:, None] * net.values[first],
            second: np.linspace(0.8, 1.2, 4) * net.values[second],
        }
        time = np.linspace(0.1, 2, 12).reshape(3, 4)
        cases[name] = values, time
        points[name] = [
            ((i, j), net.values | {first: values[first][i, 0], second: values[second][j]}, time[i, j])
            for i in range(3)
            for j in range(4)
        ]
        Path(f"{name}.toml").write_text(net.toml())
        assert derive("solve", f"{name}.toml", "--numpy", f"{name}.py").status == 0
    for name, found in called(tmp_path, cases).items():
        for at, values, time in points[name]:
            assert stable(nets[name], values)
            agree(found, solution(nets[name], values, time), at)


def test_a_dense_network_is_left_to_lapack(derive, tmp_path, monkeypatch):
    monkeypatch.setattr(elimination, "SPELLED_OUT", 10)
    nets = {f"net{seed}": drawn(seed, quantum=seed % 2 == 0) for seed in (0, 1, 2, 8, 10)}
    for name, net in nets.items():
        Path(f"{name}.toml").write_text(net.toml())
        assert derive("solve", f"{name}.toml", "--numpy", f"{name}.py").status == 0
    texts = [Path(f"{name}.py").read_text(encoding="utf-8") for name in nets]
    assert sum("_factors" not in text for text in texts) >= 3
    for name, found in called(tmp_path, {name: (net.values, 0.7) for name, net in nets.items()}).items():
        agree(found, solution(nets[name], nets[name].values, 0.7))
    Path("bad.toml").write_text(BAD["a cycle of nothing"][0])
    monkeypatch.setattr(elimination, "SPELLED_OUT", 0)
    refused(derive("solve", "bad.toml", "--numpy", "out.py"), "bad.toml", "singular")


def evaluated(text, values):
    """The numbers that the lines of `derive solve` stand for, from top to bottom."""
    found = dict(values)
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, expression = line.partition(" = ")
            found[name] = number(expression, {key: v for key, v in found.items() if key.isidentifier()})
    return found


@pytest.mark.parametrize("quantum", [False, True], ids=["coherent", "quantum"])
def test_text_evaluates_to_the_same_numbers(derive, quantum):
    programs = 0
    for seed in range(6):
        net = drawn(seed, most=3 if quantum else 8, quantum=quantum)
        Path("net.toml").write_text(net.toml())
        ran = derive("solve", "net.toml")
        assert (ran.status, ran.err) == (0, []), ran.err
        found, expected = evaluated(ran.out, net.values), solution(net, net.values, 1.0)
        for k, mode in enumerate(net.modes):
            for name, key in ((f"<{mode}>", "amplitudes"), (f"E({mode})", "energies")):
                assert abs(found[name] - expected[key][k]) <= 1e-10 * np.abs(expected[key]).max()
        programs += "straight-line program" in ran.out
    assert programs


def plain(**modes):
    return Drawn(
        {name: dict(table) for name, table in modes.items()}, values={"J": 0.75, "g": 1.5, "z": 0.5 - 1j}
    )


WORKING = {
    "no drive": plain(a={"loss": "g"}, b={"loss": "2*g"}),
    "one mode of numbers": plain(a={"loss": "0.5", "drive": "1/3 - 2*I", "detuning": "-1.25e-1"}),
    "a detuning alone": plain(a={"detuning": "g", "drive": "z"}),
    "complex drive": plain(a={"loss": "g", "drive": "conjugate(z)*exp(2*I)"}),
    "a loss of zero": plain(a={"loss": "0", "detuning": "J", "drive": "1"}),
    "a rate that is not negative": plain(a={"loss": "(J - g)**2", "drive": "1"}),
}
LOSSLESS = plain(a={"loss": "g", "drive": "z"}, b={})
LOSSLESS.couplings = [("a", "b", "J"), ("b", "a", "I*J"), ("a", "b", "-1/3")]
WORKING["coupled thrice to a lossless mode"] = LOSSLESS
COLD = plain(a={"drive": "1"}, b={"loss": "g"})
COLD.couplings = [("a", "b", "J")]
COLD.baths = [{"rate": "0", "jump": {"a": "1", "b": "z"}}, {"rate": "J", "jump": {"a": "z"}, "thermal": "0"}]
WORKING["a bath of zero rate"] = COLD
WORKING["functions"] = plain(
    a={"loss": "g", "drive": "sqrt(g - I*J)**5*log(J)/(1 + exp(z)) + tanh(z)"}, b={"loss": "sinh(J)**2"}
)
WORKING["functions"].couplings = [("a", "b", "cos(exp(J + z))*Abs(z)**3/9")]
WORKING["functions"].baths = [
    {"rate": "g", "jump": {"a": "exp(J - I*g)*conjugate(z)", "b": "cos(exp(J + z))/9"}}
]
WORKING["a squeezed bath"] = plain(a={"drive": "1"})
WORKING["a squeezed bath"].baths = [
    {"rate": "g", "jump": {"a": "z"}, "thermal": "sinh(J)**2", "squeezing": "I*sinh(J)*cosh(J)"}
]
LOGARITHM = "log(z*conjugate(z))"
WORKING["a detuning by the logarithm of a modulus"] = plain(a={"loss": "g", "drive": "1", "detuning": LOGARITHM})
WORKING["gain below threshold"] = plain(a={"loss": "g", "drive": "1"})
WORKING["gain below threshold"].baths = [{"rate": "J/2", "gain": {"a": "1"}}]
WORKING["a parametric pair"] = plain(a={"loss": "g", "drive": "z"}, b={"loss": "g"})
WORKING["a parametric pair"].squeezings = [("a", "b", "J/3"), ("a", "a", "I*J/9")]
IRRATIONAL = plain(a={"loss": "sqrt(2)", "drive": "exp(2*I/5)"}, b={"loss": "1"}, c={"loss": "2"})
IRRATIONAL.couplings = [("a", "b", "exp(I)/3"), ("b", "c", "3**(1/3)")]
IRRATIONAL.baths = [{"rate": "1/3", "jump": {"a": "2", "b": "1", "c": "sqrt(3)"}, "thermal": "1/8"}]
WORKING["irrational numbers alone"] = IRRATIONAL


def test_small_networks_of_every_kind_work(derive, tmp_path):
    cases, nets = {}, {}
    for k, net in enumerate(WORKING.values()):
        name, text = f"net{k}", net.toml()
        values = {key: v for key, v in net.values.items() if re.search(rf'"[^"]*\b{key}\b', text)}
        Path(f"{name}.toml").write_text(text + ('[symbols]\nz = "complex"\n' if "z" in values else ""))
        assert derive("solve", f"{name}.toml", "--numpy", f"{name}.py").status == 0
        nets[name], cases[name] = net, (values, 0.7)
        shown = evaluated(derive("solve", f"{name}.toml").out, values)
        expected = solution(net, net.values, 0.7)
        assert abs(shown["<a>"] - expected["amplitudes"][0]) < 1e-12
        assert abs(shown["E(a)"] - expected["energies"][0]) < 1e-12
    for name, found in called(tmp_path, cases).items():
        agree(found, solution(nets[name], nets[name].values, 0.7))


# Python's and NumPy's words, and the emitted module's own names.
AWKWARD = (
    "lambda lambda_ np one t E N S Q O C x s0 x_1 l0 w0 r0 amplitudes energies drift_matrix amplitudes_at PARAMETERS "
    "MODES OPERATIONS match case type sum range len zip abs print self numpy re im nan oo zoo gamma beta complex"
)


def test_letters_with_a_meaning_in_python_or_numpy_work(derive, tmp_path):
    letters = AWKWARD.split()
    net = plain(**{name: {"loss": "J"} for name in ("lambda", "I", "pi", "np", "self", "one")})
    names = list(net.modes)
    for k, name in enumerate(letters):
        net.modes[names[k % 6]]["loss"] += f" + {name}"
        net.values[name] = 0.5 + k / 40
    net.modes["lambda"] |= {"drive": "lambda*lambda_", "frequency": "E"}
    net.couplings = [(a, b, f"J*{c}") for a, b, c in zip(names, names[1:], letters, strict=False)]
    del net.values["g"], net.values["z"]
    Path("net.toml").write_text(net.toml())
    assert derive("solve", "net.toml", "--numpy", "out.py").status == 0
    expected = solution(net, net.values, 1.0)
    parameters = json.loads(python("import json, out; print(json.dumps(out.PARAMETERS))", tmp_path))
    assert len(set(parameters)) == len(net.values)
    assert {"lambda_", "lambda__"} < set(parameters)
    values = dict(zip(parameters, (net.values[name] for name in sorted(net.values)), strict=True))
    call = f"import out; print(out.amplitudes(**{values!r}).view(float).tolist())"
    found = np.array(json.loads(python(call, tmp_path))).view(complex)
    assert np.abs(found - expected["amplitudes"]).max() < 1e-12
    text = evaluated(derive("solve", "net.toml").out, net.values)
    assert abs(text["<pi>"] - expected["amplitudes"][2]) < 1e-12


def test_a_letter_called_as_a_module_calls_its_parameters_is_one(derive, tmp_path):
    Path("net.toml").write_text('[modes.a]\nloss = "PARAMETERS"\ndrive = "epsilon"\n')  # all real, which it asserts
    assert derive("solve", "net.toml", "--numpy", "out.py").status == 0
    call = "import out; print(complex(out.amplitudes(**dict(zip(out.PARAMETERS, (4.0, 3.0))))[0]))"
    assert complex(python(call, tmp_path).decode().strip()) == -2j * 3 / 4


def test_a_title_is_text_and_never_code(derive, tmp_path):
    title = 'x"""\nimport os; os.system("touch pwned")\n\\input{/etc/hostname} $y$ & <b> \a "\\'
    Path("net.toml").write_text(f"title = {json.dumps(title)}\n{PAIR}")
    for arguments in (["--numpy", "out.py"], ["--latex", "out.tex"]):
        assert derive("solve", "net.toml", *arguments).status == 0
    assert python("import out; print(out.MODES)", tmp_path) == b"('a', 'b')\n"
    assert not (tmp_path / "pwned").exists()
    assert "\\input" not in (tmp_path / "out.tex").read_text()
    assert derive("solve", "net.toml").out.splitlines()[1].startswith("<a> = ")
    drawing = derive("draw", "net.toml").out
    assert "input{/etc/hostname}" in xml.fromstring(drawing)[0].text


def test_greek_in_a_title_is_typeset_and_what_fonts_lack_is_refused(derive, tmp_path):
    Path("net.toml").write_text(f'title = "Ladegerät κ – Γ’s"\n{PAIR}', encoding="utf-8")
    assert r"\section{Ladegerät $\kappa$ -- $\Gamma$'s}" in derive("appendix", "net.toml").out
    Path("net.toml").write_text(f'title = "充電 κ"\n{PAIR}', encoding="utf-8")
    refused(derive("appendix", "net.toml", "--latex", "out.tex"), "net.toml", "'充'", "Latin or Greek")
    assert not Path("out.tex").exists()
    assert derive("solve", "net.toml").out.startswith("# 充電 κ")


def test_a_sign_that_sympy_cannot_tell_is_one_line(derive, monkeypatch):
    Path("net.toml").write_text('[modes.a]\nloss = "k"\ndrive = "sqrt(cosh(I - pi))"\n')
    refused(derive("solve", "net.toml", "--numpy", "out.py"), "net.toml", "cosh(pi - I)", "by a letter")
    assert not Path("out.py").exists()

    def broken(*_):
        raise TypeError("unsupported operand")

    monkeypatch.setattr(cli, "listing", broken)
    with pytest.raises(TypeError, match="unsupported operand"):
        derive("solve", "net.toml")


def test_stdin_is_a_network_and_stdout_a_file(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "derive", "solve", "-", "--numpy", "/dev/stdout", "--mode", "b"],
        input=PAIR.encode(), capture_output=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"def amplitudes(*, J, epsilon, kappa_a, kappa_b):" in done.stdout


def test_only_the_named_modes_are_shown(derive):
    Path("net.toml").write_text(PAIR)
    ran = derive("solve", "net.toml", "--mode", "b", "--mode", "b")
    assert [line.partition(" = ")[0] for line in ran.out.splitlines()] == ["<b>", "E(b)"]


def test_complex_numbers_of_a_network_are_multiplied(derive):
    # b has no loss of its own: the reservoir's jump (1 + 2i) c + (1 - i) p b comes to rest, and c does as if alone
    shared = '[[baths]]\nrate = "Gamma"\njump = { c = "1+2*I", b = "(1-I)*p" }\n[symbols]\np = "complex"\n'
    Path("net.toml").write_text('[modes.b]\n[modes.c]\nloss = "kappa"\ndrive = "epsilon"\n' + shared)
    assert derive("solve", "net.toml").out.splitlines() == [
        "<b> = -epsilon*(3 + I)/(kappa*p)",
        "<c> = -2*I*epsilon/kappa",
        "E(b) = 10*epsilon**2/(kappa**2*p*conjugate(p))",
        "E(c) = 4*epsilon**2/kappa**2",
    ]


def test_what_is_zero_is_not_drawn_and_not_told(derive):
    zero = '[[couplings]]\nbetween = ["b", "a"]\nstrength = "0*g"\n[[squeezings]]\nbetween = ["b", "b"]\nstrength = 0\n'
    zero += '[[baths]]\nrate = "g - g"\njump = { a = 1, b = 1 }\ngain = { b = 1 }\nthermal = "n"\n'
    Path("net.toml").write_text(PAIR.replace("[modes.b]", '[modes.b]\ndrive = "0"') + zero)
    told = [derive(command, "net.toml").out for command in ("solve", "appendix", "draw")]
    assert all(told)
    Path("net.toml").write_text(PAIR)
    assert told == [derive(command, "net.toml").out for command in ("solve", "appendix", "draw")]


def test_rates_that_cancel_are_not_told(derive):
    """A reservoir of b_1 − b_2 is dark for the drive, which feeds b_1 + b_2; the energies have its heat alone."""
    modes = "".join(f'[modes.{name}]\nloss = "kappa_{name[0]}"\n' for name in ("a", "b_1", "b_2"))
    net = modes.replace("\n", '\ndrive = "epsilon"\n', 1)
    net += "".join(f'[[couplings]]\nbetween = ["a", "b_{k}"]\nstrength = "J"\n' for k in (1, 2))
    net += '[[baths]]\nrate = "Gamma"\njump = { b_1 = 1, b_2 = -1 }\n'
    for heat in ("", 'thermal = "n"\n'):
        Path("net.toml").write_text(net + heat)
        lines = derive("solve", "net.toml").out.splitlines()
        assert "<a> = -2*I*epsilon*kappa_b/(8*J**2 + kappa_a*kappa_b)" in lines
        assert "<b_2> = -4*J*epsilon/(8*J**2 + kappa_a*kappa_b)" in lines


def test_a_denominator_that_amplitudes_share_is_told_in_one_form(derive):
    shared = '[modes.c]\nloss = "gamma"\n[[baths]]\nrate = "Gamma"\njump = { b = 1, c = "I" }\n'
    Path("net.toml").write_text(
        PAIR.replace("kappa_a", "kappa").replace("kappa_b", "kappa/2").replace("epsilon", "epsilon*(1 + I)") + shared
    )
    lines = derive("solve", "net.toml").out.splitlines()
    assert len({line.partition("/(")[2] for line in lines if line.startswith("<")}) == 1


def test_only_brief_values_are_factored_to_multiply_their_numbers():
    x = [Symbol(f"x_{k}") for k in range(60)]
    brief = (1 + sqrt(2)) * (1 - sqrt(2)) * x[0] + x[0]
    long = (1 + sqrt(2)) * (1 - sqrt(2)) * Add(*(a * b + b / a for a, b in zip(x, x[1:], strict=False)))
    assert shorter([brief]) == [0]
    assert shorter([long])[0] is long


def test_a_network_of_numbers_has_numbers_for_its_steady_state(derive):
    """However long its program would be, and short ones of roots and phases, too."""
    small = plain(a={"loss": "0.5", "drive": "1", "detuning": "0.25"}, b={"loss": "0.1"}, c={"loss": "0.1"})
    small.couplings = [("a", "b", "0.3"), ("b", "c", "0.3*I")]
    small.baths = [{"rate": "0.7", "jump": {"a": "1", "b": "I", "c": "-1/3"}, "thermal": "0.05"}]
    large = plain(**{f"m_{k}": {"loss": f"{k + 1}/9", "detuning": f"{k % 3}/7", "drive": "I/5"} for k in range(5)})
    large.couplings = [(f"m_{k}", f"m_{k + 1}", f"{k + 2}*I/3 + 1/4") for k in range(4)]
    large.baths = [
        {"rate": "0.7", "jump": {"m_0": "1", "m_2": "I/2", "m_4": "-1"}, "thermal": "0.3"},
        {"rate": "0.2", "jump": {"m_1": "1", "m_3": "1 + I"}, "thermal": "1/10"},
    ]
    paired = plain(a={"loss": "2", "drive": "1"}, b={"loss": "3", "frequency": "5/2"})
    paired.squeezings = [("a", "b", "I/3"), ("b", "b", "1/9")]
    turned = plain(a={"loss": "1", "drive": "0.1"}, b={"loss": "0.1"})
    turned.couplings = [("a", "b", "exp(I*pi/3)/2")]
    turned.baths = [{"rate": "0.2", "jump": {"a": "1", "b": "exp(I*pi/6)"}}]
    rooted = plain(a={"loss": "1", "drive": "0.1*I"}, b={"loss": "sqrt(2)/10", "frequency": "5"})
    rooted.couplings = [("a", "b", "sqrt(3)/2 + I/2")]
    for net in (small, large, paired, turned, rooted):
        Path("net.toml").write_text(net.toml())
        ran = derive("solve", "net.toml")
        lines = [line for line in ran.out.splitlines() if not line.startswith("#")]
        assert len(lines) == 2 * len(net.modes)
        told = "".join(line.split(" = ")[1] for line in lines).replace("sqrt", "")
        assert not re.search(r"[a-z]|/\(", told)
        found, expected = evaluated(ran.out, {}), solution(net, {}, 1.0)
        for k, mode in enumerate(net.modes):
            assert abs(found[f"<{mode}>"] - expected["amplitudes"][k]) < 1e-12
            assert abs(found[f"E({mode})"] - expected["energies"][k]) < 1e-12


MIXED = '''[[baths]]
rate = "G*(1 + cos(p))"
jump = { a = "cos(t)", b = "sin(t)*exp(I*p)" }
[symbols]
t = "real"
p = "real"
'''

OPEN = "Rates whose sign is not known may amplify: a steady state is reached only below threshold"
MIXED_ROOTS = '''[[baths]]
rate = "cosh(x) - 1"
jump = { a = "exp(I*x) + 1/2", b = "z**2 - I" }
[[baths]]
rate = "sin(x)**4"
jump = { b = "sqrt(G + I*k)" }
[symbols]
x = "real"
z = "complex"
'''
SPREAD = '''[modes.a]
loss = "2*k"
[modes.b]
loss = "2*k"
[modes.c]
loss = "2*k"
[[baths]]
rate = "k"
gain = { a = 1, b = 1, c = 1 }
'''
DIVIDED = '''[[baths]]
rate = "sinh(G)**2 + sqrt(G)"
jump = { a = "1/(1 + I*G)" }
[[baths]]
rate = "exp(z + conjugate(z))"
jump = { a = 1, b = "Abs(z)" }
[symbols]
z = "complex"
'''


def test_the_text_says_where_its_state_is_reached(derive):
    told = [
        (PAIR, ""),
        (re.sub("loss = .*", "", PAIR), "A mode, or a superposition of modes, that no loss reaches is not damped"),
        (PAIR + "[modes.c]\ndetuning = 1\n", "that no loss reaches is not damped"),
        (DARK, "is not damped: unless it begins in its steady state, it oscillates about it for ever."),
        (DARK.replace('"D"', '"D + d"', 1), ""),
        (PAIR.replace("kappa_a", "0"), ""),
        (PAIR + MIXED, ""),
        (PAIR + MIXED.replace("G*(1 + cos(p))", "Abs(G + g*exp(I*p))**2"), ""),
        (PAIR + DIVIDED, ""),
        (PAIR + MIXED_ROOTS, ""),
        (PAIR + '[[baths]]\nrate = 0\njump = { a = 1 }\ngain = { b = 1 }\n', ""),
        (PAIR + '[symbols]\nkappa_a = "real"\n', OPEN),
        (SPREAD, "Gain and pairing amplify: a steady state is reached"),
        (PAIR + '[[baths]]\nrate = "G"\ngain = { b = 1 }\n', "Gain and pairing amplify: a steady state is reached"),
        (PAIR + '[[squeezings]]\nbetween = ["a", "b"]\nstrength = "chi"\n', "Gain and pairing amplify"),
    ]
    for text, says in told:
        Path("net.toml").write_text(text)
        for words in (("solve",), ("appendix",)):
            out = derive(*words, "net.toml").out
            assert says in out, text
            assert ("oscillates" in out) == ("oscillates" in says or "not damped" in says), text
            assert ("below threshold" in out) == ("amplify" in says), text


# -- bad input -------------------------------------------------------------------------------------------------


def mode(**entries):
    return "[modes.a]\n" + "\n".join(f"{key} = {value}" for key, value in entries.items()) + "\n"


def on(expression):
    return mode(loss='"k"', drive=f'"{expression}"')


BAD = {
    "unknown mode": (PAIR.replace('["a", "b"]', '["a", "c"]'), ["[[couplings]] no. 1", '"c"']),
    "duplicate mode": (PAIR + "[modes.a]\n", ["TOML"]),
    "wrong type": (mode(loss="true"), ["[modes.a] loss", "true"]),
    "a list": (mode(loss="[1]"), ["[modes.a] loss"]),
    "a date": (mode(loss="1979-05-27"), ["[modes.a] loss"]),
    "modes of a wrong type": ("modes = 3", ["[modes]"]),
    "a mode that is no table": ("[modes]\na = 1", ["[modes.a]"]),
    "couplings that are no array": (PAIR.replace("[[couplings]]", "[couplings]"), ["[[couplings]]"]),
    "a link of three": (PAIR.replace('["a", "b"]', '["a", "b", "a"]'), ["between"]),
    "a link without strength": (PAIR.replace('strength = "J"', ""), ["strength"]),
    "undeclared function": (on("foo(x)"), ["[modes.a] drive", '"foo"']),
    "call of a letter": (on("k(2)"), ["[modes.a] drive"]),
    "attribute access": (on("k.__class__"), ["[modes.a] drive"]),
    "subscript": (on("k[0]"), ["[modes.a] drive"]),
    "import": (on("__import__('os').system('true')"), ["[modes.a] drive"]),
    "lambda expression": (on("lambda: 0"), ["[modes.a] drive"]),
    "one letter of two assumptions": (on("k") + '[symbols]\nk = "positive"\nk = "real"', ["TOML"]),
    "an assumption that is none": (on("k") + '[symbols]\nk = "integer"', ["[symbols] k"]),
    "a Greek letter": (on("κ"), ["kappa"]),
    "a Greek symbol": (on("k") + '[symbols]\n"κ" = "real"', ["[symbols]"]),
    "a keyword": (on("while"), ["while"]),
    "a hyphen in a mode": ("[modes.a-b]\nloss = 1", ["a-b"]),
    "a digit before a mode": ("[modes.1a]\nloss = 1", ["1a"]),
    "an empty mode": ('[modes.""]\nloss = 1', ["name"]),
    "a mode with a newline": ('[modes."a\\nb"]\nloss = 1', ["name"]),
    "nothing to damp": (mode(drive="1"), ["singular"]),
    "a cycle of nothing": (
        "[modes.a]\ndrive = 1\n[modes.b]\n[modes.c]\nloss = 0\n"
        + "".join(
            f'[[couplings]]\nbetween = ["{a}", "{b}"]\nstrength = "I"\n' for a, b in ("ab", "bc", "ca")
        ),
        ["singular"],
    ),
    "an uncoupled mode": (PAIR + "[modes.c]\n", ["singular", "of the mode c is"]),
    "gain that balances loss": (
        PAIR + '[[baths]]\nrate = "kappa_a"\ngain = { a = 1 }\n[modes.c]',
        ["singular"],
    ),
    "a long expression": (on("k+" * 500_000 + "k"), ["characters"]),
    "a longer expression than any": (on("k+" * 10_000 + "k"), ["[modes.a] drive", "characters"]),
    "an exponent tower": (on("9**9**9**9**9"), ["[modes.a] drive"]),
    "a tower of letters": (on("**".join("abcdefgh")), ["[modes.a] drive"]),
    "an exponential of exponentials": (on("exp(exp(exp(exp(exp(k)))))"), ["[modes.a] drive"]),
    "a huge exponent": (on("k**1000000000"), ["[modes.a] drive"]),
    "a huge number": (on("9" * 5000), ["[modes.a] drive"]),
    "a huge integer": (mode(loss="1" + "0" * 5000), ["round"]),
    "deep brackets": (on("(" * 4000 + "k" + ")" * 4000), ["[modes.a] drive"]),
    "deep tables": ("x = " + "[" * 9000 + "]" * 9000, ["TOML"]),
    "deep keys": ("a." * 3000 + "b = 1", ["key"]),
    "an open bracket": (on("(k"), ["column"]),
    "two values": (on("2 k"), ["column"]),
    "an empty expression": (on(""), ["[modes.a] drive"]),
    "a division by zero": (on("1/(k - k)"), ["zero"]),
    "a long mode": (f"[modes.b{'_x' * 2000}]\nloss = 1", ["[modes.\"b_x_x", "at most 100 characters", "4001"]),
    "a long letter": (on("k" * 101), ["[modes.a] drive", "at most 100 characters", "101"]),
    "a long declared letter": (on("k") + f'[symbols]\nk_{"9" * 5000} = "real"', ["at most 100 characters", "5002"]),
    "a long title": (f'title = "{"x" * 1001}"\n{PAIR}', ["title", "at most 1000 characters", "1001"]),
    "unknown key": (mode(los="1"), ["[modes.a]", "loss"]),
    "unknown table": (PAIR + "[bath]\n", ["baths"]),
    "not a number": (mode(loss="nan"), ["finite"]),
    "infinity": (mode(loss="1", drive="-inf"), ["finite"]),
    "negative rate": (mode(loss="-1"), ["[modes.a] loss", "negative"]),
    "negative by its letters": (mode(loss='"-k"'), ["[modes.a] loss", "negative"]),
    "complex rate": (mode(loss='"I*k"'), ["[modes.a] loss", "real"]),
    "complex detuning": (mode(loss="1", detuning='"k + I"'), ["detuning", "real"]),
    "complex letter as rate": (mode(loss='"z"') + '[symbols]\nz = "complex"', ["real"]),
    "too much squeezing": (
        mode(loss="1") + '[[baths]]\nrate = 1\njump = { a = 1 }\nthermal = 1\nsqueezing = "3/2"',
        ["[[baths]] no. 1", "n(n+1)"],
    ),
    "squeezing of a vacuum": (
        mode(loss="1") + '[[baths]]\nrate = 1\njump = { a = 1 }\nsqueezing = "m"',
        ["[[baths]] no. 1", "n(n+1)"],
    ),
    "negative temperature": (
        mode(loss="1") + '[[baths]]\nrate = 1\njump = { a = 1 }\nthermal = "-1"',
        ["negative"],
    ),
    "self-coupling": (PAIR.replace('["a", "b"]', '["a", "a"]'), ["[[couplings]] no. 1", "detuning"]),
    "bath without legs": (PAIR + "[[baths]]\nrate = 1\njump = {}", ["[[baths]] no. 1", "jump"]),
    "bath without rate": (PAIR + "[[baths]]\njump = { a = 1 }", ["[[baths]] no. 1", "rate"]),
    "leg on unknown mode": (PAIR + "[[baths]]\nrate = 1\njump = { q = 1 }", ["[[baths]] no. 1 jump", '"q"']),
    "empty": ("", ["[modes.a]"]),
    "a title alone": ('title = "nothing"', ["[modes.a]"]),
    "no TOML": ("derive this", ["line 1"]),
    "control characters": ("\x1b[31m = 1", ["TOML"]),
    "another language": ('{"modes": {"a": {}}}', ["TOML"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_network_is_refused_in_one_line_and_nothing_written(derive, tmp_path, name):
    text, words = BAD[name]
    (tmp_path / "bad.toml").write_text(text)
    refused(derive("solve", "bad.toml"), "bad.toml", *words)
    refused(derive("solve", "bad.toml", "--numpy", "out.py", "--latex", "out.tex"), "bad.toml", *words)
    if "singular" not in words:
        refused(derive("draw", "bad.toml", "--svg", "out.svg"), "bad.toml", *words)
    refused(derive("appendix", "bad.toml"), "bad.toml", *words)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe[modes.a]", PAIR.encode("utf-16-le"), PAIR.encode() + b"\0", b"\x7fELF\0\0\x80", bytes(range(256)),
     b'[modes.a]\nloss = "\xe9"'],
)
def test_bytes_that_are_no_text_are_refused(derive, data):
    Path("bad.toml").write_bytes(data)
    refused(derive("solve", "bad.toml"), "bad.toml", "UTF-8")


def test_a_mark_and_line_ends_of_another_system_are_text(derive):
    Path("net.toml").write_bytes(b"\xef\xbb\xbf" + PAIR.replace("\n", "\r\n").encode())
    assert derive("solve", "net.toml").status == 0


def test_huge_and_endless_files_are_refused(derive):
    with open("huge.toml", "wb") as file:
        file.truncate(10**12)  # a hole: no disk is used
    refused(derive("solve", "huge.toml"), "huge.toml", "characters")
    refused(derive("solve", "/dev/zero"), "/dev/zero")
    Path("long.toml").write_text("#" * 4_000_000)
    refused(derive("solve", "long.toml"), "long.toml", "characters")


def test_words_that_make_no_command_are_refused(derive):
    Path("net.toml").write_text(PAIR)
    refused(derive(), "COMMAND")
    refused(derive("dissolve"), "'dissolve'", "solve")
    refused(derive("solve"), "NET.toml")
    refused(derive("solve", "net.toml", "more"), "more")
    refused(derive("solve", "net.toml", "--num", "x.py"), "--num")
    refused(derive("solve", "net.toml", "--numpy"), "--numpy")
    refused(derive("solve", "net.toml", "--numpy", "-x.py"), "--numpy", "written ./-")
    refused(derive("solve", "net.toml", "--numpy=--"), "--numpy", "./--")
    refused(derive("solve", "net.toml", "--mode=--"), "--mode")
    refused(derive("solve", "net.toml", "--mode", "c"), "a, b", "'c'")
    refused(derive("solve", "absent.toml"), "'absent.toml'", "No such file")
    refused(derive("solve", "."), "'.'", "directory")
    refused(derive("solve", "net.toml/x"), "net.toml/x")
    refused(derive("solve", "line\nbreak\x1b.toml"))
    refused(derive("appendix", "no_story"), *STORIES, "'no_story'")
    refused(derive("draw", "no_story"), *STORIES)
    refused(derive("audit", "newton1687"), "liu2026", "'newton1687'")
    refused(derive("build", "no_story"), *STORIES)
    refused(derive("build"), "pyproject.toml")


def test_help_is_no_error(capsysbinary):
    for arguments in (["--help"], ["solve", "--help"], ["build", "-h"]):
        with pytest.raises(SystemExit) as left:
            cli.main(arguments)
        assert left.value.code == 0
    assert b"--numpy FILE" in capsysbinary.readouterr().out


# -- files that resist -----------------------------------------------------------------------------------------


def test_outputs_that_cannot_be_are_refused_before_anything_is_written(derive, tmp_path):
    Path("net.toml").write_text(PAIR)
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    before = sorted(tmp_path.rglob("*"))
    for target, word in {
        "folder": "file", "folder/": "file", "": "file", "absent/out.py": "folder", "net.toml/out.py": "folder",
        "net.toml": "what is read", "folder/../net.toml": "what is read", "loop": "writable", "out.tex": "--latex",
        "./folder/../out.tex": "--latex",
    }.items():  # fmt: skip
        refused(derive("solve", "net.toml", "--latex", "out.tex", "--numpy", target), word)
    refused(derive("solve", "net.toml", "--latex", "-", "--numpy", "-"), "standard output")
    refused(derive("solve", "net.toml", "--latex", "/dev/stdout", "--numpy", "-"), "standard output")
    refused(derive("solve", "net.toml", "--latex", "out.tex", "--numpy", "/proc/out.py"), "/proc/out.py")
    assert sorted(tmp_path.rglob("*")) == before
    assert Path("net.toml").read_text() == PAIR


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(derive):
    Path("net.toml").write_text(PAIR)
    Path("folder").mkdir(mode=0o555)
    refused(derive("solve", "net.toml", "--numpy", "folder/out.py"), "writable")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder that somebody is in")
def test_a_folder_that_is_gone_is_refused(derive, tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir("gone")
    (tmp_path / "gone").rmdir()
    for words in (("solve", "../net.toml"), ("appendix", "cascaded", "--latex", "out.tex"), ("build",)):
        refused(derive(*words), "folder", "change to")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_leaves_no_output_behind(derive, tmp_path):
    Path("net.toml").write_text(PAIR)
    Path("out.py").write_text("old")
    refused(derive("solve", "net.toml", "--numpy", "out.py", "--latex", "/dev/full"), "/dev/full", "No space")
    assert Path("out.py").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.toml", "out.py"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "derive", "solve", tmp_path / "net.toml"],
            stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1), done.stderr
    assert b"No space" in done.stderr


@pytest.mark.parametrize(
    ("error", "told"),
    [(PermissionError(1, "Operation not permitted"), files.FileError), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_a_rename_that_fails_puts_everything_back(tmp_path, monkeypatch, error, told):
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    second.write_text("old")
    rename = os.replace

    def resist(source, target):
        if target == str(third):
            raise error
        rename(source, target)

    monkeypatch.setattr(os, "replace", resist)
    with pytest.raises(told) as caught:
        files.write({str(path): "new" for path in (first, second, third)})
    assert told is KeyboardInterrupt or "third" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["second"]
    assert second.read_text() == "old"


def test_devices_links_and_permissions_stay_what_they_are(derive, tmp_path):
    Path("net.toml").write_text(PAIR)
    target, link = Path("real.py"), Path("link.py")
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    Path("new.tex").symlink_to("made.tex")
    device = os.stat("/dev/null").st_rdev
    assert derive("solve", "net.toml", "--numpy", link, "--latex", "/dev/null").status == 0
    assert derive("solve", "net.toml", "--latex", "new.tex").status == 0
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert "def amplitudes" in target.read_text()
    assert Path("new.tex").is_symlink()
    assert Path("made.tex").read_text().startswith("% Generated")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert os.stat("/dev/null").st_rdev == device
    mask = os.umask(0o077)
    try:
        derive("solve", "net.toml", "--numpy", "own.py")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(Path("own.py").stat().st_mode) == 0o600


def test_a_complaint_that_nobody_can_read_keeps_its_exit_status(tmp_path):
    (tmp_path / "bad.toml").write_text("[modes.a]\nloss = -1")
    for standard_error in ("/dev/full", "/dev/null"):
        with open(standard_error, "rb" if standard_error == "/dev/null" else "wb") as closed:
            command = [sys.executable, "-m", "derive", "solve", tmp_path / "bad.toml"]
            buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
            for environment in (buffered, buffered | {"PYTHONUNBUFFERED": "1"}):
                done = subprocess.run(command, stderr=closed, cwd=ROOT, env=environment, check=False)
                assert done.returncode == 2


def test_a_standard_input_that_cannot_be_read_is_told(derive, monkeypatch):
    with open("written", "wb") as unread, open(unread.fileno(), "rb", closefd=False, buffering=0) as stream:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
        refused(derive("solve", "-"), "standard input", "Bad file descriptor")


ENDED = """
import os, signal, sys, tempfile
from derive import cli

signal.signal(signal.SIGNAL, signal.default_int_handler if signal.SIGNAL == signal.SIGINT else signal.SIG_DFL)

def printed(*_):
    with tempfile.TemporaryDirectory(dir="."):
        os.kill(os.getpid(), signal.SIGNAL)
        return {"out.tex": "told"}

cli._printed = printed
sys.exit(cli.main(["solve", "net.toml", "--latex", "out.tex"]))
"""


def ended(folder, code):
    """Status, standard error and the files in the folder, of a command that is told to end while it works."""
    (folder / "net.toml").write_text(PAIR)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr, sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_command_that_is_told_to_end_puts_away_what_it_began(tmp_path, name, status):
    said = b"derive: Interrupted; nothing was written.\n"
    assert ended(tmp_path, ENDED.replace("SIGNAL", name)) == (status, said, ["net.toml"])


def test_a_signal_that_is_ignored_stays_so_as_under_nohup(tmp_path):
    code = ENDED.replace("SIGNAL", "SIGHUP").replace("signal.SIG_DFL", "signal.SIG_IGN")
    assert ended(tmp_path, code) == (0, b"", ["net.toml", "out.tex"])


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path):
    (tmp_path / "net.toml").write_text(PAIR)
    command = f"{sys.executable} -m derive solve {tmp_path}/net.toml --latex - --numpy {tmp_path}/out.py; echo $? >&2"
    done = subprocess.run(["sh", "-c", f"({command}) | true"], capture_output=True, cwd=ROOT, check=False)
    assert done.stderr == b"0\n"
    assert (tmp_path / "out.py").exists()


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_output_is_utf_8_in_every_locale(tmp_path, locale):
    (tmp_path / "net.toml").write_text('title = "Ladegerät κ"\n' + PAIR, encoding="utf-8")
    environment = os.environ | {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "derive", "solve", tmp_path / "net.toml"],
        capture_output=True, cwd=ROOT, env=environment, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Ladegerät κ" in done.stdout.decode("utf-8")


def test_a_bad_file_is_told_before_papers_and_templates_are_imported(tmp_path):
    (tmp_path / "bad.toml").write_text("[modes.a]\nloss = -1")
    code = (
        "import sys; from derive.cli import main; status = main(sys.argv[1:])\n"
        "print(status, *sorted({'derive.papers', 'derive.stories', 'derive.claims', 'networkx', 'jinja2', 'tqdm',"
        " 'numpy', 'jupytext'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "solve", tmp_path / "bad.toml"],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert done.stdout == b"2\n", done.stdout
    assert done.stderr.count(b"\n") == 1


# -- large networks --------------------------------------------------------------------------------------------


def large(count, links):
    net = Drawn({f"b_{k}": {"loss": f"kappa_{k}"} for k in range(count)})
    net.modes["b_0"]["drive"] = "epsilon"
    net.couplings = [(f"b_{i}", f"b_{j}", f"J_{i}_{j}") for i, j in links]
    return net


def test_text_too_long_to_be_read_is_in_factors_a_program_or_refused(derive):
    Path("chain.toml").write_text(large(30, [(k, k + 1) for k in range(29)]).toml())
    ran = derive("solve", "chain.toml", "--mode", "b_29")
    assert "products of the determinants of its branches" in ran.out.splitlines()[0]
    assert "D_2 = D_1*kappa_27/2 + J_27_28**2*kappa_29/2" in ran.out.splitlines()
    assert max(map(len, ran.out.splitlines()[1:-1])) < 300
    Path("ring.toml").write_text(large(14, [(k, (k + 1) % 14) for k in range(14)]).toml())
    ran = derive("solve", "ring.toml", "--mode", "b_7")
    assert "straight-line program" in ran.out.splitlines()[0]
    assert max(map(len, ran.out.splitlines())) < 200
    Path("complete.toml").write_text(large(33, [(i, j) for i in range(33) for j in range(i)]).toml())
    refused(derive("solve", "complete.toml"), "complete.toml", "1000 entries", "--numpy")
    hot = large(30, [(k, k + 1) for k in range(29)])
    hot.baths = [{"rate": "1", "jump": {"b_3": "1"}, "thermal": "n"}]
    Path("hot.toml").write_text(hot.toml())
    refused(derive("solve", "hot.toml"), "hot.toml", "10000 lines", "--numpy")


@pytest.mark.parametrize("hot", [range(10), [3]], ids=["all", "one"])
def test_warm_networks_of_ten_modes_are_solved_as_text(derive, hot):
    net = large(10, [(k, k + 1) for k in range(9)])
    net.baths = [
        {"rate": f"gamma_{k}", "jump": {f"b_{k}": "1"}, "thermal": f"n_{k}", "squeezing": f"n_{k}"} for k in hot
    ]
    Path("net.toml").write_text(net.toml())
    names = sorted(set(re.findall(r'[a-zA-Z]+_\d+(?:_\d+)?(?=")|epsilon', net.toml())) - set(net.modes))
    net.values = dict(zip(names, np.random.default_rng(5).uniform(0.5, 2, len(names)), strict=True))
    found, expected = evaluated(derive("solve", "net.toml").out, net.values), solution(net, net.values, 1.0)
    for k, mode in enumerate(net.modes):
        assert abs(found[f"<{mode}>"] - expected["amplitudes"][k]) < 1e-12
        assert abs(found[f"E({mode})"] / expected["energies"][k] - 1) < 1e-9


# -- audit, build ----------------------------------------------------------------------------------------------


def judged(derive, *papers):
    ran = derive("audit", "--json", *papers)
    records = json.loads(ran.out)
    for record in records:
        assert list(record) == [
            "paper", "claim", "title", "verdict", "scope", "method", "printed", "corrected", "counterexample"
        ]  # fmt: skip
        assert record["verdict"] in {"holds", "corrected", "refuted", "fitted", "open"}
        assert re.fullmatch(r"general|all N|N = \d+(\.\.\d+|(, \d+)*)|numeric", record["scope"])
        assert record["method"] in {"identity", "induction", "limit", "bound", "numeric"}
        assert isinstance(record["printed"], str)
        assert (record["corrected"] is not None) == (record["verdict"] == "corrected")
        example = record["counterexample"]
        assert (example is not None) == (record["verdict"] in {"corrected", "refuted"})
        if example:
            assert sorted(example) == ["point", "printed", "true"]
            assert example["printed"] != example["true"]
    return ran.status, records


def test_audit_tells_what_the_contract_says_and_fits_the_terminal(derive, monkeypatch):
    zhao = next(paper for paper in papers.PAPERS if paper.key == "zhao2025")
    claims = sorted(zhao.claims, key=lambda claim: (claim.expected == "holds", -len(claim.title)))[:3]
    monkeypatch.setattr(papers, "PAPERS", (replace(zhao, claims=tuple(claims)),))
    status, records = judged(derive)
    assert status == 0
    assert [(record["paper"], record["claim"]) for record in records] == [
        ("zhao2025", claim.label) for claim in claims
    ]
    lines = derive("audit", "zhao2025").out.splitlines()
    assert max(map(len, lines)) <= 100, max(lines, key=len)
    assert lines[-1].startswith("3 claims: ")
    unexpected = replace(claims[0], corrected=None, open="a wrong expectation")
    monkeypatch.setattr(papers, "PAPERS", (replace(zhao, claims=(unexpected,)),))
    assert derive("audit").status == 1


def test_a_paper_of_ones_own_is_audited_by_its_name_in_the_same_words(derive):
    status, records = judged(derive, "ahmadi2024")
    assert status == 0
    assert {record["paper"] for record in records} == {"ahmadi2024"}
    assert {paper.key for paper in papers.PAPERS} == {"liu2026", "zhao2025", "dias2024", "wang2026"}


@pytest.mark.slow
def test_audit_of_all_papers_is_as_expected(derive):
    status, records = judged(derive)
    assert status == 0
    assert {record["paper"] for record in records} == {paper.key for paper in papers.PAPERS}
    lines = derive("audit").out.splitlines()
    assert max(map(len, lines)) <= 100, max(lines, key=len)
    ending = " ".join(lines[lines.index("", -4) :]).strip()  # of one line or two
    assert ending.startswith(f"{len(records)} claims: ")


@pytest.fixture
def project(tmp_path, monkeypatch, derive):
    """A project with two jobs of which nothing is derived, so that only the writing is tested."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_text("")

    def jobs(stories, root, everything, pages=True):
        made = {f"{build.GENERATED}/{story.key}.py": f"# {story.key} ⟨a⟩\n" for story in stories}
        return (
            build.Job("modules", lambda _: made),
            build.Job("pages", lambda _: {f"{build.PAGES}/page.html": "x"} if pages else {}),
        )

    monkeypatch.setattr(build, "jobs", jobs)
    return derive


def test_build_check_is_quiet_shows_differences_and_lists_strays(project, tmp_path):
    folder = tmp_path / build.GENERATED
    first = project("build", "--check")
    assert first.status == 1
    assert not folder.exists()
    assert (project("build").status, (tmp_path / "build" / "page.html").read_text()) == (0, "x")
    ran = project("build", "--check")
    assert (ran.status, ran.out, ran.err) == (0, "", [])
    key = sorted(STORIES)[0]
    (folder / f"{key}.py").write_bytes(f"# {key} ⟨a⟩\r\n".encode())
    (folder / "stray.txt").write_text("")
    ran = project("build", "--check")
    assert ran.status == 1
    assert ran.out.splitlines()[0].startswith("generated/stray.txt ")
    assert len(ran.out.splitlines()) == 2
    (folder / f"{key}.py").write_bytes(b"old\xff\n")
    lines = project("build", "--check", key).out.splitlines()
    assert lines[0] == f"--- generated/{key}.py"
    assert f"+# {key} ⟨a⟩" in lines
    assert project("build", key).status == 0
    assert (folder / f"{key}.py").read_text(encoding="utf-8") == f"# {key} ⟨a⟩\n"


def test_a_step_that_is_not_proved_is_a_check_that_does_not_hold(derive, monkeypatch):
    def unproved(*_):
        raise NotProved("Every displayed step must be proved, but 'x' is not.")

    monkeypatch.setattr(build, "body", unproved)
    Path("net.toml").write_text(PAIR)
    refused(derive("appendix", "net.toml", "--latex", "out.tex"), "proved", status=1)
    assert not Path("out.tex").exists()


ROOTS = ("(-2)**(1/4)", "(-3)**(2/5)", "(-k)**I", "(-k - q)**(1/3)", "(-3/7)**(-2/3)", "(-1)**pi", "I**x")


@pytest.mark.parametrize("weight", ROOTS)
def test_weights_that_are_powers_of_negative_numbers_are_told_and_proved(derive, weight):
    Path("net.toml").write_text(
        '[modes.a]\nloss = "I**I"\ndrive = "epsilon"\n[modes.b]\nloss = "kappa"\n[symbols]\nx = "real"\n'
        f'[[baths]]\nrate = "Gamma"\njump = {{ a = "{weight}", b = 1 }}\nthermal = "n"\n'
    )
    ran = derive("solve", "net.toml", "--latex", "net.tex")
    assert (ran.status, ran.err) == (0, [])


def test_a_relation_between_roots_that_is_not_found_is_to_be_named_by_letters(derive):
    pair = '[modes.a]\nloss = "kappa"\n[modes.b]\nloss = "kappa"\n[symbols]\nz = "complex"\n[[baths]]\nrate = "Gamma"\n'
    Path("net.toml").write_text(pair + 'jump = { a = "sqrt(sinh(z))", b = 1 }\nthermal = "n"\n')
    given = ("net.toml", "'moments'", "cannot be decided", "name the roots, powers and functions in it by letters")
    refused(derive("solve", "net.toml", "--latex", "net.tex"), *given, status=1)


@pytest.mark.parametrize(
    ("rate", "do"),
    [
        ("z", "declare z positive or real"),
        ("x**(1/3)", "declare x positive"),
        ("exp(I*pi/5)", "write its modulus Abs(...)"),
        ("k**I", "write its modulus Abs(...)"),
    ],
)
def test_a_rate_that_is_not_real_is_told_what_would_make_it_real(derive, rate, do):
    Path("net.toml").write_text(f'[modes.a]\nloss = "{rate}"\n[symbols]\nz = "complex"\nx = "real"\n')
    refused(derive("solve", "net.toml"), "must be real", do)


@pytest.mark.parametrize(
    "words",
    [
        ("solve", "net.toml", "--latex", "a.tex", "--latex", "b.tex"),
        ("solve", "net.toml", "--numpy=a.py", "--numpy", "-"),
        ("appendix", "net.toml", "--latex", "", "--latex", "b.tex"),
        ("draw", "net.toml", "--svg", "a.svg", "--svg", "a.svg"),
    ],
    ids=" ".join,
)
def test_a_second_file_of_one_kind_does_not_silently_take_the_place_of_the_first(derive, words):
    Path("net.toml").write_text(PAIR)
    refused(derive(*words), "must be given once", "leave one out")
    assert os.listdir() == ["net.toml"]


def test_modes_called_as_what_an_appendix_displays_are_asked_for_by_their_names(derive):
    Path("net.toml").write_text('[modes.H]\nloss = "kappa"\ndrive = "epsilon"\n[modes.W]\nloss = "kappa"\n')
    shown = derive("solve", "net.toml", "--mode", "H", "--latex", "-")
    assert r"\langle \mathrm{H}\rangle = -\frac{2 i \epsilon}{\kappa}" in shown.out.replace("&", "")
    assert r"E_{\mathrm{W}}" not in shown.out


def test_a_progress_bar_is_only_for_terminals(monkeypatch):
    assert cli._progress([1, 2], "audit") == [1, 2]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert list(cli._progress([1, 2], "audit")) == [1, 2]
    assert type(cli._progress([1, 2], "audit")).__name__ == "tqdm"


def test_pictures_and_appendices_of_more_modes_than_a_reader_takes_in_are_refused(derive, tmp_path):
    modes = "".join(f'[modes.b_{k}]\nloss = "kappa"\n' for k in range(301))
    (tmp_path / "net.toml").write_text(modes)
    refused(derive("draw", "net.toml", "--svg", "net.svg"), "at most 300 modes", "has 301")
    refused(derive("appendix", "net.toml", "--latex", "net.tex"), "at most 300 modes", "has 301")
    modes = "".join(f'[modes.b_{k}]\nloss = "kappa"\n' for k in range(121))
    (tmp_path / "net.toml").write_text(modes + '[[squeezings]]\nbetween = ["b_0", "b_1"]\nstrength = "chi"\n')
    refused(derive("appendix", "net.toml", "--latex", "net.tex"), "at most 120 modes", "pairing", "has 121")
    legs = ", ".join(f'b_{k} = "1"' for k in range(45))
    (tmp_path / "net.toml").write_text(
        "".join(f"[modes.b_{k}]\n" for k in range(45)) + f'[[baths]]\nrate = "Gamma"\njump = {{ {legs} }}\n'
    )
    refused(derive("appendix", "net.toml", "--latex", "net.tex"), "at most 2000 entries", "has 2025")
    assert [path.name for path in tmp_path.iterdir()] == ["net.toml"]


def test_eulers_number_is_drawn_typeset_and_emitted(derive, tmp_path):
    (tmp_path / "net.toml").write_text('[modes.a]\nloss = "exp(1)"\ndrive = "e"\n')
    shown = derive("appendix", "net.toml")
    assert (shown.status, shown.err) == (0, [])
    letters = {r"\mathsf{e}": Symbol("e", positive=True)}
    formula = re.search(r"\\langle a\\rangle = ([^&]*?)\.\n", shown.out)[1]
    assert read(formula, letters) == -2 * I * Symbol("e", positive=True) / E
    drawing = derive("draw", "net.toml")
    assert xml.fromstring(drawing.out).findall(".//{*}text")[-1].text == "e"
    text = derive("solve", "net.toml", "--numpy", "-").out
    assert text.startswith('"""A network of 1 mode\n')
    assert "d⟨a⟩/dt = -exp(1)/2 ⟨a⟩ - i e" in text


@pytest.mark.parametrize(
    "strength",
    ["sqrt(z + w)", "(1/(N + 3))**(1/3)", "sqrt(N - M)", "sqrt(x + I*N)", "sqrt(-2 + 5*I/3)",
     "log(2 - I/3)*sqrt(1 + I)", "sqrt(exp(I*N))", "I*log(x)**(1/3)"],
)
def test_a_coupling_by_a_root_is_solved_as_text(derive, tmp_path, strength):
    """Conjugates of roots are below their sign where no cut is, and said as conjugates where there may be one."""
    kinds = '[symbols]\nN = "real"\nM = "real"\nz = "complex"\nw = "complex"\n'
    between = f'[[couplings]]\nbetween = ["a", "b"]\nstrength = "{strength}"\n'
    net = '[modes.a]\nloss = "k"\ndrive = "e"\n[modes.b]\nloss = "l"\n' + between + kinds
    (tmp_path / "net.toml").write_text(net)
    ran = derive("solve", "net.toml")
    assert ran.status == 0, ran.err
    roots = {"sqrt": np.emath.sqrt, "log": np.emath.log, "exp": np.exp, "conjugate": np.conj, "I": 1j}
    point = {"k": 0.7, "l": 1.3, "e": 0.4, "x": 0.6, "N": -4.1, "M": -3.2, "z": -0.8 + 0.3j, "w": -0.5 - 0.9j}
    # (1/(N + 3))**(1/3) of a negative number is its principal root
    known = {name: complex(value) for name, value in point.items()} | roots
    j = eval(strength, known)  # noqa: S307
    lines = dict(line.split(" = ") for line in ran.out.splitlines())
    drift = np.array([[-point["k"] / 2, -1j * j], [-1j * np.conj(j), -point["l"] / 2]])
    for name, expected in zip("ab", np.linalg.solve(drift, [1j * point["e"], 0]), strict=True):
        assert eval(lines[f"<{name}>"], known) == pytest.approx(expected, rel=1e-12)  # noqa: S307
        assert eval(lines[f"E({name})"], known) == pytest.approx(abs(expected) ** 2, rel=1e-12)  # noqa: S307
