r"""Expressions as a physicist writes them, in pieces between which a line may be broken.

Numbers, i, letters in the paper's order, roots, brackets, functions, exponentials, amplitudes; |p|² for p p*, p* for
conjugates, minus signs pulled out, e^{−x} kept upstairs. Display changes no mathematics: what is pulled out of a bracket
is a number or a sign, and every display is read back by another parser in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sympy import Abs, Add, Expr, I, Mul, Pow, Rational, Symbol, conjugate, default_sort_key, exp, log, pi
from sympy.functions import cos, cosh, sin, sinh, tan, tanh

from derive.derivation import Dissipator, Operators
from derive.errors import DeriveError
from derive.measure import RELATION, width
from derive.notation import COUNTS, Notation, raised

FUNCTIONS = {sin: "sin", cos: "cos", tan: "tan", sinh: "sinh", cosh: "cosh", tanh: "tanh", log: "ln"}
INDENT = 3_000
LETTER, ROOT, SUM, FUNCTION, PHASE, DECAY, OPERATOR = range(7)
FLAT, BRACKETED, FRACTION = range(3)
SHAPES = (("(", ")"), ("[", "]"), (r"\{", r"\}"))
SIZES = {FLAT: ("", ""), BRACKETED: (r"\bigl", r"\bigr"), FRACTION: (r"\biggl", r"\biggr")}


class Unprintable(DeriveError):
    """An expression that has no place in a formula of a paper: a float, an undefined function, a piecewise value."""


@dataclass(frozen=True)
class Piece:
    """LaTeX that is never broken; `lead` is what joins it to the one before: "" (never part), "+", "-" or "*" (a factor)."""

    tex: str
    lead: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Laid:
    """An expression in pieces, its height, how deep its brackets nest, and whether it is a sum."""

    pieces: tuple[Piece, ...]
    height: int = FLAT
    nesting: int = 0
    is_sum: bool = False

    @property
    def tex(self) -> str:
        """All pieces on one line."""
        return line(self.pieces)


@dataclass(frozen=True)
class Factor:
    """One factor of a product: where it stands, what it is, and its positive exponent."""

    group: int
    base: Expr
    exponent: Expr = Rational(1)


def line(pieces: Sequence[Piece], starts: bool = False) -> str:
    r"""Pieces on one line; where a line `starts` with a factor it says \times."""
    found = []
    for k, piece in enumerate(pieces):
        lead = {"*": r"\times " if starts else ""}.get(piece.lead, piece.lead) if k == 0 else piece.lead.strip("*")
        found.append(f"{lead} {piece.tex.strip()}" if lead.strip() in ("+", "-") else f"{lead}{piece.tex.strip()}")
    return " ".join(found)


def _atom(tex: str, height: int = FLAT) -> Laid:
    return Laid((Piece(tex),), height)


@dataclass(frozen=True)
class Printer:
    """Prints expressions in a notation; no piece is wider than `room`, in thousandths of an em, less the indent."""

    notation: Notation
    room: int = 47_000

    def fits(self, tex: str) -> bool:
        """Whether this LaTeX may stand on one line."""
        # No character is wider than a relation; short formulas need no measuring.
        return len(tex) * RELATION <= self.room - INDENT or width(tex) <= self.room - INDENT

    # -- sums -------------------------------------------------------------------------------------------------------

    def expression(self, e: Expr) -> Laid:
        """Any expression."""
        if isinstance(e, Add) and not _over_one_number(e):
            return self._sum([self._product(term) for term in self.ordered(e)])
        negative, laid = self._product(e)
        return self._sum([(negative, laid)]) if negative else laid

    def _sum(self, terms: Iterable[tuple[bool, Laid]]) -> Laid:
        pieces: list[Piece] = []
        height = nesting = count = 0
        for count, (negative, laid) in enumerate(terms, start=1):
            first, *rest = laid.pieces
            if pieces:
                pieces.append(replace(first, lead="-" if negative else "+"))
            else:
                pieces.append(replace(first, tex=f"-{first.tex}" if negative else first.tex, lead=""))
            pieces.extend(rest)
            height, nesting = max(height, laid.height), max(nesting, laid.nesting)
        return Laid(tuple(pieces), height, nesting, is_sum=count > 1 or bool(pieces) and pieces[0].tex.startswith("-"))

    def ordered(self, e: Expr) -> list[Expr]:
        """The terms of a sum in the order of print: by letters and powers, radicals and decays last, a positive one first."""
        terms = sorted(Add.make_args(e), key=self._term_key)
        first = next((k for k, term in enumerate(terms) if not _negative(term)), 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]

    def _term_key(self, term: Expr) -> tuple[object, ...]:
        letters: dict[tuple[object, ...], Fraction] = {}
        late = 0
        for factor in Mul.make_args(term):
            base, exponent = _power(factor)
            if isinstance(base, exp):
                late = max(late, 0 if base.args[0].has(I) else 2)
            elif isinstance(base, Add) and exponent.is_Rational and not exponent.is_Integer:
                late = max(late, 1)
            elif not base.is_Number and base is not I:
                size = Fraction(int(exponent.p), int(exponent.q)) if exponent.is_Rational else Fraction(0)
                letters[self._rank(base)] = letters.get(self._rank(base), Fraction(0)) + size
        # Lexicographic in the letters, high powers first: 16 J⁴ + 12 J²κ² + κ⁴. A missing letter counts as power zero.
        powers = tuple((rank, -power) for rank, power in sorted(letters.items()))
        return late, (*powers, ((2,), Fraction(0))), default_sort_key(term)

    def _rank(self, base: Expr) -> tuple[object, ...]:
        """Where a factor stands among the letters of a sum's terms: amplitudes first, counts such as N last."""
        star = isinstance(base, conjugate)
        letter = base.args[0] if isinstance(base, conjugate | Abs) else base
        if isinstance(letter, Symbol):
            mean = 0 if "<" in letter.name else 1
            count = letter.name in COUNTS
            return (int(count), mean, *self.notation.rank(letter.name), star)
        return (0, 2, 0, str(default_sort_key(base)), (), star)

    # -- products ---------------------------------------------------------------------------------------------------

    def _product(self, e: Expr) -> tuple[bool, Laid]:
        coefficient, imaginary, above, below = self._split(e)
        negative = coefficient < 0
        p, q = abs(coefficient.numerator), coefficient.denominator
        head = ([str(p)] if p != 1 else []) + (["i"] if imaginary else [])
        inside = [f for f in above if f.group < DECAY and not (f.group == SUM and (not below or self._moving(f)))]
        outside = [f for f in above if f not in inside]
        if not below and q == 1:
            return negative, self._chain(head, above)
        if not inside and not head and len(outside) == 1 and outside[0].exponent == 1 and outside[0].group < OPERATOR:
            inside, outside = outside, []
        if not self.fits(self._fraction(head, inside, q, below)[0].tex):
            outside = [f for f in above if f.group >= DECAY or f.group == SUM]
            inside = [f for f in above if f not in outside]
        fractions = self._fraction(head, inside, q, below) if below or q != 1 else ()
        fitting = all(self.fits(piece.tex) for piece in fractions)
        if fitting:
            return negative, self._joined([Laid(fractions, FRACTION), *map(self._factor, outside)])
        wide = [f for f in below if not self.fits(self._factor(f).tex)]
        before = self._fractions(head, inside, q, [f for f in below if f not in wide])
        inverse = [replace(f, exponent=-f.exponent) for f in wide]
        return negative, self._joined([*before, *map(self._factor, [*outside, *inverse])])

    def _moving(self, f: Factor) -> bool:
        """Brackets that hold exponentials or amplitudes stand behind the fraction, as in Liu et al. (A2)."""
        return f.base.has(exp) or any("<" in s.name for s in f.base.free_symbols)

    def _split(self, e: Expr) -> tuple[Fraction, bool, list[Factor], list[Factor]]:
        """A product as a rational coefficient, a factor i or none, and the factors above and below the line."""
        coefficient, turns = Fraction(1), 0
        powers: dict[Expr, Expr] = {}
        for factor in Mul.make_args(e):
            base, exponent = _power(factor)
            if isinstance(base, Rational) and exponent.is_Integer:
                coefficient *= Fraction(int(base.p), int(base.q)) ** int(exponent)
            elif base is I and exponent.is_Integer:
                turns += int(exponent)
            elif isinstance(base, Add) and exponent.is_Integer:
                content, primitive = base.primitive()
                coefficient *= Fraction(int(content.p), int(content.q)) ** int(exponent)
                powers[primitive] = powers.get(primitive, Rational(0)) + exponent
            else:
                powers[base] = powers.get(base, Rational(0)) + exponent
        coefficient *= (1, 1, -1, -1)[turns % 4]
        powers = _one_exponential(powers)
        for base in [b for b, power in powers.items() if b.is_Integer and power == Rational(1, 2)]:
            # SymPy writes 1/√2 as √2/2.
            if coefficient.denominator % int(base) == 0:
                coefficient, powers[base] = coefficient * int(base), -powers[base]
        powers = _moduli(powers)
        coefficient, powers = self._signs(coefficient, powers)
        above, below = [], []
        for base, exponent in powers.items():
            if _downstairs(exponent) and not isinstance(base, exp):
                below.append(Factor(_group(base, -exponent), base, -exponent))
            elif exponent != 0:
                above.append(Factor(_group(base, exponent), base, exponent))
        return coefficient, turns % 2 == 1, sorted(above, key=self._factor_key), sorted(below, key=self._factor_key)

    def _signs(self, coefficient: Fraction, powers: dict[Expr, Expr]) -> tuple[Fraction, dict[Expr, Expr]]:
        """Pull minus signs out of brackets: always from −a − b, and from b − a where a sign is left to cancel."""
        found: dict[Expr, Expr] = {}
        for base, exponent in powers.items():
            if isinstance(base, Add) and exponent.is_Integer:
                terms = sorted(base.args, key=self._term_key)
                even = exponent % 2 == 0
                if all(map(_negative, terms)) or _negative(terms[0]) and (even or coefficient < 0 or -base in powers):
                    base, coefficient = -base, coefficient if even else -coefficient
            found[base] = found.get(base, Rational(0)) + exponent
        return coefficient, found

    def _factor_key(self, f: Factor) -> tuple[object, ...]:
        if f.group == SUM:
            terms = self.ordered(f.base)
            keys = tuple(self._term_key(term)[:2] for term in terms)
            numbers = tuple(term.as_coeff_Mul()[0] for term in terms)
            return f.group, int(len(terms) > 4), keys, numbers, default_sort_key(f.base)
        first, *rest = self._rank(f.base)
        # In a product counts come first, N Γ, and powers of numbers before them, 4^N.
        place = -2 if f.base.is_Number else -first if f.group == LETTER else 0
        return f.group, place, tuple(rest), default_sort_key(f.base)

    def _fraction(self, head: list[str], above: Sequence[Factor], q: int, below: Sequence[Factor]) -> tuple[Piece, ...]:
        top = self._side(head, above)
        bottom = self._side([str(q)] if q != 1 else [], below)
        return (Piece(rf"\frac{{{top}}}{{{bottom}}}"),)

    def _side(self, head: list[str], factors: Sequence[Factor]) -> str:
        if not head and len(factors) == 1 and isinstance(factors[0].base, Add) and factors[0].exponent == 1:
            return self.expression(factors[0].base).tex
        return self._chain(head, factors, small=True).tex or "1"

    def _fractions(self, head: list[str], above: list[Factor], q: int, below: list[Factor]) -> list[Laid]:
        """A fraction too wide for a line, as a product of fractions; nothing for one."""
        tops, bottoms = self._chunks(head, above), self._chunks([str(q)] if q != 1 else [], below)
        found = []
        for k in range(max(len(tops), len(bottoms))):
            top = self._side(*tops[k]) if k < len(tops) else "1"
            bottom = self._side(*bottoms[k]) if k < len(bottoms) else "1"
            if bottom != "1":
                found.append(_atom(rf"\frac{{{top}}}{{{bottom}}}", FRACTION))
            elif top != "1":
                found.append(_atom(top))
        return found

    def _chunks(self, head: list[str], factors: Sequence[Factor]) -> list[tuple[list[str], list[Factor]]]:
        chunks: list[tuple[list[str], list[Factor]]] = [(head, [])]
        for f in factors:
            start, held = chunks[-1]
            if (start or held) and not self.fits(self._side(start, [*held, f])):
                chunks.append(([], [f]))
            else:
                held.append(f)
        return chunks

    def _chain(self, head: list[str], factors: Sequence[Factor], small: bool = False) -> Laid:
        """Factors side by side, without a line under them."""
        if not head and not small and len(factors) == 1 and isinstance(factors[0].base, Add) and factors[0].exponent == 1:
            return self.expression(factors[0].base)
        if not head and not factors:
            return _atom("" if small else "1")
        laid = [self._factor(f) for f in factors]
        numeric = [f.base.is_Number for f in factors]
        if head and head[-1].isdigit() and numeric and numeric[0]:
            laid[0] = _atom(r"\cdot " + laid[0].tex)
        return self._joined([_atom(" ".join(head))] * bool(head) + laid)

    def _joined(self, factors: Sequence[Laid]) -> Laid:
        """Factors in a row; a line may break beside brackets, and between letters only where they would fill it."""
        pieces: list[Piece] = []
        whole = False
        for laid in factors:
            first, *rest = laid.pieces
            if pieces and whole and not rest and self.fits(f"{pieces[-1].tex} {first.tex}"):
                pieces[-1] = replace(pieces[-1], tex=f"{pieces[-1].tex.rstrip()} {first.tex}")
                continue
            pieces += [replace(first, lead="*" if pieces else "", depth=0), *rest]
            whole = not rest
        return Laid(tuple(pieces), max(f.height for f in factors), max(f.nesting for f in factors))

    # -- factors ----------------------------------------------------------------------------------------------------

    def _factor(self, f: Factor) -> Laid:
        base, exponent = f.base, f.exponent
        if isinstance(base, Add):
            inner = self.expression(base)
            if exponent == Rational(1, 2):
                root = rf"\sqrt{{{inner.tex}}}"
                if self.fits(root):
                    return _atom(root, max(BRACKETED, inner.height))
            return self.bracketed(inner, "" if exponent == 1 else self.inline(exponent))
        if exponent == Rational(1, 2):
            return _atom(rf"\sqrt{{{self.power(base, Rational(1))}}}", BRACKETED)
        if isinstance(base, exp) and not self.fits(self.power(base, exponent)):
            inner = self.bracketed(self.expression(base.args[0]))
            first, *rest = inner.pieces
            return replace(inner, pieces=(replace(first, tex=rf"\exp {first.tex}"), *rest))
        return _atom(self.power(base, exponent))

    def bracketed(self, inner: Laid, exponent: str = "") -> Laid:
        """A sum in brackets that grow with what they hold; lines may break inside."""
        left, right = SHAPES[min(inner.nesting, 2)]
        opening, closing = (f"{size}{shape}" for size, shape in zip(SIZES[inner.height], (left, right), strict=True))
        if exponent:
            closing += f"^{exponent}" if len(exponent) == 1 else f"^{{{exponent}}}"
        # A bracket that fills less than half a line is broken only if nothing else helps.
        deeper = 1 if len(inner.tex) * RELATION > self.room and width(inner.tex) > self.room // 2 else 4
        pieces = [replace(piece, depth=piece.depth + deeper) for piece in inner.pieces]
        pieces[0] = replace(pieces[0], tex=f"{opening} {pieces[0].tex}" if opening.startswith("\\") else opening + pieces[0].tex)
        pieces[-1] = replace(pieces[-1], tex=f"{pieces[-1].tex.rstrip()} {closing}" if closing[0] == "\\" else pieces[-1].tex.rstrip() + closing)
        return Laid(tuple(pieces), max(BRACKETED, inner.height), inner.nesting + 1)

    def power(self, base: Expr, exponent: Expr) -> str:
        """A letter, modulus, conjugate or function to a power, unbroken."""
        text = "" if exponent == 1 else self.inline(exponent)
        if isinstance(base, Symbol):
            tex = self.notation.latex(base.name)
        elif isinstance(base, exp):
            return f"e^{{{self.inline(base.args[0] * exponent)}}}"
        elif isinstance(base, Abs):
            tex = f"|{self.expression(base.args[0]).tex.strip()}|"
        elif isinstance(base, conjugate):
            tex = self._conjugate(base.args[0])
        elif type(base) in FUNCTIONS:
            return self._function(base, text)
        elif base is I:
            tex = "i"
        elif base is pi:
            tex = r"\pi"
        elif isinstance(base, Rational):
            tex = self.inline(base)
            tex = tex if base.is_Integer and base >= 0 else f"({tex})"
        elif isinstance(base, Pow | Mul | Add):
            tex = f"({self.inline(base)})"
        else:
            raise Unprintable(f"A formula is built from letters, powers and known functions, but contains {base}.")
        return raised(tex, text) if text else tex

    def _conjugate(self, e: Expr) -> str:
        tex = self.power(e, Rational(1))
        return raised(tex if isinstance(e, Symbol) else f"({tex})", "*")

    def _function(self, e: Expr, exponent: str) -> str:
        name = f"\\{FUNCTIONS[type(e)]}" + (f"^{{{exponent}}}" if len(exponent) > 1 else f"^{exponent}" if exponent else "")
        inner = self.expression(e.args[0])
        return f"{name} {inner.tex}" if isinstance(e.args[0], Symbol) else f"{name}({self.inline(e.args[0])})"

    def inline(self, e: Expr) -> str:
        """An expression on one line without stacked fractions, as in an exponent."""
        if isinstance(e, Add):
            return self._sum([self._inline(term) for term in self.ordered(e)]).tex
        negative, laid = self._inline(e)
        return f"-{laid.tex}" if negative else laid.tex

    def _inline(self, e: Expr) -> tuple[bool, Laid]:
        coefficient, imaginary, above, below = self._split(e)
        p, q = abs(coefficient.numerator), coefficient.denominator
        head = ([str(p)] if p != 1 else []) + (["i"] if imaginary else [])
        tex = self._chain(head, above, small=True).tex or "1"
        if below or q != 1:
            bottom = self._chain([str(q)] if q != 1 else [], below, small=True).tex
            tex += f"/{bottom}" if len(below) + (q != 1) == 1 else f"/({bottom})"
        return coefficient < 0, _atom(tex)

    # -- operators --------------------------------------------------------------------------------------------------

    def operators(self, sum_: Operators) -> Laid:
        """A sum of coefficients times operator words, in its own order; h.c. closes the part that has one."""
        terms = [self._word(c, word) for c, word in sum_.terms]
        if sum_.adjoint:
            adjoint = [*(self._word(c, word) for c, word in sum_.adjoint), (False, _atom(self.notation.latex("h.c.")))]
            terms = [*terms, (False, self.bracketed(self._sum(adjoint)))] if terms else adjoint
        return self._sum(terms) if terms else _atom("0")

    def _word(self, coefficient: Expr, word: Sequence[str | Dissipator]) -> tuple[bool, Laid]:
        tex = " ".join(self._letter(letter) for letter in word)
        if not word:
            return self._product(coefficient)
        if isinstance(coefficient, Add) and not _over_one_number(coefficient):
            negative = _negative(self.ordered(coefficient)[0])
            laid = self.bracketed(self.expression(-coefficient if negative else coefficient))
        else:
            negative, laid = self._product(coefficient)
            if laid.tex == "1":
                return negative, _atom(tex)
        return negative, replace(laid, pieces=(*laid.pieces, Piece(tex)))

    def _letter(self, letter: str | Dissipator) -> str:
        if isinstance(letter, str):
            return self.notation.latex(letter)
        names = dict(self.notation.names)
        kind = names.get(letter.kind, r"\mathcal{D}" + "'" * letter.kind.count("'"))
        return f"{kind}[{self.operators(letter.jump).tex}]"


