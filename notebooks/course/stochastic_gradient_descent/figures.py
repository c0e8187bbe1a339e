"""The live figures of notebook 04, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from course.stochastic_gradient_descent.checks import made_up
from gdlib import draw, landscapes, regression, sampling, theory
from gdlib.controls import choice, log_slider, lr_slider, seed_slider, slider, stops
from gdlib.live import Live, presets
from gdlib.optimizers import FAR, descend, gd
from gdlib.panels import BALL, CURVE, FAINT, LIT, TANGENT, Bars, Contour, Data, Plot, excess
from gdlib.words import counted, num

INK, BLUE, ORANGE = draw.INK, *draw.MANY[:2]
ONE, MEAN = CURVE | {"color": BLUE}, CURVE | {"zorder": 3}  # one run, and the mean of many
DOTS = {"color": BLUE, "marker": ".", "ls": "", "ms": 4, "alpha": 0.55, "mew": 0, "zorder": 5}
SIZES = (1, 2, 4, 8, 16, 32, 64, 128)  # of a mini-batch
RUNS = 200  # in a swarm


def _size_slider(value, sizes=SIZES):
    return stops(value, sizes, "batch size B")


def _replayed(x, y, rows, model=regression.line):
    """The gradient whose k-th call looks at the k-th of the mini-batches `rows` `(steps, B, …)`."""
    batches = iter(rows)

    def grad(w):
        batch = next(batches)
        return regression.gradient(w, x[batch], y[batch], model)

    return grad


def _shown(land, paths):
    """The loss along paths above the lowest, kept within what a logarithmic axis can show."""
    with np.errstate(all="ignore"):
        loss = excess(Run(land=land, path=paths))
    return np.clip(np.nan_to_num(loss, nan=np.inf), 1e-16, 1e12)


def _told(loss):
    """A loss above the lowest as a sentence tells it."""
    return num(loss, 3) if loss > 1e-12 else "less than 1e−12"


@presets(
    {
        "a step that goes uphill": {"size": 2, "step": 11},
        "sixty-four wander about the bottom": {"show": 64, "size": 1, "step": 300},
        "all rows, nothing by chance": {"size": 342, "step": 300},
    }
)
def minibatch(steps=300, seeds=64):
    """Three views of one run: the rows of the next step, the path, the loss for the rows paid."""
    x, y, _ = regression.penguins("standardised")
    land = replace(regression.loss_surface(x, y), window=((1.0, 5.4), (-1.5, 2.9)))
    count, begin = len(x), np.array([1.5, 2.6])
    xlabel = "flipper length, standard deviations from the mean"

    @lru_cache(maxsize=4)
    def drawn(size, seed):
        """The rows of every step and of one more, `(steps + 1, size, seeds)`."""
        if size == count:  # all of them: nothing is left to chance
            return np.broadcast_to(np.arange(count)[:, None], (steps + 1, count, 1))
        shape = (steps + 1, size, seeds)
        return np.random.default_rng(seed).integers(count, size=shape, dtype=np.int16)

    def run(size, lr, seed, show):
        rows, start = drawn(size, seed), np.tile(begin[:, None], show)
        grad = land.grad if size == count else _replayed(x, y, rows[..., :show])
        paths, every = (
            descend(gd, grad, start, steps, lr=lr),
            descend(gd, land.grad, begin, steps, lr=lr),
        )
        shown = {"land": land, "data": (x, y), "xlabel": xlabel, "rows": rows[..., 0]}
        shown |= {"loss": _shown(land, paths), "every": _shown(land, every)}
        return Run(path=paths[..., 0], paths=paths, **shown)

    def readout(run, step):
        loss, (true, noisy) = run.loss[step], _gradients(run, step)
        spent = f"{counted(step * run.size)} sample gradient{'s' * (step * run.size != 1)}"
        said = f"loss {_told(loss[0])} above the lowest"
        if loss[0] > FAR:
            said = "the loss is beyond all bounds, the run has diverged"
        if len(loss) > 1:
            gone, mean = (loss > FAR).sum(), f"mean of {len(loss)} seeds: {_told(loss.mean())}"
            said += f" ({f'diverged: {gone} of {len(loss)} seeds' if gone else mean})"
        where = "1 drawn penguin" if run.size == 1 else f"{run.size} drawn penguins"
        where = "all 342 penguins: the gradient is exact" if run.size == count else where
        lengths = np.hypot(*true) * np.hypot(*noisy)
        if run.size < count and 0 < lengths < np.inf:
            angle = np.degrees(np.arccos(np.clip(true @ noisy / lengths, -1, 1)))
            where += f", whose gradient points {angle:.0f}° off the true one"
        return (
            f"Seed {run.seed}, learning rate {num(run.lr, 3)}, step {step} of {steps}: {said}; "
            f"{spent} spent. The next step looks at {where}."
        )

    panels = [
        Data("the rows of the next step", "body mass in kg", lit=lambda run, step: run.rows[step]),
        _downhill(),
        _paid(),
    ]
    look = {"mosaic": "AB;CC", "height": 5.8, "rows": (3, 1.7)}
    controls = {
        "show": choice(1, {"one run": 1, f"{seeds} seeds": seeds}, "show"),
        "size": _size_slider(2, {str(b): b for b in SIZES} | {f"all {count}": count}),
        "lr": lr_slider(0.2, 0.01, 2, 0.02),
        "seed": seed_slider(),
    }
    return Live(run, panels, readout, steps=steps, at=7, **look, **controls)


def _gradients(run, step):
    """The true gradient and the mini-batch's at the step's place, each `(2,)`."""
    w, rows, (x, y) = run.path[:, step], run.rows[step], run.data
    return run.land.grad(w), regression.gradient(w, x[rows], y[rows])


def _downhill():
    """A map with the places of all runs, and two ways down from the first of them."""

    def of(run, step):
        true, noisy = _gradients(run, step)
        w, width = run.path[:, step], np.ptp(run.land.window[0])
        longest = max(np.hypot(*true), np.hypot(*noisy))
        scale = 0.26 * width / longest if 1e-9 < longest < np.inf else 0  # below is round-off
        cloud = draw.within(run.paths[:, step], run.land.window)
        shown = {"cloud": cloud if cloud.shape[1] > 1 else ()}
        for name, g in (("all", true), ("batch", noisy)):
            shown |= {name: (*w, *(-scale * g)), f"{name} tip": w - 1.08 * scale * g}
        return shown

    styles = {
        "cloud": DOTS | {"color": INK, "ms": 5, "alpha": 0.8, "zorder": 7},
        "all tip": LIT | {"color": INK, "marker": "s", "zorder": 8},
        "batch tip": LIT | {"zorder": 8},
    }
    arrow = {"width": 0.012, "zorder": 6}
    arrows = {"all": arrow | {"color": INK}, "batch": arrow | {"color": ORANGE}}
    title, names = "downhill: these rows ◆, all rows ■", ("θ₀, intercept", "θ₁, slope")
    return Contour(title, names, of=of, styles=styles, arrows=arrows)


def _paid():
    """The loss over the rows looked at: of one run, of many, and of gradient descent."""

    def of(run, step):
        loss, each = run.loss[1:], np.arange(1, len(run.loss))
        spent = each * run.size
        shown = {"all": (each * len(run.data[0]), run.every[1:]), "one": (spent, loss[:, 0])}
        shown["mean"] = (spent, loss.mean(axis=1)) if loss.shape[1] > 1 else ()
        return shown | {"ball": (spent[step - 1], loss[step - 1, 0]) if step else ()}

    gray = FAINT | {"color": "#777777", "lw": 1.6, "ls": "--"}
    styles = {"all": gray, "one": ONE | {"lw": 1.2}, "mean": MEAN, "ball": BALL | {"ms": 8}}
    title = "loss above the lowest: this run (blue), mean of all (black), gradient descent (dashed)"
    labels, limits = ("sample gradients spent", "loss of all rows"), (1, 1.1e5, 3e-5, 30)
    return Plot(title, labels, limits, of, styles, logs="xy")


@presets(
    {
        "sixteen rows, half as wide": {"size": 16, "distance": 0.5},
        "far away, one row will do": {"size": 1, "distance": 5.0},
        "close by, a coin toss": {"size": 4, "distance": 0.005},
        "all asked, and no noise": {"size": 342, "replace": False},
    }
)
def noise(draws=500):
    """Five hundred mini-batch gradients at one place: a cloud about the true one, and its width."""
    x, y, _ = regression.penguins("standardised")
    land, count = regression.loss_surface(x, y), len(x)
    bottom, way = land.minima[:, 0], np.array([-0.8, 0.6])
    sizes = (*SIZES, 256, count)

    @lru_cache
    def drawn(size, replace):
        return sampling.drawn(count, size, np.random.default_rng(size), replace)((draws,))

    def run(size, distance, replace):
        w = (bottom + distance * way)[:, None]
        true, clouds = land.grad(w), {}
        for b in sizes:
            rows = drawn(b, replace)
            clouds[b] = regression.gradient(w, x[rows], y[rows])
        spread = {b: np.sqrt(((g - true) ** 2).sum(axis=0).mean()) for b, g in clouds.items()}
        sigma, rows = regression.noise(x, y, w[:, 0]), None if replace else count
        return Run(true=true[:, 0], cloud=clouds[size], spread=spread, sigma=sigma, rows=rows)

    def readout(run, step):
        drawn = "with replacement" if run.replace else "without replacement"
        off = np.hypot(*(run.cloud.mean(axis=1) - run.true))
        uphill = (run.cloud.T @ run.true < 0).mean()
        spread, law = run.spread[run.size], theory.batch_noise(run.sigma, run.size, run.rows)
        lie = f"lie {num(spread, 3)} (theory: {num(law, 3)}) off the true one"
        lie = f"{lie}, as a root mean square" if spread > 1e-9 else "are all the true one"
        off = 0 if off < 1e-9 else off
        return (
            f"B = {run.size} {drawn}, at distance {num(run.distance, 3)} from the minimum: {draws} "
            f"mini-batch gradients {lie}. The true one is {num(np.hypot(*run.true), 3)} long, "
            f"their mean {num(off, 2)} off it. For {uphill:.1%} of them, a step goes uphill."
        )

    size, distance = _size_slider(4, sizes), log_slider(0.5, 0.005, 5, 0.05, "distance")
    ways = choice(True, {"with replacement": True, "without": False}, "rows are drawn")
    controls = {"size": size, "distance": distance, "replace": ways}
    return Live(run, [_cloud(), _widths()], readout, height=3.9, **controls)


def _cloud():
    """Minus the gradients: mini-batches as dots about the arrow of all rows."""

    def of(run, step):
        u, v = -run.true
        across = np.array([-v, u]) / np.hypot(u, v) * 100
        return {
            "cloud": -run.cloud,
            "true": (0, 0, u, v),
            "edge": np.stack([-across, across], axis=1),
            "mean": -run.cloud.mean(axis=1),
        }

    def limits(run):
        reach = 1.1 * max(np.quantile(np.abs(run.cloud), 0.995), np.abs(run.true).max())
        size = next(size for size in np.geomspace(0.125, 64, 19) if reach < size)
        return -size, size, -size, size

    def words(ax):
        ax.text(0.03, 0.93, "this side: uphill", transform=ax.transAxes)
        mean = {"transform": ax.transAxes, "ha": "right", "color": ORANGE}
        ax.text(0.97, 0.7, "◆ mean\nof the dots", **mean)

    edge = {"color": "#555555", "lw": 1, "ls": "--", "zorder": 4}
    styles = {"cloud": DOTS, "edge": edge, "mean": LIT | {"zorder": 7}}
    arrows = {"true": {"color": INK, "width": 0.011, "zorder": 6}}
    title, labels = "−∇f: all rows (arrow), mini-batches (dots)", ("along θ₀", "along θ₁")
    return Plot(title, labels, limits, of, styles, arrows, still=words, square=True)


def _widths():
    """How wide the cloud is at every batch size, measured and in theory."""

    def of(run, step):
        sizes, spread = np.array(list(run.spread.items())).T
        every = np.geomspace(1, sizes[-1], 200)
        return {
            "theory": (every, theory.batch_noise(run.sigma, every, run.rows)),
            "measured": (sizes, np.where(spread > 1e-12, spread, np.nan)),
            "ball": (run.size, run.spread[run.size]),
        }

    circle = {"color": BLUE, "marker": "o", "ls": "", "ms": 5, "mfc": "white", "zorder": 3}
    styles = {
        "theory": CURVE | {"label": "theory"},
        "measured": circle | {"label": "measured"},
        "ball": BALL,
    }
    labels, limits = ("batch size B", "distance from the true gradient"), (0.8, 430, 0.01, 10)
    look = {"picks": ("size", None), "logs": "xy", "key": "lower left"}
    return Plot("the width of the cloud", labels, limits, of, styles, **look)


def flicker(steps=60):
    """The slope of the penguins' line alone: each mini-batch has a loss curve of its own."""
    x, y, _ = regression.penguins("standardised")
    y = y - y.mean()  # the intercept stays at the mean mass
    best = (x * y).mean()
    thetas, all_rows = np.linspace(-1.5, 3, 91), np.arange(len(x))

    def loss(theta, rows):
        """Half the mean squared error over rows `(B, ...)` for slopes `(k, 1, ...)`: `(k, ...)`."""
        return ((theta * x[rows] - y[rows]) ** 2).mean(axis=1) / 2

    whole = loss(thetas[:, None], all_rows)

    def run(size, lr, seed):
        rows = np.random.default_rng(seed).integers(len(x), size=(steps + 1, size))
        grad = _replayed(x, y, rows[..., None], lambda w, x: (w[0] * x, (x,)))
        path = descend(gd, grad, [-1.0], steps + 1, lr=lr)[0]
        own, after = loss(path[:-1, None], rows), loss(path[1:, None], rows)
        curves = loss(thetas[:, None, None], rows[:40].T[None])
        true = loss(path[:, None], all_rows)
        return Run(path=path, rows=rows, curves=curves, own=own, after=after, true=true)

    def curves(run, step):
        theta, rows = run.path[step : step + 2], run.rows[step]
        across = np.broadcast_to(thetas[:, None], run.curves.shape)
        return {
            "others": (draw.broken(*across), draw.broken(*run.curves)),
            "all rows": (thetas, whole),
            "these rows": (thetas, loss(thetas[:, None], rows)),
            "step": (theta, loss(theta[:, None], rows)),
            "ball": (theta[0], run.own[step]),
            "true": (theta[0], run.true[step]),
        }

    def losses(run, step):
        each = np.arange(steps + 1)
        lines = {"these rows": (each, run.own), "all rows": (each, run.true[:-1])}
        return lines | {"ball": (step, run.own[step]), "true": (step, run.true[step])}

    def readout(run, step):
        rows = run.rows[step]
        lowest = (x[rows] * y[rows]).sum() / (x[rows] ** 2).sum()
        own = f"from {num(run.own[step], 3)} to {num(run.after[step], 3)}"
        true = f"from {num(run.true[step], 3)} to {num(run.true[step + 1], 3)}"
        return (
            f"Seed {run.seed}, B = {run.size}, learning rate {num(run.lr, 3)}, step {step} of "
            f"{steps}, at slope {num(run.path[step], 3)}. These rows fit best at slope "
            f"{num(lowest, 3)}, all rows at {num(best, 3)}. From ◆ to ◇ the loss goes {own} on "
            f"these rows, {true} on all rows."
        )

    looks = {
        "these rows": {"color": ORANGE, "lw": 2, "ls": "--", "zorder": 3, "label": "these rows"},
        "all rows": CURVE | {"lw": 2.2, "label": "all rows"},
        "true": BALL | {"color": INK, "marker": "s", "ms": 7, "zorder": 5},
        "ball": LIT | {"ms": 9},
    }
    after = {"color": ORANGE, "marker": "D", "mfc": "none", "ms": 7, "lw": 0.8, "zorder": 4}
    title, limits = "the loss of every mini-batch is a curve of its own", (-1.5, 3, 0, 2.2)
    styles = {"others": FAINT | {"lw": 0.5, "alpha": 0.6}, "step": after} | looks
    panels = [
        Plot(title, ("slope θ₁", "loss"), limits, curves, styles, key="upper center"),
        Plot("along the run", ("step", "loss"), (-1, steps + 1, 1e-3, 10), losses, looks, logs="y"),
    ]
    look = {"at": 3, "height": 3.7, "columns": (1.5, 1)}
    controls = {"size": _size_slider(2), "lr": lr_slider(0.2, 0.02, 2), "seed": seed_slider()}
    return Live(run, panels, readout, steps=steps, **look, **controls)


