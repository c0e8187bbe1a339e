"""Two small nets, trained from many random starts at once: one on XOR, one on two half moons.

The net on the moons is 2-hidden-1, with tanh and a logistic output. All its numbers are one flat
`w`, `(4·hidden + 1, ...)`: what goes from x into each hidden unit, from y, their biases, what goes
out of them, and the bias of the output. So every rule walks on it, and every slice is a plane.
"""

import numpy as np

from gdlib.needs import array, generator, need, positive, real, whole
from gdlib.sampling import shuffled

XOR = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1.0]])  # the four inputs
ANSWERS = np.array([[-1], [1], [1], [-1.0]])  # 1 where the two inputs differ


def xor_losses(width, starts, rng, steps=3000, lr=0.1):
    """The losses after training a 2-width-1 ReLU net on XOR from random starts: `(starts,)`.

    Full-batch gradient descent on half the mean squared error. Weights start from the standard
    normal distribution, biases at 0. A run that diverged has the loss inf. Raises ValueError for
    a width, starts or steps that is no whole number of at least 1, an rng that is no numpy
    Generator, or lr <= 0.
    """
    for name, value in (("width", width), ("starts", starts), ("steps", steps)):
        whole(name, value)
    generator(rng)
    positive("lr", lr)
    units = rng.normal(size=(width, 3, starts))  # of each hidden unit: two weights in, one out
    bias, last = np.zeros((width, 1, starts)), np.zeros((1, starts))
    net = units[:, :2], bias, units[:, 2:], last
    with np.errstate(all="ignore"):
        for _ in range(steps):
            net = [w - lr * g for w, g in zip(net, _gradient(*net), strict=True)]
        loss = _loss(*net)
    return np.where(np.isfinite(loss), loss, np.inf)


def _forward(inner, bias, outer, last):
    """What the hidden units say, `(width, 4, starts)`, and the errors, `(4, starts)`."""
    hidden = np.maximum(XOR @ inner + bias, 0)
    return hidden, (outer * hidden).sum(axis=0) + last - ANSWERS


def _loss(*net):
    _, error = _forward(*net)
    return (error**2).mean(axis=0) / 2


def _gradient(inner, bias, outer, last):
    """The slopes of the loss along the four parts of the net, each in the shape of its part."""
    hidden, error = _forward(inner, bias, outer, last)
    back = outer * error * (hidden > 0)
    slopes = XOR.T @ back, back.sum(axis=1), (hidden * error).sum(axis=1), error.sum(axis=0)
    shapes = inner.shape, bias.shape, outer.shape, last.shape
    return [slope.reshape(shape) / 4 for slope, shape in zip(slopes, shapes, strict=True)]


