"""Every number that the teacher's guide states of notebook 03, computed again."""

import re
from pathlib import Path

import numpy as np
import pytest

from course.gradient_descent import figures
from gdlib import landscapes, regression, theory
from gdlib.optimizers import arrive, descend, first_step, gd

PAGE = Path(__file__).parents[3] / "notebooks" / "03_gradient_descent.ipynb"


def test_in_half_an_hour_there_is_time_for_parts_1_2_and_5():
    said = (re.search(rf"## {k} · [^(]*\((\d+) min\)", PAGE.read_text("utf-8")) for k in (1, 2, 5))
    assert [int(found[1]) for found in said] == [9, 12, 6]


# --- what is seen in the presets ------------------------------------------------------------------


def test_both_0_2_and_0_3_take_9_steps_and_0_3_switches_sides_at_all_of_40():
    path = descend(gd, landscapes.parabola(4).grad, [[1.0]], 40, lr=np.array([0.2, 0.3]))[0]
    assert first_step(abs(path) < 1e-6).tolist() == [9, 9]
    assert (path[:-1] * path[1:] < 0).sum(axis=0).tolist() == [0, 40]


def test_at_0_51_each_step_raises_the_loss_by_8_per_cent():
    land = landscapes.parabola(4)
    loss = land.f(descend(gd, land.grad, [1.0], 17, lr=0.51))
    np.testing.assert_allclose(loss[1:] / loss[:-1], 1.0816)


def test_at_learning_rate_0_5_a_minimum_holds_a_run_only_below_a_curvature_of_4():
    deep = landscapes.dip(8)
    assert theory.gd_limit(4) == 0.5
    assert round(deep.curvatures(deep.minima[:, deep.minima[0] < -2])[0, 0]) == 31


def test_beside_the_ridge_the_run_waits_392_steps_at_0_05_and_47_at_0_5():
    lrs = np.array([0.05, 0.5])
    y = descend(gd, landscapes.saddle().grad, [[1.0], [1e-8]], 500, lr=lrs)[1]
    assert first_step(y >= 0.9).tolist() == [392, 47]


def test_in_millimetres_the_condition_number_is_eight_million_and_the_intercept_stays():
    x, _, _ = regression.penguins("mm")
    curvatures = np.linalg.eigvalsh(np.array([[1, x.mean()], [x.mean(), (x**2).mean()]]))
    assert round(curvatures[1] / curvatures[0] / 1e6) == 8
    path = figures.penguins(preset="in millimetres, no end")._shown_run.path[0]
    assert path[0] == 6 and round(path[100], 2) == 5.97
    assert round(np.polyfit(*regression.penguins("mm")[:2], 1)[1], 1) == -5.8


# --- the questions --------------------------------------------------------------------------------


def test_at_0_6_the_deep_minimum_of_curvature_10_is_shut_out_and_the_shallow_one_of_2_is_not():
    assert theory.gd_limit([10, 2]).tolist() == [0.2, 1]
    np.testing.assert_allclose(theory.gd_factor(0.6, [10, 2]), [-5, -0.2])


def test_positions_8_minus_4_2_minus_1_at_0_15_belong_to_a_curvature_of_10():
    factors = {0.15: -0.5, 0.1: 0, 0.05: 0.5, 0.3: -2}
    for lr, factor in factors.items():
        path = descend(gd, landscapes.parabola(10).grad, [8.0], 3, lr=lr)[0]
        np.testing.assert_allclose(path, 8 * factor ** np.arange(4.0), atol=1e-12)


def test_one_step_at_0_51_takes_the_loss_of_curvature_4_up_and_the_next_one_further():
    land = landscapes.parabola(4)
    assert theory.gd_limit(4) == 0.5
    assert (np.diff(land.f(descend(gd, land.grad, [1.0], 100, lr=0.51))) > 0).all()
    assert len(land.minima[0]) == 1


def test_from_1e_5_the_ridge_lets_go_after_250_steps_and_the_flat_spot_not_within_20_000():
    y = descend(gd, landscapes.saddle().grad, [1.0, 1e-5], 500, lr=0.05)[1]
    assert first_step(y >= 0.9) == 250
    w = arrive(gd, landscapes.inflection().grad, [-1e-5], 20_000, lr=0.05)[0]
    assert -1e-5 < w < -9e-6
    assert landscapes.inflection().grad([0.0])[0] == 0
    assert landscapes.saddle().grad([0.0, 0.0]) == pytest.approx(0)
