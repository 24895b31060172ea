"""What papers claim, held against what the engine derives.

A `Claim` is a sentence or an equation of a paper as printed, in one or more instances (N = 1, 2, …). Each instance is a
`Statement` whose residual the kernel judges; the derived side is always computed from a network, never typed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Literal

from sympy import Expr, I, ImmutableMatrix, Integer, Matrix, MatrixBase, Rational, Symbol, atan, exp, tan

from derive.derivation import Equation
from derive.kernel import Proved, Refuted, Unknown, Verdict, at, is_nonnegative, is_zero
from derive.latex import Notation, expression
from derive.latex.steps import RELATIONS

Outcome = Literal["holds", "corrected", "refuted", "fitted", "open"]
Kind = Literal["misprint", "condition", "error", "fit"]
Method = Literal["identity", "induction", "limit", "bound", "numeric"]
ALL = "all N"  # the scope of what is proved for every number of batteries


@dataclass(frozen=True)
class Equal:
    """`name` = `printed`, which holds if it equals `derived`, given the definitions `where`.

    `shown` is how the paper writes it, where that says more than the two values, as operators do.
    """

    name: Expr
    printed: Expr | Matrix
    derived: Expr | Matrix
    where: Mapping[Expr, Expr] = field(default_factory=dict)
    shown: Equation | None = None

    @property
    def sides(self) -> tuple[Expr | Matrix, Expr | Matrix]:
        """What is printed and what is true."""
        return self.printed, self.derived

    @property
    def says(self) -> Equation:
        """The statement as it is displayed."""
        return self.shown or Equation(self.name, self.printed)

    def verdict(self) -> Verdict:
        """Whether what is printed equals what is derived."""
        return is_zero(self.printed - self.derived, self.where)

    def twin(self) -> Equal:
        """The same statement, slightly wrong: it must be refuted, or the statement says nothing."""
        if not isinstance(self.printed, MatrixBase):
            return replace(self, printed=self.printed * Rational(8, 7) if self.printed != 0 else Rational(1, 7))
        wrong = Matrix(self.printed)
        wrong[0, 0] += Rational(1, 7) * (1 + wrong[0, 0])
        return replace(self, printed=ImmutableMatrix(wrong))


@dataclass(frozen=True)
class AtLeast:
    """`larger` ≥ `smaller` for all values that the letters' assumptions allow, given the definitions `where`.

    `shown` is how the paper writes it. If `strict`, the two must not be one and the same.
    """

    larger: Expr
    smaller: Expr
    shown: Equation
    where: Mapping[Expr, Expr] = field(default_factory=dict)
    strict: bool = False

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """What is said to be larger and what is said to be smaller."""
        return self.larger, self.smaller

    @property
    def says(self) -> Equation:
        """The statement as it is displayed."""
        return self.shown

    def verdict(self) -> Verdict:
        """Whether the inequality holds everywhere."""
        difference = (self.larger - self.smaller).subs(self.where, simultaneous=True)
        if self.strict and isinstance(is_zero(difference), Proved):
            return Refuted((), Integer(0))
        return is_nonnegative(difference)

    def twin(self) -> AtLeast:
        """The opposite inequality, which must be refuted."""
        return replace(self, larger=self.smaller, smaller=self.larger)


Statement = Equal | AtLeast
Statements = Callable[[], Iterable[Statement]]


@dataclass(frozen=True)
class Departure:
    """What keeps a claim from holding as printed, as a referee would say it.

    A `misprint`: the paper's own equations, which `by` names, show what is meant. A `condition`: the claim is
    true only if what `by` says. A `fit`: a number or a law was fitted, to what `by` names. An `error`: none of
    these; `by` names what in the paper contradicts it, if anything does. A sentence that can be read in two ways
    has both `readings`, first the one that is judged. `scan` is what the scan of the paper leaves in doubt.
    """

    kind: Kind
    by: str = ""
    readings: tuple[str, ...] = ()
    scan: str = ""


@dataclass(frozen=True)
class Claim:
    """One equation or sentence of a paper.

    `label` is the paper's own (`Eq. (5)`, `Eq. (A2)`, or the place of a sentence); `says` gives the printed
    statements, `corrected` what holds instead, `because` what the paper got wrong, and `departure` of what kind
    that is, which every claim has that does not hold as printed. `form` and `corrected_form` display the whole
    family where the statements are its members N = 1, 2, …. `open` is the only way to commit a statement that the
    kernel cannot decide. A claim that departs by a fit states bounds on a least-squares coefficient and its
    residuals, in exact numbers: where they are proved it is `fitted`, never `holds`.
    """

    label: str
    title: str
    says: Statements
    corrected: Statements | None = None
    because: str = ""
    _: KW_ONLY
    scope: str = "general"
    method: Method = "identity"
    form: Equation | None = None
    corrected_form: Equation | None = None
    open: str = ""
    departure: Departure | None = None

    @property
    def expected(self) -> Outcome:
        """The verdict that the catalogue commits to."""
        return "open" if self.open else "corrected" if self.corrected else "fitted" if self.fitted else "holds"

    @property
    def fitted(self) -> bool:
        """Whether it states a fit, which can be bounded but not proved."""
        return self.departure is not None and self.departure.kind == "fit"


@dataclass(frozen=True)
class Paper:
    """A source: its citation, the letters it uses, and its claims in the order of its pages.

    `key` is the first author and the year, as liu2026.
    """

    key: str
    cite: str
    notation: Notation
    claims: tuple[Claim, ...]

    @property
    def author(self) -> str:
        """The first author."""
        return self.key.rstrip("0123456789").capitalize()

    @property
    def year(self) -> str:
        """The year of publication."""
        return self.key[len(self.author) :]


@dataclass(frozen=True)
class Counterexample:
    """An exact point at which the printed statement fails, with what it says there and what is true.

    `defining` are the letters that only define others, as s does in N = (1 + s)². `of` is what has these values, where
    that is not the left side of what is displayed: E_1 of a formula for E_n.
    """

    point: tuple[tuple[Symbol, Expr], ...]
    printed: Expr
    true: Expr
    defining: tuple[Symbol, ...]
    of: Expr | None = None

    @property
    def told(self) -> tuple[tuple[Symbol, Expr], ...]:
        """The values of the letters in which the statement is said."""
        return tuple((symbol, value) for symbol, value in self.point if symbol not in self.defining)


@dataclass(frozen=True)
class Finding:
    """A claim after the audit.

    `provided` are the denominators that the proofs assume nonzero, `twins` the verdicts on a slightly wrong copy of
    every statement that is proved: a statement whose copy is not refuted says nothing.
    """

    paper: str
    claim: Claim
    verdict: Outcome
    printed: Equation
    corrected: Equation | None
    counterexample: Counterexample | None
    provided: tuple[Expr, ...]
    reason: str
    twins: tuple[Verdict, ...] = ()

    @property
    def vacuous(self) -> int:
        """How many slightly wrong copies are not refuted."""
        return sum(not isinstance(twin, Refuted) for twin in self.twins)

    @property
    def expected(self) -> bool:
        """Whether the catalogue committed to this verdict, and every slightly wrong copy is refuted."""
        return self.verdict == self.claim.expected and not self.vacuous


def audit(paper: Paper) -> tuple[Finding, ...]:
    """Every claim of a paper with its verdict: `holds`, `corrected`, `fitted`, `refuted` or `open`."""
    return tuple(judge(paper.key, claim) for claim in paper.claims)


def judge(paper: str, claim: Claim) -> Finding:
    """One claim's finding. A refuted claim is `corrected` only if all its corrections are proved.

    Of a family the counterexample is of the member that is displayed, if that is refuted.
    """
    statements = tuple(claim.says())
    verdicts = [statement.verdict() for statement in statements]
    refuted = {i: v for i, v in enumerate(verdicts) if isinstance(v, Refuted)}
    wrong = next((i for i in refuted if statements[i].says == claim.form), next(iter(refuted), None))
    if wrong is None:
        undecided = next((v for v in verdicts if isinstance(v, Unknown)), None)
        outcome: Outcome = "open" if undecided else "fitted" if claim.fitted else "holds"
        reason = undecided.reason if undecided else claim.because
        shown = claim.form or statements[-1].says
        proved = [s for s, v in zip(statements, verdicts, strict=True) if isinstance(v, Proved)]
        return Finding(paper, claim, outcome, shown, None, None, _provided(verdicts), reason, twins(proved))
    told = statements[wrong]
    printed, example = claim.form or told.says, _counterexample(told, refuted[wrong])
    if isinstance(told, Equal) and told.name != printed.lhs:
        example = replace(example, of=told.name)
    corrections = tuple(claim.corrected()) if claim.corrected else ()
    if not corrections:
        return Finding(paper, claim, "refuted", printed, None, example, (), "no correction is given")
    shown = claim.corrected_form or corrections[min(wrong, len(corrections) - 1)].says
    proofs = [correction.verdict() for correction in corrections]
    failed = next((i for i, v in enumerate(proofs) if not isinstance(v, Proved)), None)
    if failed is not None:
        reason = f"correction {failed + 1} is not proved: {proofs[failed]}"
        return Finding(paper, claim, "refuted", printed, shown, example, (), reason)
    provided, copies = _provided(proofs), twins(corrections)
    return Finding(paper, claim, "corrected", printed, shown, example, provided, claim.because, copies)


def twins(statements: Sequence[Statement]) -> tuple[Verdict, ...]:
    """The verdicts on slightly wrong copies of what is proved: all must be `Refuted`."""
    return tuple(statement.twin().verdict() for statement in statements)


def record(paper: Paper, finding: Finding) -> dict[str, object]:
    """A finding as `derive audit --json` writes it: formulas in the paper's letters, exact values."""
    claim, example = finding.claim, finding.counterexample
    return {
        "paper": finding.paper,
        "claim": claim.label,
        "title": claim.title,
        "verdict": finding.verdict,
        "scope": short_scope(claim.scope),
        "method": claim.method,
        "printed": equation_latex(finding.printed, paper.notation),
        "corrected": equation_latex(finding.corrected, paper.notation) if finding.corrected else None,
        "counterexample": example
        and {
            "point": {symbol.name: str(value) for symbol, value in example.point},
            # equal sides refute a strict inequality only
            "printed": ("> " if example.printed == example.true else "") + str(example.printed),
            "true": str(example.true),
        },
    }


