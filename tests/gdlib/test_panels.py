"""The kinds of panel that notebooks 01, 02, 04 and 05 brought, each alone on an Axes of its own."""

from types import SimpleNamespace as Run

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from pages import drawn, mouse, put, route

from gdlib import draw, landscapes, regression
from gdlib.controls import slider
from gdlib.live import Live
from gdlib.panels import SEVERAL, Bars, Contour, Curve, Data, Map, Panel, Plot, Surface, Trace

LINE = {"color": "#0072B2", "label": "line"}
ARROW = {"color": "#D55E00", "text": "word"}
BOX = (0, 4, -1, 1)


def plot(of=lambda run, step: run, limits=BOX, **more):
    return put(
        Plot("title", ("x", "y"), limits, of, {"line": LINE}, arrows={"arrow": ARROW}, **more)
    )


# --- Plot -----------------------------------------------------------------------------------------


def test_a_name_that_a_run_leaves_out_is_not_drawn_and_comes_back():
    panel = plot()
    arrow, word = panel.drawn.arrows["arrow"], panel.drawn.words["arrow"]
    for _ in range(2):
        panel.show({"line": ([1, 2], [0, 1]), "arrow": (1, 0, 2, 0.5)}, None)
        assert panel.drawn.lines["line"].get_xydata().tolist() == [[1, 0], [2, 1]]
        assert word.get_visible() and not np.any(arrow.Umask)
        panel.show({}, None)
        assert panel.drawn.lines["line"].get_xydata().size == 0
        assert not word.get_visible() and np.all(arrow.Umask)


def test_an_arrow_is_as_long_as_the_data_say():
    panel = plot()
    panel.show({"arrow": (1, 0.5, 2, -0.75)}, None)
    arrow = panel.drawn.arrows["arrow"]
    assert arrow.get_offsets().tolist() == [[1, 0.5]]
    panel.ax.figure.canvas.draw()
    tip = arrow.get_transform().transform(arrow.get_paths()[0].vertices)
    start = panel.ax.transData.transform((1, 0.5))
    there = panel.ax.transData.transform((3, -0.25)) - start
    reach = (tip @ there / np.hypot(*there)).max()  # along the arrow, in pixels
    assert reach == pytest.approx(np.hypot(*there), rel=0.01)


@pytest.mark.parametrize("u, v", [(1, 0), (-1, 0), (0, 0.5), (1.2, -0.5)])
def test_the_word_beside_an_arrow_follows_its_tip(u, v):
    panel = plot()
    panel.show({"arrow": (2, 0, 0.1, 0.1)}, None)
    panel.show({"arrow": (2, 0, u, v)}, None)
    word = panel.drawn.words["arrow"]
    assert tuple(word.xy) == (2 + u, v)
    offset = np.array(word.get_position())
    np.testing.assert_allclose(offset / np.hypot(*offset), np.array([u, v]) / np.hypot(u, v))


def test_an_arrow_of_no_length_has_no_word():
    panel = plot()
    panel.show({"arrow": (2, 0, 0, 0)}, None)
    assert not panel.drawn.words["arrow"].get_visible()


def test_limits_that_change_and_only_they_make_the_picture_stale():
    panel = plot(of=lambda run, step: {}, limits=lambda run: (0, run, -1, 1))
    assert [panel.show(right, None) for right in (4, 4, 5, 5, 4)] == [
        True,
        False,
        True,
        False,
        True,
    ]
    assert panel.ax.get_xlim() == (0, 4) and panel.ax.get_ylim() == (-1, 1)
    still = plot()
    assert [still.show({"line": ([k], [k])}, None) for k in range(3)] == [True, False, False]


def test_what_stands_still_is_drawn_once_and_is_not_among_what_moves():
    panel = plot(still=lambda ax: ax.axhline(0.5))
    before = len(panel.ax.get_children())
    [still] = [line for line in panel.ax.lines if line not in panel.moves]
    assert still.get_ydata() == [0.5, 0.5]
    for k in range(3):
        panel.show({"line": ([k], [k]), "arrow": (k, 0, 1, 0)}, None)
    assert len(panel.ax.get_children()) == before
    assert set(panel.moves) == {
        *panel.drawn.lines.values(),
        *panel.drawn.arrows.values(),
        *panel.drawn.words.values(),
    }


