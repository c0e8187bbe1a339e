"""The update rules, two lines each, and what runs one: `descend` and `arrive`.

A rule is a pure function `rule(w, g, memory, *, lr, ...) -> (w, memory)`: from a point, the
gradient there and what the rule remembers, to the next point. `memory` starts as 0.0 and
broadcasts. Write `w = w - ...` in a rule, never `w -= ...`: what it is given belongs to others.
"""

import numpy as np

from gdlib.needs import answer, array, columns, need, shaped, whole

FAR = 1e6  # a run that gets further out than this, or out of the finite numbers, has diverged


def gd(w, g, memory, *, lr):
    """Gradient descent (Cauchy 1847): a step against the gradient. It remembers nothing."""
    w = w - lr * g
    return w, memory


def momentum(w, g, v, *, lr, rho):
    """Heavy ball (Polyak 1964) in the sum form of PyTorch's SGD: the velocity v = ρ·v + g.

    Papers and Keras keep lr inside v; the average form v = ρ·v + (1 - ρ)·g walks the same path with
    lr/(1 - ρ).
    """
    v = rho * v + g
    return w - lr * v, v


def rmsprop(w, g, s, *, lr, rho, eps=1e-8):
    """RMSProp (Tieleman and Hinton 2012): each coordinate divided by its own root mean square.

    ε stands inside the root, as in Keras. PyTorch adds it outside, and calls ρ `alpha`.
    """
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / np.sqrt(s + eps), s


def adam(w, g, memory, *, lr, rho_m=0.9, rho=0.999, eps=1e-8):
    """Adam (Kingma and Ba 2015): momentum's average m over RMSProp's root, both corrected.

    ρ_m and ρ are the paper's β₁ and β₂. ε stands inside the root, as in `rmsprop`; the paper, Keras
    and PyTorch add it outside. The memory is m, s and how many steps there were.
    """
    m, s, t = memory or (0.0, 0.0, 0)
    m, s, t = rho_m * m + (1 - rho_m) * g, rho * s + (1 - rho) * g**2, t + 1
    mean, square = m / (1 - rho_m**t), s / (1 - rho**t)  # both start at 0, and are too small
    return w - lr * mean / np.sqrt(square + eps), (m, s, t)


@np.errstate(all="ignore")
def descend(rule, grad, start, steps, **hyper):
    """The whole path of `rule` from `start`: shape `(d, steps + 1, ...)`, the start included.

    `start` is `(d, ...)`; its batch and the hyperparameters broadcast, so that one call runs a
    whole grid. A hyperparameter may be a schedule: a function of the step number 0, 1, 2, ...
    A diverging run is recorded as far as it goes, `inf` and `nan` included, without a warning.
    What `grad` and `rule` change in place does not reach the path. A list of numbers is a gradient.
    Raises ValueError for a start that `grad` does not take, for a `grad` or `rule` that raises or
    returns something else, steps that are no whole number, lr <= 0, rho outside [0, 1) or eps < 0.
    """
    points = walk(rule, grad, start, steps, **hyper)
    first = next(points)
    path = np.empty((len(first), steps + 1, *first.shape[1:]))  # a list would take the room twice
    path[:, 0] = first
    for k, w in enumerate(points, 1):
        path[:, k] = w
    return path


@np.errstate(all="ignore")
def arrive(rule, grad, start, steps, **hyper):
    """Only where `descend` ends, shape `(d, ...)`: for maps of many runs."""
    for w in walk(rule, grad, start, steps, **hyper):
        pass
    return w.copy()  # the rule may go on writing into an array of its own


