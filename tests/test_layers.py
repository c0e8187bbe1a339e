"""Who may import whom, and that importing does nothing else.

What a module imports is read off its text, wherever in it that stands.
"""

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"gdlib": ROOT, "course": ROOT / "notebooks"}
PAGE = {"ipywidgets", "IPython", "anywidget"}
SCREEN = {"matplotlib", "mpl_toolkits", "contourpy", "PIL"} | PAGE

# Module of gdlib: which others it may import, and which packages of others it must not.
LAYERS = {
    "needs": (set(), SCREEN),
    "words": (set(), SCREEN | {"numpy"}),
    "sampling": ({"needs"}, SCREEN),
    "landscapes": ({"needs", "sampling"}, SCREEN),
    "optimizers": ({"needs"}, SCREEN),
    "theory": ({"needs"}, SCREEN),
    "nets": ({"needs", "sampling"}, SCREEN),
    "regression": ({"landscapes", "needs", "sampling"}, SCREEN),
    "check": ({"needs", "words"}, SCREEN),
    "draw": (set(), PAGE),
    "panels": ({"draw", "needs"}, PAGE),
    "canvas": (set(), set()),
    "controls": ({"needs"}, {"matplotlib", "anywidget"}),
    "live": ({"canvas", "controls", "draw", "needs", "words"}, set()),
    "own": ({"landscapes", "needs", "words"}, SCREEN),
    "play": (
        {"controls", "draw", "landscapes", "live", "needs", "optimizers", "own", "panels", "words"},
        {"anywidget"},
    ),
    "prediction": ({"controls", "words"}, {"matplotlib", "anywidget"}),
}


@cache
def modules():
    """Every module of gdlib and of course by its name, with its file."""
    found = {}
    for package, folder in FOLDERS.items():
        for path in (folder / package).rglob("*.py"):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imported(name):
    """What a module imports: names of modules, and `package.name` for each name it takes."""
    for node in ast.walk(ast.parse(modules()[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(name):
    """The modules of ours that a module imports."""
    given = modules()
    for each in imported(name):
        parts = each.split(".")
        whole = (".".join(parts[:k]) for k in range(len(parts), 0, -1))
        if (found := next((part for part in whole if part in given), None)) and "." in found:
            yield found


@pytest.mark.parametrize("name", LAYERS)
def test_a_module_of_gdlib_imports_only_what_its_layer_may(name):
    allowed, forbidden = LAYERS[name]
    assert {other.removeprefix("gdlib.") for other in ours(f"gdlib.{name}")} <= allowed
    assert not {other.split(".")[0] for other in imported(f"gdlib.{name}")} & forbidden


def test_every_module_of_gdlib_has_its_place_and_none_imports_the_course():
    names = [name for name in modules() if name.startswith("gdlib.")]
    assert {name.removeprefix("gdlib.") for name in names} == set(LAYERS)
    assert not any(other.startswith("course") for name in names for other in imported(name))


@pytest.mark.parametrize("name", [name for name in modules() if name.count(".") == 2])
def test_a_tower_imports_the_ground_floor_and_no_other_tower(name):
    _, tower, kind = name.split(".")
    others = {other for other in ours(name) if other.startswith("course.")}
    assert all(other.startswith(f"course.{tower}.") for other in others)
    if kind == "solutions":
        assert not others, "a solution is what a learner would write"


def test_every_tower_has_the_four_rooms():
    towers = {name.split(".")[1] for name in modules() if name.startswith("course.")}
    for tower in towers:
        for kind in ("figures", "predictions", "checks", "solutions"):
            assert f"course.{tower}.{kind}" in modules()


SCRIPT = """
import io, json, sys, warnings
from contextlib import redirect_stderr, redirect_stdout
import matplotlib
import numpy as np

def state():
    rc = {key: repr(dict.__getitem__(matplotlib.rcParams, key)) for key in matplotlib.rcParams}
    return rc, np.random.get_state()[1].tolist(), np.geterr(), np.get_printoptions()

before, said, printed = state(), [], io.StringIO()
for name in sys.argv[1:]:
    with redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings():
        warnings.simplefilter("error")
        __import__(name)
    if printed.getvalue() or state() != before or "matplotlib.pyplot" in sys.modules:
        said.append(name)
print(json.dumps(said))
"""


def test_importing_says_and_changes_nothing_and_does_not_load_pyplot():
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT, *sorted(modules())],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "notebooks",
    )
    assert json.loads(answer.stdout) == []


def test_importing_gdlib_alone_loads_none_of_its_modules():
    said = "import gdlib, sys; print([name for name in sys.modules if name.startswith('gdlib.')])"
    answer = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, cwd=ROOT)
    assert answer.stdout.strip() == "[]"
