"""Draw lines_and_points.svg: three lines through eight penguins, and the three points they are."""

from dataclasses import replace

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from moving import save

from course.loss_landscapes.data import eight_penguins
from course.loss_landscapes.figures import RINGS
from gdlib import draw
from gdlib.optimizers import descend, gd
from gdlib.regression import loss_surface

LINES = {"A": (4.13, 0.51), "B": (5.1, -0.3), "C": (3.2, 1.3)}

with style.context(draw.STYLE):
    x, y = eight_penguins()
    land = replace(loss_surface(x, y), window=((1.9, 6.4), (-1.74, 2.76)))
    fig = Figure((7.6, 3.5))
    left, right = fig.subplots(1, 2)

    left.plot(x, y, "o", color=draw.INK, markeredgecolor="white", markersize=7, zorder=4)
    left.set(xlim=(-2.6, 2.6), ylim=(1.6, 7.2), xlabel="flipper length", ylabel="body mass")
    left.set(xticks=[], yticks=[], title="three lines through eight penguins")
    right.set_box_aspect(1)
    draw.contour(right, replace(land, minima=None), RINGS)
    right.set(xticks=[], yticks=[], title="the same three, as points on the loss")
    right.set(xlabel="height of the line", ylabel="slope of the line")

    looks = zip(LINES.items(), draw.MANY, "os^", ("-", "--", "-."), strict=False)
    for (name, w), color, mark, dash in looks:
        ends = [-2.4, 2.3]
        left.plot(ends, [w[0] + w[1] * end for end in ends], dash, color=color)
        draw.label(left, name, (2.3, w[0] + w[1] * 2.3), (3, 4), fontsize=12, fontweight="bold")
        right.plot(*w, mark, color=color, markersize=12, markeredgecolor="white", zorder=5)
        loss = f"{name}: loss {land.f(w):.2f}"
        draw.label(right, loss, w, (-20, 10), fontsize=10, fontweight="bold")

    # What moves: B walks down to A, and is a line all the way.
    path = descend(gd, land.grad, LINES["B"], 12, lr=0.3)
    height, slope = path
    first = np.stack([np.full_like(height, -2.4), height - 2.4 * slope])
    along = np.stack([np.full_like(height, 4.7), 4.7 * slope])
    line = left.plot(*zip(first[:, 0], first[:, 0] + along[:, 0], strict=True), color=draw.INK)[0]
    ball = right.plot(*path[:, 0], "o", color=draw.INK, ms=10, mec="white", zorder=7)[0]
    save(fig, __file__, [(line, first, along), (ball, path)])
