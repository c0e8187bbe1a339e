"""Each preset of notebook 05 shows what its name says, by theory or by numbers of its own.

Runs are held against Polyak's form of the rule and its closed form on parabolas, as in
`test_figures` and `test_claims`.
"""

from math import log, sqrt

import numpy as np
import pytest
from pages import begun

from course.momentum import figures
from gdlib import theory
from tests.course.momentum.test_claims import swing
from tests.course.momentum.test_figures import (
    STEEPEST,
    Z,
    dip_loss,
    dip_parts,
    factor,
    for_good,
    mean_loss,
    on_birds,
    rolled,
)

# --- a memory -------------------------------------------------------------------------------------


def test_without_memory_both_walk_one_path():
    run, readout, _ = begun(figures.zigzag, "no memory, one path")
    np.testing.assert_array_equal(run.path[..., 0], run.path[..., 1])
    there = for_good(on_birds(0.0096, 0) < 1e-6)
    assert f"gradient descent from step {there} on, momentum from step {there} on" in readout


def test_with_too_much_memory_it_is_behind_gradient_descent_and_arrives_later_than_with_less():
    run, readout, step = begun(figures.zigzag, "too much memory, behind again")
    plain, heavy, less = (on_birds(0.0096, rho) for rho in (0, 0.95, 0.75))
    assert heavy[step] > 4 * plain[step]
    late, soon = for_good(heavy < 1e-6), for_good(less < 1e-6)
    assert late > 2 * soon and f"momentum from step {late} on" in readout
    assert late < for_good(plain < 1e-6)  # and still sooner than without any


def test_past_the_limit_gradient_descent_diverges_and_momentum_settles():
    run, readout, _ = begun(figures.zigzag, "past gradient descent's limit")
    assert 2 / STEEPEST < run.lr < 2 * (1 + run.rho) / STEEPEST
    assert run.gone.tolist() == [True, False]
    there = for_good(on_birds(run.lr, run.rho) < 1e-6)
    assert f"gradient descent never, it diverged, momentum from step {there} on" in readout


@pytest.mark.parametrize(
    "preset, gradients, v",
    [
        ("the newest counts in full", np.ones(3), 1 + 0.9 + 0.81),
        ("nearly ten times the slope", np.ones(40), 10 * (1 - 0.9**40)),
        ("to and fro nearly cancels", (-1.0) ** np.arange(40), -(1 - 0.9**40) / 1.9),
        (
            "the slope turned, v not yet",
            np.repeat([1.0, -1.0], [20, 5]),
            0.9**5 * 10 * (1 - 0.9**20) - 10 * (1 - 0.9**5),
        ),
    ],
)
def test_v_is_the_sum_of_these_gradients_each_faded_once_a_step(preset, gradients, v):
    run, readout, step = begun(figures.memory, preset)
    assert run.rho == 0.9 and step == len(gradients)
    np.testing.assert_array_equal(run.g[:step], gradients)
    assert run.v[step - 1] == pytest.approx(v)
    newest = 1 / (0.9 ** np.arange(step)).sum()
    assert f"The newest gradient has weight 1; that is {newest:.0%} of all weights" in readout


def test_the_newest_gradient_counts_in_full_and_is_more_than_a_tenth_of_all():
    _, readout, _ = begun(figures.memory, "the newest counts in full")
    assert "weight 1; that is 37% of all" in readout


def test_on_a_steady_slope_v_is_nearly_ten_times_it_and_to_and_fro_about_half():
    steady, fro = (
        begun(figures.memory, name)[0].v[39]
        for name in ("nearly ten times the slope", "to and fro nearly cancels")
    )
    assert 9.8 < steady < 10
    assert abs(fro) == pytest.approx(1 / 1.9, rel=0.02)


def test_five_steps_after_the_turn_v_still_goes_the_old_way():
    run, _, step = begun(figures.memory, "the slope turned, v not yet")
    assert run.g[step - 1] == -1 and run.v[step - 1] > 0
    assert run.v[step] < 0  # at the next step it turns


