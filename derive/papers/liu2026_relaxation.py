"""Liu, Chen, Wu, Chen and Su 2026: how energies approach their steady values, Sec. III and Fig. 4.

The paper prints no formula for its reciprocal networks in time; they are derived here. A relaxation time is the
inverse of the slowest rate at which amplitudes decay, T = 1/min |Re x| over the eigenvalues x of the drift matrix, and
the arrival time of a battery is the mean of its response, ∫ t g dt/∫ g dt with g = d⟨b_n⟩/dt, for one-way networks the
mean time that an excitation needs to get there. Both are exact for every N.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Add, Expr, I, Matrix, Rational, S, Symbol, cos, diff, exp, pi, sin, sqrt

from derive.builders import Build, chain, positive, real, star
from derive.claims import ALL, AtLeast, Claim, Departure, Equal, Statement, Statements
from derive.derivation import Equation, mean
from derive.evolution import steady_state
from derive.gaussian import vacuum
from derive.kernel import canonical, conjugated, solve
from derive.langevin import langevin
from derive.motion import evolve
from derive.network import Network
from derive.papers.liu2026_dynamics import by_rates, moving, t
from derive.papers.liu2026_letters import SIZES, UP_TO_6, Γ, J, N, cascaded, damping, mode, ε, κ
from derive.spectrum import spectrum

k, m, j = (Symbol(name, positive=True, integer=True) for name in ("k", "m", "j"))
θ, angle = real("theta"), real("phi")
g = positive("g")
half = κ / 2
CASCADED_OPTIMUM = κ * (N + sqrt(N**2 + 8 * N)) / 8  # Eq. (10)
PARALLEL_OPTIMUM = κ / (2 * sqrt(N))


def wave(size: Expr | int, number: Expr | int) -> Expr:
    """The rate x_k = −κ/2 − 2iJ cos(kπ/(N + 2)) of the k-th mode of a reciprocal chain with N batteries."""
    return -half - 2 * I * J * cos(pi * number / (size + 2))


def chain_amplitude(size: int) -> Expr:
    """⟨b_N⟩ of the uniform reciprocal chain: −iε 2/(N+2) Σ_k (−1)^{k+1} sin²(θ_k) (e^{x_k t} − 1)/x_k."""
    terms = []
    for number in range(1, size + 2):
        x = wave(size, number)
        # sin²θ as a cosine keeps to one field
        weight = (1 - cos(2 * pi * number / (size + 2))) / 2
        terms.append((-1) ** (number + 1) * weight * (exp(x * t) - 1) / x)
    return -2 * I * ε / (size + 2) * Add(*terms)


def star_amplitude(size: Expr | int) -> Expr:
    """⟨b_k⟩ of the uniform reciprocal star: an underdamped approach at the frequency s = √N J."""
    s = sqrt(size) * J
    rest = s - exp(-half * t) * (s * cos(s * t) + half * sin(s * t))
    return -ε * J * rest / (s * (s**2 + half**2))


def star_charger(size: Expr | int) -> Expr:
    """⟨a⟩ of the uniform reciprocal star."""
    s = sqrt(size) * J
    return -I * ε * (half + exp(-half * t) * (s * sin(s * t) - half * cos(s * t))) / (s**2 + half**2)


def sine_modes() -> Iterator[Statement]:
    """The modes sin(jθ) of every chain: A sin(jθ) = 2 cos θ sin(jθ), zero at both ends for (N + 2)θ = kπ, orthogonal.

    The last by 2 sin(φ/2) cos(mφ) = sin((m + ½)φ) − sin((m − ½)φ), whose sum over m = 0 … N + 1 is that of its ends.
    """
    before, after = sin((m - 1) * θ), sin((m + 1) * θ)
    small = 2 * sin(angle / 2) * cos(m * angle)
    yield Equal(Symbol("A"), before + after, 2 * cos(θ) * sin(m * θ))
    yield Equal(Symbol("b_(N+2)"), S.Zero, sin(k * pi))
    yield Equal(Symbol("sum"), sin((m + S.Half) * angle) - sin((m - S.Half) * angle), small)
    yield Equal(Symbol("end"), sin(j * pi - angle / 2), -((-1) ** j) * sin(angle / 2))


def chains_in_time() -> Iterator[Statement]:
    """⟨b_N⟩ of built chains, and what carries it to every N."""
    for n in SIZES:
        eq = langevin(chain(n))
        yield Equal(mean(mode(n)), chain_amplitude(n), evolve(eq, vacuum(eq), t).amplitude(mode(n)))
    yield from sine_modes()


def stars_in_time() -> Iterator[Statement]:
    """⟨a⟩ and ⟨b_k⟩ of every star: ⟨a⟩′ = −(κ/2)⟨a⟩ − iNJ⟨b⟩ − iε, ⟨b⟩′ = −(κ/2)⟨b⟩ − iJ⟨a⟩, all batteries alike."""
    a, b = star_charger(N), star_amplitude(N)
    for n in SIZES:
        state = moving(star(n))
        for name, printed in (("a", star_charger(n)), (mode(n), star_amplitude(n))):
            yield Equal(mean(name), printed, state.amplitude(name))
    yield Equal(Symbol("a'"), -half * a - I * N * J * b - I * ε, diff(a, t))
    yield Equal(Symbol("b'"), -half * b - I * J * a, diff(b, t))
    yield Equal(Symbol("a(0)"), S.Zero, a.subs(t, 0))
    yield Equal(Symbol("b(0)"), S.Zero, b.subs(t, 0))


def monotonic() -> Iterator[Statement]:
    """g_n = d|⟨b_n⟩|/dt > 0 at every time.

    g_0 ∝ e^{−Λ_0 t/2}, and d(e^{Λ_n t/2} g_n)/dt is a positive multiple of e^{Λ_n t/2} g_{n−1}, so that g_n is the
    convolution of two positive functions.
    """
    for size in SIZES[:4]:
        net, where = by_rates(chain(size, "nonreciprocal", distinct=True), cascaded(size))
        state, drift = moving(net), langevin(net).drift
        slopes = [diff(state.amplitude(mode(n)), t) for n in range(size + 1)]
        grown = exp(damping(size) * t / 2)
        yield Equal(
            Symbol("d(e^(Lambda t/2) g)/dt"),
            drift[size, size - 1] * slopes[size - 1] * grown,
            diff(slopes[size] * grown, t),
            where,
        )
        yield Equal(Symbol("E(0)"), S.Zero, state.energy(mode(size)).subs(t, 0), where)
    yield AtLeast(g * exp(damping(0) * t / 2), S.Zero, Equation(Symbol("g_n"), S.Zero, "≥"))
    reciprocal = I * ε * exp(-half * t) * sin(J * t / sqrt(2)) ** 2
    yield Equal(Symbol("b_2'"), reciprocal, diff(moving(chain(2)).amplitude("b_2"), t))


# -- rates ----------------------------------------------------------------------------------------------------

SLOWEST = 1 / Symbol("T")
OTHERS = Symbol("m", nonnegative=True, integer=True)  # N = 1 + m


def decay_rates(net: Network) -> list[Expr]:
    """−Re x over the eigenvalues x of a network's drift matrix."""
    found = spectrum(langevin(net).drift)
    rates = (found.center + found.scale * y for part in found.parts for y in part.roots)
    return [-(x + conjugated(x)) / 2 for x in rates]


