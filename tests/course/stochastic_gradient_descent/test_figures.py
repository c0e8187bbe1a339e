"""What the text of notebook 04 says of its live figures, held against the figures themselves.

On the standardised penguins the Hessian is 1, so that much can be said in closed form. A measured
mean may lie Z of its standard errors from the exact one, as in `test_claims_04`, whose recursion
for the moments of SGD serves here, too.
"""

import re
from functools import cache
from math import sqrt

import numpy as np
import pytest
from pages import drag, drawn, each_step, route, shown

from course.stochastic_gradient_descent import figures
from gdlib.words import num
from tests.course.gradients.test_figures import arrow, unit
from tests.course.stochastic_gradient_descent.test_claims import (
    EXACT_LINE,
    FROM,
    PENGUINS,
    POINTS,
    Z,
    agree,
    bottom,
    mean_excess,
    moments,
    moments_of,
    share_outside,
    stays_bounded,
)
from tests.course.stochastic_gradient_descent.test_claims import floor as exact_floor

minibatch, noise, flicker = shown(figures.minibatch), shown(figures.noise), shown(figures.flicker)
floor, schedules = shown(figures.floor), shown(figures.schedules)
frequency, dip = shown(figures.frequency), shown(figures.dip)

X, Y = PENGUINS
BEST = np.array([Y.mean(), (X * Y).mean()])  # X has mean 0 and variance 1
ALL = 342
START = (1.5, 2.6)  # of the runs on the standardised penguins
SIZES = (1, 2, 4, 8, 16, 32, 64, 128)


def singles(w, x=X, y=Y):
    """The gradient of each row alone, `(2, rows)`."""
    error = w[0] + w[1] * x - y
    return np.stack([error, error * x])


def half_square(w, x, y):
    """Half the mean squared error of one line."""
    return ((w[0] + w[1] * x - y) ** 2).mean() / 2


def above(w):
    """The loss of all standardised penguins above the lowest, for places `(2, ...)`."""
    return ((w - BEST.reshape(2, *(1,) * (np.ndim(w) - 1))) ** 2).sum(axis=0) / 2


def close(samples, truth, more=0.0):
    """Whether the mean of independent samples is the truth, give or take `more` of it."""
    return abs(np.mean(samples) - truth) < Z * np.std(samples) / sqrt(len(samples)) + more * truth


def said(figure, pattern):
    """The number that stands in the sentence where the pattern has its group."""
    found = re.search(pattern, figure.readout)
    assert found, figure.readout
    return float(found[1].replace("−", "-").replace(",", ""))


def in_bars(panel):
    """The shares that the bars are drawn with; all of the width is two of them."""
    return np.array([2 * bar.get_width() for bar in panel.bars])


# --- a few rows instead of all --------------------------------------------------------------------


def lit(figure):
    """The rows lit in the left panel, two columns."""
    return drawn(figure.panels[0], "lit")


def at(figure):
    """Where the ball is on the map."""
    return route(figure.panels[1], part="ball")[:, 0]


RUNS = [{}, {"size": 1, "seed": 3}, {"size": 32, "lr": 0.5, "show": 64}, {"size": ALL, "lr": 1.5}]


@pytest.mark.parametrize("state", RUNS)
def test_a_step_is_minus_lr_times_the_mean_gradient_of_the_rows_that_are_lit(minibatch, state):
    rows = {*zip(*PENGUINS, strict=True)}
    minibatch.set(**state, step=0)
    size, step = minibatch.values["size"], minibatch.controls["step"]
    for k in (0, 5, 299):
        step.value = k
        (x, y), w = lit(minibatch), at(minibatch)
        assert len(x) == size and {*zip(x, y, strict=True)} <= rows
        step.value = k + 1
        taken = -minibatch.values["lr"] * singles(w, x, y).mean(axis=1)
        np.testing.assert_allclose(at(minibatch) - w, taken, rtol=1e-6, atol=1e-12)
        assert size == ALL or lit(minibatch).tolist() != [x.tolist(), y.tolist()]


def test_the_errors_go_from_the_line_of_the_ball_to_the_lit_penguins(minibatch):
    minibatch.set(size=8)
    (x, y), w, panel = lit(minibatch), at(minibatch), minibatch.panels[0]
    ends = drawn(panel, "errors").reshape(2, 8, 3)
    np.testing.assert_allclose(ends[..., 0], [x, w[0] + w[1] * x])
    np.testing.assert_allclose(ends[..., 1], [x, y])
    assert np.isnan(ends[1, :, 2]).all()  # so that they are not joined
    for line, (height, slope) in (("line", w), ("best", BEST)):
        across, up = drawn(panel, line)
        np.testing.assert_allclose(up, height + slope * across)
    assert panel.drawn.lines["best"].get_linestyle() == ":"


@pytest.mark.parametrize("state", RUNS[:-1])
@pytest.mark.parametrize("step", [0, 6, 300])
def test_both_arrows_are_minus_a_gradient_to_one_scale(minibatch, state, step):
    minibatch.set(**state, step=step)
    (x, y), w, panel = lit(minibatch), at(minibatch), minibatch.panels[1]
    downhill = {"all": -singles(w).mean(axis=1), "batch": -singles(w, x, y).mean(axis=1)}
    scales, lengths = [], []
    for name, way in downhill.items():
        start, along = arrow(panel, name)
        np.testing.assert_allclose(start, w)
        np.testing.assert_allclose(unit(along), unit(way), atol=1e-6)
        lengths.append(np.hypot(*along))
        scales.append(lengths[-1] / np.hypot(*way))
        tip = panel.drawn.lines[f"{name} tip"]
        assert tip.get_marker() == {"all": "s", "batch": "D"}[name]
        off = tip.get_xydata()[0] - w
        np.testing.assert_allclose(unit(off), unit(along), atol=1e-6)
        assert 1 <= np.hypot(*off) / lengths[-1] < 1.15
    assert scales[0] == pytest.approx(scales[1], rel=1e-6)
    assert max(lengths) / np.ptp(panel.ax.get_xlim()) == pytest.approx(0.26)  # in every state
    angle = np.degrees(np.arccos(unit(downhill["all"]) @ unit(downhill["batch"])))
    assert abs(said(minibatch, r"points (\d+)° off") - angle) < 0.51


def test_the_cloud_is_64_runs_from_one_start_and_the_first_of_them_is_the_path(minibatch):
    alone = {}
    for k in (0, 40, 300):
        minibatch.set(step=k)
        alone[k] = at(minibatch)
        assert drawn_cloud(minibatch).size == 0
    for k, w in alone.items():
        minibatch.set(show=64, step=k)
        cloud = drawn_cloud(minibatch)
        assert cloud.shape == (2, 64)
        np.testing.assert_array_equal(at(minibatch), w)
        np.testing.assert_array_equal(cloud[:, 0], w)
        assert len(np.unique(cloud, axis=1).T) == (64 if k else 1)


def drawn_cloud(figure):
    return drawn(figure.panels[1], "cloud")


