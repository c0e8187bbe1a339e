"""The few kinds of moving picture that every live figure is composed of.

A panel is shown a run, and a step on it (None: the last). A run is any object with the attributes
that its panels read: `land`, `path` `(d, steps + 1)` or `(d, steps + 1, k)` for k balls, and what a
panel's own docstring names. `setup(ax)` draws what stands still and returns what moves; `show`
moves it and returns True if it had to change what stands still, too.

`picks` are the controls that a click or a drag on the panel writes: for its x and its y, or None.
"""

import numpy as np
from matplotlib.colors import ListedColormap

from gdlib import draw

MARKS = "os^D"  # with draw.MANY: the k-th ball is told apart by colour, marker and letter


class Panel:
    """What all panels share: a title, and the controls that the mouse writes."""

    def __init__(self, title="", picks=(None, None)):
        self.title, self.picks, self.land = title, picks, None

    def frame(self, ax, xlabel="", ylabel=""):
        """Title and axis labels."""
        self.ax = ax
        ax.set(title=self.title, xlabel=xlabel, ylabel=ylabel)

    def picked(self, x, y):
        """The controls that a click at (x, y) writes, with the values: {name: value}."""
        return {name: at for name, at in zip(self.picks, (x, y), strict=True) if name}

    def changed(self, run):
        """Whether the run is on another landscape than the last one shown."""
        before, self.land = self.land, run.land
        return before is not run.land


class Curve(Panel):
    """A landscape of one parameter, with balls, their trails, and the tangent under one ball."""

    def __init__(self, title="", ylim=None, names=("",), tangent=True, picks=(None, None)):
        super().__init__(title, picks)
        self.ylim, self.names, self.tangent = ylim, names, tangent

    def setup(self, ax):
        """One curve, a trail and a ball for each name, and the tangent."""
        self.frame(ax, "w", "loss f(w)")
        ax.set_ylim(self.ylim)
        self.curve = ax.plot([], [], color=draw.INK, lw=1.6, zorder=1)[0]
        self.slope = ax.plot([], [], color="#D55E00", lw=2, ls=(0, (4, 2)), zorder=3)[0]
        self.trails, self.balls, self.labels = [], [], []
        for name, color, mark in zip(self.names, draw.MANY, MARKS, strict=False):
            self.trails += ax.plot(
                [], [], mark + "-", color=color, ms=3.5, lw=0.8, alpha=0.6, zorder=4
            )
            self.balls += ax.plot([], [], mark, color=color, ms=10, mec="white", zorder=5)
            style = {"fontweight": "bold", "visible": bool(name)}
            self.labels.append(draw.label(ax, name, (0, 0), (9, 0), **style))
        return [self.curve, self.slope, *self.trails, *self.balls, *self.labels]

    def show(self, run, step):
        """Reads `land` and `path`."""
        land, window = run.land, run.land.window
        if self.changed(run):
            xs = np.linspace(*window[0], 401)
            self.curve.set_data(xs, land.f(xs[None]))
            self.ax.set_xlim(window[0])
        paths = run.path.reshape(1, run.path.shape[1], -1)
        for k, (trail, ball, text) in enumerate(
            zip(self.trails, self.balls, self.labels, strict=True)
        ):
            seen = paths[:, : _after(step), k]
            points = draw.within([seen[0], land.f(seen)], (window[0], self.ylim))
            trail.set_data(*points)
            ball.set_data(points[:, -1:])
            text.xy = points[:, 0]
        if self.tangent:
            self._show_tangent(land, seen[:, -1])

    def _show_tangent(self, land, w):
        half = 0.14 * np.ptp(self.ax.get_xlim())
        xs = w[0] + np.array([-half, half])
        ys = land.f(w) + land.grad(w)[0] * (xs - w[0])
        self.slope.set_data(*draw.within([xs, ys], (self.ax.get_xlim(), self.ylim)))


class Contour(Panel):
    """A landscape of two parameters from above, with a path: dots up to the step, faint beyond.

    `moving`: the landscape itself follows a control, so it is drawn anew with every picture.
    """

    def __init__(self, title="", names=("x", "y"), letters="", picks=(None, None), moving=False):
        super().__init__(title, picks)
        self.names, self.letters, self.moving = names, letters, moving

    def setup(self, ax):
        """The ground, which the first run fills in, and the path on it."""
        self.frame(ax, *self.names)
        ax.set_box_aspect(1)
        self.ground = draw.empty_contour(ax, self.letters)
        self.route = _Route(ax)
        return [*(self.ground if self.moving else []), *self.route.artists]

    def show(self, run, step):
        """Reads `land` and `path`."""
        changed = self.changed(run)
        if changed:
            draw.show_contour(self.ax, self.ground, run.land)
        self.route.show(run.path, run.land.window, step)
        return changed and not self.moving


