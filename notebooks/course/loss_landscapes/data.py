"""The data of notebook 01."""

import numpy as np

from gdlib import regression


def eight_penguins():
    """Every 43rd penguin, `(2, 8)`: flipper length in cm from the mean, body mass in kg."""
    x, y, _ = regression.penguins("centred")
    return np.stack([x[::43] / 10, y[::43]])
