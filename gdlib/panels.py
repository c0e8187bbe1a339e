"""The few kinds of moving picture that every live figure is composed of.

A panel is shown a run, and a step on it (None: the last). A run is any object with the attributes
that its panels read: `land`, `path` `(d, steps + 1)` or `(d, steps + 1, k)` for k balls, and what a
panel's own docstring names. `setup(ax)` draws what stands still and returns what moves; `show`
moves it and returns True if it had to change what stands still, too.

`picks` are the controls that a click or a drag on the panel writes: for its x and its y, or None.
"""

import numpy as np
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from gdlib import draw
from gdlib.needs import landscape, need

# The k-th of several balls or lines is told apart by colour, marker and name.
SEVERAL = [{"color": color, "marker": mark} for color, mark in zip(draw.MANY, "os^D", strict=True)]
# Styles of what many panels show, so that it looks the same in all of them.
CURVE = {"color": draw.INK, "lw": 1.6, "zorder": 2}
FAINT = {"color": draw.FAINT, "lw": 1.0, "zorder": 1}
DOTTED = FAINT | {"ls": ":"}
TANGENT = {"color": "#D55E00", "lw": 2, "ls": (0, (4, 2)), "zorder": 3}
MARK = {"ls": "", "mec": "white", "zorder": 5}
BALL = MARK | {"color": "#0072B2", "marker": "o", "ms": 10, "zorder": 6}
LIT = MARK | {"color": "#D55E00", "marker": "D", "ms": 6}


def ball(look, **more):
    """The style of a ball in the colour and with the marker of a look, as in `draw.LOOK`."""
    return BALL | {"color": look["color"], "marker": look["marker"]} | more


def followed(look, label=None, **more):
    """The styles of `so_far`: a faint line, over it the line up to the step, and its ball."""
    color, dashes = look["color"], look.get("linestyle", "-")
    return {
        "rest": {"color": color, "lw": 0.9, "alpha": 0.4},
        "seen": {"color": color, "ls": dashes} | ({"label": label} if label else {}) | more,
        "ball": ball(look, ms=8),
    }


def so_far(x, y, step):
    """A line through all steps, the part up to a step, and the place there, for `Plot`."""
    x, y = np.asarray(x), np.asarray(y)
    seen = slice(0, step + 1)
    return {"rest": (x, y), "seen": (x[seen], y[seen]), "ball": (x[[step]], y[[step]])}


class Panel:
    """What all panels share: a title, and the controls that the mouse writes."""

    plain = True  # the mouse writes its own place, and not what the panel makes of it
    projection = None  # "3d" for axes of that kind
    dimension = 2  # of the landscapes that it shows

    def __init__(self, title="", picks=(None, None)):
        self.title, self.picks, self.land = title, picks, None

    def frame(self, ax, xlabel="", ylabel=""):
        """Title and axis labels."""
        self.ax = ax
        ax.set(title=self.title, xlabel=xlabel, ylabel=ylabel)

    def picked(self, x, y):
        """The controls that a click at (x, y) writes, with the values: {name: value}."""
        return {name: at for name, at in zip(self.picks, (x, y), strict=True) if name}

    def scale(self, axis):
        """What a control is at the two ends of an axis, and whether as a logarithm."""
        ends, log = getattr(self.ax, f"get_{axis}lim")(), getattr(self.ax, f"get_{axis}scale")()
        return (np.log10(ends).tolist(), True) if log == "log" else (list(map(float, ends)), False)

    def grab(self, x, y):
        """Told where the mouse is pressed, before `picked`: for panels with several handles."""

    def changed(self, run):
        """Whether the run is on another landscape than the last one shown."""
        before, self.land = self.land, landscape("land", run.land, self.dimension)
        return before is not run.land


