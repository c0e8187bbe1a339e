"""The penguins, the loss of a line through them, and its gradient from a few rows."""

import math
from collections import Counter

import numpy as np
import pytest

from gdlib.landscapes import Landscape, frequency_fit
from gdlib.optimizers import arrive, descend, gd
from gdlib.regression import (
    UNITS,
    epochs,
    gradient,
    line,
    loss_surface,
    made_up,
    minibatch,
    noise,
    penguins,
    wave,
    waves,
)

units = pytest.mark.parametrize("units", UNITS)


@pytest.fixture(scope="module")
def data():
    x, y, _ = penguins("standardised")
    return x, y


def rng(seed=0):
    return np.random.default_rng(seed)


# --- the data ------------------------------------------------------------------------------------


@units
def test_there_are_342_penguins_with_a_flipper_a_mass_and_a_species(units):
    assert [column.shape for column in penguins(units)] == [(342,)] * 3


def test_there_are_three_species():
    species = penguins()[2]
    assert Counter(species.tolist()) == {"Adelie": 151, "Chinstrap": 68, "Gentoo": 123}


def test_flippers_are_in_millimetres_and_masses_in_kilograms():
    x, y, _ = penguins()
    assert (x.min(), x.max()) == (172, 231)
    assert (y.min(), y.max()) == (2.7, 6.3)


def test_centred_flippers_are_millimetres_from_the_mean():
    mm, centred = penguins("mm")[0], penguins("centred")[0]
    assert centred.mean() == pytest.approx(0, abs=1e-11)
    np.testing.assert_allclose(np.diff(centred), np.diff(mm), atol=1e-11)


def test_standardised_flippers_have_mean_0_and_standard_deviation_1():
    x = penguins("standardised")[0]
    assert x.mean() == pytest.approx(0, abs=1e-12)
    assert x.std() == pytest.approx(1)


def test_the_masses_do_not_depend_on_the_units_of_the_flippers():
    for units in UNITS:
        np.testing.assert_array_equal(penguins(units)[1], penguins()[1])


def test_each_call_gives_arrays_of_its_own():
    penguins()[0][:] = 0
    assert penguins()[0].min() > 0


def test_unknown_units_are_named():
    with pytest.raises(ValueError, match="units must be one of mm, centred, .*; got 'inches'"):
        penguins("inches")


# --- the loss of a line --------------------------------------------------------------------------


def loss_row_by_row(x, y, a, b):
    return math.fsum((a + b * xi - yi) ** 2 for xi, yi in zip(x, y, strict=True)) / (2 * len(x))


def gradient_row_by_row(x, y, a, b):
    errors = [a + b * xi - yi for xi, yi in zip(x, y, strict=True)]
    along_b = math.fsum(e * xi for e, xi in zip(errors, x, strict=True))
    return [math.fsum(errors) / len(x), along_b / len(x)]


@units
@pytest.mark.parametrize("w", [(0, 0), (-5.8, 0.05), (4.2, 0.7), (-1, 2)], ids=str)
def test_f_and_grad_are_the_means_over_the_rows(units, w):
    x, y, _ = penguins(units)
    land = loss_surface(x, y)
    assert land.f(np.array(w)) == pytest.approx(loss_row_by_row(x, y, *w), rel=1e-9)
    expected = gradient_row_by_row(x, y, *w)
    np.testing.assert_allclose(land.grad(np.array(w)), expected, rtol=1e-8)


@units
def test_the_minimum_is_the_least_squares_solution(units):
    x, y, _ = penguins(units)
    solution = np.linalg.lstsq(np.stack([np.ones_like(x), x], axis=1), y, rcond=None)[0]
    np.testing.assert_allclose(loss_surface(x, y).minima[:, 0], solution, rtol=1e-8)


@units
def test_the_gradient_at_the_minimum_is_exactly_zero(units):
    land = loss_surface(*penguins(units)[:2])
    assert (land.grad(land.minima) == 0).all()


