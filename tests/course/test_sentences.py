"""The sentence below each figure, at the ends of its controls and in between: no nonsense."""

import re
from itertools import product

import numpy as np
import pytest
from pages import FIGURES, anywhere, ends

NOUNS = "steps runs starts rows rates seeds places points minima maxima saddles directions".split()
NONSENSE = {
    "one of several": rf"(?<![\d.,=·] )(?<![\d.,−])\b1 ({'|'.join(NOUNS)})\b",
    "a chance of one in one": r"\bone in (1|one)\b",
    "more than six digits": r"\d{7,}|\b[1-9]\d*\.\d{6,}",
    "a place below round-off": r"\bat −?\d(\.\d+)?e−(1[7-9]|[2-9]\d)",
    "no number": r"\b(nan|inf|None|True|False)\b|e[-+]\d|(?<!\w)-\d",
    "a comma is missing": r"(?<![\d.,])\d{5,}(?![\d.])",
}
DIGITS_ARE_THE_SUBJECT = {"gradients.figures.step_size"}


def settings(live, count=14):
    """Settings with both ends, the beginning, 0 and 1 of each control, and some in between."""
    rng, lists = np.random.default_rng(0), []
    for name, widget in live.controls.items():
        if name == "step":
            continue
        low, *_, high = several = ends(widget)
        if hasattr(widget, "min"):
            several = [low, high, widget.value, *(each for each in (0, 1) if low < each < high)]
        lists.append([(name, each) for each in several])
    grid = [dict(each) for each in product(*lists)]
    chosen = rng.permutation(len(grid))[:count]
    yield from (grid[k] for k in chosen)
    for _ in range(6):
        yield {n: anywhere(w, rng) for n, w in live.controls.items() if n != "step"}


def sentences(live):
    """What a figure says at its settings, at the first step, the second, the middle, the last."""
    last = getattr(live.controls.get("step"), "max", None)
    for setting in settings(live):
        live.set(**setting)
        for step in (None,) if last is None else sorted({0, 1, last // 2, last}):
            if step is not None:
                live.controls["step"].value = step
            yield setting, step, live.readout


@pytest.mark.parametrize("name", FIGURES)
def test_no_sentence_of_a_figure_says_nonsense(name):
    live, kinds = FIGURES[name](), dict(NONSENSE)
    if name in DIGITS_ARE_THE_SUBJECT:
        del kinds["more than six digits"]
    for setting, step, said in sentences(live):
        for kind, pattern in kinds.items():
            found = re.search(pattern, said)
            assert not found, f"{kind}: {found[0]!r} at {setting}, step {step}: {said}"
    live.close()
