"""The live figures of notebook 03, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from gdlib import draw, landscapes, regression, theory
from gdlib.controls import choice, kappa_slider, log_slider, lr_slider, slider
from gdlib.live import Live
from gdlib.optimizers import arrive, descend, first_step, gd, settled_in
from gdlib.panels import Bars, Contour, Curve, Data, Map, Trace
from gdlib.words import num


def _distance(run):
    """How far each point of the path is from the (only) minimum."""
    return np.sqrt(((run.path.T - run.land.minima[:, 0]) ** 2).sum(axis=-1))


def regimes(curvature=4.0):
    """One parabola, one learning rate: creep, land, zigzag or fly apart."""
    land = landscapes.parabola(curvature)

    def run(lr, start):
        return Run(land=land, lr=lr, path=descend(gd, land.grad, [start], 40, lr=lr))

    def readout(run, step):
        return f"{_arithmetic(run, step)} {_regime(theory.gd_factor(run.lr, curvature), run.path)}"

    panels = [
        Curve("the loss, its tangent, the steps", ylim=(-1, 8.5), picks=("start", None)),
        Trace("distance from the minimum", "|w|", (1e-9, 1e2), of=_distance, target=1e-6),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=40,
        at=2,
        lr=slider(0.4, 0.01, 0.55, 0.01, "learning rate"),
        start=slider(1.5, -2.0, 2.0, 0.1, "start"),
    )


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
    return f"{said} the ball {way}; |w| < 1e-6 takes {_steps(1e-6 / abs(start), factor)}."


def _steps(fraction, factor):
    """How many steps bring a distance down to a fraction of itself, in words."""
    steps = max(1, np.ceil(theory.steps_to(fraction, factor)))
    return "one step" if steps == 1 else f"{steps:.0f} steps"


def starting_points():
    """Three starts on the tilted double well, and where each ends at every learning rate."""
    land = landscapes.double_well()
    starts = {"a": -1.5, "b": 0.3, "c": 1.5}
    lrs, rows = np.arange(0.005, 0.3001, 0.0025), np.linspace(-2, 2, 121)
    regions = _fates(land.grad, rows, lrs, 1500, land.minima)
    every = np.arange(0.005, 0.3001, 0.001)  # each place of the slider
    fates = _fates(land.grad, np.array([*starts.values()]), every, 2000, land.minima)

    def run(lr):
        path = descend(gd, land.grad, [[*starts.values()]], 60, lr=lr)
        ends = fates[:, np.abs(every - lr).argmin()]
        return Run(land=land, path=path, ends=ends, regions=regions, lr=lr)

    def readout(run, step):
        places = ("global minimum", "local minimum", "no minimum")
        ends = (f"{name} → {places[end]}" for name, end in zip(starts, run.ends, strict=True))
        now = (
            f"{name} {num(f, 3)}" for name, f in zip(starts, land.f(run.path)[step], strict=True)
        )
        return (
            f"Learning rate {num(run.lr)}: {', '.join(ends)}. Losses after {step} steps: "
            f"{', '.join(now)}."
        )

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
    lr = slider(0.05, 0.005, 0.3, 0.001, "learning rate")
    return Live(run, panels, readout, steps=60, height=3.6, lr=lr)


def _fates(grad, starts, lrs, steps, minima):
    """Which minimum each start reaches at each learning rate: an image `(starts, lrs)`."""
    return settled_in(arrive(gd, grad, starts[None, :, None], steps, lr=lrs), minima)


def dip():
    """A bowl with a sharp dip: the learning rate chooses by sharpness, whatever the depth."""
    low = 0.5 / 10**1.5
    lrs, rows = np.geomspace(low, 2, 121), np.linspace(-5.5, 5.5, 89)

    @lru_cache
    def world(depth):
        land = landscapes.dip(depth)
        places = land.minima[:, np.argsort(-land.minima[0])]  # the bowl is 0, the dip is 1
        limits = theory.gd_limit(land.curvatures(places)[0])
        return land, places, limits, _fates(land.grad, rows, lrs, 1000, places)

    def run(depth, lr, start):
        land, places, limits, regions = world(depth)
        path = descend(gd, land.grad, [start], 60, lr=lr)
        end = settled_in(arrive(gd, land.grad, path[:, 0], 1000, lr=lr), places)
        return Run(land=land, path=path, end=end, regions=regions, lr=lr, limits=limits)

    def readout(run, step):
        where = ("in the wide bowl", "in the narrow dip", "nowhere")[run.end]
        lowest = "dip" if run.land.minima[0, 0] < -1 else "bowl"
        return (
            f"Learning rate {num(run.lr)} from {num(run.chosen[1])}: the run settles {where}. The "
            f"{lowest} is the global minimum. The dip can hold a run only below "
            f"{num(run.limits[1], 3)}, the bowl below {num(run.limits[0], 3)}."
        )

    panels = [
        Curve("a wide bowl and a narrow dip", ylim=(-4.6, 14), picks=("start", None)),
        Map(
            "where each start ends",
            (lrs[0], lrs[-1], -5.5, 5.5),
            ("wide bowl", "narrow dip"),
            ("learning rate", "start"),
            ("lr", "start"),
            log=True,
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=60,
        height=3.6,
        depth=choice(3, [3, 8], "depth of the dip"),
        lr=lr_slider(0.5, low, 2, 0.01),
        start=slider(-5.0, -5.5, 5.5, 0.1, "start"),
    )


def ravine():
    """A ravine of condition number κ, turned by an angle: one learning rate, two curvatures."""
    make = lru_cache(landscapes.ravine)

    def run(kappa, angle, lr):
        land = make(kappa, angle)
        path = descend(gd, land.grad, land.start, 200, lr=lr)
        return Run(land=land, path=path, kappa=kappa, angle=angle, lr=lr)

    def readout(run, step):
        along, across = theory.gd_factor(run.lr, np.array([1, run.kappa]))
        worst = max(abs(along), abs(across))
        fate = "this run has diverged" if worst > 1 + 1e-9 else "it never settles"
        if worst < 1:
            fate = f"down to a millionth of the distance after {_steps(1e-6, worst)}"
        best = theory.gd_best_lr(1, run.kappa)
        return (
            f"κ = {num(run.kappa)}, turned by {run.angle}°, learning rate {num(run.lr)}: a step "
            f"multiplies by {num(along)} along the ravine and by {num(across)} across it; {fate}. "
            f"2/(L + μ) = {num(best)} needs {_steps(1e-6, theory.gd_best_rate(1, run.kappa))}."
        )

    panels = [
        Contour("the ravine from above", moving=True),
        Trace("distance from the minimum", "distance", (1e-7, 1e2), of=_distance, target=1e-6),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=200,
        height=3.9,
        kappa=kappa_slider(20, 1, 1000),
        angle=slider(30, 0, 90, 1, "angle in degrees"),
        lr=lr_slider(0.09, 0.0009, 2, 0.01),
    )


def basins(count=101, steps=300):
    """Himmelblau's four minima: which one each start reaches, and which one none does."""
    land = landscapes.himmelblau()
    starts = np.stack(np.meshgrid(*[np.linspace(-5, 5, count)] * 2))
    limits = theory.gd_limit(land.curvatures(land.minima)[-1])
    notes = [f"needs lr < {limit:.5f}" for limit in limits]

    @lru_cache(maxsize=1)
    def ends(lr):
        regions = settled_in(arrive(gd, land.grad, starts, steps, lr=lr), land.minima)
        return regions, [(regions == k).mean() for k in (0, 1, 2, 3, -1)]

    def run(lr, x, y):
        regions, shares = ends(lr)
        path = descend(gd, land.grad, [x, y], 60, lr=lr)
        end = settled_in(arrive(gd, land.grad, path[:, 0], steps, lr=lr), land.minima)
        return Run(land=land, path=path, end=end, regions=regions, shares=shares, lr=lr)

    def readout(run, step):
        mine = "settles nowhere" if run.end < 0 else f"ends in {'ABCD'[run.end]}"
        lost = [k for k, share in zip("ABCD", run.shares, strict=False) if share < 1e-3]
        names = " or ".join([", ".join(lost[:-1]), *lost[-1:]] if len(lost) > 1 else lost)
        reached = f"No start reaches {names}" if lost else "All four are reached"
        reached = "No start reaches any of the four" if len(lost) == 4 else reached
        x, y = run.chosen
        return (
            f"Learning rate {num(run.lr)}: the start ({num(x)}, {num(y)}) {mine}. {reached}; "
            f"{run.shares[-1]:.0%} of the starts settle nowhere within {steps} steps."
        )

    place = zip("ABCD", *land.minima, strict=True)
    names = [f"{letter} ({num(x, 2)}, {num(y, 2)})" for letter, x, y in place] + ["nowhere"]
    panels = [
        Map(
            "where each start ends",
            (-5, 5, -5, 5),
            "ABCD",
            ("x", "y"),
            ("x", "y"),
            nowhere="nowhere",
            over=land,
            letters="ABCD",
        ),
        Bars("share of the starts", names, notes),
    ]
    return Live(
        run,
        panels,
        readout,
        height=4.3,
        lr=slider(0.02, 0.002, 0.03, 0.0005, "learning rate"),
        x=slider(0.0, -5.0, 5.0, 0.1, "start x"),
        y=slider(0.0, -5.0, 5.0, 0.1, "start y"),
    )