def reciprocal_rates(build: Build, every: Expr, printed: Callable[[Expr | int], Expr]) -> Statements:
    """The decay rates of built networks, and of every one by its eigenvalue `every`."""
    return lambda: (
        *(Equal(SLOWEST, printed(n), rate) for n in SIZES for rate in decay_rates(build(n))),
        Equal(SLOWEST, printed(N), -(every + conjugated(every)) / 2),
    )


def one_way_rates() -> Iterator[Statement]:
    """Every rate of the nonreciprocal networks is at least (Γ + κ)/2, which the last battery has; that is above κ/2."""
    least = (Γ + κ) / 2
    for build in (chain, star):
        for n in SIZES:
            *others, last = decay_rates_in_order(build(n, "nonreciprocal"))
            yield Equal(SLOWEST, least, last)
            yield from (AtLeast(rate, least, Equation(SLOWEST, least, "≥")) for rate in others if rate != least)
    charger = (N * Γ + κ) / 2
    yield AtLeast(charger, least, Equation(SLOWEST, least, "≥"), {N: 1 + OTHERS})
    yield AtLeast(least, half, Equation(SLOWEST, half, "≥"))


def decay_rates_in_order(net: Network) -> list[Expr]:
    """The rates on the diagonal of a triangular drift matrix, by mode."""
    return [-e for e in langevin(net).drift.diagonal()]


