"""The checks of notebook 02, gradients."""

import numpy as np

from gdlib import landscapes
from gdlib.check import Verdict, asked_for, called, number, reals

# --- 1: the gradient of a landscape --------------------------------------------------------------


def gradient(my_grad, land):
    """Is `my_grad(w)` the gradient of the landscape, held against central differences?"""
    if not isinstance(land, landscapes.Landscape):
        return asked_for("The second is a landscape, such as landscapes.beale()", land)
    low, high = np.array(land.window).T
    places = np.random.default_rng(0).uniform(low, high, (100, land.dimension)).round(2)
    expected, came = _central(land.f, places.T), []
    if not np.isfinite(expected).all():
        return Verdict(False, f"The loss of {land.name} is no finite number everywhere.")
    for w in places:
        g = called(my_grad, w.copy())
        if isinstance(g, Verdict):
            return g
        came.append(reals(g, w.shape))
        if came[-1] is None:
            return asked_for(f"A gradient here is {len(w)} numbers, one for each parameter", g)
    came = np.array(came).T
    errors = _errors(came, expected)
    if errors.max() < 1e-6:
        said = f"Within {errors.max():.0e} of the central differences at 100 places."
        return Verdict(True, said)
    at = (~(errors < 1e-6)).any(axis=0).argmax()
    names = ("∂f/∂x", "∂f/∂y") if len(low) == 2 else [f"∂f/∂w[{k}]" for k in range(len(low))]
    said = _beside(names, expected, came, at, f"w = {_listed(places[at])}")
    return Verdict(False, f"{said}{_mistake(came, expected)}")


def _mistake(came, expected):
    """What is known about a gradient that is wrong, both `(d, places)`, or nothing."""
    if not np.isfinite(came).all():
        return " It must be a finite number everywhere."
    ratio = (came * expected).sum() / (expected**2).sum()
    if _errors(-came, expected).max() < 1e-6:
        return " The sign is turned: the gradient points uphill."
    if _errors(came[::-1], expected).max() < 1e-6:
        return " The components are swapped: first the one of the first parameter."
    if ratio and _errors(came / ratio, expected).max() < 1e-6:
        return f" Everywhere yours is {ratio:.4g} times the gradient: a factor is off."
    if (error := _errors(came, expected).max()) < 1e-3:
        return f" Nearly, to {error:.0e}: is a number rounded, or a derivative numerical?"
    return ""


def _errors(came, expected):
    """How far each component is off at each place, as a share of the gradient's length there."""
    length = np.linalg.norm(expected, axis=0)
    return np.abs(came - expected) / (length + 1e-3 * length.mean())


def _central(f, places, h=1e-5):
    """Central differences of `f` at places `(d, k)`."""
    shifts = h * np.eye(len(places))[:, :, None]
    with np.errstate(all="ignore"):
        return np.array([(f(places + s) - f(places - s)) / (2 * h) for s in shifts])


def _beside(names, expected, came, at, where):
    """Which components are wrong, and expected beside came at one place."""
    wrong = ~(_errors(came, expected) < 1e-6).all(axis=1)
    right = [name for name, bad in zip(names, wrong, strict=True) if not bad]
    beside = f"expected {_listed(expected[wrong, at])}; yours is {_listed(came[wrong, at])}."
    if not right:
        return f"At {where} {beside}"
    others = [name for name, bad in zip(names, wrong, strict=True) if bad]
    return f"{', '.join(right)} is right, {', '.join(others)} is not: at {where} {beside}"


def _listed(numbers):
    """Numbers as they are written: one alone, or several in brackets."""
    said = [f"{x + 0.0:.4g}" for x in numbers]
    return said[0] if len(said) == 1 else f"({', '.join(said)})"


# --- 2: the step of a difference quotient --------------------------------------------------------


def step_size(h, x=0.7, allowed=5e-10):
    """Does the central difference of exp(sin 3x) + x² with step `h` err by less than allowed?"""
    given, h = h, number(h)
    if h is None or h <= 0:
        return asked_for("A step is a number above 0", given)
    land, h = landscapes.wiggle(), np.float64(h)
    true = land.grad([x])[0]
    with np.errstate(all="ignore"):
        error = abs((land.f([x + h]) - land.f([x - h])) / (2 * h) - true)
        truncation = abs(_central(land.f, np.array([[x]]), 1e-3)[0, 0] - true) * (h / 1e-3) ** 2
        rounding = np.finfo(float).eps * land.f([x]) / h
    if error < allowed:
        return Verdict(True, f"The error is {error:.1e}; allowed was less than {allowed:.0e}.")
    said = f"The error is {error:.1e}; expected less than {allowed:.0e}. h is too"
    if truncation > rounding:
        return Verdict(False, f"{said} large: truncation dominates, which falls with h².")
    return Verdict(False, f"{said} small: round-off dominates, which grows as h falls.")


# --- 3: a slope to order -------------------------------------------------------------------------


