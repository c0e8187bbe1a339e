"""What an argument must be: arrays without masks, places in columns, and numbers in a shape."""

import numpy as np
import pytest

from gdlib.needs import array, columns, memories, numbers

MASKED = {
    "a masked row": np.ma.array([0.1, 0.2, 0.3], mask=[0, 0, 1]),
    "masked by value": np.ma.masked_values([0.1, -999, 0.3], -999),
    "masked as not finite": np.ma.masked_invalid([0.1, np.nan, 0.3]),
    "all masked": np.ma.masked_all(3),
    "one in a list": [0.1, np.ma.masked, 0.3],
    "a row of a list": [np.ma.array([0.1, 0.2], mask=[0, 1]), [0.3, 0.4]],
    "a masked number": np.ma.masked,
}
masked = pytest.mark.parametrize("values", MASKED.values(), ids=MASKED)


@masked
def test_masked_values_are_refused_in_words(values):
    for take in (lambda: array("x", values), lambda: columns("x", values, 3)):
        with pytest.raises(ValueError, match="^x must be free of masked values: drop them first; "):
            take()


@masked
def test_no_masked_value_becomes_a_memory(values):
    with pytest.raises(ValueError, match="^rho must be free of masked values"):
        memories(values)


def test_a_masked_array_with_nothing_masked_is_a_plain_one():
    came = array("x", np.ma.array([1, 2], mask=[0, 0]))
    assert type(came) is np.ndarray and came.tolist() == [1, 2]


@pytest.mark.parametrize("bad", ["a", ["1", "b"], 1j, np.ones(2) + 0j, [[1, 2], [3]], object()])
def test_what_holds_no_real_numbers_is_refused(bad):
    with pytest.raises(ValueError, match="^x must be real numbers; got "):
        array("x", bad)


def test_an_array_of_floats_is_a_new_one():
    given = np.ones(3)
    array("x", given)[:] = 0
    assert given.all()


# --- columns -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dimension", [2, 3, 5])
@pytest.mark.parametrize("k", [1, 2, 4, 7])
def test_columns_stay_columns_and_rows_are_refused(dimension, k):
    places = np.random.default_rng(0).normal(size=(dimension, k))
    np.testing.assert_array_equal(columns("places", places, dimension), places)
    np.testing.assert_array_equal(columns("places", places.tolist(), dimension), places)
    if k != dimension:
        wanted = rf"\({dimension}, k\) \(transpose\?\); got \({k}, {dimension}\)$"
        with pytest.raises(ValueError, match=wanted):
            columns("places", places.T, dimension)


@pytest.mark.parametrize("shape", [(3,), (4,), (8,), (1, 4), (3, 5), (2, 2, 2), (2, 1, 1), ()])
def test_a_shape_that_happens_to_fit_is_refused(shape):
    with pytest.raises(ValueError, match=r"^places must be columns of places, in the shape \(2, k"):
        columns("places", np.ones(shape), 2)


def test_one_place_is_one_column_and_no_place_is_none():
    assert columns("places", [3, 2], 2).tolist() == [[3], [2]]
    for dimension in (1, 2, 3):
        for none in (None, [], np.empty((dimension, 0))):
            assert columns("places", none, dimension).shape == (dimension, 0)


def test_in_one_dimension_a_number_and_a_row_are_places_too():
    assert columns("places", 0.5, 1).tolist() == [[0.5]]
    assert columns("places", [3, 1, 2], 1).tolist() == [[3, 1, 2]]
    with pytest.raises(ValueError, match=r"transpose\?.*got \(3, 1\)"):
        columns("places", [[3], [1], [2]], 1)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_place_is_finite(bad):
    with pytest.raises(ValueError, match="^places must be finite numbers"):
        columns("places", [1, bad], 2)


# --- numbers -------------------------------------------------------------------------------------

SHAPES = [(1, 1), (2, 1), (5, 1), (1, 4), (2, 4), (2, 2), (3, 2, 4), (1, 1, 1)]
shapes = pytest.mark.parametrize("shape", SHAPES, ids=str)


def drawn(shape):
    return np.random.default_rng(1).normal(size=shape)


@shapes
@pytest.mark.parametrize("form", [np.array, list, tuple, np.ndarray.tolist, np.float32])
def test_numbers_in_the_shape_are_taken_as_lists_too(shape, form):
    given = drawn(shape)
    came = numbers(form(given), shape)
    assert came.dtype == float and came.shape == shape
    np.testing.assert_array_equal(came, np.array(form(given)))


@shapes
def test_whole_numbers_are_taken_as_floats(shape):
    came = numbers(np.full(shape, 3), shape)
    assert came.dtype == float and (came == 3).all()


@shapes
def test_a_plain_number_in_a_list_is_the_same_for_the_whole_batch(shape):
    given = drawn(shape)
    given[-1] = 7
    np.testing.assert_array_equal(numbers([*given[:-1], 7], shape), given)
    np.testing.assert_array_equal(numbers([7.0] * shape[0], shape), np.full(shape, 7))


@pytest.mark.parametrize("batch", [(1,), (4,), (2, 3)], ids=str)
def test_in_one_dimension_the_brackets_may_be_left_out(batch):
    given = drawn(batch)
    np.testing.assert_array_equal(numbers(given, (1, *batch)), given[None])
    np.testing.assert_array_equal(numbers(4, (1, *batch)), np.full((1, *batch), 4))


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_a_single_run_may_leave_out_the_axis_of_its_batch(dimension):
    given = drawn(dimension)
    for form in (given, given.tolist(), tuple(given)):
        np.testing.assert_array_equal(numbers(form, (dimension, 1)), given[:, None])


@pytest.mark.parametrize("batch", [(4,), (2, 3)], ids=str)
def test_what_may_be_a_sum_over_the_batch_is_refused(batch):
    given = drawn((2, *batch))
    axes = tuple(range(1, given.ndim))
    assert numbers(given.sum(axis=axes), (2, *batch)) is None
    assert numbers(list(given.sum(axis=axes)), (2, *batch)) is None
    assert numbers(given.sum(), (1, *batch)) is None


@shapes
@pytest.mark.parametrize("wrong", [1, -1])
def test_a_coordinate_too_many_or_too_few_is_refused(shape, wrong):
    given = np.ones((shape[0] + wrong, *shape[1:]))
    assert numbers(given, shape) is None
    assert numbers(list(given), shape) is None


@shapes
@pytest.mark.parametrize(
    "bad", [None, "a", b"a", {}, {0: 1.0}, {1.0}, len, 1j, True, [], [None], ["a"], [[1], [2, 3]]]
)
def test_what_is_no_number_is_none(shape, bad):
    assert numbers(bad, shape) is None
    assert numbers([bad] * shape[0], shape) is None


@shapes
def test_masked_truth_and_complex_numbers_are_none(shape):
    hidden = np.ma.array(np.ones(shape), mask=True)
    for bad in (hidden, list(hidden), np.ones(shape, dtype=bool), np.ones(shape) * 1j):
        assert numbers(bad, shape) is None
    assert numbers(np.ma.array(np.ones(shape), mask=False), shape).all()


@shapes
def test_numbers_are_a_new_array(shape):
    given = drawn(shape)
    numbers(given, shape)[:] = 0
    assert given.all()
