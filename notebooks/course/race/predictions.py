"""The predictions of notebook 07, in the order of the page. Answers are computed, not typed."""

import numpy as np

from course.race import checks, moons
from course.race.checks import RACING, RULES, needed, ranks, starts
from course.race.figures import shares, winners_at_best
from gdlib.prediction import Predict, between
from gdlib.words import names, num


def one_rate():
    """Who wins from one start with one learning rate."""
    took = {
        n: int(needed(rule, "Himmelblau", [0, 0], lr=0.01, **h)) for n, (rule, h) in RULES.items()
    }
    first, *_ = sorted(took, key=took.get)
    return Predict(
        "Himmelblau’s landscape, from (0, 0), learning rate 0.01 for all four. Who is first to "
        "stay within 0.01 of the lowest loss?",
        answer=first,
        choices=list(RULES),
        why=f"It takes {took[first]} steps. Now look what another learning rate makes of it.",
    )


def tuned():
    """How often Adam is first when each has its best rate."""
    choices = "nearly all, as before", "about half", "none"
    best = dict(zip(RULES, checks.tuned("Himmelblau")[1], strict=True))
    places = starts("Himmelblau", RACING, seed=1)
    racers = [(*RULES[name], lr) for name, lr in best.items()]
    rank = ranks(np.array([needed(r, "Himmelblau", places, lr=lr, **h) for r, h, lr in racers]))
    first = dict(zip(RULES, (rank == 1).sum(axis=1), strict=True))
    winner = max(first, key=first.get)
    return Predict(
        "With 0.1 for all, Adam wins on Himmelblau’s landscape from nearly everywhere. Now each "
        f"has the best learning rate for itself. From how many of {RACING} starts is Adam first?",
        answer=choices[2 - between(first["Adam"] / RACING, 0.01, 0.75)],
        choices=choices,
        why=f"From {first['Adam']}. {winner.capitalize()} is, from {first[winner]}. Its best rate "
        f"is {num(best[winner], 3)}, that of Adam {num(best['Adam'], 3)}.",
    )


def one_landscape():
    """How the starts of one landscape are shared out among tuned rules."""
    choices = (
        "one of them from more than half of the starts",
        "two of them from nearly all of the starts",
        "none of them from more than a third",
    )
    won = winners_at_best("Beale")
    told = names([f"{name} {share:.0%}" for name, share in won.items()])
    *_, second, most = sorted(won.values())
    return Predict(
        "Beale’s landscape, and gradient descent, momentum and RMSProp, each with its best "
        "learning rate there. From which share of all starts is each of them first?",
        answer=choices[0 if most > 1 / 2 else 1 if most + second > 0.9 else 2],
        choices=choices,
        why=f"It is {told}. From the other starts nobody arrives in 300 steps, or two are level.",
    )


DRAWS = 10


def new_rows():
    """In how many draws of the rows the best one in training is the best on other rows."""
    ends = [moons.ends(draw) for draw in range(DRAWS)]
    trained = [min(each, key=lambda name: each[name][0]) for each in ends]
    right = [max(each, key=lambda name: each[name][1]) for each in ends]
    most = max(set(trained), key=trained.count)
    others = names([f"{n} in {right.count(n)}" for n in RULES if n != most and n in right])
    return Predict(
        f"A small network, trained by each rule at the learning rate that suits it, from {DRAWS} "
        f"different draws of 200 rows. {most} reaches the lowest training loss in "
        f"{trained.count(most)} of the {DRAWS}. In how many is it also right most often on 1000 "
        "rows that it has not seen?",
        answer=float(right.count(most)),
        tolerance=0.25,
        why=f"The best of the others are {others}, by medians of {moons.SEEDS} seeds.",
    )


def random_plane():
    """How much of the way a random plane holds."""
    choices = ("about nine tenths", "about half", "a tenth, more or less")
    adam = [*RULES].index("Adam")
    share = np.median([shares("random", "Adam", seed)[adam] for seed in range(21)])
    return Predict(
        "The network has 65 weights, so its landscape has 65 directions. Lay a random plane "
        "through the place where Adam ends. What share of the (squared) way from start to end lies "
        "in it?",
        answer=choices[2 - between(share, 0.25, 0.75)],
        choices=choices,
        why=f"{share:.0%}, in the middle of 21 random planes that are scaled to the weights, as is "
        "usual. (A plane that is not holds 2 parts in 65.) The way has many directions to hide in.",
    )
