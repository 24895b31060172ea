"""generated/ is what the sources say: the same bytes everywhere, and numbers that equal the symbols exactly."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from oracles import gaussian
from sympy import I, Rational

from derive import build, chain, langevin, star, steady_state
from derive.kernel import at
from derive.pages.notebooks import plotted
from derive.stories import STORIES

ROOT = Path(__file__).parents[1]
every_story = pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)

MADE = """
import json
from derive import build
from derive.stories import STORIES
made = {}
for story in STORIES.values():
    made |= build.story_files(story)
print(json.dumps(made))
"""


def python(code, **environment):
    known = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=known).stdout


@cache
def files(story):
    return build.story_files(story)


@every_story
def test_a_storys_files_are_what_its_source_makes(story):
    for path, text in files(story).items():
        assert (ROOT / path).read_text(encoding="utf-8") == text, f"{path} is stale: derive build"


def test_every_figure_of_a_notebook_has_a_caption_of_whole_sentences():
    found = [
        (path.name, figure.caption)
        for path in sorted((ROOT / "generated/notebooks").glob("*.ipynb"))
        for figure in plotted(path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 30
    assert [pair for pair in found if not re.match(r"[A-Z$(*].*[.)]$", pair[1])] == []


def test_notebooks_show_no_objects():
    for path in sorted((ROOT / "generated/notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                assert output["output_type"] != "execute_result" or set(output["data"]) != {"text/plain"}, path.name


def test_a_story_can_bring_a_module_of_its_own():
    story = STORIES["reciprocal_star"]
    own = build.story_files(replace(story, module=lambda: "PARAMETERS = ()\n"))
    plain = build.story_files(story)
    assert own.pop("generated/reciprocal_star.py") == "PARAMETERS = ()\n"
    assert own.items() < plain.items()


def test_bytes_do_not_depend_on_the_hash_seed():
    """Another seed than that of this process."""
    other = "1" if os.environ.get("PYTHONHASHSEED") == "4711" else "4711"
    made = json.loads(python(MADE, PYTHONHASHSEED=other))
    assert made == {path: text for story in STORIES.values() for path, text in files(story).items()}


def test_modules_import_without_sympy():
    code = (
        "import sys; sys.modules['sympy'] = None; import generated; from generated import *; print(*generated.__all__)"
    )
    assert python(code).split() == list(STORIES)


def values_of(symbols):
    """Exact values, the same at every run: small fractions, and Gaussian rationals for complex letters."""
    found = {}
    for k, symbol in enumerate(symbols):
        value = Rational(2 * k + 3, k + 2)
        found[symbol] = value if symbol.is_real else value - Rational(k + 1, 7) * I
    return found


@pytest.mark.parametrize("key", ["cascaded", "parallel", "reciprocal_chain", "reciprocal_star"])
def test_emitted_text_on_exact_rationals_equals_the_symbolic_result(key):
    story = STORIES[key]
    module = import_module(f"generated.{key}")
    values = values_of(story.network.symbols)
    emitted = module.amplitudes(**{s.name: gaussian(value) for s, value in values.items()})
    state = steady_state(langevin(story.network))
    for mode, number in zip(module.MODES, emitted, strict=True):
        true = gaussian(at(state.amplitude(mode), values))
        assert number.real == true.real
        assert number.imag == true.imag


@pytest.mark.parametrize(("key", "family"), [("cascaded", chain), ("parallel", star)])
def test_closed_forms_in_n_equal_the_engine_for_every_n(key, family):
    module, rates = import_module(f"generated.{key}"), {"Gamma": 0.7, "kappa": 0.3, "epsilon": 0.2, "omega": 1.5}
    for n in range(1, 13):
        state = steady_state(langevin(family(n, "nonreciprocal")))
        point = {s: Rational(str(rates[s.name])) for s in state.energy(f"b_{n}").free_symbols}
        assert module.terminal_energy(N=n, **rates) == pytest.approx(
            float(at(state.energy(f"b_{n}"), point)), rel=1e-13
        )


def test_no_coupling_beside_the_emitted_optimum_stores_more():
    for key, scale in (("cascaded", 2), ("parallel", 2)):
        module = import_module(f"generated.{key}")
        for n in (1, 2, 5, 40):
            best = module.optimal_coupling(N=n, kappa=0.3)
            energy = [
                module.terminal_energy(N=n, Gamma=scale * best * x, kappa=0.3, epsilon=1.0, omega=1.0)
                for x in (0.9, 0.99, 1.0, 1.01, 1.1)
            ]
            assert max(energy) == energy[2]
            assert sorted(energy[:3]) == energy[:3]


def test_the_budget_counts_every_function():
    budget = json.loads((ROOT / "generated/budget.json").read_text(encoding="utf-8"))
    assert list(budget) == sorted(STORIES)
    assert all(count >= 0 for entry in budget.values() for count in entry["operations"].values())
    assert budget["cascaded"]["operations"]["equations"] > 0
