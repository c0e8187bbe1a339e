"""What all checks share: verdicts, the check of an update rule, and words for what is no answer."""

from fractions import Fraction

import numpy as np
import pytest
from gdlib.check.mistakes import DIALECTS, MISTAKES

from gdlib import check
from gdlib.optimizers import gd, momentum, rmsprop


def in_place(w, g, memory, *, lr):
    w -= lr * g
    return w, memory


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
        (lambda w, g, m, *, lr: (0.6, m), "the shape of w; got 0.6"),
        (lambda w, g, m, *, lr: ("w", m), "the shape of w; got 'w'"),
        (lambda w, g, m, *, lr: (w - lr * g + m, None), "after one step, raised TypeError"),
        (lambda w, g: (w, 0), "raised TypeError"),
        (None, "by its name alone"),
        (lambda w, g, m, *, lr: (w - lr * g / 2, m), "expected 0.6; yours gives 0.8"),
    ],
)
def test_a_mistake_in_the_rule_is_named(rule, named):
    verdict = check.rule(rule, gd)
    assert not verdict.passed and named in verdict.message


# --- rules that remember -------------------------------------------------------------------------


def ball(v, step=lambda v, g, lr, rho: lr * v):
    """A momentum of which `v(v, g, lr, rho)` and then `step` are what the learner wrote."""

    def my_momentum(w, g, old, *, lr, rho):
        new = v(old, g, lr, rho)
        return w - step(new, g, lr, rho), new

    return my_momentum


def rms(s, step=lambda s, g, lr: lr * g / np.sqrt(s + 1e-8)):
    """An RMSProp of which `s(s, g, rho)` and then `step` are what the learner wrote."""

    def my_rmsprop(w, g, old, *, lr, rho):
        new = s(old, g, rho)
        return w - step(new, g, lr), new

    return my_rmsprop


def summed(v, g, lr, rho):
    return rho * v + g


def averaged(s, g, rho):
    return rho * s + (1 - rho) * g**2


def forgetful(rule):
    return lambda w, g, m, **hyper: (rule(w, g, m, **hyper)[0], m)


def behind(w, g, v, *, lr, rho):
    return w - lr * v, rho * v + g


def in_keras(w, g, v, *, lr, rho):
    v = rho * v - lr * g
    return w + v, v


def in_pytorch(w, g, s, *, lr, rho, eps=1e-8):
    s = rho * s + (1 - rho) * g * g
    return w - lr * g / (s**0.5 + eps), s


@pytest.mark.parametrize("reference", [gd, momentum, rmsprop])
def test_the_rules_themselves_pass(reference):
    verdict = check.rule(reference, reference)
    assert verdict.passed
    assert verdict.message == f"The same as gdlib's {reference.__name__}, over three steps."


@pytest.mark.parametrize(
    "v, step",
    [
        (summed, lambda v, g, lr, rho: lr * v),
        (lambda v, g, lr, rho: rho * v - g, lambda v, g, lr, rho: -lr * v),
        (lambda v, g, lr, rho: g + v - (1 - rho) * v, lambda v, g, lr, rho: v * lr),
        (lambda v, g, lr, rho: rho * v + (1 - rho) * g, lambda v, g, lr, rho: lr * v / (1 - rho)),
    ],
)
def test_momentum_may_be_written_in_many_ways(v, step):
    assert check.rule(ball(v, step), momentum).passed