def test_the_swarm_becomes_a_cloud_about_the_minimum(minibatch):
    minibatch.set(show=64, step=300)
    for side in drawn_cloud(minibatch) - BEST[:, None]:
        assert agree(side, 0)
    lr, size = minibatch.values["lr"], minibatch.values["size"]
    assert close(above(drawn_cloud(minibatch)), exact_floor(moments("penguins"), lr, size))


@pytest.mark.parametrize("size", [1, 8, 64])
def test_the_mean_loss_of_the_64_runs_is_that_of_the_exact_recursion(minibatch, size):
    minibatch.set(show=64, size=size, seed=1)
    exact = mean_excess(PENGUINS, moments("penguins"), START, 300, minibatch.values["lr"], size)
    spent, mean = drawn(minibatch.panels[2], "mean")
    for k in (1, 5, 20, 100, 300):
        minibatch.set(step=k)
        losses = above(drawn_cloud(minibatch))
        assert spent[k - 1] == k * size
        assert mean[k - 1] == pytest.approx(losses.mean(), rel=1e-6)
        assert close(losses, exact[k])
    assert said(minibatch, r"mean of 64 seeds: ([\d.]+)") == pytest.approx(mean[-1], rel=0.01)


@pytest.mark.parametrize("size", [1, 2, 32])
def test_the_loss_stands_over_the_sample_gradients_and_gradient_descent_is_dashed(minibatch, size):
    minibatch.set(size=size, step=123)
    panel, lr = minibatch.panels[2], minibatch.values["lr"]
    spent, loss = drawn(panel, "one")
    np.testing.assert_array_equal(spent, size * np.arange(1, 301))
    assert drawn(panel, "ball")[:, 0] == pytest.approx([123 * size, above(at(minibatch))], rel=1e-6)
    assert loss[122] == pytest.approx(above(at(minibatch)), rel=1e-6)
    assert said(minibatch, r"([\d,]+) sample gradients spent") == 123 * size
    spent, whole = drawn(panel, "all")
    np.testing.assert_array_equal(spent, ALL * np.arange(1, 301))
    k = np.arange(1, 51)
    np.testing.assert_allclose(whole[:50], (1 - lr) ** (2 * k) * above(np.array(START)))


def test_with_all_rows_it_is_gradient_descent(minibatch):
    minibatch.set(size=ALL, show=64, seed=5, step=7)
    start = np.array(START)
    np.testing.assert_allclose(at(minibatch), BEST + (1 - 0.2) ** 7 * (start - BEST), rtol=1e-3)
    one, whole = (drawn(minibatch.panels[2], name) for name in ("one", "all"))
    np.testing.assert_array_equal(one, whole)
    assert len(np.unique(lit(minibatch), axis=1).T) == len(np.unique(PENGUINS, axis=1).T)
    assert np.ptp(drawn_cloud(minibatch), axis=1).tolist() == [0, 0]
    assert "all 342 penguins: the gradient is exact" in minibatch.readout


def test_the_same_seed_is_the_same_run_and_another_is_another(minibatch):
    ends = {}
    for seed in (7, 8, 7, 9):
        minibatch.set(seed=seed, step=300)
        ends.setdefault(seed, []).append((*at(minibatch), *lit(minibatch).ravel()))
    assert ends[7][0] == ends[7][1]
    assert len({each[0] for each in ends.values()}) == 3


def test_far_from_the_minimum_the_arrows_mostly_agree_and_near_it_they_do_not(minibatch):
    off = {0: [], 1: [], 2: [], 298: [], 299: [], 300: []}
    for seed in range(30):
        run = minibatch.run(**minibatch.values | {"seed": seed})
        for k, angles in off.items():
            w = run.path[:, k]
            own, true = singles(w, X[run.rows[k]], Y[run.rows[k]]).mean(axis=1), w - BEST
            angles.append(np.degrees(np.arccos(unit(own) @ unit(true))))
    far, near = (np.concatenate([off[k] for k in ks]) for ks in ((0, 1, 2), (298, 299, 300)))
    assert np.median(far) < 30 and (far < 90).mean() > 0.9
    assert np.median(near) > 45 and (near > 90).mean() > 0.2


def test_gradient_descent_falls_deeper_and_begins_when_sgd_has_long_arrived(minibatch):
    lr, size = minibatch.values["lr"], minibatch.values["size"]
    exact = mean_excess(PENGUINS, moments("penguins"), START, 300, lr, size)
    spent, whole = drawn(minibatch.panels[2], "all")
    arrived = np.flatnonzero(exact < 1.05 * exact[-1])[0] * size
    assert 3 * arrived < spent[0]
    assert whole.min() < 1e-6 * exact[-1]
    spent, loss = drawn(minibatch.panels[2], "one")
    assert loss[150:].max() > 3 * exact[-1] > 30 * loss[150:].min()  # it wanders about


def test_the_minibatch_figure_begins_on_the_way_down(minibatch):
    assert 0 < minibatch.controls["step"].value < 20
    assert above(at(minibatch)) > 10 * drawn(minibatch.panels[2], "one")[1, 200:].mean()
    low, high = minibatch.panels[2].ax.get_ylim()
    _, loss = drawn(minibatch.panels[2], "one")
    assert ((loss > low) & (loss < high)).mean() > 0.98


@pytest.mark.parametrize("seed", [0, 3])
def test_explore_the_smallest_batch_whose_64_seeds_end_below_0_0015_on_average_is_16(
    minibatch, seed
):
    parts, wanted = moments("penguins"), [16, 32, 64, 128]
    exact = {size: mean_excess(PENGUINS, parts, START, 300, 0.2, size)[-1] for size in SIZES}
    assert [size for size in SIZES if exact[size] < 0.0015] == wanted
    minibatch.set(show=64, step=300, seed=seed)
    seen = {}
    for size in SIZES:
        minibatch.controls["size"].value = size
        seen[size] = said(minibatch, r"mean of 64 seeds: ([\d.]+)")
    assert [size for size in SIZES if seen[size] < 0.0015] == wanted


def test_one_sample_gradient_is_no_plural(minibatch):
    minibatch.set(size=1, step=1)
    assert "; 1 sample gradient spent." in minibatch.readout


def test_a_run_beyond_all_numbers_is_told_in_words(minibatch):
    minibatch.set(size=1, lr=2, step=300)
    assert "diverged" in minibatch.readout and not re.search("nan|inf", minibatch.readout)


def test_the_run_has_diverged_only_if_the_one_that_is_drawn_has(minibatch):
    minibatch.set(size=1, show=64, lr=1.1, step=300)
    loss = minibatch._shown_run.loss[300]
    gone = (loss > 1e6).sum()
    assert 0 < gone < 64 and f"(diverged: {gone} of 64 seeds)" in minibatch.readout
    assert ("the run has diverged" in minibatch.readout) == (loss[0] > 1e6)
    minibatch.set(lr=2)
    assert "the run has diverged (diverged: 64 of 64 seeds)" in minibatch.readout


# --- right on average -----------------------------------------------------------------------------

