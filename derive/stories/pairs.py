"""The argument of Wang et al. 2026: two spins, from their Hamiltonian to capacity and quantum resources.

Every closed form below is held against `derive.qubits` and `derive.resources`; the module of the story emits the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sympy import (
    Abs,
    Expr,
    I,
    ImmutableMatrix,
    Integer,
    Matrix,
    MatrixBase,
    Rational,
    Symbol,
    conjugate,
    cos,
    diff,
    exp,
    eye,
    sin,
    sqrt,
    zeros,
)  # fmt: skip

from derive.builders import positive, real
from derive.derivation import Derivation, Dissipator, Equation, Operators, Step
from derive.kernel import conjugated
from derive.modules.qubits import RABI, T, pair_module
from derive.network import Coupling, Mode, Network, loss
from derive.qubits import (
    DOWN,
    SIGMA_Z,
    UP,
    TwoQubits,
    evolve_qubits,
    flow_of,
    hamiltonian,
    on_battery,
    on_charger,
    product_state,
    qubits_residual,
)  # fmt: skip
from derive.resources import (
    bloch,
    capacity,
    coherence,
    entanglement,
    imaginarity,
    pure_texture,
    reduced,
    spin_texture,
)  # fmt: skip
from derive.stories.tradeoffs import OMEGA_B, OMEGA_C, C, E, every_pure_state

J_1, J_2, DELTA = positive("J_1"), real("J_2"), real("delta")
EXCITATION, FLIP = real("p"), Symbol("g")
P, SIGNED = Symbol("P"), Symbol("c")
COHERENCE, IMAGINARITY, CONCURRENCE = (Symbol(name) for name in ("C_l1", "I_l1", "C_W"))
TEXTURE, JOINT_TEXTURE = Symbol("T_b"), Symbol("T_bc")

DAMPED = TwoQubits(
    OMEGA_B,
    OMEGA_C,
    J_1,
    J_2,
    relaxation=(positive("gamma_b"), positive("gamma_c")),
    excitation=(positive("Gamma_b"), positive("Gamma_c")),
    dephasing=(positive("eta_b"), positive("eta_c")),
)
# The circles of the picture are spins; a wavy arrow is the relaxation of one.
KEY, TITLE = "two_qubits", "Capacity and quantum resources of a two-qubit battery"
REFERENCE = "Wang et al. 2026, arXiv:2605.11399"
PICTURE = Network(
    (Mode("c"), Mode("b")),
    (Coupling("c", "b", J_1),),
    (),
    (loss("c", DAMPED.relaxation[1]), loss("b", DAMPED.relaxation[0])),
)

LETTERS: Mapping[str, ImmutableMatrix] = MappingProxyType(
    {
        f"{name}_{spin}": on(operator)
        for spin, on in (("b", on_battery), ("c", on_charger))
        for name, operator in (("z", SIGMA_Z), ("down", DOWN), ("up", UP))
    }
)

# The closed forms on the way from |0⟩|1⟩, proved in the steps.
POPULATION = J_1**2 * sin(RABI * T) ** 2 / RABI**2
COHERENT = I * J_1 * sin(RABI * T) * cos(RABI * T) / RABI - J_1 * DELTA * sin(RABI * T) ** 2 / RABI**2
IMAGINARY = J_1**2 * sin(2 * RABI * T) ** 2 / RABI**2
CHARGING_POWER = 2 * OMEGA_B * J_1**2 / RABI * sin(2 * RABI * T)


def written(e: Expr | MatrixBase) -> Expr | MatrixBase:
    """R and ω_c in J_1, δ and ω_b, p and g in time."""
    e = e.subs({EXCITATION: POPULATION, FLIP: COHERENT})
    return e.subs({RABI: sqrt(J_1**2 + DELTA**2), OMEGA_C: OMEGA_B - DELTA})


def charged() -> ImmutableMatrix:
    """The state in time from an empty battery and a full charger, by `evolve_qubits`."""
    pair = TwoQubits(OMEGA_B, OMEGA_B - DELTA, J_1, J_2)
    return evolve_qubits(pair, product_state((0, 0, 1), (0, 0, -1)), T)


# -- printed operators, read back ---------------------------------------------------------------------------


def _read(printed: Operators) -> Matrix:
    """A printed sum of words in the spins' operators as a matrix."""
    found = zeros(4)
    for c, word in printed.terms:
        product = eye(4)
        for letter in word:
            product = product * LETTERS[str(letter)]
        found += c * product
    return found


