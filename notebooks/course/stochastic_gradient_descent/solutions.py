"""Worked solutions of notebook 04. Each is checked by the check of its exercise."""

import numpy as np


def my_gradient(w, x, y, rows):
    """The rule: the mean over the rows of error times derivative, 1 for θ₀ and x for θ₁."""
    error = w[0] + w[1] * x[rows] - y[rows]
    return np.array([error.mean(), (error * x[rows]).mean()])


# Exercise 1. The noise falls with √B, so a tenth of it takes 10² rows.
TEN_TIMES_QUIETER = 100

# Exercise 2. σ² is 1.5165 at the minimum, so the floor lr·σ²/4 is 0.002 at lr = 0.0053. Three
# decimals below that it is 0.0019; at 0.006 it would be 0.0023.
LARGEST_LR = 0.005

# Exercise 3. The formula lr·σ²/(4B) says that 19 rows will do. It is for a small lr, and at 0.1 the
# floor lies higher: 0.00204 with 20 rows, 0.00194 with 21.
SMALLEST_BATCH = 21

# Exercise 4. The noise of a step is lr·σ/√B. Where one row at lr = 0.2 is enough, so are four at
# 0.4: twice the step, half the noise. Of 1000 runs about 890 get out.
ESCAPE_LR, ESCAPE_SIZE = 0.4, 4


def my_schedule(k):
    """Exercise 5. Long steps to get there, then shorter ones for the noise to die down.

    At 0.001 the floor lr·σ²/4 is 0.00038, and 3000 steps are three times 1/lr: time enough to come
    down to it. With 0.1/(1 + k/100) the last lr is still 0.0016, and the excess 0.00065.
    """
    if k < 1000:
        return 0.1
    return 0.01 if k < 3000 else 0.001
