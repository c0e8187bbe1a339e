"""The live figures of notebook 01, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import ipywidgets as widgets
import numpy as np

from course.loss_landscapes.panels import Fit, Fogged
from gdlib import draw, landscapes, regression, theory
from gdlib.controls import button, choice, slider
from gdlib.landscapes import stationary_points
from gdlib.live import Live
from gdlib.optimizers import descend, gd
from gdlib.panels import BALL, CURVE, DOTTED, FAINT, KINDS, TANGENT, Contour, Plot, Surface
from gdlib.words import num


def line():
    """Eight penguins and a line; every line is a point, and the penguins make the surface."""
    x, y, _ = regression.penguins("centred")
    measured = np.stack([x[::43] / 10, y[::43]])  # flippers in cm

    @lru_cache(maxsize=8)
    def world(who, right, up):
        data = measured.copy()
        data[:, who - 1] += right, up
        return data, replace(regression.loss_surface(*data), window=((2, 6.5), (-1.75, 2.75)))

    def run(intercept, slope, who, right, up):
        data, land = world(who, right, up)
        w = np.array([intercept, slope])
        return Run(land=land, path=w[:, None], w=w, data=data, measured=measured, who=who)

    def readout(run, step):
        squares = (run.data[1] - run.w[0] - run.w[1] * run.data[0]) ** 2
        best = run.land.minima[:, 0]
        right, up = (run.data - run.measured)[:, run.who - 1]
        moved = f"moved by {num(right, 3)} cm and {num(up, 3)} kg"
        moved = moved if right or up else "where it was measured"
        loss, lowest = run.land.f(run.w), run.land.f(best)
        return (
            f"The line θ₀ = {num(run.w[0], 3)}, θ₁ = {num(run.w[1], 3)}: the {len(squares)} "
            f"squares sum to {num(squares.sum(), 3)}, and half their mean, the loss, is "
            f"{num(loss, 3)}. The best line, with loss {num(lowest, 3)}, has θ₀ = "
            f"{num(best[0], 3)} and θ₁ = {num(best[1], 3)}. Penguin {run.who} is {moved}."
        )

    names = ("intercept", "slope", "who", "right", "up")
    right = slider(0.0, -2.0, 2.0, 0.05, "to the right, cm")
    up = slider(0.0, -2.0, 2.0, 0.05, "up, kg")
    who = slider(7, 1, 8, 1, "move penguin")

    def put_back(change):
        right.value = up.value = 0.0

    who.observe(put_back, "value")  # only one penguin is moved at a time
    panels = [
        Fit(
            "the line, and its squares",
            ("flipper length in cm from the mean", "body mass in kg"),
            (-4.2, 4.2, 0.8, 7.8),
            names,
        ),
        Contour(
            "every point is a line",
            ("θ₀, mass at the mean flipper, in kg", "θ₁, kg per cm"),
            picks=names[:2],
            moving=True,
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        height=3.9,
        intercept=slider(4.6, 2.0, 6.5, 0.01, "θ₀"),
        slope=slider(-0.2, -1.75, 2.75, 0.01, "θ₁"),
        who=who,
        right=right,
        up=up,
    )


def tilt():
    """A double well that tilts: its critical points meet and vanish."""
    merge = 8 / (3 * np.sqrt(3))
    starts = np.array([-1.5, 0.3, 1.5])
    world = lru_cache(landscapes.double_well)

    def run(tilt):
        land = world(tilt)
        minima, maxima = stationary_points(land)
        return Run(land=land, tilt=tilt, minima=np.sort(minima[0]), maxima=maxima[0])

    def curve(run, step):
        xs = np.linspace(-2, 2, 301)
        flat = {"minimum": run.minima, "maximum": run.maxima}
        return {"loss": (xs, run.land.f([xs]))} | {
            name: (at, run.land.f([at])) for name, at in flat.items()
        }

    def branches(run, step):
        at = {"minimum": run.minima, "maximum": run.maxima}
        now = {"now": ([run.tilt, run.tilt], [-2, 2])}
        return now | {name: (np.full(len(w), run.tilt), w) for name, w in at.items()}

    def valleys(run):
        if run.tilt == 0:
            return "Both valleys are equally deep."
        low = run.land.minima[:, 0]
        deepest = (starts > run.maxima[0]) == (low[0] > run.maxima[0])
        local, best = (" and ".join(np.array([*"abc"])[those]) for those in (~deepest, deepest))
        return (
            f"The lowest is at {num(low[0], 3)}, with loss {num(run.land.f(low), 3)}. Its valley "
            f"holds {best}; {local} {'stands' if len(local) == 1 else 'stand'} in the other one."
        )

    def readout(run, step):
        minima = " and ".join(num(w, 3) for w in run.minima)
        if not len(run.maxima):
            return (
                f"Tilt {num(run.tilt)}: one critical point, a minimum at {minima}. There is only "
                "one valley, and a, b and c stand in it."
            )
        return (
            f"Tilt {num(run.tilt)}: three critical points, minima at {minima} and a maximum at "
            f"{num(run.maxima[0], 3)}. {valleys(run)}"
        )

    def still(ax):
        w = np.linspace(-2, 2, 401)
        outer = np.abs(w) > 1 / np.sqrt(3)
        tilts = 4 * w * (w**2 - 1)  # where the slope 4w(w² − 1) − tilt is 0
        ax.plot(np.where(outer, tilts, np.nan), w, **CURVE)
        ax.plot(np.where(outer, np.nan, tilts), w, **CURVE | {"ls": "--"})
        for side in (-merge, merge):
            ax.axvline(side, **DOTTED)

    def abc(ax):
        for name, w in zip("abc", starts, strict=True):
            ax.axvline(w, **DOTTED)
            ax.annotate(name, (w, 3.2), (4, 0), textcoords="offset points", fontweight="bold")

    marks = {name: KINDS[name] | {"label": name} for name in ("minimum", "maximum")}
    panels = [
        Plot(
            "the loss and its critical points",
            ("parameter w", "loss f(w)"),
            (-2, 2, -3.2, 3.6),
            curve,
            {"loss": CURVE} | marks,
            key="lower left",
            still=abc,
        ),
        Plot(
            "where they are at every tilt",
            ("tilt", "w of the critical points"),
            (-1.85, 1.85, -1.7, 1.7),
            branches,
            {"now": FAINT | {"ls": "--"}} | KINDS,
            picks=("tilt", None),
            still=still,
        ),
    ]
    return Live(run, panels, readout, height=3.6, tilt=slider(0.3, -1.7, 1.7, 0.01, "tilt"))


# A curve, its slope, and what there is to say of it at 0.
_AT_ZERO = {
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


def zero_slope():
    """Five curves at 0: what a slope of zero says, and what it does not."""
    xs = np.linspace(-1.5, 1.5, 301)

    def run(curve, w):
        f, slope, at_zero = _AT_ZERO[curve]
        return Run(curve=curve, f=f, slope=slope, at_zero=at_zero, w=w)

    def height(run, step):
        ends = run.w + np.array([-0.45, 0.45])
        tangent = run.f(run.w) + run.slope(run.w) * (ends - run.w)
        return {"loss": (xs, run.f(xs)), "ball": (run.w, run.f(run.w)), "tangent": (ends, tangent)}

    def slopes(run, step):
        return {"slope": (xs, run.slope(xs)), "ball": (run.w, run.slope(run.w))}

    def readout(run, step):
        slope = run.slope(run.w)
        said = run.at_zero
        if run.w != 0:
            said = (
                f"slope {num(slope, 3)}, so downhill is to the {'left' if slope > 0 else 'right'}."
            )
        return f"f(x) = {run.curve} at x = {num(run.w)}: {said}"

    panels = [
        Plot(
            "the curve and its tangent",
            ("x", "f(x)"),
            (-1.5, 1.5, -1.6, 1.6),
            height,
            {"loss": CURVE, "tangent": TANGENT, "ball": BALL},
            picks=("w", None),
        ),
        Plot(
            "its slope",
            ("x", "slope f′(x)"),
            (-1.5, 1.5, -3.2, 3.2),
            slopes,
            {"slope": CURVE, "ball": BALL},
            picks=("w", None),
            still=lambda ax: ax.axhline(0, **DOTTED),
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        curve=choice("x²", list(_AT_ZERO), "f(x) ="),
        w=slider(-0.6, -1.5, 1.5, 0.05, "x"),
    )


LOTTERY = 1 / 13_983_816  # six numbers of 49


def guessing():
    """How the chance of one guess falls with the number of parameters."""
    ds = np.arange(1, 101)

    def run(dimension, radius):
        chances = theory.hit_chance(ds, radius)
        return Run(d=dimension, r=radius, chances=chances, chance=chances[dimension - 1])

    def lines(run, step):
        return {"chance": (ds, run.chances), "ball": (run.d, run.chance)}

    def readout(run, step):
        worse = run.chances < LOTTERY**5
        from_ = f"from d = {ds[worse][0]}" if worse.any() else "nowhere up to d = 100"
        odds = f"one in {1 / run.chance:,.0f}" if run.chance > 1e-9 else num(run.chance, 2)
        return (
            f"{run.d} parameter{'s' * (run.d > 1)}, each guessed between −1 and 1: one guess comes "
            f"within {num(run.r)} of the goal, in the middle, with chance {odds}. Worse than "
            f"winning five lotteries running (1.87e−36): {from_}."
        )

    def still(ax):
        for wins, name in ((1, "one lottery won"), (5, "five lotteries running")):
            ax.axhline(LOTTERY**wins, **DOTTED)
            ax.text(60, LOTTERY**wins * 30, name, ha="right", fontsize=9, color="#555555")

    panel = Plot(
        "the chance that one guess hits",
        ("number of parameters d", "chance (logarithmic)"),
        (0, 61, 1e-120, 1e4),
        lines,
        {"chance": CURVE, "ball": BALL},
        picks=("dimension", None),
        logs="y",
        still=still,
    )
    return Live(
        run,
        [panel],
        readout,
        dimension=slider(3, 1, 60, 1, "number of parameters d"),
        radius=slider(0.2, 0.05, 1.0, 0.05, "radius of the goal"),
    )


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


def gallery():
    """Seven landscapes as surface, contour and cut, with their critical points by kind."""
    lands = _gallery()

    @lru_cache
    def points(name):
        places = landscapes.critical_points(lands[name])
        return places, np.array(landscapes.kinds(lands[name], places))

    def run(name, point, cut, turn):
        land, (places, kinds) = lands[name], points(name)
        k = (point - 1) % len(kinds)
        along = draw.direction(cut)
        t = np.linspace(-0.5, 0.5, 201) * np.ptp(land.window[0])
        line = places[:, k, None] + along[:, None] * t
        line = np.where(draw.inside(line, land.window), line, np.nan)
        return Run(
            land=land,
            name=name,
            places=places,
            kinds=kinds,
            k=k,
            cut=cut,
            turn=turn,
            t=t,
            line=line,
            along=along,
        )

    def marks(run):
        return {kind: run.places[:, run.kinds == kind] for kind in KINDS}

    def on_map(run, step):
        return marks(run) | {"cut": run.line, "chosen": run.places[:, run.k]}

    def along_cut(run, step):
        loss = run.land.f(run.line)
        here = run.land.f(run.places[:, run.k])
        return {"cut": (run.t, loss), "chosen": (0, here)}

    @lru_cache
    def near(name, k):
        """A window on the cuts through a point that is as high as the ground around it."""
        land, place = lands[name], points(name)[0][:, k]
        half = 0.2 * np.ptp(land.window[0])
        loss = land.f(place[:, None, None] + draw.grid(((-half, half),) * 2, 21))
        low, high = loss.min(), np.quantile(loss, 0.9)
        return -half, half, low - 0.08 * (high - low), high

    def bend(run):
        return run.along @ run.land.hessian(run.places[:, run.k]) @ run.along

    def readout(run, step):
        place, kind = run.places[:, run.k], run.kinds[run.k]
        x, y, low, high, bends = (
            num(np.round(value, 6), 4) for value in (*place, *run.land.curvatures(place), bend(run))
        )
        plural = {"minimum": "minima", "maximum": "maxima", "saddle": "saddles", "flat": "flat"}
        counts = (
            f"{n} {plural[each] if n > 1 else each}"
            for each in KINDS
            if (n := (run.kinds == each).sum())
        )
        return (
            f"{run.name[0].upper()}{run.name[1:]}: {', '.join(counts)}. Point {run.k + 1} of "
            f"{len(run.kinds)}, at ({x}, {y}): {kind}{' (the test is silent)' * (kind == 'flat')}, "
            f"curvatures {low} and {high}. The cut at {run.cut}° bends with {bends} there. Seen "
            f"from {num(run.turn)}°."
        )

    def nearest(run, x, y):
        away = np.hypot(*(run.places - np.array([[x], [y]])))
        return int(away.argmin()) + 1, None

    cut = {"color": "#D55E00", "lw": 1.8, "zorder": 3}
    kinds = {name: style | {"label": name} for name, style in KINDS.items()}
    ring = {"color": "#D55E00", "marker": "o", "ls": "", "mfc": "none", "ms": 14, "mew": 1.8}
    panels = [
        Surface(
            "as a surface", lambda run, step: {"cut": run.line}, {"cut": cut}, picks=("turn", None)
        ),
        Contour(
            "from above",
            picks=("point", None),
            aim=nearest,
            of=on_map,
            styles={"cut": cut, "chosen": ring | {"zorder": 4}} | kinds,
            key=True,
        ),
        Plot(
            "along the cut",
            ("distance from the point", "loss"),
            lambda run: near(run.name, run.k),
            along_cut,
            {"cut": cut, "chosen": ring},
            square=True,
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        height=3.3,
        columns=(1.4, 1, 1),
        name=choice("Himmelblau", list(lands), "landscape"),
        point=slider(5, 1, 25, 1, "critical point"),
        cut=slider(30, 0, 180, 1, "cut, degrees"),
        turn=slider(-60, -180, 180, 1, "turn, degrees"),
    )


def random_curvatures(samples=2000):
    """The curvatures of random landscapes in N directions, and what lifting them all does."""

    @lru_cache
    def drawn(n):
        a = np.random.default_rng(n).normal(size=(samples, n, n)) / np.sqrt(2 * n)
        return np.linalg.eigvalsh(a + a.swapaxes(1, 2))

    bins = np.linspace(-8, 10, 145)

    def run(n, shift):
        curvatures = drawn(n)
        lowest = np.sort(-curvatures[:, 0])  # the lift from which each is a minimum
        share = np.searchsorted(lowest, shift) / samples
        counts = np.histogram(curvatures + shift, bins)[0] / (samples * n * (bins[1] - bins[0]))
        return Run(n=n, shift=shift, lowest=lowest, share=share, counts=counts)

    def spread(run, step):
        edges, heights = np.repeat(bins, 2)[1:-1], np.repeat(run.counts, 2)
        zero = 2 * np.searchsorted(bins, -1e-9)  # two corners for every bar below 0
        return {"down": (edges[:zero], heights[:zero]), "up": (edges[zero:], heights[zero:])}

    def chance(run, step):
        shares = np.arange(1, samples + 1) / samples
        ends = np.concatenate([[-1], run.lowest, [9]]), np.concatenate([[0], shares, [1]])
        return {"chance": ends, "ball": (run.shift, run.share)}

    def readout(run, step):
        many = f"{run.n} directions" if run.n > 1 else "one direction"
        return (
            f"{many.capitalize()}, curvatures lifted by {num(run.shift)}: in {run.share:.1%} of "
            f"{samples} random landscapes all curve up, so that a critical point is a minimum."
        )

    panels = [
        Plot(
            "all curvatures together",
            ("curvature", "how often"),
            (-3.2, 5.2, 0, 0.75),
            spread,
            {
                "down": {"color": "#D55E00", "lw": 1.8, "ls": "--", "label": "curves down"},
                "up": {"color": "#0072B2", "lw": 1.8, "label": "curves up"},
            },
            key="upper right",
            still=lambda ax: ax.axvline(0, **DOTTED),
        ),
        Plot(
            "the chance of a minimum",
            ("lifted by", "share of minima"),
            (0, 3, -0.03, 1.05),
            chance,
            {"chance": CURVE, "ball": BALL},
            picks=("shift", None),
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        n=choice(20, [1, 2, 3, 5, 10, 20], "directions"),
        shift=slider(1.5, 0.0, 3.0, 0.05, "lift all curvatures by"),
    )


def cuts(count=12):
    """Random cuts through a saddle with one way down: how many of them show it?"""
    ds = np.arange(2, 101)
    t = np.append(np.linspace(-1, 1, 41), np.nan)

    @lru_cache
    def bends(d, seed):
        u = np.random.default_rng(seed).normal(size=(1000, d))
        u /= np.linalg.norm(u, axis=1, keepdims=True)
        return 1 - 2 * u[:, 0] ** 2  # −u₁² + u₂² + ... + u_d², as |u| = 1

    chances = _cut_chance(ds)

    def run(dimension, seed):
        return Run(d=dimension, bends=bends(dimension, seed), chance=chances[dimension - 2])

    def curves(run, step):
        shown = run.bends[:count]
        lines = {"up": shown[shown > 0], "down": shown[shown <= 0]}
        return {
            name: (np.tile(t, len(b)), np.outer(b / 2, t**2).ravel()) for name, b in lines.items()
        }

    def chance(run, step):
        return {"chance": (ds[: run.d - 1], chances[: run.d - 1]), "ball": (run.d, run.chance)}

    def readout(run, step):
        down = (run.bends[:count] <= 0).sum()
        return (
            f"{run.d} parameters, one direction down and {run.d - 1} up: {down} of {count} random "
            f"cuts go down, and {(run.bends <= 0).sum()} of 1000. The chance is "
            f"{num(run.chance, 3)}."
        )

    panels = [
        Plot(
            f"{count} random cuts through one saddle",
            ("distance from the saddle", "loss"),
            (-1, 1, -0.55, 0.55),
            curves,
            {
                "up": {"color": "#0072B2", "lw": 1.1, "label": "looks like a bowl"},
                "down": TANGENT | {"lw": 1.8, "label": "shows the way down"},
            },
            key="lower center",
        ),
        Plot(
            "the chance that a cut goes down",
            ("number of parameters d", "chance (logarithmic)"),
            (0, 104, 1e-17, 3),
            chance,
            {"chance": CURVE, "ball": BALL},
            picks=("dimension", None),
            logs="y",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        dimension=slider(3, 2, 100, 1, "number of parameters d"),
        seed=slider(22, 1, 50, 1, "draw no."),
    )


def _cut_chance(dimensions):
    """P(u₁² > ½) for a random direction u in d dimensions, d >= 2: an integral of sinᵈ⁻²."""
    angles = np.linspace(0, np.pi / 4, 10_001), np.linspace(0, np.pi / 2, 20_001)
    power = np.asarray(dimensions)[:, None] - 2
    part, whole = (np.trapezoid(np.sin(angle) ** power, angle, axis=1) for angle in angles)
    return part / whole


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
                budget + 1,
                picks=("x", "y"),
                of=self._on_map,
                arrows={"down": down},
                styles=_FOG,
            ),
            Plot(
                "the heights you felt",
                ("probe", "height"),
                (-0.5, budget + 0.5, -2.8, 0.5),
                self._heights,
                {name: _FOG[name] for name in ("you", "gradient descent")},
                key="upper right",
                still=lambda ax: ax.set_xticks(range(0, budget + 1, 3)),
            ),
        ]
        super().__init__(
            self._state,
            panels,
            self._said,
            height=4.0,
            columns=(1.25, 1),
            x=slider(-1.8, -3.0, 3.0, 0.1, "x"),
            y=slider(1.8, -3.0, 3.0, 0.1, "y"),
            feel=choice("height and slope", ["height and slope", "height only"], "you feel"),
        )
        self.word = widgets.Text(value=word, description="word", continuous_update=False)
        self.word.observe(self._new_word, "value")
        controls, *below = self.children
        spend = button("Probe", "Spend a probe where the ring is", self.probe)
        self.children = (self.word, controls, spend, *below)

    def _begin(self, word):
        self.land, self.probes = landscapes.hidden(word), [self.camp]
        self.other = descend(gd, self.land.grad, self.camp, self.budget, lr=self.lr)

    def _state(self, x, y, feel):
        probes = np.array(self.probes).T
        lifted = probes.shape[1] > self.budget
        shown = {"at": (x, y), "feel": feel, "probes": probes, "lifted": lifted}
        return Run(land=self.land, other=self.other, **shown)

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

    def _press(self, event):
        super()._press(event)
        if event.inaxes is self.panels[0].ax:
            self.probe()

    def _on_map(self, run, step):
        shown = {"you": run.probes, "here": run.at, "camp": run.probes[:, :1]}
        if run.lifted:
            shown["gradient descent"] = run.other
        if run.feel == "height and slope" or run.lifted:
            slopes = -self.land.grad(run.probes)
            steep = np.maximum(np.hypot(*slopes), 1e-9)
            shown["down"] = (*run.probes, *(slopes * np.clip(steep, 0.3, 1.2) / steep))
        return shown

    def _heights(self, run, step):
        paths = {"you": run.probes}
        if run.lifted:
            paths["gradient descent"] = run.other
        return {name: (np.arange(p.shape[1]), run.land.f(p)) for name, p in paths.items()}

    def _said(self, run, step):
        heights, place = run.land.f(run.probes), run.probes[:, -1]
        lowest = heights.min()
        ring = f"The ring is at ({num(run.at[0])}, {num(run.at[1])})."
        if run.lifted:
            other = run.land.f(run.other).min()
            lower = "You are" if lowest < other else "Gradient descent is"
            return (
                f"The fog has lifted. Your lowest height: {num(lowest, 3)}. Gradient descent's, "
                f"with {self.budget} steps at learning rate {num(self.lr)}: {num(other, 3)}. "
                f"{lower} lower by {num(abs(lowest - other), 3)}. The lowest there is: "
                f"{num(run.land.f(run.land.minima)[0], 3)}. You felt {run.feel}. {ring}"
            )
        slopes = ""
        if run.feel == "height and slope":
            slopes = " and the slopes {} along x and {} along y".format(
                *(num(g, 2) for g in run.land.grad(place))
            )
        return (
            f"At ({num(place[0])}, {num(place[1])}) you feel the height {num(heights[-1], 3)}"
            f"{slopes}. Your lowest: {num(lowest, 3)}. Probes left: "
            f"{self.budget + 1 - len(heights)} of {self.budget}. {ring} You feel {run.feel}."
        )


_FOG = {
    "gradient descent": draw.LOOK["momentum"] | {"ms": 3.5, "lw": 1.2, "label": "gradient descent"},
    "you": draw.LOOK["gd"] | {"ms": 5, "lw": 1.0, "alpha": 0.9, "zorder": 4, "label": "you"},
    "camp": {"color": draw.INK, "marker": "p", "ms": 11, "mec": "white", "ls": "", "zorder": 5},
    "here": {"color": draw.INK, "marker": "o", "ms": 17, "mfc": "none", "ls": "", "zorder": 7},
}


def fog(word="fog", budget=12):
    """A game: find the lowest place of a landscape that you cannot see. One word, one landscape."""
    return _Fog(word, budget)
