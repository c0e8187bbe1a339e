"""The live figures in JupyterLab, as a hand and a keyboard meet them in Chromium.

All explorers stand in one notebook, which is run once; what a test moves it leaves moved.
"""

import time
from textwrap import dedent
from urllib.parse import urlparse

import lab
import numpy as np
import pytest
from cells import (
    CANVAS,
    FAR,
    HANDLE,
    SAID,
    STEP,
    WAIT,
    begin_again,
    cell,
    fine,
    imports,
    in_view,
    kind,
    number,
    picture,
    place,
    press,
    region,
    sentence,
    slid_to,
    spot,
    wait_for_picture,
    wait_for_sentence,
    wait_until,
    write,
)
from pages import FIGURES, PREDICTIONS, drawn

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(server, browser):
    """The notebook of all explorers and predictions, run from top to bottom."""
    calls = [f"course.{name}()" for name in [*FIGURES, *PREDICTIONS]]
    write(server.root / "figures.ipynb", [imports(*FIGURES, *PREDICTIONS), *calls])
    page = lab.new_page(browser)
    lab.open_notebook(page, server, "figures.ipynb")
    lab.run_all(page)
    yield page
    page.close()


@pytest.fixture(scope="module")
def sharp(server, browser):
    """A figure on a screen of two pixels to a point, and a slider whose callback always fails."""
    failing = """
        import ipywidgets
        widget = ipywidgets.IntSlider()
        widget.observe(lambda change: 1 / 0, "value")
        widget  # course.failing()"""
    figure = next(iter(FIGURES))
    cells = [imports(figure), f"course.{figure}()", dedent(failing).strip()]
    write(server.root / "sharp.ipynb", cells)
    page = lab.new_page(browser, ratio=2)
    lab.open_notebook(page, server, "sharp.ipynb")
    lab.run_all(page)
    yield page
    page.close()


# --- the explorers --------------------------------------------------------------------------------


def test_run_all_shows_every_figure_and_nothing_goes_wrong(page):
    for name in FIGURES:
        assert cell(page, name).locator(CANVAS).count() == 1
    for name in PREDICTIONS:
        assert cell(page, name).get_by_text("Predict.", exact=True).count() == 1
    fine(page)


@pytest.mark.parametrize("name", FIGURES)
def test_every_slider_follows_the_keyboard(page, name):
    shown, controls = cell(page, name), FIGURES[name]().controls
    sliders = [key for key, widget in controls.items() if kind(widget) != "ToggleButtons"]
    handles = shown.locator(HANDLE)
    assert handles.count() == len(sliders)
    for handle, key in zip(handles.all(), sliders, strict=True):
        seen, said = picture(shown), sentence(shown)
        press(handle, *(FAR if key == "step" else STEP))
        wait_for_picture(shown, seen)
        if key != "step":
            wait_for_sentence(shown, said)
    fine(page)


def test_a_slider_follows_the_mouse(page):
    shown = cell(page, "gradient_descent.figures.regimes")
    in_view(shown)
    handle = shown.locator(HANDLE).first
    seen, before, box = picture(shown), number(handle), handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y, steps=5)
    page.mouse.up()
    wait_for_picture(shown, seen)
    assert number(handle) < before - 0.05


PICKED = {
    "loss_landscapes.figures.line": (1, {"intercept": 0, "slope": 1}),
    "gradients.figures.partials": (0, {"x": 0, "y": 1}),
    "gradients.figures.field": (0, {"x": 0, "y": 1}),
    "gradient_descent.figures.basins": (0, {"x": 1, "y": 2}),
    "gradient_descent.figures.penguins": (1, {"intercept": 1, "slope": 2}),
    "gradient_descent.figures.regimes": (0, {"start": 1}),
    "momentum.figures.settings": (0, {"product": 1, "rho": 2}),
    "momentum.figures.anywhere": (0, {"product": 0, "rho": 1}),
    "momentum.figures.roll": (1, {"lr": 0, "rho": 1}),
}


