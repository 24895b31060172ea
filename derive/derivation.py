"""An argument as data: steps that say an equation, why it holds, and what must vanish if it does.

A step is displayed only as its `says`; it is believed only if its `residual` is proved to be zero. The
residual is built from the printed form, so a display that is not faithful is refuted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sympy import Add, Expr, Matrix, MatrixBase, Mul, Symbol

from derive.errors import DeriveError
from derive.kernel import Proved, Unknown, Verdict, is_zero

LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?\Z")
RELATIONS = ("=", "≠", "<", "≤", ">", "≥", "→", "≈")


class DerivationError(DeriveError):
    """Steps that are not an argument: a label used twice, a reference to a step that has not been made."""


class NotProved(DeriveError):
    """A displayed step whose residual does not vanish, or cannot be decided: it must not be printed."""

    status = 1


@dataclass(frozen=True)
class Operators:
    """A sum of operators Σ c_k w_k + (Σ d_k v_k + h.c.), in the order in which it is printed.

    A word is a tuple of letters: the name of a mode, "a" or "b_1", its adjoint "a†", "ρ", a bracket "[H, ρ]"
    or "{q† q, ρ}", an amplitude "<a>", a `Dissipator`, which acts on the letter that follows it, or a sum of such
    words, which is printed in brackets. `terms` holds the (c_k, w_k), `adjoint` the (d_k, v_k) whose Hermitian
    conjugate is added.
    """

    terms: tuple[tuple[Expr, Word], ...] = ()
    adjoint: tuple[tuple[Expr, Word], ...] = ()

    def expression(self) -> Expr:
        """The same sum with noncommuting symbols for the letters; h.c. is the symbol "h.c."."""
        found = [Mul(c, *(_letter(letter) for letter in word)) for c, word in self.terms + self.adjoint]
        return Add(*found, *([Symbol("h.c.")] if self.adjoint else []))


@dataclass(frozen=True)
class Dissipator:
    """D[q], with D[q]ρ = q ρ q† − ½{q†q, ρ}, or with kind "L'" D′[q]ρ = q ρ q − ½{qq, ρ}; q is a sum of operators."""

    jump: Operators
    kind: str = "D"


Word: TypeAlias = tuple[str | Dissipator | Operators, ...]
Side: TypeAlias = Expr | MatrixBase | Operators


def _letter(letter: str | Dissipator | Operators) -> Expr:
    if isinstance(letter, Operators):
        return letter.expression()
    if isinstance(letter, Dissipator):
        return Symbol(f"{letter.kind}[{letter.jump.expression()}]", commutative=False)
    return Symbol(letter, commutative="<" in letter)


@dataclass(frozen=True)
class Equation:
    """What is displayed: two expressions, matrices or sums of operators, and the relation between them."""

    lhs: Side
    rhs: Side
    relation: str = "="


Says: TypeAlias = Equation | tuple[Side, Side] | tuple[Equation | tuple[Side, Side], ...]


def mean(mode: str) -> Symbol:
    """The amplitude ⟨a⟩ of a mode, a complex symbol."""
    return Symbol(f"<{mode}>")


def flow(mode: str) -> Symbol:
    """The rate of change d⟨a⟩/dt of a mode's amplitude, a complex symbol."""
    return Symbol(f"d<{mode}>/dt")


@dataclass(frozen=True)
class Step:
    """One step of an argument.

    `says` is a pair (lhs, rhs), an `Equation`, or a tuple of these that is displayed as one group. `because` is a full
    sentence that leads to the display, `rule` names the operation in a word or two, `uses` are the labels of earlier
    steps. `residual`, an expression, a matrix or a list of expressions, vanishes if and only if the display is right;
    it contains what is displayed. What is `nonzero` vanishes nowhere, for a reason that is proved elsewhere or told,
    and is no condition of the proof.

    Raises:
        DerivationError: if the label cannot be an anchor, or a relation is not one that is printed.
    """

    label: str
    says: Says
    because: str
    rule: str
    residual: Expr | MatrixBase | Sequence[Expr]
    uses: tuple[str, ...] = ()
    nonzero: tuple[Expr, ...] = ()

    def __post_init__(self) -> None:
        if not LABEL.match(self.label):
            raise DerivationError(
                f"A label is letters, digits, '.', '-' and '_', but is {self.label!r}; it becomes an anchor."
            )
        object.__setattr__(self, "says", _equations(self.says, self.label))
        if not isinstance(self.residual, Expr | MatrixBase):
            object.__setattr__(self, "residual", Matrix(list(self.residual)))
        object.__setattr__(self, "uses", tuple(self.uses))

    @property
    def equations(self) -> tuple[Equation, ...]:
        """What is displayed, as a group of equations in order."""
        return _equations(self.says, self.label)


def _equations(says: Says, label: str) -> tuple[Equation, ...]:
    if isinstance(says, Equation):
        found: tuple[Equation, ...] = (says,)
    elif len(says) == 2 and isinstance(says[0], Side) and isinstance(says[1], Side):
        found = (Equation(says[0], says[1]),)
    else:
        pairs: Any = says
        found = tuple(item if isinstance(item, Equation) else Equation(*item) for item in pairs)
    for equation in found:
        matrix = isinstance(equation.lhs, MatrixBase) or isinstance(equation.rhs, MatrixBase)
        allowed = RELATIONS[:1] if matrix else RELATIONS
        if equation.relation not in allowed:
            raise DerivationError(
                f"The relation in step {label!r} must be {' '.join(allowed)}, but is {equation.relation!r}."
            )
    return found


@dataclass(frozen=True)
class Derivation:
    """An argument: steps in the order in which they are read, each resting on earlier ones only.

    Raises:
        DerivationError: if two steps share a label or a step uses one that is not before it.
    """

    title: str
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.steps))
        seen: list[str] = []
        for step in self.steps:
            if step.label in seen:
                raise DerivationError(f"Each step has its own label, but {step.label!r} is used twice; rename one.")
            for used in step.uses:
                if used not in seen:
                    raise DerivationError(
                        f"Step {step.label!r} must rest on earlier steps "
                        f"({', '.join(seen) or 'there are none'}), but uses {used!r}."
                    )
            seen.append(step.label)

    def check(self) -> Mapping[str, Verdict]:
        """The verdict on every step's residual, by label."""
        return {step.label: is_zero(step.residual) for step in self.steps}

    def proved(self) -> Mapping[str, Proved]:
        """What `check` finds where every step holds, as it must before any is printed.

        Raises:
            NotProved: if one does not.
        """
        found: dict[str, Proved] = {}
        for label, verdict in self.check().items():
            if not isinstance(verdict, Proved):
                given = (
                    f"cannot be decided: {verdict.reason}; name the roots, powers and functions in it by letters"
                    if isinstance(verdict, Unknown)
                    else f"is not: {verdict}; correct it"
                )
                raise NotProved(f"Every displayed step must be proved, but {label!r} of “{self.title}” {given}.")
            found[label] = verdict
        return found
