"""Every number that notebook 06 states, computed again. The ids are those of the project's ledger.

A step count k means that path[:, k], the point after k updates, is the first from which the
condition holds for good (`lasting`). The ledger often counts to the first time that it holds at all
(`first`); where the two differ, both are here. Runs in a turned ravine amplify rounding: a change
of 10⁻¹⁵ moves their counts by up to ten steps, so they are `about` right. What chance does is held
against `Chance`, an exact mean.

C122 and the names in C141 have no number. The race, C140 and E6.18, is notebook 07's.
"""

from math import isnan, pi, sqrt

import numpy as np
import pytest

from gdlib import landscapes, regression, theory
from gdlib.optimizers import arrive, descend, diverged, first_step, gd, momentum, rmsprop

R = {"lr": 0.01, "rho": 0.9}  # the settings of the ledger, where it does not give others
Z = 3.5  # a measured mean may lie so many of its standard errors off


def near(w, place=0.0, within=0.05):
    """At which steps a path `(d, steps + 1)` is close to a place."""
    return np.sqrt(((w - np.reshape(place, (-1, 1))) ** 2).sum(axis=0)) < within


def lasting(condition):
    return int(first_step(condition))


def first(condition):
    """The first step at which a condition holds at all, or -1."""
    return int(condition.argmax()) if condition.any() else -1


def about(steps):
    return pytest.approx(steps, rel=0.012, abs=10 if steps > 150 else 3)


def steady(g):
    """The gradient of a slope that is everywhere the same."""
    return lambda w: np.full_like(w, g)


def steps_of(path, lr):
    """How far each step went down a slope, in units of lr."""
    return -np.diff(path[0]) / lr


def speeds(gradients, rho, s=0.0, eps=0.0):
    """The steps of RMSProp, in units of lr, that a sequence of gradients makes."""
    steps = []
    for g in gradients:
        w, s = rmsprop(0.0, g, s, lr=1.0, rho=rho, eps=eps)
        steps.append(-w)
    return np.array(steps)


# --- closed forms ---------------------------------------------------------------------------------


def steady_step(t, rho):
    """1/√(1 - ρᵗ): the t-th step on a steady slope, in units of lr."""
    return 1 / np.sqrt(1 - rho ** np.asarray(t))


def geometric_step(ratio, rho):
    """√((1 - ρ/q²)/(1 - ρ)): the step, in units of lr, where each slope is q times the last."""
    return np.sqrt(np.maximum(1 - rho / ratio**2, 0) / (1 - rho))


def wobble(lr, curvature, eps=1e-8):
    """√(lr²/4 - ε/L²): how far RMSProp jumps to either side of the bottom in the end."""
    return sqrt(max(lr**2 / 4 - eps / curvature**2, 0))


def half_life(rho):
    """ln ½/ln ρ: after so many steps a leaky average has forgotten half."""
    return np.log(0.5) / np.log(rho)


# --- the rule: C123, C125, C137 -------------------------------------------------------------------


def keras(grad, start, steps, lr, rho, eps):
    """RMSProp as Keras documents it, number by number: the path, `(d, steps + 1)`."""
    w, average, path = list(start), [0.0] * len(start), [list(start)]
    for _ in range(steps):
        for i, g in enumerate(grad(np.array(w)).tolist()):
            average[i] = rho * average[i] + (1 - rho) * g * g
            w[i] = w[i] - lr * g / sqrt(average[i] + eps)
        path.append(list(w))
    return np.array(path).T


def pytorch(w, g, s, *, lr, alpha, eps):
    """RMSProp as PyTorch documents it: ρ is called alpha, ε is added to the root."""
    s = alpha * s + (1 - alpha) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


LANDS = {
    "double well": landscapes.double_well(),
    "ravine": landscapes.ravine(100, 30),
    "Himmelblau": landscapes.himmelblau(),
    "three pits": landscapes.three_pits(),
}
EVERYWHERE = pytest.mark.parametrize("land", LANDS.values(), ids=LANDS)


