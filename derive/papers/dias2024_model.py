"""Dias et al. 2024, the model: Eqs. (1) to (4), the rate γ⇓, and what one reservoir does for finite spins."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sympy import Expr, ImmutableMatrix, Integer, Matrix, Rational, Symbol, diff, factorial, sqrt, zeros

from derive.builders import integer, positive, spin_star
from derive.claims import AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.eliminate import eliminate
from derive.kernel import canonical, conjugated
from derive.network import Bath, Coupling, Mode, Network, loss
from derive.spins import generator
from derive.spins.algebra import HEIGHT, LOWER, RAISE, commutator, hamiltonian, letter, scaled, times, total
from derive.spins.cumulants import closed_moments, initial_values
from derive.spins.dark import dark_residual, final_energies

γ_down, γ_up, λ, κ, n = (positive(name) for name in ("gamma_down", "gamma_up", "lambda", "kappa", "n"))
N_C = integer("N_C")
ONE, ZERO, E_B = Integer(1), Integer(0), Symbol("E_B")
MORE = Symbol("j", nonnegative=True, integer=True)


# -- Eq. (1) ---------------------------------------------------------------------------------------------------


def conserved() -> Iterator[Statement]:
    """[H, Σa†a + J_C^z + J_B^z] = 0 and [H, J²] = 0 for Eq. (1) with a mode of the reservoir, λ complex."""
    modes, strength, omega = frozenset({"a"}), Symbol("lambda_k"), positive("omega_k")
    energy = total(
        (
            hamiltonian(Mode("a", omega)),
            *(scaled(positive("omega_0"), letter(node, HEIGHT)) for node in ("C", "B")),
            *(hamiltonian(Coupling(node, "a", strength)) for node in ("C", "B")),
        )
    )
    raised, height, lowered = (total(letter(node, sign) for node in ("C", "B")) for sign in (RAISE, HEIGHT, LOWER))
    quanta = total((height, {(("a", RAISE), ("a", LOWER)): ONE}))
    square = total((times(raised, lowered), times(height, height), scaled(-ONE, height)))
    for name, quantity in (("[H, N]", quanta), ("[H, J^2]", square)):
        left = commutator(energy, quantity, modes)
        yield Equal(Symbol(name), ZERO, sum(left.values(), ZERO) if left else ZERO)
        yield from (Equal(Symbol(name), ZERO, x) for x in left.values())


def emitted(right: bool) -> Iterator[Statement]:
    """The amplitude of J⁻a† in Eq. (1), by which a spin emits a quantum: λ_k as read, corrected λ_k*; of J⁺a λ_k."""
    strength = Symbol("lambda_k")
    energy = hamiltonian(Coupling("C", "a", strength))
    emission, absorption = (energy[(("C", spin), ("a", mode))] for spin, mode in ((LOWER, RAISE), (RAISE, LOWER)))
    yield Equal(Symbol("A_em"), conjugated(strength) if right else strength, emission)
    if right:
        yield Equal(Symbol("A_ab"), strength, absorption)


# -- Eqs. (2) and (4) ------------------------------------------------------------------------------------------


def ladder(size: int) -> Matrix:
    """J⁻ of `size` spins, normalised."""
    found = zeros(size + 1, size + 1)
    for i in range(size):
        found[i, i + 1] = sqrt((i + 1) * (size - i))
    return found


def printed_generator(net: Network, jumps: tuple[tuple[Expr, Matrix], ...]) -> ImmutableMatrix:
    """Σ 2OρO† − O†Oρ − ρO†O on the states of the engine's generator, from normalised matrices."""
    gen = generator(net)
    levels = sorted({ket for ket, _ in gen.states})
    at = {level: k for k, level in enumerate(levels)}
    size = len(gen.states)
    found = zeros(size, size)
    for weight, o in jumps:
        o_o = o.T * o
        for column, (ket, bra) in enumerate(gen.states):
            for row, (k, b) in enumerate(gen.states):
                i, j, a, c = at[k], at[b], at[ket], at[bra]
                x = 2 * o[i, a] * o[j, c]
                x -= o_o[i, a] * Integer(b == bra) + o_o[j, c] * Integer(k == ket)
                found[row, column] += weight * x
    return ImmutableMatrix(found)


