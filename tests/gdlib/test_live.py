"""Live figures with panels of their own: what follows what, and what happens when one fails."""

import io
import json
import re
import subprocess
import sys
from threading import Thread
from types import SimpleNamespace as Run

import ipywidgets as widgets
import matplotlib
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot as plt
from pages import FIGURES, ends
from PIL import Image
from traitlets import TraitError

from gdlib import controls
from gdlib.controls import choice, log_slider, slider, snapped, stops
from gdlib.live import Live
from gdlib.prediction import Predict
from gdlib.words import num


class Dot:
    """A dot that moves over a line that stands still; it counts how often each is drawn."""

    def __init__(self, picks=("a", None)):
        self.picks, self.log, self.drawn, self.broken = picks, [], {"dot": 0, "line": 0}, False

    def setup(self, ax):
        ax.set(xlim=(0, 10), ylim=(0, 10))
        self.line = self.counted(ax.plot([0, 10], [0, 10])[0], "line")
        self.dot = self.counted(ax.plot([1], [1], "o", color="#D55E00")[0], "dot")
        return [self.dot]

    def grab(self, x, y):
        pass

    def counted(self, artist, name):
        draw = artist.draw

        def count(renderer):
            self.drawn[name] += 1
            draw(renderer)

        artist.draw = count
        return artist

    def show(self, run, step):
        if self.broken:
            raise RuntimeError("the panel is <b>broken</b>")
        self.log.append((vars(run), step))
        self.dot.set_data([run.a], [5 if step is None else step])

    def picked(self, x, y):
        return {name: at for name, at in zip(self.picks, (x, y), strict=True) if name}


@pytest.fixture
def made():
    """Figures of one dot, closed after the test: `made(run, readout, **what Live takes)`."""
    figures = []

    def make(run=Run, readout=lambda run, step: f"a is {run.a}, step {step}.", **more):
        more = {"a": slider(2.0, 0.0, 10.0, 0.1, "a")} | more
        figures.append(Live(run, [more.pop("panel", None) or Dot()], readout, **more))
        return figures[-1]

    yield make
    for figure in figures:
        figure.close()


# --- one way --------------------------------------------------------------------------------------


def test_a_control_runs_the_run_shows_the_panel_and_says_the_sentence(made, picture):
    live = made()
    [panel] = live.panels
    assert panel.log == [({"a": 2.0}, None)]
    before = picture(live)
    live.controls["a"].value = 7.5
    assert panel.log[1:] == [({"a": 7.5}, None)]
    assert live.readout == "a is 7.5, step None."
    assert picture(live) != before


def test_run_is_given_every_control_by_name_but_not_the_step(made):
    calls = []
    live = made(
        lambda **values: calls.append(values) or Run(), steps=4, at=1, b=choice("u", ["u", "v"])
    )
    live.controls["step"].value = 3
    live.controls["b"].value = "v"
    assert calls == [{"a": 2.0, "b": "u"}, {"a": 2.0, "b": "v"}]
    assert live.panels[0].log[-1] == ({"a": 2.0, "b": "v"}, 3)


def test_the_step_begins_at_the_end_or_where_it_is_told(made):
    assert made(steps=9).controls["step"].value == 9
    assert made(steps=9, at=4).controls["step"].value == 4
    assert made(steps=9, unit="epoch").controls["step"].description == "epoch"
    assert "step" not in made().controls


def test_two_controls_set_together_are_one_update(made):
    live = made(b=slider(1, 0, 5, 1))
    log = live.panels[0].log
    del log[:]
    live.set(a=3, b=4)
    assert log == [({"a": 3.0, "b": 4}, None)]


def test_set_cuts_a_value_to_the_ends_of_its_slider(made):
    live = made()
    live.set(a=99)
    assert live.readout == "a is 10.0, step None."


def test_set_reaches_both_ends_of_a_slider_that_its_steps_do_not_divide(made):
    """As End does on the page: noUiSlider leaves its last place alone."""
    live = made(b=log_slider(30, 25, 100, 0.02), c=slider(0.5, 0.0, 1.0, 0.3))
    for b, c in ((25, 0), (100, 1)):
        live.set(b=b, c=c)
        assert (live.values["b"], live.values["c"]) == (b, c)


BEYOND = [-1, 0, -0.0, 1e-300, 1e300, -np.inf, np.inf, 10**400, -(10**400), np.float32(1e9)]