def test_a_learning_rate_in_the_memory_passes_and_is_remarked_upon():
    verdict = check.rule(in_keras, momentum)
    assert verdict.passed
    assert "as long as lr is constant. Your v holds lr as well" in verdict.message


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        (ball(lambda v, g, lr, rho: rho * v + (1 - rho) * g), "This v is an average"),
        (forgetful(momentum), "is it the new v that you return?"),
        (ball(lambda v, g, lr, rho: g), "Is the old v in the new one"),
        (ball(summed, lambda v, g, lr, rho: lr * g), "is the step made with v"),
        (ball(lambda v, g, lr, rho: v + g), "ρ is missing: this v never forgets"),
        (ball(lambda v, g, lr, rho: v + rho * g), "ρ stands at the gradient"),
        (ball(lambda v, g, lr, rho: rho * (v + g)), "ρ takes from the new gradient as well"),
        (ball(lambda v, g, lr, rho: (1 - rho) * v + rho * g), "ρ and 1 − ρ are swapped"),
        (ball(lambda v, g, lr, rho: (1 - rho) * v + g), "1 − ρ is what v loses"),
        (ball(lambda v, g, lr, rho: g - rho * v), "The old v comes in with the wrong sign"),
        (ball(lambda v, g, lr, rho: rho * v - g), "The sign is wrong"),
        (ball(summed, lambda v, g, lr, rho: -lr * v), "The sign is wrong"),
        (ball(summed, lambda v, g, lr, rho: v), "The learning rate is missing"),
        (ball(summed, lambda v, g, lr, rho: v / lr), "do not divide"),
        (ball(lambda v, g, lr, rho: rho * v + lr * g), "comes in twice, in v and in the step"),
        (ball(summed, lambda v, g, lr, rho: lr * (v + g)), "The gradient comes in twice"),
        (ball(summed, lambda v, g, lr, rho: lr * (g + rho * v)), "This is Nesterov's momentum"),
        (ball(lambda v, g, lr, rho: lr * v + g, lambda v, g, lr, rho: rho * v), "are swapped"),
        (behind, "The step is made with the old v"),
        (lambda *a, **k: momentum(*a, **k)[::-1], "The order is wrong"),
        (lambda w, g, v, *, lr, rho: (w, rho * v + g), "Nothing moves"),
        (lambda w, g, v, *, lr, rho: (lr * (rho * v + g), rho * v + g), "w minus it"),
        (lambda w, g, v, *, lr, rho: (-lr * (rho * v + g), rho * v + g), "add it to w"),
        (ball(lambda v, g, lr, rho: 0.9 * v + g), "rho changes nothing: is a number typed in"),
        (ball(lambda v, g, lr, rho: 0.7 * v + g), "rho changes nothing: is a number typed in"),
        (ball(summed, lambda v, g, lr, rho: 0.1 * v), "lr changes nothing: is a number typed in"),
        (ball(summed, lambda v, g, lr, rho: 1.0000001 * lr * v), "numbers a little off?"),
        (ball(summed, lambda v, g, lr, rho: 2 * lr * v), "From 1, with lr 0.1, rho 0.7 and"),
        (ball(summed, lambda v, g, lr, rho: np.nan), "expected 0.6; yours gives nan."),
    ],
)
def test_a_mistake_in_momentum_is_named(rule, named):
    verdict = check.rule(rule, momentum)
    assert not verdict.passed and named in verdict.message and "expected" in verdict.message


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        (rms(averaged, lambda s, g, lr: lr * g / (s + 1e-8)), "The root is missing"),
        (rms(averaged, lambda s, g, lr: lr * g / s), "The root is missing"),
        (rms(averaged, lambda s, g, lr: lr * g * np.sqrt(s + 1e-8)), "do not multiply"),
        (rms(averaged, lambda s, g, lr: lr * g**2 / np.sqrt(s + 1e-8)), "In the step g is squared"),
        (rms(averaged, lambda s, g, lr: lr * g), "s is not in the step"),
        (rms(averaged, lambda s, g, lr: -lr * g / np.sqrt(s + 1e-8)), "The sign is wrong"),
        (rms(averaged, lambda s, g, lr: g / np.sqrt(s + 1e-8)), "The learning rate is missing"),
        (in_pytorch, "ε stands outside the root, as in PyTorch. That is RMSProp, too"),
        (rms(averaged, lambda s, g, lr: lr * g / np.sqrt(s)), "ε is missing"),
        (rms(averaged, lambda s, g, lr: lr * g / np.sqrt(s + 1e-7)), "Nearly: the ε of Keras"),
        (rms(averaged, lambda s, g, lr: lr * g / np.sqrt(s + 1e-6)), "numbers a little off?"),
        (rms(averaged, lambda s, g, lr: lr * g / np.sqrt(s + 1e-10)), "numbers a little off?"),
        (rms(lambda s, g, rho: s + g**2, lambda s, g, lr: lr * g / (s**0.5 + 1e-8)), "AdaGrad"),
        (rms(lambda s, g, rho: rho * s + g**2), "This s is a leaky sum"),
        (rms(lambda s, g, rho: s + g**2), "as in AdaGrad"),
        (rms(lambda s, g, rho: (1 - rho) * s + rho * g**2), "ρ and 1 − ρ are swapped"),
        (rms(lambda s, g, rho: s + (1 - rho) * g**2), "ρ is missing before the old s"),
        (rms(lambda s, g, rho: (1 - rho) * g**2), "Is the old s in the new one"),
        (forgetful(rmsprop), "is it the new s that you return?"),
        (rms(lambda s, g, rho: g**2), "Only the last g² is in s"),
        (rms(lambda s, g, rho: rho * s + (1 - rho) * g), "In s the gradient is not squared"),
        (rms(lambda s, g, rho: rho * s + (1 - rho) * abs(g)), "it is the square that belongs"),
        (rms(lambda s, g, rho: rho * s + 1 - rho * g**2), "1 − ρ needs brackets"),
        (rms(lambda s, g, rho: rho * s + (1 - rho) * np.mean(g**2)), "share one average"),
        (rms(lambda s, g, rho: rho * s + (1 - rho) * np.sum(g**2)), "are added up"),
        (lambda *a, **k: rmsprop(*a, **k)[::-1], "The order is wrong"),
        (
            lambda w, g, s, *, lr, rho: (w - lr * g / (s + 1e-8) ** 0.5, averaged(s, g, rho)),
            "The step is made with the old s",
        ),
        (lambda w, g, s, *, lr, rho: (w, s), "Nothing moves"),
        (rms(lambda s, g, rho: 0.9 * s + 0.1 * g**2), "rho changes nothing: is a number typed in"),
        (rms(lambda s, g, rho: np.nan * s), "expected 0.8174; yours gives nan."),
    ],
)
def test_a_mistake_in_rmsprop_is_named(rule, named):
    verdict = check.rule(rule, rmsprop)
    assert not verdict.passed and named in verdict.message and "expected" in verdict.message


