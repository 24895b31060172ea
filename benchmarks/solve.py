"""Exact steady states of networks with distinct parameters: `derive.kernel.solve` beside its alternatives.

    python -m benchmarks.solve [--quick] [--limit SECONDS] [NAME ...]

Every solver gets the same SymPy matrices, runs in a process of its own under a time limit, and must agree
exactly with FLINT's rational solver at a random point. Times are the median of a few runs after imports, with
SymPy's cache emptied; start-up is not counted, the conversion to SymPy expressions is. Singular has none: it
is compared with the polynomials alone. `LUsolve` leaves nested fractions with common factors: it is compared
with `straight_line`. `DomainMatrix` (the better of two methods) leaves its fractions unreduced and, as `inv`,
is compared with `solve`, whose answer is expanded and coprime.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import Add, Expr, I, Matrix, Mul, Pow, Symbol, conjugate
from sympy.core.cache import clear_cache

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.networks import FAMILIES  # noqa: E402
from derive.kernel import linear, minors, solve, straight_line  # noqa: E402
from derive.kernel.entries import generic  # noqa: E402

Gaussian = tuple[Fraction, Fraction]


QUICK = {
    "chain": (5, 12),
    "cascade": (8,),
    "star": (6,),
    "triangles": (5,),
    "ring": (5,),
    "ladder": (6,),
    "random sparse": (6,),
    "complete": (4, 40),
    "binary tree": (7,),
}
FULL = {
    "chain": (5, 8, 12, 20),
    "cascade": (8, 12),
    "open cascade": (8,),
    "general chain": (5, 7),
    "star": (12,),
    "nonreciprocal star": (12, 30),
    "triangles": (5, 9, 13),
    "ring": (6, 12),
    "ladder": (6, 10, 16),
    "random sparse": (6, 10, 14),
    "complete": (4, 6, 8, 40),
    "binary tree": (7, 15, 31),
}


def random_point(A: Matrix, b: Matrix) -> dict[Expr, Gaussian]:
    rng = Random(1)
    point: dict[Expr, Gaussian] = {}
    for letter in sorted(A.free_symbols | b.free_symbols, key=str):
        value = Fraction(rng.randint(2, 50)), Fraction(0 if letter.is_real else rng.randint(1, 50))
        point[letter] = value
        if not letter.is_real:
            point[conjugate(letter)] = value[0], -value[1]
    point[I] = Fraction(0), Fraction(1)
    return point


def times(x: Gaussian, y: Gaussian) -> Gaussian:
    return x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]


def value(e: Expr, known: dict[Expr, Gaussian]) -> Gaussian:
    if e in known:
        return known[e]
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q)), Fraction(0)
    result = Fraction(0), Fraction(0)
    if isinstance(e, Add):
        for term in e.args:
            summand = value(term, known)
            result = result[0] + summand[0], result[1] + summand[1]
    elif isinstance(e, Mul):
        result = Fraction(1), Fraction(0)
        for factor in e.args:
            result = times(result, value(factor, known))
    else:
        assert isinstance(e, Pow)
        base = value(e.base, known)
        if e.exp < 0:
            square = base[0] ** 2 + base[1] ** 2
            base = base[0] / square, -base[1] / square
        result = Fraction(1), Fraction(0)
        for _ in range(abs(int(e.exp))):
            result = times(result, base)
    known[e] = result
    return result


def expected(A: Matrix, b: Matrix) -> list[str]:
    """The solution at the random point by FLINT, from [[Re, −Im], [Im, Re]]."""
    n, point = A.rows, random_point(A, b)
    left = [[value(A[i, j], point) for j in range(n)] for i in range(n)]
    right = [value(e, point) for e in b]

    def rational(x: Fraction) -> fmpq:
        return fmpq(x.numerator, x.denominator)

    top = [[rational(z[0]) for z in row] + [rational(-z[1]) for z in row] for row in left]
    bottom = [[rational(z[1]) for z in row] + [rational(z[0]) for z in row] for row in left]
    x = fmpq_mat(top + bottom).solve(fmpq_mat([[rational(z[k])] for k in (0, 1) for z in right]))
    return [f"{x[i, 0]} {x[n + i, 0]}" for i in range(n)]


def printed(values: list[Expr], known: dict[Expr, Gaussian]) -> list[str]:
    return ["{} {}".format(*value(e, known)) for e in values]


def polynomials(A: Matrix, b: Matrix) -> None:
    """What `solve` does before it builds expressions, to be compared with Singular."""
    system = linear._system(A, b)
    generics = generic(system.rows)
    planned, terms, feasible = minors.predict(system, generics)
    if feasible and terms < 10**6:
        minors.expanded(system, generics, planned)


def by_kernel(A: Matrix, b: Matrix) -> tuple[list[Expr], object]:
    solution = solve(A, b)
    return list(solution.values), solution


def by_inv(A: Matrix, b: Matrix) -> tuple[list[Expr], object]:
    return list(A.inv() * b), None


def by_lusolve(A: Matrix, b: Matrix) -> tuple[list[Expr], object]:
    return list(A.LUsolve(b)), None


def by_domain(A: Matrix, b: Matrix, method: str) -> tuple[list[Expr], object]:
    """`DomainMatrix` over Z[i][parameters]; a conjugate is a letter of its own, else the domain is EX."""
    letters = {e: Symbol(f"c_{e.args[0].name}") for e in sorted(A.atoms(conjugate), key=str)}
    back = {letter: e for e, letter in letters.items()}
    left, right = (m.xreplace(letters).to_DM() for m in (A, b))
    left, right = left.unify(right)
    top, bottom = left.solve_den(right, method=method)
    below = bottom if not hasattr(top.domain, "to_sympy") else top.domain.to_sympy(bottom)
    return [(e / below).xreplace(back) for e in top.to_Matrix()], None


SOLVERS: dict[str, Callable[[Matrix, Matrix], tuple[list[Expr], object]]] = {
    "kernel": by_kernel,
    "inv": by_inv,
    "LUsolve": by_lusolve,
    "DomainMatrix charpoly": lambda A, b: by_domain(A, b, "charpoly"),
    "DomainMatrix rref": lambda A, b: by_domain(A, b, "rref"),
}


def timed(task: Callable[[], tuple[Any, Any]]) -> tuple[float, Any, Any]:
    seconds: list[float] = []
    while len(seconds) < 7 and sum(seconds) < 1:
        clear_cache()
        start = perf_counter()
        values, details = task()
        seconds.append(perf_counter() - start)
    return median(seconds), values, details


def child(solver: str, family: str, size: int) -> None:
    """One solver on one network; prints what it took as JSON."""
    A, b = FAMILIES[family](size)
    seconds, values, details = timed(lambda: SOLVERS[solver](A, b))
    known = random_point(A, b)
    for symbol, definition in getattr(details, "where", ()):
        known[symbol] = value(definition, known)
    report = {"seconds": seconds, "agrees": printed(values, known) == expected(A, b)}
    if details is not None:
        alone = timed(lambda: (polynomials(A, b), None))[0]
        program = timed(lambda: (straight_line(A, b), None))[0]
        report |= {"terms": details.terms, "form": details.form, "alone": alone, "program": program}
    print(json.dumps(report))


def singular_text(A: Matrix, b: Matrix) -> str:
    """Cramer's rule by Singular over Q(i)[parameters], and the solution at the random point."""
    n, point = A.rows, random_point(A, b)
    letters = [e for e in point if e != I]
    name = {e: f"v{k}" for k, e in enumerate(letters)} | {I: "i"}

    def text(e: Expr) -> str:
        if e in name:
            return name[e]
        if e.is_Rational:
            return f"({e})"
        if isinstance(e, Pow):
            return f"({text(e.base)})^{e.exp}"
        return "(" + ("+" if isinstance(e, Add) else "*").join(text(part) for part in e.args) + ")"

    def rows(column: int | None) -> str:
        return ",".join(text(b[r] if c == column else A[r, c]) for r in range(n) for c in range(n))

    lines = [f"ring r=(0,i),({','.join(name[e] for e in letters)}),dp; minpoly=i2+1;"]
    lines += ['system("--ticks-per-sec",100000);', f"matrix D[{n}][{n}]={rows(None)};"]
    lines += [f"matrix N{c}[{n}][{n}]={rows(c)};" for c in range(n)]
    lines += ["int t=rtimer;", "poly d=det(D);", *(f"poly x{c}=det(N{c});" for c in range(n)), "t=rtimer-t;"]
    values = ",".join(f"({x}+({y})*i)" for x, y in (point[e] for e in letters))
    lines += [f"map at=r,{values};", 'print("time "+string(t));']
    lines += [f'print("value "+string(number(at(x{c}))/number(at(d))));' for c in range(n)]
    return "\n".join([*lines, "quit;"])


