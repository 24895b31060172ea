"""The door of the public functions: every argument is of the kind that its annotation names, and exact.

What is `checked` refuses everything else in one line, so that nothing fails in the depths of SymPy. Where an expression
is expected, integers and fractions become SymPy's; where a sequence is, any iterable becomes a tuple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from importlib import import_module
from inspect import Parameter, signature
from numbers import Integral
from types import GenericAlias, MappingProxyType, NoneType, UnionType
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from sympy import Expr, Float, MatrixBase, ShapeError

from derive.errors import WrongKind, capital, expect
from derive.network import exact

P = ParamSpec("P")
R = TypeVar("R")

# By the name of a kind: what such an argument is called, if not by its own name, and how to get one.
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Network": ("The network", "build one, or read it with derive.netfile.loads(text)"),
        "Langevin": ("The equations of motion", "pass langevin(network)"),
        "GaussianState": ("A state", "pass steady_state(langevin(network))"),
        "int": ("", "write a whole number"),
        "bool": ("", "write True or False"),
        "str": ("", "write its name"),
        "MatrixBase": ("", "write Matrix([[…], …])"),
        "Symbol": ("", "write Symbol('x', positive=True)"),
        "Mapping": ("", "write {'a': …}"),
        "Iterable": ("", "write a tuple"),
        "tuple": ("", "write a tuple"),
    }
)


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose arguments are what its annotations name; others are refused.

    Raises:
        WrongKind: if an argument is of another kind, or a matrix of another size or not exact.
        NetworkError: if an expression is not exact.
    """
    form, called = signature(function), function.__qualname__.removesuffix(".__init__")
    hints: dict[str, Any] = {}

    @wraps(function)
    def entered(*args: P.args, **kwargs: P.kwargs) -> R:
        if not hints:
            # graphs' kinds are imported for type checkers alone, as NetworkX takes a tenth of a second
            drawn = any("nx." in str(hint) for hint in function.__annotations__.values())
            hints.update(get_type_hints(function, localns={"nx": import_module("networkx")} if drawn else None))
        try:
            given = form.bind(*args, **kwargs)
        except TypeError:
            return function(*args, **kwargs)  # which says what is missing
        for name, value in given.arguments.items():
            what = f"the argument {name} of {called}"
            many = form.parameters[name].kind is Parameter.VAR_POSITIONAL
            hint = hints.get(name, Any)
            given.arguments[name] = admitted(value, GenericAlias(tuple, (hint, ...)) if many else hint, what)
        try:
            return function(*given.args, **given.kwargs)
        except ShapeError as error:
            raise WrongKind(f"Sizes of what {called} is given must fit: {error} See the docstring.") from error

    return entered


def checked_fields(kind: type[R]) -> type[R]:
    """A dataclass whose fields are what its annotations name; see `checked`."""
    kind.__init__ = checked(kind.__init__)  # type: ignore[method-assign]
    return kind


def admitted(value: Any, hint: Any, what: str) -> Any:
    """The value as an annotation wants it: an exact expression, a number, a tuple, or itself.

    Raises:
        WrongKind, NetworkError: as in `checked`.
    """
    parts, origin = get_args(hint), get_origin(hint)
    if origin in (Union, UnionType):
        if value is None and NoneType in parts:
            return None
        if Expr not in parts:
            return admitted(value, next(part for part in parts if part is not NoneType), what)
        hint = Expr
    if hint is Any:
        return value
    if hint is Expr:
        return exact(value, what)
    if origin is Literal:
        if not isinstance(value, str) or value not in parts:
            raise WrongKind(f"{capital(what)} must be one of {', '.join(parts)}, but is {value!r}.")
        return value
    if origin is None:
        return _of_kind(value, hint, what)
    if issubclass(origin, Mapping):
        key, item = parts
        pairs = _of_kind(value, Mapping, what).items()
        keys = [admitted(k, key, f"a key of {what}") for k, _ in pairs]
        return dict(zip(keys, (admitted(v, item, f"the value of {k!r} in {what}") for k, v in pairs), strict=True))
    values = (*_of_kind(value, Iterable, what),)
    if origin is tuple and Ellipsis not in parts:
        if len(values) != len(parts):
            raise WrongKind(f"{capital(what)} must have {len(parts)} parts, but has {len(values)}.")
        return tuple(admitted(v, part, f"an entry of {what}") for v, part in zip(values, parts, strict=True))
    return tuple(admitted(v, parts[0], f"an entry of {what}") for v in values)


def _of_kind(value: Any, kind: type, what: str) -> Any:
    if kind is int and not isinstance(value, bool) and isinstance(value, Integral):
        return int(value)
    if kind is Iterable and isinstance(value, str):
        kind = tuple
    called, do = KINDS.get(kind.__name__, ("", "see the docstring"))
    expect(value, kind, called or what, do)
    if isinstance(value, MatrixBase) and value.has(Float):
        raise WrongKind(f"{capital(what)} must be exact, but contains floats; write 1/2 as Rational(1, 2).")
    return value
