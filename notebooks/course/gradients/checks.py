"""The checks of notebook 02, gradients."""

from functools import partial

import numpy as np

from course.gradients.slopes import central, central_gradient, exact, wiggle
from gdlib import check, draw, landscapes
from gdlib.check import Refused, judged
from gdlib.words import apart

# --- 1: the gradient of a landscape --------------------------------------------------------------


@judged
def gradient(my_grad, land):
    """Is `my_grad(w)` the gradient of the landscape, held against central differences?"""
    if not isinstance(land, landscapes.Landscape):
        raise check.asked_for("The second is a landscape, such as landscapes.beale()", land)
    (low, high), d = np.array(land.window).T, land.dimension
    places = np.random.default_rng(0).uniform(low, high, (100, d)).round(2)
    expected = central_gradient(land.f, places.T)
    if not np.isfinite(expected).all():
        raise Refused(f"The loss of {land.name} is no finite number everywhere.")
    wanted = f"A gradient here is {d} numbers, one for each parameter" if d > 1 else "One number"
    came = _returned(my_grad, [places], d, wanted)
    round_off = np.abs(came - expected) < 1e-10 * np.abs(land.f(places.T))
    expected = np.where(round_off, came, expected)
    names = ("∂f/∂x", "∂f/∂y") if d == 2 else [f"∂f/∂w[{k}]" for k in range(d)]
    mistake = _mistake(came, expected)
    if land.name == "Beale":
        mistake = mistake or _beale_slips(came, *places.T)
    mistake = mistake or check.gradient_slip(came, expected, places.T, land.grad)
    _held(came, expected, names, "w = {}", [places], mistake)
    error = max(_errors(came, expected).max(), np.finfo(float).eps)
    return f"Within {error:.0e} of the central differences at 100 places."


def _mistake(came, expected):
    """What is known about a gradient that is wrong, both `(d, places)`, or ""."""
    if not np.isfinite(came).all():
        return "It must be a finite number everywhere."
    ratio = (came * expected).sum() / (expected**2).sum() or 1
    slips = {
        "The sign is turned: the gradient points uphill.": -expected,
        "The components are swapped: first the one of the first parameter.": expected[::-1],
        f"Everywhere yours is {ratio:.4g} times the gradient: a factor is off.": ratio * expected,
    }
    error = _errors(came, expected).max()
    nearly = f"Nearly, to {error:.0e}: is a number rounded, or a derivative numerical?"
    return nearly if error < 1e-3 else _slip(slips, came)


def _beale_slips(came, x, y):
    """What is said of the slips with three squares (t − x + xyᵏ)², in either component, or ""."""
    k = np.arange(1, 4)[:, None]
    twice = 2 * (np.array([[1.5], [2.25], [2.625]]) - x + x * y**k)
    by_x, by_y, first = y**k - 1, k * x * y ** (k - 1), k == 1
    only = "Only the first of the three squares is there."
    missing = "Twice the term, times the term's own slope: that one is missing."
    minus = "The slope of −x + xyᵏ along x is −1 + yᵏ: is the −1 there, in every square?"
    power = "The slope of xy² along y is 2xy, that of xy³ is 3xy²."
    along_x = [(minus, y**k), (minus, np.where(first, by_x, y**k)), (minus, -1)]
    along_y = [(power, x), (power, x * y ** (k - 1)), (power, x * y**k)]
    said = {}
    for mine, own, more in (came[0], by_x, along_x), (came[1], by_y, along_y):
        slips = [("", own), (only, first * own), (missing, 1), (missing, np.where(first, own, 1))]
        close = [s for s, a in slips + more if np.allclose(mine, (twice * a).sum(axis=0))]
        said |= dict.fromkeys(close)
    return " ".join(filter(None, said))


def _returned(function, places, count, wanted):
    """What the learner's function returns at each place, `(count, places)`; refuses all else."""
    handed = ([each.copy() for each in place] for place in zip(*places, strict=True))
    came = [check.vector(check.called(function, *each), count, wanted) for each in handed]
    return np.array(came).T


def _held(came, expected, names, where, places, mistake):
    """Refuses what is off, with both numbers at the first such place, and the mistake."""
    off = ~(_errors(came, expected) < (1e-4 if came.dtype == np.float32 else 1e-6))
    if not off.any():
        return
    wrong, k, names = off.any(axis=1), off.any(axis=0).argmax(), np.array(names)
    said = f"{', '.join(names[~wrong])} is right, {', '.join(names[wrong])} is not: at"
    at = where.format(*(_listed(each[k]) for each in places))
    right, yours = apart(expected[wrong, k], came[wrong, k], _listed)
    beside = f"{at} expected {right}; yours is {yours}."
    raise Refused("At" if wrong.all() else said, beside, mistake)


def _errors(came, expected):
    """How far each component is off at each place, as a share of the gradient's length there."""
    length = np.linalg.norm(expected, axis=0)
    return np.abs(np.subtract(came, expected)) / (length + (1e-3 * length.mean() or 1))


def _slip(slips, came, within=1e-6):
    """What is said of the slip, `{what to say: the wrong gradient}`, that came; "" if none did."""
    return next((said for said, slip in slips.items() if _errors(came, slip).max() < within), "")


def _listed(numbers, digits=4):
    """Numbers as they are written: one alone, or several in brackets."""
    said = [f"{x + 0.0:.{digits}g}" for x in np.ravel(numbers)]
    return said[0] if len(said) == 1 else f"({', '.join(said)})"


