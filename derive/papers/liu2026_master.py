"""Liu, Chen, Wu, Chen and Su 2026, Eq. (2): the master equation with its jump operators, by normal ordering."""

from __future__ import annotations

from itertools import product

from sympy import Expr, I, ImmutableMatrix, Rational, Symbol, exp

from derive.builders import chain
from derive.claims import Claim, Equal, Statement
from derive.derivation import Equation
from derive.langevin import Langevin, langevin
from derive.operators import Monomial, Operator, adjoint, annihilate, create
from derive.papers.liu2026_letters import loss_rate, mode, phase, shared_rate, strength, weight, ε

UP_TO_3 = (1, 2, 3)


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


def printed_motion(size: int, moved: Operator) -> Operator:
    """dO/dt = i[H, O] + Σ γ(z†Oz − ½{z†z, O}), each product normal-ordered as it stands."""
    energy = printed_energy(size)
    found = I * (energy * moved - moved * energy)
    for rate, z in printed_jumps(size):
        star = adjoint(z)
        pairs = star * z
        found = found + rate * (star * moved * z - Rational(1, 2) * (pairs * moved + moved * pairs))
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


def eq_2() -> tuple[Statement, ...]:
    """d⟨a_i⟩/dt and d⟨a_i†a_j⟩/dt of the printed equation, which fix it, against those of the network in vacuum."""
    found: list[Statement] = []
    for size in UP_TO_3:
        eq = langevin(chain(size, "general", distinct=True))
        for i, name in enumerate(eq.modes):
            found.append(moving(name, printed_motion(size, annihilate(name)), linear(eq, i)))
        for (i, left), (j, right) in product(enumerate(eq.modes), repeat=2):
            printed = printed_motion(size, create(left) * annihilate(right))
            ruled = adjoint(linear(eq, i)) * annihilate(right) + create(left) * linear(eq, j)
            found.append(moving(f"{left}† {right}", printed, ruled))
    return tuple(found)


def moving(name: str, printed: Operator, derived: Operator) -> Equal:
    """Two rates of change of an operator, coefficient by coefficient."""
    return Equal(Symbol(f"d<{name}>/dt"), *coefficients(printed, derived))


EQ_2 = Claim(
    "Eq. (2)",
    "Master equation with local losses and shared reservoirs",
    eq_2,
    scope="N = 1..3",
    form=Equation(Symbol("dρ/dt"), Symbol("Liouvillian")),
    because="Equations of motion of all first and second moments, which determine a master equation of this form. "
    "H is read with couplings between neighbours [see Eq. (1)].",
)
