"""The predictions of notebook 05, in the order of the page. Answers are computed, not typed."""

import numpy as np

from gdlib import landscapes, regression, theory
from gdlib.optimizers import arrive, descend, first_step, momentum, settled_in
from gdlib.prediction import Predict, between


def memory_helps():
    """What remembering four fifths of the last step does to the penguins' ravine."""
    choices = ("about as many", "about a half", "about a seventh", "it diverges")
    x, y, _ = regression.penguins("centred")
    land = regression.loss_surface(x, y)
    path = descend(momentum, land.grad, [-5, 5], 1200, lr=0.0096, rho=np.array([0, 0.8]))
    plain, heavy = first_step(land.f(path) - land.f(land.minima)[0] < 1e-6)
    return Predict(
        "Gradient descent on the centred penguins, at learning rate 0.0096, needs "
        f"{plain} steps to bring the loss within a millionth of the lowest. Now each step also "
        "takes along 0.8 of the step before it. How many steps does that need?",
        answer=choices[between(plain / heavy, 1.5, 3)],
        choices=choices,
        why=f"{heavy} instead of {plain}. Along the ravine the gradients agree, and add up.",
    )


def terminal_speed():
    """How long the steps on a steady slope become."""
    path = descend(momentum, np.ones_like, [0.0], 300, lr=1.0, rho=0.9)[0]
    return Predict(
        "On a slope that is the same everywhere, gradient descent takes steps of one length. "
        "Momentum with ρ = 0.9 takes a first step of that length, and then longer and longer ones. "
        "How many times as long do they get in the end?",
        answer=float(round(path[-2] - path[-1], 6)),
        why="Each step adds what a step of gradient descent has, and keeps 0.9 of what was there: "
        "1 + 0.9 + 0.81 + ... = 1/(1 − 0.9) = 10.",
    )


def turning():
    """How long a ball at full speed needs to turn round."""
    short, long = np.ceil(theory.half_life(np.array([0.9, 0.99])))
    return Predict(
        "A run with ρ = 0.99 has reached its full speed on a steady slope. From now on the slope "
        "is the opposite one. After how many steps does the ball move the other way?",
        answer=long,
        tolerance=0.2,
        why=f"It takes {long:.0f}, and with ρ = 0.9 only {short:.0f}. What is remembered must be "
        "forgotten first.",
    )


def the_usual():
    """The usual ρ on a landscape that is nearly round."""
    choices = ("fewer", "about as many", "three or four times as many")
    land, pair = landscapes.ravine(10), np.array([0, 0.9])
    lrs = theory.momentum_best_lr(1, 10, pair)
    path = descend(momentum, land.grad, land.start[:, None], 1000, lr=lrs, rho=pair)
    plain, usual = first_step(np.hypot(*path) < 1e-6)
    return Predict(
        "“Take ρ = 0.9”, you can read everywhere. In a mild ravine, κ = 10, gradient descent at "
        f"its best learning rate gets to a millionth of the distance in {plain} steps. How many "
        "does momentum need with ρ = 0.9, and a learning rate that suits it?",
        answer=choices[between(usual / plain, 0.7, 2)],
        choices=choices,
        why=f"It needs {usual}. What is remembered too long has to die down first, at best by "
        "a factor √0.9 a step.",
    )


def hole():
    """The same ball, where the dip is the global minimum."""
    choices = ("in the hole", "in the bowl", "nowhere")
    land = landscapes.dip(8)
    end = settled_in(arrive(momentum, land.grad, land.start, 3000, lr=0.01, rho=0.9), land.minima)
    return Predict(
        "At depth 3, with lr = 0.01, a ball with ρ = 0.9 rolls through the dip and settles in the "
        "bowl, which is better. Now the dip is 8 deep, a hole that is the global minimum, and "
        "gradient descent ends in it. Where does the ball settle?",
        answer=choices[end],
        choices=choices,
        why="It has come from just as high, and its speed carries it over the ridge again. Speed "
        "does not know which minimum is the good one.",
    )


def floor():
    """What momentum makes of SGD's floor at the same learning rate."""
    choices = ("about a tenth", "about the same", "about ten times as high")
    x, y, _ = regression.penguins("standardised")
    land = regression.loss_surface(x, y)
    start = np.repeat(land.minima[..., None], 200, axis=1)
    grad = regression.minibatch(x, y, 1, np.random.default_rng(0))
    path = descend(momentum, grad, start, 1500, lr=0.01, rho=np.array([0, 0.9]))
    loss = land.f(path[:, 500:]) - land.f(land.minima)[0]
    plain, heavy = loss.mean(axis=(0, 1))
    return Predict(
        "SGD with one penguin a step and learning rate 0.01 comes down to a floor, "
        f"{plain:.4f} above the lowest loss. Add momentum with ρ = 0.9 and leave the learning rate "
        "as it is. How high is the floor now?",
        answer=choices[between(heavy / plain, 0.3, 3)],
        choices=choices,
        why=f"{heavy:.4f} (200 runs, seed 0). The noise is remembered as well as the slope.",
    )
