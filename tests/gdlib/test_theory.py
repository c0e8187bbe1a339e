"""Each closed form against runs, just below and just above where it says that things change."""

from itertools import combinations

import numpy as np
import pytest

from gdlib import landscapes, theory
from gdlib.optimizers import arrive, descend, diverged, first_step, gd, momentum, rmsprop

CURVATURES = pytest.mark.parametrize("curvature", [0.1, 1, 4, 300])


def last_size(rule, curvature, steps=4000, **hyper):
    """How far from the bottom of a parabola a run from 1 ends."""
    return np.abs(arrive(rule, landscapes.parabola(curvature).grad, [1], steps, **hyper)[0])


# --- gradient descent ----------------------------------------------------------------------------


@CURVATURES
def test_gd_settles_just_below_its_limit_and_not_just_above(curvature):
    limit = theory.gd_limit(curvature)
    below, at, above = last_size(gd, curvature, lr=limit * np.array([0.99, 1, 1.01]))
    assert below < 1e-12 and at == pytest.approx(1, rel=1e-9) and above > 1e12


def test_the_limit_of_gd_belongs_to_the_steepest_direction():
    land = landscapes.ravine(50, 30)
    limit = theory.gd_limit(land.curvatures(land.start)[-1])
    assert limit == pytest.approx(2 / 50)
    paths = descend(gd, land.grad, land.start, 2000, lr=limit * np.array([0.99, 1.01]))
    assert diverged(paths).tolist() == [False, True]


@CURVATURES
@pytest.mark.parametrize("of_limit", [0.1, 0.5, 0.9, 1.1])
def test_each_step_multiplies_the_distance_by_the_factor(curvature, of_limit):
    lr = of_limit * theory.gd_limit(curvature)
    x = descend(gd, landscapes.parabola(curvature).grad, [1], 20, lr=lr)[0]
    expected = theory.gd_factor(lr, curvature) ** np.arange(21)
    np.testing.assert_allclose(x, expected, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("kappa", [1, 2, 20, 100])
def test_no_other_lr_shrinks_the_worst_direction_faster_than_the_best_one(kappa):
    lrs = np.linspace(0.001, 2 / kappa, 2001)
    both = [np.abs(theory.gd_factor(lrs, c)) for c in (1, kappa)]
    worst = np.max(both, axis=0)
    best = theory.gd_best_lr(1, kappa)
    assert lrs[worst.argmin()] == pytest.approx(best, abs=lrs[1] - lrs[0])
    assert (worst >= theory.gd_best_rate(1, kappa) - 1e-12).all()


def test_the_best_lr_found_by_running_is_the_one_of_the_formula():
    land, lrs = landscapes.ravine(20, 10), np.linspace(0.05, 0.1, 501)
    end = np.hypot(*arrive(gd, land.grad, land.start, 400, lr=lrs))
    assert lrs[end.argmin()] == pytest.approx(theory.gd_best_lr(1, 20), rel=5e-3)


@pytest.mark.parametrize("kappa", [2, 20, 100])
def test_at_the_best_lr_a_run_shrinks_by_the_best_rate_at_each_step(kappa):
    land = landscapes.ravine(kappa)
    path = descend(gd, land.grad, land.start, 50, lr=theory.gd_best_lr(1, kappa))
    distance = np.hypot(*path)
    np.testing.assert_allclose(distance[1:] / distance[:-1], theory.gd_best_rate(1, kappa))


def test_on_a_round_bowl_the_best_lr_lands_in_one_step():
    assert theory.gd_best_rate(5, 5) == 0
    assert last_size(gd, 5, steps=1, lr=theory.gd_best_lr(5, 5)) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("fraction", [0.5, 1e-3, 1e-6])
@pytest.mark.parametrize("lr", [0.01, 0.05, 0.2, 0.3, 0.4, 0.49])
def test_steps_to_rounded_up_is_what_a_run_takes(fraction, lr):
    x = np.abs(descend(gd, landscapes.parabola(4).grad, [1], 1000, lr=lr)[0])
    expected = theory.steps_to(fraction, theory.gd_factor(lr, 4))
    assert first_step(x <= fraction) == np.ceil(expected)


def test_steps_to_is_a_real_number():
    assert theory.steps_to(0.1, 0.5) == pytest.approx(np.log(10) / np.log(2))


def test_a_factor_of_0_takes_no_further_step_and_one_of_1_or_more_takes_for_ever():
    assert theory.steps_to(0.1, 0) == 0
    assert (theory.steps_to(0.1, np.array([1, -1, 1.01, -3])) == np.inf).all()


def test_the_sign_of_the_factor_does_not_matter_to_steps_to():
    assert theory.steps_to(0.1, -0.7) == theory.steps_to(0.1, 0.7)


# --- the heavy ball ------------------------------------------------------------------------------


@CURVATURES
@pytest.mark.parametrize("rho", [0, 0.5, 0.9])
def test_momentum_settles_just_below_its_limit_and_not_just_above(curvature, rho):
    limit = theory.momentum_limit(curvature, rho)
    below, above = last_size(momentum, curvature, lr=limit * np.array([0.99, 1.01]), rho=rho)
    assert below < 1e-3 and above > 1e3


def test_without_memory_the_limit_of_momentum_is_that_of_gd():
    assert theory.momentum_limit(7, 0) == theory.gd_limit(7)


def roots(lr, rho, curvature):
    """Eigenvalues of one step of the heavy ball on a parabola, (x, v) -> (x, v)."""
    return np.linalg.eigvals([[1 - lr * curvature, -lr * rho], [curvature, rho]])


@pytest.mark.parametrize("rho", [0.1, 0.5, 0.9])
def test_at_the_limit_of_momentum_a_root_reaches_minus_1(rho):
    limit = theory.momentum_limit(3, rho)
    assert roots(limit, rho, 3).min() == pytest.approx(-1)
    assert np.abs(roots(0.999 * limit, rho, 3)).max() < 1


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.4])
def test_above_the_critical_rho_the_ball_swings_through_and_below_it_does_not(lr):
    rho = theory.critical_rho(lr, 1)
    x = descend(momentum, landscapes.parabola(1).grad, [1], 300, lr=lr, rho=rho + [-0.02, 0.02])[0]
    assert (x[:, 0] >= 0).all() and (x[:, 1] < 0).any()


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.4, 0.9])
def test_at_the_critical_rho_the_two_roots_are_one(lr):
    rho = theory.critical_rho(lr, 1)
    np.testing.assert_allclose(roots(lr, rho, 1), np.sqrt(rho), atol=1e-6)


