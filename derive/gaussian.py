"""Gaussian states of the modes: what a network's linear equations of motion can reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Expr, ImmutableMatrix, Pow, Symbol, eye, zeros

from derive.checks import checked
from derive.errors import DeriveError
from derive.kernel import abs_squared
from derive.langevin import Langevin, second_moment_matrix
from derive.network import not_negative


class UnknownMode(DeriveError):
    """A question about a mode that the state does not have."""


@dataclass(frozen=True)
class GaussianState:
    """First moments and centred second moments of n modes.

    `mean` is ⟨a⟩ (n×1), `number` is ⟨a_i†a_j⟩ − ⟨a_i⟩*⟨a_j⟩ and `anomalous` is ⟨a_i a_j⟩ − ⟨a_i⟩⟨a_j⟩ (n×n);
    the vacuum is zero in all three. Where an answer is too large to be written out, the three are expressions
    in the symbols that `where` defines, in order, each by earlier ones, and `note` says so.
    """

    modes: tuple[str, ...]
    frequencies: tuple[Expr, ...]
    mean: ImmutableMatrix
    number: ImmutableMatrix
    anomalous: ImmutableMatrix
    where: tuple[tuple[Symbol, Expr], ...] = ()
    note: str = ""

    @property
    def in_factors(self) -> bool:
        """Whether `where` defines determinants of branches, which never divide, and not the steps of an elimination."""
        powers = [power for _, e in self.where for power in e.atoms(Pow)]
        return bool(self.where) and not any(power.exp.could_extract_minus_sign() for power in powers)

    def index(self, mode: str) -> int:
        """The place of a mode in the state's arrays.

        Raises:
            UnknownMode: if the state has no such mode.
        """
        if mode not in self.modes:
            raise UnknownMode(f"A mode must be one of {', '.join(self.modes)}, but is {mode!r}.")
        return self.modes.index(mode)

    def amplitude(self, mode: str) -> Expr:
        """⟨a⟩ of one mode."""
        return self.mean[self.index(mode)]

    def occupation(self, mode: str) -> Expr:
        """⟨a†a⟩ = |⟨a⟩|² + N_kk of one mode."""
        k = self.index(mode)
        return abs_squared(self.mean[k]) + self.number[k, k]

    def energy(self, mode: str) -> Expr:
        """Stored energy ω⟨a†a⟩ of one mode, in the units of its frequency (ħ = 1)."""
        return self.frequencies[self.index(mode)] * self.occupation(mode)

    @checked
    def reduced(self, *modes: str) -> GaussianState:
        """The state of some of the modes, in the order given: the others are traced out.

        Raises:
            UnknownMode: if a mode is not one of the state's, or is named twice.
        """
        if len(set(modes)) < len(modes):
            raise UnknownMode(f"A mode is named once, but the modes are {', '.join(modes)}.")
        k = [self.index(mode) for mode in modes]
        return replace(
            self,
            modes=tuple(modes),
            frequencies=tuple(self.frequencies[i] for i in k),
            mean=self.mean.extract(k, [0]),
            number=self.number.extract(k, k),
            anomalous=self.anomalous.extract(k, k),
        )

    def covariance(self) -> ImmutableMatrix:
        """½⟨{ψ_i, ψ_j†}⟩ of the centred ψ = (a, a†): [[Nᵀ + ½, M], [M*, N + ½]], 2n×2n; the vacuum is ½."""
        return ImmutableMatrix(second_moment_matrix(self.number + eye(len(self.modes)) / 2, self.anomalous))


@checked
def vacuum(eq: Langevin) -> GaussianState:
    """The vacuum of all modes: all moments are zero."""
    return _state(eq, {}, {})


@checked
def coherent(eq: Langevin, amplitudes: Mapping[str, Expr | int]) -> GaussianState:
    """A product of coherent states with the amplitudes ⟨a⟩ given by mode; the other modes are in the vacuum.

    Raises:
        UnknownMode: if a mode is not one of the network's.
    """
    return _state(eq, amplitudes, {})


@checked
def thermal(eq: Langevin, occupations: Mapping[str, Expr | int]) -> GaussianState:
    """A product of thermal states with the occupations ⟨a†a⟩ ≥ 0 given by mode; the other modes are in the vacuum.

    Raises:
        UnknownMode: if a mode is not one of the network's.
        NetworkError: if an occupation is negative.
    """
    return _state(eq, {}, occupations)


def _state(
    eq: Langevin, amplitudes: Mapping[str, Expr | int], occupations: Mapping[str, Expr | int]
) -> GaussianState:
    n = len(eq.modes)
    mean, number = zeros(n, 1), zeros(n, n)
    flat = ImmutableMatrix(number)
    empty = GaussianState(eq.modes, eq.frequencies, ImmutableMatrix(mean), flat, flat)
    for mode, amplitude in amplitudes.items():
        mean[empty.index(mode), 0] = amplitude
    for mode, occupation in occupations.items():
        number[empty.index(mode), empty.index(mode)] = not_negative(occupation, f"the occupation of {mode!r}")
    return replace(empty, mean=ImmutableMatrix(mean), number=ImmutableMatrix(number))
