"""What the text of notebook 07 says of its live figures, held against the figures themselves.

The runs to hold them against are `descend` and `first_step`, one at a time; the sentence is read
number by number.
"""

import re
from functools import cache

import numpy as np
import pytest
from pages import drawn, mouse, put, route, shown

from course.race import checks, figures, moons
from course.race.panels import Ranks
from gdlib import draw, nets
from gdlib.optimizers import adam, descend, diverged, first_step, gd, momentum, rmsprop

race, fair, winners = shown(figures.race), shown(figures.fair), shown(figures.winners)
training, plane = shown(figures.training), shown(figures.plane)

NAMES = [*checks.RULES]
RULES = (gd, {}), (momentum, {"rho": 0.9}), (rmsprop, {"rho": 0.9}), (adam, {})
PLAIN = [course for course in checks.courses() if course != checks.PENGUINS]


def arrived(course, k, start, lr, steps):
    """How many steps one rule takes from one start, by `descend` and `first_step`; -1 is never."""
    land, (rule, more) = checks.courses()[course], RULES[k]
    path = descend(rule, checks.gradient_on(course), start, steps, lr=lr, **more)
    with np.errstate(all="ignore"):
        return int(first_step(land.f(path) <= land.f(land.minima)[0] + 0.01))


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


# --- the race that is usually drawn ---------------------------------------------------------------

SETTINGS = [
    {},
    {"lr": 0.1},
    {"course": "ravine", "lr": 0.02, "across": 10, "up": 90},
    {"course": "saddle", "lr": 0.0316, "across": 51, "up": 30},
    {"course": checks.PENGUINS, "lr": 0.1, "across": 10, "up": 80},
]


def spot(course, across, up):
    """So many percent of the window to the right and up."""
    (left, right), (low, high) = checks.courses()[course].window
    return [left + (right - left) * across / 100, low + (high - low) * up / 100]


@pytest.mark.parametrize("settings", SETTINGS)
def test_each_path_of_the_race_is_the_one_of_descend_from_the_place_of_the_sliders(race, settings):
    race.set(**settings)
    values = race.values
    start = spot(*(values[n] for n in ("course", "across", "up")))
    for k, (rule, more) in enumerate(RULES):
        grad = checks.gradient_on(values["course"])
        path = descend(rule, grad, start, 200, lr=values["lr"], **more)
        np.testing.assert_allclose(race._shown_run.path[..., k], path, rtol=1e-9, equal_nan=True)
        inside = draw.within(path, race._shown_run.land.window)
        np.testing.assert_allclose(route(race.panels[0], k), inside[:, :201], rtol=1e-6)


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_race_names_who_is_first_to_stay_and_after_how_many_steps(race, settings):
    race.set(**settings)
    values = race.values
    start = spot(*(values[n] for n in ("course", "across", "up")))
    when = [arrived(values["course"], k, start, values["lr"], 200) for k in range(4)]
    there = [each for each in when if each >= 0]
    first = [name for name, each in zip(NAMES, when, strict=True) if there and each == min(there)]
    told = race.readout.rpartition("First to stay within 0.01: ")[2]
    assert there and all(name in told for name in first) and f"after {min(there)} step" in told
    assert not any(name in told for name in {*NAMES} - {*first})


def test_where_nobody_arrives_the_race_says_so(race):
    race.set(course="Rosenbrock", lr=0.0001, across=0, up=0)
    start = spot("Rosenbrock", 0, 0)
    assert all(arrived("Rosenbrock", k, start, 0.0001, 200) < 0 for k in range(4))
    assert race.readout.endswith("Nobody stays within 0.01 in 200 steps.")


def test_a_click_on_either_map_writes_the_start_in_percent_of_the_window(race, winners):
    for figure in (race, winners):
        for course in ("Himmelblau", "Beale"):
            figure.set(course=course)
            for at in ((0.25, 0.75), (0.9, 0.1)):
                x, y = mouse(figure, "press", figure.panels[0].ax, at)
                mouse(figure, "release", figure.panels[0].ax, at)
                assert [figure.values["across"], figure.values["up"]] == [
                    round(100 * each) for each in at
                ]
                np.testing.assert_allclose(figure._shown_run.start, [x, y], atol=0.06)


@pytest.mark.parametrize("name", ["race", "winners"])
def test_the_numbers_at_the_axes_are_those_of_the_window_of_each_landscape(name, request):
    figure = request.getfixturevalue(name)
    for course in ("Himmelblau", "saddle", "Beale"):
        figure.set(course=course)
        ax, still = figure.panels[0].ax, figure.canvas.frame.still[1]
        assert (ax.get_xlim(), ax.get_ylim()) == checks.courses()[course].window
        with figure._drawing():
            assert still == figure._ground(ax)


