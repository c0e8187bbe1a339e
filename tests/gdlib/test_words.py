"""Numbers that are told apart, and sentences that a console can print."""

import io
import subprocess
import sys
from types import SimpleNamespace as Run

import pytest

from gdlib.check import Verdict
from gdlib.controls import slider
from gdlib.live import Live
from gdlib.panels import Plot
from gdlib.words import apart, spelled

# --- consoles that lack letters -------------------------------------------------------------------

NARROW = ["cp1252", "ascii", "latin-1", "cp437", "koi8-r", "shift_jis"]
SAID = "✓✗−·×√∞≈≤→∇∂Σ²½ŷρεκ…’“–″ é ☃ 𝛁 \udc80 and plain words"


@pytest.fixture
def console(monkeypatch):
    """A console of an encoding: `console(encoding)`; `.getvalue()` of its buffer is what it got."""

    def take(encoding):
        screen = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", screen)
        return screen

    return take


@pytest.mark.parametrize("passed", [True, False])
@pytest.mark.parametrize("encoding", NARROW)
def test_a_verdict_can_be_printed_on_any_console(console, encoding, passed):
    screen = console(encoding)
    print(Verdict(passed, SAID))
    screen.flush()
    printed = screen.buffer.getvalue().decode(encoding)
    words = ("✓", "Right:") if passed else ("✗", "Not yet:")
    assert printed.startswith(words) and " ".join(printed.split()).endswith("and plain words")


def test_what_a_console_has_no_letter_for_is_spelled_and_all_else_stays(console):
    console("cp1252")
    assert spelled("✗ ρ² − √(s + ε), é") == "Not yet: rho² - [square root](s + epsilon), é"
    console("ascii")
    assert spelled("✓ ρ ☃ \udc80") == "Right: rho [snowman] [?]"


def test_a_console_that_has_all_letters_or_does_not_tell_gets_the_text_as_it_is(
    console, monkeypatch
):
    console("utf-8")
    assert spelled(SAID.replace("\udc80", "")) == SAID.replace("\udc80", "")
    for stdout in (io.StringIO(), None):
        monkeypatch.setattr(sys, "stdout", stdout)
        assert spelled("✓ ρ") == "✓ ρ"


def test_a_figure_prints_its_sentence_on_any_console(console):
    panel = Plot("ρ", ("∂", "²"), (0, 1, 0, 1), lambda run, step: {}, {})
    live = Live(Run, [panel], lambda run, step: f"ρ = {run.a}.", a=slider(1, 0, 2, 1, "ρ"))
    assert repr(live) == "ρ = 1."
    console("cp1252")
    assert repr(live) == "rho = 1."
    live.close()


def test_a_program_on_such_a_console_prints_a_verdict_of_the_course():
    program = (
        "import sys; sys.stdout.reconfigure(encoding='cp1252')\n"
        "from gdlib import check; from gdlib.optimizers import gd\n"
        "print(check.rule(gd, gd)); print([check.rule(None, gd)])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    lines = done.stdout.decode("cp1252").splitlines()
    assert lines[0].startswith("Right: The same as") and lines[1].startswith("[Not yet: ")


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (1, 2, ("1", "2")),
        (1.23456, 1.23457, ("1.23456", "1.23457")),
        (0.1 + 0.2, 0.3, ("0.30000000000000004", "0.29999999999999999")),
        (7, 7, ("7", "7")),
    ],
)
def test_two_numbers_are_told_apart_by_as_many_digits_as_it_takes(one, other, said):
    assert apart(one, other, lambda value, digits: f"{value:.{digits}g}") == said
