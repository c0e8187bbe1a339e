"""The cell that tries the page, in the kernel and without one; the browser is in test_reach.py."""

import html
import re

import ipywidgets as widgets
import pytest

from course.start_here import reach
from gdlib.live import Live

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def tried(parts):
    """What the cell shows."""
    shown = reach.try_it()
    yield shown
    for part in parts(shown)[::-1]:
        part.close()


def test_what_the_page_asks_comes_back_as_it_was(tried, monkeypatch):
    [echo], sent = tried.children, []
    monkeypatch.setattr(echo, "send", sent.append)
    asked = {"name": 0.1234}
    echo._handle_custom_msg(asked, [])
    assert sent == [asked]


def test_it_reaches_the_page_as_a_live_figure_does_in_a_box(tried):
    assert isinstance(tried, widgets.VBox) and issubclass(Live, widgets.VBox)
    assert [each._model_module for each in tried.children] == ["anywidget"]


def test_without_widgets_it_says_that_the_page_is_a_stored_picture(tried):
    data = tried._repr_mimebundle_()
    assert data[VIEW]["model_id"] == tried.model_id
    said = html.unescape(re.sub(r"<[^>]*>", "", data["text/html"]))
    assert said == data["text/plain"]
    assert said.startswith("No live figures on this page: it is a stored picture of the notebook.")
    assert "Run All Cells" in said
