"""Emitted steady energies beside LAPACK: time a point, and errors against exact rational arithmetic.

    python -m benchmarks.numerics            # a million points
    python -m benchmarks.numerics --quick    # ten thousand
    python -m benchmarks.numerics ring       # one family

Every parameter is an array of its own. LAPACK is `numpy.linalg.solve` on stacked matrices, with and without the time
to fill them. Errors are the largest of |x − x_exact|/|x_exact| over modes and points: by component, not in a norm.
"""

from __future__ import annotations

import argparse
import tracemalloc
from collections.abc import Callable
from functools import partial
from time import process_time
from types import SimpleNamespace
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import I, Symbol, lambdify, symbols

from derive import Network, chain, complete, langevin, ring, star
from derive.modules import network_module
from derive.network import Bath, Coupling, Drive, Mode, loss
from derive.program import straight
from derive.program.points import BLOCK

FAMILIES: dict[str, Callable[[int], Network]] = {
    "chain": lambda n: chain(n - 1, distinct=True),
    "cascade": lambda n: chain(n - 1, "nonreciprocal", distinct=True),
    "star": lambda n: star(n - 1, distinct=True),
    "cascaded star": lambda n: star(n - 1, "nonreciprocal", distinct=True),
    "ring": lambda n: ring(n - 1, distinct=True),
    "complete": lambda n: complete(n - 1, distinct=True),
}
SIZES = (3, 10, 30)
SIZES_OF_DENSE = (5, 10, 14, 22)
SIZES_OF_LOSSLESS = (8, 10, 12)
COUPLINGS = ("J", "Gamma")


def dense(n: int, reservoirs: str = "", coupled: bool = True, lossless: int = 0) -> Network:
    """All modes coupled by complex letters; a reservoir of complex weights for "all" of them or for "each" pair.

    The last modes, as many as are `lossless`, lose nothing by themselves.
    """
    names = [f"b_{k}" for k in range(n)]
    pairs = [(i, j) for j in range(n) for i in range(j)]
    links = [Coupling(names[i], names[j], Symbol(f"J_{i}_{j}")) for i, j in pairs if coupled]
    baths = [loss(name, Symbol(f"kappa_{k}", positive=True)) for k, name in enumerate(names[: n - lossless])]
    if reservoirs == "all":
        jump = tuple((name, Symbol(f"p_{k}")) for k, name in enumerate(names))
        baths.append(Bath(jump, Symbol("Gamma", positive=True)))
    if reservoirs == "each":
        for i, j in pairs:
            jump = (names[i], Symbol(f"p_{i}_{j}")), (names[j], Symbol(f"q_{i}_{j}"))
            baths.append(Bath(jump, Symbol(f"Gamma_{i}_{j}", positive=True)))
    drive = Drive(names[0], Symbol("epsilon", positive=True))
    return Network(tuple(map(Mode, names)), tuple(links), (drive,), tuple(baths))


DENSE: dict[str, Callable[[int], Network]] = {
    "complete, complex": dense,
    "complete, one reservoir": partial(dense, reservoirs="all"),
    "one reservoir": partial(dense, reservoirs="all", coupled=False),
    "complete, reservoirs": partial(dense, reservoirs="each"),
}
LOSSLESS: dict[str, Callable[[int], Network]] = {
    "one without loss": partial(dense, lossless=1),
    "one reservoir, one without loss": partial(dense, reservoirs="all", coupled=False, lossless=1),
    "two without loss": partial(dense, lossless=2),
}
DENSE |= LOSSLESS
FAMILIES |= DENSE


def sizes(family: str) -> tuple[int, ...]:
    return SIZES_OF_LOSSLESS if family in LOSSLESS else SIZES_OF_DENSE if family in DENSE else SIZES


