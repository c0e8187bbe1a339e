"""The few kinds of moving picture that every live figure is composed of.

A panel is shown a run, and a step on it (None: the last). A run is any object with the attributes
that its panels read: `land`, `path` `(d, steps + 1)` or `(d, steps + 1, k)` for k balls, and what a
panel's own docstring names. `setup(ax)` draws what stands still and returns what moves; `show`
moves it and returns True if it had to change what stands still, too.

`picks` are the controls that a click or a drag on the panel writes: for its x and its y, or None.
"""

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from gdlib import draw

# The k-th of several balls or lines is told apart by colour, marker and name.
SEVERAL = [{"color": color, "marker": mark} for color, mark in zip(draw.MANY, "os^D", strict=True)]
# Styles of what many panels show, so that it looks the same in all of them.
CURVE = {"color": draw.INK, "lw": 1.6, "zorder": 2}
FAINT = {"color": draw.FAINT, "lw": 1.0, "zorder": 1}
DOTTED = FAINT | {"ls": ":"}
TANGENT = {"color": "#D55E00", "lw": 2, "ls": (0, (4, 2)), "zorder": 3}
BALL = {"color": "#0072B2", "marker": "o", "ls": "", "ms": 10, "mec": "white", "zorder": 6}
LIT = {"color": "#D55E00", "marker": "D", "ls": "", "ms": 6, "mec": "white", "zorder": 5}
# Places of zero gradient, by kind: the marker points to where it is lower.
KINDS = {
    "minimum": {"color": "#0072B2", "marker": "v", "ls": "", "ms": 8, "mec": "white", "zorder": 5},
    "maximum": {"color": "#D55E00", "marker": "^", "ls": "", "ms": 8, "mec": "white", "zorder": 5},
    "saddle": {"color": draw.INK, "marker": "X", "ls": "", "ms": 8, "mec": "white", "zorder": 5},
    "flat": {"color": "#CC79A7", "marker": "s", "ls": "", "ms": 7, "mec": "white", "zorder": 5},
}


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

    plain = True  # the mouse writes its own place, and not what the panel makes of it

    def scale(self, axis):
        """What a control is at the two ends of an axis, and whether as a logarithm."""
        ends, log = getattr(self.ax, f"get_{axis}lim")(), getattr(self.ax, f"get_{axis}scale")()
        return (np.log10(ends).tolist(), True) if log == "log" else (list(map(float, ends)), False)

    def grab(self, x, y):
        """Told where the mouse is pressed, before `picked`: for panels with several handles."""

    def changed(self, run):
        """Whether the run is on another landscape than the last one shown."""
        before, self.land = self.land, run.land
        return before is not run.land


