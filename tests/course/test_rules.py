"""The mistakes in a rule that each page names, and the ways to write it that are none."""

import math
from functools import partial

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
        (ball(summed, lambda v, g, lr, rho: 1.00001 * lr * v), "numbers a little off?"),
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
        (rms(averaged, lambda s, g, lr: lr * g / np.sqrt(s + 1e-6)), "is ε another one?"),
        (rms(averaged, lambda s, g, lr: lr * g / np.sqrt(s + 1e-10)), "is ε another one?"),
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


# --- what it remembers outside its memory --------------------------------------------------------


class Remembering:
    """A rule that keeps its memory in the object."""

    def __init__(self, rule):
        self.rule, self.kept = rule, 0.0

    def __call__(self, w, g, m, **hyper):
        w, self.kept = self.rule(w, g, self.kept, **hyper)
        return w, m


def in_a_global_name(rule):
    scope = {"rule": rule, "kept": 0.0}
    exec(
        "def my_rule(w, g, m, **hyper):\n"
        "    global kept\n"
        "    w, kept = rule(w, g, kept, **hyper)\n"
        "    return w, kept\n",
        scope,
    )
    return scope["my_rule"]


def in_a_default_argument(rule):
    def my_rule(w, g, m, *, kept={}, **hyper):  # noqa: B006
        w, kept["m"] = rule(w, g, kept.get("m", 0.0), **hyper)
        return w, kept

    return my_rule


def in_a_function(rule):
    def my_rule(w, g, m, **hyper):
        w, my_rule.kept = rule(w, g, my_rule.kept, **hyper)
        return w, m

    my_rule.kept = 0.0
    return my_rule


OUTSIDE = [Remembering, in_a_global_name, in_a_default_argument, in_a_function]


@pytest.mark.parametrize("reference", [momentum, rmsprop])
@pytest.mark.parametrize("place", OUTSIDE)
def test_a_rule_that_remembers_outside_its_memory_is_told_so_every_time(place, reference):
    rule = place(reference)
    for _ in range(3):
        verdict = judged(rule, reference)
        assert not verdict.passed
        assert verdict.message.startswith(
            "Started a second time it takes other steps: it remembers"
        )


def test_a_rule_that_has_used_itself_up_is_told_so():
    turns = iter(range(3))

    def my_gd(w, g, memory, *, lr):
        next(turns)
        return w - lr * g, memory

    message = judged(my_gd, gd).message
    assert message.startswith("Started a second time") and message.endswith("raised StopIteration")


# --- arrays of whole numbers ---------------------------------------------------------------------

CUTS = [
    lambda array: np.array(array, dtype=int),
    lambda array: array.astype("int32"),
    np.round,
    np.floor,
    lambda array: array // 1,
]


@pytest.mark.parametrize("reference", [gd, momentum, rmsprop])
@pytest.mark.parametrize("cut", CUTS)
def test_a_new_w_that_is_cut_to_whole_numbers_is_told_so(cut, reference):
    def my_rule(w, g, m, **hyper):
        w, m = reference(w, g, m, **hyper)
        return cut(w), m

    assert judged(my_rule, reference).message.startswith("Your new w holds whole numbers only.")


@pytest.mark.parametrize("reference", [gd, momentum, rmsprop])
@pytest.mark.parametrize("cut", CUTS)
def test_a_step_that_is_cut_to_whole_numbers_is_told_so(cut, reference):
    def my_rule(w, g, m, **hyper):
        new, m = reference(w, g, m, **hyper)
        return w - cut(w - new), m

    message = judged(my_rule, reference).message
    assert message.startswith(("Your steps are whole numbers only.", "Nothing moves"))


@pytest.mark.parametrize(
    "put", [lambda m: m, lambda m: {"m": m}, lambda m: (m,), np.ndarray.tolist]
)
@pytest.mark.parametrize("cut", CUTS)
def test_a_memory_that_is_cut_to_whole_numbers_is_told_so(cut, put):
    def got(m):
        m = m.get("m", 0.0) if isinstance(m, dict) else m[0] if isinstance(m, tuple) else m
        return np.array(m)

    def my_momentum(w, g, v, *, lr, rho):
        v = cut(rho * got(v) + g)
        return w - lr * v, put(v)

    def my_rmsprop(w, g, s, *, lr, rho):
        s = cut(rho * got(s) + (1 - rho) * g**2)
        return w - lr * g / np.sqrt(s + 1e-8), put(s)

    for rule, reference in ((my_momentum, momentum), (my_rmsprop, rmsprop)):
        assert judged(rule, reference).message.startswith("Your memory holds whole numbers only.")


def test_an_array_of_integers_that_is_filled_cuts_what_comes_in():
    def my_gd(w, g, memory, *, lr):
        new = np.array([[0, 0], [0, 0]])
        for k in range(2):
            new[k] = w[k] - lr * g[k]
        return new, memory

    assert "whole numbers only. Is there an array of integers" in judged(my_gd, gd).message


