"""Wang, Huang and Zhang 2026: the measures as they are defined, and what the definitions come to for two spins."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Abs, Add, Expr, I, ImmutableMatrix, Integer, Matrix, Symbol, conjugate, eye, sqrt, symbols

from derive.builders import positive, real
from derive.claims import AtLeast, Claim, Equal, Statement
from derive.derivation import Equation
from derive.papers.wang2026_letters import COHERENCE, IMAGINARITY, PSI, TEXTURE, B, E, F, any_pure_state
from derive.qubits import PAULI
from derive.resources import (
    coherence,
    correlations,
    nonlocality,
    pure_texture,
    spin_texture,
    squared_norm,
    steering,
)

X = real("x")
PLACES = tuple((i, j) for i in range(4) for j in range(i))


def some_state(populations: tuple[Expr, ...]) -> ImmutableMatrix:
    """A Hermitian 4×4 matrix with given diagonal and letters beside it."""
    letters = dict(zip(PLACES, symbols("rho_:6"), strict=True))

    def entry(i: int, j: int) -> Expr:
        return populations[i] if i == j else letters[i, j] if i > j else conjugate(letters[j, i])

    return ImmutableMatrix(4, 4, entry)


def nearest_incoherent() -> Iterator[Statement]:
    """Σ|ρ − δ| for a diagonal δ exceeds Σ_{i≠j}|ρ_ij| by Σ|ρ_ii − δ_i|, which vanishes for δ_i = ρ_ii."""
    p, d = symbols("p_:4", real=True), symbols("delta_:4", real=True)
    state = some_state(p)
    distance = Add(*(Abs(e) for e in state - Matrix.diag(*d)))
    more = Add(*(Abs(x - y) for x, y in zip(p, d, strict=True)))
    yield Equal(COHERENCE, distance - more, coherence(state))


def nearest_real() -> Iterator[Statement]:
    """|ρ_ij − r|² ≥ (Im ρ_ij)² for every real r, with equality for r = Re ρ_ij."""
    x, y, r = real("x"), real("y"), real("r")
    distance = (x + I * y - r) * (x - I * y - r)
    shown = Equation(Abs(Symbol("rho_ij") - r), IMAGINARITY, "≥")
    yield AtLeast(distance, y**2, shown)
    yield Equal(IMAGINARITY**2, y**2, distance.subs(r, x))


def largest_sum() -> Iterator[Statement]:
    """(1/√3)Σ s_k ≤ √(Σ s_k²) for the s_k = |T b_k| of three orthogonal settings b_k; and settings that reach it.

    For T = diag(1, E, E) they have the same component 1/√3 along the first axis, so that each s_k is √((1 + 2E²)/3).
    """
    s = symbols("s_1:4", positive=True)
    third, half, sixth = 1 / sqrt(3), 1 / sqrt(2), 1 / sqrt(6)
    settings = Matrix([[third, half, sixth], [third, -half, sixth], [third, 0, -2 * sixth]]).T
    e = positive("E")
    t = Matrix.diag(1, e, e)
    reached = [(t * settings[:, k]).dot(t * settings[:, k]) for k in range(3)]
    yield Equal(eye(3)[0, 0], ImmutableMatrix(eye(3)), ImmutableMatrix(settings.T * settings))
    yield AtLeast(Add(*(x**2 for x in s)), Add(*s) ** 2 / 3, Equation(F**2, Symbol("S") ** 2, "≥"))
    yield Equal(F**2, 1 + 2 * E**2, Add(*(sqrt(x) for x in reached)) ** 2 / 3, {E: e})
    yield Equal(F**2, 1 + 2 * E**2, steering(any_pure_state()) ** 2, {E: _entanglement()})


def _entanglement() -> Expr:
    area = PSI[0] * PSI[3] - PSI[1] * PSI[2]
    return 2 * Abs(area) / squared_norm(PSI)


def hierarchy() -> Iterator[Statement]:
    """Werner states p|ψ⁻⟩⟨ψ⁻| + (1 − p)/4 are entangled above 1/3, steerable above 1/√3, nonlocal above 1/√2.

    In any state F_3² − B²/4 is the smallest eigenvalue of TᵀT, so that B > 2 needs F_3 > 1.
    """
    p = positive("p")
    singlet = Matrix([[0, 0, 0, 0], [0, 1, -1, 0], [0, -1, 1, 0], [0, 0, 0, 0]]) / 2
    state = ImmutableMatrix(p * singlet + (1 - p) * eye(4) / 4)
    a, b, c = symbols("iota_1:4", positive=True)
    yield AtLeast(a + b + c, a + b, Equation(F**2, B**2 / 4, "≥"))
    yield Equal(F, sqrt(3) * p, steering(state))
    yield Equal(B, 2 * sqrt(2) * p, nonlocality(state))
    yield Equal(Symbol("C_W"), (3 * p - 1) / 2, 2 * (Abs(state[1, 2]) - state[0, 0]))


def largest_violation() -> Iterator[Statement]:
    """B = 2√(ι_1 + ι_2), ι_1 ≥ ι_2 ≥ ι_3 those of TᵀT.

    With b ± b′ along orthogonal axes c, c′ and 2 cos φ, 2 sin φ long, B = 2(u cos φ + v sin φ) ≤ 2√(u² + v²),
    u = |Tc|, v = |Tc′|, and u² + v² = Σ w_k ι_k with w_k = c_k² + c′_k² ≤ 1 of sum 2; the last of Werner states.
    """
    u, v, c, s = (positive(name) for name in ("u", "v", "c", "s"))
    steps, shares = symbols("e_1:4", positive=True), symbols("w_1:3", positive=True)
    low, middle, high = steps[2], steps[2] + steps[1], Add(*steps)
    first, second = (w / (1 + w) for w in shares)  # w_3 = 2 − w_1 − w_2 ≤ 1 only makes it less
    weighted = first * high + second * middle + (2 - first - second) * low
    p = positive("p")
    singlet = Matrix([[0, 0, 0, 0], [0, 1, -1, 0], [0, -1, 1, 0], [0, 0, 0, 0]]) / 2
    state = ImmutableMatrix(p * singlet + (1 - p) * eye(4) / 4)
    iota = (correlations(state).T * correlations(state)).diagonal()
    bound = Equation(B, 2 * sqrt(Symbol("iota_1") + Symbol("iota_2")), "≤")
    yield AtLeast((u**2 + v**2) * (c**2 + s**2), (u * c + v * s) ** 2, bound)
    yield AtLeast(high + middle, weighted, bound)
    yield Equal(B**2, 4 * (iota[0] + iota[1]), nonlocality(state) ** 2)


def trace_distance() -> Iterator[Statement]:
    """½Tr|ρ − f| by the eigenvalues of ρ − f: ±½|r − x̂| of a spin, ±√(1 − ⟨f|ρ|f⟩), 0, 0 of a pure state."""
    r = [real(f"r_{k}") for k in range(3)]
    spin = ImmutableMatrix(eye(2) + r[0] * PAULI[0] + r[1] * PAULI[1] + r[2] * PAULI[2]) / 2
    state = any_pure_state()
    flat = Matrix(4, 4, lambda i, j: Integer(1)) / 4
    one = X * eye(2) - spin + Matrix(2, 2, lambda i, j: Integer(1)) / 2
    both = (X * eye(4) - state + flat).det(method="berkowitz")
    yield Equal(Symbol("chi"), X**2 * (X**2 - TEXTURE**2), both, {TEXTURE: pure_texture(state)})
    yield Equal(Symbol("chi"), X**2 - TEXTURE**2, one.det(), {TEXTURE: spin_texture(spin)})


def correlation_matrix() -> Iterator[Statement]:
    """T of a product of spins is r sᵀ, with F_3 = |r||s| and B = 2|r||s|."""
    r, s = ([real(f"{name}_{k}") for k in range(3)] for name in "rs")
    one, other = (sum((x * σ for x, σ in zip(v, PAULI, strict=True)), eye(2)) / 2 for v in (r, s))
    state = ImmutableMatrix(4, 4, lambda i, j: one[i // 2, j // 2] * other[i % 2, j % 2])
    yield Equal(Symbol("T"), ImmutableMatrix(3, 3, lambda i, j: r[i] * s[j]), correlations(state))


CLAIMS = (
    Claim(
        "Coherence, C_l1",
        "The l_1 distance from the nearest incoherent state is Σ|ρ_ij| over i ≠ j",
        nearest_incoherent,
        form=Equation(COHERENCE, Symbol("sum_rho")),
        because="The sum over i ≠ j is reconstructed (scan: i = j).",
    ),
    Claim(
        "Imaginarity, I_l1",
        "The l_1 distance from the nearest real state is Σ|Im ρ_ij|",
        nearest_real,
        form=Equation(IMAGINARITY, Symbol("sum_im")),
        because="The bars are reconstructed; the diagonal is real. Entry by entry.",
    ),
    Claim(
        "Steering, F_3",
        "(1/√3)|Σ⟨A_k B_k⟩| over orthogonal settings is at most √(Tr TᵀT), which every pure state reaches",
        largest_sum,
        method="bound",
        form=Equation(F, sqrt(Symbol("trace")), "≤"),
    ),
    Claim("Correlations", "Product states have T = r sᵀ, hence F_3 ≤ 1 and B ≤ 2", correlation_matrix),
    Claim(
        "Bell nonlocality, B_max",
        "The CHSH inequality is violated by at most 2√(ι_1 + ι_2), of the two largest eigenvalues of TᵀT",
        largest_violation,
        method="bound",
        form=Equation(B, 2 * sqrt(Symbol("iota_1") + Symbol("iota_2"))),
        because="The article says eigenvalues of the correlation matrix; TᵀT is read, of which it holds.",
    ),
    Claim(
        "Hierarchy",
        "Steering is stronger than entanglement and weaker than Bell nonlocality",
        hierarchy,
        form=Equation(B, 2 * sqrt(2) * Symbol("p")),
        because="Werner states of weight p; in pure states the three coincide: F_3 > 1 and B > 2 where E > 0.",
    ),
    Claim(
        "State texture, T_tr",
        "½Tr|ρ − f| of one spin and of a pure state of both",
        trace_distance,
        form=Equation(Symbol("T_tr"), Symbol("distance")),
        because="The prefactor ½ and f = |f⟩⟨f| are reconstructed.",
    ),
)
