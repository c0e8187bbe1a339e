"""From a key press on a slider to changed pixels, measured inside a headless Chromium.

How: the page notes the time of the key press and the time of every change of the picture, by the
event that makes it: `drawImage` on a canvas of the page, `load` of an image, a DOM mutation in an
SVG or a text. No pixel is read back, since that would cost more than some candidates do. Each
change counts from the moment after the next animation frame, which is when it is on its way to the
screen, alike for all kinds. A step is over when the picture has been at rest for 0.12 s.

Our figures are measured twice: their first moves, with nothing recorded ahead, and moves to frames
that the page keeps, after the kernel has had time to look ahead.
"""

import os
import random
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from distance import distance
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
    slider: int = 0  # which one is moved
    onward: bool = False  # always to the right, to places where it has not been
    ahead: bool = False  # whether the kernel looks ahead
    far: bool = False  # whether it is measured at a distance, too
    few: bool = False  # whether its slider has too few places for a film
    latest: dict = field(default_factory=dict)  # delay -> ms from the key to the last change
    missed: int = 0
    rate: dict = field(default_factory=dict)  # delay -> pictures a second in a drag
    kept: int = 0  # bytes that the page keeps in the end

    def ms(self, delay=0):
        return statistics.median(self.latest[delay])

    @property
    def quartiles(self):
        return statistics.quantiles(self.latest[0], n=4)[::2]


BOOKS = {  # where a module's figures stand
    "loss_landscapes": "01",
    "gradients": "02",
    "gradient_descent": "03",
    "stochastic_gradient_descent": "04",
    "momentum": "05",
    "rmsprop": "06",
}
DELAYS = (0, 50, 150)  # ms each way


def ours(name, module, note="", first="", **more):
    """One of our figures; `first` is what is done to it before it is shown."""
    ahead = more.get("ahead", False)
    code = (
        f"from course.{module} import figures\nfigure = figures.{name}()\n"
        f"figure.ahead = {ahead}\n{first}\nfigure"
    )
    return Candidate(f"ours, `{name}` of {BOOKS[module]}{note}", code, **more)


def other(label, name, watch, magic="", **more):
    code = f"{magic}\nimport candidates\ncandidates.{name}()"
    return Candidate(label, code, watch, **more)


FIRST = [
    ("regimes", "gradient_descent", {"far": True}),
    ("settings", "momentum", {"note": ", another cell", "slider": 1}),
    ("penguins", "gradient_descent", {}),
    ("basins", "gradient_descent", {"far": True}),
    ("ravine", "gradient_descent", {}),
    ("gallery", "loss_landscapes", {"slider": 2, "note": ", another turn"}),
    ("field", "gradients", {}),
    ("minibatch", "stochastic_gradient_descent", {"slider": 1}),  # the first has few stops
    ("schedules", "stochastic_gradient_descent", {"few": True}),
    ("storyboard", "rmsprop", {}),
    ("roll", "momentum", {}),
    ("turned", "rmsprop", {"far": True, "first": "figure.set(angle=22)"}),
]
MAP = ("settings", "momentum", {"note": ", another map", "first": "figure.set(kappa=1)"})


def candidates():
    return [
        other("bare round trip", "bare", ".bench-text", far=True),
        *(ours(name, module, **more) for name, module, more in FIRST),
        ours(*MAP[:2], **MAP[2], onward=True),
        other("`interact`, new figure", "interact", "img", "%matplotlib inline"),
        other("ipympl, `set_data` + `draw_idle`", "ipympl", "canvas", "%matplotlib widget"),
        other("bqplot", "bqplot", ".bqplot svg.svg-figure"),
        other("plotly FigureWidget", "plotly", ".js-plotly-plot svg"),
    ]


def kept():
    """Our figures with looking ahead, near and far."""
    return [ours(n, m, **more | {"ahead": True, "far": True}) for n, m, more in FIRST]


def measure(scratch, them, rounds=3, steps=11, seconds=2.0, say=print):
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
        url, token = stack.enter_context(lab.jupyterlab(notebooks, scratch))
        url, network = stack.enter_context(distance(url))
        browser = stack.enter_context(lab.chromium()).context.browser
        pages = [
            open_candidate(browser, (url, token), f"{k}.ipynb", each) for k, each in enumerate(them)
        ]
        for delay in DELAYS:
            network.seconds = delay / 1000
            for turn in range(rounds if delay == 0 else 1):
                for page, each in zip(pages, them, strict=True):
                    if delay == 0 or each.far:
                        back = turn % 2 and not each.onward
                        press_keys(page, each, "ArrowLeft" if back else "ArrowRight", steps, delay)
                say(f"  {delay} ms each way, round {turn + 1}", flush=True)
            for page, each in zip(pages, them, strict=True):
                if each.far or each.name == "bqplot" or each.name.startswith("`interact"):
                    if delay == 0 or each.far:
                        each.rate[delay] = drag(page, each, seconds, delay)
        for page, each in zip(pages, them, strict=True):
            if each.ahead:
                each.kept = page.evaluate(f"{FIGURE}.bytes")


