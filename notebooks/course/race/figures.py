"""The live figures of notebook 07, in the order of the page."""

from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np
from contourpy import contour_generator

from course.race import moons
from course.race.checks import (
    GOAL,
    PENGUINS,
    RACING,
    RATES,
    RULES,
    STEPS,
    TUNING,
    courses,
    gradient_on,
    needed,
    ranks,
    starts,
    tuned,
)
from course.race.panels import Ranks, Winners
from gdlib import draw, nets
from gdlib.controls import choice, log_slider, lr_slider, slider, stops
from gdlib.landscapes import Landscape
from gdlib.live import Live, presets
from gdlib.optimizers import descend, diverged, first_step
from gdlib.panels import BALL, DOTTED, Contour, Plot, Trace, ball, excess
from gdlib.words import capped, names, num, steps

LOOKS = dict(zip(RULES, draw.LOOK.values(), strict=True))
PLACES = "first", "second", "third", "last", "not there"
LAND = "landscape"


def _spot(land, across, up):
    """The place in the window so many percent of the way to the right and up."""
    low, high = np.array(land.window).T
    return low + (high - low) * np.array([across, up]) / 100


def _percent(run, x, y):
    """What the two sliders of the start are at a place of the window."""
    low, high = np.array(run.land.window).T
    return (100 * (np.array([x, y]) - low) / (high - low)).tolist()


def _start_sliders(across, up):
    return {
        "across": slider(across, 0, 100, 1, "start, % across"),
        "up": slider(up, 0, 100, 1, "start, % up"),
    }


def _map(title, looks, panel=Contour, **more):
    """A landscape from above where a click places the start."""
    return panel(title, looks=looks, picks=("across", "up"), aim=_percent, **more)


def _losses(looks):
    title = "loss above the lowest"
    return Trace(title, "", (1e-6, 1e4), excess, looks, target=GOAL)


def _paths(course, start, rates, last):
    """The paths of rules by name, each at its rate, from one start: `(2, last + 1, rules)`."""
    racers = [(*RULES[name], lr) for name, lr in rates.items()]
    paths = [
        descend(rule, gradient_on(course), start, last, lr=lr, **more) for rule, more, lr in racers
    ]
    return np.stack(paths, axis=-1)


def _told(run, step, rules):
    """What the loss of each is above the lowest at a step."""
    above = excess(run)[step]
    gone = diverged(run.path[:, : step + 1])
    told = ["diverged" if lost else _few(each) for each, lost in zip(above, gone, strict=True)]
    return names([f"{name} {each}" for name, each in zip(rules, told, strict=True)])


def _first(run, rules):
    """Who is the first to stay near the lowest loss, as a sentence."""
    when = dict(zip(rules, first_step(excess(run) <= GOAL), strict=True))
    there = [each for each in when.values() if each >= 0]
    if not there:
        return f"Nobody stays within {GOAL} in {run.path.shape[1] - 1} steps."
    won = names([name for name, each in when.items() if each == min(there)])
    return f"First to stay within {GOAL}: {won}, after {steps(min(there), '')}."


def _few(above):
    return "below 1e−9" if above < 1e-9 else capped(above)


# --- the race that is usually drawn --------------------------------------------------------------


@presets(
    {
        "a rate that crowns momentum": {"lr": 0.001},
        "a rate that crowns the newest": {"lr": 0.1},
        "mini-batches of penguins": {"course": PENGUINS, "lr": 0.1, "across": 10, "up": 80},
    }
)
def race(last=STEPS):
    """One start, one learning rate for all four."""

    def run(course, lr, across, up):
        land = courses()[course]
        start = _spot(land, across, up)
        path = _paths(course, start, dict.fromkeys(RULES, lr), last)
        return Run(land=land, start=start, path=path)

    def readout(run, step):
        x, y = (num(each, 3) for each in run.start)
        return (
            f"{run.course}, from ({x}, {y}), learning rate {num(run.lr, 3)} for all. Loss above "
            f"the lowest at step {step}: {_told(run, step, RULES)}. {_first(run, RULES)}"
        )

    panels = [_map("from above", [*LOOKS.values()]), _losses(LOOKS)]
    controls = {
        "course": choice("Himmelblau", [*courses()], LAND),
        "lr": lr_slider(0.01, 1e-4, 1, 0.05, "learning rate for all"),
        **_start_sliders(50, 50),
    }
    return Live(run, panels, readout, steps=last, height=4.2, **controls)


