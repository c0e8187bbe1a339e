"""One contract for every preset of every live figure of the series, found by introspection.

That a picture shows what its name says is asserted in each page's own folder.
"""

from itertools import combinations
from types import SimpleNamespace as Seen

import pytest
from pages import FIGURES, NAMES, ends

from gdlib.live import Live

NAMED = {name: make for name, make in FIGURES.items() if hasattr(make, "presets")}
EACH = [(figure, name) for figure, make in NAMED.items() for name in make.presets]
WITHOUT = {"start_here"}  # it needs none


def state(live):
    """What all controls show, the step included."""
    step = {"step": live.controls["step"].value} if "step" in live.controls else {}
    return live.values | step


def elsewhere(live):
    """Another value for every control that has one: an end of it."""
    both = {name: ends(widget) for name, widget in live.controls.items()}
    now = {name: widget.value for name, widget in live.controls.items()}
    return {name: last if now[name] == first else first for name, (first, *_, last) in both.items()}


@pytest.fixture(scope="module", params=NAMED)
def seen(request, trouble):
    """What is seen of a figure that is made once, with its last preset, and put into each."""
    make, plain = NAMED[request.param], {}

    def begin(live, **values):
        plain.update(state(live))
        original(live, **values)

    with pytest.MonkeyPatch.context() as patch:
        original = Live.begin
        patch.setattr(Live, "begin", begin)
        live = make(preset=[*make.presets][-1])
    began, each = state(live), {}
    for name, values in make.presets.items():
        live.begin(**plain | values)
        each[name] = one = Seen(values=values, state=state(live), said=live.readout)
        one.places, one.trouble = live._where(), trouble(live)
        live.set(**elsewhere(live))
        one.moved = state(live)
        live.reset()
        one.after, one.said_after = state(live), live.readout
    yield Seen(plain=plain, began=began, each=each)
    live.close()


def test_a_figure_made_with_a_preset_begins_in_it_and_else_as_ever(seen):
    *_, last = seen.each.values()
    assert seen.began == seen.plain | last.values


def test_a_preset_is_a_place_of_every_control_that_it_names(seen):
    for name, one in seen.each.items():
        assert {control: one.state[control] for control in one.values} == one.values, name
        assert None not in one.places.values(), name


def test_a_preset_is_another_state_than_the_one_without_and_than_every_other(seen):
    states = {"without": seen.plain} | {name: one.state for name, one in seen.each.items()}
    for one, other in combinations(states, 2):
        assert states[one] != states[other], (one, other)


def test_a_preset_can_be_shown_and_has_a_sentence(seen):
    for name, one in seen.each.items():
        assert not one.trouble, name
        assert one.said.strip(), name


def test_reset_leads_back_to_the_preset_when_every_control_was_moved(seen):
    for name, one in seen.each.items():
        assert not one.state.items() & one.moved.items(), name
        assert (one.after, one.said_after) == (one.state, one.said), name


@pytest.mark.parametrize("figure", NAMED)
def test_a_wrong_name_is_refused_with_the_names_that_there_are(figure):
    make, wrong = NAMED[figure], "no such preset"
    with pytest.raises(ValueError, match=f"preset must be one of .*; got '{wrong}'") as refused:
        make(preset=wrong)
    assert all(repr(name) in str(refused.value) for name in make.presets)


@pytest.mark.parametrize("figure, name", EACH)
def test_a_name_is_said_aloud_in_a_few_lower_case_words(figure, name):
    assert name == name.lower()
    assert name == " ".join(name.split())
    assert 1 < len(name.split()) <= 6


@pytest.mark.parametrize("page", sorted(set(NAMES) - WITHOUT))
def test_every_page_has_at_least_three_figures_with_presets(page):
    assert sum(figure.startswith(f"{page}.") for figure in NAMED) >= 3
