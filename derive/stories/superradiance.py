"""The argument of Dias et al. 2024: a charger of spins, M batteries with a reservoir each, and a pump on the charger.

From the master equation to moment equations, to angles, to the plateaus where the batteries stop, and to what moves
them on afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from sympy import Abs, Add, Expr, Integer, Mul, Symbol, diff, log, pi, sin

from derive.builders import positive, spin_star
from derive.derivation import Derivation, Dissipator, Equation, Operators, Step
from derive.kernel import canonical, factored
from derive.modules.spins import spin_module
from derive.network import Network
from derive.program import straight
from derive.program.source import unicode_text
from derive.spins import moments_residual
from derive.spins.algebra import HEIGHT, LOWER, RAISE, Word, charge, jump
from derive.spins.cumulants import Moments, closed_moments, spelled
from derive.spins.dark import dark_residual, final_energies, final_energies_residual
from derive.spins.plateaus import (
    BATTERY,
    CHARGER,
    COPIES,
    DOWN,
    PHI,
    THETA_B,
    THETA_C,
    TIME,
    UP,
    back_action,
    battery_turn,
    charging_time,
    density,
    drift_rate,
    filling_pump,
    first_correction,
    grown,
    plateau,
    pulse_rate,
    seed,
    star_turning,
    turning_residual,
)
from derive.spins.standstill import empty_charger, half_full_pump, imbalance

TITLE = "A charger of spins, batteries with a reservoir each, and a collective pump"
E_B, RHO = Symbol("E_B", real=True), "ρ"
SMALL = MappingProxyType({"C": 2, "B": 1, "copies of B": 2})
CASES = ((1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2))


def derivation() -> Derivation:
    """Dias et al. Eqs. (4) and (3) to the plateaus of Fig. 2, their pump, their time and what limits them."""
    moments = closed_moments(spin_star(), 2, {"B": COPIES})
    return Derivation(
        TITLE,
        (
            master(spin_star(3)),
            exact_motion(moments),
            closure(moments),
            length(moments),
            *angles(),
            *stopping(),
            *pulse(),
            correction(),
            later(),
            rest(),
            finite(),
        ),
    )


def module() -> str:
    """The NumPy module: the second-order equations of any number of identical batteries, and their plateaus."""
    # the pulse needs Mγ↓ > γ↑, where the modulus changes nothing but keeps the numbers real
    half_empty = charging_time().replace(log, lambda x: log(Abs(x)))
    forms = (
        ("plateau", plateau(), "Energy density at which M batteries stop, after the pulse of a large charger."),
        ("filling_pump", filling_pump(), "Pump γ↑ with which M batteries stop full."),
        ("charging_time", half_empty, "Time at which a charger that was full is half empty."),
        ("drift_rate", drift_rate(), "Rate λ at which a pump moves batteries on from there, tan(φ/2) ∝ exp(λt)."),
    )
    extras = [
        straight(
            name,
            sorted(form.free_symbols, key=str),
            (form,),
            doc=f"{about}\n\n    {unicode_text(form)}\n\nγ↓ and γ↑ are those of the paper, with L[O]ρ = 2OρO† − …; "
            "numbers or arrays, broadcast together,\nMγ↓ > γ↑.",
        )
        for name, form, about in forms
    ]
    return spin_module(
        closed_moments(spin_star(), 2, {"B": COPIES}),
        "story collective_spins",
        TITLE,
        "Dias et al. 2024, Eqs. (2)–(4), Fig. 2",
        extras,
    )


def master(net: Network) -> Step:
    """The dissipators of the network, read back as polynomials in the spins."""
    terms = [(bath.rate, (Dissipator(_operators(bath.jump, bath.gain)), RHO)) for bath in net.baths]
    left: list[Expr] = []
    for (rate, (dissipator, _)), bath in zip(terms, net.baths, strict=True):
        printed = {_read(w): c for c, w in dissipator.jump.terms}
        left += [rate - bath.rate, *(printed[w] - x for w, x in jump(bath).items())]
        left.append(Integer(len(printed) - len(jump(bath))))
    return Step(
        "master",
        Equation(Symbol("dρ/dt"), Operators(tuple(terms))),
        "A charger $C$ of $N_C$ spins shares a reservoir at zero temperature with each of its batteries of $N_B$ "
        "spins, three of them here, and is pumped collectively. With $\\mathcal{D}[q]\\rho = q\\rho q^\\dagger - "
        "\\tfrac12\\{q^\\dagger q, \\rho\\} = \\tfrac12\\mathcal{L}[q]\\rho$ the density matrix obeys, in the rotating "
        "frame,",
        "model",
        left,
    )


def _operators(down: Sequence[tuple[str, Expr]], up: Sequence[tuple[str, Expr]]) -> Operators:
    lower = tuple((weight, (f"J_{name}^-",)) for name, weight in down)
    return Operators((*lower, *((weight, (f"J_{name}^+",)) for name, weight in up)))


def _read(printed: tuple[str | Dissipator | Operators, ...]) -> Word:
    """A printed letter J_C^- as the word that it stands for."""
    node, _, sign = str(printed[0]).removeprefix("J_").rpartition("^")
    return ((node, sign),)


def exact_motion(moments: Moments) -> Step:
    """The equations before closure, for the heights and the correlations that they lead to."""
    shown = [k for k, word in enumerate(moments.words) if word != (("C", HEIGHT), ("C", HEIGHT))]
    equations = tuple(
        Equation(
            Symbol(f"d{spelled(moments.words[k])}/dt"),
            Add(*(Mul(x, _moment(word)) for x, word in moments.exact[k])),
        )
        for k in shown
    )
    return Step(
        "exact",
        equations,
        "Normal ordering, with $[J^+, J^-] = 2J^z$ and $[J^z, J^\\pm] = \\pm J^\\pm$ for each ensemble, gives the "
        "motion of the heights and of the correlations that they lead to. The $M$ batteries are alike, $B_1$ and "
        "$B_2$ stand for any two of them; no length of a spin enters. Each line holds for the operators, as matrices,",
        "normal ordering",
        moments_residual(moments, SMALL),
        ("master",),
    )


def _moment(word: Word) -> Symbol:
    return Symbol(spelled(word), real=True)


def closure(moments: Moments) -> Step:
    """The closed equations; the residual takes the joint cumulant of every third moment out of the exact ones."""
    left = []
    for rate, equation in zip(moments.rates, moments.exact, strict=True):
        left.append(rate - Add(*(Mul(x, _without_cumulant(moments, word)) for x, word in equation)))
    return Step(
        "closed",
        tuple(
            Equation(Symbol(f"d{spelled(word)}/dt"), rate)
            for word, rate in zip(moments.words, moments.rates, strict=True)
        ),
        "The state has no phase, so that a moment vanishes unless it has as many $J^+$ as $J^-$. Joint cumulants of "
        "three operators are dropped, $\\langle J_1^+ J_2^z J_3^-\\rangle \\to \\langle J_2^z\\rangle\\langle J_1^+ "
        "J_3^-\\rangle$. The first order would leave everything at rest if nothing is pumped: there is no amplitude to "
        "begin with. What is called mean field here is therefore the second order,",
        "second-order cumulants",
        left,
        ("exact",),
    )


def _without_cumulant(moments: Moments, word: Word) -> Expr:
    """⟨ABC⟩ = ⟨A⟩⟨BC⟩ + ⟨B⟩⟨AC⟩ + ⟨C⟩⟨AB⟩ − 2⟨A⟩⟨B⟩⟨C⟩, without moments that have a phase."""

    def value(part: Word) -> Expr:
        if charge(part):
            return Integer(0)
        return moments.symbol(part) if part else Integer(1)

    if len(word) < 3:
        return value(word)
    a, b, c = ((letter,) for letter in word)
    pairs = value(a) * value(b + c) + value(b) * value(a + c) + value(c) * value(a + b)
    return pairs - 2 * value(a) * value(b) * value(c)


def length(moments: Moments) -> Step:
    """The charger's length, conserved by the closed equations; with it the batteries' without a pump."""
    up, z, down = ("C", RAISE), ("C", HEIGHT), ("C", LOWER)
    pair, square, height = (moments.symbol(w) for w in ((up, down), (z, z), (z,)))
    conserved, whole = pair + square - height, CHARGER * (CHARGER + 2) / 4
    change = Add(*(diff(conserved, s) * rate for s, rate in zip(moments.symbols, moments.rates, strict=True)))
    full = {pair: CHARGER, square: (CHARGER / 2) ** 2, height: CHARGER / 2}
    return Step(
        "length",
        Equation(conserved, whole),
        "The closed equations conserve the length of the charger, $J(J+1)$ with $J = N_C/2$ as at the beginning, when "
        "it is full and the batteries are empty,",
        "conservation",
        [change, conserved.xreplace(full) - whole],
        ("closed",),
    )


def _turns() -> dict[str, Expr]:
    """dθ/dt of the charger C and of a battery B in the mean field."""
    found = star_turning()
    return dict(zip(found.nodes, found.rates, strict=True))


def angles() -> tuple[Step, ...]:
    """The mean field as rotations, and what they conserve."""
    rate = _turns()
    net, copies = spin_star(), {"B": COPIES}
    shown = {
        "C": (COPIES * DOWN - UP) * CHARGER * sin(THETA_C) + COPIES * DOWN * BATTERY * sin(THETA_B),
        "B": DOWN * (CHARGER * sin(THETA_C) + BATTERY * sin(THETA_B)),
    }
    turn = battery_turn(net, copies, "B")
    alone = {node: e.subs(BATTERY, 0) for node, e in shown.items()}
    return (
        Step(
            "angles",
            (Equation(Symbol("dtheta_C/dt"), shown["C"]), Equation(Symbol("dtheta_B/dt"), shown["B"])),
            "Once the correlations are of the order of $N^2$ they are those of amplitudes with a common random phase, "
            "$\\langle J_k^+\\rangle = \\tfrac12 N_k\\sin\\theta_k$ and $\\langle J_k^z\\rangle = \\tfrac12 "
            "N_k\\cos\\theta_k$. To leading order in the numbers of spins both equations of an ensemble say the same,",
            "mean field",
            [*turning_residual(net, copies), *(shown[node] - rate[node] for node in ("C", "B"))],
            ("closed",),
        ),
        Step(
            "turn",
            Equation(Symbol("dtheta_B/dt"), turn * Symbol("dtheta_C/dt")),
            "The charger begins at $\\theta_C = 0$, full, and the batteries at $\\theta_B = \\pi$, empty. While they "
            "are too small to act back, $N_B/N_C \\to 0$, they turn in proportion,",
            "ratio",
            alone["B"] - turn * alone["C"],
            ("angles",),
        ),
    )


def stopping() -> tuple[Step, ...]:
    """The plateau on which the batteries stop, its values, and the pump that fills them."""
    stop, best = plateau(), factored(filling_pump())
    values = [(m, p, plateau(m, 1, p)) for m, p in CASES]
    return (
        Step(
            "plateau",
            Equation(E_B, stop),
            "The charger stops at $\\theta_C = \\pi$, after half a turn, and the batteries with it, at the energy "
            "density $E_B = \\tfrac12(1 + \\cos\\theta_B)$,",
            "first integral",
            stop - density(pi + pi * DOWN / (COPIES * DOWN - UP)),
            ("turn",),
        ),
        Step(
            "values",
            tuple(Equation(Symbol(f"E_{m}_{p}"), value) for m, p, value in values),
            "For one, two and three batteries and a pump of $0$, $1$ and $2$ times $\\gamma_\\Downarrow$, "
            "$E_{M,p}$ with $\\gamma_\\Uparrow = p\\gamma_\\Downarrow$, this is",
            "values",
            [value - plateau(m, DOWN, p * DOWN) for m, p, value in values],
            ("plateau",),
        ),
        Step(
            "pump",
            Equation(UP, best),
            "The batteries are full if they make half a turn as well, which takes the pump",
            "half a turn",
            [best - (COPIES - 1) * DOWN, plateau(COPIES, DOWN, best) - 1],
            ("turn",),
        ),
    )


def pulse() -> tuple[Step, Step]:
    """The charger's turn in time, and when it is half empty."""
    rate, nu = factored(pulse_rate()), positive("nu")
    risen, first = grown(nu), COPIES * DOWN / (COPIES * DOWN - UP)
    half_empty = log(CHARGER / first) / (2 * nu)
    return (
        Step(
            "growth",
            (Equation(nu, rate), Equation(sin(THETA_C), risen)),
            "The charger turns as $\\tan(\\theta_C/2) = \\tan(\\theta_0/2)e^{\\nu t}$. The pump slows the pulse by "
            "$M\\gamma_\\Downarrow/(M\\gamma_\\Downarrow - \\gamma_\\Uparrow)$, which is $M$ for the pump that fills,",
            "integration",
            [_growth_residual(risen, nu), rate * sin(THETA_C) - _turns()["C"].subs(BATTERY, 0)],
            ("angles",),
        ),
        Step(
            "time",
            Equation(Symbol("t_half"), half_empty),
            "The pulse begins with one quantum, $\\langle J_C^+J_C^-\\rangle = N_C$, to which the noise of the pump "
            "adds: as @closed has it, $\\tan^2(\\theta_0/2) = M\\gamma_\\Downarrow/[(M\\gamma_\\Downarrow - "
            "\\gamma_\\Uparrow)N_C]$, so that the charger is half empty at",
            "integration",
            [charging_time() - half_empty.subs(nu, rate), seed() - first],
            ("growth", "closed"),
        ),
    )