def at_optimum() -> Iterator[Statement]:
    """The slowest rate (Γ + κ)/2 at Γ = 2J_op of each scheme."""
    cascade, in_parallel = CASCADED_OPTIMUM, PARALLEL_OPTIMUM
    slow = (Γ + κ) / 2
    root = sqrt(N**2 + 8 * N)
    yield Equal(1 / Symbol("T_c"), half * (1 + (N + root) / 4), slow.subs(Γ, 2 * cascade))
    yield Equal(1 / Symbol("T_p"), half * (1 + 1 / sqrt(N)), slow.subs(Γ, 2 * in_parallel))
    yield AtLeast(half * (1 + 1 / sqrt(N)), half, Equation(1 / Symbol("T_p"), half, "≥"))
    yield AtLeast(half * (N + root) / 4, half * N / 4, Equation(1 / Symbol("T_c") - half, half * N / 4, "≥"))


NEARLY = Rational(9, 10)
REACHED = Symbol("E_nr") / Symbol("E_N^ss")
STARS = SIZES[1:]


def reached(size: int, nonreciprocal: bool) -> Expr:
    """E_N/E_N^ss of a battery of a star at J_op and t = 3π/(2κ), where cos x + sin x of x = κt/2 is zero."""
    net = star(size, "nonreciprocal") if nonreciprocal else star(size)
    best = PARALLEL_OPTIMUM.subs(N, size)
    eq = langevin(net)
    ratio = evolve(eq, vacuum(eq), t).energy(mode(size)) / steady_state(eq).energy(mode(size))
    return ratio.subs({Γ: 2 * best, J: best, t: 3 * pi / (2 * κ)}, simultaneous=True).subs(κ, 1)


def nearly() -> Iterator[Statement]:
    """By the time at which the reciprocal star is there, the nonreciprocal one is within a tenth, as read."""
    shown = Equation(REACHED, NEARLY, "≥")
    yield from (AtLeast(reached(size, True), NEARLY, shown) for size in STARS)


def not_yet() -> Iterator[Statement]:
    """The reciprocal star has E = E_ss at that time and stays within (1 + e^{−π})² of it, the nonreciprocal has less.

    Its amplitude is 1 − e^{−x}(cos x + sin x) of the steady one, with the slope 2e^{−x} sin x, and largest at x = π.
    """
    x = Symbol("x", positive=True)
    on_the_way = 1 - exp(-x) * (cos(x) + sin(x))
    best = {J: PARALLEL_OPTIMUM, κ: 1}
    steady = star_amplitude(N).subs(t, 2 * x / κ).subs(best) / (-ε * J / (N * J**2 + half**2)).subs(best)
    within = Equation(Symbol("E_rc") / Symbol("E_N^ss"), Rational(11, 10), "≤")
    less = Equation(REACHED, NEARLY, "≤")
    yield Equal(mean("b"), on_the_way, steady)
    yield Equal(Symbol("slope"), 2 * exp(-x) * sin(x), diff(on_the_way, x))
    yield AtLeast(Rational(11, 10), on_the_way.subs(x, pi) ** 2, within)
    yield from (Equal(Symbol("E_rc") / Symbol("E_N^ss"), S.One, reached(size, False)) for size in STARS)
    yield from (AtLeast(NEARLY, reached(size, True), less) for size in STARS)


def arrival(net: Network) -> list[Expr]:
    """∫ (⟨b⟩_ss − ⟨b⟩) dt/⟨b⟩_ss = −(W⁻¹⟨b⟩_ss)/⟨b⟩_ss for every mode: the mean time of arrival."""
    eq = langevin(net)
    steady = steady_state(eq).mean
    delay = solve(eq.drift, Matrix(-steady)).values
    return [canonical(d / b) for d, b in zip(delay, steady, strict=True)]


