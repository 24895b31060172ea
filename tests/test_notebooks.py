"""A notebook's text gives the same bytes and the same page each time, and the page needs no network."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from derive import build
from derive.pages import notebooks

DEMO = r'''# %% [markdown]
# # Charging
# The energy $E_{b_1} = \omega|\mu_1|^2$ grows as
#
# $$\dot{\mu}_1 = -\tfrac{\kappa}{2}\mu_1 - i\epsilon \tag{7}$$
#
# \begin{align} a &= b \label{eq:one} \\ c_1 &< \langle d^\dagger d\rangle \end{align}
#
# | symbol | meaning |
# |---|---|
# | $\kappa$ | rate, see [here](https://example.org) |
#
# ## In time
#
# As in [another notebook](other.ipynb),
#
# The energy $E_{b_1}$ of
# the *battery*.

# %% tags=["figure"]
import matplotlib.pyplot as plt
import number
fig, ax = plt.subplots(figsize=(2, 1))
line, = ax.plot([0, 1], [0, number.ONE], label=r"$E_{b_1}$")

# %%
print({"alpha", "beta", "gamma", "delta"})
object()

# %%
from IPython.display import Latex
Latex(r"$\displaystyle \frac{\Gamma}{2}$")
'''


def write(folder: Path, text: str) -> Path:
    """A project's folder with the text of one notebook and a module that it imports; the notebook's path."""
    (folder / "notebooks").mkdir(exist_ok=True)
    (folder / "number.py").write_text("ONE = 1\n")
    path = folder / "notebooks" / "demo.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("project")
    return notebooks.execute(write(folder, DEMO), folder).text


@pytest.fixture(scope="module")
def page(executed: str) -> str:
    return notebooks.render_html(executed, "Charging & more")


class Resources(HTMLParser):
    """What a browser would fetch for a page, how often each element occurs, and its styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.elements: Counter[str] = Counter()
        self.classes: Counter[str] = Counter()
        self.styles = ""
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inside = tag
        self.elements[tag] += 1
        self.classes.update((given.get("class") or "").split())
        self.fetched += [given[name] or "" for name in ("src", "srcset", "data", "poster") if name in given]
        self.fetched += [given.get("href") or ""] * (tag == "link")

    def handle_data(self, data: str) -> None:
        self.styles += data if self.inside == "style" else ""


def test_same_text_gives_same_bytes_whatever_the_hash_seed_folder_and_configuration(
    executed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-user.py").write_text("print('a user greets')")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONHASHSEED", "12345")
    again = notebooks.execute(write(tmp_path, DEMO), tmp_path)
    assert again.text == executed
    (pdf,) = again.figures
    assert pdf.startswith(b"%PDF-")
    assert b"20260101000000" in pdf, "the date of every PDF"


def test_a_figure_is_captioned_by_the_last_paragraph_above_it(executed: str) -> None:
    assert notebooks.plotted(executed) == ((("Charging", "In time"), "The energy $E_{b_1}$ of the *battery*."),)


def test_nothing_of_the_moment_or_the_machine_is_kept(executed: str) -> None:
    notebook = json.loads(executed)
    assert "version" not in notebook["metadata"]["language_info"]
    assert [cell["metadata"] for cell in notebook["cells"]] == [{}, {"tags": ["figure"]}, {}, {}]
    assert not re.search(r"0x[0-9a-f]{4}", executed)
    assert sys.prefix not in executed
    assert len({cell["id"] for cell in notebook["cells"]}) == 4


def test_cells_are_run_and_figures_are_drawings(executed: str) -> None:
    outputs = [cell.get("outputs", []) for cell in json.loads(executed)["cells"]]
    assert "image/svg+xml" in outputs[1][0]["data"]
    assert "image/png" not in outputs[1][0]["data"]
    assert outputs[2][1]["data"]["text/plain"] == ["<object>"]


def test_the_page_fetches_nothing_and_runs_no_script(page: str) -> None:
    seen = Resources(page)
    assert seen.fetched  # the figure
    assert all(address.startswith("data:") for address in seen.fetched)
    addresses = re.findall(r"url\(([^)]*)\)", seen.styles)
    assert len(addresses) == 20  # KaTeX's fonts
    assert all(address.startswith("data:font/woff2;base64,") for address in addresses)
    assert "@import" not in seen.styles
    assert not {"script", "iframe", "link", "object", "embed"} & set(seen.elements)


def test_code_is_folded_and_what_it_shows_is_not(page: str) -> None:
    assert Resources(page).elements["details"] == 3
    folded = re.findall(r"<details>.*?</details>", page, flags=re.DOTALL)
    assert all("<pre>" in part and "<svg" not in part for part in folded)
    assert "<svg" in page or "image/svg+xml" in page


