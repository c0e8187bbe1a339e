"""The checks of notebook 04, stochastic gradient descent.

What depends on chance is measured over many runs at once, with the same random numbers each time.
"""

import numpy as np

from gdlib import check, landscapes, regression, theory
from gdlib.check import Refused, judged
from gdlib.optimizers import arrive, descend, gd, settled_in
from gdlib.words import apart

RUNS = 40  # for the noise floor


def made_up(noise=0.8):
    """The made-up points, their loss surface, and σ of one row's gradient at the minimum."""
    x, y = regression.made_up(noise)
    land = regression.loss_surface(x, y)
    return x, y, land, regression.noise(x, y, land.minima[:, 0])


# --- the rule: the gradient of a mini-batch ------------------------------------------------------


@judged
def minibatch(my_gradient):
    """Is `my_gradient(w, x, y, rows)` the gradient of a line's loss over the given rows alone?"""
    x, y, *_ = made_up()
    rng, cases = np.random.default_rng(0), []
    for size in (3, 4, 2, 1, 8, 50):
        w, rows = rng.uniform(-3, 3, 2).round(1), rng.integers(len(x), size=size)
        rows[2:4] = rows[0]  # drawn with replacement, some come twice
        cases.append((w, rows))
    came = np.array([_gradient(my_gradient, w, x, y, rows) for w, rows in cases])

    def grad(places):
        each = zip(places.T, cases, strict=True)
        return np.array([regression.gradient(w, x[r], y[r]) for w, (_, r) in each]).T

    places = np.array([w for w, _ in cases]).T
    right = grad(places).T
    wrong = ~_near(came, right).all(axis=1)
    if not wrong.any():
        return f"The mean over the given rows, in {len(cases)} mini-batches of 1 to 50 rows."
    at = wrong.argmax()
    w, rows = cases[at]
    said = f"At w = {_pair(w)} with rows = {rows.tolist() if len(rows) < 9 else '50 rows'} expected"
    expected, yours = apart(right[at], came[at], _pair)
    known = (said for said, slip in _slips(right, x, y, cases).items() if _is_one(came, slip))
    sizes = [len(rows) for _, rows in cases]
    mistake = next(known, "") or check.gradient_slip(came.T, right.T, places, grad, sizes)
    raise Refused(f"{said} {expected}; yours is {yours}.", mistake)


def _near(came, right):
    """Where components agree, as far as float32 can tell."""
    return np.abs(came - right) < 1e-5 * (1 + np.linalg.norm(right, axis=-1, keepdims=True))


def _is_one(came, slips):
    """Whether this or, of several, one of these is what came, `(cases, 2)`."""
    return any(_near(came, slip).all() for slip in np.reshape(slips, (-1, *came.shape)))


def _slips(right, x, y, cases):
    """What each slip makes of the gradients: `{what to say: the wrong ones, or several such}`."""

    def of(take):
        return np.array([regression.gradient(w, x[take(r)], y[take(r)]) for w, r in cases])

    def of_a_table(which):
        """The mean over every error with every row, of the error's prediction or of its y."""
        tables = ((x[r], w[0] + w[1] * x[r] - y[r][:, None]) for w, r in cases)
        both = ((errors, errors * (x_r, x_r[:, None])[which]) for x_r, errors in tables)
        return np.array([[each.mean() for each in pair] for pair in both])

    sizes = np.array([[len(rows)] for _, rows in cases])
    first, last = of(lambda rows: rows[:1]), of(lambda rows: rows[-1:])
    turned = np.array([regression.gradient(w[::-1], x[r], y[r]) for w, r in cases])
    apart_means = right[:, :1] * [[1, x[r].mean()] for _, r in cases]
    return {
        "That is the sum over the rows; take the mean.": sizes * right,
        "You divided by all rows; divide by those of the mini-batch.": sizes * right / len(x),
        "That is the gradient of all rows: take x[rows] and y[rows].": of(lambda rows: slice(None)),
        "That is the last row alone: the loop has to add up.": [last, last / sizes],
        "That is the first row alone: does the loop return in its first turn?": [
            first,
            first / sizes,
        ],
        "A column against a row makes a table of every error with every row: flatten with "
        ".ravel().": [of_a_table(k) * times for k in (0, 1) for times in (1, sizes)],
        "The sign is turned: the error is prediction minus y.": -right,
        "That is twice too large: the loss is half the mean squared error.": 2 * right,
        "That is half of it: what does the square bring down?": right / 2,
        "In the second, x is missing: error times x, then the mean.": right[:, [0, 0]],
        "In the first there is no x: the mean of the error.": right[:, [1, 1]],
        "The components are swapped: first the one of θ₀.": right[:, ::-1],
        "w[0] is the intercept θ₀, w[1] the slope θ₁: yours are swapped.": [
            turned,
            turned[:, ::-1],
        ],
        "The mean of a product is not the product of the means: multiply first.": apart_means,
    }


