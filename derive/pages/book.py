r"""The book: a chapter a paper with its networks, derivations and figures, what belongs to none, the audit, the errata.

Text only: what it tells comes from stories, findings and docstrings, and is told there once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from inspect import cleandoc

from sympy import Expr, MatrixBase, Mul

from derive.claims import Finding, Paper
from derive.derivation import Derivation, Equation
from derive.figure import tikz
from derive.kernel import Proved, is_zero
from derive.latex import Notation, display, expression
from derive.latex.prose import formula, latex, plain, quoted
from derive.pages.site import TITLE
from derive.report import MEANING, Audited, by_paper, departed, kind, number, quantity, sides, summary, value
from derive.stories import Story

PREAMBLE = r"""\documentclass[10pt,a4paper,openany]{report}
\usepackage[textwidth=470pt,left=22mm,top=24mm,bottom=26mm,footskip=12mm]{geometry}
\usepackage{amsmath,amssymb,array,longtable,booktabs,graphicx,tikz}
\usetikzlibrary{arrows.meta,decorations.pathmorphing,decorations.markings}
\usepackage[hidelinks,bookmarksnumbered,bookmarksdepth=1]{hyperref}
\allowdisplaybreaks[1]
\raggedbottom
\frenchspacing
\emergencystretch=3em
\definecolor{holds}{HTML}{1A7F37}
\definecolor{mends}{HTML}{B35900}
\definecolor{quiet}{HTML}{6E7781}
\setcounter{tocdepth}{1}
\makeatletter
\def\@makechapterhead#1{{\noindent\raggedright\Large\bfseries
  \ifnum\c@secnumdepth>\m@ne\thechapter\quad\fi#1\par\nobreak\vskip 14pt}}
\def\@makeschapterhead#1{{\noindent\raggedright\Large\bfseries#1\par\nobreak\vskip 14pt}}
% A chapter begins on the page where the one before it ends if that leaves half of it.
\renewcommand\chapter{\par\need{0.5\textheight}\ifdim\pagetotal>\z@\vskip 44pt\fi\global\@topnum\z@\@afterindentfalse
  \secdef\@chapter\@schapter}
\renewcommand\section{\@startsection{section}{1}{\z@}{-20pt plus -4pt}{8pt}{\large\bfseries\raggedright}}
\long\def\@makecaption#1#2{\vskip 6pt\begingroup\small\sbox0{#1. #2}%
  \ifdim\wd0>\linewidth\noindent#1. #2\par\else\centering#1. #2\par\fi\endgroup}
\newcommand{\printed}{}
\def\tagform@#1{\maketag@@@{(\ignorespaces#1\unskip\@@italiccorr)%
  \rlap{\hspace{5pt}\normalfont\scriptsize\color{quiet}\printed}}}
