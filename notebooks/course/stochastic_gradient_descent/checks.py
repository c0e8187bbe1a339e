"""The checks of notebook 04, stochastic gradient descent.

What depends on chance is measured over many runs at once, with the same random numbers each time.
"""

import numpy as np

from gdlib import landscapes, regression, theory
from gdlib.check import Verdict, asked_for, called, no_rate, number, reals
from gdlib.optimizers import arrive, descend, gd, settled_in

# --- the rule: the gradient of a mini-batch ------------------------------------------------------

# What a slip makes of the gradient g, from rows of (x, y).
_SLIPS = {
    "That is the sum over the rows; take the mean.": lambda g, w, x, y, rows: g * len(rows),
    "You divided by all rows; divide by those of the mini-batch.": (
        lambda g, w, x, y, rows: g * len(rows) / len(x)
    ),
    "That is the gradient of all rows: take x[rows] and y[rows].": (
        lambda g, w, x, y, rows: regression.gradient(w, x, y)
    ),
    "The sign is turned: the error is prediction minus y.": lambda g, *_: -g,
    "That is twice too large: the loss is half the mean squared error.": lambda g, *_: 2 * g,
    "That is half of it: what does the square bring down?": lambda g, *_: g / 2,
    "In the second, x is missing: error times x, then the mean.": lambda g, *_: g[[0, 0]],
    "In the first there is no x: the mean of the error.": lambda g, *_: g[[1, 1]],
    "The components are swapped: first the one of θ₀.": lambda g, *_: g[::-1],
    "A row that is drawn twice counts twice.": (
        lambda g, w, x, y, rows: regression.gradient(w, x[np.unique(rows)], y[np.unique(rows)])
    ),
}


def minibatch(my_gradient):
    """Is `my_gradient(w, x, y, rows)` the gradient of a line's loss over the given rows alone?"""
    x, y = regression.made_up()
    rng, came, expected, cases = np.random.default_rng(0), [], [], []
    for size in (3, 4, 2, 1, 8, 50):
        w, rows = rng.uniform(-3, 3, 2).round(1), rng.integers(len(x), size=size)
        rows[2:4] = rows[0]  # drawn with replacement, some come twice
        g = _gradient_from(my_gradient, w, x, y, rows)
        if isinstance(g, Verdict):
            return g
        came.append(g)
        expected.append(regression.gradient(w, x[rows], y[rows]))
        cases.append((w, x, y, rows))
    right = np.isclose(came, expected, rtol=1e-9, atol=1e-9).all(axis=1)
    if right.all():
        said = f"The mean over the given rows, in {len(cases)} mini-batches of 1 to 50 rows."
        return Verdict(True, said)
    at = right.argmin()
    w, rows = cases[at][0], cases[at][-1].tolist()
    said = f"At w = {_pair(w)} with rows = {rows if len(rows) < 9 else '50 rows'} expected"
    said = f"{said} {_pair(expected[at])}; yours is {_pair(came[at])}."
    if slip := _slip(np.array(came), np.array(expected), cases):
        return Verdict(False, f"{said} {slip}")
    again = _gradient_from(my_gradient, w, x, y, (np.array(rows) + 100) % len(x))
    if np.array_equal(again, came[at]):
        said = f"{said} It is the same for other rows: draw none of your own, `rows` says which."
    return Verdict(False, said)


def _gradient_from(my_gradient, *case):
    """Two numbers that come again at a second call and leave the input alone, or a verdict."""
    answers = []
    for _ in range(2):
        handed = [array.copy() for array in case]
        g = called(my_gradient, *handed)
        if isinstance(g, Verdict):
            more = ": take x[rows] and y[rows] everywhere." if "broadcast" in g.message else ""
            return Verdict(False, g.message.rstrip() + more)
        for name, before, after in zip(("w", "x", "y", "rows"), case, handed, strict=True):
            if not np.array_equal(before, after):
                return Verdict(False, f"Your function changed {name} in place: work on a copy.")
        answers.append(reals(g, (2,)))
        if answers[-1] is None:
            return asked_for("A gradient here is two numbers, each the mean over the rows", g)
    if not np.array_equal(*answers, equal_nan=True):
        said = "Called twice with the same rows, it gives"
        said = f"{said} {_pair(answers[0])} and then {_pair(answers[1])}; expected the same."
        return Verdict(False, f"{said} Draw no rows of your own: `rows` says which.")
    return answers[0]


