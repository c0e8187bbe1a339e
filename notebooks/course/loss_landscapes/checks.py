"""The checks of notebook 01, loss landscapes."""

import numpy as np

from gdlib import check, landscapes, theory
from gdlib.check import Refused, judged
from gdlib.optimizers import descend, gd

# --- 1: the largest tilt -------------------------------------------------------------------------


@judged
def largest_tilt(tilt):
    """Is `tilt` the largest, to one percent, that leaves the double well its two wells?"""
    given, tilt = tilt, check.number(tilt)
    if tilt is None:
        raise check.asked_for("A tilt is one number", given)
    if tilt < 0:
        raise Refused(f"At {tilt:.4g} you see the mirror image: give the positive tilt.")
    if (places := _flat_places(0.99 * tilt)) < 3:
        said = f"One percent below your tilt, places of zero slope: {places}; expected three."
        raise Refused(said, "Only one well is left: go lower.")
    if (places := _flat_places(1.01 * tilt)) > 1:
        said = f"One percent above your tilt, places of zero slope: still {places}; expected one."
        if abs(landscapes.double_well(0).curvatures([tilt])[0]) < 0.05:
            raise Refused(said, "Yours is a w without curvature: which tilt is flat there?")
        raise Refused(said, "Both wells are there: go higher.")
    return "Three places of zero slope one percent below your tilt, one place one percent above."


def _flat_places(tilt):
    """How many places of zero slope the tilted double well has: real roots of 4w³ − 4w − tilt."""
    return np.isreal(np.roots([4, 0, -4, -tilt])).sum()


# --- 2: guessing ---------------------------------------------------------------------------------


@judged
def smallest_dimension(d, radius=0.2, wanted=1e-6):
    """Is `d` the smallest dimension in which one guess hits the ball with less than the chance?"""
    given, d = d, check.number(d)
    if d is None or d % 1 != 0 or not 1 <= d <= 1000:
        raise check.asked_for("A dimension is a whole number, here from 1 to 1000", given)
    d, chance = int(d), theory.hit_chance(d, radius)
    said = f"At d = {d} the chance is {chance:.2g}"
    if chance >= wanted:
        raise Refused(f"{said}; expected less than {wanted:.0e}: go higher.")
    before = theory.hit_chance(d - 1, radius)
    said = f"{said}, at d = {d - 1} it is {before:.2g}"
    if before >= wanted:
        return f"{said}: yours is the smallest below {wanted:.0e}."
    cube = radius**d < wanted <= radius ** (d - 1)
    raise Refused(
        f"{said}, also less than {wanted:.0e}: go lower.",
        "You took the ball for a cube, which is easier to hit." if cube else "",
    )


# --- 3: the egg box ------------------------------------------------------------------------------


@judged
def egg_box(minima, share, dimension=4):
    """Do the number of Rastrigin's minima, and their share of its places of zero slope, agree?

    Counted on one axis: in d dimensions a place of zero gradient is any d of the axis' own.
    """
    given, minima, share = (minima, share), check.number(minima), check.number(share)
    if minima is None or share is None:
        raise check.asked_for("Two numbers, the minima and their share", given)
    if minima % 1:
        raise check.asked_for("The number of minima is a whole number", given[0])
    low, high = (places.size for places in landscapes.stationary_points(landscapes.rastrigin(1)))
    flat, right = low + high, low**dimension
    if minima != right:
        slips = {
            "That is one axis only.": low,
            "You added the axes: each place on one goes with each on another.": low * dimension,
            "Those are all places of zero gradient.": flat**dimension,
            "Those are the maxima.": high**dimension,
        }
        raise Refused(
            f"Your {minima:.6g} minima are too {'many' if minima > right else 'few'}.",
            check.slip(slips, minima, 0) or "Count those on one axis. What becomes of two axes?",
        )
    right = (low / flat) ** dimension
    if np.isclose(share, right, rtol=0.01):
        return f"{low} of {flat} on one axis, each to the power {dimension}."
    slips = {
        "That is the share on one axis.": low / flat,
        "Is that in percent? Give it as a number from 0 to 1.": 100 * right,
        "Those are minima over maxima; expected minima over all places.": (low / high) ** dimension,
        "Are there only minima and maxima? A minimum along one axis may be a maximum along "
        "another.": low**dimension / (low**dimension + high**dimension),
    }
    size = "large" if share > right else "small"
    raise Refused(
        f"The number of minima is right; as their share {share:.4g} is too {size}.",
        check.slip(slips, share, 0.01) or "Which share is it on one axis?",
    )


# --- 4: minimum, maximum or saddle ---------------------------------------------------------------

PLACES = {"first": (0.08668, 2.88425), "second": (-0.27084, -0.92304), "third": (3.58443, -1.84813)}


