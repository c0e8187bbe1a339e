"""The checks of notebook 06, RMSProp."""

from dataclasses import replace
from functools import partial

import numpy as np

from gdlib import check, landscapes, optimizers
from gdlib.check import Refused, judged
from gdlib.optimizers import FAR, descend, gd, rmsprop
from gdlib.words import names, num

# --- the rule ------------------------------------------------------------------------------------


def rule(submission):
    """Is it RMSProp, over three steps?"""
    return check.rule(submission, rmsprop, MISTAKES)


def outside(w, g, s, *, lr, rho, eps=1e-8):
    """RMSProp as in PyTorch, with ε outside the root."""
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def _average(s, g, lr, rho):
    return rho * s + (1 - rho) * g**2


def _by_root(g, s, lr, rho):
    return lr * g / np.sqrt(s + 1e-8)


_WRONG_S = {
    "The past is not in s. Is the old s in the new one, and is it the new s that you return?": (
        lambda s, g, lr, rho: (1 - rho) * g**2
    ),
    "Only the last g² is in s, so that only the sign of g is left in the step.": (
        lambda s, g, lr, rho: g**2
    ),
    "In s the gradient is not squared.": lambda s, g, lr, rho: rho * s + (1 - rho) * g,
    "s averages the size of g; it is the square that belongs there.": (
        lambda s, g, lr, rho: rho * s + (1 - rho) * np.abs(g)
    ),
    "This s is a leaky sum of squares; what makes it an average?": (
        lambda s, g, lr, rho: rho * s + g**2
    ),
    "This s adds up all squares and forgets none, as in AdaGrad.": lambda s, g, lr, rho: s + g**2,
    "ρ is missing before the old s.": lambda s, g, lr, rho: s + (1 - rho) * g**2,
    "ρ and 1 − ρ are swapped.": lambda s, g, lr, rho: (1 - rho) * s + rho * g**2,
    "1 − ρ needs brackets: it is all of it that multiplies g².": (
        lambda s, g, lr, rho: rho * s + 1 - rho * g**2
    ),
    "All coordinates share one average of squares; each has its own, so no mean and no sum.": (
        lambda s, g, lr, rho: rho * s + (1 - rho) * (g**2).mean()
    ),
    "The squares of all coordinates are added up; each has an average of its own.": (
        lambda s, g, lr, rho: rho * s + (1 - rho) * (g**2).sum()
    ),
}
_WRONG_STEPS = {
    "The root is missing: s is made of squares.": lambda g, s, lr, rho: lr * g / (s + 1e-8),
    "The root is taken twice.": lambda g, s, lr, rho: lr * g / (s + 1e-8) ** 0.25,
    "Divide by the root, do not multiply.": lambda g, s, lr, rho: lr * g * np.sqrt(s + 1e-8),
    "In the step g is squared; it is s alone that holds squares.": (
        lambda g, s, lr, rho: lr * g**2 / np.sqrt(s + 1e-8)
    ),
    "This is gradient descent: s is not in the step.": lambda g, s, lr, rho: lr * g,
}
MISTAKES = {
    "The order is wrong: return the new w first, then s.": check.turned_round(rmsprop),
    "The new w went into the memory as well; return s there.": check.handed_twice(rmsprop),
    "One s goes from coordinate to coordinate; each has its own.": check.in_turn(rmsprop),
    "lr is divided by the gradient's length; it is √s that each coordinate is divided by.": (
        lambda w, g, s, *, lr, rho: rmsprop(w, g, s, lr=lr / np.linalg.norm(g), rho=rho)
    ),
    "The step is made with the old s: first the new s, then the step.": (
        lambda w, g, s, *, lr, rho: (w - _by_root(g, s, lr, rho), _average(s, g, lr, rho))
    ),
    "The root went into s. s holds squares; the root is for the step alone.": check.built(
        lambda s, g, lr, rho: np.sqrt(_average(s, g, lr, rho)), lambda g, s, lr, rho: lr * g / s
    ),
    "ε stands outside the root, as in PyTorch. That is RMSProp, too, and nearly the same where it "
    "is not flat; here ε stands inside.": outside,
    "ε is missing: where all gradients were 0, you divide by 0.": partial(rmsprop, eps=0),
    "Nearly: the ε of Keras is 1e-7, here it is 1e-8.": partial(rmsprop, eps=1e-7),
    **{said: check.built(_average, step) for said, step in _WRONG_STEPS.items()},
    **{said: check.built(s, _by_root) for said, s in _WRONG_S.items()},
}

