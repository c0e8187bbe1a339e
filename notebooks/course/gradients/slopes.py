"""What the figures, predictions and checks of notebook 02 share: slopes by differences, Newton."""

import numpy as np


def forward(f, x, h):
    """(f(x + h) − f(x))/h: how much f rises from x to x + h, for each unit of the way."""
    return (f(x + h) - f(x)) / h


def central(f, w, u=1, h=1e-5):
    """How fast f grows at `w` for each unit of `u`, from h·u behind to h·u ahead."""
    return (f(w + h * u) - f(w - h * u)) / (2 * h)


def central_gradient(f, w, h=1e-5):
    """The central differences of f in every coordinate of `w`, `(d, ...)`."""
    units = np.eye(len(w)).reshape(len(w), -1, *(1,) * (np.ndim(w) - 1))
    return np.array([central(f, w, u, h) for u in units])


def newton(land):
    """Newton's method for a slope of zero: to where the slope's own tangent is zero."""

    def rule(w, g, memory):
        return w - g / land.hessian(w)[0], memory

    return rule
