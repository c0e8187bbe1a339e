"""The live figures of notebook 03, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from course.gradient_descent.checks import from_the_ridge, settled
from gdlib import draw, landscapes, regression, theory
from gdlib.controls import choice, kappa_slider, log_slider, lr_slider, slider
from gdlib.live import Live, presets
from gdlib.optimizers import descend, first_step, gd
from gdlib.panels import Bars, Contour, Curve, Data, Map, Trace
from gdlib.words import names, num, pair, steps

LOSS = ("the loss above the minimum", "loss")  # a trace's title, and its axis


@presets(
    {
        "creeps in": {"lr": 0.05, "start": 1.0, "step": 10},
        "one step and there": {"lr": 0.25, "start": 1.0, "step": 1},
        "overshoots and still arrives": {"lr": 0.3, "start": 1.0, "step": 9},
        "swings for ever": {"lr": 0.5, "start": 1.0, "step": 40},
        "climbs at every step": {"lr": 0.51, "start": 1.0, "step": 17},
    }
)
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
    lr = slider(0.4, 0.01, 0.55, 0.01, "learning rate")
    start = slider(1.5, -2.0, 2.0, 0.1, "start")
    return Live(run, panels, readout, steps=40, at=2, lr=lr, start=start)


def _distance(run):
    """How far each point of the path is from the (only) minimum."""
    return np.sqrt(((run.path - run.land.minima) ** 2).sum(axis=0))


def _arithmetic(run, step):
    """The update that leaves this step, with its numbers."""
    if 0 < abs(run.path[0, step]) < 1e-9:
        return f"Step {step}: |w| is below 1e−9."
    if step == run.path.shape[1] - 1:
        return f"Step {step}: w = {num(run.path[0, step], 3)}."
    w, then = run.path[0, step : step + 2]
    slope = num(run.land.grad(run.path[:, step])[0], 3)
    slope = f"({slope})" if slope.startswith("−") else slope
    return f"Next, step {step + 1}: w = {num(w, 3)} − {num(run.lr)} · {slope} = {num(then, 3)}."


def _regime(factor, path):
    """What a constant factor per step makes of the distance, in words."""
    said = f"Each step multiplies the distance by {num(factor)}:"
    start = path[0, 0]
    if start == 0:
        return "The ball is on the minimum, where the slope is 0, and stays."
    if abs(factor) > 1 + 1e-9:
        out = abs(path[0]) > 2
        where = f"out of the picture at step {out.argmax()}" if out.any() else "if slowly"
        return f"{said} the run diverges, {where}."
    if abs(factor) > 1 - 1e-9:
        return f"{said} the ball swings between two places and never settles."
    if abs(factor) < 1e-9:
        return f"{said} one step lands on the minimum."
    way = "creeps in from one side" if factor > 0 else "changes sides at every step and closes in"
    return f"{said} the ball {way}; |w| < 1e−6 takes {_takes(1e-6 / abs(start), factor)}."


def _takes(fraction, factor):
    """How many steps bring a distance down to a fraction of itself, in words."""
    count = max(1, np.ceil(theory.steps_to(fraction, factor)))
    return "more than a million steps" if count > 1e6 else steps(count, "never")


def starting_points():
    """Three starts on the tilted double well, and where each ends at every learning rate."""
    land, starts = landscapes.double_well(), {"a": -1.5, "b": 0.3, "c": 1.5}
    three = np.array([[*starts.values()]])
    lrs, rows = np.arange(0.005, 0.3001, 0.0025), np.linspace(-2, 2, 121)[None]
    regions = settled(land, rows[..., None], 1500, lrs)
    every = np.arange(0.005, 0.3001, 0.001)  # each place of the slider
    fates = settled(land, three[..., None], 2000, every)

    def run(lr):
        path = descend(gd, land.grad, three, 60, lr=lr)
        here = np.abs(every - lr).argmin()
        return Run(land=land, path=path, ends=fates[:, here], regions=regions)

    def readout(run, step):
        places = ("global minimum", "local minimum", "no minimum")
        ends = [f"{name} → {places[end]}" for name, end in zip(starts, run.ends, strict=True)]
        losses = zip(starts, land.f(run.path)[step], strict=True)
        now = ", ".join(f"{name} {num(loss, 3)}" for name, loss in losses)
        return f"Learning rate {num(run.lr)}: {', '.join(ends)}. Losses at step {step}: {now}."

    panels = [
        Curve("three starts", ylim=(-0.8, 3), names=starts, tangent=False),
        Map(
            "where each start ends", (lrs[0], lrs[-1], -2, 2), ("global minimum", "local minimum"),
            ("learning rate", "start"), ("lr", None), rows=starts,
        ),
    ]  # fmt: skip
    lr = slider(0.05, 0.005, 0.3, 0.001, "learning rate")
    return Live(run, panels, readout, steps=60, height=3.6, lr=lr)


@presets(  # without one: the learning rate of the first, and there it saves the run
    {
        "lost the global hole": {"depth": 8, "lr": 0.5, "start": -5.0},
        "slow enough for the hole": {"depth": 8, "lr": 0.05, "start": -5.0},
        "caught in the bad dip": {"depth": 3, "lr": 0.05, "start": -5.0},
    }
)
def dip():
    """A bowl with a sharp dip: the learning rate chooses by sharpness, whatever the depth."""
    low = 0.5 / 10**1.5
    lrs, rows = np.geomspace(low, 2, 121), np.linspace(-5.5, 5.5, 89)[None]

    @lru_cache
    def world(depth):
        """The landscape, its minima (the bowl is 0, the dip 1), their limits, and the map."""
        land = landscapes.dip(depth)
        places = land.minima[:, np.argsort(-land.minima[0])]
        limits = theory.gd_limit(land.curvatures(places)[0])
        return land, places, limits, settled(land, rows[..., None], 1000, lrs, places)

    def run(depth, lr, start):
        land, places, limits, regions = world(depth)
        path = descend(gd, land.grad, [start], 60, lr=lr)
        end = settled(land, [start], 1000, lr, places)
        return Run(land=land, path=path, end=end, limits=limits, regions=regions)

    def readout(run, step):
        where = ("in the wide bowl", "in the narrow dip", "nowhere")[run.end]
        lowest = "dip" if run.land.minima[0, 0] < -1 else "bowl"
        bowl, dip = run.limits
        return (
            f"Learning rate {num(run.lr)} from {num(run.start)}: the run settles {where}. The "
            f"{lowest} is the global minimum. The dip can hold a run only below {num(dip, 3)}, the "
            f"bowl below {num(bowl, 3)}."
        )

    panels = [
        Curve("a wide bowl and a narrow dip", ylim=(-4.6, 14), picks=("start", None)),
        Map(
            "where each start ends", (lrs[0], lrs[-1], -5.5, 5.5), ("wide bowl", "narrow dip"),
            ("learning rate", "start"), ("lr", "start"), log=True,
        ),
    ]  # fmt: skip
    depth, lr = choice(3, [3, 8], "depth of the dip"), lr_slider(0.5, low, 2)
    controls = {"depth": depth, "lr": lr, "start": slider(-5.0, -5.5, 5.5, 0.1, "start")}
    return Live(run, panels, readout, steps=60, height=3.6, **controls)


@presets(
    {
        "no overshoot, and slow": {"lr": 0.05},
        "the best for both": {"lr": 0.0942},
        "a little too fast": {"lr": 0.101},
    }
)
def ravine():
    """A ravine of condition number κ, turned by an angle: one learning rate, two curvatures."""
    make = lru_cache(landscapes.ravine)

    def run(kappa, angle, lr):
        land = make(kappa, angle)
        return Run(land=land, path=descend(gd, land.grad, land.start, 200, lr=lr))

    def readout(run, step):
        along, across = theory.gd_factor(run.lr, np.array([1, run.kappa]))
        worst = max(abs(along), abs(across))
        fate = "this run has diverged" if worst > 1 + 1e-9 else "it never settles"
        if worst < 1 - 1e-9:
            with np.errstate(under="ignore"):
                far = np.hypot(*(np.abs([[along], [across]]) ** np.arange(20_001)))
            there = first_step(far < 1e-6 * np.sqrt(2))  # it starts at (1, 1)/√2
            fate = f"it is down to 1e−6 after {steps(there, 'more than 20,000 steps')}"
        return (
            f"κ = {num(run.kappa)}, turned by {run.angle}°, learning rate {num(run.lr)}: a step "
            f"multiplies by {num(along)} along the ravine and by {num(across)} across it; {fate}."
        )

    panels = [
        Contour("the ravine from above", moving=True),
        Trace("distance from the minimum", "distance", (1e-7, 1e1), of=_distance, target=1e-6),
    ]
    kappa, angle = kappa_slider(20, 1, 1000), slider(30, 0, 90, 1, "angle in degrees")
    controls = {"kappa": kappa, "angle": angle, "lr": lr_slider(0.09, 0.0009, 2, 0.005)}
    return Live(run, panels, readout, steps=200, height=3.9, **controls)


def basins(count=101, last=300):
    """Himmelblau's four minima: which one each start reaches, and which one none does."""
    land = landscapes.himmelblau()
    starts = draw.grid(land.window, count)

    @lru_cache(maxsize=1)
    def all_starts(lr):
        regions = settled(land, starts, last, lr)
        return regions, [(regions == k).mean() for k in (0, 1, 2, 3, -1)]

    def run(lr, x, y):
        path = descend(gd, land.grad, [x, y], 60, lr=lr)
        regions, shares = all_starts(lr)
        end = settled(land, [x, y], last, lr)
        return Run(land=land, path=path, end=end, regions=regions, shares=shares)

    def readout(run, step):
        mine = "settles nowhere" if run.end < 0 else f"ends in {'ABCD'[run.end]}"
        mine = (
            mine
            if np.ptp(run.path, axis=1).any()
            else "is a minimum itself, where the gradient is 0"
        )
        lost = [k for k, share in zip("ABCD", run.shares, strict=False) if share == 0]
        reached = f"No start reaches {names(lost, 'or')}" if lost else "All four are reached"
        reached = "No start reaches any of the four" if len(lost) == 4 else reached
        return (
            f"Learning rate {num(run.lr)}: the start {pair((run.x, run.y))} {mine}. {reached}; "
            f"{run.shares[-1]:.0%} of the starts settle nowhere within {last} steps."
        )

    minima = [f"{k} {pair(place, 2)}" for k, place in zip("ABCD", land.minima.T, strict=True)]
    limits = theory.gd_limit(land.curvatures(land.minima)[-1])
    notes = [f"needs lr < {limit:.5f}" for limit in limits]
    panels = [
        Map(
            "where each start ends", (-5, 5, -5, 5), "ABCD", ("x", "y"), ("x", "y"),
            nowhere="nowhere", over=land, letters="ABCD",
        ),
        Bars("share of the starts", [*minima, "nowhere"], notes),
    ]  # fmt: skip
    lr = slider(0.02, 0.002, 0.03, 0.0001, "learning rate")
    x, y = (slider(0.0, -5.0, 5.0, 0.1, f"start {name}") for name in "xy")
    return Live(run, panels, readout, height=4.3, lr=lr, x=x, y=y)


