"""Steps about time: the propagator of a one-way network, amplitudes and energies from the vacuum, where rates meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Add, Expr, I, Mul, Poly, Symbol, cos, diff, exp, gcd_terms, prod, sin, sqrt

from derive.builders import Build, positive
from derive.counts import FamilyState
from derive.derivation import Equation, Step, mean
from derive.gaussian import vacuum
from derive.kernel import factored
from derive.langevin import Langevin, langevin
from derive.motion import evolution_residual, evolve
from derive.propagator import propagator, propagator_residual
from derive.stories.formulas import EPSILON, KAPPA, J, N

TIME = positive("t")


def with_decays(e: Expr) -> Expr:
    """An expression in factors, its exponentials treated as letters, so that e^{−Λt/2} stays as it is.

    Sums are collected by exponentials and powers of t, (Λ_1 − Λ_2) e^{−Λ_0 t/2} + …, with coefficients in factors.
    """
    letters = {x: positive(f"decay_{k}") for k, x in enumerate(sorted(e.atoms(exp), key=lambda x: x.sort_key()))}
    found = factored(e.xreplace(letters))
    sums = {s: _collected(s, (*letters.values(), TIME)) for s in found.atoms(Add) if s.has(*letters.values())}
    return found.xreplace(sums).xreplace({letter: x for x, letter in letters.items()})


def _collected(total: Expr, letters: Sequence[Symbol]) -> Expr:
    """A polynomial, collected by monomials of some letters, the minus signs of most terms in front."""
    terms = []
    for powers, c in Poly(total, *letters).terms():
        c, monomial = factored(c), prod(x**n for x, n in zip(letters, powers, strict=True))
        terms.append(-(-c * monomial) if c.could_extract_minus_sign() else c * monomial)
    if 2 * sum(term.could_extract_minus_sign() for term in terms) > len(terms):
        return Mul(-1, Add(*(-term for term in terms)), evaluate=False)
    return Add(*terms)


def in_time(eq: Langevin, after: str) -> tuple[Step, ...]:
    """exp(W t), and amplitudes and energies from the vacuum, of a network in which energy flows one way."""
    n, time = len(eq.modes), TIME
    moved = propagator(eq, time).applyfunc(with_decays)
    entries = [(i, j) for i in range(n) for j in range(n) if moved[i, j] != 0]
    state = evolve(eq, vacuum(eq), time)
    amplitudes = state.mean.applyfunc(with_decays)
    motion = diff(amplitudes, time) - eq.drift * amplitudes - eq.force
    energies = [with_decays(state.energy(name)) for name in eq.modes]
    displayed = replace(state, mean=amplitudes)
    return (
        Step(
            "propagator",
            tuple(Equation(Symbol(f"U_{i}{j}"), moved[i, j]) for i, j in entries),
            "In time the amplitudes move by $U = \\exp(Wt)$, which solves $\\dot U = WU$ with $U = 1$ at $t = 0$. Its "
            "rows and columns are numbered from the charger, 0; its entries that do not vanish are",
            "divided differences",
            propagator_residual(eq, time, moved),
            (after,),
        ),
        Step(
            "amplitudes-in-time",
            tuple(Equation(mean(name), e) for name, e in zip(eq.modes, amplitudes, strict=True)),
            "From the vacuum, the drive has built up the amplitudes $\\int_0^t U(t') f\\,dt'$ after the time $t$,",
            "divided differences",
            [*motion, *amplitudes.subs(time, 0)],
            ("propagator",),
        ),
        Step(
            "energies-in-time",
            tuple(Equation(Symbol(f"E_{name}"), e) for name, e in zip(eq.modes, energies, strict=True)),
            "The modes stay coherent, and their energies $\\omega|\\langle a\\rangle|^2$, which begin at zero, are",
            "energy",
            [
                *(e - displayed.energy(name) for name, e in zip(eq.modes, energies, strict=True)),
                *(e.subs(time, 0) for e in energies),
            ],
            ("amplitudes-in-time",),
        ),
    )


def where_rates_meet(build: Build, size: int, because: str) -> Step:
    """The energy of the last battery of a uniform network in time, regular where the general formula is 0/0."""
    eq = langevin(build(size, "nonreciprocal"))
    state = evolve(eq, vacuum(eq), TIME)
    last = eq.modes[-1]
    shown = _by_decays(with_decays(state.energy(last)))
    residual = evolution_residual(eq, vacuum(eq), TIME, state)
    return Step(
        "meeting-rates",
        Equation(Symbol(f"E_{last}"), shown),
        because,
        "divided differences",
        [shown - state.energy(last), *residual],
        ("energies-in-time",),
    )


def star_in_time(state: FamilyState) -> Step:
    """The amplitudes of the reciprocal star of any N in time: its batteries move alike at the frequency √N J.

    They are put into the equations of motion whose coefficients are those of the solved star, `state`.
    """
    row = state.rows[0]
    half, s = KAPPA / 2, sqrt(N) * J
    charger = -I * EPSILON * (half + exp(-half * TIME) * (s * sin(s * TIME) - half * cos(s * TIME)))
    battery = -EPSILON * J * (1 - exp(-half * TIME) * (cos(s * TIME) + half * sin(s * TIME) / s))
    a, b = (e / (N * J**2 + half**2) for e in (charger, battery))
    return Step(
        "amplitudes-in-time",
        (Equation(mean("a"), a), Equation(mean("b_k"), b)),
        "From the vacuum, any number $N$ of equal batteries moves as one, at the frequency $\\sqrt N J$, and "
        "approaches the steady state at the rate $\\kappa/2$ whatever $N$,",
        "normal modes",
        [
            diff(a, TIME) + state.own * a + row.branch.copies * row.entries.back * b + I * state.family.drive,
            diff(b, TIME) + row.entries.onward * a + row.recurrence.last * b,
            a.subs(TIME, 0),
            b.subs(TIME, 0),
        ],
        ("rows",),
    )


def _by_decays(e: Expr) -> Expr:
    """An expression in whose brackets each decay stands once, with a common factor of what it multiplies in front."""

    def collected(sum_: Expr) -> Expr:
        found: dict[Expr, list[Expr]] = {}
        for term in sum_.args:
            decay = Mul(*(x for x in Mul.make_args(term) if isinstance(x, exp)))
            found.setdefault(decay, []).append(term / decay)
        return Add(*(gcd_terms(Add(*terms)) * decay for decay, terms in found.items()))

    return e.replace(lambda x: isinstance(x, Add) and x.has(exp), collected)