@judged
def kinds(first, second, third):
    """Are the three places on Himmelblau called by their names?"""
    words = [_kind(word) for word in (first, second, third)]
    land, wrong = landscapes.himmelblau(), []
    right = landscapes.kinds(land, np.transpose([*PLACES.values()]))
    for word, kind, (ordinal, place) in zip(words, right, PLACES.items(), strict=True):
        if word != kind:
            small, large = land.curvatures(place)
            curved = f"its curvatures are {small:.3g} and {large:.3g}"
            wrong.append(f"The {ordinal} is no {word}: {curved}.")
    if wrong:
        raise Refused(*wrong, "What do two such signs say?")
    return "All three, as the signs of their curvatures say."


def _kind(word):
    """The word as it is compared; refuses what is none of the three."""
    kind = word.strip().lower().removesuffix(" point") if isinstance(word, str) else ""
    if kind not in ("minimum", "maximum", "saddle"):
        raise check.asked_for('Each answer is "minimum", "maximum" or "saddle"', word)
    return kind


# --- 5: no minimiser -----------------------------------------------------------------------------


@judged
def no_minimiser(f, slope, start=0.5):
    """Is `f(x)`, with its `slope(x)`, a loss of at least 0 that has no minimiser?

    Gradient descent from `start` must find lower and lower places, further and further out.
    """
    _refuse_negative(f)
    _refuse_other_slope(f, slope)
    settled = []

    def grad(w):
        return np.reshape(np.asarray(_or_inf(slope, w.item()), dtype=float), w.shape)

    for lr in (1, 0.1, 0.01, 1e-3, 1e-4):
        path = check.called(descend, gd, grad, [start], 10_000, lr=lr, name="Your slope")
        early, before, late = path[0, [100, -2, -1]]
        if not abs(late) < 1e300:
            continue
        begun, high, *further = _heights("Your loss", f, [start, early, late, 2 * late, 4 * late])
        if further[0] >= begun:
            continue  # lr is too large, or nothing moves
        outwards = late != before and abs(late) > abs(early)
        if outwards and (np.diff([high, *further]) < 0).all():
            _refuse_lower_inside(f)
            return (
                f"The loss is {high:.2g} after 100 steps, at x = {early:.3g}, and "
                f"{further[0]:.2g} after 10,000, at {late:.3g}: lower further out, without end."
            )
        settled.append(round(late, 6) + 0.0)
    if not settled:
        raise Refused(f"Gradient descent from x = {start} finds nothing lower than there.")
    raise Refused(
        f"Gradient descent settles at x = {settled[0]:.3g}; expected: further out, without end.",
        "There is a minimiser, at least a local one.",
    )


def _refuse_negative(f):
    xs = np.array([*np.linspace(-10, 10, 201), -1e2, 1e2, -1e3, 1e3, -1e6, 1e6])
    heights = _heights("Your loss", f, xs)
    if heights.min() >= -1e-12:  # rounding aside
        return
    x, lowest = xs[heights.argmin()], heights.min()
    said = f"At x = {x:.3g} your loss is {lowest:.3g}; expected at least 0."
    if heights[-2:].min() < heights[:-2].min() - 1:
        raise Refused(said, "It falls without limit: it is not bounded below.")
    raise Refused(said, "Is it bounded below? Then add a number that lifts it.")


def _refuse_other_slope(f, slope, h=1e-5):
    xs = np.array([-2.3, -1.1, -0.4, 0.3, 0.7, 1.9])
    came = _heights("Your slope", slope, xs)
    right, left = (_heights("Your loss", f, xs + shift) for shift in (h, -h))
    expected = (right - left) / (2 * h)
    if not np.isfinite(expected).all():
        x = xs[np.isfinite(expected).argmin()]
        raise Refused(f"Near x = {x} your loss is too large for a number: it has no slope there.")
    close, turned = (np.isclose(each, expected, 1e-4, 1e-6) for each in (came, -came))
    if not close.all():
        at = close.argmin()
        yours, right = check.told_apart(came[at], expected[at])
        raise Refused(
            f"At x = {xs[at]} expected the slope {right}; yours is {yours}.",
            "The sign is turned." if turned.all() else "It is not the slope of your loss.",
        )


def _refuse_lower_inside(f):
    """Refuses a loss that is lower inside a wide range than at both its ends."""
    for far in (10, 100, 1000):
        xs = np.linspace(-far, far, 2001)
        heights = _heights("Your loss", f, xs)
        x, lowest = xs[heights.argmin()], heights.min()
        if lowest < (1 - 1e-9) * min(heights[0], heights[-1]):
            said = f"At x = {x:.3g} your loss is {lowest:.3g}, less than at both ±{far}"
            raise Refused(f"{said}: there is a minimiser between.")


def _heights(name, function, xs):
    """The function at each x; refuses a function that has no number there."""
    if not callable(function):
        check.called(function, name=name)
    heights = []
    for x in xs:
        came = check.called(_or_inf, function, float(x), name=f"{name}, at x = {x:.4g},")
        asked = f"{name} must be one number at every x, also at {x:.4g}"
        heights += [*check.vector(came, 1, asked)]
        if np.isnan(heights[-1]):
            raise check.asked_for(asked, came)
    return np.array(heights)


def _or_inf(function, x):
    """The function at x, `inf` where that is too large for Python."""
    try:
        return function(x)
    except OverflowError:
        return np.inf