def master(batteries: int, n_c: int, n_b: int) -> Statement:
    """The printed master equation, as matrices of a few spins, against the generator of the network."""
    net = spin_star(batteries, n_c, n_b)
    sizes = (n_c, *[n_b] * batteries)
    own = [_embedded(k, sizes) for k in range(len(sizes))]
    jumps = [(γ_down, own[0] + b) for b in own[1:]] + [(γ_up, own[0].T)]
    gen = generator(net)
    scale = [_root(ket, sizes) / _root(bra, sizes) for ket, bra in gen.states]
    raw = gen.matrix()
    true = ImmutableMatrix(len(scale), len(scale), lambda i, j: raw[i, j] * scale[i] / scale[j])
    return Equal(Symbol("L"), printed_generator(net, tuple(jumps)), true)


def _embedded(k: int, sizes: tuple[int, ...]) -> Matrix:
    found = Matrix([[1]])
    for j, size in enumerate(sizes):
        own = ladder(size) if j == k else Matrix.eye(size + 1)
        found = Matrix(
            found.rows * own.rows,
            found.cols * own.cols,
            lambda a, b, x=found, y=own: x[a // y.rows, b // y.cols] * y[a % y.rows, b % y.cols],
        )
    return found


def _root(level: tuple[int, ...], sizes: tuple[int, ...]) -> Expr:
    found = ONE
    for i, size in zip(level, sizes, strict=True):
        found *= sqrt(Rational(factorial(size - i), factorial(size) * factorial(i)))
    return found


def one_reservoir() -> Iterator[Statement]:
    """Eq. (2) is Eq. (4) with one reservoir and no pump."""
    yield from (_without_pump(master(1, n_c, n_b)) for n_c, n_b in product((1, 2), repeat=2))


def _without_pump(statement: Statement) -> Statement:
    return Equal(Symbol("L"), *(side.subs(γ_up, 0) for side in statement.sides))


def many_reservoirs() -> Iterator[Statement]:
    """Eq. (4)."""
    yield master(1, 2, 1)
    yield master(2, 1, 1)
    yield master(2, 2, 1)


# -- the rate --------------------------------------------------------------------------------------------------


def golden_rule(factor: Expr) -> Iterator[Statement]:
    """γ⇓ against Γ(ω_0) of a reservoir that is one broad mode: λ and width κ, so that Γ(ω_0) = 4λ²/κ.

    Γ(ω) = 2πΣ|λ_k|²δ(ω − ω_k) is a Lorentzian then, λ²κ/((ω − ω_0)² + κ²/4). The mode is eliminated from a network in
    which charger and battery are modes, to which the jump operator does not matter.
    """
    net = Network(
        (Mode("c"), Mode("b"), Mode("r")),
        (Coupling("c", "r", λ), Coupling("b", "r", λ)),
        baths=(loss("r", κ),),
    )
    bath = eliminate(net, "r").baths[0]
    weights = dict(bath.jump)
    rate = canonical(bath.rate * (weights["c"] * weights["c"].conjugate()))
    yield Equal(γ_down, factor * Symbol("Gamma_0"), rate / 2, {Symbol("Gamma_0"): 4 * λ**2 / κ})


# -- energies --------------------------------------------------------------------------------------------------


def energy_density() -> Iterator[Statement]:
    """Eq. (3) is 1 of a full and 0 of an empty ensemble, as the charger and the batteries begin."""
    moments = closed_moments(spin_star(), 2, {"B": Integer(1)})
    values = dict(zip(moments.words, initial_values(moments, {"C": N_C, "B": 0}), strict=True))
    charger, battery = (values[((node, HEIGHT),)] for node in ("C", "B_1"))
    yield Equal(Symbol("E_C"), ONE, charger / N_C + Rational(1, 2))
    yield Equal(Symbol("E_B"), ZERO, battery / integer("N_B") + Rational(1, 2))


def larger_charger() -> Iterator[Statement]:
    """E_B > E_C for every N_C > N_B, = for N_C = N_B, < for N_C < N_B, in the final state."""
    for n_b in range(1, 6):
        charger, battery = (canonical(e) for e in final_energies(n_b + 1 + MORE, n_b))
        yield AtLeast(battery - Rational(1, 10**4), charger, Equation(E_B, Symbol("E_C"), ">"))
        yield Equal(E_B, *final_energies(n_b, n_b))
        for n_c in range(1, n_b):
            charger, battery = final_energies(n_c, n_b)
            yield AtLeast(charger - Rational(1, 10**4), battery, Equation(E_B, Symbol("E_C"), "<"))


def large_charger() -> Iterator[Statement]:
    """E_B → 1 for N_C → ∞, from the closed forms with N_C = 1/x."""
    x = positive("x")
    for n_b in range(1, 6):
        limit = canonical(final_energies(N_C, n_b)[1].subs(N_C, 1 / x)).subs(x, 0)
        yield Equal(Symbol("E_B"), ONE, limit)


def warm(*sizes: tuple[int, int]) -> Iterator[Statement]:
    """E_B at any occupation n of the reservoir is below that at zero temperature, and E_B > E_C."""
    for n_c, n_b in sizes:
        charger, battery = (canonical(e) for e in final_energies(n_c, n_b, n))
        yield AtLeast(final_energies(n_c, n_b)[1], battery, Equation(E_B, Symbol("E_B^0"), "<"))
        yield AtLeast(battery, charger, Equation(E_B, Symbol("E_C"), ">"))


def colder_is_better() -> Iterator[Statement]:
    """For N_C ≥ N_B + 2 E_B falls as the reservoir gets warmer; for N_C = N_B + 1 1/2 > E_B > E_C at any n."""
    for n_b in (1, 2):
        charger, battery = (canonical(e) for e in final_energies(n_b + 1, n_b, n))
        yield AtLeast(Rational(1, 2), battery, Equation(E_B, Rational(1, 2), "<"), strict=True)
        yield AtLeast(battery, charger, Equation(E_B, Symbol("E_C"), ">"), strict=True)
        cold = canonical(final_energies(n_b + 2 + MORE, n_b)[1])
        yield AtLeast(cold, Rational(1, 2), Equation(Symbol("E_B^0"), Rational(1, 2), ">"), strict=True)
        for n_c in range(n_b + 2, 7):
            yield from warm((n_c, n_b))
            change = diff(canonical(final_energies(n_c, n_b, n)[1]), n)
            yield AtLeast(ZERO, change, Equation(Symbol("dE_B/dn"), ZERO, "<"), strict=True)


def dark() -> Iterator[Statement]:
    """What is left is dark: (J_C⁻ + J_B⁻)|dark⟩ = 0, for each k ≤ min(N_C, N_B)."""
    for n_c, n_b in product(range(1, 5), repeat=2):
        for k in range(min(n_c, n_b) + 1):
            left = dark_residual(spin_star(1, n_c, n_b, up=0), k)
            yield Equal(Symbol("q"), ImmutableMatrix.zeros(*left.shape), ImmutableMatrix(left))


def one_for_all() -> Network:
    """Three batteries in the reservoir of the charger."""
    star = spin_star(3, up=0)
    legs = tuple((node.name, ONE) for node in star.modes)
    return Network(star.modes, baths=(Bath(legs, 2 * γ_down),))


CLAIMS = (
    Claim(
        "Eq. (1)",
        "The Hamiltonian conserves the quanta and the length of the total spin",
        conserved,
        form=Equation(
            Symbol("H"),
            Symbol(
                r"\hbar\omega_0 (J_C^z + J_B^z) + \sum_k \hbar\omega_k a_k^\dagger a_k "
                r"+ \sum_k [\lambda_k (J_C^+ + J_B^+) a_k + \lambda_k^* a_k^\dagger (J_C^- + J_B^-)]"
            ),
        ),
        because="[H, J_C^z + J_B^z + Σ a_k†a_k] = 0 and [H, J²] = 0.",
    ),
    Claim(
        "Below Eq. (1), lambda_k",
        "λ_k and λ_k* are the amplitudes of emission and of absorption, read as: by the spins",
        lambda: emitted(False),
        lambda: emitted(True),
        "In Eq. (1) λ_k stands with J⁺a_k: the spins take a quantum, which the reservoir gives. Only |λ_k|² has a "
        "part in what follows.",
        form=Equation(Symbol("A_em"), Symbol("lambda_k")),
        corrected_form=Equation(Symbol("A_em"), conjugated(Symbol("lambda_k"))),
        departure=Departure(
            "condition", "emission by the reservoir is meant", ("by the spins", "by the reservoir: holds"),
        ),
    ),
    Claim(
        "Eq. (2)",
        "One reservoir at zero temperature",
        one_reservoir,
        scope="N_C, N_B = 1, 2",
        form=Equation(Symbol("dρ/dt"), γ_down * Symbol(r"\mathcal{L}[J_C^- + J_B^-]\rho")),
        because="With L[O]ρ = 2OρO† − O†Oρ − ρO†O = 2D[O]ρ the reservoir has the energy rate 2γ⇓.",
    ),
    Claim(
        "Below Eq. (2), gamma_down",
        "The collective rate and the spectral density",
        lambda: golden_rule(ONE),
        lambda: golden_rule(Rational(1, 2)),
        "With L[O]ρ = 2D[O]ρ, γ⇓ is the rate of amplitudes, half the golden rule's 2πΣ|λ_k|²δ(ω_0 − ω_k) = Γ(ω_0). "
        "“= Γω_0 in the wide band limit” is not judged: it is right for an Ohmic reservoir, Γ(ω) = Γω up to a high "
        "cut-off, and the scan may have lost a subscript. Here the reservoir is one broad mode of width κ that couples "
        "at the strength λ, Γ(ω_0) = 4λ²/κ.",
        form=Equation(γ_down, Symbol("Gamma_0")),
        corrected_form=Equation(γ_down, Symbol("Gamma_0") / 2),
        departure=Departure("error", "L below Eq. (2) with Γ(ω) below Eq. (1)"),
    ),
    Claim(
        "Eq. (3)",
        "Energy densities, and those at the beginning",
        energy_density,
        form=Equation(Symbol("E_mu"), Symbol("<J_mu^z>") / Symbol("N_mu") + Rational(1, 2)),
    ),
    Claim(
        "Introduction, dark states",
        "The charged state does not decay",
        dark,
        scope="N_C, N_B = 1..4",
        form=Equation(Symbol(r"\left(J_C^- + J_B^-\right)|\mathrm{dark}\rangle"), ZERO),
        because="There is one dark state for every number of excitations up to min(N_C, N_B).",
    ),
    Claim(
        "Below Eq. (3), N_C > N_B",
        "The charger must be the larger one",
        larger_charger,
        scope="N_B = 1..5",
        form=Equation(Symbol("E_B"), Symbol("E_C"), ">"),
    ),
    Claim(
        "Below Eq. (3), N_C >> N_B",
        "Efficient transfer to a much smaller battery",
        large_charger,
        scope="N_B = 1..5",
        method="limit",
        form=Equation(Symbol("E_B"), ONE, "→"),
        because="For N_B = 1 exactly (N_C/(N_C + 1))².",
    ),
    Claim(
        "Below Eq. (3), temperature",
        "A warmer reservoir charges less",
        lambda: warm((3, 1), (4, 2), (2, 1), (3, 2)),
        colder_is_better,
        "It is so for N_C ≥ N_B + 2, which a cold reservoir fills to more than half, and the less the warmer it is. "
        "For N_C = N_B + 1 it fills less than the 1/2 of a hot one. E_B > E_C at every temperature.",
        scope="N_C = 2..6, N_B = 1, 2",
        method="bound",
        form=Equation(E_B, Symbol("E_B^0"), "<"),
        corrected_form=Equation(N_C, integer("N_B") + 2, "≥"),
        departure=Departure("condition", "N_C ≥ N_B + 2"),
    ),
    Claim(
        "Eq. (4)",
        "Many reservoirs and a pump",
        many_reservoirs,
        scope="M = 1, 2",
        form=Equation(
            Symbol("dρ/dt"),
            γ_down * Symbol(r"\sum_m \mathcal{L}[J_C^- + J_{B_m}^-]\rho")
            + γ_up * Symbol(r"\mathcal{L}[J_C^+]\rho"),
        ),
        because="The pump has the energy rate 2γ⇑.",
    ),
)
