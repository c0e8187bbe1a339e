"""The checks of notebook 01, loss landscapes."""

import numpy as np

from gdlib import landscapes, theory
from gdlib.check import Verdict, asked_for, called, number, reals
from gdlib.optimizers import descend, gd

# --- 1: the largest tilt -------------------------------------------------------------------------


def largest_tilt(tilt):
    """Is `tilt` the largest, to one percent, that leaves the double well its two wells?"""
    given, tilt = tilt, number(tilt)
    if tilt is None:
        return asked_for("A tilt is one number", given)
    if tilt < 0:
        return Verdict(False, f"At {tilt:.4g} you see the mirror image: give the positive tilt.")
    if (places := _flat_places(0.99 * tilt)) < 3:
        said = f"One percent below your tilt, places of zero slope: {places}; expected three."
        return Verdict(False, f"{said} Only one well is left: go lower.")
    if (places := _flat_places(1.01 * tilt)) > 1:
        said = f"One percent above your tilt, places of zero slope: still {places}; expected one."
        if abs(landscapes.double_well(0).curvatures([tilt])[0]) < 0.05:
            return Verdict(
                False, f"{said} Yours is a w without curvature: which tilt is flat there?"
            )
        return Verdict(False, f"{said} Both wells are there: go higher.")
    return Verdict(
        True, "Three places of zero slope one percent below your tilt, one place one percent above."
    )


def _flat_places(tilt):
    """How many times the slope of the tilted double well changes its sign."""
    far = 2 + np.cbrt(tilt)  # all places of zero slope are nearer
    with np.errstate(over="ignore"):
        slope = np.sign(landscapes.double_well(tilt).grad([np.linspace(-far, far, 20_001)])[0])
    return int(np.count_nonzero(np.diff(slope[slope != 0])))


# --- 2: guessing ---------------------------------------------------------------------------------


def smallest_dimension(d, radius=0.2, wanted=1e-6):
    """Is `d` the smallest dimension in which one guess hits the ball with less than the chance?"""
    given, d = d, number(d)
    if d is None or d % 1 != 0 or not 1 <= d <= 1000:
        return asked_for("A dimension is a whole number, here from 1 to 1000", given)
    d, chance = int(d), theory.hit_chance(d, radius)
    said = f"At d = {d} the chance is {chance:.2g}"
    if chance >= wanted:
        return Verdict(False, f"{said}; expected less than {wanted:.0e}: go higher.")
    before = theory.hit_chance(d - 1, radius)
    said = f"{said}, at d = {d - 1} it is {before:.2g}"
    if before >= wanted:
        return Verdict(True, f"{said}: yours is the smallest below {wanted:.0e}.")
    said = f"{said}, also less than {wanted:.0e}: go lower."
    if radius**d < wanted <= radius ** (d - 1):
        return Verdict(False, f"{said} You took the ball for a cube, which is easier to hit.")
    return Verdict(False, said)


# --- 3: the egg box ------------------------------------------------------------------------------


def egg_box(minima, share, dimension=4):
    """Do the number of Rastrigin's minima, and their share of its places of zero slope, agree?

    Counted on one axis: in d dimensions a place of zero gradient is any d of the axis' own.
    """
    given, minima, share = (minima, share), number(minima), number(share)
    if minima is None or share is None:
        return asked_for("Two numbers, the minima and their share", given)
    low, high = (places.size for places in landscapes.stationary_points(landscapes.rastrigin(1)))
    flat = low + high
    if minima != low**dimension:
        slips = {
            low: "That is one axis only.",
            low * dimension: "You added the axes: each place on one goes with each on another.",
            flat**dimension: "Those are all places of zero gradient.",
            high**dimension: "Those are the maxima.",
            (low + 1) ** dimension: "Is there one minimum at each end of the window?",
        }
        size = "many" if minima > low**dimension else "few"
        said = slips.get(minima, "Count those on one axis. What becomes of two axes?")
        return Verdict(False, f"Your {minima:.6g} minima are too {size}. {said}")
    right = (low / flat) ** dimension
    if np.isclose(share, right, rtol=0.01):
        return Verdict(True, f"{low} of {flat} on one axis, each to the power {dimension}.")
    slips = {
        "That is the share on one axis.": low / flat,
        "Is that in percent? Give it as a number from 0 to 1.": 100 * right,
        "Those are minima over maxima; expected minima over all places.": (low / high) ** dimension,
        "Are there only minima and maxima? A minimum along one axis may be a maximum along "
        "another.": low**dimension / (low**dimension + high**dimension),
        "That is all over minima; turn it round.": 1 / right,
    }
    named = [said for said, wrong in slips.items() if np.isclose(share, wrong, rtol=0.01)]
    size = "large" if share > right else "small"
    said = f"The number of minima is right; as their share {share:.4g} is too {size}."
    return Verdict(False, f"{said} {[*named, 'Which share is it on one axis?'][0]}")


# --- 4: minimum, maximum or saddle ---------------------------------------------------------------

PLACES = {"first": (0.08668, 2.88425), "second": (-0.27084, -0.92304), "third": (3.58443, -1.84813)}


def kinds(first, second, third):
    """Are the three places on Himmelblau called by their names?"""
    words = (first, second, third)
    for word in words:
        if not isinstance(word, str) or _kind(word) not in ("minimum", "maximum", "saddle"):
            return asked_for('Each answer is "minimum", "maximum" or "saddle"', word)
    land, wrong = landscapes.himmelblau(), []
    right = landscapes.kinds(land, np.transpose([*PLACES.values()]))
    for word, kind, (ordinal, place) in zip(words, right, PLACES.items(), strict=True):
        if _kind(word) != kind:
            small, large = land.curvatures(place)
            curved = f"its curvatures are {small:.3g} and {large:.3g}"
            wrong.append(f"The {ordinal} is no {_kind(word)}: {curved}.")
    if wrong:
        return Verdict(False, f"{' '.join(wrong)} What do two such signs say?")
    return Verdict(True, "All three, as the signs of their curvatures say.")


