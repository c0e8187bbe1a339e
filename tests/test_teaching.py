"""TEACHING.md keeps to the notebooks: presets, minutes, links, and the shape of its questions.

What is seen in the presets, and the answers, are computed in each page's `test_teaching.py`.
"""

import re
import sys
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

import nbformat
import pytest
from pages import FIGURES

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))
import minutes as counted  # noqa: E402

PAGES = {path.stem[:2]: path for path in sorted((ROOT / "notebooks").glob("0*.ipynb"))}
TEXT = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
GENERAL, *REST = re.split(r"^## (?=\d\d )", TEXT, flags=re.MULTILINE)
SECTIONS = {each[:2]: each for each in REST}
OPENING = 3  # minutes, of every page but the first
ITEM = re.compile(r"^\* (\*\*)?([a-d])\) (.*)$")

pages = pytest.mark.parametrize("number", SECTIONS)
lessons = pytest.mark.parametrize("number", [number for number in SECTIONS if number != "00"])


@cache
def first_cell(number):
    return nbformat.read(PAGES[number], 4).cells[0].source


@cache
def parts(number):
    """The minutes of the parts of a page, by their number, as its first cell has them."""
    rows = re.findall(r"^\| (\d) \| .* \| (\d+) \|$", first_cell(number), re.MULTILINE)
    return {int(part): int(minutes) for part, minutes in rows}


def whole(number):
    return int(re.search(r"About (\d+) minutes", first_cell(number))[1])


def told(number):
    """What a section says of minutes, in one line."""
    said = re.search(r"^\*\*Minutes\.\*\* ((?:.+\n)+)", SECTIONS[number], re.MULTILINE)[1]
    return " ".join(said.split())


def half_an_hour(number):
    """The parts of a page that a section names for half an hour, and their minutes together."""
    which, minutes = re.search(r"In half an hour: parts (.*?) \((\d+) min", told(number)).groups()
    return numbers(which), int(minutes)


def exercises(number):
    return int(re.search(r"(\d+) for (the )?exercises", told(number))[1])


def numbers(text):
    return [int(each) for each in re.findall(r"\d+", text)]


def rows(title):
    """The rows of the table that follows a title, without its head: lists of cells."""
    after = GENERAL.split(title)[1]
    [_, _, *lines] = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_there_is_a_section_for_every_page_in_order():
    assert list(SECTIONS) == list(PAGES)


def test_every_relative_link_leads_somewhere():
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert link.startswith("https://") or (ROOT / link).exists(), link


# --- presets --------------------------------------------------------------------------------------


def named(text):
    """The presets that a text names, each with the figure named last before it."""
    figure, found = None, set()
    tokens = re.findall(r'figures\.(\w+)|preset="([^"]+)"|`"([^"]+)"`', text)
    for name, called, listed in tokens:
        figure = name or figure
        if preset := called or listed:
            found.add((figure, preset))
    return found


def offered(page):
    made = {name: getattr(make, "presets", {}) for name, make in FIGURES.items()}
    mine = {name: each for name, each in made.items() if name.startswith(f"{page}.")}
    return {(name.rpartition(".")[2], preset) for name, each in mine.items() for preset in each}


def page_of(number):
    """The folder of a page's own things: what its setup imports from."""
    code = [cell.source for cell in nbformat.read(PAGES[number], 4).cells]
    return re.search(r"from course\.(\w+) import", "\n".join(code))[1]


@pages
def test_a_section_names_every_preset_of_its_page_and_no_other(number):
    assert named(SECTIONS[number]) == offered(page_of(number))


def test_the_general_part_names_presets_of_notebook_03():
    assert named(GENERAL) and named(GENERAL) <= offered("gradient_descent")


def test_the_code_that_is_shown_runs_and_says_what_its_comments_say():
    names = {}
    for code in re.findall(r"^```python\n(.*?)^```", GENERAL, re.MULTILINE | re.DOTALL):
        with redirect_stdout(StringIO()) as printed:
            exec(code, names)
        if "figure.set(" in code:
            said = names["figures"].dip(preset="caught in the bad dip").readout
            assert printed.getvalue().strip() == said
            back = names["figures"].dip(preset="lost the global hole").readout
            assert names["figure"].readout == back != said
    assert "def my_momentum(" in printed.getvalue()


