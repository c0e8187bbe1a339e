"""Looking ahead: what the kernel records when nobody asks, and when it does not.

There is no event loop here but one that the tests turn by hand.
"""

from threading import Thread
from types import SimpleNamespace as Run

import numpy as np
import pytest
from loop import Loop
from pages import FIGURES

from gdlib import live as module
from gdlib.controls import at, choice, log_slider, place, places, slider, stops
from gdlib.live import Live
from tests.gdlib.test_live import Dot


@pytest.fixture
def loop(monkeypatch):
    loop = Loop()
    monkeypatch.setattr(module.asyncio, "get_running_loop", lambda: loop)
    return loop


@pytest.fixture
def unhurried(monkeypatch):
    """As much time as it takes."""
    monkeypatch.setattr(module, "ALL", 1e9)
    monkeypatch.setattr(module, "EACH", 1e9)
    monkeypatch.setattr(module, "LONG", 1e9)
    monkeypatch.setattr(module, "MANY", 10**9)


@pytest.fixture
def made(loop):
    """Figures of one dot, closed after the test, with the posts that they send: `made(**more)`."""
    figures = []

    def make(run=Run, panel=None, **more):
        more = {"a": slider(3, 0, 10, 1, "a")} | more
        says = more.pop("readout", lambda run, step: f"{run}, step {step}.")
        live = Live(run, [panel or Dot()], says, **more)
        figures.append(live)
        return listening(live)

    yield make
    for figure in figures:
        figure.close()


def listening(live):
    """The figure, with `kept`, {key: frame} of what it records ahead, in that order."""
    live.kept, post = {}, live.canvas.post

    def heard(frames, shown=True, **more):
        if not shown:
            live.kept |= {frame.key: frame for frame in frames}
        post(frames, shown, **more)

    live.canvas.post = heard
    return live


# --- a kept frame is the frame that the kernel would send -----------------------------------------


def walk(live, loop, moves, seed=0):
    """A hand at the controls, that rests now and then; how many moves led to a kept frame."""
    rng = np.random.default_rng(seed)
    names, met = list(live.controls), 0
    name = names[0]
    for _ in range(moves):
        if rng.random() < 0.4:
            name = names[rng.integers(len(names))]
        widget = live.controls[name]
        there = place(widget) + int(rng.choice([-2, -1, 1, 2, 3]))
        widget.value = at(widget, int(np.clip(there, 0, places(widget) - 1)))
        shown = live.canvas.frame
        if shown.key in live.kept:
            met += 1
            assert live.kept[shown.key] == shown, shown.key
        loop.idle(rng.integers(4))
    return met


@pytest.mark.parametrize("name", FIGURES)
def test_a_kept_frame_is_the_frame_that_the_kernel_would_send(name, loop, unhurried):
    live = listening(FIGURES[name]())
    try:
        assert walk(live, loop, 25) > 2
    finally:
        live.close()


def test_what_was_looked_at_ahead_leaves_no_trace(loop, unhurried):
    live = listening(FIGURES["loss_landscapes.figures.gallery"]())
    live.controls["turn"].value += 5
    before, frame = live.still(), live.canvas.frame
    live.controls["name"].index += 1
    live.controls["name"].index -= 1
    assert live.canvas.frame == frame
    loop.idle()
    assert len(live.kept) > 3
    assert live.still() == before
    assert live.panels[1].land is live._shown_run.land
    live.close()


# --- where it looks -------------------------------------------------------------------------------


def keys(live):
    return list(live.kept)


def test_it_looks_on_first_then_back_and_sees_all_places(made, loop, unhurried):
    live = made()
    live.controls["a"].value = 4
    loop.idle()
    assert keys(live) == ["5", "6", "7", "8", "9", "10", "2", "1", "0"]  # the page has 3, and 4


def test_after_a_leap_it_looks_where_the_next_leap_would_land(made, loop, unhurried):
    live = made(a=slider(10, 0, 100, 1, "a"))
    live.controls["a"].value = 30
    loop.idle()
    assert keys(live)[:5] == ["50", "49", "51", "48", "52"] and len(live.kept) == 99


def test_a_hand_that_goes_back_is_followed_back(made, loop, unhurried):
    live = made(a=slider(6, 0, 10, 1, "a"))
    live.controls["a"].value = 5
    loop.idle()
    assert keys(live)[:3] == ["4", "3", "2"]


def test_of_two_controls_moved_together_it_sees_the_places_around(made, loop, unhurried):
    live = made(b=slider(0.0, 0.0, 1.0, 0.1, "b"), panel=Dot(("a", "b")))
    live.set(a=4, b=0.1)
    loop.idle()
    assert keys(live)[:4] == ["5,2", "4,2", "5,1", "5,3"]
    assert {"3,1", "3,2", "4,0", "5,0", "6,0"} <= set(keys(live)) and len(live.kept) > 70


