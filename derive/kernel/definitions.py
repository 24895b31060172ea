"""Definitions under which a question is asked: Λ = Γ|p|² + κ, |p|² = s, and a root x of x³ = a x + b."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Pow, Symbol, conjugate

from derive.kernel.conjugation import conjugated, starred, substituted
from derive.kernel.point import Undecided, Values, allowed, is_zero_value, number


class Circular(ValueError):
    """A letter that is defined by itself."""


@dataclass(frozen=True)
class Definitions:
    """What holds of the letters in a question.

    `letters` are written in letters that have no definition; `relations` are equations between two larger parts;
    `roots` are letters x with x^d = a polynomial in x of lower degree, all of whose roots are meant.
    """

    letters: Mapping[Symbol, Expr]
    relations: tuple[tuple[Expr, Expr], ...] = ()
    roots: Mapping[Symbol, tuple[int, Expr]] = field(default_factory=dict)

    def written(self, e: Expr) -> Expr:
        """An expression in undefined letters."""
        e = substituted(e, self.letters)
        return e.subs(dict(self.relations), simultaneous=True) if self.relations else e

    @property
    def symbols(self) -> set[Symbol]:
        """Every undefined letter of the definitions that is not a root."""
        sides = [*self.letters.values(), *(side for relation in self.relations for side in relation)]
        sides += [e for _, e in self.roots.values()]
        return set().union(*(e.free_symbols for e in sides)) - set(self.roots)

    def hold(self, values: Values) -> bool:
        """Whether the defined letters' values are known to be what their assumptions allow, and the relations hold."""
        try:
            for letter, e in self.letters.items():
                exact = number(values(e))
                if not allowed(letter, substituted(e, values.point) if exact is None else exact):
                    return False
            return all(is_zero_value(values(a - b)) for a, b in self.relations)
        except Undecided:
            return False


def definitions(where: Mapping[Expr, Expr]) -> Definitions:
    """Read a table of definitions.

    Its keys are letters, their conjugates, larger parts such as |p|² that a letter abbreviates, and x³, with the value
    a x + b, for a letter x that is any root of the equation.

    Raises:
        Circular: if a letter is defined by itself, at once or by way of others.
    """
    letters: dict[Symbol, Expr] = {key: value for key, value in where.items() if isinstance(key, Symbol)}
    relations = []
    roots = {}
    for key, value in where.items():
        if isinstance(key, Symbol):
            continue
        if isinstance(key, Pow) and isinstance(key.base, Symbol) and value.has(key.base):
            roots[key.base] = int(key.exp), value
            continue
        inner = key.args[0] if isinstance(key, conjugate) else None
        if isinstance(inner, Symbol) and inner not in letters:
            letters[inner] = conjugated(value)
        elif isinstance(value, Symbol) and value not in letters and value not in key.free_symbols:
            letters[value] = key
        else:
            relations.append((key, value))
    table = _resolved(letters)
    return Definitions(
        table,
        tuple((substituted(a, table), substituted(b, table)) for a, b in relations),
        {x: (degree, substituted(e, table)) for x, (degree, e) in roots.items()},
    )


def _resolved(letters: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
    table = dict(letters)
    for _ in range(len(table) + 1):
        if not any(s in table for e in table.values() for s in e.free_symbols):
            return table
        both = starred(table)
        table = {s: e.xreplace(both) for s, e in table.items()}
    raise Circular("a letter is defined by itself")
