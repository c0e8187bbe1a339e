"""A reader's own figure: any landscape, any rules, and what is said if it cannot be."""

from functools import partial

import numpy as np
import pytest
from pages import moves

from gdlib import landscapes
from gdlib.optimizers import adam, descend, first_step, gd, momentum, rmsprop
from gdlib.play import play


def own(w, g, memory, *, lr, power=0.5):
    return w - lr * np.sign(g) * np.abs(g) ** power, memory


@pytest.fixture
def playing():
    made = []

    def make(*args, **more):
        made.append(play(*args, **more))
        return made[-1]

    yield make
    for figure in made:
        figure.close()


FIGURES = {
    "one rule": lambda: play(landscapes.himmelblau(), momentum),
    "a race": lambda: play(landscapes.rosenbrock(), gd, momentum, own, steps=60),
    "a curve": lambda: play(landscapes.dip(), rmsprop, adam, steps=40),
    "a function": lambda: play(lambda x, y: (x - 1) ** 2 + 3 * y**2, own, start=(-2, 1), steps=30),
    "a kink": lambda: play(abs, gd, steps=30),
    "five parameters": lambda: play(landscapes.rastrigin(5), gd, adam, steps=30),
    "no minimum": lambda: play(landscapes.softplus(), gd, steps=30),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_control_goes_to_its_ends_and_says_so(name, trouble):
    figure = FIGURES[name]()
    for control, widget in figure.controls.items():
        figure.reset()
        said = {figure.readout}
        for value in moves(figure, control, count=6):
            widget.value = value
            assert not trouble(figure), (control, value)
            assert "nan" not in figure.readout and "inf " not in figure.readout
            said.add(figure.readout)
        assert len(said) > 1, f"the sentence is silent on {control}"
    figure.close()


def test_there_is_a_slider_for_each_keyword_of_the_rule(playing):
    land = landscapes.himmelblau()
    assert {*playing(land).controls} == {"x", "y", "lr", "step"}
    assert {*playing(land, rmsprop).controls} == {"x", "y", "lr", "rho", "eps", "step"}
    assert {*playing(land, own).controls} == {"x", "y", "lr", "power", "step"}


def test_in_a_race_each_rule_has_its_own_sliders_for_what_has_no_default(playing):
    figure = playing(landscapes.himmelblau(), gd, momentum, adam, own)
    asked = {"x", "y", "step", "lr_gd", "lr_momentum", "rho_momentum", "lr_adam", "lr_own"}
    assert {*figure.controls} == asked
    more = playing(landscapes.himmelblau(), gd, momentum, own, power_own=(0.1, 1), rho=0.5)
    assert "power_own" in more.controls


def test_the_paths_are_those_of_descend(playing):
    land = landscapes.himmelblau()
    figure = playing(land, gd, momentum, steps=50, start=(1, -1), lr=0.01, rho_momentum=0.5)
    values, path = figure.values, figure._shown_run.path
    plain = descend(gd, land.grad, [1, -1], 50, lr=values["lr_gd"])
    heavy = descend(
        momentum, land.grad, [1, -1], 50, lr=values["lr_momentum"], rho=values["rho_momentum"]
    )
    np.testing.assert_array_equal(path, np.stack([plain, heavy], axis=-1))
    arrived = first_step(land.f(plain) <= 0.01)
    assert f"Within 0.01 of it, for good: gradient descent after {arrived} steps" in figure.readout


@pytest.mark.parametrize("kappa", [1.0, 20.0, 1000.0])
def test_the_learning_rate_goes_from_far_too_small_to_twice_the_limit(playing, kappa):
    slider = playing(landscapes.ravine(kappa), gd).controls["lr"]
    assert 10**slider.min == pytest.approx(2e-3 / kappa, rel=1e-4)
    assert 10**slider.max == pytest.approx(2 * 2 / kappa, rel=1e-4)  # the limit is 2/L


def test_a_rule_whose_step_does_not_depend_on_the_size_of_g_takes_a_length(playing):
    """RMSProp and Adam: whatever the curvature, the same share of the window."""
    one, other = (
        [playing(landscapes.ravine(kappa), rule).controls["lr"].value for rule in (rmsprop, adam)]
        for kappa in (10, 1000)
    )
    assert one == other == pytest.approx([0.02, 0.02], rel=0.05)


def test_a_pair_sets_the_ends_of_a_slider_and_a_number_where_it_begins(playing):
    figure = playing(landscapes.himmelblau(), momentum, lr=(0.001, 0.1), rho=0.5)
    slider = figure.controls["lr"]
    assert (10**slider.min, 10**slider.max) == pytest.approx((0.001, 0.1))
    assert figure.controls["rho"].value == 0.5
    assert playing(lambda x: x**2, gd, lr=0.3).controls["lr"].value == pytest.approx(0.3, rel=0.03)


def test_the_start_is_where_it_is_asked_for_to_the_last_digit(playing):
    figure = playing(landscapes.saddle(), gd, start=(1, 0.001))
    assert figure._shown_run.path[:, 0, 0].tolist() == [1, 0.001]


def test_two_settings_of_one_rule_race_each_other(playing):
    figure = playing(landscapes.ravine(), momentum, momentum, rho_momentum_2=0.5)
    assert {"rho_momentum", "rho_momentum_2"} < {*figure.controls}


def needs_more(w, g, memory, *, lr, strength):
    return w - lr * strength * g, memory


def test_a_rule_may_take_its_keywords_by_place_too_or_be_partly_filled_in(playing):
    plain = lambda w, g, memory, lr: (w - lr * g, memory)  # noqa: E731
    assert "lr_lambda" in playing(landscapes.ravine(), gd, plain).controls
    assert playing(landscapes.ravine(), partial(momentum, rho=0.5)).controls["rho"].value == 0.5


REFUSED = {
    "rule must take w, g, memory": (landscapes.ravine(), lambda w, g: w - g),
    "strength must be given a range": (landscapes.ravine(), needs_more),
    "a Landscape, or a function": ("himmelblau", gd),
    "a function rule(w, g, memory": (landscapes.ravine(), "momentum"),
    "returned None: is its `return` missing": (landscapes.ravine(), lambda w, g, m, *, lr: None),
}
OPTIONS = {
    "speed is no keyword of gradient descent": {"speed": 3},
    "lr must be a pair (low, high)": {"lr": (3, 2)},
    "inside the window": {"start": (9, 9)},
    "steps must be a whole number": {"steps": 1.5},
    "goal must be a number above 0": {"goal": 0},
    "grad must be None": {"grad": landscapes.ravine().grad},
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_be_played_is_said(said):
    with pytest.raises(ValueError) as error:
        play(*REFUSED[said])
    assert said in str(error.value)


@pytest.mark.parametrize("said", OPTIONS)
def test_options_that_make_no_sense_are_named(said):
    with pytest.raises(ValueError) as error:
        play(landscapes.ravine(), gd, **OPTIONS[said])
    assert said in str(error.value)


def test_a_range_makes_a_rule_with_an_unknown_keyword_play(playing):
    assert "strength" in playing(landscapes.ravine(), needs_more, strength=(0, 2)).controls


def test_a_click_places_the_start(playing):
    figure = playing(landscapes.himmelblau(), gd)
    ax = figure.fig.axes[0]
    figure._mouse("press", *ax.transData.transform((2, -3)))
    assert (figure.controls["x"].value, figure.controls["y"].value) == (2, -3)


def test_a_keyword_may_have_a_name_that_a_figure_uses_itself(playing):
    def rule(w, g, memory, *, lr, step=0.5, x=1.0):
        return w - lr * step * x * g, memory

    figure = playing(landscapes.ravine(), rule, steps=20)
    assert {"step_rule", "x_rule", "x", "step"} < {*figure.controls}
    figure.set(step_rule=0.25)
    assert "step = 0.25" in figure.readout


def test_many_parameters_have_no_sliders_and_a_loss_curve_all_the_same(playing):
    figure = playing(lambda w: (w**2).sum(axis=0), momentum, start=np.ones(30), steps=20)
    assert {*figure.controls} == {"lr", "rho", "step"} and len(figure.fig.axes) == 1
    assert figure.readout.startswith("From the start, loss above")


def test_a_flat_loss_and_a_rule_with_its_own_rate_are_played_too(playing):
    def slow(w, g, memory, *, lr=1e-9):
        return w - lr * g, memory

    assert "0 (lr" in playing(lambda x: 2.5 + 0 * x, gd, steps=5).readout.replace("below 1e−9", "0")
    assert playing(landscapes.ravine(), slow).controls["lr"].value == pytest.approx(1e-9)
    assert "strength" in playing(landscapes.ravine(), needs_more, strength=-3).controls


def test_switches_have_no_slider_and_a_rule_without_keywords_plays(playing):
    def rule(w, g, memory, *, lr, nesterov=True, run=0.5, norm=None):
        return w - lr * run * g, memory

    assert {*playing(landscapes.ravine(), rule).controls} == {"x", "y", "lr", "run_rule", "step"}
    still = playing(landscapes.ravine(), lambda w, g, memory: (w - 0.01 * g, memory), steps=5)
    assert {*still.controls} == {"x", "y", "step"} and "()" not in still.readout


def test_a_hole_in_the_window_or_a_bottomless_place_does_not_keep_one_from_playing(playing):
    with np.errstate(all="ignore"):
        half = playing(lambda x, y: np.sqrt(x + 0.5) + y * y, gd, steps=20)
        pole = playing(lambda x, y: np.log(x * x + y * y), gd, start=(1, 1), steps=20)
    assert "f is nan in 17% of the window" in half.readout
    assert np.isfinite(pole._shown_run.above).all()


def test_what_went_wrong_names_the_rule(playing):
    def forgetful(w, g, memory, *, lr):
        w - lr * g

    def either(w, g, memory, *, lr):
        m = memory or 0 * g
        return w - lr * g, m + g

    for rule, said in ((forgetful, "is its `return` missing"), (either, "begins as 0.0")):
        with pytest.raises(ValueError) as error:
            play(landscapes.ravine(), gd, rule)
        assert rule.__name__ in str(error.value) and said in str(error.value)


def test_a_loss_without_a_lowest_place_is_said_to_have_none(playing):
    said = "No minimum was found in the window"
    assert said in playing(lambda x, y: x + y, gd, steps=5).readout
    assert said not in playing(lambda x, y: x * x + y * y, gd, steps=5).readout


def test_a_default_that_is_no_share_is_kept_whatever_its_name(playing):
    def rule(w, g, memory, *, lr, gamma=3):
        return w - lr * g / gamma, memory

    assert playing(landscapes.ravine(), rule).controls["gamma"].value == pytest.approx(3)
