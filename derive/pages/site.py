"""The pages around the notebooks: the audit with its formulas typeset, and the page that leads to everything."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

from derive.claims import Finding, Paper
from derive.latex import expression
from derive.latex.markdown import aligned
from derive.latex.prose import segments
from derive.pages import web
from derive.report import (
    MEANING,
    Audited,
    by_paper,
    departed,
    kind,
    number,
    quantity,
    remarked,
    said,
    shown_verdict,
    sides,
    summary,
    value,
)

TITLE = "Quantum-battery networks: derivations and audit"
COLUMNS = ("claim", "verdict", "what it says", "scope", "method")
Typesetter = Callable[[str, bool], str]


def audit_page(audited: Sequence[Audited]) -> str:
    """All claims with their verdicts in a table a paper, then what does not hold as printed, with what does."""
    typeset = web.typesetter()
    papers = by_paper(audited)
    parts = ["<h1>Audit of the papers</h1>", f"<p>{escape(summary(audited))}</p>"]
    parts += [f"<p>{_marked(MEANING, typeset)}</p>", _links(papers)]
    for paper, findings in papers.items():
        parts += [f'<h2 id="{paper.key}">{named(paper)}</h2>', f"<p>{escape(paper.cite)}.</p>"]
        parts += _table(paper, findings, typeset)
        if told := remarked(findings):
            lines = (f"<li>{_html(f'{place}: {text}', typeset)}</li>" for place, text in told)
            parts += ["<p>What holds, and how it was read:</p>", "<ul>", *lines, "</ul>"]
        for finding in findings:
            if finding.verdict != "holds":
                parts += _erratum(paper, finding, typeset)
    return web.page("Audit of the papers", "\n".join(parts))


def index_page(
    book: str,
    audited: Sequence[Audited],
    notebooks: Mapping[str, str],
    pictures: Sequence[tuple[str, str, str]],
) -> str:
    """Links to the book (if there is one), the audit and the notebooks, and the pictures of all networks.

    `notebooks` maps a page to the notebook's first cell, a title and an opening paragraph; `pictures` are titles,
    references and SVG texts.
    """
    typeset = web.typesetter()
    parts = [f"<h1>{TITLE}</h1>"]
    if book:
        parts.append(
            f'<p><a href="{book}">The book</a> (PDF): every derivation step by step, the figures, the audit, the '
            "errata.</p>"
        )
    parts.append(f'<p><a href="audit.html">The audit</a>: {escape(summary(audited))}</p>')
    parts += ["<h2>Notebooks</h2>", '<dl class="notebooks">']
    for page, opening in notebooks.items():
        title, _, rest = opening.partition("\n")
        first = next((p for p in re.split(r"\n\s*\n", rest.strip()) if p), "")
        parts += [
            f'<dt><a href="{page}">{_marked(title.lstrip("# "), typeset)}</a></dt>',
            f"<dd>{_marked(' '.join(first.split()), typeset)}</dd>",
        ]
    parts += ["</dl>", "<h2>Networks</h2>"]
    for title, reference, svg in pictures:
        data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
        parts.append(
            f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{escape(title)}">'
            f"<figcaption>{escape(title)} ({escape(reference)})</figcaption></figure>"
        )
    return web.page(TITLE, "\n".join(parts))


def named(paper: Paper) -> str:
    """A paper as its readers call it."""
    return f"{escape(paper.author)} <em>et al.</em> {paper.year}"


def _links(papers: Iterable[Paper]) -> str:
    found = (f'<a href="#{paper.key}">{named(paper)}</a>' for paper in papers)
    return f'<p><a href="index.html">All pages</a> · {" · ".join(found)}</p>'


def _table(paper: Paper, findings: Sequence[Finding], typeset: Typesetter) -> list[str]:
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    parts = ['<table class="claims">', f"<thead><tr>{head}</tr></thead>", "<tbody>"]
    for finding in findings:
        claim = finding.claim
        place, *cells = (_html(text, typeset) for text in (claim.label, claim.title, claim.scope, claim.method))
        word = shown_verdict(finding)
        why = f" <br>{kind(finding)}" if finding.verdict == "corrected" else ""
        verdict = word if finding.verdict == "holds" else f'<a href="#{_anchor(paper, finding)}">{word}</a>{why}'
        parts.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in (place, verdict, *cells)) + "</tr>")
    return [*parts, "</tbody>", "</table>"]


def _erratum(paper: Paper, finding: Finding, typeset: Typesetter) -> list[str]:
    title = f"{_html(finding.claim.label, typeset)}: {_html(finding.claim.title, typeset)}"
    parts = [f'<h3 id="{_anchor(paper, finding)}">{title}</h3>', f"<p>{_html(finding.reason, typeset)}</p>"]
    if finding.claim.departure:
        parts.append(f"<p>{_html(departed(finding.claim.departure), typeset)}</p>")
    parts += [f"<p>{said(finding)}</p>", typeset(aligned([finding.printed], paper.notation), True)]
    if finding.corrected:
        parts += ["<p>Proved instead:</p>", typeset(aligned([finding.corrected], paper.notation), True)]
    example, letters = finding.counterexample, paper.notation
    if example:
        values = [f"{expression(s, letters)} = {value(e, letters)}" for s, e in example.told]
        point = " ".join(typeset(f"{v},", False) for v in values)
        one, other = sides(finding)
        printed = f"{quantity(example, letters)}{number(example.printed, letters)}"
        true = number(example.true, letters)
        told = f"{one} {typeset(f'{printed},', False)} {other} {typeset(f'{true}.', False)}"
        parts.append(f'<p class="example">Counterexample: {f"for {point} " if point else ""}{told}</p>')
    return parts


def _anchor(paper: Paper, finding: Finding) -> str:
    return f"{paper.key}-{paper.claims.index(finding.claim)}"


def _html(text: str, typeset: Typesetter) -> str:
    """A sentence with mathematics in Unicode as HTML."""
    return "".join(typeset(part, False) if is_math else escape(part, quote=False) for is_math, part in segments(text))


def _marked(markdown: str, typeset: Typesetter) -> str:
    """A line of Markdown as HTML: formulas, emphasis, code and links' texts."""
    parts = re.split(r"(\$[^$]+\$|\*[^*]+\*|`[^`]+`|\[[^\]]+\]\([^)]+\))", markdown)
    return "".join(_mark(part, typeset) for part in parts)


def _mark(part: str, typeset: Typesetter) -> str:
    if part.startswith("$") and len(part) > 1:
        return typeset(part[1:-1], False)
    if part.startswith("*") and len(part) > 1:
        return f"<em>{escape(part[1:-1], quote=False)}</em>"
    if part.startswith("`") and len(part) > 1:
        return f"<code>{escape(part[1:-1], quote=False)}</code>"
    return escape(re.sub(r"^\[([^\]]+)\]\([^)]+\)$", r"\1", part), quote=False)
