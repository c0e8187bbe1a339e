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
from warnings import catch_warnings, simplefilter

import numpy as np

from gdlib.needs import written
from gdlib.words import apart, spelled


@dataclass(frozen=True)
class Verdict:
    """Whether a submission passed, and one sentence about what it did."""

    passed: bool
    message: str

    def __repr__(self):
        said = spelled(f"{'✓' if self.passed else '✗'} {self.message}")
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
FAINT = 1e-4, -2e-4, 3e-4  # ε = 1e-8 counts here, also where one computes in float32
AFTER = ("", *(f", after {k}," for k in ("one step", "two steps", "three steps", "four steps")))
FIRST, OTHER = {"lr": 0.1, "rho": 0.7}, {"lr": 0.0437, "rho": 0.9}
NEARLY = 1e-5  # more than another ε makes of it
SINGLE = 2e-6  # what float32 leaves open


@judged
def rule(submission, reference, mistakes=(), dialects=(), named=None):
    """Compare an update rule with the reference over three steps, and name a known mistake.

    `mistakes` and `dialects` map what to say to a rule that does it; mistakes of the `usual` kind
    are known. With one lr and ρ, then with others, along faint gradients, then with an lr that
    falls: a dialect, such as lr in the memory, differs in this alone, passes, and is told so.
    """
    named = named or f"gdlib's {reference.__name__}"
    mistakes, takes = usual(reference) | dict(mistakes), signature(reference).parameters
    first, other = ({k: v for k, v in each.items() if k in takes} for each in (FIRST, OTHER))
    falling = [first | {"lr": lr} for lr in (0.1, 0.05, 0.02)]
    runs = ([first] * 3, SCALES), ([other] * 3, SCALES), ([first] * 3, FAINT), (falling, SCALES)
    for settings, scales in runs:
        came = steady(submission, settings, scales)
        expected = walked(reference, settings, scales)
        if same(came, expected).all():
            continue
        if remark := explained(dict(dialects), came, settings, scales=scales):
            return f"The same as {named}, over three steps, {remark}"
        mistake = explained(mistakes, came, settings, scales=scales)
        if not mistake and same(came, expected, NEARLY).all():
            mistake = "Nearly: is one of the numbers a little off?"
        mistake = mistake or explained(mistakes, came, settings, NEARLY, scales)
        mistake = mistake or cut(submission, settings) or unused(submission, came, settings)
        if not mistake and scales is FAINT:
            mistake = "This differs where gradients are faint: is ε another one?"
        raise Refused(mistake, beside(came, expected, settings, scales))
    return f"The same as {named}, over three steps."


OUTSIDE = (
    "Started a second time it takes other steps: it remembers outside its memory, in a global "
    "name, a default argument or an object. What it remembers belongs in the memory that it "
    "returns, and nowhere else."
)


def steady(rule, settings, scales=SCALES):
    """The points after each step, `walked`; refuses a rule that walks elsewhere the second time."""
    came = walked(rule, settings, scales)
    try:
        again = walked(rule, settings, scales)
    except Refused as refused:
        raise Refused(OUTSIDE, str(refused)) from refused
    if not np.array_equal(came, again, equal_nan=True):
        raise Refused(OUTSIDE)
    return came


def walked(rule, settings, scales=SCALES):
    """The points after each step of a rule, `(steps, 2, 2)`; refuses what is no rule."""
    return np.array([w for w, _ in _steps(rule, settings, scales)])


def _steps(rule, settings, scales):
    """Yield what a rule returns at each step: the new w as an array, and the memory."""
    w, memory = W, 0.0
    for scale, hyper, after in zip(scales, settings, AFTER, strict=False):
        before = w, scale * G
        handed = [array.copy() for array in before]
        returned = called(rule, *handed, memory, name=f"Your rule{after}", **hyper)
        returned = tuple(returned) if isinstance(returned, list) else returned
        for name, had, has in zip("wg", before, handed, strict=True):
            if not np.array_equal(had, has, equal_nan=True):
                cure = "write w = w − ..., not w −= ..." if name == "w" else "copy it first."
                raise Refused(f"Your rule changed its input {name} in place: {cure}")
        if not isinstance(returned, tuple) or len(returned) != 2:
            said = "Return two things, the new w and the memory; yours returned"
            if isinstance(returned, tuple):
                raise Refused(said, f"{len(returned)}: put the memory into brackets of its own.")
            raise Refused(said, f"a {type(returned).__name__}.")
        w, memory = reals(returned[0], W.shape), returned[1]
        if w is None and number(returned[0]) == 0 and reals(memory, W.shape) is not None:
            raise Refused("The order is wrong: return the new w first, then the memory.")
        if w is None:
            raise asked_for("The new w must hold numbers in the shape of w", returned[0])
        w = w.astype(float)  # a copy, too: it may be written over at the next step
        yield w, memory


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
        "The gradient is divided by its length, which leaves its direction alone; its size belongs "
        "in the step.": (lambda w, g, m, **hyper: right(w, g / np.linalg.norm(g), m, **hyper)),
    }