def test_a_rule_rounded_to_few_decimals_does_not_pass():
    for decimals in (1, 2, 3):
        my_gd = returned(lambda w, m, decimals=decimals: (np.round(w, decimals), m))(gd)
        assert not judged(my_gd, gd).passed


@pytest.mark.parametrize(
    "wrong",
    [
        lambda w, g, m, *, lr: (w - 2 * lr * g, g),  # a memory of whole numbers, and no cut
        lambda w, g, m, *, lr: (w - np.sign(g), m),
        lambda w, g, m, *, lr: (w - g, np.arange(4).reshape(2, 2)),
        lambda w, g, m, *, lr: (w * 1e200, m),
    ],
)
def test_no_other_mistake_is_called_a_cut(wrong):
    assert "whole" not in judged(wrong, gd).message


# --- the length of the gradient ------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        lambda w, g, m, *, lr: (w - lr * g / np.linalg.norm(g), m),
        lambda w, g, m, *, lr: (w - lr * g / np.sqrt((g**2).sum()), m),
        lambda w, g, m, *, lr: (w - lr / np.linalg.norm(g) * g, m),
        lambda w, g, m, *, lr: (w - lr * g / np.hypot(*g), m),
        lambda w, g, m, *, lr: (w - lr * g / np.sqrt((g * g).sum(axis=0)), m),
        lambda w, g, m, *, lr: (w - lr * g / (np.linalg.norm(g) + 1e-8), m),
    ],
)
def test_a_gradient_made_as_long_as_1_is_told_so(wrong):
    message = judged(wrong, gd).message
    assert "gradient is divided by its length, which leaves its direction alone" in message


@pytest.mark.parametrize("reference", [momentum, rmsprop])
def test_a_rule_that_remembers_is_told_so_as_well(reference):
    def of_direction(w, g, m, *, lr, rho):
        return reference(w, g / np.linalg.norm(g), m, lr=lr, rho=rho)

    def by_length(w, g, m, *, lr, rho):
        return reference(w, g, m, lr=lr / np.linalg.norm(g), rho=rho)

    assert judged(of_direction, reference).message.startswith("The gradient is divided by its len")
    assert judged(by_length, reference).message.startswith("lr is divided by the gradient's length")


# --- what goes to the wrong place ----------------------------------------------------------------


@pytest.mark.parametrize(("reference", "letter"), [(momentum, "v"), (rmsprop, "s")])
def test_the_new_w_in_the_memory_is_told_so(reference, letter):
    def my_rule(w, g, m, **hyper):
        w, m = reference(w, g, m, **hyper)
        return w, w

    said = f"The new w went into the memory as well; return {letter} there."
    assert judged(my_rule, reference).message.startswith(said)


@pytest.mark.parametrize(("reference", "letter"), [(momentum, "v"), (rmsprop, "s")])
def test_one_memory_that_goes_from_coordinate_to_coordinate_is_told_so(reference, letter):
    def my_rule(w, g, m, **hyper):
        new = np.zeros_like(w)
        for k in range(len(w)):
            new[k], m = reference(w[k], g[k], m, **hyper)
        return new, m

    said = f"One {letter} goes from coordinate to coordinate; each has its own."
    assert judged(my_rule, reference).message.startswith(said)


def test_coordinates_that_change_in_place_one_after_the_other_are_told_so():
    def my_gd(w, g, memory, *, lr):
        w[0] = w[0] - lr * g[0]
        w[1] = w[1] - lr * g[1]
        return w, memory

    assert "in place" in judged(my_gd, gd).message


# --- what Python says ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (rms(lambda s, g, rho: rho * s + (1 - rho) * g ^ 2), "A power is written ** in Python."),
        (rms(lambda s, g, rho: rho * s + g ^ 2 * (1 - rho)), "A power is written ** in Python."),
        (rms(averaged, lambda s, g, lr: lr * g / s ^ 0.5), "A power is written ** in Python."),
        (rms(averaged, lambda s, g, lr: lr * g / math.sqrt(s)), "numpy's, such as np.sqrt, take"),
        (rms(averaged, lambda s, g, lr: lr * g / float(s)), "numpy's, such as np.sqrt, take"),
        (rms(lambda s, g, rho: rho * s + math.pow(g, 2)), "numpy's, such as np.sqrt, take"),
    ],
)
def test_a_power_and_a_root_that_python_does_not_take_are_explained(wrong, named):
    verdict = judged(wrong, rmsprop)
    assert not verdict.passed and verdict.message.startswith("Your rule raised TypeError: ")
    assert verdict.message.endswith(named) or f"{named} arrays." in verdict.message


# --- other styles --------------------------------------------------------------------------------


class Called:
    """A rule as an object that is called."""

    def __init__(self, rule):
        self.rule = rule

    def __call__(self, w, g, memory, **hyper):
        return self.rule(w, g, memory, **hyper)

    def step(self, w, g, memory, **hyper):
        return self.rule(w, g, memory, **hyper)


def as_dict(rule):
    def my_rule(w, g, memory, **hyper):
        memory = memory or {"m": 0.0, "steps": 0}
        w, m = rule(w, g, memory["m"], **hyper)
        return w, {"m": m, "steps": memory["steps"] + 1}

    return my_rule


