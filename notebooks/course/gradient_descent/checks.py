"""The checks of notebook 03, gradient descent."""

import numpy as np

from gdlib import landscapes, theory
from gdlib.check import Verdict, asked_for, no_rate, number
from gdlib.optimizers import arrive, descend, first_step, gd, settled_in


def hidden_parabola(name):
    """The slope function of a parabola that is another one for every name: `slope(x)`."""
    rng = np.random.default_rng(list(str(name).encode()) or [0])
    curvature, minimum = rng.uniform(0.5, 20), rng.uniform(-3, 3)
    return lambda x: curvature * (x - minimum)


def one_step(lr, slope):
    """Does one step of gradient descent with `lr` land on the minimum of the hidden parabola?"""
    if (wrong := no_rate(lr)) is not None:
        return wrong
    before, after = slope(0.0), slope(0.0 - lr * slope(0.0))
    ratio = after / before  # 1 - lr·L
    said = f"One step from 0 leaves {abs(ratio):.2g} of the slope; expected less than 1e-6. "
    if abs(ratio) < 1e-6:
        return Verdict(True, f"One step from 0 leaves {abs(ratio):.1g} of the slope: you landed.")
    curvature = (1 - ratio) / lr
    if np.isclose(lr, curvature, rtol=1e-3):
        return Verdict(False, said + "You gave the curvature itself; what does one step need?")
    if abs(ratio + 1) < 1e-6:
        return Verdict(
            False, said + "This is the limit, where the ball swings to the mirror point."
        )
    side = "It stops short: raise lr." if ratio > 0 else "It lands on the other side: lower lr."
    return Verdict(False, said + side)


def largest_lr(lr):
    """Is `lr` the largest two-decimal learning rate at which c = 1.5 reaches the global minimum?"""
    if (wrong := no_rate(lr)) is not None:
        return wrong
    if not np.isclose(lr, round(lr, 2), atol=1e-12):
        return Verdict(False, f"Two decimals, please; got {lr}.")
    land = landscapes.double_well()
    lrs = np.round([lr, lr + 0.01], 2)
    ends = settled_in(arrive(gd, land.grad, [1.5], 2000, lr=lrs), land.minima)
    place = ("the global minimum", "the local minimum", "no minimum")
    said = f"c ends in {place[ends[0]]} at {lrs[0]:.2f} and in {place[ends[1]]} at {lrs[1]:.2f}."
    if ends[0] != 0:
        return Verdict(False, f"{said} Too large: expected the global minimum at your value.")
    if ends[1] == 0:
        return Verdict(False, f"{said} Your value works, but it is not the largest.")
    return Verdict(True, said)


def loses_only_c(lr):
    """Does `lr` make Himmelblau's minimum C unreachable, and keep A, B and D?"""
    if (wrong := no_rate(lr)) is not None:
        return wrong
    land = landscapes.himmelblau()
    starts = np.stack(np.meshgrid(*[np.linspace(-5, 5, 81)] * 2))
    ends = settled_in(arrive(gd, land.grad, starts, 1000, lr=lr), land.minima)
    shares = [(ends == k).mean() for k in range(4)]
    said = ", ".join(f"{name} {share:.0%}" for name, share in zip("ABCD", shares, strict=True))
    lost = [name for name, share in zip("ABCD", shares, strict=True) if share < 0.1]
    said = f"Shares of 81 × 81 starts: {said}; expected C 0% and the others above 10%."
    if shares[2] == 0 and lost == ["C"]:
        return Verdict(True, said)
    if shares[2] > 0:
        return Verdict(
            False, f"{said} C is still reached: what is the limit at its sharpest curvature?"
        )
    return Verdict(False, f"{said} {' and '.join(lost)} are lost: too large.")


def ravine_steps(lr, kappa=100, allowed=700):
    """Does plain gradient descent come within 1e-6 on the ravine in the steps allowed?"""
    if (wrong := no_rate(lr)) is not None:
        return wrong
    land = landscapes.ravine(kappa)
    path = descend(gd, land.grad, land.start, 3000, lr=lr)
    steps = first_step(np.hypot(*path) < 1e-6)
    if 0 <= steps <= allowed:
        return Verdict(True, f"{steps} steps; expected at most {allowed}.")
    along, across = theory.gd_factor(lr, np.array([1, kappa]))
    said = f"{steps} steps; expected at most {allowed}."
    if steps < 0:
        said = "Not there in 3000 steps."
    if abs(across) >= 1:
        return Verdict(
            False, f"{said} Each step multiplies by {across:.3g} across the ravine: too large."
        )
    slow, cure = ("along", "raise") if abs(along) > abs(across) else ("across", "lower")
    return Verdict(
        False,
        f"{said} The slow direction is {slow} the ravine, with a factor of "
        f"{max(along, across, key=abs):.4g} a step: {cure} lr.",
    )


def escape_time(steps, offset=1e-6, lr=0.05):
    """Is a predicted number of steps on the saddle right within 15 %?"""
    if (number(steps) or 0) <= 0:
        return asked_for("A number of steps above 0, please", steps)
    steps = number(steps)
    land = landscapes.saddle()
    path = descend(gd, land.grad, [1, offset], 2000, lr=lr)
    measured = first_step(np.abs(path[1]) >= 0.9)
    if abs(steps - measured) <= 0.15 * measured:
        return Verdict(True, f"You predicted {steps:.4g}, the run took {measured}: within 15 %.")
    said = f"You predicted {steps:.4g}; the run took another number, more than 15 % away."
    if abs(steps - theory.escape_steps(offset, lr) / np.log(10)) < 10:
        return Verdict(False, f"{said} That is the logarithm to base 10: take the natural one.")
    if steps > 10 * measured:
        return Verdict(False, f"{said} Far too many: the distance grows by a factor, not by a sum.")
    return Verdict(False, f"{said} Too {'many' if steps > measured else 'few'}.")