def dwelling() -> Iterator[Statement]:
    """An excitation of a nonreciprocal chain spends 2/Λ_k < 2/κ in every mode on its way, in all 2/κ at J_op."""
    for size in SIZES[:4]:
        net, _ = by_rates(chain(size, "nonreciprocal", distinct=True), cascaded(size))
        total = Add(*(2 / damping(place) for place in range(size + 1)))
        yield Equal(Symbol("tau_N"), total, arrival(net)[-1])
    uniform = 4 / (Γ + κ) + 2 * (N - 1) / (2 * Γ + κ)
    yield from (Equal(Symbol("tau_N"), uniform.subs(N, n), arrival(chain(n, "nonreciprocal"))[-1]) for n in SIZES)
    yield Equal(Symbol("tau_N"), 2 / κ, uniform.subs(Γ, 2 * CASCADED_OPTIMUM))
    yield AtLeast(2 / κ, 2 / (2 * Γ + κ), Equation(Symbol("tau"), 2 / κ, "≤"))


def weakly_linked() -> Iterator[Statement]:
    """The mean time of arrival as J → 0: 2/κ in every mode on the way, N + 1 of them in a chain, two in a star."""
    for size in SIZES:
        along, across = (arrival(build(size))[-1].subs(J, 0) for build in (chain, star))
        yield Equal(Symbol("tau_c"), 2 * (size + 1) / κ, along)
        yield Equal(Symbol("tau_p"), 4 / κ, across)


# What “relaxation time” must mean for the two sentences of Sec. III about it to hold.
DELAY = Departure(
    "condition",
    "the delay is meant, at a fixed weak coupling",
    (
        "the time of the approach to the steady state",
        "the delay before the last battery is reached: holds, see Sec. III, delay at weak coupling",
    ),
)

