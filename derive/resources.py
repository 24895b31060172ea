"""What a battery spin can hold, and the quantum resources that it shares with its charger, as functions of the state.

    capacity        C = Tr ρ↑H − Tr ρ↓H = Σ ε_i(λ_i − λ_{d−1−i}) = 2ω|r| for a spin with Bloch vector r and levels ∓ω
    entanglement    E = √(2[1 − Tr ρ_b²]) in [0, 1], a measure for pure states only
    steering        F_3 = max (1/√3)|Σ_k ⟨A_k B_k⟩| = √(Tr TᵀT), steerable above 1, T_ij = ⟨σ_i ⊗ σ_j⟩
    nonlocality     B = 2√(ι_1 + ι_2) in [0, 2√2], nonlocal above 2, ι the two largest eigenvalues of TᵀT
    coherence       Σ_{i≠j} |ρ_ij|,   imaginarity Σ_{i≠j} |Im ρ_ij|,   both in the basis of energies
    texture         ½ Tr|ρ − f|, the distance from the uniform superposition f = |f⟩⟨f|, ⟨i|f⟩ = 1/√d

The definitions are those of Wang, Huang and Zhang (arXiv 2605.11399) and the works they rest on. In a pure state of two
spins the first four are one number:  F_3² = 1 + 2E²,  B² = 4(1 + E²),  C² = 4ω²(1 − E²).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sympy import Abs, Add, Expr, ImmutableMatrix, Integer, Matrix, MatrixBase, Max, im, sqrt

from derive.errors import DeriveError
from derive.kernel import abs_squared, conjugated
from derive.network import Number, exact
from derive.qubits import PAULI, on_battery, on_charger


class StateError(DeriveError):
    """A state for which a measure has no closed form here, or lists of levels that do not match."""


# -- states and their moments -------------------------------------------------------------------------------


def pure_state(amplitudes: Sequence[Number]) -> ImmutableMatrix:
    """|ψ⟩⟨ψ|/⟨ψ|ψ⟩ of the amplitudes of |00⟩, |01⟩, |10⟩, |11⟩, which need not be normalised."""
    psi = Matrix([exact(z, "an amplitude") for z in amplitudes])
    return ImmutableMatrix(psi * conjugated(psi).T / squared_norm(list(psi)))


def squared_norm(amplitudes: Sequence[Expr]) -> Expr:
    """⟨ψ|ψ⟩ of some amplitudes."""
    return Add(*map(abs_squared, amplitudes))


def reduced(state: MatrixBase, spin: Literal["b", "c"]) -> ImmutableMatrix:
    """The 2×2 state of the battery, "b", or of the charger, "c"."""
    step, other = (2, 1) if spin == "b" else (1, 2)
    return ImmutableMatrix(2, 2, lambda i, j: Add(*(state[step * i + k, step * j + k] for k in (0, other))))


def bloch(spin: MatrixBase) -> ImmutableMatrix:
    """The Bloch vector r of a spin, ρ = ½(1 + r·σ), 3×1."""
    return ImmutableMatrix([(spin * sigma).trace().expand() for sigma in PAULI])


def length(spin: MatrixBase) -> Expr:
    """|r|, which is the difference of a spin's two populations."""
    return sqrt(Add(*(x**2 for x in bloch(spin))))


def correlations(state: MatrixBase) -> ImmutableMatrix:
    """T_ij = Tr ρ σ_i ⊗ σ_j, 3×3, the battery's index first."""
    return ImmutableMatrix(3, 3, lambda i, j: (state * on_battery(PAULI[i]) * on_charger(PAULI[j])).trace())