UPHILL = r"([\d.]+)% of them, a step goes uphill"
WAYS = pytest.mark.parametrize("replace", [True, False], ids=["with", "without"])


def dots(figure):
    return drawn(figure.panels[0], "cloud")


def place(figure):
    """Where the gradients are taken: the Hessian is 1, so the arrow is the way to the minimum."""
    return BEST - arrow(figure.panels[0], "true")[1]


def sigma(w):
    return sqrt(singles(w).var(axis=1).sum())


@pytest.mark.parametrize("distance", [0.01, 0.5, 5])
def test_a_dot_of_one_row_is_minus_the_gradient_of_a_penguin(noise, distance):
    noise.set(size=1, distance=distance)
    start, along = arrow(noise.panels[0], "true")
    assert start.tolist() == [0, 0]
    assert np.hypot(*along) == pytest.approx(noise.values["distance"])
    np.testing.assert_allclose(along, -singles(place(noise)).mean(axis=1), atol=1e-12)
    away = dots(noise)[:, :, None] + singles(place(noise))[:, None]
    assert dots(noise).shape == (2, 500) and np.hypot(*away).min(axis=1).max() < 1e-9
    assert len({*np.hypot(*away).argmin(axis=1)}) > 200  # of 342, 263 are expected


@WAYS
@pytest.mark.parametrize("distance", [0.01, 0.5, 5])
def test_the_cloud_is_as_wide_as_theory_says_for_every_batch_size(noise, replace, distance):
    noise.set(replace=replace, distance=distance)
    sizes, width = drawn(noise.panels[1], "measured")
    assert sizes.tolist() == [*SIZES, 256, ALL]
    square = (singles(place(noise)) + arrow(noise.panels[0], "true")[1][:, None]) ** 2
    square = square.sum(axis=0)
    within = Z * square.std() / square.mean() / sqrt(500) / 2  # less for larger batches
    shrunk = 1 if replace else (ALL - sizes) / (ALL - 1)
    law = sigma(place(noise)) * np.sqrt(shrunk / sizes)
    some = law > 0
    assert some.sum() == (10 if replace else 9)
    np.testing.assert_allclose(width[some], law[some], rtol=within)
    every, line = drawn(noise.panels[1], "theory")
    assert (every[0], every[-1]) == pytest.approx((1, ALL))
    shrunk = 1 if replace else (ALL - every) / (ALL - 1)
    np.testing.assert_allclose(line, sigma(place(noise)) * np.sqrt(shrunk / every), atol=1e-6)


@pytest.mark.parametrize("state", [{}, {"size": 32, "distance": 2}, {"size": 1, "replace": False}])
def test_the_sentence_has_the_width_of_the_dots_that_are_drawn(noise, state):
    noise.set(**state)
    _, along = arrow(noise.panels[0], "true")
    off = dots(noise) - along[:, None]
    width = sqrt((off**2).sum(axis=0).mean())
    assert num(width, 3) in noise.readout
    assert drawn(noise.panels[1], "ball")[:, 0] == pytest.approx([noise.values["size"], width])
    assert num(np.hypot(*along), 3) in noise.readout
    assert num(np.hypot(*off.mean(axis=1)), 2) in noise.readout


def test_four_times_the_rows_are_half_the_noise(noise):
    every, line = drawn(noise.panels[1], "theory")
    there = np.exp(np.interp(np.log([1, 4, 16, 64]), np.log(every), np.log(line)))
    np.testing.assert_allclose(there[:-1] / there[1:], 2)
    np.testing.assert_allclose(np.diff(np.log(line)) / np.diff(np.log(every)), -0.5)
    sizes, width = drawn(noise.panels[1], "measured")
    steep = np.polyfit(np.log(sizes), np.log(width), 1)[0]
    assert steep == pytest.approx(-0.5, abs=0.03)


@WAYS
@pytest.mark.parametrize("size", [1, 4, 32, 128])
def test_the_cloud_sits_on_the_tip_of_the_arrow(noise, replace, size):
    noise.set(replace=replace, size=size)
    _, tip = arrow(noise.panels[0], "true")
    for side, end in zip(dots(noise), tip, strict=True):
        assert agree(side, end)
    np.testing.assert_allclose(drawn(noise.panels[0], "mean")[:, 0], dots(noise).mean(axis=1))


def test_if_no_row_is_drawn_twice_the_noise_ends_at_342(noise):
    noise.set(size=ALL, replace=False)
    _, tip = arrow(noise.panels[0], "true")
    assert np.abs(dots(noise) - tip[:, None]).max() < 1e-12
    sizes, width = drawn(noise.panels[1], "measured")
    assert np.isnan(width[-1]) and drawn(noise.panels[1], "theory")[1, -1] == 0
    assert "For 0.0% of them, a step goes uphill" in noise.readout


@pytest.mark.parametrize("size, distance", [(4, 0.5), (1, 1), (16, 0.05), (64, 0.01)])
def test_dots_beyond_the_dashed_line_and_only_they_lead_uphill(noise, size, distance):
    noise.set(size=size, distance=distance)
    _, along = arrow(noise.panels[0], "true")
    edge = drawn(noise.panels[0], "edge")
    np.testing.assert_allclose(edge.sum(axis=1), 0, atol=1e-12)  # through the arrow's foot
    assert unit(edge[:, 1]) @ unit(along) == pytest.approx(0, abs=1e-12)
    beyond = along @ dots(noise) < 0
    w, ahead = place(noise)[:, None], 1e-7 * dots(noise)
    rises = above(w + ahead) > above(w)
    assert (rises == beyond).all() and 0 < beyond.sum() < 300
    assert said(noise, UPHILL) == pytest.approx(100 * beyond.mean())


def test_the_words_this_side_uphill_stand_on_that_side(noise):
    [words] = [text for text in noise.panels[0].ax.texts if "uphill" in text.get_text()]
    for distance in (0.01, 0.5, 5):
        noise.set(distance=distance)
        ax, along = noise.panels[0].ax, arrow(noise.panels[0], "true")[1]
        place = ax.transData.inverted().transform(ax.transAxes.transform(words.get_position()))
        assert place @ along < 0


@pytest.mark.parametrize("size, distance", [(1, 0.01), (1, 5), (4, 0.5), (128, 0.5), (128, 0.01)])
def test_the_arrow_and_nearly_all_dots_are_in_the_picture(noise, size, distance):
    noise.set(size=size, distance=distance)
    low, high = noise.panels[0].ax.get_xlim()
    assert (low, high) == noise.panels[0].ax.get_ylim() and low == -high
    assert (np.abs(dots(noise)).max(axis=0) < high).mean() > 0.98
    assert np.abs(arrow(noise.panels[0], "true")[1]).max() < high
    assert max(np.abs(dots(noise)).max(), np.hypot(*arrow(noise.panels[0], "true")[1])) > high / 3
    low, high = noise.panels[1].ax.get_ylim()
    assert (drawn(noise.panels[1], "measured")[1] > low).all()
    assert (drawn(noise.panels[1], "measured")[1] < high).all()