def _negative(term: Expr) -> bool:
    """Whether a term is printed with a minus sign in front."""
    coefficient, rest = term.as_coeff_Mul()
    return bool(coefficient.is_negative)


def _power(factor: Expr) -> tuple[Expr, Expr]:
    """Base and exponent; i and exponentials are their own base."""
    return (factor, Rational(1)) if factor is I or isinstance(factor, exp) else factor.as_base_exp()


def _downstairs(exponent: Expr) -> bool:
    """Whether a power belongs under the line: x⁻², (2Γ + κ)^(1 − 2N)."""
    terms = [term for term in Add.make_args(exponent) if term.free_symbols] or [exponent]
    return all(map(_negative, terms))


def _over_one_number(e: Add) -> bool:
    """Whether all terms of a sum of letters are over the same number, (Γ + κ)/2."""
    numbers = {int(term.as_coeff_Mul()[0].q) for term in e.args if term.as_coeff_Mul()[0].is_Rational}
    amplitudes = any("<" in symbol.name for symbol in e.free_symbols)
    return len(numbers) == 1 and numbers != {1} and not amplitudes and all(term.as_coeff_Mul()[0].is_Rational for term in e.args)


def _group(base: Expr, exponent: Expr) -> int:
    if isinstance(base, exp):
        return PHASE if base.args[0].has(I) else DECAY
    if exponent.is_Rational and not exponent.is_Integer:
        return LETTER if base.is_Number else ROOT
    if isinstance(base, Add):
        return SUM
    if isinstance(base, Symbol):
        return OPERATOR if "<" in base.name or not base.is_commutative else LETTER
    if isinstance(base, conjugate) and isinstance(base.args[0], Symbol):
        return OPERATOR if "<" in base.args[0].name else LETTER
    return FUNCTION if type(base) in FUNCTIONS else LETTER


def _one_exponential(powers: dict[Expr, Expr]) -> dict[Expr, Expr]:
    """e^{x} e^{y} as e^{x + y}, phases and decays apart."""
    found = {base: exponent for base, exponent in powers.items() if not isinstance(base, exp)}
    for group in (PHASE, DECAY):
        parts = [b.args[0] * e for b, e in powers.items() if isinstance(b, exp) and _group(b, e) == group]
        if parts and (total := Add(*parts)) != 0:
            found[exp(total)] = Rational(1)
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
            found |= {letter: m - shared, base: n - shared, Abs(letter): found.get(Abs(letter), Rational(0)) + 2 * shared}
    return {base: exponent for base, exponent in found.items() if exponent != 0}
