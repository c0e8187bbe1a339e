"""Every number that notebook 05 states, computed again. The ids are those of the project's ledger.

On a parabola the heavy ball is a linear recursion, and `swing` is its solution in closed form; with
the noise of rows, the second moments of place and velocity obey one that has no chance in it
(`Moments`). Runs are held against these. "For good" is `first_step`; a ball that swings past and
comes back has `passed` earlier than it has arrived.
"""

from fractions import Fraction
from functools import cache
from math import log, sqrt

import numpy as np
import pytest

from gdlib import landscapes, regression, theory
from gdlib.landscapes import stationary_points
from gdlib.optimizers import arrive, descend, diverged, first_step, gd, momentum

Z = 3.5
BOWL = landscapes.parabola(1)
CENTRED = regression.penguins("centred")[:2]
PENGUINS = regression.penguins("standardised")[:2]
KAPPAS = pytest.mark.parametrize("kappa", [10, 100, 1000])


def two_decimals():
    """0, 0.01, ..., 0.99: what the slider of ρ offers."""
    return np.round(np.arange(0, 1, 0.01), 2)


def passed(condition):
    """The first step at which a condition holds, for good or not; -1 for never."""
    return np.where(condition.any(axis=0), condition.argmax(axis=0), -1)[()]


def swing(lr, rho, curvature, steps):
    """x₀, x₁, ..., x_steps of the heavy ball on a parabola, from 1 at rest: `(steps + 1,)`.

    With z and y the roots of z² - (1 + ρ - lr·λ)z + ρ and h_k = (z^(k+1) - y^(k+1))/(z - y), it is
    h_k - ρ·h_(k-1).
    """
    half = (1 + rho - lr * curvature) / 2
    apart = half**2 - rho
    root = np.sqrt(apart + 0j) if abs(apart) > 1e-15 else 3e-8  # a double root, nearly
    powers = np.arange(steps + 2)
    h = ((half + root) ** powers - (half - root) ** powers) / (2 * root)  # h₋₁, h₀, ...
    return (h[1:] - rho * h[:-1]).real


def lengths(path):
    return np.hypot(*path)


def steps_down(land, within=1e-6, steps=8000, rule=momentum, **hyper):
    """Steps until a run on a ravine is within that distance of the bottom for good."""
    return first_step(lengths(descend(rule, land.grad, land.start, steps, **hyper)) < within)


# --- the rule, in its dialects: C106, C112, E5.2, E5.3, X5.4 --------------------------------------


def pytorch(grad, w, steps, lr, rho, nesterov=False):
    """As torch.optim.SGD with dampening 0: the buffer begins as a copy of the first gradient."""
    buffer, path = None, [w]
    for _ in range(steps):
        g = grad(w)
        buffer = g.copy() if buffer is None else rho * buffer + g
        w = w - lr * (g + rho * buffer if nesterov else buffer)
        path.append(w)
    return np.stack(path, axis=1)


def keras(grad, w, steps, lr, rho, nesterov=False):
    """As keras.optimizers.SGD: lr is inside the velocity, which is added."""
    velocity, path = np.zeros_like(w), [w]
    for _ in range(steps):
        g = grad(w)
        velocity = rho * velocity - lr * g
        w = w + (rho * velocity - lr * g if nesterov else velocity)
        path.append(w)
    return np.stack(path, axis=1)


def three_points(grad, w, steps, lr, rho):
    """As Polyak wrote it, without a velocity: w + ρ(w - the one before) - lr·g."""
    before, path = w, [w]
    for _ in range(steps):
        w, before = w + rho * (w - before) - lr * grad(w), w
        path.append(w)
    return np.stack(path, axis=1)


def average(w, g, v, *, lr, rho):
    """The form in which v is a leaky average."""
    v = rho * v + (1 - rho) * g
    return w - lr * v, v


def nesterov(w, g, v, *, lr, rho):
    """Nesterov's momentum as PyTorch has it."""
    v = rho * v + g
    return w - lr * (g + rho * v), v


PLACES = {
    "double well": (landscapes.double_well(), 0.01, 0.8),
    "ravine": (landscapes.ravine(20, 30), 0.05, 0.9),
    "Rosenbrock": (landscapes.rosenbrock(), 0.0005, 0.95),
    "Himmelblau": (landscapes.himmelblau(), 0.002, 0.9),
    "penguins": (regression.loss_surface(*PENGUINS), 0.1, 0.5),
}
AT = pytest.mark.parametrize("land, lr, rho", PLACES.values(), ids=PLACES)


@AT
@pytest.mark.parametrize("dialect", [pytorch, keras, three_points])
def test_c106_the_course_pytorch_keras_and_polyak_walk_one_path(land, lr, rho, dialect):
    path = descend(momentum, land.grad, land.start, 300, lr=lr, rho=rho)
    theirs = dialect(land.grad, land.start, 300, lr, rho)
    np.testing.assert_allclose(path, theirs, rtol=0, atol=1e-10)


@AT
def test_c112_e5_2_the_average_form_walks_it_with_lr_over_1_minus_rho(land, lr, rho):
    path = descend(momentum, land.grad, land.start, 300, lr=lr, rho=rho)
    theirs = descend(average, land.grad, land.start, 300, lr=lr / (1 - rho), rho=rho)
    np.testing.assert_allclose(path, theirs, rtol=0, atol=1e-10)


def test_c112_e5_2_on_rosenbrock_lr_0_001_and_0_01_are_one_path_to_rounding():
    """1e-15 in the ledger."""
    land = landscapes.rosenbrock()
    a = descend(momentum, land.grad, land.start, 5000, lr=0.001, rho=0.9)
    b = descend(average, land.grad, land.start, 5000, lr=0.01, rho=0.9)
    assert np.abs(a - b).max() < 1e-12
    assert np.abs(a - descend(average, land.grad, land.start, 5000, lr=0.001, rho=0.9)).max() > 0.1


def test_x5_4_the_average_form_of_lr_0_003_and_rho_0_95_has_lr_0_06():
    land = landscapes.himmelblau()
    path = descend(momentum, land.grad, land.start, 500, lr=0.003, rho=0.95)
    same = descend(average, land.grad, land.start, 500, lr=0.06, rho=0.95)
    assert 0.003 / (1 - 0.95) == pytest.approx(0.06) and np.abs(path - same).max() < 1e-12
    for lr in (0.003, 0.059, 0.061):
        other = descend(average, land.grad, land.start, 500, lr=lr, rho=0.95)
        assert np.abs(path - other).max() > 1e-3


