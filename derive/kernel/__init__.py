"""Exact arithmetic: is it zero, and what solves A x = b over the parameters of a network."""

from derive.kernel.conjugation import conjugated, substituted
from derive.kernel.linear import SingularMatrix, Solution, inverse, predicted_terms, solve, straight_line
from derive.kernel.normal import at, canonical, factored
from derive.kernel.zero import Proved, Refuted, Unknown, Verdict, is_nonnegative, is_zero

__all__ = [
    "Proved",
    "Refuted",
    "SingularMatrix",
    "Solution",
    "Unknown",
    "Verdict",
    "at",
    "canonical",
    "conjugated",
    "factored",
    "inverse",
    "is_nonnegative",
    "is_zero",
    "predicted_terms",
    "solve",
    "straight_line",
    "substituted",
]