class Drawn:
    """Lines and arrows by name, each drawn where there are numbers for its name.

    A line with a `name` has it beside its first point, an arrow with a `text` beyond its tip.
    """

    def __init__(self, ax, styles, arrows=()):
        self.lines, self.arrows, self.words = {}, {}, {}
        for name, style in styles.items():
            plain = {key: value for key, value in style.items() if key != "name"}
            self.lines[name] = ax.plot([], [], **plain)[0]
            if style.get("name"):
                self.words[name] = draw.label(ax, style["name"], (0, 0), (9, 0), fontweight="bold")
        for name, style in dict(arrows).items():
            self.arrows[name] = _arrows(ax, **style)
            if "text" in style:
                middle = {"color": style["color"], "ha": "center", "va": "center"}
                self.words[name] = draw.label(ax, style["text"], (0, 0), **middle)
        parts = (self.arrows, self.lines, self.words)
        self.artists = [artist for part in parts for artist in part.values()]

    def show(self, data):
        """`data`: `{name: (x, y)}` for lines, `{name: (x, y, u, v)}` for arrows."""
        for name, line in self.lines.items():
            points = np.reshape(data.get(name, ()), (2, -1))
            line.set_data(*points)
            if name in self.words:
                self.words[name].xy = points[:, 0]
        for name, arrows in self.arrows.items():
            given = np.reshape(np.asarray(data.get(name, ()), dtype=float), (4, -1))
            more = ((0, 0), (0, arrows.N - given.shape[1]))
            x, y, u, v = np.pad(given, more, constant_values=np.nan)
            arrows.set_offsets(np.stack([x, y], axis=1))
            arrows.set_UVC(u, v)
            if name in self.words:
                word, length = self.words[name], np.hypot(u[0], v[0])
                word.set_visible(bool(length > 0))
                if length > 0:
                    word.xy = x[0] + u[0], y[0] + v[0]
                    word.set_position((16 * u[0] / length, 16 * v[0] / length))


def _arrows(ax, count=1, text="", **style):
    """Arrows as long as the data say, to be placed; `text` is for the first one's tip."""
    style = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.011, "zorder": 5} | style
    nowhere = np.full(count, np.nan)
    return ax.quiver(np.zeros(count), np.zeros(count), nowhere, nowhere, **style)


class Plot(Panel):
    """Whatever is to be plotted beside a landscape: named lines, marks and arrows.

    `of` maps a run and a step to `{name: (x, y)}`, for arrows `{name: (x, y, u, v)}`; what it
    leaves out is not drawn. `styles` say how, by name; `arrows` likewise. `labels` are those of x
    and y, `limits` are `(left, right, low, high)`, and each may be a function of the run. `key`
    places a legend of the styles that have a label. `still(ax)` draws what stands still. `square`
    makes the panel as high as wide.
    """

    handle = 1.6  # the length of a line in the key

    def __init__(
        self, title, labels, limits, of, styles, arrows=(), picks=(None, None), logs="", key=None,
        still=lambda ax: None, square=False,
    ):  # fmt: skip
        super().__init__(title, picks)
        self.labels, self.limits, self.of, self.styles = labels, limits, of, styles
        self.arrows, self.logs, self.key, self.still, self.square = arrows, logs, key, still, square

    def setup(self, ax):
        """Empty lines; the key; what stands still."""
        self.frame(ax)
        ax.set(**{f"{axis}scale": "log" for axis in self.logs})
        ax.set_box_aspect(1 if self.square else None)
        self.still(ax)
        self.drawn, self.framed = Drawn(ax, self.styles, self.arrows), None
        if self.key:
            ax.legend(loc=self.key, handlelength=self.handle, borderaxespad=0.2, labelspacing=0.3)
        return self.drawn.artists

    def show(self, run, step):
        """Reads what `of`, and `labels` and `limits` if they are functions, read."""
        self.drawn.show(self.of(run, step))
        framed = [each(run) if callable(each) else each for each in (self.labels, self.limits)]
        stale, self.framed = framed != self.framed, framed
        if stale:
            (xlabel, ylabel), limits = framed
            self.ax.set(xlim=limits[:2], ylim=limits[2:], xlabel=xlabel, ylabel=ylabel)
        return stale