@EVERYWHERE
@pytest.mark.parametrize("rho", [0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("eps", [1e-7, 1e-8, 1e-3])
def test_c123_the_rule_is_that_of_keras_with_eps_inside_the_root(land, rho, eps):
    path = descend(rmsprop, land.grad, land.start, 50, lr=0.01, rho=rho, eps=eps)
    np.testing.assert_allclose(
        path, keras(land.grad, land.start, 50, 0.01, rho, eps), rtol=1e-9, atol=1e-11
    )


@EVERYWHERE
def test_c125_s_is_the_weighted_sum_of_all_squared_gradients_so_far(land):
    """Newest first, the weights are .1, .09, .081, ...: no recursion in it."""
    w = descend(rmsprop, land.grad, land.start, 60, **R)
    g = land.grad(w)
    for k in (0, 1, 9, 59):
        s = (0.1 * 0.9 ** np.arange(k + 1) * g[:, k::-1] ** 2).sum(axis=1)
        np.testing.assert_allclose(
            w[:, k + 1] - w[:, k], -0.01 * g[:, k] / np.sqrt(s + 1e-8), rtol=1e-9
        )


def test_c125_it_is_a_mean_square_and_no_variance():
    """On gradients of 3, and of 3 and -3 in turn, s is 9; the variance of the former is 0."""
    for gradients in ([3.0, 3.0], [3.0, -3.0]):
        s = 0.0
        for g in gradients * 200:
            _, s = rmsprop(0.0, g, s, **R)
        assert s == pytest.approx(9)
    assert np.var([3, 3]) == 0 and np.var([3, -3]) == 9


@EVERYWHERE
def test_c137_without_eps_the_dialects_of_keras_and_pytorch_walk_the_same_path(land):
    ours = descend(rmsprop, land.grad, land.start, 200, eps=0, **R)
    theirs = descend(pytorch, land.grad, land.start, 200, lr=0.01, alpha=0.9, eps=0)
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("eps, apart", [(1e-8, 1e-9), (1e-4, 1e-5)])
def test_c137_on_himmelblau_eps_squared_inside_is_much_like_eps_outside(eps, apart):
    grad = landscapes.himmelblau().grad
    ours = descend(rmsprop, grad, [0, 0], 300, eps=eps**2, **R)
    theirs = descend(pytorch, grad, [0, 0], 300, lr=0.01, alpha=0.9, eps=eps)
    assert 0 < np.abs(ours - theirs)[:, -1].max() < apart


def test_c137_eps_inside_acts_like_its_root_outside_within_a_factor_of_root_2():
    s = np.logspace(-20, 4, 500)
    for eps in (1e-8, 1e-7, 1e-2):
        ratio = (np.sqrt(s) + np.sqrt(eps)) / np.sqrt(s + eps)
        assert (ratio >= 1).all() and ratio.max() == pytest.approx(sqrt(2), rel=1e-3)
        assert ratio[0] == pytest.approx(1, rel=1e-3) and ratio[-1] == pytest.approx(1, rel=2e-3)
    assert sqrt(1e-8) == pytest.approx(1e-4)


def test_c141_the_first_step_with_the_defaults_of_pytorch_is_0_1_and_of_keras_0_0032():
    """PyTorch: lr .01, alpha .99. Keras: lr .001, rho .9. At any slope that is not tiny."""
    w, _ = pytorch(0.0, 5.0, 0.0, lr=0.01, alpha=0.99, eps=1e-8)
    assert -w == pytest.approx(0.1)
    assert -keras(steady(5.0), [0.0], 1, 0.001, 0.9, 1e-7)[0, 1] == pytest.approx(0.00316, abs=5e-6)


def test_a_storyboard_of_five_steps_on_the_ravine():
    """κ = 20 from (1, .5), lr = .1: g, s, root, lr/root and step of each coordinate."""
    land, w, s = landscapes.ravine(20), np.array([1.0, 0.5]), 0.0
    board = []
    for _ in range(5):
        g = land.grad(w)
        new, s = rmsprop(w, g, s, lr=0.1, rho=0.9)
        root = np.sqrt(s + 1e-8)
        board.append([g, s, root, 0.1 / root, w - new, new])
        w = new
    printed = [  # of x and y each
        [[1, 10], [0.1, 10], [0.32, 3.16], [0.316, 0.032], [0.316, 0.316], [0.684, 0.184]],
        [[0.68, 3.68], [0.14, 10.35], [0.37, 3.22], [0.27, 0.031], [0.185, 0.114], [0.499, 0.07]],
        [[0.5, 1.39], [0.15, 9.51], [0.38, 3.08], [0.26, 0.032], [0.13, 0.045], [0.369, 0.024]],
        [[0.37, 0.49], [0.15, 8.58], [0.38, 2.93], [0.261, 0.034], [0.096, 0.017], [0.273, 0.008]],
        [[0.27, 0.16], [0.14, 7.73], [0.37, 2.78], [0.268, 0.036], [0.073, 0.006], [0.2, 0.002]],
    ]
    for row, line in zip(board, printed, strict=True):
        for value, expected, digit in zip(row, line, [0.01] * 3 + [0.001] * 3, strict=True):
            np.testing.assert_allclose(value, expected, atol=0.51 * digit)


# --- the first steps: C118, C124, C129, E6.1, E6.15, X6.1 -----------------------------------------

FIRST = {
    0.9: [3.162, 2.294, 1.921, 1.563, 1.003],
    0.99: [10, 7.089, 5.802, 4.517, 1.591],
    0.999: [31.623, 22.366, 18.267, 14.156, 4.527],
}


@pytest.mark.parametrize("rho", FIRST)
def test_e6_1_c124_on_a_steady_slope_step_t_is_lr_over_root_1_minus_rho_to_the_t(rho):
    """Steps 1, 2, 3, 5 and 50. Whatever the slope, as long as (1 - ρ)g² is far above ε."""
    t = np.array([1, 2, 3, 5, 50])
    np.testing.assert_allclose(steady_step(t, rho), FIRST[rho], atol=5.1e-4)
    for g in (1, 1000):
        taken = steps_of(descend(rmsprop, steady(g), [0], 50, lr=0.01, rho=rho), 0.01)
        np.testing.assert_allclose(taken[t - 1], steady_step(t, rho), rtol=1e-5)
    for g in (1e-9, 0.01, -7):
        taken = steps_of(descend(rmsprop, steady(g), [0], 50, lr=0.01, rho=rho, eps=0), 0.01)
        np.testing.assert_allclose(taken[t - 1], np.sign(g) * steady_step(t, rho), rtol=1e-10)


@pytest.mark.parametrize(
    "rho, taken", [(0.9, [3.161, 2.294, 1.921, 1.562, 1.003]), (0.99, [9.950]), (0.999, [30.15])]
)
def test_e6_1_at_a_slope_of_0_01_eps_shows_in_the_first_step(rho, taken):
    """The ledger says 3.162, 10 and 31.6 for it, too: that is ε = 0."""
    found = steps_of(descend(rmsprop, steady(0.01), [0], 50, lr=0.01, rho=rho), 0.01)
    digit = 0.01 if rho == 0.999 else 0.001
    np.testing.assert_allclose(found[[0, 1, 2, 4, 49]][: len(taken)], taken, atol=0.51 * digit)


def test_c118_on_a_slope_momentums_steps_grow_tenfold_and_rmsprops_shrink_to_lr():
    t = np.arange(1, 201)
    heavy = steps_of(descend(momentum, steady(2), [0], 200, **R), 0.02)
    np.testing.assert_allclose(heavy, (1 - 0.9**t) / 0.1, rtol=1e-9)
    np.testing.assert_allclose(heavy[[0, 1, 4, 9, 59]], [1, 1.9, 4.095, 6.513, 9.982], atol=5.1e-4)
    scaled = steps_of(descend(rmsprop, steady(2), [0], 200, **R), 0.01)
    np.testing.assert_allclose(
        scaled[[0, 1, 4, 9, 59]], [3.162, 2.294, 1.563, 1.239, 1.001], atol=5.1e-4
    )
    assert (np.diff(heavy[:150]) > 0).all() and (np.diff(scaled[:150]) < 0).all()


def test_c124_the_example_in_the_documentation_of_keras_is_this_effect():
    """From 10 to 9.683772 at lr = .1: the loss is x²/2."""
    w, _ = rmsprop(10.0, 10.0, 0.0, lr=0.1, rho=0.9, eps=1e-7)
    assert w == pytest.approx(9.683772, abs=5e-7)
    assert w == pytest.approx(10 - 0.1 * steady_step(1, 0.9), abs=1e-8)


@pytest.mark.parametrize("rho, thrown", [(0.9, -0.0306), (0.99, -0.0990)])
def test_e6_15_the_first_step_throws_the_ball_off_the_minimum(rho, thrown):
    """From .001, lr = .01. The ledger gives sizes, .031 and .099."""
    assert 0.001 - 0.01 * steady_step(1, rho) == pytest.approx(thrown, abs=5.1e-5)
    for curvature, eps in ((100, 1e-8), (1, 1e-16)):
        grad = landscapes.parabola(curvature).grad
        x = descend(rmsprop, grad, [0.001], 200, lr=0.01, rho=rho, eps=eps)[0]
        assert x[1] == pytest.approx(thrown, abs=5.1e-5) and np.abs(x).max() == abs(x[1])


def test_e6_15_at_curvature_1_the_usual_eps_softens_it_to_0_0292_and_0_0697():
    for rho, thrown in ((0.9, -0.0292), (0.99, -0.0697)):
        x = descend(rmsprop, landscapes.parabola(1).grad, [0.001], 1, lr=0.01, rho=rho)[0]
        assert x[1] == pytest.approx(thrown, abs=5.1e-5)


def test_c124_adams_correction_takes_it_away():
    """s/(1 - ρᵗ) is an average whose weights sum to one: on a steady slope it is g²."""
    s = 0.0
    for t in range(1, 20):
        w, s = rmsprop(0.0, 3.0, s, lr=1.0, rho=0.9, eps=0)
        assert -w == pytest.approx(steady_step(t, 0.9))
        assert 3 / sqrt(s / (1 - 0.9**t)) == pytest.approx(1)


@pytest.mark.parametrize("g", [-30.0, 0.7, 2.0, 1e4])
def test_x6_1_at_rho_0_96_the_first_step_is_5_lr(g):
    assert 1 - 1 / 5**2 == pytest.approx(0.96)
    w, _ = rmsprop(0.0, g, 0.0, lr=0.01, rho=0.96)
    assert abs(w) == pytest.approx(0.05, rel=1e-6)


# --- the memory: C126, C127, C128, C129, E5.1a, E6.9, E6.20 ---------------------------------------


def test_c127_e5_1a_the_newest_gradient_has_a_tenth_of_the_weight_the_last_ten_have_65_percent():
    weights = 0.1 * 0.9 ** np.arange(400)
    assert weights[0] == pytest.approx(0.1) and weights.argmax() == 0
    assert weights[:10].sum() == pytest.approx(0.651, abs=5e-4)
    assert weights[:10].sum() == pytest.approx(1 - 0.9**10)
    assert weights.sum() == pytest.approx(1)


def test_c127_half_of_the_weight_is_older_than_6_6_steps():
    assert half_life(0.9) == pytest.approx(6.58, abs=0.005)
    assert 0.9 ** half_life(0.9) == pytest.approx(0.5)
    assert 1 - 0.9**6 < 0.5 < 1 - 0.9**7
    _, s = rmsprop(0.0, 1.0, 0.0, **R)
    after = [s * 0.9**k for k in range(9)]
    for k in range(8):
        _, s = rmsprop(0.0, 0.0, s, **R)
        assert s == pytest.approx(after[k + 1])
    assert after[6] > after[0] / 2 > after[7]


def test_c129_the_weights_of_t_steps_sum_to_1_minus_rho_to_the_t():
    s = 0.0
    for t in range(1, 30):
        _, s = rmsprop(0.0, 1.0, s, **R)
        assert s == pytest.approx(1 - 0.9**t)
        assert s == pytest.approx(sum(0.1 * 0.9**k for k in range(t)))


def adagrad(w, g, s, *, lr):
    """AdaGrad (Duchi, Hazan and Singer 2011), with a diagonal matrix: a sum, not an average."""
    s = s + g**2
    return w - lr * g / (np.sqrt(s) + 1e-8), s


def adam(w, g, memory, *, lr, b1=0.9, b2=0.999):
    """Adam (Kingma and Ba 2015)."""
    m, s, t = memory or (0, 0, 0)
    m, s, t = b1 * m + (1 - b1) * g, b2 * s + (1 - b2) * g**2, t + 1
    return w - lr * (m / (1 - b1**t)) / (np.sqrt(s / (1 - b2**t)) + 1e-8), (m, s, t)


def test_e6_9_c126_in_1000_steps_adagrad_comes_0_618_far_and_rmsprop_10_09():
    k = np.arange(1, 1001)
    assert 0.01 * (1 / np.sqrt(k)).sum() == pytest.approx(0.618, abs=5e-4)
    assert 0.01 * steady_step(k, 0.9).sum() == pytest.approx(10.09, abs=5e-3)
    slow = descend(adagrad, steady(5), [0], 1000, lr=0.01)
    fast = descend(rmsprop, steady(5), [0], 1000, **R)
    np.testing.assert_allclose(steps_of(slow, 0.01), 1 / np.sqrt(k), rtol=1e-6)
    assert -slow[0, -1] == pytest.approx(0.618, abs=5e-4)
    assert -fast[0, -1] == pytest.approx(10.09, abs=5e-3)
    assert steps_of(slow, 0.01)[-1] == pytest.approx(0.032, abs=5e-4)
    assert steps_of(fast, 0.01)[-1] == pytest.approx(1, abs=1e-6)


def test_c124_every_step_of_adam_on_a_steady_slope_is_lr():
    for g in (0.01, 5, -1000):
        taken = steps_of(descend(adam, steady(g), [0], 200, lr=0.01), 0.01)
        np.testing.assert_allclose(taken, np.sign(g), rtol=1e-5)


def without_the_factor(w, g, s, *, lr, rho, eps=0.0):
    s = rho * s + g**2
    return w - lr * g / np.sqrt(s + eps), s


def test_e6_20_c128_without_the_factor_s_comes_to_10_and_the_step_to_0_316_lr():
    s, k = 0.0, 0.9 ** np.arange(400)
    for _ in range(400):
        w, s = without_the_factor(0.0, 1.0, s, **R)
    assert s == pytest.approx(10) and k.sum() == pytest.approx(10)
    assert -w / 0.01 == pytest.approx(0.316, abs=5e-4)


@EVERYWHERE
def test_c128_without_the_factor_it_is_the_same_path_at_another_learning_rate(land):
    one = descend(without_the_factor, land.grad, land.start, 100, **R)
    same = descend(rmsprop, land.grad, land.start, 100, lr=0.01 * sqrt(1 - 0.9), rho=0.9, eps=0)
    np.testing.assert_allclose(one, same, rtol=1e-9, atol=1e-11)


# --- the spike: C130, E6.8, E6.10 -----------------------------------------------------------------


def absolute(gradients, rho, m=0.0):
    """Steps in units of lr when |g| is averaged instead of g²."""
    steps = []
    for g in gradients:
        m = rho * m + (1 - rho) * abs(g)
        steps.append(g / m)
    return np.array(steps)


@pytest.mark.parametrize(
    "size, rule, at_it, least, slow",
    [
        (10, speeds, 3.03, 0.318, 35),
        (10, absolute, 5.26, 0.552, 19),
        (100, speeds, 3.16, 0.0333, 79),
        (100, absolute, 9.17, 0.101, 42),
    ],
)
def test_e6_8_c130_one_spike_slows_the_steps_after_it_down(size, rule, at_it, least, slow):
    """Steps below .9 lr. The ledger's 36, 20 and 80 name the step that is above it again.

    k steps after the spike the average has (1 - ρ)·ρᵏ times what it stood out, beside 1.
    """
    power = 2 if rule is speeds else 1
    k = np.arange(301)
    average = 1 + 0.1 * (size**power - 1) * 0.9**k
    expected = np.where(k == 0, size, 1) / average ** (1 / power)
    taken = rule([size] + [1.0] * 300, 0.9, 1.0)
    np.testing.assert_allclose(taken, expected)
    assert taken[0] == pytest.approx(at_it, abs=0.005)
    assert taken[1:].min() == taken[1] == pytest.approx(least, abs=6e-4)
    below = taken[1:] < 0.9
    assert below.sum() == slow and below[:slow].all()


def test_c130_adagrad_never_forgets_the_spike_and_adam_long():
    """After 200 steps on a slope of 1, a spike of 10: steps in units of lr."""
    g = np.ones(3000)
    g[200] = 10
    total = np.cumsum(g**2)
    np.testing.assert_allclose(
        (g / np.sqrt(total))[[0, 199, 200, 201]], [1, 0.071, 0.577, 0.058], atol=5.1e-4
    )
    memory, taken = 0.0, []
    for one in g:
        w, memory = adam(0.0, one, memory, lr=1.0)
        taken.append(-w)
    np.testing.assert_allclose(
        np.array(taken)[[199, 200, 201, 220, 250, 399]],
        [1, 1.529, 1.458, 0.909, 0.842, 0.896],
        atol=6e-4,
    )
    assert 0.98 < taken[-1] < 1 and (np.array(taken)[200:214] > 1).all()


def no_root(w, g, s, *, lr, rho, eps=1e-8):
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (s + eps), s


@pytest.mark.parametrize("curvature, tail", [(1, 0.071), (10, 0.022)])
def test_e6_10_c130_without_the_root_the_wobble_depends_on_the_units(curvature, tail):
    """x jumps to -x where lr·Lx/(Lx)² is 2x: x = √(lr/2L). With the root it is lr/2 for both."""
    assert sqrt(0.01 / (2 * curvature)) == pytest.approx(tail, abs=5e-4)
    x = descend(no_root, landscapes.parabola(curvature).grad, [1], 5000, **R)[0, -200:]
    np.testing.assert_allclose(np.abs(x), sqrt(0.01 / (2 * curvature)), rtol=1e-4)


# --- sign and scale: C131, C132, C138, E6.2, E6.16, X6.5 ------------------------------------------


@EVERYWHERE
def test_c131_no_step_goes_up_the_slope_of_its_coordinate(land):
    w = descend(rmsprop, land.grad, land.start, 60, **R)
    assert (np.sign(np.diff(w)) == -np.sign(land.grad(w[:, :-1]))).all()


def test_e6_16_c131_at_rho_0_each_coordinate_moves_exactly_lr_against_the_sign():
    land, start = landscapes.himmelblau(), np.array([1, 0.2])
    w = descend(rmsprop, land.grad, start, 15, lr=0.1, rho=0)
    np.testing.assert_allclose(np.abs(np.diff(w)), 0.1, rtol=1e-6)
    by_sign = start.copy()
    for _ in range(15):
        by_sign = by_sign - 0.1 * np.sign(land.grad(by_sign))
    np.testing.assert_allclose(w[:, -1], by_sign, atol=1e-6)


def test_c131_in_the_end_sign_descent_jumps_to_and_fro_by_lr_about_no_fixed_middle():
    """Where it does so depends on the start; with a memory the jump is centred."""
    grad = landscapes.parabola(1).grad
    for start in (1.0, 1.02):
        low, high = np.sort(descend(rmsprop, grad, [start], 500, lr=0.1, rho=0, eps=0)[0, -2:])
        assert high - low == pytest.approx(0.1)
    assert high == pytest.approx(0.02) and low == pytest.approx(-0.08)


@EVERYWHERE
@pytest.mark.parametrize("factor", [1024, 2.0**-20])
def test_e6_2_c132_without_eps_a_multiple_of_the_loss_has_the_same_path(land, factor):
    """Bit by bit, for a power of two."""
    paths = [
        descend(rmsprop, lambda w, c=c: c * land.grad(w), land.start, 200, eps=0, **R)
        for c in (1, factor)
    ]
    assert np.array_equal(*paths)


@EVERYWHERE
def test_x6_5_so_with_a_thousandfold_loss_nothing_changes_to_rounding(land):
    one, two = (
        descend(rmsprop, lambda w, c=c: c * land.grad(w), land.start, 50, eps=0, **R)
        for c in (1, 1000)
    )
    np.testing.assert_allclose(two, one, rtol=1e-9, atol=1e-10)


def test_e6_2_c138_on_himmelblau_1000_times_the_loss_differs_by_3e_11_and_gd_explodes():
    """Over 200 steps with the usual ε. The sign of g counts, and its recent relative size."""
    land = landscapes.himmelblau()

    def steep(w):
        return 1000 * land.grad(w)

    one, two = (descend(rmsprop, grad, [0, 0], 200, **R) for grad in (land.grad, steep))
    assert np.abs(one - two).max() < 3.5e-11
    assert diverged(descend(gd, steep, [0, 0], 200, lr=0.01))
    assert not diverged(descend(gd, land.grad, [0, 0], 200, lr=0.01))


def test_e6_2_where_slopes_are_as_small_as_the_root_of_eps_it_does_matter():
    """At the bottom of the ravine: .0007."""
    land = landscapes.ravine(20)
    one, two = (
        descend(rmsprop, lambda w, c=c: c * land.grad(w), land.start, 200, **R) for c in (1, 1000)
    )
    assert np.abs(one - two).max() == pytest.approx(7e-4, rel=0.1)


# --- the cliff: C120, C133, E3.22, E6.7, M10 ------------------------------------------------------

CLIFF = landscapes.cliff()


def down_the_cliff(steps=160):
    """The places, and the steps from each in units of lr = .05."""
    path = descend(rmsprop, CLIFF.grad, [4], steps, lr=0.05, rho=0.9)
    return path[0], steps_of(path, 0.05)


def test_c120_two_over_l_is_0_065_on_the_face_and_100_on_the_floor():
    curvatures = np.abs(CLIFF.curvatures(np.linspace(-3, 6, 90_001)[None])[0])
    assert curvatures.max() == pytest.approx(30.8, abs=0.05)
    assert theory.gd_limit(curvatures.max()) == pytest.approx(0.065, abs=5e-4)
    assert theory.gd_limit(CLIFF.curvatures([-2.0])[0]) == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    "lr, steps, longest",
    [(0.01, 9888, 0.1), (0.05, 1976, 0.47), (0.5, 305, 4.9), (1, 194, 8.8), (2, 121, 19.6)],
)
def test_e3_22_gradient_descent_over_the_cliff(lr, steps, longest):
    x = descend(gd, CLIFF.grad, [4], 10_500, lr=lr)
    assert lasting(near(x, within=0.2)) == first(near(x, within=0.2)) == steps
    assert np.abs(np.diff(x)).max() == pytest.approx(longest, abs=0.05 if longest > 1 else 0.005)


def test_e6_7_rmsprop_takes_145_steps_none_longer_than_0_16():
    x, _ = down_the_cliff(2000)
    assert lasting(near(x[None], within=0.2)) == first(near(x[None], within=0.2)) == 145
    assert np.abs(np.diff(x)).max() == pytest.approx(0.158, abs=5e-4)
    assert np.abs(np.diff(x)).max() == pytest.approx(0.05 * steady_step(1, 0.9), rel=1e-4)


def test_e6_7_c133_m10_the_biggest_step_is_on_meeting_the_face():
    """After the first one, 3.16 lr. It comes before the steepest place."""
    x, step = down_the_cliff()
    assert step[0] == pytest.approx(3.162, abs=5e-4)
    plateau = [x[9], step[9], x[11], step[11]]
    np.testing.assert_allclose(plateau, [3.22, 1.17, 3.11, 1.15], atol=0.005)
    assert step[:16].argmin() == 11
    k = step[5:].argmax() + 5
    slope = CLIFF.grad(x[None])[0]
    np.testing.assert_allclose([x[k], step[k], slope[k]], [2.35, 2.94, 2.21], atol=0.005)
    steepest = CLIFF.grad(np.linspace(1, 3, 20_001)[None])[0].max()
    assert steepest == pytest.approx(10.04, abs=0.005) and slope.max() > 4 * slope[k]


def test_e6_7_c133_on_the_flat_floor_after_it_the_steps_are_small():
    """.16 lr, below half speed for 79 of the 80 steps from x = 1.7, and in fact to the bottom."""
    x, step = down_the_cliff()
    start = first(x < 1.7)
    assert (step[start : start + 80] < 0.5).sum() == 79
    assert step[:145].min() == pytest.approx(0.163, abs=5e-4)
    assert x[step[:145].argmin()] == pytest.approx(1.22, abs=0.01)
    assert first(x < 0.2) == 145 and (step[28:145] < 0.5).all()
    assert step[67:145].max() == pytest.approx(0.37, abs=0.005)


PRINTED = {
    0: (4.00, 0.080, 3.16), 5: (3.48, 0.070, 1.39), 11: (3.11, 0.068, 1.15),
    16: (2.80, 0.124, 1.65), 20: (2.35, 2.211, 2.94), 22: (2.06, 9.554, 2.72),
    25: (1.75, 4.245, 0.93), 30: (1.59, 1.462, 0.39), 45: (1.40, 0.346, 0.19),
    67: (1.21, 0.095, 0.16), 100: (0.91, 0.024, 0.23), 133: (0.41, 0.008, 0.37),
}  # fmt: skip


@pytest.mark.parametrize("k", PRINTED)
def test_e6_7_places_slopes_and_steps_along_the_way(k):
    x, step = down_the_cliff()
    found = [x[k], CLIFF.grad(x[None, k])[0], step[k]]
    np.testing.assert_allclose(found, PRINTED[k], atol=0.0051)


@pytest.mark.parametrize("rho", [0, 0.5, 0.9, 0.99])
def test_c133_no_step_anywhere_is_longer_than_lr_over_root_1_minus_rho(rho):
    """s holds at least (1 - ρ)g². Slopes of all sizes in random order come close."""
    g = 10 ** np.random.default_rng(0).uniform(-6, 6, 4000)
    taken = speeds(g, rho)
    assert taken.max() <= steady_step(1, rho) * (1 + 1e-12)
    assert taken.max() > 0.99 * steady_step(1, rho)


@pytest.mark.parametrize(
    "ratio, step", [(1e3, 3.162), (1.2, 1.936), (1, 1), (0.97, 0.659), (0.95, 0.166)]
)
def test_c133_steps_lengthen_where_the_slope_rises_and_shorten_where_it_falls(ratio, step):
    """Each slope `ratio` times the last: s is a geometric series, which takes long at .95."""
    assert geometric_step(ratio, 0.9) == pytest.approx(step, abs=5.1e-4)
    count = 40 if ratio > 100 else 1500
    last = speeds(ratio ** np.arange(count, dtype=float), 0.9)[-1]
    assert last == pytest.approx(geometric_step(ratio, 0.9), rel=0.05 if ratio == 0.95 else 1e-6)


def test_c133_a_slope_that_falls_faster_than_the_root_of_rho_leaves_the_steps_behind():
    """√.9 = .949: s forgets more slowly. Behind the cliff slopes fall just about so."""
    assert sqrt(0.9) == pytest.approx(0.949, abs=5e-4) and geometric_step(0.94, 0.9) == 0
    taken = speeds(0.94 ** np.arange(400.0), 0.9)
    np.testing.assert_allclose(taken[301:] / taken[300:-1], 0.94 / sqrt(0.9), rtol=1e-3)
    x, _ = down_the_cliff()
    slope = CLIFF.grad(x[None])[0]
    fall = slope[1:] / slope[:-1]
    np.testing.assert_allclose(
        fall[[35, 55, 65, 70, 100]], [0.905, 0.943, 0.950, 0.953, 0.968], atol=6e-4
    )


def test_c138_steps_are_longer_than_lr_while_slopes_grow_and_shorter_while_they_shrink():
    """A search: 300 sequences that only grow, and the same turned round, after a long slope of 1.

    Without a past, or after a spike, it is another matter: see C124 and C130.
    """
    rng = np.random.default_rng(0)
    for _ in range(300):
        growth = rng.exponential(rng.uniform(0.01, 1), 60)
        for sign in (1, -1):
            g = np.exp(sign * np.cumsum(growth))
            assert ((sign * (speeds(g, rng.uniform(0, 0.99), 1.0) - 1)) >= -1e-12).all()


def test_c133_after_a_fall_the_steps_are_short_for_some_multiple_of_the_half_life():
    """From a slope of 10 to one of .02: half speed again when 100·ρᵏ = 3·.02²."""
    law = np.log(3 * 0.02**2 / 10**2) / np.log(0.9)
    taken = speeds([10.0] * 200 + [0.02] * 300, 0.9)[200:]
    assert first(taken > 0.5) == pytest.approx(law, abs=2)
    assert law == pytest.approx(107.5, abs=0.5)


def test_c121_on_the_cliff_with_a_valley_each_coordinate_has_a_rate_of_its_own():
    """f = cliff(x) + .05y² from (4, 3): x's lr/√(s + ε) falls 180-fold at the face, not y's."""

    def grad(w):
        return np.stack([CLIFF.grad(w[:1])[0], 0.1 * w[1]])

    w, s, rates = np.array([4.0, 3.0]), 0.0, []
    for _ in range(81):
        w, s = rmsprop(w, grad(w), s, lr=0.05, rho=0.9)
        rates.append(0.05 / np.sqrt(s + 1e-8))
    x, y = np.array(rates).T
    np.testing.assert_allclose(
        x[[0, 10, 22, 25, 50, 80]], [1.976, 0.863, 0.014, 0.011, 0.036, 0.167], atol=6e-4
    )
    np.testing.assert_allclose(y[[0, 10, 22, 25]], [0.527, 0.246, 0.267, 0.280], atol=6e-4)
    assert x[:30].argmin() == 24 and x[0] / x[24] == pytest.approx(182, abs=1)


# --- the ravine, turned: C121, C123, E6.3, E6.11, X6.4, M10 ---------------------------------------


def on_ravine(rule, kappa, angle, steps, far=1.0, **hyper):
    """A path from a distance `far`; the ledger's starts are at √2."""
    land = landscapes.ravine(kappa, angle)
    return descend(rule, land.grad, far * land.start, steps, **hyper)


def rmsprop_steps(kappa, angle, far=1.0, count=lasting):
    """To a distance of .05, by one run."""
    return count(near(on_ravine(rmsprop, kappa, angle, 1800, far, **R)))


def best_gd(kappa, angle, far=1.0):
    lr = theory.gd_best_lr(1, kappa)
    return lasting(near(on_ravine(gd, kappa, angle, 1800, far, lr=lr)))


def best_momentum(kappa, angle, far=1.0):
    lr, rho = theory.polyak(1, kappa)
    return lasting(near(on_ravine(momentum, kappa, angle, 400, far, lr=lr, rho=rho)))


@pytest.mark.parametrize("kappa", [20, 100, 1000, 10_000])
def test_e6_3_c121_along_the_axes_the_steps_do_not_depend_on_kappa(kappa):
    """79 from the landscape's own start, 112 from (1, 1), where the ledger begins."""
    assert rmsprop_steps(kappa, 0) == rmsprop_steps(kappa, 0, count=first) == 79
    assert rmsprop_steps(kappa, 0, sqrt(2)) == 112


def test_e6_3_along_the_axes_the_path_is_straight_and_the_same_for_every_kappa():
    """Both coordinates take the same steps."""
    paths = [on_ravine(rmsprop, kappa, 0, 100, **R) for kappa in (20, 1000)]
    for x, y in paths:
        np.testing.assert_allclose(x, y, atol=1e-5)
    np.testing.assert_allclose(*paths, atol=1e-5)


@pytest.mark.parametrize(
    "kappa, gd_steps, polyak", [(20, 30, 13), (100, 150, 34), (1000, 1498, 130)]
)
def test_e6_3_gradient_descent_and_momentum_do_not_see_the_angle(kappa, gd_steps, polyak):
    """To a distance of .05 from 1: gradient descent as the closed form says."""
    law = theory.steps_to(0.05, theory.gd_best_rate(1, kappa))
    assert np.ceil(law) == gd_steps
    for angle in (0, 22.5, 45):
        assert best_gd(kappa, angle) == gd_steps and best_momentum(kappa, angle) == polyak


def test_e6_3_from_1_1_the_best_gradient_descent_takes_1672_steps():
    law = theory.steps_to(0.05 / sqrt(2), theory.gd_best_rate(1, 1000))
    assert np.ceil(law) == best_gd(1000, 0, sqrt(2)) == best_gd(1000, 45, sqrt(2)) == 1672


FROM_START = {
    2: 252, 4: 303, 5: 331, 8: 431, 9: 468, 10: 507, 20: 933, 22.5: 1036, 30: 1305, 40: 1471,
    45: 1450,
}  # fmt: skip
FROM_1_1 = {  # the first time, and for good
    2: (333, 335), 4: (381, 387), 6: (438, 448), 8: (506, 520), 12: (665, 687), 20: (1033, 1064),
    22.5: (1150, 1183), 30: (1452, 1480), 45: (1658, 1663),
}  # fmt: skip


@pytest.mark.parametrize("angle", FROM_START)
def test_e6_3_steps_on_the_turned_ravine_of_1000(angle):
    assert rmsprop_steps(1000, angle) == about(FROM_START[angle])


@pytest.mark.parametrize("angle", FROM_1_1)
def test_e6_3_as_the_ledger_counts_them(angle):
    """From (1, 1), turned along, to the first time within .05; and for good."""
    found = [rmsprop_steps(1000, angle, sqrt(2), count) for count in (first, lasting)]
    assert found == [about(steps) for steps in FROM_1_1[angle]]


@pytest.mark.parametrize(
    "kappa, row", [(20, [79, 81, 100, 136, 148, 137]), (100, [79, 149, 187, 201, 215, 194])]
)
def test_e6_3_steps_on_the_milder_turned_ravines(kappa, row):
    found = [rmsprop_steps(kappa, angle) for angle in (0, 2, 5, 10, 22.5, 45)]
    assert found == [about(steps) for steps in row]


def test_m10_c121_at_45_degrees_rmsprop_is_about_as_slow_as_the_best_gradient_descent():
    """1450 and 1498; from (1, 1) 1663 and 1672. Momentum takes 130."""
    for far in (1, sqrt(2)):
        assert rmsprop_steps(1000, 45, far) == pytest.approx(best_gd(1000, 45, far), rel=0.04)
    assert best_momentum(1000, 45) * 10 < rmsprop_steps(1000, 45)


def test_c139_on_a_mild_ravine_it_is_slower_than_both_at_every_angle():
    for angle in (0, 22.5, 45):
        assert best_momentum(20, angle) < best_gd(20, angle) < rmsprop_steps(20, angle) / 2


def test_x6_4_the_smallest_whole_angle_that_needs_more_than_500_steps_is_8_degrees():
    """From (1, 1), turned along. By the ledger's count 471 and 506, for good 485 and 520."""
    once, for_good = (
        [rmsprop_steps(1000, angle, sqrt(2), count) for angle in (7, 8)]
        for count in (first, lasting)
    )
    assert once == [pytest.approx(471, abs=4), pytest.approx(506, abs=4)]
    assert for_good == [pytest.approx(485, abs=4), pytest.approx(520, abs=4)]


def test_x6_4_from_the_landscapes_own_start_it_is_10_degrees():
    assert rmsprop_steps(1000, 9) == about(468) and rmsprop_steps(1000, 10) > 500


@pytest.mark.parametrize(
    "angle, way, crossing", [(0, 0.95, 0), (22.5, 13.5, 0.86), (45, 19.3, 0.90)]
)
def test_e6_3_turned_the_path_is_a_zig_zag_along_the_floor(angle, way, crossing):
    """Its length to a distance of .05, and the share of steps that cross the floor."""
    w = on_ravine(rmsprop, 1000, angle, 1800, **R)
    w = w[:, : lasting(near(w)) + 1]
    turn = np.radians(angle)
    across = np.cos(turn) * w[1] - np.sin(turn) * w[0]
    assert np.hypot(*np.diff(w)).sum() == pytest.approx(way, rel=0.02)
    assert (across[1:] * across[:-1] < 0).mean() == pytest.approx(crossing, abs=0.01)


def test_e6_11_c123_one_average_for_all_coordinates_is_not_rmsprop():
    """κ = 1000. The ledger's 1594 and 112 are from (1, 1)."""

    def one_number(w, g, s, *, lr, rho):
        s = rho * s + (1 - rho) * (g**2).sum(axis=0)
        return w - lr * g / np.sqrt(s + 1e-8), s

    found = [lasting(near(on_ravine(one_number, 1000, 0, 1800, far, **R))) for far in (1, sqrt(2))]
    np.testing.assert_allclose(found, [1387, 1594], atol=2)
    turned = lasting(near(on_ravine(one_number, 1000, 45, 1800, sqrt(2), **R)))
    assert turned == pytest.approx(1594, rel=0.02)  # it does not see the angle


@pytest.mark.parametrize("rule, hyper", [(adagrad, {"lr": 0.3}), (adam, {"lr": 0.03})])
def test_c121_every_rate_per_coordinate_loses_by_a_turn(rule, hyper):
    """AdaGrad 7 steps for each κ, turned 486 and 4838; Adam 55, and 606 and 2322."""
    expected = {adagrad: (7, 486, 4838), adam: (55, 606, 2322)}[rule]
    for kappa in (100, 1000):
        assert lasting(near(on_ravine(rule, kappa, 0, 300, **hyper))) == expected[0]
    for kappa, steps in zip((100, 1000), expected[1:], strict=True):
        turned = lasting(near(on_ravine(rule, kappa, 45, 6000, **hyper)))
        assert turned == pytest.approx(steps, rel=0.03)


# --- the wobble: C135, C137, E6.4, E6.5, E6.23, X6.2, X6.3, M10 -----------------------------------


def tail(curvature, lr, steps=6000, rho=0.9, eps=1e-8, last=100):
    """|x| at the end of a run on a parabola from 1."""
    land = landscapes.parabola(curvature)
    return np.abs(descend(rmsprop, land.grad, [1], steps, lr=lr, rho=rho, eps=eps)[0, -last:])


@pytest.mark.parametrize("lr", [0.1, 0.01, 0.001])
@pytest.mark.parametrize("curvature", [1, 100])
def test_e6_4_c135_m10_in_the_end_it_jumps_lr_half_to_either_side_whatever_the_curvature(
    lr, curvature
):
    """lr/2 for ε = 1e-16; with the usual one √(lr²/4 - ε/L²): .4899 lr for .001 and L = 1."""
    np.testing.assert_allclose(tail(curvature, lr), wobble(lr, curvature), rtol=1e-9)
    np.testing.assert_allclose(tail(curvature, lr, eps=1e-16), lr / 2, rtol=1e-6)


def test_e6_4_at_curvature_1_the_usual_eps_takes_a_little_off():
    np.testing.assert_allclose(
        [wobble(lr, 1) / lr for lr in (0.1, 0.01, 0.001)], [0.5, 0.4999, 0.4899], atol=5.1e-5
    )
    assert wobble(1.99e-4, 1) == 0 < wobble(2.01e-4, 1)


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.99])
def test_e6_4_whatever_the_memory(rho):
    np.testing.assert_allclose(tail(4, 0.1, 8000, rho), wobble(0.1, 4), rtol=1e-6)