# --- minutes --------------------------------------------------------------------------------------


@pages
def test_the_minutes_of_a_section_stand_in_the_first_cell_of_its_page(number):
    said = numbers(told(number).partition(". ")[0])
    assert said[0] == whole(number)
    assert set(said) <= set(numbers(first_cell(number)))


@lessons
def test_the_opening_of_a_page_takes_about_3_minutes(number):
    opening, *_ = counted.sections(PAGES[number])
    assert opening.heading == "" and opening.minutes == pytest.approx(OPENING, abs=1)


@lessons
def test_half_an_hour_is_enough_for_the_parts_that_are_named_for_it(number):
    which, minutes = half_an_hour(number)
    assert minutes == sum(parts(number)[part] for part in which)
    assert 22 <= minutes <= 31


def in_class(text):
    """The minutes of what a timetable says is done in class: "00; 01: parts 1, 2, 4"."""
    total, rest = 0, {}
    for each in text.split("; "):
        number, _, which = each.partition(": ")
        done = sum(parts(number)[part] for part in numbers(which)) or whole(number)
        total, rest[number] = total + done, whole(number) - done
    return total, rest


def test_the_timetable_adds_up():
    *weeks, last = rows("**Six weeks and a finale**")
    for _, taught, minutes, alone, more in weeks:
        together, rest = in_class(taught)
        number, _, what = alone.partition(": ")
        assert int(minutes) == together
        assert int(more) == exercises(number) + ("rest" in what) * rest[number]
    assert last[2::2] == [str(sum(int(week[k]) for week in weeks)) for k in (2, 4)]
    assert [week[0] for week in weeks] == [*"123456", "finale"]


def test_what_is_done_in_class_is_what_fits_into_half_an_hour():
    for _, taught, *_ in rows("**Six weeks and a finale**")[:6]:
        number, which = taught.split("; ")[-1].split(": parts ")
        assert half_an_hour(number)[0] == numbers(which)


def test_the_workshop_adds_up_with_the_openings_of_the_pages():
    *stations, last = rows("**A workshop of 90 minutes.**")
    for number, which, minutes in stations:
        assert int(minutes) == OPENING + sum(parts(number)[part] for part in numbers(which))
    assert int(last[2]) == sum(int(minutes) for *_, minutes in stations) <= 90


# --- questions ------------------------------------------------------------------------------------


def questions(number):
    """The answers to each question of a section: `[[(letter, is bold, text), ...], ...]`."""
    found = []
    for line in SECTIONS[number].splitlines():
        if re.match(r"\*\*\d\.\*\* ", line):
            found.append([])
        elif item := ITEM.match(line):
            found[-1].append((item[2], bool(item[1]), item[3]))
    return found


@lessons
def test_each_question_has_one_right_answer_and_says_what_is_behind_each_wrong_one(number):
    asked = questions(number)
    assert len(asked) >= 2
    for answers in asked:
        assert "".join(letter for letter, *_ in answers) == "abcd"
        [right] = [text for _, bold, text in answers if bold]
        assert re.fullmatch(r"[^*]+ Right\.\*\*", right)
        for _, bold, text in answers:
            assert bold or re.fullmatch(r"[^*]+ \*[^*]+\.\*", text), text


@lessons
def test_questions_are_numbered_and_the_right_letter_varies(number):
    heads = re.findall(r"^\*\*(\d)\.\*\* ", SECTIONS[number], re.MULTILINE)
    assert numbers(" ".join(heads)) == [*range(1, len(heads) + 1)]
    right = [next(letter for letter, bold, _ in q if bold) for q in questions(number)]
    assert len(set(right)) > 1


# --- solutions ------------------------------------------------------------------------------------


def test_no_notebook_and_no_module_imports_the_solutions_so_that_they_can_be_left_out():
    modules = [*(ROOT / "gdlib").glob("*.py"), *(ROOT / "notebooks" / "course").rglob("*.py")]
    code = {path.name: path.read_text(encoding="utf-8") for path in modules}
    for path in PAGES.values():
        cells = nbformat.read(path, 4).cells
        code[path.name] = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    for name, text in code.items():
        assert not re.search(r"^\s*(from|import)\b.*\bsolutions\b", text, re.MULTILINE), name