FROM_2_TO_9 = {
    "even": lambda: slider(3.0, 2.0, 9.0, 0.5),
    "whole": lambda: slider(3, 2, 9, 1),
    "logarithmic": lambda: log_slider(3, 2, 9, 0.05),
    "stops": lambda: stops(4, {"two": 2, "four": 4, "nine": 9}),
}


@pytest.mark.parametrize("value", BEYOND)
@pytest.mark.parametrize("kind", FROM_2_TO_9)
def test_set_cuts_whatever_lies_beyond_a_slider_to_the_end_next_to_it(made, trouble, kind, value):
    live = made(b=FROM_2_TO_9[kind]())
    live.set(b=value)
    assert live.values["b"] == (2 if value < 5 else 9)
    assert not trouble(live)


@pytest.mark.parametrize("value", [np.nan, "3", "", None, 1j, [3], (3,), {}, np.array([3]), len])
@pytest.mark.parametrize("kind", FROM_2_TO_9)
def test_set_with_what_is_no_number_says_so_and_moves_nothing(made, kind, value):
    live = made(b=FROM_2_TO_9[kind]())
    before = live.values
    with pytest.raises(ValueError, match="^b must be a number; got "):
        live.set(a=7, b=value)
    assert live.values == before and live.panels[0].log[-1][0]["a"] == 2.0


@pytest.mark.parametrize("value", [np.nan, "w", None, 1j, ["u"], {"u": 1}, len])
def test_set_with_none_of_a_choices_options_lists_them(made, value):
    live = made(b=choice("u", ["u", "v"]))
    with pytest.raises(ValueError, match="^b must be one of 'u', 'v'; got "):
        live.set(b=value)


def test_set_names_a_control_that_is_not_there(made):
    live = made(b=slider(1, 0, 5, 1))
    with pytest.raises(ValueError, match=r"one of a, b; got 'speed'"):
        live.set(a=3, speed=4)
    assert live.controls["a"].value == 2


def test_set_with_a_value_that_cannot_be_changes_nothing_for_good(made, trouble):
    live = made(b=choice("u", ["u", "v"]))
    with pytest.raises(ValueError, match="b must be one of 'u', 'v'; got 'w'"):
        live.set(a=9, b="w")
    assert live.values == {"a": 2.0, "b": "u"}
    live.controls["a"].value = 6
    assert live.readout == "a is 6.0, step None."
    assert not trouble(live)


def test_reset_goes_back_to_the_beginning(made):
    live = made(steps=5, at=2)
    live.set(a=9, step=5)
    live.reset()
    assert live.readout == "a is 2.0, step 2."


def test_a_mouse_writes_controls_on_their_grid(made):
    live = made()
    place = live.fig.axes[0].transData.transform((7.234, 5))
    for kind in ("press", "release"):
        live._mouse(kind, *place)
    assert live.readout == "a is 7.2, step None."


def test_a_mouse_writes_the_very_float_that_the_page_would_write(made):
    """Another float for the same place would be sent back, and undo the drag that has gone on."""
    live = made(a=slider(0.0, -5.0, 5.0, 0.1))
    live.fig.axes[0].set_xlim(-5, 5)
    place = live.fig.axes[0].transData.transform((0.12, 5))
    for kind in ("press", "release"):
        live._mouse(kind, *place)
    assert live.controls["a"].value == 0.09999999999999964  # as noUiSlider computes it
    assert live.readout == "a is 0.1, step None."


# --- what fails -----------------------------------------------------------------------------------


def failing_above(limit):
    """Return a run that fails when a is above a limit."""

    def run(a):
        if a > limit:
            raise ValueError("a < 5 & a > <i>no</i>")
        return Run(a=a)

    return run


def test_a_figure_that_fails_at_first_fails_its_cell(made):
    with pytest.raises(ValueError, match="a < 5"):
        made(failing_above(1))


def test_a_run_that_fails_later_is_told_in_words_until_it_works_again(made, trouble, picture):
    live = made(failing_above(5))
    good = picture(live)
    live.controls["a"].value = 6
    assert "ValueError: a &lt; 5 &amp; a &gt; &lt;i&gt;no&lt;/i&gt;" in trouble(live)
    assert live.readout == "a is 2.0, step None."
    live.controls["a"].value = 7
    assert trouble(live)
    live.controls["a"].value = 2
    assert not trouble(live)
    assert picture(live) == good


