"""Every number that notebook 03 states, computed again. The ids are those of the project's ledger.

A step count k means that path[:, k], the point after k updates, is the first from which the
condition holds for good.
"""

import numpy as np
import pytest

from gdlib import landscapes
from gdlib.landscapes import stationary_points
from gdlib.optimizers import arrive, descend, diverged, first_step, gd
from gdlib.regression import UNITS, loss_surface, penguins
from gdlib.theory import (
    escape_steps,
    gd_best_lr,
    gd_best_rate,
    gd_factor,
    gd_limit,
    restarts,
    steps_to,
)

WELL = landscapes.double_well()
GLOBAL, LOCAL = WELL.minima[0]
A, B, C = -1.5, 0.3, 1.5  # the three starts of the double well


def next_to(w, place, within=1e-3):
    """Which of the points `(d, ...)` lie within a distance of a place `(d,)`."""
    place = np.reshape(place, (-1, *(1,) * (np.ndim(w) - 1)))
    return np.sqrt(((w - place) ** 2).sum(axis=0)) < within


def mesh(land, n):
    return np.stack(np.meshgrid(*(np.linspace(low, high, n) for low, high in land.window)))


def shares(land, ends):
    """The fraction of the points that arrived at each minimum."""
    return [next_to(ends, minimum).mean() for minimum in land.minima.T]


def learning_rates(low, high, step):
    return np.round(np.arange(low, high + step / 2, step), 6)


def holds_exactly_in(values, *those):
    """Whether `(lrs, truth)` is true everywhere in the closed ranges, and nowhere else."""
    lrs, values = values
    expected = np.zeros(len(lrs), dtype=bool)
    for low, high in those:
        expected |= (lrs > low - 1e-9) & (lrs < high + 1e-9)
    return (values == expected).all()


# --- a parabola: the four regimes ----------------------------------------------------------------

REGIMES = [(0.05, 62), (0.2, 9), (0.25, 1), (0.3, 9), (0.4, 28), (0.49, 339), (0.5, -1), (0.51, -1)]


@pytest.mark.parametrize("lr, steps", REGIMES)
def test_e3_1_steps_until_the_parabola_is_within_1e_6_of_its_bottom(lr, steps):
    x = descend(gd, landscapes.parabola(4).grad, [1], 1000, lr=lr)[0]
    assert first_step(np.abs(x) < 1e-6) == steps


@pytest.mark.parametrize("lr, switches", [(lr, 39 * (lr > 0.25)) for lr, _ in REGIMES])
def test_e3_1_above_one_over_l_each_of_39_steps_switches_sides_and_below_it_none(lr, switches):
    x = descend(gd, landscapes.parabola(4).grad, [1], 39, lr=lr)[0]
    assert (x[:-1] * x[1:] < 0).sum() == switches


def test_e3_1_at_lr_0_49_the_loss_falls_at_0_5_it_stays_at_0_51_it_rises():
    land = landscapes.parabola(4)
    f = land.f(descend(gd, land.grad, [1], 100, lr=np.array([0.49, 0.5, 0.51])))
    change = np.diff(f, axis=0)
    assert (change[:, 0] < 0).all() and (change[:, 1] == 0).all() and (change[:, 2] > 0).all()


def test_e3_1_at_lr_0_5_the_ball_jumps_between_1_and_minus_1_and_at_0_51_it_leaves():
    land = landscapes.parabola(4)
    x = descend(gd, land.grad, [1], 1000, lr=0.5)[0]
    assert set(x) == {-1.0, 1.0}
    assert diverged(descend(gd, land.grad, [1], 1000, lr=0.51))


def test_e3_9a_a_tenth_of_the_learning_rate_takes_ten_times_the_steps():
    x = descend(gd, landscapes.parabola(1).grad, [1], 8000, lr=np.array([0.1, 0.01, 0.001]))[0]
    assert first_step(np.abs(x) < 1e-3).tolist() == [66, 688, 6905]


# --- downhill, or not ----------------------------------------------------------------------------


def uphill(land, start, steps, lr):
    """How many steps raise the loss by more than rounding does."""
    return (np.diff(land.f(descend(gd, land.grad, start, steps, lr=lr)), axis=0) > 1e-12).sum(
        axis=0
    )


