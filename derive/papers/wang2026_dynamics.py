"""Wang, Huang and Zhang 2026: what is claimed along the dynamics, from an empty battery and a full charger.

With q = J_1²/R² and s = sin²Rt the battery is excited with probability p = qs, and ⟨01|ρ|10⟩ = g has |g|² = p(1 − p),
Im g = (J_1/R) sin Rt cos Rt and Re g = −(J_1δ/R²)s. c = 1 − 2p is C/(2ω_b) with its sign.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import (
    Abs,
    Expr,
    ImmutableMatrix,
    Integer,
    Mul,
    Symbol,
    conjugate,
    cos,
    diff,
    im,
    log,
    pi,
    sin,
    sqrt,
    symbols,
)

from derive.builders import positive
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.papers.wang2026_letters import (
    COHERENCE,
    EMPTY,
    FULL,
    IMAGINARITY,
    J_1,
    JOINT_TEXTURE,
    POWER,
    TEXTURE,
    C,
    E,
    battery,
    charging,
    detuned,
    excitation,
    t,
    γ,
    δ,
    ω_b,
    ω_c,
)
from derive.qubits import SIGMA_Z, TwoQubits, evolve_qubits, flow_of, on_battery, product_state
from derive.resources import bloch, capacity, coherence, entanglement, imaginarity, pure_texture, spin_texture

CONCURRENCE, SIGNED, FLOW, SLOPES = Symbol("C_W"), Symbol("c"), Symbol("dc/dt"), Symbol("s")
R = detuned().rabi
QUARTER, THIRD, HALF = (pi / (n * R) for n in (4, 3, 2))  # times at which sin²Rt is 1/2, 3/4, 1


def held(state: ImmutableMatrix) -> Expr:
    """The battery's capacity."""
    return capacity(battery(state), ω_b)


# -- coherence, and what does not depend on parameters ------------------------------------------------------


def falls_with_coherence() -> Iterator[Statement]:
    """C = 2ω_b√(1 − C_l1²) at any J_1, J_2, δ, t."""
    state = charging()
    yield Equal(C**2, 4 * ω_b**2 * (1 - COHERENCE**2), held(state) ** 2, {COHERENCE: coherence(state)})
    yield Equal(COHERENCE**2, E**2, coherence(state) ** 2, {E: entanglement(state)})


def independent() -> Iterator[Statement]:
    """C(t) and E(t) move on one curve, and each by itself depends on everything but J_2 and ω_c apart from δ."""
    state, p = charging(), excitation(charging())
    yield Equal(Symbol("p"), J_1**2 / R**2 * sin(R * t) ** 2, p)
    yield Equal(E**2, 4 * p * (1 - p), entanglement(state) ** 2)
    yield Equal(C, 2 * ω_b * sqrt(1 - E**2), held(state), {E: entanglement(state)})


# -- imaginarity --------------------------------------------------------------------------------------------


def slopes(state: ImmutableMatrix, resource: Expr, time: Expr) -> Expr:
    """−(dC²/dt)(dX²/dt) of a resource X: not negative if capacity falls where X rises."""
    return (-diff(held(state) ** 2, t) * diff(resource**2, t)).subs(t, time)


def falls_with_imaginarity() -> Iterator[Statement]:
    """At sin²Rt = 3/4, both C and I_l1 fall for |δ| > J_1/√2."""
    state = charging()
    product = slopes(state, imaginarity(state), THIRD)
    yield AtLeast(product, Integer(0), Equation(SLOPES, Integer(0), "≥"))


def on_the_ellipse() -> Iterator[Statement]:
    """I_l1² = (1 − c)(c + 2q − 1)/q, and on resonance C = 2ω_b√(1 − I_l1²), where they cannot fall together."""
    state, q = charging(), J_1**2 / R**2
    yield Equal(
        IMAGINARITY**2,
        (1 - SIGNED) * (SIGNED + 2 * q - 1) / q,
        imaginarity(state) ** 2,
        {SIGNED: bloch(battery(state))[2]},
    )
    yield from on_resonance()


