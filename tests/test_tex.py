"""Any text becomes a PDF with what the machine has, the same bytes each time, and a failure is one line."""

import stat
import sys
from pathlib import Path

import pytest

from derive import tex

PAGE = r"""\documentclass[aps,pra,reprint]{revtex4-2}
\usepackage{amsmath,tikz}
\begin{document}
\section{Equation of motion}
\begin{equation}\label{eq:a} \dot a = -\tfrac{\kappa}{2} a \end{equation}
Equation \eqref{eq:a} and \begin{tikzpicture}\draw[->] (0,0) -- (1,0);\end{tikzpicture}%
BODY
\end{document}
"""


def script(folder: Path, name: str, body: str) -> None:
    """An executable that stands in for a TeX engine; `$1`... are its arguments, `$f` the file to compile."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text('#!/bin/sh\nfor f in "$@"; do :; done; b="${f%.tex}"\n' + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but a shell, whose Python environment has no TeX; its folder of commands."""
    commands = tmp_path / "bin"
    commands.mkdir()
    monkeypatch.setenv("PATH", str(commands))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "environment" / "bin" / "python"))
    return commands


@pytest.mark.tex
def test_same_text_gives_same_bytes() -> None:
    first, second = (tex.compile_pdf(PAGE.replace("BODY", ""), "page") for _ in range(2))
    assert first.bytes.startswith(b"%PDF-")
    assert first == second
    assert first.overfull == ()


@pytest.mark.tex
def test_a_line_wider_than_its_column_is_reported() -> None:
    pdf = tex.compile_pdf(PAGE.replace("BODY", r"\par\noindent\rule{30em}{1pt}"), "page")
    assert len(pdf.overfull) == 1
    assert pdf.overfull[0].startswith("Overfull \\hbox (")


@pytest.mark.tex
def test_an_error_in_the_text_is_told_in_one_line_with_its_place() -> None:
    with pytest.raises(tex.TexError, match=r"Undefined control sequence.*\(l\.7 \\nonsense") as caught:
        tex.compile_pdf(PAGE.replace("BODY", r"\nonsense"), "page")
    assert "\n" not in str(caught.value)


def test_a_machine_without_tex_is_told_what_to_do_in_one_line(machine: Path) -> None:
    with pytest.raises(tex.TexMissing, match="this machine has no TeX.*make setup") as caught:
        tex.compile_pdf(PAGE)
    assert "\n" not in str(caught.value)


def test_engines_are_tried_in_order(machine: Path) -> None:
    home = tex.tex_home()
    home.mkdir(parents=True)
    script(home / "bin", "tectonic", "")
    assert [engine.name for engine in tex.engines()] == ["tectonic"]
    assert "--bundle" not in tex.engines()[0].command
    (home / "bundle").mkdir()
    (home / "bundle" / "SHA256SUM").write_text("0" * 64)
    assert "--bundle" in tex.engines()[0].command
    script(machine, "pdflatex", "")
    assert [engine.name for engine in tex.engines()] == ["pdflatex", "tectonic"]
    script(machine, "latexmk", "")
    assert [engine.name for engine in tex.engines()] == ["latexmk", "pdflatex", "tectonic"]


def test_an_engine_that_lacks_a_file_gives_way_to_the_next(machine: Path) -> None:
    script(machine, "pdflatex", "echo \"! LaTeX Error: File \\`revtex4-2.cls' not found.\" >$b.log; exit 1\n")
    with pytest.raises(tex.TexMissing, match=r"pdflatex \(LaTeX Error: File `revtex4-2.cls' not found.\)"):
        tex.compile_pdf(PAGE)
    script(machine, "tectonic", "echo done >$b.log; echo %PDF-fake >$b.pdf\n")
    assert tex.compile_pdf(PAGE) == tex.Pdf(b"%PDF-fake\n", (), "tectonic")


def test_an_engine_that_cannot_reach_its_server_is_no_engine(machine: Path) -> None:
    panic = "thread 'main' panicked\\nresult: error sending request for url\\n\\nnote: run with a backtrace"
    script(machine, "tectonic", f'printf "{panic}" >&2; exit 101\n')
    with pytest.raises(tex.TexMissing, match=r"tectonic \(result: error sending request for url\)"):
        tex.compile_pdf(PAGE)


def test_passes_are_repeated_until_references_settle(machine: Path) -> None:
    log = 'if [ -f $b.aux ]; then echo settled >$b.log; else echo "Rerun to get outlines right" >$b.log; fi\n'
    pdf = 'echo pass >>$b.aux; while read l; do echo "$l"; done <$b.aux >$b.pdf\n'
    script(machine, "pdflatex", log + pdf)
    assert tex.compile_pdf(PAGE).bytes == b"pass\npass\n"


def test_overfull_boxes_are_told_as_the_log_tells_them() -> None:
    wide, tall = "Overfull \\hbox (12.3pt too wide) at lines 3--5", "Overfull \\vbox (1pt too high) in output"
    log = f"{wide}\n[] \nUnderfull \\hbox (badness 1) at line 6\n(see Overfull \\hbox)\n{tall}\n"
    assert tex.overfull_boxes(log) == (wide, tall)


@pytest.mark.parametrize("jobname", ["", "../x", "a b", "-o", "a.tex"])
def test_a_job_name_cannot_leave_its_folder_or_be_an_option(jobname: str) -> None:
    with pytest.raises(tex.TexError, match="named by letters"):
        tex.compile_pdf(PAGE, jobname)