class Curve(Plot):
    """A landscape of one parameter, with balls, their trails, and the tangent under the last ball.

    Reads `land` and `path`. Without `ylim` the curve fits over its window.
    """

    dimension = 1

    def __init__(
        self, title="", ylim=None, names=("",), tangent=True, picks=(None, None), looks=SEVERAL
    ):
        self.ylim, self.names, self.tangent = ylim, names, tangent
        styles = {"curve": CURVE | {"zorder": 1}, "tangent": TANGENT}
        for k, (name, look) in enumerate(zip(names, looks, strict=False)):
            trail = {"linestyle": "-", "ms": 3.5, "lw": 0.8, "alpha": 0.6, "zorder": 4}
            styles[f"trail {k}"] = look | trail | {"name": name}
            styles[f"ball {k}"] = ball(look, zorder=5)
        super().__init__(title, ("w", "loss f(w)"), self._limits, self._lines, styles, picks=picks)

    def _limits(self, run):
        return *run.land.window[0], *(self.ylim or _room(self.curve[1]))

    def _lines(self, run, step):
        land = run.land
        if self.changed(run):
            xs = np.linspace(*land.window[0], 401)
            self.curve = xs, land.f(xs[None])
        left, right, *ylim = self._limits(run)
        window, lines = ((left, right), ylim), {"curve": self.curve}
        for k, path in enumerate(_paths(run, self.names)):
            seen = path[:, : _after(step)]
            points = draw.within([seen[0], land.f(seen)], window)
            lines |= {f"trail {k}": points, f"ball {k}": points[:, -1:]}
        if self.tangent and hasattr(run, "path"):
            w = seen[:, -1]
            xs = w[0] + 0.14 * np.ptp(window[0]) * np.array([-1, 1])
            ys = land.f(w) + land.grad(w)[0] * (xs - w[0])
            lines["tangent"] = draw.within([xs, ys], window)
        return lines


def _room(heights):
    """Limits with room for heights, as far as they are finite: `(low, high)`."""
    heights = heights[np.isfinite(heights)]
    low, high = (heights.min(), heights.max()) if heights.size else (0, 0)
    room = 0.08 * (high - low) or 1
    return low - room, high + room


def excess(run):
    """The loss along the paths above the lowest minimum: `(steps + 1, ...)`."""
    need(run.land.minima.size, "land", run.land.name, "a landscape that lists a minimum")
    return run.land.f(run.path) - run.land.f(run.land.minima)[0]


class Trace(Plot):
    """A number along the run, by default the loss above the minimum, on a logarithmic scale.

    `of` maps a run to an array `(steps + 1)` or `(steps + 1, k)`; `lines` are the names and the
    looks of the k lines. Several have a `key`, unless it is None. `target` is a dotted line.
    """

    handle = 2.4

    def __init__(
        self,
        title="",
        ylabel="loss above the minimum",
        ylim=(1e-12, 1e2),
        of=excess,
        lines=None,
        target=None,
        key="upper right",
    ):
        self.ylim, self.values, self.target = ylim, of, target
        styles, marks, self.lines = {}, {}, lines or {"": SEVERAL[0]}
        for k, (name, look) in enumerate(self.lines.items()):
            mark = {"ms": 7, "mec": "white"}
            styles[f"line {k}"] = look | mark | {"zorder": 2, "label": name, "markevery": []}
            marks[f"ball {k}"] = look | mark | {"linestyle": "", "clip_on": False}
        more = {"logs": "y", "key": key if len(self.lines) > 1 else None, "still": self._target}
        super().__init__(title, ("step", ylabel), self._limits, self._lines, styles | marks, **more)

    def _target(self, ax):
        ax.locator_params(axis="x", nbins=4)
        ax.autoscale(False)
        if self.target:
            ax.axhline(self.target, color=draw.FAINT, ls=":", zorder=0)
            words = f"target {self.target:.0e}".replace("e-0", "e−")
            small = {"fontsize": 8, "color": "#555555", "va": "bottom"}
            ax.text(0.02, self.target, words, transform=ax.get_yaxis_transform(), **small)

    def show(self, run, step):
        """Reads what `of` reads."""
        self.told = self.values(run)
        return super().show(run, step)

    def _limits(self, run):
        return 0, len(self.told) - 1, *self.ylim

    def _lines(self, run, step):
        low, high = self.ylim
        values = np.nan_to_num(self.told, nan=np.inf, posinf=np.inf)
        values = np.clip(values, low / 10, high * 10).reshape(len(values), -1)
        at = len(values) - 1 if step is None else step
        heights = np.where((values[at] >= low) & (values[at] <= high), values[at], np.nan)
        lines, each = {}, zip(self.lines, values.T, heights, strict=True)
        for k, (_, line, height) in enumerate(each):
            lines |= {f"line {k}": (np.arange(len(values)), line), f"ball {k}": (at, height)}
        return lines


