"""Response at a frequency: susceptibility and scattering matrix, of which elimination is the value at zero.

    a(ω) = χ(ω) f(ω),   χ(ω) = (−iω − W)⁻¹,   x(t) = ∫ x(ω) e^{−iωt} dω/2π
    da/dt = W a + f − K b_in,   b_out = b_in + K†a,   K = (√γ u*, …),   S(ω) = 1 − K† χ(ω) K

Each bath is a port with the field b of its own; its jump q = u·a is what leaks out of it. Because every loss goes
to a port, W + W† = −KK†, and S†S = 1: what goes in comes out. With pairing or gain the fields are (b, b†), the modes
(a, a†), and S Σ S† = Σ = diag(1, −1) preserves the commutators.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sympy import Expr, I, ImmutableMatrix, Integer, Matrix, MatrixBase, diag, eye, sqrt, zeros

from derive.checks import checked
from derive.eliminate import eliminate, split
from derive.errors import DeriveError
from derive.kernel import SingularMatrix, conjugated, inverse
from derive.langevin import Langevin, doubled, langevin
from derive.network import Network


class NoResponse(DeriveError):
    """A frequency at which an undamped motion of the network answers without limit."""


class UnknownPort(DeriveError):
    """A question about a port that the network does not have."""


@dataclass(frozen=True)
class Scattering:
    """Fields that leave by the ports, and amplitudes of the modes, for a unit field that enters by each port.

    `matrix` is S (p×p) and `inside` is −χK (n×p); with pairing or gain both are about (b, b†) and (a, a†), the
    second half of `ports` is marked by †, and `metric` is Σ on the ports; otherwise it is 1.
    """

    ports: tuple[str, ...]
    matrix: ImmutableMatrix
    inside: ImmutableMatrix
    metric: ImmutableMatrix

    def between(self, source: str, target: str) -> Expr:
        """S from one port to another: the field that leaves by `target` for a unit field that enters by `source`.

        Raises:
            UnknownPort: if the network has no port of that name.
        """
        for name in (source, target):
            if name not in self.ports:
                raise UnknownPort(f"A port must be one of {', '.join(self.ports)}, but is {name!r}.")
        return self.matrix[self.ports.index(target), self.ports.index(source)]


@checked
def ports(net: Network) -> tuple[str, ...]:
    """A name for the field of every bath, in order: "a" for the loss of a, "a+b" for a reservoir of a and b.

    Baths on the same modes are counted, as in "a", "a:2".
    """
    seen: Counter[str] = Counter()
    found = []
    for bath in net.baths:
        name = "+".join(bath.legs)
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}:{seen[name]}")
    return tuple(found)


@checked
def susceptibility(eq: Langevin, omega: Expr | int) -> ImmutableMatrix:
    """χ(ω) = (−iω − W)⁻¹: the amplitudes that a force f e^{−iωt} on each mode makes (n×n, 1/rate).

    With pairing it is the inverse for (a, a†), 2n×2n. Entries are written out.

    Raises:
        NoResponse: if the inverse does not exist.
    """
    motion = _motion(eq)
    return _inverse(-I * omega * eye(motion.rows) - motion, omega)


@checked
def susceptibility_residual(eq: Langevin, omega: Expr | int, chi: MatrixBase) -> Matrix:
    """(−iω − W)χ − 1, of the size of χ, zero if χ is the susceptibility."""
    motion = _motion(eq)
    return (-I * omega * eye(motion.rows) - motion) * chi - eye(motion.rows)


@checked
def scattering(net: Network, omega: Expr | int) -> Scattering:
    """S(ω) = 1 − K†χ(ω)K between the ports of a network, for a real frequency ω from the frame's.

    |S_ij|² is the fraction of the power that enters by port j and leaves by port i (without pairing and gain).

    Raises:
        NoResponse: if an undamped motion is resonant at ω.
    """
    fields, names = _fields(net), ports(net)
    inside = -_inverse(-I * omega * eye(fields.motion.rows) - fields.motion, omega) * fields.into
    return Scattering(
        names if fields.ports.rows == len(names) else (*names, *(f"{name}†" for name in names)),
        ImmutableMatrix(eye(fields.ports.rows) + fields.out_of * inside),
        ImmutableMatrix(inside),
        ImmutableMatrix(fields.ports),
    )


@checked
def scattering_residual(net: Network, omega: Expr | int, found: Scattering) -> Matrix:
    """(−iω − W)·inside + K above S − 1 − K†·inside and the metric less Σ: zero if S is the scattering matrix.

    (n + 2p)×p for p ports, all twice as large with pairing or gain.
    """
    fields = _fields(net)
    return Matrix.vstack(
        (-I * omega * eye(fields.motion.rows) - fields.motion) * found.inside + fields.into,
        found.matrix - eye(fields.ports.rows) - fields.out_of * found.inside,
        found.metric - fields.ports,
    )


@checked
def unitarity_residual(found: Scattering) -> Matrix:
    """S Σ S† − Σ: p×p, zero for every network at every real frequency.

    With X = −iω − W it has the factor XΣ + ΣX† − KΣK† inside, which vanishes because every loss and gain goes to a
    port (`dissipation_residual`). Without pairing and gain Σ = 1 and S is unitary.
    """
    return found.matrix * found.metric * found.matrix.H - found.metric


@checked
def dissipation_residual(net: Network) -> Matrix:
    """W Σ + Σ W† + K Σ K†: n×n, zero for every network: the fields that enter restore the commutators that decay."""
    fields = _fields(net)
    motion, modes = fields.motion, fields.modes
    return motion * modes + modes * motion.H + fields.into * fields.ports * fields.into.H


def inputs(net: Network) -> ImmutableMatrix:
    """K of da/dt = W a + f − K b_in: √γ u*, a column a bath; with pairing or gain for (a, a†) and (b, b†)."""
    return ImmutableMatrix(_fields(net).into)


@checked
def low_frequency_residual(net: Network, *gone: str) -> Matrix:
    """Elimination is the response at zero frequency, exactly: a column of two blocks, zero for every network.

    χ′(0) = χ(0) between the modes that stay, and S(0) = D S′(0), with primes for the network without `gone` and
    D = 1 + K_c†W_cc⁻¹K_c, the unitary reflection of the fields off the modes that go, of which no equation of motion
    of the others knows. The first block makes every steady amplitude of a kept mode exact, whatever is driven.

    Raises:
        NotEliminable: as in `eliminate`.
        NoResponse: if the network has no steady state.
    """
    eq = langevin(net)
    fields = _fields(net)
    twice = fields.motion.rows > len(eq.modes)
    reduced = _motion(langevin(eliminate(net, *gone)), twice)
    stay, go = ([*places, *(len(eq.modes) + i for i in places)] if twice else places for places in split(eq, gone))
    motion, into, out_of, one = fields.motion, fields.into, fields.out_of, eye(fields.ports.rows)
    fast = _inverse(motion[go, go], 0)
    slow = _inverse(-reduced, 0)
    entering = into[stay, :] - motion[stay, go] * fast * into[go, :]
    leaving = fields.ports * entering.H * fields.modes[stay, stay]
    reflected = one + out_of[:, go] * fast * into[go, :]
    whole = _inverse(-motion, 0)
    return Matrix(
        [*(whole[stay, stay] - slow), *(one - out_of * whole * into - reflected * (one - leaving * slow * entering))]
    )


@dataclass(frozen=True)
class _Fields:
    """d(a)/dt = motion·a − into·b, b_out = b + out_of·a, with the metrics Σ of modes and ports."""

    motion: Matrix
    into: Matrix
    out_of: Matrix
    modes: Matrix
    ports: Matrix


def _fields(net: Network) -> _Fields:
    """The input–output relations, for (a, a†) and (b, b†) where pairing or gain mixes them."""
    eq = langevin(net)
    n, p = len(eq.modes), len(net.baths)
    u, v = zeros(n, p), zeros(n, p)
    for k, bath in enumerate(net.baths):
        for matrix, legs in ((u, bath.jump), (v, bath.gain)):
            for name, weight in legs:
                matrix[eq.modes.index(name), k] = sqrt(bath.rate) * weight
    if net.passive:
        return _Fields(eq.drift, conjugated(u), u.T, eye(n), eye(p))
    into = Matrix.vstack(Matrix.hstack(conjugated(u), -v), Matrix.hstack(-conjugated(v), u))
    out_of = Matrix.vstack(Matrix.hstack(u.T, v.T), Matrix.hstack(v.H, u.H))
    return _Fields(_motion(eq, True), into, out_of, _metric(n), _metric(p))


def _motion(eq: Langevin, twice: bool = False) -> ImmutableMatrix:
    """The drift of a, or of (a, a†) where there is pairing or `twice` asks for it."""
    return doubled(eq)[0] if twice or eq.paired else eq.drift


def _metric(n: int) -> Matrix:
    """Σ = diag(1, −1): the commutators of (a, a†)."""
    return diag(*[Integer(1)] * n, *[Integer(-1)] * n)


def _inverse(matrix: Matrix, omega: Expr | int) -> Matrix:
    try:
        return inverse(matrix)
    except SingularMatrix as singular:
        raise NoResponse(
            f"A response needs an invertible −iω − W, but at ω = {omega} it is singular ({singular}); "
            "give every mode a loss, or ask at another frequency."
        ) from None
