"""The argument for every number of cells, in steps: rows, recurrence, closed form with its induction, amplitudes.

The steps are about the first branch of a family, what hangs on its cells eliminated. D_n is the determinant of its
last n cells; amplitudes are those that all copies share. Rows are read off the drift matrices of built networks, and
the induction over the position k is done in the letters D_n, which obey the recurrence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Add, Expr, I, Integer, Matrix, Pow, Symbol, binomial

from derive.counts import POSITION, FamilyState, closed_form_residual, squared_modulus
from derive.derivation import Equation, Step, mean
from derive.eliminate import eliminate
from derive.families import Place, built
from derive.kernel import canonical, factored
from derive.langevin import langevin
from derive.recurrence import FUNDAMENTAL, INDEX, LOOPS, STEPS, ClosedForm, closed, closed_residual

NOW, NEXT, BEFORE = Symbol("D_n"), Symbol("D_next"), Symbol("D_before")
REST, SHORTER, ALL = Symbol("D_rest"), Symbol("D_shorter"), Symbol("D")
POSITIVE = Symbol("D", positive=True)


def rows(state: FamilyState, because: str, uses: tuple[str, ...], prefix: str = "") -> Step:
    """The steady state of the charger, of cell k < L and of the last cell, held against networks of up to three."""
    row = state.rows[0]
    u, v, copies, fan = row.entries.onward, row.entries.back, row.branch.copies, row.branch.fan
    a, first, before, now, after, short, last = _amplitudes(state)
    shown = (
        (_own(state) * a + copies * v * first, -I * state.family.drive),
        (u * before + row.recurrence.rate * now + fan * v * after, Integer(0)),
        (u * short + row.recurrence.last * last, Integer(0)),
    )
    residual = [e for counts in _small(state) for e in _against_network(state, counts, shown)]
    return Step(f"{prefix}rows", shown, because, "rows of the drift", residual, uses)


def leaves(state: FamilyState, because: str, uses: tuple[str, ...]) -> Step:
    """The steady state of the charger and of N equal batteries on it, held against networks of one to three."""
    row = state.rows[0]
    u, v, copies = row.entries.onward, row.entries.back, row.branch.copies
    a, leaf = mean(state.family.charger), mean("b")
    charger = (state.own * a + copies * v * leaf, -I * state.family.drive)
    battery = (u * a + row.recurrence.last * leaf, Integer(0))
    residual = []
    for n in (1, 2, 3):
        net = built(state.family, dict.fromkeys(state.family.counts, n))
        gone = [name for name in net.network.names if name not in (state.family.charger, *dict(net.places))]
        eq = langevin(eliminate(net.network, *gone) if gone else net.network)
        letters = Matrix([a if name == state.family.charger else leaf for name in eq.modes])
        for letter, lost, force in zip(letters, -eq.drift * letters, eq.force, strict=True):
            left, right = charger if letter == a else battery
            residual += [left.subs(copies, n) - lost, right - force]
    return Step("rows", (charger, battery), because, "rows of the drift", residual, uses)


def recurrence(state: FamilyState, because: str) -> Step:
    """D_{n+1} = z D_n − w D_{n−1}: tridiagonal determinants, held against those of the displayed rows, n ≤ 4."""
    rec = state.rows[0].recurrence
    right, start, first = rec.rate * NOW - rec.loop * BEFORE, Integer(1), rec.last
    shown = (Equation(NEXT, right), Equation(Symbol("D_0"), start), Equation(Symbol("D_1"), first))
    residual = [start - _determinant(state, 0), first - _determinant(state, 1)]
    for n in range(1, 4):
        values = {NOW: _determinant(state, n), BEFORE: _determinant(state, n - 1)}
        residual.append(right.xreplace(values) - _determinant(state, n + 1))
    return Step("recurrence", shown, because, "continuant", residual, ("rows",))


def roots(form: ClosedForm, because: str) -> tuple[Step, Step]:
    """D_n by the two roots, and the induction that proves it: its step, in the letters of the roots."""
    rate, loop, _ = FUNDAMENTAL["powers"]
    following = form.value.xreplace({INDEX: INDEX + 1})
    ahead = form.value.xreplace({INDEX: INDEX + 2})
    return (
        Step(
            "closed",
            (*(Equation(letter, value) for letter, value in form.where), Equation(NOW, form.value)),
            because,
            "characteristic roots",
            closed_residual(form),
            ("recurrence",),
        ),
        Step(
            "induction",
            Equation(rate * following - loop * form.value, ahead),
            "This is so for $n = 0$ and $n = 1$. The coefficients of the recurrence are $\\lambda_1 + \\lambda_2$ and "
            "$-\\lambda_1\\lambda_2$, so that every further value follows from the two before it,",
            "induction",
            rate * following - loop * form.value - ahead,
            ("closed",),
        ),
    )


def binomial_sum(form: ClosedForm, because: str) -> tuple[Step, Step]:
    """D_n as a sum of binomials, and Pascal's rule, which proves it term by term."""
    choose = [binomial(STEPS + LOOPS - i, LOOPS - j) for i, j in ((0, 0), (1, 0), (1, 1))]
    return (
        Step(
            "sum",
            Equation(NOW, form.value),
            because,
            "binomial sum",
            closed_residual(form),
            ("recurrence",),
        ),
        Step(
            "pascal",
            Equation(choose[0], choose[1] + choose[2]),
            "By induction again: with $n + 1 = m + 2j$ the terms of the recurrence with the same powers are in the "
            "ratio of the three numbers of Pascal's rule,",
            "induction",
            choose[0] - choose[1] - choose[2],
            ("sum",),
        ),
    )


