"""Grade without a server: which checks pass, in every notebook of a folder.

    python tools/grade.py FOLDER

Each notebook is run from a clean kernel, in an empty folder. What counts is the ✓ or ✗ that a
verdict begins with (gdlib/check.py), under a cell that calls `checks.`; a cell that fails is a ✗.
This runs what students have written: do it in a container only. Who wrote it, or whether a ✓ was
printed by hand, it does not see.
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

CALL, MARK = re.compile(r"\bchecks\.(\w+)\("), re.compile(r"^[✓✗]", re.MULTILINE)
QUIET = ["--IPKernelApp.log_level=40"]
WAYS = {"kernel_name": "python3", "extra_arguments": QUIET, "allow_errors": True}
WAYS |= {"timeout": 120, "interrupt_on_timeout": True}  # seconds for a cell that never ends


def marks(path):
    """What the checks of a notebook say: `[("rule", "✓"), ("stage", "✓✗✗✓"), ...]`."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:  # outputs may be anybody's, and a tag can keep a cell from running
        cell.outputs, cell.metadata.tags = [], []
    with TemporaryDirectory() as empty:
        NotebookClient(notebook, resources={"metadata": {"path": empty}}, **WAYS).execute()
    said = [(CALL.findall(c.source), MARK.findall("\n".join(_texts(c)))) for c in notebook.cells]
    return [(calls[-1], "".join(signs)) for calls, signs in said if calls and signs]


def _texts(cell):
    """What a cell printed and showed; an error is a ✗."""
    for output in cell.outputs:
        shown = output.get("data", {}).get("text/plain", "")
        yield "✗" if output.output_type == "error" else output.get("text", shown)


def main(folder):
    """Print how many checks of each notebook passed, and what each of them says."""
    for path in sorted(folder.rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        try:
            found = marks(path)
        except Exception as problem:  # a kernel that died, a broken file: the others go on
            print(f"{path.relative_to(folder)}: not run, {type(problem).__name__}")
            continue
        passed = sum("✗" not in signs for _, signs in found)
        print(f"{path.relative_to(folder)}: {passed} of {len(found)}")
        print("".join(f"  {signs} {check}\n" for check, signs in found), end="")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
