"""What the README shows is what happens."""

import re
import subprocess
import sys
from pathlib import Path

from derive import langevin, netfile, steady_state

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language, number=0):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)[number]


def test_the_ten_lines_print_what_is_shown():
    shown = subprocess.run(
        [sys.executable, "-c", block("python")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout == block("text")


def test_the_network_file_that_is_shown_has_a_steady_state():
    net = netfile.loads(block("toml"), "README")
    assert steady_state(langevin(net)).energy("b") != 0


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_page_on_optimum_couplings_prints_what_it_shows():
    page = (ROOT / "docs" / "optimum-couplings.md").read_text(encoding="utf-8")
    code, text = (re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)[0] for kind in ("python", "text"))
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout == text
