"""What a term is made of, and in which order a paper prints it: factors of a product, terms of a sum.

A product is a rational number, a factor i or none, and factors above and below the line; |p|² stands for p p*, phases
are gathered in one exponential, and a number or a sign is pulled out of every bracket that is a factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from sympy import (
    Abs,
    Add,
    Expr,
    I,
    Mul,
    Rational,
    Sum,
    Symbol,
    binomial,
    conjugate,
    default_sort_key,
    exp,
    log,
    multiplicity,
    pi,
    sqrt,
)
from sympy import Product as IndexedProduct
from sympy.functions import cos, cosh, sin, sinh, tan, tanh

from derive.kernel import conjugated
from derive.latex.notation import COUNTS, Notation

FUNCTIONS = MappingProxyType({sin: "sin", cos: "cos", tan: "tan", sinh: "sinh", cosh: "cosh", tanh: "tanh", log: "ln"})
LETTER, ROOT, SUM, FUNCTION, PHASE, DECAY, OPERATOR = range(7)
ONE, HALF = Rational(1), Rational(1, 2)
TIME, MOMENT = "t", "N_"  # N_a, what fluctuates, is added to what does not


@dataclass(frozen=True)
class Factor:
    """One factor of a product: its group (letters before roots before brackets …), its base and its exponent."""

    group: int
    base: Expr
    exponent: Expr

    @property
    def counts(self) -> bool:
        """Whether it is made of numbers and counts alone: N, (N + 1), √N."""
        free, known = self.base.free_symbols, self.exponent.is_number and self.base.is_polynomial()
        letters = free if isinstance(self.base, Symbol) or self.exponent.is_Integer else ()
        if letters:
            return known and all(s.name in COUNTS or s.is_integer for s in letters)
        return bool(free) and known and all(s.is_integer for s in free)

    @property
    def timely(self) -> bool:
        """Whether it is the time, which stands behind brackets: Γ(Γ + κ)t."""
        return isinstance(self.base, Symbol) and self.base.name == TIME

    @property
    def early(self) -> tuple[bool, ...]:
        """Whether it is a factor of each kind that stands before letters: number, π, binomial, count, sum of counts."""
        base = self.base
        letter = self.group == LETTER
        return base.is_Number and letter, base is pi, isinstance(base, binomial), self.counts and letter, self.counts


@dataclass(frozen=True)
class Product:
    """coefficient × (i if `imaginary`) × above / below, each in the order of print, all exponents as printed."""

    coefficient: Fraction
    imaginary: bool
    above: tuple[Factor, ...]
    below: tuple[Factor, ...]

    @property
    def negative(self) -> bool:
        """Whether a minus sign stands in front."""
        return self.coefficient < 0

    @property
    def head(self) -> list[str]:
        """What stands before the letters above the line."""
        number = abs(self.coefficient.numerator)
        return ([str(number)] if number != 1 else []) + (["i"] if self.imaginary else [])

    @property
    def number_below(self) -> list[str]:
        """The number below the line, if there is one."""
        return [str(self.coefficient.denominator)] if self.coefficient.denominator != 1 else []


@dataclass(frozen=True)
class Order:
    """The order in which a notation prints the terms of a sum and the factors of a product.

    If `falling`, numbers stand last in every polynomial: x² + 1 beside x² + x + 1.
    """

    notation: Notation
    falling: bool = False

    def terms(self, e: Expr) -> list[Expr]:
        """The terms of a sum: by letters and powers, fractions, radicals, decays and Σ last, none negative first.

        A polynomial that would begin with a minus sign is written the other way round, and 1 + x² is, too.
        """
        found = sorted(Add.make_args(e), key=self._term)
        minus = [self.negative(term) for term in found]
        simple = [term for term in found if self._late(term) == 0]
        if minus[0] and not minus[-1] and len(simple) == len(found) and self._polynomial(found):
            return found[::-1]
        constant = next((term for term in simple if term.is_Rational and term > 0), None)
        if constant is not None and not self.falling and not any(map(self._linear, simple)):
            return [constant, *(term for term in found if term is not constant)]
        first = next((k for k, term in enumerate(found) if not (minus[k] or term.has(Sum))), 0)
        if minus[0] and len(simple) == len(found):
            return [term for sign in (False, True) for term, less in zip(found, minus, strict=True) if less == sign]
        return [found[first], *found[:first], *found[first + 1 :]]

    def mixed(self, e: Expr) -> bool:
        """Whether a number stands first in one bracket of a product, and last in another one of the same letters."""
        sums = [base for base, _ in map(_power, Mul.make_args(e)) if base.is_Add]
        ends = [(base, terms[0], terms[-1]) for base, terms in zip(sums, map(self.terms, sums), strict=True)]
        last = [base for base, _, number in ends if number.is_Rational]
        return any(n.is_Rational and base.free_symbols & other.free_symbols for base, n, _ in ends for other in last)

    def _polynomial(self, terms: list[Expr]) -> bool:
        """Whether the first letter of the first of some terms is in others as well, with other powers."""
        powers = [dict(self._term(term)[1]) for term in terms]  # type: ignore[call-overload]
        letter = next(iter(powers[0]))
        return len({p.get(letter, 0) for p in powers}) > 1 and sum(letter in p for p in powers) > 1

    def _linear(self, term: Expr) -> bool:
        """Whether a letter is a factor of a term that is not squared."""
        powers = (_power(factor) for factor in Mul.make_args(term))
        return any(isinstance(base, Symbol | conjugate) and exponent.is_odd for base, exponent in powers)

    def negative(self, term: Expr) -> bool:
        """Whether a term is printed with a minus sign in front; brackets may bring one."""
        if any(factor.is_Add for factor in Mul.make_args(term)):
            return self.product(term).negative
        return bool(term.as_coeff_Mul()[0].is_negative)

    def product(self, e: Expr) -> Product:
        """A product taken apart."""
        coefficient, turns = Fraction(1), 0
        powers: dict[Expr, Expr] = {}
        for factor in Mul.make_args(e):
            base, exponent = _power(factor)
            number: Expr = ONE
            if isinstance(base, Add) and exponent.is_Integer:
                number, base = _primitive(base)
            elif isinstance(base, Add) and abs(exponent) == HALF:
                outside, base = _out_of_root(base)
                coefficient *= Fraction(int(outside.p), int(outside.q)) ** (1 if exponent == HALF else -1)
            elif isinstance(base, Rational) and exponent.is_Integer:
                number, base = base, ONE
            if isinstance(base, Add) and abs(exponent) == 1:
                turned = _turned(base, -I)
                (minus, i, _), (less, fewer, _) = _signs_and_phases(base), _signs_and_phases(turned)
                if fewer < i and less <= minus and not _turned(turned, I) - base:
                    base, turns = turned, turns + int(exponent)
            if base is I and exponent.is_Integer:
                turns += int(exponent)
            elif base != 1:
                powers[base] = powers.get(base, Rational(0)) + exponent
            if number != 1:
                coefficient *= Fraction(int(number.p), int(number.q)) ** int(exponent)
        coefficient *= (1, 1, -1, -1)[turns % 4]
        sign, powers = _norms(_moduli(_one_exponential(powers)))
        coefficient *= sign
        for base in [b for b, exponent in powers.items() if b.is_Rational and exponent.is_Integer]:
            # |1 + i|² is the number 2
            coefficient *= Fraction(int(base.p), int(base.q)) ** int(powers.pop(base))
        for base in [b for b, exponent in powers.items() if b.is_Integer and exponent == HALF]:
            # SymPy writes 1/√2 as √2/2.
            if coefficient.denominator % int(base) == 0:
                coefficient, powers[base] = coefficient * int(base), -HALF
        coefficient, powers = self._signs(coefficient, powers)
        coefficient, powers = _one_power(coefficient, powers)
        powers = _one_root(_one_root(powers, HALF), -HALF)
        above, below = [], []
        for base, exponent in powers.items():
            if _downstairs(exponent) and not isinstance(base, exp):
                below.append(Factor(_group(base, -exponent), base, -exponent))
            elif exponent != 0:
                above.append(Factor(_group(base, exponent), base, exponent))
        above.sort(key=self._factor)
        below.sort(key=self._factor)
        return Product(coefficient, turns % 2 == 1, tuple(self._weighted(above)), tuple(below))

    def _weighted(self, factors: list[Factor]) -> list[Factor]:
        """A sum of rates beside weights alone, where one rate would stand: (Γ_1 + Γ_2)|p|², as Γ_1|p|²."""
        rates = [f for f in factors if f.base.is_Add and f.exponent == 1 and all(map(_is_rate, f.base.args))]
        if len(rates) != 1 or not all(f.group == LETTER and _is_weight(f.base) for f in factors if f is not rates[0]):
            return factors
        return sorted(factors, key=lambda f: min(map(self._rank, f.base.args if f is rates[0] else (f.base,))))

    def _signs(self, coefficient: Fraction, powers: dict[Expr, Expr]) -> tuple[Fraction, dict[Expr, Expr]]:
        """Pull minus signs out of brackets: where most terms have one, and from b − a where one is left to cancel."""
        found: dict[Expr, Expr] = {}
        for base, exponent in powers.items():
            if isinstance(base, Add) and exponent.is_Integer:
                terms = sorted(base.args, key=self._term)
                even = exponent % 2 == 0
                free = even or coefficient < 0 or -base in powers
                most = 2 * sum(map(self.negative, terms)) - len(terms)
                one = any(term.is_Rational and term > 0 for term in terms)  # 1 − a − b stays
                if most > 0 and (free or not one) or most == 0 and self.negative(terms[0]) and free:
                    base, coefficient = -base, coefficient if even else -coefficient
            found[base] = found.get(base, Rational(0)) + exponent
        return coefficient, found

    def _late(self, term: Expr) -> int:
        """How far behind plain terms one stands: fractions, radicals and N_a, decays, Σ, which nothing may follow."""
        late = 0
        mean = any("<" in letter.name for letter in term.free_symbols)  # means stand in the order of the modes
        for base, exponent in map(_power, Mul.make_args(term)):
            if isinstance(base, exp):
                late = max(late, 0 if base.args[0].has(I) else 3)
            elif isinstance(base, Sum):
                late = 4
            elif isinstance(base, Add) and exponent.is_Rational and not exponent.is_Integer or _is_moment(base):
                late = max(late, 2)
            elif _downstairs(exponent) and not (mean or base.is_number):
                late = max(late, 1)
        return late

    def _term(self, term: Expr) -> tuple[object, ...]:
        letters: dict[tuple[object, ...], Fraction] = {}
        for base, exponent in map(_power, Mul.make_args(term)):
            radical = isinstance(base, Add) and exponent.is_Rational and not exponent.is_Integer
            if not (isinstance(base, exp | Sum) or radical or base.is_Number or base is I):
                size = Fraction(int(exponent.p), int(exponent.q)) if exponent.is_Rational else Fraction(0)
                letters[self._rank(base)] = letters.get(self._rank(base), Fraction(0)) + size
        # Lexicographic in the letters, high powers first: 16 J⁴ + 12 J²κ² + κ⁴. A missing letter is its
        # power zero.
        powers = tuple((rank, -size) for rank, size in sorted(letters.items()))
        return self._late(term), (*powers, ((2,), Fraction(0))), default_sort_key(term)

    def _rank(self, base: Expr) -> tuple[object, ...]:
        """Where a factor stands among the letters of a sum's terms: amplitudes first, counts such as N last."""
        star = isinstance(base, conjugate)
        letter = base.args[0] if isinstance(base, conjugate | Abs) else base
        if isinstance(letter, Symbol):
            mean = 0 if "<" in letter.name else 1
            return int(letter.name in COUNTS), mean, *self.notation.rank(letter.name), star
        return 0, 2, 0, str(default_sort_key(base)), (), star

    def _factor(self, f: Factor) -> tuple[object, ...]:
        """Powers of numbers, π, binomials, counts, their sums and roots come first, 4^N π N Γ, and the time last."""
        if f.group == SUM and not f.counts:
            terms = self.terms(f.base)
            keys = tuple(self._term(term)[:2] for term in terms)
            numbers = tuple(term.as_coeff_Mul()[0] for term in terms)
            return f.group, int(len(terms) > 4), keys, numbers, default_sort_key(f.base)
        _, *rest = self._rank(f.base)
        early = next((k for k, found in enumerate(f.early) if found), len(f.early))
        group = LETTER if early < len(f.early) else SUM if f.timely else f.group
        return group, early, tuple(rest), default_sort_key(f.base)


