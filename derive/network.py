"""The picture a paper draws, as a value: modes, spins, couplings, drives and (shared) reservoirs.

    H = Σ Δ a†a + Σ (J a†b + h.c.) + Σ (χ a†b† + h.c.) + Σ (ε a† + h.c.),      ħ = 1
    dρ/dt = −i[H, ρ] + Σ_baths γ{(n+1) D[q] + n D[q†] − m D′[q†] − m* D′[q]}
    D[z]ρ = z ρ z† − ½{z†z, ρ},   D′[z]ρ = z ρ z − ½{zz, ρ},   q = Σ u_i a_i + Σ v_i a_i†

A mode is detuned from the drive by Δ; J exchanges quanta between two modes, χ creates and destroys pairs, ε drives a
mode. A bath of rate γ acts by the jump q, whose weights u_i and v_i say on which modes; n is its occupation and m its
squeezing. A local loss is a bath with one leg; a shared reservoir is a bath with several. An ensemble of
two-level systems (`Spins`) is a node like a mode, with the collective S⁻ for its annihilation operator and S^z for its
number.

Everything is checked here, at the door, and refused with a `NetworkError`; the rooms below trust what they get.
"""

from __future__ import annotations

import numbers
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, fields, replace
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

from sympy import Expr, Integer, MatrixBase, Rational, Symbol
from sympy.core.function import AppliedUndef

from derive.errors import DeriveError, capital, expect
from derive.kernel import (
    Proved,
    Refuted,
    abs_squared,
    conjugated,
    flaw,
    is_nonnegative,
    is_zero,
    open_factors,
    substituted,
)
from derive.language import NAME, shown

Number: TypeAlias = Expr | int | Fraction
Legs: TypeAlias = Mapping[str, Number] | Iterable[tuple[str, Number]]
Part = TypeVar("Part")

MODE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


class NetworkError(DeriveError):
    """A picture that is not a network: a leg on no mode, a complex rate, one letter with two meanings."""


class TooManyModes(DeriveError):
    """A network of so many modes that nobody could read its picture or equations, or wait for its moments."""


def exact(value: Any, what: str) -> Expr:
    """The exact value of a strength, rate or weight: a SymPy expression without floats.

    Raises:
        NetworkError: if `value` is a float, a string or anything else that is not exact.
    """
    if isinstance(value, bool | MatrixBase) or not isinstance(value, Expr | numbers.Rational):
        raise NetworkError(
            f"{capital(what)} must be exact (a SymPy expression, an integer or a fraction), but is {value!r}; "
            "write 1/2 as Rational(1, 2) and letters as Symbol(..., positive=True)."
        )
    if not isinstance(value, Expr):
        return Rational(int(value.numerator), int(value.denominator))
    wrong = flaw([value])
    if wrong:
        raise NetworkError(f"{capital(what)} must be exact and finite, but {wrong}.")
    if value.atoms(AppliedUndef):
        raise NetworkError(f"{capital(what)} must be built from symbols and known functions, but is {value}.")
    return value


def exact_real(value: Any, what: str) -> Expr:
    """An exact value that is real whatever its letters are.

    Raises:
        NetworkError: if it is not exact, or not seen to be real.
    """
    value = exact(value, what)
    if value.is_real or isinstance(is_zero(value - conjugated(value)), Proved):
        return value
    for word in ("real", "positive"):
        if open_ := [s.name for s in sorted(value.free_symbols, key=str) if not getattr(s, f"is_{word}")]:
            do = f"declare {' and '.join(open_)} {'positive or real' if word == 'real' else word}"
            break
    else:
        do = "write its modulus Abs(...) or another real value"
    raise NetworkError(f"{capital(what)} must be real, but is {value}; {do}.")


def not_negative(value: Any, what: str) -> Expr:
    """An exact value that is not seen to be negative; a symbol that is merely real is the user's promise.

    Raises:
        NetworkError: if it is not exact, not real, or negative.
    """
    value = exact(value, what)
    if value.is_nonnegative:
        return value
    negative = exact_real(value, what).is_negative or (
        isinstance(is_nonnegative(value), Refuted)
        and (not value.free_symbols or isinstance(is_nonnegative(-value), Proved))
    )
    if negative:
        raise NetworkError(f"{capital(what)} must not be negative, but is {value}; change its sign.")
    return value


def _names(what: str, *names: object) -> None:
    for name in names:
        expect(name, str, f"The mode of {what}", "write the mode's name")