def _flow(printed: Operators, h: MatrixBase, state: MatrixBase) -> Matrix:
    """A printed master equation on a state."""
    found = zeros(4)
    for c, word in printed.terms:
        if isinstance(word[0], Dissipator):
            z = _read(word[0].jump)
            found += c * (z * state * z.H - (z.H * z * state + state * z.H * z) / 2)
        else:
            found += c * (h * state - state * h)
    return found


def microscopic() -> tuple[Step, Step]:
    """The Hamiltonian and the master equation, each read back into matrices."""
    energy = Operators(
        (
            (-OMEGA_B, ("z_b",)),
            (-OMEGA_C, ("z_c",)),
            (J_1, ("down_b", "up_c")),
            (J_1, ("up_b", "down_c")),
            (J_2, ("z_b", "z_c")),
        )
    )
    half = Rational(1, 2)
    baths = [
        (scale * rate, (Dissipator(Operators(((Integer(1), (f"{name}_{spin}",)),))), "ρ"))
        for name, scale, rates in (
            ("down", 1, DAMPED.relaxation),
            ("up", 1, DAMPED.excitation),
            ("z", half, DAMPED.dephasing),
        )
        for spin, rate in zip("bc", rates, strict=True)
    ]
    master = Operators(((-I, ("[H, ρ]",)), *baths))
    state = ImmutableMatrix(4, 4, lambda i, j: Symbol(f"rho_{i}{j}"))
    h = hamiltonian(DAMPED)
    return (
        Step(
            "hamiltonian",
            Equation(Symbol("H"), energy),
            "A battery spin and a charger spin, with $\\hbar = 1$, Pauli matrices $\\sigma$ and "
            "$\\sigma_\\pm = (\\sigma_x \\pm i\\sigma_y)/2$, exchange their excitation and feel each other's field,",
            "model",
            _read(energy) - h,
        ),
        Step(
            "master",
            Equation(Symbol("dρ/dt"), master),
            "The ground state is $|0\\rangle$ and $\\sigma_+$ leads to it. Local baths relax, excite and dephase the "
            "spins, with $\\mathcal{D}[q]\\rho = q\\rho q^\\dagger - \\tfrac12\\{q^\\dagger q, \\rho\\}$,",
            "model",
            _flow(master, h, state) - flow_of(DAMPED, state),
            ("hamiltonian",),
        ),
    )


# -- the closed pair ----------------------------------------------------------------------------------------


