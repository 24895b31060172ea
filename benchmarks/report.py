"""The tables and the plot of `benchmarks.solve`."""

from __future__ import annotations

import json
import platform
import re
from collections import Counter
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.peers import PEERS, ROOT, Result

HERE = Path(__file__).resolve().parent
MEASURED = ROOT / "build" / "solve.json"
ANSWERS = {
    "expressions": "solve",
    "program": "straight_line",
    "coprime": "polynomials alone",
    "polynomials": "polynomials alone",
    "end to end": "solve",
}
EXPRESSIONS = ["solve", "a term", "objects alone", "from the network", "straight_line"]
STYLES = {"expressions": "-", "program": ":", "coprime": "--", "end to end": "-."}
MARKS = "<!-- begin solve -->\n", "<!-- end solve -->\n"


@dataclass(frozen=True)
class Row:
    """A network: what this package took, and for every peer its kind of answer, its best way and what that took."""

    family: str
    size: int
    own: Result
    peers: dict[str, tuple[str, str, Result]]

    @property
    def right(self) -> bool:
        return self.own.seconds is not None and self.own.agrees and not self.wrong

    @property
    def wrong(self) -> list[str]:
        """The ways of peers whose answers are wrong."""
        found = []
        for name, (_, way, taken) in self.peers.items():
            if not taken.agrees or "wrong" in taken.also:
                ways = taken.also.get("wrong", way)
                found.append(f"{name}{f' `{ways}`' if ways else ''} on {self.family} {self.size}")
        return found

    def seconds(self, answer: str) -> float | None:
        """What this package took for an answer of this kind."""
        if answer in ("expressions", "end to end"):
            return self.own.seconds if self.own.also.get("form") == "expanded" else None
        found = self.own.also.get("polynomials" if answer == "coprime" else answer)
        return float(found) if found else None

    @property
    def terms(self) -> int:
        return int(self.own.also.get("terms", 0))


def duration(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{1e6 * seconds:.3g} µs"
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1e3 * seconds:.3g} ms"


def ratio(x: float) -> str:
    return f"{x:.0f}×" if x >= 10 else f"{x:.2g}×"


def cell(row: Row, name: str, limit: float) -> str:
    """A peer's time over ours; bold where it is the quicker one, > where it exceeds the limit."""
    if name not in row.peers:
        return ""
    answer, _, taken = row.peers[name]
    own = row.seconds(answer)
    if not taken.agrees:
        return "WRONG"
    if taken.failure:
        return "failed"
    if taken.seconds is None:
        return f"> {ratio(limit / own)}" if own else f"> {limit:g} s"
    if own is None:
        return duration(taken.seconds)
    return f"**{ratio(taken.seconds / own)}**" if taken.seconds < own else ratio(taken.seconds / own)


def table(rows: list[Row], answers: tuple[str, ...], own: list[str], limit: float) -> list[str]:
    names = [peer.name for peer in PEERS if peer.answer in answers and any(peer.name in row.peers for row in rows)]
    columns = ["terms", *own, *names]
    lines = [f"| network, modes | {' | '.join(columns)} |", "|---|" + "--:|" * len(columns)]
    for row in rows:
        times = {
            "solve": row.own.seconds,
            "a term": (row.own.seconds or 0) / row.terms
            if row.seconds("expressions") and row.terms
            else None,
            "objects alone": row.seconds("objects"),
            "from the network": float(row.own.also.get("network", 0)) or None,
            "straight_line": row.seconds("program"),
            "polynomials alone": row.seconds("polynomials"),
        }
        cells = [duration(t) if (t := times[name]) else "" for name in own]
        if "solve" in own and row.own.also.get("form") != "expanded":
            cells[own.index("solve")] += f" ({row.own.also.get('form')})"
        terms = f"{row.terms:.1e}" if row.terms > 10**7 else str(row.terms)
        cells += [cell(row, name, limit) for name in names]
        lines.append(f"| {row.family} {row.size} | {terms} | {' | '.join(cells)} |")
    return lines


def line(row: Row) -> str:
    """One network while it is measured."""
    own = duration(row.own.seconds) if row.own.seconds else f"failed: {row.own.failure}"
    peers = ", ".join(
        f"{name} {way} {duration(taken.seconds) if taken.seconds else taken.failure or '-'}"
        + ("" if taken.agrees else " WRONG")
        for name, (_, way, taken) in row.peers.items()
    )
    return f"{row.family} {row.size}: {own} {row.own.also} | {peers}"


def slower(rows: list[Row]) -> list[str]:
    """For every peer that was quicker somewhere: how often, by how much, and on what."""
    lines = []
    for peer in PEERS:
        known = [row for row in rows if peer.name in row.peers]
        pairs = [(row, row.seconds(peer.answer), row.peers[peer.name][2].seconds) for row in known]
        both = [(mine / theirs, row) for row, mine, theirs in pairs if mine and theirs]
        lost = [(factor, row) for factor, row in both if factor > 1]
        if lost:
            largest = {row.family: row.size for _, row in lost}
            where = ", ".join(f"{family} up to {size}" for family, size in largest.items())
            most = max(factor for factor, _ in lost)
            lines.append(
                f"* {peer.name} beside *{ANSWERS[peer.answer]}*: on {len(lost)} of the {len(both)} networks that both "
                f"solved, at most {ratio(most)}: {where}."
            )
    return lines


