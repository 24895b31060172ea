"""The letters of Wang, Huang and Zhang (arXiv 2605.11399), and the states that its sentences are about.

ħ = 1 and σ are Pauli matrices, as here, so that the spins' levels are ∓ω_b, ∓ω_c and the battery's capacity
is at most 2ω_b. The claims are those of the abstract and of an article about it, whose formulas came through a lossy
scan. Reconstructed are: the last term of H, J_2 σ_z^b σ_z^c (scan: "Job zσc z"); the prefactor ½ of the trace distance
(scan: 1) and its reference f = |f⟩⟨f| with |f⟩ = Σ|i⟩/√d (scan: f1); the moduli |Im ρ_ij| of imaginarity (scan:
"|I'm(ρij)|0"); the sums over i ≠ j (scan: i=j); "Try" as Tr. The start is read as the empty battery and the full
charger, |0⟩|1⟩, and residual capacity as the abstract has it. No claim is refuted for what the scan lost.
"""

from __future__ import annotations

from sympy import Expr, ImmutableMatrix, Symbol, symbols

from derive.builders import positive, real
from derive.latex import Notation
from derive.qubits import TwoQubits, evolve_qubits, product_state
from derive.resources import pure_state, reduced

ω_b, ω_c, J_1, γ = (positive(name) for name in ("omega_b", "omega_c", "J_1", "gamma"))
J_2, δ, t = (real(name) for name in ("J_2", "delta", "t"))
C, E, F, B, N = (Symbol(name) for name in ("C", "E", "F_3", "B", "N"))
COHERENCE, IMAGINARITY, POWER = (Symbol(name) for name in ("C_l1", "I_l1", "P"))
TEXTURE, JOINT_TEXTURE, RESIDUAL = (Symbol(name) for name in ("T_b", "T_bc", "C_res"))
PSI = symbols("psi_00 psi_01 psi_10 psi_11")
EMPTY, FULL = (0, 0, 1), (0, 0, -1)  # Bloch vectors of |0⟩ and |1⟩

NOTATION = Notation(
    {
        "C_l1": "C_{l_1}",
        "I_l1": "I_{l_1}",
        "T_bc": "T_{bc}",
        "C_res": r"C_{\mathrm{res}}",
        "C_W": r"C_{\mathrm{W}}",
        "rho_ij": r"\rho_{ij}",
        "purity_b": r"\operatorname{Tr} \rho_b^2",
        "sum_levels": r"\sum_{i=0}^{d-1} \epsilon_i (\lambda_i - \lambda_{d-1-i})",
        "T_tr": r"T_{\mathrm{tr}}",
        "distance": r"\frac{1}{2} \operatorname{Tr} |\rho - f|",
        "trace": r"\operatorname{Tr} T^{\mathsf{T}} T",
        "sum_rho": r"\sum_{i \neq j} |\rho_{ij}|",
        "sum_im": r"\sum_{i \neq j} |\mathrm{Im}\,\rho_{ij}|",
        "p_00": "p_{00}",
        "p_10": "p_{10}",
        **{f"z_{spin}": rf"\sigma_z^{{\mathrm{{{spin}}}}}" for spin in "bc"},
        **{f"down_{spin}": rf"\sigma_{{+}}^{{\mathrm{{{spin}}}}}" for spin in "bc"},
        **{f"up_{spin}": rf"\sigma_{{-}}^{{\mathrm{{{spin}}}}}" for spin in "bc"},
    }
)


def any_pure_state() -> ImmutableMatrix:
    """|ψ⟩⟨ψ|/⟨ψ|ψ⟩ with four complex amplitudes ψ_00 … ψ_11."""
    return pure_state(PSI)


def detuned(detuning: Expr = δ) -> TwoQubits:
    """The closed pair with ω_c = ω_b − δ."""
    return TwoQubits(ω_b, ω_b - detuning, J_1, J_2)


def charging(detuning: Expr = δ, time: Expr = t) -> ImmutableMatrix:
    """The state in time from an empty battery and a full charger."""
    return evolve_qubits(detuned(detuning), product_state(EMPTY, FULL), time)


def battery(state: ImmutableMatrix) -> ImmutableMatrix:
    """The battery's state."""
    return reduced(state, "b")


def excitation(state: ImmutableMatrix) -> Expr:
    """The population of the battery's upper level."""
    return battery(state)[1, 1]
