"""Each preset of notebook 07 shows what its name says, by runs of its own."""

import numpy as np
import pytest
from pages import begun

from course.race import checks, figures, moons
from gdlib import nets
from tests.course.race.test_claims import NAMES, best_rates, firsts, for_all, raced, regions, took

# --- the race that is usually drawn ---------------------------------------------------------------


@pytest.mark.parametrize(
    "preset, winner",
    [
        (None, "gradient descent"),
        ("a rate that crowns momentum", "momentum"),
        ("a rate that crowns the newest", "Adam"),
    ],
)
def test_the_rate_alone_crowns_another_one(preset, winner):
    run, readout, _ = begun(figures.race, preset)
    assert (run.course, run.across, run.up) == ("Himmelblau", 50, 50)
    steps = {name: int(took(name, "Himmelblau", [0, 0], run.lr)) for name in NAMES}
    assert min(steps, key=steps.get) == winner
    assert readout.endswith(f"First to stay within 0.01: {winner}, after {steps[winner]} steps.")


def test_on_mini_batches_of_penguins_the_losses_never_come_to_rest():
    run, _, _ = begun(figures.race, "mini-batches of penguins")
    assert run.course == checks.PENGUINS
    above = run.land.f(run.path) - run.land.f(run.land.minima)[0]
    late = above[100:, 0]  # of gradient descent: it goes up and down for ever
    assert (np.diff(late) > 0).mean() > 0.2 and late.max() > 1e-4


# --- a fair one -----------------------------------------------------------------------------------


def test_one_rate_for_all_crowns_momentum_from_two_starts_in_three():
    run, _, _ = begun(figures.fair, "one rate for all crowns momentum")
    won = firsts(raced("Himmelblau", for_all(run.lr)))
    assert won.argmax() == 1 and won[1] == pytest.approx(66, abs=1)
    assert run.alike[1, 0] == pytest.approx(0.66, abs=0.011)


@pytest.mark.parametrize(
    "preset, course, winner",
    [
        ("a ravine, and the newest wins", "ravine", "Adam"),
        ("turned, and it is momentum", "turned ravine", "momentum"),
    ],
)
def test_with_its_own_best_rate_another_one_is_first_most_often(preset, course, winner):
    run, _, _ = begun(figures.fair, preset)
    assert run.course == course
    k, won = NAMES.index(winner), firsts(raced(course, best_rates(course)))
    assert won.argmax() == k == run.own[:, 0].argmax()


# --- who wins from where --------------------------------------------------------------------------


def test_tuned_gradient_descent_is_first_from_everywhere_but_for_a_few_of_10_000():
    run, _, _ = begun(figures.winners, "gradient descent from everywhere")
    steps = regions("Himmelblau")
    assert (steps[0] == steps.min(axis=0)).mean() > 0.999 and (run.regions == 0).mean() > 0.999


def test_retuned_by_two_momentum_takes_over_nearly_all():
    run, _, _ = begun(figures.winners, "retuned, and momentum takes over")
    before, _, _ = begun(figures.winners, "gradient descent from everywhere")
    changed = [run.rates[name] / before.rates[name] for name in NAMES[:3]]
    np.testing.assert_allclose(changed, [2, 1, 1], rtol=0.01)
    steps = regions("Himmelblau", 2.0)
    assert (steps[1] == steps.min(axis=0)).mean() > 0.97 and (run.regions == 1).mean() > 0.97


def test_on_the_turned_ravine_gradient_descent_wins_near_the_middle_and_momentum_far_from_it():
    run, _, _ = begun(figures.winners, "gradient descent near, momentum far")
    steps = regions("turned ravine")
    x, y = np.meshgrid(*(np.linspace(low, high, 100) for low, high in run.land.window))
    slow = np.abs(x + y) / 2**0.5, np.abs(x - y) / 2**0.5  # along the two axes of the ravine
    flat = min(slow, key=lambda away: away[run.regions == 0].mean())
    for won in (run.regions, np.where(steps[0] < steps[1], 0, 1)):
        assert flat[won == 0].mean() < 0.5 * flat[won == 1].mean()


# --- a network ------------------------------------------------------------------------------------


def test_one_rate_for_all_leaves_gradient_descent_behind_and_suits_the_other_three():
    run, _, _ = begun(figures.training, "one rate for all")
    assert [*run.racers.values()] == pytest.approx([0.1] * 4)
    ends = {name: run.loss[name][1, -1] for name in NAMES}
    assert max(ends, key=ends.get) == "gradient descent"
    x, labels, *_ = moons.data()
    for name, end in ends.items():
        losses = [nets.loss(w, x, labels) for w in moons.trained(name, 0.1)[:, -1].T]
        assert np.median(losses) == pytest.approx(end)


def test_in_this_draw_adam_is_best_on_new_rows_too():
    run, _, step = begun(figures.training, "best on new rows, too")
    _, _, others, truth = moons.data(run.sample)
    right = {
        name: np.median([((nets.score(w, others) > 0) == truth).mean() for w in
                         moons.trained(name, lr, 16, run.sample)[:, step].T])
        for name, lr in moons.tuned().items()
    }  # fmt: skip
    assert max(right, key=right.get) == "Adam"
    assert min(NAMES, key=lambda name: run.loss[name][1, step]) == "Adam"
    usual, _, step = begun(figures.training)
    assert max(NAMES, key=lambda name: usual.right[name][1, step]) != "Adam"


def test_after_one_epoch_the_order_is_not_yet_that_of_the_end():
    run, readout, step = begun(figures.training, "after one epoch")
    assert step == 1 and "After one epoch, medians of 20 seeds" in readout
    early, late = (sorted(NAMES, key=lambda n: run.loss[n][1, at]) for at in (1, 30))
    assert early != late


# --- a picture of 65 dimensions -------------------------------------------------------------------


def test_a_random_plane_holds_far_less_of_the_way_than_the_one_through_the_paths():
    run, readout, _ = begun(figures.plane, "a random plane")
    through, _, _ = begun(figures.plane)
    assert "a random plane, number 1, around the end of Adam" in readout
    assert (run.held < 0.2).all() and (through.held > 0.85).all()


def test_after_one_epoch_the_picture_errs_by_more_than_a_third():
    run, _, step = begun(figures.plane, "one epoch, and the picture errs")
    paths, centre, axes, _ = figures._shadows("through the paths", "Adam", 0)
    w, rows = paths[:, step, 3], moons.data()[:2]
    at_shadow = centre + axes @ np.linalg.lstsq(axes, w - centre, rcond=None)[0]
    real, told = nets.loss(w, *rows), nets.loss(at_shadow, *rows)
    assert step == 1 and told > 4 / 3 * real
    assert run.told[1, 3] == pytest.approx(float(told), rel=0.01)
