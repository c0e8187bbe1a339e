"""The predictions of notebook 04, in the order of the page. Answers are computed, not typed."""

import numpy as np

from gdlib import landscapes, regression, sampling, theory
from gdlib.optimizers import arrive, descend, first_step, gd
from gdlib.prediction import Predict, between


def _sgd(size, runs, steps, lr=0.1, copies=1):
    """The loss above the lowest of SGD from (0, 0) on the penguins, `(steps + 1, runs)`."""
    x, y, _ = regression.penguins("standardised")
    land, rows = regression.loss_surface(x, y), np.tile([x, y], copies)
    grad = regression.minibatch(*rows, size, np.random.default_rng(0))
    path = descend(gd, grad, np.zeros((2, runs)), steps, lr=lr)
    return land.f(path) - land.f(land.minima)


def width():
    """The batch size that halves the noise."""
    sizes = (8, 16, 64)
    x, y, _ = regression.penguins("standardised")
    sigma = regression.noise(x, y, np.zeros(2))
    noise = theory.batch_noise(sigma, np.array((4, *sizes)))
    half = sizes[np.abs(noise[1:] - noise[0] / 2).argmin()]
    choices = [f"{size} rows" for size in sizes]
    return Predict(
        "Gradients from 4 rows scatter about the true one. How many rows does it take to make the "
        "scatter half as wide?",
        answer=f"{half} rows",
        choices=choices,
        why=f"From (0, 0) it is {noise[0]:.2f} with 4 rows, {noise[1]:.2f} with 8 and "
        f"{noise[2]:.2f} with 16: it falls with the square root of the batch size.",
    )


def uphill():
    """How often a step goes uphill near the minimum, with a small and with a large batch."""
    choices = ("about half with 1 row, hardly any with 64", "about half with both", "few with both")
    losses = (_sgd(size, 100, 300) for size in (1, 64))
    shares = [(np.diff(loss[150:], axis=0) > 0).mean() for loss in losses]
    one, many = (0.4 < share < 0.6 for share in shares)
    return Predict(
        "Run SGD with learning rate 0.1 until the loss gets no lower, and go on. From then on, on "
        "what share of the steps does the loss of all penguins rise: with 1 row a step, and with "
        "64?",
        answer=choices[1 if one and many else 0 if one else 2],
        choices=choices,
        why=f"{shares[0]:.0%} with 1 row and {shares[1]:.0%} with 64 (100 runs, seed 0). A larger "
        "batch gets further down, to where the true slope is smaller, and there its smaller noise "
        "outweighs the slope as well.",
    )


def copies():
    """What a hundred times more data, and nothing new in it, costs."""
    choices = ("a hundred times as many", "ten times as many", "about as many as before")
    losses = (_sgd(8, 200, 100, copies=many) for many in (1, 100))
    before, after = (8 * first_step(loss.mean(axis=1) < 0.05) for loss in losses)
    return Predict(
        "Copy every penguin a hundred times. A step on all rows now costs a hundred times as "
        "much, and goes to the same place. How many sample gradients does SGD with B = 8 now need "
        "to come as far down?",
        answer=choices[2 - between(after / before, 3, 30)],
        choices=choices,
        why=f"Until the mean loss of 200 runs is less than 0.05 above the lowest it takes {before} "
        f"before and {after} after (seed 0). Eight penguins drawn from the crowd of copies tell as "
        "much as eight drawn from the originals.",
    )


def floor():
    """What brings the floor down to a quarter."""
    choices = (
        "only four times as many steps",
        "only a quarter of the learning rate",
        "only batches of four times as many rows",
        "either of the last two",
    )
    settings = ((1, 500, 0.1), (1, 2000, 0.1), (1, 1000, 0.025), (4, 500, 0.1))
    losses = (_sgd(size, 100, steps, lr) for size, steps, lr in settings)
    base, longer, slower, larger = (loss[-300:].mean() for loss in losses)
    helps = [level < base / 3 for level in (longer, slower, larger)]
    which = 3 if helps[1] and helps[2] and not helps[0] else int(np.argmax(helps))
    return Predict(
        "On the penguins, with learning rate 0.1 and one row a step, the mean loss comes down to "
        f"about {base:.4f} above the lowest, and there it stays. What would bring that down to "
        "about a quarter?",
        answer=choices[which],
        choices=choices,
        why=f"Four times the steps: {longer:.4f}. A quarter of the learning rate: {slower:.4f}. "
        f"Four rows a step: {larger:.4f} (100 runs, seed 0).",
    )


def deep_and_narrow():
    """Where noise takes runs from the wide bowl, when the narrow dip is the global minimum."""
    choices = ("most in the wide bowl", "about half in each", "most in the narrow dip")
    land = landscapes.dip(8)
    ridge = landscapes.stationary_points(land)[1]
    start = np.full((1, 200), land.minima[0].max())
    grad = sampling.tilted(land, 4, 1, np.random.default_rng(0))
    inside = (arrive(gd, grad, start, 2000, lr=0.05)[0] < ridge.min()).mean()
    from_dip, from_bowl = land.f(ridge) - land.f(land.minima)
    return Predict(
        "One row a step, lr = 0.05, σ = 4. At depth 3, nearly all of 200 runs that begin in the "
        "narrow dip are in the wide bowl after 2000 steps. Now make the dip 8 deep, so that it is "
        "the global minimum, and let all begin on the bottom of the bowl. Where are they after "
        "2000 steps?",
        answer=choices[between(inside, 1 / 3, 2 / 3)],
        choices=choices,
        why=f"{inside:.0%} are in the dip (seed 0). From the bowl it takes a climb of "
        f"{from_bowl:.1f} to fall into it, and out of it one of {from_dip:.1f}: narrow as it is, "
        "it keeps them.",
    )