@pytest.mark.parametrize("curvature", [1, 100])
def test_e6_4_c135_from_400_starts_and_with_9_memories_it_always_ends_there(curvature):
    """A search for a start, or a ρ above 0, that ends elsewhere."""
    starts = np.random.default_rng(0).uniform(-3, 3, (1, 1, 400))
    rho = np.array([0.02, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99])[:, None]
    grad, starts = landscapes.parabola(curvature).grad, np.broadcast_to(starts, (1, 9, 400))
    end = arrive(rmsprop, grad, starts, 6000, lr=0.05, rho=rho, eps=1e-16)
    np.testing.assert_allclose(np.abs(end), 0.025, rtol=1e-3)


def test_e6_4_c135_unless_eps_counts_with_the_defaults_of_keras_a_curvature_of_half_comes_to_rest():
    """lr = .001, ε = 1e-7: (lr·L/2)² is below it for L = .5; with L = 1 it swings .387 lr."""
    for curvature, swing in ((0.5, 0), (1, 0.387e-3)):
        found = tail(curvature, 0.001, 20_000, eps=1e-7)
        np.testing.assert_allclose(found, swing, rtol=1e-3, atol=1e-12)


def test_e6_4_it_is_a_cycle_of_two():
    x = descend(rmsprop, landscapes.parabola(1).grad, [1], 6000, **R)[0, -100:]
    np.testing.assert_allclose(x[1:], -x[:-1], rtol=1e-9)


