"""Gradients of straight-line code by reverse accumulation: all derivatives of a value at a few times its cost.

    x̄ = 2 ∂L/∂x* = ∂L/∂Re x + i ∂L/∂Im x,   x̄ = ∂L/∂x for real x
    y = f(x) holomorphic:  x̄ += f′* ȳ      y = x*:  x̄ += ȳ*      y = |x|²:  x̄ += 2 x ȳ      x real:  x̄ = Re x̄
    y = Re x:  x̄ += ȳ      y = Im x:  x̄ += i ȳ

L is real, dL = Re ȳ* dy, and every assignment y of the code hands its ȳ on to what it is made of, the last one first
(Wirtinger; Griewank and Walther, Evaluating Derivatives, 2008, Ch. 3). Without conjugation the sweep through a map that
is linear in its late inputs is the transposed map: W x = r solved by substitution becomes Wᵀ y = g.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Abs, Add, Expr, I, Integer, Mul, Pow, Symbol, conjugate, im, re

from derive.program.lines import Program, straight
from derive.program.source import RealPart, known_positive, known_real


def gradient_program(program: Program, name: str, seeds: Sequence[Symbol], values: bool = True) -> Program:
    """Code for the outputs y_k and for x̄ of every input x, which takes ȳ_k, the `seeds`, before the other inputs.

    If outputs and seeds c_k are real, x̄ is the gradient of Σ c_k y_k. Without `values` the code has no outputs but x̄.
    """
    where, bars = _swept(program, seeds, conjugate)
    outputs = (*(program.outputs if values else ()), *(bars.get(s, Integer(0)) for s in program.inputs))
    return straight(name, (*seeds, *program.inputs), outputs, where)


def transposed_program(program: Program, name: str, late: Sequence[Symbol], seeds: Sequence[Symbol]) -> Program:
    """Mᵀ applied to the `seeds`, for code that applies a matrix M to its inputs `late`."""
    where, bars = _swept(program, seeds, lambda e: e)
    early = tuple(s for s in program.inputs if s not in set(late))
    return straight(name, (*early, *seeds), tuple(bars.get(s, Integer(0)) for s in late), where)


def unused(prefix: str, count: int, taken: Sequence[Symbol], **assumptions: bool) -> tuple[Symbol, ...]:
    """So many letters prefix_0, prefix_1, … of which none is taken."""
    while any(s.name.startswith(prefix) for s in taken):
        prefix += "_"
    return tuple(Symbol(f"{prefix}_{k}", **assumptions) for k in range(count))


def _swept(
    program: Program, seeds: Sequence[Symbol], star: Callable[[Expr], Expr]
) -> tuple[list[tuple[Symbol, Expr]], dict[Symbol, Expr]]:
    """The definitions of the code and of its sweep, and x̄ of its inputs."""
    sweep = _Sweep({s.name for s in (*program.inputs, *seeds, *(s for s, _ in program.body))}, star)
    for symbol, value in program.body:
        sweep.define(symbol, sweep.flat(value))
    for output, seed in zip(program.outputs, seeds, strict=True):
        sweep.hand(sweep.letter(output), seed)
    for symbol, value in tuple(reversed(sweep.where)):
        if symbol in sweep.shares:
            sweep.through(symbol, value, sweep.total(symbol))
    return sweep.where, {s: sweep.total(s) for s in program.inputs if s in sweep.shares}


class _Sweep:
    """The sweep from the last assignment to the first: its definitions `where`, and the `shares` of x̄ of every letter.

    All definitions are sums of products of powers and functions of letters. `star` conjugates, or does nothing.
    """

    def __init__(self, taken: set[str], star: Callable[[Expr], Expr]) -> None:
        self.taken, self.star = taken, star
        self.where: list[tuple[Symbol, Expr]] = []
        self.known: dict[Expr, Symbol] = {}
        self.shares: dict[Symbol, list[Expr]] = {}

    def define(self, symbol: Symbol, value: Expr) -> Symbol:
        self.where.append((symbol, value))
        self.known.setdefault(value, symbol)
        return symbol

    def letter(self, e: Expr, name: str = "y") -> Expr:
        """The expression where it is a letter or a number, else a new letter for it."""
        if e.is_Atom:
            return e
        value = self.flat(e)
        if value in self.known:
            return self.known[value]
        name = f"{name}_{len(self.where)}" if name == "y" else name
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        kind = "positive" if known_positive(e) else "real" if known_real(e) else "complex"
        return self.define(Symbol(name, **{kind: True}), value)

    def flat(self, e: Expr) -> Expr:
        if e.is_Add or e.is_Mul:
            return e.func(*(self.flat(a) if self.is_plain(a, e) else self.letter(a) for a in e.args))
        if e.is_Pow and e.exp.is_number:
            return Pow(self.flat(e.base) if e.base.func is Abs else self.letter(e.base), e.exp)
        return e if e.is_Atom or e.is_number else e.func(*(self.letter(a) for a in e.args))

    @staticmethod
    def is_plain(part: Expr, whole: Expr) -> bool:
        """Whether a part of a sum or product may stay in it: not a sum in a product, and no |z|.

        Of x̄ of |z| only the real part counts, so that |z| needs a letter of its own, which is real.
        """
        return part.is_Mul or not (part.is_Add and whole.is_Mul or part.has(Abs))

    def hand(self, e: Expr, share: Expr) -> None:
        """Hand a share of ē on to the letter in e: e is a letter, or its conjugate, part, power or function."""
        if not e.free_symbols or share == 0:
            return
        base, power = e.as_base_exp() if e.is_Pow else (e, Integer(1))
        if e.is_Symbol:
            self.shares.setdefault(e, []).append(share)
        elif isinstance(e, conjugate):
            self.hand(e.args[0], self.star(share))
        elif isinstance(e, re | im):
            self.hand(e.args[0], share * (I if isinstance(e, im) else 1))
        elif base.func is Abs and power.is_number:
            # SymPy does not take 1/|z| for real, because z may vanish
            real = share if known_real(share) else RealPart(self.letter(share))
            self.hand(base.args[0], power * Pow(base, power - 2) * base.args[0] * real)
        else:
            for a in sorted(e.free_symbols, key=lambda s: s.name):
                self.hand(a, self.star(e.diff(a)) * share)

    def total(self, symbol: Symbol) -> Expr:
        """x̄ as a letter, real for a real x."""
        total = Add(*self.shares[symbol])
        if symbol.is_real and not known_real(total):
            total = RealPart(self.letter(total, f"c_{symbol.name}"))
        return self.letter(total, f"d_{symbol.name}")

    def through(self, symbol: Symbol, value: Expr, bar: Expr) -> None:
        """Hand ȳ = `bar` of y = value on to the letters in the value."""
        for term in Add.make_args(value):
            factors = Mul.make_args(term)
            below = [a for a in factors if a.is_Pow and a.base.is_Symbol and a.exp.is_number and a.exp.is_negative]
            above = [a for a in factors if a not in below]
            over = self.letter(bar * self.star(Mul(*below)), f"q_{symbol.name}") if below else bar
            for k, a in enumerate(above):
                self.hand(a, over * self.star(Mul(*above[:k], *above[k + 1 :])))
            for a in below:
                # Of y = p/b it is −(y/b)*, and ȳ/b* is known.
                quotient = symbol if term == value and below == [1 / a.base] else Mul(*above) / a.base
                self.hand(a.base, a.exp * over * self.star(quotient))
