"""The checks of notebook 07, the race; and how races are run, which figures and checks share."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from gdlib import check, landscapes, regression
from gdlib.check import Refused, judged
from gdlib.optimizers import adam, gd, momentum, rmsprop, walk
from gdlib.words import names

GOAL = 0.01  # a run has arrived once its loss stays within this of the lowest
STEPS = 200  # the budget: so many gradients for each run
RATES = np.array([float(f"{rate:.3g}") for rate in np.logspace(-4, 0.5, 37)])  # tried in tuning
RULES = {
    "gradient descent": (gd, {}),
    "momentum": (momentum, {"rho": 0.9}),
    "RMSProp": (rmsprop, {"rho": 0.9}),
    "Adam": (adam, {}),
}
PENGUINS, BATCH = "penguins, 8 at a time", 8  # a race with mini-batches
TUNING, RACING = 40, 100  # starts for choosing a rate, and others to race from

# --- how a race is run ---------------------------------------------------------------------------


@lru_cache(maxsize=1)
def courses():
    """The landscapes that are raced on, by name."""
    x, y, _ = regression.penguins("standardised")
    penguins = replace(regression.loss_surface(x, y), window=((1.0, 5.4), (-1.5, 2.9)))
    plain = landscapes.rosenbrock(), landscapes.himmelblau(), landscapes.beale()
    more = landscapes.saddle(), landscapes.monkey_saddle(), landscapes.three_pits()
    ravines = {"ravine": landscapes.ravine(100), "turned ravine": landscapes.ravine(100, 45)}
    return ravines | {land.name: land for land in (*plain, *more)} | {PENGUINS: penguins}


def gradient_on(course):
    """The gradient on a course; on the penguins that of mini-batches, the same ones each time."""
    if course != PENGUINS:
        return courses()[course].grad
    x, y, _ = regression.penguins("standardised")
    return regression.minibatch(x, y, BATCH, np.random.default_rng(0))


@np.errstate(all="ignore")
def needed(rule, course, start, steps=STEPS, **hyper):
    """How many steps each run takes to stay within GOAL of the lowest loss; steps + 1 if too many.

    `start` `(d, ...)` and the hyperparameters broadcast, as in `descend`.
    """
    land, since = courses()[course], steps + 1
    bar = land.f(land.minima)[0] + GOAL
    for k, w in enumerate(walk(rule, gradient_on(course), start, steps, **hyper)):
        since = np.where(land.f(w) <= bar, np.minimum(since, k), steps + 1)
    return since


def starts(course, count, seed):
    """Places drawn from the whole window of a course, `(2, count)`."""
    low, high = np.array(courses()[course].window).T[..., None]
    return np.random.default_rng(seed).uniform(low, high, (2, count))


def tuning(rule, course, **hyper):
    """The mean number of steps over TUNING starts at each of the RATES: `(37,)`."""
    places = starts(course, TUNING, seed=0)[:, None]
    return needed(rule, course, places, lr=RATES[:, None], **hyper).mean(axis=1)


@lru_cache
def tuned(course):
    """The mean steps of each rule at each rate `(rules, 37)`, and the best rate of each.

    Who arrives with none of them has the one in the middle.
    """
    means = np.array([tuning(rule, course, **more) for rule, more in RULES.values()])
    never = means.min(axis=1) > STEPS
    return means, RATES[np.where(never, len(RATES) // 2, means.argmin(axis=1))]


def ranks(steps, limit=STEPS):
    """The rank of each rule in each race, from the steps `(rules, races)`; 1 is first.

    Who needs as many steps shares the better rank. Who takes more than `limit` has the rank 0.
    """
    return np.where(steps <= limit, 1 + (steps[:, None] > steps[None]).sum(axis=1), 0)


# --- 1: one rate for all -------------------------------------------------------------------------


@judged
def crowned(lr, name):
    """Does this rule win on Himmelblau's landscape from (0, 0), with `lr` for all four?"""
    lr, name = check.rate(lr), _racer(name)
    took = {
        n: int(needed(rule, "Himmelblau", [0, 0], lr=lr, **h)) for n, (rule, h) in RULES.items()
    }
    first = min(took.values())
    said = f"With {lr:.3g} for all four"
    if first > STEPS:
        raise Refused(f"{said} nobody arrives within {STEPS} steps; expected {name} first.")
    won = [each for each, when in took.items() if when == first]
    said = f"{said}, {names(won)} {'is' if len(won) == 1 else 'are'} first, after {first} steps"
    if won == [name]:
        return f"{said}."
    late = took[name]
    own = f"{name} takes {late}" if late <= STEPS else f"{name} does not arrive in {STEPS}"
    raise Refused(f"{said}, and {own}; expected {name} first.")


