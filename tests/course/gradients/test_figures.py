"""What the text of notebook 02 says of its live figures, held against the figures themselves."""

import numpy as np
import pytest
from pages import drag, drawn, each_step, shown

from course.gradients import figures
from gdlib import landscapes, regression
from gdlib.words import num

secant, partials = shown(figures.secant), shown(figures.partials)
compass, field = shown(figures.compass), shown(figures.field)
pulls, step_size = shown(figures.pulls), shown(figures.step_size)
units, newton = shown(figures.units), shown(figures.newton)


def arrow(panel, name):
    """The one arrow of a name: where it stands and how far it goes, two `(2,)`."""
    arrows = panel.drawn.arrows[name]
    return np.array(arrows.get_offsets()[0]), np.array([arrows.U[0], arrows.V[0]])


def unit(v):
    return np.array(v) / np.hypot(*v)


def slope(f, w, h=1e-6):
    """The gradient by central differences."""
    return np.array([(f(w + s) - f(w - s)) / (2 * h) for s in h * np.eye(len(w))])


# --- from secant to tangent -----------------------------------------------------------------------


@pytest.mark.parametrize("x, gap", [(0.7, 0.5), (-1.0, 1.0), (0.1, 0.01)])
def test_the_secant_goes_through_both_points_and_the_tangent_has_the_curves_slope(secant, x, gap):
    secant.set(x=x, gap=gap)
    panel, f = secant.panels[0], landscapes.wiggle().f
    (x0, x1), heights = drawn(panel, "points")
    np.testing.assert_allclose(heights, f([[x0, x1]]))
    assert x0 == pytest.approx(x) and x1 - x0 == pytest.approx(secant.values["gap"])
    for name, steep in (("secant", np.diff(heights)[0] / (x1 - x0)), ("tangent", slope(f, [x])[0])):
        a, b = drawn(panel, name)
        assert np.diff(b)[0] / np.diff(a)[0] == pytest.approx(steep, rel=1e-6)
        assert np.interp(x, a, b) == pytest.approx(heights[0])
    off = abs(secant._shown_run.slope - secant._shown_run.exact)
    assert drawn(secant.panels[1], "ball")[:, 0] == pytest.approx([secant.values["gap"], off])
    assert num(off, 2) in secant.readout


def test_a_tenth_of_the_gap_is_a_tenth_of_the_difference_once_the_gap_is_small(secant):
    h, error = drawn(secant.panels[1], "error")
    steep = np.diff(np.log(error)) / np.diff(np.log(h))
    np.testing.assert_allclose(steep[h[1:] < 0.01], 1, atol=0.04)
    assert np.abs(steep[h[1:] > 0.1] - 1).max() > 0.5
    secant.set(x=0.8)  # where the curve hardly bends, the difference is small, and no straight line
    h, flat = drawn(secant.panels[1], "error")
    assert (flat[h < 0.01] < 0.2 * error[h < 0.01]).all()
    assert np.ptp(np.diff(np.log(flat)) / np.diff(np.log(h))) > 0.5


def test_explore_a_difference_below_0_01_and_the_dip_near_0_35(secant):
    off = {gap: run.off for gap, run in each_step(secant, "gap").items()}
    assert secant.values["gap"] == 0.5 and off[0.5] > 0.5
    assert [gap for gap in off if off[gap] < 0.01] == [gap for gap in off if gap < 0.0018]
    assert sum(each < 0.01 for each in off.values()) >= 5
    assert min((off[gap], gap) for gap in off if gap > 0.01)[1] == 0.354


# --- two slopes, and any direction ----------------------------------------------------------------


