"""NumPy text of expressions: the printer under every emitted line, and names that Python can read.

SymPy's own printers refuse what amplitudes are made of (conjugates) or depend on what is installed, and write
1/3 as a float. Here x*3/2 is exact on exact numbers, |z|² is real, and an expression has one text everywhere.
"""

from __future__ import annotations

import contextlib
import keyword
import re
import textwrap
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import or_
from types import MappingProxyType

from sympy import Abs, Expr, Function, I, Integer, Mul, Pow, Rational, Symbol, conjugate
from sympy.core.numbers import Exp1

from derive.errors import DeriveError

FUNCTIONS = MappingProxyType(
    {name: name for name in ("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "atan", "asinh")}
    | {"Abs": "abs", "re": "real", "im": "imag"}
)
# Names that Python or the emitted text uses itself; a parameter of that name gets a trailing underscore.
RESERVED = frozenset((*keyword.kwlist, *keyword.softkwlist)) | {
    "np", "xp", "one", "t", "mode", "abs", "all", "any", "bool", "complex", "dict", "divmod", "enumerate", "float",
    "id", "int", "iter", "len", "list", "map", "max", "min", "next", "object", "pow", "print", "range", "round",
    "set", "slice", "sorted", "str", "sum", "tuple", "type", "vars", "zip",
}
WIDTH = 110


class RealPart(Function):
    """Re z as one operation: SymPy's `re` spreads itself over sums."""

    nargs = 1
    is_real = True


def known_real(e: Expr) -> bool:
    """Whether SymPy takes an expression for real."""
    # Not is_real: |z| is no real number to SymPy while z may be infinite.
    return not _wild(e) and bool(e.is_extended_real)


def known_positive(e: Expr) -> bool:
    """Whether SymPy takes an expression for positive."""
    return not _wild(e) and bool(e.is_extended_positive)


def known_nonnegative(e: Expr) -> bool:
    """Whether SymPy takes an expression for positive or zero."""
    return not _wild(e) and bool(e.is_extended_nonnegative)


def _wild(e: Expr) -> bool:
    """Whether a complex letter is a term or a factor. SymPy then knows nothing, which takes it half of all emission."""
    if e.is_Symbol:
        return e.is_extended_real is None
    inner = e.is_Add or e.is_Mul or e.is_Pow and e.exp.is_Integer or isinstance(e, conjugate)
    return bool(inner) and any(map(_wild, e.args))


class ProgramError(DeriveError):
    """Straight-line code that cannot be run: an undefined letter, or a function without a NumPy name."""


def safe_names(symbols: Iterable[Symbol], taken: Collection[str] = ()) -> dict[Symbol, str]:
    """ASCII Python names of symbols: lambda → lambda_, κ_1 → kappa_1, b' → b_; none twice, none `taken`."""
    names: dict[Symbol, str] = {}
    used = {*RESERVED, *taken}
    for symbol in symbols:
        name = re.sub(r"\W", "_", "".join(_ascii(letter) for letter in symbol.name), flags=re.ASCII)
        name = name if name[:1].isalpha() else f"x{name}"
        while name in used:
            name += "_"
        used.add(name)
        names[symbol] = name
    return names


def _ascii(letter: str) -> str:
    if letter.isascii():
        return letter
    words = unicodedata.name(letter, "").lower().split()
    if words[:1] == ["greek"] and len(words) == 4:
        return words[3] if words[1] == "small" else words[3].capitalize()
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if part.isascii()) or "_"


def quotable(text: str) -> str:
    """A user's text as one line that cannot end the docstring it stands in, nor be read as an escape."""
    line = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    return "".join(c if c.isprintable() else "?" for c in line)


SUM, PRODUCT, POWER, ATOM = range(4)


@dataclass(frozen=True)
class Printer:
    """Text of expressions in the functions of the array API standard, which NumPy 2 and others follow.

    Rational factors are written x*3/2, which is exact on exact numbers too. `library` is the name of the array library
    in the text. `inputs` has a bit for every input on which a letter depends.
    """

    names: Mapping[Symbol, str]
    library: str = "np"
    inputs: Mapping[Symbol, int] = field(default_factory=dict)

    def text(self, e: Expr, above: int = SUM) -> str:
        text, binding = self.bound(e)
        return f"({text})" if binding < above else text

    def bound(self, e: Expr) -> tuple[str, int]:
        if e in self.names:
            return self.names[e], ATOM
        if e.is_number and (e.is_Rational or e is I):
            return self.constant(e)
        if e.is_NumberSymbol:
            return f"one*np.{'e' if isinstance(e, Exp1) else str(e)}", PRODUCT
        if e.is_Add:
            terms = [self.text(a, PRODUCT) for a in e.args]
            return terms[0] + "".join(f" - {t[1:]}" if t[0] == "-" else f" + {t}" for t in terms[1:]), SUM
        if e.is_Mul:
            return self.product(e), PRODUCT
        if e.is_Pow:
            return self.power(e)
        if e.func is conjugate:
            return f"{self.library}.conj({self.argument(e.args[0])})", ATOM
        if e.func is RealPart:
            return f"_real({self.text(e.args[0])})", ATOM
        if e.func.__name__ in FUNCTIONS and len(e.args) == 1:
            argument = self.argument(e.args[0])
            if e.func.__name__ == "log" and not e.args[0].is_nonnegative:
                argument += " + 0j"
            return f"{self.library}.{FUNCTIONS[e.func.__name__]}({argument})", ATOM
        raise ProgramError(f"NumPy code is made of + * / ** and {', '.join(FUNCTIONS)}, not of {e}.")

    def argument(self, e: Expr) -> str:
        """What a function is called with: an array, also where it is a number."""
        text = self.text(e, PRODUCT if e.is_number else SUM)
        return f"one*{text}" if e.is_number and "one" not in text else text

    def constant(self, e: Expr) -> tuple[str, int]:
        """A number by itself: an integer as it is, a fraction times the number one of this kind."""
        if e is I:
            return "one*1j", PRODUCT
        if e.is_Integer:
            return str(e), ATOM if e >= 0 else PRODUCT
        head = {1: "one", -1: "-one"}.get(e.p, f"{'-' if e.p < 0 else ''}one*{abs(e.p)}")
        return f"{head}/{e.q}", PRODUCT

    def product(self, e: Expr) -> str:
        constant, imaginary, above, below = product_parts(e)
        p, unit, q = number_parts(constant, imaginary)
        # Factors of few inputs first: the products of those that are numbers are numbers, not arrays.
        above.sort(key=lambda a: (not known_real(a), self.reach(a)))
        factors = [self.text(a, POWER if a.is_Pow and not _is_square(a) else PRODUCT) for a in above]
        # Real arrays take the number: to divide a complex one costs five times as much as to multiply it.
        real = sum(map(known_real, above)) if not unit else 0
        first, last = factors[: real or len(factors)], factors[real or len(factors) :]
        if unit:
            first = [unit, *(first or ["one"])]
        if p != 1 or not first:
            first.append(str(p))
        text = ("-" if constant.p < 0 else "") + "*".join(first)
        if q != 1:
            text += f"/{q}"
        text = "*".join([text, *last])
        if below:
            divisor = "*".join(self.text(b, POWER if len(below) == 1 else PRODUCT) for b in below)
            text += f"/({divisor})" if len(below) > 1 else f"/{divisor}"
        return text

    def reach(self, e: Expr) -> int:
        """The number of inputs on which an expression depends."""
        return reduce(or_, [self.inputs.get(s, 0) for s in e.free_symbols], 0).bit_count()

    def power(self, e: Expr) -> tuple[str, int]:
        base, exponent = e.args
        if exponent.is_Rational and exponent.is_negative:
            return f"1/{self.text(Pow(base, -exponent), POWER)}", PRODUCT
        if base.func is Abs and exponent == 2:
            return f"_abs2({self.text(base.args[0])})", ATOM
        if _is_square(e) and base in self.names:
            return "*".join([self.names[base]] * int(exponent)), PRODUCT
        if exponent.is_Integer:
            return f"{self.text(base, ATOM)}**{exponent}", POWER
        signed = "" if base.is_nonnegative or exponent.is_integer else " + 0j"
        if exponent.is_Rational and exponent.q == 2:
            root = f"{self.library}.sqrt({self.argument(base)}{signed})"
            return (root, ATOM) if exponent.p == 1 else (f"{root}**{exponent.p}", POWER)
        if base.is_number:
            text = f"(one*{self.text(base, POWER)}{signed})"
        else:
            text = f"({self.text(base)}{signed})" if signed else self.text(base, ATOM)
        power = f"({exponent.p}/{exponent.q})" if exponent.is_Rational else self.text(exponent, ATOM)
        return f"{text}**{power}", POWER


def _is_square(e: Expr) -> bool:
    return bool(e.is_Pow and e.exp in (Integer(2), Integer(3)) and e.base.is_Symbol)


def product_parts(e: Expr) -> tuple[Rational, bool, list[Expr], list[Expr]]:
    """The rational factor, whether there is an i, the factors above and those below the line."""
    constant, imaginary, above, below = Rational(1), False, [], []
    for a in Mul.make_args(e):
        if a.is_Rational:
            constant *= a
        elif a is I:
            imaginary = True
        elif a.is_Pow and a.exp.is_Rational and a.exp.is_negative:
            below.append(Pow(a.base, -a.exp))
        else:
            above.append(a)
    # Real factors first: the arrays stay real, at half the cost, as long as they can.
    above.sort(key=lambda a: not known_real(a))
    return constant, imaginary, above, below


def number_parts(constant: Rational, imaginary: bool) -> tuple[int, str, int]:
    """p, i and q of a factor |p i/q| as NumPy writes them: 0.5j, which is exact, in place of 1j and a division by 2."""
    p, q = abs(constant.p), constant.q
    if imaginary and q in (1, 2, 4, 8):
        return 1, f"{Decimal(p) / q}j", 1
    return p, "1j" if imaginary else "", q


def output_text(printer: Printer, e: Expr) -> str:
    """An output that no symbol enters is a number of the parameters' kind as well."""
    text = printer.text(e, SUM if e.free_symbols else PRODUCT)
    return text if e.free_symbols or "one" in text else f"one*{text}" if text[0] != "-" else f"-one*{text[1:]}"


def paragraph(text: str, first: str = "    ", later: str = "    ") -> str:
    """Text broken between words into lines of the width of the text, with what stands before the first and the others.
    """
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )


