"""The live figures of notebook 02, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from course.gradients.slopes import central, exact, forward, newtons_method, wiggle
from gdlib import draw, landscapes, regression
from gdlib.controls import choice, log_slider, slider
from gdlib.live import Live, presets
from gdlib.optimizers import descend, gd
from gdlib.panels import BALL, CURVE, DOTTED, TANGENT, Contour, Curve, Plot, Surface
from gdlib.words import num, pair

BLUE, ORANGE, GREEN, PINK = draw.MANY
ACROSS, UP = {"color": GREEN, "zorder": 3}, {"color": PINK, "zorder": 3}  # along x, along y
RAY = {"color": BLUE, "lw": 1.8, "zorder": 3}
LEVEL = CURVE | {"zorder": 3}
NABLA = {"color": ORANGE, "width": 0.014, "text": "∇f"}


def _line(x, height, slope, ends):
    """A straight line through a point; `ends` are how far it goes to the left and the right."""
    ends = np.array(ends)
    return x + ends, height + slope * ends


def _pointing(vector, length):
    """The vector, or each of many, drawn with another length; a vector of no length stays."""
    return vector / np.maximum(np.hypot(*vector), 1e-12) * length


def _even_heights(land, count=12):
    """Level heights in equal steps: where the lines are close, it is steep."""
    loss = land.f(draw.grid(land.window, 61))
    return np.linspace(loss.min(), loss.max(), count + 2)[1:-1]


def _level_through(land, place):
    """The level line through a place, as one line `(2, k)` with gaps of nan."""
    lines = draw.level_lines(land, [float(land.f(place))])
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for line in lines for part in (line, gap)] or [gap]).T


@presets(
    {
        "even the sign is wrong": {"gap": 1.0, "x": 0.7},
        "right by accident": {"gap": 0.354, "x": 0.7},
        "nearly the tangent": {"gap": 5e-4, "x": 0.7},
    }
)
def secant():
    """Two points on a curve move together: the secant becomes the tangent."""
    xs, gaps = np.linspace(-1.2, 2.3, 301), np.geomspace(5e-4, 1, 661)

    def run(gap, x):
        true, slope = exact(x), forward(wiggle, x, gap)
        errors = np.abs(forward(wiggle, x, gaps) - true)
        return Run(exact=true, slope=slope, off=abs(slope - true), errors=errors)

    def curve(run, step):
        x, there = run.x, run.x + run.gap
        ends = -0.5, max(run.gap, 0.1) + 0.4
        return {
            "f": (xs, wiggle(xs)),
            "tangent": _line(x, wiggle(x), run.exact, ends),
            "secant": _line(x, wiggle(x), run.slope, ends),
            "points": ([x, there], [wiggle(x), wiggle(there)]),
        }

    def readout(run, step):
        gap = num(run.gap, 3)
        return (
            f"At x = {num(run.x)} with h = {gap}: the curve rises by {num(run.slope * run.gap, 3)} "
            f"over {gap}, so the secant's slope is {num(run.slope)}. The tangent's is "
            f"{num(run.exact)}; they differ by {num(run.off, 2)}."
        )

    lines = {"f": CURVE, "tangent": TANGENT | {"label": "tangent"}, "points": BALL | {"ms": 8}}
    lines |= {"secant": {"color": BLUE, "lw": 2.6, "zorder": 2.5, "label": "secant"}}

    def errors(run, step):
        return {"error": (gaps, run.errors), "ball": (run.gap, run.off)}

    title, limits = "a secant through two points", (-1.2, 2.3, 0, 6.4)
    other, styles = "how far its slope is off", {"error": CURVE, "ball": BALL}
    labels, ends = ("gap h", "difference from the tangent's slope"), (4e-4, 1.2, 2e-5, 12)
    panels = [
        Plot(title, ("x", "f(x)"), limits, curve, lines, picks=("x", None), key="upper left"),
        Plot(other, labels, ends, errors, styles, picks=("gap", None), logs="xy"),
    ]
    gap, x = log_slider(0.5, 5e-4, 1, 0.05, "gap h"), slider(0.7, -1.0, 1.2, 0.05, "x")
    return Live(run, panels, readout, height=3.6, gap=gap, x=x)


def partials():
    """One point on a hill: its slope along x, along y, and the arrow that both make."""
    land = landscapes.himmelblau()

    def run(x, y):
        at, t = np.array([x, y]), np.linspace(-5, 5, 201)
        cuts = [np.stack([t, 0 * t + y]), np.stack([0 * t + x, t])]
        losses = land.f(np.stack(cuts, axis=1))
        return Run(land=land, at=at, g=land.grad(at), t=t, losses=losses)

    def on_map(run, step):
        x, y = run.at
        return {
            "x": ([-5, 5], [y, y]),
            "y": ([x, x], [-5, 5]),
            "ball": run.at,
            "gradient": (x, y, *_pointing(run.g, 1.6)),
            "level": _level_through(land, run.at),
        }

    def readout(run, step):
        along, up = (num(g, 3) for g in run.g)
        return (
            f"At {pair(run.at)}: ∂f/∂x = {along} with y held still, ∂f/∂y = {up} with x held "
            f"still. The gradient ({along}, {up}) is {num(np.hypot(*run.g), 3)} long: the steepest "
            "slope."
        )

    styles = {"x": ACROSS | {"lw": 1.2}, "y": UP | {"lw": 1.2}, "level": LEVEL, "ball": BALL}
    drawn = {"styles": styles, "arrows": {"gradient": NABLA | {"width": 0.016}}}
    panels = [
        Contour("from above, with both cuts", picks=("x", "y"), of=on_map, **drawn),
        _slice(0, "x", ACROSS),
        _slice(1, "y", UP),
    ]
    look = {"mosaic": "AB;AC", "height": 4.4, "columns": (1.25, 1)}
    x, y = (slider(1.0, -4.8, 4.8, 0.1, name) for name in "xy")
    return Live(run, panels, readout, **look, x=x, y=y)


def _slice(k, name, color):
    """The landscape along one coordinate, the other held still where the ball is."""

    def lines(run, step):
        here, height = run.at[k], run.land.f(run.at)
        tangent = _line(here, height, run.g[k], (-1.3, 1.3))
        return {"loss": (run.t, run.losses[k]), "tangent": tangent, "ball": (here, height)}

    def limits(run):
        return -5, 5, -20, 420 if run.land.f(run.at) < 350 else 780

    styles = {"loss": color | {"lw": 1.6}, "tangent": TANGENT, "ball": BALL}
    title = f"along {name}: the slope is ∂f/∂{name}"
    return Plot(title, (name, "loss"), limits, lines, styles, picks=(name, None))


@presets(
    {
        "half as steep": {"angle": 280},
        "sideways, and level": {"angle": 130},
        "twice as fast, not steeper": {"angle": 220, "length": 2.0},
        "two slopes are not enough": {"where": "x²y/(x² + y²) at (0, 0)", "angle": 45},
    }
)
def compass():
    """A vertical plane turns about a point: the slope in its direction follows a cosine."""
    # The landscape, the place on it, the heights that are shown, and the steepest slope.
    places = {
        "Himmelblau at (1, 1)": (landscapes.himmelblau(), np.ones(2), (-20, 420), 130),
        "x²y/(x² + y²) at (0, 0)": (landscapes.crease(), np.zeros(2), (-0.6, 0.6), 0.85),
    }
    degrees = np.arange(0.0, 361.0, 3)

    def run(where, angle, length):
        land, at, heights, steepest = places[where]
        half, g, u = np.ptp(land.window[0]) / 2, land.grad(at), length * draw.direction(angle)
        around = length * draw.direction(degrees)
        return Run(
            land=land,
            at=at,
            half=half,
            g=g,
            u=u,
            cut=_cut(land, at, draw.direction(angle)),
            slope=central(land.f, at, u=u),
            measured=(degrees, central(land.f, at[:, None], u=around)),
            formula=(degrees, g @ around),
            heights=(-1.2 * half, 1.2 * half, *heights),
            slopes=(0, 360, -steepest, steepest),
        )

    def on_map(run, step):
        gradient, u = _pointing(run.g, run.half / 2), run.half / 3 * run.u
        arrows = {"gradient": (*run.at, *gradient), "u": (*run.at, *u)}
        return arrows | {"plane": run.cut[1:], "ball": run.at}

    def readout(run, step):
        dot = run.g @ run.u
        what = "the slope" if run.length == 1 else "the rate of change for each u"
        agree = "they agree" if abs(dot - run.slope) < 1e-6 else "they do not agree"
        slope = num(np.round(run.slope, 7), 3)
        return (
            f"Direction {run.angle}°, u of length {num(run.length)}: {what} is {slope}, measured. "
            f"∇f · u = {num(np.round(dot, 7), 3)}: {agree}. ∇f is {pair(run.g, 3)}, "
            f"{num(np.hypot(*run.g), 4)} long."
        )

    def towards(run, x, y):
        return np.degrees(np.arctan2(y - run.at[1], x - run.at[0])) % 360, None

    arrows = {"gradient": NABLA, "u": NABLA | {"color": BLUE, "text": "u"}}
    drawn = {"of": on_map, "styles": {"plane": RAY | {"lw": 1.2}, "ball": BALL}, "arrows": arrows}
    title = "from above, with the cut"
    ground = Contour(title, picks=("angle", None), aim=towards, **drawn)
    panels = [ground, _side_view(), _all_around()]
    look = {"mosaic": "AB;CC", "height": 5.6, "rows": (1.35, 1)}
    controls = {
        "where": choice("Himmelblau at (1, 1)", list(places), "function"),
        "angle": slider(265, 0, 360, 1, "direction, degrees"),
        "length": slider(1.0, 0.5, 2.0, 0.5, "length of u"),
    }
    return Live(run, panels, readout, **look, **controls)


def _cut(land, at, along):
    """A line through a place, as far as the window goes: the way along it, x and y, `(3, k)`."""
    t = np.linspace(-1.5, 1.5, 301) * np.ptp(land.window[0])
    line = at[:, None] + along[:, None] * t
    return np.stack([t, *line])[:, draw.inside(line, land.window)]


def _side_view():
    """The landscape along the cut, with its tangent where the ball is."""

    def lines(run, step):
        here, reach = run.land.f(run.at), 0.4 * run.half
        return {
            "loss": (run.cut[0], run.land.f(run.cut[1:])),
            "tangent": _line(0, here, run.slope / run.length, (-reach, reach)),
            "ball": (0, here),
        }

    title, labels = "the cut, seen from the side", ("distance along it", "loss")
    styles = {"loss": RAY, "tangent": TANGENT | {"color": draw.INK}, "ball": BALL}
    return Plot(title, labels, lambda run: run.heights, lines, styles)


def _all_around():
    """The rate of change in every direction, measured and by the formula."""

    def lines(run, step):
        ball = run.angle, run.slope
        return {"measured": run.measured, "formula": run.formula, "ball": ball}

    dashed = {"color": "#56B4E9", "lw": 1.6, "ls": "--", "zorder": 4, "label": "∇f · u"}
    styles = {"measured": CURVE | {"lw": 2.4, "label": "measured"}, "formula": dashed, "ball": BALL}
    title = "rate of change in every direction (for u of length 1, the slope)"
    labels, look = ("direction in degrees", "for each u"), {"key": "upper right"}
    look |= {"picks": ("angle", None), "still": lambda ax: ax.axhline(0, **DOTTED)}
    return Plot(title, labels, lambda run: run.slopes, lines, styles, **look)


def field(count=13):
    """An arrow at every place; put a ball down and read the gradient there."""
    lands = {
        "three pits": landscapes.three_pits(),
        "saddle": landscapes.saddle(),
        "ravine": landscapes.ravine(5, 30),
    }

    def run(name, x, y):
        land = lands[name]
        half = land.window[0][1]
        at = half * np.array([x, y])
        level = _level_through(land, at)
        return Run(land=land, half=half, at=at, g=land.grad(at), level=level, turn=-60)

    def on_map(run, step):
        cell = 2 * run.half / count
        axis = np.linspace(cell / 2 - run.half, run.half - cell / 2, count)
        places = np.stack(np.meshgrid(axis, axis)).reshape(2, -1)
        g = run.land.grad(places)
        length = np.sqrt(np.hypot(*g))  # the root: else most would be invisible
        arrows = *places, *_pointing(g, 1.25 * cell * length / length.max())
        mine = *run.at, *_pointing(run.g, 0.3 * run.half)
        return {"field": arrows, "mine": mine} | on_surface(run, step)

    def on_surface(run, step):
        return {"level": run.level, "ball": run.at[:, None]}

    def readout(run, step):
        length = np.hypot(*run.g)
        way = f"pointing at {num(np.degrees(np.arctan2(*run.g[::-1])) % 360, 3)}°"
        if length < 1e-9:
            way = "with no direction: a critical point"
        return (
            f"At {pair(run.at, 3)} the height is {num(run.land.f(run.at), 3)} and the gradient is "
            f"{pair(run.g, 3)}, {num(length, 3)} long, {way}."
        )

    def aim(run, x, y):
        return x / run.half, y / run.half

    styles = {"level": LEVEL, "ball": BALL}
    arrows = {
        "field": {"count": count**2, "color": "#5C6B7A", "width": 0.005, "zorder": 2},
        "mine": {"color": ORANGE, "width": 0.015, "zorder": 6},
    }
    title, look = "an arrow at every place", {"styles": styles, "arrows": arrows, "aim": aim}
    panels = [
        Contour(title, picks=("x", "y"), levels=_even_heights, of=on_map, **look),
        Surface("the same, as a surface", on_surface, styles),
    ]
    name = choice("three pits", list(lands), "landscape")
    x = slider(0.1, -1.0, 1.0, 0.02, "ball x, edge to edge")
    y = slider(-0.3, -1.0, 1.0, 0.02, "ball y, edge to edge")
    return Live(run, panels, readout, height=4.3, columns=(1.15, 1), name=name, x=x, y=y)


@presets(
    {
        "too low, and all agree": {"intercept": 2.2, "slope": 0.7},
        "close, and many disagree": {"intercept": 4.1, "slope": 0.7},
        "a tug of war": {"intercept": 4.2, "slope": 0.7},
    }
)
def pulls():
    """The gradient of the penguins' loss, as a chain of one small arrow per penguin."""
    x, y, species = regression.penguins("standardised")
    land = replace(regression.loss_surface(x, y), window=((2.2, 6.2), (-1.3, 2.7)))

    def run(intercept, slope):
        error = intercept + slope * x - y
        own = -np.stack([error, error * x]) / len(x)  # one penguin's share of −∇f
        turn = np.argsort(np.arctan2(own[1], own[0]))  # laid end to end, a smooth chain
        own, down = own[:, turn], own.sum(axis=1)
        ends = np.cumsum(own, axis=1)
        return Run(land=land, own=own, species=species[turn], ends=ends, down=down)

    def line(run, step):
        ends = np.array([-2.5, 2.5])
        return {"line": (ends, run.intercept + run.slope * ends)}

    def on_map(run, step):
        at = run.intercept, run.slope
        return {"ball": at, "down": (*at, *run.down)}

    def readout(run, step):
        length, own = np.hypot(*run.down), np.hypot(*run.own).mean() * len(x)
        said = f"{(run.own.T @ run.down < 0).mean():.0%} of the penguins pull the other way"
        if length < 0.02:
            said = "the pulls all but cancel"
        return (
            f"θ₀ = {num(run.intercept, 3)}, θ₁ = {num(run.slope, 3)}: the negative gradient is "
            f"{pair(run.down, 3)}, {num(length, 3)} long. It is the mean of {len(x)} arrows, "
            f"{num(own, 3)} long on average; {said}."
        )

    def dots(ax):
        for name, (color, mark) in SPECIES.items():
            one = species == name
            ax.plot(x[one], y[one], mark, color=color, ms=3.5, alpha=0.6, mew=0, label=name)

    labels, limits = ("flipper length, standardised", "body mass in kg"), (-2.5, 2.5, 1.5, 7.2)
    data, bold = "342 penguins and the line", {"line": CURVE | {"lw": 2.2}}
    look = {"styles": {"ball": SMALL}, "arrows": {"down": BLACK | {"width": 0.014}}}
    picks = "intercept", "slope"
    panels = [
        Plot(data, labels, limits, line, bold, key="upper left", still=dots),
        Contour("where the line is", ("θ₀", "θ₁"), picks=picks, of=on_map, **look),
        _chain(),
    ]
    look = {"mosaic": "AC;BC", "height": 5.3, "columns": (1, 1.7)}
    intercept, slope = slider(4.0, 2.2, 6.2, 0.02, "θ₀"), slider(0.4, -1.3, 2.7, 0.02, "θ₁")
    return Live(run, panels, readout, **look, intercept=intercept, slope=slope)