# --- 2: the step of a difference quotient --------------------------------------------------------


@judged
def step_size(h, x=0.7, allowed=5e-10):
    """Does the central difference of exp(sin 3x) + x² with step `h` err by less than allowed?"""
    given, h = h, check.number(h)
    if h is None or h <= 0:
        raise check.asked_for("A step is a number above 0", given)
    h = np.float64(h)  # whose powers overflow without an error
    came, usual = (abs(central(wiggle, x, each) - exact(x)) for each in (h, 1e-3))
    truncation, rounding = usual * (h / 1e-3) ** 2, np.finfo(float).eps * wiggle(x) / h
    error, _ = check.told_apart(came, allowed, 1, "e")
    if came < allowed:
        return f"The error is {error}; allowed was less than {allowed:.0e}."
    why = "small: round-off dominates, which grows as h falls."
    if truncation > rounding:
        why = "large: truncation dominates, which falls with h²."
    raise Refused(f"The error is {error}; expected less than {allowed:.0e}. h is too {why}")


# --- 3: a slope to order -------------------------------------------------------------------------


@judged
def direction(u, wanted=-30):
    """Is `u` a unit vector along which Himmelblau has the wanted slope at (1, 1)?"""
    said = "One number is an angle, perhaps; a" if check.number(u) is not None else "A"
    asked = f"{said} direction is a vector of two numbers"
    given, u = u, check.vector(u, 2, asked)
    if not np.isfinite(u).all():
        raise check.asked_for(asked, given)
    length = np.hypot(*u)
    if not 0 < length < 1e100:
        raise check.asked_for("Its length must be 1", given)
    g = central_gradient(landscapes.himmelblau().f, [1, 1])
    slope = round(g @ u / length, 6)
    if abs(length - 1) > 1e-3:
        cure = f": divide by it. The slope in that direction is then {slope:.4g}."
        if abs(length * slope - wanted) <= 0.05 < abs(slope - wanted):
            stays = f"A longer or shorter u changes no slope, which stays {slope:.4g}"
            cure = f". {stays}: turn it instead."
        raise Refused(f"Its length is {length:.4g}, expected 1{cure}")
    said = f"Along yours the slope is {slope:.4g}; expected {wanted}."
    if abs(slope - wanted) <= 0.05:
        return said
    slips = {
        "That is right but for the sign: turn round.": -wanted,
        "That is the steepest direction there is.": np.copysign(np.linalg.norm(g), slope),
    }
    size = "Too steep." if slope < wanted else "Not steep enough."
    if slope > 0:
        size = "That way is up."
    turned = np.arctan2(*u[::-1]) + 2 * np.pi * np.arange(-58, 58)
    if (np.abs(g @ draw.direction(turned) - wanted) < 0.02).any():
        size += " Is your angle in degrees? np.cos and np.sin take radians: np.radians(φ)."
    raise Refused(said, check.slip(slips, slope) or size)


# --- 4: the chain rule ---------------------------------------------------------------------------

PARTIALS = ("∂L/∂θ₀", "∂L/∂θ₁")


@judged
def chain_rule(my_gradient):
    """Is `my_gradient(theta, x, y)` the gradient of L = ½(y - θ₀ - θ₁x)², in θ?"""
    cases = np.random.default_rng(0).uniform(-3, 3, (4, 5)).round(1)
    thetas, x, y = cases[:2], *cases[2:]
    places, wanted = (thetas.T, x, y), "Return two numbers, ∂L/∂θ₀ and ∂L/∂θ₁"
    came = _returned(my_gradient, places, 2, wanted)
    grad = partial(central_gradient, _loss_of_a_line(x, y))
    expected = grad(thetas)
    mistake = _slip(_slips(thetas, x, y), came)
    mistake = mistake or check.gradient_slip(came, expected, thetas, grad)
    _held(came, expected, PARTIALS, "θ = {}, x = {}, y = {}", places, mistake)
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
    said = ", ".join(
        f"{name} = {value:.4g} is {'right' if good else 'wrong'}"
        for name, value, good in zip(PARTIALS, came, right, strict=True)
    )
    slip = _slip(_slips(theta, x, y), came, 1e-4) or "Does your function pass its check?"
    raise Refused(f"{said}.", slip)


def _loss_of_a_line(x, y):
    return lambda theta: (y - theta[0] - theta[1] * x) ** 2 / 2


def _slips(theta, x, y):
    """What each slip makes of (∂L/∂θ₀, ∂L/∂θ₁), as for `_slip`."""
    e = y - theta[0] - theta[1] * x
    product = "∂L/∂θ₀ is not the product of the two partial derivatives; what is its chain?"
    return {
        "The minus is missing: y − ŷ falls when ŷ grows.": (e, e * x),
        "In ∂L/∂θ₀ the minus is missing.": (e, -e * x),
        "In ∂L/∂θ₁ the minus is missing.": (-e, e * x),
        product: (e * e * x, -e * x),
        "In ∂L/∂θ₁ the inner derivative is missing, ∂ŷ/∂θ₁.": (-e, -e),
        "In ∂L/∂θ₀ the inner derivative is ∂ŷ/∂θ₀, not ∂ŷ/∂θ₁.": (-e * x, -e * x),
        "The order is swapped: ∂L/∂θ₀ comes first.": (-e * x, -e),
        "Both are twice too large: what becomes of the ½ in L?": (-2 * e, -2 * e * x),
    }