# --- a fair one ----------------------------------------------------------------------------------


def _raced(course, rates):
    """The shares of first, second ... places and of those not there, `(rules, 5)`."""
    places, pairs = starts(course, RACING, seed=1), zip(RULES.values(), rates, strict=True)
    took = np.array([needed(rule, course, places, lr=lr, **more) for (rule, more), lr in pairs])
    rank = ranks(took)
    return np.stack([(rank == place).mean(axis=1) for place in (1, 2, 3, 4, 0)], axis=1)


_own = lru_cache(lambda course: _raced(course, tuned(course)[1]))


@presets(
    {
        "one rate for all crowns momentum": {"lr": 0.001},
        "a ravine, and the newest wins": {"course": "ravine"},
        "turned, and it is momentum": {"course": "turned ravine"},
    }
)
def fair():
    """Tune each on a grid that is shown, race from many starts; beside it, one rate for all."""

    def run(course, lr):
        means, best = tuned(course)
        alike = _raced(course, [lr] * len(RULES))
        return Run(means=means, best=best, alike=alike, own=_own(course))

    def firsts(shares):
        return names(
            [f"{name} {first:.0%}" for name, first in zip(RULES, shares[:, 0], strict=True)]
        )

    def readout(run, step):
        fastest = zip(run.best, run.means.min(axis=1), strict=True)
        rates = names([num(lr, 3) if mean <= STEPS else "none" for lr, mean in fastest])
        return (
            f"{run.course}, {RACING} starts, {STEPS} gradients each. With learning rate "
            f"{num(run.lr, 3)} for all, first are: {firsts(run.alike)}. With their own best rates, "
            f"{rates}: {firsts(run.own)}. (Who is level is counted, too.)"
        )

    def curves(run, step):
        lines = {name: (RATES, mean) for name, mean in zip(RULES, run.means, strict=True)}
        best = zip(RULES, run.best, run.means.min(axis=1), strict=True)
        lines |= {f"best {name}": ([lr], [mean]) for name, lr, mean in best if mean <= STEPS}
        return lines | {"all": ([run.lr] * 2, [0, STEPS + 5])}

    styles = {name: look | {"marker": "", "label": name} for name, look in LOOKS.items()}
    styles |= {f"best {name}": ball(look) for name, look in LOOKS.items()}
    labels = "learning rate", f"steps, mean of {TUNING} starts"
    rates = Plot(
        f"tuning: at which rate is each fastest? ({STEPS + 1}: never)",
        labels,
        (1e-4, 10**0.5, 0, STEPS + 5),
        curves,
        styles | {"all": DOTTED | {"lw": 1.4, "name": "for all"}},
        logs="x",
        key="lower left",
    )
    panels = [
        rates,
        Ranks("one rate for all", [*RULES], lambda run: run.alike, PLACES, key=True),
        Ranks("to each its own best", [*RULES], lambda run: run.own, PLACES),
    ]
    controls = {
        "course": choice("Himmelblau", [*courses()], LAND),
        "lr": lr_slider(0.1, 1e-4, 1, 0.05, "learning rate for all"),
    }
    look = {"mosaic": "AA;BC", "height": 5.6, "rows": (3, 2)}
    return Live(run, panels, readout, **look, **controls)


# --- who wins from where -------------------------------------------------------------------------

THREE = [*RULES][:3]
SHADES = ("#E4E4E4", "#6B6B6B", "#7FB5DA", "#EBA470", "#6CC4A6")  # nobody, a tie, the three


@lru_cache(maxsize=64)
def _from_everywhere(course, name, lr, steps=300, count=100):
    """How many steps one rule needs from each place of a grid, `(count, count)`."""
    rule, more = RULES[name]
    places = draw.grid(courses()[course].window, count)
    return needed(rule, course, places, steps, lr=lr, **more)


def _winners(rates, course, last=300):
    """Who is first from each place of a grid: 0, 1, 2, or -1 for a tie and -2 for nobody."""
    took = np.array([_from_everywhere(course, name, lr, last) for name, lr in rates.items()])
    first = took.min(axis=0)
    level = (took == first).sum(axis=0) > 1
    return np.where(first > last, -2, np.where(level, -1, took.argmin(axis=0)))


