"""Worked solutions of notebook 02. Each is checked by the check of its exercise."""

import numpy as np


def my_grad(w):
    """Exercise 1. Every term is a square: twice the term times its own derivative, then add."""
    x, y = w
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    along_x = 2 * a * (y - 1) + 2 * b * (y**2 - 1) + 2 * c * (y**3 - 1)
    along_y = 2 * a * x + 2 * b * 2 * x * y + 2 * c * 3 * x * y**2
    return np.stack([along_x, along_y])


# Exercise 2. The truncation error is 18·h² here, round-off about 3e-16/h. They are equal near
# h = 2.5e-6, and there their sum is smallest but for a little.
STEP = 2.5e-6

# Exercise 3. The gradient (-46, -38) is 59.67 long, and the slope at an angle φ to it is
# 59.67·cos φ. That is -30 at φ = 120.19°, to either side: two directions, of which this is one.
G = np.array([-46.0, -38.0])
ANGLE = np.arctan2(G[1], G[0]) + np.arccos(-30 / np.hypot(*G))
DIRECTION = np.cos(ANGLE), np.sin(ANGLE)


def my_gradient(theta, x, y):
    """Exercise 4. ∂L/∂ŷ = -(y - ŷ), times ∂ŷ/∂θ₀ = 1 for the one and ∂ŷ/∂θ₁ = x for the other."""
    along_prediction = -(y - theta[0] - theta[1] * x)
    return along_prediction * 1, along_prediction * x


# At θ = (0.5, -1), x = 3, y = 2 the prediction is -2.5, so y - ŷ = 4.5.
NUMBERS = -4.5, -13.5
