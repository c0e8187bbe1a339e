"""The checks of notebook 01: solutions pass, and each typical mistake is named."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest

from course.loss_landscapes import checks, solutions

NO_NUMBERS = ["2", None, np.nan, np.inf, [2], 2j, print, np.ones(3)]


def refused(verdict, *named):
    """Whether the verdict is a refusal that says all of this."""
    return not verdict.passed and all(words in verdict.message for words in named)


# --- 1: the largest tilt -------------------------------------------------------------------------


def test_x1_1_the_closed_form_and_its_four_decimals_pass_and_no_other_four():
    right = solutions.LARGEST_TILT
    for tilt in (right, 1.5396, np.float32(right)):
        assert checks.largest_tilt(tilt).passed
    for tilt in (1.5395, 1.5397, 1.54, *np.arange(0, 1.54, 0.01), *np.arange(1.55, 30, 0.1)):
        assert not checks.largest_tilt(tilt).passed


def test_x1_1_the_check_tells_too_low_from_too_high():
    for tilt in (0, 0.3, 1.53):
        assert refused(checks.largest_tilt(tilt), "still 3; not one", "go higher")
    for tilt in (1.54, 1.6, 100, 1e308):
        assert refused(checks.largest_tilt(tilt), "1; not three", "Only one well", "go lower")


def test_x1_1_a_mirrored_tilt_and_a_place_instead_of_a_tilt_are_named():
    assert refused(checks.largest_tilt(-solutions.LARGEST_TILT), "mirror image", "positive")
    assert refused(checks.largest_tilt(1 / np.sqrt(3)), "a w without curvature")


# --- 2: guessing ---------------------------------------------------------------------------------


def test_x1_2_only_one_dimension_passes():
    assert [d for d in range(1, 1001) if checks.smallest_dimension(d).passed] == [
        solutions.SMALLEST_DIMENSION
    ]


def test_x1_2_the_check_tells_too_small_from_not_the_smallest_from_a_cube():
    assert refused(checks.smallest_dimension(6), "5.2e−6; expected less than 1e−6", "go higher")
    assert refused(checks.smallest_dimension(8), "at d = 7 it is 4.7e−7", "go lower")
    assert refused(checks.smallest_dimension(9), "go lower", "for a cube")
    assert "cube" not in checks.smallest_dimension(8).message


@pytest.mark.parametrize("bad", [*NO_NUMBERS, 0, -3, 6.5, 10**9])
def test_x1_2_what_is_no_dimension_is_refused_in_words(bad):
    assert refused(checks.smallest_dimension(bad), "A dimension is a whole number", "got")


# --- 3: the egg box ------------------------------------------------------------------------------


def test_x1_3_the_powers_pass_also_rounded_and_as_a_fraction():
    assert checks.egg_box(solutions.MINIMA, solutions.SHARE).passed
    assert checks.egg_box(solutions.MINIMA, 0.0753).passed
    assert checks.egg_box(solutions.MINIMA, Fraction(11, 21) ** 4).passed


@pytest.mark.parametrize(
    ("minima", "named"),
    [
        (11, "one axis only"),
        (44, "You added the axes"),
        (21**4, "all places of zero gradient"),
        (10**4, "the maxima"),
        (121, "too few. Count those on one axis"),
        (-1, "too few"),
        (1e300, "too many"),
    ],
)
def test_x1_3_a_slip_in_the_number_is_named(minima, named):
    verdict = checks.egg_box(minima, solutions.SHARE)
    assert refused(verdict, named) and "14641" not in verdict.message


@pytest.mark.parametrize("minima", [14641.0001, 0.5, Fraction(14641, 2)])
def test_x1_3_minima_are_counted_in_whole_numbers(minima):
    assert refused(checks.egg_box(minima, solutions.SHARE), "a whole number; got", repr(minima))


@pytest.mark.parametrize(
    ("share", "named"),
    [
        (11 / 21, "the share on one axis"),
        (7.53, "in percent"),
        (1.4641, "minima over maxima"),
        (14641 / 24641, "Are there only minima and maxima?"),
        (0.5, "too large. Which share is it on one axis?"),
        (0.08, "Nearly: give it in three digits"),
        (0.07, "Nearly: give it in three digits"),
        (0, "too small"),
    ],
)
def test_x1_3_a_slip_in_the_share_is_named(share, named):
    verdict = checks.egg_box(solutions.MINIMA, share)
    assert refused(verdict, "number of minima is right", named)
    assert "0.0753" not in verdict.message


# --- 4: minimum, maximum or saddle ---------------------------------------------------------------


def test_x1_4_only_one_of_all_answers_passes():
    words = ("minimum", "maximum", "saddle")
    answers = [(a, b, c) for a in words for b in words for c in words]
    assert [answer for answer in answers if checks.kinds(*answer).passed] == [solutions.KINDS]


def test_x1_4_spelling_does_not_count():
    assert checks.kinds("Saddle point", " MAXIMUM ", "minimum").passed
    assert checks.kinds("a saddle", "local maximum", "global minimum").passed
    assert not checks.kinds("saddle", "global maximum", "minimum").passed  # it has none


def test_x1_4_the_wrong_ones_are_named_with_their_curvatures_and_without_the_word():
    verdict = checks.kinds("minimum", "saddle", "minimum")
    assert refused(verdict, "The first is no minimum: its curvatures are -31.7 and 75.5.")
    assert refused(verdict, "The second is no saddle: its curvatures are -45.6 and -16.1.")
    assert "third" not in verdict.message and "maximum" not in verdict.message
    assert "saddle" not in checks.kinds("maximum", "maximum", "minimum").message


@pytest.mark.parametrize("bad", [*NO_NUMBERS, "valley", ""])
def test_x1_4_another_word_is_refused_in_words(bad):
    assert refused(checks.kinds("saddle", bad, "minimum"), '"maximum" or "saddle"', "got")


# --- 5: no minimiser -----------------------------------------------------------------------------


def bumpy(x):
    return (1.2 + np.cos(3 * x)) / (1 + x**2)


def bumpys_slope(x):
    return -3 * np.sin(3 * x) / (1 + x**2) - 2 * x * bumpy(x) / (1 + x**2)


FALLING = {
    "the solution": (solutions.no_bottom, solutions.its_slope),
    "softplus": (lambda x: np.log1p(np.exp(-x)), lambda x: -1 / (1 + np.exp(x))),
    "with math": (lambda x: math.log(1 + math.exp(-x)), lambda x: -1 / (1 + math.exp(x))),
    "to both sides": (lambda x: 1 / (1 + x**2), lambda x: -2 * x / (1 + x**2) ** 2),
    "from a top at 0.5": (
        lambda x: np.exp(-((x - 0.5) ** 2)),
        lambda x: -2 * (x - 0.5) * np.exp(-((x - 0.5) ** 2)),
    ),
    "with local minima": (bumpy, bumpys_slope),
    "with one local minimum": (
        lambda x: 0.5 + 0.5 / (1 + np.exp(x)) - 0.4 * np.exp(-((x + 5) ** 2)),
        lambda x: -0.5 * np.exp(x) / (1 + np.exp(x)) ** 2 + 0.8 * (x + 5) * np.exp(-((x + 5) ** 2)),
    ),
    "to the left, nan on the right": (
        lambda x: np.exp(x) / (1 + np.exp(x)),
        lambda x: np.exp(x) / (1 + np.exp(x)) ** 2,
    ),
    "a slope that overflows": (
        lambda x: 1 / (1 + np.exp(10 * (x - 3))),
        lambda x: -10 * np.exp(10 * (x - 3)) / (1 + np.exp(10 * (x - 3))) ** 2,
    ),
    "towards 5": (lambda x: 5 + np.exp(-(x**2)), lambda x: -2 * x * np.exp(-(x**2))),
    "very soon flat": (lambda x: np.exp(-np.exp(x)), lambda x: -np.exp(x - np.exp(x))),
    "hyperbola": (lambda x: np.hypot(1, x) - x, lambda x: x / np.hypot(1, x) - 1),
    "rounded below 0": (lambda x: 1 - x / np.sqrt(1 + x**2), lambda x: -((1 + x**2) ** -1.5)),
    "steep": (lambda x: np.exp(10 * x), lambda x: 10 * np.exp(10 * x)),
    "high": (lambda x: 1000 + np.exp(-x), lambda x: -np.exp(-x)),
    "gentle": (lambda x: np.exp(-x / 100), lambda x: -np.exp(-x / 100) / 100),
    "arctangent": (lambda x: np.pi / 2 - np.arctan(x), lambda x: -1 / (1 + x**2)),
    "in fractions": (lambda x: Fraction(math.exp(-x)), lambda x: Fraction(-math.exp(-x))),
    "in arrays of one": (lambda x: np.array([np.exp(-x)]), lambda x: np.array([-np.exp(-x)])),
}


@pytest.mark.parametrize("falling", FALLING)
def test_x1_5_a_loss_without_a_global_minimum_passes(falling):
    verdict = checks.no_minimiser(*FALLING[falling])
    assert verdict.passed and "lower further out" in verdict.message, verdict.message
    said = r"comes down to (\S+), out to ±1,000,000 to (\S+):"
    inside, outside = re.search(said, verdict.message).groups()
    assert float(outside) < float(inside)


def bent(x):
    return 1 + np.log1p(np.exp(-x)) - 2.2 * np.exp(-8 * (x + 1) ** 2)


def bents_slope(x):
    return -1 / (1 + np.exp(x)) + 35.2 * (x + 1) * np.exp(-8 * (x + 1) ** 2)


@pytest.mark.parametrize(
    ("f", "slope", "named"),
    [
        (lambda x: x**2, lambda x: 2 * x, "lowest near x = 0, where it is 0: there is"),
        (lambda x: (x - 5.003) ** 2, lambda x: 2 * (x - 5.003), "lowest near x = 5, where"),
        (lambda x: (x - 5) ** 4, lambda x: 4 * (x - 5) ** 3, "there is a global minimum"),
        (lambda x: max(0, 1 - x) ** 2, lambda x: -2 * max(0, 1 - x), "lowest near x = 1,"),
        (lambda x: max(0, 1 - x) ** 4, lambda x: -4 * max(0, 1 - x) ** 3, "lowest near x = 1,"),
        (abs, np.sign, "lowest near x = 0,"),
        (bent, bents_slope, "near x = -0.98, where it is 0.106"),
        (lambda x: 1, lambda x: 0, "lowest near x = 0, where it is 1"),
        (lambda x: -x, lambda x: -1, "at least 0. It falls without limit"),
        (lambda x: -np.log1p(x**2), lambda x: -2 * x / (1 + x**2), "falls without limit"),
        (lambda x: -np.arctan(x), lambda x: -1 / (1 + x**2), "add a number that lifts it"),
        (lambda x: np.exp(-x), lambda x: np.exp(-x), "yours is 9.974. The sign is turned"),
        (lambda x: np.exp(-x), lambda x: -2 * np.exp(-x), "It is not the slope of your loss"),
        (lambda x: 1, lambda x: 1e-3, "expected the slope 0; yours is 0.001. It is not"),
        (
            lambda x: np.float32(np.exp(-x)),
            lambda x: -1.1 * np.exp(-x),
            "It is not the slope of your loss",
        ),
    ],
)
def test_x1_5_what_is_wrong_with_a_loss_is_named(f, slope, named):
    assert refused(checks.no_minimiser(f, slope), named)


@pytest.mark.parametrize("off", [1.01e-4, 1.2e-4, 2e-4, 1e-3, 0.01])
def test_x1_5_a_slope_that_is_off_a_little_is_shown_in_digits_that_tell(off):
    message = checks.no_minimiser(np.exp, lambda x: (1 + off) * np.exp(x)).message
    expected, came = re.search(r"expected the slope (\S+); yours is (\S+)\. ", message).groups()
    assert float(came) / float(expected) == pytest.approx(1 + off, abs=off / 2)


@pytest.mark.parametrize(
    ("f", "slope", "named"),
    [
        (None, 3, "Your loss is handed over by its name alone"),
        (solutions.no_bottom, None, "Your slope is handed over by its name alone"),
        (
            solutions.no_bottom(0.5),
            solutions.its_slope(0.5),
            "Your loss is handed over by its name alone",
        ),
        (lambda x: "a", lambda x: 1, "Your loss must be one number at every x, also at 0; got 'a'"),
        (solutions.no_bottom, lambda x: None, "Your slope must be one number"),
        (lambda x: [x, x], lambda x: 1, "Your loss must be one number"),
        (lambda x: np.sqrt(x), lambda x: 1, "got np.float64(nan)"),
        (lambda x: 1 / x, lambda x: -1 / x**2, "at x = 0, raised ZeroDivisionError"),
        (lambda x: x[0], lambda x: 1, "raised TypeError"),
        (lambda x: x ^ 2, lambda x: 2 * x, "raised TypeError"),
        (lambda x: x ^ 2, lambda x: 2 * x, "A power is written **"),
        (lambda x: np.exp(-x), lambda x: 2 ^ x, "A power is written **"),
        (lambda x: np.array([x, x]), lambda x: 1, "Your loss must be one number"),
        (lambda x: np.inf, lambda x: 0, "Near x = -2.3 your loss is too large for a number"),
        (lambda x: 1 / max(0, x) ** 2 if x > 0.5 else np.inf, lambda x: 0, "too large"),
        (lambda x, y: 1, lambda x: 1, "raised TypeError"),
        (lambda x: math.exp(-x) / (not 3 < x < 4), solutions.its_slope, "at x = 3.01, raised"),
        (lambda x: np.exp(-x) if x < 3 or x > 9.9 else None, solutions.its_slope, "got None"),
        (
            solutions.no_bottom,
            lambda x: -math.exp(-x) / (x < 3),
            "Your slope, at x = 3, raised ZeroDivisionError",
        ),
    ],
)
def test_x1_5_what_is_no_loss_is_refused_in_words(f, slope, named):
    assert refused(checks.no_minimiser(f, slope), named)


# --- all -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", NO_NUMBERS)
def test_what_is_no_number_is_refused_in_words(bad):
    assert refused(checks.largest_tilt(bad), "A tilt is one number; got")
    assert refused(checks.egg_box(bad, 0.1), "Two numbers", "got")
    assert refused(checks.egg_box(14641, bad), "Two numbers", "got")
