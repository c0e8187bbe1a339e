"""The mistakes in a rule that each page names, and the ways to write it that are none."""

import numpy as np
import pytest

import course.gradient_descent.checks
import course.momentum.checks
import course.rmsprop.checks
from gdlib import check
from gdlib.optimizers import gd, momentum, rmsprop

PAGES = {
    gd: course.gradient_descent.checks,
    momentum: course.momentum.checks,
    rmsprop: course.rmsprop.checks,
}


def judged(rule, reference):
    """What the page of the reference says of a rule."""
    return PAGES[reference].rule(rule)


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
    verdict = judged(reference, reference)
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
    assert judged(ball(v, step), momentum).passed


def test_a_learning_rate_in_the_memory_passes_and_is_remarked_upon():
    verdict = judged(in_keras, momentum)
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
    verdict = judged(rule, momentum)
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
    verdict = judged(rule, rmsprop)
    assert not verdict.passed and named in verdict.message and "expected" in verdict.message


def known(reference):
    """All mistakes that are known of a rule, with a rule that makes each."""
    return check.usual(reference) | PAGES[reference].MISTAKES


@pytest.mark.parametrize("reference", [gd, momentum, rmsprop])
def test_no_two_mistakes_look_the_same(reference):
    for said, wrong in known(reference).items():
        assert judged(wrong, reference).message.startswith(f"{said} From ")
    for said, dialect in dict(getattr(PAGES[reference], "DIALECTS", {})).items():
        assert judged(dialect, reference).message.endswith(said)


def test_what_is_expected_stands_beside_what_came_and_can_be_tried():
    message = judged(ball(lambda v, g, lr, rho: v + g), momentum).message
    said = "From 1, with lr 0.1, rho 0.7 and gradient 4, then -8, expected 1.12; yours gives 1."
    assert message.endswith(said)
    w, v = momentum(1, 4, 0, lr=0.1, rho=0.7)
    assert momentum(w, -8, v, lr=0.1, rho=0.7)[0] == pytest.approx(1.12, abs=1e-12)
    late = ball(lambda v, g, lr, rho: np.where(abs(v + 5.2) > 0.1, rho * v + g, 0))
    assert "gradient 4, then -8, then 12, expected" in judged(late, momentum).message


@pytest.mark.parametrize("nowhere", [np.nan, np.inf, -np.inf, 1e308])
def test_a_rule_that_leads_out_of_the_numbers_is_refused_without_a_guess(nowhere):
    message = judged(lambda w, g, v, *, lr, rho: (w - nowhere, v), momentum).message
    assert message.startswith("From 1, with lr 0.1, rho 0.7 and gradient 4, expected 0.6; yours")


def test_numbers_that_differ_late_are_written_out_until_they_do():
    message = judged(in_pytorch, rmsprop).message
    assert message.endswith("expected 0.817425814; yours gives 0.817425815.")


def test_a_rule_that_goes_wrong_when_lr_falls_for_another_reason_is_refused():
    def my_gd(w, g, largest, *, lr):
        return w - max(lr, largest) * g, max(lr, largest)

    said = "From 1, with lr 0.1, then 0.05 and gradient 4, then -8, expected 1; yours gives 1.4."
    assert judged(my_gd, gd) == check.Verdict(False, said)


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

    verdict = judged(my_rule, momentum)
    assert not verdict.passed and named in verdict.message


def test_a_change_in_place_is_found_at_a_later_step_too():
    def my_rule(w, g, v, *, lr, rho):
        w -= lr * rho * v
        return w - lr * g, rho * v + g

    assert "in place" in judged(my_rule, momentum).message
