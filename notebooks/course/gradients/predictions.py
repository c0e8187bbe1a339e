"""The predictions of notebook 02, in the order of the page. Answers are computed, not typed."""

import numpy as np

from course.gradients.slopes import exact, forward, newtons_method, wiggle
from gdlib import draw, landscapes, regression
from gdlib.optimizers import arrive, settled_in
from gdlib.prediction import Predict, between
from gdlib.words import num


def _secant_error(h, x=0.7):
    return abs(forward(wiggle, x, h) - exact(x))


def ten_times_closer():
    """How the secant's error follows the gap."""
    choices = ("ten times smaller", "a hundred times smaller", "no smaller")
    far, near = _secant_error(0.01), _secant_error(0.001)
    ratio = far / near
    return Predict(
        f"With a gap of 0.01 the secant's slope is off by {far:.3f}. Make the gap ten times "
        "smaller: what becomes of the error?",
        answer=choices[0 if 8 < ratio < 12 else 1 if ratio > 80 else 2],
        choices=choices,
        why=f"It is {near:.4f}: the error is nearly in proportion to the gap.",
    )


def turned_by_60():
    """The slope at 60° to the gradient."""
    choices = ("a third of it", "half of it", "nearly all of it, 87 %")
    g = landscapes.himmelblau().grad([1, 1])
    steepest, slope = np.hypot(*g), g @ draw.direction(np.degrees(np.arctan2(*g[::-1])) + 60)
    return Predict(
        f"You stand at (1, 1) and look along the gradient, the steepest way up: the slope is "
        f"{num(steepest, 3)}. Now turn by 60°, two thirds of a right angle. How much is left?",
        answer=choices[between(slope / steepest, 0.4, 0.6)],
        choices=choices,
        why=f"It is {num(slope, 3)}. The slope follows the cosine of the angle, and the cosine of "
        "60° is ½. At 90° it is 0: that is the way along the level line.",
    )


def pulls():
    """The single penguins' arrows at the minimum."""
    choices = (
        "every arrow is 0",
        "most arrows are 0, and a few cancel",
        "none need be 0: they cancel, all together",
    )
    x, y, _ = regression.penguins("standardised")
    a, b = regression.loss_surface(x, y).minima[:, 0]
    error = np.abs(a + b * x - y)
    return Predict(
        "At the minimum the gradient is 0. It is the mean of 342 arrows, one for each penguin. "
        "What are these arrows?",
        answer=choices[between((error > 1e-9).mean(), 1e-9, 0.5)],
        choices=choices,
        why=f"The best line misses penguins by up to {error.max():.2f} kg, and each still "
        "pulls. It is a tug-of-war that stands still.",
    )


def smaller_still():
    """What the smallest step size does to the slope."""
    choices = ("exact in all digits", "about as good as with 1e−8", "off by one percent or more")
    return Predict(
        "The smaller the step h, the closer the secant is to the tangent. How good is a numerical "
        "slope with h = 1e−15?",
        answer=choices[between(_secant_error(1e-15) / abs(exact(0.7)), 1e-12, 0.01)],
        choices=choices,
        why="Two heights that agree in nearly all of their 16 digits are subtracted: what is left "
        "is mostly round-off, and dividing by h blows it up.",
    )


def zero_hunter():
    """Where Newton's method ends from 0.2."""
    choices = ("in the global minimum at 1.04", "in the local minimum", "on top of the hill")
    land = landscapes.double_well()
    places = np.hstack([land.minima, landscapes.stationary_points(land)[1]])
    end = settled_in(arrive(newtons_method(land), land.grad, [0.2], 20), places)
    return Predict(
        "“At a minimum the slope is zero, so look for a zero of the slope.” Newton's method does: "
        "it steps to where the slope would be zero if it went on changing as it does here, "
        "w − f′/f″. From 0.2, on the right side of the hill, where does it end?",
        answer=choices[end],
        choices=choices,
        why="The slope is zero on top of the hill, too. Where the curve bends down, f″ is "
        "negative, and the step −f′/f″ points uphill.",
    )