@presets(
    {
        "four times the batch": {"size": 4, "lr": 0.1},
        "a quarter of the learning rate": {"size": 1, "lr": 0.0251},
        "every row fits, no floor": {"noise": 0.0, "size": 1, "lr": 0.1},
        "one row a step, flies apart": {"size": 1, "lr": 0.9},
    }
)
def floor(steps=1000, seeds=64):
    """The loss at a constant learning rate comes down to a floor, unless the model fits exactly."""

    def run(noise, size, lr):
        loss = _descent(noise, size, (-1, -1), steps, seeds, lr=lr)[:, 0]
        law = theory.noise_floor(lr, made_up(noise)[-1], size)
        return Run(loss=loss, level=loss[-300:].mean(), law=law)

    def along(run, step):
        law = {"theory": ([0, steps], [run.law] * 2)}
        return _one_and_mean(run.loss) | (law if run.noise else {})

    def readout(run, step):
        said = f"B = {run.size}, learning rate {num(run.lr, 3)}:"
        if run.level > 1e3:
            return f"{said} these runs have diverged."
        law = "The line fits all points exactly, every row agrees, and there is no floor."
        if run.noise:
            law = f"The theory, dashed, says lr·σ²/(4B) = {num(run.law, 3)}."
        return (
            f"{said} the mean loss of {seeds} runs, steps {steps - 300} to {steps} (seed 0), is "
            f"{_told(run.level)} above the lowest. {law}"
        )

    lines = {"one": ONE | {"lw": 0.8}, "mean": MEAN, "theory": TANGENT | {"lw": 1.8}}
    title = f"one run (blue) and the mean of {seeds} (black)"
    labels = ("step", "loss above the lowest")
    limits = lambda run: (0, steps, *(1e-5 if run.noise else 1e-12, 20))  # noqa: E731
    panels = [Plot(title, labels, limits, along, lines, logs="y"), _floors()]
    controls = {
        "noise": choice(0.8, {"about a line": 0.8, "on a line": 0.0}, "points"),
        "size": _size_slider(1, SIZES[:6]),
        "lr": lr_slider(0.1, 0.01, 0.9, 0.02),
    }
    return Live(run, panels, readout, height=3.7, columns=(1.4, 1), **controls)


