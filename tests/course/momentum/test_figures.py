"""What the text of notebook 05 says of its live figures, held against the figures themselves.

Runs are held against Polyak's own form of the rule, which knows no velocity (`heavy`); on parabolas
against its closed form, `swing` of `test_claims`; and rates against the roots that numpy finds
of each direction's polynomial. With one row a step, the second moments of place and velocity obey a
recursion without chance (`mean_loss`).
"""

import re
from dataclasses import replace
from functools import cache
from math import ceil, log, sqrt

import numpy as np
import pytest
from pages import drag, drawn, shown

from course.momentum import figures, predictions
from gdlib import draw, landscapes, theory
from gdlib.words import num
from tests.course.gradients.test_figures import arrow
from tests.course.momentum.test_claims import CENTRED, PENGUINS, Z, swing, three_points

zigzag, memory, settings = shown(figures.zigzag), shown(figures.memory), shown(figures.settings)
anywhere, ravine, roll = shown(figures.anywhere), shown(figures.ravine), shown(figures.roll)
spread, dialects = shown(figures.spread), shown(figures.dialects)

RHOS = np.arange(100) / 100
PRODUCTS = np.arange(1, 102) / 25  # 0.04 ... 4.04


def heavy(grad, start, steps, lr, rho):
    """w + ρ(w - the one before) - lr·g: `(d, steps + 1, ...)`."""
    with np.errstate(all="ignore"):
        return three_points(grad, np.array(start, dtype=float), steps, lr, rho)


def for_good(condition):
    """The first step from which on a condition holds at every step, or -1: `(k, ...) -> (...)`."""
    misses = np.where(
        condition, 0, np.arange(1, len(condition) + 1).reshape(-1, *[1] * (condition.ndim - 1))
    )
    first = misses.max(axis=0)
    return np.where(first == len(condition), -1, first)[()]


def factor(lr, curvature, rho):
    """The size of the largest root of the heavy ball's polynomial, by numpy."""
    return np.abs(np.roots([1, -(1 + rho - lr * curvature), rho])).max()


def said(figure, pattern):
    """The number that stands in the sentence where the pattern has its group."""
    found = re.search(pattern, figure.readout)
    assert found, figure.readout
    return float(found[1].replace("−", "-"))


def route(figure, k=0, panel=0, part="trail"):
    """The k-th path on a map, up to the step: `(2, step + 1)`; or its `ball`, or all of it."""
    return drawn(figure.panels[panel], f"{part} {k}")


def traced(panel, k=0):
    """The heights of the k-th line of a trace, and where its ball is."""
    return drawn(panel, f"line {k}")[1], drawn(panel, f"ball {k}")[:, 0]


def seen(values, panel):
    """A line as a trace draws it: a decade above and below its ends, nothing is told any more."""
    low, high = panel.ylim
    return np.clip(np.nan_to_num(values, nan=np.inf), low / 10, 10 * high)


def lines_of(panel, part):
    """All lines of a kind on a panel: every `ball`, or every `line`."""
    return [line for name, line in panel.drawn.lines.items() if name.split()[0] == part]


def markers(panel, part):
    return [line.get_marker() for line in lines_of(panel, part)]


def image(panel):
    return np.array(panel.image.get_array())


def draws(figure, paths, panel=0):
    """Assert that a map shows these paths up to the step, and how they go on, faintly."""
    step, (window, _) = figure.controls["step"].value, figure._shown_run.land.window
    assert len(figure.panels[panel].looks) == len(paths)
    for k, path in enumerate(paths):
        within = np.abs(path).max(axis=0) < 20 * max(np.abs(window))
        until = len(within) if within.all() else within.argmin()
        whole = route(figure, k, panel, "rest")
        assert whole.shape == path.shape
        np.testing.assert_allclose(whole[:, :until], path[:, :until], rtol=1e-6, atol=1e-7)
        np.testing.assert_array_equal(route(figure, k, panel), whole[:, : step + 1])
        np.testing.assert_array_equal(route(figure, k, panel, "ball")[:, 0], whole[:, step])


# --- a memory -------------------------------------------------------------------------------------

BIRDS = np.stack(CENTRED)
BEST = np.polyfit(*CENTRED, 1)[::-1]  # intercept and slope
STEEPEST = (CENTRED[0] ** 2).mean()  # the flippers' mean is 0, so the axes are those of the bowl


def birds_slope(w):
    x, y = BIRDS
    error = w[0] + w[1] * x - y
    return np.array([error.mean(), (error * x).mean()])


def above(w):
    """The loss of the penguins above the lowest, for places `(2, ...)`."""
    return ((w[0] - BEST[0]) ** 2 + STEEPEST * (w[1] - BEST[1]) ** 2) / 2


@cache
def on_birds(lr, rho, steps=1200):
    """The loss above the lowest along a run from (-5, 5), in closed form: `(steps + 1,)`."""
    path = [
        (-5 - BEST[0]) * swing(lr, rho, 1, steps),
        (5 - BEST[1]) * swing(lr, rho, STEEPEST, steps),
    ]
    return above(np.array(path) + BEST[:, None])


HEAVY_FROM = r"momentum from step (\d+) on"
ZIGZAGS = [{}, {"rho": 0.95, "step": 200}, {"lr": 0.001, "rho": 0.5, "step": 7}, {"step": 0}]
ZIGZAGS += [{"lr": 0.015, "rho": 0.9, "step": 60}]


@pytest.mark.parametrize("state", ZIGZAGS)
def test_both_paths_on_the_penguins_are_those_of_the_rule(zigzag, state):
    zigzag.set(**state)
    lr, rho = zigzag.values["lr"], zigzag.values["rho"]
    paths = [heavy(birds_slope, [-5, 5], 200, lr, each) for each in (0, rho)]
    draws(zigzag, paths)
    panel, step = zigzag.panels[1], zigzag.controls["step"].value
    for k, path in enumerate(paths):
        with np.errstate(all="ignore"):
            loss = seen(above(path), panel)
        heights, ball = traced(panel, k)
        np.testing.assert_allclose(heights, loss, rtol=1e-3)
        assert ball[0] == step
        if panel.ylim[0] < loss[step] < panel.ylim[1]:
            assert ball[1] == pytest.approx(loss[step], rel=1e-3)
            word = ("gradient descent", "momentum")[k]
            told = f"{loss[step]:.0f}" if loss[step] >= 1e3 else num(loss[step], 3)
            assert f"{told}{' above the lowest' * (k == 0)} with {word}" in zigzag.readout


@pytest.mark.parametrize("lr, rho", [(0.0096, 0.75), (0.0096, 0.95), (0.002, 0.9), (0.0096, 0)])
def test_e5_5_the_steps_in_the_sentence_are_those_of_the_closed_form(zigzag, lr, rho):
    zigzag.set(lr=lr, rho=rho)
    lr = zigzag.values["lr"]
    for pattern, each in ((r"good: gradient descent from step (\d+) on", 0), (HEAVY_FROM, rho)):
        steps = for_good(on_birds(lr, each) < 1e-6)
        if steps < 0:
            assert "gradient descent not within 1200 steps, momentum" in zigzag.readout
        else:
            assert said(zigzag, pattern) == steps


@pytest.mark.parametrize("state", [{}, {"rho": 0.95}, {"lr": 0.003, "rho": 0.3}])
def test_grey_is_rho_times_the_last_step_black_is_minus_lr_g_and_their_sum_the_next(zigzag, state):
    zigzag.set(**state)
    panel, (lr, rho) = zigzag.panels[0], zigzag.values.values()
    for step in (0, 1, 2, 30, 199):
        zigzag.controls["step"].value = step
        (here, kept), (tip, new) = arrow(panel, "kept"), arrow(panel, "new")
        path = route(zigzag, 1)
        last = path[:, -1] - path[:, -2] if step else np.zeros(2)
        np.testing.assert_allclose(here, path[:, -1])
        np.testing.assert_allclose(kept, rho * last, atol=1e-12)
        np.testing.assert_allclose(tip, here + kept, atol=1e-12)
        np.testing.assert_allclose(new, -lr * birds_slope(here), rtol=1e-6, atol=1e-9)
        zigzag.controls["step"].value = step + 1
        np.testing.assert_allclose(route(zigzag, 1)[:, -1], tip + new, atol=1e-9)


def test_the_arrow_of_the_last_step_is_grey_that_of_the_gradient_black_and_the_end_has_none(zigzag):
    arrows = zigzag.panels[0].drawn.arrows
    grey, black = (arrows[name].get_facecolor()[0, :3] for name in ("kept", "new"))
    assert np.ptp(grey) < 0.01 and 0.4 < grey[0] < 0.7 and black.max() < 0.2
    zigzag.set(step=200)
    assert all(np.all(each.Umask) for each in arrows.values())


def test_c107_the_first_step_is_that_of_gradient_descent_and_with_rho_0_all_are(zigzag):
    zigzag.set(step=200)
    plain, ball = route(zigzag, 0), route(zigzag, 1)
    np.testing.assert_array_equal(plain[:, 1], ball[:, 1])
    assert (plain[:, 2] != ball[:, 2]).any()
    zigzag.set(rho=0)
    np.testing.assert_array_equal(route(zigzag, 0), route(zigzag, 1))
    np.testing.assert_array_equal(*(traced(zigzag.panels[1], k)[0] for k in (0, 1)))
    assert said(zigzag, r"descent from step (\d+) on") == said(zigzag, HEAVY_FROM)


def test_circles_are_gradient_descent_and_squares_are_momentum(zigzag, ravine):
    for figure in (zigzag, ravine):
        assert markers(figure.panels[0], "ball") == ["o", "s"]
        assert figure.panels[0].title == "● gradient descent, ■ momentum"
        assert markers(figure.panels[1], "line")[:2] == ["o", "s"]


