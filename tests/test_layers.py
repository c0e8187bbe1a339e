"""Who may import whom, and that importing does nothing else.

Each module is imported alone in a fresh Python, which then says what it has loaded.
"""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import gdlib

PACKAGE = Path(gdlib.__file__).parent
PAGE = {"ipywidgets", "IPython", "anywidget"}
SCREEN = {"matplotlib"} | PAGE
NUMERIC = {"landscapes", "nets", "optimizers", "regression", "sampling", "theory"}

# Module or package of modules: which of ours it may load, and which packages of others it must not.
LAYERS = {
    "landscapes": (set(), SCREEN),
    "optimizers": (set(), SCREEN),
    "theory": (set(), SCREEN),
    "nets": (set(), SCREEN),
    "sampling": (set(), SCREEN),
    "regression": ({"landscapes", "sampling"}, SCREEN),
    "check": (NUMERIC, SCREEN),
    "draw": (set(), PAGE),
    "panels": ({"draw"}, PAGE),
    "canvas": (set(), set()),
    "controls": (set(), {"matplotlib", "anywidget"}),
    "live": ({"draw", "controls", "canvas"}, set()),
    "prediction": ({"controls"}, {"matplotlib", "anywidget"}),
}

# matplotlib is loaded beforehand only where it may be loaded anyway, to see whether it is changed.
SCRIPT = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout

import numpy as np

def settings():
    if "matplotlib" not in sys.modules:
        return None
    rc = sys.modules["matplotlib"].rcParams
    return {key: repr(dict.__getitem__(rc, key)) for key in dict.keys(rc)}

if sys.argv[2] == "True":
    import matplotlib
random, errors, rc = np.random.get_state()[1].tolist(), np.geterr(), settings()
printed = io.StringIO()
with redirect_stdout(printed), redirect_stderr(printed):
    __import__(sys.argv[1])
print(json.dumps({
    "loaded": sorted(sys.modules),
    "printed": printed.getvalue(),
    "random": np.random.get_state()[1].tolist() == random,
    "errors": np.geterr() == errors,
    "rc": rc is None or settings() == rc,
}))
"""


def start(name):
    """A fresh Python that imports the module and says what happened."""
    _, forbidden = LAYERS.get(layer(name), (set(), set()))
    draws = name != "gdlib" and "matplotlib" not in forbidden
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SCRIPT, name, str(draws)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PACKAGE.parent,
    )


@cache
def all_imported():
    """What each import did, `{module: answer}`; they run side by side."""
    running = {name: start(name) for name in every_module()}
    return {name: process.communicate(timeout=120) for name, process in running.items()}


def imported(name):
    """What a fresh Python says about itself after importing the module."""
    out, err = all_imported()[name]
    assert out, err
    return json.loads(out) | {"stderr": err}


def layer(name):
    """The module's name in gdlib, or that of the package that it stands in."""
    return name.removeprefix("gdlib.").split(".")[0]


def every_module():
    """The modules of gdlib by name, those of its packages included."""
    parts = (path.relative_to(PACKAGE).with_suffix("").parts for path in PACKAGE.rglob("*.py"))
    names = {".".join(("gdlib", *(p for p in names if p != "__init__"))) for names in parts}
    return sorted(names)


def ours(loaded):
    return {layer(name) for name in loaded if name.startswith("gdlib.")}


def layered():
    return [name for name in every_module() if layer(name) in LAYERS]


@pytest.mark.parametrize("name", layered())
def test_a_module_loads_only_what_its_layer_may(name):
    allowed, _ = LAYERS[layer(name)]
    assert ours(imported(name)["loaded"]) <= allowed | {layer(name)}


@pytest.mark.parametrize("name", layered())
def test_a_module_loads_no_package_of_a_layer_above(name):
    _, forbidden = LAYERS[layer(name)]
    assert not forbidden & set(imported(name)["loaded"])


@pytest.mark.parametrize("name", [name for name in every_module() if layer(name) == "check"])
def test_a_check_loads_no_other_notebooks_check(name):
    checks = {other for other in imported(name)["loaded"] if other.startswith("gdlib.check")}
    assert checks <= {"gdlib.check", "gdlib.check.mistakes", "gdlib.check.shared", name}


@pytest.mark.parametrize("module", sorted(NUMERIC))
def test_the_numeric_modules_load_numpy(module):
    assert "numpy" in imported(f"gdlib.{module}")["loaded"]


def test_drawing_and_live_figures_know_no_mathematics():
    for module in ("draw", "panels", "canvas", "live"):
        assert not ours(imported(f"gdlib.{module}")["loaded"]) & NUMERIC


def test_every_module_of_the_package_has_its_place_in_the_layers():
    top = {layer(name) for name in every_module() if name != "gdlib"}
    assert top == set(LAYERS) | {"explore", "predict"}


def test_importing_the_package_alone_loads_none_of_its_modules():
    assert not ours(imported("gdlib")["loaded"])


@pytest.mark.parametrize("name", every_module())
def test_importing_says_and_changes_nothing(name):
    after = imported(name)
    assert after["printed"] == after["stderr"] == ""
    assert after["random"] and after["errors"] and after["rc"]


@pytest.mark.parametrize("name", every_module())
def test_importing_does_not_load_pyplot(name):
    assert "matplotlib.pyplot" not in imported(name)["loaded"]
