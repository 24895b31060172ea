"""Verdicts on exact steady states beside solving: how long it takes to prove W x + f = 0, and to refute a wrong x.

    python -m benchmarks.verdicts            # half a minute
    python -m benchmarks.verdicts chain      # one family

Seconds are of the processor, the least of at least three runs, SymPy's cache emptied before each. Building W x + f from
expressions is SymPy's work and stands in a column of its own. The wrong answer has its first amplitude doubled.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import process_time
from typing import Any

from sympy.core.cache import clear_cache

from benchmarks.networks import FAMILIES
from derive.kernel import Proved, Refuted, is_zero, residual, solve

SIZES = {
    "chain": (12, 16, 20),
    "cascade": (10,),
    "general chain": (3, 5, 7, 10),
    "star": (30,),
    "nonreciprocal star": (12,),
    "ring": (8,),
    "ladder": (12, 16),
    "random sparse": (6, 12),
    "complete": (5, 7, 8),
}
RUNS, ENOUGH = 3, 0.3


def least(f: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    """The least time that a call took, and what came out."""
    times: list[float] = []
    while len(times) < RUNS or sum(times) < ENOUGH:
        clear_cache()
        start = process_time()
        found = f(*given)
        times.append(process_time() - start)
    return min(times), found


def row(family: str, size: int) -> str:
    A, b = FAMILIES[family].matrices(size)
    solving, solution = least(solve, A, b)
    building, right = least(residual, A, solution.values, b, solution.where)
    proving, proved = least(is_zero, right)
    wrong = solution.values.as_mutable()
    wrong[0] *= 2
    refuting, refuted = least(is_zero, residual(A, wrong, b, solution.where))
    if not (isinstance(proved, Proved) and isinstance(refuted, Refuted)):
        raise SystemExit(f"{family} {size}: the right answer is {proved}, the wrong one {refuted}")
    times = " | ".join(f"{1000 * t:.1f}" for t in (solving, building, proving, refuting))
    return f"| {family} {size} | {solution.terms} | {times} | {proving / solving:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("families", nargs="*", default=list(SIZES), help=", ".join(SIZES))
    print("| network | terms | `solve` [ms] | W x + f [ms] | `Proved` [ms] | `Refuted` [ms] | `Proved` / `solve` |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for family in parser.parse_args().families:
        for size in SIZES[family]:
            print(row(family, size), flush=True)


if __name__ == "__main__":
    main()
