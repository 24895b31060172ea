"""Steady states of the equations of motion."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from sympy import ImmutableMatrix, Matrix

from derive.checks import checked
from derive.errors import DeriveError
from derive.gaussian import GaussianState
from derive.kernel import (
    Quick,
    SingularMatrix,
    Solution,
    conjugated,
    evaluated,
    filled,
    residual,
    solve,
    touching,
    vanishes,
    written_out,
)
from derive.langevin import Langevin, amplitude_system
from derive.lyapunov import second_moments
from derive.stability import require_stable, undamped

LOOKED_INTO = 500  # modes of a part without steady state, of which gain is told from heat in seconds


class SingularDrift(DeriveError):
    """Some motion of the network is neither damped nor detuned: no unique steady state exists."""


@checked
def steady_state(eq: Langevin, limit: int = 50_000) -> GaussianState:
    """The stationary Gaussian state: W⟨a⟩ + Q⟨a⟩* + f = 0 and the stationary second moments.

    It is approached from any initial state if all eigenvalues of the drift have negative real parts; with
    vacuum baths and no pairing the second moments are exactly zero and the state is coherent, also where a mode that
    no loss reaches would keep whatever it holds. Where there is noise, that leaves the second moments open. An answer
    of more than `limit` terms is given in factors or as a straight-line program (`GaussianState.where`).

    Raises:
        SingularDrift: if the drift matrix of first or second moments has no inverse.
        Unstable: if gain or pairing exceeds the losses for all values of the parameters (`stability`).
        TooManyMoments: if so many modes feed each other that the second moments fill a book.
    """
    if eq.paired or not vanishes(eq.noise):
        require_stable(eq)
    mean = coherent_part(eq, limit)
    second = second_moments(
        eq,
        lambda matrix, source, taken: _solve(matrix, source, eq, limit, taken, moments="second moments"),
        frozenset(symbol.name for symbol, _ in mean.where),
    )
    return replace(
        mean,
        number=second.number,
        anomalous=second.anomalous,
        where=mean.where + second.where,
        note=" ".join(filter(None, (mean.note, second.note))),
    )


def rational(eq: Langevin) -> bool:
    """Whether all numbers of a network are rational but for i, without letters: so are those of its steady state."""
    matrices = (eq.drift, eq.pairing, eq.force, eq.noise, eq.squeezing)
    values = chain(eq.frequencies, (e for matrix in matrices for _, e in matrix.iter_items()))
    return all(part.is_Rational for e in values for part in e.as_real_imag())


def in_numbers(state: GaussianState) -> GaussianState:
    """The state of a `rational` network with a number for each letter that it defines."""
    matrices = (state.mean, state.number, state.anomalous)
    known = iter(evaluated((e for matrix in matrices for e in matrix), state.where))
    mean, number, anomalous = (ImmutableMatrix(*m.shape, [next(known) for _ in m]) for m in matrices)
    return replace(state, mean=mean, number=number, anomalous=anomalous, where=(), note="")


def coherent_part(eq: Langevin, limit: int) -> GaussianState:
    """The steady amplitudes alone, W⟨a⟩ + Q⟨a⟩* + f = 0: the coherent state around which the modes fluctuate.

    Raises:
        SingularDrift: if the drift matrix has no inverse.
    """
    n = len(eq.modes)
    matrix, force = amplitude_system(eq)
    solution = _solve(matrix, _negative(force), eq, limit)
    nothing = type(eq.drift).zeros(n, n)  # sparse where the drift is
    mean = solution.values[:n, :] if eq.paired else solution.values
    return GaussianState(eq.modes, eq.frequencies, mean, nothing, nothing, solution.where, solution.note)


@checked
def steady_state_residual(eq: Langevin, state: GaussianState) -> Matrix:
    """W⟨a⟩ + Q⟨a⟩* + f beside dN/dt and dM/dt of `state`: n×(2n+1), zero if the state is stationary."""
    # determinants of branches, written out, would be as long as the expanded answer
    kept = state.where if state.in_factors and not eq.paired else ()
    alpha = state.mean if kept else written_out(state.mean, state.where)
    number, anomalous = (written_out(m, state.where) for m in (state.number, state.anomalous))
    w, q, w_star, q_star = eq.drift, eq.pairing, conjugated(eq.drift), conjugated(eq.pairing)
    return Matrix.hstack(
        residual(Matrix.hstack(w, q), Matrix.vstack(alpha, conjugated(alpha)), -eq.force, kept),
        w_star * number
        + number * w.T
        + q_star * anomalous
        + conjugated(anomalous) * q.T
        + eq.noise,
        w * anomalous + anomalous * w.T + q * number + number.T * q.T + eq.squeezing,
    )


def _negative(force: ImmutableMatrix) -> ImmutableMatrix:
    quick = Quick()
    turned = {i: {rest: (-p, q) for rest, (p, q) in quick.read(e).items()} for (i, _), e in force.iter_items()}
    return filled(type(force), force.rows, 1, {i: {0: quick.expression(terms)} for i, terms in turned.items()})


def _names(eq: Langevin) -> Iterator[str]:
    """The modes and letters of a network, wherever they stand: no definition must be called as one of them."""
    yield from eq.modes
    for matrix in (eq.drift, eq.pairing, eq.force, eq.noise, eq.squeezing):
        yield from (symbol.name for _, e in matrix.iter_items() for symbol in e.free_symbols)
    yield from (symbol.name for e in eq.frequencies for symbol in e.free_symbols)


def _solve(
    matrix: Matrix,
    right: Matrix,
    eq: Langevin,
    limit: int,
    taken: Collection[str] = (),
    moments: str = "amplitudes",
) -> Solution:
    try:
        # second moments that feed each other one way are many blocks: their common denominators overflow
        return solve(matrix, right, limit, chain(taken, _names(eq)), factors=moments == "amplitudes")
    except SingularMatrix:
        raise singular_drift(eq, moments) from None


def singular_drift(eq: Langevin, moments: str = "amplitudes") -> SingularDrift:
    """The refusal of a network without steady state; it names the part of the network whose moments have none."""
    places = list(_singular_part(eq, moments))
    modes = [eq.modes[i] for i in places]
    names = f"mode{'s' * (len(modes) > 1)} " + ", ".join(modes[:10]) + (", ..." if len(modes) > 10 else "")
    drift, pairing, noise = (m.extract(places, places) for m in (eq.drift, eq.pairing, eq.noise))
    hot = not vanishes(noise) and len(modes) <= LOOKED_INTO
    # gain makes noise in what it holds undamped, heat does not
    amplified = not vanishes(pairing) or hot and not undamped(drift, conjugated(noise))
    threshold = ", and keep gain and pairing off their threshold" if amplified else ""
    return SingularDrift(
        f"A steady state needs an invertible drift matrix, but that of the {moments} of the {names} is "
        f"singular for all values of its parameters; give every mode a loss, or couple it to one that has{threshold}."
    )


def _singular_part(eq: Langevin, moments: str) -> Sequence[int]:
    """The modes, by place, of the first part, joined to no other, of which the drift or second moments are singular."""
    from networkx import Graph, connected_components

    n = len(eq.modes)
    matrix, force = amplitude_system(eq)
    graph = Graph((i % n, j % n) for (i, j), _ in matrix.iter_items())
    graph.add_nodes_from(range(n))
    for part in connected_components(graph):
        modes = sorted(part)
        rows = [i for k in range(0, matrix.rows, n) for i in (k + mode for mode in modes)]
        own = matrix.extract(rows, rows)
        try:
            solve(own, force.extract(rows, [0]), 0, _names(eq))
            still = moments != "amplitudes" and any(touching(m, own.T) for m in (own, conjugated(own)))
        except SingularMatrix:
            still = True
        if still:
            return modes
    return range(n)
