"""The cell of the start page that tries it, in JupyterLab: whether figures work, and the kernel."""

import re

import lab
import pytest
from cells import WAIT, fine, region, write

pytestmark = pytest.mark.browser

TRY = "reach.try_it()"
WORKS = "✓ Live figures work here."
ANSWERED = re.compile(rf"{re.escape(WORKS)} The kernel answered in \d+ ms\.")


@pytest.fixture
def opened(server, browser):
    """The cell on a page of its own, and cells after it: `opened(name, *cells)`."""
    pages = []

    def open_page(name, *cells):
        setup = "from course.start_here import reach"
        write(server.root / name, [setup, TRY, *cells])
        page = lab.new_page(browser)
        pages.append(page)
        lab.open_notebook(page, server, name)
        page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
        return page

    yield open_page
    for page in pages:
        page.close()


def says(page, words):
    """Wait until the cell says so; returns all that it says."""
    found = page.locator(".jp-CodeCell", has_text=TRY).locator("[role=status]", has_text=words)
    found.wait_for(timeout=WAIT)
    return found.text_content().strip()


def test_the_page_says_that_figures_work_and_that_the_kernel_answered(opened):
    page = opened("reach.ipynb")
    said = says(page, "The kernel answered")
    assert ANSWERED.fullmatch(said)
    assert region(page, said) is not None
    fine(page)


def test_while_another_cell_runs_it_says_so_and_when_that_is_done_it_says_that_all_is_well(
    opened, server
):
    go = server.root / "go_on"
    spin = f"import pathlib\nwhile not pathlib.Path({str(go)!r}).exists(): pass"
    page = opened("busy.ipynb", spin)
    said = says(page, "Another cell is running")
    assert said.startswith(f"{WORKS} ✗ But the kernel does not answer.")
    go.touch()
    assert ANSWERED.fullmatch(says(page, "The kernel answered"))
    fine(page)
