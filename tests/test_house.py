"""The house rules of CONTRIBUTING.md, read off the syntax trees of the package."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "derive"

# A room imports only from rooms above its own line, a room of a package from those before it there.
ROOMS = """
errors
kernel
language expression network checks operators netfile builders
langevin
stability lyapunov spectrum gaussian ergotropy evolution eliminate differences propagator motion power
spins
recurrence families counts
optimum balance
qubits resources
response slow bound dressed nonreciprocity
derivation latex program figure modules
reading abbreviations resting appendix
listing
claims report display
papers
stories
pages
tex files starter build cli __init__ __main__
""".split()
PACKAGES = {
    "kernel": """
    place packing gaussian quick shared entries exactness structure pencil components cofactors terms covers minors
    independent assemble letters tape schedule program branches linear conjugation exponents polynomials generators
    ring sums
    rewriting point definitions normal irreducible spectrum zero enclosure poles
    """.split(),
    "spins": "algebra cumulants bosonic ladders dark plateaus standstill".split(),
    "latex": "notation letters measure prose factors waves printer linebreak matrices steps markdown document".split(),
    "program": "points source lines adjoint parts elimination".split(),
    "figure": "layout scene markup drawing".split(),
    "modules": "arguments templates driven stable large sentences network spins qubits".split(),
    "stories": """
    formulas induction transients cascades fluctuations mediators triangles growth superradiance matching tradeoffs
    pairs directed closed_forms catalogue
    """.split(),
    "pages": "web site book notebooks".split(),
}
WHOLE = {"ceil", "comb", "factorial", "floor", "gcd", "isqrt", "lcm", "prod"}  # what is exact in `math`
MAY_USE_FILES = {"tex", "pages/web", "pages/notebooks", "files", "starter", "build", "cli"}
LONGEST = 450

SOURCES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def identity(path):
    return path.relative_to(PACKAGE).as_posix()


every_room = pytest.mark.parametrize("path", SOURCES, ids=identity)


def room(path):
    """The room or the package at the top of the house."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module
            rooms = ROOMS if node.module == "derive" else PACKAGES.get(node.module.removeprefix("derive."), ())
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name in rooms)


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_every_file_is_a_room_of_the_plan():
    assert {room(path) for path in SOURCES} == set(ROOMS)
    for package, rooms in PACKAGES.items():
        assert {path.stem for path in SOURCES if room(path) == package} == {*rooms, "__init__"}


@every_room
def test_imports_only_run_downwards(path):
    here = room(path)
    for name in imported(TREES[path]):
        first, *parts = name.split(".")
        if first != "derive" or not parts:
            continue
        if parts[0] != here:
            assert ROOMS.index(parts[0]) < ROOMS.index(here), name
            assert parts[0] != "kernel" or len(parts) == 1, f"{name}: reach the kernel through its front door"
        elif here == "papers":
            assert path.stem == "__init__" or parts[1].partition("_")[0] == path.stem.partition("_")[0], name
        elif path.stem != "__init__" and len(parts) > 1:
            rooms = PACKAGES[here]
            assert rooms.index(parts[1]) < rooms.index(path.stem), name


def told():
    """The rooms and packages by the row of CONTRIBUTING.md's table that names them."""
    rows = re.findall(r"^\| (`[^|]+`) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    return {name.removesuffix("/"): row for row, names in enumerate(rows) for name in re.findall("`(.+?)`", names)}


def test_imports_run_up_the_table_that_tells_of_the_rooms():
    rows = told()
    assert set(rows) == set(ROOMS) - {"__init__", "__main__"}
    for path in SOURCES:
        for name in imported(TREES[path]):
            first, _, rest = name.partition(".")
            if first == "derive" and rest and room(path) in rows:
                assert rows[rest.partition(".")[0]] <= rows[room(path)], f"{identity(path)} imports {name}"


@every_room
def test_a_room_is_small_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@every_room
def test_numbers_are_exact(path):
    assert not [
        node
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Constant) and type(node.value) in (float, complex)
    ]
    assert not {name.partition(".")[0] for name in imported(TREES[path])} & {"numpy", "scipy", "mpmath", "cmath"}
    for node in ast.walk(TREES[path]):
        names = {alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)}
        assert not isinstance(node, ast.Import) or "math" not in names
        assert getattr(node, "module", "") != "math" or names <= WHOLE


@every_room
def test_only_the_kernel_knows_polynomial_arithmetic(path):
    if room(path) != "kernel":
        found = {name for name in imported(TREES[path]) if name.startswith(("flint", "sympy.polys"))}
        assert found <= {"sympy.polys.polyerrors"}


@every_room
def test_nothing_is_simplified_by_luck_or_evaluated_as_code(path):
    found = set(calls(TREES[path])) & {"simplify", "nsimplify", "sympify", "parse_expr", "eval", "exec", "lambdify"}
    # web.py evaluates KaTeX, a script of its own wheel, in a JavaScript engine
    assert not found - ({"eval"} if identity(path) == "pages/web.py" else set())
    assert "simplify" not in {
        alias
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.ImportFrom)
        for alias in (a.name for a in node.names)
    }


@every_room
def test_mathematics_is_never_asserted_and_no_error_is_swallowed(path):
    for node in ast.walk(TREES[path]):
        assert not isinstance(node, ast.Assert)
        if isinstance(node, ast.ExceptHandler):
            names = [node.type] if not isinstance(node.type, ast.Tuple) else node.type.elts
            assert node.type is not None
            assert not {getattr(name, "id", "") for name in names} & {"Exception", "BaseException"}
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            assert getattr(node.exc.func, "id", "") not in {"Exception", "BaseException"}


