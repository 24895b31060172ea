"""One question, is this zero?, and three answers: `Proved`, `Refuted` at an exact point, `Unknown`.

The finder of a closed form may be clever; only this room may call it proved. Undecided is not false. A proof
reduces the numerator to zero in a polynomial ring whose relations are identities; a refutation evaluates the
question itself, not what it was rewritten to, at a point that the assumptions allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import mul
from types import MappingProxyType

from flint import fmpq_mpoly
from sympy import Add, Expr, Float, Integer, MatrixBase, Mul, Pow, S, Symbol, cos, exp, sin, tanh

from derive.errors import expect
from derive.kernel.conjugation import conjugated, lowest, nonnegative, nonzero, positive
from derive.kernel.definitions import Circular, Definitions, definitions
from derive.kernel.normal import at
from derive.kernel.point import Survey, Undecided, Values, dense, is_zero_value, number, points, sign, survey
from derive.kernel.quick import Quick, negative
from derive.kernel.rewriting import rewritten
from derive.kernel.ring import LONG, NotRational, Ring, length
from derive.kernel.sums import NotSums, Sums

QUICK, TRIES = 2, 24  # points that are tried before anything is proved (one where all is rational), and in the end
NO_DEFINITIONS: Mapping[Expr, Expr] = MappingProxyType({})
OPEN = "its numerator does not reduce to zero, but vanishes or cannot be decided at every point tried"
NOT_FINITE = (S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity)


@dataclass(frozen=True)
class Proved:
    """What was asked (is it zero? is it nonnegative?) holds wherever the denominators `provided` are not zero."""

    provided: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Refuted:
    """What was asked does not hold: at `point`, exact numbers that the symbols' assumptions allow, it is `value`."""

    point: tuple[tuple[Symbol, Expr], ...]
    value: Expr


@dataclass(frozen=True)
class Unknown:
    """What was asked could neither be proved nor refuted, for this `reason`."""

    reason: str


Verdict = Proved | Refuted | Unknown


def is_zero(residual: Expr | MatrixBase, where: Mapping[Expr, Expr] = NO_DEFINITIONS) -> Verdict:
    """Whether an expression, or every entry of a matrix, vanishes identically, given the definitions `where`.

    Definitions may use each other in any order. A denominator that is neither manifestly nonzero nor zero
    everywhere is `provided` to be nonzero, also if it cancels, or divides only in a definition; what SymPy
    cancels while the residual is built (x/x) cannot be seen here. Noncommuting letters are words without
    relations. What cannot be decided, definitions in a circle included, is `Unknown`.

    Raises:
        WrongKind: if the residual is no expression or matrix, or `where` no mapping of expressions to expressions.
    """
    expect(residual, (Expr, MatrixBase, int), "What may be zero", "build it from symbols; of an equation, left − right")
    expect(where, Mapping, "What letters stand for", "write {letter: expression}")
    for e in (*where, *where.values()):
        expect(e, Expr, "A letter and what it stands for", "write {letter: expression}")
    residual = Integer(residual) if isinstance(residual, int) else residual
    entries = tuple(dict.fromkeys(residual)) if isinstance(residual, MatrixBase) else (residual,)
    try:
        given = definitions(where)
    except Circular as error:
        return Unknown(str(error))
    verdict = _judged([e for e in entries if e.is_commutative and e != 0], given)
    words = [c for e in entries if not e.is_commutative for c in _coefficients(e)]
    if not words or isinstance(verdict, Refuted):
        return verdict
    formal = _judged(words, given)
    if isinstance(formal, Refuted):
        return Unknown("the coefficient of an operator does not vanish")
    if isinstance(verdict, Proved) and isinstance(formal, Proved):
        return Proved(tuple(dict.fromkeys(verdict.provided + formal.provided)))
    return verdict if isinstance(verdict, Unknown) else formal


