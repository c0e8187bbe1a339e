"""Write CLAIMS.md, which says where each claim is taught: `make claims`.

The notebooks say it: a cell that teaches a claim, or holds an experiment or an exercise, has its id
as a tag. What is told and what the course finds stands in claims.toml.
"""

import re
import tomllib
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace as Place

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TABLE = ROOT / "CLAIMS.md"
ROWS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HEADING = re.compile(r"^## (.*?)(?: \*\(\d+ min\)\*)?$", re.MULTILINE)

INTRODUCTION = """\
# Claims

What is widely told about gradient descent, and what becomes of it when it is tried. Each row is
taught at the places it names: the number of the notebook, then the section. The verdict is
*true*, *true with conditions*, *loose* (right in spirit, and the words need mending), *wrong*, or
*a definition* (also a convention, or a picture). The ids are those that the tests carry.

`make claims` writes this page from the tags of the notebooks' cells and from
[tools/claims.toml](tools/claims.toml). Do not edit it by hand."""


def places(paths=NOTEBOOKS):
    """Where the notebooks teach what: `[Place(row="C02", page="01", section="The rule"), ...]`.

    The section is the one in which a tagged cell begins.
    """
    found = []
    for path in paths:
        section = "Opening"
        for cell in nbformat.read(path, 4).cells:
            text = cell.source if cell.cell_type == "markdown" else ""
            if begins := HEADING.match(text):
                section = begins[1]
            for row in cell.metadata.get("tags", []):
                found.append(Place(row=row, page=path.stem[:2], section=section))
            section = [section, *HEADING.findall(text)][-1]
    return found


def _where(row, found):
    """Links to all places of a row, in the order of the pages, each once."""
    return "<br>".join(dict.fromkeys(f"[{p.page}] *{p.section}*" for p in found if p.row == row))


def _table(head, rows):
    """A table in markdown, where a bar would end the cell."""
    bars = [[text.replace("|", r"\|") for text in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *bars])


def _order(row):
    """Sorts E6.2 before E6.12, and E6.6 before E6.6a."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", row)]


def _experiments(found):
    """A line for each section, with what it holds that is no claim."""
    rest = [place for place in found if place.row not in ROWS]
    for (number, section), group in groupby(rest, key=lambda place: (place.page, place.section)):
        rows = sorted({place.row for place in group}, key=_order)
        yield f"* [{number}] *{section}*: {', '.join(rows)}"


def _told(kind, found):
    """The rows that have a "verdict", are "left_out" ...: `[(id, told, kind, where), ...]`."""
    rows = [(row, each) for row, each in ROWS.items() if kind in each]
    return [(row, each["told"], each[kind], _where(row, found)) for row, each in rows]


def page(found):
    """The text of CLAIMS.md for these places."""
    left_out = [f'* {row}, "{told}": {why}.' for row, told, why, _ in _told("left_out", found)]
    numbers = {place.page for place in found}
    linked = [path for path in NOTEBOOKS if path.stem[:2] in numbers]
    parts = [
        INTRODUCTION,
        _table(("id", "widely told", "verdict", "where"), _told("verdict", found)),
        "## What learners often believe",
        _table(("id", "believed", "what you see instead", "where"), _told("seen", found)),
        "## Experiments (E) and exercises (X)",
        "\n".join(_experiments(found)),
        "## Left out on purpose",
        "\n".join(left_out),
        "\n".join(f"[{path.stem[:2]}]: notebooks/{path.name}" for path in linked),
    ]
    return "\n\n".join(parts) + "\n"


def main():
    """Write the page."""
    TABLE.write_text(page(places()), encoding="utf-8")


if __name__ == "__main__":
    main()