def test_then_it_sees_the_steps_of_the_run_from_here_on_and_computes_no_run(made, loop, unhurried):
    runs = []
    live = made(lambda a: runs.append(a) or Run(a=a), steps=5, at=3)
    live.controls["a"].value = 4
    loop.idle()
    assert keys(live)[-5:] == ["4,4", "4,5", "4,0", "4,1", "4,2"]
    assert runs == [3, 4, 5, 6, 7, 8, 9, 10, 2, 1, 0]


def test_a_timeline_taken_up_shows_where_it_goes_first(made, loop, unhurried):
    live = made(steps=5, at=3)
    live.controls["step"].value = 4
    loop.idle()
    assert keys(live) == ["3,5", "3,2", "3,1", "3,0"]


def test_what_the_page_keeps_is_not_recorded_again(made, loop, unhurried):
    live = made()
    live.controls["a"].value = 4
    loop.idle()
    live.kept.clear()
    live.controls["a"].value = 5
    assert loop.idle() and not live.kept


def test_stops_choices_and_logarithms_have_places_too(made, loop, unhurried):
    live = made(
        b=stops(2, [1, 2, 7]), c=choice("v", ["u", "v"]), d=log_slider(0.1, 0.01, 1, 0.5, "d")
    )
    seen = []
    live.say = lambda run, step: seen.append(run) or "Seen."
    every = {"b": {1, 2, 7}, "c": {"u", "v"}, "d": {0.01, 0.0316, 0.1, 0.316, 1.0}}
    for name, other in (("b", 7), ("c", "u"), ("d", 10**-0.5)):
        live.reset()
        seen.clear()
        live.controls[name].value = other
        loop.idle()
        begun = {"b": 2, "c": "v", "d": 0.1}[name]  # the page has that one
        assert {vars(run)[name] for run in seen} == every[name] - {begun}


# --- when it does not -----------------------------------------------------------------------------


def test_the_next_move_ends_it_at_once_in_whatever_figure(made, loop, unhurried):
    live, other = made(), made()
    live.controls["a"].value = 4
    other.controls["a"].value = 4
    loop.idle()
    assert not live.kept and other.kept


def test_a_move_in_the_middle_of_a_slice_waits_for_one_frame_at_most(made, loop, unhurried):
    live, recorded = made(), []

    def run(a):
        recorded.append(a)
        if len(recorded) == 3:
            Live._hand = object()  # as a move in another thread does first of all
        return Run(a=a)

    live.run = run
    live.controls["a"].value = 4
    loop.idle()
    assert recorded == [4, 5, 6]


def test_whoever_draws_is_not_waited_for(made, loop, unhurried):
    live = made()
    live.controls["a"].value = 4
    live._turn.acquire()
    try:
        page = Thread(target=loop.idle, args=(3,))
        page.start()
        page.join(5)
        assert not page.is_alive() and not live.kept
    finally:
        live._turn.release()
    loop.idle()
    assert live.kept


def test_it_rests_when_the_time_that_moves_allow_is_spent(made, loop, monkeypatch):
    clock = iter(range(10**6))
    monkeypatch.setattr(module.time, "perf_counter", lambda: 0.02 * next(clock))
    monkeypatch.setattr(module, "MANY", 10**9)
    live = made(a=slider(2, 0, 1000, 1, "a"))
    live.controls["a"].value = 4
    loop.idle()
    first = len(live.kept)
    assert first == round(module.ALL / 0.02)
    live.controls["a"].value = 5
    loop.idle()
    assert len(live.kept) - first == round((module.EACH + 0.02 * module.SHARE) / 0.02)


def test_for_one_move_there_are_so_many_frames_and_no_more(made, loop, monkeypatch):
    monkeypatch.setattr(module, "ALL", 1e9)
    monkeypatch.setattr(module, "EACH", 1e9)
    live = made(a=slider(50, 0, 1000, 1, "a"))
    live.controls["a"].value = 51
    loop.idle()
    ahead = [int(key) for key in live.kept]
    assert len(ahead) == module.MANY - 2  # two of them the page has: here, and where it was
    assert max(ahead) - 51 > 2 * (51 - min(ahead)) > 0


def test_the_steps_of_a_run_wait_until_the_hand_has_rested(made, loop, unhurried):
    live, waits, later = made(steps=5), [], loop.call_later
    loop.call_later = lambda seconds, *wish: waits.append(seconds) or later(seconds, *wish)
    live.controls["a"].value = 4
    while not any("5" != key.split(",")[1] for key in live.kept):
        loop.idle(1)
    assert waits.count(module.LULL) == 1 and len(live.kept) > 5


def test_after_a_frame_that_takes_long_it_leaves_off(made, loop, monkeypatch):
    clock = iter(range(10**6))
    monkeypatch.setattr(module.time, "perf_counter", lambda: 0.2 * next(clock))
    live = made()
    live.controls["a"].value = 4
    loop.idle()
    assert keys(live) == ["5"]


