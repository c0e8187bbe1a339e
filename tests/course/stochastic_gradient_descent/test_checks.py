"""The checks of notebook 04: solutions pass, and each typical mistake is named."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from pages import chance_has_no_part

from course.stochastic_gradient_descent import checks, solutions
from gdlib import regression

NO_NUMBERS = ["2", None, True, np.nan, np.inf, -np.inf, [2], 2j, print, np.ones(3), 10**400, 0, -1]


def refused(verdict, *named):
    """Whether the verdict is a refusal that says all of this, in one line."""
    said = verdict.message
    return not verdict.passed and "\n" not in said and all(words in said for words in named)


# --- the rule: the gradient of a mini-batch ------------------------------------------------------


def written(slip):
    """A gradient of the mini-batch of which `slip(error, x, n)` is what the learner wrote."""

    def my_gradient(w, x, y, rows):
        error = w[0] + w[1] * x[rows] - y[rows]
        return np.array(slip(error, x[rows], len(x)))

    return my_gradient


def of_all(w, x, y, rows):
    return solutions.my_gradient(w, x, y, slice(None))


def drawn_anew(w, x, y, rows):
    return solutions.my_gradient(w, x, y, np.random.randint(len(x), size=len(rows)))


def all_the_x(w, x, y, rows):
    error = w[0] + w[1] * x[rows] - y[rows]
    return error.mean(), (error * x).mean()


def slope_first(w, *given):
    return solutions.my_gradient(w[::-1], *given)


def changed(name):
    def my_gradient(w, x, y, rows):
        g = solutions.my_gradient(w, x, y, rows)
        {"w": w, "x": x, "y": y, "rows": rows}[name][0] += 1
        return g

    return my_gradient


def test_the_learners_gradient_passes_as_an_array_and_as_a_pair():
    assert checks.minibatch(solutions.my_gradient).passed
    assert checks.minibatch(lambda *given: tuple(solutions.my_gradient(*given))).passed
    assert checks.minibatch(
        lambda w, x, y, rows: regression.gradient(w, x[rows], y[rows]).tolist()
    ).passed


def in_float32(w, x, y, rows):
    return solutions.my_gradient(*(np.float32(each) for each in (w, x, y)), rows)


@pytest.mark.parametrize(
    "form",
    [
        np.float32,
        np.ndarray.tolist,
        lambda g: [Fraction(each) for each in g.tolist()],
        lambda g: tuple(np.array(each) for each in g),
        lambda g: [np.array([each]) for each in g],
    ],
)
def test_the_learners_gradient_passes_in_any_form(form):
    assert checks.minibatch(lambda *given: form(solutions.my_gradient(*given))).passed
    assert checks.minibatch(lambda *given: form(in_float32(*given))).passed


def columns(x_too=False, y_too=False, flat=True):
    """The gradient of one who works with columns, be it of x, of y or of both."""

    def my_gradient(w, x, y, rows):
        some = x[rows]
        if x_too:
            x = x[:, None]
        if y_too:
            y = y.reshape(-1, 1)
        error = w[0] + w[1] * x[rows] - y[rows]
        return error.mean(), (error * (some if flat else x[rows])).mean()

    return my_gradient


def by_design(column=True, y_column=False, squeeze=lambda g: g):
    """The gradient by a design matrix, with the prediction as a column or as a row."""

    def my_gradient(w, x, y, rows):
        design, y = np.stack([np.ones(len(rows)), x[rows]], axis=1), y[rows]
        prediction = design @ (w[:, None] if column else w)
        error = prediction - (y[:, None] if y_column else y)
        return squeeze(design.T @ error / len(rows))

    return my_gradient


def summed(my_gradient):
    """The gradient with sums over a table, divided by the number of rows."""
    return lambda w, x, y, rows: len(rows) * np.array(my_gradient(w, x, y, rows))


TABLES = {
    "y is a column": columns(y_too=True),
    "x is a column, and a row": columns(x_too=True),
    "x is a column": columns(x_too=True, flat=False),
    "summed": summed(columns(y_too=True)),
    "x is a column, and summed": summed(columns(x_too=True)),
    "the mean of that": by_design(squeeze=lambda g: g.mean(axis=1)),
    "the sum of that": by_design(squeeze=lambda g: g.sum(axis=1)),
}


@pytest.mark.parametrize("table", TABLES)
def test_a_column_against_a_row_is_named(table):
    assert refused(checks.minibatch(TABLES[table]), "A column against a row makes a table")


def test_columns_that_make_no_table_are_asked_for_a_row():
    assert checks.minibatch(by_design(column=False)).passed
    assert checks.minibatch(by_design(y_column=True, squeeze=np.ravel)).passed
    in_a_column = checks.minibatch(by_design(y_column=True))
    of_each_row = checks.minibatch(written(lambda e, x, n: (e, e * x)))
    of_a_table = checks.minibatch(by_design())
    for verdict, shape in ((in_a_column, (2, 1)), (of_each_row, (2, 3)), (of_a_table, (2, 3))):
        assert refused(verdict, f"Its shape is {shape}; wanted is (2,).")
        assert "table" not in verdict.message


def looped(add=True, first=False, divided=True, kind=float):
    """The gradient by a loop over the rows."""

    def my_gradient(w, x, y, rows):
        g = np.zeros(2, dtype=kind)
        for row in rows:
            error = w[0] + w[1] * x[row] - y[row]
            for k, one in enumerate((error, error * x[row])):
                g[k] = (g[k] if add else 0) + one
            if first:
                break
        return g / len(rows) if divided else g

    return my_gradient


def added_in_place(w, x, y, rows):
    g = np.array([0, 0])
    for row in rows:
        g += np.array([w[0] + w[1] * x[row] - y[row], 1.0])
    return g


def of_length_1(w, x, y, rows):
    g = solutions.my_gradient(w, x, y, rows)
    return g / np.linalg.norm(g)


def new_w(w, x, y, rows):
    return w - 0.1 * solutions.my_gradient(w, x, y, rows)


def new_w_in_turn(w, x, y, rows):
    one = w[0] - 0.1 * solutions.my_gradient(w, x, y, rows)[0]
    return one, w[1] - 0.1 * solutions.my_gradient((one, w[1]), x, y, rows)[1]


def test_a_loop_that_adds_up_passes():
    assert checks.minibatch(looped()).passed


@pytest.mark.parametrize(
    ("my_gradient", "named"),
    [
        (looped(divided=False), "That is the sum over the rows"),
        (looped(add=False, divided=False), "That is the last row alone"),
        (looped(add=False), "That is the last row alone"),
        (looped(first=True, divided=False), "the first row alone: does the loop return in its"),
        (looped(first=True), "That is the first row alone"),
        (looped(kind=int), "All is cut to whole numbers: an array of integers"),
        (lambda *given: solutions.my_gradient(*given).astype(int), "All is cut to whole numbers"),
        (new_w, "That is w after a step of 0.1 times the gradient: return the gradient itself."),
        (new_w_in_turn, "itself, with both parts taken at the same w, not one after the other."),
        (of_length_1, "Its length is 1: do not divide by it."),
        (written(lambda e, x, n: (e.sum(), (e * x).sum())), "That is the sum"),
        (written(lambda e, x, n: (e.sum() / n, (e * x).sum() / n)), "divided by all rows"),
        (of_all, "That is the gradient of all rows"),
        (written(lambda e, x, n: (-e.mean(), -(e * x).mean())), "The sign is turned"),
        (written(lambda e, x, n: (2 * e.mean(), 2 * (e * x).mean())), "twice too large"),
        (written(lambda e, x, n: (e.mean() / 2, (e * x).mean() / 2)), "half of it"),
        (written(lambda e, x, n: (e.mean(), e.mean())), "In the second, x is missing"),
        (written(lambda e, x, n: ((e * x).mean(), (e * x).mean())), "In the first there is"),
        (written(lambda e, x, n: ((e * x).mean(), e.mean())), "The components are swapped"),
        (written(lambda e, x, n: (e.mean(), e.mean() * x.mean())), "multiply first"),
        (slope_first, "w[0] is the intercept θ₀, w[1] the slope θ₁: yours are swapped."),
        (lambda *given: slope_first(*given)[::-1], "w[1] the slope θ₁: yours are swapped."),
        (written(lambda e, x, n: (e.mean(), 7.0)), ", 7)."),
        (written(lambda e, x, n: (e.mean(), np.nan)), ", nan)."),
        (written(lambda e, x, n: (np.inf, 0)), "yours is (inf, 0)."),
    ],
)
def test_a_mistake_in_the_gradient_is_named(my_gradient, named):
    assert refused(checks.minibatch(my_gradient), "At w = (", "expected (", "yours is (", named)


@pytest.mark.parametrize("off", [0.01, 1e-3, 1e-4, 5e-5])
def test_what_is_off_a_little_is_shown_in_digits_that_tell(off):
    verdict = checks.minibatch(lambda *given: (1 + off) * solutions.my_gradient(*given))
    expected, came = re.search(r"expected (.*); yours is (.*)\.", verdict.message).groups()
    assert not verdict.passed and expected != came


def test_a_gradient_that_trembles_a_little_is_shown_in_digits_that_tell():
    def trembling(*given):
        return solutions.my_gradient(*given) + 1e-9 * np.random.standard_normal(2)

    verdict = checks.minibatch(trembling)
    one, other = re.search(r"it gives (.*) and then (.*); expected", verdict.message).groups()
    assert not verdict.passed and one != other


def test_what_is_expected_stands_beside_what_came_and_can_be_tried():
    message = checks.minibatch(of_all).message
    place, numbers = message.removeprefix("At w = ").split(" expected ")
    w, rows = (eval(part) for part in place.split(" with rows = "))
    expected, came = (eval(two) for two in numbers.split(". That")[0].split("; yours is "))
    x, y = regression.made_up()
    np.testing.assert_allclose(expected, solutions.my_gradient(w, x, y, rows), rtol=1e-3)
    np.testing.assert_allclose(came, of_all(w, x, y, rows), rtol=1e-3)


@pytest.mark.parametrize(
    ("my_gradient", "named"),
    [
        (drawn_anew, ("Called twice with the same rows", "Draw no rows of your own")),
        (all_the_x, ("raised ValueError", "(3,) (200,): take x[rows] and y[rows] everywhere.")),
        (added_in_place, ("raised UFuncTypeError", ": an array of integers takes no fractions.")),
        (lambda w, x, y, rows: x[rows] ^ 2, ("raised TypeError", "A power is written **")),
        (lambda w, x, y, rows: math.sqrt(x[rows]), ("raised TypeError", "such as np.sqrt")),
        (changed("w"), ("changed w in place",)),
        (changed("x"), ("changed x in place",)),
        (changed("y"), ("changed y in place",)),
        (changed("rows"), ("changed rows in place",)),
        (None, ("by its name alone",)),
        ([1.0, 2.0], ("by its name alone",)),
        (lambda w, x, y, rows: None, ("two numbers", "got None. Is a `return` missing?")),
        (lambda w, x, y, rows: 1.0, ("two numbers", "got 1.0")),
        (lambda w, x, y, rows: (x[rows], y[rows]), ("two numbers, each the mean over the rows",)),
        (lambda w, x, y, rows: ("a", 1), ("got ('a', 1)",)),
        (lambda w, x, y, rows: (10**400, 1), ("two numbers",)),
        (lambda w, x, y: w, ("raised TypeError",)),
        (lambda w, x, y, rows: w[2], ("raised IndexError",)),
    ],
)
def test_what_is_no_gradient_of_the_rows_is_refused_in_words(my_gradient, named):
    assert refused(checks.minibatch(my_gradient), *named)


# --- 1: ten times quieter ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [solutions.TEN_TIMES_QUIETER, 83, 118, 100.0, np.int64(100)])
def test_x4_1_the_solution_passes_and_what_is_within_a_tenth(size):
    assert checks.ten_times_quieter(size).passed


@pytest.mark.parametrize(
    ("size", "named"),
    [
        (10, "falls with the square root"),
        (1, "1.00 times less; expected 9 to 11 times. It takes more rows."),
        (50, "It takes more rows"),
        (75, "It would do if no row came twice"),
        (200, "Fewer rows will do"),
        (342, "Fewer rows will do"),
    ],
)
def test_x4_1_a_mistake_is_named(size, named):
    assert refused(checks.ten_times_quieter(size), "expected 9 to 11 times", named)


def test_x4_1_the_noise_is_measured_to_one_percent():
    x, y, _ = regression.penguins("standardised")
    for size in (1, 100, 342):
        expected = regression.noise(x, y, [0, 0]) / np.sqrt(size)
        assert checks._noise(x, y, size) == pytest.approx(expected, rel=0.01)


# --- 2, 3: the noise floor -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def exact_floor():
    """The mean excess loss that SGD comes down to, without chance: from its second moments."""
    x, y = regression.made_up()
    slopes = np.stack([np.ones_like(x), x], axis=1)
    (a, b) = regression.loss_surface(x, y).minima[:, 0]
    error = a + b * x - y
    hessian = slopes.T @ slopes / len(x)

    def floor(lr, size):
        # (1, distance) is multiplied by a random matrix a step: the mean over the rows of T.
        t = np.zeros((len(x), 3, 3))
        t[:, 0, 0] = 1
        t[:, 1:, 0] = -lr * slopes * error[:, None]
        t[:, 1:, 1:] = np.eye(2) - lr * slopes[:, :, None] * slopes[:, None, :]
        pairs = np.einsum("nij,nkl->ikjl", t, t).reshape(9, 9) / len(x)
        mean = np.kron(t.mean(axis=0), t.mean(axis=0))
        step, start = mean + (pairs - mean) / size, np.eye(3)[0]
        moments = np.linalg.matrix_power(step, 10**6) @ np.kron(start, start)
        return (hessian * moments.reshape(3, 3)[1:, 1:]).sum() / 2

    return floor


def test_x4_2_and_3_the_margins_are_those_of_the_exact_floor(exact_floor):
    assert (
        exact_floor(solutions.LARGEST_LR, 1) < 0.002 < exact_floor(solutions.LARGEST_LR + 0.001, 1)
    )
    assert exact_floor(0.1, solutions.SMALLEST_BATCH) < 0.002 < exact_floor(0.1, 20)
    for lr, size in ((0.005, 1), (0.1, 12), (0.1, 21)):
        steps = 6000 if size == 1 else 2000
        mean, off = checks._floor(checks._excess(lr, size, steps)[0])[:, 0]
        assert abs(mean - exact_floor(lr, size)) < off < 0.15 * mean


def test_x4_2_of_all_with_three_decimals_only_two_pass_which_the_runs_cannot_tell_apart():
    passed = [lr for lr in np.arange(1, 16) / 1000 if checks.largest_lr(lr).passed]
    assert passed == [0.004, solutions.LARGEST_LR]
    assert "too near 0.002 to tell" in checks.largest_lr(0.004).message
    assert "the largest below 0.002" in checks.largest_lr(0.005).message


@pytest.mark.parametrize(
    ("lr", "named"),
    [
        (0.003, "also less than 0.002: a larger one will do"),
        (0.001, "also less than 0.002: a larger one will do"),
        (0.0005, "expected less than 0.002. Too small: 6000 such steps do not get there."),
        (1e-5, "Too small: 6000 such steps do not get there."),
        (1e-300, "Too small: 6000 such steps do not get there."),
        (0.006, "expected less than 0.002. Too large: the floor rises with lr."),
        (0.1, "Too large: the floor rises with lr."),
        (0.7, "they diverge: far too large."),
        (2, "at lr = 2 the runs do not come down, they diverge"),
        (1e300, "they diverge"),
        (0.0055, "Three decimals, please; got 0.0055."),
    ],
)
def test_x4_2_a_mistake_is_named(lr, named):
    assert refused(checks.largest_lr(lr), named)


@pytest.mark.parametrize("size", [20, solutions.SMALLEST_BATCH, 24, 28])
def test_x4_3_the_solution_passes_and_what_is_near(size):
    assert checks.smallest_batch(size).passed


@pytest.mark.parametrize(
    ("size", "named"),
    [
        (1, "0.002. Too small: the floor falls as the batch grows."),
        (12, "0.002. Too small: the floor falls as the batch grows."),
        (19, "0.002. Too small: the floor falls as the batch grows."),
        (32, "still 0.00186 ± 0.00008 with 22, less than 0.002: a batch smaller than 32 will do."),
        (40, "a batch smaller than 40 will do."),
        (200, "a batch smaller than 200 will do."),
    ],
)
def test_x4_3_a_mistake_is_named(size, named):
    assert refused(checks.smallest_batch(size), "The mean excess of 40 runs is", named)


# --- 4: out of a local minimum -------------------------------------------------------------------


# None of these is near the limit: the runs are chaotic, and rounding may differ between machines.


@pytest.mark.parametrize(
    ("lr", "size"), [(solutions.ESCAPE_LR, solutions.ESCAPE_SIZE), (np.float32(0.4), 4)]
)
def test_x4_4_enough_noise_passes(lr, size):
    assert checks.escape(lr, size).passed


@pytest.mark.parametrize(
    ("lr", "size", "named"),
    [
        (0.2, 4, "What makes the noise of a step, lr·σ/√B, larger?"),
        (0.2, 8, "expected at least 160. Near the local minimum at 3.97: 1"),
        (0.001, 4, "Of 200 runs 0 end at frequency 2; expected at least 160. All are still near"),
        (0.4, 40, "Of 100 runs 0 end at frequency 2; expected at least 80. All are still near"),
    ],
)
def test_x4_4_too_little_noise_is_named(lr, size, named):
    assert refused(checks.escape(lr, size), "end at frequency 2; expected at least", named)


def test_x4_4_fewer_than_4_rows_are_refused():
    assert refused(checks.escape(0.2, 1), "At least 4 rows a step, please; got 1.")


def test_x4_4_other_frequencies_that_fit_the_points_are_told_apart():
    x, y = regression.waves()
    np.testing.assert_allclose(np.sin((10 * np.pi - 2) * x), y, atol=1e-12)
    assert "where the wave fits the points as well)" in checks.escape(0.4, 4).message


def test_x4_4_too_long_steps_are_refused():
    assert refused(checks.escape(0.41, 4), "The learning rate is at most 0.4 here; got 0.41.")


# --- 5: a schedule -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "my_lr",
    [
        solutions.my_schedule,
        lambda k: 0.1 / (1 + k / 50),
        lambda k: 1 / (k + 10),
        lambda k: 0.1 * 0.999**k,
        lambda k: np.float32(0.1) * np.exp(-k / 1000),
    ],
)
def test_x4_5_the_solution_passes_and_other_schedules_too(my_lr):
    assert checks.schedule(my_lr).passed


@pytest.mark.parametrize(
    ("my_lr", "named"),
    [
        (
            lambda k: 0.1 / (1 + k / 100),
            "lr falls too slowly: over the last 1000 steps it is 0.0018",
        ),
        (lambda k: 0.1 * (1 - k / 6000), "lr falls too slowly"),
        (lambda k: 0.1 if k < 5900 else 0.001, "lr falls too slowly"),
        (
            lambda k: 0.03 if k < 50 else 1e-6,
            "have not arrived: lr is too small too early. Over all steps it adds up to only 1.5.",
        ),
        (lambda k: 0.1 * 0.99**k, "lr falls too fast for the scatter about it to shrink"),
        (lambda k: 0.1 if k < 3000 else 1e-6, "lr falls too fast for the scatter"),
        (lambda k: 0.001 * (k + 1), "diverge. Your largest learning rate is 6, at k = 5999"),
        (lambda k: 1e300, "diverge. Your largest learning rate is 1e+300, at k = 0"),
        (0.1, "lr falls too slowly"),
        (2, "at k = 0: too large"),
    ],
)
def test_x4_5_a_mistake_is_named(my_lr, named):
    assert refused(checks.schedule(my_lr), "less than 0.0005", named)


@pytest.mark.parametrize("my_lr", [0.01, 0.001, lambda k: 0.1 / (1 + k), lambda k: 0.01 * 0.999**k])
def test_x4_5_a_slow_beginning_is_named(my_lr):
    named = "After 100 steps", "less than 0.1 by then. Begin with a larger learning rate."
    assert refused(checks.schedule(my_lr), *named)


@pytest.mark.parametrize(("lr", "limits"), [(0.012, {"soon": 0.12}), (0.1, {"wanted": 0.043})])
def test_x4_5_what_is_just_missed_is_shown_in_digits_that_tell(lr, limits):
    (limit,) = limits.values()
    verdict = checks.schedule(lr, **limits)
    came = float(re.search(r"of 100 runs is ([\d.]+\d)", verdict.message)[1])
    assert refused(verdict, f"expected less than {limit}") and limit < came < 1.02 * limit


@pytest.mark.parametrize("lr", np.geomspace(1e-4, 0.3, 8))
def test_x4_5_no_constant_learning_rate_passes(lr):
    assert not checks.schedule(lr).passed


@pytest.mark.parametrize(
    ("my_lr", "named"),
    [
        (lambda k: 1 / k, "at k = 0, raised ZeroDivisionError"),
        (lambda: 0.1, "at k = 0, raised TypeError"),
        (lambda k: 0.1 * (1 - k / 3000), "a number above 0, also at k = 3000; got 0.0."),
        (lambda k: None, "also at k = 0 (is a `return` missing?); got None."),
        (lambda k: "0.1", "got '0.1'"),
        (lambda k: np.nan, "got nan"),
        (lambda k: 10**400, "also at k = 0"),
        (lambda k: [0.1, 0.01], "got [0.1, 0.01]"),
        ([0.1, 0.01], "Your schedule is handed over by its name alone"),
        (None, "Your schedule is handed over by its name alone"),
        (0, "A learning rate is a number above 0; got 0."),
    ],
)
def test_x4_5_what_is_no_schedule_is_refused_in_words(my_lr, named):
    assert refused(checks.schedule(my_lr), named)


# --- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", NO_NUMBERS, ids=lambda bad: repr(bad)[:9])
def test_what_is_no_number_is_refused_in_words(bad):
    for each in (checks.ten_times_quieter, checks.smallest_batch, lambda b: checks.escape(0.2, b)):
        assert refused(each(bad), "A batch size is a whole number, here from 1 to", "; got ")
    for each in (checks.largest_lr, lambda b: checks.escape(b, 1)):
        assert refused(each(bad), "A learning rate is a number above 0; got ")


@pytest.mark.parametrize("size", [1.5, 343, 1e9])
def test_a_batch_size_is_whole_and_no_more_than_there_are_rows(size):
    for each in (checks.ten_times_quieter, checks.smallest_batch, lambda b: checks.escape(0.2, b)):
        assert refused(each(size), "A batch size is a whole number, here from 1 to")


def test_chance_elsewhere_changes_no_verdict_and_no_verdict_changes_chance():
    def verdicts():
        yield checks.minibatch(solutions.my_gradient)
        yield checks.ten_times_quieter(solutions.TEN_TIMES_QUIETER)
        yield checks.largest_lr(solutions.LARGEST_LR)
        yield checks.smallest_batch(solutions.SMALLEST_BATCH)
        yield checks.escape(solutions.ESCAPE_LR, solutions.ESCAPE_SIZE)
        yield checks.schedule(solutions.my_schedule)

    chance_has_no_part(verdicts)
