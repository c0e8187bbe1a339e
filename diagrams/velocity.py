"""Draw velocity.svg: what one step of momentum is made of, beside the zigzag without memory."""

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from moving import save

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
    plain = descend(gd, land.grad, START, 30, lr=LR)
    draw.path(zigzag, plain, markersize=4.5)

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
    # What moves: a ball on each path; on the right the next step grows out of it, then it walks it.
    walkers = []
    for ax, walk, rule in ((zigzag, plain, "gd"), (parts, path, "momentum")):
        places = np.repeat(walk[:, :11], 2, axis=1)[:, 1:]
        color, mark = draw.LOOK[rule]["color"], draw.LOOK[rule]["marker"]
        ball = ax.plot(*places[:, 0], mark, color=color, ms=10, mec="white", zorder=9)[0]
        walkers.append((ball, places))
    steps = np.repeat(np.diff(path[:, :12]), 2, axis=1)[:, :-1]
    steps[:, 1::2] *= 0.01  # walked; not 0, for it keeps its direction
    look = arrow | {"color": color, "linewidth": 5, "mutation_scale": 26, "zorder": 8}
    velocity = parts.add_patch(FancyArrowPatch(path[:, 0], path[:, 1], **look))
    save(fig, __file__, [*walkers, (velocity, places, steps)])
