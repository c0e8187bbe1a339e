"""What figures, predictions and checks of notebook 02 share: differences, and Newton's method."""

import numpy as np

from gdlib import landscapes

WIGGLE = landscapes.wiggle()


def wiggle(x):
    """The curve whose slope is measured, exp(sin 3x) + x²."""
    return WIGGLE.f([x])


def exact(x):
    """The slope of the wiggle, by formula."""
    return WIGGLE.grad([x])[0]


def forward(f, x, h):
    """(f(x + h) − f(x))/h: how much f rises from x to x + h, for each unit of the way."""
    return (f(x + h) - f(x)) / h


def central(f, w, h=1e-5, u=1):
    """How fast f grows at `w` for each unit of `u`, from h·u behind to h·u ahead."""
    return (f(w + h * u) - f(w - h * u)) / (2 * h)


def central_gradient(f, w):
    """The central differences of f in every coordinate of `w`, `(d, ...)`."""
    units = np.eye(len(w)).reshape(len(w), -1, *(1,) * (np.ndim(w) - 1))
    return np.array([central(f, w, u=u) for u in units])


def newtons_method(land):
    """Newton's method for a slope of zero: to where the slope's own tangent is zero."""

    def rule(w, g, memory):
        return w - g / land.hessian(w)[0], memory

    return rule
