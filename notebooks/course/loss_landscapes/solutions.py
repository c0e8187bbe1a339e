"""Worked solutions of notebook 01. Each is checked by the check of its exercise."""

import numpy as np

# Exercise 1. A well is lost where a minimum and the maximum meet: there slope and curvature are
# both zero. The curvature 12w² - 4 is zero at w = ±1/√3, and the slope 4w(w² - 1) - tilt is zero
# at w = -1/√3 for a tilt of 8/(3√3) = 1.5396.
LARGEST_TILT = 8 / (3 * np.sqrt(3))

# Exercise 2. The ball's share of the cube is 5.2e-6 with 6 dimensions and 4.7e-7 with 7. From
# here on each further parameter costs a factor of ten and more.
SMALLEST_DIMENSION = 7

# Exercise 3. The egg box is a sum of one term per parameter, so its gradient is zero where every
# coordinate is flat on its own axis. An axis has 11 minima and 10 maxima between them: 21⁴ places
# of zero gradient, of which 11⁴ are a minimum along all four axes. The rest are mostly saddles.
MINIMA = 11**4
SHARE = (11 / 21) ** 4

# Exercise 4. The curvatures are (-31.7, 75.5), (-45.6, -16.1) and (28.7, 105.4): down and up,
# all down, all up. (`landscapes.himmelblau().curvatures(place)` computes them.)
KINDS = "saddle", "maximum", "minimum"


# Exercise 5. A loss that falls towards 0 and never gets there. log(1 + exp(-x)), 1/(1 + x²) and
# √(1 + x²) - x do as well.
def no_bottom(x):
    """Always above 0, and lower the further right."""
    return np.exp(-x)


def its_slope(x):
    """Its slope: always below 0."""
    return -np.exp(-x)
