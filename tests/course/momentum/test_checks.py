"""The checks of notebook 05: solutions pass, and each typical mistake is named."""

import re
from fractions import Fraction

import numpy as np
import pytest

from course.momentum import checks, solutions
from gdlib import landscapes, theory
from gdlib.optimizers import descend, momentum

NO_NUMBERS = ["2", None, True, np.nan, np.inf, -np.inf, [2], 2j, print, np.ones(3), 10**400, -1]


def refused(verdict, *named):
    """Whether the verdict is a refusal that says all of this, in one line."""
    said = verdict.message
    return not verdict.passed and "\n" not in said and all(words in said for words in named)


# --- the rule, and the repair of the pseudo-code -------------------------------------------------


def as_typed(w, g, v_x, *, lr, rho):
    vx = rho * v_x + g  # noqa: F841
    w = w - v_x * lr
    return w, v_x


def one_v_for_the_step(w, g, v_x, *, lr, rho):
    vx = rho * v_x + g
    w = w - vx * lr
    return w, v_x


def one_v_for_the_memory(w, g, v_x, *, lr, rho):
    vx = rho * v_x + g
    w = w - v_x * lr
    return w, vx


def in_place(w, g, v, *, lr, rho):
    v = rho * v + g
    w -= lr * v
    return w, v


def test_the_learners_rule_passes_and_the_repair():
    assert checks.rule(solutions.my_momentum).passed
    assert checks.rule(solutions.my_repair).passed


@pytest.mark.parametrize(
    ("repair", "named"),
    [
        (as_typed, "Nothing moves"),
        (one_v_for_the_step, "is it the new v that you return?"),
        (one_v_for_the_memory, "The step is made with the old v"),
        (in_place, "changed its input"),
        (lambda w, g, v, *, lr, rho: (w - lr * (rho * v + g), g), "Only the last gradient"),
        (lambda w, g, v_x, *, lr, rho: (w - lr * vx, v_x), "NameError"),  # noqa: F821
    ],
)
def test_c106_each_half_of_the_repair_is_told_what_is_still_missing(repair, named):
    assert refused(checks.rule(repair), named)


# --- 1: the longest step -------------------------------------------------------------------------


@pytest.mark.parametrize("step", [solutions.TERMINAL_STEP, 0.397, 0.403, np.float32(0.4)])
def test_x5_1_the_solution_passes_and_what_is_within_one_percent(step):
    assert checks.terminal_step(step).passed


@pytest.mark.parametrize(("slope", "lr", "rho"), [(3, 0.02, 0.5), (-1, 0.1, 0.99), (7, 1, 0)])
def test_x5_1_the_run_comes_to_the_formula_at_other_settings(slope, lr, rho):
    expected = abs(slope) * lr / (1 - rho)
    assert checks.terminal_step(expected, slope, lr, rho).passed
    assert not checks.terminal_step(0.98 * expected, slope, lr, rho).passed


@pytest.mark.parametrize(
    ("step", "named"),
    [
        (0.01 * 2, "That is the first step"),
        (0.01 / 0.05, "The slope is missing"),
        (2 / 0.05, "That is v; the step is lr times it"),
        (1 / 0.05, "how many times longer"),
        (0.01 * 2 / 0.95, "You divided by ρ"),
        (0.021, "Too short"),
        (0.01 * 2 * 0.05, "You multiplied where you should divide"),
        (0.01 * 2 * 0.95 / 0.05, "Too short"),
        (0.01 * 2 / 1.95, "Too short"),
        (0.01 * 2 * 1.95, "That is step 2"),
        (0.01 * 2 * (1 - 0.95**10) / 0.05, "Too short"),
        (0.395, "Too short"),
        (0.405, "Too long"),
        (1e300, "Too long"),
        (1e-300, "Too short"),
    ],
)
def test_x5_1_a_mistake_is_named_and_the_answer_is_not(step, named):
    verdict = checks.terminal_step(step)
    assert refused(verdict, "begins with a step of 0.02 and comes to another length", named)
    assert "0.4 " not in verdict.message


# --- 2: out of the dip ---------------------------------------------------------------------------