def _descent(noise, size, start, steps, runs, lr):
    """The loss above the lowest of runs on the made-up points: `(steps + 1, lrs, runs)`."""
    x, y, land, _ = made_up(noise)
    grad = regression.minibatch(x, y, size, np.random.default_rng(0))
    start = np.repeat(np.reshape(start, (2, 1, 1)), runs, axis=2)
    return _shown(land, descend(gd, grad, start, steps, lr=lr))


def _one_and_mean(loss):
    """The loss of the first of many runs, and the mean of all, at every step."""
    each = np.arange(len(loss))
    return {"one": (each, loss[:, 0]), "mean": (each, loss.mean(axis=1))}


def _floors():
    """Floors over lr/B: measured for many settings, the theory, and the runs shown."""
    *_, land, sigma = made_up()
    ends, lrs = np.array([1.5e-4, 1]), np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.4])
    lines = {"theory": (ends, theory.noise_floor(ends, sigma))}
    styles = {"theory": TANGENT | {"lw": 1.4, "zorder": 2}}
    mark = {"color": INK, "ls": "", "ms": 5, "mfc": "white", "zorder": 7}
    for size, marker in zip((1, 4, 16), "os^", strict=True):
        loss = _descent(0.8, size, land.minima, 400, 40, lr=lrs[:, None])
        lines[f"B = {size}"] = lrs / size, loss[200:].mean(axis=(0, 2))
        styles[f"B = {size}"] = mark | {"marker": marker, "label": f"B = {size}"}

    def of(run, step):
        return lines | {"ball": (run.lr / run.size, run.level) if run.noise else ()}

    styles["ball"] = BALL | {"ms": 11, "label": "these runs"}
    labels = ("learning rate / batch size", "loss above the lowest")
    title, limits = "the floor (dashed: theory)", (1.5e-4, 1.2, 3e-5, 5)
    return Plot(title, labels, limits, of, styles, logs="xy", key="upper left")


