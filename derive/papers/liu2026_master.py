"""Liu, Chen, Wu, Chen and Su 2026, Eq. (2): the master equation with its jump operators, by normal ordering."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from sympy import Expr, I, ImmutableMatrix, Rational, S, Symbol, exp

from derive.builders import Build, chain, star
from derive.claims import Claim, Equal, Statement
from derive.derivation import Equation
from derive.kernel import conjugated
from derive.langevin import Langevin, langevin
from derive.network import Network
from derive.operators import Monomial, Operator, adjoint, annihilate, create
from derive.papers.liu2026_letters import (
    SIZES,
    cascaded,
    damping,
    loss_rate,
    mode,
    parallel,
    phase,
    shared_rate,
    strength,
    weight,
    ε,
)


def printed_energy(size: int) -> Operator:
    """H: the drive of the charger and J_k e^{iθ_k} between neighbours."""
    energy = ε * (annihilate("a") + create("a"))
    for k in range(1, size + 1):
        hop = strength(k) * exp(I * phase(k)) * (create(mode(k - 1)) * annihilate(mode(k)))
        energy = energy + hop + adjoint(hop)
    return energy


def printed_jumps(size: int) -> list[tuple[Expr, Operator]]:
    """κ_a L[a], κ_i L[b_i] and L[q_i] with q_i = √Γ_i(p_{b_{i−1}} b_{i−1} + p_{b_i} b_i), b_0 = a, as (rate, jump)."""
    local = [(loss_rate(k), annihilate(mode(k))) for k in range(size + 1)]
    legs = [weight(k) * annihilate(mode(k)) for k in range(size + 1)]
    return local + [(shared_rate(k), legs[k - 1] + legs[k]) for k in range(1, size + 1)]


def printed_motion(size: int, moved: Operator, occupation: Expr = S.Zero, squeezing: Expr = S.Zero) -> Operator:
    """dO/dt = i[H, O] + Σ γ(z†Oz − ½{z†z, O}), each product normal-ordered as it stands.

    Eq. (15) has every jump z at (n_th + 1)γ and z† at n_th γ; Eq. (16), P for n_th, has −Qγ(zOz − ½{zz, O}) and
    −Q*γ(z†Oz† − ½{z†z†, O}) besides, here with Q = `squeezing`.
    """
    energy = printed_energy(size)
    found = I * (energy * moved - moved * energy)
    for rate, z in printed_jumps(size):
        for factor, left, right in (
            (occupation + 1, adjoint(z), z),
            (occupation, z, adjoint(z)),
            (-squeezing, z, z),
            (-conjugated(squeezing), adjoint(z), adjoint(z)),
        ):
            if factor != 0:
                pairs = left * right
                turned = left * moved * right - Rational(1, 2) * (pairs * moved + moved * pairs)
                found = found + factor * rate * turned
    return found


def linear(eq: Langevin, i: int) -> Operator:
    """da_i/dt = Σ W_ij a_j + f_i as an operator."""
    moved = Operator((((), eq.force[i]),))
    for j, name in enumerate(eq.modes):
        moved = moved + eq.drift[i, j] * annihilate(name)
    return moved


def coefficients(left: Operator, right: Operator) -> tuple[ImmutableMatrix, ImmutableMatrix]:
    """Two operators as columns over all monomials that stand in either."""
    monomials: list[Monomial] = sorted({key for operator in (left, right) for key, _ in operator.terms})
    both = ([operator.coefficient(key) for key in monomials] for operator in (left, right))
    first, second = (ImmutableMatrix(values) for values in both)
    return first, second


def eq_2() -> Iterator[Statement]:
    """d⟨a_i⟩/dt and d⟨a_i†a_j⟩/dt of the printed equation, which fix it, against those of the network in vacuum."""
    for size in (1, 2, 3):
        eq = langevin(chain(size, "general", distinct=True))
        for i, name in enumerate(eq.modes):
            yield moving(name, printed_motion(size, annihilate(name)), linear(eq, i))
        for (i, left), (j, right) in product(enumerate(eq.modes), repeat=2):
            printed = printed_motion(size, create(left) * annihilate(right))
            ruled = adjoint(linear(eq, i)) * annihilate(right) + create(left) * linear(eq, j)
            yield moving(f"{left}† {right}", printed, ruled)


def moving(name: str, printed: Operator, derived: Operator) -> Equal:
    """Two rates of change of an operator, coefficient by coefficient."""
    return Equal(Symbol(f"d<{name}>/dt"), *coefficients(printed, derived))


def in_baths(net: Network, size: int, occupation: Expr, squeezing: Expr) -> Iterator[Statement]:
    """d⟨a_i⟩/dt, d⟨a_i†a_j⟩/dt and d⟨a_i a_j⟩/dt of Eq. (15) or (16) against those of a network, with its noise."""
    eq = langevin(net)
    for i, left in enumerate(eq.modes):
        first = annihilate(left)
        yield moving(left, printed_motion(size, first, occupation, squeezing), linear(eq, i))
        for j, right in enumerate(eq.modes):
            second = annihilate(right)
            for name, one, rate, noise in (
                (f"{left}† {right}", create(left), adjoint(linear(eq, i)), eq.noise[i, j]),
                (f"{left} {right}", first, linear(eq, i), eq.squeezing[i, j]),
            ):
                printed = printed_motion(size, one * second, occupation, squeezing)
                ruled = rate * second + one * linear(eq, j) + Operator((((), noise),))
                yield moving(name, printed, ruled)


def rates(build: Build, printed: Callable[[int], dict[Expr, Expr]]) -> Iterator[Statement]:
    """Λ_k as defined against the damping of every mode, −2W_kk."""
    for size in SIZES:
        drift, defined = langevin(build(size, "general", distinct=True)).drift, printed(size)
        yield from (Equal(damping(k), defined[damping(k)], -2 * drift[k, k]) for k in range(size + 1))


def lambdas(place: str, title: str, build: Build, because: str = "") -> Claim:
    """The definitions of Λ_k of one topology, displayed for the first of two batteries."""
    printed = cascaded if build is chain else parallel
    return Claim(
        place,
        title,
        lambda: rates(build, printed),
        scope="N = 1..6",
        form=Equation(damping(1), printed(2)[damping(1)]),
        because=because,
    )


LAMBDA_C = lambdas(
    "Below Eq. (3), Lambda_i",
    "Rates Λ_0, Λ_i, Λ_n of a cascaded network, n read as the number of batteries",
    chain,
    "For n < N see Eq. (4).",
)
LAMBDA_P = lambdas("Below Eq. (7), Lambda_i", "Rates Λ_i of the batteries of a parallel network", star)
EQ_2 = Claim(
    "Eq. (2)",
    "Master equation with local losses and shared reservoirs",
    eq_2,
    scope="N = 1..3",
    form=Equation(Symbol("dρ/dt"), Symbol("Liouvillian")),
    because="Equations of motion of all first and second moments, which determine a master equation of this form. "
    "H is read with couplings between neighbours [see Eq. (1)].",
)
