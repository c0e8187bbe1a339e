"""Save a diagram with walkers: artists over the finished picture that move where motion is welcome.

A walker is seen only while it walks: the picture is complete without, in print and for readers who
ask their system for reduced motion.
"""

import re
from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

TIMES = "7s {} 1s 3"  # a loop, how it flows, what it waits at first, and how many loops
SEEN, FIRST, LAST, REST = 3, 6, 89, 97  # percent of a loop; half a second from LAST to REST
STEPS, FLOW = "cubic-bezier(.6, 0, .2, 1)", "linear"  # with a halt after each step, or without


def save(fig, script, walkers, pace=STEPS):
    """Write the figure as an SVG beside its script, with keyframes for each of the walkers.

    A walker is an artist, drawn as it is at first, and its places `(2, n)`; an arrow, a line or a
    box has its extents `(2, n)` as well: from end to end, or from the middle.
    """
    for k, (artist, *_) in enumerate(walkers):
        artist.set(gid=f"walker{k}", clip_on=False, in_layout=False)  # a clip would walk along
    target = Path(script).with_suffix(".svg")
    fig.savefig(target, metadata={"Date": None})
    svg = re.sub(r' (?:d|x|y)="[^"]+"', _hundredths, target.read_text(encoding="utf-8"))
    svg = re.sub(r'(id="walker\d+")', r'\1 opacity="0"', svg)
    rules = [rule for k, walker in enumerate(walkers) for rule in _rules(k, fig, pace, *walker)]
    welcome = "@media screen and (prefers-reduced-motion: no-preference) {"
    style = "\n".join(["<style>", welcome, *rules, "}", "</style>", "</svg>"])
    target.write_text(svg.replace("</svg>", style), encoding="utf-8", newline="\n")


def _hundredths(attribute):
    """Lengths without the digits that nobody sees and that make a tenth of the file."""
    return re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", attribute[0])


def _rules(k, fig, pace, artist, places, extents=None):
    """The lines of CSS that show a saved walker, let it walk and rest, and hide it again."""
    ends = np.hstack([places, places if extents is None else places + extents])
    x, y = artist.axes.transData.transform(ends.T).T * 72 / fig.dpi
    here, there = np.split(x + 1j * (72 * fig.get_figheight() - y), 2)  # the SVG's y goes down
    looks = [f"translate({z.real:.1f}px,{z.imag:.1f}px)" for z in here - here[0]]
    arrow, more = there - here, [""] * len(here)
    if isinstance(artist, Rectangle):
        more = [f" scale({x:.3f},{y:.3f})" for x, y in extents.T / extents[:, 0]]
    elif extents is not None:
        turns, sizes = np.unwrap(np.angle(arrow)) - np.angle(arrow[0]), abs(arrow / arrow[0])
        more = [f" rotate({a:.3f}rad) scale({b:.3f})" for a, b in zip(turns, sizes, strict=True)]
    origin = f"transform-origin: {here[0].real:.2f}px {here[0].imag:.2f}px"
    yield f"#walker{k} {{animation: walk{k} {TIMES.format(pace)}; {origin}}}"
    yield f"@keyframes walk{k} {{0%, 100% {{opacity: 0}} {SEEN}%, {REST}% {{opacity: 1}}"
    times = [f"{time:.4g}%" for time in np.linspace(FIRST, LAST, len(here))]
    for time, *look in zip([*times[:-1], f"{LAST}%, 100%"], looks, more, strict=True):
        yield f"{time} {{transform: {''.join(look)}}}"
    yield "}"