def test_a_panel_that_fails_is_told_in_words(made, trouble):
    live = made()
    live.panels[0].broken = True
    live.controls["a"].value = 6
    assert "RuntimeError: the panel is &lt;b&gt;broken&lt;/b&gt;" in trouble(live)
    live.panels[0].broken = False
    live.controls["a"].value = 7
    assert not trouble(live)


def test_a_sentence_that_fails_is_told_in_words(made, trouble):
    live = made(readout=lambda run, step: f"{1 / (run.a - 5):.1f} is a number.")
    live.controls["a"].value = 5
    assert "ZeroDivisionError" in trouble(live)
    live.controls["a"].value = 6
    assert not trouble(live)


def test_a_warning_of_the_numbers_is_no_trouble(made, trouble):
    live = made(lambda a: Run(a=float(np.float64(a) / np.float64(a - a))))
    live.controls["a"].value = 0
    assert not trouble(live)


# --- what does not fit together -------------------------------------------------------------------


@pytest.mark.parametrize("returned", [None, {"a": 1}, (1, 2)])
def test_a_run_that_returns_no_namespace_is_refused(made, returned):
    with pytest.raises(ValueError, match="^what run returns must be a namespace; got "):
        made(lambda a: returned)


def test_a_readout_without_words_is_told_at_first_and_later(made, trouble):
    said = "what readout returns must be a sentence; got "
    for silent in (print, lambda run, step: run.a):
        with pytest.raises(ValueError, match=said):
            made(readout=silent)
    live = made(readout=lambda run, step: "Low." if run.a < 5 else None)
    live.set(a=6)
    assert f"{said}None" in trouble(live)
    live.set(a=4)
    assert not trouble(live) and live.readout == "Low."


@pytest.mark.parametrize("control", [0.1, None, "a", slider])
def test_what_is_no_control_is_refused_by_name(made, control):
    with pytest.raises(ValueError, match="^b must be a control, as slider"):
        made(b=control)


@pytest.mark.parametrize("mosaic", ["A", "AB;CD", "AA;AA", "."])
def test_a_mosaic_with_another_number_of_panels_is_refused(mosaic):
    with pytest.raises(ValueError, match="mosaic must be text with a letter for each panel, 2;"):
        Live(Run, [Dot(), Dot()], print, mosaic=mosaic, a=slider(1, 0, 2, 1))


def test_a_panel_stands_in_one_figure_and_once(made):
    panel = made().panels[0]
    for panels in ([panel], [same := Dot(), same]):
        with pytest.raises(ValueError, match="^a panel must be new: another figure shows this one"):
            Live(Run, panels, print, a=slider(1, 0, 2, 1))


# --- what is drawn --------------------------------------------------------------------------------


def test_an_update_draws_what_moves_and_nothing_else(made):
    live = made()
    drawn = live.panels[0].drawn
    live.controls["a"].value = 1
    before = dict(drawn)
    for a in (3, 4, 5):
        live.controls["a"].value = a
    assert drawn == {"dot": before["dot"] + 3, "line": before["line"]}


def test_a_panel_that_changed_what_stands_still_is_drawn_whole(made):
    class Frame(Dot):
        def show(self, run, step):
            super().show(run, step)
            self.line.set_color("C1" if run.a > 5 else "C0")
            return run.a > 5

    live = made(panel=Frame())
    before = live.panels[0].drawn["line"]
    live.controls["a"].value = 6
    assert live.panels[0].drawn["line"] == before + 1


def test_the_layout_is_made_once(made):
    live = made()
    places = [ax.get_position().bounds for ax in live.fig.axes]
    live.fig.axes[0].set_ylabel("a label\nof many\nlines", fontsize=30)
    live.controls["a"].value = 3
    live.still()
    assert [ax.get_position().bounds for ax in live.fig.axes] == places


def cut_off(live):
    """By how many picture the words and marks of the panels stand out of the picture, at most."""
    renderer, (width, height) = live._recorder, live.fig.bbox.size
    boxes = [ax.get_tightbbox(renderer) for ax in live.fig.axes]
    return max(max(-box.x0, -box.y0, box.x1 - width, box.y1 - height) for box in boxes)