def test_momentum_swings_half_as_often_across_and_no_less_far_in_the_long_run_and_gains_along(
    zigzag,
):
    rates = [[factor(0.0096, c, rho) for rho in (0, 0.75, 0.8)] for c in (1, STEEPEST)]
    np.testing.assert_allclose(rates[0][:2], [0.990, 0.955], atol=5e-4)
    np.testing.assert_allclose(rates[1], [0.893, 0.866, 0.894], atol=5e-4)
    zigzag.set(step=200)
    (along, across), (rolled, swung) = (route(zigzag, k) - BEST[:, None] for k in (0, 1))
    assert (across[1:100] * across[:99] < 0).all()
    assert swung[0] > 4 and swung[1] < -4  # momentum jumps, too, at first
    assert 48 < (swung[1:100] * swung[:99] < 0).sum() < 54
    assert abs(along[30]) > 2 * abs(rolled[30]) and abs(along[100]) > 30 * abs(rolled[100])
    assert (np.diff(along) > 0).all() and (np.diff(rolled[:100]) > 0).all()


def test_each_mark_is_a_hundred_times_the_one_below_and_in_the_end_both_losses_are_straight(zigzag):
    axis = zigzag.panels[1].ax
    low, high = axis.get_ylim()
    marks = [mark for mark in axis.get_yticks() if low <= mark <= high]
    np.testing.assert_allclose(np.diff(np.log10(marks)), 2)
    slopes = []
    for k, rho in ((0, 0), (1, 0.75)):
        heights, _ = traced(zigzag.panels[1], k)
        falls = np.diff(np.log(heights[120:]))
        slopes.append(falls.mean())
        assert np.ptp(falls) < 0.05 * abs(slopes[-1])
        rate = max(factor(0.0096, c, rho) for c in (1, STEEPEST))
        assert slopes[-1] == pytest.approx(2 * log(rate), rel=0.03)
    assert slopes[1] < 3 * slopes[0] < 0
    swings = [np.abs(np.roots([1, 0.0096 - 1 - rho, rho]).imag).max() > 0 for rho in RHOS]
    assert RHOS[swings].min() == 0.82  # above 0.81 along the ravine, too


def test_explore_rho_0_81_and_0_82_are_below_the_target_in_fewer_than_120_steps_and_0_95_is_slower(
    zigzag,
):
    needed = np.array([for_good(on_birds(0.0096, rho) < 1e-6) for rho in RHOS])
    assert RHOS[(needed >= 0) & (needed < 120)].tolist() == [0.81, 0.82]
    assert zigzag.values == {"lr": 0.0096, "rho": 0.75}
    assert said(zigzag, HEAVY_FROM) == needed[75] > 120
    for rho in (79, 80, 81, 82, 83, 95):
        zigzag.set(rho=rho / 100)
        assert said(zigzag, HEAVY_FROM) == needed[rho]
    assert needed[95] > needed[75]


def test_as_it_begins_both_arrows_are_in_the_picture_and_neither_covers_the_other(zigzag):
    assert "grey, ρ times the last step; black, minus the learning rate" in zigzag.readout
    (here, kept), (tip, new) = (arrow(zigzag.panels[0], name) for name in ("kept", "new"))
    assert min(np.hypot(*kept), np.hypot(*new)) > 0.5  # the window is 12 wide
    assert kept @ new > 0 and np.abs([here, tip, tip + new]).max() < 6


def test_a_run_on_the_penguins_that_diverges_is_shown_and_said(zigzag):
    zigzag.set(lr=0.012, step=200)
    assert (
        "the loss is more than a million above the lowest with gradient descent" in zigzag.readout
    )
    assert "gradient descent never, it diverged, momentum from step" in zigzag.readout
    assert traced(zigzag.panels[1], 0)[0][-1] >= zigzag.panels[1].ylim[1]
    assert np.abs(route(zigzag)).max() > 100
    zigzag.set(lr=0.03, rho=0.3)
    assert zigzag.readout.count("never, it diverged") == 2
    assert not re.search(r"\b(nan|inf)\b", zigzag.readout)


# --- what v remembers -----------------------------------------------------------------------------

GRADIENTS = {
    "one slope": lambda n: 1.0,
    "to and fro": lambda n: 1.0 if n % 2 else -1.0,
    "one push": lambda n: 1.0 if n == 1 else 0.0,
    "a turn": lambda n: 1.0 if n <= 20 else -1.0,
}
SEQUENCES = pytest.mark.parametrize("name", GRADIENTS)


def sizes(name, rho, step):
    """What is left of every gradient so far, and the gradients."""
    g = np.array([GRADIENTS[name](n) for n in range(1, step + 1)])
    return rho ** np.arange(step - 1, -1, -1.0) * g, g


def bars(figure):
    """The bars on the left: where they stand, and how high they are."""
    found = [drawn(figure.panels[0], name).reshape(2, -1, 3) for name in ("old", "new")]
    both = np.concatenate(found, axis=1)
    assert np.isnan(both[1, :, 2]).all() and (both[1, :, 0] == 0).all()
    np.testing.assert_array_equal(both[0, :, 0], both[0, :, 1])
    return both[0, :, 0], both[1, :, 1], found[1].shape[1]


@SEQUENCES
def test_the_bars_are_what_is_left_of_each_gradient_and_add_up_to_v(memory, name):
    memory.set(gradients=name)
    for rho, step in ((0.8, 12), (0.9, 40), (0, 5), (0.99, 33), (0.5, 1)):
        memory.set(rho=rho, step=step)
        left, g = sizes(name, rho, step)
        places, heights, new = bars(memory)
        assert places.tolist() == list(range(1, step + 1)) and new == 1
        np.testing.assert_allclose(heights, left, atol=1e-12)
        ball = drawn(memory.panels[1], "ball")[:, 0]
        assert ball == pytest.approx([step, left.sum()], abs=1e-12)
        assert f"v = {num(left.sum(), 3)}, and the gradient is {num(g[-1])}." in memory.readout
        share = 1 / (rho ** np.arange(step)).sum()
        assert f"weight 1; that is {share:.0%} of all weights" in memory.readout


@SEQUENCES
def test_on_the_right_are_all_gradients_v_so_far_and_the_line_that_a_steady_slope_ends_at(
    memory, name
):
    memory.set(gradients=name, rho=0.9, step=25)
    panel = memory.panels[1]
    v = [0, *(sizes(name, 0.9, n)[0].sum() for n in range(1, 41))]
    np.testing.assert_allclose(drawn(panel, "rest"), [range(41), v], atol=1e-12)
    np.testing.assert_allclose(drawn(panel, "seen"), [range(26), v[:26]], atol=1e-12)
    np.testing.assert_array_equal(drawn(panel, "g"), [range(1, 41), sizes(name, 0.9, 40)[1]])
    for line, height in (("above", 10), ("below", -10)):
        np.testing.assert_allclose(drawn(panel, line), [[0, 40], [height, height]])
    assert memory.readout.endswith("1/(1 − ρ) = 10.")


@SEQUENCES
def test_v_and_the_bars_stay_in_the_picture_and_fill_it(memory, name):
    for rho in (0, 0.5, 0.8, 0.9, 0.95, 0.99):
        memory.set(gradients=name, rho=rho, step=40)
        velocity = drawn(memory.panels[1], "rest")[1]
        for panel, heights in ((memory.panels[0], bars(memory)[1]), (memory.panels[1], velocity)):
            low, high = panel.ax.get_ylim()
            assert low < heights.min() and heights.max() < high
        assert np.abs(velocity).max() > high / 3
        assert (low < -high / 2) == (name in ("to and fro", "a turn"))


def test_before_the_first_step_v_is_0_and_there_are_no_bars(memory):
    memory.set(step=0)
    assert bars(memory)[0].size == 0
    assert drawn(memory.panels[1], "ball").ravel().tolist() == [0, 0]
    assert "before the first step v = 0." in memory.readout


def test_c107_after_1_over_1_minus_rho_steps_two_thirds_of_the_way_are_done(memory):
    for rho in (0.8, 0.9, 0.95):
        memory.set(rho=rho, step=round(1 / (1 - rho)))
        share = said(memory, r"v = ([\d.]+)") / said(memory, r"= ([\d.]+)\.$")
        assert 0.6 < share < 0.7
    memory.set(rho=0.8, step=40)
    v, end = said(memory, r"v = ([\d.]+)"), said(memory, r"= ([\d.]+)\.$")
    assert v == pytest.approx(end, rel=1e-3) and (1 - 0.8) * v == pytest.approx(1, rel=1e-3)


def test_c105_explore_to_and_fro_at_rho_0_9_the_swings_come_down_to_0_52(memory):
    assert memory.values["gradients"] == "one slope"
    memory.set(gradients="to and fro", rho=0.9, step=40)
    n, v = drawn(memory.panels[1], "rest")[:, 1:]
    np.testing.assert_allclose(v, (0.9**n - (-1) ** n) / 1.9)
    assert abs(said(memory, r"v = (−?[\d.]+)")) == pytest.approx(0.526, abs=0.01)


def test_c113_explore_a_turn_at_rho_0_8_the_slope_turns_at_step_21_and_v_at_24(memory):
    """From 4.94, nearly full speed, it takes 4 steps against the slope, as from 5."""
    memory.set(gradients="a turn", rho=0.8, step=20)
    assert "the gradient is 1." in memory.readout and said(memory, r"v = (−?[\d.]+)") > 4.9
    for step, turned in ((21, False), (22, False), (23, False), (24, True), (40, True)):
        memory.controls["step"].value = step
        assert "the gradient is −1." in memory.readout
        assert (said(memory, r"v = (−?[\d.]+)") < 0) == turned
    assert ceil(log(2) / -log(0.8)) == 24 - 20


def test_one_push_fades_by_rho_a_step(memory):
    memory.set(gradients="one push", rho=0.7)
    v = drawn(memory.panels[1], "rest")[1]
    np.testing.assert_allclose(v[1:], 0.7 ** np.arange(40))


# --- every setting at once ------------------------------------------------------------------------

NOT_YET, DOWN, UP, GONE, ELSEWHERE = -1, 0, 1, 2, 3
KAPPAS = pytest.mark.parametrize("kappa", [1, 20, 100, 1000])


@cache
def on_ravine(kappa, steps=170):
    """All settings of the map as runs: `(2, steps + 1, 100, 101)`."""
    curvatures = np.array([1, kappa]).reshape(2, 1, 1)
    start = np.full((2, 100, 101), 1 / sqrt(2))
    return heavy(lambda w: curvatures * w, start, steps, PRODUCTS / kappa, RHOS[:, None])