@AT
def test_pytorchs_and_keras_nesterov_walk_one_path_too(land, lr, rho):
    path = descend(nesterov, land.grad, land.start, 300, lr=lr / 2, rho=rho)
    for dialect in (pytorch, keras):
        theirs = dialect(land.grad, land.start, 300, lr / 2, rho, nesterov=True)
        np.testing.assert_allclose(path, theirs, rtol=0, atol=1e-10)


def test_where_lr_changes_the_dialects_part():
    """The velocity of Keras was made with the old learning rate, that of PyTorch takes the new."""
    by_keras, v = [1.0], 0.0
    for k in range(100):
        v = 0.9 * v - (0.1 if k < 5 else 0.01) * by_keras[-1]
        by_keras.append(by_keras[-1] + v)
    stairs = descend(momentum, BOWL.grad, [1], 100, lr=lambda k: 0.1 if k < 5 else 0.01, rho=0.9)
    np.testing.assert_allclose(stairs[0, :6], by_keras[:6], atol=1e-12)
    assert abs(stairs[0, 6] - by_keras[6]) > 0.1


@AT
def test_c107_the_first_step_is_that_of_gradient_descent(land, lr, rho):
    ball = descend(momentum, land.grad, land.start, 2, lr=lr, rho=rho)
    plain = descend(gd, land.grad, land.start, 2, lr=lr)
    assert np.array_equal(ball[:, 1], plain[:, 1]) and not np.array_equal(ball[:, 2], plain[:, 2])


@pytest.mark.parametrize("rho", [0, 0.9, 0.99])
def test_c106_mended_by_half_it_is_gradient_descent_whatever_rho(rho):
    """The step takes the new name, the memory reads the old: v stays 0."""
    w, v = 3.0, 0.0
    for _ in range(100):
        velocity = rho * v + 2 * w
        w = w - 0.1 * velocity
    assert w == pytest.approx(3 * 0.8**100) == pytest.approx(6.11e-10, rel=1e-3)


# --- what v is made of: C105, C107, C111, C112, C118, E5.1, X5.1 ----------------------------------


def test_c112_e5_1_the_share_of_the_newest_gradient_falls_from_all_to_a_tenth():
    """1 of all weights that are in v, 1 + ρ + ρ² + ..., which is v when every gradient is 1."""
    v, shares = 0.0, []
    for _ in range(200):
        _, v = momentum(0.0, 1.0, v, lr=1, rho=0.9)
        shares.append(1 / v)
    steps = np.array([1, 2, 3, 5, 10])
    at = np.array(shares)[steps - 1]
    np.testing.assert_allclose(at, [1, 0.53, 0.37, 0.24, 0.15], atol=0.005)
    np.testing.assert_allclose(at, 0.1 / (1 - 0.9**steps))
    assert shares[-1] == pytest.approx(0.1, rel=1e-8)


def impulse(rule, rho, steps=200):
    """The steps that follow when the slope is 1 at the first step and 0 ever after, at lr = 1."""
    slopes = iter([1.0] + [0.0] * steps)
    return -np.diff(descend(rule, lambda w: 0 * w + next(slopes), [0], steps, lr=1, rho=rho)[0])


@pytest.mark.parametrize("rho", [0, 0.5, 0.9, 0.99])
def test_c112_e5_1_in_the_sum_form_the_newest_gradient_weighs_1_and_in_the_average_1_minus_rho(rho):
    ages = np.arange(200)
    np.testing.assert_allclose(impulse(momentum, rho), rho**ages, atol=1e-12)
    np.testing.assert_allclose(impulse(average, rho), (1 - rho) * rho**ages, atol=1e-12)


def test_e5_1a_after_6_6_steps_half_is_left_and_the_last_ten_hold_65_percent():
    weights = impulse(momentum, 0.9)
    assert log(0.5) / log(0.9) == pytest.approx(6.6, abs=0.05)
    assert weights[6] > 0.5 > weights[7]
    assert weights[:10].sum() / weights.sum() == pytest.approx(0.65, abs=0.005)


def on_a_slope(slope, lr, rho, steps):
    """The lengths of the steps on a constant slope."""
    path = descend(momentum, lambda w: 0 * w + slope, [0], steps, lr=lr, rho=rho)[0]
    return np.abs(np.diff(path))


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.95, 0.99])
def test_c107_e5_1c_on_a_slope_step_n_is_1_minus_rho_to_the_n_over_1_minus_rho(rho):
    """From lr·slope, gradient descent's, up to 1/(1 - ρ) times as much."""
    steps, n = on_a_slope(2, 0.01, rho, 3000) / 0.02, np.arange(1, 3001)
    np.testing.assert_allclose(steps, (1 - rho**n) / (1 - rho), rtol=1e-9)
    assert steps[0] == pytest.approx(1) and steps[-1] == pytest.approx(1 / (1 - rho))


def test_c107_after_10_steps_two_thirds_of_full_speed_after_22_nine_tenths_after_44_all_but_1():
    """At ρ = .9. "Full speed after about 1/(1 - ρ) steps" is 1 - 1/e of it."""
    share = on_a_slope(1, 0.01, 0.9, 200) / 0.1
    assert share[9] == pytest.approx(0.651, abs=5e-4)
    assert first_step(share > 0.9) + 1 == 22 and first_step(share > 0.99) + 1 == 44


def test_c118_e5_1c_at_a_constant_lr_the_steps_grow_from_1_to_10_times_lr():
    steps = on_a_slope(1, 0.01, 0.9, 500) / 0.01
    assert steps[0] == pytest.approx(1) and steps[-1] == pytest.approx(10)
    assert (np.diff(steps) >= -1e-9).all()


