"""What the text of notebook 01 says of its live figures, held against the figures themselves."""

import math
import re

import numpy as np
import pytest
from pages import drag, drawn, each_step, shown

from course.loss_landscapes import figures
from gdlib import landscapes, regression
from gdlib.optimizers import arrive, gd
from gdlib.words import num

# --- the line -------------------------------------------------------------------------------------


line = shown(figures.line)


def squares(figure):
    """The corners of the squares as drawn, in pixels and in data, both (8, 4, 2)."""
    data = np.array([path.vertices[:4] for path in figure.panels[0].squares.get_paths()])
    pixels = figure.panels[0].ax.transData.transform(data.reshape(-1, 2))
    return pixels.reshape(data.shape), data


@pytest.mark.parametrize(
    "state", [{}, {"slope": 2.75}, {"who": 3, "right": -1.5, "up": 2.0, "intercept": 2.0}]
)
def test_the_squares_are_squares_on_the_screen_and_their_sum_makes_the_loss(line, state):
    line.set(**state)
    run, (pixels, data) = line._shown_run, squares(line)
    np.testing.assert_allclose(np.ptp(pixels[..., 0], axis=1), np.ptp(pixels[..., 1], axis=1))
    x, y = run.data
    residuals = y - run.w[0] - run.w[1] * x
    np.testing.assert_allclose(np.ptp(data[..., 1], axis=1), np.abs(residuals))
    for corners, place in zip(data, run.data.T, strict=True):
        assert (corners == place).all(axis=1).any(), "a square does not hang on its penguin"
    areas = np.ptp(data[..., 1], axis=1) ** 2
    assert num(areas.sum(), 3) in line.readout
    assert run.land.f(run.w) == pytest.approx(areas.sum() / 16)


@pytest.mark.parametrize("name, w, loss", [("A", (4.13, 0.51), 0.06), ("B", (5.1, -0.3), 1.34),
                                           ("C", (3.2, 1.3), 1.27)])  # fmt: skip
def test_the_three_lines_of_the_diagram_have_their_losses_here_too(line, name, w, loss):
    line.set(intercept=w[0], slope=w[1])
    assert round(float(line._shown_run.land.f(line._shown_run.w)), 2) == loss


def test_from_ring_to_ring_of_the_map_the_loss_grows_by_0_5(line):
    [rings] = [each for each in line.panels[1].ground if hasattr(each, "get_segments")]
    heights = [line._shown_run.land.f(ring.T) for ring in rings.get_segments()]
    mean = np.array([each.mean() for each in heights])
    np.testing.assert_allclose(mean, 0.5 * np.round(2 * mean), atol=5e-3)
    assert max(np.ptp(each) for each in heights) < 0.01
    assert set(np.round(2 * mean)) == set(range(1, 13))


def test_penguin_7_two_kilograms_up_lifts_the_floor_and_no_line_fits_all_eight_well(line):
    land = line._shown_run.land
    line.set(up=2.0)
    higher = line._shown_run.land
    np.testing.assert_allclose([land.f(land.minima)[0], higher.f(higher.minima)[0]], [0.062, 0.341],
                               atol=5e-4)  # fmt: skip


def test_a_penguin_moved_up_shifts_the_bowl_and_moved_to_the_right_bends_it(line):
    before = line._shown_run.land
    for k in range(1, 9):
        line.set(who=k, up=2.0, right=0.0)
        up = line._shown_run.land
        np.testing.assert_allclose(up.hessian([0, 0]), before.hessian([0, 0]), atol=1e-9)
        assert np.abs(up.minima - before.minima).max() > 0.05
        line.set(who=k, up=0.0, right=2.0)
        assert np.abs(line._shown_run.land.hessian([0, 0]) - before.hessian([0, 0])).max() > 0.05


