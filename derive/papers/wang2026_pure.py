"""Wang, Huang and Zhang 2026: what is claimed of capacity and resources, for every pure state and for mixed ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import (
    Abs,
    Add,
    Expr,
    I,
    ImmutableMatrix,
    Integer,
    Matrix,
    Rational,
    Symbol,
    conjugate,
    cos,
    exp,
    eye,
    sqrt,
    symbols,
)  # fmt: skip

from derive.builders import positive, real
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.papers.wang2026_letters import (
    COHERENCE,
    EMPTY,
    J_1,
    J_2,
    PSI,
    RESIDUAL,
    B,
    C,
    E,
    F,
    N,
    any_pure_state,
    battery,
    ω_b,
    ω_c,
)
from derive.qubits import TwoQubits, hamiltonian, product_state
from derive.resources import (
    capacity,
    coherence,
    correlations,
    entanglement,
    length,
    partial_transpose,
    pure_state,
    residual_capacity,
    spectral_capacity,
    squared_norm,
    steering,
)

X, η = real("x"), positive("eta")
Z_B, Z_C = Symbol("z_b"), Symbol("z_c")


def model() -> Iterator[Statement]:
    """The matrix of H in |00⟩, |01⟩, |10⟩, |11⟩."""
    up, down = ω_b + ω_c, ω_b - ω_c
    printed = ImmutableMatrix(
        [[J_2 - up, 0, 0, 0], [0, -J_2 - down, J_1, 0], [0, J_1, -J_2 + down, 0], [0, 0, 0, J_2 + up]]
    )
    yield Equal(Symbol("H"), printed, hamiltonian(TwoQubits(ω_b, ω_c, J_1, J_2)))


def spectrum() -> Iterator[Statement]:
    """Σ ε_i(λ_i − λ_{d−1−i}) against Tr ρ↑H − Tr ρ↓H for d = 2, 3, 4, then the battery's, where it is 2ω_b|r|."""
    for d in (4, 3, 2):
        levels, populations = symbols(f"epsilon_:{d}", real=True), symbols(f"lambda_:{d}", real=True)
        active = Add(*(e * p for e, p in zip(levels, populations, strict=True)))
        passive = Add(*(e * p for e, p in zip(levels, reversed(populations), strict=True)))
        yield Equal(C, spectral_capacity(levels, populations), active - passive)
    r = positive("r")
    spin = ImmutableMatrix([[(1 + r) / 2, 0], [0, (1 - r) / 2]])
    sum_ = spectral_capacity([-ω_b, ω_b], [(1 - r) / 2, (1 + r) / 2])
    yield Equal(C, sum_, capacity(spin, ω_b))
    yield Equal(C, 2 * ω_b * r, sum_)


def concurrence() -> Iterator[Statement]:
    """E against 2|ψ_00ψ_11 − ψ_01ψ_10|."""
    area = PSI[0] * PSI[3] - PSI[1] * PSI[2]
    printed = 4 * area * conjugate(area) / squared_norm(PSI) ** 2
    yield Equal(E**2, printed, entanglement(any_pure_state()) ** 2)


def in_entanglement() -> Iterator[Statement]:
    """C = 2ω_b√(1 − E²)."""
    state = any_pure_state()
    yield Equal(C, 2 * ω_b * sqrt(1 - E**2), capacity(battery(state), ω_b), {E: entanglement(state)})


def in_steering() -> Iterator[Statement]:
    """F_3² = 1 + 2E² and C in F_3."""
    state = any_pure_state()
    squares = Equal(F**2, 1 + 2 * E**2, steering(state) ** 2, {E: entanglement(state)})
    yield squares
    yield Equal(C, 2 * ω_b * sqrt((3 - F**2) / 2), capacity(battery(state), ω_b), {F: steering(state)})


def in_nonlocality() -> Iterator[Statement]:
    """The eigenvalues of TᵀT are 1, E², E², the largest two 1 and E²; C in B = 2√(1 + E²)."""
    state = any_pure_state()
    t, e = correlations(state), entanglement(state)
    k = t.T * t
    minors = (k.trace() ** 2 - (k * k).trace()) / 2
    polynomial = X**3 - k.trace() * X**2 + minors * X - t.det() ** 2
    yield Equal(Symbol("chi"), (X - 1) * (X - E**2) ** 2, polynomial, {E: e})
    yield smaller_than_one()
    yield Equal(C, 2 * ω_b * sqrt(2 - B**2 / 4), capacity(battery(state), ω_b), {B: 2 * sqrt(1 + e**2)})


def smaller_than_one() -> Statement:
    """E ≤ 1: 1 − E² is |r|², a sum of squares."""
    spin = battery(any_pure_state())
    return Equal(1 - E**2, length(spin) ** 2, 1 - entanglement(any_pure_state()) ** 2)