def _kind(word):
    return word.strip().lower().removesuffix(" point")


# --- 5: no minimiser -----------------------------------------------------------------------------


def no_minimiser(f, slope, start=0.5):
    """Is `f(x)`, with its `slope(x)`, a loss of at least 0 that has no minimiser?

    Gradient descent from `start` must find lower and lower places, further and further out.
    """
    if wrong := _negative(f) or _other_slope(f, slope):
        return wrong
    settled = []
    for lr in (1, 0.1, 0.01, 1e-3, 1e-4):
        came = _descended(f, slope, start, lr)
        if isinstance(came, Verdict):
            return (came.passed and _lower_inside(f)) or came
        if came is not None:
            settled.append(round(came, 6) + 0.0)
    if not settled:
        return Verdict(False, f"Gradient descent from x = {start} finds nothing lower than there.")
    said = f"Gradient descent settles at x = {settled[0]:.3g}; expected: further out, without end"
    return Verdict(False, f"{said}. There is a minimiser, at least a local one.")


def _descended(f, slope, start, lr):
    """10,000 steps: a verdict, or where they settle, or None for too large a learning rate."""

    def grad(w):
        return np.full(w.shape, _or_inf(slope, w.item()))

    path = called(descend, gd, grad, [start], 10_000, lr=lr, name="Your slope")
    if isinstance(path, Verdict):
        return path
    early, before, late = path[0, [100, -2, -1]]
    if not abs(late) < 1e300:
        return None
    heights = _heights("Your loss", f, [start, early, late, 2 * late, 4 * late])
    if isinstance(heights, Verdict):
        return heights
    if heights[2] >= heights[0]:
        return None
    if late != before and abs(late) > abs(early) and (np.diff(heights[1:]) < 0).all():
        said = f"The loss is {heights[1]:.2g} after 100 steps, at x = {early:.3g}, and"
        said = f"{said} {heights[2]:.2g} after 10,000, at {late:.3g}"
        return Verdict(True, f"{said}: lower further out, without end.")
    return late


def _negative(f):
    """A verdict on a loss that is negative somewhere, or None."""
    xs = np.array([*np.linspace(-10, 10, 201), -1e2, 1e2, -1e3, 1e3, -1e6, 1e6])
    heights = _heights("Your loss", f, xs)
    if isinstance(heights, Verdict):
        return heights
    if heights.min() >= -1e-12:  # rounding aside
        return None
    lowest = heights.argmin()
    said = f"At x = {xs[lowest]:.3g} your loss is {heights[lowest]:.3g}; expected at least 0."
    if heights[-2:].min() < heights[:-2].min() - 1:
        return Verdict(False, f"{said} It falls without limit: it is not bounded below.")
    return Verdict(False, f"{said} Is it bounded below? Then add a number that lifts it.")


def _other_slope(f, slope, h=1e-5):
    """A verdict on a slope that is not the slope of `f`, or None."""
    xs = np.array([-2.3, -1.1, -0.4, 0.3, 0.7, 1.9])
    came = _heights("Your slope", slope, xs)
    if isinstance(came, Verdict):
        return came
    beside = [_heights("Your loss", f, xs + shift) for shift in (h, -h)]
    if isinstance(beside[0], Verdict) or isinstance(beside[1], Verdict):
        return beside[0] if isinstance(beside[0], Verdict) else beside[1]
    with np.errstate(invalid="ignore"):
        expected = (beside[0] - beside[1]) / (2 * h)
    wrong = ~np.isclose(came, expected, rtol=1e-4, atol=1e-6) & np.isfinite(expected)
    if not wrong.any():
        return None
    at = wrong.argmax()
    said = f"At x = {xs[at]} expected the slope {expected[at]:.4g}; yours is {came[at]:.4g}."
    if np.allclose(-came, expected, rtol=1e-4, atol=1e-6):
        return Verdict(False, f"{said} The sign is turned.")
    return Verdict(False, f"{said} It is not the slope of your loss.")


def _lower_inside(f):
    """A verdict on a loss that is lower inside a wide range than at both its ends, or None."""
    for far in (10, 100, 1000):
        xs = np.linspace(-far, far, 2001)
        heights = _heights("Your loss", f, xs)
        if isinstance(heights, Verdict):
            return heights
        x, lowest = xs[heights.argmin()], heights.min()
        if lowest < (1 - 1e-9) * min(heights[0], heights[-1]):
            said = f"At x = {x:.3g} your loss is {lowest:.3g}, less than at both ±{far}"
            return Verdict(False, f"{said}: there is a minimiser between.")
    return None


def _heights(name, function, xs):
    """The function at each x, or a verdict on why it has no number there."""
    if not callable(function):
        return called(function, name=name)
    heights = []
    for x in xs:
        came = called(_or_inf, function, float(x), name=f"{name}, at x = {x:.4g},")
        if isinstance(came, Verdict):
            return came
        height = reals(came, ())
        if height is None or np.isnan(height):
            return asked_for(f"{name} must be one number at every x, also at {x:.4g}", came)
        heights.append(height)
    return np.array(heights)


def _or_inf(function, x):
    """The function at x, `inf` where that is too large for Python."""
    try:
        with np.errstate(all="ignore"):
            return function(x)
    except OverflowError:
        return np.inf
