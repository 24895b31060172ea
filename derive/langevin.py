"""Equations of motion of first and second moments, read off a network.

    d⟨a⟩/dt = W⟨a⟩ + Q⟨a⟩* + f
    dN/dt = W* N + N Wᵀ + Q* M + M* Qᵀ + noise,          N_ij = ⟨a_i†a_j⟩ − ⟨a_i⟩*⟨a_j⟩
    dM/dt = W M + M Wᵀ + Q N + Nᵀ Qᵀ + squeezing,        M_ij = ⟨a_i a_j⟩ − ⟨a_i⟩⟨a_j⟩

W is the drift matrix, Q the pairing matrix and f the force of the drives; N and M are the moments around the amplitudes
⟨a_i⟩, and vanish in a vacuum. Rates are energy rates: amplitudes decay at γ/2. A mode of frequency ω holds the energy
E = ω⟨a†a⟩.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, I, ImmutableMatrix, ImmutableSparseMatrix, Matrix, Mul, S

from derive.checks import checked
from derive.kernel import Linear, Quick, added, conjugated, filled, vanishes
from derive.network import Bath, Network, only_modes
from derive.operators import equations

# Elements of a matrix that SymPy keeps with its zeros; those of 10⁴ modes would take gigabytes.
WRITTEN_OUT = 250_000


@dataclass(frozen=True)
class Langevin:
    """Linear equations of motion of n modes.

    `frequencies` turn occupations into energies. `drift` W and `pairing` Q are n×n, `force` f is n×1, `noise` and
    `squeezing` are the n×n sources of the centred ⟨a_i†a_j⟩ and ⟨a_i a_j⟩. Matrices of more than 500 modes are sparse.
    `drift` and `pairing` are rates, `force` is an amplitude per time.
    """

    modes: tuple[str, ...]
    frequencies: tuple[Expr, ...]
    drift: ImmutableMatrix
    pairing: ImmutableMatrix
    force: ImmutableMatrix
    noise: ImmutableMatrix
    squeezing: ImmutableMatrix

    @property
    def paired(self) -> bool:
        """Whether pairing couples ⟨a⟩ to ⟨a⟩*."""
        return not vanishes(self.pairing)

    @property
    def noisy(self) -> bool:
        """Whether noise or squeezing feeds second moments; without it and from the vacuum, states are coherent."""
        return not (vanishes(self.noise) and vanishes(self.squeezing))


@checked
def langevin(net: Network) -> Langevin:
    """The equations of motion of a network.

        W = −ih + Σ γ/2 (v v† − u* uᵀ),    Q = −is + Σ γ/2 (v u† − u* vᵀ),    f = −iε,
        noise = Σ γ[(n+1) v* vᵀ + n u u† − m v* u† − m* u vᵀ],
        squeezing = −is + Σ γ[−(n+½)(u* vᵀ + v u†) + m u* u† + m* v vᵀ]

    H = Σ h_ij a_i†a_j + ½ Σ (s_ij a_i†a_j† + h.c.) + Σ (ε_i a_i† + h.c.). The sums over γ run over the baths of rate γ,
    occupation n, squeezing m and jump q = u·a + v·a†. `langevin_residual` derives the same matrices from the master
    equation by normal ordering.

    Raises:
        NetworkError: if a node is an ensemble of spins.
    """
    only_modes(net, "the network of a Langevin equation")
    n, quick = len(net.modes), Quick()
    at = {name: i for i, name in enumerate(net.names)}
    drift, pairing, noise, squeezing = (_Sums(n, n, quick) for _ in range(4))
    force = _Sums(n, 1, quick)
    minus_i = -I
    for mode in net.modes:
        if mode.detuning is not S.Zero:
            drift.add(at[mode.name], at[mode.name], quick.product(minus_i, mode.detuning))
    for coupling in net.couplings:
        i, j = at[coupling.a], at[coupling.b]
        drift.add(i, j, quick.product(minus_i, coupling.strength))
        drift.add(j, i, quick.product(minus_i, *_stars(coupling.strength)))
    for pair in net.squeezings:
        # χ a†a† contributes twice to the diagonal, as χ a†b† does once to each of the two off-diagonal entries.
        for i, j in ((at[pair.a], at[pair.b]), (at[pair.b], at[pair.a])):
            pairing.add(i, j, quick.product(minus_i, pair.strength))
            squeezing.add(i, j, quick.product(minus_i, pair.strength))
    for drive in net.drives:
        force.add(at[drive.mode], 0, quick.product(minus_i, drive.amplitude))
    for bath in net.baths:
        _add_bath(bath, at, drift, pairing, noise, squeezing)
    frequencies = tuple(mode.frequency for mode in net.modes)
    nothing = _Sums(n, n, quick).matrix()

    w, q, hot, squeezed = [sums.matrix() if sums.sums else nothing for sums in (drift, pairing, noise, squeezing)]
    return Langevin(net.names, frequencies, w, q, force.matrix(), hot, squeezed)


def _stars(e: Expr) -> tuple[Expr, ...]:
    """Factors of e*."""
    if e.is_Mul and all(factor.is_Atom or factor.is_Add for factor in e.args):
        return tuple(conjugated(factor) for factor in e.args)
    return (conjugated(e),)


class _Sums:
    """A sparse matrix whose entries are sums of products, put together once at the end."""

    def __init__(self, rows: int, columns: int, quick: Quick) -> None:
        self.shape, self.quick = (rows, columns), quick
        self.sums: dict[tuple[int, int], Linear] = {}

    def add(self, i: int, j: int, terms: Linear) -> None:
        if terms:
            added(self.sums.setdefault((i, j), {}), terms)

    def matrix(self) -> ImmutableMatrix:
        kind = ImmutableMatrix if self.shape[0] * self.shape[1] <= WRITTEN_OUT else ImmutableSparseMatrix
        entries: dict[int, dict[int, Expr]] = {}
        for (i, j), sums in self.sums.items():
            value = _multiplied_out(self.quick.expression(sums))
            if value.is_number and not value.is_Atom:
                # (1 + i)(2 − i) is one number to whatever solves the equations, and no product of letters
                value = value.expand(power_base=False, power_exp=False, log=False)
            if value is not S.Zero:
                entries.setdefault(i, {})[j] = value
        return filled(kind, *self.shape, entries)


def _multiplied_out(e: Expr) -> Expr:
    """A sum with numbers multiplied into its brackets where that is shorter: −iJ for −Γ/2 − i(J + iΓ/2)."""
    terms = Add.make_args(e)
    found: list[Expr] = []
    for term in terms:
        *number, last = term.args or (term,)
        inside = term.is_Mul and last.is_Add and all(x.is_number for x in number)
        found += [Mul(*number, x) for x in last.args] if inside else [term]
    if len(found) == len(terms):
        return e
    whole = Add(*found)
    return whole if whole.count_ops() < e.count_ops() else e


def _add_bath(bath: Bath, at: dict[str, int], drift: _Sums, pairing: _Sums, noise: _Sums, squeezing: _Sums) -> None:
    """Add the terms of one bath to the matrices of `langevin`, as the outer products that are written there."""
    rate, n, m = bath.rate, bath.thermal, bath.squeezing
    u = {at[name]: (weight, conjugated(weight)) for name, weight in bath.jump}
    v = {at[name]: (weight, conjugated(weight)) for name, weight in bath.gain}

    def outer(
        sums: _Sums,
        left: dict[int, tuple[Expr, Expr]],
        right: dict[int, tuple[Expr, Expr]],
        stars: tuple[bool, bool],
        weight: Expr,
    ) -> None:
        """sums += rate · weight · left rightᵀ, each of the vectors conjugated if `stars` says so."""
        if weight is S.Zero:
            return
        known: dict[tuple[int, int], Linear] = {}
        for i, xs in left.items():
            for j, ys in right.items():
                x, y = xs[stars[0]], ys[stars[1]]
                terms = known.get((id(x), id(y)))
                if terms is None:
                    terms = known[id(x), id(y)] = sums.quick.product(weight, rate, x, y)
                sums.add(i, j, terms)

    plain, star = False, True
    outer(drift, u, u, (star, plain), -S.Half)
    outer(noise, u, u, (plain, star), n)
    if v:
        outer(drift, v, v, (plain, star), S.Half)
        outer(pairing, v, u, (plain, star), S.Half)
        outer(pairing, u, v, (star, plain), -S.Half)
        outer(noise, v, v, (star, plain), n + 1)
        outer(squeezing, u, v, (star, plain), -(n + S.Half))
        outer(squeezing, v, u, (plain, star), -(n + S.Half))
    if m is not S.Zero:
        outer(noise, v, u, (star, star), -m)
        outer(noise, u, v, (plain, plain), -conjugated(m))
        outer(squeezing, u, u, (star, star), m)
        outer(squeezing, v, v, (plain, plain), conjugated(m))


@checked
def langevin_residual(net: Network) -> Matrix:
    """Zero if the equations of motion are those of the master equation: n×(4n + 1).

    [W | Q | f | noise | squeezing] of `langevin` minus the same matrices from normal ordering the adjoint master
    equation (`operators.equations`), which knows nothing of the formulas above.
    """
    eq = langevin(net)
    mine = (eq.drift, eq.pairing, eq.force, eq.noise, eq.squeezing)
    return Matrix.hstack(*(a - b for a, b in zip(mine, equations(net), strict=True)))


def doubled(eq: Langevin) -> tuple[ImmutableMatrix, ImmutableMatrix]:
    """Drift and force of (⟨a⟩, ⟨a⟩*): d(α, α*)/dt = [[W, Q], [Q*, W*]] (α, α*) + (f, f*); 2n×2n and 2n×1.

    Linear over the complex numbers also where pairing couples ⟨a⟩ to ⟨a⟩*.
    """
    return with_conjugates(eq.drift, eq.pairing), ImmutableMatrix(Matrix.vstack(eq.force, conjugated(eq.force)))


def with_conjugates(own: Matrix, conjugate: Matrix) -> ImmutableMatrix:
    """[[W, Q], [Q*, W*]], 2n×2n: the map of (x, x*) whose upper half is W x + Q x*."""
    rows = Matrix.hstack(own, conjugate), Matrix.hstack(conjugated(conjugate), conjugated(own))
    return ImmutableMatrix(Matrix.vstack(*rows))


def second_moment_matrix(number: Matrix, anomalous: Matrix) -> Matrix:
    """[[Nᵀ, M], [M*, N]], 2n×2n: ⟨ψψ†⟩ of ψ = (a, a†) in normal order, or its sources from noise and squeezing."""
    rows = Matrix.hstack(number.T, anomalous), Matrix.hstack(conjugated(anomalous), number)
    return Matrix.vstack(*rows)


def amplitude_system(eq: Langevin) -> tuple[ImmutableMatrix, ImmutableMatrix]:
    """A and b of dx/dt = A x + b: W and f with x = ⟨a⟩, or with pairing those of x = (⟨a⟩, ⟨a⟩*), twice as large."""
    return doubled(eq) if eq.paired else (eq.drift, eq.force)
