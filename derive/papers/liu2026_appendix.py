"""Liu, Chen, Wu, Chen and Su 2026: Appendices A and B as printed, and what holds instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Add, Expr, I, ImmutableMatrix, Integer, Matrix, Sum, Symbol, cos, diff, exp, eye, pi, zeros

from derive.builders import Build, chain, star
from derive.claims import Claim, Departure, Equal, Statement, Statements
from derive.derivation import Equation, flow, mean
from derive.evolution import steady_state
from derive.kernel import conjugated, solve
from derive.langevin import langevin
from derive.network import Network
from derive.papers.liu2026_dynamics import A_2, A_4, A_6, A_8, MODULUS
from derive.papers.liu2026_green import inverted
from derive.papers.liu2026_letters import (
    SIZES,
    UP_TO_6,
    Γ,
    J,
    N,
    cascaded,
    damping,
    eq_5,
    eq_9,
    mode,
    mu,
    parallel,
    phase,
    shared_rate,
    strength,
    weight,
    ε,
    κ,
    ω,
)
from derive.reading import hamiltonian, motion, written

Term = Callable[[Expr, Expr, Expr], Expr]  # (iJe^{iθ}, μΓ/2, amplitude) → the term of a link


def bracketed(coherent: Expr, shared: Expr, amplitude: Expr) -> Expr:
    """(iJe^{iθ} + μΓ/2)⟨b⟩, as Eqs. (A5) and (A7) print it."""
    return (coherent + shared) * amplitude


def misplaced(coherent: Expr, shared: Expr, amplitude: Expr) -> Expr:
    """(iJe^{iθ} + μΓ/2⟨b⟩), as Eqs. (A1) and (A3) print it."""
    return coherent + shared * amplitude


def onward(k: int, amplitude: str, term: Term = bracketed, index: int = 0) -> Expr:
    """The k-th link in the equation of the mode it starts from, with J and θ of `index` if that is given."""
    i = index or k
    return term(I * strength(i) * exp(I * phase(i)), mu(k) * shared_rate(k) / 2, mean(amplitude))


def backward(k: int, amplitude: str, term: Term = bracketed) -> Expr:
    """The term of the k-th link in the equation of the mode it leads to."""
    return term(I * strength(k) * exp(-I * phase(k)), conjugated(mu(k)) * shared_rate(k) / 2, mean(amplitude))


def cascaded_motion(size: int, term: Term) -> tuple[Expr, ...]:
    """Right sides of Eqs. (A1) (N = 2) and (A3) (N = 3)."""
    found = []
    for k in range(size + 1):
        rate = -damping(k) / 2 * mean(mode(k))
        if k > 0:
            rate -= backward(k, mode(k - 1), term)
        if k < size:
            rate -= onward(k + 1, mode(k + 1), term)
        found.append(rate if k else rate - I * ε)
    return tuple(found)


def parallel_motion(size: int, index: Callable[[int], int]) -> tuple[Expr, ...]:
    """Right sides of Eqs. (A5) (N = 2), (A7) (N = 3); the charger's k-th link has J and θ of `index`."""
    batteries = range(1, size + 1)
    links = (onward(k, mode(k), index=index(k)) for k in batteries)
    charger = -damping(0) / 2 * mean("a") - Add(*links) - I * ε
    return charger, *(-damping(k) / 2 * mean(mode(k)) - backward(k, "a") for k in batteries)


def moving(net: Network, printed: tuple[Expr, ...], where: dict[Expr, Expr]) -> Iterator[Statement]:
    """The printed equations of motion against those of the network."""
    yield from (
        Equal(flow(name), rate, true, where)
        for name, rate, true in zip(net.names, printed, motion(net), strict=True)
    )


def series(size: int, term: Term) -> Statements:
    """The statements of Eq. (A1) or (A3)."""
    return lambda: moving(chain(size, "general", distinct=True), cascaded_motion(size, term), cascaded(size))


def shared(size: int, index: Callable[[int], int]) -> Statements:
    """The statements of Eq. (A5) or (A7)."""
    return lambda: moving(star(size, "general", distinct=True), parallel_motion(size, index), parallel(size))


def recipe(build: Build, size: int, weights: tuple[Expr | int, ...], energy: Expr) -> Iterator[Statement]:
    """θ = 0 and the printed weights: no flow back, and for uniform κ and Γ the energy of Eq. (5) or (9)."""
    net = build(size, "general", distinct=True)
    values: dict[Expr, Expr | int] = {weight(k): p for k, p in enumerate(weights)}
    for k in range(1, size + 1):
        values |= {phase(k): 0, strength(k): Γ / 2, shared_rate(k): Γ}
    values |= {s: κ for s in net.symbols if s.name.startswith("kappa")}
    eq = langevin(net.subs(values))
    back = [eq.drift[i, j] for i in range(size + 1) for j in range(i + 1, size + 1)]
    stored = Equal(Symbol("E_N^ss"), energy, steady_state(eq).energy(mode(size)))
    yield Equal(Symbol("W_jk"), zeros(len(back), 1), Matrix(back))
    yield stored


