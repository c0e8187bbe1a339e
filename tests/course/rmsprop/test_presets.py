"""Each preset of notebook 06 shows what its name says, by theory or by numbers of its own.

The runs to hold them against are those of `test_figures`, computed number by number.
"""

from math import exp, sqrt

import numpy as np
import pytest
from pages import begun, once

from course.rmsprop import figures
from gdlib import theory
from tests.course.rmsprop.test_figures import (
    about,
    averages,
    distances_of_momentum,
    height,
    himmelblau,
    lengths_on_the_cliff,
    on_the_cliff,
    plain,
    rms,
    steps_needed,
    steps_of_gd,
)

# --- one update -----------------------------------------------------------------------------------


def first_place(rho, lr=0.1):
    """Where the first update leads from (1, 0.5): a step of lr/√(1 - ρ) along each axis."""
    return np.array([1, 0.5]) - lr / sqrt(1 - rho)


def test_the_first_step_is_the_same_in_a_ravine_fifty_times_as_steep():
    usual, _, step = begun(figures.storyboard)
    run, _, same = begun(figures.storyboard, "fifty times steeper, same first step")
    assert step == same == 4 and run.kappa / usual.kappa == 50
    for each in (usual, run):
        np.testing.assert_allclose(each.path[:, step], first_place(0.9), atol=1e-6)
    np.testing.assert_allclose(run.own[1, 0] / usual.own[1, 0], 1 / 50, rtol=0.01)


def test_with_the_longer_memory_the_first_step_is_about_three_times_as_long():
    run, *_ = begun(figures.storyboard, "longer memory, longer first step")
    np.testing.assert_allclose(run.path[:, 4], first_place(0.99), atol=1e-6)
    usual, *_ = begun(figures.storyboard)
    longer = np.hypot(*(run.w[:, 1] - run.w[:, 0])) / np.hypot(*(usual.w[:, 1] - usual.w[:, 0]))
    assert longer == pytest.approx(sqrt(10), rel=1e-5)


# --- what s remembers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "preset, gradients, length",
    [
        ("long at the spike itself", "a spike", 10 / sqrt(0.1 * 100 + 0.9)),
        ("longer while slopes grow", "steeper", sqrt((1 - 0.9 / 1.1**2) / 0.1)),
        ("signs make no difference", "to and fro", 1),
    ],
)
def test_so_many_learning_rates_long_is_the_step(preset, gradients, length):
    run, _, step = begun(figures.shadow, preset)
    g, s = averages(gradients, 0.9)
    np.testing.assert_allclose(run.speed, np.abs(g) / np.sqrt(s))
    assert run.speed[step - 1] == pytest.approx(length, rel=0.003)


def test_the_step_at_the_spike_is_the_longest_but_for_the_start_and_the_next_is_short():
    run, _, step = begun(figures.shadow, "long at the spike itself")
    assert run.g[step - 1] == 10 and run.speed[step - 1] == run.speed[1:].max()
    assert run.speed[step] < 1 / 3


def test_while_slopes_shrink_the_steps_come_down_far_below_one_learning_rate():
    run, _, step = begun(figures.shadow, "shorter while slopes shrink")
    g, s = averages("flatter", 0.9)
    assert (np.diff(g) < 0).all() and (np.diff(run.speed) < 0).all()
    assert run.speed[step - 1] == pytest.approx(g[step - 1] / sqrt(s[step - 1]))
    assert run.speed[step - 1] < 0.25


def test_the_signs_of_to_and_fro_make_no_difference():
    run, *_ = begun(figures.shadow, "signs make no difference")
    steady = once(figures.shadow).run(gradients="one slope", rho=0.9)
    assert {*run.g} == {1, -1} and {*steady.g} == {1}
    np.testing.assert_array_equal(run.speed, steady.speed)


# --- the cliff ------------------------------------------------------------------------------------


def test_of_two_flat_places_the_upper_has_ordinary_steps_and_the_lower_short_ones():
    up, _, above = begun(figures.cliff, "flat above, ordinary steps")
    down, _, below = begun(figures.cliff, "flat below, short steps")
    w, length = lengths_on_the_cliff(0.05, 0.9)
    assert on_the_cliff(w[above]) < on_the_cliff(w[below]) < 0.15  # and 10 on the face
    assert up.speed[above] == pytest.approx(length[above], rel=1e-6)
    assert down.speed[below] == pytest.approx(length[below], rel=1e-6)
    assert 1 < length[above] < 1.2 and length[below] < 0.2


def test_with_the_longer_memory_the_leap_off_the_bend_is_nearly_ten_learning_rates():
    run, _, step = begun(figures.cliff, "longer memory, longer leap")
    longer, usual = (lengths_on_the_cliff(0.05, rho)[1] for rho in (0.99, 0.9))
    assert run.speed[step] == pytest.approx(longer[step], rel=1e-6)
    assert longer[step] == pytest.approx(1 / sqrt(1 - 0.99), rel=0.01)
    assert longer[step] > 3 * usual[5:].max()


# --- the axes, and the units ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "preset, kappa, angle",
    [
        ("one degree, nearly three times", 1000, 1),
        ("across the axes, no help", 1000, 45),
        ("round enough for gradient descent", 10, 0),
    ],
)
def test_so_many_steps_the_three_take_in_the_turned_ravine(preset, kappa, angle):
    run, *_ = begun(figures.turned, preset)
    assert (run.kappa, run.angle) == (kappa, angle)
    one, two, three = run.needed
    assert one == steps_of_gd(kappa)
    assert distances_of_momentum(kappa)[two] < 0.05
    assert three == about(steps_needed(kappa, angle))


