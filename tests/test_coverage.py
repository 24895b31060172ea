"""Every numbered equation of every paper has a claim, every panel of its figures an entry in docs/figures.md.

The tables of numbers and panels are those of the papers' texts.
"""

import json
import re
from pathlib import Path

import pytest

from derive.papers import OWN, PAPERS

NUMBERED = {
    "liu2026": [*(str(k) for k in range(1, 17)), *(f"A{k}" for k in range(1, 11)), *(f"B{k}" for k in range(1, 17))],
    "zhao2025": [str(k) for k in range(1, 6)],
    "dias2024": [str(k) for k in range(1, 5)],
    "wang2026": [],  # known by its sentences
    "ahmadi2024": [],  # known by its abstract
}
PANELS = {
    "liu2026": {"1": "abcd", "2": "abcdef", "3": "abcdef", "4": "abcd", "5": "abcdef", "6": "abcd"},
    "zhao2025": {"1": "abc", "2": "abcdef", "3": "abcd", "4": "abcd"},
    "dias2024": {"1": "", "2": "abcdef"},
    "wang2026": {},
}
ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT.parent / "shared" / "papers"

# A number stands at the end of a line that is a display, or alone on one; scans write (3), \tag{3}, (\text{3}) or ⁽³⁾.
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "0123456789()")
LABEL = re.compile(
    r"(?:^|quad)\s*\((?:\\text\{)?\s*([AB]?\s?\d{1,2})\s*\}?\)\s*(?:\\end\{aligned\})?\s*(?:\$\$)?\s*$"
    r"|\\tag\{\s*([AB]?\s?\d{1,2})\s*\}"
)


def printed_labels(text):
    """The equation numbers in the text of a paper, in its order."""
    found = (LABEL.search(line.translate(RAISED)) for line in text.splitlines())
    return ["".join((match[1] or match[2]).split()) for match in found if match]


def uncovered(numbers, labels):
    """The numbers of which no claim is labelled `Eq. (number)`."""
    return [number for number in numbers if f"Eq. ({number})" not in labels]


@pytest.mark.parametrize("paper", [*PAPERS, *OWN], ids=lambda paper: paper.key)
def test_every_numbered_equation_has_a_claim(paper):
    assert not uncovered(NUMBERED.get(paper.key, ()), [claim.label for claim in paper.claims])


def test_a_missing_claim_is_noticed():
    labels = [f"Eq. ({number})" for number in NUMBERED["liu2026"] if number != "B7"]
    assert uncovered(NUMBERED["liu2026"], labels) == ["B7"]
    assert uncovered(["3"], ["Eq. (3), uniform", "Below Eq. (3)"]) == ["3"], (
        "a sentence beside an equation is not it"
    )


def test_the_table_of_numbers_is_that_of_the_papers():
    texts = {path.stem: path.read_text(encoding="utf-8") for path in TEXTS.glob("*.txt")}
    for key in NUMBERED.keys() & texts.keys():
        assert printed_labels(texts[key]) == NUMBERED[key]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        (r"$$H = J a^\dagger b, \quad (1)$$", ["1"]),
        (r"$$x = y,\qquad(4)$$", ["4"]),
        ("(12)", ["12"]),
        ("⁽¹⁾", ["1"]),
        (r"x &= y. \end{aligned} \quad (15)$$", ["15"]),
        (r"x = y. \quad (16) \end{aligned}$$", ["16"]),
        (r"$$G = 1, \quad (\text{B4})$$", ["B4"]),
        (r"&\quad \left. x \right]^2. \tag{A 4}", ["A4"]),
        ("as shown in Eq. (2)", []),
        ("a gain of 4 (2)", []),
        (r"$$\psi_k(0)$$", []),
    ],
)
def test_numbers_are_read_as_scans_write_them(line, label):
    assert printed_labels(line) == label


# -- figures ---------------------------------------------------------------------------------------------------

ROW = re.compile(r"^\| Fig\. (\d)(.*?) \| .* \| \[(\w+)\]\(\.\./notebooks/\3\.py\) \| (.*?) \| (.*?) \| (.*?) ?\|$")


