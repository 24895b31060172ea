r"""Expressions as a physicist writes them, in pieces between which a line may be broken.

Numbers, i, letters in the paper's order, roots, brackets, functions, exponentials, amplitudes; |p|² for p
p*, p* for conjugates, minus signs pulled out, e^{−x} kept upstairs. Display changes no mathematics: what is
pulled out of a bracket is a number or a sign, and every display is read back by another parser in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sympy import (
    Abs,
    Add,
    Expr,
    I,
    Mul,
    Pow,
    Rational,
    S,
    Sum,
    Symbol,
    binomial,
    conjugate,
    exp,
    factorial,
    floor,
    pi,
    sin,
)
from sympy import Product as IndexedProduct

from derive.derivation import Dissipator, Operators
from derive.latex.factors import (
    DECAY,
    FUNCTIONS,
    HALF,
    OPERATOR,
    ROOT,
    SUM,
    Factor,
    Order,
    Product,
    collected,
)
from derive.latex.measure import RELATION, width
from derive.latex.notation import Notation, Unprintable, raised
from derive.latex.waves import gathered

INDENT = 3_000
FLAT, BRACKETED, FRACTION = range(3)
SHAPES = (("(", ")"), ("[", "]"), (r"\{", r"\}"))
MODULUS = (r"\lvert", r"\rvert")
WORD = re.compile(r"\\math(?:rm|sf)\{[^{}]{2}")  # a name of several letters, which its neighbours would lengthen
NAMED = tuple(f"\\{name}" for name in FUNCTIONS.values())
SIZES = MappingProxyType({FLAT: ("", ""), BRACKETED: (r"\bigl", r"\bigr"), FRACTION: (r"\biggl", r"\biggr")})


@dataclass(frozen=True)
class Piece:
    """LaTeX that is never broken.

    `lead` is what joins it to the piece before: "" (never part), "+", "-" or "*" (a factor).
    """

    tex: str
    lead: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Laid:
    """An expression in pieces, its height, and how deep its brackets nest."""

    pieces: tuple[Piece, ...]
    height: int = FLAT
    nesting: int = 0
    bare: bool = False  # ends in a word or in r of sinh r, a function's argument without brackets: nothing may run in

    @property
    def tex(self) -> str:
        """All pieces on one line."""
        return line(self.pieces)


def line(pieces: Sequence[Piece], starts: bool = False) -> str:
    r"""Pieces on one line; where a line `starts` with a factor it says \times."""
    found = []
    for k, piece in enumerate(pieces):
        lead = piece.lead.replace("*", r"\times" if starts and k == 0 else "")
        found.append(f"{lead} {piece.tex.strip()}" if lead else piece.tex.strip())
    return " ".join(found)


def _over_one_number(e: Expr) -> bool:
    """Whether all terms of a sum of letters are over the same number, as in (Γ + κ)/2."""
    numbers = [term.as_coeff_Mul()[0] for term in Add.make_args(e)]
    amplitudes = any("<" in symbol.name for symbol in e.free_symbols)
    if len(numbers) < 2 or amplitudes or not all(number.is_Rational for number in numbers):
        return False
    return len({int(number.q) for number in numbers}) == 1 and numbers[0].q != 1


def _atom(tex: str, height: int = FLAT) -> Laid:
    return Laid((Piece(tex),), height)


@dataclass(frozen=True)
class Printer:
    """Prints expressions in a notation; no piece is wider than `room`, in thousandths of an em, less the indent."""

    notation: Notation
    room: int = 47_000
    falling: bool = False  # see `Order`

    @property
    def order(self) -> Order:
        """The order of terms and factors in this notation."""
        return Order(self.notation, self.falling)

    def fits(self, tex: str) -> bool:
        """Whether this LaTeX may stand on one line."""
        # No character is wider than a relation; short formulas need no measuring.
        return len(tex) * RELATION <= self.room - INDENT or width(tex) <= self.room - INDENT

    # -- sums ------------------------------------------------------------------------------------------------

    def expression(self, e: Expr) -> Laid:
        """Any expression."""
        e = gathered(e) if isinstance(e, Add) and e.has(exp, sin) else e
        if isinstance(e, Add):
            whole = self._over_one_line(e)
            if whole:
                return whole
            if not _over_one_number(e):
                return self._sum([self._product(term) for term in self.order.terms(collected(e))])
        return self._sum([self._product(e)])

    def _over_one_line(self, e: Add) -> Laid | None:
        """Terms that are all divided by the same letters, as one fraction, where one of them is a sum or a root."""
        products = [self.order.product(term) for term in e.args]
        below = products[0].below
        long = any(f.group in (ROOT, SUM) for p in products for f in p.above)
        if not below or not long or any(p.below != below for p in products):
            return None
        shared = Mul(*(f.base**f.exponent for f in below))
        above = Add(*(term * shared for term in e.args))
        if not isinstance(above, Add):
            return None
        laid = self._sum([self._product(Mul(above, 1 / shared, evaluate=False))])
        return laid if len(laid.pieces) == 1 else None

    def _sum(self, terms: Iterable[tuple[bool, Laid]]) -> Laid:
        """Terms in a row, each with whether its sign is minus."""
        pieces: list[Piece] = []
        height = nesting = 0
        for minus, laid in terms:
            first, *rest = laid.pieces
            if pieces:
                pieces.append(replace(first, lead="-" if minus else "+"))
            else:
                pieces.append(replace(first, tex=f"-{first.tex}" if minus else first.tex, lead=""))
            pieces.extend(rest)
            height, nesting = max(height, laid.height), max(nesting, laid.nesting)
        return Laid(tuple(pieces), height, nesting)

    # -- products --------------------------------------------------------------------------------------------

    def _product(self, e: Expr) -> tuple[bool, Laid]:
        """Whether the sign of a product is minus, and the product without it."""
        if not self.falling and self.order.mixed(e):
            return replace(self, falling=True)._product(e)
        p = self.order.product(e)
        if not p.below and not p.number_below:
            return p.negative, self._row(p.head, p.above)
        inside, outside = self._divided(p)
        whole = self._fraction(p.head, inside, p.number_below, p.below)
        if self.fits(whole.tex):
            return p.negative, self._joined([whole, *map(self._factor, outside)])
        wide = [f for f in p.below if not self.fits(self._factor(f).tex)]
        narrow = self._fractions(p, inside, [f for f in p.below if f not in wide])
        inverse = [replace(f, exponent=-f.exponent) for f in wide]
        return p.negative, self._joined([*narrow, *map(self._factor, [*outside, *inverse])])

    def _divided(self, p: Product) -> tuple[list[Factor], list[Factor]]:
        """The factors above the line that stand on it and those that follow it.

        Decays, amplitudes and brackets that hold them follow, as in Liu et al. (A2), and so do brackets over
        a number, κ/8 (N + …), or those that would make the fraction too wide for a line.
        """

        def moves(f: Factor) -> bool:
            mixed = f.base.has(exp) or any("<" in s.name for s in f.base.free_symbols)
            mixed = mixed or any(power.base.is_Mul for power in f.base.atoms(Pow))
            bracket = f.group == SUM and not f.counts or f.timely and any(map(moves, sums))
            return f.group >= DECAY or bracket and (not p.below or mixed or f.base.is_Mul)

        sums = [f for f in p.above if f.group == SUM]
        outside = [f for f in p.above if moves(f)]
        inside = [f for f in p.above if not moves(f)]
        alone = outside[0] if len(outside) == 1 and not inside and not p.head else None
        if alone and alone.exponent == 1 and alone.group < OPERATOR:
            inside, outside = outside, []
        if not self.fits(self._fraction(p.head, inside, p.number_below, p.below).tex):
            outside = [f for f in p.above if f.group >= DECAY or f.group == SUM]
            inside = [f for f in p.above if f not in outside]
        return inside, outside

    def _fraction(self, head: list[str], above: Sequence[Factor], number: list[str], below: Sequence[Factor]) -> Laid:
        return _atom(rf"\frac{{{self._side(head, above)}}}{{{self._side(number, below)}}}", FRACTION)

    def _side(self, head: list[str], factors: Sequence[Factor]) -> str:
        """What stands above or below a line; a sum that stands there alone needs no brackets."""
        if not head and len(factors) == 1 and isinstance(factors[0].base, Add) and factors[0].exponent == 1:
            return self.expression(factors[0].base).tex
        return self._row(head, factors).tex

    def _fractions(self, p: Product, above: Sequence[Factor], below: Sequence[Factor]) -> list[Laid]:
        """A fraction too wide for a line, as several; nothing for one."""
        tops, bottoms = self._chunks(p.head, above), self._chunks(p.number_below, below)
        found = []
        for k in range(max(len(tops), len(bottoms))):
            top = self._side(*tops[k]) if k < len(tops) else "1"
            bottom = self._side(*bottoms[k]) if k < len(bottoms) else "1"
            if bottom != "1":
                found.append(_atom(rf"\frac{{{top}}}{{{bottom}}}", FRACTION))
            elif top != "1":
                found.append(replace(_atom(top), bare=self._row(*tops[k]).bare))
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

    def _row(self, head: list[str], factors: Sequence[Factor]) -> Laid:
        """Factors side by side, without a line under them."""
        if not head and not factors:
            return _atom("1")
        laid = [self._factor(f) for f in factors]
        if head and head[-1].isdigit() and factors and factors[0].base.is_Number and factors[0].exponent != HALF:
            laid[0] = _atom(r"\cdot " + laid[0].tex)
        return self._joined([_atom(" ".join(head)), *laid] if head else laid)

    def _joined(self, factors: Sequence[Laid]) -> Laid:
        """Factors in a row; a line may break beside brackets, and between letters only where they would fill it."""
        pieces: list[Piece] = []
        whole = bare = False
        for laid in factors:
            first, *rest = laid.pieces
            word = pieces and WORD.match(first.tex) and not pieces[-1].tex.isdigit()
            if word or bare and not first.tex.startswith(NAMED):
                first = replace(first, tex=rf"\, {first.tex}")
            bare = laid.bare
            if pieces and whole and not rest and self.fits(f"{pieces[-1].tex} {first.tex}"):
                pieces[-1] = replace(pieces[-1], tex=f"{pieces[-1].tex.rstrip()} {first.tex}")
                continue
            pieces += [replace(first, lead="*" if pieces else "", depth=0), *rest]
            whole = not rest
        return Laid(tuple(pieces), max(f.height for f in factors), max(f.nesting for f in factors), bare)

    # -- factors ---------------------------------------------------------------------------------------------

    def _factor(self, f: Factor) -> Laid:
        base, exponent = f.base, f.exponent
        if exponent == HALF and isinstance(base, Mul) and base.args == (base.args[0], conjugate(base.args[0])):
            return self._factor(replace(f, base=Abs(base.args[0]), exponent=S.One))
        power = "" if exponent == 1 else self.inline(exponent)
        if isinstance(base, Add):
            inner = self.expression(base)
            root = rf"\sqrt{{{inner.tex}}}"
            if exponent == HALF and self.fits(root):
                return _atom(root, max(BRACKETED, inner.height))
            return self.bracketed(inner, power)
        if isinstance(base, Abs) and base.args[0].is_Add:
            return self.bracketed(self.expression(base.args[0]), power, MODULUS)
        if isinstance(base, Mul) and exponent != HALF:
            return self.bracketed(self.expression(base), power)
        if exponent == HALF:
            inner = self.expression(base)
            root = rf"\sqrt{{{inner.tex}}}"
            if isinstance(base, Mul) and not self.fits(root):
                return self._joined([self._factor(replace(f, base=part)) for part in base.args])
            return _atom(root, max(BRACKETED, inner.height))
        if isinstance(base, exp) and not self.fits(self.power(base, exponent)):
            inner = self.bracketed(self.expression(base.args[0]))
            first, *rest = inner.pieces
            return replace(inner, pieces=(replace(first, tex=rf"\exp {first.tex}"), *rest))
        height = FRACTION if isinstance(base, Sum | IndexedProduct) else FLAT
        tex = self.power(base, exponent)
        brackets = type(base) in FUNCTIONS or base.is_Number  # not those in an exponent of e
        nesting = ("(" in tex) + ("[" in tex) if brackets else 0
        bare = type(base) in FUNCTIONS and isinstance(base.args[0], Symbol) or WORD.match(tex) is not None
        return Laid((Piece(tex),), height, nesting, bare)

    def bracketed(self, inner: Laid, exponent: str = "", shape: tuple[str, str] | None = None) -> Laid:
        """A sum in brackets that grow with what they hold; lines may break inside."""
        left, right = shape or SHAPES[min(inner.nesting, 2)]
        small, large = SIZES[inner.height]
        space = " " if small or shape else ""
        power = f"^{exponent}" if len(exponent) == 1 else f"^{{{exponent}}}" if exponent else ""
        # A bracket that fills less than half a line is broken only if nothing else helps.
        deeper = 1 if len(inner.tex) * RELATION > self.room and width(inner.tex) > self.room // 2 else 4
        pieces = [replace(piece, depth=piece.depth + deeper) for piece in inner.pieces]
        pieces[0] = replace(pieces[0], tex=f"{small}{left}{space}{pieces[0].tex}")
        pieces[-1] = replace(pieces[-1], tex=f"{pieces[-1].tex.rstrip()}{space}{large}{right}{power}")
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
        elif base is S.Exp1:
            tex = "e"
        elif isinstance(base, Rational):
            tex = self.inline(base)
            tex = tex if base.is_Integer and base >= 0 else f"({tex})"
        elif isinstance(base, Pow | Mul | Add):
            inner = self.inline(base)
            return f"({inner})^{{{text}}}" if len(text) > 1 else f"({inner})^{text}" if text else f"({inner})"
        elif isinstance(base, binomial):
            above, below = (self.inline(x) for x in base.args)
            tex = rf"\binom{{{above}}}{{{below}}}"
            tex = f"({tex})" if text else tex
        elif isinstance(base, factorial):
            tex = self.inline(base.args[0])
            tex = f"{tex}!" if base.args[0].is_Symbol else f"({tex})!"
            tex = f"({tex})" if text else tex
        elif isinstance(base, floor):
            tex = rf"\lfloor {self.inline(base.args[0])}\rfloor "
        elif isinstance(base, Sum | IndexedProduct):
            tex = self._indexed(base)
            tex = f"({tex})" if text else tex
        else:
            raise Unprintable(f"A formula is built from letters, powers and known functions, but contains {base}.")
        return raised(tex, text) if text else tex

    def _indexed(self, e: Sum | IndexedProduct) -> str:
        """A sum or a product over one index, unbroken."""
        index, first, last = e.limits[0]
        sign = r"\sum" if isinstance(e, Sum) else r"\prod"
        inner = self.expression(e.function)
        body = self.bracketed(inner).tex if e.function.is_Add else inner.tex
        over = f"{self.inline(index)} = {self.inline(first)}"
        return rf"{sign}_{{{over}}}^{{{self.inline(last)}}} {body}"

    def _conjugate(self, e: Expr) -> str:
        tex = self.power(e, Rational(1))
        return raised(tex if isinstance(e, Symbol) else f"({tex})", "*")

    def _function(self, e: Expr, exponent: str) -> str:
        name = f"\\{FUNCTIONS[type(e)]}" + (
            f"^{{{exponent}}}" if len(exponent) > 1 else f"^{exponent}" if exponent else ""
        )
        if isinstance(e.args[0], Symbol):
            return f"{name} {self.expression(e.args[0]).tex}"
        inner = self.inline(e.args[0])
        left, right = SHAPES["(" in inner]
        return f"{name}{left}{inner}{right}"

    def inline(self, e: Expr) -> str:
        """An expression on one line without stacked fractions, as in an exponent."""
        return self._sum([self._inline(term) for term in self.order.terms(e)]).tex

    def _inline(self, e: Expr) -> tuple[bool, Laid]:
        p = self.order.product(e)
        tex = self._side(p.head, p.above)
        if len(p.above) == 1 and isinstance(p.above[0].base, Add) and p.above[0].exponent == 1 and not p.head:
            tex = f"({tex})"
        if p.below or p.number_below:
            bottom = self._side(p.number_below, p.below)
            tex += f"/({bottom})" if len(p.below) + len(p.number_below) > 1 else f"/{self._low(bottom, p.below)}"
        return p.negative, _atom(tex)

    def _low(self, bottom: str, below: Sequence[Factor]) -> str:
        return f"({bottom})" if below and isinstance(below[0].base, Add) and below[0].exponent == 1 else bottom

    # -- operators -------------------------------------------------------------------------------------------

    def operators(self, sum_: Operators) -> Laid:
        """A sum of coefficients times operator words, in its own order; h.c. closes the part that has one."""
        terms = [self._word(c, word) for c, word in sum_.terms]
        if sum_.adjoint:
            adjoint = [
                *(self._word(c, word) for c, word in sum_.adjoint),
                (False, _atom(self.notation.latex("h.c."))),
            ]
            terms = [*terms, (False, self.bracketed(self._sum(adjoint)))] if terms else adjoint
        return self._sum(terms) if terms else _atom("0")

    def _word(self, coefficient: Expr, word: Sequence[str | Dissipator | Operators]) -> tuple[bool, Laid]:
        if len(word) == 1 and isinstance(word[0], Operators):
            minus, laid = self._word(coefficient, ())
            held = self.bracketed(self.operators(word[0]))
            return minus, held if laid.tex == "1" else self._joined([laid, held])
        letters = [self._letter(letter) for letter in word]
        named = any(letter.startswith(r"\mathrm") for letter in letters)  # long names would run together
        tex = (r" \, " if named else " ").join(letters)
        if isinstance(coefficient, Add) and not _over_one_number(coefficient):
            minus = self.order.negative(self.order.terms(coefficient)[0])
            laid = self.bracketed(self.expression(-coefficient if minus else coefficient))
        else:
            minus, laid = self._product(coefficient)
            if laid.tex == "1" and word:
                return minus, _atom(tex)
            tex = rf"\, {tex}" if laid.bare or named else tex
        return minus, replace(laid, pieces=(*laid.pieces, Piece(tex))) if word else laid

    def _letter(self, letter: str | Dissipator | Operators) -> str:
        if isinstance(letter, str):
            return self.notation.latex(letter)
        if isinstance(letter, Operators):
            return self.bracketed(self.operators(letter)).tex
        names = dict(self.notation.names)
        kind = names.get(letter.kind, r"\mathcal{D}" + "'" * letter.kind.count("'"))
        jump = self.operators(letter.jump)
        left, right = (f"{size} " if size else "" for size in SIZES[jump.height])
        return f"{kind}{left.strip()}[{jump.tex}{right.strip()}]"
