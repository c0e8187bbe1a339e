"""The live figures in JupyterLab and in Notebook 7, opened, run and left as people do it."""

import shutil
from pathlib import Path

import lab
import nbformat
import numpy as np
import pytest
from cells import (
    CANVAS,
    FAR,
    HANDLE,
    KERNEL,
    STEP,
    WAIT,
    begin_again,
    cell,
    fine,
    imports,
    in_view,
    number,
    picture,
    place,
    press,
    region,
    sentence,
    slid_to,
    wait_for,
    wait_for_picture,
    wait_for_sentence,
    wait_until,
    write,
)
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from pages import FIGURES

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
RERUNS = 25

pytestmark = pytest.mark.browser

# --- keys, a finger, silence: in both front ends --------------------------------------------------

KEYS = "ArrowRight ArrowUp PageDown End Shift+ArrowUp".split()
DESCENT = "gradient_descent.figures.regimes"


@pytest.fixture(scope="module", params=lab.FRONTS)
def front(request, browser, tmp_path_factory):
    """A page of JupyterLab, or of Notebook 7: a figure and a plain slider, between headings."""
    root, settings = (tmp_path_factory.mktemp(name) for name in ("notebooks", "settings"))
    plain = "import ipywidgets\nipywidgets.IntSlider(50)  # course.plain()"
    codes = [imports(DESCENT), f"course.{DESCENT}()", plain]
    cells = [part for code in codes for part in (new_markdown_cell("# Next"), new_code_cell(code))]
    book = new_notebook(cells=[*cells, new_markdown_cell("# End")])
    book.metadata["kernelspec"] = KERNEL
    nbformat.write(book, root / "keys.ipynb")
    with lab.jupyterlab(root, settings, request.param) as server:
        page = lab.new_page(browser)
        lab.open_notebook(page, server, "keys.ipynb", request.param)
        lab.run_all(page)
        page.root, page.name = root, request.param
        yield page
        page.close()


def chosen(page):
    """The number of the cell that is chosen."""
    return page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex")


def after(cell, handle, key):
    """Press a key on a slider that stands in its middle: (whether it moves, whether it is left)."""
    page = cell.page
    cell.locator(".jp-InputPrompt").first.click()  # the cell is chosen, and not being edited
    for each in ("Home", "PageUp"):
        handle.press(each)
    page.wait_for_timeout(100)
    here, before = chosen(page), handle.get_attribute("aria-valuetext")
    handle.press(key)
    page.wait_for_timeout(100)
    focused = handle.evaluate("handle => document.activeElement === handle")
    return handle.get_attribute("aria-valuetext") != before, not focused or chosen(page) != here


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_moves_a_slider_moves_it_and_leaves_neither_slider_nor_cell(front, key):
    shown = cell(front, DESCENT)
    for handle in shown.locator(HANDLE).all():
        assert after(shown, handle, key) == (True, False)


def test_without_our_help_notebook_7_takes_the_arrows(front):
    """So that the test above means something; were it not so any more, we could do less."""
    plain = cell(front, "plain")
    taken = after(plain, plain.locator(HANDLE), "ArrowRight")
    assert taken == ((False, True) if front.name == "notebook" else (True, False))


def test_tab_leads_out_of_a_figure_forwards_and_backwards(front):
    shown = cell(front, DESCENT)
    for key in ("Tab", "Shift+Tab"):
        shown.locator(HANDLE).first.press("ArrowRight")
        for _ in range(20):
            front.keyboard.press(key)
            if not shown.locator(".widget-vbox").first.evaluate(
                "box => box.contains(document.activeElement)"
            ):
                break
        else:
            raise AssertionError(f"{key} does not lead out of the figure")


def test_keys_that_move_no_slider_are_left_to_the_notebook(front):
    handle = cell(front, DESCENT).locator(HANDLE).first
    handle.press("ArrowRight")
    here = chosen(front)
    handle.press("Shift+Enter")
    front.wait_for_function(
        "here => window.jupyterapp.shell.currentWidget.content.activeCellIndex > here", arg=here
    )
    lab.wait_idle(front)
    lab.wait_still(front)