# --- every setting at once ------------------------------------------------------------------------


def on_ravine(run, steps=150):
    """How far momentum is from the minimum of the ravine, in closed form; its start is (1, 1)/√2"""
    along = swing(run.lr, run.rho, 1, steps)
    across = swing(run.lr, run.rho, run.curvatures[-1], steps)
    return np.hypot(*run.land.start[:, None] * np.array([along, across]))


def test_no_setting_on_the_map_has_a_smaller_factor_than_the_star_and_its_run_settles_soon():
    run, readout, _ = begun(figures.settings, "on the star")
    steepest = run.curvatures[-1]
    lr, rho = theory.polyak(1, steepest)
    assert abs(run.product - lr * steepest) < 0.02 and abs(run.rho - rho) < 0.005
    slower = [max(factor(lr, 1, rho), factor(lr, steepest, rho))]
    for product in np.arange(1, 102, 4) / 25:
        for other in np.arange(0, 100, 5) / 100:
            each = product / steepest
            slower.append(max(factor(each, 1, other), factor(each, steepest, other)))
    assert slower[0] == min(slower)
    settled = for_good(on_ravine(run) < 1e-3)
    assert settled < 40 and f"settles after {settled} steps" in readout


def test_past_the_limit_of_gradient_descent_momentum_settles_sooner_than_below_it():
    run, readout, _ = begun(figures.settings, "past gradient descent's limit")
    assert 2 < run.product < 2 * (1 + run.rho)
    settled = for_good(on_ravine(run) < 1e-3)
    assert f"settles after {settled} steps" in readout
    plain, said, _ = begun(figures.settings)  # the same memory, at lr·L = 1
    assert plain.rho == run.rho and plain.product == 1
    assert settled < for_good(on_ravine(plain) < 1e-3)


def test_with_too_much_memory_a_run_still_swings_after_150_steps():
    run, readout, step = begun(figures.settings, "too much memory, still swinging")
    assert "does not settle" in readout
    away = on_ravine(run)
    assert away[step] > 0.01
    along = swing(run.lr, run.rho, 1, step)
    assert (np.diff(np.sign(along)) != 0).sum() >= 5  # it has swung through again and again


# --- the ravine -----------------------------------------------------------------------------------


def needed(kappa, rho, steps=1000):
    """Steps of momentum to a millionth, at the learning rate that the page calls suitable."""
    best = ((sqrt(kappa) - 1) / (sqrt(kappa) + 1)) ** 2
    lr = 2 * (1 + rho) / (kappa + 1) if rho <= best else (1 - rho) / sqrt(kappa)
    away = np.hypot(*np.array([swing(lr, rho, each, steps) for each in (1, kappa)]) / sqrt(2))
    return for_good(away < 1e-6)


def needed_without(kappa):
    return int(np.ceil(log(1e-6) / log((kappa - 1) / (kappa + 1))))


@pytest.mark.parametrize(
    "preset, kappa, rho",
    [
        ("the usual is too much", 10, 0.9),
        ("just enough memory", 100, 0.67),
        ("pays off in a bad ravine", 1000, 0.9),
    ],
)
def test_so_many_steps_the_ravine_takes(preset, kappa, rho):
    run, readout, _ = begun(figures.ravine, preset)
    assert (run.kappa, run.rho) == (kappa, rho)
    assert run.needed[1] == needed(run.kappa, rho)
    assert f"momentum with your ρ {needed(run.kappa, rho)} steps" in readout
    assert round(run.told[0]) == pytest.approx(needed_without(kappa), abs=1)


def test_with_the_usual_memory_gradient_descent_has_arrived_and_momentum_has_not_nearly():
    run, _, step = begun(figures.ravine, "the usual is too much")
    assert step == needed_without(10) == run.needed[0]
    assert needed(10, 0.9) > 3 * step and run.distance[step, 1] > 1e-3


