"""The propagator of first moments in closed form, dE/dt = W E with E(0) = 1.

Where some order of the modes makes the drift W triangular (energy flows one way only), its diagonal entries x_k are
its eigenvalues, and

    E_ij = Σ over paths j = k_0 → k_1 → … → k_m = i  of  W_{k_1 k_0} ⋯ W_{k_m k_{m−1}} exp[x_{k_0}, …, x_{k_m}],

with the divided differences of x ↦ e^{xt}. Where modes feed each other, E is a sum over the factors of the minimal
polynomial (`spectrum`); in uniform chains and in networks that look the same from every mode in turn, over waves:

    chain    E_jl = 2/(n+1) Σ_k sin(jθ_k) sin(lθ_k) e^{(c + 2s cos θ_k)t},  θ_k = kπ/(n+1)
    ring     E_jl = 1/n Σ_k e^{iθ_k(j−l)} e^{(c + Σ_m w_m e^{iθ_k m})t},      θ_k = 2πk/n

Every other network has the exact resolvent (z − W)⁻¹ = `susceptibility(eq, I*z)`, whose residues its propagator is.
"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from sympy import (
    Add,
    Expr,
    I,
    ImmutableMatrix,
    Integer,
    Matrix,
    MatrixBase,
    Mul,
    S,
    Symbol,
    cos,
    cosh,
    diff,
    exp,
    eye,
    pi,
    sin,
    sinh,
    sqrt,
    zeros,
)  # fmt: skip

from derive.checks import checked
from derive.differences import Nodes, Times, divided_differences
from derive.errors import DeriveError
from derive.kernel import Proved, canonical, is_nonnegative, is_zero, vanishing
from derive.langevin import Langevin
from derive.spectrum import NoClosedForm, Part, Spectrum, halves, spectrum


class ComplexTime(DeriveError):
    """A time that is not real."""


Flow = dict[Times, list[Expr]]  # the products of couplings along the paths that visit such rates


# -- paths --------------------------------------------------------------------------------------------------


def _links(eq: Langevin) -> list[dict[int, Expr]]:
    """The entries W_ij of every mode i that do not vanish, without the diagonal."""
    n = len(eq.modes)
    return [
        {
            j: eq.drift[i, j]
            for j in range(n)
            if j != i and eq.drift[i, j] != 0 and not isinstance(is_zero(eq.drift[i, j]), Proved)
        }
        for i in range(n)
    ]


def _downstream(links: list[dict[int, Expr]]) -> list[int] | None:
    """The modes in an order in which every mode is fed by earlier ones only; None if some feed each other."""
    try:
        return list(TopologicalSorter(dict(enumerate(links))).static_order())
    except CycleError:
        return None


def one_way(eq: Langevin) -> bool:
    """Whether some order of the modes makes the drift triangular."""
    return _downstream(_links(eq)) is not None


class Paths:
    """All paths of a one-way network, by the rates they visit."""

    def __init__(self, eq: Langevin, t: Expr) -> None:
        self.size = len(eq.modes)
        self.links = _links(eq)
        self.order = _downstream(self.links) or []
        # the last node, zero, turns the propagator into its integral over time
        self.nodes = Nodes([*(canonical(eq.drift[k, k]) for k in range(self.size)), Integer(0)], t)

    def column(self, source: int) -> list[Flow]:
        """The paths from one mode to every other."""
        found: list[Flow] = [{} for _ in range(self.size)]
        found[source] = {self.nodes.count([source]): [S.One]}
        for i in self.order:
            own = self.nodes.place[i]
            for j, coupling in self.links[i].items():
                for times, products in found[j].items():
                    visited = tuple(m + (k == own) for k, m in enumerate(times))
                    found[i].setdefault(visited, []).extend(Mul(coupling, product) for product in products)
        return found

    def summed(self, flow: Flow, integrated: bool = False) -> Expr:
        """Σ couplings · exp[rates], or its integral from 0 to t, which has one more node at zero."""
        zero = self.nodes.place[-1]
        terms = []
        for times, products in flow.items():
            visited = tuple(m + (integrated and k == zero) for k, m in enumerate(times))
            terms.append(Mul(Add(*products), self.nodes.difference(visited)))
        return Add(*terms)


# -- modes that feed each other -----------------------------------------------------------------------------


def exponential(matrix: Matrix, columns: Matrix, t: Expr, names: Sequence[str] = ()) -> Matrix:
    """exp(W t) · columns in closed form, for a matrix whose eigenvalues are known by structure or in radicals.

    Only the eigenvalues that the columns excite need to be known. `names` are the modes, for the error.

    Raises:
        NoClosedForm: if an irreducible factor of more than four roots is excited.
    """
    found = spectrum(matrix)
    reached = _reached(matrix, columns)
    if len(reached) < matrix.rows:
        inside = _exponential(found.within(reached), columns.extract(reached, range(columns.cols)), t, names)
        return Matrix(*columns.shape, lambda i, j: inside[reached.index(i), j] if i in reached else S.Zero)
    return _exponential(found, columns, t, names)


def _reached(matrix: Matrix, columns: Matrix) -> list[int]:
    """The modes that the columns excite, at once or by way of others."""
    import networkx as nx  # a tenth of a second, which few commands need

    graph = nx.DiGraph((j, i) for i, j in sorted(matrix.todok()))
    sources = [i for i in range(matrix.rows) if not columns[i, :].is_zero_matrix]
    return sorted({*sources, *(i for s in sources if s in graph for i in nx.descendants(graph, s))})


def _exponential(found: Spectrum, columns: Matrix, t: Expr, names: Sequence[str]) -> Matrix:
    if any(part.degree > 2 for part in found.parts):
        waves = _waves(found, t)
        if waves is not None:
            return waves * columns
    for part in found.parts:
        others = [other.factor for other in found.parts if other is not part for _ in range(other.power)]
        if not part.roots and not vanishing(found.matrix, others, columns):
            raise NoClosedForm(
                "A closed form in time needs eigenvalues that are known by structure or are roots of a short "
                f"polynomial of at most fourth degree, but {', '.join(names) or 'the modes'} move with {part.degree} "
                "irreducible ones; use the exact susceptibility(eq, I*z), its Laplace transform, or the emitted module."
            )
    total = zeros(*columns.shape)
    for part in found.parts:
        projected = found.projected(part, columns) if part.roots else zeros(*columns.shape)
        if not projected.is_zero_matrix:
            total += _pair(found, part, projected, t) if part.degree == 2 else _newton(found, part, projected, t)
    return total.applyfunc(lambda e: Mul(exp(found.center * t), e))


def _newton(found: Spectrum, part: Part, columns: Matrix, t: Expr) -> Matrix:
    """Roots y_0, …, y_m: Σ_k exp[x_0, …, x_k] s^k Π_{j<k} (A − y_j) · columns."""
    nodes = [y for y in part.roots for _ in range(part.power)]
    total, product = zeros(*columns.shape), eye(found.matrix.rows)
    for node, difference in zip(nodes, divided_differences(nodes, found.scale * t), strict=True):
        total += (product * columns).applyfunc(lambda e, d=difference: Mul(e, d))
        product = (found.matrix * product - node * product).applyfunc(canonical)
    return total


def _pair(found: Spectrum, part: Part, columns: Matrix, t: Expr) -> Matrix:
    """Two roots y ± d: e^{syt} Σ_k (C_k + S_k (A − y)) n^k/k!; ∂C/∂d² = st S/2 and ∂S/∂d² = (st C − S)/(2d²)."""
    middle, square = halves(part.factor)
    time = found.scale * t
    if isinstance(is_nonnegative(-square), Proved):
        wave: Expr = cos(sqrt(-square) * time)
        slope: Expr = sin(sqrt(-square) * time) / sqrt(-square)
    else:
        wave, slope = cosh(sqrt(square) * time), sinh(sqrt(square) * time) / sqrt(square)
    total = zeros(*columns.shape)
    for k in range(part.power):
        turned = (found.matrix * columns - middle * columns).applyfunc(canonical)
        total += columns.applyfunc(lambda e, c=wave: Mul(e, c)) + turned.applyfunc(lambda e, s=slope: Mul(e, s))
        columns = found.polynomial(part.factor, columns) / (k + 1)
        wave, slope = time * slope / 2, (time * wave - slope) / (2 * square)
    return total.applyfunc(lambda e: Mul(exp(middle * time), e))


def _waves(found: Spectrum, t: Expr) -> Matrix | None:
    """exp(W t) of a uniform chain or of a matrix that a turn of the modes leaves as it is; None for others."""
    a, n, s = found.matrix, found.matrix.rows, found.scale
    chain = Matrix(n, n, lambda i, j: Integer(abs(i - j) == 1))
    if a == chain:
        angles = [pi * k / (n + 1) for k in range(1, n // 2 + 1)]
        waves = [tuple(f(2 * s * cos(θ) * t) for f in (cosh, sinh)) for θ in angles]
        return Matrix(n, n, lambda i, j: _standing(i + 1, j + 1, n, waves) * exp(found.center * t))
    if all(a[i, j] == a[(i + 1) % n, (j + 1) % n] for i in range(n) for j in range(n)):
        turns = [2 * pi * k / n for k in range(n)]
        phase = cos if a == a.T else lambda x: exp(I * x)
        rates = [Add(*(a[m, 0] * phase(-θ * m) for m in range(n))) for θ in turns]
        moving = [exp((found.center + s * rate) * t) for rate in rates]
        return Matrix(n, n, lambda i, j: Add(*(phase(θ * (i - j)) * e for θ, e in zip(turns, moving, strict=True))) / n)
    return None


def _standing(j: int, l: int, n: int, waves: Sequence[tuple[Expr, ...]]) -> Expr:
    """2/(n+1) Σ_k sin(jθ_k) sin(lθ_k) e^{2st cos θ_k} of a chain of n modes.

    The waves k and n + 1 − k are taken together, and products of sines written as cosines, which lie in a smaller
    field.
    """
    odd = (j + l) % 2
    terms = [
        (cos(pi * k * (j - l) / (n + 1)) - cos(pi * k * (j + l) / (n + 1))) * wave[odd]
        for k, wave in enumerate(waves, start=1)
    ]
    # cos θ = 0 for the middle wave of an odd number of modes, which the pair above would count twice
    still = (cos(pi * (j - l) / 2) - cos(pi * (j + l) / 2)) / 2 if n % 2 else S.Zero
    return (2 * Add(*terms) + 2 * still) / (n + 1)


# -- the propagator -----------------------------------------------------------------------------------------


@checked
def propagator(eq: Langevin, t: Expr) -> ImmutableMatrix:
    """E(t) = exp(W t), n×n, in exponentials, trigonometric functions and powers of the time `t`.

    Exact where rates are equal. Letters x_1, x_2, … in it are the roots of irreducible factors of third or fourth
    degree: `roots(eq)` says what they satisfy, `radicals(eq)` what they are.

    Raises:
        NoClosedForm: if more than four eigenvalues belong together and no structure gives them, if there is pairing,
            or if it cannot be decided which rates are equal.
    """
    n = len(eq.modes)
    if eq.paired:
        raise NoClosedForm(
            "A propagator of first moments needs amplitudes that do not couple to their conjugates, but the network "
            "has pairing (squeezing terms, or baths with gain); evolve(eq, initial, t) moves both together."
        )
    if one_way(eq):
        paths = Paths(eq, t)
        columns = [[paths.summed(flow) for flow in paths.column(j)] for j in range(n)]
        return ImmutableMatrix(n, n, lambda i, j: columns[j][i])
    return ImmutableMatrix(exponential(eq.drift, eye(n), t, eq.modes))


@checked
def propagator_residual(eq: Langevin, t: Symbol, propagated: MatrixBase) -> Matrix:
    """E′ − W E beside E(0) − 1: n×2n, zero if E = exp(W t). `t` is a symbol.

    With letters for roots, `is_zero(residual, roots(eq))`.
    """
    start = propagated.subs(t, 0)
    return Matrix.hstack(diff(propagated, t) - eq.drift * propagated, start - eye(len(eq.modes)))