class Data(Plot):
    """Points and the line θ₀ + θ₁·x of the current step, from 0 to 7.

    `lit(run, step)` are the rows to light up, each with its error: the way from the line to it.
    Reads `land`, `path`, `data`, the columns `(x, y)`, and `xlabel`.
    """

    def __init__(self, title, ylabel, lit=None):
        self.lit = lit
        dots = {"color": "#8A8A8A", "marker": "o", "ls": "", "ms": 3, "alpha": 0.5, "mew": 0}
        styles = {
            "dots": dots | {"zorder": 1},
            "best": {"color": draw.INK, "lw": 1, "ls": ":", "zorder": 2},
            "line": {"color": draw.LOOK["gd"]["color"], "lw": 2.2, "zorder": 3},
            "errors": {"color": LIT["color"], "lw": 1.1, "zorder": 4},
            "lit": LIT,
        }
        super().__init__(title, lambda run: (run.xlabel, ylabel), self._limits, self._lines, styles)

    def _limits(self, run):
        x, _ = run.data
        middle, half = (x.min() + x.max()) / 2, 0.55 * np.ptp(x)
        return middle - half, middle + half, 0, 7

    def _lines(self, run, step):
        (x, y), w = run.data, run.path[:, : _after(step)][:, -1]
        ends = np.array(self._limits(run)[:2])

        def line(w):
            return draw.within([ends, w[0] + w[1] * ends], (ends, (0, 7)))

        lines = {"dots": run.data, "best": line(run.land.minima[:, 0]), "line": line(w)}
        if self.lit:
            rows = self.lit(run, step)
            x, y = x[rows], y[rows]
            lines["lit"] = x, y
            lines["errors"] = draw.broken(x, x), draw.broken(w[0] + w[1] * x, y)
        return lines


# --- landscapes of two parameters ----------------------------------------------------------------


class Contour(Panel):
    """A landscape of two parameters from above, with a path: dots up to the step, faint beyond.

    `moving`: the landscape itself follows a control, so it is drawn anew with every picture.
    `of`, `styles` and `arrows` draw more on the map, as in `Plot`; `key` says what the styles are.
    A run without a `path` has none; `looks` are those of its k paths, as in `draw.LOOK`.
    `levels(land)` are the heights of the level lines.
    `aim(run, x, y)` are the two values that a click writes, if they are not the place's own.
    """

    def __init__(
        self, title="", names=("x", "y"), letters="", picks=(None, None), moving=False,
        of=lambda run, step: {}, styles=(), arrows=(), key=False, levels=draw.heights, aim=None,
        looks=(draw.LOOK["gd"],),
    ):  # fmt: skip
        super().__init__(title, picks)
        self.names, self.letters, self.moving, self.key = names, letters, moving, key
        self.levels, self.aim, self.looks, self.plain = levels, aim, looks, aim is None
        self.of, self.styles, self.arrows = of, dict(styles), arrows

    def setup(self, ax):
        """The ground, which the first run fills in, the paths on it, and what `of` draws."""
        self.frame(ax, *self.names)
        ax.set_box_aspect(1)
        self.ground = draw.empty_contour(ax, self.letters)
        self.drawn = Drawn(ax, _routes(self.looks) | self.styles, self.arrows)
        if self.key:
            place = {"loc": "upper center", "bbox_to_anchor": (0.45, -0.3), "ncols": 2}
            ax.legend(**place, columnspacing=0.8, handletextpad=0.1, borderpad=0)
        return [*(self.ground if self.moving else []), *self.drawn.artists]

    def show(self, run, step):
        """Reads `land`, `path` if there is one, and what `of` reads."""
        self.run, changed = run, self.changed(run)
        if changed:
            draw.show_contour(self.ax, self.ground, run.land, self.levels(run.land))
        self.drawn.show(_routed(run, self.looks, run.land.window, step) | self.of(run, step))
        return changed and not self.moving

    def picked(self, x, y):
        """As for every panel, after `aim`."""
        return super().picked(*(self.aim(self.run, x, y) if self.aim else (x, y)))