def test_the_key_names_the_styles_that_have_a_label():
    styles = {"a": LINE, "b": {"color": "black"}}
    panel = put(Plot("", ("", ""), BOX, dict, styles, key="upper left"))
    assert [text.get_text() for text in panel.ax.get_legend().get_texts()] == ["line"]
    assert plot().ax.get_legend() is None


def test_a_panel_may_be_square_and_its_axes_logarithmic():
    limits = (1, 10, 0.1, 1)
    panel = put(Plot("", ("", ""), limits, lambda *_: {}, {"a": LINE}, logs="xy", square=True))
    assert (panel.ax.get_xscale(), panel.ax.get_yscale()) == ("log", "log")
    panel.show({}, None)
    panel.ax.figure.canvas.draw()
    box = panel.ax.get_window_extent()
    assert box.width == pytest.approx(box.height)


# --- Contour --------------------------------------------------------------------------------------


def test_a_contour_draws_what_of_says_and_does_without_a_path():
    panel = put(
        Contour("", of=lambda run, step: run.more, styles={"line": LINE}, arrows={"go": ARROW})
    )
    panel.show(Run(land=landscapes.saddle(), more={"line": ([0, 1], [1, 0])}), None)
    assert panel.drawn.lines["line"].get_xydata().tolist() == [[0, 1], [1, 0]]
    assert route(panel).size == 0
    panel.show(Run(land=landscapes.saddle(), more={}, path=np.ones((2, 3))), None)
    assert panel.drawn.lines["line"].get_xydata().size == 0
    assert route(panel).T.tolist() == [[1, 1]] * 3


@pytest.mark.parametrize("moving", [False, True])
def test_another_landscape_makes_the_picture_stale_unless_the_ground_moves(moving):
    panel, (one, two) = put(Contour(moving=moving)), (landscapes.saddle(), landscapes.himmelblau())
    stale = [panel.show(Run(land=land), None) for land in (one, one, two, two)]
    assert stale == ([False] * 4 if moving else [True, False, True, False])
    assert (
        set(panel.ground) <= set(panel.moves)
        if moving
        else not set(panel.ground) & set(panel.moves)
    )
    assert panel.ax.get_xlim() == (-5, 5) and len(panel.ground[2].get_xydata()) == 4


LOOKS = tuple(draw.LOOK.values())


def look_of(panel, k):
    """Colour, marker and line style of the k-th path, as a look has them."""
    trail, dots = (panel.drawn.lines[f"{part} {k}"] for part in ("trail", "dots"))
    look = {"color": trail.get_color(), "marker": dots.get_marker()}
    assert dots.get_color() == look["color"] and dots.get_linestyle() == "None"
    return look | {"linestyle": trail.get_linestyle()}


def several(count, steps=4):
    """A run of `count` paths in the window of the saddle, `(2, steps + 1, count)`."""
    land, k = landscapes.saddle(), np.arange(count)
    along = np.linspace(0, 1, steps + 1)[:, None]
    return Run(land=land, path=np.stack([along - 0.2 * k, 0.1 * k + 0 * along]))


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("step", [0, 2, 4, None])
def test_each_of_several_paths_has_its_own_look_and_its_own_ball(count, step):
    panel, run = put(Contour(looks=LOOKS[:count])), several(count)
    panel.show(run, step)
    for k, look in enumerate(LOOKS[:count]):
        path = run.path[..., k].T.tolist()
        until = 5 if step is None else step + 1
        rest, trail, dots, start, ball = (
            panel.drawn.lines[f"{part} {k}"] for part in ("rest", "trail", "dots", "start", "ball")
        )
        assert rest.get_xydata().tolist() == path
        assert trail.get_xydata().tolist() == dots.get_xydata().tolist() == path[:until]
        assert start.get_xydata().tolist() == path[:1]
        assert ball.get_xydata().tolist() == [path[until - 1]]
        assert look_of(panel, k) == look
        assert (ball.get_color(), ball.get_marker()) == (look["color"], look["marker"])
        assert (rest.get_color(), rest.get_marker()) == (look["color"], "None")
        assert start.get_color() == "white" and start.get_markeredgecolor() == look["color"]
        assert {rest, trail, dots, start, ball} <= {*panel.moves}