class _Route:
    """A path on a map: line and dots up to the step, the ball there, a faint line beyond."""

    def __init__(self, ax):
        look = draw.LOOK["gd"]
        self.rest = ax.plot([], [], color=look["color"], lw=0.9, alpha=0.35, zorder=3)[0]
        self.trail = ax.plot([], [], **look, lw=1.2, ms=3.2, zorder=4)[0]
        self.start = ax.plot([], [], **look | {"color": "white"}, mec=look["color"], zorder=4)[0]
        self.ball = ax.plot([], [], **look, ms=10, mec="white", zorder=5)[0]
        self.artists = [self.rest, self.trail, self.start, self.ball]

    def show(self, path, window, step):
        points = draw.within(path, window)
        self.rest.set_data(*points)
        seen = points[:, : _after(step)]
        self.trail.set_data(*seen)
        self.start.set_data(*seen[:, :1])
        self.trail.set_marker(draw.LOOK["gd"]["marker"] if seen.shape[1] <= 150 else "")
        self.ball.set_data(*seen[:, -1:])


def excess(run):
    """The loss along the paths above the lowest minimum: `(steps + 1, ...)`."""
    return run.land.f(run.path) - run.land.f(run.land.minima)[0]


class Trace(Panel):
    """A number along the run, by default the loss above the minimum, on a logarithmic scale.

    `of` maps a run to an array `(steps + 1)` or `(steps + 1, k)`; `names` tell the k lines apart.
    """

    def __init__(
        self,
        title="",
        ylabel="loss above the minimum",
        ylim=(1e-12, 1e2),
        of=excess,
        names=("",),
        target=None,
    ):
        super().__init__(title)
        self.ylabel, self.ylim, self.of = ylabel, ylim, of
        self.names, self.target = names, target

    def setup(self, ax):
        """A line and a ball for each name; the target as a dotted line."""
        self.frame(ax, "step", self.ylabel)
        ax.set(yscale="log", ylim=self.ylim)
        if self.target:
            ax.axhline(self.target, color=draw.FAINT, ls=":", zorder=0)
            words = f"target {self.target:.0e}".replace("e-0", "e−")
            ax.text(
                0.02,
                self.target,
                words,
                fontsize=8,
                color="#555555",
                va="bottom",
                transform=ax.get_yaxis_transform(),
            )
        self.lines, self.balls, self.length = [], [], None
        for name, color, mark in zip(self.names, draw.MANY, MARKS, strict=False):
            self.lines += ax.plot([], [], color=color, zorder=2, label=name)
            self.balls += ax.plot([], [], mark, color=color, ms=7, mec="white", clip_on=False)
        return [*self.lines, *self.balls]

    def show(self, run, step):
        """Reads what `of` reads."""
        low, high = self.ylim
        values = np.nan_to_num(self.of(run), nan=np.inf, posinf=np.inf)
        values = np.clip(values, low / 10, high * 10).reshape(len(values), -1)
        last = len(values) - 1
        stale, self.length = self.length != last, last
        if stale:
            self.ax.set_xlim(0, last)
            self.ax.locator_params(axis="x", nbins=4)
        at = last if step is None else step
        for line, ball, height in zip(self.lines, self.balls, values.T, strict=True):
            line.set_data(np.arange(last + 1), height)
            ball.set_data([at], [height[at] if low <= height[at] <= high else np.nan])
        return stale


