"""The steady state of a family in closed form, for every value of its counts.

Every row is eliminated from its far end (a Schur complement): its last n cells have the determinant y_n, and the
amplitudes along it fall off as (−u)^k y_{L−k}/y_L. What hangs on a mode adds to its rate: M copies of a row add
M (t − uv y_{L−1}/y_L), with t the rate that the link itself brings. `closed_form_residual` substitutes the answer into
the equations of motion, row by row, at symbolic positions and counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Add, Expr, I, Integer, Matrix, Mul, Pow, Product, Symbol

from derive.checks import checked
from derive.families import Branch, Entries, Family, FamilyError, Place, built, rung_shift
from derive.kernel import Proved, abs_squared, canonical, factored, is_zero
from derive.langevin import langevin
from derive.recurrence import ClosedForm, Form, Recurrence, closed, closed_residual, natural_form

POSITION = Symbol("k", positive=True, integer=True)
LEVEL = Symbol("m", positive=True, integer=True)


@dataclass(frozen=True)
class Row:
    """A branch, solved: what a cell of it carries, the recurrence of its determinants, and their closed form."""

    branch: Branch
    entries: Entries
    sides: tuple[Row, ...]
    ends: tuple[Row, ...]
    recurrence: Recurrence
    form: ClosedForm | None

    def y(self, n: Expr | int) -> Expr:
        """The determinant of the last n cells, divided by that of all that hangs on them; y_0 = 1."""
        if self.form is None or n in (0, 1):
            return self.recurrence.term(int(n))
        return self.form.at(n)

    @property
    def whole(self) -> Expr:
        """y_L of the whole row."""
        return self.y(self.branch.length)

    @property
    def loops(self) -> Expr:
        """copies · uv: what the first cells of all copies and the mode before them exchange."""
        return self.branch.copies * self.entries.loop

    @property
    def feedback(self) -> Expr:
        """copies · uv y_{L−1}/y_L: what the copies together take off the rate of the mode that they hang on."""
        if isinstance(is_zero(self.entries.loop), Proved):
            return Integer(0)
        return self.loops * self.y(self.branch.length - 1) / self.whole

    def ratio(self, k: Expr | int) -> Expr:
        """The amplitude of the k-th cell over that of the mode on which the row hangs, (−u)^k y_{L−k}/y_L."""
        length = self.branch.length
        onward = Pow(-self.entries.onward, k)
        return onward * self.y(length - k) / self.whole


@dataclass(frozen=True)
class FamilyState:
    """The steady state of a family: amplitudes and energies as functions of its counts."""

    family: Family
    rows: tuple[Row, ...]

    @property
    def own(self) -> Expr:
        """The charger's rate before its branches are eliminated: its loss and what the links bring."""
        return self.family.root.loss / 2 + Add(*(row.branch.copies * row.entries.tail for row in self.rows))

    def below(self, number: int) -> Expr:
        """The charger's amplitude is −iε y_L/below, with y_L of its branch `number`."""
        row = self.rows[number]
        others = (other for i, other in enumerate(self.rows) if i != number)
        own = self.own - Add(*(other.feedback for other in others))
        if row.form is not None and _one_more_cell(row, own):
            return row.y(row.branch.length + 1)
        if isinstance(is_zero(row.entries.loop), Proved):
            return own * row.whole
        return own * row.whole - row.loops * row.y(row.branch.length - 1)

    @checked
    def amplitude(self, *place: tuple[int, Expr | int]) -> Expr:
        """⟨a⟩ of a mode, by its place: the branches and positions that lead to it from the charger.

        () is the charger, ((0, k),) the k-th cell of its first branch, ((0, k), (1, l)) the l-th cell of the second
        branch that hangs there. k may be a symbol for a position inside the row; for its last cell it must be the
        length itself.

        Raises:
            FamilyError: if the family has no such place.
        """
        force = -I * self.family.drive
        first, *more = place or ((0, 0),)
        row, k = self._row(self.rows, first)
        onward = Pow(-row.entries.onward, k)
        found = force * onward * row.y(row.branch.length - k) / self.below(first[0])
        for step in more:
            at_end = bool(k == row.branch.length)
            row, k = self._row((*row.sides, *(row.ends if at_end else ())), step)
            found *= row.ratio(k)
        return found

    @checked
    def energy(self, *place: tuple[int, Expr | int]) -> Expr:
        """ω|⟨a⟩|² of a mode; places as in `amplitude`."""
        return self.family.frequency * squared_modulus(self.amplitude(*place))

    @property
    def terminal(self) -> tuple[tuple[int, Expr | int], ...]:
        """The place of the last cell of the first branch, and of what hangs on it first, to its end."""
        return _terminal(self.rows)

    def _row(self, rows: tuple[Row, ...], step: tuple[int, Expr | int]) -> tuple[Row, Expr | int]:
        number, k = step
        if not 0 <= number < len(rows):
            raise FamilyError(
                f"A place names one of the {len(rows)} branches there, counted from 0, but names {number}."
            )
        return rows[number], k

    @property
    def determinant(self) -> Expr:
        """det(−W) of the whole network, intermediate modes included, as a function of the counts."""
        if not self.rows:
            return self.own
        row, *others = self.rows
        root = self.below(0) / row.whole
        return root * Mul(*(_determinant(r) for r in (row, *others)))


