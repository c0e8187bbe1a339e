"""Every number that notebook 01 states, computed again. The ids are those of the project's ledger.

Where there is a formula, it is the judge: of the runs, and of the random experiments within four
standard errors. Elsewhere the seed is fixed and the number is the one that the page prints.
"""

from collections import Counter
from itertools import permutations, product
from math import comb, factorial, pi, sqrt

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from gdlib import landscapes
from gdlib.landscapes import Landscape, critical_points, kinds, stationary_points
from gdlib.nets import xor_losses
from gdlib.optimizers import arrive, descend, gd
from gdlib.regression import loss_surface, penguins
from gdlib.theory import hit_chance

WELL = landscapes.double_well()
MERGE = 8 / (3 * np.sqrt(3))
FIVE_LOTTERIES = 1 / comb(49, 6) ** 5


def agrees(share, chance, trials):
    """Whether a measured share lies within four standard errors of the chance."""
    return abs(share - chance) < 4 * np.sqrt(chance * (1 - chance) / trials)


def between(nodes, low, high):
    """Gauss-Legendre points and weights on an interval."""
    t, weight = np.polynomial.legendre.leggauss(nodes)
    return (low + high) / 2 + (high - low) / 2 * t, (high - low) / 2 * weight


# --- guessing ------------------------------------------------------------------------------------


def test_e1_1_six_of_49_five_times_in_a_row_has_the_chance_1_87e_36():
    assert FIVE_LOTTERIES == pytest.approx(1.87e-36, rel=1e-3)


@pytest.mark.parametrize(
    "d, chance", [(1, 0.2), (2, 0.031), (3, 0.0042), (10, 2.6e-10), (100, 2.4e-140)]
)
def test_e1_1_the_chance_to_hit_a_ball_of_radius_0_2_falls_with_the_dimension(d, chance):
    assert hit_chance(d, 0.2) == pytest.approx(chance, rel=0.02)


@pytest.mark.parametrize("radius", [0.2, 0.7])
@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_e1_1_the_formula_counts_what_guessing_hits(d, radius):
    guesses = np.random.default_rng(0).uniform(-1, 1, (d, 200_000))
    hits = ((guesses**2).sum(axis=0) < radius**2).mean()
    assert agrees(hits, hit_chance(d, radius), 200_000)


@pytest.mark.parametrize("radius, d", [(0.1, 26), (0.2, 31)])
def test_e1_1_guessing_is_worse_than_five_lotteries_from_26_or_31_parameters_on(radius, d):
    worse = hit_chance(np.arange(1, 101), radius) < FIVE_LOTTERIES
    assert not worse[: d - 1].any() and worse[d - 1 :].all()


def test_e1_1_to_get_each_parameter_within_5_percent_is_worse_from_28_on():
    assert 0.05**27 > FIVE_LOTTERIES > 0.05**28


@pytest.fixture(scope="module")
def contest():
    """½‖w‖² by dimension: the median over 100 tries of the best of 1000 guesses, and 50 steps."""
    rng, ends = np.random.default_rng(0), {}
    for d in (1, 2, 5, 10, 50):
        guesses = rng.uniform(-1, 1, (d, 1000, 100))
        best = (guesses**2).sum(axis=0).min(axis=0) / 2
        end = arrive(gd, lambda w: w, np.ones(d), 50, lr=0.1)
        ends[d] = np.median(best), (end**2).sum() / 2
    return ends


@pytest.mark.parametrize(
    "d, guessed, descended",
    [
        (1, 1.73e-7, 1.33e-5),
        (2, 3.3e-4, 2.66e-5),
        (5, 0.056, 6.64e-5),
        (10, 0.38, 1.33e-4),
        (50, 5.13, 6.64e-4),
    ],
)
def test_e1_2_1000_guesses_beat_50_steps_with_one_parameter_and_lose_with_two_and_more(
    contest, d, guessed, descended
):
    assert contest[d] == pytest.approx((guessed, descended), rel=5e-3)
    assert (contest[d][0] < contest[d][1]) == (d == 1)


