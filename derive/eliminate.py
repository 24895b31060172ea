"""Adiabatic elimination of lossy modes: Network → Network, Langevin → Langevin, and the square they close.

With s the modes that stay and c those that go, the fast modes follow: 0 = W_cs a_s + W_cc a_c + f_c + ξ_c, so that

    da_s/dt = T (W a + f + ξ),   T = [1, −W_sc W_cc⁻¹],   W′ = T W T†,   f′ = T f,   h′ = T h T†,

and a bath keeps its rate, occupation and squeezing while its jump becomes u′ = T* u. Where modes are paired,
T acts on (a, a†) and has two blocks, a ↦ T₁ a + T₂ a†.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sympy import I, ImmutableMatrix, Matrix, zeros

from derive.checks import checked
from derive.errors import DeriveError
from derive.kernel import SingularMatrix, canonical, conjugated, inverse, solve, written_out
from derive.langevin import Langevin, doubled, langevin
from derive.network import Bath, Coupling, Drive, Network, Squeezing


class NotEliminable(DeriveError):
    """Modes that cannot follow adiabatically: unknown, all of them, or without loss and detuning."""


def _undamped(modes: Iterable[str], singular: SingularMatrix) -> NotEliminable:
    return NotEliminable(
        f"Modes that are eliminated must be damped or detuned, but the drift of {', '.join(modes)} is singular "
        f"({singular}); give them a loss."
    )


@checked
def eliminate(net: Network, *gone: str) -> Network:
    """The network of the remaining modes once the modes `gone` follow them adiabatically.

    A resonant lossy mode c of rate κ with H ∋ Σ g_i c†a_i + h.c. becomes a shared reservoir of rate κ whose jump has
    the weights −(W_ic/W_cc)* = 2ig_i/κ: the microscopic origin of Liu et al. 2026, Eq. (2), and Zhao et al. 2025,
    Eq. (1).

    Raises:
        NotEliminable: if a mode is unknown, none would remain, or W_cc is singular.
    """
    eq = langevin(net)
    stay, go = split(eq, gone)
    t1, t2 = _following(eq, stay, go)
    h, s = _hamiltonian(net)
    h_new = t1 * h * t1.H - t1 * s * t2.H - t2 * conjugated(s) * t1.H + t2 * conjugated(h) * t2.H
    s_new = t1 * s * t1.T - t1 * h * t2.T - t2 * conjugated(h) * t1.T + t2 * conjugated(s) * t2.T
    force = t1 * eq.force + t2 * conjugated(eq.force)
    names = [eq.modes[i] for i in stay]
    modes, couplings, squeezings, drives = [], [], [], []
    for i, old in enumerate(stay):
        modes.append(replace(net.modes[old], detuning=canonical(h_new[i, i])))
        squeezings += [Squeezing(names[i], names[i], x) for x in (canonical(s_new[i, i] / 2),) if x != 0]
        drives += [Drive(names[i], x) for x in (canonical(I * force[i]),) if x != 0]
        for j in range(i + 1, len(stay)):
            couplings += [Coupling(names[i], names[j], x) for x in (canonical(h_new[i, j]),) if x != 0]
            squeezings += [Squeezing(names[i], names[j], x) for x in (canonical(s_new[i, j]),) if x != 0]
    baths = tuple(new for bath in net.baths for new in _followed(bath, eq.modes, names, gone, t1, t2))
    return Network(tuple(modes), tuple(couplings), tuple(drives), baths, tuple(squeezings), title=net.title)


@checked
def schur(eq: Langevin, *gone: str) -> Langevin:
    """Adiabatic elimination in equations of motion: the Schur complement of the drift, sources by congruence.

    Raises:
        NotEliminable: as in `eliminate`.
    """
    stay, go = split(eq, gone)
    t1, t2 = _following(eq, stay, go)
    w, q = eq.drift, eq.pairing
    drift = t1 * w[:, stay] + t2 * conjugated(q)[:, stay]
    pairing = t1 * q[:, stay] + t2 * conjugated(w)[:, stay]
    # Whether moments are ordered normally or symmetrically does not matter: 𝒲 + 𝒲†, in (a, a†), is transformed alike.
    n, m = eq.noise, eq.squeezing
    left_1, left_2 = t1 * n.T + t2 * conjugated(m), t1 * m + t2 * n
    return Langevin(
        tuple(eq.modes[i] for i in stay),
        tuple(eq.frequencies[i] for i in stay),
        _tidy(drift),
        _tidy(pairing),
        _tidy(t1 * eq.force + t2 * conjugated(eq.force)),
        _tidy((left_1 * t1.H + left_2 * t2.H).T),
        _tidy(left_1 * t2.T + left_2 * t1.T),
    )


@checked
def elimination_residual(net: Network, *gone: str) -> Matrix:
    """langevin(eliminate(net)) − schur(langevin(net)), all matrices side by side: zero if the square commutes.

    s×(4s + 1) for s modes that stay.
    """
    by_picture, by_equation = langevin(eliminate(net, *gone)), schur(langevin(net), *gone)
    parts = ("drift", "pairing", "force", "noise", "squeezing")
    return Matrix.hstack(*(getattr(by_picture, part) - getattr(by_equation, part) for part in parts))


def split(eq: Langevin, gone: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """The places of the modes that stay and of those that go.

    Raises:
        NotEliminable: if one of `gone` is unknown, or if none or all of the modes would go.
    """
    for name in gone:
        if name not in eq.modes:
            raise NotEliminable(f"A mode to eliminate must be one of {', '.join(eq.modes)}, but is {name!r}.")
    stay = [i for i, name in enumerate(eq.modes) if name not in gone]
    if not stay or not gone:
        raise NotEliminable(
            f"Elimination takes some of the modes {', '.join(eq.modes)} and leaves some, but was given "
            f"{', '.join(gone) or 'none'}."
        )
    return stay, [i for i, name in enumerate(eq.modes) if name in gone]


def fast_inverse(drift: Matrix, modes: Iterable[str]) -> Matrix:
    """W_cc⁻¹ of the `modes` that go, in canonical entries.

    Raises:
        NotEliminable: if W_cc is singular.
    """
    try:
        return inverse(drift).applyfunc(canonical)
    except SingularMatrix as singular:
        raise _undamped(modes, singular) from None


def _following(eq: Langevin, stay: list[int], go: list[int]) -> tuple[Matrix, Matrix]:
    """T₁ and T₂ of a_s ↦ T₁ a + T₂ a† with all modes in their old places."""
    n, m = len(eq.modes), len(go)
    paired = any(eq.pairing[i, j] != 0 for i in range(n) for j in go)
    matrix, columns = (doubled(eq)[0], go + [n + j for j in go]) if paired else (eq.drift, go)
    inner = matrix[columns, columns].T
    t1, t2 = zeros(len(stay), n), zeros(len(stay), n)
    for row, i in enumerate(stay):
        t1[row, i] = 1
        coupling = matrix[[i], columns].T
        if coupling.is_zero_matrix:
            continue
        try:
            weights = solve(inner, -coupling)
        except SingularMatrix as singular:
            raise _undamped((eq.modes[j] for j in go), singular) from None
        values = written_out(weights.values, weights.where)
        for k, j in enumerate(go):
            t1[row, j] = canonical(values[k])
            if paired:
                t2[row, j] = canonical(values[m + k])
    return t1, t2


def _hamiltonian(net: Network) -> tuple[Matrix, Matrix]:
    """h and s of H = Σ h_ij a_i†a_j + ½ Σ (s_ij a_i†a_j† + h.c.): the drift and pairing without any bath."""
    isolated = langevin(replace(net, baths=()))
    return I * isolated.drift, I * isolated.pairing


def _followed(
    bath: Bath, modes: tuple[str, ...], names: list[str], gone: tuple[str, ...], t1: Matrix, t2: Matrix
) -> list[Bath]:
    if not any(name in gone for name in bath.legs):
        return [bath]
    u, v = (Matrix([dict(legs).get(name, 0) for name in modes]) for legs in (bath.jump, bath.gain))
    jump = conjugated(t1) * u - conjugated(t2) * v
    gain = t1 * v - t2 * u
    legs = [
        tuple(
            (name, x)
            for name, x in ((name, canonical(w)) for name, w in zip(names, weights, strict=True))
            if x != 0
        )
        for weights in (jump, gain)
    ]
    return [replace(bath, jump=legs[0], gain=legs[1])] if legs[0] or legs[1] else []


def _tidy(matrix: Matrix) -> ImmutableMatrix:
    return ImmutableMatrix(matrix.applyfunc(canonical))