def test_c135_c121_each_coordinate_ends_at_its_own_limit_of_gradient_descent():
    """lr/√(s + ε) is 2/L: 2 and .1 on the ravine of 20. It finds the edge of stability."""
    land, w, s = landscapes.ravine(20), np.array([1, 0.5]), 0.0
    rates = []
    for _ in range(1000):
        w, s = rmsprop(w, land.grad(w), s, **R)
        rates.append(0.01 / np.sqrt(s + 1e-8))
    np.testing.assert_allclose(rates[-1], theory.gd_limit([1, 20]), rtol=1e-9)
    np.testing.assert_allclose(rates[-1], [2, 0.1], rtol=1e-9)
    np.testing.assert_allclose(rates[0], [0.0316, 0.0032], atol=5.1e-5)


def test_x6_2_the_wobble_is_below_a_thousandth_for_lr_up_to_0_002():
    """At .002 itself it is, by ε: .000995 at L = 1. The bound is 2√(10⁻⁶ + ε/L²)."""
    assert tail(1, 0.0019).max() < 1e-3 and tail(1, 0.0021).max() > 1e-3
    assert tail(1, 0.002).max() == pytest.approx(0.000995, abs=5e-7)
    bound = 2 * sqrt(1e-6 + 1e-8)
    assert bound == pytest.approx(0.00201, abs=5e-7)
    assert wobble(0.9999 * bound, 1) < 1e-3 < wobble(1.0001 * bound, 1)


