"""The controls of live figures: sliders, buttons, the timeline."""

import os
from numbers import Real

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython

from gdlib.needs import need

WIDTH = 720  # pixels: a figure fits a window of 900


def slider(value, low, high, step=0.01, label=None):
    """A slider over evenly spaced numbers; over whole numbers if all four are whole."""
    ends = {"min": low, "max": high, "step": step}
    if all(isinstance(v, int) for v in (value, low, high, step)):
        return _dressed(widgets.IntSlider(value, **ends), label)
    decimals = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    widget = widgets.FloatSlider(value, **ends, readout_format=f".{decimals}f")
    widget.value = snapped(widget, value)
    return _dressed(widget, label)


def log_slider(value, low, high, step=0.01, label=None):
    """A slider over numbers evenly spaced in their logarithm; `step` is in decades.

    It begins at the number next to `value` among those that it can take, counted from `low`.
    """
    ends = {"min": np.log10(low), "max": np.log10(high), "step": step}
    shown = ".3r" if high >= 1000 else ".3"  # never "1e+3"
    widget = widgets.FloatLogSlider(value, **ends, readout_format=shown)
    widget.value = snapped(widget, value)
    return _dressed(widget, label)


def lr_slider(value, low, high, step=0.01, label="learning rate"):
    """The slider of a learning rate, on a logarithmic scale; `step` is in decades."""
    return log_slider(value, low, high, step, label)


def rho_slider(value):
    """The slider of ρ, the memory of v or of s: the same in every figure."""
    return slider(value, 0, 0.99, 0.01, "ρ")


def kappa_slider(value, low, high, step=0.02):
    """The slider of the condition number of a ravine."""
    return log_slider(value, low, high, step, "condition number κ")


def seed_slider(last=50):
    """The slider that chooses among runs that differ by chance alone."""
    return slider(0, 0, last, 1, "seed")


def stops(value, options, label=None):
    """A slider over a few given numbers, such as batch sizes. `options`: as for `choice`."""
    widget = _dressed(widgets.SelectionSlider(options=options, value=value), label)
    widget.add_class("gdlib-stops")
    return widget


def choice(value, options, label=None):
    """Buttons side by side, one of them pressed. `options`: the values, or a dict {name: value}."""
    return _dressed(widgets.ToggleButtons(options=options, value=value), label)


def _dressed(widget, label):
    widget.description = widget.tooltip = label or ""
    widget.style.description_width = "initial"
    if isinstance(widget, widgets.ToggleButtons):
        widget.style.button_width = "auto"
        widget.layout.width = "auto"
    else:
        widget.layout.width = "auto"
    return widget


def plain(widget, value):
    """A widget's value without 6.000000000000001: as many digits as it shows."""
    if isinstance(widget, widgets.FloatLogSlider):
        return float(f"{value:.3g}")
    return round(value, 10) if isinstance(value, float) else value


def places(widget):
    """How many places a control has: the steps of a slider, with both ends, or its options."""
    if hasattr(widget, "index"):
        return len(widget._options_full)
    return int(np.ceil((widget.max - widget.min) / widget.step - 1e-9)) + 1


def place(widget):
    """Where a control stands, from 0 on, counted as on the page; None between two places."""
    if hasattr(widget, "index"):
        return widget.index
    value = _on_scale(widget, widget.value)
    if value >= widget.max - 1e-9:
        return places(widget) - 1
    share = (value - widget.min) / widget.step
    return round(share) if abs(share - round(share)) < 1e-6 else None


def at(widget, place):
    """The value of a control at a place."""
    if hasattr(widget, "index"):
        return widget._options_full[place][1]
    return _off_scale(widget, min(widget.min + place * widget.step, widget.max))