SPECIES = {"Adelie": (BLUE, "o"), "Chinstrap": (ORANGE, "s"), "Gentoo": (GREEN, "^")}
SMALL = BALL | {"ms": 7, "color": draw.INK}
BLACK = {"color": draw.INK, "zorder": 7}


def _chain():
    """All penguins' arrows end to end, and their sum unless it is nearly 0."""

    def links(run, step):
        starts, data = run.ends - run.own, {"start": (0, 0)}
        for name in SPECIES:
            mine = run.species == name
            data[name] = list(map(draw.broken, starts[:, mine], run.ends[:, mine]))
        return data | ({"sum": (0, 0, *run.down)} if np.hypot(*run.down) > 0.02 else {})

    def square(run):
        """Round the chain, in few sizes and places, so that it seldom jumps."""
        low, high = run.ends.min(axis=1), run.ends.max(axis=1)
        size = 2 ** np.ceil(np.log2(1.2 * (high - low).max()))
        (x, y), half = np.round((low + high) / size * 4) * size / 8, size / 2
        return x - half, x + half, y - half, y + half

    return Plot(
        "342 small arrows, end to end",
        ("along θ₀", "along θ₁"),
        square,
        links,
        {name: {"color": color, "lw": 2.4} for name, (color, _) in SPECIES.items()}
        | {"start": SMALL},
        arrows={"sum": BLACK | {"width": 0.008, "text": "−∇f"}},
        still=lambda ax: ax.locator_params(nbins=5),
        square=True,
    )


