"""Other computer-algebra systems on A x = b: what is installed, how each is asked, and what it took.

A way of solving runs in a process group of its own, one at a time, and the group is ended at the limit. It gets the
system in real letters (`points`), measures processor time itself without start-up and reading, repeats until a tenth
of a second has passed, and then evaluates its own answer at the random point, where it must equal FLINT's.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.machinery import PathFinder
from multiprocessing import get_context
from pathlib import Path

from benchmarks import child, scripts
from benchmarks.child import EXTRA
from benchmarks.networks import FAMILIES
from benchmarks.points import Point, random_point

ROOT = Path(__file__).resolve().parent.parent
RATIONAL = re.compile(r"-?\d+(/\d+)?")
PATIENCE = 5  # how many times its limit of processor time a way may take by the wall clock
START_UP = 3  # seconds that reading the matrix and evaluating the answer may take besides


@dataclass(frozen=True)
class Result:
    """What a way took. `seconds` is None beyond the limit or if it failed, of which `failure` tells."""

    seconds: float | None
    agrees: bool = True
    failure: str = ""
    also: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Peer:
    """A system with the ways it is tried in; `answer` says which of our times is like its own.

    `coprime`: numerators and denominators in the system's own form, in lowest terms; `polynomials`: determinants, for
    Cramer's rule; `expressions`: SymPy's, expanded; `end to end`: the same from polynomials, printed and read back;
    `program`: nested fractions.
    """

    name: str
    answer: str
    ways: tuple[str, ...]
    program: str = ""
    module: str = ""
    script: Callable[[Point, str], str] | None = None

    @property
    def found(self) -> str | None:
        """The path of the program or module; None if it is not installed."""
        if self.program:
            wheels = EXTRA / "sage_wheels" / "bin" / self.program
            return str(wheels) if wheels.exists() else shutil.which(self.program)
        spec = PathFinder.find_spec(self.module, [*sys.path, str(EXTRA)])
        return spec.origin if spec else None

    def run(self, way: str, family: str, size: int, limit: float) -> Result:
        """Solve a network of a family in one of the ways, within seconds of the processor."""
        if self.script is None:
            return run(f"{self.name} {way}".strip(), family, size, limit)
        point = random_point(*FAMILIES[family].matrices(size))
        flags = {"Singular": ["-q"], "gp": ["-q", "-f"], "maxima": ["--very-quiet", "-b"]}
        command = [str(self.found), *flags.get(self.program, [])]
        text, status = _run(command, self.script(point, way), limit)
        words = text.partition("time ")[2].split(maxsplit=2)
        if self.answer != "end to end" or len(words) < 3:
            return read(text, status, point, limit)
        before = float(words[0]) / float(words[1])
        texts = [line.removeprefix("text ") for line in text.splitlines() if line.startswith("text ")]
        return _forked(lambda: child.by_texts(point, before, texts), point, limit)


def run(way: str, family: str, size: int, limit: float) -> Result:
    """The same for a way in Python (`child`), this package's or another's, in a fork that has its imports already."""
    point = random_point(*FAMILIES[family].matrices(size))
    return _forked(lambda: child.solve(way, family, size), point, limit)


def _forked(task: Callable[[], None], point: Point, limit: float) -> Result:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        process = get_context("fork").Process(target=_limited, args=(task, file.fileno(), limit))
        process.start()
        process.join(PATIENCE * (limit + START_UP))
        if process.is_alive():
            os.killpg(int(process.pid or 0), signal.SIGKILL)
            process.join()
        file.seek(0)
        return read(file.read(), process.exitcode, point, limit)


def _limited(task: Callable[[], None], output: int, limit: float) -> None:
    os.setsid()
    os.dup2(output, 1)
    os.dup2(output, 2)
    child.LIMIT = limit
    task()
    sys.stdout.flush()


def _run(command: list[str], script: str, limit: float) -> tuple[str, int | None]:
    """What a program prints, and its status."""
    seconds = int(limit + START_UP) + 1

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script"
        file.write_text(script, encoding="utf-8")
        with subprocess.Popen(
            [*command, str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=folder,
            start_new_session=True,
            preexec_fn=limited,
        ) as process:
            try:
                text, _ = process.communicate(timeout=PATIENCE * seconds)
            except subprocess.TimeoutExpired:
                text = ""
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
    return text, process.returncode


def read(text: str, status: int | None, point: Point, limit: float) -> Result:
    words = [line.split(maxsplit=2) for line in text.replace('"', "").splitlines()]
    times = [float(word[1]) / float(word[2]) for word in words if word[:1] == ["time"]]
    values = [" ".join(word[1:]) for word in words if word[:1] == ["value"]]
    also = {word[1]: word[2] for word in words if word[:1] == ["also"] and len(word) == 3}
    if status in (-signal.SIGPROF, -signal.SIGXCPU, -signal.SIGKILL, None) or times and times[0] > limit:
        return Result(None)
    if not times or len(values) != point.A.rows or not all(RATIONAL.fullmatch(value) for value in values):
        return Result(None, failure=(text.strip().splitlines() or ["no output"])[-1][:100])
    return Result(times[0], values == point.expected, also=also)


PEERS = (
    Peer("SymPy inv", "expressions", ("",), module="sympy"),
    Peer("SymPy DomainMatrix", "expressions", ("charpoly", "rref", "solve_lin_sys"), module="sympy"),
    Peer("SymPy LUsolve", "program", ("",), module="sympy"),
    Peer("SymEngine LUsolve", "program", ("",), module="symengine"),
    Peer("SymEngine LUsolve to SymPy", "program", ("",), module="symengine"),
    Peer("Singular", "polynomials", scripts.SINGULAR, "Singular", script=scripts.singular),
    Peer("python-flint", "polynomials", ("Bareiss",), module="flint"),
    Peer("Giac", "polynomials", scripts.GIAC, "giac", script=scripts.giac),
    Peer("PARI", "polynomials", scripts.PARI, "gp", script=scripts.pari),
    Peer("Maxima", "polynomials", scripts.MAXIMA, "maxima", script=scripts.maxima),
    Peer("Singular, coprime", "coprime", scripts.SINGULAR, "Singular", script=partial(scripts.singular, coprime=True)),
    Peer("Symbolica", "coprime", ("solve",), module="symbolica"),
    Peer("python-flint, coprime", "coprime", ("Bareiss",), module="flint"),
    Peer("Giac, coprime", "coprime", scripts.GIAC_COPRIME, "giac", script=partial(scripts.giac, coprime=True)),
    Peer("PARI, coprime", "coprime", scripts.PARI_COPRIME, "gp", script=partial(scripts.pari, coprime=True)),
    Peer("Maxima, coprime", "coprime", scripts.MAXIMA_COPRIME, "maxima", script=partial(scripts.maxima, coprime=True)),
    Peer(
        "Singular to SymPy",
        "end to end",
        scripts.SINGULAR,
        "Singular",
        script=partial(scripts.singular, printing=True),
    ),
    Peer("Symbolica to SymPy", "end to end", ("solve",), module="symbolica"),
    Peer("python-flint to SymPy", "end to end", ("Bareiss",), module="flint"),
)