@presets(
    {
        "still on the pass": {"offset": 1e-8, "lr": 0.05, "step": 200},
        "away at last": {"offset": 1e-8, "lr": 0.05, "step": 392},
        "larger steps, sooner away": {"offset": 1e-8, "lr": 0.5, "step": 47},
    }
)
def ridge():
    """A start beside the ridge of a saddle: how long until it has left?"""
    land = landscapes.saddle()

    def run(offset, lr):
        path, gone = from_the_ridge(offset, lr, 500)
        return Run(land=land, path=path, gone=gone)

    def readout(run, step):
        away = f"|y| ≥ 0.9 after {run.gone} steps" if run.gone >= 0 else "not away within 500 steps"
        return (
            f"Learning rate {num(run.lr)}, {num(run.offset)} beside the ridge: |y| grows by a "
            f"factor {num(1 + run.lr)} a step at first. It is {away}; at that factor all the way "
            f"it would be {theory.escape_steps(run.offset, run.lr):.0f}."
        )

    panels = [
        Contour("down to the pass, then away"),
        Trace("distance |y| from the ridge", "|y|", (1e-9, 10), of=lambda run: abs(run.path[1])),
    ]
    offset = log_slider(1e-4, 1e-8, 0.1, 0.1, "offset from the ridge")
    lr = slider(0.05, 0.01, 0.5, 0.01, "learning rate")
    return Live(run, panels, readout, steps=500, height=3.9, offset=offset, lr=lr)