def correction() -> Step:
    """Where the batteries stop if they act back on the charger, without a pump."""
    turns, exactly = _turns(), {m: back_action(m) for m in (2, 3)}
    shown = sin(pi / (2 * COPIES)) ** 2 - BATTERY / CHARGER / (2 * COPIES) * sin(pi / COPIES) ** 2
    return Step(
        "correction",
        (*(Equation(left, right) for left, right in exactly.values()), Equation(E_B, shown, "≈")),
        "Without a pump $\\theta_C - M\\theta_B$ is conserved at any $N_B/N_C$, and the rates vanish where "
        "$N_C\\sin(M\\phi) = N_B\\sin\\phi$ with $\\phi = \\theta_B - \\pi$. For two and three batteries, "
        "and to first order for any number, this is",
        "fixed point",
        [
            *(sin(m * PHI).expand(trig=True) - left * sin(PHI) for m, (left, _) in exactly.items()),
            *(right - BATTERY / CHARGER for _, right in exactly.values()),
            shown - first_correction(),
            (turns["C"] - COPIES * turns["B"]).subs(UP, 0),
        ],
        ("angles",),
    )


def _growth_residual(sine: Expr, rate: Expr) -> Expr:
    """Zero if dθ/dt = rate sin θ: d(sin θ)/dt = cos θ dθ/dt, squared because cos θ changes its sign on the way."""
    return canonical(diff(sine, TIME) ** 2 - rate**2 * sine**2 * (1 - sine**2))


