"""Count a newcomer's minutes on each page: `make minutes`.

Reading 200 words a minute, 2 minutes for a live figure, 2 for each target under *Explore*, 1 for a
prediction, 1 for five lines of code. What is marked "if you like" and all from the exercises on is
counted apart: it is no part of the hour.
"""

import re
from pathlib import Path
from types import SimpleNamespace as Section

import nbformat

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
HEADING = re.compile(r"^## .*$", re.MULTILINE)
EACH = {"words": 1 / 200, "figures": 2, "targets": 2, "predictions": 1, "lines": 1 / 5}


def counts(cells):
    """What there is to do in some cells: `{"words": ..., "figures": ..., ...}`."""
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    calls = [next(iter(re.findall(r"^(figures|predictions)\.", each)), None) for each in code]
    played = [each for each in code if re.search(r"^play\(", each, re.MULTILINE)]
    explored = re.findall(r"\*\*Explore\.\*\*.*", text)
    return {
        "words": len(re.sub(r"!\[.*?\]\(.*?\)|\]\(.*?\)|[|*#$`_]", " ", text).split()),
        "figures": calls.count("figures") + len(played),
        "targets": sum(max(1, len(re.findall(r"\([a-z]\) ", each))) for each in explored),
        "predictions": calls.count("predictions"),
        "lines": sum(len(c.splitlines()) for c, call in zip(code, calls, strict=True) if not call),
    }


def sections(path):
    """The sections of a notebook, each with its heading, whether it is extra, and its counts."""
    found, cells, heading, after = [], [], "", False
    for cell in nbformat.read(path, 4).cells:
        parts = [cell.source]
        if cell.cell_type == "markdown":
            starts = [0, *(m.start() for m in HEADING.finditer(cell.source)), None]
            parts = [cell.source[a:b] for a, b in zip(starts, starts[1:], strict=False)]
        for k, part in enumerate(parts):
            if k:
                found.append(_section(heading, after, cells))
                heading, cells = HEADING.match(part)[0].removeprefix("## "), []
                after = after or heading.startswith("Exercises")
            cells.append(nbformat.from_dict({"cell_type": cell.cell_type, "source": part}))
    return [*found, _section(heading, after, cells)]


def _section(heading, after, cells):
    counted = counts(cells)
    minutes = sum(EACH[kind] * many for kind, many in counted.items())
    extra = after or "if you like" in heading
    return Section(heading=heading, extra=extra, counts=counted, minutes=minutes)


def main_part(path):
    """The minutes of a page without its extras and exercises."""
    return sum(each.minutes for each in sections(path) if not each.extra)


def main():
    """Print a table for each notebook."""
    for path in NOTEBOOKS:
        print(f"{path.stem}: {main_part(path):.0f} minutes")
        for each in sections(path):
            told = ", ".join(f"{many} {kind}" for kind, many in each.counts.items() if many)
            mark = "+" if each.extra else " "
            print(f"  {mark}{each.minutes:5.1f}  {each.heading or 'top'}: {told}")


if __name__ == "__main__":
    main()
