"""Rows drawn at random or in turn. Where a share is measured, five standard errors are allowed."""

from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pytest

from gdlib import landscapes
from gdlib.optimizers import arrive, gd
from gdlib.sampling import drawn, shuffled, tilted

BATCHES = pytest.mark.parametrize("batch", [(), (5,), (4, 3)], ids=str)
REPLACE = pytest.mark.parametrize("replace", [True, False], ids=["replace", "no replace"])
MAKE = pytest.mark.parametrize(
    "make",
    [
        lambda size, rng: drawn(10, size, rng),
        lambda size, rng: drawn(10, size, rng, replace=False),
        lambda size, rng: shuffled(10, size, rng),
    ],
    ids=["drawn", "drawn without replacement", "shuffled"],
)


def rng(seed=0):
    return np.random.default_rng(seed)


def alike_likely(outcomes, possible):
    """Whether each of the possible outcomes, and no other, comes equally often."""
    counts, share = Counter(outcomes), 1 / len(possible)
    deviation = np.array([counts[one] for one in possible]) / len(outcomes) - share
    allowed = 5 * np.sqrt(share * (1 - share) / len(outcomes))
    return counts.keys() <= set(possible) and (np.abs(deviation) < allowed).all()


# --- all draws -----------------------------------------------------------------------------------


@MAKE
@BATCHES
@pytest.mark.parametrize("size", [1, 5, 10])
def test_a_draw_has_its_size_first_and_then_the_shape_of_the_batch(make, batch, size):
    rows = make(size, rng())(batch)
    assert rows.shape == (size, *batch)
    assert rows.dtype.kind == "i" and 0 <= rows.min() and rows.max() < 10


@MAKE
def test_without_a_shape_a_draw_is_for_one_run(make):
    assert make(3, rng())().shape == (3,)


@MAKE
def test_each_run_of_a_batch_has_rows_of_its_own(make):
    rows = make(5, rng())((200,))
    assert len(np.unique(rows, axis=1).T) > 190  # of 30 240 ordered ones without replacement


@MAKE
def test_each_call_gives_other_rows(make):
    draw = make(5, rng())
    assert not np.array_equal(draw((20,)), draw((20,)))


@MAKE
@BATCHES
def test_the_same_seed_gives_the_same_rows_and_another_seed_others(make, batch):
    one, same, other = (make(5, rng(seed)) for seed in (3, 3, 4))
    differ = False
    for _ in range(6):  # three epochs
        rows = one(batch)
        np.testing.assert_array_equal(rows, same(batch))
        differ |= not np.array_equal(rows, other(batch))
    assert differ


@MAKE
def test_only_the_given_rng_is_drawn_from(make):
    state = np.random.get_state()[1].copy()
    given = rng()
    make(5, given)((4,))
    assert (np.random.get_state()[1] == state).all()
    assert given.bit_generator.state != rng().bit_generator.state


@MAKE
def test_every_row_comes_equally_often_in_every_place(make):
    rows = make(5, rng())((20_000,))
    for place in rows:
        assert alike_likely(place.tolist(), range(10))


# --- drawn ---------------------------------------------------------------------------------------


def test_with_replacement_all_ordered_pairs_are_alike_likely_doubles_too():
    pairs = drawn(4, 2, rng())((20_000,)).T.tolist()
    assert alike_likely(map_to_tuples(pairs), [(a, b) for a in range(4) for b in range(4)])


def test_without_replacement_all_subsets_are_alike_likely():
    pairs = np.sort(drawn(5, 2, rng(), replace=False)((20_000,)), axis=0).T.tolist()
    assert alike_likely(map_to_tuples(pairs), list(combinations(range(5), 2)))


def map_to_tuples(rows):
    return [tuple(one) for one in rows]


@pytest.mark.parametrize("size", range(1, 11))
def test_without_replacement_no_row_is_twice_in_a_minibatch(size):
    rows = drawn(10, size, rng(), replace=False)((300,))
    assert (np.diff(np.sort(rows, axis=0), axis=0) > 0).all()


@BATCHES
def test_as_many_as_there_are_without_replacement_are_all_rows(batch):
    rows = np.sort(drawn(7, 7, rng(), replace=False)(batch), axis=0)
    assert (rows == np.arange(7).reshape(-1, *(1,) * len(batch))).all()


def test_as_many_as_there_are_with_replacement_miss_about_37_percent_of_the_rows():
    """(1 - 1/n)ⁿ of them, near 1/e. Runs are independent, so the spread of theirs is the error."""
    rows, n = drawn(50, 50, rng())((2000,)), 50
    missed = 1 - np.array([len(set(run)) for run in rows.T.tolist()]) / n
    assert abs(missed.mean() - (1 - 1 / n) ** n) < 5 * missed.std() / np.sqrt(2000)


def test_successive_draws_do_not_depend_on_each_other():
    draw = drawn(3, 1, rng())
    first, second = draw((20_000,))[0], draw((20_000,))[0]
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    assert alike_likely(pairs, [(a, b) for a in range(3) for b in range(3)])


@REPLACE
def test_one_row_of_one_is_that_row(replace):
    assert drawn(1, 1, rng(), replace)((4,)).tolist() == [[0, 0, 0, 0]]


# --- shuffled ------------------------------------------------------------------------------------


def epoch(draw, batches, batch=()):
    """The mini-batches of one epoch on end: `(rows, *batch)`."""
    return np.concatenate([draw(batch) for _ in range(batches)])


@BATCHES
@pytest.mark.parametrize("size, batches", [(1, 10), (3, 4), (5, 2), (10, 1)])
def test_each_row_comes_once_in_every_epoch(batch, size, batches):
    draw = shuffled(10, size, rng())
    for _ in range(3):
        order = np.sort(epoch(draw, batches, batch), axis=0)
        assert (order == np.arange(10).reshape(-1, *(1,) * len(batch))).all()