class Curve(Panel):
    """A landscape of one parameter, with balls, their trails, and the tangent under one ball."""

    def __init__(
        self, title="", ylim=None, names=("",), tangent=True, picks=(None, None), looks=SEVERAL
    ):
        super().__init__(title, picks)
        self.ylim, self.names, self.tangent, self.looks = ylim, names, tangent, looks

    def setup(self, ax):
        """One curve, a trail and a ball for each name, and the tangent."""
        self.frame(ax, "w", "loss f(w)")
        ax.set_ylim(self.ylim)
        self.curve = ax.plot([], [], color=draw.INK, lw=1.6, zorder=1)[0]
        self.slope = ax.plot([], [], color="#D55E00", lw=2, ls=(0, (4, 2)), zorder=3)[0]
        self.trails, self.balls, self.labels = [], [], []
        for name, look in zip(self.names, self.looks, strict=False):
            trail = {"linestyle": "-", "ms": 3.5, "lw": 0.8, "alpha": 0.6, "zorder": 4}
            self.trails += ax.plot([], [], **look | trail)
            ball = {"linestyle": "", "ms": 10, "mec": "white", "zorder": 5}
            self.balls += ax.plot([], [], **look | ball)
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
    `of`, `styles` and `arrows` draw more on the map, as in `Plot`; `key` says what the styles are.
    A run without a `path` has none; `looks` are those of its k paths, as in `draw.LOOK`.
    `levels(land)` are the heights of the level lines.
    `aim(run, x, y)` are the two values that a click writes, if they are not the place's own.
    """

    def __init__(
        self,
        title="",
        names=("x", "y"),
        letters="",
        picks=(None, None),
        moving=False,
        of=None,
        styles=None,
        arrows=None,
        key=False,
        levels=None,
        aim=None,
        looks=(draw.LOOK["gd"],),
    ):
        super().__init__(title, picks)
        self.names, self.letters, self.moving, self.key = names, letters, moving, key
        self.levels, self.aim, self.looks = levels or draw.heights, aim, looks
        self.of, self.styles, self.arrows = of, styles or {}, arrows or {}
        self.plain = aim is None

    def setup(self, ax):
        """The ground, which the first run fills in, the paths on it, and what `of` draws."""
        self.frame(ax, *self.names)
        ax.set_box_aspect(1)
        self.ground = draw.empty_contour(ax, self.letters)
        self.routes = [_Route(ax, look) for look in self.looks]
        self.more = _Drawn(ax, self.styles, self.arrows)
        if self.key:
            place = {"loc": "upper center", "bbox_to_anchor": (0.45, -0.3), "ncols": 2}
            ax.legend(**place, columnspacing=0.8, handletextpad=0.1, borderpad=0)
        moving = self.ground if self.moving else []
        routes = [artist for route in self.routes for artist in route.artists]
        return [*moving, *routes, *self.more.artists]

    def show(self, run, step):
        """Reads `land`, `path` if there is one, and what `of` reads."""
        self.run, changed = run, self.changed(run)
        if changed:
            draw.show_contour(self.ax, self.ground, run.land, self.levels(run.land))
        if hasattr(run, "path"):
            paths = run.path.reshape(*run.path.shape[:2], -1)
            for route, path in zip(self.routes, np.moveaxis(paths, -1, 0), strict=True):
                route.show(path, run.land.window, step)
        if self.of:
            self.more.show(self.of(run, step))
        return changed and not self.moving

    def picked(self, x, y):
        """As for every panel, after `aim`."""
        return super().picked(*(self.aim(self.run, x, y) if self.aim else (x, y)))


class _Drawn:
    """Lines and arrows by name, each drawn where a run has numbers for its name."""

    def __init__(self, ax, styles, arrows):
        self.lines = {name: ax.plot([], [], **style)[0] for name, style in styles.items()}
        self.arrows = {name: _arrows(ax, **style) for name, style in arrows.items()}
        self.words = {
            name: draw.label(
                ax, style["text"], (0, 0), color=style["color"], ha="center", va="center"
            )
            for name, style in arrows.items()
            if "text" in style
        }
        self.artists = [*self.arrows.values(), *self.lines.values(), *self.words.values()]

    def show(self, data):
        """`data`: `{name: (x, y)}` for lines, `{name: (x, y, u, v)}` for arrows."""
        for name, line in self.lines.items():
            line.set_data(*np.reshape(data.get(name, ()), (2, -1)))
        for name, arrows in self.arrows.items():
            given = np.reshape(np.asarray(data.get(name, ()), dtype=float), (4, -1))
            x, y, u, v = np.pad(
                given, ((0, 0), (0, arrows.N - given.shape[1])), constant_values=np.nan
            )
            arrows.set_offsets(np.stack([x, y], axis=1))
            arrows.set_UVC(u, v)
            if name in self.words:
                self._beside(self.words[name], np.array([x[0], y[0]]), np.array([u[0], v[0]]))

    def _beside(self, word, start, along):
        """Put a word beyond the tip of an arrow."""
        length = np.hypot(*along)
        word.set_visible(bool(length > 0))
        if length > 0:
            word.xy = start + along
            word.set_position(16 * along / length)


def _arrows(ax, count=1, text="", **style):
    """Arrows as long as the data say, to be placed; `text` is for the first one's tip."""
    style = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.011, "zorder": 5} | style
    nowhere = np.full(count, np.nan)
    return ax.quiver(np.zeros(count), np.zeros(count), nowhere, nowhere, **style)


