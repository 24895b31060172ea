"""Collective spins: algebra, closed moment equations, Dicke ladders, dark states, plateaus, their limit of modes."""

from derive.spins.ladders import (
    DickeState,
    Generator,
    generator,
    moments_residual,
    steady_spins,
    steady_spins_residual,
)

__all__ = ["DickeState", "Generator", "generator", "moments_residual", "steady_spins", "steady_spins_residual"]
