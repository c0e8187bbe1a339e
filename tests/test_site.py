"""The course as a web page: every figure moves without a kernel, and asks nobody else.

A trial of the site, with a few frames of each figure, is built once. Each page is opened once, on a
window as narrow as a phone, and read to its end; frames come only when their figure is in view.
"""

import ast
import gzip
import json
import re
import struct
import subprocess
import sys
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urldefrag

import lab
import nbformat
import numpy as np
import pytest

from gdlib.canvas import Recorder
from gdlib.controls import at, places

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools/site"))

from explored import EXPLORED  # noqa: E402

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = ["index", *(path.stem for path in NOTEBOOKS)]
REPOSITORY = re.search(r'Repository = "(.*)"', (ROOT / "pyproject.toml").read_text("utf-8"))[1]
CALL = re.compile(r"^(figures\.\w+|play)\(.*\)$", re.MULTILINE)


def cells(path):
    return nbformat.read(path, 4).cells


FIGURES = {
    f"{path.stem[:2]}-{k}": (path, k)
    for path in NOTEBOOKS
    for k, cell in enumerate(cells(path))
    if cell.cell_type == "code" and CALL.match(cell.source.strip().splitlines()[-1])
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A trial of the site."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, str(ROOT / "tools/site/build.py"), "--trial", "--to", str(folder)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return folder


# --- the frames ----------------------------------------------------------------------------------


class Frames:
    """A file of frames: its first head, `frames`, `parts` and `glyphs`."""

    def __init__(self, path):
        data, begin = gzip.decompress(path.read_bytes()), 0
        self.frames, self.parts, self.glyphs, self.head = {}, [], [], None

        def cut(length):
            nonlocal begin
            begin += length
            return data[begin - length : begin]

        while begin < len(data):
            head = json.loads(cut(*struct.unpack("<I", cut(4))))
            self.head = self.head or head
            self.parts += [cut(n) if n > 0 else summed(cut(-n)) for n in head["parts"]]
            self.glyphs += map(cut, head.get("glyphs", ()))
            self.frames |= {key: rest for key, *rest in head["frames"]}
        self.start, self.controls = self.head["start"], self.head["controls"]

    def said(self, key):
        return self.frames[key][2]

    def reach(self, k):
        """The places of a control with all others as they begin."""
        start, keys = self.start.split(","), [key.split(",") for key in self.frames]
        return {int(key[k]) for key in keys if key[:k] + key[k + 1 :] == start[:k] + start[k + 1 :]}


def summed(data):
    """A part from the differences between its words, which stand low bytes first."""
    words = np.frombuffer(data, np.uint8).reshape(2, -1).T.copy().view("<u2").ravel()
    for first in (0, 1):
        words[first::2] = np.cumsum(words[first::2], dtype="<u2")
    return words.tobytes()


@cache
def ready(path):
    """What the imports of a notebook bring."""
    names, code = {}, [cell.source for cell in cells(path) if cell.cell_type == "code"]
    for each in ast.parse("\n".join(code)).body:
        if isinstance(each, ast.Import | ast.ImportFrom | ast.Try):
            exec(ast.unparse(each), names)
    return names


def test_what_is_explored_is_explored_in_a_figure():
    calls = (cells(path)[k].source.strip().splitlines()[-1] for path, k in FIGURES.values())
    names = (call.partition("(")[0].removeprefix("figures.") for call in calls)
    pages = (path.stem[3:] for path, _ in FIGURES.values())
    assert set(EXPLORED) <= set(map(".".join, zip(pages, names, strict=True)))


@pytest.fixture(scope="module", params=FIGURES)
def figure(request, folder):
    """A figure of a notebook, what is wanted of it, and what the page has, with the same glyphs."""
    path, k = FIGURES[request.param]
    names, source = dict(ready(path)), cells(path)[k].source.strip()
    *before, call = source.splitlines()
    recorded, numbered = Frames(folder / f"frames/{request.param}.bin"), Recorder._numbered

    def the_pages(recorder, name):
        outline = recorder.glyphs[numbered(recorder, name)]
        return recorded.glyphs.index(outline) if outline in recorded.glyphs else -1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "_numbered", the_pages)
        exec("\n".join(before), names)
        live = eval(call, names)
        maker = eval(call.partition("(")[0], names)
        name = f"{path.stem[3:]}.{call.partition('(')[0].removeprefix('figures.')}"
        wanted = [*getattr(maker, "presets", {}).values(), EXPLORED.get(name, ({}, []))[0]]
        yield live, wanted, recorded
        live.close()


