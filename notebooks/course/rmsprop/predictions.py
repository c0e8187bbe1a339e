"""The predictions of notebook 06, in the order of the page. Answers are computed, not typed."""

import numpy as np

from course.rmsprop.checks import steps_in_ravine
from gdlib import landscapes, theory
from gdlib.optimizers import descend, diverged, gd, rmsprop
from gdlib.prediction import Predict, between
from gdlib.words import num


def first_steps():
    """The first step along a flat and along a steep coordinate."""
    choices = ("y’s step, ten times", "they are alike", "x’s step, ten times")
    land = landscapes.ravine(20)
    x, y = np.abs(np.diff(descend(rmsprop, land.grad, [1.0, 0.5], 1, lr=0.1, rho=0.9)))[:, 0]
    return Predict(
        "At the place (1, 0.5) of a ravine the slope is 1 along x and 10 along y. RMSProp divides "
        "each of them by the root of what it remembers of its squares, and so far it has seen only "
        "these. Which coordinate takes the longer first step?",
        answer=choices[between(x / y, 0.5, 2)],
        choices=choices,
        why=f"{x:.3f} along x and {y:.3f} along y, with lr = 0.1. What is ten times as steep is "
        "divided by something ten times as large.",
    )


def speed_on_a_slope():
    """How long the first step is, in learning rates."""
    first = theory.rmsprop_step(1, 0.99)
    return Predict(
        "On a steady slope the steps of RMSProp come to be one learning rate long. With ρ = 0.99, "
        "how many learning rates long is the very first step?",
        answer=float(round(first, 6)),
        why="s starts at 0, and after one step it holds only 1 − ρ = 1 % of g². Its root is a "
        "tenth of g.",
    )


def after_a_spike():
    """How long one large gradient is remembered."""
    g = np.ones(600)
    g[300] = 10
    lengths = g / np.sqrt((1 - 0.9) * theory.leaky_sum(g**2, 0.9))
    after = lengths[301:]
    return Predict(
        "A long slope of 1: RMSProp takes steps of one learning rate. Then a single gradient of 10 "
        "comes along, and after it the slope is 1 again. With ρ = 0.9, how many steps are shorter "
        "than 0.9 learning rates?",
        answer=float((after < 0.9).sum()),
        tolerance=0.15,
        why=f"The first of them is {after[0]:.2f} learning rates long. The spike’s square is a "
        "hundred times the others’, and a tenth of it goes into s.",
    )


def on_the_cliff():
    """Where the longest step is, the start apart."""
    places = (
        "on the flat floor above",
        "where the floor bends into the face",
        "on the floor below",
    )
    land = landscapes.cliff()
    path = descend(rmsprop, land.grad, [4.0], 150, lr=0.05, rho=0.9)[0]
    length = np.abs(np.diff(path))
    length[:5] = 0  # from a standing start
    where = path[length.argmax()]
    return Predict(
        "“RMSProp takes small steps where it is steep, and large ones where it is flat.” A ball on "
        "a flat floor comes to a cliff, and goes on across the flat floor below. Leaving out the "
        "first few steps: where does it take its longest one?",
        answer=places[2 - between(where, 1.7, 2.6)],  # w falls on the way
        choices=places,
        why=f"At w = {where:.2f}, where the slope has begun to rise, it takes "
        f"{length.max() / 0.05:.2f} learning rates: the gradient is large already, and s does not "
        "know it yet.",
    )


def turn_it():
    """What turning the ravine does to RMSProp."""
    choices = ("as many as before", "about twice as many", "more than ten times as many")
    along, turned = (steps_in_ravine(1000, angle) for angle in (0, 45))
    return Predict(
        f"In a ravine of κ = 1000 that lies along the axes, RMSProp needs {along} steps. Turn "
        "ravine and start by 45°. Gradient descent does not notice. How many steps does RMSProp "
        "need now?",
        answer=choices[between(turned / along, 1.3, 5)],
        choices=choices,
        why=f"About {round(turned, -2)} steps. Now x and y are equally steep, and a learning "
        "rate for each of them is of no use.",
    )


def in_other_units():
    """What multiplying the loss by a thousand does to each."""
    choices = (
        "both diverge",
        "gradient descent diverges, RMSProp goes as before",
        "both go as before, a thousand times as fast",
    )
    land = landscapes.himmelblau()

    def steep(w):
        return 1000 * land.grad(w)

    plain = descend(gd, steep, land.start, 200, lr=0.01)
    before = descend(rmsprop, land.grad, land.start, 200, lr=0.01, rho=0.9)
    after = descend(rmsprop, steep, land.start, 200, lr=0.01, rho=0.9)
    apart = np.abs(after - before).max()
    return Predict(
        "Somebody multiplies the loss by 1000: every gradient is 1000 times as large, and the "
        "minimum stays where it is. The learning rate stays. What becomes of the runs?",
        answer=choices[(0 if diverged(after) else 1) if diverged(plain) else 2],
        choices=choices,
        why="√s is a thousand times as large, too. On Himmelblau’s landscape the two paths of "
        f"RMSProp are {'less than 1e−10' if apart < 1e-10 else num(apart, 1)} apart in 200 steps.",
    )


def at_rest():
    """How far from the minimum it is in the end."""
    path = descend(rmsprop, landscapes.parabola(1).grad, [1.0], 1000, lr=0.05, rho=0.9)
    return Predict(
        "A parabola, from 1, with a constant learning rate of 0.05 and ρ = 0.9. How far from the "
        "minimum is RMSProp after a thousand steps?",
        answer=float(round(np.abs(path[0, -1]), 6)),
        why="Half a learning rate, on one side and on the other by turns, for ever.",
    )
