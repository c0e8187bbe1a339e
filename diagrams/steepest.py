"""Draw steepest.svg: how steep it is in every direction from one place, as spokes."""

from dataclasses import replace

import numpy as np
from matplotlib import style
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from moving import FLOW, save

from gdlib import draw
from gdlib.landscapes import three_pits

PLACE = np.array([-0.8, -1.35])

with style.context(draw.STYLE):
    land = replace(three_pits(), window=((-2.6, 0.6), (-2.9, 0.3)))
    fig = Figure((5.2, 3.9))
    ax = fig.subplots()
    ax.set_box_aspect(1)
    draw.contour(ax, replace(land, minima=None))
    for line in draw.level_lines(land, [float(land.f(PLACE))]):
        ax.plot(*line.T, color=draw.INK, linewidth=1.8)

    angles = np.radians(np.arange(0, 360, 10))
    circle = np.stack([np.cos(angles), np.sin(angles)])
    g = land.grad(PLACE)
    slopes = g @ circle
    tips = PLACE[:, None] + 3 * np.abs(slopes) * circle
    for up, color, dash in ((True, draw.MANY[0], "-"), (False, draw.MANY[1], (0, (3, 1.5)))):
        spokes = [(PLACE, tip) for tip in tips.T[(slopes > 1e-9) == up]]
        ax.add_collection(LineCollection(spokes, colors=color, linestyles=dash, linewidths=1.4))
    arrow = {"arrowstyle": "-|>", "color": draw.INK, "linewidth": 2.2, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", PLACE + 3.15 * g, PLACE, arrowprops=arrow, zorder=6)
    ax.plot(*PLACE, "o", color=draw.INK, markersize=8, markeredgecolor="white", zorder=7)
    draw.label(ax, "the gradient", PLACE + 3.15 * g, (-10, 8), fontweight="bold")
    draw.label(ax, "up", PLACE + [-0.75, -0.6], color=draw.MANY[0], fontweight="bold")
    draw.label(ax, "down", PLACE + [0.65, 0.35], color=draw.MANY[1], fontweight="bold")
    ax.set(xticks=[], yticks=[])

    # What moves: an arrow turns once around, from the gradient to the gradient, and is as long as
    # the ground is steep that way.
    turn = np.linspace(0, 2 * np.pi, 37) + np.arctan2(g[1], g[0])
    ways = np.stack([np.cos(turn), np.sin(turn)])
    arrows = 3.15 * np.abs(g @ ways) * ways
    look = arrow | {"linewidth": 4, "color": draw.MANY[3], "zorder": 6}
    hand = ax.add_patch(FancyArrowPatch(PLACE, PLACE + arrows[:, 0], **look))
    save(fig, __file__, [(hand, np.tile(PLACE[:, None], 37), arrows)], FLOW)