@pytest.mark.parametrize("end", [0, 1])
def test_an_end_of_the_line_follows_the_mouse_and_the_other_end_stays(line, end):
    panel = line.panels[0]
    was = drawn(panel, "ends").T
    to = was[end] + [0, 1.3]
    drag(line, panel, was[end], was[end] + [0, 0.6], to)
    now = drawn(panel, "ends").T
    step = 0.005 * (1 + np.abs(was[:, 0]))  # half a step of each slider
    assert abs(now[end, 1] - to[1]) <= step[end]
    assert abs(now[1 - end, 1] - was[1 - end, 1]) <= step[1 - end]


@pytest.mark.parametrize("who", range(1, 9))
def test_a_dragged_penguin_follows_the_mouse_and_no_other_moves(line, who):
    run = line._shown_run
    was = run.data[:, who - 1]
    to = was + [0.7 if was[0] < 0 else -0.7, 0.45]
    drag(line, line.panels[0], was, was + [0.1, 0.1], to)
    now = line._shown_run.data
    assert line.controls["who"].value == who
    np.testing.assert_allclose(now[:, who - 1], to, atol=0.026)  # half a step
    np.testing.assert_array_equal(np.delete(now, who - 1, 1), np.delete(run.measured, who - 1, 1))
    assert line.values["intercept"] == 4.6 and line.values["slope"] == -0.2


def test_another_penguin_sends_the_first_one_back(line):
    line.set(who=2, right=1.0, up=-0.5)
    assert not np.array_equal(line._shown_run.data, line._shown_run.measured)
    line.controls["who"].value = 6
    np.testing.assert_array_equal(line._shown_run.data, line._shown_run.measured)


def test_a_press_far_from_every_end_and_penguin_moves_nothing(line):
    before = line.values
    drag(line, line.panels[0], (3.9, 7.5), (3.0, 7.0))
    assert line.values == before


def test_the_point_on_the_map_is_the_line(line):
    drag(line, line.panels[1], (4.0, 0.5), (3.52, 1.18))
    assert line.values["intercept"] == 3.52 and line.values["slope"] == 1.18
    x, y = drawn(line.panels[0], "line")
    np.testing.assert_allclose(y, 3.52 + 1.18 * x)


def test_explore_two_sliders_in_turns_bring_the_loss_below_0_1(line):
    def loss():
        return line._shown_run.land.f(line._shown_run.w)

    turns = 0
    while loss() >= 0.1:
        turns += 1
        name = ("intercept", "slope")[turns % 2]
        before = loss()
        losses = {v: run.land.f(run.w) for v, run in each_step(line, name).items()}
        line.set(**{name: min(losses, key=losses.get)})
        assert loss() < before
    assert turns >= 2


def test_explore_penguin_7_moved_right_and_down_makes_the_best_line_less_steep_than_0_3(line):
    assert line.controls["who"].value == 7
    assert line._shown_run.land.minima[1, 0] > 0.5
    line.set(right=1.0, up=-1.5)
    assert line._shown_run.land.minima[1, 0] < 0.3
    x, y = line._shown_run.data
    assert line._shown_run.land.minima[1, 0] == pytest.approx(np.polyfit(x, y, 1)[0])


# --- one parameter --------------------------------------------------------------------------------


tilt = shown(figures.tilt)


@pytest.mark.parametrize("by", [-1.7, -1.54, -1.0, 0.0, 0.3, 1.53, 1.54])
def test_the_marks_stand_where_the_slope_is_zero_by_kind(tilt, by):
    tilt.set(tilt=by)
    roots = np.roots([4, 0, -4, -by])
    roots = np.sort(roots[np.abs(roots.imag) < 1e-9].real)
    bends = 12 * roots**2 - 4
    for panel, row in zip(tilt.panels, (0, 1), strict=True):
        for kind, sign in (("minimum", 1), ("maximum", -1)):
            places = np.sort(drawn(panel, kind)[row])
            np.testing.assert_allclose(places, roots[sign * bends > 0], atol=1e-9)
    for kind in ("minimum", "maximum"):
        w, loss = drawn(tilt.panels[0], kind)
        np.testing.assert_allclose(loss, (w**2 - 1) ** 2 - by * w, atol=1e-12)


