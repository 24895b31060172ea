"""Energy of the terminal battery in time: emitted code beside SciPy's expm, an eigendecomposition, and QuTiP.

    python -m benchmarks.dynamics [--quick] [--points NUMBER] [NAME ...]

A point is a time and a set of parameters: κt log-uniform from 1e-6 to 1e4, couplings uniform, and losses whose
successive differences are 1, 1e-3, 1e-8 or 0 in a random pattern. Emitted code gets all points in one call. The
peers get as many of them as take a second or so, drawn at random, and their time is scaled up: SciPy's `expm` and
NumPy's `eig` on stacks of matrices (as good as either offers), QuTiP's `mesolve` on a Fock space, where one run
yields 100 times of one set of parameters. All errors are relative, the worst over the same few hundred points (QuTiP:
over its own), against the exponential of [[W, f], [0, 0]] in balls of more than 50 digits.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from types import SimpleNamespace

import numpy as np
import qutip
from flint import acb, acb_mat, arb, ctx
from scipy.linalg import expm

from benchmarks.report import duration, ratio
from derive.builders import aharonov_bohm_chain, chain, star
from derive.modules import network_module
from derive.network import Network

GAPS = (1.0, 1e-3, 1e-8, 0.0)
JUDGED = 300  # points that are compared with 50 digits
Array = np.ndarray


@dataclass(frozen=True)
class Case:
    """A network, the place of its terminal battery, and how many points a peer gets."""

    name: str
    network: Network
    terminal: int
    peers: int
    levels: int = 0  # of the Fock space of a mode; 0: too large for QuTiP


CASES = (
    Case("nonreciprocal chain 3", chain(2, "nonreciprocal", distinct=True), 2, 20_000, 5),
    Case("nonreciprocal chain 7", chain(6, "nonreciprocal", distinct=True), 6, 10_000),
    Case("nonreciprocal chain 12", chain(11, "nonreciprocal", distinct=True), 11, 5_000),
    Case("nonreciprocal star 7", star(6, "nonreciprocal", distinct=True), 6, 10_000),
    Case("reciprocal chain 3", chain(2, distinct=True), 2, 20_000, 5),
    Case("reciprocal chain 7", chain(6, distinct=True), 6, 10_000),
    Case("reciprocal chain 12", chain(11, distinct=True), 11, 5_000),
    Case("general chain 7", chain(6, "general", distinct=True), 6, 10_000),
    Case("triangles 9", aharonov_bohm_chain(4, distinct=True), 4, 5_000),
)


def emitted(net: Network) -> SimpleNamespace:
    """The module of a network."""
    names: dict[str, object] = {}
    exec(compile(network_module(net, "benchmarks.dynamics"), "emitted", "exec"), names)  # noqa: S102
    return SimpleNamespace(**names)


def parameters(letters: tuple[str, ...], count: int, random: np.random.Generator) -> dict[str, Array]:
    """Losses with random patterns of gaps, links of comparable strength, a weak drive for the sake of Fock space."""
    losses = [name for name in letters if name.startswith(("kappa", "gamma"))]
    steps = random.choice(GAPS, (len(losses), count)) * random.choice((-1, 1), (len(losses), count))
    ladder = np.cumsum(steps, axis=0)
    ladder += 1 - ladder.min(axis=0)
    found = dict(zip(losses, ladder, strict=True))
    for name in letters:
        if name in ("epsilon", "xi"):
            found[name] = np.full(count, 0.1)
        elif name.startswith(("omega", "p_")):
            found[name] = np.ones(count)
        elif name.startswith("theta"):
            found[name] = random.uniform(-np.pi, np.pi, count)
        elif name not in found:
            found[name] = random.uniform(0.1, 1, count)
    return found


def drift_and_force(module: SimpleNamespace, values: dict[str, Array]) -> tuple[Array, Array]:
    """W of shape (points, n, n) and f of shape (points, n)."""
    drift = np.moveaxis(module.drift_matrix(**values), -1, 0)
    force = np.zeros(drift.shape[:2], complex)
    force[:, 0] = -1j * next(values[name] for name in ("epsilon", "xi") if name in values)
    return drift, force


def by_expm(drift: Array, force: Array, t: Array, terminal: int) -> Array:
    """|⟨b_N⟩|² from SciPy's exponentials of stacked matrices."""
    n = drift.shape[1]
    big = np.zeros((len(t), n + 1, n + 1), complex)
    big[:, :n, :n], big[:, :n, n] = drift, force
    return np.abs(expm(big * t[:, None, None])[:, terminal, n]) ** 2


def by_eigenvectors(drift: Array, force: Array, t: Array, terminal: int) -> Array:
    """|⟨b_N⟩|² from NumPy's eigenvectors of stacked matrices: V (e^{λt} − 1)/λ V⁻¹ f."""
    values, vectors = np.linalg.eig(drift)
    weights = np.linalg.solve(vectors, force[..., None])[..., 0]
    return np.abs((vectors[:, terminal] * weights * np.expm1(values * t[:, None]) / values).sum(axis=1)) ** 2


