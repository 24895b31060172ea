"""What an expression of a network file may be: its functions, its letters, its limits.

What is within these limits is read in well under a second; what is outside is refused before it is computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from difflib import get_close_matches
from keyword import iskeyword
from math import comb, prod
from types import MappingProxyType
from unicodedata import name as unicode_name

import sympy
from sympy import (
    Abs,
    Add,
    Expr,
    I,
    Mul,
    Pow,
    S,
    Symbol,
    conjugate,
    cos,
    cosh,
    cot,
    coth,
    exp,
    log,
    pi,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from derive.errors import DeriveError
from derive.kernel import conjugated, gathered

NAME = 100  # characters of a mode or letter: its parts are subscripts in one another
TITLE = 1000  # TeX holds no word that is 16383 points wide
LENGTH = 10_000  # characters of an expression
DEPTH = 30  # brackets, functions and powers inside one another; SymPy itself recurses from about 100 on
DIGITS = 300  # of a number, as of the largest double-precision number
BITS = 1000  # the same in bits
EXPONENT = 100  # of anything but a number
TOWER = 3  # exponentials of exponentials
REACH = 1000  # of a number that a function is applied to; e^1000 has 435 digits
TERMS = 30  # of a complex argument: SymPy takes 3 s to find whether tanh(1/(z + w + 1)**4), of 70, is real
ROOTS = 20  # terms of an irrational number: SymPy takes the minimal polynomial of one that might be zero

FUNCTIONS: Mapping[str, Callable[[Expr], Expr]] = MappingProxyType(
    {f.__name__: f for f in (exp, sqrt, sin, cos, tan, sinh, cosh, tanh, log)}
    | {"conjugate": conjugated, "Abs": Abs}
)
CONSTANTS: Mapping[str, Expr] = MappingProxyType({"I": I, "pi": pi})
ASSUMPTIONS = ("positive", "real", "complex")
UNITS, BASES = ("i", "j"), ("e", "E")  # letters that stand for I and exp(1) elsewhere

_LETTER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_HEADS = (Add, Mul, Pow, exp, sin, cos, tan, sinh, cosh, tanh, log, conjugate, Abs)
STEEP = (exp, sin, cos, tan, sinh, cosh, tanh)
_INFINITE = frozenset((S.ComplexInfinity, S.Infinity, S.NegativeInfinity, S.NaN))

# What SymPy makes of the language's functions by itself, as |exp(z)| = exp(Re z), said in the language again.
_SAID: Mapping[object, Callable[[Expr], Expr]] = MappingProxyType(
    {
        sympy.re: lambda z: (z + conjugate(z)) / 2,
        sympy.im: lambda z: (z - conjugate(z)) / (2 * I),
        cot: lambda z: 1 / tan(z),
        coth: lambda z: 1 / tanh(z),
    }
)


class NetfileError(DeriveError):
    """A text that is not a network: what must hold, what was given (file, table, key, column), what to do."""


def letter(name: str, assumption: str, where: str) -> Symbol:
    """The symbol called `name`: positive, real, or complex, which is no assumption.

    Raises:
        NetfileError: if `name` is no letter or has another meaning, or the assumption is none of the three.
    """
    if not _LETTER.match(name):
        raise NetfileError(
            f"{where}: A symbol must be a letter followed by letters, digits and underscores, "
            f"but is {shown(name)}; rename it."
        )
    if len(name) > NAME:
        raise NetfileError(
            f"{where}: A symbol must have at most {NAME} characters, but {shown(name)} has {len(name)}; shorten it."
        )
    for kind, taken in (
        ("function", name in FUNCTIONS),
        ("constant", name in CONSTANTS),
        ("keyword", _keyword(name)),
    ):
        if taken:
            raise NetfileError(f"{where}: A symbol must not be called as a {kind} is, but is {name!r}; rename it.")
    if assumption not in ASSUMPTIONS:
        raise NetfileError(
            f"{where}: A symbol must be positive, real or complex, but {name!r} is {shown(assumption)}; "
            "use one of the three."
        )
    return Symbol(name) if assumption == "complex" else Symbol(name, **{assumption: True})


def _keyword(name: str) -> bool:
    # lambda is a letter of the papers; generated code calls it lambda_.
    return iskeyword(name) and name != "lambda"


def assumption(symbol: Symbol, where: str) -> str:
    """The word by which [symbols] declares `symbol`, which is then the same symbol again.

    Raises:
        NetfileError: if there is none, as for an integer.
    """
    for word in ASSUMPTIONS:
        if letter(symbol.name, word, where) == symbol:
            return word
    raise NetfileError(
        f"{where}: A symbol must be positive, real or complex without more assumptions, but {symbol.name!r} "
        "has others; replace it by such a symbol."
    )


def settled(value: Expr, where: str) -> Expr:
    """`value` rebuilt from its leaves until SymPy's automatic rules leave it alone: one form for one text.

    Raises:
        NetfileError: if it contains what the language cannot say, or nests too deeply.
    """
    for _ in range(8):
        rebuilt = _rebuilt(value, where, {}, 0)
        if rebuilt == value:
            _accept(value, where)
            return value
        value = rebuilt
    raise NetfileError(
        f"{where}: A value must have one automatic form, but {shown(str(value))} has several; rewrite it."
    )


def _rebuilt(value: Expr, where: str, done: dict[Expr, Expr], depth: int) -> Expr:
    if not value.args:
        if value.is_Rational or value.is_Symbol or value in (I, pi, S.Exp1):
            return value
        raise NetfileError(
            f"{where}: A value must be built from symbols, rational numbers, I and pi, but contains {value}."
        )
    if depth > 4 * DEPTH:
        raise NetfileError(
            f"{where}: A value must nest at most {4 * DEPTH} operations; name a part of it by a letter."
        )
    if value not in done:
        _require_head(value, where, *_HEADS, *_SAID)
        args = [_rebuilt(arg, where, done, depth + 1) for arg in value.args]
        done[value] = gathered(_SAID.get(value.func, value.func)(*args))
    return done[value]


def _require_head(value: Expr, where: str, *heads: object) -> None:
    if value.func not in heads:
        raise NetfileError(
            f"{where}: A value must be built with + - * / ** and {' '.join(FUNCTIONS)}, "
            f"but contains {shown(str(value))} with {value.func.__name__}; write it with these."
        )


def _accept(value: Expr, where: str) -> None:
    """Refuse what SymPy's rules have made: a function outside the language, or e^(10^9) from a product."""
    for node in _upwards(value):
        if node.args:
            _require_head(node, where, *_HEADS)
        if node.is_Function and node.func != exp and (fault := intricate(node.args[0], node.func == conjugate)):
            must, _, do = fault
            raise NetfileError(f"{where}: {must}, but {shown(str(node))} arises; {do}.")
        if steep(node) and far(node.args[-1]):
            raise NetfileError(
                f"{where}: A function or power of a number must be of one up to {REACH}, "
                f"but {shown(str(node))} arises; use a smaller one or a letter."
            )