def test_e3_2_on_rosenbrock_more_and_more_steps_go_uphill():
    land, lrs = landscapes.rosenbrock(), np.array([0.001, 0.0015, 0.0019, 0.0025, 0.005])
    assert uphill(land, land.start, 2000, lrs).tolist() == [0, 0, 2, 115, 813]


def test_e3_2_the_limit_of_rosenbrock_is_0_0013_at_the_start_and_0_0020_at_the_minimum():
    land = landscapes.rosenbrock()
    limits = [gd_limit(land.curvatures(w)[-1]) for w in (land.start, land.minima[:, 0])]
    np.testing.assert_allclose(limits, [0.0013, 0.0020], atol=5e-5)


def test_e3_2a_from_c_at_lr_0_24_every_step_goes_downhill_and_into_the_worse_valley():
    path = descend(gd, WELL.grad, [C], 300, lr=0.24)
    change = np.diff(WELL.f(path))
    assert (change[:40] < 0).all() and (np.abs(change[40:]) < 1e-12).all()
    assert next_to(path[:, -1], LOCAL)


# --- three starts on the double well -------------------------------------------------------------


def where_they_end(start, lrs):
    """For each learning rate: in the global minimum? in the local one? (2000 steps)"""
    end = arrive(gd, WELL.grad, [start], 2000, lr=lrs)
    return next_to(end, GLOBAL), next_to(end, LOCAL), diverged(end[:, None])


@pytest.mark.parametrize(
    "start, into_the_global, into_the_local",
    [
        (A, [(0.183, 0.225)], [(0.005, 0.1825)]),
        (B, [(0.005, 0.225)], []),
        (C, [(0.005, 0.2185)], [(0.219, 0.283)]),
    ],
    ids="abc",
)
def test_e3_3b_the_learning_rates_that_lead_to_each_minimum(start, into_the_global, into_the_local):
    """Also E3.3. Beyond both ranges the ball goes round in cycles; it never overflows."""
    lrs = learning_rates(0.005, 0.3, 0.0005)
    at_global, at_local, left = where_they_end(start, lrs)
    assert holds_exactly_in((lrs, at_global), *into_the_global)
    assert holds_exactly_in((lrs, at_local), *into_the_local)
    assert not left.any()


def test_e3_3_at_small_learning_rates_each_start_falls_into_its_own_valley():
    top, starts = stationary_points(WELL)[1][0, 0], np.linspace(-2, 2, 121)[None, :, None]
    end = arrive(gd, WELL.grad, starts, 1500, lr=learning_rates(0.01, 0.05, 0.01))
    assert next_to(end, GLOBAL)[starts[0, :, 0] > top].all()
    assert next_to(end, LOCAL)[starts[0, :, 0] < top].all()


def test_c20_a_learning_rate_can_also_lead_from_the_flatter_minimum_into_the_sharper_one():
    assert gd_limit(WELL.curvatures(WELL.minima)[0]).argmin() == 0  # the global one is sharper
    at_global, _, _ = where_they_end(A, np.array([0.19, 0.2, 0.21, 0.22]))
    assert at_global.all()


def test_e3_3c_small_steps_take_a_to_the_local_and_b_and_c_to_the_global_minimum():
    end = arrive(gd, WELL.grad, [[[A], [B], [C]]], 1000, lr=np.array([0.01, 0.05, 0.1]))[0]
    np.testing.assert_allclose(end, np.repeat([[LOCAL], [GLOBAL], [GLOBAL]], 3, axis=1), atol=1e-6)


def test_e3_4_between_the_two_limits_no_start_at_all_reaches_the_global_minimum():
    at_global, at_local = gd_limit(WELL.curvatures(WELL.minima)[0])
    assert at_global == pytest.approx(0.2255, abs=5e-5)
    assert at_local == pytest.approx(0.2832, abs=5e-5)
    lrs = np.linspace(at_global + 1e-3, at_local - 2e-3, 5)
    end = arrive(gd, WELL.grad, np.linspace(-2, 2, 4001)[None, :, None], 1000, lr=lrs)
    assert not next_to(end, GLOBAL).any()
    assert (next_to(end, LOCAL).mean(axis=0) > 0.375).all()


