"""Collective spins: algebra, closed moment equations, Dicke ladders, dark states, plateaus, their limit of modes."""

from derive.spins.ladders import generator, moments_residual, stationary, stationary_residual

__all__ = ["generator", "moments_residual", "stationary", "stationary_residual"]
