"""The checks of notebook 02, gradients."""

import numpy as np

from course.gradients.slopes import central_gradient
from gdlib import check, landscapes
from gdlib.check import Refused, judged

# --- 1: the gradient of a landscape --------------------------------------------------------------


@judged
def gradient(my_grad, land):
    """Is `my_grad(w)` the gradient of the landscape, held against central differences?"""
    if not isinstance(land, landscapes.Landscape):
        raise check.asked_for("The second is a landscape, such as landscapes.beale()", land)
    (low, high), d = np.array(land.window).T, land.dimension
    places = np.random.default_rng(0).uniform(low, high, (100, d)).round(2)
    with np.errstate(all="ignore"):
        expected = central_gradient(land.f, places.T)
    if not np.isfinite(expected).all():
        raise Refused(f"The loss of {land.name} is no finite number everywhere.")
    wanted = f"A gradient here is {d} numbers, one for each parameter"
    came = _returned(my_grad, zip(places.copy(), strict=True), d, wanted)
    names = ("∂f/∂x", "∂f/∂y") if d == 2 else [f"∂f/∂w[{k}]" for k in range(d)]
    at = [f"w = {_listed(w)}" for w in places]
    error = _compared(came, expected, names, at, _mistake)
    return f"Within {error:.0e} of the central differences at 100 places."


def _mistake(came, expected):
    """What is known about a gradient that is wrong, both `(d, places)`, or nothing."""
    if not np.isfinite(came).all():
        return "It must be a finite number everywhere."
    ratio = (came * expected).sum() / (expected**2).sum()
    mended = {
        "The sign is turned: the gradient points uphill.": -came,
        "The components are swapped: first the one of the first parameter.": came[::-1],
        f"Everywhere yours is {ratio:.4g} times the gradient: a factor is off.": (
            came / (ratio or 1)
        ),
    }
    for said, right in mended.items():
        if _errors(right, expected).max() < 1e-6:
            return said
    if (error := _errors(came, expected).max()) < 1e-3:
        return f"Nearly, to {error:.0e}: is a number rounded, or a derivative numerical?"
    return ""


def _returned(function, places, count, wanted):
    """What the learner's function returns at each place, `(count, places)`; refuses all else."""
    came = []
    for place in places:
        returned = check.called(function, *place)
        came.append(check.reals(returned, (count,)))
        if came[-1] is None:
            raise check.asked_for(wanted, returned)
    return np.array(came).T


def _compared(came, expected, names, at, mistake):
    """The largest error; refuses one that is too large, and says which component is off, where."""
    errors = _errors(came, expected)
    off = ~(errors < 1e-6)
    if not off.any():
        return errors.max()
    wrong, k, names = off.any(axis=1), off.any(axis=0).argmax(), np.array(names)
    said = f"{', '.join(names[~wrong])} is right, {', '.join(names[wrong])} is not: at"
    raise Refused(
        f"{'At' if wrong.all() else said} {at[k]} expected {_listed(expected[wrong, k])}; yours is "
        f"{_listed(came[wrong, k])}.",
        mistake(came, expected),
    )


def _errors(came, expected):
    """How far each component is off at each place, as a share of the gradient's length there."""
    length = np.linalg.norm(expected, axis=0)
    return np.abs(came - expected) / (length + 1e-3 * length.mean())


def _listed(numbers):
    """Numbers as they are written: one alone, or several in brackets."""
    said = [f"{x + 0.0:.4g}" for x in numbers]
    return said[0] if len(said) == 1 else f"({', '.join(said)})"


# --- 2: the step of a difference quotient --------------------------------------------------------


@judged
def step_size(h, x=0.7, allowed=5e-10):
    """Does the central difference of exp(sin 3x) + x² with step `h` err by less than allowed?"""
    given, h = h, check.number(h)
    if h is None or h <= 0:
        raise check.asked_for("A step is a number above 0", given)
    land, h = landscapes.wiggle(), np.float64(h)

    def error(h):
        return abs(central_gradient(land.f, [x], h) - land.grad([x]))[0]

    with np.errstate(all="ignore"):
        came, truncation = error(h), error(1e-3) * (h / 1e-3) ** 2
        rounding = np.finfo(float).eps * land.f([x]) / h
    if came < allowed:
        return f"The error is {came:.1e}; allowed was less than {allowed:.0e}."
    why = "small: round-off dominates, which grows as h falls."
    if truncation > rounding:
        why = "large: truncation dominates, which falls with h²."
    raise Refused(f"The error is {came:.1e}; expected less than {allowed:.0e}. h is too {why}")


# --- 3: a slope to order -------------------------------------------------------------------------