@pytest.mark.parametrize("distance", [0.1, 0.18, 0.5])
def test_the_share_uphill_is_that_of_many_other_minibatches_of_4(noise, distance):
    noise.set(distance=distance)
    w, draws = place(noise), 20_000
    rows = np.random.default_rng(99).integers(ALL, size=(4, draws))
    share = ((w - BEST) @ singles(w)[:, rows].mean(axis=1) < 0).mean()
    error = sqrt(share * (1 - share) * (1 / 500 + 1 / draws))
    assert abs(said(noise, UPHILL) / 100 - share) < Z * error


def test_explore_closer_in_more_dots_lead_uphill_and_at_0_18_it_is_a_quarter(noise):
    shares = {
        distance: (run.cloud.T @ run.true < 0).mean()
        for distance, run in each_step(noise, "distance").items()
    }
    [quarter] = [distance for distance, share in shares.items() if abs(share - 0.25) < 0.01]
    assert quarter == pytest.approx(0.18, abs=0.005)
    assert (np.diff(list(shares.values())) <= 0).all()
    closest, *_ = shares
    assert shares[0.5] < 0.05 and shares[closest] == pytest.approx(0.5, abs=Z * sqrt(0.25 / 500))
    noise.set(distance=quarter)
    assert 24 < said(noise, UPHILL) < 26


def test_explore_below_0_095_it_takes_128_rows_or_64_if_none_is_drawn_twice(noise):
    assert noise.values["distance"] == 0.5
    first = {}
    for replace in (True, False):
        noise.set(replace=replace)
        shrunk = np.array([1 if replace else (ALL - size) / (ALL - 1) for size in SIZES])
        law = sigma(place(noise)) * np.sqrt(shrunk / SIZES)
        seen = drawn(noise.panels[1], "measured")[1, :8]
        first[replace] = [np.array(SIZES)[width < 0.095].min() for width in (law, seen)]
    assert first == {True: [128, 128], False: [64, 64]}


@pytest.mark.parametrize("size", [1, 8, 128, 256, ALL])
def test_a_click_beside_a_circle_is_that_batch_size(noise, size):
    drag(noise, noise.panels[1], (4, 0.1), (1.05 * size, 0.3))
    assert noise.values["size"] == size and f"B = {size} with" in noise.readout


def test_the_noise_figure_begins_with_a_few_dots_uphill_and_all_widths_in_the_picture(noise):
    assert 0.5 < said(noise, UPHILL) < 10
    assert 1 < noise.values["size"] < ALL


# --- the landscape itself flickers ----------------------------------------------------------------

YS = Y - Y.mean()


def parabola(panel, name):
    """The curve of a name as `polyval` takes it; a loss of one slope is a parabola."""
    theta, loss = drawn(panel, name)
    found = np.polyfit(theta, loss, 2)
    np.testing.assert_allclose(np.polyval(found, theta), loss, atol=1e-9)
    return found


FLICKER = [{}, {"size": 1, "seed": 4}, {"size": 64}, {"size": 1, "lr": 2}, {"size": 8, "lr": 0.7}]


@pytest.mark.parametrize("state", FLICKER)
@pytest.mark.parametrize("step", [0, 3, 59])
def test_a_step_of_sgd_is_a_step_of_gradient_descent_on_the_dashed_curve(flicker, state, step):
    flicker.set(**state, step=step)
    panel, lr = flicker.panels[0], flicker.values["lr"]
    curve = parabola(panel, "these rows")
    (theta,), (height,) = drawn(panel, "ball")
    here, ahead = drawn(panel, "step").T
    np.testing.assert_allclose(here, [theta, height])
    assert height == pytest.approx(np.polyval(curve, theta), rel=1e-6)
    steep, bend = np.polyval(np.polyder(curve), theta), 2 * curve[0]
    assert ahead[0] == pytest.approx(theta - lr * steep, rel=1e-6, abs=1e-9)
    assert ahead[1] == pytest.approx(np.polyval(curve, ahead[0]), rel=1e-6, abs=1e-9)
    goes_down = ahead[1] < here[1]
    assert goes_down == (lr < 2 / bend)
    flicker.controls["step"].value += 1
    assert drawn(panel, "ball")[0, 0] == ahead[0]


def test_with_the_learning_rate_it_begins_with_every_step_goes_down_on_its_own_curve(flicker):
    assert flicker.values["lr"] < 2 / (X**2).max()  # whichever rows are drawn
    assert (2 / (X**2).max()) < flicker.controls["lr"].base ** flicker.controls["lr"].max


def test_the_hollow_diamond_is_hollow_and_one_step_from_the_full_one(flicker):
    step = flicker.panels[0].drawn.lines["step"]
    assert step.get_markerfacecolor() == "none" and step.get_marker() == "D"
    assert flicker.panels[0].drawn.lines["ball"].get_marker() == "D"
    assert flicker.panels[0].drawn.lines["true"].get_marker() == "s"
    assert len(step.get_xdata()) == 2


def test_the_black_curve_is_the_mean_of_the_curves_of_all_342_rows_and_stands_still(flicker):
    theta, black = drawn(flicker.panels[0], "all rows")
    alone = (theta * X[:, None] - YS[:, None]) ** 2 / 2
    np.testing.assert_allclose(black, alone.mean(axis=0))
    for state in ({"step": 30}, {"size": 1}, {"seed": 9}, {"lr": 1}):
        flicker.set(**state)
        np.testing.assert_array_equal(drawn(flicker.panels[0], "all rows")[1], black)


def grey(figure):
    """The grey curves `(k, thetas)`."""
    theta = drawn(figure.panels[0], "all rows")[0]
    curves = drawn(figure.panels[0], "others").reshape(2, -1, len(theta) + 1)
    np.testing.assert_array_equal(curves[0, :, :-1], np.tile(theta, (len(curves[0]), 1)))
    assert np.isnan(curves[1, :, -1]).all()
    return curves[1, :, :-1]


@pytest.mark.parametrize("size", [1, 16])
def test_the_grey_curves_are_those_of_the_first_40_minibatches_of_the_run(flicker, size):
    flicker.set(size=size)
    for step in (0, 11, 39):
        flicker.set(step=step)
        np.testing.assert_allclose(grey(flicker)[step], drawn(flicker.panels[0], "these rows")[1])
    assert len(grey(flicker)) == 40


@pytest.mark.parametrize("size", [2, 128])
def test_the_grey_curves_lie_about_the_black_one_as_the_batch_size_allows(flicker, size):
    flicker.set(size=size, seed=1)
    theta, black = drawn(flicker.panels[0], "all rows")
    spread = ((theta * X[:, None] - YS[:, None]) ** 2 / 2).std(axis=0) / sqrt(size)
    for k in (0, 45, 90):
        assert close(grey(flicker)[:, k], black[k])
        assert grey(flicker)[:, k].std() == pytest.approx(spread[k], rel=0.6 if size < 9 else 0.4)


