"""What is true of every landscape, and what is known of each one in closed form."""

import math
from dataclasses import replace

import numpy as np
import pytest

from gdlib import landscapes
from gdlib.landscapes import Landscape, catalogue, critical_points, hidden, kinds, stationary_points

ROOT = 8 / (3 * np.sqrt(3))  # the tilt at which the double well loses a valley

VARIANTS = {
    **{name: (lambda name=name: catalogue()[name]) for name in catalogue()},
    **{f"double_well({t})": (lambda t=t: landscapes.double_well(t)) for t in (-1, 0, 0.3, 1.5, 2)},
    **{f"dip({d})": (lambda d=d: landscapes.dip(d)) for d in (0, 3, 8)},
    **{f"parabola({c})": (lambda c=c: landscapes.parabola(c)) for c in (0.1, 1, 100)},
    **{
        f"ravine({kappa}, {angle})": (lambda k=kappa, a=angle: landscapes.ravine(k, a))
        for kappa in (1, 20, 1000)
        for angle in (0, 22.5, 45, 90, -130)
    },
    **{f"rastrigin({d})": (lambda d=d: landscapes.rastrigin(d)) for d in (1, 2, 3, 4)},
}


@pytest.fixture(params=VARIANTS, scope="module")
def land(request):
    return VARIANTS[request.param]()


@pytest.fixture
def anywhere(land):
    """200 points spread over the window, shape (d, 200)."""
    low, high = np.array(land.window).T
    unit = np.random.default_rng(1).random((200, land.dimension))
    return (low + (high - low) * unit).T


def slope_by_differences(land, w, h=1e-6):
    shifts = h * np.eye(land.dimension)[:, :, None]
    return np.stack([(land.f(w + s) - land.f(w - s)) / (2 * h) for s in shifts])


# --- what holds for all of them ------------------------------------------------------------------


def test_the_gradient_agrees_with_central_differences_over_the_whole_window(land, anywhere):
    exact, measured = land.grad(anywhere), slope_by_differences(land, anywhere)
    scale = np.abs(exact).max() + np.abs(land.f(anywhere)).max()
    np.testing.assert_allclose(measured, exact, rtol=1e-6, atol=1e-8 * scale)


def test_the_gradient_at_every_minimum_is_zero_to_full_precision(land):
    steepest = np.abs(land.hessian(land.minima)).max(axis=(0, 1), initial=1)
    assert (np.abs(land.grad(land.minima)) <= 1e-14 * steepest).all()


def test_no_curvature_at_a_minimum_is_negative(land):
    assert (land.curvatures(land.minima) > -1e-8).all()


def test_no_point_around_a_minimum_is_lower(land):
    for minimum in land.minima.T[:30]:
        around = np.random.default_rng(2).normal(size=(land.dimension, 200))
        around *= 0.01 / np.linalg.norm(around, axis=0)
        here = land.f(minimum)
        assert (land.f(minimum[:, None] + around) > here).all()


def test_the_gradient_at_every_saddle_is_zero_to_full_precision(land):
    steepest = np.abs(land.hessian(land.saddles)).max(axis=(0, 1), initial=1)
    assert (np.abs(land.grad(land.saddles)) <= 1e-14 * steepest).all()


def test_from_every_saddle_there_is_a_way_down(land):
    for saddle in land.saddles.T:
        around = np.random.default_rng(3).normal(size=(land.dimension, 400))
        around *= 0.05 / np.linalg.norm(around, axis=0)
        f = land.f(saddle[:, None] + around) - land.f(saddle)
        assert f.min() < 0 < f.max()


def test_the_hessian_at_a_saddle_is_not_definite(land):
    low, high = land.curvatures(land.saddles)[[0, -1]]
    assert (low < 1e-8).all() and (high > -1e-8).all()


def test_minima_saddles_and_start_lie_inside_the_window(land):
    low, high = np.array(land.window, dtype=float).T[..., None]
    for points in (land.minima, land.saddles, land.start[:, None]):
        assert ((low < points) & (points < high)).all()


def test_the_lowest_minimum_comes_first(land):
    heights = land.f(land.minima)
    assert (np.diff(heights) > -1e-9).all()


def test_nothing_in_the_window_is_lower_than_the_first_minimum(land, anywhere):
    if land.minima.size:
        assert (land.f(anywhere) >= land.f(land.minima[:, 0]) - 1e-12).all()


def test_start_is_one_point_and_minima_and_saddles_are_columns_of_points(land):
    d = land.dimension
    assert land.start.shape == (d,)
    assert land.minima.ndim == land.saddles.ndim == 2
    assert len(land.minima) == len(land.saddles) == d


@pytest.mark.parametrize("batch", [(), (7,), (5, 4), (3, 1, 2)], ids=str)
def test_a_point_a_path_a_mesh_and_a_batch_are_taken_alike(land, batch):
    w = np.random.default_rng(4).uniform(-1, 1, (land.dimension, *batch))
    assert np.shape(land.f(w)) == batch
    assert land.grad(w).shape == w.shape
    assert land.hessian(w).shape == (land.dimension, *w.shape)
    assert land.curvatures(w).shape == w.shape


