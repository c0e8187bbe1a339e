"""Exercise checks: each runs what the learner submits and says what came of it.

No answer is stored. A check returns a `Verdict`; shown at the end of a cell it prints in lines
with what was expected beside what came and, where it can tell, the mistake behind it. Whatever is
submitted, a string, None or a function that raises, a check answers in words.
"""

from dataclasses import dataclass
from functools import wraps
from inspect import signature
from numbers import Real
from textwrap import wrap

import numpy as np


@dataclass(frozen=True)
class Verdict:
    """Whether a submission passed, and one sentence about what it did."""

    passed: bool
    message: str

    def __repr__(self):
        said = f"{'✓' if self.passed else '✗'} {self.message}"
        return "\n".join(wrap(said, 96, subsequent_indent="  "))  # a page breaks inside words


class Refused(Exception):
    """A submission is not right; the arguments are sentences that say why."""

    def __str__(self):
        return " ".join(filter(None, self.args))


def judged(check):
    """The check as one that returns a `Verdict`: passed, with what it says, or refused."""

    @wraps(check)
    def judge(*args, **more):
        try:
            with np.errstate(all="ignore"):  # a run that diverges is an answer, too
                return Verdict(True, check(*args, **more))
        except Refused as refused:
            return Verdict(False, str(refused))

    return judge


def slip(slips, came, within=1e-3):
    """What is said of the slip, `{what to say: the wrong number}`, that came; "" if none did."""
    return next((said for said, wrong in slips.items() if np.allclose(came, wrong, within, 0)), "")


# --- an update rule ------------------------------------------------------------------------------

# A rule is run from W along the gradients G, -2G and 3G, with these hyperparameters.
W, G, SCALES = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[4.0, -1.0], [2.0, -6.0]]), (1, -2, 3)
AFTER = ("", *(f", after {k}," for k in ("one step", "two steps", "three steps", "four steps")))
FIRST, OTHER = {"lr": 0.1, "rho": 0.7}, {"lr": 0.05, "rho": 0.9}
NEARLY = 1e-5  # more than another ε makes of it


@judged
def rule(submission, reference, mistakes=(), dialects=(), named=None):
    """Compare an update rule with the reference over three steps, and name a known mistake.

    `mistakes` and `dialects` map what to say to a rule that does it; mistakes of the `usual` kind
    are known. With one lr and ρ, then with others, then with an lr that falls: a dialect, such as
    lr in the memory, differs in this alone, passes, and is told so.
    """
    named = named or f"gdlib's {reference.__name__}"
    mistakes, takes = usual(reference) | dict(mistakes), signature(reference).parameters
    first, other = ({k: v for k, v in each.items() if k in takes} for each in (FIRST, OTHER))
    for settings in ([first] * 3, [other] * 3, [first | {"lr": lr} for lr in (0.1, 0.05, 0.02)]):
        came, expected = walked(submission, settings), walked(reference, settings)
        if same(came, expected).all():
            continue
        if remark := explained(dict(dialects), came, settings):
            return f"The same as {named}, over three steps, {remark}"
        mistake = explained(mistakes, came, settings)
        if not mistake and same(came, expected, NEARLY).all():
            mistake = "Nearly: is one of the numbers a little off?"
        mistake = mistake or explained(mistakes, came, settings, NEARLY)
        mistake = mistake or unused(submission, came, settings)
        raise Refused(mistake, beside(came, expected, settings))
    return f"The same as {named}, over three steps."


def walked(rule, settings, scales=SCALES):
    """The points after each step of a rule, `(steps, 2, 2)`; refuses what is no rule."""
    w, memory, points = W, 0.0, []
    for scale, hyper, after in zip(scales, settings, AFTER, strict=False):
        before = w, scale * G
        handed = [array.copy() for array in before]
        returned = called(rule, *handed, memory, name=f"Your rule{after}", **hyper)
        if not np.array_equal(handed, before, equal_nan=True):
            raise Refused("Your rule changed its input in place: write w = w − ..., not w −= ...")
        if not isinstance(returned, tuple) or len(returned) != 2:
            said = "Return two things, the new w and the memory; yours returned"
            if isinstance(returned, tuple):
                raise Refused(said, f"{len(returned)}: put the memory into brackets of its own.")
            raise Refused(said, f"a {type(returned).__name__}.")
        w, memory = reals(returned[0], W.shape), returned[1]
        if w is None:
            raise asked_for("The new w must hold numbers in the shape of w", returned[0])
        points.append(w)
    return np.array(points)


def built(memory, step):
    """A rule in two parts: `m = memory(m, g, lr, rho)`, then `w - step(g, m, lr, rho)`."""

    def rule(w, g, m, *, lr, rho=None):
        m = memory(m, g, lr, rho)
        return w - step(g, m, lr, rho), m

    return rule


