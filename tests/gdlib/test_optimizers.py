"""The rules against recursions in plain numbers, and the two functions that run them."""

import math

import numpy as np
import pytest

from gdlib import landscapes
from gdlib.landscapes import catalogue
from gdlib.optimizers import (
    FAR,
    adam,
    arrive,
    descend,
    diverged,
    first_step,
    gd,
    momentum,
    rmsprop,
    settled_in,
    walk,
)
from gdlib.regression import loss_surface, minibatch

RULES = {
    "gd": (gd, dict(lr=0.02)),
    "momentum": (momentum, dict(lr=0.003, rho=0.9)),
    "rmsprop": (rmsprop, dict(lr=0.03, rho=0.9)),
}
rules = pytest.mark.parametrize("rule, hyper", RULES.values(), ids=RULES)
lands = pytest.mark.parametrize("land", catalogue().values(), ids=catalogue())

BOWL = landscapes.ravine(20, 30)


def same(a, b):
    """Equal bit for bit, nan counting as nan."""
    return np.shape(a) == np.shape(b) and np.array_equal(a, b, equal_nan=True)


# --- the rules -----------------------------------------------------------------------------------


def slope(x):
    return 4 * x**3 - 4 * x - 0.3


def test_gd_is_the_recursion_w_minus_lr_g():
    x, by_hand = -1.5, [-1.5]
    for _ in range(50):
        x = x - 0.05 * slope(x)
        by_hand.append(x)
    path = descend(gd, landscapes.double_well().grad, [-1.5], 50, lr=0.05)
    np.testing.assert_allclose(path[0], by_hand, rtol=1e-13)


def test_momentum_is_the_heavy_ball_in_sum_form():
    x, v, by_hand = -1.5, 0.0, [-1.5]
    for _ in range(50):
        v = 0.8 * v + slope(x)
        x = x - 0.01 * v
        by_hand.append(x)
    path = descend(momentum, landscapes.double_well().grad, [-1.5], 50, lr=0.01, rho=0.8)
    np.testing.assert_allclose(path[0], by_hand, rtol=1e-12)


def test_rmsprop_divides_by_the_root_of_a_leaky_average_with_eps_inside_the_root():
    x, s, eps, by_hand = -1.5, 0.0, 0.01, [-1.5]
    for _ in range(50):
        s = 0.9 * s + 0.1 * slope(x) ** 2
        x = x - 0.02 * slope(x) / (s + eps) ** 0.5
        by_hand.append(x)
    path = descend(rmsprop, landscapes.double_well().grad, [-1.5], 50, lr=0.02, rho=0.9, eps=eps)
    np.testing.assert_allclose(path[0], by_hand, rtol=1e-12)


def test_the_default_eps_of_rmsprop_is_1e_minus_8():
    w, _ = rmsprop(0.0, 1e-5, 0.0, lr=1, rho=0.0)
    assert w == pytest.approx(-1e-5 / (1e-10 + 1e-8) ** 0.5)


def test_adam_is_the_recursion_of_the_paper_with_eps_inside_the_root():
    w, m, s, path = 3.0, 0.0, 0.0, [3.0]
    for t in range(1, 6):
        g = 4 * w
        m, s = 0.8 * m + 0.2 * g, 0.95 * s + 0.05 * g * g
        w -= 0.1 * (m / (1 - 0.8**t)) / math.sqrt(s / (1 - 0.95**t) + 1e-8)
        path.append(w)
    settings = dict(lr=0.1, rho_m=0.8, rho=0.95)
    came = descend(adam, landscapes.parabola(4).grad, [3.0], 5, **settings)[0]
    np.testing.assert_allclose(came, path, rtol=1e-14)


def test_the_first_step_of_adam_is_one_lr_whatever_the_gradient():
    w, _ = adam(np.zeros(3), np.array([1e3, -2.0, 0.1]), 0.0, lr=0.01)
    np.testing.assert_allclose(w, [-0.01, 0.01, -0.01], rtol=1e-6)


def test_gd_remembers_nothing():
    memory = object()
    assert gd(1.0, 2.0, memory, lr=0.1) == (0.8, memory)


def test_the_first_step_of_momentum_is_that_of_gd():
    a = descend(gd, BOWL.grad, BOWL.start, 1, lr=0.02)
    b = descend(momentum, BOWL.grad, BOWL.start, 1, lr=0.02, rho=0.9)
    assert same(a, b)


