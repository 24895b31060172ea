r"""Arguments as Jupyter reads them: the same displays, between dollars, each with its label as its tag.

What is displayed is what `typeset` gives; only the environments that MathJax and KaTeX do not share with LaTeX differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.derivation import Derivation, Equation, Step
from derive.kernel import Proved, Refuted, Verdict
from derive.latex.notation import Notation
from derive.latex.steps import display, expression, typeset

COLUMN = 34_000  # thousandths of an em, the width of a notebook's page
DISPLAY = re.compile(r"\\begin\{(equation|align)\}(.*?)\\label\{eq:([^}]*)\}\s*\\end\{\1\}", re.DOTALL)


def displays(d: Derivation, notation: Notation = Notation()) -> Mapping[str, str]:
    """The displays of an argument by label, to stand between dollars in other sentences, once every step is proved.

    Raises:
        NotProved: if a step is not.
    """
    d.proved()
    found = DISPLAY.findall(typeset(d, notation, COLUMN))
    return {label: _aligned(re.sub(r"[.,]\s*$", "", body)) for _, body, label in found}


def markdown(d: Derivation, notation: Notation = Notation()) -> str:
    """An argument with its title, its sentences and its displays; what is not proved says so."""
    verdicts = d.check()

    def shown(found: re.Match[str]) -> str:
        label, verdict = found[3], verdicts[found[3]]
        warning = "" if isinstance(verdict, Proved) else verdict_markdown(verdict, notation)
        return f"\n$$\n{_aligned(found[2])} \\tag{{{_tag(label)}}}\n$$\n\n{warning}"

    heading, _, text = typeset(d, notation, COLUMN, verdicts=verdicts).partition("\n")
    text = re.sub(r"\n{3,}", "\n\n", DISPLAY.sub(shown, text))
    text = re.sub(r"~?\\eqref\{eq:([^}]*)\}", lambda found: f"\u00a0({_tag(found[1])})", text)
    title = heading.removeprefix(r"\section{").removesuffix("}")
    return (f"#### {title}\n\n" if title else "") + text.strip("\n")


def step_markdown(step: Step, notation: Notation) -> str:
    """One step of an argument, without the steps that it uses."""
    return markdown(Derivation("", (replace(step, uses=()),)), notation)


def aligned(equations: Sequence[Equation], notation: Notation) -> str:
    """Equations as one display, to stand between dollars."""
    ((_, body, _),) = DISPLAY.findall(display(equations, notation, "eq:only", "", COLUMN))
    return _aligned(body)


def verdict_markdown(verdict: Verdict, notation: Notation) -> str:
    """A verdict in words: where it holds, or at which point what should vanish does not."""
    if isinstance(verdict, Proved):
        poles = ", ".join(rf"${expression(e, notation)} \neq 0$" for e in verdict.provided)
        return "**Proved**" + (f" for {poles}" if poles else "") + "."
    if isinstance(verdict, Refuted):
        values = ", ".join(f"${expression(s, notation)} = {expression(e, notation)}$" for s, e in verdict.point)
        place = f"at {values} " if values else ""
        return f"**Refuted**: {place}what should vanish is ${expression(verdict.value, notation)}$."
    return f"**Unknown**: {verdict.reason}."


def _aligned(body: str) -> str:
    return r"\begin{aligned} " + body.replace(r" \notag", "").strip() + r" \end{aligned}"


def _tag(label: str) -> str:
    return label.replace("_", "-")  # which MathJax and KaTeX read alike in a tag