def test_a_map_of_one_path_takes_it_with_or_without_a_last_axis_and_is_blue_by_default():
    one, run = put(Contour()), several(1)
    for path in (run.path, run.path[..., 0]):
        one.show(Run(land=run.land, path=path), None)
        assert route(one).T.tolist() == run.path[..., 0].T.tolist()
    assert look_of(one, 0) == draw.LOOK["gd"]


@pytest.mark.parametrize("paths, looks", [(2, 1), (1, 2)])
def test_as_many_looks_as_paths_or_it_is_a_mistake(paths, looks):
    panel = put(Contour(looks=LOOKS[:looks]))
    with pytest.raises(ValueError, match="paths must be as many as there are looks, "):
        panel.show(several(paths), None)


def test_one_path_that_leaves_does_not_hide_the_other():
    panel, run = put(Contour(looks=LOOKS[:2])), several(2)
    run.path[:, 3:, 0] = np.inf
    panel.show(run, None)
    gone, there = (route(panel, k).T for k in range(2))
    assert np.isnan(gone[3:]).all() and np.isfinite(gone[:3]).all() and np.isfinite(there).all()


def test_long_trails_are_lines_without_dots():
    panel = put(Contour(looks=LOOKS[:2]))
    for step, dots in ((149, True), (150, False), (20, True)):
        panel.show(several(2, 200), step)
        for k in range(2):
            assert route(panel, k).shape == (2, step + 1)
            assert route(panel, k, "dots").shape == (2, step + 1 if dots else 0)


# --- Curve ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("looks", [None, LOOKS[::-1]])
def test_the_balls_on_a_curve_and_their_trails_have_the_looks_that_are_given(looks):
    more = {"looks": looks} if looks else {}
    panel = put(Curve(ylim=(-1, 5), names=("a", "b"), tangent=False, **more))
    path = np.array([[[1.0, -1.5], [0.5, -1], [0.25, -0.5]]])
    land = landscapes.parabola(2)
    for step in (0, 1, None):
        panel.show(Run(land=land, path=path), step)
        until = 3 if step is None else step + 1
        for k, look in enumerate((looks or SEVERAL)[:2]):
            trail, ball = (panel.drawn.lines[f"{part} {k}"] for part in ("trail", "ball"))
            w = path[0, :until, k]
            assert trail.get_xydata().tolist() == np.stack([w, w**2], axis=1).tolist()
            assert ball.get_xydata().tolist() == [[w[-1], w[-1] ** 2]]
            for line in (trail, ball):
                assert (line.get_color(), line.get_marker()) == (look["color"], look["marker"])
    assert drawn(panel, "tangent").size == 0


ONE_PARAMETER = [name for name, land in landscapes.catalogue().items() if land.dimension == 1]


@pytest.mark.parametrize("name", ONE_PARAMETER)
def test_a_curve_without_limits_fits_over_its_window(name):
    land, panel = landscapes.catalogue()[name], put(Curve())
    panel.show(Run(land=land, path=land.start[:, None]), None)
    _, heights = drawn(panel, "curve")
    low, high = panel.ax.get_ylim()
    assert low < heights.min() and heights.max() < high
    assert np.ptp(heights) > 0.8 * (high - low)
    assert panel.ax.get_xlim() == land.window[0]


@pytest.mark.parametrize("f", [np.zeros_like, lambda x: 1 / x, np.log, lambda x: 0 * x - np.inf])
def test_a_curve_that_is_flat_or_has_poles_has_limits_too(f):
    land = Run(window=((-1, 1),), dimension=1, f=lambda w: f(w[0]), grad=lambda w: 0 * w)
    panel = put(Curve())
    with np.errstate(all="ignore"):
        panel.show(Run(land=land, path=np.ones((1, 1))), None)
    low, high = panel.ax.get_ylim()
    assert np.isfinite([low, high]).all() and low < high


def test_a_curve_that_is_told_its_limits_keeps_them():
    panel = put(Curve(ylim=(-3, 7)))
    panel.show(Run(land=landscapes.parabola(), path=np.ones((1, 1))), None)
    assert panel.ax.get_ylim() == (-3, 7)


def test_a_curve_has_as_many_names_as_paths():
    run = Run(land=landscapes.quartic(), path=np.ones((1, 2, 3)))
    with pytest.raises(ValueError, match="paths must be as many as there are looks, 2; got 3"):
        put(Curve(names=("a", "b"))).show(run, 0)