def test_the_critical_rho_for_lr_0_1_is_0_4675():
    assert theory.critical_rho(0.1, 1) == pytest.approx(0.4675, abs=5e-5)


@pytest.mark.parametrize("kappa", [2, 10, 100, 1000])
def test_polyaks_choice_gives_both_directions_roots_of_the_same_size(kappa):
    lr, rho = theory.polyak(1, kappa)
    for curvature in (1, kappa, np.sqrt(kappa)):
        np.testing.assert_allclose(np.abs(roots(lr, rho, curvature)), np.sqrt(rho), rtol=1e-5)


@pytest.mark.parametrize("kappa", [10, 100])
def test_no_other_heavy_ball_on_a_grid_beats_polyaks(kappa):
    lr, rho = theory.polyak(1, kappa)
    lrs, rhos = lr * np.linspace(0.3, 1.7, 29), np.linspace(0, 0.98, 50)
    worst = [
        max(np.abs(roots(a, b, curvature)).max() for curvature in (1, kappa))
        for a in lrs
        for b in rhos
    ]
    assert min(worst) >= np.sqrt(rho) - 1e-9


@pytest.mark.parametrize(
    "kappa, lr, rho", [(10, 0.2309, 0.2699), (100, 0.03306, 0.6694), (1000, 0.003759, 0.8811)]
)
def test_polyaks_choice_has_the_printed_values(kappa, lr, rho):
    np.testing.assert_allclose(theory.polyak(1, kappa), (lr, rho), rtol=2e-4)


RHOS = pytest.mark.parametrize("rho", [0, 0.3, 0.9, 0.99])


@RHOS
@pytest.mark.parametrize("lr", [1e-4, 0.01, 0.3, 1, 1.9, 3])
@pytest.mark.parametrize("curvature", [-1, 0, 0.2, 1, 5])
def test_the_factor_of_momentum_is_the_size_of_the_larger_root(lr, curvature, rho):
    larger = np.abs(roots(lr, rho, curvature)).max()
    assert theory.momentum_factor(lr, curvature, rho) == pytest.approx(larger, rel=1e-7)


@RHOS
@pytest.mark.parametrize("of_limit", [0.02, 0.2, 0.6, 0.9, 0.99])
def test_a_run_shrinks_by_the_factor_of_momentum_at_each_step_in_the_long_run(of_limit, rho):
    """Measured from the largest distance of 60 steps to that of 60 steps much later."""
    lr = of_limit * theory.momentum_limit(1, rho)
    x = np.abs(descend(momentum, landscapes.parabola(1).grad, [1], 360, lr=lr, rho=rho)[0])
    factor = theory.momentum_factor(lr, 1, rho)
    if factor < 0.5:  # it is below all rounding before long
        assert x[60:].max() < 0.5**60
    else:
        measured = (x[300:].max() / x[100:161].max()) ** (1 / 200)
        assert measured == pytest.approx(factor, rel=2e-3)


@CURVATURES
@pytest.mark.parametrize("lr", [0.001, 0.01, 0.1, 0.6])
def test_without_memory_the_factor_of_momentum_is_that_of_gd(lr, curvature):
    expected = np.abs(theory.gd_factor(lr, curvature))
    assert theory.momentum_factor(lr, curvature, 0) == pytest.approx(expected, abs=1e-12)


@RHOS
def test_the_factor_of_momentum_is_1_at_the_limit_below_it_less_above_it_more(rho):
    lrs = theory.momentum_limit(4, rho) * np.array([0.999, 1, 1.001])
    below, at, above = theory.momentum_factor(lrs, 4, rho)
    assert below < 1 < above and at == pytest.approx(1)


