"""The live figures of notebook 02, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from course.gradients.slopes import central, exact, forward, newtons_method, wiggle
from gdlib import draw, landscapes, regression
from gdlib.controls import choice, log_slider, slider
from gdlib.live import Live
from gdlib.optimizers import descend, gd
from gdlib.panels import BALL, CURVE, DOTTED, TANGENT, Contour, Curve, Data, Plot, Surface
from gdlib.words import num, pair

BLUE, ORANGE, GREEN, PINK = draw.MANY
ACROSS, UP = {"color": GREEN, "zorder": 3}, {"color": PINK, "zorder": 3}  # along x, along y
RAY = {"color": BLUE, "lw": 1.8, "zorder": 3}
LEVEL = CURVE | {"zorder": 3}


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


def secant():
    """Two points on a curve move together: the secant becomes the tangent."""
    xs, gaps = np.linspace(-1.2, 2.3, 301), np.geomspace(1e-3, 1, 61)

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
    title, limits = "a secant through two points", (-1.2, 2.3, 0, 6.4)
    panels = [
        Plot(title, ("x", "f(x)"), limits, curve, lines, picks=("x", None), key="upper left"),
        Plot(
            "how far its slope is off",
            ("gap h", "difference from the tangent's slope"),
            (8e-4, 1.2, 1e-5, 20),
            lambda run, step: {"error": (gaps, run.errors), "ball": (run.gap, run.off)},
            {"error": CURVE, "ball": BALL},
            picks=("gap", None),
            logs="xy",
        ),
    ]
    gap, x = log_slider(0.5, 1e-3, 1, 0.05, "gap h"), slider(0.7, -1.0, 1.2, 0.05, "x")
    return Live(run, panels, readout, height=3.6, gap=gap, x=x)


def partials():
    """One point on a hill: its slope along x, along y, and the arrow that both make."""
    land = landscapes.himmelblau()

    def run(x, y):
        return Run(land=land, at=np.array([x, y]), g=land.grad([x, y]))

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
    arrow = {"color": ORANGE, "width": 0.016, "text": "∇f"}
    panels = [
        Contour(
            "from above", picks=("x", "y"), of=on_map, styles=styles, arrows={"gradient": arrow}
        ),
        _slice(0, "x", ACROSS),
        _slice(1, "y", UP),
    ]
    look = {"mosaic": "AB;AC", "height": 4.4, "columns": (1.25, 1)}
    x, y = (slider(1.0, -5.0, 5.0, 0.1, name) for name in "xy")
    return Live(run, panels, readout, **look, x=x, y=y)


def _slice(k, name, color):
    """The landscape along one coordinate, the other held still where the ball is."""

    def lines(run, step):
        t = np.linspace(-5, 5, 201)
        points = np.repeat(run.at[:, None], t.size, axis=1)
        points[k] = t
        here, height = run.at[k], run.land.f(run.at)
        return {
            "loss": (t, run.land.f(points)),
            "tangent": _line(here, height, run.g[k], (-1.3, 1.3)),
            "ball": (here, height),
        }

    styles = {"loss": color | {"lw": 1.6}, "tangent": TANGENT, "ball": BALL}
    title, limits = f"along {name}: the slope is ∂f/∂{name}", (-5, 5, -20, 420)
    return Plot(title, (name, "loss"), limits, lines, styles, picks=(name, None))


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
            measured=central(land.f, at[:, None], u=around),
            formula=g @ around,
            heights=(-1.2 * half, 1.2 * half, *heights),
            slopes=(0, 360, -steepest, steepest),
        )

    def on_map(run, step):
        gradient, u = _pointing(run.g, run.half / 2), run.half / 3 * run.u
        arrows = {"gradient": (*run.at, *gradient), "u": (*run.at, *u)}
        return arrows | {"plane": run.cut[1:], "ball": run.at}

    def cosine(run, step):
        lines = {name: (degrees, getattr(run, name)) for name in ("measured", "formula")}
        return lines | {"ball": (run.angle, run.slope)}

    def readout(run, step):
        dot = run.g @ run.u
        unit = "a unit vector" if run.length == 1 else f"a vector of length {num(run.length)}"
        agree = "they agree" if abs(dot - run.slope) < 1e-6 else "they do not agree"
        slope = num(np.round(run.slope, 9), 3)
        return (
            f"Direction {run.angle}°, {unit}: f changes by {slope} per step along it, measured. "
            f"Gradient · vector = {num(dot, 3)}: {agree}. The gradient is {pair(run.g, 3)}, "
            f"{num(np.hypot(*run.g), 4)} long."
        )

    def towards(run, x, y):
        return np.degrees(np.arctan2(y - run.at[1], x - run.at[0])) % 360, None

    dashed = {"color": "#56B4E9", "lw": 1.6, "ls": "--", "zorder": 4, "label": "gradient · vector"}
    panels = [
        Contour(
            "from above, with the cut",
            picks=("angle", None),
            aim=towards,
            of=on_map,
            styles={"plane": RAY | {"lw": 1.2}, "ball": BALL},
            arrows={
                "gradient": {"color": ORANGE, "width": 0.014, "text": "∇f"},
                "u": {"color": BLUE, "width": 0.014, "text": "u"},
            },
        ),
        _side_view(),
        Plot(
            "slope in every direction",
            ("direction in degrees", "slope along the vector"),
            lambda run: run.slopes,
            cosine,
            {"measured": CURVE | {"lw": 2.4, "label": "measured"}, "formula": dashed, "ball": BALL},
            picks=("angle", None),
            key="upper right",
            still=lambda ax: ax.axhline(0, **DOTTED),
        ),
    ]
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


def field(count=13):
    """An arrow at every place; put a ball down and read its two components."""
    lands = {
        "three pits": landscapes.three_pits(),
        "saddle": landscapes.saddle(),
        "ravine": landscapes.ravine(5, 30),
        "monkey saddle": replace(landscapes.monkey_saddle(), window=((-3.2, 3.2),) * 2),
    }

    def run(name, x, y, sign):
        land = lands[name]
        half = np.ptp(land.window[0]) / 2
        at = half * np.array([x, y])
        level = _level_through(land, at)
        return Run(land=land, half=half, at=at, g=land.grad(at), level=level, turn=-60)

    def on_map(run, step):
        mine, (x, y) = _pointing(run.sign * run.g, 0.3 * run.half), run.at
        return {
            "field": _arrows(run.land, run.sign, count),
            "ball": run.at,
            "level": run.level,
            "mine": (x, y, *mine),
            "x": (x, y, mine[0], 0),
            "y": (x, y, 0, mine[1]),
        }

    def on_surface(run, step):
        return {"level": run.level, "ball": run.at[:, None]}

    def readout(run, step):
        way, g = "gradient" if run.sign > 0 else "negative gradient", run.sign * run.g
        length = np.hypot(*g)
        where = f"pointing at {num(np.degrees(np.arctan2(g[1], g[0])) % 360, 3)}°"
        if length < 1e-9:
            where = "with no direction: a critical point"
        return (
            f"At {pair(run.at, 3)} the height is {num(run.land.f(run.at), 3)} and the {way} is "
            f"{pair(g, 3)}, {num(length, 3)} long, {where}."
        )

    styles = {"level": LEVEL, "ball": BALL}
    arrows = {
        "field": {"count": count**2, "color": "#5C6B7A", "width": 0.005, "zorder": 2},
        "x": {"color": GREEN, "width": 0.01, "text": "x part"},
        "y": {"color": PINK, "width": 0.01, "text": "y part"},
        "mine": {"color": ORANGE, "width": 0.015, "zorder": 6},
    }
    panels = [
        Contour(
            "an arrow at every place",
            picks=("x", "y"),
            aim=lambda run, x, y: (x / run.half, y / run.half),
            levels=_even_heights,
            of=on_map,
            styles=styles,
            arrows=arrows,
        ),
        Surface("the same, as a surface", on_surface, styles),
    ]
    controls = {
        "name": choice("three pits", list(lands), "landscape"),
        "sign": choice(1, {"uphill: ∇f": 1, "downhill: −∇f": -1}, "arrows"),
        "x": slider(0.1, -1.0, 1.0, 0.02, "ball x, edge to edge"),
        "y": slider(-0.3, -1.0, 1.0, 0.02, "ball y, edge to edge"),
    }
    return Live(run, panels, readout, height=4.3, columns=(1.15, 1), **controls)


def _arrows(land, sign, count):
    """The gradient at `count` × `count` places, the arrows as long as the root of its length."""
    (left, right), _ = land.window
    cell = (right - left) / count
    axis = np.linspace(left + cell / 2, right - cell / 2, count)
    places = np.stack(np.meshgrid(axis, axis)).reshape(2, -1)
    g = sign * land.grad(places)
    length = np.hypot(*g)
    return *places, *_pointing(g, 1.25 * cell * np.sqrt(length / length.max()))


def pulls():
    """The gradient of the penguins' loss, as a chain of one small arrow per penguin."""
    x, y, species = regression.penguins("standardised")
    land = replace(regression.loss_surface(x, y), window=((1.2, 7.2), (-2.3, 3.7)))
    colors = {"Adelie": BLUE, "Chinstrap": ORANGE, "Gentoo": GREEN}

    def run(intercept, slope):
        w = np.array([intercept, slope])
        error = w[0] + w[1] * x - y
        own = -np.stack([error, error * x]) / len(x)  # one penguin's share of −∇f
        turn = np.argsort(np.arctan2(own[1], own[0]))  # laid end to end, a smooth chain
        return Run(
            land=land,
            path=w[:, None],
            data=(x, y),
            xlabel="flipper length, standardised",
            own=own[:, turn],
            species=species[turn],
            ends=np.cumsum(own[:, turn], axis=1),
            g=-own.sum(axis=1),
        )

    def chain(run, step):
        starts = run.ends - run.own
        links = {}
        for name in colors:
            mine = run.species == name
            links[name] = list(map(draw.broken, starts[:, mine], run.ends[:, mine]))
        return links | {"sum": (0, 0, *run.ends[:, -1]), "start": (0, 0)}

    def limits(run):
        # Wide enough for the chain, in few sizes, so that it seldom jumps.
        reach = 1.15 * np.abs(run.ends).max()
        size = next((size for size in (0.2, 0.5, 1, 2, 4) if reach < size), 8)
        return -size, size, -size, size

    def readout(run, step):
        length, own = np.hypot(*run.g), np.hypot(*run.own).mean() * len(x)
        said = f"{((run.own.T @ -run.g) < 0).mean():.0%} of the penguins pull the other way"
        if length < 0.02:
            said = "the pulls all but cancel"
        return (
            f"θ₀ = {num(run.intercept, 3)}, θ₁ = {num(run.slope, 3)}: the negative gradient is "
            f"{pair(-run.g, 3)}, {num(length, 3)} long. It is the mean of {len(x)} arrows, "
            f"{num(own, 3)} long on average; {said}."
        )

    styles = {name: {"color": color, "lw": 2.4, "label": name} for name, color in colors.items()}
    panels = [
        Data("342 penguins and the line", "body mass in kg"),
        Contour(
            "where the line is",
            ("θ₀", "θ₁"),
            picks=("intercept", "slope"),
            of=lambda run, step: {"down": (*run.path[:, 0], *(-0.7 * run.g))},
            arrows={"down": {"color": draw.INK, "width": 0.014}},
        ),
        Plot(
            "342 small arrows, end to end",
            ("along θ₀", "along θ₁"),
            limits,
            chain,
            styles | {"start": BALL | {"ms": 7}},
            arrows={"sum": {"color": draw.INK, "width": 0.008, "text": "−∇f"}},
            key="lower right",
            square=True,
        ),
    ]
    look = {"mosaic": "AC;BC", "height": 5.2, "columns": (1, 1.7)}
    intercept, slope = slider(4.4, 1.2, 7.2, 0.02, "θ₀"), slider(0.3, -2.3, 3.7, 0.02, "θ₁")
    return Live(run, panels, readout, **look, intercept=intercept, slope=slope)


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
        said = "; ".join(
            f"{name} gives {_long(slope)}, off by {num(abs(slope - true), 2)}"
            for name, slope in run.slopes.items()
        )
        return f"h = {num(run.h, 2)}: {said}. Exact: {_long(true)}."

    line = {"lw": 1.4, "zorder": 2}
    styles = {
        "forward": line | {"color": ORANGE, "ls": "--", "label": "forward difference"},
        "central": line | {"color": BLUE, "label": "central difference"},
        "forward ball": BALL | {"color": ORANGE, "marker": "s"},
        "central ball": BALL,
    }
    panel = Plot(
        "error of the slope of exp(sin 3x) + x² at 0.7",
        ("step size h", "error"),
        (1e-15, 1, 1e-13, 10),
        lines,
        styles,
        picks=("h", None),
        logs="xy",
        key="upper center",
        still=_two_sides,
    )
    return Live(run, [panel], readout, height=3.6, h=log_slider(1e-3, 1e-15, 1, 0.1, "step size h"))