def step_size():
    """The error of a numerical slope at every step size: too large, and too small."""
    true, hs = exact(0.7), np.geomspace(1e-15, 1, 301)

    def slopes(h):
        return {"forward": forward(wiggle, 0.7, h), "central": central(wiggle, 0.7, h)}

    def off(slope):
        return np.maximum(np.abs(slope - true), 1e-17)  # a logarithmic scale has no 0

    errors = {name: (hs, off(slope)) for name, slope in slopes(hs).items()}

    def run(h):
        return Run(slopes=slopes(h))

    def lines(run, step):
        return errors | {f"{name} ball": (run.h, off(s)) for name, s in run.slopes.items()}

    def readout(run, step):
        one, two = (num(abs(slope - true), 2) for slope in run.slopes.values())
        return f"h = {num(run.h, 2)}: the forward difference is off by {one}, the central by {two}."

    styles = {
        "forward": {"color": ORANGE, "lw": 1.4, "ls": "--", "zorder": 2},
        "central": {"color": BLUE, "lw": 1.4, "zorder": 2},
        "forward ball": BALL | {"color": ORANGE, "marker": "s"},
        "central ball": BALL,
    }
    title, labels = "error of the slope of exp(sin 3x) + x² at 0.7", ("step size h", "error")
    look = {"picks": ("h", None), "logs": "xy", "still": _words}
    panel = Plot(title, labels, (1e-15, 1, 1e-13, 10), lines, styles, **look)
    return Live(run, [panel], readout, height=3.6, h=log_slider(1e-3, 1e-15, 1, 0.1, "step size h"))