class Plot(Panel):
    """Whatever is to be plotted beside a landscape: named lines, marks and arrows.

    `of` maps a run and a step to `{name: (x, y)}`, for arrows `{name: (x, y, u, v)}`; what it
    leaves out is not drawn. `styles` say how, by name; `arrows` likewise. `limits` are
    `(left, right, low, high)`, or a function of the run. `key` places a legend of the styles that
    have a label. `still(ax)` draws what stands still. `square` makes the panel as high as wide.
    """

    def __init__(
        self,
        title,
        labels,
        limits,
        of,
        styles,
        arrows=None,
        picks=(None, None),
        logs="",
        key=None,
        still=None,
        square=False,
    ):
        super().__init__(title, picks)
        self.square = square
        self.labels, self.limits, self.of, self.styles = labels, limits, of, styles
        self.arrows, self.logs, self.key, self.still = arrows or {}, logs, key, still

    def setup(self, ax):
        """Empty lines; the key; what stands still."""
        self.frame(ax, *self.labels)
        ax.set(**{f"{axis}scale": "log" for axis in self.logs})
        ax.set_box_aspect(1 if self.square else None)
        if self.still:
            self.still(ax)
        self.drawn, self.shown_limits = _Drawn(ax, self.styles, self.arrows), None
        if self.key:
            ax.legend(loc=self.key, handlelength=1.6, borderaxespad=0.2, labelspacing=0.3)
        return self.drawn.artists

    def show(self, run, step):
        """Reads what `of`, and `limits` if it is a function, read."""
        self.drawn.show(self.of(run, step))
        limits = self.limits(run) if callable(self.limits) else self.limits
        stale, self.shown_limits = limits != self.shown_limits, limits
        if stale:
            self.ax.set(xlim=limits[:2], ylim=limits[2:])
        return stale


class Surface(Panel):
    """A landscape of two parameters as a surface that can be turned, low parts dark.

    Where walls tower over the rest, they are cut off at the level that `lid` of the window stays
    under. `of` and `styles` draw lines and marks on it, from `{name: (x, y)}`.
    """

    def __init__(self, title="", of=None, styles=None, lid=0.65, picks=(None, None)):
        super().__init__(title, picks)
        self.of, self.styles, self.lid = of, styles or {}, lid

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
        data = self.of(run, step) if self.of else {}
        for name, line in self.lines.items():
            x, y = np.reshape(data.get(name, ()), (2, -1))
            line.set_data_3d(x, y, self._height(run.land, x, y))

    def _show_land(self, land):
        mesh = draw.grid(land.window, 33)
        loss = land.f(mesh)
        self.low, self.high = loss.min(), np.quantile(loss, self.lid)
        if loss.max() - self.low < 2 * (self.high - self.low):
            self.high = loss.max()  # nothing towers over the rest
        points = np.stack([*mesh, (loss - self.low) / (self.high - self.low)], axis=-1)
        corners = (slice(None, -1), slice(1, None))
        quads = [points[corners[i], corners[j]] for i, j in ((0, 0), (0, 1), (1, 1), (1, 0))]
        quads = np.stack(quads, axis=2).reshape(-1, 4, 3)
        quads = quads[quads[..., 2].min(axis=1) < 1]
        quads[..., 2] = np.minimum(quads[..., 2], 1)
        middle = quads.mean(axis=1)[:, :2].T
        band = np.searchsorted(draw.heights(land), land.f(middle))
        self.surface.set_verts(quads)
        self.surface.set_facecolor(draw.shades()[band])
        self.ax.set(xlim=land.window[0], ylim=land.window[1])

    plain = False

    def grab(self, x, y):
        """From here on, the way to the right turns the view."""
        self.held = x, self.turn

    def picked(self, x, y):
        """The whole width of the panel is half a turn."""
        start, turn = self.held
        width = self.ax.viewLim.width
        return {name: turn - 180 * (x - start) / width for name in self.picks if name}

    def _height(self, land, x, y):
        """The loss as a share of the box's height; nan where it is cut off."""
        share = (land.f(np.stack([x, y])) - self.low) / (self.high - self.low)
        return np.where(share <= 1, share, np.nan)