def test_momentum_without_memory_is_gd():
    a = descend(gd, BOWL.grad, BOWL.start, 100, lr=0.05)
    b = descend(momentum, BOWL.grad, BOWL.start, 100, lr=0.05, rho=0.0)
    assert same(a, b)


def test_the_average_form_of_momentum_walks_the_same_path_with_lr_over_1_minus_rho():
    def average(w, g, v, *, lr, rho):
        v = rho * v + (1 - rho) * g
        return w - lr * v, v

    grad, start = landscapes.rosenbrock().grad, landscapes.rosenbrock().start
    a = descend(momentum, grad, start, 500, lr=0.001, rho=0.9)
    b = descend(average, grad, start, 500, lr=0.01, rho=0.9)
    np.testing.assert_allclose(a, b, atol=1e-12)


def test_rmsprop_treats_each_coordinate_on_its_own():
    both = descend(rmsprop, landscapes.ravine(100).grad, [1, 1], 50, lr=0.01, rho=0.9)
    for axis, curvature in enumerate((1, 100)):
        alone = landscapes.parabola(curvature)
        path = descend(rmsprop, alone.grad, [1], 50, lr=0.01, rho=0.9)
        np.testing.assert_allclose(both[axis], path[0], rtol=1e-12)


@rules
def test_a_rule_leaves_what_it_is_given_untouched(rule, hyper):
    w, g, memory = np.array([1.0, 2.0]), np.array([3.0, -4.0]), np.array([0.5, 0.5])
    rule(w, g, memory, **hyper)
    assert w.tolist() == [1, 2] and g.tolist() == [3, -4] and memory.tolist() == [0.5, 0.5]


# --- the shape of a path -------------------------------------------------------------------------


@rules
@pytest.mark.parametrize("batch", [(), (3,), (3, 4), (1,)], ids=str)
def test_a_path_has_coordinates_first_time_second_batch_after(rule, hyper, batch):
    start = np.ones((2, *batch))
    assert descend(rule, BOWL.grad, start, 7, **hyper).shape == (2, 8, *batch)


@rules
def test_arrive_is_the_last_point_of_descend(rule, hyper):
    start = np.random.default_rng(0).uniform(-1, 1, (2, 5))
    path = descend(rule, BOWL.grad, start, 40, **hyper)
    assert same(arrive(rule, BOWL.grad, start, 40, **hyper), path[:, -1])


@lands
@rules
def test_a_path_begins_at_the_start(land, rule, hyper):
    path = descend(rule, land.grad, land.start, 3, **hyper)
    assert same(path[:, 0], land.start)


@pytest.mark.parametrize("rule, hyper", [*RULES.values(), (adam, dict(lr=0.03))])
def test_walk_yields_what_descend_records(rule, hyper):
    points = [*walk(rule, BOWL.grad, BOWL.start, 20, **hyper)]
    assert same(np.stack(points, axis=1), descend(rule, BOWL.grad, BOWL.start, 20, **hyper))


def test_no_steps_give_the_start_alone():
    assert same(descend(gd, BOWL.grad, [1, 2], 0, lr=0.1), np.array([[1.0], [2.0]]))
    assert same(arrive(gd, BOWL.grad, [1, 2], 0, lr=0.1), np.array([1.0, 2.0]))


def test_no_steps_from_a_batch_still_give_the_whole_grid():
    assert arrive(gd, BOWL.grad, [1, 2], 0, lr=np.ones((4, 1)) / 9).shape == (2, 4, 1)


def test_a_column_of_lr_and_a_row_of_rho_make_a_map():
    lr, rho = np.array([[0.01], [0.02], [0.03]]), np.array([0, 0.5, 0.8, 0.9])
    for start in ([1, 1], np.ones((2, 1, 1))):
        assert arrive(momentum, BOWL.grad, start, 5, lr=lr, rho=rho).shape == (2, 3, 4)
        assert descend(momentum, BOWL.grad, start, 5, lr=lr, rho=rho).shape == (2, 6, 3, 4)


def test_a_batch_of_starts_meets_a_column_of_lr():
    starts = np.random.default_rng(0).normal(size=(2, 5))
    lr = np.array([0.01, 0.02, 0.03])[:, None]
    assert descend(gd, BOWL.grad, starts, 6, lr=lr).shape == (2, 7, 3, 5)


@rules
def test_the_recorded_path_is_an_ordinary_array_of_floats(rule, hyper):
    path = descend(rule, BOWL.grad, [1, 1], 5, **hyper)
    assert type(path) is np.ndarray and path.dtype == float and path.flags.writeable