def snapped(widget, value, name="value"):
    """The nearest value that a control can take, to the last bit as the page computes it.

    Were it another float, the page would send its own back, later than the next one of a drag.
    Raises ValueError for what is no number, or none of a choice's options.
    """
    stops = isinstance(widget, widgets.SelectionSlider)
    options = [value for _, value in getattr(widget, "_options_full", ())]
    if options and not stops:
        return need(value in options, name, value, f"one of {', '.join(map(repr, options))}")
    need(isinstance(value, Real) and value == value, name, value, "a number")
    ends = options or [at(widget, 0), at(widget, places(widget) - 1)]
    value = min(max(value, min(ends)), max(ends))
    if isinstance(widget, widgets.IntSlider):
        return round(value)
    if stops:
        return min(options, key=lambda each: abs(each - value))
    value, span = _on_scale(widget, value), widget.max - widget.min
    share, unit = (value - widget.min) * 100 / span, widget.step * 100 / span  # as noUiSlider does
    if share < 100 - 1e-9:  # the upper end can be reached even if no step leads there
        share = max(np.floor(share / unit + 0.5) * unit, 0)
    return _off_scale(widget, float(min(share, 100) * span / 100 + widget.min))


def _on_scale(widget, value):
    """A value as a slider counts it: its logarithm, if it is a logarithmic one."""
    return np.log(value) / np.log(widget.base) if hasattr(widget, "base") else value


def _off_scale(widget, value):
    return widget.base**value if hasattr(widget, "base") else value


def button(label, tooltip, action):
    """A button that calls `action()`."""
    button = widgets.Button(description=label, tooltip=tooltip)
    button.layout.width, button.layout.min_width = "max-content", "80px"
    button.on_click(lambda _: action())
    return button


def grid(controls):
    """Controls on the grid of canvas.css: two sliders to a line as wide as the figure."""
    box = widgets.Box(list(controls))
    box.add_class("gdlib-controls")
    sliders = [each for each in box.children if not isinstance(each, widgets.ToggleButtons)]
    if len(sliders) % 2:
        sliders[-1].add_class("gdlib-wide")  # it has a line of its own
    return box


def row(children):
    """Widgets side by side, in as many lines as they need."""
    return widgets.Box(list(children), layout=widgets.Layout(flex_flow="row wrap"))


def timeline(step, *more):
    """The step slider with play, pause, step back, step forward and more; and the play button.

    The page moves one with the other, see canvas.js. A whole run takes ten seconds or less.
    """
    interval = max(33, min(500, 10_000 // max(step.max, 1)))  # milliseconds
    pace = max(1, round(step.max * interval / 10_000))
    play = widgets.Play(
        min=0, max=step.max, value=step.value, step=pace, interval=interval, show_repeat=False
    )

    def move(by):
        step.value += by

    back = button("◀ back", "One step back", lambda: move(-1))
    forth = button("next ▶", "One step forward", lambda: move(1))
    step.layout.flex, step.layout.min_width = "1 1 150px", "150px"
    line = row([back, play, forth, step, *more])
    line.layout.max_width = f"{WIDTH}px"
    return line, play


def asked():
    """The message that the kernel answers, {} if there is none: what stands in `parent_header`.

    Pyodide's shell has no such attribute, and leaves it to its kernel.
    """
    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    return getattr(shell, "parent_header", getattr(kernel, "_parent_header", None)) or {}


def viewed(bundle):
    """A widget's mime bundle; without the live view if a program runs the cells, as nbconvert does.

    Its page has no kernel. It is known by letting no cell ask (`input`); so does Voilà, which keeps
    the kernel.
    """
    content = asked().get("content", {})
    voila = os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
    if content.get("allow_stdin") is False and not voila:
        bundle = {kind: each for kind, each in bundle.items() if "widget-view" not in kind}
    return bundle


def parts(widget):
    """The widget and all widgets it is made of, layouts and styles included."""
    for name in widget.keys:
        value = getattr(widget, name)
        for part in value if isinstance(value, tuple | list) else (value,):
            if isinstance(part, widgets.Widget):
                yield from parts(part)
    yield widget