# --- a landscape of another kind ------------------------------------------------------------------


def of_another_kind(dimension):
    """What is no landscape of so many parameters, by name."""
    given = {
        "one": landscapes.quartic(),
        "two": landscapes.saddle(),
        "three": landscapes.rastrigin(3),
        "ten": landscapes.rastrigin(10),
        "a function": lambda w: w @ w,
        "a factory": landscapes.beale,
        "a list": [landscapes.saddle(), landscapes.quartic()],
        "a name": "saddle",
        "nothing": None,
    }
    del given[{1: "one", 2: "two"}[dimension]]
    return given


GROUNDS = {
    "a curve": (1, lambda: Curve(), {}),
    "a map": (2, lambda: Contour(), {}),
    "a map that moves": (2, lambda: Contour(moving=True, levels=lambda land: [0, 1]), {}),
    "a surface": (2, lambda: Surface(), {"projection": "3d"}),
}


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_landscape_of_another_kind_is_refused_by_every_panel(ground):
    dimension, make, axes = GROUNDS[ground]
    words = "land must be a landscape of (one parameter|two parameters); got "
    for kind, land in of_another_kind(dimension).items():
        path = np.ones((getattr(land, "dimension", 2), 3))
        with pytest.raises(ValueError, match=words):
            put(make(), **axes).show(Run(land=land, path=path, turn=0), None)
            pytest.fail(kind)


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 2), ()])
def test_a_path_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"path must be of the shape \(2, steps \+ 1, ...\); got"):
        put(Contour()).show(Run(land=landscapes.saddle(), path=np.ones(shape)), None)


# --- Trace ----------------------------------------------------------------------------------------


NAMES = ("one", "two", "three")


def trace(count=3, looks=LOOKS, **more):
    lines = dict(zip(NAMES[:count], looks, strict=False))
    return put(Trace("", "", (1e-4, 1e2), of=lambda run: run.values, lines=lines, **more))


VALUES = np.array([[1.0, 10, 50], [0.1, 20, 1e-9], [0.01, 1e9, 2], [0.001, np.nan, 3]])


@pytest.mark.parametrize("looks", [SEVERAL, LOOKS])
def test_each_line_of_a_trace_has_its_own_look_and_a_ball_at_the_step(looks):
    panel = trace(looks=looks)
    for step in (0, 1, 3, None):
        panel.show(Run(values=VALUES), step)
        at = 3 if step is None else step
        for k, (look, values) in enumerate(zip(looks, VALUES.T, strict=False)):
            line, ball = (panel.drawn.lines[f"{part} {k}"] for part in ("line", "ball"))
            assert line.get_xdata().tolist() == [0, 1, 2, 3]
            inside = (values >= 1e-4) & (values <= 1e2)
            np.testing.assert_array_equal(line.get_ydata()[inside], values[inside])
            off = line.get_ydata()[~inside]
            assert ((off < 1e-4) | (off > 1e2)).all() and np.isfinite(off).all()
            (across,), (height,) = ball.get_data()
            assert across == at
            assert height == values[at] if inside[at] else np.isnan(height)
            for each in (line, ball):
                assert (each.get_color(), each.get_marker()) == (look["color"], look["marker"])
            assert ball.get_linestyle() == "None"
            assert line.get_linestyle() == look.get("linestyle", "-")
            assert line.get_markevery() == []  # markers in the key only
    assert len(panel.moves) == 6


def test_a_key_names_the_lines_of_a_trace_where_it_is_told_unless_there_is_one_only():
    assert trace(1).ax.get_legend() is trace(key=None).ax.get_legend() is None
    for place in ("upper right", "lower left"):
        panel = trace(key=place)
        panel.show(Run(values=VALUES), None)
        key = panel.ax.get_legend()
        assert [text.get_text() for text in key.get_texts()] == ["one", "two", "three"]
        panel.ax.figure.canvas.draw()
        box, axes = key.get_window_extent(), panel.ax.get_window_extent()
        right, top = (
            (box.x0 + box.x1) / 2 > (axes.x0 + axes.x1) / 2,
            box.y0 > axes.y0 + axes.height / 2,
        )
        assert (right, top) == (place == "upper right",) * 2
        shown = [(line.get_color(), line.get_marker()) for line in key.get_lines()]
        assert shown == [(look["color"], look["marker"]) for look in LOOKS[:3]]