@pytest.mark.parametrize("reference", [gd, momentum, rmsprop])
def test_no_two_mistakes_look_the_same(reference):
    for said, wrong in MISTAKES[reference.__name__].items():
        assert check.rule(wrong, reference).message.startswith(f"{said} From ")
    for said, dialect in DIALECTS.get(reference.__name__, {}).items():
        assert check.rule(dialect, reference).message.endswith(said)


def test_what_is_expected_stands_beside_what_came_and_can_be_tried():
    message = check.rule(ball(lambda v, g, lr, rho: v + g), momentum).message
    said = "From 1, with lr 0.1, rho 0.7 and gradient 4, then -8, expected 1.12; yours gives 1."
    assert message.endswith(said)
    w, v = momentum(1, 4, 0, lr=0.1, rho=0.7)
    assert momentum(w, -8, v, lr=0.1, rho=0.7)[0] == pytest.approx(1.12, abs=1e-12)
    late = ball(lambda v, g, lr, rho: np.where(abs(v + 5.2) > 0.1, rho * v + g, 0))
    assert "gradient 4, then -8, then 12, expected" in check.rule(late, momentum).message


@pytest.mark.parametrize("nowhere", [np.nan, np.inf, -np.inf, 1e308])
def test_a_rule_that_leads_out_of_the_numbers_is_refused_without_a_guess(nowhere):
    message = check.rule(lambda w, g, v, *, lr, rho: (w - nowhere, v), momentum).message
    assert message.startswith("From 1, with lr 0.1, rho 0.7 and gradient 4, expected 0.6; yours")


