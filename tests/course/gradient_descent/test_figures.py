"""What the text of notebook 03 says of its live figures, held against the figures themselves."""

import re

import numpy as np
import pytest
from pages import each_step

from course.gradient_descent import figures, predictions
from gdlib import draw, landscapes, theory
from gdlib.optimizers import descend, first_step, gd
from gdlib.prediction import Predict
from gdlib.words import num, steps


def test_e3_4_no_sentence_says_global_where_the_text_says_that_no_start_gets_there():
    figure = figures.starting_points()
    for lr in np.arange(0.226, 0.2835, 0.001):
        figure.set(lr=lr)
        assert "→ global" not in figure.readout, figure.readout


def test_e3_3b_the_sentence_follows_a_and_c_into_each_others_valley():
    figure = figures.starting_points()
    figure.set(lr=0.18)
    assert "a → local" in figure.readout and "c → global" in figure.readout
    figure.set(lr=0.222)
    assert "a → global" in figure.readout and "c → local" in figure.readout


def test_a_run_that_diverges_slowly_is_not_said_to_have_left_the_picture():
    figure = figures.regimes()
    figure.set(lr=0.51, start=0.1)  # 0.1 · 1.04⁴⁰ = 0.48
    assert "diverges, if slowly" in figure.readout
    figure.set(lr=0.55, start=1.5)  # 1.5 · 1.2² = 2.16
    assert "diverges, out of the picture at step 2." in figure.readout


@pytest.mark.parametrize("start", [-2.0, 0.1, 1.5])
def test_the_steps_that_the_parabola_needs_are_those_of_a_run(start):
    figure, land = figures.regimes(), landscapes.parabola(4)
    lrs = np.round(np.arange(1, 50) / 100, 2)
    counted = first_step(np.abs(descend(gd, land.grad, [[start]], 800, lr=lrs)[0]) < 1e-6)
    for lr, count in zip(lrs, counted, strict=True):
        figure.set(lr=lr, start=start)
        said = "one step lands" if lr == 0.25 else f"takes {steps(count, 'never')}."
        assert said in figure.readout, figure.readout


@pytest.mark.parametrize("kappa, angle, lr", [(20, 0, 0.09), (20, 77, 0.09), (100, 30, 0.0163)])
def test_e3_9_the_steps_down_the_ravine_are_those_of_a_run_at_any_angle(kappa, angle, lr):
    figure = figures.ravine()
    figure.set(kappa=kappa, angle=angle, lr=lr)
    run = figure.run(**figure.values)
    path = descend(gd, run.land.grad, run.land.start, 2000, lr=figure.values["lr"])
    count = first_step(np.hypot(*path) < 1e-6)
    assert f"down to 1e−6 after {count} steps" in figure.readout
    assert kappa != 20 or count == 143


def test_a_start_on_a_minimum_is_said_to_stand_there_and_a_chance_hit_is_none():
    figure = figures.basins()
    figure.set(lr=0.03, x=3, y=2)
    assert "(3, 2) is a minimum itself" in figure.readout and "any of the four" in figure.readout
    figure.set(lr=0.015)  # just above the limit of C, next to which some starts still are
    assert "No start reaches C;" in figure.readout


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
    assert predictions.hole().answer == "in the bowl, a worse minimum"
    assert predictions.beside_the_best().answer == "in the local minimum, far away"


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


# --- the targets under *Explore*: each can be reached, and is not met at the start ---------------


def reached(figure, name, words, **others):
    """At which values of a slider, from end to end, the sentence says the words."""
    assert not re.search(words, figure.readout)
    figure.set(**others)
    step, found = getattr(figure.controls.get("step"), "value", None), []
    for value, run in each_step(figure, name).items():
        vars(run).update(figure.values | {name: value})
        found += [value] if re.search(words, figure.say(run, step)) else []
    return found


def test_x_explore_the_parabola_in_ten_steps_from_both_sides():
    words = r"changes sides.* takes ([2-9]|10) steps"
    assert reached(figures.regimes(), "lr", words) == [0.26, 0.27, 0.28, 0.29, 0.3, 0.31]


def test_x_explore_a_and_c_in_each_others_valley():
    swapped = reached(figures.starting_points(), "lr", "a → global.* c → local")
    assert swapped == [0.219, 0.22, 0.221, 0.222, 0.223, 0.224, 0.225]


def test_c20_explore_what_finds_the_deep_dip_finds_the_shallow_one_too():
    good = reached(figures.dip(), "lr", "settles in the narrow dip.* dip is the global", depth=8)
    assert good and max(good) < 0.0637
    poor = reached(figures.dip(), "lr", "settles in the narrow dip.* bowl is the global", depth=3)
    assert set(good) < set(poor)


def test_x_explore_the_ravine_in_fewer_than_140_steps():
    assert reached(figures.ravine(), "lr", r"after (\d\d|1[0-3]\d) steps") == [0.0932, 0.0942]


def test_x_explore_only_b_is_left():
    assert reached(figures.basins(), "lr", "No start reaches A, C or D;") == [
        0.0244, 0.0245, 0.0246, 0.0247, 0.0248,
    ]  # fmt: skip


def test_x_explore_twice_as_many_steps_as_from_0_001():
    assert reached(figures.ridge(), "offset", "after 156 steps") == [0.001]
    assert reached(figures.ridge(), "offset", "after 31[0-4] steps") == [5.01e-7]


def test_x_explore_a_jump_over_the_flat_spot():
    over = reached(figures.flat(), "lr", "at the minimum", start=-1.2)
    assert over[0] == 0.39 and over[-1] == 0.5


def test_x_explore_standardised_half_of_the_limit_lands_in_one_step():
    figure = figures.penguins()
    assert reached(figure, "share", "in one step", units="standardised", step=1) == [0.5]
    figure.set(share=0.5)
    best = figure.run(**{k: v for k, v in figure.values.items() if k != "step"}).land.minima[:, 0]
    assert f"θ₀ = {num(best[0], 3)}, θ₁ = {num(best[1], 3)}" in figure.readout


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