@pytest.mark.parametrize("place", [(1, 1), (-3.4, 2.2), (4.8, -4.8), (0.2, -0.7)])
def test_the_bold_level_line_has_the_balls_height_and_the_arrow_stands_upright_on_it(
    partials, place
):
    partials.set(x=place[0], y=place[1])
    land, panel = landscapes.himmelblau(), partials.panels[0]
    level = drawn(panel, "level")
    level = level[:, np.isfinite(level).all(axis=0)]
    cell = 10 / 120  # of the grid; between two of its places the height is nearly a parabola
    bends = np.abs(land.curvatures(level)).max(axis=0)
    assert (np.abs(land.f(level) - land.f(place)) <= bends * cell**2 / 8 * 1.2).all()
    away = np.hypot(*(level - np.reshape(place, (2, 1))))
    assert away.min() < cell
    near = level[:, away < 2 * cell]
    along = unit(near[:, 0] - near[:, np.hypot(*(near - near[:, :1])).argmax()])
    at, up = arrow(panel, "gradient")
    np.testing.assert_allclose(at, place)
    assert abs(along @ unit(up)) < 0.1
    assert land.f(np.array(place) + 1e-3 * unit(up)) > land.f(place)
    np.testing.assert_allclose(unit(up), unit(slope(land.f, np.array(place, float))), atol=1e-6)


def test_the_arrow_is_drawn_with_one_length_and_the_sentence_has_the_true_one(partials):
    lengths = []
    for place in ((1, 1), (-4.8, -4.8), (2.9, 2.0)):
        partials.set(x=place[0], y=place[1])
        lengths.append(np.hypot(*arrow(partials.panels[0], "gradient")[1]))
        assert f"{num(np.hypot(*landscapes.himmelblau().grad(place)), 3)} long" in partials.readout
    assert lengths == pytest.approx([lengths[0]] * 3)


@pytest.mark.parametrize("place", [(1, 1), (4.8, 4.8), (-4.8, 4.8), (4.8, -4.8), (4.0, -3.0)])
def test_the_ball_leaves_none_of_the_three_pictures(partials, place):
    partials.set(x=place[0], y=place[1])
    for panel in partials.panels:
        [[x], [y]] = drawn(panel, "ball")
        (left, right), (low, high) = panel.ax.get_xlim(), panel.ax.get_ylim()
        assert left < x < right and low < y < high


def test_the_two_cuts_are_the_landscape_with_one_parameter_held_still(partials):
    partials.set(x=-1.3, y=2.4)
    f, at = landscapes.himmelblau().f, np.array([-1.3, 2.4])
    for k, panel in enumerate(partials.panels[1:]):
        t, loss = drawn(panel, "loss")
        w = np.repeat(at[:, None], t.size, axis=1)
        w[k] = t
        np.testing.assert_allclose(loss, f(w))
        a, b = drawn(panel, "tangent")
        assert np.diff(b)[0] / np.diff(a)[0] == pytest.approx(slope(f, at)[k], rel=1e-6)
        assert np.interp(at[k], a, b) == pytest.approx(f(at))


def test_explore_where_one_slope_is_0_the_arrow_points_along_the_other_axis(partials):
    assert not (abs(partials._shown_run.g[0]) < 3 < 50 < abs(partials._shown_run.g[1]))
    axis = list(each_step(partials, "x"))
    mesh = np.stack(np.meshgrid(axis, axis))
    g = partials._shown_run.land.grad(mesh)
    found = mesh[:, (np.abs(g[0]) < 3) & (np.abs(g[1]) > 50)]
    assert found.shape[1] >= 10
    for place in found.T[::25]:
        partials.set(x=place[0], y=place[1])
        assert abs(arrow(partials.panels[0], "gradient")[1][0]) < 3 / 50 * 1.6


def test_where_both_slopes_are_0_there_is_no_arrow(partials):
    partials.set(x=3, y=2)
    assert partials._shown_run.g.tolist() == [0, 0]
    assert not np.hypot(*arrow(partials.panels[0], "gradient")[1]) > 0


