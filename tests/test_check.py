"""The exercise checks: solutions pass, and each typical mistake is named."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from gdlib import check, theory
from gdlib.optimizers import gd

SOLUTIONS = Path(__file__).resolve().parent.parent / "notebooks" / "solutions"


def solutions(name):
    spec = importlib.util.spec_from_file_location(name, SOLUTIONS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_place(w, g, memory, *, lr):
    w -= lr * g
    return w, memory


# --- the rule ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        (lambda w, g, m, *, lr: (w + lr * g, m), "sign"),
        (lambda w, g, m, *, lr: (w - g, m), "learning rate is missing"),
        (lambda w, g, m, *, lr: (lr * g, m), "w minus it"),
        (lambda w, g, m, *, lr: (-lr * g, m), "add it to w"),
        (lambda w, g, m, *, lr: (w - g / lr, m), "do not divide"),
        (lambda w, g, m, *, lr: (w - lr * np.sign(g), m), "Only the sign"),
        (in_place, "in place"),
        (lambda w, g, m, *, lr: w - lr * g, "Return two things"),
        (lambda w, g, m, *, lr: (w - lr * h, m), "NameError"),  # noqa: F821
        (lambda w, g, m, *, lr: (w - lr * g / 2, m), "expected 0.6; yours gives 0.8"),
    ],
)
def test_a_mistake_in_the_rule_is_named(rule, named):
    verdict = check.rule(rule, gd)
    assert not verdict.passed and named in verdict.message


def test_the_learners_rule_passes():
    assert check.rule(solutions("gradient_descent").my_gd, gd).passed


# --- notebook 03 ---------------------------------------------------------------------------------


def test_x3_1_every_name_has_its_own_parabola_and_one_over_its_curvature_lands():
    curvatures = set()
    for name in ("Ada", "Emmy", "Sofja", ""):
        slope = check.hidden_parabola(name)
        assert slope(0.3) == check.hidden_parabola(name)(0.3)
        curvatures.add(slope(1.0) - slope(0.0))
        assert check.one_step(solutions("gradient_descent").one_step_lr(slope), slope).passed
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
    assert passed == [solutions("gradient_descent").LARGEST_LR]


def test_x3_2_the_check_tells_too_small_from_too_large():
    assert "not the largest" in check.largest_lr(0.1).message
    assert "Too large" in check.largest_lr(0.22).message
    assert "Two decimals" in check.largest_lr(0.215).message


def test_x3_3_the_passing_learning_rates_lie_between_the_limits_of_c_and_d():
    from gdlib.landscapes import himmelblau

    land = himmelblau()
    c, d = theory.gd_limit(land.curvatures(land.minima)[-1])[[2, 3]]
    assert c < solutions("gradient_descent").ONLY_C_LOST < d
    assert check.loses_only_c(solutions("gradient_descent").ONLY_C_LOST).passed
    assert "C is still reached" in check.loses_only_c(0.9 * c).message
    assert "D" in check.loses_only_c(1.05 * d).message.rsplit(".", 2)[-2]


def test_x3_4_the_best_learning_rate_passes_and_its_neighbours_are_told_why_not():
    assert check.ravine_steps(solutions("gradient_descent").RAVINE_LR).passed
    assert "along" in check.ravine_steps(0.01).message
    assert "across" in check.ravine_steps(0.0199).message
    assert "too large" in check.ravine_steps(0.03).message


def test_x3_5_the_formula_passes_and_its_slips_are_named():
    right = solutions("gradient_descent").ESCAPE_STEPS
    assert check.escape_time(right).passed
    assert "base 10" in check.escape_time(right / np.log(10)).message
    assert "grows by a factor" in check.escape_time(1e5).message
    assert "few" in check.escape_time(200).message and "many" in check.escape_time(500).message


@pytest.mark.parametrize("bad", [0, -1, np.inf, np.nan, "0.1", None, [0.1]])
def test_what_is_no_learning_rate_is_refused_in_words(bad):
    slope = check.hidden_parabola("Ada")
    checks = (check.largest_lr, check.loses_only_c, check.ravine_steps)
    for verdict in [each(bad) for each in checks] + [check.one_step(bad, slope)]:
        assert not verdict.passed and repr(bad) in verdict.message
    assert not check.escape_time(bad).passed


def test_a_verdict_shows_as_one_line_with_a_mark():
    assert repr(check.Verdict(True, "Yes.")) == "✓ Yes."
    assert repr(check.Verdict(False, "No.")) == "✗ No."
