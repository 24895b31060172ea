"""Second moments of the steady state: what the Lyapunov equations give, and where nothing needs to be solved.

    W* N + N Wᵀ + Q* M + M* Qᵀ + noise = 0,      W M + M Wᵀ + Q N + Nᵀ Qᵀ + squeezing = 0

Fluctuation and dissipation. Without pairing, N = n·1 is stationary if and only if noise = −n(W* + Wᵀ), and M = m·1
if and only if squeezing = −m(W + Wᵀ). The first holds for every network whose baths have one occupation n and jumps
q = u·a: then W + W† = −Σ γ u* uᵀ and noise = n Σ γ u u†. The second asks for more: baths of one squeezing m, real
weights u and imaginary couplings, as in Liu's nonreciprocal networks with θ = π/2 and μ = 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

from sympy import Add, Expr, ImmutableMatrix, ImmutableSparseMatrix, Integer, Symbol

from derive.errors import DeriveError
from derive.kernel import Proved, Solution, conjugated, elimination_work, is_zero, touching, vanishes
from derive.langevin import Langevin

Solver = Callable[[ImmutableMatrix, ImmutableMatrix, frozenset[str]], Solution]

# Multiplications of a straight-line program: so many are found in 20 s. A chain of 30 modes in both directions has
# 180 000, a ring 570 000, a complete network of 30 modes 10⁸.
WORK = 600_000


class TooManyMoments(DeriveError):
    """A network whose modes all feed each other has too many second moments for a program without loops."""


@dataclass(frozen=True)
class Second:
    """N and M (n×n), in the symbols that `where` defines."""

    number: ImmutableMatrix
    anomalous: ImmutableMatrix
    where: tuple[tuple[Symbol, Expr], ...]
    note: str


def second_moments(eq: Langevin, solved: Solver, taken: frozenset[str]) -> Second:
    """N and M of the steady state; `solved(A, b, taken)` gives x with A x = b, without definitions of names `taken`.

    Balanced moments are written down. The others solve their Lyapunov equations in the unknowns N, M with M_ij =
    M_ji and, with pairing, M*; without pairing N and M do not know of each other.

    Raises:
        TooManyMoments: if the network is so dense that a program would have more than `WORK` multiplications.
    """
    n = len(eq.modes)
    nothing = type(eq.drift).zeros(n, n)  # sparse where the drift is
    if eq.paired:
        values, solution = _solved(eq, ("N", "M", "M*"), solved, taken)
        return Second(values["N"], values["M"], solution.where, solution.note)
    found = {"N": nothing, "M": nothing}
    where: tuple[tuple[Symbol, Expr], ...] = ()
    notes = []
    for kind, balance in (("N", balanced_occupation(eq)), ("M", balanced_squeezing(eq))):
        if balance is not None:
            found[kind] = balance * type(eq.drift).eye(n) if balance else nothing
            continue
        values, solution = _solved(eq, (kind,), solved, taken | {symbol.name for symbol, _ in where})
        found |= values
        where += solution.where
        notes.append(solution.note)
    return Second(found["N"], found["M"], where, " ".join(filter(None, notes)))


def balanced_occupation(eq: Langevin) -> Expr | None:
    """n with N = n·1 in the steady state, if noise = −n(W* + Wᵀ) for some n and the state is unique; else None."""
    if vanishes(eq.noise):
        return Integer(0)
    return _balance(eq, eq.noise, (conjugated(eq.drift), eq.drift.T))


def balanced_squeezing(eq: Langevin) -> Expr | None:
    """m with M = m·1 in the steady state, if squeezing = −m(W + Wᵀ) for some m and the state is unique; else None."""
    if vanishes(eq.squeezing):
        return Integer(0)
    return _balance(eq, eq.squeezing, (eq.drift, eq.drift.T))


def balance_residual(eq: Langevin, occupation: Expr, squeezing: Expr) -> ImmutableMatrix:
    """noise + n(W* + Wᵀ) beside squeezing + m(W + Wᵀ): n×2n, zero if N = n·1 and M = m·1 do not change."""
    w = eq.drift
    return ImmutableMatrix.hstack(eq.noise + occupation * (conjugated(w) + w.T), eq.squeezing + squeezing * (w + w.T))


def _balance(eq: Langevin, source: ImmutableMatrix, parts: tuple[ImmutableMatrix, ImmutableMatrix]) -> Expr | None:
    """c for which X = c·1 is the only solution of A X + X B = −source, `parts` being A and B; None if there is none."""
    damping = -(parts[0] + parts[1])
    for k in range(len(eq.modes)):
        if source[k, k] != 0:
            found = _ratio(source[k, k], damping[k, k])
            balanced = found is not None and isinstance(is_zero(source - found * damping), Proved)
            return found if balanced and not touching(*parts) else None
    return None


def _ratio(source: Expr, damping: Expr) -> Expr | None:
    """c with source = c · damping, sought among the ratios of the first term of the source to those of the damping."""
    first, *_ = Add.make_args(source)
    candidates = dict.fromkeys(first / part for part in Add.make_args(damping.expand()) if part != 0)
    return next((c for c in candidates if isinstance(is_zero(source - c * damping), Proved)), None)


Moment = tuple[str, int, int]


def _moment(kind: str, i: int, j: int) -> Moment:
    """The unknown N_ij, M_ij or M*_ij, where M_ij = M_ji is one unknown."""
    return (kind, i, j) if kind == "N" else (kind, min(i, j), max(i, j))


def _lyapunov(eq: Langevin, at: Mapping[Moment, int]) -> dict[tuple[int, int], list[Expr]]:
    """The matrix of the Lyapunov equations as lists of summands; `at` tells the row and the column of each moment."""
    w, q = eq.drift, eq.pairing
    w_star, q_star = conjugated(w), conjugated(q)
    sides = {"N": (w_star, w), "M": (w, w), "M*": (w_star, w_star)}
    entries: dict[tuple[int, int], list[Expr]] = {}

    def add(row: int, kind: str, i: int, j: int, weight: Expr) -> None:
        if weight != 0:
            entries.setdefault((row, at[_moment(kind, i, j)]), []).append(weight)

    for (kind, i, j), row in at.items():
        left, right = sides[kind]
        for k in range(len(eq.modes)):
            add(row, kind, k, j, left[i, k])
            add(row, kind, i, k, right[j, k])
            if kind == "N":
                add(row, "M", k, j, q_star[i, k])
                add(row, "M*", i, k, q[j, k])
            elif kind == "M":
                add(row, "N", k, j, q[i, k])
                add(row, "N", k, i, q[j, k])
            else:
                # the conjugate of ⟨a_i†a_j⟩ is ⟨a_j†a_i⟩
                add(row, "N", j, k, q_star[i, k])
                add(row, "N", i, k, q_star[j, k])
    return entries


def _solved(
    eq: Langevin, kinds: tuple[str, ...], solved: Solver, taken: frozenset[str]
) -> tuple[dict[str, ImmutableMatrix], Solution]:
    """N and M of the `kinds` that are asked for, from their Lyapunov equations, and the solution of the latter."""
    n = len(eq.modes)
    sources = {"N": eq.noise, "M": eq.squeezing, "M*": conjugated(eq.squeezing)}
    unknowns = dict.fromkeys(_moment(kind, i, j) for kind in kinds for i, j in product(range(n), repeat=2))
    at = {unknown: row for row, unknown in enumerate(unknowns)}
    entries = _lyapunov(eq, at)
    size = len(unknowns)
    rows: list[set[int]] = [set() for _ in range(size)]
    for row, column in entries:
        rows[row].add(column)
    if elimination_work(rows, WORK) > WORK:
        raise TooManyMoments(
            f"Second moments are written down if that takes at most {WORK} multiplications, but those of {n} modes "
            "that feed each other take more; compute them with the module that `derive solve --numpy` writes, or put "
            "all baths at one temperature."
        )
    matrix = ImmutableSparseMatrix(size, size, {place: Add(*terms) for place, terms in entries.items()})
    source = ImmutableSparseMatrix(
        size, 1, {(row, 0): -sources[kind][i, j] for (kind, i, j), row in at.items() if sources[kind][i, j] != 0}
    )
    solution = solved(matrix, source, taken)

    def block(kind: str) -> ImmutableMatrix:
        return ImmutableMatrix(n, n, lambda i, j: solution.values[at[_moment(kind, i, j)]])

    return {kind: block(kind) for kind in kinds if kind != "M*"}, solution