def _slip(came, expected, cases):
    """The slip that explains all that came, or nothing."""
    for said, slip in _SLIPS.items():
        wrong = [slip(g, *case) for g, case in zip(expected, cases, strict=True)]
        if np.allclose(came, wrong, rtol=1e-9, atol=1e-9):
            return said
    with np.errstate(all="ignore"):
        ratio = (came * expected).sum() / (expected**2).sum()
        if ratio and np.allclose(came, ratio * expected, rtol=1e-9):
            return f"Everywhere yours is {ratio:.4g} times the gradient: a factor is off."
    return ""


def _pair(two):
    return f"({two[0] + 0.0:.4g}, {two[1] + 0.0:.4g})"


# --- 1: ten times quieter ------------------------------------------------------------------------


def ten_times_quieter(size):
    """Is the gradient of `size` rows a tenth as noisy as that of one, within a tenth?

    Measured over 20,000 draws each, with replacement, at (0, 0) on the standardised penguins.
    """
    x, y, _ = regression.penguins("standardised")
    size = _whole(size, len(x))
    if isinstance(size, Verdict):
        return size
    one, many = _noise(x, y, 1), _noise(x, y, size)
    rows = "1 row" if size == 1 else f"{size} rows"
    ratio = one / many
    said = f"The noise is {one:.3g} with 1 row and {many:.3g} with {rows}, {ratio:.2f} times less;"
    said = f"{said} expected 9 to 11 times."
    if 9 <= ratio <= 11:
        return Verdict(True, said)
    if ratio > 11:
        return Verdict(False, f"{said} Fewer rows will do.")
    if size == 10:
        return Verdict(False, f"{said} The noise falls with the square root of the number of rows.")
    if 9 <= 1 / theory.batch_noise(1, size, len(x)):
        return Verdict(False, f"{said} It would do if no row came twice; here some do.")
    return Verdict(False, f"{said} It takes more rows.")


def _noise(x, y, size):
    """How far the gradient of `size` random rows lies from that of all, as a root mean square."""
    w, squares = np.zeros((2, 1000)), []
    grad = regression.minibatch(x, y, size, np.random.default_rng(0))
    mean = regression.gradient(w[:, :1], x[:, None], y[:, None])
    for _ in range(20):  # in portions, for the memory's sake
        squares.append(((grad(w) - mean) ** 2).sum(axis=0).mean())
    return np.sqrt(np.mean(squares))


# --- 2, 3: the noise floor -----------------------------------------------------------------------

RUNS = 40


def largest_lr(lr, wanted=0.002):
    """Is `lr` the largest three-decimal learning rate with a low enough floor, at batch size 1?

    The floor is the mean excess loss of 40 runs in the second half of 6000 steps; it is known to
    ± three of its standard errors. The check refuses what is surely wrong, and therefore takes
    0.004 beside 0.005, whose floor of 0.0019 may lie on either side of 0.002 for all the runs say.
    """
    given, lr = lr, _rate(lr)
    if isinstance(lr, Verdict):
        return lr
    if lr >= 0.001 and abs(lr - round(lr, 3)) > 1e-9:
        return asked_for("Three decimals, please", given)
    lrs = np.array([lr, lr + 0.001])
    excess, behind = _excess(lrs, 1, RUNS, 6000)
    (mean, above), (off, off_above) = _floor(excess)
    if not mean < 1.1 * excess[0].mean():
        said = f"Expected a mean excess of less than {wanted}; at lr = {lr:.4g} the runs do not"
        return Verdict(False, f"{said} come down, they diverge: far too large.")
    said = f"The mean excess of {RUNS} runs is {_about(mean, off)} at lr = {lr:.4g}"
    if _too_high(mean, off, wanted):
        said = f"{said}; expected less than {wanted}."
        if behind[3000:, 0].mean() > mean / 2:
            return Verdict(False, f"{said} Too small: 6000 such steps do not get there.")
        return Verdict(False, f"{said} Too large: the floor rises with lr.")
    said = f"{said} and {_about(above, off_above)} at {lrs[1]:.4g}"
    if above + off_above < wanted:
        return Verdict(False, f"{said}, also less than {wanted}: a larger one will do.")
    if above < wanted:
        said = f"{said}, too near {wanted} to tell on which side"
        return Verdict(True, f"{said}: yours is the largest that is surely below.")
    return Verdict(True, f"{said}: yours is the largest below {wanted}.")