def test_x5_1_the_terminal_step_for_slope_2_lr_0_01_and_rho_0_95_is_0_4():
    assert on_a_slope(2, 0.01, 0.95, 1000)[-1] == pytest.approx(0.4)


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.99])
def test_c111_v_is_bounded_by_the_largest_gradient_over_1_minus_rho(rho):
    gradients = np.random.default_rng(0).uniform(-3, 3, (5000, 20))
    v = np.zeros(20)
    for g in gradients:
        _, v = momentum(0.0, g, v, lr=1, rho=rho)
        assert (np.abs(v) <= 3 / (1 - rho)).all()


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.99])
def test_c105_steady_gradients_are_amplified_and_alternating_ones_are_damped(rho):
    """By 1/(1 - ρ) and by 1/(1 + ρ): 10 and .526 at ρ = .9."""
    steady = alternating = 0.0
    for k in range(3000):
        steady = rho * steady + 1
        alternating = rho * alternating + (-1) ** k
    assert steady == pytest.approx(1 / (1 - rho))
    assert abs(alternating) == pytest.approx(1 / (1 + rho))


def straightness(path):
    """The mean cosine of the angle between a step and the next."""
    step = np.diff(path)
    step = step / lengths(step)
    return (step[:, 1:] * step[:, :-1]).sum(axis=0).mean()


E5_11 = [(0.038, 0, 0.174, 0.479), (0.01, 0.9, 0.888, 0.026)]


@pytest.mark.parametrize("lr, rho, cosine, loss", E5_11)
def test_c105_e5_11_momentum_keeps_its_direction_and_gradient_descent_zigzags(
    lr, rho, cosine, loss
):
    """κ = 50, 60 steps from (10, 1), gradient descent at 1.9/L and momentum at .5/L.

    From (2, .2), which is on the page, the same cosines and 1/25 of the losses.
    """
    land = landscapes.ravine(50)
    path = descend(momentum, land.grad, [10, 1], 60, lr=lr, rho=rho)
    assert straightness(path) == pytest.approx(cosine, abs=6e-4)
    assert land.f(path[:, -1]) == pytest.approx(loss, abs=6e-4)
    closed = [start * swing(lr, rho, c, 60) for start, c in ((10, 1), (1, 50))]
    np.testing.assert_allclose(path, closed, atol=1e-9)
    near = descend(momentum, land.grad, [2, 0.2], 60, lr=lr, rho=rho)
    np.testing.assert_allclose(near, path / 5, atol=1e-12)
    assert land.f(near[:, -1]) == pytest.approx(loss / 25, abs=2.5e-5)


@pytest.mark.parametrize("lr, plain, ball", [(0.01, 0.997, 0.888), (0.038, 0.174, 0.519)])
def test_c105_e5_11_at_one_lr_for_both_it_depends_on_the_lr_who_is_the_straighter(lr, plain, ball):
    land = landscapes.ravine(50)
    for rho, cosine in ((0, plain), (0.9, ball)):
        path = descend(momentum, land.grad, [10, 1], 60, lr=lr, rho=rho)
        assert straightness(path) == pytest.approx(cosine, abs=6e-4)


# --- turning round, and never stopping: C111, C113, C116, E5.4, E5.14, E5.15 ----------------------


@pytest.mark.parametrize("rho, steps", [(0.5, 1), (0.9, 7), (0.95, 14), (0.99, 69)])
def test_c113_e5_4_from_full_speed_it_takes_ln_2_over_minus_ln_rho_steps_to_stop(rho, steps):
    """Exact fractions. At ρ = .5 it stands still after one step, and turns back at the next."""
    rho = Fraction(rho).limit_denominator(100)
    v, taken = 1 / (1 - rho), 0
    while v > 0:
        v = rho * v - 1
        taken += 1
    assert taken == steps and (v == 0) == (rho == Fraction(1, 2))
    assert taken == np.ceil(round(log(2) / -log(rho), 9))


def with_rho_1(lr, steps=5000):
    """The rule with ρ = 1 on x²/2 from 1; `descend` refuses it."""
    w, v, path = 1.0, 0.0, [1.0]
    for _ in range(steps):
        w, v = momentum(w, w, v, lr=lr, rho=1.0)
        path.append(w)
    return np.array(path)


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.05, 0.1])
def test_c111_e5_14_with_rho_1_it_swings_for_ever(lr):
    """Amplitude 1.00 in the ledger: 1/√(1 - lr/4), 1.0013 at lr = .01."""
    path = with_rho_1(lr)
    turn = np.arccos(1 - lr / 2)
    closed = np.cos((np.arange(5001) + 0.5) * turn) / np.cos(turn / 2)
    np.testing.assert_allclose(path, closed, atol=1e-8)
    last = np.abs(path[-1000:]).max()
    assert last == pytest.approx(1 / sqrt(1 - lr / 4), rel=1e-3)
    assert last == pytest.approx(1.00, abs=0.015)


def test_c111_e5_14_with_rho_1_steps_on_a_slope_grow_by_lr_times_the_slope():
    w, v, path = 1.0, 0.0, [1.0]
    for _ in range(5000):
        w, v = momentum(w, 1.0, v, lr=0.01, rho=1.0)
        path.append(w)
    np.testing.assert_allclose(-np.diff(path), 0.01 * np.arange(1, 5001))
    assert path[-1] == pytest.approx(-125_024)


def uphill(land, start, steps, **hyper):
    f = land.f(descend(momentum, land.grad, start, steps, **hyper))
    return (np.diff(f, axis=0) > 0).sum(axis=0)


@pytest.mark.parametrize("rho, steps", [(0.9, 26), (0, 0)])
def test_c116_e5_15_on_a_parabola_26_of_60_steps_go_uphill(rho, steps):
    """x²/2 from 1 at lr = .1; none of gradient descent's do."""
    assert uphill(BOWL, [1], 60, lr=0.1, rho=rho) == steps
    if rho:
        assert (np.diff(swing(0.1, rho, 1, 60) ** 2) > 0).sum() == steps


# --- how fast on a parabola: E5.6, E5.7, C117 -----------------------------------------------------

SETTLE = {0: 66, 0.2: 50, 0.4: 33, 0.5: 18, 0.6: 28, 0.8: 62, 0.9: 129, 0.99: 1373}


def test_e5_7_at_lr_0_1_the_ball_settles_fastest_near_its_critical_rho():
    rhos = np.array(list(SETTLE))
    x = descend(momentum, BOWL.grad, [1], 3000, lr=0.1, rho=rhos)[0]
    assert first_step(np.abs(x) < 1e-3).tolist() == list(SETTLE.values())
    assert theory.critical_rho(0.1, 1) == pytest.approx(0.4675, abs=5e-5)
    assert (x[:, rhos < 0.4675] > 0).all() and (x[:, rhos > 0.4675] < 0).any(axis=0).all()