@pytest.mark.parametrize("name", FIGURES)
def test_all_words_of_a_figure_are_within_it_and_it_is_laid_out_once(name):
    """As it begins, and with all controls at one end or at the other."""
    live = FIGURES[name]()
    places = [ax.get_position().bounds for ax in live.fig.axes]
    for end in (None, 0, -1):
        if end is not None:
            live.set(**{key: ends(widget)[end] for key, widget in live.controls.items()})
        assert cut_off(live) <= 0
    assert [ax.get_position().bounds for ax in live.fig.axes] == places
    live.close()


def test_several_panels_stand_where_the_mosaic_says():
    panels = [Dot(), Dot(), Dot()]
    live = Live(Run, panels, lambda run, step: "Three.", mosaic="AB;CC", a=slider(1, 0, 2, 1))
    a, b, c = (panel.ax.get_position() for panel in panels)
    assert a.x1 <= b.x0 and a.y0 >= c.y1 and c.x1 > b.x0
    live.close()


# --- nothing of ours leaks into the learner's notebook --------------------------------------------

SETTINGS = """
import json, matplotlib
from matplotlib import pyplot as plt

before = dict(matplotlib.rcParams), matplotlib.get_backend()
from course.gradient_descent import figures
live = figures.regimes()
live.still()
live.set(lr=0.2)
after = dict(matplotlib.rcParams), matplotlib.get_backend()
print(json.dumps([before == after, plt.get_fignums()]))
"""


