"""The predictions of notebook 03, in the order of the page. Answers are computed, not typed."""

import numpy as np

from course.gradient_descent.checks import from_the_ridge, settled
from gdlib import landscapes, regression, theory
from gdlib.optimizers import descend, first_step, gd
from gdlib.prediction import Predict, between


def overshoot():
    """M3: is overshooting slower?"""
    choices = ("0.2, which never overshoots", "0.3, which takes larger steps", "neither: a tie")
    land = landscapes.parabola()
    path = descend(gd, land.grad, land.start[:, None], 400, lr=np.array([0.2, 0.3]))
    left, right = first_step(abs(path[0]) < 1e-6)
    return Predict(
        "On f(w) = 2w², start at 1. With learning rate 0.2 the ball never passes the minimum. "
        "With 0.3 it jumps across at every step. Which is first within a millionth of it?",
        answer=choices[2 if left == right else int(left > right)],
        choices=choices,
        why=f"One needs {left} steps, the other {right}: a step multiplies the distance by 0.2, or "
        "by −0.2. Overshooting alone says nothing about being slow.",
    )


def beside_the_best():
    """M1: does a start beside the global minimum end there?"""
    land = landscapes.double_well()
    choices = ("in the global minimum, close by", "in the local minimum, far away", "nowhere")
    limits = theory.gd_limit(land.curvatures(land.minima)[0])
    return Predict(
        "c starts at 1.5, right beside the global minimum at 1.04. The learning rate is 0.24. "
        "Where does c end?",
        answer=choices[settled(land, [1.5], 2000, 0.24)],
        choices=choices,
        why="At 0.24 no run settles in the global minimum: that takes a learning rate below "
        f"{limits[0]:.4f}. The local minimum is flatter and can hold c, up to {limits[1]:.4f}.",
    )


def hole():
    """M1: the learning rate that was right for one depth."""
    choices = ("in the dip, the global minimum", "in the bowl, a worse minimum", "nowhere")
    land = landscapes.dip(8)
    return Predict(
        "With depth 3 the dip is a bad minimum, and learning rate 0.5 leads from −5 past it into "
        "the bowl, the global minimum. Now the dip has depth 8 and is the global minimum. "
        "Same start, same learning rate: where does the run end?",
        answer=choices[settled(land, [-5], 1000, 0.5)],
        choices=choices,
        why="At 0.5 a minimum holds a run only if its curvature is below 2/0.5 = 4, however deep "
        f"it is. That of the deep dip is {land.curvatures(land.minima)[0, 0]:.0f}.",
    )


def ravine_steps():
    """How the number of steps grows with the condition number."""
    fewest = [np.ceil(theory.steps_to(1e-6, theory.gd_best_rate(1, k))) for k in (100, 1000)]
    return Predict(
        "A valley is 100 times more sharply curved across than along. A learning rate tuned to it "
        f"needs {fewest[0]:.0f} steps to bring the distance down to a millionth. How many does one "
        "need that is tuned to a valley 1000 times more sharply curved across than along?",
        answer=fewest[1],
        why="Ten times the ratio of the curvatures, ten times the steps.",
    )


def escape():
    """M5: how the time on a saddle grows as the start moves closer to the ridge."""
    _, (near, nearer) = from_the_ridge(np.array([1e-4, 1e-8]), 0.05, 800)
    return Predict(
        f"Started 0.0001 beside the ridge, at learning rate 0.05, the ball has left after {near} "
        "steps. Now it starts ten thousand times closer, at 0.00000001. How many steps now?",
        answer=float(nearer),
        tolerance=0.15,
        why="Not ten thousand times as many: every step multiplies the distance by the same "
        "factor, so the time grows with the logarithm.",
    )


def penguin_units():
    """Why features are scaled."""
    choices = ("one step", "about a hundred", "about a million")
    x, y, _ = regression.penguins("standardised")
    land = regression.loss_surface(x, y)
    gap = abs(descend(gd, land.grad, land.start, 100, lr=1)[:, 1] - land.minima[:, 0]).max()
    return Predict(
        "Measure flippers in standard deviations from their mean. How many steps does the best "
        "learning rate need to fit the line to all 342 penguins?",
        answer=choices[between(gap, 1e-9)],
        choices=choices,
        why="Both curvatures are then exactly 1, the bowl is round, and −gradient points straight "
        "at the minimum. At learning rate 1 the first step lands on it.",
    )
