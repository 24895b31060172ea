"""Liu, Chen, Wu, Chen and Su 2026: energies in time, Eqs. (3), (7), (A2), (A4), (A6) and (A8), as printed.

Where a network is proved at general Γ_k, κ_k and p_k, its κ_k are written as Λ_k minus what the shared reservoirs
add, a change of letters that loses nothing: the rates Λ_k are then letters, and differences of rates stay short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations

from sympy import Add, Expr, I, Integer, Mul, S, Sum, Symbol, exp

from derive.builders import Build, chain, positive, star
from derive.claims import ALL, Claim, Departure, Equal, Statement
from derive.derivation import Equation, mean
from derive.evolution import steady_state
from derive.gaussian import GaussianState, vacuum
from derive.kernel import abs_squared, conjugated
from derive.langevin import langevin
from derive.motion import evolve
from derive.network import Network
from derive.papers.liu2026_letters import (
    SIZES,
    UP_TO_6,
    N,
    any_4,
    cascaded,
    damping,
    eq_4,
    loss_rate,
    mode,
    mu,
    parallel,
    shared_rate,
    ε,
    ω,
)
from derive.papers.liu2026_uniform import as_sum, one_uniform_battery_more, uniform

t = positive("t")
Rates = Callable[[int], dict[Expr, Expr]]


def decay(k: int | str) -> Expr:
    """e^{−Λ_k t/2}."""
    return exp(-damping(k) * t / 2)


def differences(*places: int) -> Expr:
    """Π (Λ_m − Λ_j) over pairs m < j of some places: V_n and V_n^{(p)}."""
    return Mul(*(damping(m) - damping(j) for m, j in combinations(places, 2)))


def vandermonde(n: int, without: int | None = None) -> Expr:
    """V_n, or V_n^{(p)} without Λ_p, as defined below Eq. (3)."""
    return differences(*(k for k in range(n + 1) if k != without))


def others(n: int, p: int) -> Expr:
    """Π_{m ≠ p} Λ_m up to m = n."""
    return Mul(*(damping(m) for m in range(n + 1) if m != p))


def eq_3(n: int, sign: int = 1) -> Expr:
    """Right side of Eq. (3), which prints `sign` = 1 in front of (−1)^{n+p}."""
    terms = [sign * (-1) ** (n + p) * others(n, p) * vandermonde(n, p) * decay(p) for p in range(n + 1)]
    return eq_4(n) / vandermonde(n) ** 2 * sum(terms, vandermonde(n)) ** 2


A_N, V_N, WITHOUT_P, RATES = (Symbol(name) for name in ("A_n", "V_n", "V_n^(p)", "Pi_n"))
PLACE, LAST = (Symbol(name, integer=True, nonnegative=True) for name in ("p", "n"))


def any_3(sign: int = 1) -> Expr:
    """Eq. (3) for every n, with letters for 𝒜_n, V_n, V_n^{(p)} and Π_n = Λ_0 … Λ_n."""
    term = (-1) ** (LAST + PLACE) * WITHOUT_P / V_N * RATES / damping("p") * decay("p")
    return A_N * (1 + sign * Sum(term, (PLACE, 0, LAST))) ** 2


def member(general: Expr, n: int) -> Expr:
    """What `any_3` says of battery n."""
    (terms,) = general.atoms(Sum)

    def term(p: int) -> Expr:
        letters = {WITHOUT_P: vandermonde(n, p), damping("p"): damping(p)}
        return terms.function.xreplace(letters).subs({PLACE: p, LAST: n})

    whole = Add(*(term(p) for p in range(n + 1)))
    return general.xreplace({terms: whole}).xreplace({A_N: eq_4(n), V_N: vandermonde(n), RATES: others(n + 1, n + 1)})


def amplitude_3(n: int) -> Expr:
    """⟨b_n⟩ with ω|⟨b_n⟩|² = E_n of Eq. (3) with the right sign; its phase is that of −i Π (−μ_m*)."""
    terms = [(-1) ** (n + p + 1) * others(n, p) * vandermonde(n, p) * decay(p) for p in range(n + 1)]
    links = Mul(*(-conjugated(mu(m)) * shared_rate(m) for m in range(1, n + 1)))
    rates = Mul(*(damping(m) for m in range(n + 1))) * vandermonde(n)
    return -I * ε * 2 ** (n + 1) * links * sum(terms, vandermonde(n)) / rates


def eq_7(n: int | str, first: int | str, second: int | str) -> Expr:
    """Right side of Eq. (7) with its exponentials in the order of two Λ: printed 0, n, right n, 0."""
    gap = damping(0) - damping(n)
    prefactor = (
        4**2 * ω * ε**2 * abs_squared(mu(n)) * shared_rate(n) ** 2 / (damping(0) ** 2 * damping(n) ** 2 * gap**2)
    )
    return prefactor * (gap - (damping(0) * decay(first) - damping(n) * decay(second))) ** 2


# -- Appendix A ---------------------------------------------------------------------------------------------


def charger() -> Expr:
    """E_a of Eqs. (A2), (A4), (A6), (A8)."""
    return 4 * ω * ε**2 * (1 - decay(0)) ** 2 / damping(0) ** 2


def second_battery() -> Expr:
    """E_{b_2} of Eqs. (A2) and (A4)."""
    a, b, c = (damping(k) for k in range(3))
    bracket = (
        (a - b) * (b - c) * (a - c)
        - a * b * (a - b) * decay(2)
        + a * c * (a - c) * decay(1)
        - b * c * (b - c) * decay(0)
    )
    links = abs_squared(mu(1)) * abs_squared(mu(2)) * shared_rate(1) ** 2 * shared_rate(2) ** 2
    below = a**2 * b**2 * c**2 * (a - b) ** 2 * (b - c) ** 2 * (a - c) ** 2
    return 64 * ω * ε**2 * links / below * bracket**2


def third_battery() -> Expr:
    """E_{b_3} of Eq. (A4)."""
    a, b, c, d = (damping(k) for k in range(4))
    bracket = (
        (a - b) * (a - c) * (a - d) * (b - c) * (b - d) * (c - d)
        - a * b * c * (a - b) * (a - c) * (b - c) * decay(3)
        + a * b * d * (a - b) * (a - d) * (b - d) * decay(2)
        - a * c * d * (a - c) * (a - d) * (c - d) * decay(1)
        + b * c * d * (b - c) * (b - d) * (c - d) * decay(0)
    )
    links = Mul(*(abs_squared(mu(k)) * shared_rate(k) ** 2 for k in (1, 2, 3)))
    first = a**2 * b**2 * c**2 * d**2 * (a - b) ** 2 * (a - c) ** 2 * (a - d) ** 2
    return 256 * ω * ε**2 * links / first / ((b - c) ** 2 * (b - d) ** 2 * (c - d) ** 2) * bracket**2


def in_series(size: int) -> tuple[Expr, ...]:
    """The energies of Eq. (A2) (N = 2) and (A4) (N = 3)."""
    return (charger(), eq_7(1, 1, 0), second_battery(), third_battery())[: size + 1]


def in_parallel(size: int) -> tuple[Expr, ...]:
    """The energies of Eq. (A6) (N = 2) and (A8) (N = 3)."""
    return charger(), *(eq_7(k, k, 0) for k in range(1, size + 1))


# -- what holds ---------------------------------------------------------------------------------------------


def by_rates(net: Network, rates: dict[Expr, Expr]) -> tuple[Network, dict[Expr, Expr]]:
    """A network with Λ_k for letters instead of κ_k, and what is left to define: the μ_k."""
    places = [k for k in range(len(net.modes)) if damping(k) in rates]
    free = {loss_rate(k): damping(k) + loss_rate(k) - rates[damping(k)] for k in places}
    return net.subs(free), {s: e for s, e in rates.items() if s not in [damping(k) for k in places]}


@cache
def moving(net: Network) -> GaussianState:
    """The state of a network at time t, from vacuum."""
    eq = langevin(net)
    return evolve(eq, vacuum(eq), t)


def energy(k: int, printed: Expr, net: Network, where: dict[Expr, Expr]) -> Statement:
    """The printed energy of a mode in time, held against the network's."""
    return Equal(Symbol(f"E_{k or 'a'}"), printed, moving(net).energy(mode(k)), where)


