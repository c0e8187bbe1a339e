"""The `regimes` figure made with other tools: the same data, 760 x 330 pixels, the same slider.

Each function returns what a notebook cell displays. None of them says a sentence below the figure,
as ours does: that spares them a message.
"""

import numpy as np
from ipywidgets import HTML, FloatSlider, IntSlider, VBox, interactive

from gdlib import landscapes
from gdlib.optimizers import descend, gd

LAND, START, STEPS, STEP = landscapes.parabola(4.0), 1.5, 40, 2
WINDOW, LOSS, DISTANCE = (-2.2, 2.2), (-1, 8.5), (1e-9, 1e2)
BLUE, ORANGE, INK = "#0072B2", "#D55E00", "#222222"


def lr_slider():
    return FloatSlider(0.4, min=0.01, max=0.55, step=0.01, description="lr")


def lines(lr):
    """What is drawn at a learning rate: {name: (x, y)}."""
    path = descend(gd, LAND.grad, [START], STEPS, lr=lr)
    seen, w = path[:, : STEP + 1], path[:, STEP]
    xs = np.linspace(*WINDOW, 401)
    near = w[0] + np.array([-0.6, 0.6])
    distance = np.clip(np.abs(path[0]), DISTANCE[0] / 10, DISTANCE[1] * 10)
    return {
        "curve": (xs, LAND.f(xs[None])),
        "tangent": (near, LAND.f(w) + LAND.grad(w)[0] * (near - w[0])),
        "trail": (seen[0], LAND.f(seen)),
        "ball": (w, LAND.f(w[:, None])),
        "trace": (np.arange(STEPS + 1), distance),
        "mark": (np.array([STEP]), distance[[STEP]]),
    }


def bare():
    """The bare round trip: a slider, the kernel, another widget."""
    knob, text = IntSlider(50), HTML()
    text.add_class("bench-text")
    knob.observe(lambda change: setattr(text, "value", f"<b>{change.new}</b>"), "value")
    return VBox([knob, text])


def matplotlib_figure(plt, lr):
    """A new pyplot figure, and its moving lines by name."""
    data = lines(lr)
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.3))
    left.set(xlim=WINDOW, ylim=LOSS, xlabel="w", ylabel="loss f(w)")
    right.set(yscale="log", xlim=(0, STEPS), ylim=DISTANCE, xlabel="step", ylabel="|w|")
    left.plot(*data["curve"], color=INK)
    moving = {
        "tangent": left.plot(*data["tangent"], "--", color=ORANGE)[0],
        "trail": left.plot(*data["trail"], "o-", color=BLUE, ms=3.5)[0],
        "ball": left.plot(*data["ball"], "o", color=BLUE, ms=10)[0],
        "trace": right.plot(*data["trace"], color=BLUE)[0],
        "mark": right.plot(*data["mark"], "o", color=BLUE, ms=7)[0],
    }
    return fig, moving


def interact():
    """What most notebooks do: `interact` and a new figure each time."""
    import matplotlib.pyplot as plt

    def show(lr):
        matplotlib_figure(plt, lr)
        plt.show()

    return interactive(show, lr=lr_slider())


def ipympl():
    """One figure, `set_data` and `draw_idle`; the notebook has said `%matplotlib widget`."""
    import matplotlib.pyplot as plt

    with plt.ioff():
        fig, moving = matplotlib_figure(plt, 0.4)
    fig.canvas.header_visible = fig.canvas.footer_visible = fig.canvas.toolbar_visible = False
    knob = lr_slider()

    def show(change):
        data = lines(change.new)
        for name, line in moving.items():
            line.set_data(*data[name])
        fig.canvas.draw_idle()

    knob.observe(show, "value")
    return VBox([knob, fig.canvas])


def bqplot():
    """bqplot: the browser draws, the kernel sends the numbers."""
    from bqplot import Axis, Figure, LinearScale, Lines, LogScale, Scatter
    from ipywidgets import HBox

    data = lines(0.4)
    left = {
        "x": LinearScale(min=WINDOW[0], max=WINDOW[1]),
        "y": LinearScale(min=LOSS[0], max=LOSS[1]),
    }
    right = {"x": LinearScale(min=0, max=STEPS), "y": LogScale(min=DISTANCE[0], max=DISTANCE[1])}

    def mark(kind, name, scales, color, **more):
        x, y = data[name]
        return kind(x=x, y=y, scales=scales, colors=[color], **more)

    curve = mark(Lines, "curve", left, INK)
    moving = {
        "tangent": mark(Lines, "tangent", left, ORANGE, line_style="dashed"),
        "trail": mark(Lines, "trail", left, BLUE, marker="circle", marker_size=12),
        "ball": mark(Scatter, "ball", left, BLUE, default_size=100),
        "trace": mark(Lines, "trace", right, BLUE),
        "mark": mark(Scatter, "mark", right, BLUE, default_size=50),
    }

    def figure(scales, marks, labels):
        axes = [
            Axis(scale=scales["x"], label=labels[0]),
            Axis(scale=scales["y"], label=labels[1], orientation="vertical"),
        ]
        layout = {"width": "380px", "height": "330px"}
        return Figure(marks=marks, axes=axes, layout=layout, animation_duration=0)

    first = figure(
        left, [curve, moving["tangent"], moving["trail"], moving["ball"]], ("w", "loss f(w)")
    )
    second = figure(right, [moving["trace"], moving["mark"]], ("step", "|w|"))
    second.add_class("bench-last")
    knob = lr_slider()

    def show(change):
        now = lines(change.new)
        for name, each in moving.items():
            with each.hold_sync():
                each.x, each.y = now[name]

    knob.observe(show, "value")
    return VBox([knob, HBox([first, second])])


def plotly():
    """A plotly FigureWidget, its traces changed in one batch."""
    from plotly.graph_objects import FigureWidget
    from plotly.subplots import make_subplots

    data = lines(0.4)
    fig = FigureWidget(make_subplots(1, 2))
    fig.update_layout(width=760, height=330, showlegend=False, margin=dict(l=50, r=10, t=20, b=40))
    fig.update_xaxes(range=WINDOW, title="w", col=1).update_yaxes(range=LOSS, col=1)
    fig.update_xaxes(range=(0, STEPS), title="step", col=2)
    fig.update_yaxes(type="log", range=np.log10(DISTANCE).tolist(), col=2)
    looks = {
        "curve": dict(mode="lines", line_color=INK),
        "tangent": dict(mode="lines", line=dict(color=ORANGE, dash="dash")),
        "trail": dict(mode="lines+markers", line_color=BLUE),
        "ball": dict(mode="markers", marker=dict(color=BLUE, size=12)),
        "trace": dict(mode="lines", line_color=BLUE),
        "mark": dict(mode="markers", marker=dict(color=BLUE, size=8)),
    }
    for name, look in looks.items():
        x, y = data[name]
        fig.add_scatter(x=x, y=y, name=name, row=1, col=1 + (name in ("trace", "mark")), **look)
    moving = {trace.name: trace for trace in fig.data if trace.name != "curve"}
    knob = lr_slider()

    def show(change):
        now = lines(change.new)
        with fig.batch_update():
            for name, trace in moving.items():
                trace.x, trace.y = now[name]

    knob.observe(show, "value")
    return VBox([knob, fig])
