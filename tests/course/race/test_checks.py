"""The checks of notebook 07: solutions pass, and each typical mistake is named."""

from fractions import Fraction

import numpy as np
import pytest
from pages import chance_has_no_part

from course.race import checks, moons, solutions
from gdlib import landscapes
from gdlib.optimizers import descend, first_step, gd, momentum

NO_NUMBERS = ["2", None, True, np.nan, np.inf, -np.inf, [2], 2j, print, np.ones(3), 10**400, -1]


def refused(verdict, *named):
    """Whether the verdict is a refusal that says all of this, in one line."""
    said = verdict.message
    return not verdict.passed and "\n" not in said and all(words in said for words in named)


@pytest.fixture(scope="module")
def gains():
    """What the page computes: how much more often Adam is right than gradient descent."""
    ends = {name: moons.curves(name, lr)[1][-1] for name, lr in moons.tuned().items()}
    return ends["Adam"] - ends["gradient descent"]


def test_chance_from_outside_has_no_part_in_a_verdict(gains):
    def verdicts():
        yield checks.crowned(solutions.FOR_MOMENTUM, "momentum")
        yield checks.placing(solutions.my_ranks)
        for name, place in solutions.STAGES.items():
            yield checks.stage(place, name)
        yield checks.own_rule(solutions.my_rule)
        yield checks.seeds(solutions.my_seeds(gains), gains)

    chance_has_no_part(verdicts)


# --- what counts as arrived ----------------------------------------------------------------------


def test_needed_is_the_first_step_after_which_a_path_stays_within_the_goal():
    land = landscapes.himmelblau()
    starts = checks.starts("Himmelblau", 20, seed=3)
    for lr in (0.001, 0.01, 0.0224):
        path = descend(momentum, land.grad, starts, 200, lr=lr, rho=0.9)
        first = first_step(land.f(path) <= 0.01)
        came = checks.needed(momentum, "Himmelblau", starts, lr=lr, rho=0.9)
        np.testing.assert_array_equal(came, np.where(first < 0, 201, first))


def test_a_run_that_only_rushes_through_has_not_arrived():
    land, lr = landscapes.himmelblau(), 0.001
    low = land.f(descend(momentum, land.grad, [0, 0], 200, lr=lr, rho=0.9)) <= 0.01
    assert low.argmax() < checks.needed(momentum, "Himmelblau", [0, 0], lr=lr, rho=0.9)


def test_who_is_within_the_goal_at_the_start_needs_no_step_and_who_starts_too_far_201():
    assert checks.needed(gd, "Himmelblau", [3, 2], lr=0.01) == 0
    assert checks.needed(gd, "Himmelblau", [0, 0], lr=1e-6) == 201


def test_starts_for_tuning_and_for_the_race_are_other_ones_in_the_whole_window():
    for name, land in checks.courses().items():
        tuning, race = (checks.starts(name, 1000, seed) for seed in (0, 1))
        assert not set(tuning[0]) & set(race[0])
        for k, (low, high) in enumerate(land.window):
            assert low <= tuning[k].min() < low + 0.02 * (high - low)
            assert high >= tuning[k].max() > high - 0.02 * (high - low)


def test_the_mini_batches_of_penguins_are_the_same_for_each_run():
    one, two = (checks.needed(gd, checks.PENGUINS, [2.0, 0.0], lr=0.1) for _ in range(2))
    assert one == two <= 200


# --- 1: one rate for all -------------------------------------------------------------------------


@pytest.mark.parametrize("lr", [solutions.FOR_MOMENTUM, np.float32(1e-3), Fraction(1, 1000)])
def test_1_the_solution_crowns_momentum_in_any_kind_of_number(lr):
    verdict = checks.crowned(lr, "momentum")
    assert verdict.passed and "momentum is first, after 101 steps" in verdict.message


@pytest.mark.parametrize("lr", [solutions.FOR_ADAM, 0.05, 1, np.array([0.3]), np.int64(1)])
def test_1_the_solution_crowns_adam_and_so_do_other_large_rates(lr):
    assert checks.crowned(lr, "Adam").passed


def test_1_the_pages_unfinished_answers_are_refused_beside_what_came():
    first = "With 0.01 for all four, gradient descent is first, after 17 steps, and"
    assert refused(checks.crowned(0.01, "momentum"), first, "momentum takes 93; expected momentum")
    assert refused(checks.crowned(0.01, "Adam"), first, "Adam does not arrive in 200")