def test_each_point_of_a_batch_is_treated_as_if_it_were_alone(land, anywhere):
    f, grad = land.f(anywhere), land.grad(anywhere)
    for k in range(0, 200, 37):
        np.testing.assert_allclose(land.f(anywhere[:, k]), f[k], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(land.grad(anywhere[:, k]), grad[:, k], rtol=1e-12, atol=1e-12)


def test_a_list_does_as_well_as_an_array(land):
    assert land.f(land.start.tolist()) == pytest.approx(land.f(land.start), rel=1e-13)
    np.testing.assert_allclose(land.grad(land.start.tolist()), land.grad(land.start), rtol=1e-13)


def test_whole_numbers_do_as_well_as_real_ones(land):
    w = np.ones(land.dimension, dtype=int)
    assert land.f(w) == land.f(w.astype(float))
    np.testing.assert_array_equal(land.grad(w), land.grad(w.astype(float)))


def test_neither_f_nor_grad_writes_into_the_point_it_is_given(land):
    w = land.start.copy()
    land.f(w), land.grad(w), land.hessian(w)
    np.testing.assert_array_equal(w, land.start)


def test_a_point_with_a_coordinate_too_many_has_no_height(land):
    if land.name != "Rastrigin":
        with pytest.raises(ValueError):
            land.f(np.zeros(land.dimension + 1))


def test_a_landscape_cannot_be_changed(land):
    with pytest.raises(AttributeError):
        land.start = 0


def test_the_hessian_is_symmetric(land, anywhere):
    matrix = land.hessian(anywhere)
    np.testing.assert_array_equal(matrix, np.swapaxes(matrix, 0, 1))


def test_the_hessian_agrees_with_second_differences_of_the_height(land, anywhere):
    w, h, d = anywhere[:, :50], 1e-3, land.dimension
    e = h * np.eye(d)[..., None]
    second = [
        [
            (land.f(w + a + b) - land.f(w + a - b) - land.f(w - a + b) + land.f(w - a - b))
            / (4 * h * h)
            for a in e
        ]
        for b in e
    ]
    exact = land.hessian(w)
    np.testing.assert_allclose(second, exact, atol=2e-3 * np.abs(exact).max())


def test_the_curvatures_are_the_eigenvalues_of_the_hessian_smallest_first(land):
    w = land.start
    np.testing.assert_allclose(land.curvatures(w), np.linalg.eigvalsh(land.hessian(w)))
    assert (np.diff(land.curvatures(w)) >= 0).all()


def test_the_catalogue_names_each_factory_once():
    for name, land in catalogue().items():
        assert getattr(landscapes, name)().name == land.name
    public = {
        name
        for name, value in vars(landscapes).items()
        if callable(value)
        and getattr(value, "__module__", "") == landscapes.__name__
        and not name.startswith("_")
    }
    more = {"catalogue", "stationary_points", "critical_points", "polished", "kinds", "hidden"}
    assert public - more - {"Landscape"} == set(catalogue())


# --- what a Landscape makes of a record ----------------------------------------------------------


def test_a_record_without_minima_and_saddles_has_none_of_them():
    land = Landscape("plane", lambda w: w[0] + w[1], np.ones_like, ((0, 1), (0, 1)), start=[0, 0])
    assert land.minima.shape == land.saddles.shape == (2, 0)


def test_minima_are_sorted_by_height_and_equally_low_ones_keep_their_order():
    land = Landscape(
        "steps", lambda w: np.round(w[0]), np.zeros_like, ((0, 9),), 0, minima=[5, 3.1, 7, 2.9]
    )
    np.testing.assert_array_equal(land.minima, [[3.1, 2.9, 5, 7]])


PLAIN = {"f": lambda w: (w**2).sum(axis=0), "grad": lambda w: 2 * w}


def record(dimension, **more):
    """A round bowl, with something said about it."""
    given = {"name": "bowl", "window": ((-2, 2),) * dimension, "start": np.ones(dimension)}
    return Landscape(**(PLAIN | given | more))


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize("change", [-1, 1, 2])
def test_a_start_of_another_length_than_the_window_is_refused(dimension, change):
    words = f"^start must be {dimension} finite numbers, one for each pair of window"
    with pytest.raises(ValueError, match=words):
        record(dimension, start=np.ones(dimension + change))


@pytest.mark.parametrize("start", [None, [np.nan, 0], [np.inf, 0], [[1, 1]], np.eye(2), 1, []])
def test_a_start_is_one_finite_place(start):
    with pytest.raises(ValueError, match="^start must be 2 finite numbers"):
        record(2, start=start)


@pytest.mark.parametrize(
    "window",
    [(-2, 2), [-2, 2], (), ((-2,),), ((-2, 0, 2),), ((2, -2),), ((1, 1),), ((0, np.inf),), None],
    ids=repr,
)
def test_a_window_that_is_no_pair_for_each_parameter_is_refused(window):
    with pytest.raises(ValueError) as caught:
        record(1, window=window)
    assert str(caught.value).startswith("window must be pairs (low, high), as in ")
    assert str(caught.value).endswith(f"got {window!r}")


@pytest.mark.parametrize("window", ["ab", (("a", "b"),), ((-2, 2), (1,))], ids=repr)
def test_a_window_without_numbers_is_refused(window):
    with pytest.raises(ValueError, match="^window must be real numbers; got "):
        record(1, window=window)


@pytest.mark.parametrize("name", ["window", "start", "minima", "saddles"])
def test_masked_values_are_no_part_of_a_record(name):
    hidden = np.ma.array([[-2.0, 2.0]], mask=[[0, 1]])
    with pytest.raises(ValueError, match=f"^{name} must be free of masked values"):
        record(1, **{name: hidden if name == "window" else hidden[0]})


# --- stated places -------------------------------------------------------------------------------

PLACED = {name: make for name, make in VARIANTS.items() if make().minima.shape[1]}
placed = pytest.mark.parametrize("make", PLACED.values(), ids=PLACED)
PLANAR = {
    **{name: getattr(landscapes, name) for name in ("himmelblau", "three_pits", "monkey_saddle")},
    **{f"hidden({word})": (lambda word=word: hidden(word)) for word in ("fog", "mist", "ß")},
}
planar = pytest.mark.parametrize("make", PLANAR.values(), ids=PLANAR)


def significant(places, digits=3):
    return np.reshape([float(f"{x:.{digits}g}") for x in places.ravel()], places.shape)


@placed
@pytest.mark.parametrize("rounded", [significant, lambda places: np.round(places, 3)])
def test_places_rounded_to_three_digits_pass(make, rounded):
    land = make()
    for name in ("minima", "saddles"):
        places = rounded(getattr(land, name))
        kept = getattr(replace(land, **{name: places}), name)
        assert sorted(kept.T.tolist()) == sorted(places.T.tolist())


@planar
@pytest.mark.parametrize("name", ["minima", "saddles"])
def test_places_written_in_rows_are_asked_whether_they_lack_a_transpose(make, name):
    """Two places too, whose rows have the shape of columns."""
    land = make()
    places = getattr(land, name)
    for count in range(2, places.shape[1] + 1):
        replace(land, **{name: places[:, :count]})
        with pytest.raises(ValueError, match=rf"^{name} must be .*transpose\?"):
            replace(land, **{name: places[:, :count].T})
        with pytest.raises(ValueError, match=rf"^{name} must be columns"):
            replace(land, **{name: places[:, :count].ravel()})


@pytest.mark.parametrize("name", ["minima", "saddles"])
@pytest.mark.parametrize("far", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_a_place_with_a_slope_is_refused_and_named(name, far, dimension):
    """On the bowl of slope 2w: three digits are far less than 2 hundredths."""
    slopes = 2 * np.full(dimension, far)
    with pytest.raises(ValueError) as caught:
        record(dimension, **{name: np.full(dimension, far)})
    assert str(caught.value) == (
        f"{name} must be places where grad vanishes, a column for each (transpose?); "
        f"got {slopes / 2!r}, where it is {slopes!r}"
    )


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1, 1e6, 1e200])
@pytest.mark.parametrize("size", [1e-3, 1, 1e6])
def test_what_vanishes_is_judged_by_the_sizes_of_slope_and_window(scale, size):
    more = {"f": lambda w: scale * w[0] ** 2, "grad": lambda w: 2 * scale * w}
    more |= {"window": ((-size, size),), "start": size}
    record(1, **more, minima=1e-3 * size)
    with pytest.raises(ValueError, match="^minima must be places where grad vanishes, "):
        record(1, **more, minima=0.1 * size)