@rules
def test_the_start_is_not_touched(rule, hyper):
    start = np.array([1.0, 1.0])
    path = descend(rule, BOWL.grad, start, 5, **hyper)
    path[:] = 0
    arrive(rule, BOWL.grad, start, 0, **hyper)[:] = 0
    assert start.tolist() == [1, 1]


# --- what is changed in place --------------------------------------------------------------------

SLOPES = np.array([[3.0], [-2.0]])  # of a plane, the same array at every step


def doubled(w):
    w *= 2
    return w


def doubled_by_parts(w):
    w[0] = 2 * w[0]
    w[1] *= 2
    return w


def doubled_aside(w):
    g = 2 * w
    w[:] = 99
    return g


def doubled_unbuffered(w):
    np.add.at(w, slice(None), w.copy())
    return w


def doubled_after_sorting(w):
    g = 2 * w
    w.sort(axis=0)
    return g


def doubled_into_one_array():
    kept = {}

    def grad(w):
        return np.multiply(w, 2, out=kept.setdefault(w.shape, np.empty(w.shape)))

    return grad


CARELESS_GRADS = {
    "multiplies": (doubled, lambda w: 2 * w),
    "assigns": (doubled_by_parts, lambda w: 2 * w),
    "overwrites": (doubled_aside, lambda w: 2 * w),
    "adds without a buffer": (doubled_unbuffered, lambda w: 2 * w),
    "sorts": (doubled_after_sorting, lambda w: 2 * w),
    "returns its argument": (lambda w: w, lambda w: 1.0 * w),
    "returns a part of it": (lambda w: w[::-1], lambda w: w[::-1].copy()),
    "keeps one array": (doubled_into_one_array(), lambda w: 2 * w),
    "hands out a constant": (lambda w: SLOPES + 0 * w, lambda w: SLOPES + 0 * w),
    "hands out one constant": (
        lambda w: np.broadcast_to(SLOPES, w.shape) if w.size > 2 else SLOPES,
        lambda w: np.broadcast_to(SLOPES, w.shape).copy(),
    ),
}


def heavy(w, g, v, *, lr):
    v = 0.5 * v + g
    return w - lr * v, v


def heavy_in_place(w, g, v, *, lr):
    v = g if np.ndim(v) == 0 else np.add(np.multiply(v, 0.5, out=v), g, out=v)
    w -= lr * v
    return w, v


def stepped_in_place(w, g, memory, *, lr):
    w -= lr * g
    return w, memory


def scaled_in_place(w, g, memory, *, lr):
    g *= lr
    return w - g, memory


def both_in_place(w, g, memory, *, lr):
    g *= lr
    w -= g
    return w, g


def stepped_into_one_array():
    kept = {}

    def rule(w, g, memory, *, lr):
        return np.subtract(w, lr * g, out=kept.setdefault(w.shape, np.empty(w.shape))), memory

    return rule


CARELESS_RULES = {
    "careful": (gd, gd),
    "changes w": (stepped_in_place, gd),
    "changes g": (scaled_in_place, gd),
    "changes both": (both_in_place, gd),
    "keeps one array": (stepped_into_one_array(), gd),
    "keeps g and changes it": (heavy_in_place, heavy),
}


@pytest.mark.parametrize("start", [[1.5, -0.5], [[1.5, 0.2, 7], [-0.5, 3, 1]]], ids=["one", "many"])
@pytest.mark.parametrize("rule, careful", CARELESS_RULES.values(), ids=CARELESS_RULES)
@pytest.mark.parametrize("grad, sound", CARELESS_GRADS.values(), ids=CARELESS_GRADS)
def test_what_is_changed_in_place_does_not_reach_the_path(grad, sound, rule, careful, start):
    """The oracle is a loop of our own in which nothing is shared and nothing changes in place."""
    w = np.reshape(np.array(start, dtype=float), (2, -1))
    memory, points = 0.0, [w]
    for _ in range(6):
        w, memory = careful(w, sound(w.copy()).copy(), memory, lr=0.1)
        points.append(w)
    by_hand = np.stack(points, axis=1).reshape(2, 7, *np.shape(start)[1:])
    given = np.array(start)
    assert same(descend(rule, grad, given, 6, lr=0.1), by_hand)
    assert same(arrive(rule, grad, given, 6, lr=0.1), by_hand[:, -1])
    assert same(given, np.array(start)) and SLOPES.tolist() == [[3], [-2]]


def test_where_a_run_arrived_is_not_changed_by_the_next_one():
    rule = stepped_into_one_array()
    first = arrive(rule, BOWL.grad, [1, 1], 5, lr=0.01)
    before = first.copy()
    arrive(rule, BOWL.grad, [-1, 2], 5, lr=0.01)
    assert same(first, before)