@pytest.mark.parametrize("lr", [1e-6, 1e-300, 1e9, 1e300])
def test_1_where_nobody_arrives_it_is_said(lr):
    assert refused(checks.crowned(lr, "Adam"), "nobody arrives within 200 steps; expected Adam")


@pytest.mark.parametrize("bad", [*NO_NUMBERS, 0], ids=lambda bad: repr(bad)[:9])
def test_1_what_is_no_learning_rate_is_refused_in_words(bad):
    assert refused(checks.crowned(bad, "Adam"), "A learning rate is a number above 0; got ")


@pytest.mark.parametrize("name", ["adam", "SGD", None, 3, ["Adam"], np.ones(2)], ids=repr)
def test_1_3_a_name_of_none_of_the_four_is_refused_with_the_four(name):
    for verdict in (checks.crowned(0.1, name), checks.stage(("Beale", (1, 1)), name)):
        assert refused(verdict, "one of gradient descent, momentum, RMSProp or Adam; got ")


# --- 2: ranks ------------------------------------------------------------------------------------


def counted(steps, limit):
    """The ranks, race by race and rule by rule: 1 and how many are faster; 0 for who is late."""
    rows = [[0] * len(steps[0]) for _ in steps]
    for k in range(len(steps)):
        for race in range(len(steps[0])):
            if steps[k][race] <= limit:
                rows[k][race] = 1 + sum(each[race] < steps[k][race] for each in steps)
    return rows


def test_2_the_solution_passes_and_so_does_counting_in_loops():
    assert checks.placing(solutions.my_ranks).passed
    assert checks.placing(counted).passed


@pytest.mark.parametrize("kind", [np.float32, np.int8, float, list])
def test_2_right_ranks_in_another_form_pass(kind):
    def my_ranks(steps, limit):
        ranks = solutions.my_ranks(steps, limit)
        return ranks.tolist() if kind is list else ranks.astype(kind)

    assert checks.placing(my_ranks).passed


def test_2_ranks_are_what_counting_says_and_those_who_arrive_share_out_the_places():
    steps = np.random.default_rng(8).integers(0, 12, (4, 300))
    ranks = checks.ranks(steps, 9)
    np.testing.assert_array_equal(ranks, counted(steps, 9))
    for race, rank in zip(steps.T, ranks.T, strict=True):
        there = np.sort(rank[race <= 9])
        assert not there.size or there[0] == 1
        assert (there <= np.arange(1, there.size + 1)).all() and (rank[race > 9] == 0).all()


def late(ranks):
    """Ranks, with 0 for who does not arrive."""
    return lambda steps, limit: np.where(steps <= limit, ranks(steps), 0)


def places(steps):
    return 1 + steps.argsort(axis=0).argsort(axis=0)


@pytest.mark.parametrize(
    ("my_ranks", "named"),
    [
        (lambda s, n: s.argsort(axis=0), "argsort says which rule has each place"),
        (lambda s, n: s.argsort(axis=0).argsort(axis=0), "Ranks begin at 1, who is level"),
        (lambda s, n: places(s), "Who is level shares the better rank, and who does not arrive"),
        (late(places), "Who is level shares the better rank."),
        (lambda s, n: 1 + (s[:, None] > s[None]).sum(axis=1), "does not arrive has the rank 0."),
        (late(lambda s: (s[:, None] >= s[None]).sum(axis=1)), "Count only who is faster"),
        (late(lambda s: 1 + (s[:, None] < s[None]).sum(axis=1)), "The fewest steps come first."),
        (lambda s, n: s * 0.5, "Of steps [6, 7, 8, 3], limit 7, expected [2, 3, 0, 1]; yours [3,"),
        (lambda s, n: s.T, "a rank for each step, in the shape (4, 60); got"),
        (lambda s, n: None, "in the shape (4, 60); got None"),
        (lambda s, n: 1 / 0, "my_ranks raised ZeroDivisionError: division by zero"),
        (lambda s: s, "my_ranks raised TypeError"),
        (np.ones(3), "my_ranks is handed over by its name alone, without brackets; got"),
    ],
)
def test_2_a_mistake_is_named(my_ranks, named):
    assert refused(checks.placing(my_ranks), named)


def test_2_who_arrives_at_the_limit_itself_has_arrived():
    def my_ranks(steps, limit):
        return np.where(steps < limit, 1 + (steps[:, None] > steps[None]).sum(axis=1), 0)

    assert refused(checks.placing(my_ranks), "limit 7, expected [2, 3, 0, 1]; yours [2, 0, 0, 1]")


