"""Polynomials of other systems, as they print them, read back as SymPy expressions.

Of the ways that build what SymPy itself would build this is the quickest (benchmarks/README.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol

TERM = re.compile(r"[+-]?[^+-]+")
Texts = Sequence[tuple[str, str]]  # numerator and denominator of every unknown


def read_back(texts: Texts, letters: Sequence[Symbol]) -> list[Expr]:
    """The quotients of expanded polynomials; every word, every polynomial is read once."""
    known: dict[str, Expr] = {str(x): x for x in letters} | {"+": Integer(1), "-": Integer(-1)}

    def factor(word: str) -> Expr:
        base, _, exponent = word.partition("^")
        known[word] = found = Pow(known[base], int(exponent)) if exponent else Rational(word)
        return found

    def polynomial(text: str) -> Expr:
        terms = []
        for term in TERM.findall(text.replace(" ", "")):
            sign, rest = (term[0], term[1:]) if term[0] in "+-" else ("+", term)
            terms.append(Mul(known[sign], *[known.get(word) or factor(word) for word in rest.split("*")]))
        return Add(*terms)

    read: dict[str, Expr] = {}
    for text in dict.fromkeys(text for pair in texts for text in pair):
        read[text] = polynomial(text)
    below = {text: Pow(read[text], -1) for text in dict.fromkeys(text for _, text in texts)}
    return [Mul(read[top], below[bottom]) for top, bottom in texts]
