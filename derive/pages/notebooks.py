"""Notebooks: text in Git, executed to deterministic .ipynb files, rendered to pages that need no network.

What differs between two runs of one notebook is fixed or taken out: cell ids come from the source, execution
times and the version of Python are left out, addresses in memory are masked, figures are SVG with ids from a
fixed salt, and the kernel starts with one hash seed and none of the user's configuration.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from derive.errors import DeriveError
from derive.pages import web

if TYPE_CHECKING:
    from jupyter_client import AsyncKernelManager
    from nbclient import NotebookClient
    from nbformat import NotebookNode

# The order in which they are read; others follow by name.
READING = (
    "cascaded_and_parallel", "any_number", "charging_in_time", "reservoirs", "elimination", "collective_spins",
    "two_qubits", "directed_pair",
)  # fmt: skip
TIME_LIMIT = 600  # seconds for one cell
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
CLIP_PATH = re.compile(r'<clipPath id="(p[0-9a-f]{10})"')
MINUS_ZERO = re.compile(r"(?<![\w.-])-0(?![\w.])")
FOLDED = """{% extends 'basic/index.html.j2' %}
{% block input %}<details><summary>code</summary>{{ super() }}</details>{% endblock input %}"""

# Jupyter's packages are an extra and take a second to import: the functions below import them when called.


class NotebookError(DeriveError):
    """A notebook that does not run to its end, or that warns on the way."""


@dataclass(frozen=True)
class Executed:
    """A notebook after its run: the text of the .ipynb, and its figures as PDF in their order."""

    text: str
    figures: tuple[bytes, ...]


def in_reading_order(paths: Iterable[Path]) -> list[Path]:
    """Notebooks as they are listed: those of `READING` in its order, then others by name."""

    def place(path: Path) -> tuple[int, str]:
        return READING.index(path.stem) if path.stem in READING else len(READING), path.stem

    return sorted(paths, key=place)


def execute(path: Path, folder: Path) -> Executed:
    """Run a text notebook (jupytext), as notebooks/cascaded_and_parallel.py, from a fresh kernel.

    `folder` is where it runs, and from where it imports.

    Raises:
        NotebookError: if a cell raises an error or writes to stderr (a warning), or Jupyter is not installed.
    """
    try:
        import jupytext
        import nbformat
    except ModuleNotFoundError as error:
        raise _not_installed(error) from error
    notebook = nbformat.from_dict(jupytext.read(path))
    for number, cell in enumerate(notebook.cells):
        cell.id = hashlib.sha256(f"{number}\n{cell.source}".encode()).hexdigest()[:12]
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if "tags" in cell.metadata else {})
    _run(notebook, path, folder.resolve())
    figures = []
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            _refuse_warning(output, path, number)
            _settle(output, cell.id)
            pdf = output.get("data", {}).pop("application/pdf", None)
            if pdf:
                figures.append(base64.b64decode(pdf))
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return Executed(nbformat.writes(notebook).rstrip("\n") + "\n", tuple(figures))


def _run(notebook: NotebookNode, path: Path, folder: Path) -> None:
    """Execute the cells in place, in a kernel that speaks through files and needs no port."""
    try:
        from jupyter_client import AsyncKernelManager
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    except ModuleNotFoundError as error:
        raise _not_installed(error) from error
    with tempfile.TemporaryDirectory(prefix="derive-") as scratch:
        manager = AsyncKernelManager(
            kernel_name="python3", transport="ipc", connection_file=str(Path(scratch) / "kernel.json")
        )
        client = NotebookClient(
            notebook, km=manager, timeout=TIME_LIMIT, record_timing=False, coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
        )  # fmt: skip
        try:
            asyncio.run(_cells(client, manager, _environment(Path(scratch), folder)))
        except CellExecutionError as error:
            told = " ".join(f"{error.ename}: {error.evalue}".split())
            raise NotebookError(f"{path} must run to its end, but raises {told}") from error
        except (CellTimeoutError, DeadKernelError) as error:
            told = str(error).splitlines()[0]
            raise NotebookError(f"{path} must run to its end, but the kernel stopped: {told}") from error


async def _cells(client: NotebookClient, manager: AsyncKernelManager, environment: Mapping[str, str]) -> None:
    """Execute the cells. The client takes a signal for the death of the kernel, its own `execute` without appeal."""
    from nbclient.exceptions import DeadKernelError

    client.reset_execution_trackers()
    await client.async_start_new_kernel(env=environment)
    try:
        await client.async_start_new_kernel_client()
        for number, cell in enumerate(client.nb.cells):
            await client.async_execute_cell(cell, number, execution_count=client.code_cells_executed + 1)
    except DeadKernelError:
        if await manager.is_alive():
            raise asyncio.CancelledError from None
        raise
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        await manager.shutdown_kernel(now=True)


def _environment(scratch: Path, folder: Path) -> dict[str, str]:
    """The kernel's environment: the folder's modules, one hash seed, one date, no other configuration."""
    profile = scratch / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    # On a new machine Matplotlib looks for fonts, and says so if that takes more than five seconds.
    unsaid = "__import__('logging').getLogger('matplotlib.font_manager').setLevel('ERROR')"
    configuration = {"InlineBackend": {"figure_formats": ["svg", "pdf"]}, "IPKernelApp": {"exec_lines": [unsaid]}}
    (profile / "ipython_kernel_config.json").write_text(json.dumps(configuration), encoding="utf-8")
    (scratch / "matplotlibrc").write_text("svg.hashsalt: derive\n", encoding="utf-8")
    # After the folder's modules come this package's own: a checkout need not be installed.
    modules = (str(folder), str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", ""))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(part for part in modules if part),
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "1767225600",
        "IPYTHONDIR": str(profile.parent),
        "MATPLOTLIBRC": str(scratch / "matplotlibrc"),
    }


def _refuse_warning(output: NotebookNode, path: Path, number: int) -> None:
    if output.output_type == "stream" and output.name == "stderr":
        told = output.text.strip().splitlines()[0]
        raise NotebookError(f"{path} must not warn, but cell {number + 1} writes to stderr: {told}")


def _settle(output: NotebookNode, cell: str) -> None:
    """Mask the addresses in memory that a printed object may show, and what rounding does to a figure.

    Zeros lose their signs; the names of clip paths, which Matplotlib makes from all digits of their corners, come from
    the cell.
    """
    if output.output_type == "stream":
        output.text = ADDRESS.sub("", output.text)
    data = output.get("data", {})
    for kind in ("text/plain", "text/html"):
        if kind in data:
            data[kind] = ADDRESS.sub("", data[kind])
    if "image/svg+xml" in data:
        figure = MINUS_ZERO.sub("0", data["image/svg+xml"])
        for number, name in enumerate(dict.fromkeys(CLIP_PATH.findall(figure))):
            figure = figure.replace(name, f"p{cell}_{number}")
        data["image/svg+xml"] = figure


class Plotted(NamedTuple):
    """What a notebook says of a figure: the headings that it stands under, from the title down, and its caption."""

    headings: tuple[str, ...]
    caption: str


def plotted(ipynb_text: str) -> tuple[Plotted, ...]:
    """The figures of an executed notebook. The last paragraph of prose above a figure is its caption."""
    found: list[Plotted] = []
    above: tuple[tuple[int, str], ...] = ()
    caption = ""
    for cell in json.loads(ipynb_text)["cells"]:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"]).strip()
            for mark, text in re.findall(r"^(#+) (.+)$", source, flags=re.MULTILINE):
                above = (*(heading for heading in above if heading[0] < len(mark)), (len(mark), text.strip()))
            caption = " ".join(re.split(r"\n\s*\n", source)[-1].split())
        shown = ("".join(output.get("data", {}).get("text/plain", "")) for output in cell.get("outputs", ()))
        count = sum(text.startswith("<Figure") for text in shown)
        found += [Plotted(tuple(text for _, text in above), caption)] * count
    return tuple(found)


def opening(ipynb_text: str) -> str:
    """The first cell of prose, with the title, as Markdown."""
    cells = json.loads(ipynb_text)["cells"]
    return next(("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"), "")


def render_html(ipynb_text: str, title: str) -> str:
    """An executed notebook as one HTML page: formulas typeset, figures, styles and fonts inside, no script.

    Code is folded away until a reader asks for it.

    Raises:
        WebMissing: if KaTeX or the engine that runs it is not installed.
        FormulaError: if KaTeX does not know a formula of the notebook.
        NotebookError: if Jupyter is not installed.
    """
    try:
        import nbformat
        from nbconvert import HTMLExporter
        from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    except ModuleNotFoundError as error:
        raise _not_installed(error) from error
    typeset = web.typesetter()

    class Renderer(IPythonRenderer):
        """Markdown whose formulas become HTML here, instead of in the reader's browser."""

        def block_math(self, body: str) -> str:
            return typeset(body, True)

        def inline_math(self, body: str) -> str:
            return typeset(body, False)

        def latex_environment(self, name: str, body: str) -> str:
            return typeset(f"\\begin{{{name}}}{body}\\end{{{name}}}", True)

    def markdown_to_html(source: str) -> str:
        renderer = Renderer(escape=False, exclude_anchor_links=True)
        return str(MarkdownWithMath(renderer=renderer).render(source))

    notebook: Any = nbformat.reads(ipynb_text, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "text/latex" in data and "text/html" not in data:
                data["text/markdown"] = data.pop("text/latex")  # which knows every way of marking a formula
    exporter = HTMLExporter(template_name="basic", raw_template=FOLDED, filters={"markdown2html": markdown_to_html})
    body, _ = exporter.from_notebook_node(notebook)
    body = re.sub(r'(<a href="\w+)\.ipynb"', r'\1.html"', body)  # beside a notebook others, beside a page pages
    return web.page(title, f'<p><a href="index.html">All pages</a></p>\n{body}')


def _not_installed(error: ModuleNotFoundError) -> NotebookError:
    return NotebookError(
        f"Notebooks need Jupyter's packages, but {error.name} is not installed: pip install 'derive[notebooks]'."
    )
