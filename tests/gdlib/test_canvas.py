"""What is written down of a picture, and what of it is sent. What it looks like: test_page.py."""

import struct

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from gdlib import canvas, draw
from gdlib.canvas import Canvas, Frame, Paper

WIDTH, HEIGHT = 400, 300


@pytest.fixture
def fig():
    figure = Figure((WIDTH / 100, HEIGHT / 100), dpi=100)
    Paper(figure)
    return figure


def record(fig, artist):
    return fig.canvas.get_renderer().record(artist)


def strokes(part):
    """A part, read as its documentation says: a list of (name, what it holds)."""
    words, at = struct.unpack(f"<{len(part) // 2}h", part), 0
    found = []

    def take(count=1):
        nonlocal at
        at += count
        return words[at - count : at] if count != 1 else words[at - 1]

    def path():
        runs = []
        while code := take():
            count = take()
            runs.append((code, np.reshape(take(2 * count) if count else (), (-1, 2)) / 32))
        return runs

    while at < len(words):
        operation = take()
        if operation == canvas.STYLE:
            flags, width, face, edge = take(), take() / 32, take(2), take(2)
            offset, count = take(2)
            dashes = [take() / 32 for _ in range(count)]
            found.append(("style", flags, width, face, edge, offset / 32, dashes))
        elif operation == canvas.CLIP:
            found.append(("clip", [take() / 32 for _ in range(4)], path()))
        elif operation == canvas.PATH:
            found.append(("path", path()))
        elif operation == canvas.MARKS:
            shape, count = path(), take()
            found.append(("marks", shape, np.reshape(take(2 * count), (-1, 2)) / 32))
        elif operation == canvas.TEXT:
            turn, count = take(2)
            found.append(("text", turn / 64, np.reshape(take(4 * count), (-1, 4))))
        elif operation == canvas.POLYS:
            closed, count = take(2)
            looks = [take(4) for _ in range(count)]
            shapes = []
            for _ in range(take()):
                look, count = take(2)
                shapes.append((look, np.reshape(take(2 * count), (-1, 2)) / 32))
            found.append(("polygons", closed, looks, shapes))
        elif operation == canvas.IMAGE:
            columns, rows, smooth = take(3)
            corners, colors = np.reshape(take(6), (3, 2)) / 32, take()
            palette = take(2 * colors) if colors else ()
            size = (1 if colors else 4) * columns * rows
            data = struct.pack(f"<{(size + 1) // 2}h", *take((size + 1) // 2))[:size]
            found.append(("image", (rows, columns), smooth, corners, palette, data))
        else:
            raise AssertionError(f"no such stroke: {operation}")
    return found


def one(part, name):
    [found] = [stroke for stroke in strokes(part) if stroke[0] == name]
    return found


# --- what is written down -------------------------------------------------------------------------


def test_a_line_is_a_style_and_a_path_in_pixels_downwards(fig):
    line = fig.add_artist(Line2D([0.1, 0.5, 1], [0.2, 0.9, 0.2], color="#0072B2", lw=2, ls="--"))
    part = record(fig, line)
    [(code, points)] = one(part, "path")[1]
    assert code == 1
    assert points.tolist() == [[40, 240], [200, 30], [400, 240]]
    _, _, width, face, edge, _, dashes = one(part, "style")
    assert width == pytest.approx(2 * 100 / 72, abs=1 / 32)
    assert face == (0, 0)
    assert np.array(edge).astype("<i2").tobytes() == bytes([0x00, 0x72, 0xB2, 0xFF])
    assert len(dashes) == 2


def test_an_area_has_a_face_and_closes(fig):
    area = fig.add_artist(Polygon([(0.1, 0.1), (0.5, 0.9), (0.9, 0.1)], fc="#D55E0080", ec="none"))
    part = record(fig, area)
    assert [code for code, _ in one(part, "path")[1]] == [1, 79]
    face = np.array(one(part, "style")[3]).astype("<i2").tobytes()
    assert face == bytes([0xD5, 0x5E, 0x00, 0x80])


def test_marks_are_one_shape_and_their_places_without_those_that_are_not_numbers(fig):
    line = fig.add_artist(Line2D([0.1, np.nan, 0.5], [0.5, 0.5, 0.5], marker="s", ls=""))
    _, shape, places = one(record(fig, line), "marks")
    assert places.tolist() == [[40, 150], [200, 150]]
    assert np.abs(shape[0][1]).max() == pytest.approx(3 * 100 / 72, abs=0.05)


def test_words_are_glyphs_by_number_each_outline_kept_once(fig):
    recorder = fig.canvas.get_renderer()
    first = one(record(fig, fig.text(0, 0.5, "noon no")), "text")[2]
    assert len(recorder.glyphs) == 2 and first[:, 0].tolist() == [0, 1, 1, 0, 0, 1]
    assert (np.diff(first[:, 2]) > 0).all()
    second = one(record(fig, fig.text(0, 0.2, "on", fontsize=20, rotation=90)), "text")
    assert len(recorder.glyphs) == 2 and second[1] == 90
    assert second[2][0, 1] == pytest.approx(20 * 100 / 72 * 32, abs=1)
    assert (np.diff(second[2][:, 3]) < 0).all(), "upwards"


def test_formulas_have_glyphs_and_bars(fig):
    part = record(fig, fig.text(0.1, 0.5, r"$\frac{1}{\sqrt{s}}$"))
    kinds = [stroke[0] for stroke in strokes(part)]
    assert kinds.count("text") == 1 and kinds.count("path") == 2


def test_an_image_of_whole_numbers_is_sent_as_numbers(fig):
    ax = fig.add_axes((0, 0, 1, 1))
    image = draw.numbers(ax, draw.shades(), interpolation="bilinear", extent=(0, 1, 0, 1))
    image.set_data(np.arange(6).reshape(2, 3))
    _, shape, smooth, corners, palette, data = one(record(fig, image), "image")
    assert (shape, smooth, len(palette)) == ((2, 3), 1, 2 * 13)
    assert list(data) == [3, 4, 5, 0, 1, 2], "the upper row first"
    assert corners.tolist() == [[0, 0], [400, 0], [0, 300]]


def test_an_image_of_many_colours_is_sent_as_pixels(fig):
    ax = fig.add_axes((0, 0, 1, 1))
    pixels = np.random.default_rng(0).uniform(0, 1, (30, 40, 3))
    image = ax.imshow(pixels, interpolation="none", aspect="auto")
    _, shape, _, _, palette, data = one(record(fig, image), "image")
    assert (shape, palette) == ((30, 40), ())
    sent = np.frombuffer(data, dtype=np.uint8).reshape(30, 40, 4)[..., :3]
    wanted = (255 * pixels + 0.5).astype(int)
    assert min(np.abs(way - wanted).max() for way in (sent, sent[::-1])) <= 1


def test_polygons_share_their_looks(fig):
    ax = fig.add_axes((0, 0, 1, 1))
    mesh = ax.pcolormesh([0, 1, 2], [0, 1, 2], [[0, 1], [1, 0]])
    _, closed, looks, shapes = one(record(fig, mesh), "polygons")
    assert len(looks) == 2 and [look for look, _ in shapes] in ([0, 1, 1, 0], [1, 0, 0, 1])


def test_what_is_invisible_leaves_no_stroke(fig):
    line = fig.add_artist(Line2D([0.1, 0.5], [0.2, 0.9], visible=False))
    assert record(fig, line) == b""
    line.set(visible=True, data=([], []))
    assert record(fig, line) == b""


def test_a_long_line_keeps_its_ends_and_its_highs_and_lows_and_little_else(fig):
    x = np.linspace(0, 1, 200_000)
    y = 0.5 + 0.3 * np.sin(3 * x) + 0.1 * np.random.default_rng(0).uniform(-1, 1, len(x))
    part = record(fig, fig.add_artist(Line2D(x, y)))
    points = np.concatenate([points for _, points in one(part, "path")[1]])
    assert len(points) <= 4 * 2 * WIDTH + 8
    for low, high in ((0, 0.5), (0.7, 0.72), (0.9, 1)):
        seen = points[(points[:, 0] >= low * WIDTH) & (points[:, 0] <= high * WIDTH), 1]
        there = HEIGHT * (1 - y[(x >= low) & (x <= high)])
        assert seen.min() == pytest.approx(there.min(), abs=0.5)
        assert seen.max() == pytest.approx(there.max(), abs=0.5)


def distances(points, line):
    """How far points are from a line through others."""
    begin, way = line[:-1], np.diff(line, axis=0)
    share = ((points[:, None] - begin) * way).sum(-1) / np.maximum((way**2).sum(-1), 1e-12)
    nearest = begin + np.clip(share, 0, 1)[..., None] * way
    return np.linalg.norm(points[:, None] - nearest, axis=-1).min(axis=1)


def test_a_smooth_line_is_written_by_few_points_and_looks_the_same(fig):
    turn = np.linspace(0, 2 * np.pi, 900)
    points = 0.5 + 0.4 * np.stack([np.cos(turn), np.sin(3 * turn)], axis=1)
    pixels = [WIDTH, -HEIGHT] * points + [0, HEIGHT]
    alone = one(record(fig, fig.add_artist(Line2D(*points.T))), "path")[1][0][1]
    lines = LineCollection([points, points[:300]], transform=fig.transFigure)
    _, closed, _, [(_, whole), (_, third)] = one(record(fig, fig.add_artist(lines)), "polygons")
    assert not closed and len(third) < len(whole)
    for written in (alone, whole):
        assert len(written) < 300
        assert distances(pixels, written).max() < 1 / 6
        assert written[[0, -1]] == pytest.approx(pixels[[0, -1]], abs=1 / 32)


def test_short_lines_are_written_as_they_are(fig):
    pairs = [[(0.1, 0.1), (0.9, 0.1 + k / 10)] for k in range(5)]
    lines = fig.add_artist(LineCollection(pairs, transform=fig.transFigure))
    written = [points for _, points in one(record(fig, lines), "polygons")[3]]
    assert [len(points) for points in written] == [2] * 5


def test_paths_and_marks_longer_than_a_word_counts_are_cut_into_runs(fig):
    t = np.linspace(0, 800, 40_000)
    area = Polygon(0.5 + 0.4 * np.stack([np.cos(t), np.sin(1.1 * t)], axis=1), closed=False)
    runs = one(record(fig, fig.add_artist(area)), "path")[1]
    assert [code for code, _ in runs[:3]] == [1, 2, 2] and sum(len(p) for _, p in runs) >= 40_000
    marks = fig.add_artist(Line2D(np.linspace(0, 1, 40_000), np.full(40_000, 0.5), marker=","))
    marks.set_linestyle("")
    counts = [len(stroke[2]) for stroke in strokes(record(fig, marks)) if stroke[0] == "marks"]
    assert sum(counts) == 40_000 and max(counts) < 2**15


def test_the_same_artist_is_the_same_part_whatever_was_drawn_before(fig):
    line = fig.add_artist(Line2D([0.1, 0.5], [0.2, 0.9]))
    before = record(fig, line)
    record(fig, fig.text(0, 0.5, "other words", color="C3"))
    assert record(fig, line) == before


# --- what is sent ---------------------------------------------------------------------------------


def frame(key, *moving, said="Said."):
    return Frame(key, (b"still",), moving, said)


@pytest.fixture
def page():
    """A canvas whose messages are kept in `page.sent`, as (told, data)."""
    canvas = Canvas(frame("0", b"aa"), [b"glyf"])
    canvas.sent = []
    canvas.send = lambda told, buffers: canvas.sent.append((told, *buffers))
    yield canvas
    canvas.close()


def test_a_page_that_is_opened_is_told_the_frame_shown_whole(page):
    page.post([frame("1", b"aa", b"bb")])
    whole = page.get_state()["whole"]
    assert [each[0] for each in whole["frames"]] == ["1"] and whole["fresh"]
    assert whole["data"] == b"stillaabbglyf"
    assert [size for _, size in whole["parts"]] == [5, 2, 2] and whole["glyphs"] == [0, 4]


def test_a_part_and_a_glyph_are_sent_once(page):
    page.post([frame("1", b"aa", b"bb")])
    page.post([frame("2", b"bb", b"cc")])
    page.glyphs.append(b"new")
    page.post([frame("3", b"cc")])
    assert [data for _, data in page.sent] == [b"bb", b"cc", b"new"]
    assert [told["glyphs"] for told, _ in page.sent] == [[1], [1], [1, 3]]
    [[_, still, moving, _]] = page.sent[1][0]["frames"]
    assert moving[0] == page.sent[0][0]["parts"][0][0] and len(still) == 1


def test_a_number_is_never_given_to_another_part(page):
    page.post([frame("1", b"bb")])
    before = {number for told, _ in page.sent for number, _ in told["parts"]}
    page.forget()
    page.post([frame("2", b"cc", b"bb")])
    told, data = page.sent[-1]
    assert told["fresh"] and data == b"stillccbbglyf"
    assert not before & {number for number, _ in told["parts"]}
    page.post([frame("3", b"dd")])
    assert not page.sent[-1][0]["fresh"]


def test_what_the_page_keeps_is_known_by_key(page):
    page.post([frame("1", b"bb"), frame("2", b"cc")], shown=False)
    assert page.has("1") and page.has("2") and not page.has("3")
    assert page.frame.key == "0"
    page.post([frame("", b"dd")])
    assert not page.has("") and page.frame.key == ""
    page.forget()
    assert not page.has("1")


def test_a_full_page_begins_anew_at_the_next_frame_that_is_shown(page, monkeypatch):
    monkeypatch.setattr(Canvas, "ENOUGH", 100)
    page.post([frame("1", b"x" * 99)], shown=False)
    assert page.full
    page.post([frame("2", b"bb")])
    assert page.sent[-1][0]["fresh"] and not page.full and not page.has("1")
