"""`make bench`: how fast the figures follow the hand, and what they cost. Writes results.md.

Run it on an otherwise idle machine.
"""

import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

import browser
import kernel
import page
import psutil

RESULTS = Path(__file__).resolve().parent / "results.md"


def slider_table(them):
    """First moves, a row for each candidate; ratios first: they depend least on the machine."""
    bare, ours = them[0].ms(), them[1].ms()
    yield "| slider to pixels, first move | bare round trips | times ours | ms (quartiles) |"
    yield "|---|---:|---:|---:|"
    for each in them:
        low, high = each.quartiles
        lost = f", {each.missed} lost" if each.missed else ""
        yield (
            f"| {each.name} | **{each.ms() / bare:.1f}** | **{each.ms() / ours:.1f}** "
            f"| {each.ms():.0f} ({low:.0f}–{high:.0f}){lost} |"
        )


def distance_table(them, kept):
    """Near and far: ms from key to pixels, and pictures a second in a drag."""
    near, middle, far = browser.DELAYS
    yield (
        f"| {near}, {middle}, {far} ms of network each way | ms from key to pixels "
        "| pictures a second in a drag |"
    )
    yield "|---|---:|---:|"
    for each in [one for one in them if one.far] + kept:
        what = ", from kept frames" if each.ahead else ", first move"
        name = each.name + (what if each.name.startswith("ours") else "")
        ms = ", ".join(f"{each.ms(delay):.0f}" for delay in browser.DELAYS)
        rates = ", ".join(f"{each.rate[delay]:.0f}" for delay in browser.DELAYS)
        yield f"| {name} | {ms} | {rates} |"


def aims(them, kept, thrift, updates, map_ms, cloud, races, memory):
    """What was wanted and what came: (what, measured, more or less than, wanted, unit)."""
    by_name = {each.name: each for each in them}
    bare, ours, cell = (each.ms() for each in them[:3])
    interact, bqplot = by_name["`interact`, new figure"].ms(), by_name["bqplot"].ms()
    mine = [each.ms() for each in them if each.name.startswith("ours")]
    count, whole, together, gained = memory
    sizes = [size for own in updates.values() for _, size in own.values()]
    yield "a simple figure (`regimes`) ÷ bare round trip", ours / bare, "<", 1.4, ""
    yield "another (`settings`, another cell) ÷ bare", cell / bare, "<", 1.4, ""
    yield "a simple figure ÷ bqplot", ours / bqplot, "<", 1.0, ""
    yield "`interact`, new figure ÷ a simple figure", interact / ours, ">", 8, ""
    yield "slowest first move but `settings`, another map ÷ bare", max(mine[:-1]) / bare, "<", 3, ""
    slowest = max(each.ms(delay) for each in kept for delay in browser.DELAYS)
    yield "slowest from kept frames", slowest, "<", 16, " ms"
    for delay in browser.DELAYS:
        fewest = min(each.rate[delay] for each in kept if not each.few)
        yield f"fewest pictures a second in a drag, {delay} ms each way", fewest, ">", 25, ""
    yield "bytes of a move, median", statistics.median(sizes) / 1000, "<", 15, " kB"
    most = max(each.kept for each in kept) / 1e6
    yield "bytes that a page keeps of one figure", most, "<", 16, " MB"
    for name, (times, _) in thrift.items():
        yield f"kernel's time with looking ahead ÷ without, `{name}`", times, "<", 3, ""
    yield "map of 101 × 101 settings, 150 steps", map_ms, "<", 100, " ms"
    for size, ms in cloud.items():
        yield f"64 runs of SGD, 300 steps, B = {size}", ms, "<", 50, " ms"
    fair, map_of_winners = (max(each) for each in zip(*races.values(), strict=True))
    yield "a fair race, 37 rates, 4 rules, 100 starts, slowest landscape", fair, "<", 1000, " ms"
    what = "winner map, 100 × 100 starts, 3 rules, 300 steps, slowest landscape"
    yield what, map_of_winners, "<", 300, " ms"
    yield f"kernel memory, largest notebook ({count} live figures)", whole, "<", 250, " MB"
    yield "kernel memory, all notebooks together, each after Run All", together, "<", 1500, " MB"
    yield "gained in 10,000 moves of sliders, looking ahead", gained, "<", 20, " MB"