def test_the_solid_branches_are_minima_and_the_dashed_one_is_the_maximum(tilt):
    solid, dashed = tilt.panels[1].ax.lines[:2]
    for branch, sign in ((solid, 1), (dashed, -1)):
        tilts, w = np.array(branch.get_data())
        here = np.isfinite(tilts)
        assert here.sum() > 50 and (sign * (12 * w[here] ** 2 - 4) > 0).all()
        np.testing.assert_allclose(4 * w[here] ** 3 - 4 * w[here], tilts[here], atol=1e-12)
    assert dashed.get_linestyle() != solid.get_linestyle()


@pytest.mark.parametrize("by", [-0.3, 0.3])
def test_the_sentence_says_into_which_valley_a_b_and_c_run(tilt, by):
    tilt.set(tilt=by)
    land = tilt._shown_run.land
    ends = arrive(gd, land.grad, [[-1.5, 0.3, 1.5]], 3000, lr=0.01)[0]
    local = np.abs(ends - land.minima[0, 0]) > 1
    said = re.search(r"([abc](?: and [abc])*) stands? in the other", tilt.readout)[1]
    assert said.split(" and ") == list(np.array(list("abc"))[local])


def test_at_a_tilt_of_0_both_valleys_are_equally_deep_and_the_maximum_is_at_0(tilt):
    tilt.set(tilt=0)
    assert "minima at −1 and 1 and a maximum at 0. Both" in tilt.readout
    assert "equally deep" in tilt.readout


def test_explore_1_54_is_the_first_tilt_of_the_slider_with_one_critical_point(tilt):
    merge = 8 / (3 * np.sqrt(3))
    left = {by: r.minima.size + r.maxima.size for by, r in each_step(tilt, "tilt").items()}
    assert left == {by: 3 if abs(by) < merge else 1 for by in left}
    assert left[1.53] == left[-1.53] == 3 and left[1.54] == left[-1.54] == 1
    sides = [ax_line.get_xdata()[0] for ax_line in tilt.panels[1].ax.lines[2:4]]
    np.testing.assert_allclose(np.sort(sides), [-merge, merge])


zero = shown(figures.zero_slope)


@pytest.mark.parametrize(
    "curve, said",
    [("x²", "minimum"), ("−x²", "maximum"), ("x³", "neither"), ("x⁴", "minimum"),
     ("|x|", "minimum")],
)  # fmt: skip
def test_at_0_the_sentence_says_what_the_drawn_curve_does_there(zero, curve, said):
    zero.set(curve=curve, w=0)
    x, height = drawn(zero.panels[0], "curve")
    middle = np.abs(x).argmin()
    around = np.delete(height, middle) - height[middle]
    found = "minimum" if (around > 0).all() else "maximum" if (around < 0).all() else "neither"
    assert found == said
    assert said in zero.readout.partition(":")[2]


@pytest.mark.parametrize("curve", ["x²", "−x²", "x³", "x⁴", "|x|"])
def test_the_right_panel_shows_the_slope_of_the_left_one(zero, curve):
    zero.set(curve=curve, w=0.5)
    (x, height), (at, slope) = drawn(zero.panels[0], "curve"), drawn(zero.panels[1], "curve")
    between = (x[1:] + x[:-1]) / 2
    here = np.isfinite(slope) & (np.abs(at) > 0.02)
    measured = np.interp(at[here], between, np.diff(height) / np.diff(x))
    inside = np.abs(at[here]) < 1.49
    np.testing.assert_allclose(slope[here][inside], measured[inside], atol=1e-3)
    [[along, up]] = drawn(zero.panels[0], "tangent")[:, :1].T
    (ball_x, ball_y), here = drawn(zero.panels[0], "ball")[:, 0], drawn(zero.panels[1], "ball")[1]
    assert (ball_y - up) / (ball_x - along) == pytest.approx(here[0])


