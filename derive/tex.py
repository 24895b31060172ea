"""LaTeX text to a PDF, with whichever TeX the machine has.

The engines are tried in this order: latexmk or pdflatex on the PATH; Tectonic, a TeX in one file, put into this Python
environment by the set-up (`tools/set_up_tex.py`) or on the PATH. Tectonic reads TeX files from a folder that the set-up
laid out beside it or, without one, from its own server. An engine that lacks a file gives way to the next one; an error
in the text does not: every engine would find it again.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from derive.errors import DeriveError

EPOCH = "1767225600"  # 2026-01-01: the date inside every PDF, so that equal text gives equal bytes
TIME_LIMIT = 600  # seconds; a cold start of the slowest engine takes 12
RERUN = re.compile(r"Rerun to get|Rerun LaTeX|\(re\)run|Label\(s\) may have changed")


class TexMissing(DeriveError):
    """No TeX on this machine can compile the document: none is installed, or each lacks a file."""


class TexError(DeriveError):
    """TeX refuses the document; the message carries TeX's own words."""


@dataclass(frozen=True)
class Pdf:
    """A typeset document: its bytes, TeX's complaints about overfull boxes, and the engine that set it."""

    bytes: bytes
    overfull: tuple[str, ...]
    engine: str


@dataclass(frozen=True)
class Engine:
    """A TeX on this machine: the command from NAME.tex to NAME.pdf and NAME.log, and its most passes."""

    name: str
    command: tuple[str, ...]
    passes: int = 1


def engines() -> tuple[Engine, ...]:
    """The TeX engines of this machine, in the order in which they are tried."""
    return tuple(_engines())


def _engines() -> Iterator[Engine]:
    quiet = ("-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape")
    pdflatex = shutil.which("pdflatex")
    latexmk = shutil.which("latexmk")
    if latexmk and pdflatex:
        yield Engine("latexmk", (latexmk, "-norc", "-g", "-pdf", *quiet))
    if pdflatex:
        yield Engine("pdflatex", (pdflatex, *quiet), passes=5)
    folders = (str(tex_home() / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))
    tectonic = shutil.which("tectonic", path=os.pathsep.join(folders))
    if tectonic:
        bundle = tex_home() / "bundle"
        files = ("--bundle", str(bundle)) if (bundle / "SHA256SUM").is_file() else ()
        options = ("--untrusted", "-Z", "deterministic-mode", "--keep-logs")
        yield Engine("tectonic", (tectonic, "-X", "compile", *options, *files))


def tex_home() -> Path:
    """The folder of this Python environment in which the set-up puts Tectonic, its TeX files and cache."""
    return Path(sys.prefix) / "tex"


def compile_pdf(tex: str, jobname: str = "appendix", figures: Mapping[str, bytes] = MappingProxyType({})) -> Pdf:
    r"""Typeset a LaTeX document: the same text gives the same bytes with the same engine.

    `tex` is all from \documentclass to \end{document}, `jobname` of letters, digits, `_` and `-` the name that TeX's
    messages show, and `figures` are the files that the document includes, by name.

    Raises:
        TexMissing: if there is no engine, or none that has the files which the document asks for.
        TexError: if the document is not correct LaTeX.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", jobname):
        raise TexError(f"A TeX job is named by letters, digits, '_' and '-', but was named {jobname!r}.")
    lacking = []
    for engine in engines():
        with tempfile.TemporaryDirectory(prefix="derive-tex-") as folder:
            source = Path(folder) / f"{jobname}.tex"
            source.write_text(tex, encoding="utf-8")
            for name, data in figures.items():
                (Path(folder) / name).write_bytes(data)
            log, chatter = _run(engine, source)
            pdf = source.with_suffix(".pdf")
            complaint = _complaint(log)
            if pdf.is_file() and not complaint:
                return Pdf(pdf.read_bytes(), overfull_boxes(log), engine.name)
        if complaint and not _absent_file(complaint):
            raise TexError(f"{jobname}.tex must be correct LaTeX, but {engine.name} says: {complaint}")
        lacking.append(f"{engine.name} ({complaint or _last_line(chatter)})")
    given = f"this machine's TeX fails: {'; '.join(lacking)}" if lacking else "this machine has no TeX"
    raise TexMissing(
        f"A PDF needs a TeX with the document's packages, but {given}. "
        "Run `make setup`, or install texlive-publishers, texlive-pictures and latexmk."
    )


def _run(engine: Engine, source: Path) -> tuple[str, str]:
    """Run the engine beside the source until cross-references settle; its last log, and what it said."""
    environment = dict(os.environ, SOURCE_DATE_EPOCH=EPOCH, FORCE_SOURCE_DATE="1", max_print_line="1000")
    if tex_home().is_dir():
        environment["TECTONIC_CACHE_DIR"] = str(tex_home() / "cache")
    log = chatter = ""
    for _ in range(engine.passes):
        try:
            done = subprocess.run(
                (*engine.command, source.name), cwd=source.parent, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIME_LIMIT, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return "", str(error)
        chatter = done.stdout.decode("utf-8", errors="replace")
        written = source.with_suffix(".log")
        log = written.read_text(encoding="utf-8", errors="replace") if written.is_file() else ""
        if done.returncode != 0 or not RERUN.search(log):
            break
    return log, chatter


def overfull_boxes(log: str) -> tuple[str, ...]:
    """The lines of a TeX log that tell of a box wider or taller than its place, in the document's order."""
    return tuple(re.findall(r"^Overfull \\[hv]box .*$", log, flags=re.MULTILINE))


def _complaint(log: str) -> str:
    """TeX's first error in one line, with its place in the document; empty when there is none."""
    found = re.search(r"^! .*", log, flags=re.MULTILINE)
    if not found:
        return ""
    place = re.search(r"^l\.\d+ .*", log[found.end() :], flags=re.MULTILINE)
    return " ".join(found.group()[2:].split()) + (f" ({' '.join(place.group().split())})" if place else "")


def _absent_file(complaint: str) -> bool:
    return bool(re.search(r"File `[^']*' not found|not loadable: Metric|I can't find file", complaint))


def _last_line(chatter: str) -> str:
    """The line of an engine's output that tells most: a failed request where there is one, else the last."""
    lines = [line.strip() for line in chatter.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"^error|error sending|couldn't get", line)]
    return (telling or lines or ["it wrote nothing"])[-1]