def test_explore_with_128_rows_all_grey_curves_are_nearly_one(flicker):
    flicker.set(size=128)
    _, black = drawn(flicker.panels[0], "all rows")
    many = np.abs(grey(flicker) - black).max(axis=0)
    flicker.set(size=2)
    few = np.abs(grey(flicker) - black).max(axis=0)
    height = np.ptp(flicker.panels[0].ax.get_ylim())
    seen = black < height  # where the black curve is in the picture
    assert many[seen].max() < 0.3 * height and np.median(many[seen]) < 0.1 * height
    assert few[seen].max() > height and np.median(few[seen]) > 0.4 * height


def test_both_losses_on_the_right_belong_to_the_path_on_the_left(flicker):
    left, right = flicker.panels
    steps, orange = drawn(right, "these rows")
    _, black = drawn(right, "all rows")
    assert steps.tolist() == list(range(61))
    for step in (0, 3, 20, 41, 60):
        flicker.set(step=step)
        (theta,), (height,) = drawn(left, "ball")
        assert orange[step] == pytest.approx(height)
        assert black[step] == pytest.approx(((theta * X - YS) ** 2).mean() / 2)
        assert drawn(left, "true")[:, 0] == pytest.approx([theta, black[step]])
        for name, losses in (("ball", orange), ("true", black)):
            assert drawn(right, name)[:, 0] == pytest.approx([step, losses[step]])


def test_the_sentence_says_where_both_curves_are_lowest_and_both_losses_at_both_diamonds(flicker):
    for step in (0, 3, 50, 60):
        flicker.set(step=step)
        curves = [parabola(flicker.panels[0], f"{rows} rows") for rows in ("these", "all")]
        best = [-b / a / 2 for a, b, _ in curves]
        losses = [np.polyval(c, drawn(flicker.panels[0], "step")[0]) for c in curves]
        words = f"fit best at slope {num(best[0], 3)}, all rows at {num(best[1], 3)}."
        assert words in flicker.readout
        for (before, after), rows in zip(losses, ("these", "all"), strict=True):
            assert f"from {num(before, 3)} to {num(after, 3)} on {rows} rows" in flicker.readout
    assert best[1] == pytest.approx(BEST[1])


def test_a_batch_loss_that_jumps_about_belongs_to_a_run_that_is_calm(flicker):
    late = slice(30, None)
    orange, black = (drawn(flicker.panels[1], f"{rows} rows")[1][late] for rows in ("these", "all"))
    assert orange.std() > 10 * black.std()
    assert orange.max() > 50 * orange.min() and black.max() < 1.5 * black.min()


def test_explore_some_steps_go_down_on_their_own_curve_and_up_on_the_black_one(flicker):
    _, black = drawn(flicker.panels[1], "all rows")
    up = np.flatnonzero(np.diff(black) > 0.005)
    assert len(up) >= 3
    for step in up:
        flicker.set(step=step)
        (_, here), (_, ahead) = drawn(flicker.panels[0], "step").T
        assert ahead < here
        before = said(flicker, r"from ([\d.]+) to [\d.]+ on all rows")
        assert before < said(flicker, r"to ([\d.]+) on all rows")


# --- the floor ------------------------------------------------------------------------------------

SIGMA = sqrt((singles(bottom(POINTS), *POINTS) ** 2).sum(axis=0).mean())
LRS = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.4])


def late(figure, steps=300):
    """The mean loss of each of the 64 runs over the last steps: independent of each other."""
    return figure._shown_run.loss[-steps:].mean(axis=0)


FLOORS = [(0.1, 1), (0.02, 1), (0.1, 4), (0.02, 4), (0.1, 32), (0.5, 8), (0.4, 1)]


@pytest.mark.parametrize("lr, size", FLOORS)
def test_the_runs_come_down_to_the_exact_floor(floor, lr, size):
    floor.set(lr=lr, size=size)
    lr = floor.values["lr"]
    exact = exact_floor(moments("points"), lr, size)
    level = said(floor, r"is ([\d.e−]+) above the lowest")
    assert level == pytest.approx(late(floor).mean(), rel=6e-3)
    assert close(late(floor), exact)
    steps, mean = drawn(floor.panels[0], "mean")
    assert steps.tolist() == list(range(1001))
    assert mean[-300:].mean() == pytest.approx(level, rel=6e-3)
    assert drawn(floor.panels[1], "ball")[:, 0] == pytest.approx([lr / size, level], rel=6e-3)


@pytest.mark.parametrize("lr, size", FLOORS)
def test_the_theory_is_lr_sigma_squared_over_4_b(floor, lr, size):
    floor.set(lr=lr, size=size)
    law = floor.values["lr"] * SIGMA**2 / 4 / size
    np.testing.assert_allclose(drawn(floor.panels[0], "theory"), [[0, 1000], [law, law]])
    assert floor.readout.endswith(f"lr·σ²/(4B) = {num(law, 3)}.")


def test_the_dashed_line_is_the_formula_and_the_exact_floor_at_small_learning_rates(floor):
    ratio, law = drawn(floor.panels[1], "theory")
    np.testing.assert_allclose(law, ratio * SIGMA**2 / 4)
    exact = [exact_floor(moments("points"), lr, 1) for lr in (1e-4, 1e-3, 1e-2)]
    np.testing.assert_allclose(exact, np.array([1e-4, 1e-3, 1e-2]) * SIGMA**2 / 4, rtol=0.02)
    assert np.diff(exact).min() > 0


def grid_of_floors(figure):
    """`{(lr, size): measured floor}` of the right panel."""
    return {
        (lr, size): height
        for size in (1, 4, 16)
        for lr, height in zip(LRS, drawn(figure.panels[1], f"B = {size}")[1], strict=True)
    }


@cache
def exact_grid():
    """What is to be expected of runs from the minimum, over their steps 200 to 400."""
    parts, start = moments("points"), bottom(POINTS)
    return {
        (lr, size): mean_excess(POINTS, parts, start, 400, lr, size)[200:].mean()
        for size in (1, 4, 16)
        for lr in LRS
    }


def test_the_floors_of_three_batch_sizes_are_the_exact_ones(floor):
    """40 runs of 200 steps. A loss is forgotten in 1/(2·lr) steps and 1.5 means wide, about."""
    for size in (1, 4, 16):
        np.testing.assert_allclose(drawn(floor.panels[1], f"B = {size}")[0], LRS / size)
    ratios = {key: height / exact_grid()[key] for key, height in grid_of_floors(floor).items()}
    for (lr, size), ratio in ratios.items():
        forgotten = min(200 * 2 * lr, 200)
        assert abs(ratio - 1) < Z * 1.5 / sqrt(40 * forgotten), (lr, size)
    assert np.mean(list(ratios.values())) == pytest.approx(1, abs=0.05)


def test_floors_measured_for_three_batch_sizes_fall_on_one_line_and_the_large_ones_above(floor):
    measured = grid_of_floors(floor)
    law = {key: key[0] / key[1] * SIGMA**2 / 4 for key in measured}
    for key in measured:
        if key[0] <= 0.05:
            assert measured[key] == pytest.approx(law[key], rel=0.2), key
        if key[0] == 0.4:
            assert measured[key] > 1.3 * law[key], key
    assert exact_floor(moments("points"), 0.4, 1) > 2 * 0.4 * SIGMA**2 / 4