# --- 1: the first step ---------------------------------------------------------------------------


@judged
def first_step(rho, wanted=5.0):
    """Is the first step `wanted` times the learning rate, whatever the gradient?"""
    rho, rng = check.memory(rho), np.random.default_rng(3)
    g = rng.choice([-1, 1], 3) * 10 ** rng.uniform(-1, 3, 3)
    steps = np.abs(rmsprop(0.0, g, 0.0, lr=1.0, rho=rho)[0])
    told = names([f"{each:.2f}" for each in steps])
    said = f"At gradients of {names([f'{each:.3g}' for each in g])} the first step is {told} times"
    if np.allclose(steps, wanted, rtol=0, atol=0.005):
        return f"{said} lr, as expected: the gradient's size cancels."
    slips = {
        "That is 1 − ρ: ρ itself is the share of the old s.": 1 / wanted**2,
        "Without the root it would be: the step is divided by √s.": 1 - 1 / wanted,
    }
    size = "Too long: let more of the first g² into s."
    if steps[0] < wanted:
        size = "Too short: let less of the first g² into s."
    raise Refused(f"{said} lr; expected {wanted:g}.", check.slip(slips, rho) or size)


# --- 2, 3: the wobble at the end -----------------------------------------------------------------


@judged
def wobble(lr, wanted=0.001, steps=2000):
    """Does RMSProp from 1 on the parabola come down, and swing by less than `wanted` in the end?"""
    lr = check.rate(lr)
    path = descend(rmsprop, landscapes.parabola().grad, [1.0], steps, lr=lr, rho=0.9)
    (before, _), (size, swings) = _tail(path[:, :-100]), _tail(path)
    if not np.isfinite(size):
        raise Refused(
            f"Expected a wobble of less than {wanted:g}; the run leaves the finite numbers: far "
            "too large."
        )
    if not swings or not np.isclose(before, size, rtol=0.01):
        raise Refused(
            f"After {steps} steps the ball is at {path[0, -1]:.2g} and does not swing evenly yet; "
            f"expected a wobble of less than {wanted:g} by then. Too small: a step of RMSProp is "
            "about lr long."
        )
    shown, _ = check.told_apart(size, wanted)
    said = f"After {steps} steps the ball swings by {shown} to either side; expected less than"
    if size < wanted:
        return f"{said} {wanted:g}."
    raise Refused(f"{said} {wanted:g}. Too large: what becomes of the wobble at half this lr?")


@judged
def eps_that_stops(eps, curvature=2.0, lr=0.05):
    """Is `eps`, inside the root, where the wobble just stops: not at 5 % less, but at 5 % more?"""
    given, eps = eps, check.number(eps)
    if eps is None or not 0 < eps < 1e100:
        raise check.asked_for("ε is a number above 0, and not a huge one", given)
    (below, above), (swings, still_swings) = _around(eps, curvature, lr)
    right = (lr * curvature / 2) ** 2
    slips = {
        "Yours would do for curvature 1; here the gradient is larger.": (lr / 2) ** 2,
        "It would be right outside the root, in g/(√s + ε); here it stands inside.": right**0.5,
        "A swing leads from one side to the other: that is twice the distance from the bottom.": (
            4 * right
        ),
    }
    reason = check.slip(slips, eps, 0.05)
    if still_swings:
        said = f"At 1.05 ε the ball still swings by {above:.2g} to either side; expected it to stop"
        raise Refused(f"{said} there.", reason or "Too small.")
    if not swings:
        said = "At 0.95 ε the ball does not swing either; expected it to. Too large."
        raise Refused(said, reason)
    return f"At 0.95 ε the ball swings by {below:.2g} to either side, at 1.05 ε it comes to rest."


