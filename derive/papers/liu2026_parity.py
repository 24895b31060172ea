"""Liu, Chen, Wu, Chen and Su 2026: odd and even reciprocal chains, Sec. III and Eq. (B16), every N.

The last battery of N has |b_N| = (ε/J)/F_{N+2}(y) with y = κ/(2J) and F_{n+1} = yF_n + F_{n−1}, F_0 = 0, F_1 = 1.
With y = z − 1/z and z = 1 + s > 1 the recurrence is solved by F_n = (zⁿ − (−z)^{−n})/(z + 1/z).
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, I, ImmutableMatrix, Integer, Matrix, Rational, S, Symbol, diff, log, sqrt, zeros

from derive.builders import chain, positive, star
from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement
from derive.derivation import Equation
from derive.kernel import canonical
from derive.langevin import langevin
from derive.optimum import leading_order, nonnegative_pieces, on_piece
from derive.papers.liu2026_letters import SIZES, Γ, J, N, eq_5, stored, ε, κ, ω

m = Symbol("m", nonnegative=True, integer=True)
y, s, t, u = (positive(name) for name in ("y", "s", "t", "u"))
Z = 1 + s


def fibonacci(n: int, at: Expr = y) -> Expr:
    """F_n(y)."""
    before, now = S.Zero, S.One
    for _ in range(n - 1):
        before, now = now, (at * now + before).expand()
    return now if n else before


def even(n: Expr) -> Expr:
    """F_{2n} in z."""
    return (Z ** (2 * n) - Z ** (-2 * n)) / (Z + 1 / Z)


def odd(n: Expr) -> Expr:
    """F_{2n+1} in z."""
    return (Z ** (2 * n + 1) + Z ** (-2 * n - 1)) / (Z + 1 / Z)


def solved() -> Iterator[Statement]:
    """F_n in z by its first two values and its recurrence, and |b_N|² of built chains by F_{N+2}."""
    step = Z - 1 / Z
    yield Equal(Symbol("F_0"), S.Zero, even(S.Zero))
    yield Equal(Symbol("F_1"), S.One, odd(S.Zero))
    yield Equal(Symbol("F_(2m+2)"), even(m + 1), step * odd(m) + even(m))
    yield Equal(Symbol("F_(2m+3)"), odd(m + 1), step * even(m + 1) + odd(m))
    yield from (
        stored("E_N^ss", ω * (ε / J / fibonacci(size + 2, κ / (2 * J))) ** 2, chain(size), size)
        for size in SIZES
    )


# -- even N: a zero mode, and a value that is approached ------------------------------------------------------


def saturating() -> Iterator[Statement]:
    """g_m = F_{2m}/y obeys g_{m+1} − 2g_m + g_{m−1} = y²g_m from g_0 = 0, g_1 = 1.

    So g_m ≥ m, it is a polynomial in y² with positive coefficients, and |b_N| = (2ε/κ)/g_{N/2+1} falls with y, that
    is, rises with J, to the value 4ε/((N + 2)κ) at y = 0; shown for N = 2, …, 12 besides.
    """
    shown = Equation(Symbol("E_N^ss"), ω * (4 * ε / ((N + 2) * κ)) ** 2, "≤")
    yield from solved()
    yield Equal(
        (Z - 1 / Z) ** 2 * even(m + 1),
        even(m + 2) - 2 * even(m + 1) + even(m),
        (Z - 1 / Z) ** 2 * even(m + 1),
    )
    for size in range(2, 13, 2):
        g = canonical(fibonacci(size + 2) / y)
        yield AtLeast(diff(g, y), S.Zero, Equation(Symbol("dE/dJ"), S.Zero, "≥"))
        yield AtLeast(g, Integer(size // 2 + 1), shown)
        yield Equal(Symbol("E_N(J -> oo)"), Integer(size // 2 + 1), g.subs(y, 0))


def dominant() -> Iterator[Statement]:
    """The zero mode alone gives 4ε/((N + 2)κ) in the phase of b_N; the others together are |b_N| less that."""
    zero = Symbol("b_zero")
    yield from saturating()
    for size in range(2, 13, 2):
        whole, alone = y / fibonacci(size + 2), Rational(2, size + 2)
        yield AtLeast(alone, alone - whole, Equation(zero, zero - Symbol("b_N"), "≥"))
        yield AtLeast(alone, whole, Equation(zero, Symbol("b_N"), "≥"))


# -- odd N: one peak ----------------------------------------------------------------------------------------


def peaked() -> Iterator[Statement]:
    """|b_N| = (2ε/κ) y/F_{N+2}, F of odd index a polynomial in y² with positive coefficients c_0 = 1, c_1, …

    The sign of its slope is that of Σ (1 − 2j) c_j y^{2j}: one change of sign, so one peak. It vanishes at both ends.
    """
    yield from solved()
    for size in range(1, 13, 2):
        f = fibonacci(size + 2)
        falls = (1 - f + y * diff(f, y)).expand()
        yield Equal(Symbol("c_0"), S.One, f.subs(y, 0))
        yield Equal(Symbol("1 - F + yF'"), S.Zero, falls.subs(y, 0))
        yield AtLeast(diff(falls, y), S.Zero, Equation(Symbol("d(yF' - F)/dy"), S.Zero, "≥"))


# -- how both scale -------------------------------------------------------------------------------------------


def scaling() -> Iterator[Statement]:
    """F_{2m} = my and F_{2m+1} = 1 to leading order in y, by the recurrence; F_n(z + 1/z) = zⁿ(1 ∓ z^{−2n}) at any."""
    yield from solved()
    yield Equal(Symbol("F_(2m+2)"), (m + 1) * y, y * 1 + m * y)
    yield Equal(Symbol("F_(2m+3)"), S.One, (y * (m + 1) * y + 1).subs(y, 0))
    for size in SIZES:
        f = fibonacci(size + 2)
        first = S.One if size % 2 else (1 + Rational(size, 2)) * y
        yield Equal(Symbol(f"F_{size + 2}"), first, leading_order(f, y)[0] * y ** leading_order(f, y)[1])
    yield Equal(Symbol("F_2m"), Z ** (2 * m) * (1 - Z ** (-4 * m)) / (Z + 1 / Z), even(m))
    yield Equal(Symbol("F_(2m+1)"), Z ** (2 * m + 1) * (1 + Z ** (-4 * m - 2)) / (Z + 1 / Z), odd(m))


# -- Eq. (B16) ----------------------------------------------------------------------------------------------

# N, and a rational bracket of the one positive root y of F_{N+1}(y) = F_{N+2}(y), that is of κ/(2J).
CROSSINGS = ((2, Rational(5698, 10000)), (4, Rational(4162, 10000)), (6, Rational(3336, 10000)))
WIDTH = Rational(1, 10000)


def with_one_less() -> Iterator[Statement]:
    """As printed, |b_2| ≥ |b_1| at any coupling."""
    shown = Equation(Symbol("|b_2|"), Symbol("|b_1|"), "≥")
    yield AtLeast(y / fibonacci(4), y / fibonacci(3), shown)


def even_above_odd() -> Iterator[Statement]:
    """|b_N| > |b_{N+1}| for even N at every coupling; |b_N| > |b_{N−1}| above one coupling, and not below it.

    F_{N+2}/F_{N+1} rises with z for even N: z ∂/∂z of its logarithm is (N + 2) coth − (N + 1) tanh of two positive
    arguments, (N + 2)(2 + t)/t − (N + 1)u/(2 + u) with t, u > 0. So it is one at one y only.
    """
    longer, shorter = Symbol("|b_N|"), Symbol("|b_(N+1)|")
    yield from solved()
    yield AtLeast(odd(m + 1), even(m + 1), Equation(longer, shorter, "≥"))
    yield Equal(
        Z * diff(log(even(m + 1) / odd(m)), s),
        (2 * m + 2) * (Z ** (4 * m + 4) + 1) / (Z ** (4 * m + 4) - 1)
        - (2 * m + 1) * (Z ** (4 * m + 2) - 1) / (Z ** (4 * m + 2) + 1),
        Z * diff(log(even(m + 1) / odd(m)), s),
    )
    yield AtLeast(
        (2 * m + 2) * (2 + t) / t,
        (2 * m + 1) * u / (2 + u),
        Equation(Symbol("dln(F_(N+2)/F_(N+1))"), S.Zero, "≥"),
    )
    for size, low in CROSSINGS:
        gap = fibonacci(size + 1) - fibonacci(size + 2)
        more, less = (Equation(longer, Symbol("|b_(N-1)|"), relation) for relation in ("≥", "≤"))
        yield AtLeast(gap, S.Zero, more, {y: low * s / (1 + s)})
        yield AtLeast(S.Zero, gap, less, {y: low + WIDTH + s})


# -- nonreciprocal beside reciprocal, Sec. III --------------------------------------------------------------


def ratio(size: int, g: Expr) -> Expr:
    """f_N = √(E_nr/E_rc) of two chains of N at J = gκ = Γ/2: 2^N d_{N+1}/((1 + 2g)²(1 + 4g)^{N−1}).

    d_{n+1} = d_n + 4g²d_{n−1} from d_0 = d_1 = 1 is (2/κ)ⁿ times the chain's determinant.
    """
    return canonical(2**size * determinant(size + 1, g) / ((1 + 2 * g) ** 2 * (1 + 4 * g) ** (size - 1)))


def determinant(n: int, g: Expr) -> Expr:
    """d_n."""
    before, now = S.One, S.One
    for _ in range(n - 1):
        before, now = now, (now + 4 * g**2 * before).expand()
    return now


def weaker() -> Iterator[Statement]:
    """f_N ≥ 1 at J = κ/2 · s/(1 + s), by induction: f_1 ≥ 1 and f_{N+1}/f_N = 2R_N/(1 + 4g) ≥ 1, R_N = d_{N+2}/d_{N+1}.

    R_{n+1} = 1 + 4g²/R_n from R_0 = 1: 1 ≤ R_n ≤ 1 + 4g² for all n, hence R_n ≥ 1 + 4g²/(1 + 4g²) from n = 1 on.
    At J = κ/2 chains of two store the same, and beyond it f_2 < 1: the bound is the best for all N.
    """
    g = s / (2 * (1 + s))
    name, mean = Symbol("E_nr/E_rc"), Symbol("R_n")
    shown = Equation(name, S.One, "≥")
    before = 1 + 4 * g**2 * t / (1 + t)  # any R_{n−1} between 1 and 1 + 4g²
    low = 1 + 4 * g**2 / (1 + 4 * g**2)
    yield from compared()
    yield AtLeast(ratio(1, g), S.One, shown)
    yield AtLeast(1 + 4 * g**2 / before, S.One, Equation(mean, S.One, "≥"))
    yield AtLeast(1 + 4 * g**2, 1 + 4 * g**2 / before, Equation(mean, 1 + 4 * Symbol("g") ** 2, "≤"))
    yield AtLeast(1 + 4 * g**2 / before, low, Equation(mean, S.One, "≥"))
    yield AtLeast(2 * low, 1 + 4 * g, shown)
    yield Equal(name, S.One, ratio(2, Rational(1, 2)))
    yield AtLeast(S.One, ratio(2, (1 + s) / 2), Equation(name, S.One, "≤"))


EDGE = Rational(33, 200)


def never_behind() -> Iterator[Statement]:
    """f_N ≥ 1 at every coupling for odd N. In z = e^φ = 1 + t with κ = 4J sinh φ, and with M = N − 1,

        f_N = ρ^M (z³ + z^{−2M−3})/C,   ρ = 2z²/(z² + 2z − 1) ≥ 1,   C = (z² + 1)(z² + z − 1)²/(2z³)

    N ≤ 11: a polynomial in J/κ, positive piece by piece. All N for t ≤ 33/200: ρ^M ≥ 1 + M(ρ − 1), ln z ≤ t, and the
    tangent of e^{−x} at x = ln(4/t) leave ln(4/t) ≥ 3 + t, without M. N ≥ 11 for larger t: ln f_N is convex in M, and
    its slope at M = 10 is positive, z^{26} ln ρ ≥ ln((z² + 2z − 1)/2), by ln ρ ≥ 1 − 1/ρ and ln y ≤ y − 1.
    """
    z = 1 + t
    d, sinh = z**2 + 2 * z - 1, (z - 1 / z) / 2
    ρ, c = 2 * z**2 / d, (z**2 + 1) * (z**2 + z - 1) ** 2 / (2 * z**3)
    shown = Equation(Symbol("E_nr"), Symbol("E_rc"), "≥")
    near, far = {t: EDGE * u / (1 + u)}, {t: EDGE + u}
    yield from solved()
    yield from compared()
    yield AtLeast(ratio(1, y), S.One, shown)
    for size in range(3, 12, 2):
        gap = (2**size * determinant(size + 1, y) - (1 + 2 * y) ** 2 * (1 + 4 * y) ** (size - 1)).expand()
        yield from (AtLeast(gap, S.Zero, shown, {y: on_piece(a, b, s)}) for a, b in nonnegative_pieces(gap, y))
    size, fib = 2 * m + 1, odd(m + 1).subs(s, t)
    f = ρ ** (size - 1) * (z**3 + z ** (-2 * size - 1)) / c
    squared = eq_5(size).subs({Γ: 2 * J, κ: 4 * J * sinh}, simultaneous=True) / (ω * (ε / (J * fib)) ** 2)
    yield Equal(Symbol("f_N") ** 2, f**2, squared)
    yield Equal(Symbol("rho - 1"), t**2 / d, ρ - 1)
    yield AtLeast(1 - t / 2, canonical((c - z**3) / t), shown, near)
    yield AtLeast(z**3 / d, Rational(1, 2), shown, near)
    yield AtLeast(log(4 / EDGE), 3 + EDGE, shown)
    yield Equal(Symbol("1 - 1/rho"), t**2 / (2 * z**2), 1 - 1 / ρ)
    yield Equal(Symbol("y - 1"), t * (z + 3) / 2, d / 2 - 1)
    yield AtLeast(z**24 * t, z + 3, shown, far)


def compared() -> Iterator[Statement]:
    """f_N² is the ratio of the energies of built chains."""
    for size in SIZES:
        reciprocal = ω * (ε / J / fibonacci(size + 2, κ / (2 * J))) ** 2
        isolated = chain(size, "nonreciprocal").subs({Γ: 2 * J})
        yield stored("E_nr", reciprocal * ratio(size, J / κ) ** 2, isolated, size)


# -- the star ---------------------------------------------------------------------------------------------


def dark() -> Iterator[Statement]:
    """H_0 of the star: e_1 − e_j is at zero energy without the charger; on √N e_a + Σe_j it is √N J, for every N.

    The charger's row of H_0v is J Σ v_j, a battery's J v_a; for N = 1 … 6 H_0 is that of the built star.
    """
    name = Symbol("H_0 v")
    yield Equal(name, S.Zero, J * (1 - 1))
    yield Equal(name, sqrt(N) * J * sqrt(N), J * N)
    yield Equal(name, sqrt(N) * J, J * sqrt(N))
    for size in SIZES:
        h = I * langevin(star(size)).drift.subs(κ, 0)
        for j in range(2, size + 1):
            v = zeros(size + 1, 1)
            v[1], v[j] = S.One, -S.One
            yield Equal(name, zeros(size + 1, 1), ImmutableMatrix(h * v))
        bright = Matrix([sqrt(size), *[1] * size])
        yield Equal(name, ImmutableMatrix(sqrt(size) * J * bright), ImmutableMatrix(h * bright))


def zero_modes(size: int) -> Expr:
    """How many modes of the star are at zero energy: what H_0/J lacks to full rank."""
    h = Matrix(I * langevin(star(size)).drift.subs(κ, 0) / J)
    return Integer(size + 1 - h.rank())


def none_at_zero(count: Expr) -> Iterator[Statement]:
    """The number of modes at zero energy, as printed none, for N = 1 … 6."""
    yield from (Equal(AT_ZERO, count.subs(N, size), zero_modes(size)) for size in SIZES)


AT_ZERO = Symbol("n_0")
LONGER, SHORTER = Symbol("|b_N|"), Symbol("|b_(N-1)|")
SECTION_III = (
    Claim(
        "Above Eq. (11), scaling laws",
        "Chains of odd and of even N obey qualitatively different scaling laws, read as: at strong coupling",
        scaling,
        scope=ALL,
        method="induction",
        because="For J → ∞ an odd chain holds ω(ε/J)², whatever N, an even one ω[4ε/((N + 2)κ)]², whatever J. With N "
        "at a fixed coupling both fall as z^{−2N}, z − 1/z = κ/(2J), and in long chains parity is lost as z^{−2N}. At "
        "J_op, as in Fig. 3(a), both fall as 1/N², and even chains hold 1.72 times as much, in numbers.",
        form=Equation(Symbol("E_N^ss"), ω * (ε / J) ** 2, "→"),
    ),
    Claim(
        "Sec. III, zero mode",
        "Even N: the zero mode dominates the steady-state amplitude",
        dominant,
        scope=ALL,
        method="induction",
        because="It gives 4ε/((N + 2)κ), and all other modes together are less and of opposite sign: they only take "
        "away, |b_N| ≤ 4ε/((N + 2)κ) at any coupling, equal for J → ∞. At J = κ they leave 0.89, 0.74, 0.58 of it for "
        "N = 2, 4, 6, and for J ≪ κ almost nothing.",
        form=Equation(LONGER, 4 * ε / ((N + 2) * κ), "≤"),
    ),
    Claim(
        "Sec. III, even N",
        "The energy rises with the coupling and saturates",
        saturating,
        scope=ALL,
        method="induction",
        because="At ω[4ε/((N + 2)κ)]², from below and without a peak.",
        form=Equation(Symbol("E_N^ss"), ω * (4 * ε / ((N + 2) * κ)) ** 2, "→"),
    ),
    Claim(
        "Sec. III, odd N",
        "The energy has a pronounced peak as a function of the coupling",
        peaked,
        scope=ALL,
        method="induction",
        because="One peak: with y = κ/(2J), the polynomial F − yF′ changes its sign once.",
    ),
    Claim(
        "Sec. III, weak coupling",
        "The nonreciprocal chain stores more than the reciprocal one at weak coupling",
        weaker,
        scope=ALL,
        method="induction",
        because="For every N up to J = κ/2 at least, and not beyond for all N: chains of two are equal there, and of "
        "more energy from there on is the reciprocal one. (N = 1 touches at J = κ/2.)",
        form=Equation(J, κ / 2, "≤"),
    ),
    Claim(
        "Sec. III, broad range",
        "Directional transport stores more over a broad range of couplings: for odd N at every one",
        never_behind,
        scope="all odd N",
        method="bound",
        because="For odd N at every coupling, equal only for N = 1 at J = κ/2. For even N up to a coupling of κ/2 or "
        "more, see above, beyond which the reciprocal chain saturates and the nonreciprocal one loses.",
        form=Equation(Symbol("E_nr"), Symbol("E_rc"), "≥"),
    ),
    Claim(
        "Sec. III, parallel spectrum",
        "The parallel network's transport spectrum has no zero mode",
        lambda: none_at_zero(S.Zero),
        lambda: (*none_at_zero(N - 1), *dark()),
        "The star has n_0 = N − 1 modes at zero energy, e_1 − e_j. The charger has no part in them: they stay dark and "
        "carry nothing. The two modes that it reaches are at ±√N J.",
        scope=ALL,
        form=Equation(AT_ZERO, S.Zero),
        corrected_form=Equation(AT_ZERO, N - 1),
        departure=Departure(
            "condition", "the modes that the charger reaches are meant, or N = 1",
            ("all modes of the network", "the modes that the charger reaches: holds"),
        ),
    ),
)
B_16 = (
    Claim(
        "Eq. (B16)",
        "The last battery of an even chain stores more than that of an odd one, at equal coupling",
        with_one_less,
        even_above_odd,
        "It does at any coupling against the next longer odd chain, N + 1. Against the next shorter one, N − 1, it "
        "does only above one coupling, J = κ/(2y) with y the positive root of F_{N+1}(y) = F_{N+2}(y): y = 0.5698, "
        "0.4163, 0.3336 or J/κ = 0.877, 1.201, 1.499 for N = 2, 4, 6. At weak coupling the energy falls with every "
        "battery.",
        scope=ALL,
        method="bound",
        form=Equation(LONGER, SHORTER, "≥"),
        corrected_form=Equation(LONGER, Symbol("|b_(N+1)|"), "≥"),
        departure=Departure(
            "condition", "the odd chain is the next longer one, or J > κ/(2y)",
            ("the odd chain is the next shorter one", "it is the next longer one: holds"),
        ),
    ),
)