def test_x6_3_e6_4b_c137_the_wobble_vanishes_from_eps_lr_l_half_squared_on():
    """.0025 for L = 2 and lr = .05: .0024 wobbles by .005, .0026 does not."""
    assert (0.05 * 2 / 2) ** 2 == pytest.approx(0.0025)
    amplitudes = {0.95 * 0.0025: 0.00559, 0.0024: 0.005, 0.0026: 0, 1.05 * 0.0025: 0}
    for eps, amplitude in amplitudes.items():
        assert wobble(0.05, 2, eps) == pytest.approx(amplitude, abs=5.1e-6)
        np.testing.assert_allclose(tail(2, 0.05, eps=eps), amplitude, atol=5.1e-6)
    assert tail(2, 0.05, eps=0.0026).max() < 1e-100


@pytest.mark.parametrize("far", [1, sqrt(2)])
def test_e6_23_c135_no_side_is_switched_on_the_way_and_at_every_step_in_the_end(far):
    """κ = 100: none of steps 0-90, all of 200-300."""
    w = on_ravine(rmsprop, 100, 0, 300, far, **R)
    switch = w[:, 1:] * w[:, :-1] < 0
    assert not switch[:, :90].any() and switch[:, 200:].all()


def test_e6_23_it_switches_sides_for_good_from_step_124_on():
    w = on_ravine(rmsprop, 100, 0, 300, **R)
    assert [lasting(part) + 1 for part in w[:, 1:] * w[:, :-1] < 0] == [124, 124]


