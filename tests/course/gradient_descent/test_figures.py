"""What the text of notebook 03 says of its live figures, held against the figures themselves."""

import numpy as np
import pytest

from course.gradient_descent import figures
from gdlib import draw, landscapes, regression, theory
from gdlib.prediction import Predict
from gdlib.words import num


def test_e3_4_no_sentence_says_global_where_the_text_says_that_no_start_gets_there():
    figure = figures.starting_points()
    for lr in np.arange(0.226, 0.2835, 0.001):
        figure.set(lr=lr)
        assert "→ global" not in figure.readout, figure.readout


def test_a_run_that_diverges_slowly_is_not_said_to_have_left_the_picture():
    figure = figures.regimes()
    figure.set(lr=0.51, start=0.1)  # 0.1 · 1.04⁴⁰ = 0.48
    assert "diverged, but is still in the picture" in figure.readout
    figure.set(lr=0.55, start=1.5)  # 1.5 · 1.2² = 2.16
    assert "diverged, out of the picture at step 2." in figure.readout


def test_e3_3b_the_sentence_follows_a_and_c_into_each_others_valley():
    figure = figures.starting_points()
    figure.set(lr=0.18)
    assert "a → local" in figure.readout and "c → global" in figure.readout
    figure.set(lr=0.222)
    assert "a → global" in figure.readout and "c → local" in figure.readout


@pytest.mark.parametrize("depth", [3, 8])
def test_e3_6_beyond_its_limit_no_start_of_the_map_settles_in_the_dip(depth):
    figure = figures.dip()
    figure.set(depth=depth)
    regions = figure.panels[1].image.get_array()
    lrs = np.geomspace(*figure.panels[1].extent[:2], regions.shape[1])
    land = landscapes.dip(depth)
    limit = theory.gd_limit(land.curvatures(land.minima)[0].max())
    assert (regions[:, lrs > 1.002 * limit] == 1).mean() < 1e-3  # one orbit may pass by chance
    assert (regions[:, lrs < 0.9 * limit] == 1).any()


def test_m1_the_same_learning_rate_saves_at_depth_3_and_ruins_at_depth_8():
    figure = figures.dip()
    figure.set(depth=3, lr=0.5, start=-5)
    assert "settles in the wide bowl. The bowl is the global" in figure.readout
    figure.set(depth=8)
    assert "settles in the wide bowl. The dip is the global" in figure.readout


def test_e3_7_the_sentence_names_the_minima_that_no_start_reaches():
    figure = figures.basins()
    for lr, said in (
        (0.01, "All four are reached"),
        (0.0165, "No start reaches C;"),
        (0.02, "No start reaches C or D;"),
        (0.0245, "No start reaches A, C or D;"),
        (0.026, "any of the four"),
    ):
        figure.set(lr=lr)
        assert said in figure.readout, figure.readout


def test_the_explore_targets_can_be_reached_with_the_sliders():
    regimes = figures.regimes()
    regimes.set(lr=0.3)
    assert "changes sides" in regimes.readout and "takes 9 steps" in regimes.readout
    regimes.set(lr=0.5)
    assert "never settles" in regimes.readout
    ravine = figures.ravine()
    ravine.set(kappa=20, lr=0.0942)
    assert "after 140 steps" in ravine.readout
    ravine.set(kappa=22)
    assert "diverged" in ravine.readout
    flat = figures.flat()
    flat.set(start=-1.2, lr=0.42)
    assert "at the minimum" in flat.readout
    stopping = figures.stopping()
    stopping.set(tolerance=8e-10)
    assert "e−7" in stopping.readout
    saddle = figures.ridge()
    saddle.set(offset=1e-3)
    assert "after 156 steps" in saddle.readout


def test_standardised_penguins_need_one_step():
    figure = figures.penguins()
    figure.set(units="standardised", lr=1, step=1)
    assert "after one step" in figure.readout
    x, y, _ = regression.penguins("standardised")
    best = regression.loss_surface(x, y).minima[:, 0]
    assert f"θ₀ = {num(best[0], 3)}, θ₁ = {num(best[1], 3)}" in figure.readout


def test_in_millimetres_theta_0_stays_for_millions_of_steps_at_any_learning_rate_that_holds():
    x, y, _ = regression.penguins("mm")
    land = regression.loss_surface(x, y)
    flattest, steepest = land.curvatures(land.minima[:, 0])
    best = theory.gd_best_lr(flattest, steepest)
    assert theory.steps_to(0.5, theory.gd_factor(best, flattest)) > 2e6


def test_a_diverging_path_keeps_its_direction_however_far_it_gets():
    window = ((-2, 2), (-2, 2))
    direction = np.array([0.6, -0.8])
    path = np.outer(direction, (-3.0) ** np.arange(600))
    drawn = draw.within(path, window)
    shown = drawn[:, np.isfinite(drawn).all(axis=0)]
    assert np.abs(shown).max() <= 100.0001
    assert np.allclose(shown / np.hypot(*shown) * np.sign(shown[:1]), [[0.6], [-0.8]])
    assert (drawn[:, :3] == path[:, :3]).all()


@pytest.mark.parametrize(
    ("typed", "number"),
    [("6908", 6908), ("6,908", 6908), ("6 908", 6908), ("~7e3", 7000), ("0,5", 0.5), ("−3", -3)]
    + [("about 390", 390), ("", None), ("many", None), ("nan", None), ("1e999", None)],
)
def test_a_prediction_reads_numbers_as_people_write_them(typed, number):
    question = Predict("How many?", answer=1.0, why="Because.")
    question.entry.value = typed
    question.button.click()
    if number is None:
        assert "Type a number" in question.reveal.value and not question.button.disabled
    else:
        assert f"You said {num(number)}." in question.reveal.value
