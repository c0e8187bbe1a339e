"""Every page keeps to its hour, and says how long it takes."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))
import minutes  # noqa: E402

pages = pytest.mark.parametrize("path", minutes.NOTEBOOKS, ids=lambda path: path.stem)


def cell(kind, source):
    return nbformat.from_dict({"cell_type": kind, "source": source})


def test_what_is_counted():
    text = "## One\n\n**Explore.** Find (a) this, (b) that.\n\n![what it shows](x.svg) $a$ | b |"
    calls = [cell("code", code) for code in ("figures.one()", "a = 1\na", "predictions.one()")]
    counted = {"words": 9, "figures": 1, "targets": 2, "predictions": 1, "lines": 2}
    assert minutes.counts([cell("markdown", text), *calls]) == counted


@pages
def test_the_main_part_of_a_page_takes_an_hour_at_most(path):
    least, most = (0, 8) if path.stem == "00_start_here" else (40, 60)
    assert least <= minutes.main_part(path) <= most


@pages
def test_a_page_and_the_readme_say_how_long_it_takes(path):
    """To five minutes."""
    first = nbformat.read(path, 4).cells[0].source
    said = int(re.search(r"About (\d+) minutes", first)[1])
    assert abs(said - minutes.main_part(path)) <= 3.5
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    [row] = (line for line in lines if f"(notebooks/{path.name})" in line)
    assert re.search(rf"\| {said}\b[^|]*\|$", row), row


@pages
def test_the_minutes_of_a_section_are_those_counted(path):
    for each in minutes.sections(path):
        if said := re.search(r"(\d+) min", each.heading):
            assert abs(int(said[1]) - each.minutes) <= 1.5, each.heading
