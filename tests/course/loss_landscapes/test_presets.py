"""Each preset of notebook 01 shows what its name says, by theory or by numbers of its own."""

import numpy as np
import pytest
from pages import begun

from course.loss_landscapes import figures
from gdlib import draw, landscapes

CURVES = {"−x²": lambda x: -(x**2), "x³": lambda x: x**3, "x⁴": lambda x: x**4, "|x|": np.abs}
NEAR = 1e-3 * np.arange(1, 500)  # how far from the place of a ball one looks, to either side


# --- a line through eight penguins ----------------------------------------------------------------


def fitted(data):
    """Height and slope of the best line, by polyfit."""
    slope, height = np.polyfit(*data, 1)
    return np.array([height, slope])


def spread(data):
    """The matrix of the shape of the bowl: it depends on the flippers alone."""
    ones = np.ones_like(data[0])
    return np.cov([ones, data[0]], bias=True) + np.outer([1, data[0].mean()], [1, data[0].mean()])


def test_the_best_line_is_the_best_that_the_sliders_can_take():
    run, said, _ = begun(figures.line, "the best line")
    np.testing.assert_allclose(run.w, fitted(run.measured), atol=0.005)
    np.testing.assert_array_equal(run.data, run.measured)
    assert "where it was measured" in said


def test_a_penguin_that_eats_moves_the_bowl_and_keeps_its_shape():
    run, _, _ = begun(figures.line, "a penguin that eats")
    assert (run.data - run.measured)[1].tolist() == [0, 0, 0, 0, 0, 0, 2, 0]
    np.testing.assert_allclose(run.land.minima[:, 0], fitted(run.data))
    assert (run.land.minima[:, 0] - fitted(run.measured) > 0.2).all()
    np.testing.assert_allclose(run.land.hessian([0, 0]), spread(run.measured))


def test_a_flipper_that_grows_changes_the_shape_of_the_bowl():
    run, _, _ = begun(figures.line, "a flipper that grows")
    assert (run.data - run.measured)[0].tolist() == [0, 0, 0, 0, 0, 0, 2, 0]
    np.testing.assert_allclose(run.land.hessian([0, 0]), spread(run.data))
    assert np.abs(spread(run.data) - spread(run.measured)).max() > 0.2
    np.testing.assert_allclose(run.land.minima[:, 0], fitted(run.data))


@pytest.mark.parametrize("preset", ["a penguin that eats", "a flipper that grows"])
def test_the_line_stays_the_one_that_was_the_best_before(preset):
    run, _, _ = begun(figures.line, preset)
    np.testing.assert_allclose(run.w, fitted(run.measured), atol=0.005)
    assert run.land.f(run.w) > run.land.f(run.land.minima)[0] + 0.02


# --- what a slope of zero says --------------------------------------------------------------------


@pytest.mark.parametrize(
    "preset, left, right, said",
    [
        ("a hilltop is flat, too", -1, -1, ": a maximum."),
        ("flat, and neither", -1, 1, "It is neither a minimum nor a maximum"),
        ("a minimum without a slope", 1, 1, "no slope, but −1 on the left and 1 on the right."),
    ],
)
def test_beside_0_the_curve_is_higher_or_lower_as_the_name_has_it(preset, left, right, said):
    run, readout, _ = begun(figures.zero_slope, preset)
    f = CURVES[run.curve]
    assert run.w == 0 and said in readout
    assert set(np.sign(f(-NEAR) - f(0))) == {left} and set(np.sign(f(NEAR) - f(0))) == {right}


def test_two_presets_are_flat_and_the_kink_is_not():
    h = 1e-6
    for preset in ("a hilltop is flat, too", "flat, and neither"):
        f = CURVES[begun(figures.zero_slope, preset)[0].curve]
        assert abs(f(h) - f(-h)) / (2 * h) < 1e-9
    run, _, _ = begun(figures.zero_slope, "a minimum without a slope")
    f = CURVES[run.curve]
    assert [(f(h) - f(0)) / h, (f(0) - f(-h)) / h] == [1, -1]


def test_nearly_flat_is_a_slope_of_3_in_100_a_fifth_away_from_the_minimum():
    run, said, _ = begun(figures.zero_slope, "nearly flat, not there")
    f, h = CURVES[run.curve], 1e-5
    assert (f(run.w + h) - f(run.w - h)) / (2 * h) == pytest.approx(0.032, abs=1e-6)
    assert abs(run.w) == 0.2 and "slope 0.032, so downhill is to the left" in said