@units
def test_the_gradient_agrees_with_central_differences_over_the_window(units):
    land, h = loss_surface(*penguins(units)[:2]), 1e-5
    low, high = np.array(land.window).T[..., None]
    w = rng().uniform(low, high, (2, 100))
    measured = [(land.f(w + e) - land.f(w - e)) / (2 * h) for e in h * np.eye(2)[:, :, None]]
    scale = np.abs(land.f(w)).max()
    np.testing.assert_allclose(land.grad(w), measured, rtol=1e-6, atol=1e-9 * scale)


@pytest.mark.parametrize("units, kappa", [("mm", 8.3e6), ("centred", 197), ("standardised", 1)])
def test_the_condition_number_depends_on_the_units_alone(units, kappa):
    x, y, _ = penguins(units)
    hessian = np.array([[1, x.mean()], [x.mean(), (x**2).mean()]])
    assert np.linalg.cond(hessian) == pytest.approx(kappa, rel=0.01)
    land = loss_surface(x, y)
    flattest, steepest = land.curvatures(land.minima[:, 0])
    assert steepest / flattest == pytest.approx(kappa, rel=0.01)
    np.testing.assert_allclose(land.hessian(land.start), hessian, rtol=1e-6, atol=1e-9)


def test_the_best_line_is_as_good_in_any_units():
    lowest = [land.f(land.minima[:, 0]) for land in (loss_surface(*penguins(u)[:2]) for u in UNITS)]
    np.testing.assert_allclose(lowest, lowest[0], rtol=1e-10)


@units
def test_the_loss_surface_is_a_landscape_like_any_other(units):
    land = loss_surface(*penguins(units)[:2])
    assert isinstance(land, Landscape) and land.dimension == 2
    assert land.start.shape == (2,) and land.minima.shape == (2, 1) and land.saddles.shape == (2, 0)
    low, high = np.array(land.window).T
    for point in (land.start, land.minima[:, 0]):
        assert ((low < point) & (point < high)).all()
    for batch in ((), (5,), (4, 3)):
        w = np.ones((2, *batch))
        assert np.shape(land.f(w)) == batch and land.grad(w).shape == w.shape
    assert (land.curvatures(land.minima) > 0).all()
    assert land.f([1, 2]) == land.f(np.array([1.0, 2.0]))


def test_gradient_descent_on_standardised_penguins_lands_on_the_best_line_in_one_step(data):
    land = loss_surface(*data)
    end = arrive(gd, land.grad, [0, 0], 1, lr=1)
    np.testing.assert_allclose(end, land.minima[:, 0], rtol=1e-12)


# --- mini-batches --------------------------------------------------------------------------------

W = np.array([1.0, -1.0])


def single_gradients(x, y):
    error = W[0] + W[1] * x - y
    return np.stack([error, error * x])


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("size", [1, 4, 16])
def test_the_mean_of_many_minibatch_gradients_is_the_full_gradient(data, size, replace):
    draws = 4000
    g = minibatch(*data, size, rng(), replace)(np.repeat(W[:, None], draws, axis=1))
    sigma = single_gradients(*data).std(axis=1)
    off = np.abs(g.mean(axis=1) - loss_surface(*data).grad(W))
    assert (off < 4 * sigma / np.sqrt(size * draws)).all()


@pytest.mark.parametrize("size", [1, 4, 16, 64])
def test_the_noise_of_a_minibatch_falls_with_the_root_of_its_size(data, size):
    g = minibatch(*data, size, rng())(np.repeat(W[:, None], 4000, axis=1))
    sigma = single_gradients(*data).std(axis=1)
    np.testing.assert_allclose(g.std(axis=1), sigma / np.sqrt(size), rtol=0.06)


@pytest.mark.parametrize("size", [4, 64, 171])
def test_without_replacement_the_noise_is_smaller_by_the_finite_population_factor(data, size):
    n = len(data[0])
    g = minibatch(*data, size, rng(), replace=False)(np.repeat(W[:, None], 3000, axis=1))
    sigma = single_gradients(*data).std(axis=1)
    expected = sigma / np.sqrt(size) * np.sqrt((n - size) / (n - 1))
    np.testing.assert_allclose(g.std(axis=1), expected, rtol=0.06)


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)], ids=str)
def test_all_rows_without_replacement_give_the_full_gradient(data, batch):
    w = rng(1).normal(size=(2, *batch))
    g = minibatch(*data, len(data[0]), rng(), replace=False)(w)
    np.testing.assert_allclose(g, loss_surface(*data).grad(w), rtol=1e-10, atol=1e-12)