CLAIMS = (
    Claim(
        "Fig. 4(a,c), reciprocal chain",
        "The last battery of the reciprocal chain in time",
        chains_in_time,
        scope=ALL,
        method="induction",
        form=Equation(mean("b_2"), chain_amplitude(2)),
        because="The paper draws it without a formula: a sum over the chain's N + 1 waves (displayed for N = 2).",
    ),
    Claim(
        "Fig. 4(b,d), reciprocal star",
        "A battery of the reciprocal star in time",
        stars_in_time,
        scope=ALL,
        form=Equation(mean("b_k"), star_amplitude(N)),
        because="The paper draws it without a formula: one frequency √N J, whatever N.",
    ),
    Claim(
        "Sec. III, monotonic delivery",
        "Nonreciprocal energies rise from zero and never fall",
        monotonic,
        scope="N = 1..4",
        method="bound",
        form=Equation(Symbol("g_n"), S.Zero, "≥"),
        because="Each amplitude's growth is the convolution of positive functions, link by link. So rises the last "
        "battery of a reciprocal chain of two, at any J: |⟨b_2⟩| grows at the rate εe^{−κt/2} sin²(Jt/√2).",
    ),
    Claim(
        "Sec. III, relaxation of the reciprocal chain",
        "Its relaxation time increases approximately linearly with N",
        reciprocal_rates(chain, wave(N, k), lambda n: half / n),
        reciprocal_rates(chain, wave(N, k), lambda n: half),
        "Every mode of the chain decays at the same rate, whatever N and J: amplitudes approach their steady "
        "values as e^{−κt/2}, at each chain's own optimum too. What grows with N at a fixed J is the delay before; at "
        "J_op, where Fig. 4 is drawn, it does not grow either (in numbers, N up to 10), nor does the time until the "
        "energy stays within a tenth: κt = 6.93, 6.61, 6.76, 6.47, 6.64 for N = 2 to 6.",
        scope=ALL,
        form=Equation(SLOWEST, half / N),
        corrected_form=Equation(SLOWEST, half),
        departure=DELAY,
    ),
    Claim(
        "Sec. III, relaxation of the reciprocal star",
        "Its relaxation time is independent of N",
        reciprocal_rates(star, -half + I * sqrt(N) * J, lambda n: half),
        scope=ALL,
        form=Equation(SLOWEST, half),
        because="Exactly, not nearly.",
    ),
    Claim(
        "Sec. III, star against chain",
        "The relaxation time of the reciprocal star is much shorter than that of the chain",
        lambda: (AtLeast(1 / (2 * half), 1 / half, Equation(Symbol("T_p"), Symbol("T_c") / 2, "≤")),),
        lambda: tuple(
            Equal(Symbol("T_p") / Symbol("T_c"), S.One, a / b)
            for n in SIZES
            for a in decay_rates(chain(n))
            for b in decay_rates(star(n))
        ),
        "Read as T_p ≤ T_c/2. Both are 2/κ for every N: uniform losses damp every mode of a reciprocal network alike. "
        "Until the energy stays within a tenth, at J_op, the star takes 0.60 to 0.64 of the chain's time for N = 2 to "
        "6, in numbers.",
        scope=UP_TO_6,
        form=Equation(Symbol("T_p"), Symbol("T_c") / 2, "≤"),
        corrected_form=Equation(Symbol("T_p"), Symbol("T_c")),
        departure=DELAY,
    ),
    Claim(
        "Sec. III, delay at weak coupling",
        "The delay of the reciprocal chain increases linearly with N, that of the star is shorter and the "
        "same for all N",
        weakly_linked,
        scope=UP_TO_6,
        method="limit",
        form=Equation(Symbol("tau_c"), 2 * (N + 1) / κ, "→"),
        because="The other reading of the sentences on relaxation times: the mean time of arrival, 4/κ in "
        "the star. At J_op, where Fig. 4 is drawn, it does not grow: 2.00, 2.64, 1.71, 2.64, 1.63, 2.64 times 1/κ in "
        "the chains of N = 1, …, 6.",
    ),
    Claim(
        "Sec. III, nonreciprocal relaxation",
        "Nonreciprocal relaxation is faster, at equal losses",
        one_way_rates,
        scope=UP_TO_6,
        method="bound",
        form=Equation(SLOWEST, (Γ + κ) / 2),
        because="The shared reservoirs add Γ/2 to the slowest rate of both topologies; where rates coincide (charger "
        "and last battery of the chain) a power of t multiplies the exponential.",
    ),
    Claim(
        "Sec. III, relaxation at J_op",
        "It is accelerated at each scheme's own optimum",
        at_optimum,
        scope=ALL,
        method="bound",
        form=Equation(1 / Symbol("T_p"), half * (1 + 1 / sqrt(N))),
        because="In the cascaded network the rate grows as κN/4, because J_op does; in the parallel one it "
        "falls back to the reciprocal κ/2 as N^{−1/2}.",
    ),
    Claim(
        "Sec. III, relaxation at J_op, parallel",
        "It is accelerated, read as: until a battery of the star is within a tenth of its steady energy, J = J_op",
        nearly,
        not_yet,
        "At κt = 3π/2, when the reciprocal batteries are there, the nonreciprocal ones of N ≥ 2 are still below nine "
        "tenths: they approach without the overshoot that brings the others near. Within a tenth, κt is 4.13 of every "
        "reciprocal star and 4.75 to 4.96 for N = 2 to 6; within a hundredth 9.93 against 7.58 to 8.27.",
        scope="N = 2..6",
        method="bound",
        form=Equation(REACHED, NEARLY, "≥"),
        corrected_form=Equation(REACHED, NEARLY, "≤"),
        departure=Departure(
            "condition", "the slowest rate is meant",
            (
                "until the energy stays within a tenth",
                "the slowest rate: holds, see Sec. III, relaxation at J_op",
            ),
        ),
    ),
    Claim(
        "Sec. III, dwell time",
        "The dwell time in intermediate nodes is reduced",
        dwelling,
        scope=UP_TO_6,
        form=Equation(Symbol("tau_N"), 4 / (Γ + κ) + 2 * (N - 1) / (2 * Γ + κ)),
        because="2/(2Γ + κ) instead of the 2/κ of a mode alone. The mean time of arrival still grows linearly with N "
        "at a fixed coupling; at J_op it is 2/κ for every N, which the reciprocal chains of N = 3 and 5 undercut.",
    ),
)