def _paths(run, looks):
    """The paths of a run one by one, each `(d, steps + 1)`: as many as there are looks, or none."""
    if not hasattr(run, "path"):
        return []
    good = np.ndim(run.path) > 1 and len(run.path) == run.land.dimension
    need(good, "path", np.shape(run.path), f"of the shape ({run.land.dimension}, steps + 1, ...)")
    paths = np.moveaxis(run.path.reshape(*run.path.shape[:2], -1), -1, 0)
    need(len(paths) == len(looks), "paths", len(paths), f"as many as there are looks, {len(looks)}")
    return paths


def _routes(looks):
    """The styles of paths on a map: line, dots, start and ball, and a faint line beyond."""
    styles = {}
    for k, look in enumerate(looks):
        color, bare = look["color"], look | {"linestyle": ""}
        styles |= {
            f"rest {k}": {"color": color, "lw": 0.9, "alpha": 0.35, "zorder": 3},
            f"trail {k}": look | {"marker": "", "lw": 1.2, "zorder": 4},
            f"dots {k}": bare | {"ms": 3.2, "zorder": 4},
            f"start {k}": bare | {"color": "white", "mec": color, "zorder": 4},
            f"ball {k}": bare | {"ms": 10, "mec": "white", "zorder": 5},
        }
    return styles


def _routed(run, looks, window, step):
    """What `_routes` are to show of a run, if it has paths; no dots where there are over 150."""
    data = {}
    for k, path in enumerate(_paths(run, looks)):
        points = draw.within(path, window)
        seen = points[:, : _after(step)]
        data |= {f"rest {k}": points, f"trail {k}": seen, f"start {k}": seen[:, :1]}
        data |= {f"ball {k}": seen[:, -1:], f"dots {k}": seen if seen.shape[1] <= 150 else ()}
    return data