@pytest.mark.parametrize("rho", [0.3, 0.9, 0.99])
def test_the_factor_is_the_root_of_rho_where_the_ball_swings_and_more_where_it_does_not(rho):
    low, high = (1 - np.sqrt(rho)) ** 2, (1 + np.sqrt(rho)) ** 2
    inside = theory.momentum_factor(np.linspace(low * 1.001, high * 0.999, 50), 1, rho)
    np.testing.assert_allclose(inside, np.sqrt(rho))
    outside = theory.momentum_factor(np.array([low * 0.99, high * 1.001]), 1, rho)
    assert (outside > np.sqrt(rho) + 1e-6).all()


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.4, 0.9])
def test_no_other_rho_shrinks_the_distance_faster_than_the_critical_one(lr):
    rhos, best = np.linspace(0, 0.999, 1000), theory.critical_rho(lr, 1)
    factors = theory.momentum_factor(lr, 1, rhos)
    assert (factors >= theory.momentum_factor(lr, 1, best) - 1e-7).all()
    assert rhos[factors.argmin()] == pytest.approx(best, abs=1e-3)


@RHOS
def test_beside_a_ridge_the_distance_grows_by_the_factor_of_momentum(rho):
    path = descend(momentum, lambda w: -w, [1e-9], 3000, lr=0.001, rho=rho)[0]
    factor = theory.momentum_factor(0.001, -1, rho)
    assert factor > 1 and path[-1] / path[-2] == pytest.approx(factor, rel=1e-9)


@pytest.mark.parametrize("flattest, steepest", [(1, 1), (1, 10), (0.3, 60), (2, 2000)])
def test_the_best_lr_of_momentum_is_that_of_gd_without_memory_and_polyaks_at_his_rho(
    flattest, steepest
):
    plain = theory.gd_best_lr(flattest, steepest)
    assert theory.momentum_best_lr(flattest, steepest, 0) == pytest.approx(plain)
    lr, rho = theory.polyak(flattest, steepest)
    assert theory.momentum_best_lr(flattest, steepest, rho) == pytest.approx(lr)


def worst_factor(lr, kappa, rho):
    """Of the two directions of a ravine, that of the slower."""
    return np.maximum(*(theory.momentum_factor(lr, c, rho) for c in (1, kappa)))


@pytest.mark.parametrize("kappa", [1, 2, 20, 100])
@pytest.mark.parametrize("rho", [0, 0.1, 0.4, 0.6, 0.9, 0.99])
def test_for_its_rho_no_other_lr_shrinks_the_worst_direction_faster(kappa, rho):
    lrs = np.linspace(1e-4, theory.momentum_limit(kappa, rho), 4001)
    best = theory.momentum_best_lr(1, kappa, rho)
    assert (worst_factor(lrs, kappa, rho) >= worst_factor(best, kappa, rho) - 1e-9).all()


@pytest.mark.parametrize("kappa, rho", [(10, 0.1), (100, 0.3), (100, 0.6), (1000, 0.85)])
def test_up_to_polyaks_rho_the_best_lr_grows_with_rho_and_a_run_has_one_best(kappa, rho):
    best = theory.momentum_best_lr(1, kappa, rho)
    assert best == pytest.approx(2 * (1 + rho) / (1 + kappa))
    land, lrs = landscapes.ravine(kappa), best * np.linspace(0.9, 1.1, 201)
    lrs = lrs[lrs < theory.momentum_limit(kappa, rho)]
    end = np.hypot(*arrive(momentum, land.grad, land.start, 1500, lr=lrs, rho=rho))
    assert lrs[end.argmin()] == pytest.approx(best, rel=0.01)


@pytest.mark.parametrize("kappa", [2, 10, 100])
@pytest.mark.parametrize("rho", [0.9, 0.95, 0.99])
def test_beyond_polyaks_rho_it_is_in_the_middle_of_those_with_the_factor_root_rho(kappa, rho):
    """Measured in logarithms; times 1/(1 - ρ) it is the same for every ρ."""
    low, high = (1 - np.sqrt(rho)) ** 2, (1 + np.sqrt(rho)) ** 2 / kappa
    best = theory.momentum_best_lr(1, kappa, rho)
    assert best == pytest.approx(np.sqrt(low * high))
    assert best / (1 - rho) == pytest.approx(1 / np.sqrt(kappa))
    assert worst_factor(best, kappa, rho) == pytest.approx(np.sqrt(rho))


@pytest.mark.parametrize("rho", [0.2, 0.95])
def test_the_best_lr_of_momentum_scales_with_one_over_the_curvatures(rho):
    ours = theory.momentum_best_lr(np.array([1, 0.1, 7]), np.array([50, 5, 350]), rho)
    np.testing.assert_allclose(ours * [1, 0.1, 7], theory.momentum_best_lr(1, 50, rho))


# --- RMSProp -------------------------------------------------------------------------------------


