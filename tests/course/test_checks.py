"""The contract of all checks: whatever is handed over, the answer is a verdict in words."""

from functools import partial
from itertools import chain

import numpy as np
import pytest
from nonsense import anything, in_words

from course.gradient_descent import checks as page_03
from course.gradients import checks as page_02
from course.loss_landscapes import checks as page_01
from course.momentum import checks as page_05
from course.race import checks as page_07
from course.rmsprop import checks as page_06
from course.stochastic_gradient_descent import checks as page_04
from gdlib import landscapes
from gdlib.check import Verdict, number


def numbers(*judges):
    """The checks that ask for one number, by their names."""
    return {f"{judge.__module__.split('.')[1]}.{judge.__name__}": judge for judge in judges}


OF_ONE = numbers(
    page_01.largest_tilt, page_01.smallest_dimension, page_02.step_size, page_02.direction,
    page_03.largest_lr, page_03.loses_only_c, page_03.ravine_steps, page_03.escape_time,
    page_04.ten_times_quieter, page_04.largest_lr, page_04.smallest_batch,
    page_05.terminal_step, page_05.smallest_rho, page_05.loses_the_hole, page_05.average_lr,
    page_06.first_step, page_06.wobble, page_06.eps_that_stops, page_06.smallest_angle,
) | {
    "race.crowned": partial(page_07.crowned, name="Adam"),
    "race.seeds, of two gains": partial(page_07.seeds, gains=[0.5, 1.5]),
}  # fmt: skip
OF_TWO = numbers(
    page_01.egg_box, page_01.no_minimiser, page_02.numbers, page_03.one_step, page_04.escape,
    page_05.ravine_steps, page_06.scaled, page_07.crowned, page_07.stage, page_07.seeds,
)  # fmt: skip
OF_FUNCTIONS = numbers(
    page_02.chain_rule, page_03.rule, page_04.minibatch, page_04.schedule,
    page_05.rule, page_05.nesterov, page_06.rule, page_06.adam, page_07.placing, page_07.own_rule,
) | {
    "race.stage, for Adam": partial(page_07.stage, name="Adam"),
} | {
    f"gradients.gradient, {land.name}": partial(page_02.gradient, land=land)
    for land in (landscapes.beale(), landscapes.quartic())
}  # fmt: skip


def words_of(judge, *submission):
    """The verdict, after looking whether it is one, and in words."""
    verdict = judge(*submission)
    assert isinstance(verdict, Verdict) and in_words(verdict), verdict.message
    return verdict


@pytest.mark.parametrize("judge", OF_ONE.values(), ids=OF_ONE)
def test_200_submissions_in_place_of_a_number_end_in_words(judge):
    rng = np.random.default_rng(1)
    for thing in (anything(rng) for _ in range(200)):
        verdict = words_of(judge, thing)
        assert not verdict.passed or number(thing) is not None


@pytest.mark.parametrize("judge", OF_TWO.values(), ids=OF_TWO)
def test_200_pairs_of_submissions_end_in_words(judge):
    rng = np.random.default_rng(2)
    for _ in range(200):
        words_of(judge, anything(rng), anything(rng))


@pytest.mark.parametrize("judge", OF_FUNCTIONS.values(), ids=OF_FUNCTIONS)
def test_200_submissions_in_place_of_a_function_end_in_words_and_none_passes(judge):
    rng = np.random.default_rng(3)
    for _ in range(200):
        assert not words_of(judge, anything(rng)).passed


def test_200_sets_of_three_kinds_end_in_words():
    rng = np.random.default_rng(4)
    for _ in range(200):
        words_of(page_01.kinds, *(anything(rng) for _ in range(3)))


def is_judge(thing):
    """Whether a function came from `judged`, and is not wrapped for another reason."""
    return getattr(getattr(thing, "__code__", None), "co_name", "") == "judge"


def test_every_check_of_every_page_is_tried_here():
    tried = {f"{judge.split(',')[0]}" for judge in chain(OF_ONE, OF_TWO, OF_FUNCTIONS)}
    pages = page_01, page_02, page_03, page_04, page_05, page_06, page_07
    judged = {
        f"{page.__name__.split('.')[1]}.{name}"
        for page in pages
        for name, thing in vars(page).items()
        if getattr(thing, "__module__", "") == page.__name__ and is_judge(thing)
    }
    assert judged - tried == {"loss_landscapes.kinds", "gradient_descent.hidden_parabola"} & judged
