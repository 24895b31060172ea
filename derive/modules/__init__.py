"""NumPy modules: of a network, of a large one, of equations for the moments of spins, of two spins."""

from derive.modules.network import equations_text, network_module

__all__ = ["equations_text", "network_module"]
