"""Each preset of notebook 02 shows what its name says, by theory or by numbers of its own."""

import numpy as np
import pytest
from pages import begun

from course.gradients import figures
from gdlib import landscapes, regression
from gdlib.optimizers import arrive, gd

# --- from secant to tangent -----------------------------------------------------------------------


def wiggle(x):
    return np.exp(np.sin(3 * x)) + x**2


def secant(gap, x=0.7):
    return (wiggle(x + gap) - wiggle(x)) / gap


TANGENT = 3 * np.cos(2.1) * np.exp(np.sin(2.1)) + 1.4  # the slope at 0.7, by formula


def test_far_apart_even_the_sign_of_the_slope_is_wrong():
    run, _, _ = begun(figures.secant, "even the sign is wrong")
    assert run.slope == pytest.approx(secant(1)) and secant(1) > 0 > TANGENT
    assert run.exact == pytest.approx(TANGENT)


def test_a_slope_that_is_right_by_accident_is_worse_at_a_tenth_of_the_gap():
    run, _, _ = begun(figures.secant, "right by accident")
    off = abs(secant(run.gap) - TANGENT)
    assert run.off == pytest.approx(off) and off < 0.02
    assert abs(secant(run.gap / 2) - TANGENT) > 10 * off
    assert abs(secant(run.gap / 10) - TANGENT) > 10 * off


def test_nearly_the_tangent_is_within_two_in_a_thousand_of_its_slope():
    run, _, _ = begun(figures.secant, "nearly the tangent")
    assert run.off < 0.002 * abs(TANGENT)
    assert all(abs(secant(run.gap / k) - TANGENT) < run.off for k in (2, 10, 100))


# --- any direction --------------------------------------------------------------------------------


G = np.array([-46, -38])  # Himmelblau's gradient at (1, 1), by hand


def measured(run):
    """How fast the height changes along u, by a tiny step either way."""
    h = 1e-6
    return (run.land.f(run.at + h * run.u) - run.land.f(run.at - h * run.u)) / (2 * h)


@pytest.mark.parametrize("preset, share", [("half as steep", 0.5), ("sideways, and level", 0)])
def test_the_slope_is_this_share_of_the_steepest(preset, share):
    run, said, _ = begun(figures.compass, preset)
    assert measured(run) / np.hypot(*G) == pytest.approx(share, abs=0.01)
    assert np.hypot(*run.u) == pytest.approx(1) and "they agree" in said


def test_twice_as_fast_is_a_rate_of_twice_the_steepest_slope_and_the_ground_is_as_steep():
    run, said, _ = begun(figures.compass, "twice as fast, not steeper")
    assert measured(run) == pytest.approx(2 * np.hypot(*G), rel=1e-3)
    assert measured(run) / np.hypot(*run.u) == pytest.approx(np.hypot(*G), rel=1e-3)
    assert "the rate of change for each u" in said


def test_two_slopes_are_not_enough_where_they_say_level_and_the_ground_rises():
    run, said, _ = begun(figures.compass, "two slopes are not enough")
    assert run.g.tolist() == [0, 0]
    assert measured(run) == pytest.approx(1 / np.sqrt(8)) and "they do not agree" in said


# --- 342 pulls on one line ------------------------------------------------------------------------


def pulls(run):
    """One penguin's share of −∇f, each, and how many go against their sum."""
    x, y, _ = regression.penguins("standardised")
    error = y - run.intercept - run.slope * x
    own = np.stack([error, error * x]) / len(x)
    return own, (own.T @ own.sum(axis=1) < 0).sum()


def test_too_low_by_two_kilograms_all_penguins_agree():
    run, said, _ = begun(figures.pulls, "too low, and all agree")
    own, against = pulls(run)
    x, y, _ = regression.penguins("standardised")
    assert against == 0 and (own[0] > 0).all() and "0% of the penguins" in said
    assert y.mean() - run.intercept == pytest.approx(2, abs=0.01)


def test_close_to_the_best_line_more_than_a_third_disagree():
    run, said, _ = begun(figures.pulls, "close, and many disagree")
    own, against = pulls(run)
    assert np.hypot(*own.sum(axis=1)) == pytest.approx(0.1, abs=0.005)
    assert 342 / 3 < against < 342 / 2 and f"{against / 342:.0%} of the penguins" in said


def test_in_the_tug_of_war_everyone_pulls_and_the_line_stands_still():
    run, said, _ = begun(figures.pulls, "a tug of war")
    own, _ = pulls(run)
    assert np.hypot(*own.sum(axis=1)) < 0.01 * np.hypot(*own).sum()
    assert (np.hypot(*own) > 0).all() and "all but cancel" in said


# --- other units ----------------------------------------------------------------------------------


def beside(run):
    """By how many degrees −∇f points beside the minimum, and to which side, by complex numbers."""
    x, u = run.at
    down, way = complex(-x, -u * run.kappa / run.stretch**2), complex(-x, -u)
    return np.degrees(np.angle(down / way))


def test_at_100_to_1_the_gradient_points_far_beside_the_minimum():
    run, said, _ = begun(figures.units, "far beside the minimum")
    assert 75 < abs(beside(run)) < 90
    assert f"{abs(beside(run)):.1f}° off" in said and run.kappa == 100


def test_in_other_units_it_points_straight_at_the_minimum():
    run, said, _ = begun(figures.units, "other units, straight at it")
    assert beside(run) == pytest.approx(0, abs=1e-9) and "points 0.0° off" in said
    assert run.stretch**2 == run.kappa == 100


def test_stretched_too_far_it_points_past_the_minimum_on_the_other_side():
    run, _, _ = begun(figures.units, "stretched too far")
    far, _, _ = begun(figures.units, "far beside the minimum")
    assert run.stretch**2 > run.kappa
    assert abs(beside(run)) > 30 and np.sign(beside(run)) == -np.sign(beside(far))


# --- Newton's method ------------------------------------------------------------------------------


def newton(w, steps):
    """The heights on the double well and the places, by the formula w − f′/f″."""
    places = [w]
    for _ in range(steps):
        w = w - (4 * w**3 - 4 * w - 0.3) / (12 * w**2 - 4)
        places.append(w)
    w = np.array(places)
    return (w**2 - 1) ** 2 - 0.3 * w, w


def test_it_climbs_the_hill_and_stops_on_top():
    run, said, _ = begun(figures.newton, "climbs the hill and stops")
    heights, places = newton(0.3, 30)
    assert (np.diff(heights)[:3] > 0).all() and places[-1] == pytest.approx(run.true[0, -1, 1])
    assert 12 * places[-1] ** 2 - 4 < 0 and said.endswith("a maximum.")


def test_it_goes_over_the_hill_into_the_worse_valley_and_descent_into_the_better_one():
    run, said, _ = begun(figures.newton, "over into the worse valley")
    land = landscapes.double_well()
    best, worse = land.minima[0]
    assert newton(0.5, 30)[1][-1] == pytest.approx(worse) == run.true[0, -1, 1]
    assert run.true[0, -1, 0] == pytest.approx(best, abs=1e-3) and said.endswith("a minimum.")


def test_in_a_valley_it_is_the_faster_one():
    live = figures.newton(preset="in a valley, the faster one")
    best, step = landscapes.double_well().minima[0, 0], live.controls["step"].value
    by_slope = arrive(gd, landscapes.double_well().grad, [1.5], step, lr=0.05)[0]
    assert abs(newton(1.5, step)[1][-1] - best) < abs(by_slope - best) / 10
    np.testing.assert_allclose(live._shown_run.true[0, step], [by_slope, newton(1.5, step)[1][-1]])