def aims_table(*measured):
    """The aims, and whether they were met."""
    yield "| aim | wanted | measured | |"
    yield "|---|---:|---:|---|"
    for what, value, sign, bound, unit in aims(*measured):
        met = value > bound if sign == ">" else value < bound
        digits = 1 if abs(value) < 100 else 0
        yield (
            f"| {what} | {sign} {bound}{unit} | **{value:.{digits}f}{unit}** "
            f"| {'met' if met else 'missed'} |"
        )


def kernel_table(updates):
    """ms and bytes per update without a browser: a line for each figure."""
    yield "| in the kernel, a move | ms | kB sent |"
    yield "|---|---|---|"
    for name, own in updates.items():
        ms = ", ".join(f"{control} {ms:.0f}" for control, (ms, _) in own.items())
        sizes = ", ".join(f"{size / 1000:.0f}" for _, size in own.values())
        yield f"| `{name}` | {ms} | {sizes} |"


def memory():
    """(live figures, MB) of the largest notebook, MB of all, MB gained by 10,000 moves on 03."""
    books = sorted(path.name for path in kernel.NOTEBOOKS.glob("*.ipynb"))
    whole = [kernel.ask(f"memory_mb({name!r})") for name in books]
    count, most, _ = max(whole, key=lambda each: each[1])
    _, _, gained = kernel.ask("memory_mb('03_gradient_descent.ipynb', 10_000)")
    return count, most, sum(each for _, each, _ in whole), gained


def main():
    start = time.time()
    others = psutil.cpu_percent(interval=3)
    parts = "map_ms", "cloud_ms", "race_ms", "updates"
    map_ms, cloud, races, updates = (kernel.ask(f"{part}()") for part in parts)
    print("kernel timed", flush=True)
    them, kept = browser.candidates(), browser.kept()
    for some in (them, kept):
        with tempfile.TemporaryDirectory() as scratch:
            browser.measure(Path(scratch), some)
    with tempfile.TemporaryDirectory() as scratch:
        thrift = browser.thrift(Path(scratch))
    spent = memory()
    others = max(others, psutil.cpu_percent(interval=3))
    answered = ", ".join(f"{share:.0%} (`{name}`)" for name, (_, share) in thrift.items())
    text = "\n".join(
        [
            "# Benchmarks",
            "",
            f"`make bench`, {time.strftime('%Y-%m-%d')}, {platform.system()}, {os.cpu_count()} "
            f"cores, Python {platform.python_version()}, headless Chromium on the same cores; one "
            f"run of {(time.time() - start) / 60:.0f} minutes. Other processes had {others:.0f} % "
            "of the cores before or after it.",
            f"Medians of {len(them[0].latest[0])} single steps. The ratios are what counts.",
            "",
            *slider_table(them),
            "",
            "A delaying proxy stands between browser and kernel. A drag sweeps over 16 places of a "
            "slider, twice a second; the bare round trip shows what the kernel alone could answer.",
            "",
            *distance_table(them, kept),
            "",
            *aims_table(them, kept, thrift, updates, map_ms, cloud, races, spent),
            "",
            "Of 64 moves of a hand that goes on, turns back, rests and changes sliders, these were "
            f"answered from kept frames: {answered}.",
            "",
            *kernel_table(updates),
            "",
            *page.measure(page.ROOT / "site"),
            "",
        ]
    )
    print(text)
    RESULTS.write_text(text)


if __name__ == "__main__":
    main()