def test_e6_23_across_the_ravine_gradient_descent_switches_from_the_start_if_lr_is_above_1_over_l():
    for lr, share in ((theory.gd_best_lr(1, 100), 1), (0.012, 1), (0.008, 0)):
        x, y = np.sign(on_ravine(gd, 100, 0, 300, lr=lr))
        assert (y[1:] * y[:-1] < 0).mean() == share and not (x[1:] * x[:-1] < 0).any()


ROSENBROCK = landscapes.rosenbrock()


def rosenbrock_floor(signs):
    """The excess loss, over lr², at lr/2 from the minimum along each axis, with these signs."""
    hessian = ROSENBROCK.hessian(ROSENBROCK.minima[:, 0])
    return np.array(signs) @ hessian @ signs / 8


def test_e6_5_c135_the_floor_of_rosenbrock_is_225_lr_squared():
    """x and y jump in opposite senses: only so does the slope of each push back."""
    assert rosenbrock_floor([1, -1]) == pytest.approx(225.25, abs=1e-3)
    assert rosenbrock_floor([1, 1]) == pytest.approx(25.25, abs=1e-3)
    hessian = ROSENBROCK.hessian(ROSENBROCK.minima[:, 0])
    assert (hessian @ [1, -1] * [1, -1] > 0).all() and not (hessian @ [1, 1] > 0).all()


@pytest.mark.parametrize("lr, floor", [(0.01, 0.0225), (0.003, 0.00203), (0.001, 2.3e-4)])
def test_e6_5_runs_end_there(lr, floor):
    """The mean of the last 1000 of 12 000 steps; .0225 at lr = .01 is its higher end."""
    path = descend(rmsprop, ROSENBROCK.grad, ROSENBROCK.start, 12_000, lr=lr, rho=0.9)[:, -1000:]
    f = ROSENBROCK.f(path)
    assert f.mean() == pytest.approx(225.25 * lr**2, rel=0.012)
    assert f.max() == pytest.approx(floor, rel=0.03)
    across = path - ROSENBROCK.minima
    assert (np.diff(across[0]) * np.diff(across[1]) < 0).all()
    np.testing.assert_allclose(np.abs(np.diff(path)), lr, rtol=0.01)


def test_e6_5_c121_the_rates_end_at_2_over_1202_and_2_over_600():
    w, s = ROSENBROCK.start, 0.0
    for _ in range(12_000):
        w, s = rmsprop(w, ROSENBROCK.grad(w), s, lr=0.001, rho=0.9)
    np.testing.assert_allclose(0.001 / np.sqrt(s + 1e-8), [2 / 1202, 2 / 600], rtol=0.01)


def test_e6_5_the_wobble_also_lies_off_the_minimum():
    """At lr = .01 about (.985, .970), along the valley: the slope there is uneven."""
    path = descend(rmsprop, ROSENBROCK.grad, ROSENBROCK.start, 12_000, **R)
    np.testing.assert_allclose(path[:, -2:].mean(axis=1), [0.985, 0.970], atol=0.001)


def test_e6_5_with_a_decaying_learning_rate_the_last_1000_of_12_000_losses_are_2e_11_on_average():
    """lr = .03·exp(-k/1000). Below 1e-6 from step 6225 on; 3.7e-9 after 9000, as in the ledger."""

    def lr(k):
        return 0.03 * np.exp(-k / 1000)

    path = descend(rmsprop, ROSENBROCK.grad, ROSENBROCK.start, 12_000, lr=lr, rho=0.9)
    f = ROSENBROCK.f(path)
    assert lasting(f < 1e-6) == pytest.approx(6225, abs=3) and first(f < 1e-6) == lasting(f < 1e-6)
    assert f[9000] == pytest.approx(3.7e-9, rel=0.02) and f"{f[-1000:].mean():.0e}" == "2e-11"


def test_c135_adagrad_comes_to_rest_on_a_parabola_and_adam_bursts_out_again():
    """lr = .1. Adam is at rest, to 10⁻⁵⁰, at step 4000, and out by more than .01 later."""
    grad = landscapes.parabola(1).grad
    assert abs(arrive(adagrad, grad, [1], 4000, lr=0.1)[0]) < 1e-50
    x = np.abs(descend(adam, grad, [1], 14_000, lr=0.1)[0])
    assert x[4000] < 1e-50 and x[8000:].max() > 0.01


