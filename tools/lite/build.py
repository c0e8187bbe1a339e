"""Write the course with a kernel in the browser: `make lite`.

    python tools/lite/build.py [--to FOLDER] [--pyodide FOLDER]

JupyterLite with the course's folders as they stand in the repository. Pyodide brings numpy and
matplotlib; gdlib, and what Pyodide lacks, stand here as wheels that the kernel takes as it starts.
"""

import argparse
import json
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent.parent
SHOWN = ["notebooks", "diagrams", "README.md"]
PYODIDES = ["matplotlib", "numpy"]
OURS = ["anywidget", "comm", "ipywidgets", "psygnal", "typing-extensions"]  # pure Python
# Pyodide reads the addresses of wheels from where the kernel's script stands.
ABOVE = "../../../../pypi"
BUILD = [f"--LiteBuildConfig.{each}" for each in ("no_sourcemaps=True", "apps=lab")]


def main(site, pyodide=None):
    """Build into `site`. `pyodide` is a folder that holds Pyodide, to be served from here."""
    shutil.rmtree(site, ignore_errors=True)
    with TemporaryDirectory() as folder:
        lite = Path(folder)
        for name in SHOWN:
            _copy(ROOT / name, lite / "files" / name)
        for path in lite.rglob("*.svg"):  # JupyterLite shows none with a letter beyond Latin-1
            ascii_only = path.read_text("utf-8").encode("ascii", "xmlcharrefreplace")
            path.write_bytes(ascii_only)
        if pyodide:
            _copy(pyodide, lite / "static/pyodide")
        _wheels(lite / "pypi")
        _settings(lite)
        _run("jupyterlite_core", "build", "--output-dir", site, *BUILD, cwd=lite)
    sizes = [path.stat().st_size for path in site.rglob("*") if path.is_file()]
    print(f"{site}: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB")


def _copy(source, to):
    to.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    else:
        shutil.copy(source, to)


def _wheels(folder):
    """gdlib's wheel, and the others as they are installed here, in their forms for any machine."""
    _run("hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    pins = [f"{name}=={version(name)}" for name in OURS]
    pure = ["--no-deps", "--only-binary=:all:", "--platform=any", f"--dest={folder}"]
    _run("pip", "download", "--quiet", "--disable-pip-version-check", *pure, *pins, cwd=ROOT)


def _settings(lite):
    """What the page is told: its name, and what the kernel loads before the first cell."""
    wheels = [f"{ABOVE}/{path.name}" for path in sorted((lite / "pypi").glob("*.whl"))]
    kernel = {"loadPyodideOptions": {"packages": PYODIDES + wheels}}
    config = {
        "appName": "Gradient descent, hands on",
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
    }
    whole = {"jupyter-lite-schema-version": 0, "jupyter-config-data": config}
    (lite / "jupyter-lite.json").write_text(json.dumps(whole), encoding="utf-8")


def _run(module, *arguments, cwd):
    """Run a module of this environment; what it says matters only if it fails."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"{ran.stdout}{ran.stderr}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Write the course with a kernel in the browser.")
    asked.add_argument("--to", type=Path, default=ROOT / "site/lite")
    asked.add_argument("--pyodide", type=Path, help="a folder that holds Pyodide")
    given = asked.parse_args()
    main(given.to.resolve(), given.pyodide and given.pyodide.resolve())