def test_in_the_end_the_runs_diverge(floor):
    floor.set(lr=0.5)
    assert stays_bounded(moments("points"), 0.5, 1) and "diverged" not in floor.readout
    floor.set(lr=1e9)
    assert not stays_bounded(moments("points"), floor.values["lr"], 1)
    assert "have diverged" in floor.readout


def test_half_the_learning_rate_is_half_the_floor_and_so_is_twice_the_batch(floor):
    levels = {}
    for lr, size in ((0.1, 4), (0.05, 4), (0.1, 8)):
        floor.set(lr=lr, size=size)
        levels[lr, size] = late(floor)
    base = levels[0.1, 4]
    for key in ((0.05, 4), (0.1, 8)):
        assert levels[key].mean() / base.mean() == pytest.approx(0.5, abs=0.06)
    exact = [exact_floor(moments("points"), lr, size) for lr, size in levels]
    np.testing.assert_allclose(np.array(exact[1:]) / exact[0], 0.5, atol=0.04)


def test_more_steps_do_nothing(floor):
    loss = floor._shown_run.loss
    early, last = (loss[part].mean(axis=0) for part in (slice(200, 500), slice(-300, None)))
    error = sqrt(early.var() / 64 + last.var() / 64)
    assert abs(early.mean() - last.mean()) < Z * error
    assert early.mean() < 0.01 * loss[0].mean()


@pytest.mark.parametrize("size", [1, 16])
def test_explore_on_a_line_nothing_is_left_of_the_floor(floor, size):
    floor.set(noise=0.0, size=size)
    _, mean = drawn(floor.panels[0], "mean")
    assert mean[-1] < 1e-12 and "less than 1e−12" in floor.readout
    assert "there is no floor" in floor.readout and "theory" not in floor.readout
    assert drawn(floor.panels[1], "ball").size == 0
    assert drawn(floor.panels[0], "theory").size == 0
    lr = floor.values["lr"]
    exact = mean_excess(EXACT_LINE, moments_of(*EXACT_LINE), FROM, 30, lr, size)
    for k in (5, 15, 30):
        assert close(floor._shown_run.loss[k], exact[k])
    assert exact[30] < 0.01 * exact[0]


def test_on_a_line_the_loss_falls_at_every_learning_rate_of_the_slider(floor):
    for lr in (0.01, 0.03, 0.3, 0.5):
        run = floor.run(noise=0.0, size=1, lr=lr)
        assert run.level < 1e-6 * run.loss[0].mean()


def test_explore_the_floor_comes_below_0_0045_by_b_alone_in_fewer_steps_than_by_lr_alone(floor):
    exact = {size: exact_floor(moments("points"), 0.1, size) for size in SIZES[:6]}
    assert [size for size in exact if exact[size] < 0.0045] == [16, 32]
    arrived = {}
    for state in ({"size": 16}, {"lr": 0.01}):
        floor.reset()
        assert said(floor, r"is ([\d.e−]+) above the lowest") > 0.04
        floor.set(**state)
        assert said(floor, r"is ([\d.e−]+) above the lowest") < 0.0045
        _, mean = drawn(floor.panels[0], "mean")
        arrived[state.get("size", 1)] = np.flatnonzero(mean < 0.0045)[0]
    assert exact_floor(moments("points"), floor.values["lr"], 1) < 0.0045
    assert 5 * arrived[16] < arrived[1] < 16 * arrived[16]  # and fewer rows the other way


def test_the_floor_figure_begins_on_its_floor_and_a_little_above_the_theory(floor):
    _, mean = drawn(floor.panels[0], "mean")
    assert mean[100:].max() < 0.01 * mean[0]
    assert 1.05 < late(floor).mean() / drawn(floor.panels[0], "theory")[1, 0] < 1.4


# --- schedules ------------------------------------------------------------------------------------


def rate(kind, k, pace):
    """The schedules of the page, written another way."""
    if kind == "constant":
        return np.full(np.shape(k), 0.1)
    if kind == "1/k":
        return 0.1 * pace / (pace + k)
    if kind == "exponential":
        return 0.1 * 2 ** (-k / (pace * np.log(2)))
    return np.select([k < pace, k < 3 * pace], [0.1, 0.01], 0.001)  # cuts


KINDS = ["constant", "1/k", "exponential", "cuts"]


@pytest.mark.parametrize(
    "kind, pace",
    [("constant", 10), ("1/k", 1), ("1/k", 5000), ("exponential", 100)]
    + [("exponential", 2000), ("cuts", 100), ("cuts", 5000)],
)
def test_the_rate_that_is_drawn_is_the_formula(schedules, kind, pace):
    schedules.set(kind=kind, pace=pace)
    k, rates = drawn(schedules.panels[0], "rate")
    assert k.tolist() == list(range(6001))
    np.testing.assert_allclose(rates, rate(kind, k, schedules.values["pace"]), rtol=1e-9)
    assert rates[0] == 0.1
    falls = f"lr falls from 0.1 to {num(rates[-1], 2) if rates[-1] > 1e-9 else 'nothing'}."
    assert ("lr stays 0.1" if kind == "constant" else falls) in schedules.readout


def test_a_pace_of_one_step_and_a_cut_that_never_comes_are_said_in_words(schedules):
    schedules.set(kind="1/k", pace=1)
    assert "at a pace of 1 step: lr falls" in schedules.readout
    schedules.set(kind="cuts", pace=10_000)
    assert "at a pace of 10,000 steps: lr stays 0.1." in schedules.readout


def end_of(figure):
    """The mean loss of each of the 40 runs over the last 500 steps."""
    return figure._shown_run.loss[-500:].mean(axis=0)


@cache
def exact_end(kind, pace):
    lr = rate(kind, np.arange(6001), pace)
    exact = mean_excess(POINTS, moments("points"), FROM, 6000, lambda k: lr[k], 1)
    return exact[-500:].mean()


ENDS = [("constant", 100), ("1/k", 100), ("1/k", 10_000), ("exponential", 10)]
ENDS += [("exponential", 1000), ("cuts", 1000)]


@pytest.mark.parametrize("kind, pace", ENDS)
def test_each_schedule_ends_where_the_exact_recursion_does(schedules, kind, pace):
    schedules.set(kind=kind, pace=pace)
    assert close(end_of(schedules), exact_end(kind, pace))
    _, mean = drawn(schedules.panels[1], "mean")
    np.testing.assert_allclose(mean[-500:].mean(), end_of(schedules).mean())
    assert f"the loss is {num(mean[-500:].mean(), 2)} above" in schedules.readout


def test_the_dashed_curve_is_the_constant_schedule_on_the_same_rows(schedules):
    _, dashed = drawn(schedules.panels[1], "constant")
    schedules.set(kind="constant")
    np.testing.assert_array_equal(drawn(schedules.panels[1], "constant")[1], dashed)
    np.testing.assert_array_equal(drawn(schedules.panels[1], "mean")[1], dashed)