def settled_between(away):
    """The step from which on a run is within 0.001, whichever way the distance is measured.

    `(d, steps + 1, ...)`: the earliest and the latest it may be, 10⁹ for never.
    """
    far = np.abs(away).max(axis=0), np.sqrt((away**2).sum(axis=0))
    found = [for_good(each < 1e-3) for each in far]
    return [np.where(each < 0, 10**9, each) for each in found]


def gone_at(path):
    gone = for_good(~(np.abs(path) <= 1e6).all(axis=0))
    return np.where(gone < 0, 10**9, gone)


@KAPPAS
def test_a_place_lights_up_when_its_run_has_settled_or_gone(settings, kappa):
    settings.set(kappa=kappa)
    path = on_ravine(kappa)
    (first, last), gone = settled_between(path), gone_at(path)
    for step in (0, 17, 40, 150):
        settings.controls["step"].value = step
        shown = image(settings.panels[0])
        settled = (shown == DOWN) | (shown == UP)
        assert settled[last <= step].all() and not settled[first > step].any()
        np.testing.assert_array_equal(shown == GONE, gone <= step)
        assert not (shown == ELSEWHERE).any() and (shown[gone > step] < GONE).all()
        share = f"By step {step}, {settled.mean():.1%} of all settings have settled."
        assert share in settings.readout
        assert step or (shown == NOT_YET).all()


@KAPPAS
def test_yellow_runs_have_gone_uphill_and_blue_ones_never(settings, kappa):
    settings.set(kappa=kappa, step=150)
    shown, (x, y) = image(settings.panels[0]), on_ravine(kappa)
    loss = (x**2 + kappa * y**2) / 2
    rises = (np.diff(loss, axis=0) > 1e-6 * loss[:-1]) & (loss[1:] > 1e-16)
    assert not rises[:, shown == DOWN].any()
    rises = (np.diff(loss, axis=0) > 0) & (loss[1:] > 1e-24)
    assert rises[:, shown == UP].any(axis=0).all()
    assert (shown == UP).sum() > (1000 if kappa < 100 else 30)


def test_c117_every_setting_left_of_the_limit_stays_and_every_one_clearly_right_of_it_leaves(
    settings,
):
    """4000 steps at κ = 20: the limit is where momentum's long run changes, for every ρ."""
    limit = 2 * (1 + RHOS[:, None])
    every = PRODUCTS + 0 * limit
    w = before = np.full((2, 100, 101), 1 / sqrt(2))
    curvatures, lr = np.array([1, 20]).reshape(2, 1, 1), PRODUCTS / 20
    early = None
    with np.errstate(all="ignore"):
        for k in range(4000):
            w, before = w + RHOS[:, None] * (w - before) - lr * curvatures * w, w
            early = np.abs(w).max(axis=0) if k == 1999 else early
        late = np.abs(w).max(axis=0)
    assert (late <= 1e6)[every < limit - 1e-9].all() and (late <= early)[every < limit - 0.01].all()
    assert (~(late <= 1e6))[every > limit + 0.02].all()
    for step in (40, 150):
        settings.set(step=step)
        gone = image(settings.panels[0]) == GONE
        assert not gone[every < limit - 1e-9].any()
    soon = [[factor(p, 1, rho) ** 150 > 1e8 for p in PRODUCTS] for rho in RHOS]
    assert gone[np.array(soon)].all() and np.sum(soon) > 2000


def theory_line(figure, name):
    return np.array(figure.panels[0].drawn.lines[name].get_data())


@KAPPAS
def test_the_four_results_of_theory_are_drawn_where_the_roots_change(settings, kappa):
    settings.set(kappa=kappa)
    products, rhos = theory_line(settings, "limit")
    np.testing.assert_allclose(products, 2 * (1 + rhos))
    assert (rhos[0], rhos[-1]) == (0, 0.99)
    for name, curvature in (("steep", 1), ("flat", 1 / kappa)):
        products, rhos = theory_line(settings, name)
        assert products[0] == 0 and products[-1] == pytest.approx(4.04)
        for p, rho in zip(products[1::7], rhos[1::7], strict=True):
            for off, swings in ((1e-6, True), (-1e-6, False)):
                if 0 < rho + off < 1:
                    roots = np.roots([1, -(1 + rho + off - p * curvature), rho + off])
                    assert (np.abs(roots.imag).max() > 0) == swings, (name, p)
    (product,), (rho,) = theory_line(settings, "polyak")
    for curvature in (1, 1 / kappa):
        assert rho == pytest.approx((1 - sqrt(product * curvature)) ** 2, abs=1e-9)


@pytest.mark.parametrize("kappa", [20, 1000])
def test_no_setting_of_the_map_has_a_better_factor_in_its_worse_direction_than_the_star(
    settings, kappa
):
    settings.set(kappa=kappa)
    (product,), (rho,) = theory_line(settings, "polyak")

    def worse(p, r):
        return max(factor(p / kappa, curvature, r) for curvature in (1, kappa))

    best = worse(product, rho)
    assert best == pytest.approx(sqrt(rho), abs=1e-6)
    others = [worse(p, r) for p in PRODUCTS[::2] for r in RHOS[::2]]
    assert min(others) > best - 1e-9 and min(others) < best + 0.05
    near = [
        worse(product + a, rho + b) for a in (-0.02, 0, 0.02) for b in (-0.01, 0, 0.01) if a or b
    ]
    assert min(near) > best


@pytest.mark.parametrize("name", ["settings", "anywhere"])
def test_diverged_is_dark_and_named_on_the_map_and_the_cross_is_solid(request, name):
    panel = request.getfixturevalue(name).panels[0]
    keys = [text.get_text() for text in panel.ax.get_legend().get_texts()]
    assert {"settled, all downhill", "settled, some uphill", "not settled yet"} <= {*keys}
    assert ("in another minimum" in keys) == (name == "anywhere")
    words = {text.get_text() for text in panel.ax.texts}
    assert {"diverged", "limit of stability"} <= words and "diverged" not in keys
    shades = [np.mean(draw.to_rgb(color)) for color in panel.image.cmap.colors]
    assert np.argmin(shades) == 1 + GONE and min(shades) < 0.5
    assert [panel.drawn.lines[k].get_linestyle() for k in ("up", "across")] == ["-", "-"]


@KAPPAS
def test_above_the_dashed_curve_it_swings_and_below_it_comes_from_one_side_or_zigzags(
    settings, kappa
):
    settings.set(kappa=kappa)
    words = {name: text.xy for name, text in settings.panels[0].drawn.words.items()}
    for p in PRODUCTS[:-2:3]:
        curve = (1 - sqrt(p)) ** 2
        for rho in RHOS[::7]:
            roots = np.roots([1, -(1 + rho - p), rho])
            if rho > curve + 1e-9:
                assert np.abs(roots.imag).max() > 0
            elif p < 2 * (1 + rho) and 1e-9 < rho < curve - 1e-9:
                assert ((roots > 0) if p < 1 else (roots < 0)).all()
    for name, curvature in (("swings across", 1), ("swings along", 1 / kappa)):
        at, rho = words[name]
        assert rho == pytest.approx((1 - sqrt(at * curvature)) ** 2, abs=0.005)
    at, rho = words["zigzags"]
    assert 1 < at < 2 and rho < (1 - sqrt(at + 0.1)) ** 2 + 0.01


def test_in_a_short_run_a_little_more_memory_than_at_the_star_does_even_better(settings):
    (product,), (rho,) = theory_line(settings, "polyak")
    steps = []
    for more in (0, 0.03):
        settings.set(product=product, rho=rho + more)
        steps.append(said(settings, r"settles after (\d+) steps"))
    assert steps[1] < 0.8 * steps[0]


def test_the_first_runs_to_arrive_lie_just_above_the_star_and_an_island_grows_from_there(settings):
    star = np.array([theory_line(settings, "polyak")[k] for k in (0, 1)])
    before, sizes = np.zeros((100, 101), dtype=bool), []
    for step in [*range(14, 20), *range(20, 60, 6)]:
        settings.set(step=step)
        now = np.isin(image(settings.panels[0]), (DOWN, UP))
        assert not (before & ~now).any()
        if now.any() and not before.any():
            rows, columns = np.nonzero(now)
            away = np.abs(np.stack([PRODUCTS[columns], RHOS[rows]]) - star)
            assert len(rows) < 10 and away[0].max() < 0.25 and away[1].max() < 0.06
            assert (RHOS[rows] > star[1]).all()
        sizes.append(now.sum())
        before = now
    assert np.argmax(sizes) == len(sizes) - 1 > 8 and before.mean() > 0.2


def test_above_both_curves_the_learning_rate_makes_no_difference_so_the_upper_shore_is_straight(
    settings,
):
    """There the factor is √ρ in both directions."""
    for rho in (0.75, 0.8):
        swings = [p for p in PRODUCTS if rho > max((1 - sqrt(p)) ** 2, (1 - sqrt(p / 20)) ** 2)]
        assert len(swings) > 60
        for p in swings[1:-1:5]:
            assert [factor(p / 20, c, rho) for c in (1, 20)] == pytest.approx([sqrt(rho)] * 2)
    for step in (30, 40, 60):
        settings.set(step=step)
        settled = np.isin(image(settings.panels[0]), (DOWN, UP))
        columns = settled[:, (PRODUCTS > 0.9) & (PRODUCTS < 2.8)]
        shore = np.array([RHOS[np.flatnonzero(column).max()] for column in columns.T])
        assert np.ptp(shore) <= 0.045 and shore.mean() < 0.87
        bound = log(1e-3 * sqrt(2)) / step  # √ρ to the power of step, more or less
        assert shore.mean() == pytest.approx(np.exp(2 * bound), abs=0.06)


def test_explore_at_kappa_100_after_60_steps_only_runs_near_the_star_have_arrived(settings):
    assert settings.values["kappa"] != 100
    settings.set(kappa=100, step=60)
    assert "κ = 100, L = 100" in settings.readout
    assert 2 < said(settings, r"step 60, ([\d.]+)% of all") < 8
    rows, columns = np.nonzero(np.isin(image(settings.panels[0]), (DOWN, UP)))
    (product,), (rho,) = theory_line(settings, "polyak")
    assert np.abs(RHOS[rows] - rho).max() < 0.15
    assert np.hypot(RHOS[rows] - rho, (PRODUCTS[columns] - product) / 4).min() < 0.03
    assert not np.isin(image(settings.panels[0])[[0, 30, 90]], (DOWN, UP)).any()


