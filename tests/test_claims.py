"""How claims are judged: what is proved holds, what is refuted must be corrected, the undecided is open."""

from dataclasses import dataclass

import pytest
from sympy import I, ImmutableMatrix, Integer, Rational, Symbol, exp, gamma

from derive.claims import AtLeast, Claim, Departure, Equal, Paper, audit, equation_latex, judge, record
from derive.derivation import Equation
from derive.kernel import Refuted
from derive.latex import Notation
from derive.report import markdown

x, y = Symbol("x", positive=True), Symbol("y", positive=True)
z, θ, f = Symbol("z"), Symbol("theta", real=True), Symbol("f")
SQUARE = Equal(f, (x + y) ** 2, x**2 + 2 * x * y + y**2)
WRONG = Equal(f, (x + y) ** 2, x**2 + y**2)
FIT = Departure("fit", "odd N")
UNDECIDED = Equal(f, gamma(x + 1), x * gamma(x))


def claim(*statements, corrected=None, **more):
    return Claim("Eq. (1)", "A square", lambda: statements, (lambda: corrected) if corrected else None, **more)


def test_what_is_proved_holds():
    finding = judge("paper", claim(SQUARE))
    assert finding.verdict == "holds"
    assert finding.expected
    assert finding.counterexample is None


def test_what_is_refuted_without_a_correction_is_refuted_and_never_expected():
    finding = judge("paper", claim(WRONG))
    assert finding.verdict == "refuted"
    assert not finding.expected
    assert finding.counterexample is not None


def test_a_correction_counts_only_if_it_is_proved():
    good, bad = (judge("paper", claim(WRONG, corrected=(right,), because="why")) for right in (SQUARE, WRONG))
    assert (good.verdict, good.expected, good.reason) == ("corrected", True, "why")
    assert (bad.verdict, bad.expected) == ("refuted", False)


def test_one_wrong_statement_of_many_refutes_the_claim():
    assert judge("paper", claim(SQUARE, SQUARE, WRONG, SQUARE)).verdict == "refuted"


def test_a_claim_that_turns_out_true_is_not_corrected():
    finding = judge("paper", claim(SQUARE, corrected=(SQUARE,)))
    assert finding.verdict == "holds"
    assert not finding.expected


def test_undecided_is_open_and_expected_only_where_the_catalogue_says_so():
    assert judge("paper", claim(UNDECIDED)).verdict == "open"
    assert not judge("paper", claim(UNDECIDED)).expected
    assert judge("paper", claim(UNDECIDED, open="a functional equation")).expected


def test_a_fit_is_fitted_where_its_bounds_are_proved_and_never_holds():
    good, bad = (judge("paper", claim(s, departure=FIT, because="why")) for s in (SQUARE, WRONG))
    assert (good.verdict, good.expected, good.reason) == ("fitted", True, "why")
    assert (bad.verdict, bad.expected) == ("refuted", False)
    assert judge("paper", claim(UNDECIDED, departure=FIT)).verdict == "open"


@pytest.mark.parametrize("statement", [
    SQUARE,
    Equal(f, Integer(0), x - x),
    Equal(f, ImmutableMatrix([[x, 0], [0, y]]), ImmutableMatrix([[x, 0], [0, y]])),
    Equal(f, ImmutableMatrix([[0, 0]]), ImmutableMatrix([[0, 0]])),
    AtLeast(x + y, x, Equation(f, x, "≥")),
])  # fmt: skip
def test_a_slightly_wrong_twin_is_refuted(statement):
    finding = judge("paper", claim(statement))
    assert finding.expected
    assert [type(verdict) for verdict in finding.twins] == [Refuted]


def test_a_claim_is_not_as_expected_if_a_slightly_wrong_copy_of_it_is_not_refuted():
    @dataclass(frozen=True)
    class Vacuous(Equal):
        def twin(self):
            return self

    empty = Vacuous(f, x, x)
    for finding in (judge("paper", claim(SQUARE, empty)), judge("paper", claim(WRONG, corrected=(SQUARE, empty)))):
        assert finding.verdict in ("holds", "corrected")
        assert finding.vacuous == 1
        assert not finding.expected


def test_definitions_are_used_by_both_kinds_of_statement():
    assert judge("paper", claim(Equal(f, z, x + I * y, {z: x + I * y}))).verdict == "holds"
    s = Symbol("s", positive=True)
    assert judge("paper", claim(AtLeast(y, x, Equation(y, x, "≥"), {x: y / (1 + s)}))).verdict == "holds"


