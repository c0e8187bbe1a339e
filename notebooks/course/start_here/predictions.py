"""The prediction of notebook 00, a sample. Its answer is computed, not typed."""

from gdlib import landscapes
from gdlib.optimizers import descend, first_step, gd
from gdlib.prediction import Predict


def halvings():
    """How many halvings leave less than a thousandth."""
    path = descend(gd, landscapes.parabola(curvature=2).grad, [1.0], 60, lr=0.25)[0]
    steps = int(first_step(path < 0.001))
    return Predict(
        "A ball runs down a parabola. Every step halves its distance from the lowest point. After "
        "how many steps is less than a thousandth of the distance left?",
        answer=float(steps),
        why=f"{steps} halvings divide it by {2**steps}. Each step is shorter than the one before, "
        "and yet it gets there fast.",
    )
