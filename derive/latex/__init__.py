"""LaTeX: a paper's letters, formulas that are read back, steps with their labels, and the document around them."""

from derive.latex.markdown import displays
from derive.latex.notation import Notation
from derive.latex.steps import display, expression, typeset

__all__ = ["Notation", "display", "displays", "expression", "typeset"]
