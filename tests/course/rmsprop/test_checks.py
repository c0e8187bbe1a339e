"""The checks of notebook 06: solutions pass, and each typical mistake is named."""

import re
from fractions import Fraction

import numpy as np
import pytest
from pages import chance_has_no_part

from course.rmsprop import checks, solutions
from gdlib import check, landscapes
from gdlib.optimizers import descend

NO_NUMBERS = ["2", None, True, np.nan, np.inf, -np.inf, [2], 2j, print, np.ones(3), 10**400, -1]


def refused(verdict, *named):
    """Whether the verdict is a refusal that says all of this, in one line."""
    said = verdict.message
    return not verdict.passed and "\n" not in said and all(words in said for words in named)


def test_the_learners_rule_passes_and_what_stands_on_the_page_does_not():
    assert checks.rule(solutions.my_rmsprop).passed
    assert refused(checks.rule(lambda w, g, s, *, lr, rho: (w - lr * g, s)), "gradient descent")


def with_root(kept, shown):
    """RMSProp with a root in what is kept, and in the step, or not."""

    def my_rmsprop(w, g, s, *, lr, rho, eps=1e-8):
        s = kept(rho * s + (1 - rho) * g**2 + eps)
        return w - lr * g / shown(s), s

    return my_rmsprop


def test_a_root_in_the_wrong_place_is_named():
    assert refused(checks.rule(with_root(np.sqrt, np.abs)), "The root went into s.")
    assert refused(checks.rule(with_root(np.abs, lambda s: s**0.25)), "The root is taken twice.")


def test_a_root_in_s_that_is_squared_again_passes():
    def my_rmsprop(w, g, root, *, lr, rho, eps=1e-8):
        root = np.sqrt(rho * root**2 + (1 - rho) * g**2)
        return [w - lr * g / np.sqrt(root**2 + eps), root]

    assert checks.rule(my_rmsprop).passed


def test_x6_5_what_is_the_same_is_said_to_be_and_not_1e_16_apart():
    said = checks.scaled(solutions.SCALED_GD, 1e-5).message
    assert "the paths of gradient descent are the same, those of RMSProp 3 apart;" in said


# --- 1: the first step ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rho", [solutions.FIRST_STEP_RHO, 0.96, np.array([0.96]), Fraction(24, 25)]
)
def test_x6_1_the_solution_passes_at_every_gradient(rho):
    verdict = checks.first_step(rho)
    assert verdict.passed and "5.00, 5.00 and 5.00 times lr" in verdict.message


def test_x6_1_of_all_with_three_decimals_only_one_passes():
    passed = [rho for rho in np.arange(1000) / 1000 if checks.first_step(rho).passed]
    assert passed == [solutions.FIRST_STEP_RHO]


@pytest.mark.parametrize(
    ("rho", "named"),
    [
        (0.9, "3.16, 3.16 and 3.16 times lr; expected 5. Too short: let less of the first g²"),
        (0.959, "4.94 times lr; expected 5. Too short"),
        (0.961, "5.06 times lr; expected 5. Too long: let more of the first g²"),
        (0.99, "10.00 times lr; expected 5. Too long"),
        (0.04, "1.02 times lr; expected 5. That is 1 − ρ"),
        (0.8, "2.24 times lr; expected 5. Without the root it would be"),
        (0.2, "Too short"),
        (0, "1.00, 1.00 and 1.00 times lr; expected 5. Too short"),
        (1e-300, "1.00, 1.00 and 1.00 times lr"),
        (1 - 1e-16, "Too long"),
    ],
)
def test_x6_1_a_mistake_is_named(rho, named):
    assert refused(checks.first_step(rho), named)


@pytest.mark.parametrize("bad", [*NO_NUMBERS, 1, 25], ids=lambda bad: repr(bad)[:9])
def test_x6_1_what_is_no_rho_is_refused_in_words(bad):
    assert refused(checks.first_step(bad), "ρ is a number from 0 to ", "; got ")


# --- 2, 3: the wobble at the end -----------------------------------------------------------------


@pytest.mark.parametrize("lr", [solutions.WOBBLE_LR, 0.0007, 0.001, 0.0019, np.float32(0.001)])
def test_x6_2_the_solution_passes_and_all_between_too_small_and_too_large(lr):
    assert checks.wobble(lr).passed