def test_a_recorded_frame_is_the_one_that_the_notebook_shows_at_the_same_setting(figure):
    live, _, recorded = figure
    names, rng = list(live.controls), np.random.default_rng(0)
    assert live._key(live._where()) == recorded.start and recorded.start in recorded.frames
    some = rng.choice(list(recorded.frames), min(4, len(recorded.frames)), replace=False)
    for key in [recorded.start, *some]:
        there = map(int, key.split(","))
        live.set(**{n: at(live.controls[n], k) for n, k in zip(names, there, strict=True)})
        still, moving, said = recorded.frames[key]
        shown = live.canvas.frame
        assert (said, live._key(live._where())) == (shown.said, key)
        assert [recorded.parts[k] for k in still] == list(shown.still)
        assert [recorded.parts[k] for k in moving] == list(shown.moving)


def test_every_control_has_its_ends_and_what_is_explored_and_every_preset_its_frame(figure):
    live, wanted, recorded = figure
    ends = [
        {name: at(widget, end)}
        for k, (name, widget) in enumerate(live.controls.items())
        for end in {0, places(widget) - 1} - recorded.reach(k)  # it may not stand there
    ]
    for values in [*wanted, *ends]:
        live.reset()
        live.set(**values)
        assert live._key(live._where()) in recorded.frames, values


def test_every_figure_of_the_notebooks_has_its_frames(folder):
    assert {path.stem for path in (folder / "frames").iterdir()} == set(FIGURES)


# --- the links -----------------------------------------------------------------------------------


class Links(HTMLParser):
    """The `ids` of a page, where it leads `to`, and what it `loads`."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.to, self.loads = set(), set(), set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids.add(given.get("id"))
        self.to.add(given.get("href") if tag == "a" else None)
        self.loads |= {given.get("src"), given.get("href") if tag == "link" else None}


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(folder):
    pages = {path.name: Links(path) for path in folder.glob("*.html")}
    assert set(pages) == {f"{name}.html" for name in PAGES}
    told = "".join(cell.source for path in NOTEBOOKS for cell in cells(path))
    ours = (
        REPOSITORY.removesuffix(".git"),
        "https://mybinder.org/v2/",
        "https://colab.research.google.com/github/",
    )
    for name, page in pages.items():
        for target in (page.to | page.loads) - {None}:
            file, mark = urldefrag(target)
            if target.startswith("data:"):
                continue  # within the page
            if re.match(r"\w+:", target):
                assert target not in page.loads and (target.startswith(ours) or target in told)
            else:
                assert (folder / (file or name)).is_file(), f"{name}: {target}"
                assert not mark or mark in pages[file or name].ids, f"{name}: {target}"
    for path in [*folder.glob("*.js"), *folder.glob("*.css")]:
        assert "://" not in path.read_text("utf-8"), path.name


def test_the_address_of_the_repository_stands_in_one_place():
    listed = subprocess.run(["git", "grep", "-lF", REPOSITORY], cwd=ROOT, capture_output=True)
    if listed.returncode == 128:
        pytest.skip("this is not a clone of the repository")
    assert listed.stdout.decode().split() == ["pyproject.toml"]


# --- the pages -----------------------------------------------------------------------------------

SHIFTS = """window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries().map(each =>
    [each.value, ...each.sources.map(({ node }) => node?.className || node?.nodeName)]
))).observe({ type: "layout-shift", buffered: true });"""
BELOW = """() => Object.fromEntries([...document.querySelectorAll("[data-frames], img")].map(each =>
    [each.dataset.frames ?? each.getAttribute("src"),
     each.getBoundingClientRect().top / innerHeight - 1]))"""  # in heights of the window
DRAWN = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
STATE = """box => ({
    key: [...box.querySelectorAll("[data-k]")].map(each =>
        (each.querySelector("[type=range]") ?? each.querySelector(":checked")).value).join(),
    read: [...box.querySelectorAll("[type=range]")].map(each =>
        [each.closest("[data-k]").querySelector("output").textContent,
         each.getAttribute("aria-valuetext")]),
    said: box.querySelector(".gdlib-said").textContent,
    note: box.querySelector(".note").innerHTML,
})"""


@pytest.fixture(scope="module")
def site(folder):
    """The address of the trial, served as plain files."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module", params=PAGES)