def test_2_who_sorts_the_races_in_place_spoils_none_of_the_checks_own():
    def my_ranks(steps, limit):
        ranks = solutions.my_ranks(steps, limit)
        steps.sort(axis=0)
        return ranks

    assert checks.placing(my_ranks).passed


# --- 3: no free lunch ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", solutions.STAGES)
def test_3_the_solution_passes_in_a_tuple_a_list_and_an_array(name):
    course, start = solutions.STAGES[name]
    for place in ((course, start), [course, [*start]], (course, np.array(start))):
        assert checks.stage(place, name).passed


def test_3_the_four_answers_that_part_3_gives_away_pass_and_the_solutions_are_others():
    given = {
        "gradient descent": ("Himmelblau", (0, 0)),
        "momentum": ("Rosenbrock", (-1.2, 1)),
        "RMSProp": ("saddle", (1, 1e-8)),
        "Adam": ("ravine", (0.7, 0.7)),
    }
    assert all(checks.stage(place, name).passed for name, place in given.items())
    assert not {*given.values()} & {*solutions.STAGES.values()}


def test_3_the_pages_unfinished_answers_are_refused_and_a_tie_is_no_win():
    place = "Beale", (1, 1)
    told = "gradient descent 63, momentum 70, RMSProp 150 and Adam 63; expected "
    for name in ("gradient descent", "Adam"):
        assert refused(checks.stage(place, name), told, f"{name} is level with others.")
    for name in ("momentum", "RMSProp"):
        assert refused(checks.stage(place, name), told, "first is gradient descent and Adam.")


def test_3_where_nobody_arrives_it_is_said():
    verdict = checks.stage(("Rosenbrock", (-1.5, 1.5)), "RMSProp")
    assert refused(verdict, "Rosenbrock, from (-1.5, 1.5): nobody arrives in 200 steps")


@pytest.mark.parametrize(
    ("place", "named"),
    [
        (("beale", (1, 1)), "The course is one of ravine, turned ravine, Rosenbrock,"),
        ((checks.PENGUINS, (1, 1)), "saddle, monkey saddle or three pits; got 'penguins"),
        (("Beale", (9, 1)), "a start has x from -3 to 4 and y from -3 to 4; got (9, 1)."),
        (("Beale", (1, np.nan)), "a start has x from -3 to 4"),
        (("Beale", 1), 'Expected a course and a start, such as ("Himmelblau", (0, 0)); got 1.'),
        (("Beale", (1, 2, 3)), "Its shape is (3,); wanted is (2,)."),
        (((1, 1), "Beale"), "Expected a course and a start"),
        ("Beale", "Expected a course and a start"),
        (None, "Expected a course and a start"),
        ({"Beale": (1, 1)}, "Expected a course and a start"),
    ],
)
def test_3_what_is_no_place_is_refused_in_words(place, named):
    assert refused(checks.stage(place, "Adam"), named)


# --- 4: a rule of one's own ----------------------------------------------------------------------


def with_default(w, g, v=0.0, *, lr, rho=0.9):
    v = rho * v + g
    return w - lr * (g + rho * v), v


def with_a_dict(w, g, memory, *, lr):
    v = 0.9 * (memory or {"v": 0.0})["v"] + g
    return w - lr * (g + 0.9 * v), {"v": v}


def in_a_list(w, g, v, *, lr):
    return [*with_default(w, g, v, lr=lr)]


def single(w, g, v, *, lr):
    w, v = with_default(np.float32(w), np.float32(g), np.float32(v), lr=np.float32(lr))
    return w.astype(np.float32), v


@pytest.mark.parametrize("rule", [solutions.my_rule, with_default, with_a_dict, in_a_list, single])
def test_4_the_solution_passes_and_so_it_does_in_other_forms(rule):
    verdict = checks.own_rule(rule)
    assert verdict.passed
    assert "Tuned to 0.01, yours is first from 96% of 100 starts" in verdict.message


def test_4_the_pages_unfinished_answer_is_gradient_descent_and_is_told_so():
    verdict = checks.own_rule(lambda w, g, memory, *, lr: (w - lr * g, memory))
    shares = "first from 28% of 100 starts; gradient descent 28%, momentum 48%, RMSProp 0% and"
    assert refused(verdict, shares, "It is one of the four, step for step. Expected: yours more")