def test_x6_2_what_is_measured_is_half_the_learning_rate():
    for lr in (0.01, 0.1, 5):
        assert f"swings by {lr / 2:.3g} to either side" in checks.wobble(lr).message


@pytest.mark.parametrize(
    ("lr", "named"),
    [
        (0.0021, "swings by 0.00105 to either side; expected less than 0.001. Too large"),
        (0.01, "swings by 0.005 to either side; expected less than 0.001. Too large"),
        (5, "Too large: what becomes of the wobble at half this lr?"),
        (1e200, "less than 0.001; the run leaves the finite numbers: far too large"),
        (0.0004, "Too small: a step of RMSProp is about lr long."),
        (1e-5, "the ball is at 0.98 and does not swing evenly yet; expected a wobble of less"),
        (1e-300, "the ball is at 1 and does not swing evenly yet"),
    ],
)
def test_x6_2_a_mistake_is_named(lr, named):
    assert refused(checks.wobble(lr), named)


def test_x6_2_what_has_just_arrived_and_does_not_swing_yet_is_no_wobble_of_0():
    for lr in (0.00052, 0.00054, 0.0006):
        assert refused(checks.wobble(lr), "does not swing evenly yet", "Too small")


@pytest.mark.parametrize("eps", [solutions.EPS_THAT_STOPS, 0.0024, 0.00255, np.array([0.0025])])
def test_x6_3_the_solution_passes_and_what_is_near(eps):
    assert checks.eps_that_stops(eps).passed


def test_x6_3_what_is_measured_is_the_closed_form():
    for eps in (1e-4, 1e-3, 0.002, 0.0023):
        below, above = checks._around(eps, 2.0, 0.05)[0]
        assert below == pytest.approx(np.sqrt(0.05**2 / 4 - 0.95 * eps / 4), rel=1e-9)
        assert above == pytest.approx(np.sqrt(0.05**2 / 4 - 1.05 * eps / 4), rel=1e-9)


@pytest.mark.parametrize(
    ("eps", "named"),
    [
        (1e-8, "At 1.05 ε the ball still swings by 0.025 to either side; expected it to stop"),
        (0.0023, "swings by 0.0046 to either side; expected it to stop there. Too small."),
        (5e-324, "Too small."),
        (0.05**2 / 4, "Yours would do for curvature 1; here the gradient is larger."),
        (0.0027, "At 0.95 ε the ball does not swing either; expected it to. Too large."),
        (0.05, "Too large. It would be right outside the root, in g/(√s + ε)"),
        (0.01, "Too large. A swing leads from one side to the other: that is twice"),
        (1e6, "At 0.95 ε the ball does not swing either; expected it to. Too large."),
        (1e90, "Too large."),
    ],
)
def test_x6_3_a_mistake_is_named(eps, named):
    assert refused(checks.eps_that_stops(eps), named)


def test_x6_3_what_stops_it_outside_the_root_is_the_root_of_what_stops_it_inside():
    def outside(w, g, s, *, lr, rho, eps):
        s = rho * s + (1 - rho) * g**2
        return w - lr * g / (np.sqrt(s) + eps), s

    eps, grad = np.sqrt(solutions.EPS_THAT_STOPS), landscapes.parabola(2).grad
    more = {"lr": 0.05, "rho": 0.9, "eps": eps * np.array([0.95, 1.05])}
    swings, stops = np.abs(descend(outside, grad, [1], 3000, **more)[0, -100:]).max(axis=0)
    assert swings > 1e-3 and stops < 1e-9


@pytest.mark.parametrize("bad", [*NO_NUMBERS, 0, 1e300], ids=lambda bad: repr(bad)[:9])
def test_x6_3_what_is_no_eps_is_refused_in_words(bad):
    assert refused(checks.eps_that_stops(bad), "ε is a number above 0", "; got ")


# --- 4: a ravine that is turned ------------------------------------------------------------------


def test_x6_4_only_one_angle_is_the_smallest():
    steps = np.array([checks.steps_in_ravine(1000, angle) for angle in range(46)])
    too_long = steps > 500
    assert (steps > 0).all() and too_long.argmax() == solutions.SMALLEST_ANGLE
    assert too_long[solutions.SMALLEST_ANGLE :].all()


@pytest.mark.parametrize("degrees", [solutions.SMALLEST_ANGLE, 8.0, np.int64(8)])
def test_x6_4_the_solution_passes(degrees):
    assert checks.smallest_angle(degrees).passed


