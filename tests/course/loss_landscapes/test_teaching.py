"""Every number that the teacher's guide states of notebook 01, computed again."""

import re
from pathlib import Path

import numpy as np
import pytest

from course.loss_landscapes import figures
from course.loss_landscapes.data import eight_penguins
from gdlib import regression

PAGE = Path(__file__).parents[3] / "notebooks" / "01_loss_landscapes.ipynb"
A, B = (4.13, 0.51), (5.1, -0.3)


def loss(line, data):
    x, y = data
    return ((y - line[0] - line[1] * x) ** 2).mean() / 2


def test_in_half_an_hour_there_is_time_for_parts_1_2_and_4():
    said = (re.search(rf"## {k} · [^(]*\((\d+) min\)", PAGE.read_text("utf-8")) for k in (1, 2, 4))
    assert [int(found[1]) for found in said] == [11, 11, 5]


# --- what is seen in the presets ------------------------------------------------------------------


def test_the_line_that_was_the_best_has_a_loss_of_0_42_where_0_34_is_the_lowest():
    run = figures.line(preset="a penguin that eats")._shown_run
    lowest = np.polyfit(*run.data, 1)[::-1]
    assert round(loss(A, run.data), 2) == 0.42 and round(loss(lowest, run.data), 2) == 0.34


def test_the_flipper_that_grows_makes_the_best_line_less_steep():
    run = figures.line(preset="a flipper that grows")._shown_run
    slopes = [np.polyfit(*data, 1)[0] for data in (run.measured, run.data)]
    np.testing.assert_allclose(slopes, [0.51, 0.41], atol=0.005)


def test_the_pass_has_a_curvature_of_96_along_one_cut_and_of_minus_12_along_the_other():
    bends = [
        figures.gallery(preset=preset)._shown_run.bend
        for preset in ("a pass like a valley", "over the pass")
    ]
    assert np.round(bends).tolist() == [96, -12]


def test_in_the_draw_shown_24_of_1000_cuts_show_the_way_down_and_none_of_the_twelve():
    down = figures.cuts(preset="one cut in 67 shows it")._shown_run.bends <= 0
    assert (down.sum(), down[:12].sum()) == (24, 0)


# --- the questions --------------------------------------------------------------------------------


def test_from_line_a_to_line_b_the_height_changes_from_0_06_to_1_34():
    assert [round(loss(line, eight_penguins()), 2) for line in (A, B)] == [0.06, 1.34]


def test_from_line_a_to_line_b_the_landscape_stays_that_of_the_data():
    land = regression.loss_surface(*eight_penguins())
    assert [land.f(line) for line in (A, B)] == pytest.approx(
        [loss(line, eight_penguins()) for line in (A, B)]
    )


def test_a_place_with_curvature_2_along_both_axes_can_be_a_saddle():
    hessian = np.array([[2, -3], [-3, 2]])  # of x² + y² − 3xy
    assert np.linalg.eigvalsh(hessian) == pytest.approx([-1, 5])
    x = y = 0.1
    assert x**2 + y**2 - 3 * x * y < 0


def test_twenty_coins_fall_alike_once_in_a_million_and_the_lift_makes_none_of_2000_all_of_them():
    assert 2**20 == pytest.approx(1e6, rel=0.05)
    halfway, low = (
        figures.random_curvatures(preset=preset)._shown_run
        for preset in ("halfway up, all passes", "low down, all valleys")
    )
    assert (halfway.minima, low.minima, low.shift) == (0, 2000, 2.5)