def test_it_keeps_to_the_bytes_that_a_page_may_keep_and_then_begins_anew(
    made, loop, unhurried, monkeypatch
):
    monkeypatch.setattr(module.Canvas, "ENOUGH", 20_000)
    live = made(a=slider(2.0, 0.0, 10.0, 0.01, "a"))
    live.controls["a"].value = 4
    loop.idle()
    assert 0 < len(live.kept) < 500 and live.canvas.full
    sent = []
    live.canvas.send = lambda told, buffers: sent.append(told)
    live.controls["a"].value = 5
    assert [told["fresh"] for told in sent] == [True]
    assert live.canvas.has("500") and not live.canvas.has("400")


def test_nothing_happens_for_a_figure_that_nobody_sees(made, loop):
    live = made()
    live._heard(live.canvas, {"kind": "near", "near": False}, [])
    live.controls["a"].value = 4
    assert not loop.idle()
    live._heard(live.canvas, {"kind": "near", "near": True}, [])
    live.controls["a"].value = 5
    loop.idle()
    assert live.kept


def test_one_switch_makes_a_quiet_kernel(made, loop, monkeypatch):
    live = made()
    monkeypatch.setattr(Live, "ahead", False)
    live.controls["a"].value = 4
    assert not loop.idle() and live.readout == "namespace(a=4), step None."


def test_without_an_event_loop_nobody_looks_ahead(monkeypatch):
    def none():
        raise RuntimeError("no running event loop")

    monkeypatch.setattr(module.asyncio, "get_running_loop", none)
    live = listening(Live(Run, [Dot()], lambda run, step: f"{run}", a=slider(1, 0, 9, 1, "a")))
    live.controls["a"].value = 4
    assert live._loop is None and not live.kept
    live.close()


def test_a_closed_figure_looks_no_further(made, loop):
    live = made()
    live.controls["a"].value = 4
    live.close()
    loop.idle()
    assert not live.kept


# --- what must not be kept ------------------------------------------------------------------------


def fails_at(bad):
    def run(a):
        if a == bad:
            raise ValueError("not here")
        return Run(a=a)

    return run


def test_what_fails_ahead_is_silent_and_shows_when_the_learner_gets_there(
    made, loop, unhurried, trouble
):
    live = made(fails_at(6))
    live.controls["a"].value = 4
    loop.idle()
    assert not trouble(live) and keys(live) == ["5", "7", "8", "9", "10", "2", "1", "0"]
    live.controls["a"].value = 6
    assert "not here" in trouble(live)


def test_no_step_of_another_run_is_taken_for_one_of_a_run_that_failed(
    made, loop, unhurried, trouble
):
    live = made(fails_at(6), steps=3, at=1)
    live.controls["a"].value = 6
    loop.idle()
    live.controls["step"].value = 2
    loop.idle()
    assert trouble(live) and not live.kept
    live.controls["a"].value = 5
    assert not trouble(live) and live.readout == "namespace(a=5), step 2."


def test_a_value_between_two_places_is_shown_and_not_kept(made, loop, unhurried):
    live = made(a=slider(2.0, 0.0, 10.0, 0.5, "a"))
    live.controls["a"].value = 2.3  # as typed into the box beside the slider
    assert live.readout == "namespace(a=2.3), step None." and live.canvas.frame.key == ""
    loop.idle()
    assert not live.kept and not live.canvas.has("")
    live.controls["a"].value = 3.0
    loop.idle()
    assert {"7", "8"} <= set(keys(live))


def test_a_frame_during_which_another_thread_moved_a_control_is_not_kept(made):
    class Meddling(Dot):
        def show(self, run, step):
            super().show(run, step)
            if run.a == 5:
                with live._hold():
                    live.controls["a"].value = 8

    live = made(panel=Meddling())
    live.controls["a"].value = 5
    assert live.canvas.frame.key == "" and not live.canvas.has("8") and not live.canvas.has("5")


def test_when_something_else_changes_nothing_kept_is_used_any_more(made, loop, unhurried):
    words = ["one"]
    live = made(lambda a: Run(a=a, word=words[0]))
    live.controls["a"].value = 4
    loop.idle()
    words[0], sent = "two", []
    live.canvas.send = lambda told, buffers: sent.append(told)
    live.outdate()
    assert sent[0]["fresh"] and "two" in live.readout
    live.kept.clear()
    live.controls["a"].value = 5
    loop.idle()
    assert all("two" in frame.said for frame in live.kept.values()) and live.kept


def test_a_probe_in_the_fog_makes_what_was_kept_worthless(loop, unhurried):
    live = listening(FIGURES["loss_landscapes.figures.fog"]())
    live.controls["x"].value += 0.1
    loop.idle()
    told = {frame.said for frame in live.kept.values()}
    assert told and all("Probes left: 12" in said for said in told)
    for change in (live.probe, live.reset, lambda: setattr(live.word, "value", "mist")):
        key = live.canvas.frame.key
        live.canvas._keys.add("a kept frame")
        change()
        assert not live.canvas.has("a kept frame")
        assert live.canvas.has(live.canvas.frame.key), key
    live.close()