@pytest.mark.parametrize(
    ("degrees", "named"),
    [
        (1, "At 1° the run takes 305 steps; expected more than 500. Turn it further."),
        (7, "At 7° the run takes 485 steps; expected more than 500. Turn it further."),
        (9, "At 9° the run takes 560 steps, at 8° 520, also more than 500: a smaller angle will"),
        (45, "also more than 500: a smaller angle will do."),
    ],
)
def test_x6_4_a_mistake_is_named(degrees, named):
    assert refused(checks.smallest_angle(degrees), named)


@pytest.mark.parametrize("bad", [*NO_NUMBERS, 0, 7.5, 46], ids=lambda bad: repr(bad)[:9])
def test_x6_4_what_is_no_whole_angle_is_refused_in_words(bad):
    assert refused(checks.smallest_angle(bad), "A whole number of degrees, please", "; got ")


# --- 5: the loss times 1000 ----------------------------------------------------------------------


def test_x6_5_the_solution_passes():
    assert checks.scaled(solutions.SCALED_GD, solutions.SCALED_RMSPROP).passed
    assert checks.scaled(1.0001 * solutions.SCALED_GD, 1.0001 * solutions.SCALED_RMSPROP).passed


@pytest.mark.parametrize(
    ("for_gd", "for_rmsprop", "named"),
    [
        (1e-5, 1e-5, ("RMSProp's first step has become 0.001 times as long.", "larger is √s?")),
        (0.01, 0.01, ("descent's first step has become 1000 times as long.", "larger is lr·g?")),
        (0.01, 1e-5, ("They are swapped",)),
        (10, 10, ("1e6 times as long. RMSProp's first step has become 1000 times as long.",)),
        (1e-5, 0.01 / np.sqrt(1000), ("become 0.03162 times as long.", "larger is √s?")),
        (1e-5, 0.01 * 1000, ("RMSProp's first step has become 1000 times",)),
        (1.01e-5, 0.01, ("descent's first step has become 1.01 times", "larger is lr·g?")),
        (0.99e-5, 0.01, ("descent's first step has become 0.99 times",)),
        (1e-5, 0.0101, ("RMSProp's first step has become 1.01 times",)),
        (1e-5, 0.0099, ("RMSProp's first step has become 0.99 times",)),
        (1e300, 1e300, ("gradient descent are far apart, those of RMSProp far apart",)),
        (1e308, 1e308, ("gradient descent are far apart, those of RMSProp far apart",)),
        (1e-300, 1e-300, ("gradient descent are 3.6 apart, those of RMSProp 3 apart",)),
    ],
)
def test_x6_5_a_mistake_is_named(for_gd, for_rmsprop, named):
    assert refused(checks.scaled(for_gd, for_rmsprop), "expected less than 0.001", *named)


def test_x6_5_each_rule_is_told_apart_from_the_other():
    said = checks.scaled(1e-5, 1e-5).message
    assert "Gradient descent's first step" not in said and "lr·g" not in said
    assert "RMSProp's first step" not in checks.scaled(0.01, 0.01).message


@pytest.mark.parametrize("bad", [*NO_NUMBERS, 0], ids=lambda bad: repr(bad)[:9])
def test_what_is_no_learning_rate_is_refused_in_words(bad):
    for each in (checks.wobble, lambda b: checks.scaled(b, 0.1), lambda b: checks.scaled(0.1, b)):
        assert refused(each(bad), "A learning rate is a number above 0; got ")


# --- 6: the rule of Adam -------------------------------------------------------------------------

LINES = {
    "name": "def my_adam(w, g, memory, *, lr, rho_m, rho, eps=1e-8):",
    "unpack": "m, s, t = memory or (0.0, 0.0, 0)",
    "count": "t = t + 1",
    "m": "m = rho_m * m + (1 - rho_m) * g",
    "s": "s = rho * s + (1 - rho) * g**2",
    "M": "M = m / (1 - rho_m**t)",
    "S": "S = s / (1 - rho**t)",
    "w": "w = w - lr * M / np.sqrt(S + eps)",
    "back": "return w, (m, s, t)",
}


def written(**lines):
    """The learner's rule, with these lines in the place of the right ones."""
    name, *rest = (LINES | lines).values()
    scope = {"np": np}
    exec("\n    ".join([name, *rest]), scope)
    return scope["my_adam"]