def evolution() -> tuple[Step, ...]:
    """The block of one excitation, its propagator, and the state from |0⟩|1⟩."""
    block = ImmutableMatrix([[-J_2 - DELTA, J_1], [J_1, -J_2 + DELTA]])
    h = written(hamiltonian(TwoQubits(OMEGA_B, OMEGA_C, J_1, J_2)))
    cosine, sine, phase = cos(RABI * T), sin(RABI * T) / RABI, exp(I * J_2 * T)
    detuned, rabi = OMEGA_B - OMEGA_C, sqrt(J_1**2 + DELTA**2)
    u = ImmutableMatrix(
        [
            [phase * (cosine + I * DELTA * sine), -I * J_1 * sine * phase],
            [-I * J_1 * sine * phase, phase * (cosine - I * DELTA * sine)],
        ]
    )
    turned = written(u)
    pair = TwoQubits(OMEGA_B, OMEGA_B - DELTA, J_1, J_2)
    p, g = EXCITATION, FLIP
    state = Matrix([[0, 0, 0, 0], [0, 1 - p, g, 0], [0, conjugate(g), p, 0], [0, 0, 0, 0]])
    values = {EXCITATION: POPULATION, FLIP: COHERENT, conjugate(FLIP): conjugated(COHERENT)}
    in_time = ImmutableMatrix(written(state.xreplace(values)))
    return (
        Step(
            "block",
            (Equation(DELTA, detuned), Equation(Symbol("H_1"), block), Equation(RABI, rabi)),
            "The number of excitations is conserved, so that without baths $|00\\rangle$ and $|11\\rangle$ only turn "
            "their phases. In $|01\\rangle$, $|10\\rangle$, the battery first, $H$ is $H_1$ with levels $-J_2 \\pm R$,",
            "conservation law",
            [
                *(h[1:3, 1:3] - block),
                *(h[0, 1:4]),
                *(h[3, 0:3]),
                *((block - (rabi - J_2) * eye(2)) * (block + (rabi + J_2) * eye(2))),
                DELTA - written(detuned),
            ],
            ("hamiltonian",),
        ),
        Step(
            "propagator",
            Equation(Symbol("U_1"), u),
            "The excitation goes to and fro at the Rabi frequency $2R$, for $U_1 = \\exp(-iH_1t)$ is",
            "propagator",
            Matrix.hstack(I * diff(turned, T) - block * turned, turned.subs(T, 0) - eye(2)),
            ("block",),
        ),
        Step(
            "state",
            (Equation(EXCITATION, POPULATION), Equation(FLIP, COHERENT)),
            "From an empty battery and a full charger, $|01\\rangle$, the battery is excited with probability $p$, and "
            "$g = \\langle 01|\\rho|10\\rangle$ is the coherence of the exchange,",
            "evolution",
            qubits_residual(pair, product_state((0, 0, 1), (0, 0, -1)), T, in_time),
            ("propagator",),
        ),
    )


# -- on the way ---------------------------------------------------------------------------------------------


def on_the_way() -> tuple[Step, ...]:
    """What the dynamics from |0⟩|1⟩ adds: coherence, imaginarity, texture, power."""
    state = charged()
    spin = reduced(state, "b")
    signed = bloch(spin)[2]
    q = J_1**2 / RABI**2
    imaginarities = ((IMAGINARITY**2, IMAGINARY), (q * IMAGINARITY**2, (1 - SIGNED) * (SIGNED + 2 * q - 1)))
    textures = ((4 * TEXTURE**2, 1 + SIGNED**2), (4 * JOINT_TEXTURE**2, 3 + DELTA / J_1 * (1 - SIGNED)))
    measured = {
        SIGNED: signed,
        IMAGINARITY: imaginarity(state),
        TEXTURE: spin_texture(spin),
        JOINT_TEXTURE: pure_texture(state),
    }
    power = (-OMEGA_B * on_battery(SIGMA_Z) * flow_of(TwoQubits(OMEGA_B, OMEGA_B - DELTA, J_1, J_2), state)).trace()
    charging = 2 * OMEGA_B * J_1 * IMAGINARITY
    on_axis, held, spread, mixed = 1 - 2 * EXCITATION, 2 * OMEGA_B * Abs(SIGNED), E**2, 1 - SIGNED**2
    return (
        Step(
            "signed",
            (Equation(SIGNED, on_axis), Equation(C, held), Equation(COHERENCE**2, spread), Equation(E**2, mixed)),
            "From $|01\\rangle$ on, the battery's Bloch vector stays on the $z$ axis, at $c$, and the coherence "
            "$C_{l_1} = \\sum_{i\\neq j}|\\rho_{ij}|$ is the entanglement (of other pure states it is larger),",
            "evolution",
            [
                signed - written(on_axis),
                capacity(spin, OMEGA_B) ** 2 - held.subs(SIGNED, signed) ** 2,
                coherence(state) ** 2 - spread.subs(E, entanglement(state)),
                entanglement(state) ** 2 - mixed.subs(SIGNED, signed),
            ],
            ("state", "capacity"),
        ),
        Step(
            "imaginarity",
            imaginarities,
            "The imaginarity $I_{l_1} = \\sum_{i\\neq j}|\\mathrm{Im}\\,\\rho_{ij}|$ is $E$ on resonance only. Else "
            "capacity and imaginarity lie on an ellipse, and where $\\sin^2Rt = 1$ both are low,",
            "evolution",
            [written(left - right).xreplace(measured) for left, right in imaginarities],
            ("signed",),
        ),
        Step(
            "texture",
            textures,
            "The battery's texture $T_b$, its trace distance from $(|0\\rangle + |1\\rangle)/\\sqrt2$, rises with the "
            "capacity. That of both spins, $T_{bc}$, rises or falls with the sign of the detuning,",
            "trace distance",
            [written(left - right).xreplace(measured) for left, right in textures],
            ("signed",),
        ),
        Step(
            "power",
            (Equation(P, CHARGING_POWER), Equation(Abs(P), charging)),
            "It is the imaginarity that charges: the battery's energy $E_b = -\\omega_b\\langle\\sigma_z\\rangle$ "
            "rises at the power $P = dE_b/dt$,",
            "master equation",
            [power - written(CHARGING_POWER), power**2 - charging.xreplace(measured) ** 2],
            ("imaginarity", "master"),
        ),
    )


