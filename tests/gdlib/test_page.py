"""The picture on the page: canvas.js in Chromium, without Jupyter.

What a figure looks like there is held against matplotlib's own picture of the same state; and the
page is asked what it does with the frames that it keeps, whatever the network does.
"""

import io
from types import SimpleNamespace as Run

import lab
import matplotlib.patheffects
import numpy as np
import pytest
from loop import Loop
from matplotlib import style
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.patches import Circle
from pages import FIGURES
from PIL import Image
from player import Player

from gdlib import live as module
from gdlib.controls import at, choice, log_slider, places, slider
from gdlib.draw import STYLE
from gdlib.live import Live
from gdlib.panels import Panel
from tests.gdlib.test_ahead import unhurried  # noqa: F401 - a fixture
from tests.gdlib.test_live import Dot

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("unhurried")]


@pytest.fixture(scope="module")
def pages(browser):
    """A page on a usual screen and one on a sharp one, by their pixel ratios."""
    pages = {ratio: lab.new_page(browser, 900, 900, ratio) for ratio in (1, 2)}
    yield pages
    for page in pages.values():
        assert page.messages == []
        page.close()


@pytest.fixture
def made():
    """Figures, closed after the test: `made(run, panel, **more)`, with one slider if no other."""
    figures = []

    def make(run=Run, panel=None, **more):
        more = more if "a" in more else {"a": slider(2, 0, 10, 1, "a")} | more
        says = more.pop("readout", lambda run, step: f"{run}, step {step}.")
        figures.append(Live(run, [panel or Dot()], says, **more))
        return figures[-1]

    yield make
    for figure in figures:
        figure.close()


# --- it looks as matplotlib's own picture does ----------------------------------------------------


def agg(live, ratio):
    """Matplotlib's own picture, `(height, width, 3)`."""
    with io.BytesIO() as file, style.context(["default", STYLE]):
        live.fig.savefig(file, dpi=100 * ratio, format="png")
        return np.asarray(Image.open(file).convert("RGB")).astype(int)