GRADIENTS = np.array([4, -8, 6, 1, -3])[:, None, None] * [[1, -0.25], [0.5, -1.5]]


def mean(values, rho):
    """The weighted mean of the values, oldest first; the newest weighs 1, those before it ρ, ρ²."""
    return np.average(values, axis=0, weights=rho ** np.arange(len(values))[::-1])


def of_weighted_means(lr, rho_m, rho):
    """The points of Adam along GRADIENTS, without recursion or correction: `(5, 2, 2)`."""
    pasts = [GRADIENTS[: t + 1] for t in range(5)]
    steps = [mean(past, rho_m) / np.sqrt(mean(past**2, rho)) for past in pasts]
    return check.W - lr * np.cumsum(steps, axis=0)


def by_the_paper(g, steps, *, alpha, beta1, beta2, eps):
    """Algorithm 1 of Kingma and Ba (2015), for one parameter from 0 and the gradients g(θ)."""
    theta, m, v, t, path = 0.0, 0.0, 0.0, 0, [0.0]
    while t < steps:
        t += 1
        gradient = g(theta)
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient * gradient
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta -= alpha * m_hat / (v_hat**0.5 + eps)
        path.append(theta)
    return path


def test_the_learners_adam_passes_and_each_place_of_eps_is_told():
    assert "inside the root, as in this course" in checks.adam(solutions.my_adam).message
    for place, w in {
        "inside the root, as in this course": LINES["w"],
        "outside the root, as in the paper": "w = w - lr * M / (np.sqrt(S) + eps)",
        "before the correction, as in Keras": (
            "w = w - lr * np.sqrt(1 - rho**t) * M / (np.sqrt(s) + eps)"
        ),
    }.items():
        verdict = checks.adam(written(w=w))
        assert verdict.passed and place in verdict.message


def test_adam_is_the_one_of_the_paper():
    course = descend(
        solutions.my_adam, lambda w: 4 * (w - 1), [0.0], 300, lr=0.1, rho_m=0.9, rho=0.99
    )
    paper = by_the_paper(lambda x: 4 * (x - 1), 300, alpha=0.1, beta1=0.9, beta2=0.99, eps=1e-8)
    np.testing.assert_allclose(course[0], paper, rtol=0, atol=1e-6)
    expected = of_weighted_means(lr=0.1, rho_m=0.8, rho=0.95)[:, 0, 0]
    slopes = iter(GRADIENTS[:, 0, 0])
    paper = by_the_paper(lambda _: next(slopes), 5, alpha=0.1, beta1=0.8, beta2=0.95, eps=0)
    np.testing.assert_allclose(check.W[0, 0] + np.array(paper[1:]), expected, rtol=1e-12)


@pytest.mark.parametrize("settings", checks.SETTINGS)
def test_expected_is_what_weighted_means_make_of_all_gradients(settings):
    came = check.walked(checks.ADAM, [settings | {"eps": 0.0}] * 5, checks.SCALES)
    np.testing.assert_allclose(came, of_weighted_means(**settings), rtol=1e-12)