def later() -> Step:
    """What moves a plateau on once the charger is empty."""
    onward, turns = -factored(drift_rate()) * sin(THETA_B), _turns()
    followed = -COPIES * DOWN * BATTERY * sin(THETA_B) / ((COPIES * DOWN - UP) * CHARGER)
    return Step(
        "drift",
        (Equation(sin(THETA_C), followed), Equation(Symbol("dtheta_B/dt"), onward)),
        "The plateau stands still only without a pump, when $J_C^- + J_{B}^- = 0$ is dark for every reservoir. "
        "With a pump the empty charger follows its batteries and turns them on, $N_C/N_B$ times more slowly,",
        "adiabatic following",
        [turns["C"].subs(sin(THETA_C), followed), turns["B"].subs(sin(THETA_C), followed) - onward],
        ("angles",),
    )


def rest() -> Step:
    """Two batteries with the pump that fills them, once the charger is empty: the mixed state is stationary."""
    net = empty_charger(2, up=DOWN)
    printed = master(net)
    return Step(
        "rest",
        printed.equations,
        "The mean field of batteries that are alike forgets that their own reservoirs take from them what they do not "
        "share. The empty charger can be eliminated like any lossy mode: each reservoir keeps $J_{B_m}^- - "
        "\\gamma_\\Downarrow\\sum_k J_{B_k}^-/(M\\gamma_\\Downarrow - \\gamma_\\Uparrow)$, and the pump acts on the "
        "batteries. At the pump that fills them, $\\gamma_\\Uparrow = (M-1)\\gamma_\\Downarrow$, the sum of the rates "
        "times $[q, q^\\dagger]$ vanishes, and all states of the ladders become equally likely: in the end the "
        "batteries are half full, $E_B = \\tfrac12$, however large they are. For two of them,",
        "elimination",
        [*printed.residual, *(half_full_pump(m) - (m - 1) * DOWN for m in (2, 3)), *imbalance(net).values()],
        ("master", "drift"),
    )


def finite() -> Step:
    """Exact final energies of small batteries with one reservoir; the residual integrates the master equation too."""
    shown = {battery: factored(final_energies(CHARGER, battery)[1]) for battery in (1, 2)}
    left = [e - final_energies(CHARGER, battery)[1] for battery, e in shown.items()]
    left += [e for size in ((1, 1), (3, 1), (3, 2)) for e in final_energies_residual(*size)]
    left += [e for k in (0, 1, 2) for e in dark_residual(spin_star(3, 3, 2, 1, 0), k)]
    return Step(
        "finite",
        tuple(Equation(Symbol(f"E_B^size{battery}"), e) for battery, e in shown.items()),
        "For finite spins without a pump, one dark state remains for every number $k \\leq \\min(N_C, N_B)$ of "
        "excitations, however many reservoirs there are: equal amplitudes of alternating sign over all ways to share "
        "$k$, in the basis in which $J^-$ only shifts. It holds at most $N_B$ excitations, which $M$ batteries share. "
        "One reservoir conserves the total spin, and the weights of its ladders (Clebsch–Gordan coefficients) give "
        "the final energy density $E_B^{(N_B)}$ of a battery of one or two spins,",
        "dark states",
        left,
        ("master",),
    )