def beyond(value: Expr, exponentials: int = 0, known: dict[Expr, int] | None = None) -> tuple[str, str, str] | None:
    """The limit that `value` in some `exponentials` breaks: what must hold, what was given, what to do.

    `known` remembers the parts that broke none, and how many exponentials they are.
    """
    tower = {} if known is None else known
    if (value.is_Add or value.is_Mul) and all(map(tower.__contains__, value.args)):
        tower[value] = max(map(tower.__getitem__, value.args))
    for node in _upwards(value, tower):
        if node in _INFINITE:
            return "A value must be finite", "this one is not", "remove its pole"
        if node.is_Rational and bits(node) > BITS:
            return (
                f"A number must have at most {DIGITS} digits",
                "one with more arises",
                "use a smaller one or a letter",
            )
        if node.is_Pow and node.exp.is_Rational and max(abs(node.exp.p), node.exp.q) > EXPONENT:
            return f"An exponent must be at most {EXPONENT}", "a larger one arises", "use a smaller one"
        tower[node] = max((tower[arg] for arg in node.args), default=0) + steep(node)
    if tower[value] + exponentials > TOWER:
        return (f"Exponentials must nest at most {TOWER} deep", "there are more", "name one of them by a letter")
    return None


def steep(value: Expr) -> bool:
    """Whether `value` grows exponentially with its last argument."""
    return value.func in STEEP or value.is_Pow and not value.exp.is_Rational


def terms(value: Expr) -> int:
    """The number of terms of `value` split into real and imaginary parts and multiplied out."""
    found: dict[Expr, int] = {}
    for node in _upwards(value):
        parts = [found[arg] for arg in node.args]
        if node.is_Mul:
            found[node] = prod(parts)
        elif node.is_Pow and node.exp.is_Integer:
            n = min(abs(int(node.exp)), EXPONENT)
            found[node] = comb(parts[0] + n - 1, n)
        else:
            found[node] = sum(parts) or (1 if node.is_extended_real else 2)
    return found[value]