def test_e3_5_at_lr_0_24_the_ball_jumps_between_0_8790_and_1_1429_for_ever():
    x = descend(gd, WELL.grad, [B], 2000, lr=0.24)[0]
    np.testing.assert_allclose(np.sort(x[-2:]), [0.8790, 1.1429], atol=5e-5)
    np.testing.assert_allclose(x[-4:-2], x[-2:], rtol=1e-12)


# --- the learning rate chooses by curvature, not by depth ----------------------------------------


def dip_or_bowl(depth, start, lrs, steps=1000):
    land = landscapes.dip(depth)
    bowl, dip = sorted(land.minima[0], key=abs)
    end = arrive(gd, land.grad, [start], steps, lr=lrs)
    return next_to(end, dip), next_to(end, bowl)


def test_e3_6_the_limits_of_the_two_dips():
    limits = [
        gd_limit(landscapes.dip(d).curvatures([m])[0]) for d, m in ((3, -2.73831), (8, -2.90757))
    ]
    np.testing.assert_allclose(limits, [0.2326, 0.0637], atol=5e-5)


def test_e3_6_above_its_limit_no_start_ever_settles_in_the_hole():
    land = landscapes.dip(8)
    lrs = np.array([0.065, 0.1, 0.3, 0.6, 1])
    path = descend(gd, land.grad, np.linspace(-6, 6, 401)[None, :, None], 300, lr=lrs)
    assert not next_to(path, land.minima[:, 0])[-30:].all(axis=0).any()


@pytest.mark.parametrize("depth, lowest", [(3, "bowl"), (8, "dip")])
def test_e3_6c_the_lr_that_saves_the_ball_at_depth_3_ruins_it_at_depth_8(depth, lowest):
    in_dip, in_bowl = dip_or_bowl(depth, -5, np.array([0.05, 0.5, 1.0]), steps=300)
    assert in_dip.tolist() == [True, False, False]
    assert in_bowl.tolist() == [False, True, True]
    assert lowest == ("bowl" if landscapes.dip(depth).minima[0, 0] > -1 else "dip")


def test_e3_7_himmelblau_loses_its_minima_one_by_one_the_sharpest_first():
    land = landscapes.himmelblau()
    limits = gd_limit(land.curvatures(land.minima)[-1])
    np.testing.assert_allclose(limits, [0.0243, 0.0248, 0.0149, 0.0190], atol=6e-5)
    printed = {
        0.01: (0.257, 0.260, 0.237, 0.247),
        0.015: (0.269, 0.267, 0, 0.233),
        0.018: (0.281, 0.260, 0, 0.229),
        0.02: (0.287, 0.255, 0, 0),
        0.025: (0, 0, 0, 0),
    }
    for lr, fractions in printed.items():
        found = np.array(shares(land, arrive(gd, land.grad, mesh(land, 81), 500, lr=lr)))
        np.testing.assert_allclose(found, fractions, atol=0.003)
        assert ((found < 0.001) == (lr > limits)).all()


def test_e3_8_of_three_pits_the_worst_and_flattest_is_the_last_to_hold_the_ball():
    land = landscapes.three_pits()
    assert land.f(land.minima).argmax() == land.curvatures(land.minima)[-1].argmin() == 2
    printed = {0.1: (0.325, 0.269, 0.406), 0.9: (0.325, 0, 0.406), 1: (0, 0, 0.406)}
    for lr, fractions in printed.items():
        found = shares(land, arrive(gd, land.grad, mesh(land, 81), 500, lr=lr))
        np.testing.assert_allclose(found, fractions, atol=0.0015)


# --- ravines, valleys, stopping ------------------------------------------------------------------