@pytest.mark.parametrize("d", [1, 2, 5, 10])
def test_e1_2_the_median_of_the_best_guesses_is_where_the_formula_has_it(contest, d):
    """1000 guesses miss the ball through it every other time; of 100 tries, σ is 0.05."""
    radius = sqrt(2 * contest[d][0])
    assert (1 - hit_chance(d, radius)) ** 1000 == pytest.approx(0.5, abs=0.15)


def test_e1_2_with_one_parameter_71_steps_beat_the_guesses(contest):
    ends = [arrive(gd, lambda w: w, [1.0], steps, lr=0.1)[0] ** 2 / 2 for steps in (70, 71)]
    assert ends[0] > contest[1][0] > ends[1]


@pytest.mark.parametrize("d", [1, 50])
def test_e1_2_descent_shrinks_every_coordinate_alike_however_many_there_are(contest, d):
    assert contest[d][1] == pytest.approx(d / 2 * 0.9**100, rel=1e-12)


# --- one curve: the tilted double well -----------------------------------------------------------


def test_e1_3_the_well_has_a_local_minimum_a_maximum_and_a_global_minimum():
    """Viète's formula for the roots of 4x³ - 4x - t."""
    third = np.arccos(3 * np.sqrt(3) * 0.3 / 8) / 3
    right, left, top = 2 / np.sqrt(3) * np.cos(third - 2 * pi * np.array([0, 2, 1]) / 3)
    top, left = sorted((top, left), reverse=True)
    minima, maxima = stationary_points(WELL)
    np.testing.assert_allclose([*minima[0], *maxima[0]], [left, right, top], atol=1e-12)
    np.testing.assert_allclose([left, right, top], [-0.96015, 1.03558, -0.07543], atol=5e-6)


def test_e1_3_the_heights_and_curvatures_of_the_three_places():
    places = np.array([[-0.960150, 1.035578, -0.075428]])
    np.testing.assert_allclose(WELL.f(places), [0.29415, -0.30543, 1.0113], atol=5e-5)
    np.testing.assert_allclose(WELL.curvatures(places)[0, :2], [7.063, 8.869], atol=1e-3)
    assert WELL.minima[0] == pytest.approx([1.03558, -0.96015], abs=5e-6)  # the global one first
    assert WELL.f(WELL.minima[:, 0]) < WELL.f(np.linspace(-2, 2, 4000)[None]).min()


def places(tilt):
    """How many minima and maxima the double well has at a tilt."""
    return tuple(found.shape[1] for found in stationary_points(landscapes.double_well(tilt)))


def test_e1_3_the_wells_merge_at_a_tilt_of_8_over_3_sqrt_3():
    assert pytest.approx(1.5396, abs=5e-5) == MERGE
    for side in (1, -1):
        assert places(side * 1.53) == places(side * MERGE * 0.9999) == (2, 1)
        assert places(side * 1.55) == places(side * MERGE * 1.0001) == (1, 0)


# --- does a lowest point exist, and is it one? ---------------------------------------------------


def test_e1_4_on_softplus_the_ball_goes_as_the_logarithm_and_the_loss_as_one_over_k():
    land = landscapes.softplus()
    path = descend(gd, land.grad, [0], 100_000, lr=1)
    f = land.f(path)
    k = np.array([100, 10_000, 100_000])
    np.testing.assert_allclose(path[0, k], [4.59, 9.21, 11.51], atol=5e-3)
    np.testing.assert_allclose(path[0, k], np.log(k), atol=0.02)
    np.testing.assert_allclose(f[k] * k, 1, atol=0.011)
    assert (np.diff(f) < 0).all() and f[-1] > 0