def _is_moment(base: Expr) -> bool:
    return isinstance(base, Symbol) and base.name.startswith(MOMENT) and not base.is_integer


def _is_rate(e: Expr) -> bool:
    return isinstance(e, Symbol) and bool(e.is_real)


def _is_weight(e: Expr) -> bool:
    """Whether it is a complex letter, its conjugate or its modulus."""
    return isinstance(e, Abs | conjugate) or isinstance(e, Symbol) and not e.is_real


def collected(e: Add) -> Expr:
    """A sum of rates with those of one weight in one bracket, (Γ_1 + Γ_2)|p|² + κ; determinants stay as they are.

    A weight is a product of complex letters one of which at least is conjugate.
    """
    found: dict[Expr, list[Expr]] = {}
    for term in e.args:
        weights, rates = [ONE], [ONE]
        for factor in Mul.make_args(term):
            base, _ = _power(factor)
            if isinstance(base, Symbol) and base.is_real and factor is not base:
                return e  # no rate is squared
            (weights if _is_weight(base) else rates).append(factor)
        if sum(isinstance(rate, Symbol) for rate in rates) > 1:
            return e
        weight = Mul(*weights)
        paired = weight.has(conjugate, Abs) and all(rate.is_Rational or rate.is_Symbol for rate in rates)
        key = weight if paired else Mul(weight, *rates)
        found.setdefault(key, []).append(Mul(*rates) if paired else ONE)
    return Add(*(Mul(weight, Add(*rates)) for weight, rates in found.items()))


