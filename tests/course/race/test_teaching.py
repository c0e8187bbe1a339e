"""Every number that the teacher's guide states of notebook 07, computed again.

What is seen in a preset is read off the figure; the answers to the questions are computed here.
"""

import numpy as np
import pytest
from pages import begun

from course.race import checks, figures, moons
from gdlib import draw, nets
from gdlib.optimizers import gd, momentum

# --- what is seen in the presets ------------------------------------------------------------------


@pytest.mark.parametrize(
    "preset, lr, name, steps",
    [
        (None, 0.01, "gradient descent", 17),
        ("a rate that crowns momentum", 0.001, "momentum", 101),
        ("a rate that crowns the newest", 0.1, "Adam", 96),
    ],
)
def test_each_of_three_rates_for_all_has_another_winner(preset, lr, name, steps):
    run, readout, _ = begun(figures.race, preset)
    assert run.lr == lr
    assert readout.endswith(f"First to stay within 0.01: {name}, after {steps} steps.")
    rules = checks.RULES.items()
    took = {n: int(checks.needed(r, "Himmelblau", [0, 0], lr=lr, **h)) for n, (r, h) in rules}
    assert min(took.values()) == took.pop(name) == steps < min(took.values())


def test_on_mini_batches_gradient_descent_is_first_and_adam_has_the_lowest_loss_in_the_end():
    run, readout, _ = begun(figures.race, "mini-batches of penguins")
    land = run.land
    ends = land.f(run.path)[200] - land.f(land.minima)[0]
    assert [*checks.RULES][ends.argmin()] == "Adam"
    assert readout.endswith("First to stay within 0.01: gradient descent, after 30 steps.")


def firsts(shares):
    """From how many of 100 starts each rule is first."""
    return dict(zip(checks.RULES, np.round(100 * shares[:, 0]).astype(int).tolist(), strict=True))


def test_at_0_001_momentum_is_first_from_66_and_with_own_rates_gradient_descent_from_all():
    run, _, _ = begun(figures.fair, "one rate for all crowns momentum")
    assert checks.RACING == 100 and run.lr == 0.001
    assert firsts(run.alike)["momentum"] == 66 == max(firsts(run.alike).values())
    assert firsts(run.own)["gradient descent"] == 100


def test_along_the_axes_adam_is_first_from_72_and_turned_by_45_degrees_momentum_from_48():
    along, turned = (
        firsts(begun(figures.fair, preset)[0].own)
        for preset in ("a ravine, and the newest wins", "turned, and it is momentum")
    )
    assert max(along, key=along.get) == "Adam" and along["Adam"] == 72
    assert max(turned, key=turned.get) == "momentum"
    assert (turned["momentum"], turned["Adam"]) == (48, 26)


def test_twice_the_rate_takes_gradient_descent_from_all_starts_to_none():
    before, _, _ = begun(figures.winners, "gradient descent from everywhere")
    after, _, _ = begun(figures.winners, "retuned, and momentum takes over")
    rates = [np.array([*run.rates.values()]) for run in (before, after)]
    np.testing.assert_allclose(rates[1] / rates[0], [2, 1, 1])
    shares = [[np.mean(run.regions == k) for k in (0, 1)] for run in (before, after)]
    assert [[f"{each:.0%}" for each in both] for both in shares] == [["100%", "0%"], ["0%", "98%"]]


def test_near_along_the_floor_it_is_mostly_gradient_descent_and_far_off_always_momentum():
    run, _, _ = begun(figures.winners, "gradient descent near, momentum far")
    along = np.abs(draw.grid(run.land.window, 100).sum(axis=0)) / np.sqrt(2)
    assert np.mean(run.regions[along < 0.5] == 0) > 0.9
    assert np.all(run.regions[along > 0.8] == 1)


def test_0_1_for_all_harms_gradient_descent_whose_best_rate_is_1():
    best, _, _ = begun(figures.training)
    alike, _, _ = begun(figures.training, "one rate for all")
    assert [run.racers["gradient descent"] for run in (best, alike)] == [1, 0.1]
    ends = [run.loss["gradient descent"][1, -1] for run in (best, alike)]
    assert [round(each, 3) for each in ends] == [0.247, 0.344]
    for name in [*checks.RULES][1:]:
        assert best.racers[name] == pytest.approx(0.1) == alike.racers[name]


def right(run):
    """Which share of new rows the middle net of each rule is right on, in the end."""
    return {name: quartiles[1, -1] for name, quartiles in run.right.items()}


def test_adam_fits_best_in_two_draws_and_is_the_best_on_new_rows_in_one_by_0_3_points():
    usual, _, _ = begun(figures.training)
    other, _, _ = begun(figures.training, "best on new rows, too")
    for run in (usual, other):
        assert min(run.loss, key=lambda name: run.loss[name][1, -1]) == "Adam"
    assert [f"{right(usual)[name]:.1%}" for name in ("Adam", "momentum")] == ["89.5%", "89.8%"]
    first, second = sorted(right(other).values(), reverse=True)[:2]
    assert right(other)["Adam"] == first and round(100 * (first - second), 1) == 0.3


ADAM = [*checks.RULES].index("Adam")


def test_one_plane_holds_88_per_cent_of_adams_way_and_a_random_one_4():
    held = [begun(figures.plane, preset)[0].held[ADAM] for preset in (None, "a random plane")]
    assert [f"{each:.0%}" for each in held] == ["88%", "4%"]


def test_after_one_epoch_the_picture_says_0_51_and_the_loss_of_the_net_is_0_37():
    run, readout, _ = begun(figures.plane, "one epoch, and the picture errs")
    x, labels, *_ = moons.data()
    net = moons.trained("Adam", moons.tuned()["Adam"])[:, 1, 0]
    assert net.shape == (65,)
    assert round(float(nets.loss(net, x, labels)), 2) == 0.37 == round(run.real[1, ADAM], 2)
    assert round(run.told[1, ADAM], 2) == 0.51
    assert "After one epoch its loss is 0.37; at its shadow the picture says 0.506." in readout


# --- the questions --------------------------------------------------------------------------------


def mean_steps(rule, lr, **hyper):
    """Steps on Himmelblau's landscape, the mean of the 100 starts of the race."""
    places = checks.starts("Himmelblau", checks.RACING, seed=1)
    return round(checks.needed(rule, "Himmelblau", places, lr=lr, **hyper).mean())


def test_momentum_is_ahead_of_gradient_descent_only_as_long_as_that_is_not_tuned():
    best = {
        rule: checks.RATES[checks.tuning(rule, "Himmelblau", **hyper).argmin()]
        for rule, hyper in ((gd, {}), (momentum, {"rho": 0.9}))
    }
    assert checks.RATES.size == 37
    assert mean_steps(momentum, best[momentum], rho=0.9) == 86
    assert mean_steps(gd, 0.001) == 116
    assert mean_steps(gd, best[gd]) == 10


def test_the_picture_of_a_net_is_too_high_at_first_and_too_low_in_the_end():
    run, _, _ = begun(figures.plane)
    assert run.told[1, ADAM] > run.real[1, ADAM]
    ends = run.told[-1, ADAM], run.real[-1, ADAM]
    assert [round(each, 3) for each in ends] == [0.224, 0.263]