class Map(Panel):
    """What becomes of every start or setting: an image of regions, each a colour and a name.

    `extent` is `(left, right, low, high)`; `names` name the regions 0, 1, ...; -1 is none of them.
    `log` says that x is on a logarithmic scale (the image's columns then are, too); `rows` are
    heights with a name, `{name: y}`. With `over`, a landscape of two parameters, its level lines
    and the run's path are drawn on the map.
    """

    def __init__(
        self,
        title,
        extent,
        names,
        labels,
        picks,
        nowhere="settles nowhere",
        log=False,
        rows=None,
        over=None,
        letters="",
    ):
        super().__init__(title, picks)
        self.extent, self.names, self.labels, self.nowhere = extent, names, labels, nowhere
        self.log, self.rows, self.over, self.letters = log, rows or {}, over, letters

    def setup(self, ax):
        """The image, a cross at the chosen place, and the key below."""
        self.frame(ax, *self.labels)
        colors = [draw.NOWHERE, *draw.REGIONS[: len(self.names)]]
        left, right, low, high = self.extent
        ends = np.log10((left, right)) if self.log else (left, right)
        self.image = ax.imshow(
            [[-1]],
            extent=(*ends, low, high),
            origin="lower",
            aspect="auto",
            zorder=0,
            cmap=ListedColormap(colors),
            vmin=-1.5,
            vmax=len(self.names) - 0.5,
        )
        if self.log:
            decades = np.arange(np.ceil(ends[0]), np.floor(ends[1]) + 1)
            ax.set_xticks(decades, [f"{10**k:g}" for k in decades])
        for color, name in zip(colors[1:] + colors[:1], [*self.names, self.nowhere], strict=True):
            ax.plot([], [], "s", color=color, ms=8, label=name)
        columns = 2 if len(self.names[0]) > 2 else 5
        ax.legend(
            loc="upper left",
            bbox_to_anchor=(-0.02, -0.17),
            ncols=columns,
            columnspacing=0.9,
            handletextpad=0.1,
            borderpad=0,
        )
        self.up = ax.axvline(ends[0], color=draw.INK, lw=0.9, ls="--", zorder=3)
        self.across = ax.axhline(low, color=draw.INK, lw=0.9, ls="--", zorder=3)
        named = [
            ax.axhline(y, color=draw.INK, lw=0.7, ls=":", zorder=2) for y in self.rows.values()
        ]
        named += [
            draw.label(ax, name, (ends[1], y), (-14, -4), fontweight="bold")
            for name, y in self.rows.items()
        ]
        moving = [self.image, self.up, self.across, *named]
        if self.over:
            ax.set_box_aspect(1)
            ground = draw.contour(ax, self.over, letters=self.letters)
            ground[0].remove()  # the regions take the place of the bands
            self.route = _Route(ax)
            moving += [*ground[1:], *self.route.artists]
        return moving

    def show(self, run, step):
        """Reads `regions`, an image of whole numbers, and `chosen`, `(x, y)` with y maybe None."""
        self.image.set_data(run.regions)
        x, y = run.chosen
        self.up.set_xdata([np.log10(x) if self.log else x] * 2)
        self.across.set_visible(y is not None)
        if y is not None:
            self.across.set_ydata([y, y])
        if self.over:
            self.route.show(run.path, self.over.window, step)

    def picked(self, x, y):
        """As for every panel, on the scale of x."""
        return super().picked(10**x if self.log else x, y)


class Data(Panel):
    """Points and the line θ₀ + θ₁·x of the current step."""

    def __init__(self, title, ylabel):
        super().__init__(title)
        self.ylabel = ylabel

    def setup(self, ax):
        """The points, the faint best line, the line of the step."""
        self.frame(ax, ylabel=self.ylabel)
        self.dots = ax.plot([], [], "o", color="#8A8A8A", ms=3, alpha=0.5, mew=0, zorder=1)[0]
        self.best = ax.plot([], [], color=draw.INK, lw=1, ls=":", zorder=2)[0]
        self.line = ax.plot([], [], color=draw.LOOK["gd"]["color"], lw=2.2, zorder=3)[0]
        return [self.best, self.line]

    def show(self, run, step):
        """Reads `land`, `path`, `data`, the columns `(x, y)`, and `xlabel`."""
        stale = self.changed(run)
        x, y = run.data
        if stale:
            self.dots.set_data(x, y)
            middle, half = (x.min() + x.max()) / 2, 0.55 * np.ptp(x)
            self.ax.set(xlim=(middle - half, middle + half), ylim=(0, 7), xlabel=run.xlabel)
            self._line(self.best, run.land.minima[:, 0])
        self._line(self.line, run.path[:, : _after(step)][:, -1])
        return stale

    def _line(self, line, w):
        ends = np.array(self.ax.get_xlim())
        line.set_data(*draw.within([ends, w[0] + w[1] * ends], (ends, (0, 7))))


class Bars(Panel):
    """Shares of a whole as bars with their numbers, one for each name, and a note on each."""

    def __init__(self, title, names, notes):
        super().__init__(title)
        self.names, self.notes = names, notes

    def setup(self, ax):
        """A bar and a number for each name; the notes, at the right, stand still."""
        self.frame(ax)
        ax.set(xlim=(0, 1.02), xticks=[], ylim=(len(self.names) - 0.4, -0.6))
        ax.set_yticks(range(len(self.names)), self.names)
        ax.spines[["bottom"]].set_visible(False)
        ax.tick_params(length=0)
        for k, note in enumerate(self.notes):
            ax.text(1, k, note, va="center", ha="right", color="#555555", fontsize=9)
        colors = [*draw.REGIONS[: len(self.names) - 1], draw.NOWHERE]
        self.bars = ax.barh(range(len(self.names)), 0, 0.7, color=colors)
        self.texts = [ax.text(0, k, "", va="center") for k in range(len(self.names))]
        return [*self.bars, *self.texts]

    def show(self, run, step):
        """Reads `shares`, a number from 0 to 1 for each name."""
        for bar, text, share in zip(self.bars, self.texts, run.shares, strict=True):
            bar.set_width(share / 2)
            text.set(x=share / 2 + 0.02, text=f"{share:.0%}")


def _after(step):
    """Where the part of a path up to a step ends: an index for slicing."""
    return None if step is None else step + 1