def _around(eps, curvature, lr):
    """Of the runs at 0.95 and at 1.05 ε: how far out they are in the end, and whether they swing.

    What has come within 1e-9 is at rest.
    """
    grad, both = landscapes.parabola(curvature).grad, eps * np.array([0.95, 1.05])
    sizes, swing = _tail(descend(rmsprop, grad, [1.0], 5000, lr=lr, rho=0.9, eps=both))
    return sizes, swing & (sizes > 1e-9)


def _tail(path):
    """The largest distance from 0 in the last 100 steps, and whether most of them cross it."""
    (tail,) = path[:, -100:]
    signs = np.sign(tail)
    return np.abs(tail).max(axis=0), (signs[1:] * signs[:-1] < 0).mean(axis=0) > 0.5


# --- 4: a ravine that is turned ------------------------------------------------------------------

NEAR = 0.05  # the distance at which a run on the turned ravine has arrived


@judged
def smallest_angle(degrees, kappa=1000, allowed=500):
    """Is this the smallest rotation at which RMSProp needs too long in the ravine, from (1, 1)?"""
    d = check.number(degrees)
    if d is None or d % 1 != 0 or not 1 <= d <= 45:
        raise check.asked_for("A whole number of degrees, please, from 1 to 45", degrees)
    before, here = (steps_in_ravine(kappa, angle) for angle in (d - 1, d))
    said = f"At {d:.0f}° the run takes {here} steps"
    if here <= allowed:
        raise Refused(f"{said}; expected more than {allowed}. Turn it further.")
    said = f"{said}, at {d - 1:.0f}° {before}"
    if before > allowed:
        raise Refused(f"{said}, also more than {allowed}: a smaller angle will do.")
    return f"{said}: yours is the smallest with more than {allowed}."


def turned_ravine(kappa, angle):
    """The ravine turned by an angle, and with it the start (1, 1)."""
    land = landscapes.ravine(kappa, angle)
    return replace(land, start=np.sqrt(2) * land.start)


def steps_in_ravine(kappa, angle):
    """How many steps RMSProp takes in the ravine, at lr = 0.01, until it is `NEAR` for good."""
    land = turned_ravine(kappa, angle)
    path = descend(rmsprop, land.grad, land.start, 2000, lr=0.01, rho=0.9)
    return optimizers.first_step(np.hypot(*path) < NEAR)


# --- 5: the loss times 1000 ----------------------------------------------------------------------


@judged
def scaled(for_gd, for_rmsprop, lr=0.01, factor=1000, within=0.001):
    """With these learning rates, do the rules walk on factor·f the path that they walk on f at lr?

    On Himmelblau from (0, 0), for 200 steps.
    """
    rates = check.rate(for_gd), check.rate(for_rmsprop)
    rules = {"Gradient descent": gd, "RMSProp": partial(rmsprop, rho=0.9)}
    compared = [_compared(*each, lr, factor) for each in zip(rules.values(), rates, strict=True)]
    apart, longer = zip(*compared, strict=True)
    if max(apart) < within:
        return f"On {factor}·f each of them walks the path that it walked on f."

    def far(off):
        close = "the same" if off < 1e-9 else f"{check.told_apart(off, within, 2)[0]} apart"
        return close if off < FAR else "far apart"

    said = (
        f"On {factor}·f and on f the paths of gradient descent are {far(apart[0])}, those of "
        f"RMSProp {far(apart[1])}; expected less than {within:g} apart."
    )
    firsts = [
        f"{name}'s first step has become {num(times)} times as long."
        for name, off, times in zip(rules, apart, longer, strict=True)
        if off >= within
    ]
    what = "lr·g" if apart[0] >= within else "√s"
    mistake = f"Each gradient is {factor} times as large: how much larger is {what}?"
    if np.allclose(rates, (lr, lr / factor), rtol=1e-3, atol=0):
        mistake = "They are swapped: gradient descent's comes first."
    raise Refused(said, *firsts, mistake)


def _compared(rule, new, lr, factor):
    """How far the paths on f and on factor·f part, and how much longer the first step becomes."""
    grad, start = landscapes.himmelblau().grad, np.zeros(2)
    one = descend(rule, grad, start, 200, lr=lr)
    other = descend(rule, lambda w: factor * grad(w), start, 200, lr=new)
    apart = np.hypot(*(other - one)).max()
    longer = np.hypot(*other[:, 1]) / np.hypot(*one[:, 1])
    return (apart if np.isfinite(apart) else np.inf), longer


