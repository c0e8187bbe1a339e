"""Exercise checks: each runs what the learner submits and says what came of it.

No answer is stored. A check returns a `Verdict`; shown at the end of a cell it prints as one line
with what was expected beside what came and, where it can tell, the mistake behind it.
"""

from dataclasses import dataclass

import numpy as np

from gdlib import landscapes, theory
from gdlib.optimizers import arrive, descend, first_step, gd, settled_in


@dataclass(frozen=True)
class Verdict:
    """Whether a submission passed, and one sentence about what it did."""

    passed: bool
    message: str

    def __repr__(self):
        return f"{'✓' if self.passed else '✗'} {self.message}"


def rule(submission, reference):
    """Compare an update rule with one of gdlib's over three steps, and name a known mistake."""
    hyper = {"lr": 0.1} | ({} if reference is gd else {"rho": 0.9})
    w, g = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[4.0, -1.0], [2.0, -6.0]])
    before = w.copy(), g.copy()
    try:
        returned = submission(w, g, 0.0, **hyper)
    except Exception as error:
        return Verdict(False, f"Your rule raised {type(error).__name__}: {error}")
    if not np.array_equal(w, before[0]) or not np.array_equal(g, before[1]):
        return Verdict(
            False, "Your rule changed its input in place: write w = w − ..., not w −= ..."
        )
    if not isinstance(returned, tuple) or len(returned) != 2:
        came = type(returned).__name__
        return Verdict(
            False, f"Return two things, the new w and the memory; yours returned a {came}."
        )
    expected, came = (_three_steps(each, w, g, hyper) for each in (reference, submission))
    if np.allclose(came, expected, rtol=1e-12, atol=0):
        return Verdict(True, f"The same as gdlib's {reference.__name__}, over three steps.")
    for mistake, wrong in _MISTAKES[reference.__name__].items():
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


# --- notebook 03 ---


def hidden_parabola(name):
    """The slope function of a parabola that is another one for every name: `slope(x)`."""
    rng = np.random.default_rng(list(str(name).encode()) or [0])
    curvature, minimum = rng.uniform(0.5, 20), rng.uniform(-3, 3)
    return lambda x: curvature * (x - minimum)


def one_step(lr, slope):
    """Does one step of gradient descent with `lr` land on the minimum of the hidden parabola?"""
    if (wrong := _no_rate(lr)) is not None:
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
    if (wrong := _no_rate(lr)) is not None:
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
    if (wrong := _no_rate(lr)) is not None:
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
    if (wrong := _no_rate(lr)) is not None:
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
    if not np.isscalar(steps) or isinstance(steps, str) or not 0 < steps < np.inf:
        return Verdict(False, f"A number of steps above 0, please; got {steps!r}.")
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


def _no_rate(lr):
    """A verdict on something that is no learning rate, or None."""
    if isinstance(lr, int | float | np.number) and 0 < lr < np.inf:
        return None
    return Verdict(False, f"A learning rate is a number above 0; got {lr!r}.")
