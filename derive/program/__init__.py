"""Straight-line programs: their text for any array library, their gradients, their real and imaginary parts.

Nothing here knows what a network is.
"""

from derive.program.adjoint import gradient_program
from derive.program.lines import Program, numpy_source, straight
from derive.program.source import ProgramError

__all__ = ["Program", "ProgramError", "gradient_program", "numpy_source", "straight"]