@pytest.mark.parametrize(
    "kappa, slow, best", [(10, 128, 69), (100, 1341, 691), (1000, 13463, 6908)]
)
def test_e3_9_the_steps_down_a_ravine_grow_with_its_condition_number(kappa, slow, best):
    land = landscapes.ravine(kappa)
    lrs = np.array([1 / kappa, gd_best_lr(1, kappa)])
    distance = np.hypot(*descend(gd, land.grad, land.start, 13600, lr=lrs))
    assert first_step(distance < 1e-6).tolist() == [slow, best]
    assert steps_to(1e-6, gd_best_rate(1, kappa)) == pytest.approx(best, abs=1)
    # At lr = 1/L the steep coordinate is gone at once; the flat one starts at 1/√2.
    assert steps_to(1e-6 * np.sqrt(2), gd_factor(1 / kappa, 1)) == pytest.approx(slow, abs=1)


def test_e3_10_stopping_when_the_loss_falls_slowly_stops_too_early():
    land = landscapes.rosenbrock()
    path = descend(gd, land.grad, land.start, 16_000, lr=0.001)
    f = land.f(path)
    change = np.abs(np.diff(f))
    stops = [int((change < small).argmax()) for small in (1e-3, 1e-4, 1e-5, 1e-6)]
    np.testing.assert_allclose(f[stops], [0.39, 0.077, 0.011, 0.0012], rtol=0.05)
    np.testing.assert_allclose(path[0, stops[0]], 0.375, atol=5e-4)
    np.testing.assert_allclose(path[0, stops[-1]], 0.966, atol=5e-4)
    assert stops[-1] == 6342
    assert (np.hypot(*land.grad(path)) < 1).argmax() == stops[0] == 1055  # as |∇f| below 1
    assert first_step(f < 1e-6) == 15_068


def test_e3_12_on_a_kink_a_constant_lr_stalls_within_lr_of_the_bottom():
    """From 1.3686; any start ends in a 2-cycle r, lr - r, so the tail is between lr/2 and lr."""
    tail = np.abs(descend(gd, np.sign, [1.3686], 1000, lr=np.array([0.3, 0.03]))[0, -100:])
    np.testing.assert_allclose(tail.max(axis=0), [0.169, 0.0186], rtol=5e-3)
    np.testing.assert_allclose(tail.mean(axis=0), [0.15, 0.015], rtol=1e-6)


@pytest.mark.parametrize("start", [1, 1.3686, 2, -0.7])
def test_e3_12_on_a_kink_lr_over_root_k_comes_within_0_01_by_step_900(start):
    x = descend(gd, np.sign, [start], 1000, lr=lambda k: 0.3 / np.sqrt(k + 1))[0]
    assert np.abs(x[900:]).max() < 0.0101


# --- saddles -------------------------------------------------------------------------------------


def test_e3_13_from_near_the_ridge_the_saddle_costs_the_logarithm_of_the_distance():
    """Steps until |y| >= 0.9; X3.5 is the column of 1e-6."""
    delta = np.array([1e-2, 1e-4, 1e-6, 1e-8, 1e-12])
    path = descend(gd, landscapes.saddle().grad, [np.ones(5), delta], 800, lr=0.05)
    steps = first_step(np.abs(path[1]) >= 0.9)
    assert steps.tolist() == [109, 203, 297, 392, 580]
    np.testing.assert_allclose(steps - escape_steps(delta, 0.05), 16.3, atol=1)


def test_x3_5_the_formula_for_the_saddle_time_is_within_15_percent_at_1e_6():
    assert escape_steps(1e-6, 0.05) == pytest.approx(281, abs=0.5)
    assert escape_steps(1e-6, 0.05) == pytest.approx(297, rel=0.15)


def test_e3_14_of_10_000_random_starts_none_is_stuck_at_the_saddle():
    land = landscapes.saddle()
    starts = np.random.default_rng(0).uniform(-1.6, 1.6, (2, 10_000))
    assert sum(shares(land, arrive(gd, land.grad, starts, 500, lr=0.05))) == 1


def test_e3_14_exactly_on_the_ridge_the_ball_is_stuck():
    path = descend(gd, landscapes.saddle().grad, [1, 0], 2000, lr=0.05)
    assert (path[1] == 0).all() and abs(path[0, -1]) < 1e-40


