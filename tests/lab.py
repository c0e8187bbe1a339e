"""A Jupyter of its own and a Chromium that looks at it: for the browser tests and benchmarks."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# The picture of every live canvas as one string: it changes when a pixel does.
PIXELS = """() => {
    const seen = document.querySelectorAll('.gdlib-canvas');
    return [...seen].map(canvas => canvas.toDataURL()).join();
}"""


# The front ends: the class that has their settings, and where a notebook stands alone on the page.
FRONTS = {"jupyterlab": ("LabApp", "doc/tree"), "notebook": ("JupyterNotebookApp", "notebooks")}


@contextmanager
def jupyterlab(root, scratch, front="jupyterlab"):
    """A server run as `make lab` runs it, on a free port, with its own settings under `scratch`.

    Yields (url, token). `front="notebook"` is Notebook 7 in place of JupyterLab.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    folders = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    env = os.environ | {f"JUPYTER_{name}": str(scratch / name) for name in folders}
    env |= {"JUPYTERLAB_WORKSPACES_DIR": str(scratch / "ws")}
    env |= {"JUPYTERLAB_SETTINGS_DIR": str(scratch / "settings")}
    env |= {"IPYTHONDIR": str(scratch / "ipython")}
    options = [
        "--config=tools/lab/config.py", "--allow-root", "--no-browser", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}", f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={root}", f"--{FRONTS[front][0]}.expose_app_in_browser=True",
    ]  # fmt: skip
    log = open(scratch / "server.log", "w")
    command = [sys.executable, "-m", front, *options]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/api?token={token}", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url, token
    finally:
        server.terminate()
        server.wait(10)
        log.close()


@contextmanager
def chromium(width=1280, height=900, ratio=1):
    """A page in headless Chromium, see `new_page`; `page.context.browser` opens more."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield new_page(browser, width, height, ratio)
        browser.close()


def new_page(browser, width=1280, height=900, ratio=1):
    """Another page; `page.messages` collects the console's warnings and errors.

    `page.hosts` are all those that it has asked for anything.
    """
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=ratio)
    page.messages, page.hosts = [], set()
    page.on("request", lambda request: page.hosts.add(urlparse(request.url).netloc))
    page.on("websocket", lambda socket: page.hosts.add(urlparse(socket.url).netloc))
    page.on("console", lambda m: m.type in ("error", "warning") and page.messages.append(m.text))
    page.on("pageerror", lambda error: page.messages.append(str(error)))
    return page


def open_notebook(page, server, path, front="jupyterlab"):
    """Open a notebook alone on the page, with the kernel started."""
    url, token = server
    page.goto(f"{url}/{FRONTS[front][1]}/{path}?reset&token={token}")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    wait_idle(page)


def run_all(page):
    """Run all cells; wait until the kernel is idle and every picture has come to rest."""
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    wait_idle(page)
    wait_still(page)


def wait_idle(page, timeout=60_000):
    """Wait until the kernel is connected and idle."""
    page.wait_for_function(
        """() => {
            const panel = window.jupyterapp?.shell.currentWidget;
            const session = panel?.sessionContext ?? panel?.context?.sessionContext;
            return session?.session?.kernel?.status === 'idle';
        }""",
        timeout=timeout,
    )


def wait_still(page, quiet=0.4, timeout=20):
    """Wait until no live canvas has changed for `quiet` seconds; returns the pictures."""
    since, end, last = time.monotonic(), time.monotonic() + timeout, page.evaluate(PIXELS)
    while time.monotonic() < end:
        time.sleep(0.1)
        now = page.evaluate(PIXELS)
        if now != last:
            since, last = time.monotonic(), now
        elif time.monotonic() - since > quiet:
            return now
    raise TimeoutError("the pictures did not come to rest")


def execute(page, code):
    """Run code in the notebook's kernel, outside of its cells; returns what it prints."""
    return page.evaluate(
        """async code => {
            const panel = window.jupyterapp.shell.currentWidget;
            const session = panel.sessionContext ?? panel.context.sessionContext;
            const future = session.session.kernel.requestExecute({ code });
            let text = '';
            future.onIOPub = message => { text += message.content.text ?? ''; };
            await future.done;
            return text;
        }""",
        code,
    )


def hidden_errors(page):
    """How many entries the log console has: errors of callbacks, which no cell shows."""
    badge = page.locator(".jp-LogConsoleStatusItem [title*='log entr']")
    titles = [badge.nth(k).get_attribute("title") for k in range(badge.count())]
    return sum(int(re.search(r"(\d+) log entr", title)[1]) for title in titles)