def on_resonance() -> Iterator[Statement]:
    """C² = 4ω_b²(1 − I_l1²) for δ = 0."""
    state = charging(Integer(0))
    yield Equal(C**2, 4 * ω_b**2 * (1 - IMAGINARITY**2), held(state) ** 2, {IMAGINARITY: imaginarity(state)})
    yield Equal(SLOPES, (4 * ω_b * J_1 * sin(4 * J_1 * t)) ** 2, slopes(state, imaginarity(state), t))


def no_peak() -> Iterator[Statement]:
    """At sin²Rt = 1 the imaginarity is gone and C = 2ω_b|J_1² − δ²|/R²."""
    state = charging(time=HALF)
    yield Equal(IMAGINARITY, Integer(0), imaginarity(state))
    yield Equal(C**2, (2 * ω_b * (J_1**2 - δ**2) / R**2) ** 2, held(state) ** 2)


def widens() -> Iterator[Statement]:
    """The gap 2ω_b − C at vanishing imaginarity is said to grow with δ; here for δ = J_1 + η."""
    gap = diff(4 * ω_b * J_1**2 / R**2, δ)
    shown = Equation(Symbol("∂G/∂delta"), Integer(0), "≥")
    yield AtLeast(gap, Integer(0), shown, {δ: J_1 + positive("eta")})


def widens_up_to_the_coupling() -> Iterator[Statement]:
    """G = 4ω_bδ²/R² up to δ = J_1, where it is 2ω_b, and 4ω_bJ_1²/R² beyond.

    Either G has (2ω_b − G)² = C², and C = 2ω_b − G is not negative in its own range; then the slopes.
    """
    η = positive("eta")
    below, above = 4 * ω_b * δ**2 / R**2, 4 * ω_b * J_1**2 / R**2
    square = held(charging(time=HALF)) ** 2
    shown = Equation(Symbol("∂G/∂delta"), Integer(0), "≤")
    detuning = positive("delta")
    weak = {J_1: detuning + η, δ: detuning}
    strong = {δ: J_1 + η}
    yield AtLeast(-diff(above, δ).subs(strong), Integer(0), shown)
    yield AtLeast((2 * ω_b - above).subs(strong), Integer(0), shown)
    yield AtLeast((2 * ω_b - below).subs(weak, simultaneous=True), Integer(0), shown)
    yield AtLeast(diff(below, δ).subs(weak, simultaneous=True), Integer(0), shown)
    yield Equal(C**2, (2 * ω_b - below) ** 2, square)
    yield Equal(C**2, (2 * ω_b - above) ** 2, square)


# -- texture ------------------------------------------------------------------------------------------------


def grows_with_texture() -> Iterator[Statement]:
    """C = 2ω_b√(4T_b² − 1) with the texture of the battery; 4T_b² = 2 − E²."""
    state = charging()
    texture = spin_texture(battery(state))
    yield Equal(TEXTURE**2, (2 - E**2) / 4, texture**2, {E: entanglement(state)})
    yield Equal(C, 2 * ω_b * sqrt(4 * TEXTURE**2 - 1), held(state), {TEXTURE: texture})


def falls_with_texture() -> Iterator[Statement]:
    """At sin²Rt = 3/4, imaginarity and the battery's texture both fall for |δ| > J_1/√2."""
    state = charging()
    pair = (spin_texture(battery(state)), imaginarity(state))
    product = -Mul(*(diff(resource**2, t) for resource in pair)).subs(t, THIRD)
    yield AtLeast(product, Integer(0), Equation(SLOPES, Integer(0), "≥"))


