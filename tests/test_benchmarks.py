"""The benchmarks compare answers, not promises: same system, exact agreement, and what is slower is said."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
from sympy import I, symbols

from benchmarks import child, peers, readers, report, scripts, solve, verdicts
from benchmarks.networks import FAMILIES
from benchmarks.peers import Result
from benchmarks.points import random_point
from benchmarks.report import Row
from derive import langevin

SMALL = {name: solve.SIZES[name][1] for name in FAMILIES}
PICTURES = {name: net for name, family in FAMILIES.items() if (net := family.network(SMALL[name]))}
HERE = [way for way in child.WAYS if way.startswith(("SymPy ", "python-flint"))]  # other systems are on few machines


@pytest.fixture(autouse=True)
def one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "ENOUGH", 1e-9)
    # before each timing, which is nothing in a process of its own and half a second in one of many tests
    monkeypatch.setattr(gc, "collect", lambda: 0)


@pytest.mark.parametrize("family", PICTURES)
def test_picture_and_matrices_of_a_family_are_one_network(family: str) -> None:
    eq = langevin(PICTURES[family])
    A, b = FAMILIES[family].matrices(SMALL[family])
    assert (eq.drift - A).expand().is_zero_matrix
    assert (eq.force + b).is_zero_matrix


@pytest.mark.parametrize("family", FAMILIES)
def test_real_letters_leave_no_i_and_the_same_solution(family: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What this package finds from the matrix with i is what FLINT finds in real letters."""
    point = random_point(*FAMILIES[family].matrices(SMALL[family]))
    assert not point.A.has(I)
    assert not point.b.has(I)
    child.ours(family, SMALL[family])
    shown = peers.read(capsys.readouterr().out, 0, point, 60)
    assert shown.agrees
    assert shown.seconds is not None


@pytest.mark.parametrize("way", HERE)
def test_ways_in_python_agree(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    point = random_point(*FAMILIES["ring"].matrices(4))
    child.WAYS[way](point)
    text = capsys.readouterr().out
    assert peers.read(text, 0, point, 60).agrees
    wrong = random_point(*FAMILIES["ring"].matrices(4))
    assert not peers.read(text, 0, replace(wrong, b=2 * wrong.b), 60).agrees


def test_a_verdict_is_timed_only_if_the_right_answer_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "ENOUGH", 1e-9)
    cells = verdicts.row("chain", 3).split(" | ")
    assert cells[:2] == ["| chain 3", "7"]
    assert len(cells) == 7
    monkeypatch.setattr(verdicts, "residual", lambda A, x, b, where: A * (x + x) - b)
    with pytest.raises(SystemExit, match="right answer is Refuted"):
        verdicts.row("chain", 3)


def test_scripts_state_the_whole_system() -> None:
    point = random_point(*FAMILIES["triangles"].matrices(5))
    for script, ways in (
        (scripts.singular, scripts.SINGULAR),
        (scripts.pari, scripts.PARI_COPRIME),
        (scripts.giac, scripts.GIAC_COPRIME),
        (scripts.maxima, scripts.MAXIMA_COPRIME),
    ):
        for way in ways:
            for coprime in (False, True):
                assert all(str(letter) in script(point, way, coprime=coprime) for letter in point.letters)


def test_polynomials_are_read_back_as_sympy_builds_them() -> None:
    x, y = symbols("x0 x1", positive=True)
    texts = [("-x0*x1^2+1/2*x1-3", "2*x0 + x1"), ("x1", "2*x0 + x1"), ("6-x0+2*x0*x1^2", "1"), ("0", "x0")]
    below = 2 * x + y
    expected = [(-x * y**2 + y / 2 - 3) / below, y / below, 6 - x + 2 * x * y**2, 0]
    assert readers.read_back(texts, [x, y]) == expected


def test_answers_of_a_peer_are_compared_after_they_are_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    """What takes so long is counted: what the peer says of itself, writing the matrix, and reading the answer."""
    point = random_point(*FAMILIES["chain"].matrices(2))
    (a, b), (c, d), e = point.A[0, :], point.A[1, :], point.b[0]
    texts = [scripts.text((4 * p).expand()) for p in (d * e, -c * e, a * d - b * c)]
    child.by_texts(point, 5.0, texts)
    found = peers.read(capsys.readouterr().out, 0, point, 60)
    assert found.agrees
    assert found.seconds is not None
    assert found.seconds > 5 + float(found.also["reading"])
    child.by_texts(point, 5.0, [texts[1], texts[0], texts[2]])
    assert not peers.read(capsys.readouterr().out, 0, point, 60).agrees


def test_singular_prints_what_it_is_timed_with() -> None:
    point = random_point(*FAMILIES["chain"].matrices(3))
    for way in scripts.SINGULAR:
        script = scripts.singular(point, way, printing=True)
        timed = script[script.index("while(1)") : script.index('print("time')]
        assert [timed.count(f"s{name}=string({name})") for name in ("y0", "y1", "y2", "d")] == [1] * 4
        assert [script.count(f'print("text "+s{name})') for name in ("y0", "y1", "y2", "d")] == [1] * 4


