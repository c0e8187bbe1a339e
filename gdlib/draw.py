"""Curves, contours, paths and labels on a given Axes: for static plots and for the live panels."""

import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.image import AxesImage

STYLE = "gdlib.gdlib"  # for `plt.style.use` and `style.context`

# One optimizer: one colour, one marker, one line style, in every notebook.
LOOK = {
    "gd": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "momentum": {"color": "#D55E00", "marker": "s", "linestyle": "--"},
    "rmsprop": {"color": "#009E73", "marker": "^", "linestyle": "-."},
    "adam": {"color": "#B8508F", "marker": "D", "linestyle": ":"},
}
# A reader's own rules, in the order in which they come.
OWN = (
    {"color": "#222222", "marker": "*", "linestyle": (0, (6, 1.5))},
    {"color": "#56B4E9", "marker": "X", "linestyle": (0, (3, 1, 1, 1, 1, 1))},
    {"color": "#B58900", "marker": "v", "linestyle": (0, (2, 1))},
)
# Runs of one optimizer side by side, and the regions of a map: colour and letter together.
MANY = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
REGIONS = ("#56B4E9", "#F0C44C", "#3BA784", "#D78FB5")
NOWHERE = "#E4E4E4"
INK, FAINT = "#222222", "#9A9A9A"


def grid(window, count=121):
    """A mesh over a two-dimensional window, `(2, count, count)`, y first as images have it."""
    return np.stack(np.meshgrid(*(np.linspace(low, high, count) for low, high in window)))


def heights(land, count=12):
    """Level heights that share the window's area out evenly, a little denser near the bottom."""
    share = np.linspace(0, 1, count + 2)[1:-1] ** 1.5
    height = land.f(grid(land.window, 61))
    return np.quantile(height[np.isfinite(height)], share)


def level_lines(land, levels):
    """The level lines of a landscape as a list of `(k, 2)` arrays."""
    mesh = grid(land.window)
    lines = contour_generator(*mesh, np.ma.masked_invalid(land.f(mesh)))
    return [line for level in levels for line in lines.lines(level)]


def bands(land, levels):
    """Which band between two levels each place of the window lies in: an image `(n, n)`."""
    return np.searchsorted(levels, land.f(grid(land.window)))


def shades(count=13):
    """The colours of the bands, low to high, `(count, 3)`."""
    return np.linspace(to_rgb("#B4C2D0"), to_rgb("#FBFBF9"), count)


def contour(ax, land, levels=None, letters=""):
    """Bands, level lines and marked minima of a landscape of two parameters; low is dark.

    `letters` name the minima, in their order. Returns the artists: image, lines, marks, labels.
    """
    artists = empty_contour(ax, letters)
    show_contour(ax, artists, land, levels)
    return artists


def empty_contour(ax, letters=""):
    """The artists of `contour`, before there is a landscape."""
    image = numbers(ax, shades(), interpolation="bilinear")
    lines = ax.add_collection(LineCollection([], colors="#7A8794", linewidths=0.6, zorder=1))
    marks = ax.plot([], [], "+", color=INK, markersize=9, markeredgewidth=1.6, zorder=2)[0]
    labels = [label(ax, letter, (0, 0), (7, 5), fontweight="bold") for letter in letters]
    return [image, lines, marks, *labels]


class Numbers(AxesImage):
    """An image of whole numbers, each with its colour. A renderer may take them as they are."""

    def draw(self, renderer):
        """Numbers for who wants them, pixels for all others."""
        if self.get_visible() and hasattr(renderer, "draw_numbers"):
            renderer.draw_numbers(self)
        else:
            super().draw(renderer)


def numbers(ax, colors, low=0, extent=None, **style):
    """An image of whole numbers below everything else: `low` has the first colour, and so on."""
    image = Numbers(ax, cmap=ListedColormap(colors), origin="lower", extent=extent, **style)
    image.set(data=[[low]], clim=(low - 0.5, low + len(colors) - 0.5), zorder=0)
    ax.add_image(image)
    image.set_clip_path(ax.patch)
    if extent:
        ax.set(xlim=extent[:2], ylim=extent[2:])
    return image


def show_contour(ax, artists, land, levels=None):
    """Let the artists of `contour` show another landscape, or another window."""
    image, lines, marks, *labels = artists
    levels = heights(land) if levels is None else levels
    (left, right), (low, high) = land.window
    image.set_data(bands(land, levels))
    image.set_extent((left, right, low, high))
    lines.set_segments(level_lines(land, levels))
    marks.set_data(*land.minima)
    for text, place in zip(labels, land.minima.T, strict=False):
        text.xy = place
    ax.set(xlim=(left, right), ylim=(low, high))


def curve(ax, land, **style):
    """A landscape of one parameter as a curve over its window; returns the line."""
    xs = np.linspace(*land.window[0], 401)
    ax.set_xlim(*land.window[0])
    return ax.plot(xs, land.f(xs[None]), **{"color": INK, "linewidth": 1.6, "zorder": 1} | style)[0]


def path(ax, points, rule="gd", **style):
    """A path of shape `(2, steps + 1)` on a contour: dots joined by a line, in the rule's look."""
    look = LOOK[rule] | {"markersize": 3.5, "linewidth": 1.3, "zorder": 4}
    return ax.plot(*within(points, (ax.get_xlim(), ax.get_ylim())), **look | style)[0]


def label(ax, text, place, offset=(6, 6), **style):
    """Words beside a place, on a pale ground that keeps them legible over any picture."""
    style = {"fontsize": 9, "color": INK, "zorder": 6} | style
    ground = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.0}
    return ax.annotate(text, place, offset, textcoords="offset points", bbox=ground, **style)


def within(points, window, reach=50):
    """The path with what lies far outside pulled in towards the window's middle.

    Nothing stays further out than `reach` windows, in the same direction as seen from the middle:
    matplotlib clips the rest, and a diverging run still shows which way it left. What is not finite
    becomes nan, which is not drawn.
    """
    points = np.array(points, dtype=float)
    low, high = (np.reshape(end, (-1, 1)) for end in np.sort(np.array(window, dtype=float)).T)
    middle, half = (low + high) / 2, (high - low) / 2
    with np.errstate(all="ignore"):
        away = (points - middle) / half
        far = np.abs(away).max(axis=0)
        pulled = middle + half * away * np.minimum(1, reach / far)
    return np.where(np.isfinite(points).all(axis=0), np.where(far > reach, pulled, points), np.nan)


def inside(points, window):
    """Which of the points `(d, k)` lie in the window: `(k,)`."""
    low, high = np.sort(np.array(window), axis=1).T[..., None]
    return ((points >= low) & (points <= high)).all(axis=0)


def direction(degrees):
    """The unit vector at an angle from the x axis, `(2, ...)`, for angles `(...)`."""
    return np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


def broken(*ends):
    """Many short lines as one: their `ends` `(k,)`, first to last, with a gap after each line.

    For one coordinate; the gap is nan, which is not drawn.
    """
    return np.stack([*ends, np.full_like(ends[0], np.nan)], axis=-1).ravel()


def bars(x, heights):
    """Thin bars, all but the last as one line, and the last, for `Plot`: "old" and "new"."""
    old, new = slice(None, -1), slice(-1, None)
    return {
        name: (broken(x[k], x[k]), broken(0 * heights[k], heights[k]))
        for name, k in (("old", old), ("new", new))
    }