class Surface(Panel):
    """A landscape of two parameters as a surface that can be turned, low parts dark.

    Where walls tower over the rest, they are cut off at the level that `lid` of the window stays
    under. `of` and `styles` draw lines and marks on it, from `{name: (x, y)}`.
    """

    plain, projection = False, "3d"

    def __init__(self, title="", of=lambda run, step: {}, styles=(), lid=0.65, picks=(None, None)):
        super().__init__(title, picks)
        self.of, self.styles, self.lid = of, dict(styles), lid

    def setup(self, ax):
        """An empty surface in a box without axes, which the mouse does not turn."""
        self.frame(ax)
        ax.set_axis_off()
        ax.disable_mouse_rotation()
        ax.computed_zorder = False
        ax.set(zlim=(0, 1))
        ax.set_box_aspect((1, 1, 0.7), zoom=1.15)
        empty = np.zeros((1, 4, 3))
        self.surface = Poly3DCollection(empty, lw=0.25, edgecolor="#5A6672", zorder=1)
        ax.add_collection3d(self.surface)
        self.lines = {name: ax.plot([], [], [], **style)[0] for name, style in self.styles.items()}
        return [self.surface, *self.lines.values()]

    def show(self, run, step):
        """Reads `land`, `turn` in degrees, and what `of` reads."""
        self.turn = run.turn
        if self.changed(run):
            self._show_land(run.land)
        self.ax.view_init(38, run.turn)
        self.ax.M = self.ax.get_proj()  # else only a draw of the whole picture would project anew
        self.surface.do_3d_projection()
        data = self.of(run, step)
        for name, line in self.lines.items():
            x, y = np.reshape(data.get(name, ()), (2, -1))
            share = self._share(run.land.f(np.stack([x, y])))
            line.set_data_3d(x, y, np.where(share <= 1, share, np.nan))  # none where it is cut off

    def _share(self, loss):
        """The loss as a share of the box's height."""
        return (loss - self.low) / (self.high - self.low)

    def _show_land(self, land):
        mesh = draw.grid(land.window, 33)
        loss = land.f(mesh)
        self.low, self.high = loss.min(), np.quantile(loss, self.lid)
        if loss.max() - self.low < 2 * (self.high - self.low):
            self.high = loss.max()  # nothing towers over the rest
        points = np.stack([*mesh, self._share(loss)], axis=-1)
        low, high = slice(None, -1), slice(1, None)
        quads = [points[low, low], points[low, high], points[high, high], points[high, low]]
        quads = np.stack(quads, axis=2).reshape(-1, 4, 3)
        quads = quads[quads[..., 2].min(axis=1) < 1]
        quads[..., 2] = np.minimum(quads[..., 2], 1)
        band = np.searchsorted(draw.heights(land), land.f(quads.mean(axis=1)[:, :2].T))
        self.surface.set_verts(quads)
        self.surface.set_facecolor(draw.shades()[band])
        self.ax.set(xlim=land.window[0], ylim=land.window[1])

    def grab(self, x, y):
        """From here on, the way to the right turns the view."""
        self.held = x, self.turn

    def picked(self, x, y):
        """The whole width of the panel is half a turn."""
        start, turn = self.held
        return super().picked(turn - 180 * (x - start) / self.ax.viewLim.width, None)


# --- what becomes of many runs -------------------------------------------------------------------