def _gradient(my_gradient, *case):
    """Two numbers, the same at a second call, from an input left alone; refuses all else."""
    answers = []
    for _ in range(2):
        handed = [array.copy() for array in case]
        try:
            came = check.called(my_gradient, *handed)
        except Refused as refused:
            said = str(refused).rstrip()
            more = ": take x[rows] and y[rows] everywhere." if "broadcast" in said else ""
            cut = ": an array of integers takes no fractions." if "Cannot cast" in said else ""
            raise Refused(said + more + cut) from refused
        for name, before, after in zip(("w", "x", "y", "rows"), case, handed, strict=True):
            if not np.array_equal(before, after):
                raise Refused(f"Your function changed {name} in place: work on a copy.")
        wanted = "A gradient here is two numbers, each the mean over the rows"
        answers.append(check.vector(came, 2, wanted))
    if not np.array_equal(*answers, equal_nan=True):
        pairs = " and then ".join(apart(*answers, _pair))
        said = f"Called twice with the same rows, it gives {pairs}; expected the same."
        raise Refused(said, "Draw no rows of your own: `rows` says which.")
    return answers[0]


def _pair(two, digits=4):
    """Two numbers as Python writes them, to be tried."""
    return f"({two[0] + 0.0:.{digits}g}, {two[1] + 0.0:.{digits}g})"


# --- 1: ten times quieter ------------------------------------------------------------------------


@judged
def ten_times_quieter(size):
    """Is the gradient of `size` rows a tenth as noisy as that of one, within a tenth?

    Measured over 20,000 draws each, with replacement, at (0, 0) on the standardised penguins.
    """
    x, y, _ = regression.penguins("standardised")
    size = _whole(size, len(x))
    one, many = _noise(x, y, 1), _noise(x, y, size)
    rows, ratio = "1 row" if size == 1 else f"{size} rows", one / many
    said = f"The noise is {one:.3g} with 1 row and {many:.3g} with {rows}, {ratio:.2f} times less;"
    said = f"{said} expected 9 to 11 times."
    if 9 <= ratio <= 11:
        return said
    if ratio > 11:
        raise Refused(said, "Fewer rows will do.")
    if size == 10:
        raise Refused(said, "The noise falls with the square root of the number of rows.")
    if 1 / theory.batch_noise(1, size, len(x)) >= 9:
        raise Refused(said, "It would do if no row came twice; here some do.")
    raise Refused(said, "It takes more rows.")


def _noise(x, y, size):
    """How far the gradient of `size` random rows lies from that of all, as a root mean square."""
    w = np.zeros((2, 1000))
    grad = regression.minibatch(x, y, size, np.random.default_rng(0))
    mean = regression.gradient(w[:, :1], x[:, None], y[:, None])
    portions = range(20)  # for the memory's sake
    return np.sqrt(np.mean([((grad(w) - mean) ** 2).sum(axis=0).mean() for _ in portions]))


def _whole(size, most):
    """A batch size as an int; refuses what is none."""
    whole = check.number(size)
    if whole is None or whole % 1 != 0 or not 1 <= whole <= most:
        raise check.asked_for(f"A batch size is a whole number, here from 1 to {most}", size)
    return int(whole)


# --- 2, 3: the noise floor -----------------------------------------------------------------------


