"""Charging power P(t) = E(t)/t of a mode, and its largest value over all times as a certified root.

    P′ = 0   ⟺   t E′(t) = E(t),   E = ω|⟨a⟩(t)|²,   ⟨a⟩(t) = ∫₀ᵗ exp(W s) f ds

At given numbers the time of the largest power is the root of an exponential polynomial. It is enclosed between two
rationals, and so is the power; the enclosure is proved by ball arithmetic: one maximum inside, smaller power at all
other times.
"""

from __future__ import annotations

from sympy import Expr, Rational

from derive.checks import checked
from derive.errors import DeriveError
from derive.gaussian import GaussianState, UnknownMode
from derive.kernel import Peak, Proved, Transform, Verdict, peak, peak_verdict, transform
from derive.langevin import Langevin


class NoMaximalPower(DeriveError):
    """The power of a mode has no value, or no largest one that can be enclosed."""


@checked
def charging_power(state: GaussianState, mode: str, t: Expr) -> Expr:
    """P(t) = E(t)/t of a mode whose state at time `t` is given: the mean rate at which it was charged.

    Source: Zhao et al. 2025, P(t) = E(t)/t.

    Raises:
        NoMaximalPower: if `t` is not real, or not after t = 0.
    """
    if not t.is_real or t.is_nonpositive:
        raise NoMaximalPower(f"A mean power needs a real time after 0, but {t} is none; declare it real or positive.")
    return state.energy(mode) / t


@checked
def maximal_power(eq: Langevin, mode: str, digits: int = 10) -> Peak:
    """The largest charging power of a mode over all times, from vacuum, with all letters replaced by rationals.

    `time` and `value` are pairs of rationals that enclose the time of the maximum, to `digits` digits, and the power.
    Units: inverse rates; frequency times rate.

    Raises:
        NoMaximalPower: if baths are hot or squeezed, if there is pairing, if the mode stays empty or does not relax, or
            if the maximum could not be proved.
        NotAnExactNumber: if the real or imaginary part of an entry is not rational.
        UnknownMode: if there is no such mode.
    """
    if digits < 1:
        raise NoMaximalPower(f"A time is enclosed to 1, 2, 3, … digits, but is wanted to {digits!r}.")
    wave, frequency = _amplitude(eq, mode)
    found = peak(wave, digits)
    if found is None:
        raise NoMaximalPower(
            f"A largest power lies between the fastest and the slowest motion, but that of {mode} was not found there; "
            "check that every mode has a loss."
        )
    verdict = peak_verdict(wave, found)
    if not isinstance(verdict, Proved):
        raise NoMaximalPower(f"The largest power of {mode} must be proved, but is not: {verdict}.")
    return Peak(found.time, (frequency * found.value[0], frequency * found.value[1]))


@checked
def maximal_power_verdict(eq: Langevin, mode: str, found: Peak) -> Verdict:
    """Whether the power of a mode is largest inside `found.time`, nowhere else, and its maximum inside `found.value`.

    Raises:
        NoMaximalPower, NotAnExactNumber, UnknownMode: as `maximal_power` does.
    """
    wave, frequency = _amplitude(eq, mode)
    low, high = found.value
    return peak_verdict(wave, Peak(found.time, (low / frequency, high / frequency)))


def _amplitude(eq: Langevin, mode: str) -> tuple[Transform, Rational]:
    if mode not in eq.modes:
        raise UnknownMode(f"The mode must be one of {', '.join(eq.modes)}, but is {mode!r}.")
    if eq.paired or eq.noisy:
        raise NoMaximalPower(
            "An enclosed power needs coherent states, but baths of the network are hot, squeezed or have gain, or "
            "pairs are created; let the baths be at zero temperature."
        )
    place = eq.modes.index(mode)
    frequency = eq.frequencies[place]
    if not (frequency.is_Rational and frequency.is_positive):
        raise NoMaximalPower(f"The frequency of {mode} must be a positive rational number, but is {frequency}.")
    wave = transform(eq.drift, eq.force, place)
    if wave is None:
        raise NoMaximalPower(f"A charging power needs a charged mode, but no drive reaches {mode}.")
    return wave, frequency
