"""Fitting a line to penguins: the data, the loss over (θ₀, θ₁), and its gradient from a few rows.

Palmer penguins: A. M. Horst, A. P. Hill and K. B. Gorman (2020), R package palmerpenguins, CC0.
"""

from importlib.resources import files

import numpy as np

from gdlib.landscapes import Landscape

UNITS = ("mm", "centred", "standardised")


def penguins(units="mm"):
    """Flipper length x, body mass y in kg, and the species of 342 penguins: `(x, y, species)`.

    `units` is "mm" (as measured), "centred" (mm from the mean) or "standardised" (standard
    deviations from the mean). Each array has shape (342,).
    """
    if units not in UNITS:
        raise ValueError(f"units must be one of {', '.join(UNITS)}; got {units!r}")
    text = files("gdlib").joinpath("data/penguins.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines() if not line.startswith("#")][1:]
    species, flipper, mass = zip(*rows, strict=True)
    x, y = np.array(flipper, dtype=float), np.array(mass, dtype=float) / 1000
    if units != "mm":
        x = x - x.mean()
    if units == "standardised":
        x = x / x.std()
    return x, y, np.array(species)


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
    window = ((-reach, reach), (-reach, reach))
    return Landscape("penguins", f, grad, window, start=[0, 0], minima=bottom)


def minibatch(x, y, size, rng, replace=True):
    """The gradient of the same loss from `size` random rows: a function of w, fresh at each call.

    Right on average, noisy each time. Every run of a batch `(2, ...)` draws rows of its own. With
    `replace=False` no row is drawn twice within one mini-batch.
    """
    x, y = _columns(x, y)
    whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
    if not (whole and 1 <= size <= len(x)):
        raise ValueError(f"size must be a whole number from 1 to {len(x)}; got {size!r}")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy Generator such as default_rng(0); got {rng!r}")

    def grad(w):
        batch = np.shape(w)[1:]
        if replace:
            rows = rng.integers(len(x), size=(size, *batch))
        else:
            rows = rng.random((len(x), *batch)).argpartition(size - 1, axis=0)[:size]
        error = w[0] + w[1] * x[rows] - y[rows]
        return np.stack([error.mean(axis=0), (error * x[rows]).mean(axis=0)])

    return grad


def _columns(x, y):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 2:
        raise ValueError(
            f"x and y must be two columns of equal length, at least 2; got {x.shape} and {y.shape}"
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("x and y must hold finite numbers only; got nan or inf")
    if x.std() == 0:
        raise ValueError(f"x must hold at least two different values; got only {x[0]}")
    return x, y