class Map(Panel):
    """What becomes of every start or setting: an image of regions, each a colour and a name.

    `extent` is `(left, right, low, high)`; `names` name the regions 0, 1, ...; -1 is none of them.
    A cross stands at the values of the two controls that are picked. `log` says that x is on a
    logarithmic scale (the image's columns then are, too); `rows` are heights with a name, `{name:
    y}`. With `over`, a landscape of two parameters, its level lines and the run's path are drawn on
    the map. `of` and `styles` draw lines and marks on it, as in `Plot`. `regions(run, step)` is for
    an image that depends on the step. `below` says where the key stands, as a share of the height.
    """

    def __init__(
        self, title, extent, names, labels, picks, nowhere="settles nowhere", log=False, rows=(),
        over=None, letters="", of=lambda run, step: {}, styles=(),
        regions=lambda run, step: run.regions, below=-0.17,
    ):  # fmt: skip
        super().__init__(title, picks)
        self.extent, self.names, self.labels, self.nowhere = extent, names, labels, nowhere
        self.log, self.rows, self.over, self.letters = log, dict(rows), over, letters
        self.of, self.styles, self.regions, self.below = of, dict(styles), regions, below

    def setup(self, ax):
        """The image, a cross at the chosen place, and the key below."""
        self.frame(ax, *self.labels)
        left, right, self.low, self.high = self.extent
        self.left, self.right = np.log10((left, right)) if self.log else (left, right)
        colors = [draw.NOWHERE, *draw.REGIONS[: len(self.names)]]
        extent = self.left, self.right, self.low, self.high
        self.image = draw.numbers(ax, colors, low=-1, extent=extent)
        if self.log:
            decades = np.arange(np.ceil(self.left), np.floor(self.right) + 1)
            ax.set_xticks(decades, [f"{10**k:g}" for k in decades])
        for color, name in zip(colors[1:] + colors[:1], [*self.names, self.nowhere], strict=True):
            ax.plot([], [], "s", color=color, ms=8, label=name)
        dashed = {"color": draw.INK, "lw": 0.9, "ls": "--", "zorder": 3}
        row = {"color": draw.INK, "lw": 0.7, "ls": ":", "zorder": 2}
        lines = {"up": dashed, "across": dashed} | {f"row {name}": row for name in self.rows}
        routes = _routes([draw.LOOK["gd"]]) if self.over else {}
        self.drawn = Drawn(ax, self.styles | lines | routes)
        tags = [
            draw.label(ax, name, (self.right, y), (-14, -4), fontweight="bold")
            for name, y in self.rows.items()
        ]
        ax.legend(
            loc="upper left",
            bbox_to_anchor=(-0.02, self.below),
            ncols=2 if len(self.names[0]) > 2 else 5,
            columnspacing=0.9,
            handletextpad=0.4 if self.styles else 0.1,
            handlelength=1.6,
            borderpad=0,
        )
        ground = []
        if self.over:
            ax.set_box_aspect(1)
            bands, *ground = draw.contour(ax, self.over, letters=self.letters)
            bands.remove()  # the regions take their place
        return [self.image, *tags, *ground, *self.drawn.artists]

    def show(self, run, step):
        """Reads `regions`, an image of whole numbers, the picked controls, and what `of` reads."""
        self.image.set_data(self.regions(run, step))
        x, y = (getattr(run, name) if name else None for name in self.picks)
        x = np.log10(x) if self.log else x
        data = {f"row {name}": ([self.left, self.right], [y, y]) for name, y in self.rows.items()}
        data["up"] = [x, x], [self.low, self.high]
        if y is not None:
            data["across"] = [self.left, self.right], [y, y]
        if self.over:
            data |= _routed(run, [draw.LOOK["gd"]], self.over.window, step)
        self.drawn.show(data | self.of(run, step))

    def scale(self, axis):
        """As for every panel; a logarithmic x has its decades on the axis."""
        ends, log = super().scale(axis)
        return ends, log or (axis == "x" and self.log)

    def picked(self, x, y):
        """As for every panel, on the scale of x."""
        return super().picked(10**x if self.log else x, y)


class Bars(Panel):
    """Shares of a whole as bars with their numbers, one for each name, and maybe a note on each.

    `of` maps a run and a step to the shares, numbers from 0 to 1. `rest`: the last one is what is
    left over, and grey.
    """

    def __init__(self, title, names, notes=(), of=lambda run, step: run.shares, rest=True):
        super().__init__(title)
        self.names, self.notes, self.of, self.rest = names, notes, of, rest

    def setup(self, ax):
        """A bar and a number for each name; the notes, at the right, stand still."""
        self.frame(ax)
        rows = range(len(self.names))
        ax.set(xlim=(0, 1.02), xticks=[], ylim=(len(self.names) - 0.4, -0.6))
        ax.set_yticks(rows, self.names)
        ax.spines[["bottom"]].set_visible(False)
        ax.tick_params(length=0)
        for k, note in enumerate(self.notes):
            ax.text(1, k, note, va="center", ha="right", color="#555555", fontsize=9)
        colors = [*draw.REGIONS[: len(self.names) - self.rest], draw.NOWHERE]
        self.bars = ax.barh(rows, 0, 0.7, color=colors)
        self.texts = [ax.text(0, k, "", va="center") for k in rows]
        return [*self.bars, *self.texts]

    def show(self, run, step):
        """Reads what `of` reads; by default `shares`."""
        for bar, text, share in zip(self.bars, self.texts, self.of(run, step), strict=True):
            bar.set_width(share / 2)
            text.set(x=share / 2 + 0.02, text=f"{share:.0%}")


def _after(step):
    """Where the part of a path up to a step ends: an index for slicing."""
    return None if step is None else step + 1