def test_one_wrong_place_among_many_is_named():
    land = landscapes.himmelblau()
    places = land.minima.copy()
    places[:, 2] += 0.3
    with pytest.raises(ValueError, match="^minima must be .*vanishes, .*; got .*-3.479"):
        replace(land, minima=places)


def away(power):
    """The slope of |x|ᵖ, infinite or none at 0 for p below 1."""
    return lambda w: power * np.sign(w) * np.abs(w) ** (power - 1)


# A minimum at 0 where the slope jumps, is infinite or is none.
SHARP = {
    "a kink": (np.abs, np.sign),
    "a kink with the slope of its right": (np.abs, lambda w: np.where(w >= 0, 1.0, -1.0)),
    "a kink with the slope of its left": (np.abs, lambda w: np.where(w > 0, 1.0, -1.0)),
    "a kink without a slope": (np.abs, lambda w: np.where(w == 0, np.nan, np.sign(w))),
    "an uneven kink": (lambda w: np.maximum(3 * w, -w), lambda w: np.where(w >= 0, 3.0, -1.0)),
    "a hinge": (lambda w: np.maximum(w, 0), lambda w: np.where(w >= 0, 1.0, 0.0)),
    "a cusp": (lambda w: np.sqrt(np.abs(w)), away(0.5)),
    "a sharp cusp": (lambda w: np.abs(w) ** 0.1, away(0.1)),
    "an infinite slope": (lambda w: np.sqrt(np.maximum(w, 0)), lambda w: 0.5 / np.sqrt(w)),
    "a bend without a curvature": (lambda w: np.abs(w) ** 1.5, away(1.5)),
    "a flat bottom": (lambda w: np.maximum(np.abs(w) - 1, 0) ** 2, lambda w: 0 * w),
}
sharp = pytest.mark.parametrize("height, slope", SHARP.values(), ids=SHARP)