@judged
def largest_lr(lr, wanted=0.002):
    """Is `lr` the largest three-decimal learning rate with a low enough floor, at batch size 1?

    The floor is the mean excess loss of 40 runs in the second half of 6000 steps; it is known to
    ± three of its standard errors. The check refuses what is surely wrong, and therefore takes
    0.004 beside 0.005, whose floor of 0.0019 may lie on either side of 0.002 for all the runs say.
    """
    lr = check.rate(lr)
    if lr >= 0.001 and abs(lr - round(lr, 3)) > 1e-9:
        raise check.asked_for("Three decimals, please", lr)
    excess, behind = _excess(np.array([lr, lr + 0.001]), 1, 6000)
    (mean, above), (off, off_above) = _floor(excess)
    if not mean < 1.1 * excess[0].mean():
        said = f"Expected a mean excess of less than {wanted}; at lr = {lr:.4g} the runs do not"
        raise Refused(f"{said} come down, they diverge: far too large.")
    said = f"The mean excess of {RUNS} runs is {_about(mean, off)} at lr = {lr:.4g}"
    if _too_high(mean, off, wanted):
        said = f"{said}; expected less than {wanted}."
        if behind[3000:, 0].mean() > mean / 2:
            raise Refused(said, "Too small: 6000 such steps do not get there.")
        raise Refused(said, "Too large: the floor rises with lr.")
    said = f"{said} and {_about(above, off_above)} at {lr + 0.001:.4g}"
    if above + off_above < wanted:
        raise Refused(f"{said}, also less than {wanted}: a larger one will do.")
    if above < wanted:
        said = f"{said}, too near {wanted} to tell on which side"
        return f"{said}: yours is the largest that is surely below."
    return f"{said}: yours is the largest below {wanted}."


@judged
def smallest_batch(size, lr=0.1, wanted=0.002):
    """Is `size` about the smallest batch with a low enough floor, at this learning rate?

    Measured as in `largest_lr`, in 2000 steps, which are plenty at lr = 0.1. It must do, as far as
    the runs can tell, and three tenths fewer rows must not: 20 to 31 pass, though 21 is smallest.
    """
    size = _whole(size, len(regression.made_up()[0]))
    fewer = 7 * size // 10
    if fewer:
        less, off_less = _floor(_excess(lr, fewer, 2000)[0])[:, 0]
        with_fewer = f"{_about(less, off_less)} with {fewer}"
        if less + off_less < wanted:
            said = f"The mean excess of {RUNS} runs is still {with_fewer}, less than {wanted}"
            raise Refused(f"{said}: a batch smaller than {size} will do.")
    mean, off = _floor(_excess(lr, size, 2000)[0])[:, 0]
    said = f"The mean excess of {RUNS} runs is {_about(mean, off)} with batch size {size}"
    if _too_high(mean, off, wanted):
        said = f"{said}; expected less than {wanted}."
        raise Refused(said, "Too small: the floor falls as the batch grows.")
    if mean > wanted:
        return f"{said}, too near {wanted} to tell on which side: it counts."
    return f"{said} and {with_fewer}: yours is near the smallest below {wanted}."


def _excess(lr, size, steps, runs=RUNS):
    """The excess loss of runs from (0, 0) on the made-up points, `(steps + 1, runs, lrs)`.

    And that of the runs' mean point, `(steps + 1, lrs)`: how far they have yet to go.
    """
    x, y, land, _ = made_up()
    grad = regression.minibatch(x, y, size, np.random.default_rng(0))
    path = descend(gd, grad, np.zeros((2, runs, 1)), steps, lr=lr)
    lowest = land.f(land.minima[:, 0])
    return land.f(path) - lowest, land.f(path.mean(axis=2)) - lowest