@pytest.mark.parametrize("k", [100, 300, 1000, 3000, 5400])
def test_with_1_over_k_the_loss_is_about_at_the_floor_of_the_moment(schedules, k):
    loss = schedules._shown_run.loss[int(0.9 * k) : int(1.1 * k)].mean(axis=0)
    of_the_moment = 0.1 * 100 / (100 + k) * SIGMA**2 / 4
    assert close(loss, of_the_moment, more=0.15)


def test_with_1_over_k_the_loss_keeps_falling(schedules):
    loss = schedules._shown_run.loss
    windows = [loss[int(k / 1.5) : k].mean() for k in (60, 200, 600, 2000, 6000)]
    assert (np.array(windows[1:]) < 0.6 * np.array(windows[:-1])).all()


@pytest.mark.parametrize("kind", KINDS[1:])
def test_explore_shrinking_too_slowly_leaves_the_noise_in(schedules, kind):
    schedules.set(kind=kind, pace=10_000)
    slow = end_of(schedules).mean()
    schedules.set(pace=1000)
    assert slow > 0.02 and slow > 4 * end_of(schedules).mean()


@pytest.mark.parametrize("kind", ["1/k", "exponential"])
def test_explore_shrinking_too_fast_leaves_a_run_stuck(schedules, kind):
    schedules.set(kind=kind, pace=1)
    _, constant = drawn(schedules.panels[1], "constant")
    assert end_of(schedules).mean() > 10 * constant[-500:].mean()
    late = schedules._shown_run.loss[1000:]
    assert np.ptp(late, axis=0).max() < 0.5 * late.max()
    if kind == "exponential":
        assert np.ptp(late, axis=0).max() < 1e-9  # it moves no more


def test_cuts_at_any_pace_up_to_1000_end_at_the_floor_of_the_last_rate(schedules):
    for pace in (1, 1000):
        schedules.set(kind="cuts", pace=pace)
        assert close(end_of(schedules), 0.001 * SIGMA**2 / 4, more=0.1)


def test_explore_only_1_over_k_at_a_pace_of_10_or_20_ends_below_0_0002(schedules):
    paces = [*dict(schedules.controls["pace"].options).values()]
    exact = {(kind, pace): exact_end(kind, pace) for kind in KINDS[1:] for pace in paces}
    wanted = [("1/k", 10), ("1/k", 20)]
    assert [key for key, end in exact.items() if end < 0.0002] == wanted
    for (kind, pace), end in exact.items():
        if end < 0.00035:
            schedules.set(kind=kind, pace=pace)
            seen = said(schedules, r"the loss is ([\d.e−]+) above")
            assert (seen < 0.0002) == ((kind, pace) in wanted)


def test_the_schedules_begin_far_below_the_constant_rate(schedules):
    _, dashed = drawn(schedules.panels[1], "constant")
    assert end_of(schedules).mean() < 0.05 * dashed[-500:].mean()


# --- out of a local minimum -----------------------------------------------------------------------

AT = -4 + 0.2 * (np.arange(40) + 0.5)  # the 40 points of sin(2x)


def wave_loss(w):
    """Half the mean squared error of sin(w·x), for frequencies `(k,)`."""
    return ((np.sin(np.multiply.outer(w, AT)) - np.sin(2 * AT)) ** 2).mean(axis=-1) / 2


@cache
def valleys():
    """The tops to the left and right of w = 2, and to the right of w ≈ 4."""
    w = np.linspace(0.3, 5, 47_001)
    f = wave_loss(w)
    tops = w[1:-1][(f[1:-1] > f[:-2]) & (f[1:-1] > f[2:])]
    assert len(tops) == 3
    return tops


def path_of(figure):
    return figure._shown_run.path


@pytest.mark.parametrize(
    "state", [{}, {"step": 0}, {"step": 2000}, {"size": 8, "lr": 0.4}, {"size": 1, "step": 700}]
)
def test_the_shares_of_the_waves_are_counted_right(frequency, state):
    frequency.set(**state)
    w = path_of(frequency)[frequency.controls["step"].value]
    left, middle, right = valleys()
    two = ((left < w) & (w < middle)).mean()
    four = ((middle < w) & (w < right)).mean()
    assert len(w) == 200
    shares = [two, four, 1 - two - four]
    np.testing.assert_allclose(in_bars(frequency.panels[1]), shares, atol=0.011)
    assert f"{two:.1%} are in the valley of w = 2, {four:.1%} in that of" in frequency.readout
    outside = ((w < 0) | (w > 8)).mean()
    assert frequency.readout.endswith(f"{outside:.1%} outside the picture).")
    texts = [text.get_text() for text in frequency.panels[1].texts]
    assert sum(int(text.strip("%")) for text in texts) == 100


@pytest.mark.parametrize("make", ["frequency", "dip"])
def test_the_dots_stand_at_their_runs_and_a_little_above_the_curve(make, request):
    figure = request.getfixturevalue(make)
    figure.set(step=60)
    panel, run = figure.panels[0], figure._shown_run
    w, height = drawn(panel, "runs")
    here = path_of(figure)[60]
    (left, right), (low, high) = panel.ax.get_xlim(), panel.ax.get_ylim()
    seen = (here > left) & (here < right) & (height < high)
    assert len(w) == 200 and seen.mean() > 0.8
    np.testing.assert_allclose(w[seen], here[seen])
    lift = height[seen] - run.land.f(here[None, seen])
    assert (lift > -1e-12).all() and lift.max() < 0.2 * (high - low)
    assert lift.max() > 0.1 * (high - low)  # so that none hides another
    np.testing.assert_allclose(drawn(panel, "one")[:, 0], [here[2], run.land.f(here[2:3])])
    across, up = drawn(panel, "loss")
    np.testing.assert_allclose(up, run.land.f(across[None]))


def test_the_curve_is_the_loss_of_all_40_rows(frequency):
    w, loss = drawn(frequency.panels[0], "loss")
    np.testing.assert_allclose(loss, wave_loss(w), atol=1e-12)


@pytest.mark.parametrize("lr", [0.02, 0.4])
def test_with_all_40_rows_nobody_leaves_the_local_minimum(frequency, lr):
    frequency.set(size=40, lr=lr, step=2000)
    w = path_of(frequency)
    assert (w == w[:, :1]).all() and w[0, 0] == 3.5
    grid = np.linspace(3.9, 4, 10_001)
    assert w[-1, 0] == pytest.approx(grid[wave_loss(grid).argmin()], abs=1e-5)
    assert in_bars(frequency.panels[1]).tolist() == [0, 1, 0]
    h, before = 1e-6, w[0, 0]
    slope = (wave_loss(before + h) - wave_loss(before - h)) / (2 * h)
    assert w[1, 0] == pytest.approx(before - frequency.values["lr"] * slope, abs=1e-6)