def determinants(state: FamilyState) -> tuple[Step, ...]:
    """Recurrence, roots with their induction, and the sum of binomials with Pascal's rule."""
    form = state.rows[0].form
    if form is None:
        return ()
    return (
        recurrence(state, "The determinant $D_n$ of the last $n$ of these rows obeys"),
        *roots(
            form,
            "With $z$ and $-w$ for its coefficients, powers of the roots of $\\lambda^2 = z\\lambda - w$ solve it,",
        ),
        *binomial_sum(closed(form.recurrence, "binomial"), "Multiplied out it is, in powers of the rates,"),
    )


def along(state: FamilyState, because: str) -> Step:
    """⟨b_k⟩ = −iε(−u)^k D_{L−k}/D, put into the rows at a symbolic k: the induction over the position.

    In the rows the letters D obey the recurrence of the determinants.
    """
    row = state.rows[0]
    u, rec, length = row.entries.onward, row.recurrence, row.branch.length
    a, _, _, now, *_ = _amplitudes(state)
    whole, shortened = Symbol(f"D_{length}"), Symbol("D_short")
    force = -I * state.family.drive
    one_more = _own(state) * whole - row.loops * shortened
    charged = force * whole / ALL
    general = force * Pow(-u, POSITION) * REST / ALL
    shown = (Equation(ALL, one_more), Equation(a, charged), Equation(now, general))

    def at(k: Expr, rest: Expr) -> Expr:
        """The displayed amplitude at k, times D."""
        return (general * ALL).xreplace({REST: rest}).subs(POSITION, k)

    v, fan = row.entries.back, row.branch.fan
    longer = rec.rate * REST - rec.loop * SHORTER
    charger = _own(state) * charged * ALL + row.branch.copies * v * at(Integer(1), shortened) - force * one_more
    zeroth = charged * ALL - at(Integer(0), whole)  # row 1 has the charger for b_0
    inner = u * at(POSITION - 1, longer) + rec.rate * at(POSITION, REST) + fan * v * at(POSITION + 1, SHORTER)
    ending = u * at(length - 1, rec.last) + rec.last * at(length, Integer(1))
    residual = [charger, zeroth, inner, ending]
    return Step("along", shown, because, "induction", residual, ("rows",))


def one_way(state: FamilyState, because: str, prefix: str = "") -> Step:
    """⟨b_k⟩ = (−u/z)^k⟨a⟩ where nothing flows back, put into the rows at a symbolic k."""
    row = state.rows[0]
    u, rec, length = row.entries.onward, row.recurrence, row.branch.length
    a, _, _, now, _, _, last = _amplitudes(state)
    charger = -I * state.family.drive / _own(state)
    general = Pow(factored(-u / rec.rate), POSITION) * a
    ending = Pow(factored(-u / rec.rate), length - 1) * factored(-u / rec.last) * a
    shown = (Equation(a, factored(charger)), Equation(now, general), Equation(last, ending))
    residual = (
        _own(state) * charger + I * state.family.drive,
        row.entries.back,
        u * general.subs(POSITION, POSITION - 1) + rec.rate * general,
        u * general.subs(POSITION, length - 1) + rec.last * ending,
        factored(charger) - state.amplitude(),
    )
    return Step(f"{prefix}along", shown, because, "induction", residual, (f"{prefix}rows",))


