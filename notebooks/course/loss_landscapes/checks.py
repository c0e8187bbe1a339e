"""The checks of notebook 01, loss landscapes."""

import re

import numpy as np

from gdlib import check, landscapes, theory
from gdlib.check import Refused, judged
from gdlib.words import num

# --- 1: the largest tilt -------------------------------------------------------------------------

SLACK = 6e-5  # a little more than half of the fourth decimal


@judged
def largest_tilt(tilt):
    """Is `tilt` the largest, to four decimals, that leaves the double well its two wells?"""
    given, tilt = tilt, check.number(tilt)
    if tilt is None:
        raise check.asked_for("A tilt is one number", given)
    if tilt < 0:
        raise Refused(f"At {tilt:.4g} you see the mirror image: give the positive tilt.")
    if (places := _flat_places(tilt - SLACK)) < 3:
        said = f"At a tilt of {tilt - SLACK:.6g} places of zero slope: {places}; not three."
        raise Refused(said, "Only one well is left: go lower.")
    if (places := _flat_places(tilt + SLACK)) > 1:
        said = f"At a tilt of {tilt + SLACK:.6g} places of zero slope: still {places}; not one."
        if abs(landscapes.double_well(0).curvatures([tilt])[0]) < 0.05:
            raise Refused(said, "Yours is a w without curvature: which tilt is flat there?")
        raise Refused(said, "Both wells are there: go higher.")
    return f"At {tilt - SLACK:.6g} there are three places of zero slope, at {tilt + SLACK:.6g} one."


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
    said = f"At d = {d} the chance is {num(chance, 2)}"
    if chance >= wanted:
        raise Refused(f"{said}; expected less than {num(wanted)}: go higher.")
    before = theory.hit_chance(d - 1, radius)
    said = f"{said}, at d = {d - 1} it is {num(before, 2)}"
    if before >= wanted:
        return f"{said}: yours is the smallest below {num(wanted)}."
    cube = radius**d < wanted <= radius ** (d - 1)
    raise Refused(
        f"{said}, also less than {num(wanted)}: go lower.",
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
    near = "Nearly: give it in three digits." if np.isclose(share, right, rtol=0.1) else ""
    raise Refused(
        f"The number of minima is right; as their share {share:.4g} is too {size}.",
        check.slip(slips, share, 0.01) or near or "Which share is it on one axis?",
    )


# --- 4: minimum, maximum or saddle ---------------------------------------------------------------

KIND = r"(?:an? )?(?:strict )?(?:local |global (?=min))?(minimum|maximum|saddle)(?: point)?"
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
    kind = re.fullmatch(KIND, word.strip().lower()) if isinstance(word, str) else None
    if not kind:
        raise check.asked_for('Each answer is "minimum", "maximum" or "saddle"', word)
    return kind[1]


# --- 5: no minimiser -----------------------------------------------------------------------------

FAR = np.concatenate([np.arange(0, 10, 0.01), np.geomspace(10, 1e6, 1200)])
FAR = np.delete(np.stack([FAR, -FAR], axis=1), 1)  # by their distance from 0


@judged
def no_minimiser(f, slope):
    """Is `f(x)`, with its `slope(x)`, a loss of at least 0 that has no global minimum?

    Of all places that are looked at, the lowest must be far out, or fall on beyond what floats
    can tell.
    """
    heights = _heights("Your loss", f, FAR)
    _refuse_negative(heights)
    _refuse_other_slope(f, slope)
    at = heights.argmin()  # of several the nearest
    if abs(FAR[at]) < 1e5 and not _falls_on(heights, at, slope):
        said = f"Out to ±1,000,000 your loss is lowest near x = {FAR[at] + 0:.3g}, where it is"
        raise Refused(f"{said} {heights[at]:.3g}: there is a global minimum.")
    lowest, inside = check.told_apart(heights[at], heights[np.abs(FAR) <= 1].min(), 2)
    said = f"Between -1 and 1 your loss comes down to {inside}, out to ±1,000,000 to {lowest}"
    return f"{said}: lower further out, without end."


def _falls_on(heights, at, slope):
    """Whether the loss is flat from the place on, and for floats only: its slope is not.

    It still slopes down there, or has a slope too large or too small for a float.
    """
    side = np.sign(FAR[at])
    outwards, beyond = side * FAR > 0, side * FAR >= abs(FAR[at])
    if not side or (heights[beyond] > heights[at]).any():
        return False
    slopes = side * _heights("Your slope", slope, FAR[outwards])
    here, steep = slopes[FAR[outwards] == FAR[at]][0], slopes[np.isfinite(slopes) & (slopes != 0)]
    return here < 0 or np.isinf(here) or (np.abs(steep[-1:]) < 1e-280).any()


def _refuse_negative(heights):
    if heights.min() >= -1e-12:  # rounding aside
        return
    x, lowest = FAR[heights.argmin()], heights.min()
    said = f"At x = {x:.3g} your loss is {lowest:.3g}; expected at least 0."
    if lowest < heights[np.abs(FAR) <= 1e3].min() - 1:
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


def _heights(name, function, xs):
    """The function at each x, `inf` where it has none far out; refuses what has none near 0."""
    if not callable(function):
        check.called(function, name=name)
    heights = []
    for x in xs:
        came = check.called(_or_inf, function, float(x), name=f"{name}, at x = {x:.4g},")
        asked = f"{name} must be one number at every x, also at {x:.4g}"
        heights += [*check.vector(came, 1, asked)]
        if np.isnan(heights[-1]) and abs(x) <= 10:
            raise check.asked_for(asked, came)
    return np.nan_to_num(heights, nan=np.inf, posinf=np.inf, neginf=-np.inf)


def _or_inf(function, x):
    """The function at x, `inf` where that is too large for Python."""
    try:
        return function(x)
    except OverflowError:
        return np.inf