def test_explore_within_1_of_level_are_129_and_130_degrees_and_309_and_310(compass):
    slopes = np.array([run.slope for run in each_step(compass, "angle").values()])
    assert slopes.argmax() == round(180 + np.degrees(np.arctan2(38, 46))) == 220
    assert slopes.max() == pytest.approx(np.hypot(46, 38), rel=1e-3)
    assert slopes[:360].argmin() == 40
    level = np.flatnonzero(slopes[:-1] * slopes[1:] <= 0)
    assert level.tolist() == [129, 309]  # between 129° and 130°, 309° and 310°
    assert slopes[[130, 310]] == pytest.approx(0, abs=0.6)
    assert np.flatnonzero(abs(slopes) < 1).tolist() == [129, 130, 309, 310]
    assert abs(compass._shown_run.slope) > 1


@pytest.mark.parametrize("length", [0.5, 1.0, 2.0])
def test_the_measured_slopes_are_the_predicted_cosine_times_the_length(compass, length):
    compass.set(length=length, angle=300)
    degrees, measured = drawn(compass.panels[2], "measured")
    cosine = length * np.hypot(46, 38) * np.cos(np.radians(degrees - 219.5597))
    np.testing.assert_allclose(measured, cosine, atol=1e-4)
    np.testing.assert_allclose(drawn(compass.panels[2], "formula")[1], cosine, atol=1e-3)
    assert "they agree" in compass.readout
    what = "the slope" if length == 1 else "the rate of change for each u"
    assert f"{what} is {num(compass._shown_run.slope, 3)}, measured" in compass.readout
    low, high = compass.panels[2].ax.get_ylim()
    assert low < cosine.min() and cosine.max() < high
    [[angle], [ball]] = drawn(compass.panels[2], "ball")
    assert angle == 300 and ball == pytest.approx(np.interp(300, degrees, cosine), abs=1e-3)


def test_the_cut_from_the_side_is_the_landscape_along_the_direction(compass):
    compass.set(angle=205, length=2)
    t, loss = drawn(compass.panels[1], "loss")
    u = np.array([np.cos(np.radians(205)), np.sin(np.radians(205))])
    land = landscapes.himmelblau()
    np.testing.assert_allclose(loss, land.f(1 + u[:, None] * t))
    a, b = drawn(compass.panels[1], "tangent")
    assert np.diff(b)[0] / np.diff(a)[0] == pytest.approx(land.grad([1, 1]) @ u, rel=1e-6)
    at, vector = arrow(compass.panels[0], "u")
    np.testing.assert_allclose(unit(vector), u, atol=1e-12)
    compass.set(length=1)
    np.testing.assert_allclose(vector, 2 * arrow(compass.panels[0], "u")[1])


def test_explore_at_the_crease_formula_and_measurement_disagree_but_on_the_axes(compass):
    compass.set(where=compass.controls["where"].options[1])
    degrees, measured = drawn(compass.panels[2], "measured")
    turn = np.radians(degrees)
    np.testing.assert_allclose(measured, np.cos(turn) ** 2 * np.sin(turn), atol=1e-9)
    assert (drawn(compass.panels[2], "formula")[1] == 0).all()
    agree = [angle for angle, r in each_step(compass, "angle").items() if abs(r.slope) < 1e-9]
    assert agree == [0, 90, 180, 270, 360]
    for angle in (45, 130, 80, 180):
        compass.set(angle=angle)
        assert ("they agree" in compass.readout) == (angle in agree)
    compass.set(angle=45)
    assert num(0.5**1.5, 3) in compass.readout


# --- a field of arrows ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["three pits", "saddle", "ravine"])
def test_the_arrows_point_along_the_gradient_and_are_as_long_as_its_root(field, name):
    field.set(name=name)
    arrows, land = field.panels[0].drawn.arrows["field"], field._shown_run.land
    places, shown = np.array(arrows.get_offsets()).T, np.stack([arrows.U, arrows.V])
    g = np.stack([slope(land.f, w, 1e-5) for w in places.T], axis=1)
    length = np.hypot(*g)
    keep = length > 1e-6
    cosine = (shown * g)[:, keep].sum(axis=0) / (np.hypot(*shown) * length)[keep]
    np.testing.assert_allclose(cosine, 1, atol=1e-6)
    ratio = np.hypot(*shown)[keep] / np.sqrt(length[keep])
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)
    cell = np.ptp(land.window[0]) / 13
    assert np.hypot(*shown).max() < 1.3 * cell  # they do not run over each other


