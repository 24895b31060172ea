"""Gaussian states in time: from any initial state, with cold, hot and squeezed baths, and with pairing.

    ⟨a⟩(t) = ⟨a⟩_ss + E (⟨a⟩(0) − ⟨a⟩_ss),   N(t) = N_ss + E* (N(0) − N_ss) Eᵀ,   M(t) = M_ss + E (M(0) − M_ss) Eᵀ

with E = exp(Wt) and the steady state "ss"; where there is none, with ∫₀ᵗ E(s) f ds and ∫₀ᵗ E*(s) noise Eᵀ(s) ds from
the exponential of a block matrix (Van Loan, IEEE Trans. Autom. Control 23, 395 (1978)). Pairing couples ⟨a⟩ to ⟨a⟩*:
then E = exp of the doubled matrix moves (⟨a⟩, ⟨a⟩*) and the matrix S = ((Nᵀ, M), (M*, N)).
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, ImmutableMatrix, Matrix, S, Symbol, diff, eye, zeros

from derive.checks import checked
from derive.evolution import SingularDrift, steady_state, steady_state_residual
from derive.gaussian import GaussianState, UnknownMode
from derive.kernel import canonical, conjugated, written_out
from derive.langevin import Langevin, doubled, second_moment_matrix
from derive.propagator import ComplexTime, Paths, exponential, one_way, propagator
from derive.spectrum import radicals, roots


@checked
def evolve(eq: Langevin, initial: GaussianState, t: Expr) -> GaussianState:
    """The Gaussian state at time t, from `initial` at t = 0.

    First and second moments, for cold, hot and squeezed baths, and with pairing. Letters x_1, x_2, … stand for the
    roots of irreducible factors of third or fourth degree; `where` defines them in radicals, and
    `is_zero(evolution_residual(…), roots(eq))` proves the state. From a coherent state in cold baths only the
    eigenvalues that the drive and the initial amplitudes excite need to be known.

    Raises:
        NoClosedForm: if more than four eigenvalues belong together and no structure gives them, or if it cannot be
            decided which rates are equal.
        ComplexTime: if `t` is not real.
        UnknownMode: if the initial state is one of other modes.
    """
    if not t.is_real:
        raise ComplexTime(f"A time must be real, but {t} is not known to be; declare it real or positive.")
    if initial.modes != eq.modes:
        raise UnknownMode(
            f"The initial state must have the modes {', '.join(eq.modes)}, but has {', '.join(initial.modes)}."
        )
    try:
        steady: GaussianState | None = steady_state(eq)
    except SingularDrift:
        steady = None
    moved = _paired if eq.paired else _unpaired
    mean, number, anomalous = moved(eq, initial, steady, t)
    shown = mean.free_symbols | number.free_symbols | anomalous.free_symbols
    known = initial.where + (steady.where if steady else ())
    letters = tuple(pair for pair in radicals(eq).items() if pair[0] in shown) if roots(eq) else ()
    mean, number, anomalous = (ImmutableMatrix(m) for m in (mean, number, anomalous))
    return GaussianState(eq.modes, eq.frequencies, mean, number, anomalous, known + letters, initial.note)


@checked
def evolution_residual(eq: Langevin, initial: GaussianState, t: Symbol, state: GaussianState) -> Matrix:
    """The equations of motion and the initial condition: n×(4n + 2), zero if `state` is that at time `t`.

    d/dt of ⟨a⟩, N and M minus their equations of motion, beside their differences from `initial` at t = 0. `t` is a
    real symbol. With letters for roots, `is_zero(residual, roots(eq))`.
    """
    letters = set().union(*(relation.free_symbols for relation in roots(eq)))
    known = tuple(pair for pair in state.where if pair[0] not in letters)
    mean, number, anomalous = (written_out(m, known) for m in (state.mean, state.number, state.anomalous))
    state = replace(state, mean=mean, number=number, anomalous=anomalous, where=())
    pairs = [(state.mean, initial.mean), (state.number, initial.number), (state.anomalous, initial.anomalous)]
    motion = Matrix.hstack(*(diff(later, t) for later, _ in pairs)) - steady_state_residual(eq, state)
    return Matrix.hstack(motion, *(later.subs(t, 0) - first for later, first in pairs))


def _unpaired(
    eq: Langevin, initial: GaussianState, steady: GaussianState | None, t: Expr
) -> tuple[Matrix, Matrix, Matrix]:
    """Amplitudes, occupations and pairs where no pairing mixes them."""
    mean = _by_paths(eq, initial, t) if one_way(eq) else _driven(eq.drift, eq.force, initial.mean, steady, t)
    if not eq.noisy and initial.number.is_zero_matrix and initial.anomalous.is_zero_matrix:
        return mean, initial.number, initial.anomalous
    e = propagator(eq, t)
    star = conjugated(e)
    if steady is not None:
        number = steady.number + star * _difference(initial.number, steady.number) * e.T
        return mean, number, steady.anomalous + e * _difference(initial.anomalous, steady.anomalous) * e.T
    number = star * (initial.number * e.T + _integral(conjugated(eq.drift), eq.noise, eq.drift, t))
    return mean, number, e * (initial.anomalous * e.T + _integral(eq.drift, eq.squeezing, eq.drift, t))


def _paired(
    eq: Langevin, initial: GaussianState, steady: GaussianState | None, t: Expr
) -> tuple[Matrix, Matrix, Matrix]:
    """Amplitudes with their conjugates, occupations with pairs."""
    n = len(eq.modes)
    matrix, force = doubled(eq)
    first = Matrix.vstack(initial.mean, conjugated(initial.mean))
    e = exponential(matrix, eye(2 * n), t, eq.modes)
    swap = Matrix(2 * n, 2 * n, lambda i, j: int((i + n) % (2 * n) == j))
    adjoint = (swap * e * swap).T  # the doubled matrix is its own conjugate with both halves exchanged
    if steady is not None:
        last = Matrix.vstack(steady.mean, conjugated(steady.mean))
        mean = last + e * _difference(first, last)
        whole = _moments(steady) + e * _difference(_moments(initial), _moments(steady)) * adjoint
    else:
        mean = _driven(matrix, force, first, None, t)
        source = second_moment_matrix(eq.noise, eq.squeezing)
        other = conjugated(matrix)
        whole = e * (_moments(initial) * adjoint + _integral(matrix, source, other, t))
    return mean[:n, :], whole[n:, n:], whole[:n, n:]


def _by_paths(eq: Langevin, initial: GaussianState, t: Expr) -> Matrix:
    """⟨a⟩(t) of a one-way network: under the integral every exp[x_0, …, x_m] becomes exp[0, x_0, …, x_m]."""
    paths = Paths(eq, t)
    sums: list[list[Expr]] = [[] for _ in eq.modes]
    for j, (start, force) in enumerate(zip(initial.mean, eq.force, strict=True)):
        column = paths.column(j) if start != 0 or force != 0 else []
        for terms, flow in zip(sums, column, strict=False):
            terms.append(start * paths.summed(flow) if start != 0 else S.Zero)
            terms.append(force * paths.summed(flow, True) if force != 0 else S.Zero)
    return Matrix(paths.size, 1, lambda i, _: Add(*sums[i]))


def _driven(matrix: Matrix, force: Matrix, first: Matrix, steady: GaussianState | None, t: Expr) -> Matrix:
    """x(t) of x′ = W x + f."""
    if steady is not None:
        return steady.mean + exponential(matrix, _difference(first, steady.mean), t)
    n = matrix.rows
    driven = Matrix.vstack(Matrix.hstack(matrix, force), zeros(1, n + 1))
    return exponential(driven, Matrix.vstack(first, Matrix([1])), t)[:n, :]


def _integral(left: Matrix, source: Matrix, right: Matrix, t: Expr) -> Matrix:
    """G with e^{At}G = ∫₀ᵗ e^{As} C e^{Bᵀs} ds: a block of the exponential of ((−A, C), (0, Bᵀ)) (Van Loan 1978)."""
    n = left.rows
    whole = Matrix.vstack(Matrix.hstack(-left, source), Matrix.hstack(zeros(n, n), right.T))
    return exponential(whole, Matrix.vstack(zeros(n, n), eye(n)), t)[:n, :]


def _difference(a: Matrix, b: Matrix) -> Matrix:
    return (a - b).applyfunc(canonical)


def _moments(state: GaussianState) -> Matrix:
    return second_moment_matrix(state.number, state.anomalous)
