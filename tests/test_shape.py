"""The shape of the package: who may import whom, what importing costs, how long a file may be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sora2lib

PACKAGE = Path(sora2lib.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# Lowest first; a part imports only from rows before its own, and two parts of one row never import each other.
LAYERS = (
    {"__init__"},
    {"errors"},
    {"media", "kernels", "packaged"},
    {"consent"},
    {"world"},
    {"backdrop", "camera", "prompt"},
    {"cameo", "dialogue", "start", "subtitles"},
    {"request"},
    {"levels"},
    {"soundtrack"},
    {"recipe", "storyboard"},
    {"clip"},
    {"render", "sound", "physics"},
    {"film", "fitting", "script", "listening", "pace", "starring"},
    {"beats"},
    {"model", "sampler", "seam", "cutting", "dubbing"},
    {"sighted", "speaking"},
    {"given", "casting"},
    {"acts"},
    {"planner"},
    {"recast"},
    {"pipeline"},
    {"attending", "editing", "sweeping"},
    {"retaking"},
    {"looping"},
    {"train", "backends", "server", "widgets"},
    {"cli"},
    {"__main__"},
)
RANK = {part: rank for rank, parts in enumerate(LAYERS) for part in parts}
# Where imports wait until they are needed: codecs cost 0.3 s, the command line must answer at once, and a camera in a
# request is plain Python until its path is asked for; a report draws plots only when asked; Windows lacks ``resource``.
LAZY = {
    *("__init__.py", "media/__init__.py", "media/child.py", "camera/__init__.py", "physics/report.py"),
    # Signatures, databases and pictures only where somebody is a cameo.
    *("cameo/__init__.py", "consent/__init__.py"),
    *("cli/commands.py", "cli/edits.py", "cli/people.py", "cli/showing.py"),
}
NUMBA_ONLY_IN = "kernels"
LONGEST = 350


def part_of(path):
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports(tree):
    """(node, module) of every import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            if node.module == "sora2lib":
                yield from ((node, f"sora2lib.{alias.name}") for alias in node.names)
            else:
                yield node, node.module


def type_checking(tree):
    blocks = (n for n in ast.walk(tree) if isinstance(n, ast.If) and getattr(n.test, "id", "") == "TYPE_CHECKING")
    return {id(node) for block in blocks for node in ast.walk(block)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down_and_stand_at_the_top(path):
    tree = ast.parse(path.read_text())
    only_types, part = type_checking(tree), part_of(path)
    assert part in RANK, f"give {part} its place in LAYERS"
    for node, module in imports(tree):
        if id(node) in only_types:
            continue
        if str(path.relative_to(PACKAGE)) not in LAZY:
            assert node in tree.body, f"line {node.lineno}: import {module} at the top of the file"
        if module.split(".")[0] in ("numba", "llvmlite"):
            assert part == NUMBA_ONLY_IN, f"line {node.lineno}: compiled loops live in kernels/"
        if module.startswith("sora2lib."):
            name = module.split(".")[1]
            other = "__init__" if name.startswith("__") else name
            allowed = other == part or RANK[other] < RANK[part]
            assert allowed, f"line {node.lineno}: {part} must not import {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_stay_readable(path):
    assert len(path.read_text().splitlines()) <= LONGEST


def loaded_by(code):
    """Top-level modules that a fresh interpreter has loaded after running ``code``."""
    script = f"import sys\n{code}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.splitlines()[-1].split())


STANDARD = set(sys.stdlib_module_names) | {"sora2lib", "__main__"}
HEAVY = {"torch", "numba", "llvmlite", "mujoco", "librosa", "scipy", "av", "imageio", "PIL", "panel", "matplotlib"}


def third_party(code):
    # What site-packages loads into every interpreter, such as editable-install hooks, is not ours.
    return loaded_by(code) - loaded_by("pass") - STANDARD


@pytest.mark.parametrize(
    "code",
    [
        "import sora2lib; dir(sora2lib); sora2lib.__version__",
        "from sora2lib import Request, RequestError; Request('a ball')",
        "from sora2lib import Camera, Pose; Camera.static(Pose((0, -6, 1), (0, 0, 1))) + Camera.parse('orbit left 90')",
        "from sora2lib import Card, Storyboard; Storyboard.from_json(Storyboard([Card('a', 2), 'b']).to_json())",
        "from sora2lib.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from sora2lib.cli import main; main(['make', 'a', '--size', '720p'])",
    ],
)
def test_the_door_opens_with_the_standard_library_alone(code):
    assert third_party(code) == set()


@pytest.mark.parametrize("name", ["Clip", "World", "load"])
def test_values_load_neither_model_nor_codec(name):
    assert not third_party(f"from sora2lib import {name}") & HEAVY


def test_inspecting_loads_plots_only_when_asked():
    loaded = third_party("from sora2lib import Report, compare, inspect; import sora2lib.physics.report")
    assert not loaded & {"holoviews", "bokeh", "panel", "torch", "matplotlib"}


def test_consent_costs_nothing_where_nobody_is_shown():
    assert "cryptography" not in third_party("import sora2lib; sora2lib.Clip; sora2lib.Cameo; sora2lib.Consent('Rex')")


def test_simulating_needs_no_torch():
    assert "torch" not in third_party("from sora2lib import draw, simulate, speed, stitch")