@sharp
@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_on_a_kink_and_at_an_infinite_slope_a_place_is_taken(height, slope, dimension):
    record(dimension, f=lambda w: height(w).sum(axis=0), grad=slope, minima=np.zeros(dimension))


def test_a_gradient_in_a_list_is_one():
    land = record(2, grad=lambda w: [2 * w[0], 2 * w[1]], minima=[0, 0])
    assert land.minima.tolist() == [[0], [0]]


@pytest.mark.parametrize(
    "more, words",
    [
        ({"grad": lambda w: None}, "grad returned None"),
        (
            {"grad": lambda w: 2 * w[0]},
            "what grad returns must be real numbers in the shape of w, (2,",
        ),
        ({"grad": lambda w: [math.cos(w[0]), 0]}, "grad raised TypeError: "),
        ({"f": lambda w: None}, "f returned None"),
        ({"f": lambda w: (w**2).sum()}, "what f returns of two points must be two heights; got "),
        ({"f": lambda w: math.cos(w[0])}, "f raised TypeError: "),
    ],
)
def test_a_function_that_does_not_take_many_places_is_named(more, words):
    with pytest.raises(ValueError) as caught:
        record(2, minima=np.zeros((2, 3)), **more)
    assert str(caught.value).startswith(words)


# --- one parameter -------------------------------------------------------------------------------


def viete(tilt):
    """The three stationary points of the double well, highest first."""
    third = np.arccos(3 * np.sqrt(3) * tilt / 8) / 3
    return 2 / np.sqrt(3) * np.cos(third - 2 * np.pi * np.arange(3) / 3)


@pytest.mark.parametrize("tilt", [-1.5, -0.3, 0, 0.3, 1, 1.53])
def test_the_stationary_points_of_the_double_well_are_the_ones_of_viete(tilt):
    minima, maxima = stationary_points(landscapes.double_well(tilt))
    high, middle, low = np.sort(viete(tilt))[::-1]
    np.testing.assert_allclose(minima, [[low, high]], atol=1e-14)
    np.testing.assert_allclose(maxima, [[middle]], atol=1e-14)


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_double_well_has_two_wells_just_below_the_critical_tilt_and_one_above(sign):
    assert landscapes.double_well(sign * 0.9999 * ROOT).minima.shape == (1, 2)
    assert landscapes.double_well(sign * 1.0001 * ROOT).minima.shape == (1, 1)


def test_the_deeper_well_lies_on_the_side_to_which_the_curve_is_tilted():
    assert landscapes.double_well(0.3).minima[0, 0] > 0 > landscapes.double_well(-0.3).minima[0, 0]


def test_the_double_well_of_the_course_has_the_printed_minima_and_maximum():
    land = landscapes.double_well()
    minima, maxima = stationary_points(land)
    np.testing.assert_allclose(land.minima, [[1.03558, -0.96015]], atol=5e-6)
    np.testing.assert_allclose(land.f(land.minima), [-0.30543, 0.29415], atol=5e-6)
    np.testing.assert_allclose(land.curvatures(land.minima), [[8.869, 7.063]], atol=5e-4)
    np.testing.assert_allclose(maxima, [[-0.07543]], atol=5e-6)
    np.testing.assert_allclose(land.f(maxima), [1.0113], atol=5e-5)


@pytest.mark.parametrize(
    "depth, places, heights, curvatures",
    [(3, (0, -2.73831), (0, 1.1332), (1, 8.598)), (8, (-2.90757, 0), (-3.6375, 0), (31.38, 1))],
)
def test_the_dip_is_local_at_depth_3_and_the_global_minimum_at_depth_8(
    depth, places, heights, curvatures
):
    land = landscapes.dip(depth)
    np.testing.assert_allclose(land.minima[0], places, atol=6e-6)
    np.testing.assert_allclose(land.f(land.minima), heights, atol=5e-5)
    np.testing.assert_allclose(land.curvatures(land.minima)[0], curvatures, rtol=1e-4)


@pytest.mark.parametrize("depth, place, height", [(3, -2.09134, 1.6115), (8, -1.74883, 1.1798)])
def test_a_ridge_parts_the_dip_from_the_bowl(depth, place, height):
    land = landscapes.dip(depth)
    ridge = stationary_points(land)[1]
    np.testing.assert_allclose(ridge, [[place]], atol=5e-6)
    np.testing.assert_allclose(land.f(ridge), [height], atol=5e-5)


def test_a_dip_of_depth_0_is_only_a_bowl():
    land = landscapes.dip(0)
    assert land.minima.shape == (1, 1)
    np.testing.assert_allclose(land.f(np.array([[-3.0, 2.0]])), [4.5, 2.0])


def test_the_curvature_of_the_parabola_is_its_parameter():
    for curvature in (0.5, 4, 100):
        land = landscapes.parabola(curvature)
        np.testing.assert_allclose(land.curvatures(np.array([[-1.0, 0, 2]])), curvature, rtol=1e-8)


def test_the_quartic_has_no_curvature_at_its_minimum():
    land = landscapes.quartic()
    assert land.curvatures(land.minima)[0, 0] == pytest.approx(0, abs=1e-8)


