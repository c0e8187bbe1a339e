"""Worked solutions of notebook 03. Each is checked by the check of its exercise."""

import numpy as np


def my_gd(w, g, memory, *, lr):
    """The rule: a step against the gradient. It remembers nothing."""
    w = w - lr * g
    return w, memory


def one_step_lr(slope):
    """Exercise 1. Two probes give the curvature, f'' = slope(1) - slope(0); lr is one over it."""
    return 1 / (slope(1.0) - slope(0.0))


# Exercise 2. The limit 2/f'' = 0.2255 of the global minimum is not the answer: already at 0.22
# the first step from c lands beyond the hill, in the other valley. Trying downwards gives 0.21.
LARGEST_LR = 0.21

# Exercise 3. C goes first, at 2/133.8 = 0.0149, then D at 2/105.4 = 0.0190. Between the two:
ONLY_C_LOST = 0.0155

# Exercise 4. The best learning rate is 2/(L + μ) = 2/101, about 0.0198: 691 steps.
RAVINE_LR = 2 / (100 + 1)

# Exercise 5. |y| grows by 1 + lr a step: solve 1e-6 · 1.05ᵏ = 0.9 for k. That is 281; the run takes
# 297, because the growth slows down near the minimum.
ESCAPE_STEPS = np.log(0.9 / 1e-6) / np.log(1.05)
