"""What all checks share: verdicts, the check of an update rule, and words for what is no answer."""

import math
from fractions import Fraction

import numpy as np
import pytest
from nonsense import in_words

from gdlib import check
from gdlib.optimizers import gd


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


# --- words for what is no answer -----------------------------------------------------------------


def test_a_verdict_shows_as_one_line_with_a_mark():
    assert repr(check.Verdict(True, "Yes.")) == "✓ Yes."
    assert repr(check.Verdict(False, "No.")) == "✗ No."


@pytest.mark.parametrize("good", [2, 2.0, np.float32(2), np.int64(2), Fraction(2), np.array([2.0])])
def test_any_real_number_is_a_number(good):
    assert check.number(good) == 2.0


@pytest.mark.parametrize(
    "bad",
    ["2", None, True, [2], 2j, np.nan, -np.inf, np.ones(2), np.array("2"), 10**400, print]
    + [np.ma.masked, np.ma.array([2.0], mask=True)],
)
def test_anything_else_is_none(bad):
    assert check.number(bad) is None


@pytest.mark.parametrize("good", [(1, 2), [1.0, np.nan], np.array([1, 2])])
def test_so_many_real_numbers_are_reals(good):
    assert np.array_equal(check.reals(good, (2,)), np.array(good, dtype=float), equal_nan=True)


@pytest.mark.parametrize(
    "bad",
    [None, 1, "ab", (1,), (1, "b"), ([1], [1, 2]), (1j, 2), {1, 2}]
    + [np.ma.masked_greater([1.0, 2.0], 1)],
)
def test_anything_else_is_no_reals(bad):
    assert check.reals(bad, (2,)) is None


@pytest.mark.parametrize("good", [0, -0.0, 0.5, np.float32(0.9), Fraction(9, 10), np.array([0.9])])
def test_from_0_to_below_1_is_a_rho(good):
    assert check.memory(good) == float(np.squeeze(good))


@pytest.mark.parametrize("bad", [1, 1.5, -1e-9, "0.9", None, True, np.nan, np.inf, [0.9], 1j])
def test_anything_else_is_no_rho(bad):
    with pytest.raises(check.Refused) as refused:
        check.memory(bad)
    assert str(refused.value) == f"ρ is a number from 0 to below 1; got {bad!r}."


def test_what_came_is_shown_in_one_short_line():
    message = str(check.asked_for("A number", np.zeros((9, 9))))
    assert message.startswith("A number; got array([[0., ") and message.endswith("....")
    assert len(message) < 80 and "\n" not in message


@pytest.mark.parametrize("bad", [10**5000, "two\nlines", object(), "long " * 99], ids=type)
def test_what_came_is_told_in_words_whatever_it_is(bad):
    message = str(check.asked_for("A number", bad))
    assert message.startswith("A number; got ") and message.isprintable() and len(message) < 80


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("two\n  lines"), "Your function raised ValueError: two lines"),
        (ValueError(), "Your function raised ValueError"),
        (KeyError("m"), "Your function raised KeyError: 'm'"),
    ],
)
def test_whatever_a_function_raises_is_told_in_one_line(error, said):
    def function():
        raise error

    assert check.judged(lambda: check.called(function))() == check.Verdict(False, said)


def test_the_stop_button_still_stops():
    def function():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check.called(function)


@pytest.mark.parametrize(
    ("mistake", "hint"),
    [
        (lambda x: x ^ 2, "A power is written ** in Python."),
        (lambda x: 2 * x ^ 0.5, "A power is written ** in Python."),
        (lambda x: 0.9 ^ len(x), "A power is written ** in Python."),
        (lambda x: math.sqrt(x), "numpy's, such as np.sqrt, take arrays."),
        (lambda x: math.exp(-x), "numpy's, such as np.sqrt, take arrays."),
        (lambda x: float(x), "numpy's, such as np.sqrt, take arrays."),
    ],
)
def test_what_python_does_not_take_is_explained(mistake, hint):
    with pytest.raises(check.Refused) as refused:
        check.called(mistake, np.array([1.0, 2.0]))
    said = str(refused.value)
    assert said.startswith("Your function raised TypeError: ") and said.endswith(hint)


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["g", "e"])
@pytest.mark.parametrize("expected", [0.0, 1e-9, 0.1, 1.0, -2.5, 123.456, 1 / 3])
def test_two_numbers_are_written_in_as_many_digits_as_tell_them_apart(expected, kind):
    for off in 10.0 ** -np.arange(1, 15):
        came = expected * (1 + off) if expected else off
        written, right = check.told_apart(came, expected, 2, kind)
        assert written != right


def test_digits_are_not_wasted():
    assert check.told_apart(0.61, 0.6) == ("0.61", "0.6")
    assert check.told_apart(0.60004, 0.6) == ("0.60004", "0.6")
    assert [*check.told_apart(0.0, 0, 0, "%")] == ["0%", "0%"]
    assert check.told_apart(np.inf, 1.0) == ("inf", "1")


def test_paths_are_the_same_to_the_round_off_of_float32():
    path = np.array([0.6, -1.9, 0.0])
    assert check.same(path * (1 + 1e-7) + 1e-7, path).all()
    assert not check.same(path * (1 + 1e-5), path)[:2].any()
    assert check.same((path * (1 + 1e-7)).astype(np.float32), path).all()


def test_a_verdict_on_a_rule_that_returns_a_masked_array_is_in_words():
    def masked(w, g, m, *, lr):
        return np.ma.masked_greater(w - lr * g, 0), m

    verdict = check.rule(masked, gd)
    assert not verdict.passed and "The new w must hold numbers" in verdict.message
    assert in_words(verdict)