@pytest.mark.parametrize("rho, steps", list(SETTLE.items()))
def test_e5_7_and_so_says_the_closed_form(rho, steps):
    closed = swing(0.1, rho, 1, 3000)
    assert first_step(np.abs(closed) < 1e-3) == steps
    x = descend(momentum, BOWL.grad, [1], 3000, lr=0.1, rho=rho)[0]
    np.testing.assert_allclose(x, closed, atol=1e-9)


def test_c117_e5_6_just_below_the_limit_3_8_it_settles_and_just_above_it_leaves():
    """After 3000 steps 3e-68, and 4e82; the ledger's 1e8 is where it stopped, passed at 260."""
    assert theory.momentum_limit(1, 0.9) == pytest.approx(3.8)
    x = np.abs(descend(momentum, BOWL.grad, [1], 3000, lr=np.array([3.79, 3.81]), rho=0.9)[0])
    assert x[-1, 0] == pytest.approx(3e-68, rel=0.1) and x[-1, 1] == pytest.approx(4e82, rel=0.1)
    assert passed(x[:, 1] > 1e8) == 260
    for k, lr in enumerate((3.79, 3.81)):
        assert np.abs(swing(lr, 0.9, 1, 3000)[-1]) == pytest.approx(x[-1, k], rel=1e-6)


def test_c117_one_step_too_long_for_the_steepest_direction_is_too_long_for_the_run():
    land = landscapes.ravine(100)
    lrs = theory.momentum_limit(100, 0.9) * np.array([0.99, 1.01])
    paths = descend(momentum, land.grad, land.start, 3000, lr=lrs, rho=0.9)
    assert diverged(paths).tolist() == [False, True]


# --- down a ravine: C110, E5.5, X5.3 --------------------------------------------------------------

POLYAK = {10: (0.2309, 0.2699, 27, 69), 100: (0.03306, 0.6694, 93, 691)}
POLYAK[1000] = (0.003759, 0.8811, 315, 6908)


@KAPPAS
def test_c110_e5_5_polyaks_choice_and_the_best_gradient_descent(kappa):
    lr, rho, ball, plain = POLYAK[kappa]
    land, best = landscapes.ravine(kappa), theory.polyak(1, kappa)
    np.testing.assert_allclose(best, (lr, rho), rtol=2e-4)
    assert steps_down(land, lr=best[0], rho=best[1]) == ball
    assert steps_down(land, rule=gd, lr=theory.gd_best_lr(1, kappa)) == plain


@KAPPAS
def test_e5_5_the_double_root_costs_the_steps_that_the_rate_does_not_explain(kappa):
    """(1 + k(x₁/r - 1))rᵏ with r = ±√ρ on the two axes. The rate alone says 21, 69, 218."""
    lr, rho = theory.polyak(1, kappa)
    k, total = np.arange(2000), 0
    for curvature, root in ((1, sqrt(rho)), (kappa, -sqrt(rho))):
        total = total + (root**k * (1 + k * ((1 - lr * curvature) / root - 1))) ** 2 / 2
    assert first_step(np.sqrt(total) < 1e-6) == POLYAK[kappa][2]
    by_rate = theory.steps_to(1e-6, sqrt(rho))
    assert by_rate == pytest.approx({10: 21, 100: 69, 1000: 218}[kappa], abs=0.5)


@KAPPAS
def test_e5_5_with_rho_0_9_no_learning_rate_brings_it_much_below_262_steps(kappa):
    """√.9 a step makes 262. The best of 500 learning rates takes 249, 252 and 265.

    The ledger's 254 to 267 are those of coarser grids.
    """
    land, lrs = landscapes.ravine(kappa), np.geomspace(0.002, 3.8 / kappa, 500)
    steps = steps_down(land, steps=1000, lr=lrs, rho=0.9)
    assert steps[steps > 0].min() == {10: 249, 100: 252, 1000: 265}[kappa]
    assert theory.steps_to(1e-6, sqrt(0.9)) == pytest.approx(262, abs=0.5)
    for curvature in (1, kappa):
        assert (theory.momentum_factor(lrs, curvature, 0.9) >= sqrt(0.9) - 1e-12).all()


def test_e5_5_at_kappa_10_rho_0_9_is_slower_than_gradient_descent():
    land = landscapes.ravine(10)
    steps = steps_down(land, steps=1000, lr=np.geomspace(0.002, 0.379, 500), rho=0.9)
    assert steps[steps > 0].min() > 3 * steps_down(land, rule=gd, lr=theory.gd_best_lr(1, 10))


AGAINST_RHO = {
    10: (69, 25, 41, 78, 122, 259, 531),
    100: (691, 374, 225, 82, 124, 263, 533),
    1000: (6908, 3819, 2420, 1305, 804, 274, 542),
}


@KAPPAS
def test_c110_steps_against_rho_each_with_its_best_lr(kappa):
    """ρ = 0, .3, .5, .7, .8, .9, .95. Best are .28 and .29, .68, .89, next to Polyak's."""
    land, rhos = landscapes.ravine(kappa), np.array([0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95])
    lrs = theory.momentum_best_lr(1, kappa, rhos)
    assert steps_down(land, steps=7000, lr=lrs, rho=rhos).tolist() == list(AGAINST_RHO[kappa])
    for lr, rho, steps in zip(lrs, rhos, AGAINST_RHO[kappa], strict=True):
        closed = np.hypot(swing(lr, rho, 1, 7000), swing(lr, rho, kappa, 7000)) / sqrt(2)
        assert first_step(closed < 1e-6) == steps
    rhos = two_decimals()
    steps = steps_down(land, steps=7000, lr=theory.momentum_best_lr(1, kappa, rhos), rho=rhos)
    fewest = rhos[steps == steps.min()]
    assert set(fewest) == {10: {0.28, 0.29}, 100: {0.68}, 1000: {0.89}}[kappa]
    assert steps.min() == {10: 24, 100: 77, 1000: 257}[kappa]
    assert (fewest - theory.polyak(1, kappa)[1] < 0.025).all()


