"""GLOSSARY.md sends its reader to where a term is met."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "notebooks").glob("0[1-9]_*.ipynb"))
TEXT = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
ENTRIES = {
    term: " ".join(entry.split())
    for term, entry in re.findall(r"^\* \*\*(.+?)\*\*(.*(?:\n  .*)*)", TEXT, re.MULTILINE)
}
FIRST = re.compile(r" First in \[(\d\d)\](?:, explained in \[(\d\d)\])?\.")

entries = pytest.mark.parametrize("term", ENTRIES)


@cache
def prose(number):
    """What a page says itself: no code, pictures or links to other pages, no further reading."""
    [path] = (path for path in PAGES if path.stem.startswith(number))
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"]
    text = "\n\n".join(cells).split("## In practice, and further reading")[0]
    return " ".join(re.sub(r"!?\[[^\]]*\]\([^)]*\)|`[^`]*`|[*_]", "", text).split())


def is_met(term, number):
    return re.search(rf"\b{re.escape(term)}(s|es)?\b", prose(number), re.IGNORECASE)


def test_terms_stand_in_alphabetical_order_each_once():
    terms = re.findall(r"^\* \*\*(.+?)\*\*", TEXT, re.MULTILINE)
    assert terms == sorted(set(terms), key=str.casefold)
    assert len(terms) == TEXT.count("\n* ") == len(ENTRIES)


def test_every_link_leads_somewhere():
    targets = dict(re.findall(r"^\[(\d\d)\]: (\S+)$", TEXT, re.MULTILINE))
    assert set(re.findall(r"\[(\d\d)\]", TEXT)) == set(targets)
    for number, target in targets.items():
        assert (ROOT / target) in PAGES and Path(target).stem.startswith(number)
    assert "\n## Symbols\n" in (ROOT / "README.md").read_text(encoding="utf-8")


@entries
def test_a_term_is_met_first_where_its_entry_says(term):
    first, _ = FIRST.search(ENTRIES[term]).groups()
    met = [path.stem[:2] for path in PAGES if is_met(term, path.stem[:2])]
    assert met[0] == first


@entries
def test_a_term_is_met_again_where_it_is_explained(term):
    first, explained = FIRST.search(ENTRIES[term]).groups()
    assert explained is None or (explained > first and is_met(term, explained))
