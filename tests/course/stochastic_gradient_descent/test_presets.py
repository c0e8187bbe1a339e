"""Each preset of notebook 04 shows what its name says, by theory or by numbers of its own.

The exact means of SGD, and where noise takes a run in the dip, are those of `test_claims`.
"""

from math import sqrt

import numpy as np
import pytest
from pages import begun, once

from course.stochastic_gradient_descent import figures
from gdlib import landscapes
from tests.course.stochastic_gradient_descent.test_claims import (
    EXACT_LINE,
    FROM,
    PENGUINS,
    POINTS,
    Z,
    agree,
    excess,
    mean_excess,
    moments,
    moments_of,
    ridge,
    share_outside,
    stays_bounded,
)
from tests.course.stochastic_gradient_descent.test_claims import floor as exact_floor

X, Y = PENGUINS
BEST = np.array([Y.mean(), (X * Y).mean()])  # X has mean 0 and variance 1


def singles(w):
    """The gradient of each penguin alone, `(2, rows)`."""
    error = w[0] + w[1] * X - Y
    return np.stack([error, error * X])


def above(w):
    """The loss of all penguins above the lowest."""
    return ((w[0] - BEST[0]) ** 2 + (w[1] - BEST[1]) ** 2) / 2


# --- a few rows instead of all --------------------------------------------------------------------


def test_at_that_step_the_rows_point_uphill_and_the_loss_of_all_rises():
    run, readout, step = begun(figures.minibatch, "a step that goes uphill")
    w = run.path[:, step]
    batch, true = singles(w)[:, run.rows[step]].mean(axis=1), singles(w).mean(axis=1)
    assert batch @ true < 0
    after = w - run.lr * batch
    np.testing.assert_allclose(run.path[:, step + 1], after)
    assert above(after) > above(w)
    off = np.degrees(np.arccos(batch @ true / np.hypot(*batch) / np.hypot(*true)))
    assert f"points {off:.0f}° off the true one" in readout


def test_sixty_four_runs_lie_about_the_bottom_as_far_as_the_noise_takes_them():
    run, _, step = begun(figures.minibatch, "sixty-four wander about the bottom")
    assert run.paths.shape == (2, 301, 64) and step == 300
    exact = exact_floor(moments("penguins"), run.lr, 1)
    for k in (200, 300):  # they come no lower any more
        losses = above(run.paths[:, k])
        assert agree(losses, exact) and losses.min() > 1e-6
    for each, bottom in zip(run.paths[:, step], BEST, strict=True):
        assert agree(each, bottom)


def test_with_all_rows_the_run_is_gradient_descents_whatever_the_seed():
    run, readout, step = begun(figures.minibatch, "all rows, nothing by chance")
    away = (1 - run.lr) ** np.arange(301) * (np.array([1.5, 2.6]) - BEST)[:, None]  # L is 1
    np.testing.assert_allclose(run.path, BEST[:, None] + away, atol=1e-12)
    assert "the gradient is exact" in readout and run.path[:, step] == pytest.approx(BEST)
    other = once(figures.minibatch).run(size=342, lr=run.lr, seed=1, show=1)
    np.testing.assert_array_equal(other.path, run.path)


# --- right on average -----------------------------------------------------------------------------


def place(distance):
    return BEST + distance * np.array([-0.8, 0.6])


def width(distance, size):
    """How far mini-batch gradients lie off the true one, in theory."""
    each = singles(place(distance))
    return sqrt(((each - each.mean(axis=1)[:, None]) ** 2).sum(axis=0).mean() / size)


def uphill(run):
    return (run.cloud.T @ run.true < 0).mean()


def test_four_times_the_rows_make_the_cloud_half_as_wide():
    (plain, *_), (run, *_) = map(begun, [figures.noise] * 2, [None, "sixteen rows, half as wide"])
    assert (plain.size, run.size) == (4, 16)
    assert width(0.5, 16) == pytest.approx(width(0.5, 4) / 2)
    for size in (4, 16):
        assert run.spread[size] == pytest.approx(width(0.5, size), rel=0.1)


def test_far_away_a_step_on_one_row_goes_downhill_nearly_always():
    run, *_ = begun(figures.noise, "far away, one row will do")
    each = singles(place(5))
    share = (each.T @ each.mean(axis=1) < 0).mean()  # of the penguins: exact
    assert share < 0.05
    assert abs(uphill(run) - share) < Z * sqrt(share * (1 - share) / 500)


def test_close_by_half_of_the_steps_go_uphill():
    run, *_ = begun(figures.noise, "close by, a coin toss")
    w = place(0.005)
    drawn = singles(w)[:, np.random.default_rng(1).integers(342, size=(4, 40_000))].mean(axis=1)
    share = (drawn.T @ singles(w).mean(axis=1) < 0).mean()
    assert share == pytest.approx(0.5, abs=0.03)
    assert abs(uphill(run) - share) < Z * 0.5 / sqrt(500)


def test_all_rows_none_twice_are_the_true_gradient_each_time():
    run, readout, _ = begun(figures.noise, "all asked, and no noise")
    np.testing.assert_allclose(run.cloud - singles(place(0.5)).mean(axis=1)[:, None], 0, atol=1e-12)
    assert "are all the true one" in readout


# --- the floor ------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", ["four times the batch", "a quarter of the learning rate"])
def test_both_bring_the_floor_down_to_about_a_quarter(preset):
    plain, *_ = begun(figures.floor)
    run, *_ = begun(figures.floor, preset)
    assert run.law == pytest.approx(plain.law / 4, rel=0.01)
    assert run.level == pytest.approx(exact_floor(moments("points"), run.lr, run.size), rel=0.1)
    assert run.level / plain.level == pytest.approx(1 / 4, rel=0.15)


