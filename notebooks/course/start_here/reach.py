"""Does this page move? A cell that tries it: `try_it()`."""

from pathlib import Path

import anywidget
import ipywidgets as widgets

from gdlib.controls import viewed

STORED = "No live figures on this page: it is a stored picture of the notebook."
CURE = (
    "In Jupyter, choose Run, Run All Cells. On GitHub, on nbviewer and on paper nothing moves; the "
    "table below says what to do."
)


def try_it():
    """Say on the page whether live figures work here, and how soon the kernel answers."""
    return Reach()


class Reach(widgets.VBox):
    """What `try_it` shows: in a box, as a live figure is, so that the same keeps both away."""

    def __init__(self):
        super().__init__([Echo()])

    def _repr_mimebundle_(self, **kwargs):
        data = viewed(super()._repr_mimebundle_(**kwargs))
        said = {"text/plain": f"{STORED} {CURE}", "text/html": f"<p><b>{STORED}</b> {CURE}</p>"}
        return data | said


class Echo(anywidget.AnyWidget):
    """Sends back what its script on the page asks; the script says what comes of it."""

    _esm = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _, asked, buffers: self.send(asked))
