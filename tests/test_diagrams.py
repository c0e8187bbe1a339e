"""The diagrams: they parse, and they move for nobody who has asked for less motion."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

DIAGRAMS = sorted((Path(__file__).parent.parent / "diagrams").glob("*.svg"))
MOVING = {
    "lines_and_points", "steepest", "starting_points", "minibatches", "velocity", "own_rates",
    "two_races",
}  # fmt: skip
MOTION = re.compile(r"@keyframes|animation|transition|<(animate|set\b)|<script")


def without(text, rule):
    """The text before and after the block of a rule of CSS, and the block."""
    before, _, rest = text.partition(rule)
    depth, end = 0, 0
    for end, letter in enumerate(rest):
        depth += (letter == "{") - (letter == "}")
        if letter == "}" and depth == 0:
            break
    return before + rest[end + 1 :], rest[: end + 1]


@pytest.mark.quick
@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_moves_only_where_motion_is_welcome(diagram):
    text = diagram.read_text(encoding="utf-8")
    still, moving = without(text, "@media screen and (prefers-reduced-motion: no-preference)")
    assert not MOTION.search(still)
    names = set(re.findall(r"@keyframes (\w+)", moving))
    assert bool(names) == (diagram.stem in MOVING)
    assert set(re.findall(r"animation: (\w+)", moving)) == names

    walkers = {e.get("id") for e in ElementTree.fromstring(text).iter() if e.get("opacity") == "0"}
    assert walkers == set(re.findall(r"#(\w+) \{animation", moving))
    assert diagram.stat().st_size < 120_000


def test_every_diagram_is_there():
    assert {path.stem for path in DIAGRAMS} >= MOVING