def test_where_every_row_fits_the_loss_falls_until_only_rounding_is_left():
    run, readout, _ = begun(figures.floor, "every row fits, no floor")
    assert run.level < 1e-12 and "there is no floor" in readout
    exact = mean_excess(EXACT_LINE, moments_of(*EXACT_LINE), FROM, 1000, run.lr, 1)
    assert exact[-1] < 1e-12 < exact[100]


def test_with_one_row_a_step_it_flies_apart_where_gradient_descent_settles():
    run, readout, _ = begun(figures.floor, "one row a step, flies apart")
    parts = moments("points")
    assert not stays_bounded(parts, run.lr, 1)
    assert run.lr < 2 / np.linalg.eigvalsh(parts[0])[-1]
    assert readout.endswith("these runs have diverged.")


def losses(rates, runs=40, seed=1):
    """The loss above the lowest of runs on one row a step, with rows of their own, at the end."""
    x, y = POINTS
    rng, w = np.random.default_rng(seed), np.full((2, runs), -1.0)
    for lr in rates:
        row = rng.integers(len(x), size=runs)
        error = w[0] + w[1] * x[row] - y[row]
        w = w - lr * np.stack([error, error * x[row]])
    return excess(POINTS, w)


def test_shrinking_too_slowly_leaves_the_loss_on_the_floor_of_a_large_learning_rate():
    run, *_ = begun(figures.schedules, "shrinks too slowly, still noisy")
    np.testing.assert_allclose(run.rates, 0.1 / (1 + np.arange(6001) / 10_000))
    assert run.rates[-1] > 0.06
    assert run.loss[-500:].mean() == pytest.approx(
        exact_floor(moments("points"), run.rates[-250], 1), rel=0.2
    )


def test_shrinking_too_fast_stops_where_even_exact_gradients_would_have_stopped():
    run, *_ = begun(figures.schedules, "shrinks too fast, and stops short")
    assert run.rates.sum() < 1.1 and run.rates[-1] < 1e-9
    flattest = np.linalg.eigvalsh(moments("points")[0])[0]
    assert np.prod(1 - run.rates * flattest) > 1 / 3  # of the distance is left
    assert run.loss[-1].mean() > 0.3
    np.testing.assert_allclose(run.loss[500], run.loss[-1], rtol=1e-9)


def test_quick_first_and_quiet_later_is_soon_down_and_ends_below_the_other_two():
    run, *_ = begun(figures.schedules, "quick first, and quiet later")
    assert run.loss[50].mean() < 0.1 * run.loss[0].mean()
    assert run.loss[-500:].mean() < 0.0002
    assert losses(run.rates[:-1]).mean() < 0.0002  # other rows, too
    for other in ("shrinks too slowly, still noisy", "shrinks too fast, and stops short"):
        assert begun(figures.schedules, other)[0].loss[-500:].mean() > 0.02


# --- out of a minimum -----------------------------------------------------------------------------


def at_2(size, lr=0.2, runs=200, seed=1):
    """The share of runs on the wave, with rows of their own, that end at w = 2."""
    x = -4 + 0.2 * (np.arange(40) + 0.5)
    rng, w = np.random.default_rng(seed), np.full(runs, 3.5)
    for _ in range(2000):
        rows = x[rng.integers(40, size=(size, runs))]
        slope = (np.sin(w * rows) - np.sin(2 * rows)) * np.cos(w * rows) * rows
        w = w - lr * slope.mean(axis=0)
    return (abs(w - 2) < 1e-3).mean()


@pytest.mark.parametrize(
    "preset, low, high",
    [("shaken out of the bad minimum", 0.85, 1), ("too quiet to get out", 0, 0.05)],
)
def test_that_share_of_the_runs_gets_to_the_best_frequency(preset, low, high):
    run, _, step = begun(figures.frequency, preset)
    assert np.ptp(run.path[step]) > 0.01  # there is noise
    there = (abs(run.path[step] - 2) < 1e-3).mean()
    for share in (there, at_2(run.size)):
        assert low <= share <= high


def test_with_all_rows_every_run_stays_at_the_local_minimum():
    run, _, step = begun(figures.frequency, "all rows, and nobody leaves")
    ends, fit = run.path[step], landscapes.frequency_fit()
    assert np.ptp(ends) == 0 and 3.9 < ends[0] < 4
    assert abs(fit.grad(ends[None])).max() < 1e-9 and (fit.f(ends[None]) > 0.4).all()


BEGIN = {(3, "dip"): -2.736, (8, "dip"): -2.911, (8, "bowl"): 0.0}


@pytest.mark.parametrize(
    "preset, low, high",
    [
        ("too quiet to get out", 0, 0.01),
        ("shaken out of the bad dip", 0.9, 1),
        ("into the narrow best minimum", 0, 0.25),
        ("thrown out of the best minimum", 0.6, 0.8),
    ],
)
def test_that_share_of_the_runs_is_in_the_bowl_in_the_end(preset, low, high):
    run, readout, step = begun(figures.dip, preset)
    exact = share_outside(run.depth, run.sigma, 1, 0.05, BEGIN[run.depth, run.start])
    share = (run.path[step] > ridge(run.land)).mean()
    assert low <= exact <= high
    assert abs(share - exact) < Z * sqrt(exact * (1 - exact) / 200) + 0.02
    assert readout.endswith(f"The {'bowl' if run.depth == 3 else 'dip'} is the global minimum.")
