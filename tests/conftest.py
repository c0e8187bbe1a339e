"""What the tests of the live figures share."""

import os

import ipywidgets as widgets
import lab
import pytest

# The longest files come first, so that no worker waits for one in the end.
LONGEST = [
    "test_browser.py",
    "test_site.py",
    "test_front_ends.py",
    "test_page.py",
    "test_figures.py",
]
NUMERICS = {
    f"test_{name}.py" for name in ("check", "landscapes", "nets", "optimizers", "own", "sampling")
}
NUMERICS |= {"test_regression.py", "test_theory.py"}


def pytest_collection_modifyitems(items):
    """Sort the files by length, and mark the numerics as quick."""
    for item in items:
        if item.path.name in NUMERICS:
            item.add_marker(pytest.mark.quick)
    items.sort(key=lambda item: [*LONGEST, item.path.name].index(item.path.name))


@pytest.fixture(scope="session")
def picture():
    """What the page is shown of a live figure, in strokes: `picture(live)`."""
    return lambda live: (live.canvas.frame.still, live.canvas.frame.moving)


@pytest.fixture(scope="session")
def parts():
    """Every widget that another is made of, itself included: `parts(widget)`, a list."""

    def walk(widget):
        yield widget
        for child in getattr(widget, "children", ()):
            yield from walk(child)

    return lambda widget: list(walk(widget))


@pytest.fixture(scope="session")
def trouble(parts):
    """What stands beside the controls when a setting cannot be shown: `trouble(live)`, a str."""

    def alerts(live):
        texts = (getattr(part, "value", "") for part in parts(live))
        return "".join(t for t in texts if isinstance(t, str) and "cannot be shown" in t)

    return alerts


@pytest.fixture
def open_widgets():
    """How many widgets the kernel keeps: `open_widgets()`."""
    return lambda: len(widgets.widget._instances)


# --- the browser ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all browser tests."""
    if not lab.CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("the browser tests need Chromium, and CI must not go without them")
        pytest.skip("there is no Chromium on this machine")
    with lab.chromium() as page:
        browser = page.context.browser
        page.close()
        yield browser


@pytest.fixture(scope="session")
def server(browser, tmp_path_factory):
    """One JupyterLab for all browser tests: (url, token), with its `root` folder."""
    root, scratch = (tmp_path_factory.mktemp(name) for name in ("root", "lab"))
    with lab.jupyterlab(root, scratch) as (url, token):
        yield Server((url, token), root)


class Server(tuple):
    """The (url, token) that `lab` wants, and the folder that is shown."""

    def __new__(cls, address, root):
        self = super().__new__(cls, address)
        self.root = root
        return self