# --- what a gradient and a rule return -----------------------------------------------------------


def bowl(form):
    return lambda w: form([2 * w[0], 6 * w[1]])


FORMS = {
    "a list": bowl(list),
    "a tuple": bowl(tuple),
    "a list of lists": bowl(lambda g: [each.tolist() for each in g]),
    "an array": bowl(np.array),
    "an array in column order": bowl(lambda g: np.asfortranarray(np.array(g))),
    "a masked array, nothing masked": bowl(np.ma.array),
}


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)], ids=str)
@pytest.mark.parametrize("grad", FORMS.values(), ids=FORMS)
@rules
def test_numbers_in_any_form_are_a_gradient(grad, batch, rule, hyper):
    start = np.random.default_rng(2).normal(size=(2, *batch))
    expected = descend(rule, lambda w: np.stack([2 * w[0], 6 * w[1]]), start, 9, **hyper)
    assert same(descend(rule, grad, start, 9, **hyper), expected)


@pytest.mark.parametrize("constant", [[3, -2], [3.0, -2], (3, -2), np.array([3, -2])], ids=repr)
@rules
def test_a_list_of_plain_numbers_is_the_gradient_of_a_plane(constant, rule, hyper):
    expected = descend(rule, lambda w: SLOPES, [1, 1], 9, **hyper)
    assert same(descend(rule, lambda w: constant, [1, 1], 9, **hyper), expected)


def test_one_slope_of_a_list_may_be_a_plain_number():
    start = np.ones((2, 4))
    path = descend(gd, lambda w: [2 * w[0], 1], start, 9, lr=0.1)
    np.testing.assert_allclose(path[1], np.repeat(1 - 0.1 * np.arange(10)[:, None], 4, axis=1))


SLOPES_OF_ONE = {
    "in brackets": lambda w: [4 * w[0]],
    "without": lambda w: 4 * w[0],
    "a number": lambda w: 4 * w.item(),
}


@pytest.mark.parametrize("grad", SLOPES_OF_ONE.values(), ids=SLOPES_OF_ONE)
def test_in_one_dimension_a_slope_needs_no_brackets(grad):
    assert same(descend(gd, grad, [1], 9, lr=0.1), descend(gd, lambda w: 4 * w, [1], 9, lr=0.1))


@pytest.mark.parametrize("kind", [np.float32, np.int64, np.uint8])
def test_numbers_of_any_kind_are_a_gradient(kind):
    slopes = np.array([[3], [2]], dtype=kind)
    expected = descend(rmsprop, lambda w: slopes.astype(float), [1, 1], 9, lr=0.5, rho=0.5)
    path = descend(rmsprop, lambda w: slopes, [1, 1], 9, lr=0.5, rho=0.5)
    np.testing.assert_allclose(path, expected, rtol=1e-6)


def test_a_large_slope_in_whole_numbers_is_squared_without_running_over():
    large = np.full((1, 1), 4_000_000_000)
    path = descend(rmsprop, lambda w: large, [1.0], 1, lr=0.1, rho=0.0)
    assert path[0, 1] == pytest.approx(0.9)


@pytest.mark.parametrize("form", [list, tuple, np.array, lambda w: [row.tolist() for row in w]])
@pytest.mark.parametrize("batch", [(), (3,)], ids=str)
def test_a_rule_may_return_its_point_as_a_list(form, batch):
    def rule(w, g, memory, *, lr):
        return form([w[0] - lr * g[0], w[1] - lr * g[1]]), memory

    start = np.random.default_rng(2).normal(size=(2, *batch))
    expected = descend(gd, BOWL.grad, start, 9, lr=0.02)
    assert same(descend(rule, BOWL.grad, start, 9, lr=0.02), expected)


# --- many runs in one call -----------------------------------------------------------------------


@lands
@rules
def test_each_run_of_a_batch_of_starts_is_bit_for_bit_the_run_alone(land, rule, hyper):
    low, high = np.array(land.window).T
    unit = np.random.default_rng(3).random((6, land.dimension))
    starts = (low + (high - low) * unit).T
    together = descend(rule, land.grad, starts, 30, **hyper)
    for k in range(starts.shape[1]):
        assert same(together[:, :, k], descend(rule, land.grad, starts[:, k], 30, **hyper))


