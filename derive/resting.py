"""The steady state, step by step: its amplitudes, the moments of what fluctuates around them, its energies.

What fills more than a page is told by the equations that it solves. What a step displays is also what its residual
contains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import comb, prod

from sympy import Add, Expr, ImmutableMatrix, Matrix, MatrixBase, Mul, Symbol, default_sort_key
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from derive.abbreviations import Letters
from derive.derivation import Equation, Step, mean
from derive.evolution import coherent_part, singular_drift, steady_state, steady_state_residual
from derive.gaussian import GaussianState
from derive.kernel import Proved, SingularMatrix, conjugated, factored, is_nonnegative, predicted_terms
from derive.langevin import Langevin, amplitude_system
from derive.lyapunov import balanced_occupation, balanced_squeezing
from derive.stability import damped

WRITTEN_OUT, READABLE = 400, 60  # terms of a solution, operations of an amplitude, that a reader still reads
REPEATED = 20  # operations of a denominator that three amplitudes share and that is given a letter
BRANCHED = 30  # modes whose amplitudes are still read as products of determinants, a line each
FLUCTUATING = 6  # modes whose second moments may fit on a page where no balance gives them
FUNCTIONS = (TrigonometricFunction, HyperbolicFunction)
MULTIPLIED_OUT = 1000  # terms of an amplitude; its energy, which is multiplied out to be proved, has their square

NUMBER = "$N_{ij} = \\langle a_i^\\dagger a_j\\rangle - \\langle a_i\\rangle^*\\langle a_j\\rangle$"
DENOMINATORS = "The second moments below are divided by"
SHORT = f"{NUMBER}, in short $N_i$ for $N_{{ii}}$,"
ANOMALOUS = "$M_{ij} = \\langle a_i a_j\\rangle - \\langle a_i\\rangle\\langle a_j\\rangle$"
COHERENT = (
    "With vacuum noise alone every mode is in a coherent state, "
    "$\\langle a^\\dagger a\\rangle = |\\langle a\\rangle|^2$. "
)
ALONE = (  # N and M of a single mode
    "$N = \\langle a^\\dagger a\\rangle - |\\langle a\\rangle|^2$",
    "$M = \\langle a a\\rangle - \\langle a\\rangle^2$",
)


def resting(eq: Langevin, modes: Sequence[str], closed: MatrixBase, said: str = "") -> tuple[Step, ...]:
    """The steady state, or the equations of what is too long: told from its size where that can be told.

    `modes` are those whose amplitudes and energies are displayed. `closed` vanishes if `eq` are the equations of motion
    of the master equation, for second moments as well: what steps that display equations instead of answers rest on.
    What is `said` of the state comes first.
    """
    state, (number, anomalous) = _readable_amplitudes(eq), _readable_moments(eq)
    shared = Letters() if state is None else denominator(eq, state, modes)
    letters = further(eq, [m for m in (number, anomalous) if m is not None], shared)
    fluctuating = (
        *moments(eq, number, anomalous, letters=letters, known=shared),
        *lyapunov(eq, number is None, anomalous is None, closed, state is not None),
    )
    if state is None:
        first, *more = (unwritten(eq, closed), *fluctuating)
    else:
        whole = replace(state, number=_occupations(eq) if number is None else number)
        made = amplitudes(eq, state, modes, shared)
        source = "lyapunov" if number is None else "moments"
        last = replace(energies(whole, modes, letters, source), nonzero=made[-1].nonzero)
        new = {letter for letter, _ in letters.table if letter not in dict(shared.table)}
        if any(equation.rhs.free_symbols & new for equation in last.equations):  # type: ignore[union-attr]
            last = replace(last, uses=(last.uses[0], "denominators", *last.uses[1:]))
        first, *more = (*made, *fluctuating, last)
    return (replace(first, because=f"{said} {first.because}") if said else first, *more)


def steady_steps(
    eq: Langevin,
    state: GaussianState,
    modes: Sequence[str],
    after: str = "drift",
) -> tuple[Step, ...]:
    """The steady state: its amplitudes, what fluctuates around them, and its energies, factored."""
    shared = denominator(eq, state, modes)
    made = amplitudes(eq, state, modes, shared, after)
    return (
        *made,
        *moments(eq, state.number, state.anomalous, after),
        replace(energies(state, modes, shared), nonzero=made[-1].nonzero),
    )


def _readable_amplitudes(eq: Langevin) -> GaussianState | None:
    """The steady amplitudes, written out or by determinants of branches; None if they fill more than a page."""
    long, branched = _multiplied_out(eq) > MULTIPLIED_OUT, not eq.paired and len(eq.modes) <= BRANCHED
    for limit in [WRITTEN_OUT] * (not long) + [0] * branched:
        state = coherent_part(eq, limit)
        if (not state.where or branched and state.in_factors) and _operations(state.mean) <= WRITTEN_OUT:
            return state
    return None


def _readable_moments(eq: Langevin) -> tuple[ImmutableMatrix | None, ImmutableMatrix | None]:
    """N and M of the steady state; None for what fills more than a page."""
    few, nothing = len(eq.modes) <= FLUCTUATING, type(eq.drift).zeros(*eq.drift.shape)
    still = replace(eq, force=type(eq.force).zeros(*eq.force.shape))

    def moving(part: Langevin) -> GaussianState | None:
        state = steady_state(part, WRITTEN_OUT)
        short = not state.where and _operations((*state.number, *state.anomalous)) <= WRITTEN_OUT
        return state if short else None

    if eq.paired:
        state = moving(still) if few else None
        return (state.number, state.anomalous) if state else (None, None)
    # without pairing N and M do not know of each other
    thermal = moving(replace(still, squeezing=nothing)) if few or balanced_occupation(eq) is not None else None
    squeezed = moving(replace(still, noise=nothing)) if few or balanced_squeezing(eq) is not None else None
    return thermal and thermal.number, squeezed and squeezed.anomalous


def _operations(entries: Iterable[Expr]) -> int:
    return max(e.count_ops() for e in entries)


def _occupations(eq: Langevin) -> ImmutableMatrix:
    """A letter for what fluctuates in each mode, on the diagonal of N."""
    return ImmutableMatrix.diag(*(Symbol(f"N_{name}") for name in eq.modes))


def _multiplied_out(eq: Langevin) -> int:
    """An estimate of the terms of all amplitudes once entries that are sums are multiplied out."""
    matrix, force = amplitude_system(eq)
    rows = Matrix.hstack(matrix, force).tolist()
    try:
        terms = predicted_terms(matrix, -force)
    except SingularMatrix:
        raise singular_drift(eq) from None
    return terms * prod(max(_terms(e) for e in row) for row in rows)


def _terms(e: Expr) -> int:
    if e.is_Add:
        return sum(_terms(a) for a in e.args)
    if e.is_Mul:
        return prod(_terms(a) for a in e.args)
    if e.is_Pow and e.exp.is_Integer:
        n = abs(int(e.exp))
        return comb(_terms(e.base) + n - 1, n)
    return 1


def amplitudes(
    eq: Langevin, state: GaussianState, modes: Sequence[str], shared: Letters, after: str = "drift"
) -> tuple[Step, ...]:
    """The steady amplitudes, factored, with a letter for a long denominator, or by determinants of branches."""
    values = written(state, modes)
    divided = tuple(dict.fromkeys(e for value in values.values() for e in _divisors(value)))
    residual = steady_state_residual(eq, state)[:, 0]
    steps: list[Step] = []
    if state.where:
        because = (
            "Where a mode is cut the drift matrix falls into parts, and the amplitudes are products and ratios of "
            "their determinants. Each follows from those of smaller parts; sums that recur have letters of their own,"
        )
        steps.append(Letters(state.where).step(because))
        after = "letters"
    for letter, sum_ in shared.table:
        values = {name: value.xreplace({sum_: letter, -sum_: -letter}) for name, value in values.items()}
        steps.append(
            Step(
                "denominator",
                Equation(letter, sum_),
                "The denominators of the amplitudes have in common",
                "definition",
                shared.written_out(letter) - sum_,
                (after,),
            )
        )
        after = "denominator"
    differences = (shared.written_out(value) - state.amplitude(name) for name, value in values.items())
    told = "amplitudes" if len(values) > 1 else "amplitude"
    if eq.force.is_zero_matrix:
        because = f"Nothing drives the {told}, which {'vanish' if len(values) > 1 else 'vanishes'} in the steady state,"
    elif eq.paired:
        because = f"Solving for $\\langle a\\rangle$ and $\\langle a\\rangle^*$ together gives the steady {told},"
    else:
        because = f"Inverting the drift matrix gives the {told} of the steady state,"
    steps.append(
        Step(
            "amplitudes",
            tuple(Equation(mean(name), value) for name, value in values.items()),
            because,
            "steady state",
            [*residual, *differences],
            (after,),
            divided if damped(eq) else (),
        )
    )
    return tuple(steps)


def denominator(eq: Langevin, state: GaussianState, modes: Sequence[str]) -> Letters:
    """A letter for the longest sum by which all of several amplitudes are divided, if it is too long to be repeated."""
    if state.where:
        return Letters()
    divided = [_divisors(value) for value in written(state, modes).values() if value != 0]
    shared = [e for e in divided[0] if all(e in others for others in divided)] if len(divided) > 1 else []
    long = [e for e in shared if e.count_ops() * max(len(divided), 3) >= 3 * REPEATED]
    return _lettered(eq, [_upright(max(long, key=Expr.count_ops))] if long else [], Letters())


def further(eq: Langevin, matrices: Sequence[MatrixBase], known: Letters) -> Letters:
    """The letters that are `known`, and one for each long sum by which several of the second moments are divided."""
    n = len(eq.modes)
    divided = [_divisors(in_functions(m[i, j])) for m in matrices for i in range(n) for j in range(i, n)]
    found = [e for entry in divided for e in dict.fromkeys(map(_upright, entry))]
    told = {sign * sum_ for _, sum_ in known.table for sign in (1, -1)}
    length = {e: found.count(e) * e.count_ops() for e in dict.fromkeys(found) if found.count(e) > 1 and e not in told}
    return _lettered(eq, [e for e in sorted(length, key=lambda e: -length[e]) if length[e] >= 2 * REPEATED], known)


def _lettered(eq: Langevin, sums: Sequence[Expr], known: Letters) -> Letters:
    """The letters that are `known` and further ones for some sums, as far as some are left that nothing is called."""
    matrices = (eq.drift, eq.pairing, eq.force, eq.noise, eq.squeezing)
    names = {symbol.name for m in matrices for symbol in m.free_symbols} | {letter.name for letter, _ in known.table}
    free = [letter for letter in "ZYX" if letter not in names | set(eq.modes)]
    new = [
        (Symbol(letter, real=True if conjugated(sum_) == sum_ else None), sum_)
        for letter, sum_ in zip(free, sums, strict=False)
    ]
    return Letters((*known.table, *new))


def _upright(e: Expr) -> Expr:
    """A determinant with the sign with which the product of all rates stands in it positively."""
    for term in Add.make_args(e):
        sign, rest = term.as_coeff_Mul()
        if all(isinstance(is_nonnegative(f + conjugated(f)), Proved) for f in Mul.make_args(rest)):
            return -e if sign < 0 else e
    return e


def _divisors(e: Expr) -> list[Expr]:
    powers = [factor for factor in Mul.make_args(e) if factor.is_Pow and factor.base.is_Add]
    return [power.base for power in powers if power.exp.could_extract_minus_sign()]


def moments(
    eq: Langevin,
    number: ImmutableMatrix | None,
    anomalous: ImmutableMatrix | None,
    after: str = "drift",
    letters: Letters = Letters(),
    known: Letters = Letters(),
) -> tuple[Step, ...]:
    """N and M, what fluctuates around the amplitudes; one that is None is left out, and the step if none fluctuates.

    They are told in `letters` of denominators, of which those that are `known` were told before.
    """
    n = len(eq.modes)
    says = (NUMBER, ANOMALOUS) if n > 1 else ALONE
    told = [
        (letter, words, m)
        for letter, words, m in zip("NM", says, (number, anomalous), strict=True)
        if m is not None
    ]
    if all(m.is_zero_matrix for _, _, m in told):
        return ()
    values = {letter: m for letter, _, m in told}
    nothing = ImmutableMatrix.zeros(n, n)
    fluctuating = GaussianState(
        eq.modes, eq.frequencies, nothing[:, 0], values.get("N", nothing), values.get("M", nothing)
    )
    changes = steady_state_residual(eq, fluctuating)[:, 1:]
    columns = {"N": changes[:, :n], "M": changes[:, n:]}
    printed = [(letter, m.applyfunc(lambda e: _divided(e, letters)), m) for letter, _, m in told]
    new = Letters(tuple(pair for pair in letters.table if pair not in known.table))
    defined = (replace(new.step(DENOMINATORS), label="denominators"),) if new.table else ()
    return (
        *defined,
        Step(
            "moments",
            tuple(Equation(Symbol(letter), m) for letter, m, _ in printed),
            f"Around {'them the modes fluctuate' if n > 1 else 'it the mode fluctuates'} with "
            f"{' and '.join(words for _, words, _ in told)}, which "
            + ("solve the Lyapunov equations" if len(told) == 2 else "solves the Lyapunov equation")
            + " of the master equation,",
            "Lyapunov equation",
            [e for letter, m, exact in printed for e in (*columns[letter], *(letters.written_out(m) - exact))],
            (after, "denominators") if defined else (after,),
        ),
    )


def _divided(e: Expr, letters: Letters) -> Expr:
    """A second moment as it is shorter once its denominators are letters."""
    if not letters.table:
        return shorter(e)
    signs = {sign * sum_: sign * letter for letter, sum_ in letters.table for sign in (1, -1)}
    names = {conjugated(sum_): conjugated(letter) for sum_, letter in signs.items()} | signs
    below = {base: factored(base).xreplace(names) for base in _divisors(e)}
    ways = (shorter(e), factored(e), in_functions(e))
    return min((e.xreplace(below), *(way.xreplace(names) for way in ways)), key=Expr.count_ops)


def lyapunov(eq: Langevin, number: bool, anomalous: bool, closed: MatrixBase, short: bool) -> tuple[Step, ...]:
    """The Lyapunov equations of those of N and M that fill more than a page, with their sources, held by `closed`.

    `short` introduces N_a for the entries of N that energies name.
    """
    numbers = SHORT if short else NUMBER
    told = [
        (says, paired if eq.paired else equation, Symbol(letter), source)
        for long, says, equation, paired, letter, source in (
            (number, numbers, "W^*N + NW^T + D = 0", "W^*N + NW^T + Q^*M + M^*Q^T + D = 0", "D", eq.noise),
            (anomalous, ANOMALOUS, "WM + MW^T + S = 0", "WM + MW^T + QN + N^TQ^T + S = 0", "S", eq.squeezing),
        )
        if long
    ]
    if not told:
        return ()
    several = len(told) == 2
    return (
        Step(
            "lyapunov",
            tuple(Equation(letter, source) for _, _, letter, source in told),
            f"Fluctuations {' and '.join(says for says, _, _, _ in told)} solve the Lyapunov "
            f"equation{'s' * several} ${'$ and $'.join(equation for _, equation, _, _ in told)}$. Written out, "
            f"{'they fill' if several else 'the solution fills'} more than a page; the emitted code solves "
            f"{'them' if several else 'it'} at given parameters. The source{'s are' if several else ' is'}",
            "Lyapunov equation",
            closed,
            ("motion",),
        ),
    )


def energies(state: GaussianState, modes: Sequence[str], shared: Letters, source: str = "moments") -> Step:
    """The energies stored in the steady state, in letters where these were displayed before and are long.

    They are the denominator that amplitudes share, and the entries N_kk that fluctuations add, told by `source`.
    """
    means = tuple((mean(name), state.amplitude(name)) for name in modes)
    noisy = not state.number.is_zero_matrix
    long = _long_occupations(state)
    number = state.number.as_mutable()
    for k, (letter, _) in long.items():
        number[k, k] = letter
    letters = Letters((*means, *long.values()))
    shown = replace(state, number=ImmutableMatrix(number))
    values = {name: energy(shown, name, value, shared) for name, value in written(state, modes).items()}
    return Step(
        "energies",
        tuple(Equation(Symbol(f"E_{name}"), e) for name, e in values.items()),
        f"{'' if noisy else COHERENT}{_stored(state)}, hence",
        "energy",
        [letters.written_out(shared.written_out(e)) - state.energy(name) for name, e in values.items()],
        ("amplitudes", source) if noisy else ("amplitudes",),
    )


def _stored(state: GaussianState) -> str:
    """What an energy is, in ω only where the network calls its one frequency so."""
    frequencies = {str(frequency) for frequency in state.frequencies}
    if frequencies == {"1"}:
        return "In units of its frequency a battery stores the energy $E = \\langle a^\\dagger a\\rangle$"
    if frequencies == {"omega"}:
        return "A battery stores the energy $E = \\omega\\langle a^\\dagger a\\rangle$"
    return "A battery stores the energy $E$, its frequency times $\\langle a^\\dagger a\\rangle$"


def _long_occupations(state: GaussianState) -> dict[int, tuple[Symbol, Expr]]:
    """The entries N_kk that are too long to be repeated, by place, with their letters; none if a letter is taken."""
    names = {symbol.name for matrix in (state.mean, state.number) for symbol in matrix.free_symbols}
    entries = enumerate(state.number.diagonal())
    found = {k: (Symbol(f"N_{k + 1}{k + 1}"), e) for k, e in entries if shorter(e).count_ops() >= REPEATED}
    return found if len(state.modes) < 10 and not names & {letter.name for letter, _ in found.values()} else {}


def energy(state: GaussianState, mode: str, value: Expr, shared: Letters) -> Expr:
    """The stored energy of a mode as printed: factored, or ω(|⟨a⟩|² + N) where that says more than a page of terms.

    `value` is its amplitude as printed. A complex denominator Z with a letter stays one: the energy is over |Z|².
    """
    k = state.index(mode)
    letters = {sign * sum_: sign * letter for letter, sum_ in shared.table for sign in (1, -1)}
    amplitude = value.xreplace(letters)
    if amplitude.count_ops() > READABLE:
        amplitude = mean(mode)
    elif all(conjugated(sum_) == sum_ for sum_ in letters) and not isinstance(state.number[k, k], Symbol):
        whole = state.energy(mode)
        if (short := shorter(whole)) != whole or whole.is_Rational:
            return short.xreplace(letters)
    return state.frequencies[k] * (conjugated(amplitude) * amplitude + shorter(state.number[k, k]))


def written(state: GaussianState, modes: Sequence[str]) -> dict[str, Expr]:
    """Amplitudes as printed: each as it is shorter, or all in factors where that is hardly longer."""
    each = {name: shorter(state.amplitude(name)) for name in modes}
    alike = {name: in_functions(value) for name, value in each.items()}
    long, longer = (sum(e.count_ops() for e in values.values()) for values in (each, alike))
    return alike if longer <= long + REPEATED else each


def shorter(e: Expr) -> Expr:
    """An expression in factors, unless the entries that it is made of say it in fewer operations.

    sinh r, cos θ and their like stay what they are where exponentials would not say it in fewer operations.
    """
    kept = in_functions(e)
    written = min((kept, factored(e)), key=Expr.count_ops) if e.has(*FUNCTIONS) else kept
    return written if written.count_ops() <= e.count_ops() + 10 else e


def in_functions(e: Expr) -> Expr:
    """An expression in factors, in which sinh r, cos θ and their like stay what they are."""
    functions = sorted(e.atoms(*FUNCTIONS), key=default_sort_key)
    letters = {f: Symbol(str(f), real=f.is_real) for f in functions}
    return factored(e.xreplace(letters)).xreplace({letter: f for f, letter in letters.items()})


def unwritten(eq: Langevin, closed: MatrixBase) -> Step:
    """The system that a steady state solves, where the solution is too large to be read, held by `closed`."""
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
        + "Its solution, written out, fills more than a page. The emitted code solves it at given parameters; the "
        "system is",
        "steady state",
        closed,
        ("motion",),
    )