def _two_sides(ax):
    """Words at the foot of the picture: which error it is on either side."""
    small = {"color": "#555555", "fontsize": 9}
    ax.text(3e-15, 3e-13, "round-off ←", **small)
    ax.text(0.5, 3e-13, "→ truncation", **small, ha="right")


def _long(value):
    """A number with nine decimals."""
    return f"{value:.9f}".replace("-", "−")


def units():
    """One bowl, its second parameter measured in other units: downhill turns to the minimum."""
    stretches = np.geomspace(1, 10, 61)

    def run(kappa, stretch, angle):
        at, down, off = _downhill(kappa, stretch, angle)
        *_, every = _downhill(kappa, stretches, angle)
        return Run(land=_bowl(kappa / stretch**2), at=at, down=down, off=off, every=every)

    def on_map(run, step):
        way, down = (*run.at, *(-run.at)), (*run.at, *_pointing(run.down, 1.1))
        return {"way": way, "down": down, "ball": run.at}

    def readout(run, step):
        curvature = num(run.kappa / run.stretch**2, 3)
        return (
            f"At {run.angle}° round the oval, κ = {num(run.kappa, 3)}. With u = "
            f"{num(run.stretch, 3)}·y the loss is ½(x² + {curvature}·u²), and −∇f points "
            f"{run.off:.1f}° off the way to the minimum."
        )

    title = "u = stretch · y; thin arrow: to the minimum"
    arrows = {
        "way": {"color": "#555555", "width": 0.006},
        "down": {"color": ORANGE, "width": 0.015, "text": "−∇f"},
    }
    panels = [
        Contour(title, ("x", "u"), moving=True, of=on_map, styles={"ball": BALL}, arrows=arrows),
        Plot(
            "angle between the two arrows",
            ("stretch", "degrees"),
            (0.7, 10.3, -3, 90),
            lambda run, step: {"off": (stretches, run.every), "ball": (run.stretch, run.off)},
            {"off": CURVE, "ball": BALL},
            picks=("stretch", None),
        ),
    ]
    controls = {
        "kappa": log_slider(25, 25, 100, 0.02, "κ, curvature along y"),
        "stretch": log_slider(1, 1, 10, 0.01, "stretch"),
        "angle": slider(30, 5, 85, 1, "place round the oval"),
    }
    return Live(run, panels, readout, height=3.9, **controls)


