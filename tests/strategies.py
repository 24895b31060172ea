"""Hypothesis strategies: exact expressions, their texts, and networks.

`networks()` draws connected networks with every noun: couplings of several scales and phases, drives, losses,
shared reservoirs of up to four legs with gain, temperature and squeezing, and parametric pairing. Draw with
`QUICK`, whose examples are the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Expr,
    I,
    Integer,
    Rational,
    Symbol,
    conjugate,
    cos,
    cosh,
    exp,
    log,
    pi,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss

QUICK = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)

POSITIVE = tuple(Symbol(name, positive=True) for name in ("J", "Gamma_1", "kappa_a", "lambda", "x"))
REAL = tuple(Symbol(name, real=True) for name in ("theta_1", "phi", "Delta"))
COMPLEX = tuple(Symbol(name) for name in ("p_a", "p_1", "z"))
FUNCTIONS: tuple[Callable[[Any], Any], ...] = (exp, sqrt, sin, cos, tan, sinh, cosh, tanh, log, conjugate, Abs)


def rationals(largest: int = 9, smallest: int | None = None) -> st.SearchStrategy[Expr]:
    """Exact numbers p/q of small p and q."""
    first = -largest if smallest is None else smallest
    return st.builds(Rational, st.integers(first, largest), st.integers(1, largest))


def rates() -> st.SearchStrategy[Expr]:
    """What is never negative: letters, numbers, products of letters."""
    letters = st.sampled_from(POSITIVE)
    return st.one_of(
        letters,
        rationals(smallest=0),
        st.builds(lambda a, b, q: a * b * q, letters, letters, rationals(smallest=1)),
    )


def reals() -> st.SearchStrategy[Expr]:
    """Detunings: real letters, numbers, differences."""
    letters = st.sampled_from(REAL + POSITIVE)
    return st.one_of(letters, rationals(), st.builds(lambda a, b, q: a - q * b, letters, letters, rationals()))


def amplitudes() -> st.SearchStrategy[Expr]:
    """Strengths and weights: complex letters, phases, Gaussian rationals, and I Γ p* p'/2."""
    gaussian = st.builds(lambda p, q: p + q * I, rationals(), rationals())
    phased = st.builds(lambda g, t: g * exp(I * t), st.sampled_from(POSITIVE), st.sampled_from(REAL))
    lossy = st.builds(
        lambda g, p, q: I * g * conjugate(p) * q / 2,
        st.sampled_from(POSITIVE),
        st.sampled_from(COMPLEX),
        st.sampled_from(COMPLEX),
    )
    return st.one_of(st.sampled_from(POSITIVE + COMPLEX), rationals(), gaussian, phased, lossy)