SCHEDULES = {
    "constant": lambda k, pace: 0.1 + 0 * k,
    "1/k": lambda k, pace: 0.1 / (1 + k / pace),
    "exponential": lambda k, pace: 0.1 * np.exp(-k / pace),
    "cuts": lambda k, pace: 0.1 * 0.1 ** (1.0 * (k >= pace) + (k >= 3 * pace)),
}
PACES = [n * 10**k for k in range(4) for n in (1, 2, 5)] + [10_000]


@presets(
    {
        "shrinks too slowly, still noisy": {"kind": "1/k", "pace": 10_000},
        "shrinks too fast, and stops short": {"kind": "exponential", "pace": 10},
        "quick first, and quiet later": {"kind": "1/k", "pace": 10},
    }
)
def schedules(steps=6000, seeds=40):
    """A learning rate that shrinks along the run: too slowly, and it is noisy, too fast: stuck."""
    x, y, land, _ = made_up()
    each = np.arange(steps + 1)
    rows = np.random.default_rng(0).integers(len(x), size=(steps, 1, seeds))
    start = np.full((2, seeds), -1.0)

    def losses(lr):
        return _shown(land, descend(gd, _replayed(x, y, rows), start, steps, lr=lr))

    constant = losses(0.1).mean(axis=1)

    def run(kind, pace):
        rates = SCHEDULES[kind](each, pace)
        return Run(rates=rates, loss=losses(lambda k: rates[k]))

    def on_loss(run, step):
        return _one_and_mean(run.loss) | {"constant": (each, constant)}

    def readout(run, step):
        pace = f"a pace of {counted(run.pace)} step{'s' * (run.pace > 1)}"
        pace = "any pace" if run.kind == "constant" else pace
        last = num(run.rates[-1], 2) if run.rates[-1] > 1e-9 else "nothing"
        last = "stays 0.1" if run.rates[-1] == 0.1 else f"falls from 0.1 to {last}"
        return (
            f"Schedule {run.kind}, at {pace}: lr {last}. After {steps} steps on one row each, the "
            f"loss is {num(run.loss[-500:].mean(), 2)} above the lowest (mean of {seeds} runs and "
            "the last 500 steps, seed 0)."
        )

    lines = {
        "constant": FAINT | {"ls": "--", "lw": 1.4, "label": "constant 0.1"},
        "one": ONE | {"lw": 0.6, "label": "one run"},
        "mean": MEAN | {"lw": 2, "label": f"mean of {seeds}"},
    }
    title, limits = "the loss above the lowest", (1, steps, 1e-5, 30)
    panels = [
        Plot(
            "the learning rate",
            ("step", "learning rate"),
            (1, steps, 1e-5, 1),
            lambda run, step: {"rate": (each, run.rates)},
            {"rate": CURVE},
            logs="xy",
        ),
        Plot(title, ("step", "loss"), limits, on_loss, lines, logs="xy", key="lower left"),
    ]
    kind = choice("1/k", list(SCHEDULES), "schedule")
    pace = stops(100, {counted(p): p for p in PACES}, "pace, in steps")
    return Live(run, panels, readout, height=3.5, columns=(1, 1.5), kind=kind, pace=pace)