def intricate(argument: Expr, starred: bool) -> tuple[str, str, str] | None:
    """The limit that a function's argument breaks: what must hold, what was given, what to do.

    A conjugate (`starred`) may be that of a root without roots, as the other half of a coupling √(z + w) is.
    """
    do = "name a part of it by a letter"
    if not argument.free_symbols and terms(argument) > ROOTS:
        return (f"A number in a function must have at most {ROOTS} terms when multiplied out", "it has more", do)
    if not argument.is_extended_real and terms(argument) > TERMS:
        return f"A complex argument must have at most {TERMS} terms when multiplied out", "it has more", do
    for node in _upwards(argument):
        if (
            node.is_Pow
            and not node.exp.is_integer
            and not node.base.is_Symbol
            and not node.base.is_nonnegative
            and not (starred and _rootless(node.base))
        ):
            # Abs(sqrt(3 - (74 + I)**(1/3))) has SymPy alternate between Abs and log without end.
            given = f"it contains {shown(str(node))}"
            return "A power in a function must be of a letter or a value seen to be positive", given, do
    return None


def _rootless(value: Expr) -> bool:
    """Whether `value` has no powers but integer ones."""
    return all(node.exp.is_Integer for node in _upwards(value) if node.is_Pow)


def far(value: Expr) -> bool:
    """Whether the constant part of `value` is too large an exponent, asked before SymPy computes e^(10^9)."""
    size = abs((value.as_coeff_Add()[0] if value.free_symbols else value).n(15))
    return not (size.is_Float or size.is_Rational) or bool(size > REACH)


def bits(number: Expr) -> int:
    """The size of a rational number."""
    return max(int(number.p).bit_length(), int(number.q).bit_length())


def _upwards(value: Expr, known: Container[Expr] = ()) -> Iterable[Expr]:
    """Every distinct part of `value` but those `known`, each after its own parts."""
    seen: set[Expr] = set()
    stack = [(value, False)]
    while stack:
        node, complete = stack.pop()
        if complete:
            yield node
        elif node not in seen and node not in known:
            seen.add(node)
            stack.append((node, True))
            stack += [(arg, False) for arg in node.args]


def shown(text: str, limit: int = 60) -> str:
    """`text` in quotes, on one line, cut to `limit` characters."""
    cut = text if len(text) <= limit else text[:limit] + "..."
    return f'"{cut}"' if cut.isprintable() else ascii(cut)


def close_match(word: str, known: Iterable[str]) -> str:
    """A hint at the known word that `word` was meant to be, or nothing."""
    lower = {name.lower(): name for name in known}
    found = get_close_matches(word[:60].lower(), list(lower), n=1)
    return f" (did you mean {lower[found[0]]!r}?)" if found else ""


def other_call(name: str) -> str:
    """What to write instead of a call of something else than a function of the language."""
    if name.lower() in ("re", "real"):
        return "write (x + conjugate(x))/2"
    if name.lower() in ("im", "imag"):
        return "write (x - conjugate(x))/(2*I)"
    if name == "ln":
        return "did you mean 'log'"
    return close_match(name, FUNCTIONS).strip(" ()?") or "write * to multiply"


def other_sign(text: str, at: int) -> str:
    """What to write instead of a character that no expression contains."""
    character, before, after = text[at], text[:at].rstrip(), text[at + 1 :].lstrip()
    words = unicode_name(character, "").split()
    if words[:1] == ["GREEK"] and words[1:3] in (["SMALL", "LETTER"], ["CAPITAL", "LETTER"]):
        name = words[3].lower().replace("lamda", "lambda")
        return f"write {name if words[1] == 'SMALL' else name.capitalize()}"
    if character.isalpha():
        return f"it is {' '.join(words)}; write letters from A to Z" if words else "write letters from A to Z"
    functions = ("√", "sqrt(...)"), ("|", "Abs(...)"), ("†", "conjugate(...)")
    for alike, instead in (("−–—", "-"), ("·×⋅∙∗", "*"), ("÷∕⁄", "/"), *functions):
        if character in alike:
            return f"write {instead}"
    if character == "^" and re.match(r"\{?\s*(\*|\\(ast|star|dagger|dag)\b)", after):
        return "write conjugate(...)"
    if character == "^" and re.search(r"(^|[^A-Za-z0-9_])e$", before):
        return "write exp(...)"
    if character == "\\":
        return "write names without it, and fractions and roots as x/y and sqrt(x)"
    if character == "{" and before.endswith("_") and (below := re.match(r"\w+(?=\s*\})", after)):
        return f"write subscripts without braces, as _{below[0]}"
    if character == "'" and re.search(r"[A-Za-z0-9_]$", before):
        return "write names with letters, digits and underscores, as x_prime"
    if character == "." and re.match("[A-Za-z]", after):
        return "call functions by their names alone, as exp(x) and conjugate(x)"
    if words[:2] == ["VULGAR", "FRACTION"]:
        return "write fractions as x/y"
    if character == "^" or character.isdigit() and not character.isdecimal():  # as ²
        return "write powers with **"
    if character in "[]{}":
        return "write brackets as ( )"
    return "write decimal numbers with a point" if character == "," else "remove it"
