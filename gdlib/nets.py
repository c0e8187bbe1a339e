"""A small net on XOR, trained from many random starts at once."""

import numpy as np

from gdlib.needs import generator, positive, whole

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
