"""Every number that the teacher's guide states of notebook 05, computed again.

What is seen in a preset is read off the figure, which `test_figures` and `test_presets` hold
against theory; the answers to the questions are computed here.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from pages import begun

from course.momentum import figures
from gdlib import theory
from tests.course.momentum.test_figures import STEEPEST, dip_parts, on_birds, rolled
from tests.course.momentum.test_presets import needed, needed_without

PAGE = Path(__file__).parents[3] / "notebooks" / "05_momentum.ipynb"


def test_in_half_an_hour_there_is_time_for_parts_1_2_4_and_5():
    told = (
        re.search(rf"## {k} · [^(]*\((\d+) min\)", PAGE.read_text("utf-8")) for k in (1, 2, 4, 5)
    )
    assert [int(found[1]) for found in told] == [8, 9, 7, 6]


# --- what is seen in the presets ------------------------------------------------------------------


def test_at_step_60_too_much_memory_has_a_loss_of_61_and_gradient_descent_of_13():
    _, _, step = begun(figures.zigzag, "too much memory, behind again")
    assert step == 60
    assert [round(on_birds(0.0096, rho)[60]) for rho in (0.95, 0)] == [61, 13]


def test_above_the_limit_of_0_0101_momentum_arrives_at_step_107():
    _, readout, _ = begun(figures.zigzag, "past gradient descent's limit")
    assert f"{2 / STEEPEST:.4f}" == "0.0101" and readout.startswith("Learning rate 0.0152,")
    assert "gradient descent never, it diverged, momentum from step 107 on" in readout


def test_on_the_third_step_the_newest_gradient_is_37_per_cent_of_all_weights():
    _, readout, step = begun(figures.memory, "the newest counts in full")
    assert step == 3 and round(100 / (1 + 0.9 + 0.81)) == 37
    assert "weight 1; that is 37% of all weights" in readout


def test_five_steps_after_the_turn_v_is_1_1_in_the_old_direction():
    run, _, step = begun(figures.memory, "the slope turned, v not yet")
    assert step == 25 and round(run.v[24], 1) == 1.1


def test_with_the_usual_memory_259_steps_for_69_in_the_mild_ravine_274_for_6908_in_the_bad_one():
    assert (needed(10.02, 0.9), needed_without(10)) == (259, 69)
    run, *_ = begun(figures.ravine, "pays off in a bad ravine")
    assert run.needed[1] == 274
    assert round(theory.steps_to(1e-6, theory.gd_best_rate(1, 1000))) == 6908


@pytest.mark.parametrize(
    "preset, where, best",
    [
        ("rolls through the dip", "in the wide bowl", "bowl"),
        ("lost the global hole", "in the wide bowl", "dip"),
        ("gets out, and is caught again", "in the narrow dip", "bowl"),
    ],
)
def test_there_the_ball_settles(preset, where, best):
    _, readout, _ = begun(figures.roll, preset)
    assert f"settles {where}; the {best} is the global minimum" in readout


def test_at_a_tenth_of_the_rate_momentum_has_about_the_floor_of_sgd():
    plain, *_ = begun(figures.spread)
    run, *_ = begun(figures.spread, "a tenth of the rate, quiet")
    floors = plain.loss[-100:, 0].mean(), run.loss[-100:, 1].mean()
    assert [round(each, 4) for each in floors] == [0.0007, 0.0008]


# --- the questions --------------------------------------------------------------------------------


def test_with_memory_a_tenth_of_the_rate_keeps_the_noise_and_every_other_answer_makes_it_more():
    """On a parabola of curvature 1, noise of size 1, from lr = 0.1 without memory to ρ = 0.9."""
    before = theory.noise_spread(0.1, 1)
    after = {lr: theory.noise_spread(lr, 1, 0.9) for lr in (0.01, 0.09, 0.1, 1)}
    assert f"{before:.2f}" == "0.23"
    assert {lr: f"{each:.2g}" for lr, each in after.items()} == {
        0.01: "0.22", 0.09: "0.68", 0.1: "0.72", 1: "2.6",
    }  # fmt: skip


def test_these_spreads_are_those_of_the_recursion_of_the_second_moments():
    for lr, rho in ((0.1, 0), (0.01, 0.9), (0.09, 0.9), (0.1, 0.9), (1, 0.9)):
        turn = np.array([[1 - lr, -lr * rho], [1, rho]])  # of (w, v), without the noise
        noise, square = np.array([-lr, 1.0]), np.zeros((2, 2))
        for _ in range(3000):
            square = turn @ square @ turn.T + np.outer(noise, noise)
        assert np.sqrt(square[0, 0]) == pytest.approx(theory.noise_spread(lr, 1, rho))


def test_a_memory_of_0_8_gets_out_of_the_dip_and_0_97_gets_out_comes_back_and_stays():
    top = dip_parts(3)[2]
    just, more = (rolled(3, 0.01, rho) > top for rho in (0.8, 0.97))
    assert just[-1] and (np.diff(just) != 0).sum() == 1
    assert not more[-1] and (np.diff(more) != 0).sum() == 2
    out, back = 1 + np.flatnonzero(np.diff(more))
    assert (out, back) == (11, 64)


def test_a_hundred_times_the_condition_number_costs_momentum_ten_times_the_steps():
    """Each at its best setting, in the long run: steps to a millionth, for κ = 100 and 10,000."""
    heavy, plain = [], []
    for kappa in (100, 10_000):
        lr, rho = theory.polyak(1, kappa)
        heavy.append(theory.steps_to(1e-6, theory.momentum_factor(lr, kappa, rho)))
        plain.append(theory.steps_to(1e-6, theory.gd_best_rate(1, kappa)))
    assert [round(each) for each in heavy] == [69, 691]
    assert [round(each) for each in plain] == [691, 69_078]