def test_the_bold_arrow_is_the_gradient_under_the_ball_and_so_is_the_sentence(field):
    field.set(x=-0.46, y=0.62)
    run = field._shown_run
    at, mine = arrow(field.panels[0], "mine")
    np.testing.assert_allclose(unit(mine), unit(slope(run.land.f, at)), atol=1e-6)
    assert num(run.g[0], 3) in field.readout and num(run.g[1], 3) in field.readout
    field.set(name="saddle", x=0, y=0)
    assert "critical point" in field.readout


def test_the_level_line_and_the_ball_of_the_field_are_at_one_height(field):
    field.set(name="ravine", x=0.3, y=-0.5)
    land, at = field._shown_run.land, field._shown_run.at
    level = drawn(field.panels[0], "level")
    level = level[:, np.isfinite(level).all(axis=0)]
    np.testing.assert_allclose(land.f(level), land.f(at), atol=5 * (4 / 120) ** 2 / 8 * 1.01)


def test_explore_the_passes_between_the_three_pits_have_a_gradient_shorter_than_0_02(field):
    assert np.hypot(*field._shown_run.g) > 0.1
    axis = list(each_step(field, "x"))
    mesh = 3 * np.stack(np.meshgrid(axis, axis))  # the window is 6 wide
    land = field._shown_run.land
    flat = mesh[:, np.hypot(*land.grad(mesh)) < 0.02]
    assert land.saddles.shape == (2, 3)
    for saddle in land.saddles.T:
        away = np.hypot(*(flat - saddle[:, None]))
        x, y = flat[:, away.argmin()] / 3
        field.set(x=x, y=y)
        assert away.min() < 0.1 and np.hypot(*field._shown_run.g) < 0.02


def test_a_drag_over_the_field_puts_the_ball_under_the_mouse(field):
    drag(field, field.panels[0], (0, 0), (-1.5, 2.1))
    np.testing.assert_allclose(field._shown_run.at, [-1.5, 2.1], atol=0.031)  # half a step


# --- 342 pulls ------------------------------------------------------------------------------------


@pytest.mark.parametrize("w", [(4.0, 0.4), (2.2, -1.3), (6.2, 2.7), (4.4, 0.3)])
def test_the_chain_of_342_arrows_ends_at_the_negative_gradient(pulls, w):
    pulls.set(intercept=w[0], slope=w[1])
    x, y, species = regression.penguins("standardised")
    down = -slope(regression.loss_surface(x, y).f, np.array(w, float), 1e-4)
    at, whole = arrow(pulls.panels[2], "sum")
    assert at.tolist() == [0, 0]
    np.testing.assert_allclose(whole, down, atol=1e-8)
    np.testing.assert_allclose(arrow(pulls.panels[1], "down"), [w, down], atol=1e-8)
    links = [drawn(pulls.panels[2], name).T.reshape(-1, 3, 2)[:, :2] for name in np.unique(species)]
    assert [len(part) for part in links] == [(species == each).sum() for each in np.unique(species)]
    links = np.concatenate(links)
    assert len(links) == 342
    np.testing.assert_allclose(np.diff(links, axis=1).sum(axis=0)[0], down, atol=1e-8)
    ends, starts = np.round(links[:, 1], 9), np.round(np.append(links[:, 0], [whole], 0), 9)
    assert {*map(tuple, ends + 0.0)} <= {*map(tuple, starts + 0.0)}  # each begins where one ended