@every_room
def test_modules_hold_no_state(path):
    mutable = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    for node in TREES[path].body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, mutable):
            names = [
                getattr(target, "id", "")
                for target in getattr(node, "targets", [getattr(node, "target", None)])
            ]
            assert names == ["__all__"], f"{names} can be changed by anyone"
        assert not [n for n in ast.walk(node) if isinstance(n, ast.Global | ast.Nonlocal)]


@every_room
def test_only_the_outer_rooms_touch_files(path):
    if identity(path).removesuffix(".py") not in MAY_USE_FILES:
        assert not set(calls(TREES[path])) & {"open", "read_text", "write_text", "read_bytes", "write_bytes", "print"}
        assert not {name.partition(".")[0] for name in imported(TREES[path])} & {
            "os",
            "pathlib",
            "subprocess",
            "shutil",
        }


@every_room
def test_dataclasses_are_frozen(path):
    for node in ast.walk(TREES[path]):
        for decorator in getattr(node, "decorator_list", ()):
            text = ast.unparse(decorator)
            assert not text.startswith("dataclass") or "frozen=True" in text, f"{node.name} can be changed"


@every_room
def test_public_names_say_what_they_are(path):
    if room(path) == "papers":
        return  # data: every claim carries its title
    nodes = [node for node in TREES[path].body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    silent = [node.name for node in nodes if not node.name.startswith("_") and not ast.get_docstring(node)]
    assert not silent
    assert ast.get_docstring(TREES[path])


SOLVED = (
    ("langevin", "langevin_residual"),
    ("steady_state", "steady_state_residual"),
    ("eliminate", "elimination_residual"),
    ("spectrum", "spectrum_residual"),
    ("propagator", "propagator_residual"),
    ("evolve", "evolution_residual"),
    ("susceptibility", "susceptibility_residual"),
    ("scattering", "scattering_residual"),
    ("maximum", "maximum_residual"),
    ("window", "window_residual"),
    ("energy_balance", "energy_balance_residual"),
    ("matched", "matched_residual"),
    ("steady_spins", "steady_spins_residual"),
    ("evolve_qubits", "qubits_residual"),
    ("closed_form", "closed_form_residual"),
    ("corrections", "corrections_residual"),
    ("dressed", "dressed_residual"),
    ("isolation", "isolation_residual"),
    ("leakage", "leakage_residual"),
    ("recovered", "recovered_residual"),
    ("elimination_bound", "elimination_bound_residual"),
)


def test_every_solver_has_its_residual():
    import derive

    for solver, residual in SOLVED:
        assert callable(getattr(derive, solver))
        assert callable(getattr(derive, residual))


def test_a_residual_takes_what_its_solver_takes_and_then_what_was_found():
    import inspect

    import derive

    for solver, residual in SOLVED:
        given, asked = (
            [p.name for p in inspect.signature(getattr(derive, name)).parameters.values() if p.kind != p.VAR_POSITIONAL]
            for name in (solver, residual)
        )
        # the first is the picture or its equations; of `matched`, which draws one, the picture itself was found
        shared = [name for name in given[1:] if name in asked]
        assert asked[1:][: len(shared)] == shared, f"{residual}({', '.join(asked)}) beside {solver}({', '.join(given)})"


def test_the_public_vocabulary_is_one_sorted_list():
    import derive

    assert list(derive.__all__) == sorted(derive.__all__)
    assert all(hasattr(derive, name) for name in derive.__all__)


def test_the_base_of_all_errors_is_public():
    import derive

    with pytest.raises(derive.DeriveError, match="must not be negative"):
        derive.Bath({"a": 1}, -1)


def test_every_value_that_a_public_function_takes_or_returns_is_public():
    import inspect
    import types
    import typing

    import networkx

    import derive

    def kinds(hint):
        return [hint] if isinstance(hint, type) else [kind for part in typing.get_args(hint) for kind in kinds(part)]

    public = {name: getattr(derive, name) for name in derive.__all__}
    functions = [f for f in public.values() if isinstance(f, types.FunctionType)]
    assert len(functions) > 80
    hidden = {
        f"{function.__name__}: {kind.__name__}"
        for function in map(inspect.unwrap, functions)
        for hint in typing.get_type_hints(function, localns={"nx": networkx}).values()
        for kind in kinds(hint)
        if kind.__module__.startswith("derive.") and kind not in public.values()
    }
    assert not hidden


def test_no_room_takes_the_name_of_a_public_function():
    """Importing a room binds its name in the package: later than `derive/__init__`, it would hide a function."""
    code = "import derive, types\n"
    code += "".join(f"import derive.{identity(path).removesuffix('.py').replace('/', '.')}\n" for path in SOURCES[1:])
    code += "print([name for name in derive.__all__ if isinstance(getattr(derive, name), types.ModuleType)])"
    code = code.replace(".__init__\n", "\n").replace("import derive.__main__\n", "")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def tracked():
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / line for line in listing.stdout.splitlines()] if listing.returncode == 0 else SOURCES


def test_nothing_names_a_machine():
    pattern = re.compile(r"(?<![\w.$/])/(work|tmp|root|home)/\w|https?://(localhost|127\.)")
    here = Path(__file__).resolve()
    for path in tracked():
        if (
            path.resolve() != here
            and path.is_file()
            and path.suffix in {".py", ".md", ".toml", ".tex", ".json", ".ipynb", ""}
        ):
            assert not pattern.search(path.read_text(encoding="utf-8", errors="replace")), path
