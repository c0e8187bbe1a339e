"""The predictions of notebook 07, in the order of the page. Answers are computed, not typed."""

import numpy as np

from course.race import moons
from course.race.checks import RACING, RATES, RULES, needed, ranks, starts, tuning
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
    """Who wins from many starts, each with its best rate."""
    best = {n: RATES[tuning(rule, "Himmelblau", **h).argmin()] for n, (rule, h) in RULES.items()}
    places = starts("Himmelblau", RACING, seed=1)
    racers = [(*RULES[name], lr) for name, lr in best.items()]
    rank = ranks(np.array([needed(r, "Himmelblau", places, lr=lr, **h) for r, h, lr in racers]))
    first = dict(zip(RULES, (rank == 1).sum(axis=1), strict=True))
    winner = max(first, key=first.get)
    return Predict(
        "With 0.1 for all, Adam wins on Himmelblau’s landscape from nearly everywhere. Now each "
        "has the best learning rate for itself, and there are 100 starts. Who is first most often?",
        answer=winner,
        choices=list(RULES),
        why=f"From {first[winner]} of {RACING} starts. Its best rate is {num(best[winner], 3)}, "
        f"that of Adam {num(best['Adam'], 3)}.",
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


def new_rows():
    """Whether the lowest training loss is the best on other rows."""
    ends = {name: [c[-1] for c in moons.curves(name, lr)] for name, lr in moons.tuned().items()}
    trained = min(ends, key=lambda name: np.median(ends[name][0]))
    choices = (f"{trained} again, clearly", "another one, clearly", "it is too close to tell")
    right = {name: np.percentile(accuracy, (25, 50, 75)) for name, (_, accuracy) in ends.items()}
    first, second = sorted(right, key=lambda name: -right[name][1])[:2]
    gap, spread = right[first][1] - right[second][1], right[first][2] - right[first][0]
    clear = 0 if first == trained else 1
    return Predict(
        f"A small network, trained by each rule with the learning rate that suits it. {trained} "
        "reaches the lowest training loss. Which is right most often on rows it has not seen?",
        answer=choices[2 if gap < spread else clear],
        choices=choices,
        why=f"The best two differ by {100 * gap:.1f} points; one of them differs by "
        f"{100 * spread:.1f} points among the middle half of its seeds.",
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
        why=f"{share:.0%}, in the middle of 21 random planes. A plane has two directions; the way "
        "has 65 to hide in.",
    )