def test_the_chain_fills_its_picture_and_stays_within(pulls):
    for theta in ({"intercept": 2.2}, {"intercept": 6.2, "slope": 2.7}, {"slope": -1.3}, {}):
        pulls.set(**theta)
        corners, room = pulls._shown_run.ends, []
        for k, (low, high) in enumerate(
            (pulls.panels[2].ax.get_xlim(), pulls.panels[2].ax.get_ylim())
        ):
            assert low < corners[k].min() and corners[k].max() < high
            room.append(np.ptp(corners[k]) / (high - low))
        assert max(room) > 0.4


def test_every_penguin_has_one_colour_on_both_sides(pulls):
    x, y, species = regression.penguins("standardised")
    dots = {line.get_label(): line for line in pulls.panels[0].ax.lines}
    for name in np.unique(species):
        np.testing.assert_array_equal(
            dots[name].get_data(), [x[species == name], y[species == name]]
        )
        assert dots[name].get_color() == pulls.panels[2].drawn.lines[name].get_color()


def test_explore_at_the_minimum_the_chain_closes_and_the_pulls_are_not_0(pulls):
    assert np.hypot(*pulls._shown_run.down) > 0.3
    drag(pulls, pulls.panels[1], (4.4, 0.3), (4.2, 0.7))
    run = pulls._shown_run
    assert (pulls.values["intercept"], pulls.values["slope"]) == (4.2, 0.7)
    assert np.hypot(*run.down) < 0.03
    assert np.hypot(*run.own).mean() * 342 > 0.4
    assert "cancel" in pulls.readout


@pytest.mark.parametrize("w", [(2.2, -1.3), (4.4, 0.3), (4.0, 0.4)])
def test_the_sentence_counts_the_penguins_that_pull_the_other_way(pulls, w):
    pulls.set(intercept=w[0], slope=w[1])
    x, y, _ = regression.penguins("standardised")
    error = w[0] + w[1] * x - y
    arrows = np.stack([error, error * x])
    against = (arrows.mean(axis=1) @ arrows < 0).mean()
    assert f"{against:.0%}" in pulls.readout


# --- slopes by computer ---------------------------------------------------------------------------


def test_truncation_has_slope_1_forward_and_2_central_and_round_off_rules_on_the_left(step_size):
    for name, order, right, left in (("forward", 1, 1e-6, 1e-10), ("central", 2, 1e-4, 1e-8)):
        h, error = drawn(step_size.panels[0], name)
        part = (h > right) & (h < 1e-2)
        fit = np.polyfit(np.log(h[part]), np.log(error[part]), 1)
        assert fit[0] == pytest.approx(order, abs=0.02)
        worst = [error[(h > a) & (h < 10 * a)].max() for a in (left / 1000, left / 10)]
        assert worst[0] > 30 * worst[1]  # two decades to the left, round-off is 100 times as large


def test_the_best_step_is_near_1e_8_forward_and_between_1e_7_and_1e_5_central(step_size):
    best = {}
    for name in ("forward", "central"):
        h, error = drawn(step_size.panels[0], name)
        worst = np.array([error[max(0, k - 15) : k + 16].max() for k in range(h.size)])
        best[name] = h[worst.argmin()]
    assert 1e-9 < best["forward"] < 1e-7 and 1e-7 < best["central"] < 2e-5


def test_explore_only_the_central_difference_gets_below_1e_8(step_size):
    exact = landscapes.wiggle().grad([0.7])[0]
    off = {
        h: {name: abs(slope - exact) for name, slope in run.slopes.items()}
        for h, run in each_step(step_size, "h").items()
    }
    assert min(each["forward"] for each in off.values()) > 1e-8
    assert all(each["central"] < 1e-8 for h, each in off.items() if 1e-7 <= h <= 1e-5)
    assert off[1e-3]["central"] > 1e-8  # where the slider begins


# --- what the arrow does not know -----------------------------------------------------------------


