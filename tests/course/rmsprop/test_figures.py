"""What the text of notebook 06 says of its live figures, held against the figures themselves.

The runs to hold them against are computed here, number by number, on slopes that are written out
once more. In a turned ravine rounding decides the last one in a hundred steps: see `about`.
"""

import re
from functools import cache
from math import cos, exp, hypot, log, radians, sin, sqrt

import numpy as np
import pytest
from matplotlib.colors import to_hex
from pages import drawn, each_step, put, route, shown

from course.rmsprop import figures, predictions
from course.rmsprop.panels import Board
from gdlib import draw, theory
from gdlib.words import num

storyboard, shadow, cliff = shown(figures.storyboard), shown(figures.shadow), shown(figures.cliff)
turned, units = shown(figures.turned), shown(figures.units)
wobble, plateau = shown(figures.wobble), shown(figures.plateau)

NUMBER = r"(nearly 0|−?[\d,]+(?:\.\d+)?(?:e−?\d+)?)"


def number(text):
    return float(text.replace("nearly ", "").replace("−", "-").replace(",", ""))


def said(figure, words):
    """The numbers that stand in the sentence where the words have a #."""
    pattern = re.escape(words).replace(r"\#", NUMBER)
    found = re.search(pattern, figure.readout)
    assert found, figure.readout
    numbers = [number(each) for each in found.groups()]
    return numbers if len(numbers) > 1 else numbers[0]


def like(value, digits=3):
    """What a sentence shows as the same number."""
    return pytest.approx(value, rel=0.6 * 10.0 ** (1 - digits), abs=1e-9)


def rms(slopes, start, steps, lr, rho, eps=1e-8, outside=False):
    """RMSProp, coordinate by coordinate: the path `(d, steps + 1)`, the own rates `(d, steps + 1)`.

    `slopes(*w)` are the slopes along each coordinate; `lr` may be a function of the step.
    """
    w, s, path, own = list(start), [0.0] * len(start), [], []
    for k in range(steps + 1):
        path.append(list(w))
        rates = []
        for i, g in enumerate(slopes(*w)):
            s[i] = rho * s[i] + (1 - rho) * g * g
            root = sqrt(s[i]) + eps if outside else sqrt(s[i] + eps)
            rates.append((lr(k) if callable(lr) else lr) / root)
            w[i] = w[i] - rates[i] * g
        own.append(rates)
    return np.array(path).T, np.array(own).T


def plain(slopes, start, steps, lr):
    """Gradient descent, as far as the numbers go: `(d, steps + 1)`."""
    w, path = list(start), [list(start)]
    for _ in range(steps):
        with np.errstate(over="ignore", invalid="ignore"):
            w = [each - lr * np.float64(g) for each, g in zip(w, slopes(*w), strict=True)]
        path.append(list(w))
    return np.array(path).T


def for_good(inside):
    """The first step from which on it is inside, or -1."""
    outside = np.flatnonzero(~np.asarray(inside))
    first = outside[-1] + 1 if len(outside) else 0
    return int(first) if first < len(inside) else -1


def about(steps):
    """A count that rounding may change a little."""
    return pytest.approx(steps, rel=0.012, abs=10 if steps > 150 else 2)


def ball(panel, k=0):
    """Where the k-th ball of a map or a curve is."""
    return route(panel, k, "ball")[:, 0]


def line(panel, k=0):
    """The heights of a `Trace`'s k-th line."""
    return drawn(panel, f"line {k}")[1]


# --- one update in five scenes --------------------------------------------------------------------

START = (1.0, 0.5)  # of the storyboard, as of the code above it
STATES = [{}, {"kappa": 1000}, {"kappa": 1, "lr": 1, "rho": 0.5}, {"lr": 0.01, "rho": 0.99}]
SCENES = ("square", "remember", "root", "divide", "step")


def of_story(figure, updates=12):
    """Slopes, averages, own rates and places of the updates, `(2, updates + 1)` each."""
    kappa, lr, rho = (figure.values[name] for name in ("kappa", "lr", "rho"))
    w, own = rms(lambda x, y: (x, kappa * y), START, updates, lr, rho)
    g = w * [[1], [kappa]]
    weight = [(1 - rho) * rho ** np.arange(k, -1, -1.0) for k in range(updates + 1)]
    s = np.array([[weight[k] @ row[: k + 1] ** 2 for k in range(updates + 1)] for row in g])
    return g, s, own, w


@pytest.mark.parametrize("state", STATES)
def test_the_ball_moves_in_the_last_of_the_five_scenes_of_an_update(storyboard, state):
    storyboard.set(**state)
    *_, w = of_story(storyboard)
    step = storyboard.controls["step"]
    assert (step.min, step.max) == (0, 59)
    for k in (0, 1, 11):
        for scene, name in enumerate(SCENES):
            step.value = 5 * k + scene
            there = w[:, k + (name == "step")]
            np.testing.assert_allclose(ball(storyboard.panels[0]), there, atol=1e-9)
            assert f"Update {k + 1}, scene {scene + 1} of 5: {name}." in storyboard.readout
            assert said(storyboard, "The ball is at (#, #)") == like(there)