@pytest.mark.parametrize("name", PICKED)
def test_a_click_and_a_drag_on_a_picture_write_the_sliders(page, name):
    which, handles = PICKED[name]
    figure, shown = FIGURES[name](), cell(page, name)
    panel = figure.panels[which]
    in_view(shown)

    def arrived(at):
        to_data, there = panel.ax.transData.inverted(), panel.ax.transAxes.transform(at)
        beside = panel.picked(*to_data.transform(there + 1))  # a pixel may be more than a step
        for key, wanted in panel.picked(*to_data.transform(there)).items():
            ends, widget = np.array([wanted, beside[key]]), figure.controls[key]
            if kind(widget) == "FloatLogSlider":
                ends = np.log10(ends)  # as its handle has it
            within = 1.01 * widget.step + abs(ends[1] - ends[0])
            handle = shown.locator(HANDLE).nth(handles[key])
            page.wait_for_function(
                "([handle, wanted, within]) => "
                "Math.abs(handle.getAttribute('aria-valuetext') - wanted) <= within",
                arg=[handle.element_handle(), float(ends[0]), float(within)],
                timeout=WAIT,
            )

    seen = picture(shown)
    page.mouse.move(*place(shown, panel, (0.25, 0.7)))
    page.mouse.down()
    arrived((0.25, 0.7))
    wait_for_picture(shown, seen)
    page.mouse.move(*place(shown, panel, (0.6, 0.4)), steps=4)
    page.mouse.move(*place(shown, panel, (0.7, 0.3)))
    arrived((0.7, 0.3))
    page.mouse.up()
    page.mouse.move(*place(shown, panel, (0.5, 0.5)))
    lab.wait_still(page, quiet=0.3)
    arrived((0.7, 0.3))
    fine(page)


def told(cell, words):
    """Wait until the sentence begins with words."""
    wait_until(cell, "(said, words) => said.trim().startsWith(words)", words)


NOISE = "stochastic_gradient_descent.figures.noise"


def test_keys_move_a_slider_over_given_values_from_one_to_the_next(page):
    figure, shown = FIGURES[NOISE](), cell(page, NOISE)
    begin_again(shown, figure)
    handle = shown.locator(HANDLE).first
    sizes = figure.controls["size"].options
    press(handle, "Home")
    told(shown, "B = 1 with")
    for size in sizes[1:4]:
        page.keyboard.press("ArrowRight")
        told(shown, f"B = {size} with")
    page.keyboard.press("ArrowLeft")
    told(shown, f"B = {sizes[2]} with")
    page.keyboard.press("End")
    told(shown, "B = 342 with")
    assert shown.locator(".widget-slider .widget-readout").first.inner_text() == "342"
    fine(page)


def test_a_click_and_a_drag_write_a_slider_over_given_values(page):
    figure, shown = FIGURES[NOISE](), cell(page, NOISE)
    panel = figure.panels[1]
    begin_again(shown, figure)
    in_view(shown)
    page.mouse.move(*spot(shown, panel, (66, 0.2)))
    page.mouse.down()
    told(shown, "B = 64 with")
    page.mouse.move(*spot(shown, panel, (20, 0.2)), steps=3)
    page.mouse.move(*spot(shown, panel, (2.1, 1)))
    told(shown, "B = 2 with")
    page.mouse.up()
    lab.wait_still(page, quiet=0.3)
    told(shown, "B = 2 with")
    assert shown.locator(".widget-slider .widget-readout").first.inner_text() == "2"
    fine(page)