% The penalty lets TeX end a page that is too full: what it carries over is then counted on the next.
\newcommand{\need}[1]{\par\penalty\z@\begingroup\dimen@\pagegoal\advance\dimen@-\pagetotal
  \ifdim\dimen@<#1\relax\newpage\fi\endgroup}
\newcommand{\picture@}[2]{\par\medskip\noindent\begin{minipage}{\linewidth}\def\@captype{figure}\centering
  #1\caption{#2}\end{minipage}\par\vskip 12pt plus 4pt}
\newcommand{\drawn}[2]{\vskip 4pt\picture@{#1}{#2}}
% A figure that is a little too tall for what is left of its page shrinks to it.
\newcommand{\plotted}[2]{\par\begingroup
  \sbox0{\includegraphics[scale=0.8]{#1}}\ifdim\wd0>\linewidth\sbox0{\includegraphics[width=\linewidth]{#1}}\fi
  \setbox2\vbox{\hsize\linewidth\small\noindent Figure 0.00. #2\par}\dimen2\ht0
  \dimen4\pagegoal\advance\dimen4-\pagetotal\advance\dimen4-\ht2\advance\dimen4-\dp2\advance\dimen4-14pt
  \ifdim\pagegoal<\maxdimen\ifdim\dimen2>\dimen4\ifdim\dimen4>0.8\dimen2\dimen2\dimen4\fi\fi\fi
  \edef\@tempa{\endgroup\noexpand\picture@{%
    \noexpand\includegraphics[width=\the\wd0,height=\the\dimen2,keepaspectratio]{#1}}}\@tempa{#2}}
\makeatother
"""
NUMBERED = re.compile(r"Eq\. \((\w+)\)\Z")
TELLING = 3  # operations of a formula below which it says too little to be recognised
BEYOND = "Beyond the papers"


@dataclass(frozen=True)
class Told:
    """A story with its argument and the LaTeX of it."""

    story: Story
    derivation: Derivation
    tex: str


@dataclass(frozen=True)
class Panel:
    """A figure of a notebook: the file, the heading and the caption, which stand above it there, as Markdown.

    `paper` is the key of its paper, or empty.
    """

    file: str
    heading: str
    caption: str
    notebook: str
    paper: str


def book(told: Sequence[Told], audited: Sequence[Audited], panels: Sequence[Panel]) -> str:
    """The whole LaTeX document. Equal input gives equal text."""
    papers = by_paper(audited)
    parts = [
        PREAMBLE,
        rf"\hypersetup{{pdftitle={{{TITLE}}}}}",
        r"\begin{document}",
        _opening(audited),
        _conventions(),
    ]
    for paper, findings in papers.items():
        mine = [t for t in told if paper_of(t.story, papers) == paper.key]
        figures = [panel for panel in panels if panel.paper == paper.key]
        parts += _chapter(paper, findings, mine, figures)
    rest = [t for t in told if not paper_of(t.story, papers)]
    figures = [panel for panel in panels if not panel.paper]
    if rest or figures:
        parts += [
            rf"\chapter{{{BEYOND}}}",
            "What follows from the networks and stands in no paper.",
            *_sections(rest, {}),
            *_figures(figures),
        ]
    parts += [_audit(papers), *_errata(papers), r"\end{document}", ""]
    return "\n\n".join(parts)


def paper_of(story: Story, papers: Iterable[Paper]) -> str:
    """The key of the paper that a story's reference names first; empty if it names none."""
    first = story.reference.partition(" ")[0]
    return next((paper.key for paper in papers if paper.author == first), "")


# -- the beginning ---------------------------------------------------------------------------------------------


def _opening(audited: Sequence[Audited]) -> str:
    """The title with what the book is, and the contents."""
    lines = (
        rf"\begin{{center}}{{\LARGE\bfseries {TITLE}\par}}\end{{center}}",
        r"\vspace{10pt}",
        r"\noindent Networks of charger and battery modes with coherent couplings, shared reservoirs and lossy "
        r"intermediate modes, and batteries made of spins: from the Hamiltonian to what is stored, when, and at best. "
        r"Every displayed step was derived from the network and proved by exact arithmetic before it was printed. "
        r"Every claim of the papers was held against what follows from their networks, "
        r"and so was a copy of it that is wrong on purpose, which must be refuted. These are "
        rf"{latex(summary(audited))}",
        r"",
        r"\medskip\noindent A label in the margin, as {\scriptsize\color{quiet}Liu (5)}, says that the display is the "
        r"equation of that number in the paper, which was found by proving the two equal; with a dagger, "
        r"{\scriptsize\color{quiet}Liu (8)\textsuperscript{\dag}}, it is the equation as corrected in the errata.",
        r"",
        r"\bigskip{\noindent\Large\bfseries Contents\par}\nobreak"
        r"{\small\makeatletter\@starttoc{toc}\makeatother}",
    )
    return "\n".join(lines)


def _conventions() -> str:
    """How the engine reads a network: the docstrings of the rooms that define it, which the tests hold to be true."""
    network, langevin = (cleandoc(import_module(f"derive.{name}").__doc__ or "") for name in ("network", "langevin"))
    first, second = (_paragraphs(text)[1:3] for text in (network, langevin))
    return "\n\n".join(
        [
            r"\chapter{Conventions}",
            r"\noindent Networks are drawn. Circles are modes, double ones ensembles of spins; an orange circle is the "
            "charger, to which a thick arrow leads, the drive. Lines are coherent couplings, with a tip where "
            "amplitudes flow one way only. A rounded box is a reservoir that the modes at its dashed legs share; a "
            "wavy arrow leads to a reservoir that a mode has for itself. A picture means",
            *map(_set, first),
            "The equations of motion are",
            *map(_set, second),
        ]
    )


def _paragraphs(text: str) -> list[str]:
    return re.split(r"\n\s*\n", text)


def _set(paragraph: str) -> str:
    """A paragraph of a docstring as LaTeX; an indented one is a display, a line an equation."""
    if not paragraph.startswith("    "):
        return re.sub("`([^`]+)`", r"\\texttt{\1}", latex(" ".join(paragraph.split())))
    rows = [
        r" \qquad ".join(formula(part) for part in re.split(r"\s{3,}", line.strip()))
        for line in paragraph.split("\n")
    ]
    body = " \\\\\n  &".join(rows)
    return f"\\begin{{align*}}\n  &{body}\n\\end{{align*}}"


def _named(paper: Paper) -> str:
    """A paper as its readers call it."""
    return rf"{paper.author} \emph{{et al.}} {paper.year}"


# -- a chapter a paper -----------------------------------------------------------------------------------------


def _chapter(paper: Paper, findings: Sequence[Finding], told: Sequence[Told], panels: Sequence[Panel]) -> list[str]:
    rooms = (f"derive.papers.{paper.key}{ending}" for ending in ("_letters", ""))
    room = next(name for name in rooms if find_spec(name))  # a small paper is one module
    letters = cleandoc(import_module(room).__doc__ or "")
    about = " ".join(latex(" ".join(paragraph.split())) for paragraph in _paragraphs(letters)[1:])
    counted = latex(summary([(paper, finding) for finding in findings]))
    return [
        rf"\chapter{{{_named(paper)}}}\label{{ch:{paper.key}}}",
        rf"\noindent {plain(paper.cite)}.",
        rf"{about} The audit of the paper (p.~\pageref{{audit:{paper.key}}}) has {counted}",
        *_sections(told, recognised(told, paper, findings)),
        *_figures(panels),
    ]


def _sections(told: Sequence[Told], labels: Mapping[str, str]) -> list[str]:
    """The stories, each with the picture of its network and the paper's own numbers in the margin."""
    found = []
    for t in told:
        section, _, rest = t.tex.partition("\n\n")
        reference = t.story.reference
        caption = latex(f"{t.story.title}. {reference[:1].upper()}{reference[1:]}.")
        picture = tikz(t.story.picture, t.story.notation).rstrip()
        found += [
            section,
            latex(t.story.about),
            f"\\drawn{{%\n{picture}%\n}}{{{caption}}}",
            _labelled(rest.rstrip(), labels),
        ]
    return found


def _labelled(tex: str, labels: Mapping[str, str]) -> str:
    """The text with the paper's number in the margin of every display that is one of its equations."""

    def marked(match: re.Match[str]) -> str:
        label = labels.get(match[2])
        if not label:
            return match[0]
        return rf"\renewcommand{{\printed}}{{{label}}}%" + f"\n{match[0]}\\renewcommand{{\\printed}}{{}}"

    return re.sub(
        r"\\begin\{(equation|align)\}(?:(?!\\end\{\1\}).)*?\\label\{([^}]*)\}\s*\\end\{\1\}",
        marked,
        tex,
        flags=re.S,
    )


def recognised(told: Sequence[Told], paper: Paper, findings: Sequence[Finding]) -> dict[str, str]:
    """The displays that are numbered equations of the paper, as proved or as corrected: by anchor, the number."""
    printed = [(match[1], finding) for finding in findings if (match := NUMBERED.match(finding.claim.label))]
    known = [(number, f, f.corrected or f.printed) for number, f in printed if f.verdict in ("holds", "corrected")]
    found: dict[str, str] = {}
    for t in told:
        for step in t.derivation.steps:
            names = [
                rf"{paper.author}~({number})" + (r"\textsuperscript{\dag}" if finding.corrected else "")
                for number, finding, equation in known
                if any(_same(equation, mine) for mine in step.equations)
            ]
            if names:  # the first one; systems of two and of three batteries share an equation
                found[f"eq:{t.story.key}:{step.label}"] = names[0]
    return found


def _same(one: Equation, other: Equation) -> bool:
    """Whether two equations give one value to a letter, and a value that says enough not to be so by chance."""
    if (
        isinstance(one.rhs, MatrixBase)
        or isinstance(other.rhs, MatrixBase)
        or (one.relation, other.relation) != ("=", "=")
    ):
        return False
    if not (isinstance(one.rhs, Expr) and isinstance(other.rhs, Expr) and isinstance(one.lhs, Expr)):
        return False
    known = Mul(*(factor for factor in Mul.make_args(one.lhs) if factor.free_symbols <= other.rhs.free_symbols))
    a, b = one.rhs / known, other.rhs  # a paper's E/ω = … is E = ω…
    alike = a.free_symbols == b.free_symbols and min(a.count_ops(), b.count_ops()) >= TELLING
    return alike and isinstance(is_zero(a - b), Proved)


def _figures(panels: Sequence[Panel]) -> list[str]:
    if not panels:
        return []
    found = [r"\section{Figures}"]
    for panel in panels:
        source = rf"\textcolor{{quiet}}{{(notebook \texttt{{{plain(panel.notebook)}}})}}"
        dot = "" if panel.heading.endswith(("?", "!")) else "."
        told = rf"\textbf{{{_markdown(panel.heading)}{dot}}} {_markdown(panel.caption)}"
        found.append(rf"\plotted{{{panel.file}}}{{{told} {source}}}")
    return found


def _markdown(text: str) -> str:
    """A paragraph of a notebook: LaTeX formulas as they stand, *emphasis*, the rest as prose."""
    parts = re.split(r"(\$[^$]*\$|\*+[^*]+\*+)", quoted(text))
    return "".join(
        p if p.startswith("$") else rf"\emph{{{latex(p.strip('*'))}}}" if p.startswith("*") else latex(p)
        for p in parts
    )


# -- audit and errata ------------------------------------------------------------------------------------------


def _audit(papers: Mapping[Paper, Sequence[Finding]]) -> str:
    """A table of all claims, paper by paper."""
    parts = [
        r"\chapter{The audit}",
        rf"\noindent {_markdown(MEANING)} The scope is general where nothing else is said. Page numbers lead to the "
        "errata.",
    ]
    for paper, findings in papers.items():
        head = rf"\section{{{_named(paper)}}}\label{{audit:{paper.key}}}"
        rows = [_row(paper, finding) for finding in findings]
        columns = (
            r"@{}>{\raggedright}p{82pt}>{\raggedright}p{172pt}>{\raggedright}p{74pt}"
            r"l>{\raggedright\arraybackslash}p{62pt}@{}"
        )
        names = r"\toprule place & claim & scope & method & verdict \\ \midrule"
        parts.append(
            f"\\need{{120pt}}{head}\n"
            "{\\footnotesize\\renewcommand{\\arraystretch}{1.15}\\setlength{\\tabcolsep}{5pt}\n"
            f"\\begin{{longtable}}{{{columns}}}\n{names}\n\\endfirsthead\n"
            f"{names}\n\\endhead\n\\bottomrule\n\\endlastfoot\n" + "\n".join(rows) + "\n\\end{longtable}}"
        )
    return "\n\n".join(parts)


def _row(paper: Paper, finding: Finding) -> str:
    claim = finding.claim
    colour = "holds" if finding.verdict == "holds" else "mends"
    word = rf"\textcolor{{{colour}}}{{{finding.verdict}}}"
    if finding.verdict == "corrected":
        word += rf", p.~\pageref{{{_anchor(paper, finding)}}}"
    word += rf" \textcolor{{quiet}}{{{kind(finding)}}}" if finding.verdict == "corrected" else ""
    cells = (
        latex(claim.label),
        latex(claim.title),
        "" if claim.scope == "general" else latex(claim.scope),
        claim.method,
    )
    return " & ".join((*cells, word)) + r" \\"


def _anchor(paper: Paper, finding: Finding) -> str:
    return f"erratum:{paper.key}:{paper.claims.index(finding.claim)}"


def _errata(papers: Mapping[Paper, Sequence[Finding]]) -> list[str]:
    """Every corrected claim: what is printed, what holds, why, and where the printed form fails."""
    parts = [r"\chapter{Errata}"]
    for paper, findings in papers.items():
        wrong = [(finding, finding.corrected) for finding in findings if finding.corrected]
        if wrong:
            parts.append(rf"\need{{140pt}}\section{{{_named(paper)}}}")
        for place, (finding, corrected) in enumerate(wrong):
            anchor, notation = _anchor(paper, finding), paper.notation
            title = f"{latex(finding.claim.label)}: {latex(finding.claim.title)}"
            head = rf"\paragraph{{{title}.}}\phantomsection\label{{{anchor}}}"
            head = rf"\need{{90pt}}{head}" if place else head  # never between a section's head and its first text
            shown = (
                f"The claim is\n{display((finding.printed,), notation, f'{anchor}:printed', ',')}\n"
                "but what is proved is\n"
                f"{display((corrected,), notation, f'{anchor}:proved')}"
            )
            why = latex(departed(finding.claim.departure)) if finding.claim.departure else ""
            parts.append(f"{head} {latex(finding.reason)} {why} {shown}\n{_example(finding, notation)}")
    return parts


def _example(finding: Finding, notation: Notation) -> str:
    example = finding.counterexample
    if example is None:
        return ""
    point = ", ".join(f"${expression(symbol, notation)} = {value(e, notation)}$" for symbol, e in example.told)
    one, other = sides(finding)
    return (
        f"Counterexample: {'for ' + point + ' ' if point else ''}{one} "
        f"${quantity(example, notation)}{number(example.printed, notation)}$, "
        f"{other} ${number(example.true, notation)}$."
    )
