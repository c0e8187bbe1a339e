"""The course as a web page: every figure moves without a kernel, and asks nobody else."""

import gzip
import importlib
import json
import struct
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import lab
import numpy as np
import pytest
from pages import FIGURES

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
sys.path.append(str(ROOT / "tools/site"))
recorded = importlib.import_module("recorded")


def unpacked(data):
    """The head of a file of frames, its parts and its glyphs."""
    data = gzip.decompress(data)
    (size,) = struct.unpack_from("<I", data)
    head, at, cut = json.loads(data[4 : 4 + size]), 4 + size, []
    for length in head["parts"] + head["glyphs"]:
        cut.append(data[at : at + length])
        at += length
    assert at == len(data)
    return head, cut[: len(head["parts"])], cut[len(head["parts"]) :]


# --- the frames ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIGURES)
def test_a_recorded_frame_is_the_one_that_the_notebook_shows_at_the_same_setting(name):
    make = FIGURES[name]
    live = make()
    presets = list(getattr(make, "presets", {}).values())
    data, _ = recorded.recorded(live, presets, recorded.TRIAL)
    head, parts, glyphs = unpacked(data)
    assert glyphs == live._recorder.glyphs
    frames = {key: each for key, *each in head["frames"]}
    assert live._key(live._where()) == head["start"] and head["start"] in frames
    names, rng = list(live.controls), np.random.default_rng(0)
    for key in rng.choice(list(frames), min(8, len(frames)), replace=False):
        there = map(int, key.split(","))
        live.set(**{n: recorded.at(live.controls[n], k) for n, k in zip(names, there, strict=True)})
        still, moving, said = frames[key]
        shown = live.canvas.frame
        assert (said, live._key(live._where())) == (shown.said, key)
        assert [parts[k] for k in still] == list(shown.still)
        assert [parts[k] for k in moving] == list(shown.moving)
    live.close()


@pytest.mark.parametrize("name", FIGURES)
def test_every_control_has_its_ends_and_every_preset_its_frame(name):
    make = FIGURES[name]
    live = make()
    presets = list(getattr(make, "presets", {}).values())
    _, head = recorded.recorded(live, presets, recorded.TRIAL)
    known = {tuple(map(int, key.split(","))) for key, *_ in head["frames"]}
    start = tuple(map(int, head["start"].split(",")))
    for k, control in enumerate(head["controls"]):
        alone = {
            each[k] for each in known if each[:k] + each[k + 1 :] == start[:k] + start[k + 1 :]
        }
        assert {0, len(control["shown"]) - 1} <= alone, control["label"]
    for values in presets:
        there = recorded._placed(live, values)
        assert tuple((dict(zip(live.controls, start, strict=True)) | there).values()) in known
    live.close()


# --- the pages -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a trial of the site, served as plain files."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, str(ROOT / "tools/site/build.py"), "--trial", "--to", str(folder)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def browser():
    with lab.chromium() as page:
        yield page.context.browser


@pytest.fixture
def opened(site, browser):
    """Opens a page; at the end nothing was asked of anybody else, and no script had failed."""
    made = []

    def opened(name, width=1280):
        page = lab.new_page(browser, width)
        page.asked, page.failed = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.failed.append(str(error)))
        page.goto(f"{site}/{name}.html")
        made.append(page)
        return page

    yield opened
    for page in made:
        assert not page.failed
        assert {url for url in page.asked if not url.startswith((site, "data:", "blob:"))} == set()
        page.close()


def figures(page):
    """Each figure of a page, once it is alive."""
    for k in range(page.locator(".figure").count()):
        figure = page.locator(".figure").nth(k)
        figure.scroll_into_view_if_needed()
        figure.locator("canvas").wait_for()
        yield figure


def said(figure):
    return figure.locator("[role=status] .gdlib-said").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_every_control_of_every_figure_moves_it_by_keys_and_back(opened, name):
    page = opened(name)
    for figure in figures(page):
        first = said(figure)
        assert first
        for slider in figure.locator("input[type=range]").all():
            heard = set()
            for key in ("Home", "End", "ArrowLeft"):
                slider.press(key)
                heard.add((said(figure), slider.get_attribute("aria-valuetext")))
            assert len(heard) > 1
            figure.locator("[data-do=reset]").click()
            assert said(figure) == first
        for radio in figure.locator("input[type=radio]").all():
            radio.check()
            assert radio.is_checked()
        figure.locator("[data-do=reset]").click()
        assert said(figure) == first


@pytest.mark.browser
def test_the_timeline_steps_plays_and_stops(opened):
    page = opened("03_gradient_descent")
    figure = next(figures(page))
    step = figure.locator("input[type=range]").last
    step.press("Home")
    figure.locator("[data-do=next]").click()
    assert step.input_value() == "1"
    figure.locator("[data-do=back]").click()
    assert step.input_value() == "0"
    figure.locator("[data-do=play]").click()
    page.wait_for_function("input => +input.value > 3", arg=step.element_handle())
    figure.locator("[data-do=play]").click()
    at = step.input_value()
    page.wait_for_timeout(600)
    assert step.input_value() == at


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_nothing_jumps_when_a_figure_comes_alive(opened, name):
    page = opened(name)
    before = page.evaluate("document.documentElement.scrollHeight")
    for _ in figures(page):
        pass
    assert abs(page.evaluate("document.documentElement.scrollHeight") - before) < 40


@pytest.mark.browser
def test_a_prediction_is_committed_to_and_answered(opened):
    page = opened("03_gradient_descent")
    form = page.locator("form.predict").first
    form.locator("button").click()
    assert "first: a wrong guess" in form.locator("[role=status]").inner_text()
    form.locator("input").nth(1).check()
    form.locator("button").click()
    assert "The answer:" in form.locator("[role=status]").inner_text()
    assert form.locator("input").first.is_disabled()


@pytest.mark.browser
def test_the_search_finds_sections_by_their_words(opened):
    page = opened("index")
    page.locator("input[type=search]").fill("saddle")
    page.locator(".found a").first.wait_for()
    page.locator("input[type=search]").fill("xyzzy")
    assert page.locator(".found").inner_text() == "Nothing found."


@pytest.mark.browser
@pytest.mark.parametrize("name", ["index", *PAGES])
def test_on_a_phone_nothing_is_wider_than_the_page(opened, name):
    page = opened(name, 390)
    for _ in figures(page):
        pass
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