def test_the_inflection_is_flat_at_0_and_lowest_at_1():
    land = landscapes.inflection()
    assert land.grad([0.0]) == 0 == land.saddles[0, 0]
    assert land.f(land.minima) == pytest.approx(-1 / 12)
    assert land.f([-0.1]) > land.f([0.0]) > land.f([0.1])


def test_an_inflection_is_no_minimum_and_no_maximum():
    minima, maxima = stationary_points(landscapes.inflection())
    np.testing.assert_allclose(minima, [[1]], atol=1e-14)
    assert maxima.shape == (1, 0)


def test_the_slope_of_the_plateau_fades_as_printed():
    slopes = landscapes.plateau().grad([[3.0, 4, 5, 6]])[0]
    np.testing.assert_allclose(slopes, [3.3e-2, 1.3e-3, 1.9e-5, 9e-8], rtol=0.04)


def test_the_plateau_keeps_its_precision_at_the_bottom():
    assert landscapes.plateau().f([1e-9]) == pytest.approx(5e-19, rel=1e-9, abs=0)


def test_the_cliff_is_steepest_at_2_and_bends_by_30_point_8():
    land = landscapes.cliff()
    xs = np.linspace(-3, 6, 90_001)[None]
    slope = land.grad(xs)[0]
    assert xs[0, slope.argmax()] == pytest.approx(2, abs=0.001)
    assert slope.max() == pytest.approx(10.04, abs=0.005)
    assert np.abs(land.hessian(xs)).max() == pytest.approx(30.8, abs=0.05)


def test_the_cliff_is_finite_however_far_out():
    land = landscapes.cliff()
    far = np.array([[-1e5, 1e5]])
    assert np.isfinite(land.f(far)).all() and np.isfinite(land.grad(far)).all()


def test_softplus_always_falls_and_has_no_minimum():
    land = landscapes.softplus()
    xs = np.linspace(-30, 30, 1001)[None]
    assert (land.grad(xs) < 0).all() and (land.f(xs) > 0).all()
    assert land.minima.shape == (1, 0)
    assert stationary_points(land)[0].shape == (1, 0)


def test_softplus_is_log_of_1_plus_exp_of_minus_x():
    assert landscapes.softplus().f([0.7]) == pytest.approx(np.log(1 + np.exp(-0.7)))
    assert landscapes.softplus().grad([0.7])[0] == pytest.approx(-1 / (1 + np.exp(0.7)))


def test_softplus_neither_overflows_nor_underflows_to_a_wrong_slope():
    land = landscapes.softplus()
    assert land.f([-1000.0]) == 1000 and land.grad([-1000.0]) == -1
    assert land.f([1000.0]) == 0 and land.grad([1000.0]) == 0


def test_the_frequency_fit_is_exact_at_2_and_has_the_printed_local_minima():
    land = landscapes.frequency_fit()
    np.testing.assert_allclose(land.minima, [[2, 0.02513, 3.96729]], atol=6e-6)
    np.testing.assert_allclose(land.f(land.minima), [0, 0.2529, 0.4167], atol=5e-5)
    np.testing.assert_allclose(land.curvatures(land.minima), [[2.46, 5.36, 1.52]], atol=6e-3)
    np.testing.assert_allclose(stationary_points(land)[1], [[0.643, 3.083, 4.656]], atol=6e-4)


def test_the_frequency_fit_is_half_the_mean_squared_error_over_40_points():
    errors = [np.sin(1.3 * x) - np.sin(2 * x) for x in (-4 + 8 * (i + 0.5) / 40 for i in range(40))]
    loss = sum(e * e for e in errors) / 80
    assert landscapes.frequency_fit().f([1.3]) == pytest.approx(loss)


# --- two parameters and more ---------------------------------------------------------------------


@pytest.mark.parametrize("kappa", [1, 20, 1000])
@pytest.mark.parametrize("angle", [0, 30, 45, 90, 200, -60])
def test_a_turned_ravine_has_the_heights_of_the_straight_one(kappa, angle):
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[c, -s], [s, c]])
    straight, turned = landscapes.ravine(kappa), landscapes.ravine(kappa, angle)
    w = np.random.default_rng(5).uniform(-2, 2, (2, 50))
    np.testing.assert_allclose(turned.f(turn @ w), straight.f(w), rtol=1e-11)
    np.testing.assert_allclose(turned.grad(turn @ w), turn @ straight.grad(w), atol=1e-11 * kappa)
    np.testing.assert_allclose(turned.start, turn @ straight.start, atol=1e-15)


@pytest.mark.parametrize("angle", [0, 17, 45])
def test_the_curvatures_of_the_ravine_are_1_and_kappa_whatever_its_angle(angle):
    curvatures = landscapes.ravine(50, angle).curvatures(np.array([0.3, -1]))
    np.testing.assert_allclose(curvatures, [1, 50], rtol=1e-7)


def test_a_ravine_with_kappa_1_is_a_round_bowl():
    w = np.random.default_rng(6).normal(size=(2, 20))
    np.testing.assert_allclose(landscapes.ravine(1, 33).f(w), (w**2).sum(axis=0) / 2)


