"""Whether the moments of a network relax: Hurwitz conditions, block by block.

    all roots of λⁿ + (p_1 + iq_1)λⁿ⁻¹ + … + (p_n + iq_n) have negative real parts  ⇔  Δ_1, …, Δ_n > 0

with the determinants Δ_k of order 2k − 1 of Bilharz (1944) and Frank (1946); for real coefficients, those of Hurwitz
(1895). A drift is stable if its irreducible blocks are. With pairing the drift is that of (⟨a⟩, ⟨a⟩*), whose
characteristic polynomial is real.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from sympy import Add, Expr, I, ImmutableMatrix, Integer, Matrix, Rational, fraction

from derive.checks import checked
from derive.errors import DeriveError
from derive.kernel import (
    Proved,
    canonical,
    charpoly,
    conjugated,
    factored,
    irreducible_blocks,
    is_nonnegative,
    observable,
    open_factors,
)
from derive.langevin import Langevin, amplitude_system
from derive.network import Network

DECIDED = 6  # rows of a block whose conditions are looked at before a steady state is computed: milliseconds
MULTIPLIED_OUT = 1000  # terms of the determinant of W + W†: tenths of a second
TERMS = 40  # of its characteristic polynomial: with 160, the conditions take a minute, and are never of one sign

THRESHOLD = "amplify: a steady state is reached only below threshold, where without a drive all amplitudes decay."
UNDAMPED = (
    "A mode, or a superposition of modes, that no loss reaches is not damped: unless it begins in its steady state, it "
    "oscillates about it for ever."
)


class Unstable(DeriveError):
    """A network beyond threshold: it is amplified faster than it is damped, and its moments grow without bound."""


@dataclass(frozen=True)
class Condition:
    """`value` > 0 is one of the conditions for the moments of `modes` to relax."""

    modes: tuple[str, ...]
    value: Expr


@checked
def stability(eq: Langevin) -> tuple[Condition, ...]:
    """Conditions that together are necessary and sufficient for all moments to relax; block by block.

    A mode that nothing feeds back to gives −Re W_kk > 0, the rate of its amplitude.
    """
    return tuple(
        Condition(modes, value) for modes, block in _blocks(eq) for value in hurwitz(charpoly(block))
    )


def hurwitz(coefficients: Sequence[Expr]) -> tuple[Expr, ...]:
    """Δ_1, …, Δ_n of 1, c_1, …, c_n: all positive if and only if all roots have negative real parts; factored."""
    n = len(coefficients) - 1
    half = Rational(1, 2)
    p = [canonical(half * (c + conjugated(c))) for c in coefficients]
    q = [canonical(-half * I * (c - conjugated(c))) for c in coefficients]
    real = all(x == 0 for x in q)
    return tuple(factored((_real if real else _complex)(p, q, k).det(method="berkowitz")) for k in range(1, n + 1))


@checked
def damped(eq: Langevin) -> bool:
    """Whether W + W† is manifestly negative definite: all superpositions of modes decay, and W has an inverse."""
    if eq.paired or len(eq.modes) > DECIDED:
        return False
    losses = -(eq.drift + conjugated(eq.drift.T))
    if prod(sum(len(Add.make_args(e)) for e in losses.row(k) if e != 0) for k in range(losses.rows)) > MULTIPLIED_OUT:
        return False
    minors = (losses[:k, :k].det(method="berkowitz").expand() for k in range(1, len(eq.modes) + 1))
    return all(isinstance(is_nonnegative(m), Proved) and not open_factors(m) for m in minors)


def require_stable(eq: Langevin) -> None:
    """Refuse a network that is unstable for all values of its parameters, where small blocks tell.

    Raises:
        Unstable: if a condition of `stability` is never met.
    """
    for modes, block in _blocks(eq):
        if block.rows > DECIDED:
            continue
        for value in _decided(block):
            if value != 0 and isinstance(is_nonnegative(-value), Proved):
                whose, their = ("modes", "their") if len(modes) > 1 else ("mode", "its")
                raise Unstable(
                    f"A steady state needs damping above gain, but for the {whose} {', '.join(modes)} the condition "
                    f"{value} > 0 {'never holds' if value.free_symbols else 'does not hold'}; raise {their} losses or "
                    f"lower {their} gain and squeezing."
                )


def _decided(block: ImmutableMatrix) -> tuple[Expr, ...]:
    """The conditions of a block; where they are many or long the first, that its eigenvalues have a negative sum."""
    if block.rows <= 2 or not block.free_symbols:
        coefficients = charpoly(block)
        if sum(len(Add.make_args(fraction(c)[0])) for c in coefficients) <= TERMS:
            return hurwitz(coefficients)
    total = block.trace()
    return (factored(-Rational(1, 2) * (total + conjugated(total))),)


def caution(net: Network, eq: Langevin) -> str:
    """What to say before a steady state that may not be reached, for its beginning or its letters; else nothing.

    `eq` are the equations of `net`, which alone tells that what many baths take from a mode is a loss.
    """
    baths = [bath for bath in net.baths if bath.rate != 0]
    gains = eq.paired or any(weight != 0 for bath in baths for _, weight in bath.gain)
    signs = all(isinstance(is_nonnegative(rate), Proved) for rate in dict.fromkeys(bath.rate for bath in baths))
    if (gains or not signs) and not damped(eq):
        return f"{'Gain and pairing' if gains else 'Rates whose sign is not known may'} {THRESHOLD}"
    return UNDAMPED if undamped(eq.drift) else ""


def undamped(drift: Matrix, *seen: Matrix) -> bool:
    """Whether a superposition v of modes oscillates for ever, whatever the letters: W v = λ v and (W + W†) v = 0.

    What is `seen` of it, as by the noise that comes with gain, must vanish as well.
    """
    return not observable(drift, type(drift).vstack(drift + conjugated(drift.T), *seen))


def _real(p: Sequence[Expr], _: Sequence[Expr], k: int) -> Matrix:
    return Matrix(k, k, lambda i, j: _entry(p, 2 * (j + 1) - (i + 1)))


def _complex(p: Sequence[Expr], q: Sequence[Expr], k: int) -> Matrix:
    """Rows p_{2j−i}, then under them the shifted rows with q: order 2k − 1 (Frank 1946, Eq. (4))."""

    def value(i: int, j: int) -> Expr:
        if i < k:
            return _entry(p, 2 * (j + 1) - (i + 1)) if j < k else -_entry(q, 2 * (j - k + 1) - i)
        i -= k
        return _entry(q, 2 * (j + 1) - (i + 2)) if j < k else _entry(p, 2 * (j - k + 1) - (i + 1))

    return Matrix(2 * k - 1, 2 * k - 1, value)


def _entry(values: Sequence[Expr], k: int) -> Expr:
    return values[k] if 0 <= k < len(values) else Integer(0)


def _blocks(eq: Langevin) -> list[tuple[tuple[str, ...], ImmutableMatrix]]:
    """The irreducible diagonal blocks of the drift, doubled where pairing couples them to conjugates."""
    n = len(eq.modes)
    matrix, _ = amplitude_system(eq)
    found: dict[tuple[str, ...], ImmutableMatrix] = {}
    for block in irreducible_blocks(matrix):
        names = tuple(eq.modes[i] for i in sorted({i % n for i in block}))
        # (⟨a⟩, ⟨b⟩*) and (⟨a⟩*, ⟨b⟩) are conjugate blocks: one of them tells
        found.setdefault(names, ImmutableMatrix(matrix.extract(block, block)))
    return list(found.items())
