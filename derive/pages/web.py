"""A page for a browser: formulas typeset by KaTeX, styles and fonts inside, nothing to fetch, no script."""

from __future__ import annotations

import base64
import importlib.util
import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from string import Template

from derive.errors import DeriveError

# What ends a clause behind a formula: browsers would begin a line with it.
STOP = re.compile(r"(</span></span></span>)([.,;:!?)]+)")
FONT = re.compile(r"url\((fonts/[\w-]+\.woff2)\) format\(.woff2.\)(?:,url\([^)]*\) format\([^)]*\))*")


class WebMissing(DeriveError):
    """A page for the browser needs a package that is not installed."""


class FormulaError(DeriveError):
    """KaTeX refuses a formula; the message carries KaTeX's own words."""


def typesetter() -> Callable[[str, bool], str]:
    """KaTeX, loaded once (0.02 s): a function from a formula, and whether it is displayed, to HTML (2 ms).

    The HTML carries MathML for screen readers and for copying. `\\label`, unknown to KaTeX, is dropped.

    Raises:
        WebMissing: if KaTeX or the JavaScript engine that runs it is not installed.
        FormulaError: by the function returned, if a formula is not correct LaTeX.
    """
    if importlib.util.find_spec("quickjs") is None:
        raise WebMissing("Formulas in HTML need quickjs-ng, which is not installed: pip install 'derive[notebooks]'.")
    import quickjs

    engine = quickjs.Context()
    engine.eval((_katex() / "katex.min.js").read_text(encoding="utf-8"))

    def typeset(formula: str, display: bool) -> str:
        bare = re.sub(r"\\label\{[^}]*\}", "", formula).strip()
        options = f"{{displayMode: {json.dumps(display)}, throwOnError: true, strict: 'ignore'}}"
        try:
            # As JSON, because the engine's binding cannot hand over a string that is still held in parts.
            call = f"JSON.stringify(katex.renderToString({json.dumps(bare)}, {options}))"
            return str(json.loads(engine.eval(call)))
        except quickjs.JSException as error:
            told = str(error).strip().splitlines()[0]
            raise FormulaError(f"KaTeX must know every formula, but of {bare!r} it says: {told}") from error

    return typeset


def page(title: str, body: str) -> str:
    """A whole HTML page around a body: the same look offline as online, on paper as on a screen.

    Raises:
        WebMissing: if KaTeX, whose style and fonts the page carries, is not installed.
    """
    frame = Template((Path(__file__).parents[1] / "templates" / "page.html").read_text(encoding="utf-8"))
    katex = _katex()

    def inlined(reference: re.Match[str]) -> str:
        font = base64.b64encode((katex / reference[1]).read_bytes()).decode("ascii")
        return f'url(data:font/woff2;base64,{font}) format("woff2")'

    math = FONT.sub(inlined, (katex / "katex.min.css").read_text(encoding="utf-8"))
    body = STOP.sub(r'<span class="stop">\2</span>\1', body)
    return frame.substitute(title=escape(title), math=math, body=body)


def _katex() -> Path:
    """KaTeX as its authors publish it; the one wheel with all of it is a plug-in for Wagtail."""
    wheel = importlib.util.find_spec("wagtailkatex")
    if wheel is None or wheel.origin is None:
        raise WebMissing(
            "Formulas in HTML need KaTeX, which is not installed: pip install --no-deps wagtail-katex==0.0.6."
        )
    return Path(wheel.origin).parent / "static" / "wagtailkatex" / "katex"
