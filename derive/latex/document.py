r"""A RevTeX document around typeset derivations, so that an appendix can be read on its own."""

from __future__ import annotations

PREAMBLE = r"""\documentclass[aps,pra,onecolumn,nofootinbib,notitlepage]{revtex4-2}
\usepackage{amsmath,amssymb}
\usepackage{booktabs}
\usepackage{tikz}
\usetikzlibrary{arrows.meta,decorations.pathmorphing,decorations.markings}
\usepackage[hidelinks]{hyperref}
\allowdisplaybreaks[1]
"""


def document(body: str, title: str, picture: str = "", caption: str = "") -> str:
    """A whole document of title, picture and `body`, all LaTeX; equal text gives equal bytes, as there is no date."""
    parts = [PREAMBLE, rf"\hypersetup{{pdftitle={{{title}}}}}", r"\begin{document}", rf"\title{{{title}}}"]
    parts += [r"\maketitle", ""]
    if picture:
        text = f"\n  \\caption{{{caption}}}" if caption else ""
        parts.append(f"\\begin{{figure}}[h]\n  \\centering\n{picture.rstrip()}{text}\n\\end{{figure}}\n")
    parts.append(body.rstrip() + "\n")
    return "\n".join([*parts, r"\end{document}", ""])
