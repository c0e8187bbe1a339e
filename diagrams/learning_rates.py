"""Draw learning_rates.gif: the same descent on f(w) = 2w² at four learning rates."""

from pathlib import Path

import numpy as np
from matplotlib import style
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gdlib import draw
from gdlib.landscapes import parabola
from gdlib.optimizers import descend, gd

RATES = {0.05: "creeps", 0.25: "lands", 0.45: "zigzags in", 0.52: "flies apart"}
STEPS = 12

with style.context(draw.STYLE):
    land = parabola()
    fig = Figure((7.6, 2.5), dpi=90)
    FigureCanvasAgg(fig)
    axes = fig.subplots(1, len(RATES), sharey=True)
    balls = []
    for ax, (lr, fate) in zip(axes, RATES.items(), strict=True):
        draw.curve(ax, land)
        path = descend(gd, land.grad, [1.4], STEPS, lr=lr)
        ax.set(title=f"lr = {lr}: {fate}", ylim=(-0.6, 8.2), xticks=[], yticks=[], xlabel="w")
        trail = ax.plot([], [], "o-", color="#0072B2", markersize=3.5, linewidth=1, alpha=0.7)[0]
        ball = ax.plot([], [], "o", color="#0072B2", markersize=10, markeredgecolor="white")[0]
        balls.append((path, trail, ball))
    axes[0].set_ylabel("loss")
    count = fig.text(0.995, 0.02, "", ha="right", fontsize=9, color="#555555")

    def show(step):
        """Move every ball to its place after `step` steps."""
        for path, trail, ball in balls:
            points = draw.within([path[0], land.f(path)], ((-2, 2), (0, 8)))
            trail.set_data(*points[:, : step + 1])
            ball.set_data(*points[:, step : step + 1])
        count.set_text(f"step {step}")

    frames = [0, 0, *range(STEPS + 1), *[STEPS] * 3]
    animation = FuncAnimation(fig, show, np.array(frames))
    animation.save(Path(__file__).with_suffix(".gif"), PillowWriter(fps=2))