@pytest.mark.parametrize("state", STATES)
def test_the_sentence_has_the_settings_and_both_learning_rates(storyboard, state):
    storyboard.set(**state)
    *_, own, _ = of_story(storyboard)
    for step in (0, 3, 8, 29, 42, 59):
        storyboard.set(step=step)
        told = said(storyboard, "κ = #, learning rate #, ρ = #.")
        assert told == like([storyboard.values[name] for name in ("kappa", "lr", "rho")])
        if step % 5 < 3:  # it is not yet known
            assert "In this update" not in storyboard.readout
        else:
            told = said(storyboard, "In this update x has the learning rate #, and y #.")
            assert told == like(own[:, step // 5])


def symbols(board):
    """What a board says in symbols, its numbers apart."""
    return [text for text in board.ax.texts if text not in board.texts]


def calculations(figure):
    """What the board says: a line for each scene, in it x and y."""
    return [text.get_text().split("\n") for text in figure.panels[1].texts]


def numbers_in(line):
    """The numbers of a calculation; those in brackets are negative."""
    assert all(each.startswith("−") for each in re.findall(r"[^√]\((.*?)\)", line))
    assert not re.search("[·√/] ?−|^−[^=]*²", line), line
    return [number(each) for each in re.findall(NUMBER, line)]


@pytest.mark.parametrize("state", [*STATES, {"rho": 0}])
@pytest.mark.parametrize("k", [0, 1, 6])
def test_the_board_calculates_the_update_with_its_numbers(storyboard, state, k):
    storyboard.set(**state, step=5 * k + 4)
    g, s, own, w = (each[:, : k + 2] for each in of_story(storyboard))
    lr, rho = storyboard.values["lr"], storyboard.values["rho"]
    board = calculations(storyboard)
    for i, name in enumerate("xy"):
        assert all(both[i].startswith(f"{name}:  ") for both in board)
        square, remember, root, divide, step = (numbers_in(both[i][4:]) for both in board)
        before = s[i, k - 1] if k else 0
        told = square, remember, root, divide, step
        true = (
            (g[i, k], g[i, k] ** 2),
            (rho, before, 1 - rho, g[i, k] ** 2, s[i, k]),
            (s[i, k], 1e-8, lr / own[i, k]),
            (lr, lr / own[i, k], own[i, k]),
            (w[i, k], own[i, k], g[i, k], w[i, k + 1]),
        )
        for these, those in zip(told, true, strict=True):
            assert len(these) == len(those)
            for this, that in zip(these, those, strict=True):
                assert this == like(that, 3 if abs(that) >= 1e-4 else 1)


@pytest.mark.parametrize("kappa", [20, 1000])
def test_the_numbers_of_the_board_can_be_checked_by_hand(storyboard, kappa):
    storyboard.set(kappa=kappa)
    for k in (0, 1, 2):
        storyboard.set(step=5 * k + 4)
        for lines in zip(*calculations(storyboard), strict=True):
            square, remember, root, divide, step = (numbers_in(each[4:]) for each in lines)
            assert square[0] ** 2 == pytest.approx(square[1], rel=0.02)
            keep, old, new, this, s = remember
            assert keep * old + new * this == pytest.approx(s, rel=0.02)
            assert sqrt(root[0] + root[1]) == pytest.approx(root[2], rel=0.02)
            assert divide[0] / divide[1] == pytest.approx(divide[2], rel=0.02)
            assert step[0] - step[1] * step[2] == pytest.approx(step[3], rel=0.02)


def test_a_line_of_the_board_has_its_numbers_from_its_scene_on_and_the_light_is_on_it(storyboard):
    board = storyboard.panels[1]
    names = [text.get_text() for text in symbols(board)]
    for scene, name in enumerate(SCENES):
        storyboard.set(step=10 + scene)
        assert [bool(text.get_text()) for text in board.texts] == [
            k <= scene for k in range(len(SCENES))
        ]
        assert board.light.get_y() == scene
        assert names[scene].startswith(f"{scene + 1}  {name}:")


@pytest.mark.parametrize("state", STATES)
def test_the_box_is_how_far_a_slope_of_1_would_take_the_ball(storyboard, state):
    storyboard.set(**state)
    *_, own, w = of_story(storyboard)
    for k in (0, 1, 7):
        for scene in range(5):
            storyboard.set(step=5 * k + scene)
            latest = k if scene >= 3 else k - 1  # divided in the fourth scene
            corners = drawn(storyboard.panels[0], "box")
            if latest < 0:
                assert corners.size == 0
                continue
            there = w[:, k + (scene == 4)]
            away = (corners - there[:, None]) / own[:, [latest]]
            assert {tuple(np.round(each, 6)) for each in away.T} == {
                (-1, -1), (1, -1), (1, 1), (-1, 1)
            }  # fmt: skip
            assert corners.shape == (2, 5) and (corners[:, 0] == corners[:, -1]).all()
            assert (np.abs(np.diff(away)).min(axis=0) < 1e-6).all()  # along its sides


@pytest.mark.parametrize("state", STATES)
def test_the_learning_rates_move_by_themselves_and_leave_a_trail(storyboard, state):
    storyboard.set(**state)
    *_, own, _ = of_story(storyboard)
    panel, lr = storyboard.panels[2], storyboard.values["lr"]
    names = [tick.get_text() for tick in panel.ax.get_yticklabels()]
    rows = dict(zip(names, panel.ax.get_yticks(), strict=True))
    assert rows == {"lr": 2, "of x": 1, "of y": 0}
    for step in (0, 2, 3, 4, 7, 8, 59):
        storyboard.set(step=step)
        done = step // 5 + (step % 5 >= 3)
        assert drawn(panel, "lr").tolist() == [[lr], [2]]
        for name, rates in zip("xy", own, strict=True):
            row = rows[f"of {name}"]
            np.testing.assert_allclose(drawn(panel, f"trail {name}")[0], rates[:done])
            assert (drawn(panel, f"trail {name}")[1] == row).all()
            assert drawn(panel, name).shape == (2, min(done, 1))
            if done:
                np.testing.assert_allclose(drawn(panel, name)[:, 0], [rates[done - 1], row])
    low, high = panel.ax.get_xlim()
    assert low < lr < high


def test_the_box_is_wide_where_the_ravine_is_flat_and_low_where_it_is_steep(storyboard):
    for k in (0, 1, 2, 5, 11):
        storyboard.set(step=5 * k + 4)
        wide, high = np.ptp(drawn(storyboard.panels[0], "box"), axis=1)
        assert wide > 5 * high


def after_updates(figure):
    """Where the ball is at first and after each update, `(2, 13)`."""
    places = [START]
    for k in range(12):
        figure.set(step=5 * k + 4)
        places.append(ball(figure.panels[0]))
    return np.transpose(places)


def test_nothing_zigzags_and_the_first_steps_are_alike(storyboard):
    path = after_updates(storyboard)
    assert (np.diff(path) < 1e-4).all() and (path > -1e-4).all()
    x, y = path[:, 0] - path[:, 1]
    assert x == pytest.approx(y) == pytest.approx(0.1 / sqrt(0.1))


def test_explore_with_kappa_at_1000_the_box_is_flatter_and_the_path_the_same(storyboard):
    storyboard.set(step=19)
    here, sides = ball(storyboard.panels[0]), np.ptp(drawn(storyboard.panels[0], "box"), axis=1)
    path = after_updates(storyboard)
    for kappa in (1, 1000):
        storyboard.set(kappa=kappa, step=19)
        np.testing.assert_allclose(ball(storyboard.panels[0]), here, atol=1e-6)
        flat = np.ptp(drawn(storyboard.panels[0], "box"), axis=1)
        np.testing.assert_allclose(flat, sides * [1, 20 / kappa], rtol=2e-3)
    np.testing.assert_allclose(after_updates(storyboard), path, atol=1e-5)


def test_it_begins_at_the_end_of_the_first_update_with_a_box_and_all_numbers(storyboard):
    assert "Update 1, scene 5 of 5: step." in storyboard.readout
    assert all(text.get_text() for text in storyboard.panels[1].texts)
    assert drawn(storyboard.panels[0], "box").size


# --- what s remembers -----------------------------------------------------------------------------

SEQUENCES = {
    "one slope": lambda t: 1.0,
    "a spike": lambda t: 10.0 if t == 30 else 1.0,
    "steeper": lambda t: 1.1 ** (t - 1),
    "flatter": lambda t: 0.93 ** (t - 1),
    "to and fro": lambda t: 1.0 if t % 2 else -1.0,
}
MEMORIES = (0, 0.5, 0.9, 0.99)


def averages(name, rho):
    """All gradients, and s after each as a weighted sum: no recursion in it."""
    g = np.array([SEQUENCES[name](t) for t in range(1, 81)])
    s = [sum((1 - rho) * rho ** (t - i) * g[i] ** 2 for i in range(t + 1)) for t in range(80)]
    return g, np.array(s)


@pytest.mark.parametrize("rho", MEMORIES)
@pytest.mark.parametrize("name", SEQUENCES)
def test_the_step_is_the_gradient_over_the_root_of_s(shadow, name, rho):
    shadow.set(gradients=name, rho=rho)
    g, s = averages(name, rho)
    panel = shadow.panels[1]
    steps, length = drawn(panel, "rest")
    assert steps.tolist() == list(range(1, 81))
    np.testing.assert_allclose(length, np.abs(g) / np.sqrt(s))
    assert (length <= 1 / sqrt(1 - rho) + 1e-12).all()
    np.testing.assert_allclose(drawn(panel, "longest")[1], 1 / sqrt(1 - rho))
    for step in (1, 30, 80):
        shadow.set(step=step)
        np.testing.assert_array_equal(drawn(panel, "seen"), [steps[:step], length[:step]])
        assert drawn(panel, "ball")[:, 0].tolist() == [step, length[step - 1]]
        told = said(shadow, "at step # the gradient is # and s = #, so the step is # ×")
        assert told == like([step, g[step - 1], s[step - 1], length[step - 1]])
        assert shadow.readout.startswith(f"ρ = {num(rho)}, {name}: ")


def bars(figure, *names):
    """The steps at which the bars of these names stand, and how high they are."""
    both = np.concatenate([drawn(figure.panels[0], name) for name in names], axis=1)
    ages, heights = both.reshape(2, -1, 3)
    assert (ages[:, 0] == ages[:, 1]).all() and (heights[:, 0] == 0).all()
    assert np.isnan(heights[:, 2]).all()  # so that they are not joined
    return ages[:, 0], heights[:, 1]


@pytest.mark.parametrize("rho", MEMORIES)
@pytest.mark.parametrize("name", SEQUENCES)
def test_the_bars_are_the_shares_of_all_squares_in_s(shadow, name, rho):
    shadow.set(gradients=name, rho=rho)
    g, s = averages(name, rho)
    for step in (1, 29, 30, 40, 80):
        shadow.set(step=step)
        ages, shares = bars(shadow, "old", "new")
        assert ages.tolist() == list(range(1, step + 1))
        assert shares.sum() == pytest.approx(1)
        left = (1 - rho) * rho ** (step - ages) * g[:step] ** 2
        true = left / s[step - 1]
        np.testing.assert_allclose(shares, true, atol=1e-12)
        newest = bars(shadow, "new")
        assert newest[0].tolist() == [step]
        assert newest[1] == pytest.approx((1 - rho) * g[step - 1] ** 2 / s[step - 1])
    shadow.set(step=0)
    assert all(drawn(shadow.panels[0], bar).size == 0 for bar in ("old", "new"))
    assert drawn(shadow.panels[1], "seen").size == drawn(shadow.panels[1], "ball").size == 0
    assert "before the first step s = 0" in shadow.readout


@pytest.mark.parametrize("rho", MEMORIES)
def test_on_one_slope_step_t_is_1_over_the_root_of_1_minus_rho_to_the_t(shadow, rho):
    shadow.set(gradients="one slope", rho=rho)
    t, length = drawn(shadow.panels[1], "rest")
    np.testing.assert_allclose(length, theory.rmsprop_step(t, rho))
    assert length[0] == length.max()  # the peak that the figure begins with
    if rho == 0.9:
        assert length[-1] == pytest.approx(1, abs=1e-3)


def test_the_spikes_own_step_is_long_and_dozens_of_steps_after_it_are_short(shadow):
    length = drawn(shadow.panels[1], "rest")[1]
    assert length[29] == pytest.approx(3.03, abs=0.01) and length[28] < 1.03
    assert (np.diff(length[30:]) > 0).all() and length[30] < 0.33
    assert 30 < (length[30:] < 0.9).sum() < 40
    shares = []
    for step in (30, 31, 40):
        shadow.set(step=step)
        shares.append(bars(shadow, "old", "new")[1][29])
    assert min(shares) > 0.75  # its square fills s


@pytest.mark.parametrize("name, ratio", [("steeper", 1.1), ("flatter", 0.93)])
@pytest.mark.parametrize("rho", [0.5, 0.7, 0.9])
def test_explore_on_growing_slopes_steps_are_longer_and_on_shrinking_ones_shorter(
    shadow, name, ratio, rho
):
    shadow.set(gradients=name, rho=rho, step=80)
    end = said(shadow, "so the step is #")
    settles_at = sqrt(max(1 - rho / ratio**2, 0) / (1 - rho))  # where s is a geometric series
    if settles_at:
        assert end == like(settles_at)
        assert (end > 1) == (ratio > 1)
    else:  # slopes fall faster than s forgets: 0.93² < 0.9
        assert end < 0.2 and (np.diff(drawn(shadow.panels[1], "rest")[1]) < 0).all()


def test_explore_in_the_end_of_steeper_a_step_is_1_6_learning_rates_long(shadow):
    shadow.set(gradients="steeper", step=80)
    assert "so the step is 1.6 × the learning rate" in shadow.readout


@pytest.mark.parametrize("rho", MEMORIES)
def test_explore_s_does_not_care_about_signs(shadow, rho):
    lengths = []
    for name in ("one slope", "to and fro"):
        shadow.set(gradients=name, rho=rho)
        lengths.append(drawn(shadow.panels[1], "rest")[1])
    np.testing.assert_array_equal(*lengths)
    assert "the gradient is −1 " in shadow.readout


# --- the cliff ------------------------------------------------------------------------------------


def on_the_cliff(w):
    """Its slope: of a gentle bowl, and of a step of height 5 at 2."""
    sigma = 1 / (1 + exp(-8 * (w - 2)))
    return 0.02 * w + 40 * sigma * (1 - sigma)


def lengths_on_the_cliff(lr, rho, steps=1000):
    path, _ = rms(lambda w: (on_the_cliff(w),), (4.0,), steps + 1, lr, rho)
    return path[0], np.abs(np.diff(path[0])) / lr


ON_THE_CLIFF = [{}, {"rho": 0}, {"rho": 0.99}, {"lr": 0.005}, {"lr": 0.2, "rho": 0.5}]


@pytest.mark.parametrize("state", ON_THE_CLIFF)
def test_each_step_stands_below_the_place_where_it_starts(cliff, state):
    cliff.set(**state)
    w, length = lengths_on_the_cliff(cliff.values["lr"], cliff.values["rho"])
    panel = cliff.panels[1]
    np.testing.assert_allclose(drawn(panel, "rest"), [w[:201], length[:201]], atol=1e-6)
    for step in (0, 20, 150, 200):
        cliff.set(step=step)
        seen = drawn(panel, "seen")
        np.testing.assert_allclose(seen, drawn(panel, "rest")[:, : step + 1])
        assert drawn(panel, "ball")[:, 0].tolist() == seen[:, -1].tolist()
        x, height = ball(cliff.panels[0])
        assert x == pytest.approx(w[step], abs=1e-6)
        assert height == pytest.approx(0.01 * x**2 + 5 / (1 + exp(-8 * (x - 2))))
        told = said(cliff, f"step {step}: at w = # the slope is #, and the next step # ×")
        assert told == [
            pytest.approx(each, rel=6e-3, abs=1e-6)
            for each in (w[step], on_the_cliff(w[step]), length[step])
        ]


def test_both_pictures_of_the_cliff_are_aligned(cliff):
    above, below = (panel.ax for panel in cliff.panels)
    assert above.get_xlim() == below.get_xlim() == (-3, 6)
    one, other = above.get_window_extent(), below.get_window_extent()
    assert (one.x0, one.x1) == pytest.approx((other.x0, other.x1), abs=1)


@pytest.mark.parametrize("state", [*ON_THE_CLIFF, {"lr": 0.005, "rho": 0.99}])
def test_the_sentence_says_from_when_on_it_is_at_the_minimum(cliff, state):
    cliff.set(**state)
    w, _ = lengths_on_the_cliff(cliff.values["lr"], cliff.values["rho"], steps=1000)
    arrived = for_good(np.abs(w[:1001]) < 0.2)
    ends = f"from step {arrived} on." if arrived >= 0 else "not within 1000 steps."
    assert cliff.readout.endswith(f"Within 0.2 of the minimum: {ends}")
    assert (arrived < 0) == (state == {"lr": 0.005, "rho": 0.99})


def test_no_step_is_longer_than_the_dotted_line(cliff):
    for rho in (0, 0.5, 0.9, 0.99):
        cliff.set(rho=rho)
        _, longest = drawn(cliff.panels[1], "longest")
        assert longest.tolist() == [1 / sqrt(1 - rho)] * 2
        length = drawn(cliff.panels[1], "rest")[1]
        assert length.max() <= longest[0] + 1e-9 and length[0] == pytest.approx(
            longest[0], rel=1e-3
        )


def test_steps_are_about_one_lr_above_three_at_the_bend_and_short_below(cliff):
    w, length = drawn(cliff.panels[1], "rest")
    floor = length[w > 2.9]
    assert 1.1 < floor.min() < 1.2  # they come down to it
    bend = length[5:].argmax() + 5
    assert 2.9 < length[bend] < 3 and 2 < w[bend] < 2.6
    assert on_the_cliff(w[bend]) > 5 * on_the_cliff(w[bend - 5])  # where the slope rises
    below = (w < 1.7) & (w > 0.2)
    assert below.sum() > 100 and length[below].max() < 0.75
    assert np.median(length[below]) < 0.25
    assert on_the_cliff(0.6) < 0.2 * on_the_cliff(4.0)  # where it has fallen


def test_it_begins_where_the_step_is_longest(cliff):
    w, length = drawn(cliff.panels[1], "rest")
    assert cliff.controls["step"].value == length[5:].argmax() + 5


def test_explore_at_rho_0_99_the_step_at_the_bend_is_nearly_10_learning_rates_long(cliff):
    cliff.set(rho=0.99)
    w, length = drawn(cliff.panels[1], "rest")
    bend = (length * ((w > 1.7) & (w < 2.6))).argmax()
    assert bend > 0
    cliff.set(step=int(bend))
    assert 9.9 < said(cliff, "the next step # ×") < 10


# --- in other units -------------------------------------------------------------------------------


def himmelblau(x, y, factor=1.0):
    """The slopes of (x² + y - 11)² + (x + y² - 7)², multiplied."""
    p, q = x * x + y - 11, x + y * y - 7
    return factor * (4 * x * p + 2 * q), factor * (2 * p + 4 * y * q)


def height(x, y):
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def told_losses(figure, step):
    """The losses of both in the sentence; None beyond a million."""
    words = f"At step {step} the loss, not multiplied, is (.*) for grad.*, (.*) for RMSProp\\.$"
    found = re.search(words, figure.readout)
    assert found, figure.readout
    return [
        None if "million" in each else 0.0 if "below 1e−6" in each else number(each)
        for each in found.groups()
    ]


IN_UNITS = [{}, {"factor": 0.001}, {"factor": 1.6}, {"factor": 1000, "rho": 0.5}, {"lr": 0.2}]


@pytest.mark.parametrize("state", IN_UNITS)
def test_both_walk_on_the_multiplied_loss(units, state):
    units.set(**state)
    factor, lr, rho = (units.values[name] for name in ("factor", "lr", "rho"))
    gd = plain(lambda x, y: himmelblau(x, y, factor), (0.0, 0.0), 200, lr)
    own, _ = rms(lambda x, y: himmelblau(x, y, factor), (0.0, 0.0), 200, lr, rho)
    for step in (0, 3, 100, 150):
        units.set(step=step)
        np.testing.assert_allclose(ball(units.panels[0], 1), own[:, step], atol=1e-6)
        both = told_losses(units, step)
        assert both[1] == pytest.approx(height(*own[:, step]), rel=6e-3, abs=1e-6)
        if step < 4:
            assert both[0] == (
                like(height(*gd[:, step])) if np.abs(gd[:, step]).max() < 20 else None
            )
            if np.abs(gd[:, step]).max() < 5:
                np.testing.assert_allclose(ball(units.panels[0]), gd[:, step], atol=1e-6)
    for k, path in enumerate((gd, own)):
        with np.errstate(all="ignore"):
            loss = height(*path[:, :100])
        some = (loss < 1e6) & np.isfinite(loss) & (loss > 1e-5)
        some &= np.logical_and.accumulate(some)
        if state.get("factor") == 1.6 and k == 0:
            some[20:] = False  # chaos: every rounding counts
        np.testing.assert_allclose(line(units.panels[1], k)[:100][some], loss[some], rtol=1e-4)


def test_sliding_the_factor_leaves_the_path_of_rmsprop_where_it_is(units):
    runs = [run.path for run in each_step(units, "factor").values()]
    assert len(runs) == 61
    gd, own = np.moveaxis(runs, -1, 0)
    assert np.abs(own - own[30]).max() < 1e-4  # ε is in it
    first = np.hypot(*gd[:, :, 1].T)  # not so gradient descent: its first steps
    np.testing.assert_allclose(first / first[30], 10 ** np.arange(-3, 3.05, 0.1), rtol=6e-3)


def test_for_gradient_descent_the_factor_times_the_learning_rate_is_what_counts(units):
    paths = []
    for factor, lr in ((1, 0.02), (10, 0.002), (0.1, 0.2)):
        units.set(factor=factor, lr=lr)
        paths.append(units._shown_run.path[..., 0])
    for path in paths[1:]:
        np.testing.assert_allclose(path, paths[0], atol=2e-2)


def ends(figure):
    """What the sentence says of both ends."""
    return re.search(r"gradient descent (.*), RMSProp (.*)\. At step", figure.readout).groups()


@pytest.mark.parametrize(
    "state, one, two",
    [
        ({}, "is beside A", "is beside A"),
        ({"factor": 2}, "has diverged", "is beside A"),
        ({"factor": 1000}, "has diverged", "is beside A"),
        ({"lr": 0.2}, "has diverged", "is at (2.9, 1.89)"),
        ({"factor": 0.01}, "is at (1.21, 1.32)", "is beside A"),
    ],
)
def test_the_sentence_says_where_both_end(units, state, one, two):
    units.set(**state)
    assert ends(units) == (one, two)
    factor, lr, rho = (units.values[name] for name in ("factor", "lr", "rho"))
    gd = plain(lambda x, y: himmelblau(x, y, factor), (0.0, 0.0), 200, lr)
    own, _ = rms(lambda x, y: himmelblau(x, y, factor), (0.0, 0.0), 200, lr, rho)
    for path, words in ((gd, one), (own, two)):
        with np.errstate(over="ignore", invalid="ignore"):
            away = np.hypot(*(path[:, -1] - [3, 2]))
        assert words.startswith("is beside A") == (away <= 0.1)
        assert words.startswith("has diverged") == (not np.abs(path).max() < 1e6)


def test_a_diverging_run_leaves_the_picture(units):
    units.set(factor=3)
    x, y = route(units.panels[0])
    assert max(np.nanmax(np.abs(x)), np.nanmax(np.abs(y))) > 5
    gd, own = line(units.panels[1]), line(units.panels[1], 1)
    top = units.panels[1].ax.get_ylim()[1]
    assert gd[-1] > top and own.max() < top
    assert np.isnan(drawn(units.panels[1], "ball 0")[1, 0])


def test_explore_at_factor_10_about_a_tenth_of_the_learning_rate_brings_it_back(units):
    """At A the curvatures are those of (74, 20; 20, 34): the limit is at 2/(10·82.3) = 0.0024."""
    limit = 2 / (10 * np.linalg.eigvalsh([[74, 20], [20, 34]]).max())
    units.set(factor=10)
    runs = {lr: run.path[:, -1, 0] for lr, run in each_step(units, "lr").items()}
    settled = [lr for lr, w in runs.items() if np.hypot(*(w - [3, 2])) < 0.1]
    assert settled == [lr for lr in runs if lr < limit] and 0.002 in settled


# --- the ravine, turned ---------------------------------------------------------------------------

NEAR = 0.05


def slopes_at(kappa, degrees):
    c, s = cos(radians(degrees)), sin(radians(degrees))

    def slopes(x, y):
        along, across = c * x + s * y, kappa * (c * y - s * x)
        return c * along - s * across, s * along + c * across

    return slopes, (c - s, s + c)


@cache
def steps_needed(kappa, degrees, lr=0.01, rho=0.9, steps=2000):
    """Of RMSProp from (1, 1), turned along."""
    slopes, start = slopes_at(kappa, degrees)
    path, _ = rms(slopes, start, steps, lr, rho)
    return for_good(np.hypot(*path) < NEAR)


def steps_of_gd(kappa):
    """At its best learning rate, both distances shrink by (κ - 1)/(κ + 1) a step."""
    factor = (kappa - 1) / (kappa + 1)
    return int(np.ceil(log(NEAR / sqrt(2)) / log(factor))) if factor else 1


@cache
def distances_of_momentum(kappa, rho=0.9):
    """Along the axes, where each is on its own: at 2(1 + ρ)/(κ + 1), or (1 - ρ)/√κ if less."""
    lr = min(2 * (1 + rho) / (kappa + 1), (1 - rho) / sqrt(kappa))
    w, v, away = [1.0, 1.0], [0.0, 0.0], []
    for _ in range(2001):
        away.append(hypot(*w))
        v = [rho * old + c * at for old, at, c in zip(v, w, (1, kappa), strict=True)]
        w = [at - lr * speed for at, speed in zip(w, v, strict=True)]
    return np.array(away)


def takes(figure):
    """The three counts of the sentence; -1 for more than 2000."""
    found = re.search(
        r"gradient descent (.*), momentum (.*) \(ρ = 0.9\), each .* RMSProp (.*) \(learning",
        figure.readout,
    )
    return [-1 if each == "more than 2000" else int(each) for each in found.groups()]


@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_gradient_descent_and_momentum_take_as_many_steps_at_every_angle(turned, kappa):
    counts = [steps_of_gd(kappa), for_good(distances_of_momentum(kappa) < NEAR)]
    for angle in (0, 1, 18, 45):
        turned.set(kappa=kappa, angle=angle)
        assert takes(turned)[:2] == counts
        for name, count in zip(("gd", "momentum"), counts, strict=True):
            assert drawn(turned.panels[2], name).tolist() == [[0, 45], [count, count]]


@pytest.mark.parametrize("state", [{}, {"kappa": 10}, {"lr": 0.02}, {"kappa": 100, "rho": 0}])
def test_the_curve_over_the_angles_agrees_with_single_runs(turned, state):
    turned.set(**state)
    angles, every = drawn(turned.panels[2], "rmsprop")
    assert angles.tolist() == list(range(46))
    kappa, lr, rho = (turned.values[name] for name in ("kappa", "lr", "rho"))
    for angle in (0, 1, 7, 22, 45):
        alone = steps_needed(kappa, angle, lr, rho)
        turned.set(angle=angle)
        told = takes(turned)[2]
        if alone < 0:
            assert told < 0 and np.isnan(every[angle])
        else:
            assert told == about(alone) and every[angle] == about(alone)
            assert drawn(turned.panels[2], "ball")[:, 0].tolist() == [angle, told]


def test_a_run_that_never_stays_is_said_to_take_more_than_2000_and_is_not_drawn(turned):
    turned.set(lr=0.1, angle=10)
    assert steps_needed(1000, 10, lr=0.1) == -1 and takes(turned) == [1672, 77, -1]
    _, every = drawn(turned.panels[2], "rmsprop")
    assert np.isnan(every).all() and np.isnan(drawn(turned.panels[2], "ball")[1]).all()
    assert line(turned.panels[1], 2)[100:].max() > NEAR


def test_a_run_that_is_near_at_every_other_step_only_has_not_arrived(turned):
    """It alternates between 0.132 and 0.014, and is near at step 2000."""
    turned.set(kappa=10, angle=45, lr=0.1, rho=0)
    away = np.hypot(*rms(*slopes_at(10, 45), 2100, 0.1, 0)[0])
    assert away[2000] < NEAR < away[1999] and away[-1] < NEAR < away[-2]
    assert takes(turned)[2] == -1


@pytest.mark.parametrize("state", [{}, {"angle": 20}, {"angle": 45, "kappa": 30, "rho": 0.5}])
def test_the_paths_and_distances_are_those_of_the_runs(turned, state):
    turned.set(**state)
    kappa, angle, lr, rho = (turned.values[name] for name in ("kappa", "angle", "lr", "rho"))
    slopes, start = slopes_at(kappa, angle)
    gd = plain(slopes, start, 300, 2 / (1 + kappa))
    own, _ = rms(slopes, start, 300, lr, rho)
    distance = [line(turned.panels[1], k) for k in range(3)]
    assert [each.size for each in distance] == [301] * 3
    shrunk = sqrt(2) * ((kappa - 1) / (kappa + 1)) ** np.arange(301.0)
    np.testing.assert_allclose(distance[0], np.maximum(shrunk, 1e-4), rtol=1e-6)
    for step in (0, 10, 60):
        turned.set(step=step)
        np.testing.assert_allclose(ball(turned.panels[0]), gd[:, step], atol=1e-6)
        np.testing.assert_allclose(ball(turned.panels[0], 2), own[:, step], atol=1e-5)
        np.testing.assert_allclose(distance[2][step], np.hypot(*own[:, step]), atol=1e-5)
        assert np.hypot(*ball(turned.panels[0], 1)) == pytest.approx(distance[1][step])
    away = np.maximum(distances_of_momentum(kappa)[:301], 1e-4)
    np.testing.assert_allclose(distance[1], away, rtol=1e-5)


def test_at_0_degrees_rmsprop_walks_straight_and_kappa_does_not_matter(turned):
    for kappa in (10, 100, 1000):
        turned.set(kappa=kappa)
        assert takes(turned)[2] == 112 == steps_needed(kappa, 0)
        x, y = turned._shown_run.path[:, :112, 2]
        np.testing.assert_allclose(x, y, atol=1e-4)
        assert (np.diff(x) < 0).all() and x[-1] > 0


def test_one_degree_nearly_triples_the_steps_and_35_make_them_those_of_gradient_descent(turned):
    _, every = drawn(turned.panels[2], "rmsprop")
    assert every[0] == 112 and 2.6 < every[1] / every[0] < 2.9
    assert (np.diff(every[:40]) > 0).all() and every[45] > 14 * every[0]
    np.testing.assert_allclose(every[35:], 1672, rtol=0.05)
    assert every[30] < 0.9 * 1672


def test_it_goes_down_to_the_floor_and_then_zigzags_along_it(turned):
    for angle in (10, 20, 45):
        turned.set(angle=angle)
        x, y = turned._shown_run.path[..., 2]
        turn = radians(angle)
        across, along = cos(turn) * y - sin(turn) * x, cos(turn) * x + sin(turn) * y
        on_the_floor = int((np.abs(across) < 0.01).argmax())
        assert (across[:on_the_floor] > 0).all() and on_the_floor < 120
        late = slice(on_the_floor + 80, None)
        assert (across[late][1:] * across[late][:-1] < 0).mean() > 0.8
        assert np.abs(across[late]).max() < 0.03 and 0.05 < along[-1] < along[late][0] - 0.05


def test_explore_with_kappa_at_10_it_beats_gradient_descent_nowhere(turned):
    """At no angle, and with no learning rate of its slider."""
    turned.set(kappa=10)
    assert turned.values["kappa"] == 10 and takes(turned)[0] == steps_of_gd(10) == 17
    for run in each_step(turned, "lr").values():
        assert run.every[run.every >= 0].min(initial=2000) > 2 * 17


# --- the wobble -----------------------------------------------------------------------------------

RATES = {
    "constant": lambda lr, k: lr,
    "lr · e^(−k/50)": lambda lr, k: lr * exp(-k / 50),
    "lr/(1 + k/20)": lambda lr, k: 20 * lr / (20 + k),
}
WOBBLES = [
    {},
    {"curvature": 100, "rho": 0.5},
    {"schedule": "lr · e^(−k/50)"},
    {"schedule": "lr/(1 + k/20)", "lr": 0.2},
    {"eps": 1e-3, "curvature": 10},
    {"rho": 0},
    {"eps": 1, "step": 7},
]


def of_wobble(figure, steps=300):
    """The path, the own rates and the rates of the schedule."""
    curvature, schedule, lr, rho, eps = (
        figure.values[name] for name in ("curvature", "schedule", "lr", "rho", "eps")
    )
    rate = RATES[schedule]
    w, own = rms(lambda w: (curvature * w,), (1.0,), steps, lambda k: rate(lr, k), rho, eps)
    return w[0], own[0], np.array([rate(lr, k) for k in range(steps + 1)])


def at_most(figure):
    """What the sentence says of the last 20 distances."""
    below = "In the last 20 of 300 steps |w| is below 1e−9." in figure.readout
    return 0 if below else said(figure, "In the last 20 of 300 steps |w| is at most #.")


@pytest.mark.parametrize("state", WOBBLES)
def test_the_dots_are_the_distances_and_tell_the_sides_apart(wobble, state):
    wobble.set(**state)
    w, _, rates = of_wobble(wobble)
    step, panel = wobble.controls["step"].value, wobble.panels[0]
    k, away = drawn(panel, "rest")
    assert k.tolist() == list(range(301))
    np.testing.assert_allclose(away, np.abs(w), rtol=1e-6, atol=1e-9)
    for name, side in (("right", w > 0), ("left", w <= 0)):
        seen = np.flatnonzero(side[: step + 1])
        assert drawn(panel, name)[0].tolist() == seen.tolist()
        np.testing.assert_array_equal(drawn(panel, name)[1], away[seen])
    np.testing.assert_allclose(drawn(panel, "half")[:, ::-1], [k, rates / 2])


@pytest.mark.parametrize("state", WOBBLES)
def test_its_own_learning_rate_is_that_of_the_run_and_the_limit_2_over_the_curvature(wobble, state):
    wobble.set(**state)
    w, own, rates = of_wobble(wobble)
    step, panel = wobble.controls["step"].value, wobble.panels[1]
    np.testing.assert_allclose(drawn(panel, "rest"), [range(301), own], rtol=1e-6)
    np.testing.assert_array_equal(drawn(panel, "seen"), drawn(panel, "rest")[:, : step + 1])
    np.testing.assert_allclose(drawn(panel, "ball")[:, 0], [step, own[step]], rtol=1e-6)
    limit = 2 / wobble.values["curvature"]
    assert drawn(panel, "limit").tolist() == [[300, 0], [limit, limit]]
    here = -np.diff(w) / (wobble.values["curvature"] * w[:-1])  # the step over the slope
    np.testing.assert_allclose(here, own[:-1], rtol=1e-4)
    assert said(wobble, f"step {step}: w is #, and its own learning rate #;") == [
        pytest.approx(w[step], rel=6e-3, abs=1e-9),
        pytest.approx(own[step], rel=6e-3),
    ]
    assert said(wobble, "gradient descent’s limit is #.") == like(limit)
    most = at_most(wobble)
    assert most == pytest.approx(np.abs(w[-20:]).max(), rel=6e-3, abs=1e-9)
    settings = [wobble.values[name] for name in ("curvature", "lr", "rho")]
    told = said(wobble, f"Curvature #, learning rate # ({wobble.values['schedule']}), ρ = #, ε")
    assert told == like(settings)
    assert said(wobble, ", ε = #, step") == like(wobble.values["eps"], 2)


def test_it_comes_in_from_one_side_until_its_own_rate_has_grown_past_the_limit(wobble):
    w, own = wobble._shown_run.path[0], wobble._shown_run.own
    crossed, past = (int(test.argmax()) for test in (w < 0, own > 2))
    assert 40 < crossed < past < 80 and (np.diff(w[:crossed]) < 0).all()
    assert own[crossed - 1] > 1  # the first jump over the minimum is one of more than the distance
    out = past + int(np.abs(w[past:]).argmax())
    assert np.abs(w[past]) < 1e-9 and np.abs(w[out]) > 0.1 and out < 110  # thrown out
    assert own[out - 2] > 10 and own[out + 2] < 2  # s has filled up again


def test_then_in_smaller_and_smaller_waves_until_its_own_rate_is_the_limit(wobble):
    own = drawn(wobble.panels[1], "rest")[1]
    tops = own[1:-1][(own[1:-1] > own[:-2]) & (own[1:-1] > own[2:])][:8]
    assert (np.diff(tops) < 0).all() and tops[0] > 10 > 2.1 > tops[5] > 2
    assert own[-30:] == pytest.approx(2, abs=1e-3)


@pytest.mark.parametrize("lr", [0.05, 0.1, 0.2])
def test_the_ball_jumps_from_side_to_side_by_one_learning_rate(wobble, lr):
    wobble.set(lr=lr)
    w, lr = wobble._shown_run.path[0, -20:], wobble.values["lr"]
    assert (w[1:] * w[:-1] < 0).all()
    np.testing.assert_allclose(np.abs(np.diff(w)), lr, rtol=2e-3)
    np.testing.assert_allclose(np.abs(w), theory.rmsprop_wobble(lr, 1, 1e-8), rtol=2e-3)


@pytest.mark.parametrize("curvature", [1, 10, 100])
@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_explore_it_is_lr_half_at_every_curvature_and_at_rho_0_5_too(wobble, curvature, rho):
    wobble.set(curvature=curvature, rho=rho)
    assert at_most(wobble) == like(0.025)


@pytest.mark.parametrize("rho", [0.1, 0.5, 0.95, 0.99])
def test_after_long_enough_it_is_lr_half_at_any_memory_above_0(rho):
    w, own = rms(lambda w: (w,), (1.0,), 5000, 0.05, rho)
    np.testing.assert_allclose(np.abs(w[0, -50:]), 0.025, rtol=1e-3)
    np.testing.assert_allclose(own[0, -50:], 2, rtol=1e-3)


def test_explore_at_rho_0_99_it_lies_still_and_then_it_will_be_thrown_out(wobble):
    wobble.set(rho=0.99)
    assert at_most(wobble) == 0
    rate = drawn(wobble.panels[1], "seen")[1]
    assert (np.diff(rate[10:]) > 0).all() and 1.9 < rate[-1] < 2  # about to pass the limit
    w, own = rms(lambda w: (w,), (1.0,), 1000, 0.05, 0.99)
    assert np.abs(w[0, 300:]).max() > 0.1 and own[0, 300:].max() > 10


@pytest.mark.parametrize("curvature", [1, 100])
def test_at_rho_0_each_step_is_as_long_as_lr(wobble, curvature):
    """Where there is a slope: from 1, twenty of them lead to the minimum itself."""
    wobble.set(rho=0, curvature=curvature)
    w = wobble._shown_run.path[0]
    steps, slopes = np.abs(np.diff(w)), curvature * np.abs(w[:-1])
    assert (slopes > 1e-3).mean() > 0.99
    np.testing.assert_allclose(steps[slopes > 0.01], 0.05, rtol=1e-4)
    assert 0.025 < at_most(wobble) < 0.05


@pytest.mark.parametrize("schedule, below", [("constant", False), ("lr · e^(−k/50)", True),
                                             ("lr/(1 + k/20)", False)])  # fmt: skip
def test_explore_of_the_two_schedules_the_exponential_gets_below_a_thousandth(
    wobble, schedule, below
):
    wobble.set(schedule=schedule)
    assert (at_most(wobble) < 1e-3) == below
    w, *_ = of_wobble(wobble)
    assert (for_good(np.abs(w) < 1e-3) >= 0) == below


def test_explore_eps_of_0_001_brings_the_ball_to_rest_and_much_less_does_not(wobble):
    """From (lr·L/2)² = 0.000625 on. Just below, the 300 steps end before it has left again."""
    most_at = {
        eps: np.abs(run.path[0, -20:]).max() for eps, run in each_step(wobble, "eps").items()
    }
    assert min(eps for eps in most_at if eps > 0.025**2) == 0.001
    for eps, most in most_at.items():
        if eps >= 0.001:
            assert most < 1e-6, eps
        elif eps < 0.025**2 / 2:
            assert most == pytest.approx(theory.rmsprop_wobble(0.05, 1, eps), rel=0.01), eps
    wobble.set(eps=0.001)
    assert at_most(wobble) == 0
    wobble.set(eps=0.00032)
    assert at_most(wobble) > 0.01


# --- the plateau ----------------------------------------------------------------------------------

PLACES = {"inside the root": False, "outside": True}


def on_the_plateau(place, eps, lr=0.05, rho=0.9, steps=3000):
    slope = lambda w: (w * exp(-w * w / 2),)  # noqa: E731
    return rms(slope, (5.0,), steps, lr, rho, eps, PLACES[place])[0][0]


ON_THE_PLATEAU = [
    {},
    {"place": "outside"},
    {"eps": 1e-4},
    {"eps": 1e-2},
    {"place": "outside", "eps": 1e-2, "lr": 0.02},
    {"rho": 0.5, "eps": 1e-16},
]


@pytest.mark.parametrize("state", ON_THE_PLATEAU)
def test_the_ball_and_both_distances_are_those_of_the_runs(plateau, state):
    plateau.set(**state)
    place, eps, lr, rho = (plateau.values[name] for name in ("place", "eps", "lr", "rho"))
    w = on_the_plateau(place, eps, lr, rho)
    gd = plain(lambda w: (w * exp(-w * w / 2),), (5.0,), 600, lr)[0]
    own, other = (line(plateau.panels[1], k) for k in range(2))
    seen = np.maximum(np.abs(w[:601]), 1e-4)
    early = np.logical_and.accumulate(seen > 1e-3)  # later, rounding is amplified
    np.testing.assert_allclose(own[early], seen[early], rtol=1e-5)
    np.testing.assert_allclose(other, gd, rtol=1e-9)
    for step in (0, 30, 60):
        plateau.set(step=step)
        assert ball(plateau.panels[0])[0] == pytest.approx(w[step], abs=1e-6)
        told = said(plateau, f"Step {step}: w is #, the slope there #;")
        slope = w[step] * exp(-(w[step] ** 2) / 2)
        assert told == [pytest.approx(w[step], rel=6e-3), pytest.approx(slope, rel=0.06)]


@pytest.mark.parametrize("state", ON_THE_PLATEAU)
def test_the_sentence_says_when_it_arrives_and_which_slopes_are_too_small(plateau, state):
    plateau.set(**state)
    place, eps, lr, rho = (plateau.values[name] for name in ("place", "eps", "lr", "rho"))
    assert f"{place}, learning rate {num(lr, 3)}, ρ = {num(rho)}." in plateau.readout
    assert said(plateau, "ε = #") == like(eps, 2)
    floor = eps if PLACES[place] else sqrt(eps)
    assert said(plateau, "slopes below # are too small") == like(floor, 2)
    arrived = for_good(np.abs(on_the_plateau(place, eps, lr, rho)) < NEAR)
    if arrived < 0:
        assert plateau.readout.endswith("Within 0.05 of the minimum: not within 3000 steps.")
    else:
        told = said(plateau, "Within 0.05 of the minimum: from step # on.")
        assert told == pytest.approx(arrived, abs=5)  # beside the minimum, rounding is amplified


def test_slopes_below_that_are_not_made_up_for(plateau):
    """Where the slope is a tenth of it, the steps are a tenth of a learning rate at most."""
    for place, eps in (("inside the root", 1e-6), ("outside", 1e-3)):
        plateau.set(place=place, eps=eps)
        w = plateau._shown_run.path[0]
        length, slope = -np.diff(w) / 0.05, w[:-1] * np.exp(-(w[:-1] ** 2) / 2)
        small = (slope < 1e-4) & (w[:-1] > 0)
        assert small.sum() > 50 and length[small].max() < 0.101
        assert length[(slope > 1e-2) & (w[:-1] > 1)].min() > 0.9


def test_with_1e_8_inside_it_starts_slowly_and_outside_at_full_speed(plateau):
    first = {}
    for place in PLACES:
        plateau.set(place=place)
        w = plateau._shown_run.path[0]
        first[place] = (w[0] - w[1]) / plateau.values["lr"]
    full = theory.rmsprop_step(1, 0.9)
    assert first["outside"] == pytest.approx(full, rel=2e-3)
    assert first["inside the root"] == pytest.approx(0.186, abs=1e-3)
    assert 5 * exp(-12.5) == pytest.approx(0.000019, abs=5e-7)  # the slope at 5, below 1e-4


def test_gradient_descent_does_not_move_as_far_as_the_eye_can_see(plateau):
    far = line(plateau.panels[1], 1)
    assert far[0] == 5 and 4.999 < far[-1] < 5
    low, high = plateau.panels[1].ax.get_ylim()
    assert log(5 / far[-1]) / log(high / low) < 1e-4  # of the height of the picture


@pytest.mark.parametrize(
    "place, largest, steps", [("inside the root", 3.16e-6, 574), ("outside", 1.78e-3, 583)]
)
def test_explore_the_largest_eps_with_which_it_arrives_within_600_steps(
    plateau, place, largest, steps
):
    plateau.set(place=place)
    eps, step = (plateau.controls["eps"], 0.25)
    assert eps.step == step and (eps.min, eps.max) == (-16, -2)
    for power, there in ((0, True), (1, False), (2, False)):
        plateau.set(eps=largest * 10 ** (step * power))
        arrived = plateau._shown_run.arrived
        assert (0 <= arrived <= 600) == there
        assert arrived == about(
            for_good(np.abs(on_the_plateau(place, plateau.values["eps"])) < NEAR)
        )
        if there:
            assert plateau.values["eps"] == largest and arrived == pytest.approx(steps, abs=3)
    plateau.set(eps=1e-2)
    assert not 0 <= plateau._shown_run.arrived <= 600


def test_explore_the_one_number_is_the_square_of_the_other():
    assert 1.78e-3**2 == pytest.approx(3.16e-6, rel=0.01)


def test_gradient_descent_with_lr_over_the_root_of_eps_is_what_is_left_of_it(plateau):
    plateau.set(eps=1e-2, lr=0.05)
    w = plateau._shown_run.path[0]
    gd = plain(lambda w: (w * exp(-w * w / 2),), (5.0,), 600, 0.05 / sqrt(1e-2))[0]
    np.testing.assert_allclose(w, gd, atol=1e-6)


# --- the predictions ------------------------------------------------------------------------------


def spike(size, rho=0.9):
    """The lengths of the steps after a slope of 1, at a spike and after it."""
    lengths = []
    for k in range(100):
        s = 1 + (1 - rho) * (size**2 - 1) * rho**k
        lengths.append((size if k == 0 else 1) / sqrt(s))
    return np.array(lengths)


def test_first_steps_a_slope_of_10_is_divided_by_ten_times_as_much():
    told = predictions.first_steps()
    assert told.answer == told.choices[1] == "they are alike"
    path, _ = rms(lambda x, y: (x, 20 * y), (1.0, 0.5), 1, 0.1, 0.9)
    x, y = path[:, 0] - path[:, 1]
    assert x == pytest.approx(y) == pytest.approx(0.1 / sqrt(0.1))
    assert f"{x:.3f} along x and {y:.3f} along y" in told.why
    assert (1.0, 20 * 0.5) == (1, 10) and "1 along x and 10 along y" in told.question


def test_speed_on_a_slope_at_rho_0_99_the_first_step_is_ten_learning_rates():
    assert predictions.speed_on_a_slope().answer == pytest.approx(1 / sqrt(0.01)) == 10


def test_after_a_spike_35_steps_are_shorter_than_0_9():
    told, lengths = predictions.after_a_spike(), spike(10)
    assert told.answer == 35 == (lengths[1:] < 0.9).sum()
    assert told.right(30) and told.right(40) and not told.right(25)
    assert f"{lengths[1]:.2f} learning rates" in told.why and f"{lengths[1]:.2f}" == "0.32"


def test_on_the_cliff_the_longest_step_is_at_the_bend():
    told = predictions.on_the_cliff()
    w, length = lengths_on_the_cliff(0.05, 0.9)
    k = 5 + length[5:150].argmax()
    assert told.answer == told.choices[1] == "where the floor bends into the face"
    assert f"At w = {w[k]:.2f}, " in told.why and f"{length[k]:.2f} learning rates" in told.why
    assert on_the_cliff(w[k]) < 0.5 * on_the_cliff(2.0)  # the slope has only begun to rise


def test_in_other_units_gradient_descent_diverges_and_rmsprop_goes_as_before():
    told = predictions.in_other_units()
    assert told.answer == told.choices[1]
    paths = [rms(lambda x, y, k=k: himmelblau(x, y, k), (0.0, 0.0), 200, 0.01, 0.9)[0]
             for k in (1, 1000)]  # fmt: skip
    assert np.abs(paths[1] - paths[0]).max() < 1e-10 and "1e−10 apart" in told.why
    assert not np.abs(plain(lambda x, y: himmelblau(x, y, 1000), (0.0, 0.0), 200, 0.01)).max() < 1e6


def test_turn_it_and_it_takes_more_than_ten_times_as_many_steps():
    told = predictions.turn_it()
    assert told.answer == told.choices[2] == "more than ten times as many"
    assert f"RMSProp needs {steps_needed(1000, 0)} steps" in told.question
    assert (
        f"About {round(steps_needed(1000, 45), -2)} steps." in told.why
    )  # rounding moves the rest


def test_at_rest_it_is_half_a_learning_rate_away():
    w, _ = rms(lambda w: (w,), (1.0,), 1000, 0.05, 0.9)
    assert predictions.at_rest().answer == pytest.approx(0.025, abs=1e-5)
    np.testing.assert_allclose(np.abs(w[0, -2:]), 0.025, atol=1e-5)
    assert w[0, -1] * w[0, -2] < 0


# --- the board, alone -----------------------------------------------------------------------------


class TestBoard:
    """The panel with a calculation in lines."""

    NAMES = ("add:  a + b", "halve:  m / 2", "done:  h")

    def board(self):
        return put(Board("title", self.NAMES, lambda run, step: (step, run)))

    def test_it_shows_the_numbers_of_all_lines_up_to_the_one_that_is_lit(self):
        panel, numbers = self.board(), ["1 + 3 = 4", "4 / 2 = 2\nand more", "2"]
        for lit in (0, 2, 1, 0):
            panel.show(numbers, lit)
            told = [text.get_text() for text in panel.texts]
            assert told == numbers[: lit + 1] + [""] * (2 - lit)
            assert panel.light.get_y() == lit and panel.light.get_height() == 1

    def test_each_symbol_stands_above_its_numbers_and_the_light_covers_neither(self):
        panel = self.board()
        panel.show(["x", "y", "z"], 1)
        names = symbols(panel)
        assert [text.get_text() for text in names] == [*self.NAMES]
        assert set(panel.moves) == {panel.light, *names, *panel.texts}
        assert panel.light.get_zorder() < min(text.get_zorder() for text in panel.ax.texts)
        panel.ax.figure.canvas.draw()
        for k, (symbol, numbers) in enumerate(zip(names, panel.texts, strict=True)):
            assert k < symbol.get_position()[1] < numbers.get_position()[1] < k + 1
            above, below = symbol.get_window_extent(), numbers.get_window_extent()
            assert above.y0 > below.y1 and below.x0 > above.x0
        left, right = panel.ax.get_xlim()
        assert (panel.light.get_x(), panel.light.get_width()) == (left, right - left)

    def test_the_first_line_is_at_the_top_and_all_lines_are_in_the_picture(self):
        panel = self.board()
        assert panel.ax.get_ylim() == (len(self.NAMES), 0)
        panel.show(["x\nx"] * 3, 2)
        panel.ax.figure.canvas.draw()
        frame = panel.ax.get_window_extent()
        for text in panel.ax.texts:
            box = text.get_window_extent()
            assert frame.y0 < box.y0 < box.y1 < frame.y1 and frame.x0 < box.x0

    def test_two_lines_of_numbers_fit_under_their_symbols(self, storyboard):
        panel = storyboard.panels[1]
        for state in ({}, {"kappa": 1000, "rho": 0.99, "lr": 1}, {"rho": 0}):
            storyboard.reset()
            storyboard.set(**state, step=44)
            boxes = [text.get_window_extent() for text in panel.texts]
            frame = panel.ax.get_window_extent()
            right = panel.ax.figure.bbox.x1
            for numbers, symbol in zip(boxes, symbols(panel)[1:], strict=False):
                assert numbers.y0 > symbol.get_window_extent().y1
            assert boxes[-1].y0 >= frame.y0 and max(box.x1 for box in boxes) < right

    def test_a_line_without_numbers_is_an_error(self):
        with pytest.raises(ValueError, match="zip"):
            self.board().show(["one"], 0)

    def test_showing_never_makes_the_picture_stale_and_draws_nothing_new(self):
        panel = self.board()
        before = len(panel.ax.get_children())
        assert not any(panel.show(["a", "b", "c"], k) for k in (0, 1, 2))
        assert len(panel.ax.get_children()) == before


# --- the looks ------------------------------------------------------------------------------------


def test_rmsprop_is_the_green_triangle_in_every_figure(
    storyboard, shadow, cliff, turned, units, wobble, plateau
):
    green = draw.LOOK["rmsprop"]["color"].lower()
    places = [(storyboard, 0, "ball 0"), (turned, 0, "ball 2"), (units, 0, "ball 1")]
    places += [(figure, 0, "ball 0") for figure in (cliff, plateau)]
    places += [(figure, 1, "ball") for figure in (shadow, cliff, wobble)]
    places += [(turned, 1, "ball 2"), (units, 1, "ball 1"), (plateau, 1, "ball 0")]
    places += [(turned, 2, "ball")]
    balls = [figure.panels[k].drawn.lines[name] for figure, k, name in places]
    for each in balls:
        assert to_hex(each.get_color()) == green and each.get_marker() == "^"
