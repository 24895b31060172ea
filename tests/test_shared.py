"""What sums of products have in common is named as SymPy's `cse` names it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Add, Expr, I, Mul, Rational, Symbol, conjugate, cos, cse

from benchmarks.networks import FAMILIES
from derive.kernel import Quick
from derive.kernel.program import Names
from derive.kernel.shared import shared
from tests.strategies import COMPLEX, POSITIVE, QUICK

LETTERS = (*POSITIVE[:4], *COMPLEX[:2], *map(conjugate, COMPLEX[:2]))
NUMBERS = st.sampled_from((1, -1, 2, -2, Rational(1, 2), Rational(-1, 2), Rational(-3, 2), I, -I))
TERMS = st.builds(lambda c, letters: Mul(c, *letters), NUMBERS, st.sets(st.sampled_from(LETTERS), max_size=4))
LEAVES = st.lists(st.lists(TERMS, min_size=1, max_size=5).map(lambda terms: Add(*terms)), max_size=6)


@QUICK
@given(LEAVES)
def test_definitions_are_those_of_sympy(leaves: list[Expr]) -> None:
    assert shared(leaves, Names(()), Quick()) == cse(leaves, symbols=iter(Names(())), order="canonical")


@pytest.mark.parametrize("family", FAMILIES)
def test_entries_of_networks_are_named_as_sympy_names_them(family: str) -> None:
    leaves = list(dict.fromkeys(FAMILIES[family].matrices(6)[0]))
    assert shared(leaves, Names(()), Quick()) == cse(leaves, symbols=iter(Names(())), order="canonical")


def test_other_functions_are_left_to_sympy() -> None:
    x, y = Symbol("x"), Symbol("y")
    leaves = [cos(x + y) + x, cos(x + y) - y]
    assert shared(leaves, Names(()), Quick())[0] == [(Symbol("x_1"), cos(x + y))]