@lru_cache(maxsize=64)
def _bowl(curvature):
    """f = ½(x² + curvature·u²), the curvature being any number above 0."""

    def f(w):
        x, u = w
        return (x**2 + curvature * u**2) / 2

    def grad(w):
        x, u = w
        return np.stack([x, curvature * u])

    return landscapes.Landscape("bowl", f, grad, ((-2, 2),) * 2, start=[1, 1], minima=[0, 0])


def _downhill(kappa, stretch, angle):
    """A place on the bowl ½(x² + κy²) over x and u = stretch·y, and −∇f there.

    And by how many degrees that points beside the minimum.
    """
    x, y = 0.9 * draw.direction(angle)
    place = np.stack([0 * stretch + x, stretch * y / np.sqrt(kappa)])
    down = -place * np.stack([0 * stretch + 1, kappa / stretch**2])
    cosine = -(place * down).sum(axis=0) / np.hypot(*place) / np.hypot(*down)
    return place, down, np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def newton(lr=0.05):
    """Two runs from one start: one goes downhill, the other looks for a slope of zero."""
    land, last = landscapes.double_well(), 30

    def run(start):
        down = descend(gd, land.grad, [start], last, lr=lr)
        flat = descend(newtons_method(land), land.grad, [start], last)
        return Run(land=land, path=np.stack([down, flat], axis=-1))

    def readout(run, step):
        down, flat = run.path[0, step]
        end = ""
        if step == last:
            curvature = land.curvatures(run.path[:, -1, 1])[0]
            end = f", {'a maximum' if curvature < 0 else 'a minimum'}"
        return (
            f"From {num(run.start)}, step {step} of {last}: gradient descent is at {num(down, 3)}, "
            f"Newton's method at {num(flat, 3)}{end}."
        )

    title = "● gradient descent goes downhill    ■ Newton's method looks for slope 0"
    limits, picks = (-0.8, 2.2), ("start", None)
    panel = Curve(title, ylim=limits, names=("", ""), tangent=False, picks=picks)
    start = slider(0.2, -1.5, 1.5, 0.05, "start")
    return Live(run, [panel], readout, steps=last, at=0, start=start)
