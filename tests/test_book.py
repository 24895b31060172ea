"""The book tells every story and every claim; what stands in its margin is proved; its pages need no network."""

import os
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from sympy import Rational, Symbol

from derive import build, tex
from derive.build import argued, body
from derive.claims import AtLeast, Claim, Departure, Equal, Paper, judge
from derive.derivation import Equation
from derive.pages.book import PREAMBLE, Panel, Told, book, paper_of, recognised
from derive.pages.site import audit_page, index_page
from derive.papers.liu2026_letters import NOTATION, J, ε, κ, ω
from derive.report import markdown, sides, table
from derive.stories import STORIES
from derive.stories.formulas import RECIPROCAL_STAR_ENERGY, N

E_N = Symbol("E_N^ss")
TRUE = 16 * ω * ε**2 * J**2 / (4 * N * J**2 + κ**2) ** 2
SMALL = Equal(E_N, J * (J + κ), J**2 + J * κ)
CLAIMS = (
    Claim(
        "Eq. (13)",
        "Energy of a star",
        lambda: (replace(SMALL, printed=TRUE, derived=RECIPROCAL_STAR_ENERGY),),
        because="Γ_i is read as 2J.",
    ),
    Claim(
        "Below Eq. (13), J_op",
        "A square of J + κ for Γ_i → 0",
        lambda: (Equal(E_N, (J + κ) ** 2, J**2 + κ**2),),
        lambda: (Equal(E_N, J**2 + κ**2, J**2 + κ**2),),
        "The binomial of J and κ has a third term, 2Jκ, of 100%.",
        scope="N = 1..6",
        departure=Departure("misprint", "Eq. (13)", scan="A lost 2Jκ cannot be excluded."),
    ),
    Claim(
        "Sec. III",
        "J is larger",
        lambda: (AtLeast(J, J + κ, Equation(J, J + κ, "≥")),),
        lambda: (AtLeast(J + κ, J, Equation(J, J + κ, "≤")),),
        "A loss is positive.",
        departure=Departure("condition", "κ < 0", ("J against J + κ", "J against J: holds")),
    ),
)
PAPER = Paper("liu2026", "A. Uthor & B. Uthor, A title with 50% (2026)", NOTATION, CLAIMS)
PANELS = [Panel("plot-1.pdf", "Liu *et al.*, Fig. 1: $E_N$ & more", "Dotted: 1 % of $J$.", "any_number", "liu2026")]


@cache
def audited():
    return tuple((PAPER, judge(PAPER.key, claim)) for claim in CLAIMS)


@cache
def told():
    keys = ("reciprocal_star", "matched_tree")
    return tuple(Told(STORIES[key], argued(STORIES[key]), _tex(STORIES[key])) for key in keys)


def _tex(story):
    return body(argued(story), story.notation, story.key)


def test_every_claim_has_a_row_and_every_correction_an_erratum_that_the_row_points_to():
    text = book(told(), audited(), [])
    for claim in CLAIMS:
        assert claim.label.partition(",")[0] in text
    pointed = set(re.findall(r"\\pageref\{(erratum:[^}]*)\}", text))
    assert pointed == set(re.findall(r"\\label\{(erratum:liu2026:\d+)\}", text))
    assert len(pointed) == sum(claim.corrected is not None for claim in CLAIMS) == 2
    assert r"of 100\%" in text


def test_pages_say_of_what_kind_a_departure_is_what_shows_it_and_both_readings():
    page, site = markdown(audited()), audit_page(audited())
    assert "Misprint, shown by Eq. (13). A lost 2Jκ cannot be excluded." in page
    assert (
        "Condition: it holds if κ < 0. Read as: J against J + κ. It can also be read as: J against J: holds."
        in page
    )
    assert "| corrected | misprint | N = 1..6 |" in page
    assert "Misprint, shown by" in site
    assert "<br>condition" in site
    text = book(told(), audited(), [])
    assert r"\textcolor{quiet}{misprint}" in text
    assert "Condition: it holds if" in text
    counts = "3 claims: 1 holds, 2 corrected (1 misprint, 1 condition); all 3 slightly wrong copies refuted."
    assert counts in page
    assert table(audited()).endswith(counts)


def test_what_holds_is_told_with_how_it_was_read_and_nothing_else_is_there():
    page, site = markdown(audited()), audit_page(audited())
    (remark,) = (line for line in page.splitlines() if line.startswith("* "))
    assert remark == "* Eq. (13): Γ_i is read as 2J."
    assert page.index(remark) < page.index("### Below Eq. (13), J_op")
    (told,) = re.findall("<li>.*</li>", site)
    assert " is read as " in told
    unread = tuple((PAPER, judge(PAPER.key, replace(claim, because=""))) for claim in CLAIMS[:1])
    assert "how it was read" not in markdown(unread) + audit_page(unread)


def test_a_story_stands_with_the_paper_that_its_reference_names_first():
    assert paper_of(STORIES["reciprocal_star"], [PAPER]) == "liu2026"
    assert paper_of(STORIES["matched_tree"], [PAPER]) == paper_of(STORIES["triangles_cascaded"], [PAPER]) == ""
    text = book(told(), audited(), [])
    assert (
        text.index("label{sec:reciprocal_star}")
        < text.index("Beyond the papers")
        < text.index("label{sec:matched_tree}")
    )


