"""Ways of solving in Python, this package's and others', each to be run in a process of its own.

Each prints lines `time SECONDS RUNS`, `value NUMBER` for every unknown at the random point, and for this package
`also NAME NUMBER`. Seconds are of the processor, the mean of as many runs as take a tenth of a second; SymPy's cache is
emptied before each, and imports, reading the matrix and evaluating the answer are not counted.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial
from math import prod
from pathlib import Path
from signal import ITIMER_PROF, setitimer
from time import process_time
from typing import Any

from sympy import Add, Expr, Matrix, Mul, Symbol
from sympy.core.cache import clear_cache

from benchmarks import scripts
from benchmarks.networks import FAMILIES
from benchmarks.points import Point, printed, random_point, value
from benchmarks.readers import Texts, read_back
from derive import kernel, langevin, steady_state
from derive.kernel import independent, linear
from derive.kernel.entries import generic
from derive.kernel.packing import uncollected

EXTRA = Path(__file__).resolve().parent.parent / "build" / "peers"
ENOUGH = 0.1
LIMIT = 0.0  # seconds of the processor after which a run ends the process; 0: none
Task = Callable[[], Any]


def timed(task: Task, forget: bool = True) -> tuple[float, Any]:
    """Mean seconds of a run and the result; `forget` empties SymPy's cache before each, else many are timed as one."""
    spent, runs, together, found = 0.0, 0, 1, None
    gc.collect()
    while spent < ENOUGH:
        if forget:
            clear_cache()
        setitimer(ITIMER_PROF, LIMIT)
        start = process_time()
        for _ in range(together):
            found = task()
        spent += process_time() - start
        setitimer(ITIMER_PROF, 0)
        runs += together
        if not forget:  # the processor's clock is too coarse for microseconds
            together *= 2
    return spent / runs, found


def report(seconds: float, values: list[str], **also: object) -> None:
    print("time", seconds, 1)
    for name, found in also.items():
        print("also", name, found)
    for number in values:
        print("value", number)


def ours(family: str, size: int) -> None:
    """Matrix → expressions; also its polynomials alone, the program, and network → expressions."""
    A, b = FAMILIES[family].matrices(size)
    net = FAMILIES[family].network(size)
    seconds, solution = timed(lambda: kernel.solve(A, b))
    known = dict(random_point(A, b).original)
    for symbol, definition in solution.where:
        known[symbol] = value(definition, known)
    also: dict[str, object] = {"form": solution.form, "terms": solution.terms}
    system = linear._system(A, b)
    generics = generic(system.rows)

    @uncollected()
    def polynomials() -> None:
        """What `solve` does between reading the matrix and building expressions."""
        free = independent.independent(generics, system)
        fractions, _ = linear._polynomials(system, generics, free, 200_000)
        if fractions:  # their terms are counted, for which equal ones are put together
            for p in {id(p): p for top, bottoms in fractions.values() for p in (top, *bottoms.values())}.values():
                len(p)

    if solution.form == "expanded":
        also["polynomials"] = timed(polynomials, forget=False)[0]
        factors = {factor.as_base_exp()[0] for value in solution.values for factor in Mul.make_args(value)}
        terms = [term.args for factor in factors for term in Add.make_args(factor) if term.is_Mul]
        also["objects"] = timed(lambda: objects(terms), forget=False)[0]
    also["program"] = timed(lambda: kernel.straight_line(A, b))[0]
    if net:
        also["network"] = timed(lambda: steady_state(langevin(net)).mean)[0]
    report(seconds, printed(list(solution.values), known), **also)


@uncollected()
def objects(arguments: list[tuple[Expr, ...]]) -> list[Mul]:
    """Products with these arguments: what nobody saves whose answer is SymPy's, however it was found."""
    new, assumptions, found = object.__new__, Mul.default_assumptions, []
    for args in arguments:
        term = new(Mul)
        term._assumptions = assumptions
        term._mhash = None
        term._args = args
        term.is_commutative = True
        found.append(term)
    return found


def sympy_way(solver: Callable[[Matrix, Matrix], list[Expr]]) -> Callable[[Point], None]:
    def run(point: Point) -> None:
        seconds, found = timed(lambda: solver(point.A, point.b))
        report(seconds, printed(found, point.known))

    return run