@pytest.mark.parametrize(
    "lines",
    [
        {"unpack": "m, s, t = (0, 0, 0) if np.isscalar(memory) else memory"},
        {"back": "return w, [m, s, t]"},
        {"count": "t += 1", "m": "m = m + (1 - rho_m) * (g - m)"},
        {
            "unpack": "memory = memory or {'m': 0, 's': 0, 't': 0}; m, s, t = memory.values()",
            "back": "return w, {'m': m, 's': s, 't': t}",
        },
        {"w": "w = w - lr * np.sqrt(1 - rho**t) / (1 - rho_m**t) * m / (np.sqrt(s) + eps)"},
        {"back": "return [w, [m, s, t]]"},
        {"back": "return w.tolist(), (m, s, t)"},
        {"back": "return w.astype(np.float32), (m, s, t)"},
        {"m": "m = np.float32(rho_m * m + (1 - rho_m) * g)"},
        {
            "unpack": "w, g = w.astype(np.float32), g.astype(np.float32)\n"
            "    m, s, t = memory or (np.float32(0), np.float32(0), 0)\n"
            "    lr, rho_m, rho, eps = map(np.float32, (lr, rho_m, rho, eps))"
        },
        {
            "unpack": "m, s, t = memory or (0, 0, 1)",
            "count": "pass",
            "back": "return w, (m, s, t + 1)",
        },
    ],
)
def test_other_ways_to_write_adam_pass(lines):
    assert checks.adam(written(**lines)).passed


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ({"M": "M = m", "S": "S = s"}, "No bias correction"),
        ({"S": "S = s"}, "Only m is corrected"),
        ({"M": "M = m"}, "Only s is corrected"),
        (
            {
                "m": "m = rho * m + (1 - rho) * g",
                "s": "s = rho_m * s + (1 - rho_m) * g**2",
                "M": "M = m / (1 - rho**t)",
                "S": "S = s / (1 - rho_m**t)",
            },
            "rho_m and rho are swapped: rho_m is the memory of m",
        ),
        ({"M": "M = m / (1 - rho**t)", "S": "S = s / (1 - rho_m**t)"}, "in the corrections"),
        ({"M": "M = m / (1 - rho**t)"}, "Both corrections have rho; that of m has rho_m."),
        ({"S": "S = s / (1 - rho_m**t)"}, "Both corrections have rho_m; that of s has rho."),
        ({"M": "M = m * (1 - rho_m**t)"}, "Divide m by its correction"),
        ({"S": "S = s * (1 - rho**t)"}, "Divide s by its correction"),
        ({"M": "M = m * (1 - rho_m**t)", "S": "S = s * (1 - rho**t)"}, "Divide by the correc"),
        (
            {"unpack": "m, s, t = memory or (0.0, 0.0, 1)"},
            "In the corrections t is one too large: it is 1 at the first step.",
        ),
        (
            {"M": "M = m / (1 - rho_m**(t + 1))", "S": "S = s / (1 - rho**(t + 1))"},
            "In the corrections t is one too large",
        ),
        (
            {"count": "t = max(t, 1)", "back": "return w, (m, s, t if not memory else t + 1)"},
            "In the corrections t is one late: it is 2 at the second step.",
        ),
        ({"m": "g = g / np.linalg.norm(g); m = rho_m * m + (1 - rho_m) * g"}, "its length"),
        ({"back": "return w.astype(int), (m, s, t)"}, "Your new w holds whole numbers only."),
        ({"m": "m = (rho_m * m + (1 - rho_m) * g) // 1"}, "Your memory holds whole numbers only."),
        ({"s": "s = np.round(rho * s + (1 - rho) * g**2)"}, "Your memory holds whole numbers on"),
        (
            {"m": "m = rho * m + (1 - rho) * g", "M": "M = m / (1 - rho**t)"},
            "Both averages have rho; that of m is rho_m",
        ),
        (
            {"s": "s = rho_m * s + (1 - rho_m) * g**2", "S": "S = s / (1 - rho_m**t)"},
            "Both averages have rho_m; that of s is rho",
        ),
        ({"w": "w = w - lr * M / (S + eps)"}, "The root is missing"),
        ({"w": "w = w - lr * M"}, "s is not in the step"),
        ({"w": "w = w + lr * M / np.sqrt(S + eps)"}, "The sign is wrong"),
        ({"w": "w = w - M / np.sqrt(S + eps)"}, "The learning rate is missing"),
        ({"w": "w = lr * M / np.sqrt(S + eps)"}, "This is the step; the new point is w minus it"),
        ({"w": "w = -lr * M / np.sqrt(S + eps)"}, "This is minus the step; add it to w"),
        ({"w": "v = w - lr * M / np.sqrt(S + eps)"}, "Nothing moves"),
        ({"w": "w = w - lr * g / np.sqrt(S + eps)"}, "made with the last gradient"),
        ({"S": "S = s", "w": "w = w - lr * g / np.sqrt(S + eps)"}, "This is RMSProp"),
        ({"m": "m = rho_m * m + g"}, "m is a leaky sum here"),
        ({"s": "s = rho * s + g**2"}, "s is a leaky sum here"),
        ({"back": "return w, (M, S, t)"}, "The corrected averages went into the memory"),
        ({"back": "return w, memory"}, "Every step is a first step"),
        ({"back": "return w, (m, s, 0)"}, "Each correction is that of the first step"),
        ({"count": "pass", "back": "return w, (m, s, t + 1)"}, "is t 1 at the first step?"),
        ({"s": "s = rho * s - (1 - rho) * g**2"}, "a root of something negative"),
        ({"m": "m = 0.8 * m + 0.2 * g", "M": "M = m / (1 - 0.8**t)"}, "rho_m changes nothing"),
        ({"s": "s = 0.999 * s + 0.001 * g**2", "S": "S = s / (1 - 0.999**t)"}, "rho changes noth"),
        ({"w": "w = w - 0.1 * M / np.sqrt(S + eps)"}, "lr changes nothing"),
        ({"w": "w = w - lr * M / np.sqrt(S)"}, "eps changes nothing. Where all gradients are 0"),
        ({"w": "w = w - lr * M / np.sqrt(S + 1e-8)"}, "eps changes nothing. Where all gradients"),
        ({"w": "w = w - lr * M / np.sqrt(S + 1e-3)"}, "eps changes nothing: is a number typed in"),
        ({"w": "w = w - lr * M / np.sqrt(S + eps) * 1.00002"}, "0.9; yours gives 0.899998."),
        ({"w": "w = w - lr * M / np.sqrt(S - eps)"}, "With ε = 1e-12 all is right, with ε = 0.1"),
        ({"w": "w = w - lr * M / np.sqrt(S + eps) / 2"}, "gradient 4, expected 0.9; yours gives"),
        ({"w": "w = w * 1e308 * 10"}, "expected 0.9; yours gives inf."),
    ],
)
def test_a_mistake_in_adam_is_named_beside_what_was_expected(lines, named):
    verdict = checks.adam(written(**lines))
    assert refused(verdict, named, "with lr 0.", "rho_m 0.", "expected ", "; yours gives ")
    assert not verdict.message.startswith(" ")