CHOSEN = [(1.0, 0.5, {}), (2.4, 0.5, {"step": 3}), (0.04, 0.99, {}), (3.0, 0.2, {"kappa": 100})]
CHOSEN += [(4.04, 0.9, {"kappa": 1, "step": 150})]


@pytest.mark.parametrize("product, rho, state", CHOSEN)
def test_the_chosen_run_is_that_of_its_place_with_its_loss(settings, product, rho, state):
    settings.set(product=product, rho=rho, **state)
    kappa, step = settings.values["kappa"], settings.controls["step"].value
    curvatures, lr = np.array([1, kappa]), product / kappa
    path = heavy(lambda w: curvatures * w, [1 / sqrt(2)] * 2, 170, lr, rho)
    draws(settings, [path[:, :151]], panel=1)
    assert route(settings, panel=1).shape == (2, step + 1)
    trace = settings.panels[2]
    loss = (curvatures[:, None] * path[:, :151] ** 2).sum(axis=0) / 2
    np.testing.assert_allclose(traced(trace)[0], seen(loss, trace), rtol=1e-6)
    cross = settings.panels[0]
    assert drawn(cross, "up")[0] == pytest.approx([product] * 2)
    assert drawn(cross, "across")[1] == pytest.approx([rho] * 2)
    assert f"lr·L = {num(product)}, so lr = {num(lr, 3)}, with ρ = {num(rho)}." in settings.readout
    first, last = settled_between(path[:, :, None])
    gone = gone_at(path[:, :151, None])[0]
    if gone < 1000:
        assert f"has diverged by step {gone}." in settings.readout
    elif first[0] > 150:
        assert "does not settle." in settings.readout
    else:
        assert first[0] <= said(settings, r"settles after (\d+) steps") <= last[0]


@pytest.mark.parametrize("place", [(2.0, 0.5), (3.6, 0.9), (0.08, 0.03)])
def test_a_click_on_the_map_chooses_the_run_of_that_place(settings, place):
    drag(settings, settings.panels[0], (1.2, 0.7), place)
    assert (settings.values["product"], settings.values["rho"]) == pytest.approx(place)
    row, column = round(100 * place[1]), round(25 * place[0]) - 1
    left, right, low, high = settings.panels[0].image.get_extent()
    assert left + (right - left) * (column + 0.5) / 101 == pytest.approx(place[0])
    assert low + (high - low) * (row + 0.5) / 100 == pytest.approx(place[1])
    fate = image(settings.panels[0])[row, column]
    settings.set(step=150)
    fate = image(settings.panels[0])[row, column]
    words = {NOT_YET: "does not settle", GONE: "has diverged", UP: "uphill", DOWN: "all the way"}
    assert words[fate] in settings.readout


def test_ten_thousand_runs_start_when_the_hand_lets_go(settings):
    assert settings.controls["kappa"].continuous_update is False
    assert settings.controls["rho"].continuous_update is True
    assert image(settings.panels[0]).shape == (100, 101)


# --- elsewhere ------------------------------------------------------------------------------------


def himmelblau_slope(w):
    x, y = w
    p, q = x * x + y - 11, x + y * y - 7
    return np.array([4 * x * p + 2 * q, 2 * p + 4 * y * q])


def pass_slope(w):
    x, y = w
    return np.array([x, y * y * y - y])


def pits_slope(w):
    total = 0.04 * w
    for depth, width, centre in (
        (1, 0.7, (1.6, 1)),
        (0.8, 0.6, (-1.6, 1.2)),
        (0.6, 0.8, (0, -1.7)),
    ):
        away = w - np.reshape(centre, (2, *[1] * (w.ndim - 1)))
        total = total + away * depth / width**2 * np.exp(-(away**2).sum(axis=0) / 2 / width**2)
    return total


LOSSES = {
    "Himmelblau": lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
    "three pits": lambda x, y: (
        0.02 * (x * x + y * y)
        - np.exp(-((x - 1.6) ** 2 + (y - 1) ** 2) / 0.98)
        - 0.8 * np.exp(-((x + 1.6) ** 2 + (y - 1.2) ** 2) / 0.72)
        - 0.6 * np.exp(-(x**2 + (y + 1.7) ** 2) / 1.28)
    ),
    "saddle": lambda x, y: x * x / 2 - y * y / 2 + y**4 / 4,
}
# Name: the slope, the start, the best minimum and its largest curvature.
ELSE = {
    "Himmelblau": (himmelblau_slope, (0, 0), (3, 2), 54 + sqrt(800)),  # of [[74, 20], [20, 34]]
    "three pits": (pits_slope, (-0.4, 2.4), (1.5688, 0.9801), 2.078),
    "saddle": (pass_slope, (1, 1e-3), (0, 1), 2),
}
LANDS = pytest.mark.parametrize("name", ELSE)


@cache
def all_runs(name):
    slope, start, _, steepest = ELSE[name]
    start = np.broadcast_to(np.reshape(start, (2, 1, 1)), (2, 100, 101))
    return heavy(slope, start, 170, PRODUCTS / steepest, RHOS[:, None])


@LANDS
@pytest.mark.parametrize("step", [30, 150])
def test_what_becomes_of_all_runs_on_the_three_landscapes(anywhere, name, step):
    """Runs that are chaotic may part by their rounding: nearly all agree."""
    anywhere.set(name=name, step=step)
    shown, path, best = image(anywhere.panels[0]), all_runs(name), ELSE[name][2]
    with np.errstate(all="ignore"):
        _, here = settled_between(path - np.reshape(best, (2, 1, 1, 1)))
        there = settled_between(path - path[:, -1:])[1]
        off = np.hypot(*(path[:, -1] - np.reshape(best, (2, 1, 1))))
        still = np.hypot(*ELSE[name][0](path[:, -1])) < 0.02 * ELSE[name][3]
    assert (np.isin(shown, (DOWN, UP)) == (here <= step)).mean() > 0.98
    other = shown == ELSEWHERE
    assert (other == ((off > 0.5) & still & (there <= step))).mean() > 0.97
    assert ((shown == GONE) == (gone_at(path) <= step)).mean() > 0.98
    settled = np.isin(shown, (DOWN, UP, ELSEWHERE)).mean()
    assert f"By step {step}, {settled:.1%} of all settings have settled" in anywhere.readout
    assert (f"{other.mean():.1%} in another minimum." in anywhere.readout) == other.any()


@LANDS
def test_l_is_the_curvature_of_the_deepest_minimum_and_the_run_is_drawn(anywhere, name):
    anywhere.set(name=name, product=1.2, rho=0.3)
    slope, start, place, steepest = ELSE[name]
    h = 1e-5 * np.eye(2)
    hessian = (slope(np.reshape(place, (2, 1)) + h) - slope(np.reshape(place, (2, 1)) - h)) / 2e-5
    assert np.linalg.eigvalsh(hessian).max() == pytest.approx(steepest, rel=1e-3)
    lr = anywhere._shown_run.lr
    assert 1.2 / lr == pytest.approx(steepest, rel=1e-3)
    words = f"{name}, L = {num(1.2 / lr)}: lr·L = 1.2, so lr = {num(lr, 3)}, with ρ = 0.3."
    assert anywhere.readout.startswith(words)
    path, trace = heavy(slope, start, 150, lr, 0.3), anywhere.panels[2]
    draws(anywhere, [path], panel=1)
    loss = LOSSES[name](*path) - LOSSES[name](*anywhere.panels[1].ground[2].get_xydata()[0])
    np.testing.assert_allclose(traced(trace)[0], seen(loss, trace), rtol=1e-3, atol=1e-11)


def last_settled(shown, rho):
    """The largest lr·L at which a run with this ρ settles."""
    return PRODUCTS[np.isin(shown[round(100 * rho)], (DOWN, UP, ELSEWHERE))].max()


@LANDS
def test_the_limit_is_near_2_times_1_plus_rho_for_small_rho(anywhere, name):
    anywhere.set(name=name, step=150)
    for rho in (0, 0.1, 0.2):
        assert 0.89 < last_settled(image(anywhere.panels[0]), rho) / 2 / (1 + rho) < 1.01


@pytest.mark.parametrize("name", ["Himmelblau", "saddle"])
def test_for_large_rho_the_limit_comes_much_earlier(anywhere, name):
    anywhere.set(name=name, step=150)
    for rho in (0.7, 0.8):
        settles = np.isin(image(anywhere.panels[0])[round(100 * rho)], (DOWN, UP, ELSEWHERE))
        assert PRODUCTS[settles].max() < 0.87 * 2 * (1 + rho)
        assert not settles[(PRODUCTS > 0.9 * 2 * (1 + rho))].any()


def test_on_three_pits_nearly_all_end_in_the_wrong_pit_with_memory_as_without(anywhere):
    anywhere.set(name="three pits", step=150)
    shown = image(anywhere.panels[0])
    settled = np.isin(shown, (DOWN, UP, ELSEWHERE))
    assert (shown[settled] == ELSEWHERE).mean() > 0.95
    assert (shown[0][settled[0]] == ELSEWHERE).all() and settled[0].sum() > 30


def test_explore_on_three_pits_a_few_settings_settle_in_the_deepest_pit(anywhere):
    anywhere.set(name="three pits")
    assert "elsewhere" in anywhere.readout  # the default is none of them
    anywhere.set(step=150)
    rows, columns = np.nonzero(np.isin(image(anywhere.panels[0]), (DOWN, UP)))
    assert 50 < len(rows) < 500
    slope, start, best, steepest = ELSE["three pits"]
    middle = np.argmin(np.abs(RHOS[rows] - np.median(RHOS[rows])))
    place = PRODUCTS[columns[middle]], RHOS[rows[middle]]
    drag(anywhere, anywhere.panels[0], (1, 0.1), place)
    assert "settles after" in anywhere.readout and "elsewhere" not in anywhere.readout
    end = heavy(slope, start, 400, anywhere._shown_run.lr, place[1])[:, -1]
    assert np.hypot(*(end - best)) < 1e-3


