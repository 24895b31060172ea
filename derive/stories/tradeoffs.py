"""What a battery spin can hold against what it shares with its charger, for every pure state of both.

    C = 2ω_b√(1 − E²) = ω_b√(6 − 2F_3²) = ω_b√(8 − B²) = 2ω_b√(1 − 4N²)

These are the trade-offs of Wang et al. 2026 that need no Hamiltonian, held against `derive.resources` with
four complex amplitudes.
"""

from __future__ import annotations

from sympy import Abs, Integer, Mul, Symbol, eye, sqrt, symbols

from derive.builders import positive, real
from derive.derivation import Equation, Step
from derive.resources import (
    capacity,
    correlations,
    entanglement,
    partial_transpose,
    pure_state,
    reduced,
    residual_capacity,
    squared_norm,
    steering,
)

OMEGA_B, OMEGA_C = positive("omega_b"), positive("omega_c")
C, E, F_3, B, N, RESIDUAL = (Symbol(name) for name in ("C", "E", "F_3", "B", "N", "C_res"))
PSI = symbols("psi_00 psi_01 psi_10 psi_11")
X = real("x")

STEERING, NONLOCALITY, NEGATIVITY = sqrt(1 + 2 * E**2), 2 * sqrt(1 + E**2), E / 2
OF_ENTANGLEMENT = 2 * OMEGA_B * sqrt(1 - E**2)
OF_STEERING = OMEGA_B * sqrt(6 - 2 * F_3**2)
OF_NONLOCALITY = OMEGA_B * sqrt(8 - B**2)
OF_NEGATIVITY = 2 * OMEGA_B * sqrt(1 - 4 * N**2)


def every_pure_state() -> tuple[Step, ...]:
    """E, C, F_3, B, N of a pure state of any amplitudes: one number."""
    state, n = pure_state(PSI), squared_norm(PSI)
    e = entanglement(state)
    double_area = 2 * Abs(PSI[0] * PSI[3] - PSI[1] * PSI[2])
    own = capacity(reduced(state, "b"), OMEGA_B)
    t, turned = correlations(state), partial_transpose(state)
    k = t.T * t
    minors = (k.trace() ** 2 - (k * k).trace()) / 2
    squares = (Integer(1), e**2, e**2)  # of the singular values of T, the largest first
    singular = X**3 - k.trace() * X**2 + minors * X - t.det() ** 2 - Mul(*(X - square for square in squares))
    negative = NEGATIVITY.subs(E, e)
    spectrum = (X * eye(4) - turned).det(method="berkowitz") - (X**2 - negative**2) * (X**2 - X + e**2 / 4)
    gap = residual_capacity(2 * (OMEGA_B + OMEGA_C), state, OMEGA_B, OMEGA_C)
    residual = (OMEGA_B + OMEGA_C) * (2 * OMEGA_B - C) / OMEGA_B
    return (
        Step(
            "capacity",
            (Equation(E, double_area), Equation(C, OF_ENTANGLEMENT)),
            "In any normalised pure state $\\sum\\psi_{ij}|ij\\rangle$ of both spins "
            "$E = \\sqrt{2(1 - \\mathrm{Tr}\\,\\rho_b^2)}$ is the concurrence. The capacity is the energy between the "
            "battery's passive and its most active state, $C = 2\\omega_b|r|$ with its Bloch vector $r$, and falls as "
            "the spins are entangled,",
            "spectrum",
            [e**2 * n**2 - double_area**2, OF_ENTANGLEMENT.subs(E, e) - own],
            nonzero=(n,),
        ),
        Step(
            "resources",
            (Equation(F_3, STEERING), Equation(B, NONLOCALITY), Equation(N, NEGATIVITY)),
            "The correlations $T_{ij} = \\langle\\sigma_i \\otimes \\sigma_j\\rangle$ have the singular values "
            "$1, E, E$, and the partial transpose has one negative eigenvalue, $-E/2$. Hence the largest steering sum "
            "over three settings, the largest CHSH sum and the negativity are",
            "singular values",
            [
                singular,
                spectrum,
                steering(state) - STEERING.subs(E, e),
                2 * sqrt(squares[0] + squares[1]) - NONLOCALITY.subs(E, e),
            ],
            ("capacity",),
            nonzero=(n,),
        ),
        Step(
            "trade-offs",
            (Equation(C, OF_STEERING), Equation(C, OF_NONLOCALITY), Equation(C, OF_NEGATIVITY)),
            "The capacity falls with each of them, from $2\\omega_b$ where it is absent, whatever the Hamiltonian,",
            "elimination",
            [
                form.subs(resource, value) ** 2 - OF_ENTANGLEMENT**2
                for form, resource, value in (
                    (OF_STEERING, F_3, STEERING),
                    (OF_NONLOCALITY, B, NONLOCALITY),
                    (OF_NEGATIVITY, N, NEGATIVITY),
                )
            ],
            ("capacity", "resources"),
        ),
        Step(
            "residual",
            Equation(RESIDUAL, residual),
            "The residual capacity, what both spins hold together, $2(\\omega_b + \\omega_c)$ in a pure state, beyond "
            "what each holds by itself, rises as the capacity falls,",
            "spectrum",
            residual.subs(C, own) - gap,
            ("capacity",),
            nonzero=(n,),
        ),
    )