def test_singular_is_timed_until_its_answer_is_coprime() -> None:
    point = random_point(*FAMILIES["cascade"].matrices(3))
    for way in scripts.SINGULAR:
        script = scripts.singular(point, way, coprime=True)
        timed = script[script.index("while(1)") : script.index('print("time')]
        assert [timed.count(f"g=gcd(y{j},d);y{j}=y{j}/g;d{j}=d/g;") for j in range(3)] == [1, 1, 1]
        assert [script.count(f"leadcoef(at(y{j}))/leadcoef(at(d{j}))") for j in range(3)] == [1, 1, 1]


def test_measuring_again_needs_all_peers_of_the_last_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "load", lambda: ([row(Singular=Result(0.25))], 3))
    monkeypatch.setattr("sys.argv", ["solve", "--again"])
    with pytest.raises(SystemExit):
        solve.main()
    assert "the last run did not measure SymPy inv" in capsys.readouterr().err


def row(**taken: Result) -> Row:
    own = Result(1.0, also={"form": "expanded", "terms": "3", "polynomials": "0.5", "program": "2", "network": "4"})
    return Row("chain", 2, own, {name: ("polynomials", "a way", result) for name, result in taken.items()})


def test_a_quicker_peer_is_named_and_a_wrong_one_fails() -> None:
    found = row(Singular=Result(0.25), PARI=Result(5.0), Giac=Result(None), Maxima=Result(None, failure="no"))
    assert [report.cell(found, name, 3) for name in found.peers] == ["**0.5×**", "10×", "> 6×", "failed"]
    assert report.slower([found]) == [
        "* Singular beside *polynomials alone*: on 1 of the 1 networks that both solved, at most 2×: chain up to 2."
    ]
    assert found.right
    wrong = row(Singular=Result(0.25, agrees=False))
    assert report.cell(wrong, "Singular", 3) == "WRONG"
    assert not wrong.right


def test_a_peer_that_is_wrong_in_one_way_is_measured_in_another_and_named() -> None:
    taken = {"quick": Result(0.1, agrees=False), "slow": Result(2.0), "slower": Result(3.0)}
    peer = Mock(ways=tuple(taken), run=lambda way, *_: taken[way])
    way, best = solve.best(peer, "chain", 2, 5.0, set())
    assert (way, best.seconds) == ("slow", 2.0)
    found = Row("chain", 2, row().own, {"Maxima": ("polynomials", way, best)})
    assert report.cell(found, "Maxima", 3) == "4×"
    assert not found.right
    assert "but those of Maxima `quick` on chain 2." in report.text([found], 3)


def test_a_peer_that_is_wrong_in_its_only_way_is_named() -> None:
    peer = Mock(ways=("",), run=lambda *_: Result(0.1, agrees=False))
    way, best = solve.best(peer, "chain", 2, 5.0, set())
    assert not best.agrees
    found = Row("chain", 2, row().own, {"SymPy inv": ("expressions", way, best)})
    assert report.cell(found, "SymPy inv", 3) == "WRONG"
    assert not found.right
    assert "but those of SymPy inv on chain 2." in report.text([found], 3)


def test_a_peer_that_fails_in_one_way_and_is_slow_in_another_is_too_slow() -> None:
    taken = {"slow": Result(None), "broken": Result(None, failure="no package")}
    peer = Mock(ways=tuple(taken), run=lambda way, *_: taken[way])
    given_up: set[tuple[str, str, str]] = set()
    assert not solve.best(peer, "chain", 8, 5.0, given_up)[1].failure
    assert not solve.best(peer, "chain", 12, 5.0, given_up)[1].failure  # where only the broken way is tried
    assert solve.best(Mock(ways=("broken",), run=peer.run), "chain", 8, 5.0, set())[1].failure == "no package"


def test_a_process_beyond_the_limit_is_no_result() -> None:
    point = random_point(*FAMILIES["chain"].matrices(2))
    values = "".join(f"value {v}\n" for v in point.expected)
    assert peers.read(f"time 3 2\n{values}", 0, point, 2).seconds == 1.5
    assert peers.read(f"time 3 2\n{values}", 0, point, 1).seconds is None
    assert peers.read("error: no such ring", 1, point, 1).failure == "error: no such ring"
    gone_on = peers.read("Lisp error\ntime 1 1\nvalue y[1]\nvalue y[2]", 0, point, 1)
    assert gone_on.seconds is None  # Maxima goes on to the next line
    assert gone_on.failure


def test_measurements_are_kept_for_the_next_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MEASURED", tmp_path / "build" / "solve.json")
    found = [row(Singular=Result(0.25), Giac=Result(None))]
    report.save(found, 3)
    assert report.load() == (found, 3)


def test_the_readme_has_a_place_for_the_table() -> None:
    text = (report.HERE / "README.md").read_text(encoding="utf-8")
    assert [text.count(mark) for mark in report.MARKS] == [1, 1]
