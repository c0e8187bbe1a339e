"""The live figures of notebook 02, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from gdlib import draw, landscapes, regression
from gdlib.controls import choice, log_slider, slider
from gdlib.landscapes import Landscape
from gdlib.live import Live
from gdlib.optimizers import descend, gd
from gdlib.panels import BALL, CURVE, DOTTED, TANGENT, Contour, Curve, Data, Plot, Surface
from gdlib.words import num

BLUE, ORANGE, GREEN, PINK = draw.MANY
ACROSS = {"color": GREEN, "lw": 2, "zorder": 3}
RAY = {"color": BLUE, "lw": 1.8, "zorder": 3}


def _slope_of_secant(f, x, h):
    """(f(x + h) − f(x))/h: how much f rises from x to x + h, for each unit of the way."""
    return (f([x + h]) - f([x])) / h


def secant():
    """Two points on a curve move together: the secant becomes the tangent."""
    land = landscapes.wiggle()
    xs = np.linspace(-1.2, 2.3, 301)
    hs = np.geomspace(1e-3, 1, 61)

    def run(gap, x):
        exact = land.grad([x])[0]
        return Run(
            x=x,
            h=gap,
            exact=exact,
            slope=_slope_of_secant(land.f, x, gap),
            errors=np.abs(_slope_of_secant(land.f, x, hs) - exact),
        )

    def curve(run, step):
        here, there = land.f([run.x]), land.f([run.x + run.h])
        ends = np.array([run.x - 0.5, run.x + max(run.h, 0.1) + 0.4])
        return {
            "f": (xs, land.f([xs])),
            "tangent": (ends, here + run.exact * (ends - run.x)),
            "secant": (ends, here + run.slope * (ends - run.x)),
            "points": ([run.x, run.x + run.h], [here, there]),
        }

    def errors(run, step):
        return {"error": (hs, run.errors), "ball": (run.h, np.abs(run.slope - run.exact))}

    def readout(run, step):
        return (
            f"At x = {num(run.x)} with h = {num(run.h, 3)}: the curve rises by "
            f"{num(run.slope * run.h, 3)} over {num(run.h, 3)}, so the secant's slope is "
            f"{num(run.slope)}. The tangent's is {num(run.exact)}; they differ by "
            f"{num(abs(run.slope - run.exact), 2)}."
        )

    panels = [
        Plot(
            "a secant through two points",
            ("x", "f(x)"),
            (-1.2, 2.3, 0, 6.4),
            curve,
            {
                "f": CURVE,
                "tangent": TANGENT | {"label": "tangent"},
                "secant": {"color": BLUE, "lw": 2.6, "zorder": 2.5, "label": "secant"},
                "points": BALL | {"ms": 8},
            },
            picks=("x", None),
            key="upper left",
        ),
        Plot(
            "how far its slope is off",
            ("gap h", "difference from the tangent's slope"),
            (8e-4, 1.2, 1e-5, 20),
            errors,
            {"error": CURVE, "ball": BALL},
            picks=("gap", None),
            logs="xy",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        height=3.6,
        gap=log_slider(0.5, 1e-3, 1, 0.05, "gap h"),
        x=slider(0.7, -1.0, 1.2, 0.05, "x"),
    )


def _pointing(vector, length):
    """The vector, drawn with a length of its own; a vector of no length stays."""
    return vector / max(np.hypot(*vector), 1e-12) * length


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

    def slice_along(k):
        def lines(run, step):
            t = np.linspace(-5, 5, 201)
            points = np.repeat(run.at[:, None], 201, axis=1)
            points[k] = t
            ends = run.at[k] + np.array([-1.3, 1.3])
            height = land.f(run.at)
            return {
                "loss": (t, land.f(points)),
                "tangent": (ends, height + run.g[k] * (ends - run.at[k])),
                "ball": (run.at[k], height),
            }

        return lines

    def readout(run, step):
        along, up = (num(g, 3) for g in run.g)
        return (
            f"At ({num(run.at[0])}, {num(run.at[1])}): ∂f/∂x = {along} with y held still, ∂f/∂y = "
            f"{up} with x held still. The gradient ({along}, {up}) is {num(np.hypot(*run.g), 3)} "
            "long: the steepest slope."
        )

    slices = [
        Plot(
            f"along {name}: the slope is ∂f/∂{name}",
            (name, "loss"),
            (-5, 5, -20, 420),
            slice_along(k),
            {"loss": color | {"lw": 1.6}, "tangent": TANGENT, "ball": BALL},
            picks=(name, None),
        )
        for k, (name, color) in enumerate({"x": ACROSS, "y": {"color": PINK, "zorder": 3}}.items())
    ]
    panels = [
        Contour(
            "from above",
            picks=("x", "y"),
            of=on_map,
            styles={
                "x": ACROSS | {"lw": 1.2},
                "y": {"color": PINK, "lw": 1.2, "zorder": 3},
                "level": {"color": draw.INK, "lw": 1.6, "zorder": 3},
                "ball": BALL,
            },
            arrows={"gradient": {"color": ORANGE, "width": 0.016, "text": "∇f"}},
        ),
        *slices,
    ]
    return Live(
        run,
        panels,
        readout,
        mosaic="AB;AC",
        height=4.4,
        columns=(1.25, 1),
        x=slider(1.0, -5.0, 5.0, 0.1, "x"),
        y=slider(1.0, -5.0, 5.0, 0.1, "y"),
    )


def _level_through(land, place):
    """The level line through a place, as one line `(2, k)` with gaps of nan."""
    lines = draw.level_lines(land, [float(land.f(place))])
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for line in lines for part in (line, gap)] or [gap]).T


def compass():
    """A vertical plane turns about a point: the slope in its direction follows a cosine."""
    places = {
        "Himmelblau at (1, 1)": (landscapes.himmelblau(), np.array([1.0, 1.0])),
        "x²y/(x² + y²) at (0, 0)": (landscapes.crease(), np.array([0.0, 0.0])),
    }
    degrees = np.arange(0.0, 361.0, 3)
    circle = draw.direction(degrees)

    def measured(land, place, u, h=1e-5):
        place = np.reshape(place, (2, *(1,) * (u.ndim - 1)))
        return (land.f(place + h * u) - land.f(place - h * u)) / (2 * h)

    def run(where, angle, length):
        land, place = places[where]
        along = draw.direction(angle)
        u = length * along
        t = np.linspace(-1.5, 1.5, 301) * np.ptp(land.window[0])
        line = place[:, None] + along[:, None] * t
        seen = draw.inside(line, land.window)
        return Run(
            land=land,
            at=place,
            g=land.grad(place),
            u=u,
            t=t[seen],
            line=line[:, seen],
            angle=angle,
            length=length,
            slope=measured(land, place, u),
            slopes=measured(land, place, length * circle),
            unit=np.ptp(land.window[0]) / 6,
        )

    def on_map(run, step):
        return {
            "plane": run.line,
            "ball": run.at,
            "gradient": (*run.at, *_pointing(run.g, 1.5 * run.unit)),
            "u": (*run.at, *(run.unit * run.u)),
        }

    def along(run, step):
        ends = np.array([-1, 1]) * run.unit * 1.2
        here = run.land.f(run.at)
        return {
            "loss": (run.t, run.land.f(run.line)),
            "tangent": (ends, here + run.slope / run.length * ends),
            "ball": (0, here),
        }

    def along_limits(run):
        low, high = (-20, 420) if np.ptp(run.land.window[0]) > 5 else (-0.6, 0.6)
        half = 0.6 * np.ptp(run.land.window[0])
        return -half, half, low, high

    def cosine(run, step):
        return {
            "measured": (degrees, run.slopes),
            "formula": (degrees, run.g @ (run.length * circle)),
            "ball": (run.angle, run.slope),
        }

    def cosine_limits(run):
        high = 130 if np.ptp(run.land.window[0]) > 5 else 0.85
        return 0, 360, -high, high

    def readout(run, step):
        dot = run.g @ run.u
        unit = "a unit vector" if run.length == 1 else f"a vector of length {num(run.length)}"
        agree = "they agree" if abs(dot - run.slope) < 1e-6 else "they do not agree"
        slope = num(np.round(run.slope, 9), 3)
        return (
            f"Direction {run.angle}°, {unit}: f changes by {slope} per step along it, measured. "
            f"Gradient · vector = {num(dot, 3)}: {agree}. The gradient is "
            f"({num(run.g[0], 3)}, {num(run.g[1], 3)}), {num(np.hypot(*run.g), 4)} long."
        )

    def towards(run, x, y):
        return np.degrees(np.arctan2(y - run.at[1], x - run.at[0])) % 360, None

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
        Plot(
            "the cut, seen from the side",
            ("distance along it", "loss"),
            along_limits,
            along,
            {"loss": RAY, "tangent": TANGENT | {"color": draw.INK}, "ball": BALL},
        ),
        Plot(
            "slope in every direction",
            ("direction in degrees", "slope along the vector"),
            cosine_limits,
            cosine,
            {
                "measured": CURVE | {"lw": 2.4, "label": "measured"},
                "formula": {
                    "color": "#56B4E9",
                    "lw": 1.6,
                    "ls": "--",
                    "zorder": 4,
                    "label": "gradient · vector",
                },
                "ball": BALL,
            },
            picks=("angle", None),
            key="upper right",
            still=lambda ax: ax.axhline(0, **DOTTED),
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        mosaic="AB;CC",
        height=5.6,
        rows=(1.35, 1),
        where=choice("Himmelblau at (1, 1)", list(places), "function"),
        angle=slider(265, 0, 360, 1, "direction, degrees"),
        length=slider(1.0, 0.5, 2.0, 0.5, "length of u"),
    )


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
        place = half * np.array([x, y])
        return Run(
            land=land,
            at=place,
            half=half,
            g=land.grad(place),
            level=_level_through(land, place),
            sign=sign,
            turn=-60,
        )

    def on_map(run, step):
        cell = 2 * run.half / count
        axis = np.linspace(-run.half + cell / 2, run.half - cell / 2, count)
        places = np.stack(np.meshgrid(axis, axis)).reshape(2, -1)
        g = run.sign * run.land.grad(places)
        length = np.hypot(*g)
        shown = g * np.sqrt(length / length.max()) / np.maximum(length, 1e-12) * 1.25 * cell
        mine, (x, y) = _pointing(run.sign * run.g, 0.3 * run.half), run.at
        return {
            "field": (*places, *shown),
            "ball": run.at,
            "level": run.level,
            "mine": (x, y, *mine),
            "x": (x, y, mine[0], 0),
            "y": (x, y, 0, mine[1]),
        }

    def on_surface(run, step):
        return {"level": run.level, "ball": run.at[:, None]}

    def readout(run, step):
        way = "gradient" if run.sign > 0 else "negative gradient"
        gx, gy = run.sign * run.g
        (x, y), length = run.at, np.hypot(gx, gy)
        where = f"pointing at {num(np.degrees(np.arctan2(gy, gx)) % 360, 3)}°"
        if length < 1e-9:
            where = "with no direction: a critical point"
        return (
            f"At ({num(x, 3)}, {num(y, 3)}) the height is {num(run.land.f(run.at), 3)} and the "
            f"{way} is ({num(gx, 3)}, {num(gy, 3)}), {num(length, 3)} long, {where}."
        )

    level = {"color": draw.INK, "lw": 1.6, "zorder": 3}
    panels = [
        Contour(
            "an arrow at every place",
            picks=("x", "y"),
            aim=lambda run, x, y: (x / run.half, y / run.half),
            levels=draw.even_heights,
            of=on_map,
            styles={"level": level, "ball": BALL},
            arrows={
                "field": {"count": count**2, "color": "#5C6B7A", "width": 0.005, "zorder": 2},
                "x": {"color": GREEN, "width": 0.01, "text": "x part"},
                "y": {"color": PINK, "width": 0.01, "text": "y part"},
                "mine": {"color": ORANGE, "width": 0.015, "zorder": 6},
            },
        ),
        Surface("the same, as a surface", on_surface, {"level": level, "ball": BALL}),
    ]
    return Live(
        run,
        panels,
        readout,
        height=4.3,
        columns=(1.15, 1),
        name=choice("three pits", list(lands), "landscape"),
        sign=choice(1, {"uphill: ∇f": 1, "downhill: −∇f": -1}, "arrows"),
        x=slider(0.1, -1.0, 1.0, 0.02, "ball x, edge to edge"),
        y=slider(-0.3, -1.0, 1.0, 0.02, "ball y, edge to edge"),
    )


def pulls():
    """The gradient of the penguins' loss, as a chain of one small arrow per penguin."""
    x, y, species = regression.penguins("standardised")
    land = replace(regression.loss_surface(x, y), window=((1.2, 7.2), (-2.3, 3.7)))
    names = ("Adelie", "Chinstrap", "Gentoo")
    colors = dict(zip(names, (BLUE, ORANGE, GREEN), strict=True))

    def run(intercept, slope):
        w = np.array([intercept, slope])
        error = w[0] + w[1] * x - y
        own = -np.stack([error, error * x]) / len(x)  # one penguin's share of −∇f
        turn = np.argsort(np.arctan2(own[1], own[0]))  # laid end to end, a smooth chain
        return Run(
            land=land,
            path=w[:, None],
            w=w,
            data=(x, y),
            xlabel="flipper length, standardised",
            own=own,
            turn=turn,
            ends=np.cumsum(own[:, turn], axis=1),
            g=-own.sum(axis=1),
        )

    def chain(run, step):
        ends, turn = run.ends, run.turn
        starts = ends - run.own[:, turn]
        parts = {}
        for name in names:
            mine = species[turn] == name
            parts[name] = [draw.broken(starts[k, mine], ends[k, mine]) for k in (0, 1)]
        return parts | {"sum": (0, 0, *ends[:, -1]), "start": (0, 0)}

    def readout(run, step):
        against = ((run.own.T @ -run.g) < 0).mean()
        lengths = np.hypot(*run.own) * len(x)
        said = f"{against:.0%} of the penguins pull the other way"
        if np.hypot(*run.g) < 0.02:
            said = "the pulls all but cancel"
        return (
            f"θ₀ = {num(run.w[0], 3)}, θ₁ = {num(run.w[1], 3)}: the negative gradient is "
            f"({num(-run.g[0], 3)}, {num(-run.g[1], 3)}), {num(np.hypot(*run.g), 3)} long. It is "
            f"the mean of {len(x)} arrows, {num(lengths.mean(), 3)} long on average; {said}."
        )

    def limits(run):
        # Wide enough for the chain, in few sizes, so that it seldom jumps.
        reach = 1.15 * np.abs(run.ends).max()
        size = next((size for size in (0.2, 0.5, 1, 2, 4) if reach < size), 8)
        return -size, size, -size, size

    styles = {name: {"color": color, "lw": 2.4, "label": name} for name, color in colors.items()}
    panels = [
        Data("342 penguins and the line", "body mass in kg"),
        Contour(
            "where the line is",
            ("θ₀", "θ₁"),
            picks=("intercept", "slope"),
            of=lambda run, step: {"down": (*run.w, *(-0.7 * run.g))},
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
    return Live(
        run,
        panels,
        readout,
        mosaic="AC;BC",
        height=5.2,
        columns=(1, 1.7),
        intercept=slider(4.4, 1.2, 7.2, 0.02, "θ₀"),
        slope=slider(0.3, -2.3, 3.7, 0.02, "θ₁"),
    )


def _long(value):
    """A number with nine decimals."""
    return f"{value:.9f}".replace("-", "−")


def step_size():
    """The error of a numerical slope at every step size: too large, and too small."""
    land, x = landscapes.wiggle(), 0.7
    exact = land.grad([x])[0]
    hs = np.geomspace(1e-15, 1, 301)

    def slopes(h):
        forward = _slope_of_secant(land.f, x, h)
        central = (land.f([x + h]) - land.f([x - h])) / (2 * h)
        return {"forward": forward, "central": central}

    errors = {name: np.maximum(np.abs(s - exact), 1e-17) for name, s in slopes(hs).items()}

    def run(h):
        return Run(h=h, slopes={name: float(s) for name, s in slopes(np.float64(h)).items()})

    def lines(run, step):
        balls = {
            f"{name} ball": (run.h, max(abs(slope - exact), 1e-17))
            for name, slope in run.slopes.items()
        }
        return {name: (hs, error) for name, error in errors.items()} | balls

    def readout(run, step):
        forward, central = run.slopes.values()
        return (
            f"h = {num(run.h, 2)}: forward gives {_long(forward)}, off by "
            f"{num(abs(forward - exact), 2)}; central gives {_long(central)}, off by "
            f"{num(abs(central - exact), 2)}. Exact: {_long(exact)}."
        )

    looks = {"forward": {"color": ORANGE, "ls": "--"}, "central": {"color": BLUE}}
    styles = {
        name: look | {"lw": 1.4, "zorder": 2, "label": f"{name} difference"}
        for name, look in looks.items()
    }
    balls = {
        f"{name} ball": BALL | {"color": looks[name]["color"], "marker": mark}
        for name, mark in zip(looks, "so", strict=True)
    }

    def still(ax):
        ax.text(3e-15, 3e-13, "round-off ←", color="#555555", fontsize=9)
        ax.text(0.5, 3e-13, "→ truncation", color="#555555", fontsize=9, ha="right")

    panel = Plot(
        "error of the slope of exp(sin 3x) + x² at 0.7",
        ("step size h", "error"),
        (1e-15, 1, 1e-13, 10),
        lines,
        styles | balls,
        picks=("h", None),
        logs="xy",
        key="upper center",
        still=still,
    )
    return Live(run, [panel], readout, height=3.6, h=log_slider(1e-3, 1e-15, 1, 0.1, "step size h"))


@lru_cache(maxsize=64)
def _bowl(curvature):
    """f = ½(x² + curvature·u²), the curvature being any number above 0."""
    scale = np.array([1.0, curvature])

    def times(w):
        return scale.reshape(2, *(1,) * (w.ndim - 1)) * w

    return Landscape(
        "bowl",
        lambda w: (w * times(w)).sum(axis=0) / 2,
        times,
        ((-2, 2), (-2, 2)),
        start=[1, 1],
        minima=[0, 0],
    )


def units():
    """One bowl, its second parameter measured in other units: downhill turns to the minimum."""
    stretches = np.geomspace(1, 10, 61)

    def seen(kappa, stretch, angle):
        """The bowl ½(x² + κy²) over x and u = stretch·y, one place on it, and −∇f there."""
        turn = np.radians(angle)
        place = np.stack([np.cos(turn) + 0 * stretch, np.sin(turn) * stretch / np.sqrt(kappa)])
        return 0.9 * place, -0.9 * place * np.stack([1 + 0 * stretch, kappa / stretch**2])

    def off(place, down):
        cosine = -(place * down).sum(axis=0) / np.hypot(*place) / np.hypot(*down)
        return np.degrees(np.arccos(np.clip(cosine, -1, 1)))

    def run(kappa, stretch, angle):
        place, down = seen(kappa, stretch, angle)
        return Run(
            land=_bowl(round(kappa / stretch**2, 9)),
            kappa=kappa,
            stretch=stretch,
            angle=angle,
            at=place,
            down=down,
            off=off(place, down),
            every=off(*seen(kappa, stretches, angle)),
        )

    def on_map(run, step):
        return {
            "way": (*run.at, *(-run.at)),
            "down": (*run.at, *_pointing(run.down, 1.1)),
            "ball": run.at,
        }

    def angles(run, step):
        return {"off": (stretches, run.every), "ball": (run.stretch, run.off)}

    def readout(run, step):
        curvature = run.kappa / run.stretch**2
        return (
            f"At {run.angle}° round the oval, κ = {num(run.kappa, 3)}. With u = "
            f"{num(run.stretch, 3)}·y the loss is ½(x² + {num(curvature, 3)}·u²), and −∇f points "
            f"{run.off:.1f}° off the way to the minimum."
        )

    panels = [
        Contour(
            "u = stretch · y; thin arrow: to the minimum",
            ("x", "u"),
            moving=True,
            of=on_map,
            styles={"ball": BALL},
            arrows={
                "way": {"color": "#555555", "width": 0.006},
                "down": {"color": ORANGE, "width": 0.015, "text": "−∇f"},
            },
        ),
        Plot(
            "angle between the two arrows",
            ("stretch", "degrees"),
            (0.7, 10.3, -3, 90),
            angles,
            {"off": CURVE, "ball": BALL},
            picks=("stretch", None),
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        height=3.9,
        kappa=log_slider(25, 25, 100, 0.02, "κ, curvature along y"),
        stretch=log_slider(1, 1, 10, 0.01, "stretch"),
        angle=slider(30, 5, 85, 1, "place round the oval"),
    )


def newton(lr=0.05):
    """Two runs from one start: one goes downhill, the other looks for a slope of zero."""
    land = landscapes.double_well()

    def run(start):
        down = descend(gd, land.grad, [start], 30, lr=lr)
        steps = descend(_newton(land), land.grad, [start], 30)
        return Run(land=land, path=np.stack([down, steps], axis=-1), start=start)

    def readout(run, step):
        down, flat = run.path[0, step]
        end = ""
        if step == 30:
            curvature = land.curvatures(run.path[:, -1, 1])[0]
            end = f", {'a maximum' if curvature < 0 else 'a minimum'}"
        return (
            f"From {num(run.start)}, step {step} of 30: gradient descent is at {num(down, 3)}, "
            f"Newton's method at {num(flat, 3)}{end}."
        )

    panels = [
        Curve(
            "● gradient descent goes downhill    ■ Newton's method looks for slope 0",
            ylim=(-0.8, 2.2),
            names=("", ""),
            tangent=False,
            picks=("start", None),
        )
    ]
    start = slider(0.2, -1.5, 1.5, 0.05, "start")
    return Live(run, panels, readout, steps=30, at=0, start=start)


def _newton(land):
    """Newton's method for a slope of zero: to where the slope's own tangent is zero."""

    def rule(w, g, memory):
        return w - g / land.hessian(w)[0], memory

    return rule
