"""Normal forms for display: one fraction, integer coefficients, no common factor, i in front."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from math import gcd, lcm, prod

from flint import fmpq, fmpq_mpoly
from sympy import Add, Expr, I, Mul, Pow, Rational, S, Symbol, exp, postorder_traversal

from derive.errors import expect
from derive.kernel.conjugation import substituted
from derive.kernel.rewriting import rewritten
from derive.kernel.ring import NotRational, Quotient, Ring

CHOICES = 200  # ways of taking phases out of brackets that are compared
NESTED = 2  # functions in one another in a number: SymPy takes 8 s to write √cosh(tanh(1/2 + i)) in exponentials
BRIEF = 200  # operations of what is factored to be told shortly; the ring of 1600 takes 50 s


def canonical(e: Expr) -> Expr:
    """Numerator over denominator without common factor: the numerator expanded, the denominator in irreducible factors.
    """
    return _displayed(e, False)


def factored(e: Expr) -> Expr:
    """Numerator over denominator without common factor, each a product of irreducible polynomials.

    Phases e^{iθ} are taken out of the brackets, or into them, such that the fewest terms carry one.
    """
    return _displayed(e, True)


def shorter(values: Sequence[Expr]) -> list[Expr]:
    """The values, or their factored forms where these are shorter together: κ_a κ_b for κ_a (Γ + κ_b) − Γκ_a.

    All of them are taken in one way, so that what they share looks alike; what is long stays as it is.
    """
    ways = [list(values), [e if e.count_ops() > BRIEF else factored(e) for e in values]]
    return min(ways, key=lambda way: sum(e.count_ops() for e in way))


def at(e: Expr, point: Mapping[Symbol, Expr]) -> Expr:
    """The exact value of an expression at a point."""
    return canonical(substituted(e, point))


def _displayed(e: Expr, factor: bool) -> Expr:
    expect(e, Expr, "What has a normal form", "of a matrix, write matrix.applyfunc(…)")
    if e.is_Atom or not e.is_commutative or e.has(S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity):
        return e
    if not e.free_symbols and _nested(e) > NESTED:
        return e
    try:
        form = rewritten(e)
        ring = Ring(form)
        quotient = ring.quotient(form)
    except NotRational:
        return e
    above = ring.reduced(quotient.above)
    if above.is_zero():
        return S.Zero
    above, below = _cancelled(ring, above, quotient)
    content, factors = above.factor() if factor else (fmpq(1), [(above, 1)])
    number, parts = Rational(int(content.p), int(content.q)), []
    found = (*factors, *below)
    for (f, n), phase in zip(found, _phases(ring, found) if factor else [S.One] * len(found), strict=True):
        scale, part = _primitive(ring, f)
        number = number * scale**n
        parts += [Pow(part, n)] if phase == 1 else [Pow(Add(*(term / phase for term in part.args)), n), phase**n]
    number = number.expand()
    if not form.free_symbols and parts and parts[0].is_Add:
        # SymPy's expand can take minutes on a number with nested exponents
        return Mul(Add(*(number * term for term in parts[0].args)), *parts[1:])
    if number.is_Rational and number != 1 and len(parts) - parts.count(S.One) == 1 and parts[0].is_Add:
        # a number in front of one sum is not multiplied into it
        return -parts[0] if number == -1 else Mul(number, *parts, evaluate=False)
    return Mul(number, *parts)


def _phases(ring: Ring, factors: Sequence[tuple[fmpq_mpoly, int]]) -> list[Expr]:
    """What to take out of each factor: the phases that most of its terms carry, where those outside then cancel."""
    found: list[Expr] = [S.One] * len(factors)
    for k, generator in enumerate(ring.generators):
        phase = generator.stands_for
        if not isinstance(phase, exp) or not phase.args[0].has(I):
            continue
        held = [(Counter(monomial[k] for monomial in f.monoms()), n) for f, n in factors]
        choices = [sorted(powers) if powers.total() > 1 else [0] for powers, _ in held]
        if 1 < prod(map(len, choices)) <= CHOICES:
            fewest = min(product(*choices), key=lambda taken: (_carrying(held, taken), taken))
            found = [e * phase**s for e, s in zip(found, fewest, strict=True)]
    return found


def _carrying(held: Sequence[tuple[Counter[int], int]], taken: Sequence[int]) -> int:
    """How many terms of brackets carry a phase once a power of it was taken out of each; what is outside counts one."""
    inside = outside = 0
    for (powers, n), power in zip(held, taken, strict=True):
        if powers.total() > 1:
            inside += powers.total() - powers[power]
            outside += n * power
        else:
            outside += n * min(powers)
    return inside + (outside != 0)


def _nested(e: Expr) -> int:
    """How many functions and roots stand inside one another."""
    known: dict[Expr, int] = {}
    for node in postorder_traversal(e):
        if node not in known:
            root = node.is_Pow and not node.exp.is_Integer
            inside = max((known[arg] for arg in node.args), default=0)
            known[node] = inside + (root or node.is_Function)
    return known[e]


def _primitive(ring: Ring, polynomial: fmpq_mpoly) -> tuple[Expr, Expr]:
    """A polynomial as a number times a primitive one, with the sign that SymPy prints without a leading minus."""
    coefficients = polynomial.coeffs()
    content = Rational(gcd(*(int(c.p) for c in coefficients)), lcm(*(int(c.q) for c in coefficients)))
    e = ring.expression(polynomial * fmpq(int(content.q), int(content.p)))
    if e.is_Add and all(I in Mul.make_args(term) for term in e.args):
        e, content = Add(*(-I * term for term in e.args)), content * I
    if e.is_Add and e.could_extract_minus_sign():
        e, content = -e, -content
    return content, e


def _cancelled(ring: Ring, above: fmpq_mpoly, quotient: Quotient) -> tuple[fmpq_mpoly, list[tuple[fmpq_mpoly, int]]]:
    below = []
    for place, n in quotient.below.items():
        while n and (whole := ring.divided(above, ring.factors[place])) is not None:
            above, n = whole, n - 1
        if n:
            below.append((ring.factors[place], -n))
    return above, below