def _swarm(start, grad, lr, steps):
    """The paths `(steps + 1, RUNS)` of many runs from one start on a landscape of one parameter."""
    return descend(gd, grad, np.full((1, RUNS), start), steps, lr=lr)[0]


def _bars(shares):
    """The shares in whole percent, and the rest: together they are 100."""

    def of(run, step):
        told = [round(share, 2) for share in shares(run, step)]
        return [*told, abs(1 - sum(told))]

    return of


def _on_the_curve(title, land, ylim):
    """A curve and a swarm of runs, lifted a little so that none hides another; one is ◆."""
    xs = np.linspace(*land.window[0], 401)
    lift = 0.18 * (ylim[1] - ylim[0]) * np.random.default_rng(0).random(RUNS) ** 2

    def of(run, step):
        w = run.path[step]
        return {
            "loss": (xs, run.land.f(xs[None])),
            "runs": draw.within([w, run.land.f(w[None]) + lift], (*land.window, ylim)),
            "one": (w[2], run.land.f(w[2:3])),
        }

    styles = {"loss": CURVE, "runs": DOTS | {"ms": 5}, "one": LIT | {"ms": 9}}
    return Plot(title, ("w", "loss"), (*land.window[0], *ylim), of, styles)


@presets(
    {
        "shaken out of the bad minimum": {"size": 1, "lr": 0.2, "step": 2000},
        "too quiet to get out": {"size": 8, "lr": 0.2, "step": 2000},
        "all rows, and nobody leaves": {"size": 40, "lr": 0.2, "step": 2000},
    }
)
def frequency(steps=2000):
    """Two hundred runs from one start in a local minimum's valley: how many get out by noise?"""
    land, (x, y) = replace(landscapes.frequency_fit(), window=((0, 8),)), regression.waves()
    tops = landscapes.stationary_points(land)[1][0]  # 0.64, 3.08, 4.66, …: between the valleys

    def run(size, lr, seed):
        grad = regression.minibatch(x, y, size, np.random.default_rng(seed), model=regression.wave)
        return Run(land=land, path=_swarm(3.5, land.grad if size == len(x) else grad, lr, steps))

    def shares(run, step):
        valley = np.searchsorted(tops, run.path[step])
        return (valley == 1).mean(), (valley == 2).mean()  # 0 is the valley of w ≈ 0

    def readout(run, step):
        two, four = shares(run, step)
        away = ~draw.inside(run.path[step][None], land.window)
        return (
            f"Seed {run.seed}, B = {run.size}, learning rate {num(run.lr, 3)}, step {step} of "
            f"{steps}: of {RUNS} runs from 3.5, {two:.1%} are in the valley of w = 2, {four:.1%} "
            f"in that of the local minimum, {abs(1 - two - four):.1%} elsewhere "
            f"({away.mean():.1%} outside the picture)."
        )

    panels = [
        _on_the_curve("two hundred runs on the loss of all 40 rows", land, (-0.02, 0.9)),
        Bars("share of the runs", ["w = 2, exact", "w ≈ 4, local", "elsewhere"], of=_bars(shares)),
    ]
    look = {"at": 100, "height": 3.5, "columns": (1.5, 1)}
    size = _size_slider(2, {"1": 1, "2": 2, "4": 4, "8": 8, "all 40": 40})
    controls = {"size": size, "lr": lr_slider(0.2, 0.02, 0.4, 0.02), "seed": seed_slider(20)}
    return Live(run, panels, readout, steps=steps, **look, **controls)