def test_c110_rho_0_9_pays_from_kappa_38_on():
    """From (1 + √ρ)/(1 - √ρ) = 37.97 on, by the rates; and so do runs to 1e-6."""
    crossing = (1 + sqrt(0.9)) / (1 - sqrt(0.9))
    assert crossing == pytest.approx(37.97, abs=5e-3)
    assert theory.gd_best_rate(1, crossing) == pytest.approx(sqrt(0.9))
    for kappa in range(20, 61):
        land, rhos = landscapes.ravine(kappa), np.array([0, 0.9])
        lrs = theory.momentum_best_lr(1, kappa, rhos)
        plain, ball = steps_down(land, steps=500, lr=lrs, rho=rhos)
        assert (ball < plain) == (kappa > crossing)


@pytest.mark.parametrize("lr, rho, steps", [(*theory.polyak(1, 100), 93), (0.033, 0.7, 83)])
def test_x5_3_two_settings_for_kappa_100_that_need_at_most_100_steps(lr, rho, steps):
    assert steps_down(landscapes.ravine(100), lr=lr, rho=rho) == steps <= 100


def test_x5_3_the_settings_that_do_lie_between_rho_0_65_and_0_77_and_lr_0_017_and_0_035():
    """And the best of these is done in 75: the best rate is not the fewest steps to 1e-6."""
    lrs, rhos = np.linspace(0.005, 0.038, 166)[:, None], two_decimals()
    steps = steps_down(landscapes.ravine(100), steps=300, lr=lrs, rho=rhos)
    good = (steps > 0) & (steps <= 100)
    enough = rhos[good.any(axis=0)]
    assert 0.65 <= enough.min() <= enough.max() <= 0.77
    assert 74 <= steps[good].min() <= 78
    enough = lrs[good.any(axis=1)]
    assert 0.017 <= enough.min() <= enough.max() <= 0.035


# --- the penguins, in millimetres from their mean -------------------------------------------------

LINE = regression.loss_surface(*CENTRED)
ON_PENGUINS = {  # steps until within 1e-3, within 1e-6, and until the loss is within 1e-6
    "gd at its best": ((None, 0), (913, 1594, 1066)),
    "gd": ((0.0096, 0), (947, 1663, 911)),
    "0.5": ((0.0096, 0.5), (463, 812, 445)),
    "0.8": ((0.0096, 0.8), (139, 238, 134)),
    "0.9": ((0.0096, 0.9), (169, 307, 211)),
    "0.9, a tenth of the lr": ((0.001, 0.9), (827, 1444, 796)),
    "0.8 at its best": ((None, 0.8), (86, 145, 102)),
    "0.9 at its best": ((None, 0.9), (164, 301, 207)),
}
ON_PENGUINS["Polyak"] = ("polyak", (97, 148, 114))


@pytest.mark.parametrize("setting, steps", ON_PENGUINS.values(), ids=ON_PENGUINS)
def test_e5_5_on_the_centred_penguins_from_minus_5_and_5(setting, steps):
    flat, steep = LINE.curvatures(LINE.minima[:, 0])
    assert flat == pytest.approx(1) and steep == pytest.approx(197.15, abs=5e-3)
    lr, rho = theory.polyak(flat, steep) if setting == "polyak" else setting
    lr = lr or theory.momentum_best_lr(flat, steep, rho)
    path = descend(momentum, LINE.grad, [-5, 5], 3000, lr=lr, rho=rho)
    away, loss = lengths(path - LINE.minima), LINE.f(path) - LINE.f(LINE.minima[:, 0])
    counts = [first_step(close) for close in (away < 1e-3, away < 1e-6, loss < 1e-6)]
    assert counts == list(steps)
    # The axes are those of the bowl, as the flippers' mean is 0.
    first = np.array([-5, 5]) - LINE.minima[:, 0]
    closed = [f * swing(lr, rho, c, 3000) for f, c in zip(first, (1, steep), strict=True)]
    np.testing.assert_allclose(path - LINE.minima, closed, atol=2e-5)


# --- Nesterov's form ------------------------------------------------------------------------------


def test_where_both_swing_nesterovs_swings_die_down_faster():
    """√(ρ(1 - lr·L)) a step against √ρ, for lr·L below 1."""
    for rho in (0.5, 0.9, 0.99):
        for product in np.arange(1, 100) / 100:
            ball = np.roots([1, product - 1 - rho, rho])
            ahead = np.roots([1, (1 + rho) * (product - 1), rho * (1 - product)])
            if np.abs(ball.imag).max() > 0 and np.abs(ahead.imag).max() > 0:
                assert np.abs(ahead).max() < np.abs(ball).max() - 1e-9
    land, rho = landscapes.parabola(1), 0.9
    x = descend(nesterov, land.grad, [1], 60, lr=0.3, rho=rho)[0]
    closed = np.roots([1, -1.9 * 0.7, 0.63])  # x_(k+1) = 1.33 x_k - 0.63 x_(k-1)
    np.testing.assert_allclose(x[2:], closed.sum().real * x[1:-1] - 0.63 * x[:-2], atol=1e-12)


# --- curved valleys and several minima: E5.13, E5.18, C115 ----------------------------------------

VALLEY = {(0.001, 0): 15_068, (0.001, 0.5): 7518, (0.001, 0.9): 1386, (0.001, 0.95): 637}
VALLEY[0.0005, 0.98] = 874


def test_e5_13_down_rosenbrocks_valley():
    """Until the loss is below 1e-6 for good. The ledger's 685 for (.0005, .98) is a passing."""
    land = landscapes.rosenbrock()
    lrs, rhos = np.array(list(VALLEY)).T
    low = land.f(descend(momentum, land.grad, land.start, 16_000, lr=lrs, rho=rhos)) < 1e-6
    assert first_step(low).tolist() == list(VALLEY.values())
    assert passed(low).tolist() == [*list(VALLEY.values())[:-1], 685]


@pytest.mark.parametrize(
    "lr, rho, end", [(0.01, 0, (3, 2)), (0.005, 0.9, (3.584, -1.848)), (0.002, 0.9, (3, 2))]
)
def test_c115_e5_18_on_himmelblau_from_0_0(lr, rho, end):
    land = landscapes.himmelblau()
    at = arrive(momentum, land.grad, [0, 0], 3000, lr=lr, rho=rho)
    np.testing.assert_allclose(at, end, atol=6e-4)


