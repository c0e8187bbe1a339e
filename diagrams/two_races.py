"""Draw two_races.svg: one race with one learning rate for all, and with its own for each."""

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from moving import FLOW, save

from gdlib import draw
from gdlib.landscapes import himmelblau
from gdlib.optimizers import adam, descend, gd, momentum, rmsprop

# For each: what else it takes, and its best rate on 40 starts, as notebook 07 finds it.
RULES = {
    "gd": (gd, {}, 0.0133),
    "momentum": (momentum, {"rho": 0.9}, 0.00237),
    "rmsprop": (rmsprop, {"rho": 0.9}, 0.0133),
    "adam": (adam, {}, 0.178),
}
START, ALIKE, SHOWN = [-0.3, -0.6], 0.1, 24

with style.context(draw.STYLE):
    land = himmelblau()
    fig = Figure((7.2, 3.7), layout="constrained")
    axes, walkers, marks = fig.subplots(1, 2), [], []
    titles = f"learning rate {ALIKE} for all", "to each the rate that suits it"
    for ax, title, own in zip(axes, titles, (False, True), strict=True):
        _, lines, *_ = draw.contour(ax, land, draw.heights(land, 4))
        lines.set_segments([line[::3] for line in lines.get_segments()])  # a small file
        ax.set(title=title, xlim=(-5, 5), ylim=(-5, 5), xticks=[], yticks=[])
        ax.set_box_aspect(1)
        for name, (rule, more, best) in RULES.items():
            rate = best if own else ALIKE
            path = descend(rule, land.grad, START, SHOWN, lr=rate, **more)
            left = (
                draw.inside(path, land.window).argmin() or SHOWN
            )  # the step that leaves the picture
            path = path[:, : left + 1]
            draw.path(ax, path, name, marker="", linewidth=1.6, alpha=0.8)
            look = {"marker": draw.LOOK[name]["marker"], "color": draw.LOOK[name]["color"]}
            ball = ax.plot(*START, **look, ms=9, mec="white", zorder=9)[0]
            walkers.append((ball, np.clip(path, -5, 5)[:, :: 1 if left < 4 else 2]))
            if not own:
                label = {"gd": "gradient descent", "rmsprop": "RMSProp", "adam": "Adam"}
                marks.append(ax.plot([], [], **draw.LOOK[name], label=label.get(name, name))[0])
    fig.legend(handles=marks, loc="outside lower center", ncols=4, frameon=False)
    save(fig, __file__, walkers, FLOW)