def test_e3_14b_round_off_frees_the_ball_from_a_rotated_ridge_after_about_780_steps():
    """At 30 degrees; 700 to 850 at other angles, or with the same sum done in another order."""
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    turn = np.array([[c, -s], [s, c]])
    grad = landscapes.saddle().grad
    path = descend(gd, lambda w: turn @ grad(turn.T @ w), turn @ [1, 0], 2000, lr=0.05)
    x, y = turn.T @ path
    assert 650 < first_step(np.abs(y) >= 0.9) < 950


def test_e3_14c_beside_the_top_of_the_hill_the_ball_needs_49_and_48_steps_to_get_away():
    top = stationary_points(WELL)[1][0, 0]
    path = descend(gd, WELL.grad, [[top - 1e-4, top + 1e-4]], 500, lr=0.05)
    assert first_step(np.abs(path[0] - top) >= 0.5).tolist() == [49, 48]
    np.testing.assert_allclose(path[0, -1], [LOCAL, GLOBAL], atol=1e-9)


def test_e3_15_every_start_left_of_the_inflection_is_stuck_at_it():
    starts = np.linspace(-1.2, -0.01, 50)[None]
    end = arrive(gd, landscapes.inflection().grad, starts, 20_000, lr=0.1)[0]
    assert ((-5.1e-4 < end) & (end < 0)).all()
    end = arrive(gd, landscapes.inflection().grad, [-1], 20_000, lr=0.1)[0]
    assert end == pytest.approx(-5e-4, rel=0.01)


def test_e3_15_from_just_right_of_the_inflection_it_takes_1085_steps():
    x = descend(gd, landscapes.inflection().grad, [0.01], 2000, lr=0.1)[0]
    assert first_step(x >= 0.99) == 1085


# --- the walker's steps, and the ball's ----------------------------------------------------------


def test_e3_16_the_ball_creeps_up_to_the_minimum_from_one_side_and_never_crosses_it():
    x = descend(gd, WELL.grad, [A], 500, lr=0.05)[0]
    assert (x < LOCAL + 1e-12).all()


# --- regression ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, 200)
    return x, 1 + 2 * x + 0.8 * rng.normal(size=200)


def excess(land, path):
    return land.f(path) - land.f(land.minima[:, 0])


def one_after_the_other(grad, start, steps, lr):
    """The slope first, then the intercept from a gradient that knows the new slope."""
    w = np.array(start, dtype=float)
    path = [w]
    for _ in range(steps):
        w = w - lr * grad(w) * [0, 1]
        w = w - lr * grad(w) * [1, 0]
        path.append(w)
    return np.stack(path, axis=1)


def test_e3_18_refreshing_the_gradient_in_between_is_another_algorithm(data):
    x, y = data
    land = loss_surface(x + 3, y)
    together = descend(gd, land.grad, [0, 0], 1500, lr=0.1)
    apart = one_after_the_other(land.grad, [0, 0], 1500, lr=0.1)
    best = land.minima[:, 0]
    assert first_step(next_to(together, best, 1e-6)) == 1304
    assert first_step(next_to(apart, best, 1e-6)) == 1194
    assert diverged(descend(gd, land.grad, [0, 0], 1500, lr=1))
    apart = one_after_the_other(land.grad, [0, 0], 100, lr=1)
    assert first_step(next_to(apart, best, 1e-6)) == 22


@pytest.mark.parametrize("shift, kappa, steps", [(0, 1.6, 6), (3, 104, 743), (10, 7680, 56_399)])
def test_e3_19_shifting_the_data_makes_the_same_line_harder_to_find(data, shift, kappa, steps):
    """lr = 1/L from (0, 0), until the loss is within 1e-6 of the lowest."""
    x, y = data
    land = loss_surface(x + shift, y)
    flattest, steepest = land.curvatures(land.minima[:, 0])
    assert steepest / flattest == pytest.approx(kappa, rel=5e-3)
    path = descend(gd, land.grad, [0, 0], steps + 10, lr=1 / steepest)
    assert first_step(excess(land, path) < 1e-6) == steps


def test_e3_19_standardised_data_make_a_round_bowl(data):
    x, y = data
    land = loss_surface((x - x.mean()) / x.std(), y)
    np.testing.assert_allclose(land.curvatures(land.minima[:, 0]), 1, rtol=1e-9)