def ridge():
    """A start beside the ridge of a saddle: how long until it has left?"""
    land = landscapes.saddle()

    def run(offset, lr):
        path = descend(gd, land.grad, [1, offset], 800, lr=lr)
        return Run(land=land, path=path, offset=offset, lr=lr)

    def readout(run, step):
        gone = first_step(np.abs(run.path[1]) >= 0.9)
        away = f"|y| ≥ 0.9 after {gone} steps" if gone >= 0 else "not away within 800 steps"
        return (
            f"Learning rate {num(run.lr)}, {num(run.offset)} beside the ridge: |y| grows by a "
            f"factor {num(1 + run.lr)} a step at first. Measured: {away}; ln(0.9/offset)/ln(1 + lr)"
            f" = {theory.escape_steps(run.offset, run.lr):.0f}."
        )

    panels = [
        Contour("down to the pass, then away"),
        Trace("distance |y| from the ridge", "|y|", (1e-13, 10), of=lambda run: abs(run.path[1])),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=800,
        height=3.9,
        offset=log_slider(1e-4, 1e-12, 0.1, 0.1, "offset from the ridge"),
        lr=slider(0.05, 0.01, 0.5, 0.01, "learning rate"),
    )


def flat():
    """A flat inflection at 0: every start left of it comes to rest where there is no minimum."""
    land = landscapes.inflection()

    def run(start, lr):
        return Run(land=land, path=descend(gd, land.grad, [start], 400, lr=lr), lr=lr)

    def readout(run, step):
        w = run.path[:, step]
        place = "still before the flat spot at 0, which is no minimum"
        if w[0] > 0:
            place = "past the flat spot at 0, on the way to the minimum at 1"
        if abs(w[0] - 1) < 0.01:
            place = "at the minimum"
        return (
            f"Learning rate {num(run.lr)} from {num(run.path[0, 0])}: after {step} steps "
            f"w = {num(w[0])}, {place}. The slope there is {num(run.land.grad(w)[0], 2)}."
        )

    panels = [
        Curve("flat, and not a minimum", ylim=(-0.2, 0.8), picks=("start", None)),
        Trace("the loss above the minimum", "loss", (1e-8, 10)),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=400,
        start=slider(-1.0, -1.2, 1.6, 0.01, "start"),
        lr=slider(0.1, 0.01, 0.5, 0.01, "learning rate"),
    )