def rows_drawn(size, replace, batch=(), n=8):
    """Which rows a mini-batch holds, read off from targets that are powers of 2."""
    x, y = np.arange(n, dtype=float), -(16.0 ** np.arange(n))
    total = minibatch(x, y, size, rng(), replace)(np.zeros((2, *batch)))[0] * size
    digits = np.round(total)[None] // (16.0 ** np.arange(n)).reshape(-1, *(1,) * len(batch)) % 16
    assert (digits.sum(axis=0) == size).all()
    return digits


def test_without_replacement_no_row_comes_twice():
    for size in range(1, 9):
        assert rows_drawn(size, False, (200,)).max() == 1


def test_with_replacement_a_row_may_come_twice():
    assert rows_drawn(8, True, (200,)).max() > 1


@pytest.mark.parametrize("replace", [True, False])
def test_every_row_is_drawn_equally_often(replace):
    counts = rows_drawn(3, replace, (8000,)).sum(axis=1)
    np.testing.assert_allclose(counts, 3000, rtol=0.08)


@pytest.mark.parametrize("replace", [True, False])
def test_every_run_of_a_batch_draws_rows_of_its_own(data, replace):
    g = minibatch(*data, 3, rng(), replace)(np.repeat(W[:, None], 50, axis=1))
    assert len(np.unique(g, axis=1).T) == 50


@pytest.mark.parametrize("replace", [True, False])
def test_every_call_draws_afresh(data, replace):
    grad = minibatch(*data, 3, rng(), replace)
    assert not np.array_equal(grad(W), grad(W))


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("batch", [(), (1,), (4,), (4, 5)], ids=str)
def test_a_minibatch_gradient_has_the_shape_of_the_point(data, replace, batch):
    assert minibatch(*data, 3, rng(), replace)(np.ones((2, *batch))).shape == (2, *batch)


@pytest.mark.parametrize("replace", [True, False])
def test_the_same_seed_gives_the_same_run(data, replace):
    a, b, c = (
        descend(gd, minibatch(*data, 4, rng(seed), replace), [0, 0], 50, lr=0.1)
        for seed in (7, 7, 8)
    )
    assert np.array_equal(a, b) and not np.array_equal(a, c)


def test_descent_on_minibatches_comes_near_the_best_line(data):
    starts = np.zeros((2, 50))
    end = arrive(gd, minibatch(*data, 16, rng()), starts, 500, lr=0.05)
    np.testing.assert_allclose(end.mean(axis=1), loss_surface(*data).minima[:, 0], atol=0.05)


def test_a_minibatch_takes_a_list_for_a_point(data):
    assert minibatch(*data, 3, rng())([0, 0]).shape == (2,)


def test_nothing_but_the_given_rng_is_drawn_from(data):
    state = np.random.get_state()[1].copy()
    minibatch(*data, 3, rng())(W)
    assert (np.random.get_state()[1] == state).all()


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, -1, 343, 2.0, 1.5, True, None, "3"])
def test_the_size_of_a_minibatch_is_a_whole_number_up_to_the_number_of_rows(data, size):
    with pytest.raises(ValueError) as caught:
        minibatch(*data, size, rng())
    assert str(caught.value) == f"size must be a whole number from 1 to 342; got {size!r}"


def test_a_size_may_be_a_numpy_integer(data):
    assert minibatch(*data, np.int64(5), rng())(W).shape == (2,)


@pytest.mark.parametrize("bad", [0, None, np.random.RandomState(0)])
def test_rng_is_a_generator(data, bad):
    with pytest.raises(ValueError, match="rng must be a numpy Generator"):
        minibatch(*data, 3, bad)


