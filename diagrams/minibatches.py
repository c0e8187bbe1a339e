"""Draw minibatches.svg: three mini-batches of penguins, and the way down that each of them sees."""

from dataclasses import replace

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from moving import save

from gdlib import draw
from gdlib.optimizers import gd
from gdlib.regression import gradient, loss_surface, penguins

PLACE = np.array([3.35, 1.25])
MARKS = "osD"

with style.context(draw.STYLE):
    x, y, _ = penguins("standardised")
    land = replace(loss_surface(x, y), window=((2.6, 5.0), (-0.2, 2.2)))
    rows = np.random.default_rng(6).integers(len(x), size=(3, 3))  # three batches of three rows

    fig = Figure((7.2, 3.3), layout="constrained")
    data, above = fig.subplots(1, 2)
    data.plot(x, y, "o", color="#9A9A9A", markersize=2.5, alpha=0.5, markeredgewidth=0)
    ends = np.array([-2.3, 2.5])
    data.plot(ends, PLACE[0] + PLACE[1] * ends, color=draw.INK, linewidth=1.8)
    draw.contour(above, land)
    above.set_box_aspect(1)
    arrow = {"arrowstyle": "-|>", "linewidth": 2, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14}
    for batch, color, mark in zip(rows, draw.MANY, MARKS, strict=False):
        look = {"color": color, "marker": mark, "linestyle": "", "markeredgecolor": "white"}
        data.plot(x[batch], y[batch], **look, markersize=9, zorder=4)
        data.vlines(x[batch], y[batch], PLACE[0] + PLACE[1] * x[batch], color=color, linewidth=1.2)
        tip = PLACE - gradient(PLACE[:, None], x[batch, None], y[batch, None])[:, 0]
        above.annotate("", tip, PLACE, arrowprops=arrow | {"color": color}, zorder=5)
        above.plot(*(tip + 0.07 * (tip - PLACE)), **look, markersize=8, zorder=6)
    tip = PLACE - land.grad(PLACE)
    above.annotate("", tip, PLACE, arrowprops=arrow | {"color": draw.INK, "linewidth": 3}, zorder=5)
    draw.label(above, "all 342", PLACE - land.grad(PLACE) / 2, (-44, -16), fontweight="bold")
    above.plot(*PLACE, "o", color=draw.INK, markersize=8, markeredgecolor="white", zorder=7)

    data.set(xlabel="flipper length", ylabel="body mass", xticks=[], yticks=[], xlim=ends)
    data.set(ylim=(2, 6.6), title="three penguins each, and a line")
    above.set(xlabel="intercept", ylabel="slope", xticks=[], yticks=[])
    above.set_title("the way down from that line")
    # What moves: three rings go to the next three penguins, then the point takes a step on them.
    more = np.random.default_rng(2).integers(len(x), size=(6, 3))
    batches, path = np.concatenate([rows, more]), [PLACE]
    for batch in batches:
        g = gradient(path[-1][:, None], x[batch, None], y[batch, None])[:, 0]
        path += [path[-1], gd(path[-1], g, 0, lr=0.4)[0]]
    looked = np.stack([x, y])[:, np.repeat(batches, 2, axis=0)]
    look = {"marker": "o", "ms": 13, "mfc": "none", "mec": draw.INK, "mew": 2, "zorder": 7}
    walkers = [(data.plot(*ring[:, 0], **look)[0], ring) for ring in looked.transpose(2, 0, 1)]
    ball = above.plot(*PLACE, "o", color=draw.MANY[3], ms=10, mec="white", zorder=8)[0]
    save(fig, __file__, [*walkers, (ball, np.transpose(path[1:]))])