def short_scope(text: str) -> str:
    """A scope in four words, `general`, `all N`, `N = 1..4` or `numeric`; the tables give it in full."""
    if text in ("general", "all N", "numeric"):
        return text
    if text.startswith("mean field"):
        return "general"
    if text.startswith("all "):
        return "all N"
    if re.fullmatch(r"N = \d+(\.\.\d+|(, \d+)*)", text):
        return text
    sizes = re.search(r"\b(?:N|N_B|M) = (\d+)(?:\.\.|, (?:\d+, )*(?:\.\.\., )?)(\d+)", text)
    return f"N = {sizes[1]}..{sizes[2]}" if sizes else "numeric"


def equation_latex(equation: Equation, notation: Notation) -> str:
    """A statement in a paper's letters, on one line."""
    sides = (_side(side, notation) for side in (equation.lhs, equation.rhs))
    return f" {RELATIONS[equation.relation]} ".join(sides)


def _side(side: object, notation: Notation) -> str:
    if not isinstance(side, MatrixBase):
        return expression(side, notation)
    rows = r" \\ ".join(" & ".join(expression(e, notation) for e in side.row(i)) for i in range(side.rows))
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def _provided(verdicts: Sequence[Verdict]) -> tuple[Expr, ...]:
    found = {e: None for v in verdicts if isinstance(v, Proved) for e in v.provided}
    return tuple(sorted(found, key=lambda e: e.sort_key()))


