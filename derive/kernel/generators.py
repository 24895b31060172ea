"""The generators of the polynomial ring in which expressions are compared; no hidden relation holds between them.

A generator is a symbol, the conjugate of a complex symbol (J and J* are two letters), i, an exponential e^{x/L}, a
root f^{1/L} of a prime or an irreducible polynomial, a power f^n with a symbolic exponent, or an expression that is
not understood and stands for itself. Exponents are split, never combined: x^(n+1) is x^n · x.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import lcm

from sympy import Abs, Expr, I, Integer, Pow, Rational, S, Symbol, exp, pi

from derive.kernel.conjugation import conjugated
from derive.kernel.exponents import composite, root_relation, terms_of, turning

Exponents = tuple[tuple[tuple[Expr, Expr], Rational], ...]


@dataclass(frozen=True)
class Generator:
    """What one generator stands for.

    `degree` d > 0 with `relation`: g^d = relation, in which g may occur to lower powers; `unity` n: g is a primitive
    n-th root of unity, Φ_n(g) = 0.
    """

    stands_for: Expr
    degree: int = 0
    relation: Expr = S.Zero
    unity: int = 0


@dataclass(frozen=True)
class Split:
    """base = Π factor^power, with what was divided by.

    `below` are the denominators of fractional factors, `assumed` what divided on the way.
    """

    factors: tuple[tuple[Expr, Rational], ...]
    below: dict[Expr, Expr]
    assumed: tuple[Expr, ...] = ()


class Finder:
    """The generators of some expressions, those in their relations first.

    `units` writes every other node as a product of powers of generators. `splitting` splits the base of a power, as
    `ring.split_base` does.
    """

    def __init__(
        self,
        expressions: Iterable[Expr],
        splitting: Callable[[Expr, bool], Split],
        roots: Mapping[Symbol, tuple[int, Expr]],
    ) -> None:
        self.splitting, self.roots = splitting, roots
        self.generators: dict[Expr, Generator] = {}
        self.units: dict[Expr, tuple[tuple[Expr, int], ...]] = {}
        self.assumed: dict[Expr, None] = {}
        self.below: dict[Expr, Expr] = {}
        self.parts: dict[tuple[Expr, Expr], int] = {}
        self.known: dict[Expr, Exponents | None] = {}
        self.seen: set[Expr] = set()
        for e in expressions:
            self._collect(e)
        for e in expressions:
            self._find(e)

    def _collect(self, e: Expr) -> None:
        """Exponents of one base share a generator: collect the denominators of their coefficients first."""
        stack = [e]
        while stack:
            node = stack.pop()
            if node in self.known:
                continue
            found = self.known[node] = self._exponents(node)
            if composite(node):
                stack += node.args
            for key, coefficient in found or ():
                self.parts[key] = lcm(self.parts.get(key, 1), int(coefficient.q))
                if key[0] is not S.Exp1:
                    stack.append(key[0])

    def _exponents(self, e: Expr) -> Exponents | None:
        """A power, modulus or exponential as Π base^(coefficient · monomial); None for any other node."""
        if isinstance(e, exp) or e is S.Exp1:
            return tuple(((S.Exp1, m), c) for m, c in terms_of(S.One if e is S.Exp1 else e.exp))
        if isinstance(e, Abs):
            bases = self._split(e.args[0] * conjugated(e.args[0]), False)
            return tuple(((base, S.One), Rational(n) / 2) for base, n in bases)
        if not isinstance(e, Pow) or e.exp.is_Integer:
            return None
        terms = terms_of(e.exp)
        bases = self._split(e.base, all((m * c).is_integer for m, c in terms))
        if any(base == 0 for base, _ in bases):
            return None
        if len(terms) > 1 and not all((c * m).is_nonnegative for m, c in terms):
            self.assumed |= {base: None for base, _ in bases}
        return tuple(turning(base, m, c * n) for base, n in bases for m, c in terms)

    def _split(self, base: Expr, whole: bool) -> tuple[tuple[Expr, int], ...]:
        found = self.splitting(base, whole)
        self.assumed |= dict.fromkeys(found.assumed)
        self.below |= found.below
        return found.factors

    def _find(self, e: Expr) -> None:
        if e in self.seen or e.is_Rational:
            return
        self.seen.add(e)
        if e is S.ImaginaryUnit:
            self._add(Generator(e, 2, Integer(-1)))
        elif composite(e):
            for x in e.args:
                self._find(x)
        else:
            self._node(e)

    def _node(self, e: Expr) -> None:
        if e not in self.known:
            self._collect(e)
        found = self.known[e]
        if found is None:
            degree, relation = root_relation(e, self.roots)
            self._collect(relation)
            self._find(relation)
            self._add(Generator(e, degree, relation))
            return
        units: list[tuple[Expr, int]] = []
        for (base, monomial), coefficient in found:
            parts = self.parts[base, monomial]
            if parts == 1 and monomial == 1 and base is not S.Exp1:
                self._find(base)
                units.append((base, int(coefficient)))
                continue
            power = int(coefficient * parts)
            root = exp(monomial / parts) if base is S.Exp1 else Pow(base, monomial / parts)
            below = self.below.get(base, S.One) if monomial == 1 else S.One
            if below != 1:
                # h = b (a/b)^{1/L} satisfies h^L = a b^{L−1}, whatever the branch: a relation without
                # denominator
                self._find(below)
                units.append((below, -power))
            self._add(self._root(root * below, base, monomial, parts, below))
            units.append((root * below, power))
        self.units[e] = tuple(units)

    def _root(self, stands_for: Expr, base: Expr, monomial: Expr, parts: int, below: Expr) -> Generator:
        """The generator below · base^(monomial/parts)."""
        if stands_for in self.generators:
            return self.generators[stands_for]
        if base is S.Exp1:
            turns = monomial / (I * pi)
            if turns == 1:
                return Generator(stands_for, unity=2 * parts)
            return Generator(stands_for, 2 * parts, S.One) if turns.is_integer else Generator(stands_for)
        if monomial != 1:
            return Generator(stands_for)
        relation = base * below**parts
        self._collect(relation)
        self._find(relation)
        return Generator(stands_for, parts, relation)

    def _add(self, generator: Generator) -> None:
        self.generators.setdefault(generator.stands_for, generator)
        self.seen.add(generator.stands_for)