@RHOS
@pytest.mark.parametrize("slope", [0.01, 1, 1000])
def test_on_a_steady_slope_a_run_takes_the_steps_of_rmsprop_whatever_the_slope(slope, rho):
    w = descend(rmsprop, lambda w: np.full_like(w, slope), [0], 60, lr=0.1, rho=rho, eps=0)[0]
    np.testing.assert_allclose(-np.diff(w) / 0.1, theory.rmsprop_step(np.arange(1, 61), rho))


@RHOS
def test_the_steps_of_rmsprop_shrink_to_one_learning_rate(rho):
    steps = theory.rmsprop_step(np.arange(1, 4000), rho)
    assert steps[0] == pytest.approx(1 / np.sqrt(1 - rho)) and steps[-1] == pytest.approx(1)
    assert (np.diff(steps) <= 0).all() and (steps >= 1).all()


@RHOS
@pytest.mark.parametrize("eps", [1e-30, 1e-8, 0.1])
def test_on_no_landscape_a_step_of_rmsprop_is_longer_than_the_first_on_a_slope(eps, rho):
    """In no coordinate, give or take the rounding of places that are far larger than a step."""
    longest = theory.rmsprop_step(1, rho)
    for land in landscapes.catalogue().values():
        w = descend(rmsprop, land.grad, land.start, 400, lr=0.01, rho=rho, eps=eps)
        steps = np.abs(np.diff(w)) / 0.01
        assert steps.max() <= longest * (1 + 1e-9), land.name


@RHOS
def test_nor_is_one_on_any_sequence_of_slopes(rho):
    """Slopes of all sizes, rising, falling and with gaps; after slopes of 0 it is just as long."""
    rng = np.random.default_rng(0)
    g = rng.standard_normal((60, 500)) * 10 ** rng.uniform(-6, 6, (60, 500))
    g *= rng.random((60, 500)) < 0.8
    g[:30, 0], g[30, 0] = 0, 7
    s, steps = 0.0, []
    for each in g:
        w, s = rmsprop(np.zeros(500), each, s, lr=1, rho=rho, eps=1e-300)
        steps.append(np.abs(w))
    longest = theory.rmsprop_step(1, rho)
    assert np.max(steps) <= longest * (1 + 1e-12)
    assert steps[30][0] == pytest.approx(longest)