def test_the_last_minibatch_of_an_epoch_holds_what_is_left():
    draw = shuffled(10, 4, rng())
    assert [len(draw((5,))) for _ in range(7)] == [4, 4, 2, 4, 4, 2, 4]


def test_the_order_is_drawn_anew_in_every_epoch():
    draw = shuffled(10, 3, rng())
    orders = [tuple(epoch(draw, 4).tolist()) for _ in range(50)]
    assert len(set(orders)) == 50


def test_all_orders_are_alike_likely():
    orders = epoch(shuffled(3, 1, rng()), 3, (12_000,)).T.tolist()
    assert alike_likely(map_to_tuples(orders), list(permutations(range(3))))


def test_each_run_has_an_order_of_its_own():
    orders = epoch(shuffled(10, 5, rng()), 2, (4, 50)).reshape(10, -1)
    assert len(np.unique(orders, axis=1).T) == 200


# --- tilted --------------------------------------------------------------------------------------

LANDS = pytest.mark.parametrize(
    "land", [landscapes.dip(), landscapes.saddle(), landscapes.rastrigin(3)], ids=lambda a: a.name
)


def somewhere(land, batch):
    return rng(1).normal(size=(land.dimension, *batch))


@LANDS
@BATCHES
def test_a_tilted_gradient_has_the_shape_of_the_point(land, batch):
    w = somewhere(land, batch)
    assert tilted(land, 2.0, 3, rng())(w).shape == w.shape


@LANDS
def test_on_average_over_its_rows_the_landscape_is_the_given_one(land):
    """Single rows, drawn until all 100 have come: their mean tilt is 0, their spread sigma."""
    w = np.repeat(somewhere(land, ())[:, None], 4000, axis=1)
    tilts = np.unique(np.round((tilted(land, 2.5, 1, rng())(w) - land.grad(w))[-1], 9))
    assert len(tilts) == 100
    assert tilts.mean() == pytest.approx(0, abs=1e-9)
    assert tilts.std() == pytest.approx(2.5, abs=1e-8)
    np.testing.assert_allclose(np.diff(tilts), tilts[1] - tilts[0], atol=1e-8)


def test_a_row_sees_the_landscape_plus_a_slope_in_the_last_coordinate():
    """So a row's tilt is the same wherever w is."""
    land, places = landscapes.saddle(), (np.full((2, 50), 0.5), np.full((2, 50), -1.2))
    here, there = (tilted(land, 1.5, 1, rng())(w) - land.grad(w) for w in places)
    np.testing.assert_allclose(here, there, atol=1e-12)


@LANDS
def test_only_the_last_coordinate_is_touched(land):
    w = somewhere(land, (50,))
    off = tilted(land, 3.0, 2, rng())(w) - land.grad(w)
    assert (off[:-1] == 0).all() and (off[-1] != 0).any()


@LANDS
@pytest.mark.parametrize("size", [1, 4, 25])
def test_the_noise_is_sigma_over_the_root_of_the_size_and_right_on_average(land, size):
    """z is uniform, so the fourth moment of a mean of them, in units of its spread, is below 3."""
    runs, sigma = 20_000, 4.0
    w = np.repeat(somewhere(land, ())[:, None], runs, axis=1)
    off = (tilted(land, sigma, size, rng())(w) - land.grad(w))[-1] / (sigma / np.sqrt(size))
    assert abs(off.mean()) < 5 / np.sqrt(runs)
    assert abs((off**2).mean() - 1) < 5 * np.sqrt(2 / runs)


def test_the_number_of_rows_may_be_another_one():
    land, w = landscapes.parabola(), np.zeros((1, 1000))
    tilts = np.unique(tilted(land, 1.0, 1, rng(), rows=2)(w))
    assert tilts.tolist() == [-1, 1]


def test_each_call_is_fresh_and_a_seed_repeats_it():
    land, w = landscapes.dip(), np.zeros((1, 50))
    grad, again = tilted(land, 1.0, 1, rng(7)), tilted(land, 1.0, 1, rng(7))
    first = grad(w)
    np.testing.assert_array_equal(first, again(w))
    assert not np.array_equal(first, grad(w))


def test_without_sigma_a_tilted_run_is_the_plain_one():
    land = landscapes.dip()
    ends = [arrive(gd, g, [-5], 100, lr=0.1) for g in (land.grad, tilted(land, 0, 1, rng()))]
    np.testing.assert_array_equal(*ends)


# --- bad input -----------------------------------------------------------------------------------

TAKES = pytest.mark.parametrize(
    "make",
    [
        lambda size, rng: drawn(10, size, rng),
        lambda size, rng: drawn(10, size, rng, replace=False),
        lambda size, rng: shuffled(10, size, rng),
        lambda size, rng: tilted(landscapes.dip(), 1.0, size, rng, rows=10),
    ],
    ids=["drawn", "drawn without replacement", "shuffled", "tilted"],
)


@TAKES
@pytest.mark.parametrize("size", [0, -1, 11, 2.0, 1.5, True, None, "3"])
def test_a_size_is_a_whole_number_up_to_the_number_of_rows(make, size):
    with pytest.raises(ValueError) as caught:
        make(size, rng())
    assert str(caught.value) == f"size must be a whole number from 1 to 10; got {size!r}"


@TAKES
def test_a_size_may_be_a_numpy_integer(make):
    make(np.int64(10), rng())


@TAKES
@pytest.mark.parametrize("bad", [0, None, np.random.RandomState(0), np.random])
def test_an_rng_is_a_generator(make, bad):
    with pytest.raises(ValueError, match=r"^rng must be a numpy Generator such as default_rng\(0"):
        make(3, bad)