def test_a_slider_of_ten_thousand_runs_waits_until_the_hand_lets_go(page):
    name = "momentum.figures.settings"
    figure, shown = FIGURES[name](), cell(page, name)
    begin_again(shown, figure)
    in_view(shown)
    handle = shown.locator(HANDLE).first
    seen, said, box = picture(shown), sentence(shown), handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=5)
    page.wait_for_function(
        "handle => handle.getAttribute('aria-valuetext') > 1.5",  # decades
        arg=handle.element_handle(),
        timeout=WAIT,
    )
    lab.wait_idle(page)
    assert lab.wait_still(page) and (picture(shown), sentence(shown)) == (seen, said)
    page.mouse.up()
    wait_for_picture(shown, seen)
    wait_for_sentence(shown, said)
    told(shown, f"κ = {10 ** number(handle):.3g}, ")
    fine(page)


def test_an_end_of_the_line_and_a_penguin_follow_the_mouse(page):
    name = "loss_landscapes.figures.line"
    figure, shown = FIGURES[name](), cell(page, name)
    panel = figure.panels[0]
    begin_again(shown, figure)
    in_view(shown)
    lab.wait_still(page, quiet=0.2)

    def drag(start, end, **wanted):
        page.mouse.move(*spot(shown, panel, start))
        page.mouse.down()
        page.mouse.move(*spot(shown, panel, (start + end) / 2), steps=4)
        page.mouse.move(*spot(shown, panel, end))
        slid_to(shown, figure, wanted)
        page.mouse.up()

    left, right = drawn(panel, "ends").T
    slope = (right[1] + 1.5 - left[1]) / (right[0] - left[0])
    line = {"intercept": left[1] - slope * left[0], "slope": slope}  # the left end stays
    drag(right, right + [0, 1.5], **line)
    was = figure._shown_run.data[:, 4]
    drag(was, was + [-1.0, 0.6], who=5, right=-1.0, up=0.6)
    slid_to(shown, figure, line)
    fine(page)


FOG = "loss_landscapes.figures.fog"


def test_the_fog_can_be_lifted_without_a_mouse(page):
    shown = cell(page, FOG)
    begin_again(shown, FIGURES[FOG]())
    for handle, keys in ((0, ["End", "ArrowLeft"]), (1, ["Home"])):
        press(shown.locator(HANDLE).nth(handle), *keys[:1])
        for key in keys[1:]:
            page.keyboard.press(key)
    wait_until(shown, "said => said.includes('(2.9, −3)')")
    shown.locator(HANDLE).first.focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Probe":
            break
    for left in range(11, -1, -1):
        assert "lifted" not in sentence(shown)
        page.keyboard.press("Enter" if left % 2 else "Space")
        wanted = f"{left} of 12" if left else "lifted"
        wait_until(shown, "(said, wanted) => said.includes(wanted)", wanted)
    fine(page)


def test_the_fog_can_be_lifted_by_clicks(page):
    figure, shown = FIGURES[FOG](), cell(page, FOG)
    begin_again(shown, figure)
    in_view(shown)
    for left in range(11, -1, -1):
        seen = picture(shown)
        page.mouse.move(*spot(shown, figure.panels[0], (0.4 * left - 2.5, 0.2 * left - 1)))
        page.mouse.down()
        wait_until(
            shown, "(said, wanted) => said.includes(wanted)", f"{left} of 12" if left else "lifted"
        )
        page.mouse.move(*spot(shown, figure.panels[0], (0, 0)))  # a drag is not another probe
        page.mouse.up()
        wait_until(shown, "said => said.includes('(0, 0)')")
        wait_for_picture(shown, seen)
    fine(page)


def test_the_timeline_plays_pauses_and_steps(page):
    shown = cell(page, "gradient_descent.figures.regimes")
    step = shown.locator(HANDLE).last
    step.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "handle => handle.getAttribute('aria-valuetext') == 0",
        arg=step.element_handle(),
        timeout=WAIT,
    )
    play = shown.locator(".widget-play button").first
    play.click()
    page.wait_for_function(
        "handle => handle.getAttribute('aria-valuetext') >= 3",
        arg=step.element_handle(),
        timeout=WAIT,
    )
    play.click()
    lab.wait_still(page)
    paused, seen = number(step), picture(shown)
    time.sleep(0.7)
    assert (number(step), picture(shown)) == (paused, seen)
    shown.get_by_text("next ▶").click()
    wait_for_picture(shown, seen)
    assert number(step) == paused + 1
    shown.get_by_text("◀ back").click()
    page.wait_for_function(
        "([canvas, seen]) => canvas.toDataURL() === seen",
        arg=[shown.locator(CANVAS).element_handle(), seen],
        timeout=WAIT,
    )
    assert number(step) == paused


