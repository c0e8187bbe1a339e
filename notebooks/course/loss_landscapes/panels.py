"""The panels of notebook 01: a landscape under fog, a line with handles."""

import numpy as np
from matplotlib.collections import PolyCollection

from gdlib import draw
from gdlib.panels import Contour, Panel


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
