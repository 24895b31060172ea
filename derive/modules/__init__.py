"""NumPy modules: of a network, of a large one, of equations for the moments of spins, of two spins."""

from derive.modules.network import network_module
from derive.modules.sentences import equations_text

__all__ = ["equations_text", "network_module"]