@CURVATURES
@pytest.mark.parametrize("rho", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("of_calm", [0, 0.1, 0.7])
def test_in_the_end_rmsprop_swings_that_far_to_either_side(of_calm, rho, curvature):
    """`of_calm` is ε as a share of the one that stops it."""
    lr = np.array([0.2, 0.01])
    eps = of_calm * (lr * curvature / 2) ** 2
    land = landscapes.parabola(curvature)
    w = descend(rmsprop, land.grad, [5 * lr], 3000, lr=lr, rho=rho, eps=eps)[0, -100:]
    far = theory.rmsprop_wobble(lr, curvature, eps)
    np.testing.assert_allclose(np.abs(w), np.tile(far, (100, 1)), rtol=1e-5)
    assert (w[1:] * w[:-1] < 0).all()
    s = (curvature * far) ** 2  # each of its slopes is the same, but for the sign
    np.testing.assert_allclose(lr / np.sqrt(s + eps), theory.gd_limit(curvature))


@CURVATURES
@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_from_half_lr_times_the_curvature_squared_on_eps_brings_rmsprop_to_rest(curvature, rho):
    lr = 0.1
    calm = (lr * curvature / 2) ** 2
    eps = calm * np.array([0.95, 1, 1.05])
    far = theory.rmsprop_wobble(lr, curvature, eps)
    assert far[0] > 0.01 and far[1] == pytest.approx(0, abs=1e-9) and far[2] == 0
    ends = last_size(rmsprop, curvature, lr=lr, rho=rho, eps=eps[[0, 2]])
    assert ends[0] == pytest.approx(far[0], rel=1e-4) and ends[1] < 1e-12


def test_the_wobble_is_half_a_learning_rate_whatever_the_curvature_if_eps_is_0():
    lrs = np.array([0.001, 0.05, 3])
    for curvature in (0.1, 1, 300):
        np.testing.assert_allclose(theory.rmsprop_wobble(lrs, curvature), lrs / 2)


@pytest.mark.parametrize("rho", [0.3, 0.9, 0.99])
def test_after_its_half_life_a_leaky_sum_or_average_has_forgotten_half(rho):
    life = theory.half_life(rho)
    assert rho**life == pytest.approx(0.5)
    weights = (1 - rho) * rho ** np.arange(5000.0)
    whole = int(life)
    assert weights[:whole].sum() <= 0.5 <= weights[: whole + 1].sum()
    kept = [1.0]
    for _ in range(whole + 1):
        kept.append(rmsprop(0.0, 0.0, kept[-1], lr=1, rho=rho)[1])
    assert kept[whole + 1] <= 0.5 <= kept[whole]


def test_half_lives_of_rho_0_5_0_9_and_0_99_are_1_6_58_and_69():
    lives = theory.half_life(np.array([0.5, 0.9, 0.99]))
    np.testing.assert_allclose(lives, [1, 6.58, 69], rtol=5e-4)


# --- ridges and restarts -------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [1e-3, 1e-6, 1e-12])
@pytest.mark.parametrize("lr", [0.01, 0.05, 0.2])
def test_beside_a_straight_ridge_a_run_takes_the_escape_steps_rounded_up(offset, lr):
    steps = theory.escape_steps(offset, lr)
    path = descend(gd, lambda w: np.stack([w[0], -w[1]]), [1, offset], int(steps) + 5, lr=lr)
    assert first_step(np.abs(path[1]) >= 0.9) == np.ceil(steps)


@pytest.mark.parametrize("curvature", [0.5, 3])
def test_the_escape_from_a_sharper_ridge_is_faster(curvature):
    steps = theory.escape_steps(1e-6, 0.05, curvature, to=0.1)
    y = descend(gd, lambda w: -curvature * w, [1e-6], int(steps) + 5, lr=0.05)[0]
    assert first_step(y >= 0.1) == np.ceil(steps)


def test_on_the_saddle_of_the_course_the_escape_takes_a_little_longer_than_the_formula():
    deltas = np.array([1e-3, 1e-6, 1e-9])
    path = descend(gd, landscapes.saddle().grad, [np.ones(3), deltas], 700, lr=0.05)
    extra = first_step(np.abs(path[1]) >= 0.9) - theory.escape_steps(deltas, 0.05)
    assert (extra > 0).all() and (extra < 20).all()


@pytest.mark.parametrize("fraction", [0.5, 0.1, 0.0982, 0.01, 1e-4])
@pytest.mark.parametrize("certainty", [0.5, 0.95, 0.999])
def test_restarts_is_the_smallest_number_that_gives_the_certainty(fraction, certainty):
    n = theory.restarts(fraction, certainty)
    assert 1 - (1 - fraction) ** n >= certainty - 1e-12
    assert 1 - (1 - fraction) ** (n - 1) < certainty


def test_that_many_random_starts_hit_the_basin_as_often_as_stated():
    n = theory.restarts(0.1)
    hits = (np.random.default_rng(0).random((20_000, n)) < 0.1).any(axis=1).mean()
    assert 0.95 - 0.005 < hits < 0.965


def test_restarts_are_whole_numbers_of_at_least_1():
    counts = theory.restarts(np.array([0.1, 0.999]))
    assert counts.dtype.kind == "i" and counts.tolist() == [29, 1]


# --- guesses --------------------------------------------------------------------------------------


@pytest.mark.parametrize("radius", [0.05, 0.5, 1])
def test_the_chance_of_a_hit_is_the_known_volume_of_a_ball_over_that_of_the_cube(radius):
    known = [2 * radius, np.pi * radius**2, 4 / 3 * np.pi * radius**3, np.pi**2 / 2 * radius**4]
    chances = theory.hit_chance(np.arange(1, 5), radius)
    np.testing.assert_allclose(chances, np.array(known) / 2.0 ** np.arange(1, 5))


def test_two_more_parameters_cost_2_pi_over_d_times_half_the_radius_squared():
    d = np.arange(3, 200)
    ratio = theory.hit_chance(d, 0.7) / theory.hit_chance(d - 2, 0.7)
    np.testing.assert_allclose(ratio, 2 * np.pi / d * (0.7 / 2) ** 2, rtol=1e-10)


@pytest.mark.parametrize("d, radius", [(2, 0.5), (3, 1), (5, 0.9)])
def test_that_share_of_random_guesses_hits(d, radius):
    guesses = np.random.default_rng(d).uniform(-1, 1, (d, 200_000))
    hits, chance = (np.linalg.norm(guesses, axis=0) < radius).mean(), theory.hit_chance(d, radius)
    assert abs(hits - chance) < 4 * np.sqrt(chance * (1 - chance) / 200_000)


def test_with_very_many_parameters_the_chance_is_0_and_not_an_error():
    assert 0 < theory.hit_chance(300, 1) < 1e-250 and theory.hit_chance(10**6, 1) == 0


@pytest.mark.parametrize("bad", [1.5, 0.5, [1, 2.5]])
def test_a_number_of_parameters_is_whole(bad):
    with pytest.raises(ValueError, match=r"^dimension must be a whole number; got "):
        theory.hit_chance(bad, 0.5)


@pytest.mark.parametrize("bad", [1.01, 2, [0.5, 1.1]])
def test_the_goal_fits_into_the_cube(bad):
    with pytest.raises(ValueError, match=r"^radius must be at most 1; got "):
        theory.hit_chance(3, bad)


# --- arrays and bad input ------------------------------------------------------------------------

A, B = np.array([[1.0], [2.0]]), np.array([3.0, 4.0, 5.0])


@pytest.mark.parametrize(
    "answer",
    [
        theory.gd_factor(A, B),
        theory.gd_best_lr(A, B),
        theory.gd_best_rate(A, B),
        theory.steps_to(A / 10, B / 10),
        theory.momentum_limit(A, B / 10),
        theory.momentum_factor(A / 10, B, 0.5),
        theory.momentum_factor(0.1, A, B / 10),
        theory.momentum_best_lr(A, B, 0.5),
        theory.momentum_best_lr(A, 3, B / 10),
        theory.rmsprop_step(A, B / 10),
        theory.rmsprop_wobble(A, B),
        theory.rmsprop_wobble(0.1, A, B),
        theory.half_life(A / 10 * B / 10),
        theory.noise_spread(A / 10, 1, B / 10),
        theory.noise_spread(0.1, A, 0.9, B),
        theory.critical_rho(A / 10, B / 10),
        *theory.polyak(A, B),
        theory.escape_steps(A / 10, B / 10),
        theory.hit_chance(A, B / 10),
    ],
)
def test_a_column_and_a_row_make_a_table(answer):
    assert answer.shape == (2, 3)


def test_a_number_gives_a_number():
    answers = [
        theory.gd_limit(4),
        theory.gd_best_lr(1, 4),
        theory.gd_best_rate(1, 4),
        theory.steps_to(0.1, 0.5),
        theory.momentum_limit(4, 0.9),
        theory.momentum_factor(0.1, 4, 0.9),
        theory.momentum_best_lr(1, 4, 0.9),
        theory.rmsprop_step(1, 0.9),
        theory.rmsprop_wobble(0.1, 4),
        theory.rmsprop_wobble(0.1, 4, 1e-8),
        theory.half_life(0.9),
        theory.noise_spread(0.1, 2),
        theory.critical_rho(0.1, 1),
        *theory.polyak(1, 4),
        theory.escape_steps(1e-3, 0.1),
        theory.restarts(0.1),
        theory.hit_chance(3, 0.5),
    ]
    assert [np.ndim(a) for a in answers] == [0] * len(answers)
    assert not any(isinstance(a, np.ndarray) for a in answers)


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf])
@pytest.mark.parametrize(
    "function, good, name",
    [
        ("gd_limit", {}, "curvature"),
        ("gd_best_lr", {"steepest": 2}, "flattest"),
        ("gd_best_lr", {"flattest": 2}, "steepest"),
        ("gd_best_rate", {"steepest": 2}, "flattest"),
        ("gd_best_rate", {"flattest": 2}, "steepest"),
        ("steps_to", {"factor": 0.5}, "fraction"),
        ("momentum_limit", {"rho": 0.9}, "curvature"),
        ("momentum_best_lr", {"steepest": 2, "rho": 0.9}, "flattest"),
        ("momentum_best_lr", {"flattest": 2, "rho": 0.9}, "steepest"),
        ("rmsprop_step", {"rho": 0.9}, "step"),
        ("rmsprop_wobble", {"curvature": 1}, "lr"),
        ("rmsprop_wobble", {"lr": 0.1}, "curvature"),
        ("noise_spread", {"sigma": 1}, "lr"),
        ("noise_spread", {"lr": 0.1, "sigma": 1}, "curvature"),
        ("critical_rho", {"curvature": 1}, "lr"),
        ("critical_rho", {"lr": 0.1}, "curvature"),
        ("polyak", {"steepest": 2}, "flattest"),
        ("polyak", {"flattest": 2}, "steepest"),
        ("escape_steps", {"lr": 0.1}, "offset"),
        ("escape_steps", {"offset": 0.1}, "lr"),
        ("escape_steps", {"offset": 0.1, "lr": 0.1}, "curvature"),
        ("escape_steps", {"offset": 0.1, "lr": 0.1}, "to"),
        ("hit_chance", {"radius": 0.5}, "dimension"),
        ("hit_chance", {"dimension": 3}, "radius"),
    ],
)
def test_what_must_be_above_0_is_refused_by_name_when_it_is_not(function, good, name, bad):
    with pytest.raises(ValueError, match=rf"^{name} must be above 0; got .*{bad}"):
        getattr(theory, function)(**good, **{name: bad})


