"""What an argument must be: each of these returns it, or raises a ValueError that names it."""

from numbers import Real

import numpy as np


def need(good, name, value, allowed):
    """The value, if it is good; else a ValueError that says what came and what is allowed."""
    if not good:
        raise ValueError(f"{name} must be {allowed}; got {value!r}")
    return value


def real(name, value, low=-np.inf, allowed="a finite number"):
    """One finite number of at least `low`."""
    good = isinstance(value, Real) and low <= value and abs(value) < np.inf
    return need(good, name, value, allowed)


def positive(name, value):
    """One finite number above 0."""
    return need(isinstance(value, Real) and 0 < value < np.inf, name, value, "a number above 0")


def whole(name, value, low=1, high=None):
    """A whole number of at least `low`, at most `high`."""
    good = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= low
    allowed = f"of at least {low}" if high is None else f"from {low} to {high}"
    return need(good and (high is None or value <= high), name, value, f"a whole number {allowed}")


def generator(rng):
    """A numpy Generator."""
    good = isinstance(rng, np.random.Generator)
    return need(good, "rng", rng, "a numpy Generator such as default_rng(0)")


def above_zero(name, values):
    """Numbers above 0, as an array."""
    values = np.asarray(values, dtype=float)[()]
    return need(np.all((values > 0) & (values < np.inf)), name, values, "above 0")


def memories(rho):
    """Values of ρ, from 0 to below 1, as an array."""
    rho = np.asarray(rho, dtype=float)[()]
    return need(np.all((rho >= 0) & (rho < 1)), "rho", rho, "in [0, 1)")
