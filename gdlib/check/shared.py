"""Exercise checks: each runs what the learner submits and says what came of it.

No answer is stored. A check returns a `Verdict`; shown at the end of a cell it prints in lines
with what was expected beside what came and, where it can tell, the mistake behind it. Whatever is
submitted, a string, None or a function that raises, a check answers in words.
"""

from dataclasses import dataclass
from numbers import Real
from textwrap import wrap

import numpy as np

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


def rule(submission, reference):
    """Compare an update rule with one of gdlib's over three steps, and name a known mistake."""
    hyper = {"lr": 0.1} | ({} if reference is gd else {"rho": 0.9})
    w, g = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[4.0, -1.0], [2.0, -6.0]])
    before = w.copy(), g.copy()
    returned = called(submission, w, g, 0.0, name="Your rule", **hyper)
    if isinstance(returned, Verdict):
        return returned
    if not np.array_equal(w, before[0]) or not np.array_equal(g, before[1]):
        return Verdict(
            False, "Your rule changed its input in place: write w = w − ..., not w −= ..."
        )
    if not isinstance(returned, tuple) or len(returned) != 2:
        came = type(returned).__name__
        return Verdict(
            False, f"Return two things, the new w and the memory; yours returned a {came}."
        )
    if reals(returned[0], w.shape) is None:
        return asked_for("The new w must hold numbers in the shape of w", returned[0])
    expected = _three_steps(reference, w, g, hyper)
    came = called(_three_steps, submission, w, g, hyper, name="Your rule, after one step,")
    if isinstance(came, Verdict):
        return came
    if np.allclose(came, expected, rtol=1e-12, atol=0):
        return Verdict(True, f"The same as gdlib's {reference.__name__}, over three steps.")
    for mistake, wrong in _MISTAKES.get(reference.__name__, {}).items():
        if np.allclose(came, _three_steps(wrong, w, g, hyper), rtol=1e-12, atol=0):
            return Verdict(
                False,
                f"{mistake} Expected {expected[0, 0, 0]:.4g} after one step from 1 "
                f"with gradient 4 and lr 0.1; yours gives {came[0, 0, 0]:.4g}.",
            )
    return Verdict(
        False,
        f"From 1, with gradient 4 and lr 0.1, expected {expected[0, 0, 0]:.4g}; "
        f"yours gives {came[0, 0, 0]:.4g}.",
    )


def _three_steps(rule, w, g, hyper):
    """The points after one, two and three steps along the gradients g, -2g and 3g."""
    memory, points = 0.0, []
    for scale in (1, -2, 3):
        w, memory = rule(w, scale * g, memory, **hyper)
        points.append(w)
    return np.array(points)


def _plus(w, g, m, *, lr):
    return w + lr * g, m


def _without_lr(w, g, m, *, lr):
    return w - g, m


def _only_the_step(w, g, m, *, lr):
    return lr * g, m


def _only_minus_the_step(w, g, m, *, lr):
    return -lr * g, m


def _divided(w, g, m, *, lr):
    return w - g / lr, m


def _only_the_sign(w, g, m, *, lr):
    return w - lr * np.sign(g), m


_MISTAKES = {
    "gd": {
        "The sign is wrong: the gradient points uphill.": _plus,
        "The learning rate is missing.": _without_lr,
        "This is the step; the new point is w minus it.": _only_the_step,
        "This is minus the step; add it to w.": _only_minus_the_step,
        "Multiply the gradient by the learning rate, do not divide.": _divided,
        "Only the sign of the gradient is used; its size belongs in the step.": _only_the_sign,
    }
}


# --- what is no answer at all --------------------------------------------------------------------


def no_rate(lr):
    """A verdict on something that is no learning rate, or None."""
    return None if (number(lr) or 0) > 0 else asked_for("A learning rate is a number above 0", lr)


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
