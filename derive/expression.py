"""The expressions of a network file: text ↔ exact value, by a parser that can do nothing but build expressions.

    sum   = product (("+" | "-") product)*        unary   = ("+" | "-") unary | primary ("**" unary)?
    product = unary (("*" | "/") unary)*          primary = number | name | function "(" sum ")" | "(" sum ")"

A number is exact: `0.003` and `3e-3` are 3/1000. A name is `I`, `pi` or a letter. No text is ever looked up, imported
or run, and what SymPy would compute is bounded before it is computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from unicodedata import name as unicode_name

from sympy import Add, Expr, I, Integer, Mul, Pow, Rational, Symbol, default_sort_key, exp

from derive.language import (
    BITS,
    CONSTANTS,
    DEPTH,
    DIGITS,
    EXPONENT,
    FUNCTIONS,
    LENGTH,
    REACH,
    NetfileError,
    bits,
    close_match,
    far,
    letter,
    settled,
    shown,
    too_large,
)

_TOKEN = re.compile(
    r"[ \t\r\n]*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|[-+*/()])|(?P<end>\Z)|(?P<other>.))",
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
    return _Parser(text, symbols, where).value()


def print_expression(value: Expr, where: str = "expression") -> str:
    """The text from which `parse_expression` reads `value` back: exact, ordered, with the fewest brackets.

    Raises:
        NetfileError: if `value` has no such text: other functions, letters of other assumptions, or too large.
    """
    value = settled(value, where)
    text = _Printer(where).sum(value)
    letters = {symbol.name: symbol for symbol in value.free_symbols}
    if parse_expression(text, letters, where) != value:
        raise NetfileError(f"{where}: A value must be readable from its own text, but {shown(text)} reads differently.")
    return text


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Parser:
    """Recursive descent in which a product is a list of factors until it is whole.

    SymPy multiplies a number into a sum, 2*(x + y) = 2*x + 2*y, only if these two are the whole product: building
    products in one go makes the value independent of the order in which its factors are written.
    """

    def __init__(self, text: str, symbols: Mapping[str, Symbol], where: str) -> None:
        self.text, self.symbols, self.where = text, symbols, where
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
            raise self._error(token, "a closing bracket without an opening one stands", "remove it")
        if token.kind != "end":
            hint = "the imaginary unit is I" if token.text == "j" else "write * to multiply"
            before = self.tokens[self.next - 1].text
            raise self._error(token, f"{shown(before)} and {shown(token.text)} meet without an operator", hint)
        value = settled(self._product(factors, start), self.where)
        return self._checked(value, start)

    def _error(self, token: _Token, given: str, do: str) -> NetfileError:
        first = max(0, token.at - 20)
        near = ("..." if first else "") + self.text[first : token.at + 30]
        return NetfileError(f"{self.where}: {given} at column {token.at + 1} of {shown(near)}; {do}.")

    def _tokens(self) -> list[_Token]:
        tokens: list[_Token] = []
        position = 0
        while not tokens or tokens[-1].kind != "end":
            found = _TOKEN.match(self.text, position)
            if found is None or found.lastgroup is None:
                raise NetfileError(f"{self.where}: An expression must be text, but is {shown(self.text)}.")
            kind, position = found.lastgroup, found.end()
            tokens.append(_Token(kind, found[kind], found.start(kind)))
            if kind == "other":
                raise self._error(tokens[-1], *_foreign(found[kind]))
        return tokens

    def _peek(self) -> _Token:
        return self.tokens[self.next]

    def _take(self) -> _Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def _sum(self, depth: int) -> list[Expr]:
        start = self._peek()
        factors = self._factors(depth)
        terms: list[Expr] = []
        while self._peek().text in ("+", "-"):
            if not terms:
                terms.append(self._product(factors, start))
            sign = self._take()
            factors = self._factors(depth)
            terms.append(self._product([Integer(-1), *factors] if sign.text == "-" else factors, sign))
        return [self._checked(Add(*terms), start)] if terms else factors

    def _factors(self, depth: int) -> list[Expr]:
        factors = self._unary(depth)
        while self._peek().text in ("*", "/"):
            sign = self._take()
            right = self._unary(depth)
            factors += right if sign.text == "*" else [self._power(factor, Integer(-1), sign) for factor in right]
        return factors

    def _unary(self, depth: int) -> list[Expr]:
        negative = False
        while self._peek().text in ("+", "-"):
            negative ^= self._take().text == "-"
        start = self._peek()
        if depth > DEPTH:
            given = f"more than {DEPTH} brackets, functions and powers inside one another stand"
            raise self._error(start, given, "name a part by a letter")
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
        what = "nothing" if token.kind == "end" else shown(token.text)
        raise self._error(token, f"{what} stands where a value must,", "complete the expression")

    def _bracket(self, opening: _Token, depth: int) -> list[Expr]:
        factors = self._sum(depth + 1)
        if self._peek().text != ")":
            raise self._error(opening, "a bracket is opened and not closed", "add ) or the operator before it")
        self._take()
        return factors

    def _name(self, token: _Token) -> Expr:
        name = token.text
        if name in FUNCTIONS:
            raise self._error(token, f"the function {name} stands without its argument", f"write {name}(...)")
        if name in CONSTANTS:
            return CONSTANTS[name]
        return self.symbols[name] if name in self.symbols else letter(name, "positive", self.where)

    def _call(self, token: _Token, depth: int) -> Expr:
        if token.text not in FUNCTIONS:
            given = f"{shown(token.text)} stands as a function and is none{close_match(token.text, FUNCTIONS)},"
            raise self._error(token, given, f"functions are {' '.join(FUNCTIONS)}, and a product is written with *")
        argument = self._product(self._bracket(self._take(), depth), token)
        if far(argument):
            raise self._error(token, "a function of too large a number stands", f"use at most {REACH}")
        return self._checked(FUNCTIONS[token.text](argument), token)

    def _number(self, token: _Token) -> Expr:
        mantissa, _, power = token.text.lower().partition("e")
        whole, _, decimals = mantissa.partition(".")
        if len(whole + decimals) > DIGITS or len(power) > 4 or abs(shift := int(power or 0) - len(decimals)) > DIGITS:
            raise self._error(token, f"a number of more than {DIGITS} digits stands", "round it")
        return self._checked(Integer(int(whole + decimals)) * Rational(10) ** shift, token)

    def _product(self, factors: list[Expr], at: _Token) -> Expr:
        number, others = Integer(1), []
        for factor in factors:
            if factor.is_Rational:
                number = self._checked(number * factor, at)
            else:
                others.append(factor)
        return self._checked(Mul(number, *others), at) if len(factors) > 1 else factors[0]

    def _power(self, base: Expr, exponent: Expr, at: _Token) -> Expr:
        if base == 0 and not exponent.is_nonnegative:
            raise self._error(at, "a division by zero stands", "remove it")
        if base.is_Rational and exponent.is_Integer:
            if abs(int(exponent)) * (bits(base) - 1) > BITS:
                raise self._error(at, f"a number of more than {DIGITS} digits stands", "use smaller numbers")
        elif exponent.is_Rational:
            if max(abs(exponent.p), exponent.q) > EXPONENT:
                raise self._error(at, f"an exponent beyond {EXPONENT} stands", "use a smaller one")
        elif far(exponent):
            raise self._error(at, "too large an exponent stands", f"use at most {REACH}")
        return self._checked(Pow(base, exponent), at)

    def _checked(self, value: Expr, at: _Token) -> Expr:
        """`value` within the limits; large numbers are also rationed, because sums of fractions grow."""
        if value.is_Rational or value.is_Pow or value.is_Mul:
            size = bits(value.as_coeff_Mul(rational=True)[0])
            self.bits += size if size > 64 else 0
            if self.bits > 100 * BITS:
                raise self._error(at, "too many long numbers stand in all", "name some of them by letters")
        if given := too_large(value):
            raise self._error(at, f"{given} stands", "use smaller numbers, or letters")
        return value


def _foreign(character: str) -> tuple[str, str]:
    """What to say of a character that no expression contains."""
    given = f"{shown(character)} stands, which no expression contains,"
    words = unicode_name(character, "").split()
    if character == "^":
        return given, "write powers with **"
    if character in "[]{}":
        return given, "write brackets as ( )"
    if character in ",;":
        return given, "write one value, with a point in decimal numbers and one argument in functions"
    if words[:2] in (["GREEK", "SMALL"], ["GREEK", "CAPITAL"]) and len(words) > 3:
        return given, f"write {words[3].lower() if words[1] == 'SMALL' else words[3].capitalize()}"
    return given, "use symbols, numbers, I, pi, + - * / **, ( ) and functions"


class _Printer:
    """Sums in SymPy's order, numbers last and a term without a minus sign first; products over their denominators."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.done: dict[Expr, str] = {}

    def sum(self, value: Expr) -> str:
        if value not in self.done:
            order = sorted(Add.make_args(value), key=lambda term: (not term.free_symbols, default_sort_key(term)))
            terms = [self._product(term) for term in order]
            first = next((k for k, (negative, _) in enumerate(terms) if not negative), 0)
            terms.insert(0, terms.pop(first))
            text = "".join((" - " if negative else " + ") + term for negative, term in terms)
            text = text.removeprefix(" + ") if not terms[0][0] else "-" + text.removeprefix(" - ")
            if len(text) > LENGTH:
                raise NetfileError(
                    f"{self.where}: An expression must have at most {LENGTH} characters, but {shown(text)} has more; "
                    "name parts of it by letters."
                )
            self.done[value] = text
        return self.done[value]

    def _product(self, value: Expr) -> tuple[bool, str]:
        """Whether a minus sign is in front, and the rest."""
        number, rest = value.as_coeff_Mul(rational=True)
        above, below = [], []
        for factor in sorted(Mul.make_args(rest), key=lambda f: (f != I, default_sort_key(f))):
            base, exponent = factor.args if factor.is_Pow else (factor, Integer(1))
            if exponent.is_Rational and exponent < 0:
                below.append(self._power(base, -exponent))
            elif factor != 1:
                above.append(self._power(base, exponent))
        if abs(number.p) != 1 or not above:
            above.insert(0, str(abs(number.p)))
        if number.q != 1:
            below.insert(0, str(number.q))
        bottom = "*".join(below) if len(below) < 2 else f"({'*'.join(below)})"
        return bool(number < 0), "*".join(above) + ("/" + bottom if below else "")

    def _power(self, base: Expr, exponent: Expr) -> str:
        if exponent == 1:
            return self._operand(base)
        if exponent == Rational(1, 2):
            return f"sqrt({self.sum(base)})"
        chain = exponent.is_Pow and not (exponent.exp.is_Rational and exponent.exp < 0)
        above = self.sum(exponent) if chain else self._operand(exponent)
        return f"{self._operand(base)}**{above}"

    def _operand(self, value: Expr) -> str:
        if value.is_Function:
            return f"{value.func.__name__}({self.sum(value.args[0])})"
        if value == exp(1):
            return "exp(1)"
        root = value.is_Pow and value.exp == Rational(1, 2)
        if root or value.is_Integer and value >= 0 or not value.args and not value.is_Rational:
            return self.sum(value) if root else str(value)
        return f"({self.sum(value)})"
