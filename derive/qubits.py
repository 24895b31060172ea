"""A battery spin and a charger spin: their state in time, closed or with a bath at each spin.

    H = −ω_b σ_z^b − ω_c σ_z^c + J_1(σ_+^b σ_−^c + σ_−^b σ_+^c) + J_2 σ_z^b σ_z^c,      ħ = 1
    dρ/dt = −i[H, ρ] + Σ_{b,c} {γ↓ D[σ_+] + γ↑ D[σ_−] + ½γ_φ D[σ_z]} ρ,   D[z]ρ = zρz† − ½{z†z, ρ}

σ are Pauli matrices and σ_± = (σ_x ± iσ_y)/2, so that |0⟩ is the ground state, σ_+ = |0⟩⟨1| gives up the energy 2ω, and
a coherence decays at (γ↓ + γ↑)/2 + γ_φ. States are 4×4 in the basis |00⟩, |01⟩, |10⟩, |11⟩, the battery first.

The number of excitations is conserved: H is a block 1 + 2 + 1, and |01⟩, |10⟩ oscillate at the Rabi frequency
R = √(J_1² + δ²) with the detuning δ = ω_b − ω_c. The Hamiltonian is that of Wang, Huang and Zhang (arXiv 2605.11399).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import (
    Add,
    Expr,
    I,
    ImmutableMatrix,
    Integer,
    Matrix,
    MatrixBase,
    Symbol,
    cos,
    diag,
    diff,
    exp,
    eye,
    kronecker_product,
    sin,
    sqrt,
    zeros,
)  # fmt: skip

from derive.checks import checked, checked_fields
from derive.errors import DeriveError
from derive.kernel import Proved, Refuted, charpoly, conjugated, factored, is_nonnegative, is_zero, solve
from derive.network import Number, exact_real, not_negative
from derive.propagator import ComplexTime
from derive.spectrum import NoClosedForm

SIGMA_X = ImmutableMatrix([[0, 1], [1, 0]])
SIGMA_Y = ImmutableMatrix([[0, -I], [I, 0]])
SIGMA_Z = ImmutableMatrix([[1, 0], [0, -1]])
PAULI = (SIGMA_X, SIGMA_Y, SIGMA_Z)
DOWN = (SIGMA_X + I * SIGMA_Y) / 2  # σ_+ = |0⟩⟨1|: towards the ground state
UP = (SIGMA_X - I * SIGMA_Y) / 2

Pair = tuple[Expr, Expr]
Bloch = Sequence[Number]


class QubitError(DeriveError):
    """A state of two spins that is none: of a Bloch vector longer than one, of trace two, not 4×4."""


@checked_fields
@dataclass(frozen=True)
class TwoQubits:
    """Two coupled spins and their baths; rates are pairs, the battery's first.

    `battery`, `charger`, `exchange`, `ising` are ω_b, ω_c, J_1, J_2; `relaxation`, `excitation`, `dephasing` are the
    γ↓, γ↑, γ_φ of b and c. A thermal bath of rate γ and occupation n has γ↓ = γ(n + 1) and γ↑ = γn.

    Raises:
        NetworkError: if an energy is not real, or a rate is not real or is negative.
    """

    battery: Expr
    charger: Expr
    exchange: Expr
    ising: Expr = Integer(0)
    relaxation: Pair = (Integer(0), Integer(0))
    excitation: Pair = (Integer(0), Integer(0))
    dephasing: Pair = (Integer(0), Integer(0))

    def __post_init__(self) -> None:
        for name in ("battery", "charger", "exchange", "ising"):
            object.__setattr__(self, name, exact_real(getattr(self, name), f"the energy {name!r}"))
        for name in ("relaxation", "excitation", "dephasing"):
            pair = tuple(not_negative(rate, f"a rate of {name}") for rate in getattr(self, name))
            object.__setattr__(self, name, pair)

    @property
    def detuning(self) -> Expr:
        """δ = ω_b − ω_c."""
        return (self.battery - self.charger).expand()

    @property
    def rabi(self) -> Expr:
        """R = √(J_1² + δ²): the excitation goes to and fro at the frequency 2R."""
        return sqrt(self.exchange**2 + self.detuning**2)

    @property
    def closed(self) -> bool:
        """Whether neither spin has a bath."""
        return not any((*self.relaxation, *self.excitation, *self.dephasing))


# -- operators ----------------------------------------------------------------------------------------------


def on_battery(operator: MatrixBase) -> ImmutableMatrix:
    """A 2×2 operator of the battery as one of both spins."""
    return ImmutableMatrix(kronecker_product(operator, eye(2)))


def on_charger(operator: MatrixBase) -> ImmutableMatrix:
    """A 2×2 operator of the charger as one of both spins."""
    return ImmutableMatrix(kronecker_product(eye(2), operator))


@checked
def hamiltonian(pair: TwoQubits) -> ImmutableMatrix:
    """H, 4×4, as in the head of this room."""
    z_b, z_c = on_battery(SIGMA_Z), on_charger(SIGMA_Z)
    hop = on_battery(DOWN) * on_charger(UP)
    local = -pair.battery * z_b - pair.charger * z_c
    return ImmutableMatrix(local + pair.exchange * (hop + hop.T) + pair.ising * z_b * z_c)


def jumps(pair: TwoQubits) -> tuple[tuple[Expr, ImmutableMatrix], ...]:
    """The rates and jump operators of the baths."""
    found = []
    for rates, operator in ((pair.relaxation, DOWN), (pair.excitation, UP), (pair.dephasing, SIGMA_Z / sqrt(2))):
        found += [(rates[0], on_battery(operator)), (rates[1], on_charger(operator))]
    return tuple((rate, z) for rate, z in found if rate != 0)


def flow_of(pair: TwoQubits, state: MatrixBase) -> ImmutableMatrix:
    """dρ/dt, the right side of the master equation, 4×4."""
    h = hamiltonian(pair)
    found = -I * (h * state - state * h)
    for rate, z in jumps(pair):
        found += rate * (z * state * z.H - (z.H * z * state + state * z.H * z) / 2)
    return ImmutableMatrix(found)


@checked
def liouvillian(pair: TwoQubits) -> ImmutableMatrix:
    """L with d vec(ρ)/dt = L vec(ρ), 16×16; vec takes ρ row by row, so that AρB becomes (A ⊗ Bᵀ) vec(ρ)."""
    h, one = hamiltonian(pair), eye(4)
    found = -I * (kronecker_product(h, one) - kronecker_product(one, h.T))
    for rate, z in jumps(pair):
        loss = z.H * z
        found += rate * kronecker_product(z, z.conjugate())
        found -= rate * (kronecker_product(loss, one) + kronecker_product(one, loss.T)) / 2
    return ImmutableMatrix(found)


# -- states -------------------------------------------------------------------------------------------------


def direction(theta: Number, phi: Number = 0) -> tuple[Expr, Expr, Expr]:
    """The Bloch vector of cos(θ/2)|0⟩ + e^{iφ} sin(θ/2)|1⟩: a pure state; θ = 0 is the ground state."""
    theta, phi = exact_real(theta, "the angle theta"), exact_real(phi, "the angle phi")
    return sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta)


@checked
def product_state(battery: Bloch, charger: Bloch) -> ImmutableMatrix:
    """½(1 + r·σ) ⊗ ½(1 + s·σ) for Bloch vectors r and s of length at most one: pure, or mixed.

    Raises:
        QubitError: if a vector does not have three components, or is seen to be longer than one.
        NetworkError: if a component is not real.
    """
    return ImmutableMatrix(kronecker_product(_spin(battery, "battery"), _spin(charger, "charger")))


def _spin(bloch: Bloch, whose: str) -> Matrix:
    vector = [exact_real(x, f"a component of the {whose}'s Bloch vector") for x in bloch]
    if len(vector) != 3:
        raise QubitError(f"The {whose}'s Bloch vector must have three components, but has {len(vector)}.")
    inside = 1 - Add(*(x**2 for x in vector))
    if not inside.free_symbols and isinstance(is_nonnegative(inside), Refuted):
        given = ", ".join(map(str, vector))
        raise QubitError(f"The {whose}'s Bloch vector must be no longer than one, but is ({given}).")
    return (eye(2) + sum((x * s for x, s in zip(vector, PAULI, strict=True)), zeros(2))) / 2


# -- evolution ----------------------------------------------------------------------------------------------


@checked
def unitary(pair: TwoQubits, t: Expr) -> ImmutableMatrix:
    """U = exp(−iHt), 4×4: two phases, and in between

        e^{iJ_2t}[cos Rt + (i sin Rt/R)(δσ_z − J_1σ_x)]   on |01⟩, |10⟩.

    On resonance R = J_1, and sin(Rt)/R is t where R vanishes.
    """
    d, j = pair.detuning, pair.exchange
    cosine, sine = _rabi(j**2 + d**2, t)
    inner = exp(I * pair.ising * t) * Matrix(
        [[cosine + I * d * sine, -I * j * sine], [-I * j * sine, cosine - I * d * sine]]
    )
    ground = exp(I * (pair.battery + pair.charger - pair.ising) * t)
    excited = exp(-I * (pair.battery + pair.charger + pair.ising) * t)
    return ImmutableMatrix(diag(ground, inner, excited))


def _rabi(square: Expr, t: Expr) -> tuple[Expr, Expr]:
    """cos(Kt) and sin(Kt)/K for K² = `square`; both are entire in K², so that it may have any sign or be complex."""
    if square.expand() == 0:
        return Integer(1), t
    k = sqrt(square)
    return cos(k * t), sin(k * t) / k


@checked
def evolve_qubits(pair: TwoQubits, initial: MatrixBase, t: Expr) -> ImmutableMatrix:
    """The state ρ(t), 4×4, from `initial` at t = 0, in closed form.

    Closed: ρ = U ρ₀ U† from any state. With relaxation and excitation: from products of states that are diagonal in
    energy, by the free fermions into which Jordan and Wigner turn the spins. The excitations
    G = ((⟨n_c⟩, g), (g*, ⟨n_b⟩)), g = ⟨01|ρ|10⟩, obey dG/dt = XG + GX† + diag(γ↑_c, γ↑_b) with the 2×2 matrix
    X = −ih − ½diag(Γ_c, Γ_b), Γ = γ↓ + γ↑, so that

        G(t) = G_∞ + e^{Xt}(G_0 − G_∞)e^{X†t},   p_11 = ⟨n_b⟩⟨n_c⟩ − |g|².

    J_2 drops out: it is the same for |01⟩ and |10⟩.

    Raises:
        NoClosedForm: if a spin dephases, or the baths meet a state that is not such a product; `liouvillian` and the
            emitted module hold there.
        ComplexTime: if `t` is not real.
        QubitError: if `initial` is not 4×4, or one of numbers that is not Hermitian, of trace one and nonnegative.
    """
    if not t.is_real:
        raise ComplexTime(f"A time must be real, but {t} is not known to be; declare it real or positive.")
    _require_state(initial)
    if pair.closed:
        return ImmutableMatrix(unitary(pair, t) * initial * unitary(pair, -t))
    if any(pair.dephasing):
        raise NoClosedForm(
            "A closed form in time needs spins that do not dephase, but a rate of dephasing is not zero; "
            "use liouvillian, or the emitted module."
        )
    p = [initial[k, k] for k in range(4)]
    product = is_zero(Matrix([p[0] * p[3] - p[1] * p[2], *(initial - diag(*p)), sum(p) - 1]))
    if not isinstance(product, Proved):
        raise NoClosedForm(
            "With baths, a closed form in time needs a product of states that are diagonal in energy, but the initial "
            "state is not one, or is not normalised; use liouvillian, or the emitted module."
        )
    g = _excitations(pair, diag(p[1] + p[3], p[2] + p[3]), t)
    both = g[0, 0] * g[1, 1] - g[0, 1] * g[1, 0]
    return ImmutableMatrix(
        diag(1 - g[0, 0] - g[1, 1] + both, Matrix([[g[0, 0] - both, g[0, 1]], [g[1, 0], g[1, 1] - both]]), both)
    )


def _require_state(state: MatrixBase) -> None:
    if state.shape != (4, 4):
        raise QubitError(f"A state of two spins must be a 4×4 matrix, but this one is {state.rows}×{state.cols}.")
    if state.free_symbols:
        return
    # a Hermitian matrix is nonnegative if the elementary symmetric functions of its eigenvalues are
    if isinstance(is_zero(Matrix([state.trace() - 1, *(state - conjugated(state).T)])), Refuted) or any(
        isinstance(is_nonnegative((-1) ** k * c), Refuted) for k, c in enumerate(charpoly(state)[1:], start=1)
    ):
        raise QubitError(
            "A state must be Hermitian, of trace one and without negative eigenvalues, but this one is "
            f"{state.tolist()}; make it with product_state, or divide it by its trace."
        )


def _excitations(pair: TwoQubits, initial: Matrix, t: Expr) -> Matrix:
    """G(t) = G_∞ + e^{Xt}(G_0 − G_∞)e^{X†t}, charger first."""
    (up_b, up_c), (down_b, down_c) = pair.excitation, pair.relaxation
    total_b, total_c = down_b + up_b, down_c + up_c
    skew = (total_c - total_b) / 4
    j, i_delta = pair.exchange, I * pair.detuning
    left = exp(-(total_b + total_c) * t / 4) * _turned(j, i_delta - skew, -I * j, t)
    right = exp(-(total_b + total_c) * t / 4) * _turned(j, -i_delta - skew, I * j, t)
    final = zeros(2)
    if up_b != 0 or up_c != 0:
        x = Matrix([[i_delta - total_c / 2, -I * j], [-I * j, -i_delta - total_b / 2]])
        x_dagger = Matrix([[-i_delta - total_c / 2, I * j], [I * j, i_delta - total_b / 2]])
        system = kronecker_product(x, eye(2)) + kronecker_product(eye(2), x_dagger.T)
        values = solve(system, Matrix([-up_c, 0, 0, -up_b])).values
        final = Matrix(2, 2, [factored(value) for value in values])
    return final + left * (initial - final) * right


def _turned(j: Expr, top: Expr, hop: Expr, t: Expr) -> Matrix:
    """exp(Mt) for the traceless M = ((top, hop), (hop, −top)) with hop² = −J²."""
    cosine, sine = _rabi(j**2 - top**2, t)
    return cosine * eye(2) + sine * Matrix([[top, hop], [hop, -top]])


@checked
def qubits_residual(pair: TwoQubits, initial: MatrixBase, t: Symbol, state: MatrixBase) -> ImmutableMatrix:
    """dρ/dt − Lρ beside ρ(0) − ρ₀: 4×8, zero if `state` is what `initial` becomes. `t` is a real symbol."""
    start = state.subs(t, 0) - initial
    return ImmutableMatrix(Matrix.hstack(diff(state, t) - flow_of(pair, state), start))