def test_a_trace_has_a_line_for_each_column_or_it_is_a_mistake():
    with pytest.raises(ValueError, match="argument"):
        trace(count=2).show(Run(values=VALUES), None)


def test_the_loss_above_the_minimum_wants_a_minimum():
    run = Run(land=landscapes.softplus(), path=np.zeros((1, 5)))
    with pytest.raises(
        ValueError, match="land must be a landscape that lists a minimum; got 'softplus'"
    ):
        put(Trace()).show(run, None)


def test_only_another_number_of_steps_makes_the_picture_of_a_trace_stale():
    panel = trace()
    runs = (VALUES, 2 * VALUES, VALUES[:3], VALUES[:3])
    assert [panel.show(Run(values=each), 1) for each in runs] == [True, False, True, False]
    assert panel.ax.get_xlim() == (0, 2)


# --- Map ------------------------------------------------------------------------------------------

DOTS = {"color": "black", "marker": "*", "ls": "", "label": "a star"}
RULE = {"color": "black", "ls": ":", "label": "a line"}


def settings_map(**more):
    box = (0, 4, 0, 1)
    return put(Map("", box, ("quick", "slow"), ("x", "y"), ("a", "b"), **more))


def map_run(**more):
    return Run(regions=np.array([[0, 1], [-1, 0]]), a=1, b=0.5, **more)


def test_a_map_draws_lines_and_marks_from_what_of_says():
    panel = settings_map(of=lambda run, step: run.more[step], styles={"star": DOTS, "line": RULE})
    more = [{"star": ([2], [0.5])}, {"line": ([0, 4], [0, 1])}, {}]
    for step, data in enumerate(more):
        panel.show(map_run(more=more), step)
        for name in ("star", "line"):
            drawn = panel.drawn.lines[name].get_xydata().T.tolist()
            assert drawn == [list(part) for part in data.get(name, ([], []))]
    assert {*panel.drawn.lines.values()} <= {*panel.moves}
    assert panel.drawn.lines["star"].get_marker() == "*"


def test_a_map_without_anything_to_draw_is_its_image_and_a_cross_at_what_is_picked():
    panel = settings_map()
    panel.show(map_run(), 3)
    assert drawn(panel, "up").tolist() == [[1, 1], [0, 1]]
    assert drawn(panel, "across").tolist() == [[0, 4], [0.5, 0.5]]
    assert len(panel.drawn.lines) == 2
    assert panel.image.get_array().tolist() == [[0, 1], [-1, 0]]


def test_the_image_of_a_map_may_depend_on_the_step():
    panel = settings_map(regions=lambda run, step: np.where(run.first <= step, run.kind, -1))
    run = Run(first=np.array([[0, 5], [2, 9]]), kind=np.array([[0, 1], [1, 0]]), a=1, b=0)
    for step, image in ((0, [[0, -1], [-1, -1]]), (5, [[0, 1], [1, -1]]), (2, [[0, -1], [1, -1]])):
        panel.show(run, step)
        assert panel.image.get_array().tolist() == image


def test_the_key_of_a_map_names_regions_nowhere_and_what_is_drawn_on_it():
    panel = settings_map(
        styles={"star": DOTS, "line": RULE, "mute": {"color": "red"}},
        of=lambda *_: {},
        nowhere="not yet",
    )
    key = panel.ax.get_legend()
    names = [text.get_text() for text in key.get_texts()]
    assert names == ["quick", "slow", "not yet", "a star", "a line"]
    colors = [to_hex(line.get_color()) for line in key.get_lines()[:3]]
    assert colors == [to_hex(each) for each in (*draw.REGIONS[:2], draw.NOWHERE)]
    image = [to_hex(panel.image.cmap(panel.image.norm(k))) for k in (0, 1, -1)]
    assert image == colors


@pytest.mark.parametrize("below", [-0.1, -0.17, -0.3])
def test_below_says_where_the_key_of_a_map_stands(below):
    panel = settings_map(below=below)
    panel.ax.figure.canvas.draw()
    key, axes = panel.ax.get_legend().get_window_extent(), panel.ax.get_window_extent()
    assert (key.y1 - axes.y0) / axes.height == pytest.approx(below, abs=0.04)