def by_qutip(net: Network, values: dict[str, float], times: Array, terminal: int, levels: int) -> Array:
    """⟨b†b⟩ of the terminal battery from the master equation, at `times` that begin with 0."""
    named = {s: values[s.name] for s in net.symbols}

    def number(e: object) -> complex:
        return complex(e.subs(named))  # type: ignore[attr-defined]

    one, lower = qutip.qeye(levels), qutip.destroy(levels)
    a = {
        name: qutip.tensor([lower if k == i else one for k in range(len(net.names))])
        for i, name in enumerate(net.names)
    }
    half = sum(number(c.strength) * a[c.a].dag() * a[c.b] for c in net.couplings)
    half += sum(number(d.amplitude) * a[d.mode].dag() for d in net.drives)
    jumps = [
        np.sqrt(number(bath.rate).real) * sum(number(weight) * a[name] for name, weight in bath.jump)
        for bath in net.baths
    ]
    vacuum = qutip.tensor([qutip.basis(levels, 0)] * len(net.names))
    b = a[net.names[terminal]]
    options = {"atol": 1e-14, "rtol": 1e-10, "nsteps": 10**6, "method": "bdf"}
    return np.array(
        qutip.mesolve(half + half.dag(), vacuum, times, jumps, e_ops=[b.dag() * b], options=options).expect[0]
    )


def precise(drift: Array, force: Array, t: Array, terminal: int) -> list[arb]:
    """|⟨b_N⟩|² as balls of relative radius below 1e-50."""
    n, found = drift.shape[1], []
    before, ctx.prec = ctx.prec, 1200
    for w, f, time in zip(drift, force, t, strict=True):
        rows = [[*row, z] for row, z in zip(w, f, strict=True)] + [[0] * (n + 1)]
        entries = [acb(complex(z).real, complex(z).imag) * arb(float(time)) for row in rows for z in row]
        z = acb_mat(n + 1, n + 1, entries).exp()[terminal, n]
        found.append(z.real * z.real + z.imag * z.imag)
        assert found[-1].rel_accuracy_bits() > 170
    ctx.prec = before
    return found


def worst(found: Array, true: list[arb]) -> float:
    """The largest relative error; infinite where a value is not a number."""
    errors = [
        float(abs(arb(float(x)) / y - 1).mid()) if np.isfinite(x) else np.inf
        for x, y in zip(found, true, strict=True)
    ]
    return max(errors)


def timed(task: Callable[[], Array], runs: int = 1) -> tuple[float, Array]:
    """Seconds, the best of some runs, and the result."""
    best = np.inf
    for _ in range(runs):
        start = perf_counter()
        found = task()
        best = min(best, perf_counter() - start)
    return best, found


def row(case: Case, points: int, quick: bool) -> str:
    """One line of the table."""
    module, random = emitted(case.network), np.random.default_rng(1)
    values = parameters(module.PARAMETERS, points, random)
    t = 10 ** random.uniform(-6, 4, points)
    own, energies = timed(lambda: module.energies_at(t, **values)[case.terminal])
    chosen = random.choice(points, min(points, case.peers // (10 if quick else 1)), replace=False)
    judged = chosen[:JUDGED]
    drift, force = drift_and_force(module, {name: v[chosen] for name, v in values.items()})
    true = precise(drift[:JUDGED], force[:JUDGED], t[judged], case.terminal)
    cells = [duration(own), f"{1e6 * own / points:.2f} µs", f"{worst(energies[judged], true):.1e}"]
    for peer in (by_expm, by_eigenvectors):
        with np.errstate(all="ignore"):
            seconds, found = timed(lambda peer=peer: peer(drift, force, t[chosen], case.terminal))  # type: ignore[misc]
        scaled = seconds * points / len(chosen)
        cells.append(f"{ratio(scaled / own)}, {worst(found[:JUDGED], true):.1e}")
    cells.append(qutip_cell(case, module, values, own / points) if case.levels else "")
    return f"| {case.name} | {' | '.join(cells)} |"


def qutip_cell(case: Case, module: SimpleNamespace, values: dict[str, Array], own: float) -> str:
    """Time a point and worst error of one QuTiP run; `own` are the seconds a point of emitted code."""
    times = np.concatenate([[0], np.geomspace(1e-6, 100, 100)])  # to 1e4 the solver only waits
    one = {name: float(v[0]) for name, v in values.items()}
    seconds, found = timed(lambda: by_qutip(case.network, one, times, case.terminal, case.levels))
    drift, force = drift_and_force(module, {name: np.full(100, v) for name, v in one.items()})
    true = precise(drift, force, times[1:], case.terminal)
    late = times[1:] > 1
    errors = (worst(found[1:], true), worst(found[1:][late], [e for e, keep in zip(true, late, strict=True) if keep]))
    return f"{ratio(seconds / 100 / own)}, {errors[0]:.1e} (κt > 1: {errors[1]:.1e})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"networks: {', '.join(case.name for case in CASES)}")
    parser.add_argument("--quick", action="store_true", help="10 000 points, a tenth for the peers")
    parser.add_argument("--points", type=int, default=10**6, help="of time and parameters")
    options = parser.parse_args()
    points = 10_000 if options.quick else options.points
    print("| network, modes | emitted | a point | worst error | expm | eig | QuTiP |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for case in CASES:
        if not options.names or case.name in options.names:
            print(row(case, points, options.quick), flush=True)
    print("\nPeers: their time as a multiple of emitted code's, and their worst relative error.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
