"""One contract for every live figure of the series, found by introspection."""

import base64
import inspect
import math
import re

import ipywidgets as widgets
import numpy as np
import pytest
from pages import FIGURES, ends, mouse, moves

from gdlib.live import Live

PNG = b"\x89PNG\r\n\x1a\n"
NOT_FINITE = re.compile(r"\b(nan|inf|infinity)\b|∞", re.IGNORECASE)
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.mark.parametrize("name", FIGURES)
def test_it_can_be_called_without_arguments_and_says_what_it_is(name):
    make = (FIGURES)[name]
    assert make.__doc__
    inspect.signature(make).bind()


# --- the figures ----------------------------------------------------------------------------------


def elsewhere(live, name, seed=0):
    """A value that the control does not have now."""
    return next(v for v in moves(live, name, seed)[::-1] if v != live.controls[name].value)


def artists(live):
    """How much the axes hold; matplotlib makes and keeps ticks as it needs them."""
    return sum(len(ax.get_children()) for ax in live.fig.axes)


def values(live):
    return {name: widget.value for name, widget in live.controls.items()}


@pytest.fixture(scope="module", params=FIGURES)
def figure(request, picture):
    """A figure as its cell shows it, with its first picture and its first sentence."""
    live = FIGURES[request.param]()
    live.first = picture(live), live.readout, values(live)
    yield live
    live.close()


@pytest.fixture
def live(figure):
    """The figure as it began."""
    figure.reset()
    return figure


@pytest.fixture
def fine(trouble):
    """Holds what is true of a figure in every state: `fine(live)`."""

    def check(live):
        assert not trouble(live), values(live)
        said = live.readout
        assert said.strip() and "\n" not in said
        if "diverged" not in said and "never" not in said:
            assert not NOT_FINITE.search(said), said

    return check


def test_it_has_a_figure_controls_and_a_sentence(live, fine, parts):
    assert isinstance(live, Live)
    assert live.fig.axes and live.controls
    assert all(isinstance(widget, widgets.ValueWidget) for widget in live.controls.values())
    assert set(live.controls.values()) <= set(parts(live))
    fine(live)


def test_every_control_says_what_it_is(live):
    labels = [widget.description for widget in live.controls.values()]
    assert all(labels) and len(set(labels)) == len(labels)


@pytest.mark.quick
def test_one_move_of_every_control_shows_and_says_something_else(live, fine, picture):
    for name in live.controls:
        before = picture(live), live.readout
        live.set(**{name: elsewhere(live, name)})
        fine(live)
        assert (picture(live), live.readout) != before or name == "step"


def test_every_control_alone_can_go_anywhere(live, fine, picture):
    before = artists(live)
    for name, widget in live.controls.items():
        live.reset()
        pictures, sentences = set(), set()
        for value in moves(live, name):
            widget.value = value
            fine(live)
            pictures.add(picture(live))
            sentences.add(live.readout)
        assert len(pictures) > 1, f"{name} moves nothing"
        assert len(sentences) > 1 or name == "step", f"the sentence is silent on {name}"
    assert artists(live) == before


def test_all_controls_together_can_go_anywhere(live, fine, picture):
    before = artists(live)
    tries = zip(*(moves(live, name, k) for k, name in enumerate(live.controls)), strict=False)
    for together in tries:
        live.set(**dict(zip(live.controls, together, strict=True)))
        fine(live)
    assert artists(live) == before


def anew(live):
    """The frame of the state shown, with nothing taken over from an earlier one."""
    with live._drawing():
        live._still[1:] = [live._ground(panel.ax) for panel in live.panels]
        return live._frame(live._places, live._shown_run, live._shown_step())


def test_what_is_not_drawn_again_had_not_changed(live):
    for name in live.controls:
        live.set(**{name: elsewhere(live, name, 5)})
        assert live.canvas.frame == anew(live), f"{name} leaves something behind"


def test_the_sentence_is_sent_with_the_picture(live):
    for name in live.controls:
        live.set(**{name: elsewhere(live, name)})
        assert live.canvas.frame.said == live.readout


def test_where_it_came_from_does_not_matter(live, picture):
    state = {name: elsewhere(live, name, 7) for name in live.controls}
    live.set(**state)
    straight = picture(live), live.readout
    for name in live.controls:
        live.set(**{name: elsewhere(live, name, 8)})
    for name, value in state.items():
        live.controls[name].value = value
    assert live.readout == straight[1]
    assert picture(live) == straight[0]


def test_reset_gives_back_the_first_picture_and_sentence(live, picture):
    for name in live.controls:
        live.controls[name].value = elsewhere(live, name)
    live.reset()
    first, said, state = live.first
    assert (live.readout, values(live)) == (said, state)
    assert picture(live) == first


