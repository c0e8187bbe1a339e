"""The checks of notebook 05, momentum."""

import numpy as np

from gdlib import landscapes, theory
from gdlib.check.shared import Verdict, asked_for, no_rate, no_rho, number
from gdlib.check.shared import rule as rule  # the page calls it check.rule
from gdlib.optimizers import descend, first_step, momentum, settled_in

# --- 1: the longest step -------------------------------------------------------------------------


def terminal_step(step, slope=2, lr=0.01, rho=0.95):
    """Is `step` the length that the steps come to on a constant slope, within 1 %?"""
    given, step = step, number(step)
    if step is None or step <= 0:
        return asked_for("The length of a step is a number above 0", given)
    slope, steps = abs(slope), int(20 / (1 - rho))  # then less than 1e-8 of it is yet to come
    path = descend(momentum, lambda w: np.full_like(w, slope), [0], steps, lr=lr, rho=rho)
    lengths = np.abs(np.diff(path[0]))
    if abs(step / lengths[-1] - 1) < 0.0101:
        said = f"You said {step:.4g}; after {steps} steps each is {lengths[-1]:.4g} long."
        return Verdict(True, said)
    said = f"You said {step:.4g}; the run begins with a step of {lengths[0]:.4g} and comes to"
    said = f"{said} another length, more than 1 % away."
    slips = {
        "That is the first step, when v is g alone. Then the old v comes on top.": lr * slope,
        "The slope is missing.": lr / (1 - rho),
        "That is v; the step is lr times it.": slope / (1 - rho),
        "That is how many times longer than the first step it is.": 1 / (1 - rho),
        "You divided by ρ. Which share of v is lost at each step?": lr * slope / (rho or 1),
        "You multiplied where you should divide: v grows.": lr * slope * (1 - rho),
        "That is what is left of the old v; g comes on top.": rho * lr * slope / (1 - rho),
        "Here the slope does not change its sign: all gradients add up.": lr * slope / (1 + rho),
    }
    for k in range(2, 21):
        slips[f"That is step {k}, and the steps go on growing."] = lengths[k - 1]
    for slip, length in slips.items():
        if abs(step - length) <= 0.002 * length:
            return Verdict(False, f"{said} {slip}")
    return Verdict(False, f"{said} Too {'long' if step > lengths[-1] else 'short'}.")


# --- 2, 5: the dip, and the hole -----------------------------------------------------------------


def smallest_rho(rho, lr=0.02):
    """Is `rho` the smallest two-decimal one with which momentum gets from -5 into the bowl?"""
    if (wrong := no_rho(rho)) is not None:
        return wrong
    given, rho = rho, number(rho)
    if abs(rho - round(rho, 2)) > 1e-9:
        return asked_for("Two decimals, please", given)
    rhos = np.arange(round(100 * rho) + 1) / 100
    ends, reasons = _ends(landscapes.dip(3), lr, rhos)
    place = ("in the bowl", "in the dip", "nowhere")
    said = f"With ρ = {rho:.2f} the ball ends {place[ends[-1]]}"
    if ends[-1] != 0:
        return Verdict(False, f"{said}; expected in the bowl. {reasons[-1]}")
    if (ends[:-1] == 0).any():
        return Verdict(False, f"{said}. That works, and so does a smaller ρ.")
    if len(rhos) > 1:
        said = f"{said}, with {rhos[-2]:.2f} {place[ends[-2]]}"
    return Verdict(True, f"{said}.")


def loses_the_hole(rho, lr=0.01):
    """Does momentum from -5 leave the hole, the global minimum of the dip at depth 8, for good?"""
    if (wrong := no_rho(rho)) is not None:
        return wrong
    rho, land = number(rho), landscapes.dip(8)
    (end,), (reason,) = _ends(land, lr, np.array([rho]))
    said = f"With ρ = {rho:.6g} the ball ends {('in the hole', 'in the bowl', 'nowhere')[end]}"
    if end != 1:
        return Verdict(False, f"{said}; expected in the bowl. {reason}")
    hole, bowl = land.f(land.minima).round(2) + 0.0
    said = f"{said}, at a loss of {bowl:.2f}; in the hole it would be {hole:.2f}."
    return Verdict(True, f"{said} The global minimum is lost.")


def _ends(land, lr, rhos):
    """For each ρ the minimum in which the ball is at rest in the end, -1 for none.

    And why it came no further, in words.
    """
    path = descend(momentum, land.grad, land.start, 6000, lr=lr, rho=rhos)
    late = settled_in(path[:, -500:], land.minima)
    ends = np.where((late == late[-1]).all(axis=0), late[-1], -1)
    _, ridges = landscapes.stationary_points(land)
    got_over = path[0].max(axis=0) > ridges[0, 0]
    reasons = np.where(
        got_over,
        "It gets out, and rolls back in: ρ is too large.",
        "It does not get over the ridge: ρ is too small.",
    )
    rolling = "After 6000 steps it still rolls: ρ is too near 1."
    return ends, np.where(ends < 0, rolling, reasons)