def test_with_just_enough_memory_it_takes_an_eighth_of_the_steps_and_arrives_at_the_one_shown():
    run, _, step = begun(figures.ravine, "just enough memory")
    assert step == run.needed[1] == needed(run.kappa, 0.67)
    assert step < needed_without(100) / 8


def test_in_a_bad_ravine_the_usual_memory_saves_nineteen_of_twenty_steps():
    run, _, step = begun(figures.ravine, "pays off in a bad ravine")
    assert step == run.needed[1] < needed_without(1000) / 20
    assert run.needed[0] == -1  # not within a thousand steps


# --- a ball with friction -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "preset, depth, rho, crosses, in_bowl",
    [
        ("rolls through the dip", 3, 0.9, True, True),
        ("gets out, and is caught again", 3, 0.97, True, False),
        ("stays in the global hole", 8, 0.6, False, False),
        ("lost the global hole", 8, 0.9, True, True),
    ],
)
def test_the_ball_leaves_the_dip_or_not_and_ends_in_that_valley(
    preset, depth, rho, crosses, in_bowl
):
    run, readout, step = begun(figures.roll, preset)
    path, (dip, bowl, top) = rolled(depth, 0.01, rho), dip_parts(depth)
    np.testing.assert_allclose(run.path[0, : step + 1], path[: step + 1], rtol=1e-6, atol=1e-7)
    assert (path > top).any() == crosses
    assert path[-1] == pytest.approx(bowl if in_bowl else dip, abs=1e-3)
    where = "in the wide bowl" if in_bowl else "in the narrow dip"
    best = "bowl" if dip_loss(bowl, depth) < dip_loss(dip, depth) else "dip"
    assert f"settles {where}; the {best} is the global minimum" in readout


@pytest.mark.parametrize("preset", ["rolls through the dip", "lost the global hole"])
def test_at_the_step_shown_it_is_in_the_bowl_for_good(preset):
    run, _, step = begun(figures.roll, preset)
    assert (rolled(run.depth, 0.01, run.rho)[step:] > dip_parts(run.depth)[2]).all()


def test_at_the_step_shown_it_has_come_back_from_the_bowl_and_is_in_the_dip_for_good():
    run, _, step = begun(figures.roll, "gets out, and is caught again")
    path, top = rolled(3, 0.01, 0.97), dip_parts(3)[2]
    assert path[:step].max() > 0 and (path[step:] < top).all()


# --- momentum and noise ---------------------------------------------------------------------------


def floors(run):
    """The exact floors of SGD and of momentum at this lr, and of SGD at lr/(1 - ρ)."""
    settings = [(run.lr, 0), (run.lr, run.rho), (run.lr / (1 - run.rho), 0)]
    return [mean_loss(lr, rho)[-100:].mean() for lr, rho in settings]


def measured(run):
    return run.loss[-100:].mean(axis=0)


def test_a_tenth_of_the_rate_with_momentum_has_the_floor_that_sgd_had_at_all_of_it():
    plain, *_ = begun(figures.spread)
    run, *_ = begun(figures.spread, "a tenth of the rate, quiet")
    assert run.lr == pytest.approx(plain.lr / 10)
    assert floors(run)[1] == pytest.approx(floors(plain)[0], rel=0.03)
    assert measured(run)[1] == pytest.approx(floors(run)[1], rel=Z / 10)  # a hundred runs


def test_less_memory_brings_the_floor_down():
    plain, *_ = begun(figures.spread)
    run, *_ = begun(figures.spread, "less memory, less noise")
    assert run.lr == plain.lr and run.rho < plain.rho
    assert floors(run)[1] < floors(plain)[1] / 4
    assert measured(run)[1] == pytest.approx(floors(run)[1], rel=Z / 10)


def test_at_the_same_effective_rate_sgd_flies_apart_and_momentum_does_not():
    run, readout, _ = begun(figures.spread, "same effective rate, flies apart")
    _, heavy, quick = floors(run)
    assert quick > 1e6 > 1 > heavy
    assert measured(run)[1] < 1 and measured(run)[2] > 1e6
    assert "more than a million with SGD at lr/(1 − ρ) = 1" in readout
