"""Every number that the teacher's guide states of notebook 02, computed again."""

import re
from pathlib import Path

import numpy as np
import pytest

from course.gradients import figures
from course.gradients.slopes import central_gradient
from gdlib import regression

PAGE = Path(__file__).parents[3] / "notebooks" / "02_gradients.ipynb"


def test_in_half_an_hour_there_is_time_for_parts_2_3_and_7():
    said = (re.search(rf"## {k} · [^(]*\((\d+) min\)", PAGE.read_text("utf-8")) for k in (2, 3, 7))
    assert [int(found[1]) for found in said] == [6, 9, 12]


# --- what is seen in the presets ------------------------------------------------------------------


def wiggle(x):
    return np.exp(np.sin(3 * x)) + x**2


def test_the_secant_is_off_by_0_015_at_a_gap_of_0_354_and_by_0_17_at_a_tenth_of_it():
    tangent = 3 * np.cos(2.1) * np.exp(np.sin(2.1)) + 1.4
    gaps = np.array([0.354, 0.0354])
    off = np.abs((wiggle(0.7 + gaps) - wiggle(0.7)) / gaps - tangent)
    np.testing.assert_allclose(off, [0.015, 0.17], atol=0.002)


def test_sideways_the_slope_is_less_than_a_hundredth_of_59_7_and_at_twice_the_speed_it_is_119():
    steepest = np.hypot(46, 38)
    assert round(steepest, 1) == 59.7
    sideways, fast = (
        figures.compass(preset=preset)._shown_run.slope
        for preset in ("sideways, and level", "twice as fast, not steeper")
    )
    assert 0 < abs(sideways) < steepest / 100 and round(fast) == 119 == round(2 * steepest)


def test_across_the_crease_the_slope_is_0_354():
    run = figures.compass(preset="two slopes are not enough")._shown_run
    x = y = 1e-3 / np.sqrt(2)  # a thousandth from the origin, along the diagonal
    assert round(run.slope, 3) == round(x**2 * y / (x**2 + y**2) / 1e-3, 3) == 0.354


def test_close_to_the_best_line_44_per_cent_pull_the_other_way():
    own = figures.pulls(preset="close, and many disagree")._shown_run.own
    assert round(100 * (own.T @ own.sum(axis=1) < 0).mean()) == 44


def test_the_gradient_points_79_degrees_beside_the_minimum():
    run = figures.units(preset="far beside the minimum")._shown_run
    x, y = run.at
    off = np.degrees(np.arctan2(100 * y, x) - np.arctan2(y, x))
    assert round(off) == 79 and run.stretch == 1


def test_from_0_3_descent_ends_at_1_04_and_newtons_method_at_minus_0_08():
    run = figures.newton(preset="climbs the hill and stops")._shown_run
    roots = np.sort(np.roots([4, 0, -4, -0.3]).real)  # where the double well has slope 0
    np.testing.assert_allclose(run.true[0, -1], [roots[2], roots[1]], atol=1e-3)
    assert roots.round(2).tolist() == [-0.96, -0.08, 1.04]


# --- the questions --------------------------------------------------------------------------------


def test_the_slope_of_3_and_minus_4_along_0_6_and_0_8_and_what_the_wrong_answers_compute():
    g, u = np.array([3, -4]), np.array([0.6, 0.8])
    assert np.hypot(*u) == pytest.approx(1) and g @ u == pytest.approx(-1.4)
    assert np.hypot(*g) == 5 and g.sum() == -1
    np.testing.assert_allclose(g * u, [1.8, -3.2])


def test_on_the_bowl_of_1_to_9_at_3_1_the_gradient_points_53_degrees_beside_the_minimum():
    at = np.array([3.0, 1.0])
    down = -central_gradient(lambda w: (w[0] ** 2 + 9 * w[1] ** 2) / 2, at)
    np.testing.assert_allclose(down, [-3, -9], rtol=1e-6)
    cosine = down @ -at / np.hypot(*down) / np.hypot(*at)
    assert cosine == pytest.approx(0.6) and round(np.degrees(np.arccos(cosine))) == 53


def test_of_342_penguins_the_gradient_has_2_entries_and_their_pulls_together_684():
    run = figures.pulls()._shown_run
    land = regression.loss_surface(*regression.penguins("standardised")[:2])
    assert land.grad([4.0, 0.4]).shape == (2,)
    assert run.own.shape == (2, 342) and run.own.size == 684