def test_himmelblau_begins_with_all_five_fates_on_the_map(anywhere):
    assert set(np.unique(image(anywhere.panels[0]))) == {NOT_YET, DOWN, UP, GONE, ELSEWHERE}


@LANDS
def test_the_line_is_the_limit_of_stability_again_and_a_is_the_deepest_minimum(anywhere, name):
    anywhere.set(name=name)
    assert {*anywhere.panels[0].drawn.lines} == {"limit", "up", "across"}
    products, rhos = theory_line(anywhere, "limit")
    np.testing.assert_allclose(products, 2 * (1 + rhos))
    assert (rhos[0], rhos[-1]) == (0, 0.99)
    [letter] = anywhere.panels[1].ground[3:]
    assert letter.get_text() == "A"
    assert np.hypot(*(np.array(letter.xy) - ELSE[name][2])) < 1e-3
    land = anywhere._shown_run.land
    assert land.f(letter.xy) <= land.f(land.minima).min() + 1e-9


def test_a_landscape_of_ones_own_choice_has_a_map_too():
    figure = figures.anywhere(landscapes.beale())
    assert list(figure.controls["name"].options) == ["Beale"]
    figure.set(step=150, product=2.0, rho=0.8)
    assert "Beale, L = 48.98: " in figure.readout
    rows, columns = np.nonzero(np.isin(image(figure.panels[0]), (DOWN, UP)))
    assert len(rows) > 100
    place = PRODUCTS[columns[0]], RHOS[rows[0]]
    figure.set(product=place[0], rho=place[1])
    assert "settles after" in figure.readout
    end = figure._shown_run.path[:, -1]
    assert np.abs(end - [3, 0.5]).max() < 1e-3
    figure.close()


def test_several_landscapes_given_are_the_choices_and_the_first_is_shown():
    start = np.array([-1.0, 1.0])
    given = landscapes.rosenbrock(), replace(landscapes.himmelblau(), start=start)
    figure = figures.anywhere(*given)
    assert list(figure.controls["name"].options) == ["Rosenbrock", "Himmelblau"]
    assert figure.readout.startswith("Rosenbrock, L = ")
    figure.set(name="Himmelblau", step=0)
    np.testing.assert_array_equal(route(figure, panel=1, part="ball")[:, 0], start)
    assert figure._shown_run.land is given[1]
    figure.close()


def bowl(f, grad, name="bowl", **more):
    """A landscape of two parameters with its minimum at (0, 0)."""
    window = ((-2, 2), (-2, 2))
    return landscapes.Landscape(name, f, grad, window, [1, 1], **{"minima": [0, 0]} | more)


def quartic_bowl():
    return bowl(lambda w: (w**4).sum(axis=0), lambda w: 4 * w**3)


def test_two_landscapes_of_one_name_are_both_kept_and_told_apart():
    given = [landscapes.ravine(5), landscapes.saddle(), landscapes.ravine(50)]
    figure = figures.anywhere(*given)
    names = ["ravine 1", "saddle 2", "ravine 3"]
    assert list(figure.controls["name"].options) == names
    for name, land, steepest in zip(names, given, ("5", "2", "50"), strict=True):
        figure.set(name=name)
        assert figure._shown_run.land is land
        assert figure.readout.startswith(f"{name}, L = {steepest}: ")
    figure.close()


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1e6])
def test_a_bowl_has_its_map_however_high_the_loss_is(scale):
    """The map is told in lr·L, so the scale of the loss leaves it as it is."""
    maps = []
    for factor in (1, scale):
        land = bowl(lambda w, k=factor: k * (w**2).sum(axis=0), lambda w, k=factor: 2 * k * w)
        figure = figures.anywhere(land)
        figure.set(step=150)
        maps.append(image(figure.panels[0]) == NOT_YET)
        figure.close()
    assert (maps[0] != maps[1]).mean() < 0.01


TWO, NONE, FLAT = (
    f"land must be a landscape {words}; got "
    for words in (
        "of two parameters",
        "that lists a minimum",
        "that curves up at its lowest minimum",
    )
)
OTHER_KINDS = {
    "one parameter": (landscapes.double_well(), f"{TWO}'double well', which has 1"),
    "three": (landscapes.rastrigin(3), f"{TWO}'Rastrigin', which has 3"),
    "ten": (landscapes.rastrigin(10), f"{TWO}'Rastrigin', which has 10"),
    "a function": (lambda w: w @ w, f"{TWO}<function"),
    "a factory": (landscapes.beale, f"{TWO}<function beale"),
    "a list": ([landscapes.beale()], f"{TWO}[Landscape("),
    "nothing": (None, f"{TWO}None"),
    "no minima": (landscapes.crease(), f"{NONE}'crease'"),
    "a flat bottom": (quartic_bowl(), f"{FLAT}'bowl'"),
    "a plain": (bowl(lambda w: 0 * w[0], lambda w: 0 * w), FLAT),
    "a summit": (bowl(lambda w: -(w**2).sum(axis=0), lambda w: -2 * w), FLAT),
    "a pass": (replace(landscapes.saddle(), minima=[0, 0]), FLAT),
    "a kink": (bowl(lambda w: np.abs(w).sum(axis=0), np.sign), FLAT),
}


@pytest.mark.parametrize("land, words", OTHER_KINDS.values(), ids=OTHER_KINDS)
def test_a_landscape_that_has_no_map_of_settings_is_told_why(land, words):
    for given in ((land,), (landscapes.saddle(), land)):
        with pytest.raises(ValueError) as refused:
            figures.anywhere(*given)
        assert str(refused.value).startswith(words)


def test_a_bowl_that_is_flat_in_one_direction_only_has_a_map():
    land = bowl(lambda w: w[0] ** 2 + w[1] ** 4, lambda w: np.stack([2 * w[0], 4 * w[1] ** 3]))
    figure = figures.anywhere(land)
    assert figure.readout.startswith("bowl, L = 2: ") and "does not settle" in figure.readout
    figure.close()


# --- the ravine at every rho ----------------------------------------------------------------------


def best_rates(kappa, rho):
    """The factor per step in the worse direction at 400 learning rates, and those."""
    lrs = np.linspace(0, 2 * (1 + rho) / kappa, 402)[1:-1]
    return lrs, np.array([max(factor(lr, c, rho) for c in (1, kappa)) for lr in lrs])


@pytest.mark.parametrize("kappa, rho", [(100, 0.9), (100, 0), (100, 0.4), (10, 0.3), (1000, 0.95)])
def test_no_learning_rate_suits_a_rho_better_than_the_one_it_is_given(ravine, kappa, rho):
    ravine.set(kappa=kappa, rho=rho)
    kappa, lr = ravine.values["kappa"], ravine._shown_run.lr[1]
    assert f"ρ = {num(rho)} with a learning rate that suits it, {num(lr, 3)}." in ravine.readout
    mine = max(factor(lr, c, rho) for c in (1, kappa))
    lrs, rates = best_rates(kappa, rho)
    assert mine < rates.min() + 1e-6
    _, polyak = theory.polyak(1, kappa)
    wanted = 2 * (1 + rho) / (1 + kappa) if rho < polyak else (1 - rho) / sqrt(kappa)
    assert lr == pytest.approx(wanted)


RAVINES = [{}, {"kappa": 10, "rho": 0.5, "step": 12}, {"kappa": 1000, "rho": 0.95, "step": 300}]
RAVINES += [{"kappa": 300, "rho": 0.8}, {"kappa": 2, "rho": 0.02, "step": 5}]


@pytest.mark.parametrize("state", RAVINES)
def test_three_runs_on_the_ravine_their_distances_and_their_steps(ravine, state):
    ravine.set(**state)
    kappa, rho = ravine.values["kappa"], ravine.values["rho"]
    best = ((sqrt(kappa) - 1) / (sqrt(kappa) + 1)) ** 2
    lrs, rhos = ravine._shown_run.lr, (0, rho, best)
    assert lrs[0] == pytest.approx(2 / (1 + kappa))
    assert lrs[2] == pytest.approx(4 / (1 + sqrt(kappa)) ** 2)
    curvatures, step = np.array([1, kappa]), ravine.controls["step"].value
    paths = [
        heavy(lambda w: curvatures * w, [1 / sqrt(2)] * 2, 1000, lr, r)
        for lr, r in zip(lrs, rhos, strict=True)
    ]
    draws(ravine, [path[:, :301] for path in paths[:2]])
    patterns = (
        "gradient descent takes (.+?) \\(",
        "your ρ (.+?) \\(",
        "Polyak’s \\(ρ = [\\d.]+\\) (.+?) \\(",
    )
    for k, (path, lr, r, pattern) in enumerate(zip(paths, lrs, rhos, patterns, strict=True)):
        closed = np.hypot(swing(lr, r, 1, 1000), swing(lr, r, kappa, 1000)) / sqrt(2)
        np.testing.assert_allclose(np.hypot(*path), closed, rtol=1e-3, atol=1e-9)
        heights, ball = traced(ravine.panels[1], k)
        np.testing.assert_allclose(heights, seen(closed[:301], ravine.panels[1]), rtol=1e-2)
        assert ball[0] == step
        steps = for_good(closed < 1e-6)
        assert re.search(pattern, ravine.readout)[1] == (
            f"{steps} steps" if steps >= 0 else "more than 1000 steps"
        )