def test_rosenbrock_ends_in_a_valley_of_condition_number_2508():
    land = landscapes.rosenbrock()
    flattest, steepest = land.curvatures(land.minima[:, 0])
    assert flattest == pytest.approx(0.3994, abs=5e-5)
    assert steepest == pytest.approx(1001.6, abs=0.05)
    assert steepest / flattest == pytest.approx(2508, abs=0.5)
    assert land.curvatures(land.start)[-1] == pytest.approx(1506, abs=0.5)


def test_the_hessian_of_rosenbrock_is_the_one_done_by_hand():
    x, y = w = np.array([-1.2, 1])
    by_hand = [[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, 200]]
    np.testing.assert_allclose(landscapes.rosenbrock().hessian(w), by_hand, rtol=1e-8)


def test_himmelblau_has_four_minima_of_height_0_and_unequal_sharpness():
    land = landscapes.himmelblau()
    printed = [(3, 2), (-2.80512, 3.13131), (-3.77931, -3.28319), (3.58443, -1.84813)]
    np.testing.assert_allclose(land.minima.T, printed, atol=5e-6)
    np.testing.assert_allclose(land.f(land.minima), 0, atol=1e-25)
    steepest = land.curvatures(land.minima)[-1]
    np.testing.assert_allclose(steepest, [82.3, 80.6, 133.8, 105.4], atol=0.05)


def test_himmelblau_has_the_four_printed_saddles():
    printed = [(-3.0730, -0.0814), (-0.1280, -1.9537), (0.0867, 2.8843), (3.3852, 0.0739)]
    land = landscapes.himmelblau()
    np.testing.assert_allclose(land.saddles.T, printed, atol=6e-5)
    low, high = land.curvatures(land.saddles)
    assert (low < 0).all() and (high > 0).all()


def test_the_middle_of_himmelblau_is_a_maximum_of_height_181_point_6():
    land, top = landscapes.himmelblau(), np.array([-0.270845, -0.923039])
    np.testing.assert_allclose(land.grad(top), 0, atol=1e-4)
    assert land.f(top) == pytest.approx(181.6, abs=0.05)
    assert (land.curvatures(top) < 0).all()


def test_beale_is_flat_one_way_and_steep_the_other_at_its_minimum():
    land = landscapes.beale()
    np.testing.assert_allclose(land.minima, [[3], [0.5]])
    np.testing.assert_allclose(land.curvatures(land.minima)[:, 0], [0.301, 49.0], rtol=2e-3)
    assert land.f(land.saddles)[0] == pytest.approx(14.203, abs=5e-4)


def test_the_saddle_is_a_pass_between_two_equal_minima():
    land = landscapes.saddle()
    np.testing.assert_allclose(land.minima, [[0, 0], [1, -1]])
    np.testing.assert_allclose(land.f(land.minima), -0.25)
    np.testing.assert_allclose(land.curvatures(land.saddles)[:, 0], [-1, 1], atol=1e-9)


def test_the_monkey_saddle_has_three_ways_down_and_no_curvature_at_all():
    land = landscapes.monkey_saddle()
    np.testing.assert_allclose(land.f(land.minima), -6.75)
    np.testing.assert_allclose(np.hypot(*land.minima), 3)
    angles = np.sort(np.degrees(np.arctan2(land.minima[1], land.minima[0])) % 360)
    np.testing.assert_allclose(angles, [60, 180, 300])
    np.testing.assert_allclose(land.hessian(land.saddles), 0, atol=1e-8)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_rastrigin_has_11_to_the_d_minima_in_its_window(dimension):
    assert landscapes.rastrigin(dimension).minima.shape == (dimension, 11**dimension)


def test_rastrigin_has_21_stationary_points_on_an_axis():
    minima, maxima = stationary_points(landscapes.rastrigin(1))
    inside = np.abs(maxima) < 5.1
    assert minima.size == 11 and (minima.size + inside.sum()) == 21


@pytest.mark.parametrize("dimension", [1, 4, 10])
def test_rastrigin_is_lowest_at_0_with_height_0(dimension):
    land = landscapes.rastrigin(dimension)
    np.testing.assert_allclose(land.minima[:, 0], 0, atol=1e-15)
    assert land.f(land.minima[:, 0]) == 0


def test_descent_on_rastrigin_is_stable_up_to_lr_0_00504():
    land = landscapes.rastrigin(1)
    assert 2 / land.curvatures(np.zeros(1))[0] == pytest.approx(0.00504, abs=5e-6)


def test_the_widest_of_the_three_pits_is_the_shallowest():
    land = landscapes.three_pits()
    printed = [(1.5688, 0.9801), (-1.5714, 1.1785), (0, -1.6298)]
    np.testing.assert_allclose(land.minima.T, printed, atol=3e-4)
    np.testing.assert_allclose(land.f(land.minima), [-0.9305, -0.7216, -0.5446], atol=5e-5)
    steepest = land.curvatures(land.minima)[-1]
    np.testing.assert_allclose(steepest, [2.078, 2.258, 0.973], atol=6e-4)
    assert steepest.argmin() == land.f(land.minima).argmax()