def _legs(legs: Legs, what: str) -> tuple[tuple[str, Expr], ...]:
    given = legs.items() if isinstance(legs, Mapping) else legs
    pairs = tuple(given) if isinstance(given, Iterable) else (given,)
    if any(not isinstance(pair, tuple) or len(pair) != 2 for pair in pairs):
        raise NetworkError(
            f"{capital(what)} must be pairs of a mode's name and a weight, but is {legs!r}; write {{'a': 1}}."
        )
    _names(what, *(mode for mode, _ in pairs))
    found = tuple((mode, exact(weight, f"the weight of {mode!r} in {what}")) for mode, weight in pairs)
    names = [mode for mode, _ in found]
    for name in names:
        if names.count(name) > 1:
            raise NetworkError(f"Each mode has one leg in {what}, but {name!r} has {names.count(name)}; add them up.")
    return found


@dataclass(frozen=True)
class Mode:
    """A bosonic mode a with H ∋ Δ a†a in the rotating frame; its energy is frequency × ⟨a†a⟩."""

    name: str
    detuning: Expr = Integer(0)
    frequency: Expr = Integer(1)

    def __post_init__(self) -> None:
        _check_node(self)


@dataclass(frozen=True)
class Spins:
    """N two-level systems that act as one, with S^α = ½ Σ σ^α, [S⁺, S⁻] = 2S^z and H ∋ Δ S^z.

    S⁻ stands wherever a mode has a; the energy is frequency × (⟨S^z⟩ + N/2). `number` is N, an integer or a letter.
    Detuning and frequency are given by name: of a `Mode` they stand where N stands here.
    """

    name: str
    number: Expr = Integer(1)
    _: KW_ONLY
    detuning: Expr = Integer(0)
    frequency: Expr = Integer(1)

    def __post_init__(self) -> None:
        _check_node(self)
        what = f"the number of spins {self.name!r}"
        number = not_negative(self.number, what)
        if number.is_integer is False or number == 0:
            raise NetworkError(f"{capital(what)} must be a positive integer or a letter, but is {number}.")
        object.__setattr__(self, "number", number)


def _check_node(node: Mode | Spins) -> None:
    kind, whose = ("mode", "A mode's") if isinstance(node, Mode) else ("spins", "A spin's")
    if not isinstance(node.name, str) or not MODE_NAME.match(node.name):
        raise NetworkError(
            f"{whose} name must be a letter followed by letters, digits and underscores, but is {node.name!r}; "
            "rename it."
        )
    if len(node.name) > NAME:
        raise NetworkError(
            f"{whose} name must have at most {NAME} characters, but {shown(node.name)} has {len(node.name)}; "
            "shorten it."
        )
    for field in ("detuning", "frequency"):
        what = f"the {field} of {kind} {node.name!r}"
        object.__setattr__(node, field, exact_real(getattr(node, field), what))


@dataclass(frozen=True)
class Coupling:
    """Coherent exchange, H ∋ J a†b + J* b†a."""

    a: str
    b: str
    strength: Expr

    def __post_init__(self) -> None:
        _names("a coupling", self.a, self.b)
        what = f"the coupling of {self.a!r} and {self.b!r}"
        object.__setattr__(self, "strength", exact(self.strength, what))
        if self.a == self.b:
            raise NetworkError(
                f"A coupling joins two modes, but this one joins {self.a!r} to itself; use a detuning."
            )


@dataclass(frozen=True)
class Squeezing:
    """Parametric pairing, H ∋ χ a†b† + χ* ab; with a = b it is degenerate, χ a†² + χ* a²."""

    a: str
    b: str
    strength: Expr

    def __post_init__(self) -> None:
        _names("a squeezing", self.a, self.b)
        object.__setattr__(self, "strength", exact(self.strength, f"the squeezing of {self.a!r} and {self.b!r}"))


@dataclass(frozen=True)
class Drive:
    """A classical drive at the frame's frequency, H ∋ ε a† + ε* a."""

    mode: str
    amplitude: Expr

    def __post_init__(self) -> None:
        _names("a drive", self.mode)
        object.__setattr__(self, "amplitude", exact(self.amplitude, f"the drive of {self.mode!r}"))


