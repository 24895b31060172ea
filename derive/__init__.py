"""Networks of quantum batteries: proved closed forms, LaTeX appendices and NumPy code.

The vocabulary, in the order of a paper: the picture, the equations of motion, what follows, and what is proved.
"""

from derive.builders import (
    aharonov_bohm_chain,
    aharonov_bohm_star,
    chain,
    complete,
    from_graph,
    grid,
    ring,
    star,
    tree,
)
from derive.eliminate import eliminate, elimination_residual, schur
from derive.evolution import steady_state, steady_state_residual
from derive.gaussian import GaussianState, coherent, thermal, vacuum
from derive.kernel import Proved, Refuted, Unknown, is_zero
from derive.langevin import Langevin, langevin, langevin_residual
from derive.network import Bath, Coupling, Drive, Mode, Network, Squeezing, loss
from derive.propagator import (
    divided_differences,
    evolution_residual,
    evolve,
    propagator,
    propagator_residual,
)

__all__ = [
    "Bath",
    "Coupling",
    "Drive",
    "GaussianState",
    "Langevin",
    "Mode",
    "Network",
    "Proved",
    "Refuted",
    "Squeezing",
    "Unknown",
    "aharonov_bohm_chain",
    "aharonov_bohm_star",
    "chain",
    "coherent",
    "complete",
    "divided_differences",
    "eliminate",
    "elimination_residual",
    "evolution_residual",
    "evolve",
    "from_graph",
    "grid",
    "is_zero",
    "langevin",
    "langevin_residual",
    "loss",
    "propagator",
    "propagator_residual",
    "ring",
    "schur",
    "star",
    "steady_state",
    "steady_state_residual",
    "thermal",
    "tree",
    "vacuum",
]