@pytest.mark.parametrize("kappa", [2, 100, 2000])
def test_the_curve_is_what_the_roots_say_and_has_its_lowest_point_at_polyaks_rho(ravine, kappa):
    ravine.set(kappa=kappa)
    kappa, panel = ravine.values["kappa"], ravine.panels[2]
    rhos, steps = drawn(panel, "theory")
    np.testing.assert_allclose(rhos, RHOS)
    for k in range(0, 100, 7):
        _, rates = best_rates(kappa, rhos[k])
        assert steps[k] == pytest.approx(log(1e-6) / log(rates.min()), rel=0.01)
    polyak = ((sqrt(kappa) - 1) / (sqrt(kappa) + 1)) ** 2
    assert abs(rhos[steps.argmin()] - polyak) <= 0.01
    assert (np.diff(steps[rhos < polyak]) < 0).all() and (np.diff(steps[rhos > polyak]) > 0).all()
    low, high = panel.ax.get_ylim()
    marks = {name: drawn(panel, name)[:, 0] for name in ("gd", "yours", "polyak")}
    assert (marks["gd"][0], marks["yours"][0]) == (0, 0.9)
    assert marks["polyak"] == pytest.approx([polyak, log(1e-6) / log(sqrt(polyak))], rel=1e-4)
    assert marks["gd"][1] == pytest.approx(log(1e-6) / log((kappa - 1) / (kappa + 1)))
    assert marks["yours"][1] == pytest.approx(np.interp(0.9, rhos, steps))
    for name, pattern in (
        ("gd", "descent takes .+?"),
        ("yours", "your ρ .+?"),
        ("polyak", "Polyak’s.+?"),
    ):
        told = re.search(pattern + r" \(theory ([\d,]+)\)", ravine.readout)[1]
        assert told == f"{marks[name][1]:{',' if marks[name][1] >= 1e4 else ''}.0f}"
    assert [panel.drawn.lines[name].get_marker() for name in marks] == ["o", "s", "^"]
    assert all(low < height < high for _, height in marks.values())
    assert ((low < steps) & (steps < high)).all()


def test_c110_the_runs_need_more_steps_than_theory_at_polyaks_rho_and_right_of_it_they_agree(
    ravine,
):
    for kappa in (10, 100, 1000):
        ravine.set(kappa=kappa)
        polyak = ravine._shown_run.best
        *_, ours = (float(part) for part in re.findall(r"(\d+) steps", ravine.readout))
        *_, told = (float(part) for part in re.findall(r"\(theory (\d+)\)", ravine.readout))
        assert 1.2 < ours / told < 1.5
        for rho in (0.75, 0.8, 0.85, 0.9, 0.95, 0.97):
            if rho > polyak + 0.05:
                expected = log(1e-6) / log(sqrt(rho))
                needed = ravine.run(kappa=ravine.values["kappa"], rho=rho).needed[1]
                assert needed == pytest.approx(expected, rel=0.05)
        plain = ravine._shown_run.needed[0]
        if plain > 0:
            assert plain == pytest.approx(log(1e-6) / log((kappa - 1) / (kappa + 1)), rel=0.01)


@pytest.mark.parametrize("kappa", [3, 10, 30, 100, 300, 1000])
def test_c110_with_rho_0_9_it_is_about_260_steps_in_a_mild_ravine_and_in_a_bad_one(ravine, kappa):
    ravine.set(kappa=kappa, rho=0.9)
    assert 250 < said(ravine, r"your ρ (\d+) steps") < 280


def test_c110_explore_rho_0_9_is_faster_than_gradient_descent_from_kappa_38_on(ravine):
    crossing = (1 + sqrt(0.9)) / (1 - sqrt(0.9))
    assert crossing == pytest.approx(38, abs=0.05)
    slider, seen = ravine.controls["kappa"], []
    for k in [*range(0, 50, 10), *range(61, 68), *range(70, 151, 20)]:
        ravine.set(kappa=slider.base ** (slider.min + k * slider.step))
        seen.append(ravine.values["kappa"])
        plain, ball = (for_good(d < 1e-6) for d in ravine._shown_run.distance.T[:2])
        assert (0 <= plain < ball) == (seen[-1] < crossing), seen[-1]
    assert {36.4, 38.1, 2.0} < {*seen} and max(seen) > 1000


# --- a ball with friction -------------------------------------------------------------------------


def dip_loss(x, depth):
    return x**2 / 2 - depth * np.exp(-2 * (x + 3) ** 2)


def dip_slope(depth):
    return lambda x: x + 4 * (x + 3) * depth * np.exp(-2 * (x + 3) ** 2)


@cache
def dip_parts(depth):
    """The bottom of the dip, that of the bowl, and the ridge between them, on fine grids."""
    x = np.linspace(-3.5, -2.4, 110_001)
    low = x[dip_loss(x, depth).argmin()]
    x = np.linspace(low, -0.5, 300_001)
    top = x[dip_loss(x, depth).argmax()]
    x = np.linspace(-0.5, 0.5, 100_001)
    return low, x[dip_loss(x, depth).argmin()], top


@cache
def rolled(depth, lr, rho, steps=3001):
    return heavy(dip_slope(depth), [-5], steps, lr, rho)[0]


ROLLS = [
    {},
    {"rho": 0.9, "step": 20},
    {"rho": 0.97, "step": 150},
    {"depth": 8, "rho": 0.9, "step": 13},
]
ROLLS += [{"depth": 8, "lr": 0.05, "rho": 0.5}, {"lr": 0.001, "rho": 0.99, "step": 0}, {"rho": 0}]


@pytest.mark.parametrize("state", ROLLS)
def test_c116_the_ball_its_loss_its_energy_and_where_it_settles(roll, state):
    roll.set(**state)
    (depth, lr, rho), step = roll.values.values(), roll.controls["step"].value
    x, (low, bowl, top) = rolled(depth, lr, rho), dip_parts(depth)
    curve = roll.panels[0]
    trail = drawn(curve, "trail 0")
    np.testing.assert_allclose(trail[0], x[: step + 1], atol=1e-6)
    np.testing.assert_allclose(trail[1], dip_loss(x[: step + 1], depth), atol=1e-5)
    (w,), (height,) = drawn(curve, "ball 0")
    assert w == pytest.approx(x[step], abs=1e-6) and height == pytest.approx(dip_loss(w, depth))
    across, up = drawn(curve, "curve")
    np.testing.assert_allclose(up, dip_loss(across, depth), atol=1e-12)
    steps, panel = np.arange(151), roll.panels[2]
    ahead, behind = np.diff(x)[:151], np.diff(x, prepend=x[0])[:151]
    loss = dip_loss(x[:151], depth)
    energy = loss + (ahead**2 + behind**2) / 2 / (2 * lr)
    np.testing.assert_allclose(drawn(panel, "rest"), [steps, energy], atol=1e-4)
    np.testing.assert_allclose(
        drawn(panel, "seen"), [steps[: step + 1], energy[: step + 1]], atol=1e-4
    )
    np.testing.assert_allclose(
        drawn(panel, "height"), [steps[: step + 1], loss[: step + 1]], atol=1e-4
    )
    assert drawn(panel, "ball")[:, 0] == pytest.approx([step, energy[step]], abs=1e-4)
    ridge = dip_loss(top, depth)
    assert drawn(panel, "ridge") == pytest.approx(np.array([[0, 150], [ridge, ridge]]))
    assert said(roll, r"the ridge is ([\d.]+) high") == pytest.approx(ridge, abs=0.006)
    assert said(roll, r"w = (−?[\d.e−]+) with") == pytest.approx(x[step], abs=0.006)
    assert said(roll, r"energy (−?[\d.e−]+);") == pytest.approx(energy[step], abs=0.006)
    assert said(roll, r"loss (−?[\d.e−]+),") == pytest.approx(loss[step], abs=0.006)
    end = x[3000]
    settles = [abs(end - bowl) < 1.1e-3, abs(end - low) < 1.1e-3]
    where = (
        ["in the wide bowl", "in the narrow dip"][settles.index(True)]
        if any(settles)
        else "nowhere"
    )
    assert f"the ball settles {where}" in roll.readout
    best = "dip" if dip_loss(low, depth) < dip_loss(bowl, depth) else "bowl"
    assert (
        f"the {best} is the global minimum" in roll.readout and best == {3: "bowl", 8: "dip"}[depth]
    )


def test_the_ball_is_the_square_of_momentum(roll):
    look = draw.LOOK["momentum"]
    curve, _, energy = roll.panels
    for line in (*lines_of(curve, "ball"), *lines_of(curve, "trail"), *lines_of(energy, "ball")):
        assert (line.get_color(), line.get_marker()) == (look["color"], look["marker"])


@pytest.mark.parametrize("depth", [3, 8])
def test_the_map_is_where_other_runs_settle(roll, depth):
    roll.set(depth=depth)
    shown = image(roll.panels[1])
    assert shown.shape == (100, 61)
    lrs = 10 ** np.linspace(-3, -1, 61)[::4]
    start = np.full((1, 100, len(lrs)), -5.0)
    slope = dip_slope(depth)
    x = before = start
    for _ in range(3000):
        x, before = x + RHOS[:, None] * (x - before) - lrs * slope(x), x
    low, bowl, _ = dip_parts(depth)
    fate = np.where(np.abs(x[0] - bowl) < 1e-3, 0, np.where(np.abs(x[0] - low) < 1e-3, 1, -1))
    assert (fate == shown[:, ::4]).mean() > 0.985  # a few runs roll to and fro over the ridge
    steep = np.diff(dip_slope(depth)(low + np.array([-1e-5, 1e-5])))[0] / 2e-5
    every, limit = np.broadcast_to(lrs, fate.shape), 2 * (1 + RHOS[:, None]) / steep
    assert not (fate[every > 1.01 * limit] == 1).any()
    assert (shown[:, ::4] == -1).any() == (depth == 8)
    assert (shown == -1)[:, 10 ** np.linspace(-3, -1, 61) < 0.06].sum() < 3


def ends_of(depth, lr):
    """Where the ball settles at every ρ of the slider, by other runs: 0 is the bowl, 1 the dip."""
    x = heavy(dip_slope(depth), np.full((1, 100), -5.0), 3000, lr, RHOS)[0, -1]
    low, bowl, _ = dip_parts(depth)
    assert ((np.abs(x - low) < 1e-3) | (np.abs(x - bowl) < 1e-3)).all()
    return np.where(np.abs(x - low) < 1e-3, 1, 0)


WHERE = ("settles in the wide bowl", "settles in the narrow dip")


