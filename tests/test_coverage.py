"""Every numbered equation of every paper has a claim, and the table of numbers is that of the papers' texts."""

import re
from pathlib import Path

import pytest

from derive.papers import OWN, PAPERS

NUMBERED = {
    "liu2026": [
        *(str(k) for k in range(1, 17)),
        *(f"A{k}" for k in range(1, 11)),
        *(f"B{k}" for k in range(1, 17)),
    ],
    "zhao2025": [str(k) for k in range(1, 6)],
    "dias2024": [str(k) for k in range(1, 5)],
    "wang2026": [],  # known by its sentences
    "ahmadi2024": [],  # known by its abstract
}
TEXTS = Path(__file__).resolve().parents[2] / "shared" / "papers"

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
