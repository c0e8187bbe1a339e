"""Every number that the teacher's guide states of notebook 04, computed again.

What is seen in a preset is read off the figure, which `test_figures` and `test_presets` hold
against theory; the answers to the questions are computed here.
"""

import re
from math import comb
from pathlib import Path

import numpy as np
import pytest
from pages import begun

from course.stochastic_gradient_descent import figures
from gdlib.landscapes import stationary_points
from tests.course.stochastic_gradient_descent.test_claims import (
    floor,
    moments,
    share_outside,
    stays_bounded,
)

PAGE = Path(__file__).parents[3] / "notebooks" / "04_stochastic_gradient_descent.ipynb"


def test_in_half_an_hour_there_is_time_for_parts_1_2_and_5():
    said = (re.search(rf"## {k} · [^(]*\((\d+) min\)", PAGE.read_text("utf-8")) for k in (1, 2, 5))
    assert [int(found[1]) for found in said] == [9, 8, 14]


# --- what is seen in the presets ------------------------------------------------------------------


def test_two_penguins_point_165_degrees_off_and_the_loss_rises():
    run, readout, step = begun(figures.minibatch, "a step that goes uphill")
    assert "2 drawn penguins, whose gradient points 165° off the true one" in readout
    assert run.loss[step + 1, 0] > run.loss[step, 0]


def test_after_300_steps_on_one_row_the_mean_loss_is_0_017_as_it_was_after_200():
    run, *_ = begun(figures.minibatch, "sixty-four wander about the bottom")
    for step in (200, 300):
        assert run.loss[step].mean() == pytest.approx(0.017, rel=0.3)
    assert round(run.loss[300].mean(), 3) == 0.017


@pytest.mark.parametrize(
    "preset, share", [("far away, one row will do", 2), ("close by, a coin toss", 52)]
)
def test_of_500_steps_that_share_goes_uphill(preset, share):
    run, *_ = begun(figures.noise, preset)
    assert round(100 * (run.cloud.T @ run.true < 0).mean()) == share


def test_a_quarter_by_the_batch_and_a_quarter_by_the_rate_end_about_as_low():
    levels = [
        begun(figures.floor, preset)[0].level
        for preset in (None, "four times the batch", "a quarter of the learning rate")
    ]
    assert np.round(levels, 4).tolist() == [0.0462, 0.0103, 0.0105]


def test_at_0_9_one_row_a_step_flies_apart_and_gradient_descent_has_a_limit_of_1_31():
    parts = moments("points")
    assert round(2 / np.linalg.eigvalsh(parts[0])[-1], 2) == 1.31
    assert not stays_bounded(parts, 0.9, 1)


@pytest.mark.parametrize(
    "preset, ends",
    [
        ("shrinks too slowly, still noisy", 0.027),
        ("shrinks too fast, and stops short", 0.46),
        ("quick first, and quiet later", 0.0001),
    ],
)
def test_so_high_ends_the_loss_of_each_schedule(preset, ends):
    run, *_ = begun(figures.schedules, preset)
    assert run.loss[-500:].mean() == pytest.approx(ends, rel=0.05)


@pytest.mark.parametrize(
    "preset, share", [("shaken out of the bad minimum", "94.0"), ("too quiet to get out", "0.0")]
)
def test_that_share_of_the_runs_on_the_wave_gets_out(preset, share):
    assert f"{share}% are in the valley of w = 2" in begun(figures.frequency, preset)[1]


@pytest.mark.parametrize(
    "preset, sigma, in_bowl, in_dip",
    [
        ("into the narrow best minimum", 4, 18.5, 81.5),
        ("thrown out of the best minimum", 16, 70.0, 30.0),
    ],
)
def test_that_share_of_the_runs_is_where_the_noise_has_taken_them(preset, sigma, in_bowl, in_dip):
    run, readout, _ = begun(figures.dip, preset)
    assert (run.depth, run.sigma) == (8, sigma)
    assert f"{in_bowl}% are in the bowl, {in_dip}% in the dip" in readout


# --- the questions --------------------------------------------------------------------------------


def test_where_40_of_100_rows_disagree_40_in_100_steps_on_one_row_go_uphill_and_35_on_three():
    """The slopes are +1 and -1; the mean is 0.2, and a step goes uphill if its rows say -1."""

    def uphill(size):
        few = range((size + 1) // 2)  # of the +1, less than half
        return sum(comb(size, k) * 0.6**k * 0.4 ** (size - k) for k in few)

    assert 60 * 1 + 40 * -1 == 20
    assert uphill(1) == pytest.approx(0.4)
    assert round(100 * uphill(3)) == 35


def test_four_times_the_batch_at_four_times_the_rate_leaves_the_floor_about_where_it_was():
    """On the penguins, B = 8 at 0.1 and B = 32 at 0.4; each change alone makes about four times."""
    before, after = (floor(moments("penguins"), lr, size) for lr, size in ((0.1, 8), (0.4, 32)))
    assert [round(before, 4), round(after, 4)] == [0.0010, 0.0012]
    assert before / floor(moments("penguins"), 0.1, 32) == pytest.approx(4, rel=0.02)
    assert floor(moments("penguins"), 0.4, 8) / before == pytest.approx(4, rel=0.3)


def test_in_the_global_hole_weak_noise_leaves_all_runs_and_four_times_the_noise_a_third():
    weak, strong = (share_outside(8, sigma, 1, 0.05, -2.911) for sigma in (4, 16))
    assert weak < 1e-9
    assert strong == pytest.approx(2 / 3, abs=0.01)
    land = begun(figures.dip, "thrown out of the best minimum")[0].land
    minima, maxima = stationary_points(land)[:2]
    hole, bowl = sorted(land.f(minima))
    assert hole < 0 and bowl == pytest.approx(0, abs=1e-6) and land.f(maxima)[0] > 0