def _turned(e: Expr, unit: Expr) -> Expr:
    """A sum times ±1 or ±i, term by term."""
    return Add(*(unit * term for term in Add.make_args(e)))


def _signs_and_phases(e: Expr) -> tuple[int, int, int]:
    """Minus signs in a sum and in its brackets, terms with a factor i, and with a phase but no i: i J e^{iθ} + Γ."""
    terms = [term for sum_ in (*e.atoms(Add), e) for term in Add.make_args(sum_)]
    minus = sum(bool(term.as_coeff_Mul()[0].is_negative) for term in terms)
    own = [Mul.make_args(term) for term in Add.make_args(e)]
    real = sum(I not in factors and any(isinstance(x, exp) for x in factors) for factors in own)
    return minus, sum(I in factors for factors in own), real


def _power(factor: Expr) -> tuple[Expr, Expr]:
    """Base and exponent; i and exponentials are their own base."""
    return (factor, ONE) if factor is I or isinstance(factor, exp) else factor.as_base_exp()


def _downstairs(exponent: Expr) -> bool:
    """Whether a power belongs below the line: x⁻², (2Γ + κ)^(1 − 2N)."""
    terms = [term for term in Add.make_args(exponent) if term.free_symbols] or [exponent]
    return all(term.as_coeff_Mul()[0].is_negative for term in terms)