@lru_cache
def winners_at_best(course):
    """The share of starts from which each of three is first, with its best rate: {name: share}."""
    regions = _winners(dict(zip(THREE, tuned(course)[1], strict=False)), course)
    return {name: (regions == k).mean() for k, name in enumerate(THREE)}


@presets(
    {
        "gradient descent from everywhere": {"course": "Himmelblau"},
        "retuned, and momentum takes over": {"course": "Himmelblau", "times_0": 2},
        "gradient descent near, momentum far": {"course": "turned ravine"},
    }
)
def winners(last=300):
    """The whole plane coloured by who gets there first; retune one and the map changes."""

    def run(course, across, up, **times):
        factors = [times[f"times_{k}"] for k in range(len(THREE))]
        rates = dict(zip(THREE, tuned(course)[1][: len(THREE)] * factors, strict=True))
        land = courses()[course]
        start = _spot(land, across, up)
        path = _paths(course, start, rates, last)
        return Run(
            land=land, start=start, path=path, regions=_winners(rates, course, last), rates=rates
        )

    def readout(run, step):
        shares = {n: (run.regions == k).mean() for k, n in enumerate(THREE)}
        rates = names([f"{num(lr, 3)} for {n}" for n, lr in run.rates.items()])
        won = names([f"{n} is first from {share:.0%}" for n, share in shares.items()])
        level, nobody = ((run.regions == k).mean() for k in (-1, -2))
        x, y = (num(each, 3) for each in run.start)
        return (
            f"{run.course}, learning rates {rates}. Of 10,000 starts {won}; {level:.0%} are "
            f"ties, and from {nobody:.0%} nobody arrives in {last} steps. From ({x}, {y}), loss "
            f"above the lowest at step {step}: {_told(run, step, THREE)}. {_first(run, THREE)}"
        )

    looks = {name: LOOKS[name] for name in THREE}
    more = {"colors": SHADES, "names": [*THREE, "nobody", "a tie"]}
    first = _map("who is first, from every start", [*looks.values()], Winners, **more)
    times = {
        f"times_{k}": log_slider(1, 0.1, 10, 0.05, f"{name}: best rate ×")
        for k, name in enumerate(THREE)
    }
    plain = [course for course in courses() if course != PENGUINS]
    controls = {"course": choice("Beale", plain, LAND), **times, **_start_sliders(57, 57)}
    return Live(run, [first, _losses(looks)], readout, steps=last, height=4.5, **controls)


# --- a network -----------------------------------------------------------------------------------


def _boundary(w, window):
    """Where the score of a net `w` `(65,)` is 0 in the window, as one line with gaps."""
    mesh = draw.grid(window, 60)
    lines = contour_generator(*mesh, nets.score(w, mesh.reshape(2, -1)).reshape(60, 60)).lines(0)
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for line in lines for part in (line, gap)] or [gap]).T


def _middle(values):
    """The quartiles over the seeds at each epoch, `(3, epochs)`: lower, middle, upper."""
    return np.percentile(np.nan_to_num(values, nan=1e9, posinf=1e9), (25, 50, 75), axis=1)


def _spread(title, limits, of, logs="", key=None):
    """A panel of medians over the seeds, with the quartiles as thin lines, up to the epoch."""
    epochs, parts = np.arange(moons.EPOCHS + 1), ("low", "middle", "high")

    def lines(run, step):
        return {
            f"{part} {name}": (epochs[: step + 1], values[: step + 1])
            for name, quartiles in of(run).items()
            for part, values in zip(parts, quartiles, strict=True)
        }

    styles = {}
    for name, look in LOOKS.items():
        thin = {"color": look["color"], "lw": 0.7, "alpha": 0.6}
        styles |= {f"low {name}": thin, f"high {name}": thin}
        styles[f"middle {name}"] = look | {"ms": 4, "markevery": 5, "label": name}
    return Plot(title, ("epoch", ""), (0, moons.EPOCHS, *limits), lines, styles, logs=logs, key=key)


