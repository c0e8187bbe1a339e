"""The panels of notebook 01: a landscape under fog, a line with handles."""

import numpy as np
from matplotlib.collections import PolyCollection

from gdlib import draw
from gdlib.panels import LIT, MARK, Contour, Plot


class Fogged(Contour):
    """A landscape under fog: what was probed shows, the ground and other paths once it has lifted.

    The last probe has its number and its height beside it, and so has the lowest, below it.
    """

    def __init__(self, title, **more):
        super().__init__(title, moving=True, **more)

    def setup(self, ax):
        """As for every contour, with the words for the last probe and the lowest."""
        moving = super().setup(ax)
        ax.set_facecolor("#DCDCDC")
        self.told = [draw.label(ax, "", (0, 0), (6, up), fontsize=8) for up in (4, -14)]
        return [*moving, *self.told]

    def show(self, run, step):
        """Reads `probes` `(2, k)` and `lifted`, too."""
        stale = super().show(run, step)
        for artist in self.ground:
            artist.set_visible(run.lifted)
        heights = run.land.f(run.probes)
        last, lowest = len(heights) - 1, heights.argmin()
        for words, k in zip(self.told, (last, lowest), strict=True):
            words.set_text(f"{k}: {heights[k] + 0:.2f}".replace("-", "−"))
            words.xy = run.probes[:, k]
        self.told[1].set_visible(lowest != last)
        return stale


BLUE, RED = draw.LOOK["gd"]["color"], LIT["color"]
FIT = {
    "line": {"color": BLUE, "lw": 2.2, "zorder": 3},
    "ends": MARK | {"color": BLUE, "marker": "s", "ms": 9, "zorder": 2},
    "was": {"color": RED, "marker": "o", "ls": "", "ms": 7, "mfc": "none", "zorder": 4},
    "dots": MARK | {"color": draw.INK, "marker": "o", "ms": 6, "zorder": 4},
    "moved": MARK | {"color": RED, "marker": "o", "ms": 9},
}


class Fit(Plot):
    """A few points, a line with a handle at each end, and the square of every residual.

    The handles are where the line leaves the frame. The mouse takes hold of one or of a point.
    `picks` are the controls for intercept, slope, which point is moved (counted from 1), how far to
    the right and how far up.
    """

    plain = False

    def __init__(self, title, labels, limits, picks):
        super().__init__(title, labels, limits, self._lines, FIT, picks=picks, square=True)

    def setup(self, ax):
        """Squares, line, points, and the numbers of the points."""
        self.squares = PolyCollection([], facecolor="#E69F0038", edgecolor="#A06A00", lw=0.8)
        ax.add_collection(self.squares, autolim=False)
        style = {"fontsize": 8, "color": "#555555", "zorder": 4, "textcoords": "offset points"}
        self.numbers = [ax.annotate(str(k), (0, 0), (4, -11), **style) for k in range(1, 9)]
        return [self.squares, *super().setup(ax), *self.numbers]

    def show(self, run, step):
        """Reads `data` and `measured`, columns `(x, y)`, `who` (from 1) and `w` `(2,)`."""
        self.run = run
        self.squares.set_verts(self._squares(*run.data, *run.w))
        for number, place in zip(self.numbers, run.data.T, strict=False):
            number.xy = place
        return super().show(run, step)

    def _squares(self, x, y, height, slope):
        """A square on the screen for each point, as wide as its residual is high: `(k, 4, 2)`."""
        line = height + slope * x
        left, right, low, high = self.limits
        width = np.abs(y - line) * (right - left) / (high - low)
        inwards = x - np.sign(x) * width
        return np.array([[x, x, inwards, inwards], [line, y, y, line]]).T

    def _lines(self, run, step):
        edge, who = np.array(self.limits[:2]), run.who - 1
        return {
            "line": (edge, run.w[0] + run.w[1] * edge),
            "ends": self._handles(*run.w),
            "was": run.measured[:, who],
            "dots": run.data,
            "moved": run.data[:, who],
        }

    def _handles(self, height, slope):
        """The two ends of the line within the frame, `(2, 2)`: x first."""
        left, right, low, high = self.limits
        across, up = 0.05 * (right - left), 0.05 * (high - low)
        xs = np.array([left + across, right - across])
        if slope:
            ends = np.sort((np.array([low + up, high - up]) - height) / slope)
            inside = np.clip(xs, *ends)
            xs = inside if np.ptp(inside) > 0.2 else xs
        return np.stack([xs, height + slope * xs])

    def grab(self, x, y):
        """Take hold of the nearest handle or point within 25 pixels."""
        ends = self._handles(*self.run.w)
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