# --- Surface --------------------------------------------------------------------------------------

MARK = {"color": "black", "marker": "o"}


def surface(land=None, lid=0.8, **more):
    """A surface, a run to show on it, and what the surface was told: corners and colours."""
    panel = put(
        Surface("", lambda run, step: run.marks, {"marks": MARK}, lid=lid, **more), projection="3d"
    )
    told = []
    for name in ("set_verts", "set_facecolor"):
        method = getattr(panel.surface, name)
        setattr(panel.surface, name, lambda value, m=method: told.append(value) or m(value))
    return panel, Run(land=land or landscapes.himmelblau(), turn=-60, marks={}), told


@pytest.mark.parametrize("lid", [0.9, 0.6])
def test_walls_that_tower_over_the_rest_are_cut_at_the_lid(lid):
    panel, run, told = surface(lid=lid)
    panel.show(run, None)
    x, y, z = told[0].reshape(-1, 3).T
    heights = run.land.f([x, y])
    mesh = run.land.f(np.stack(np.meshgrid(*[np.linspace(-5, 5, 33)] * 2)))
    top = np.quantile(mesh, lid)
    np.testing.assert_allclose(z, (np.minimum(heights, top) - mesh.min()) / (top - mesh.min()))
    assert z.min() == 0 and z.max() == 1
    assert 0.005 < (z == 1).mean() < 0.2  # what is left of the quads that the lid cuts


def test_a_landscape_without_walls_is_not_cut():
    panel, run, told = surface(landscapes.ravine(2))
    panel.show(run, None)
    x, y, z = told[0].reshape(-1, 3).T
    np.testing.assert_allclose(z, run.land.f([x, y]) / run.land.f([2, 2]), atol=1e-12)
    assert len(told[0]) == 32**2


def test_marks_lie_on_the_surface_and_what_the_lid_cuts_off_is_not_drawn():
    panel, run, _ = surface()
    x = np.linspace(-5, 5, 101)
    run.marks = {"marks": np.stack([x, x])}
    panel.show(run, None)
    a, b, z = (np.asarray(values) for values in panel.lines["marks"].get_data_3d())
    np.testing.assert_array_equal([a, b], [x, x])
    height = panel.low + z * (panel.high - panel.low)
    seen = run.land.f([x, x]) <= panel.high
    np.testing.assert_allclose(height[seen], run.land.f([x, x])[seen])
    assert np.isnan(z[~seen]).all() and 0 < seen.sum() < 101


def test_low_parts_of_the_surface_are_dark():
    panel, run, told = surface(landscapes.ravine(1))
    panel.show(run, None)
    z, shade = told[0][..., 2].mean(axis=1), np.mean(told[1], axis=1)
    assert len(shade) == len(z) and shade[z.argmin()] < shade[z.argmax()]
    assert np.corrcoef(z, shade)[0, 1] > 0.9


def test_the_surface_turns_with_its_control_and_its_ground_is_kept():
    panel, run, told = surface()
    seen = []
    for turn in (-60, 30):
        run.turn = turn
        panel.show(run, None)
        assert panel.ax.azim == turn
        seen.append(np.sort(np.concatenate([p.vertices[:, 0] for p in panel.surface.get_paths()])))
    assert np.abs(seen[0] - seen[1]).max() > 0.001  # projected anew, without a draw
    assert len(told) == 2  # corners and colours, once


# --- Data -----------------------------------------------------------------------------------------

COLUMNS = np.array([[-2.0, -1, 0, 1, 2], [1, 3, 3, 5, 6]])


def data(lit=None, rows=()):
    """Five points, and a run of three steps whose k-th lines are 1 + k·x."""
    path = np.array([[1.0, 1, 1, 1], [0, 1, 2, 3]])
    land = regression.loss_surface(*COLUMNS)
    run = Run(land=land, path=path, data=tuple(COLUMNS), xlabel="x", rows=rows)
    return put(Data("", "y", lit=lit)), run


