"""What the pages of the course hold, found by introspection, and what a hand does to a figure."""

import importlib
import inspect
import pkgutil
from functools import cache

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import course

NAMES = [info.name for info in pkgutil.iter_modules(course.__path__)]


def found(kind):
    """The public functions of a module of every page, by "page.kind.function"."""
    for page in NAMES:
        module = importlib.import_module(f"course.{page}.{kind}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{page}.{kind}.{name}", function


FIGURES, PREDICTIONS = dict(found("figures")), dict(found("predictions"))


once = cache(lambda make: make())  # a figure is made once, for all who look at it


def begun(make, preset=None):
    """The run of a figure in a preset, or as it comes, its sentence, and the step shown."""
    live = once(make)
    live.reset()
    live.set(**make.presets[preset] if preset else {})
    step = live.controls.get("step")
    return live._shown_run, live.readout, step and step.value


def ends(widget):
    """Both ends of a slider, or every option of a choice."""
    if isinstance(widget, widgets.FloatLogSlider):
        return [widget.base**widget.min, widget.base**widget.max]
    if hasattr(widget, "min"):
        return [widget.min, widget.max]
    return list(dict(widget._options_full).values())


def anywhere(widget, rng):
    """A value that a hand could give the widget."""
    if not hasattr(widget, "min"):
        return ends(widget)[rng.integers(len(ends(widget)))]
    if isinstance(widget, widgets.IntSlider):
        return int(rng.integers(widget.min, widget.max + 1))
    steps = rng.integers(round((widget.max - widget.min) / widget.step) + 1)
    value = float(min(widget.min + steps * widget.step, widget.max))
    return widget.base**value if isinstance(widget, widgets.FloatLogSlider) else value


def mouse(live, kind, ax, at):
    """A mouse event at a place given in fractions of an axes; returns the place in its data."""
    place = ax.transAxes.transform(at)
    live._mouse(kind, *place)
    return ax.transData.inverted().transform(place)


def moves(live, name, seed=0, count=20):
    """Values for a control: both ends, and random ones."""
    rng = np.random.default_rng(seed)
    widget = live.controls[name]
    return ends(widget) + [anywhere(widget, rng) for _ in range(count)]


def drag(live, panel, *places):
    """Press the mouse at the first place of a panel, in its data, move it on, and let go."""
    for k, place in enumerate(places):
        at = panel.ax.transAxes.inverted().transform(panel.ax.transData.transform(place))
        mouse(live, "drag" if k else "press", panel.ax, at)
    mouse(live, "release", panel.ax, at)


def each_step(live, name):
    """What the run makes of every value that the steps of a slider lead to: `{value: run}`."""
    slider = live.controls[name]
    steps = slider.min + slider.step * np.arange(round((slider.max - slider.min) / slider.step) + 1)
    log = isinstance(slider, widgets.FloatLogSlider)
    shown = [float(f"{slider.base**v:.3g}") if log else round(v, 10) for v in steps]
    return {v: live.run(**live.values | {name: v}) for v in shown}


def shown(make):
    """A fixture: a figure as it began, made once for all tests of a module."""
    once = cache(make)

    @pytest.fixture
    def figure():
        once().reset()
        return once()

    return figure


def drawn(panel, name):
    """A named line of a panel, `(2, k)`."""
    return np.array(panel.drawn.lines[name].get_data(), dtype=float)


def route(panel, k=0, part="trail"):
    """The k-th path on a map: its trail up to the step, its ball, or the rest of it, `(2, n)`."""
    return drawn(panel, f"{part} {k}")


def put(panel, **axes):
    """The panel on an Axes; `panel.moves` is what it says will move."""
    figure = Figure((5, 4))
    FigureCanvasAgg(figure)
    panel.ax = figure.add_subplot(**axes)
    panel.moves = panel.setup(panel.ax)
    return panel


def chance_has_no_part(verdicts):
    """Assert that what draws elsewhere changes none of the verdicts, and they no such draw.

    `verdicts()` are those on all the right answers of a page.
    """
    np.random.seed(1)
    first, drawn = [*verdicts()], np.random.random()
    np.random.seed(1)
    assert np.random.random() == drawn
    assert [*verdicts()] == first
    assert all(verdict.passed for verdict in first)