def texture_and_imaginarity() -> Iterator[Statement]:
    """4T_b² = 2 − I_l1² − (δ/J_1)²(1 − c)²."""
    state = charging()
    printed = 2 - IMAGINARITY**2 - (δ / J_1) ** 2 * (1 - SIGNED) ** 2
    where = {SIGNED: bloch(battery(state))[2], IMAGINARITY: imaginarity(state)}
    yield Equal(4 * TEXTURE**2, printed, 4 * spin_texture(battery(state)) ** 2, where)


def grows_with_joint_texture() -> Iterator[Statement]:
    """The texture of both spins: at sin²Rt = 1/2, whether C² and T_bc² move in the same direction."""
    state = charging()
    product = -slopes(state, pure_texture(state), QUARTER)
    yield AtLeast(product, Integer(0), Equation(SLOPES, Integer(0), "≥"))


def joint_texture() -> Iterator[Statement]:
    """4T_bc² = 3 + (δ/J_1)(1 − c), and (dC²/dt)(dT_bc²/dt) has the sign of −δc/J_1; c ≥ 0 for |δ| ≥ J_1."""
    state = charging()
    signed = bloch(battery(state))[2]
    printed = 3 + δ / J_1 * (1 - SIGNED)
    together = -2 * ω_b**2 * δ / J_1 * SIGNED * FLOW**2
    least = (δ**2 - J_1**2) / R**2
    where = {SIGNED: signed, FLOW: diff(signed, t)}
    yield Equal(4 * JOINT_TEXTURE**2, printed, 4 * pure_texture(state) ** 2, where)
    yield Equal(SLOPES, together, -slopes(state, pure_texture(state), t), where)
    yield Equal(SIGNED, least + 2 * J_1**2 / R**2 * cos(R * t) ** 2, signed)
    yield AtLeast(least.subs(δ, J_1 + positive("eta")), Integer(0), Equation(SIGNED, Integer(0), "≥"))


# -- charging -----------------------------------------------------------------------------------------------


def power() -> Expr:
    """dE_b/dt of E_b = −ω_b⟨σ_z^b⟩ along the dynamics, by the master equation."""
    return (-ω_b * on_battery(SIGMA_Z) * flow_of(detuned(), charging())).trace()


def entanglement_charges() -> Iterator[Statement]:
    """P² = (2ω_bJ_1E)², first at sin²Rt = 1/2."""
    for time in (QUARTER, t):
        state = charging(time=time)
        yield Equal(POWER**2, (2 * ω_b * J_1 * E) ** 2, power().subs(t, time) ** 2, {E: entanglement(state)})


def imaginarity_charges() -> Iterator[Statement]:
    """P = 4ω_bJ_1 Im⟨01|ρ|10⟩ in every state, P² = (2ω_bJ_1I_l1)² on the way, which is the above for δ = 0."""
    state = charging()
    x = symbols("x_:6")
    d = [Symbol(f"p_{k}", real=True) for k in range(4)]
    upper = {(0, 1): x[0], (0, 2): x[1], (0, 3): x[2], (1, 2): x[3], (1, 3): x[4], (2, 3): x[5]}
    some = ImmutableMatrix(4, 4, lambda i, j: d[i] if i == j else upper[i, j] if i < j else conjugate(upper[j, i]))
    flow = (-ω_b * on_battery(SIGMA_Z) * flow_of(detuned(), some)).trace()
    yield Equal(POWER**2, (2 * ω_b * J_1 * IMAGINARITY) ** 2, power() ** 2, {IMAGINARITY: imaginarity(state)})
    yield Equal(POWER, 4 * ω_b * J_1 * im(some[1, 2]), flow)


def speed_against_capacity() -> Iterator[Statement]:
    """C² + (P/J_1)² = 4ω_b² on resonance; else what is missing is a square, (4ω_bδJ_1 sin²(Rt)/R²)²."""
    missing = (4 * ω_b * δ * J_1 * sin(R * t) ** 2 / R**2) ** 2
    yield Equal(4 * ω_b**2, C**2 + (POWER / J_1) ** 2 + missing, 4 * ω_b**2, {C: held(charging()), POWER: power()})
    yield Equal(C, 2 * ω_b, held(charging(Integer(0), pi / (2 * J_1))))


