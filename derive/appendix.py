"""The argument for a network, step by step: Hamiltonian, master equation, motion, drift, elimination, steady state.

Each function returns steps; a story is a sequence of them. What a step displays is also what its residual contains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Add, Expr, I, Integer, Matrix, Mul, Symbol

from derive.abbreviations import Letters
from derive.checks import checked
from derive.derivation import Derivation, Dissipator, Equation, Operators, Step, Word, flow, mean
from derive.eliminate import eliminate, elimination_residual, schur
from derive.kernel import conjugated
from derive.langevin import Langevin, langevin
from derive.latex.prose import inscription
from derive.latex.steps import listed
from derive.network import Network, TooManyModes
from derive.operators import (
    Operator,
    adjoint,
    annihilate,
    closure_residual,
    create,
    equations,
    hamiltonian,
    jump,
)
from derive.resting import resting
from derive.stability import caution

TOLD = 300  # modes of an appendix: a chain or tree takes a quarter of a minute, twice as many links half of one
DISPLAYED, CLOSED = 2000, 120  # entries of the drift; modes whose second moments are normal-ordered, half a minute
RHO, H = "ρ", Symbol("H")
DRIFT, FORCE = Symbol("W"), Symbol("f")
DISSIPATOR = "$\\mathcal{D}[q]\\rho = q\\rho q^\\dagger - \\tfrac12\\{q^\\dagger q, \\rho\\}$"
SQUEEZED = ", a squeezed one also $\\mathcal{D}'[q]\\rho = q\\rho q - \\tfrac12\\{q^2, \\rho\\}$"


@checked
def appendix(net: Network, modes: Sequence[str] = ()) -> Derivation:
    """The whole argument for a network of one's own, from its Hamiltonian to the energies of its steady state.

    `modes` restricts the last steps to some modes; all of them if it is empty.

    Raises:
        TooManyModes: if there are more modes than anyone would read about.
        Unprintable: if the title has characters that TeX's fonts lack.
    """
    _require(len(net.modes) <= TOLD, f"at most {TOLD} modes", len(net.modes))
    eq = langevin(net)
    entries = len(eq.drift.todok()) + len(eq.pairing.todok())
    _require(entries <= DISPLAYED, f"a drift of at most {DISPLAYED} entries", entries)
    if eq.paired or eq.noisy:
        few = f"at most {CLOSED} modes where there is noise or pairing"
        _require(len(eq.modes) <= CLOSED, few, len(eq.modes))
    title = inscription(net.title) or "Steady state of the network"
    moving = motion(net, eq)
    told = resting(eq, modes or net.names, moving[0].residual, caution(net, eq))
    return Derivation(title, (*microscopic(net), *moving, *told))


def _require(readable: bool, must: str, given: int) -> None:
    if not readable:
        raise TooManyModes(
            f"An appendix can tell of {must}, but this network has {given}; tell a part of it, or say derive solve."
        )


def microscopic(net: Network) -> tuple[Step, Step]:
    """The Hamiltonian and the master equation; the residuals read the printed operators back into normal order."""
    energy, dissipators = _hamiltonian_terms(net), _dissipator_terms(net)
    return (
        Step(
            "hamiltonian",
            Equation(H, energy),
            f"In {'the frame rotating with the drive' if net.drives else 'a rotating frame'}, and with $\\hbar = 1$, "
            "the Hamiltonian of the network reads",
            "model",
            _coefficients(_read(energy) - hamiltonian(net)),
        ),
        Step(
            "master",
            Equation(Symbol("dρ/dt"), Operators(((-I, ("[H, ρ]",)), *dissipators))),
            _open(net) + "the density matrix obeys",
            "model",
            _master_residual(net, dissipators),
            ("hamiltonian",),
        ),
    )


def _open(net: Network) -> str:
    """What the baths of this network, if it has any, add to the master equation."""
    if not net.baths:
        return "Without losses "
    kinds = {
        "every shared reservoir" if len(bath.legs) > 1 else "every local loss" if bath.jump else "every local gain"
        for bath in net.baths
    }
    squeezed = SQUEEZED if any(bath.squeezing != 0 for bath in net.baths) else ""
    told = listed(sorted(kinds)).capitalize()
    return f"{told} contributes a dissipator {DISSIPATOR}{squeezed}, so that "


def equations_of_motion(eq: Langevin) -> tuple[Equation, ...]:
    """d⟨a⟩/dt = W⟨a⟩ + Q⟨a⟩* + f, mode by mode."""
    alpha = Matrix([mean(name) for name in eq.modes])
    alpha_star = conjugated(alpha)
    rows = (
        Add(
            *(
                Mul(x, y)
                for m, v in ((eq.drift, alpha), (eq.pairing, alpha_star))
                for x, y in zip(m[i, :], v, strict=True)
            ),
            eq.force[i],
        )
        for i in range(len(eq.modes))
    )
    return tuple(Equation(flow(name), row) for name, row in zip(eq.modes, rows, strict=True))


def motion(net: Network, eq: Langevin, letters: Letters = Letters()) -> tuple[Step, ...]:
    """Equations of motion of the amplitudes, mode by mode, then as drift matrix and force.

    The residuals compare what is displayed, abbreviations written out, with normal ordering (`operators.equations`).
    """
    shown, alpha = equations_of_motion(eq), Matrix([mean(name) for name in eq.modes])
    mine, true = (eq.drift, eq.pairing, eq.force, eq.noise, eq.squeezing), equations(net)
    differences = [letters.written_out(a) - b for a, b in zip(mine, true, strict=True)]
    drift, pairing, force, *_ = true
    moving = drift * alpha + pairing * conjugated(alpha) + force
    rows = letters.written_out(Matrix([equation.rhs for equation in shown])) - moving
    # where there is noise, the Lyapunov equations of a later step rest on the closure of the second moments as well
    closure = closure_residual(net) if eq.noisy else []
    residual = Matrix([*Matrix.hstack(*differences), *closure])
    pairing_matrix = (Equation(Symbol("Q"), eq.pairing),) if eq.paired else ()
    return (
        Step(
            "motion",
            shown,
            "Normal ordering turns the master equation into "
            + ("closed equations for the amplitudes," if len(shown) > 1 else "a closed equation for the amplitude,"),
            "normal ordering",
            [*residual, *rows],
            ("master",) if not letters.table else ("master", "letters"),
        ),
        Step(
            "drift",
            (Equation(DRIFT, eq.drift), *pairing_matrix, Equation(FORCE, eq.force)),
            "In matrix form $d\\langle a\\rangle/dt = W\\langle a\\rangle"
            + (
                " + Q\\langle a\\rangle^* + f$ with the drift matrix, the pairing matrix and the force"
                if eq.paired
                else " + f$ with the drift matrix and the force"
            ),
            "matrix form",
            residual,
            ("motion",),
        ),
    )


def following(net: Network, gone: Sequence[str]) -> tuple[Step, ...]:
    """Adiabatic elimination, displayed: what the network becomes, and that the square with the equations commutes."""
    reduced = eliminate(net, *gone)
    drift = langevin(reduced).drift
    square = elimination_residual(net, *gone)
    energies, dissipators = _hamiltonian_terms(reduced), _dissipator_terms(reduced)
    *others, last = (f"`{name}`" for name in gone)
    modes = f"modes {', '.join(others)} and {last} follow" if others else f"mode {last} follows"
    return (
        Step(
            "eliminated",
            (Equation(H, energies), Equation(Symbol("dρ/dt"), Operators(((-I, ("[H, ρ]",)), *dissipators)))),
            f"The lossy {modes} the others adiabatically. In blocks of the modes that stay, $s$, and of the lossy "
            "ones, $\\ell$, let $T = (1, -W_{s\\ell}W_{\\ell\\ell}^{-1})$. The drift becomes $T W T^\\dagger$, "
            "every reservoir keeps its rate, and its jump, of weights $u$, becomes $T^* u$: the lossy modes turn into "
            "reservoirs shared by their neighbours,",
            "adiabatic elimination",
            [
                *square,
                *_coefficients(_read(energies) - hamiltonian(reduced)),
                *_master_residual(reduced, dissipators),
            ],
            ("drift",),
        ),
        Step(
            "effective-drift",
            Equation(Symbol("W_eff"), drift),
            "The effective drift is the Schur complement of the full one,",
            "Schur complement",
            [*square, *(drift - schur(langevin(net), *gone).drift)],
            ("eliminated",),
        ),
    )


def _hamiltonian_terms(net: Network) -> Operators:
    own = tuple((m.detuning, (f"{m.name}†", m.name)) for m in net.modes if m.detuning != 0)
    joined: list[tuple[Expr, tuple[str, ...]]] = [(c.strength, (f"{c.a}†", c.b)) for c in net.couplings]
    joined += [(s.strength, (f"{s.a}†", f"{s.b}†")) for s in net.squeezings]
    joined += [(d.amplitude, (f"{d.mode}†",)) for d in net.drives]
    return Operators(own, tuple((c, word) for c, word in joined if c != 0))


def _dissipator_terms(net: Network) -> tuple[tuple[Expr, Word], ...]:
    """γ{(n+1) D[q] + n D[q†] − m D′[q†] − m* D′[q]} of every bath, a term a bath, each jump written out."""
    terms: list[tuple[Expr, Word]] = []
    for bath in net.baths:
        starred = [tuple((name, conjugated(w)) for name, w in legs) for legs in (bath.gain, bath.jump)]
        q, q_dagger = _jump(bath.jump, bath.gain), _jump(*starred)
        kinds = (Dissipator(q), Dissipator(q_dagger), Dissipator(q_dagger, "L'"), Dissipator(q, "L'"))
        weights = (bath.thermal + 1, bath.thermal, -bath.squeezing, -conjugated(bath.squeezing))
        first, *more = told = [(w, (kind, RHO)) for w, kind in zip(weights, kinds, strict=True) if w != 0]
        terms.append((bath.rate, (Operators(tuple(told)),)) if more else (bath.rate * first[0], first[1]))
    return tuple((c, word) for c, word in terms if c != 0)


def _jump(down: tuple[tuple[str, Expr], ...], up: tuple[tuple[str, Expr], ...]) -> Operators:
    return Operators((*((w, (name,)) for name, w in down), *((w, (f"{name}†",)) for name, w in up)))


def _read(printed: Operators) -> Operator:
    """A printed sum of operators in normal order, Hermitian conjugates included."""
    found = Operator(())
    for terms, conjugate in ((printed.terms, False), (printed.adjoint, True)):
        for c, word in terms:
            term = Operator((((), c),))
            for letter in word:
                name = str(letter)
                term = term * (create(name[:-1]) if name.endswith("†") else annihilate(name))
            found = found + term + (adjoint(term) if conjugate else Operator(()))
    return found


def _coefficients(operator: Operator) -> Matrix:
    return Matrix([c for _, c in operator.terms] or [Integer(0)])


def _master_residual(net: Network, printed: Iterable[tuple[Expr, Word]]) -> Matrix:
    """Zero if the printed dissipators, read back, are those of the baths: weights, kinds and jumps, acting on ρ."""
    told = [(c * w, inner) for c, word in printed for w, inner in _multiplied_out(word)]
    expected = []
    for bath in net.baths:
        q = jump(bath)
        weights = (bath.thermal + 1, bath.thermal, -bath.squeezing, -conjugated(bath.squeezing))
        jumps = (q, adjoint(q), adjoint(q), q)
        kinds = ("D", "D", "L'", "L'")
        terms = zip(weights, kinds, jumps, strict=True)
        expected += [(bath.rate * w, kind, z) for w, kind, z in terms if bath.rate * w != 0]
    left: list[Expr] = []
    for (weight, (dissipator, *state)), (rate, kind, q) in zip(told, expected, strict=True):
        if not isinstance(dissipator, Dissipator):
            return Matrix([Integer(1)])
        alike = (dissipator.kind, state) == (kind, [RHO])
        left += [weight - rate, Integer(not alike), *_coefficients(_read(dissipator.jump) - q)]
    return Matrix(left or [Integer(0)])


def _multiplied_out(word: Word) -> Iterable[tuple[Expr, Word]]:
    """The words of a sum in brackets with their coefficients, or the word itself."""
    return word[0].terms if isinstance(word[0], Operators) else ((Integer(1), word),)