@lands
@rules
def test_each_run_of_a_grid_of_hyperparameters_is_bit_for_bit_the_run_alone(land, rule, hyper):
    grid = {"lr": np.array([0.002, 0.05, 0.7])[:, None]}
    if "rho" in hyper:
        grid["rho"] = np.array([0.0, 0.5, 0.9, 0.97])
    together = descend(rule, land.grad, land.start, 30, **grid)
    for index in np.ndindex(together.shape[2:]):
        alone = {k: np.broadcast_to(v, together.shape[2:])[index] for k, v in grid.items()}
        assert same(together[:, :, *index], descend(rule, land.grad, land.start, 30, **alone))


# --- schedules -----------------------------------------------------------------------------------


def test_a_schedule_is_asked_for_steps_0_1_2_and_so_on():
    asked = []

    def schedule(k):
        asked.append(k)
        return 0.01

    descend(gd, BOWL.grad, [1, 1], 4, lr=schedule)
    assert [k for i, k in enumerate(asked) if i == 0 or k] == [0, 1, 2, 3]


def test_a_schedule_that_does_not_change_is_a_constant():
    a = descend(momentum, BOWL.grad, [1, 1], 30, lr=lambda k: 0.01, rho=lambda k: 0.9)
    assert same(a, descend(momentum, BOWL.grad, [1, 1], 30, lr=0.01, rho=0.9))


def test_a_scheduled_run_is_the_recursion_with_a_new_lr_at_each_step():
    x, by_hand = -1.5, [-1.5]
    for k in range(20):
        x = x - 0.05 / (1 + k) * slope(x)
        by_hand.append(x)
    path = descend(gd, landscapes.double_well().grad, [-1.5], 20, lr=lambda k: 0.05 / (1 + k))
    np.testing.assert_allclose(path[0], by_hand, rtol=1e-13)


def test_a_schedule_may_hold_one_value_for_each_run():
    lrs = np.array([0.01, 0.02])
    path = descend(gd, BOWL.grad, [1, 1], 20, lr=lambda k: lrs / (1 + k))
    for j, lr in enumerate(lrs):
        alone = descend(gd, BOWL.grad, [1, 1], 20, lr=lambda k, lr=lr: lr / (1 + k))
        assert same(path[..., j], alone)


# --- runs that leave -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "beale", "double_well", "quartic"])
def test_a_diverging_run_is_recorded_to_the_end_without_a_warning(name):
    land = catalogue()[name]
    path = descend(gd, land.grad, 1.5 * land.start + 1, 200, lr=1.0)
    assert not np.isfinite(path[:, -1]).any()
    assert diverged(path)


def test_what_came_before_the_overflow_stays_readable():
    path = descend(gd, landscapes.parabola(4).grad, [1], 2000, lr=1.0)[0]
    np.testing.assert_allclose(path[:600], (-3.0) ** np.arange(600))
    assert not np.isfinite(path[-1])


@rules
def test_a_huge_but_finite_start_is_no_reason_for_a_warning(rule, hyper):
    land = landscapes.rosenbrock()
    assert diverged(descend(rule, land.grad, [1e200, 0], 3, **hyper))


def test_rmsprop_with_eps_0_on_a_flat_spot_is_nan_and_says_so_by_diverging():
    path = descend(rmsprop, landscapes.parabola().grad, [0], 2, lr=0.1, rho=0.9, eps=0)
    assert np.isnan(path[0, -1]) and diverged(path)


def test_the_way_numpy_reports_errors_is_the_same_after_a_run():
    before = np.geterr()
    descend(gd, BOWL.grad, [1, 1], 5, lr=10)
    arrive(gd, BOWL.grad, [1, 1], 5, lr=10)
    assert np.geterr() == before


def test_the_way_numpy_reports_errors_is_the_same_after_a_rule_that_raises():
    def broken(w, g, memory, *, lr):
        raise RuntimeError("broken")

    before = np.geterr()
    with pytest.raises(RuntimeError, match="broken"):
        descend(broken, BOWL.grad, [1, 1], 5, lr=10)
    assert np.geterr() == before


def test_one_bad_run_of_a_batch_does_not_spoil_the_others():
    path = descend(gd, landscapes.parabola(4).grad, [1], 2000, lr=np.array([0.1, 1.0, 0.3]))
    assert diverged(path).tolist() == [False, True, False]


# --- diverged and first_step ---------------------------------------------------------------------


def test_a_settling_run_has_not_diverged():
    assert not diverged(descend(gd, BOWL.grad, BOWL.start, 100, lr=0.05))


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan, 2 * FAR, -2 * FAR])
@pytest.mark.parametrize("step", [0, 3, 9])
def test_one_coordinate_out_at_any_step_is_enough_to_have_diverged(bad, step):
    path = np.zeros((2, 10))
    path[1, step] = bad
    assert diverged(path)