@dataclass(frozen=True)
class Bath:
    """A Markovian reservoir of energy rate γ whose jump is q = Σ u_i a_i + Σ v_i a_i†.

    `jump` holds the (mode, u_i), `gain` the (mode, v_i), `thermal` is n and `squeezing` is m with |m|² ≤ n(n+1); a pure
    squeezed vacuum has n = sinh² r and |m| = sinh r cosh r. A single mode with q = a relaxes to ⟨a†a⟩ = n and ⟨aa⟩ = m.
    """

    jump: tuple[tuple[str, Expr], ...]
    rate: Expr
    thermal: Expr = Integer(0)
    squeezing: Expr = Integer(0)
    gain: tuple[tuple[str, Expr], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "jump", _legs(self.jump, "the jump of a bath"))
        object.__setattr__(self, "gain", _legs(self.gain, "the gain of a bath"))
        legs = ", ".join(repr(name) for name in self.legs)
        if not legs:
            raise NetworkError("A bath needs at least one leg, but jump and gain are both empty.")
        for field in ("rate", "thermal"):
            what = f"the {'rate' if field == 'rate' else 'thermal occupation'} of the bath on {legs}"
            object.__setattr__(self, field, not_negative(getattr(self, field), what))
        what = f"the squeezing of the bath on {legs}"
        m = exact(self.squeezing, what)
        object.__setattr__(self, "squeezing", m)
        if m != 0 and _impossible(self.thermal, m):
            raise NetworkError(
                "A bath's squeezing m and thermal occupation n must satisfy |m|² ≤ n(n+1), but the bath "
                f"on {legs} has m = {m} and n = {self.thermal}; a pure squeezed bath has n = sinh(r)**2 "
                "and |m| = sinh(r)*cosh(r)."
            )

    @property
    def legs(self) -> tuple[str, ...]:
        """The modes this bath acts on, in the order in which they are first named."""
        return tuple(dict.fromkeys(name for name, _ in self.jump + self.gain))


def _impossible(n: Expr, m: Expr) -> bool:
    """Whether |m|² > n(n+1) is seen, for all values of the letters or in a bath without heat."""
    room = n * (n + 1) - abs_squared(m)
    if not isinstance(is_nonnegative(room), Refuted):
        return False
    return n == 0 or not room.free_symbols or isinstance(is_nonnegative(-room), Proved) and not open_factors(room)


def loss(mode: str, rate: Number, thermal: Number = 0, squeezing: Number = 0) -> Bath:
    """Local loss γ{(n+1) D[a] + n D[a†] + squeezing}: a bath with one leg of weight 1."""
    return Bath(((mode, Integer(1)),), rate, thermal, squeezing)


