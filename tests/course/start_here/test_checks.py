"""The sample check of notebook 00, and the sample prediction."""

import numpy as np
import pytest
from nonsense import anything, in_words

from course.start_here import checks, predictions, solutions


def test_the_solution_passes():
    verdict = checks.halves(solutions.HALVING_LR)
    assert verdict.passed and "0.25" in verdict.message


@pytest.mark.parametrize(
    ("lr", "named"),
    [
        (0.1, "leads from 1 to 0.8; expected 0.5. Too small"),  # as the exercise stands
        (0.3, "leads from 1 to 0.4; expected 0.5. Too large"),
        (0.5, "the slope at w is 2w, not w"),
        (0.75, "leads from 1 to −0.5; expected 0.5. That is half of w on the other side"),
        (0.25001, "leads from 1 to 0.49998; expected 0.5. Too large"),
        (2, "further away"),
        (1e308, "further away"),
        (-1, "a number above 0"),
        ("0.25", "a number above 0"),
    ],
)
def test_a_wrong_learning_rate_is_told_why(lr, named):
    verdict = checks.halves(lr)
    assert not verdict.passed and named in verdict.message


def test_200_submissions_in_place_of_a_number_end_in_words():
    rng = np.random.default_rng(1)
    assert all(in_words(checks.halves(anything(rng))) for _ in range(200))


def test_ten_halvings_make_less_than_a_thousandth_and_nine_do_not():
    predict = predictions.halvings()
    assert 2.0**-9 > 0.001 > 2.0**-10 and predict.answer == 10
    assert "10 halvings divide it by 1024." in predict.why