def test_a_slope_of_zero_four_times_and_none_at_the_kink(zero):
    for curve in ("x²", "−x²", "x³", "x⁴"):
        zero.set(curve=curve, w=0)
        assert drawn(zero.panels[1], "ball").tolist() == [[0], [0]]
    zero.set(curve="|x|", w=0)
    for panel, name in ((0, "tangent"), (1, "ball")):
        assert not np.isfinite(drawn(zero.panels[panel], name)).all(axis=0).any()
    for w, slope in ((-0.05, -1), (0.05, 1)):
        zero.set(w=w)
        assert drawn(zero.panels[1], "ball")[1] == slope


@pytest.mark.parametrize("curve, bend", [("x²", "2"), ("−x²", "−2"), ("x³", "0"), ("x⁴", "0")])
def test_the_second_derivative_at_0_is_said_and_silent_where_it_is_0(zero, curve, bend):
    zero.set(curve=curve, w=0)
    run, h = zero._shown_run, 1e-5
    assert num(np.round((run.slope(h) - run.slope(-h)) / (2 * h), 6)) == bend
    said = re.search(r"second derivative (is )?([−\d]+)", zero.readout)[2]
    assert said == bend and ("says nothing" in zero.readout) == (bend == "0")


def test_explore_on_x_to_the_4_at_0_2_the_slope_is_0_032(zero):
    zero.set(curve="x⁴", w=0.2)
    assert num(4 * 0.2**3, 3) == "0.032" and "0.032" in zero.readout


# --- the gallery ----------------------------------------------------------------------------------


gallery = shown(figures.gallery)


def bend_as_drawn(figure):
    """The second derivative of the cut where it passes the point, from what is drawn."""
    t, loss = drawn(figure.panels[2], "cut")
    around = np.abs(t) < 6 * np.diff(t[:2])[0] + 1e-9
    return 2 * np.polyfit(t[around], loss[around], 4)[2]


@pytest.mark.parametrize("point", range(1, 10))
def test_a_cut_through_a_point_bends_as_its_kind_says(gallery, point):
    gallery.set(name="Himmelblau", point=point)
    run = gallery._shown_run
    kind, place = run.kinds[run.k], run.places[:, run.k]
    values, vectors = np.linalg.eigh(run.land.hessian(place))
    bends = []
    for cut in np.degrees(np.arctan2(*vectors[::-1])) % 180:
        for angle in (cut, (cut + 30) % 180):
            gallery.set(cut=angle)
            u = np.array([np.cos(np.radians(round(angle))), np.sin(np.radians(round(angle)))])
            bends.append(u @ run.land.hessian(place) @ u)
            assert bend_as_drawn(gallery) == pytest.approx(bends[-1], rel=0.02, abs=0.5)
            assert num(np.round(bends[-1], 6), 4) in gallery.readout
    assert values[0] - 1e-6 <= min(bends) and max(bends) <= values[1] + 1e-6
    assert [np.min(bends) > 0, np.max(bends) < 0] == [kind == "minimum", kind == "maximum"]
    assert (np.min(bends) < 0 < np.max(bends)) == (kind == "saddle")


def test_the_cut_goes_through_the_chosen_point_in_its_direction(gallery):
    gallery.set(name="three pits", point=4, cut=20)
    x, y = drawn(gallery.panels[1], "cut")
    [[a], [b]] = drawn(gallery.panels[1], "chosen")
    here = np.isfinite(x)
    off = (x - a) * np.sin(np.radians(20)) - (y - b) * np.cos(np.radians(20))
    np.testing.assert_allclose(off[here], 0, atol=1e-12)
    assert np.hypot(x[here] - a, y[here] - b).min() < 1e-9


def test_every_kind_is_marked_on_the_map_as_often_as_the_sentence_counts_it(gallery):
    plurals = {"minimum": "minima", "maximum": "maxima", "saddle": "saddles", "flat": "flat"}
    for name in gallery.controls["name"].options:
        gallery.set(name=name)
        for kind, plural in plurals.items():
            marks = drawn(gallery.panels[1], kind)
            said = re.search(rf"(\d+) ({kind}|{plural})\b", gallery.readout)
            assert marks.shape[1] == (int(said[1]) if said else 0), (name, kind)
            np.testing.assert_allclose(gallery._shown_run.land.grad(marks), 0, atol=1e-8)