# -- derivatives, Eqs. (A9) and (A10) -----------------------------------------------------------------------


def a_9(power: int) -> Expr:
    """Right side of Eq. (A9), which prints 2^{3+2N}."""
    above = 2 ** (power + 2 * N) * ω * Γ ** (-1 + 2 * N) * ε**2 * (2 * Γ + κ) ** (1 - 2 * N)
    return -above / (Γ + κ) ** 5 * (2 * Γ**2 - N * Γ * κ - N * κ**2)


def a_10(number: int) -> Expr:
    """Right side of Eq. (A10), which prints 32."""
    return number * ω * Γ * ε**2 * (-N * Γ**2 + κ**2) / ((Γ + κ) ** 3 * (N * Γ + κ) ** 3)


def derivative(name: str, printed: Expr, energy: Expr) -> Iterator[Statement]:
    """∂E/∂J of the energy at Γ = 2J, written in Γ."""
    yield Equal(Symbol(name), printed, diff(energy.subs(Γ, 2 * J), J).subs(J, Γ / 2))


def by_shared_rate() -> Iterator[Statement]:
    """Both printed right sides as ∂E/∂Γ."""
    pairs = (("∂E_c^ss/∂Gamma", a_9(3), eq_5(N)), ("∂E_p^ss/∂Gamma", a_10(32), eq_9(N)))
    yield from (Equal(Symbol(name), printed, diff(energy, Γ)) for name, printed, energy in pairs)


# -- the reciprocal chain and its Green function, Eqs. (B1)–(B7) --------------------------------------------


def b_1(size: int, pairs: Callable[[int], list[tuple[int, int]]]) -> Expr:
    """Eq. (B1): the drive and J between a, b_1 and the given pairs; h.c. is that of the couplings."""
    links = [(0, 1), *pairs(size)]
    terms = [J * conjugated(mean(mode(i))) * mean(mode(j)) for i, j in links]
    return ε * (mean("a") + conjugated(mean("a"))) + Add(*terms, *map(conjugated, terms))


def all_pairs(size: int) -> list[tuple[int, int]]:
    """The pairs of Eq. (B1) as printed."""
    return [(i, j) for j in range(1, size + 1) for i in range(1, j)]


def neighbours(size: int) -> list[tuple[int, int]]:
    """The pairs of Eqs. (B2) and (B3)."""
    return [(i, i + 1) for i in range(1, size)]


def hamiltonians(pairs: Callable[[int], list[tuple[int, int]]]) -> Iterator[Statement]:
    """Eq. (B1) with the given pairs against the reciprocal chain."""
    for size in SIZES:
        net, h = chain(size), b_1(size, pairs)
        yield Equal(Symbol("H"), h, hamiltonian(net), shown=written("H", h, net.names))


def b_2() -> Iterator[Statement]:
    """Each line of Eq. (B2) at the amplitudes of the steady state."""
    for size in SIZES:
        x = steady_state(langevin(chain(size))).mean
        for k in range(size + 1):
            near = [j for j in (k - 1, k + 1) if 0 <= j <= size]
            said = I * κ / 2 * mean(mode(k)) - J * Add(*(mean(mode(j)) for j in near))
            true = I * κ / 2 * x[k] - J * Add(*(x[j] for j in near))
            yield Equal(said, Integer(0) if k else ε, true)


def h_0(size: int) -> Matrix:
    """The matrix of Eq. (B3)."""
    return Matrix(size + 1, size + 1, lambda i, j: J if abs(i - j) == 1 else 0)


def printed_resolvent(size: int) -> ImmutableMatrix:
    """−H_0 + iκ/2."""
    return ImmutableMatrix(-h_0(size) + I * κ / 2 * eye(size + 1))


def green(size: int) -> ImmutableMatrix:
    """G, the inverse of −iW: Eq. (B3) is −i times the equations of motion."""
    drift = langevin(chain(size)).drift
    columns = [solve(-I * drift, Matrix(size + 1, 1, lambda i, _, j=j: int(i == j))).values for j in range(size + 1)]
    return ImmutableMatrix(Matrix.hstack(*columns))


def b_3() -> Iterator[Statement]:
    """The matrix against −iW, and the force against ε e_1."""
    for size in SIZES[::-1]:
        eq = langevin(chain(size))
        yield Equal(Symbol("f"), ImmutableMatrix([ε] + [0] * size), I * eq.force)
        yield Equal(I * κ / 2 - Symbol("H_0"), printed_resolvent(size), -I * eq.drift)