@judged
def direction(u, wanted=-30):
    """Is `u` a unit vector along which Himmelblau has the wanted slope at (1, 1)?"""
    a_vector = "a direction is a vector of two numbers"
    if check.number(u) is not None:
        raise check.asked_for(f"One number is an angle, perhaps; {a_vector}", u)
    given, u = u, check.reals(u, (2,))
    if u is None or not np.isfinite(u).all():
        raise check.asked_for(a_vector.capitalize(), given)
    length = np.hypot(*u)
    if not 0 < length < 1e100:
        raise check.asked_for("Its length must be 1", given)
    g = central_gradient(landscapes.himmelblau().f, [1, 1])
    slope = round(g @ u / length, 6)
    if abs(length * slope - wanted) <= 0.05 < abs(slope - wanted):
        raise Refused(
            f"Its length is {length:.4g}, expected 1. A longer or shorter u changes no slope, "
            f"which stays {slope:.4g}: turn it instead."
        )
    if abs(length - 1) > 1e-3:
        raise Refused(
            f"Its length is {length:.4g}, expected 1: divide by it. The slope in that direction is "
            f"then {slope:.4g}."
        )
    said = f"Along yours the slope is {slope:.4g}; expected {wanted}."
    if abs(slope - wanted) <= 0.05:
        return said
    why = "Too steep." if slope < wanted else "Not steep enough."
    if slope > 0:
        why = "That way is up."
    if abs(slope) > 0.999 * np.linalg.norm(g):
        why = "That is the steepest direction there is."
    if abs(slope + wanted) <= 0.05:
        why = "That is right but for the sign: turn round."
    raise Refused(said, why)


# --- 4: the chain rule ---------------------------------------------------------------------------

PARTIALS = ("∂L/∂θ₀", "∂L/∂θ₁")


@judged
def chain_rule(my_gradient):
    """Is `my_gradient(theta, x, y)` the gradient of L = ½(y - θ₀ - θ₁x)², in θ?"""
    rng = np.random.default_rng(0)
    thetas, (xs, ys) = rng.uniform(-3, 3, (2, 5)).round(1), rng.uniform(-3, 3, (2, 5)).round(1)
    places = list(zip(thetas.T.copy(), xs.tolist(), ys.tolist(), strict=True))
    at = [f"θ = {_listed(theta)}, x = {x:.3g}, y = {y:.3g}" for theta, x, y in places]
    came = _returned(my_gradient, places, 2, "Return two numbers, ∂L/∂θ₀ and ∂L/∂θ₁")
    expected = central_gradient(_loss_of_a_line(xs, ys), thetas)
    _compared(came, expected, PARTIALS, at, lambda came, _: _slip(came, thetas, xs, ys))
    return "The same as the central differences of L at five places."


@judged
def numbers(first, second, theta=(0.5, -1), x=3, y=2):
    """Are these ∂L/∂θ₀ and ∂L/∂θ₁ of the line's loss at the place of the exercise?"""
    came = check.number(first), check.number(second)
    if None in came:
        raise check.asked_for("Two numbers, ∂L/∂θ₀ and ∂L/∂θ₁", (first, second))
    right = np.isclose(came, central_gradient(_loss_of_a_line(x, y), theta), rtol=1e-3)
    if right.all():
        return "Both are what L's central differences say."
    said = [
        f"{name} = {value:.4g} is {'right' if good else 'wrong'}"
        for name, value, good in zip(PARTIALS, came, right, strict=True)
    ]
    slip = _slip(came, theta, x, y) or "Does your function pass its check?"
    raise Refused(f"{', '.join(said)}.", slip)


def _loss_of_a_line(x, y):
    return lambda theta: (y - theta[0] - theta[1] * x) ** 2 / 2


def _slip(came, theta, x, y):
    """What is said of the slip that makes (∂L/∂θ₀, ∂L/∂θ₁) what came, or nothing."""
    e = y - theta[0] - theta[1] * x
    product = "∂L/∂θ₀ is not the product of the two partial derivatives; what is its chain?"
    slips = {
        "The minus is missing: y − ŷ falls when ŷ grows.": (e, e * x),
        "In ∂L/∂θ₀ the minus is missing.": (e, -e * x),
        "In ∂L/∂θ₁ the minus is missing.": (-e, e * x),
        product: (e * e * x, -e * x),
        "In ∂L/∂θ₁ the inner derivative is missing, ∂ŷ/∂θ₁.": (-e, -e),
        "In ∂L/∂θ₀ the inner derivative is ∂ŷ/∂θ₀, not ∂ŷ/∂θ₁.": (-e * x, -e * x),
        "The order is swapped: ∂L/∂θ₀ comes first.": (-e * x, -e),
        "Both are twice too large: what becomes of the ½ in L?": (-2 * e, -2 * e * x),
    }
    return next((said for said, slip in slips.items() if np.allclose(came, slip, 1e-4, 0)), "")
