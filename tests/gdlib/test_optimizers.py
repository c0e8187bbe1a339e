"""The rules against recursions in plain numbers, and the two functions that run them."""

import numpy as np
import pytest

from gdlib import landscapes
from gdlib.landscapes import catalogue
from gdlib.optimizers import (
    FAR,
    arrive,
    descend,
    diverged,
    first_step,
    gd,
    momentum,
    rmsprop,
    settled_in,
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


def test_a_rule_that_updates_in_place_is_a_bug_that_does_not_reach_the_learners_start():
    def careless(w, g, memory, *, lr):
        w -= lr * g
        return w, memory

    start = np.array([1.0, 1.0])
    descend(careless, BOWL.grad, start, 5, lr=0.01)
    assert start.tolist() == [1, 1]


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
    assert words.startswith("start must have as many coordinates as grad takes; got ")
    assert str(len(start)) in words


def test_start_must_have_as_many_coordinates_as_the_line_has_parameters():
    x, y = np.arange(5.0), np.arange(5.0)
    rows = minibatch(x, y, 2, np.random.default_rng(0))
    for grad in (loss_surface(x, y).grad, rows):
        for start in ([1], [1, 1, 1]):
            assert error(start=start, grad=grad).startswith("start must have as many coordinates")


def test_the_batches_of_start_and_hyperparameters_must_fit_together():
    words = error(start=np.ones((2, 3)), lr=np.full(4, 0.01))
    assert "must broadcast" in words and "(3,)" in words and "(4,)" in words


def test_the_first_value_of_a_schedule_is_checked_too():
    assert error(lr=lambda k: -0.1) == "lr must be above 0; got -0.1"


def test_a_forgotten_hyperparameter_is_a_mistake_python_names():
    with pytest.raises(TypeError, match="rho"):
        descend(momentum, BOWL.grad, [1, 1], 3, lr=0.1)
    with pytest.raises(TypeError, match="speed"):
        descend(gd, BOWL.grad, [1, 1], 3, lr=0.1, speed=1)


def test_an_error_in_the_gradient_itself_is_not_taken_for_a_bad_start():
    def broken(w):
        raise ZeroDivisionError("in the gradient")

    with pytest.raises(ZeroDivisionError, match="in the gradient"):
        descend(gd, broken, [1, 1], 3, lr=0.1)