@pytest.mark.parametrize("make", [loss_surface, lambda x, y: minibatch(x, y, 1, rng())])
@pytest.mark.parametrize(
    "x, y, words",
    [
        ([1, 2], [1, 2, 3], r"x and y must be two columns of equal length.*\(2,\), \(3,\)"),
        ([[1, 2]], [[1, 2]], r"x and y must be two columns.*\(1, 2\)"),
        ([1], [1], "at least 2"),
        ([], [], "at least 2"),
        ([1, np.nan], [1, 2], "finite"),
        ([1, 2], [1, np.inf], "finite"),
        ([3, 3], [1, 2], "x must be numbers of which two differ; got "),
    ],
)
def test_data_that_no_line_can_be_fitted_to_are_refused(make, x, y, words):
    with pytest.raises(ValueError, match=words):
        make(x, y)


TAKE = {
    "loss_surface": loss_surface,
    "minibatch": lambda x, y: minibatch(x, y, 1, rng()),
    "epochs": lambda x, y: epochs(x, y, 1, rng()),
    "noise": lambda x, y: noise(x, y, [0, 1]),
}
takers = pytest.mark.parametrize("take", TAKE.values(), ids=TAKE)
CONSTANTS = [0.1, 0.3, -0.7, 1 / 3, 98.6, 1e6 + 0.1, 1e-12, 1e-300, 1e150]
AGAIN = {
    "as it is": lambda c: c,
    "in other units and back": lambda c: c / 25.4 / 12 * 12 * 25.4,
    "summed in tenths": lambda c: sum([c / 10] * 10),
    "a root, squared": lambda c: math.copysign(math.sqrt(abs(c)) ** 2, c),
    "the float next to it": lambda c: math.nextafter(c, math.inf),
}


@takers
@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_column_is_constant_whose_spread_is_round_off(take, constant, again):
    for rows in (3, 7, 1000):
        x = np.where(np.arange(rows) % 3 == 1, again(constant), constant)
        with pytest.raises(ValueError, match="^x must be numbers of which two differ; got "):
            take(x, np.arange(rows))


@takers
@pytest.mark.parametrize("constant", [0.1, 98.6, -1e6])
def test_a_constant_column_stays_one_when_it_is_centred_or_standardised(take, constant):
    x = np.full(9, constant)
    for column in (x - x.mean(), (x - x.mean()) / (x.std() or 1)):
        with pytest.raises(ValueError, match="^x must be numbers of which two differ; got "):
            take(column, np.arange(9))


@takers
@pytest.mark.parametrize("offset", [0, 1, -98.6, 1e6])
@pytest.mark.parametrize("step", [1e-3, 1, 1e3])
def test_a_nearly_constant_column_is_sound(take, offset, step):
    take(offset + step * np.arange(5), np.arange(5))


@pytest.mark.parametrize("step", [1e-3, 1, 1e3])
def test_the_line_through_a_nearly_constant_column_is_right(step):
    """Far from 0 the steps are kept to ten digits, and so is the slope to seven."""
    x = 1e6 + step * np.arange(5)
    assert loss_surface(x, np.arange(5)).minima[1, 0] == pytest.approx(1 / step, rel=1e-7)


@takers
def test_masked_rows_are_refused_in_words(take):
    x, y = np.arange(4.0), np.array([1.0, 3, 2, 5])
    hidden = np.ma.masked_values(x, 2)
    for name, rows in (("x", (hidden, y)), ("y", (y, hidden)), ("x", ([1, np.ma.masked, 3, 4], y))):
        with pytest.raises(ValueError, match=f"^{name} must be free of masked values: drop them"):
            take(*rows)
    take(np.ma.array(x), np.ma.array(y, mask=False))


def test_the_gradient_of_masked_rows_is_refused():
    x, y, w = np.arange(4.0), np.array([1.0, 3, 2, 5]), np.ones(2)
    hidden = np.ma.masked_values(x, 2)
    for rows in ((w, hidden, y), (w, y, hidden), (np.ma.array(w, mask=[1, 0]), x, y)):
        with pytest.raises(ValueError, match="^w, x and y must be free of masked values"):
            gradient(*rows)
    np.testing.assert_array_equal(gradient(w, np.ma.array(x), np.ma.array(y)), gradient(w, x, y))