def b_4() -> Iterator[Statement]:
    """b_n = ε G_{n0} for every n, with G from the printed H_0."""
    for size in SIZES:
        first = Matrix([1] + [0] * size)
        column = solve(printed_resolvent(size), first).values
        state = steady_state(langevin(chain(size)))
        yield from (Equal(mean(mode(n)), ε * column[n], state.mean[n]) for n in range(size + 1))


# The largest chain first: its statement is the one that is shown.
SPECTRAL = tuple(reversed(SIZES))


def modes(size: int) -> list[tuple[Expr, list[Expr]]]:
    """Eigenvalues of H_0 with vectors v_{n+1} = (E/J) v_n − v_{n−1}, v_0 = 1, not normalised."""
    found = []
    for k in range(1, size + 2):
        x = 2 * cos(pi * k / (size + 2))
        v: list[Expr] = [Integer(1), x]
        while len(v) <= size:
            v.append(x * v[-1] - v[-2])
        found.append((J * x, v[: size + 1]))
    return found


def spectral(size: int) -> Callable[[int, int], Expr]:
    """(i, j) → Σ_k ψ_k(i)ψ_k(j)/(−E_k + iκ/2): Eqs. (B5) and (B6)."""
    weights = [(v, Add(*(x**2 for x in v)) * (-energy + I * κ / 2)) for energy, v in modes(size)]
    return lambda i, j: Add(*(v[i] * v[j] / below for v, below in weights))


def b_5() -> Iterator[Statement]:
    """G as a matrix."""
    for size in SPECTRAL:
        printed = spectral(size)
        matrix = ImmutableMatrix(size + 1, size + 1, lambda i, j, printed=printed: printed(i, j))
        yield Equal(Symbol("G"), matrix, green(size))


def b_6() -> Iterator[Statement]:
    """G_ij for i ≤ j."""
    for size in SPECTRAL:
        true, printed = green(size), spectral(size)
        pairs = [(i, j) for i in range(size + 1) for j in range(i, size + 1)]
        yield from (Equal(Symbol(f"G_{i}{j}"), printed(i, j), true[i, j]) for i, j in pairs)


def b_7() -> Iterator[Statement]:
    """b_n for every n, b_0 = a."""
    for size in SPECTRAL:
        state, printed = steady_state(langevin(chain(size))), spectral(size)
        yield from (Equal(mean(mode(n)), ε * printed(n, 0), state.mean[n]) for n in range(size + 1))


def resolved(weight: Expr) -> Expr:
    """Σ_k weight/(−E_k + iκ/2), as Eqs. (B5) to (B7) print it."""
    k, length = Symbol("k", integer=True), Symbol("L", integer=True)
    return Sum(weight / (I * κ / 2 - Symbol("E_k")), (k, 1, length))


def same(k: int) -> int:
    """The k-th link carries J_k and θ_k."""
    return k


PARENTHESES = (
    "The closing parentheses stand behind the amplitudes, which leaves iJe^{±iθ} without one; Eqs. (A5) and "
    "(A7) have (iJe^{iθ} + μΓ/2)⟨b⟩."
)
PARENTHESIS = Departure(
    "misprint",
    "Eqs. (A5) and (A7)",
    scan="It is so in all ten terms of Eqs. (A1) and (A3) and in none of Eqs. (A5) and (A7), too often for a scan.",
)
PER_GAMMA = (
    "with J = Γ/2 the printed right side is ∂E/∂Γ, half of ∂E/∂J; its root, and so Eq. (10), is not affected."
)
BY_J = Departure(
    "misprint",
    "“with respect to the dissipative coupling strength” above Eq. (A9)",
    (
        "the derivative is by J",
        "it is by Γ = 2J, as the sentence above says: holds, see Above Eq. (A9), dissipative coupling strength",
    ),
)