def _racer(name):
    """The name of one of the four; refuses what is none."""
    if not isinstance(name, str) or name not in RULES:
        raise check.asked_for(f"The rule is one of {names([*RULES], 'or')}", name)
    return name


# --- 2: ranks ------------------------------------------------------------------------------------


@judged
def placing(my_ranks):
    """Are these the ranks of each race, `my_ranks(steps, limit)` as `ranks` has them?"""
    rng = np.random.default_rng(5)
    for races in (rng.integers(1, 9, (4, 60)), rng.integers(1, 250, (3, 60))):
        limit = 7 if races.max() < 9 else STEPS
        came = check.called(my_ranks, races.copy(), limit, name="my_ranks")
        placed, expected = check.reals(came, races.shape), ranks(races, limit)
        if placed is None:
            raise check.asked_for(
                f"Expected a rank for each step, in the shape {races.shape}", came
            )
        wrong = (placed != expected).any(axis=0)
        if not wrong.any():
            continue
        at = wrong.argmax()
        steps, own, right = (each[:, at].tolist() for each in (races, placed, expected))
        slips = [
            said for said, other in _MISRANKED.items() if (placed == other(races, limit)).all()
        ]
        remark = f" {slips[0]}" if slips else ""
        shown = [int(each) if each % 1 == 0 else each for each in own]
        raise Refused(f"Of steps {steps}, limit {limit}, expected {right}; yours {shown}.{remark}")
    return "Right, in 120 races, with ties and with some that do not arrive."


_MISRANKED = {
    "argsort says which rule has each place; wanted is which place each rule has.": (
        lambda steps, limit: steps.argsort(axis=0)
    ),
    "Ranks begin at 1, who is level shares the better one, and who does not arrive has 0.": (
        lambda steps, limit: steps.argsort(axis=0).argsort(axis=0)
    ),
    "Who is level shares the better rank, and who does not arrive has 0.": (
        lambda steps, limit: 1 + steps.argsort(axis=0).argsort(axis=0)
    ),
    "Who is level shares the better rank.": lambda steps, limit: np.where(
        steps <= limit, 1 + steps.argsort(axis=0).argsort(axis=0), 0
    ),
    "Who does not arrive has the rank 0.": (
        lambda steps, limit: 1 + (steps[:, None] > steps[None]).sum(axis=1)
    ),
    "Count only who is faster: here each counts itself, too, and who is level.": (
        lambda steps, limit: np.where(
            steps <= limit, (steps[:, None] >= steps[None]).sum(axis=1), 0
        )
    ),
    "The fewest steps come first.": lambda steps, limit: np.where(
        steps <= limit, 1 + (steps[:, None] < steps[None]).sum(axis=1), 0
    ),
}


# --- 3: no free lunch ----------------------------------------------------------------------------


@judged
def stage(place, name):
    """Is `place`, a course and a start, one where this rule wins, each with its own best rate?"""
    name, (course, (x, y)) = _racer(name), _place(place)
    best = _best_from(course, x, y)
    took = {each: steps for each, (steps, _) in best.items()}
    first = min(took.values())
    said = f"{course}, from ({x:g}, {y:g})"
    if first > STEPS:
        raise Refused(f"{said}: nobody arrives in {STEPS} steps; expected {name} first.")
    told = names([f"{each} {_many(steps)}" for each, steps in took.items()])
    won = [each for each, steps in took.items() if steps == first]
    said = f"{said}, steps with the best of {len(RATES)} rates: {told}"
    if won == [name]:
        return f"{said}."
    who = f"{name} is level with others" if name in won else f"first is {names(won)}"
    raise Refused(f"{said}; expected {name} first, and {who}.")


def _place(place):
    """A course and two coordinates inside its window; refuses what is none."""
    wanted = 'Expected a course and a start, such as ("Himmelblau", (0, 0))'
    if not isinstance(place, tuple | list) or len(place) != 2 or not isinstance(place[0], str):
        raise check.asked_for(wanted, place)
    course, start = place
    known = [each for each in courses() if each != PENGUINS]
    if course not in known:
        raise check.asked_for(f"The course is one of {names(known, 'or')}", course)
    x, y = check.vector(start, 2, wanted).tolist()
    (left, right), (low, high) = courses()[course].window
    if not (left <= x <= right and low <= y <= high):
        inside = f"x from {left:g} to {right:g} and y from {low:g} to {high:g}"
        raise check.asked_for(f"On this course a start has {inside}", start)
    return course, (x, y)