def _group(base: Expr, exponent: Expr) -> int:
    if isinstance(base, exp):
        return PHASE if base.args[0].has(I) else DECAY
    if exponent.is_Rational and not exponent.is_Integer:
        return LETTER if base.is_Number else ROOT
    if isinstance(base, Add | Mul) or isinstance(base, Abs) and base.args[0].is_Add:
        return SUM
    if isinstance(base, Sum | IndexedProduct):
        return OPERATOR  # nothing may follow what it sums
    letter = base.args[0] if isinstance(base, conjugate | Abs) else base
    if isinstance(letter, Symbol):
        written_apart = "<" in letter.name or "/" in letter.name  # amplitudes, rates of change
        return OPERATOR if written_apart or not letter.is_commutative else LETTER
    return FUNCTION if type(base) in FUNCTIONS else LETTER


def _primitive(e: Add) -> tuple[Rational, Expr]:
    """A sum as a number times one without a common number: those before brackets in its terms count as well.

    Where a term is a fraction its number stays in it, as in 1 − (2n + 1)/(2ν).
    """
    powers = [_power(factor) for term in e.args for factor in Mul.make_args(term)]
    fractions = any(_downstairs(exponent) and not base.is_Number for base, exponent in powers)
    if fractions or not any(base.is_Add for base, _ in powers):
        return e.primitive()
    terms = []
    for term in e.args:
        number, factors = ONE, []
        for factor in Mul.make_args(term):
            base, exponent = _power(factor)
            if base.is_Add and exponent.is_Integer:
                content, base = base.primitive()
                number *= content**exponent
            factors.append(base**exponent)
        terms.append(Mul(number, *factors))
    return Add(*terms).primitive()


