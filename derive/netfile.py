"""Network files: the picture of a network as TOML text, read and written.

    [modes.NAME]    loss, drive, detuning, frequency
    [[couplings]]   between = [a, b], strength J        H ∋ J a†b + h.c.
    [[squeezings]]  between = [a, b], strength χ        H ∋ χ a†b† + h.c.
    [[baths]]       rate, jump, gain, thermal, squeezing
    [symbols]       NAME = "positive" | "real" | "complex"      positive unless said

The order of modes, couplings, squeezings and baths in a file is their order in the network; the modes' losses
are the first baths. `loads(dumps(net)) == net` but for two things that a file says in one way only:
expressions come back in SymPy's automatic form, complex numbers multiplied out, and drives one per mode, added
up, in the order of the modes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sympy import Add, Expr, Symbol

from derive.checks import checked
from derive.errors import DeriveError
from derive.expression import parse_expression, print_expression, print_expressions
from derive.language import DIGITS, NAME, TITLE, NetfileError, assumption, close_match, letter, shown
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss, only_modes

__all__ = ["NetfileError", "decode", "dumps", "loads", "parse_expression", "print_expression", "print_expressions"]

SIZE = 2_000_000  # characters of a file: 10⁴ modes and 15 000 couplings have 1.4 million
MODES = 10_000
PARTS = 8  # of a dotted key: reading takes their square

TABLES = ("title", "modes", "couplings", "squeezings", "baths", "symbols")
MODE_KEYS = ("loss", "drive", "detuning", "frequency")
LINK_KEYS = ("between", "strength")
BATH_KEYS = ("rate", "jump", "gain", "thermal", "squeezing")

_WORD = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = re.compile(rf"(?<![\w-]){_WORD}(?:[ \t]*\.[ \t]*{_WORD}){{{PARTS}}}")

_T = TypeVar("_T")


@dataclass(frozen=True)
class _Decimal:
    """A TOML float as it is written, because its value is exact only in decimal."""

    text: str


def decode(data: bytes, source: str = "<bytes>") -> str:
    """The text of a network file, which is UTF-8.

    Raises:
        NetfileError: if it is not.
    """
    if len(data) > 4 * SIZE:
        raise NetfileError(
            f"{source}: A network file must have at most {SIZE} characters, but has {len(data)} bytes; "
            "draw a smaller network."
        )
    try:
        if (nul := data.find(b"\0")) >= 0:  # as in UTF-16 without a mark, of which every other byte is zero
            raise UnicodeDecodeError("utf-8", data, nul, nul + 1, "no text")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NetfileError(
            f"{source}: A network file must be UTF-8 text, but line {line} contains the byte "
            f"0x{data[error.start]:02x}; save it as UTF-8."
        ) from None


@checked
def loads(text: str, source: str = "<text>") -> Network:
    """The network that a file draws.

    Raises:
        NetfileError: in one line with `source`, table and key, if the text is not TOML, has other tables or
            keys, names a mode or a symbol wrongly, or holds what no network can be.
    """
    tables = _toml(text, source)
    _known(tables, TABLES, source, "tables")
    title = tables.get("title", "")
    if not isinstance(title, str):
        raise NetfileError(f"{source}, title: A title must be text, but is {_described(title)}; quote it.")
    if len(title) > TITLE:
        raise NetfileError(
            f"{source}, title: A title must have at most {TITLE} characters, but {shown(title)} has {len(title)}; "
            "shorten it."
        )
    return _Reader(source, tables).network(title)


def _toml(text: str, source: str) -> dict[str, Any]:
    if len(text) > SIZE:
        raise NetfileError(
            f"{source}: A network file must have at most {SIZE} characters, but has {len(text)}; "
            "draw a smaller network."
        )
    if found := _DOTTED.search(text):
        raise NetfileError(
            f"{source}: A key must have at most {PARTS} parts, but one is {shown(found[0])}; "
            "remove points from it."
        )
    try:
        return tomllib.loads(text, parse_float=_Decimal)
    except RecursionError:
        given, do = "its arrays or tables nest too deeply", "flatten them"
    except tomllib.TOMLDecodeError as error:
        given, do = _slip(shown(str(error), 200).strip("\"'"), text)
    except ValueError:
        given, do = "one of its integers has more digits than Python reads", "round it"
    raise NetfileError(f"{source}: A network file must be TOML, but {given}; {do}.")


def _slip(said: str, text: str) -> tuple[str, str]:
    """What is no TOML, with the line where it is, and what to do about the slips that are made most often."""
    do = "correct it there"
    place = re.search(r"\(at line (\d+), column \d+\)", said)
    if place is None:
        return said, do
    line = text.replace("\r\n", "\n").split("\n")[int(place[1]) - 1].strip(" \t")
    value = re.match(r"[\w.]+\s*=\s*", line)
    if any(mark in line for mark in "“”„‘’"):
        do = 'write straight quotes, as "kappa"'
    elif re.match(r"[\w.]+\s*:|[^:]*\{[^:]*:", line) and said.startswith("Expected '='"):
        do = 'write name = "value"'
    elif re.search(r",\s*\}", line):
        do = "write nothing after the last value"
    elif re.search(r'=\s*"[^"]*"\s*,\s*"', line):
        do = 'write several names in brackets, as ["a", "b"]'
    elif value and re.match("Invalid value|Expected newline", said):
        do = "write nothing after the value" if line[-1] in ",;" else 'put expressions in quotes, as "kappa"'
    elif value and "{" in line and "}" not in line:
        do = "write a table in braces on one line"
    elif value and "\\" in line:
        do = "write names without \\"
    return f"{said} of {shown(line)}", do


class _Reader:
    """The tables of one file, with the modes and the letters that they declare."""

    def __init__(self, source: str, tables: Mapping[str, Any]) -> None:
        self.source = source
        self.tables = tables
        do = "write [modes.a] above what is said of a mode a"
        self.modes = _table(tables.get("modes", {}), f"{source}, [modes]", do)
        if not self.modes:
            raise NetfileError(
                f"{source}: A network must have at least one mode, but has none; add [modes.a]."
            )
        if len(self.modes) > MODES:
            raise NetfileError(
                f"{source}: A network must have at most {MODES} modes, but has {len(self.modes)}; "
                "leave some out."
            )
        self.symbols = self._symbols()

    def network(self, title: str) -> Network:
        modes, drives, baths = [], [], []
        for name, table in self.modes.items():
            where = f"{self.source}, [modes.{_key(name)}]"
            entries = self._entries(table, MODE_KEYS, where)
            detuning, frequency = entries.value("detuning", "0"), entries.value("frequency", "1")
            modes.append(_made(where, Mode, name, detuning, frequency))
            if "drive" in entries.table:
                drives.append(_made(entries.where_is("drive"), Drive, name, entries.value("drive")))
            if "loss" in entries.table:
                baths.append(_made(entries.where_is("loss"), loss, name, entries.value("loss")))
        couplings = [self._link(entries, Coupling) for entries in self._array("couplings", LINK_KEYS)]
        squeezings = [self._link(entries, Squeezing) for entries in self._array("squeezings", LINK_KEYS)]
        baths += [self._bath(entries) for entries in self._array("baths", BATH_KEYS)]
        net: Network = _made(self.source, Network, modes, couplings, drives, baths, squeezings, title)
        self._spelt({symbol.name for symbol in net.symbols})
        return net

    def _spelt(self, letters: set[str]) -> None:
        """Refuse a declaration of nothing beside a letter that it was meant for, which would be positive unseen."""
        meant: dict[str, list[str]] = {}
        for name in sorted(letters - self.symbols.keys()):
            meant.setdefault(_plain(name), []).append(name)
        for name in self.symbols:
            for other in meant.get(_plain(name), []) if name not in letters else []:
                # Gamma and gamma, delta_1 and Delta_1 are letters apart, p_A and P_a hardly
                if name[0] == other[0] or not name[1:2].isalpha():
                    raise NetfileError(
                        f"{self.source}, [symbols] {_key(name)}: A declaration must spell its symbol as the network "
                        f"does, but this one has {name!r} and the network {other!r}; make them one, or declare "
                        f"{other!r} as well."
                    )

    def _symbols(self) -> dict[str, Symbol]:
        where = f"{self.source}, [symbols]"
        found = {}
        for name, word in _table(self.tables.get("symbols", {}), where).items():
            at = f"{where} {_key(name)}"
            if not isinstance(word, str):
                raise NetfileError(
                    f'{at}: A symbol must be declared "positive", "real" or "complex", '
                    f"but is {_described(word)}; use one of the three."
                )
            found[name] = letter(name, word, at)
        return found

    def _entries(self, table: object, keys: tuple[str, ...], where: str) -> _Entries:
        entries = _Entries(self, _table(table, where), where)
        _known(entries.table, keys, where, "keys")
        return entries

    def _array(self, name: str, keys: tuple[str, ...]) -> list[_Entries]:
        given = self.tables.get(name, [])
        where = f"{self.source}, [[{name}]]"
        if not isinstance(given, list):
            raise NetfileError(
                f"{where}: {name.capitalize()} must be an array of tables, but are {_described(given)}; "
                f"write [[{name}]] above each."
            )
        return [self._entries(table, keys, f"{where} no. {k}") for k, table in enumerate(given, start=1)]

    def _mode(self, name: object, where: str) -> str:
        if isinstance(name, str) and name in self.modes:
            return name
        given = shown(name) if isinstance(name, str) else _described(name)
        hint = close_match(name, self.modes) if isinstance(name, str) else ""
        names = ", ".join(list(self.modes)[:10]) + (", ..." if len(self.modes) > 10 else "")
        raise NetfileError(
            f"{where}: A mode must be one of {names}, but is {given}{hint}; correct it or add its table."
        )

    def _link(self, entries: _Entries, kind: Callable[..., _T]) -> _T:
        where = entries.where_is("between")
        between = entries.required("between")
        if not isinstance(between, list) or len(between) != 2:
            raise NetfileError(
                f'{where}: A link must be between two modes, but is {_described(between)}; write ["a", "b"].'
            )
        a, b = (self._mode(name, where) for name in between)
        return _made(where, kind, a, b, entries.value("strength"))

    def _bath(self, entries: _Entries) -> Bath:
        jump, gain = (self._legs(entries, key) for key in ("jump", "gain"))
        if not jump and not gain:
            raise NetfileError(
                f"{entries.where}: A bath must act on a mode, but jump and gain are empty; "
                f"add jump = {{ {next(iter(self.modes))} = 1 }}."
            )
        values = (entries.value("rate"), entries.value("thermal", "0"), entries.value("squeezing", "0"))
        return _made(entries.where, Bath, jump, *values, gain)

    def _legs(self, entries: _Entries, key: str) -> tuple[tuple[str, Expr], ...]:
        where = entries.where_is(key)
        legs = _table(entries.table.get(key, {}), where)
        return tuple(
            (self._mode(name, where), self.expression(weight, f"{where}.{_key(name)}"))
            for name, weight in legs.items()
        )

    def expression(self, value: object, where: str) -> Expr:
        """The exact value of an entry: an expression in quotes, an integer, or a decimal number."""
        if isinstance(value, _Decimal):
            value = value.text.replace("_", "")
            if value.lstrip("+-") in ("inf", "nan"):
                raise NetfileError(f"{where}: A value must be finite, but is {value}; use a number.")
        elif isinstance(value, int) and not isinstance(value, bool):
            if abs(value) >= 10**DIGITS:  # which Python may refuse to print
                raise NetfileError(
                    f"{where}: A number must have at most {DIGITS} digits, but this one has more; round it."
                )
            value = str(value)
        if not isinstance(value, str):
            raise NetfileError(
                f"{where}: A value must be a number or an expression in quotes, but is {_described(value)}; "
                "write one of these."
            )
        return parse_expression(value, self.symbols, where)


def _plain(name: str) -> str:
    """A name without what is easily mistaken: underscores and capitals."""
    return name.replace("_", "").lower()


@dataclass(frozen=True)
class _Entries:
    """One table of the file, and where it stands."""

    reader: _Reader
    table: Mapping[str, Any]
    where: str

    def where_is(self, key: str) -> str:
        return f"{self.where} {key}"

    def required(self, key: str) -> Any:
        if key not in self.table:
            given = f"there is only {', '.join(self.table)}" if self.table else "the table is empty"
            raise NetfileError(f"{self.where}: The key {key!r} must be given, but {given}; add it.")
        return self.table[key]

    def value(self, key: str, default: str = "") -> Expr:
        given = self.table.get(key, default) if default else self.required(key)
        return self.reader.expression(given, self.where_is(key))


def _made(where: str, kind: Callable[..., _T], *args: Any) -> _T:
    """What `kind` makes, its refusal in one line with its place."""
    try:
        return kind(*args)
    except DeriveError as error:
        raise NetfileError(f"{where}: {error}") from None


def _known(table: Mapping[str, Any], keys: tuple[str, ...], where: str, what: str) -> None:
    for key in table:
        if key not in keys:
            hint = close_match(key, keys)
            raise NetfileError(
                f"{where}: The {what} must be among {', '.join(keys)}, but one is {shown(key)}{hint}; "
                "correct or remove it."
            )


def _table(value: object, where: str, do: str = "write name = value pairs") -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise NetfileError(f"{where}: A table must stand here, but it is {_described(value)}; {do}.")


def _described(value: object) -> str:
    """What a TOML value is, in TOML's words."""
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int):
        return "an integer"
    if isinstance(value, _Decimal):
        return f"the number {value.text[:40]}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, list):
        return f"an array of length {len(value)}"
    return "a table" if isinstance(value, dict) else f"the date or time {value}"