def test_4_momentum_again_is_no_win():
    verdict = checks.own_rule(lambda w, g, v, *, lr: momentum(w, g, v, lr=lr, rho=0.9))
    assert refused(verdict, "first from 48%", "It is one of the four, step for step.")


def test_4_another_rule_that_is_slower_is_not_called_one_of_the_four():
    def signs(w, g, memory, *, lr):
        return w - lr * np.sign(g), memory

    verdict = checks.own_rule(signs)
    assert refused(verdict, "Expected: yours more often") or refused(verdict, "At no rate")
    assert "step for step" not in verdict.message


def counting_outside():
    seen = []

    def rule(w, g, m, *, lr):
        seen.append(1)
        return w - lr * g / len(seen), m

    return rule


def in_place(w, g, m, *, lr):
    g *= 0.9
    return w - lr * g, m


def moves_w(w, g, m, *, lr):
    w -= lr * g
    return w, m


def raises(w, g, m, *, lr):
    raise ValueError("no way")


def late_error(w, g, m, *, lr):
    if w.ndim > 2:
        raise RuntimeError("too many")
    return w - lr * g, m


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        (raises, "Your rule raised ValueError: no way"),
        (late_error, "The race with your rule raised RuntimeError: too many"),
        (lambda w, g, m, *, lr: None, "Return two things, the new w and the memory; yours"),
        (lambda w, g, m, *, lr: w - lr * g, "yours returned a ndarray."),
        (lambda w, g, m, *, lr: (w[0], m), "The new w must hold numbers in the shape of w"),
        (lambda w, g, m, *, lr: (m, w - lr * g), "return the new w first, then the memory."),
        (lambda w, g, m: (w - g, m), "Your rule raised TypeError"),
        (lambda w, g, m, *, lr: (w + lr * g, m), "At no rate of the grid does your rule arrive"),
        (lambda w, g, m, *, lr: (w * np.nan, m), "At no rate of the grid does your rule arrive"),
        (lambda w, g, m, *, lr: (0.5 * w, m), "takes other steps where w is larger: go by g"),
        (lambda w, g, m, *, lr: (0 * w, m), "takes other steps where w is larger: go by g"),
        (counting_outside(), "it remembers outside its memory"),
        (in_place, "Your rule changed its input g in place: copy it first."),
        (moves_w, "Your rule changed its input w in place"),
        ((1.0, 0.0), "Hand the rule over by its name alone, without brackets; got (1.0, 0.0)."),
    ],
)
def test_4_what_is_no_rule_is_refused_in_words(rule, named):
    assert refused(checks.own_rule(rule), named)


# --- 5: how many seeds ---------------------------------------------------------------------------


def test_5_the_solution_passes_and_so_does_what_is_near_it(gains):
    right = solutions.my_seeds(gains)
    assert right == pytest.approx(59, abs=0.1)
    for count in (right, 59, 60, 55, np.int64(59), np.array([59.0]), Fraction(59)):
        assert checks.seeds(count, gains).passed


def test_5_with_so_many_seeds_the_mean_is_two_standard_errors(gains):
    count = solutions.my_seeds(gains)
    assert gains.mean() / (gains.std(ddof=1) / np.sqrt(count)) == pytest.approx(2)


@pytest.mark.parametrize(
    ("count", "named"),
    [
        (20, "20 seeds the standard error is 0.0039, the mean gain 0.0046: 1.2 standard errors"),
        (15, "That is for one standard error: ask for two."),
        (7.7, "The error falls with the root of the number of seeds: square it."),
        (29.5, "Nearly there: two, and both squared."),
        (40, "expected 2. More seeds."),
        (1000, "expected 2. Fewer will do."),
        (1e300, "Fewer will do."),
    ],
)
def test_5_a_mistake_is_named(count, named, gains):
    assert refused(checks.seeds(count, gains), named)


@pytest.mark.parametrize("bad", [*NO_NUMBERS, 0, 0.5], ids=lambda bad: repr(bad)[:9])
def test_5_what_is_no_number_of_seeds_is_refused_in_words(bad, gains):
    assert refused(checks.seeds(bad, gains), "a whole number of at least 1; got ")


@pytest.mark.parametrize(
    "bad", [None, 3, [1.0], [1, 1, 1], [1, np.nan], ["a", "b"], [], print], ids=repr
)
def test_5_what_are_no_gains_is_refused_in_words(bad):
    assert refused(checks.seeds(59, bad), "gains are the numbers that the cell above computes")