@pytest.mark.parametrize(
    "x, y",
    [
        ([0, 1, 2], [0, 0, 0]),
        ([-1, 0, 1], [1, -2, 1]),
        ([-0.1, 0.2, -0.1], [0.1, 0, -0.1]),
        (np.arange(7) / 10 - 0.3, np.cos(np.arange(7) * np.pi / 3) - 1 / 7),
        ([100, 300, 500], [0, 0, 0]),
    ],
)
def test_the_window_has_a_width_where_the_best_line_is_flat(x, y):
    land = loss_surface(x, y)
    np.testing.assert_allclose(land.minima, 0, atol=1e-15)
    low, high = np.array(land.window).T
    assert (high > 0.1).all() and (low == -high).all()


# --- the made-up data ----------------------------------------------------------------------------


def test_the_made_up_points_are_those_of_the_ledger():
    """200 of them about 1 + 2x, x even between -2 and 2, from seed 0 of numpy's generator."""
    seed = rng(0)
    x = seed.uniform(-2, 2, 200)
    y = 1 + 2 * x + 0.8 * seed.normal(size=200)
    np.testing.assert_array_equal(made_up(), (x, y))


def test_the_best_line_through_the_made_up_points_its_loss_and_its_curvatures():
    land = loss_surface(*made_up())
    best = land.minima[:, 0]
    np.testing.assert_allclose(best, [0.93649, 1.94940], atol=5e-6)
    assert land.f(best) == pytest.approx(0.33349, abs=5e-6)
    np.testing.assert_allclose(land.curvatures(best), [0.9522, 1.5259], atol=5e-5)


def test_the_made_up_points_are_the_same_at_each_call_and_arrays_of_their_own():
    made_up()[0][:] = 0
    np.testing.assert_array_equal(made_up(), made_up())
    assert made_up()[0].any()


def test_without_noise_the_made_up_points_lie_on_the_line_exactly():
    x, y = made_up(noise=0)
    np.testing.assert_array_equal(y, 1 + 2 * x)
    np.testing.assert_array_equal(x, made_up()[0])


def test_the_noise_of_the_made_up_points_scales():
    (x, low), (_, high) = made_up(noise=0.5), made_up(noise=2)
    np.testing.assert_allclose(4 * (low - 1 - 2 * x), high - 1 - 2 * x, atol=1e-12)


def test_the_waves_are_the_data_of_the_frequency_fit():
    x, y = waves()
    assert x.shape == y.shape == (40,) and (np.abs(x) < 4).all()
    np.testing.assert_array_equal(y, np.sin(2 * x))
    w = np.linspace(0, 5, 501)
    by_hand = ((np.sin(w[:, None] * x) - y) ** 2).mean(axis=1) / 2
    np.testing.assert_allclose(frequency_fit().f(w[None]), by_hand, atol=1e-14)


# --- the gradient of a model ---------------------------------------------------------------------

MODELS = pytest.mark.parametrize(
    "model, data, dimension", [(line, made_up(), 2), (wave, waves(), 1)], ids=["line", "wave"]
)


def loss(model, w, x, y):
    """Half the mean squared error, for points w `(d, ...)` and rows along the first axis."""
    return ((model(w, x)[0] - y) ** 2).mean(axis=0) / 2


@MODELS
def test_a_model_gives_its_prediction_and_its_derivative_in_each_parameter(model, data, dimension):
    x, h = data[0], 1e-6
    w = rng(3).normal(size=dimension)
    prediction, slopes = model(w, x)
    assert prediction.shape == x.shape and len(slopes) == dimension
    for slope, e in zip(slopes, h * np.eye(dimension), strict=True):
        measured = (model(w + e, x)[0] - model(w - e, x)[0]) / (2 * h)
        np.testing.assert_allclose(np.broadcast_to(slope, x.shape), measured, atol=1e-8)


