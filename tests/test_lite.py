"""The course with a kernel in the browser: what it imports there, and what `make lite` writes."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "site/lite"
MODULES = sorted(
    ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
    for package, folder in (("gdlib", ROOT), ("course", ROOT / "notebooks"))
    for path in (folder / package).rglob("*.py")
)

# --- what Pyodide has ----------------------------------------------------------------------------

# By the names they are imported by. The kernel brings IPython with it.
PACKAGES = {
    "the course": {"course", "gdlib"},
    "the kernel": {
        "IPython", "asttokens", "comm", "decorator", "executing", "jedi", "matplotlib_inline",
        "parso", "prompt_toolkit", "pure_eval", "pygments", "stack_data", "traitlets", "wcwidth",
    },
    "matplotlib": {
        "PIL", "contourpy", "cycler", "dateutil", "fontTools", "kiwisolver", "matplotlib",
        "mpl_toolkits", "numpy", "packaging", "pyparsing", "six",
    },
    "widgets": {"anywidget", "ipywidgets", "psygnal", "typing_extensions"},
}  # fmt: skip

# Imports all modules named, and says which of them fail and what is done that a browser refuses.
# A package that is not allowed is not found, as it would not be there. (Two names are made up by
# the Python and the psygnal of this machine.)
SCRIPT = """
import json, sys, threading
from importlib.machinery import PathFinder

allowed, ours, modules = map(str.split, sys.argv[1:])
failed, done = {}, set()
sys.path[:0] = ours

