"""The checks of notebook 05, momentum."""

import numpy as np

from gdlib import check, landscapes, theory
from gdlib.check import Refused, judged
from gdlib.optimizers import descend, first_step, momentum, settled_in

# --- the rule ------------------------------------------------------------------------------------


def rule(submission):
    """Is it the heavy ball, over three steps?"""
    return check.rule(submission, momentum, MISTAKES, DIALECTS)


def _sum(v, g, lr, rho):
    return rho * v + g


def _ball(g, v, lr, rho):
    return lr * v


def _ahead(g, v, lr, rho):
    return lr * (g + rho * v)


def _in_any_rule_with_v(step):
    wrong = {
        "ρ is missing: this v never forgets.": lambda v, g, lr, rho: v + g,
        "This v is an average, since 1 − ρ stands before g; here it is a sum.": (
            lambda v, g, lr, rho: rho * v + (1 - rho) * g
        ),
        "ρ and 1 − ρ are swapped, and a sum needs no 1 − ρ at all.": (
            lambda v, g, lr, rho: (1 - rho) * v + rho * g
        ),
        "1 − ρ is what v loses at each step; what does it keep?": (
            lambda v, g, lr, rho: (1 - rho) * v + g
        ),
        "ρ stands at the gradient; it belongs to the old v.": lambda v, g, lr, rho: v + rho * g,
        "ρ takes from the new gradient as well; it belongs to the old v alone.": (
            lambda v, g, lr, rho: rho * (v + g)
        ),
        "The old v comes in with the wrong sign.": lambda v, g, lr, rho: g - rho * v,
        "The learning rate comes in twice, in v and in the step.": (
            lambda v, g, lr, rho: rho * v + lr * g
        ),
    }
    right = check.built(_sum, step)
    return {said: check.built(v, step) for said, v in wrong.items()} | {
        "The order is wrong: return the new w first, then v.": check.turned_round(right),
        "The new w went into the memory as well; return v there.": check.handed_twice(right),
        "One v goes from coordinate to coordinate; each has its own.": check.in_turn(right),
        "lr is divided by the gradient's length, which belongs in the step.": (
            lambda w, g, v, *, lr, rho: right(w, g, v, lr=lr / np.linalg.norm(g), rho=rho)
        ),
    }


MISTAKES = _in_any_rule_with_v(_ball) | {
    "The step is made with the old v: first the new v, then the step.": (
        lambda w, g, v, *, lr, rho: (w - lr * v, rho * v + g)
    ),
    "Nothing is remembered, this is gradient descent. Is the old v in the new one, is the step "
    "made with v, and is it the new v that you return?": (
        lambda w, g, v, *, lr, rho: (w - lr * g, v)
    ),
    "Only the last gradient is remembered: return v, not g.": (
        lambda w, g, v, *, lr, rho: (w - lr * (rho * v + g), g)
    ),
    "The gradient comes in twice: it is in v already.": (
        check.built(_sum, lambda g, v, lr, rho: lr * (v + g))
    ),
    "lr and rho are swapped.": lambda w, g, v, *, lr, rho: momentum(w, g, v, lr=rho, rho=lr),
    "This is Nesterov's momentum, which looks ahead; the heavy ball goes along v.": (
        check.built(_sum, _ahead)
    ),
}
_LR_IN_V = (
    "as long as lr is constant. Your v holds lr as well, as in papers and in Keras: when lr "
    "changes on the way, what is in v keeps the old one."
)


def _with_lr(v, g, lr, rho):
    return rho * v + lr * g


DIALECTS = {_LR_IN_V: check.built(_with_lr, lambda g, v, lr, rho: v)}

# --- 1: the longest step -------------------------------------------------------------------------


