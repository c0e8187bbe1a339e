"""What every stored notebook promises a reader who has no kernel, and one who has."""

import re
import statistics
import sys
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]+)[^)]*\)")
LINK = re.compile(r"\]\((?P<target>[^)\s]+)[^)]*\)|(?:href|src)=[\"'](?P<html>[^\"']+)[\"']")
CODE_SPAN = re.compile(r"(`+).+?\1", re.DOTALL)

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(path):
    return [c for c in read(path).cells if c.cell_type == "code" and c.source.strip()]


def outputs(path):
    return [output for cell in code_cells(path) for output in cell.outputs]


def prose(path):
    """Return the markdown without code, where brackets and quotes mean other things."""
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    return CODE_SPAN.sub("", "\n\n".join(cells))


def lines(cell):
    return [line for line in cell.source.splitlines() if line.strip()]


def test_is_a_valid_notebook_under_one_megabyte(path):
    nbformat.validate(read(path))
    assert path.stat().st_size < 1_000_000


def test_was_run_once_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1)), "run `make notebooks`"


def test_has_no_errors_and_no_warnings(path):
    for output in outputs(path):
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.text


def test_shows_pictures_rather_than_missing_widgets(path):
    assert set(read(path).metadata) == {"kernelspec", "language_info"}
    for output in outputs(path):
        data = output.get("data", {})
        assert WIDGET_VIEW not in data, "run `make notebooks`"
        if data.get("text/plain", "").startswith(("<Figure ", "Canvas(")):
            # nbval does not compare pictures, so it would not miss one.
            assert "image/png" in data and "text/html" not in data, data["text/plain"]


def test_every_live_picture_has_words_beside_it(path):
    for output in outputs(path):
        data = output.get("data", {})
        if "image/png" in data and not data.get("text/plain", "").startswith("<Figure "):
            alt = output.metadata.get("image/png", {}).get("alt", "")
            assert alt.strip(), data.get("text/plain")


def test_every_drawn_picture_has_words_beside_it(path):
    for image in IMAGE.finditer(prose(path)):
        assert image["alt"].strip(), image["target"]
    for tag in re.findall(r"<img\b[^>]*>", prose(path)):
        assert re.search(r"\balt=[\"'][^\"']*\w", tag), tag


def test_every_link_into_the_repository_leads_somewhere(path):
    for link in LINK.finditer(prose(path)):
        target = link["target"] or link["html"]
        if re.match(r"[a-z]+:|#", target):
            continue
        assert (path.parent / target.split("#")[0]).exists(), target


def test_code_cells_are_short(path):
    lengths = [len(lines(cell)) for cell in code_cells(path)]
    assert statistics.median(lengths) <= 5
    for cell in code_cells(path):
        assert len(lines(cell)) <= 15, cell.source


def test_a_cell_that_only_shows_is_folded_and_no_other(path):
    for cell in code_cells(path):
        shows = re.fullmatch(r"(figures|predictions)\..*", cell.source)
        assert bool(shows) == cell.metadata.get("jupyter", {}).get("source_hidden", False)


def test_code_is_plain_python(path):
    forbidden = re.compile(r"^\s*[%!]|\bpip install\b|\bsys\.path\b|\bget_ipython\b", re.MULTILINE)
    for cell in code_cells(path):
        assert not forbidden.search(cell.source), cell.source


def test_taken_out_of_its_folder_it_says_what_it_needs(path, monkeypatch):
    setup = next(cell.source for cell in code_cells(path) if "from course." in cell.source)
    for name in [name for name in sys.modules if name.split(".")[0] == "course"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "course", None)  # as if there were none
    said = r"No course\S* here: it takes the whole course, see README\."
    with pytest.raises(SystemExit, match=said):
        exec(setup, {})
