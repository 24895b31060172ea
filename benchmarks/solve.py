"""Exact steady states of networks with distinct parameters: this package beside other computer-algebra systems.

    python -m benchmarks.solve [--quick] [--limit SECONDS] [--write] [--install NAME ...] ["FAMILY [MODES]" ...]

Every way of solving has a process of its own, one at a time, and at most so many seconds of the processor; its answer
must agree exactly with FLINT's rational solver at a random point, or the command fails. A way that exceeds the limit,
or is ten times slower than another of the same system, is not tried on larger members of the family. What was measured
goes to build/solve.json. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

from benchmarks import report
from benchmarks.child import EXTRA
from benchmarks.peers import PEERS, Peer, Result, run
from benchmarks.report import Row

SIZES: dict[str, tuple[int, ...]] = {
    "chain": (2, 3, 5, 8, 12, 16, 20),
    "cascade": (2, 3, 5, 8, 10, 12, 30),
    "open cascade": (3, 5, 8, 12),
    "general chain": (2, 3, 5, 7, 9),
    "star": (3, 5, 8, 12, 30),
    "nonreciprocal star": (3, 5, 8, 12, 30),
    "triangles": (3, 5, 9, 13),
    "ring": (3, 5, 8, 12, 16),
    "ladder": (4, 6, 10, 16),
    "random sparse": (4, 6, 10, 14),
    "complete": (3, 4, 5, 6, 7, 8, 40),
    "binary tree": (3, 7, 15, 31),
    "bidiagonal": (2, 3, 5, 8, 12, 30),
    "triangular": (3, 5, 8, 12),
    "arrow": (3, 5, 8, 12, 30),
}
OWN_LIMIT = 60  # seconds for this package
# Wheels that work without their dependencies. Symbolica is free of charge for non-commercial use only.
WHEELS = {"symengine": "symengine", "symbolica": "symbolica", "giac": "passagemath-giac"}


def chosen(name: str) -> list[tuple[str, int]]:
    """The networks that a word of the command line stands for: a family, "ring", or one of its members, "ring 16"."""
    family, _, size = name.rpartition(" ")
    if size.isdecimal() and family in SIZES:
        return [(family, int(size))]
    if name in SIZES:
        return [(name, size) for size in SIZES[name]]
    raise argparse.ArgumentTypeError(f"must be a family, or a family and a number of modes, not {name!r}")


def best(peer: Peer, family: str, size: int, limit: float, given_up: set[tuple[str, str, str]]) -> tuple[str, Result]:
    """The quickest of the ways of a peer, and what it took."""
    found: list[tuple[str, Result]] = []
    for way in peer.ways:
        if (peer.name, way, family) in given_up:
            continue
        taken = peer.run(way, family, size, limit)
        if taken.seconds is None and not taken.failure:
            given_up.add((peer.name, way, family))
        found.append((way, taken))
    quickest = min((taken.seconds for _, taken in found if taken.seconds), default=0)
    for way, taken in found:
        if quickest and taken.seconds and taken.seconds > max(10 * quickest, 0.01):
            given_up.add((peer.name, way, family))
    wrong = [(way, taken) for way, taken in found if not taken.agrees]
    done = [(way, taken) for way, taken in found if taken.seconds is not None and taken.agrees]
    if done:
        way, taken = min(done, key=lambda item: item[1].seconds or 0)
        return way, replace(taken, also=taken.also | {"wrong": ", ".join(w for w, _ in wrong)}) if wrong else taken
    if wrong:
        return wrong[0]
    failed = [(way, taken) for way, taken in found if taken.failure]
    slow = any((peer.name, way, family) in given_up for way in peer.ways)
    return failed[0] if failed and not slow else ("", Result(None))


def compared(sizes: list[tuple[str, int]], limit: float) -> Iterator[Row]:
    """The networks of these families and sizes, one by one, by this package and all peers that are installed."""
    given_up: set[tuple[str, str, str]] = set()
    peers = [peer for peer in PEERS if peer.found]
    for family, size in sizes:
        found = {peer.name: (peer.answer, *best(peer, family, size, limit, given_up)) for peer in peers}
        yield Row(family, size, run("ours", family, size, OWN_LIMIT), found)


def install(names: list[str]) -> None:
    """Put wheels of peers where `child` and `peers` look for them, beside the locked environment."""
    wheels = [WHEELS[name] for name in names]
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--target", str(EXTRA), "--upgrade"]
    done = subprocess.run([*command, *wheels], check=False)
    if done.returncode:  # a locked environment has no pip of its own
        command[0] = sys._base_executable  # type: ignore[attr-defined]
        subprocess.run([*command, *wheels], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "networks", nargs="*", type=chosen, help=f'families, or members ("ring 16"): {", ".join(SIZES)}'
    )
    parser.add_argument("--quick", action="store_true", help="the three smallest networks of each family")
    parser.add_argument("--limit", type=float, default=3, help="seconds that a way may take (3)")
    parser.add_argument(
        "--again",
        action="store_true",
        help="measure this package again, with the last run's peers (build/solve.json)",
    )
    parser.add_argument("--write", action="store_true", help="put table and plot into benchmarks/")
    parser.add_argument(
        "--install", nargs="+", choices=WHEELS, default=[], help="wheels to fetch into build/peers"
    )
    options = parser.parse_args()
    if options.install:
        install(options.install)
    if options.again:
        rows, limit = report.load()
        before = {name for row in rows for name in row.peers}
        if missing := [peer.name for peer in PEERS if peer.found and peer.name not in before]:
            parser.error(f"the last run did not measure {', '.join(missing)}; run without --again first")
        measured = (replace(row, own=run("ours", row.family, row.size, OWN_LIMIT)) for row in rows)
    else:
        limit = options.limit
        sizes = [network for networks in options.networks or map(chosen, SIZES) for network in networks]
        if options.quick:
            sizes = [(family, size) for family, size in sizes if size in SIZES[family][:3]]
        measured = compared(sizes, limit)
    rows = []
    for row in measured:
        rows.append(row)
        print(report.line(row), flush=True)
        if not options.again:
            report.save(rows, limit)
    report.save(rows, limit)
    text = report.text(rows, limit)
    print(f"\n{text}")
    if options.write:
        report.write(rows, text)
    return 0 if all(row.right for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