def gradient_slip(came, right, w, grad, rows=1):
    """What is said of a gradient that is wrong in a way that any can be, or "".

    All are `(d, places)`: what came, what is right, and where; `grad` gives the right one anywhere.
    `rows` are how many it is the mean of at each place.
    """
    with np.errstate(all="ignore"):
        lr = ((w - came)[0] @ right[0]) / (right[0] @ right[0])
        unit = right / np.linalg.norm(right, axis=0)
    in_turn = np.array(w)
    for k in range(len(w)):
        in_turn[k] -= lr * grad(in_turn)[k]
    stepped = f"That is w after a step of {lr:.3g} times the gradient: return the gradient itself"
    slips = {
        "Its length is 1: do not divide by it.": unit,
        f"{stepped}.": w - lr * right,
        f"{stepped}, with both parts taken at the same w, not one after the other.": in_turn,
    }
    cut = np.isclose(rows * came, np.round(rows * came)) & (np.abs(came - right) < 1)
    if cut.all() and came.any():
        return "All is cut to whole numbers: an array of integers takes no fractions."
    return next((said for said, slip in slips.items() if np.allclose(came, slip, 1e-5, 1e-5)), "")


def turned_round(right):
    """The rule that returns its memory first."""
    return lambda *args, **hyper: right(*args, **hyper)[::-1]


def handed_twice(right):
    """The rule that returns the new w for its memory, too."""
    return lambda *args, **hyper: right(*args, **hyper)[:1] * 2


def in_turn(right):
    """The rule that goes from coordinate to coordinate, with one memory for all."""

    def rule(w, g, m, **hyper):
        new = []
        for each, slope in zip(w, g, strict=True):
            each, m = right(each, slope, m, **hyper)
            new.append(each)
        return np.array(new), m

    return rule


def same(came, expected, within=SINGLE):
    """Where two paths agree, as well as float32 can, as an array of truths."""
    with np.errstate(all="ignore"):
        return np.isclose(came, expected, rtol=within, atol=within, equal_nan=True)


def explained(rules, came, settings, within=SINGLE, scales=SCALES):
    """What there is to say about the one of these rules that walks the path that came, or ""."""
    walks = (said for said, rule in rules.items() if _walks(rule, came, settings, within, scales))
    return next(walks, "")


def _walks(rule, came, settings, within, scales):
    """Whether a rule walks the path that came."""
    try:
        return bool(same(came, walked(rule, settings, scales), within).all())
    except Refused:
        return False


def unused(submission, came, settings, within=SINGLE, scales=SCALES, **others):
    """That lr, say, changes nothing when it is halved, if that is so, or "".

    `others` are values to be tried in place of the half.
    """
    for name in settings[0] if np.isfinite(came).all() else ():
        changed = [each | {name: others.get(name, each[name] / 2)} for each in settings]
        if _walks(submission, came, changed, within, scales):
            return f"{name} changes nothing: is a number typed in where {name} belongs?"
    return ""


def cut(submission, settings, scales=SCALES):
    """That nothing but whole numbers is left of w, of the step or of the memory, or ""."""
    crooked = [each | {"lr": 77.7 * each["lr"]} for each in settings]
    try:
        steps = [*_steps(submission, crooked, [13.7 * scale for scale in scales])]
    except Refused:
        return ""
    points, memories = zip(*steps, strict=True)
    memory = memories[-1]
    held = memory.values() if isinstance(memory, dict) else memory
    parts = [memory, *held] if isinstance(memory, dict | list | tuple) else [memory]
    seen = [("new w holds", points), ("steps are", np.diff([W, *points], axis=0))]
    for what, array in seen + [("memory holds", reals(part, W.shape)) for part in parts]:
        if array is None or np.abs(array).max() > 1e6:  # where floats have few digits left
            continue
        whole = np.isclose(array, np.round(array), 0, 1e-9).all()
        if whole and np.unique(np.abs(array)).size > 2:  # no mere sign or count
            rest = "whole numbers only. Is there an array of integers, a round or a //?"
            return f"Your {what} {rest}"
    return ""