def test_play_at_the_end_begins_again(page):
    shown = cell(page, "gradient_descent.figures.regimes")
    step = shown.locator(HANDLE).last
    play = shown.locator(".widget-play button").first
    step.focus()
    page.keyboard.press("End")
    end = float(step.get_attribute("aria-valuemax"))
    page.wait_for_function(
        "([handle, end]) => handle.getAttribute('aria-valuetext') == end",
        arg=[step.element_handle(), end],
        timeout=WAIT,
    )
    lab.wait_still(page, quiet=0.2)
    play.click()
    page.wait_for_function(
        "([handle, end]) => handle.getAttribute('aria-valuetext') < end / 2",
        arg=[step.element_handle(), end],
        timeout=WAIT,
    )
    play.click()
    lab.wait_still(page)


@pytest.mark.parametrize("name", PREDICTIONS)
def test_a_prediction_needs_no_mouse(page, name):
    shown, predict = cell(page, name), PREDICTIONS[name]()
    shown.locator("input").first.focus()
    if predict.choices:
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        rest = len(predict.choices) - 1
    else:
        page.keyboard.type(f"{predict.answer:g}")
        rest = 1
    lab.wait_idle(page)
    for _ in range(rest):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Commit"
    assert predict.why not in shown.inner_text()
    page.keyboard.press("Enter")
    shown.get_by_text(predict.why).wait_for(timeout=WAIT)
    output = shown.locator(".jp-OutputArea-output")
    assert output.locator("input, button").count() > 1
    assert output.locator("input:enabled").count() == 0
    assert page.evaluate("document.activeElement.innerText") == "Committed", "the focus is lost"


# --- for those who cannot see it or have no mouse -------------------------------------------------


def test_tab_goes_through_a_figure_from_end_to_end(page):
    shown = cell(page, "gradient_descent.figures.basins")
    shown.locator(HANDLE).first.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        page.wait_for_timeout(150)
        if page.evaluate("cell => !cell.contains(document.activeElement)", shown.element_handle()):
            return
        assert page.evaluate(f"!document.activeElement.closest('{CANVAS}')")
    raise AssertionError("Tab does not lead out of the figure")


def test_a_screen_reader_is_told_the_new_sentence(page):
    shown = cell(page, "gradient_descent.figures.regimes")
    before = sentence(shown)
    told = region(page, before)
    assert told is not None
    press(shown.locator(HANDLE).first, *FAR)
    wait_for_sentence(shown, before)
    assert region(page, sentence(shown)) == told, "a region that is replaced is not read out"


# --- the page, the screen, the kernel -------------------------------------------------------------


def test_a_sharp_screen_gets_a_sharp_picture(sharp):
    shown = cell(sharp, next(iter(FIGURES)))
    canvas = shown.locator(CANVAS)
    size = canvas.evaluate("c => [c.width, c.height, c.clientWidth, c.clientHeight]")
    assert size[:2] == [2 * size[2], 2 * size[3]]
    seen = picture(shown)
    press(shown.locator(HANDLE).first, *FAR)
    wait_for_picture(shown, seen)
    fine(sharp)


def test_an_error_that_no_cell_shows_is_found(sharp):
    """So that silence elsewhere in this file means something."""
    press(cell(sharp, "failing").locator(HANDLE).first, *STEP)
    sharp.wait_for_selector(".jp-LogConsoleStatusItem [title*='log entr']", timeout=WAIT)
    assert lab.hidden_errors(sharp) > 0