def test_a_click_on_a_numbered_critical_point_chooses_it(gallery):
    last = gallery.controls["point"].max
    for name in gallery.controls["name"].options:
        gallery.set(name=name, point=1)
        for k, place in [*enumerate(gallery._shown_run.places.T[:last])][::-3]:
            drag(gallery, gallery.panels[1], place)
            assert gallery._shown_run.k == k and gallery.controls["point"].value == k + 1


def test_explore_point_5_of_himmelblau_bends_down_along_the_pass(gallery):
    gallery.reset()
    assert gallery._shown_run.name == "Himmelblau" and gallery.controls["point"].value == 5
    assert bend_as_drawn(gallery) > 0
    downs = []
    for cut in range(0, 181, 4):
        gallery.set(cut=cut)
        down = bool(re.search(r"cut at \d+° the curvature is −", gallery.readout))
        assert down == (bend_as_drawn(gallery) < 0)
        downs += [cut] * down
    assert 5 < len(downs) < 15


def test_in_the_middle_of_the_monkey_saddle_the_test_is_silent_and_three_ways_lead_down(gallery):
    gallery.set(name="monkey saddle", point=4)
    run = gallery._shown_run
    np.testing.assert_allclose(run.places[:, run.k], 0, atol=1e-6)
    assert run.kinds[run.k] == "flat" and "flat" in gallery.readout
    turn = np.radians(np.arange(0.5, 360))
    down = run.land.f(0.1 * np.stack([np.cos(turn), np.sin(turn)])) < 0
    assert (down & ~np.roll(down, 1)).sum() == 3


# --- where nothing can be drawn -------------------------------------------------------------------


random = shown(figures.random_curvatures)


def lifts(n, samples=20_000):
    """The lift from which on each of many other random landscapes has a minimum, sorted."""
    a = np.random.default_rng(1234).normal(size=(samples, n, n)) / np.sqrt(2 * n)
    return np.sort(-np.linalg.eigvalsh(a + a.swapaxes(1, 2))[:, 0])


@pytest.mark.parametrize("n", [2, 5, 20])
def test_explore_half_of_the_critical_points_are_minima_from_the_median_lift_on(random, n):
    random.set(n=n)
    first = next(v for v, run in each_step(random, "shift").items() if run.minima > 1000)
    random.set(shift=first)
    assert f"2000 random matrices {random._shown_run.minima} curve up" in random.readout
    assert abs(first - np.median(lifts(n))) < 0.1  # the figure has 2000, and a slider of 0.05


def test_with_one_direction_the_share_is_that_of_the_normal_distribution(random):
    for shift in (0, 0.5, 1.5, 3):
        random.set(n=1, shift=shift)
        exact = (1 + math.erf(shift / 2)) / 2  # a variance of 2
        assert abs(random._shown_run.minima / 2000 - exact) < 4 * np.sqrt(
            exact * (1 - exact) / 2000
        )


def test_the_share_of_minima_with_20_directions_is_a_cliff_at_2(random):
    shares = {}
    for shift in (0, 1, 2.2, 2.5):
        random.set(n=20, shift=shift)
        shares[shift] = random._shown_run.minima / 2000
    assert shares[0] == shares[1] == 0 and shares[2.2] > 0.97 and shares[2.5] > 0.99
    random.reset()
    assert 0 < random._shown_run.minima < 1000  # the target is not met to begin with


def test_curves_down_and_curves_up_share_one_hump_at_0_and_it_moves_with_the_lift(random):
    for shift, low, high in ((0, 0.48, 0.52), (3, 0, 0.001)):
        random.set(n=20, shift=shift)
        (down, often), (up, more) = (drawn(random.panels[0], name) for name in ("down", "up"))
        assert down.max() <= 1e-9 and up.min() >= -1e-9
        below, above = np.trapezoid(often, down), np.trapezoid(more, up)
        assert below + above == pytest.approx(1, abs=2e-3) and low <= below <= high