# --- dips, shallow and deep: C115, C116, M9, E5.8, X5.2, X5.5 -------------------------------------


def left_in_the_dip(depth, lr, rhos, steps=5000):
    """Whether runs from -5 end in the dip; all others end in the bowl."""
    land = landscapes.dip(depth)
    x = arrive(momentum, land.grad, [-5], steps, lr=lr, rho=rhos)[0]
    bowl, dip = sorted(land.minima[0], key=abs)
    in_bowl, in_dip = np.abs(x - bowl) < 1e-3, np.abs(x - dip) < 1e-3
    assert (in_bowl ^ in_dip).all()
    return in_dip


@pytest.mark.parametrize("depth, up_to", [(3, 0.79), (8, 0.86)])
def test_c115_m9_e5_8_the_rhos_that_leave_the_ball_in_the_dip(depth, up_to):
    """All up to there, and .97: it has been out, and came back. At .98 it ends in the bowl again,
    which the ledger leaves out."""
    rhos = two_decimals()[:-1]
    in_dip = left_in_the_dip(depth, 0.01, rhos)
    assert rhos[in_dip].tolist() == [*rhos[rhos <= up_to], 0.97]
    land = landscapes.dip(depth)
    x = descend(momentum, land.grad, [-5], 5000, lr=0.01, rho=0.97)[0]
    over = x > stationary_points(land)[1].min()
    assert over.any() and not over[-1]


@pytest.mark.parametrize("depth, plain, step, settled", [(3, 1.133, 13, 117), (8, -3.637, 14, 94)])
def test_m9_e5_8_rho_0_9_helps_at_depth_3_and_hurts_at_depth_8(depth, plain, step, settled):
    """The loss in the end is 0 with momentum. Over the ridge at that step; within .01 for good."""
    land = landscapes.dip(depth)
    assert land.f(arrive(gd, land.grad, [-5], 3000, lr=0.01)) == pytest.approx(plain, abs=5.1e-4)
    x = descend(momentum, land.grad, [-5], 3000, lr=0.01, rho=0.9)[0]
    assert land.f(x[None, -1]) == pytest.approx(0, abs=1e-6)
    ridge = stationary_points(land)[1].min()
    assert first_step(x > ridge) == passed(x > ridge) == step
    assert first_step(np.abs(x) < 0.01) == settled
    lowest = land.minima[0, 0]
    assert (lowest < -1) == (depth == 8)  # at depth 8 it has left the best minimum there is


THRESHOLDS = [(0.001, 0.933, 2.12), (0.005, 0.852, 2.09), (0.01, 0.793, 2.07)]
THRESHOLDS += [(0.02, 0.714, 2.02), (0.05, 0.568, 1.93)]


@pytest.mark.parametrize("lr, least, ratio", THRESHOLDS)
def test_c115_e5_8d_the_least_rho_that_clears_the_shallow_dip(lr, least, ratio):
    rhos = np.round(np.arange(least - 0.1, least + 0.02, 0.001), 3)
    in_dip = left_in_the_dip(3, lr, rhos)
    assert (in_dip == (rhos < least)).all()
    assert (1 - least) / sqrt(lr) == pytest.approx(ratio, abs=5.1e-3)


def rolling(depth, friction, dt, time, start=-5.0):
    """A ball on the curve: x'' + c·x' + f'(x) = 0 from rest, by Runge and Kutta.

    Many frictions at once: `(steps + 1, ...)`.
    """
    grad = landscapes.dip(depth).grad

    def change(state):
        return np.stack([state[1], -friction * state[1] - grad(state[:1])[0]])

    state = np.stack([np.full(np.shape(friction), start), np.zeros(np.shape(friction))])
    path = [state[0]]
    for _ in range(round(time / dt)):
        a = change(state)
        b = change(state + dt / 2 * a)
        c = change(state + dt / 2 * b)
        state = state + dt / 6 * (a + 2 * b + 2 * c + change(state + dt * c))
        path.append(state[0])
    return np.array(path)


def test_e5_8d_the_thresholds_tend_to_the_critical_friction_of_a_rolling_ball():
    """2.187: with a little less friction it clears the ridge, with a little more it does not."""
    ridge = stationary_points(landscapes.dip(3))[1].min()
    x = rolling(3, np.array([2.1865, 2.1875]), 0.005, 20)
    assert (x > ridge).any(axis=0).tolist() == [True, False]
    ratios = [ratio for *_, ratio in THRESHOLDS]
    assert ratios == sorted(ratios, reverse=True) and ratios[0] < 2.187


def test_c22_e5_16_momentum_is_a_rolling_ball_with_friction_and_the_gap_shrinks_with_dt():
    """lr = dt², ρ = 1 - c·dt, c = 1 on the shallow dip: .253 at lr = .01, .025 at .0001."""
    gaps, dt = [], 0.005
    exact = rolling(3, 1.0, dt, 10)
    for lr in (1e-2, 1e-4):
        step = sqrt(lr)
        x = descend(momentum, landscapes.dip(3).grad, [-5], round(10 / step), lr=lr, rho=1 - step)[
            0
        ]
        gaps.append(np.abs(x - exact[:: round(step / dt)]).max())
    np.testing.assert_allclose(gaps, [0.253, 0.025], atol=6e-4)


def test_c22_e5_16_gradient_descent_never_rolls_out_of_the_dip():
    land = landscapes.dip(3)
    lrs = np.array([0.001, 0.01, 0.05, 0.1, 0.2])
    x = descend(gd, land.grad, [-5], 2000, lr=lrs)[0]
    assert (x < stationary_points(land)[1].min()).all()


def test_x5_2_the_smallest_rho_that_clears_the_dip_at_lr_0_02_is_0_72():
    rhos = two_decimals()[:96]
    assert (left_in_the_dip(3, 0.02, rhos) == (rhos < 0.72)).all()


def test_x5_2_a_rho_of_0_97_passes_as_well_and_0_96_does_not():
    """So "ρ works and ρ - .01 does not" does not make sure of the smallest."""
    assert left_in_the_dip(3, 0.02, np.array([0.96, 0.97])).tolist() == [True, False]