# --- 3: through the ravine -----------------------------------------------------------------------


def ravine_steps(lr, rho, kappa=100, allowed=100):
    """Does momentum come within 1e-6 of the distance on the ravine, and stay, in time?"""
    if (wrong := no_rate(lr) or no_rho(rho)) is not None:
        return wrong
    lr, rho = number(lr), number(rho)
    land = landscapes.ravine(kappa)
    path = descend(momentum, land.grad, land.start, 3000, lr=lr, rho=rho)
    with np.errstate(all="ignore"):
        steps = first_step(np.hypot(*path) < 1e-6 * np.hypot(*land.start))
        along, across = theory.momentum_factor(lr, np.array([1, kappa]), rho)
    said = f"{steps} steps; expected at most {allowed}."
    if 0 <= steps <= allowed:
        return Verdict(True, said)
    if steps < 0:
        said = f"Not there in 3000 steps; expected at most {allowed}."
    if across >= 1 - 1e-9:
        said = f"{said} In the long run each step multiplies by {across:.4g} across the ravine"
        limit = theory.momentum_limit(kappa, rho)
        return Verdict(False, f"{said}: for this ρ lr must be below {limit:.4g}.")
    if max(along, across) < np.sqrt(rho) + 1e-6:
        said = f"{said} Along and across, the ball swings with a factor of √ρ = {along:.4g} a step"
        return Verdict(False, f"{said}: it remembers too long, lower ρ.")
    if abs(along - across) < 1e-6:
        said = f"{said} Along and across, the factor is {along:.4g} a step: no other lr is better"
        return Verdict(False, f"{said} with this ρ. Raise ρ.")
    slow, cure = ("along", "raise lr or ρ") if along > across else ("across", "lower lr or raise ρ")
    said = f"{said} The slow direction is {slow} the ravine, with a factor of"
    return Verdict(False, f"{said} {max(along, across):.4g} a step: {cure}.")


# --- 4: the average form -------------------------------------------------------------------------


def average_form(w, g, v, *, lr, rho):
    """Momentum with an average in place of the sum, as some books write it."""
    v = rho * v + (1 - rho) * g
    return w - lr * v, v


def average_lr(lr, sum_lr=0.003, rho=0.95):
    """Does the average form with `lr` walk the path of the sum form on Himmelblau, to 1e-9?"""
    if (wrong := no_rate(lr)) is not None:
        return wrong
    lr, land = number(lr), landscapes.himmelblau()
    expected = descend(momentum, land.grad, land.start, 300, lr=sum_lr, rho=rho)
    came = descend(average_form, land.grad, land.start, 300, lr=lr, rho=rho)
    with np.errstate(all="ignore"):
        apart = np.hypot(*(came - expected)).max()
        longer = np.hypot(*(came[:, 1] - land.start)) / np.hypot(*(expected[:, 1] - land.start))
    if apart < 1e-9:
        return Verdict(True, f"In 300 steps the two paths are never more than {apart:.0e} apart.")
    said = f"In 300 steps the two paths come {apart:.2g} apart"
    if not np.isfinite(came).all():
        said = "Your path diverges"
    said = f"{said}; expected less than 1e-9. Your first step is {longer:.6g} times that of the"
    said = f"{said} sum form; expected 1."
    slips = {
        "With the same lr, is your v as large as the sum?": sum_lr,
        "You multiplied where you should divide: the average is smaller than the sum.": (
            sum_lr * (1 - rho)
        ),
        "You divided by ρ. Which share of the gradient comes into your v?": sum_lr / (rho or 1),
        "You multiplied by ρ. Which share of the gradient comes into your v?": sum_lr * rho,
        "That is how many times larger lr must be.": 1 / (1 - rho),
        "Of the two, the gradient's share in v is the other one.": sum_lr * rho / (1 - rho),
    }
    for slip, slipped in slips.items():
        if abs(lr - slipped) <= 1e-3 * slipped:
            return Verdict(False, f"{said} {slip}")
    return Verdict(False, f"{said} lr is too {'large' if longer > 1 else 'small'}.")


# --- beyond: Nesterov's momentum -----------------------------------------------------------------


def nesterov(submission):
    """Is it Nesterov's momentum, over three steps?"""
    return rule(submission, nesterov_momentum, "Nesterov's momentum")


def nesterov_momentum(w, g, v, *, lr, rho):
    """Nesterov's momentum as in PyTorch, where nesterov=True.

    Sutskever et al. (2013) take the gradient where ρ·v would lead; this w is that place already.
    """
    v = rho * v + g
    return w - lr * (g + rho * v), v