@MODELS
def test_the_gradient_agrees_with_central_differences_of_the_loss(model, data, dimension):
    (x, y), h = (column[:, None] for column in data), 1e-5
    w = rng(1).normal(scale=2, size=(dimension, 50))
    shifts = h * np.eye(dimension)[:, :, None]
    measured = [(loss(model, w + e, x, y) - loss(model, w - e, x, y)) / (2 * h) for e in shifts]
    np.testing.assert_allclose(gradient(w, x, y, model), measured, rtol=1e-6, atol=1e-7)


def test_the_gradient_of_a_line_is_the_sum_over_the_rows():
    x, y = made_up()
    for w in rng(2).normal(size=(5, 2)):
        np.testing.assert_allclose(gradient(w, x, y), gradient_row_by_row(x, y, *w), rtol=1e-12)


def test_the_gradient_of_a_wave_is_the_sum_over_the_rows():
    x, y = waves()
    for w in (0.3, 2.0, 3.5):
        rows = [(math.sin(w * a) - b) * math.cos(w * a) * a for a, b in zip(x, y, strict=True)]
        assert gradient([w], x, y, wave)[0] == pytest.approx(math.fsum(rows) / 40, abs=1e-14)


@MODELS
def test_each_run_of_a_batch_may_have_rows_of_its_own(model, data, dimension):
    rows = rng(4).integers(len(data[0]), size=(7, 4, 3))
    x, y = (column[rows] for column in data)
    w = rng(5).normal(size=(dimension, 4, 3))
    together = gradient(w, x, y, model)
    assert together.shape == (dimension, 4, 3)
    for k in np.ndindex(4, 3):
        alone = gradient(w[:, *k], x[:, *k], y[:, *k], model)
        np.testing.assert_allclose(together[:, *k], alone, rtol=1e-12, atol=1e-14)


def test_the_gradient_of_a_line_through_all_rows_is_that_of_the_loss_surface(data):
    x, y = data
    w = rng(6).normal(size=(2, 30))
    expected = loss_surface(x, y).grad(w)
    np.testing.assert_allclose(gradient(w, x[:, None], y[:, None]), expected, rtol=1e-9, atol=1e-12)


def test_the_gradient_of_the_wave_through_all_rows_is_that_of_the_frequency_fit():
    x, y = (column[:, None] for column in waves())
    w = np.linspace(0, 5, 101)[None]
    np.testing.assert_allclose(gradient(w, x, y, wave), frequency_fit().grad(w), atol=1e-13)


@pytest.mark.parametrize("size", [1, 3, 8])
def test_minibatches_of_waves_are_right_on_average(size):
    x, y = waves()
    for w in (0.5, 3.5):
        g = minibatch(x, y, size, rng(), model=wave)(np.full((1, 8000), w))[0]
        assert abs(g.mean() - frequency_fit().grad([w])[0]) < 4 * g.std() / np.sqrt(8000)
        assert g.std() == pytest.approx(noise(x, y, [w], wave) / np.sqrt(size), rel=0.06)


def test_all_waves_without_replacement_give_the_gradient_of_the_frequency_fit():
    w = np.linspace(0, 5, 11)[None]
    g = minibatch(*waves(), 40, rng(), replace=False, model=wave)(w)
    np.testing.assert_allclose(g, frequency_fit().grad(w), atol=1e-13)


def test_a_model_of_the_readers_own_will_do():
    """A parabola through the origin, w·x²."""

    def bowl(w, x):
        return w[0] * x**2, (x**2,)

    x = np.linspace(-1, 1, 20)
    end = arrive(gd, epochs(x, 3 * x**2, 5, rng(), bowl), [0], 400, lr=0.5)
    assert end[0] == pytest.approx(3, abs=1e-9)