def usual(right):
    """The mistakes that can be made with any rule, `{what to say: what it makes of the rule}`."""

    def wrong(point, rate=lambda lr: lr):
        def rule(w, g, m, *, lr, **more):
            new, m = right(w, g, m, lr=rate(lr), **more)
            return point(w, w - new), m

        return rule

    return {
        "Nothing moves: the new w is the old one.": wrong(lambda w, step: w),
        "The sign is wrong: the gradient points uphill.": wrong(np.add),
        "The learning rate is missing.": wrong(np.subtract, lambda lr: 1),
        "Multiply by the learning rate, do not divide.": wrong(np.subtract, lambda lr: 1 / lr),
        "This is the step; the new point is w minus it.": wrong(lambda w, step: step),
        "This is minus the step; add it to w.": wrong(lambda w, step: -step),
    }


def turned_round(right):
    """The rule that returns its memory first."""
    return lambda *args, **hyper: right(*args, **hyper)[::-1]


def same(came, expected, within=1e-12, near=0.0):
    """Where two paths agree, as an array of truths."""
    with np.errstate(all="ignore"):
        return np.isclose(came, expected, rtol=within, atol=near, equal_nan=True)


def explained(rules, came, settings, within=1e-12, scales=SCALES):
    """What there is to say about the one of these rules that walks the path that came, or ""."""
    walks = (said for said, rule in rules.items() if _walks(rule, came, settings, within, scales))
    return next(walks, "")


def _walks(rule, came, settings, within, scales):
    """Whether a rule walks the path that came."""
    try:
        return bool(same(came, walked(rule, settings, scales), within).all())
    except Refused:
        return False


def unused(submission, came, settings, within=1e-12, scales=SCALES, **others):
    """That lr, say, changes nothing when it is halved, if that is so, or "".

    `others` are values to be tried in place of the half.
    """
    for name in settings[0] if np.isfinite(came).all() else ():
        changed = [each | {name: others.get(name, each[name] / 2)} for each in settings]
        if _walks(submission, came, changed, within, scales):
            return f"{name} changes nothing: is a number typed in where {name} belongs?"
    return ""


def beside(came, expected, settings, scales=SCALES, agree=same):
    """Where the path goes wrong first: what was expected beside what came."""
    step, *at = np.argwhere(~agree(came, expected))[0]
    at = tuple(at)
    values = {name: [each[name] for each in settings] for name in settings[0]}
    values["gradient"] = [scale * G[at] for scale in scales]
    *others, last = [f"{name} {_listed(each[: step + 1])}" for name, each in values.items()]
    expected, came, digits = expected[step][at], came[step][at], 4
    while digits < 17 and f"{expected:.{digits}g}" == f"{came:.{digits}g}":
        digits += 1  # as many as tell them apart
    said = f"From {W[at]:g}, with {', '.join(others)} and {last}, expected"
    return f"{said} {expected:.{digits}g}; yours gives {came:.{digits}g}."


def _listed(values):
    """What comes step after step; what stays the same comes once."""
    return ", then ".join(dict.fromkeys(f"{each:g}" for each in values))


# --- what is no answer at all --------------------------------------------------------------------


def rate(lr):
    """A learning rate as a float; refuses what is none."""
    value = number(lr)
    if value is None or value <= 0:
        raise asked_for("A learning rate is a number above 0", lr)
    return value


def memory(rho):
    """A ρ as a float; refuses what is none."""
    value = number(rho)
    if value is None or not 0 <= value < 1:
        raise asked_for("ρ is a number from 0 to below 1", rho)
    return value


def number(value):
    """The value as a float, if it is one finite real number, or None."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if not isinstance(value, Real) or isinstance(value, bool):
        return None
    try:
        value = float(value)
    except OverflowError:
        return None
    return value if np.isfinite(value) else None


def reals(value, shape):
    """The value as an array of real numbers, `inf` and `nan` included, if it has the shape."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of unequal length
        return None
    fits = array.shape == shape and array.dtype.kind in "iuf"
    return array.astype(float) if fits else None


def called(function, *args, name="Your function", **more):
    """What the learner's function returns; refuses what cannot be called, or raises."""
    if not callable(function):
        raise asked_for(f"{name} is handed over by its name alone, without brackets", function)
    try:
        with np.errstate(all="ignore"):
            return function(*args, **more)
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"{name} raised {type(error).__name__}: {error}") from error


def asked_for(wanted, came):
    """What is wanted beside what came, in one line, to be raised."""
    try:
        shown = " ".join(repr(came).split())
    except ValueError:  # a whole number of thousands of digits
        shown = "a number too long to write"
    return Refused(f"{wanted}; got {shown if len(shown) <= 60 else shown[:57] + '...'}.")
