"""The checks of notebook 02: solutions pass, and each typical mistake is named."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from nonsense import in_words

from course.gradients import checks, solutions
from gdlib import landscapes

BEALE = landscapes.beale()
CATALOGUE = landscapes.catalogue()
NO_NUMBERS = ["2", None, np.nan, np.inf, [2], 2j, print, np.ones(3)]


def refused(verdict, *named):
    """Whether the verdict is a refusal that says all of this."""
    return not verdict.passed and all(words in verdict.message for words in named)


# --- 1: the gradient of a landscape --------------------------------------------------------------


def test_x2_1_the_gradient_of_beale_passes_and_takes_a_mesh_too():
    assert checks.gradient(solutions.my_grad, BEALE).passed
    mesh = np.stack(np.meshgrid(*[np.linspace(-3, 4, 5)] * 2))
    np.testing.assert_allclose(solutions.my_grad(mesh), BEALE.grad(mesh), rtol=1e-12)


@pytest.mark.parametrize("name", CATALOGUE)
def test_x2_1_every_landscapes_own_gradient_passes(name):
    assert checks.gradient(CATALOGUE[name].grad, CATALOGUE[name]).passed


# Each hands the same numbers back in another form.
FORMS = {
    "a list": lambda g: np.asarray(g).tolist(),
    "a tuple": tuple,
    "fractions": lambda g: [Fraction(float(each)) for each in g],
    "float32": np.float32,
    "arrays of none": lambda g: [np.array(each) for each in g],
    "arrays of one": lambda g: tuple(np.array([each]) for each in g),
}


@pytest.mark.parametrize("form", FORMS)
def test_x2_a_gradient_passes_in_any_form(form):
    given = FORMS[form]
    assert checks.gradient(lambda w: given(solutions.my_grad(w)), BEALE).passed
    assert checks.chain_rule(lambda *case: given(solutions.my_gradient(*case))).passed
    assert checks.direction(given(solutions.DIRECTION)).passed
    assert checks.numbers(*given(solutions.NUMBERS)).passed


@pytest.mark.parametrize("name", ["beale", "himmelblau", "rosenbrock"])
def test_x2_1_a_gradient_computed_in_float32_passes(name):
    land = CATALOGUE[name]

    def single(w):
        return np.float32(land.grad.__wrapped__(w.astype(np.float32)))

    assert checks.gradient(single, land).passed
    assert not checks.gradient(lambda w: np.float32(1.001) * single(w), land).passed


@pytest.mark.parametrize(
    ("shaped", "shape"),
    [
        (lambda g: np.array(g)[:, None], (2, 1)),
        (lambda g: np.array(g)[None], (1, 2)),
        (lambda g: [[each] for each in g], (2, 1)),
        (lambda g: g[:1], (1,)),
        (lambda g: [*g, 0], (3,)),
    ],
)
def test_x2_another_shape_is_told_beside_the_one_that_is_wanted(shaped, shape):
    said = f"Its shape is {shape}; wanted is (2,)."
    for verdict in (
        checks.gradient(lambda w: shaped(solutions.my_grad(w)), BEALE),
        checks.chain_rule(lambda *case: shaped(solutions.my_gradient(*case))),
        checks.direction(shaped(solutions.DIRECTION)),
    ):
        assert refused(verdict, said)


PARABOLA = landscapes.Landscape(
    "parabola", lambda w: w[0] ** 2, lambda w: 2 * w, ((-2, 2),), start=[1]
)


@pytest.mark.parametrize(
    "form", [float, Fraction, np.float32, np.array, lambda x: [x], lambda x: np.array([[x]])]
)
def test_x2_1_the_slope_of_one_parameter_needs_no_brackets(form):
    assert checks.gradient(lambda w: form(2 * w.item()), PARABOLA).passed
    verdict = checks.gradient(lambda w: form(-2 * w.item()), PARABOLA)
    assert refused(verdict, "The sign is turned")


CONSTANTS = {
    "0": lambda w: 0 * w[0],
    "7": lambda w: 7 + 0 * w[0],
    "round-off": lambda w: np.sin(3 * w[0]) ** 2 + np.cos(3 * w[0]) ** 2,
    "large round-off": lambda w: 1e9 * (np.sin(w[0]) ** 2 + np.cos(w[0]) ** 2),
}


@pytest.mark.parametrize("constant", CONSTANTS)
@pytest.mark.parametrize("d", [1, 2, 5])
def test_x2_1_the_gradient_of_a_constant_is_0_and_nothing_else(constant, d):
    land = landscapes.Landscape(
        "plain", CONSTANTS[constant], np.zeros_like, ((-1, 1),) * d, start=[0] * d
    )
    assert checks.gradient(lambda w: 0 * w, land).passed
    assert checks.gradient(lambda w: [0] * d, land).passed
    expected = "0" if d == 1 else f"({', '.join('0' * d)})"
    verdict = checks.gradient(lambda w: w + 3, land)
    assert refused(verdict, f"expected {expected}; yours is ") and in_words(verdict)


@pytest.mark.parametrize("high", [1e3, 1e6, 1e9])
def test_x2_1_a_loss_high_up_is_held_as_exactly_as_its_differences_are(high):
    land = landscapes.Landscape(
        "mesa", lambda w: high + (w**2).sum(axis=0), lambda w: 2 * w, ((-2, 2),) * 2, start=[0, 0]
    )
    assert checks.gradient(lambda w: 2 * w, land).passed
    assert not checks.gradient(lambda w: 2 * w + [0, 10], land).passed


def one_wrong(w):
    x, y = w
    return solutions.my_grad(w) + [0, 2 * x * y]


def unit_long(g):
    return np.divide(g, np.hypot(*g))


def in_turn(grad, w, *case, lr=0.01):
    """The new w of one who goes on to the second parameter with the first one changed."""
    for k in range(2):
        w[k] -= lr * grad(w, *case)[k]
    return w


def nearly(w):
    return solutions.my_grad(w) * (1 + 1e-5 * np.sin(w))


@pytest.mark.parametrize(
    ("my_grad", "named"),
    [
        (lambda w: -solutions.my_grad(w), "The sign is turned"),
        (lambda w: solutions.my_grad(w)[::-1], "The components are swapped"),
        (lambda w: solutions.my_grad(w) / 2, "Everywhere yours is 0.5 times the gradient"),
        (lambda w: -3 * solutions.my_grad(w), "Everywhere yours is -3 times the gradient"),
        (one_wrong, "∂f/∂x is right, ∂f/∂y is not: at w = "),
        (lambda w: solutions.my_grad(w) * [-1, 1], "∂f/∂y is right, ∂f/∂x is not: at w = "),
        (lambda w: 0 * w, "yours is (0, 0)."),
        (nearly, "Nearly, to 1e-05"),
        (lambda w: w * np.nan, "yours is (nan, nan). It must be a finite number"),
        (lambda w: solutions.my_grad(w) / (w[0] < 3), "It must be a finite number everywhere"),
        (lambda w: w.__imul__(2), "expected"),
        (lambda w: solutions.my_grad(w) * 1.000002, "Nearly, to 2e-06"),
        (lambda w: unit_long(solutions.my_grad(w)), "Its length is 1: do not divide by it."),
        (lambda w: solutions.my_grad(w).astype(int), "All is cut to whole numbers"),
        (lambda w: solutions.my_grad(w) // 1, "All is cut to whole numbers"),
        (lambda w: w - 0.01 * solutions.my_grad(w), "after a step of 0.01 times the gradient: re"),
        (lambda w: w + 0.1 * solutions.my_grad(w), "after a step of -0.1 times the gradient: re"),
        (lambda w: in_turn(solutions.my_grad, w), "itself, with both parts taken at the same w"),
    ],
)
def test_x2_1_a_mistake_is_named(my_grad, named):
    assert refused(checks.gradient(my_grad, BEALE), named, "expected", "yours is")


def squares(by_x, by_y):
    """A gradient of Beale's, with these in the place of the three terms' own slopes."""

    def my_grad(w):
        x, y = w
        k = np.arange(1, 4)
        twice = 2 * (np.array([1.5, 2.25, 2.625]) - x + x * y**k)
        return [(twice * inner(x, y, k)).sum() for inner in (by_x, by_y)]

    return my_grad


def by_x(x, y, k):
    return y**k - 1


def by_y(x, y, k):
    return k * x * y ** (k - 1)


@pytest.mark.parametrize(
    ("mine", "named"),
    [
        ((lambda x, y, k: (k == 1) * (y - 1), lambda x, y, k: (k == 1) * x), "Only the first"),
        ((lambda x, y, k: 1, lambda x, y, k: 1), "the term's own slope: that one is missing"),
        ((by_x, lambda x, y, k: np.where(k == 1, x, 1)), "the term's own slope: that one is mis"),
        ((lambda x, y, k: y**k, by_y), "is the −1 there, in every square?"),
        ((lambda x, y, k: y**k - (k == 1), by_y), "is the −1 there, in every square?"),
        ((by_x, lambda x, y, k: x), "The slope of xy² along y is 2xy"),
        ((by_x, lambda x, y, k: x * y ** (k - 1)), "The slope of xy² along y is 2xy"),
        ((lambda x, y, k: y**k, lambda x, y, k: x), "in every square? The slope of xy²"),
    ],
)
def test_x2_1_the_usual_slips_on_three_squares_are_named(mine, named):
    assert checks.gradient(squares(by_x, by_y), BEALE).passed
    assert refused(checks.gradient(squares(*mine), BEALE), named)


def test_x2_1_what_is_expected_stands_beside_what_came_at_a_place_that_can_be_tried():
    message = checks.gradient(one_wrong, BEALE).message
    place, numbers = message.split("at w = ")[1].split(" expected ")
    w = np.array(eval(place))
    expected, came = (float(n) for n in numbers.rstrip(".").split("; yours is "))
    assert expected == pytest.approx(BEALE.grad(w)[1], rel=1e-3)
    assert came == pytest.approx(one_wrong(w)[1], rel=1e-3)


@pytest.mark.parametrize("off", [1e-3, 1e-4, 1e-5, 2e-6])
def test_x2_what_is_off_a_little_is_shown_in_digits_that_tell(off):
    for verdict in (
        checks.gradient(lambda w: solutions.my_grad(w) + off * w**2, BEALE),
        checks.chain_rule(lambda *case: np.multiply(solutions.my_gradient(*case), 1 + off)),
        checks.chain_rule(lambda *case: np.multiply(solutions.my_gradient(*case), [1, 1 + off])),
    ):
        said = r"expected (.*); yours is (.*?)\.(?: |$)"
        expected, came = re.search(said, verdict.message).groups()
        assert not verdict.passed and expected != came


@pytest.mark.parametrize(
    ("my_grad", "named"),
    [
        (lambda w: (w[0] ^ 2, w[1]), "A power is written **"),
        (lambda w: w ^ 2, "A power is written **"),
        (lambda w: math.sin(w), "such as np.sqrt, take arrays"),
        (lambda w: math.sqrt(w) * w, "such as np.sqrt, take arrays"),
        (lambda w: None, "got None. Is a `return` missing?"),
        (lambda w: [[1], [1, 2]], "got [[1], [1, 2]]."),
        (None, "by its name alone"),
        (np.ones(2), "by its name alone"),
        (lambda w: 1.0, "A gradient here is 2 numbers, one for each parameter; got 1.0"),
        (lambda w: np.ones(3), "A gradient here is 2 numbers"),
        (lambda w: w[None], "A gradient here is 2 numbers"),
        (lambda w: None, "got None"),
        (lambda w: ("a", "b"), "got ('a', 'b')"),
        (lambda w: {"x": 1}, "got {'x': 1}"),
        (lambda x, y: (x, y), "raised TypeError"),
        (lambda w: w[2], "raised IndexError"),
    ],
)
def test_x2_1_what_is_no_gradient_is_refused_in_words(my_grad, named):
    assert refused(checks.gradient(my_grad, BEALE), named)


def test_x2_1_what_is_no_landscape_is_refused_in_words():
    assert refused(checks.gradient(solutions.my_grad, BEALE.f), "a landscape, such as")
    hole = landscapes.Landscape("hole", lambda w: np.log(w[0]), np.sign, ((-1, 1),), start=1)
    assert refused(checks.gradient(np.sign, hole), "The loss of hole is no finite number")


# --- 2: the step of a difference quotient --------------------------------------------------------


def test_x2_2_the_solution_and_its_neighbours_pass():
    for h in (solutions.STEP, 2e-6, 3e-6, 4e-6, np.array(3e-6)):
        assert checks.step_size(h).passed


def test_x2_2_the_error_is_told_from_what_was_allowed():
    for h in np.geomspace(5.2e-6, 5.35e-6, 300):
        verdict = checks.step_size(h)
        error = float(re.search(r"The error is (\S+);", verdict.message)[1])
        assert error < 5e-10 if verdict.passed else error > 5e-10


@pytest.mark.parametrize("h", [1e-5, 1e-4, 1e-3, 0.1, 1, 10, 1e9, 1e200])
def test_x2_2_too_large_a_step_is_named(h):
    assert refused(checks.step_size(h), "expected less than 5e-10", "large: truncation dominates")


@pytest.mark.parametrize("h", [1e-7, 1e-9, 1e-12, 1e-15, 1e-17, 1e-300, 5e-324])
def test_x2_2_too_small_a_step_is_named(h):
    assert refused(checks.step_size(h), "expected less than 5e-10", "small: round-off dominates")


@pytest.mark.parametrize("bad", [*NO_NUMBERS, 0, -6])
def test_x2_2_what_is_no_step_is_refused_in_words(bad):
    assert refused(checks.step_size(bad), "A step is a number above 0; got")


# --- 3: a slope to order -------------------------------------------------------------------------


def unit(degrees):
    return np.cos(np.radians(degrees)), np.sin(np.radians(degrees))


def test_x2_3_both_directions_pass_also_rounded_and_no_other_whole_degree():
    assert checks.direction(solutions.DIRECTION).passed
    for degrees in (339.745, 99.374):
        assert checks.direction(unit(degrees)).passed
        assert checks.direction(np.round(unit(degrees), 3)).passed
    assert not any(checks.direction(unit(degrees)).passed for degrees in range(360))


@pytest.mark.parametrize(
    ("u", "named"),
    [
        (
            -np.array(solutions.DIRECTION),
            "slope is 30; expected -30. That is right but for the sign",
        ),
        (2 * np.array(solutions.DIRECTION), "Its length is 2, expected 1: divide by it."),
        ((2, 0), "The slope in that direction is then -46."),
        ((30 / 46, 0), "A longer or shorter u changes no slope, which stays -46"),
        ((1, 0), "slope is -46; expected -30. Too steep."),
        (unit(219.5595 + 90), "slope is 0"),
        (unit(219.5595), "slope is 59.67; expected -30. That is the steepest direction"),
        (unit(39.5595), "slope is -59.67; expected -30. That is the steepest direction"),
        (339.745, "One number is an angle, perhaps"),
        ((0, 0), "Its length must be 1"),
        ((1e308, 1e308), "Its length must be 1"),
        ((np.nan, 1), "a vector of two numbers"),
        ((1, 0, 0), "a vector of two numbers"),
    ],
)
def test_x2_3_a_mistake_is_named(u, named):
    assert refused(checks.direction(u), named)


def test_x2_3_the_check_tells_too_steep_from_not_steep_enough():
    assert refused(checks.direction(unit(330)), "Not steep enough")
    assert refused(checks.direction(unit(350)), "Too steep")


@pytest.mark.parametrize("degrees", [339.745, 99.374, -20.26, 99.37])
def test_x2_3_degrees_in_the_place_of_radians_are_named(degrees):
    assert refused(checks.direction((np.cos(degrees), np.sin(degrees))), "in degrees?")
    assert "degrees" not in checks.direction((1, 0)).message


@pytest.mark.parametrize("bad", NO_NUMBERS)
def test_x2_3_what_is_no_direction_is_refused_in_words(bad):
    assert refused(checks.direction(bad), "two numbers; got")


# --- 4: the chain rule ---------------------------------------------------------------------------

# What the learner writes for (∂L/∂θ₀, ∂L/∂θ₁), with e = y - ŷ, and how the check names it.
SLIPS = [
    (lambda e, x: (e, e * x), "The minus is missing: y − ŷ falls"),
    (lambda e, x: (e, -e * x), "In ∂L/∂θ₀ the minus is missing."),
    (lambda e, x: (-e, e * x), "In ∂L/∂θ₁ the minus is missing."),
    (lambda e, x: (e**2 * x, -e * x), "∂L/∂θ₀ is not the product"),
    (lambda e, x: (-e, -e), "In ∂L/∂θ₁ the inner derivative is missing"),
    (lambda e, x: (-e * x, -e * x), "In ∂L/∂θ₀ the inner derivative is ∂ŷ/∂θ₀, not"),
    (lambda e, x: (-e * x, -e), "The order is swapped"),
    (lambda e, x: (-2 * e, -2 * e * x), "Both are twice too large"),
]


def written(slip):
    return lambda theta, x, y: slip(y - theta[0] - theta[1] * x, x)


def test_x2_4_the_solution_passes_and_gives_the_numbers():
    assert checks.chain_rule(solutions.my_gradient).passed
    assert checks.numbers(*solutions.NUMBERS).passed
    assert checks.numbers(*solutions.my_gradient((0.5, -1), x=3, y=2)).passed  # as the page does
    assert solutions.my_gradient((0.5, -1), 3, 2) == solutions.NUMBERS


@pytest.mark.parametrize(("slip", "named"), SLIPS)
def test_x2_4_a_slip_is_named_in_the_function_and_in_the_numbers(slip, named):
    assert refused(checks.chain_rule(written(slip)), named, "expected", "yours is")
    assert refused(checks.numbers(*slip(4.5, 3)), named)


@pytest.mark.parametrize(
    ("my_gradient", "named"),
    [
        (lambda *case: np.array(solutions.my_gradient(*case)).astype(int), "cut to whole numbers"),
        (lambda *case: unit_long(solutions.my_gradient(*case)), "Its length is 1"),
        (
            lambda theta, x, y: theta - np.multiply(0.1, solutions.my_gradient(theta, x, y)),
            "w after a step of 0.1 times the gradient: return the gradient itself.",
        ),
        (
            lambda theta, x, y: in_turn(solutions.my_gradient, theta, x, y),
            "itself, with both parts taken at the same w, not one after the other.",
        ),
        (lambda theta, x, y: ((y - theta[0] - theta[1] * x) ^ 2, 1), "A power is written **"),
        (lambda theta, x, y: math.sqrt(theta), "such as np.sqrt, take arrays"),
        (
            lambda theta, x, y: np.stack(solutions.my_gradient(theta, np.array([[x]]), [y])),
            "Its shape is (2, 1, 1); wanted is (2,).",
        ),
    ],
)
def test_x2_4_a_mistake_of_any_gradient_is_named(my_gradient, named):
    assert refused(checks.chain_rule(my_gradient), named)


def test_x2_4_the_right_part_of_a_wrong_answer_is_said():
    half = checks.chain_rule(written(lambda e, x: (-e, 7.0)))
    assert refused(half, "∂L/∂θ₀ is right, ∂L/∂θ₁ is not: at θ = ", "yours is 7.")
    numbers = checks.numbers(solutions.NUMBERS[0], 1)
    assert refused(numbers, "∂L/∂θ₀ = -4.5 is right, ∂L/∂θ₁ = 1 is wrong.")
    assert "13.5" not in numbers.message
    assert refused(checks.numbers(0, 0), "∂L/∂θ₀ = 0 is wrong, ∂L/∂θ₁ = 0 is wrong.")


@pytest.mark.parametrize(
    ("my_gradient", "named"),
    [
        (None, "by its name alone"),
        (solutions.NUMBERS, "by its name alone"),
        (lambda theta, x, y: -1.0, "Return two numbers"),
        (lambda theta, x, y: None, "got None"),
        (lambda theta, x, y: ("a", 1), "got ('a', 1)"),
        (lambda theta, x, y: (np.nan, 1), "nan"),
        (lambda theta: theta, "raised TypeError"),
        (lambda theta, x, y: theta[2], "raised IndexError"),
    ],
)
def test_x2_4_what_is_no_gradient_is_refused_in_words(my_gradient, named):
    assert refused(checks.chain_rule(my_gradient), named)


@pytest.mark.parametrize("bad", NO_NUMBERS)
def test_x2_4_what_is_no_number_is_refused_in_words(bad):
    assert refused(checks.numbers(bad, -13.5), "Two numbers", "got")
    assert refused(checks.numbers(-4.5, bad), "Two numbers", "got")