def letters(text):
    """The panels that are named, as (a, d), (a)–(c) or (a); ranges in full."""
    found = set()
    for first, last in re.findall(r"\(([a-f])\)(?:\s*(?:–|-)\s*\(([a-f])\))?", text):
        found |= set(map(chr, range(ord(first), ord(last or first) + 1)))
    for inside in re.findall(r"\(([a-f](?:\s*[,–-]\s*[a-f])+)\)", text):
        found |= set(re.findall("[a-f]", inside))
        for first, last in re.findall(r"([a-f])\s*[–-]\s*([a-f])", inside):
            found |= set(map(chr, range(ord(first), ord(last) + 1)))
    return "".join(sorted(found))


def captioned(text):
    """The panels of every figure, from (a) to the last that its caption or a sentence names."""
    found = {}
    for number, caption in re.findall(r"^(?:FIG\.|Figure) (\d)\. (.*)$", text, flags=re.MULTILINE):
        named = re.findall(rf"Figs?\.? ?{number} ?((?:\([a-f](?:[,–-] ?[a-f])*\)(?:, | and )?)+)", text)
        last = max(letters(" ".join([caption, *named])), default="")
        found[number] = "abcdef"[: "abcdef".index(last) + 1] if last else ""
    return found


def entries():
    """The rows of docs/figures.md by paper: figure, panels, notebook, heading, claims."""
    found, paper = {}, ""
    for line in (ROOT / "docs" / "figures.md").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## (\w+) et al\. (\d{4})", line):
            paper = heading[1].lower() + heading[2]
        if line.startswith("| Fig."):
            number, panels, notebook, head, claims, _ = ROW.match(line).groups()
            found.setdefault(paper, []).append((number, letters(panels), notebook, head, claims.split("; ")))
    return found


@pytest.mark.parametrize("key", PANELS)
def test_every_panel_of_a_figure_has_one_entry(key):
    told = {}
    for number, panels, *_ in entries().get(key, ()):
        told.setdefault(number, []).extend(panels)
    assert {number: "".join(sorted(panels)) for number, panels in told.items()} == PANELS[key]


def test_the_table_of_panels_is_that_of_the_papers():
    texts = {path.stem: path.read_text(encoding="utf-8") for path in TEXTS.glob("*.txt")}
    for key in PANELS.keys() & texts.keys():
        assert captioned(texts[key]) == PANELS[key]


def test_every_entry_leads_to_a_figure_with_its_numbers_and_to_claims():
    papers = {paper.key: {claim.label for claim in paper.claims} for paper in PAPERS}
    for key, rows in entries().items():
        for number, panels, notebook, head, claims in rows:
            assert set(claims) <= papers[key], f"{key}, Fig. {number}: {set(claims) - papers[key]}"
            sources, shown = section(notebook, head)
            pictures = sum("image/svg+xml" in output for output in shown)
            table = any("| --- |" in "".join(output.get("text/markdown", "")) for output in shown)
            plotted = "plt.subplots" in sources and pictures
            assert (plotted and table) or (not plotted and pictures >= max(len(panels), 1)), head


def section(notebook, head):
    """The code below a heading of an executed notebook, up to the next heading, and what it shows."""
    cells = json.loads((ROOT / "generated" / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    headings = [
        (k, line.strip("# \n"))
        for k, cell in enumerate(cells)
        if cell["cell_type"] == "markdown"
        for line in cell["source"]
        if line.startswith("#")
    ]
    (first,) = (k for k, title in headings if title == head)
    last = min((k for k, _ in headings if k > first), default=len(cells))
    code = [cell for cell in cells[first:last] if cell["cell_type"] == "code"]
    outputs = [output.get("data", {}) for cell in code for output in cell["outputs"]]
    return "".join(line for cell in code for line in cell["source"]), outputs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("coupling (a, d), J_op (b, e), and 0.01 (c, f)", "abcdef"),
        ("(a)–(c), while (d)-(f)", "abcdef"),
        ("Figs. 5(d-f)", "def"),
        ("a function (t) of E_4(t)", ""),
    ],
)
def test_panels_are_read_as_captions_write_them(text, found):
    assert letters(text) == found
