"""The expressions of a network file: text ↔ exact value, by a parser that can only build expressions.

    sum = product (("+" | "-") product)*            product = unary (("*" | "/") unary)*
    unary = ("+" | "-") unary | primary ("**" unary)?
    primary = number | name | function "(" sum ")" | "(" sum ")"

A number is exact: `0.003` and `3e-3` are 3/1000. A name is `I`, `pi` or a letter. No text is ever looked up,
imported or run, and what SymPy would compute is bounded before it is computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from sympy import Add, Expr, I, Integer, Mul, Pow, Rational, S, Symbol, default_sort_key, exp
from sympy.polys.polyerrors import BasePolynomialError

from derive.kernel import Linear, Quick, added
from derive.language import (
    BASES,
    BITS,
    CONSTANTS,
    DEPTH,
    DIGITS,
    EXPONENT,
    FUNCTIONS,
    LENGTH,
    REACH,
    ROOTS,
    STEEP,
    UNITS,
    NetfileError,
    assumption,
    beyond,
    bits,
    far,
    intricate,
    letter,
    other_call,
    other_sign,
    settled,
    shown,
    terms,
)

_TOKEN = re.compile(
    r"[ \t\r\n]*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>\*\*|[-+*/()])|(?P<end>\Z)|(?P<other>.))",
    re.DOTALL,
)


def parse_expression(text: str, symbols: Mapping[str, Symbol], where: str = "expression") -> Expr:
    """The exact value that `text` stands for; letters that `symbols` does not declare are positive.

    The value is in SymPy's automatic form.

    Raises:
        NetfileError: in one line that begins with `where`, if `text` is not in the language, is too large, or
            divides by zero.
    """
    if len(text) > LENGTH:
        raise NetfileError(
            f"{where}: An expression must have at most {LENGTH} characters, but this one has {len(text)}; "
            "name parts of it by letters."
        )
    return _parsed(text, symbols, where, _Known({}, Quick()))


def _parsed(text: str, symbols: Mapping[str, Symbol], where: str, known: _Known) -> Expr:
    try:
        return _Parser(text, symbols, where, known).value()
    except NetfileError:
        raise
    except (TypeError, ValueError, ArithmeticError, RecursionError, BasePolynomialError) as error:
        # SymPy's automatic rules fail on some values: TypeError for Abs(sinh(47/6 + I))**(1/6).
        raise NetfileError(
            f"{where}: A value must be one that SymPy can hold, but {shown(text)} fails with "
            f"{type(error).__name__}; write it differently."
        ) from None


def print_expression(value: Expr, where: str = "expression") -> str:
    """The text from which `parse_expression` reads `value` back: exact, ordered, with the fewest brackets.

    Raises:
        NetfileError: if `value` has no such text: it has other functions or odd letters, or is too large.
    """
    return _Printer(where).text(value)


def print_expressions(values: Iterable[Expr]) -> list[str]:
    """The texts of many values, in which one name is one letter: what they share is looked at once.

    Raises:
        NetfileError: as `print_expression` does.
    """
    printer = _Printer("expression")
    return [printer.text(value) for value in values]


def mistakable(values: Iterable[Expr]) -> str:
    """What to say of letters that are numbers elsewhere, as in exp(i*phi) and e**(I*phi); nothing without them."""
    values = list(values)
    names = {symbol.name for value in values for symbol in value.free_symbols}
    powers = set().union(*(value.atoms(Pow) for value in values))
    bases = {power.base.name for power in powers if isinstance(power.base, Symbol) and power.exp.has(I)}
    said = [f"{name} is a letter; the imaginary unit is I." for name in UNITS if name in names]
    said += [f"{name} is a letter; the exponential function is exp." for name in BASES if name in bases]
    return " ".join(said)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Known(NamedTuple):
    """What was learnt from the expressions that were read before."""

    within: dict[Expr, int]  # their parts, which keep to the limits, and how many exponentials each of them is
    quick: Quick


class _Parser:
    """Recursive descent in which a product is a list of factors until it is whole.

    SymPy multiplies a number into a sum, 2*(x + y) = 2*x + 2*y, only if these two are the whole product:
    building products in one go makes the value independent of the order in which its factors are written.
    """

    def __init__(self, text: str, symbols: Mapping[str, Symbol], where: str, known: _Known) -> None:
        self.text, self.symbols, self.where = text, symbols, where
        self.within, self.quick = known
        self.tokens = self._tokens()
        self.next = 0
        self.bits = 0

    def value(self) -> Expr:
        start = self._peek()
        if start.kind == "end":
            raise NetfileError(f"{self.where}: An expression must not be empty; write 0 for nothing.")
        factors = self._sum(0)
        token = self._peek()
        if token.text == ")":
            raise self._error(token, "Every ) must close a bracket", "this one does not", "remove it")
        if token.kind != "end":
            hint = "the imaginary unit is I" if token.text == "j" else "write * to multiply"
            before = self.tokens[self.next - 1].text
            given = f"{shown(before)} and {shown(token.text)} are not"
            raise self._error(token, "Values must be joined by an operator", given, hint)
        value = self._product(factors, start)
        return value if _plain(value) else self._checked(settled(value, self.where), start)

    def _error(self, token: _Token, must: str, given: str, do: str) -> NetfileError:
        first = max(0, token.at - 20)
        near = ("..." if first else "") + self.text[first : token.at + 30]
        at = f"column {token.at + 1} of {shown(near)}"
        return NetfileError(f"{self.where}: {must}, but {given} at {at}; {do}.")

    def _tokens(self) -> list[_Token]:
        tokens: list[_Token] = []
        for found in _TOKEN.finditer(self.text):
            kind = str(found.lastgroup)
            token = _Token(kind, found[kind], found.start(kind))
            if kind == "other":
                must = "An expression must be made of symbols, numbers, I, pi, + - * / **, ( ) and functions"
                raise self._error(token, must, f"{shown(token.text)} stands", other_sign(self.text, token.at))
            tokens.append(token)
            if kind == "end":  # which would be found once more behind blanks
                break
        return tokens

    def _peek(self) -> _Token:
        return self.tokens[self.next]

    def _take(self) -> _Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def _sum(self, depth: int) -> list[Expr]:
        start = self._peek()
        factors = self._factors(depth)
        summands: list[Expr] = []
        while self._peek().text in ("+", "-"):
            if not summands:
                summands.append(self._product(factors, start))
            sign = self._take()
            factors = self._factors(depth)
            summands.append(self._product([Integer(-1), *factors] if sign.text == "-" else factors, sign))
        if not summands:
            return factors
        sum_: Linear = {}
        for summand in summands:
            added(sum_, self.quick.read(summand))
        total = self._checked(self.quick.expression(sum_), start)
        if total.is_number and terms(total) > ROOTS:
            must = f"A sum of irrational numbers must have at most {ROOTS} terms when multiplied out"
            raise self._error(start, must, "this one has more", "name a part of it by a letter")
        return [total]

    def _factors(self, depth: int) -> list[Expr]:
        factors = self._unary(depth)
        while self._peek().text in ("*", "/"):
            sign = self._take()
            right = self._unary(depth)
            factors += right if sign.text == "*" else [self._power(f, Integer(-1), sign) for f in right]
        return factors

    def _unary(self, depth: int) -> list[Expr]:
        negative = False
        while self._peek().text in ("+", "-"):
            negative ^= self._take().text == "-"
        start = self._peek()
        if depth > DEPTH:
            must = f"An expression must nest at most {DEPTH} brackets, functions and powers"
            raise self._error(start, must, "there are more", "name a part of it by a letter")
        factors = self._primary(depth)
        if self._peek().text == "**":
            sign = self._take()
            exponent = self._product(self._unary(depth + 1), sign)
            factors = [self._power(self._product(factors, start), exponent, sign)]
        return [Integer(-1), *factors] if negative else factors

    def _primary(self, depth: int) -> list[Expr]:
        token = self._take()
        if token.kind == "number":
            return [self._number(token)]
        if token.kind == "name":
            return [self._call(token, depth) if self._peek().text == "(" else self._name(token)]
        if token.text == "(":
            return self._bracket(token, depth)
        given = "there is none" if token.kind == "end" else f"{shown(token.text)} stands"
        raise self._error(token, "A value must stand here", given, "complete the expression")

    def _bracket(self, opening: _Token, depth: int) -> list[Expr]:
        factors = self._sum(depth + 1)
        if self._peek().text != ")":
            raise self._error(opening, "Every ( must be closed", "this one is not", "add ) or an operator")
        self._take()
        return factors

    def _name(self, token: _Token) -> Expr:
        name = token.text
        if name in FUNCTIONS:
            must = "A function must have an argument"
            raise self._error(token, must, f"{name} has none", f"write {name}(...)")
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name not in self.symbols:
            return letter(name, "positive", f"{self.where}, column {token.at + 1}")
        return self.symbols[name]

    def _call(self, token: _Token, depth: int) -> Expr:
        if token.text not in FUNCTIONS:
            must = f"A function must be one of {' '.join(FUNCTIONS)}"
            hint = other_call(token.text)
            raise self._error(token, must, f"{shown(token.text)} is called", hint)
        argument = self._product(self._bracket(self._take(), depth), token)
        function = FUNCTIONS[token.text]
        if fault := beyond(argument, int(function in STEEP)):
            raise self._error(token, *fault)
        if function in STEEP and far(argument):
            must = f"A function's number must be at most {REACH}"
            raise self._error(token, must, f"that of {token.text} is larger", "use a smaller one or a letter")
        if token.text not in ("exp", "sqrt") and (fault := intricate(argument, token.text == "conjugate")):
            raise self._error(token, *fault)
        return self._checked(function(argument), token)

    def _number(self, token: _Token) -> Expr:
        mantissa, _, power = token.text.lower().partition("e")
        whole, _, decimals = mantissa.partition(".")
        shift = int(power or 0) - len(decimals) if len(power) < 5 else 2 * DIGITS
        if len(whole + decimals) > DIGITS + 2 or abs(shift) > DIGITS + 2:  # the rest is refused by its bits
            raise self._error(token, f"A number must have at most {DIGITS} digits", "this has more", "round it")
        return self._checked(Integer(int(whole + decimals)) * Rational(10) ** shift, token)

    def _product(self, factors: list[Expr], at: _Token) -> Expr:
        number, others = Integer(1), []
        for factor in factors:
            if factor.is_Rational:
                number = self._checked(number * factor, at)
            else:
                others.append(factor)
        if len(factors) == 1:
            return factors[0]
        return self._checked(self.quick.expression(self.quick.product(number, *others)), at)

    def _power(self, base: Expr, exponent: Expr, at: _Token) -> Expr:
        if base == 0 and not exponent.is_nonnegative:
            raise self._error(at, "A divisor must not be zero", "this one is", "remove the division")
        if base.is_Rational and exponent.is_Integer:
            if abs(int(exponent)) * (bits(base) - 1) > BITS:
                must = f"A number must have at most {DIGITS} digits"
                raise self._error(at, must, "this power has more", "use a smaller one")
        elif exponent.is_Rational:
            if max(abs(exponent.p), exponent.q) > EXPONENT:
                must = f"An exponent must be at most {EXPONENT}"
                raise self._error(at, must, f"this one is {shown(str(exponent))}", "use a smaller one")
        elif far(exponent):
            must = f"An exponent must be at most {REACH}"
            raise self._error(at, must, "this one is larger", "use a smaller one")
        return self._checked(Pow(base, exponent), at)

    def _checked(self, value: Expr, at: _Token) -> Expr:
        """`value` within the limits; large numbers are also rationed, because sums of fractions grow."""
        front = value.args[0] if value.is_Mul else value
        if front.is_Rational:
            size = bits(front)
            self.bits += size if size > 64 else 0
            if self.bits > 100 * BITS:
                must = f"The long numbers of an expression must have at most {100 * DIGITS} digits in all"
                raise self._error(at, must, "they have more", "name some of them by letters")
        if fault := beyond(value, known=self.within):
            raise self._error(at, *fault)
        return value


def _plain(value: Expr) -> bool:
    """Whether `value` is a sum of products of numbers and whole powers of letters, as SymPy leaves it."""
    return all(
        type(base) is Symbol or base is I or base.is_Rational
        for term in Add.make_args(value)
        for factor in Mul.make_args(term)
        for base in (factor.args[:1] if factor.is_Pow and factor.args[1].is_Integer else (factor,))
    )


class _Printer:
    """Sums in SymPy's order, but numbers last and a term without minus first; products over denominators."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.letters: dict[str, Symbol] = {}
        self.known = _Known({}, Quick())
        self.done: dict[Expr, str] = {}
        self.factors: dict[Expr, tuple[bool, Any, bool, str]] = {}

    def text(self, value: Expr) -> str:
        """The text of `value`, read back."""
        if _plain(value) and self._reads(text := self.sum(value), value):
            return text
        value = settled(value, self.where)
        if not self._reads(text := self.sum(value), value):
            raise NetfileError(
                f"{self.where}: A value must read as it is written, but {shown(text)} does not; rewrite it."
            )
        return text

    def _reads(self, text: str, value: Expr) -> bool:
        return bool(_parsed(text, self.letters, self.where, self.known) == value)

    def sum(self, value: Expr) -> str:
        if value not in self.done:
            terms = sorted(map(self._term, Add.make_args(value)), key=itemgetter(0, 1))
            first = next((k for k, (_, _, negative, _) in enumerate(terms) if not negative), 0)
            terms.insert(0, terms.pop(first))
            text = "".join((" - " if negative else " + ") + term for _, _, negative, term in terms)
            text = text.removeprefix(" + ") if text.startswith(" + ") else "-" + text.removeprefix(" - ")
            if len(text) > LENGTH:
                raise NetfileError(
                    f"{self.where}: An expression must have at most {LENGTH} characters, "
                    f"but {shown(text)} has more; name parts of it by letters."
                )
            self.done[value] = text
        return self.done[value]

    def _term(self, value: Expr) -> tuple[bool, Any, bool, str]:
        """Whether it is a number, SymPy's key of sorting, whether a minus sign is in front, and the rest."""
        arguments = Mul.make_args(value)
        number = arguments[0] if arguments[0].is_Rational else S.One
        factors = sorted(self._factor(factor) for factor in arguments if factor is not number)
        above = [text for _, _, under, text in factors if not under]
        below = [text for _, _, under, text in factors if under]
        if abs(number.p) != 1 or not above:
            above.insert(0, str(abs(number.p)))
        if number.q != 1:
            below.insert(0, str(number.q))
        bottom = "*".join(below) if len(below) < 2 else f"({'*'.join(below)})"
        if len(factors) > 1:
            keys = sorted(key for _, key, _, _ in factors)
            key = Mul.class_key(), (len(keys), tuple(keys)), S.One.sort_key(), number
        else:
            key = (*factors[0][1][:3], number) if factors else default_sort_key(value)
        return value.is_number, key, number.p < 0, "*".join(above) + ("/" + bottom if below else "")

    def _factor(self, factor: Expr) -> tuple[bool, Any, bool, str]:
        """Whether it is not I, its key, whether it stands in the denominator, and its text."""
        if factor not in self.factors:
            base, exponent = factor.args if factor.is_Pow else (factor, S.One)
            under = bool(exponent.is_Rational and exponent < 0)
            text = self._power(base, -exponent if under else exponent)
            self.factors[factor] = factor is not I, default_sort_key(factor), under, text
        return self.factors[factor]

    def _power(self, base: Expr, exponent: Expr) -> str:
        if exponent == 1:
            return self._operand(base)
        if exponent == Rational(1, 2):
            return f"sqrt({self.sum(base)})"
        chain = exponent.is_Pow and not (exponent.exp.is_Rational and exponent.exp < 0)
        above = self.sum(exponent) if chain else self._operand(exponent)
        return f"{self._operand(base)}**{above}"

    def _operand(self, value: Expr) -> str:
        if value.is_Symbol:
            return self._letter(value)
        if value.is_Function:
            return f"{value.func.__name__}({self.sum(value.args[0])})"
        if value == exp(1):
            return "exp(1)"
        root = value.is_Pow and value.exp == Rational(1, 2)
        if root or value.is_Integer and value >= 0 or not value.args and not value.is_Rational:
            return self.sum(value) if root else str(value)
        return f"({self.sum(value)})"

    def _letter(self, symbol: Symbol) -> str:
        if symbol.name not in self.letters:
            assumption(symbol, self.where)
            self.letters[symbol.name] = symbol
        return symbol.name