def test_pyplot_and_its_settings_stay_as_they_were():
    done = subprocess.run(
        [sys.executable, "-c", SETTINGS], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [True, []]


def test_building_a_figure_changes_no_setting_and_opens_no_figure(made):
    before = dict(matplotlib.rcParams), matplotlib.get_backend(), plt.get_fignums()
    made().still()
    assert (dict(matplotlib.rcParams), matplotlib.get_backend(), plt.get_fignums()) == before


def test_closing_a_figure_closes_every_widget_in_it(made, open_widgets):
    made(steps=5).close()
    before = open_widgets()
    for _ in range(50):
        made(steps=5, b=choice("u", ["u", "v"]), c=log_slider(1, 0.1, 10)).close()
    assert open_widgets() == before


def test_closing_twice_is_once(made):
    live = made()
    live.close()
    live.close()


@pytest.fixture(params=["ipykernel", "Pyodide"])
def cell(monkeypatch, request):
    """Pretend to run a cell of JupyterLab, once more at each call: `cell("its id")`."""
    shell, runs = Run(kernel=Run()), iter(range(1000))
    monkeypatch.setattr(controls, "get_ipython", lambda: shell)

    def enter(cell_id):
        message = {
            "header": {"msg_id": next(runs)},
            "metadata": {"cellId": cell_id} if cell_id else {},
        }
        if request.param == "Pyodide":
            shell.kernel._parent_header = message
        else:
            shell.parent_header = message

    return enter


def test_a_cell_that_is_run_again_closes_its_former_figure(made, cell, open_widgets):
    cell("one")
    made(steps=5)._repr_mimebundle_()
    before = open_widgets()
    for _ in range(10):
        cell("one")
        made(steps=5)._repr_mimebundle_()
    assert open_widgets() == before


def test_two_figures_of_one_cell_both_stay(made, cell):
    cell("one")
    first, second = made(), made()
    first._repr_mimebundle_()
    second._repr_mimebundle_()
    assert first.comm is not None and second.comm is not None
    cell("one")
    made()._repr_mimebundle_()
    assert first.comm is None and second.comm is None


def test_a_figure_shown_in_another_cell_or_again_stays_open(made, cell):
    cell("one")
    first = made()
    first._repr_mimebundle_()
    cell("two")
    made()._repr_mimebundle_()
    cell(None)
    made()._repr_mimebundle_()
    cell("one")
    first._repr_mimebundle_()
    assert first.comm is not None
    cell("one")
    made()._repr_mimebundle_()
    assert first.comm is None


def test_outside_of_a_notebook_a_figure_is_shown_all_the_same(made):
    assert not InteractiveShell.initialized()
    assert made()._repr_mimebundle_()[0]["text/plain"] == "a is 2.0, step None."


def test_the_stored_picture_has_the_sentence_below_the_figure(made):
    live = made(readout=lambda run, step: "A sentence. " * 30)
    short = made()
    tall, low = (Image.open(io.BytesIO(each.still())) for each in (live, short))
    assert tall.width == low.width and tall.height > low.height
    alone = Image.open(io.BytesIO(live.still(dpi=100)))
    height, width = live.fig.canvas.get_width_height()[::-1]
    assert alone.width == width and alone.height > height


# --- controls -------------------------------------------------------------------------------------


def test_a_slider_of_whole_numbers_gives_whole_numbers():
    assert isinstance(slider(3, 0, 10, 1).value, int)
    assert isinstance(slider(3.0, 0, 10, 1).value, float)
    assert isinstance(slider(3, 0, 10, 0.5).value, float)


def test_a_slider_has_its_ends_its_step_and_its_name():
    widget = slider(0.4, 0.1, 0.55, 0.05, "learning rate")
    assert (widget.value, widget.min, widget.max, widget.step) == (0.4, 0.1, 0.55, 0.05)
    assert widget.description == "learning rate"


@pytest.mark.parametrize("wanted, got", [(3.4, 3), (3.6, 4), (-5, 1), (99, 9), (7, 7), (8.6, 9)])
def test_a_slider_of_whole_numbers_is_given_the_nearest_between_its_ends(made, wanted, got):
    live = made(b=slider(2, 1, 9, 1, "b"))
    live.set(b=wanted)
    assert live.controls["b"].value == got and isinstance(live.controls["b"].value, int)


def test_a_logarithmic_slider_has_its_ends_as_values():
    widget = log_slider(0.05, 0.001, 2, label="learning rate")
    assert abs(widget.value / 0.05 - 1) < 0.012  # half a step: what the slider can take
    steps = (np.log10(widget.value) - widget.min) / widget.step
    assert np.isclose(steps, round(steps))
    assert np.isclose([10**widget.min, 10**widget.max], [0.001, 2]).all()
    assert widget.description == "learning rate"


def test_a_choice_has_options_by_value_or_by_name():
    assert choice("b", ["a", "b"], "which").value == "b"
    widget = choice(2, {"one": 1, "two": 2})
    assert (widget.value, widget.label) == (2, "two")


def test_a_choice_that_is_none_of_the_options_is_a_mistake():
    with pytest.raises(TraitError, match="Invalid selection"):
        choice("c", ["a", "b"])


def test_stops_are_a_slider_over_given_values_that_shows_their_names():
    widget = stops(4, {"1": 1, "4": 4, "all 342": 342}, "batch size B")
    assert isinstance(widget, widgets.SelectionSlider)
    assert (widget.value, widget.label, widget.description) == (4, "4", "batch size B")
    widget.index = 2
    assert (widget.value, widget.label) == (342, "all 342")
    assert stops(2.5, [1, 2.5]).value == 2.5


def test_stops_begin_at_one_of_their_values():
    with pytest.raises(TraitError, match="Invalid selection"):
        stops(3, {"1": 1, "4": 4})


@pytest.mark.parametrize(
    "wanted, got",
    [(4, 4), (5.2, 4), (6.1, 8), (0.01, 1), (1e9, 342), (-3, 1), (170, 8), (180, 342)],
)
def test_of_stops_the_nearest_is_taken(made, wanted, got):
    options = {"1": 1, "4": 4, "8": 8, "all 342": 342}
    assert snapped(stops(4, options), wanted) == got
    live = made(b=stops(4, options))
    live.set(b=wanted)
    assert live.values["b"] == live.controls["b"].value == got
    assert isinstance(live.values["b"], int)


def test_a_run_is_given_the_value_of_a_stop_and_not_its_name(made):
    live = made(b=stops(1, {"one": 1, "all": 342}))
    live.controls["b"].label = "all"
    assert live.panels[0].log[-1] == ({"a": 2.0, "b": 342}, None)
    live.reset()
    assert live.panels[0].log[-1] == ({"a": 2.0, "b": 1}, None)


def test_a_mouse_writes_the_nearest_stop(made):
    live = made(panel=Dot(("b", None)), b=stops(2, [1, 2, 7]))
    for x, got in ((4.4, 2), (4.6, 7), (9.9, 7), (0.2, 1)):
        place = live.fig.axes[0].transData.transform((x, 5))
        for kind in ("press", "release"):
            live._mouse(kind, *place)
        assert live.controls["b"].value == got


def test_the_values_a_run_is_given_are_those_that_the_slider_shows(made):
    live = made(b=log_slider(0.5, 0.001, 10))
    live.controls["a"].value = 6.000000000000001
    live.controls["b"].value = 10 ** (-2 + 0.01 * 3)
    assert live.panels[0].log[-1] == ({"a": 6.0, "b": 0.0107}, None)
    assert "6.0," in live.readout
    live.controls["a"].value = 0.1 + 0.2
    assert "0.3," in live.readout


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (-0.0, "0"), (2.0, "2"), (-0.5, "−0.5"), (1 / 3, "0.3333"), (1e-6, "1e−6"),
     (-2.5e-13, "−2.5e−13"), (1e6, "1e6"), (12345, "1.234e4"), (999.96, "1000"),
     (0.1 + 0.2, "0.3"), (np.float64(0.0001), "0.0001"), (7, "7")],
)  # fmt: skip
def test_a_number_is_said_in_few_digits(value, said):
    assert num(value) == said