def in_negativity() -> Iterator[Statement]:
    """One eigenvalue of the partial transpose is negative, −E/2; C in N = E/2."""
    state = any_pure_state()
    e = entanglement(state)
    turned = partial_transpose(state)
    polynomial = (X * eye(4) - turned).det(method="berkowitz")
    printed = (X**2 - E**2 / 4) * (X**2 - X + E**2 / 4)
    yield Equal(Symbol("chi"), printed, polynomial, {E: e})
    yield Equal(C, 2 * ω_b * sqrt(1 - 4 * N**2), capacity(battery(state), ω_b), {N: e / 2})


def falls_with_coherence() -> Iterator[Statement]:
    """C² = 4ω_b²(1 − C_l1²), first for |+⟩|+⟩, which has all coherence and full capacity, then for every pure state."""
    plus = product_state((1, 0, 0), (1, 0, 0))
    states = (plus, any_pure_state())
    yield from (
        Equal(C**2, 4 * ω_b**2 * (1 - COHERENCE**2), capacity(battery(s), ω_b) ** 2, {COHERENCE: coherence(s)})
        for s in states
    )


def coherence_is_larger() -> Iterator[Statement]:
    """C_l1² − E² is a sum of positive terms: moduli m_ij, and φ the phase between ψ_00ψ_11 and ψ_01ψ_10, k = cos(φ/2).

    E² = 4(m_00m_11 + m_01m_10)² − 16 m_00m_01m_10m_11 k² and C_l1 is twice the sum of the six products, for Σ m² = 1;
    the first statement holds E² to its definition.
    """
    m = symbols("m_00 m_01 m_10 m_11", positive=True)
    k, φ = real("k"), real("phi")
    state = pure_state([m[0] * exp(2 * I * φ), m[1], m[2], m[3]])
    n = Add(*(x**2 for x in m))
    largest = m[0] * m[3] + m[1] * m[2]
    area = 4 * largest**2 - 16 * m[0] * m[1] * m[2] * m[3] * k**2
    products = Add(*(m[i] * m[j] for i in range(4) for j in range(i)))
    yield Equal(E**2, area.subs(k, cos(φ)) / n**2, entanglement(state) ** 2)
    yield Equal(COHERENCE, 2 * products / n, coherence(state))
    yield AtLeast((2 * products) ** 2, area, Equation(COHERENCE**2, E**2, "≥"))


def largest_when_absent() -> Iterator[Statement]:
    """C ≤ 2ω_b, by the square 4ω_b² − C² = (2ω_bE)², and C = 2ω_b in product states."""
    state = any_pure_state()
    gap = 4 * ω_b**2 - capacity(battery(state), ω_b) ** 2
    a, b, c, d = symbols("a b c d")
    product = pure_state([a * c, a * d, b * c, b * d])
    yield Equal(4 * ω_b**2 - C**2, (2 * ω_b * E) ** 2, gap, {E: entanglement(state)})
    yield Equal(C, 2 * ω_b, capacity(battery(product), ω_b))


def mixed_products(radius: Sequence[Expr]) -> Iterator[Statement]:
    """The capacity of product states of a mixed battery is said to be 2ω_b."""
    yield from (Equal(C, 2 * ω_b, _mixed(r)) for r in radius)


def mixed_true() -> Iterator[Statement]:
    """C = 2ω_b|r|."""
    r = positive("r")
    yield Equal(C, 2 * ω_b * r, _mixed(r))


def _mixed(r: Expr) -> Expr:
    return capacity(battery(product_state((0, 0, r), EMPTY)), ω_b)


def residual() -> Iterator[Statement]:
    """C(ρ) − C(ρ_b) − C(ρ_c) for H_b + H_c, whose largest and smallest levels are ±(ω_b + ω_c), then for H.

    A pure state's total capacity K is the largest level less the smallest, the same for every pure state; it cancels
    from what is gained over a product state. The residual capacity falls by (ω_b + ω_c)/ω_b for each unit of C.
    """
    state, e = any_pure_state(), entanglement(any_pure_state())
    spread, k = 2 * (ω_b + ω_c), real("K")
    ours = residual_capacity(spread, state, ω_b, ω_c)
    gained = residual_capacity(k, state, ω_b, ω_c) - residual_capacity(k, product_state(EMPTY, EMPTY), ω_b, ω_c)
    printed = spread * (1 - sqrt(1 - E**2))
    own = capacity(battery(state), ω_b)
    yield Equal(RESIDUAL, (ω_b + ω_c) * (2 - C / ω_b), ours, {C: own})
    yield Equal(RESIDUAL - Symbol("C_0"), printed, gained, {E: e})
    yield Equal(RESIDUAL, printed, ours, {E: e})


def residual_without_entanglement() -> Iterator[Statement]:
    """½|01⟩⟨01| + ½|10⟩⟨10| is separable, yet its residual capacity is said to vanish with its entanglement."""
    yield Equal(RESIDUAL, Integer(0), _classical())


def residual_of_correlations() -> Iterator[Statement]:
    """What it has: ω_b + ω_c + |δ|, the larger of 2ω_b and 2ω_c, as the levels are ±(ω_b + ω_c), ±δ, δ = ω_b − ω_c."""
    yield Equal(RESIDUAL, ω_b + ω_c + Abs(ω_b - ω_c), _classical())
    yield from (Equal(RESIDUAL, 2 * (y + η), _classical().subs(x, y + η)) for x, y in ((ω_b, ω_c), (ω_c, ω_b)))


