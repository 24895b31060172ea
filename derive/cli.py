"""The command line: solve, appendix, build, audit, draw, new-paper.

Exit status 0: done; 1: a check did not hold; 2: bad input, one line on stderr, nothing written; 128 + n: ended by
signal n.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from derive import files, language, netfile
from derive.errors import DeriveError
from derive.gaussian import UnknownMode
from derive.listing import listing
from derive.network import Network

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.latex import Notation

# Papers, stories, LaTeX and templates are imported by the commands that need them: they take as long as all
# the rest, and a mistake in a network file should be told at once.

DONE, FAILED, SIGNAL = 0, 1, 128  # and the number of the signal, as shells count

INCOMPARABLE = "Invalid comparison of non-real"  # what SymPy says of a number that it does not know to be real


class UsageError(DeriveError):
    """Words on the command line, or files they name, that `derive` cannot use."""


class _Ended(KeyboardInterrupt):
    """SIGTERM or SIGHUP, which end a command as ^C does: with what it began put away. Its argument is the signal."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        if message.endswith("expected one argument"):
            message += " (a name that begins with - is written ./-)"
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see `{self.prog} --help`.")

    def print_help(self, file: object = None) -> None:
        files.say(self.format_help().rstrip("\n"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    try:
        with _endings():
            files.settle()
            arguments = _parser().parse_args(_words(sys.argv[1:] if argv is None else argv))
            status: int = arguments.command(arguments)
            return status
    except DeriveError as error:
        files.complain(_line(str(error)))
        return error.status
    except KeyboardInterrupt as interrupt:
        files.complain("Interrupted; nothing was written.")
        return SIGNAL + (interrupt.args[0] if isinstance(interrupt, _Ended) else signal.SIGINT)


@contextlib.contextmanager
def _endings() -> Iterator[None]:
    """Raise the signals that end a process, unless they are ignored or another's."""

    def end(number: int, _: object) -> NoReturn:
        raise _Ended(number)

    known = threading.current_thread() is threading.main_thread()
    ends = dict.fromkeys((signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)))  # Windows has no SIGHUP
    ours = [s for s in ends if known and signal.getsignal(s) is signal.SIG_DFL]
    try:
        for number in ours:
            signal.signal(number, end)
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _words(words: Sequence[str]) -> Sequence[str]:
    """The words of a command line, of which Python 3.11 and 3.12 read --numpy=-- as no file at all."""
    for word in words:
        if re.fullmatch("--[a-z]+=--", word):
            raise UsageError(f"A name must not be --, but {word!r} was given; write ./-- for such a file.")
    return words


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="derive",
        description="Networks of quantum batteries: proved closed forms, LaTeX appendices, NumPy code.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    solve = commands.add_parser("solve", help="the steady state of a network file", allow_abbrev=False)
    solve.add_argument("network", metavar="NET.toml", help="a network file; '-' is standard input")
    solve.add_argument(
        "--mode", action="append", default=[], metavar="NAME", help="only this mode; repeatable"
    )
    _files(solve, latex="the steady state as LaTeX", numpy="a NumPy module", pdf="the appendix as a PDF")
    solve.set_defaults(command=_solve)

    paper = commands.add_parser("appendix", help="every step of a derivation as LaTeX", allow_abbrev=False)
    paper.add_argument(
        "source", metavar="STORY|NET.toml", help="a story of the repository, or a network file"
    )
    _files(
        paper,
        latex="LaTeX that a paper can \\input (default: standard output)",
        pdf="a document of its own",
    )
    paper.set_defaults(command=_appendix)

    make = commands.add_parser("build", help="regenerate everything under generated/", allow_abbrev=False)
    make.add_argument("stories", nargs="*", metavar="STORY", help="only these stories (default: everything)")
    make.add_argument("--check", action="store_true", help="write nothing; show what differs and exit with 1")
    make.set_defaults(command=_build)

    check = commands.add_parser("audit", help="hold papers against what is derived", allow_abbrev=False)
    check.add_argument("papers", nargs="*", metavar="PAPER", help="these papers (default: the four)")
    check.add_argument("--json", action="store_true", help="a list of objects instead of a table")
    check.set_defaults(command=_audit)

    draw = commands.add_parser("draw", help="the picture of a network", allow_abbrev=False)
    draw.add_argument("source", metavar="STORY|NET.toml", help="a story of the repository, or a network file")
    _files(draw, svg="the picture as SVG (default: standard output)")
    draw.set_defaults(command=_draw)

    new = commands.add_parser("new-paper", help="begin the audit of another paper", allow_abbrev=False)
    new.add_argument("key", metavar="KEY", help="its first author and its year, as farina2019")
    new.set_defaults(command=_new_paper)
    return parser


class _Once(argparse.Action):
    """A file to write, of which a second one would silently take the place."""

    def __call__(self, _: argparse.ArgumentParser, namespace: argparse.Namespace, path: Any, *__: Any) -> None:
        if (before := getattr(namespace, self.dest)) is not None:
            raise UsageError(
                f"--{self.dest} must be given once, but names {before!r} and {path!r}; leave one out."
            )
        setattr(namespace, self.dest, path)


def _files(parser: argparse.ArgumentParser, **kinds: str) -> None:
    for kind, what in kinds.items():
        parser.add_argument(f"--{kind}", metavar="FILE", action=_Once, help=f"{what}; '-' is standard output")


# -- solve ---------------------------------------------------------------------------------------------------


def _solve(arguments: argparse.Namespace) -> int:
    targets = _targets(arguments, "latex", "numpy", "pdf")
    net = _network(arguments.network)
    known = dict.fromkeys(net.names)
    modes = tuple(dict.fromkeys(arguments.mode)) or net.names
    for name in modes:
        if name not in known:
            names = ", ".join(net.names[:10]) + (", ..." if len(net.names) > 10 else "")
            raise UnknownMode(f"A mode must be one of {names}, but --mode is {name!r}; correct it.")
    with _about(arguments.network):
        lines = [] if targets else listing(net, modes)
        outputs: dict[str, str | bytes] = {}
        if "numpy" in targets:
            from derive.modules import network_module

            outputs[targets["numpy"]] = network_module(net, os.path.basename(arguments.network))
        printed = {kind: path for kind, path in targets.items() if kind != "numpy"}
        if printed:
            from derive.appendix import appendix
            from derive.latex.letters import told_apart

            shown, notation = told_apart(net)
            called = dict(zip(net.names, shown.names, strict=True))
            derivation = appendix(shown, tuple(called[name] for name in modes))
            outputs |= _printed(shown, derivation, notation, _anchor(arguments.network), printed)
    if not targets:
        title = [f"# {_line(net.title)}"] if net.title.strip() else []
        files.say("\n".join(title + lines))
    files.write(outputs)
    return DONE


# -- appendix, build, audit, draw ----------------------------------------------------------------------------


def _appendix(arguments: argparse.Namespace) -> int:
    targets = _targets(arguments, "latex", "pdf") or {"latex": "-"}
    story = _story(arguments.source)
    if story:
        outputs = _printed(story.picture, story.derivation(), story.notation, story.key, targets)
    else:
        net = _network(arguments.source)
        from derive.appendix import appendix
        from derive.latex.letters import told_apart

        with _about(arguments.source):
            net, notation = told_apart(net)
            outputs = _printed(net, appendix(net), notation, _anchor(arguments.source), targets)
    files.write(outputs)
    return DONE


def _printed(
    net: Network, derivation: Derivation, notation: Notation, prefix: str, targets: Mapping[str, str]
) -> dict[str, str | bytes]:
    from derive import build

    outputs: dict[str, str | bytes] = {}
    if "latex" in targets:
        outputs[targets["latex"]] = build.body(derivation, notation, prefix)
    if "pdf" in targets:
        outputs[targets["pdf"]] = build.alone(net, derivation, notation, prefix)
    return outputs


def _build(arguments: argparse.Namespace) -> int:
    from derive import build
    from derive.stories import STORIES

    root = Path.cwd()
    stories = _known(arguments.stories, STORIES, "story")
    jobs = build.jobs(stories, root, everything=not arguments.stories, pages=not arguments.check)
    fresh: dict[str, str | bytes] = {}
    for job in _progress(jobs, "build"):
        fresh |= job.make(fresh)
    if not arguments.check:
        files.write({str(root / path): content for path, content in fresh.items()}, folders=True)
        return DONE
    checked_in = {path: content for path, content in fresh.items() if path.startswith(f"{build.GENERATED}/")}
    stale = [] if arguments.stories else build.strays(root, checked_in)
    differing = [*_stray_lines(stale), *_differences(root, checked_in)]
    if differing:
        files.say("\n".join(differing))
    return FAILED if differing else DONE


def _stray_lines(stale: Iterable[str]) -> Iterator[str]:
    yield from (f"{path} is not generated by any story; delete it." for path in stale)


def _differences(root: Path, fresh: Mapping[str, str | bytes]) -> Iterator[str]:
    for path, content in sorted(fresh.items()):
        new = content.encode("utf-8") if isinstance(content, str) else content
        old = (root / path).read_bytes() if (root / path).is_file() else b""
        if old == new and (root / path).is_file():
            continue
        before, after = (data.decode("utf-8", errors="replace").splitlines() for data in (old, new))
        lines = list(unified_diff(before, after, path, f"{path} (derive build)", lineterm=""))
        yield from lines or [f"{path} differs in line ends or bytes that are no text, or does not exist."]


def _audit(arguments: argparse.Namespace) -> int:
    from derive.claims import judge, record
    from derive.papers import OWN, PAPERS
    from derive.report import table

    every = {paper.key: paper for paper in (*PAPERS, *OWN)}
    papers = _known(arguments.papers or [paper.key for paper in PAPERS], every, "paper")
    claims = [(paper, claim) for paper in papers for claim in paper.claims]
    audited = [(paper, judge(paper.key, claim)) for paper, claim in _progress(claims, "audit")]
    if arguments.json:
        records = [record(paper, finding) for paper, finding in audited]
        files.say(json.dumps(records, ensure_ascii=False, indent=2))
    else:
        files.say(table(audited))
    return DONE if all(finding.expected for _, finding in audited) else FAILED


def _draw(arguments: argparse.Namespace) -> int:
    from derive.figure import svg
    from derive.latex.letters import told_apart

    targets = _targets(arguments, "svg")
    story = _story(arguments.source)
    net = story.picture if story else _network(arguments.source)
    with _about(arguments.source):
        drawn = svg(*((net, story.notation) if story else told_apart(net, pictured=True)))
    files.write({targets.get("svg", "-"): drawn})
    return DONE


def _new_paper(arguments: argparse.Namespace) -> int:
    from derive.starter import starter

    root = Path.cwd()
    made = starter(arguments.key, root)
    files.write({str(root / path): text for path, text in made.items()}, folders=True)
    files.say("\n".join(made))
    return DONE


# -- what is read --------------------------------------------------------------------------------------------


def _story(source: str) -> Any:
    """The story of this name, or None if it names a file."""
    if source == "-" or source.endswith(".toml"):
        return None
    from derive.stories import STORIES

    if source not in STORIES and not os.path.exists(source):
        raise UsageError(
            f"What is shown must be a network file or one of the stories {', '.join(STORIES)}, "
            f"but {source!r} is neither; correct it."
        )
    return STORIES.get(source)


def _network(path: str) -> Network:
    """The network of a file, without what is zero; '-' is standard input."""
    data = files.read(path, 4 * netfile.SIZE + 1)
    name = _line(path)
    return netfile.loads(netfile.decode(data, name), name).nonzero


@contextlib.contextmanager
def _about(path: str) -> Iterator[None]:
    """Say of which file an error is."""
    try:
        yield
    except TypeError as error:
        # SymPy's rules for the sign of |√z| and the like compare what they take for real
        if not str(error).startswith(INCOMPARABLE):
            raise
        raise UsageError(
            f"{_line(path)}: Roots and powers must be of values whose sign or phase can be told, but that of "
            f"{language.shown(str(error).removeprefix(INCOMPARABLE).strip())} cannot; name a part of it by a letter."
        ) from None
    except netfile.NetfileError:
        raise
    except DeriveError as error:
        told = type(error) if error.status == FAILED else UsageError
        raise told(f"{_line(path)}: {error}") from None


def _anchor(path: str) -> str:
    stem = "".join(c if c.isascii() and c.isalnum() else "-" for c in Path(path).stem).strip("-")
    return stem[:60].strip("-") or "network"


def _known(names: Sequence[str], values: Mapping[str, Any], what: str) -> tuple[Any, ...]:
    for name in names:
        if name not in values:
            known = ", ".join(values)
            raise UsageError(f"A {what} must be one of {known}, but {name!r} was given; correct it.")
    return tuple(values[name] for name in dict.fromkeys(names or values))


def _targets(arguments: argparse.Namespace, *kinds: str) -> dict[str, str]:
    """Where each output goes, checked before any work is done."""
    given = vars(arguments)
    targets = {kind: given[kind] for kind in kinds if given[kind] is not None}
    return files.places(targets, given.get("network", given.get("source")))


def _progress(items: Sequence[Any], what: str) -> Iterable[Any]:
    if sys.stderr is None or not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    progress: Iterable[Any] = tqdm(items, desc=what, leave=False, file=sys.stderr)
    return progress


def _line(text: str) -> str:
    """`text` as one line that any terminal shows."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