def test_x5_2_only_one_two_decimal_rho_passes():
    passed = [k / 100 for k in (0, 30, *range(66, 100)) if checks.smallest_rho(k / 100).passed]
    assert passed == [solutions.SMALLEST_RHO]
    assert checks.smallest_rho(np.float32(solutions.SMALLEST_RHO)).passed
    message = checks.smallest_rho(solutions.SMALLEST_RHO).message
    assert message == "With ρ = 0.72 the ball ends in the bowl, with 0.71 in the dip."


@pytest.mark.parametrize(
    ("rho", "named"),
    [
        (0.71, "ends in the dip; expected in the bowl. It does not get over the ridge"),
        (0.5, "ρ is too small"),
        (0, "With ρ = 0.00 the ball ends in the dip"),
        (0.73, "ends in the bowl. That works, and so does a smaller ρ."),
        (0.9, "That works, and so does a smaller ρ."),
        (0.96, "It gets out, and rolls back in: ρ is too large."),
        (0.97, "That works, and so does a smaller ρ."),  # and 0.96 does not
        (0.715, "Two decimals, please; got 0.715."),
        (0.999, "Two decimals, please; got 0.999."),
    ],
)
def test_x5_2_a_mistake_is_named(rho, named):
    assert refused(checks.smallest_rho(rho), named)


def test_x5_2_other_learning_rates_have_other_thresholds():
    for lr, least in ((0.005, 0.86), (0.01, 0.80), (0.05, 0.57)):
        assert checks.smallest_rho(least, lr).passed
        assert not checks.smallest_rho(round(least - 0.01, 2), lr).passed


# --- 3: through the ravine -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lr", "rho", "steps"),
    [
        (solutions.RAVINE_LR, solutions.RAVINE_RHO, 93),
        (0.033, 0.70, 83),
        (Fraction(33, 1000), 0.7, 83),
    ],
)
def test_x5_3_the_solution_passes_and_another_one(lr, rho, steps):
    verdict = checks.ravine_steps(lr, rho)
    assert verdict.passed and verdict.message == f"{steps} steps; expected at most 100."


@pytest.mark.parametrize(
    ("lr", "rho", "named"),
    [
        (0.033, 0.75, "101 steps; expected at most 100. Along and across, the ball swings"),
        (0.03, 0.9, "a factor of √ρ = 0.9487 a step: it remembers too long, lower ρ."),
        (0.02, 0.7, "156 steps; expected at most 100. The slow direction is along"),
        (0.0198, 0, "688 steps; expected at most 100. The slow direction is along"),
        (1e-5, 0.5, "Not there in 3000 steps; expected at most 100. The slow direction is along"),
        (0.0319, 0.6, "The slow direction is across the ravine, with a factor of 0.974 a step"),
        (theory.gd_best_lr(1, 100), 0, "the factor is 0.9802 a step: no other lr is better"),
        (theory.momentum_best_lr(1, 100, 0.5), 0.5, "with this ρ. Raise ρ."),
        (0.034, 0.7, "multiplies by 1 across the ravine: for this ρ lr must be below 0.034."),
        (0.035, 0.7, "multiplies by 1.232 across the ravine: for this ρ lr must be below 0.034."),
        (0.0331, 0.6, "for this ρ lr must be below 0.032."),
        (1e300, 0.5, "Not there in 3000 steps; expected at most 100. In the long run"),
    ],
)
def test_x5_3_a_mistake_is_named(lr, rho, named):
    assert refused(checks.ravine_steps(lr, rho), named)


def test_x5_3_to_pass_by_does_not_count():
    """Of a ball that swings the first time within reach comes before the last time out of it."""
    land = landscapes.ravine(1)
    near = np.hypot(*descend(momentum, land.grad, land.start, 3000, lr=0.1, rho=0.95)) < 1e-6
    passes, stays = near.argmax(), 3001 - near[::-1].argmin()
    assert passes < stays - 20
    assert checks.ravine_steps(0.1, 0.95, 1, stays).passed
    assert not checks.ravine_steps(0.1, 0.95, 1, stays - 1).passed