@judged
def terminal_step(step, slope=2, lr=0.01, rho=0.95):
    """Is `step` the length that the steps come to on a constant slope, within 1 %?"""
    given, step = step, check.number(step)
    if step is None or step <= 0:
        raise check.asked_for("The length of a step is a number above 0", given)
    slope, steps = abs(slope), int(20 / (1 - rho))  # then less than 1e-8 of it is yet to come
    path = descend(momentum, lambda w: np.full_like(w, slope), [0], steps, lr=lr, rho=rho)
    lengths = np.abs(np.diff(path[0]))
    if abs(step / lengths[-1] - 1) < 0.0101:
        return f"You said {step:.4g}; after {steps} steps each is {lengths[-1]:.4g} long."
    slips = {
        "That is the first step, when v is g alone. Then the old v comes on top.": lr * slope,
        "The slope is missing.": lr / (1 - rho),
        "That is v; the step is lr times it.": slope / (1 - rho),
        "That is how many times longer than the first step it is.": 1 / (1 - rho),
        "You divided by ρ. Which share of v is lost at each step?": lr * slope / (rho or 1),
        "You multiplied where you should divide: v grows.": lr * slope * (1 - rho),
        "That is step 2, and the steps go on growing.": lengths[1],
    }
    said = f"You said {step:.4g}; the run begins with a step of {lengths[0]:.4g} and comes to"
    size = f"Too {'long' if step > lengths[-1] else 'short'}."
    raise Refused(
        f"{said} another length, more than 1 % away.", check.slip(slips, step, 0.002) or size
    )


# --- 2, 5: the dip, and the hole -----------------------------------------------------------------


@judged
def smallest_rho(rho, lr=0.02):
    """Is `rho` the smallest two-decimal one with which momentum gets from -5 into the bowl?"""
    given, rho = rho, check.memory(rho)
    if abs(rho - round(rho, 2)) > 1e-6 or round(rho, 2) == 1:  # float32 is 0.72, too
        raise check.asked_for("Two decimals, please", given)
    rhos = np.arange(round(100 * rho) + 1) / 100
    ends, reasons = _ends(landscapes.dip(3), lr, rhos)
    place = ("in the bowl", "in the dip", "nowhere")
    said = f"With ρ = {rho:.2f} the ball ends {place[ends[-1]]}"
    if ends[-1] != 0:
        raise Refused(f"{said}; expected in the bowl.", reasons[-1])
    if (ends[:-1] == 0).any():
        raise Refused(f"{said}. That works, and so does a smaller ρ.")
    before = f", with {rhos[-2]:.2f} {place[ends[-2]]}" if len(rhos) > 1 else ""
    return f"{said}{before}."


@judged
def loses_the_hole(rho, lr=0.003):
    """Does momentum from -5 leave the hole, the global minimum of the dip at depth 8, for good?"""
    rho, land = check.memory(rho), landscapes.dip(8)
    (end,), (reason,) = _ends(land, lr, np.array([rho]))
    said = f"With ρ = {rho:.6g} the ball ends {('in the hole', 'in the bowl', 'nowhere')[end]}"
    if end != 1:
        raise Refused(f"{said}; expected in the bowl.", reason)
    hole, bowl = land.f(land.minima).round(2) + 0.0
    return (
        f"{said}, at a loss of {bowl:.2f}; in the hole it would be {hole:.2f}. The global minimum "
        "is lost."
    )


def _ends(land, lr, rhos):
    """For each ρ the minimum in which the ball is at rest in the end, -1 for none.

    And why it came no further, in words.
    """
    path = descend(momentum, land.grad, land.start, 6000, lr=lr, rho=rhos)
    late = settled_in(path[:, -500:], land.minima)
    ends = np.where((late == late[-1]).all(axis=0), late[-1], -1)
    _, ridges = landscapes.stationary_points(land)
    reasons = np.where(
        path[0].max(axis=0) > ridges[0, 0],
        "It gets out, and rolls back in: ρ is too large.",
        "It does not get over the ridge: ρ is too small.",
    )
    rolling = "After 6000 steps it still rolls: ρ is too near 1."
    return ends, np.where(ends < 0, rolling, reasons)


# --- 3: through the ravine -----------------------------------------------------------------------


@judged
def ravine_steps(lr, rho, kappa=100, allowed=100):
    """Does momentum come within 1e-6 of the distance on the ravine, and stay, in time?"""
    lr, rho, land = check.rate(lr), check.memory(rho), landscapes.ravine(kappa)
    path = descend(momentum, land.grad, land.start, 3000, lr=lr, rho=rho)
    steps = first_step(np.hypot(*path) < 1e-6 * np.hypot(*land.start))
    along, across = theory.momentum_factor(lr, np.array([1, kappa]), rho)
    said = f"{steps} steps" if steps >= 0 else "Not there in 3000 steps"
    said = f"{said}; expected at most {allowed}."
    if 0 <= steps <= allowed:
        return said
    if across >= 1 - 1e-9:
        limit = theory.momentum_limit(kappa, rho)
        raise Refused(
            f"{said} In the long run each step multiplies by {across:.4g} across the "
            f"ravine: for this ρ lr must be below {limit:.4g}."
        )
    if max(along, across) < np.sqrt(rho) + 1e-6:
        raise Refused(
            f"{said} Along and across, the ball swings with a factor of √ρ = {along:.4g} a step: "
            "it remembers too long, lower ρ."
        )
    if abs(along - across) < 1e-6:
        raise Refused(
            f"{said} Along and across, the factor is {along:.4g} a step: no other lr is better "
            "with this ρ. Raise ρ."
        )
    slow, cure = ("along", "raise lr or ρ") if along > across else ("across", "lower lr or raise ρ")
    raise Refused(
        f"{said} The slow direction is {slow} the ravine, with a factor of "
        f"{max(along, across):.4g} a step: {cure}."
    )


