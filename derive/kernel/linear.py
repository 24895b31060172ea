"""Exact solution of A x = b over the parameters of a network.

    x_j = N_j / Π D_l,      D_l the determinants of the irreducible blocks that x_j depends on

Entries become letters of a polynomial ring (`entries`), whose numerators and determinants are expanded (`independent`,
`minors`) and written in the parameters again (`letters`, `assemble`). How long they will be is counted before; above a
limit the answer is given in factors (`branches`) or as a straight-line program (`program`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sympy import Add, Expr, I, ImmutableMatrix, Matrix, MatrixBase, Mul, Pow, S, Symbol, eye

from derive.errors import DeriveError, expect
from derive.kernel import branches, independent, minors, structure
from derive.kernel.assemble import Assembler
from derive.kernel.entries import Generic, algebraically_independent, generic, monomials, summands
from derive.kernel.exactness import flaw
from derive.kernel.letters import Letters
from derive.kernel.packing import filled, uncollected
from derive.kernel.place import TRIALS, BadPoint, Place, at_points, numbered, regular
from derive.kernel.program import eliminated, letters_of
from derive.kernel.quick import Quick
from derive.kernel.terms import Terms

# The predicted number of terms is an upper bound where entries repeat (a loop in both directions is one term), and a
# rough one where they are made of few letters. If it exceeds the limit by no more than these factors, the polynomials,
# which are cheap, are computed and their terms counted; only then are expressions, which are expensive, built.
SLACK, SLACK_OF_FEW = 4, 16
# Factors of all numerators of a factored answer: a chain of 300 modes has so many, 300 to a page.
FACTORS = 50_000
# Terms of a row of a residual above which all definitions are put in at once: a row that is going to vanish has only a
# handful of terms left after two or three of them.
SOON = 200
# Multiplications of the longest program that is written, which takes half a minute. The count is the one of
# `structure.elimination_work`; where couplings are reciprocal, about half of them are made.
WORK = 3_000_000


class TooLong(DeriveError):
    """A solution that no order of elimination makes short enough to be written down."""


class SingularMatrix(DeriveError):
    """A linear system without a unique solution: no steady state, or one that depends on the past."""


@dataclass(frozen=True)
class Solution:
    """x with A x = b.

    `values` is n×1. If `form` is 'expanded', `where` is empty and `terms` is the number of terms of all
    numerators and determinants, each determinant counted once. Otherwise `values` uses the symbols defined in
    `where`, each definition uses earlier symbols only, `terms` is the predicted number of terms of the expanded
    answer (an upper bound if entries repeat) and `note` says why. If it is 'factored', no definition divides:
    they are determinants of branches of the network (`branches`), of which the values are products and
    quotients. If it is 'program', they are the steps of an elimination.
    """

    values: ImmutableMatrix
    where: tuple[tuple[Symbol, Expr], ...]
    terms: int
    form: str
    note: str


@uncollected()
def solve(
    A: Matrix, b: Matrix, limit: int = 50_000, taken: Iterable[str] = (), factors: bool = True
) -> Solution:
    """The steady amplitudes of a network: x with A x = b, exactly.

    A is n×n and b is n×1. x_j = N_j / Π D_l with numerators and denominators coprime over ℤ, where i is a letter
    like others ((a − ib)/(a² + b²) stays), as long as they have at most `limit` terms together; otherwise in
    factors where the network falls apart when single modes are cut (chains, trees, cascades, triangles in a row)
    unless no `factors` are wanted, and a straight-line program elsewhere. Modes that b does not reach are exactly
    zero. Definitions, for which alone `taken` is read, get letters that none of these names begins with.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    system = _system(A, b)
    size = len(system.rows)
    generics = generic(system.rows)
    free = independent.independent(generics, system)
    _check(system, generics, free)
    slack = SLACK_OF_FEW if len(generics.generators) <= minors.LETTERS else SLACK
    most = limit * (slack if max(generics.uses, default=0) > 1 else 1)
    fractions, terms = _polynomials(system, generics, free, most)
    if fractions is None:
        return _short(system, terms, limit, taken, factors)
    terms = _terms(fractions)
    if terms > limit:
        return _short(system, terms, limit, taken, factors)
    values: dict[int, dict[int, Expr]] = {}
    if fractions:
        in_letters = all(isinstance(top, Terms) for top, _ in fractions.values())
        written = Letters(generics, fractions) if in_letters else Assembler(generics, fractions)
        for column in sorted(fractions):
            value = written.quotient(*fractions[column])
            if value is not S.Zero:
                values[column] = {0: value}
    return Solution(filled(ImmutableMatrix, size, 1, values), (), terms, "expanded", "")


def _terms(fractions: minors.Fractions) -> int:
    """The number of terms of all numerators and determinants, each determinant counted once.

    One that stands below several numerators, and that a gcd has shortened below some, counts at its greatest length.
    """
    below = {id(bottoms): bottoms for _, bottoms in fractions.values()}
    distinct = {id(p): (number, p) for bottoms in below.values() for number, p in bottoms.items()}
    determinants: dict[int, int] = {}
    for number, bottom in distinct.values():
        determinants[number] = max(len(bottom), determinants.get(number, 0))
    return sum([len(top) for top, _ in fractions.values()]) + sum(determinants.values())