CLAIMS = (
    Claim(
        "Eq. (A1)",
        "Equations of motion, cascaded, N = 2",
        series(2, misplaced),
        series(2, bracketed),
        PARENTHESES,
        scope="N = 2",
        departure=PARENTHESIS,
    ),
    Claim(
        "Below Eq. (A1)",
        "p_a = i, p_{b_1} = 1, p_{b_2} = −i with θ = 0 is nonreciprocal",
        lambda: recipe(chain, 2, (I, 1, -I), eq_5(2)),
        scope="N = 2",
    ),
    A_2,
    MODULUS,
    Claim(
        "Eq. (A3)",
        "Equations of motion, cascaded, N = 3",
        series(3, misplaced),
        series(3, bracketed),
        PARENTHESES,
        scope="N = 3",
        departure=PARENTHESIS,
    ),
    Claim(
        "Below Eq. (A3)",
        "p_a = i, p_{b_1} = 1, p_{b_2} = −i, p_{b_3} = −1 with θ = 0 is nonreciprocal",
        lambda: recipe(chain, 3, (I, 1, -I, -1), eq_5(3)),
        scope="N = 3",
    ),
    A_4,
    Claim(
        "Eq. (A5)",
        "Equations of motion, parallel, N = 2",
        shared(2, lambda k: 1),
        shared(2, same),
        "In the charger's equation ⟨b_2⟩ carries J_1e^{iθ_1}; it must be J_2e^{iθ_2}, as in its own equation "
        "and in Eq. (A7).",
        scope="N = 2",
        departure=Departure("misprint", "Eq. (A7), and the equation of ⟨b_2⟩ in Eq. (A5)"),
    ),
    Claim(
        "Below Eq. (A5)",
        "p_a = i, p_{b_1} = p_{b_2} = 1 with θ = 0 is nonreciprocal",
        lambda: recipe(star, 2, (I, 1, 1), eq_9(2)),
        scope="N = 2",
    ),
    A_6,
    Claim("Eq. (A7)", "Equations of motion, parallel, N = 3", shared(3, same), scope="N = 3"),
    Claim(
        "Below Eq. (A7)",
        "p_a = i, p_{b_1} = p_{b_2} = p_{b_3} = 1 with θ = 0 is nonreciprocal",
        lambda: recipe(star, 3, (I, 1, 1, 1), eq_9(3)),
        scope="N = 3",
    ),
    A_8,
    Claim(
        "Above Eq. (A9), dissipative coupling strength",
        "Eqs. (A9) and (A10) as derivatives with respect to the dissipative coupling strength Γ",
        by_shared_rate,
        form=Equation(Symbol("∂E_c^ss/∂Gamma"), a_9(3)),
        because="So the sentence above has it, and both right sides are right.",
    ),
    Claim(
        "Eq. (A9)",
        "Derivative of Eq. (5) by the coupling",
        lambda: derivative("∂E_c^ss/∂J", a_9(3), eq_5(N)),
        lambda: derivative("∂E_c^ss/∂J", a_9(4), eq_5(N)),
        f"A factor 2: {PER_GAMMA}",
        departure=BY_J,
    ),
    Claim(
        "Eq. (A10)",
        "Derivative of Eq. (9) by the coupling",
        lambda: derivative("∂E_p^ss/∂J", a_10(32), eq_9(N)),
        lambda: derivative("∂E_p^ss/∂J", a_10(64), eq_9(N)),
        f"A factor 2, as in Eq. (A9): {PER_GAMMA}",
        departure=BY_J,
    ),
    Claim(
        "Eq. (B1)",
        "Hamiltonian of the reciprocal chain",
        lambda: hamiltonians(all_pairs),
        lambda: hamiltonians(neighbours),
        "The sum over i < j couples every pair of batteries; Eqs. (B2) and (B3) have neighbours only. (Its "
        "h.c. is read as that of the couplings: ε(a + a†) is Hermitian already.)",
        scope=UP_TO_6,
        departure=Departure("misprint", "Eqs. (B2) and (B3)"),
    ),
    Claim("Eq. (B2)", "Steady state of the reciprocal chain", b_2, scope=UP_TO_6),
    Claim("Eq. (B3)", "The same as a matrix equation", b_3, scope=UP_TO_6),
    Claim(
        "Eq. (B4)",
        "Amplitudes from the Green function",
        b_4,
        scope=UP_TO_6,
        because="Rows are counted from 0, the charger.",
        form=Equation(mean("b_n"), ε * Symbol("G_n0")),
    ),
    Claim(
        "Eq. (B5)",
        "Spectral expansion of the Green function",
        lambda: (*inverted(), *b_5()),
        scope="all N",
        because="E_k and ψ_k are those of H_0; the text says of H, which holds the drive as well. For every N by "
        "completeness, see (B8); G itself is compared for N = 1..6.",
        form=Equation(Symbol("G"), resolved(Symbol("projector"))),
    ),
    Claim(
        "Eq. (B6)",
        "Its matrix elements",
        lambda: (*inverted(), *b_6()),
        scope="all N",
        because="The eigenvectors of H_0 are real.",
        form=Equation(Symbol("G_ij"), resolved(Symbol("psi_k(i)") * Symbol("psi_k(j)"))),
    ),
    Claim(
        "Eq. (B7)",
        "Amplitudes from eigenmodes",
        lambda: (*inverted(), *b_7()),
        scope="all N",
        form=Equation(mean("b_n"), ε * resolved(Symbol("psi_k(n)") * Symbol("psi_k(0)"))),
    ),
)