def smallest_batch(size, lr=0.1, wanted=0.002):
    """Is `size` about the smallest batch with a low enough floor, at this learning rate?

    Measured as in `largest_lr`, in 2000 steps, which are plenty at lr = 0.1. It must do, as far as
    the runs can tell, and three tenths fewer rows must not: 20 to 31 pass, though 21 is smallest.
    """
    size = _whole(size, len(regression.made_up()[0]))
    if isinstance(size, Verdict):
        return size
    fewer = 7 * size // 10
    if fewer:
        less, off_less = _floor(_excess(lr, fewer, RUNS, 2000)[0])[:, 0]
        with_fewer = f"{_about(less, off_less)} with {fewer}"
        if less + off_less < wanted:
            said = f"The mean excess of {RUNS} runs is still {with_fewer}, less than {wanted}"
            return Verdict(False, f"{said}: a batch smaller than {size} will do.")
    mean, off = _floor(_excess(lr, size, RUNS, 2000)[0])[:, 0]
    said = f"The mean excess of {RUNS} runs is {_about(mean, off)} with batch size {size}"
    if _too_high(mean, off, wanted):
        said = f"{said}; expected less than {wanted}."
        return Verdict(False, f"{said} Too small: the floor falls as the batch grows.")
    if mean > wanted:
        return Verdict(True, f"{said}, too near {wanted} to tell on which side: it counts.")
    return Verdict(True, f"{said} and {with_fewer}: yours is near the smallest below {wanted}.")


def _excess(lr, size, runs, steps):
    """Of runs from (0, 0) on the made-up points, the excess loss, `(steps + 1, runs, lrs)`.

    And the excess loss of the runs' mean point, `(steps + 1, lrs)`: how far they have yet to go.
    """
    x, y = regression.made_up()
    land = regression.loss_surface(x, y)
    grad = regression.minibatch(x, y, size, np.random.default_rng(0))
    path = descend(gd, grad, np.zeros((2, runs, 1)), steps, lr=lr)
    with np.errstate(all="ignore"):
        lowest = land.f(land.minima[:, 0])
        return land.f(path) - lowest, land.f(path.mean(axis=2)) - lowest


