"""A paper that is begun is whole: its claim holds, its network is solved, its test passes; or nothing is written."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from derive import netfile
from derive.cli import main
from derive.starter import StarterError, starter

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of the package in a project of its own, which is the current folder."""
    shutil.copytree(ROOT / "derive", tmp_path / "derive", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_what_is_laid_down_runs(project, capfd):
    assert main(["new-paper", "farina2019"]) == 0
    written = capfd.readouterr().out.split()
    assert written == [
        "derive/papers/farina2019.py",
        "examples/farina2019.toml",
        "tests/test_farina2019.py",
        "derive/papers/__init__.py",
    ]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    for command in (
        ["-m", "derive", "audit", "farina2019"],
        ["-m", "derive", "solve", "examples/farina2019.toml"],
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_farina2019.py"],
    ):
        ran = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert netfile.loads((project / "examples/farina2019.toml").read_text(encoding="utf-8")).names == ("a", "b")


@pytest.mark.parametrize(
    "key", ["", "Farina2019", "farina", "2019", "farina-2019", "../x2024", "farina2019.py", "liu2026"]
)
def test_a_bad_or_known_key_is_refused_in_one_line_and_nothing_is_written(project, capfd, key):
    before = sorted(project.rglob("*"))
    assert main(["new-paper", key]) == 2
    told = capfd.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert told.err.startswith("derive: A paper")
    assert sorted(project.rglob("*")) == before


def test_a_folder_that_is_no_project_is_refused(tmp_path):
    with pytest.raises(StarterError, match="root"):
        starter("farina2019", tmp_path)


def test_the_catalogue_keeps_its_papers_and_its_order(project):
    text = starter("farina2019", project)["derive/papers/__init__.py"]
    catalogue = importlib.import_module("derive.papers")
    imports = [line for line in text.splitlines() if line.startswith("from ")]
    assert imports == sorted(imports)
    assert len(imports) == len(catalogue.PAPERS) + len(catalogue.OWN) + 1
    assert text.splitlines()[-1].endswith(", FARINA2019)")


def test_the_first_paper_of_ones_own_is_a_tuple(project):
    path = project / "derive/papers/__init__.py"
    path.write_text(re.sub(r"^OWN = .*$", "OWN = ()", path.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8")
    assert starter("farina2019", project)["derive/papers/__init__.py"].endswith("OWN = (FARINA2019,)\n")