def test_the_more_directions_the_steeper_the_share_of_minima_rises(random):
    steepest = []
    for n in random.controls["n"].options:
        random.set(n=n)
        lifts, shares = drawn(random.panels[1], "curve")
        steepest.append(np.diff(np.interp(np.arange(0, 3.1, 0.25), lifts, shares)).max())
    assert (np.diff(steepest) > 0).all()


cuts = shown(figures.cuts)


def down_chance(d):
    """The share of directions with u₁² > ½, from an integral over the angle to the first axis."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    parts = [
        (weights * np.sin(end / 2 * (nodes + 1)) ** (d - 2)).sum() * end / 2
        for end in (np.pi / 4, np.pi / 2)
    ]
    return parts[0] / parts[1]


@pytest.mark.parametrize("d, one_in", [(2, 2), (3, 1 / (1 - 0.5**0.5)), (10, 67), (100, 1e15)])
def test_how_many_cuts_show_the_way_down(cuts, d, one_in):
    cuts.set(dimension=d)
    run, exact = cuts._shown_run, down_chance(d)
    assert run.chance == pytest.approx(exact, rel=0.01)
    assert exact < 1e-15 if d == 100 else 1 / exact == pytest.approx(one_in, rel=0.005)
    hits = (run.bends <= 0).sum()
    assert abs(hits - 1000 * exact) <= 4 * np.sqrt(1000 * exact * (1 - exact)) + 1e-9


@pytest.mark.parametrize("d, seed", [(2, 1), (3, 22), (5, 7), (100, 50)])
def test_the_drawn_cuts_are_twelve_and_the_sentence_counts_those_that_go_down(cuts, d, seed):
    cuts.set(dimension=d, seed=seed)
    ends = {}
    for name in ("up", "down"):
        t, loss = drawn(cuts.panels[0], name)
        ends[name] = loss[t == 1]
        np.testing.assert_allclose(loss[t == 0.5], ends[name] / 4)  # a parabola through 0
    assert len(ends["up"]) + len(ends["down"]) == 12
    assert (ends["up"] > 0).all() and (ends["down"] <= 0).all()
    assert (np.abs(np.concatenate(list(ends.values()))) <= 0.5).all()  # curvatures −1 to 1
    assert f"{len(ends['down'])} of 12" in cuts.readout


def test_explore_fewer_than_one_cut_in_a_thousand_from_18_parameters_on(cuts):
    chances = {}
    for d in (3, 17, 18):
        cuts.set(dimension=d)
        chances[d] = drawn(cuts.panels[1], "ball")[1, 0]
        assert chances[d] == pytest.approx(down_chance(d), rel=0.01)
    assert chances[18] < 1e-3 < chances[17]


def test_the_penguins_of_the_figure_are_those_of_the_code(line):
    x, y, _ = regression.penguins("centred")
    np.testing.assert_allclose(line._shown_run.data, [x[::43] / 10, y[::43]])
    np.testing.assert_allclose(
        line._shown_run.land.minima, regression.loss_surface(x[::43] / 10, y[::43]).minima
    )


def test_the_slider_never_stands_at_a_point_that_the_landscape_does_not_have(gallery):
    for name in gallery.controls["name"].options:
        gallery.set(name=name, point=25)
        count = len(gallery._shown_run.kinds)
        assert gallery.controls["point"].value == count
        assert f"Point {count} of {count}, " in gallery.readout


def test_the_chosen_point_is_in_the_picture_of_the_cut(gallery):
    for name in gallery.controls["name"].options:
        for point in (1, 25):
            gallery.set(name=name, point=point)
            (low, high), [[_], [height]] = (
                gallery.panels[2].ax.get_ylim(),
                drawn(gallery.panels[2], "chosen"),
            )
            assert low < height < high


def test_the_nine_points_of_the_gallery_are_the_landscapes_own(gallery):
    gallery.set(name="Himmelblau")
    land = landscapes.himmelblau()
    minima = gallery._shown_run.places[:, gallery._shown_run.kinds == "minimum"]
    np.testing.assert_allclose(np.sort(minima), np.sort(land.minima), atol=1e-9)
    np.testing.assert_allclose(land.f(minima), 0, atol=1e-20)