def domain(method: str) -> Callable[[Matrix, Matrix], list[Expr]]:
    """`DomainMatrix` over Z[letters]."""

    def solve(A: Matrix, b: Matrix) -> list[Expr]:
        left, right = A.to_DM().unify(b.to_DM())
        top, bottom = left.solve_den(right, method=method)
        below = top.domain.to_sympy(bottom)
        return [e / below for e in top.to_Matrix()]

    return solve


def by_solve_lin_sys(A: Matrix, b: Matrix) -> list[Expr]:
    """Sparse Gauss–Jordan elimination over the field of rational functions."""
    from sympy import symbols
    from sympy.polys.fields import sfield
    from sympy.polys.rings import ring
    from sympy.polys.solvers import solve_lin_sys

    n = A.rows
    field, entries = sfield([*A, *b])
    unknowns, *y = ring(symbols(f"y:{n}"), field)
    equations = [
        sum((c * x for c, x in zip(entries[i * n : i * n + n], y, strict=True)), -entries[n * n + i] * unknowns.one)
        for i in range(n)
    ]
    found = solve_lin_sys(equations, unknowns)
    return [found[x].as_expr() for x in y]


def end_to_end(point: Point, before: float, printing: Callable[[], Texts]) -> None:
    """Report what a peer took until its answer was SymPy's: what was `before`, printing, reading back."""
    spent, texts = timed(printing, forget=False)
    seconds, found = timed(lambda: read_back(texts, list(point.letters)))
    report(before + spent + seconds, printed(found, point.known), reading=seconds)


def by_texts(point: Point, before: float, texts: list[str]) -> None:
    """The same for a peer outside of Python, whose printing is in its own time; the common denominator comes last."""
    writing, _ = timed(lambda: [scripts.text(e) for m in (point.A, point.b) for e in m.todok().values()])
    end_to_end(point, before + writing, lambda: [(top, texts[-1]) for top in texts[:-1]])


def by_flint(point: Point, convert: bool = False, coprime: bool = False) -> None:
    """Fraction-free Gauss–Jordan elimination (Bareiss 1968) of [A | b] on FLINT's polynomials.

    For a `coprime` answer every numerator and the determinant are divided by their gcd.
    """
    from flint import fmpz_mpoly_ctx

    n, letters = point.A.rows, list(point.letters)
    context = fmpz_mpoly_ctx.get([str(x) for x in letters], "lex")

    def polynomial(e: Expr) -> Any:
        """Twice the entry, which makes numbers whole."""
        terms = {}
        for term in Add.make_args(e):
            c, rest = term.as_coeff_Mul()
            powers = dict(map(Expr.as_base_exp, Mul.make_args(rest)))
            terms[tuple([int(powers.get(x, 0)) for x in letters])] = int(2 * c)
        return context.from_dict({monom: c for monom, c in terms.items() if c})

    def matrix() -> list[list[Any]]:
        rows = [[context.constant(0)] * (n + 1) for _ in range(n)]
        for (i, j), e in (*point.A.todok().items(), *(((i, n), e) for (i, _), e in point.b.todok().items())):
            rows[i][j] = polynomial(e)
        return rows

    reading, rows = timed(matrix)

    def solve() -> tuple[list[Any], list[Any]]:
        m, previous = [list(row) for row in rows], context.constant(1)
        for k in range(n):
            best = min((i for i in range(k, n) if m[i][k] != 0), key=lambda i: len(m[i][k]))
            m[k], m[best] = m[best], m[k]
            pivot, above = m[k][k], m[k]
            for i in range(n):
                factor = m[i][k]
                if i != k:
                    m[i] = [
                        (pivot * m[i][j] - factor * above[j]) / previous if j > k else context.constant(0)
                        for j in range(n + 1)
                    ]
            previous = pivot
        tops, bottoms = [m[i][n] for i in range(n)], [previous] * n
        if coprime:
            common = [top.gcd(previous) for top in tops]
            tops = [top / factor for top, factor in zip(tops, common, strict=True)]
            bottoms = [previous / factor for factor in common]
        return tops, bottoms

    seconds, (tops, bottoms) = timed(solve, forget=False)
    if convert:
        end_to_end(point, reading + seconds, lambda: [(str(top), str(bottoms[0])) for top in tops])
        return

    def number(p: Any) -> Fraction:
        total = Fraction(0)
        for monom, c in p.terms():
            powers = (v ** int(power) for v, power in zip(point.letters.values(), monom, strict=True) if power)
            total += prod(powers, start=Fraction(int(c)))
        return total

    below = {id(bottom): number(bottom) for bottom in bottoms}
    report(seconds, [str(number(top) / below[id(bottom)]) for top, bottom in zip(tops, bottoms, strict=True)])