def test_e3_23_a_start_from_half_of_the_data_saves_half_of_the_steps(data):
    x, y = data
    land, half = loss_surface(x, y), loss_surface(x[:100], y[:100])
    for start, steps in (([-1, -1], 66), (half.minima[:, 0], 34)):
        path = descend(gd, land.grad, start, 200, lr=0.1)
        assert first_step(excess(land, path) < 1e-6) == steps


def test_the_condition_numbers_of_the_penguins_in_three_units():
    found = []
    for units in UNITS:
        land = loss_surface(*penguins(units)[:2])
        flattest, steepest = land.curvatures(land.minima[:, 0])
        found.append(steepest / flattest)
    np.testing.assert_allclose(found, [8.35e6, 197, 1], rtol=2e-3)


def test_in_mm_from_5_5_theta_0_comes_to_4_97_in_100_steps_and_to_2_79_in_a_million():
    """At 0.95 of the limit, in closed form along the eigenvectors of the Hessian."""
    x, y, _ = penguins("mm")
    best = loss_surface(x, y).minima[:, 0]
    curvatures, along = np.linalg.eigh([[1, x.mean()], [x.mean(), (x**2).mean()]])
    factors = gd_factor(0.95 * gd_limit(curvatures[1]), curvatures)
    for steps, theta in ((100, 4.97), (10**6, 2.79)):
        w = best + along @ (factors**steps * (along.T @ ([5, 5] - best)))
        assert w[0] == pytest.approx(theta, abs=0.006)
    assert best[0] == pytest.approx(-5.78, abs=0.005)


# --- restarts ------------------------------------------------------------------------------------


def test_e3_20_how_many_random_starts_rastrigin_takes():
    """The lowest basin lies between the two maxima beside 0; 309.45 starts are 310."""
    maxima = stationary_points(landscapes.rastrigin(1))[1][0]
    basin = (maxima[maxima > 0].min() - maxima[maxima < 0].max()) / 10.24
    assert basin == pytest.approx(0.0982, abs=5e-5)
    assert restarts(basin ** np.arange(1, 4)).tolist() == [29, 310, 3167]


@pytest.mark.parametrize("d, starts", [(1, 10_000), (2, 40_000), (3, 100_000)])
def test_e3_20_the_basin_of_the_lowest_minimum_holds_0_0982_to_the_d_of_the_starts(d, starts):
    land = landscapes.rastrigin(d)
    w = np.random.default_rng(0).uniform(-5.12, 5.12, (d, starts))
    hits = next_to(arrive(gd, land.grad, w, 40, lr=0.002), np.zeros(d), 0.1).mean()
    p = 0.0982**d
    assert hits == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / starts))


# --- a small net ---------------------------------------------------------------------------------


class Xor:
    """A 2-4-1 net on XOR, inputs and targets ±1: tanh, linear output, half the mean square."""

    x = np.array([[-1, -1, 1, 1], [-1, 1, -1, 1.0]])
    y = np.array([-1, 1, 1, -1.0])

    def parts(self, w):
        """The 17 parameters `(17, runs)`: 4 x 2 weights, 4 biases, 4 output weights, 1 bias."""
        first, bias, second, last = w[:8].reshape(4, 2, -1), w[8:12], w[12:16], w[16]
        hidden = np.tanh(np.einsum("hik,in->hnk", first, self.x) + bias[:, None])
        error = np.einsum("hk,hnk->nk", second, hidden) + last - self.y[:, None]
        return second, hidden, error

    def f(self, w):
        return (self.parts(w)[2] ** 2).mean(axis=0) / 2

    def grad(self, w):
        second, hidden, error = self.parts(w)
        error = error / 4
        back = error * second[:, None] * (1 - hidden**2)
        first = np.einsum("hnk,in->hik", back, self.x).reshape(8, -1)
        second = (error * hidden).sum(axis=1)
        return np.concatenate([first, back.sum(axis=1), second, error.sum(axis=0)[None]])