@checked
def closed_form(family: Family, form: Form | None = None) -> FamilyState:
    """The steady state of a family for all counts: determinant, amplitudes and energies in closed form.

    `form` says how the determinants of rows of symbolic length are written where energy flows back: in "powers" of the
    two roots, as "double" where these coincide (one of the two by default), as a "binomial" sum, or in "hyperbolic",
    "alternating" or "trigonometric" functions; `derive.recurrence.closed` has the formulas. Where nothing flows back
    they are products.

    Raises:
        FormError: if a row has no such form.
    """
    return FamilyState(family, tuple(_row(branch, form) for branch in family.root.branches))


@checked
def closed_form_residual(state: FamilyState) -> Matrix:
    """A column that is zero if the closed forms solve the equations of motion for all counts.

    −W⟨a⟩ − f, row by row of the symmetric modes: the charger's, and of every branch those of an inner cell at a
    symbolic position 1 ≤ k < L and of the last one, relative to the mode on which it hangs; then the induction of
    every closed form. Sums and angles enter the rows as powers of roots, which obey the same recurrences.
    """
    forms = [row.form for row in _all_rows(state.rows) if row.form is not None]
    state = replace(state, rows=tuple(map(_in_powers, state.rows)))
    branches = state.family.root.branches
    charger = Add(state.family.root.loss / 2, *map(_brought, branches), *map(_returned, state.rows))
    found = [charger * state.amplitude() + I * state.family.drive]
    for row in _all_rows(state.rows):
        found += _row_equations(row)
    for form in forms:
        found += list(closed_residual(form))
    return Matrix(found)


def network_residual(state: FamilyState, counts: Mapping[Symbol, int]) -> Matrix:
    """W⟨a⟩ + f of the network built at given counts, with the amplitudes of the closed form: zero in the steady state.

    Intermediate modes take the amplitudes that follow from those of their neighbours. Forms with angles hold the
    logarithms of the roots, which the kernel does not undo: use one of the others.
    """
    net = built(state.family, counts)
    eq = langevin(net.network)
    values = {s: Integer(n) for s, n in counts.items()}
    alpha: dict[str, Expr] = {state.family.charger: _at(state.amplitude(), values)}
    for name, place in net.places:
        alpha[name] = _amplitude_at(state, place, values)
    w = eq.drift
    for i, name in enumerate(eq.modes):
        if name not in alpha:
            known = [(w[i, j], alpha[other]) for j, other in enumerate(eq.modes) if other in alpha and w[i, j] != 0]
            alpha[name] = -Add(*(a * b for a, b in known)) / w[i, i]
    return w * Matrix([alpha[name] for name in eq.modes]) + eq.force


def squared_modulus(e: Expr) -> Expr:
    """|e|², factor by factor: |z^n|² = (z z*)^n for a whole n, so that powers of phases vanish."""
    if e.is_Mul:
        return Mul(*(squared_modulus(x) for x in e.args))
    if e.is_Pow and e.exp.is_integer:
        return Pow(squared_modulus(e.base), e.exp)
    return e**2 if e.is_real else factored(abs_squared(e))


# -- rows ----------------------------------------------------------------------------------------------------


def _row(branch: Branch, form: Form | None, shift: Expr | None = None) -> Row:
    entries = branch.link.entries()
    sides, ends = (tuple(_row(b, form) for b in some) for some in (branch.cell.branches, branch.end))
    inner, last = _bare(branch, rung_shift(branch) if shift is None else shift)
    feedback, more = (Add(*(row.feedback for row in some)) for some in (sides, ends))
    recurrence = Recurrence(_dressed(inner, feedback), branch.fan * entries.loop, _dressed(last, feedback + more))
    if branch.length.is_Integer:
        return Row(branch, entries, sides, ends, recurrence, None)
    natural = natural_form(recurrence)
    chosen = natural if form is None or natural == "product" else form
    return Row(branch, entries, sides, ends, recurrence, closed(recurrence, chosen))


def _dressed(rate: Expr, feedback: Expr) -> Expr:
    """A rate less what hangs on the mode takes off it; as one fraction where that holds no powers of counts."""
    rational = all(power.exp.is_Integer for power in feedback.atoms(Pow))
    return canonical(rate - feedback) if rational else canonical(rate) - feedback