# --- a fair one -----------------------------------------------------------------------------------


@cache
def ranked(course, rates):
    """How often each rule has which place: a race at a time, rule by rule, `(4, 5)`."""
    places, counts = checks.starts(course, 100, seed=1).T, np.zeros((4, 5))
    for start in places:
        steps = [arrived(course, k, start, lr, 200) for k, lr in enumerate(rates)]
        for k, own in enumerate(steps):
            faster = sum(0 <= each < own for each in steps)
            counts[k, faster if own >= 0 else 4] += 1
    return counts / len(places)


@pytest.mark.parametrize("lr", [0.1, 0.001])
def test_the_bars_are_the_places_that_counting_race_by_race_gives(fair, lr):
    fair.set(lr=lr)
    run = fair._shown_run
    np.testing.assert_allclose(run.alike, ranked("Himmelblau", (lr,) * 4), atol=0.021)
    np.testing.assert_allclose(run.own, ranked("Himmelblau", tuple(run.best)), atol=0.021)


@pytest.mark.parametrize("course", checks.courses())
def test_the_shares_of_all_places_add_up_to_1_and_ties_give_more_firsts(fair, course):
    fair.set(course=course)
    run = fair._shown_run
    for shares in (run.alike, run.own):
        np.testing.assert_allclose(shares.sum(axis=1), 1)
        assert (shares >= 0).all() and shares[:, 0].sum() >= 1 - shares[:, 4].min() - 1e-12


def test_the_curves_of_tuning_have_their_lowest_point_at_the_ball_and_201_where_none_arrives(fair):
    for course in ("Himmelblau", "turned ravine"):
        fair.set(course=course)
        panel = fair.panels[0]
        for name in NAMES:
            rates, mean = drawn(panel, name)
            [[lr], [least]] = drawn(panel, f"best {name}")
            np.testing.assert_array_equal(rates, checks.RATES)
            assert least == mean.min() and lr == rates[mean.argmin()] and mean.max() == 201


def test_a_point_of_a_curve_is_the_mean_of_40_runs_each_by_itself(fair):
    for name, k, at in (("gradient descent", 0, 15), ("Adam", 3, 26)):
        steps = [
            arrived("Himmelblau", k, start, checks.RATES[at], 200)
            for start in checks.starts("Himmelblau", 40, seed=0).T
        ]
        mean = np.mean([201 if each < 0 else each for each in steps])
        assert drawn(fair.panels[0], name)[1][at] == pytest.approx(mean)


def test_the_bars_stand_side_by_side_and_name_the_share_of_first_places():
    shares = np.array([[0.4, 0.3, 0.2, 0.0, 0.1], [0.6, 0.0, 0.0, 0.4, 0.0]])
    panel = put(Ranks("", ["one", "other"], lambda run: shares, figures.PLACES))
    panel.show(None, None)
    for k, row in enumerate(shares):
        bars = [part.patches[k] for part in panel.parts]
        np.testing.assert_allclose([bar.get_width() for bar in bars], row)
        np.testing.assert_allclose([bar.get_x() for bar in bars], np.cumsum(row) - row, atol=1e-12)
        assert panel.texts[k].get_text() == f"first in {row[0]:.0%}"


# --- who wins from where --------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"course": "turned ravine"}, {"times_0": 0.5}])
def test_the_colour_of_a_place_is_who_is_first_from_there(winners, settings):
    winners.set(**settings)
    run, course = winners._shown_run, winners.values["course"]
    (left, right), (low, high) = run.land.window
    rng = np.random.default_rng(4)
    differ = 0
    for i, j in rng.integers(0, 100, (60, 2)):
        start = left + (right - left) * j / 99, low + (high - low) * i / 99
        when = [arrived(course, k, start, lr, 300) for k, lr in enumerate(run.rates.values())]
        there = [each for each in when if each >= 0]
        wanted = -2 if not there else -1 if when.count(min(there)) > 1 else when.index(min(there))
        differ += run.regions[i, j] != wanted
    assert differ <= 1  # the last bit may decide about one


def test_the_shares_in_the_sentence_are_those_of_the_picture_and_add_up_to_1(winners):
    for course in PLAIN:
        winners.set(course=course)
        regions, said = winners._shown_run.regions, winners.readout
        shares = {n: float(re.search(rf"{n} is first from (\d+)%", said)[1]) for n in NAMES[:3]}
        ties = float(re.search(r"; (\d+)% are ties", said)[1])
        nobody = float(re.search(r"from (\d+)% nobody arrives in 300", said)[1])
        told = [*shares.values(), ties, nobody]
        own = [100 * (regions == k).mean() for k in (0, 1, 2, -1, -2)]
        np.testing.assert_allclose(told, own, atol=0.51)
        assert sum(own) == pytest.approx(100)