@pytest.mark.parametrize("bad", [-0.1, 1, 2, np.nan])
@pytest.mark.parametrize(
    "function, good",
    [
        ("momentum_limit", {"curvature": 1}),
        ("momentum_factor", {"lr": 0.1, "curvature": 1}),
        ("momentum_best_lr", {"flattest": 1, "steepest": 2}),
        ("rmsprop_step", {"step": 1}),
        ("noise_spread", {"lr": 0.1, "sigma": 1}),
    ],
)
def test_rho_is_at_least_0_and_below_1(function, good, bad):
    with pytest.raises(ValueError, match=rf"^rho must be in \[0, 1\); got .*{bad}"):
        getattr(theory, function)(**good, rho=bad)


@pytest.mark.parametrize("bad", [0, -0.1, 1, 2, np.nan, [0.9, 0]])
def test_a_half_life_wants_some_memory_and_not_all(bad):
    with pytest.raises(ValueError, match=r"^rho must be (above 0|in \[0, 1\)); got "):
        theory.half_life(bad)


@pytest.mark.parametrize("bad", [0, 1, -0.1, 1.1, np.nan])
@pytest.mark.parametrize("name", ["fraction", "certainty"])
def test_a_fraction_and_a_certainty_lie_between_0_and_1(name, bad):
    with pytest.raises(ValueError, match=rf"^{name} must be between 0 and 1; got .*{bad}"):
        theory.restarts(**{"fraction": 0.5} | {name: bad})