def _floor(excess):
    """The mean over runs and the second half of the steps, and three standard errors of it."""
    means = excess[len(excess) // 2 :].mean(axis=0)
    return np.array([means.mean(axis=0), 3 * means.std(axis=0) / np.sqrt(len(means))])


def _too_high(mean, off, wanted):
    """Whether a mean is above for sure; a wide scatter, as before divergence, is no excuse."""
    return mean - off > wanted or mean > 2 * wanted


def _about(mean, off):
    return f"{mean:.5f} ± {off:.5f}" if mean < 1 else f"{mean:.3g}"


# --- 4: out of a local minimum -------------------------------------------------------------------


@judged
def escape(lr, size, least=4, wanted=0.8):
    """Do enough runs of the frequency fit get from 3.5 to 2 in 2000 steps, `least` rows in each?"""
    given, lr = lr, check.rate(lr)
    if lr > 0.4 * (1 + 1e-6):  # 0.4 in float32 is a little more
        raise check.asked_for("The learning rate is at most 0.4 here", given)
    x, y = regression.waves()
    size = _whole(size, len(x))
    if size < least:
        raise check.asked_for(f"At least {least} rows a step, please", size)
    runs = 200 if size <= 20 else 100  # large batches take their time, and come nowhere near
    rng = np.random.default_rng(1)  # it judges as 4000 runs do
    grad = regression.minibatch(x, y, size, rng, model=regression.wave)
    ends = arrive(gd, grad, np.full((1, runs), 3.5), 2000, lr=lr)
    right = np.abs(ends[0] - 2) < 0.01
    there, stayed = right.sum(), (settled_in(ends, [[3.967]], within=0.65) == 0).sum()
    said = f"Of {runs} runs {there} end at frequency 2; expected at least {wanted * runs:.0f}."
    if stayed == runs:
        said = f"{said} All are still near the local minimum at 3.97"
        raise Refused(f"{said}: the noise of a step, lr·σ/√B, is too small.")
    if there < runs:
        alias = (~right & (landscapes.frequency_fit().f(ends) < 1e-6)).sum()
        same = f" ({alias} where the wave fits the points as well)" if alias else ""
        said = f"{said} Near the local minimum at 3.97: {stayed};"
        said = f"{said} elsewhere: {runs - there - stayed}{same}."
    if there < wanted * runs:
        raise Refused(said, "What makes the noise of a step, lr·σ/√B, larger?")
    return said


# --- 5: a schedule -------------------------------------------------------------------------------


@judged
def schedule(my_schedule, wanted=5e-4, steps=6000, soon=0.1):
    """Does the schedule bring the mean excess loss of 100 runs down fast, and low in the end?

    At batch size 1: below `soon` after 100 steps, and below `wanted` over the last 100. Each of the
    two is easy with a constant learning rate; both together take one that falls.
    """
    lrs = _rates(my_schedule, steps)
    excess, behind = _excess(lambda k: lrs[k], 1, steps, runs=100)
    early, last, behind = excess[91:101].mean(), excess[-100:].mean(), behind[-100:].mean()
    if not last < 1.1 * excess[0].mean():
        said = f"Expected a mean excess of less than {wanted:g}; the runs do not come down, they"
        largest = f"{lrs.max():.3g}, at k = {lrs.argmax()}"
        raise Refused(f"{said} diverge. Your largest learning rate is {largest}: too large.")
    if early >= soon:
        early, _ = check.told_apart(early, soon, 2)
        said = f"After 100 steps the mean excess of 100 runs is {early}; expected less than"
        raise Refused(f"{said} {soon:g} by then. Begin with a larger learning rate.")
    left, _ = check.told_apart(last, wanted, 2)
    said = f"The mean excess of 100 runs is {left} after {steps} steps;"
    said = f"{said} expected less than {wanted:g}."
    if last < wanted:
        return f"{said} After 100 steps it was {early:.2g}."
    if behind > last / 2:
        said = f"{said} The runs have not arrived: lr is too small too early. Over all steps it"
        raise Refused(f"{said} adds up to only {lrs.sum():.2g}.")
    said, late = f"{said} The runs' mean has arrived, but lr falls too", lrs[-1000:].mean()
    floor = theory.noise_floor(late, made_up()[-1])
    if floor < last / 2:
        raise Refused(f"{said} fast for the scatter about it to shrink.")
    said = f"{said} slowly: over the last 1000 steps it is {late:.2g} on average, and the floor"
    raise Refused(f"{said} lr·σ²/4 at that is {floor:.2g}.")


def _rates(my_schedule, steps):
    """The learning rate at each step; refuses what is no schedule. A number is a constant one."""
    if check.number(my_schedule) is not None:
        return np.full(steps, check.rate(my_schedule))
    if not callable(my_schedule):
        check.called(my_schedule, name="Your schedule")
    lrs = []
    for k in range(steps):
        came = check.called(my_schedule, k, name=f"Your schedule, at k = {k},")
        lrs.append(check.number(came))
        if lrs[-1] is None or lrs[-1] <= 0:
            missing = " (is a `return` missing?)" if came is None else ""
            said = f"A learning rate is a number above 0, also at k = {k}{missing}"
            raise check.asked_for(said, came)
    return np.array(lrs)
