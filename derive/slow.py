"""Beyond adiabatic elimination: the slow manifold, to any order in the lifetime of the modes that go.

    da_s/dt = W_ss a_s + W_sc a_c + f_s,   da_c/dt = W_cs a_s + W_cc a_c + f_c,   W_cc = O(Γ)

After a time 1/Γ the fast modes follow the slow ones, a_c = X a_s + x, where X and x do not change under the motion:

    X (W_ss + W_sc X) = W_cs + W_cc X,   X (f_s + W_sc x) = f_c + W_cc x
    X₁ = −W_cc⁻¹ W_cs,   X_{k+1} = W_cc⁻¹ (X_k W_ss + Σ_{i+j=k} X_i W_sc X_j)

so that W_eff = W_ss + W_sc X and f_eff = f_s + W_sc x. Second moments have a slow manifold of their own,
S = R S_ss R† + Y with R = (1, X), which feeds the slow ones with W_sc Y_cs + h.c.; commutators are moments too, and
are kept because they are stationary. Modes that are paired or noisy are counted twice, as (a, a†).
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Dummy, Expr, ImmutableMatrix, Integer, Matrix, diag, eye, kronecker_product, zeros

from derive.checks import checked
from derive.eliminate import fast_inverse, split
from derive.errors import DeriveError
from derive.kernel import (
    Proved,
    Unknown,
    Verdict,
    canonical,
    charpoly,
    conjugated,
    is_nonnegative,
    solve,
    written_out,
)
from derive.langevin import Langevin, doubled, langevin, second_moment_matrix, with_conjugates
from derive.network import Network


class NoSuchOrder(DeriveError):
    """An order of the expansion that is not a positive integer."""


@dataclass(frozen=True)
class Recovered:
    """The amplitudes of eliminated modes in those of the kept ones: a_c = onto·a_s + paired·a_s† + offset."""

    modes: tuple[str, ...]
    kept: tuple[str, ...]
    onto: ImmutableMatrix
    paired: ImmutableMatrix
    offset: ImmutableMatrix

    def amplitudes(self, mean: Matrix) -> ImmutableMatrix:
        """⟨a_c⟩ for given ⟨a_s⟩ (a column in the order of `kept`)."""
        return ImmutableMatrix(self.onto * mean + self.paired * conjugated(mean) + self.offset)


@checked
def corrections(net: Network, *gone: str, order: int = 1) -> Langevin:
    """The effective equations of the kept modes once `gone` follow them, to an order in the inverse lifetime.

    Order 1 is `schur`; order 2 adds −W_sc W_cc⁻² W_cs W_ss to the drift. An order counts a factor 1/Γ at fixed
    couplings; where g² ∝ Γ two orders make one. Order 1 has the exact steady amplitudes, order k those up to Γ^{−k−1},
    and the rates of decay up to Γ^{−k−1} as well. `completely_positive` tells whether the result is a master equation:
    order 1 always is, an order above only where the kept modes lose enough on their own. (The modes that have one at
    every order are the dressed y = a_s + Z a_c with Z W_cc + W_sc = (W_ss + Z W_cs) Z, of which order 1 is `schur`.)

    Raises:
        NotEliminable: if a mode is unknown, none would remain, or W_cc is singular.
        NoSuchOrder: if `order` is not a positive integer.
    """
    found = _expanded(net, gone, order)
    n = len(found.kept)
    drift, force, source = (_sum(m) for m in (found.drift, found.force, found.source))
    blank = zeros(n, n)
    return Langevin(
        tuple(found.kept),
        tuple(found.frequencies),
        ImmutableMatrix(drift[:n, :n]),
        ImmutableMatrix(drift[:n, n:] if found.twice else blank),
        ImmutableMatrix(force[:n, :]),
        ImmutableMatrix(source[:n, :n].T if found.twice else blank),
        ImmutableMatrix(source[:n, n:] if found.twice else blank),
    )


@checked
def recovered(net: Network, *gone: str, order: int = 1) -> Recovered:
    """The eliminated modes in terms of the kept ones, a_c = X a_s + x: the way back from an elimination.

    At order 1, X = −W_cc⁻¹W_cs and x = −W_cc⁻¹f_c, which is exact in the steady state.

    Raises:
        NotEliminable, NoSuchOrder: as in `corrections`.
    """
    found = _expanded(net, gone, order)
    n, m = len(found.kept), len(found.gone)
    x, offset = _sum(found.x), _sum(found.offset)
    paired = x[:m, n:] if found.twice else zeros(m, n)
    parts = (ImmutableMatrix(part) for part in (x[:m, :n], paired, offset[:m, :]))
    return Recovered(tuple(found.gone), tuple(found.kept), *parts)


@checked
def recovered_residual(net: Network, *gone: str, order: int = 1) -> Matrix:
    """What is left of X(W_ss + W_sc X) − W_cs − W_cc X and of its like for x, up to the order: a zero column.

    With W_cc → W_cc/ε both are power series in ε, and their first `order` coefficients must vanish. Above them the
    difference of `recovered` from the sums of the two series.
    """
    found, way = _expanded(net, gone, order), recovered(net, *gone, order=order)
    small = Dummy("epsilon", positive=True)
    x, offset = _series(found.x, small, 1), _series(found.offset, small, 1)
    a, b, c, d, f_s, f_c = found.blocks
    left = [small * (x * (a + b * x) - c) - d * x, small * (x * (f_s + b * offset) - f_c) - d * offset]
    twice = (with_conjugates(way.onto, way.paired), Matrix.vstack(way.offset, conjugated(way.offset)))
    onto, begun = twice if found.twice else (Matrix.hstack(way.onto, way.paired), way.offset)
    told = [*(onto[:, : x.cols] - _sum(found.x)), *onto[:, x.cols :], *(begun - _sum(found.offset))]
    return Matrix([*told, *_coefficients(left, small, order)])


@checked
def corrections_residual(net: Network, *gone: str, order: int = 1) -> Matrix:
    """A column: zero if `corrections` is the flow on the slow manifold, of amplitudes and moments, up to the order.

    The manifold's `recovered_residual`, above the difference between `corrections` and W_ss + W_sc X, f_s + W_sc x and
    the source of dS_ss/dt, above the power series of 𝒲S + S𝒲† + 𝒞 − R(dS_ss/dt)R†.
    """
    found = _expanded(net, gone, order)
    a, b, c, d, f_s, _ = found.blocks
    small = Dummy("epsilon", positive=True)
    eq = corrections(net, *gone, order=order)
    n = len(found.kept)
    x, offset = (_sum(m) for m in (found.x, found.offset))
    drift, force, source = a + b * x, f_s + b * offset, _sum(found.source) if found.twice else zeros(2 * n, 2 * n)
    pairing = drift[:n, n:] if found.twice else zeros(n, n)
    rows = [
        *recovered_residual(net, *gone, order=order),
        *(eq.drift - drift[:n, :n]),
        *(eq.pairing - pairing),
        *(eq.force - force[:n, :]),
        *(_source(eq) - source),
    ]
    if found.twice:
        x = _series(found.x, small, 1)
        source = _series(found.source, small, 0)
        y_cs, y_cc = _series(found.y_cs, small, 1), _series(found.y_cc, small, 0)
        c_ss, c_cs, c_cc = found.given
        across = small * (x * source - y_cs * a.H - y_cc * b.H - c_cs) - d * y_cs
        inside = small * (x * source * x.H - c * y_cs.H - y_cs * c.H) - d * y_cc - y_cc * d.H - c_cc
        onto = source - c_ss - b * y_cs - y_cs.H * b.H
        rows += [
            *_coefficients([across], small, order),
            *_coefficients([inside], small, order - 1),
            *_coefficients([onto], small, order),
        ]
    return Matrix(rows)


# -- complete positivity -----------------------------------------------------------------------------------------


@checked
def kossakowski(eq: Langevin) -> ImmutableMatrix:
    """The Kossakowski matrix, 2n×2n: equations of motion are a master equation if and only if it is ≥ 0.

    𝒞 − 𝒲P − P𝒲† with 𝒞 = [[noiseᵀ, squeezing], [squeezing*, noise]], 𝒲 = [[W, Q], [Q*, W*]], P = diag(1, 0): the noise
    of ⟨δψδψ†⟩ with ψ = (a, a†). Without pairing, gain and squeezing it is −(W + W†) beside zeros: what decays.
    """
    n = len(eq.modes)
    motion = doubled(eq)[0]
    antinormal = diag(eye(n), zeros(n, n))
    return ImmutableMatrix((_source(eq) - motion * antinormal - antinormal * motion.H).applyfunc(canonical))


@checked
def completely_positive(eq: Langevin) -> Verdict:
    """Whether linear equations of motion are those of a master equation in Lindblad form.

    A Hermitian matrix is ≥ 0 if and only if the elementary symmetric functions e_k of its eigenvalues are; they are
    asked one by one for every block of `kossakowski`. A refutation is a point at which one is negative.
    """
    rates = Matrix(kossakowski(eq))
    provided: dict[Expr, None] = {}
    undecided: Unknown | None = None
    for block in rates.connected_components():
        # e_k is (−1)^k times the k-th coefficient of det(λ − M)
        for k, coefficient in enumerate(charpoly(rates[block, block])[1:], start=1):
            verdict = is_nonnegative((-1) ** k * coefficient)
            if isinstance(verdict, Proved):
                provided |= dict.fromkeys(verdict.provided)
            elif isinstance(verdict, Unknown):
                undecided = undecided or verdict
            else:
                return verdict
    return undecided or Proved(tuple(provided))


# -- the expansion -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Expansion:
    """Coefficients in the inverse lifetime: X and x from order 1, drift, force, source and Y_cc from 0, Y_cs from 1."""

    kept: list[str]
    gone: list[str]
    frequencies: list[Expr]
    twice: bool
    blocks: tuple[Matrix, Matrix, Matrix, Matrix, Matrix, Matrix]
    given: tuple[Matrix, Matrix, Matrix]
    x: list[Matrix]
    offset: list[Matrix]
    drift: list[Matrix]
    force: list[Matrix]
    source: list[Matrix]
    y_cs: list[Matrix]
    y_cc: list[Matrix]


def check_order(order: int) -> None:
    """Refuse an order in the inverse lifetime that is none.

    Raises:
        NoSuchOrder: if it is not a positive integer.
    """
    if order < 1:
        raise NoSuchOrder(f"An order in the inverse lifetime is 1, 2, 3, …, but is {order!r}.")


def _expanded(net: Network, gone: tuple[str, ...], order: int) -> _Expansion:
    check_order(order)
    eq = langevin(net)
    stay, go = split(eq, gone)
    n = len(eq.modes)
    twice = eq.paired or eq.noisy
    motion, force = doubled(eq) if twice else (eq.drift, eq.force)
    noise = _source(eq) if twice else zeros(n, n)
    s, c = ([*places, *(n + i for i in places)] if twice else places for places in (stay, go))
    blocks = (motion[s, s], motion[s, c], motion[c, s], motion[c, c], force[s, :], force[c, :])
    a, b, _, d, f_s, f_c = blocks
    fast = fast_inverse(d, (eq.modes[i] for i in go))
    x, offset = [_tidy(-fast * blocks[2])], [_tidy(-fast * f_c)]
    for k in range(1, order):
        pairs = [(x[i], x[k - 2 - i], offset[k - 2 - i]) for i in range(k - 1)]
        x.append(_tidy(fast * (x[k - 1] * a + _added([y * b * z for y, z, _ in pairs], x[0]))))
        offset.append(_tidy(fast * (x[k - 1] * f_s + _added([y * b * z for y, _, z in pairs], offset[0]))))
    given = (noise[s, s], noise[c, s], noise[c, c])
    source, y_cs, y_cc = _moments(blocks, given, x, fast, order) if twice else ([], [], [])
    return _Expansion(
        kept=[eq.modes[i] for i in stay],
        gone=[eq.modes[i] for i in go],
        frequencies=[eq.frequencies[i] for i in stay],
        twice=twice,
        blocks=blocks,
        given=given,
        x=x,
        offset=offset,
        drift=[a, *(b * y for y in x)],
        force=[f_s, *(b * y for y in offset)],
        source=source,
        y_cs=y_cs,
        y_cc=y_cc,
    )


def _moments(
    blocks: tuple[Matrix, ...], given: tuple[Matrix, Matrix, Matrix], x: list[Matrix], fast: Matrix, order: int
) -> tuple[list[Matrix], list[Matrix], list[Matrix]]:
    """Source of S_ss, Y_cs and Y_cc, order by order; C_cc counts as O(Γ), like W_cc."""
    a, b, c, d, _, _ = blocks
    c_ss, c_cs, c_cc = given
    source, y_cc = [c_ss], [_lyapunov(d, -c_cc)]
    y_cs: list[Matrix] = []
    nothing, within = zeros(*c_cs.shape), zeros(*c_cc.shape)
    for k in range(1, order + 1):
        # coefficients of ε^k; X and Y_cs begin at ε
        driven = _added([x[i] * source[k - 2 - i] for i in range(k - 1)], nothing)
        before = y_cs[k - 2] * a.H if k > 1 else c_cs
        y_cs.append(_tidy(fast * (driven - before - y_cc[k - 1] * b.H)))
        source.append(_tidy(b * y_cs[-1] + y_cs[-1].H * b.H))
        if k < order:
            square = [x[i] * source[j] * x[k - 3 - i - j].H for i in range(k - 2) for j in range(k - 2 - i)]
            left = c * y_cs[k - 2].H + y_cs[k - 2] * c.H if k > 1 else within
            y_cc.append(_lyapunov(d, _added(square, within) - left))
    return source, y_cs, y_cc


def _lyapunov(d: Matrix, right: Matrix) -> Matrix:
    """Y with D Y + Y D† = `right`."""
    if right.is_zero_matrix:
        return right
    n = d.rows
    # row by row, vec(DY + YD†) = (D ⊗ 1 + 1 ⊗ D*) vec(Y)
    matrix = kronecker_product(d, eye(n)) + kronecker_product(eye(n), conjugated(d))
    found = solve(matrix, Matrix(n * n, 1, list(right)))
    return _tidy(Matrix(n, n, list(written_out(found.values, found.where))))


def _source(eq: Langevin) -> Matrix:
    """𝒞, the source of the normally ordered moments of (a, a†)."""
    return second_moment_matrix(eq.noise, eq.squeezing)


def _series(coefficients: list[Matrix], small: Dummy, first: int) -> Matrix:
    return _added([small ** (first + k) * m for k, m in enumerate(coefficients)], zeros(*coefficients[0].shape))


def _coefficients(matrices: list[Matrix], small: Dummy, order: int) -> Matrix:
    """The coefficients of 1, ε, …, ε^order of the entries, which are polynomials in ε."""
    found = []
    for e in (e.expand() for matrix in matrices for e in matrix):
        found += [e.coeff(small, k) for k in range(order + 1)]
    return Matrix(found or [Integer(0)])


def _added(matrices: list[Matrix], like: Matrix) -> Matrix:
    return sum(matrices, zeros(*like.shape))


def _sum(matrices: list[Matrix]) -> Matrix:
    return _tidy(_added(matrices, matrices[0])) if matrices else Matrix()


def _tidy(matrix: Matrix) -> Matrix:
    return Matrix(matrix.applyfunc(canonical))
