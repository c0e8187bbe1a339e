"""The check of notebook 00, a sample."""

import numpy as np

from gdlib import check, landscapes
from gdlib.check import Refused, judged
from gdlib.optimizers import descend, gd
from gdlib.words import apart, num


@judged
def halves(lr):
    """Does every step of gradient descent with `lr` halve w on the parabola f(w) = w²?"""
    lr = check.rate(lr)
    if lr > 1:
        raise Refused("Every step leads further away from 0; expected half of w.", "Lower my_lr.")
    came = descend(gd, landscapes.parabola(curvature=2).grad, [1.0], 1, lr=lr)[0, 1]
    if np.isclose(came, 0.5, rtol=0, atol=1e-6):
        return "A step leads from 1 to 0.5, and the next one to 0.25: half, every time."
    slips = {
        "It lands on the minimum: the slope at w is 2w, not w.": 0.5,
        "That is half of w on the other side of the minimum.": 0.75,
    }
    size = "Too small: raise my_lr." if lr < 0.25 else "Too large: lower my_lr."
    shown, wanted = apart(came, 0.5, num)
    said = f"A step leads from 1 to {shown}; expected {wanted}."
    raise Refused(said, check.slip(slips, lr) or size)
