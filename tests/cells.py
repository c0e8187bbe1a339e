"""What the browser tests do with a cell that shows a figure: find it, move it, wait for it."""

import time

import lab
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WAIT = 15_000  # milliseconds for a picture to follow; a failure takes so long, a success does not

# What stands in a cell: its handles, its picture, its sentence.
HANDLE = ".widget-slider [role=slider]"
CANVAS = ".gdlib-canvas"
SAID = ".gdlib-said"


def write(path, sources):
    book = new_notebook(cells=[new_code_cell(source) for source in sources])
    book.metadata["kernelspec"] = KERNEL
    nbformat.write(book, path)


def cell(page, name):
    """The cell that calls a function; it is scrolled into view, as Lab may keep others away."""
    found = page.locator(".jp-CodeCell", has_text=f"course.{name}()").last
    found.scroll_into_view_if_needed()
    return found


def kind(widget):
    return type(widget).__name__


def imports(*names):
    """The line that imports the pages of figures and predictions, as course.momentum.figures."""
    return f"import {', '.join(sorted({f'course.{name}'.rpartition('.')[0] for name in names}))}"


def picture(cell):
    return cell.locator(CANVAS).evaluate("canvas => canvas.toDataURL()")


def sentence(cell):
    return cell.locator(SAID).text_content()


def wait_for(cell, selector, js, before):
    """Wait until what JavaScript says of an element is no longer what it was."""
    element = cell.locator(selector).first
    element.page.wait_for_function(
        f"([element, before]) => ({js})(element) !== before",
        arg=[element.element_handle(), before],
        timeout=WAIT,
    )


def wait_for_picture(cell, before):
    wait_for(cell, CANVAS, "canvas => canvas.toDataURL()", before)


def wait_for_sentence(cell, before):
    wait_for(cell, SAID, "element => element.textContent", before)


def number(handle):
    return float(handle.get_attribute("aria-valuetext"))


def press(handle, *keys):
    """Press keys in turn until the handle moves: Lab takes the focus back while laying out."""
    before = handle.get_attribute("aria-valuetext")
    for k in range(30):
        handle.focus()
        handle.page.keyboard.press(keys[k % len(keys)])
        for _ in range(5):
            if handle.get_attribute("aria-valuetext") != before:
                return
            time.sleep(0.02)
    raise AssertionError("the key moves nothing")


STEP = "ArrowRight", "ArrowLeft"
FAR = "Home", "End"  # where a single step would move no pixel


def place(cell, panel, at):
    """A place on the page, given in fractions of a panel of the figure."""
    box = cell.locator(CANVAS).bounding_box()
    x, y = panel.ax.transAxes.transform(at)
    return box["x"] + x, box["y"] + panel.ax.figure.bbox.height - y


def in_view(cell):
    """Bring the canvas to the middle of the window, so that nothing lies over it."""
    cell.locator(CANVAS).evaluate("element => element.scrollIntoView({ block: 'center' })")
    time.sleep(0.1)


def fine(page):
    """Assert that nothing has gone wrong, neither on the page nor hidden."""
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts() == []
    assert page.get_by_text("cannot be shown").count() == 0
    outputs = page.locator(".jp-OutputArea")  # the start page explains the words, in its text
    assert outputs.get_by_text("model not found").count() == 0
    assert lab.hidden_errors(page) == 0
    assert page.messages == []


def spot(cell, panel, data):
    """A place on the page, given in a panel's data."""
    return place(
        cell, panel, panel.ax.transAxes.inverted().transform(panel.ax.transData.transform(data))
    )


def begin_again(cell, figure):
    """Press reset with the keyboard, and wait for the first sentence."""
    cell.get_by_text("↺ reset").focus()
    cell.page.keyboard.press("Enter")
    wait_until(cell, "(said, wanted) => said.trim() === wanted", figure.readout)


def wait_until(cell, said, wanted=None):
    """Wait until the sentence is what JavaScript wants it to be."""
    cell.page.wait_for_function(
        f"([element, wanted]) => ({said})(element.textContent, wanted)",
        arg=[cell.locator(SAID).element_handle(), wanted],
        timeout=WAIT,
    )


def slid_to(cell, figure, wanted):
    """Wait until sliders stand at values, a few steps more or less: a pixel is more than one."""
    sliders = [name for name, widget in figure.controls.items() if hasattr(widget, "step")]
    for name, value in wanted.items():
        step = figure.controls[name].step
        within = 0 if step == 1 else 3 * step
        cell.page.wait_for_function(
            "([handle, value, within]) => "
            "Math.abs(handle.getAttribute('aria-valuetext') - value) <= within",
            arg=[cell.locator(HANDLE).nth(sliders.index(name)).element_handle(), value, within],
            timeout=WAIT,
        )


def region(page, text):
    """The live region that a text stands in, as the browser tells a screen reader: its node."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    found, end = [], time.monotonic() + WAIT / 1000
    while not found and time.monotonic() < end:  # the tree follows the page a little later
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        found = [
            node
            for node in nodes
            if node["role"]["value"] == "StaticText"
            and node.get("name", {}).get("value", "").strip() == text.strip()
        ]
    session.detach()
    [node] = found
    by_id = {each["nodeId"]: each for each in nodes}
    while node:
        live = [p["value"]["value"] for p in node.get("properties", ()) if p["name"] == "live"]
        if "polite" in live:
            return node["backendDOMNodeId"]
        node = by_id.get(node.get("parentId"))
