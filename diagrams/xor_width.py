"""Draw xor_width.svg: of 300 random starts, the share that is stuck on XOR, net by net."""

from pathlib import Path

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

from gdlib import draw
from gdlib.nets import xor_losses

WIDTHS = (2, 3, 4, 6, 8)
stuck = [(xor_losses(width, 300, np.random.default_rng(0)) >= 0.01).mean() for width in WIDTHS]

with style.context(draw.STYLE):
    fig = Figure((7.6, 2.8))
    ax = fig.subplots()
    ax.plot(WIDTHS, stuck, "o-", color=draw.MANY[0], markersize=7, clip_on=False, zorder=3)
    for width, share in zip(WIDTHS, stuck, strict=True):
        text = f"{share:.0%}" if share >= 0.01 else f"{share:.1%}"
        draw.label(ax, text, (width, share), (8, 6), fontsize=11)
    ax.set(xlim=(1.6, 8.6), ylim=(0, 0.85), xticks=WIDTHS, yticks=[])
    ax.set(xlabel="hidden units", ylabel="stuck, of 300 starts")

    target = Path(__file__).with_suffix(".svg")
    fig.savefig(target, metadata={"Date": None})