def with_relaxation() -> tuple[Step, ...]:
    """Equal relaxation of both spins: the excitation fades, and mixing costs capacity as well."""
    γ = positive("gamma")
    pair = TwoQubits(OMEGA_B, OMEGA_B - DELTA, J_1, J_2, relaxation=(γ, γ))
    initial = product_state((0, 0, 1), (0, 0, -1))
    state = evolve_qubits(pair, initial, T)
    faded = exp(-γ * T)
    p_00, p_10 = Symbol("p_00"), Symbol("p_10")
    fallen, excited = 1 - faded, faded * EXCITATION
    own = capacity(reduced(state, "b"), OMEGA_B) ** 2
    bound = 4 * OMEGA_B**2 * (1 - CONCURRENCE**2 - 4 * p_00 * p_10)
    values = {CONCURRENCE: 2 * Abs(state[1, 2]), p_00: state[0, 0], p_10: state[2, 2]}
    return (
        Step(
            "relaxation",
            (Equation(p_10, excited), Equation(p_00, fallen), Equation(C**2, bound)),
            "With equal relaxation $\\gamma$ of both spins the excitation fades. The populations of $|10\\rangle$ and "
            "$|00\\rangle$ and the concurrence of the mixed state, "
            "$C_{\\mathrm{W}} = 2|\\langle 01|\\rho|10\\rangle|$, give the capacity: what mixes the battery costs "
            "capacity as well,",
            "free fermions",
            [
                *qubits_residual(pair, initial, T, state),
                written(excited) - state[2, 2],
                fallen - state[0, 0],
                bound.subs(values) - own,
            ],
            ("state", "master"),
        ),
    )


def argument() -> Derivation:
    """From the Hamiltonian to the capacity in each resource, and what becomes of it with relaxation."""
    return Derivation(TITLE, (*microscopic(), *evolution(), *every_pure_state(), *on_the_way(), *with_relaxation()))


def module() -> str:
    """The story's NumPy module, with the closed forms of the argument."""
    held = 2 * OMEGA_B * Abs(1 - 2 * POPULATION)
    forms = {
        "excitation_at": ("The battery's excited population p = J_1² sin²(Rt)/R²", POPULATION),
        "capacity_at": ("The battery's capacity C = 2ω_b|1 − 2J_1² sin²(Rt)/R²|", held),
        "imaginarity_at": ("The imaginarity I = J_1|sin 2Rt|/R", sqrt(IMAGINARY)),
        "power_at": ("The charging power dE_b/dt = 2ω_b J_1² sin(2Rt)/R", CHARGING_POWER),
    }
    return pair_module(DAMPED, f"story {KEY}", TITLE, REFERENCE, forms)