def as_lists(rule):
    """By hand, coordinate by coordinate, with lists all over."""

    def my_rule(w, g, memory, **hyper):
        memory = memory or [[0.0, 0.0], [0.0, 0.0]]
        pairs = [
            [rule(w[k][j], g[k][j], memory[k][j], **hyper) for j in range(2)] for k in range(2)
        ]
        return [[w for w, _ in row] for row in pairs], [[m for _, m in row] for row in pairs]

    return my_rule


def returned(change):
    """A style that differs in what it makes of the w and the memory that it returns."""
    return lambda rule: lambda *args, **hyper: change(*rule(*args, **hyper))


def in_float32(rule):
    def my_rule(w, g, memory, **hyper):
        hyper = {name: np.float32(value) for name, value in hyper.items()}
        memory = np.asarray(memory, dtype=np.float32)
        return rule(w.astype(np.float32), g.astype(np.float32), memory, **hyper)

    return my_rule


STYLES = {
    "a class": Called,
    "a method": lambda rule: Called(rule).step,
    "a partial": lambda rule: partial(rule),
    "a dict": as_dict,
    "lists": as_lists,
    "a list of w and memory": returned(lambda w, m: [w, m]),
    "a list of rows": returned(lambda w, m: ([*w], m)),
    "a tuple of rows": returned(lambda w, m: (tuple(w), m)),
    "a list of numbers": returned(lambda w, m: (w.tolist(), m)),
    "float32": in_float32,
    "w in float32": returned(lambda w, m: (w.astype(np.float32), m)),
    "the memory in float32": returned(lambda w, m: (w, np.asarray(m, dtype=np.float32))),
    "lists of float32": lambda rule: returned(lambda w, m: (w.tolist(), m))(in_float32(rule)),
    "float32 cast back": lambda rule: returned(lambda w, m: (w.astype(float), m))(in_float32(rule)),
    "a dict in float32": lambda rule: as_dict(in_float32(rule)),
    "longdouble": returned(lambda w, m: (w.astype(np.longdouble), m)),
}


@pytest.mark.parametrize("reference", [gd, momentum, rmsprop])
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_right_rule_is_right_in_any_style(style, reference):
    verdict = judged(style(reference), reference)
    assert verdict.message == f"The same as gdlib's {reference.__name__}, over three steps."
    assert verdict.passed


@pytest.mark.parametrize(
    ("rule", "reference"),
    [
        (lambda w, g, m, *, lr: (w - lr * g, m), gd),
        (lambda w, g, v, *, lr, rho: (w - lr * (rho * v + g), rho * v + g), momentum),
        (lambda w, g, v, *, lr, rho: (w - lr * (v := rho * v + g), v), momentum),
        (
            lambda w, g, s, *, lr, rho: (
                (w - lr * g / (averaged(s, g, rho) + 1e-8) ** 0.5,) + (averaged(s, g, rho),)
            ),
            rmsprop,
        ),
    ],
)
def test_a_rule_fused_into_one_line_is_right(rule, reference):
    assert judged(rule, reference).passed


@pytest.mark.parametrize("reference", [gd, momentum, rmsprop])
def test_a_rule_that_writes_into_the_same_array_at_every_step_is_right(reference):
    new = np.empty((2, 2))

    def my_rule(w, g, m, **hyper):
        new[:], m = reference(w, g, m, **hyper)
        return new, m

    assert judged(my_rule, reference).passed


@pytest.mark.parametrize("style", ["float32", "w in float32", "lists of float32"])
@pytest.mark.parametrize("eps", [0, 1e-10, 1e-9, 0.99e-8, 1.01e-8, 1e-7, 1e-6])
def test_a_wrong_eps_is_found_in_float32_as_well(style, eps):
    verdict = judged(STYLES[style](partial(rmsprop, eps=eps)), rmsprop)
    assert not verdict.passed and "expected" in verdict.message


def test_a_mistake_is_named_in_float32_as_well():
    for reference in (gd, momentum, rmsprop):
        for said, wrong in known(reference).items():
            assert judged(in_float32(wrong), reference).message.startswith(f"{said} From ")
    assert "as long as lr is constant" in judged(in_float32(in_keras), momentum).message


# --- expected, and yours -------------------------------------------------------------------------


@pytest.mark.parametrize("reference", [gd, momentum, rmsprop])
@pytest.mark.parametrize("style", ["float32", "a class"])
def test_expected_and_yours_never_show_the_same_digits(style, reference):
    shown = 0
    for digits in np.arange(1, 17):
        for off in (1 + 10.0**-digits, 1 - 10.0**-digits):

            def my_rule(w, g, m, *, lr, off=off, **more):
                return reference(w, g, m, lr=off * lr, **more)

            verdict = judged(STYLES[style](my_rule), reference)
            if not verdict.passed:
                expected, yours = verdict.message.split("expected ")[1].split("; yours gives ")
                assert expected != yours.rstrip(".") and float(expected) != float(yours.rstrip("."))
                shown += 1
    assert shown >= 8