@pytest.mark.parametrize("name", FIGURES)
def test_a_narrow_window_holds_the_whole_figure(page, name):
    page.set_viewport_size({"width": 900, "height": 900})
    try:
        shown = cell(page, name)
        panel = page.locator(".jp-NotebookPanel").bounding_box()
        for part in (CANVAS, ".widget-slider", SAID):
            for box in (each.bounding_box() for each in shown.locator(part).all()):
                if box and box["width"]:
                    assert box["x"] >= panel["x"]
                    assert box["x"] + box["width"] <= panel["x"] + panel["width"]
        wide = "e => e.scrollWidth > e.clientWidth + 1"
        assert not shown.locator(".jp-OutputArea-output").last.evaluate(wide)
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_nothing_is_fetched_from_any_other_host(page, server):
    assert page.hosts - {"", urlparse(server[0]).netloc} == set()


def kept(cell):
    """How many moves the page has answered from the frames that it keeps."""
    figure = "canvas => canvas.parentNode.parentNode.gdlib.figure.counts.kept"
    return cell.locator(CANVAS).evaluate(figure)


def rest(page, cell, handle):
    """Move a slider to and fro until the page keeps what is beside it."""
    for k in range(30):
        before = kept(cell)
        handle.press(STEP[k % 2])
        page.wait_for_timeout(200)
        if k > 1 and kept(cell) > before:
            return
    raise AssertionError("the kernel does not look ahead")


def test_a_page_answers_by_itself_while_the_kernel_is_busy_and_the_kernel_catches_up(page):
    name = "gradient_descent.figures.regimes"
    shown, figure = cell(page, name), FIGURES[name]()
    begin_again(shown, figure)
    in_view(shown)
    handle = shown.locator(HANDLE).first
    rest(page, shown, handle)
    before, said = kept(shown), sentence(shown)
    busy = "import time; end = time.time() + 3\nwhile time.time() < end: pass"
    page.evaluate(
        """code => {
            const panel = window.jupyterapp.shell.currentWidget;
            const session = panel.sessionContext ?? panel.context.sessionContext;
            session.session.kernel.requestExecute({ code });
        }""",
        busy,
    )
    handle.press(STEP[0])
    wait_for_sentence(shown, said)
    assert kept(shown) == before + 1
    lab.wait_idle(page)
    seen, said = picture(shown), sentence(shown)
    lab.wait_still(page)
    assert (picture(shown), sentence(shown)) == (seen, said)
    handle.press("End")  # not kept, so the kernel has to
    wait_for_sentence(shown, said)
    fine(page)


WIDGETS = "import ipywidgets; print(len(ipywidgets.widget._instances))"


def test_a_page_opened_again_while_the_kernel_lives_shows_figures_that_answer(server, browser):
    some = [*FIGURES][::6]  # as many as a notebook has
    write(server.root / "some.ipynb", [imports(*some), *(f"course.{name}()" for name in some)])
    page = lab.new_page(browser)
    lab.open_notebook(page, server, "some.ipynb")
    lab.run_all(page)
    for name in some:
        figure = FIGURES[name]()
        if "step" in figure.controls:  # at step 0 all runs of a swarm are at one place, whatever B
            begin_again(cell(page, name), figure)
    lab.wait_still(page)
    before = [(picture(cell(page, name)), sentence(cell(page, name))) for name in some]
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.reload()
    page.wait_for_selector(CANVAS, timeout=WAIT)
    lab.wait_idle(page)
    lab.wait_still(page)
    for name, (seen, said) in zip(some, before, strict=True):
        shown = cell(page, name)
        page.wait_for_function(
            "([canvas, seen]) => canvas.toDataURL() === seen",
            arg=[shown.locator(CANVAS).element_handle(), seen],
            timeout=4 * WAIT,
        )
        assert sentence(shown) == said
        press(shown.locator(HANDLE).first, *FAR)
        wait_for_picture(shown, seen)
        wait_for_sentence(shown, said)
    fine(page)
    page.close()
