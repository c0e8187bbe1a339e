"""What a kernel spends on the figures, without a browser: time and memory.

The functions run inside a kernel of their own, where widgets have real channels to send to; `ask`
starts one and brings the answer back.
"""

import ast
import gc
import importlib
import inspect
import os
import pkgutil
import random
import statistics
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from loop import Loop  # noqa: E402

NOTEBOOKS = HERE.parent / "notebooks"
MB = 2**20


def explorers():
    """Every live figure of the series as "page.function"."""
    import course

    for info in pkgutil.iter_modules(course.__path__):
        module = importlib.import_module(f"course.{info.name}.figures")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{info.name}.{name}"


def ask(question, timeout=600):
    """The value of an expression of this module, computed in a fresh kernel."""
    from jupyter_client.manager import start_new_kernel

    paths = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    said = []

    def listen(message):
        if message["msg_type"] == "error":
            print("\n".join(message["content"]["traceback"]), file=sys.stderr)
        said.append(message["content"].get("text", ""))

    code = f"import kernel\n_answer = kernel.{question}\nprint('ANSWER', repr(_answer))"
    try:
        client.execute_interactive(code, timeout=timeout, output_hook=listen)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return ast.literal_eval("".join(said).rsplit("ANSWER", 1)[1].strip())


def map_ms(repeats=7):
    """A 101 x 101 map of (lr, rho): 150 steps of momentum on Rosenbrock's valley, in ms."""
    import numpy as np

    from gdlib import landscapes
    from gdlib.optimizers import arrive, momentum

    land = landscapes.rosenbrock()
    lr, rho = np.meshgrid(np.geomspace(1e-5, 1e-2, 101), np.linspace(0, 0.99, 101))
    starts = np.broadcast_to(land.start[:, None, None], (2, 101, 101))
    with np.errstate(all="ignore"):
        return median_ms(lambda: arrive(momentum, land.grad, starts, 150, lr=lr, rho=rho), repeats)


def cloud_ms(repeats=15):
    """{batch size: ms} for 64 runs of 300 steps on mini-batches of penguins."""
    import numpy as np

    from gdlib import regression
    from gdlib.optimizers import descend, gd

    x, y, _ = regression.penguins("standardised")

    def cloud(size):
        grad = regression.minibatch(x, y, size, np.random.default_rng(0))
        return descend(gd, grad, np.zeros((2, 64)), 300, lr=0.1)

    return {size: median_ms(lambda s=size: cloud(s), repeats) for size in (1, 8, 64, 128)}


def race_ms(repeats=5):
    """{course: (ms of a fair race of four rules, ms of a winner map of three)}, from nothing."""
    from course.race import checks, figures

    def fair(course):
        for each in (checks.tuned, figures._own):
            each.cache_clear()
        figures._own(course)

    def winners(course):
        for each in (figures._from_everywhere, figures.winners_at_best):
            each.cache_clear()
        figures.winners_at_best(course)

    courses = [course for course in checks.courses() if course != checks.PENGUINS]
    return {
        course: (
            median_ms(lambda c=course: fair(c), repeats),
            median_ms(lambda c=course: winners(c), repeats),
        )
        for course in courses
    }


def updates(repeats=15):
    """{figure: {control: (ms, bytes)}}: a move of a control, from the value to what is sent."""
    spent = {}
    for name in explorers():
        spent[name] = {}
        figure, sent = shown(name), []

        def send(told, buffers, post=figure.canvas.send, sent=sent):
            sent.append(len(repr(told)) + sum(map(len, buffers)))
            post(told, buffers)

        figure.canvas.send = send
        for control, widget in figure.controls.items():
            figure.reset()
            sent.clear()
            moves = islice(to_and_fro(widget), repeats)
            ms = [timed(lambda v=value, w=widget: setattr(w, "value", v)) for value in moves]
            spent[name][control] = statistics.median(ms), statistics.median(sent)
        figure.close()
    return spent


def memory_mb(notebook, moves=0, warm=500):
    """(live figures, MB after the whole notebook, MB gained by moves of four figures' controls).

    The figures look ahead, a slice of time after each move.
    """
    import nbformat
    import psutil
    from IPython import get_ipython

    from gdlib.live import Live

    for cell in nbformat.read(NOTEBOOKS / notebook, 4).cells:
        if cell.cell_type == "code":
            get_ipython().run_cell(cell.source, store_history=True)
    process = psutil.Process()
    gc.collect()
    whole = process.memory_info().rss / MB
    figures = [each for each in gc.get_objects() if isinstance(each, Live)]
    if not moves:
        return len(figures), whole, 0.0
    spent = {figure: move([figure], warm // len(figures)) for figure in figures}
    quick = sorted(figures, key=spent.get)[:4]  # the others would take minutes
    for figure in quick:
        figure._loop = Loop()
    move(quick, 4 * warm)
    gc.collect()
    before = process.memory_info().rss / MB
    move(quick, moves)
    gc.collect()
    return len(figures), whole, process.memory_info().rss / MB - before


def move(figures, times):
    """Move the controls of the figures in turn; the seconds that it took."""
    widgets = [w for figure in figures for w in figure.controls.values()]
    hands = [to_and_fro(w) for w in widgets]
    start = time.perf_counter()
    for widget, hand in islice(cycle(zip(widgets, hands, strict=True)), times):
        widget.value = next(hand)
        for figure in figures:
            if isinstance(figure._loop, Loop):
                figure._loop.idle(1)
    return time.perf_counter() - start


def shown(name):
    """An explorer, displayed as the last line of a cell does."""
    from IPython.display import display

    page, function = name.split(".")
    figure = getattr(importlib.import_module(f"course.{page}.figures"), function)()
    display(figure)
    return figure


def to_and_fro(widget):
    """Values for a control, each another than the last."""
    if hasattr(widget, "options"):
        yield from cycle([*dict(widget._options_full).values()][::-1])
    draw = random.Random(1)
    step = widget.step
    log = hasattr(widget, "base")
    low, high = widget.min, widget.max
    count = round((high - low) / step)
    while True:
        at = low + step * draw.randrange(count + 1)
        yield widget.base**at if log else at


def timed(action):
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1e3


def median_ms(action, repeats):
    return statistics.median(timed(action) for _ in range(repeats))