def _in_powers(row: Row) -> Row:
    """The same row with its determinant as a product, or as powers of roots."""
    sides, ends = tuple(map(_in_powers, row.sides)), tuple(map(_in_powers, row.ends))
    if row.form is None or row.form.form in ("product", "powers", "double"):
        return replace(row, sides=sides, ends=ends)
    return replace(row, sides=sides, ends=ends, form=closed(row.recurrence, natural_form(row.recurrence)))


def _bare(branch: Branch, shift: Expr) -> tuple[Expr, Expr]:
    """The rates of an inner and of the last cell, before what hangs on them is eliminated."""
    entries = branch.link.entries()
    rate = branch.cell.loss / 2 + entries.head + shift + Add(*map(_brought, branch.cell.branches))
    return rate + branch.fan * entries.tail, rate + Add(*map(_brought, branch.end))


def _brought(branch: Branch) -> Expr:
    """What the links of a branch add to the rate of the mode that it hangs on."""
    return branch.copies * branch.link.entries().tail


def _all_rows(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(found for row in rows for found in (row, *_all_rows(row.sides), *_all_rows(row.ends)))


def _returned(row: Row) -> Expr:
    """What the first cells of a row add to the equation of the mode on which it hangs, over its amplitude."""
    back = row.branch.link.entries().back
    return Integer(0) if isinstance(is_zero(back), Proved) else row.branch.copies * back * row.ratio(1)


def _row_equations(row: Row) -> list[Expr]:
    """The equations of an inner and of the last cell, in amplitudes relative to the mode on which the row hangs.

    Their coefficients are read from the branch once more, not from the solution.
    """
    branch, length = row.branch, row.branch.length
    entries, (inner, last) = branch.link.entries(), _bare(branch, rung_shift(branch))
    sides, ends = (Add(*map(_returned, some)) for some in (row.sides, row.ends))
    u, v = entries.onward, branch.fan * entries.back
    found = [u * row.ratio(length - 1) + (last + sides + ends) * row.ratio(length)]
    positions = range(1, int(length)) if length.is_Integer else (POSITION,)
    for k in positions:
        following = row.ratio(k + 1) if not isinstance(is_zero(v), Proved) else Integer(0)
        found.append(u * row.ratio(k - 1) + (inner + sides) * row.ratio(k) + v * following)
    return found


def _one_more_cell(row: Row, own: Expr) -> bool:
    """Whether the charger is one more inner cell of the row, so that its determinant is y_{L+1}."""
    alike = row.branch.copies == row.branch.fan and row.form is not None and row.form.form != "product"
    return bool(alike) and isinstance(is_zero(own - row.recurrence.rate), Proved)


def _terminal(rows: tuple[Row, ...]) -> tuple[tuple[int, Expr | int], ...]:
    if not rows:
        return ()
    row = rows[0]
    return ((0, row.branch.length), *_terminal((*row.sides, *row.ends)))


def _determinant(row: Row) -> Expr:
    """det(−W) of all copies of a row with all that hangs on them."""
    branch = row.branch
    alike = _one_copy(row)
    if branch.rung == 0:
        return alike**branch.copies
    # Copies that move against each other see the rungs with the opposite sign, and only once.
    apart = _one_copy(_row(branch, row.form.form if row.form else None, -I * branch.rung))
    return alike * apart ** (branch.copies - 1)


def _one_copy(row: Row) -> Expr:
    """det(−W) of one copy: its cells dressed by what hangs on them, what hangs there, and intermediate modes."""
    branch, length = row.branch, row.branch.length
    hanging = Mul(*(_determinant(side) for side in row.sides)) * _intermediate(branch)
    ends = Mul(*(_determinant(end) for end in row.ends))
    if branch.fan == 1:
        return row.whole * hanging**length * ends
    below = length - LEVEL
    # the cells of level m, and the last ones by themselves: y_0 = 1 is no value of a product's form
    inner = (row.y(below + 1) / row.y(below) * hanging) ** (branch.fan ** (LEVEL - 1))
    last = (row.recurrence.last * hanging * ends) ** (branch.fan ** (length - 1))
    return Product(inner, (LEVEL, 1, length - 1)) * last


def _intermediate(branch: Branch) -> Expr:
    """det(−W) of the intermediate modes of one link."""
    net = branch.link.net
    drift = langevin(net).drift
    places = [net.names.index(name) for name in branch.link.between]
    return (-drift).extract(places, places).det() if places else Integer(1)


def _at(e: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    return e.subs(dict(values), simultaneous=True).doit()


def _amplitude_at(state: FamilyState, place: Place, values: Mapping[Symbol, Expr]) -> Expr:
    """The amplitude at whole positions and counts; a row's last cell is asked for as such."""
    steps: list[tuple[int, Expr | int]] = []
    rows = state.rows
    for number, k in place:
        row = rows[number]
        last = k == row.branch.length.xreplace(dict(values))
        steps.append((number, row.branch.length if last else k))
        rows = (*row.sides, *(row.ends if last else ()))
    return _at(state.amplitude(*steps), values)