def test_a_run_exactly_at_the_border_has_not_diverged():
    assert not diverged(np.full((2, 3), FAR))
    assert diverged(np.full((2, 3), np.nextafter(FAR, np.inf)))


def test_the_border_can_be_moved():
    path = np.full((1, 4), 10.0)
    assert diverged(path, far=9) and not diverged(path, far=11)


def test_diverged_answers_for_each_run_of_a_batch():
    path = np.zeros((2, 5, 3, 4))
    path[0, 2, 1, 3] = np.inf
    answer = diverged(path)
    assert answer.shape == (3, 4)
    assert answer.sum() == 1 and answer[1, 3]


def test_diverged_takes_a_point_as_a_path_of_one_step():
    assert diverged(np.array([[1.0, np.nan], [0.0, 0.0]])[:, None]).tolist() == [False, True]


@pytest.mark.parametrize(
    "condition, step",
    [
        ([True, True], 0),
        ([False, True, True], 1),
        ([False, False, True], 2),
        ([True, False, True], 2),
        ([True, False, False], -1),
        ([True, True, False], -1),
        ([False, False], -1),
        ([True], 0),
        ([False], -1),
    ],
)
def test_first_step_is_the_one_from_which_the_condition_holds_for_good(condition, step):
    assert first_step(condition) == step
    assert first_step(np.array(condition)) == step


def test_first_step_answers_for_each_run_of_a_batch():
    condition = np.array([[True, False, False], [False, True, False], [True, True, False]])
    assert first_step(condition).tolist() == [2, 1, -1]
    assert first_step(condition[:, :, None]).shape == (3, 1)


def test_first_step_of_one_run_is_a_plain_whole_number():
    assert isinstance(first_step([False, True]), int | np.integer)


def test_a_run_that_only_passes_through_has_not_arrived():
    path = descend(momentum, landscapes.parabola(1).grad, [1], 400, lr=0.1, rho=0.9)[0]
    near = np.abs(path) < 0.1
    assert near.argmax() < first_step(near)


# --- settled_in ----------------------------------------------------------------------------------


def test_settled_in_names_the_minimum_that_a_point_lies_next_to():
    land = landscapes.himmelblau()
    assert settled_in(land.minima, land.minima).tolist() == [0, 1, 2, 3]
    assert settled_in(land.minima[:, 2] + 1e-4, land.minima) == 2
    assert settled_in([0.0, 0.0], land.minima) == -1


@pytest.mark.parametrize("batch", [(), (5,), (5, 4)], ids=str)
def test_settled_in_answers_for_each_point_of_a_batch(batch):
    land = landscapes.double_well()
    assert np.shape(settled_in(np.zeros((1, *batch)), land.minima)) == batch


def test_settled_in_counts_a_point_exactly_at_the_border():
    assert settled_in([3.0, 4.0], np.zeros((2, 1)), within=5) == 0
    assert settled_in([3.0, 4.0], np.zeros((2, 1)), within=4.999) == -1


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan, 1e200])
def test_a_run_that_left_has_settled_nowhere(bad):
    assert settled_in([bad, 0.0], np.zeros((2, 1))) == -1


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_minima_in_rows_are_not_taken_for_columns(rows):
    places = np.random.default_rng(0).normal(size=(3, rows))
    settled_in(np.zeros((3, 5)), places)
    if rows != 3:
        with pytest.raises(ValueError, match=r"^minima must be columns of places.*transpose\?"):
            settled_in(np.zeros((3, 5)), places.T)


def test_nothing_settles_where_there_is_no_minimum():
    assert settled_in(np.zeros((1, 3)), landscapes.softplus().minima).tolist() == [-1, -1, -1]


# --- bad input -----------------------------------------------------------------------------------


def error(rule=momentum, grad=BOWL.grad, start=(1, 1), steps=3, **hyper):
    """The ValueError that `descend` raises, after checking that `arrive` raises the same."""
    hyper = {"lr": 0.01, "rho": 0.9} | hyper
    words = []
    for run in (descend, arrive):
        with pytest.raises(ValueError) as caught:
            run(rule, grad, start, steps, **hyper)
        words.append(str(caught.value))
    assert words[0] == words[1]
    return words[0]