@pytest.mark.parametrize(("kappa", "allowed"), [(10, 27), (1000, 315)])
def test_x5_3_polyaks_choice_takes_the_ledgers_steps_at_other_ravines(kappa, allowed):
    assert checks.ravine_steps(*theory.polyak(1, kappa), kappa, allowed).passed
    assert not checks.ravine_steps(*theory.polyak(1, kappa), kappa, allowed - 1).passed


# --- 4: the average form -------------------------------------------------------------------------


@pytest.mark.parametrize("lr", [solutions.AVERAGE_LR, 0.06, Fraction(6, 100), np.float32(0.06)])
def test_x5_4_the_solution_passes_however_it_is_written(lr):
    assert checks.average_lr(lr).passed


@pytest.mark.parametrize(("sum_lr", "rho"), [(0.001, 0.9), (0.01, 0.5), (0.01, 0)])
def test_x5_4_the_formula_passes_at_other_settings(sum_lr, rho):
    assert checks.average_lr(sum_lr / (1 - rho), sum_lr, rho).passed
    assert not checks.average_lr(0.99 * sum_lr / (1 - rho), sum_lr, rho).passed


@pytest.mark.parametrize(
    ("lr", "named"),
    [
        (0.003, "Your first step is 0.05 times that of the sum form; expected 1. With the same lr"),
        (0.003 * 0.05, "You multiplied where you should divide"),
        (0.003 / 0.95, "You divided by ρ. Which share"),
        (0.003 * 0.95, "lr is too small"),
        (1 / 0.05, "That is how many times larger lr must be"),
        (0.003 * 0.95 / 0.05, "lr is too small"),
        (0.06 + 1e-7, "expected less than 1e-6. Your first step is 1.000002 times"),
        (0.0599, "lr is too small"),
        (0.0601, "lr is too large"),
        (0.01, "lr is too small"),
        (1e-300, "lr is too small"),
        (
            1e300,
            "Your path diverges; expected less than 1e-6. Your first step is 1.66667e+301 times",
        ),
    ],
)
def test_x5_4_a_mistake_is_named(lr, named):
    assert refused(checks.average_lr(lr), named)


# --- 5: out of the hole --------------------------------------------------------------------------


@pytest.mark.parametrize("rho", [solutions.LOSING_RHO, 0.93, 0.99, Fraction(95, 100)])
def test_x5_5_the_solution_passes_and_both_ends_of_the_range(rho):
    verdict = checks.loses_the_hole(rho)
    assert verdict.passed and "in the hole it would be -3.64" in verdict.message


@pytest.mark.parametrize(
    ("rho", "named"),
    [
        (0, "With ρ = 0 the ball ends in the hole; expected in the bowl."),
        (0.5, "It does not get over the ridge: ρ is too small."),
        (0.92, "It does not get over the ridge: ρ is too small."),
        (0.9999, "ends nowhere; expected in the bowl. After 6000 steps it still rolls"),
    ],
)
def test_x5_5_a_mistake_is_named(rho, named):
    assert refused(checks.loses_the_hole(rho), named)


def test_x5_5_at_0_01_it_is_0_87_to_0_96():
    for rho in (0.87, 0.96):
        assert checks.loses_the_hole(rho, lr=0.01).passed
    assert refused(checks.loses_the_hole(0.86, lr=0.01), "ρ is too small.")
    back = checks.loses_the_hole(0.97, lr=0.01)
    assert refused(back, "It gets out, and rolls back in: ρ is too large.")


# --- Nesterov's momentum -------------------------------------------------------------------------


def ahead(step, v=lambda v, g, rho: rho * v + g):
    """A rule in which `step(g, new v, old v, lr, rho)` is what the learner wrote."""

    def my_nesterov(w, g, old, *, lr, rho):
        new = v(old, g, rho)
        return w - step(g, new, old, lr, rho), new

    return my_nesterov


def in_keras(w, g, v, *, lr, rho):
    v = rho * v - lr * g
    return w + rho * v - lr * g, v


def g_in_place(w, g, v, *, lr, rho):
    v = rho * v + g
    g += rho * v
    return w - lr * g, v


