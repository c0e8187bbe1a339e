"""Worked solutions of notebook 07. Each is checked by the check of its exercise."""

import numpy as np

# Exercise 1. Momentum's steps come to be ten times as long as those of gradient descent, so it is
# ahead while the rate is too small for gradient descent. Adam's are one rate long: 0.1 suits a
# landscape that is ten wide, and is far too much for a rule that multiplies by slopes of dozens.
FOR_MOMENTUM, FOR_ADAM = 0.001, 0.1


def my_ranks(steps, limit):
    """Exercise 2. One more than how many are faster; 0 for who does not arrive."""
    faster = (steps[:, None] > steps[None]).sum(axis=1)
    return np.where(steps <= limit, 1 + faster, 0)


# Exercise 3. The slope of a round pit, for gradient descent; a flat that bends, for momentum; a
# saddle, from so near that slopes are tiny, for RMSProp; a steep wall above a valley, for Adam.
STAGES = {
    "gradient descent": ("three pits", (1, 1)),
    "momentum": ("Beale", (-1, -1)),
    "RMSProp": ("monkey saddle", (-0.01, 0)),
    "Adam": ("Rosenbrock", (-1, 0)),
}


def my_rule(w, g, v, *, lr):
    """Exercise 4. Nesterov's momentum: step with the velocity as it will be after the next step."""
    v = 0.9 * v + g
    return w - lr * (g + 0.9 * v), v


def my_seeds(gains):
    """Exercise 5. The standard error is spread/√n. Two of them are the mean for n as below."""
    return (2 * gains.std(ddof=1) / gains.mean()) ** 2