def test_the_margin_names_an_equation_only_where_the_two_are_proved_equal():
    findings = [finding for _, finding in audited()]
    labels = recognised(told(), PAPER, findings)
    assert set(labels.values()) == {"Liu~(13)"}
    (anchor,) = labels
    assert anchor.startswith("eq:reciprocal_star:")
    assert f"\\label{{{anchor}}}" in told()[0].tex
    wrong = replace(findings[0], printed=Equation(E_N, TRUE * Rational(8, 7)))
    assert recognised(told(), PAPER, [wrong]) == {}
    scaled = replace(findings[0], printed=Equation(E_N / ω, TRUE / ω))
    assert recognised(told(), PAPER, [scaled]) == labels


def test_the_text_does_not_depend_on_the_hash_seed():
    """Another seed than that of this process."""
    here = Path(__file__).parent
    other = "1" if os.environ.get("PYTHONHASHSEED") == "4711" else "4711"
    environment = os.environ | {"PYTHONHASHSEED": other, "PYTHONPATH": os.pathsep.join(map(str, (here.parent, here)))}
    code = "from test_book import *; sys.stdout.reconfigure(newline=''); print(book(told(), audited(), PANELS), end='')"
    run = [sys.executable, "-X", "utf8", "-c", code]
    text = subprocess.run(run, env=environment, capture_output=True, check=True).stdout.decode("utf-8")
    assert text == book(told(), audited(), PANELS)


def test_a_figure_has_its_heading_and_what_it_shows_under_it():
    text = book(told(), audited(), PANELS)
    assert r"\plotted{plot-1.pdf}{\textbf{Liu \emph{et al.}, Fig. 1: $E_N$ \& more.} Dotted: 1 \% of $J$. " in text
    assert r"\textbf{How long?} Dotted" in book(told(), audited(), [replace(PANELS[0], heading="How long?")])


def test_values_of_a_refuted_inequality_are_not_called_printed_and_true():
    finding = audited()[2][1]
    assert sides(finding) == ("what is said to be larger is", "the other is")
    example = finding.counterexample
    assert f"what is said to be larger is {example.printed}, the other is {example.true}." in markdown(audited())
    assert example.printed < example.true


@pytest.mark.tex
def test_the_book_is_correct_latex_without_an_overfull_box(tmp_path):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3))
    figure.subplots().plot([0, 1])
    figure.savefig(tmp_path / "plot.pdf")
    plots = {"plot-1.pdf": (tmp_path / "plot.pdf").read_bytes()}
    made = tex.compile_pdf(book(told(), audited(), PANELS), "derive", plots)
    assert made.bytes.startswith(b"%PDF-")
    assert made.overfull == ()


@pytest.mark.tex
def test_chapters_begin_on_the_page_where_the_one_before_leaves_half_of_it():
    text = book((), audited(), [])
    assert 0 < pages(text) < len(re.findall(r"^\\chapter", text, re.M)) == 4


@pytest.mark.tex
def test_what_a_full_page_carries_over_is_not_left_alone_on_the_next():
    """An erratum that ends behind the foot of a page, wherever it begins, and the next one beside its end."""
    words = "words of an erratum that is told " * 20
    starts = range(440, 700, 7)
    blocks = [rf"\vspace*{{{at}pt}}{words}\[ a = b \]{words}\need{{90pt}}Next.\newpage" for at in starts]
    text = PREAMBLE + "\\begin{document}\n" + "\n\n".join(blocks) + "\n\\end{document}\n"
    assert pages(text) == 2 * len(starts)


def pages(text):
    """The number of pages of the PDF that TeX makes of a document."""
    pdf = tex.compile_pdf(text, "derive").bytes
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S)
    objects = [pdf, *(zlib.decompress(s) for s in streams if s[:1] == b"x")]
    return sum(len(re.findall(rb"/Type\s*/Page\b", data)) for data in objects)


def test_pages_of_the_site_need_nothing_else_and_their_links_lead_somewhere():
    audit = audit_page(audited())
    svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    notebooks = {"one.html": "# The *first* of $N$\n\nIt tells of `energies` and $E_N$.\n\nMore."}
    index = index_page("derive.pdf", audited(), notebooks, [("A & B", "Liu", svg)])
    for page in (audit, index):
        outside = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", outside)
        targets = re.findall(r'href="#([^"]*)"', outside)
        assert set(targets) <= set(re.findall(r' id="([^"]*)"', outside))
        assert 'name="viewport"' in page
    assert {"derive.pdf", "audit.html", "one.html"} <= set(re.findall(r'href="([^"#]*)"', index))
    assert "It tells of <code>energies</code>" in index
    assert "More." not in index
    assert audit.count("<h3 id=") == 2
    assert 'href="derive.pdf"' not in index_page("", audited(), notebooks, [])


def test_the_index_leads_to_no_book_where_there_is_no_tex(monkeypatch, capsys):
    def no_tex(*_):
        raise tex.TexMissing("this machine has no TeX")

    monkeypatch.setattr(build, "compile_pdf", no_tex)
    monkeypatch.setattr(build, "audit_all", audited)
    pages = build.page_files((), {})
    assert set(pages) == {"build/audit.html", "build/index.html"}
    assert "derive.pdf" not in pages["build/index.html"]
    assert "this machine has no TeX" in capsys.readouterr().err