def _judged(entries: Sequence[Expr], given: Definitions) -> Verdict:
    written = [given.written(e) for e in entries]
    symbols = survey(entries).symbols if given.letters else frozenset[Symbol]()
    defined = {s: e for s, e in given.letters.items() if s in symbols}
    with suppress(NotSums, NotRational):
        return _summed(written, given, defined)
    found = survey([*written, *defined.values()])
    if not found.finite:
        wrong = next((e for e in written if e.has(*NOT_FINITE, Float)), None)
        if wrong is not None:
            return Unknown(f"{wrong} is not finite and exact")
    question = survey(written) if defined else found
    quick = 1 if found.rational else QUICK
    refuted = _refuted(written, question, given, defined, 0, quick)
    if refuted:
        return refuted
    try:
        forms = [*written, *defined.values()]
        if not found.rational:
            forms = [rewritten(e) for e in forms]
        ring = Ring(*forms, roots=given.roots)
        tops = [ring.reduced(ring.quotient(form).above) for form in forms]
    except NotRational as error:
        return _refuted(written, question, given, defined, quick, TRIES) or Unknown(str(error))
    left = [e for e, top in zip(written, tops, strict=False) if not top.is_zero()]
    if not left:
        return _proved(ring.assumed(), given)
    return _refuted(left, survey(left), given, defined, quick, TRIES) or Unknown(OPEN)


def _summed(written: Sequence[Expr], given: Definitions, defined: Mapping[Symbol, Expr]) -> Verdict:
    """What sums of monomials over shared denominators decide."""
    if given.roots:
        raise NotSums("a root has powers that are no monomials")
    for abbreviating in (True, False):
        sums = Sums(abbreviating)
        left = [e for e, zero in zip(written, sums.vanishing(written), strict=True) if not zero]
        for e in defined.values():
            sums.value(e)
        if not left:
            assumed = sums.assumed()
            free = not (given.letters or given.relations) and all(map(dense, sums.symbols))
            return _provided(assumed) if free and sums.regular() else _proved(assumed, given)
        if not sums.abbreviated:
            break
    return (
        _refuted(left, survey(written), given, defined, 0, 1)
        or _refuted(left, survey(left), given, defined, 1, TRIES)
        or Unknown(OPEN)
    )


def _refuted(
    written: Sequence[Expr],
    question: Survey,
    given: Definitions,
    defined: Mapping[Symbol, Expr],
    first: int,
    last: int,
) -> Refuted | None:
    """A point, among the first to last ones tried, at which an expression does not vanish."""
    shown = question.symbols.union(*(e.free_symbols for e in defined.values()))
    for k, point in enumerate(points((shown | given.symbols) - set(given.roots), question.angles, last)):
        values = Values(dict(point), given.roots)
        if k < first or not given.hold(values):
            continue
        for e in written:
            try:
                value = values(e)
                if not is_zero_value(value):
                    exact = number(value)
                    told = at(e, dict(point)) if exact is None else exact
                    return Refuted(tuple((s, x) for s, x in point if s in shown), told)
            except Undecided:
                continue
    return None


def _proved(assumed: Iterable[Expr], given: Definitions) -> Verdict:
    """Proved where the assumed factors do not vanish; Unknown if one of them may vanish everywhere."""
    found: dict[Expr, None] = {}
    open_ = list(dict.fromkeys(assumed))
    question = survey(open_)
    for point in points((question.symbols | given.symbols) - set(given.roots), question.angles, TRIES):
        values = Values(dict(point), given.roots)
        for e in [e for e in open_ if _nonzero(values, e)]:
            open_.remove(e)
            found[e] = None
        if not open_:
            break
    return Unknown(f"a denominator, {open_[0]}, may vanish everywhere") if open_ else _provided(found)


def _provided(assumed: Iterable[Expr]) -> Proved:
    """Proved where factors that do not vanish everywhere do not vanish."""
    provided: dict[Expr, None] = {}
    for e in assumed:
        if isinstance(e, Pow) and not isinstance(e, exp) and not e.exp.is_Integer:
            e = e.base
            if nonzero(e):
                continue
        if not (e.is_number or isinstance(e, exp)):
            turned = length(e) < LONG and negative(e)
            provided[Quick().minus(e) if turned else e] = None
    return Proved(tuple(sorted(provided, key=lambda e: e.sort_key()) if len(provided) > 1 else provided))


def _nonzero(values: Values, e: Expr) -> bool:
    try:
        return not is_zero_value(values(e))
    except Undecided:
        return False


def _coefficients(e: Expr) -> Iterable[Expr]:
    """The coefficients of the words in noncommuting letters."""
    found: dict[tuple[Expr, ...], list[Expr]] = {}
    for term in Add.make_args(e.expand()):
        numbers, word = term.args_cnc()
        found.setdefault(tuple(word), []).append(Mul(*numbers))
    return (Add(*terms) for terms in found.values())