def test_the_three_pits_are_parted_by_three_saddles():
    land = landscapes.three_pits()
    low, high = land.curvatures(land.saddles)
    assert land.saddles.shape == (2, 3)
    assert (low < 0).all() and (high > 0).all()


# --- stationary_points ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["double_well", "dip", "cliff", "frequency_fit", "plateau"])
def test_between_two_minima_there_is_a_maximum(name):
    minima, maxima = stationary_points(catalogue()[name])
    between = [
        ((maxima > a) & (maxima < b)).sum() for a, b in zip(minima[0], minima[0, 1:], strict=False)
    ]
    assert between == [1] * (minima.size - 1)


def test_stationary_points_come_from_left_to_right():
    minima, maxima = stationary_points(landscapes.rastrigin(1))
    assert (np.diff(minima[0]) > 0).all() and (np.diff(maxima[0]) > 0).all()


POLES = {
    "1/x": lambda t: 1 / t,
    "-1/x": lambda t: -1 / t,
    "1/x³": lambda t: 1 / t**3,
    "-5/x⁵": lambda t: -5 / t**5,
    "tan": lambda t: np.tan(np.pi / 2 + t),
    "1/x beside a steep wall": lambda t: 1 / t + 300 * t,
}


@pytest.mark.parametrize("at", [0.0, 1 / 3, -0.7123, 1.25])
@pytest.mark.parametrize("slope", POLES.values(), ids=POLES)
def test_a_pole_is_neither_a_minimum_nor_a_maximum(slope, at):
    """These slopes change sign at the pole, and nowhere else within 1 of it but on the wall."""
    window = ((at - 1, at + 1),)
    land = record(1, f=lambda w: w[0], grad=lambda w: slope(w - at), window=window, start=at)
    assert [places.shape for places in stationary_points(land)] == [(1, 0), (1, 0)]


@pytest.mark.parametrize("seed", range(12))
def test_beside_a_pole_the_places_of_slope_0_are_still_found(seed):
    """The slope 2(x - a) + b/(x - c)³ is 0 at the roots of 2(x - a)(x - c)³ + b."""
    a, b, c = np.random.default_rng(seed).uniform(-1, 1, 3)
    land = record(
        1,
        f=lambda w: (w[0] - a) ** 2 - b / (w[0] - c) ** 2 / 2,
        grad=lambda w: 2 * (w - a) + b / (w - c) ** 3,
        window=((-3, 3),),
        start=0,
    )
    roots = np.roots(np.polyadd(2 * np.poly([a, c, c, c]), [b]))
    flat = np.sort(roots[np.abs(roots.imag) < 1e-9].real)
    bend = 2 - 3 * b / (flat - c) ** 4
    minima, maxima = stationary_points(land)
    np.testing.assert_allclose(minima[0], flat[bend > 0], atol=1e-7)
    np.testing.assert_allclose(maxima[0], flat[bend < 0], atol=1e-7)


@sharp
def test_a_sharp_minimum_is_one_where_the_slope_changes_its_sign(height, slope):
    with np.errstate(all="ignore"):
        minima, maxima = stationary_points(record(1, f=lambda w: height(w[0]), grad=slope))
        left, right = slope(np.array([-1.0, 1.0]))
    assert maxima.size == 0
    np.testing.assert_allclose(minima[0], [0] if left < 0 < right else [], atol=1e-12)


def test_stationary_points_takes_landscapes_of_one_parameter_only():
    with pytest.raises(ValueError, match="land must be a landscape of one parameter; got 'saddle'"):
        stationary_points(landscapes.saddle())


# --- critical_points, kinds, hidden ---------------------------------------------------------------

NAMES = "ravine rosenbrock himmelblau beale saddle monkey_saddle three_pits".split()
PLANES = {name: VARIANTS[name] for name in NAMES}
PLANES |= {f"hidden({word})": (lambda word=word: hidden(word)) for word in ("fog", "mist")}


@pytest.fixture(params=PLANES, scope="module")
def plane(request):
    land = PLANES[request.param]()
    return land, critical_points(land)


def test_critical_points_have_no_slope_lie_in_the_window_and_come_once_lowest_first(plane):
    land, points = plane
    steepest = np.abs(land.hessian(points)).max(axis=(0, 1))
    assert (np.abs(land.grad(points)) < 1e-9 * (1 + steepest)).all()
    low, high = np.array(land.window, dtype=float).T[..., None]
    assert ((low <= points) & (points <= high)).all()
    assert (np.diff(land.f(points)) > -1e-8).all()
    apart = np.hypot(*(points[:, :, None] - points[:, None, :])) + 9 * np.eye(points.shape[1])
    assert apart.min() > 1e-3


def test_every_stated_minimum_and_saddle_is_among_the_critical_points(plane):
    land, points = plane
    for stated in np.concatenate([land.minima, land.saddles], axis=1).T:
        assert np.hypot(*(points - stated[:, None])).min() < 1e-4