# --- epochs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)], ids=str)
def test_an_epoch_of_one_minibatch_is_the_full_gradient(data, batch):
    w = rng(1).normal(size=(2, *batch))
    grad = epochs(*data, len(data[0]), rng())
    for _ in range(3):
        np.testing.assert_allclose(grad(w), loss_surface(*data).grad(w), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("size", [1, 9, 171])
def test_over_an_epoch_of_equal_minibatches_the_mean_is_the_full_gradient(data, size):
    w = rng(1).normal(size=(2, 4))
    grad = epochs(*data, size, rng())
    for _ in range(2):
        mean = np.mean([grad(w) for _ in range(342 // size)], axis=0)
        np.testing.assert_allclose(mean, loss_surface(*data).grad(w), rtol=1e-10, atol=1e-12)


def test_the_last_minibatch_of_an_epoch_is_the_mean_of_the_rows_that_are_left(data):
    """342 = 3·100 + 42: weighted by their rows, the four make up the full gradient."""
    grad = epochs(*data, 100, rng())
    mean = sum(rows * grad(W) for rows in (100, 100, 100, 42)) / 342
    np.testing.assert_allclose(mean, loss_surface(*data).grad(W), rtol=1e-10)


def test_the_runs_of_epochs_have_orders_of_their_own_and_a_seed_repeats_them(data):
    a, b, c = (
        descend(gd, epochs(*data, 4, rng(seed)), np.zeros((2, 5)), 100, lr=0.1)
        for seed in (7, 7, 8)
    )
    assert np.array_equal(a, b) and not np.array_equal(a, c)
    assert len(np.unique(a[:, -1], axis=1).T) == 5


def test_a_whole_epoch_is_steadier_than_as_many_random_picks(data):
    """Each row once: what is left at its end is the order alone."""
    land = loss_surface(*data)
    start = np.repeat(land.minima, 100, axis=1)
    drawn, taken = (
        arrive(gd, make(*data, 1, rng()), start, 3 * 342, lr=0.01) for make in (minibatch, epochs)
    )
    lowest = land.f(land.minima[:, 0])
    assert (land.f(taken) - lowest).mean() < 0.7 * (land.f(drawn) - lowest).mean()


@pytest.mark.parametrize("size", [0, 343, 2.0, True, None])
def test_epochs_refuse_the_sizes_that_minibatch_refuses(data, size):
    with pytest.raises(ValueError) as caught:
        epochs(*data, size, rng())
    assert str(caught.value) == f"size must be a whole number from 1 to 342; got {size!r}"


def test_epochs_refuse_what_is_no_generator_and_no_data(data):
    with pytest.raises(ValueError, match="rng must be a numpy Generator"):
        epochs(*data, 3, 0)
    with pytest.raises(ValueError, match="x and y must be two columns of equal length"):
        epochs([1, 2], [1, 2, 3], 1, rng())


# --- noise ---------------------------------------------------------------------------------------


@MODELS
def test_the_noise_is_the_root_mean_square_distance_of_single_gradients(model, data, dimension):
    for w in rng(8).normal(size=(3, dimension)):
        single = [
            gradient(w, x, y, model) for x, y in zip(*(c[:, None] for c in data), strict=True)
        ]
        mean = np.mean(single, axis=0)
        brute = math.sqrt(math.fsum(((g - mean) ** 2).sum() for g in single) / len(single))
        assert noise(*data, w, model) == pytest.approx(brute, rel=1e-12)
        assert isinstance(noise(*data, w, model), float)


def test_the_noise_squared_is_the_trace_of_the_covariance(data):
    x, y = data
    error = W[0] + W[1] * x - y
    covariance = np.cov([error, error * x], bias=True)
    assert noise(x, y, W) ** 2 == pytest.approx(np.trace(covariance), rel=1e-12)


def test_where_the_line_goes_through_every_point_there_is_no_noise():
    assert noise(*made_up(noise=0), [1, 2]) == 0
    assert noise(*waves(), [2], wave) == 0
    assert noise(*made_up(), loss_surface(*made_up()).minima[:, 0]) > 1


def test_copies_of_all_rows_do_not_change_the_noise(data):
    x, y = (np.tile(column, 100) for column in data)
    assert noise(x, y, W) == pytest.approx(noise(*data, W), rel=1e-12)


def test_the_noise_takes_lists_and_refuses_what_is_no_data(data):
    assert noise(*(column.tolist() for column in data), [1, -1]) == noise(*data, W)
    with pytest.raises(ValueError, match="x and y must be two columns of equal length"):
        noise([1, 2, 3], [1, 2], [0, 0])