@presets(
    {
        "one step onto it, for ever": {"start": -1.0, "lr": 0.5},
        "jumps over it": {"start": -1.2, "lr": 0.5},
        "past it, only slow": {"start": 0.01, "lr": 0.1},
    }
)
def flat():
    """A flat inflection at 0: every start left of it comes to rest where there is no minimum."""
    land = landscapes.inflection()

    def run(start, lr):
        return Run(land=land, path=descend(gd, land.grad, [start], 400, lr=lr))

    def readout(run, step):
        w = run.path[:, step]
        place = "still before the flat spot at 0, which is no minimum"
        if w[0] > 0:
            place = "past the flat spot, on the way to the minimum at 1"
        if w[0] == 0:
            place = "on the flat spot itself, which is no minimum"
        if abs(w[0] - 1) < 0.01:
            place = "at the minimum"
        return (
            f"Learning rate {num(run.lr)} from {num(run.start)}: at step {step} "
            f"w = {num(w[0])}, {place}. The slope there is {num(np.round(land.grad(w)[0], 9), 2)}."
        )

    panels = [
        Curve("flat, and not a minimum", ylim=(-0.2, 0.8), picks=("start", None)),
        Trace(
            "how steep it is there", "|slope|", (1e-6, 10), lambda run: abs(land.grad(run.path)[0])
        ),
    ]
    start = slider(-1.0, -1.2, 1.6, 0.01, "start")
    lr = slider(0.1, 0.01, 0.5, 0.01, "learning rate")
    return Live(run, panels, readout, steps=400, start=start, lr=lr)