def test_e3_21_the_gradient_of_the_net_agrees_with_central_differences():
    net, w, h = Xor(), np.random.default_rng(1).normal(size=(17, 3)), 1e-6
    measured = [(net.f(w + e) - net.f(w - e)) / (2 * h) for e in h * np.eye(17)[:, :, None]]
    np.testing.assert_allclose(net.grad(w), measured, atol=1e-8)


def test_e3_21_units_that_start_equal_stay_equal_for_ever():
    net = Xor()
    end = arrive(gd, net.grad, np.full((17, 1), 0.5), 5000, lr=0.2)
    assert net.f(end)[0] == pytest.approx(0.335, abs=5e-4)
    first, bias, second = end[:8, 0].reshape(4, 2), end[8:12, 0], end[12:16, 0]
    for unit in (first, bias, second):
        np.testing.assert_allclose(unit, unit[:1].repeat(4, axis=0), rtol=1e-12)


def test_e3_21_a_net_that_starts_at_zero_stays_at_zero():
    net = Xor()
    end = arrive(gd, net.grad, np.zeros((17, 1)), 1000, lr=0.2)
    assert net.f(end)[0] == 0.5 and (end == 0).all()


def test_e3_21_a_net_that_starts_at_random_learns_xor():
    net = Xor()
    starts = np.random.default_rng(0).normal(size=(17, 20))
    assert (net.f(arrive(gd, net.grad, starts, 3000, lr=0.2)) < 1e-28).all()


# --- the cliff -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lr, steps, longest",
    [(0.01, 9888, 0.10), (0.05, 1976, 0.47), (0.5, 305, 4.9), (1, 194, 8.8), (2, 121, 19.6)],
)
def test_e3_22_one_lr_is_too_short_on_the_floor_or_too_long_on_the_face(lr, steps, longest):
    x = descend(gd, landscapes.cliff().grad, [4], steps + 300, lr=lr)[0]
    assert first_step(np.abs(x) < 0.2) == steps
    assert np.abs(np.diff(x)).max() == pytest.approx(longest, rel=0.01)


# --- neighbours from notebook 02, and the exercises ----------------------------------------------


def test_e2_9_newton_on_the_slope_runs_up_to_the_maximum_where_descent_runs_down():
    def newton(w, g, memory, *, lr):
        return w - lr * g / (12 * w**2 - 4), memory

    starts = [[-0.4, -0.3, 0.2, 0.4]]
    np.testing.assert_allclose(arrive(newton, WELL.grad, starts, 30, lr=1)[0], -0.0754, atol=5e-5)
    down = arrive(gd, WELL.grad, starts, 500, lr=0.05)[0]
    np.testing.assert_allclose(down, [LOCAL, LOCAL, GLOBAL, GLOBAL], atol=1e-9)


def test_x3_2_from_c_the_largest_two_decimal_lr_to_the_global_minimum_is_0_21():
    end = arrive(gd, WELL.grad, [C], 1000, lr=learning_rates(0.2, 0.23, 0.01))
    assert next_to(end, GLOBAL).tolist() == [True, True, False, False]
    assert next_to(end, LOCAL).tolist() == [False, False, True, True]


@pytest.mark.parametrize("lr", [0.0151, 0.0155, 0.0185])
def test_x3_3_between_0_01495_and_0_01897_himmelblau_loses_exactly_its_third_minimum(lr):
    land = landscapes.himmelblau()
    found = shares(land, arrive(gd, land.grad, mesh(land, 81), 500, lr=lr))
    assert found[2] == 0 and min(found[0], found[1], found[3]) > 0.1


def test_x3_4_a_ravine_with_kappa_100_is_done_in_700_steps_for_lr_from_0_0191_to_0_0198():
    land, lrs = landscapes.ravine(100), learning_rates(0.019, 0.02, 0.0001)
    steps = first_step(np.hypot(*descend(gd, land.grad, land.start, 1500, lr=lrs)) < 1e-6)
    assert holds_exactly_in((lrs, (0 < steps) & (steps <= 700)), (0.0191, 0.0198))
    counted = dict(zip(lrs.tolist(), steps.tolist(), strict=True))
    assert [counted[lr] for lr in (0.0195, 0.0198, 0.0199, 0.02)] == [684, 688, 1341, -1]