def test_every_formula_is_typeset_before_the_page_is_opened(page: str) -> None:
    seen = Resources(page)
    assert seen.classes["katex"] == 6
    assert seen.classes["katex-display"] == 2
    assert seen.elements["math"] == 6
    assert "$" not in re.sub(r"<pre>.*?</pre>", "", page, flags=re.DOTALL)  # but in the notebook's code
    assert r"\label" not in page
    assert "<title>Charging &amp; more</title>" in page


def test_a_page_leads_to_all_pages_and_to_the_pages_of_other_notebooks(page: str) -> None:
    assert re.findall(r'<a href="([^"#]*)"', page) == ["index.html", "https://example.org", "other.html"]


def test_the_same_notebook_gives_the_same_page(executed: str, page: str) -> None:
    assert notebooks.render_html(executed, "Charging & more") == page


def test_no_line_begins_with_what_ends_a_clause() -> None:
    from derive.pages import web

    formula = web.typesetter()("x = 1", False)
    page = web.page("Where", f"<p>For {formula}, (and {formula}).</p>")
    assert f"{formula}," not in page
    for end in (",", ")."):
        assert f'<span class="stop">{end}</span></span></span></span>' in page


def test_a_formula_that_is_not_latex_is_refused_in_one_line() -> None:
    from derive.pages import web

    typeset = web.typesetter()
    assert 'class="katex"' in typeset(r"\frac{1}{2}", False)
    with pytest.raises(web.FormulaError, match=r"Undefined control sequence: \\nonsense") as caught:
        typeset(r"\nonsense", True)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1 / 0", "raises ZeroDivisionError: division by zero"),
        ("import warnings\nwarnings.warn('a pole')", "cell 1 writes to stderr: .*UserWarning: a pole"),
        ("import os\nos._exit(3)", "the kernel stopped: Kernel died"),
    ],
)
def test_a_notebook_that_fails_or_warns_is_refused_in_one_line(tmp_path: Path, cell: str, told: str) -> None:
    with pytest.raises(notebooks.NotebookError, match=told) as caught:
        notebooks.execute(write(tmp_path, "# %%\n" + cell), tmp_path)
    assert "\n" not in str(caught.value)


BUILT = """
import signal, sys
from pathlib import Path
from derive import build, cli

signal.signal(signal.SIGINT, signal.default_int_handler)
path = Path("notebooks/demo.py").resolve()
build.jobs = lambda *_, **__: [build.Job("demo", lambda made: build.notebook_files(path, made))]
sys.exit(cli.main(["build"]))
"""


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_build_that_is_told_to_end_amid_a_notebook_says_so_in_one_line(
    tmp_path: Path, name: str, status: int
) -> None:
    write(tmp_path, f"# %%\nimport os, signal, time\nos.kill(os.getppid(), signal.{name})\ntime.sleep(600)\n")
    (tmp_path / "tmp").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", BUILT], capture_output=True, cwd=tmp_path, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "TMPDIR": str(tmp_path / "tmp")},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (status, b"derive: Interrupted; nothing was written.\n")
    assert list((tmp_path / "tmp").glob("derive-*")) == []
    assert not (tmp_path / "generated").exists()


def test_a_slow_search_for_fonts_on_a_new_machine_is_no_warning(tmp_path: Path) -> None:
    say = "import logging\nlogging.getLogger({!r}).warning('Matplotlib is building the font cache')"
    notebooks.execute(write(tmp_path, "# %%\n" + say.format("matplotlib.font_manager")), tmp_path)
    with pytest.raises(notebooks.NotebookError, match="writes to stderr"):
        notebooks.execute(write(tmp_path, "# %%\n" + say.format("matplotlib.pyplot")), tmp_path)


def test_what_is_not_installed_is_named(executed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from derive.pages import web

    monkeypatch.setitem(sys.modules, "wagtailkatex", None)
    with pytest.raises(web.WebMissing, match="KaTeX"):
        notebooks.render_html(executed, "Charging")
    monkeypatch.setitem(sys.modules, "nbformat", None)
    with pytest.raises(notebooks.NotebookError, match="nbformat is not installed"):
        notebooks.execute(write(tmp_path, DEMO), tmp_path)


def test_every_notebook_has_its_place_in_the_reading_order() -> None:
    folder = Path(__file__).parents[1] / "notebooks"
    assert {path.stem for path in folder.glob("*.py")} == set(notebooks.READING)
    ordered = notebooks.in_reading_order([*sorted(folder.glob("*.py")), folder / "a_new_one.py"])
    assert [path.stem for path in ordered] == [*notebooks.READING, "a_new_one"]
    built = [job.name for job in build.jobs((), folder.parent, everything=True) if job.name in notebooks.READING]
    assert tuple(built) == notebooks.READING