FIGURE = "document.querySelector('.gdlib-canvas').parentNode.parentNode.gdlib.figure"


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


def press_keys(page, each, key, steps, delay):
    """Single steps of a slider, one at a time; the first of a round is not counted.

    Before, the kernel may look ahead as it does after a few moves of a hand.
    """
    page.bring_to_front()
    handle = page.locator(".noUi-handle").nth(each.slider)
    rest = 120 + 2 * delay
    if each.ahead:
        prepare(page, handle, delay)
    for k in range(steps):
        if each.name.startswith("ours") and not each.ahead:
            page.evaluate(f"{FIGURE}.frames.clear()")  # it may have been here before
        page.evaluate("bench.arm()")
        handle.press(key)
        frames = page.evaluate(f"bench.rest({rest})")
        if k == 0:
            continue
        if not frames:
            each.missed += 1
        elif each.ahead:  # what follows is the kernel's own answer: the same picture
            each.latest.setdefault(delay, []).append(frames[0])
        else:
            each.latest.setdefault(delay, []).append(frames[-1])


def prepare(page, handle, delay):
    """A few moves to and fro, with pauses, in which the kernel looks ahead."""
    for key in ("ArrowRight", "ArrowLeft") * 4:
        handle.press(key)
        time.sleep(0.3 + 2 * delay / 1000)


PLACE = """handle => {
    const slider = handle.closest('.noUi-target'), { range, step } = slider.noUiSlider.options;
    return slider.clientWidth * step / (range.max - range.min);
}"""  # how many pixels wide a place of a slider is


def drag(page, each, seconds, delay):
    """Pictures a second while the mouse sweeps to and fro over 16 places of a slider.

    It does so twice a second. Where the places are wide there are fewer pictures to be had.
    """
    page.bring_to_front()
    handle = page.locator(".noUi-handle").nth(each.slider)
    handle.scroll_into_view_if_needed()
    if each.ahead:
        prepare(page, handle, delay)
    box, far = handle.bounding_box(), max(20, 8 * handle.evaluate(PLACE))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.evaluate("bench.arm()")
    page.mouse.down()
    start = time.monotonic()
    while (passed := time.monotonic() - start) < seconds:
        page.mouse.move(x + far * (2 * abs((2 * passed + 0.5) % 2 - 1) - 1), y)
    page.mouse.up()
    frames = page.evaluate(f"bench.rest({300 + 2 * delay})")
    frames = [frame for frame in frames if frame < seconds * 1000]
    return len(frames) / seconds


THRIFT = [("regimes", "gradient_descent"), ("basins", "gradient_descent"), ("turned", "rmsprop")]


def thrift(scratch, moves=64):
    """{figure: (times what the moves alone cost the kernel, share answered from kept frames)}."""
    notebooks = scratch / "thrift"
    notebooks.mkdir()
    spent = {}
    with ExitStack() as stack:
        server = stack.enter_context(lab.jupyterlab(notebooks, scratch))
        browser = stack.enter_context(lab.chromium()).context.browser
        for name, module in THRIFT:
            seconds, answered = {}, 0
            for ahead in (False, True):
                each = ours(name, module, ahead=ahead)
                notebook = new_notebook(cells=[new_code_cell(each.code)])
                notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
                nbformat.write(notebook, notebooks / f"{name}{ahead}.ipynb")
                page = open_candidate(browser, server, f"{name}{ahead}.ipynb", each)
                clock = "import time; print(time.process_time())"
                before = float(lab.execute(page, clock))
                wander(page, moves)
                seconds[ahead] = float(lab.execute(page, clock)) - before
                answered = page.evaluate(f"{FIGURE}.counts.kept") / moves
                page.close()
            spent[name] = seconds[True] / seconds[False], answered
    return spent


def wander(page, moves):
    """A hand that takes up a slider, goes on for some steps, rests, and takes up the next."""
    rng = random.Random(1)
    handles = page.locator(".noUi-handle")
    for _ in range(moves // 8):
        handle = handles.nth(rng.randrange(2))
        key = rng.choice(["ArrowLeft", "ArrowRight"])
        for _ in range(8):
            if rng.random() < 0.15:
                key = "ArrowLeft" if key == "ArrowRight" else "ArrowRight"
            handle.press(key)
            time.sleep(rng.uniform(0.1, 0.3))
    time.sleep(1)