def test_the_image_lies_in_the_window_and_the_start_on_its_colour(winners):
    panel = winners.panels[0]
    for course in PLAIN:
        winners.set(course=course)
        (left, right), (low, high) = winners._shown_run.land.window
        assert tuple(panel.image.get_extent()) == (left, right, low, high)
        np.testing.assert_array_equal(panel.image.get_array(), winners._shown_run.regions)


def test_there_is_a_colour_for_each_region_and_the_key_names_them_in_that_order(winners):
    panel = winners.panels[0]
    assert len(figures.SHADES) == 5 == len({*figures.SHADES})
    colours = panel.image.get_cmap()(panel.image.norm([-2, -1, 0, 1, 2]))
    key = dict(zip(panel.words, [*colours[2:], *colours[:2]], strict=True))
    assert [*key] == [*NAMES[:3], "nobody", "a tie"]
    for line, text in zip(
        panel.ax.get_legend().legend_handles, panel.ax.get_legend().get_texts(), strict=True
    ):
        rgb = draw.to_rgb(line.get_markerfacecolor())
        np.testing.assert_allclose(rgb, key[text.get_text()][:3], atol=1e-6)


def test_a_factor_multiplies_the_best_rate_of_its_own_rule_alone(winners):
    before = winners._shown_run.rates
    winners.set(times_1=2)
    after = winners._shown_run.rates
    factors = [after[name] / before[name] for name in NAMES[:3]]
    np.testing.assert_allclose(factors, [1, 2, 1], rtol=0.01)


def test_on_beale_gradient_descent_has_diverged_from_the_upper_right_corner_and_it_is_said(winners):
    winners.set(across=95, up=80)
    run = winners._shown_run
    assert winners._shown_run.regions[80, 95] == 2
    assert diverged(run.path)[0] and "gradient descent diverged" in winners.readout


# --- a network ------------------------------------------------------------------------------------


def test_the_lines_lie_where_the_score_of_the_first_net_changes_sign(training):
    for step in (0, 1, 30):
        training.set(step=step)
        for name, lr in moons.tuned().items():
            w = moons.trained(name, lr)[:, step, 0]
            x, y = drawn(training.panels[0], name)
            there = np.isfinite(x)
            score = nets.score(w, np.stack([x, y])[:, there])
            away = np.abs(nets.score(w, draw.grid(((-2.2, 3.2), (-1.9, 2.4)), 20).reshape(2, -1)))
            assert np.abs(score).max() < 0.1 * away.max()
            if there.any():  # to one side it is above 0, to the other below
                near = np.stack([x, y])[:, there]
                sides = [nets.score(w, near + np.reshape(d, (2, 1))) for d in
                         ((0.1, 0), (-0.1, 0), (0, 0.1), (0, -0.1))]  # fmt: skip
                assert ((np.max(sides, axis=0) > 0) & (np.min(sides, axis=0) < 0)).mean() > 0.9


def test_the_rows_are_those_of_the_draw_each_on_the_side_of_its_label(training):
    for sample in (0, 4):
        training.set(sample=sample)
        x, labels, *_ = moons.data(sample)
        for label in (0, 1):
            np.testing.assert_array_equal(
                drawn(training.panels[0], str(label)), x[:, labels == label]
            )


@pytest.mark.parametrize("settings", [{}, {"step": 7, "size": 50}, {"sample": 6, "lr_3": 0.01}])
def test_medians_and_quartiles_are_those_of_20_nets_each_by_itself(training, settings):
    training.set(**settings)
    values, step = training.values, training.controls["step"].value
    x, labels, others, truth = moons.data(values["sample"])
    for k, name in enumerate(NAMES):
        nets_ = moons.trained(name, values[f"lr_{k}"], values["size"], values["sample"])
        loss, right = [], []
        for seed in range(moons.SEEDS):
            w = nets_[:, step, seed]
            score = nets.score(w, x)
            loss.append(np.log1p(np.exp(np.where(labels == 1, -score, score))).mean())
            right.append(((nets.score(w, others) > 0) == truth).mean())
        for panel, own in ((1, loss), (2, right)):
            came = [drawn(training.panels[panel], f"{part} {name}")[:, -1] for part in
                    ("low", "middle", "high")]  # fmt: skip
            assert [at for at, _ in came] == [step] * 3
            np.testing.assert_allclose(
                [each for _, each in came], np.percentile(own, (25, 50, 75)), rtol=1e-9
            )
        low, middle, high = np.percentile(right, (25, 50, 75))
        assert f"{name} {middle:.1%} ({low:.1%} to {high:.1%})" in training.readout


def test_a_rule_that_diverges_is_told_and_spoils_no_picture(training):
    training.set(lr_0=moons.TRIED["gradient descent"][-1], lr_1=moons.TRIED["momentum"][-1])
    for panel in training.panels[1:]:
        for name in NAMES:
            assert np.isfinite(drawn(panel, f"middle {name}")).all()


