"""Draw lines_and_points.svg: three lines through eight penguins, and the three points they are."""

from dataclasses import replace
from pathlib import Path

from matplotlib import style
from matplotlib.figure import Figure

from course.loss_landscapes.data import eight_penguins
from gdlib import draw
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
    draw.contour(right, replace(land, minima=None))
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

    fig.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