def residual(A: Matrix, x: Matrix, b: Matrix, where: Sequence[tuple[Symbol, Expr]] = ()) -> Matrix:
    """A x − b (n×1), zero if x solves A x = b.

    If x is in the letters of `where`, whose definitions do not divide, each row is given only those definitions that
    it needs to vanish: of a chain one, where all of them written out would be as long as the expanded answer. Zeros
    are not multiplied: SymPy's product asks first whether every entry of x is finite, which for 6000 terms takes 200
    times as long as solving.
    """
    rows: list[list[Expr]] = [[-entry] for entry in b]
    known = dict(where)
    names = {definition: symbol for symbol, definition in where}
    for (i, j), entry in sorted(A.todok().items()):
        if x[j] != 0:
            rows[i].append(Mul(_abbreviated(entry, known, names) if where else entry, x[j]))
    return Matrix([_written_out(terms, where) if where else Add(*terms) for terms in rows])


def _abbreviated(entry: Expr, known: Mapping[Expr, Expr], names: Mapping[Expr, Symbol]) -> Expr:
    """The entry, with the letter that is defined as its sum in its place, if there is one."""
    short = Add(*(ratio * I**phase * names.get(e, e) for ratio, phase, e in summands(entry, Quick())))
    return short if (short.xreplace(known) - entry).expand() == 0 else entry


def _written_out(terms: Sequence[Expr], where: Sequence[tuple[Symbol, Expr]]) -> Expr:
    """The sum of some terms over their common denominator, definitions put in until it vanishes.

    The latest definitions come first. A sum that is still long after the first few gets all of them at once.
    """
    letters = {symbol for symbol, _ in where}
    divided = {f.base: -f.exp for term in terms for f in Mul.make_args(term) if f.is_Pow and f.base in letters}
    below = Mul(*(Pow(base, n) for base, n in divided.items() if n.is_positive))
    top = Add(*(term * below for term in terms))
    for symbol, definition in reversed(where):
        if symbol in top.free_symbols:
            expanded = top.expand()
            if expanded == 0:
                break
            if len(Add.make_args(expanded)) > SOON:
                table: dict[Expr, Expr] = {}
                for letter, e in where:
                    table[letter] = e.xreplace(table)  # shared, not copied: no larger than all definitions together
                return Add(*terms).xreplace(table)
            top = top.xreplace({symbol: definition})
    # what SymPy has cancelled is still divided by
    return top / below if top != 0 or below == 1 else Add(1 / below, -1 / below, evaluate=False)


def inverse(A: Matrix) -> Matrix:
    """A⁻¹ (n×n), column by column, every definition written out.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    unit, columns = eye(A.rows), []
    for k in range(A.rows):
        found = solve(A, unit[:, k])
        values = found.values
        for symbol, definition in reversed(found.where):
            values = values.xreplace({symbol: definition})
        columns.append(values)
    return Matrix.hstack(*columns)


def require_regular(A: Matrix, b: Matrix) -> None:
    """Nothing, if A x = b has a solution and only one for some values of the parameters.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    _system(A, b)


def straight_line(A: Matrix, b: Matrix) -> Solution:
    """The steady amplitudes as a straight-line program: entries, multipliers, pivots and unknowns, each once.

    Raises:
        SingularMatrix: if det A vanishes identically.
        TooLong: if it has more than `WORK` multiplications.
    """
    system = _system(A, b)
    generics = generic(system.rows)
    return _program(system, _predicted(system, generics), None)


def predicted_terms(A: Matrix, b: Matrix) -> int:
    """Number of terms of the expanded solution, without expanding it; an upper bound if entries repeat.

    Raises:
        SingularMatrix: if det A vanishes identically.
    """
    system = _system(A, b)
    generics = generic(system.rows)
    return _predicted(system, generics)


def _polynomials(
    system: minors.System, generics: Generic, free: bool, most: int
) -> tuple[minors.Fractions | None, int]:
    """The numerators and determinants, unless their predicted number of terms is above `most`; and that number."""
    if free:
        shapes, terms, feasible = independent.predict(system, most)
        return independent.expanded(system, generics, shapes) if feasible and terms <= most else None, terms
    planned, terms, feasible = minors.predict(system, generics)
    return minors.expanded(system, generics, planned) if feasible and terms <= most else None, terms


def _predicted(system: minors.System, generics: Generic) -> int:
    """The predicted number of terms, once the system is seen to be regular."""
    free = independent.independent(generics, system)
    _check(system, generics, free)
    return (independent.predict(system) if free else minors.predict(system, generics))[1]