def test_no_two_mistakes_in_adam_look_the_same():
    for said, wrong in checks.ADAM_MISTAKES.items():
        assert checks.adam(wrong).message.startswith(f"{said} From ")


def test_what_is_expected_can_be_tried():
    wrong = written(m="m = rho * m + (1 - rho) * g", M="M = m / (1 - rho**t)")
    said = "From 1, with lr 0.1, rho_m 0.8, rho 0.95 and gradient 4, then -8, expected"
    message = checks.adam(wrong).message
    assert said in message  # the first step is the same
    expected, came = (
        float(number.rstrip(".")) for number in message.split(said)[1].split("; yours gives")
    )
    for rule, number in ((solutions.my_adam, expected), (wrong, came)):
        w, memory = np.array([1.0]), 0.0
        for g in (4.0, -8.0):
            w, memory = rule(w, np.array([g]), memory, lr=0.1, rho_m=0.8, rho=0.95)
        assert w[0] == pytest.approx(number, rel=1e-4)


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ({"w": "w -= lr * M / np.sqrt(S + eps)"}, ("changed its input",)),
        ({"m": "g *= 1 - rho_m; m = rho_m * m + g"}, ("changed its input",)),
        ({"back": "return w"}, ("Return two things", "yours returned a ndarray.")),
        ({"back": "pass"}, ("Return two things", "yours returned a NoneType.")),
        ({"back": "return w, m, s, t"}, ("yours returned 4: put the memory into brackets",)),
        ({"back": "return M.sum(), (m, s, t)"}, ("The new w must hold numbers in the shape of w",)),
        ({"back": "return 'w', (m, s, t)"}, ("in the shape of w; got 'w'.",)),
        ({"back": "return None, None"}, ("in the shape of w; got None.",)),
        ({"back": "return 1j * w, None"}, ("in the shape of w; got ",)),
        ({"M": "M = m / (1 - rho_m^t)"}, ("raised TypeError", "A power is written ** in Python.")),
        (
            {"s": "s = rho * s + (1 - rho) * g^2"},
            ("raised Type", "A power is written ** in Python."),
        ),
        (
            {"name": "def my_adam(w, g, memory, *, lr, rho_m, rho, eps=1e-8):\n    import math"}
            | {"w": "w = w - lr * M / math.sqrt(S + eps)"},
            ("numpy's, such as np.sqrt, take arrays.",),
        ),
        (
            {"back": "return w, (m, s)"},
            ("after one step, raised ValueError", "returned at the step be"),
        ),
        ({"back": "return w, m"}, ("after one step, raised ValueError", "returned at the step be")),
        ({"unpack": "m, s, t = memory"}, ("Your rule raised TypeError", "the memory is 0.0.")),
        ({"unpack": "m, s, t = memory[0], 0, 0"}, ("Your rule raised Type", "the memory is 0.0.")),
        ({"unpack": "m, s = memory or (0, 0)"}, ("Your rule raised UnboundLocalError",)),
        (
            {
                "count": "pass",
                "M": "a = (1 - rho**t)**0.5 / (1 - rho_m**t)",
                "w": "w = w - lr * a * m",
            },
            ("Your rule raised ZeroDivisionError", "Is t 1 at the first step?"),
        ),
        ({"name": "def my_adam(w, g, memory, *, lr, rho):"}, ("Your rule raised TypeError",)),
    ],
)
def test_what_is_no_adam_is_refused_in_words(lines, named):
    assert refused(checks.adam(written(**lines)), *named)