@presets(
    {
        "one rate for all": {f"lr_{k}": 0.1 for k in range(4)},
        "best on new rows, too": {"sample": 4},
        "after one epoch": {"step": 1},
    }
)
def training():
    """A net of 65 weights learns two moons: every rule, 20 seeds; rows it has seen, and others."""
    window = (-2.2, 3.2), (-1.9, 2.4)

    def run(size, sample, **rates):
        racers = dict(zip(RULES, rates.values(), strict=True))
        both = [moons.curves(name, lr, size, sample) for name, lr in racers.items()]
        loss, right = ([_middle(each) for each in part] for part in zip(*both, strict=True))
        return Run(
            loss=dict(zip(RULES, loss, strict=True)),
            right=dict(zip(RULES, right, strict=True)),
            nets={n: moons.trained(n, lr, size, sample)[..., 0] for n, lr in racers.items()},
            racers=racers,
            rows=moons.data(sample)[:2],
        )

    def scene(run, step):
        x, labels = run.rows
        shown = {"0": x[:, labels == 0], "1": x[:, labels == 1]}
        return shown | {name: _boundary(w[:, step], window) for name, w in run.nets.items()}

    def readout(run, step):
        rates = names([f"{num(lr, 3)} for {name}" for name, lr in run.racers.items()])
        losses = names([f"{name} {_few(q[1, step])}" for name, q in run.loss.items()])
        right = names(
            [f"{n} {m:.1%} ({low:.1%} to {high:.1%})" for n, (low, m, high) in _at(run.right, step)]
        )
        return (
            f"Draw {run.sample} of 200 rows, batch size {run.size}, learning rates {rates}. After "
            f"{_epochs(step)}, medians of {moons.SEEDS} seeds: training loss {losses}; right on "
            f"1000 other rows {right}, quartiles in brackets."
        )

    dots = {"ls": "", "ms": 3, "mew": 0, "alpha": 0.55, "zorder": 1}
    styles = {"0": dots | {"color": "#5B6B7A", "marker": "o"}}
    styles["1"] = dots | {"color": "#C9971C", "marker": "D"}
    styles |= {
        name: look | {"marker": "", "lw": 1.8, "label": name} for name, look in LOOKS.items()
    }
    plane = Plot(
        "200 rows, and where seed 0 draws the line",
        ("", ""),
        (*window[0], *window[1]),
        scene,
        styles,
        square=True,
    )
    panels = [
        plane,
        _spread(
            "training loss (thin: quartiles)", (0.15, 1), lambda run: run.loss, "y", "upper right"
        ),
        _spread("right on 1000 other rows", (0.8, 0.92), lambda run: run.right),
    ]
    controls = {}
    for k, (name, lr) in enumerate(moons.tuned().items()):
        ends = moons.TRIED[name][[0, -1]]
        controls[f"lr_{k}"] = log_slider(lr, *ends, 1 / 12, f"learning rate, {name}")
    controls |= {
        "size": stops(16, (4, 16, 50, 200), "batch size B"),
        "sample": slider(0, 0, 9, 1, "draw of the 200 rows"),
    }
    look = {"mosaic": "AB;AC", "height": 4.8, "columns": (1.15, 1)}
    return Live(run, panels, readout, steps=moons.EPOCHS, unit="epoch", **look, **controls)


def _at(quartiles, step):
    return [(name, values[:, step]) for name, values in quartiles.items()]


def _epochs(step):
    return "one epoch" if step == 1 else f"{step} epochs"


PLANES = "through the paths", "random", "another random", "a third"


@lru_cache(maxsize=64)
def _shadows(kind, name, seed):
    """A plane through the weights: its middle and axes, and the shadows of the four paths on it.

    Through the paths: that in which they move most, seen from where all begin. Random: two
    filter-normalised directions, through where one rule ends.
    """
    tuned = moons.tuned().items()
    paths = np.stack([moons.trained(rule, lr)[..., 0] for rule, lr in tuned], axis=-1)
    if kind == "random":
        centre = paths[:, -1, [*RULES].index(name)]
        axes = nets.directions(centre, np.random.default_rng(seed))
    else:
        centre = paths[:, 0, 0]
        axes, _ = nets.principal(paths, centre)
    return paths, centre, axes, nets.shadow(paths, centre, axes)