SHAKEN = [{}, {"size": 1}, {"size": 1, "lr": 0.4}, {"size": 4, "lr": 0.4, "seed": 5}]


@pytest.mark.parametrize("state", SHAKEN)
def test_nobody_who_has_come_to_rest_at_2_leaves_again(frequency, state):
    frequency.set(**state)
    off = np.abs(path_of(frequency) - 2)
    rested = np.logical_or.accumulate(off < 1e-9, axis=0)
    assert rested[-1].mean() > 0.7
    assert off[rested].max() < 1e-3
    left, middle, _ = valleys()
    inside = (left < path_of(frequency)[-1]) & (path_of(frequency)[-1] < middle)
    assert (off[-1][inside] < 1e-9).mean() > 0.97  # in there, they stand still
    assert wave_loss(2.0) == 0


def test_runs_stray_to_the_right_and_return_and_one_by_one_fall_into_the_valley_of_2(frequency):
    left, middle, right = valleys()
    w = path_of(frequency)
    strayed = np.logical_or.accumulate(w > right, axis=0)
    assert (strayed & (w < right)).any(axis=0).sum() > 50
    two = ((left < w) & (w < middle)).mean(axis=1)
    assert two[0] == 0 and two[2000] > two[100] + 0.3 and two[100] > 0.1
    assert (np.diff(two) < 0).mean() < 0.05 and np.diff(two).max() < 0.05


def test_far_to_the_right_10_pi_minus_2_is_another_place_to_rest_and_a_very_few_do(frequency):
    alias = 10 * np.pi - 2
    assert wave_loss(alias) < 1e-24 and np.ptp(np.diff(AT)) < 1e-12
    frequency.set(size=1, step=2000)
    there = np.abs(path_of(frequency)[-1] - alias) < 1e-3
    assert 1 <= there.sum() < 10
    assert in_bars(frequency.panels[1])[2] >= there.mean()


def test_explore_with_b_8_at_least_a_third_gets_to_2_at_the_largest_learning_rates(frequency):
    frequency.set(size=8, step=2000)
    assert in_bars(frequency.panels[1])[0] == 0
    for lr, many in ((0.3, False), (0.38, True), (0.4, True)):
        frequency.set(lr=lr)
        assert (said(frequency, r"([\d.]+)% are in the valley of w = 2") > 100 / 3) == many


def test_the_waves_begin_with_runs_in_all_three_places(frequency):
    assert in_bars(frequency.panels[1]).min() > 0.1


# --- out of a dip, and out of the best minimum ----------------------------------------------------


def dip_loss(x, depth):
    return x**2 / 2 - depth * np.exp(-2 * (x + 3) ** 2)


@cache
def dip_parts(depth):
    """The bottom of the dip and the ridge beside it, on a fine grid."""
    x = np.linspace(-3.5, -2.4, 11_001)
    low = x[dip_loss(x, depth).argmin()]
    x = np.linspace(low, -0.5, 30_001)
    return low, x[dip_loss(x, depth).argmax()]


DIPS = [{}, {"step": 0}, {"step": 2000}, {"depth": 8, "sigma": 9}, {"depth": 8, "start": "bowl"}]


@pytest.mark.parametrize("state", DIPS)
def test_the_shares_of_the_dip_are_counted_right(dip, state):
    dip.set(**state)
    x = path_of(dip)[dip.controls["step"].value]
    out = (x > dip_parts(dip.values["depth"])[1]).mean()
    np.testing.assert_allclose(in_bars(dip.panels[1]), [out, 1 - out], atol=0.0051)
    assert f"{out:.1%} are in the bowl, {1 - out:.1%} in the dip." in dip.readout
    texts = [text.get_text() for text in dip.panels[1].texts]
    assert sum(int(text.strip("%")) for text in texts) == 100


@pytest.mark.parametrize("depth", [3, 8])
def test_all_200_start_on_a_bottom_and_stay_if_no_row_disagrees(dip, depth):
    for start, place in (("dip", dip_parts(depth)[0]), ("bowl", 0)):
        dip.set(depth=depth, start=start, sigma=0)
        x = path_of(dip)
        assert x.shape == (2001, 200)
        np.testing.assert_allclose(x, place, atol=1e-4)
    across, up = drawn(dip.panels[0], "loss")
    np.testing.assert_allclose(up, dip_loss(across, depth))


@pytest.mark.parametrize("depth, best", [(3, "bowl"), (8, "dip")])
def test_the_sentence_says_which_place_is_the_better_one(dip, depth, best):
    dip.set(depth=depth)
    bowl = dip_loss(np.linspace(-1, 1, 2001), depth).min()
    hole = dip_loss(dip_parts(depth)[0], depth)
    assert best == ("dip" if hole < bowl else "bowl")
    assert f"The {best} is the global minimum" in dip.readout


@pytest.mark.parametrize(
    "depth, start, sigma", [(3, "dip", 4), (3, "bowl", 4), (8, "bowl", 4), (8, "dip", 9)]
)
def test_as_many_are_in_the_bowl_as_the_whole_distribution_says(dip, depth, start, sigma):
    dip.set(depth=depth, start=start, sigma=sigma, step=2000)
    exact = share_outside(depth, sigma, 1, 0.05, dip_parts(depth)[0] if start == "dip" else 0)
    error = sqrt(exact * (1 - exact) / 200)
    assert abs(in_bars(dip.panels[1])[0] - exact) < Z * error + 0.02


def test_noise_of_4_leads_out_of_the_shallow_dip_and_into_the_deep_one(dip):
    dip.set(step=2000)
    assert in_bars(dip.panels[1])[0] > 0.95
    dip.set(start="bowl")
    assert in_bars(dip.panels[1])[0] > 0.95
    dip.set(depth=8)
    assert in_bars(dip.panels[1])[1] > 0.75
    dip.set(start="dip")
    assert (path_of(dip) < dip_parts(8)[1]).all()


def in_the_bowl(dip, start):
    """At depth 8, the share in the end for every σ of the slider: `{σ: share}`."""
    dip.set(depth=8, start=start)
    return {
        s: (run.path[-1] > dip_parts(8)[1]).mean() for s, run in each_step(dip, "sigma").items()
    }


def test_explore_at_depth_8_noise_of_4_5_to_5_5_takes_more_than_95_percent_into_the_dip(dip):
    found = [sigma for sigma, share in in_the_bowl(dip, "bowl").items() if share < 0.05]
    assert found == [4.5, 5, 5.5]


def test_explore_at_depth_8_from_a_sigma_of_9_on_more_than_half_are_in_the_bowl(dip):
    both = in_the_bowl(dip, "dip"), in_the_bowl(dip, "bowl")
    assert all((min(each[s] for each in both) > 0.5) == (s >= 9) for s in both[0])
    assert share_outside(8, 8, 1, 0.05, 0) < 0.47 < 0.52 < share_outside(8, 9.5, 1, 0.05, 0)


def test_the_dip_begins_when_nearly_all_have_left_it(dip):
    assert 0.95 < in_bars(dip.panels[1])[0] < 1 and dip.values["depth"] == 3
