"""Steady states of the equations of motion."""

from __future__ import annotations

from itertools import product

from sympy import Expr, ImmutableMatrix, Matrix, Symbol, zeros

from derive.errors import DeriveError
from derive.gaussian import GaussianState
from derive.kernel import SingularMatrix, Solution, conjugated, solve
from derive.langevin import Langevin, doubled


class SingularDrift(DeriveError):
    """Some motion of the network is neither damped nor detuned: no unique steady state exists."""


def steady_state(eq: Langevin, limit: int = 50_000) -> GaussianState:
    """The stationary Gaussian state: W⟨a⟩ + Q⟨a⟩* + f = 0 and the stationary second moments.

    It is approached from any initial state if all eigenvalues of the drift have negative real parts; with
    vacuum baths and no pairing the second moments are exactly zero and the state is coherent. An answer of
    more than `limit` terms stays a straight-line program (`GaussianState.where`).

    Raises:
        SingularDrift: if the drift matrix of first or second moments has no inverse.
    """
    n = len(eq.modes)
    if eq.pairing.is_zero_matrix:
        solution = _solve(eq.drift, -eq.force, eq, limit)
        mean = solution.values
    else:
        matrix, force = doubled(eq)
        solution = _solve(matrix, -force, eq, limit)
        mean = ImmutableMatrix(solution.values[:n, :])
    number, anomalous, second = _second_moments(eq, solution.where, limit)
    note = " ".join(filter(None, (solution.note, second.note if second else "")))
    where = solution.where + (second.where if second else ())
    return GaussianState(eq.modes, eq.frequencies, mean, number, anomalous, where, note)


def steady_state_residual(eq: Langevin, state: GaussianState) -> Matrix:
    """W⟨a⟩ + Q⟨a⟩* + f beside dN/dt and dM/dt of `state`: n×(2n+1), zero if the state is stationary."""
    alpha, number, anomalous = (
        _written_out(m, state.where) for m in (state.mean, state.number, state.anomalous)
    )
    w, q, (w_star, q_star) = eq.drift, eq.pairing, (m.applyfunc(conjugated) for m in (eq.drift, eq.pairing))
    return Matrix.hstack(
        w * alpha + q * alpha.applyfunc(conjugated) + eq.force,
        w_star * number
        + number * w.T
        + q_star * anomalous
        + anomalous.applyfunc(conjugated) * q.T
        + eq.noise,
        w * anomalous + anomalous * w.T + q * number + number.T * q.T + eq.squeezing,
    )


def _written_out(matrix: Matrix, where: tuple[tuple[Symbol, Expr], ...]) -> Matrix:
    for symbol, definition in reversed(where):
        matrix = matrix.xreplace({symbol: definition, conjugated(symbol): conjugated(definition)})
    return matrix


def _solve(matrix: Matrix, right: Matrix, eq: Langevin, limit: int) -> Solution:
    try:
        return solve(matrix, right, limit)
    except SingularMatrix:
        names = ", ".join(eq.modes[:10]) + (", ..." if len(eq.modes) > 10 else "")
        raise SingularDrift(
            f"A steady state needs an invertible drift matrix, but that of the modes {names} is singular for all "
            "values of its parameters; give every mode a loss, or couple it to one that has."
        ) from None


def _second_moments(
    eq: Langevin, taken: tuple[tuple[Symbol, Expr], ...], limit: int
) -> tuple[ImmutableMatrix, ImmutableMatrix, Solution | None]:
    """N and M of the steady state from the vectorised Lyapunov equations, in the unknowns N, M and (with
    pairing) M*.
    """
    n = len(eq.modes)
    vacuum = ImmutableMatrix(zeros(n, n))
    if eq.noise.is_zero_matrix and eq.squeezing.is_zero_matrix:
        return vacuum, vacuum, None
    w, q = eq.drift, eq.pairing
    w_star, q_star = w.applyfunc(conjugated), q.applyfunc(conjugated)
    pairs = [(i, j) for i, j in product(range(n), repeat=2) if i <= j]
    unknowns = [("N", i, j) for i, j in product(range(n), repeat=2)] + [("M", i, j) for i, j in pairs]
    if not q.is_zero_matrix:
        unknowns += [("M*", i, j) for i, j in pairs]
    at = {unknown: row for row, unknown in enumerate(unknowns)}
    matrix, source = zeros(len(unknowns), len(unknowns)), zeros(len(unknowns), 1)

    def add(row: int, kind: str, i: int, j: int, weight: Expr) -> None:
        if weight != 0:
            key = (kind, i, j) if kind == "N" else (kind, min(i, j), max(i, j))
            matrix[row, at[key]] += weight

    for (kind, i, j), row in at.items():
        left, right = {"N": (w_star, w), "M": (w, w), "M*": (w_star, w_star)}[kind]
        for k in range(n):
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
        given = {"N": eq.noise, "M": eq.squeezing, "M*": eq.squeezing.applyfunc(conjugated)}[kind]
        source[row] = -given[i, j]
    solution = _solve(matrix, source, eq, limit)
    rename = _fresh(
        solution.where,
        {s.name for s, _ in taken} | {s.name for s in matrix.free_symbols | source.free_symbols},
    )
    solution = Solution(
        ImmutableMatrix(solution.values.xreplace(rename)),
        tuple((rename[s], e.xreplace(rename)) for s, e in solution.where),
        solution.terms,
        solution.form,
        solution.note,
    )
    number = ImmutableMatrix(n, n, lambda i, j: solution.values[at["N", i, j]])
    anomalous = ImmutableMatrix(n, n, lambda i, j: solution.values[at["M", min(i, j), max(i, j)]])
    return number, anomalous, solution


def _fresh(where: tuple[tuple[Symbol, Expr], ...], used: set[str]) -> dict[Symbol, Symbol]:
    """New names for definitions whose names the first moments' program or the network uses already."""
    found = {}
    for symbol, _ in where:
        name = symbol.name
        while name in used:
            name = f"y_{name}"
        found[symbol] = Symbol(name)
    return found
