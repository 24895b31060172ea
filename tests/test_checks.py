"""Every public function refuses an argument of another kind in words, before it is entered."""

from collections.abc import Mapping
from fractions import Fraction
from inspect import Parameter, isfunction, signature
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import networkx as nx
import numpy as np
import pytest
from sympy import Expr, Matrix, MatrixBase, Rational, Symbol

import derive
from derive import Langevin, Network, chain, langevin, spectrum_residual, thermal, vacuum
from derive.errors import DeriveError, WrongKind

NET = chain(1)
EQ = langevin(NET)
x = Symbol("x", positive=True)
RIGHT = {Network: NET, Langevin: EQ, str: "a", int: 2, bool: True, Expr: x, Symbol: x, nx.Graph: nx.Graph()}
ASKED = {
    (name, parameter)
    for name in derive.__all__
    if isfunction(getattr(derive, name)) and name not in ("is_zero", "loss")
    for parameter in signature(getattr(derive, name)).parameters
}


def right(hint: Any) -> Any:
    """Some value of the kind that an annotation names."""
    parts, origin = get_args(hint), get_origin(hint)
    if origin in (Union, UnionType):
        return x if Expr in parts else right(next(part for part in parts if part is not NoneType))
    if origin is Literal:
        return parts[0]
    if origin is not None:
        empty: object = {} if issubclass(origin, Mapping) else ()
        return tuple(map(right, parts)) if origin is tuple and Ellipsis not in parts else empty
    if issubclass(hint, MatrixBase):
        return Matrix([[x]])
    return RIGHT[hint] if hint in RIGHT else object.__new__(hint)


@pytest.mark.parametrize("wrong", [object(), 2.5, {1.5: None}, [object()]], ids=["object", "float", "mapping", "list"])
@pytest.mark.parametrize(("name", "parameter"), sorted(ASKED))
def test_an_argument_of_another_kind_is_refused_by_its_name(name: str, parameter: str, wrong: object) -> None:
    function = getattr(derive, name)
    hints = get_type_hints(function, localns={"nx": nx})
    args, kwargs = [], {}
    for each, form in signature(function).parameters.items():
        value = wrong if each == parameter else right(hints[each])
        if form.kind is Parameter.KEYWORD_ONLY:
            kwargs[each] = value
        else:
            args.append(value)
    with pytest.raises(DeriveError, match=f"argument {parameter} of {name}|The network|equations of motion|A state"):
        function(*args, **kwargs)


def test_numbers_and_sequences_may_be_of_the_users_making() -> None:
    assert chain(np.int64(2)) == chain(2)
    assert thermal(EQ, {"a": np.int64(1)}) == thermal(EQ, {"a": 1})
    assert thermal(EQ, {"a": Fraction(1, 2)}) == thermal(EQ, {"a": Rational(1, 2)})
    assert derive.divided_differences((k for k in (1, 2)), x) == derive.divided_differences([1, 2], x)


def test_matrices_that_do_not_fit_are_refused() -> None:
    with pytest.raises(WrongKind, match="Sizes of what spectrum_residual is given"):
        spectrum_residual(Matrix([1, 2, 3]), derive.spectrum(EQ.drift))
    with pytest.raises(WrongKind, match="matrix of spectrum must be exact, but contains floats"):
        derive.spectrum(Matrix([[0.5]]))
    other = vacuum(langevin(chain(2)))
    with pytest.raises(WrongKind, match="Sizes of what steady_state_residual is given"):
        derive.steady_state_residual(EQ, other)
    with pytest.raises(DeriveError, match="Symbol, but"):
        derive.propagator_residual(EQ, 1, derive.propagator(EQ, x))
    with pytest.raises(WrongKind, match=r"The argument t of propagator_residual"):
        derive.propagator_residual(EQ, derive.propagator(EQ, x), x)


@pytest.mark.parametrize("kind", ["Branch", "Family", "Link", "Node", "TwoQubits"])
def test_a_field_of_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(DeriveError, match=f"of {kind} must be|The network"):
        getattr(derive, kind)(*[object()] * len(signature(getattr(derive, kind)).parameters))


def test_what_is_missing_is_said_by_python() -> None:
    with pytest.raises(TypeError, match=r"langevin\(\) missing 1 required positional argument: 'net'"):
        langevin()  # type: ignore[call-arg]
