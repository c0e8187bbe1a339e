"""Fitting to data: the rows, the loss over the parameters, and its gradient from a few rows.

Palmer penguins: A. M. Horst, A. P. Hill and K. B. Gorman (2020), R package palmerpenguins, CC0.
"""

from importlib.resources import files

import numpy as np

from gdlib.landscapes import Landscape
from gdlib.needs import array, need
from gdlib.sampling import drawn, shuffled

UNITS = ("mm", "centred", "standardised")


def penguins(units="mm"):
    """Flipper length x, body mass y in kg, and the species of 342 penguins: `(x, y, species)`.

    `units` is "mm" (as measured), "centred" (mm from the mean) or "standardised" (standard
    deviations from the mean). Each array has shape (342,).
    """
    need(units in UNITS, "units", units, f"one of {', '.join(UNITS)}")
    text = files("gdlib").joinpath("data/penguins.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines() if not line.startswith("#")][1:]
    species, flipper, mass = zip(*rows, strict=True)
    x, y = np.array(flipper, dtype=float), np.array(mass, dtype=float) / 1000
    if units != "mm":
        x = x - x.mean()
    if units == "standardised":
        x = x / x.std()
    return x, y, np.array(species)


def made_up(noise=0.8):
    """200 points about the line 1 + 2x, x between -2 and 2: `(x, y)`.

    `noise` is the standard deviation of what is added to y. The same points at each call.
    """
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, 200)
    return x, 1 + 2 * x + noise * rng.standard_normal(200)


def waves():
    """40 points of sin(2x), x between -4 and 4: the data of `landscapes.frequency_fit`."""
    x = -4 + 8 * (np.arange(40) + 0.5) / 40
    return x, np.sin(2 * x)


def loss_surface(x, y):
    """Half the mean squared error of the line θ₀ + θ₁·x, as a `Landscape` over w = (θ₀, θ₁).

    The minimum solves the normal equations; f and grad use the moments of the data, so that
    their cost does not depend on how many rows there are.
    """
    x, y = _columns(x, y)
    slope = ((x - x.mean()) * (y - y.mean())).mean() / x.var()
    bottom = np.array([y.mean() - slope * x.mean(), slope])
    lowest = ((y - bottom[0] - slope * x) ** 2).mean() / 2
    mean, square = x.mean(), (x**2).mean()

    def grad(w):
        a, b = w[0] - bottom[0], w[1] - bottom[1]
        return np.stack([a + mean * b, mean * a + square * b])

    def f(w):
        a, b = w[0] - bottom[0], w[1] - bottom[1]
        return lowest + ((a + mean * b) ** 2 + x.var() * b**2) / 2

    # The same scale on both axes, so that a round bowl looks round.
    reach = float(1.4 * np.abs(bottom).max())
    usual = float(y.std() * max(1, 1 / x.std()))
    if reach <= 1e-9 * usual or reach == 0:  # the bottom is at 0, but for round-off
        reach = usual or 1.0
    window = ((-reach, reach), (-reach, reach))
    return Landscape("line fit", f, grad, window, start=[0, 0], minima=bottom)


def line(w, x):
    """The line θ₀ + θ₁·x, and its derivative in each parameter: 1 and x."""
    return w[0] + w[1] * x, (1, x)


def wave(w, x):
    """The wave sin(w·x), and its derivative in its one parameter, the frequency."""
    return np.sin(w[0] * x), (np.cos(w[0] * x) * x,)


def gradient(w, x, y, model=line):
    """The gradient at `w` of half the mean squared error over the rows (x, y).

    `w` is `(d, ...)`; x and y are `(rows, ...)`, so that each run of a batch may have rows of its
    own. Returns `(d, ...)`: for each parameter the mean of error times derivative.
    """
    prediction, slopes = model(w, x)
    error = prediction - y
    need(not np.ma.is_masked(error), "w, x and y", error, "free of masked values: drop them first")
    return np.array([(error * slope).sum(axis=0) for slope in slopes]) / len(error)


def minibatch(x, y, size, rng, replace=True, model=line):
    """The gradient of the same loss from `size` random rows: a function of w, fresh at each call.

    Right on average, noisy each time. Every run of a batch `(d, ...)` draws rows of its own. With
    `replace=False` no row is drawn twice within one mini-batch.
    """
    x, y = _columns(x, y)
    return _of_rows(x, y, drawn(len(x), size, rng, replace), model)


def epochs(x, y, size, rng, model=line):
    """As `minibatch`, but the rows come in turn: each once in an epoch, then shuffled again."""
    x, y = _columns(x, y)
    return _of_rows(x, y, shuffled(len(x), size, rng), model)


def _of_rows(x, y, draw, model):
    def grad(w):
        rows = draw(np.shape(w)[1:])
        return gradient(w, x[rows], y[rows], model)

    return grad


def noise(x, y, w, model=line):
    """σ: how far one row's gradient at `w` `(d,)` lies from the mean, as a root mean square.

    σ² is the trace of the covariance of the single gradients.
    """
    x, y = _columns(x, y)
    single = gradient(np.asarray(w, dtype=float)[:, None], x[None], y[None], model)
    return float(np.sqrt(single.var(axis=1).sum()))


def _columns(x, y):
    x, y = array("x", x), array("y", y)
    columns = x.ndim == 1 and x.shape == y.shape and len(x) > 1
    need(columns, "x and y", (x.shape, y.shape), "two columns of equal length, at least 2")
    finite = np.isfinite(x).all() and np.isfinite(y).all()
    need(finite, "x and y", (x, y), "finite numbers only")
    spread = np.ptp(x) > 8 * np.finfo(float).eps * np.abs(x).max()  # more than round-off makes
    need(spread and x.var() > 0, "x", x[0], "numbers of which two differ")
    return x, y
