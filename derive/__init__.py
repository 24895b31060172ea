"""Networks of quantum batteries: proved closed forms, LaTeX appendices and NumPy code.

The vocabulary, in the order of a paper: the picture, the equations of motion, what follows, and what is proved.
"""

from derive.bound import EliminationBound, elimination_bound, elimination_bound_residual
from derive.builders import (
    aharonov_bohm_chain,
    aharonov_bohm_star,
    chain,
    complete,
    from_graph,
    grid,
    ring,
    spin_star,
    star,
    tree,
)
from derive.counts import FamilyState, closed_form, closed_form_residual
from derive.cumulants import Moments, closed_moments
from derive.eliminate import eliminate, elimination_residual, schur
from derive.evolution import steady_state, steady_state_residual
from derive.families import Branch, Family, Link, Node
from derive.gaussian import GaussianState, coherent, thermal, vacuum
from derive.kernel import Proved, Refuted, Unknown, is_zero
from derive.langevin import Langevin, langevin, langevin_residual
from derive.network import Bath, Coupling, Drive, Mode, Network, Spins, Squeezing, loss
from derive.optimum import (
    leading_order,
    maximum,
    maximum_residual,
    stationary_points,
    window,
    window_residual,
)
from derive.propagator import (
    divided_differences,
    evolution_residual,
    evolve,
    propagator,
    propagator_residual,
)
from derive.qubits import TwoQubits, evolve_qubits, qubits_residual
from derive.response import (
    Scattering,
    dissipation_residual,
    low_frequency_residual,
    ports,
    scattering,
    scattering_residual,
    susceptibility,
    susceptibility_residual,
    unitarity_residual,
)
from derive.slow import (
    Recovered,
    completely_positive,
    corrections,
    corrections_residual,
    kossakowski,
    recovered,
    recovered_residual,
)
from derive.spins import generator, moments_residual, stationary, stationary_residual

__all__ = [
    "Bath",
    "Branch",
    "Coupling",
    "Drive",
    "EliminationBound",
    "Family",
    "FamilyState",
    "GaussianState",
    "Langevin",
    "Link",
    "Mode",
    "Moments",
    "Network",
    "Node",
    "Proved",
    "Recovered",
    "Refuted",
    "Scattering",
    "Spins",
    "Squeezing",
    "TwoQubits",
    "Unknown",
    "aharonov_bohm_chain",
    "aharonov_bohm_star",
    "chain",
    "closed_form",
    "closed_form_residual",
    "closed_moments",
    "coherent",
    "complete",
    "completely_positive",
    "corrections",
    "corrections_residual",
    "dissipation_residual",
    "divided_differences",
    "eliminate",
    "elimination_bound",
    "elimination_bound_residual",
    "elimination_residual",
    "evolution_residual",
    "evolve",
    "evolve_qubits",
    "from_graph",
    "generator",
    "grid",
    "is_zero",
    "kossakowski",
    "langevin",
    "langevin_residual",
    "leading_order",
    "loss",
    "low_frequency_residual",
    "maximum",
    "maximum_residual",
    "moments_residual",
    "ports",
    "propagator",
    "propagator_residual",
    "qubits_residual",
    "recovered",
    "recovered_residual",
    "ring",
    "scattering",
    "scattering_residual",
    "schur",
    "spin_star",
    "star",
    "stationary",
    "stationary_points",
    "stationary_residual",
    "steady_state",
    "steady_state_residual",
    "susceptibility",
    "susceptibility_residual",
    "thermal",
    "tree",
    "unitarity_residual",
    "vacuum",
    "window",
    "window_residual",
]