def test_the_picture_without_a_kernel_is_small_always_the_same_follows_and_disturbs_nothing(
    live, picture
):
    data, metadata = live._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == live.readout
    assert data[WIDGET_VIEW]["model_id"] == live.model_id
    still = base64.b64decode(data["image/png"])
    assert still.startswith(PNG)
    assert len(still) < 100_000
    assert live.still() == still
    name = list(live.controls)[0]
    live.controls[name].value = elsewhere(live, name)
    assert live.still() != still
    live.reset()
    assert picture(live) == live.first[0]


# --- the mouse ------------------------------------------------------------------------------------


def close_to(widget, wanted):
    """Whether a slider has the value, or of those that it can have the nearest."""
    if not hasattr(widget, "min"):
        return abs(widget.value - wanted) <= min(abs(value - wanted) for value in ends(widget))
    if isinstance(widget, widgets.FloatLogSlider):
        wanted = np.clip(wanted, widget.base**widget.min, widget.base**widget.max)
        return math.isclose(widget.value, wanted, rel_tol=widget.base**widget.step - 1)
    wanted = np.clip(wanted, widget.min, widget.max)
    return abs(widget.value - wanted) <= 0.51 * widget.step


def written(live, panel, place):
    """Assert that a mouse at a place wrote what the panel says, and nothing else."""
    wanted = panel.picked(*place)
    for name, widget in live.controls.items():
        if name in wanted:
            assert close_to(widget, wanted[name]), (name, widget.value, wanted[name])
        else:
            assert widget.value == live.first[2][name], name


PLACES = [(0.3, 0.6), (0.8, 0.2), (0.02, 0.97)]


def test_a_click_writes_the_controls_that_the_panel_names(live, fine):
    for panel in live.panels:
        for at in PLACES:
            live.reset()
            place = mouse(live, "press", panel.ax, at)
            mouse(live, "release", panel.ax, at)
            if any(panel.picks):
                written(live, panel, place)
                fine(live)
            else:
                assert values(live) == live.first[2]


def test_a_drag_writes_them_until_the_button_is_released(live, fine):
    for panel in (panel for panel in live.panels if any(panel.picks)):
        live.reset()
        mouse(live, "press", panel.ax, PLACES[0])
        for at in PLACES[1:]:
            written(live, panel, mouse(live, "drag", panel.ax, at))
            fine(live)
        mouse(live, "release", panel.ax, at)
        there = values(live)
        mouse(live, "drag", panel.ax, (0.5, 0.5))
        assert values(live) == there


def test_a_drag_that_leaves_its_panel_writes_nothing_there(live):
    for panel in (panel for panel in live.panels if any(panel.picks)):
        live.reset()
        mouse(live, "press", panel.ax, PLACES[0])
        there = values(live)
        for ax in (ax for ax in live.fig.axes if ax is not panel.ax):
            mouse(live, "drag", ax, (0.5, 0.5))
        mouse(live, "release", panel.ax, (0.5, -0.1))
        assert values(live) == there


def test_a_mouse_that_only_passes_over_writes_nothing(live):
    for panel in live.panels:
        mouse(live, "drag", panel.ax, PLACES[0])
    assert values(live) == live.first[2]


# --- the timeline ---------------------------------------------------------------------------------


@pytest.fixture
def timeline(live, parts):
    """The step slider, the play button, back and next."""
    if "step" not in live.controls:
        return None
    found = parts(live)
    [play] = [part for part in found if isinstance(part, widgets.Play)]
    buttons = [part for part in found if isinstance(part, widgets.Button)]
    [back] = [button for button in buttons if "back" in button.description]
    [forth] = [button for button in buttons if "next" in button.description]
    return live.controls["step"], play, back, forth


def test_back_and_next_go_one_step_and_stop_at_the_ends(live, timeline):
    if timeline is None:
        return
    step, play, back, forth = timeline
    assert (play.min, play.max, play.value) == (step.min, step.max, step.value)
    step.value = 1
    forth.click()
    assert step.value == 2
    back.click()
    back.click()
    assert step.value == 0
    back.click()
    assert step.value == 0
    step.value = step.max
    forth.click()
    assert step.value == step.max


def test_scrubbing_computes_nothing_again(live, timeline, monkeypatch):
    calls, run = [], live.run
    monkeypatch.setattr(live, "run", lambda **values: calls.append(values) or run(**values))
    for value in moves(live, "step") if timeline else ():
        live.controls["step"].value = value
    assert not calls
    other = [name for name in live.controls if name != "step"][0]
    for value in ends(live.controls[other]):
        live.controls[other].value = value
    assert calls