@checked
def dumps(net: Network) -> str:
    """The canonical file of a network.

    While the first baths are losses into vacuum, in the order of the modes, each is the `loss` of its mode.

    Raises:
        NetfileError: if an expression has no text (see `print_expression`) or the title is not Unicode.
        NetworkError: if a node is an ensemble of spins, which network files do not have.
    """
    only_modes(net, "a network file")
    texts: dict[Expr, str] = {}

    def quoted(value: Expr, where: str) -> str:
        if value not in texts:
            texts[value] = f'"{print_expression(value, where)}"'
        return texts[value]

    losses = _leading_losses(net)
    drives: dict[str, list[Expr]] = {}
    for drive in net.drives:
        drives.setdefault(drive.mode, []).append(drive.amplitude)
    blocks = [[f"title = {_string(net.title)}"]] if net.title else []
    for mode in net.modes:
        values: dict[str, Expr] = {}
        if mode.name in losses:
            values["loss"] = losses[mode.name]
        if mode.name in drives:
            values["drive"] = Add(*drives[mode.name])
        if mode.detuning != 0:
            values["detuning"] = mode.detuning
        if mode.frequency != 1:
            values["frequency"] = mode.frequency
        head = f"[modes.{mode.name}]"
        blocks.append([head, *(f"{key} = {quoted(value, f'{head} {key}')}" for key, value in values.items())])
    for name, links in (("couplings", net.couplings), ("squeezings", net.squeezings)):
        for link in links:
            where = f"[[{name}]] {link.a}, {link.b}"
            strength = f"strength = {quoted(link.strength, where)}"
            blocks.append([f"[[{name}]]", f'between = ["{link.a}", "{link.b}"]', strength])
    for bath in net.baths[len(losses) :]:
        blocks.append(_bath_block(bath, quoted))
    letters = {symbol.name: assumption(symbol, "[symbols]") for symbol in net.symbols}
    declared = [f'{name} = "{word}"' for name, word in letters.items() if word != "positive"]
    if declared:
        blocks.append(["[symbols]", *declared])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _leading_losses(net: Network) -> dict[str, Expr]:
    """The rates of the longest run of first baths that a reader of modes' tables finds in the same order."""
    losses: dict[str, Expr] = {}
    ahead = iter(net.names)
    for bath in net.baths:
        name = bath.legs[0]
        if bath != loss(name, bath.rate) or name not in ahead:
            break
        losses[name] = bath.rate
    return losses


def _bath_block(bath: Bath, quoted: Callable[[Expr, str], str]) -> list[str]:
    where = f"[[baths]] on {', '.join(bath.legs)}"
    lines = ["[[baths]]", f"rate = {quoted(bath.rate, f'{where} rate')}"]
    for key, legs in (("jump", bath.jump), ("gain", bath.gain)):
        if legs:
            weights = ", ".join(f"{name} = {quoted(weight, f'{where} {key}')}" for name, weight in legs)
            lines.append(f"{key} = {{ {weights} }}")
    for key, value in (("thermal", bath.thermal), ("squeezing", bath.squeezing)):
        if value != 0:
            lines.append(f"{key} = {quoted(value, f'{where} {key}')}")
    return lines


def _key(name: str) -> str:
    """A mode's or letter's name as TOML writes it."""
    return name if name.isascii() and name.isidentifier() and len(name) <= NAME else shown(name)


def _string(text: str) -> str:
    """A TOML string of one line."""
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise NetfileError(
            f"title: A title must be Unicode, but {ascii(text[:60])} has half a character; remove it."
        )
    escaped = (short.get(c, c if c.isprintable() or c > "\xff" else f"\\u{ord(c):04X}") for c in text)
    return f'"{"".join(escaped)}"'