def test_lit_rows_stand_out_each_with_the_way_from_the_line_to_it():
    panel, run = data(lambda run, step: run.rows[step], rows=[[0, 3], [4, 4], [2, 1], [0, 1]])
    for step, rows in enumerate(run.rows):
        panel.show(run, step)
        x, y = COLUMNS[:, rows]
        assert drawn(panel, "lit").T.tolist() == np.stack([x, y], axis=1).tolist()
        ways = drawn(panel, "errors").T.reshape(len(rows), 3, 2)
        np.testing.assert_array_equal(ways[:, 0], np.stack([x, 1 + step * x], axis=1))
        np.testing.assert_array_equal(ways[:, 1], np.stack([x, y], axis=1))
        assert np.isnan(ways[:, 2, 1]).all()  # a gap, so that no way leads to the next
        across, up = drawn(panel, "line")
        np.testing.assert_allclose(up, 1 + step * np.array(across))


def test_other_rows_may_be_lit_by_as_many_or_fewer_and_none():
    panel, run = data(lambda run, step: run.rows[step], rows=[[0, 1, 2], [3], [], [1, 4]])
    for step, rows in enumerate(run.rows):
        panel.show(run, step)
        assert drawn(panel, "lit").shape[1] == len(rows)
        assert drawn(panel, "errors").shape[1] == 3 * len(rows)


def test_nothing_is_lit_where_no_rows_are_named():
    panel, run = data()
    for step in (0, 3, None):
        panel.show(run, step)
        assert drawn(panel, "lit").size == drawn(panel, "errors").size == 0


def test_only_other_data_make_the_picture_stale():
    panel, run = data(lambda run, step: run.rows[step], rows=[[0], [1], [2], [3]])
    assert [panel.show(run, step) for step in (0, 1, 3)] == [True, False, False]
    assert drawn(panel, "dots").tolist() == COLUMNS.tolist()


# --- Bars -----------------------------------------------------------------------------------------


def widths(panel):
    return [bar.get_width() for bar in panel.bars]


def test_bars_are_by_default_the_shares_of_the_run_whatever_the_step():
    panel = put(Bars("", ["a", "b", "c"]))
    for step in (None, 0, 7):
        panel.show(Run(shares=[0.5, 0.3, 0.2]), step)
        assert widths(panel) == [0.25, 0.15, 0.1]
        assert [text.get_text() for text in panel.texts] == ["50%", "30%", "20%"]


def test_bars_may_depend_on_the_step_and_are_as_long_as_their_shares():
    panel = put(Bars("", ["in", "out"], of=lambda run, step: [run[step], 1 - run[step]]))
    for step, share in enumerate(run := [0.0, 0.25, 1.0]):
        panel.show(run, step)
        assert widths(panel) == [share / 2, (1 - share) / 2]
        for bar, text in zip(panel.bars, panel.texts, strict=True):
            assert text.get_text() == f"{2 * bar.get_width():.0%}"
            assert bar.get_width() < text.get_position()[0] < bar.get_width() + 0.05


@pytest.mark.parametrize("rest", [True, False])
def test_only_what_is_left_over_is_grey(rest):
    panel = put(Bars("", ["a", "b", "c"], rest=rest))
    colors = [to_rgb(bar.get_facecolor()[:3]) for bar in panel.bars]
    grey = [color == to_rgb(draw.NOWHERE) for color in colors]
    assert grey == [False, False, rest] and len(set(colors)) == 3


# --- Live tells a panel where it is grabbed -------------------------------------------------------


class Told(Panel):
    """Keeps a record of what it is told by the mouse."""

    def setup(self, ax):
        self.log = []
        self.frame(ax)
        return []

    def show(self, run, step):
        pass

    def grab(self, x, y):
        self.log.append(("grab", round(x, 1)))

    def picked(self, x, y):
        self.log.append(("picked", round(x, 1)))
        return super().picked(x, y)


def test_a_panel_is_told_once_where_it_is_grabbed_before_it_is_asked_what_is_picked():
    told, deaf = Told(picks=("a", None)), Told()
    live = Live(Run, [told, deaf], lambda run, step: "So.", a=slider(0.0, 0.0, 1.0, 0.1, "a"))
    for panel in (told, deaf):
        mouse(live, "press", panel.ax, (0.2, 0.5))
        mouse(live, "drag", panel.ax, (0.6, 0.5))
        mouse(live, "release", panel.ax, (0.6, 0.5))
    mouse(live, "drag", told.ax, (0.4, 0.5))
    assert told.log == [("grab", 0.2), ("picked", 0.2), ("picked", 0.6)]
    assert deaf.log == [] and live.controls["a"].value == pytest.approx(0.6)
    live.close()