def off(kappa, stretch, angle):
    """The angle between −∇f and the way to the minimum, by differences."""
    place = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle)) / np.sqrt(kappa)])
    place = place * [1, stretch]
    down = -slope(lambda w: (w[0] ** 2 + kappa * (w[1] / stretch) ** 2) / 2, place)
    return np.degrees(np.arccos(np.clip(unit(down) @ unit(-place), -1, 1)))


def test_the_two_arrows_are_as_far_apart_as_they_are_by_differences(units):
    for kappa, stretch, angle in ((25, 1, 30), (99, 3.1, 70), (40, 8, 10)):
        units.set(kappa=kappa, stretch=stretch, angle=angle)
        v = units.values
        exact = off(v["kappa"], v["stretch"], angle)
        (_, way), (_, down) = (arrow(units.panels[0], name) for name in ("way", "down"))
        assert np.degrees(np.arccos(unit(way) @ unit(down))) == pytest.approx(exact, abs=0.01)
        assert drawn(units.panels[1], "ball")[1, 0] == pytest.approx(exact, abs=0.01)
        assert f"{exact:.1f}°" in units.readout


def test_other_units_leave_the_place_and_its_loss_and_turn_the_arrow(units):
    seen = []
    for stretch in (1, 2.5, 5):
        units.set(stretch=stretch)
        run = units._shown_run
        seen.append([*(run.at / [1, run.stretch]), run.land.f(run.at)])
    np.testing.assert_allclose(seen, [seen[0]] * 3, rtol=1e-8)


def test_more_than_60_degrees_in_one_unit_and_none_in_another(units):
    assert units._shown_run.off > 60
    units.set(stretch=5)
    assert units._shown_run.off < 0.2


@pytest.mark.parametrize("kappa", [25, 50, 100])
def test_explore_the_stretch_that_points_at_the_minimum_is_the_root_of_kappa(units, kappa):
    units.set(kappa=kappa)
    assert units.values["kappa"] == kappa and units._shown_run.off > 20
    off = {stretch: run.off for stretch, run in each_step(units, "stretch").items()}
    best = min(off, key=off.get)
    assert best == pytest.approx(np.sqrt(kappa), abs=0.05) and off[best] < 1  # half a step


def test_explore_from_0_4_newtons_method_ends_on_the_hill_and_from_0_45_in_the_far_valley(newton):
    well = landscapes.double_well()
    [[hill]], (_, far) = landscapes.stationary_points(well)[1], well.minima[0]
    ends = {start: run.true[0, -1, 1] for start, run in each_step(newton, "start").items()}
    on_top = [start for start, end in ends.items() if abs(end - hill) < 1e-6]
    assert max(on_top) == 0.4 > newton.values["start"] == 0.2
    assert ends[0.45] == pytest.approx(far, abs=1e-6)


def test_a_ball_outside_the_picture_stands_at_its_rim_and_the_sentence_says_so(newton):
    land, beyond = landscapes.double_well(), 0
    low, high = newton.panels[0].ax.get_ylim()
    for start, run in each_step(newton, "start").items():
        shown = land.f(run.path)
        assert low < shown.min() and shown.max() < high
        outside = run.true != run.path
        assert (land.f(run.true)[outside[0]] > high).all()
        beyond += outside.any()
        newton.set(start=start, step=1)
        assert ("outside the picture" in newton.readout) == outside[0, 1, 1]
    assert beyond > 3


def test_gradient_descent_goes_down_and_the_sentence_says_what_newtons_end_is(newton):
    well = landscapes.double_well()
    for start in (-0.4, -0.3, 0.2, 0.4):
        newton.set(start=start, step=30)
        down, flat = newton._shown_run.true[0].T
        assert (np.diff(well.f([down])) < 1e-12).all()
        assert well.curvatures([flat[-1]])[0] < 0 and "maximum" in newton.readout
    newton.set(start=1.2, step=30)
    assert "maximum" not in newton.readout and "minimum" in newton.readout
