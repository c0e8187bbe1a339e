"""The live figures of notebook 04, in the order of the page."""

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

from gdlib import draw, landscapes, regression, sampling, theory
from gdlib.controls import choice, log_slider, lr_slider, seed_slider, slider, stops
from gdlib.live import Live
from gdlib.optimizers import FAR, descend, gd
from gdlib.panels import BALL, CURVE, DOTTED, FAINT, LIT, TANGENT, Bars, Contour, Data, Plot, excess
from gdlib.words import num

INK, BLUE, ORANGE = draw.INK, *draw.MANY[:2]
SIZES = (1, 2, 4, 8, 16, 32, 64, 128)  # of a mini-batch
RUNS = 200  # in a swarm
DOTS = {"color": BLUE, "marker": ".", "ls": "", "ms": 4, "alpha": 0.55, "mew": 0, "zorder": 5}


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


def minibatch(steps=300, seeds=64):
    """Three views of one run: the rows of the next step, the path, the loss for the rows paid."""
    names = {
        "standardised": "flipper length, standard deviations from the mean",
        "centred": "flipper length in mm from the mean",
    }
    starts = {"standardised": (1.5, 2.6), "centred": (-5.0, 5.0)}
    windows = {"standardised": ((1.0, 5.4), (-1.5, 2.9)), "centred": ((-8, 8), (-8, 8))}
    limits = {"standardised": (3e-5, 30), "centred": (1e-2, 1e4)}
    tables = {units: regression.penguins(units)[:2] for units in names}
    lands = {
        units: replace(regression.loss_surface(*tables[units]), window=windows[units])
        for units in names
    }
    count = len(tables["centred"][0])

    @lru_cache(maxsize=4)
    def drawn(size, seed):
        """The rows of every step and of one more, `(steps + 1, size, seeds)`."""
        if size == count:  # all of them: nothing is left to chance
            return np.broadcast_to(np.arange(count)[:, None], (steps + 1, count, 1))
        shape = (steps + 1, size, seeds)
        return np.random.default_rng(seed).integers(count, size=shape, dtype=np.int16)

    def run(units, size, lr, seed, show):
        land, (x, y), rows = lands[units], tables[units], drawn(size, seed)
        start = np.array(starts[units])[:, None]
        grad = land.grad if size == count else _replayed(x, y, rows[..., :show])
        paths = descend(gd, grad, np.tile(start, show), steps, lr=lr)
        every = descend(gd, land.grad, start[:, 0], steps, lr=lr)
        return Run(
            units=units,
            land=land,
            data=(x, y),
            xlabel=names[units],
            path=paths[..., 0],
            paths=paths,
            rows=rows[..., 0],
            size=size,
            lr=lr,
            seed=seed,
            loss=_shown(land, paths),
            every=_shown(land, every),
        )

    def batch(run, step):
        return run.rows[step]

    def gradients(run, step):
        """The true gradient and the mini-batch's at the step's place, each `(2,)`."""
        w, rows = run.path[:, step], batch(run, step)
        x, y = run.data
        return run.land.grad(w), regression.gradient(w, x[rows], y[rows])

    def on_map(run, step):
        true, noisy = gradients(run, step)
        w, width = run.path[:, step], np.ptp(run.land.window[0])
        longest = max(np.hypot(*true), np.hypot(*noisy))
        scale = 0.26 * width / longest if 0 < longest < np.inf else 0
        cloud = draw.within(run.paths[:, step], run.land.window)
        return {
            "cloud": cloud if cloud.shape[1] > 1 else (),
            "all": (*w, *(-scale * true)),
            "batch": (*w, *(-scale * noisy)),
            "all tip": w - 1.08 * scale * true,
            "batch tip": w - 1.08 * scale * noisy,
        }

    def paid(run, step):
        each, loss = np.arange(1, steps + 1), run.loss[1:]
        spent = each * run.size
        shown = {"all": (each * count, run.every[1:]), "one": (spent, loss[:, 0])}
        if loss.shape[1] > 1:
            low, high = np.quantile(loss, (0.1, 0.9), axis=1)
            shown |= {"low": (spent, low), "high": (spent, high), "mean": (spent, loss.mean(1))}
        if step:
            shown["ball"] = (spent[step - 1], loss[step - 1, 0])
        return shown

    def readout(run, step):
        true, noisy = gradients(run, step)
        loss = run.loss[step]
        said = f"loss {_told(loss[0])} above the lowest"
        if loss[0] > FAR:
            said = "the loss is beyond all bounds, the run has diverged"
        if len(loss) > 1:
            gone, mean = (loss > FAR).sum(), f"mean of {len(loss)} seeds: {_told(loss.mean())}"
            said += f" ({f'{gone} of {len(loss)} seeds have diverged' if gone else mean})"
        drawn = "1 drawn penguin" if run.size == 1 else f"{run.size} drawn penguins"
        where = "all 342 penguins: the gradient is exact" if run.size == count else drawn
        lengths = np.hypot(*true) * np.hypot(*noisy)
        if run.size < count and 0 < lengths < np.inf:
            angle = np.degrees(np.arccos(np.clip(true @ noisy / lengths, -1, 1)))
            where += f", whose gradient points {angle:.0f}° off the true one"
        return (
            f"Seed {run.seed}, learning rate {num(run.lr, 3)}, step {step} of {steps}: {said}; "
            f"{step * run.size:,} sample gradients spent. The next step looks at {where}."
        )

    panels = [
        Data("the rows of the next step", "body mass in kg", lit=batch),
        Contour(
            "downhill: these rows ◆, all rows ■",
            ("θ₀, intercept", "θ₁, slope"),
            of=on_map,
            styles={
                "cloud": DOTS | {"color": INK, "ms": 5, "alpha": 0.8, "zorder": 7},
                "all tip": LIT | {"color": INK, "marker": "s", "zorder": 8},
                "batch tip": LIT | {"zorder": 8},
            },
            arrows={
                "all": {"color": INK, "width": 0.012, "zorder": 6},
                "batch": {"color": ORANGE, "width": 0.012, "zorder": 6},
            },
        ),
        Plot(
            "the loss of all rows, above the lowest",
            ("sample gradients spent", "loss"),
            lambda run: (1, 1.1e5, *limits[run.units]),
            paid,
            {
                "all": FAINT | {"lw": 1.6, "ls": "--", "label": "all rows at every step"},
                "one": CURVE | {"color": BLUE, "lw": 1.2, "label": "this run"},
                "mean": CURVE | {"zorder": 3, "label": "mean of 64 seeds"},
                "low": DOTTED | {"label": "a tenth lies below, above"},
                "high": DOTTED,
                "ball": BALL | {"ms": 8},
            },
            logs="xy",
            key="lower left",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=7,
        mosaic="AB;CC",
        height=5.8,
        rows=(3, 1.7),
        units=choice("standardised", list(names), "flipper length"),
        show=choice(1, {"one run": 1, f"{seeds} seeds": seeds}, "show"),
        size=stops(2, {str(b): b for b in SIZES} | {f"all {count}": count}, "batch size B"),
        lr=lr_slider(0.2, 0.001, 2, 0.02),
        seed=seed_slider(),
    )


def noise(draws=500):
    """Five hundred mini-batch gradients at one place: a cloud about the true one, and its width."""
    x, y, _ = regression.penguins("standardised")
    land, count = regression.loss_surface(x, y), len(x)
    bottom, way = land.minima[:, 0], np.array([-0.8, 0.6])
    sizes = (*SIZES, 256, count)
    ways = {"with replacement": True, "without": False}
    every = np.geomspace(1, count, 200)

    @lru_cache
    def drawn(size, replace):
        return sampling.drawn(count, size, np.random.default_rng(size), replace)((draws,))

    def run(size, distance, replace):
        w = (bottom + distance * way)[:, None]
        clouds = {b: regression.gradient(w, x[r], y[r]) for b in sizes for r in [drawn(b, replace)]}
        true = land.grad(w)
        spread = {b: np.sqrt(((g - true) ** 2).sum(axis=0).mean()) for b, g in clouds.items()}
        return Run(
            size=size,
            distance=distance,
            replace=replace,
            true=true[:, 0],
            cloud=clouds[size],
            spread=spread,
            sigma=regression.noise(x, y, w[:, 0]),
        )

    def cloud(run, step):
        u, v = -run.true
        across = np.array([-v, u]) / np.hypot(u, v) * 100
        return {
            "cloud": -run.cloud,
            "true": (0, 0, u, v),
            "edge": np.stack([-across, across], axis=1),
            "mean": -run.cloud.mean(axis=1),
        }

    def cloud_limits(run):
        reach = 1.1 * max(np.quantile(np.abs(run.cloud), 0.995), np.abs(run.true).max())
        size = next(size for size in np.geomspace(0.125, 64, 19) if reach < size)
        return -size, size, -size, size

    def law(run, step):
        spread = np.array([*run.spread.values()])
        rows = None if run.replace else count
        return {
            "theory": (every, theory.batch_noise(run.sigma, every, rows)),
            "measured": (sizes, np.where(spread > 1e-12, spread, np.nan)),
            "ball": (run.size, run.spread[run.size]),
        }

    def readout(run, step):
        drawn = "with replacement" if run.replace else "without replacement"
        off = np.hypot(*(run.cloud.mean(axis=1) - run.true))
        uphill = (run.cloud.T @ run.true < 0).mean()
        rows = None if run.replace else count
        law, spread = theory.batch_noise(run.sigma, run.size, rows), run.spread[run.size]
        lie = (
            f"lie {num(spread, 3)} (theory: {num(law, 3)}) off the true one, as a root mean square"
        )
        lie = lie if spread > 1e-9 else "are all the true one"
        off = 0 if off < 1e-9 else off
        return (
            f"B = {run.size} {drawn}, at distance {num(run.distance, 3)} from the minimum: {draws} "
            f"mini-batch gradients {lie}. The true one is {num(np.hypot(*run.true), 3)} long, "
            f"their mean {num(off, 2)} off it. {uphill:.1%} of them point uphill (seed {run.size})."
        )

    def words(ax):
        ax.text(0.03, 0.93, "this side: uphill", transform=ax.transAxes)
        mean = {"transform": ax.transAxes, "ha": "right", "color": ORANGE}
        ax.text(0.97, 0.7, "◆ mean\nof the dots", **mean)

    panels = [
        Plot(
            "−∇f: all rows (arrow), mini-batches (dots)",
            ("along θ₀", "along θ₁"),
            cloud_limits,
            cloud,
            {
                "cloud": DOTS,
                "edge": {"color": "#555555", "lw": 1, "ls": "--", "zorder": 4},
                "mean": LIT | {"zorder": 7},
            },
            arrows={"true": {"color": INK, "width": 0.011, "zorder": 6}},
            still=words,
            square=True,
        ),
        Plot(
            "the width of the cloud",
            ("batch size B", "distance from the true gradient"),
            (0.8, 430, 0.01, 10),
            law,
            {
                "theory": CURVE | {"label": "theory"},
                "measured": {
                    "color": BLUE,
                    "marker": "o",
                    "ls": "",
                    "ms": 5,
                    "mfc": "white",
                    "zorder": 3,
                    "label": "measured",
                },
                "ball": BALL,
            },
            picks=("size", None),
            logs="xy",
            key="lower left",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        height=3.9,
        size=stops(4, sizes, "batch size B"),
        distance=log_slider(0.5, 0.005, 5, 0.05, "distance"),
        replace=choice(True, ways, "rows are drawn"),
    )


def flicker(steps=60):
    """The slope of the penguins' line alone: each mini-batch has a loss curve of its own."""
    x, y, _ = regression.penguins("standardised")
    y = y - y.mean()  # the intercept stays at the mean mass
    best = (x * y).mean()
    thetas = np.linspace(-1.5, 3, 91)

    def loss(theta, rows):
        """Half the mean squared error over rows `(B, ...)` for slopes `(k, 1, ...)`: `(k, ...)`."""
        return ((theta * x[rows] - y[rows]) ** 2).mean(axis=1) / 2

    all_rows = np.arange(len(x))
    whole = loss(thetas[:, None], all_rows)

    def run(size, lr, seed):
        rows = np.random.default_rng(seed).integers(len(x), size=(steps + 1, size))
        grad = _replayed(x, y, rows[..., None], lambda w, x: (w[0] * x, (x,)))
        path = descend(gd, grad, [-1.0], steps + 1, lr=lr)[0]
        curves = loss(thetas[:, None, None], rows[:40].T[None])
        return Run(
            size=size,
            lr=lr,
            seed=seed,
            path=path,
            rows=rows,
            curves=curves,
            own=loss(path[:-1, None], rows),
            after=loss(path[1:, None], rows),
            true=loss(path[:, None], all_rows),
        )

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
        return {
            "these rows": (each, run.own),
            "all rows": (each, run.true[:-1]),
            "ball": (step, run.own[step]),
            "true": (step, run.true[step]),
        }

    def readout(run, step):
        theta, rows = run.path[step], run.rows[step]
        lowest = (x[rows] * y[rows]).sum() / (x[rows] ** 2).sum()
        own = f"from {run.own[step]:.4f} to {run.after[step]:.4f}"
        true = f"from {run.true[step]:.4f} to {run.true[step + 1]:.4f}"
        return (
            f"Seed {run.seed}, B = {run.size}, learning rate {num(run.lr, 3)}, step {step} of "
            f"{steps}, at slope {num(theta, 3)}. These rows fit best at slope {num(lowest, 3)}, "
            f"all rows at {num(best, 3)}. From ◆ to ◇ the loss goes {own} on these rows, "
            f"{true} on all rows."
        )

    looks = {
        "these rows": {"color": ORANGE, "lw": 2, "ls": "--", "zorder": 3, "label": "these rows"},
        "all rows": CURVE | {"lw": 2.2, "label": "all rows"},
    }
    balls = {
        "true": BALL | {"color": INK, "marker": "s", "ms": 7, "zorder": 5},
        "ball": LIT | {"ms": 9},
    }
    after = {"color": ORANGE, "marker": "D", "mfc": "none", "ms": 7, "lw": 0.8, "zorder": 4}
    panels = [
        Plot(
            "the loss of every mini-batch is a curve of its own",
            ("slope θ₁", "loss"),
            (-1.5, 3, 0, 2.2),
            curves,
            {"others": FAINT | {"lw": 0.5, "alpha": 0.6}, "step": after} | looks | balls,
            key="upper center",
        ),
        Plot(
            "along the run",
            ("step", "loss"),
            (-1, steps + 1, 1e-3, 10),
            losses,
            looks | balls,
            logs="y",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=3,
        height=3.7,
        columns=(1.5, 1),
        size=stops(2, SIZES, "batch size B"),
        lr=lr_slider(0.2, 0.02, 2, 0.01),
        seed=seed_slider(),
    )


FLOOR_LRS = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.4])


def _made_up(noise):
    """The made-up data, their loss surface and the noise of one row's gradient at the minimum."""
    x, y = regression.made_up(noise)
    land = regression.loss_surface(x, y)
    return x, y, land, regression.noise(x, y, land.minima[:, 0])


def floor(steps=1000, seeds=64):
    """The loss at a constant learning rate comes down to a floor, unless the model fits exactly."""
    worlds = {noise: _made_up(noise) for noise in (0.8, 0.0)}

    def losses(noise, size, start, steps, seeds, **lr):
        x, y, land, _ = worlds[noise]
        grad = regression.minibatch(x, y, size, np.random.default_rng(0))
        starts = np.broadcast_to(np.reshape(start, (2, 1, 1)), (2, 1, seeds))
        return _shown(land, descend(gd, grad, starts, steps, **lr))

    def measured(size):
        """The floor at each of FLOOR_LRS: the mean over 40 runs, and over steps 200 to 400."""
        loss = losses(0.8, size, worlds[0.8][2].minima, 400, 40, lr=FLOOR_LRS[:, None])
        return loss[200:].mean(axis=(0, 2))

    grid = {f"B = {size}": (FLOOR_LRS / size, measured(size)) for size in (1, 4, 16)}

    def run(noise, size, lr):
        loss = losses(noise, size, [-1, -1], steps, seeds, lr=lr)[:, 0]
        sigma = worlds[noise][3]
        return Run(
            noise=noise,
            size=size,
            lr=lr,
            loss=loss,
            level=loss[-300:].mean(),
            sigma=sigma,
            theory=theory.noise_floor(lr, sigma, size),
        )

    def along(run, step):
        each = np.arange(steps + 1)
        shown = {"one": (each, run.loss[:, 0]), "mean": (each, run.loss.mean(axis=1))}
        return shown | ({"theory": ([0, steps], [run.theory] * 2)} if run.noise else {})

    def collapse(run, step):
        return grid | {"theory": (ends, law), "ball": (run.lr / run.size, max(run.level, 3e-12))}

    def readout(run, step):
        said = f"B = {run.size}, learning rate {num(run.lr, 3)}:"
        if run.level > 1e3:
            return f"{said} these runs have diverged."
        said = (
            f"{said} the mean loss of {seeds} runs, steps {steps - 300} to {steps} (seed 0), is "
            f"{_told(run.level)} above the lowest."
        )
        if run.noise:
            return f"{said} The theory of the floor says lr·σ²/(4B) = {num(run.theory, 3)}."
        return f"{said} The line fits all points exactly, every row agrees, and there is no floor."

    def lowest(run):
        return 1e-5 if run.noise else 1e-12

    ends = np.array([3e-4, 0.6])
    law = theory.noise_floor(ends, worlds[0.8][3])
    look = {"color": INK, "ls": "", "ms": 5, "mfc": "white", "zorder": 7}
    marks = {name: look | {"marker": m, "label": name} for name, m in zip(grid, "os^", strict=True)}
    panels = [
        Plot(
            "the mean of 64 runs, and one of them",
            ("step", "loss above the lowest"),
            lambda run: (0, steps, lowest(run), 300),
            along,
            {
                "one": CURVE | {"color": BLUE, "lw": 0.8, "label": "one run"},
                "mean": CURVE | {"lw": 2, "zorder": 3, "label": "mean"},
                "theory": TANGENT | {"lw": 1.4, "label": "theory"},
            },
            logs="y",
            key="upper right",
        ),
        Plot(
            "the floor of points about a line",
            ("learning rate / batch size", "loss above the lowest"),
            lambda run: (2e-4, 1.2, lowest(run), 300),
            collapse,
            {"theory": TANGENT | {"lw": 1.4, "zorder": 2}}
            | marks
            | {"ball": BALL | {"ms": 11, "label": "these runs"}},
            logs="xy",
            key="upper left",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        height=3.7,
        columns=(1.4, 1),
        noise=choice(0.8, {"about a line": 0.8, "on a line": 0.0}, "points"),
        size=stops(1, SIZES[:6], "batch size B"),
        lr=lr_slider(0.1, 0.01, 0.9, 0.02),
    )


SCHEDULES = {
    "constant": lambda k, pace: 0.1 + 0 * k,
    "1/k": lambda k, pace: 0.1 / (1 + k / pace),
    "exponential": lambda k, pace: 0.1 * np.exp(-k / pace),
    "cuts": lambda k, pace: 0.1 * 0.1 ** (1.0 * (k >= pace) + (k >= 3 * pace)),
}


PACES = [n * 10**k for k in range(4) for n in (1, 2, 5)] + [10_000]


def schedules(steps=6000, seeds=40):
    """A learning rate that shrinks along the run: too slowly, and it is noisy, too fast: stuck."""
    x, y, land, _ = _made_up(0.8)
    each = np.arange(steps + 1)
    rows = np.random.default_rng(0).integers(len(x), size=(steps, 1, seeds))
    start = np.full((2, seeds), -1.0)

    def losses(lr):
        return _shown(land, descend(gd, _replayed(x, y, rows), start, steps, lr=lr))

    constant = losses(0.1).mean(axis=1)

    def run(kind, pace):
        rates = SCHEDULES[kind](each, pace)
        return Run(kind=kind, pace=pace, rates=rates, loss=losses(lambda k: rates[k]))

    def readout(run, step):
        end = run.loss[-500:].mean()
        last = num(run.rates[-1], 2) if run.rates[-1] > 1e-9 else "nothing"
        way = f"Schedule {run.kind} at a pace of {run.pace:,} steps: from 0.1 lr falls to {last}"
        if run.kind == "constant":
            way = f"Schedule constant: lr stays 0.1, and the pace of {run.pace:,} plays no part"
        return (
            f"{way}. After {steps} steps on one row each, the loss is "
            f"{num(end, 2)} above the lowest (mean of {seeds} runs and the last 500 steps, seed 0)."
        )

    panels = [
        Plot(
            "the learning rate",
            ("step", "learning rate"),
            (1, steps, 1e-5, 1),
            lambda run, step: {"rate": (each, run.rates)},
            {"rate": CURVE},
            logs="xy",
        ),
        Plot(
            "the loss above the lowest",
            ("step", "loss"),
            (1, steps, 1e-5, 30),
            lambda run, step: {
                "constant": (each, constant),
                "one": (each, run.loss[:, 0]),
                "mean": (each, run.loss.mean(axis=1)),
            },
            {
                "constant": FAINT | {"ls": "--", "lw": 1.4, "label": "constant 0.1"},
                "one": CURVE | {"color": BLUE, "lw": 0.6, "label": "one run"},
                "mean": CURVE | {"lw": 2, "zorder": 3, "label": "mean of 40"},
            },
            logs="xy",
            key="lower left",
        ),
    ]
    return Live(
        run,
        panels,
        readout,
        height=3.5,
        columns=(1, 1.5),
        kind=choice("1/k", list(SCHEDULES), "schedule"),
        pace=stops(100, {f"{p:,}": p for p in PACES}, "pace, in steps"),
    )


def _swarm(start, grad, lr, steps):
    """The paths `(steps + 1, RUNS)` of many runs from one start on a landscape of one parameter."""
    return descend(gd, grad, np.full((1, RUNS), start), steps, lr=lr)[0]


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


def frequency(steps=2000):
    """Two hundred runs from one start in a local minimum's valley: how many get out by noise?"""
    land, (x, y) = replace(landscapes.frequency_fit(), window=((0, 8),)), regression.waves()
    tops = landscapes.stationary_points(land)[1][0]  # 0.64, 3.08, 4.66, …: between the valleys
    names = ["w = 2, exact", "w ≈ 4, local", "elsewhere"]

    def run(size, lr, seed):
        grad = regression.minibatch(x, y, size, np.random.default_rng(seed), model=regression.wave)
        path = _swarm(3.5, land.grad if size == len(x) else grad, lr, steps)
        return Run(land=land, size=size, lr=lr, seed=seed, path=path)

    def shares(run, step):
        valley = np.searchsorted(tops, run.path[step])
        two, four = (valley == 1).mean(), (valley == 2).mean()  # 0 is the valley of w ≈ 0
        return [two, four, 1 - two - four]

    def readout(run, step):
        two, four, other = shares(run, step)
        away = ~draw.inside(run.path[step][None], land.window)
        return (
            f"Seed {run.seed}, B = {run.size}, learning rate {num(run.lr, 3)}, step {step} of "
            f"{steps}: of {RUNS} runs from 3.5, {two:.1%} are in the valley of w = 2, {four:.1%} "
            f"in that of the local minimum, {abs(other):.1%} elsewhere "
            f"({away.mean():.1%} outside the picture)."
        )

    panels = [
        _on_the_curve("two hundred runs on the loss of all 40 rows", land, (-0.02, 0.9)),
        Bars("share of the runs", names, of=shares),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        at=100,
        height=3.5,
        columns=(1.5, 1),
        size=stops(2, {"1": 1, "2": 2, "4": 4, "8": 8, "all 40": 40}, "batch size B"),
        lr=lr_slider(0.2, 0.02, 0.4, 0.02),
        seed=seed_slider(20),
    )


def dip(steps=2000):
    """Two hundred runs in a narrow dip: thrown out of a bad minimum, and of the best one."""
    lands = {depth: landscapes.dip(depth) for depth in (3, 8)}
    ridges = {depth: landscapes.stationary_points(lands[depth])[1].min() for depth in lands}
    names = ["wide bowl", "narrow dip"]

    def run(depth, sigma, size, lr):
        land = lands[depth]
        grad = sampling.tilted(land, sigma, size, np.random.default_rng(0))
        path = _swarm(land.minima[0].min(), grad, lr, steps)
        return Run(land=land, depth=depth, sigma=sigma, size=size, lr=lr, path=path)

    def shares(run, step):
        out = (run.path[step] > ridges[run.depth]).mean()
        return [out, 1 - out]

    def readout(run, step):
        best = "dip" if run.depth == 8 else "bowl"
        return (
            f"Rows that disagree by σ = {num(run.sigma)}, B = {run.size}, learning rate "
            f"{num(run.lr, 3)}, step {step} of {steps}: {shares(run, step)[0]:.1%} of {RUNS} runs "
            f"(seed 0) are outside the dip. At depth {run.depth} the {best} is the global minimum."
        )

    panels = [
        _on_the_curve("two hundred runs that began in the dip", lands[3], (-5, 14)),
        Bars("share of the runs", names, of=shares, rest=False),
    ]
    return Live(
        run,
        panels,
        readout,
        steps=steps,
        height=3.5,
        columns=(1.5, 1),
        depth=choice(3, [3, 8], "depth of the dip"),
        sigma=slider(4.0, 0.0, 16.0, 0.5, "disagreement σ"),
        size=stops(1, (1, 4, 16, 64), "batch size B"),
        lr=lr_slider(0.05, 0.005, 0.2, 0.02),
    )