@pytest.mark.parametrize("bad", ["rule", None, True, np.nan, 2, [2], (1, 2), np.ones(3)])
def test_what_is_no_rule_is_refused_in_words(bad):
    assert refused(checks.adam(bad), "Your rule is handed over by its name alone")


def test_an_adam_that_remembers_outside_its_memory_is_told_so():
    kept = [(0.0, 0.0, 0)]

    def my_adam(w, g, memory, **hyper):
        w, kept[0] = solutions.my_adam(w, g, kept[0] if kept[0][2] else 0.0, **hyper)
        return w, kept[0]

    assert refused(checks.adam(my_adam), "Started a second time it takes other steps")


@pytest.mark.parametrize(
    "kept",
    [
        "def my_adam(w, g, memory, *, lr, rho_m, rho, eps=1e-8, kept=[0.0, 0.0, 0]):",
        "kept = [0.0, 0.0, 0]\ndef my_adam(w, g, memory, *, lr, rho_m, rho, eps=1e-8):",
    ],
)
@pytest.mark.parametrize("back", ["return w, (m, s, t)", "return w, 0.0", "return w, None"])
def test_an_adam_that_remembers_in_a_global_or_a_default_is_told_so_every_time(kept, back):
    lines = LINES | {
        "name": kept,
        "unpack": "m, s, t = kept",
        "back": f"kept[:] = m, s, t\n    {back}",
    }
    my_adam = written(**lines)
    for _ in range(3):
        assert refused(checks.adam(my_adam), "Started a second time", "outside its memory")


def test_an_adam_with_one_memory_for_all_coordinates_is_told_so():
    def my_adam(w, g, memory, **hyper):
        new = np.zeros_like(w)
        for k in range(len(w)):
            new[k], memory = solutions.my_adam(w[k], g[k], memory, **hyper)
        return new, memory

    assert refused(checks.adam(my_adam), "One memory goes from coordinate to coordinate")


# --- all of them ---------------------------------------------------------------------------------


def test_chance_elsewhere_changes_no_verdict_and_no_verdict_changes_chance():
    def verdicts():
        yield checks.first_step(solutions.FIRST_STEP_RHO)
        yield checks.wobble(solutions.WOBBLE_LR)
        yield checks.eps_that_stops(solutions.EPS_THAT_STOPS)
        yield checks.smallest_angle(solutions.SMALLEST_ANGLE)
        yield checks.scaled(solutions.SCALED_GD, solutions.SCALED_RMSPROP)
        yield checks.adam(solutions.my_adam)

    chance_has_no_part(verdicts)


@pytest.mark.parametrize("lr", [0.002, 0.00200000001, 0.0020001, 0.00200001, 0.0019999999])
def test_x6_2_the_wobble_never_reads_as_the_limit(lr):
    verdict = checks.wobble(lr)
    size, limit = re.search(r"swings by (.*) to .* less than ([\d.]*\d)", verdict.message).groups()
    assert verdict.passed == (float(size) < float(limit)) and float(size) != float(limit)


@pytest.mark.parametrize("off", [1e-1, 1e-2, 1e-3, 3e-4, 2.7e-4, 2.6e-4, 2.55e-4, 2.5e-4, 1e-4])
def test_x6_5_how_far_apart_never_reads_as_the_limit(off):
    for rates in ((1e-5 * (1 + off), 0.01), (1e-5, 0.01 * (1 + off))):
        verdict = checks.scaled(*rates)
        if not verdict.passed:
            apart = re.findall(r"are ([\d.e-]+) apart|RMSProp ([\d.e-]+) apart", verdict.message)
            assert max(float(one or other) for one, other in apart) > 0.001
