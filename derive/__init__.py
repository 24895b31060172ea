"""Networks of quantum batteries: proved closed forms, LaTeX appendices and NumPy code.

The vocabulary, in the order of a paper: the picture, the equations of motion, what follows, and what is proved.
"""

from typing import Any

from derive.balance import (
    Balance,
    energy_balance,
    energy_balance_residual,
    largest_worst,
    matched,
    matched_residual,
)
from derive.bound import EliminationBound, elimination_bound, elimination_bound_residual
from derive.builders import (
    aharonov_bohm_chain,
    aharonov_bohm_star,
    chain,
    complete,
    from_graph,
    grid,
    mediated_chain,
    ring,
    spin_star,
    star,
    tree,
)
from derive.counts import FamilyState, closed_form, closed_form_residual
from derive.differences import divided_differences
from derive.dressed import Dressed, dressed, dressed_residual
from derive.eliminate import eliminate, elimination_residual, schur
from derive.ergotropy import (
    coherent_ergotropy,
    ergotropy,
    logarithmic_negativity,
    passive_energy,
    purity,
    symplectic_eigenvalues,
    symplectic_residual,
)
from derive.errors import DeriveError
from derive.evolution import steady_state, steady_state_residual
from derive.families import Branch, Family, Link, Node
from derive.gaussian import GaussianState, coherent, thermal, vacuum
from derive.kernel import Peak, Proved, Refuted, Unknown, is_zero
from derive.langevin import Langevin, langevin, langevin_residual
from derive.motion import evolution_residual, evolve
from derive.network import Bath, Coupling, Drive, Mode, Network, Spins, Squeezing, loss
from derive.nonreciprocity import (
    Isolation,
    Leakage,
    Loop,
    isolated,
    isolation,
    isolation_residual,
    leakage,
    leakage_residual,
    loops,
    regauged,
)
from derive.optimum import (
    Maximum,
    Turn,
    Window,
    leading_order,
    maximum,
    maximum_residual,
    stationary_points,
    window,
    window_residual,
)
from derive.power import charging_power, maximal_power, maximal_power_verdict
from derive.propagator import propagator, propagator_residual
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
from derive.spectrum import Spectrum, radicals, roots, spectrum, spectrum_residual
from derive.spins import (
    DickeState,
    Generator,
    generator,
    moments_residual,
    steady_spins,
    steady_spins_residual,
)
from derive.spins.bosonic import bosonic_limit, bosonic_limit_residual
from derive.spins.cumulants import Moments, closed_moments
from derive.spins.dark import dark_residual, dark_state, final_energies, final_energies_residual, final_state
from derive.stability import Condition, stability

__all__ = [
    "Balance",
    "Bath",
    "Branch",
    "Condition",
    "Coupling",
    "DeriveError",
    "DickeState",
    "Dressed",
    "Drive",
    "EliminationBound",
    "Family",
    "FamilyState",
    "GaussianState",
    "Generator",
    "Isolation",
    "Langevin",
    "Leakage",
    "Link",
    "Loop",
    "Maximum",
    "Mode",
    "Moments",
    "Network",
    "Node",
    "Peak",
    "Proved",
    "Recovered",
    "Refuted",
    "Scattering",
    "Spectrum",
    "Spins",
    "Squeezing",
    "Turn",
    "TwoQubits",
    "Unknown",
    "Window",
    "aharonov_bohm_chain",
    "aharonov_bohm_star",
    "bosonic_limit",
    "bosonic_limit_residual",
    "chain",
    "charging_power",
    "closed_form",
    "closed_form_residual",
    "closed_moments",
    "coherent",
    "coherent_ergotropy",
    "complete",
    "completely_positive",
    "corrections",
    "corrections_residual",
    "dark_residual",
    "dark_state",
    "dissipation_residual",
    "divided_differences",
    "dressed",
    "dressed_residual",
    "eliminate",
    "elimination_bound",
    "elimination_bound_residual",
    "elimination_residual",
    "energy_balance",
    "energy_balance_residual",
    "ergotropy",
    "evolution_residual",
    "evolve",
    "evolve_qubits",
    "final_energies",
    "final_energies_residual",
    "final_state",
    "from_graph",
    "generator",
    "grid",
    "is_zero",
    "isolated",
    "isolation",
    "isolation_residual",
    "kossakowski",
    "langevin",
    "langevin_residual",
    "largest_worst",
    "leading_order",
    "leakage",
    "leakage_residual",
    "logarithmic_negativity",
    "loops",
    "loss",
    "low_frequency_residual",
    "matched",
    "matched_residual",
    "maximal_power",
    "maximal_power_verdict",
    "maximum",
    "maximum_residual",
    "mediated_chain",
    "moments_residual",
    "passive_energy",
    "ports",
    "propagator",
    "propagator_residual",
    "purity",
    "qubits_residual",
    "radicals",
    "recovered",
    "recovered_residual",
    "regauged",
    "ring",
    "roots",
    "scattering",
    "scattering_residual",
    "schur",
    "spectrum",
    "spectrum_residual",
    "spin_star",
    "stability",
    "star",
    "stationary_points",
    "steady_spins",
    "steady_spins_residual",
    "steady_state",
    "steady_state_residual",
    "susceptibility",
    "susceptibility_residual",
    "symplectic_eigenvalues",
    "symplectic_residual",
    "thermal",
    "tree",
    "unitarity_residual",
    "vacuum",
    "window",
    "window_residual",
]


def load_ipython_extension(shell: Any, *notation: Any) -> None:
    """`%load_ext derive`: as `derive.display` says, imported then, since it needs LaTeX, figures and claims."""
    from derive import display

    display.load_ipython_extension(shell, *notation)