class Browser(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        there = path is not None or name in allowed or name in sys.stdlib_module_names
        there = there or name.startswith("_sysconfigdata") or name.endswith("__mypyc")
        return super().find_spec(name, path, target) if there else None

def no_thread(thread):
    done.add("a thread")
    raise RuntimeError("can't start new thread")  # what Pyodide says

def watch(event, args):
    if event in {"os.exec", "os.fork", "os.posix_spawn", "os.system", "subprocess.Popen",
                 "socket.bind", "socket.connect", "socket.getaddrinfo"}:
        done.add(event)

threading.Thread.start = no_thread
sys.meta_path[sys.meta_path.index(PathFinder)] = Browser
sys.addaudithook(watch)
for name in modules:
    try:
        __import__(name)
    except Exception as error:
        failed[name] = str(error)
print(json.dumps({"failed": failed, "done": sorted(done), "loaded": list(sys.modules)}))
"""


def imported(packages, modules):
    """What importing modules does where these packages alone are installed."""
    folders = f"{ROOT} {ROOT / 'notebooks'}"
    command = [sys.executable, "-c", SCRIPT, " ".join(packages), folders, " ".join(modules)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def everything():
    return imported(set().union(*PACKAGES.values()), MODULES)


def test_gdlib_and_every_tower_import_with_what_pyodide_has_and_our_wheels(everything):
    assert everything["failed"] == {}
    assert set(MODULES) <= set(everything["loaded"])


def test_importing_starts_no_thread_and_no_process_and_calls_nobody(everything):
    assert everything["done"] == []


@pytest.mark.parametrize("missing", ["anywidget", "matplotlib", "psygnal"])
def test_a_package_less_would_be_noticed(missing):
    came = imported(set().union(*PACKAGES.values()) - {missing}, MODULES)
    assert any(repr(missing) in error for error in came["failed"].values())


# What these modules are for does not exist in a browser; `threading` alone has locks that do.
REFUSED = {"concurrent", "ctypes", "multiprocessing", "signal", "socket", "subprocess"}
BLOCKS = re.compile(r"\b(Thread|sleep|run_until_complete)\(")


@pytest.mark.parametrize("name", MODULES)
def test_no_module_of_ours_asks_for_what_a_browser_refuses(name):
    folder = ROOT if name.startswith("gdlib") else ROOT / "notebooks"
    path = folder.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = path.read_text(encoding="utf-8")
    taken = set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE))
    assert not taken & REFUSED
    assert not BLOCKS.search(text)


# --- what it is built from -----------------------------------------------------------------------


def test_it_is_built_from_pinned_names_at_the_versions_of_the_lab():
    lite, lab = (
        {line.partition("==")[0]: line for line in (ROOT / name).read_text("utf-8").splitlines()}
        for name in ("tools/lite/requirements.lock", "requirements.lock")
    )
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][^\s;]*( ; .+)?", line) for line in lite.values())
    assert {"anywidget", "ipywidgets", "jupyterlite-core", "jupyterlite-pyodide-kernel"} <= set(
        lite
    )
    for name in set(lite) & {"anywidget", "comm", "ipywidgets", "jupyterlab-widgets", "psygnal"}:
        assert lite[name] == lab[name]


# --- what stands in the folder -------------------------------------------------------------------


@pytest.fixture(scope="module")
def site():
    built, changed = SITE / "jupyter-lite.json", (ROOT / "notebooks").glob("*.ipynb")
    if not built.exists() or built.stat().st_mtime < max(each.stat().st_mtime for each in changed):
        pytest.skip("`make lite` has not run here, or not since a notebook changed")
    return SITE


@pytest.fixture(scope="module")
def config(site):
    return json.loads((site / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]


@pytest.fixture(scope="module")
def kernel(config):
    return config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]


def test_the_folders_stand_as_in_the_repository_and_are_listed(site):
    for folder, kind in (("notebooks", "*.ipynb"), ("diagrams", "*.svg")):
        names = {path.name for path in (ROOT / folder).glob(kind)}
        listed = json.loads((site / "api/contents" / folder / "all.json").read_text("utf-8"))
        assert names and names <= {each["name"] for each in listed["content"]}


def test_notebooks_are_stored_as_they_are(site):
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert (site / "files/notebooks" / path.name).read_bytes() == path.read_bytes()


def test_a_drawing_has_no_letter_that_jupyterlite_cannot_show(site):
    drawings = list((site / "files/diagrams").glob("*.svg"))
    assert drawings and all(path.read_bytes().isascii() for path in drawings)


def test_every_link_of_a_notebook_leads_to_a_file_there(site):
    for path in (site / "files/notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for target in re.findall(r"\]\(([^):#]+)[^)]*\)", "".join(cell["source"])):
                if cell["cell_type"] == "markdown":
                    assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_wheel_of_gdlib_holds_the_course_and_every_file_that_is_read(site):
    [wheel] = (site / "pypi").glob("gdlib-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    for package, folder in (("gdlib", ROOT), ("course", ROOT / "notebooks")):
        files = {path for path in (folder / package).rglob("*") if path.is_file()}
        wanted = {path.relative_to(folder).as_posix() for path in files if path.suffix != ".pyc"}
        assert wanted <= held


def test_the_kernel_loads_wheels_that_are_there_from_where_its_script_stands(site, kernel):
    script = site / "extensions/@jupyterlite/pyodide-kernel-extension/static"
    assert list(script.glob("*.worker.*.js"))
    wheels = [name for name in kernel["loadPyodideOptions"]["packages"] if name.endswith(".whl")]
    assert all((script / wheel).exists() and wheel.endswith("-any.whl") for wheel in wheels)
    names = {Path(wheel).name.partition("-")[0] for wheel in wheels}
    assert names == {"gdlib", "comm"} | PACKAGES["widgets"]
    assert {path.name for path in (site / "pypi").glob("*.whl")} == {Path(w).name for w in wheels}


def test_the_page_can_show_widgets(config):
    extensions = {each["name"] for each in config["federated_extensions"]}
    assert {"@jupyter-widgets/jupyterlab-manager", "anywidget"} <= extensions


def test_nothing_of_it_names_a_folder_of_the_machine_that_built_it(site):
    for path in site.rglob("*.json"):
        assert str(ROOT) not in path.read_text("utf-8"), path
