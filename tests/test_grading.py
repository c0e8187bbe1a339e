"""What `tools/grade.py` makes of a folder of notebooks."""

import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))
import grade  # noqa: E402

IMPORTS = "from course.start_here import checks"
PASSED = new_output("stream", text="✓ A step leads from 1 to 0.5: half, every time.\n")


def stored(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The marks of a notebook that holds one cell of each kind, by check."""
    cells = [
        new_markdown_cell("Hand it to `checks.halves(my_lr)`:\n\n✓ like this"),
        new_code_cell(IMPORTS),
        new_code_cell("my_lr = 1 / 4\nchecks.halves(my_lr)"),
        new_code_cell("my_lr = 0.1\nchecks.halves(my_lr)"),
        new_code_cell("for lr in (0.25, 0.5, 0.25):\n    print(checks.halves(lr))"),
        new_code_cell("checks.halves(not_there)"),
        new_code_cell(
            "checks.halves(0.2)", outputs=[PASSED], metadata={"tags": ["skip-execution"]}
        ),
        new_code_cell("checks.halves(0.25);"),
        new_code_cell("print('✓ All is well.')"),
        new_code_cell("'✓ checks.halves(0.25)'"),
        new_code_cell("import os\nopen('mine.txt', 'w').close()\nos.listdir()"),
    ]
    return grade.marks(stored(tmp_path_factory.mktemp("one") / "ada.ipynb", *cells))


def test_a_right_answer_passes_and_a_wrong_one_does_not(graded):
    assert graded[:2] == [("halves", "✓"), ("halves", "✗")]


def test_a_cell_with_several_verdicts_has_a_mark_for_each(graded):
    assert graded[2] == ("halves", "✓✗✓")


def test_a_cell_that_fails_has_not_passed(graded):
    assert graded[3] == ("halves", "✗")


def test_a_stored_verdict_counts_nothing_even_where_a_tag_keeps_the_cell_from_running(graded):
    assert graded[4] == ("halves", "✗")


def test_a_mark_counts_only_where_a_check_is_called_and_shown(graded):
    assert len(graded) == 5


def test_each_notebook_of_a_folder_is_told_and_a_broken_one_stops_nobody(tmp_path, capsys):
    stored(tmp_path / "ada" / "00.ipynb", new_code_cell(f"{IMPORTS}\nchecks.halves(1 / 4)"))
    stored(tmp_path / "ada" / ".ipynb_checkpoints" / "00.ipynb", new_code_cell("an older one"))
    (tmp_path / "broken.ipynb").write_text("no notebook", encoding="utf-8")
    grade.main(tmp_path)
    told = "ada/00.ipynb: 1 of 1\n  ✓ halves\nbroken.ipynb: not run, NotJSONError\n"
    assert capsys.readouterr().out.replace("\\", "/") == told
    assert not list(tmp_path.rglob("*.txt"))