def test_c115_explore_at_0_01_the_smallest_rho_that_gets_the_ball_out_is_0_80_and_0_97_is_caught(
    roll,
):
    assert WHERE[1] in roll.readout  # to begin with
    ends = ends_of(3, 0.01)
    assert image(roll.panels[1])[:, 30].tolist() == ends.tolist()  # of the map, at 0.01
    assert RHOS[ends == 0].min() == 0.8 and RHOS[(ends == 1) & (RHOS > 0.8)].tolist() == [0.97]
    for rho in (0.79, 0.8, 0.96, 0.97, 0.98):
        roll.set(rho=rho)
        assert WHERE[ends[round(100 * rho)]] in roll.readout
    roll.set(rho=0.97, step=150)
    x = drawn(roll.panels[0], "trail 0")[0]
    low, bowl, top = dip_parts(3)
    assert x.max() > bowl + 1 and abs(x[-1] - low) < 0.2  # through the bowl, and back
    assert f"{WHERE[1]}; the bowl is the global" in roll.readout


def test_the_border_on_the_map_is_one_minus_a_friction_times_root_lr(roll):
    """About 2.19 for small lr, and 1.8 at the largest; ρ has two decimals."""
    shown, lrs = image(roll.panels[1]), 10 ** np.linspace(-3, -1, 61)
    first = np.array([RHOS[(column == 0).argmax()] for column in shown.T])
    least, most = (1 - first) / np.sqrt(lrs), (1.01 - first) / np.sqrt(lrs)
    assert (least < 2.2).all() and (most > 1.75).all() and (least[lrs > 0.05] < 1.95).all()
    assert (most[lrs < 0.005] > 2.07).all()


def test_m9_e5_8_at_depth_8_rho_0_87_to_0_96_lose_the_global_minimum(roll):
    roll.set(depth=8)
    ends = ends_of(8, 0.01)
    assert RHOS[ends == 0][:10].tolist() == [*np.arange(87, 97) / 100] and ends[97] == 1
    for rho, best in ((0.6, True), (0.86, True), (0.87, False), (0.9, False), (0.96, False)):
        roll.set(rho=rho)
        assert f"{WHERE[best]}; the dip is the global minimum" in roll.readout
        assert ends[round(100 * rho)] == best


def energies(depth, lr, rho, steps=600):
    """Places, and the loss and the motion there, `(steps - 1, ...)`."""
    x = heavy(dip_slope(depth), np.full((1, *np.shape(rho)), -5.0), steps, lr, rho)[0]
    moved = np.diff(x, axis=0) ** 2
    return x[1:-1], dip_loss(x[1:-1], depth) + (moved[1:] + moved[:-1]) / 4 / lr


@pytest.mark.parametrize("depth", [3, 8])
def test_at_a_small_learning_rate_friction_only_takes_energy_away(depth):
    """At 0.01 up to ρ = 0.96, at 0.001 at every ρ; at a large one there is more at times."""
    for lr, rhos in ((0.01, RHOS[:97]), (0.001, RHOS)):
        assert np.diff(energies(depth, lr, rhos)[1], axis=0).max() < 1e-12
    assert np.diff(energies(depth, 0.1, RHOS)[1], axis=0).max() > 1


def test_a_large_learning_rate_can_throw_it_out_with_less_energy_than_the_ridge_is_high():
    (x, energy), top = energies(8, 0.1, 0.9), dip_parts(8)[2]
    low = (energy < dip_loss(top, 8)).argmax()
    assert x[low] < top and (x[low:] > top).any()


def test_c116_at_0_01_a_ball_with_less_energy_than_the_ridge_is_high_never_crosses_it_any_more(
    roll,
):
    top = dip_parts(3)[2]
    for rho in RHOS:
        x = rolled(3, 0.01, rho, 800)
        energy = dip_loss(x[1:-1], 3) + (np.diff(x)[1:] ** 2 + np.diff(x)[:-1] ** 2) / 0.04
        below = np.flatnonzero(energy < dip_loss(top, 3))
        side = x[1:-1][below[0] :] > top
        assert (side == side[0]).all(), rho


def test_c22_with_rho_0_it_is_gradient_descent_and_never_rolls_out(roll):
    for lr in (0.001, 0.01, 0.1):
        roll.set(rho=0, lr=lr, step=150)
        x = drawn(roll.panels[0], "trail 0")[0]
        plain = [-5.0]
        for _ in range(150):
            plain.append(plain[-1] - roll.values["lr"] * dip_slope(3)(plain[-1]))
        np.testing.assert_allclose(x, plain)
        assert "in the narrow dip" in roll.readout and (x < dip_parts(3)[2]).all()


@pytest.mark.parametrize("place", [(0.03, 0.9), (0.002, 0.31), (0.01, 0.97)])
def test_a_click_on_the_map_of_the_dip_chooses_learning_rate_and_rho(roll, place):
    drag(roll, roll.panels[1], (-1.5, 0.5), (np.log10(place[0]), place[1]))
    assert roll.values["lr"] == pytest.approx(place[0], rel=0.025)
    assert roll.values["rho"] == pytest.approx(place[1], abs=0.0051)
    assert drawn(roll.panels[1], "up")[0] == pytest.approx([np.log10(roll.values["lr"])] * 2)
    assert drawn(roll.panels[1], "across")[1] == pytest.approx([roll.values["rho"]] * 2)
    row, column = round(100 * roll.values["rho"]), round(30 * (np.log10(place[0]) + 3))
    where = ("wide bowl", "narrow dip")[image(roll.panels[1])[row, column]]
    assert f"the ball settles in the {where}" in roll.readout


# --- momentum and noise ---------------------------------------------------------------------------

X, Y = PENGUINS
BOTTOM = np.array([Y.mean(), (X * Y).mean()])  # X has mean 0 and variance 1


@cache
def mean_loss(lr, rho, steps=800):
    """The exact mean loss above the lowest, one penguin a step, from (0, 0): `(steps + 1,)`.

    (1, d, v) obeys a linear rule that depends on the row; the mean of its square over the rows
    turns into the next one. The Hessian is 1.
    """
    rows, one = len(X), np.eye(2)
    z = np.stack([np.ones(rows), X])
    residual = Y - BOTTOM @ z
    turn = np.zeros((rows, 5, 5))
    turn[:, 0, 0] = 1
    turn[:, 3:, 0] = -(z * residual).T
    turn[:, 3:, 1:3] = np.einsum("an,bn->nab", z, z)
    turn[:, 3:, 3:] = rho * one
    turn[:, 1:3] = -lr * turn[:, 3:]
    turn[:, 1:3, 1:3] += one
    first = np.array([1, *-BOTTOM, 0, 0])
    square, losses = np.outer(first, first), []
    step = np.einsum("nab,ncd->acbd", turn, turn).reshape(25, 25) / rows
    for _ in range(steps + 1):
        losses.append((square[1, 1] + square[2, 2]) / 2)
        square = (step @ square.ravel()).reshape(5, 5)
    return np.array(losses)


def clouds(figure):
    """The drawn places of the hundred runs of SGD, of momentum, of SGD at the effective rate."""
    names = ("SGD at lr", "momentum at lr", "SGD at lr/(1 − ρ)")
    return [drawn(figure.panels[0], name) for name in names]


def loss_of(places):
    return ((places - BOTTOM[:, None]) ** 2).sum(axis=0) / 2


SPREADS = [(0.01, 0.9), (0.001, 0.9), (0.02, 0.5), (0.01, 0)]


@pytest.mark.parametrize("lr, rho", SPREADS)
def test_c104_the_three_mean_losses_are_those_of_the_exact_recursion(spread, lr, rho):
    spread.set(lr=lr, rho=rho)
    lr = spread.values["lr"]
    pairs = (lr, 0), (lr, rho), (lr / (1 - rho), 0)
    average = r"average (\S+) above the lowest with SGD, (\S+) with momentum, (\S+) with SGD"
    for step in (1, 30, 300, 800):
        spread.controls["step"].value = step
        told = re.search(average, spread.readout)
        for k, (cloud, (each, memory)) in enumerate(zip(clouds(spread), pairs, strict=True)):
            losses, exact = loss_of(cloud), mean_loss(each, memory)[step]
            assert cloud.shape == (2, 100)
            assert abs(losses.mean() - exact) < Z * losses.std() / 10 + 1e-9
            assert told[k + 1] == num(losses.mean(), 3)
            heights, ball = traced(spread.panels[1], k)
            assert ball == pytest.approx([step, losses.mean()]) and heights[step] == ball[1]
    assert f"lr/(1 − ρ) = {num(lr / (1 - rho), 3)}" in spread.readout


def test_the_last_numbers_are_the_means_of_the_lines_over_their_last_100_steps(spread):
    told = re.search(r"last 100 steps it is (\S+), (\S+) and (\S+)\.$", spread.readout)
    for k in range(3):
        heights, _ = traced(spread.panels[1], k)
        assert len(heights) == 801 and told[k + 1] == num(heights[-100:].mean(), 3)


def test_c104_m8_momentum_ends_ten_times_higher_than_sgd_and_as_high_as_at_the_effective_rate(
    spread,
):
    floors = [traced(spread.panels[1], k)[0][-300:].mean() for k in range(3)]
    exact = [mean_loss(0.01, 0)[-300:].mean(), mean_loss(0.01, 0.9)[-300:].mean()]
    assert exact[1] / exact[0] == pytest.approx(10, abs=1)
    assert floors[1] / floors[0] == pytest.approx(10, abs=2)
    assert floors[1] / floors[2] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("lr", [0.01, 0.001])
def test_c104_momentum_comes_down_nearly_as_fast_as_sgd_at_the_effective_rate(spread, lr):
    spread.set(lr=lr)
    lr = spread.values["lr"]
    half = [for_good(mean_loss(each, rho) < 4.5) for each, rho in ((lr, 0.9), (10 * lr, 0))]
    goal = 3 * mean_loss(10 * lr, 0, 3000)[-1]
    down = [for_good(mean_loss(each, rho, 3000) < goal) for each, rho in ((lr, 0.9), (10 * lr, 0))]
    slow = for_good(mean_loss(lr, 0, 5000) < goal)
    assert max(half) < 12 + 1.3 * min(half)
    assert max(down) < 60 + min(down) and (slow < 0 or slow > 4 * max(down))
    for k, step in enumerate(down, 1):
        assert traced(spread.panels[1], k)[0][step] == pytest.approx(goal, rel=0.5)


