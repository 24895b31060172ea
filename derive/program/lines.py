"""Straight-line code: each common subexpression once, counted, run over any field, printed as NumPy source.

    s₀ = …,  s₁ = … s₀ …,  …,  outputs(s)

No loops and no choices, hence the same value over the rationals, over balls and over floats, up to rounding.
Elimination in this form keeps its accuracy where the expanded quotient of polynomials loses all digits.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Any

from sympy import Abs, Expr, I, Integer, Mul, Pow, Rational, Symbol, conjugate, exp

from derive.program.points import ABS2, BLOCK, NUMBERS, POINTS
from derive.program.source import (
    FUNCTIONS,
    WIDTH,
    Printer,
    ProgramError,
    RealPart,
    known_nonnegative,
    known_positive,
    known_real,
    number_parts,
    output_text,
    paragraph,
    product_parts,
    safe_names,
    wrapped,
)


@dataclass(frozen=True)
class Program:
    """Straight-line code from `inputs` through the assignments `body` to `outputs`.

    Raises:
        ProgramError: if a symbol is assigned twice or used before it is defined.
    """

    name: str
    inputs: tuple[Symbol, ...]
    body: tuple[tuple[Symbol, Expr], ...]
    outputs: tuple[Expr, ...]
    doc: str = ""

    def __post_init__(self) -> None:
        known = set(self.inputs)
        for symbol, value in (*self.body, *((None, output) for output in self.outputs)):
            missing = value.free_symbols - known
            if missing:
                raise ProgramError(
                    f"Program {self.name!r} must define every letter before its use, but "
                    f"{', '.join(sorted(s.name for s in missing))} is not defined; add it to the inputs."
                )
            if symbol in known:
                raise ProgramError(
                    f"Program {self.name!r} must define {symbol} once, but defines it again; rename it."
                )
            if symbol is not None:
                known.add(symbol)

    @property
    def operations(self) -> int:
        """The number of additions, multiplications, divisions and function calls in one run."""
        return sum(_cost(value) for _, value in self.body) + sum(_cost(value) for value in self.outputs)

    def __call__(
        self,
        values: Mapping[Symbol, Any],
        one: Any = Fraction(1),
        functions: Mapping[str, Any] | None = None,
    ) -> tuple[Any, ...]:
        """The outputs over the field of `values`: rationals, balls, floats: whatever has + * / conjugate().

        `one` is the unit of the field; `functions` holds by name what else the code needs: "I" and "pi" as
        elements, "exp", "sqrt", … (and "conjugate", where elements have no such method) as functions.

        Raises:
            ProgramError: if the code needs something that was not given.
        """
        field = _Field(dict(values), one, functions or {})
        for symbol, value in self.body:
            field.values[symbol] = field.value(value)
        return tuple(field.value(output) for output in self.outputs)

    def split(self, late: Collection[Symbol], name: str, prefix: str) -> tuple[Program, Program]:
        """Two programs in a row: `name` for all that does not depend on the inputs `late`, and the rest.

        The outputs of the first are inputs of the second, which then takes `late`. The factors of an
        elimination are what does not depend on the right-hand side.
        """
        dependent = set(late)
        defined = {symbol for symbol, _ in self.body}
        hoisted: dict[Expr, Symbol] = {}
        early, rest = [], []

        def stage(e: Expr) -> Expr:
            if not e.free_symbols & dependent:
                if e.is_Atom and e not in defined or e.is_number:
                    return e
                return hoisted.setdefault(e, e if e.is_Atom else Symbol(f"{prefix}{len(hoisted)}"))
            if e.is_Atom:
                return e
            if e.is_Add or e.is_Mul:
                constant = [a for a in e.args if a.free_symbols and not a.free_symbols & dependent]
                if len(constant) > 1:
                    known = stage(e.func(*constant))
                    return e.func(known, *(stage(a) for a in e.args if a not in constant))
            return e.func(*(stage(a) for a in e.args))

        for symbol, value in self.body:
            if value.free_symbols & dependent:
                dependent.add(symbol)
                rest.append((symbol, stage(value)))
            else:
                early.append((symbol, value))
        outputs = tuple(stage(output) for output in self.outputs)
        before = tuple(s for s in self.inputs if s not in dependent)
        used = set().union(*(e.free_symbols for e in (*outputs, *(value for _, value in rest))))
        kept = [s for s in self.inputs if s in used and s not in dependent]
        first = straight(name, before, (*hoisted, *kept), early)
        passed = (*hoisted.values(), *kept, *(s for s in self.inputs if s in dependent))
        return first, straight(self.name, passed, outputs, rest, self.doc)


def straight(
    name: str,
    inputs: Iterable[Symbol],
    outputs: Iterable[Expr],
    where: Iterable[tuple[Symbol, Expr]] = (),
    doc: str = "",
) -> Program:
    """Code that computes every subexpression of `outputs` once and nothing that they do not need.

    `where` are definitions in order, each using only earlier ones. Signs are no part of a subexpression, a
    product is shared apart from its numerical factor, and z z* is recognised as |z|².
    """
    inputs, outputs, where = tuple(inputs), tuple(outputs), dict(where)
    uses: dict[Expr, int] = {}
    order: list[Expr] = []

    def count(e: Expr) -> None:
        e = _unsigned(e)[1]
        uses[e] = uses.get(e, 0) + 1
        if uses[e] == 1:
            for child in (where[e],) if e in where else _children(e)[0]:
                count(child)
            order.append(e)

    for output in outputs:
        count(output)
    prefix = _fresh_prefix(symbol.name for symbol in (*inputs, *where))
    named: dict[Expr, Expr] = {}
    body: list[tuple[Symbol, Expr]] = []

    def written(e: Expr) -> Expr:
        sign, core = _unsigned(e)
        return sign * named[core]

    for e in order:
        children, together = _children(e)
        value = written(where[e]) if e in where else together(*(written(child) for child in children))
        if uses[e] > 1 and not value.is_Atom:
            letter = e if e in where else Symbol(f"{prefix}{len(body)}", **(_assumptions(e) or _assumptions(value)))
            body.append((letter, value))
            value = letter
        named[e] = value
    return Program(name, inputs, tuple(body), tuple(written(output) for output in outputs), doc)


def _fresh_prefix(names: Iterable[str]) -> str:
    """A letter s, s_, s__, … that followed by digits is none of `names`."""
    taken, prefix = tuple(names), "s"
    while any(re.fullmatch(prefix + r"\d+", name) for name in taken):
        prefix += "_"
    return prefix


def _assumptions(e: Expr) -> dict[str, bool]:
    if known_positive(e):
        return {"positive": True}
    return {"nonnegative": True} if known_nonnegative(e) else {"real": True} if known_real(e) else {}


def _unsigned(e: Expr) -> tuple[int, Expr]:
    """±1 and what remains, for a product with a negative factor."""
    if e.is_Mul and e.args[0].is_Rational and e.args[0].is_negative:
        return -1, -e
    return 1, e


def _children(e: Expr) -> tuple[tuple[Expr, ...], Callable[..., Expr]]:
    """The subexpressions from which `e` is computed, and the function that puts it together from them."""
    if e.is_Atom:
        return (), lambda: e
    if e.is_Mul:
        constant = Mul(*(a for a in e.args if a.is_Rational or a is I))
        if constant != 1:
            rest = Mul(*(a for a in e.args if not (a.is_Rational or a is I)))
            return (rest,), lambda x: constant * x
        return _moduli(e), Mul
    if e.is_Pow:
        base, exponent = e.args
        if exponent.is_Rational:
            if exponent.is_negative:
                return (Pow(base, -exponent),), lambda x: 1 / x
            if exponent.q == 2 and exponent.p > 1:
                return (Pow(base, Rational(1, 2)),) * 2, lambda x, _: Pow(x, exponent.p)
            if base.func is Abs and exponent.is_integer and exponent % 2 == 0:
                if exponent == 2:
                    return (base.args[0],), lambda x: Pow(Abs(x), 2)
                return (Pow(base, 2),) * 2, lambda x, _: Pow(x, exponent / 2)
            # Counting the base twice gives x*x a name for x.
            return (base,) * (2 if exponent.q == 1 else 1), lambda x, *_: Pow(x, exponent)
    return e.args, e.func


def _moduli(product: Expr) -> tuple[Expr, ...]:
    """The factors of a product, with z z* written as |z|²."""
    # Not as_base_exp: exp(x) exp(y) would be two powers of one base e.
    powers: dict[Expr, Expr] = {}
    for base, power in (a.args if a.is_Pow else (a, Integer(1)) for a in product.args):
        powers[base] = powers.get(base, 0) + power
    factors: list[Expr] = []
    for base in tuple(powers):
        partner = conjugate(base)
        if partner == base or partner not in powers or base.func in (conjugate, exp):
            continue
        if not (powers[base].is_Integer and powers[partner].is_Integer):
            continue
        both = min(powers[base], powers[partner])
        modulus = Pow(Abs(base), 2 * both)
        # SymPy writes |cos(z)|² as a product again.
        if both.is_positive and modulus.is_Pow and modulus.base.func is Abs:
            factors.append(modulus)
            powers[base] -= both
            powers[partner] -= both
    return (*factors, *(Pow(base, power) for base, power in powers.items() if power != 0))


def _cost(e: Expr) -> int:
    """The operations of one expression: signs are free, xⁿ is taken by repeated squaring."""
    if e.is_Atom:
        return 0
    if e.is_Add:
        return len(e.args) - 1 + sum(_cost(a) for a in e.args)
    if e.is_Mul or e.is_Pow and e.exp.is_Rational and e.exp.is_negative:
        constant, imaginary, above, below = product_parts(e)
        p, unit, q = number_parts(constant, imaginary)
        factors = len(above) + (p != 1) + bool(unit)
        return (
            max(factors - 1, 0)
            + (q != 1)
            + len(below)
            + sum(_cost(a) for a in above)
            + sum(_cost(b) for b in below)
        )
    if e.is_Pow and e.exp.is_Integer:
        n = int(e.exp)
        return _cost(e.base) + n.bit_length() - 1 + n.bit_count() - 1
    return 1 + sum(_cost(a) for a in e.args)


@dataclass(frozen=True)
class _Field:
    """Evaluation over one field."""

    values: dict[Expr, Any]
    one: Any
    functions: Mapping[str, Any]

    def given(self, name: str) -> Any:
        if name == "conjugate":
            return self.functions.get(name, lambda z: z.conjugate())
        if name == "RealPart":
            return lambda z: (z + self.given("conjugate")(z)) / 2
        if name not in self.functions:
            raise ProgramError(
                f"The code needs {name!r}, which these numbers were not given; pass it in `functions`."
            )
        return self.functions[name]

    def value(self, e: Expr) -> Any:
        if e in self.values:
            return self.values[e]
        if e.is_Integer:
            return self.one * int(e)
        if e.is_Rational:
            return self.one * e.p / e.q
        if e is I or e.is_NumberSymbol:
            return self.given(str(e))
        if e.is_Add:
            terms = [self.value(a) for a in e.args]
            return sum(terms[1:], terms[0])
        if e.is_Mul:
            result = self.value(e.args[0])
            for a in e.args[1:]:
                result = result * self.value(a)
            return result
        if e.is_Pow:
            return self.power(e)
        if e.func.__name__ in FUNCTIONS or e.func in (conjugate, RealPart):
            return self.given(e.func.__name__)(self.value(e.args[0]))
        raise ProgramError(f"Straight-line code is made of + * / and known functions, but contains {e}.")

    def power(self, e: Expr) -> Any:
        base, exponent = e.args
        if exponent.is_Rational and exponent.is_negative:
            return self.one / self.value(Pow(base, -exponent))
        if base.func is Abs and exponent.is_Integer and exponent % 2 == 0:
            z = self.value(base.args[0])
            return (z * self.given("conjugate")(z)) ** int(exponent / 2)
        if exponent.is_Integer:
            return self.value(base) ** int(exponent)
        if exponent.is_Rational and exponent.q == 2:
            return self.given("sqrt")(self.value(base)) ** int(exponent.p)
        return self.value(base) ** self.value(exponent)


def function_source(program: Program, library: str = "np") -> str:
    """A function of positional arguments that returns the outputs as a tuple.

    `one` first; with the library "xp" the array library before it, so that it is a function for any.
    """
    names = _all_names(program)
    printer = Printer(names, library, _reach(program))
    first = ["one"] if library == "np" else [library, "one"]
    lines = [wrapped(f"def {program.name}(", [*first, *(names[s] for s in program.inputs)], "):")]
    lines += [_docstring(program.doc)] if program.doc else []
    outputs = [output_text(printer, e) for e in program.outputs]
    last = wrapped("    return (", [*outputs, ""] if len(outputs) == 1 else outputs, ")")
    return "\n".join([*lines, *_assignments(program, printer, "    "), last, ""])


def public_source(program: Program) -> str:
    """A function of keyword arguments, numbers or arrays, all broadcast together, and the program that it runs.

    One output has the shape of the broadcast, k outputs have shape (k, *broadcast).
    """
    names = _all_names(program)
    arguments = [names[s] for s in program.inputs]
    head = f"({len(program.outputs)},)" if len(program.outputs) > 1 else "()"
    private = replace(program, name=f"_{program.name}", doc="")
    return "\n".join(
        [
            wrapped(f"def {program.name}(", ["*", *arguments] if arguments else [], "):"),
            *([_docstring(program.doc)] if program.doc else []),
            wrapped(f"    return _over_points(_{program.name}, {head}, None, [", arguments, "])"),
            "",
            "",
            function_source(private, "xp"),
        ]
    )


def numpy_source(*programs: Program, header: str) -> str:
    """A module of one function a program that imports NumPy only; `header` is its docstring."""
    counts = "".join(f'    "{program.name}": {program.operations},\n' for program in programs)
    return "\n\n".join(
        [
            f'"""{header.strip()}\n"""\n\nimport numpy as np\n\nOPERATIONS = {{\n{counts}}}\n',
            *(public_source(program) for program in programs),
            points_text(programs),
        ]
    )


def points_text(programs: Iterable[Program]) -> str:
    """What stands between the programs and their user, in a module that has nothing else."""
    moduli = any("_abs2(" in function_source(program) for program in programs)
    block = f"_BLOCK = {BLOCK}  # points at a time\n"
    return "\n\n".join([block, POINTS, NUMBERS, *([ABS2] if moduli else [])])


def _reach(program: Program) -> dict[Symbol, int]:
    """The inputs on which every letter of the code depends, one bit each."""
    reach = {symbol: 1 << k for k, symbol in enumerate(program.inputs)}
    for symbol, value in program.body:
        reach[symbol] = reduce(or_, [reach[s] for s in value.free_symbols], 0)
    return reach


def _all_names(program: Program) -> dict[Symbol, str]:
    return safe_names((*program.inputs, *(symbol for symbol, _ in program.body)), {program.name})


def _docstring(doc: str) -> str:
    body = textwrap.indent(doc.strip(), "    ").strip()
    return f'    """{body}\n    """' if "\n" in body else f'    """{body}"""'


def _assignments(program: Program, printer: Printer, indent: str) -> list[str]:
    names = printer.names
    lines = []
    for symbol, value in program.body:
        line = f"{indent}{names[symbol]} = {printer.text(value)}"
        if len(line) > WIDTH and value.is_Add:
            # a sign stays with the term behind it
            text = re.sub(r" ([+-]) ", " \\1\0", line.split(" = ", 1)[1])
            terms = paragraph(text, f"{indent}    ", f"{indent}    ")
            line = f"{indent}{names[symbol]} = (\n{terms}\n{indent})".replace("\0", " ")
        lines.append(line)
    return lines