def beside(came, expected, settings, scales=SCALES, agree=same):
    """Where the path goes wrong first: what was expected beside what came."""
    step, *at = np.argwhere(~agree(came, expected))[0]
    at = tuple(at)
    values = {name: [each[name] for each in settings] for name in settings[0]}
    values["gradient"] = [scale * G[at] for scale in scales]
    *others, last = [f"{name} {_listed(each[: step + 1])}" for name, each in values.items()]
    came, expected = told_apart(came[step][at], expected[step][at])
    said = f"From {W[at]:g}, with {', '.join(others)} and {last}, expected"
    return f"{said} {expected}; yours gives {came}."


def told_apart(came, expected, digits=4, kind="g"):
    """Both numbers as text, in at least so many digits, and in as many as tell them apart."""
    if came == expected:
        return [f"{came:.{digits}{kind}}"] * 2
    return apart(came, expected, lambda value, digits: f"{value:.{digits}{kind}}", digits)


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
    return value + 0.0  # −0.0 is 0


def number(value):
    """The value as a float, if it is one finite real number, or None."""
    if isinstance(value, np.ndarray) and value.size == 1 and not np.ma.is_masked(value):
        value = value.item()
    if not isinstance(value, Real) or isinstance(value, bool):
        return None
    try:
        value = float(value)
    except OverflowError:
        return None
    return value if np.isfinite(value) else None


def reals(value, shape):
    """The value as an array of real numbers, `inf` and `nan` included, if it has the shape.

    As floats; what comes in float32 stays so. Any shape will do if that is None.
    """
    try:
        array = np.asarray(value)
    except ValueError:  # rows of unequal length
        return None
    fits = shape in (None, array.shape) and array.dtype.kind in "iuf" and not np.ma.is_masked(value)
    kind = np.float32 if array.dtype == np.float32 else float
    return array.astype(kind) if fits else None


def vector(value, count, wanted):
    """The value as an array of so many real numbers, of which one needs no brackets.

    Refuses all else: `wanted` is what was asked for.
    """
    alone = count == 1 and not isinstance(value, list | tuple) and np.size(value) == 1
    parts = [np.asarray(value).item()] if alone else value
    if isinstance(parts, list | tuple):  # of fractions, perhaps, or of arrays of one number
        parts = [each if number(each) is None else number(each) for each in parts]
    array = reals(parts, (count,))
    if array is None:
        came = getattr(reals(value, None), "shape", ())
        other = f"Its shape is {came}; wanted is ({count},)." if came not in ((), (count,)) else ""
        missing = "Is a `return` missing?" if value is None else ""
        raise Refused(str(asked_for(wanted, value)), other or missing)
    return array


HINTS = {
    "bitwise_xor": "A power is written ** in Python.",
    "for ^": "A power is written ** in Python.",
    "be converted to Python scalars": (
        "math's functions and float take one number; numpy's, such as np.sqrt, take arrays."
    ),
}


def called(function, *args, name="Your function", **more):
    """What the learner's function returns; refuses what cannot be called, or raises."""
    if not callable(function):
        raise asked_for(f"{name} is handed over by its name alone, without brackets", function)
    try:
        with np.errstate(all="ignore"), catch_warnings():
            simplefilter("ignore")  # where they are errors, too, it is the same answer
            return function(*args, **more)
    except Refused:
        raise
    except Exception as error:
        said = f"{name} raised {type(error).__name__}: {_short(str(error), 300)}".rstrip(": .")
        hint = next((f". {hint}" for sign, hint in HINTS.items() if sign in said), "")
        raise Refused(said + hint) from error


def asked_for(wanted, came):
    """What is wanted beside what came, in one line, to be raised."""
    try:
        return Refused(f"{wanted}; got {_short(written(came), 60)}.")
    except ValueError:  # a whole number of thousands of digits
        return Refused(f"{wanted}; got a number too long to write.")


def _short(text, room):
    """A text in one line, cut if it is long."""
    shown = " ".join(text.split())
    return shown if len(shown) <= room else f"{shown[: room - 3]}..."
