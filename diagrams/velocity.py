"""Draw velocity.svg: what one step of momentum is made of, beside the zigzag without memory."""

from pathlib import Path

from matplotlib import style
from matplotlib.figure import Figure

from gdlib import draw
from gdlib.landscapes import ravine
from gdlib.optimizers import descend, gd, momentum

LR, RHO, START, SEEN = 0.09, 0.6, [-1.7, 1.0], 3

with style.context(draw.STYLE):
    land = ravine(20)
    fig = Figure((7.2, 3.3), layout="constrained")
    zigzag, parts = fig.subplots(1, 2)
    for ax in (zigzag, parts):
        draw.contour(ax, land)
        ax.set(xlim=(-2, 0.6), ylim=(-1.3, 1.3), xticks=[], yticks=[])
        ax.set_box_aspect(1)
    zigzag.set_title("no memory: to and fro")
    draw.path(zigzag, descend(gd, land.grad, START, 30, lr=LR), markersize=4.5)

    parts.set_title("memory: the last step counts again")
    path = descend(momentum, land.grad, START, 30, lr=LR, rho=RHO)
    draw.path(parts, path[:, SEEN + 1 :], "momentum", markersize=4.5, alpha=0.45)
    draw.path(parts, path[:, : SEEN + 1], "momentum", markersize=4.5)
    before, here, after = path[:, SEEN - 1 : SEEN + 2].T
    arrow = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14}
    turn = here + RHO * (here - before)
    for start, end, color, words, offset in (
        (here, turn, "#6A6A6A", "ρ · last step", (-2, 22)),
        (turn, after, draw.INK, "− lr · gradient", (8, 4)),
        (here, after, draw.LOOK["momentum"]["color"], "next step", (-16, -22)),
    ):
        look = arrow | {"color": color, "linewidth": 2.5}
        parts.annotate("", end, start, arrowprops=look, zorder=6)
        side = "right" if offset[0] < 0 else "left"
        draw.label(parts, words, (start + end) / 2, offset, color=color, ha=side, fontweight="bold")
    fig.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