def printed_3() -> Iterator[Statement]:
    """Eq. (3) for n = N in the network's own letters."""
    yield from (energy(n, eq_3(n), chain(n, "nonreciprocal", distinct=True), cascaded(n)) for n in SIZES)


def as_displayed(general: Expr) -> Iterator[Statement]:
    """Eq. (3) as it is displayed, with the right sign, against its members n = 1, 2, 3."""
    yield from (Equal(Symbol(f"E_{n}"), member(general, n), eq_3(n, -1)) for n in SIZES[:3])


def first_battery(general: Expr) -> Statement:
    """Eq. (3) for n = 1 < N, where `one_battery_more` begins."""
    net, where = by_rates(chain(2, "nonreciprocal", distinct=True), cascaded(2))
    return energy(1, member(general, 1), net, where)


def right_3() -> Iterator[Statement]:
    """Eq. (3) with the right sign, for all n ≤ N; from n = 5 on as an amplitude, whose square is long."""
    yield from as_displayed(any_3(-1))
    for size in SIZES:
        net, where = by_rates(chain(size, "nonreciprocal", distinct=True), cascaded(size))
        for n in range(1, size + 1):
            name, amplitude = mode(n), moving(net).amplitude(mode(n))
            if n < 5:
                yield energy(n, eq_3(n, -1), net, where)
            else:
                yield Equal(mean(name), amplitude_3(n), amplitude, where)


