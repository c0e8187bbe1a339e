"""Every number that the teacher's guide states of notebook 06, computed again.

What is seen in a preset is read off the figure, which `test_figures` and `test_presets` hold
against theory; the answers to the questions are computed here.
"""

import re
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from pages import begun, once

from course.rmsprop import figures
from tests.course.rmsprop.test_figures import about, for_good, height, rms, said

PAGE = Path(__file__).parents[3] / "notebooks" / "06_rmsprop.ipynb"


def test_in_half_an_hour_there_is_time_for_parts_1_3_and_4():
    told = (re.search(rf"## {k} · [^(]*\((\d+) min\)", PAGE.read_text("utf-8")) for k in (1, 3, 4))
    assert [int(found[1]) for found in told] == [10, 11, 6]


# --- what is seen in the presets ------------------------------------------------------------------


def test_the_ball_is_at_the_same_place_after_one_update_in_both_ravines():
    for preset in (None, "fifty times steeper, same first step"):
        assert "The ball is at (0.684, 0.184)." in begun(figures.storyboard, preset)[1]


@pytest.mark.parametrize(
    "preset, length", [("longer while slopes grow", 1.6), ("shorter while slopes shrink", 0.2)]
)
def test_so_many_learning_rates_long_is_the_sixtieth_step(preset, length):
    run, _, step = begun(figures.shadow, preset)
    assert step == 60 and run.speed[59] == pytest.approx(length, abs=0.005)


@pytest.mark.parametrize(
    "preset, slope, length",
    [
        ("flat above, ordinary steps", 0.0679, 1.15),
        ("flat below, short steps", 0.137, 0.165),
        ("longer memory, longer leap", 6.94, 9.99),
    ],
)
def test_so_long_is_the_step_on_the_cliff(preset, slope, length):
    begun(figures.cliff, preset)
    words = "the slope is #, and the next step # ×"
    assert said(once(figures.cliff), words) == pytest.approx([slope, length])


@pytest.mark.parametrize(
    "preset, plain, own",
    [
        ("one degree, nearly three times", 1672, 305),
        ("across the axes, no help", 1672, 1663),
        ("round enough for gradient descent", 17, 112),
    ],
)
def test_so_many_steps_gradient_descent_and_rmsprop_take_in_the_turned_ravine(preset, plain, own):
    run, *_ = begun(figures.turned, preset)
    assert run.needed[0] == plain and run.needed[2] == about(own)


def test_at_ten_times_the_loss_a_tenth_of_the_rate_leaves_rmsprop_at_a_loss_of_149():
    run, _, step = begun(figures.units, "helps one, hurts the other")
    assert round(height(*run.path[:, step, 1])) == 149
    assert height(*run.path[:, step, 0]) < 1e-6


def test_at_a_thousandth_of_the_loss_gradient_descent_is_0_11_from_its_start():
    run, _, step = begun(figures.units, "a thousandth of the loss")
    assert round(np.hypot(*run.path[:, step, 0]), 2) == 0.11
    assert height(*run.path[:, step, 1]) < 1e-6


@pytest.mark.parametrize(
    "preset, swing",
    [("steeper, and just as wide", 0.025), ("twice the rate, twice the swing", 0.05)],
)
def test_so_far_it_swings(preset, swing):
    run, *_ = begun(figures.wobble, preset)
    assert np.abs(run.path[0, -20:]).max() == pytest.approx(swing, rel=0.005)


def test_with_the_large_epsilon_it_is_below_1e_9():
    assert begun(figures.wobble, "a large epsilon stops it")[1].endswith("|w| is below 1e−9.")


# --- the questions --------------------------------------------------------------------------------


def test_on_a_slope_that_becomes_100_times_as_steep_steps_are_longer_for_a_while_only():
    """From 1 to 100: 3.16 learning rates at the change, one again after it, as before it."""
    s, lengths = 0.0, []
    for g in [1] * 200 + [100] * 200:
        s = 0.9 * s + 0.1 * g**2
        lengths.append(g / sqrt(s))
    assert lengths[199] == pytest.approx(1) and lengths[-1] == pytest.approx(1)
    assert round(lengths[200], 2) == 3.16 and max(lengths[150:]) == lengths[200]
    assert min(lengths) > 0.999


def swing(lr=0.02, rho=0.9, factor=1.0, steps=2000):
    """How far RMSProp is from the minimum of a parabola, in the last 20 steps at most."""
    w, _ = rms(lambda w: (factor * w,), (1.0,), steps, lr, rho)
    return np.abs(w[0, -20:]).max()


def test_of_four_changes_a_tenth_of_the_rate_alone_makes_the_swing_a_tenth():
    assert swing() == pytest.approx(0.01, rel=0.01)
    assert swing(lr=0.002) == pytest.approx(0.001, rel=0.01)
    assert swing(steps=20_000) == pytest.approx(0.01, rel=0.01)
    assert swing(factor=0.1) == pytest.approx(0.01, rel=0.01)
    assert swing(rho=0.99, steps=20_000) == pytest.approx(0.01, rel=0.01)


def needed(hessian, start, lr=0.02):
    """Steps of RMSProp until it stays within 0.05 of the minimum."""
    (a, b), (_, c) = hessian
    path, _ = rms(lambda x, y: (a * x + b * y, b * x + c * y), start, 2000, lr, 0.9)
    return for_good(np.hypot(*path) < 0.05)


def test_at_the_same_kappa_of_199_rmsprop_wins_by_far_along_the_axes_and_not_across_them():
    """Other units, uncorrelated; and standardised, correlated by 0.99, as far along each axis."""
    units, correlated = [[0.01, 0], [0, 1.99]], [[1, 0.99], [0.99, 1]]
    for hessian in (units, correlated):
        np.testing.assert_allclose(np.linalg.eigvalsh(hessian), [0.01, 1.99])
    plain = int(np.ceil(np.log(0.05 / sqrt(2)) / np.log(1.98 / 2)))  # the best lr is 1
    assert plain == 333
    assert needed(units, (1, 1)) == about(60)
    assert needed(correlated, (0, sqrt(2))) == about(351)
    for lr in (0.003, 0.005, 0.01, 0.03, 0.05):
        assert not 0 <= needed(correlated, (0, sqrt(2)), lr) < plain