def gaussian_text(text: str) -> str:
    """Singular's a+b*i as 'a b'."""
    terms = re.findall(r"[+-]?[^+-]+", text.replace("(", "").replace(")", "").replace(" ", ""))
    real, imaginary = Fraction(0), Fraction(0)
    for term in terms:
        if "i" in term:
            rest = term.replace("*i", "").replace("i", "")
            numerator = Fraction(rest + "1") if rest in ("", "+", "-") else Fraction(rest)
            imaginary += numerator
        else:
            real += Fraction(term)
    return f"{real} {imaginary}"


def run_singular(family: str, size: int, limit: float) -> dict[str, object] | None:
    A, b = FAMILIES[family](size)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "solve.sing"
        script.write_text(singular_text(A, b))
        try:
            done = subprocess.run(
                ["Singular", "-q", str(script)], capture_output=True, text=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            return None
    lines = done.stdout.splitlines()
    found = [gaussian_text(line.removeprefix("value ")) for line in lines if line.startswith("value ")]
    ticks = [int(line.removeprefix("time ")) for line in lines if line.startswith("time ")]
    if not ticks:
        return {"failed": (done.stdout + done.stderr).strip()[:200]}
    return {"seconds": ticks[0] / 100000, "agrees": found == expected(A, b)}


def run(solver: str, family: str, size: int, limit: float) -> dict[str, object] | None:
    """What a solver took on a network; None beyond the limit."""
    if solver == "Singular":
        return run_singular(family, size, limit)
    command = [sys.executable, str(Path(__file__).resolve()), "--child", solver, family, str(size)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit + 2, check=False, cwd=ROOT
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1]}
    return dict(json.loads(done.stdout))