@lru_cache(maxsize=64)
def shares(kind, name, seed=0):
    """How much of the squared way of each rule, from start to end, a plane holds: `(rules,)`."""
    paths, _, axes, shadows = _shadows(kind, name, seed)
    seen = axes @ (shadows[:, -1] - shadows[:, 0])
    return (seen**2).sum(axis=0) / ((paths[:, -1] - paths[:, 0]) ** 2).sum(axis=0)


@lru_cache(maxsize=64)
def _plane(kind, name, seed):
    """A plane as a landscape, the shadows of the paths, and the losses of the nets themselves."""
    x, labels, *_ = moons.data()
    paths, centre, axes, shadows = _shadows(kind, name, seed)
    f = nets.on_plane(lambda w: nets.loss(w, x, labels), centre, axes)
    low, high = shadows.min(axis=(1, 2)), shadows.max(axis=(1, 2))
    reach = max(0.6 * (high - low).max(), 1.0)
    window = tuple((float(at - reach), float(at + reach)) for at in (low + high) / 2)
    return _sampled("a slice", f, window), shadows, nets.loss(paths, x, labels)


def _sampled(name, f, window, count=61):
    """A landscape that interpolates `f` between a grid of places: a slice of a net is dear."""
    (left, right), (low, high) = window
    grid = f(draw.grid(window, count))

    def height(w):
        x, y = (w[0] - left) / (right - left), (w[1] - low) / (high - low)
        x, y = np.clip(np.stack([x, y]) * (count - 1), 0, count - 1 - 1e-9)
        i, j = y.astype(int), x.astype(int)
        up, across = y - i, x - j
        below = grid[i, j] * (1 - across) + grid[i, j + 1] * across
        above = grid[i + 1, j] * (1 - across) + grid[i + 1, j + 1] * across
        return below * (1 - up) + above * up

    middle = np.mean(window, axis=1)
    return Landscape(name, height, np.zeros_like, window, middle)


class _Slice(Contour):
    """A contour whose axes have no meaning of their own, and therefore no numbers."""

    def setup(self, ax):
        artists = super().setup(ax)
        ax.set(xticks=[], yticks=[])
        return artists


@presets({"a random plane": {"kind": "random"}, "one epoch, and the picture errs": {"step": 1}})
def plane():
    """A slice of the net's landscape, the paths' shadows on it, and what the picture leaves out."""

    def run(kind, rule):
        number = PLANES.index(kind) - 1
        chosen = ("random", rule, number) if number >= 0 else (kind, rule, 0)
        land, shadows, real = _plane(*chosen)
        return Run(land=land, path=shadows, held=shares(*chosen), real=real, told=land.f(shadows))

    def readout(run, step):
        k = [*RULES].index(run.rule)
        around = f"a random plane, number {PLANES.index(run.kind)}, around the end of {run.rule}"
        if run.kind == PLANES[0]:
            around = "the plane in which the four paths move most"
        wide = num(np.ptp(run.land.window[0]), 2)
        real, told = (num(each[step, k], 3) for each in (run.real, run.told))
        return (
            f"Seed 0, {around}, {wide} wide. It holds {run.held[k]:.0%} of the squared way of "
            f"{run.rule} from start to end. After {_epochs(step)} its loss is {real}; at its "
            f"shadow the picture says {told}."
        )

    def heights(run, step):
        k, epochs = [*RULES].index(run.rule), np.arange(moons.EPOCHS + 1)
        lines = {"real": (epochs, run.real[:, k]), "picture": (epochs, run.told[:, k])}
        return lines | {"at": ([step] * 2, [run.real[step, k], run.told[step, k]])}

    styles = {
        "real": {"color": draw.INK, "lw": 1.8, "label": "the net’s loss"},
        "picture": {"color": "#C8561B", "ls": "--", "lw": 1.8, "label": "in the picture"},
        "at": BALL | {"color": draw.INK, "ms": 7},
    }
    panels = [
        _Slice("a slice, and the paths’ shadows", ("", ""), moving=True, looks=[*LOOKS.values()]),
        Plot(
            "the loss of one of them",
            ("epoch", ""),
            (0, moons.EPOCHS, 0, 1),
            heights,
            styles,
            key="upper right",
        ),
    ]
    controls = {"kind": choice(PLANES[0], PLANES, "plane"), "rule": choice("Adam", [*RULES], "of")}
    return Live(run, panels, readout, steps=moons.EPOCHS, unit="epoch", height=4.2, **controls)
