"""Draw own_rates.svg: one learning rate for both directions, and one for each of them."""

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from moving import save

from gdlib import draw
from gdlib.landscapes import ravine
from gdlib.optimizers import descend, gd, rmsprop

START, LR, STEP = np.array([-1.6, 0.75]), 0.09, 0.12

with style.context(draw.STYLE):
    land = ravine(20)
    fig = Figure((7.2, 3.3), layout="constrained")
    axes = fig.subplots(1, 2)
    for ax in axes:
        draw.contour(ax, land)
        ax.set(xlim=(-2, 0.6), ylim=(-1.3, 1.3), xticks=[], yticks=[], xlabel="x", ylabel="y")
        ax.set_box_aspect(1)
    one, own = axes
    one.set_title("one learning rate for both")
    own.set_title("one for x, one for y")
    plain = descend(gd, land.grad, START, 30, lr=LR)
    scaled = descend(rmsprop, land.grad, START, 30, lr=STEP, rho=0.9)
    draw.path(one, plain, markersize=4, alpha=0.5)
    draw.path(own, scaled, "rmsprop", markersize=4, alpha=0.5)
    right, up = STEP / np.sqrt(0.1 * land.grad(START) ** 2)  # of the first step
    outline = {"fill": False, "edgecolor": draw.INK, "linewidth": 1.8, "zorder": 6}
    one.add_patch(Rectangle(START - LR, 2 * LR, 2 * LR, **outline))
    own.add_patch(Rectangle(START - (right, up), 2 * right, 2 * up, **outline))
    arrow = {
        "arrowstyle": "-|>",
        "shrinkA": 0,
        "shrinkB": 0,
        "mutation_scale": 14,
        "linewidth": 2.5,
    }
    for ax, path, rule in ((one, plain, "gd"), (own, scaled, "rmsprop")):
        look = draw.LOOK[rule]
        tip = path[:, 1]
        ax.annotate("", tip, START, arrowprops=arrow | {"color": look["color"]}, zorder=7)
        ax.plot(*START, look["marker"], color=look["color"], ms=9, mec="white", zorder=8)

    # What moves: each ball makes its first steps, and its box goes along and shows its rates.
    s, reach, walkers = 0.0, [], []
    for g in land.grad(scaled[:, :13]).T:
        s = 0.9 * s + 0.1 * g**2
        reach.append(STEP / np.sqrt(s))
    halves = np.full((2, 13), LR), np.transpose(reach)
    for ax, path, rule, half in zip(axes, (plain, scaled), ("gd", "rmsprop"), halves, strict=True):
        corner, (width, height) = START - half[:, 0], 2 * half[:, 0]
        box = Rectangle(corner, width, height, facecolor=draw.INK, alpha=0.5, zorder=6)
        look = {"marker": draw.LOOK[rule]["marker"], "color": draw.LOOK[rule]["color"]}
        ball = ax.plot(*START, **look, ms=10, mec="white", zorder=9)[0]
        walkers += [(ax.add_patch(box), path[:, :13], half), (ball, path[:, :13])]
    save(fig, __file__, walkers)
