"""The checks of notebook 07, the race; and how races are run, which figures and checks share."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from gdlib import landscapes, regression
from gdlib.optimizers import adam, gd, momentum, rmsprop, walk

GOAL = 0.01  # a run has arrived once its loss stays within this of the lowest
STEPS = 200  # the budget: so many gradients for each run
RATES = np.array([float(f"{rate:.3g}") for rate in np.logspace(-4, 0.5, 37)])  # tried in tuning
RULES = {
    "gradient descent": (gd, {}),
    "momentum": (momentum, {"rho": 0.9}),
    "RMSProp": (rmsprop, {"rho": 0.9}),
    "Adam": (adam, {}),
}
PENGUINS, BATCH = "penguins, 8 at a time", 8  # a race with mini-batches
TUNING, RACING = 40, 100  # starts for choosing a rate, and others to race from

# --- how a race is run ---------------------------------------------------------------------------


@lru_cache(maxsize=1)
def courses():
    """The landscapes that are raced on, by name."""
    x, y, _ = regression.penguins("standardised")
    penguins = replace(regression.loss_surface(x, y), window=((1.0, 5.4), (-1.5, 2.9)))
    plain = landscapes.rosenbrock(), landscapes.himmelblau(), landscapes.beale()
    more = landscapes.saddle(), landscapes.monkey_saddle(), landscapes.three_pits()
    ravines = {"ravine": landscapes.ravine(100), "turned ravine": landscapes.ravine(100, 45)}
    return ravines | {land.name: land for land in (*plain, *more)} | {PENGUINS: penguins}


def gradient_on(course):
    """The gradient on a course; on the penguins that of mini-batches, the same ones each time."""
    if course != PENGUINS:
        return courses()[course].grad
    x, y, _ = regression.penguins("standardised")
    return regression.minibatch(x, y, BATCH, np.random.default_rng(0))


@np.errstate(all="ignore")
def needed(rule, course, start, steps=STEPS, **hyper):
    """How many steps each run takes to stay within GOAL of the lowest loss; steps + 1 if too many.

    `start` `(d, ...)` and the hyperparameters broadcast, as in `descend`.
    """
    land, since = courses()[course], steps + 1
    bar = land.f(land.minima)[0] + GOAL
    for k, w in enumerate(walk(rule, gradient_on(course), start, steps, **hyper)):
        since = np.where(land.f(w) <= bar, np.minimum(since, k), steps + 1)
    return since


def starts(course, count, seed):
    """Places drawn from the whole window of a course, `(2, count)`."""
    low, high = np.array(courses()[course].window).T[..., None]
    return np.random.default_rng(seed).uniform(low, high, (2, count))


def tuning(rule, course, **hyper):
    """The mean number of steps over TUNING starts at each of the RATES: `(37,)`."""
    places = starts(course, TUNING, seed=0)[:, None]
    return needed(rule, course, places, lr=RATES[:, None], **hyper).mean(axis=1)


def ranks(steps):
    """The rank of each rule in each race, from the steps `(rules, races)`; 1 is first.

    Who needs as many steps shares the better rank. Who does not arrive has the rank 0.
    """
    faster = (steps[:, None] > steps[None]).sum(axis=1)
    return np.where(steps <= STEPS, 1 + faster, 0)
