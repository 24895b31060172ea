"""Gaussian states of the modes: what a network's linear equations of motion can reach."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, ImmutableMatrix, Symbol

from derive.errors import DeriveError
from derive.kernel import conjugated


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

    def index(self, mode: str) -> int:
        """The place of a mode in the state's arrays."""
        if mode not in self.modes:
            raise UnknownMode(f"A mode must be one of {', '.join(self.modes)}, but is {mode!r}.")
        return self.modes.index(mode)

    def amplitude(self, mode: str) -> Expr:
        """⟨a⟩ of one mode."""
        return self.mean[self.index(mode)]

    def occupation(self, mode: str) -> Expr:
        """⟨a†a⟩ = |⟨a⟩|² + N_kk of one mode."""
        k = self.index(mode)
        return conjugated(self.mean[k]) * self.mean[k] + self.number[k, k]

    def energy(self, mode: str) -> Expr:
        """Stored energy ω⟨a†a⟩ of one mode, in the units of its frequency (ħ = 1)."""
        return self.frequencies[self.index(mode)] * self.occupation(mode)