def stopping():
    """Where "the loss stopped changing" ends a run on the floor of Rosenbrock's valley."""
    land = landscapes.rosenbrock()
    path = descend(gd, land.grad, land.start, 20_000, lr=0.001)
    loss = land.f(path)
    change = np.abs(np.diff(loss))

    def run(tolerance):
        return Run(land=land, path=path, step=int((change < tolerance).argmax()), tol=tolerance)

    def readout(run, step):
        x, y = run.path[:, step]
        return (
            f"Learning rate 0.001. Stop once a step changes the loss by less than {num(run.tol)}: "
            f"this ends at step {step}, at ({num(x)}, {num(y)}), with loss {num(loss[step], 2)}. "
            f"The minimum, with loss 0, is at (1, 1)."
        )

    panels = [
        Contour("Rosenbrock's valley"),
        Trace("the loss above the minimum", "loss", (1e-8, 1e2)),
    ]
    tolerance = log_slider(1e-3, 1e-10, 1e-2, 0.05, "stop below a change of")
    return Live(run, panels, readout, height=3.9, tolerance=tolerance)


def penguins():
    """A line fitted to 342 penguins: data, loss surface and loss curve, in three kinds of units."""
    tables = {units: regression.penguins(units)[:2] for units in regression.UNITS}
    square = ((-8, 8), (-8, 8))
    labels = {
        "mm": "flipper length in mm",
        "centred": "flipper length in mm from the mean",
        "standardised": "flipper length in standard deviations",
    }
    lands = {u: replace(regression.loss_surface(*t), window=square) for u, t in tables.items()}

    def run(units, lr, intercept, slope):
        land = lands[units]
        path = descend(gd, land.grad, [intercept, slope], 100, lr=lr)
        return Run(land=land, data=tables[units], path=path, lr=lr, xlabel=labels[units])

    def readout(run, step):
        flattest, steepest = run.land.curvatures(run.land.minima[:, 0])
        limit = theory.gd_limit(steepest)
        worst = abs(theory.gd_factor(run.lr, np.array([flattest, steepest]))).max()
        fate = "this run has diverged"
        if worst < 1:
            fate = f"down to a thousandth of the distance after {_steps(1e-3, worst)}"
        w, lowest = run.path[:, step], run.land.f(run.land.minima)[0]
        now = run.land.f(w)
        loss = f"loss {num(now)}" if np.isfinite(now) else "loss beyond all numbers: diverged"
        return (
            f"Step {step} at learning rate {num(run.lr)}: θ₀ = {num(w[0], 3)}, θ₁ = "
            f"{num(w[1], 3)}, {loss} (lowest possible {num(lowest)}). Condition number "
            f"{num(steepest / flattest, 3)}, limit for the learning rate {num(limit, 3)}: {fate}."
        )

    panels = [
        Data("342 penguins and the line", "body mass in kg"),
        Contour(
            "every point is a line", ("θ₀, intercept", "θ₁, slope"), picks=("intercept", "slope")
        ),
        Trace("the loss above the minimum", "loss", (1e-9, 1e6)),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=100,
        at=16,
        mosaic="AB;CC",
        height=5.4,
        rows=(3, 1.3),
        units=choice("centred", regression.UNITS, "flipper length"),
        lr=lr_slider(0.0096, 1e-6, 3, 0.02),
        intercept=slider(-5.0, -8.0, 8.0, 0.1, "start θ₀"),
        slope=slider(5.0, -8.0, 8.0, 0.1, "start θ₁"),
    )
