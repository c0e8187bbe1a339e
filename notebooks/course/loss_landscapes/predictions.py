"""The predictions of notebook 01, in the order of the page. Answers are computed, not typed."""

import numpy as np

from course.loss_landscapes.data import eight_penguins
from gdlib import landscapes, regression
from gdlib.landscapes import stationary_points
from gdlib.optimizers import arrive, gd
from gdlib.prediction import Predict, between
from gdlib.words import num


def lifted_penguin():
    """What a point moved straight up does to the surface."""
    choices = (
        "the bowl moves, and keeps its shape",
        "the bowl stays, and changes its shape",
        "the bowl moves and changes its shape",
    )
    x, y = eight_penguins()
    before = regression.loss_surface(x, y)
    after = regression.loss_surface(x, y + 2 * (np.arange(8) == 6))
    moves = not np.allclose(before.minima, after.minima)
    changes = not np.allclose(before.hessian([0, 0]), after.hessian([0, 0]))
    return Predict(
        "Penguin 7 eats too much: its point goes straight up by 2 kg. What happens to the "
        "landscape, the map on the right of the next figure?",
        answer=choices[2 if moves and changes else 1 if changes else 0],
        choices=choices,
        why="How the loss bends depends on where the points lie from left to right only: a flipper "
        "that grows changes the shape, a penguin that eats moves the bowl. The bowl's floor rises, "
        "too: no line fits this penguin and the other seven well.",
    )


def flat_ground():
    """What a slope of zero says."""
    choices = (
        "at the global minimum",
        "at some minimum",
        "at a minimum or a maximum",
        "at a minimum, a maximum or neither",
    )
    flat_but_neither = landscapes.inflection().grad([0.0])[0] == 0
    maximum = stationary_points(landscapes.double_well())[1].size > 0
    return Predict(
        "You stand on a curve in thick fog, and the slope under your feet is exactly 0. Where can "
        "you be?",
        answer=choices[3 if flat_but_neither else 2 if maximum else 1],
        choices=choices,
        why="Every minimum inside a smooth curve has slope 0. But so has every maximum, and so has "
        "a flat spot such as x³ has at 0.",
    )


def guess_or_descend():
    """One parameter: guesses against steps."""
    choices = ("the 1000 guesses", "the 50 steps", "a tie")
    guesses = np.random.default_rng(0).uniform(-1, 1, (1000, 100))
    guessed = np.median((guesses**2).min(axis=0)) / 2
    walked = arrive(gd, lambda w: w, [1.0], 50, lr=0.1)[0] ** 2 / 2
    return Predict(
        "A bowl with one parameter, ½w². One side makes 1000 random guesses between −1 and 1 and "
        "keeps the best. The other starts at 1 and takes 50 steps downhill, each of them a tenth "
        "of the way that is left. Which side gets lower?",
        answer=choices[between(guessed, walked)],
        choices=choices,
        why=f"The median of 100 tries: the guesses get down to {num(guessed, 1)}, the walk to "
        f"{num(walked, 1)}. With one parameter 1000 guesses leave few gaps. Now add parameters.",
    )


def egg_box():
    """What happens to the number of minima as the share falls."""
    choices = ("falls, too", "stays the same", "grows")
    minima, maxima = (points.size for points in stationary_points(landscapes.rastrigin(1)))
    counts = [minima**d for d in (1, 10)]
    shares = [(minima / (minima + maxima)) ** d for d in (1, 10)]
    return Predict(
        f"On an egg box with one parameter, {shares[0]:.0%} of the critical points are minima; "
        f"with ten, {shares[1]:.2%}. And the number of minima, from one parameter to ten?",
        answer=choices[between(counts[1] - counts[0], 0, 1)],
        choices=choices,
        why=f"It grows from {counts[0]} to {counts[1] / 1e9:.0f} billion: the share falls while "
        "the number explodes. “Rare” and “more and more” are both true.",
    )


def bowls():
    """How many of twelve cuts through a saddle show that it is one."""
    choices = ("all twelve", "about six", "one or two", "none")
    u = np.random.default_rng(1).normal(size=(12, 100))
    down = int((u[:, 0] ** 2 > (u[:, 1:] ** 2).sum(axis=1)).sum())
    return Predict(
        "A saddle with 100 parameters goes down in one direction and up in 99, all equally "
        "steeply. You cut through it in twelve random directions. How many of the cuts go down?",
        answer=choices[3 - between(down, 1, 3, 12)],
        choices=choices,
        why="Nearly all of a random direction lies in the 99 that go up. Every drawing looks like "
        "a bowl, and the place is no minimum.",
    )
