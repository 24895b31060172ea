"""The modes that obey a master equation at every order of elimination: kept modes dressed by what has gone.

    y = L a,   L = (1, Z),   L W = W_y L   ⟺   Z W_cc + W_sc = (W_ss + Z W_cs) Z
    Z₁ = −W_sc W_cc⁻¹,   Z_{k+1} = (W_ss Z_k + Σ_{i+j=k} Z_i W_cs Z_j) W_cc⁻¹

With the whole series y moves by itself, exactly: dy/dt = W_y y + L f − L K b_in. Cut anywhere, W_y = L W L† G⁻¹ with
the commutators G = [y, y†] = L L† still loses what it should, W_y G + G W_y† = −L K (L K)†: a sum of jumps, at any
order. (The bare kept modes may not, from the second order on: `slow.completely_positive`.)
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Dummy, ImmutableMatrix, Integer, Matrix, zeros

from derive.bound import NotPassive
from derive.checks import checked
from derive.eliminate import fast_inverse, split
from derive.kernel import canonical, conjugated, inverse
from derive.langevin import Langevin, langevin
from derive.network import Network
from derive.response import inputs
from derive.slow import check_order


@dataclass(frozen=True)
class Dressed:
    """The dressed modes y = a_s + weights·a_c, their commutators G, and dy/dt = drift·y + force − inputs·b_in.

    `noise` feeds ⟨y_i†y_j⟩. Drift and noise are rates, `inputs` the square roots of rates, one column a bath.
    """

    modes: tuple[str, ...]
    gone: tuple[str, ...]
    weights: ImmutableMatrix
    commutators: ImmutableMatrix
    drift: ImmutableMatrix
    force: ImmutableMatrix
    inputs: ImmutableMatrix
    noise: ImmutableMatrix


@checked
def dressed(net: Network, *gone: str, order: int = 1) -> Dressed:
    """The slow modes of a network, to an order in the inverse lifetime of the modes `gone`, as a master equation.

    Raises:
        NotPassive: if the network has pairing or gain.
        NotEliminable: if a mode is unknown, none would remain, or W_cc is singular.
        NoSuchOrder: if `order` is not a positive integer.
    """
    eq, rows = _coefficients(net, gone, order)
    weights = _projection(eq, gone, rows)
    commutators = weights * weights.H
    stay, go = split(eq, gone)
    noise = conjugated(weights) * eq.noise * weights.T
    drift = weights * eq.drift * weights.H * inverse(commutators)
    return Dressed(
        tuple(eq.modes[i] for i in stay),
        tuple(eq.modes[i] for i in go),
        *(
            ImmutableMatrix(m.applyfunc(canonical))
            for m in (weights[:, go], commutators, drift, weights * eq.force, weights * inputs(net), noise)
        ),
    )


@checked
def dressed_residual(net: Network, *gone: str, order: int = 1) -> Matrix:
    """A column of three parts, zero if the modes are dressed to the order and obey a master equation.

    First the coefficients, up to the order, of Z W_cc + W_sc − (W_ss + Z W_cs) Z with W_cc → W_cc/ε, then
    W_y G + G W_y† + L K (L K)†, by which the losses are those of the commutators, then what `dressed` returns minus Z,
    G = L L†, W_y G = L W L†, L f, L K and L* noise Lᵀ with L = (1, Z).
    """
    eq, rows = _coefficients(net, gone, order)
    stay, go = split(eq, gone)
    w, small = eq.drift, Dummy("epsilon", positive=True)
    z = zeros(len(stay), len(go))
    for k, row in enumerate(rows, start=1):
        z += small**k * row
    left = z * w[go, go] + small * (w[stay, go] - (w[stay, stay] + z * w[go, stay]) * z)
    coefficients = [e.expand().coeff(small, k) for e in left for k in range(order + 1)]
    found = dressed(net, *gone, order=order)
    lost, whole = found.drift * found.commutators, _projection(eq, gone, rows)
    told = (
        found.weights - whole[:, go],
        found.commutators - whole * whole.H,
        lost - whole * w * whole.H,
        found.force - whole * eq.force,
        found.inputs - whole * inputs(net),
        found.noise - conjugated(whole) * eq.noise * whole.T,
    )
    return Matrix([*coefficients, *(lost + lost.H + found.inputs * found.inputs.H), *(e for m in told for e in m)])


def _coefficients(net: Network, gone: tuple[str, ...], order: int) -> tuple[Langevin, list[Matrix]]:
    """The equations of motion of a passive network, and Z_1, Z_2, … up to the order."""
    check_order(order)
    if not net.passive:
        raise NotPassive("Dressed modes need a network that only loses, but this one has pairing or gain legs.")
    eq = langevin(net)
    stay, go = split(eq, gone)
    w = eq.drift
    fast = fast_inverse(w[go, go], (eq.modes[i] for i in go))
    rows = [(-w[stay, go] * fast).applyfunc(canonical)]
    for k in range(1, order):
        total = w[stay, stay] * rows[k - 1]
        for i in range(k - 1):
            total += rows[i] * w[go, stay] * rows[k - 2 - i]
        rows.append((total * fast).applyfunc(canonical))
    return eq, rows


def _projection(eq: Langevin, gone: tuple[str, ...], rows: list[Matrix]) -> Matrix:
    """L = (1, Z), its columns in the order of all modes."""
    stay, go = split(eq, gone)
    whole = zeros(len(stay), len(eq.modes))
    weights = sum(rows[1:], rows[0])
    for row, i in enumerate(stay):
        whole[row, i] = Integer(1)
        for column, j in enumerate(go):
            whole[row, j] = weights[row, column]
    return whole