def walk(rule, grad, start, steps, **hyper):
    """Yield the start and the point after each step, each `(d, ...)`: what `descend` puts together.

    For what looks at every point of many runs and needs no path. Far out the numbers overflow:
    loop within `np.errstate`. Raises, at the first point, as `descend` does.
    """
    w = _checked(start, steps, hyper)
    schedules = {name: value for name, value in hyper.items() if callable(value)}
    constants = {name: value for name, value in hyper.items() if name not in schedules}
    memory, shape = 0.0, w.shape
    # A single run is a batch of one, so that it takes the same array arithmetic, bit for bit.
    w = w.reshape(shape if len(shape) > 1 else (*shape, 1))
    yield w.reshape(shape)
    for k in range(steps):
        now = {name: schedule(k) for name, schedule in schedules.items()}
        # Copies: grad may write into what it is given or keep what it returns, and so may rule.
        named = "grad" if k else f"grad, at a start of {len(w)} coordinates,"
        g = shaped(f"what {named} returns", answer(named, grad, w.copy()), w.shape).copy()
        stepped = answer("rule", rule, w, g, memory, **constants, **now)
        pair = isinstance(stepped, tuple) and len(stepped) == 2
        need(pair, "what rule returns", stepped, "a tuple of two, the new w and the memory")
        w, memory = shaped("the new w that rule returns", stepped[0], w.shape), stepped[1]
        yield w.reshape(shape)


def diverged(path, far=FAR):
    """Whether a run left for good: any coordinate at any step beyond `far`, or not finite.

    Takes a path `(d, steps + 1, ...)` or, with one step, a point as `(d, 1, ...)`; gives `(...)`.
    """
    return ~(np.abs(path) <= far).all(axis=(0, 1))


def settled_in(points, minima, within=1e-3):
    """Which of the minima `(d, k)` each point `(d, ...)` lies next to: an index, or -1 for none."""
    points = array("points", points)
    minima = columns("minima", minima, len(points))
    if minima.size == 0:
        return np.full(points.shape[1:], -1)[()]
    away = points[..., None] - minima.reshape(len(points), *(1,) * (points.ndim - 1), -1)
    with np.errstate(all="ignore"):
        near = (away**2).sum(axis=0) <= within**2
    return np.where(near.any(axis=-1), near.argmax(axis=-1), -1)[()]


def first_step(condition):
    """The first step at which `condition` holds for good, or -1: `(steps + 1, ...) -> (...)`.

    "For good" means at every later step too: a run that only passes through has not arrived.
    """
    condition = np.asarray(condition)
    lasting = np.logical_and.accumulate(condition[::-1])[::-1]
    return np.where(lasting.any(axis=0), lasting.argmax(axis=0), -1)[()]


def _checked(start, steps, hyper):
    """The start, spread over the batch that it and the hyperparameters make, or a ValueError."""
    start = array("start", start)
    points = start.ndim > 0 and np.isfinite(start).all()
    need(points, "start", start, "finite numbers in the shape (d, ...)")
    whole("steps", steps, 0)
    allowed = {
        "lr": (lambda a: (a > 0) & (a < np.inf), "above 0"),
        "rho": (lambda a: (a >= 0) & (a < 1), "in [0, 1)"),
        "rho_m": (lambda a: (a >= 0) & (a < 1), "in [0, 1)"),
        "eps": (lambda a: (a >= 0) & (a < np.inf), "at least 0"),
    }
    at_first = {name: value(0) if callable(value) else value for name, value in hyper.items()}
    for name in allowed.keys() & hyper.keys():
        (good, words), value = allowed[name], at_first[name]
        need(np.all(good(array(name, value))), name, value, words)
    try:
        batch = np.broadcast_shapes(start.shape[1:], *(np.shape(v) for v in at_first.values()))
    except ValueError as error:
        shapes = {"start": start.shape[1:]} | {name: np.shape(v) for name, v in at_first.items()}
        raise ValueError(
            f"start's batch and the hyperparameters must broadcast; got {shapes}"
        ) from error
    start = start.reshape(len(start), *(1,) * (len(batch) - start.ndim + 1), *start.shape[1:])
    return np.broadcast_to(start, (len(start), *batch)).copy()