class Fogged(Contour):
    """A landscape under fog: what was probed shows, the ground and other paths once it has lifted.

    Each probe is a dot with its number; the lowest and the last one have their heights as well.
    """

    def __init__(self, title, count, **more):
        super().__init__(title, moving=True, **more)
        self.count = count

    def setup(self, ax):
        """As for every contour, with a number for each of `count` probes."""
        moving = super().setup(ax)
        ax.set_facecolor("#DCDCDC")
        self.numbers = [draw.label(ax, "", (0, 0), (6, 4), fontsize=8) for _ in range(self.count)]
        return [*moving, *self.numbers]

    def show(self, run, step):
        """Reads `probes` `(2, k)` and `lifted`, too."""
        stale = super().show(run, step)
        for artist in self.ground:
            artist.set_visible(run.lifted)
        for number in self.numbers:
            number.set_visible(False)
        heights = run.land.f(run.probes)
        told = {heights.argmin(), len(heights) - 1}  # where it is lowest, and the last one
        for k, (number, place) in enumerate(zip(self.numbers, run.probes.T, strict=False)):
            height = f": {heights[k] + 0:.2f}".replace("-", "−") if k in told else ""
            number.set(text=f"{k}{height}", visible=True)
            number.xy = place
        return stale


class Fit(Panel):
    """A few points, a line with a handle at each end, and the square of every residual.

    The handles are where the line leaves the frame. The mouse takes hold of one or of a point.
    `names` are the controls for intercept, slope, which point is moved (counted from 1), how far to
    the right and how far up.
    """

    def __init__(self, title, labels, limits, names):
        super().__init__(title, names)
        self.labels, self.limits, self.held = labels, limits, None

    def setup(self, ax):
        """Squares, residuals, points, the moved one, the line, its handles."""
        self.frame(ax, *self.labels)
        ax.set(xlim=self.limits[:2], ylim=self.limits[2:])
        ax.set_box_aspect(1)
        self.squares = PolyCollection([], facecolor="#E69F0038", edgecolor="#A06A00", lw=0.8)
        ax.add_collection(self.squares, autolim=False)
        self.line = ax.plot([], [], color=draw.LOOK["gd"]["color"], lw=2.2, zorder=3)[0]
        self.ends = ax.plot([], [], "s", color=draw.LOOK["gd"]["color"], ms=9, mec="white")[0]
        self.dots = ax.plot([], [], "o", color=draw.INK, ms=6, mec="white", zorder=4)[0]
        self.moved = ax.plot([], [], "o", color="#D55E00", ms=9, mec="white", zorder=5)[0]
        self.was = ax.plot([], [], "o", mfc="none", mec="#D55E00", ms=7, zorder=4)[0]
        style = {"fontsize": 8, "color": "#555555", "zorder": 4}
        self.numbers = [
            ax.annotate(str(k), (0, 0), (4, -11), textcoords="offset points", **style)
            for k in range(1, 9)
        ]
        points = [self.was, self.dots, self.moved, *self.numbers]
        return [self.squares, self.line, *points, self.ends]

    def show(self, run, step):
        """Reads `data` and `measured`, columns `(x, y)`, `who` (from 1) and `w` `(2,)`."""
        self.run, (x, y), w = run, run.data, run.w
        line = w[0] + w[1] * x
        # A square on the screen: as wide as the residual is high, towards the middle.
        (left, right, low, high), box = self.limits, self.ax.get_position()
        pixels = self.ax.figure.bbox
        scale = (right - left) / (high - low) * (box.height * pixels.height)
        width = -np.sign(x) * np.abs(y - line) * scale / (box.width * pixels.width)
        corners = np.array([[x, x, x + width, x + width], [line, y, y, line]])
        self.squares.set_verts(list(corners.transpose(2, 1, 0)))
        self.dots.set_data(x, y)
        self.moved.set_data(x[run.who - 1 : run.who], y[run.who - 1 : run.who])
        self.was.set_data(*run.measured[:, run.who - 1 : run.who])
        for number, place in zip(self.numbers, run.data.T, strict=False):
            number.xy = place
        edge = np.array(self.limits[:2])
        self.line.set_data(edge, w[0] + w[1] * edge)
        self.ends.set_data(*self._handles())

    def _handles(self):
        """The two ends of the line within the frame, `(2, 2)`: x first."""
        left, right, low, high = self.limits
        across, up = 0.05 * (right - left), 0.05 * (high - low)
        height, slope = self.run.w
        xs = np.array([left + across, right - across])
        if slope:
            ends = np.sort((np.array([low + up, high - up]) - height) / slope)
            inside = np.clip(xs, *ends)
            xs = inside if np.ptp(inside) > 0.2 else xs
        return np.stack([xs, height + slope * xs])

    plain = False

    def grab(self, x, y):
        """Take hold of the nearest handle or point within 25 pixels."""
        ends = self._handles()
        things = np.concatenate([ends, self.run.data], axis=1)
        away = self.ax.transData.transform(things.T) - self.ax.transData.transform((x, y))
        nearest = np.hypot(*away.T).argmin()
        self.held = nearest if np.hypot(*away[nearest]) < 25 else None
        if nearest < 2:
            self.x, self.other = ends[0, nearest], ends[:, 1 - nearest]  # the other end stays

    def picked(self, x, y):
        """The line through the place and the other end; or how far the point is moved."""
        if self.held is None:
            return {}
        intercept, slope, who, right, up = self.picks
        if self.held < 2:
            steep = (y - self.other[1]) / (self.x - self.other[0])
            return {intercept: y - steep * self.x, slope: steep}
        k = self.held - 2
        was = self.run.measured[:, k]
        return {who: int(k + 1), right: x - was[0], up: y - was[1]}


