"""The data of notebook 01."""

from functools import lru_cache

import numpy as np

from gdlib import regression


@lru_cache
def eight_penguins():
    """Every 43rd penguin, `(2, 8)`, to be read: flipper in cm from the mean, body mass in kg."""
    x, y, _ = regression.penguins("centred")
    penguins = np.stack([x[::43] / 10, y[::43]])
    penguins.setflags(write=False)
    return penguins