@pytest.mark.parametrize(("lr", "least", "most"), [(0.01, 0.87, 0.96), (0.003, 0.93, 0.98)])
def test_x5_5_the_rhos_that_lose_the_global_hole(lr, least, most):
    rhos = two_decimals()[: 98 + (lr < 0.01)]
    lost = rhos[~left_in_the_dip(8, lr, rhos)]
    assert lost.tolist() == np.round(np.arange(least, most + 0.005, 0.01), 2).tolist()


# --- saddles and flat places: C114, E5.9 ----------------------------------------------------------


def test_c114_e5_9_beside_the_ridge_momentum_needs_a_quarter_of_the_steps():
    """δ = 1e-8: gradient descent 392; momentum passes .9 at 104 and stays beyond from 122 on."""
    land = landscapes.saddle()
    y = descend(momentum, land.grad, [1, 1e-8], 800, lr=0.05, rho=np.array([0, 0.9]))[1]
    away = np.abs(y) >= 0.9
    assert passed(away).tolist() == [392, 104] and first_step(away).tolist() == [392, 122]


def test_c114_e5_9_for_the_distance_grows_by_1_2_a_step_and_not_by_1_05():
    """ln 1.2/ln 1.05 = 3.74. Beside the ridge the curvature is -1."""
    assert theory.momentum_factor(0.05, -1, 0.9) == pytest.approx(1.2)
    assert theory.gd_factor(0.05, -1) == pytest.approx(1.05)
    assert log(1.2) / log(1.05) == pytest.approx(3.74, abs=5e-3)
    y = descend(momentum, landscapes.saddle().grad, [1, 1e-12], 100, lr=0.05, rho=0.9)[1]
    np.testing.assert_allclose(y[41:100] / y[40:99], 1.2, rtol=1e-6)
    assert abs(392 - 104 * log(1.2) / log(1.05)) < 5


def test_c114_e5_9_exactly_on_the_ridge_it_stays():
    path = descend(momentum, landscapes.saddle().grad, [1, 0], 5000, lr=0.05, rho=0.9)
    assert (path[1] == 0).all() and abs(path[0, -1]) < 1e-20


def test_c114_e5_9b_from_minus_1_it_runs_over_the_flat_inflection():
    """Gradient descent is before it after 20 000 steps. The ball is past .99 at step 8, and within
    .001 of the minimum for good at 126."""
    land = landscapes.inflection()
    assert -5.1e-4 < arrive(gd, land.grad, [-1], 20_000, lr=0.1)[0] < 0
    x = descend(momentum, land.grad, [-1], 1000, lr=0.1, rho=0.9)[0]
    assert passed(x > 0.99) == 8 and first_step(np.abs(x - 1) < 1e-3) == 126


def test_c114_e5_9b_without_a_run_up_momentum_is_stuck_there_too():
    """From -.1 it gets over, from -.08 and nearer it creeps up to 0 for ever, as 1/k."""
    land = landscapes.inflection()
    starts = [[-1, -0.5, -0.2, -0.1, -0.08, -0.05, -0.01]]
    x = arrive(momentum, land.grad, starts, 20_000, lr=0.1, rho=0.9)[0]
    np.testing.assert_allclose(x[:4], 1, atol=1e-6)
    assert ((-6e-5 < x[4:]) & (x[4:] < -4e-5)).all()  # lr/(1 - ρ) = 1: -1/k at step k


# --- convex, and yet it does not settle: C117, E5.12 ----------------------------------------------


def bent(w):
    """A slope of curvature 25 up to 1, 1 up to 2, and 25 from there (Lessard, Recht, Packard)."""
    return np.where(w < 1, 25 * w, np.where(w < 2, w + 24, 25 * w - 24))


def test_c117_e5_12_the_tuned_heavy_ball_goes_round_in_three_steps_for_ever():
    """-1.802, 2.116, .647, from 3.3. Gradient descent comes to 0."""
    lr, rho = theory.polyak(1, 25)
    np.testing.assert_allclose((lr, rho), (1 / 9, 4 / 9))
    x = descend(momentum, bent, [3.3], 1002, lr=lr, rho=rho)[0]
    printed = [-1.802, 2.116, 0.647]
    turn = int(np.argmin(x[-3:]))
    np.testing.assert_allclose(np.roll(x[-3:], -turn), printed, atol=5.1e-4)
    np.testing.assert_allclose(x[-6:-3], x[-3:], rtol=1e-9)
    starts = np.linspace(-5, 5, 101)[None]
    for lr in (theory.gd_best_lr(1, 25), 1 / 25, 0.01):
        assert np.abs(arrive(gd, bent, starts, 3000, lr=lr)).max() < 1e-9


def test_c117_e5_12_the_cycle_is_exact():
    def slope(x):
        return 25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24

    before, x, seen = Fraction(-2208, 1225), Fraction(2592, 1225), []
    for _ in range(3):
        x, before = x + Fraction(4, 9) * (x - before) - Fraction(1, 9) * slope(x), x
        seen.append(x)
    assert seen == [Fraction(792, 1225), Fraction(-2208, 1225), Fraction(2592, 1225)]


def test_c117_e5_12_an_eighth_of_the_starts_between_minus_5_and_5_fall_into_it():
    """All others come to 0; 3.3 lies in the interval from 3.06 to 3.46."""
    lr, rho = theory.polyak(1, 25)
    starts = np.linspace(-5, 5, 2001)
    end = np.abs(descend(momentum, bent, starts[None], 600, lr=lr, rho=rho)[0, -3:]).max(axis=0)
    cycling = end > 2
    assert (end[~cycling] < 1e-9).all() and cycling.mean() == pytest.approx(0.124, abs=0.004)
    assert cycling[(starts > 3.07) & (starts < 3.46)].all()


# --- noise: C104, M8, E5.10 -----------------------------------------------------------------------

SPREADS = [
    pytest.param(gd, {"lr": 0.01}, 0.070, 0.0709, id="SGD .01"),
    pytest.param(momentum, {"lr": 0.01, "rho": 0.9}, 0.224, 0.2239, id="momentum .01"),
    pytest.param(gd, {"lr": 0.1}, 0.229, 0.2294, id="SGD .1"),
    pytest.param(average, {"lr": 0.01, "rho": 0.9}, 0.070, 0.0707, id="average form .01"),
]


