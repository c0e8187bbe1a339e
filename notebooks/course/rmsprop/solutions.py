"""Worked solutions of notebook 06. Each is checked by the check of its exercise."""

import numpy as np


def my_rmsprop(w, g, s, *, lr, rho, eps=1e-8):
    """The rule: the gradient divided by the root of the average of its squares."""
    s = rho * s + (1 - rho) * g**2
    w = w - lr * g / np.sqrt(s + eps)
    return w, s


# Exercise 1. s starts at 0, so after one step it is (1 - ρ)·g², and the step is lr/√(1 - ρ),
# whatever g is. For 5 learning rates 1 - ρ must be 1/25.
FIRST_STEP_RHO = 1 - 1 / 25

# Exercise 2. The last steps lead from one side of the bottom to the other and back, each about lr
# long: lr/2 to either side. Below 0.002 that is less than 0.001. At 0.0006 it is too, but 2000
# such steps from 1 are just too few to settle in.
WOBBLE_LR = 0.0015

# Exercise 3. With curvature L the gradient at distance a is L·a, and the step lr·L·a/√(L²a² + ε).
# A swing needs a step of 2a: L²a² + ε = (lr·L/2)². That leaves no a above 0 from ε = (lr·L/2)² on.
EPS_THAT_STOPS = (0.05 * 2 / 2) ** 2

# Exercise 4. Trying: 485 steps at 7°, 520 at 8°. At 0°, where each axis of the ravine has a
# learning rate of its own, it takes 112.
SMALLEST_ANGLE = 8

# Exercise 5. Every gradient is 1000 times as large. Gradient descent takes lr·g, so lr must be 1000
# times smaller. RMSProp divides by √s, which is 1000 times as large too: nothing changes.
SCALED_GD, SCALED_RMSPROP = 0.01 / 1000, 0.01


def my_adam(w, g, memory, *, lr, rho_m, rho, eps=1e-8):
    """Exercise 6. RMSProp with the average m in the place of g, and both averages corrected.

    After t steps the weights of a leaky average add up to 1 - ρᵗ. Divided by that it is a mean.
    """
    m, s, t = memory or (0.0, 0.0, 0)
    t = t + 1
    m = rho_m * m + (1 - rho_m) * g
    s = rho * s + (1 - rho) * g**2
    mean_g, mean_square = m / (1 - rho_m**t), s / (1 - rho**t)
    return w - lr * mean_g / np.sqrt(mean_square + eps), (m, s, t)