def expressions(leaves: int = 8) -> st.SearchStrategy[Expr]:
    """Anything that the language of network files can say, as SymPy builds it."""
    atoms = st.one_of(st.sampled_from(POSITIVE + REAL + COMPLEX + (I, pi)), rationals())

    def larger(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        exponents = st.one_of(rationals(4), st.sampled_from(POSITIVE + REAL + COMPLEX))
        return st.one_of(
            st.builds(lambda a, b: a + b, parts, parts),
            st.builds(lambda a, b: a - b, parts, parts),
            st.builds(lambda a, b: a * b, parts, parts),
            st.builds(lambda a, b: a / b, parts, parts),
            st.builds(lambda a, b: a**b, parts, exponents),
            st.builds(lambda f, a: f(a), st.sampled_from(FUNCTIONS), atoms),
            st.builds(lambda f, a: f(a), st.sampled_from((conjugate, sqrt, exp)), parts),
        )

    return st.recursive(atoms, larger, max_leaves=leaves)


def texts(leaves: int = 8) -> st.SearchStrategy[str]:
    """Expressions as a person writes them, with superfluous brackets, signs, blanks and decimal numbers."""
    names = st.sampled_from([s.name for s in POSITIVE + REAL + COMPLEX if s.name != "lambda"])
    numbers = st.sampled_from(["0", "1", "2", "3", "10", "1/2", "0.25", "2.", ".5", "1e-3", "3E2", "7/3"])
    atoms = st.one_of(names, numbers, st.just("I"))

    def larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        joined = st.builds("{}{}{}".format, parts, st.sampled_from([" + ", "-", "*", " / ", " - -"]), parts)
        exponents = st.sampled_from(["2", "-1", "-2", "(1/2)", "x", "-x", "(x/2)", "2**2", "theta_1"])
        return st.one_of(
            joined,
            joined.map("({})".format),
            parts.map("-{}".format),
            st.builds("({})**{}".format, parts, exponents),
            st.builds("{}**{}".format, names, exponents),
            st.builds("{}({})".format, st.sampled_from([f.__name__ for f in FUNCTIONS]), atoms),
            st.builds("{}({})".format, st.sampled_from(["conjugate", "sqrt", "exp"]), parts),
        )

    return st.recursive(atoms, larger, max_leaves=leaves)


def baths(names: tuple[str, ...], quantum: bool = True) -> st.SearchStrategy[Bath]:
    """Reservoirs on some of the modes; with `quantum` also of gain, temperature and squeezing."""
    legs = st.lists(st.sampled_from(names), min_size=1, max_size=min(4, len(names)), unique=True)
    jump = legs.flatmap(lambda modes: st.tuples(*(st.tuples(st.just(mode), amplitudes()) for mode in modes)))
    plain = st.builds(Bath, jump, rates())
    if not quantum:
        return plain
    r, phi = POSITIVE[-1], REAL[1]
    n = POSITIVE[0]
    fields = st.sampled_from(
        [
            (n, Integer(0)),
            (Rational(1, 3), Integer(0)),
            (Rational(1, 3), I / 3),
            (sinh(r) ** 2, exp(I * phi) * sinh(r) * cosh(r)),
            (n, sqrt(n) * sqrt(n + 1) * exp(I * phi)),
        ]
    )
    hot = st.builds(lambda j, rate, field: Bath(j, rate, *field), jump, rates(), fields)
    active = st.builds(lambda j, rate, g: Bath(j, rate, gain=g), jump, rates(), jump)
    amplifier = st.builds(lambda rate, g: Bath((), rate, gain=g), rates(), jump)
    return st.one_of(plain, hot, active, amplifier)


@st.composite
def networks(draw: st.DrawFn, max_modes: int = 4, quantum: bool = True, titled: bool = False) -> Network:
    """A connected network; `quantum` adds pairing, gain, temperature and squeezing."""
    pool = ("a", "b_1", "b_2", "c", "I", "lambda", "x", "Q9_")
    names = tuple(draw(st.permutations(pool))[: draw(st.integers(1, max_modes))])
    modes = tuple(Mode(name, draw(reals()), draw(st.one_of(rates(), st.just(Integer(1))))) for name in names)
    links = [(names[draw(st.integers(0, k - 1))], names[k]) for k in range(1, len(names))]
    if len(names) > 1:
        links += draw(st.lists(st.permutations(names).map(lambda order: (order[0], order[1])), max_size=2))
    couplings = tuple(Coupling(a, b, draw(amplitudes())) for a, b in links)
    drives = tuple(Drive(name, draw(amplitudes())) for name in names if draw(st.booleans()))
    losses = [loss(name, draw(rates())) for name in names if draw(st.booleans())]
    shared = draw(st.lists(baths(names, quantum), max_size=3))
    order = losses + shared if draw(st.booleans()) else draw(st.permutations(losses + shared))
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names), amplitudes())
    squeezings = tuple(Squeezing(*pair) for pair in draw(st.lists(pairs, max_size=2 if quantum else 0)))
    title = draw(st.text(max_size=20)) if titled else ""
    return Network(modes, couplings, drives, tuple(order), squeezings, title)