# --- 4: the average form -------------------------------------------------------------------------


def average_form(w, g, v, *, lr, rho):
    """Momentum with an average in place of the sum, as some books write it."""
    v = rho * v + (1 - rho) * g
    return w - lr * v, v


@judged
def average_lr(lr, sum_lr=0.003, rho=0.95):
    """Does the average form with `lr` walk the path of the sum form on Himmelblau, to 1e-6?"""
    lr, land = check.rate(lr), landscapes.himmelblau()
    expected = descend(momentum, land.grad, land.start, 300, lr=sum_lr, rho=rho)
    came = descend(average_form, land.grad, land.start, 300, lr=lr, rho=rho)
    apart = np.hypot(*(came - expected)).max()
    longer = np.hypot(*(came[:, 1] - land.start)) / np.hypot(*(expected[:, 1] - land.start))
    if apart < 1e-6:
        return f"In 300 steps the two paths are never more than {apart:.0e} apart."
    said = f"In 300 steps the two paths come {check.told_apart(apart, 1e-6, 2)[0]} apart"
    said = said if np.isfinite(came).all() else "Your path diverges"
    times = check.told_apart(longer, 1, 6)[0]
    slips = {
        "With the same lr, is your v as large as the sum?": sum_lr,
        "You multiplied where you should divide: the average is smaller than the sum.": (
            sum_lr * (1 - rho)
        ),
        "You divided by ρ. Which share of the gradient comes into your v?": sum_lr / (rho or 1),
        "That is how many times larger lr must be.": 1 / (1 - rho),
    }
    raise Refused(
        f"{said}; expected less than 1e-6. Your first step is {times} times that of the sum "
        "form; expected 1.",
        check.slip(slips, lr) or f"lr is too {'large' if longer > 1 else 'small'}.",
    )


# --- beyond: Nesterov's momentum -----------------------------------------------------------------


def nesterov(submission):
    """Is it Nesterov's momentum, over three steps?"""
    name = "Nesterov's momentum"
    return check.rule(submission, nesterov_momentum, NESTEROV_MISTAKES, NESTEROV_DIALECTS, name)


def nesterov_momentum(w, g, v, *, lr, rho):
    """Nesterov's momentum as in PyTorch, where nesterov=True.

    Sutskever et al. (2013) take the gradient where ρ·v would lead; this w is that place already.
    """
    v = rho * v + g
    return w - lr * (g + rho * v), v


def _step_remembered(w, g, v, *, lr, rho):
    step = g + rho * (rho * v + g)
    return w - lr * step, step


NESTEROV_MISTAKES = _in_any_rule_with_v(_ahead) | {
    # With the old v, g + ρ·v is the new one: the heavy ball again.
    "This is the path of the heavy ball. Is ρ·v in the step, and is it the new v there?": momentum,
    "This is gradient descent: v is not in the step.": lambda w, g, v, *, lr, rho: (w - lr * g, v),
    "Nothing is remembered. Is the old v in the new one, and is it the new v that you return?": (
        check.built(lambda v, g, lr, rho: g, _ahead)
    ),
    "The memory that you return is g + ρ·v; return v itself.": _step_remembered,
    "In the step ρ is missing before v.": check.built(_sum, lambda g, v, lr, rho: lr * (g + v)),
    "In the step g is missing.": check.built(_sum, lambda g, v, lr, rho: lr * rho * v),
    "The learning rate belongs to all of the step, to ρ·v as well as to g.": (
        check.built(_sum, lambda g, v, lr, rho: lr * g + rho * v)
    ),
}
NESTEROV_DIALECTS = {_LR_IN_V: check.built(_with_lr, lambda g, v, lr, rho: lr * g + rho * v)}
