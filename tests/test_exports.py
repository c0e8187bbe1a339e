"""What a page made by nbconvert shows: it has no kernel, and the network is not asked."""

import html
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
VIEW = "application/vnd.jupyter.widget-view+json"
FIGURE, PREDICTION = "gradient_descent.figures.regimes", "gradient_descent.predictions"
SOURCES = [
    f"import inspect\nfrom course.{FIGURE.rpartition('.')[0]} import regimes\n"
    f"from course import gradient_descent\nimport course.{PREDICTION} as predictions",
    "regimes()",
    "[make() for name, make in inspect.getmembers(predictions, inspect.isfunction)"
    " if make.__module__ == predictions.__name__][0]",
]


def run(asking):
    """A notebook with a figure and a prediction, run by a program that lets cells ask or not."""
    book = new_notebook(cells=[new_code_cell(source) for source in SOURCES])
    client = NotebookClient(book, timeout=60)
    with client.setup_kernel():
        client.kc.allow_stdin = asking
        for k, cell in enumerate(book.cells):
            client.execute_cell(cell, k)
        client.set_widgets_metadata()
    return book


def exported(book, template="lab"):
    return HTMLExporter(template_name=template).from_notebook_node(book)[0]


@pytest.fixture(scope="module")
def alone():
    return run(asking=False)


def test_run_by_nbconvert_a_figure_is_its_still_picture_and_a_question_its_text(alone):
    for template in ("lab", "classic"):
        page = exported(alone, template)
        assert page.count('src="data:image/png;base64,') == 1
        assert page.count("<b>Predict.</b>") == 1
        assert f'<script type="{VIEW}">' not in page


def test_where_a_person_runs_it_the_figure_is_live():
    figure, prediction = (cell.outputs[0].data for cell in run(asking=True).cells[1:])
    assert VIEW in figure and VIEW in prediction and "image/png" in figure


def test_in_voila_it_is_live(monkeypatch):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    assert VIEW in run(asking=False).cells[1].outputs[0].data


@pytest.mark.filterwarnings("ignore:.*alternative text")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_in_the_classic_template_every_live_picture_keeps_its_words(path):
    book = nbformat.read(path, 4)
    words = [
        output.metadata["image/png"]["alt"]
        for cell in book.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("metadata", {})
    ]
    shown = re.findall(r'<img alt="([^"]*)" src="data:image/png', exported(book, "classic"))
    assert words and len(shown) >= len(words)
    assert set(words) <= set(map(html.unescape, shown))
