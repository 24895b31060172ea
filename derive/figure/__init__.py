"""Pictures: the layout of a network and its drawing, as TikZ and as SVG."""

from derive.figure.drawing import legend, svg, tikz

__all__ = ["legend", "svg", "tikz"]