# --- 6: the rule of Adam -------------------------------------------------------------------------

SCALES = (1, -2, 1.5, 0.25, -0.75)  # of the gradients at five steps
SETTINGS = {"lr": 0.1, "rho_m": 0.8, "rho": 0.95}, {"lr": 0.05, "rho_m": 0.9, "rho": 0.99}
TINY, LARGE = 1e-12, 0.1  # an ε that hardly matters wherever it stands, and one that does
WITHIN = 1e-6  # more than the place of the tiny one makes of it


@judged
def adam(my_adam):
    """Is `my_adam(w, g, memory, *, lr, rho_m, rho, eps)` Adam (Kingma and Ba 2015)?

    `rho_m` is the memory of m, the average of the gradients, and `rho` that of s, the average of
    their squares, as in RMSProp; the paper has β₁ and β₂. What `memory` holds is the learner's
    affair; it starts as 0.0, so that `m, s, t = memory or (0.0, 0.0, 0)` unpacks it at every step.
    ε may stand inside the root, as in this course, or outside, as in the paper; the verdict says
    which.
    """
    alike = partial(check.same, within=WITHIN)
    for settings in SETTINGS:
        tiny, large = ([settings | {"eps": eps}] * len(SCALES) for eps in (TINY, LARGE))
        came, expected = (_walked(each, tiny) for each in (my_adam, ADAM))
        if not alike(came, expected).all():
            mistake = check.explained(ADAM_MISTAKES, came, tiny, WITHIN, SCALES)
            mistake = mistake or check.cut(my_adam, tiny, SCALES)
            mistake = mistake or check.unused(my_adam, came, tiny, WITHIN, SCALES, eps=LARGE)
            shown = [settings] * len(SCALES)  # the tiny ε is not worth telling
            raise Refused(mistake, check.beside(came, expected, shown, SCALES, alike))
    before, came = came, _walked(my_adam, large)
    if place := check.explained(PLACES, came, large, WITHIN, SCALES):
        return f"This is Adam, over {len(SCALES)} steps, with ε {place}."
    said = f"With ε = {TINY:g} all is right, with ε = {LARGE:g} it is not."
    if alike(came, before).all():
        said = "eps changes nothing. Where all gradients are 0, do you divide by 0?"
    raise Refused(said, check.beside(came, _walked(ADAM, large), large, SCALES, alike))


_HINTS = {
    "ZeroDivisionError": "Is t 1 at the first step?",
    "Your rule, after": "The memory is what you returned at the step before.",
    "iterable": "At the first step the memory is 0.0.",
    "subscriptable": "At the first step the memory is 0.0.",
}


def _walked(my_adam, settings):
    """The points after each step; if it raises, with a word on what that may come from."""
    try:
        return check.steady(my_adam, settings, SCALES)
    except Refused as refused:
        said = str(refused).rstrip(".")
        if hint := next((hint for sign, hint in _HINTS.items() if sign in said), ""):
            raise Refused(f"{said}. {hint}") from refused
        raise


def _inside(g, m, s, a, b, eps):
    return m / a / np.sqrt(s / b + eps)


def _adam(
    way=_inside, hyper=lambda *given: given, kept=lambda m, s, t, a, b: (m, s, t), count=lambda t: t
):
    """Adam, or what goes another way, has other hyperparameters, keeps or counts something else.

    a and b are what the weights in m and in s add up to, so that m/a and s/b are means.
    """

    def rule(w, g, memory, *, lr, rho_m, rho, eps):
        lr, rho_m, rho = hyper(lr, rho_m, rho)
        m, s, t = memory or (0.0, 0.0, 0)
        m, s, t = rho_m * m + (1 - rho_m) * g, rho * s + (1 - rho) * g**2, t + 1
        a, b = 1 - rho_m ** count(t), 1 - rho ** count(t)
        return w - lr * way(g, m, s, a, b, eps), kept(m, s, t, a, b)

    return rule