def test_a_counterexample_gives_every_letter_a_value_also_those_that_cancel():
    cancels = Symbol("c", positive=True)
    statement = Equal(f, cancels + z * exp(I * θ), cancels + z * exp(-I * θ), {z: x + I * y})
    example = judge("paper", claim(statement)).counterexample
    point = dict(example.point)
    assert set(point) == {cancels, z, θ, x, y}
    assert not any(value.free_symbols for value in (*point.values(), example.printed, example.true))
    for phase, printed in ((1, example.printed), (-1, example.true)):
        value = complex(point[cancels]) + complex(point[z]) * complex(exp(phase * I * point[θ]))
        assert complex(printed) == pytest.approx(value)
    assert complex(point[z]) == pytest.approx(complex(point[x]) + 1j * complex(point[y]))


def test_a_counterexample_is_told_in_the_letters_of_the_statement():
    example = judge("paper", claim(Equal(f, z, 2 * z, {z: x + 1}))).counterexample
    assert dict(example.point)[z] == dict(example.point)[x] + 1
    assert [symbol for symbol, _ in example.told] == [z]
    both = judge("paper", claim(Equal(f, z, 2 * z + x, {z: x + 1}))).counterexample
    assert both.told == both.point


def test_the_counterexample_of_a_matrix_is_an_entry_that_differs():
    printed, true = ImmutableMatrix([[x, x + y]]), ImmutableMatrix([[x, x - y]])
    example = judge("paper", claim(Equal(f, printed, true))).counterexample
    point = dict(example.point)
    assert (example.printed, example.true) == ((x + y).subs(point), (x - y).subs(point))


def test_the_counterexample_of_a_family_is_of_the_member_that_is_displayed_or_says_of_which_it_is():
    members = [Equal(Symbol(f"E_{n}"), n * x, x) for n in (1, 2, 3)]
    third = judge("liu2026", claim(*members, form=Equation(Symbol("E_3"), 3 * x))).counterexample
    assert (third.printed / third.true, third.of) == (3, None)
    finding = judge("liu2026", claim(*members, form=Equation(Symbol("E_n"), Symbol("n") * x)))
    second = finding.counterexample
    assert (second.printed / second.true, second.of) == (2, Symbol("E_2"))
    paper = Paper("liu2026", "Liu", Notation(), (finding.claim,))
    place = f"at x = {second.true} the printed form gives"
    assert f"Counterexample: {place} E_2 = {second.printed}, the true value is {second.true}." in markdown(
        [(paper, finding)]
    )


@pytest.mark.parametrize(
    ("label", "kind", "above", "gives"),
    [
        ("Eq. (1)", "condition", "Printed:", "the printed form gives"),
        ("Below Eq. (1), x", "misprint", "Printed:", "the printed form gives"),
        ("Below Eq. (1), x", "error", "Claimed:", "the claim gives"),
    ],
)
def test_what_a_sentence_was_read_as_is_not_called_printed(label, kind, above, gives):
    departure = Departure(kind, "Eq. (2)")
    sentence = Claim(label, "A square", lambda: (WRONG,), lambda: (SQUARE,), "Why.", departure=departure)
    finding = judge("liu2026", sentence)
    text = markdown([(Paper("liu2026", "Liu", Notation(), (sentence,)), finding)])
    assert f"\n\n{above}\n\n$$" in text
    assert gives in text
    assert ("rinted" in text) == (above == "Printed:")


def test_a_family_is_displayed_by_its_form():
    n = Symbol("N", positive=True)
    finding = judge(
        "paper", claim(WRONG, corrected=(SQUARE,), form=Equation(f, x**n), corrected_form=Equation(f, y**n))
    )
    assert (finding.printed, finding.corrected) == (Equation(f, x**n), Equation(f, y**n))


def test_a_record_has_the_keys_of_the_contract():
    paper = Paper("p", "A paper", Notation({"x": r"\xi"}), (claim(WRONG, corrected=(SQUARE,)), claim(SQUARE)))
    first, second = (record(paper, finding) for finding in audit(paper))
    assert list(first) == [
        "paper", "claim", "title", "verdict", "scope", "method", "printed", "corrected", "counterexample",
    ]  # fmt: skip
    assert first["printed"] == r"f = (\xi + y)^2"
    assert set(first["counterexample"]) == {"point", "printed", "true"}
    assert set(first["counterexample"]["point"]) == {"x", "y"}
    assert second["corrected"] is None
    assert second["counterexample"] is None


def test_relations_and_matrices_are_set_in_the_papers_letters():
    assert equation_latex(Equation(x, Rational(1, 2), "≤"), Notation({"x": r"\xi"})) == r"\xi \leq \frac{1}{2}"
    assert equation_latex(Equation(f, ImmutableMatrix([[x, 1], [0, y]])), Notation()) == (
        r"f = \begin{pmatrix} x & 1 \\ 0 & y \end{pmatrix}"
    )