def the_step_as_memory(w, g, v, *, lr, rho):
    v = g + rho * (rho * v + g)
    return w - lr * v, v


def nesterov_forgetting(w, g, v, *, lr, rho):
    return solutions.my_nesterov(w, g, v, lr=lr, rho=rho)[0], v


def test_nesterovs_momentum_passes_and_the_form_of_keras_is_told_apart():
    verdict = checks.nesterov(solutions.my_nesterov)
    assert verdict.passed
    assert verdict.message == "The same as Nesterov's momentum, over three steps."
    verdict = checks.nesterov(in_keras)
    assert verdict.passed and "as long as lr is constant" in verdict.message


@pytest.mark.parametrize("land", [landscapes.rosenbrock(), landscapes.ravine(100, 20)])
def test_the_reference_walks_the_published_path(land):
    """Sutskever et al. (2013): the velocity looks ahead, and the gradient is taken there."""
    lr, rho = 0.0005, 0.9
    point, velocity, seen = land.start, 0.0, []
    for _ in range(400):
        seen.append(point + rho * velocity)
        velocity = rho * velocity - lr * land.grad(seen[-1])
        point = point + velocity
    path = descend(checks.nesterov_momentum, land.grad, land.start, 399, lr=lr, rho=rho)
    np.testing.assert_allclose(path, np.transpose(seen), atol=1e-12)


@pytest.mark.parametrize(
    ("my_nesterov", "named"),
    [
        (solutions.my_momentum, "This is the path of the heavy ball"),
        (ahead(lambda g, new, old, lr, rho: lr * (g + rho * old)), "is it the new v there?"),
        (ahead(lambda g, new, old, lr, rho: -lr * (g + rho * new)), "The sign is wrong"),
        (ahead(lambda g, new, old, lr, rho: g + rho * new), "The learning rate is missing"),
        (ahead(lambda g, new, old, lr, rho: lr * g + rho * new), "belongs to all of the step"),
        (ahead(lambda g, new, old, lr, rho: lr * (g + new)), "In the step ρ is missing"),
        (ahead(lambda g, new, old, lr, rho: lr * rho * new), "In the step g is missing"),
        (ahead(lambda g, new, old, lr, rho: lr * g), "This is gradient descent"),
        (
            ahead(lambda g, new, old, lr, rho: lr * (g + rho * new), lambda v, g, rho: v + g),
            "this v never forgets",
        ),
        (
            ahead(
                lambda g, new, old, lr, rho: lr * (g + rho * new),
                lambda v, g, rho: rho * v + (1 - rho) * g,
            ),
            "This v is an average",
        ),
        (the_step_as_memory, "The memory that you return is g + ρ·v"),
        (nesterov_forgetting, "is it the new v that you return?"),
        (lambda *a, **k: solutions.my_nesterov(*a, **k)[::-1], "The order is wrong"),
        (ahead(lambda g, new, old, lr, rho: lr * (g + 0.9 * new)), "yours gives"),
    ],
)
def test_a_mistake_in_nesterovs_momentum_is_named(my_nesterov, named):
    assert refused(checks.nesterov(my_nesterov), named, "From 1, with lr 0.1, rho 0.7", "expected")


def test_no_two_mistakes_in_nesterovs_momentum_look_the_same():
    for said, wrong in checks.NESTEROV_MISTAKES.items():
        assert checks.nesterov(wrong).message.startswith(f"{said} From ")
    for said, dialect in checks.NESTEROV_DIALECTS.items():
        assert checks.nesterov(dialect).message.endswith(said)


@pytest.mark.parametrize(
    ("my_nesterov", "named"),
    [
        (g_in_place, "changed its input"),
        (lambda w, g, v, *, lr, rho: w - lr * g, "Return two things"),
        (lambda w, g, v, *, lr, rho: (None, v), "the shape of w; got None"),
        (lambda w, g, v, *, lr: (w, v), "raised TypeError"),
        (lambda w, g, v, *, lr, rho: 1 / 0, "raised ZeroDivisionError"),
        (None, "by its name alone"),
        ("my_nesterov", "by its name alone"),
    ],
)
def test_what_is_no_nesterov_rule_is_refused_in_words(my_nesterov, named):
    assert refused(checks.nesterov(my_nesterov), named)


