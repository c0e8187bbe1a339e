"""The live figures of notebook 03, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from course.gradient_descent.checks import ends, from_the_ridge
from gdlib import draw, landscapes, regression, theory
from gdlib.controls import choice, kappa_slider, log_slider, lr_slider, slider
from gdlib.live import Live
from gdlib.optimizers import descend, gd
from gdlib.panels import Bars, Contour, Curve, Data, Map, Trace
from gdlib.words import names, num, pair, steps

ABOVE = "the loss above the minimum"


def regimes(curvature=4.0):
    """One parabola, one learning rate: creep, land, zigzag or fly apart."""
    land = landscapes.parabola(curvature)

    def run(lr, start):
        return Run(land=land, path=descend(gd, land.grad, [start], 40, lr=lr))

    def readout(run, step):
        return f"{_arithmetic(run, step)} {_regime(theory.gd_factor(run.lr, curvature), run.path)}"

    panels = [
        Curve("the loss, its tangent, the steps", ylim=(-1, 8.5), picks=("start", None)),
        Trace("distance from the minimum", "|w|", (1e-9, 1e2), of=_distance, target=1e-6),
    ]
    lr, start = _lr(0.4, 0.01, 0.55), slider(1.5, -2.0, 2.0, 0.1, "start")
    return Live(run, panels, readout, steps=40, at=2, lr=lr, start=start)


def _lr(value, low, high, step=0.01):
    """The slider of a learning rate whose places are evenly spaced."""
    return slider(value, low, high, step, "learning rate")


def _distance(run):
    """How far each point of the path is from the (only) minimum."""
    return np.sqrt(((run.path - run.land.minima) ** 2).sum(axis=0))


def _arithmetic(run, step):
    """The update that leaves this step, with its numbers."""
    if step == run.path.shape[1] - 1:
        return f"Step {step}: w = {num(run.path[0, step])}."
    w, then = run.path[0, step : step + 2]
    slope = num(run.land.grad(run.path[:, step])[0])
    slope = f"({slope})" if slope.startswith("−") else slope
    return f"Next, step {step + 1}: w = {num(w)} − {num(run.lr)} · {slope} = {num(then)}."


def _regime(factor, path):
    """What a constant factor per step makes of the distance, in words."""
    said = f"Each step multiplies the distance by {num(factor)}:"
    start = path[0, 0]
    if start == 0:
        return "The ball is on the minimum, where the slope is 0, and stays."
    if abs(factor) > 1 + 1e-9:
        left = draw.left_at(path, ((-2, 2),))
        where = f"out of the picture at step {left}" if left >= 0 else "but is still in the picture"
        return f"{said} the run has diverged, {where}."
    if abs(factor) > 1 - 1e-9:
        return f"{said} the ball swings between two places and never settles."
    if abs(factor) < 1e-9:
        return f"{said} one step lands on the minimum."
    way = "creeps in from one side" if factor > 0 else "changes sides at every step and closes in"
    return f"{said} the ball {way}; |w| < 1e-6 takes {_takes(1e-6 / abs(start), factor)}."


def _takes(fraction, factor):
    """How many steps bring a distance down to a fraction of itself, in words."""
    return steps(max(1, np.ceil(theory.steps_to(fraction, factor))), "never")


def starting_points():
    """Three starts on the tilted double well, and where each ends at every learning rate."""
    land, starts = landscapes.double_well(), {"a": -1.5, "b": 0.3, "c": 1.5}
    three = np.array([[*starts.values()]])
    lrs, rows = np.arange(0.005, 0.3001, 0.0025), np.linspace(-2, 2, 121)[None]
    regions = ends(land, rows[..., None], 1500, lrs)
    every = np.arange(0.005, 0.3001, 0.001)  # each place of the slider
    fates = ends(land, three[..., None], 2000, every)

    def run(lr):
        path = descend(gd, land.grad, three, 60, lr=lr)
        return Run(land=land, path=path, ends=fates[:, np.abs(every - lr).argmin()], regions=regions)

    def readout(run, step):
        places = ("global minimum", "local minimum", "no minimum")
        settled, now = (
            ", ".join(f"{name}{said}" for name, said in zip(starts, each, strict=True))
            for each in (
                [f" → {places[end]}" for end in run.ends],
                [f" {num(loss, 3)}" for loss in land.f(run.path)[step]],
            )
        )
        return f"Learning rate {num(run.lr)}: {settled}. Losses after {step} steps: {now}."

    panels = [
        Curve("three starts", ylim=(-0.8, 3), names=starts, tangent=False),
        Map(
            "where each start ends",
            (lrs[0], lrs[-1], -2, 2),
            ("global minimum", "local minimum"),
            ("learning rate", "start"),
            ("lr", None),
            rows=starts,
        ),
    ]
    return Live(run, panels, readout, steps=60, height=3.6, lr=_lr(0.05, 0.005, 0.3, 0.001))
