"""Each preset of notebook 03 shows what its name says, by theory or by numbers of its own."""

import numpy as np
import pytest
from pages import begun

from course.gradient_descent import figures
from gdlib import landscapes, regression, theory
from gdlib.optimizers import arrive, gd

# --- a parabola -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "preset, factor, said",
    [
        ("creeps in", 0.8, "creeps in from one side; |w| < 1e−6 takes 62 steps"),
        ("one step and there", 0, "one step lands on the minimum"),
        ("overshoots and still arrives", -0.2, "closes in; |w| < 1e−6 takes 9 steps"),
        ("swings for ever", -1, "never settles"),
        ("climbs at every step", -1.04, "diverges, out of the picture at step 18"),
    ],
)
def test_every_step_on_the_parabola_multiplies_by_the_factor_of_the_name(preset, factor, said):
    run, readout, step = begun(figures.regimes, preset)
    np.testing.assert_allclose(run.path[0, : step + 1], factor ** np.arange(step + 1), atol=1e-12)
    assert said in readout


def test_it_creeps_from_one_side_and_is_still_on_its_way():
    run, _, step = begun(figures.regimes, "creeps in")
    assert (run.path[0] > 0).all() and 0.05 < run.path[0, step] < 0.5


def test_one_step_is_enough():
    run, _, step = begun(figures.regimes, "one step and there")
    assert step == 1 and not run.path[0, 1:].any()


def test_it_switches_sides_at_every_step_and_at_the_step_shown_it_has_arrived():
    run, _, step = begun(figures.regimes, "overshoots and still arrives")
    w = run.path[0]
    assert (w[:-1] * w[1:] < 0).all()
    assert abs(w[step]) < 1e-6 < abs(w[step - 1])


def test_it_swings_between_two_places():
    run, _, _ = begun(figures.regimes, "swings for ever")
    assert set(run.path[0]) == {1, -1}


def test_the_loss_climbs_at_every_step_and_the_ball_is_still_in_the_picture():
    run, _, step = begun(figures.regimes, "climbs at every step")
    assert (np.diff(2 * run.path[0] ** 2) > 0).all()
    assert abs(run.path[0, step]) < 2 < abs(run.path[0, step + 1])


# --- a bowl with a dip ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "preset, where, best",
    [
        ("lost the global hole", "bowl", "dip"),
        ("slow enough for the hole", "dip", "dip"),
        ("caught in the bad dip", "dip", "bowl"),
    ],
)
def test_the_run_ends_in_one_minimum_and_another_or_the_same_is_the_lowest(preset, where, best):
    run, said, step = begun(figures.dip, preset)
    land = landscapes.dip(run.depth)
    places = dict(zip(("dip", "bowl"), np.sort(land.minima[0]), strict=True))
    end = arrive(gd, land.grad, [-5.0], 1000, lr=run.lr)[0]
    assert end == pytest.approx(places[where], abs=1e-6)
    assert run.path[0, step] == pytest.approx(places[where], abs=0.05)
    assert min(places, key=lambda name: land.f([places[name]])) == best
    assert f"settles in the {'wide' if where == 'bowl' else 'narrow'} {where}" in said
    assert f"The {best} is the global minimum" in said


def test_the_hole_is_lost_at_the_learning_rate_that_saves_the_run_as_the_figure_comes():
    lost, _, _ = begun(figures.dip, "lost the global hole")
    saved = figures.dip()._shown_run
    assert (saved.lr, saved.start) == (lost.lr, lost.start) and saved.depth == 3
    assert saved.path[0, -1] == pytest.approx(0, abs=1e-6)


# --- a ravine -------------------------------------------------------------------------------------


def steps_down(lr, kappa=20):
    """Steps from (1, 1)/√2 along both axes to a distance of 1e−6, by the two factors; or inf."""
    far = np.hypot(*np.power([[1 - lr], [1 - kappa * lr]], np.arange(5001))) / np.sqrt(2)
    return int((far < 1e-6).argmax()) if far[-1] < 1e-6 else np.inf


def test_without_overshoot_the_ravine_takes_nearly_twice_the_steps_of_the_best():
    slow, said, _ = begun(figures.ravine, "no overshoot, and slow")
    best, _, _ = begun(figures.ravine, "the best for both")
    assert 1 - slow.kappa * slow.lr == pytest.approx(0, abs=1e-12)
    assert f"after {steps_down(slow.lr)} steps" in said
    assert 1.8 < steps_down(slow.lr) / steps_down(best.lr) < 2