def weights() -> Iterator[Statement]:
    """V_n^{(p)}/V_n from the share of e^{−Λ_p t/2} in ⟨b_n⟩ over its steady value."""
    for n in SIZES:
        net, where = by_rates(chain(n, "nonreciprocal", distinct=True), cascaded(n))
        amplitude = moving(net).amplitude(mode(n))
        steady = amplitude.xreplace({decay(k): S.Zero for k in range(n + 1)})
        for p in range(n + 1):
            alone = amplitude.xreplace({decay(k): Integer(k == p) for k in range(n + 1)}) - steady
            share = (-1) ** (n + p + 1) * alone / (steady * others(n, p))
            name = Symbol(f"V_{n}^({p})") / Symbol(f"V_{n}")
            yield Equal(name, vandermonde(n, p) / vandermonde(n), share, where)


def long_times() -> Iterator[Statement]:
    """𝒜_n from the evolution for t → ∞, where every e^{−Λ_k t/2} → 0, and from the steady state."""
    for n in SIZES:
        net, where = by_rates(chain(n, "nonreciprocal", distinct=True), cascaded(n))
        late = moving(net).energy(mode(n)).xreplace({decay(k): S.Zero for k in range(n + 1)})
        steady = steady_state(langevin(net)).energy(mode(n))
        yield from (Equal(Symbol(f"A_{n}"), eq_4(n), value, where) for value in (late, steady))


# -- every n ------------------------------------------------------------------------------------------------

X_P, X_N, X_0, C = (Symbol(name) for name in ("x_p", "x_n", "x_0", "C"))


def one_battery_more() -> Iterator[Statement]:
    """If Eq. (3) holds for n − 1, it holds for n: ⟨b_n⟩′ = −(Λ_n/2)⟨b_n⟩ + W⟨b_{n−1}⟩ and ⟨b_n⟩ = 0 at t = 0.

    A term C e^{x_p t} of ⟨b_{n−1}⟩ gives W C e^{x_p t}/(x_p − x_n), the constant one is the term x_p = 0; the share of
    e^{x_n t} follows from t = 0. There Σ_p T_p vanishes for the T_p = 1/Π_{q ≠ p}(x_p − x_q) of every n + 1 > 1 nodes,
    because (x_n − x_0)T_p is the difference of those of x_1 … x_n and of x_0 … x_{n−1}.
    """
    net, where = by_rates(chain(3, "nonreciprocal", distinct=True), cascaded(3))
    drift = langevin(net).drift
    link, rate = drift[2, 1], drift[2, 2]
    # what Eq. (3) multiplies the share of e^{−Λ_p t/2} by from n − 1 = 1 to n = 2, with n's letters
    gap = damping(0) - damping(2)
    prefactor = -conjugated(mu(2)) * shared_rate(2) * 2 / damping(2)
    printed = prefactor * -damping(2) / gap
    start, end = C * (X_P - X_0), C * (X_P - X_N)
    yield Equal(Symbol("C_n") / Symbol("C"), printed, link / (-damping(0) / 2 - rate), where)
    yield Equal(Symbol("C_n") / Symbol("C"), prefactor, link / -rate, where)
    yield Equal(Symbol("T_p") * (X_N - X_0), start - end, C * (X_N - X_0))


def uniform_chains() -> Iterator[Statement]:
    """The last battery of uniform cascaded networks, in time."""
    yield from (energy(n, uniform(n), chain(n, "nonreciprocal"), {}) for n in SIZES)
    yield from one_uniform_battery_more()


def stars(first: Callable[[int], tuple[int, int]], own: bool) -> Iterator[Statement]:
    """Eq. (7) for all batteries, with the order of its exponentials; `own` letters of the network, or Λ_k."""
    for size in SIZES:
        net, where = star(size, "nonreciprocal", distinct=True), parallel(size)
        if not own:
            net, where = by_rates(net, where)
        yield from (energy(n, eq_7(n, *first(n)), net, where) for n in range(1, size + 1))


def listed(build: Build, rates: Rates, printed: Callable[[int], tuple[Expr, ...]], size: int) -> Iterator[Statement]:
    """Every energy that Eq. (A2), (A4), (A6) or (A8) prints."""
    net, where = by_rates(build(size, "nonreciprocal", distinct=True), rates(size))
    yield from (energy(k, e, net, where) for k, e in enumerate(printed(size)))


