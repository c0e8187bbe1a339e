"""The live figures of notebook 07, in the order of the page."""

from functools import lru_cache
from types import SimpleNamespace as Run

import numpy as np

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
    tuning,
)
from course.race.panels import Ranks, Winners
from gdlib import draw
from gdlib.controls import choice, log_slider, lr_slider, slider
from gdlib.live import Live
from gdlib.optimizers import descend, diverged, first_step
from gdlib.panels import DOTTED, Contour, Plot, Trace, ball, excess
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
    grad = gradient_on
    paths = [descend(rule, grad(course), start, last, lr=lr, **more) for rule, more, lr in racers]
    return np.stack(paths, axis=-1)


def _told(run, step, rules):
    """What the loss of each is above the lowest at a step."""
    above = excess(run)[step]
    gone = diverged(run.path[:, : step + 1])
    told = ["diverged" if lost else _few(each) for each, lost in zip(above, gone, strict=True)]
    return names([f"{name} {each}" for name, each in zip(rules, told, strict=True)])


def _few(above):
    return "below 1e−9" if above < 1e-9 else capped(above)


# --- the race that is usually drawn --------------------------------------------------------------


def race(last=STEPS):
    """One start, one learning rate for all four."""

    def run(course, lr, across, up):
        land = courses()[course]
        start = _spot(land, across, up)
        path = _paths(course, start, dict.fromkeys(RULES, lr), last)
        return Run(land=land, start=start, path=path)

    def readout(run, step):
        x, y = (num(each, 3) for each in run.start)
        when = dict(zip(RULES, first_step(excess(run) <= GOAL), strict=True))
        there = [each for each in when.values() if each >= 0]
        end = f"Nobody stays within {GOAL} in {last} steps."
        if there:
            won = names([name for name, each in when.items() if each == min(there)])
            end = f"First to stay within {GOAL}: {won}, after {steps(min(there), '')}."
        return (
            f"{run.course}, from ({x}, {y}), learning rate {num(run.lr, 3)} for all. Loss above "
            f"the lowest at step {step}: {_told(run, step, RULES)}. {end}"
        )

    panels = [_map("from above", [*LOOKS.values()], moving=True), _losses(LOOKS)]
    controls = {
        "course": choice("Himmelblau", [*courses()], LAND),
        "lr": lr_slider(0.01, 1e-4, 1, 0.05, "learning rate for all"),
        **_start_sliders(50, 50),
    }
    return Live(run, panels, readout, steps=last, height=4.2, **controls)


# --- a fair one ----------------------------------------------------------------------------------


@lru_cache
def _tuned(course):
    """The mean steps of each rule at each rate `(rules, 37)`, and the best rate of each."""
    means = np.array([tuning(rule, course, **more) for rule, more in RULES.values()])
    return means, RATES[means.argmin(axis=1)]


def _raced(course, rates):
    """The shares of first, second ... places and of those not there, `(rules, 5)`."""
    places, pairs = starts(course, RACING, seed=1), zip(RULES.values(), rates, strict=True)
    took = np.array([needed(rule, course, places, lr=lr, **more) for (rule, more), lr in pairs])
    rank = ranks(took)
    return np.stack([(rank == place).mean(axis=1) for place in (1, 2, 3, 4, 0)], axis=1)


_own = lru_cache(lambda course: _raced(course, _tuned(course)[1]))


def fair():
    """Tune each on a grid that is shown, race from many starts; beside it, one rate for all."""

    def run(course, lr):
        means, best = _tuned(course)
        alike = _raced(course, [lr] * len(RULES))
        return Run(means=means, best=best, alike=alike, own=_own(course))

    def firsts(shares):
        return names(
            [f"{name} {first:.0%}" for name, first in zip(RULES, shares[:, 0], strict=True)]
        )

    def readout(run, step):
        rates = names([num(rate, 3) for rate in run.best])
        return (
            f"{run.course}, {RACING} starts, {STEPS} gradients each. With learning rate "
            f"{num(run.lr, 3)} for all, first are: {firsts(run.alike)}. With their own best rates, "
            f"{rates}: {firsts(run.own)}. (Who is level is counted, too.)"
        )

    def curves(run, step):
        lines = {name: (RATES, mean) for name, mean in zip(RULES, run.means, strict=True)}
        best = zip(RULES, run.best, run.means.min(axis=1), strict=True)
        lines |= {f"best {name}": ([lr], [mean]) for name, lr, mean in best}
        return lines | {"all": ([run.lr] * 2, [0, STEPS + 5])}

    styles = {name: look | {"marker": "", "label": name} for name, look in LOOKS.items()}
    styles |= {f"best {name}": ball(look) for name, look in LOOKS.items()}
    labels = "learning rate", f"steps, mean of {TUNING} starts"
    tuned = Plot(
        f"tuning: at which rate is each fastest? ({STEPS + 1}: never)",
        labels,
        (1e-4, 10**0.5, 0, STEPS + 5),
        curves,
        styles | {"all": DOTTED | {"lw": 1.4, "name": "for all"}},
        logs="x",
        key="lower left",
    )
    panels = [
        tuned,
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


def winners(last=300):
    """The whole plane coloured by who gets there first; retune one and the map changes."""

    def run(course, across, up, **times):
        factors = [times[f"times_{k}"] for k in range(len(THREE))]
        rates = dict(zip(THREE, _tuned(course)[1][: len(THREE)] * factors, strict=True))
        took = np.array([_from_everywhere(course, name, lr) for name, lr in rates.items()])
        first = took.min(axis=0)
        level = (took == first).sum(axis=0) > 1
        regions = np.where(first > last, -2, np.where(level, -1, took.argmin(axis=0)))
        land = courses()[course]
        start = _spot(land, across, up)
        path = _paths(course, start, rates, last)
        return Run(land=land, start=start, path=path, regions=regions, rates=rates)

    def readout(run, step):
        shares = {n: (run.regions == k).mean() for k, n in enumerate(THREE)}
        rates = names([f"{num(lr, 3)} for {n}" for n, lr in run.rates.items()])
        won = names([f"{n} is first from {share:.0%}" for n, share in shares.items()])
        level, nobody = ((run.regions == k).mean() for k in (-1, -2))
        x, y = (num(each, 3) for each in run.start)
        return (
            f"{run.course}, learning rates {rates}. Of 10,000 starts {won}; {level:.0%} are "
            f"ties, and from {nobody:.0%} nobody arrives in {last} steps. From ({x}, {y}), loss "
            f"above the lowest at step {step}: {_told(run, step, THREE)}."
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
    return Live(run, [first, _losses(looks)], readout, steps=last, height=4.6, **controls)
