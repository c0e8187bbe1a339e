"""The checks of notebook 03, gradient descent."""

import numpy as np

from gdlib import check, landscapes, theory
from gdlib.check import Refused, judged
from gdlib.optimizers import arrive, descend, first_step, gd, settled_in
from gdlib.sampling import of_word
from gdlib.words import names


def rule(submission):
    """Is it gradient descent, over three steps?"""
    return check.rule(submission, gd, MISTAKES)


MISTAKES = {
    "Only the sign of the gradient is used; its size belongs in the step.": (
        lambda w, g, memory, *, lr: (w - lr * np.sign(g), memory)
    ),
    "Each column of the gradient is divided by its length, which leaves its direction alone; its "
    "size belongs in the step.": (
        lambda w, g, memory, *, lr: (w - lr * g / np.linalg.norm(g, axis=0), memory)
    ),
}


def hidden_parabola(name):
    """The slope function of a parabola that is another one for every name: `slope(x)`."""
    rng = of_word(str(name))
    curvature, minimum = rng.uniform(0.5, 20), rng.uniform(-3, 3)
    return lambda x: curvature * (x - minimum)


@judged
def one_step(lr, slope):
    """Does one step of gradient descent with `lr` land on the minimum of the hidden parabola?"""
    lr, at_0, near = check.rate(lr), _slope(slope, 0.0), 0.001
    if at_0 == 0:
        raise Refused("This slope is 0 at 0 already; hand over that of your hidden parabola.")
    ratio = _slope(slope, -lr * at_0) / at_0  # 1 - lr·L
    if abs(ratio) < near:
        return f"One step from 0 leaves {abs(ratio):.1g} of the slope: you landed."
    left, _ = check.told_apart(abs(ratio), near, 2)
    said = f"One step from 0 leaves {left} of the slope; expected less than {near}."
    curvature = (1 - ratio) / lr
    if np.isclose(lr, curvature, rtol=1e-3):
        raise Refused(said, "You gave the curvature itself; what does one step need?")
    if abs(ratio + 1) < near:
        raise Refused(said, "This is the limit, where the ball swings to the mirror point.")
    side = "It stops short: raise lr." if ratio > 0 else "It lands on the other side: lower lr."
    raise Refused(said, side)


def _slope(slope, x):
    """What the slope function gives at x, a float; refuses what is none."""
    came = check.called(slope, x, name="The slope")
    value = check.number(came)
    if value is None:
        raise check.asked_for("The slope at a place is a number", came)
    return value


@judged
def largest_lr(lr):
    """Is `lr` the largest two-decimal learning rate at which c = 1.5 reaches the global minimum?"""
    lr = check.rate(lr)
    if not np.isclose(lr, round(lr, 2), atol=0):
        raise check.asked_for("Two decimals, please", lr)
    lrs = np.round([lr, lr + 0.01], 2)
    at_lr, beyond = settled(landscapes.double_well(), [1.5], 2000, lrs)
    place = ("the global minimum", "the local minimum", "no minimum")
    said = f"c ends in {place[at_lr]} at {lrs[0]:.2f} and in {place[beyond]} at {lrs[1]:.2f}."
    if at_lr != 0:
        raise Refused(said, "Too large: expected the global minimum at your value.")
    if beyond == 0:
        raise Refused(said, "Your value works, but it is not the largest.")
    return said


@judged
def loses_only_c(lr):
    """Does `lr` make Himmelblau's minimum C unreachable, and keep A, B and D?"""
    lr, land = check.rate(lr), landscapes.himmelblau()
    starts = np.stack(np.meshgrid(*[np.linspace(-5, 5, 81)] * 2))
    reached = settled(land, starts, 1000, lr)
    shares = {name: (reached == k).mean() for k, name in enumerate("ABCD")}
    lost = [name for name, share in shares.items() if share < 0.1]
    told = [f"{k} {check.told_apart(v, 0.1 * (k != 'C'), 0, '%')[0]}" for k, v in shares.items()]
    said = f"Shares of 81 × 81 starts: {', '.join(told)}; expected C 0% and the others above 10%."
    if lr < 0.01 and lost:
        raise Refused(said, "Too small: 1000 steps do not lead to the minima.")
    if shares["C"] > 0:
        raise Refused(said, "C is still reached: what is the limit at its sharpest curvature?")
    if lost != ["C"]:
        others = names([name for name in lost if name != "C"])
        raise Refused(said, f"Too large: it loses {others} as well.")
    return said


@judged
def ravine_steps(lr, kappa=100, allowed=700):
    """Does plain gradient descent come within 1e-6 on the ravine in the steps allowed?"""
    lr, land = check.rate(lr), landscapes.ravine(kappa)
    path = descend(gd, land.grad, land.start, 3000, lr=lr)
    steps = first_step(np.hypot(*path) < 1e-6)
    said = "Not there in 3000 steps."
    if steps >= 0:
        said = f"{steps} steps; expected at most {allowed}."
    if 0 <= steps <= allowed:
        return said
    along, across = theory.gd_factor(lr, np.array([1, kappa]))
    if abs(across) >= 1:
        raise Refused(said, f"Each step multiplies by {across:.3g} across the ravine: too large.")
    slow, cure = ("along", "raise") if abs(along) > abs(across) else ("across", "lower")
    raise Refused(
        f"{said} The slow direction is {slow} the ravine, with a factor of "
        f"{max(along, across, key=abs):.4g} a step: {cure} lr."
    )


@judged
def escape_time(steps, offset=1e-6, lr=0.05):
    """Is a predicted number of steps on the saddle right within 15 %?"""
    given, steps = steps, check.number(steps)
    if steps is None or steps <= 0:
        raise check.asked_for("A number of steps above 0, please", given)
    _, measured = from_the_ridge(offset, lr, 2000)
    if abs(steps - measured) <= 0.15 * measured:
        return f"You predicted {steps:.4g}, the run took {measured}: within 15 %."
    why = f"Too {'many' if steps > measured else 'few'}."
    if steps > 10 * measured:
        why = "Far too many: the distance grows by a factor, not by a sum."
    if abs(steps - theory.escape_steps(offset, lr) / np.log(10)) < 10:
        why = "That is the logarithm to base 10: take the natural one."
    raise Refused(
        f"You predicted {steps:.4g}; the run took another number, more than 15 % away.", why
    )


# --- what figures and predictions run as well ----------------------------------------------------


def settled(land, starts, steps, lr, places=None):
    """In which of the places, by default the minima, gradient descent settles; -1 for none.

    Next to a minimum whose limit 2/L is below lr a run only passes by, or was started there.
    """
    places = land.minima if places is None else places
    ends = settled_in(arrive(gd, land.grad, starts, steps, lr=lr), places)
    limits = theory.gd_limit(land.curvatures(places)[-1])
    return np.where(lr < np.append(limits, np.inf)[ends], ends, -1)[()]


def from_the_ridge(offset, lr, steps):
    """A run on the saddle from beside its ridge, and the step from which on |y| is 0.9, or -1."""
    start = [np.ones_like(offset), offset]
    path = descend(gd, landscapes.saddle().grad, start, steps, lr=lr)
    return path, first_step(np.abs(path[1]) >= 0.9)
