"""The last race of notebook 07: a small network on two moons, trained by every rule."""

from functools import lru_cache

import numpy as np

from course.race.checks import RULES
from gdlib import nets
from gdlib.optimizers import walk

SEEDS, HIDDEN, ROWS, EPOCHS = 20, 16, 200, 30
# The rates that are tried, by rule: nine, a third of a decade apart.
TRIED = {
    name: 10 ** (np.arange(low, low + 9) / 3)
    for name, low in zip(RULES, (-4, -7, -9, -7), strict=True)
}


@lru_cache
def data(draw=0):
    """Rows to train on, which are another `draw` each time, and a thousand other ones.

    Inputs and labels, inputs and labels.
    """
    rng = np.random.default_rng(draw)
    return *nets.moons(ROWS, 0.3, rng), *nets.moons(1000, 0.3, rng)


@lru_cache(maxsize=64)
@np.errstate(all="ignore")
def trained(name, lr, size=16, draw=0):
    """The nets of all seeds after each epoch, `(65, EPOCHS + 1, SEEDS)`.

    An epoch looks once at every row, in mini-batches: for each rule and rate the same ones.
    """
    rule, more = RULES[name]
    x, labels, *_ = data(draw)
    grad = nets.minibatches(x, labels, size, np.random.default_rng(2))
    begin, each = nets.initial(HIDDEN, SEEDS, np.random.default_rng(1)), -(-ROWS // size)
    points = walk(rule, grad, begin, EPOCHS * each, lr=lr, **more)
    return np.stack([w for k, w in enumerate(points) if k % each == 0], axis=1)


@lru_cache(maxsize=64)
def curves(name, lr, size=16, draw=0):
    """The training loss and the test accuracy after each epoch, each `(EPOCHS + 1, SEEDS)`."""
    x, labels, others, truth = data(draw)
    path = trained(name, lr, size, draw)
    return nets.loss(path, x, labels), nets.accuracy(path, others, truth)


def ends(draw):
    """By rule, at its best rate: the medians of training loss and test accuracy in the end."""
    x, labels, others, truth = data(draw)
    last = {name: trained(name, lr, draw=draw)[:, -1] for name, lr in tuned().items()}
    return {
        name: (np.median(nets.loss(w, x, labels)), np.median(nets.accuracy(w, others, truth)))
        for name, w in last.items()
    }


@lru_cache(maxsize=1)
def tuned():
    """The rate of each rule with the lowest training loss in the end, the median over the seeds."""
    x, labels, *_ = data()

    def last(name, lr):
        return np.median(nets.loss(trained(name, lr)[:, -1], x, labels))

    return {name: float(min(rates, key=lambda lr: last(name, lr))) for name, rates in TRIED.items()}