def stored(
    state: FamilyState, name: str, formula: Expr, because: str, uses: tuple[str, ...], label: str = "uniform"
) -> Step:
    """An energy in closed form, held against what the engine finds, and that against the rows for every count."""
    residual = [formula - state.energy(*state.terminal), *closed_form_residual(state)]
    return Step(label, Equation(Symbol(name), formula), because, "energy", residual, uses)


def stored_by_determinant(state: FamilyState, name: str, because: str) -> Step:
    """The energy of the last cell, or of what hangs on it, over the whole determinant D > 0: ω|⟨b_L⟩|² with D_0 = 1."""
    row = state.rows[0]
    amplitude = state.family.drive * Pow(-row.entries.onward, row.branch.length) / POSITIVE
    hanging = (*row.sides, *row.ends)
    while hanging:
        amplitude *= hanging[0].ratio(hanging[0].branch.length)
        hanging = (*hanging[0].sides, *hanging[0].ends)
    formula = state.family.frequency * squared_modulus(amplitude)
    whole = squared_modulus(state.below(0))
    residual = state.energy(*state.terminal) * whole - formula * POSITIVE**2
    return Step("energy", Equation(Symbol(name), formula), because, "energy", residual, ("along",))


# -- what is displayed and what it is held against -----------------------------------------------------------


def _amplitudes(state: FamilyState) -> tuple[Symbol, ...]:
    """⟨a⟩, ⟨b_1⟩, ⟨b_{k−1}⟩, ⟨b_k⟩, ⟨b_{k+1}⟩, ⟨b_{L−1}⟩, ⟨b_L⟩; b_0 is the charger."""
    length = state.rows[0].branch.length
    names = ("b_1", "b_before", "b_k", "b_after", "b_short", f"b_{length}")
    return (mean(state.family.charger), *map(mean, names))


def _own(state: FamilyState) -> Expr:
    """The charger's rate, with all branches but the first eliminated."""
    return canonical(state.own - Add(*(row.feedback for row in state.rows[1:])))


def _small(state: FamilyState) -> Iterator[dict[Symbol, int]]:
    """Counts of small networks: the row of one to three cells, everything else counted by two."""
    length = state.rows[0].branch.length
    for n in (1, 2, 3):
        yield {s: n if s == length else 2 for s in state.family.counts}


def _against_network(
    state: FamilyState, counts: Mapping[Symbol, int], shown: Sequence[tuple[Expr, Expr]]
) -> Iterator[Expr]:
    """The displayed rows −W⟨a⟩ = f less those of a built network, each side of a row by itself.

    All copies of a cell share one letter; what hangs on the cells is eliminated.
    """
    net = built(state.family, counts)
    places: dict[str, Place] = dict(net.places)
    kept = [n for n in net.network.names if n == state.family.charger or n in places and _on_row(places[n])]
    gone = [name for name in net.network.names if name not in kept]
    eq = langevin(eliminate(net.network, *gone) if gone else net.network)
    position = {name: places[name][0][1] if name in places else 0 for name in eq.modes}
    letters = [Symbol(f"x_{k}") for k in range(counts[state.rows[0].branch.length] + 2)]
    a, first, before, now, after, short, last = _amplitudes(state)
    charger, inner, ending = shown
    whole, values = counts[state.rows[0].branch.length], {s: Integer(n) for s, n in counts.items()}
    for i, name in enumerate(eq.modes):
        k = position[name]
        true = Add(*(-eq.drift[i, j] * letters[position[other]] for j, other in enumerate(eq.modes)))
        if k == 0:
            (left, right), there = charger, {a: letters[0], first: letters[1]}
        elif k < whole:
            (left, right), there = inner, {before: letters[k - 1], now: letters[k], after: letters[k + 1]}
        else:
            (left, right), there = ending, {short: letters[k - 1], last: letters[k]}
        yield left.xreplace(there).xreplace(values) - true
        yield right - eq.force[i]


def _on_row(place: Place) -> bool:
    return len(place) == 1 and place[0][0] == 0


def _determinant(state: FamilyState, n: int) -> Expr:
    """The determinant of the last n cells from the rates and the two entries of the links between them."""
    row = state.rows[0]
    u, v, rec = row.entries.onward, row.branch.fan * row.entries.back, row.recurrence
    entries = Matrix(n, n, lambda i, j: {0: rec.rate if i < n - 1 else rec.last, 1: u, -1: v}.get(i - j, 0))
    return entries.det() if n else Integer(1)