def partial_transpose(state: MatrixBase) -> ImmutableMatrix:
    """ρ with the charger's indices exchanged, 4×4."""
    return ImmutableMatrix(4, 4, lambda i, j: state[2 * (i // 2) + j % 2, 2 * (j // 2) + i % 2])


# -- energies -----------------------------------------------------------------------------------------------


def spectral_capacity(levels: Sequence[Expr], populations: Sequence[Expr]) -> Expr:
    """C = Σ ε_i(λ_i − λ_{d−1−i}) from the levels of H and the eigenvalues of ρ, both in ascending order.

    Raises:
        StateError: if there are not as many eigenvalues as levels.
    """
    if len(levels) != len(populations):
        raise StateError(
            f"A state has as many eigenvalues as there are levels, but there are {len(populations)} for {len(levels)}."
        )
    pairs = zip(levels, populations, reversed(populations), strict=True)
    return Add(*(level * (high - low) for level, high, low in pairs))


def capacity(spin: MatrixBase, frequency: Number) -> Expr:
    """C = 2ω|r|, in [0, 2ω], of a spin with H = −ωσ_z: what lies between its passive and its most active state."""
    return 2 * frequency * length(spin)


def ergotropy(spin: MatrixBase, frequency: Number) -> Expr:
    """ω(|r| − r_z): the most energy that a unitary can take out, in [0, 2ω]; the rest of the capacity it can put in."""
    return frequency * (length(spin) - bloch(spin)[2])


def residual_capacity(total: Expr, state: MatrixBase, battery: Number, charger: Number) -> Expr:
    """C(ρ) − C(ρ_b) − C(ρ_c): what the capacity `total` of both spins together exceeds their own by."""
    return total - capacity(reduced(state, "b"), battery) - capacity(reduced(state, "c"), charger)


# -- resources ----------------------------------------------------------------------------------------------


def entanglement(state: MatrixBase) -> Expr:
    """E = √(2[1 − Tr ρ_b²]): the concurrence of a pure state; of a mixed one, no measure of entanglement."""
    spin = reduced(state, "b")
    return sqrt(2 * (1 - (spin * spin).trace()))


def concurrence(state: MatrixBase) -> Expr:
    """Wootters' concurrence of an X state, mixed or pure, in [0, 1].

    2 max(0, |ρ_{01,10}| − √(ρ_{00}ρ_{11}), |ρ_{00,11}| − √(ρ_{01}ρ_{10})), the latter being populations.

    Raises:
        StateError: if the state has other entries off the diagonal.
    """
    _x_state(state, "Wootters' concurrence")
    p = [state[k, k] for k in range(4)]
    inner, outer = Abs(state[1, 2]) - sqrt(p[0] * p[3]), Abs(state[0, 3]) - sqrt(p[1] * p[2])
    return Max(Integer(0), 2 * inner, 2 * outer)


def steering(state: MatrixBase) -> Expr:
    """F_3 = √(Tr TᵀT), the largest (1/√3)|Σ_k ⟨A_k B_k⟩| over three orthogonal settings of either spin; at most √3.

    Costa and Angelo, Phys. Rev. A 93, 020103 (2016).
    """
    t = correlations(state)
    return sqrt((t.T * t).trace())


def nonlocality(state: MatrixBase) -> Expr:
    """B = 2√(ι_1 + ι_2) of an X state: T has the singular values |T_zz| and 2||ρ_{01,10}| ± |ρ_{00,11}||.

    Horodecki, Horodecki and Horodecki, Phys. Lett. A 200, 340 (1995).

    Raises:
        StateError: if the state has other entries off the diagonal.
    """
    _x_state(state, "The CHSH maximum")
    inner, outer = 2 * Abs(state[1, 2]), 2 * Abs(state[0, 3])
    both, longitudinal = (inner + outer) ** 2, correlations(state)[2, 2] ** 2
    return 2 * sqrt(both + Max((inner - outer) ** 2, longitudinal))


def _x_state(state: MatrixBase, what: str) -> None:
    for i, j in ((0, 1), (0, 2), (1, 3), (2, 3)):
        if state[i, j] != 0 or state[j, i] != 0:
            raise StateError(
                f"{what} is written out for states whose entries lie on the two diagonals, but entry ({i}, {j}) is "
                f"{state[i, j]}; the emitted module computes it for every state."
            )


def coherence(state: MatrixBase) -> Expr:
    """The l_1 norm of coherence Σ_{i≠j} |ρ_ij|, in [0, d − 1]."""
    return Add(*(Abs(state[i, j]) for i in range(state.rows) for j in range(state.cols) if i != j))


def imaginarity(state: MatrixBase) -> Expr:
    """The l_1 norm of imaginarity Σ_{i≠j} |Im ρ_ij|."""
    return Add(*(Abs(im(state[i, j])) for i in range(state.rows) for j in range(state.cols) if i != j))


def spin_texture(spin: MatrixBase) -> Expr:
    """½ Tr|ρ − f| of one spin: half the distance ½|r − x̂| of its Bloch vector from that of (|0⟩ + |1⟩)/√2."""
    x, y, z = bloch(spin)
    return sqrt((1 - x) ** 2 + y**2 + z**2) / 2


def pure_texture(state: MatrixBase) -> Expr:
    """½ Tr|ρ − f| = √(1 − ⟨f|ρ|f⟩) of a pure state of any dimension."""
    return sqrt(1 - Add(*state) / state.rows)
