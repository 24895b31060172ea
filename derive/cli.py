"""The command line: solve, appendix, build, audit, draw. The only room that writes files.

Exit status 0: done; 1: a check did not hold; 2: bad input, one line on stderr, nothing written.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff
from functools import partial
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from derive import build, netfile
from derive.appendix import appendix
from derive.claims import judge, record
from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.evolution import steady_state
from derive.expression import print_expression
from derive.figure import svg
from derive.gaussian import UnknownMode
from derive.langevin import langevin
from derive.module import network_module
from derive.network import Network
from derive.notation import Notation
from derive.papers import PAPERS
from derive.report import table
from derive.stories import STORIES

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class UsageError(DeriveError):
    """Words on the command line, or files they name, that `derive` cannot use."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see `{self.prog} --help`.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    try:
        arguments = _parser().parse_args(argv)
        status: int = arguments.command(arguments)
        sys.stdout.flush()
        return status
    except DeriveError as error:
        print(f"derive: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # the reader of a pipe has seen enough; what is left in the buffer must not raise again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("derive: Interrupted; nothing was written.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="derive", description="Networks of quantum batteries: proved closed forms, LaTeX, NumPy.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    solve = commands.add_parser("solve", help="the steady state of a network file")
    solve.add_argument("network", metavar="NET.toml")
    solve.add_argument("--mode", action="append", default=[], metavar="NAME", help="show only this mode (repeatable)")
    _files(solve, latex="the steady state as LaTeX", numpy="a NumPy module", pdf="the appendix as a PDF")
    solve.set_defaults(command=_solve)

    paper = commands.add_parser("appendix", help="every step of a derivation as LaTeX")
    paper.add_argument("source", metavar="STORY|NET.toml", help=f"one of {', '.join(STORIES)}, or a network file")
    _files(paper, latex="LaTeX that a paper can \\input (default: standard output)", pdf="a document of its own")
    paper.set_defaults(command=_appendix)

    make = commands.add_parser("build", help="regenerate everything under generated/")
    make.add_argument("stories", nargs="*", metavar="STORY", help="only these stories (default: everything)")
    make.add_argument("--check", action="store_true", help="write nothing; show what differs and exit with 1")
    make.set_defaults(command=_build)

    check = commands.add_parser("audit", help="hold the papers' equations against what is derived")
    check.add_argument("papers", nargs="*", metavar="PAPER", help=f"{', '.join(paper.key for paper in PAPERS)} (default: all)")
    check.add_argument("--json", action="store_true", help="a list of objects instead of a table")
    check.set_defaults(command=_audit)

    draw = commands.add_parser("draw", help="the picture of a network")
    draw.add_argument("source", metavar="STORY|NET.toml")
    _files(draw, svg="the picture as SVG (default: standard output)")
    draw.set_defaults(command=_draw)
    return parser


def _files(parser: argparse.ArgumentParser, **kinds: str) -> None:
    for kind, what in kinds.items():
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"{what}; '-' is standard output")


def _solve(arguments: argparse.Namespace) -> int:
    targets = _targets(arguments, "latex", "numpy", "pdf")
    net = _network(arguments.network)
    modes = tuple(dict.fromkeys(arguments.mode)) or net.names
    for name in modes:
        if name not in net.names:
            raise UnknownMode(f"A mode must be one of {', '.join(net.names)}, but --mode is {name!r}.")
    if not targets:
        print(_solution(net, modes))
        return DONE
    outputs: dict[str, str | bytes] = {}
    if "numpy" in targets:
        outputs[targets["numpy"]] = network_module(net, os.path.basename(arguments.network))
    printed = {kind: path for kind, path in targets.items() if kind != "numpy"}
    if printed:
        outputs |= _printed(net, appendix(net, modes), Notation(), _anchor(arguments.network), printed)
    _write(outputs)
    return DONE


def _solution(net: Network, modes: Sequence[str]) -> str:
    """Amplitudes and energies as text, in the language of network files."""
    state = steady_state(langevin(net))
    lines = [f"# {net.title}"] if net.title else []
    if state.note:
        lines.append(f"# {state.note}")
    lines += [f"{symbol} = {print_expression(e)}" for symbol, e in state.where]
    for name in modes:
        lines.append(f"<{name}> = {print_expression(state.amplitude(name))}")
        lines.append(f"E_{name} = {print_expression(state.energy(name))}")
    return "\n".join(lines)


def _appendix(arguments: argparse.Namespace) -> int:
    targets = _targets(arguments, "latex", "pdf")
    targets = targets or {"latex": "-"}
    story = STORIES.get(arguments.source)
    if story:
        outputs = _printed(story.picture, story.derivation(), story.notation, story.key, targets)
    else:
        net = _network(arguments.source)
        outputs = _printed(net, appendix(net), Notation(), _anchor(arguments.source), targets)
    _write(outputs)
    return DONE


def _printed(
    net: Network, derivation: Derivation, notation: Notation, prefix: str, targets: Mapping[str, str]
) -> dict[str, str | bytes]:
    makers = {"latex": build.body, "pdf": partial(build.alone, net)}
    return {path: makers[kind](derivation, notation, prefix) for kind, path in targets.items()}


