"""`make bench`: how fast the figures follow the hand, and what they cost. Writes results.md.

Run it on an otherwise idle machine.
"""

import os
import platform
import tempfile
import time
from pathlib import Path

import browser
import kernel
import psutil

RESULTS = Path(__file__).resolve().parent / "results.md"


def slider_table(them):
    """One row for each candidate; ratios first, since they depend least on the machine."""
    bare = them[0].ms
    ours = them[1].ms
    yield "| slider to pixels | bare round trips | times ours | ms (quartiles) | pictures/s |"
    yield "|---|---:|---:|---:|---:|"
    for each in them:
        low, high = each.quartiles
        rate = f"{each.rate:.0f}" if each.drag else ""
        lost = f", {each.missed} lost" if each.missed else ""
        yield (
            f"| {each.name} | **{each.ms / bare:.1f}** | **{each.ms / ours:.1f}** "
            f"| {each.ms:.0f} ({low:.0f}–{high:.0f}){lost} | {rate} |"
        )


def aims_table(them, map_ms, cloud, memory):
    """What was wanted and what came."""
    by_name = {each.name: each for each in them}
    bare, ours = them[0], them[1]
    interact, bqplot = by_name["`interact`, new figure"], by_name["bqplot"]
    count, whole, gained = memory
    mine = [each for each in them if each.name.startswith("ours")]
    cell, new_map = mine[-2:]
    slowest = {}
    for each in mine[:-1]:
        book = each.name.split(" of ")[1][:2]
        slowest[book] = max(slowest.get(book, 0), each.ms)
    before = slowest.pop("03")
    since = max(slowest.values())
    aims = [
        ("`interact` ÷ ours", interact.ms / ours.ms, ">", 5, ""),
        ("ours ÷ bare round trip", ours.ms / bare.ms, "<", 2.5, ""),
        ("ours ÷ bqplot", ours.ms / bqplot.ms, "<", 1.0, ""),
        ("slowest of the others ÷ slowest of 03", since / before, "<", 2.0, ""),
        ("`settings`, another cell ÷ slowest of 03", cell.ms / before, "<", 1.0, ""),
        ("`settings`, another map", new_map.ms, "<", 300, " ms"),
        ("map of 101 × 101 settings, 150 steps", map_ms, "<", 100, " ms"),
        *(
            (f"64 runs of SGD, 300 steps, B = {size}", ms, "<", 50, " ms")
            for size, ms in cloud.items()
        ),
        (f"kernel memory, largest notebook ({count} live figures)", whole, "<", 300, " MB"),
        ("gained in 10,000 moves of sliders", gained, "<", 20, " MB"),
    ]
    yield "| aim | wanted | measured | |"
    yield "|---|---:|---:|---|"
    for what, value, sign, bound, unit in aims:
        met = value > bound if sign == ">" else value < bound
        digits = 1 if not unit or abs(value) < 100 else 0
        yield (
            f"| {what} | {sign} {bound}{unit} | **{value:.{digits}f}{unit}** "
            f"| {'met' if met else 'missed'} |"
        )


def kernel_table(updates, png):
    """ms per update without a browser: a line for each figure."""
    yield "| in the kernel, ms per move | |"
    yield "|---|---|"
    for name, own in updates.items():
        yield f"| `{name}` | {', '.join(f'{k} {ms:.0f}' for k, ms in own.items())} |"
    yield f"| of which PNG | {', '.join(f'`{k}` {ms:.0f}' for k, ms in png.items())} |"


def memory():
    """(live figures, MB) of the largest notebook, and MB gained by 10,000 moves on notebook 03."""
    books = sorted(path.name for path in kernel.NOTEBOOKS.glob("*.ipynb"))
    whole = [kernel.ask(f"memory_mb({name!r})") for name in books]
    count, most, _ = max(whole, key=lambda each: each[1])
    _, _, gained = kernel.ask("memory_mb('03_gradient_descent.ipynb', 10_000)")
    return count, most, gained


def main():
    start = time.time()
    others = psutil.cpu_percent(interval=3)
    parts = ("map_ms", "cloud_ms", "updates_ms", "png_ms")
    map_ms, cloud, updates, png = (kernel.ask(f"{part}()") for part in parts)
    print("kernel timed", flush=True)
    them = browser.candidates()
    with tempfile.TemporaryDirectory() as scratch:
        browser.measure(Path(scratch), them)
    spent = memory()
    others = max(others, psutil.cpu_percent(interval=3))
    text = "\n".join(
        [
            "# Benchmarks",
            "",
            f"`make bench`, {time.strftime('%Y-%m-%d')}, {platform.system()}, {os.cpu_count()} "
            f"cores, Python {platform.python_version()}, headless Chromium on the same cores; one "
            f"run of {(time.time() - start) / 60:.0f} minutes. Other processes had {others:.0f} % "
            "of the cores before or after it.",
            f"Medians of {len(them[0].latest)} single steps. The ratios are what counts.",
            "",
            *slider_table(them),
            "",
            *aims_table(them, map_ms, cloud, spent),
            "",
            *kernel_table(updates, png),
            "",
        ]
    )
    print(text)
    RESULTS.write_text(text)


if __name__ == "__main__":
    main()
