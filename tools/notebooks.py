"""Run the notebooks from a clean kernel and store them with their pictures.

    python tools/notebooks.py                               # all of them
    python tools/notebooks.py notebooks/05_momentum.ipynb     # or those you name

What a reader without a kernel needs stays: text, numbers, pictures and their alternative texts.
What would only be noise in the history goes: times, widget states, editor marks. The input of a
cell that only shows a figure or a prediction is folded. A notebook whose cell fails, or writes to
stderr, is left as it was.
"""

import hashlib
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KEEP_CELL_METADATA = {"tags", "jupyter"}
SHOWN = re.compile(r"(figures|predictions)\..*")  # a cell that only shows: folded
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(names: list[str]) -> int:
    """Regenerate the named notebooks, or all of them; return 1 when one of them fails."""
    failed = False
    for path in [Path(name) for name in names] or sorted(NOTEBOOKS.glob("*.ipynb")):
        print(path.name, flush=True)
        try:
            regenerate(path)
        except (CellExecutionError, ValueError) as problem:
            failed = True
            print(f"{path.name} is left as it was. {problem}", file=sys.stderr)
    return int(failed)


def regenerate(path: Path) -> None:
    """Run one notebook in its own folder, clean it and write it back."""
    notebook = read(path)
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(path.resolve().parent)}},
    ).execute()
    clean(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def read(path: Path) -> nbformat.NotebookNode:
    """Read a notebook without its outputs; a cell without an id of its own gets a lasting one."""
    notebook = nbformat.from_dict(nbformat.reader.reads(path.read_text(encoding="utf-8")))
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    seen = set()
    for ordinal, cell in enumerate(notebook.cells):
        if cell.get("id") in seen | {None}:
            cell.id = hashlib.sha256(f"{ordinal}\n{cell.source}".encode()).hexdigest()[:8]
        seen.add(cell.id)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def clean(notebook: nbformat.NotebookNode) -> None:
    """Keep what a reader sees, drop the rest; raise ValueError when a cell wrote to stderr."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEEP_CELL_METADATA}
        if SHOWN.fullmatch(cell.source):
            cell.metadata["jupyter"] = {"source_hidden": True}
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise ValueError(f"This cell wrote to stderr:\n{cell.source}\n\n{output.text}")
            if "data" in output:
                # A stored widget shows "model not found"; without it the stored picture shows.
                output.data.pop(WIDGET_VIEW, None)
                output.metadata = {k: v for k, v in output.metadata.items() if k in output.data}
        if "outputs" in cell:
            cell.outputs = [o for o in cell.outputs if o.get("data", True)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