def test_c02_a_loss_may_rise_along_every_line_and_have_no_lowest_place():
    def f(x, y):
        return (y - x**2) ** 2 + 1 / (1 + x**2)

    angle = np.linspace(0, 2 * pi, 361)
    rays = np.array([1e2, 1e3, 1e4])[:, None] * np.stack([np.cos(angle), np.sin(angle)])[:, None]
    assert (np.diff(f(*rays), axis=0) > 0).all() and f(*rays)[-1].min() > 1e7
    x = np.array([1e1, 1e2, 1e3])
    assert (f(x, x**2) > 0).all() and f(x, x**2)[-1] < 1e-5


def test_e1_5_three_starts_find_three_quartics_through_the_same_three_points():
    """Five parameters, three points. Only three sums of parameters matter; the rest never moves."""
    x, y = np.array([-1, 0, 1]), np.array([[1], [0], [2]])
    powers = np.vander(x, 5, increasing=True)
    starts = np.random.default_rng(0).normal(size=(5, 3))
    a, b, c, d, e = starts
    ends = arrive(gd, lambda w: powers.T @ (powers @ w - y) / 3, starts, 1000, lr=0.3)
    assert (((powers @ ends - y) ** 2).mean(axis=0) / 2 < 1e-30).all()
    odd, even = 1 / 2, 3 / 2  # b + d and c + e of every polynomial through the three points
    solved = [0 * a, (odd + b - d) / 2, (even + c - e) / 2, (odd - b + d) / 2, (even - c + e) / 2]
    np.testing.assert_allclose(ends, solved, atol=1e-12)
    apart = [np.linalg.norm(ends[:, i] - ends[:, j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    np.testing.assert_allclose(apart, [1.96, 2.31, 0.47], atol=5e-3)


def test_e1_5b_a_2_6_1_tanh_net_has_46080_exact_copies():
    """Each hidden unit is a row: two weights in, a bias, a weight out."""
    rng = np.random.default_rng(0)
    units, (x1, x2, y) = rng.normal(size=(6, 4)), rng.normal(size=(3, 20))
    orders = units[list(permutations(range(6)))]  # (720, 6, 4)
    signs = np.array(list(product((1, -1), repeat=6)))[:, None, :, None]
    copies = (signs * orders).reshape(-1, 6, 4)
    into, bias, out = copies[..., :2], copies[..., 2:3], copies[..., 3:]
    answer = (out * np.tanh(into @ np.stack([x1, x2]) + bias)).sum(axis=1)
    loss = ((answer - y) ** 2).mean(axis=1) / 2
    assert len(set(map(bytes, copies))) == 46_080 == factorial(6) * 2**6
    assert loss[0] > 0.1 and np.ptp(loss) < 1e-14 * loss[0]
    for other in (0 * units[0], units[1], -units[1]):  # zero, or like another up to its sign
        fewer = signs * np.vstack([other, units[1:]])[list(permutations(range(6)))] + 0.0
        assert len(set(map(bytes, fewer.reshape(-1, 6, 4)))) < 46_080


# --- is the lowest loss what we want? ------------------------------------------------------------


def fitted(degree):
    """Train and test error of a polynomial fitted to 12 noisy points of sin 3x."""
    x, everywhere = np.linspace(-1, 1, 12), np.linspace(-1, 1, 200)
    y = np.sin(3 * x) + 0.3 * np.random.default_rng(0).normal(size=12)
    p = Polynomial.fit(x, y, degree)
    return ((p(x) - y) ** 2).mean(), ((p(everywhere) - np.sin(3 * everywhere)) ** 2).mean()


@pytest.mark.parametrize(
    "degree, train, test",
    [(1, 0.243, 0.200), (3, 0.0536, 0.0107), (5, 0.0196, 0.0279), (9, 8.4e-5, 0.0494)],
)
def test_e1_6_train_and_test_error_of_a_polynomial(degree, train, test):
    assert fitted(degree) == pytest.approx((train, test), rel=5e-3)


def test_e1_6_at_degree_11_the_training_error_is_0_and_the_test_error_7_5_times_the_best():
    train, test = fitted(11)
    assert train < 1e-25 and test == pytest.approx(0.0803, abs=5e-5)
    assert test / min(fitted(degree)[1] for degree in range(12)) == pytest.approx(7.5, abs=0.1)


def test_e1_6_more_parameters_always_train_better_and_degree_3_tests_best():
    train, test = zip(*(fitted(degree) for degree in range(12)), strict=True)
    assert (np.diff(train) < 0).all() and np.argmin(test) == 3


# Ten points in two classes: the sign of the line θ₀ + θ₁·x is the answer.
X = np.array([-5, -4, -3, -2, -1, 1, 2, 3, 4, 30])
Y = np.sign(X)


def mistakes(w):
    """How many of the ten points the lines `(2, ...)` put on the wrong side: `(...)`."""
    intercept, slope = w[..., None]
    return ((intercept + slope * X) * Y <= 0).sum(axis=-1)


def mean_square(w):
    intercept, slope = w[..., None]
    return ((intercept + slope * X - Y) ** 2).mean(axis=-1)


def test_e1_7_the_line_with_the_lowest_loss_makes_two_mistakes():
    """As many points in each class, so the line crosses 0 at the mean of x, 2.5."""
    land = loss_surface(X, Y)
    best = land.minima[:, 0]
    assert mistakes(best) == 2 and mean_square(best) == pytest.approx(0.672, abs=5e-4)
    assert mean_square(best) == pytest.approx(1 - np.cov(X, Y, ddof=0)[0, 1] ** 2 / X.var())
    np.testing.assert_allclose(best, [-0.149, 0.0596], atol=5e-4)
    assert -best[0] / best[1] == pytest.approx(2.5) == X.mean()
    assert ((X[:7] > 0) & (X[:7] < 2.5)).sum() == 2


def test_e1_7_a_line_with_a_higher_loss_makes_none():
    line = np.array([0, 0.1])
    assert mistakes(line) == 0 and mean_square(line) == pytest.approx(0.885, abs=5e-4)
    assert line[1] * X[-1] == pytest.approx(3) and Y[-1] == 1  # (3 − 1)² is 4


def measured_slopes(loss, w, h=1e-6):
    shifts = h * np.eye(2)[:, :, None]
    return np.stack([(loss(w + s) - loss(w - s)) / (2 * h) for s in shifts])


def test_e1_8_the_gradient_of_the_number_of_mistakes_is_0_at_1000_of_1000_random_places():
    w = np.random.default_rng(0).normal(size=(2, 1000))
    assert (measured_slopes(mistakes, w) == 0).all()
    assert set(mistakes(w)) == set(range(11))  # and yet the places differ in every way


def test_e1_8_a_loss_with_kinks_has_a_slope_at_all_of_them():
    def mean_distance(w):
        intercept, slope = w[..., None]
        return np.abs(intercept + slope * X - Y).mean(axis=-1)

    w = np.random.default_rng(0).normal(size=(2, 1000))
    assert (np.abs(measured_slopes(mean_distance, w)).max(axis=0) > 0.1).all()


# --- the loss is half the mean squared error -----------------------------------------------------


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, 200)
    return x, 1 + 2 * x + 0.8 * rng.normal(size=200)


@pytest.fixture(scope="module")
def anywhere():
    return np.random.default_rng(1).uniform(-4, 4, (2, 50))


def test_c55_c56_the_loss_of_a_line_is_half_the_mean_of_the_squares(data, anywhere):
    x, y = data
    intercept, slope = anywhere[..., None]
    squares = (intercept + slope * x - y) ** 2
    np.testing.assert_allclose(loss_surface(x, y).f(anywhere), squares.mean(axis=-1) / 2)


def slopes_row_by_row(data, w):
    """The means of error and error·x: no factor 2, for the half has cancelled it."""
    x, y = data
    intercept, slope = w[..., None]
    error = intercept + slope * x - y
    return np.stack([error.mean(axis=-1), (error * x).mean(axis=-1)])


def test_c55_the_half_cancels_the_2_of_the_derivative(data, anywhere):
    measured = measured_slopes(loss_surface(*data).f, anywhere)
    np.testing.assert_allclose(measured, slopes_row_by_row(data, anywhere), atol=1e-8)


def test_c25_c55_it_is_a_paraboloid_with_the_same_curvatures_0_95_and_1_53_everywhere(
    data, anywhere
):
    curvatures = loss_surface(*data).curvatures(anywhere)
    np.testing.assert_allclose(curvatures.T, np.tile([0.9522, 1.5259], (50, 1)), atol=5e-5)


def test_c26_one_parameter_at_a_time_arrives_too(data):
    """Coordinate descent: the best intercept for this slope, the best slope for this intercept."""
    x, y = data
    intercept, slope = -1.0, -1.0
    for _ in range(20):
        intercept = (y - slope * x).mean()
        slope = (x * (y - intercept)).mean() / (x**2).mean()
    np.testing.assert_allclose([intercept, slope], loss_surface(x, y).minima[:, 0], rtol=1e-12)


def test_c93_on_a_convex_loss_a_gradient_of_zero_proves_the_global_minimum(data, anywhere):
    """There a loss lies above its tangent plane, and a flat tangent plane is the lowest value."""
    land = loss_surface(*data)
    assert np.abs(slopes_row_by_row(data, land.minima)).max() < 1e-14
    for w in anywhere.T[:5, :, None]:
        tangent = land.f(w) + (land.grad(w) * (anywhere - w)).sum(axis=0)
        assert (land.f(anywhere) >= tangent - 1e-12).all()


def test_c74_where_training_stops_is_often_no_minimum_at_all():
    """E3.10: on Rosenbrock, stopped when a step of lr 0.001 gains less than 1e-3."""
    land = landscapes.rosenbrock()
    path = descend(gd, land.grad, land.start, 2000, lr=0.001)
    stop = (np.abs(np.diff(land.f(path))) < 1e-3).argmax()
    assert land.f(path[:, stop]) == pytest.approx(0.39, abs=5e-3)
    assert np.linalg.norm(land.grad(path[:, stop])) > 0.5


# --- slope zero ----------------------------------------------------------------------------------


def power(n, sign=1):
    def f(w):
        return sign * w[0] ** n

    def grad(w):
        return sign * n * w ** (n - 1)

    return Landscape(f"{sign} x^{n}", f, grad, ((-1, 1),), start=1.0)


@pytest.mark.parametrize(
    "land, curvature, kind, left, right",
    [
        (power(2), 2, "minimum", 1, 1),
        (power(3), 0, "flat", -1, 1),
        (power(2, -1), -2, "maximum", -1, -1),
        (power(4), 0, "flat", 1, 1),
    ],
    ids=["x²", "x³", "-x²", "x⁴"],
)
def test_e1_9_four_curves_are_flat_at_0_and_the_curvature_is_silent_on_two(
    land, curvature, kind, left, right
):
    assert land.grad([0]) == 0
    assert land.hessian([0])[0, 0] == pytest.approx(curvature, abs=1e-6)
    assert kinds(land, np.zeros((1, 1))) == [kind]
    beside = np.sign(land.f([[-0.01, 0.01]]) - land.f([0]))
    np.testing.assert_array_equal(beside, [left, right])


def test_e1_9_near_a_kink_the_slope_stays_minus_1_or_1_where_a_parabola_s_tends_to_0():
    away, h = np.array([1e-1, 1e-2, 1e-3, 1e-4]), 1e-6

    def slope(f, x):
        return (f(x + h) - f(x - h)) / (2 * h)

    np.testing.assert_allclose([slope(np.abs, -away), slope(np.abs, away)], [[-1] * 4, [1] * 4])
    np.testing.assert_allclose(slope(np.square, away), 2 * away, rtol=1e-6)


def test_c13_at_a_boundary_the_lowest_place_may_have_a_slope():
    land = landscapes.softplus()
    x = np.linspace(*land.window[0], 1001)[None]
    lowest = x[:, land.f(x).argmin()]
    assert lowest == land.window[0][1] and land.grad(lowest) < 0


def test_e1_16_himmelblau_has_four_minima_four_saddles_and_a_maximum():
    land = landscapes.himmelblau()
    points = critical_points(land)
    assert np.abs(land.grad(points)).max() < 1e-9
    assert kinds(land, points) == 4 * ["minimum"] + 4 * ["saddle"] + ["maximum"]
    np.testing.assert_allclose(
        points.T,
        [
            *[(-3.77931, -3.28319), (-2.80512, 3.13131), (3, 2), (3.58443, -1.84813)],
            *[(3.38515, 0.07385), (0.08668, 2.88425), (-3.07303, -0.08135)],
            *[(-0.12796, -1.95371), (-0.27084, -0.92304)],
        ],
        atol=5e-6,
    )


def test_c87_all_four_minima_of_himmelblau_are_global():
    land = landscapes.himmelblau()
    assert land.minima.shape == (2, 4) and (land.f(land.minima) < 1e-25).all()
    highest = critical_points(land)[:, -1]
    assert land.f(highest) == pytest.approx(181.617, abs=5e-4)


# --- how many minima, and which share of the critical points -------------------------------------


def test_e1_10_on_one_axis_of_rastrigin_11_of_21_flat_places_are_minima():
    minima, maxima = stationary_points(landscapes.rastrigin(1))
    assert (minima.shape, maxima.shape) == ((1, 11), (1, 10))


def test_e1_10_on_two_axes_the_numbers_are_squared():
    """A sum of functions of one parameter each is flat where each of them is."""
    land = landscapes.rastrigin(2)
    axis = np.concatenate(stationary_points(landscapes.rastrigin(1)), axis=1)[0]
    found = kinds(land, np.array(list(product(axis, repeat=2))).T)
    assert Counter(found) == {"minimum": 121, "saddle": 220, "maximum": 100}


@pytest.mark.parametrize("d, share, count", [(1, 0.524, 11), (2, 0.274, 121), (10, 0.0016, 2.6e10)])
def test_e1_10_the_share_of_minima_falls_and_their_number_explodes(d, share, count):
    assert (11 / 21) ** d == pytest.approx(share, rel=0.03)
    assert 11**d == pytest.approx(count, rel=3e-3)


def eigenvalues(n, matrices):
    """Of random symmetric matrices whose eigenvalues fill [-2, 2] when n is large, in order."""
    a = np.random.default_rng(0).normal(size=(matrices, n, n))
    return np.linalg.eigvalsh((a + np.swapaxes(a, 1, 2)) / np.sqrt(2 * n))


def minima_among(curvatures):
    """Their share, plain and with |det| as the weight of each: as the theory counts them."""
    up, weight = curvatures[:, 0] > 0, np.abs(curvatures.prod(axis=1))
    return up.mean(), (weight * up).sum() / weight.sum()


@pytest.mark.parametrize("n, percent", [(2, 25), (3, 12), (4, 6), (5, 3)])
def test_c91_over_all_heights_minima_are_about_as_rare_as_coins_say(n, percent):
    """E1.11b, Kac and Rice: a random symmetric matrix and a normal number times 1, by |det|."""
    rng = np.random.default_rng(0)
    a, lift = rng.normal(size=(200_000, n, n)), rng.normal(size=(200_000, 1))
    _, share = minima_among(np.linalg.eigvalsh((a + a.swapaxes(1, 2)) / sqrt(2)) + lift)
    assert abs(100 * share - percent) < 0.6 and abs(100 * 0.5**n - percent) < 0.6


def test_c91_at_middle_heights_they_are_rarer_and_with_five_directions_next_to_none():
    for n in (2, 3, 4, 5):
        assert max(minima_among(eigenvalues(n, 20_000))) < 0.7 * 0.5**n
    assert max(minima_among(eigenvalues(5, 20_000))) < 1e-3


def test_c91_low_down_nearly_every_critical_point_is_a_minimum():
    for n in (1, 2, 3, 5, 10, 20):
        assert min(minima_among(eigenvalues(n, 4000) + 2.5)) > 0.95


@pytest.mark.parametrize(
    "shift, chance, within",
    [(0, 0, 0), (1, 0, 0), (1.5, 0.03, 0.01), (2, 0.864, 0.02), (2.5, 1, 0.002)],
)
def test_e1_11_a_matrix_of_20_shifted_up_is_positive_once_the_shift_passes_its_edge_at_2(
    shift, chance, within
):
    assert (eigenvalues(20, 4000)[:, 0] + shift > 0).mean() == pytest.approx(chance, abs=within)


def torus_field(rng):
    """A random sum of waves with up to two periods along each side of a torus."""
    waves = np.array(list(product(range(-2, 3), repeat=2)))
    size, phase = rng.normal(size=25), rng.uniform(0, 2 * pi, 25)

    def f(w):
        return np.cos(np.moveaxis(w, 0, -1) @ waves.T + phase) @ size

    def grad(w):
        slopes = -size * np.sin(np.moveaxis(w, 0, -1) @ waves.T + phase)
        return np.moveaxis(slopes @ waves, -1, 0)

    return Landscape("torus", f, grad, ((0, 2 * pi),) * 2, start=[0, 0])


@pytest.mark.parametrize("seed", range(10))
def test_e1_12_on_a_torus_half_of_the_critical_points_are_saddles_every_time(seed):
    """Minima - saddles + maxima = 0, the Euler characteristic of the torus."""
    land = torus_field(np.random.default_rng(seed))
    points = critical_points(land)
    found = Counter(kinds(land, points))
    assert found["minimum"] - found["saddle"] + found["maximum"] == 0
    assert found["saddle"] == points.shape[1] / 2 and 16 <= points.shape[1] <= 24
    assert min(found["minimum"], found["maximum"]) >= 1 and found["flat"] == 0


def shows_a_descent(d):
    """P(u₁² > ½) for a random direction u: the share of a sphere in the two caps beyond 45°."""

    def cap(end):
        theta, weight = between(400, 0, end)
        return (weight * np.sin(theta) ** (d - 2)).sum()

    return cap(pi / 4) / cap(pi / 2)


@pytest.mark.parametrize("d, chance", [(2, 0.5), (3, 0.293), (10, 0.015), (100, 1.4e-16)])
def test_e1_13_a_random_slice_through_a_saddle_hardly_ever_shows_the_way_down(d, chance):
    """Curvatures -1, 1, ..., 1: along a unit vector u the curvature is 1 - 2u₁²."""
    assert shows_a_descent(d) == pytest.approx(chance, rel=0.01)
    u = np.random.default_rng(0).normal(size=(d, 50_000))
    curvature = ((u**2).sum(axis=0) - 2 * u[0] ** 2) / (u**2).sum(axis=0)
    assert agrees((curvature < 0).mean(), shows_a_descent(d), 50_000)


def test_e1_13_with_three_parameters_the_chance_is_1_minus_1_over_root_2():
    assert shows_a_descent(3) == pytest.approx(1 - 1 / sqrt(2), rel=1e-12)


# --- a small net ---------------------------------------------------------------------------------

STUCK = {2: 211, 3: 87, 4: 38, 6: 6, 8: 1}


@pytest.fixture(scope="module")
def trained():
    return {width: xor_losses(width, 300, np.random.default_rng(0)) for width in STUCK}


@pytest.mark.parametrize("width, stuck", STUCK.items())
def test_e1_14_the_wider_the_net_the_fewer_of_300_starts_are_stuck_on_xor(trained, width, stuck):
    assert (trained[width] >= 0.01).sum() == stuck


def test_e1_14_the_shares_are_70_29_13_2_and_0_3_percent():
    shares = [stuck / 300 for stuck in STUCK.values()]
    np.testing.assert_allclose(shares, [0.70, 0.29, 0.13, 0.02, 0.003], atol=5e-3)


def test_e1_14_with_eight_units_299_of_300_starts_reach_a_loss_of_practically_0(trained):
    assert (trained[8] < 1e-12).sum() == 299


def test_e1_14_who_is_stuck_stands_on_one_of_two_plateaus_at_a_quarter_and_a_third(trained):
    """So where "stuck" begins, between 1e-5 and 0.24, changes no count."""
    losses = np.concatenate(list(trained.values()))
    stuck = losses[losses > 1e-5]
    assert len(stuck) == sum(STUCK.values())
    assert (np.isclose(stuck, 1 / 4, atol=1e-3) | np.isclose(stuck, 1 / 3, atol=1e-3)).all()
    assert np.isclose(stuck, 1 / 3, atol=1e-3).any()


# --- solved at once ------------------------------------------------------------------------------


def test_e1_15_a_regression_with_1000_parameters_is_solved_at_once():
    rng = np.random.default_rng(0)
    x, true = rng.normal(size=(2000, 1000)), rng.normal(size=1000)
    w = np.linalg.solve(x.T @ x, x.T @ (x @ true))
    assert 0 < np.abs(w - true).max() < 1e-12
    assert np.abs(x.T @ (x @ (w - true))).max() / 2000 < 1e-12  # zero gradient: the certificate


def test_c72_with_a_million_parameters_the_matrix_takes_8_terabytes():
    million = 10**6
    assert million**2 * np.dtype(float).itemsize == 8e12 and million**3 == 10**18


def test_the_best_line_of_all_penguins_and_of_the_eight():
    x, y, _ = penguins("centred")
    np.testing.assert_allclose(loss_surface(x / 10, y).minima[:, 0], [4.202, 0.497], atol=5e-4)
    eight = loss_surface(x[::43] / 10, y[::43])
    np.testing.assert_allclose(eight.minima[:, 0], [4.131, 0.507], atol=5e-4)


# --- the exercises -------------------------------------------------------------------------------


def test_x1_1_at_1_5396_there_are_three_flat_places_and_at_1_5397_one():
    assert sum(places(1.5396)) == 3 and sum(places(1.5397)) == 1


def test_x1_2_seven_parameters_make_a_hit_rarer_than_one_in_a_million():
    assert hit_chance(6, 0.2) == pytest.approx(5.2e-6, rel=0.01)
    assert hit_chance(7, 0.2) == pytest.approx(4.7e-7, rel=0.01)
    assert (hit_chance(np.arange(1, 7), 0.2) > 1e-6).all()


def test_x1_3_rastrigin_with_four_parameters_has_14641_minima_a_share_of_0_0753():
    minima, maxima = stationary_points(landscapes.rastrigin(1))
    assert minima.size**4 == 14_641
    share = minima.size / (minima.size + maxima.size)
    assert share**4 == pytest.approx(0.0753, abs=5e-5)


def test_x1_4_three_places_of_himmelblau_are_a_saddle_a_maximum_and_a_minimum():
    points = np.array([(0.08668, 2.88425), (-0.27084, -0.92304), (3.58443, -1.84813)]).T
    assert kinds(landscapes.himmelblau(), points) == ["saddle", "maximum", "minimum"]