def _classical() -> Expr:
    half, δ = Rational(1, 2), Abs(ω_b - ω_c)
    state = ImmutableMatrix(Matrix(4, 4, lambda i, j: half if i == j and i in (1, 2) else 0))
    total = spectral_capacity([-ω_b - ω_c, -δ, δ, ω_b + ω_c], [Integer(0), Integer(0), half, half])
    return residual_capacity(total, state, ω_b, ω_c)


CLAIMS = (
    Claim(
        "Hamiltonian",
        "The two-qubit Hamiltonian, its last term reconstructed as J_2 σ_z^b σ_z^c",
        model,
        form=Equation(
            Symbol("H"),
            -ω_b * Z_B - ω_c * Z_C
            + J_1 * (Symbol("down_b") * Symbol("up_c") + Symbol("up_b") * Symbol("down_c"))
            + J_2 * Z_B * Z_C,
        ),
        because="The article calls J_1 and J_2 flip-flop couplings; only J_1 flips spins, J_2 is an Ising coupling.",
    ),
    Claim(
        "Capacity",
        "C = Tr ρ↑H − Tr ρ↓H is Σ ε_i(λ_i − λ_{d−1−i}); of the battery, 2ω_b|r|",
        spectrum,
        form=Equation(C, Symbol("sum_levels")),
        because="For d = 2, 3, 4, with levels and eigenvalues both in ascending order, which the article leaves open.",
    ),
    Claim(
        "Entanglement, E",
        "E = √(2[1 − Tr ρ_b²]) is the concurrence of every pure state",
        concurrence,
        form=Equation(E, sqrt(2 * (1 - Symbol("purity_b")))),
        because="Of a mixed state E measures how mixed ρ_b is: 1 for the maximally mixed product state.",
    ),
    Claim("Entanglement", "Capacity decreases with entanglement: every pure state", in_entanglement),
    Claim(
        "Steering",
        "Capacity decreases with steering: every pure state",
        in_steering,
        because="F_3 at its largest over settings, √(Tr TᵀT); steerable (F_3 > 1) is every entangled pure state.",
    ),
    Claim(
        "Bell nonlocality",
        "Capacity decreases with the CHSH maximum: every pure state",
        in_nonlocality,
        because="B = 2√(ι_1 + ι_2) = 2√(1 + E²).",
    ),
    Claim(
        "Negativity",
        "Capacity decreases with negativity: every pure state",
        in_negativity,
        because="N = (‖ρ^{T_c}‖₁ − 1)/2 = E/2.",
    ),
    Claim(
        "Coherence, every pure state",
        "Capacity decreases with coherence, read of every pure state and not of the dynamics alone",
        falls_with_coherence,
        coherence_is_larger,
        "|+⟩|+⟩ has the largest coherence, 3, and full capacity. For every pure state C_l1 ≥ E, so that only "
        "C ≥ 2ω_b√(1 − C_l1²) is left; equality is a matter of the dynamics.",
        method="bound",
        form=Equation(C**2, 4 * ω_b**2 * (1 - COHERENCE**2)),
        corrected_form=Equation(C**2, 4 * ω_b**2 * (1 - COHERENCE**2), "≥"),
        departure=Departure(
            "condition", "the states are those of the dynamics",
            ("of every pure state", "along the dynamics: holds, see Coherence"),
        ),
    ),
    Claim(
        "Maximum, pure states",
        "Capacity is largest when entanglement, steering, nonlocality and coherence are absent: pure states",
        largest_when_absent,
        form=Equation(4 * ω_b**2 - C**2, (2 * ω_b * E) ** 2),
        because="Coherence need not be absent: every product state has C = 2ω_b.",
    ),
    Claim(
        "Maximum, mixed states",
        "Capacity is largest when the resources are absent, read of mixed states as well",
        lambda: mixed_products((Integer(0), positive("r"))),
        mixed_true,
        "A product of mixed spins has no resource and less than full capacity, none at all for r = 0. The sentence "
        "needs a pure state, hence a closed pair that starts from one.",
        departure=Departure(
            "condition", "the state is pure",
            ("of every state", "of every pure state: holds, see Maximum, pure states"),
        ),
    ),
    Claim(
        "Residual capacity",
        "Positive correlation between residual capacity and entanglement: every pure state",
        residual,
        because="C(ρ) − C(ρ_b) − C(ρ_c), with the total for H_b + H_c; for H it differs by a constant, C_0.",
    ),
    Claim(
        "Residual capacity, mixed states",
        "Without entanglement no residual capacity, read of mixed states as well",
        residual_without_entanglement,
        residual_of_correlations,
        "½|01⟩⟨01| + ½|10⟩⟨10| is not entangled; classical correlations alone keep 2 max(ω_b, ω_c) from the spins.",
        departure=Departure(
            "condition", "the state is pure",
            ("of every state", "of every pure state: holds, see Residual capacity"),
        ),
    ),
)