@pytest.mark.parametrize("lr", [0, -0.1, np.nan, np.inf, [0.1, 0.0], None])
def test_lr_must_be_above_0(lr):
    words = error(lr=lr)
    assert words == f"lr must be above 0; got {lr!r}"


@pytest.mark.parametrize("rho", [-0.1, 1, 1.5, np.nan, [0.9, 1.0]])
def test_rho_must_be_at_least_0_and_below_1(rho):
    assert error(rho=rho) == f"rho must be in [0, 1); got {rho!r}"


def test_both_memories_of_adam_must_be_at_least_0_and_below_1():
    for name in ("rho", "rho_m"):
        with pytest.raises(ValueError, match=f"{name} must be in"):
            descend(adam, BOWL.grad, BOWL.start, 1, lr=0.1, **{name: 1.0})


@pytest.mark.parametrize("eps", [-1e-9, np.nan, np.inf])
def test_eps_must_not_be_negative(eps):
    assert error(rmsprop, eps=eps) == f"eps must be at least 0; got {eps!r}"


@pytest.mark.parametrize("steps", [-1, 2.0, 2.5, "3", None, True, [3]])
def test_steps_must_be_a_whole_number(steps):
    assert error(steps=steps) == f"steps must be a whole number of at least 0; got {steps!r}"


def test_steps_may_be_a_numpy_integer():
    assert descend(gd, BOWL.grad, [1, 1], np.int64(3), lr=0.1).shape == (2, 4)


@pytest.mark.parametrize("start", [1.0, [np.nan, 0], [np.inf, 0]])
def test_start_must_hold_finite_coordinates(start):
    words = error(start=start)
    assert words.startswith("start must ") and repr(np.array(start, dtype=float)) in words


@lands
@pytest.mark.parametrize("change", [-1, 1])
def test_start_must_have_as_many_coordinates_as_the_landscape(land, change):
    start = np.ones(land.dimension + change)
    words = error(start=start, grad=land.grad)
    assert words.startswith(f"grad, at a start of {len(start)} coordinates, raised ValueError: w ")


def test_start_must_have_as_many_coordinates_as_the_line_has_parameters():
    x, y = np.arange(5.0), np.arange(5.0)
    rows = minibatch(x, y, 2, np.random.default_rng(0))
    for grad in (loss_surface(x, y).grad, rows):
        for start in ([1], [1, 1, 1]):
            with pytest.raises(ValueError, match=f"at a start of {len(start)} coordinates"):
                descend(gd, grad, start, 3, lr=0.1)


def test_the_batches_of_start_and_hyperparameters_must_fit_together():
    words = error(start=np.ones((2, 3)), lr=np.full(4, 0.01))
    assert "must broadcast" in words and "(3,)" in words and "(4,)" in words


def test_the_first_value_of_a_schedule_is_checked_too():
    assert error(lr=lambda k: -0.1) == "lr must be above 0; got -0.1"


def test_a_forgotten_hyperparameter_is_named():
    for rule, hyper, name in ((momentum, {}, "rho"), (gd, {"speed": 1}, "speed")):
        with pytest.raises(ValueError, match=f"^rule raised TypeError: .*{name}"):
            descend(rule, BOWL.grad, [1, 1], 3, lr=0.1, **hyper)


MASK = np.ma.array([0.5, 0.5], mask=[0, 1])


def test_masked_values_are_no_start_and_no_hyperparameter():
    for name in ("start", "lr", "rho"):
        assert error(**{name: MASK}).startswith(f"{name} must be free of masked values")


def nothing(w):
    2 * w


def x_and_y(x, y):
    return 2 * x, 2 * y


NO_NUMBERS = "what grad returns must be real numbers in the shape of w, (2, 3); got "
NO_GRADIENT = {
    "no return": (nothing, "grad returned None: is its `return` missing?"),
    "one number": (lambda w: 4, f"{NO_NUMBERS}4"),
    "one coordinate": (lambda w: 2 * w[0], f"{NO_NUMBERS}array("),
    "a row": (lambda w: np.ones((1, 2)), f"{NO_NUMBERS}array([[1., 1.]])"),
    "words": (lambda w: ["a", "b"], f"{NO_NUMBERS}['a', 'b']"),
    "rows of unequal length": (lambda w: [[1, 2], [3]], f"{NO_NUMBERS}[[1, 2], [3]]"),
    "truths": (lambda w: w > 0, f"{NO_NUMBERS}array([[ True"),
    "complex numbers": (lambda w: w * 1j, f"{NO_NUMBERS}array([[0.+"),
    "masked values": (lambda w: np.ma.array(w, mask=w > 0), f"{NO_NUMBERS}masked_array("),
    "a dict": (lambda w: {"x": 1, "y": 2}, NO_NUMBERS + "{'x': 1, 'y': 2}"),
    "two arguments": (x_and_y, "grad raised TypeError: x_and_y() missing 1 required"),
    "no function": (None, "grad raised TypeError: 'NoneType' object is not callable"),
    "mathematics of numbers": (lambda w: [math.cos(w[0]), 1], "Write np.cos in place of math.cos"),
    "a number made by force": (lambda w: [float(w[0]), 1.0], "Write np.cos in place of math.cos"),
    "an if": (lambda w: w if w > 0 else -w, "np.where in place of if"),
    "a wrong argument": (lambda w: np.sum(2 * w, axis=5), "grad raised AxisError: axis 5 is out"),
}