def _words(ax):
    """Words in the picture: what each curve is, and which error it is on either side."""
    for x, y, text, color in (
        (1e-15, 3e-13, " ← round-off", "#555555"),
        (4e-3, 3e-13, "truncation →", "#555555"),
        (2e-8, 3e-4, "■ forward", ORANGE),
        (2e-4, 1e-9, "● central", BLUE),
    ):
        ax.text(x, y, text, color=color)


@presets(
    {
        "far beside the minimum": {"kappa": 100, "stretch": 1.0, "angle": 45},
        "other units, straight at it": {"kappa": 100, "stretch": 10.0, "angle": 45},
        "stretched too far": {"kappa": 25, "stretch": 10.0, "angle": 45},
    }
)
def units():
    """One bowl, its second parameter measured in other units: downhill turns to the minimum."""
    stretches = np.linspace(1, 10, 91)

    def run(kappa, stretch, angle):
        at, down, off = _downhill(kappa, stretch, angle)
        *_, every = _downhill(kappa, stretches, angle)
        return Run(land=_bowl(kappa / stretch**2), at=at, down=down, off=off, every=every)

    def on_map(run, step):
        way, down = (*run.at, *(-run.at)), (*run.at, *_pointing(run.down, 1.1))
        return {"way": way, "down": down, "ball": run.at}

    def angles(run, step):
        return {"off": (stretches, run.every), "ball": (run.stretch, run.off)}

    def readout(run, step):
        curvature = num(run.kappa / run.stretch**2, 3)
        return (
            f"At {run.angle}° round the oval, κ = {num(run.kappa, 3)}. With u = "
            f"{num(run.stretch, 3)}·y the loss is ½(x² + {curvature}·u²), and −∇f points "
            f"{run.off:.1f}° off the way to the minimum."
        )

    title = "thin arrow: the way to the minimum"
    arrows = {"way": {"color": "#555555", "width": 0.006}, "down": NABLA | {"text": "−∇f"}}
    other, labels, styles = "angle between both", ("stretch", "degrees"), {"ball": BALL}
    limits, picks = (0.7, 10.3, -3, 90), ("stretch", None)
    panels = [
        Contour(title, ("x", "u"), moving=True, of=on_map, styles=styles, arrows=arrows),
        Plot(other, labels, limits, angles, styles | {"off": CURVE}, picks=picks),
    ]
    controls = {
        "kappa": slider(25, 25, 100, 1, "κ, curvature along y"),
        "stretch": slider(1.0, 1.0, 10.0, 0.1, "stretch"),
        "angle": slider(30, 5, 85, 1, "place round the oval"),
    }
    return Live(run, panels, readout, height=3.9, **controls)