def _best_from(course, x, y):
    """The fewest steps of each rule from one start, and the rate that does it: {name: (k, lr)}."""
    start, best = np.array([x, y])[:, None], {}
    for name, (rule, more) in RULES.items():
        took = needed(rule, course, start, lr=RATES, **more)
        best[name] = int(took.min()), RATES[took.argmin()]
    return best


def _many(steps):
    return str(steps) if steps <= STEPS else f"more than {STEPS}"


# --- 4: a rule of one's own ----------------------------------------------------------------------

OWN_COURSE = "turned ravine"


@judged
def own_rule(my_rule):
    """Is this rule first from more starts of the turned ravine than any of the four?

    It is tuned as they are, on the same grid and starts, and races from other ones.
    """
    if not callable(my_rule):
        raise check.asked_for("Hand the rule over by its name alone, without brackets", my_rule)
    check.steady(my_rule, [{"lr": 0.1}] * 3)  # names what is no rule, before the race
    _goes_by_slopes(my_rule)

    def racer(*args, **hyper):
        return tuple(my_rule(*args, **hyper))  # a list will do

    means = check.called(tuning, racer, OWN_COURSE, name="The race with your rule")
    best, places = RATES[means.argmin()], starts(OWN_COURSE, RACING, seed=1)
    own = check.called(needed, racer, OWN_COURSE, places, lr=best, name="The race")
    four = zip(RULES.values(), tuned(OWN_COURSE)[1], strict=True)
    took = [own] + [needed(r, OWN_COURSE, places, lr=lr, **h) for (r, h), lr in four]
    first = (ranks(np.array(took)) == 1).mean(axis=1)
    shares = [f"{name} {share:.0%}" for name, share in zip(RULES, first[1:], strict=True)]
    said = f"Tuned to {best:.3g}, yours is first from {first[0]:.0%} of {RACING} starts"
    if means.min() > STEPS:
        raise Refused(f"At no rate of the grid does your rule arrive within {STEPS} steps.")
    said = f"{said}; {names(shares)}"
    if first[0] > first[1:].max():
        return f"{said}."
    same = "It is one of the four, step for step. " if (own == took[1:]).all(axis=1).any() else ""
    raise Refused(f"{said}. {same}Expected: yours more often than any other.")


def _goes_by_slopes(rule):
    """Refuses a rule that steps otherwise elsewhere, at the same slopes: w → w/2 would win here."""
    first = []
    for w in (check.W, check.W + 7):
        new, _ = check.called(rule, w.copy(), check.G.copy(), 0.0, name="Your rule", lr=0.1)
        first.append(np.asarray(new) - w)
    if not np.allclose(*first, rtol=1e-3, atol=1e-4, equal_nan=True):
        said = "At the same slopes your rule takes other steps where w is larger"
        raise Refused(f"{said}: go by g and the memory alone. (The minimum lies at 0.)")


# --- 5: how many seeds ---------------------------------------------------------------------------


@judged
def seeds(count, gains):
    """Is `count` how many seeds it takes for the mean gain to be two standard errors?

    From the mean and the standard deviation of `gains`, one for each seed run so far.
    """
    gains = check.reals(gains, None)
    if gains is None or gains.size < 2 or not np.isfinite(gains).all() or not np.ptp(gains):
        raise check.asked_for("gains are the numbers that the cell above computes", gains)
    count = check.number(count)
    if count is None or count < 1:
        raise check.asked_for("The number of seeds is a whole number of at least 1", count)
    mean, spread = abs(gains.mean()), gains.std(ddof=1)
    right = (2 * spread / mean) ** 2
    error = spread / np.sqrt(count)
    said = f"With {count:.0f} seeds the standard error is {error:.2g}, the mean gain {mean:.2g}"
    said = f"{said}: {mean / error:.2g} standard errors; expected 2."
    if abs(count / right - 1) <= 0.1:
        return said
    slips = {
        "That is for one standard error: ask for two.": right / 4,
        "The error falls with the root of the number of seeds: square it.": np.sqrt(right),
        "Nearly there: two, and both squared.": right / 2,
    }
    size = "More seeds." if count < right else "Fewer will do."
    raise Refused(said, check.slip(slips, count, 0.1) or size)