def _counterexample(statement: Statement, refuted: Refuted) -> Counterexample:
    # Letters that cancel in the difference do not stand in the verdict's point; any value will do for them.
    letters = _letters(*statement.sides, *statement.where.values())
    point: dict[Symbol, Expr] = {s: Integer(1) for s in letters if s not in statement.where}
    point |= dict(refuted.point)
    for symbol, definition in statement.where.items():
        if isinstance(symbol, Symbol) and symbol in letters:
            point[symbol] = _value(definition, point)
    printed, true = _first_difference(*statement.sides, point)
    defining = tuple(s for s in letters if s not in _letters(*statement.sides))
    return Counterexample(tuple(sorted(point.items(), key=lambda p: p[0].name)), printed, true, defining)


def _letters(*sides: Expr | Matrix) -> tuple[Symbol, ...]:
    found = set().union(*(side.free_symbols for side in sides))
    return tuple(sorted(found, key=lambda s: s.name))


def _first_difference(a: Expr | Matrix, b: Expr | Matrix, point: Mapping[Symbol, Expr]) -> tuple[Expr, Expr]:
    pairs = zip(a, b, strict=True) if isinstance(a, MatrixBase) else [(a, b)]
    found = [(_value(x, point), _value(y, point)) for x, y in pairs]
    # what is not larger may be equal
    return next((pair for pair in found if pair[0] != pair[1]), found[0])


def _value(e: Expr, point: Mapping[Symbol, Expr]) -> Expr:
    """The value at a point; a phase θ = 2 arctan r enters as the rational e^{iθ} = (1 + ir)/(1 − ir)."""
    phases = {s: tan(v / 2) for s, v in point.items() if v.has(atan)}
    turns = {exp(I * s): (1 + I * r) / (1 - I * r) for s, r in phases.items()}
    e = e.subs(turns) if turns else e
    return at(e, {s: point[s] for s in _letters(e) if s in point})