@lru_cache(maxsize=64)
def _bowl(curvature):
    """f = ½(x² + curvature·u²), the curvature being any number above 0."""

    def grad(w):
        return np.stack([w[0], curvature * w[1]])

    window = ((-2, 2),) * 2
    return landscapes.Landscape(
        "bowl", lambda w: (w * grad(w)).sum(axis=0) / 2, grad, window, start=[1, 1], minima=[0, 0]
    )


def _downhill(kappa, stretch, angle):
    """A place on the bowl ½(x² + κy²) over x and u = stretch·y, and −∇f there.

    And by how many degrees that points beside the minimum.
    """
    x, y = 0.9 * draw.direction(angle)
    place = np.stack([0 * stretch + x, stretch * y / np.sqrt(kappa)])
    down = -place * np.stack([0 * stretch + 1, kappa / stretch**2])
    cosine = -(place * down).sum(axis=0) / np.hypot(*place) / np.hypot(*down)
    return place, down, np.degrees(np.arccos(np.clip(cosine, -1, 1)))


@presets(
    {
        "climbs the hill and stops": {"start": 0.3, "step": 30},
        "over into the worse valley": {"start": 0.5, "step": 30},
        "in a valley, the faster one": {"start": 1.5, "step": 3},
    }
)
def newton(lr=0.05):
    """Two runs from one start: one goes downhill, the other looks for a slope of zero."""
    land, last = landscapes.double_well(), 30

    def run(start):
        down = descend(gd, land.grad, [start], last, lr=lr)
        flat = descend(newtons_method(land), land.grad, [start], last)
        true = np.stack([down, flat], axis=-1)
        return Run(land=land, true=true, path=np.clip(true, -1.54, 1.64))  # to the picture's rim

    def readout(run, step):
        down, flat = run.true[0, step]
        end = ", outside the picture" if flat != run.path[0, step, 1] else ""
        if step == last:
            curvature = land.curvatures(run.true[:, -1, 1])[0]
            end = f", {'a maximum' if curvature < 0 else 'a minimum'}"
        return (
            f"From {num(run.start)}, step {step} of {last}: gradient descent is at {num(down, 3)}, "
            f"Newton's method at {num(flat, 3)}{end}."
        )

    title = "● gradient descent goes downhill    ■ Newton's method looks for slope 0"
    limits, picks = (-0.8, 2.5), ("start", None)
    panel = Curve(title, ylim=limits, names=("", ""), tangent=False, picks=picks)
    start = slider(0.2, -1.5, 1.5, 0.05, "start")
    return Live(run, [panel], readout, steps=last, at=0, start=start)
