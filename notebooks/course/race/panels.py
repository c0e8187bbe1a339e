"""The panels of notebook 07: who wins from where, and how ranks are distributed."""

import numpy as np

from gdlib import draw
from gdlib.panels import Contour, Panel


class Winners(Contour):
    """Who wins from every start: regions with names, below level lines, paths and a start.

    Reads `regions`, an image of whole numbers from -2 on, one for each of `colors`, and what a
    Contour reads. `names` name the colours in the key.
    """

    def __init__(self, title, colors, names, **more):
        super().__init__(title, moving=True, **more)
        self.colors, self.words = colors, names

    def setup(self, ax):
        """The image takes the place of the bands of height."""
        moving = super().setup(ax)
        self.image = draw.numbers(ax, self.colors, low=-2)
        for color, name in zip(self.colors[2:] + self.colors[:2], self.words, strict=True):
            ax.plot([], [], "s", color=color, ms=8, label=name)
        ax.legend(
            loc="upper left",
            bbox_to_anchor=(-0.05, -0.16),
            ncols=3,
            columnspacing=0.8,
            handletextpad=0.1,
            borderpad=0,
        )
        return [self.image, *moving]

    def show(self, run, step):
        """Reads `land`, `path` and `regions`."""
        before = self.land
        super().show(run, step)
        self.ground[0].set_visible(False)
        (left, right), (low, high) = run.land.window
        self.image.set_extent((left, right, low, high))
        self.image.set_data(run.regions)
        self.ax.set(xlim=(left, right), ylim=(low, high))
        return before is not run.land  # the numbers at the axes stand still until then


class Ranks(Panel):
    """How often each came first, second and so on, or not at all: a bar of parts for each name.

    `of(run)` are the shares `(names, places)`; the last place is not to have arrived. With `key`,
    what the shades mean stands below.
    """

    shades = ("#0B4F6C", "#4C8BA8", "#9CC0D0", "#D3E3EA", "#FFFFFF")

    def __init__(self, title, names, of, places, key=False):
        super().__init__(title)
        self.names, self.of, self.places, self.key = names, of, places, key

    def setup(self, ax):
        """A bar for each name, its parts side by side, and its share of first places in words."""
        self.frame(ax)
        rows = np.arange(len(self.names))
        ax.set(xlim=(0, 1), xticks=[], ylim=(len(rows) - 0.4, -0.6))
        ax.set_yticks(rows, self.names)
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(length=0)
        edge = {"edgecolor": "#7A8794", "linewidth": 0.6}
        self.parts = [
            ax.barh(rows, 0, 0.66, color=shade, label=place, **edge)
            for shade, place in zip(self.shades, self.places, strict=True)
        ]
        if self.key:
            place = {"loc": "upper left", "bbox_to_anchor": (-0.02, -0.02), "ncols": 5}
            key = ax.legend(**place, handlelength=1, columnspacing=0.9, handletextpad=0.4)
            key.set_in_layout(False)  # it may run on below the next panel
            ax.set_xlabel(" ", labelpad=8)
        self.texts = [draw.label(ax, "", (0, k), (4, -4)) for k in rows]
        return [*(bar for part in self.parts for bar in part), *self.texts]

    def show(self, run, step):
        """Reads what `of` reads."""
        shares = self.of(run)
        ends = np.cumsum(shares, axis=1)
        for part, width, left in zip(self.parts, shares.T, (ends - shares).T, strict=True):
            for bar, wide, begin in zip(part, width, left, strict=True):
                bar.set(x=begin, width=wide)
        for text, share in zip(self.texts, shares[:, 0], strict=True):
            text.set_text(f"first in {share:.0%}")