def test_one_degree_makes_it_nearly_three_times_as_many():
    assert 2.5 < steps_needed(1000, 1) / steps_needed(1000, 0) < 3


def test_across_the_axes_rmsprop_saves_less_than_a_fiftieth_of_gradient_descents_steps():
    run, *_ = begun(figures.turned, "across the axes, no help")
    for own in (run.needed[2], steps_needed(1000, 45)):
        assert own == pytest.approx(steps_of_gd(1000), rel=0.02)


def test_in_a_mild_ravine_gradient_descent_takes_less_than_a_sixth_of_the_steps():
    run, *_ = begun(figures.turned, "round enough for gradient descent")
    assert run.needed[0] < run.needed[2] / 6
    assert steps_of_gd(10) < steps_needed(10, 0) / 6


@pytest.mark.parametrize(
    "preset, factor, lr",
    [
        ("a thousand times the loss", 1000, 0.02),
        ("a thousandth of the loss", 0.001, 0.02),
        ("helps one, hurts the other", 10, 0.002),
    ],
)
def test_both_paths_are_those_of_the_multiplied_loss(preset, factor, lr):
    run, *_ = begun(figures.units, preset)
    assert (run.factor, run.lr) == (factor, lr)
    slopes = lambda x, y: himmelblau(x, y, factor)  # noqa: E731
    scaled, _ = rms(slopes, (0, 0), 200, lr, 0.9)
    np.testing.assert_allclose(run.path[..., 1], scaled, rtol=1e-6, atol=1e-9)
    if factor < 1000:
        np.testing.assert_allclose(run.path[..., 0], plain(slopes, (0, 0), 200, lr), rtol=1e-6)


@pytest.mark.parametrize("preset", ["a thousand times the loss", "a thousandth of the loss"])
def test_rmsprop_walks_the_same_path_whatever_the_factor(preset):
    usual, *_ = begun(figures.units)
    run, *_ = begun(figures.units, preset)
    np.testing.assert_allclose(run.path[..., 1], usual.path[..., 1], rtol=1e-4, atol=1e-4)


def test_at_a_thousand_times_the_loss_gradient_descent_diverges():
    _, readout, _ = begun(figures.units, "a thousand times the loss")
    assert "gradient descent has diverged, RMSProp is beside A" in readout


def test_at_a_thousandth_of_the_loss_gradient_descent_has_hardly_left():
    run, _, step = begun(figures.units, "a thousandth of the loss")
    w = plain(lambda x, y: himmelblau(x, y, 0.001), (0, 0), 200, 0.02)[:, step]
    assert np.hypot(*w) < 0.12 and np.hypot(*run.path[:, step, 0]) == pytest.approx(np.hypot(*w))
    assert height(*run.path[:, step, 1]) < 1e-6


def test_a_tenth_of_the_rate_helps_gradient_descent_at_ten_times_the_loss_and_not_rmsprop():
    run, readout, step = begun(figures.units, "helps one, hurts the other")
    usual, *_ = begun(figures.units)
    np.testing.assert_allclose(run.path[..., 0], usual.path[..., 0], rtol=1e-9, atol=1e-12)
    one, two = height(*run.path[:, step])
    assert one < 1e-6 and two > 100
    assert "gradient descent is beside A" in readout


# --- arriving -------------------------------------------------------------------------------------


def late(run, steps=300):
    """The farthest of the last 20 places, and its own learning rate there."""
    rates = {"constant": lambda k: run.lr, "lr · e^(−k/50)": lambda k: run.lr * exp(-k / 50)}
    slope, rate = lambda w: (run.curvature * w,), rates[run.schedule]
    w, own = rms(slope, (1.0,), steps, rate, run.rho, run.eps)
    np.testing.assert_allclose(run.path[0], w[0], rtol=1e-6, atol=1e-9)
    return np.abs(w[0, -20:]).max(), own[0, -1]


@pytest.mark.parametrize(
    "preset, curvature, swing",
    [("steeper, and just as wide", 100, 0.025), ("twice the rate, twice the swing", 1, 0.05)],
)
def test_in_the_end_it_swings_by_half_a_learning_rate(preset, curvature, swing):
    run, *_ = begun(figures.wobble, preset)
    assert run.curvature == curvature
    far, own = late(run)
    assert run.lr / 2 == pytest.approx(swing, rel=0.01)
    assert far == pytest.approx(theory.rmsprop_wobble(run.lr, curvature, run.eps), rel=0.01)
    assert own == pytest.approx(2 / curvature, rel=0.01)
    assert (run.path[0, -20:-1] * run.path[0, -19:] < 0).all()  # to and fro


def test_as_the_rate_shrinks_it_comes_to_rest():
    run, *_ = begun(figures.wobble, "rests as the rate shrinks")
    far, _ = late(run)
    assert far < 1e-5 < run.lr / 2


def test_a_large_epsilon_keeps_its_own_rate_below_the_limit_and_it_comes_to_rest():
    run, readout, _ = begun(figures.wobble, "a large epsilon stops it")
    far, own = late(run)
    assert run.eps > (run.lr * run.curvature / 2) ** 2
    assert own == pytest.approx(run.lr / sqrt(run.eps)) and own < 2 / run.curvature
    assert far < 1e-9 and readout.endswith("|w| is below 1e−9.")
    assert theory.rmsprop_wobble(run.lr, run.curvature, run.eps) == 0