def quanta(unit: Expr) -> Iterator[Statement]:
    """E = unit · |⟨a⟩|² for every mode of Eqs. (A2) and (A4)."""
    for size in (2, 3):
        state = moving(chain(size, "nonreciprocal", distinct=True))
        for k in range(size + 1):
            name, where = mean(mode(k)), {mean(mode(k)): state.amplitude(mode(k))}
            yield Equal(Symbol(f"E_{k or 'a'}"), unit * abs_squared(name), state.energy(mode(k)), where)


CASCADED = (
    Claim(
        "Eq. (3)",
        "Energy of the nth battery of a cascaded network in time",
        printed_3,
        lambda: (*right_3(), *one_battery_more()),
        "The sign of the sum must be (−1)^{n+p+1}, as in Eqs. (A2) and (A4): with the printed one E_n(0) is "
        "4 𝒜_n instead of 0. Λ_n is read as in Eq. (A1). For any n ≤ N ≤ 6 (for n = 5, 6 as an amplitude), and from "
        "n − 1 to n for every n. Here 𝒜_n is the right side of Eq. (4), V_n the product of Λ_m − Λ_j over all "
        "m < j ≤ n, V_n^{(p)} the same without Λ_p, and Π_n that of Λ_0, …, Λ_n.",
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_n"), any_3()),
        corrected_form=Equation(Symbol("E_n"), any_3(-1)),
        departure=Departure(
            "misprint",
            "Eqs. (A2) and (A4)",
            scan="An exponent n + p + 1 of which the scan lost the 1 cannot be excluded.",
        ),
    ),
    Claim(
        "Eq. (3), uniform",
        "What Eq. (3) becomes where Λ_0 = Λ_N and Λ_1 = … = Λ_{N−1} and it reads 0/0",
        uniform_chains,
        scope=ALL,
        method="induction",
        form=Equation(Symbol("E_N"), uniform(N, as_sum)),
        because="With the right sign. A divided difference of e^{xt} with repeated nodes; the paper's Fig. 2 is drawn "
        "at such parameters.",
    ),
    Claim(
        "Below Eq. (3), V_n",
        "V_n and V_n^{(p)} weigh the exponentials",
        weights,
        scope=UP_TO_6,
        form=Equation(Symbol("V_2"), vandermonde(2)),
    ),
    Claim(
        "Below Eq. (3), A_n",
        "A_n is the energy for t → ∞, which is that of the steady state",
        long_times,
        scope=UP_TO_6,
        method="limit",
        form=Equation(A_N, any_4("m", LAST)),
    ),
)

PARALLEL = (
    Claim(
        "Eq. (7)",
        "Energy of a battery of a parallel network in time",
        lambda: stars(lambda n: (0, n), own=True),
        lambda: stars(lambda n: (n, 0), own=False),
        "The two exponentials are exchanged: Λ_0 e^{−Λ_n t/2} − Λ_n e^{−Λ_0 t/2}, as in Eqs. (A6) and (A8). "
        "The printed energy starts as t², that of a battery which is fed by an empty charger as t⁴. Λ_0 is "
        "read as a sum over all N reservoirs.",
        scope=UP_TO_6,
        form=Equation(Symbol("E_n"), eq_7("n", 0, "n")),
        corrected_form=Equation(Symbol("E_n"), eq_7("n", "n", 0)),
        departure=Departure(
            "misprint", "Eqs. (A6) and (A8)", scan="Indices that the scan exchanged cannot be excluded."
        ),
    ),
)

MODULUS = Claim(
    "Eq. (A2), |<a>|^2",
    "Energies as squared amplitudes, E = |⟨a⟩|², in Eqs. (A2) and (A4)",
    lambda: quanta(S.One),
    lambda: quanta(ω),
    "The middle of Eqs. (A2) and (A4) lacks the frequency that their right sides have: E = ω|⟨a⟩|².",
    scope="N = 2, 3",
    form=Equation(Symbol("E_a"), abs_squared(mean("a"))),
    corrected_form=Equation(Symbol("E_a"), ω * abs_squared(mean("a"))),
    departure=Departure("misprint", "the right sides of Eqs. (A2) and (A4)"),
)
A_2 = Claim(
    "Eq. (A2)",
    "Energies in time, cascaded, N = 2",
    lambda: listed(chain, cascaded, in_series, 2),
    scope="N = 2",
)
A_4 = Claim(
    "Eq. (A4)",
    "Energies in time, cascaded, N = 3",
    lambda: listed(chain, cascaded, in_series, 3),
    scope="N = 3",
)
A_6 = Claim(
    "Eq. (A6)",
    "Energies in time, parallel, N = 2",
    lambda: listed(star, parallel, in_parallel, 2),
    scope="N = 2",
)
A_8 = Claim(
    "Eq. (A8)",
    "Energies in time, parallel, N = 3",
    lambda: listed(star, parallel, in_parallel, 3),
    scope="N = 3",
)