# --- ε: C136, C137, E6.6, E6.22 -------------------------------------------------------------------


def test_e6_6b_c136_without_eps_a_slope_of_0_is_no_number():
    with np.errstate(invalid="ignore"):
        w, _ = rmsprop(np.array([0.0, 1.0]), np.array([0.0, 2.0]), 0.0, lr=0.1, rho=0.9, eps=0)
    assert isnan(w[0]) and w[1] == pytest.approx(1 - 0.1 * steady_step(1, 0.9))
    w, _ = rmsprop(np.array([0.0]), np.array([0.0]), 0.0, **R)
    assert w[0] == 0


def test_e6_6a_c137_a_steady_slope_of_1e_5_goes_0_0995_lr_inside_and_0_999_lr_outside():
    """After the first step, .09995 and 3.152."""
    inside = steps_of(descend(rmsprop, steady(1e-5), [0], 300, **R), 0.01)
    outside = steps_of(descend(pytorch, steady(1e-5), [0], 300, lr=0.01, alpha=0.9, eps=1e-8), 0.01)
    np.testing.assert_allclose([inside[-1], outside[-1]], [0.0995, 0.999], atol=5e-5)
    np.testing.assert_allclose([inside[0], outside[0]], [0.09995, 3.152], rtol=2e-4)
    assert inside[-1] == pytest.approx(1e-5 / sqrt(1e-10 + 1e-8))
    assert outside[-1] == pytest.approx(1e-5 / (1e-5 + 1e-8))


PLATEAU = landscapes.plateau()


def plateau_steps(rule, steps, **hyper):
    """To within .05 from 5: the first time, and for good."""
    x = descend(rule, PLATEAU.grad, [5], steps, **hyper)
    return first(near(x)), lasting(near(x))


def test_e6_6c_the_slope_at_5_is_1_9e_5():
    np.testing.assert_allclose(
        PLATEAU.grad([[3, 4, 5, 6]])[0], [3.3e-2, 1.3e-3, 1.9e-5, 9.1e-8], rtol=0.04
    )


@pytest.mark.parametrize(
    "eps, once, for_good", [(1e-16, 63, 164), (1e-8, 84, 185), (1e-6, 293, 393), (1e-4, 2410, 2505)]
)
def test_e6_6c_c137_the_larger_eps_the_longer_on_the_plateau(eps, once, for_good):
    """lr = .05. The ledger has the first time: RMSProp then runs through the bottom."""
    assert plateau_steps(rmsprop, 4000, lr=0.05, rho=0.9, eps=eps) == (once, for_good)


def test_e6_6c_c137_far_below_eps_rmsprop_is_gradient_descent_with_lr_over_root_eps():
    """ε = .01, lr = .05 takes 23 611 steps, gradient descent with lr = .5 23 576."""
    assert plateau_steps(gd, 24_000, lr=0.5) == (23_576, 23_576)
    assert plateau_steps(rmsprop, 24_000, lr=0.05, rho=0.9, eps=0.01) == (23_611, 23_611)
    one, two = (
        descend(rule, PLATEAU.grad, [5], 5000, **hyper)[0]
        for rule, hyper in ((gd, {"lr": 0.5}), (rmsprop, {"lr": 0.05, "rho": 0.9, "eps": 0.01}))
    )
    np.testing.assert_allclose(two, one, rtol=1e-6)


def test_e6_6_momentum_with_lr_0_5_takes_2446_steps():
    """To the first time; for good 2488."""
    assert plateau_steps(momentum, 4000, lr=0.5, rho=0.9) == (2446, 2488)


# --- chance: C134, C139, E6.14, E6.21, E6.22 ------------------------------------------------------


class Chance:
    """What a step of RMSProp is on average when each gradient is drawn anew: exact, by quadrature.

    (s + ε)^(-p) = 1/Γ(p)·∫ t^(p-1)·exp(-t(s + ε)) dt, and s is a sum of independent terms, so that
    the mean of gⁿ·(s + ε)^(-p) is an integral of a product of `moment(n, a)` = E gⁿ·exp(-a·g²).
    """

    def __init__(self, moment, rho, eps=0.0, unit=1.0):
        self.u = np.linspace(-60, 40, 2001)[:, None]
        self.t, self.du = np.exp(self.u) / unit**2, self.u[1, 0] - self.u[0, 0]
        self.moment, self.rho, self.eps = moment, rho, eps

    def means(self, steps, n=1, power=0.5):
        """E gⁿ/(s + ε)^power of the steps 1, 2, ..., steps from s = 0: `(steps,)`."""
        a = self.t * (1 - self.rho) * self.rho ** np.arange(steps)
        older = self.moment(0, a)
        older[:, 0] = 1
        older = np.cumprod(older, axis=1)
        inside = self.t**power * np.exp(-self.t * self.eps) * older * self.moment(n, a[:, :1])
        gamma = {0.5: sqrt(pi), 1.0: 1.0}[power]
        return inside.sum(axis=0) * self.du / gamma


def normal(sigma, mean=1.0):
    """Tilted moments of a normal distribution, which stays normal."""

    def moment(n, a):
        c = 1 + 2 * a * sigma**2
        whole = np.exp(-a * mean**2 / c) / np.sqrt(c)
        return whole * {0: 1, 1: mean / c, 2: (mean / c) ** 2 + sigma**2 / c}[n]

    return moment


def skewed(n, a):
    """+10 one time in ten, else -1: the mean is +.1."""
    return 0.1 * 10**n * np.exp(-100 * a) + 0.9 * (-1) ** n * np.exp(-a)


def draw_skewed(rng):
    return lambda w: np.where(rng.random(w.shape) < 0.1, 10.0, -1.0)


def agree(samples, truth):
    """Whether the mean of independent samples is the truth, as far as it can be told."""
    return abs(samples.mean() - truth) < Z * samples.std() / sqrt(samples.size) + 1e-9


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_the_exact_means_are_right_where_they_can_be_done_by_hand(rho):
    """Without noise 1/√(1 - ρᵗ); of two skewed gradients all four pairs; g²·(1 - ρ)/s in step 1."""
    quiet = Chance(normal(0.0), rho).means(30)
    np.testing.assert_allclose(quiet, steady_step(np.arange(1, 31), rho), rtol=1e-6)
    pairs = [(0.1, 10, 0.1, 10), (0.1, 10, 0.9, -1), (0.9, -1, 0.1, 10), (0.9, -1, 0.9, -1)]
    by_hand = sum(p * q * g / sqrt((1 - rho) * (g**2 + rho * old**2)) for p, g, q, old in pairs)
    assert Chance(skewed, rho).means(2)[1] == pytest.approx(by_hand, rel=1e-6)
    alone = Chance(normal(1.0, 0.0), rho).means(1, 2, 1.0)[0]
    assert alone == pytest.approx(1 / (1 - rho), rel=1e-6)


@pytest.mark.parametrize("sigma, printed", [(0, 1), (1, 0.69), (3, 0.30), (10, 0.095)])
def test_e6_21_c134_the_more_volatile_the_shorter_the_mean_step(sigma, printed):
    """2000 steps on a slope of 1 with noise, in units of lr, the long first ones included."""
    means = Chance(normal(sigma), 0.9).means(2000)
    digit = 0.001 if sigma == 10 else 0.01
    assert means.mean() == pytest.approx(printed, abs=0.65 * digit)
    assert means[-1] == pytest.approx(printed, abs=0.65 * digit)
    rng = np.random.default_rng(0)
    grad = lambda w: 1 + sigma * rng.standard_normal(w.shape)  # noqa: E731
    end = arrive(rmsprop, grad, np.zeros((1, 100)), 2000, lr=0.001, rho=0.9)[0]
    assert agree(-end / 2, means.mean()) or sigma == 0
    assert -end.mean() / 2 == pytest.approx(means.mean(), rel=0.03)


def test_c134_with_a_long_memory_it_is_lr_over_root_1_plus_sigma_squared():
    """.707, .316 and .0995; at ρ = .9 two to five percent less."""
    for sigma, law in ((1, 0.707), (3, 0.316), (10, 0.0995)):
        assert 1 / sqrt(1 + sigma**2) == pytest.approx(law, abs=5e-4)
        short, long = (
            Chance(normal(sigma), rho).means(steps)[-1] for rho, steps in ((0.9, 300), (0.99, 3000))
        )
        assert 0.94 < short / law < 0.985 and 0.985 < long / law < 1