def test_numbers_that_differ_late_are_written_out_until_they_do():
    message = check.rule(in_pytorch, rmsprop).message
    assert message.endswith("expected 0.817425814; yours gives 0.817425815.")


def test_a_rule_that_goes_wrong_when_lr_falls_for_another_reason_is_refused():
    def my_gd(w, g, largest, *, lr):
        return w - max(lr, largest) * g, max(lr, largest)

    said = "From 1, with lr 0.1, then 0.05 and gradient 4, then -8, expected 1; yours gives 1.4."
    assert check.rule(my_gd, gd) == check.Verdict(False, said)


@pytest.mark.parametrize(
    ("later", "named"),
    [
        (lambda w, v: (w, v, 1), "Return two things"),
        (lambda w, v: ("w", v), "the shape of w; got 'w'"),
        (lambda w, v: (w.astype(str), v), "the shape of w; got array([["),
        (lambda w, v: (w[0], v), "the shape of w; got array(["),
        (lambda w, v: (w + 1j, v), "the shape of w; got array([["),
        (lambda w, v: 1 / 0, "Your rule, after one step, raised ZeroDivisionError"),
    ],
)
def test_what_is_no_rule_at_a_later_step_only_is_refused_in_words(later, named):
    def my_rule(w, g, v, *, lr, rho):
        w, new = momentum(w, g, v, lr=lr, rho=rho)
        return later(w, new) if np.any(v) else (w, new)

    verdict = check.rule(my_rule, momentum)
    assert not verdict.passed and named in verdict.message


def test_a_change_in_place_is_found_at_a_later_step_too():
    def my_rule(w, g, v, *, lr, rho):
        w -= lr * rho * v
        return w - lr * g, rho * v + g

    assert "in place" in check.rule(my_rule, momentum).message


# --- words for what is no answer -----------------------------------------------------------------


def test_a_verdict_shows_as_one_line_with_a_mark():
    assert repr(check.Verdict(True, "Yes.")) == "✓ Yes."
    assert repr(check.Verdict(False, "No.")) == "✗ No."


@pytest.mark.parametrize("good", [2, 2.0, np.float32(2), np.int64(2), Fraction(2), np.array([2.0])])
def test_any_real_number_is_a_number(good):
    assert check.number(good) == 2.0


@pytest.mark.parametrize(
    "bad", ["2", None, True, [2], 2j, np.nan, -np.inf, np.ones(2), np.array("2"), 10**400, print]
)
def test_anything_else_is_none(bad):
    assert check.number(bad) is None


@pytest.mark.parametrize("good", [(1, 2), [1.0, np.nan], np.array([1, 2])])
def test_so_many_real_numbers_are_reals(good):
    assert np.array_equal(check.reals(good, (2,)), np.array(good, dtype=float), equal_nan=True)


@pytest.mark.parametrize("bad", [None, 1, "ab", (1,), (1, "b"), ([1], [1, 2]), (1j, 2), {1, 2}])
def test_anything_else_is_no_reals(bad):
    assert check.reals(bad, (2,)) is None


@pytest.mark.parametrize("good", [0, -0.0, 0.5, np.float32(0.9), Fraction(9, 10), np.array([0.9])])
def test_from_0_to_below_1_is_a_rho(good):
    assert check.no_rho(good) is None


@pytest.mark.parametrize("bad", [1, 1.5, -1e-9, "0.9", None, True, np.nan, np.inf, [0.9], 1j])
def test_anything_else_is_no_rho(bad):
    assert check.no_rho(bad).message == f"ρ is a number from 0 to below 1; got {bad!r}."


def test_what_came_is_shown_in_one_short_line():
    message = check.asked_for("A number", np.zeros((9, 9))).message
    assert message.startswith("A number; got array([[0., ") and message.endswith("....")
    assert len(message) < 80 and "\n" not in message