def _build(arguments: argparse.Namespace) -> int:
    root = Path.cwd()
    stories = _known(arguments.stories, STORIES, "story")
    jobs = build.jobs(stories, root, everything=not arguments.stories)
    fresh: dict[str, str | bytes] = {}
    for job in _progress(jobs, "build"):
        fresh |= job.make(fresh)
    checked_in = {path: text for path, text in fresh.items() if path.startswith(f"{build.GENERATED}/")}
    if arguments.check:
        stale = [] if arguments.stories else build.strays(root, checked_in)
        differing = list(_differences(root, checked_in, stale))
        if differing:
            print("\n".join(differing))
        return FAILED if differing else DONE
    _write({str(root / path): text for path, text in fresh.items()})
    return DONE


def _differences(root: Path, fresh: Mapping[str, str | bytes], stale: Iterable[str]) -> Iterator[str]:
    for path in stale:
        yield f"{path} is not generated by any story; delete it."
    for path, text in sorted(fresh.items()):
        old = (root / path).read_text(encoding="utf-8") if (root / path).is_file() else ""
        if old != text and isinstance(text, str):
            yield from unified_diff(old.splitlines(), text.splitlines(), path, f"{path} (derive build)", lineterm="")


def _audit(arguments: argparse.Namespace) -> int:
    papers = _known(arguments.papers, {paper.key: paper for paper in PAPERS}, "paper")
    claims = [(paper, claim) for paper in papers for claim in paper.claims]
    audited = [(paper, judge(paper.key, claim)) for paper, claim in _progress(claims, "audit")]
    if arguments.json:
        print(json.dumps([record(paper, finding) for paper, finding in audited], ensure_ascii=False, indent=2))
    else:
        print(table(audited))
    return DONE if all(finding.expected for _, finding in audited) else FAILED


def _draw(arguments: argparse.Namespace) -> int:
    targets = _targets(arguments, "svg")
    story = STORIES.get(arguments.source)
    net = story.picture if story else _network(arguments.source)
    _write({targets.get("svg", "-"): svg(net, story.notation if story else Notation())})
    return DONE


def _network(path: str) -> Network:
    """The network of a file; '-' is standard input."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        known = f" or one of the stories {', '.join(STORIES)}" if not path.endswith(".toml") else ""
        raise UsageError(
            f"A network must be a readable file{known}, but {path!r} is not: {error.strerror or error}."
        ) from None
    return netfile.loads(netfile.decode(data, path), path)


def _anchor(path: str) -> str:
    stem = "".join(c if c.isascii() and c.isalnum() else "-" for c in Path(path).stem).strip("-")
    return stem or "network"


def _known(names: Sequence[str], values: Mapping[str, object], what: str) -> tuple:  # type: ignore[type-arg]
    for name in names:
        if name not in values:
            raise UsageError(f"A {what} must be one of {', '.join(values)}, but {name!r} was given.")
    return tuple(values[name] for name in names or values)


def _progress(items: Sequence, what: str) -> Iterable:  # type: ignore[type-arg]
    return tqdm(items, desc=what, leave=False, disable=not sys.stderr.isatty(), file=sys.stderr)


def _targets(arguments: argparse.Namespace, *kinds: str) -> dict[str, str]:
    """Where each output goes, checked before any work is done."""
    targets = {kind: getattr(arguments, kind) for kind in kinds if getattr(arguments, kind) is not None}
    if list(targets.values()).count("-") > 1:
        raise UsageError("Only one output can go to standard output, but '-' was given twice; name a file.")
    for path in targets.values():
        _writable(path)
    return targets


def _writable(path: str) -> None:
    if path == "-":
        return
    target = Path(path)
    folder = target.parent
    if not path or target.is_dir():
        raise UsageError(f"An output must be a file, but {path!r} is a folder; name a file in it.")
    if not folder.is_dir():
        raise UsageError(f"The folder of an output must exist, but {str(folder)!r} does not; create it.")
    if not os.access(folder, os.W_OK) or target.exists() and not os.access(target, os.W_OK):
        raise UsageError(f"An output must be writable, but {path!r} is not; choose another place.")


def _write(outputs: Mapping[str, str | bytes]) -> None:
    """Put every output in place, whole, or none: files are written beside their targets and renamed at the end."""
    ready: list[tuple[str, str]] = []
    try:
        for path, content in outputs.items():
            data = content.encode("utf-8") if isinstance(content, str) else content
            if path == "-":
                sys.stdout.buffer.write(data)
                continue
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            handle, beside = tempfile.mkstemp(prefix=".derive-", dir=os.path.dirname(path) or ".")
            ready.append((beside, path))
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(beside, 0o666 & ~_umask())
        for beside, path in ready:
            os.replace(beside, path)
    except OSError as error:
        raise UsageError(f"An output must be writable, but {error.filename!r} is not: {error.strerror}.") from None
    finally:
        for beside, _ in ready:
            if os.path.exists(beside):
                os.unlink(beside)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

