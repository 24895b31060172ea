"""The letters of Dias, Wang, Nemoto, Nori and Munro 2024, and how its rates are those used here.

L[O]ρ = 2OρO† − O†Oρ − ρO†O is 2D[O]ρ: the reservoirs have rates 2γ⇓ here, the pump 2γ⇑. Energies are densities,
E_μ/(ħω_0N_μ) in the letters used here.
"""

from __future__ import annotations

from derive.latex import Notation

NOTATION = Notation(
    {
        "gamma_down": r"\gamma_\Downarrow",
        "gamma_up": r"\gamma_\Uparrow",
        "Gamma_0": r"\Gamma(\omega_0)",
        "gamma_1": r"\gamma_1",
        "t_D": "t_D",
        "P_B(k)": "P_B(k)",
        "p'": "p'",
        "|c|^2": "|c|^2",
        "rho^T": r"\rho^{T_C}",
        "E_B^0": r"E_B(n = 0)",
        **{f"E_B^size{n}": f"E_B^{{({n})}}" for n in (1, 2)},
    },
    prefer=("M", "gamma", "N", "J", "theta"),
)
