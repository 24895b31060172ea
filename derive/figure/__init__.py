"""Pictures: the layout of a network and its drawing, as TikZ and as SVG."""

from derive.figure.drawing import svg, tikz

__all__ = ["svg", "tikz"]