@presets(
    {
        "too quiet to get out": {"depth": 3, "start": "dip", "sigma": 1.0, "step": 2000},
        "shaken out of the bad dip": {"depth": 3, "start": "dip", "sigma": 4.0, "step": 2000},
        "into the narrow best minimum": {"depth": 8, "start": "bowl", "sigma": 4.0, "step": 2000},
        "thrown out of the best minimum": {"depth": 8, "start": "dip", "sigma": 16.0, "step": 2000},
    }
)
def dip(steps=2000):
    """Two hundred runs on a bowl with a narrow dip: where does the noise take them?"""
    lands = {depth: landscapes.dip(depth) for depth in (3, 8)}
    ridges = {depth: landscapes.stationary_points(lands[depth])[1].min() for depth in lands}

    def run(depth, start, sigma):
        land = lands[depth]
        begin = land.minima[0].min() if start == "dip" else land.minima[0].max()
        grad = sampling.tilted(land, sigma, 1, np.random.default_rng(0))
        return Run(land=land, path=_swarm(begin, grad, 0.05, steps))

    def shares(run, step):
        return ((run.path[step] > ridges[run.depth]).mean(),)

    def readout(run, step):
        (bowl,), best = shares(run, step), "dip" if run.depth == 8 else "bowl"
        return (
            f"Dip {run.depth} deep, {RUNS} runs that begin in the {run.start}, rows that disagree "
            f"by σ = {num(run.sigma)}, one a step (lr 0.05, seed 0), step {step} of {steps}: "
            f"{bowl:.1%} are in the bowl, {1 - bowl:.1%} in the dip. The {best} is the global "
            "minimum."
        )

    panels = [
        _on_the_curve("two hundred runs", lands[3], (-5, 14)),
        Bars("share of the runs", ["wide bowl", "narrow dip"], of=_bars(shares), rest=False),
    ]
    controls = {
        "depth": choice(3, [3, 8], "depth of the dip"),
        "start": choice("dip", ["dip", "bowl"], "all begin in the"),
        "sigma": slider(4.0, 0.0, 16.0, 0.5, "disagreement σ"),
    }
    look = {"at": 300, "height": 3.5, "columns": (1.5, 1)}
    return Live(run, panels, readout, steps=steps, **look, **controls)