def direction(u, wanted=-30):
    """Is `u` a unit vector along which Himmelblau has the wanted slope at (1, 1)?"""
    if number(u) is not None:
        said = "One number is an angle, perhaps; a direction is a vector of two numbers"
        return asked_for(said, u)
    given, u = u, reals(u, (2,))
    if u is None or not np.isfinite(u).all():
        return asked_for("A direction is a vector of two numbers", given)
    length = np.hypot(*u)
    if not 0 < length < 1e100:
        return asked_for("Its length must be 1", given)
    f, w, h = landscapes.himmelblau().f, np.ones(2), 1e-5
    step = h * u / length
    slope = round((f(w + step) - f(w - step)) / (2 * h), 6)
    if abs(length * slope - wanted) <= 0.05 < abs(slope - wanted):
        said = f"Its length is {length:.4g}, expected 1. A longer or shorter u changes no slope"
        return Verdict(False, f"{said}, which stays {slope:.4g}: turn it instead.")
    if abs(length - 1) > 1e-3:
        said = f"Its length is {length:.4g}, expected 1: divide by it."
        return Verdict(False, f"{said} The slope in that direction is then {slope:.4g}.")
    said = f"Along yours the slope is {slope:.4g}; expected {wanted}."
    if abs(slope - wanted) <= 0.05:
        return Verdict(True, said)
    if abs(slope + wanted) <= 0.05:
        return Verdict(False, f"{said} That is right but for the sign: turn round.")
    steepest = np.linalg.norm(_central(f, w[:, None]))
    if abs(slope) > 0.999 * steepest:
        return Verdict(False, f"{said} That is the steepest direction there is.")
    if slope > 0:
        return Verdict(False, f"{said} That way is up.")
    return Verdict(False, f"{said} Too steep." if slope < wanted else f"{said} Not steep enough.")


# --- 4: the chain rule ---------------------------------------------------------------------------

PARTIALS = ("∂L/∂θ₀", "∂L/∂θ₁")

# What (∂L/∂θ₀, ∂L/∂θ₁) becomes by each slip, e = y - ŷ.
_SLIPS = {
    "The minus is missing: y − ŷ falls when ŷ grows.": lambda e, x: (e, e * x),
    "In ∂L/∂θ₀ the minus is missing.": lambda e, x: (e, -e * x),
    "In ∂L/∂θ₁ the minus is missing.": lambda e, x: (-e, e * x),
    "∂L/∂θ₀ is not the product of the two partial derivatives; what is its chain?": (
        lambda e, x: (e * e * x, -e * x)
    ),
    "In ∂L/∂θ₁ the inner derivative is missing, ∂ŷ/∂θ₁.": lambda e, x: (-e, -e),
    "In ∂L/∂θ₀ the inner derivative is ∂ŷ/∂θ₀, not ∂ŷ/∂θ₁.": lambda e, x: (-e * x, -e * x),
    "The order is swapped: ∂L/∂θ₀ comes first.": lambda e, x: (-e * x, -e),
    "Both are twice too large: what becomes of the ½ in L?": lambda e, x: (-2 * e, -2 * e * x),
    "Both are half of it: what does the square bring down?": lambda e, x: (-e / 2, -e * x / 2),
    "The minus is missing, and in ∂L/∂θ₁ the inner derivative, ∂ŷ/∂θ₁.": lambda e, x: (e, e),
}


def chain_rule(my_gradient):
    """Is `my_gradient(theta, x, y)` the gradient of L = ½(y - θ₀ - θ₁x)², in θ?"""
    rng = np.random.default_rng(0)
    thetas, (xs, ys) = rng.uniform(-3, 3, (2, 5)).round(1), rng.uniform(-3, 3, (2, 5)).round(1)
    came = []
    for theta, x, y in zip(thetas.T, xs, ys, strict=True):
        returned = called(my_gradient, theta.copy(), float(x), float(y))
        if isinstance(returned, Verdict):
            return returned
        if (pair := reals(returned, (2,))) is None:
            return asked_for("Return two numbers, ∂L/∂θ₀ and ∂L/∂θ₁", returned)
        came.append(pair)
    came, expected = np.array(came).T, _central(_loss_of_a_line(xs, ys), thetas)
    wrong = ~(_errors(came, expected) < 1e-6)
    if not wrong.any():
        return Verdict(True, "The same as the central differences of L at five places.")
    at = wrong.any(axis=0).argmax()
    where = f"θ = {_listed(thetas[:, at])}, x = {xs[at]:.3g}, y = {ys[at]:.3g}"
    said = _beside(PARTIALS, expected, came, at, where)
    return Verdict(False, f"{said}{_slip(came, ys - thetas[0] - thetas[1] * xs, xs)}")


def numbers(first, second, theta=(0.5, -1), x=3, y=2):
    """Are these ∂L/∂θ₀ and ∂L/∂θ₁ of the line's loss at the place of the exercise?"""
    given, came = (first, second), (number(first), number(second))
    if None in came:
        return asked_for("Two numbers, ∂L/∂θ₀ and ∂L/∂θ₁", given)
    expected = _central(_loss_of_a_line(x, y), np.array(theta, dtype=float)[:, None])[:, 0]
    right = np.isclose(came, expected, rtol=1e-3)
    if right.all():
        return Verdict(True, "Both are what L's central differences say.")
    said = [
        f"{name} = {c:.4g} is {'right' if good else 'wrong'}"
        for name, c, good in zip(PARTIALS, came, right, strict=True)
    ]
    slip = _slip(came, y - theta[0] - theta[1] * x, x) or " Does your function pass its check?"
    return Verdict(False, f"{', '.join(said)}.{slip}")


def _loss_of_a_line(x, y):
    return lambda theta: (y - theta[0] - theta[1] * x) ** 2 / 2


def _slip(came, e, x):
    """The slip that explains what came, or nothing."""
    for said, wrong in _SLIPS.items():
        if np.allclose(came, wrong(e, x), rtol=1e-4, atol=0):
            return f" {said}"
    return ""