# -- baths --------------------------------------------------------------------------------------------------


def falls_with_concurrence() -> Iterator[Statement]:
    """C² = 4ω_b²(1 − C_W²) with Wootters' concurrence C_W; first a battery that decays alone, half-way down."""
    alone = TwoQubits(ω_b, ω_c, 0, relaxation=(γ, 0))
    states = (evolve_qubits(alone, product_state(FULL, EMPTY), log(2) / γ), lossy())
    yield from (
        Equal(C**2, 4 * ω_b**2 * (1 - CONCURRENCE**2), held(s) ** 2, {CONCURRENCE: 2 * Abs(s[1, 2])})
        for s in states
    )


def lossy() -> ImmutableMatrix:
    """The state of a pair in which both spins lose at the rate γ."""
    pair = TwoQubits(ω_b, ω_b - δ, J_1, relaxation=(γ, γ))
    return evolve_qubits(pair, product_state(EMPTY, FULL), t)


def bounded_by_concurrence() -> Iterator[Statement]:
    """C² = 4ω_b²(1 − C_W² − 4p_00p_10): populations of |00⟩ and |10⟩."""
    state = lossy()
    p_00, p_10 = Symbol("p_00"), Symbol("p_10")
    printed = 4 * ω_b**2 * (1 - CONCURRENCE**2 - 4 * p_00 * p_10)
    where = {CONCURRENCE: 2 * Abs(state[1, 2]), p_00: state[0, 0], p_10: state[2, 2]}
    yield Equal(C**2, printed, held(state) ** 2, where)


