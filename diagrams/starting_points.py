"""Draw starting_points.svg: the tilted double well with the starts a, b and c."""

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from moving import save

from gdlib import draw
from gdlib.landscapes import double_well, stationary_points
from gdlib.optimizers import descend, gd

with style.context(draw.STYLE):
    land = double_well()
    fig = Figure((7.6, 3.1))
    ax = fig.subplots()
    draw.curve(ax, land, linewidth=2)
    ax.set(xlim=(-1.75, 1.8), ylim=(-0.75, 2.45), xlabel="parameter w", ylabel="loss f(w)")
    ax.set(xticks=[], yticks=[])

    minima, maxima = stationary_points(land)
    words = ("a local minimum", "the global minimum", "a maximum")
    below, above = (0, -18), (0, 10)
    for text, (x,), offset in zip(
        words, [*minima.T, *maxima.T], (below, below, above), strict=True
    ):
        ax.plot(x, land.f([x]), "_", color=draw.INK, markersize=26, markeredgewidth=1.2)
        draw.label(ax, text, (x, land.f([x])), offset, ha="center")

    walkers = []
    for name, x, color, mark in zip("abc", (-1.5, 0.3, 1.5), draw.MANY, "os^", strict=False):
        slope, height = land.grad([x])[0], land.f([x])
        ax.plot(x, height, mark, color=color, markersize=12, markeredgecolor="white", zorder=5)
        draw.label(ax, name, (x, height), (8, 11), fontsize=13, fontweight="bold")
        step = -0.1 * slope  # a step is proportional to the slope
        arrow = {"arrowstyle": "-|>", "color": color, "linewidth": 1.8}
        ax.annotate("", (x + step, height), (x, height), arrowprops=arrow, zorder=4)

        path = descend(gd, land.grad, [x], 14, lr=0.05)  # a creeps in, and never crosses
        places = np.stack([path[0], land.f(path)])
        ball = ax.plot(*places[:, 0], mark, color=color, ms=12, mec="white", zorder=7)[0]
        walkers.append((ball, places))
    save(fig, __file__, walkers)
