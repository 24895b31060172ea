"""What collective loss leaves behind: dark states, and the final energies of spins without a pump.

    Σ_j (−1)^{Σ_m j_m} |e_{k−Σj}) |e_{j_1}) … |e_{j_M}),   k = 0, …, min(N_C, N_B)

is annihilated by every J_C⁻ + J_{B_m}⁻, whatever M. With one reservoir the total spin J is conserved, and the final
state is the bottom of each ladder of J, with the weight that the initial state has in it (Clebsch and Gordan).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import factorial

from sympy import (
    Add,
    Expr,
    ImmutableMatrix,
    Integer,
    Matrix,
    Mul,
    Rational,
    diag,
    eye,
    kronecker_product,
    zeros,
)

from derive.builders import spin_star
from derive.checks import checked
from derive.kernel import solve
from derive.network import Network, Number, not_negative
from derive.spins.algebra import jump
from derive.spins.ladders import DickeState, Level, NotALadder, acted, generator, lengths, norm


@checked
def dark_state(numbers: Sequence[int], excited: int) -> dict[Level, int]:
    """The dark state of a charger and its batteries (in this order) with k excited spins, over the |e_level).

    There is one for every k up to the smallest of the numbers, and no other.

    Raises:
        NotALadder: if k is larger.
    """
    if not numbers:
        raise NotALadder("A dark state is one of a charger and its batteries, but no numbers of spins were given.")
    if not 0 <= excited <= min(numbers):
        raise NotALadder(
            f"A dark state has at most as many excited spins as the smallest ensemble, {min(numbers)}, not {excited}."
        )
    found = {}
    for batteries in product(range(excited + 1), repeat=len(numbers) - 1):
        if sum(batteries) <= excited:
            found[excited - sum(batteries), *batteries] = (-1) ** sum(batteries)
    return found


@checked
def dark_residual(net: Network, excited: int) -> Matrix:
    """q|dark⟩ for every reservoir of a network of a charger (first) and batteries: a column, zero if it is dark."""
    numbers = lengths(net)
    state = dark_state(numbers, excited)
    left: list[Expr] = []
    for bath in net.baths:
        found: dict[Level, Expr] = {}
        for level, x in state.items():
            for to, y in acted(net.names, (jump(bath),), level, numbers).items():
                found[to] = found.get(to, Integer(0)) + x * y
        left += [x for _, x in sorted(found.items())]
    return Matrix(left or [Integer(0)])


# -- one reservoir -------------------------------------------------------------------------------------------


def ladder_weight(charger: Expr, battery: int, step: int) -> Expr:
    """|⟨J_C, J_C; J_B, −J_B | J, J_C − J_B⟩|² for J = J_C + J_B − step, a full charger and an empty battery.

    (2J + 1) N_C! N_B!/((N_C + N_B − step + 1)! step!), written as a product so that N_C may be a letter.
    """
    below = Mul(*(charger + i for i in range(1, battery - step + 2)))
    return (charger + battery - 2 * step + 1) * Rational(factorial(battery), factorial(step)) / below


@checked
def final_energies(charger: Number, battery: int, thermal: Number = 0) -> tuple[Expr, Expr]:
    """(E_C, E_B)/(ħωN) at t → ∞ of a charger that was full and an empty battery that share one reservoir.

    E_B = Σ_J |⟨J_C J_C; J_B −J_B|J⟩|² ⟨J_B^z⟩_J/N_B + 1/2 with ⟨J_B^z⟩_J = ⟨J^z⟩_J [J(J+1) + J_B(J_B+1) −
    J_C(J_C+1)]/(2J(J+1)), and ⟨J^z⟩_J = −J at zero temperature, or that of the ladder with populations ∝ (n/(n+1))^m.
    `charger` may be a letter if it is at least `battery`. `final_energies_residual` follows the master equation.

    Raises:
        NotALadder: if one of them has no spins, or not a whole number of them.
        NetworkError: if a number or the temperature is negative or not exact.
    """
    n_c, n_b = (
        not_negative(number, f"the number of spins of the {whose}")
        for number, whose in ((charger, "charger"), (battery, "battery"))
    )
    n = not_negative(thermal, "the thermal occupation")
    if n_c.is_integer is False or not n_b.is_Integer or 0 in (n_c, n_b):
        raise NotALadder(f"Charger and battery must have one spin or more each, but have {n_c} and {n_b}.")
    last = min(battery, int(n_c)) if n_c.is_Integer else battery
    j_c, j_b = n_c / 2, Rational(battery, 2)
    whole, own = [], []
    for step in range(last + 1):
        j = j_c + j_b - step
        depth = ladder_weight(n_c, battery, step) * _depth(j, n)
        # of ⟨J^z⟩ = J × depth, and without a division by J
        share = (j * (j + 1) + j_b * (j_b + 1) - j_c * (j_c + 1)) / (2 * (j + 1))
        whole.append(depth * j)
        own.append(depth * share)
    half, height = Rational(1, 2), Add(*own)
    return (Add(*whole) - height) / n_c + half, height / battery + half


def _depth(j: Expr, n: Expr) -> Expr:
    """⟨J^z⟩/J of a ladder in equilibrium, −1 at zero temperature; of no height, where it does not matter, 0."""
    if n == 0 or j == 0:
        return Integer(-1) if n == 0 else Integer(0)
    x = n / (n + 1)
    size = 2 * j + 1
    return (n - size * x**size / (1 - x**size) - j) / j


@checked
def final_energies_residual(charger: int, battery: int) -> Matrix:
    """`final_energies` at zero temperature less those of the master equation, integrated over time: 2×1."""
    state = final_state(spin_star(1, charger, battery, 1, 0), (charger, 0))
    found = state.excitation("C") / charger, state.excitation("B_1") / battery
    return Matrix(final_energies(charger, battery)) - Matrix(found)


# -- any number of reservoirs --------------------------------------------------------------------------------


@checked
def final_state(net: Network, level: Level) -> DickeState:
    """The state at t → ∞ from definite numbers of excited spins, with reservoirs at zero temperature and no pump.

    Excitations go down one by one. In each sector what overlaps with the dark states stays, and what does not,
    integrated over all times, R, feeds the next: ½(KR + RK) = source, K = Σγq†q, ρ_∞ = Σ P source P.

    Raises:
        NotALadder: if the network has no such level, or if there is a pump, a temperature, a coupling or a detuning of
            nodes from each other.
        NetworkError: if a bath is squeezed, or spins are paired.
    """
    gen = generator(net)
    numbers = gen.numbers
    if (level, level) not in gen.states:
        raise NotALadder(
            f"A level must tell how many of the {', '.join(map(str, numbers))} spins of {', '.join(gen.nodes)} are "
            f"excited, but is {level!r}."
        )
    if len({node.detuning for node in net.modes}) > 1:
        raise NotALadder("Dark states stay only where all nodes have one detuning, but some differ; use steady_spins.")
    if net.couplings or net.drives or any(bath.gain or bath.thermal != 0 for bath in net.baths):
        raise NotALadder("Reservoirs must only take, at zero temperature, but something gives; use steady_spins.")
    values: dict[tuple[Level, Level], Expr] = {}
    source = diag(*(Integer(x == level) for x in _sector(numbers, sum(level))))
    for total in range(sum(level), -1, -1):
        levels = _sector(numbers, total)
        keep = _projector(net, levels, numbers)
        stays = keep * source * keep
        for i, ket in enumerate(levels):
            for j, bra in enumerate(levels):
                values[ket, bra] = stays[i, j]
        source = _fed(net, levels, numbers, source - stays, keep)
    return DickeState(gen, ImmutableMatrix([values.get(state, Integer(0)) for state in gen.states]))


def _sector(numbers: Sequence[int], total: int) -> list[Level]:
    """All levels with `total` excited spins."""
    return [level for level in product(*(range(n + 1) for n in numbers)) if sum(level) == total]


def _lower(net: Network, levels: Sequence[Level], numbers: Sequence[int], k: int) -> Matrix:
    """The matrix of a jump from one sector to the next."""
    below = _sector(numbers, sum(levels[0]) - 1)
    found = zeros(len(below), len(levels))
    for j, level in enumerate(levels):
        for to, x in acted(net.names, (jump(net.baths[k]),), level, numbers).items():
            found[below.index(to), j] = x
    return found


def _metric(levels: Sequence[Level], numbers: Sequence[int]) -> Matrix:
    return diag(*(norm(level, numbers) for level in levels))


def _projector(net: Network, levels: Sequence[Level], numbers: Sequence[int]) -> Matrix:
    """The orthogonal projector onto the dark states of a sector, in the basis of the |e)."""
    if sum(levels[0]) == 0:
        return eye(1)
    jumps = Matrix.vstack(*(_lower(net, levels, numbers, k) for k in range(len(net.baths))))
    dark = jumps.nullspace()
    if not dark:
        return zeros(len(levels), len(levels))
    kets = Matrix.hstack(*dark)
    bras = kets.H * _metric(levels, numbers)
    return kets * (bras * kets).inv() * bras


def _fed(net: Network, levels: Sequence[Level], numbers: Sequence[int], moving: Matrix, keep: Matrix) -> Matrix:
    """What reaches the next sector: Σ γ q R q† with ½(KR + RK) + PRP = what moves."""
    if sum(levels[0]) == 0:
        return zeros(1, 1)
    n = len(levels)
    below = _sector(numbers, sum(levels[0]) - 1)
    up = _metric(levels, numbers).inv(), _metric(below, numbers)
    lowered = [_lower(net, levels, numbers, k) for k in range(len(net.baths))]
    raised = [up[0] * q.H * up[1] for q in lowered]
    k = zeros(n, n)
    for bath, q, q_dagger in zip(net.baths, lowered, raised, strict=True):
        k += bath.rate * q_dagger * q
    if moving.is_zero_matrix:
        r = moving
    else:
        # row by row, vec(ARB) = (A ⊗ Bᵀ) vec(R)
        lost = kronecker_product(k, eye(n)) + kronecker_product(eye(n), k.T)
        system = lost / 2 + kronecker_product(keep, keep.T)
        r = Matrix(n, n, list(solve(system, Matrix(n * n, 1, list(moving))).values))
    total = zeros(len(below), len(below))
    for bath, q, q_dagger in zip(net.baths, lowered, raised, strict=True):
        total += bath.rate * q * r * q_dagger
    return total