def test_the_best_for_both_takes_the_fewest_steps_of_all_places_of_the_slider():
    run, said, _ = begun(figures.ravine, "the best for both")
    places = [float(f"{0.0009 * 10 ** (0.005 * k):.3g}") for k in range(670)]
    others = [lr for lr in places if lr < theory.gd_limit(20)]
    assert run.lr in others and run.lr == pytest.approx(theory.gd_best_lr(1, 20), rel=0.02)
    assert steps_down(run.lr) == min(map(steps_down, others))
    assert f"after {steps_down(run.lr)} steps" in said


def test_a_little_too_fast_is_one_per_cent_beyond_the_limit_and_diverges():
    run, said, _ = begun(figures.ravine, "a little too fast")
    assert 1 < run.lr / theory.gd_limit(20) < 1.02
    distance = np.hypot(*run.path)
    assert distance[-1] > 10 * distance[0] and "has diverged" in said


# --- a ridge --------------------------------------------------------------------------------------


def away(offset, lr):
    """The step at which |y| is 0.9, by the rule y ← y + lr·(y − y³)."""
    y, step = offset, 0
    while y < 0.9:
        y, step = y + lr * (y - y**3), step + 1
    return step


def test_still_on_the_pass_x_is_at_the_bottom_and_y_has_not_left_the_ridge():
    run, _, step = begun(figures.ridge, "still on the pass")
    assert (abs(run.path[:, step]) < 1e-3).all() and step < away(1e-8, 0.05)


@pytest.mark.parametrize("preset, lr", [("away at last", 0.05), ("larger steps, sooner away", 0.5)])
def test_the_ball_is_away_at_the_step_shown_and_not_before(preset, lr):
    run, said, step = begun(figures.ridge, preset)
    assert (run.offset, run.lr) == (1e-8, lr) and step == away(1e-8, lr) == run.gone
    assert abs(run.path[1, step - 1]) < 0.9 <= abs(run.path[1, step])
    assert f"after {step} steps" in said


def test_steps_ten_times_as_large_are_away_in_about_an_eighth_of_the_steps():
    assert 8 < away(1e-8, 0.05) / away(1e-8, 0.5) < 9


# --- a flat spot ----------------------------------------------------------------------------------


def from_here(w, lr, steps):
    """Where w ← w − lr·(w³ − w²) leads."""
    for _ in range(steps):
        w = w - lr * (w**3 - w**2)
    return w


def test_one_step_lands_on_the_flat_spot_and_the_ball_stays_there_for_ever():
    run, said, _ = begun(figures.flat, "one step onto it, for ever")
    assert from_here(-1.0, 0.5, 1) == 0 and not run.path[0, 1:].any()
    assert "on the flat spot itself, which is no minimum" in said


def test_it_jumps_over_the_flat_spot_and_ends_at_the_minimum():
    run, said, step = begun(figures.flat, "jumps over it")
    assert run.path[0, 0] < 0 < run.path[0, 1]
    assert run.path[0, step] == pytest.approx(1) == from_here(-1.2, 0.5, step)
    assert "at the minimum" in said


def test_past_the_flat_spot_it_is_only_slow():
    run, said, step = begun(figures.flat, "past it, only slow")
    assert 0 < run.path[0, 0] < run.path[0, step] < 0.02
    assert from_here(0.01, 0.1, 1200) == pytest.approx(1, abs=1e-3) and "on the way" in said


# --- 342 penguins ---------------------------------------------------------------------------------


def fitted(units):
    """Height and slope of the best line, by polyfit."""
    x, y, _ = regression.penguins(units)
    return np.polyfit(x, y, 1)[::-1]


def test_scaled_one_step_lands_on_the_best_line():
    run, said, step = begun(figures.penguins, "scaled, one step and there")
    assert step == 1
    np.testing.assert_allclose(run.path[:, 1], fitted("standardised"), atol=1e-9)
    assert "Condition number 1:" in said


def test_in_millimetres_a_hundred_steps_move_the_intercept_by_a_400th_of_the_way_at_most():
    run, said, step = begun(figures.penguins, "in millimetres, no end")
    way, gone = run.path[0, [0]] - fitted("mm")[0], run.path[0, 0] - run.path[0, step]
    assert step == 100 and 0 < gone < way / 400
    assert run.path[0, step] > 5.9 and "more than a million steps" in said


def test_two_per_cent_beyond_the_limit_the_slope_swings_wider_at_every_step():
    run, said, _ = begun(figures.penguins, "a little too fast")
    x, _, _ = regression.penguins("centred")
    assert 1 < run.lr * np.mean(x**2) / 2 < 1.03
    off = abs(run.path[1] - fitted("centred")[1])
    assert (np.diff(off) > 0).all() and "this run diverges" in said