def moons(count, noise, rng):
    """Two half circles that hook into each other: inputs `(2, count)`, labels 0 or 1 `(count,)`.

    As scikit-learn's `make_moons`, not shuffled: evenly spaced points, to which normal noise of
    that standard deviation is added. An odd one out belongs to the lower moon, label 1.
    """
    whole("count", count, 2)
    real("noise", noise, 0, "a finite number of at least 0")
    generator(rng)
    upper, lower = (np.linspace(0, np.pi, half) for half in (count // 2, count - count // 2))
    x = np.concatenate([np.cos(upper), 1 - np.cos(lower)])
    y = np.concatenate([np.sin(upper), 0.5 - np.sin(lower)])
    labels = np.repeat([0, 1], [len(upper), len(lower)])
    return np.stack([x, y]) + noise * rng.standard_normal((2, count)), labels


def initial(hidden, seeds, rng):
    """Random starts of the net `(4·hidden + 1, seeds)`: biases 0, weights normal.

    A weight's variance is 1 over how many weights go into the same unit (LeCun 1998).
    """
    whole("hidden", hidden)
    whole("seeds", seeds)
    generator(rng)
    inner = rng.standard_normal((2 * hidden, seeds)) / np.sqrt(2)
    outer = rng.standard_normal((hidden, seeds)) / np.sqrt(hidden)
    return np.concatenate([inner, np.zeros((hidden, seeds)), outer, np.zeros((1, seeds))])


@np.errstate(all="ignore")
def loss(w, inputs, labels):
    """The mean cross-entropy of the net `w` over the rows: `(d, ...) -> (...)`, a path alike.

    Inputs `(2, rows)` and labels `(rows,)` may have the batch of w behind, so that each run has
    rows of its own. A sure mistake costs as much as its score, however large that is.
    """
    return np.logaddexp(0, -_margin(w, inputs, labels)).mean(axis=0)


def score(w, inputs):
    """What the net says of rows: above 0 for label 1, below for 0; `(d, ...) -> (rows, ...)`."""
    return _margin(w, inputs, np.ones(np.shape(inputs)[1:]))


@np.errstate(all="ignore")
def accuracy(w, inputs, labels):
    """The share of the rows that the net puts on their label's side: `(d, ...) -> (...)`.

    A score of 0 or nan is on neither side.
    """
    return (_margin(w, inputs, labels) > 0).mean(axis=0)


@np.errstate(all="ignore")
def gradient(w, inputs, labels):
    """The gradient of `loss` at `w`, `(d, ...)`, over rows that may differ from run to run."""
    units, last, x, labels = _laid_out(w, inputs, labels)
    hidden, out = _hidden(units[:, :, None], x), units[3, :, None]  # axes: unit, row, batch
    score = (out * hidden).sum(axis=0) + last
    error = (1 + np.tanh(score / 2)) / 2 - labels  # this form of the logistic never overflows
    back = out * error * (1 - hidden**2)
    slopes = [part.sum(axis=1) for part in (back * x[0], back * x[1], back, error * hidden)]
    return np.concatenate([*slopes, error.sum(axis=0)[None]]) / len(error)


def minibatches(inputs, labels, size, rng):
    """The gradient of `loss` from `size` rows: a function of w, fresh at each call.

    The rows come in turn, each once in an epoch, and are then shuffled again. Every run of a batch
    has an order of its own.
    """
    inputs, labels = array("inputs", inputs), array("labels", labels)
    fit = inputs.ndim == 2 and len(inputs) == 2 and labels.shape == inputs.shape[1:]
    shapes = inputs.shape, labels.shape
    need(fit, "inputs and labels", shapes, "of the shapes (2, rows) and (rows,)")
    need(np.isfinite(inputs).all(), "inputs", inputs, "finite numbers")
    need(np.isin(labels, (0, 1)).all(), "labels", labels, "0 or 1")
    draw = shuffled(len(labels), size, rng)

    def grad(w):
        rows = draw(w.shape[1:])
        return gradient(w, inputs[:, rows], labels[rows])

    return grad


def directions(w, rng):
    """Two random directions at the net `w` `(d,)`, filter-normalised: `(d, 2)`.

    As in Li, Xu, Taylor, Studer and Goldstein (2018): what belongs to one unit, the weights into it
    and here its bias too, is as long as the unit's own. The output is a unit like the others.
    """
    generator(rng)
    w = array("w", w)
    fit = w.ndim == 1 and len(w) % 4 == 1 and len(w) > 1
    need(fit, "w", w.shape, "one net, of the shape (4·hidden + 1,)")
    need(np.isfinite(w).all(), "w", w, "finite numbers")
    random = rng.standard_normal((len(w), 2))
    return random * _unit_norms(w[:, None]) / _unit_norms(random)


def principal(path, centre):
    """The two directions in which a path moves most, seen from `centre` `(d,)`, and their shares.

    Orthonormal `(d, 2)`, and `(2,)`: how much of the sum of squared distances from the centre lies
    along each. The path is `(d, steps + 1, ...)`; Li et al. look back from where it ends.
    """
    away = _from_centre(path, centre).reshape(len(centre), -1)
    need(np.isfinite(away).all(), "path", path, "finite numbers: a run that diverged has no plane")
    need(min(away.shape) > 1 and away.any(), "path", path, "points of which one is off the centre")
    axes, sizes, _ = np.linalg.svd(away, full_matrices=False)
    axes, shares = axes[:, :2], sizes[:2] ** 2 / (sizes**2).sum()
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    return axes * np.sign(largest), shares  # an axis has no sign of its own


def on_plane(f, centre, axes):
    """`f` on the plane through `centre` along two `axes` `(d, 2)`: a function of `(2, ...)`."""
    centre, axes = array("centre", centre), _two(axes, centre)

    def seen(place):
        step = np.tensordot(axes, place, axes=1)
        return f(centre.reshape(-1, *(1,) * (step.ndim - 1)) + step)

    return seen


@np.errstate(all="ignore")
def shadow(path, centre, axes):
    """Where points `(d, ...)` fall on that plane: coordinates `(2, ...)` of the nearest place.

    The axes need not be orthogonal, nor of length 1: this is least squares.
    """
    away = _from_centre(path, centre)
    return np.tensordot(np.linalg.pinv(_two(axes, centre)), away, axes=1)


def _laid_out(w, inputs, labels):
    """The units `(4, hidden, ...)`, the last bias, and the rows with an axis for each of a batch.

    Of a unit there are: the weight from x, the weight from y, the bias, the weight out.
    """
    need(len(w) % 4 == 1 and len(w) > 1, "w", np.shape(w), "of the shape (4·hidden + 1, ...)")
    fit = len(inputs) == 2 and inputs.shape[1:] == labels.shape and labels.ndim in (1, w.ndim)
    shapes = inputs.shape, labels.shape
    need(fit, "inputs and labels", shapes, "of the shapes (2, rows, ...) and (rows, ...)")
    more = (1,) * (w.ndim - labels.ndim)
    units = w[:-1].reshape(4, -1, *w.shape[1:])
    return units, w[-1], inputs.reshape(*inputs.shape, *more), labels.reshape(*labels.shape, *more)


def _hidden(unit, x):
    return np.tanh(unit[0] * x[0] + unit[1] * x[1] + unit[2])


def _margin(w, inputs, labels):
    """How far the net's score of each row is on the side of its label, `(rows, ...)`."""
    units, last, x, labels = _laid_out(w, inputs, labels)
    # Unit by unit: a whole path, or a map, would not fit into memory with all of them at once.
    score = last + sum(unit[3] * _hidden(unit, x) for unit in units.swapaxes(0, 1))
    return (2 * labels - 1) * score


def _unit_norms(w):
    """For each entry of `w` `(4·hidden + 1, k)`: how long all is that goes into the same unit."""
    inner, outer = np.split(w, [3 * (len(w) // 4)])
    norms = np.linalg.norm(inner.reshape(3, -1, w.shape[1]), axis=0)
    last = np.linalg.norm(outer, axis=0)
    return np.concatenate([norms, norms, norms, np.broadcast_to(last, outer.shape)])


def _from_centre(path, centre):
    path, centre = array("path", path), array("centre", centre)
    fit = centre.ndim == 1 and path.shape[:1] == centre.shape
    need(fit, "path and centre", (path.shape, centre.shape), "of the shapes (d, ...) and (d,)")
    return path - centre.reshape(-1, *(1,) * (path.ndim - 1))


def _two(axes, centre):
    axes, shape = array("axes", axes), (len(centre), 2)
    need(axes.shape == shape, "axes", axes.shape, f"two directions, in the shape {shape}")
    return axes
