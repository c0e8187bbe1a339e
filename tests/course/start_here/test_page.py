"""What notebook 00 says of the other notebooks and shows in its figure is so."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from pages import each_step

from course.start_here import figures
from gdlib import landscapes

ROOT = Path(__file__).parents[3]
CELLS = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", 4).cells
TEXT = "\n\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
README = (ROOT / "README.md").read_text("utf-8")


def rows(after, text=TEXT):
    """The rows of the first table after some words, without its head: lists of what they hold."""
    [table, *_] = re.findall(r"(?:^\|.*\n?)+", text.split(after, 1)[1], re.MULTILINE)
    return [[each.strip() for each in row.split("|")[1:-1]] for row in table.splitlines()[2:]]


# --- the table of the notebooks -------------------------------------------------------------------

LISTED = {re.search(r"\((\S+)\)", name)[1]: row for name, *row in rows("## The seven notebooks")}


def first_cell(number):
    """What a page says of itself, before all else."""
    [path] = (ROOT / "notebooks").glob(f"{number:02}_*.ipynb")
    return nbformat.read(path, 4).cells[0].source


def said(number):
    """How many minutes a page says that it takes."""
    return int(re.search(r"About (\d+) minutes", first_cell(number))[1])


def parts(number):
    """The minutes of each part of a page, by its number."""
    [path] = (ROOT / "notebooks").glob(f"{number:02}_*.ipynb")
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"]
    found = re.findall(r"^## (\d) · .*\*\((\d+) min\)\*$", "\n".join(cells), re.MULTILINE)
    return {int(part): int(minutes) for part, minutes in found}


def exercises(number):
    """The minutes of a page's exercises, by its own table or first line."""
    text = first_cell(number)
    in_table = re.search(r"^\| \| [^|]*exercises[^|]*\| (\d+) \|$", text, re.MULTILINE)
    return int((in_table or re.search(r"(\d+) more for the exercises", text))[1])


def test_every_other_notebook_is_listed_once():
    assert [int(name[:2]) for name in LISTED] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("name", LISTED)
def test_a_notebook_is_listed_with_the_question_and_the_minutes_that_it_names_itself(name):
    question, minutes = LISTED[name]
    title = first_cell(int(name[:2])).splitlines()[0]
    assert question.casefold() in title.casefold()
    assert int(minutes) == said(int(name[:2]))


# --- the routes -----------------------------------------------------------------------------------


def numbers(text):
    return [int(each) for each in re.findall(r"\d+", text)]


def test_the_evening_takes_the_minutes_of_its_parts_and_of_the_pages_beginnings():
    *visits, (_, together, total) = rows("**An evening**")
    assert visits[0] == ["0", "all", f"{said(0)}"] and together == "together"
    for page, chosen, minutes in visits[1:]:
        each = parts(int(page))
        assert int(minutes) == 3 + sum(each[part] for part in numbers(chosen)), page
    assert sum(int(minutes) for *_, minutes in visits) == int(total) <= 155


def test_six_weeks_take_each_page_once_in_class_and_alone():
    weeks = rows("**Six weeks.**")
    assert [int(week) for week, *_ in weeks] == [1, 2, 3, 4, 5, 6]
    for week, chosen, in_class, _, alone in weeks[:5]:
        page, each = int(week), parts(int(week))
        asked = sum(each[part] for part in numbers(chosen.split("part")[1]))
        assert int(in_class) == asked + (said(0) if page == 1 else 0)
        assert int(alone) == said(page) - asked + exercises(page)


def test_in_the_sixth_week_the_race_is_run_in_class():
    _, chosen, in_class, before, alone = rows("**Six weeks.**")[5]
    assert numbers(chosen) == [7] and numbers(before) == [6]
    assert int(in_class) == int(LISTED["07_race.ipynb"][1])
    assert int(alone) == said(6) + exercises(6)


# --- symbols --------------------------------------------------------------------------------------


def test_the_symbols_and_the_rules_are_those_of_the_readme():
    assert rows("## Symbols") == rows("## Symbols", README)
    rules = re.findall(r"`[vs] = [^`]*`", README.split("## Symbols")[1])
    assert len(rules) == 2 and all(rule in TEXT for rule in rules)


# --- the figure -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def figure():
    live = figures.first()
    yield live
    live.close()


def nearest(place):
    """The valley next to a place, such as "top left", and how far away its lowest point is."""
    away = np.hypot(*(place - landscapes.himmelblau().minima.T).T)
    x, y = landscapes.himmelblau().minima[:, away.argmin()]
    return f"{'top' if y > 0 else 'bottom'} {'right' if x > 0 else 'left'}", away.min()


def settles(run):
    """The valley in which a run comes to rest."""
    valley, away = nearest(run.path[:, -1, 0])
    assert away < 0.1
    return valley


def test_without_memory_the_ball_goes_to_the_nearest_valley(figure):
    run = figure.run(**figure.values)
    assert figure.values["rho"] == 0
    assert settles(run) == nearest(run.path[:, 0, 0])[0] == "bottom right"


def test_a_third_of_the_way_takes_it_past_that_one_and_farther_on_lies_the_target(figure):
    runs = each_step(figure, "rho")
    assert settles(runs[0.33]) == "top right"
    assert {settles(run) for rho, run in runs.items() if 0.82 <= rho <= 0.9} == {"top left"}