def stopping():
    """Where "the loss stopped changing" ends a run on the floor of Rosenbrock's valley."""
    land = landscapes.rosenbrock()
    path = descend(gd, land.grad, land.start, 20_000, lr=0.001)
    loss = land.f(path)
    change = np.abs(np.diff(loss))

    def run(tolerance):
        return Run(land=land, path=path, step=int((change < tolerance).argmax()))

    def readout(run, step):
        return (
            "Learning rate 0.001. Stop once a step changes the loss by less than "
            f"{num(run.tolerance)}: this ends after {steps(step, 'never')}, at "
            f"{pair(path[:, step])}, with loss {num(loss[step], 2)}. The minimum is at (1, 1)."
        )

    panels = [Contour("Rosenbrock's valley"), Trace(*LOSS, (1e-8, 10))]
    tolerance = log_slider(1e-3, 1e-10, 1e-2, 0.05, "stop below a change of")
    return Live(run, panels, readout, height=3.9, tolerance=tolerance)


@presets(
    {
        "scaled, one step and there": {"units": "standardised", "share": 0.5, "step": 1},
        "in millimetres, no end": {"units": "mm", "share": 0.95, "intercept": 6.0, "step": 100},
        "a little too fast": {"units": "centred", "share": 1.02, "step": 16},
    }
)
def penguins():
    """A line fitted to 342 penguins: data, loss surface and loss curve, in three kinds of units."""
    tables = {units: regression.penguins(units)[:2] for units in regression.UNITS}
    window = ((-8, 8), (-8, 8))
    lands = {u: replace(regression.loss_surface(*t), window=window) for u, t in tables.items()}
    said = {"mm": "mm", "centred": "mm from the mean", "standardised": "standard deviations"}

    def run(units, share, intercept, slope):
        land, xlabel = lands[units], f"flipper length in {said[units]}"
        flattest, steepest = land.curvatures(land.minima[:, 0])
        lr, kappa = share * theory.gd_limit(steepest), steepest / flattest
        path = descend(gd, land.grad, [intercept, slope], 100, lr=lr)
        return Run(land=land, data=tables[units], path=path, xlabel=xlabel, lr=lr, kappa=kappa)

    def readout(run, step):
        worst = abs(theory.gd_factor(2 * run.share, np.array([1, 1 / run.kappa]))).max()
        fate = "this run diverges" if worst > 1 + 1e-9 else "it swings for ever"
        if worst < 1 - 1e-9:
            fate = f"the slower direction shrinks to a thousandth in {_takes(1e-3, worst)}"
        w = run.path[:, step]
        return (
            f"Step {step} at learning rate {num(run.lr, 3)}, {num(run.share)} of the limit: θ₀ = "
            f"{num(w[0], 3)}, θ₁ = {num(w[1], 3)}, loss {num(run.land.f(w))} (lowest possible "
            f"{num(run.land.f(run.land.minima)[0])}). Condition number {num(run.kappa, 3)}: {fate}."
        )

    panels = [
        Data("342 penguins and the line", "body mass in kg"),
        Contour(
            "every point is a line", ("intercept θ₀", "slope θ₁"), picks=("intercept", "slope")
        ),
        Trace(*LOSS, (1e-3, 1e6)),
    ]
    look = {"mosaic": "AB;CC", "height": 5.4, "rows": (3, 1.3)}
    controls = {
        "units": choice("centred", regression.UNITS, "flipper length"),
        "share": slider(0.95, 0.01, 1.1, 0.01, "share of the limit 2/L"),
        "intercept": slider(-5.0, -8.0, 8.0, 0.1, "start θ₀"),
        "slope": slider(5.0, -8.0, 8.0, 0.1, "start θ₁"),
    }
    return Live(run, panels, readout, steps=100, at=16, **look, **controls)