ADAM = _adam()
PLACES = {
    "inside the root, as in this course": ADAM,
    "outside the root, as in the paper": (
        _adam(lambda g, m, s, a, b, eps: m / a / (np.sqrt(s / b) + eps))
    ),
    "outside the root and before the correction, as in Keras": (
        _adam(lambda g, m, s, a, b, eps: m / a * np.sqrt(b) / (np.sqrt(s) + eps))
    ),
}


def _way(of):
    """Adam that goes another way, `of(g, m, s, a, b)`, without ε."""
    return _adam(lambda g, m, s, a, b, eps: of(g, m, s, a, b))


_WAYS = {
    "No bias correction: m and s start at 0 and are too small at first.": (
        lambda g, m, s, a, b: m / np.sqrt(s)
    ),
    "Only m is corrected for its start at 0, s is not.": lambda g, m, s, a, b: m / a / np.sqrt(s),
    "Only s is corrected for its start at 0, m is not.": lambda g, m, s, a, b: m / np.sqrt(s / b),
    "rho_m and rho are swapped in the corrections.": lambda g, m, s, a, b: m / b / np.sqrt(s / a),
    "Both corrections have rho; that of m has rho_m.": lambda g, m, s, a, b: m / b / np.sqrt(s / b),
    "Both corrections have rho_m; that of s has rho.": lambda g, m, s, a, b: m / a / np.sqrt(s / a),
    "The root is missing: s is made of squares.": lambda g, m, s, a, b: m / a / (s / b),
    "s is not in the step: what divides m?": lambda g, m, s, a, b: m / a,
    "The step is made with the last gradient: m belongs in its place.": (
        lambda g, m, s, a, b: g / np.sqrt(s / b)
    ),
    "This is RMSProp: m belongs in the place of g, and both averages want a correction.": (
        lambda g, m, s, a, b: g / np.sqrt(s)
    ),
    "Divide by the corrections 1 − ρᵗ, do not multiply.": (
        lambda g, m, s, a, b: m * a / np.sqrt(s * b)
    ),
    "Divide m by its correction 1 − ρᵗ, do not multiply.": (
        lambda g, m, s, a, b: m * a / np.sqrt(s / b)
    ),
    "Divide s by its correction 1 − ρᵗ, do not multiply.": (
        lambda g, m, s, a, b: m / a / np.sqrt(s * b)
    ),
}
ADAM_MISTAKES = {
    **check.usual(ADAM),
    **{said: _way(of) for said, of in _WAYS.items()},
    "A division by 0, or a root of something negative: is t 1 at the first step?": (
        _way(lambda *now: np.nan)
    ),
    "rho_m and rho are swapped: rho_m is the memory of m, rho that of s.": (
        _adam(hyper=lambda lr, m, s: (lr, s, m))
    ),
    "Both averages have rho; that of m is rho_m.": _adam(hyper=lambda lr, m, s: (lr, s, s)),
    "Both averages have rho_m; that of s is rho.": _adam(hyper=lambda lr, m, s: (lr, m, m)),
    "m is a leaky sum here; what makes it an average?": (
        _adam(hyper=lambda lr, m, s: (lr / (1 - m), m, s))
    ),
    "s is a leaky sum here; what makes it an average?": (
        _adam(hyper=lambda lr, m, s: (lr * np.sqrt(1 - s), m, s))
    ),
    "In the corrections t is one too large: it is 1 at the first step.": (
        _adam(count=lambda t: t + 1)
    ),
    "In the corrections t is one late: it is 2 at the second step.": (
        _adam(count=lambda t: max(t - 1, 1))
    ),
    "One memory goes from coordinate to coordinate; each has its own m and s, and t counts "
    "steps.": check.in_turn(ADAM),
    "The corrected averages went into the memory; keep m and s there as they are.": (
        _adam(kept=lambda m, s, t, a, b: (m / a, s / b, t))
    ),
    "Every step is a first step: the new m, s and t belong in the memory that you return.": (
        _adam(kept=lambda *now: 0.0)
    ),
    "Each correction is that of the first step: is it the new t that you return?": (
        _adam(kept=lambda m, s, t, a, b: (m, s, 0))
    ),
}