# --- a picture of 65 dimensions -------------------------------------------------------------------


def of_plane(figure):
    """The plane's middle and axes, the four paths, and the rows, for the state of a figure."""
    kind = figure.values["kind"]
    number = figures.PLANES.index(kind) - 1
    chosen = ("random", figure.values["rule"], number) if number >= 0 else (kind, "Adam", 0)
    paths, centre, axes, _ = figures._shadows(*chosen)
    return paths, centre, axes, moons.data()[:2]


STATES = [{}, {"kind": "random"}, {"kind": "another random", "rule": "momentum"}]


@pytest.mark.parametrize("settings", STATES)
def test_the_heights_of_a_slice_are_the_losses_of_the_nets_at_its_places(plane, settings):
    plane.set(**settings)
    _, centre, axes, rows = of_plane(plane)
    land = plane._shown_run.land
    grid = draw.grid(land.window, 61)
    for i, j in np.random.default_rng(0).integers(0, 61, (20, 2)):
        place = grid[:, i, j]
        own = nets.loss(centre + axes @ place, *rows)
        assert float(land.f(place)) == pytest.approx(float(own), rel=1e-6)


@pytest.mark.parametrize("settings", STATES)
def test_between_its_grid_a_slice_is_off_by_less_than_what_is_told(plane, settings):
    plane.set(**settings)
    _, centre, axes, rows = of_plane(plane)
    land = plane._shown_run.land
    (left, right), (low, high) = land.window
    places = np.random.default_rng(1).uniform([left, low], [right, high], (50, 2)).T
    own = nets.loss(centre[:, None] + axes @ places, *rows)
    assert np.abs(land.f(places) - own).max() < 0.03


@pytest.mark.parametrize("settings", STATES)
def test_a_shadow_is_the_nearest_place_of_the_plane_and_all_lie_in_the_picture(plane, settings):
    plane.set(**settings)
    paths, centre, axes, _ = of_plane(plane)
    run = plane._shown_run
    for k in range(4):
        shadow = run.path[..., k]
        left_over = paths[..., k] - centre[:, None] - axes @ shadow
        np.testing.assert_allclose(axes.T @ left_over, 0, atol=1e-8)
        assert draw.inside(shadow, run.land.window).all()


def test_through_the_paths_the_plane_begins_where_all_begin_and_a_random_one_where_one_ends(plane):
    paths, centre, _, _ = of_plane(plane)
    assert (paths[:, 0] == centre[:, None]).all()
    plane.set(kind="random", rule="RMSProp")
    paths, centre, axes, _ = of_plane(plane)
    assert np.array_equal(centre, paths[:, -1, 2])
    np.testing.assert_allclose(plane._shown_run.path[:, -1, 2], 0, atol=1e-12)


@pytest.mark.parametrize("rule", NAMES)
def test_the_sentence_tells_the_nets_own_loss_beside_that_of_the_picture(plane, rule):
    for settings in ({"step": 0}, {"step": 1}, {"kind": "random", "step": 12}):
        plane.set(rule=rule, **settings)
        paths, *_, rows = of_plane(plane)
        step, k, run = settings["step"], NAMES.index(rule), plane._shown_run
        real = nets.loss(paths[:, step, k], *rows)
        found = re.search(r"its loss is ([\d.]+); at its shadow the picture says ([\d.]+)\.",
                          plane.readout)  # fmt: skip
        assert number(found[1]) == pytest.approx(real, rel=0.006)
        assert number(found[2]) == pytest.approx(float(run.land.f(run.path[:, step, k])), rel=0.006)
        panel = plane.panels[1]
        np.testing.assert_allclose(drawn(panel, "at")[1], [real, run.told[step, k]])
        np.testing.assert_allclose(drawn(panel, "real")[1], nets.loss(paths[..., k], *rows))


@pytest.mark.parametrize("settings", STATES)
def test_the_share_that_is_told_is_that_of_the_way_inside_the_plane(plane, settings):
    plane.set(**settings)
    paths, _, axes, _ = of_plane(plane)
    k = NAMES.index(plane.values["rule"])
    way = paths[:, -1, k] - paths[:, 0, k]
    inside = axes @ np.linalg.lstsq(axes, way, rcond=None)[0]
    share = (inside @ inside) / (way @ way)
    assert f"It holds {share:.0%} of the squared way of {plane.values['rule']}" in plane.readout


def test_every_random_plane_is_another_one(plane):
    told = set()
    for kind in figures.PLANES[1:]:
        plane.set(kind=kind)
        assert f"a random plane, number {figures.PLANES.index(kind)}," in plane.readout
        told.add(plane.readout)
    assert len(told) == 3