@pytest.mark.parametrize("late", [0, 3])
@pytest.mark.parametrize("grad, words", NO_GRADIENT.values(), ids=NO_GRADIENT)
def test_what_is_no_gradient_is_named(grad, words, late):
    def failing(w):
        calls.append(w)
        return 2 * w if len(calls) <= late else grad(w)

    calls = []
    with pytest.raises(ValueError) as caught:
        descend(gd, failing, np.ones((2, 3)), 9, lr=0.1)
    said = str(caught.value).replace(", at a start of 2 coordinates,", "")
    assert words in said and said.startswith(("grad ", "what grad returns "))


def stepped(what):
    """The rule gd with `what` done to the two things that it returns."""
    return lambda w, g, memory, *, lr, rho: what(w - lr * g, memory)


NO_PAIR = "what rule returns must be a tuple of two, the new w and the memory; got "
NO_POINT = "the new w that rule returns must be real numbers in the shape of w, (2, 3); got "
NO_STEP = {
    "no return": (stepped(lambda w, m: None), "rule returned None: is its `return` missing?"),
    "w alone": (stepped(lambda w, m: w), f"{NO_PAIR}array("),
    "three things": (stepped(lambda w, m: (w, m, m)), f"{NO_PAIR}(array("),
    "two in a list": (stepped(lambda w, m: [w, m]), f"{NO_PAIR}[array("),
    "turned round": (stepped(lambda w, m: (m, w)), f"{NO_POINT}0.0"),
    "one coordinate": (stepped(lambda w, m: (w[0], m)), f"{NO_POINT}array("),
    "coordinates": (stepped(lambda w, m: (w[0], w[1])), f"{NO_POINT}array("),
    "no point": (stepped(lambda w, m: (None, m)), f"{NO_POINT}None"),
    "truths": (stepped(lambda w, m: (w > 0, m)), f"{NO_POINT}array([[ True"),
    "masked": (stepped(lambda w, m: (np.ma.array(w, mask=True), m)), f"{NO_POINT}masked_array("),
    "math.sqrt": (stepped(lambda w, m: (w * math.sqrt(w[0] ** 2), m)), "Write np.cos in place of"),
    "an if": (stepped(lambda w, m: (w if w > 0 else 0 * w, m)), "np.where in place of if"),
}


@pytest.mark.parametrize("rule, words", NO_STEP.values(), ids=NO_STEP)
def test_what_is_no_step_is_named(rule, words):
    assert words in error(rule=rule, start=np.ones((2, 3)))


@pytest.mark.parametrize("seed", range(20))
def test_a_start_of_another_length_than_grad_takes_is_named(seed):
    """Gradients of a random form, for a random number of coordinates, met by a random start."""
    rng = np.random.default_rng(seed)
    takes, length, runs = rng.integers(1, 7), rng.integers(1, 7), rng.integers(2, 5)
    matrix = rng.normal(size=(takes, takes))
    grads = [
        lambda w: matrix @ w,
        lambda w: [sum(matrix[i, j] * w[j] for j in range(takes)) for i in range(takes)],
        lambda w: np.stack([matrix[i, 0] * w[i] for i in range(takes)]),
    ]
    start = np.ones((length, runs))
    for grad in grads:
        if length == takes:
            assert descend(gd, grad, start, 3, lr=0.1).shape == (takes, 4, runs)
        else:
            assert f"at a start of {length} coordinates" in error(start=start, grad=grad)


def test_an_error_in_the_gradient_itself_is_not_taken_for_a_bad_start():
    def broken(w):
        raise ZeroDivisionError("in the gradient")

    with pytest.raises(ZeroDivisionError, match="in the gradient"):
        descend(gd, broken, [1, 1], 3, lr=0.1)
