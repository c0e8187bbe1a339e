"""How fast the web page is, in Chromium: a key's way to pixels, bytes, and a phone on a slow line.

python benchmarks/page.py [FOLDER]        what `make site` has written; prints tables
"""

import gzip
import statistics
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from browser import RECORDER, lab

ROOT = Path(__file__).resolve().parent.parent
MOVED = [  # (figure, page, which of its figures, which of its sliders)
    ("regimes", "03_gradient_descent", 0, 0),
    ("basins", "03_gradient_descent", 4, 0),
    ("turned", "06_rmsprop", 4, 0),
]
READ = ["03_gradient_descent", "00_start_here", "05_momentum"]
PHONE = {"width": 390, "height": 844, "ratio": 2}
LINE = {  # 1.6 Mbit/s, 150 ms
    "offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000
}  # fmt: skip
SCRIPT = """(() => {
    let began;
    bench.script = [];
    addEventListener("input", () => { began = performance.now(); }, true);
    addEventListener("input", () => bench.script.push(performance.now() - began));
})()"""
ALIVE = """(() => {
    let scrolled = false;
    const look = () => {
        const figure = document.querySelector(".figure");
        if (figure && !scrolled) { figure.scrollIntoView(); scrolled = true; }
        if (figure?.querySelector("canvas")) window.alive = performance.now();
        else requestAnimationFrame(look);
    };
    look();
})()"""
# What a page has loaded: [address, bytes, bytes on the line, whether it is seen at once].
LOADED = """() => {
    const entries = ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind));
    const low = [...document.images].filter(
        each => each.getBoundingClientRect().top > innerHeight).map(each => each.src);
    return entries.map(({ name, decodedBodySize, encodedBodySize }) =>
        [name, decodedBodySize, encodedBodySize, !low.includes(name)]);
}"""


@dataclass
class Moves:
    """A figure moved by keys: ms from each key to pixels, and of the page's own script."""

    name: str
    ms: list
    script: list
    missed: int


class Host(SimpleHTTPRequestHandler):
    """A host of plain files that compresses text, as GitHub Pages does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        data = (
            compressed(path) if path.suffix in (".html", ".css", ".js", ".json", ".svg") else None
        )
        if data is None:
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@cache
def compressed(path):
    return gzip.compress(path.read_bytes(), 6) if path.is_file() else None


@contextmanager
def hosted(folder):
    """Yield the address of a folder."""
    handler = partial(Host, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def keys(browser, url, name, page_name, figure, slider, count=40):
    """Press keys on a slider, up and down its whole length; the first two are not counted."""
    page = lab.new_page(browser)
    page.add_init_script(RECORDER)
    page.add_init_script(SCRIPT)
    page.goto(f"{url}/{page_name}.html")
    figure = page.locator(".figure").nth(figure)
    figure.scroll_into_view_if_needed()
    figure.locator("canvas").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("bench.watch('canvas')")
    slider = figure.locator("input[type=range]").nth(slider)
    slider.focus()
    key, ms, missed = "PageUp", [], 0
    for _ in range(count + 2):
        if slider.input_value() == (slider.get_attribute("max") if key == "PageUp" else "0"):
            key = "PageDown" if key == "PageUp" else "PageUp"
        page.evaluate("bench.arm()")
        page.keyboard.press(key)
        frames = page.evaluate("bench.rest(50)")
        ms += frames[:1]
        missed += not frames
    script = page.evaluate("bench.script")
    page.close()
    return Moves(name, ms[2:], script[2:], missed)


def first_bytes(browser, url, name):
    """(bytes, bytes on the line) by kind, of what a phone loads of a page before it is scrolled."""
    page = lab.new_page(browser, **PHONE)
    page.goto(f"{url}/{name}.html")
    page.wait_for_load_state("networkidle")
    sums = {kind: [0, 0] for kind in ("page", "scripts", "pictures", "below", "frames")}
    for address, size, sent, seen in page.evaluate(LOADED):
        ending = address.rpartition(".")[2].partition("?")[0]
        kind = {"html": "page", "css": "page", "js": "scripts", "bin": "frames"}.get(ending)
        sums[kind or ("pictures" if seen else "below")][0] += size
        sums[kind or ("pictures" if seen else "below")][1] += sent
    page.close()
    return sums


def alive(browser, url, name, slower=1):
    """Seconds until the first figure of a page is alive on a phone with a slow line.

    The reader goes to it as soon as it is there; `slower` times slower is the phone than this.
    """
    context = browser.new_context(
        viewport={each: PHONE[each] for each in ("width", "height")}, device_scale_factor=2
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.add_init_script(ALIVE)
    page.goto(f"{url}/{name}.html", wait_until="commit")
    page.wait_for_function("window.alive", timeout=60_000)
    paints = page.evaluate("performance.getEntriesByType('paint').map(each => each.startTime)")
    seconds = page.evaluate("window.alive") / 1000
    context.close()
    return seconds, min(paints, default=0) / 1000


def measure(folder):
    """The lines of the tables."""
    names = ["index", *sorted(path.stem for path in folder.glob("[0-9]*.html"))]
    with hosted(folder) as url, lab.chromium() as page:
        browser = page.context.browser
        moves = [keys(browser, url, *each) for each in MOVED]
        loaded = {name: first_bytes(browser, url, name) for name in names}
        slow = {
            (name, slower): [alive(browser, url, name, slower) for _ in range(3)]
            for slower in (1, 4)
            for name in READ
        }
    yield "| a key on the page, no kernel | ms to pixels, median | worst | of it script | worst |"
    yield "|---|---:|---:|---:|---:|"
    for each in moves:
        lost = f", {each.missed} lost" if each.missed else ""
        yield (
            f"| `{each.name}` ({len(each.ms)} keys{lost}) | **{statistics.median(each.ms):.1f}** "
            f"| {max(each.ms):.1f} | {statistics.median(each.script):.1f} "
            f"| {max(each.script):.1f} |"
        )
    yield ""
    yield (
        "| kB, and as sent | page, style | scripts | pictures in the first window | together "
        "| pictures below | frames |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, sums in loaded.items():
        kinds = "page", "scripts", "pictures"
        sums["together"] = [sum(sums[kind][j] for kind in kinds) for j in (0, 1)]
        shown = (sums[kind] for kind in (*kinds, "together", "below", "frames"))
        cells = " | ".join(f"{size / 1000:.0f}, {sent / 1000:.0f}" for size, sent in shown)
        yield f"| {name} | {cells} |"
    yield ""
    yield "| a phone, 1.6 Mbit/s, 150 ms | first figure alive, s | first paint, s |"
    yield "|---|---:|---:|"
    for (name, slower), times in slow.items():
        lives, paints = (statistics.median(each) for each in zip(*times, strict=True))
        what = f", {slower} times slower" if slower > 1 else ""
        yield f"| {name}{what} | **{lives:.1f}** | {paints:.1f} |"


if __name__ == "__main__":
    print(*measure(Path(sys.argv[1] if sys.argv[1:] else ROOT / "site").resolve()), sep="\n")