def test_c104_explore_at_lr_0_001_momentum_ends_on_the_floor_that_sgd_had_at_0_01(spread):
    wanted = mean_loss(0.01, 0, 2000)[-1]
    slider = spread.controls["lr"]
    reach = [float(f"{slider.base ** (slider.min + k * slider.step):.3g}") for k in range(12)]
    floors = {lr: mean_loss(lr, 0.9, 20_000)[-1] for lr in reach}
    best = min(floors, key=lambda lr: abs(floors[lr] - wanted))
    assert best == 0.001 and floors[best] == pytest.approx(wanted, rel=0.03)
    assert said(spread, r"last 100 steps it is \S+ (\S+) and") > 5 * wanted  # not as it begins
    assert said(spread, r"last 100 steps it is (\S+),") == pytest.approx(wanted, rel=0.15)
    spread.set(lr=best)
    assert said(spread, r"last 100 steps it is \S+ (\S+) and") == pytest.approx(wanted, rel=0.2)


def test_the_same_seed_is_the_same_picture_and_another_is_another(spread):
    ends = {}
    for seed in (3, 4, 3):
        spread.set(seed=seed)
        assert f"seed {seed}, " in spread.readout
        ends.setdefault(seed, []).append(np.stack(clouds(spread)))
    np.testing.assert_array_equal(*ends[3])
    assert (ends[3][0] != ends[4][0]).any()
    slow, _, quick = ends[3][0]
    assert len(np.unique(slow, axis=1).T) == 100 and not (slow == quick).any()


def test_the_minimum_is_the_plus_in_the_middle_and_all_runs_start_at_0_0(spread):
    assert drawn(spread.panels[0], "bottom")[:, 0] == pytest.approx(BOTTOM)
    ax = spread.panels[0].ax
    for limits, middle in ((ax.get_xlim(), BOTTOM[0]), (ax.get_ylim(), BOTTOM[1])):
        assert np.mean(limits) == pytest.approx(middle) and np.ptp(limits) == pytest.approx(1.4)
    spread.set(step=0)
    for cloud in clouds(spread):
        np.testing.assert_allclose(cloud, 0, atol=1e-12)


def test_noise_that_makes_runs_diverge_is_said_in_words(spread):
    spread.set(lr=0.1)
    assert "more than a million with SGD at lr/(1 − ρ)" in spread.readout
    assert said(spread, r"with SGD, (\S+) with momentum") < 10
    spread.set(rho=0.99)
    assert spread.readout.count("more than a million") == 4
    assert not re.search(r"\b(nan|inf)\b", spread.readout)


# --- dialects -------------------------------------------------------------------------------------

WAYS = {
    "the same": lambda rho: 1,
    "× (1 − ρ)": lambda rho: 1 - rho,
    "÷ (1 − ρ)": lambda rho: 1 / (1 - rho),
}
FORMS = {"sum": lambda rho: 1, "average": lambda rho: 1 - rho}
LETTERS = {"A": (3, 2), "B": (-2.805, 3.131), "C": (-3.779, -3.283), "D": (3.584, -1.848)}


def spoken(form, lr, rho, steps=400):
    """The path of one form, on Himmelblau's landscape from (0, 0)."""
    w, v, path = np.zeros(2), 0, [np.zeros(2)]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            v = rho * v + FORMS[form](rho) * himmelblau_slope(w)
            w = w - lr * v
            path.append(w)
    return np.stack(path, axis=1)


def place_of(path):
    """What becomes of a run, in the words of the sentence."""
    if not (np.abs(path) <= 1e6).all():
        return "has diverged"
    near = [letter for letter, at in LETTERS.items() if np.hypot(*(path[:, -1] - at)) < 2e-3]
    return f"settles in {near[0]}" if near else "has not settled"


DIALECTS = [{}, {"way": "÷ (1 − ρ)"}, {"way": "× (1 − ρ)", "step": 100}, {"rho": 0}, {"lr": 0.001}]
DIALECTS += [{"lr": 0.05, "step": 100}, {"lr": 0.002, "rho": 0.6, "way": "÷ (1 − ρ)", "step": 5}]


@pytest.mark.parametrize("state", DIALECTS)
def test_c112_e5_2_both_forms_with_their_losses_and_where_they_settle(dialects, state):
    dialects.set(**state)
    way, lr, rho = dialects.values.values()
    step, lrs = dialects.controls["step"].value, (lr, lr * WAYS[way](rho))
    runs = [spoken(form, each, rho) for form, each in zip(FORMS, lrs, strict=True)]
    draws(dialects, [path[:, :101] for path in runs])
    for k, (form, path) in enumerate(zip(FORMS, runs, strict=True)):
        with np.errstate(all="ignore"):
            loss = LOSSES["Himmelblau"](*path[:, :101])
            wanted = seen(loss, dialects.panels[1])
        np.testing.assert_allclose(traced(dialects.panels[1], k)[0], wanted, rtol=1e-4, atol=1e-9)
        words = f"{form} form at{' learning rate' * (k == 0)} {num(lrs[k], 3)} {place_of(path)}"
        assert words in dialects.readout
        told = num(loss[step], 3) if loss[step] < 1e6 else "more than a million"
        told = "less than 1e−12" if loss[step] < 1e-12 else told
        assert f"{told}{' above the lowest' * (k == 0)} in the {form} form" in dialects.readout
    with np.errstate(all="ignore"):
        apart = np.hypot(*(runs[0] - runs[1])[:, :101]).max()
    if apart < 1e-13:
        assert "In 100 steps the two are one path, up to rounding." in dialects.readout
    elif apart < 1e6:
        assert f"the two are at most {num(apart, 2)} apart." in dialects.readout
    else:
        assert "the two are far apart." in dialects.readout


def test_the_same_start_lr_and_rho_and_yet_the_two_end_in_different_minima(dialects):
    assert dialects.values["way"] == "the same"
    ends = re.findall(r"settles in ([A-D])", dialects.readout)
    assert len(ends) == 2 and ends[0] != ends[1]
    letters = {text.get_text(): tuple(text.xy) for text in dialects.panels[0].ground[3:]}
    assert list(letters) == list("ABCD")
    for letter, place in LETTERS.items():
        assert letters[letter] == pytest.approx(place, abs=1e-3)


def test_c112_explore_dividing_by_1_minus_rho_makes_the_two_one_path_at_every_rho(dialects):
    assert "apart" in dialects.readout
    for way in WAYS:
        dialects.set(way=way)
        rhos = (0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
        apart = np.array([dialects.run(way=way, lr=0.005, rho=rho).apart for rho in rhos])
        assert apart[0] == 0
        if way == "÷ (1 − ρ)":
            assert (apart < 1e-9).all()
            for rho in (0, 0.5, 0.9, 0.98):
                dialects.set(rho=rho)
                assert "one path, up to rounding" in dialects.readout
        else:
            assert (apart[1:] > 1e-3).all()


def test_squares_are_the_sum_form_and_triangles_the_average_form(dialects):
    assert dialects.panels[0].title == "■ sum form, ▲ average form"
    assert markers(dialects.panels[0], "ball") == ["s", "^"]
    labels = [line.get_label() for line in lines_of(dialects.panels[1], "line")]
    assert labels == ["sum form", "average form"]
    assert markers(dialects.panels[1], "line") == ["s", "^"]


# --- predictions ----------------------------------------------------------------------------------


def test_e5_5_remembering_four_fifths_of_the_last_step_needs_a_seventh_of_the_steps():
    asked = predictions.memory_helps()
    plain, ball = (for_good(on_birds(0.0096, rho) < 1e-6) for rho in (0, 0.8))
    assert (plain, ball) == (911, 134) and plain / ball == pytest.approx(7, abs=0.3)
    assert f"needs {plain} steps" in asked.question and f"{ball} instead of {plain}" in asked.why
    assert asked.answer == "about a seventh"


def test_c107_c118_e5_1c_the_steps_on_a_steady_slope_get_ten_times_as_long():
    asked = predictions.terminal_speed()
    assert asked.answer == pytest.approx(1 / (1 - 0.9)) and asked.choices is None


def test_c113_e5_4_from_full_speed_at_rho_0_99_it_takes_69_steps_to_turn():
    asked = predictions.turning()
    assert asked.answer == ceil(log(2) / -log(0.99)) == 69
    assert f"It takes 69, and with ρ = 0.9 only {ceil(log(2) / -log(0.9))}." in asked.why
    assert abs(1 / (1 - 0.99) - 69) > asked.tolerance * 69  # the horizon is not taken for right


def test_c110_e5_5_in_a_mild_ravine_the_usual_rho_needs_three_or_four_times_as_many_steps():
    asked, steps = predictions.the_usual(), []
    for lr, rho in ((2 / 11, 0), ((1 - 0.9) / sqrt(10), 0.9)):
        distance = np.hypot(swing(lr, rho, 1, 1000), swing(lr, rho, 10, 1000)) / sqrt(2)
        steps.append(for_good(distance < 1e-6))
    assert steps == [69, 259] and 3 < steps[1] / steps[0] < 4
    assert "in 69 steps" in asked.question and "It needs 259." in asked.why
    assert asked.answer == "three or four times as many"


def test_m9_e5_8_at_depth_8_the_ball_settles_in_the_bowl_and_gradient_descent_in_the_hole():
    low, bowl, _ = dip_parts(8)
    assert predictions.hole().answer == "in the bowl"
    assert rolled(8, 0.01, 0.9)[-1] == pytest.approx(bowl, abs=1e-3)
    assert rolled(8, 0.01, 0)[-1] == pytest.approx(low, abs=1e-3)
    assert rolled(3, 0.01, 0.9)[-1] == pytest.approx(dip_parts(3)[1], abs=1e-3)
    assert dip_loss(low, 8) < dip_loss(bowl, 8)


def test_c104_m8_the_floor_with_momentum_is_about_ten_times_as_high():
    asked = predictions.floor()
    plain, heavier = (mean_loss(0.01, rho, 3000)[-1] for rho in (0, 0.9))
    assert heavier / plain == pytest.approx(10.7, abs=0.2)
    assert asked.answer == "about ten times as high"
    told = (
        float(re.search(r"floor, ([\d.]+) above", asked.question)[1]),
        float(asked.why.split()[0]),
    )
    assert told == pytest.approx((plain, heavier), rel=0.1)
