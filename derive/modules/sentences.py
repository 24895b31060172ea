"""What the docstrings of a module of a network say: equations of motion, parameters, formulas and their validity."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Symbol

from derive.langevin import Langevin
from derive.program.source import paragraph, unicode_name, unicode_text


def equations_text(eq: Langevin) -> str:
    """The equations of motion of the amplitudes in Unicode, one paragraph a mode, indented by four spaces."""
    lines = []
    for i, mode in enumerate(eq.modes):
        terms = [
            (entry, f"⟨{unicode_name(eq.modes[j])}⟩{star}")
            for matrix, star in ((eq.drift, ""), (eq.pairing, "*"))
            for j, entry in enumerate(matrix[i, :])
            if entry != 0
        ]
        text = ""
        for entry, moment in [*terms, (eq.force[i], "")]:
            term = unicode_text(entry)
            if entry.is_Add and moment:
                term = f"({term})"
            if entry != 0:
                sign, term = (" - ", term[1:]) if term[0] == "-" else (" + ", term)
                text += sign + f"{term} {moment}".strip()
        text = f"-{text[3:]}" if text.startswith(" - ") else text.removeprefix(" + ")
        lines.append(paragraph(f"d⟨{unicode_name(mode)}⟩/dt = {text or '0'}", later="        "))
    return "\n".join(lines)


def _parameters(names: Mapping[Symbol, str]) -> str:
    """What each keyword means, by its assumption."""
    kinds: dict[str, list[str]] = {}
    for symbol, name in names.items():
        kind = "positive" if symbol.is_positive else "real" if symbol.is_real else "complex"
        kinds.setdefault(kind, []).append(name)
    if not kinds:
        return "    The network has no parameters."
    text = "; ".join(f"{', '.join(kinds[kind])} {kind}" for kind in ("positive", "real", "complex") if kind in kinds)
    return paragraph(f"Keywords, numbers or arrays, broadcast together, rates and frequencies in one unit: {text}.")


def sentences(names: Mapping[Symbol, str], paired: bool, noisy: bool) -> dict[str, str]:
    """The formulas and the ranges of validity that the docstrings state."""
    pairing = " + Q⟨a⟩*" if paired else ""
    a = "[[W, Q], [Q*, W*]]" if paired else "W"
    stable = f"The state is reached if all eigenvalues of {a} have negative real parts."
    number = "dN/dt = W* N + N Wᵀ + noise" if not paired else "dN/dt = W* N + N Wᵀ + Q* M + M* Qᵀ + noise"
    pair = "dM/dt = W M + M Wᵀ" + (" + Q N + Nᵀ Qᵀ" if paired else "") + " + squeezing"
    return {
        "equation_of_motion": f"d⟨a⟩/dt = W⟨a⟩{pairing} + f. Rates are energy rates: a loss κ adds −κ/2.",
        "steady_equation": f"W⟨a⟩{pairing} + f = 0.",
        "steady_validity": stable,
        "energy_equation": "E_k = ω_k ⟨a_k†a_k⟩"
        + (" = ω_k (|⟨a_k⟩|² + N_kk)." if noisy else " = ω_k |⟨a_k⟩|²."),
        "evolution_equation": "⟨a⟩(t) = ∫₀ᵗ exp(W s) f ds"
        + (f" with W → {a} and f → (f, f*)." if paired else "."),
        "moment_equation": f"{number} = 0, N_ij = ⟨a_i†a_j⟩ and M_ij = ⟨a_i a_j⟩ centred.",
        "anomalous_equation": f"{pair} = 0, N_ij = ⟨a_i†a_j⟩ and M_ij = ⟨a_i a_j⟩ centred.",
        "moment_validity": stable,
        "parameter_docs": _parameters(names),
        "doubles": "Computed by NumPy in double precision; returned in the arrays' library, precision and device.",
    }