def seconds_text(found: dict[str, object] | None, limit: float, own: float | None) -> str:
    if found is None:
        return f"> {limit:g} s" + (f" (> {limit / own:.0f}×)" if own else "")
    if "failed" in found:
        return f"failed: {found['failed']}"
    taken = float(str(found["seconds"]))
    text = duration(taken) + (f" ({ratio(taken / own)})" if own else "")
    return text + ("" if found["agrees"] else " WRONG")


def duration(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1e3 * seconds:.3g} ms"


def ratio(x: float) -> str:
    return f"{x:.0f}×" if x >= 10 else f"{x:.2g}×"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help=f"families: {', '.join(FAMILIES)}")
    parser.add_argument("--quick", action="store_true", help="small networks, two seconds a solver")
    parser.add_argument("--limit", type=float, help="seconds that a solver may take")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child[0], options.child[1], int(options.child[2]))
        return 0
    limit = options.limit or (2 if options.quick else 10)
    peers = ["inv", "LUsolve", "DomainMatrix"]
    if shutil.which("Singular"):
        peers.append("Singular")
    else:
        print("Singular is not installed; it is left out.\n")
    ours = "terms | kernel.solve | a term | polynomials alone | straight_line"
    print(f"| network, modes | {ours} | {' | '.join(peers)} |")
    print("|---|--:|--:|--:|--:|--:|" + "--:|" * len(peers))
    wrong = 0
    rows = [(family, size) for family, sizes in (QUICK if options.quick else FULL).items() for size in sizes]
    for family, size in rows:
        if options.names and family not in options.names:
            continue
        own = run("kernel", family, size, max(limit, 30))
        columns = [seconds_text(own, limit, None)]
        taken = float(str(own["seconds"])) if own and "seconds" in own else None
        program = bool(own and own.get("form") == "program")
        terms = int(str(own["terms"])) if own and "terms" in own else 0
        columns.append("program" if program else f"{1e6 * taken / terms:.1f} µs" if taken and terms else "")
        alone = float(str(own["alone"])) if own and "alone" in own and not program else None
        columns.append(duration(alone) if alone else "")
        nested = float(str(own["program"])) if own and "program" in own else None
        columns.append(duration(nested) if nested else "")
        rivals = {"Singular": alone, "LUsolve": nested}
        found: list[dict[str, object] | None] = [own]
        for peer in peers:
            tried = [run(name, family, size, limit) for name in SOLVERS if name.startswith(peer)]
            tried = tried or [run(peer, family, size, limit)]
            best = min(
                (t for t in tried if t and "seconds" in t),
                key=lambda t: float(str(t["seconds"])),
                default=tried[0],
            )
            found.append(best)
            columns.append(seconds_text(best, limit, rivals.get(peer, taken)))
        wrong += taken is None or any(f is not None and f.get("agrees") is False for f in found)
        size_text = f"{terms:.1e}" if terms > 10**7 else f"{terms}"
        print(f"| {family} {size} | {size_text} | {' | '.join(columns)} |", flush=True)
    print(
        "\nAll answers agree exactly at a random point."
        if not wrong
        else f"\n{wrong} rows have wrong or missing answers."
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
