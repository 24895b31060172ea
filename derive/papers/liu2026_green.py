"""Liu, Chen, Wu, Chen and Su 2026, Appendix B: eigenmodes and Green function of the reciprocal chain, every N.

A chain of L = N + 1 modes. With φ_k = πk/(L + 1) everything is a finite sum of cosines, and one telescoping identity
sums them all: C_L(α) = Σ_{n=1}^{L} cos nα = [sin((2L + 1)α/2) − sin(α/2)]/(2 sin(α/2)).
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, I, Integer, Rational, S, Sum, Symbol, cos, expand_trig, pi, sin, sqrt

from derive.builders import chain, real
from derive.claims import ALL, AtLeast, Claim, Equal, Statement
from derive.derivation import Equation
from derive.evolution import steady_state
from derive.kernel import canonical
from derive.langevin import langevin
from derive.papers.liu2026_letters import J, N, mode, ε, κ

L = Symbol("L", positive=True, integer=True)
k, q = (Symbol(name, positive=True, integer=True) for name in ("k", "q"))
n = Symbol("n", nonnegative=True, integer=True)
m = Symbol("m", nonnegative=True, integer=True)
α = real("alpha")
CHECKED = (1, 2, 3, 4)


def angle(number: Expr, length: Expr = L) -> Expr:
    """φ_k = πk/(L + 1)."""
    return pi * canonical(number / (length + 1))


def energy(number: Expr, length: Expr = L) -> Expr:
    """Right side of Eq. (B9)."""
    return 2 * J * cos(angle(number, length))


def psi(number: Expr, site: Expr, length: Expr = L) -> Expr:
    """Right side of Eq. (B8)."""
    return sqrt(2 / (length + 1)) * sin(angle(number, length) * (site + 1))


def at_end(number: Expr, from_end: int) -> Expr:
    """ψ_k at the site N + 1 − from_end, whose angle is πk − from_end φ_k."""
    turned = expand_trig(sin(pi * number - from_end * angle(number)))
    return sqrt(2 / (L + 1)) * turned


# -- the modes ----------------------------------------------------------------------------------------------


def rows() -> Iterator[Statement]:
    """H_0 ψ_k = E_k ψ_k at the first site, at any inner site and at the last one; H_0 is that of built chains."""
    e, name = energy(k), Symbol("(H_0 psi_k)(n)")
    yield from hopping()
    yield Equal(name, e * psi(k, S.Zero), J * psi(k, S.One))
    yield Equal(name, e * psi(k, n + 1), J * (psi(k, n) + psi(k, n + 2)))
    yield Equal(name, e * at_end(k, 1), J * (at_end(k, 2) + at_end(k, 0)))
    yield Equal(Symbol("psi_k(N + 1)"), S.Zero, at_end(k, 0))


def hopping() -> Iterator[Statement]:
    """−iW − iκ/2 of a built chain is J between neighbours and zero elsewhere."""
    for size in CHECKED:
        drift = langevin(chain(size)).drift
        for i in range(size + 1):
            for j in range(size + 1):
                printed = J if abs(i - j) == 1 else S.Zero
                true = I * drift[i, j] + (I * κ / 2 if i == j else S.Zero)
                yield Equal(Symbol(f"H_0[{i}, {j}]"), printed, true)


def summed(length: Expr, at: Expr = α) -> Expr:
    """C_L(α)."""
    return (sin((2 * length + 1) * at / 2) - sin(at / 2)) / (2 * sin(at / 2))


def telescoped() -> Iterator[Statement]:
    """C_L(α) by induction on L, and its value −(1 + (−1)^j)/2 at α = πj/(L + 1), 0 < j < 2(L + 1)."""
    half = angle(q) / 2
    at_angle = (expand_trig(sin(pi * q - half)) - sin(half)) / (2 * sin(half))
    yield Equal(Symbol("C_1"), summed(S.One), cos(α))
    yield Equal(Symbol("C_next") - Symbol("C_L"), summed(L + 1) - summed(L), cos((L + 1) * α))
    yield Equal(Symbol("C_L"), over_angles(q), at_angle)


def over_angles(j: Expr) -> Expr:
    """C_L(πj/(L + 1)) for 0 < j < 2(L + 1)."""
    return -(1 + (-1) ** j) / 2


def orthonormal() -> Iterator[Statement]:
    """Σ_n ψ_k(n)ψ_q(n) = (C_L(φ_k − φ_q) − C_L(φ_k + φ_q))/(L + 1): 0 for k ≠ q, and 1 for k = q, where C_L(0) = L."""
    a, b = angle(k), angle(q)
    product = (cos((a - b) * (n + 1)) - cos((a + b) * (n + 1))) / (L + 1)
    yield from telescoped()
    yield Equal(Symbol("psi_k psi_q"), product, psi(k, n) * psi(q, n))
    yield Equal(Symbol("<psi_k|psi_q>"), S.Zero, (over_angles(k - q) - over_angles(k + q)) / (L + 1))
    yield Equal(Symbol("<psi_k|psi_k>"), S.One, (L - over_angles(2 * k)) / (L + 1))


def complete() -> Iterator[Statement]:
    """ψ_k(n) = ψ_{n+1}(k − 1): Σ_k ψ_k(i)ψ_k(j) is the sum of `orthonormal` with modes and sites exchanged."""
    yield from orthonormal()
    yield Equal(Symbol("psi_k(n)"), psi(n + 1, k - 1), psi(k, n))


def terminal(first: bool) -> Iterator[Statement]:
    """Eqs. (B10), (B11): ψ_k at the first site, and at the last, where n + 1 = L."""
    if first:
        yield Equal(Symbol("psi_k(0)"), sqrt(2 / (L + 1)) * sin(pi * k / (L + 1)), psi(k, S.Zero))
    else:
        yield Equal(Symbol("psi_k(N)"), sqrt(2 / (L + 1)) * sin(pi * k * L / (L + 1)), psi(k, L - 1))
        yield Equal(pi * k * L / (L + 1), pi * k - angle(k), pi * k * L / (L + 1))


# -- the amplitude of the last battery ----------------------------------------------------------------------


def mirrored() -> Iterator[Statement]:
    """Eq. (B13): the angle πkL/(L + 1) is πk − φ_k."""
    printed = (-1) ** (k + 1) * sin(pi * k / (L + 1))
    yield Equal(pi * k * L / (L + 1), pi * k - angle(k), pi * k * L / (L + 1))
    yield Equal(Symbol("sin(pi k L/(L + 1))"), printed, expand_trig(sin(pi * k - angle(k))))


def weight(number: Expr, length: Expr, alternating: bool) -> Expr:
    """A term of Eq. (B12), or of Eq. (B14) with its alternating sign, times 2ε/(L + 1)."""
    φ = angle(number, length)
    last = (-1) ** (number + 1) * sin(φ) if alternating else sin(φ * length)
    return 2 * ε / (length + 1) * sin(φ) * last / (-energy(number, length) + I * κ / 2)


def inverted() -> Iterator[Statement]:
    """(−H_0 + iκ/2)ψ_k = (−E_k + iκ/2)ψ_k row by row; by completeness Σ_k ψ_kψ_k/(−E_k + iκ/2) is G, for every N."""
    e, inverse = energy(k), Symbol("(-H_0 + i kappa/2) psi_k")
    own = -e + I * κ / 2
    yield Equal(inverse, own * psi(k, S.Zero), I * κ / 2 * psi(k, S.Zero) - J * psi(k, S.One))
    yield Equal(inverse, own * psi(k, n + 1), I * κ / 2 * psi(k, n + 1) - J * (psi(k, n) + psi(k, n + 2)))
    yield Equal(inverse, own * at_end(k, 1), I * κ / 2 * at_end(k, 1) - J * at_end(k, 2))
    yield from complete()


def green(alternating: bool) -> Iterator[Statement]:
    """The sum over modes solves Eq. (B2) for every N; for N = 1 … 4 it is held against the steady state as well."""
    yield from inverted()
    if alternating:
        yield from mirrored()
    for size in CHECKED:
        modes = (Integer(j) for j in range(1, size + 2))
        total = sum((weight(j, Integer(size + 1), alternating) for j in modes), S.Zero)
        true = steady_state(langevin(chain(size))).amplitude(mode(size))
        yield Equal(Symbol("b_N"), total, true)


# -- zero modes ---------------------------------------------------------------------------------------------


def zero_mode() -> Iterator[Statement]:
    """N = 2m: the mode k = m + 1 has E_k = 0 and the largest amplitude at both ends that any mode has, √(2/(L+1))."""
    length, c = 2 * m + 1, real("c")
    ends = psi(m + 1, S.Zero, length) ** 2
    largest = Equation(Symbol("psi_k(N)") ** 2, 2 / (L + 1), "≤")
    yield Equal(Symbol("E_k"), S.Zero, energy(m + 1, length))
    yield Equal(Symbol("psi_k(0)") ** 2, 2 / (length + 1), ends)
    yield Equal(Symbol("sin^2"), 1 - cos(angle(k)) ** 2, sin(angle(k)) ** 2)
    yield AtLeast(2 / (L + 1), 2 / (L + 1) * (1 - c**2), largest)


def resonant() -> Iterator[Statement]:
    """|1/(−E_k + iκ/2)| ≤ 2/κ, reached at E_k = 0 only."""
    E = real("E_k")
    shown = Equation(1 / abs(-E + I * κ / 2), 2 / κ, "≤")
    yield Equal(Symbol("1/(i kappa/2)"), -2 * I / κ, 1 / (I * κ / 2))
    yield AtLeast((2 / κ) ** 2, 1 / (E**2 + κ**2 / 4), shown)


def symmetric() -> Iterator[Statement]:
    """E_{L+1−k} = −E_k, and det H_0 = (−J²)^m ≠ 0 for L = 2m, by d_{L+2} = −J²d_L from d_0 = 1."""
    yield Equal(Symbol("E_(L+1-k)"), -energy(k), 2 * J * expand_trig(cos(pi - angle(k))))
    yield Equal(pi * (L + 1 - k) / (L + 1), pi - angle(k), pi * (L + 1 - k) / (L + 1))
    yield Equal(Symbol("d_(L+2)"), (-(J**2)) ** (m + 1), -(J**2) * (-(J**2)) ** m)
    for size in (1, 3, 5):
        h = (I * langevin(chain(size)).drift).subs(κ, 0)
        yield Equal(Symbol("det H_0"), (-(J**2)) ** ((size + 1) // 2), h.det())


def mismatched() -> Iterator[Statement]:
    """The modes of odd N = 2m + 1 that are nearest to the drive, k = m + 1 and m + 2: E = ±2J sin π/(2(N + 2))."""
    near = pi / (2 * (2 * m + 3))
    shown = Symbol("E_(N+1)/2")
    ways = zip((1, -1), (m + 1, m + 2), strict=True)
    yield from (
        statement
        for sign, number in ways
        for statement in (
            Equal(Symbol("phi_k"), pi / 2 - sign * near, angle(number, 2 * m + 2)),
            Equal(shown, sign * 2 * J * sin(near), 2 * J * expand_trig(cos(pi / 2 - sign * near))),
        )
    )


def paired(odd: bool) -> Iterator[Statement]:
    """The terms of k and L + 1 − k in Eq. (B14) together: for odd N −2E/(E² + κ²/4), for even N −iκ/(E² + κ²/4).

    The signs (−1)^{k+1} of the two are opposite for odd N (even L) and equal for even N.
    """
    E = real("E_k")
    one, other = 1 / (-E + I * κ / 2), 1 / (E + I * κ / 2)
    printed = -2 * E / (E**2 + κ**2 / 4) if odd else -I * κ / (E**2 + κ**2 / 4)
    length = 2 * m + 2 if odd else 2 * m + 1
    signs = (-1) ** (length + 2 - k) * (-1) ** (k + 1)
    yield Equal(Symbol("(-1)^(L+2-k) (-1)^(k+1)"), Integer(-1 if odd else 1), signs)
    yield Equal(Symbol("G_k + G_(L+1-k)"), printed, one - other if odd else one + other)


def over_modes(at_end: Expr) -> Equation:
    """Eq. (B12) or (B14) as it is printed, by what the modes are at the last battery."""
    term = sin(pi * k / (L + 1)) * at_end / (I * κ / 2 - Symbol("E_k"))
    return Equation(Symbol("b_N"), 2 * ε / (L + 1) * Sum(term, (k, 1, L)))


CLAIMS = (
    Claim(
        "Eq. (B8)",
        "Eigenmodes of the chain, orthonormal and complete",
        lambda: (*rows(), *complete()),
        scope=ALL,
        because="Bulk and both ends by addition theorems; orthonormality by a telescoping sum, proved by induction on "
        "the length; completeness because modes and sites can be exchanged.",
        form=Equation(Symbol("psi_k(n)"), sqrt(2 / (L + 1)) * sin(pi * k * (n + 1) / (L + 1))),
        method="induction",
    ),
    Claim("Eq. (B9)", "Their energies", rows, scope=ALL, form=Equation(Symbol("E_k"), 2 * J * cos(pi * k / (L + 1)))),
    Claim("Eq. (B10)", "The modes at the charger", lambda: terminal(True), scope=ALL),
    Claim(
        "Eq. (B11)",
        "The modes at the last battery",
        lambda: terminal(False),
        scope=ALL,
        form=Equation(Symbol("psi_k(N)"), sqrt(2 / (L + 1)) * sin(pi * k * L / (L + 1))),
    ),
    Claim(
        "Eq. (B12)",
        "Amplitude of the last battery as a sum over modes",
        lambda: green(False),
        scope=ALL,
        form=over_modes(sin(pi * k * L / (L + 1))),
        because="By completeness for every N; for N = 1..4 also against the steady state.",
    ),
    Claim("Eq. (B13)", "Reflection of a mode", mirrored, scope=ALL),
    Claim(
        "Eq. (B14)",
        "The sum with alternating signs",
        lambda: green(True),
        scope=ALL,
        form=over_modes((-1) ** (k + 1) * sin(pi * k / (L + 1))),
        because="By completeness for every N; for N = 1..4 also against the steady state.",
    ),
    Claim(
        "Below Eq. (B14), even N",
        "One eigenmode has zero energy, with a large amplitude at the ends",
        zero_mode,
        scope=ALL,
        because="'Close to zero energy' is exact: k = N/2 + 1 has E_k = 0, and no mode has a larger amplitude at the "
        "ends.",
        form=Equation(Symbol("E_(N/2+1)"), S.Zero),
    ),
    Claim(
        "Sec. III, frequency mismatch",
        "Odd N: the normal modes' frequencies mismatch with the drive, the more the larger the coupling",
        mismatched,
        scope=ALL,
        form=Equation(Symbol("E_near"), 2 * J * sin(pi / (2 * (N + 2)))),
        because="The two nearest ones are at ±2J sin(π/(2(N + 2))), in proportion to J.",
    ),
    Claim(
        "Eq. (B15)",
        "A mode at zero energy has the largest response, 2/κ",
        resonant,
        scope=ALL,
        method="bound",
    ),
    Claim(
        "Above Eq. (B16), odd N",
        "The spectrum is symmetric and has no zero mode",
        symmetric,
        scope=ALL,
        method="induction",
        because="det H_0 = (−J²)^{L/2} for even L. Sec. III prints 'no eigenmode exists', where one at zero energy is "
        "meant. Symmetric is the spectrum of even N as well.",
        form=Equation(Symbol("det H_0"), (-(J**2)) ** ((N + 1) / 2)),
    ),
    Claim(
        "Above Eq. (B16), interference",
        "For odd N modes cancel partly because of the alternating sign",
        lambda: (*paired(True), *paired(False)),
        scope=ALL,
        because="They do, but so do those of even N: k and L + 1 − k cancel each other's absorptive parts for odd N, "
        "where −2E/(E² + κ²/4) stays, and each other's dispersive parts for even N, where −iκ/(E² + κ²/4) stays.",
        form=Equation(Symbol("G_k + G_(L+1-k)"), -2 * Symbol("E_k") / (Symbol("E_k") ** 2 + κ**2 * Rational(1, 4))),
    ),
)