def page(request, folder, site, browser):
    """A page on a phone, read to its end.

    Diagrams are held back until the text is there, and frames until their figure is in view. In the
    end nothing was asked of anybody else, and no script had failed.
    """
    page, held = lab.new_page(browser, 390, 800), {}
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url.removeprefix(f"{site}/")))
    for kind in ("diagrams", "frames"):
        page.route(f"**/{kind}/*", lambda route, request: held.setdefault(request.url, route))
    page.add_init_script(SHIFTS)
    page.goto(f"{site}/{request.param}.html", wait_until="domcontentloaded")
    page.evaluate(DRAWN)
    page.early, page.below = list(page.asked), page.evaluate(BELOW)
    for url in [url for url in held if "/diagrams/" in url]:
        held.pop(url).continue_()
    page.unroute("**/diagrams/*")
    page.wait_for_load_state()
    page.boxes = [Box(page, k, folder) for k in range(page.locator(".figure").count())]
    for box in page.boxes:
        box.here.scroll_into_view_if_needed()
        while (url := f"{site}/{box.url}") not in held:
            page.wait_for_timeout(5)
        held[url].continue_()
        box.here.locator("canvas").wait_for()
        page.evaluate(DRAWN)
    page.shifts = page.evaluate("shifts")
    yield page
    assert not page.messages
    assert [url for url in page.asked if re.match("(http|ws)", url)] == []
    page.close()


class Box:
    """A figure of a page, and what was recorded of it."""

    def __init__(self, page, k, folder):
        self.page, self.here = page, page.locator(".figure").nth(k)
        self.url = self.here.get_attribute("data-frames")
        self.recorded = Frames(folder / self.url)

    def __repr__(self):
        return self.url

    def state(self):
        """Where its controls stand; what they and the sentence say is right there."""
        state, recorded = self.here.evaluate(STATE), self.recorded
        places = zip(recorded.controls, map(int, state["key"].split(",")), strict=True)
        words = [each["shown"][k] for each, k in places if each["kind"] == "slider"]
        assert state["said"] == recorded.said(state["key"])
        assert state["read"] == [[each, each] for each in words]
        return state

    def picture(self):
        self.page.evaluate(DRAWN)
        return self.here.locator("canvas").evaluate("canvas => canvas.toDataURL()")

    def reset(self):
        self.here.locator("[data-do=reset]").evaluate("button => button.click()")
        assert self.state()["key"] == self.recorded.start

    def sliders(self):
        """Each slider and its last place, with the figure as it began."""
        for slider in self.here.locator("input[type=range]").all():
            self.reset()
            k = slider.evaluate("input => input.closest('[data-k]').dataset.k")
            yield slider, max(self.recorded.reach(int(k)))

    def choices(self):
        """Each fieldset of options, with the figure as it began."""
        for choice in self.here.locator("fieldset[data-k]").all():
            self.reset()
            yield choice

    def press(self, slider, key):
        """Where a slider stands after a key."""
        slider.focus()
        self.page.keyboard.press(key)
        self.state()
        return int(slider.input_value())


@pytest.mark.browser
def test_nothing_is_asked_for_before_it_comes_near(page):
    assert len([url for url in page.early if url.startswith("frames/")]) <= 3
    for url, below in page.below.items():
        assert url not in page.early or below < (1 if url.startswith("frames/") else 4), url
    assert "search.json" not in page.early


@pytest.mark.browser
def test_nothing_jumps_when_a_figure_comes_alive(page):
    assert sum(value for value, *_ in page.shifts) < 0.1, page.shifts