@pytest.fixture
def finger(front):
    """A finger on the page: `finger(*places)` goes down at the first one and lifts at the last."""
    session = front.context.new_cdp_session(front)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def touch(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        front.wait_for_timeout(20)

    def drag(*places):
        touch("touchStart", places[0])
        for there in places[1:]:
            touch("touchMove", there)
        touch("touchEnd")

    yield drag
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    session.detach()


@pytest.mark.parametrize("up", [0, 0.5], ids=["across", "and up the screen"])
def test_a_finger_drags_the_start_about_a_panel_and_the_page_stays(front, finger, up):
    figure, shown = FIGURES[DESCENT](), cell(front, DESCENT)
    begin_again(shown, figure)
    in_view(shown)
    before = shown.locator(CANVAS).bounding_box()
    shares = np.linspace(0, 1, 12)
    path = [(0.8 - 0.6 * share, 0.2 + up * share) for share in shares]
    finger(*(place(shown, figure.panels[0], at) for at in path))
    slid_to(shown, figure, {"start": -1.2})
    assert shown.locator(CANVAS).bounding_box() == before
    figure.set(start=number(shown.locator(HANDLE).nth(1)))
    wait_until(shown, "(said, wanted) => said.trim() === wanted", figure.readout)


def test_a_finger_drags_a_slider(front, finger):
    figure, shown = FIGURES[DESCENT](), cell(front, DESCENT)
    begin_again(shown, figure)
    in_view(shown)
    handle = shown.locator(HANDLE).first
    before, said, box = number(handle), sentence(shown), handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger(*((x - 5 * k, y) for k in range(12)))
    wait_for_sentence(shown, said)
    assert number(handle) < before - 0.05


OLD = ".gdlib-old"


def told_old(cell):
    """Wait until the page says that the picture is an old one."""
    wait_for(cell, OLD, "element => element.textContent", "")
    assert "The kernel has not answered" in cell.locator(OLD).text_content()


def test_while_another_cell_spins_a_moved_slider_says_that_the_picture_is_old(front):
    lab.run_all(front)  # so that the page keeps no frame but the first
    shown = cell(front, DESCENT)
    before, go = picture(shown), front.root / "go"
    spin = f"import pathlib\nwhile not pathlib.Path({str(go)!r}).exists(): pass"
    front.evaluate(
        """code => {
            const panel = window.jupyterapp.shell.currentWidget;
            const session = panel.sessionContext ?? panel.context.sessionContext;
            session.session.kernel.requestExecute({ code });
        }""",
        spin,
    )
    shown.locator(HANDLE).first.press("End")
    told_old(shown)
    assert picture(shown) == before
    assert region(front, shown.locator(OLD).text_content()) is not None
    go.touch()
    wait_for_picture(shown, before)
    wait_until(shown, "said => said.includes('0.55')")
    assert shown.locator(OLD).text_content() == ""
    go.unlink()


def test_when_the_kernel_is_gone_a_moved_slider_says_that_the_picture_is_old(front):
    """The last of the tests with this page."""
    lab.run_all(front)
    shown = cell(front, DESCENT)
    panel = "window.jupyterapp.shell.currentWidget"
    front.evaluate(f"({panel}.sessionContext ?? {panel}.context.sessionContext).shutdown()")
    shown.locator(HANDLE).first.press("Home")
    told_old(shown)


# --- again, restarted, twice


WIDGETS = "import ipywidgets; print(len(ipywidgets.widget._instances))"


@pytest.fixture
def alone(server, browser):
    """A page with one figure, and its kernel; `alone()` is another window on the same one."""
    name = "gradient_descent.figures.regimes"
    write(server.root / "alone.ipynb", [imports(name), f"course.{name}()"])
    pages = []

    def open_another():
        page = lab.new_page(browser)
        pages.append(page)
        lab.open_notebook(page, server, "alone.ipynb")
        return page, page.locator(".jp-CodeCell", has_text=f"course.{name}()").last

    yield open_another
    for page in pages:
        page.close()


def test_a_cell_run_again_and_again_leaves_one_figure(alone):
    page, shown = alone()
    lab.run_all(page)
    which = shown.evaluate("e => [...e.parentNode.querySelectorAll('.jp-CodeCell')].indexOf(e)")

    def run_again(times):
        page.evaluate(
            """async ([which, times]) => {
                const book = window.jupyterapp.shell.currentWidget.content;
                for (let k = 0; k < times; k++) {
                    book.activeCellIndex = which;
                    await window.jupyterapp.commands.execute('notebook:run-cell');
                }
            }""",
            [which, times],
        )
        lab.wait_idle(page)
        lab.wait_still(page)
        return int(lab.execute(page, WIDGETS)), page.locator(CANVAS).count()

    assert run_again(1) == run_again(RERUNS) == (int(lab.execute(page, WIDGETS)), 1)
    assert shown.locator(CANVAS).count() == 1
    seen = picture(shown)
    press(shown.locator(HANDLE).first, *FAR)
    wait_for_picture(shown, seen)
    fine(page)


def test_after_a_restart_of_the_kernel_cells_run_again_give_figures_that_answer(alone):
    page, shown = alone()
    lab.run_all(page)
    press(shown.locator(HANDLE).first, *FAR)
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    lab.wait_idle(page)
    if shown.locator(HANDLE).count():  # who moves it now hears nothing, and breaks nothing
        shown.locator(HANDLE).first.press(STEP[0])
    lab.run_all(page)
    seen, said = picture(shown), sentence(shown)
    press(shown.locator(HANDLE).first, *FAR)
    wait_for_picture(shown, seen)
    wait_for_sentence(shown, said)
    assert page.locator(CANVAS).count() == 1


def test_two_windows_on_one_kernel_show_the_same(alone):
    page, shown = alone()
    lab.run_all(page)
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    other, there = alone()
    there.locator(CANVAS).wait_for(timeout=WAIT)
    for one, two in ((shown, there), (there, shown), (shown, there)):
        for key in ("Home", "ArrowRight", "End"):
            said = sentence(two)
            one.page.bring_to_front()
            one.locator(HANDLE).first.press(key)
            two.page.bring_to_front()
            wait_for_sentence(two, said)
        lab.wait_still(one.page)
        lab.wait_still(two.page)
        assert (picture(one), sentence(one)) == (picture(two), sentence(two))
    fine(page)
    fine(other)


# --- the notebooks --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebooks(server):
    """The notebooks and the files beside them, in the server's folder."""
    root = FOLDER.parent
    for name in ("notebooks", "diagrams"):
        if (root / name).is_dir():
            ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
            shutil.copytree(root / name, server.root / name, ignore=ignored)
    return server.root / "notebooks"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_its_pictures_unrun_and_runs_without_a_complaint(
    path, notebooks, server, browser
):
    page = lab.new_page(browser)
    lab.open_notebook(page, server, f"notebooks/{path.name}")
    stored = [
        output
        for code in nbformat.read(path, 4).cells
        for output in code.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    pictures = ".jp-OutputArea-output img[src^='data:image/png']"
    page.wait_for_function(
        "([pictures, count]) => document.querySelectorAll(pictures).length === count",
        arg=[pictures, len(stored)],
    )
    fine(page)
    lab.run_all(page)
    fine(page)
    broken = "() => [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
    assert page.evaluate(broken) == []
    for shown in page.locator(".jp-CodeCell", has=page.locator(CANVAS)).all():
        shown.scroll_into_view_if_needed()
        seen, said = picture(shown), sentence(shown)
        press(shown.locator(HANDLE).first, *FAR)
        wait_for_picture(shown, seen)
        wait_for_sentence(shown, said)
    fine(page)
    page.close()