def wrapped(before: str, items: Sequence[str], after: str) -> str:
    """Items in brackets on one line, or where it would be too long as many lines as they need."""
    line = before + ", ".join(items) + after
    if len(line) <= WIDTH:
        return line.replace(", )", ",)")
    indent = " " * (len(before) - len(before.lstrip()) + 4)
    rows = [indent]
    for item in filter(None, items):
        if len(rows[-1]) + len(item) >= WIDTH and rows[-1] != indent:
            rows.append(indent)
        rows[-1] += f"{item}, "
    return "\n".join([before, *(row.rstrip() for row in rows), indent[4:] + after])


SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def unicode_name(name: str) -> str:
    """kappa_1 → κ₁, p_a → p_a, Gamma → Γ, for docstrings."""
    letter, *indices = name.split("_")
    case = "SMALL" if letter.islower() else "CAPITAL"
    with contextlib.suppress(KeyError):
        letter = unicodedata.lookup(f"GREEK {case} LETTER {letter.upper().replace('LAMBDA', 'LAMDA')}")
    return letter + "".join(i.translate(SUBSCRIPTS) if i.isdecimal() else f"_{i}" for i in indices)


def unicode_text(e: Expr, above: int = SUM) -> str:
    """One line of Unicode for docstrings: −i J e^{iθ} as "-i J exp(i θ)", |z|² as "|z|²", √x as "√(x)"."""
    text, binding = _unicode(e)
    return f"({text})" if binding < above else text