class Remembering:
    """Nesterov's momentum with v in the object."""

    v = 0.0

    def __call__(self, w, g, v, **hyper):
        w, self.v = solutions.my_nesterov(w, g, self.v, **hyper)
        return w, v


def in_float32(w, g, v, *, lr, rho):
    v = np.float32(rho * v + g)
    return np.float32(w - lr * (g + rho * v)), v


def of_whole_numbers(w, g, v, *, lr, rho):
    v = (rho * v + g).astype(int)
    return w - lr * (g + rho * v), v


def twice_the_w(w, g, v, *, lr, rho):
    w, _ = solutions.my_nesterov(w, g, v, lr=lr, rho=rho)
    return w, w


def in_turn(w, g, v, *, lr, rho):
    new = np.zeros_like(w)
    for k in range(len(w)):
        new[k], v = solutions.my_nesterov(w[k], g[k], v, lr=lr, rho=rho)
    return new, v


def of_direction(w, g, v, **hyper):
    return solutions.my_nesterov(w, g / np.linalg.norm(g), v, **hyper)


@pytest.mark.parametrize(
    ("my_nesterov", "named"),
    [
        (Remembering(), "Started a second time it takes other steps"),
        (of_whole_numbers, "Your memory holds whole numbers only"),
        (twice_the_w, "The new w went into the memory as well; return v there."),
        (in_turn, "One v goes from coordinate to coordinate"),
        (of_direction, "The gradient is divided by its length"),
    ],
)
def test_what_goes_wrong_in_any_rule_is_named_in_nesterovs_momentum_too(my_nesterov, named):
    assert refused(checks.nesterov(my_nesterov), named)


def test_nesterovs_momentum_in_float32_is_right():
    assert (
        checks.nesterov(in_float32).message == "The same as Nesterov's momentum, over three steps."
    )


# --- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", NO_NUMBERS, ids=lambda bad: repr(bad)[:9])
def test_what_is_no_number_is_refused_in_words(bad):
    for each in (
        checks.smallest_rho,
        checks.loses_the_hole,
        lambda b: checks.ravine_steps(0.03, b),
    ):
        assert refused(each(bad), "ρ is a number from 0 to below 1; got ")
    for each in (checks.average_lr, lambda b: checks.ravine_steps(b, 0.7)):
        assert refused(each(bad), "A learning rate is a number above 0; got ")
    assert refused(checks.terminal_step(bad), "The length of a step is a number above 0; got ")


def test_nought_and_one_are_on_the_right_sides():
    for each in (
        checks.smallest_rho,
        checks.loses_the_hole,
        lambda b: checks.ravine_steps(0.03, b),
    ):
        assert "got 0" not in each(0).message and "got 0" not in each(-0.0).message
        assert refused(each(1), "ρ is a number from 0 to below 1; got 1.")
    for each in (checks.average_lr, lambda b: checks.ravine_steps(b, 0.7), checks.terminal_step):
        assert refused(each(0), "a number above 0; got 0.")


@pytest.mark.parametrize("off", [*10.0 ** -np.arange(1, 13), *-(10.0 ** -np.arange(1, 13))])
def test_x5_4_what_came_never_reads_as_what_is_expected(off):
    verdict = checks.average_lr(solutions.AVERAGE_LR * (1 + off))
    if not verdict.passed:
        apart, times = re.search(r"come (.*) apart.* is (.*) times", verdict.message).groups()
        assert float(apart) > 1e-6 and float(times) != 1


@pytest.mark.parametrize("near_1", [1 - 1e-16, 1 - 1e-12, 0.999999999999])
def test_a_rho_that_is_nearly_1_has_no_two_decimals(near_1):
    assert refused(checks.smallest_rho(near_1), "Two decimals, please; got 0.999999999")


def test_minus_nought_is_nought():
    assert "ρ = 0.00 " in checks.smallest_rho(-0.0).message
    assert "ρ = 0 " in checks.loses_the_hole(-0.0).message