def _out_of_root(e: Add) -> tuple[Rational, Expr]:
    """√e as a rational number times a root: ½√((2n + 1)² − 4|m|²)."""
    number, rest = _primitive(e)
    root = sqrt(number)
    return (root, rest) if root.is_Rational else (ONE, e)


def _one_exponential(powers: dict[Expr, Expr]) -> dict[Expr, Expr]:
    """e^{x} e^{y} as e^{x + y}, phases and decays apart."""
    found = {base: exponent for base, exponent in powers.items() if not isinstance(base, exp)}
    for group in (PHASE, DECAY):
        parts = [b.args[0] * e for b, e in powers.items() if isinstance(b, exp) and _group(b, e) == group]
        if parts and (total := Add(*parts)) != 0:
            found[exp(total.expand() if total.is_Add else total)] = ONE
    return found


def _one_power(coefficient: Fraction, powers: dict[Expr, Expr]) -> tuple[Fraction, dict[Expr, Expr]]:
    """4 · 2^{2N} as 2^{2N + 2}."""
    found = dict(powers)
    for base, exponent in powers.items():
        if base.is_Integer and base > 1 and exponent.free_symbols:
            times = multiplicity(int(base), coefficient.numerator)
            coefficient /= int(base) ** times
            found[base] = exponent + times
    return coefficient, found


def _one_root(powers: dict[Expr, Expr], exponent: Expr) -> dict[Expr, Expr]:
    """√x √y as √(x y), where all but one are not negative."""
    roots = [b for b, e in powers.items() if e == exponent]
    others = [b for b in roots if not b.is_nonnegative]
    roots = [b for b in roots if b not in others[1:]]
    if len(roots) < 2 or all(b.is_number for b in roots):
        return powers
    found = {b: e for b, e in powers.items() if b not in roots}
    found[Mul(*roots, evaluate=False)] = exponent
    return found


def _moduli(powers: dict[Expr, Expr]) -> dict[Expr, Expr]:
    """p^m p*^n with integers of one sign as |p|^2k and what is left over."""
    found = dict(powers)
    for base in powers:
        if not isinstance(base, conjugate) or base.args[0] not in found:
            continue
        letter = base.args[0]
        m, n = found[letter], found[base]
        if m.is_Integer and n.is_Integer and m * n > 0:
            shared = min(m, n) if m > 0 else max(m, n)
            both = found.get(Abs(letter), Rational(0)) + 2 * shared
            found |= {letter: m - shared, base: n - shared, Abs(letter): both}
    return {base: exponent for base, exponent in found.items() if exponent != 0}


def _norms(powers: dict[Expr, Expr]) -> tuple[int, dict[Expr, Expr]]:
    """A sum times its conjugate as x² + y², where it is x + iy, else as its modulus squared; and the sign left."""
    found, sign = dict(powers), 1
    for base in powers:
        if not base.is_Add or base not in found:
            continue
        star = conjugated(base)
        other, turned = (star, 1) if star in found else (-star, -1)
        m, n = found[base], found.get(other, Rational(0))
        if other in (base, -base) or not (m.is_Integer and n.is_Integer and m * n > 0):
            continue
        shared = min(m, n) if m > 0 else max(m, n)
        real = [term for term in base.args if conjugated(term) == term]
        rest = [term for term in base.args if conjugated(term) == -term]
        split = len(real) == len(rest) == 1 and len(base.args) == 2
        plainer = min((_turned(e, u) for e in (base, star) for u in (ONE, -ONE, I, -I)), key=_signs_and_phases)
        norm = Add(real[0] ** 2, -(rest[0] ** 2)) if split else Abs(plainer, evaluate=False)
        power = shared if split else 2 * shared
        found |= {base: m - shared, other: n - shared}
        found[norm] = found.get(norm, Rational(0)) + power
        sign *= turned if shared % 2 else 1
    return sign, {base: exponent for base, exponent in found.items() if exponent != 0}
