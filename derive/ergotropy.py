"""Work that unitaries can extract from Gaussian states: symplectic eigenvalues, passive energy, ergotropy.

    Σ = ½⟨{ψ, ψ†}⟩,  ψ = (a, a†),  Z = diag(1, −1):    the eigenvalues of ZΣ are ±ν_k with ν_k ≥ ½
    one mode:  ν = √((N + ½)² − |M|²),   ergotropy = ω(|⟨a⟩|² + N + ½ − ν)

Gaussian unitaries shift the amplitudes to zero and turn Σ into diag(ν); what is left is Σ ω_k(ν_k − ½) with the
largest ν on the smallest ω. Of one mode this is a thermal state, so that no unitary extracts more (Allahverdyan,
Balian and Nieuwenhuizen 2004). Of several modes it is the least energy that quadratic Hamiltonians reach; other
unitaries extract more where modes of one frequency have different ν, and none where all ν are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cmp_to_key

from sympy import Add, Expr, ImmutableMatrix, Integer, Matrix, Max, Mul, Pow, Rational, Symbol, log, sqrt

from derive.checks import checked
from derive.errors import DeriveError
from derive.gaussian import GaussianState, UnknownMode
from derive.kernel import Proved, abs_squared, canonical, charpoly, conjugated, factored, is_nonnegative

HALF = Rational(1, 2)
SIGNED = 1000  # operations of a 2ν̃ of which SymPy may seek the sign of ln 2ν̃: of 10⁵ it takes minutes and finds none
LONG = 500  # operations of the moments of a part: what they are multiplied out to took 5 minutes to factor at 20 000
Y = Symbol("nu_squared", positive=True)


class NoClosedWork(DeriveError):
    """Symplectic eigenvalues that are no square roots, or whose order the letters leave open."""


@checked
def symplectic_eigenvalues(state: GaussianState, *modes: str) -> tuple[Expr, ...]:
    """The ν_k ≥ ½ of some modes, of all if none is named: n expressions, the roots of det(λ − ZΣ) = Π(λ² − ν²).

    Modes without correlations are told apart first; of two correlated ones the larger ν comes first.

    Raises:
        NoClosedWork: if a factor of the characteristic polynomial of more than two modes is not of degree 1 or 2 in ν².
        UnknownMode: if a mode is not one of the state's.
    """
    return tuple(back(nu) for part, back in _parts(state, modes) for nu in _eigenvalues(part))


@checked
def symplectic_residual(state: GaussianState, eigenvalues: Sequence[Expr]) -> Matrix:
    """The coefficients of det(λ − ZΣ) minus those of Π(λ² − ν²): zero if these are the symplectic eigenvalues.

    (2n + 1)×1.

    Raises:
        UnknownMode: if there are more or fewer of them than modes.
    """
    if len(eigenvalues) != len(state.modes):
        raise UnknownMode(f"There are {len(state.modes)} symplectic eigenvalues, one a mode, not {len(eigenvalues)}.")
    product = [Integer(1)]
    for nu in eigenvalues:
        product = [a - nu**2 * b for a, b in zip([*product, Integer(0)], [Integer(0), *product], strict=True)]
    even = [x for c in product for x in (c, Integer(0))][:-1]
    return Matrix([a - b for a, b in zip(charpoly(_symplectic(state)), even, strict=True)])


@checked
def purity(state: GaussianState, *modes: str) -> Expr:
    """Tr ρ² = Π 1/(2ν_k) = 1/√det(2Σ) of some modes, of all if none is named; 1 if the state is pure.

    Raises:
        UnknownMode: if a mode is not one of the state's.
    """
    determinants = ((charpoly(_symplectic(part))[-1] * (-4) ** len(part.modes), b) for part, b in _parts(state, modes))
    return Mul(*(1 / sqrt(back(factored(d))) for d, back in determinants))


@checked
def passive_energy(state: GaussianState, *modes: str) -> Expr:
    """Σ ω_k(ν_k − ½) with the largest ν on the smallest frequency: what no Gaussian unitary extracts.

    Raises:
        NoClosedWork, UnknownMode: as `symplectic_eigenvalues` does.
        NoClosedWork: if frequencies differ, and the order of two of them, or of two ν, is not known.
    """
    parts = _parts(state, modes)
    frequencies = [omega for part, _ in parts for omega in part.frequencies]
    if len(set(frequencies)) == 1:
        return Mul(frequencies[0], Add(*(back(_quanta(part)) for part, back in parts)))
    falling = [back(nu) for part, back in parts for nu in _eigenvalues(part)]
    if len(parts) > 1 or len(falling) > 2:
        falling = sorted(falling, key=cmp_to_key(_compared), reverse=True)
    rising = sorted(frequencies, key=cmp_to_key(_compared))
    return Add(*(omega * (nu - HALF) for omega, nu in zip(rising, falling, strict=True)))


@checked
def ergotropy(state: GaussianState, *modes: str) -> Expr:
    """Energy minus passive energy of some modes, of all if none is named, in the units of their frequencies.

    Of one mode: ω(|⟨a⟩|² + N + ½ − ν), the most that any unitary extracts. Of several: the most that Gaussian
    unitaries on all of them extract.

    Raises:
        NoClosedWork, UnknownMode: as `passive_energy` does.
    """
    state = state.reduced(*modes) if modes else state
    return Add(*(state.energy(mode) for mode in state.modes)) - passive_energy(state)


@checked
def coherent_ergotropy(state: GaussianState, *modes: str) -> Expr:
    """Σ ω|⟨a⟩|² of some modes, of all if none is named: what displacements extract.

    The rest of the ergotropy is in squeezing and correlations.

    Raises:
        UnknownMode: if a mode is not one of the state's.
    """
    state = state.reduced(*modes) if modes else state
    return Add(*(omega * abs_squared(a) for omega, a in zip(state.frequencies, state.mean, strict=True)))


@checked
def logarithmic_negativity(state: GaussianState, first: str, second: str) -> Expr:
    """max(0, −ln 2ν̃) of two modes, ν̃ the smaller symplectic eigenvalue once a mode is transposed; 0 if separable.

    ν̃² = ½(D − √(D² − 4 det Σ)),  D = det A + det B − 2 det C  with det A = (N_11 + ½)² − |M_11|² and
    det C = |N_12|² − |M_12|²  (Vidal and Werner 2002; Simon 2000).

    Raises:
        UnknownMode: if a mode is not one of the state's, or both are the same.
    """
    pair, back = _in_letters(state.reduced(first, second))
    determinant = charpoly(_symplectic(pair))[-1]
    number, anomalous = pair.number, pair.anomalous
    sides = [(number[k, k] + HALF) ** 2 - abs_squared(anomalous[k, k]) for k in (0, 1)]
    d = canonical(Add(*sides, -2 * (abs_squared(number[0, 1]) - abs_squared(anomalous[0, 1]))))
    smaller = back((d - sqrt(factored(d**2 - 4 * determinant))) / 2)
    evaluate = smaller.count_ops() <= SIGNED
    return Max(0, -log(4 * smaller, evaluate=evaluate) / 2, evaluate=evaluate)


def _symplectic(state: GaussianState) -> Matrix:
    """ZΣ: the covariance with its lower half negative."""
    n = len(state.modes)
    covariance = state.covariance()
    return Matrix(2 * n, 2 * n, lambda i, j: covariance[i, j] if i < n else -covariance[i, j])


def _uncorrelated(state: GaussianState, modes: Sequence[str]) -> list[GaussianState]:
    """The state of some modes, of all if none is named, as a product of states without correlations between them."""
    left = list(modes or state.modes)
    parts = []
    while left:
        part = [left.pop(0)]
        for name in part:
            i = state.index(name)
            near = [m for m in left if any(x[i, state.index(m)] != 0 for x in (state.number, state.anomalous))]
            left = [m for m in left if m not in near]
            part += near
        parts.append(state.reduced(*part))
    return parts


def _parts(state: GaussianState, modes: Sequence[str]) -> list[tuple[GaussianState, Callable[[Expr], Expr]]]:
    """The uncorrelated parts of `_uncorrelated`, each with what puts its moments back into an expression."""
    return [_in_letters(part) for part in _uncorrelated(state, modes)]


def _in_letters(part: GaussianState) -> tuple[GaussianState, Callable[[Expr], Expr]]:
    """A state with letters N_ij, M_ij for its moments where these are long, and what puts the moments back.

    A polynomial in the moments is short; in what they are made of it may have millions of terms, unless they are
    numbers.
    """
    if sum(e.count_ops() for matrix in (part.number, part.anomalous) for e in matrix if not e.is_number) <= LONG:
        return part, lambda e: e
    table: dict[Expr, Expr] = {}

    def letter(name: str, value: Expr, real: bool) -> Expr:
        if value == 0:
            return value
        symbol = Symbol(name, real=True) if real else Symbol(name)
        table.update({symbol: value} if real else {symbol: value, conjugated(symbol): conjugated(value)})
        return symbol

    n = len(part.modes)
    number, anomalous = Matrix.zeros(n, n), Matrix.zeros(n, n)
    for i in range(n):
        for j in range(i, n):
            number[i, j] = letter(f"N_{i + 1}{j + 1}", part.number[i, j], i == j)
            number[j, i] = conjugated(number[i, j])
            anomalous[i, j] = anomalous[j, i] = letter(f"M_{i + 1}{j + 1}", part.anomalous[i, j], False)
    moments = {"number": ImmutableMatrix(number), "anomalous": ImmutableMatrix(anomalous)}
    return replace(part, **moments), lambda e: e.xreplace(table)


def _eigenvalues(part: GaussianState) -> list[Expr]:
    """The ν of correlated modes, from the polynomial Π(y − ν²) in its factors."""
    coefficients = charpoly(_symplectic(part))[::2]
    n = len(part.modes)
    if n <= 2:
        return [sqrt(root) for root in _roots(*coefficients)]
    found: list[Expr] = []
    for factor in Mul.make_args(factored(Add(*(c * Y ** (n - k) for k, c in enumerate(coefficients))))):
        base, times = factor.as_base_exp() if isinstance(factor, Pow) else (factor, Integer(1))
        if not base.has(Y):
            continue
        powers = [base.expand().coeff(Y, k) for k in (2, 1, 0)]
        if (base - sum(c * Y ** (2 - k) for k, c in enumerate(powers))).expand() != 0 or not times.is_Integer:
            raise NoClosedWork(
                f"The symplectic eigenvalues of {', '.join(part.modes)} must be square roots to be written down, but "
                f"their squares are the roots of {base}; ask for fewer modes, or insert numbers into the module that "
                "`derive solve --numpy` writes."
            )
        lead = powers if powers[0] != 0 else powers[1:]
        found += [sqrt(root) for root in _roots(*(c / lead[0] for c in lead))] * int(times)
    return found


def _roots(one: Expr, minus_sum: Expr, product: Expr | None = None) -> list[Expr]:
    """The roots of y − s, or of y² − s y + p, the larger one first."""
    if product is None:
        return [factored(-minus_sum / one)]
    root = sqrt(factored(minus_sum**2 - 4 * product))
    return [(sign * root - minus_sum) / 2 for sign in (1, -1)]


def _quanta(part: GaussianState) -> Expr:
    """Σ (ν − ½); of two modes ν_1 + ν_2 = √(ν_1² + ν_2² + 2ν_1ν_2), which needs no order."""
    if len(part.modes) != 2:
        return Add(*(nu - HALF for nu in _eigenvalues(part)))
    _, minus_sum, product = charpoly(_symplectic(part))[::2]
    return sqrt(factored(2 * sqrt(factored(product)) - minus_sum)) - 1


def _compared(a: Expr, b: Expr) -> int:
    """The order of two frequencies or eigenvalues, where it is the same for all values of their letters."""
    if a == b:
        return 0
    for difference, sign in ((a - b, 1), (b - a, -1)):
        if isinstance(is_nonnegative(difference), Proved):
            return sign
    raise NoClosedWork(
        "Passive energy puts the largest symplectic eigenvalue on the smallest frequency, but the order of "
        f"{a} and {b} is not known; use one frequency, or insert numbers."
    )
