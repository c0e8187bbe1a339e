"""Exercise checks: each runs what the learner submits and says what came of it.

No answer is stored. A check returns a `Verdict`; shown at the end of a cell it prints in lines
with what was expected beside what came and, where it can tell, the mistake behind it. Whatever is
submitted, a string, None or a function that raises, a check answers in words.
"""

from dataclasses import dataclass
from numbers import Real
from textwrap import wrap

import numpy as np

from gdlib.check.mistakes import DIALECTS, MISTAKES
from gdlib.optimizers import gd


@dataclass(frozen=True)
class Verdict:
    """Whether a submission passed, and one sentence about what it did."""

    passed: bool
    message: str

    def __repr__(self):
        said = f"{'✓' if self.passed else '✗'} {self.message}"
        return "\n".join(wrap(said, 96, subsequent_indent="  "))  # a page breaks inside words


# --- an update rule ------------------------------------------------------------------------------

# Three steps, along the gradients G, -2G and 3G.
W, G = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[4.0, -1.0], [2.0, -6.0]])
SCALES, AFTER = (1, -2, 3), ("", ", after one step,", ", after two steps,")
NEARLY = 1e-5  # more than another ε makes of it


def rule(submission, reference, named=None):
    """Compare an update rule with one of gdlib's over three steps, and name a known mistake.

    With one lr and ρ, then with others, then with an lr that falls: a rule that keeps lr in its
    memory differs in this alone. It is no mistake, passes, and is told so.
    """
    known = reference.__name__
    first, other = {"lr": 0.1, "rho": 0.7}, {"lr": 0.05, "rho": 0.9}
    if reference is gd:
        first, other = {"lr": 0.1}, {"lr": 0.05}
    falling = [first | {"lr": lr} for lr in (0.1, 0.05, 0.02)]
    named = named or f"gdlib's {known}"
    for settings in ([first] * 3, [other] * 3, falling):
        came, expected = _three_steps(submission, settings), _three_steps(reference, settings)
        if isinstance(came, Verdict):
            return came
        if _same(came, expected).all():
            continue
        if remark := _known(DIALECTS.get(known, {}), came, settings):
            return Verdict(True, f"The same as {named}, over three steps, {remark}")
        mistake = _known(MISTAKES.get(known, {}), came, settings)
        if not mistake and _same(came, expected, NEARLY).all():
            mistake = "Nearly: is one of the numbers a little off?"
        mistake = mistake or _known(MISTAKES.get(known, {}), came, settings, NEARLY)
        mistake = mistake or _unused(submission, came, settings)
        return Verdict(False, f"{mistake} {_beside(came, expected, settings)}".strip())
    return Verdict(True, f"The same as {named}, over three steps.")


def _three_steps(rule, settings):
    """The points after one, two and three steps, or a verdict on what is no rule."""
    w, memory, points = W, 0.0, []
    for scale, hyper, after in zip(SCALES, settings, AFTER, strict=True):
        before = w, scale * G
        handed = [array.copy() for array in before]
        returned = called(rule, *handed, memory, name=f"Your rule{after}", **hyper)
        if isinstance(returned, Verdict):
            return returned
        if not np.array_equal(handed, before, equal_nan=True):
            said = "Your rule changed its input in place: write w = w − ..., not w −= ..."
            return Verdict(False, said)
        if not isinstance(returned, tuple) or len(returned) != 2:
            said = "Return two things, the new w and the memory; yours returned a"
            return Verdict(False, f"{said} {type(returned).__name__}.")
        w, memory = reals(returned[0], W.shape), returned[1]
        if w is None:
            return asked_for("The new w must hold numbers in the shape of w", returned[0])
        points.append(w)
    return np.array(points)


def _same(came, expected, within=1e-12):
    with np.errstate(all="ignore"):
        return np.isclose(came, expected, rtol=within, atol=0, equal_nan=True)


def _known(rules, came, settings, within=1e-12):
    """What there is to say about the one of these rules that walks the path that came."""
    paths = {said: _three_steps(rule, settings) for said, rule in rules.items()}
    return next((said for said, path in paths.items() if _same(came, path, within).all()), "")


def _unused(submission, came, settings):
    """That lr or rho changes nothing, if that is so."""
    for name in settings[0] if np.isfinite(came).all() else ():
        again = _three_steps(submission, [each | {name: each[name] / 2} for each in settings])
        if not isinstance(again, Verdict) and _same(again, came).all():
            return f"{name} changes nothing: is a number typed in where {name} belongs?"
    return ""


def _beside(came, expected, settings):
    """Where the path goes wrong first: what was expected beside what came."""
    step, *at = np.argwhere(~_same(came, expected))[0]
    at = tuple(at)
    values = {name: [each[name] for each in settings] for name in settings[0]}
    values["gradient"] = [scale * G[at] for scale in SCALES]
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


def no_rate(lr):
    """A verdict on something that is no learning rate, or None."""
    return None if (number(lr) or 0) > 0 else asked_for("A learning rate is a number above 0", lr)


def no_rho(rho):
    """A verdict on something that is no ρ, or None."""
    value = number(rho)
    fits = value is not None and 0 <= value < 1
    return None if fits else asked_for("ρ is a number from 0 to below 1", rho)


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
    """What the learner's function returns, or a verdict on why it returns nothing."""
    if not callable(function):
        return asked_for(f"{name} is handed over by its name alone, without brackets", function)
    try:
        with np.errstate(all="ignore"):
            return function(*args, **more)
    except Exception as error:
        return Verdict(False, f"{name} raised {type(error).__name__}: {error}")


def asked_for(wanted, came):
    """A verdict that says what is wanted beside what came, in one line."""
    try:
        shown = " ".join(repr(came).split())
    except ValueError:  # a whole number of thousands of digits
        shown = "a number too long to write"
    return Verdict(False, f"{wanted}; got {shown if len(shown) <= 60 else shown[:57] + '...'}.")