class Case:
    """A network, its emitted module, and its equations for NumPy and for exact numbers.

    With `phases`, letters that are not real have complex values; else all have real ones.
    """

    def __init__(self, net: Network, *, phases: bool = False) -> None:
        names: dict[str, Any] = {}
        exec(network_module(net, "benchmark"), names)  # noqa: S102
        self.module = SimpleNamespace(**names)
        self.net, self.phases, eq = net, phases, langevin(net)
        self.n = len(eq.modes)
        self.places = sorted(eq.drift.todok())
        entries = [*(eq.drift[place] for place in self.places), *eq.force]
        self.numbers = lambdify(net.symbols, entries, "numpy")
        real = {s: symbols(f"{s.name}_re {s.name}_im", real=True) for s in net.symbols if not s.is_real}
        self.letters = tuple(part for s in net.symbols for part in real.get(s, (s,)))
        whole = {s: re + I * im for s, (re, im) in real.items()}
        parts = [part for e in entries for part in e.xreplace(whole).expand().as_real_imag()]
        self.parts = straight("parts", self.letters, parts)

    def values(self, points: int, ratio: float = 1.0, seed: int = 0, **fixed: float) -> dict[Symbol, np.ndarray]:
        rng = np.random.default_rng(seed)
        found = {
            s: rng.uniform(0.5, 2, points) * (ratio if s.name.startswith(COUPLINGS) else 1)
            for s in self.net.symbols
        }
        if self.phases:
            found |= {s: v * np.exp(2j * np.pi * rng.uniform(size=points)) for s, v in found.items() if not s.is_real}
        return found | {s: np.full(points, fixed[s.name]) for s in self.net.symbols if s.name in fixed}

    def matrices(self, values: dict[Symbol, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        points = len(next(iter(values.values())))
        entries = self.numbers(*values.values())
        w, f = np.zeros((points, self.n, self.n), complex), np.zeros((points, self.n, 1), complex)
        for (i, j), v in zip(self.places, entries, strict=False):
            w[:, i, j] = v
        for i, v in enumerate(entries[len(self.places) :]):
            f[:, i, 0] = v
        return w, f

    def exact(self, values: dict[Symbol, np.ndarray], point: int) -> np.ndarray:
        """The amplitudes from the exact values of the doubles: a real system of twice the size over the rationals."""
        doubles = (part for s, v in values.items() for part in (v[point].real, v[point].imag)[: 2 - bool(s.is_real)])
        numbers = (fmpq(*float(x).as_integer_ratio()) for x in doubles)
        parts, n = self.parts(dict(zip(self.letters, numbers, strict=True)), fmpq(1)), self.n
        a, b = fmpq_mat(2 * n, 2 * n), fmpq_mat(2 * n, 1)
        for k, (i, j) in enumerate(self.places):
            re, im = parts[2 * k], parts[2 * k + 1]
            a[i, j], a[i + n, j + n], a[i + n, j], a[i, j + n] = re, re, im, -im
        for i in range(n):
            k = 2 * (len(self.places) + i)
            b[i, 0], b[i + n, 0] = -parts[k], -parts[k + 1]
        x = a.solve(b)
        return np.array([complex(quotient(x[i, 0]), quotient(x[i + n, 0])) for i in range(n)])

    def errors(self, values: dict[Symbol, np.ndarray], points: int) -> tuple[float, float]:
        """The largest relative errors of the emitted amplitudes and of LAPACK's."""
        some = {s: v[:points] for s, v in values.items()}
        exact = np.array([self.exact(some, k) for k in range(points)]).T
        found = self.module.amplitudes(**keywords(some))
        w, f = self.matrices(some)
        return tuple(
            float(np.max(np.abs(x - exact) / np.abs(exact)))
            for x in (found, np.linalg.solve(w, -f)[..., 0].T)
        )


def quotient(x: fmpq) -> float:
    return int(x.p) / int(x.q)


def keywords(values: dict[Symbol, np.ndarray]) -> dict[str, np.ndarray]:
    return {s.name: v for s, v in values.items()}


def seconds(run: Callable[[], object], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        start = process_time()
        run()
        best = min(best, process_time() - start)
    return best


def lapack(case: Case, values: dict[Symbol, np.ndarray]) -> tuple[float, float]:
    """Seconds a point to fill the matrices and to solve them, a few megabytes at a time, sixteen times.

    Sixteen, so that parameters are read from memory, as the emitted code reads them.
    """
    points = max(2**20 // case.n**2, 100)
    pieces = [{s: v[k : k + points] for s, v in values.items()} for k in range(0, 16 * points, points)]
    pieces = [some for some in pieces if len(next(iter(some.values())))]
    total = sum(len(next(iter(some.values()))) for some in pieces)
    w, f = case.matrices(pieces[0])

    def fill() -> None:
        for some in pieces:
            case.matrices(some)

    return seconds(fill) / total, seconds(lambda: np.linalg.solve(w, f)) / len(w)


def floor(values: dict[Symbol, np.ndarray], modes: int) -> float:
    """Seconds a point to read every parameter and to write every result once, in the blocks of the emitted code."""
    points = len(next(iter(values.values())))

    def run() -> None:
        out, total = np.empty((modes, points)), np.zeros(BLOCK, np.result_type(*values.values()))
        for start in range(0, points, BLOCK):
            part = slice(start, min(start + BLOCK, points))
            some = total[: part.stop - start]
            for array in values.values():
                np.add(some, array[part], out=some)
            for row in out:
                row[part] = some.real

    return seconds(run) / points


def row(case: Case, points: int) -> list[str]:
    """Nanoseconds a point: emitted energies with every parameter an array, with two, with a gradient; LAPACK's."""
    m, values = case.module, case.values(points)
    words = keywords(values)
    few = {name: v if k % (len(words) // 2) == 0 else v[0].item() for k, (name, v) in enumerate(words.items())}
    tracemalloc.start()
    result = m.energies(**words)
    memory = tracemalloc.get_traced_memory()[1] - result.nbytes
    tracemalloc.stop()
    del result
    ours, sweep = seconds(lambda: m.energies(**words)) / points, seconds(lambda: m.energies(**few)) / points
    least = floor(values, case.n)
    quarter = {name: v[: points // 4] for name, v in words.items()}
    both = seconds(lambda: m.energies_and_gradient(m.MODES[-1], **quarter)) / (points // 4)
    filling, solving = lapack(case, values)
    times = (least, ours, sweep, both, solving, filling + solving)
    ratios = (solving / ours, (filling + solving) / ours, (filling + solving) / sweep)
    return [*(f"{t * 1e9:.0f} ns" for t in times), *(f"{r:.1f}×" for r in ratios), f"{memory / 1e6:.0f} MB"]


def speed(points: int, families: list[str]) -> None:
    columns = "floor|emitted|two arrays|and gradient|LAPACK|filled|ratio|filled|two arrays|memory".split("|")
    print(f"| network, modes | {' | '.join(columns)} |")
    print(f"|---|{'--:|' * len(columns)}")
    for family in families:
        for n in sizes(family):
            case = Case(FAMILIES[family](n), phases=family in DENSE)
            letters = len(case.net.symbols)
            cells = row(case, points if letters < 70 else points // 5 if letters < 200 else points // 50)
            print(f"| {family} {n} | {' | '.join(cells)} |", flush=True)


def resonant(n: int) -> Network:
    """A chain of detuned modes: the losses are small beside what cancels."""
    names = [f"b_{k}" for k in range(n)]
    modes = tuple(Mode(name, Symbol(f"Delta_{k}", real=True)) for k, name in enumerate(names))
    links = tuple(
        Coupling(a, b, Symbol(f"J_{k}", positive=True))
        for k, (a, b) in enumerate(zip(names, names[1:], strict=False))
    )
    losses = tuple(loss(name, Symbol(f"kappa_{k}", positive=True)) for k, name in enumerate(names))
    return Network(modes, links, (Drive(names[0], Symbol("epsilon", positive=True)),), losses)


def isolating(n: int) -> Network:
    """A chain driven at its end; its first two links, but for a mismatch, let nothing through to its beginning."""
    names = [f"b_{k}" for k in range(n)]
    links, baths = [], [loss(name, Symbol(f"kappa_{k}", positive=True)) for k, name in enumerate(names)]
    for k, (a, b) in enumerate(zip(names, names[1:], strict=False)):
        strength = Symbol(f"J_{k}", positive=True)
        links.append(Coupling(a, b, I * strength if k < 2 else strength))
        if k < 2:
            baths.append(Bath(((a, 1), (b, 1)), Symbol(f"Gamma_{k}", positive=True)))
    drive = Drive(names[-1], Symbol("epsilon", positive=True))
    return Network(tuple(map(Mode, names)), tuple(links), (drive,), tuple(baths))


def triangle() -> Network:
    """A driven mode b and a mode a: what b sends is cancelled, but for a mismatch, by what comes over c."""
    J, g, h = (Symbol(letter, positive=True) for letter in ("J", "g", "h"))
    links = (Coupling("a", "b", J), Coupling("a", "c", g), Coupling("c", "b", -I * h))
    losses = tuple(loss(name, Symbol(f"kappa_{name}", positive=True)) for name in "abc")
    return Network(tuple(map(Mode, "abc")), links, (Drive("b", Symbol("epsilon", positive=True)),), losses)


def accuracy(points: int, families: list[str]) -> None:
    print("| network, modes | J/κ = 1e-6 | 1 | 1e6 |")
    print("|---|--:|--:|--:|")
    for family in families:
        for n in sizes(family):
            case = Case(FAMILIES[family](n), phases=family in DENSE)
            cells = [
                case.errors(case.values(points, ratio), points if n < 30 else max(points // 10, 3))
                for ratio in (1e-6, 1.0, 1e6)
            ]
            print(
                f"| {family} {n} | {' | '.join(f'{ours:.1e} ({theirs:.1e})' for ours, theirs in cells)} |",
                flush=True,
            )
    for n in SIZES:
        case = Case(resonant(n))
        cells = []
        for size in (1e-3, 1e-6, 1e-9):
            values = case.values(points)
            values |= {s: v * size for s, v in values.items() if s.name.startswith("kappa")}
            letters = {s.name: s for s in values}
            # The first two modes by themselves would have no steady state without losses.
            values[letters["Delta_0"]] = values[letters["J_0"]] ** 2 / values[letters["Delta_1"]]
            if n > 2:
                values[letters["J_1"]] = values[letters["J_1"]] * 1e-3
            cells.append(case.errors(values, points if n < 30 else max(points // 10, 3)))
        row = " | ".join(f"{ours:.1e} ({theirs:.1e})" for ours, theirs in cells)
        print(f"| resonance {n}, κ/J = 1e-3, 1e-6, 1e-9 | {row} |", flush=True)
    for name, net in [*((f"isolation {n}", isolating(n)) for n in SIZES), ("isolating triangle", triangle())]:
        case = Case(net)
        cells = []
        for mismatch in (1e-4, 1e-8, 1e-12):
            values = case.values(points)
            v = {s.name: values[s] for s in values}
            if case.n == 3 and "J" in v:
                nearly = {"J": 2 * v["g"] * v["h"] / v["kappa_c"]}
            else:
                nearly = {f"J_{k}": v[f"Gamma_{k}"] / 2 for k in range(2)}
            values |= {s: nearly[s.name] * (1 + mismatch) for s in values if s.name in nearly}
            cells.append(case.errors(values, points if case.n < 30 else max(points // 10, 3)))
        row = " | ".join(f"{ours:.1e} ({theirs:.1e})" for ours, theirs in cells)
        print(f"| {name}, mismatch 1e-4, 1e-8, 1e-12 | {row} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="ten thousand points")
    parser.add_argument("families", nargs="*", default=list(FAMILIES), help=", ".join(FAMILIES))
    arguments = parser.parse_args()
    accuracy(20 if arguments.quick else 100, arguments.families)
    print()
    speed(10**4 if arguments.quick else 10**6, arguments.families)


if __name__ == "__main__":
    main()
