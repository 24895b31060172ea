"""The argument for a network, step by step: Hamiltonian, master equation, motion, drift, elimination, steady state.

Each function returns steps; a story is a sequence of them. What a step displays is also what its residual contains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import comb, prod

from sympy import Add, Expr, I, ImmutableMatrix, Integer, Matrix, Mul, Symbol

from derive.derivation import Derivation, Dissipator, Equation, Operators, Step, flow, mean
from derive.eliminate import eliminate, elimination_residual
from derive.evolution import steady_state, steady_state_residual
from derive.gaussian import GaussianState
from derive.kernel import conjugated, factored, predicted_terms
from derive.langevin import Langevin, amplitude_system, langevin, langevin_residual
from derive.latex.prose import inscription
from derive.network import Network, TooManyModes
from derive.operators import Operator, adjoint, annihilate, closure_residual, create, hamiltonian, jump

WRITTEN_OUT, READABLE = 400, 60  # terms of a solution, operations of an amplitude, that a reader still reads
TOLD = 300  # modes of an appendix: a chain or tree takes a quarter of a minute, twice as many links half of one
DISPLAYED, CLOSED = 2000, 120  # entries of the drift; modes whose second moments are normal-ordered, half a minute
BRANCHED = 30  # modes whose amplitudes are still read as products of determinants, a line each
FLUCTUATING = 6  # modes with noise; their n² + n(n + 1)/2 second moments take 2 s
MULTIPLIED_OUT = 1000  # terms of an amplitude; its energy, which is multiplied out to be proved, has their square
RHO, H = "ρ", Symbol("H")
DRIFT, FORCE = Symbol("W"), Symbol("f")


@dataclass(frozen=True)
class Letters:
    """Abbreviations of a paper, as Λ_0 = Γ_1|p_a|² + κ_a: each letter with what it stands for."""

    table: tuple[tuple[Symbol, Expr], ...] = ()

    def written_out(self, e: Expr | Matrix) -> Expr | Matrix:
        """`e` with every abbreviation replaced by what it stands for."""
        both = dict(self.table) | {conjugated(s): conjugated(x) for s, x in self.table}
        return e.xreplace(both)

    def step(self, because: str) -> Step:
        """The definitions, displayed."""
        residual = Matrix([self.written_out(s) - x for s, x in self.table])
        return Step("letters", tuple(Equation(s, x) for s, x in self.table), because, "definition", residual)


def appendix(net: Network, modes: Sequence[str] = ()) -> Derivation:
    """The whole argument for a network of one's own, from its Hamiltonian to the energies of its steady state.

    `modes` restricts the last steps to some modes; all of them if it is empty.

    Raises:
        TooManyModes: if there are more modes than anyone would read about.
        Unprintable: if the title has characters that TeX's fonts lack.
    """
    if len(net.modes) > TOLD:
        raise TooManyModes(
            f"An appendix can tell of at most {TOLD} modes, but this network has {len(net.modes)}; tell a part of it, "
            "or say derive solve."
        )
    eq = langevin(net)
    entries = len(eq.drift.todok()) + len(eq.pairing.todok())
    if entries > DISPLAYED or (eq.paired or eq.noisy) and len(eq.modes) > CLOSED:
        must, given = (
            (f"a drift of at most {DISPLAYED} entries", f"{entries}")
            if entries > DISPLAYED
            else (f"at most {CLOSED} modes where there is noise or pairing", f"{len(eq.modes)}")
        )
        raise TooManyModes(
            f"An appendix can tell of {must}, but this network has {given}; tell a part of it, or say derive solve."
        )
    last = _ending(eq, modes or net.names)
    title = inscription(net.title) or "Steady state of the network"
    return Derivation(title, (*microscopic(net), *motion(net, eq), *last))


def _ending(eq: Langevin, modes: Sequence[str]) -> tuple[Step, ...]:
    """The steady state, or what it solves where it is too long: told from its size where that can be told."""
    note = "Its solution, written out, fills more than a page."
    long, n = _multiplied_out(eq) > MULTIPLIED_OUT, len(eq.modes)
    if eq.noisy and n > FLUCTUATING or long and (eq.noisy or n > BRANCHED or eq.paired):
        return (unwritten(eq, note) if long else _means(eq, modes) or unwritten(eq, note),)
    state = steady_state(eq, 0 if long else WRITTEN_OUT)
    longest = max(e.count_ops() for e in (*state.mean, *state.number, *state.anomalous))
    if state.where and not (state.in_factors and not eq.noisy and n <= BRANCHED) or longest > WRITTEN_OUT:
        note = note if long or state.in_factors else state.note or note
        return (eq.noisy and _means(eq, modes) or unwritten(eq, note),)
    return stationary(eq, state, modes)


def _means(eq: Langevin, modes: Sequence[str]) -> Step | None:
    """The amplitudes alone, where they can be read and the fluctuations around them cannot."""
    silent = ImmutableMatrix.zeros(len(eq.modes), len(eq.modes))
    state = steady_state(replace(eq, noise=silent, squeezing=silent), WRITTEN_OUT)
    if state.where or max(e.count_ops() for e in state.mean) > WRITTEN_OUT:
        return None
    because = (
        "The second moments, and with them the energies, fill more than a page; the emitted code computes them at "
        "given parameters. "
    )
    return _amplitudes(eq, state, modes, "drift", because)


def _multiplied_out(eq: Langevin) -> int:
    """About the terms of an amplitude: those in the entries, times the sums that each row contributes."""
    matrix, force = amplitude_system(eq)
    rows = Matrix.hstack(matrix, force).tolist()
    return predicted_terms(matrix, -force) * prod(max(_terms(e) for e in row) for row in rows)


def _terms(e: Expr) -> int:
    if e.is_Add:
        return sum(_terms(a) for a in e.args)
    if e.is_Mul:
        return prod(_terms(a) for a in e.args)
    if e.is_Pow and e.exp.is_Integer:
        n = abs(int(e.exp))
        return comb(_terms(e.base) + n - 1, n)
    return 1


def microscopic(net: Network) -> tuple[Step, Step]:
    """The Hamiltonian and the master equation; the residuals read the printed operators back into normal order."""
    energy, dissipators = _hamiltonian_terms(net), _dissipator_terms(net)
    return (
        Step(
            "hamiltonian",
            Equation(H, energy),
            "In the frame rotating with the drive, and with $\\hbar = 1$, the Hamiltonian of the network reads",
            "model",
            _coefficients(_read(energy) - hamiltonian(net)),
        ),
        Step(
            "master",
            Equation(Symbol("dρ/dt"), Operators(((-I, ("[H, ρ]",)), *dissipators))),
            "Every local loss and every shared reservoir contributes a dissipator "
            "$\\mathcal{D}[q]\\rho = q\\rho q^\\dagger - \\tfrac12\\{q^\\dagger q, \\rho\\}$, "
            "so that the density matrix obeys",
            "model",
            _master_residual(net, dissipators),
            ("hamiltonian",),
        ),
    )


def motion(net: Network, eq: Langevin, letters: Letters = Letters()) -> tuple[Step, ...]:
    """Equations of motion of the amplitudes, mode by mode, then as drift matrix and force.

    The residuals compare what is displayed with normal ordering (`langevin_residual`), abbreviations written out.
    """
    n = len(eq.modes)
    alpha = Matrix([mean(name) for name in eq.modes])
    alpha_star = conjugated(alpha)
    rows = [
        Add(
            *(
                Mul(x, y)
                for m, v in ((eq.drift, alpha), (eq.pairing, alpha_star))
                for x, y in zip(m[i, :], v, strict=True)
            ),
            eq.force[i],
        )
        for i in range(n)
    ]
    oracle = langevin_residual(net)
    mine = langevin(net)
    difference = Matrix.hstack(
        *(
            letters.written_out(a) - b
            for a, b in ((eq.drift, mine.drift), (eq.pairing, mine.pairing), (eq.force, mine.force))
        )
    )
    # where there is noise, the Lyapunov equations of a later step rest on the closure of the second moments as well
    closure = list(closure_residual(net)) if mine.noisy else []
    residual = Matrix([*(oracle[:, : 2 * n + 1] + difference), *oracle[:, 2 * n + 1 :], *closure])
    steps = [
        Step(
            "motion",
            tuple(Equation(flow(name), row) for name, row in zip(eq.modes, rows, strict=True)),
            "Normal ordering turns the master equation into closed equations for the amplitudes,",
            "normal ordering",
            residual,
            ("master",) if not letters.table else ("master", "letters"),
        ),
        Step(
            "drift",
            (Equation(DRIFT, eq.drift), Equation(FORCE, eq.force)),
            "In matrix form $d\\langle a\\rangle/dt = W\\langle a\\rangle + Q\\langle a\\rangle^* + f$ with"
            if eq.paired
            else "In matrix form $d\\langle a\\rangle/dt = W\\langle a\\rangle + f$ "
            "with the drift matrix and the force",
            "matrix form",
            residual,
            ("motion",),
        ),
    ]
    if eq.paired:
        steps.append(
            Step(
                "pairing",
                Equation(Symbol("Q"), eq.pairing),
                "The pairing matrix is",
                "matrix form",
                residual,
                ("motion",),
            )
        )
    return tuple(steps)


def stationary(
    eq: Langevin,
    state: GaussianState,
    modes: Sequence[str],
    after: str = "drift",
) -> tuple[Step, ...]:
    """The steady state: its amplitudes and its energies, factored."""
    steps: list[Step] = []
    if state.where:
        because = (
            "The amplitudes are products of determinants of branches of the drift matrix, of the modes on one side of "
            "where a mode is cut. Each follows from those of shorter branches,"
        )
        steps.append(Letters(state.where).step(because))
        after = "letters"
    steps.append(_amplitudes(eq, state, modes, after))
    if not (state.number.is_zero_matrix and state.anomalous.is_zero_matrix):
        number, anomalous = state.number.applyfunc(shorter), state.anomalous.applyfunc(shorter)
        steps.append(
            Step(
                "moments",
                (Equation(Symbol("N"), number), Equation(Symbol("M"), anomalous)),
                "Around them the modes fluctuate with $N_{ij} = \\langle a_i^\\dagger a_j\\rangle - "
                "\\langle a_i\\rangle^*\\langle a_j\\rangle$ and $M_{ij} = \\langle a_i a_j\\rangle - "
                "\\langle a_i\\rangle\\langle a_j\\rangle$, which solve the Lyapunov equations of the master equation,",
                "Lyapunov equation",
                Matrix(
                    [
                        *steady_state_residual(eq, state),
                        *(number - state.number),
                        *(anomalous - state.anomalous),
                    ]
                ),
                (after,),
            )
        )
    means = Letters(tuple((mean(name), state.amplitude(name)) for name in modes))
    energies = {name: energy(state, name) for name in modes}
    steps.append(
        Step(
            "energies",
            tuple(Equation(Symbol(f"E_{name}"), e) for name, e in energies.items()),
            "A battery stores the energy $E = \\omega\\langle a^\\dagger a\\rangle$, hence",
            "energy",
            Matrix([means.written_out(e) - state.energy(name) for name, e in energies.items()]),
            ("amplitudes",),
        )
    )
    return tuple(steps)


def _amplitudes(eq: Langevin, state: GaussianState, modes: Sequence[str], after: str, because: str = "") -> Step:
    amplitudes = {name: shorter(state.amplitude(name)) for name in modes}
    residual = steady_state_residual(eq, state)[:, 0]
    return Step(
        "amplitudes",
        tuple(Equation(mean(name), amplitudes[name]) for name in modes),
        f"{because}Inverting the drift matrix, the amplitudes of the steady state are",
        "steady state",
        Matrix([*residual, *(amplitudes[name] - state.amplitude(name) for name in modes)]),
        (after,),
    )


def energy(state: GaussianState, mode: str) -> Expr:
    """The stored energy of a mode as it is printed: factored, or ω|⟨a⟩|² where that says more than a page of terms."""
    k = state.index(mode)
    if state.number[k, k] == 0 and state.mean[k].count_ops() > READABLE:
        return state.frequencies[k] * conjugated(mean(mode)) * mean(mode)
    return shorter(state.energy(mode))


def shorter(e: Expr) -> Expr:
    """An expression in factors, unless the entries that it is made of say it in fewer operations."""
    written = factored(e)
    return written if written.count_ops() <= e.count_ops() + 10 else e


def unwritten(eq: Langevin, note: str) -> Step:
    """The system that a steady state solves, where the solution is too large to be read."""
    alpha = Matrix([mean(name) for name in eq.modes])
    rows = eq.drift * alpha + eq.pairing * conjugated(alpha)
    printed = [(row, -f) for row, f in zip(rows, eq.force, strict=True)]
    return Step(
        "amplitudes",
        tuple(Equation(left, right) for left, right in printed),
        (
            "The steady state solves $W\\langle a\\rangle + Q\\langle a\\rangle^* + f = 0$. "
            if eq.paired
            else "The steady state solves $W\\langle a\\rangle + f = 0$. "
        )
        + f"{note} The emitted code solves it at given parameters; the system is",
        "steady state",
        Matrix([left - right for left, right in printed])
        - (eq.drift * alpha + eq.pairing * conjugated(alpha) + eq.force),
        ("drift",),
    )


def following(net: Network, gone: Sequence[str]) -> tuple[Step, ...]:
    """Adiabatic elimination, displayed: what the network becomes, and that the square with the equations commutes."""
    reduced = eliminate(net, *gone)
    eq = langevin(reduced)
    square = elimination_residual(net, *gone)
    energies, dissipators = _hamiltonian_terms(reduced), _dissipator_terms(reduced)
    names = ", ".join(f"${name}$" for name in gone)
    return (
        Step(
            "eliminated",
            (
                Equation(H, energies),
                Equation(Symbol("dρ/dt"), Operators(((-I, ("[H, ρ]",)), *dissipators))),
            ),
            f"The lossy modes {names} follow the others adiabatically. "
            "With $T = (1, -W_{sc}W_{cc}^{-1})$ the drift becomes "
            "$T W T^\\dagger$, every reservoir keeps its rate, and its jump becomes $T^* u$: the lossy modes turn into "
            "reservoirs shared by their neighbours,",
            "adiabatic elimination",
            Matrix(
                [
                    *square,
                    *_coefficients(_read(energies) - hamiltonian(reduced)),
                    *_master_residual(reduced, dissipators),
                ]
            ),
            ("drift",),
        ),
        Step(
            "effective-drift",
            Equation(Symbol("W_eff"), eq.drift),
            "The effective drift is the Schur complement of the full one,",
            "Schur complement",
            square,
            ("eliminated",),
        ),
    )


def _hamiltonian_terms(net: Network) -> Operators:
    own = tuple((m.detuning, (f"{m.name}†", m.name)) for m in net.modes if m.detuning != 0)
    joined: list[tuple[Expr, tuple[str, ...]]] = [(c.strength, (f"{c.a}†", c.b)) for c in net.couplings]
    joined += [(s.strength, (f"{s.a}†", f"{s.b}†")) for s in net.squeezings]
    joined += [(d.amplitude, (f"{d.mode}†",)) for d in net.drives]
    return Operators(own, tuple((c, word) for c, word in joined if c != 0))


def _dissipator_terms(net: Network) -> tuple[tuple[Expr, tuple[Dissipator | str, ...]], ...]:
    """γ{(n+1) D[q] + n D[q†] − m L′[q†] − m* L′[q]} of every bath, each jump written out."""
    terms: list[tuple[Expr, tuple[Dissipator | str, ...]]] = []
    for bath in net.baths:
        starred = [tuple((name, conjugated(w)) for name, w in legs) for legs in (bath.gain, bath.jump)]
        q, q_dagger = _jump(bath.jump, bath.gain), _jump(*starred)
        terms.append((bath.rate * (bath.thermal + 1), (Dissipator(q), RHO)))
        terms.append((bath.rate * bath.thermal, (Dissipator(q_dagger), RHO)))
        terms.append((-bath.rate * bath.squeezing, (Dissipator(q_dagger, "L'"), RHO)))
        terms.append((-bath.rate * conjugated(bath.squeezing), (Dissipator(q, "L'"), RHO)))
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


def _master_residual(net: Network, printed: Iterable[tuple[Expr, tuple[Dissipator | str, ...]]]) -> Matrix:
    """Zero if the printed dissipators, read back, are those of the baths: weights and jumps."""
    expected = []
    for bath in net.baths:
        q = jump(bath)
        weights = (bath.thermal + 1, bath.thermal, -bath.squeezing, -conjugated(bath.squeezing))
        jumps = (q, adjoint(q), adjoint(q), q)
        expected += [(bath.rate * w, z) for w, z in zip(weights, jumps, strict=True) if bath.rate * w != 0]
    left: list[Expr] = []
    for (weight, word), (rate, q) in zip(printed, expected, strict=True):
        dissipator = word[0]
        if isinstance(dissipator, Dissipator):
            left += [weight - rate, *_coefficients(_read(dissipator.jump) - q)]
    return Matrix(left or [Integer(0)])


def abbreviated(eq: Langevin, letters: Letters) -> Langevin:
    """The equations of motion in a paper's letters: −Λ_k/2 on the diagonal, products of weights as μ_k."""
    short = {x: s for s, x in letters.table}
    diagonal = {
        i: -s / 2 for i in range(len(eq.modes)) for s, x in letters.table if _same(-2 * eq.drift[i, i], x)
    }

    def entry(i: int, j: int) -> Expr:
        if i == j and i in diagonal:
            return diagonal[i]
        e = eq.drift[i, j]
        for x, s in short.items():
            e = e.subs(x, s).subs(conjugated(x), conjugated(s)) if isinstance(x, Mul) else e
        return e

    n = len(eq.modes)
    return Langevin(
        eq.modes, eq.frequencies, ImmutableMatrix(n, n, entry), eq.pairing, eq.force, eq.noise, eq.squeezing
    )


def _same(a: Expr, b: Expr) -> bool:
    return (a - b).expand() == 0