def test_a_number_is_said_in_as_many_digits_as_wanted():
    assert [num(2 / 3, digits) for digits in (1, 2, 6)] == ["0.7", "0.67", "0.666667"]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_sliders_stand_two_in_a_line_and_an_odd_one_alone_in_a_line_of_its_own(made, count):
    more = {name: slider(1, 0, 5, 1) for name in "bcde"[: count - 1]}
    live = made(**more)
    box, *_ = live.children
    wide = [widget for widget in box.children if "gdlib-wide" in widget._dom_classes]
    assert "gdlib-controls" in box._dom_classes and box.children == (*live.controls.values(),)
    assert wide == ([box.children[-1]] if count % 2 else [])


@pytest.mark.parametrize("steps", [None, 9])
def test_reset_stands_beside_play_or_where_there_is_none_below(made, steps):
    live = made(steps=steps)
    line = live.children[1].children if steps else live.children
    assert line[-1].description == "↺ reset"


# --- predictions ----------------------------------------------------------------------------------


def test_an_answer_that_is_none_of_the_choices_is_a_mistake():
    with pytest.raises(ValueError, match="answer must be one of .*got 'c'"):
        Predict("Which?", "c", "Because.", choices=("a", "b"))


@pytest.mark.parametrize(("said", "right"), [("100", 1), ("109", 1), ("91", 1), ("111", 0),
                                             ("-100", 0), ("1e2", 1), ("100,5", 1)])  # fmt: skip
def test_a_number_is_right_within_its_tolerance(said, right):
    predict = Predict("How many?", 100, "Because.", tolerance=0.1)
    predict.entry.value = said
    predict.button.click()
    shown = predict.reveal.value
    close = right and f"{float(said.replace(',', '.')):.3g}" != "100"
    assert ("✓" in shown) == bool(right) and ("Right." in shown) == (right and not close)
    assert (" It is 100." in shown) == ("✗" in shown) == (not right)
    assert ("Close: it is 100." in shown) == bool(close)


@pytest.mark.parametrize(
    "said", ["37", "37 %", "37%", "about 37", "37x", "37 ×", "37 times", "37 steps"]
)
def test_a_number_may_have_its_unit(said):
    predict = Predict("How many?", 37, "Because.")
    predict.entry.value = said
    predict.button.click()
    assert "Right." in predict.reveal.value


def test_questions_answers_and_reasons_are_escaped():
    predict = Predict("Is a < b & c?", "<i>", "f < 1 & so on.", choices=("<i>", "<b>"))
    predict.entry.value = "<b>"
    predict.button.click()
    html = "".join(part.value for part in predict.children if isinstance(part, widgets.HTML))
    html += predict._repr_mimebundle_()["text/html"]
    assert not re.search(r"<i>|f < 1|a < b", html)
    assert "a &lt; b &amp; c" in html and "&lt;i&gt;" in html and "f &lt; 1 &amp;" in html


def test_who_hears_the_page_waits_until_whoever_draws_is_done(made):
    """JupyterLab has widgets heard in a thread of their own, even while a cell makes a figure."""
    waited = []

    class Heard(Dot):
        def show(self, run, step):
            super().show(run, step)
            if run.a == 3:
                page = Thread(target=other.set, kwargs={"a": 7})
                page.start()
                page.join(0.2)
                waited.append(page)
                assert page.is_alive()

    other, live = made(), made(panel=Heard())
    live.controls["a"].value = 3
    waited[0].join(5)
    assert not waited[0].is_alive() and other.values == {"a": 7}