def test_one_bad_value_among_good_ones_is_refused():
    with pytest.raises(ValueError, match="curvature"):
        theory.gd_limit([1, 2, 0])


def test_a_whole_way_at_a_standstill_is_0_steps_or_for_ever_but_no_warning():
    assert theory.steps_to(1.0, 1.0) in (0, np.inf)


# --- mini-batches --------------------------------------------------------------------------------


def means_of(values, size):
    """The mean of each ordered pick of `size` rows, with replacement: every one there is."""
    picks = np.stack(np.meshgrid(*[values] * size, indexing="ij"))
    return picks.mean(axis=0).ravel()


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_the_noise_of_every_possible_minibatch_with_replacement_is_sigma_over_its_root(size):
    values = np.random.default_rng(0).normal(size=7)
    expected = theory.batch_noise(values.std(), size)
    assert means_of(values, size).std() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("size", range(1, 8))
def test_the_noise_of_every_possible_minibatch_without_replacement_is_that_with_rows(size):
    values = np.random.default_rng(0).normal(size=7)
    means = [np.mean(pick) for pick in combinations(values, size)]
    expected = theory.batch_noise(values.std(), size, rows=7)
    assert np.std(means) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_without_replacement_one_row_has_the_whole_noise_and_all_rows_have_none():
    assert theory.batch_noise(3.5, 1, rows=200) == 3.5
    assert theory.batch_noise(3.5, 200, rows=200) == 0


def test_of_very_many_rows_it_does_not_matter_whether_they_are_put_back():
    ratio = theory.batch_noise(2, 8, rows=10**9) / theory.batch_noise(2, 8)
    assert ratio == pytest.approx(1, abs=1e-8) and ratio < 1


def test_the_noise_of_a_minibatch_broadcasts():
    sizes = np.array([1, 4, 16])
    np.testing.assert_allclose(theory.batch_noise(2, sizes), [2, 1, 0.5])
    assert theory.batch_noise(np.ones((2, 1)), sizes, rows=16).shape == (2, 3)
    assert np.ndim(theory.batch_noise(2, 4)) == np.ndim(theory.batch_noise(2, 4, rows=9)) == 0


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf])
@pytest.mark.parametrize("rows", [None, 100])
def test_sigma_and_size_are_above_0(bad, rows):
    with pytest.raises(ValueError, match=rf"^sigma must be above 0; got .*{bad}"):
        theory.batch_noise(bad, 4, rows)
    with pytest.raises(ValueError, match=rf"^size must be above 0; got .*{bad}"):
        theory.batch_noise(2, bad, rows)


def stationary_excess(curvatures, spreads, lr, size=1):
    """The exact mean excess of w <- w - lr·(λw + noise) in the end, noise of spread s/√size.

    Along each axis the variance V solves V = (1 - lr·λ)²·V + lr²·s²/size; the excess is Σ ½λV.
    """
    variance = lr**2 * spreads**2 / size / (1 - theory.gd_factor(lr, curvatures) ** 2)
    return (curvatures * variance).sum() / 2


@pytest.mark.parametrize("curvatures, spreads", [([1.0], [2.0]), ([0.5, 3, 40], [1, 0.2, 7])])
@pytest.mark.parametrize("size", [1, 8])
def test_at_small_lr_the_floor_is_the_exact_one_whatever_the_curvatures(curvatures, spreads, size):
    curvatures, spreads = np.array(curvatures), np.array(spreads)
    sigma = np.sqrt((spreads**2).sum())
    for lr in np.array([1e-2, 1e-3, 1e-4]) / curvatures.max():
        exact = stationary_excess(curvatures, spreads, lr, size)
        assert exact == pytest.approx(
            theory.noise_floor(lr, sigma, size), rel=lr * curvatures.max()
        )


@pytest.mark.parametrize("lr", [0.1, 0.5, 1, 1.5])
def test_at_larger_lr_the_floor_lies_higher_by_1_over_1_minus_half_lr_curvature(lr):
    exact = stationary_excess(np.array([1.0]), np.array([2.0]), lr)
    assert exact == pytest.approx(theory.noise_floor(lr, 2) / (1 - lr / 2))
    assert exact > theory.noise_floor(lr, 2)


def test_runs_with_such_noise_come_down_to_the_exact_floor():
    """2000 runs, one late point each: squared normals, so the spread of the mean is √(2/2000)."""
    rng, lr, curvature = np.random.default_rng(0), 0.2, 1.5
    end = arrive(
        gd, lambda w: curvature * w + rng.normal(size=w.shape), np.zeros((1, 2000)), 60, lr=lr
    )
    exact = stationary_excess(np.array([curvature]), np.ones(1), lr)
    assert curvature * (end**2).mean() / 2 == pytest.approx(exact, rel=4 * np.sqrt(2 / 2000))