def text(rows: list[Row], limit: float) -> str:
    """Four tables, where a peer is quicker, and the ways that were best."""
    used = Counter(
        f"{name} `{way}`"
        for row in rows
        for name, (_, way, taken) in row.peers.items()
        if way and taken.seconds
    )
    lost = slower(rows)
    missing = ", ".join(peer.name for peer in PEERS if not any(peer.name in row.peers for row in rows))
    versions = ", ".join(f"{name} {version(name)}" for name in ("sympy", "python-flint"))
    wrong = [way for row in rows for way in row.wrong]
    own = [f"this package on {row.family} {row.size}" for row in rows if not row.own.agrees or row.own.seconds is None]
    parts = [
        f"Limit {limit:g} s a way; seconds of the processor; Python {platform.python_version()}, {versions}."
        + (f" Not installed: {missing}." if missing else ""),
        "",
        "SymPy expressions and programs; peers as multiples of `solve`, LUsolve and SymEngine of `straight_line`:",
        "",
        *table(rows, ("expressions", "program"), EXPRESSIONS, limit),
        "",
        "Coprime numerators and denominators in each system's own form; peers as multiples of *polynomials alone*:",
        "",
        *table(rows, ("coprime",), ["polynomials alone"], limit),
        "",
        "Determinants alone, for Cramer's rule, whose quotients the peer does not put into lowest terms; peers as "
        "multiples of *polynomials alone*:",
        "",
        *table(rows, ("polynomials",), ["polynomials alone"], limit),
        "",
        "End to end: from a SymPy matrix to SymPy expressions; peers, with printing and reading back, as multiples of "
        "`solve`:",
        "",
        *table(rows, ("end to end",), ["solve"], limit),
        "",
        "Where a peer is quicker:" if lost else "No peer is quicker on any of these networks.",
        "",
        *lost,
        "",
        "Best ways, with the number of networks: "
        + ", ".join(f"{way} {n}" for way, n in used.most_common())
        + ".",
        "",
        "All answers agree exactly at a random point."
        if not wrong + own
        else f"All answers agree exactly at a random point, but those of {'; '.join(own + wrong)}.",
        "",
    ]
    return "\n".join(parts)


def save(rows: list[Row], limit: float) -> None:
    """All that was measured, as JSON."""
    MEASURED.parent.mkdir(exist_ok=True)
    found = {"limit": limit, "rows": [asdict(row) for row in rows]}
    MEASURED.write_text(json.dumps(found, indent=1), encoding="utf-8")


def load() -> tuple[list[Row], float]:
    """What `save` wrote: rows and limit."""
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    rows = []
    for row in found["rows"]:
        peers = {name: (answer, way, Result(**taken)) for name, (answer, way, taken) in row["peers"].items()}
        rows.append(Row(row["family"], row["size"], Result(**row["own"]), peers))
    return rows, found["limit"]


def write(rows: list[Row], tables: str) -> None:
    """Replace what stands between the marks of the README, and draw the plot beside it."""
    path = HERE / "README.md"
    before = path.read_text(encoding="utf-8")
    pattern = re.escape(MARKS[0]) + ".*?" + re.escape(MARKS[1])
    path.write_text(
        re.sub(pattern, lambda _: MARKS[0] + tables + MARKS[1], before, flags=re.DOTALL), encoding="utf-8"
    )
    plot(rows)


def plot(rows: list[Row]) -> None:
    """Time against terms of the answer, one panel a family; determinants alone are left to the table."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["font.size"] = 8
    from matplotlib import pyplot

    families = list(dict.fromkeys(row.family for row in rows))
    figure, axes = pyplot.subplots((len(families) + 3) // 4, 4, figsize=(11, 8), sharey=True, squeeze=False)
    for axis in axes.flat[len(families) :]:
        axis.set_visible(False)
    for axis, family in zip(axes.flat, families, strict=False):
        members = [row for row in rows if row.family == family and 0 < row.terms < 10**9]
        for answer, label in ANSWERS.items():
            found = [(row.terms, s) for row in members if (s := row.seconds(answer))]
            if answer not in ("end to end", "polynomials"):
                axis.plot(*zip(*found, strict=True), "ko", ls=STYLES[answer], ms=3, label=label)
        for number, peer in enumerate(peer for peer in PEERS if peer.answer != "polynomials"):
            found = [
                (row.terms, s)
                for row in members
                if peer.name in row.peers and (s := row.peers[peer.name][2].seconds)
            ]
            if found:
                style = {"ls": STYLES[peer.answer], "color": f"C{number % 10}"}
                axis.plot(*zip(*found, strict=True), ".", lw=1, label=peer.name, **style)
        axis.set(xscale="log", yscale="log", title=family)
        axis.grid(alpha=0.3)
        axis.minorticks_off()
    for axis in axes[-1]:
        axis.set_xlabel("terms of the answer")
    for axis in axes[:, 0]:
        axis.set_ylabel("seconds")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=6)
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    figure.savefig(HERE / "solve.png", dpi=90, pil_kwargs={"optimize": True})
    pyplot.close(figure)