def by_symengine(convert: bool) -> Callable[[Point], None]:
    """`LUsolve` over SymEngine's expressions, whose result is nested, and its conversion to SymPy's if asked for."""

    def run(point: Point) -> None:
        import symengine

        n = point.A.rows
        A = symengine.DenseMatrix(n, n, [symengine.sympify(e) for e in point.A])
        b = symengine.DenseMatrix(n, 1, [symengine.sympify(e) for e in point.b])
        if convert:
            seconds, x = timed(lambda: [e._sympy_() for e in A.LUsolve(b)])
            report(seconds, printed(x, {Symbol(s.name): v for s, v in point.known.items()}))
            return
        seconds, x = timed(lambda: A.LUsolve(b), forget=False)
        at = {str(s): symengine.Rational(v.numerator, v.denominator) for s, v in point.letters.items()}
        report(seconds, [str(e.subs(at)) for e in x])

    return run


def by_symbolica(point: Point, convert: bool = False) -> None:
    """`Matrix.solve` over Symbolica's rational polynomials."""
    import symbolica

    n = point.A.rows
    letters = [symbolica.S(str(x)) for x in point.letters]

    @cache
    def rational(e: Expr) -> Any:
        return symbolica.E(str(e).replace("**", "^")).to_rational_polynomial(vars=letters)

    def matrices() -> tuple[Any, Any]:
        rational.cache_clear()
        nested = [[rational(e) for e in point.A.row(i)] for i in range(n)]
        return symbolica.Matrix.from_nested(nested), symbolica.Matrix.vec([rational(e) for e in point.b])

    reading, (A, b) = timed(matrices)
    seconds, x = timed(lambda: A.solve(b), forget=False)
    if convert:
        found = [x[i, 0] for i in range(n)]
        end_to_end(point, reading + seconds, lambda: [(str(e.numerator()), str(e.denominator())) for e in found])
        return
    at = [f"({v})" for v in point.letters.values()]
    values = []
    for i in range(n):
        answer = x[i, 0].to_expression()
        for letter, v in zip(letters, at, strict=True):
            answer = answer.replace(letter, symbolica.E(v))
        values.append(str(answer))
    report(seconds, values)


WAYS: dict[str, Callable[[Point], None]] = {
    "SymPy inv": sympy_way(lambda A, b: list(A.inv() * b)),
    "SymPy LUsolve": sympy_way(lambda A, b: list(A.LUsolve(b))),
    "SymPy DomainMatrix charpoly": sympy_way(domain("charpoly")),
    "SymPy DomainMatrix rref": sympy_way(domain("rref")),
    "SymPy DomainMatrix solve_lin_sys": sympy_way(by_solve_lin_sys),
    "python-flint Bareiss": by_flint,
    "python-flint, coprime Bareiss": partial(by_flint, coprime=True),
    "SymEngine LUsolve": by_symengine(convert=False),
    "SymEngine LUsolve to SymPy": by_symengine(convert=True),
    "Symbolica solve": by_symbolica,
    "Symbolica to SymPy solve": partial(by_symbolica, convert=True),
    "python-flint to SymPy Bareiss": partial(by_flint, convert=True),
}


def solve(way: str, family: str, size: int) -> None:
    """Solve a network of a family in one way, this package's if it is 'ours', and print what is said above."""
    sys.path.append(str(EXTRA))
    if way == "ours":
        ours(family, size)
    else:
        WAYS[way](random_point(*FAMILIES[family].matrices(size)))