def is_nonnegative(e: Expr) -> Verdict:
    """Whether a real expression is ≥ 0 for all values that its symbols' assumptions allow.

    Proved if every factor of its numerator and denominator is a square, a modulus, a sum of positive terms,
    or a quadratic in one letter with positive leading coefficient and a discriminant that is never positive.
    """
    expect(e, Expr, "What may be nonnegative", "build it from symbols; of a < b, pass b − a")
    imaginary = is_zero(e - conjugated(e))
    if isinstance(imaginary, Unknown):
        return _negative(e, 0, TRIES) or imaginary
    if isinstance(imaginary, Refuted):
        return Refuted(imaginary.point, at(e, dict(imaginary.point)))
    refuted = _negative(e, 0, QUICK)
    if refuted:
        return refuted
    if not e.free_symbols and _nonzero(Values({}), e):
        return Proved()
    divisors = (power.base for power in e.atoms(Pow) if power.exp.could_extract_minus_sign())
    if all(map(nonzero, divisors)):
        if nonnegative(e):
            return Proved()  # in exponentials sin²θ is no square of a real number
        sum_ = e.expand() if e.has(sin, cos, tanh, exp) else e
        if (least := lowest(sum_)) is not sum_ and isinstance(is_nonnegative(least), Proved):
            return Proved()  # as a² + b² + 2ab cos θ ≥ (a − b)²
    try:
        form = rewritten(e)
        ring = Ring(form)
        quotient = ring.quotient(form)
        factors = [(ring.expression(ring.factors[place]), n) for place, n in quotient.below.items()]
        # e · Π f^{2⌈n/2⌉} has the sign of e where f is real, and e · Π |f|^{2n} has it always
        cleared = Mul(*(f ** (n % 2) if _real(f) else conjugated(f) ** n for f, n in factors))
        question = rewritten(ring.expression(ring.reduced(quotient.above)) * cleared)
        larger = Ring(question)
        product = larger.reduced(larger.quotient(question).above)
        if not larger.factors and _nonnegative(larger, product):
            return _proved((*ring.assumed(), *larger.assumed(), *imaginary.provided), Definitions({}))
    except NotRational as error:
        return Unknown(str(error))
    return _negative(e, QUICK, 8 * TRIES) or Unknown("no factorisation into manifestly nonnegative factors was found")


def _negative(e: Expr, first: int, last: int) -> Refuted | None:
    for k, point in enumerate(points(e.free_symbols, survey([e]).angles, last)):
        if k < first:
            continue
        try:
            if sign(Values(dict(point))(e)) < 0:
                return Refuted(point, at(e, dict(point)))
        except Undecided:
            continue
    return None


def _real(e: Expr) -> bool:
    return e.is_real or isinstance(is_zero(e - conjugated(e)), Proved)


def _nonnegative(ring: Ring, polynomial: fmpq_mpoly) -> bool:
    if polynomial.is_zero():
        return True
    content, factors = polynomial.factor()
    odd = []
    counts = {ring.expression(f): n for f, n in factors}
    for f, n in factors:
        e = ring.expression(f)
        star = conjugated(e)
        if star != e and counts.get(star) == n:
            continue
        if nonnegative(e) or n % 2 == 0 and _real(e):
            continue
        odd += [f] * (1 if _real(e) else n)
    if not odd:
        return bool(content > 0)
    left = reduce(mul, odd)
    left = -left if content < 0 else left
    return nonnegative(ring.expression(ring.reduced(left))) or _quadratic(ring, left)


def _quadratic(ring: Ring, polynomial: fmpq_mpoly) -> bool:
    """a x² + b x + c with a > 0 and b² ≤ 4ac for a real letter x."""
    for k, (g, degree) in enumerate(zip(ring.generators, polynomial.degrees(), strict=False)):
        if degree != 2 or not g.stands_for.is_real:
            continue
        parts = [ring.context.constant(0)] * 3
        for monomial, c in polynomial.to_dict().items():
            rest = tuple(0 if j == k else n for j, n in enumerate(monomial))
            parts[monomial[k]] += ring.context.from_dict({rest: c})
        real = all(_real(ring.expression(part)) for part in parts)
        if (
            real
            and positive(ring.expression(parts[2]))
            and _nonnegative(ring, 4 * parts[2] * parts[0] - parts[1] ** 2)
        ):
            return True
    return False
