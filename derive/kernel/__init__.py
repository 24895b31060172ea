"""Exact arithmetic: linear systems over the parameters of a network."""

from derive.kernel.linear import SingularMatrix, Solution, predicted_terms, solve, straight_line

__all__ = ["SingularMatrix", "Solution", "predicted_terms", "solve", "straight_line"]
