"""The live figures of notebook 01, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import ipywidgets as widgets
import numpy as np

from course.loss_landscapes.data import eight_penguins
from course.loss_landscapes.panels import BLUE, RED, Fit, Fogged
from gdlib import draw, landscapes, regression
from gdlib.controls import button, choice, slider
from gdlib.landscapes import stationary_points
from gdlib.live import Live, presets
from gdlib.optimizers import descend, gd
from gdlib.panels import BALL, CURVE, DOTTED, FAINT, MARK, TANGENT, Contour, Plot, Surface
from gdlib.words import names, num, pair

# Places of zero gradient, by kind: the marker points to where it is lower.
KINDS = {
    "minimum": MARK | {"color": "#0072B2", "marker": "v", "ms": 8},
    "maximum": MARK | {"color": "#D55E00", "marker": "^", "ms": 8},
    "saddle": MARK | {"color": draw.INK, "marker": "X", "ms": 8},
    "flat": MARK | {"color": "#CC79A7", "marker": "s", "ms": 7},
}


RINGS = 0.5 * np.arange(1, 13)  # evenly spaced, so that close rings are steep ground


@presets(
    {
        "the best line": {"intercept": 4.13, "slope": 0.51},
        "a penguin that eats": {"intercept": 4.13, "slope": 0.51, "who": 7, "up": 2.0},
        "a flipper that grows": {"intercept": 4.13, "slope": 0.51, "who": 7, "right": 2.0},
    }
)
def line():
    """Eight penguins and a line; every line is a point, and the penguins make the surface."""
    measured = eight_penguins()

    def run(intercept, slope, who, right, up):
        data, land = _moved(who, right, up)
        w = np.array([intercept, slope])
        return Run(land=land, path=w[:, None], w=w, data=data, measured=measured)

    def readout(run, step):
        (x, y), best = run.data, run.land.minima[:, 0]
        squares = (y - run.intercept - run.slope * x) ** 2
        moved = f"moved by {num(run.right, 3)} cm and {num(run.up, 3)} kg"
        moved = moved if run.right or run.up else "where it was measured"
        return (
            f"The line θ₀ = {num(run.intercept, 3)}, θ₁ = {num(run.slope, 3)}: the {len(squares)} "
            f"squares sum to {num(squares.sum(), 3)}, and half their mean, the loss, is "
            f"{num(run.land.f(run.w), 3)}. The best line, with loss {num(run.land.f(best), 3)}, "
            f"has θ₀ = {num(best[0], 3)} and θ₁ = {num(best[1], 3)}. Penguin {run.who} is {moved}."
        )

    controls = {
        "intercept": slider(4.6, 2.0, 6.5, 0.01, "θ₀"),
        "slope": slider(-0.2, -1.75, 2.75, 0.01, "θ₁"),
        "who": slider(7, 1, 8, 1, "move penguin"),
        "right": slider(0.0, -2.0, 2.0, 0.05, "to the right, cm"),
        "up": slider(0.0, -2.0, 2.0, 0.05, "up, kg"),
    }

    def put_back(change):
        controls["right"].value = controls["up"].value = 0.0

    controls["who"].observe(put_back, "value")  # only one penguin is moved at a time
    picks, measures = tuple(controls), ("flipper length in cm from the mean", "body mass in kg")
    parameters = ("θ₀, mass at the mean flipper, in kg", "θ₁, kg per cm")
    panels = [
        Fit("the line, and its squares", measures, (-4.2, 4.2, 0.8, 7.8), picks),
        Contour(
            "a point is a line; from ring to ring 0.5",
            parameters,
            picks=picks[:2],
            moving=True,
            levels=lambda land: RINGS,
        ),
    ]
    return Live(run, panels, readout, height=3.9, **controls)


@lru_cache(maxsize=8)
def _moved(who, right, up):
    """The penguins, one of them moved, and the landscape that they make."""
    data = eight_penguins().copy()
    data[:, who - 1] += right, up
    return data, replace(regression.loss_surface(*data), window=((2, 6.5), (-1.75, 2.75)))


STANDING = {"a": -1.5, "b": 0.3, "c": 1.5}  # three that stand on the curve
MERGE = 8 / (3 * np.sqrt(3))  # beyond this tilt, to either side, there is one valley only


def tilt():
    """A double well that tilts: its critical points meet and vanish."""
    xs, tilted = np.linspace(-2, 2, 301), lru_cache(landscapes.double_well)

    def run(tilt):
        land = tilted(tilt)
        minima, maxima = stationary_points(land)
        return Run(land=land, minima=np.sort(minima[0]), maxima=maxima[0])

    def curve(run, step):
        places = {"loss": xs, "minimum": run.minima, "maximum": run.maxima}
        return {name: (w, run.land.f(w[None])) for name, w in places.items()}

    def branches(run, step):
        places = {"now": np.array([-2, 2]), "minimum": run.minima, "maximum": run.maxima}
        return {name: (np.full(len(w), run.tilt), w) for name, w in places.items()}

    def readout(run, step):
        minima = names(num(w, 3) for w in run.minima)
        found = f"one critical point, a minimum at {minima}"
        if run.maxima.size:
            top = num(run.maxima[0].round(9), 3)
            found = f"three critical points, minima at {minima} and a maximum at {top}"
        return f"Tilt {num(run.tilt)}: {found}. {_valleys(run)}"

    panels = [
        Plot(
            "the loss: minima ▼, maximum ▲",
            ("parameter w", "loss f(w)"),
            (-2, 2, -2.5, 3),
            curve,
            {"loss": CURVE} | KINDS,
            still=_standing,
        ),
        Plot(
            "where they are at every tilt",
            ("tilt", "w of the critical points"),
            (-1.85, 1.85, -1.7, 1.7),
            branches,
            {"now": FAINT | {"ls": "--"}} | KINDS,
            picks=("tilt", None),
            still=_branches,
        ),
    ]
    return Live(run, panels, readout, height=3.6, tilt=slider(0.3, -1.7, 1.7, 0.01, "tilt"))


def _valleys(run):
    """Which valley is the lower one, and who stands where."""
    if not run.maxima.size:
        return "There is only one valley, and a, b and c stand in it."
    if run.tilt == 0:
        return "Both valleys are equally deep."
    [ridge], low = run.maxima, run.land.minima[:, 0]
    lower = {who: (w > ridge) == (low[0] > ridge) for who, w in STANDING.items()}
    best, local = ([who for who in lower if lower[who] == here] for here in (True, False))
    return (
        f"The lowest is at {num(low[0], 3)}, with loss {num(run.land.f(low), 3)}. Its valley holds "
        f"{names(best)}; {names(local)} {'stands' if len(local) == 1 else 'stand'} in the other "
        "one."
    )


def _standing(ax):
    for name, w in STANDING.items():
        ax.axvline(w, **DOTTED)
        draw.label(ax, name, (w, -2.4), (4, 0), fontweight="bold")


def _branches(ax):
    """The places of zero slope at every tilt: the branches, and where they meet."""
    w = np.linspace(-2, 2, 401)
    outer = np.abs(w) > 1 / np.sqrt(3)
    tilts = 4 * w * (w**2 - 1)  # where the slope 4w(w² − 1) − tilt is 0
    ax.plot(np.where(outer, tilts, np.nan), w, **CURVE)
    ax.plot(np.where(outer, np.nan, tilts), w, **CURVE | {"ls": "--"})
    for side in (-MERGE, MERGE):
        ax.axvline(side, **DOTTED)
    for name, tilt, w in (("minima", 1.1, 1.25), ("minima", -1.1, -1.4), ("maxima", -0.6, 0.3)):
        ax.text(tilt, w, name, fontsize=9, ha="center")


# A curve, its slope, and what there is to say of it at 0.
AT_ZERO = {
    "x²": (np.square, lambda x: 2 * x, "slope 0, second derivative 2: a minimum."),
    "−x²": (lambda x: -(x**2), lambda x: -2 * x, "slope 0, second derivative −2: a maximum."),
    "x³": (
        lambda x: x**3,
        lambda x: 3 * x**2,
        "slope 0, second derivative 0, which says nothing. It is neither a minimum nor a maximum: "
        "on the left the curve goes on falling.",
    ),
    "x⁴": (
        lambda x: x**4,
        lambda x: 4 * x**3,
        "slope 0, second derivative 0, which says nothing. It is a minimum.",
    ),
    "|x|": (
        np.abs,
        lambda x: np.where(x == 0, np.nan, np.sign(x)),
        "no slope, but −1 on the left and 1 on the right. It is a minimum all the same.",
    ),
}


@presets(
    {
        "a hilltop is flat, too": {"curve": "−x²", "w": 0.0},
        "flat, and neither": {"curve": "x³", "w": 0.0},
        "nearly flat, not there": {"curve": "x⁴", "w": 0.2},
        "a minimum without a slope": {"curve": "|x|", "w": 0.0},
    }
)
def zero_slope():
    """Five curves at 0: what a slope of zero says, and what it does not."""
    xs = np.linspace(-1.5, 1.5, 301)

    def run(curve, w):
        f, slope, at_zero = AT_ZERO[curve]
        return Run(f=f, slope=slope, at_zero=at_zero)

    def height(run, step):
        ends = run.w + np.array([-0.45, 0.45])
        tangent = run.f(run.w) + run.slope(run.w) * (ends - run.w)
        return {"curve": (xs, run.f(xs)), "ball": (run.w, run.f(run.w)), "tangent": (ends, tangent)}

    def slopes(run, step):
        return {"curve": (xs, run.slope(xs)), "ball": (run.w, run.slope(run.w))}

    def readout(run, step):
        slope, said = run.slope(run.w), run.at_zero
        if run.w != 0:
            side = "left" if slope > 0 else "right"
            said = f"slope {num(slope, 3)}, so downhill is to the {side}."
        return f"f(x) = {run.curve} at x = {num(run.w)}: {said}"

    panels = [
        _curve(
            "the curve and its tangent",
            ("x", "f(x)"),
            (-1.5, 1.5, -1.6, 1.6),
            height,
            "w",
            {"tangent": TANGENT},
        ),
        _curve(
            "its slope",
            ("x", "slope f′(x)"),
            (-1.5, 1.5, -3.2, 3.2),
            slopes,
            "w",
            still=lambda ax: ax.axhline(0, **DOTTED),
        ),
    ]
    curve, w = choice("x²", list(AT_ZERO), "f(x) ="), slider(-0.6, -1.5, 1.5, 0.05, "x")
    return Live(run, panels, readout, curve=curve, w=w)


def _curve(title, labels, limits, of, control, styles=(), **more):
    """A curve with a ball on it; the mouse writes the control that says where."""
    styles = {"curve": CURVE, "ball": BALL} | dict(styles)
    return Plot(title, labels, limits, of, styles, picks=(control, None), **more)


CUT = {"color": RED, "lw": 1.8, "zorder": 3}
RING = {"color": RED, "marker": "o", "ls": "", "mfc": "none", "ms": 14, "mew": 1.8}


@lru_cache
def _gallery():
    """The landscapes of the gallery by the names on their buttons."""
    egg_box = replace(landscapes.rastrigin(), window=((-1.3, 1.3),) * 2)
    monkey = replace(landscapes.monkey_saddle(), window=((-3.2, 3.2),) * 2)
    lands = {
        "bowl": landscapes.ravine(3, 30),
        "saddle": landscapes.saddle(),
        "monkey saddle": monkey,
        "Himmelblau": landscapes.himmelblau(),
        "three pits": landscapes.three_pits(),
        "Rosenbrock": landscapes.rosenbrock(),
        "egg box": egg_box,
    }
    return {name: replace(land, minima=None) for name, land in lands.items()}  # marked by kind


@lru_cache
def _points(name):
    """The critical points of a landscape of the gallery, `(2, k)`, and their kinds."""
    land = _gallery()[name]
    places = landscapes.critical_points(land)
    return places, np.array(landscapes.kinds(land, places))


@presets(
    {
        "a pass like a valley": {"name": "Himmelblau", "point": 5, "cut": 0},
        "over the pass": {"name": "Himmelblau", "point": 5, "cut": 90},
        "the test is silent": {"name": "monkey saddle", "point": 4, "cut": 0},
    }
)
def gallery():
    """Seven landscapes as surface, contour and cut, with their critical points by kind."""

    def run(name, point, cut, turn):
        land, (places, kinds) = _gallery()[name], _points(name)
        k = min(point, len(kinds)) - 1
        place, along = places[:, k], draw.direction(cut)
        t = np.linspace(-0.5, 0.5, 201) * np.ptp(land.window[0])
        line = place[:, None] + along[:, None] * t
        line = np.where(draw.inside(line, land.window), line, np.nan)
        bend = along @ land.hessian(place) @ along
        return Run(
            land=land, places=places, kinds=kinds, k=k, place=place, t=t, line=line, bend=bend
        )

    def on_map(run, step):
        marks = {kind: run.places[:, run.kinds == kind] for kind in KINDS}
        return marks | {"cut": run.line, "chosen": run.place}

    def along_cut(run, step):
        return {"cut": (run.t, run.land.f(run.line)), "chosen": (0, run.land.f(run.place))}

    on_surface = {"cut": CUT, "chosen": RING}
    panels = [
        Surface(
            "as a surface",
            lambda run, step: {"cut": run.line, "chosen": run.place},
            on_surface,
            picks=("turn", None),
        ),
        Contour(
            "minima ▼, maxima ▲,\nsaddles ✖, flat places ■",
            picks=("point", None),
            aim=_nearest,
            of=on_map,
            styles=KINDS | {"cut": CUT, "chosen": RING | {"zorder": 4}},
        ),
        Plot("along the cut", ("distance from the point", "loss"), _around, along_cut, on_surface),
    ]
    controls = {
        "name": choice("Himmelblau", list(_gallery()), "landscape"),
        "point": slider(5, 1, 25, 1, "critical point"),
        "cut": slider(30, 0, 180, 1, "cut, degrees"),
        "turn": slider(-60, -180, 180, 1, "turn, degrees"),
    }

    def take_one_there(change):
        count = len(_points(controls["name"].value)[1])
        controls["point"].value = min(controls["point"].value, count)

    for name in ("name", "point"):
        controls[name].observe(take_one_there, "value")
    look = {"mosaic": "AB;AC", "columns": (1.6, 1), "rows": (1.3, 1), "height": 5.0}
    return Live(run, panels, _at_the_point, **look, **controls)


def _at_the_point(run, step):
    """What there is to say of the chosen point, and of the cut through it."""
    bends = *run.land.curvatures(run.place), run.bend
    low, high, bend = (num(np.round(value, 6)) for value in bends)
    kind = run.kinds[run.k]
    silent = " (the test is silent)" if kind == "flat" else ""
    return (
        f"{run.name[0].upper()}{run.name[1:]}: {_counted(run.kinds)}. Point {run.k + 1} of "
        f"{len(run.kinds)}, at {pair(run.place.round(6))}: {kind}{silent}, curvatures {low} "
        f"and {high}. Along the cut at {run.cut}° the curvature is {bend}. Seen from "
        f"{num(run.turn)}°."
    )


def _around(run):
    """A window on the cuts through the point that is as high as the ground around it."""
    half = 0.2 * np.ptp(run.land.window[0])
    loss = run.land.f(run.place[:, None, None] + draw.grid(((-half, half),) * 2, 21))
    low, high = loss.min(), max(np.quantile(loss, 0.9), run.land.f(run.place))
    room = 0.08 * (high - low)
    return -half, half, low - room, high + room


def _nearest(run, x, y):
    """The number of the critical point nearest to a click."""
    away = np.hypot(*(run.places - np.array([[x], [y]])))
    return int(away.argmin()) + 1, None


def _counted(kinds):
    """How many critical points of each kind there are: "1 minimum, 2 saddles"."""
    plural = {"minimum": "minima", "maximum": "maxima", "saddle": "saddles"}
    counts = {kind: (kinds == kind).sum() for kind in KINDS}
    return ", ".join(
        f"{n} {plural.get(kind, kind) if n > 1 else kind}" for kind, n in counts.items() if n
    )


@presets(
    {
        "two directions, rarer than coins": {"n": 2, "shift": 0.0},
        "halfway up, all passes": {"n": 20, "shift": 0.0},
        "low down, all valleys": {"n": 20, "shift": 2.5},
    }
)
def random_curvatures(samples=2000):
    """The curvatures of random landscapes in N directions, and what lifting them all does."""
    bins = np.linspace(-8, 10, 145)

    def run(n, shift):
        curvatures = _curvatures(n, samples)
        lowest = np.sort(-curvatures[:, 0])  # the lift from which each is a minimum
        minima = np.searchsorted(lowest, shift)
        often, _ = np.histogram(curvatures + shift, bins, density=True)
        return Run(lowest=lowest, minima=minima, often=often)

    def spread(run, step):
        edges, heights = np.repeat(bins, 2)[1:-1], np.repeat(run.often, 2)
        zero = 2 * np.searchsorted(bins, -1e-9)  # two corners for every bar below 0
        return {"down": (edges[:zero], heights[:zero]), "up": (edges[zero:], heights[zero:])}

    def chance(run, step):
        lifts = np.concatenate([[-1], run.lowest, [9]])
        shares = np.append(np.arange(samples + 1) / samples, 1)
        return {"curve": (lifts, shares), "ball": (run.shift, run.minima / samples)}

    def readout(run, step):
        many = f"{run.n} directions" if run.n > 1 else "One direction"
        return (
            f"{many}, curvatures lifted by {num(run.shift)}: of {samples} random matrices "
            f"{run.minima or 'none'} curve up in every direction, as at a minimum."
        )

    def sides(ax):
        ax.axvline(0, **DOTTED)
        for name, x, side, color in (("down", -0.1, "right", RED), ("up", 0.1, "left", BLUE)):
            ax.text(x, 0.38, f"curves {name}", ha=side, color=color)

    panels = [
        Plot(
            "all curvatures together",
            ("curvature", "how often"),
            (-3.2, 5.2, 0, 0.42),
            spread,
            {"down": {"color": RED, "lw": 1.8, "ls": "--"}, "up": {"color": BLUE, "lw": 1.8}},
            still=sides,
        ),
        _curve(
            "the share that curves up everywhere",
            ("lifted by", "share of the matrices"),
            (0, 3, -0.03, 1.05),
            chance,
            "shift",
        ),
    ]
    n = choice(20, [1, 2, 3, 5, 10, 20], "directions")
    shift = slider(1.5, 0.0, 3.0, 0.05, "lift all curvatures by")
    return Live(run, panels, readout, n=n, shift=shift)


@lru_cache
def _curvatures(n, samples):
    """The eigenvalues of random symmetric matrices, in rising order: `(samples, n)`."""
    a = np.random.default_rng(n).normal(size=(samples, n, n)) / np.sqrt(2 * n)
    return np.linalg.eigvalsh(a + a.swapaxes(1, 2))


D = "number of parameters d"


@presets(
    {
        "every second cut shows it": {"dimension": 2},
        "one cut in 67 shows it": {"dimension": 10},
        "no cut will ever show it": {"dimension": 100},
    }
)
def cuts(count=12):
    """Random cuts through a saddle with one way down: how many of them show it?"""
    ds = np.arange(2, 101)
    chances, t = _cut_chance(ds), np.append(np.linspace(-1, 1, 41), np.nan)

    def run(dimension, seed):
        u = np.random.default_rng(seed).normal(size=(1000, dimension))
        u /= np.linalg.norm(u, axis=1, keepdims=True)
        bends = 1 - 2 * u[:, 0] ** 2  # −u₁² + u₂² + ... + u_d², as |u| = 1
        return Run(bends=bends, chance=chances[dimension - 2])

    def curves(run, step):
        shown = run.bends[:count]
        lines = {"up": shown[shown > 0], "down": shown[shown <= 0]}
        return {
            name: (np.tile(t, len(b)), np.outer(b / 2, t**2).ravel()) for name, b in lines.items()
        }

    def chance(run, step):
        return {"curve": (ds, chances), "ball": (run.dimension, run.chance)}

    def readout(run, step):
        d, down = run.dimension, run.bends <= 0
        return (
            f"{d} parameters, 1 direction down and {d - 1} up. In draw {run.seed}, "
            f"{down[:count].sum()} of {count} random cuts and {down.sum()} of 1000 go down. The "
            f"chance is {num(run.chance, 3)}."
        )

    panels = [
        Plot(
            f"{count} random cuts through one saddle",
            ("distance from the saddle", "loss"),
            (-1, 1, -0.55, 0.55),
            curves,
            {
                "up": {"color": BLUE, "lw": 1.1, "label": "looks like a bowl"},
                "down": TANGENT | {"lw": 1.8, "label": "shows the way down"},
            },
            key="lower center",
        ),
        _curve(
            "the chance that a cut goes down",
            (D, "chance (logarithmic)"),
            (0, 104, 1e-17, 3),
            chance,
            "dimension",
            logs="y",
        ),
    ]
    seed = slider(22, 1, 50, 1, "draw no.")
    return Live(run, panels, readout, dimension=slider(3, 2, 100, 1, D), seed=seed)


@np.errstate(all="ignore")  # a high power of a sine may vanish
def _cut_chance(dimensions):
    """P(u₁² > ½) for a random direction u in d dimensions, d >= 2: an integral of sinᵈ⁻²."""
    angles = np.linspace(0, np.pi / 4, 10_001), np.linspace(0, np.pi / 2, 20_001)
    power = np.asarray(dimensions)[:, None] - 2
    part, whole = (np.trapezoid(np.sin(angle) ** power, angle, axis=1) for angle in angles)
    return part / whole


def fog(word="fog", budget=12):
    """A game: find the lowest place of a landscape that you cannot see. One word, one landscape."""
    return _Fog(word, budget)


FOG = {
    "gradient descent": draw.LOOK["momentum"] | {"ms": 3.5, "lw": 1.2, "label": "gradient descent"},
    "you": draw.LOOK["gd"] | {"ms": 5, "lw": 1.0, "alpha": 0.9, "zorder": 4, "label": "you"},
    "camp": {"color": draw.INK, "marker": "p", "ms": 11, "mec": "white", "ls": "", "zorder": 5},
    "here": {"color": draw.INK, "marker": "o", "ms": 17, "mfc": "none", "ls": "", "zorder": 7},
}
SLOPES, NO_SLOPES = "height and slope", "height only"  # what you feel


class _Fog(Live):
    """A landscape under fog, a camp to start from, and a number of probes before the fog lifts."""

    camp, lr = (-2.4, 2.4), 0.3

    def __init__(self, word, budget):
        self.budget = budget
        self._begin(word)
        down = {"count": budget + 1, "color": draw.INK, "width": 0.008, "zorder": 8}
        panels = [
            Fogged(
                "click, or press Probe, to feel the ground",
                picks=("x", "y"),
                of=_on_map,
                styles=FOG,
                arrows={"down": down},
            ),
            Plot(
                "the heights you felt",
                ("probe", "height"),
                (-0.5, budget + 0.5, -2.8, 0.5),
                _heights,
                {name: FOG[name] for name in ("you", "gradient descent")},
                key="lower left",
                still=lambda ax: ax.set_xticks(range(0, budget + 1, 3)),
            ),
        ]
        controls = {
            "x": slider(-1.8, -3.0, 3.0, 0.1, "x"),
            "y": slider(1.8, -3.0, 3.0, 0.1, "y"),
            "feel": choice(SLOPES, [SLOPES, NO_SLOPES], "you feel"),
        }
        look = {"height": 4.0, "columns": (1.25, 1)}
        super().__init__(self._state, panels, self._said, **look, **controls)
        self.word = widgets.Text(value=word, description="word", continuous_update=False)
        self.word.observe(self._new_word, "value")
        above, *below = self.children
        spend = button("Probe", "Spend a probe where the ring is", self.probe)
        self.children = (self.word, above, spend, *below)

    def _begin(self, word):
        self.land, self.probes = landscapes.hidden(word), [self.camp]
        self.other = descend(gd, self.land.grad, self.camp, self.budget, lr=self.lr)

    def _state(self, x, y, feel):
        probes, lifted = np.array(self.probes).T, len(self.probes) > self.budget
        return Run(land=self.land, other=self.other, probes=probes, lifted=lifted)

    def probe(self):
        """Spend a probe where the ring is, if one is left."""
        if len(self.probes) <= self.budget:
            self.probes.append((self.controls["x"].value, self.controls["y"].value))
            self.outdate()

    def reset(self):
        """The same landscape again, with all probes unspent."""
        self.probes = [self.camp]
        self._forget()
        super().reset()

    def _new_word(self, change):
        self._begin(change.new)
        self.outdate()

    def _mouse(self, kind, x, y):
        super()._mouse(kind, x, y)
        if kind == "press" and self._dragged is self.panels[0]:
            self.probe()

    def _said(self, run, step):
        heights, place = run.land.f(run.probes), run.probes[:, -1]
        lowest = heights.min()
        ring = f"The ring is at {pair((run.x, run.y))}."
        if run.lifted:
            other = run.land.f(run.other).min()
            lower = "You are" if lowest < other else "Gradient descent is"
            return (
                f"The fog has lifted. Your lowest height: {num(lowest, 3)}. Gradient descent's, "
                f"with {self.budget} steps at learning rate {num(self.lr)}: {num(other, 3)}. "
                f"{lower} lower by {num(abs(lowest - other), 3)}. The lowest there is: "
                f"{num(run.land.f(run.land.minima)[0], 3)}. {ring}"
            )
        slopes = ""
        if run.feel == SLOPES:
            x, y = (num(slope, 2) for slope in run.land.grad(place))
            slopes = f" and the slopes {x} along x and {y} along y"
        return (
            f"At {pair(place)} you feel the height {num(heights[-1], 3)}{slopes}. Your lowest: "
            f"{num(lowest, 3)}. Probes left: {self.budget + 1 - len(heights)} of {self.budget}. "
            f"{ring} You feel {run.feel}."
        )


def _on_map(run, step):
    shown = {"you": run.probes, "here": (run.x, run.y), "camp": run.probes[:, 0]}
    if run.lifted:
        shown["gradient descent"] = run.other
    if run.lifted or run.feel == SLOPES:
        slopes = -run.land.grad(run.probes)
        steep = np.maximum(np.hypot(*slopes), 1e-9)
        shown["down"] = (*run.probes, *(slopes * np.clip(steep, 0.3, 1.2) / steep))
    return shown


def _heights(run, step):
    paths = {"you": run.probes} | ({"gradient descent": run.other} if run.lifted else {})
    return {name: (np.arange(p.shape[1]), run.land.f(p)) for name, p in paths.items()}