class _Route:
    """A path on a map: line and dots up to the step, the ball there, a faint line beyond."""

    def __init__(self, ax, look=draw.LOOK["gd"]):
        self.look = look
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
        self.trail.set_marker(self.look["marker"] if seen.shape[1] <= 150 else "")
        self.ball.set_data(*seen[:, -1:])


def excess(run):
    """The loss along the paths above the lowest minimum: `(steps + 1, ...)`."""
    return run.land.f(run.path) - run.land.f(run.land.minima)[0]


class Trace(Panel):
    """A number along the run, by default the loss above the minimum, on a logarithmic scale.

    `of` maps a run to an array `(steps + 1)` or `(steps + 1, k)`; `names` tell the k lines apart,
    and so do their `looks`. `key` places a legend of the names.
    """

    def __init__(
        self,
        title="",
        ylabel="loss above the minimum",
        ylim=(1e-12, 1e2),
        of=excess,
        names=("",),
        target=None,
        looks=SEVERAL,
        key=None,
    ):
        super().__init__(title)
        self.ylabel, self.ylim, self.of = ylabel, ylim, of
        self.names, self.target, self.looks, self.key = names, target, looks, key

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
        for name, look in zip(self.names, self.looks, strict=False):
            line = {"zorder": 2, "label": name, "markevery": [], "mec": "white", "ms": 7}
            self.lines += ax.plot([], [], **look | line)
            self.balls += ax.plot(
                [], [], **look | {"linestyle": "", "ms": 7, "mec": "white"}, clip_on=False
            )
        if self.key:
            ax.legend(loc=self.key, handlelength=2.4, borderaxespad=0.2, labelspacing=0.3)
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
    and the run's path are drawn on the map. `of` and `styles` draw lines and marks on it, as in
    `Plot`. `regions(run, step)` is for an image that depends on the step. `below` says
    where the key stands, as a share of the map's height.
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
        of=None,
        styles=None,
        regions=lambda run, step: run.regions,
        below=-0.17,
    ):
        super().__init__(title, picks)
        self.regions, self.below = regions, below
        self.extent, self.names, self.labels, self.nowhere = extent, names, labels, nowhere
        self.of, self.styles = of, styles or {}
        self.log, self.rows, self.over, self.letters = log, rows or {}, over, letters

    def setup(self, ax):
        """The image, a cross at the chosen place, and the key below."""
        self.frame(ax, *self.labels)
        colors = [draw.NOWHERE, *draw.REGIONS[: len(self.names)]]
        left, right, low, high = self.extent
        ends = np.log10((left, right)) if self.log else (left, right)
        self.image = draw.numbers(ax, colors, low=-1, extent=(*ends, low, high))
        if self.log:
            decades = np.arange(np.ceil(ends[0]), np.floor(ends[1]) + 1)
            ax.set_xticks(decades, [f"{10**k:g}" for k in decades])
        for color, name in zip(colors[1:] + colors[:1], [*self.names, self.nowhere], strict=True):
            ax.plot([], [], "s", color=color, ms=8, label=name)
        self.more = _Drawn(ax, self.styles, {})
        columns = 2 if len(self.names[0]) > 2 else 5
        ax.legend(
            loc="upper left",
            bbox_to_anchor=(-0.02, self.below),
            ncols=columns,
            columnspacing=0.9,
            handletextpad=0.1 if not self.styles else 0.4,
            handlelength=1.6,
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
        moving = [self.image, self.up, self.across, *named, *self.more.artists]
        if self.over:
            ax.set_box_aspect(1)
            ground = draw.contour(ax, self.over, letters=self.letters)
            ground[0].remove()  # the regions take the place of the bands
            self.route = _Route(ax)
            moving += [*ground[1:], *self.route.artists]
        return moving

    def show(self, run, step):
        """Reads `regions`, an image of whole numbers, and `chosen`, `(x, y)` with y maybe None."""
        self.image.set_data(self.regions(run, step))
        x, y = run.chosen
        self.up.set_xdata([np.log10(x) if self.log else x] * 2)
        self.across.set_visible(y is not None)
        if y is not None:
            self.across.set_ydata([y, y])
        if self.of:
            self.more.show(self.of(run, step))
        if self.over:
            self.route.show(run.path, self.over.window, step)

    def scale(self, axis):
        """As for every panel; a logarithmic x has its decades on the axis."""
        ends, log = super().scale(axis)
        return ends, log or (axis == "x" and self.log)

    def picked(self, x, y):
        """As for every panel, on the scale of x."""
        return super().picked(10**x if self.log else x, y)


class Data(Panel):
    """Points and the line θ₀ + θ₁·x of the current step.

    `lit(run, step)` are the rows to light up, each with its error: the way from the line to it.
    """

    def __init__(self, title, ylabel, lit=None):
        super().__init__(title)
        self.ylabel, self.lit = ylabel, lit

    def setup(self, ax):
        """The points, the faint best line, the line of the step, what is lit."""
        self.frame(ax, ylabel=self.ylabel)
        self.dots = ax.plot([], [], "o", color="#8A8A8A", ms=3, alpha=0.5, mew=0, zorder=1)[0]
        self.best = ax.plot([], [], color=draw.INK, lw=1, ls=":", zorder=2)[0]
        self.line = ax.plot([], [], color=draw.LOOK["gd"]["color"], lw=2.2, zorder=3)[0]
        self.errors = ax.plot([], [], color=LIT["color"], lw=1.1, zorder=4)[0]
        self.batch = ax.plot([], [], **LIT)[0]
        return [self.best, self.line, self.errors, self.batch]

    def show(self, run, step):
        """Reads `land`, `path`, `data`, the columns `(x, y)`, `xlabel`, and what `lit` reads."""
        stale = self.changed(run)
        x, y = run.data
        if stale:
            self.dots.set_data(x, y)
            middle, half = (x.min() + x.max()) / 2, 0.55 * np.ptp(x)
            self.ax.set(xlim=(middle - half, middle + half), ylim=(0, 7), xlabel=run.xlabel)
            self._line(self.best, run.land.minima[:, 0])
        w = run.path[:, : _after(step)][:, -1]
        self._line(self.line, w)
        if self.lit:
            rows = self.lit(run, step)
            x, y = x[rows], y[rows]
            self.batch.set_data(x, y)
            self.errors.set_data(draw.broken(x, x), draw.broken(w[0] + w[1] * x, y))
        return stale

    def _line(self, line, w):
        ends = np.array(self.ax.get_xlim())
        line.set_data(*draw.within([ends, w[0] + w[1] * ends], (ends, (0, 7))))


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
        ax.set(xlim=(0, 1.02), xticks=[], ylim=(len(self.names) - 0.4, -0.6))
        ax.set_yticks(range(len(self.names)), self.names)
        ax.spines[["bottom"]].set_visible(False)
        ax.tick_params(length=0)
        for k, note in enumerate(self.notes):
            ax.text(1, k, note, va="center", ha="right", color="#555555", fontsize=9)
        colors = [*draw.REGIONS[: len(self.names) - self.rest], draw.NOWHERE]
        self.bars = ax.barh(range(len(self.names)), 0, 0.7, color=colors)
        self.texts = [ax.text(0, k, "", va="center") for k in range(len(self.names))]
        return [*self.bars, *self.texts]

    def show(self, run, step):
        """Reads what `of` reads; by default `shares`."""
        for bar, text, share in zip(self.bars, self.texts, self.of(run, step), strict=True):
            bar.set_width(share / 2)
            text.set(x=share / 2 + 0.02, text=f"{share:.0%}")


class Board(Panel):
    """A calculation in lines, with its numbers, up to the line that is lit.

    `names` are what the lines say in symbols. `of(run, step)` gives which line is lit, and for each
    line its numbers, as text of up to two lines.
    """

    def __init__(self, title, names, of):
        super().__init__(title)
        self.names, self.of = names, of

    def setup(self, ax):
        """A light, the symbols, which it must not cover, and the numbers."""
        self.frame(ax)
        ax.set(xlim=(0, 1), ylim=(len(self.names), 0), xticks=[], yticks=[])
        ax.spines[["left", "bottom"]].set_visible(False)
        self.light = ax.add_patch(Rectangle((0, 0), 1, 1, color="#FCEBC5", zorder=0))
        symbols, self.texts = [], []
        for k, name in enumerate(self.names):
            symbols.append(ax.text(0.02, k + 0.08, name, va="top", fontsize=10))
            self.texts.append(ax.text(0.1, k + 0.4, "", va="top", fontsize=9, color="#444444"))
        return [self.light, *symbols, *self.texts]

    def show(self, run, step):
        """Reads what `of` reads."""
        lit, numbers = self.of(run, step)
        self.light.set_y(lit)
        for k, (text, words) in enumerate(zip(self.texts, numbers, strict=True)):
            text.set_text(words if k <= lit else "")


def _after(step):
    """Where the part of a path up to a step ends: an index for slicing."""
    return None if step is None else step + 1
