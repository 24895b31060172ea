"""Straight-line code in real numbers: the real and imaginary parts of its letters, those that are not zero.

    (a + ib)(c + id) = ac − bd + i(ad + bc),   1/(a + ib) = (a − ib)/(a² + b²)

Losses are real and couplings imaginary in a drift. Without detunings a loop of an even number of couplings stays so in
all that an elimination makes, and one of an odd number until its last mode: then no array need be complex.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

from sympy import Add, Expr, I, Integer, Symbol

from derive.kernel import Proved, conjugated, is_zero
from derive.program.lines import Program, straight
from derive.program.source import RealPart, known_real

Parts = tuple[Expr, Expr]
# Whether a number has a real part, and an imaginary one.
Kind = tuple[bool, bool]


def entry_parts(e: Expr) -> Parts:
    """The real and the imaginary part of an entry in its letters."""
    real, imaginary, rest = [], [], []
    for term in Add.make_args(e):
        if known_real(term):
            real.append(term)
        elif known_real(-I * term):
            imaginary.append(-I * term)
        else:
            rest.append(term)
    mixed = Add(*rest)
    if is_real(mixed):
        real.append(mixed)
    elif is_real(I * mixed):
        imaginary.append(-I * mixed)
    else:
        real.append(RealPart(mixed))
        imaginary.append(RealPart(-I * mixed))
    return Add(*real), Add(*imaginary)


def kind_of(parts: Parts) -> Kind:
    """Which of the two parts are not zero."""
    return parts[0] != 0, parts[1] != 0


def joined(a: Kind, b: Kind) -> Kind:
    """The kind of a sum."""
    return a[0] or b[0], a[1] or b[1]


def multiplied(a: Kind, b: Kind) -> Kind:
    """The kind of a product."""
    return a[0] and b[0] or a[1] and b[1], a[0] and b[1] or a[1] and b[0]


def output_kinds(program: Program, kinds: Mapping[Symbol, Kind]) -> tuple[Kind, ...]:
    """What parts the outputs have for inputs of these kinds."""
    known = dict(kinds)

    def kind(e: Expr) -> Kind:
        if e in known or e.is_Rational:
            return known.get(e, (True, False))
        # A quotient has the parts of its divisor.
        of = [kind(a) for a in (e.args if e.is_Add or e.is_Mul else [e.base] * max(abs(int(e.exp)), 1))]
        return reduce(joined if e.is_Add else multiplied, of)

    for s, value in program.body:
        known[s] = kind(value)
    return tuple(map(kind, program.outputs))


def in_parts(program: Program, kinds: Mapping[Symbol, Kind]) -> tuple[Program, tuple[Kind, ...]]:
    """The same code in real arithmetic, on the parts of its inputs, and the kinds of its outputs.

    Inputs and outputs keep their order. One with two parts becomes two, the real one first; one with none is zero and
    is left out.
    """
    split = _Split({s.name for s in (*program.inputs, *(s for s, _ in program.body))})
    inputs: list[Symbol] = []
    for s in program.inputs:
        split.values[s] = split.input(s, kinds[s])
        inputs += (part for part in split.values[s] if part != 0)
    for s, value in program.body:
        split.values[s] = split.named(s.name, split.parts(value))
    outputs = [split.parts(e) for e in program.outputs]
    flat = [part for both in outputs for part in both if part != 0]
    return replace(straight(program.name, inputs, flat, split.where), doc=program.doc), tuple(map(kind_of, outputs))


class _Split:
    """The parts of letters, and the definitions that they need."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.values: dict[Symbol, Parts] = {}
        self.where: list[tuple[Symbol, Expr]] = []

    def letter(self, name: str) -> Symbol:
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return Symbol(name, real=True)

    def input(self, s: Symbol, kind: Kind) -> Parts:
        if all(kind):
            return self.letter(f"{s.name}_r"), self.letter(f"{s.name}_i")
        real = Symbol(s.name, real=True)
        return (real, Integer(0)) if kind[0] else (Integer(0), real) if kind[1] else (Integer(0), Integer(0))

    def named(self, name: str, parts: Parts) -> Parts:
        """The parts, with a new letter in place of each that is no letter or number."""
        found = []
        for part, suffix in zip(parts, "ri", strict=True):
            if part.is_Atom or (-part).is_Atom:
                found.append(part)
                continue
            letter = self.letter(f"{name}_{suffix}" if parts[0] != 0 != parts[1] else f"{name}_")
            self.where.append((letter, part))
            found.append(letter)
        return found[0], found[1]

    def parts(self, e: Expr) -> Parts:
        if e in self.values:
            return self.values[e]
        if e.is_Rational:
            return e, Integer(0)
        if e.is_Add:
            terms = [self.parts(a) for a in e.args]
            return Add(*(a for a, _ in terms)), Add(*(b for _, b in terms))
        if e.is_Mul:
            first, *others = (self.parts(a) for a in e.args)
            for other in others:
                first = self.product(first, other)
            return first
        below = self.named("y", self.parts(e.base))
        result = below = self.inverse(below) if e.exp < 0 else below
        for _ in range(abs(int(e.exp)) - 1):
            result = self.product(result, below)
        return result

    def product(self, a: Parts, b: Parts) -> Parts:
        if all(kind_of(a)) or all(kind_of(b)):
            a, b = self.named("y", a), self.named("y", b)
        return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]

    def inverse(self, a: Parts) -> Parts:
        if a[1] == 0:
            return 1 / a[0], Integer(0)
        if a[0] == 0:
            return Integer(0), -1 / a[1]
        scale = self.named("y", (1 / (a[0] ** 2 + a[1] ** 2), Integer(0)))[0]
        return a[0] * scale, -a[1] * scale


def is_real(e: Expr) -> bool:
    """Whether an expression is proved to be its own conjugate."""
    return isinstance(is_zero(e - conjugated(e)), Proved)