def _floor(excess):
    """The mean over runs and the second half of the steps, and three standard errors of it."""
    with np.errstate(all="ignore"):
        means = excess[len(excess) // 2 :].mean(axis=0)
        return np.array([means.mean(axis=0), 3 * means.std(axis=0) / np.sqrt(len(means))])


def _too_high(mean, off, wanted):
    """Whether a mean is above for sure; a wide scatter, as before divergence, is no excuse."""
    return mean - off > wanted or mean > 2 * wanted


def _about(mean, off):
    return f"{mean:.5f} ± {off:.5f}" if mean < 1 else f"{mean:.3g}"


# --- 4: out of a local minimum -------------------------------------------------------------------


def escape(lr, size, least=1, wanted=0.85):
    """Do enough runs of the frequency fit get from 3.5 to frequency 2 in 2000 steps?

    `least` is the smallest batch size that is asked for.
    """
    given, lr = lr, _rate(lr)
    if isinstance(lr, Verdict):
        return lr
    if lr > 0.4:
        return asked_for("The learning rate is at most 0.4 here", given)
    x, y = regression.waves()
    size = _whole(size, len(x))
    if isinstance(size, Verdict):
        return size
    if size < least:
        return asked_for(f"At least {least} rows a step, please", size)
    runs = 200 if size <= 20 else 100  # large batches take their time, and come nowhere near
    rng = np.random.default_rng(1)  # near the 85 % it judges as 4000 runs do
    grad = regression.minibatch(x, y, size, rng, model=regression.wave)
    ends = arrive(gd, grad, np.full((1, runs), 3.5), 2000, lr=lr)
    right = np.abs(ends[0] - 2) < 0.01
    there, stayed = right.sum(), (settled_in(ends, [[3.967]], within=0.65) == 0).sum()
    said = f"Of {runs} runs {there} end at frequency 2; expected at least {wanted * runs:.0f}."
    if stayed == runs:
        said = f"{said} All are still near the local minimum at 3.97"
        return Verdict(False, f"{said}: the noise of a step, lr·σ/√B, is too small.")
    if there < runs:
        alias = (~right & (landscapes.frequency_fit().f(ends) < 1e-6)).sum()
        same = f" ({alias} where the wave fits the points as well)" if alias else ""
        said = f"{said} Near the local minimum at 3.97: {stayed};"
        said = f"{said} elsewhere: {runs - there - stayed}{same}."
    if there >= wanted * runs:
        return Verdict(True, said)
    return Verdict(False, f"{said} What makes the noise of a step, lr·σ/√B, larger?")


# --- 5: a schedule -------------------------------------------------------------------------------


def schedule(my_schedule, wanted=5e-4, steps=6000, soon=0.1):
    """Does the schedule bring the mean excess loss of 100 runs down fast, and low in the end?

    At batch size 1: below `soon` after 100 steps, and below `wanted` over the last 100. Each of the
    two is easy with a constant learning rate; both together take one that falls.
    """
    lrs = _rates(my_schedule, steps)
    if isinstance(lrs, Verdict):
        return lrs
    excess, behind = _excess(lambda k: lrs[k], 1, 100, steps)
    last, behind = excess[-100:].mean(), behind[-100:].mean()
    if not last < 1.1 * excess[0].mean():
        said = f"Expected a mean excess of less than {wanted:g}; the runs do not come down, they"
        said = f"{said} diverge. Your largest learning rate is {lrs.max():.3g}, at k ="
        return Verdict(False, f"{said} {lrs.argmax()}: too large.")
    said = f"The mean excess of 100 runs is {last:.2g} after {steps} steps; expected less than"
    said = f"{said} {wanted:g}."
    early = excess[91:101].mean()
    if early >= soon:
        said = f"After 100 steps the mean excess of 100 runs is {early:.2g}; expected less than"
        return Verdict(False, f"{said} {soon:g} by then. Begin with a larger learning rate.")
    if last < wanted:
        return Verdict(True, f"{said} After 100 steps it was {early:.2g}.")
    if behind > last / 2:
        said = f"{said} The runs have not arrived: lr is too small too early. Over all steps it"
        return Verdict(False, f"{said} adds up to only {lrs.sum():.2g}.")
    late = lrs[-1000:].mean()
    floor = theory.noise_floor(late, _sigma())
    if floor < last / 2:
        said = f"{said} The runs' mean has arrived, but lr falls too fast for the scatter about it"
        return Verdict(False, f"{said} to shrink.")
    said = f"{said} The runs' mean has arrived, but lr falls too slowly: over the last 1000 steps"
    said = f"{said} it is {late:.2g} on average, and the floor lr·σ²/4 at that is {floor:.2g}."
    return Verdict(False, said)


def _sigma():
    """σ of one row's gradient at the minimum."""
    x, y = regression.made_up()
    return regression.noise(x, y, regression.loss_surface(x, y).minima[:, 0])


def _rates(my_schedule, steps):
    """The learning rate at each step, or a verdict on what is no schedule."""
    if number(my_schedule) is not None:
        rate = _rate(my_schedule)
        return rate if isinstance(rate, Verdict) else np.full(steps, rate)
    if not callable(my_schedule):
        return called(my_schedule, name="Your schedule")
    lrs = []
    for k in range(steps):
        came = called(my_schedule, k, name=f"Your schedule, at k = {k},")
        if isinstance(came, Verdict):
            return came
        lrs.append(number(came))
        if lrs[-1] is None or lrs[-1] <= 0:
            missing = " (is a `return` missing?)" if came is None else ""
            said = f"A learning rate is a number above 0, also at k = {k}{missing}"
            return asked_for(said, came)
    return np.array(lrs)


# --- what is no answer at all --------------------------------------------------------------------


def _rate(lr):
    """The learning rate as a float, or a verdict on what is none."""
    return no_rate(lr) or number(lr)


def _whole(size, most):
    """The batch size as an int, or a verdict on what is none."""
    whole = number(size)
    if whole is None or whole % 1 != 0 or not 1 <= whole <= most:
        return asked_for(f"A batch size is a whole number, here from 1 to {most}", size)
    return int(whole)