@pytest.mark.parametrize("rule, hyper, printed, law", SPREADS)
def test_c104_m8_e5_10_the_spread_of_a_noisy_run_on_a_parabola(rule, hyper, printed, law):
    """x²/2, noise of size 1: 200 runs, the root mean square over the last half of 3000 steps."""
    rng = np.random.default_rng(0)
    x = descend(rule, lambda w: w + rng.standard_normal(w.shape), np.zeros((1, 200)), 3000, **hyper)
    squares = (x[0, 1500:] ** 2).mean(axis=0)
    spread, error = sqrt(squares.mean()), squares.std() / sqrt(200) / (2 * sqrt(squares.mean()))
    lr, rho = hyper["lr"], hyper.get("rho", 0)
    exact = theory.noise_spread(lr * (1 - rho) if rule is average else lr, 1, rho)
    assert exact == pytest.approx(law, abs=5.1e-5)
    assert abs(spread - exact) < Z * error and error < 0.02 * exact
    assert abs(printed - exact) < Z * error + 5e-4


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.99])
def test_c104_m8_at_equal_lr_the_spread_is_larger_by_root_1_over_1_minus_rho(rho):
    """For small lr; and at equal lr/(1 - ρ) it is the same."""
    plain, ball = theory.noise_spread(1e-6, 1), theory.noise_spread(1e-6, 1, rho)
    assert ball / plain == pytest.approx(1 / sqrt(1 - rho), rel=1e-5)
    assert ball == pytest.approx(theory.noise_spread(1e-6 / (1 - rho), 1), rel=1e-4)


class Moments:
    """The second moments of (d, v), d the distance from the minimum, with one row a step: 4 x 4.

    v' = ρ·v + H·d + noise and d' = d - lr·v'; the covariance of the noise is that of one row,
    E (zᵀd)²zzᵀ + E r²zzᵀ - H·E ddᵀ·H with z = (1, x) and r the residual at the minimum (in the long
    run the mean of d is 0).
    """

    def __init__(self, x, y, lr, rho):
        z = np.stack([np.ones_like(x), x])
        residual = y - regression.loss_surface(x, y).minima[:, 0] @ z
        outer = np.einsum("an,bn->nab", z, z)
        self.hessian = outer.mean(axis=0)
        second = np.einsum("n,nab->ab", residual**2, outer) / len(x)
        one = np.eye(2)
        move = np.block([[one - lr * self.hessian, -lr * rho * one], [self.hessian, rho * one]])
        kick = np.vstack([-lr * one, one])

        def step(m, source):
            d = m[:2, :2]
            noise = (
                (outer @ d @ outer).mean(axis=0) - self.hessian @ d @ self.hessian + source * second
            )
            return move @ m @ move.T + kick @ noise @ kick.T

        basis = np.eye(16).reshape(16, 4, 4)
        self.turn = np.stack([step(m, 0).ravel() for m in basis], axis=1)
        self.source = step(np.zeros((4, 4)), 1).ravel()

    def bounded(self):
        """Whether the mean square of the distance stays finite."""
        return np.abs(np.linalg.eigvals(self.turn)).max() < 1

    def floor(self):
        """The mean excess loss in the long run."""
        m = np.linalg.solve(np.eye(16) - self.turn, self.source).reshape(4, 4)
        return (self.hessian * m[:2, :2]).sum() / 2


@cache
def exact_floor(lr, rho):
    return Moments(*PENGUINS, lr, rho).floor()


REAL = [(0.01, 0, 0.000745), (0.01, 0.9, 0.007961), (0.1, 0, 0.008391), (0.001, 0.9, 0.000741)]


@pytest.mark.parametrize("lr, rho, printed", REAL)
def test_c104_m8_with_real_rows_one_a_step_the_floor_is_that_of_lr_over_1_minus_rho(
    lr, rho, printed
):
    """Standardised penguins, from the minimum: 200 runs, the mean over their last half.

    (.001, .9) is the path of the average form with lr = .01.
    """
    exact = exact_floor(lr, rho)
    assert exact == pytest.approx(printed, abs=5.1e-7)
    land = regression.loss_surface(*PENGUINS)
    grad = regression.minibatch(*PENGUINS, 1, np.random.default_rng(0))
    path = descend(momentum, grad, np.repeat(land.minima, 200, axis=1), 3000, lr=lr, rho=rho)
    late = (land.f(path[:, 1500:]) - land.f(land.minima[:, 0])).mean(axis=0)
    assert abs(late.mean() - exact) < Z * late.std() / sqrt(200)


def test_c104_m8_momentum_has_ten_times_the_floor_of_sgd_at_its_lr_and_five_percent_less_at_ten():
    assert exact_floor(0.01, 0.9) / exact_floor(0.01, 0) == pytest.approx(10.7, abs=0.05)
    assert exact_floor(0.01, 0.9) / exact_floor(0.1, 0) == pytest.approx(0.95, abs=5e-3)
    assert exact_floor(0.001, 0.9) / exact_floor(0.01, 0) == pytest.approx(1, abs=6e-3)


@pytest.mark.parametrize("lr, rho, short", [(0.01, 0, 0.01), (0.001, 0.9, 0.01), (0.1, 0, 0.08)])
def test_c104_the_law_of_a_noise_that_is_the_same_everywhere_is_a_little_short(lr, rho, short):
    """Off the minimum a row's noise is larger."""
    sigma = regression.noise(*PENGUINS, regression.loss_surface(*PENGUINS).minima[:, 0])
    law = theory.noise_spread(lr, sigma, rho) ** 2 / 2  # the bowl is round, of curvature 1
    assert 1 - short - 2e-3 < law / exact_floor(lr, rho) < 1


@pytest.mark.parametrize("rho, limit", [(0, 0.7045), (0.5, 0.460), (0.9, 0.1057)])
def test_c104_with_one_row_a_step_more_memory_allows_less_lr(rho, limit):
    """The mean square stays bounded below .70, .46, .106; with all rows 2(1 + ρ) is 2, 3, 3.8."""
    assert Moments(*PENGUINS, 0.999 * limit, rho).bounded()
    assert not Moments(*PENGUINS, 1.001 * limit, rho).bounded()