@pytest.mark.browser
def test_nothing_is_wider_than_a_phone(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_keys_move_every_slider_to_its_ends_and_step_by_step(page):
    for box in page.boxes:
        for slider, last in box.sliders():
            assert box.press(slider, "Home") == 0, box
            assert box.press(slider, "ArrowRight") > 0, box
            assert box.press(slider, "End") == last, box
            assert box.press(slider, "ArrowLeft") < last, box


@pytest.mark.browser
def test_the_mouse_drags_every_slider_to_its_ends(page):
    for box in page.boxes:
        for slider, last in box.sliders():
            slider.scroll_into_view_if_needed()
            area, whole = slider.bounding_box(), int(slider.get_attribute("max"))
            left, y = area["x"], area["y"] + area["height"] / 2
            thumb = 8 + int(slider.input_value()) / whole * (area["width"] - 16)
            page.mouse.move(left + thumb, y)
            page.mouse.down()
            for x, end in ((left, 0), (left + area["width"], last)):
                page.mouse.move(x, y)
                assert int(slider.input_value()) == end, box
                box.state()
            page.mouse.up()


@pytest.mark.browser
def test_every_option_can_be_chosen_by_keys_and_by_mouse(page):
    for box in page.boxes:
        for choice in box.choices():
            radios = choice.locator("input").all()
            for radio in radios:
                radio.locator("xpath=..").click()
                assert radio.is_checked()
                box.state()
            for _ in radios:
                before = choice.locator(":checked").get_attribute("value")
                page.keyboard.press("ArrowRight")
                assert choice.locator(":checked").get_attribute("value") != before
                box.state()


@pytest.mark.browser
def test_the_timeline_steps_to_and_fro(page):
    for box in page.boxes:
        if box.here.locator("[data-do=next]").count():
            box.reset()
            step = box.here.locator("input[type=range]").last
            box.press(step, "Home")
            for button, way in (("next", 1), ("back", -1)):
                before = int(step.input_value())
                box.here.locator(f"[data-do={button}]").click()
                box.state()
                assert way * (int(step.input_value()) - before) > 0, box


@pytest.mark.browser
def test_a_click_on_a_picture_moves_the_figure_or_says_that_it_needs_the_notebook(page):
    for box in page.boxes:
        panes = box.here.locator("canvas ~ div").all()
        for pane, catch in zip(panes, box.recorded.head["catches"], strict=True):
            pane.scroll_into_view_if_needed()
            area, reached = pane.bounding_box(), set()
            for right, down in ((0.03, 0.97), (0.97, 0.03)):
                box.reset()
                page.mouse.click(
                    area["x"] + right * area["width"], area["y"] + down * area["height"]
                )
                state = box.state()
                reached.add(state["key"])
                assert "x" in catch or "y" in catch or "<a href" in state["note"], box
            assert len(reached) > 1 or "x" not in catch and "y" not in catch, box


@pytest.mark.browser
def test_a_slider_that_is_torn_to_and_fro_leaves_the_right_picture(page):
    for box in page.boxes:
        for slider, last in box.sliders():
            box.press(slider, "Home")
            key, wanted = box.state()["key"], box.picture()
            slider.evaluate(
                """async (input, last) => {
                    for (let k = 24; k >= 0; k--) {
                        input.value = k % 2 ? last : Math.round(last * k / 24);
                        input.dispatchEvent(new Event("input", { bubbles: true }));
                        if (k % 5 == 0) await new Promise(requestAnimationFrame);
                    }
                }""",
                last,
            )
            assert (box.state()["key"], box.picture()) == (key, wanted), box


@pytest.mark.browser
def test_a_prediction_is_committed_to_and_answered(page):
    for form in page.locator("form.predict").all():
        told, commit = form.locator("[role=status]"), form.locator("button")
        commit.click()
        assert "first: a wrong guess" in told.inner_text()
        answer = form.get_attribute("data-answer")
        if form.get_attribute("data-kind") == "radio":
            form.locator("input").nth(int(answer)).check()
        else:
            form.locator("input").fill(answer)
        commit.click()
        assert told.inner_text().startswith("✓ The answer:")
        assert form.locator("input").first.is_disabled()


# --- for all who read ----------------------------------------------------------------------------

NAMED = {"slider", "radio", "button", "link", "textbox", "searchbox", "image", "checkbox"}
NAMED |= {"radiogroup", "navigation", "DisclosureTriangle"}
# Text whose colour is too near to that of its ground, as [ratio, what, the text].
PALE = """() => {
    const channels = color => color.match(/[\\d.]+/g).map(Number);
    const light = color => channels(color).slice(0, 3).map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
    const ground = each => {
        const color = each ? getComputedStyle(each).backgroundColor : getComputedStyle(
            document.body).backgroundColor;
        return !each || (channels(color)[3] ?? 1) == 1 ? color : ground(each.parentElement);
    };
    const found = [];
    for (const each of document.querySelectorAll("body *")) {
        const own = [...each.childNodes].filter(node => node.nodeType == 3);
        const text = each.matches("[type=search], [type=text]") ? each.value
            : own.map(node => node.data).join("");
        if (!text.trim() || each.closest("script, style, option")) continue;
        const pair = [getComputedStyle(each).color, ground(each)].map(light);
        const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        if (ratio < 4.5) found.push([ratio.toFixed(2), each.outerHTML.slice(0, 60), text]);
    }
    return found;
}"""


@pytest.mark.browser
def test_headings_are_in_order_and_every_picture_says_what_it_shows(page):
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(each => +each.tagName[1])"
    )
    assert levels[0] == 1 and levels.count(1) == 1
    assert max(np.diff(levels), default=0) <= 1
    assert page.locator("img:not([alt]), img[alt='']").count() == 0