def _unicode(e: Expr) -> tuple[str, int]:
    if e.is_Symbol:
        return unicode_name(e.name), ATOM
    if e is I:
        return "i", ATOM
    if isinstance(e, Exp1):
        return "exp(1)", ATOM
    if e.is_Rational:
        return str(e), ATOM if e.is_Integer and e >= 0 else PRODUCT
    if e.is_Add:
        terms = [unicode_text(a, PRODUCT) for a in e.args]
        return terms[0] + "".join(f" - {t[1:]}" if t[0] == "-" else f" + {t}" for t in terms[1:]), SUM
    if e.is_Mul:
        constant, imaginary, above, below = product_parts(e)
        words = [str(abs(constant.p))] if abs(constant.p) != 1 else []
        words += ["i"] * imaginary + [unicode_text(a, POWER) for a in above]
        words = words or ["1"]
        below_words = ([str(constant.q)] if constant.q != 1 else []) + [unicode_text(b, POWER) for b in below]
        text = ("-" if constant < 0 else "") + " ".join(words)
        if below_words:
            text += f"/({' '.join(below_words)})" if len(below_words) > 1 else f"/{below_words[0]}"
        return text, PRODUCT
    if e.is_Pow:
        base, exponent = e.args
        if exponent == Rational(1, 2):
            return f"√({unicode_text(base)})", ATOM
        if exponent.is_Integer:
            return unicode_text(base, ATOM) + str(exponent).translate(SUPERSCRIPTS), POWER
        return f"{unicode_text(base, ATOM)}^{unicode_text(exponent, ATOM)}", POWER
    if e.func is conjugate:
        return f"{unicode_text(e.args[0], ATOM)}*", ATOM
    if e.func is Abs:
        return f"|{unicode_text(e.args[0])}|", ATOM
    return (f"{e.func.__name__}({', '.join(unicode_text(a) for a in e.args)})" if e.args else str(e)), ATOM
