"""Exact arithmetic: is it zero, and what solves A x = b over the parameters of a network."""

from derive.kernel.conjugation import abs_squared, conjugated, substituted, written_out
from derive.kernel.enclosure import NotAnExactNumber, Peak, Transform, peak, peak_verdict, transform
from derive.kernel.exactness import flaw
from derive.kernel.gaussian import gathered
from derive.kernel.irreducible import (
    NotFactored,
    angular_roots,
    characteristic,
    irreducible_blocks,
    vanishing,
)
from derive.kernel.linear import (
    SingularMatrix,
    Solution,
    inverse,
    predicted_terms,
    require_regular,
    residual,
    solve,
    straight_line,
)
from derive.kernel.normal import at, canonical, factored, shorter
from derive.kernel.packing import filled, vanishes
from derive.kernel.point import evaluated
from derive.kernel.poles import open_factors
from derive.kernel.quick import Linear, Quick, added
from derive.kernel.ring import length
from derive.kernel.schedule import Levels, Tables, tabulated
from derive.kernel.spectrum import charpoly, observable, touching
from derive.kernel.structure import elimination_work
from derive.kernel.zero import Proved, Refuted, Unknown, Verdict, is_nonnegative, is_zero

__all__ = [
    "Levels",
    "Linear",
    "NotAnExactNumber",
    "NotFactored",
    "Peak",
    "Proved",
    "Quick",
    "Refuted",
    "SingularMatrix",
    "Solution",
    "Tables",
    "Transform",
    "Unknown",
    "Verdict",
    "abs_squared",
    "added",
    "angular_roots",
    "at",
    "canonical",
    "characteristic",
    "charpoly",
    "conjugated",
    "elimination_work",
    "evaluated",
    "factored",
    "filled",
    "flaw",
    "gathered",
    "inverse",
    "irreducible_blocks",
    "is_nonnegative",
    "is_zero",
    "length",
    "observable",
    "open_factors",
    "peak",
    "peak_verdict",
    "predicted_terms",
    "require_regular",
    "residual",
    "shorter",
    "solve",
    "straight_line",
    "substituted",
    "tabulated",
    "touching",
    "transform",
    "vanishes",
    "vanishing",
    "written_out",
]
