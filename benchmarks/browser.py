"""From a key press on a slider to changed pixels, measured inside a headless Chromium.

How: the page notes the time of the key press and the time of every change of the picture, by the
event that makes it: `drawImage` on a canvas of the page, `load` of an image, a DOM mutation in an
SVG or a text. No pixel is read back, since that would cost more than some candidates do. Each
change counts from the moment after the next animation frame, which is when it is on its way to the
screen, alike for all kinds. A step is over when the picture has been at rest for 0.12 s.
"""

import os
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

import lab  # noqa: E402

RECORDER = """
(() => {
    const bench = window.bench = {pressed: 0, frames: [], waiting: false};
    const painted = new MessageChannel();
    painted.port1.onmessage = () => bench.frames.push(performance.now());
    bench.changed = () => {
        if (bench.waiting) return;
        bench.waiting = true;
        requestAnimationFrame(() => { bench.waiting = false; painted.port2.postMessage(0); });
    };
    bench.arm = () => { bench.pressed = 0; bench.frames = []; };
    const press = () => { bench.pressed ||= performance.now(); };
    window.addEventListener('keydown', press, true);
    window.addEventListener('pointerdown', press, true);
    bench.watch = kind => {
        if (kind === 'canvas') {
            const draw = CanvasRenderingContext2D.prototype.drawImage;
            CanvasRenderingContext2D.prototype.drawImage = function (...args) {
                if (this.canvas.isConnected) bench.changed();
                return draw.apply(this, args);
            };
        } else if (kind === 'img') {
            document.addEventListener('load', event => {
                if (event.target.tagName === 'IMG') bench.changed();
            }, true);
        } else {
            const seen = new MutationObserver(bench.changed);
            const all = {childList: true, attributes: true, characterData: true, subtree: true};
            for (const node of document.querySelectorAll(kind)) seen.observe(node, all);
        }
    };
    bench.rest = async quiet => {
        const started = performance.now();
        for (;;) {
            await new Promise(resolve => setTimeout(resolve, 10));
            const now = performance.now(), last = bench.frames.at(-1);
            if (last && !bench.waiting && now - last > quiet)
                return bench.frames.map(frame => frame - bench.pressed);
            if (now - started > 5000) return [];
        }
    };
})()
"""


@dataclass
class Candidate:
    """A notebook with one figure; `watch`: canvas, img, or a CSS selector of what changes."""

    name: str
    code: str
    watch: str = "canvas"
    drag: bool = False
    slider: int = 0  # which one is moved
    onward: bool = False  # always to the right, to places where it has not been
    latest: list = field(default_factory=list)  # ms from the key to the last change, per step
    first: list = field(default_factory=list)  # ms to the first change
    missed: int = 0
    rate: float = 0.0  # pictures a second in a drag

    @property
    def ms(self):
        return statistics.median(self.latest)

    @property
    def quartiles(self):
        return statistics.quantiles(self.latest, n=4)[::2]


BOOKS = {  # where a module's figures stand
    "loss_landscapes": "01",
    "gradients": "02",
    "gradient_descent": "03",
    "stochastic_gradient_descent": "04",
    "momentum": "05",
    "rmsprop": "06",
}


def ours(name, module, note="", first="", **more):
    """One of our figures; `first` is what is done to it before it is shown."""
    code = (
        f"from gdlib.explore import {module} as explore\nfigure = explore.{name}()\n{first}\nfigure"
    )
    return Candidate(f"ours, `{name}` of {BOOKS[module]}{note}", code, **more)


def other(label, name, watch, magic="", drag=False):
    code = f"{magic}\nimport candidates\ncandidates.{name}()"
    return Candidate(label, code, watch, drag)


def candidates():
    return [
        other("bare round trip", "bare", ".bench-text"),
        ours("regimes", "gradient_descent", drag=True),
        ours("penguins", "gradient_descent"),
        ours("basins", "gradient_descent"),
        ours("ravine", "gradient_descent"),
        ours("gallery", "loss_landscapes"),
        ours("field", "gradients"),
        ours("minibatch", "stochastic_gradient_descent", slider=1),  # the first has few stops
        ours("roll", "momentum"),
        ours("turned", "rmsprop"),
        ours("settings", "momentum", ", another cell", slider=1),
        ours("settings", "momentum", ", another map", "figure.set(kappa=1)", onward=True),
        other("`interact`, new figure", "interact", "img", "%matplotlib inline", drag=True),
        other("ipympl, `set_data` + `draw_idle`", "ipympl", "canvas", "%matplotlib widget"),
        other("bqplot", "bqplot", ".bqplot svg.svg-figure", drag=True),
        other("plotly FigureWidget", "plotly", ".js-plotly-plot svg"),
    ]


def measure(scratch, them, rounds=4, steps=11, seconds=3.0, say=print):
    """Fill in the candidates, round after round in turn, so that a disturbance hits them all."""
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    notebooks = scratch / "notebooks"
    notebooks.mkdir()
    for k, each in enumerate(them):
        notebook = new_notebook(cells=[new_code_cell(each.code)])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, notebooks / f"{k}.ipynb")
    with ExitStack() as stack:
        server = stack.enter_context(lab.jupyterlab(notebooks, scratch))
        browser = stack.enter_context(lab.chromium()).context.browser
        pages = [open_candidate(browser, server, f"{k}.ipynb", each) for k, each in enumerate(them)]
        for turn in range(rounds):
            for page, each in zip(pages, them, strict=True):
                back = turn % 2 and not each.onward
                press_keys(page, each, "ArrowLeft" if back else "ArrowRight", steps)
            say(f"  round {turn + 1} of {rounds}")
        for page, each in zip(pages, them, strict=True):
            if each.drag:
                each.rate = drag(page, seconds)


def open_candidate(browser, server, name, each):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.messages = []
    page.add_init_script(RECORDER)
    lab.open_notebook(page, server, name)
    lab.run_all(page)
    page.wait_for_selector(".noUi-handle")
    time.sleep(0.5)
    page.evaluate(f"bench.watch({each.watch!r})")
    return page


def press_keys(page, each, key, steps):
    """Single steps of a slider, one at a time; the first of a round is not counted."""
    page.bring_to_front()
    for k in range(steps):
        page.evaluate("bench.arm()")
        page.locator(".noUi-handle").nth(each.slider).press(key)
        frames = page.evaluate("bench.rest(120)")
        if k == 0:
            continue
        if not frames:
            each.missed += 1
            continue
        each.first.append(frames[0])
        each.latest.append(frames[-1])


def drag(page, seconds):
    """Pictures a second while the mouse sweeps the slider to and fro."""
    page.bring_to_front()
    box = page.locator(".noUi-base").first.bounding_box()
    handle = page.locator(".noUi-handle").first.bounding_box()
    y = handle["y"] + handle["height"] / 2
    page.evaluate("bench.arm()")
    page.mouse.move(handle["x"] + handle["width"] / 2, y)
    page.mouse.down()
    start = time.monotonic()
    while (passed := time.monotonic() - start) < seconds:
        sweep = abs((passed / 1.5) % 2 - 1)  # a triangle between 0 and 1
        page.mouse.move(box["x"] + box["width"] * (0.05 + 0.9 * sweep), y)
        time.sleep(0.008)
    page.mouse.up()
    frames = page.evaluate("bench.rest(300)")
    frames = [frame for frame in frames if frame < seconds * 1000]
    return (len(frames) - 1) / (frames[-1] - frames[0]) * 1000