def _system(A: Matrix, b: Matrix) -> minors.System:
    """The nonzero entries of A x = b and its blocks.

    Raises:
        DeriveError: if an entry is a float, infinite or not commuting, or divides by what is zero everywhere.
        SingularMatrix: if the zeros of A alone make its determinant vanish.
    """
    for matrix, what in ((A, "The matrix A"), (b, "The right-hand side b")):
        expect(matrix, MatrixBase, f"{what} of A x = b", "write Matrix([[…], …])")
    size = A.rows
    if A.shape != (size, size) or b.shape != (size, 1):
        raise DeriveError(
            f"A x = b needs an n×n matrix and an n×1 right-hand side, but got {A.shape} and {b.shape}."
        )
    rows: list[dict[int, Expr]] = [{} for _ in range(size)]
    for (i, j), entry in A.iter_items():
        rows[i][j] = entry
    for (i, _), entry in b.iter_items():
        rows[i][size] = entry
    wrong = flaw([entry for row in rows for entry in row.values()])
    if wrong:
        raise DeriveError(f"The entries of A x = b must be exact and finite, but one {wrong}.")
    rows = [{column: row[column] for column in sorted(row)} for row in rows]
    sums = dict.fromkeys([e for row in rows for e in row.values() if e.is_Add and monomials(e) is None])
    if sums:
        places: list[Place] = []
        try:
            zeros = {entry for entry in sums if _vanishes(entry, places)}
        except BadPoint:
            raise _pole() from None
        rows = [{column: entry for column, entry in row.items() if entry not in zeros} for row in rows]
    square = [[column for column in row if column < size] for row in rows]
    matched = structure.matching(square)
    if matched is None:
        raise SingularMatrix(
            f"A x = b needs a regular matrix, but the zeros of this {size}×{size} matrix alone make "
            "its determinant vanish; remove modes that nothing damps or couples."
        )
    return minors.System(tuple(rows), matched, structure.blocks(square, matched))


def _check(system: minors.System, generics: Generic, free: bool) -> None:
    """Refuse a matrix whose determinant vanishes identically.

    Nothing cancels in that of independent letters (`free`), and the matching gives it a term.

    Raises:
        SingularMatrix: if it does.
    """
    if free and algebraically_independent([primitive for primitive, _ in generics.generators]):
        return
    size = len(system.rows)
    try:
        found = at_points(
            lambda place: regular(
                [{j: place(e) for j, e in row.items() if j < size} for row in system.rows], place.prime
            )
        )
    except BadPoint:
        raise _pole() from None
    if not found:
        raise SingularMatrix(
            f"A x = b needs a regular matrix, but the determinant of this {size}×{size} matrix vanishes for "
            "all values of its parameters; add a loss or a detuning."
        )


def _pole() -> DeriveError:
    return DeriveError(
        "The entries of A x = b must be finite for some values of their parameters, but none were found; "
        "remove entries whose denominator vanishes."
    )


def _vanishes(entry: Expr, places: list[Place]) -> bool:
    """Whether a sum expands to zero; a random point at which it does not vanish spares most of them the expansion."""
    return not at_points(lambda place: place(entry) != 0, places=places) and Add(*entry.args).expand() == 0


def _short(
    system: minors.System, terms: int, limit: int, taken: Iterable[str], factors: bool
) -> Solution:
    """The answer that is not expanded, in factors or as a program, and why."""
    letters = letters_of(system.rows) | set(taken)
    found = branches.factored(system.rows, letters, FACTORS) if factors else None
    if found is None:
        return _program(system, terms, limit, letters)
    note = (
        f"The expanded solution would have about {_rounded(terms)} terms (limit {limit}); "
        f"it is given as products of the determinants of its branches (definitions: {len(found.where)})."
    )
    return Solution(ImmutableMatrix(len(found.values), 1, found.values), found.where, terms, "factored", note)


def _program(
    system: minors.System, terms: int, limit: int | None, taken: Collection[str] = ()
) -> Solution:
    """The straight-line program; with a limit, its note says that the expanded answer exceeds it."""
    if structure.elimination_work(system.rows, WORK) > WORK:
        raise TooLong(
            f"A solution is written down in at most {WORK} multiplications, but the elimination of these "
            f"{len(system.rows)} unknowns has more; compute them with the module that `derive solve --numpy` writes."
        )
    for trial in range(TRIALS):
        try:
            found = eliminated(system.rows, system.matched, system.blocks, numbered("pivots", trial), taken)
        except BadPoint:
            continue
        if found is not None:
            break
    else:
        raise SingularMatrix(
            "A x = b needs a regular matrix, but no pivots could be found; simplify its entries."
        )
    note = f"Straight-line program of {found.operations} operations."
    if limit is not None:
        note = (
            f"The expanded solution would have about {_rounded(terms)} terms (limit {limit}); "
            f"it is given as a straight-line program of {found.operations} operations."
        )
    return Solution(ImmutableMatrix(len(found.values), 1, found.values), found.where, terms, "program", note)


def _rounded(number: int) -> str:
    """Two significant digits: 17321 as 1.7e4; small numbers in full."""
    digits = str(number)
    return digits if len(digits) < 6 else f"{digits[0]}.{digits[1]}e{len(digits) - 1}"
