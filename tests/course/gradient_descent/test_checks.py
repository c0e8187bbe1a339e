"""The checks of notebook 03: solutions pass, and each typical mistake is named."""

import re

import numpy as np
import pytest

from course.gradient_descent import checks, solutions
from gdlib import landscapes, theory


def test_the_learners_rule_passes():
    assert checks.rule(solutions.my_gd).passed


def test_a_rule_that_sees_the_sign_of_the_gradient_alone_is_told_so():
    verdict = checks.rule(lambda w, g, memory, *, lr: (w - lr * np.sign(g), memory))
    assert not verdict.passed and "Only the sign" in verdict.message


def test_the_rule_as_it_stands_on_the_page_is_told_that_nothing_moves():
    assert "Nothing moves" in checks.rule(lambda w, g, memory, *, lr: (w, memory)).message


def test_x3_1_three_digits_of_a_learning_rate_are_enough():
    slope = checks.hidden_parabola("your name")
    assert checks.one_step(float(f"{solutions.one_step_lr(slope):.4g}"), slope).passed


def test_x3_1_every_name_has_its_own_parabola_and_one_over_its_curvature_lands():
    curvatures = set()
    for name in ("Ada", "Emmy", "Sofja", ""):
        slope = checks.hidden_parabola(name)
        assert slope(0.3) == checks.hidden_parabola(name)(0.3)
        curvatures.add(slope(1.0) - slope(0.0))
        assert checks.one_step(solutions.one_step_lr(slope), slope).passed
    assert len(curvatures) == 4


def test_x3_1_a_name_is_the_same_however_it_is_typed():
    """Capitals, spaces around it, and how its accents are encoded do not count."""
    slope = checks.hidden_parabola("Zoë")
    for typed in ("zoë", " ZOË\n", "Zoe\u0308"):
        assert checks.hidden_parabola(typed)(0.3) == slope(0.3)


def test_x3_1_the_check_tells_short_from_far_from_inverted():
    slope = checks.hidden_parabola("Ada")
    curvature = slope(1.0) - slope(0.0)
    for lr, named in (
        (0.5 / curvature, "stops short"),
        (1.5 / curvature, "other side"),
        (2 / curvature, "mirror"),
        (curvature, "curvature itself"),
    ):
        verdict = checks.one_step(lr, slope)
        assert not verdict.passed and named in verdict.message


def test_x3_2_only_one_two_decimal_learning_rate_passes():
    passed = [lr for lr in np.arange(1, 31) / 100 if checks.largest_lr(lr).passed]
    assert passed == [solutions.LARGEST_LR]


def test_x3_2_the_check_tells_too_small_from_too_large():
    assert "not the largest" in checks.largest_lr(0.1).message
    assert "Too large" in checks.largest_lr(0.22).message
    for lr in (0.215, 1e-300):
        assert "Two decimals" in checks.largest_lr(lr).message


def test_x3_3_the_passing_learning_rates_lie_between_the_limits_of_c_and_d():
    land = landscapes.himmelblau()
    c, d = theory.gd_limit(land.curvatures(land.minima)[-1])[[2, 3]]
    assert c < solutions.ONLY_C_LOST < d
    assert checks.loses_only_c(solutions.ONLY_C_LOST).passed
    assert "C is still reached" in checks.loses_only_c(0.9 * c).message
    assert "it loses D as well" in checks.loses_only_c(1.05 * d).message
    assert "it loses A, B and D as well" in checks.loses_only_c(0.1).message
    assert "Too small" in checks.loses_only_c(1e-5).message


def test_x3_4_the_best_learning_rate_passes_and_its_neighbours_are_told_why_not():
    assert checks.ravine_steps(solutions.RAVINE_LR).passed
    assert "along" in checks.ravine_steps(0.01).message
    assert "across" in checks.ravine_steps(0.0199).message
    assert "too large" in checks.ravine_steps(0.03).message


def test_x3_5_the_formula_passes_and_its_slips_are_named():
    right = solutions.ESCAPE_STEPS
    assert checks.escape_time(right).passed
    assert "base 10" in checks.escape_time(right / np.log(10)).message
    assert "grows by a factor" in checks.escape_time(1e5).message
    assert "few" in checks.escape_time(200).message and "many" in checks.escape_time(500).message


@pytest.mark.parametrize("bad", [0, -1, np.inf, np.nan, "0.1", None, [0.1], 1j])
def test_what_is_no_learning_rate_is_refused_in_words(bad):
    slope = checks.hidden_parabola("Ada")
    others = (checks.largest_lr, checks.loses_only_c, checks.ravine_steps)
    for verdict in [each(bad) for each in others] + [checks.one_step(bad, slope)]:
        assert not verdict.passed and repr(bad) in verdict.message


@pytest.mark.parametrize("bad", [0, -1, np.inf, np.nan, "300", None, [300], 1j, True])
def test_what_is_no_number_of_steps_is_refused_in_words(bad):
    verdict = checks.escape_time(bad)
    assert not verdict.passed and repr(bad) in verdict.message


# --- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("off", [1.001e-3, 1.0000001e-3, -1.0000001e-3, 2e-3, 1e-2])
def test_x3_1_what_is_left_never_reads_as_the_limit(off):
    message = checks.one_step((1 - off) / 2, lambda x: 2 * (x - 1)).message
    left, limit = re.fullmatch(
        r"One step .* leaves (.*) of .* less than (.*)\. It .*", message
    ).groups()
    assert float(left) > float(limit)


@pytest.mark.parametrize("lr", [0.01493, 0.01494, 0.01495, 0.014955, 0.01496, 0.01497, 0.015])
def test_x3_3_a_small_share_of_c_never_reads_as_none(lr):
    verdict = checks.loses_only_c(lr)
    assert verdict.passed == ("C 0%, D" in verdict.message)


@pytest.mark.parametrize("slope", [np.sin, lambda x: 0, lambda x: x])
def test_x3_1_a_slope_that_is_0_at_the_start_is_refused(slope):
    assert "0 at 0 already" in checks.one_step(0.1, slope).message