CLAIMS = (
    Claim(
        "Coherence",
        "Capacity decreases with coherence along the dynamics",
        falls_with_coherence,
        form=Equation(C, 2 * ω_b * sqrt(1 - COHERENCE**2)),
        because="With one excitation C_l1 = E, at any J_1, J_2, δ and t.",
    ),
    Claim(
        "Independent of parameters",
        "The relations do not depend on the system's parameters, read as: those of capacity with functions of E",
        independent,
        because="Those with imaginarity and joint texture do (below). The range that is visited and the unit 2ω_b do "
        "as well.",
    ),
    Claim(
        "Imaginarity, resonance",
        "Capacity decreases with imaginarity on resonance",
        on_resonance,
        form=Equation(C, 2 * ω_b * sqrt(1 - IMAGINARITY**2)),
    ),
    Claim(
        "Imaginarity, detuned",
        "Capacity decreases monotonically with imaginarity, read as: at any detuning",
        falls_with_imaginarity,
        on_the_ellipse,
        "For δ ≠ 0 the two are no function of each other: they lie on an ellipse, I_l1 is 0 at both ends, and where "
        "sin²Rt is between 1/2 and R²/(2J_1²) both fall. Here c = 1 − 2p is C/(2ω_b) with its sign, R² = J_1² + δ². "
        "(s is −(dC²/dt)(dI_l1²/dt), at sin²Rt = 3/4.)",
        form=Equation(SLOPES, Integer(0), "≥"),
        corrected_form=Equation(J_1**2 / R**2 * IMAGINARITY**2, (1 - SIGNED) * (SIGNED + 2 * J_1**2 / R**2 - 1)),
        departure=Departure(
            "condition", "δ = 0",
            ("at any detuning", "on resonance: holds, see Imaginarity, resonance"),
        ),
    ),
    Claim(
        "Imaginarity, no peak",
        "Under detuning vanishing imaginarity does not guarantee the peak of capacity",
        no_peak,
        because="At sin²Rt = 1, where I_l1 = 0.",
    ),
    Claim(
        "Imaginarity, growing",
        "This effect becomes more pronounced as the detuning increases",
        widens,
        widens_up_to_the_coupling,
        "The gap G = 2ω_b − C at I_l1 = 0 is 4ω_bδ²/R² and grows up to |δ| = J_1, where nothing is left of C. Beyond, "
        "it is 4ω_bJ_1²/R² and shrinks. R² = J_1² + δ².",
        method="bound",
        corrected_form=Equation(Symbol("G"), 2 * ω_b * (1 - Abs(J_1**2 - δ**2) / R**2)),
        departure=Departure("condition", "|δ| ≤ J_1"),
    ),
    Claim(
        "State texture",
        "Positive correlation of capacity with the battery's texture, negative of texture with entanglement",
        grows_with_texture,
        because="The texture read as that of the battery's state; it holds wherever the battery's ⟨σ_x⟩ vanishes, and "
        "so does the negative correlation with all that is a function of E, which off resonance imaginarity is not.",
    ),
    Claim(
        "State texture, imaginarity",
        "Negative correlation of the battery's texture with imaginarity, independent of the system's parameters",
        falls_with_texture,
        texture_and_imaginarity,
        "On resonance 4T_b² = 2 − I_l1². For δ ≠ 0 both fall where sin²Rt is between 1/2 and R²/(2J_1²), as capacity "
        "does. Here c = 1 − 2p is C/(2ω_b) with its sign. (s is −(dT_b²/dt)(dI_l1²/dt), at sin²Rt = 3/4.)",
        form=Equation(SLOPES, Integer(0), "≥"),
        departure=Departure("condition", "δ = 0", ("at any detuning", "on resonance: holds")),
    ),
    Claim(
        "State texture, both spins",
        "Positive correlation of capacity with texture, read as that of both spins",
        grows_with_joint_texture,
        joint_texture,
        "The sign of the correlation is that of −δc/J_1, where c = 1 − 2p is C/(2ω_b) with its sign. It turns where C "
        "vanishes on its way, as it does for |δ| < J_1; for |δ| ≥ J_1 it is that of −δ/J_1. On resonance the texture "
        "of both spins stands still. (s is (dC²/dt)(dT_bc²/dt), at sin²Rt = 1/2.)",
        form=Equation(SLOPES, Integer(0), "≥"),
        departure=Departure(
            "condition", "the texture is that of the battery, or δ ≤ −J_1",
            ("the texture of both spins", "the texture of the battery: holds, see State texture"),
        ),
    ),
    Claim(
        "Entanglement aids transfer",
        "Entanglement aids the transfer of energy, read as P = 2ω_bJ_1E",
        entanglement_charges,
        imaginarity_charges,
        "On resonance the power is 2ω_bJ_1E. In general it is the imaginarity of ⟨01|ρ|10⟩ that charges, at most E.",
        form=Equation(POWER**2, (2 * ω_b * J_1 * E) ** 2),
        corrected_form=Equation(POWER**2, (2 * ω_b * J_1 * IMAGINARITY) ** 2),
        departure=Departure("condition", "δ = 0"),
    ),
    Claim(
        "Speed against capacity",
        "A trade-off between the speed of energy transfer and the capacity",
        speed_against_capacity,
        because="An equality C² + (P/J_1)² = 4ω_b² on resonance, else ≤. On resonance the capacity is back when the "
        "transfer is done, at Rt = π/2; off resonance it lacks the G of Imaginarity, growing.",
        form=Equation(C**2 + (POWER / J_1) ** 2, 4 * ω_b**2, "≤"),
    ),
    Claim(
        "Trade-off, with baths",
        "The trade-off of capacity and entanglement, read with relaxation, which the article's model does not have",
        falls_with_concurrence,
        bounded_by_concurrence,
        "A battery that decays alone has, half-way, neither capacity nor any resource. What mixes the battery lowers "
        "its capacity too: C ≤ 2ω_b√(1 − C_W²).",
        departure=Departure(
            "condition", "the pair is closed",
            ("with relaxation", "in the model of the article, without: holds, see Entanglement"),
        ),
    ),
)
