"""The NumPy module of a battery spin and a charger spin: states in time, capacity and resources.

The Hamiltonian, its exponential and the Liouvillian are straight-line code of what `derive.qubits` derives; the
measures are linear algebra on any state. The text imports NumPy and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, MatrixBase, cos, sin

from derive.builders import positive, real
from derive.modules.templates import filled, strings_text, tuple_text
from derive.program import straight
from derive.program.lines import function_source
from derive.program.points import NUMBERS
from derive.program.source import wrapped
from derive.qubits import TwoQubits, hamiltonian, liouvillian, unitary

RABI, T, COSINE, SINE = positive("R"), real("t"), real("cosine"), real("sine")
TERMS = 13  # of the Taylor series at a norm of 1/4: the next one is 4e-20

MODEL = """\
    H = −ω_b σ_z^b − ω_c σ_z^c + J_1(σ_+^b σ_−^c + σ_−^b σ_+^c) + J_2 σ_z^b σ_z^c
    dρ/dt = −i[H, ρ] + Σ_{b,c} {gamma D[σ_+] + Gamma D[σ_−] + ½ eta D[σ_z]} ρ"""


def pair_module(
    pair: TwoQubits, source: str, title: str, reference: str, closed_forms: Mapping[str, tuple[str, Expr]]
) -> str:
    """The text of a module for a pair whose energies and rates are letters.

    `closed_forms` are functions of time by name: what each says, and an expression in the time t, the Rabi frequency R,
    J_1 and ω_b. In the code sin(Rt)/R is one number, which is regular where R vanishes.
    """
    energies = (pair.battery, pair.charger, pair.exchange, pair.ising)
    letters = (*energies, *pair.relaxation, *pair.excitation, *pair.dephasing)
    names = [letter.name for letter in letters]
    half = real("half")  # of the detuning: the frame turns at the mean frequency
    turning = TwoQubits(half, -half, pair.exchange, pair.ising)
    matrices = {
        "hamiltonian": (hamiltonian(pair), energies),
        "liouvillian": (liouvillian(pair), letters),
        "propagator": (
            unitary(turning, T).applyfunc(lambda e: _regular(e, turning.rabi)),
            (COSINE, SINE, half, pair.exchange, pair.ising, T),
        ),
    }
    programs = [
        straight(f"_{name}", inputs, [matrix[place] for place in _places(matrix)])
        for name, (matrix, inputs) in matrices.items()
    ]
    programs += [
        straight(f"_{name}", (COSINE, SINE, pair.battery, pair.exchange), (_regular(e, RABI),))
        for name, (_, e) in closed_forms.items()
    ]
    optional = [f"{name}=0.0" for name in names[3:]]
    known = {
        "title": title,
        "source": source,
        "model": MODEL,
        "reference": reference,
        "parameters": strings_text(names, "PARAMETERS = ("),
        "operations": [(program.name.strip("_"), program.operations) for program in programs],
        "define": lambda name, first: wrapped(f"def {name}(", [*first, "*", *names[:3], *optional], "):"),
        "call": lambda before, after: wrapped(before, names, after),
        "terms": TERMS,
        "extras": [(name, says) for name, (says, _) in closed_forms.items()],
        "programs": "\n\n".join(function_source(program) for program in programs).rstrip(),
        "numbers": NUMBERS.rstrip(),
    }
    known |= {
        f"{name}_places": tuple_text(_places(matrix), f"{name.upper()} = (")
        for name, (matrix, _) in matrices.items()
    }
    return filled("two_qubits.py.j2", **known)


def _places(matrix: MatrixBase) -> list[tuple[int, int]]:
    return [(i, j) for i in range(matrix.rows) for j in range(matrix.cols) if matrix[i, j] != 0]


def _regular(e: Expr, rabi: Expr) -> Expr:
    """An expression in cos(Rt) and sin(Rt)/R as letters, double angles written out."""
    turn = rabi * T
    written = e.xreplace({sin(2 * turn): 2 * sin(turn) * cos(turn)})
    return written.xreplace({cos(turn): COSINE, sin(turn): rabi * SINE})