def coarse(difference, size):
    """The mean difference in each square of so many pixels."""
    rows, columns = (each // size * size for each in difference.shape)
    squares = difference[:rows, :columns].reshape(rows // size, size, columns // size, size)
    return squares.mean(axis=(1, 3))


def alike(live, page, ratio, mean=2, most=70):
    """Assert that page and matplotlib show the same, of 255: `most` in a square of 16 pixels.

    Dashes need not begin in the same place, and marks may be half a pixel off: Agg rounds them.
    """
    shown, wanted = Player(page, live).pixels(), agg(live, ratio)
    assert shown.shape == wanted.shape
    difference = np.abs(shown - wanted).mean(axis=2)
    assert difference.mean() < mean
    assert coarse(difference, 16 * ratio).max() < most


def drawn_words(live):
    """The texts that are drawn: matplotlib hands each one over with its line."""
    drawn, draw_text = [], live._recorder.draw_text

    def noting(gc, x, y, s, prop, angle, ismath=False, mtext=None):
        drawn.append(mtext)
        draw_text(gc, x, y, s, prop, angle, ismath, mtext)

    live._recorder.draw_text = noting
    with live._drawing():
        live._recorder.record(*live._fig.get_children(), *live._moving)
    del live._recorder.draw_text
    return [text for text in dict.fromkeys(drawn) if text]  # one of many lines is not handed over


def words_alone(live, page, ratio):
    """The words on white, as the page and as matplotlib draws them, and the box of each."""
    texts, fig = drawn_words(live), live.fig
    with live._drawing():
        parts = [live._recorder.record(text) for text in texts]
        live.canvas.glyphs = live._recorder.glyphs
        on_page = Player(page, live).drawn(ratio, *parts)
        fig.dpi = 100 * ratio
        renderer = RendererAgg(*fig.bbox.size, fig.dpi)
        fig.draw(renderer)  # legends find their places
        renderer.clear()
        boxes = [text.get_window_extent(renderer).extents for text in texts]
        for text in texts:
            text.draw(renderer)
        height = fig.bbox.height
        fig.dpi = 100
    pixels = np.asarray(renderer.buffer_rgba()).astype(int)
    shade = pixels[..., 3:] / 255
    boxes = [(x0, height - y1, x1, height - y0) for x0, y0, x1, y1 in boxes]
    return on_page, pixels[..., :3] * shade + 255 * (1 - shade), boxes


def ink(picture, box):
    """Where all but a hundredth of the darkness lies: left, top, right, bottom, in pixels."""
    left, top, right, bottom = (int(edge) for edge in box)
    dark = 255 - picture[max(top, 0) : bottom, max(left, 0) : right].min(axis=2)
    edges = []
    for axis in (0, 1):
        share = np.cumsum(dark.sum(axis=axis)) / dark.sum()
        edges.append(np.interp([0.01, 0.99], share, np.arange(len(share))))
    (x0, x1), (y0, y1) = edges
    return np.array([x0, y0, x1, y1])


def apart(box, others):
    return all(
        box[2] < other[0] or other[2] < box[0] or box[3] < other[1] or other[3] < box[1]
        for other in others
    )


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_looks_as_matplotlib_draws_it(name, ratio, pages):
    live = FIGURES[name]()
    alike(live, pages[ratio], ratio)
    live.close()


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("name", FIGURES)
def test_every_word_stands_where_matplotlib_puts_it(name, ratio, pages):
    """To half a pixel, and to a whole one where formulas are: matplotlib rounds theirs up.

    So it does with the room for them: what stands beside the numbers of an axis follows. Reading it
    off pixels adds a fifth of one.
    """
    live = FIGURES[name]()
    here, there, boxes = words_alone(live, pages[ratio], ratio)
    formula = any("$" in text.get_text() for text in drawn_words(live))
    margin = np.array([-2, -2, 3, 3]) * ratio
    boxes, compared = [box + margin for box in boxes], 0
    for k, box in enumerate(boxes):
        if apart(box, boxes[:k] + boxes[k + 1 :]):
            compared += 1
            away = np.abs(ink(here, box) - ink(there, box)).max() / ratio
            assert away < (1 if formula else 0.7)
    assert compared > 0.7 * len(boxes)
    live.close()


# --- whatever matplotlib draws --------------------------------------------------------------------

RNG = np.random.default_rng(0)
X = np.linspace(0, 10, 200)
MESH = np.meshgrid(X[::10], X[::10])
WAVES = np.sin(MESH[0]) * np.cos(MESH[1])


def framed_by_a_circle(ax):
    image = ax.imshow(WAVES, extent=(0, 10, 0, 10), cmap="viridis")
    image.set_clip_path(Circle((5, 5), 4, transform=ax.transData))


def haloed(ax):
    halo = [matplotlib.patheffects.withStroke(linewidth=4, foreground="orange")]
    ax.text(1, 5, "words with a halo", fontsize=20, path_effects=halo)


def formulas(ax):
    ax.text(1, 7, r"$\frac{\partial f}{\partial w_k} = \sqrt{s + \epsilon}$", fontsize=20)
    ax.text(5, 2, "two lines\nof words", rotation=30, ha="center", style="italic", weight="bold")
    ax.annotate("there", (8, 8), (4, 4), arrowprops={"arrowstyle": "->", "color": "C1"})


def far_away(ax):
    ax.plot(1e6 * X, 1e6 * np.sin(5 * X), lw=3)
    ax.fill([-1e5, 5, 1e5], [-1e5, 8, -1e5], color="C3", alpha=0.4)
    ax.add_patch(Circle((-900, 5), 905, color="C2", alpha=0.5))


def with_gaps(ax):
    y = np.where(np.abs(X - 5) < 1, np.nan, 5 + np.sin(X))
    ax.plot(X, y, "o--", ms=4, markevery=3, dash_capstyle="round")
    ax.plot(X[::10], y[::10] + 2, ":", lw=3)


FOREIGN = {
    "scatter": lambda ax: ax.scatter(*RNG.uniform(0, 10, (2, 80)), s=80, c=X[:80], alpha=0.6),
    "scatter of one look": lambda ax: ax.scatter(*RNG.uniform(0, 10, (2, 80)), ec="k", lw=2),
    "image of floats": lambda ax: ax.imshow(WAVES, extent=(0, 10, 0, 10), origin="lower"),
    "image, plain": lambda ax: ax.imshow(WAVES, extent=(0, 10, 0, 10), interpolation="none"),
    "image of few colours": lambda ax: ax.imshow(WAVES > 0, extent=(2, 8, 1, 9), alpha=0.5),
    "image of RGB": lambda ax: ax.imshow(RNG.uniform(0, 1, (9, 7, 3)), extent=(1, 9, 1, 9)),
    "image within a circle": framed_by_a_circle,
    "mesh": lambda ax: ax.pcolormesh(*MESH, WAVES, cmap="magma"),
    "filled levels": lambda ax: ax.contourf(*MESH, WAVES),
    "levels with words": lambda ax: ax.clabel(ax.contour(*MESH, WAVES)),
    "bars with hatches": lambda ax: ax.bar(X[::20], X[::20], 0.7, hatch="//", ec="k", fc="C1"),
    "filled between": lambda ax: ax.fill_between(X, X / 2, X, hatch="x", alpha=0.3),
    "hexagons": lambda ax: ax.hexbin(*RNG.normal(5, 2, (2, 500)), gridsize=15),
    "triangles": lambda ax: ax.tripcolor(*RNG.uniform(0, 10, (2, 40)), RNG.uniform(0, 1, 40)),
    "pie": lambda ax: ax.pie([1, 2, 3], labels=["one", "two", "three"], center=(5, 5), radius=4),
    "boxes": lambda ax: ax.boxplot(RNG.normal(5, 1, (50, 3))),
    "violins": lambda ax: ax.violinplot(RNG.normal(5, 1, (50, 3)), positions=[2, 5, 8]),
    "error bars": lambda ax: ax.errorbar(X[::20], X[::20], 1, 0.3, fmt="s", capsize=4),
    "stems": lambda ax: ax.stem(X[::10], X[::10]),
    "arrows": lambda ax: ax.quiver(*MESH, WAVES, WAVES.T, WAVES),
    "streams": lambda ax: ax.streamplot(*MESH, WAVES, WAVES.T, density=0.6),
    "steps": lambda ax: ax.stairs(RNG.uniform(0, 9, 20), np.linspace(0, 10, 21), fill=True),
    "table": lambda ax: ax.table([["1", "2"], ["3", "4"]], loc="center"),
    "words with a halo": haloed,
    "formulas": formulas,
    "far away": far_away,
    "gaps": with_gaps,
    "key": lambda ax: (ax.plot(X, X, label="a line"), ax.legend(frameon=True, shadow=True)),
    "spans": lambda ax: (ax.axvspan(2, 4, color="C1", alpha=0.3), ax.axhline(5, ls="-.")),
}


class Learners(Panel):
    """A panel that stands still, or moves, whatever a learner draws."""

    def __init__(self, draw, moves):
        super().__init__()
        self.draw, self.moves = draw, moves

    def setup(self, ax):
        before = set(ax.get_children())
        self.draw(ax)
        ax.set(xlim=(0, 10), ylim=(0, 10))
        return [a for a in ax.get_children() if a not in before] if self.moves else []

    def show(self, run, step):
        pass


@pytest.mark.parametrize("moves", [False, True], ids=["still", "moving"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_whatever_a_learner_puts_into_a_panel_is_drawn(kind, moves, made, pages):
    live = made(panel=Learners(FOREIGN[kind], moves))
    alike(live, pages[1], 1, mean=3)
    alike(live, pages[2], 2, mean=3)


def test_a_colour_bar_and_words_beside_the_panels_are_drawn(made, pages):
    class Bar(Learners):
        def setup(self, ax):
            ax.figure.suptitle("A figure's own title")
            ax.figure.colorbar(ax.imshow(WAVES), ax=ax)
            return []

    alike(made(panel=Bar(None, False)), pages[1], 1, mean=3)


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda ax: ax.tripcolor([0, 1, 1], [0, 0, 1], [1, 2, 3], shading="gouraud"), "shaded"),
        (lambda ax: ax.plot(X, X)[0].set_agg_filter(lambda im, dpi: (im, 0, 0)), "agg_filter"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_sentence(draw, said, made):
    with pytest.raises(NotImplementedError, match=said):
        made(panel=Learners(draw, False))


# --- the frames that the page keeps ---------------------------------------------------------------


def both(player, **values):
    """Move page and kernel, and let the page have the answer."""
    player.move(**values)
    player.live.set(**values)
    player.deliver()


def looked_ahead(player, **values):
    """Then let the kernel look ahead as long as it likes, and the page have that, too."""
    player.live._loop = Loop()
    both(player, **values)
    player.live._loop.idle()
    player.deliver()


def words(a, step=None):
    return f"namespace(a={a}), step {step}."


def test_a_page_shows_the_figure_as_it_is_when_it_is_opened(made, pages):
    live = made()
    live.set(a=7)
    assert Player(pages[1], live).said() == words(7)


def test_a_move_to_a_kept_frame_is_answered_before_the_kernel_hears_of_it(made, pages):
    live = made()
    player = Player(pages[1], live)
    looked_ahead(player, a=4)
    before = player.pixels()
    player.move(a=6)
    assert player.said() == words(6)
    here = player.pixels()
    assert (here != before).any()
    live.controls["a"].value = 6
    assert player.deliver() == 1
    assert (player.pixels() == here).all() and player.said() == words(6)
    assert player.kept()["kept"] == 1


def test_a_move_to_a_place_that_is_not_kept_waits_for_the_kernel(made, pages):
    live = made()
    player = Player(pages[1], live)
    player.move(a=6)
    assert player.said() == words(2)
    live.controls["a"].value = 6
    player.deliver()
    assert player.said() == words(6)
    assert player.kept()["asked"] == 1


def test_an_answer_to_an_older_move_is_not_painted_over_a_newer_one(made, pages):
    live = made()
    player = Player(pages[1], live)
    looked_ahead(player, a=4)
    player.move(a=5)
    live.controls["a"].value = 5
    player.move(a=8)
    player.deliver()  # what the kernel said to 5
    assert player.said() == words(8)
    player.move(a=5)
    assert player.said() == words(5)


def test_an_answer_to_an_older_move_is_better_than_none(made, pages):
    live = made()
    player = Player(pages[1], live)
    player.move(a=5)
    live.controls["a"].value = 5
    player.move(a=8)
    player.deliver()
    assert player.said() == words(5)


def test_a_value_between_two_places_is_never_taken_from_what_is_kept(made, pages):
    live = made(a=slider(2.0, 0.0, 10.0, 1.0, "a"))
    player = Player(pages[1], live)
    looked_ahead(player, a=4)
    player.move(a=5.3)
    assert player.said() == words(4.0)
    live.controls["a"].value = 5.3
    player.deliver()
    assert player.said() == words(5.3)


@pytest.mark.parametrize(
    "control",
    [
        slider(0.4, 0.01, 0.55, 0.01, "a"),
        slider(2, 0, 7, 3, "a"),
        log_slider(0.05, 0.005, 2, 0.02, "a"),
        choice("v", ["u", "v", "w"]),
    ],
    ids=lambda widget: type(widget).__name__,
)
def test_page_and_kernel_agree_on_every_place_of_a_control(control, made, pages):
    nothing = Learners(lambda ax: None, False)
    live = made(panel=nothing, a=control, readout=lambda run, step: f"{run.a}")
    live._loop, count = Loop(), places(control)
    for start in (0, count - 1):  # so that all places are looked at ahead
        control.value = at(control, start)
        live._loop.idle()
    player = Player(pages[1], live)
    live.canvas.forget()
    control.value = at(control, count // 2)
    live._loop.idle()
    player.deliver()
    for place in range(count):
        value = at(control, place)
        player.move(a=place if hasattr(control, "index") else value)
        control.value = value
        assert player.said() == live.readout
    assert player.kept()["asked"] == 0


def test_when_the_kernel_begins_anew_the_page_does_too(made, pages):
    live = made()
    player = Player(pages[1], live)
    looked_ahead(player, a=4)
    live._loop = None
    live.outdate()
    player.deliver()
    assert player.kept()["frames"] == 1
    player.move(a=6)
    assert player.said() == words(4)


def test_a_page_that_has_missed_something_says_so_and_is_given_all(made, pages):
    live = made()
    player = Player(pages[1], live)
    live.controls["a"].value = 5
    player.inbox.clear()  # another page had it
    live.controls["a"].value = 2
    live.controls["a"].value = 5
    player.deliver()
    assert pages[1].evaluate("canvas.sent.filter(each => each.kind == 'lost').length") == 1
    live._heard(live.canvas, {"kind": "lost"}, [])
    player.deliver()
    assert player.said() == words(5)
    live.controls["a"].value = 2
    player.deliver()
    assert player.said() == words(2)
    assert (player.pixels() == agg_of(player, live)).all()


def agg_of(player, live):
    """The page's picture of the state shown, from the frame alone."""
    frame = live.canvas.frame
    return player.drawn(1, *frame.still, *frame.moving)


def test_what_a_page_keeps_is_bounded_whatever_the_kernel_thinks(made, pages):
    live = made(a=slider(2.0, 0.0, 10.0, 0.001, "a"))
    player = Player(pages[1], live)
    pages[1].evaluate("places[0][0].gdlib.figure.bytes = 17e6")
    live.controls["a"].value = 3.0
    player.deliver()
    assert player.kept()["bytes"] < 100_000


def test_a_figure_shown_twice_moves_in_both_places(made, pages):
    live = made()
    player = Player(pages[1], live)
    pages[1].evaluate("render()")
    pages[1].wait_for_function("places[1][0].gdlib.scale > 0")
    looked_ahead(player, a=4)
    assert (player.pixels(0) == player.pixels(1)).all()
    player.move(a=5)
    assert (player.pixels(0) == player.pixels(1)).all()
    pages[1].evaluate("places[0][1]()")  # the first one is taken away
    before = player.pixels(0)
    player.move(a=6)
    assert (player.pixels(0) == before).all() and (player.pixels(1) != before).any()


def test_a_widget_that_leaves_the_page_listens_no_more(made, pages):
    Player(pages[1], made())
    pages[1].evaluate("leave()")
    assert pages[1].evaluate("controls.every(c => !Object.values(c.heard).flat().length)")


def test_a_page_in_another_place_of_the_screen_paints_as_sharp_as_the_screen_is(browser, made):
    page = lab.new_page(browser, 500, 800, 2)
    live = made()
    player = Player(page, live)
    size = "() => { const c = document.querySelector('canvas'); return [c.width, c.clientWidth]; }"
    assert page.evaluate(size) == [1000, 500]
    assert player.pixels().shape[:2] == (round(330 / 720 * 1000), 1000)
    page.set_viewport_size({"width": 900, "height": 800})
    page.wait_for_function("document.querySelector('canvas').width == 1440")
    looked_ahead(player, a=7)
    assert (player.pixels() == player.drawn(2, *live.canvas.frame[1], *live.canvas.frame[2])).all()
    page.close()


ZOOMS = {
    "in": [(900 / ratio, ratio) for ratio in (1, 1.1, 1.25, 1.5, 1.75, 2, 3)],
    "out": [(900 / ratio, ratio) for ratio in (1, 0.9, 0.8, 0.67, 0.5, 1)],
    "to another screen": [(900, 1), (880, 2), (900, 1), (880, 1.5)],
    "to as many pixels as before, and on": [(360, 2), (900, 1), (880, 2)],
}


@pytest.mark.parametrize("way", ZOOMS)
def test_zooming_keeps_a_pixel_of_the_picture_for_each_of_the_screen(way, made, browser):
    page = lab.new_page(browser, 900, 900)
    session = page.context.new_cdp_session(page)
    live = made()
    player = Player(page, live)
    for width, ratio in ZOOMS[way]:
        screen = {"width": round(width), "height": 900, "deviceScaleFactor": ratio, "mobile": False}
        session.send("Emulation.setDeviceMetricsOverride", screen)
        page.wait_for_function(
            """ratio => {
                const canvas = document.querySelector('canvas');
                const { width } = canvas.getBoundingClientRect();
                return Math.abs(devicePixelRatio - ratio) < 1e-3 &&
                    Math.abs(canvas.width - width * ratio) <= 1;
            }""",
            arg=ratio,
        )
        for _ in range(40):  # the page follows a moment later
            scale = page.evaluate("places[0][0].gdlib.scale")
            frame = live.canvas.frame
            sharp, shown = player.drawn(scale, *frame.still, *frame.moving), player.pixels()
            rows, columns = np.minimum(shown.shape, sharp.shape)[:2]
            if same := (shown[:rows, :columns] == sharp[:rows, :columns]).all():
                break
            page.wait_for_timeout(50)
        assert same
    page.close()


# --- nobody looks ---------------------------------------------------------------------------------


def near(page):
    return page.evaluate("canvas.sent.filter(each => each.kind == 'near').map(each => each.near)")


def test_the_kernel_is_told_when_the_figure_is_far_off_screen_or_the_page_is_hidden(made, browser):
    page = lab.new_page(browser, 900, 600)
    Player(page, made())
    page.wait_for_function("places[0][0].gdlib.inside === true")
    assert near(page) == [True]
    page.evaluate("document.body.style.paddingTop = '5000px'")
    page.wait_for_function("places[0][0].gdlib.inside === false")
    assert near(page) == [True, False]
    page.evaluate("document.body.style.paddingTop = '800px'")  # a little below
    page.wait_for_function("places[0][0].gdlib.inside === true")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert near(page) == [True, False, True, False]
    page.close()


# --- the mouse, a finger --------------------------------------------------------------------------


def spot(live, x, y):
    """A place in the first panel's data, on a page where the figure stands in the corner."""
    across, up = live.panels[0].ax.transData.transform((x, y))
    return across, live.fig.bbox.height - up


def heard(player):
    """Hand over to the kernel what the mouse has said since."""
    told = player.page.evaluate("canvas.sent.splice(0).filter(each => each.x !== undefined)")
    for each in told:
        player.live._heard(player.live.canvas, each, [])
    player.sync()
    return [each["kind"] for each in told]


class Plain(Dot):
    """A dot whose mouse writes its own place."""

    plain, scale = Panel.plain, Panel.scale


def test_a_press_is_answered_from_kept_frames_and_then_by_the_kernel(made, pages):
    live = made(panel=Plain())
    player = Player(pages[1], live)
    looked_ahead(player, a=4)
    pages[1].mouse.move(*spot(live, 6.2, 5))
    pages[1].mouse.down()
    assert player.said() == words(6) and live.values["a"] == 4
    pages[1].mouse.move(*spot(live, 7.4, 5))
    pages[1].mouse.move(*spot(live, 8.4, 5))
    assert player.said() == words(8)
    assert heard(player) == ["press"] and live.values["a"] == 6
    player.deliver()
    assert player.said() == words(8), "an older answer is painted over the hand"
    assert heard(player) == ["drag"] and live.values["a"] == 8
    player.deliver()
    pages[1].mouse.up()
    assert heard(player) == ["release"]
    player.deliver()
    player.move(a=8)
    assert player.said() == words(8)


def test_what_only_the_kernel_can_tell_waits_for_it(made, pages):
    live = made()  # its panel says nothing of what the mouse writes
    player = Player(pages[1], live)
    looked_ahead(player, a=4)
    pages[1].mouse.move(*spot(live, 6.2, 5))
    pages[1].mouse.down()
    pages[1].mouse.up()
    assert player.said() == words(4)
    assert heard(player) == ["press"]
    player.deliver()
    assert heard(player) == ["release"]
    player.deliver()
    assert player.said() == words(6)


def test_a_drag_that_leaves_the_panel_stays_where_it_was(made, pages):
    live = made(panel=Plain())
    player = Player(pages[1], live)
    pages[1].mouse.move(*spot(live, 6, 5))
    pages[1].mouse.down()
    pages[1].mouse.move(*spot(live, 12, -1))
    pages[1].mouse.up()
    assert heard(player) == ["press"]
    player.deliver()
    assert heard(player) == ["release"] and live.values["a"] == 6
    player.deliver()


@pytest.mark.parametrize("log", [False, True])
def test_page_and_kernel_agree_on_what_the_mouse_writes(log, made, pages):
    class Wide(Plain):
        def setup(self, ax):
            moving = super().setup(ax)
            ax.set(xlim=(1e-3, 20) if log else (-3, 13), xscale="log" if log else "linear")
            return moving

    control = log_slider(0.1, 0.01, 10, 0.1, "a") if log else slider(2.0, 0.0, 10.0, 0.25, "a")
    live = made(panel=Wide(), a=control)
    player = Player(pages[1], live)
    left, _, right, _ = live.canvas.catches[0]["box"]
    for x in np.linspace(left + 1, right - 1, 23):
        pages[1].mouse.move(x, 100)
        pages[1].mouse.down()
        aimed = pages[1].evaluate("places[0][0].gdlib.figure.aim")
        pages[1].mouse.up()
        while heard(player):
            player.deliver()
        assert aimed == str(module.place(control)), x


@pytest.fixture
def phone(made, browser):
    """A figure on a page that a finger scrolls: (player, touch, scale of the figure)."""
    context = browser.new_context(viewport={"width": 390, "height": 600}, has_touch=True)
    page = context.new_page()
    player = Player(page, made(panel=Plain()))
    page.evaluate("document.body.style.height = '3000px'")
    session = context.new_cdp_session(page)

    def touch(kind, *fingers):
        """`start`, `move`, `end` or `cancel`: the places of all fingers that are down then."""
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(fingers)]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
        page.wait_for_timeout(20)

    yield player, touch, lambda x, y: [390 / 720 * each for each in spot(player.live, x, y)]
    context.close()


def swipe(touch, x, y):
    """A finger goes down and moves up the screen."""
    touch("Start", (x, y))
    for k in range(1, 8):
        touch("Move", (x, y - 15 * k))
    touch("End")


def all_heard(player):
    """What the kernel hears until the page has nothing more to say."""
    kinds = []
    while new := heard(player):
        player.deliver()
        kinds += new
    return kinds


def test_a_finger_on_a_panel_places_the_start_and_elsewhere_scrolls_the_page(phone):
    player, touch, there = phone
    swipe(touch, *there(6, 5))
    assert player.page.evaluate("scrollY") == 0
    assert heard(player)[0] == "press" and player.live.values["a"] == 6
    player.page.evaluate("canvas.sent.length = 0")
    swipe(touch, *there(5, -0.8))  # on the words below
    player.page.wait_for_function("scrollY > 20")
    assert heard(player) == []


WAYS = {
    "to the right": [(2, 5), (4, 5), (7, 5)],
    "to the left and up the screen": [(8, 1), (6, 4), (3, 9)],
    "down the screen and to and fro": [(5, 9), (8, 5), (2, 1), (6, 1)],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_finger_that_drags_about_a_panel_moves_the_start_all_the_way(way, phone):
    player, touch, there = phone
    first, *others = WAYS[way]
    touch("Start", there(*first))
    assert all_heard(player) == ["press"] and player.live.values["a"] == first[0]
    for x, y in others:
        touch("Move", there(x, y))
        assert all_heard(player) == ["drag"] and player.live.values["a"] == x
        assert player.said() == words(x)
    touch("End")
    assert all_heard(player) == ["release"] and player.said() == words(others[-1][0])
    assert player.page.evaluate("scrollY") == 0


def test_a_second_finger_moves_nothing(phone):
    player, touch, there = phone
    touch("Start", there(3, 5))
    touch("Start", there(3, 5), there(8, 5))
    touch("Move", there(3, 5), there(9, 2))
    touch("End")
    assert set(all_heard(player)) <= {"press", "drag", "release"} and player.live.values["a"] == 3


def test_a_finger_that_the_browser_takes_away_has_let_go(phone):
    player, touch, there = phone
    touch("Start", there(3, 5))
    touch("Cancel")
    assert all_heard(player) == ["press", "release"]
    touch("Start", there(7, 5))
    touch("End")
    assert all_heard(player) == ["press", "release"] and player.live.values["a"] == 7


# --- the timeline ---------------------------------------------------------------------------------


def play(page, **state):
    page.evaluate("state => player.set(state)", state)


def test_play_moves_the_step_and_the_picture_without_the_kernel(made, pages):
    live = made(steps=9, at=0)
    player = Player(pages[1], live)
    looked_ahead(player, step=1)
    for step in range(2, 10):
        play(pages[1], value=step)
        assert player.said() == words(2, step)
    assert player.kept()["asked"] == 1, "but for the first step"
    assert pages[1].evaluate("controls[1].sends") == 8, "the kernel learns of each"


def test_the_play_button_follows_the_step_slider(made, pages):
    live = made(steps=9, at=0)
    player = Player(pages[1], live)
    player.move(step=4)
    assert pages[1].evaluate("player.state.value") == 4


def test_play_at_the_end_begins_again(made, pages):
    live = made(steps=9, at=0)
    player = Player(pages[1], live)
    play(pages[1], playing=True)
    assert pages[1].evaluate("player.state.value") == 0
    play(pages[1], playing=False)
    player.move(step=9)
    play(pages[1], playing=True)
    assert pages[1].evaluate("[player.state.value, controls[1].state.value]") == [0, 0]


def test_who_wants_less_motion_gets_ten_pictures_a_run(made, browser):
    page = lab.new_page(browser)
    page.emulate_media(reduced_motion="reduce")
    Player(page, made(steps=300))
    assert page.evaluate("[player.state.interval, player.state.step]") == [1000, 30]
    page.close()


# --- the kernel is silent -------------------------------------------------------------------------


@pytest.fixture
def waiting(browser, made):
    """A figure on a page whose clock stands still: `waiting(**more)`, a player; `made`'s arguments.

    Its `wait(milliseconds)` lets so much time pass on the page.
    """
    page = lab.new_page(browser, 900, 900)
    page.clock.install(time=0)

    def open_page(**more):
        player = Player(page, made(**more))
        page.clock.pause_at(1000)
        player.wait = page.clock.run_for
        return player

    yield open_page
    assert page.messages == []
    page.close()


def press(player, x):
    player.page.mouse.move(*spot(player.live, x, 5))
    player.page.mouse.down()


ASKED = {
    "a slider": ({}, lambda player: player.move(a=6)),
    "a choice": (
        {"a": choice("v", ["u", "v", "w"]), "panel": Learners(lambda ax: None, False)},
        lambda player: player.move(a=2),
    ),
    "a step": ({"steps": 9, "at": 0}, lambda player: player.move(step=3)),
    "play": ({"steps": 9, "at": 0}, lambda player: play(player.page, value=1)),
    "the mouse": ({}, lambda player: press(player, 6)),
    "the mouse, where the page knows what it writes": (
        {"panel": Plain()},
        lambda player: press(player, 6),
    ),
}


@pytest.mark.parametrize("hand", ASKED)
def test_within_two_seconds_of_silence_the_page_says_that_the_picture_is_old(hand, waiting):
    more, ask = ASKED[hand]
    player = waiting(**more)
    said = player.said()
    ask(player)
    player.wait(500)
    assert player.old() == ""
    player.wait(1500)
    assert "The kernel has not answered" in player.old() and "old picture" in player.old()
    assert player.said() == said
    assert player.page.get_by_role("status").text_content() == player.old() + said
    assert player.page.get_by_role("img", name=player.old() + said).count() == 1


def answer(player, **values):
    player.live.set(**values)
    player.deliver()


def test_it_stops_saying_so_when_the_picture_is_right_again(waiting):
    player = waiting()
    player.move(a=6)
    player.wait(2000)
    answer(player, a=6)
    assert (player.old(), player.said()) == ("", words(6))
    player.wait(10_000)
    assert player.old() == ""


def test_an_answer_to_an_older_move_does_not_make_the_picture_right(waiting):
    player = waiting()
    player.move(a=6)
    player.wait(2000)
    player.move(a=8)
    answer(player, a=6)
    assert player.said() == words(6) and "old picture" in player.old()
    answer(player, a=8)
    assert (player.old(), player.said()) == ("", words(8))


def test_a_hand_that_keeps_moving_does_not_put_it_off(waiting):
    player = waiting()
    for value in (3, 4, 5, 6, 7):
        player.move(a=value)
        player.wait(400)
    assert "old picture" in player.old()


def test_a_kernel_that_is_slow_and_answers_is_not_called_silent(waiting):
    player = waiting()
    for value in (3, 4, 5, 6, 7):
        player.move(a=value)
        player.wait(1000)
        answer(player, a=value - 1)
        assert player.old() == ""
    answer(player, a=7)
    player.wait(10_000)
    assert player.old() == ""


def test_a_kept_frame_is_no_old_picture_whatever_the_kernel_does(waiting):
    player = waiting()
    looked_ahead(player, a=4)
    for value in (5, 6, 4):
        player.move(a=value)
        player.wait(10_000)
        assert (player.old(), player.said()) == ("", words(value))


def test_back_where_the_picture_is_right_the_page_needs_no_answer(waiting):
    player = waiting()
    player.move(a=6)
    player.wait(2000)
    player.move(a=2)
    assert (player.old(), player.said()) == ("", words(2))
    player.move(a=6)
    player.move(a=2)
    player.wait(10_000)
    assert player.old() == ""


def test_a_mouse_that_is_heard_and_writes_nothing_is_no_silence(waiting):
    player = waiting()
    press(player, 6)
    player.page.mouse.up()
    player.live._mouse = lambda kind, x, y: None
    while heard(player):
        player.deliver()
    player.wait(10_000)
    assert player.old() == ""


def test_after_a_press_without_an_answer_a_kept_frame_is_not_called_right(waiting):
    player = waiting(panel=Plain())
    looked_ahead(player, a=4)
    press(player, 6)
    player.page.mouse.up()
    player.wait(2000)
    assert "old picture" in player.old()
    while heard(player):
        player.deliver()
    assert (player.old(), player.said()) == ("", words(6))


def test_a_setting_that_cannot_be_shown_is_an_answer(waiting):
    def run(a):
        return Run(share=1 / (a - 6))

    player = waiting(run=run)
    player.move(a=6)
    player.wait(500)
    answer(player, a=6)
    player.wait(10_000)
    assert player.old() == ""
    player.move(a=7)
    player.wait(2000)
    assert "old picture" in player.old(), "only that setting was answered"


def test_every_place_where_the_figure_is_shown_says_so(waiting):
    player = waiting()
    player.page.evaluate("render()")
    player.move(a=6)
    player.wait(2000)
    player.page.evaluate("render()")
    player.page.wait_for_function("places[2][0].gdlib.scale > 0", polling=50)
    assert all("old picture" in player.old(which) for which in range(3))


def test_a_figure_that_leaves_the_page_waits_for_nothing(waiting):
    player = waiting()
    player.move(a=6)
    player.page.evaluate("leave()")
    player.wait(10_000)
    assert player.old() == ""


# --- for those who cannot see it ------------------------------------------------------------------


def test_the_picture_has_the_sentence_as_its_name_and_is_announced(made, pages):
    live = made()
    player = Player(pages[1], live)
    for value in (2, 7):
        both(player, a=value)
        assert pages[1].get_by_role("img", name=words(value)).count() == 1
        assert pages[1].get_by_role("status").text_content() == words(value)
    assert pages[1].locator(".gdlib-canvas").get_attribute("tabindex") is None


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"color_scheme": "dark"}])
def test_the_figure_keeps_its_own_pale_ground(media, made, browser):
    page = lab.new_page(browser)
    page.emulate_media(**media)
    live = made()
    player = Player(page, live)
    assert (player.pixels() == agg_of(player, live)).all()
    page.close()