@pytest.mark.parametrize("eps, wander", [(1e-30, 0.31), (1e-16, 3.2e-3), (1e-8, 3.2e-7)])
def test_e6_22_c137_without_a_floor_noise_of_1e_10_makes_full_steps(eps, wander):
    """The root mean square after 1000 steps at lr = .01. Signs are independent: squares add up.

    The ledger's .30 was measured.
    """
    law = 0.01 * sqrt(Chance(normal(1e-10, 0.0), 0.9, eps, unit=1e-10).means(1000, 2, 1.0).sum())
    assert law == pytest.approx(wander, rel=0.02)
    rng = np.random.default_rng(0)
    grad = lambda w: 1e-10 * rng.standard_normal(w.shape)  # noqa: E731
    end = arrive(rmsprop, grad, np.zeros((1, 2000)), 1000, eps=eps, **R)[0]
    assert agree(end**2, law**2)


DRIFT = {
    0: 0.8, 0.5: 0.499, 0.8: 0.2431, 0.9: 0.1129, 0.95: 0.0399, 0.97: 0.0109,
    0.98: -0.0032, 0.99: -0.0169, 0.999: -0.0290,
}  # fmt: skip


def drift(rho, steps=None):
    """The mean step in the long run, in units of lr; up means the wrong way."""
    return -Chance(skewed, rho).means(steps or int(20 / (1 - rho)))[-1]


@pytest.mark.parametrize("rho", DRIFT)
def test_e6_14_c139_on_skewed_noise_a_short_memory_drifts_the_wrong_way(rho):
    """Gradient +10 one time in ten, else -1: on average +.1, so down is right, at -.1 lr a step."""
    assert drift(rho) == pytest.approx(DRIFT[rho], abs=5.1e-5)


def test_e6_14_from_rho_0_978_on_it_drifts_the_right_way_a_third_as_fast_at_most():
    assert drift(0.977) > 0 > drift(0.979)
    assert drift(0.999) > -0.1 / 3


def test_e6_14_at_rho_0_it_is_the_majority_that_decides():
    assert drift(0, 5) == pytest.approx(0.9 - 0.1)


@pytest.mark.parametrize("rho, end", [(0.9, 5.7), (0.99, -0.5)])
def test_e6_14_after_5000_steps_rmsprop_has_gone_up_where_gradient_descent_goes_down(rho, end):
    """At lr = .01, where gradient descent has come to -5 on average."""
    law = -0.01 * Chance(skewed, rho).means(5000).sum()
    assert law == pytest.approx(end, abs=0.06)
    rng = np.random.default_rng(0)
    found = arrive(rmsprop, draw_skewed(rng), np.zeros((1, 200)), 5000, lr=0.01, rho=rho)[0]
    assert agree(found, law) and ((found > 0).all() if rho == 0.9 else (found < 0).mean() > 0.6)
    down = arrive(gd, draw_skewed(rng), np.zeros((1, 200)), 5000, lr=0.01)[0]
    assert agree(down, -0.01 * 0.1 * 5000) and (down < 0).mean() > 0.95


def test_e6_14_at_rho_0_99_the_first_thousand_steps_go_the_wrong_way_too():
    """Until s has filled. On average it is back at the start after 2100."""
    way = np.cumsum(-0.01 * Chance(skewed, 0.99).means(3000))
    assert way[999] == pytest.approx(0.185, abs=5e-4) and way[2999] < 0
    assert first(way < 0) == pytest.approx(2100, abs=10)


def test_e6_14_the_ledgers_numbers_are_those_between_walls():
    """Every step cut off at -1 and 1, lr = .01, 5000 steps, the mean place in the second half.

    Gradient descent is a walk on 201 places there, and ends at -.53 on average (the ledger: -.55).
    """
    places = np.arange(201)
    turn = np.zeros((201, 201))
    np.add.at(turn, (np.maximum(places - 10, 0), places), 0.1)
    np.add.at(turn, (np.minimum(places + 1, 200), places), 0.9)
    in_the_end = np.linalg.matrix_power(turn, 100_000)[:, 100]
    assert in_the_end @ np.linspace(-1, 1, 201) == pytest.approx(-0.53, abs=5e-4)
    rng, printed = np.random.default_rng(0), {0.9: 0.94, 0.99: -0.27, 0.999: -0.60}
    rho = np.array(list(printed))[:, None]
    x, s, late = np.zeros((3, 200)), 0.0, []
    for k in range(5000):
        x, s = rmsprop(x, draw_skewed(rng)(x), s, lr=0.01, rho=rho)
        x = np.clip(x, -1, 1)
        if k >= 2500:
            late.append(x)
    for runs, expected in zip(np.mean(late, axis=0), printed.values(), strict=True):
        assert abs(runs.mean() - expected) < 2 * Z * runs.std() / sqrt(200) + 0.01


# --- other landscapes: C119, E6.12, E6.13, E6.17 --------------------------------------------------


@pytest.mark.parametrize("lr", [0.01, 0.03, 0.1])
def test_e6_12_c119_rmsprop_has_no_inertia_and_stays_in_the_dip(lr):
    """From -5. It ends in jumps of lr about the dip at -2.738; momentum rolls out to the bowl."""
    land = landscapes.dip(3)
    bowl, dip = sorted(land.minima[0], key=abs)
    _, maxima = landscapes.stationary_points(land)
    x = descend(rmsprop, land.grad, [-5], 2000, lr=lr, rho=0.9)[0]
    assert dip == pytest.approx(-2.738, abs=5e-4) and x.max() < maxima.max()
    assert abs(x[-1] - x[-2]) == pytest.approx(lr, rel=0.01)
    assert np.abs(x[-2:] - dip).max() < lr
    assert arrive(momentum, land.grad, [-5], 2000, **R)[0] == pytest.approx(bowl, abs=1e-6)


SADDLE = landscapes.saddle()


@pytest.mark.parametrize(
    "rule, hyper, escapes",
    [
        (gd, {"lr": 0.05}, [109, 203, 392, 580]),
        (momentum, {"lr": 0.05, "rho": 0.9}, [28, 54, 104, 155]),
        (rmsprop, {"lr": 0.05, "rho": 0.9}, [9, 9, 11, 12]),
        (rmsprop, R, [72, 73, 75, 77]),
    ],
)
def test_e6_13_steps_until_the_ball_has_left_the_ridge(rule, hyper, escapes):
    """First |y| >= .9 from (1, δ), δ = 1e-2, 1e-4, 1e-8, 1e-12; from the ridge itself never."""
    for delta, escape in zip((1e-2, 1e-4, 1e-8, 1e-12), escapes, strict=True):
        y = descend(rule, SADDLE.grad, [1, delta], 700, **hyper)[1]
        assert first(np.abs(y) >= 0.9) == escape
    assert (descend(rule, SADDLE.grad, [1, 0], 700, **hyper)[1] == 0).all()


def test_e6_13_momentum_swings_back_and_is_out_for_good_after_173():
    y = descend(momentum, SADDLE.grad, [1, 1e-12], 700, lr=0.05, rho=0.9)[1]
    assert lasting(np.abs(y) >= 0.9) == 173


def test_e6_17_the_line_fit_with_x_shifted_by_3():
    """To an excess loss below .001 from (0, 0), lr = 1/L but for RMSProp: the ledger's row.

    Momentum is there for good after 79; with its best lr gradient descent takes 214.
    """
    x, y = regression.made_up()
    land = regression.loss_surface(x + 3, y)
    flat, steep = land.curvatures([0, 0])
    assert steep / flat == pytest.approx(104, abs=0.5)

    def excess(rule, **hyper):
        f = land.f(descend(rule, land.grad, [0, 0], 600, **hyper))
        return f - land.f(land.minima[:, 0]) < 1e-3

    ball = excess(momentum, lr=1 / steep, rho=0.9)
    assert lasting(excess(gd, lr=1 / steep)) == 384
    assert (first(ball), lasting(ball)) == (59, 79)
    assert lasting(excess(rmsprop, lr=0.02, rho=0.9)) == 335
    assert lasting(excess(gd, lr=theory.gd_best_lr(flat, steep))) == 214
    assert lasting(excess(rmsprop, lr=0.01, rho=0.9)) == 571
    assert lasting(excess(rmsprop, lr=0.025, rho=0.9)) == -1


# --- the diagram ----------------------------------------------------------------------------------


def test_in_the_diagram_one_path_jumps_at_every_step_and_the_other_never_until_it_is_there():
    land, start = landscapes.ravine(20), [-1.6, 0.75]
    across = descend(gd, land.grad, start, 30, lr=0.09)[1]
    assert (across[1:] * across[:-1] < 0).all()
    x, y = descend(rmsprop, land.grad, start, 30, lr=0.12, rho=0.9)
    assert (np.diff(x)[:20] > 0).all() and (y > -1e-4).all()
    slopes = land.grad(start)
    assert -slopes[1] / slopes[0] == pytest.approx(9.4, abs=0.05)  # as wide as high is the box
