"""The checks of notebook 03: solutions pass, and each typical mistake is named."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gdlib import landscapes, theory
from gdlib.check import gradient_descent as check
from gdlib.optimizers import gd

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
SOLVED = SimpleNamespace(**runpy.run_path(NOTEBOOKS / "solutions/gradient_descent.py"))


def test_the_learners_rule_passes():
    assert check.rule(SOLVED.my_gd, gd).passed


def test_x3_1_every_name_has_its_own_parabola_and_one_over_its_curvature_lands():
    curvatures = set()
    for name in ("Ada", "Emmy", "Sofja", ""):
        slope = check.hidden_parabola(name)
        assert slope(0.3) == check.hidden_parabola(name)(0.3)
        curvatures.add(slope(1.0) - slope(0.0))
        assert check.one_step(SOLVED.one_step_lr(slope), slope).passed
    assert len(curvatures) == 4


def test_x3_1_the_check_tells_short_from_far_from_inverted():
    slope = check.hidden_parabola("Ada")
    curvature = slope(1.0) - slope(0.0)
    for lr, named in (
        (0.5 / curvature, "stops short"),
        (1.5 / curvature, "other side"),
        (2 / curvature, "mirror"),
        (curvature, "curvature itself"),
    ):
        verdict = check.one_step(lr, slope)
        assert not verdict.passed and named in verdict.message


def test_x3_2_only_one_two_decimal_learning_rate_passes():
    passed = [lr for lr in np.arange(1, 31) / 100 if check.largest_lr(lr).passed]
    assert passed == [SOLVED.LARGEST_LR]


def test_x3_2_the_check_tells_too_small_from_too_large():
    assert "not the largest" in check.largest_lr(0.1).message
    assert "Too large" in check.largest_lr(0.22).message
    assert "Two decimals" in check.largest_lr(0.215).message


def test_x3_3_the_passing_learning_rates_lie_between_the_limits_of_c_and_d():
    land = landscapes.himmelblau()
    c, d = theory.gd_limit(land.curvatures(land.minima)[-1])[[2, 3]]
    assert c < SOLVED.ONLY_C_LOST < d
    assert check.loses_only_c(SOLVED.ONLY_C_LOST).passed
    assert "C is still reached" in check.loses_only_c(0.9 * c).message
    assert "D" in check.loses_only_c(1.05 * d).message.rsplit(".", 2)[-2]


def test_x3_4_the_best_learning_rate_passes_and_its_neighbours_are_told_why_not():
    assert check.ravine_steps(SOLVED.RAVINE_LR).passed
    assert "along" in check.ravine_steps(0.01).message
    assert "across" in check.ravine_steps(0.0199).message
    assert "too large" in check.ravine_steps(0.03).message


def test_x3_5_the_formula_passes_and_its_slips_are_named():
    right = SOLVED.ESCAPE_STEPS
    assert check.escape_time(right).passed
    assert "base 10" in check.escape_time(right / np.log(10)).message
    assert "grows by a factor" in check.escape_time(1e5).message
    assert "few" in check.escape_time(200).message and "many" in check.escape_time(500).message


@pytest.mark.parametrize("bad", [0, -1, np.inf, np.nan, "0.1", None, [0.1], 1j])
def test_what_is_no_learning_rate_is_refused_in_words(bad):
    slope = check.hidden_parabola("Ada")
    checks = (check.largest_lr, check.loses_only_c, check.ravine_steps)
    for verdict in [each(bad) for each in checks] + [check.one_step(bad, slope)]:
        assert not verdict.passed and repr(bad) in verdict.message


@pytest.mark.parametrize("bad", [0, -1, np.inf, np.nan, "300", None, [300], 1j, True])
def test_what_is_no_number_of_steps_is_refused_in_words(bad):
    verdict = check.escape_time(bad)
    assert not verdict.passed and repr(bad) in verdict.message