# --- the gallery ----------------------------------------------------------------------------------


def along(run):
    """The curvature along the cut, by differences."""
    u, h = draw.direction(run.cut), 1e-4
    f = run.land.f
    return (f(run.place + h * u) + f(run.place - h * u) - 2 * f(run.place)) / h**2


@pytest.mark.parametrize("preset, sign", [("a pass like a valley", 1), ("over the pass", -1)])
def test_one_and_the_same_pass_bends_up_along_one_cut_and_down_along_the_other(preset, sign):
    run, said, _ = begun(figures.gallery, preset)
    low, high = np.linalg.eigvalsh(landscapes.himmelblau().hessian(run.place))
    assert low < 0 < high and np.sign(along(run)) == sign
    np.testing.assert_allclose(run.place, [3.38515, 0.07385], atol=1e-4)
    assert ": saddle, curvatures" in said


def test_where_the_test_is_silent_all_curvatures_are_0_and_there_is_a_way_down():
    run, said, _ = begun(figures.gallery, "the test is silent")
    np.testing.assert_allclose(run.land.hessian(run.place), 0, atol=1e-9)
    np.testing.assert_allclose(run.land.grad(run.place), 0, atol=1e-9)
    heights = run.land.f(run.line) - run.land.f(run.place)
    assert np.nanmin(heights) < -1 and "the test is silent" in said


# --- random landscapes ----------------------------------------------------------------------------


def share(n, lift, samples=400):
    """Which share of other random matrices of the same kind curves up, or down, everywhere."""
    a = np.random.default_rng(99).normal(size=(samples, n, n)) / np.sqrt(2 * n)
    curvatures = np.linalg.eigvalsh(a + a.swapaxes(1, 2)) + lift
    return (curvatures[:, 0] > 0).mean(), (curvatures[:, -1] < 0).mean()


def test_with_two_directions_valleys_are_rarer_than_two_coins_that_fall_alike():
    run, _, _ = begun(figures.random_curvatures, "two directions, rarer than coins")
    chance = (2 - np.sqrt(2)) / 4  # of a positive definite 2 × 2 matrix of this kind, below ¼
    assert (run.n, run.shift) == (2, 0)
    for came, samples in ((run.minima / 2000, 2000), (share(2, 0, 40_000)[0], 40_000)):
        assert abs(came - chance) < 3 * np.sqrt(chance * (1 - chance) / samples)
        assert came < 0.2


def test_halfway_up_all_are_passes_up_in_some_directions_and_down_in_others():
    run, said, _ = begun(figures.random_curvatures, "halfway up, all passes")
    assert (run.n, run.shift) == (20, 0) and run.minima == 0 and "none curve up" in said
    assert share(20, 0) == (0, 0)


def test_low_down_all_are_valleys():
    run, _, _ = begun(figures.random_curvatures, "low down, all valleys")
    assert (run.n, run.shift) == (20, 2.5) and run.minima == len(run.lowest) == 2000
    assert share(20, 2.5)[0] > 0.99


# --- cuts through a saddle ------------------------------------------------------------------------


def chance(d, samples=400_000):
    """How often a random direction goes down where 1 of d does, by drawing."""
    u = np.random.default_rng(7).normal(size=(samples, d)) ** 2
    return (2 * u[:, 0] > u.sum(axis=1)).mean()


def test_with_two_parameters_every_second_cut_shows_it():
    run, said, _ = begun(figures.cuts, "every second cut shows it")
    assert run.chance == pytest.approx(0.5) and abs(chance(2) - 0.5) < 0.005
    assert (run.bends[:12] <= 0).sum() == 6 and "6 of 12 random cuts" in said


def test_with_ten_parameters_one_cut_in_67_shows_it():
    run, _, _ = begun(figures.cuts, "one cut in 67 shows it")
    assert run.dimension == 10 and round(1 / run.chance) == 67
    assert chance(10) == pytest.approx(1 / 67, rel=0.1)


def test_with_a_hundred_parameters_a_million_cuts_would_not_show_it():
    run, _, _ = begun(figures.cuts, "no cut will ever show it")
    assert (run.bends > 0).all() and run.dimension == 100
    two_caps = 2 * 0.5**50  # each fits into a ball of 100 dimensions that is 1/√2 as wide
    assert run.chance < two_caps and run.chance * 1e6 < 1e-9