@dataclass(frozen=True)
class Network:
    """Modes and spins, couplings, drives, baths and pairings; every matrix has the order of the `modes`.

    Raises:
        NetworkError: if a mode is declared twice, something acts on a mode that is not declared, or one
        letter stands for two symbols of different assumptions.
    """

    modes: tuple[Mode | Spins, ...]
    couplings: tuple[Coupling, ...] = ()
    drives: tuple[Drive, ...] = ()
    baths: tuple[Bath, ...] = ()
    squeezings: tuple[Squeezing, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        for field, kinds in _PARTS:
            given = getattr(self, field)
            do = f"write {field}=(…,); the order is modes, couplings, drives, baths, squeezings"
            if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
                raise NetworkError(f"The {field} of a network must stand in a tuple, but are {given!r}; {do}.")
            object.__setattr__(self, field, tuple(given))
            for part in getattr(self, field):
                expect(part, kinds, f"Each of a network's {field}", do)
        if not self.modes:
            raise NetworkError("A network needs at least one mode, but has none.")
        seen: set[str] = set()
        for name in self.names:
            if name in seen:
                raise NetworkError(f"Each mode is declared once, but {name!r} is declared again; rename one of them.")
            seen.add(name)
        for what, legs in self._acting():
            for name in legs:
                if name not in seen:
                    raise NetworkError(
                        f"{what} acts on mode {name!r}, which is not one of {', '.join(self.names)}; add it."
                    )
        letters: dict[str, Symbol] = {}
        for symbol in self.symbols:
            other = letters.setdefault(symbol.name, symbol)
            if other != symbol:
                raise NetworkError(
                    f"One letter is one symbol, but {symbol.name!r} is used with two assumptions "
                    f"({_assumption(other)} and {_assumption(symbol)}); rename one or make them equal."
                )

    def _acting(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        """What acts on modes, and on which."""
        yield from (("Coupling", (c.a, c.b)) for c in self.couplings)
        yield from (("Squeezing", (s.a, s.b)) for s in self.squeezings)
        yield from (("Drive", (d.mode,)) for d in self.drives)
        yield from (("Bath", b.legs) for b in self.baths)

    @property
    def names(self) -> tuple[str, ...]:
        """The modes' names, in order."""
        return tuple(mode.name for mode in self.modes)

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """Every expression of the picture, in the order of its declaration."""
        return tuple(_expressions((self.modes, self.couplings, self.squeezings, self.drives, self.baths)))

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every letter of the picture, sorted by name."""
        letters = set().union(*(e.free_symbols for e in self.expressions))
        return tuple(sorted(letters, key=lambda s: (s.name, _assumption(s))))

    @property
    def spins(self) -> tuple[Spins, ...]:
        """The ensembles of spins among the nodes."""
        return tuple(node for node in self.modes if isinstance(node, Spins))

    @property
    def passive(self) -> bool:
        """Whether nothing creates quanta but heat: no pairing, no bath with gain legs."""
        return not self.squeezings and not any(bath.gain for bath in self.baths)

    @property
    def nonzero(self) -> Network:
        """The same network without links and drives of no strength and baths of no rate."""
        sizes = {"couplings": "strength", "squeezings": "strength", "drives": "amplitude", "baths": "rate"}
        kept = {name: tuple(p for p in getattr(self, name) if getattr(p, size) != 0) for name, size in sizes.items()}
        return replace(self, **kept)  # type: ignore[arg-type]

    def subs(self, values: Mapping[Expr, Number]) -> Network:
        """The same picture at special values of its letters, all replaced at once.

        Raises:
            NetworkError: if a value is not exact, or a letter is called as one of the picture's but is another symbol.
        """
        expect(values, Mapping, "The values of letters", "write {letter: value}")
        letters = {symbol.name: symbol for symbol in self.symbols}
        for old in values:
            name = old if isinstance(old, str) else getattr(old, "name", "")
            if old != letters.get(name, old):
                raise NetworkError(
                    f"A letter that is replaced must be the picture's own, but {name!r} is {_described(old)} and the "
                    f"picture's is {_assumption(letters[name])}; take it from network.symbols."
                )
        table = {old: exact(new, f"the value of {old}") for old, new in values.items()}
        letters_alone = all(isinstance(old, Symbol) for old in table)
        return _changed(
            self, Expr, lambda e: substituted(e, table) if letters_alone else e.subs(table, simultaneous=True)
        )


_PARTS = (
    ("modes", (Mode, Spins)),
    ("couplings", Coupling),
    ("drives", Drive),
    ("baths", Bath),
    ("squeezings", Squeezing),
)


def only_modes(net: Network, what: str) -> None:
    """Refuse a network with spins where `what` is linear in the amplitudes of modes.

    Raises:
        NetworkError: if a node is an ensemble of spins.
    """
    for node in net.spins:
        raise NetworkError(
            f"{capital(what)} must have bosonic modes only, but {node.name!r} is an ensemble of spins, whose "
            "equations are not linear; use closed_moments(net), or bosonic_limit(net) for few excitations."
        )


def _described(letter: Expr | str) -> str:
    return _assumption(letter) if isinstance(letter, Symbol) else "a text"


def _assumption(symbol: Symbol) -> str:
    for word in ("positive", "negative", "integer", "real"):
        if getattr(symbol, f"is_{word}"):
            return word
    return "complex"


def _expressions(value: Any) -> Iterable[Expr]:
    if isinstance(value, Expr):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
    elif isinstance(value, Mode | Spins | Coupling | Squeezing | Drive | Bath):
        for field in fields(value):
            yield from _expressions(getattr(value, field.name))


def renamed(part: Part, names: Mapping[str, str]) -> Part:
    """A network, or a part of one, in which modes have other `names`, which are given by the old ones."""
    found = _changed(part, str, lambda name: names.get(name, name))
    return replace(found, title=part.title) if isinstance(part, Network) else found  # which may read like a mode


def _changed(value: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """The same picture with everything of a kind in it, expressions or texts, changed."""
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(item, kind, change) for item in value)
    if isinstance(value, Network | Mode | Spins | Coupling | Squeezing | Drive | Bath):
        return replace(value, **{f.name: _changed(getattr(value, f.name), kind, change) for f in fields(value)})
    return value