def test_kinds_are_the_signs_of_the_hessian(plane):
    land, points = plane
    found = kinds(land, points)
    assert len(found) == points.shape[1]
    for place, kind in zip(points.T, found, strict=True):
        around = np.linspace(0, np.pi, 181)  # the second derivative in every direction, from f
        u = 1e-3 * np.stack([np.cos(around), np.sin(around)])
        bends = land.f(place[:, None] + u) - 2 * land.f(place) + land.f(place[:, None] - u)
        low, high = bends.min() * 1e6, bends.max() * 1e6
        if kind == "flat":
            assert min(abs(low), abs(high)) < 0.01
        else:
            assert {"minimum": low > 0, "maximum": high < 0, "saddle": low < 0 < high}[kind]


def test_all_nine_critical_points_of_himmelblau_are_found():
    land = landscapes.himmelblau()
    points = critical_points(land)
    stated = np.concatenate([land.minima, land.saddles, [[-0.270845], [-0.923039]]], axis=1)
    assert points.shape == (2, 9)
    for place in stated.T:
        assert np.hypot(*(points - place[:, None])).min() < 1e-6
    assert kinds(land, points) == ["minimum"] * 4 + ["saddle"] * 4 + ["maximum"]


def test_an_egg_box_has_the_square_of_its_axis_of_critical_points():
    axis, box = landscapes.rastrigin(1), landscapes.rastrigin(2)
    axis = replace(axis, window=((-1.3, 1.3),))
    minima, maxima = (points.size for points in stationary_points(axis))
    points = critical_points(replace(box, window=((-1.3, 1.3),) * 2))
    assert points.shape[1] == (minima + maxima) ** 2 == 25
    found = kinds(box, points)
    counts = [found.count(kind) for kind in ("minimum", "maximum", "saddle")]
    assert counts == [minima**2, maxima**2, 2 * minima * maxima]


def test_a_slope_without_an_end_has_no_critical_point():
    land = Landscape("slope", lambda w: w[0] + w[1], np.ones_like, ((0, 1), (0, 1)), start=[0, 0])
    assert critical_points(land).shape == (2, 0)
    assert kinds(land, critical_points(land)) == []


def test_critical_points_takes_landscapes_of_two_parameters_only():
    for land in (landscapes.double_well(), landscapes.rastrigin(3)):
        with pytest.raises(ValueError, match="land must be a landscape of two parameters; got "):
            critical_points(land)


def test_kinds_is_silent_where_a_curvature_is_0():
    monkey, quartic = landscapes.monkey_saddle(), landscapes.quartic()
    assert kinds(monkey, monkey.saddles) == ["flat"]
    assert kinds(monkey, monkey.minima) == ["minimum"] * 3
    assert kinds(quartic, quartic.minima) == ["flat"]
    trough = Landscape(
        "trough",
        lambda w: w[0] ** 2 - w[1] ** 4,
        lambda w: np.stack([2 * w[0], -4 * w[1] ** 3]),
        ((-1, 1), (-1, 1)),
        start=[1, 1],
    )
    assert kinds(trough, np.zeros((2, 1))) == ["flat"]


def test_kinds_takes_landscapes_of_one_parameter_too():
    well = landscapes.double_well()
    minima, maxima = stationary_points(well)
    assert kinds(well, np.concatenate([minima, maxima], axis=1)) == ["minimum"] * 2 + ["maximum"]


@pytest.mark.parametrize("word", ["fog", "mist", "", "ß"])
def test_a_hidden_landscape_has_pits_in_its_window_and_rises_beyond(word):
    land = hidden(word)
    assert land.dimension == 2 and 1 <= land.minima.shape[1] <= 5
    np.testing.assert_allclose(land.grad(land.minima), 0, atol=1e-12)
    np.testing.assert_allclose(land.grad(land.saddles), 0, atol=1e-12)
    assert (land.curvatures(land.minima) > 0).all()
    low, high = land.curvatures(land.saddles)
    assert (low < 0).all() and (high > 0).all()
    away = np.random.default_rng(7).normal(size=(2, 50))
    away *= 20 / np.hypot(*away)
    np.testing.assert_allclose(land.f(away), 0.02 * 20**2, rtol=1e-9)
    w = np.random.default_rng(8).uniform(-3, 3, (2, 50))
    np.testing.assert_allclose(slope_by_differences(land, w), land.grad(w), atol=1e-7)


# --- bad input -----------------------------------------------------------------------------------

BAD = [
    ("double_well", "tilt", (np.inf, np.nan, [0.3])),
    ("dip", "depth", (-1, -0.001, np.inf, np.nan, [3])),
    ("parabola", "curvature", (0, -4, np.inf, np.nan, [4])),
    ("ravine", "kappa", (0.99, 0, -20, np.inf, np.nan, [20])),
    ("ravine", "angle", (np.inf, np.nan, [45])),
    ("rastrigin", "dimension", (0, -1, 2.0, 1.5, "2", [2])),
    ("hidden", "word", (3, None, b"fog", ["fog"])),
]


@pytest.mark.parametrize(
    "factory, name, value", [(f, name, value) for f, name, values in BAD for value in values]
)
def test_bad_input_is_answered_with_the_name_of_the_argument_and_the_value(factory, name, value):
    with pytest.raises(ValueError) as caught:
        getattr(landscapes, factory)(**{name: value})
    assert str(caught.value).startswith(f"{name} must be ")
    assert str(caught.value).endswith(f"got {value!r}")