@pytest.mark.browser
def test_everything_that_can_be_used_has_a_name(page):
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    used = [each for each in nodes if not each["ignored"] and each["role"]["value"] in NAMED]
    assert len(used) > 10
    assert [each["role"]["value"] for each in used if not each["name"]["value"].strip()] == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page, scheme):
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
    assert page.evaluate(PALE) == []


# --- what one page shows for all -----------------------------------------------------------------


@pytest.fixture
def opened(site, browser):
    """Opens a page."""
    made = []

    def opened(name):
        made.append(lab.new_page(browser))
        made[-1].goto(f"{site}/{name}.html")
        return made[-1]

    yield opened
    for page in made:
        assert not page.messages
        page.close()


def first_figure(page):
    """The first figure of a page, alive."""
    figure = page.locator(".figure").first
    figure.scroll_into_view_if_needed()
    figure.locator("canvas").wait_for()
    return figure


@pytest.mark.browser
def test_the_timeline_plays_and_stops(opened):
    page = opened("03_gradient_descent")
    figure = first_figure(page)
    step = figure.locator("input[type=range]").last
    step.press("Home")
    figure.locator("[data-do=play]").click()
    page.wait_for_function("input => +input.value > 3", arg=step.element_handle())
    figure.locator("[data-do=play]").click()
    stopped = step.input_value()
    page.wait_for_timeout(600)
    assert step.input_value() == stopped


@pytest.mark.browser
def test_a_note_is_there_long_enough_to_be_read(opened):
    figure = first_figure(opened("05_momentum"))
    for slider in figure.locator("input[type=range]").all()[:2]:  # lr and ρ: few were recorded
        slider.evaluate(
            """slider => {
                slider.value = Math.round(0.37 * slider.max);
                slider.dispatchEvent(new Event("input", { bubbles: true }));
            }"""
        )
    assert "in place of" in figure.locator(".note").inner_text()
    figure.locator("[data-do=back]").click()
    assert figure.locator(".note").inner_text() != ""


@pytest.mark.browser
def test_who_asks_for_less_motion_sees_no_moving_picture(site, browser):
    page = lab.new_page(browser)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site}/03_gradient_descent.html")
    page.wait_for_function("document.querySelector('img[src$=\"rates.png\"]')")
    assert page.locator("img[src$='.gif']").count() == 0
    page.close()


@pytest.mark.browser
def test_the_search_finds_sections_by_their_words(opened):
    page = opened("index")
    page.locator("input[type=search]").fill("saddle")
    page.locator(".found a").first.wait_for()
    page.locator("input[type=search]").fill("xyzzy")
    told = page.locator(".found").inner_text()
    assert told == "Nothing found: no section has all these words."


@pytest.mark.browser
def test_the_search_is_used_by_keys_alone(opened):
    page = opened("index")
    page.locator("input[type=search]").fill("saddle")
    hits = page.locator(".found a")
    hits.first.wait_for()
    for key, chosen in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        assert hits.nth(chosen).evaluate("link => link == document.activeElement")
    page.locator("input[type=search]").focus()
    target = hits.first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{target}")