def test_the_floor_broadcasts_and_halves_with_lr_and_with_twice_the_rows():
    floors = theory.noise_floor(np.array([[0.1], [0.05]]), 2, np.array([1, 2, 4]))
    np.testing.assert_allclose(floors, [[0.1, 0.05, 0.025], [0.05, 0.025, 0.0125]])
    assert theory.noise_floor(0.1, 0) == 0


def stationary_spread(lr, sigma, rho, curvature):
    """Exact: with v' = ρv + λx + noise, the second moments of (x, v) solve M = A·M·Aᵀ + σ²·b·bᵀ."""
    a = np.array([[1 - lr * curvature, -lr * rho], [curvature, rho]])
    b = np.array([-lr, 1.0])
    source = sigma**2 * np.outer(b, b).ravel()
    return np.sqrt(np.linalg.solve(np.eye(4) - np.kron(a, a), source)[0])


@RHOS
@pytest.mark.parametrize("of_limit", [0.001, 0.1, 0.5, 0.99])
@pytest.mark.parametrize("curvature", [0.1, 1, 30])
def test_the_spread_is_the_one_that_the_second_moments_settle_at(of_limit, curvature, rho):
    lr = of_limit * theory.momentum_limit(curvature, rho)
    exact = stationary_spread(lr, 1.7, rho, curvature)
    assert theory.noise_spread(lr, 1.7, rho, curvature) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("lr, rho", [(0.3, 0), (0.05, 0.8), (1, 0.5), (2.5, 0.5)])
def test_runs_with_such_noise_scatter_that_far(lr, rho):
    """2000 runs, one late point each: the mean of as many squared normals is good to √(2/2000)."""
    rng, lr = np.random.default_rng(0), lr / 1.5

    def grad(w):
        return 1.5 * w + 0.7 * rng.normal(size=w.shape)

    end = arrive(momentum, grad, np.zeros((1, 2000)), 150, lr=lr, rho=rho)
    expected = theory.noise_spread(lr, 0.7, rho, 1.5)
    assert (end**2).mean() == pytest.approx(expected**2, rel=4 * np.sqrt(2 / 2000))


@pytest.mark.parametrize("curvature", [0.5, 1, 20])
@pytest.mark.parametrize("lr", [1e-3, 0.04, 0.09])
def test_without_memory_the_spread_is_that_of_the_exact_floor_of_sgd(lr, curvature):
    exact = stationary_excess(np.array([curvature]), np.array([2.0]), lr)
    assert curvature * theory.noise_spread(lr, 2, 0, curvature) ** 2 / 2 == pytest.approx(exact)
    assert theory.noise_spread(lr, 2, curvature=curvature) == theory.noise_spread(
        lr, 2, 0.0, curvature
    )


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.99])
def test_at_small_lr_the_spread_depends_on_lr_over_1_minus_rho_alone(rho):
    """And the excess is the floor of SGD at that learning rate."""
    for lr in (1e-3, 1e-5):
        spread = theory.noise_spread(lr * (1 - rho), 3, rho)
        assert spread == pytest.approx(theory.noise_spread(lr, 3), rel=lr)
        assert spread**2 / 2 == pytest.approx(theory.noise_floor(lr, 3), rel=lr)
    ratio = theory.noise_spread(1e-6, 3, rho) / theory.noise_spread(1e-6, 3)
    assert ratio == pytest.approx(1 / np.sqrt(1 - rho), rel=1e-5)


def test_the_spread_is_proportional_to_the_noise_and_without_noise_there_is_none():
    sigmas = np.array([0, 1, 5])
    one = theory.noise_spread(0.1, 1, 0.9)
    np.testing.assert_allclose(theory.noise_spread(0.1, sigmas, 0.9), one * sigmas)


@RHOS
@pytest.mark.parametrize("of_limit", [1, 1.001, 3])
def test_at_the_limit_and_beyond_there_is_no_spread_to_settle_at(of_limit, rho):
    limit = theory.momentum_limit(3, rho)
    with pytest.raises(ValueError, match=r"^lr must be below 2\(1 \+ ρ\)/curvature; got "):
        theory.noise_spread(of_limit * limit * (1 + 1e-12), 1, rho, 3)
    near = theory.noise_spread(limit * np.array([0.99, 0.9999, 0.999999]), 1, rho, 3)
    np.testing.assert_allclose(near[1:] / near[:-1], 10, rtol=0.01)  # as 1/√(what is left)


@pytest.mark.parametrize("size", [5, [1, 5]])
def test_without_replacement_a_minibatch_has_at_most_all_rows(size):
    with pytest.raises(ValueError, match=r"^size must be at most rows; got .*5.*, 4"):
        theory.batch_noise(2, size, rows=4)


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf])
def test_the_floor_wants_lr_and_size_above_0(bad):
    with pytest.raises(ValueError, match=rf"^lr must be above 0; got .*{bad}"):
        theory.noise_floor(bad, 2)
    with pytest.raises(ValueError, match=rf"^size must be above 0; got .*{bad}"):
        theory.noise_floor(0.1, 2, bad)
